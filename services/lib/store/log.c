#include "lib/store/log.h"

#include "lib/base/plant.h"

const char *const log_db_names[] = { "log", "blocks", "loose", "erased", "meta", NULL };
_Static_assert(ARRAY_LEN(log_db_names) == LOG_DB_COUNT + 1, "names and numbers");

enum {
	KEY_LEN = 8,
	AT_LOG_HASH = 8,
	ENTRY_HEAD_LEN = AT_LOG_HASH + HASH_LEN,
	BLOCKS_KEY_LEN = NODE_ID_LEN + 8 + 8,
};

static struct hash
chained(const struct hash *before, uint64_t last, wall_ms_t hq_ms,
	const struct hash *block)
{
	uint8_t text[HASH_LEN + 8 + 8 + HASH_LEN];

	memcpy(text, before->b, HASH_LEN);
	put_le64(text + HASH_LEN, last);
	put_le64(text + HASH_LEN + 8, (uint64_t)hq_ms);
	memcpy(text + HASH_LEN + 16, block->b, HASH_LEN);
	return hash_of(slice_of(text, sizeof(text)));
}

static void
blocks_key(uint8_t key[BLOCKS_KEY_LEN], const struct node_id *node, uint64_t last_seq,
	   const struct hash *hash)
{
	memcpy(key, node->b, NODE_ID_LEN);
	put_be64(key + NODE_ID_LEN, last_seq);
	memcpy(key + NODE_ID_LEN + 8, hash->b, 8);
}

/* What 'log' holds as an entry. ERR_CORRUPT in the transaction if it is none. */
static bool
read_entry(struct txn *txn, struct slice key, struct slice value, struct log_entry *entry)
{
	struct block block;

	if (key.len != KEY_LEN || value.len < ENTRY_HEAD_LEN ||
	    !block_peek(slice_from(value, ENTRY_HEAD_LEN), &block)) {
		txn->err = ERR_CORRUPT;
		return false;
	}
	*entry = (struct log_entry){
		.first = get_be64(key.at),
		.last = get_be64(key.at) + block.count - 1,
		.hq_ms = (wall_ms_t)get_le64(value.at),
		.block = block.bytes,
	};
	memcpy(entry->log_hash.b, value.at + AT_LOG_HASH, HASH_LEN);
	return true;
}

static bool
last_entry(struct txn *txn, struct log_entry *entry)
{
	struct cursor cursor = cursor_open(txn, LOG_DB_LOG);
	struct slice key, value;
	bool found =
		cursor_last(&cursor, &key, &value) && read_entry(txn, key, value, entry);

	cursor_close(&cursor);
	return found;
}

bool
log_from(struct txn *txn, uint64_t position, struct log_entry *ret_entry)
{
	struct cursor cursor = cursor_open(txn, LOG_DB_LOG);
	struct slice key, value;
	uint8_t want[KEY_LEN];

	put_be64(want, position);
	bool found = cursor_seek(&cursor, slice_of(want, KEY_LEN), &key, &value) &&
		     read_entry(txn, key, value, ret_entry);

	cursor_close(&cursor);
	return found;
}

bool
log_at(struct txn *txn, uint64_t position, struct log_entry *ret_entry)
{
	struct cursor cursor;
	struct slice key, value;
	struct log_entry entry;
	uint8_t want[KEY_LEN];

	if (position == 0) {
		return false;
	}
	/* The entry begins at the position, or the one before it may hold it. */
	put_be64(want, position);
	cursor = cursor_open(txn, LOG_DB_LOG);
	bool found = cursor_seek(&cursor, slice_of(want, KEY_LEN), &key, &value);
	if (!found) {
		found = cursor_last(&cursor, &key, &value);
	} else if (!slice_eq(key, slice_of(want, KEY_LEN))) {
		found = cursor_prev(&cursor, &key, &value);
	}
	found = found && read_entry(txn, key, value, &entry) && entry.last >= position;
	cursor_close(&cursor);
	if (found) {
		*ret_entry = entry;
	}
	return found;
}

bool
log_after(struct txn *txn, uint64_t position, struct log_entry *ret_entry)
{
	return position != UINT64_MAX && log_at(txn, position + 1, ret_entry);
}

/* log_hash before the entry that begins at 'first'. */
static bool
hash_before(struct txn *txn, uint64_t first, struct hash *ret_hash)
{
	struct log_entry before = { 0 };

	if (first != 1 && !log_at(txn, first - 1, &before)) {
		txn->err = txn->err != OK ? txn->err : ERR_CORRUPT;
		return false;
	}
	*ret_hash = before.log_hash;
	return true;
}

enum err
log_open_trimmed(struct log *log, struct txn *txn, const struct log_head *known)
{
	struct log_entry entry;

	*log = (struct log){ .head = *known };
	if (known->position == 0) {
		return log_open(log, txn);
	}
	if (!last_entry(txn, &entry) || entry.last < known->position) {
		return txn->err != OK ? txn->err : ERR_CORRUPT;
	}
	if (entry.last > known->position) {
		return log_open(log, txn);
	}
	return hash_eq(&entry.log_hash, &known->log_hash) ? OK : ERR_CORRUPT;
}

