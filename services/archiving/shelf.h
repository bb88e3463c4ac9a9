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

	/* The whole file at 'path' (as in files.h), to take the place of one that may be
	 * there; no reader sees it before it is settled. */
	enum err (*put)(void *ctx, const char *path, struct slice bytes);

	/* What was put since the last time is on the disk, under its name.  One flush for
	 * many files: what must not be on the disk before something else is, is put after
	 * that was settled.
	 *
	 * ERR_DISK_FULL, ERR_IO, of either: each file is whole, as it was or as it was
	 * put, and nothing waits any more.  After ERR_DISK_FULL a file that was put alone
	 * is as it was. */
	enum err (*settle)(void *ctx);
};

/* shelf_io.c: a folder, which is made if it is not there.  What lies in it is on the disk
 * when this returns, whoever put it there and was ended before it was. */
struct shelf_folder;
enum err shelf_open(const char *path, struct shelf_folder **ret_folder, char *why,
		    size_t why_len) WARN_UNUSED;
void shelf_close(struct shelf_folder *); /* Accepts NULL. */
struct shelf shelf_of(struct shelf_folder *);

#endif
