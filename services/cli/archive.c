#include "cli/archive.h"

#include <string.h>
#include <unistd.h>

#include "cli/input.h"
#include "cli/text.h"
#include "lib/archive/lines.h"
#include "lib/archive/note.h"
#include "lib/base/base64.h"

enum { KEY_FILE_MAX = 16 * 1024 };

/* ---- Keys -------------------------------------------------------------------------- */

static bool
add_key(struct cli *cli, struct archive_keys *keys, const struct note_key *key)
{
	if (keys->count == ARCHIVE_MAX_KEYS) {
		usage(cli, MSG_ARCHIVE_KEYS,
		      unsigned_text(&cli->arena, ARCHIVE_MAX_KEYS));
		return false;
	}
	keys->at[keys->count++] = *key;
	return true;
}

/* Each line of a file is a key; empty ones are let be, and the last may lack its end. */
static bool
read_key_file(struct cli *cli, const char *path, struct archive_keys *keys)
{
	const size_t before = keys->count;
	struct slice text, line;
	struct note_key key;

	if (!archive_read_file(cli, path, KEY_FILE_MAX, &text)) {
		return false;
	}
	while (text.len != 0) {
		if (!take_line(&text, &line)) {
			line = text;
			text = (struct slice){ 0 };
		}
		if (line.len == 0) {
			continue;
		}
		if (!note_key_read(line, &key)) {
			usage(cli, MSG_ARCHIVE_KEY_LINE, text_argument(cli, path));
			return false;
		}
		if (!add_key(cli, keys, &key)) {
			return false;
		}
	}
	if (keys->count == before) {
		cli->code = complain(cli, EXIT_BAD_USAGE, MSG_FILE_EMPTY,
				     text_argument(cli, path));
		return false;
	}
	return true;
}

bool
archive_keys_read(struct cli *cli, const struct opt_list *given,
		  struct archive_keys *ret_keys)
{
	struct note_key key;

	ret_keys->count = 0;
	if (given->count == 0) {
		usage(cli, MSG_ARCHIVE_KEY_NEEDED);
		return false;
	}
	for (size_t i = 0; i < given->count; i++) {
		const char *at = given->at[i];
		bool good;

		if (note_key_read(slice_str(at), &key)) {
			good = add_key(cli, ret_keys, &key);
		} else if (access(at, F_OK) == 0) {
			good = read_key_file(cli, at, ret_keys);
		} else {
			usage(cli, MSG_ARCHIVE_KEY, text_argument(cli, at));
			good = false;
		}
		if (!good) {
			return false;
		}
	}
	return true;
}

/* ---- Files ------------------------------------------------------------------------- */

bool
archive_open(struct cli *cli, const char *path, struct folder *folder)
{
	enum err err = folder_open(folder, path);

	if (err != OK) {
		cli->code = complain(cli, EXIT_UNREADABLE,
				     err == ERR_NOT_FOUND ? MSG_FOLDER_MISSING
							  : MSG_FILE_UNREADABLE,
				     text_argument(cli, path));
	}
	return err == OK;
}

bool
archive_read_file(struct cli *cli, const char *path, size_t max, struct slice *ret_bytes)
{
	if (input_read_file(cli, path, max, ret_bytes)) {
		return true;
	}
	cli->code = EXIT_UNREADABLE;
	return false;
}

bool
archive_head(struct cli *cli, const char *name, struct slice note,
	     struct tree_head *ret_head)
{
	const char *why = NULL;
	struct slice text;

	if (note_text(note, &text, &why) && tree_head_read(text, ret_head, &why)) {
		return true;
	}
	cli->code = complain(cli, EXIT_REFUSED, MSG_ARCHIVE_AT, text_argument(cli, name),
			     archive_reason(cli, why));
	return false;
}

bool
archive_checkpoint(struct cli *cli, const struct archive_files *files,
		   struct slice *ret_note, struct tree_head *ret_head)
{
	struct buf note = { 0 };
	enum err err = files_read(files, "checkpoint", NOTE_MAX_LEN, &note);

	*ret_note = slice_of(arena_dup(&cli->arena, note.at, note.len), note.len);
	buf_fini(&note);
	if (err == OK || err == ERR_INVALID) {
		return archive_head(cli, "checkpoint", *ret_note, ret_head);
	}
	cli->code = err == ERR_NOT_FOUND
			    ? complain(cli, EXIT_UNREADABLE, MSG_ARCHIVE_NONE)
			    : complain(cli, EXIT_UNREADABLE, MSG_FILE_UNREADABLE,
				       "checkpoint");
	return false;
}

const char *
archive_hash_text(struct cli *cli, const struct sha256 *hash)
{
	struct buf b = { 0 };

	base64_put(&b, slice_of(hash->b, SHA256_LEN));
	const char *text = arena_dup(&cli->arena, b.at, b.len);
	buf_fini(&b);
	return text;
}

const char *
archive_text(struct cli *cli, const struct text *text)
{
	const char *ja = arena_dup(&cli->arena, text->ja.at, text->ja.len);
	const char *en = arena_dup(&cli->arena, text->en.at, text->en.len);

	return text_clean(&cli->arena, pick(cli->lang, ja, en));
}
