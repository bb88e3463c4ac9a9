/* kusanone archive check: does a proof hold, and of what? */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cli/archive.h"
#include "cli/command.h"
#include "cli/labels_wire.h"
#include "cli/lines.h"
#include "cli/text.h"
#include "lib/archive/proof.h"

enum { PROOF_FILE_MAX = 4 * PROOF_MAX_LEN };

/* What was checked; 'why' is NULL if it is good. */
struct checked {
	struct proof proof;
	struct tree_head head, old;
	struct archive_entry entry;
	struct block block;
	const char *why;
};

/* ---- What an entry holds ----------------------------------------------------------- */

/* The words of a record by which it is known. */
static const char *
record_words(struct cli *cli, const struct record *record)
{
	struct arena *arena = &cli->arena;
	char id[UUID_TEXT_LEN + 1] = "";
	struct uuid event;

	if (record_event(record, &event)) {
		uuid_format(&event, id);
	}
	switch (record->body) {
	case BODY_EVENT_REVISION:
		return JOINED(cli, " · ",
			      archive_text(cli, &record->revision.event.title),
			      arena_dup(arena, id, strlen(id)));
	case BODY_ENROLMENT:
		return text_clean(arena, arena_dup(arena, record->enrolment.name.at,
						   record->enrolment.name.len));
	default:
		return arena_dup(arena, id, strlen(id));
	}
}

static const char *
author_text(struct cli *cli, const struct record *record)
{
	return text_clean(&cli->arena,
			  arena_dup(&cli->arena, record->author.at, record->author.len));
}

static const char *
identity_text(struct cli *cli, struct slice bytes)
{
	struct hash identity = hash_of(bytes);
	char hex[2 * HASH_LEN + 1];

	hex_format(identity.b, HASH_LEN, hex);
	return arena_dup(&cli->arena, hex, sizeof(hex) - 1);
}

static void
put_records(struct cli *cli, const struct checked *c)
{
	struct arena *arena = &cli->arena;
	const char **below = arena_alloc(arena, c->block.count * sizeof(*below));
	struct record record;
	struct slice bytes;
	struct grid grid;
	size_t at = 0;

	text_wrap(&cli->out, phrase(cli, MSG_ARCHIVE_ITS_RECORDS), 0, 0, cli->width);
	buf_put_str(&cli->out, "\n");
	grid_init(&grid, arena, "rfl");
	grid.indent = 2;
	for (uint32_t i = 0; block_next(&c->block, &at, &bytes); i++) {
		const char *position = unsigned_text(arena, c->entry.position + i);
		const char *hash = short_hash(arena, identity_text(cli, bytes));

		if (record_decode(bytes, arena, &record, NULL)) {
			grid_row(&grid, position, hash,
				 label_word(cli, body_name(record.body)));
			below[i] = JOINED(cli, " · ", record_words(cli, &record),
					  author_text(cli, &record),
					  minute_text(arena, record.recorded_ms));
		} else {
			grid_row(&grid, position, hash,
				 phrase(cli, MSG_ARCHIVE_NO_RECORD));
			below[i] = NULL;
		}
	}
	lines_put_grid(cli, &grid, below);
}

static const char *
node_text(struct cli *cli, const struct checked *c)
{
	char hex[2 * NODE_ID_LEN + 1];

	hex_format(c->block.node.b, NODE_ID_LEN, hex);
	const char *id = arena_dup(&cli->arena, hex, sizeof(hex) - 1);
	return node_id_eq(&c->block.node, &c->head.hq.node)
		       ? phrase(cli, MSG_ARCHIVE_NODE_HQ, id)
		       : id;
}

static const char *
range_text(struct cli *cli, uint64_t from, uint64_t to)
{
	return from == to
		       ? unsigned_text(&cli->arena, from)
		       : phrase(cli, MSG_ARCHIVE_RANGE, unsigned_text(&cli->arena, from),
				unsigned_text(&cli->arena, to));
}

static const char *
origin_text(struct cli *cli, const struct tree_head *head)
{
	return text_clean(&cli->arena,
			  arena_dup(&cli->arena, head->origin.at, head->origin.len));
}

static const char *
head_text(struct cli *cli, const struct tree_head *head)
{
	return phrase(cli, MSG_ARCHIVE_SIZE_AT, unsigned_text(&cli->arena, head->size),
		      head->size != 0 ? time_text(&cli->arena, head->hq_ms) : "-");
}

