/* kusanone archive refill: headquarters' state again, from its archive. */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/archive.h"
#include "cli/aside_dir.h"
#include "cli/command.h"
#include "cli/lines.h"
#include "cli/text.h"
#include "lib/archive/refill.h"

enum { STORE_WHY = 512 };
static const char program[] = "kusanone archive refill";

struct refilling {
	struct archive_progress progress; /* First: it is what is handed on. */
	struct cli *cli;
	const char *and; /* What --and names; NULL. */
	struct store *old;
	struct table left; /* Blocks that were left out. */
};

/* ---- The older log ----------------------------------------------------------------- */

static const char *
path_in(struct cli *cli, const char *folder, const char *name)
{
	return arena_printf(&cli->arena, "%s/%s", folder, name);
}

/* The folder of a log in a state folder: headquarters' own, what archiving has not sealed
 * yet, notification's copy; or the folder itself. */
static const char *
find_log(struct cli *cli, const char *folder)
{
	static const char *const names[] = { HQ_LOG_FOLDER, "tail", "copy" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *path = path_in(cli, folder, names[i]);

		if (store_is_there(path)) {
			return path;
		}
	}
	return folder;
}

static bool
open_old(struct refilling *f)
{
	struct cli *cli = f->cli;
	struct store_options options = { .format = HQ_LOG_FORMAT,
					 .dbs = log_db_names,
					 .read_only = true };
	char why[STORE_WHY];
	long owner;

	if (f->and == NULL) {
		return true;
	}
	options.dir = find_log(cli, f->and);
	if (store_is_owned(options.dir, &owner)) {
		cli->code = complain(cli, EXIT_REFUSED, MSG_REFILL_RUNS,
				     text_argument(cli, f->and),
				     arena_printf(&cli->arena, "%ld", owner));
		return false;
	}
	enum err err = store_open(&options, &f->old, why, sizeof(why));
	if (err != OK) {
		cli->code = complain(cli, err == ERR_IO ? EXIT_UNREADABLE : EXIT_REFUSED,
				     MSG_REFILL_NO_LOG, text_argument(cli, f->and),
				     text_clean(&cli->arena, why));
	}
	return err == OK;
}

static void
left_out(void *ctx, const struct refill_left *left)
{
	struct refilling *f = ctx;

	memcpy(table_add(&f->left), left, sizeof(*left));
}

static const char *
why_left(struct cli *cli, enum refill_why why)
{
	switch (why) {
	case REFILL_NO_BLOCK:
		return phrase(cli, MSG_REFILL_NO_BLOCK);
	case REFILL_UNKNOWN:
		return phrase(cli, MSG_REFILL_UNKNOWN);
	case REFILL_SIGNATURE:
		return phrase(cli, MSG_REFILL_SIGNATURE);
	default:
		return phrase(cli, MSG_REFILL_PARENT);
	}
}

/* ---- What came of it --------------------------------------------------------------- */

static const char *
hex_text(struct cli *cli, const void *bytes, size_t len)
{
	char *text = arena_alloc(&cli->arena, 2 * len + 1);

	hex_format(bytes, len, text);
	return text;
}

static void
set(json_t *object, const char *key, json_t *value)
{
	must(json_object_set_new(object, key, value) == 0);
}

static void
set_number(struct cli *cli, json_t *object, const char *key, uint64_t value)
{
	set(object, key, json_string(arena_printf(&cli->arena, "%" PRIu64, value)));
}

static json_t *
left_json(struct refilling *f)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < f->left.count; i++) {
		const struct refill_left *left = table_at(&f->left, i);
		json_t *object = json_object();

		set_number(f->cli, object, "position", left->position);
		set(object, "node",
		    json_string(hex_text(f->cli, left->node.b, NODE_ID_LEN)));
		set_number(f->cli, object, "firstSeq", left->first_seq);
		set_number(f->cli, object, "lastSeq", left->last_seq);
		set(object, "why", json_string(why_left(f->cli, left->why)));
		must(json_array_append_new(list, object) == 0);
	}
	return list;
}

static void
put_json(struct refilling *f, const char *to, const struct refill_report *r)
{
	struct cli *cli = f->cli;
	json_t *object = json_object();
	const struct {
		const char *key;
		uint64_t value;
	} counts[] = {
		{ "entries", r->verify.entries },
		{ "archivedPosition", r->archived.position },
		{ "position", r->head.position },
		{ "hqMs", (uint64_t)r->head.hq_ms },
		{ "names", r->parts },
		{ "brokenNameFiles", r->broken },
		{ "added", r->added },
		{ "addedRecords", r->added_records },
	};

	set(object, "state", json_string(text_argument(cli, to)));
	set(object, "archive", json_string(r->verify.origin));
	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		set_number(cli, object, counts[i].key, counts[i].value);
	}
	set(object, "logHash", json_string(hex_text(cli, r->head.log_hash.b, HASH_LEN)));
	set(object, "leftOut", left_json(f));
	set(object, "oldIsBroken", json_boolean(r->old_broken));
	char *text = json_dumps(object, JSON_INDENT(2));
	must(text != NULL);
	buf_printf(&cli->out, "%s\n", text);
	free(text);
	json_decref(object);
}

static void
put_old(struct refilling *f, const struct refill_report *r)
{
	struct cli *cli = f->cli;
	struct arena *arena = &cli->arena;

	line_put(cli, phrase(cli, MSG_REFILL_ADDED),
		 phrase(cli, MSG_REFILL_BLOCKS, unsigned_text(arena, r->added),
			unsigned_text(arena, r->added_records)));
	for (uint32_t i = 0; i < f->left.count; i++) {
		const struct refill_left *left = table_at(&f->left, i);

		say(cli, &cli->err, MSG_REFILL_LEFT, unsigned_text(arena, left->position),
		    hex_text(cli, left->node.b, NODE_ID_LEN),
		    unsigned_text(arena, left->first_seq),
		    unsigned_text(arena, left->last_seq), why_left(cli, left->why));
	}
	if (r->old_broken) {
		say(cli, &cli->err, MSG_REFILL_OLD_BROKEN, text_argument(cli, f->and));
	}
}

