/* lib/archive/chains.h - does every block follow one of its node that is there before it?
 *
 * A node's blocks are a tree: normally one chain; a restored or cloned machine makes
 * branches.  In memory are the ends alone.  A block that continues one is in order.  Any
 * other begins a branch: whether its parent is there, and it itself not there already, is
 * asked of a second walk over the entries before it, of which there is one at most
 * however many branches there are.  So memory grows with nodes and branches, never with
 * the log. */
#ifndef LIB_ARCHIVE_CHAINS_H
#define LIB_ARCHIVE_CHAINS_H

#include "lib/base/table.h"
#include "lib/store/block.h"

enum { CHAINS_MAX_BRANCHES = 65536 };

struct chains {
	struct table nodes;    /* By the caller's number of the node. */
	struct table ends;     /* Blocks that no other continues. */
	struct table branches; /* To be looked into. */
	struct index by_parent, by_block;
	uint32_t unfound; /* Branches whose parent was not seen yet. */
};

struct chain_branch {
	struct hash parent; /* Zeros: it begins a history. */
	struct hash block;
	uint64_t parent_seq; /* Last sequence of the parent. */
	uint64_t position;   /* Of the block's first record. */
	uint64_t leaf;
	uint32_t node;
	bool found; /* The parent. */
};

void chains_init(struct chains *);
void chains_fini(struct chains *);

/* The next block in the log, of the node with number 'node'.  NULL, or what is wrong. */
const char *chains_add(struct chains *, uint32_t node, const struct block *,
		       uint64_t position, uint64_t leaf);

/* Is a second walk needed? */
static inline bool
chains_are_open(const struct chains *c)
{
	return c->branches.count != 0;
}

/* In the second walk, each block again, in order.  NULL, or what is wrong: then
 * 'ret_branch' is the branch that it is about. */
const char *chains_again(struct chains *, uint32_t node, const struct block *,
			 uint64_t position, const struct chain_branch **ret_branch);

/* After it: a branch whose parent is nowhere; NULL if there is none. */
const struct chain_branch *chains_unfound(const struct chains *);

#endif
