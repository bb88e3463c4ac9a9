/* kusanone restore: a backup in the place of a service's state. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/aside_dir.h"
#include "cli/command.h"
#include "cli/copy.h"
#include "cli/input.h"
#include "cli/manifest.h"
#include "cli/options.h"
#include "cli/text.h"
#include "lib/store/store.h"

struct restoring {
	struct cli *cli;
	const char *backup;
	struct manifest manifest;
	uint64_t bytes;
	uint32_t bad; /* Files that are not what was backed up. */
	bool shown;
};

static const char *
joined(struct cli *cli, const char *folder, const char *path)
{
	return arena_printf(&cli->arena, "%s/%s", folder, path);
}

static void
clear_line(struct restoring *r)
{
	if (r->shown) {
		buf_put_str(&r->cli->out, "\r\033[K");
		(void)cli_flush(r->cli);
	}
	r->shown = false;
}

static bool
progress(struct restoring *r, const char *path)
{
	struct cli *cli = r->cli;

	if (cli->system->interrupted(cli->system->ctx)) {
		clear_line(r);
		cli->code = complain(cli, EXIT_REFUSED, MSG_BACKUP_STOPPED);
		return false;
	}
	if (cli->tty && !cli->json) {
		const char *text = phrase(cli, MSG_BACKUP_PROGRESS,
					  bytes_text(&cli->arena, r->bytes),
					  text_argument(cli, path));

		buf_printf(&cli->out, "\r%s\033[K",
			   text_cut(&cli->arena, text, cli->width - 1));
		(void)cli_flush(cli);
		r->shown = true;
	}
	return true;
}

/* ---- What is there ----------------------------------------------------------------- */

/* A running service's folder is not empty either: this says the better sentence. */
static bool
is_in_use(struct restoring *r, const char *to)
{
	struct cli *cli = r->cli;
	long owner;

	for (uint32_t i = 0; i < r->manifest.files.count; i++) {
		const struct manifest_file *file = table_at(&r->manifest.files, i);
		const char *slash = strrchr(file->path, '/');
		const char *folder =
			slash == NULL
				? to
				: arena_printf(&cli->arena, "%s/%.*s", to,
					       (int)(slash - file->path), file->path);

		if (store_is_owned(folder, &owner)) {
			cli->code = complain(cli, EXIT_REFUSED, MSG_RESTORE_RUNS,
					     text_argument(cli, to),
					     arena_printf(&cli->arena, "%ld", owner));
			return true;
		}
	}
	return false;
}

static bool
read_manifest(struct restoring *r)
{
	struct cli *cli = r->cli;
	const char *path = joined(cli, r->backup, MANIFEST_NAME);
	struct slice text;

	if (access(path, F_OK) != 0) {
		cli->code = complain(cli, EXIT_REFUSED, MSG_RESTORE_NONE,
				     text_argument(cli, r->backup));
		return false;
	}
	if (!input_read_file(cli, path, MANIFEST_MAX_LEN, &text)) {
		return false;
	}
	if (!manifest_read(text, &cli->arena, &r->manifest)) {
		cli->code = complain(cli, EXIT_REFUSED, MSG_RESTORE_MANIFEST,
				     text_argument(cli, path));
		return false;
	}
	return true;
}

/* ---- Copying ----------------------------------------------------------------------- */

/* What is wrong with one file does not keep the others from being looked at. */
static void
note_bad(struct restoring *r, const char *path, const char *why)
{
	clear_line(r);
	(void)complain(r->cli, 0, MSG_AT_PATH, text_argument(r->cli, path), why);
	r->bad++;
}

static bool
restore_file(struct restoring *r, const struct manifest_file *file, const char *into)
{
	struct cli *cli = r->cli;
	const char *from =
		arena_printf(&cli->arena, "%s/%s/%s", r->backup, STATE_NAME, file->path);
	const char *to = joined(cli, into, file->path);
	struct copied copied;

	if (!progress(r, from)) {
		return false;
	}
	int code = copy_file(from, to, &copied);
	if (code == ENOSPC || code == EDQUOT) {
		clear_line(r);
		cli->code = complain(cli, EXIT_REFUSED, MSG_AT_PATH,
				     text_argument(cli, to), errno_text(cli, code));
		return false;
	}
	if (code != 0) {
		note_bad(r, from,
			 code == ENOENT ? phrase(cli, MSG_RESTORE_MISSING)
					: errno_text(cli, code));
	} else if (copied.bytes != file->bytes || !sha256_eq(&copied.hash, &file->hash)) {
		note_bad(r, from, phrase(cli, MSG_RESTORE_CHANGED));
	} else {
		r->bytes += copied.bytes;
	}
	return true;
}

