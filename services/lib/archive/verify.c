#include "lib/archive/verify_parts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/archive/fetch.h"
#include "lib/base/mem.h"

bool
verify_fail(struct verify *v, const char *path, const char *fmt, ...)
{
	struct verify_report *r = v->report;
	va_list args;

	if (r->verdict == VERIFY_GOOD) {
		r->verdict = VERIFY_BAD;
		snprintf(r->path, sizeof(r->path), "%s", path);
		va_start(args, fmt);
		vsnprintf(r->why, sizeof(r->why), fmt, args);
		va_end(args);
	}
	return false;
}

bool
verify_fail_at(struct verify *v, const char *path, uint64_t leaf, uint64_t position,
	       const char *why)
{
	if (v->report->verdict == VERIFY_GOOD) {
		v->report->has_entry = true;
		v->report->leaf = leaf;
		v->report->position = position;
	}
	return verify_fail(v, path, "%s", why);
}

bool
verify_read(struct verify *v, const char *path, size_t max, struct buf *to)
{
	switch (files_read(&v->options->files, path, max, to)) {
	case OK:
		return true;
	case ERR_NOT_FOUND:
		return verify_fail(v, path, "it is missing");
	case ERR_INVALID:
		return verify_fail(v, path, "it is longer than %zu bytes", max);
	default:
		verify_fail(v, path, "it cannot be read");
		v->report->verdict = VERIFY_UNREADABLE;
		return false;
	}
}

/* ---- An entry -----------------------------------------------------------------------
 */

/* Its block's author.  NULL, or what is wrong; the signature is looked at later. */
static const char *
check_block(struct verify *v, const struct block *block, uint64_t position)
{
	const uint64_t leaf = v->tree.size;
	uint32_t node = keyring_node(&v->keyring, &block->node);
	const uint8_t *key;
	const char *why;

	if (node == KEYRING_NONE) {
		return "its node is not enrolled";
	}
	key = keyring_key(&v->keyring, node, &block->key);
	if (key == NULL) {
		return "its key is not enrolled for its node";
	}
	if (leaf >= v->checked_before) {
		v->report->signatures++;
		signatures_add(v, block, key, leaf, position);
	}
	why = chains_add(&v->chains, node, block, position, leaf);
	if (why == NULL) {
		keyring_take(&v->keyring, node, block, position);
	}
	return why;
}

static const char *
check_entry(struct verify *v, const struct frame_entry *row)
{
	const struct archive_entry *entry = &row->entry;

	if (entry->position != v->position) {
		return entry->position > v->position
			       ? "a gap: records are missing before it"
			       : "its position was there before";
	}
	if (entry->hq_ms < v->hq_ms) {
		return "its time lies before that of the entry before";
	}
	if (row->why != NULL) {
		return row->why;
	}
	const char *why = v->options->tree_only
				  ? NULL
				  : check_block(v, &row->block, entry->position);
	v->position += row->block.count;
	v->hq_ms = entry->hq_ms;
	if (v->leaves.len == 0) {
		v->segment_hq_ms = entry->hq_ms;
	}
	return why;
}

/* Whoever wants the entries is given it. */
static bool
hand_out(struct verify *v, const struct archive_entry *entry, const struct block *block)
{
	const struct verify_options *o = v->options;

	if (o->entry == NULL || o->tree_only ||
	    o->entry(o->ctx, v->report->segments, entry, block)) {
		return true;
	}
	v->report->verdict = VERIFY_STOPPED;
	return false;
}

static bool
take_entry(struct verify *v, const char *path, const struct frame_entry *row)
{
	const struct tile_sink tiles = verify_tiles(v);
	const char *why = check_entry(v, row);

	if (why != NULL) {
		return verify_fail_at(v, path, v->tree.size, row->entry.position, why);
	}
	buf_put(&v->leaves, row->leaf.b, SHA256_LEN);
	tree_append(&v->tree, &row->leaf, &tiles);
	v->report->entries++;
	v->report->bytes += row->entry.bytes.len;
	return v->report->verdict == VERIFY_GOOD && verify_known_here(v) &&
	       hand_out(v, &row->entry, &row->block);
}

/* ---- A segment ----------------------------------------------------------------------
 */

