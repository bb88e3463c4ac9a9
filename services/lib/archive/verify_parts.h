/* lib/archive/verify_parts.h - what the files of verify share.  Inside only. */
#ifndef LIB_ARCHIVE_VERIFY_PARTS_H
#define LIB_ARCHIVE_VERIFY_PARTS_H

#include "lib/archive/chains.h"
#include "lib/archive/keyring.h"
#include "lib/archive/segment.h"
#include "lib/archive/verify.h"

/* A frame, as its bytes say alone: verify_frames.c. */
struct frame_entry {
	struct archive_entry entry;
	struct block block;
	struct sha256 leaf;
	const char *why; /* NULL: it holds a block. */
};

struct frame_work {
	struct unpacker *unpacker;
	struct segment_frame frame;
	struct slice packed;
	bool tree_only;

	struct buf content;
	struct frame_entry *entries;
	uint32_t count, cap;
	const char *why; /* NULL: it was unpacked. */
};

/* A signature that is looked at. */
struct signature_work {
	struct block block;
	uint8_t key[SIGN_PUBLIC_LEN];
	uint64_t leaf, position;
	bool good;
};

enum {
	FRAMES_AHEAD = 8,     /* In a batch; two of these are there. */
	SIGNATURES_EACH = 64, /* Looked at by one. */
};

/* One verification. */
struct verify {
	const struct verify_options *options;
	struct verify_report *report;
	struct tree_head head;
	struct buf head_note;    /* Which it borrows. */
	struct tree_head *known; /* The smallest first. */
	size_t next_known;
	uint64_t checked_before; /* Entries below it are covered by a known checkpoint. */

	const struct crew *crew;
	struct frame_work frames[2][FRAMES_AHEAD];
	struct trailer_work {
		const struct segment *segment;
		bool whole;
	} trailer;
	struct signature_work *signatures; /* Of the batch that is looked at. */
	size_t signature_count, signature_cap;
	struct signature_share {
		struct signature_work *first;
		size_t count;
	} * shares;
	size_t share_cap;

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

/* Start to read frames [first, first + count) of a segment into a batch. */
void frames_start(struct verify *, unsigned batch, const struct segment *, uint32_t first,
		  uint32_t count);

/* Start to hash a segment's file for its trailer: v->trailer.whole after a wait. */
void trailer_start(struct verify *, const struct segment *);

/* This block's signature is to be looked at. */
void signatures_add(struct verify *, const struct block *,
		    const uint8_t key[SIGN_PUBLIC_LEN], uint64_t leaf, uint64_t position);

/* Start to look at all of them. */
void signatures_start(struct verify *);

/* After a wait: the first that is wrong, NULL: none.  They are forgotten. */
const struct signature_work *signatures_end(struct verify *);

void frames_init(struct verify *);
void frames_fini(struct verify *);

/* A sink that compares tiles with the archive's. */
struct tile_sink verify_tiles(struct verify *);

#endif