static bool
restore_files(struct restoring *r, const char *into)
{
	for (uint32_t i = 0; i < r->manifest.files.count; i++) {
		if (!restore_file(r, table_at(&r->manifest.files, i), into)) {
			return false;
		}
	}
	if (r->bad != 0) {
		r->cli->code =
			complain(r->cli, EXIT_REFUSED, MSG_RESTORE_BAD,
				 unsigned_text(&r->cli->arena, r->bad),
				 unsigned_text(&r->cli->arena, r->manifest.files.count));
	}
	return r->bad == 0;
}

/* ---- What comes next --------------------------------------------------------------- */

static bool
has(const struct restoring *r, const char *path)
{
	for (uint32_t i = 0; i < r->manifest.files.count; i++) {
		const struct manifest_file *file = table_at(&r->manifest.files, i);

		if (strcmp(file->path, path) == 0) {
			return true;
		}
	}
	return false;
}

/* Whose state it is, its stores say. */
static enum message
what_next(const struct restoring *r)
{
	static const struct {
		const char *path;
		enum message next;
	} services[] = {
		{ "log/data.mdb", MSG_RESTORE_AGGREGATION },
		{ "journal/data.mdb", MSG_RESTORE_INTAKE },
		{ "tail/data.mdb", MSG_RESTORE_ARCHIVING },
		{ "alerts/data.mdb", MSG_RESTORE_NOTIFICATION },
	};

	for (size_t i = 0; i < ARRAY_LEN(services); i++) {
		if (has(r, services[i].path)) {
			return services[i].next;
		}
	}
	return MSG_RESTORE_OTHER;
}

static void
put_done(struct restoring *r, const char *to)
{
	struct cli *cli = r->cli;
	struct arena *arena = &cli->arena;

	clear_line(r);
	if (cli->json) {
		json_t *object = json_pack(
			"{s:s,s:s,s:s,s:s,s:s}", "state", text_argument(cli, to), "of",
			text_clean(arena, r->manifest.of), "atMs",
			arena_printf(arena, "%" PRId64, r->manifest.at), "files",
			arena_printf(arena, "%" PRIu32, r->manifest.files.count), "bytes",
			arena_printf(arena, "%" PRIu64, r->bytes));
		must(object != NULL);
		char *text = json_dumps(object, JSON_COMPACT);
		must(text != NULL);
		buf_printf(&cli->out, "%s\n", text);
		free(text);
		json_decref(object);
		return;
	}
	say(cli, &cli->out, MSG_RESTORE_DONE, text_argument(cli, to),
	    text_clean(arena, r->manifest.of), time_text(arena, r->manifest.at),
	    unsigned_text(arena, r->manifest.files.count), bytes_text(arena, r->bytes));
	text_wrap(&cli->out, phrase(cli, what_next(r)), 0, 0, cli->width);
	buf_put_str(&cli->out, "\n");
}

static int
restore(struct restoring *r, const char *to)
{
	struct cli *cli = r->cli;
	struct aside_dir aside;

	if (!read_manifest(r) || is_in_use(r, to)) {
		return cli->code;
	}
	(void)cli->system->interrupted(
		cli->system->ctx); /* From here on it only says so. */
	if (!aside_begin(cli, to, &aside)) {
		return cli->code;
	}
	if (!restore_files(r, aside.path)) {
		aside_drop(&aside);
		return cli->code;
	}
	if (!aside_end(cli, &aside)) {
		return cli->code;
	}
	put_done(r, to);
	return EXIT_DONE;
}

int
restore_run(struct cli *cli, int argc, char **argv)
{
	struct restoring r = { .cli = cli };
	const char *to = NULL;
	const struct opt opts[] = { OPT_TEXT("to", &to), OPT_END };
	struct operands given;

	if (!options_read(cli, argc, argv, opts, 1, 1, &given)) {
		return cli->code;
	}
	if (to == NULL) {
		return usage(cli, MSG_RESTORE_TO);
	}
	r.backup = given.at[0];
	manifest_init(&r.manifest);
	int code = restore(&r, to);
	manifest_fini(&r.manifest);
	return code;
}
