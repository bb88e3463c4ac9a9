/* lib/model/fold.h - the fold: what the log means.
 *
 * A total, pure function of the log.  Every record that was accepted goes through
 * fold_record() in order; whether it counts is decided here, from the log and the rules
 * in force at its position.  The same log gives the same tables, byte for byte, on any
 * machine.  A post's intake folds its own journal and what HQ tells it with the same
 * code.
 *
 * All of it lives in tables (lib/base/table.h): a checkpoint writes what was touched,
 * a start loads them and rebuilds the indexes. */
#ifndef LIB_MODEL_FOLD_H
#define LIB_MODEL_FOLD_H

#include "lib/base/table.h"
#include "lib/model/facts.h"
#include "lib/model/record.h"
#include "lib/model/reference.h"
#include "lib/model/words.h"

/* What the fold says of one record. */
enum fold_verdict {
	VERDICT_NONE, /* No record at this position (a gap at a post). */
	VERDICT_COUNTS,
	VERDICT_REPEAT, /* The same record was folded before. */
	VERDICT_MALFORMED,
	VERDICT_UNKNOWN_BODY, /* Of a newer program: carried, not counted. */
	VERDICT_UNKNOWN_NODE,
	VERDICT_FORBIDDEN,     /* Its node may not say this. */
	VERDICT_STOLEN,        /* Signed with a stolen key, from a position on. */
	VERDICT_FOREIGN_EVENT, /* Another post's node recorded the event. */
	VERDICT_CONFLICT,      /* A branch that could not be joined: kept beside. */
	VERDICT_JOINED,        /* A branch that was joined field by field. */
	VERDICT_WAITS,         /* Speaks of an event that has not come yet. */
};
const char *fold_verdict_name(enum fold_verdict);

/* A record that took effect: the same one again is a repeat. */
bool fold_verdict_effective(uint8_t verdict);

/* Rows.  "row + 1" fields: 0 is none. */
struct record_row {    /* Row = position - 1. */
	uint64_t id8;  /* First 8 bytes of the record's identity. */
	uint64_t sub8; /* First 8 bytes of its submission digest; 0: none. */
	uint64_t seq;  /* Of its node. */
	int64_t hq_ms;
	uint32_t event1; /* Event row + 1. */
	uint32_t
		older1; /* The record before it that speaks of the same event, row + 1. */
	uint32_t node1; /* Node row + 1. */
	uint32_t key1;  /* Key row + 1. */
	uint32_t revision1; /* Revision row + 1, of a revision that counts. */
	uint32_t body;
	uint8_t verdict;
	uint8_t pad[7];
};

struct revision_row {
	uint32_t record; /* Row of records. */
	uint32_t event;
	uint32_t parents1; /* First of its parents: row + 1 of fold.parents. */
	uint32_t parent_count;
	uint32_t is_head;    /* Not the base of a later revision. */
	uint32_t next_head1; /* The event's heads in log order: revision row + 1. */
};

struct event_row {
	uint8_t id[UUID_LEN];
	uint32_t owner1;        /* Node row + 1; 0: no revision has come. */
	uint32_t first_head1;   /* Revision row + 1. */
	uint32_t newest1;       /* Newest record that speaks of it: row + 1. */
	uint32_t fact1;         /* Open event fact: row + 1. */
	uint32_t session_fact1; /* First open session fact: row + 1; they are a run. */
	uint32_t named;     /* Set of words: the holders that the shown revision names. */
	uint32_t answers1;  /* Newest answer_row + 1. */
	uint32_t review1;   /* Newest review: record row + 1. */
	uint32_t practice1; /* Newest practice_row + 1. */
	uint32_t merged_into1; /* Event row + 1. */
	uint32_t merged_from1; /* First of the events merged into it: row + 1; */
	uint32_t merged_next1; /* and the next of those. */
	uint32_t withdrawn1;   /* Record row + 1 of the withdrawal in force. */
	uint32_t moved_post;   /* Word: the post that owns it since an ownership move. */
};

struct answer_row { /* The newest per (event, post) is in force. */
	uint32_t event, older1;
	uint32_t post;   /* Word. */
	uint32_t record; /* Row. */
	uint8_t answer;
	uint8_t by_source;          /* HQ's, from a published source. */
	uint8_t void_since_removal; /* The holder was taken off: asked again. */
	uint8_t pad;
};

struct practice_row {
	uint64_t from_pos, to_pos;
	uint32_t event;
	uint32_t record;
	int16_t fiscal_year;
	uint16_t pad;
	uint32_t older1; /* Of the same event. */
};

struct figure_row {
	uint64_t from_pos, to_pos;
	uint32_t record;
	uint32_t measure;            /* Word. */
	uint32_t scope_ja, scope_en; /* Words; 0: the whole programme. */
	int16_t from, to;
	uint32_t pad1;
	int64_t value;
	uint8_t bound;
	uint8_t pad2[7];
};

