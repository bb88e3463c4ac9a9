/* lib/base/near.h - "did you mean …?": of the known words the one that was meant.
 *
 * Distances are of Damerau and Levenshtein: how many letters must be added, taken away,
 * changed or swapped with the next one, no letter touched twice.  Upper and lower case of
 * ASCII are the same, so "tn" is as near to TN as can be.
 *
 * Known words are offered one by one, from wherever they stand: a table, reference data,
 * a schema. */
#ifndef LIB_BASE_NEAR_H
#define LIB_BASE_NEAR_H

#include "lib/base/slice.h"

enum {
	NEAR_MAX_LEN = 100, /* Bytes of a word that is compared at all. */
	NEAR_FAR = 1000,    /* The distance of what is longer. */
};

unsigned near_distance(struct slice a, struct slice b);

struct near {
	struct slice word; /* Borrowed, as what is offered. */
	struct slice best;
	unsigned distance; /* Of best; at first one more than is near. */
	bool tied;         /* Another one is as near. */
};

/* At most two letters away, and at least half of them right. */
void near_begin(struct near *, struct slice word);
void near_offer(struct near *, struct slice known);

/* The word that is nearest; the empty slice if none is near, or several are equally. */
struct slice near_best(const struct near *);

/* The same of a table of words; NULL if there is none. */
const char *near_miss(struct slice word, const char *const *words, size_t count);

#endif
