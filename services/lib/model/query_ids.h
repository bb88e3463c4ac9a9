/* lib/model/query_ids.h - dense numbers for the keys that a query meets.
 *
 * A key gets the next number from 0 at first sight.  A query looks one up for every row
 * of a million, nearly always a key that it knows: the common ones are found in an
 * array, the rest in a hash table with 4-byte slots.
 *
 * Invariant: the key with number i is keys[i], i < count. */
#ifndef LIB_MODEL_QUERY_IDS_H
#define LIB_MODEL_QUERY_IDS_H

#include "lib/base/base.h"

struct query_ids {
	uint64_t *keys;
	uint32_t count, cap;
	uint32_t *slots; /* Number + 1; 0: free. */
	uint32_t mask;   /* Slots - 1. */
	uint32_t
		*small; /* Number + 1 of keys below small_len, as far as they were met. */
	uint32_t small_len;
};

/* Keys below 'small_len' are found in an array. */
void query_ids_init(struct query_ids *, uint32_t small_len);
void query_ids_fini(struct query_ids *);

/* query_ids_of() for a key that is not small or not met yet. */
uint32_t query_ids_add(struct query_ids *, uint64_t key);

/* The key's number. */
static inline uint32_t
query_ids_of(struct query_ids *ids, uint64_t key)
{
	if (key < ids->small_len && ids->small[key] != 0) {
		return ids->small[key] - 1;
	}
	return query_ids_add(ids, key);
}

/* The same for pairs of numbers.  The array is a grid that grows with what it meets, up
 * to a limit.  A zeroed one is empty. */
struct query_pairs {
	struct query_ids ids; /* a << 32 | b */
	uint32_t *grid;       /* Number + 1, at a << shift | b; 0: ask 'ids'. */
	uint32_t height;      /* a below this has a place, */
	unsigned shift;       /* b of that many bits has. */
};

void query_pairs_fini(struct query_pairs *);

/* query_pairs_of() for a pair that the grid does not know. */
uint32_t query_pairs_add(struct query_pairs *, uint32_t a, uint32_t b);

static inline uint32_t
query_pairs_of(struct query_pairs *p, uint32_t a, uint32_t b)
{
	if (a < p->height && b >> p->shift == 0) {
		uint32_t number1 = p->grid[a << p->shift | b];

		if (number1 != 0) {
			return number1 - 1;
		}
	}
	return query_pairs_add(p, a, b);
}

static inline uint32_t
query_pairs_a(const struct query_pairs *p, uint32_t number)
{
	return (uint32_t)(p->ids.keys[number] >> 32);
}

static inline uint32_t
query_pairs_b(const struct query_pairs *p, uint32_t number)
{
	return (uint32_t)p->ids.keys[number];
}

#endif
