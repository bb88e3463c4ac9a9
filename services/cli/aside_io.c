#include "cli/aside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/host/file.h"

static bool
cannot(struct cli *cli, const struct aside *file, int error)
{
	cli->code = error == EEXIST
			    ? complain(cli, EXIT_REFUSED, MSG_EXPORT_EXISTS,
				       text_argument(cli, file->path))
			    : complain(cli, EXIT_REFUSED, MSG_EXPORT_CANNOT_WRITE,
				       text_argument(cli, file->path), strerror(error));
	return false;
}

bool
aside_open(struct cli *cli, const char *path, bool force, struct aside *file)
{
	*file = (struct aside){ .path = path, .fd = -1, .force = force };
	if (strcmp(path, "-") == 0) {
		return true;
	}
	/* Known before an hour is spent on it; told again at the end. */
	if (!force && access(path, F_OK) == 0) {
		return cannot(cli, file, EEXIST);
	}
	file->beside = xmalloc(strlen(path) + sizeof(".XXXXXX"));
	sprintf(file->beside, "%s.XXXXXX", path);
	file->fd = mkostemp(file->beside, O_CLOEXEC);
	if (file->fd < 0) {
		free(file->beside);
		file->beside = NULL;
		return cannot(cli, file, errno);
	}
	return true;
}

bool
aside_write(struct cli *cli, struct aside *file, struct slice bytes)
{
	if (file->beside == NULL) {
		if (bytes.len != 0 && !cli->system->write(cli->system->ctx, 1, bytes)) {
			return cannot(cli, file, EPIPE);
		}
		return true;
	}
	return file_write_all(file->fd, bytes) || cannot(cli, file, errno);
}

/* Never over a file that is there: not even one that came a moment ago. */
static bool
move_to_place(const struct aside *file)
{
	if (file->force) {
		return rename(file->beside, file->path) == 0;
	}
	if (renameat2(AT_FDCWD, file->beside, AT_FDCWD, file->path, RENAME_NOREPLACE) ==
	    0) {
		return true;
	}
	/* A file system that cannot promise it. */
	return errno == EINVAL && access(file->path, F_OK) != 0 &&
	       rename(file->beside, file->path) == 0;
}

bool
aside_commit(struct cli *cli, struct aside *file)
{
	if (file->beside == NULL) {
		return true;
	}
	if (fsync(file->fd) != 0 || !move_to_place(file)) {
		return cannot(cli, file, errno);
	}
	free(file->beside);
	file->beside = NULL;
	return file_sync_folder_of(file->path) || cannot(cli, file, errno);
}

void
aside_fini(struct aside *file)
{
	if (file->fd >= 0) {
		close(file->fd);
	}
	if (file->beside != NULL) {
		(void)unlink(file->beside);
		free(file->beside);
	}
	*file = (struct aside){ .fd = -1 };
}
