#include "intake/branches.h"

void
branches_add(struct branches *b, const struct block *block)
{
	for (unsigned i = 0; i < b->count; i++) {
		if (hash_eq(&b->at[i].tip, &block->parent)) {
			b->at[i].tip = block->hash;
			b->at[i].last_seq = block->last_seq;
			return;
		}
	}
	if (b->count == BRANCHES_MAX) {
		b->more++;
		return;
	}
	b->at[b->count++] = (struct branch){ .tip = block->hash,
					     .from = block->first_seq,
					     .last_seq = block->last_seq };
}
