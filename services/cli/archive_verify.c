/* kusanone archive verify: is this folder what headquarters sealed, and is every record
 * its author's? */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cli/archive.h"
#include "cli/command.h"
#include "cli/lines.h"
#include "cli/text.h"
#include "lib/archive/verify.h"

/* ---- Progress ---------------------------------------------------------------------- */

static const char *
speed_text(struct cli *cli, uint64_t bytes, msec_t took)
{
	uint64_t kilobytes = bytes / (uint64_t)(took > 0 ? took : 1); /* A second. */

	return arena_printf(&cli->arena, "%" PRIu64 ".%" PRIu64 " MB/s", kilobytes / 1000,
			    kilobytes % 1000 / 100);
}

void
archive_progress_begin(struct archive_progress *p, struct cli *cli)
{
	*p = (struct archive_progress){ .cli = cli,
					.started = cli->system->now(cli->system->ctx) };
}

bool
archive_progress(void *ctx, const struct verify_report *r)
{
	struct archive_progress *p = ctx;
	struct cli *cli = p->cli;
	const struct cli_system *system = cli->system;

	if (cli->tty && !cli->json) {
		const char *text = phrase(
			cli, MSG_ARCHIVE_PROGRESS, unsigned_text(&cli->arena, r->entries),
			unsigned_text(&cli->arena, r->size),
			speed_text(cli, r->bytes, system->now(system->ctx) - p->started));

		buf_printf(&cli->out, "\r%s\033[K",
			   text_cut(&cli->arena, text, cli->width - 1));
		(void)cli_flush(cli);
		p->shown = true;
	}
	return !system->interrupted(system->ctx);
}

void
archive_progress_end(struct archive_progress *p)
{
	if (p->shown) {
		buf_put_str(&p->cli->out, "\r\033[K");
	}
	p->shown = false;
}

/* ---- The report -------------------------------------------------------------------- */

static const char *
verdict_word(enum verify_verdict verdict)
{
	switch (verdict) {
	case VERIFY_GOOD:
		return "good";
	case VERIFY_BAD:
		return "bad";
	case VERIFY_UNREADABLE:
		return "unreadable";
	default:
		return "stopped";
	}
}

static void
set_number(struct cli *cli, json_t *object, const char *key, uint64_t value)
{
	const char *text = arena_printf(&cli->arena, "%" PRIu64, value);

	must(json_object_set_new(object, key, json_string(text)) == 0);
}

static void
set_text(json_t *object, const char *key, const char *text)
{
	must(json_object_set_new(object, key, json_string(text)) == 0);
}

/* Numbers of 64 bits are texts, as in all our JSON. */
static void
put_json(struct cli *cli, const struct verify_options *o, const struct verify_report *r)
{
	json_t *object = json_object();
	const struct {
		const char *key;
		uint64_t value;
	} counts[] = {
		{ "entries", r->entries },      { "records", r->records },
		{ "segments", r->segments },    { "signatures", r->signatures },
		{ "nodes", r->nodes },          { "branches", r->branches },
		{ "bytes", r->bytes },          { "size", r->size },
		{ "hqMs", (uint64_t)r->hq_ms },
	};

	set_text(object, "verdict", verdict_word(r->verdict));
	if (r->verdict == VERIFY_BAD || r->verdict == VERIFY_UNREADABLE) {
		set_text(object, "path", r->path);
		if (r->has_entry) {
			set_number(cli, object, "entry", r->leaf);
		}
		if (r->position != 0) {
			set_number(cli, object, "position", r->position);
		}
		set_text(object, "why", text_clean(&cli->arena, r->why));
	}
	if (r->origin[0] != '\0') {
		set_text(object, "origin", r->origin);
		set_text(object, "root", archive_hash_text(cli, &r->root));
	}
	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		set_number(cli, object, counts[i].key, counts[i].value);
	}
	must(json_object_set_new(object, "treeOnly", json_boolean(o->tree_only)) == 0);
	char *text = json_dumps(object, JSON_INDENT(2));
	must(text != NULL);
	buf_printf(&cli->out, "%s\n", text);
	free(text);
	json_decref(object);
}

static void
put_fault(struct cli *cli, const struct verify_report *r)
{
	line_put(cli, phrase(cli, MSG_ARCHIVE_FILE), text_clean(&cli->arena, r->path));
	if (r->has_entry) {
		line_put(cli, phrase(cli, MSG_ARCHIVE_ENTRY),
			 phrase(cli, MSG_ARCHIVE_FROM_0,
				unsigned_text(&cli->arena, r->leaf)));
	}
	if (r->position != 0) {
		line_put(cli, phrase(cli, MSG_ARCHIVE_POSITION),
			 unsigned_text(&cli->arena, r->position));
	}
	line_put(cli, phrase(cli, MSG_ARCHIVE_WRONG), archive_reason(cli, r->why));
}

static enum message
headline(const struct verify_options *o, const struct verify_report *r)
{
	switch (r->verdict) {
	case VERIFY_GOOD:
		return o->tree_only ? MSG_ARCHIVE_GOOD_TREE : MSG_ARCHIVE_GOOD;
	case VERIFY_BAD:
		return MSG_ARCHIVE_BAD;
	case VERIFY_UNREADABLE:
		return MSG_ARCHIVE_UNREADABLE;
	default:
		return MSG_ARCHIVE_STOPPED;
	}
}

