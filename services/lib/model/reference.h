/* lib/model/reference.h - the programme's reference data as dated rows.
 *
 * Posts, the states they cover, codes, pillars, municipalities' spellings, states,
 * settings: HQ's ReferenceChange records say rows, the fold applies them here.  A
 * row holds between two calendar days (either may be open), so that an event keeps
 * the meaning it had on its date; and it was HQ's word between two positions of the
 * log, so that labels can be asked as of any position.
 *
 * Rows are only added, and closed by the position at which they were replaced.  They
 * hold word ids and set ids of the words and sets given at init, which the owner
 * checkpoints beside the row table.
 *
 * Invariant: of the open rows no two have the same key and the same valid_from. */
#ifndef LIB_MODEL_REFERENCE_H
#define LIB_MODEL_REFERENCE_H

#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/model/words.h"

enum reference_kind {
	REFERENCE_UNKNOWN, /* A kind of a newer program: carried, not applied. */
	REFERENCE_POST,
	REFERENCE_JURISDICTION,
	REFERENCE_CODE,
	REFERENCE_PILLAR,
	REFERENCE_MUNICIPALITY,
	REFERENCE_STATE,
	REFERENCE_SETTING,
	REFERENCE_KINDS,
};

/* How much of a state a post covers; numbers as on the wire. */
enum reference_part {
	REFERENCE_PART_NONE,
	REFERENCE_PART_ALL,
	REFERENCE_PART_COUNTIES,  /* The named ones. */
	REFERENCE_PART_REST,      /* What no other post names. */
	REFERENCE_PART_OVERSIGHT, /* Supervises: never counted as covering. */
};

/* As a row's date: open.  As a question's date: not known, so the row that is the
 * last to hold answers. */
#define REFERENCE_ANY_DAY  INT32_MIN
#define REFERENCE_OPEN_POS UINT64_MAX       /* to_pos of a row that holds now. */
#define REFERENCE_NOW      (UINT64_MAX - 1) /* As a question's position: the newest. */

enum {
	REFERENCE_CODE_MAX = 64,   /* Bytes of an id, a code, a setting's name. */
	REFERENCE_NAME_MAX = 256,  /* Bytes of a municipality's or a county's name. */
	REFERENCE_LIST_MAX = 1000, /* Counties or attributes of one row. */
};

/* What identifies a row and what it says, by kind:
 *
 *	kind            group      code     other fields
 *	POST            -          id       label, what, city, state, zone, lat_e6, lon_e6
 *	JURISDICTION    post       state    part, list (counties)
 *	CODE            dimension  code     label, list (attributes)
 *	PILLAR          -          code     parent, plan, label
 *	MUNICIPALITY    country    state    label: two spellings of its name
 *	STATE           country    code     label
 *	SETTING         -          name     value
 *
 * group and code are the key, and for a municipality both spellings too.  An empty
 * country is US.  Spellings and counties are compared in NFKC with case folded. */

struct reference_text {
	struct slice ja;
	struct slice en;
};

/* A row as a record says it.  Borrows all its bytes. */
struct reference_row {
	enum reference_kind kind;
	bool removed;       /* Takes the row with this key and valid_from away. */
	int32_t valid_from; /* Day number, or REFERENCE_ANY_DAY. */
	int32_t valid_to;
	struct slice group;
	struct slice code;
	struct reference_text label;
	struct slice what; /* embassy, consulate_general, … */
	struct slice city;
	struct slice state;
	struct slice zone;
	struct slice parent;
	struct slice plan;
	struct slice value;
	int32_t lat_e6;
	int32_t lon_e6;
	enum reference_part part;
	const struct slice *list;
	size_t list_count;
	struct slice source_name;
	struct slice source_quote;
	struct reference_text note;
};

/* A row as it is kept: word ids, and 'list' a set id.  No padding: bytes compare. */
struct reference_entry {
	uint64_t from_pos; /* Holds for positions from_pos <= p < to_pos. */
	uint64_t to_pos;
	int32_t valid_from;
	int32_t valid_to;
	int32_t lat_e6;
	int32_t lon_e6;
	uint32_t group;
	uint32_t code;
	uint32_t label_ja;
	uint32_t label_en;
	uint32_t what;
	uint32_t city;
	uint32_t state;
	uint32_t zone;
	uint32_t parent;
	uint32_t plan;
	uint32_t value;
	uint32_t list;        /* Set of words as they were said; */
	uint32_t list_folded; /* counties also in the form in which they compare, */
	uint32_t folded_ja;   /* and so the spellings of a municipality. */
	uint32_t folded_en;
	uint32_t source_name;
	uint32_t source_quote;
	uint32_t note_ja;
	uint32_t note_en;
	uint8_t kind; /* enum reference_kind */
	uint8_t part; /* enum reference_part */
	uint8_t zero[2];
};

/* Must not move after reference_init(). */
struct reference {
	struct words *words; /* Borrowed, both. */
	struct sets *sets;
	struct table rows; /* struct reference_entry */
	struct index by_code;
	struct index by_ja; /* Municipalities by spelling. */
	struct index by_en;
	uint64_t version; /* Position of the last change, 0 if there was none. */
};

/* Keeps 'words' and 'sets', which must outlive it. */
void reference_init(struct reference *, struct words *words, struct sets *sets);
void reference_fini(struct reference *);
void reference_clear(struct reference *);

