#include "archive/maker.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/archive/segment.h"
#include "lib/base/mem.h"

void
archive_key_make(struct archive_key *key, const char *name, uint64_t seed)
{
	struct history_key pair;

	history_key_make(&pair, seed, 9999);
	must(note_key_init(&key->key, slice_str(name), pair.public_key));
	memcpy(key->secret, pair.secret, sizeof(key->secret));
}

static void
put_tile(void *ctx, const struct tile *tile, const struct sha256 *hashes)
{
	struct memory *files = ctx;
	char path[TILE_PATH_SIZE];
	struct tile narrower = *tile;

	for (narrower.width = 1; narrower.width < tile->width; narrower.width++) {
		tile_path(&narrower, path);
		memory_remove(files, path);
	}
	tile_path(tile, path);
	memory_put(files, path, slice_of(hashes, (size_t)tile->width * SHA256_LEN));
}

struct sealing {
	struct archive *archive;
	const struct history *history;
	const struct archive_key *key;
	struct segment_writer writer;
	struct tree tree;
	struct tile_sink sink;
	struct hash previous;
};

static void
put_checkpoint(struct sealing *s, const struct history_entry *last)
{
	struct archive *a = s->archive;
	struct buf note = { 0 };
	const struct tree_head head = {
		.origin = slice_str(s->key->key.name),
		.size = s->tree.size,
		.root = tree_root(&s->tree),
		.position = last->position + get_le16(last->block.at + 6) - 1,
		.hq_ms = last->hq_ms,
		.hq = s->history->hq,
	};

	tree_head_put(&note, &head);
	note_sign(&note, note.len, &s->key->key, s->key->secret);
	memory_put(&a->files, "checkpoint", buf_slice(&note));
	a->notes = xrealloc(a->notes, (a->segments + 1) * sizeof(a->notes[0]));
	a->sizes = xrealloc(a->sizes, (a->segments + 1) * sizeof(a->sizes[0]));
	a->notes[a->segments] = note;
	a->sizes[a->segments++] = head.size;
}

/* Entries [from, to) as the next segment. */
static void
seal(struct sealing *s, size_t from, size_t to)
{
	struct segment_writer *w = &s->writer;
	char path[SEGMENT_PATH_SIZE];

	segment_begin(w, s->archive->segments, s->tree.size, &s->previous);
	for (size_t i = from; i < to; i++) {
		const struct history_entry *entry = &s->history->entries[i];
		/* What a tamperer made need not parse; its count is where a block has
		 * it. */
		const struct block block = { .bytes = buf_slice(&entry->block),
					     .count = get_le16(entry->block.at + 6) };
		struct sha256 leaf;

		must(segment_add(w, entry->position, entry->hq_ms, &block, &leaf));
		tree_append(&s->tree, &leaf, &s->sink);
	}
	struct slice bytes = segment_finish(w);
	segment_path(s->archive->segments, path);
	memory_put(&s->archive->files, path, bytes);
	s->previous = w->head.seal;
	tree_put_edges(&s->tree, &s->sink);
	put_checkpoint(s, &s->history->entries[to - 1]);
}

void
archive_make(struct archive *archive, const struct history *history, size_t per_segment,
	     const struct archive_key *key)
{
	struct sealing *s = xcalloc(1, sizeof(*s));

	*archive = (struct archive){ 0 };
	s->archive = archive;
	s->history = history;
	s->key = key;
	s->sink = (struct tile_sink){ &archive->files, put_tile };
	segment_writer_init(&s->writer, PACK_LEVEL);
	for (size_t from = 0; from < history->count; from += per_segment) {
		size_t left = history->count - from;

		seal(s, from, from + (left < per_segment ? left : per_segment));
	}
	segment_writer_fini(&s->writer);
	free(s);
}

void
archive_fini(struct archive *a)
{
	for (size_t i = 0; i < a->segments; i++) {
		buf_fini(&a->notes[i]);
	}
	free(a->notes);
	free(a->sizes);
	memory_fini(&a->files);
	*a = (struct archive){ 0 };
}
