/* kusanone backup: copies of services' states, while they run. */
#include "cli/backup.h"

#include <errno.h>
#include <fts.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/lines.h"
#include "cli/options.h"
#include "cli/text.h"
#include "lib/store/store.h"

enum { WHY_LEN = 512 };

/* ---- What the files of a backup share ---------------------------------------------- */

static const char *
joined(struct cli *cli, const char *folder, const char *path)
{
	return path[0] == '\0' ? folder
			       : arena_printf(&cli->arena, "%s/%s", folder, path);
}

const char *
backup_from(struct backing *b, const char *path)
{
	return joined(b->cli, b->from, path);
}

const char *
backup_into(struct backing *b, const char *path)
{
	return joined(b->cli, b->into, path);
}

void
backup_note(struct backing *b, const char *path, const struct copied *copied)
{
	manifest_add(&b->manifest, path, copied->bytes, &copied->hash);
	b->bytes += copied->bytes;
}

static void
clear_line(struct backing *b)
{
	if (b->shown) {
		buf_put_str(&b->cli->out, "\r\033[K");
		(void)cli_flush(b->cli);
	}
	b->shown = false;
}

bool
backup_failed(struct backing *b, const char *path, const char *why)
{
	clear_line(b);
	b->cli->code = complain(b->cli, EXIT_REFUSED, MSG_AT_PATH,
				text_argument(b->cli, backup_from(b, path)), why);
	return false;
}

bool
backup_progress(struct backing *b, const char *path)
{
	struct cli *cli = b->cli;

	if (cli->system->interrupted(cli->system->ctx)) {
		return backup_failed(b, path, phrase(cli, MSG_BACKUP_STOPPED));
	}
	if (cli->tty && !cli->json) {
		const char *text = phrase(cli, MSG_BACKUP_PROGRESS,
					  bytes_text(&cli->arena, b->bytes),
					  text_argument(cli, backup_from(b, path)));

		buf_printf(&cli->out, "\r%s\033[K",
			   text_cut(&cli->arena, text, cli->width - 1));
		(void)cli_flush(cli);
		b->shown = true;
	}
	return true;
}

bool
backup_file(struct backing *b, const char *path, bool may_be_gone)
{
	struct copied copied;

	if (!manifest_path_good(slice_str(path))) {
		return backup_failed(b, path, phrase(b->cli, MSG_BACKUP_NAME));
	}
	int code = copy_file(backup_from(b, path), backup_into(b, path), &copied);
	if (code == ENOENT && may_be_gone) {
		return true;
	}
	if (code != 0) {
		return backup_failed(b, path, errno_text(b->cli, code));
	}
	backup_note(b, path, &copied);
	return true;
}

/* ---- A store ----------------------------------------------------------------------- */

static bool
store_failed(struct backing *b, const char *path, enum err err, const char *why)
{
	return backup_failed(b, path,
			     err == ERR_DISK_FULL ? phrase(b->cli, MSG_DISK_FULL)
			     : why[0] != '\0'     ? text_clean(&b->cli->arena, why)
						  : err_name(err));
}

/* What one read transaction sees, whoever writes meanwhile.  Nothing that was deleted is
 * in the copy. */
static bool
copy_store(struct backing *b, const char *path)
{
	static const char *const none[] = { NULL };
	const struct store_options options = { .dir = backup_from(b, path),
					       .format = UINT32_MAX,
					       .dbs = none,
					       .read_only = true };
	const char *data = joined(b->cli, path, "data.mdb");
	struct copied copied;
	struct store *store;
	char why[WHY_LEN];

	if (path[0] == '\0') {
		data = "data.mdb";
	}
	if (!manifest_path_good(slice_str(data))) {
		return backup_failed(b, path, phrase(b->cli, MSG_BACKUP_NAME));
	}
	enum err err = store_open(&options, &store, why, sizeof(why));
	if (err == OK) {
		err = store_copy(store, backup_into(b, path));
		store_close(store);
	}
	if (err != OK) {
		return store_failed(b, path, err, why);
	}
	int code = copy_hash(backup_into(b, data), &copied);
	if (code != 0) {
		return backup_failed(b, data, errno_text(b->cli, code));
	}
	backup_note(b, data, &copied);
	return true;
}

/* Files that a store has beside it, and that it makes anew. */
static bool
is_of_store(const char *name)
{
	static const char *const names[] = { "data.mdb", "lock.mdb", "owner.lock",
					     "new.mdb" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(names[i], name) == 0) {
			return true;
		}
	}
	return false;
}

