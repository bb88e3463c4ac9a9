/* lib/store/own_blocks.h - where a node's own blocks stand in its journal: a list in
 * memory, in the order of the journal, found by hash and by position.
 *
 * The list only grows; how many of it count is the caller's.  Who puts back a smaller
 * count (a failed commit) has taken the rest away: it is overwritten by what is added
 * next.  Of a hash it keeps the first eight bytes: the caller compares the whole of it
 * with what is on the disk. */
#ifndef LIB_STORE_OWN_BLOCKS_H
#define LIB_STORE_OWN_BLOCKS_H

#include "lib/base/hash.h"

struct own_block {
	uint64_t hash;  /* Of its first eight bytes. */
	uint64_t first; /* Local position of its first record. */
};

struct own_blocks {
	struct own_block *list;
	size_t cap;
	uint32_t *slots; /* Number in the list + 1; 0: free. */
	uint32_t mask;   /* Slots - 1. */
	uint32_t used;   /* Slots that are not free, those of what went among them. */
};

struct own_blocks *own_blocks_new(void);
void own_blocks_free(struct own_blocks *); /* Accepts NULL. */

/* At number 'count', above all positions before. */
void own_blocks_add(struct own_blocks *, uint32_t count, const struct hash *,
		    uint64_t first);

/* The next one that may have this hash among the first 'count', after 'after' (0: the
 * first): its number + 1.  0: there is none. */
uint32_t own_blocks_find(const struct own_blocks *, uint32_t count, const struct hash *,
			 uint32_t after);

/* The number of the first of 'count' whose position is above 'position'; 'count': none.
 */
uint32_t own_blocks_above(const struct own_blocks *, uint32_t count, uint64_t position);

#endif
