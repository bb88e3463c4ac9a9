/* lib/archive/walk.h - all entries of an archive, one after the other.
 *
 * For whoever looks for something in it.  Lengths are checked before anything is
 * unpacked, and entries are numbered as the segments say; whether they are what was
 * sealed, a proof or a verification says.  Memory is that of one segment. */
#ifndef LIB_ARCHIVE_WALK_H
#define LIB_ARCHIVE_WALK_H

#include "lib/archive/files.h"
#include "lib/archive/segment.h"

struct walk {
	struct archive_files files;
	uint64_t size; /* Where it ends: entries of the checkpoint. */

	struct unpacker *unpacker;
	struct buf file, content;
	struct segment segment; /* Borrows 'file'. */
	uint32_t frames_done;
	size_t at;             /* In the content of a frame. */
	uint64_t next_segment; /* Its number. */
	uint64_t next_leaf;

	/* Of the file that is read, or cannot be. */
	char path[SEGMENT_PATH_SIZE];
};

void walk_init(struct walk *, const struct archive_files *, uint64_t size);
void walk_fini(struct walk *);

enum walk_step {
	WALK_ENTRY,
	WALK_END,
	WALK_MISSING, /* There is no file at 'path', ... */
	WALK_BROKEN,  /* or it is no segment that follows the one before; */
	WALK_FAILED,  /* the disk failed. */
};

/* The next entry, borrowed until the next call, and its leaf. */
enum walk_step walk_next(struct walk *, struct archive_entry *ret_entry,
			 uint64_t *ret_leaf) WARN_UNUSED;

#endif