static void
put_entry(struct cli *cli, const struct checked *c)
{
	const struct archive_entry *entry = &c->entry;
	char key[2 * KEY_ID_LEN + 1];

	hex_format(c->block.key.b, KEY_ID_LEN, key);
	line_put(cli, phrase(cli, MSG_ARCHIVE_NAME), origin_text(cli, &c->head));
	line_put(cli, phrase(cli, MSG_ARCHIVE_CHECKPOINT), head_text(cli, &c->head));
	line_put(cli, phrase(cli, MSG_ARCHIVE_ROOT),
		 archive_hash_text(cli, &c->head.root));
	line_put(cli, phrase(cli, MSG_ARCHIVE_ENTRY),
		 phrase(cli, MSG_ARCHIVE_FROM_0,
			unsigned_text(&cli->arena, c->proof.leaf)));
	line_put(cli, phrase(cli, MSG_ARCHIVE_POSITION),
		 range_text(cli, entry->position, entry->position + c->block.count - 1));
	line_put(cli, phrase(cli, MSG_ARCHIVE_TAKEN),
		 time_text(&cli->arena, entry->hq_ms));
	line_put(cli, phrase(cli, MSG_ARCHIVE_NODE), node_text(cli, c));
	line_put(cli, phrase(cli, MSG_ARCHIVE_NODE_KEY), key);
	line_put(cli, phrase(cli, MSG_ARCHIVE_SEQUENCES),
		 range_text(cli, c->block.first_seq, c->block.last_seq));
	line_put(cli, phrase(cli, MSG_ARCHIVE_COMMITTED),
		 time_text(&cli->arena, c->block.committed_ms));
	put_records(cli, c);
	text_wrap(&cli->out, phrase(cli, MSG_ARCHIVE_PROOF_LIMIT), 0, 0, cli->width);
	buf_put_str(&cli->out, "\n");
}

static void
put_growth(struct cli *cli, const struct checked *c)
{
	line_put(cli, phrase(cli, MSG_ARCHIVE_NAME), origin_text(cli, &c->head));
	line_put(cli, phrase(cli, MSG_ARCHIVE_OLDER), head_text(cli, &c->old));
	line_put(cli, phrase(cli, MSG_ARCHIVE_ROOT),
		 archive_hash_text(cli, &c->old.root));
	line_put(cli, phrase(cli, MSG_ARCHIVE_NEWER_ONE), head_text(cli, &c->head));
	line_put(cli, phrase(cli, MSG_ARCHIVE_ROOT),
		 archive_hash_text(cli, &c->head.root));
}

static void
put_answer(struct cli *cli, const struct checked *c)
{
	const bool growth = c->proof.kind == PROOF_GROWTH;
	enum message headline = c->why != NULL ? MSG_ARCHIVE_PROOF_BAD
				: growth       ? MSG_ARCHIVE_GROWTH_GOOD
					       : MSG_ARCHIVE_PROOF_GOOD;

	text_wrap(&cli->out, phrase(cli, headline), 0, 0, cli->width);
	buf_put_str(&cli->out, "\n");
	if (c->why != NULL) {
		line_put(cli, phrase(cli, MSG_ARCHIVE_WRONG),
			 archive_reason(cli, c->why));
	} else if (growth) {
		put_growth(cli, c);
	} else {
		put_entry(cli, c);
	}
}

/* ---- The same as JSON -------------------------------------------------------------- */

static void
set(json_t *object, const char *key, json_t *value)
{
	must(json_object_set_new(object, key, value) == 0);
}

static json_t *
json_number(struct cli *cli, uint64_t value)
{
	return json_string(arena_printf(&cli->arena, "%" PRIu64, value));
}

static json_t *
json_head(struct cli *cli, const struct tree_head *head)
{
	json_t *object = json_object();

	set(object, "size", json_number(cli, head->size));
	set(object, "root", json_string(archive_hash_text(cli, &head->root)));
	set(object, "position", json_number(cli, head->position));
	set(object, "hqMs", json_number(cli, (uint64_t)head->hq_ms));
	return object;
}

/* Which event it is about, and how that is called then. */
static void
set_event(json_t *object, const struct record *record)
{
	char id[UUID_TEXT_LEN + 1];
	struct uuid event;

	if (record_event(record, &event)) {
		uuid_format(&event, id);
		set(object, "eventId", json_string(id));
	}
	if (record->body == BODY_EVENT_REVISION) {
		const struct text *said = &record->revision.event.title;
		json_t *title = json_object();

		set(title, "ja", json_stringn((const char *)said->ja.at, said->ja.len));
		set(title, "en", json_stringn((const char *)said->en.at, said->en.len));
		set(object, "title", title);
	}
}

