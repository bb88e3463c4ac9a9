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

/* Files wait aside, the folders they are in stay open until they are settled.  A few are
 * brought to the disk one by one; many by one flush of the whole file system, for each
 * flush costs as much as writing some hundred tiles. */
enum { STEP_MAX = 64, PATH_MAX_LEN = 96, FEW = 4 };

struct place {
	char path[PATH_MAX_LEN]; /* "": the archive's own. */
	int fd;
	bool changed; /* Something in it got a name. */
};

struct waiting {
	unsigned place;
	char name[STEP_MAX];
	int fd; /* -1: one of many. */
};

struct shelf_folder {
	struct folder folder;
	struct place *places;
	unsigned place_count, place_cap;
	struct waiting *waiting;
	unsigned count, cap;
};

static enum err
failed(void)
{
	return errno == ENOSPC || errno == EDQUOT ? ERR_DISK_FULL : ERR_IO;
}

/* ---- Folders ----------------------------------------------------------------------- */

/* The folder 'name' in 'at', made if it is not there; -1 with errno. */
static int
step_into(struct place *at, const char *name)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
	int fd = openat(at->fd, name, flags);

	if (fd >= 0 || errno != ENOENT) {
		return fd;
	}
	if (mkdirat(at->fd, name, 0700) != 0 && errno != EEXIST) {
		return -1;
	}
	at->changed = true;
	return openat(at->fd, name, flags);
}

static bool
find_place(const struct shelf_folder *s, const char *path, size_t len, unsigned *ret)
{
	for (unsigned i = 0; i < s->place_count; i++) {
		const char *is = s->places[i].path;

		if (strlen(is) == len && memcmp(is, path, len) == 0) {
			*ret = i;
			return true;
		}
	}
	return false;
}

/* -1: it cannot be opened. */
static bool
add_place(struct shelf_folder *s, const char *path, size_t len, int fd, unsigned *ret)
{
	if (fd < 0) {
		return false;
	}
	if (s->place_count == s->place_cap) {
		s->place_cap = s->place_cap != 0 ? 2 * s->place_cap : 8;
		s->places = xrealloc(s->places, s->place_cap * sizeof(s->places[0]));
	}
	struct place *place = &s->places[s->place_count];

	must(len < sizeof(place->path));
	*place = (struct place){ .fd = fd };
	memcpy(place->path, path, len);
	*ret = s->place_count++;
	return true;
}

/* The folder of the file at 'path', and the file's name in it.  False with errno. */
static bool
place_of(struct shelf_folder *s, const char *path, unsigned *ret_place,
	 const char **ret_name)
{
	const char *step = path, *slash;
	unsigned at = 0;

	if (!find_place(s, path, 0, &at) &&
	    !add_place(s, path, 0, dup(s->folder.fd), &at)) {
		return false;
	}
	while ((slash = strchr(step, '/')) != NULL) {
		size_t len = (size_t)(slash - path);
		char name[STEP_MAX];

		must((size_t)(slash - step) < sizeof(name));
		snprintf(name, sizeof(name), "%.*s", (int)(slash - step), step);
		if (!find_place(s, path, len, &at) &&
		    !add_place(s, path, len, step_into(&s->places[at], name), &at)) {
			return false;
		}
		step = slash + 1;
	}
	*ret_place = at;
	*ret_name = step;
	return true;
}

/* ---- What waits -------------------------------------------------------------------- */

/* Nothing waits any more; from 'first' on it did not come to its place. */
static void
end_all(struct shelf_folder *s, unsigned first)
{
	int code = errno;

	for (unsigned i = 0; i < s->count; i++) {
		const struct waiting *w = &s->waiting[i];

		if (i >= first) {
			file_put_forget(s->places[w->place].fd, w->name);
		}
		if (w->fd >= 0) {
			close(w->fd);
		}
	}
	for (unsigned i = 0; i < s->place_count; i++) {
		close(s->places[i].fd);
	}
	s->count = 0;
	s->place_count = 0;
	errno = code;
}

static enum err
shelf_put(void *ctx, const char *path, struct slice bytes)
{
	struct shelf_folder *s = ctx;
	struct waiting *w;
	const char *name;
	unsigned place;

	if (s->count == s->cap) {
		s->cap = s->cap != 0 ? 2 * s->cap : 16;
		s->waiting = xrealloc(s->waiting, s->cap * sizeof(s->waiting[0]));
	}
	w = &s->waiting[s->count];
	int fd = place_of(s, path, &place, &name)
			 ? file_put_aside(s->places[place].fd, name, bytes)
			 : -1;
	if (fd < 0) {
		enum err err = failed();

		end_all(s, 0);
		return err;
	}
	*w = (struct waiting){ .place = place, .fd = fd };
	must(strlen(name) < sizeof(w->name));
	snprintf(w->name, sizeof(w->name), "%s", name);
	if (s->count++ >= FEW) {
		close(fd);
		w->fd = -1;
	}
	return OK;
}

/* The files' bytes. */
static bool
flush_files(const struct shelf_folder *s)
{
	if (s->count > FEW) {
		return syncfs(s->folder.fd) == 0;
	}
	for (unsigned i = 0; i < s->count; i++) {
		if (fsync(s->waiting[i].fd) != 0) {
			return false;
		}
	}
	return true;
}

/* Their names. */
static bool
flush_places(const struct shelf_folder *s)
{
	if (s->count > FEW) {
		return syncfs(s->folder.fd) == 0;
	}
	for (unsigned i = 0; i < s->place_count; i++) {
		if (s->places[i].changed && fsync(s->places[i].fd) != 0) {
			return false;
		}
	}
	return true;
}

static enum err
shelf_settle(void *ctx)
{
	struct shelf_folder *s = ctx;
	enum err err = OK;
	unsigned done = 0;

	if (!flush_files(s)) {
		err = failed();
	}
	while (err == OK && done < s->count) {
		struct place *place = &s->places[s->waiting[done].place];

		if (!file_put_in_place(place->fd, s->waiting[done].name)) {
			err = failed();
			break;
		}
		place->changed = true;
		done++;
	}
	/* Readers see them, and whether a power cut would take them back is not known:
	 * that is not to be tried again. */
	if (err == OK && !flush_places(s)) {
		err = ERR_IO;
	}
	end_all(s, done);
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
	} else if (syncfs(s->folder.fd) != 0) {
		snprintf(why, why_len, "%s: it cannot be flushed: %s", path,
			 strerror(errno));
		folder_close(&s->folder);
		err = ERR_IO;
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
		end_all(s, 0);
		folder_close(&s->folder);
		free(s->places);
		free(s->waiting);
		free(s);
	}
}

struct shelf
shelf_of(struct shelf_folder *s)
{
	return (struct shelf){ .files = folder_files(&s->folder),
			       .ctx = s,
			       .put = shelf_put,
			       .settle = shelf_settle };
}
