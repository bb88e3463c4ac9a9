#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "archiving/archiving.h"
#include "lib/base/crash.h"
#include "lib/base/plant.h"

/* From the tail to files.
 *
 * One segment a turn: while it catches up, answers are not kept waiting for long.  Tiles
 * and loose parts are put before the checkpoint that covers them, and nothing of this is
 * true in memory before the turn's commit. */

enum {
	/* A segment is full at a quarter of what the format allows: so the tail, which
	 * lies in memory while it is sealed, stays small. */
	FULL_CONTENT = SEGMENT_MAX_CONTENT / 4,
	FULL_ENTRIES = SEGMENT_MAX_ENTRIES,
	RETRY_MS = 60 * 1000, /* After a full disk. */
};

/* A segment on its way. */
struct sealing {
	struct archiving *a;
	struct turn *turn;
	struct buf tiles; /* struct tile, then its hashes, one after the other. */
	uint32_t parts;
	struct arena arena;
	char path[TILE_PATH_SIZE]; /* What was put last. */
	enum err err;
};

/* ---- Putting ----------------------------------------------------------------------- */

static void
put(struct sealing *s, const char *path, struct slice bytes)
{
	if (s->err == OK) {
		snprintf(s->path, sizeof(s->path), "%s", path);
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

/* What lies there was put by an attempt that no checkpoint covers: parts that are not
 * this segment's any more must not stay. */
static bool
lies_there(const struct sealing *s, const char *path)
{
	struct buf bytes = { 0 };
	enum err err = s->a->shelf.files.read(s->a->shelf.files.ctx, path, 0, 1, &bytes);

	buf_fini(&bytes);
	return err != ERR_NOT_FOUND;
}

static void
put_loose(struct sealing *s, uint64_t number)
{
	char path[LOOSE_PATH_SIZE];
	struct buf file = { 0 };

	loose_path(number, path);
	if (s->parts != 0 || lies_there(s, path)) {
		loose_put_file(&file, number, s->parts, buf_slice(&s->a->next_loose));
		put(s, path, buf_slice(&file));
		buf_fini(&file);
	}
}

static void
put_checkpoint(struct sealing *s)
{
	struct archiving *a = s->a;
	const struct tree_head head = {
		.origin = slice_str(a->config.key.name),
		.size = a->next.size,
		.root = a->next.root,
		.position = PLANTED(43) ? a->sealed.log.position : a->next.log.position,
		.hq_ms = a->next.log.hq_ms,
		.hq = a->config.hq,
	};

	buf_clear(&a->next_checkpoint);
	tree_head_put(&a->next_checkpoint, &head);
	note_sign(&a->next_checkpoint, a->next_checkpoint.len, &a->config.key,
		  a->config.secret);
	if (!PLANTED(39)) { /* It is put after the commit. */
		put(s, "checkpoint", buf_slice(&a->next_checkpoint));
	}
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
	s->parts += loose_gather(s->turn->txn, &block, &s->arena, &a->next_names,
				 &a->next_loose);
	a->next.log = (struct log_head){ .position = entry->last,
					 .log_hash = entry->log_hash,
					 .hq_ms = entry->hq_ms };
	a->next.size++;
	return true;
}

static void
fill(struct sealing *s)
{
	struct archiving *a = s->a;
	const struct tile_sink sink = { s, keep_tile };
	struct log_entry entry;

	a->next = a->sealed;
	a->next_tree = a->tree;
	buf_clear(&a->next_loose);
	buf_clear(&a->next_names);
	segment_begin(&a->writer, a->sealed.segments, a->sealed.size, &a->sealed.seal);
	/* Planted: what this turn took is sealed with the rest. */
	const uint64_t end =
		PLANTED(51) ? a->follower.log.head.position : a->tail.position;
	while (s->err == OK && a->next.log.position < end &&
	       a->writer.head.content_len < FULL_CONTENT &&
	       log_after(s->turn->txn, a->next.log.position, &entry) &&
	       add_entry(s, &entry, &sink)) {
	}
	if (s->err == OK) {
		s->err = s->turn->txn->err;
	}
}

/* ---- In the store ------------------------------------------------------------------ */

/* What is on the shelf. */
static void
write_down(struct archiving *a, struct txn *txn)
{
	(void)erasing_shelve(a, txn, a->sealed.segments, buf_slice(&a->next_names));
	sealed_write(txn, &a->next);
	log_trim(txn, a->next.log.position + PLANTED(40)); /* The last one, too. */
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

/* What is committed and was not looked at. */
void
tail_look(struct archiving *a, struct txn *txn, msec_t now)
{
	struct tail *tail = &a->tail;
	struct log_entry entry;

	while (tail->position < a->follower.log.head.position &&
	       log_after(txn, tail->position, &entry)) {
		tail->entries++;
		tail->content += segment_cost(entry.block.len);
		tail->position = entry.last;
	}
	if (tail->entries != 0 && tail->since == NEVER) {
		tail->since = now;
	}
}

static bool
is_wanted(const struct archiving *a)
{
	return a->ahead || a->tail.content >= FULL_CONTENT ||
	       a->tail.entries >= FULL_ENTRIES || a->seal_to > a->sealed.log.position;
}

msec_t
seal_deadline(const struct archiving *a)
{
	if (a->tail.entries == 0) {
		return NEVER;
	}
	msec_t at = is_wanted(a) ? 0 : a->tail.since + a->config.seal_after;
	return at > a->retry_at ? at : a->retry_at;
}

static void
refused(struct sealing *s)
{
	struct archiving *a = s->a;

	log_event(s->turn->log, LOG_ERROR, "seal",
		  "segment=%" PRIu64 " file=%s failed=%s", a->sealed.segments, s->path,
		  err_name(s->err));
	if (s->err != ERR_DISK_FULL) {
		s->turn->txn->err = s->err; /* The process ends. */
		return;
	}
	a->retry_at = s->turn->now + RETRY_MS;
	a->shelf_full = true;
}

static void
seal(struct sealing *s)
{
	struct archiving *a = s->a;
	const struct tile_sink sink = { s, keep_tile };

	fill(s);
	if (s->err != OK) {
		return;
	}
	if (!PLANTED(42)) {
		tree_put_edges(&a->next_tree, &sink);
	}
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

	if (turn->now < seal_deadline(a)) {
		return;
	}
	if (a->ahead) {
		write_down(a, turn->txn);
		return;
	}
	seal(&s);
	if (s.err != OK) {
		refused(&s);
	}
	buf_fini(&s.tiles);
	arena_fini(&s.arena);
}

/* ---- After the commit -------------------------------------------------------------- */

void
seal_committed(struct archiving *a, struct turn *turn)
{
	if (!a->staged) {
		return;
	}
	if (PLANTED(39)) {
		(void)a->shelf.put(a->shelf.ctx, "checkpoint",
				   buf_slice(&a->next_checkpoint));
	}
	log_event(turn->log, LOG_INFO, "seal",
		  "segment=%" PRIu64 " entries=%" PRIu64 " position=%" PRIu64,
		  a->sealed.segments, a->next.size - a->sealed.size,
		  a->next.log.position);
	a->tail.entries -= a->writer.head.count;
	a->tail.content -= a->writer.head.content_len;
	if (a->tail.entries == 0) {
		a->tail.since = NEVER;
	}
	a->sealed = a->next;
	a->tree = a->next_tree;
	struct buf checkpoint = a->checkpoint;
	a->checkpoint = a->next_checkpoint;
	a->next_checkpoint = checkpoint;
	a->staged = false;
	a->ahead = false;
	a->shelf_full = false;
}

/* What is on the shelf stays there, and is written down with the next commit. */
void
seal_dropped(struct archiving *a)
{
	a->ahead = a->ahead || (a->staged && !PLANTED(41));
	a->staged = false;
}
