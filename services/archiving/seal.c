#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "archiving/archiving.h"
#include "lib/base/crash.h"

/* From the tail to files.
 *
 * One segment a turn: while it catches up, answers are not kept waiting for long.  Tiles
 * and loose parts are put before the checkpoint that covers them, and nothing of this is
 * true in memory before the turn's commit. */

enum {
	FULL_RECORDS = 65536, /* So many may fill a segment: then it is tried. */
	RETRY_MS = 60 * 1000, /* After a full disk. */
};

/* A segment on its way. */
struct sealing {
	struct archiving *a;
	struct turn *turn;
	struct buf tiles; /* struct tile, then its hashes, one after the other. */
	uint32_t parts;
	struct arena arena;
	enum err err;
};

/* ---- Putting ----------------------------------------------------------------------- */

static void
put(struct sealing *s, const char *path, struct slice bytes)
{
	if (s->err == OK) {
		s->err = s->a->shelf.put(s->a->shelf.ctx, path, bytes);
	}
}

/* All of it is on the disk before anything else is put. */
static void
settle(struct sealing *s)
{
	if (s->err == OK) {
		s->err = s->a->shelf.settle(s->a->shelf.ctx);
	}
}

static void
keep_tile(void *ctx, const struct tile *tile, const struct sha256 *hashes)
{
	struct sealing *s = ctx;

	buf_put(&s->tiles, tile, sizeof(*tile));
	buf_put(&s->tiles, hashes, tile->width * sizeof(*hashes));
}

static void
put_tiles(struct sealing *s)
{
	size_t at = 0;

	while (at < s->tiles.len) {
		char path[TILE_PATH_SIZE];
		struct tile tile;

		memcpy(&tile, s->tiles.at + at, sizeof(tile));
		at += sizeof(tile);
		tile_path(&tile, path);
		put(s, path,
		    slice_of(s->tiles.at + at, tile.width * sizeof(struct sha256)));
		at += tile.width * sizeof(struct sha256);
	}
}

static void
put_loose(struct sealing *s, uint64_t number)
{
	char path[SEGMENT_PATH_SIZE];
	struct buf file = { 0 };

	if (s->parts == 0) {
		return;
	}
	loose_head_put(&file, number, s->parts);
	buf_put_slice(&file, buf_slice(&s->a->next_loose));
	loose_path(number, path);
	put(s, path, buf_slice(&file));
	buf_fini(&file);
}

static void
put_checkpoint(struct sealing *s)
{
	struct archiving *a = s->a;
	const struct tree_head head = {
		.origin = slice_str(a->config.key.name),
		.size = a->next.size,
		.root = a->next.root,
		.position = a->next.log.position,
		.hq_ms = a->next.log.hq_ms,
		.hq = a->config.hq,
	};

	buf_clear(&a->next_checkpoint);
	tree_head_put(&a->next_checkpoint, &head);
	note_sign(&a->next_checkpoint, a->next_checkpoint.len, &a->config.key,
		  a->config.secret);
	put(s, "checkpoint", buf_slice(&a->next_checkpoint));
}

/* ---- Filling ----------------------------------------------------------------------- */

/* False: the segment is full. */
static bool
add_entry(struct sealing *s, const struct log_entry *entry, const struct tile_sink *sink)
{
	struct archiving *a = s->a;
	struct sha256 leaf;
	struct block block;

	if (!block_peek(entry->block, &block)) {
		s->err = ERR_CORRUPT;
		return false;
	}
	if (!segment_add(&a->writer, entry->first, entry->hq_ms, &block, &leaf)) {
		return false;
	}
	tree_append(&a->next_tree, &leaf, sink);
	s->parts += loose_gather(s->turn->txn, &block, &s->arena, &a->next_loose);
	a->next.log = (struct log_head){ .position = entry->last,
					 .log_hash = entry->log_hash,
					 .hq_ms = entry->hq_ms };
	a->next.size++;
	return true;
}

/* True: it can take no more. */
static bool
fill(struct sealing *s)
{
	struct archiving *a = s->a;
	const struct tile_sink sink = { s, keep_tile };
	struct log_entry entry;

	a->next = a->sealed;
	a->next_tree = a->tree;
	buf_clear(&a->next_loose);
	segment_begin(&a->writer, a->sealed.segments, a->sealed.size, &a->sealed.seal);
	while (s->err == OK && log_after(s->turn->txn, a->next.log.position, &entry)) {
		if (!add_entry(s, &entry, &sink)) {
			return true;
		}
	}
	return false;
}