static json_t *
json_records(struct cli *cli, const struct checked *c)
{
	json_t *list = json_array();
	struct record record;
	struct slice bytes;
	size_t at = 0;

	for (uint32_t i = 0; block_next(&c->block, &at, &bytes); i++) {
		json_t *object = json_object();

		set(object, "position", json_number(cli, c->entry.position + i));
		set(object, "record", json_string(identity_text(cli, bytes)));
		if (record_decode(bytes, &cli->arena, &record, NULL)) {
			set(object, "kind", json_string(body_name(record.body)));
			set(object, "author", json_string(author_text(cli, &record)));
			set(object, "recordedMs",
			    json_number(cli, (uint64_t)record.recorded_ms));
			set_event(object, &record);
		}
		must(json_array_append_new(list, object) == 0);
	}
	return list;
}

static void
put_json(struct cli *cli, const struct checked *c)
{
	json_t *object = json_object();

	set(object, "verdict", json_string(c->why == NULL ? "good" : "bad"));
	if (c->why != NULL) {
		set(object, "why", json_string(c->why));
	} else {
		set(object, "origin", json_string(origin_text(cli, &c->head)));
		set(object, "checkpoint", json_head(cli, &c->head));
	}
	if (c->why == NULL && c->proof.kind == PROOF_GROWTH) {
		set(object, "older", json_head(cli, &c->old));
	} else if (c->why == NULL) {
		char node[2 * NODE_ID_LEN + 1];

		hex_format(c->block.node.b, NODE_ID_LEN, node);
		set(object, "entry", json_number(cli, c->proof.leaf));
		set(object, "position", json_number(cli, c->entry.position));
		set(object, "hqMs", json_number(cli, (uint64_t)c->entry.hq_ms));
		set(object, "node", json_string(node));
		set(object, "records", json_records(cli, c));
	}
	char *text = json_dumps(object, JSON_INDENT(2));
	must(text != NULL);
	buf_printf(&cli->out, "%s\n", text);
	free(text);
	json_decref(object);
}

/* ---- The command ------------------------------------------------------------------- */

/* A checkpoint that the proof should be about: that of a file beside it. */
static bool
is_about(struct cli *cli, const char *path, const struct tree_head *head)
{
	struct tree_head said;
	struct slice note;

	if (!archive_read_file(cli, path, NOTE_MAX_LEN, &note) ||
	    !archive_head(cli, path, note, &said)) {
		return false;
	}
	if (said.size != head->size || !sha256_eq(&said.root, &head->root) ||
	    !slice_eq(said.origin, head->origin)) {
		cli->code = complain(cli, EXIT_REFUSED, MSG_ARCHIVE_NOT_THAT,
				     text_argument(cli, path));
		return false;
	}
	return true;
}

static void
check(struct checked *c, struct slice text, struct buf *bytes,
      const struct archive_keys *keys)
{
	if (!proof_read(text, bytes, &c->proof, &c->why) ||
	    !proof_check(&c->proof, keys->at, keys->count, &c->head, &c->why)) {
		return;
	}
	if (c->proof.kind == PROOF_GROWTH) {
		must(tree_head_open(c->proof.old_note, keys->at, keys->count, &c->old,
				    NULL)); /* It was checked just now. */
	} else if (!entry_read(c->proof.entry, &c->entry) ||
		   !block_parse(c->entry.block, &c->block, &c->why)) {
		c->why = c->why != NULL ? c->why : "it holds no block";
	}
}

static int
answer(struct cli *cli, const struct checked *c, const struct operands *files)
{
	if (c->why == NULL && files->count > 1) {
		if (c->proof.kind != PROOF_GROWTH) {
			return usage(cli, MSG_ARCHIVE_ONLY_GROWTH,
				     text_argument(cli, files->at[0]));
		}
		if (!is_about(cli, files->at[1], &c->old) ||
		    (files->count > 2 && !is_about(cli, files->at[2], &c->head))) {
			return cli->code;
		}
	}
	if (cli->json) {
		put_json(cli, c);
	} else {
		put_answer(cli, c);
	}
	return c->why == NULL ? EXIT_DONE : EXIT_REFUSED;
}

int
archive_check_run(struct cli *cli, int argc, char **argv)
{
	struct opt_list keys_given = { 0 };
	const struct opt opts[] = { OPT_MANY("key", &keys_given), OPT_END };
	struct checked c = { 0 };
	struct archive_keys keys;
	struct operands files;
	struct slice text;
	struct buf bytes = { 0 };

	if (!options_read(cli, argc, argv, opts, 1, 3, &files) ||
	    !archive_keys_read(cli, &keys_given, &keys) ||
	    !archive_read_file(cli, files.at[0], PROOF_FILE_MAX, &text)) {
		return cli->code;
	}
	check(&c, text, &bytes, &keys);
	int code = answer(cli, &c, &files);
	buf_fini(&bytes);
	return code;
}
