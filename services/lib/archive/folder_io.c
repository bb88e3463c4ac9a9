#include "lib/archive/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum err
folder_open(struct folder *folder, const char *path)
{
	folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder->fd < 0) {
		return errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO;
	}
	return OK;
}

void
folder_close(struct folder *folder)
{
	if (folder->fd >= 0) {
		close(folder->fd);
	}
	folder->fd = -1;
}

static enum err
read_fd(int fd, uint64_t offset, size_t max, struct buf *to)
{
	while (max != 0) {
		/* A piece at a time: 'max' is a bound, most files are much shorter. */
		size_t want = max < 1024 * 1024 ? max : 1024 * 1024;
		ssize_t got = pread(fd, buf_reserve(to, want), want, (off_t)offset);

		if (got < 0) {
			if (errno == EINTR) {
				continue;
			}
			return ERR_IO;
		}
		if (got == 0) {
			break;
		}
		to->len += (size_t)got;
		offset += (uint64_t)got;
		max -= (size_t)got;
	}
	return OK;
}

static enum err
folder_read(void *ctx, const char *path, uint64_t offset, size_t max, struct buf *to)
{
	const struct folder *folder = ctx;
	struct stat st;
	enum err err;
	int fd;

	if (offset > INT64_MAX - max) {
		return ERR_INVALID;
	}
	/* Not blocking: a pipe in an archive must not hold its reader. */
	fd = openat(folder->fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0) {
		return errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO;
	}
	err = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? read_fd(fd, offset, max, to)
							 : ERR_IO;
	close(fd);
	return err;
}

struct archive_files
folder_files(struct folder *folder)
{
	return (struct archive_files){ folder, folder_read };
}
