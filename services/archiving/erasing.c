#include <inttypes.h>
#include <stdio.h>

#include "archiving/archiving.h"
#include "lib/base/plant.h"
#include "lib/model/record.h"

/* What headquarters has erased goes from here, too: from the tail at once, from beside a
 * segment by a new file without it.
 *
 *	shelved   part, segment   its records name it, so it may lie beside it, now or
 *	                          when the file has come from a copy
 *	going     part, segment   erased: the file is to be rewritten
 *	gone      part, segment   rewritten; looked at again at every start, since
 *	                          files may have come back from a copy
 *	keys      position        a record that says who may erase, its node and key
 *	                          (lib/archive/keyring.h): a start need not read the
 *	                          archive
 *
 * Hashes of parts are in the records, so every signature, proof and total stays. */

enum {
	KEY_HEAD_LEN = NODE_ID_LEN + KEY_ID_LEN,
	BESIDE_LEN = HASH_LEN + 8,
	RETRY_MS = 60 * 1000,
};

/* ---- Who may erase ----------------------------------------------------------------- */

static void
remember_key(struct txn *txn, uint64_t position, const struct block *block,
	     struct slice record)
{
	uint8_t key[8];
	struct buf value = { 0 };

	put_be64(key, position);
	buf_put(&value, block->node.b, NODE_ID_LEN);
	buf_put(&value, block->key.b, KEY_ID_LEN);
	buf_put_slice(&value, record);
	txn_put(txn, ARCHIVING_DB_KEYS, slice_of(key, sizeof(key)), buf_slice(&value));
	buf_fini(&value);
}

static bool
read_ring(struct archiving *a, struct txn *txn)
{
	struct keyring *ring = &a->erasing.ring;
	struct cursor cursor = cursor_open(txn, ARCHIVING_DB_KEYS);
	struct arena arena = { 0 };
	struct slice key, value;
	bool good = true;

	keyring_fini(ring);
	keyring_init(ring, &a->config.hq);
	for (bool more = cursor_seek(&cursor, slice_of("", 0), &key, &value); more;
	     more = cursor_next(&cursor, &key, &value)) {
		struct node_id node;
		struct key_id id;
		struct record record;

		good = good && key.len == 8 && value.len > KEY_HEAD_LEN;
		if (!good) {
			break;
		}
		memcpy(node.b, value.at, NODE_ID_LEN);
		memcpy(id.b, value.at + NODE_ID_LEN, KEY_ID_LEN);
		good = keyring_hear(ring, keyring_node(ring, &node), &id,
				    get_be64(key.at), slice_from(value, KEY_HEAD_LEN),
				    &arena, &record) == KEYRING_CHANGED;
		arena_reset(&arena);
	}
	cursor_close(&cursor);
	arena_fini(&arena);
	a->erasing.ring_ahead = false;
	return good && txn->err == OK;
}

/* ---- What is erased ---------------------------------------------------------------- */

/* A part beside a segment: a row of three of the dbs. */
struct beside {
	uint8_t b[BESIDE_LEN];
};

static struct beside
beside_of(const struct hash *part, uint64_t segment)
{
	struct beside row;

	memcpy(row.b, part->b, HASH_LEN);
	put_be64(row.b + HASH_LEN, segment);
	return row;
}

static uint64_t
segment_of(const struct beside *row)
{
	return get_be64(row->b + HASH_LEN);
}

/* The first row from 'from' on. */
static bool
next_beside(struct txn *txn, db_t db, struct slice from, struct beside *ret)
{
	struct cursor cursor = cursor_open(txn, db);
	struct slice key, value;
	bool found = cursor_seek(&cursor, from, &key, &value) && key.len == BESIDE_LEN;

	if (found) {
		memcpy(ret->b, key.at, BESIDE_LEN);
	}
	cursor_close(&cursor);
	return found;
}

static void
put_beside(struct txn *txn, db_t to, const struct beside *row)
{
	txn_put(txn, to, slice_of(row->b, BESIDE_LEN), (struct slice){ 0 });
}

static void
move(struct txn *txn, db_t from, db_t to, const struct beside *row)
{
	txn_del(txn, from, slice_of(row->b, BESIDE_LEN));
	put_beside(txn, to, row);
}