/* ---- A state folder ---------------------------------------------------------------- */

/* Stores and other files come first, archives last: an archive that is ahead of its
 * service's store is read again at the start, one that is behind it would be wrong. */
enum pass { PASS_STORES, PASS_ARCHIVES };

static bool
take_folder(struct backing *b, FTS *walk, FTSENT *at, const char *path, enum pass pass)
{
	if (backup_is_archive(b, path)) {
		(void)fts_set(walk, at, FTS_SKIP);
		return pass != PASS_ARCHIVES || backup_archive(b, path);
	}
	if (pass == PASS_STORES && store_is_there(backup_from(b, path))) {
		return backup_progress(b, path) && copy_store(b, path);
	}
	return true;
}

static bool
take(struct backing *b, FTS *walk, FTSENT *at, enum pass pass)
{
	const size_t root = strlen(b->from);
	const char *path = at->fts_path + root + (at->fts_path[root] == '/' ? 1 : 0);

	path = arena_dup(&b->cli->arena, path, strlen(path));
	switch (at->fts_info) {
	case FTS_D:
		return take_folder(b, walk, at, path, pass);
	case FTS_F:
		return pass != PASS_STORES || is_of_store(at->fts_name) ||
		       (backup_progress(b, path) && backup_file(b, path, true));
	case FTS_SL:
	case FTS_SLNONE:
	case FTS_DEFAULT:
		b->passed_over += pass == PASS_STORES;
		return true;
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		/* A file that its owner took away while we looked is none. */
		return at->fts_errno == ENOENT && at->fts_level > 0
			       ? true
			       : backup_failed(b, path,
					       errno_text(b->cli, at->fts_errno));
	default:
		return true;
	}
}

static int
by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool
walk_folder(struct backing *b, enum pass pass)
{
	char *roots[] = { (char *)(uintptr_t)b->from, NULL };
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	FTSENT *at;
	bool ok = true;

	if (walk == NULL) {
		return backup_failed(b, "", errno_text(b->cli, errno));
	}
	while (ok && (at = fts_read(walk)) != NULL) {
		ok = take(b, walk, at, pass);
	}
	fts_close(walk);
	return ok;
}

static bool
take_state(struct backing *b)
{
	return walk_folder(b, PASS_STORES) && walk_folder(b, PASS_ARCHIVES) &&
	       (b->manifest.files.count != 0 ||
		backup_failed(b, "", phrase(b->cli, MSG_BACKUP_EMPTY)));
}

/* ---- The command ------------------------------------------------------------------- */

/* The folder's own name. */
static const char *
name_of(const char *folder)
{
	const char *slash = strrchr(folder, '/');
	const char *name = slash != NULL ? slash + 1 : folder;

	return manifest_path_good(slice_str(name)) ? name : "state";
}

/* 20240331T120005Z */
static const char *
when_text(struct cli *cli, wall_ms_t at)
{
	const time_t seconds = (time_t)(at / 1000);
	char when[32];
	struct tm tm;

	must(gmtime_r(&seconds, &tm) != NULL);
	size_t len = strftime(when, sizeof(when), "%Y%m%dT%H%M%SZ", &tm);
	return arena_dup(&cli->arena, when, len);
}

static bool
write_manifest(struct backing *b, const struct aside_dir *aside)
{
	const char *path = joined(b->cli, aside->path, MANIFEST_NAME);
	struct copied copied;
	struct buf text = { 0 };

	manifest_put(&text, &b->manifest);
	int code = copy_bytes(buf_slice(&text), path, &copied);
	buf_fini(&text);
	if (code != 0) {
		b->cli->code =
			complain(b->cli, EXIT_REFUSED, MSG_AT_PATH,
				 text_argument(b->cli, path), errno_text(b->cli, code));
	}
	return code == 0;
}

static void
put_done(struct backing *b, const char *to)
{
	struct cli *cli = b->cli;

	clear_line(b);
	if (cli->json) {
		json_t *object = json_pack(
			"{s:s,s:s,s:s,s:s}", "folder", text_argument(cli, b->from),
			"backup", text_argument(cli, to), "files",
			arena_printf(&cli->arena, "%" PRIu32, b->manifest.files.count),
			"bytes", arena_printf(&cli->arena, "%" PRIu64, b->bytes));
		must(object != NULL);
		char *text = json_dumps(object, JSON_COMPACT);
		must(text != NULL);
		buf_printf(&cli->out, "%s\n", text);
		free(text);
		json_decref(object);
	} else {
		say(cli, &cli->out, MSG_BACKUP_DONE, text_argument(cli, to),
		    unsigned_text(&cli->arena, b->manifest.files.count),
		    bytes_text(&cli->arena, b->bytes));
	}
	if (b->passed_over != 0) {
		say(cli, &cli->err, MSG_BACKUP_PASSED_OVER, text_argument(cli, b->from),
		    unsigned_text(&cli->arena, b->passed_over));
	}
	(void)cli_flush(cli);
}