/* ---- In the store ------------------------------------------------------------------ */

/* What is on the shelf. */
static void
write_down(struct archiving *a, struct txn *txn)
{
	must(erasing_shelve(a, txn, a->sealed.segments, buf_slice(&a->next_loose)));
	sealed_write(txn, &a->next);
	log_trim(txn, a->next.log.position);
	a->staged = true;
}

static void
put_all(struct sealing *s, struct slice file)
{
	struct archiving *a = s->a;
	char path[SEGMENT_PATH_SIZE];

	segment_path(a->sealed.segments, path);
	put(s, path, file);
	settle(s);
	crash_point("segment");
	put_tiles(s);
	put_loose(s, a->sealed.segments);
	settle(s);
	crash_point("tiles");
	put_checkpoint(s);
	settle(s);
	crash_point("checkpoint");
}

/* ---- When -------------------------------------------------------------------------- */

static uint64_t
tail_records(const struct archiving *a)
{
	return a->follower.log.head.position - a->sealed.log.position;
}

static bool
is_due(const struct archiving *a, msec_t now)
{
	return tail_records(a) != 0 &&
	       (a->seal_now || now >= a->tail_since + a->config.seal_after);
}

static void
refused(struct archiving *a, enum err err, struct turn *turn)
{
	log_event(turn->log, LOG_ERROR, "seal", "segment=%" PRIu64 " failed=%s",
		  a->sealed.segments, err_name(err));
	if (err != ERR_DISK_FULL) {
		turn->txn->err = err; /* The process ends. */
		return;
	}
	a->retry_at = turn->now + RETRY_MS;
	snprintf(a->alarm, sizeof(a->alarm),
		 "the disk of the archive is full: nothing is sealed");
}

static void
seal(struct sealing *s, bool due)
{
	struct archiving *a = s->a;
	const struct tile_sink sink = { s, keep_tile };
	bool full = fill(s);

	if (s->err != OK || a->next.size == a->sealed.size || !(full || due)) {
		a->full_at = tail_records(a) + FULL_RECORDS;
		return;
	}
	tree_put_edges(&a->next_tree, &sink);
	struct slice file = segment_finish(&a->writer);

	a->next.segments++;
	a->next.seal = a->writer.head.seal;
	a->next.root = tree_root(&a->next_tree);
	a->next.bytes += file.len;
	a->next.at = s->turn->wall;
	put_all(s, file);
	if (s->err == OK) {
		write_down(a, s->turn->txn);
	}
}

void
seal_run(struct archiving *a, struct turn *turn)
{
	struct sealing s = { .a = a, .turn = turn };

	if (a->ahead) {
		write_down(a, turn->txn);
		return;
	}
	if (tail_records(a) != 0 && a->tail_since == NEVER) {
		a->tail_since = turn->now;
	}
	bool due = is_due(a, turn->now);
	if (turn->now < a->retry_at || (!due && tail_records(a) < a->full_at)) {
		return;
	}
	seal(&s, due);
	if (s.err != OK) {
		refused(a, s.err, turn);
	}
	buf_fini(&s.tiles);
	arena_fini(&s.arena);
}

void
seal_committed(struct archiving *a, struct turn *turn)
{
	if (!a->staged) {
		return;
	}
	log_event(turn->log, LOG_INFO, "seal",
		  "segment=%" PRIu64 " entries=%" PRIu64 " position=%" PRIu64,
		  a->sealed.segments, a->next.size - a->sealed.size,
		  a->next.log.position);
	a->sealed = a->next;
	a->tree = a->next_tree;
	struct buf checkpoint = a->checkpoint;
	a->checkpoint = a->next_checkpoint;
	a->next_checkpoint = checkpoint;
	a->staged = false;
	a->ahead = false;
	a->seal_now = false;
	a->full_at = FULL_RECORDS;
	a->tail_since = NEVER;
	a->alarm[0] = '\0';
}

/* What is on the shelf stays there, and is written down with the next commit. */
void
seal_dropped(struct archiving *a)
{
	a->ahead = a->ahead || a->staged;
	a->staged = false;
}

msec_t
seal_deadline(const struct archiving *a)
{
	msec_t at = NEVER;

	if (tail_records(a) == 0) {
		return NEVER;
	}
	if (a->ahead || a->seal_now || a->tail_since == NEVER ||
	    tail_records(a) >= a->full_at) {
		at = 0;
	} else {
		at = a->tail_since + a->config.seal_after;
	}
	return at > a->retry_at ? at : a->retry_at;
}