struct node_row {
	uint8_t id[NODE_ID_LEN];
	uint32_t name;  /* Word. */
	uint32_t posts; /* Set of words. */
	uint32_t keys1; /* Newest key_row + 1. */
	uint8_t role;
	uint8_t pad[3];
	uint64_t records;   /* Folded from it. */
	uint32_t ends1;     /* First end_row + 1. */
	uint32_t end_count; /* More than one: its journal has branches. */
	uint64_t refused;   /* Records that do not count. */
};

/* A block that no other continues.  Normally a node has one. */
struct end_row {
	struct hash hash;
	uint64_t last_seq;
	uint32_t node;
	uint32_t next1; /* Of the same node. */
};

enum key_state { KEY_VALID, KEY_RETIRED, KEY_STOLEN };
struct key_row {
	uint8_t curve[32];
	uint8_t sign[SIGN_PUBLIC_LEN];
	uint8_t key_id[8];
	uint64_t stolen_from; /* Position; blocks signed by it from there do not count. */
	uint32_t node;
	uint32_t older1;
	uint32_t bodies; /* Set of body numbers; 0: those of its role. */
	uint8_t state;
	uint8_t pad[3];
};

/* A reader's wish, as it held from one word about it to the next. */
struct subscription_row {
	uint64_t from_pos, to_pos;
	uint8_t id[UUID_LEN];
	uint8_t to[HASH_LEN];  /* Loose part with the address; a feed: zeros. */
	uint32_t record;       /* Row of records. */
	uint32_t first_record; /* Since when there is one, without a gap. */
	uint32_t who, text, zone, secret; /* Words. */
	uint32_t kinds;                   /* Bits of enum alert_kind; 0: any. */
	uint32_t posts, states, pillars, categories; /* Sets of words; 0: any. */
	uint32_t leads[ALERT_MAX_LEADS];
	uint16_t digest_minute, quiet_from, quiet_to;
	uint8_t lead_count, channel, digest_weekdays, has_quiet, english;
	uint8_t pad[9]; /* Named, so that rows compare by their bytes. */
};

struct silence_row {
	uint64_t from_pos, to_pos;
	uint8_t id[UUID_LEN], subscription[UUID_LEN], event[UUID_LEN]; /* Zeros: any. */
	int64_t from_ms, until_ms;
	uint32_t record;
	uint32_t posts; /* Set; 0: any. */
	uint32_t kinds; /* Bits; 0: any. */
	uint32_t pad;
};

struct acknowledgement_row {
	uint64_t from_pos, to_pos;
	uint8_t subscription[UUID_LEN]; /* Zeros: any. */
	uint32_t record;
	uint32_t kind;
	uint32_t subject, spell; /* Words; no spell: for good. */
};

/* A set of figures, frozen for good; all else of it stands in its record. */
struct publication_row {
	uint64_t position; /* Of the figures, in headquarters' log. */
	uint32_t name;     /* Word. */
	uint32_t record;   /* Row of records. */
	uint8_t rule;
	uint8_t pad[7]; /* Named, so that rows compare by their bytes. */
};

/* How the fold reads a record again (a join, a change of answers): the bytes at
 * 'position', valid until the arena is reset. */
struct fold_source {
	bool (*read)(void *ctx, uint64_t position, struct arena *,
		     struct slice *ret_record);
	void *ctx;
};

enum {
	/* Of what the rows mean: whoever changes a row's fields, or how they come about,
	 * counts it up, and views that were kept are folded again. */
	FOLD_VERSION = 3,
	FOLD_TABLES = 32,
	FOLD_MAX_JOINED = 16,      /* Heads that are joined; more are kept beside. */
	FOLD_MAX_ANCESTORS = 4096, /* Revisions looked at for a common ancestor. */
};

struct fold {
	struct words words;
	struct sets sets;
	struct reference reference;
	struct table records, revisions, parents, events, answers, practices, figures;
	struct table nodes, ends, keys, facts, session_facts, erased;
	struct table subscriptions, silences, acknowledgements, publications;
	struct index by_identity, by_submission, by_event, by_node, by_curve, by_erased;
	struct fold_source source;
	struct arena arena; /* For one record. */
	bool at_post; /* An intake's fold: numbers local, only its own and HQ's words. */
	bool submissions; /* Keep by_submission (an intake needs it). */
	bool failed;      /* The source could not give a record that it holds: what the
			   * fold says is wrong from here on, the process must end. */
	bool rebuilding;  /* An event is being applied again: its fact waits. */

	/* Facts opened since fold_take_changes(): rows facts_mark .. facts.count; and
	 * events touched by any record since then. */
	uint32_t facts_mark, records_mark;
};

