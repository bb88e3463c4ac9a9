/* archiving/shelf.h - where an archive's files are put.
 *
 * The core says what and in which order; whoever drives it says how: a folder
 * (shelf_io.c), or a simulated disk. */
#ifndef ARCHIVING_SHELF_H
#define ARCHIVING_SHELF_H

#include "lib/archive/files.h"

struct shelf {
	struct archive_files files; /* To read them back. */
	void *ctx;

	/* The whole file at 'path' (as in files.h), in place of one that may be there. On
	 * OK it is on the disk under its name: written aside, synced, renamed, and its
	 * folder synced.  ERR_DISK_FULL, ERR_IO: the file is as it was. */
	enum err (*put)(void *ctx, const char *path, struct slice bytes);
};

/* shelf_io.c: a folder, which is made if it is not there. */
struct shelf_folder;
enum err shelf_open(const char *path, struct shelf_folder **ret_folder, char *why,
		    size_t why_len) WARN_UNUSED;
void shelf_close(struct shelf_folder *); /* Accepts NULL. */
struct shelf shelf_of(struct shelf_folder *);

#endif
