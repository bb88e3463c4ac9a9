#include "lib/archive/tree_head.h"

#include <inttypes.h>

#include "lib/archive/lines.h"
#include "lib/base/base64.h"

void
tree_head_put(struct buf *b, const struct tree_head *head)
{
	char node[2 * NODE_ID_LEN + 1];

	buf_put_slice(b, head->origin);
	buf_printf(b, "\n%" PRIu64 "\n", head->size);
	base64_put(b, slice_of(head->root.b, SHA256_LEN));
	buf_printf(b, "\nposition %" PRIu64 "\nhq_ms %" PRId64 "\n", head->position,
		   head->hq_ms);
	hex_format(head->hq.node.b, NODE_ID_LEN, node);
	buf_printf(b, "hq %s ", node);
	base64_put(b, slice_of(head->hq.sign_key, SIGN_PUBLIC_LEN));
	buf_put_str(b, "\n");
}

/* The next line, which must hold something. */
static bool
take_full_line(struct slice *rest, struct slice *ret_line)
{
	return take_line(rest, ret_line) && ret_line->len != 0;
}

static bool
trust_get(struct slice text, struct first_trust *ret)
{
	const size_t hex_len = 2 * (size_t)NODE_ID_LEN;

	return text.len > hex_len && text.at[hex_len] == ' ' &&
	       hex_parse(slice_of(text.at, hex_len), ret->node.b, NODE_ID_LEN) &&
	       base64_get(slice_from(text, hex_len + 1), ret->sign_key, SIGN_PUBLIC_LEN);
}

enum { HAS_POSITION = 1, HAS_HQ_MS = 2, HAS_HQ = 4, HAS_ALL = 7 };

/* One of our extension lines, each at most once; others are let be. */
static bool
extension_get(struct slice line, struct tree_head *head, unsigned *has)
{
	unsigned which = 0;
	struct slice rest;
	uint64_t hq_ms;
	bool good = true;

	if (after_word(line, "position", &rest)) {
		which = HAS_POSITION;
		good = number_read(rest, TREE_MAX_SIZE, &head->position);
	} else if (after_word(line, "hq_ms", &rest)) {
		which = HAS_HQ_MS;
		good = number_read(rest, TREE_MAX_SIZE, &hq_ms);
		head->hq_ms = good ? (wall_ms_t)hq_ms : 0;
	} else if (after_word(line, "hq", &rest)) {
		which = HAS_HQ;
		good = trust_get(rest, &head->hq);
	}
	good = good && (*has & which) == 0;
	*has |= which;
	return good;
}

static const char *
read_head(struct slice text, struct tree_head *head)
{
	struct slice line;
	unsigned has = 0;

	*head = (struct tree_head){ 0 };
	if (!take_full_line(&text, &head->origin)) {
		return "no origin";
	}
	if (!take_full_line(&text, &line) ||
	    !number_read(line, TREE_MAX_SIZE, &head->size)) {
		return "the second line is no size";
	}
	if (!take_full_line(&text, &line) ||
	    !base64_get(line, head->root.b, SHA256_LEN)) {
		return "the third line is no root";
	}
	while (text.len != 0) {
		if (!take_full_line(&text, &line)) {
			return "an empty line in the text";
		}
		if (!extension_get(line, head, &has)) {
			return "position, hq_ms or hq is malformed, or there twice";
		}
	}
	if (has != HAS_ALL) {
		return "position, hq_ms or hq is missing";
	}
	if ((head->size == 0) != (head->position == 0) || head->position < head->size) {
		return "size and position do not agree";
	}
	return NULL;
}

bool
tree_head_read(struct slice text, struct tree_head *ret_head, const char **ret_why)
{
	struct tree_head head;
	const char *why = read_head(text, &head);

	if (why == NULL) {
		*ret_head = head;
	} else if (ret_why != NULL) {
		*ret_why = why;
	}
	return why == NULL;
}

bool
tree_head_open(struct slice note, const struct note_key *keys, size_t key_count,
	       struct tree_head *ret_head, const char **ret_why)
{
	struct slice text;
	struct tree_head head;

	if (!note_open(note, keys, key_count, &text, ret_why) ||
	    !tree_head_read(text, &head, ret_why)) {
		return false;
	}
	/* A key of another log says nothing of this one. */
	for (size_t i = 0; i < key_count; i++) {
		struct slice again;

		if (slice_eq_str(head.origin, keys[i].name) &&
		    note_open(note, &keys[i], 1, &again, NULL)) {
			*ret_head = head;
			return true;
		}
	}
	if (ret_why != NULL) {
		*ret_why = "not signed with a key of its own origin";
	}
	return false;
}
