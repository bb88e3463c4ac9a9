/* tests/archive/disk.h - a disk in memory beneath the real shelf.
 *
 * A program that is linked with archive_disk has its calls of open, write, fsync, rename
 * … taken over where they are about a file below DISK_ROOT (link option --wrap); all
 * others go to the system.  So what is tested is the order in which the shelf itself
 * works, not a copy of it.
 *
 * A disk remembers apart what is on it for certain.  A file's bytes are once the file was
 * flushed, a name once its folder was; syncfs does it for all.  disk_states() goes
 * through what a power cut may leave: each file's new bytes lost, there, or torn; each
 * new name there or not, independently of the others.  That is more than any file system
 * does. */
#ifndef ARCHIVE_DISK_H
#define ARCHIVE_DISK_H

#include "archive/memory.h"
#include "lib/base/hash.h"
#include "lib/base/rng.h"

#define DISK_ROOT "/disk-in-memory"

enum disk_op {
	DISK_MKDIR,
	DISK_CREATE,
	DISK_WRITE,
	DISK_FSYNC,
	DISK_FSYNC_FOLDER,
	DISK_SYNCFS,
	DISK_RENAME,
	DISK_UNLINK,
	DISK_OPS
};
extern const char *const disk_op_names[];

struct disk;
struct disk *disk_new(void);
void disk_free(struct disk *);               /* Accepts NULL. */
struct disk *disk_copy(const struct disk *); /* With what is not certain. */

/* The disk that the calls go to; NULL: none. */
void disk_use(struct disk *);

/* Called before each operation that changes the disk, which then is as it was before. */
void disk_watch(struct disk *, void (*before)(void *ctx, enum disk_op), void *ctx);

/* The n-th operation from now (1: the next) fails with this errno and does nothing;
 * 'after' so many bytes were written if it is a write.  From then on each one with
 * 'lasting'.  0 switches it off. */
struct disk_fault {
	uint64_t n;
	int code;
	size_t after;
	bool lasting;
};
void disk_fail(struct disk *, struct disk_fault);

/* The n-th read (of a piece) from now fails with EIO. */
void disk_fail_read(struct disk *, uint64_t n);

/* Every write takes so many bytes at most; 0: all. */
void disk_shorten_writes(struct disk *, size_t most);

uint64_t disk_count(const struct disk *, enum disk_op);

/* Flushes of this kind are promised and not done, for showing that a test notices. */
void disk_lie(struct disk *, enum disk_op);

/* The files as they are read, without those that wait aside. */
struct memory disk_files(const struct disk *);
void disk_write(struct disk *, const char *path, struct slice bytes); /* Certain. */
void disk_remove(struct disk *, const char *path);

/* Not certain: how many things. */
size_t disk_pending(const struct disk *);

/* What a power cut may leave, at most 'most' states: all of them, or if there are more
 * the ends, each thing alone, and any others. */
void disk_states(const struct disk *, struct rng *, size_t most,
		 void (*state)(void *ctx, const struct disk *), void *ctx);

/* Of all names and bytes as they are read. */
struct hash disk_hash(const struct disk *);

#endif
