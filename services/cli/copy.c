#include "cli/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 1024 * 1024 };

/* The folders above 'path'. */
static int
make_above(const char *path)
{
	char *part = xstrdup(path);
	int code = 0;

	for (size_t i = 1; part[i] != '\0' && code == 0; i++) {
		if (part[i] == '/') {
			part[i] = '\0';
			code = mkdir(part, 0700) == 0 || errno == EEXIST ? 0 : errno;
			part[i] = '/';
		}
	}
	free(part);
	return code;
}

static int
write_all(int fd, const uint8_t *at, size_t len)
{
	while (len != 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno != EINTR) {
			return errno;
		}
		at += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* To its end; 'to' -1: nowhere. */
static int
pour(int from, int to, struct copied *ret)
{
	uint8_t *piece = xmalloc(PIECE);
	struct sha256_sum *sum = sha256_begin();
	int code = 0;
	ssize_t n;

	ret->bytes = 0;
	while (code == 0 && (n = read(from, piece, PIECE)) != 0) {
		if (n < 0) {
			code = errno == EINTR ? 0 : errno;
			continue;
		}
		sha256_add(sum, slice_of(piece, (size_t)n));
		ret->bytes += (uint64_t)n;
		code = to >= 0 ? write_all(to, piece, (size_t)n) : 0;
	}
	ret->hash = sha256_end(sum);
	free(piece);
	return code;
}

/* Not blocking: a pipe must not hold us. */
static int
open_to_read(const char *path, int *ret_fd)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0) {
		return errno;
	}
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return EINVAL;
	}
	*ret_fd = fd;
	return 0;
}

static int
open_to_write(const char *path, int *ret_fd)
{
	int code = make_above(path);

	if (code == 0) {
		*ret_fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		code = *ret_fd < 0 ? errno : 0;
	}
	return code;
}

static int
sync_and_close(int fd, int code)
{
	if (code == 0 && fsync(fd) != 0) {
		code = errno;
	}
	if (close(fd) != 0 && code == 0) {
		code = errno;
	}
	return code;
}

int
copy_file(const char *from, const char *to, struct copied *ret)
{
	int in, out;
	int code = open_to_read(from, &in);

	if (code != 0) {
		return code;
	}
	code = open_to_write(to, &out);
	if (code == 0) {
		code = sync_and_close(out, pour(in, out, ret));
	}
	close(in);
	return code;
}

int
copy_hash(const char *path, struct copied *ret)
{
	int fd;
	int code = open_to_read(path, &fd);

	if (code == 0) {
		code = pour(fd, -1, ret);
		close(fd);
	}
	return code;
}

int
copy_bytes(struct slice bytes, const char *to, struct copied *ret)
{
	int fd;
	int code = open_to_write(to, &fd);

	if (code == 0) {
		*ret = (struct copied){ .bytes = bytes.len, .hash = sha256_of(bytes) };
		code = sync_and_close(fd, write_all(fd, bytes.at, bytes.len));
	}
	return code;
}
