/* A note, and the text of a checkpoint: what is read says the same when it is written.
 * The key's secret is in no input, so nothing opens that was not made with it. */
#include "lib/archive/tree_head.h"

static struct note_key
key(void)
{
	static const uint8_t seed[32] = { 1 };
	static struct note_key made;
	uint8_t public_key[SIGN_PUBLIC_LEN], secret[SIGN_SECRET_LEN];

	if (made.name[0] == '\0') {
		hash_init();
		sign_keypair(public_key, secret, seed);
		must(note_key_init(&made, slice_str("kusanone/hq"), public_key));
	}
	return made;
}

static void
read_back(const struct tree_head *head)
{
	struct buf text = { 0 };
	struct tree_head again;

	tree_head_put(&text, head);
	must(tree_head_read(buf_slice(&text), &again, NULL));
	must(slice_eq(again.origin, head->origin) && again.size == head->size &&
	     sha256_eq(&again.root, &head->root) && again.position == head->position &&
	     again.hq_ms == head->hq_ms && first_trust_eq(&again.hq, &head->hq));
	buf_fini(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct note_key mine = key();
	struct slice input = slice_of(data, size), text;
	struct tree_head head;
	struct note_key other;
	const char *why = NULL;

	if (tree_head_read(input, &head, &why)) {
		read_back(&head);
	} else {
		must(why != NULL);
	}
	if (note_open(input, &mine, 1, &text, &why)) {
		must(text.at == data && text.len < size);
	}
	if (tree_head_open(input, &mine, 1, &head, &why)) {
		must(slice_eq_str(head.origin, mine.name));
	}
	if (note_key_read(input, &other)) {
		struct buf line = { 0 };

		note_key_put(&line, &other);
		must(note_key_read(buf_slice(&line), &other));
		buf_fini(&line);
	}
	return 0;
}
