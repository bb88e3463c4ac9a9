#include "lib/store/journal.h"

#include "lib/base/plant.h"

const char *const journal_db_names[] = { "entries", "hashes", "waiting", "loose",
					 "erased",  "meta",   "heard",   NULL };
_Static_assert(ARRAY_LEN(journal_db_names) == JOURNAL_DB_COUNT + 1, "names and numbers");

enum {
	KEY_LEN = 8,
	HELD_LEN = 8 + 8,       /* A value of 'hashes'. */
	TIP_LEN = HASH_LEN + 8, /* The value of "tip". */
	CURSOR_LEN = 8 + HASH_LEN + 4,
};

struct key {
	uint8_t b[KEY_LEN];
};

static struct key
key_of(uint64_t position)
{
	struct key key;

	put_be64(key.b, position);
	return key;
}

static struct slice
key_slice(const struct key *key)
{
	return slice_of(key->b, KEY_LEN);
}

/* A rule of the layout does not hold; false, for the caller to return. */
static bool
corrupt(struct txn *txn)
{
	if (txn->err == OK) {
		txn->err = ERR_CORRUPT;
	}
	return false;
}

static bool
read_entry(struct txn *txn, struct slice key, struct slice value,
	   struct journal_entry *ret_entry, uint64_t *ret_last)
{
	struct journal_entry entry;
	struct block block;

	if (key.len != KEY_LEN || value.len == 0) {
		return corrupt(txn);
	}
	entry = (struct journal_entry){ .first = get_be64(key.at),
					.kind = value.at[0],
					.bytes = slice_from(value, 1) };
	*ret_last = entry.first;
	if (entry.kind == ENTRY_OWN_BLOCK) {
		if (!block_peek(entry.bytes, &block)) {
			return corrupt(txn);
		}
		*ret_last += block.count - 1;
	} else if (entry.kind != ENTRY_HQ_RECORD) {
		return corrupt(txn);
	}
	*ret_entry = entry;
	return true;
}

/* The own block that begins at 'first'. */
static bool
own_block(struct txn *txn, uint64_t first, struct slice *ret_bytes)
{
	struct key key = key_of(first);
	struct slice value;
	struct journal_entry entry;
	uint64_t last;

	if (!txn_get(txn, JOURNAL_DB_ENTRIES, key_slice(&key), &value)) {
		return corrupt(txn);
	}
	if (!read_entry(txn, key_slice(&key), value, &entry, &last) ||
	    entry.kind != ENTRY_OWN_BLOCK) {
		return corrupt(txn);
	}
	*ret_bytes = entry.bytes;
	return true;
}

static bool
get_meta(struct txn *txn, const char *name, size_t len, struct slice *ret_value)
{
	if (!txn_get(txn, JOURNAL_DB_META, slice_str(name), ret_value)) {
		return false;
	}
	return ret_value->len == len || corrupt(txn);
}

/* Where numbering goes on: after the last entry, or where a RESET took entries away. */
static bool
read_position(struct journal *journal, struct txn *txn)
{
	struct cursor cursor = cursor_open(txn, JOURNAL_DB_ENTRIES);
	struct slice key, value;
	struct journal_entry entry;
	bool good = true;

	if (cursor_last(&cursor, &key, &value)) {
		good = read_entry(txn, key, value, &entry, &journal->position);
	}
	cursor_close(&cursor);
	if (good && get_meta(txn, "floor", 8, &value) &&
	    get_be64(value.at) > journal->position) {
		journal->position = get_be64(value.at);
	}
	return txn->err == OK;
}

static bool
read_tip(struct journal *journal, struct txn *txn)
{
	struct slice value, bytes;
	struct block block;
	uint64_t first, hq_position;

	if (!get_meta(txn, "tip", TIP_LEN, &value)) {
		return txn->err == OK;
	}
	memcpy(journal->tip.b, value.at, HASH_LEN);
	journal->tip_seq = get_le64(value.at + HASH_LEN);
	if (!journal_find(txn, &journal->tip, &first, &hq_position) ||
	    !own_block(txn, first, &bytes) || !block_parse(bytes, &block, NULL) ||
	    !hash_eq(&block.hash, &journal->tip) || block.last_seq != journal->tip_seq) {
		return corrupt(txn);
	}
	return true;
}

static bool
read_cursor(struct journal *journal, struct txn *txn)
{
	struct slice value;

	if (get_meta(txn, "cursor", CURSOR_LEN, &value)) {
		journal->cursor.position = get_be64(value.at);
		memcpy(journal->cursor.log_hash.b, value.at + 8, HASH_LEN);
		journal->cursor.filter_version = get_le32(value.at + 8 + HASH_LEN);
	}
	return txn->err == OK;
}