static void
put_report(struct refilling *f, const char *to, const struct refill_report *r)
{
	struct cli *cli = f->cli;
	struct arena *arena = &cli->arena;
	const struct {
		enum message label;
		const char *value;
	} lines[] = {
		{ MSG_ARCHIVE_NAME, text_clean(arena, r->verify.origin) },
		{ MSG_ARCHIVE_ENTRIES, unsigned_text(arena, r->verify.entries) },
		{ MSG_ARCHIVE_RECORDS, unsigned_text(arena, r->verify.records) },
		{ MSG_ARCHIVE_POSITION, unsigned_text(arena, r->head.position) },
		{ MSG_REFILL_LOG_HASH, hex_text(cli, r->head.log_hash.b, HASH_LEN) },
		{ MSG_REFILL_NAMES, unsigned_text(arena, r->parts) },
	};

	text_wrap(&cli->out, phrase(cli, MSG_REFILL_DONE, text_argument(cli, to)), 0, 0,
		  cli->width);
	buf_put_str(&cli->out, "\n");
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		line_put(cli, phrase(cli, lines[i].label), lines[i].value);
	}
	if (f->old != NULL) {
		put_old(f, r);
	}
	if (r->broken != 0) {
		say(cli, &cli->err, MSG_REFILL_BROKEN_NAMES,
		    unsigned_text(arena, r->broken));
	}
	text_wrap(&cli->out, phrase(cli, MSG_REFILL_NEXT), 0, 0, cli->width);
	buf_put_str(&cli->out, "\n");
}

/* Nothing was made: what was wrong with the archive, or with the disk. */
static int
put_failure(struct refilling *f, const char *to, const struct refill_options *o,
	    enum err err, const struct refill_report *r)
{
	struct cli *cli = f->cli;

	if (err == ERR_CORRUPT && r->why[0] == '\0') {
		archive_put_report(cli, &o->verify, &r->verify);
		(void)complain(cli, 0, MSG_REFILL_NOTHING);
		return archive_exit_code(r->verify.verdict);
	}
	(void)complain(cli, 0, MSG_AT_PATH, text_argument(cli, to),
		       err == ERR_DISK_FULL ? phrase(cli, MSG_DISK_FULL)
		       : r->why[0] != '\0'  ? text_clean(&cli->arena, r->why)
					    : err_name(err));
	return complain(cli, EXIT_REFUSED, MSG_REFILL_NOTHING);
}

/* ---- The command ------------------------------------------------------------------- */

static int
build(struct refilling *f, const char *to, struct refill_options *o)
{
	struct cli *cli = f->cli;
	struct refill_report report;
	struct aside_dir aside;

	/* From here on Ctrl-C only says so. */
	(void)cli->system->interrupted(cli->system->ctx);
	if (!aside_begin(cli, to, &aside)) {
		return cli->code;
	}
	o->dir = path_in(cli, aside.path, HQ_LOG_FOLDER);
	archive_progress_begin(&f->progress, cli);
	enum err err = refill_run(o, &report);
	archive_progress_end(&f->progress);
	if (err != OK) {
		aside_drop(&aside);
		return put_failure(f, to, o, err, &report);
	}
	if (!aside_end(cli, &aside)) {
		return complain(cli, cli->code, MSG_REFILL_NOTHING);
	}
	if (cli->json) {
		put_json(f, to, &report);
	} else {
		put_report(f, to, &report);
	}
	return EXIT_DONE;
}

static int
refill(struct refilling *f, const char *to, const char *archive, struct refill_options *o)
{
	struct folder folder;

	if (!archive_open(f->cli, archive, &folder)) {
		return f->cli->code;
	}
	o->verify.files = folder_files(&folder);
	bool opened = open_old(f);
	o->old = f->old;
	int code = opened ? build(f, to, o) : f->cli->code;
	store_close(f->old);
	folder_close(&folder);
	return code;
}

int
archive_refill_run(struct cli *cli, int argc, char **argv)
{
	struct refilling f = { .cli = cli };
	struct refill_options o = { .program = program,
				    .left_out = left_out,
				    .verify = { .progress = archive_progress,
						.ctx = &f } };
	struct opt_list keys_given = { 0 }, known = { 0 };
	const char *to = NULL, *archive = ".";
	const struct opt opts[] = {
		OPT_MANY("key", &keys_given),
		OPT_TEXT("to", &to),
		OPT_TEXT("archive", &archive),
		OPT_TEXT("and", &f.and),
		OPT_MANY("checkpoint", &known),
		OPT_FLAG("in-use", &o.verify.in_use),
		OPT_END,
	};
	struct archive_keys keys;
	struct operands none;

	if (!options_read(cli, argc, argv, opts, 0, 0, &none)) {
		return cli->code;
	}
	if (to == NULL) {
		return usage(cli, MSG_REFILL_TO);
	}
	if (!archive_keys_read(cli, &keys_given, &keys) ||
	    !archive_known_read(cli, &known, &o.verify)) {
		return cli->code;
	}
	o.verify.keys = keys.at;
	o.verify.key_count = keys.count;
	table_init(&f.left, sizeof(struct refill_left));
	int code = refill(&f, to, archive, &o);
	table_fini(&f.left);
	return code;
}
