/* tests/archive/maker.h - seals a history: segments, tiles and checkpoints in memory.
 *
 * Every file is needed: a partial tile goes when a wider one takes its place. */
#ifndef ARCHIVE_MAKER_H
#define ARCHIVE_MAKER_H

#include "archive/history.h"
#include "archive/memory.h"
#include "lib/archive/note.h"

struct archive_key {
	struct note_key key;
	uint8_t secret[SIGN_SECRET_LEN];
};

struct archive {
	struct memory files;
	/* The checkpoint after each segment. */
	struct buf *notes;
	uint64_t *sizes;
	size_t segments;
};

/* The archive's key of a seed. */
void archive_key_make(struct archive_key *, const char *name, uint64_t seed);

/* Segments of 'per_segment' entries. */
void archive_make(struct archive *, const struct history *, size_t per_segment,
		  const struct archive_key *);
void archive_fini(struct archive *);

#endif