static const char *
check_place(const struct verify *v, const struct segment_head *head, uint64_t number)
{
	if (head->number != number) {
		return "its number is another one than its name";
	}
	if (head->first_leaf != v->tree.size) {
		return "it does not begin with the entry after the segment before";
	}
	if (!hash_eq(&head->previous, &v->seal)) {
		return "it does not follow the segment before";
	}
	if (head->first_position != v->position) {
		return "it does not begin with the record after the segment before";
	}
	return head->count > v->head.size - v->tree.size
		       ? "it reaches beyond the checkpoint"
		       : NULL;
}

static bool
take_batch(struct verify *v, const char *path, unsigned batch, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		const struct frame_work *w = &v->frames[batch][i];

		if (w->why != NULL) {
			return verify_fail_at(v, path, v->tree.size, v->position, w->why);
		}
		for (uint32_t k = 0; k < w->count; k++) {
			if (!take_entry(v, path, &w->entries[k])) {
				return false;
			}
		}
	}
	return true;
}

/* A wrong signature is of an entry before whatever else may have been found: that is what
 * is said. */
static bool
check_signatures(struct verify *v, const char *path)
{
	const struct signature_work *wrong = signatures_end(v);

	if (wrong == NULL) {
		return v->report->verdict == VERIFY_GOOD;
	}
	v->report->verdict = VERIFY_GOOD;
	return verify_fail_at(v, path, wrong->leaf, wrong->position,
			      "its signature is wrong");
}

static uint32_t
batch_of(const struct segment *segment, uint32_t first)
{
	uint32_t left = segment->head.frames - first;

	return left < FRAMES_AHEAD ? left : FRAMES_AHEAD;
}

/* While one batch is looked at the next is read. */
static bool
take_frames(struct verify *v, const char *path, const struct segment *segment)
{
	const uint32_t frames = segment->head.frames;
	uint32_t count = batch_of(segment, 0), next;
	unsigned batch = 0;
	bool good = true;

	frames_start(v, batch, segment, 0, count);
	trailer_start(v, segment);
	v->crew->wait(v->crew->ctx);
	for (uint32_t first = 0; good && first < frames; first += count, count = next) {
		next = first + count < frames ? batch_of(segment, first + count) : 0;
		frames_start(v, batch ^ 1, segment, first + count, next);
		(void)take_batch(v, path, batch, count);
		signatures_start(v);
		v->crew->wait(v->crew->ctx);
		good = check_signatures(v, path);
		batch ^= 1;
	}
	return good;
}

static bool
open_segment(struct verify *v, uint64_t number, char path[SEGMENT_PATH_SIZE],
	     struct segment *ret_segment)
{
	const char *why = NULL;

	segment_path(number, path);
	return verify_read(v, path, SEGMENT_MAX_LEN, &v->file) &&
	       (segment_open(buf_slice(&v->file), ret_segment, &why) ||
		verify_fail(v, path, "%s", why));
}

/* What the header says of entries that have now been read. */
static const char *
check_segment(const struct verify *v, const struct segment *segment)
{
	const struct segment_head *head = &segment->head;

	if (head->last_position != v->position - 1 || head->last_hq_ms != v->hq_ms ||
	    head->first_hq_ms != v->segment_hq_ms) {
		return "its header's positions or times are not those of its entries";
	}
	struct hash seal = segment_seal(head, buf_slice(&v->leaves));
	if (!hash_eq(&seal, &head->seal)) {
		return "its seal is not that of its entries";
	}
	/* Last, so that a changed entry is named and not only its file. */
	return v->trailer.whole ? NULL : "its trailer is not the hash of the file";
}

static bool
take_segment(struct verify *v, uint64_t number)
{
	char path[SEGMENT_PATH_SIZE];
	struct segment segment;
	const char *why;

	if (!open_segment(v, number, path, &segment)) {
		return false;
	}
	why = check_place(v, &segment.head, number);
	if (why != NULL) {
		return verify_fail(v, path, "%s", why);
	}
	buf_clear(&v->leaves);
	if (!take_frames(v, path, &segment)) {
		return false;
	}
	why = check_segment(v, &segment);
	if (why != NULL) {
		return verify_fail(v, path, "%s", why);
	}
	v->seal = segment.head.seal;
	return true;
}

