/* tests/archive/memory.h - an archive's folder in memory, to be changed at will. */
#ifndef ARCHIVE_MEMORY_H
#define ARCHIVE_MEMORY_H

#include "lib/archive/files.h"

struct memory_file {
	char path[96];
	struct buf bytes;
};

struct memory {
	struct memory_file *files;
	size_t count, cap;
};

void memory_fini(struct memory *);
struct memory memory_copy(const struct memory *);

/* NULL if there is none. */
struct memory_file *memory_find(const struct memory *, const char *path);
void memory_put(struct memory *, const char *path, struct slice bytes);
void memory_remove(struct memory *, const char *path);

/* Write all files below a folder that exists. */
void memory_write(const struct memory *, const char *folder);

struct archive_files memory_files(struct memory *);

#endif
