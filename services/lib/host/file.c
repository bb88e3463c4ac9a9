#include "lib/host/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

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
