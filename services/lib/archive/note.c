#include "lib/archive/note.h"

#include "lib/archive/lines.h"
#include "lib/archive/sha256.h"
#include "lib/base/base64.h"
#include "lib/base/id.h"
#include "lib/base/utf8.h"

enum { TYPE_ED25519 = 1, BLOB_LEN = NOTE_ID_LEN + SIGN_LEN };

static const char dash[] = "\xe2\x80\x94 "; /* An em dash and a space. */

static bool
name_good(struct slice name)
{
	if (name.len == 0 || name.len > NOTE_NAME_MAX) {
		return false;
	}
	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] <= ' ' || name.at[i] > '~' || name.at[i] == '+') {
			return false;
		}
	}
	return true;
}

bool
note_key_init(struct note_key *key, struct slice name,
	      const uint8_t public_key[SIGN_PUBLIC_LEN])
{
	struct buf text = { 0 };

	if (!name_good(name)) {
		return false;
	}
	*key = (struct note_key){ 0 };
	memcpy(key->name, name.at, name.len);
	memcpy(key->public_key, public_key, SIGN_PUBLIC_LEN);

	buf_put_slice(&text, name);
	buf_put_u8(&text, '\n');
	buf_put_u8(&text, TYPE_ED25519);
	buf_put(&text, public_key, SIGN_PUBLIC_LEN);
	struct sha256 hash = sha256_of(buf_slice(&text));
	memcpy(key->id, hash.b, NOTE_ID_LEN);
	buf_fini(&text);
	return true;
}

void
note_key_put(struct buf *b, const struct note_key *key)
{
	uint8_t typed[1 + SIGN_PUBLIC_LEN] = { TYPE_ED25519 };
	char id[2 * NOTE_ID_LEN + 1];

	hex_format(key->id, NOTE_ID_LEN, id);
	memcpy(typed + 1, key->public_key, SIGN_PUBLIC_LEN);
	buf_printf(b, "%s+%s+", key->name, id);
	base64_put(b, slice_of(typed, sizeof(typed)));
}

bool
note_key_read(struct slice text, struct note_key *ret_key)
{
	struct slice rest = text, name, id_text;
	uint8_t id[NOTE_ID_LEN], typed[1 + SIGN_PUBLIC_LEN];

	return take_until(&rest, '+', &name) && take_until(&rest, '+', &id_text) &&
	       hex_parse(id_text, id, sizeof(id)) &&
	       base64_get(rest, typed, sizeof(typed)) && typed[0] == TYPE_ED25519 &&
	       note_key_init(ret_key, name, typed + 1) &&
	       memcmp(id, ret_key->id, NOTE_ID_LEN) == 0;
}

void
note_sign(struct buf *note, size_t text_len, const struct note_key *key,
	  const uint8_t secret[SIGN_SECRET_LEN])
{
	uint8_t blob[BLOB_LEN];

	must(text_len != 0 && text_len <= note->len && note->at[text_len - 1] == '\n');
	memcpy(blob, key->id, NOTE_ID_LEN);
	sign_detached(blob + NOTE_ID_LEN, slice_of(note->at, text_len), secret);
	if (note->len == text_len) {
		buf_put_str(note, "\n");
	}
	buf_printf(note, "%s%s ", dash, key->name);
	base64_put(note, slice_of(blob, sizeof(blob)));
	buf_put_str(note, "\n");
}

/* The text and the lines of signatures, on both sides of the last empty line. */
static const char *
split_note(struct slice note, struct slice *ret_text, struct slice *ret_lines)
{
	if (note.len > NOTE_MAX_LEN) {
		return "longer than 64 KiB";
	}
	if (!utf8_valid(note)) {
		return "not text in UTF-8";
	}
	for (size_t i = 0; i < note.len; i++) {
		if (note.at[i] < ' ' && note.at[i] != '\n') {
			return "a control character";
		}
	}
	if (note.len == 0 || note.at[note.len - 1] != '\n') {
		return "the last line does not end";
	}
	for (size_t at = note.len - 1; at >= 2; at--) {
		if (note.at[at - 1] == '\n' && note.at[at - 2] == '\n') {
			*ret_text = slice_of(note.at, at - 1);
			*ret_lines = slice_from(note, at);
			return NULL;
		}
	}
	return "no signature under it";
}

bool
note_text(struct slice note, struct slice *ret_text, const char **ret_why)
{
	struct slice text = { 0 }, lines;
	const char *why = split_note(note, &text, &lines);

	if (why == NULL) {
		*ret_text = text;
	} else if (ret_why != NULL) {
		*ret_why = why;
	}
	return why == NULL;
}

/* One line; 'ret_good' is set where a known key signed. */
static const char *
check_line(struct slice line, struct slice text, const struct note_key *keys,
	   size_t key_count, bool *ret_good)
{
	const size_t dash_len = sizeof(dash) - 1;
	struct slice name;
	struct buf blob = { 0 };
	const char *why = NULL;

	if (line.len < dash_len || memcmp(line.at, dash, dash_len) != 0) {
		return "a line under the text is no signature";
	}
	struct slice rest = slice_from(line, dash_len);
	if (!take_until(&rest, ' ', &name) || name.len == 0 ||
	    !base64_read(rest, &blob) || blob.len <= NOTE_ID_LEN) {
		buf_fini(&blob);
		return "a signature is malformed";
	}
	for (size_t i = 0; i < key_count && why == NULL; i++) {
		if (!slice_eq_str(name, keys[i].name) ||
		    memcmp(blob.at, keys[i].id, NOTE_ID_LEN) != 0) {
			continue;
		}
		if (blob.len == BLOB_LEN &&
		    sign_verify(blob.at + NOTE_ID_LEN, text, keys[i].public_key)) {
			*ret_good = true;
		} else {
			why = "the signature is wrong";
		}
	}
	buf_fini(&blob);
	return why;
}

static const char *
open_note(struct slice note, const struct note_key *keys, size_t key_count,
	  struct slice *ret_text)
{
	struct slice lines = { 0 }, line;
	bool good = false;
	const char *why = split_note(note, ret_text, &lines);
	size_t count = 0;

	while (why == NULL && lines.len != 0) {
		must(take_line(&lines, &line));
		why = ++count <= NOTE_MAX_SIGNATURES
			      ? check_line(line, *ret_text, keys, key_count, &good)
			      : "more than 64 signatures";
	}
	return why == NULL && !good ? "not signed with a known key" : why;
}

bool
note_open(struct slice note, const struct note_key *keys, size_t key_count,
	  struct slice *ret_text, const char **ret_why)
{
	struct slice text = { 0 };
	const char *why = open_note(note, keys, key_count, &text);

	if (why == NULL) {
		*ret_text = text;
	} else if (ret_why != NULL) {
		*ret_why = why;
	}
	return why == NULL;
}
