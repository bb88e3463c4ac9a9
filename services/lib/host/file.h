/* lib/host/file.h - files that hold secrets, and files that must be on the disk. */
#ifndef LIB_HOST_FILE_H
#define LIB_HOST_FILE_H

#include "lib/base/buf.h"

/* The whole of a file that only its owner may use, at the end of 'text'.  ERR_NOT_FOUND;
 * ERR_INVALID: others may use it, or it is longer than 'max', or no file.  On an error
 * 'why' holds a sentence that begins with the path and holds nothing of the content. */
enum err file_read_private(const char *path, size_t max, struct buf *text, char *why,
			   size_t why_len) WARN_UNUSED;

/* All of the bytes; false with errno. */
bool file_write_all(int fd, struct slice bytes) WARN_UNUSED;

/* The file 'name' of the folder 'dir', whole, in place of one that may be there: written
 * aside, on the disk, renamed.  What must be on the disk under its name asks for an fsync
 * of the folder besides.  False with errno, and nothing changed. */
bool file_put(int dir, const char *name, struct slice bytes) WARN_UNUSED;

/* The same in steps, for many files at once.  Written aside, not yet on the disk: open
 * for an fsync, or -1 with errno and nothing left. */
int file_put_aside(int dir, const char *name, struct slice bytes) WARN_UNUSED;

/* In its place: only once it is on the disk. */
bool file_put_in_place(int dir, const char *name) WARN_UNUSED;

/* Not wanted any more. */
void file_put_forget(int dir, const char *name);

/* The folder that holds 'path' has its names on the disk; false with errno. */
bool file_sync_folder_of(const char *path) WARN_UNUSED;

/* Forget what was read: the memory is overwritten, and the buf empty. */
void file_wipe(struct buf *text);

#endif
