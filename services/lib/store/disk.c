#include "lib/store/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "lib/base/mem.h"

enum { FULL_BELOW_BYTES = 16 * 1024 * 1024, FULL_BELOW_FRACTION = 16 };

enum err
disk_sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0) {
		return ERR_IO;
	}
	int rc = fsync(fd);
	int saved = errno;
	close(fd);
	errno = saved;
	return rc == 0 ? OK : ERR_IO;
}

enum err
disk_sync_parent(const char *path)
{
	char *parent = xstrdup(path);
	size_t len = strlen(parent);

	while (len > 1 && parent[len - 1] == '/') {
		parent[--len] = '\0';
	}
	char *slash = strrchr(parent, '/');
	if (slash == NULL) {
		strcpy(parent, ".");
	} else if (slash == parent) {
		parent[1] = '\0';
	} else {
		*slash = '\0';
	}
	enum err err = disk_sync_folder(parent);
	int saved = errno;
	free(parent);
	errno = saved;
	return err;
}

/* One folder whose parent is there. */
static enum err
make_one(const char *path)
{
	struct stat st;

	if (mkdir(path, 0700) == 0) {
		return disk_sync_parent(path);
	}
	if (errno != EEXIST || stat(path, &st) != 0) {
		return ERR_IO;
	}
	errno = ENOTDIR;
	return S_ISDIR(st.st_mode) ? OK : ERR_IO;
}

enum err
disk_make_folder(const char *path)
{
	char *part = xstrdup(path);
	enum err err = OK;

	for (size_t i = 1; part[i] != '\0' && err == OK; i++) {
		if (part[i] == '/' && part[i - 1] != '/') {
			part[i] = '\0';
			err = make_one(part);
			part[i] = '/';
		}
	}
	int saved = errno;
	free(part);
	errno = saved;
	return err != OK ? err : make_one(path);
}

/* The lock that says who owns the folder; -1 with errno. */
static int
open_lock(const char *path, int flags)
{
	char name[PATH_MAX];

	if (snprintf(name, sizeof(name), "%s/owner.lock", path) >= (int)sizeof(name)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(name, flags | O_CLOEXEC, 0600);
}

/* Who holds the lock, as its file says. */
static long
read_owner(int fd)
{
	char pid[24] = "";

	if (pread(fd, pid, sizeof(pid) - 1, 0) < 0) {
		pid[0] = '\0';
	}
	return strtol(pid, NULL, 10);
}

enum err
disk_own(const char *path, int *ret_fd, long *ret_owner)
{
	char pid[24];
	int fd = open_lock(path, O_RDWR | O_CREAT);

	if (fd < 0) {
		return ERR_IO;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		enum err err = errno == EWOULDBLOCK ? ERR_BUSY : ERR_IO;
		int saved = errno;

		*ret_owner = read_owner(fd);
		close(fd);
		errno = saved;
		return err;
	}
	/* Only for the sentence that a second one is told: no harm if it is lost. */
	int len = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) != 0 || pwrite(fd, pid, (size_t)len, 0) != len) {
		errno = 0;
	}
	*ret_fd = fd;
	return OK;
}

bool
disk_is_owned(const char *path, long *ret_owner)
{
	int fd = open_lock(path, O_RDONLY);
	bool owned = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;

	if (owned) {
		*ret_owner = read_owner(fd);
	}
	if (fd >= 0) {
		close(fd);
	}
	return owned;
}

static enum err
lock_folder(const char *path, int how, int *ret_fd)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc;

	if (fd < 0) {
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	}
	do {
		rc = flock(fd, how);
	} while (rc != 0 && errno == EINTR);
	if (rc != 0) {
		enum err err = errno == EWOULDBLOCK ? ERR_BUSY : ERR_IO;
		int saved = errno;

		close(fd);
		errno = saved;
		return err;
	}
	*ret_fd = fd;
	return OK;
}

enum err
disk_share(const char *path, int *ret_fd)
{
	return lock_folder(path, LOCK_SH, ret_fd);
}

enum err
disk_have_alone(const char *path, int *ret_fd)
{
	return lock_folder(path, LOCK_EX | LOCK_NB, ret_fd);
}

const char *
disk_network_name(uint64_t magic)
{
	static const struct {
		uint64_t magic;
		const char *name;
	} refused[] = {
		{ 0x6969, "NFS" },       { 0x517b, "SMB" },        { 0xfe534d42, "SMB2" },
		{ 0xff534d42, "CIFS" },  { 0x65735546, "FUSE" },   { 0x01021997, "9P" },
		{ 0x00c36400, "Ceph" },  { 0x5346414f, "AFS" },    { 0x73757245, "Coda" },
		{ 0x564c, "NCP" },       { 0x0bd00bd0, "Lustre" }, { 0x01161970, "GFS2" },
		{ 0x7461636f, "OCFS2" },
	};

	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		if (refused[i].magic == magic) {
			return refused[i].name;
		}
	}
	return NULL;
}

uint64_t
disk_magic(const char *path)
{
	struct statfs fs;

	/* The kernel's numbers have 32 bits; the type is signed on some machines. */
	return statfs(path, &fs) == 0 ? (uint64_t)fs.f_type & UINT32_MAX : 0;
}

uint64_t
disk_free_bytes(const char *path)
{
	struct statvfs fs;

	return statvfs(path, &fs) == 0 ? (uint64_t)fs.f_bavail * fs.f_frsize : 0;
}

bool
disk_is_full(const char *path)
{
	struct statvfs fs;

	if (statvfs(path, &fs) != 0) {
		return false;
	}
	uint64_t below = (uint64_t)fs.f_blocks * fs.f_frsize / FULL_BELOW_FRACTION;
	if (below > FULL_BELOW_BYTES) {
		below = FULL_BELOW_BYTES;
	}
	return (uint64_t)fs.f_bavail * fs.f_frsize < below;
}