static bool
is_erased(struct txn *txn, const struct hash *part)
{
	struct slice value;

	return txn_get(txn, LOG_DB_ERASED, hash_slice(part), &value);
}

static void
erase(struct archiving *a, struct txn *txn, const struct hash *part)
{
	uint64_t segment;

	eraser_take(&a->erasing.eraser, txn, part);
	while (!PLANTED(48) && erasing_is_shelved(txn, part, &segment)) {
		const struct beside row = beside_of(part, segment);

		move(txn, ARCHIVING_DB_SHELVED, ARCHIVING_DB_GOING, &row);
		eraser_owe(&a->erasing.eraser, txn);
		a->erasing.any_going = true;
	}
}

void
erasing_hear(struct archiving *a, struct txn *txn, uint64_t position,
	     const struct block *block, struct arena *arena)
{
	struct keyring *ring = &a->erasing.ring;
	uint32_t node = keyring_node(ring, &block->node);
	struct record record;
	struct slice bytes;
	size_t at = 0;

	if (node == KEYRING_NONE) {
		return;
	}
	for (; block_next(block, &at, &bytes); position++) {
		switch (keyring_hear(ring, node, &block->key, position, bytes, arena,
				     &record)) {
		case KEYRING_CHANGED:
			remember_key(txn, position, block, bytes);
			break;
		case KEYRING_ERASES:
			for (size_t i = 0; i < record.erasure.count; i++) {
				erase(a, txn, &record.erasure.parts[i]);
			}
			break;
		case KEYRING_NOTHING:
			break;
		}
	}
}

uint32_t
erasing_shelve(struct archiving *a, struct txn *txn, uint64_t segment, struct slice names)
{
	uint32_t count = 0;

	for (size_t at = 0; at + HASH_LEN <= names.len; at += HASH_LEN) {
		struct hash part;

		memcpy(part.b, names.at + at, HASH_LEN);
		const struct beside row = beside_of(&part, segment);
		bool erased = is_erased(txn, &part);

		txn_del(txn, LOG_DB_LOOSE, hash_slice(&part));
		put_beside(txn, erased ? ARCHIVING_DB_GOING : ARCHIVING_DB_SHELVED, &row);
		a->erasing.any_going = a->erasing.any_going || erased;
		count++;
	}
	return count;
}

bool
erasing_is_shelved(struct txn *txn, const struct hash *part, uint64_t *ret_segment)
{
	struct beside row;

	if (!next_beside(txn, ARCHIVING_DB_SHELVED, hash_slice(part), &row) ||
	    memcmp(row.b, part->b, HASH_LEN) != 0) {
		return false;
	}
	*ret_segment = segment_of(&row);
	return true;
}

/* ---- Files ------------------------------------------------------------------------- */

/* The parts of a segment's file; empty where it has none. */
static enum err
read_file(struct archiving *a, uint64_t segment, struct buf *file,
	  struct slice *ret_parts)
{
	char path[LOOSE_PATH_SIZE];

	loose_path(segment, path);
	enum err err = files_read(&a->shelf.files, path, LOOSE_MAX_LEN, file);
	*ret_parts = (struct slice){ 0 };
	if (err == ERR_NOT_FOUND) {
		return OK;
	}
	if (err != OK) {
		return err;
	}
	return loose_open_file(buf_slice(file), segment, ret_parts) ? OK : ERR_CORRUPT;
}

/* Parts that went, and are there again: the file came from a copy. */
static enum err
look_again(struct archiving *a, struct txn *txn, uint64_t segment)
{
	struct buf file = { 0 };
	struct slice parts;
	struct hash part;
	size_t at = 0;

	enum err err = read_file(a, segment, &file, &parts);
	while (err == OK && loose_next(parts, &at, &part)) {
		const struct beside row = beside_of(&part, segment);

		if (is_erased(txn, &part)) {
			move(txn, ARCHIVING_DB_GONE, ARCHIVING_DB_GOING, &row);
		}
	}
	buf_fini(&file);
	return err;
}