enum err
journal_open(struct journal *journal, struct txn *txn)
{
	*journal = (struct journal){ .waiting = txn_count(txn, JOURNAL_DB_WAITING) };
	if (read_position(journal, txn) && read_tip(journal, txn)) {
		(void)read_cursor(journal, txn);
	}
	return txn->err;
}

/* Room for an entry of 'len' bytes at the end. */
static uint8_t *
add_entry(struct txn *txn, uint64_t first, enum entry_kind kind, size_t len)
{
	struct key key = key_of(first);
	uint8_t *at =
		txn_append_reserve(txn, JOURNAL_DB_ENTRIES, key_slice(&key), 1 + len);

	if (at == NULL) {
		return NULL;
	}
	at[0] = (uint8_t)kind;
	return at + 1;
}

/* The next start continues the block with the highest seq; among equals, the one that
 * came last. */
static void
offer_tip(struct txn *txn, const struct block *block)
{
	uint8_t value[TIP_LEN];
	struct slice held;

	if (get_meta(txn, "tip", TIP_LEN, &held) &&
	    get_le64(held.at + HASH_LEN) > block->last_seq) {
		return;
	}
	memcpy(value, block->hash.b, HASH_LEN);
	put_le64(value + HASH_LEN, block->last_seq);
	txn_put(txn, JOURNAL_DB_META, slice_str("tip"), slice_of(value, TIP_LEN));
}

/* Keep an own block; returns its first local position. */
static uint64_t
insert(struct journal *journal, struct txn *txn, const struct block *block)
{
	uint64_t first = journal->position + 1;
	uint8_t held[HELD_LEN] = { 0 };
	uint8_t *at = add_entry(txn, first, ENTRY_OWN_BLOCK, block->bytes.len);

	if (at != NULL) {
		memcpy(at, block->bytes.at, block->bytes.len);
	}
	put_be64(held, first);
	txn_put(txn, JOURNAL_DB_HASHES, hash_slice(&block->hash),
		slice_of(held, HELD_LEN));
	offer_tip(txn, block);
	journal->position += block->count;
	return first;
}

static void
set_tip(struct journal *journal, const struct block *block)
{
	journal->tip = block->hash;
	journal->tip_seq = block->last_seq;
}

uint64_t
journal_append(struct journal *journal, struct txn *txn, const struct block *block)
{
	must(hash_eq(&block->parent, &journal->tip));
	must(block->first_seq == journal->tip_seq + 1);

	uint64_t first = insert(journal, txn, block);
	struct key key = key_of(first);
	txn_append(txn, JOURNAL_DB_WAITING, key_slice(&key), hash_slice(&block->hash));
	journal->waiting++;
	set_tip(journal, block);
	return first;
}

uint64_t
journal_take_back(struct journal *journal, struct txn *txn, const struct block *block,
		  bool adopt)
{
	uint64_t first, hq_position;

	if (journal_find(txn, &block->hash, &first, &hq_position)) {
		return 0;
	}
	if (adopt && block->last_seq > journal->tip_seq) {
		set_tip(journal, block);
	}
	return insert(journal, txn, block);
}

uint64_t
journal_hear(struct journal *journal, struct txn *txn, struct slice hq_record)
{
	uint64_t first = ++journal->position;
	uint8_t *at = add_entry(txn, first, ENTRY_HQ_RECORD, hq_record.len);

	if (at != NULL && hq_record.len != 0) {
		memcpy(at, hq_record.at, hq_record.len);
	}
	return first;
}

bool
journal_receipt(struct journal *journal, struct txn *txn, const struct hash *hash,
		uint64_t hq_position)
{
	uint8_t held[HELD_LEN];
	uint64_t first, before;
	struct slice value;

	if (!journal_find(txn, hash, &first, &before)) {
		return false;
	}
	put_be64(held, first);
	put_be64(held + 8, hq_position);
	txn_put(txn, JOURNAL_DB_HASHES, hash_slice(hash), slice_of(held, HELD_LEN));

	struct key key = key_of(first);
	if (txn_get(txn, JOURNAL_DB_WAITING, key_slice(&key), &value)) {
		txn_del(txn, JOURNAL_DB_WAITING, key_slice(&key));
		must(journal->waiting != 0);
		journal->waiting--;
	}
	return true;
}

bool
journal_find(struct txn *txn, const struct hash *hash, uint64_t *ret_first_local,
	     uint64_t *ret_hq_position)
{
	struct slice value;

	if (!txn_get(txn, JOURNAL_DB_HASHES, hash_slice(hash), &value)) {
		return false;
	}
	if (value.len != HELD_LEN) {
		return corrupt(txn);
	}
	*ret_first_local = get_be64(value.at);
	*ret_hq_position = get_be64(value.at + 8);
	return true;
}

