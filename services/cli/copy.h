/* cli/copy.h - a file copied and hashed on the way, on the disk when it is done. */
#ifndef CLI_COPY_H
#define CLI_COPY_H

#include "lib/archive/sha256.h"
#include "lib/base/mem.h"

struct copied {
	uint64_t bytes;
	struct sha256 hash;
};

/* 0, or errno.  'to' is made, mode 0600, and is not there before; the folders above it
 * are made, mode 0700.  Symbolic links are not followed: ELOOP. */
int copy_file(const char *from, const char *to, struct copied *ret) WARN_UNUSED;

/* Only hash it. */
int copy_hash(const char *path, struct copied *ret) WARN_UNUSED;

/* Put bytes there as a new file. */
int copy_bytes(struct slice bytes, const char *to, struct copied *ret) WARN_UNUSED;

#endif