/* Each segment of 'gone' once. */
static enum err
look_at_gone(struct archiving *a, struct txn *txn)
{
	struct cursor cursor = cursor_open(txn, ARCHIVING_DB_GONE);
	struct buf segments = { 0 };
	struct slice key, value;
	enum err err = OK;

	for (bool more = cursor_seek(&cursor, slice_of("", 0), &key, &value); more;
	     more = cursor_next(&cursor, &key, &value)) {
		bool seen = key.len != BESIDE_LEN;

		for (size_t i = 0; i < segments.len && !seen; i += 8) {
			seen = memcmp(segments.at + i, key.at + HASH_LEN, 8) == 0;
		}
		if (!seen) {
			buf_put(&segments, key.at + HASH_LEN, 8);
		}
	}
	cursor_close(&cursor);
	for (size_t i = 0; i < segments.len && err == OK; i += 8) {
		err = look_again(a, txn, get_be64(segments.at + i));
	}
	buf_fini(&segments);
	return err;
}

enum err
erasing_open(struct archiving *a, struct txn *txn)
{
	struct erasing *e = &a->erasing;

	eraser_open(&e->eraser, txn);
	if (!read_ring(a, txn)) {
		return txn->err != OK ? txn->err : ERR_CORRUPT;
	}
	enum err err = PLANTED(49) ? OK : look_at_gone(a, txn);
	e->any_going = txn_count(txn, ARCHIVING_DB_GOING) != 0;
	return err;
}

void
erasing_fini(struct archiving *a)
{
	keyring_fini(&a->erasing.ring);
}

/* ---- Rewriting --------------------------------------------------------------------- */

/* Without what is erased; those go from 'going'. */
static enum err
rewrite(struct archiving *a, struct txn *txn, uint64_t segment)
{
	struct buf file = { 0 }, kept = { 0 }, next = { 0 };
	char path[LOOSE_PATH_SIZE];
	struct slice parts;
	struct hash part;
	uint32_t count = 0;
	bool any = false;

	enum err err = read_file(a, segment, &file, &parts);
	for (size_t at = 0, from = 0; err == OK && loose_next(parts, &at, &part);
	     from = at) {
		if (is_erased(txn, &part)) {
			any = true;
		} else {
			buf_put(&kept, parts.at + from, at - from);
			count++;
		}
	}
	if (err == OK && any) {
		loose_put_file(&next, segment, count, buf_slice(&kept));
		loose_path(segment, path);
		err = a->shelf.put(a->shelf.ctx, path, buf_slice(&next));
		err = err == OK ? a->shelf.settle(a->shelf.ctx) : err;
	}
	for (size_t at = 0; err == OK && loose_next(parts, &at, &part);) {
		const struct beside row = beside_of(&part, segment);

		if (is_erased(txn, &part)) {
			move(txn, ARCHIVING_DB_GOING, ARCHIVING_DB_GONE, &row);
		}
	}
	buf_fini(&file);
	buf_fini(&kept);
	buf_fini(&next);
	return err;
}

/* One file a turn. */
void
erasing_run(struct archiving *a, struct turn *turn)
{
	struct erasing *e = &a->erasing;
	struct beside row;

	if (e->ring_ahead && !read_ring(a, turn->txn)) {
		turn->txn->err = turn->txn->err != OK ? turn->txn->err : ERR_CORRUPT;
		return;
	}
	if (!e->any_going || turn->now < e->retry_at) {
		return;
	}
	if (!next_beside(turn->txn, ARCHIVING_DB_GOING, slice_of("", 0), &row)) {
		e->any_going = false;
		return;
	}
	uint64_t segment = segment_of(&row);
	enum err err = rewrite(a, turn->txn, segment);
	if (err == OK) {
		/* It was not in the file at all. */
		move(turn->txn, ARCHIVING_DB_GOING, ARCHIVING_DB_GONE, &row);
		e->alarm[0] = '\0';
		log_event(turn->log, LOG_INFO, "erase", "segment=%" PRIu64, segment);
		return;
	}
	e->retry_at = turn->now + RETRY_MS;
	log_event(turn->log, LOG_ERROR, "erase", "segment=%" PRIu64 " failed=%s", segment,
		  err_name(err));
	snprintf(e->alarm, sizeof(e->alarm),
		 "erased names still lie beside segment %" PRIu64 ": %s", segment,
		 err_name(err));
}

msec_t
erasing_deadline(const struct archiving *a)
{
	return a->erasing.any_going ? a->erasing.retry_at : NEVER;
}
