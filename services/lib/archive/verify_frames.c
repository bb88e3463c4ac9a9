/* What a whole verification has done by its crew: frames, as their bytes say alone, and
 * signatures. */
#include <stdlib.h>

#include "lib/archive/verify_parts.h"

/* ---- Frames ------------------------------------------------------------------------ */

static struct frame_entry *
next_row(struct frame_work *w)
{
	if (w->count == w->cap) {
		w->cap = w->cap != 0 ? 2 * w->cap : 256;
		w->entries = xrealloc(w->entries, w->cap * sizeof(w->entries[0]));
	}
	return &w->entries[w->count++];
}

static void
read_frame(void *arg)
{
	struct frame_work *w = arg;
	struct archive_entry entry;
	size_t at = 0;

	w->count = 0;
	w->why = NULL;
	if (!segment_inflate(w->unpacker, w->packed, &w->frame, &w->content, &w->why)) {
		return;
	}
	while (segment_next(buf_slice(&w->content), &at, &entry)) {
		struct frame_entry *row = next_row(w);

		row->entry = entry;
		row->leaf = sha256_leaf(entry.bytes);
		row->why = NULL;
		if (w->tree_only ? !block_peek(entry.block, &row->block)
				 : !block_parse(entry.block, &row->block, &row->why)) {
			row->why = row->why != NULL ? row->why : "it holds no block";
		}
	}
}

void
frames_start(struct verify *v, unsigned batch, const struct segment *segment,
	     uint32_t first, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct frame_work *w = &v->frames[batch][i];

		w->frame = segment_frame_at(segment->index, first + i);
		w->packed = segment_packed(segment, &w->frame);
		w->tree_only = v->options->tree_only;
		v->crew->start(v->crew->ctx, read_frame, w);
	}
}

static void
read_trailer(void *arg)
{
	struct trailer_work *w = arg;

	w->whole = segment_is_whole(w->segment);
}

void
trailer_start(struct verify *v, const struct segment *segment)
{
	v->trailer.segment = segment;
	v->crew->start(v->crew->ctx, read_trailer, &v->trailer);
}

/* ---- Signatures
 * ------------------------------------------------------------------------ */

static void
look_at(void *arg)
{
	struct signature_share *share = arg;

	for (size_t i = 0; i < share->count; i++) {
		struct signature_work *w = &share->first[i];

		w->good = block_verify(&w->block, w->key);
	}
}

void
signatures_add(struct verify *v, const struct block *block,
	       const uint8_t key[SIGN_PUBLIC_LEN], uint64_t leaf, uint64_t position)
{
	if (v->signature_count == v->signature_cap) {
		v->signature_cap = v->signature_cap != 0 ? 2 * v->signature_cap : 1024;
		v->signatures = xrealloc(v->signatures,
					 v->signature_cap * sizeof(v->signatures[0]));
	}
	struct signature_work *w = &v->signatures[v->signature_count++];
	w->block = *block;
	memcpy(w->key, key, SIGN_PUBLIC_LEN);
	w->leaf = leaf;
	w->position = position;
}

void
signatures_start(struct verify *v)
{
	size_t shares = (v->signature_count + SIGNATURES_EACH - 1) / SIGNATURES_EACH;

	if (shares > v->share_cap) {
		v->share_cap = shares;
		v->shares = xrealloc(v->shares, shares * sizeof(v->shares[0]));
	}
	for (size_t i = 0; i < shares; i++) {
		size_t first = i * SIGNATURES_EACH;
		size_t left = v->signature_count - first;

		v->shares[i] = (struct signature_share){ &v->signatures[first],
							 left < SIGNATURES_EACH
								 ? left
								 : SIGNATURES_EACH };
		v->crew->start(v->crew->ctx, look_at, &v->shares[i]);
	}
}

const struct signature_work *
signatures_end(struct verify *v)
{
	const struct signature_work *wrong = NULL;

	for (size_t i = 0; i < v->signature_count && wrong == NULL; i++) {
		wrong = v->signatures[i].good ? NULL : &v->signatures[i];
	}
	v->signature_count = 0;
	return wrong;
}

void
frames_init(struct verify *v)
{
	v->crew = v->options->crew != NULL ? v->options->crew : &crew_nobody;
	for (unsigned batch = 0; batch < 2; batch++) {
		for (unsigned i = 0; i < FRAMES_AHEAD; i++) {
			v->frames[batch][i].unpacker = unpacker_new();
		}
	}
}

void
frames_fini(struct verify *v)
{
	for (unsigned batch = 0; batch < 2; batch++) {
		for (unsigned i = 0; i < FRAMES_AHEAD; i++) {
			struct frame_work *w = &v->frames[batch][i];

			unpacker_free(w->unpacker);
			buf_fini(&w->content);
			free(w->entries);
		}
	}
	free(v->signatures);
	free(v->shares);
}