/* ---- The archive --------------------------------------------------------------------
 */

static bool
say_progress(struct verify *v, uint64_t segments)
{
	struct verify_report *r = v->report;

	r->segments = segments;
	r->records = v->position - 1;
	r->nodes = v->keyring.nodes.count;
	r->branches = v->chains.branches.count;
	if (v->options->progress == NULL || v->options->progress(v->options->ctx, r)) {
		return true;
	}
	r->verdict = VERIFY_STOPPED;
	return false;
}

/* A segment that no checkpoint covers was put there, or the copy was made while it was
 * sealed. */
static bool
check_nothing_beyond(struct verify *v, uint64_t number)
{
	const struct archive_files *files = &v->options->files;
	char path[SEGMENT_PATH_SIZE];
	enum err err;

	if (v->options->in_use) {
		return true;
	}
	segment_path(number, path);
	buf_clear(&v->file);
	err = files->read(files->ctx, path, 0, 1, &v->file);
	return err == ERR_NOT_FOUND ||
	       verify_fail(v, path, "the checkpoint does not cover it");
}

static bool
fail_branch(struct verify *v, const struct chain_branch *branch, const char *why)
{
	char path[SEGMENT_PATH_SIZE] = "";
	struct segment_head head;

	if (fetch_find_leaf(&v->options->files, branch->leaf, &head) == OK) {
		segment_path(head.number, path);
	}
	return verify_fail_at(v, path, branch->leaf, branch->position, why);
}

/* The branches' parents, among all entries again. */
static bool
look_again(struct verify *v, uint64_t segments)
{
	const struct chain_branch *branch;
	struct segment segment;
	char path[SEGMENT_PATH_SIZE];

	for (uint64_t number = 0; number < segments; number++) {
		if (!open_segment(v, number, path, &segment)) {
			return false;
		}
		for (uint32_t i = 0; i < segment.head.frames; i++) {
			const struct segment_frame frame =
				segment_frame_at(segment.index, i);
			struct archive_entry entry;
			struct block block;
			const char *why = NULL;
			size_t at = 0;

			if (!segment_inflate(v->unpacker,
					     segment_packed(&segment, &frame), &frame,
					     &v->content, &why)) {
				return verify_fail(v, path, "%s", why);
			}
			while (segment_next(buf_slice(&v->content), &at, &entry)) {
				if (!block_parse(entry.block, &block, &why)) {
					return verify_fail(v, path, "%s", why);
				}
				why = chains_again(&v->chains,
						   keyring_node(&v->keyring, &block.node),
						   &block, entry.position, &branch);
				if (why != NULL) {
					return fail_branch(v, branch, why);
				}
			}
		}
	}
	branch = chains_unfound(&v->chains);
	return branch == NULL ||
	       fail_branch(v, branch, "its parent is no earlier block of its node");
}

static void
walk(struct verify *v)
{
	uint64_t number = 0;

	if (!verify_heads(v)) {
		return;
	}
	keyring_init(&v->keyring, &v->head.hq);
	if (!verify_known_here(v)) {
		return;
	}
	while (v->tree.size < v->head.size) {
		if (!take_segment(v, number) || !say_progress(v, ++number)) {
			return;
		}
	}
	if (verify_root(v) && check_nothing_beyond(v, number) &&
	    chains_are_open(&v->chains)) {
		look_again(v, number);
	}
}

enum verify_verdict
verify_archive(const struct verify_options *options, struct verify_report *ret_report)
{
	struct verify *v = xcalloc(1, sizeof(*v));

	*ret_report = (struct verify_report){ .verdict = VERIFY_GOOD };
	v->options = options;
	v->report = ret_report;
	v->unpacker = unpacker_new();
	v->position = 1;
	frames_init(v);
	chains_init(&v->chains);
	walk(v);

	chains_fini(&v->chains);
	keyring_fini(&v->keyring);
	unpacker_free(v->unpacker);
	frames_fini(v);
	buf_fini(&v->head_note);
	buf_fini(&v->file);
	buf_fini(&v->content);
	buf_fini(&v->leaves);
	buf_fini(&v->tile);
	free(v->known);
	free(v);
	return ret_report->verdict;
}
