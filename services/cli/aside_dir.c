#include "cli/aside_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/mem.h"

enum { OPEN_FOLDERS = 16 };

const char *
errno_text(struct cli *cli, int code)
{
	return code == ENOSPC || code == EDQUOT ? phrase(cli, MSG_DISK_FULL)
						: strerror(code);
}

static bool
refuse(struct cli *cli, const char *path, int code)
{
	cli->code = complain(cli, EXIT_REFUSED, MSG_AT_PATH, text_argument(cli, path),
			     errno_text(cli, code));
	return false;
}

bool
folder_is_empty(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	bool empty = folder != NULL;

	while (empty && (entry = readdir(folder)) != NULL) {
		empty = strcmp(entry->d_name, ".") == 0 ||
			strcmp(entry->d_name, "..") == 0;
	}
	if (folder != NULL) {
		closedir(folder);
	}
	return empty;
}

/* The folders above, as mkdir -p does. */
static bool
make_above(const char *path)
{
	char *part = xstrdup(path);
	bool ok = true;

	for (size_t i = 1; part[i] != '\0' && ok; i++) {
		if (part[i] == '/') {
			part[i] = '\0';
			ok = mkdir(part, 0700) == 0 || errno == EEXIST;
			part[i] = '/';
		}
	}
	int code = errno;
	free(part);
	errno = code;
	return ok;
}

/* The path as it is on the disk, without a slash at its end. */
static char *
plain_path(const char *to)
{
	char *real = realpath(to, NULL);

	if (real == NULL) {
		real = xstrdup(to);
		for (size_t len = strlen(real); len > 1 && real[len - 1] == '/'; len--) {
			real[len - 1] = '\0';
		}
	}
	return real;
}

/* A disk that is mounted there has the same device as what lies in it, and another than
 * the folder that it hangs in. */
static bool
is_mounted(const char *path, const struct stat *st)
{
	char *above = xmalloc(strlen(path) + sizeof("/.."));
	struct stat up;

	sprintf(above, "%s/..", path);
	bool mounted = stat(above, &up) == 0 &&
		       (up.st_dev != st->st_dev || up.st_ino == st->st_ino);
	free(above);
	return mounted;
}

static bool
may_stand(struct cli *cli, const char *to)
{
	struct stat st;

	if (stat(to, &st) != 0) {
		return errno == ENOENT || refuse(cli, to, errno);
	}
	if (!S_ISDIR(st.st_mode) || !folder_is_empty(to)) {
		cli->code = complain(cli, EXIT_REFUSED, MSG_PLACE_TAKEN,
				     text_argument(cli, to));
		return false;
	}
	if (is_mounted(to, &st)) {
		cli->code = complain(cli, EXIT_REFUSED, MSG_PLACE_MOUNTED,
				     text_argument(cli, to));
		return false;
	}
	return true;
}

bool
aside_begin(struct cli *cli, const char *to, struct aside_dir *a)
{
	static const char suffix[] = ".unfinished-XXXXXX";

	*a = (struct aside_dir){ 0 };
	if (to[0] == '\0') {
		return refuse(cli, to, ENOENT);
	}
	if (!may_stand(cli, to)) {
		return false;
	}
	a->to = plain_path(to);
	char *aside = xmalloc(strlen(a->to) + sizeof(suffix));
	sprintf(aside, "%s%s", a->to, suffix);
	if (!make_above(a->to) || mkdtemp(aside) == NULL) {
		(void)refuse(cli, to, errno);
		free(aside);
		aside_drop(a);
		return false;
	}
	a->path = aside;
	return true;
}

static int
sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int code = fd < 0 || fsync(fd) != 0 ? errno : 0;

	if (fd >= 0) {
		close(fd);
	}
	return code;
}

static int
sync_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)where;
	return type == FTW_D || type == FTW_DP ? sync_folder(path) : 0;
}

/* The folders' names; what is in files their writers have brought there. */
static int
sync_all(const struct aside_dir *a)
{
	char *above = xstrdup(a->to);
	char *slash = strrchr(above, '/');
	int code = nftw(a->path, sync_one, OPEN_FOLDERS, FTW_PHYS | FTW_DEPTH);

	if (slash == NULL) {
		strcpy(above, ".");
	} else {
		slash[slash == above ? 1 : 0] = '\0';
	}
	if (code == 0 && rename(a->path, a->to) != 0) {
		code = errno;
	}
	code = code == -1 ? errno : code;
	code = code != 0 ? code : sync_folder(above);
	free(above);
	return code;
}

bool
aside_end(struct cli *cli, struct aside_dir *a)
{
	int code = sync_all(a);

	if (code != 0) {
		(void)refuse(cli, a->to, code);
		aside_drop(a);
		return false;
	}
	free(a->path);
	a->path = NULL;
	aside_drop(a);
	return true;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	(void)remove(path); /* What cannot go stays, under a name that says it all. */
	return 0;
}

void
aside_drop(struct aside_dir *a)
{
	if (a->path != NULL) {
		(void)nftw(a->path, remove_one, OPEN_FOLDERS, FTW_PHYS | FTW_DEPTH);
	}
	free(a->path);
	free(a->to);
	*a = (struct aside_dir){ 0 };
}
