#include "lib/archive/chains.h"

struct chain_node {
	uint32_t ends1; /* Its newest end, as row + 1; 0: nothing was seen of it. */
};

struct chain_end {
	struct hash block;
	uint64_t last_seq;
	uint32_t next1;
};

static uint64_t
hash_of_parent(const void *ctx, uint32_t row)
{
	const struct chain_branch *branch = table_at(ctx, row);

	return hash_u64(&branch->parent);
}

static uint64_t
hash_of_block(const void *ctx, uint32_t row)
{
	const struct chain_branch *branch = table_at(ctx, row);

	return hash_u64(&branch->block);
}

void
chains_init(struct chains *c)
{
	*c = (struct chains){ 0 };
	table_init(&c->nodes, sizeof(struct chain_node));
	table_init(&c->ends, sizeof(struct chain_end));
	table_init(&c->branches, sizeof(struct chain_branch));
	index_init(&c->by_parent, hash_of_parent, &c->branches);
	index_init(&c->by_block, hash_of_block, &c->branches);
}

void
chains_fini(struct chains *c)
{
	index_fini(&c->by_block);
	index_fini(&c->by_parent);
	table_fini(&c->branches);
	table_fini(&c->ends);
	table_fini(&c->nodes);
}

/* The end that the block continues takes its place. */
static bool
continues(struct chains *c, uint32_t ends1, const struct block *block)
{
	while (ends1 != 0) {
		const struct chain_end *end = table_at(&c->ends, ends1 - 1);

		if (hash_eq(&end->block, &block->parent) &&
		    end->last_seq + 1 == block->first_seq) {
			struct chain_end *now = table_mut(&c->ends, ends1 - 1);

			now->block = block->hash;
			now->last_seq = block->last_seq;
			return true;
		}
		ends1 = end->next1;
	}
	return false;
}

static void
add_branch(struct chains *c, const struct chain_branch *branch)
{
	uint32_t row = c->branches.count;

	memcpy(table_add(&c->branches), branch, sizeof(*branch));
	index_add(&c->by_block, hash_u64(&branch->block), row);
	if (!branch->found) {
		index_add(&c->by_parent, hash_u64(&branch->parent), row);
		c->unfound++;
	}
}

const char *
chains_add(struct chains *c, uint32_t node, const struct block *block, uint64_t position,
	   uint64_t leaf)
{
	bool begins = hash_is_zero(&block->parent);

	while (c->nodes.count <= node) {
		table_add(&c->nodes);
	}
	struct chain_node *n = table_mut(&c->nodes, node);
	if (begins != (block->first_seq == 1)) {
		return "a block without parent does not begin at 1, or one with a parent "
		       "does";
	}
	if (!begins && continues(c, n->ends1, block)) {
		return NULL;
	}
	if (!begins && n->ends1 == 0) {
		return "its parent is no earlier block of its node";
	}
	if (n->ends1 != 0) {
		const struct chain_branch branch = {
			.parent = block->parent,
			.block = block->hash,
			.parent_seq = block->first_seq - 1,
			.position = position,
			.leaf = leaf,
			.node = node,
			.found = begins,
		};

		if (c->branches.count == CHAINS_MAX_BRANCHES) {
			return "there are more than 65,536 branches";
		}
		add_branch(c, &branch);
	}
	struct chain_end *end = table_add(&c->ends);
	*end = (struct chain_end){ .block = block->hash,
				   .last_seq = block->last_seq,
				   .next1 = n->ends1 };
	n->ends1 = c->ends.count;
	return NULL;
}

const char *
chains_again(struct chains *c, uint32_t node, const struct block *block,
	     uint64_t position, const struct chain_branch **ret_branch)
{
	uint64_t hash = hash_u64(&block->hash);
	uint32_t row;

	for (uint32_t at = index_first(&c->by_block, hash, &row); at != 0;
	     at = index_next(&c->by_block, hash, at, &row)) {
		const struct chain_branch *branch = table_at(&c->branches, row);

		if (hash_eq(&branch->block, &block->hash) &&
		    position < branch->position) {
			*ret_branch = branch;
			return "the same block is there twice";
		}
	}
	for (uint32_t at = index_first(&c->by_parent, hash, &row); at != 0;
	     at = index_next(&c->by_parent, hash, at, &row)) {
		struct chain_branch *branch = table_mut(&c->branches, row);

		if (!branch->found && branch->node == node &&
		    hash_eq(&branch->parent, &block->hash) &&
		    branch->parent_seq == block->last_seq &&
		    position < branch->position) {
			branch->found = true;
			c->unfound--;
		}
	}
	return NULL;
}

const struct chain_branch *
chains_unfound(const struct chains *c)
{
	for (uint32_t row = 0; row < c->branches.count && c->unfound != 0; row++) {
		const struct chain_branch *branch = table_at(&c->branches, row);

		if (!branch->found) {
			return branch;
		}
	}
	return NULL;
}