enum err
log_open(struct log *log, struct txn *txn)
{
	struct log_entry entry;
	struct hash before;
	struct block block;

	*log = (struct log){ 0 };
	if (!last_entry(txn, &entry)) {
		return txn->err;
	}
	if (!hash_before(txn, entry.first, &before)) {
		return txn->err;
	}
	if (!block_parse(entry.block, &block, NULL)) {
		return ERR_CORRUPT;
	}
	struct hash is = chained(&before, entry.last, entry.hq_ms, &block.hash);
	if (!hash_eq(&is, &entry.log_hash)) {
		return ERR_CORRUPT;
	}
	log->head = (struct log_head){ .position = entry.last,
				       .log_hash = entry.log_hash,
				       .hq_ms = entry.hq_ms };
	return OK;
}

struct log_entry
log_next(const struct log_head *head, const struct block *block, wall_ms_t now)
{
	struct log_entry entry = {
		.first = head->position + 1,
		.last = head->position + block->count,
		.hq_ms = now > head->hq_ms || PLANTED(22) ? now : head->hq_ms,
	};

	entry.log_hash = chained(&head->log_hash, entry.last, entry.hq_ms, &block->hash);
	return entry;
}

struct log_entry
log_append(struct log *log, struct txn *txn, const struct block *block, wall_ms_t now)
{
	struct log_head *head = &log->head;
	uint8_t key[KEY_LEN], blocks[BLOCKS_KEY_LEN];
	struct log_entry entry = log_next(head, block, now);

	put_be64(key, entry.first);
	uint8_t *at = txn_append_reserve(txn, LOG_DB_LOG, slice_of(key, KEY_LEN),
					 ENTRY_HEAD_LEN + block->bytes.len);
	if (at != NULL) {
		put_le64(at, (uint64_t)entry.hq_ms);
		memcpy(at + AT_LOG_HASH, entry.log_hash.b, HASH_LEN);
		memcpy(at + ENTRY_HEAD_LEN, block->bytes.at, block->bytes.len);
	}
	blocks_key(blocks, &block->node, block->last_seq, &block->hash);
	txn_put(txn, LOG_DB_BLOCKS, slice_of(blocks, BLOCKS_KEY_LEN),
		slice_of(key, KEY_LEN));
	*head = (struct log_head){ .position = entry.last,
				   .log_hash = entry.log_hash,
				   .hq_ms = entry.hq_ms };
	return entry;
}

void
log_trim(struct txn *txn, uint64_t position)
{
	uint8_t key[KEY_LEN], blocks[BLOCKS_KEY_LEN];
	struct log_entry entry;
	struct block block;

	while (log_from(txn, 1, &entry) && entry.last < position) {
		if (!block_parse(entry.block, &block, NULL)) {
			txn->err = txn->err != OK ? txn->err : ERR_CORRUPT;
			return;
		}
		/* Before the delete: the entry lies in the map. */
		blocks_key(blocks, &block.node, block.last_seq, &block.hash);
		put_be64(key, entry.first);
		txn_del(txn, LOG_DB_BLOCKS, slice_of(blocks, BLOCKS_KEY_LEN));
		txn_del(txn, LOG_DB_LOG, slice_of(key, KEY_LEN));
	}
}

bool
log_find_block(struct txn *txn, const struct node_id *node, uint64_t last_seq,
	       const struct hash *hash, struct log_entry *ret_entry)
{
	uint8_t key[BLOCKS_KEY_LEN];
	struct slice value;
	struct log_entry entry;
	struct hash before;

	blocks_key(key, node, last_seq, hash);
	if (!txn_get(txn, LOG_DB_BLOCKS, slice_of(key, BLOCKS_KEY_LEN), &value)) {
		return false;
	}
	if (value.len != KEY_LEN || !log_at(txn, get_be64(value.at), &entry) ||
	    !hash_before(txn, entry.first, &before)) {
		txn->err = txn->err != OK ? txn->err : ERR_CORRUPT;
		return false;
	}
	/* The key has 8 bytes of the hash.  That all of it is the entry's is shown by the
	 * chain, which costs less than to hash the block. */
	struct hash is = chained(&before, entry.last, entry.hq_ms, hash);
	if (!hash_eq(&is, &entry.log_hash)) {
		return false;
	}
	*ret_entry = entry;
	return true;
}

bool
log_holds(struct txn *txn, uint64_t position, const struct hash *log_hash)
{
	struct log_entry entry;

	if (position == 0) {
		return hash_is_zero(log_hash);
	}
	return log_at(txn, position, &entry) && entry.last == position &&
	       hash_eq(&entry.log_hash, log_hash);
}

bool
log_record(struct txn *txn, uint64_t position, struct slice *ret_record)
{
	struct log_entry entry;
	struct block block;
	struct slice record;
	size_t at = 0;

	if (!log_at(txn, position, &entry)) {
		return false;
	}
	bool found = block_peek(entry.block, &block);
	for (uint64_t i = entry.first; i <= position && found; i++) {
		found = block_next(&block, &at, &record);
	}
	if (!found) {
		txn->err = ERR_CORRUPT;
		return false;
	}
	*ret_record = record;
	return true;
}

bool
log_at_instant(struct txn *txn, wall_ms_t instant, struct log_entry *ret_entry)
{
	struct log_entry last, entry;
	bool found = false;

	if (!last_entry(txn, &last)) {
		return false;
	}
	/* Positions in [low, high] are still open; hq_ms never goes back. */
	uint64_t low = 1, high = last.last;
	while (low <= high) {
		if (!log_at(txn, low + (high - low) / 2, &entry)) {
			txn->err = txn->err != OK ? txn->err : ERR_CORRUPT;
			return false;
		}
		if (entry.hq_ms <= instant) {
			*ret_entry = entry;
			found = true;
			low = entry.last + 1;
		} else {
			high = entry.first - 1;
		}
	}
	return found;
}
