#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/sim/sim.h"

/* A machine's disk is a folder with one folder for each store.  Only data.mdb is copied:
 * the rest is of the process that had it open. */

static const char *const stores[] = { "log", "view", "copy" };

static bool
read_file(const char *path, struct buf *ret)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	bool good = fd >= 0 && fstat(fd, &st) == 0;

	if (good) {
		uint8_t *at = buf_grow(ret, (size_t)st.st_size);

		good = read(fd, at, (size_t)st.st_size) == st.st_size;
	}
	if (fd >= 0) {
		close(fd);
	}
	return good;
}

static bool
copy_file(const char *from, const char *to)
{
	struct buf bytes = { 0 };
	bool good = read_file(from, &bytes);

	if (good) {
		int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

		good = fd >= 0 && write(fd, bytes.at, bytes.len) == (ssize_t)bytes.len;
		if (fd >= 0) {
			close(fd);
		}
	}
	buf_fini(&bytes);
	return good;
}

bool
disk_copy_store(const char *from, const char *to)
{
	char source[256], target[256];

	snprintf(source, sizeof(source), "%s/data.mdb", from);
	snprintf(target, sizeof(target), "%s/data.mdb", to);
	if (access(source, F_OK) != 0) {
		return true;
	}
	return mkdir(to, 0700) == 0 && copy_file(source, target);
}

bool
disk_copy(const char *from, const char *to)
{
	if (mkdir(to, 0700) != 0) {
		return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(stores); i++) {
		char source[200], target[200];

		snprintf(source, sizeof(source), "%s/%s", from, stores[i]);
		snprintf(target, sizeof(target), "%s/%s", to, stores[i]);
		if (!disk_copy_store(source, target)) {
			return false;
		}
	}
	return true;
}

void
disk_remove_store(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL) {
		char path[512];

		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) {
			snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
			unlink(path);
		}
	}
	if (d != NULL) {
		closedir(d);
	}
	rmdir(dir);
}

void
disk_remove(const char *dir)
{
	for (size_t i = 0; i < ARRAY_LEN(stores); i++) {
		char folder[256];

		snprintf(folder, sizeof(folder), "%s/%s", dir, stores[i]);
		disk_remove_store(folder);
	}
	disk_remove_store(dir);
}

void
disk_read(const char *dir, struct buf *to)
{
	for (size_t i = 0; i < ARRAY_LEN(stores); i++) {
		char path[256];

		snprintf(path, sizeof(path), "%s/%s/data.mdb", dir, stores[i]);
		(void)read_file(path, to);
	}
}
