/* tests/archive/history.h - what happens to a federation, as entries of its log.
 *
 * Headquarters enrols posts; they record events; keys are rotated, retired and stolen;
 * restored and cloned machines make branches; a late block is signed with an old key.
 * Everything comes from a seed. */
#ifndef ARCHIVE_HISTORY_H
#define ARCHIVE_HISTORY_H

#include "lib/archive/tree_head.h"
#include "lib/base/rng.h"
#include "lib/store/block.h"

enum { HISTORY_POSTS = 5 };

struct history_key {
	uint8_t public_key[SIGN_PUBLIC_LEN], secret[SIGN_SECRET_LEN];
	struct key_id id;
};

struct history_entry {
	uint64_t position;
	wall_ms_t hq_ms;
	struct buf block;
};

struct history {
	struct history_entry *entries;
	size_t count, cap;
	struct first_trust hq;
	struct history_key hq_key;
	unsigned branches;
};

/* 'count' entries, at least one.  Two histories of one seed begin alike, up to entry
 * 'fork' (SIZE_MAX: never apart). */
void history_make(struct history *, uint64_t seed, size_t count, size_t fork);
struct history history_copy(const struct history *);
void history_fini(struct history *);

void history_remove(struct history *, size_t i);
void history_insert(struct history *, size_t i, const struct history_entry *);

/* Positions from 1 on again, after entries came or went. */
void history_renumber(struct history *);

void history_key_make(struct history_key *, uint64_t seed, unsigned number);

#endif
