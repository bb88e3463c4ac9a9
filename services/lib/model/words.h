/* lib/model/words.h - texts and sets of numbers, each kept once and known by a number.
 *
 * A view's rows hold no texts but their ids: dense numbers from 1 in order of first
 * sight, so that the same log gives the same ids on any machine.  Id 0 is the empty
 * text ("not stated") and the empty set.
 *
 * Both live in tables of lib/base/table.h, to be checkpointed with the view; their
 * indexes are rebuilt after a load.  Nothing is ever taken out. */
#ifndef LIB_MODEL_WORDS_H
#define LIB_MODEL_WORDS_H

#include "lib/base/table.h"

enum {
	WORD_MAX_LEN = 4096, /* Bytes of one word. */
	SET_MAX_IDS = 8000,  /* Members of one set. */
	WORDS_TABLES = 2,
	SETS_TABLES = 2,
};

/* Where a word's bytes or a set's members begin, and how many they are. */
struct words_run {
	uint32_t at;
	uint32_t n;
};

/* Must not move after words_init(): its index points at it. */
struct words {
	struct table rows;  /* struct words_run; the row of id n is n - 1. */
	struct table bytes; /* Row size 1. */
	struct index index;
};

void words_init(struct words *);
void words_fini(struct words *);

/* The id of 'word', a new one if it was never seen; 0 for the empty word.  Copies
 * the bytes.  At most WORD_MAX_LEN bytes: callers check what others wrote. */
uint32_t words_id(struct words *, struct slice word);

/* The same without adding: 0 if the word is unknown or empty. */
uint32_t words_find(const struct words *, struct slice word);

/* The word, borrowed until words_fini(); the empty slice for id 0. */
struct slice words_at(const struct words *, uint32_t id);

/* Ids run from 1 to this. */
uint32_t words_count(const struct words *);

/* The tables to checkpoint, in the order in which they are to be restored. */
void words_tables(struct words *, struct table *ret_tables[WORDS_TABLES]);

/* Rebuild the index after the tables were restored.  False if the rows cannot be
 * ours (a run outside of the bytes, the same word twice): the view is then rebuilt. */
bool words_reindex(struct words *) WARN_UNUSED;

/* Forget everything. */
void words_clear(struct words *);

/* Must not move after sets_init(). */
struct sets {
	struct table rows; /* struct words_run; the row of id n is n - 1. */
	struct table ids;  /* uint32_t */
	struct index index;
};

void sets_init(struct sets *);
void sets_fini(struct sets *);

/* The id of the set of 'ids', a new one if it was never seen.  Sorts the array in
 * place and drops repeats and zeros ("not stated" is no member).  0 for the empty
 * set.  At most SET_MAX_IDS after that. */
uint32_t sets_id(struct sets *, uint32_t *ids, unsigned n);

/* The members in ascending order, borrowed until sets_fini(); '*ret_n' is 0 and the
 * result NULL for id 0. */
const uint32_t *sets_at(const struct sets *, uint32_t id, unsigned *ret_n);

/* Is 'member' in the set? */
bool sets_has(const struct sets *, uint32_t id, uint32_t member);

uint32_t sets_count(const struct sets *);
void sets_tables(struct sets *, struct table *ret_tables[SETS_TABLES]);
bool sets_reindex(struct sets *) WARN_UNUSED;
void sets_clear(struct sets *);

#endif