/* The first key of 'db' above 'position'. */
static bool
seek_after(struct txn *txn, db_t db, uint64_t position, struct slice *ret_key,
	   struct slice *ret_value)
{
	struct key key = key_of(position + 1);
	struct cursor cursor;

	if (position == UINT64_MAX) {
		return false;
	}
	cursor = cursor_open(txn, db);
	bool found = cursor_seek(&cursor, key_slice(&key), ret_key, ret_value);
	cursor_close(&cursor);
	return found;
}

bool
journal_waiting_after(struct txn *txn, uint64_t after, uint64_t *ret_local,
		      struct slice *ret_block)
{
	struct slice key, value;

	if (!seek_after(txn, JOURNAL_DB_WAITING, after, &key, &value)) {
		return false;
	}
	if (key.len != KEY_LEN) {
		return corrupt(txn);
	}
	uint64_t first = get_be64(key.at);
	if (!own_block(txn, first, ret_block)) {
		return false;
	}
	*ret_local = first;
	return true;
}

void
journal_set_cursor(struct journal *journal, struct txn *txn,
		   const struct journal_cursor *cursor)
{
	uint8_t value[CURSOR_LEN];

	put_be64(value, cursor->position);
	memcpy(value + 8, cursor->log_hash.b, HASH_LEN);
	put_le32(value + 8 + HASH_LEN, cursor->filter_version);
	txn_put(txn, JOURNAL_DB_META, slice_str("cursor"), slice_of(value, CURSOR_LEN));
	journal->cursor = *cursor;
}

/* An own block has no receipt: it waits. */
static void
wait_again(struct txn *txn, const struct journal_entry *entry)
{
	struct key key = key_of(entry->first);
	uint8_t held[HELD_LEN] = { 0 };
	struct block block;

	if (!block_parse(entry->bytes, &block, NULL)) {
		corrupt(txn);
		return;
	}
	memcpy(held, key.b, KEY_LEN);
	txn_put(txn, JOURNAL_DB_HASHES, hash_slice(&block.hash),
		slice_of(held, HELD_LEN));
	txn_append(txn, JOURNAL_DB_WAITING, key_slice(&key), hash_slice(&block.hash));
}

void
journal_forget_heard(struct journal *journal, struct txn *txn)
{
	struct key floor = key_of(journal->position);
	struct journal_entry entry;
	uint64_t at = 0, own = 0;

	txn_clear(txn, JOURNAL_DB_HEARD);
	txn_clear(txn, JOURNAL_DB_WAITING);
	while (journal_after(txn, at, &entry)) {
		at = entry.first;
		if (entry.kind == ENTRY_OWN_BLOCK && PLANTED(15)) {
			continue; /* A RESET leaves the receipts. */
		}
		if (entry.kind == ENTRY_OWN_BLOCK) {
			wait_again(txn, &entry);
			own++;
		} else {
			struct key key = key_of(at);
			txn_del(txn, JOURNAL_DB_ENTRIES, key_slice(&key));
		}
	}
	txn_put(txn, JOURNAL_DB_META, slice_str("floor"), key_slice(&floor));
	txn_del(txn, JOURNAL_DB_META, slice_str("cursor"));
	journal->waiting = own;
	journal->cursor = (struct journal_cursor){ 0 };
}

bool
journal_after(struct txn *txn, uint64_t position, struct journal_entry *ret_entry)
{
	struct slice key, value;
	uint64_t last;

	return seek_after(txn, JOURNAL_DB_ENTRIES, position, &key, &value) &&
	       read_entry(txn, key, value, ret_entry, &last);
}

bool
journal_at(struct txn *txn, uint64_t position, struct journal_entry *ret_entry)
{
	struct key want = key_of(position);
	struct cursor cursor = cursor_open(txn, JOURNAL_DB_ENTRIES);
	struct slice key, value;
	struct journal_entry entry;
	uint64_t last;

	/* The entry begins at the position, or the one before it may hold it. */
	bool found = cursor_seek(&cursor, key_slice(&want), &key, &value);
	if (!found) {
		found = cursor_last(&cursor, &key, &value);
	} else if (!slice_eq(key, key_slice(&want))) {
		found = cursor_prev(&cursor, &key, &value);
	}
	found = found && read_entry(txn, key, value, &entry, &last) && last >= position &&
		position != 0;
	cursor_close(&cursor);
	if (found) {
		*ret_entry = entry;
	}
	return found;
}