void fold_init(struct fold *);
void fold_fini(struct fold *);

/* Everything goes; the source stays. */
void fold_clear(struct fold *);

/* The first key that is trusted without a record: HQ's own intake (its CURVE and
 * signing key), or at a post the node itself with the posts of its config. */
void fold_trust(struct fold *, const struct enrolment *);

struct fold_input {
	uint64_t position; /* At HQ: the log's.  Must be above the last one. */
	wall_ms_t hq_ms;
	struct node_id node;
	uint8_t key_id[8]; /* Of the block's signature. */
	uint64_t seq;
	struct slice record;
	struct hash identity;
	const struct record *decoded; /* 'record', if it was decoded before; else NULL. */
	bool from_hq; /* At a post: HQ's link brought it (HqRecord); HQ vouches for its
			 node: */
	enum node_role vouched_role; /* NODE_NONE: HQ itself. */
	struct slices vouched_posts;
};

/* Fold one record; returns its verdict. */
enum fold_verdict fold_record(struct fold *, const struct fold_input *);

/* A whole block of the node was folded: it continues 'parent', or is a new branch. */
void fold_block(struct fold *, const struct node_id *, const struct hash *parent,
		const struct hash *block, uint64_t last_seq);

/* Position of the last record folded. */
static inline uint64_t
fold_position(const struct fold *f)
{
	return f->records.count;
}

/* Look-ups; UINT32_MAX where there is none. */
uint32_t fold_find_event(const struct fold *, const struct uuid *);
uint32_t fold_find_node(const struct fold *, const struct node_id *);
uint32_t fold_find_record(const struct fold *, const struct hash *identity);
/* Of the node 'self' also what it was not allowed to say, as this fold sees it: it was
 * acknowledged, and whether it counts is headquarters' word. */
uint32_t fold_find_submission(const struct fold *, const struct hash *digest,
			      uint32_t self);
bool fold_is_erased(const struct fold *, const struct hash *part);

/* Its newest row, which may have ended. */
uint32_t fold_find_subscription(const struct fold *, const struct uuid *);

/* By its name. */
uint32_t fold_find_publication(const struct fold *, struct slice name);

/* The row that a subscription would have, open from nowhere: of a draft, to ask what it
 * would match.  Adds its words and sets, which say nothing by themselves. */
void fold_subscription_row(struct fold *, const struct subscription *,
			   struct subscription_row *ret);

/* Newest key of a node with this key id (any state); UINT32_MAX: none. */
uint32_t fold_find_key(const struct fold *, uint32_t node, const uint8_t key_id[8]);

/* The node that a valid CURVE key belongs to; UINT32_MAX: unknown, retired or stolen. */
uint32_t fold_node_of_curve(const struct fold *, const uint8_t curve_key[32]);

/* May a node of this role with these posts say this? The same answer for intake's check
 * and the fold's verdict. */
bool fold_may_say(const struct fold *, uint32_t node, uint32_t key,
		  const struct record *);

/* The event as it is shown: one head, or several joined.  False if it has none or its
 * bytes cannot be read.  'ret_bytes' is an Event message in 'arena'. */
struct merge_result;
bool fold_event_shown(struct fold *, uint32_t event, struct arena *,
		      struct slice *ret_bytes,
		      struct merge_result *ret_conflicts) WARN_UNUSED;

/* The same as of a position at which 'fact' held.  What a key found stolen since took
 * away from branches that were joined then is not in it any more. */
bool fold_event_shown_at(struct fold *, const struct event_fact *fact, uint64_t position,
			 struct arena *, struct slice *ret_bytes) WARN_UNUSED;

/* Follow merges to the event that counts. */
uint32_t fold_forward(const struct fold *, uint32_t event);

/* How a holder stands: counts, unconfirmed, disputed, withdrawn. */
enum holder_state {
	HOLDER_COUNTS,
	HOLDER_UNCONFIRMED,
	HOLDER_DISPUTED,
	HOLDER_WITHDRAWN
};
const char *holder_state_name(enum holder_state);
enum holder_state fold_holder(const struct fold *, uint32_t event, uint32_t recorder,
			      uint32_t post, uint32_t *ret_answer1);

/* The tables in a fixed order, for checkpoints and comparisons; returns their number. */
unsigned fold_tables(struct fold *, struct table *ret_tables[FOLD_TABLES]);

/* After tables were loaded: rebuild the indexes.  False if the tables cannot be ours. */
bool fold_reindex(struct fold *) WARN_UNUSED;

/* Do two folds hold the same?  Names the first table that differs. */
bool fold_eq(struct fold *, struct fold *, const char **ret_table);

size_t fold_memory(struct fold *);

/* Standing queries: nothing changed since this call if facts_mark == facts.count and
 * records_mark == records.count. */
void fold_take_changes(struct fold *);

#endif
