/* lib/archive/loose.h - names and addresses that lie beside a segment, read.
 *
 * Nothing vouches for a part but its hash, which a record holds.  Lengths are checked
 * before anything is read, and memory is that of one part, whatever the file says. */
#ifndef LIB_ARCHIVE_LOOSE_H
#define LIB_ARCHIVE_LOOSE_H

#include "lib/archive/files.h"
#include "lib/base/hash.h"

enum { LOOSE_PATH_SIZE = 64, LOOSE_HEAD_LEN = 20, LOOSE_PART_MAX = 64 * 1024 };

struct loose_part {
	struct hash hash;
	struct slice salt, part; /* Borrowed until the next one. */
};

struct loose_reader {
	struct archive_files files;
	char path[LOOSE_PATH_SIZE];
	struct buf buf;  /* From 'at' on. */
	size_t used;     /* Of it. */
	uint64_t offset; /* In the file, of what is read next. */
	uint32_t left;   /* Parts. */
};

/* The file beside a segment.  ERR_NOT_FOUND: there is none, which is no fault;
 * ERR_CORRUPT, ERR_IO. */
enum err loose_open(struct loose_reader *, const struct archive_files *,
		    uint64_t segment) WARN_UNUSED;
void loose_close(struct loose_reader *);

/* The next part; whether its hash is right, is not looked at.  ERR_NOT_FOUND after the
 * last one; ERR_CORRUPT, ERR_IO. */
enum err loose_next(struct loose_reader *, struct loose_part *) WARN_UNUSED;

#endif
