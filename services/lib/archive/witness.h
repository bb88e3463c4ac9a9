/* lib/archive/witness.h - keeps the newest checkpoint that extends all it kept before.
 *
 * Whoever gets an archive's checkpoints as they come, and takes a newer one only with a
 * proof that it begins with all that was known, makes it impossible to show one history
 * here and another there later: two signed checkpoints that contradict each other are
 * left in a witness's hand.  Posts are headquarters' witnesses.
 *
 * The key is kept at first sight, like the first checkpoint; both are true from then on.
 * Pure: the owner keeps the texts (key, known, fork) on its disk. */
#ifndef LIB_ARCHIVE_WITNESS_H
#define LIB_ARCHIVE_WITNESS_H

#include "lib/archive/tree_head.h"

struct witness {
	struct note_key key; /* Trusted; its name is empty: none yet. */
	struct buf known;    /* The signed note; empty: none yet. */
	struct buf fork;     /* A signed note that contradicts it; the first one. */
	uint64_t wanted; /* A newer one is shown: the size to be proved from; else 0. */
	bool older;      /* One with fewer entries is shown. */
	bool foreign;    /* One that the key has not signed is shown. */
};

enum witness_verdict {
	WITNESS_SAME,   /* Nothing new. */
	WITNESS_TAKEN,  /* 'known' (and 'key') changed: to be kept. */
	WITNESS_WANTS,  /* 'wanted' is set: shown again with a proof it will be taken. */
	WITNESS_OLDER,  /* It covers less than what is known. */
	WITNESS_FORK,   /* 'fork' is set: to be kept. */
	WITNESS_FOREIGN /* Not signed with the key that is kept, or no checkpoint. */
};

void witness_fini(struct witness *);
void witness_copy(struct witness *to, const struct witness *from);

/* What was kept.  False: it is not what a witness kept. */
bool witness_open(struct witness *, struct slice key_line, struct slice known,
		  struct slice fork) WARN_UNUSED;

/* A checkpoint is shown.  'key_line' (may be empty) counts while no key is kept;
 * 'growth', the hashes of a consistency proof from 'known' on (count 0: none came). */
enum witness_verdict witness_take(struct witness *, struct slice note,
				  struct slice key_line, const struct tree_proof *growth);

/* What the kept checkpoint says, borrowed from it.  False: there is none. */
bool witness_head(const struct witness *, struct tree_head *ret_head) WARN_UNUSED;

#endif
