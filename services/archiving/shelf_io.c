#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archiving/shelf.h"
#include "lib/archive/folder.h"
#include "lib/base/mem.h"
#include "lib/host/file.h"

struct shelf_folder {
	struct folder folder;
};

enum { STEP_MAX = 64 };

static enum err
failed(void)
{
	return errno == ENOSPC || errno == EDQUOT ? ERR_DISK_FULL : ERR_IO;
}

/* The folder 'name' in 'at', made if it is not there; -1 with errno.  Its own name is on
 * the disk before anything is put into it. */
static int
step_into(int at, const char *name)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
	int fd = openat(at, name, flags);

	if (fd >= 0 || errno != ENOENT) {
		return fd;
	}
	if ((mkdirat(at, name, 0700) != 0 && errno != EEXIST) || fsync(at) != 0) {
		return -1;
	}
	return openat(at, name, flags);
}

/* The folder that the file lies in, to be closed, and the file's name in it. */
static int
folder_of(int at, const char *path, const char **ret_name)
{
	int fd = dup(at);
	const char *slash;

	while (fd >= 0 && (slash = strchr(path, '/')) != NULL) {
		char name[STEP_MAX];

		must((size_t)(slash - path) < sizeof(name));
		snprintf(name, sizeof(name), "%.*s", (int)(slash - path), path);
		int next = step_into(fd, name);
		int code = errno;
		close(fd);
		errno = code;
		fd = next;
		path = slash + 1;
	}
	*ret_name = path;
	return fd;
}

static enum err
shelf_put(void *ctx, const char *path, struct slice bytes)
{
	struct shelf_folder *s = ctx;
	const char *name;
	int fd = folder_of(s->folder.fd, path, &name);

	if (fd < 0) {
		return failed();
	}
	enum err err = file_put(fd, name, bytes) && fsync(fd) == 0 ? OK : failed();
	close(fd);
	return err;
}

enum err
shelf_open(const char *path, struct shelf_folder **ret_folder, char *why, size_t why_len)
{
	struct shelf_folder *s = xcalloc(1, sizeof(*s));
	enum err err = OK;

	if (mkdir(path, 0700) != 0 && errno != EEXIST) {
		snprintf(why, why_len, "%s: %s", path, strerror(errno));
		err = ERR_IO;
	} else if ((err = folder_open(&s->folder, path)) != OK) {
		snprintf(why, why_len, "%s: it is no folder that can be opened", path);
	}
	if (err != OK) {
		free(s);
		return err;
	}
	*ret_folder = s;
	return OK;
}

void
shelf_close(struct shelf_folder *s)
{
	if (s != NULL) {
		folder_close(&s->folder);
		free(s);
	}
}

struct shelf
shelf_of(struct shelf_folder *s)
{
	return (struct shelf){ .files = folder_files(&s->folder),
			       .ctx = s,
			       .put = shelf_put };
}