/* The one table to checkpoint is 'rows'; after it, the words and the sets were
 * restored and reindexed, rebuild the indexes.  False if the rows cannot be ours. */
bool reference_reindex(struct reference *) WARN_UNUSED;

/* NULL if the row can be applied, else what is wrong with it ("code: is empty"):
 * lengths, dates in order, what its kind needs.  For what others wrote. */
const char *reference_row_check(const struct reference_row *);

/* HQ's record at 'position' says this row: it replaces the open one with the same key
 * and the same valid_from, or takes it away.  Returns whether anything changed: a row
 * that says what already holds changes nothing.  REFERENCE_UNKNOWN changes nothing;
 * any other row must pass reference_row_check().  Positions never go back. */
bool reference_apply(struct reference *, const struct reference_row *, uint64_t position);

/* ---- Questions.
 * A row answers for 'day' if it holds on it.  Where several do, one with dates comes
 * before one without, then the later valid_from.  Answers are borrowed until
 * reference_clear() or reference_fini(); NULL if there is none. */

/* The general one: as of any position (REFERENCE_NOW for the newest).  For all kinds
 * but municipalities. */
const struct reference_entry *reference_find(const struct reference *,
					     enum reference_kind kind, struct slice group,
					     struct slice code, int32_t day,
					     uint64_t position);

const struct reference_entry *reference_post(const struct reference *, struct slice id,
					     int32_t day);
const struct reference_entry *reference_code(const struct reference *,
					     struct slice dimension, struct slice code,
					     int32_t day);
const struct reference_entry *reference_pillar(const struct reference *,
					       struct slice code, int32_t day);
const struct reference_entry *reference_state(const struct reference *,
					      struct slice country, struct slice code,
					      int32_t day);

/* The setting's value, empty where no row sets it. */
struct slice reference_setting(const struct reference *, struct slice name, int32_t day);

/* "on" and "off" of a setting; 'otherwise' where it is neither. */
bool reference_setting_on(const struct reference *, const char *name, int32_t day,
			  bool otherwise);

/* Has the row this attribute (a code) or county (a jurisdiction)? */
bool reference_has(const struct reference *, const struct reference_entry *,
		   struct slice item);

/* The label in the language wanted, else in the other, else empty. */
struct slice reference_label(const struct reference *, const struct reference_entry *,
			     bool japanese);

/* The post that covers the place on that day, a word id; 0 where the reference data
 * does not say: unknown state, or a state that posts share and no county stated.
 *
 * For a (post, state) that has dated rows the undated one never counts; and a dated
 * row for a whole state replaces what undated rows say of it for its time. */
uint32_t reference_covering_post(const struct reference *, struct slice state,
				 struct slice county, int32_t day);

/* The row that knows this municipality by one of its spellings, or NULL.  The English
 * spelling is asked first. */
const struct reference_entry *reference_municipality(const struct reference *,
						     struct slice country,
						     struct slice state, struct slice ja,
						     struct slice en);

/* What makes a municipality the same one: "US\tTN\tjackson": country, state, and its
 * name in NFKC with case folded.  The name is the one of the row that knows it (English
 * if it has one), else the English spelling stated, else the Japanese one.  Appends to
 * 'ret_key'; nothing if no name is stated. */
void reference_municipality_key(const struct reference *, struct slice country,
				struct slice state, struct slice ja, struct slice en,
				struct buf *ret_key);

/* The same as a word id, added to the words where it is new; 0 if no name is stated or
 * the key is longer than a word may be. */
uint32_t reference_municipality_id(struct reference *, struct slice country,
				   struct slice state, struct slice ja, struct slice en);

/* All rows ever applied, in order: 0 <= i < reference_count(). */
uint32_t reference_count(const struct reference *);
const struct reference_entry *reference_at(const struct reference *, uint32_t i);

/* Back to the form of a record; list items are taken from the arena. */
void reference_entry_row(const struct reference *, const struct reference_entry *,
			 struct arena *, struct reference_row *ret_row);

/* ---- The wire (reference_wire.c). */

struct reference_change {
	struct reference_row *rows;
	size_t row_count;
	struct slice why;
};

/* Read a packed kusanone.v1.ReferenceChange into the arena.  False, and why, where it
 * is not one, a text is not UTF-8, or a row fails its check ("rows[3]: …", in the
 * arena).  Rows of unknown kind are kept as REFERENCE_UNKNOWN. */
bool reference_change_decode(struct arena *, struct slice packed,
			     struct reference_change *ret_change,
			     const char **ret_why) WARN_UNUSED;

/* The same from an unpacked message, for other *_wire.c files: borrows its texts. */
struct Kusanone__V1__ReferenceChange;
bool reference_change_from_message(struct arena *,
				   const struct Kusanone__V1__ReferenceChange *,
				   struct reference_change *ret_change,
				   const char **ret_why) WARN_UNUSED;

/* One packed kusanone.v1.ReferenceRow, checked as above. */
bool reference_row_decode(struct arena *, struct slice packed,
			  struct reference_row *ret_row,
			  const char **ret_why) WARN_UNUSED;

/* Append the packed kusanone.v1.ReferenceRow or ReferenceChange.  Rows must have a
 * known kind. */
void reference_row_pack(const struct reference_row *, struct buf *ret_packed);
void reference_change_pack(const struct reference_change *, struct buf *ret_packed);

#endif