static void
put_looked_at(struct cli *cli, const struct verify_options *o,
	      const struct verify_report *r)
{
	struct arena *arena = &cli->arena;

	if (r->origin[0] == '\0') {
		return; /* Nothing was, beyond the checkpoint. */
	}
	line_put(cli, phrase(cli, MSG_ARCHIVE_NAME), text_clean(arena, r->origin));
	line_put(cli, phrase(cli, MSG_ARCHIVE_CHECKPOINT),
		 phrase(cli, MSG_ARCHIVE_SIZE_AT, unsigned_text(arena, r->size),
			r->size != 0 ? time_text(arena, r->hq_ms) : "-"));
	line_put(cli, phrase(cli, MSG_ARCHIVE_ROOT), archive_hash_text(cli, &r->root));
	if (o->known_count != 0) {
		line_put(cli, phrase(cli, MSG_ARCHIVE_KNOWN),
			 unsigned_text(arena, o->known_count));
	}
	line_put(cli, phrase(cli, MSG_ARCHIVE_ENTRIES), unsigned_text(arena, r->entries));
	line_put(cli, phrase(cli, MSG_ARCHIVE_RECORDS), unsigned_text(arena, r->records));
	line_put(cli, phrase(cli, MSG_ARCHIVE_SEGMENTS),
		 unsigned_text(arena, r->segments));
	line_put(cli, phrase(cli, MSG_ARCHIVE_BYTES), bytes_text(arena, r->bytes));
	if (!o->tree_only) {
		line_put(cli, phrase(cli, MSG_ARCHIVE_SIGNATURES),
			 unsigned_text(arena, r->signatures));
		line_put(cli, phrase(cli, MSG_ARCHIVE_NODES),
			 unsigned_text(arena, r->nodes));
		line_put(cli, phrase(cli, MSG_ARCHIVE_BRANCHES),
			 unsigned_text(arena, r->branches));
	}
}

void
archive_put_report(struct cli *cli, const struct verify_options *o,
		   const struct verify_report *r)
{
	text_wrap(&cli->out, phrase(cli, headline(o, r)), 0, 0, cli->width);
	buf_put_str(&cli->out, "\n");
	if (r->verdict == VERIFY_BAD || r->verdict == VERIFY_UNREADABLE) {
		put_fault(cli, r);
		if (r->origin[0] != '\0') {
			say(cli, &cli->out, MSG_ARCHIVE_UP_TO_THERE);
		}
	}
	put_looked_at(cli, o, r);
}

/* ---- The command ------------------------------------------------------------------- */

int
archive_exit_code(enum verify_verdict verdict)
{
	return verdict == VERIFY_GOOD  ? EXIT_DONE
	       : verdict == VERIFY_BAD ? EXIT_REFUSED
				       : EXIT_UNREADABLE;
}

static int
verify(struct cli *cli, struct verify_options *o)
{
	struct archive_progress p;
	struct verify_report report;

	o->crew = cli->system->crew(cli->system->ctx);
	archive_progress_begin(&p, cli);
	o->progress = archive_progress;
	o->ctx = &p;
	verify_archive(o, &report);
	archive_progress_end(&p);
	if (cli->json) {
		put_json(cli, o, &report);
	} else {
		archive_put_report(cli, o, &report);
	}
	return archive_exit_code(report.verdict);
}

bool
archive_known_read(struct cli *cli, const struct opt_list *files,
		   struct verify_options *o)
{
	struct slice *notes =
		arena_alloc(&cli->arena, (files->count + 1) * sizeof(*notes));

	for (size_t i = 0; i < files->count; i++) {
		if (!archive_read_file(cli, files->at[i], NOTE_MAX_LEN, &notes[i])) {
			return false;
		}
	}
	o->known = notes;
	o->known_count = files->count;
	return true;
}

int
archive_verify_run(struct cli *cli, int argc, char **argv)
{
	struct verify_options o = { 0 };
	struct opt_list keys_given = { 0 }, known = { 0 };
	const struct opt opts[] = {
		OPT_MANY("key", &keys_given),      OPT_MANY("checkpoint", &known),
		OPT_FLAG("since", &o.since_known), OPT_FLAG("tree-only", &o.tree_only),
		OPT_FLAG("in-use", &o.in_use),     OPT_END,
	};
	struct archive_keys keys;
	struct operands paths;
	struct folder folder;

	if (!options_read(cli, argc, argv, opts, 0, 1, &paths)) {
		return cli->code;
	}
	if (o.since_known && known.count == 0) {
		return usage(cli, MSG_ARCHIVE_SINCE);
	}
	if (!archive_keys_read(cli, &keys_given, &keys) ||
	    !archive_known_read(cli, &known, &o) ||
	    !archive_open(cli, paths.count != 0 ? paths.at[0] : ".", &folder)) {
		return cli->code;
	}
	o.keys = keys.at;
	o.key_count = keys.count;
	o.files = folder_files(&folder);
	int code = verify(cli, &o);
	folder_close(&folder);
	return code;
}
