/* lib/archive/files.h - how an archive's files are read, wherever they lie.
 *
 * Whoever reads an archive is handed this: a folder (folder_io.c), or in tests memory.
 * Paths are those of README.md, relative to the archive's folder. */
#ifndef LIB_ARCHIVE_FILES_H
#define LIB_ARCHIVE_FILES_H

#include "lib/base/buf.h"

struct archive_files {
	void *ctx;

	/* Append up to 'max' bytes of the file from 'offset' on; fewer only where it
	 * ends.  ERR_NOT_FOUND: there is no such file; ERR_IO. */
	enum err (*read)(void *ctx, const char *path, uint64_t offset, size_t max,
			 struct buf *to);
};

/* A whole file in place of what is in 'to'.  ERR_INVALID: it is longer than 'max'. */
static inline WARN_UNUSED enum err
files_read(const struct archive_files *files, const char *path, size_t max,
	   struct buf *to)
{
	buf_clear(to);
	enum err err = files->read(files->ctx, path, 0, max + 1, to);

	return err == OK && to->len > max ? ERR_INVALID : err;
}

#endif
