/* tests/bench/post.h - many posts in one program: their keys, their chains, their blocks.
 *
 * Keys come from a seed, so that every run of a load speaks for the same nodes; where
 * their chains stand is kept in a file beside the configuration. */
#ifndef BENCH_POST_H
#define BENCH_POST_H

#include "lib/store/block.h"

struct post {
	uint32_t number;
	struct node_id node;
	uint8_t curve_public[32], curve_secret[32];
	uint8_t sign_public[SIGN_PUBLIC_LEN], sign_secret[SIGN_SECRET_LEN];
	struct key_id key_id;

	/* The end of its chain. */
	uint64_t last_seq;
	struct hash last;
};

/* The first of 'posts' is headquarters' own intake, whose key the service trusts; post
 * 'n' of a load is posts[n + 1]. */
void posts_make(struct post *posts, uint32_t count);

/* Read and write the ends of all chains; a missing file says that nothing was sent. */
void posts_load(struct post *posts, uint32_t count, const char *path);
void posts_save(const struct post *posts, uint32_t count, const char *path);

/* What one post has to send: payloads of BATCH frames, one after the other. */
struct backlog {
	struct buf payloads;
	struct backlog_batch {
		size_t at, len;
	} * batches;
	size_t batch_count, batch_cap;
	uint64_t records, blocks;

	/* Under construction. */
	struct block_maker maker;
	size_t batch_at;
};

/* Records go into full blocks, or 'per_block' into each (0: as many as fit); blocks are
 * joined into batches as a post's link does. */
void backlog_add(struct backlog *, struct post *, struct slice record,
		 uint32_t per_block);
void backlog_end(struct backlog *, struct post *);
void backlog_fini(struct backlog *);

#endif
