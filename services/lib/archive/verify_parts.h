/* lib/archive/verify_parts.h - what the files of verify share.  Inside only. */
#ifndef LIB_ARCHIVE_VERIFY_PARTS_H
#define LIB_ARCHIVE_VERIFY_PARTS_H

#include "lib/archive/chains.h"
#include "lib/archive/keyring.h"
#include "lib/archive/segment.h"
#include "lib/archive/verify.h"

/* One verification. */
struct verify {
	const struct verify_options *options;
	struct verify_report *report;
	struct tree_head head;
	struct buf head_note;    /* Which it borrows. */
	struct tree_head *known; /* The smallest first. */
	size_t next_known;
	uint64_t checked_before; /* Entries below it are covered by a known checkpoint. */

	struct unpacker *unpacker;
	struct buf file, content, leaves, tile;
	struct tree tree;
	struct keyring keyring;
	struct chains chains;

	/* Where the walk is. */
	struct hash seal;        /* Of the segment before. */
	uint64_t position;       /* The next one. */
	wall_ms_t hq_ms;         /* Of the last entry ... */
	wall_ms_t segment_hq_ms; /* ... and of the first of its segment. */
};

/* Something is wrong with the file at 'path'.  Only what is said first counts.  Returns
 * false, for the caller to pass on. */
bool verify_fail(struct verify *, const char *path, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* The same about an entry. */
bool verify_fail_at(struct verify *, const char *path, uint64_t leaf, uint64_t position,
		    const char *why);

/* A whole file into 'to'; false, with the fault said, if it is not there or too long. */
bool verify_read(struct verify *, const char *path, size_t max, struct buf *to);

/* Checkpoints: the archive's own, and the known ones. */
bool verify_heads(struct verify *);

/* The tree has reached a size: those known at it must agree. */
bool verify_known_here(struct verify *);

/* At the end: the tree is what the checkpoint says, and so are the last tiles. */
bool verify_root(struct verify *);

/* A sink that compares tiles with the archive's. */
struct tile_sink verify_tiles(struct verify *);

#endif
