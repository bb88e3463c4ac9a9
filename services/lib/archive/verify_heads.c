#include "lib/archive/verify_parts.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/base64.h"
#include "lib/base/mem.h"

static bool
read_own(struct verify *v)
{
	const struct verify_options *o = v->options;
	const char *why = NULL;

	if (!verify_read(v, "checkpoint", NOTE_MAX_LEN, &v->head_note)) {
		return false;
	}
	if (!tree_head_open(buf_slice(&v->head_note), o->keys, o->key_count, &v->head,
			    &why)) {
		return verify_fail(v, "checkpoint", "%s", why);
	}
	if (o->hq != NULL && !first_trust_eq(o->hq, &v->head.hq)) {
		return verify_fail(v, "checkpoint",
				   "it names another headquarters than the one given");
	}
	/* It is the name of a key, too, so it fits. */
	memcpy(v->report->origin, v->head.origin.at, v->head.origin.len);
	v->report->hq = v->head.hq;
	v->report->size = v->head.size;
	v->report->root = v->head.root;
	v->report->hq_ms = v->head.hq_ms;
	return true;
}

static int
by_size(const void *a, const void *b)
{
	const struct tree_head *x = a, *y = b;

	return (x->size > y->size) - (x->size < y->size);
}

static bool
check_known(struct verify *v, size_t i, struct tree_head *head)
{
	const struct verify_options *o = v->options;
	const char *why = NULL;

	if (!tree_head_open(o->known[i], o->keys, o->key_count, head, &why)) {
		return verify_fail(v, "", "known checkpoint %zu: %s", i + 1, why);
	}
	if (!slice_eq(head->origin, v->head.origin)) {
		return verify_fail(v, "", "known checkpoint %zu is of another archive",
				   i + 1);
	}
	if (!first_trust_eq(&head->hq, &v->head.hq)) {
		return verify_fail(v, "checkpoint",
				   "it names another headquarters than a known one");
	}
	if (head->size > v->head.size) {
		return verify_fail(v, "checkpoint",
				   "rolled back: it covers %" PRIu64
				   " entries, a known one %" PRIu64,
				   v->head.size, head->size);
	}
	return true;
}

bool
verify_heads(struct verify *v)
{
	const size_t count = v->options->known_count;

	if (!read_own(v)) {
		return false;
	}
	v->known = xcalloc(count + 1, sizeof(v->known[0]));
	for (size_t i = 0; i < count; i++) {
		if (!check_known(v, i, &v->known[i])) {
			return false;
		}
	}
	qsort(v->known, count, sizeof(v->known[0]), by_size);
	if (v->options->since_known && count != 0) {
		v->checked_before = v->known[count - 1].size;
	}
	return true;
}

/* Does the log, which has reached the head's size, agree with it?  NULL, or what does
 * not. */
static const char *
disagreement(const struct verify *v, const struct tree_head *head)
{
	struct sha256 root = tree_root(&v->tree);

	if (!sha256_eq(&root, &head->root)) {
		return "root";
	}
	if (head->position != v->position - 1) {
		return "position";
	}
	return head->hq_ms != v->hq_ms ? "time" : NULL;
}

bool
verify_known_here(struct verify *v)
{
	while (v->next_known < v->options->known_count &&
	       v->known[v->next_known].size == v->tree.size) {
		const struct tree_head *known = &v->known[v->next_known++];
		const char *what = disagreement(v, known);

		if (what != NULL) {
			return verify_fail(v, "checkpoint",
					   "fork: the known checkpoint of %" PRIu64
					   " entries has another %s than the archive",
					   known->size, what);
		}
	}
	return true;
}

/* ---- Tiles --------------------------------------------------------------------------
 */

static void
compare_tile(void *ctx, const struct tile *tile, const struct sha256 *hashes)
{
	struct verify *v = ctx;
	char path[TILE_PATH_SIZE];
	const size_t len = (size_t)tile->width * SHA256_LEN;

	if (v->report->verdict != VERIFY_GOOD) {
		return;
	}
	tile_path(tile, path);
	if (!verify_read(v, path, len, &v->tile)) {
		return;
	}
	if (v->tile.len != len) {
		verify_fail(v, path, "it has %zu bytes, not %zu", v->tile.len, len);
		return;
	}
	for (unsigned i = 0; i < tile->width; i++) {
		if (memcmp(v->tile.at + (size_t)i * SHA256_LEN, hashes[i].b,
			   SHA256_LEN) == 0) {
			continue;
		}
		if (tile->level == 0) {
			verify_fail(v, path,
				    "it has another hash of entry %" PRIu64
				    " than the segments have",
				    tile->index * TREE_TILE_WIDTH + i);
			v->report->has_entry = true;
			v->report->leaf = tile->index * TREE_TILE_WIDTH + i;
		} else {
			verify_fail(v, path, "hash %u is not that of the tile below", i);
		}
		return;
	}
}

struct tile_sink
verify_tiles(struct verify *v)
{
	return (struct tile_sink){ v, compare_tile };
}

bool
verify_root(struct verify *v)
{
	const struct tile_sink sink = verify_tiles(v);
	const char *what = disagreement(v, &v->head);

	tree_put_edges(&v->tree, &sink);
	if (v->report->verdict != VERIFY_GOOD) {
		return false;
	}
	return what == NULL ||
	       verify_fail(v, "checkpoint", "its %s is not the archive's", what);
}
