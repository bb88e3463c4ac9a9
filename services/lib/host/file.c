#include "lib/host/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/mem.h"

static enum err
read_open(int fd, const char *path, size_t max, struct buf *text, char *why,
	  size_t why_len)
{
	struct stat st;
	size_t begin = text->len;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		snprintf(why, why_len, "%s: is no file", path);
		return ERR_INVALID;
	}
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		snprintf(why, why_len,
			 "%s: holds secrets, but others may use it (mode %03o): "
			 "chmod 600 it, and think of who read it",
			 path, (unsigned)(st.st_mode & 0777));
		return ERR_INVALID;
	}
	/* So that it never grows and leaves a copy behind. */
	buf_reserve(text, max + 1);
	for (;;) {
		ssize_t n = read(fd, text->at + text->len, begin + max + 1 - text->len);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			snprintf(why, why_len, "%s: %s", path, strerror(errno));
			return ERR_IO;
		}
		if (n == 0) {
			return OK;
		}
		text->len += (size_t)n;
		if (text->len - begin > max) {
			snprintf(why, why_len, "%s: is too long: over %zu bytes", path,
				 max);
			return ERR_INVALID;
		}
	}
}

enum err
file_read_private(const char *path, size_t max, struct buf *text, char *why,
		  size_t why_len)
{
	/* A pipe or a device in its place must not hold us up. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0) {
		snprintf(why, why_len, "%s: %s", path, strerror(errno));
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_INVALID;
	}
	enum err err = read_open(fd, path, max, text, why, why_len);
	close(fd);
	return err;
}

bool
file_write_all(int fd, struct slice bytes)
{
	while (bytes.len != 0) {
		ssize_t n = write(fd, bytes.at, bytes.len);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return false;
		}
		bytes = slice_from(bytes, (size_t)n);
	}
	return true;
}

void
file_wipe(struct buf *text)
{
	if (text->at != NULL) {
		sodium_memzero(text->at, text->cap);
	}
	buf_fini(text);
}

static bool
name_aside(const char *name, char aside[NAME_MAX + 1])
{
	if (snprintf(aside, NAME_MAX + 1, ".%s.new", name) > NAME_MAX) {
		errno = ENAMETOOLONG;
		return false;
	}
	return true;
}

int
file_put_aside(int dir, const char *name, struct slice bytes)
{
	char aside[NAME_MAX + 1];

	if (!name_aside(name, aside)) {
		return -1;
	}
	/* What an interrupted attempt left is not in use. */
	(void)unlinkat(dir, aside, 0);
	int fd = openat(dir, aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
			0600);
	if (fd >= 0 && !file_write_all(fd, bytes)) {
		int code = errno;
		close(fd);
		(void)unlinkat(dir, aside, 0);
		errno = code;
		fd = -1;
	}
	return fd;
}

bool
file_put_in_place(int dir, const char *name)
{
	char aside[NAME_MAX + 1];

	return name_aside(name, aside) && renameat(dir, aside, dir, name) == 0;
}

void
file_put_forget(int dir, const char *name)
{
	char aside[NAME_MAX + 1];
	int code = errno;

	if (name_aside(name, aside)) {
		(void)unlinkat(dir, aside, 0);
	}
	errno = code;
}

bool
file_put(int dir, const char *name, struct slice bytes)
{
	int fd = file_put_aside(dir, name, bytes);

	if (fd < 0) {
		return false;
	}
	bool ok = fsync(fd) == 0;
	int code = errno;
	if (close(fd) != 0 && ok) {
		code = errno;
		ok = false;
	}
	errno = code;
	ok = ok && file_put_in_place(dir, name);
	if (!ok) {
		file_put_forget(dir, name);
	}
	return ok;
}

bool
file_sync_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == NULL   ? xstrdup(".")
		       : slash == path ? xstrdup("/")
				       : xstrndup(path, (size_t)(slash - path));
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0) {
		close(fd);
	}
	free(folder);
	return ok;
}
