/* intake/branches.h - the ends of this node's journal.
 *
 * Normally there is one.  A restored copy, or two machines with one key, make more. */
#ifndef INTAKE_BRANCHES_H
#define INTAKE_BRANCHES_H

#include "lib/store/block.h"

enum { BRANCHES_MAX = 32 };

struct branch {
	struct hash tip;
	uint64_t from; /* First seq that is only in it. */
	uint64_t last_seq;
};

struct branches {
	struct branch at[BRANCHES_MAX];
	unsigned count;
	unsigned more; /* Beyond the table. */
};

/* A block came, after its parent. */
void branches_add(struct branches *, const struct block *);

#endif
