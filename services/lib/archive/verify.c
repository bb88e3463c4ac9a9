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

/* Its block's author.  NULL, or what is wrong. */
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
		if (!block_verify(block, key)) {
			return "its signature is wrong";
		}
	}
	why = chains_add(&v->chains, node, block, position, leaf);
	if (why == NULL) {
		keyring_take(&v->keyring, node, block, position);
	}
	return why;
}

static const char *
check_entry(struct verify *v, const struct archive_entry *entry)
{
	struct block block;
	const char *why = NULL;

	if (entry->position != v->position) {
		return entry->position > v->position
			       ? "a gap: records are missing before it"
			       : "its position was there before";
	}
	if (entry->hq_ms < v->hq_ms) {
		return "its time lies before that of the entry before";
	}
	if (v->options->tree_only ? !block_peek(entry->block, &block)
				  : !block_parse(entry->block, &block, &why)) {
		return why != NULL ? why : "it holds no block";
	}
	why = v->options->tree_only ? NULL : check_block(v, &block, entry->position);
	v->position += block.count;
	v->hq_ms = entry->hq_ms;
	if (v->leaves.len == 0) {
		v->segment_hq_ms = entry->hq_ms;
	}
	return why;
}

static bool
take_entry(struct verify *v, const char *path, const struct archive_entry *entry)
{
	const struct tile_sink tiles = verify_tiles(v);
	const char *why = check_entry(v, entry);

	if (why != NULL) {
		return verify_fail_at(v, path, v->tree.size, entry->position, why);
	}
	struct sha256 leaf = sha256_leaf(entry->bytes);
	buf_put(&v->leaves, leaf.b, SHA256_LEN);
	tree_append(&v->tree, &leaf, &tiles);
	v->report->entries++;
	v->report->bytes += entry->bytes.len;
	return v->report->verdict == VERIFY_GOOD && verify_known_here(v);
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
take_frames(struct verify *v, const char *path, const struct segment *segment)
{
	for (uint32_t i = 0; i < segment->head.frames; i++) {
		const struct segment_frame frame = segment_frame_at(segment->index, i);
		struct archive_entry entry;
		const char *why = NULL;
		size_t at = 0;

		if (!segment_inflate(v->unpacker, segment_packed(segment, &frame), &frame,
				     &v->content, &why)) {
			return verify_fail_at(v, path, v->tree.size, v->position, why);
		}
		while (segment_next(buf_slice(&v->content), &at, &entry)) {
			if (!take_entry(v, path, &entry)) {
				return false;
			}
		}
	}
	return true;
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
	return segment_is_whole(segment) ? NULL
					 : "its trailer is not the hash of the file";
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
	chains_init(&v->chains);
	walk(v);

	chains_fini(&v->chains);
	keyring_fini(&v->keyring);
	unpacker_free(v->unpacker);
	buf_fini(&v->head_note);
	buf_fini(&v->file);
	buf_fini(&v->content);
	buf_fini(&v->leaves);
	buf_fini(&v->tile);
	free(v->known);
	free(v);
	return ret_report->verdict;
}
