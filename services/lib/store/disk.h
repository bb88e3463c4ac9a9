/* lib/store/disk.h - inside lib/store: folders, the owner's lock and free space.
 *
 * Functions that return ERR_IO leave errno as the system set it. */
#ifndef LIB_STORE_DISK_H
#define LIB_STORE_DISK_H

#include "lib/base/base.h"

/* Make 'path' and the folders above it that are missing, mode 0700, on the disk when
 * this returns. */
enum err disk_make_folder(const char *path) WARN_UNUSED;

/* What was made, renamed or removed in the folder is on the disk when this returns. */
enum err disk_sync_folder(const char *path) WARN_UNUSED;

/* The same for the folder that holds 'path'. */
enum err disk_sync_parent(const char *path) WARN_UNUSED;

/* Become the one owner of the folder: a lock on its "owner.lock", which holds as long as
 * '*ret_fd' is open and the process lives.  ERR_BUSY: somebody owns it, and '*ret_owner'
 * is the process (0: it does not say). */
enum err disk_own(const char *path, int *ret_fd, long *ret_owner) WARN_UNUSED;

/* Does somebody own the folder?  Takes and makes nothing. */
bool disk_is_owned(const char *path, long *ret_owner);

/* Who reads beside the owner shares the folder, who puts another file in the place of its
 * data has it alone: a lock on the folder itself, as long as '*ret_fd' is open.
 * disk_share() waits for the other to end; disk_have_alone() does not: ERR_BUSY. */
enum err disk_share(const char *path, int *ret_fd) WARN_UNUSED;
enum err disk_have_alone(const char *path, int *ret_fd) WARN_UNUSED;

/* The name of a file system whose locks and maps LMDB cannot rely on, by the magic number
 * that statfs() gives; NULL for every other. */
const char *disk_network_name(uint64_t magic);

/* The magic number of the file system that holds 'path'; 0 if it does not say. */
uint64_t disk_magic(const char *path);
enum { DISK_MAGIC_OVERLAY = 0x794c7630 };

/* Bytes that are free on the file system that holds 'path'. */
uint64_t disk_free_bytes(const char *path);

/* Is less free than a writer needs to go on: 16 MiB, or a sixteenth of a small one? */
bool disk_is_full(const char *path);

#endif
