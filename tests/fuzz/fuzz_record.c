/* A record that an enrolled node signed: decoded, folded, merged, shown. The fold is
 * total: whatever the bytes are, it has a verdict, and the same again is the same. */
#include <stdlib.h>

#include "lib/model/fold.h"
#include "lib/model/merge.h"

enum { MAX_RECORDS = 16 };

struct world {
	struct slice records[MAX_RECORDS];
	uint32_t count;
};

static bool
read_record(void *ctx, uint64_t position, struct arena *arena, struct slice *ret)
{
	struct world *w = ctx;

	(void)arena;
	if (position == 0 || position > w->count) {
		return false;
	}
	*ret = w->records[position - 1];
	return true;
}

static void
start(struct fold *f, struct world *w)
{
	static struct slice post;
	struct enrolment node = { .role = NODE_POST, .posts = { &post, 1 } };

	post = slice_str("sfo");
	fold_init(f);
	f->source = (struct fold_source){ read_record, w };
	for (uint8_t i = 1; i <= 2; i++) {
		memset(node.node.b, i, NODE_ID_LEN);
		memset(node.sign_key, i, sizeof(node.sign_key));
		node.role = i == 1 ? NODE_HQ : NODE_POST;
		fold_trust(f, &node);
	}
}

static void
fold_one(struct fold *f, struct world *w, uint32_t i, uint8_t who)
{
	struct fold_input in = { .position = i + 1, .record = w->records[i] };
	uint8_t sign[32];

	memset(in.node.b, who, NODE_ID_LEN);
	memset(sign, who, sizeof(sign));
	struct hash key = hash_of(slice_of(sign, sizeof(sign)));
	memcpy(in.key_id, key.b, sizeof(in.key_id));
	in.identity = hash_of(in.record);
	must(fold_record(f, &in) != VERDICT_NONE);
}

static void
merge_any(const struct world *w)
{
	struct arena arena = { 0 };
	const char *paths[] = { "title", "sessions", "holders" };
	struct slice patched;
	size_t bad;
	struct slice a = w->records[0], b = w->records[w->count / 2],
		     c = w->records[w->count - 1];
	struct merge_result r = event_merge(a, b, c, &arena);

	if (r.malformed) {
		must(slice_eq(r.merged, b));
	}
	(void)!event_patch(a, paths, 3, b, &arena, &patched, &bad);
	arena_fini(&arena);
}

/* Input: records one after the other, each with a u16 length before it; the top bit says
 * whether headquarters or a post says it. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world w = { 0 };
	uint8_t who[MAX_RECORDS];
	struct fold first, second;
	struct slice in = slice_of(data, size);

	hash_init();
	while (in.len >= 2 && w.count < MAX_RECORDS) {
		size_t len = get_le16(in.at) & 0x7fff;

		who[w.count] = (in.at[1] & 0x80) != 0 ? 1 : 2;
		in = slice_from(in, 2);
		len = len < in.len ? len : in.len;
		w.records[w.count++] = slice_of(in.at, len);
		in = slice_from(in, len);
	}
	if (w.count == 0) {
		return 0;
	}
	start(&first, &w);
	start(&second, &w);
	for (uint32_t i = 0; i < w.count; i++) {
		fold_one(&first, &w, i, who[i]);
	}
	for (uint32_t i = 0; i < w.count; i++) {
		fold_one(&second, &w, i, who[i]);
	}
	must(fold_eq(&first, &second, NULL));
	must(!first.failed);
	merge_any(&w);
	fold_fini(&first);
	fold_fini(&second);
	return 0;
}
