/* lib/archive/folder.h - an archive in a folder, read. */
#ifndef LIB_ARCHIVE_FOLDER_H
#define LIB_ARCHIVE_FOLDER_H

#include "lib/archive/files.h"

struct folder {
	int fd;
};

/* ERR_NOT_FOUND, ERR_IO. */
enum err folder_open(struct folder *, const char *path) WARN_UNUSED;
void folder_close(struct folder *);

/* Borrows the folder.  Symbolic links for files are not followed. */
struct archive_files folder_files(struct folder *);

#endif