static bool
backup_one(struct cli *cli, const char *folder, const char *dir)
{
	struct backing b = { .cli = cli, .from = folder };
	const wall_ms_t at = cli->system->wall(cli->system->ctx);
	const char *to = arena_printf(&cli->arena, "%s/%s-%s", dir, name_of(folder),
				      when_text(cli, at));
	struct aside_dir aside;

	if (access(to, F_OK) == 0) {
		cli->code = complain(cli, EXIT_REFUSED, MSG_FILE_EXISTS,
				     text_argument(cli, to));
		return false;
	}
	if (!aside_begin(cli, to, &aside)) {
		return false;
	}
	manifest_init(&b.manifest);
	b.manifest.of = name_of(folder);
	b.manifest.at = at;
	b.into = joined(cli, aside.path, STATE_NAME);
	bool ok = take_state(&b) && write_manifest(&b, &aside) && aside_end(cli, &aside);
	if (ok) {
		put_done(&b, to);
	} else {
		aside_drop(&aside);
	}
	manifest_fini(&b.manifest);
	return ok;
}

/* Is it archiving's, with its store or an archive alone? */
static bool
is_of_archiving(struct cli *cli, const char *folder)
{
	struct backing b = { .cli = cli, .from = folder };

	return backup_is_archive(&b, "") || store_is_there(joined(cli, folder, "tail"));
}

/* The folders as they are on the disk; archiving's first, so that headquarters' log, if
 * it is among them, is not the older of the two. */
static bool
find_folders(struct cli *cli, const struct operands *given, const char **folders)
{
	int count = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (int i = 0; i < given->count; i++) {
			char *real = realpath(given->at[i], NULL);
			struct stat st;

			if (real == NULL || stat(real, &st) != 0 ||
			    !S_ISDIR(st.st_mode)) {
				free(real);
				cli->code =
					complain(cli, EXIT_REFUSED, MSG_FOLDER_MISSING,
						 text_argument(cli, given->at[i]));
				return false;
			}
			const char *path = arena_dup(&cli->arena, real, strlen(real));

			free(real);
			if (is_of_archiving(cli, path) == (pass == 0)) {
				folders[count++] = path;
			}
		}
	}
	return true;
}

/* The nearest folder above 'path', or itself, that is there. */
static char *
nearest(const char *path)
{
	char *part = xstrdup(path);
	char *real, *slash;

	while ((real = realpath(part, NULL)) == NULL &&
	       (slash = strrchr(part, '/')) != NULL && slash != part) {
		*slash = '\0';
	}
	free(part);
	return real != NULL ? real : realpath(path[0] == '/' ? "/" : ".", NULL);
}

/* A backup in what it is a backup of would be in the next one. */
static bool
lies_outside(struct cli *cli, const char *dir, const char *folder)
{
	char *real = nearest(dir);
	const size_t len = strlen(folder);
	bool inside = real != NULL && strncmp(real, folder, len) == 0 &&
		      (real[len] == '/' || real[len] == '\0');

	free(real);
	if (inside) {
		cli->code = complain(cli, EXIT_REFUSED, MSG_BACKUP_INSIDE,
				     text_argument(cli, dir), text_argument(cli, folder));
	}
	return !inside;
}

int
backup_run(struct cli *cli, int argc, char **argv)
{
	const char *to = NULL;
	const struct opt opts[] = { OPT_TEXT("to", &to), OPT_END };
	struct operands given;
	bool ok = true;

	if (!options_read(cli, argc, argv, opts, 1, -1, &given)) {
		return cli->code;
	}
	if (to == NULL) {
		return usage(cli, MSG_BACKUP_TO);
	}
	const char **folders =
		arena_alloc(&cli->arena, (size_t)given.count * sizeof(*folders));
	if (!find_folders(cli, &given, folders)) {
		return cli->code;
	}
	(void)cli->system->interrupted(
		cli->system->ctx); /* From here on it only says so. */
	for (int i = 0; ok && i < given.count; i++) {
		ok = lies_outside(cli, to, folders[i]) && backup_one(cli, folders[i], to);
	}
	return ok ? EXIT_DONE : cli->code;
}
