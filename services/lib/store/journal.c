#include "lib/store/journal.h"

#include "lib/base/plant.h"

const char *const journal_db_names[] = { "entries", "receipts", "loose", "erased",
					 "meta",    "heard",    NULL };
_Static_assert(ARRAY_LEN(journal_db_names) == JOURNAL_DB_COUNT + 1, "names and numbers");

enum {
	KEY_LEN = 8,
	RECEIPT_LEN = 8, /* A value of 'receipts'. */
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
		if (entry.bytes.len < HASH_LEN) {
			return corrupt(txn);
		}
		memcpy(entry.hash.b, entry.bytes.at, HASH_LEN);
		entry.bytes = slice_from(entry.bytes, HASH_LEN);
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
own_block(struct txn *txn, uint64_t first, struct journal_entry *ret_entry)
{
	struct key key = key_of(first);
	struct slice value;
	uint64_t last;

	if (!txn_get(txn, JOURNAL_DB_ENTRIES, key_slice(&key), &value)) {
		return corrupt(txn);
	}
	if (!read_entry(txn, key_slice(&key), value, ret_entry, &last) ||
	    ret_entry->kind != ENTRY_OWN_BLOCK) {
		return corrupt(txn);
	}
	return true;
}

/* A value of 'receipts'; false: the block that begins at 'first' waits. */
static bool
get_receipt(struct txn *txn, uint64_t first, uint64_t *ret_hq_position)
{
	struct key key = key_of(first);
	struct slice value;

	if (!txn_get(txn, JOURNAL_DB_RECEIPTS, key_slice(&key), &value)) {
		return false;
	}
	if (value.len != RECEIPT_LEN) {
		return corrupt(txn);
	}
	*ret_hq_position = get_be64(value.at);
	return true;
}

static void
put_receipt(struct txn *txn, uint64_t first, uint64_t hq_position)
{
	struct key key = key_of(first);
	uint8_t value[RECEIPT_LEN];

	put_be64(value, hq_position);
	txn_put(txn, JOURNAL_DB_RECEIPTS, key_slice(&key), slice_of(value, RECEIPT_LEN));
}

/* Pass the blocks that have receipts by now. */
static void
settle(struct journal *journal, struct txn *txn)
{
	uint64_t hq_position;

	while (journal->settled < journal->own_count &&
	       get_receipt(txn, journal->own->list[journal->settled].first,
			   &hq_position)) {
		journal->settled++;
	}
}

static bool
get_meta(struct txn *txn, const char *name, size_t len, struct slice *ret_value)
{
	if (!txn_get(txn, JOURNAL_DB_META, slice_str(name), ret_value)) {
		return false;
	}
	return ret_value->len == len || corrupt(txn);
}

static void
add_own(struct journal *journal, const struct hash *hash, uint64_t first)
{
	own_blocks_add(journal->own, journal->own_count, hash, first);
	journal->own_count++;
}

/* All entries in their order, and of the own blocks the one that a start continues. */
static bool
read_entries(struct journal *journal, struct txn *txn, struct journal_entry *tip)
{
	struct cursor cursor = cursor_open(txn, JOURNAL_DB_ENTRIES);
	struct journal_entry entry;
	struct slice key, value;
	struct block block;
	uint64_t last;

	for (bool more = cursor_seek(&cursor, (struct slice){ 0 }, &key, &value); more;
	     more = cursor_next(&cursor, &key, &value)) {
		if (!read_entry(txn, key, value, &entry, &last)) {
			break;
		}
		if (entry.first <= journal->position) {
			corrupt(txn);
			break;
		}
		journal->position = last;
		if (entry.kind != ENTRY_OWN_BLOCK) {
			continue;
		}
		add_own(journal, &entry.hash, entry.first);
		if (block_peek(entry.bytes, &block) &&
		    block.last_seq >= journal->tip_seq) {
			journal->tip_seq = block.last_seq;
			*tip = entry;
		}
	}
	cursor_close(&cursor);
	return txn->err == OK;
}

/* Numbering goes on after the last entry, or where a RESET took entries away. */
static bool
read_floor(struct journal *journal, struct txn *txn)
{
	struct slice value;

	if (get_meta(txn, "floor", 8, &value) && get_be64(value.at) > journal->position) {
		journal->position = get_be64(value.at);
	}
	return txn->err == OK;
}

/* It is what it was when it was stored. */
static bool
read_tip(struct journal *journal, struct txn *txn, const struct journal_entry *tip)
{
	struct block block;

	if (journal->own_count == 0) {
		return true;
	}
	if (!block_parse(tip->bytes, &block, NULL) || !hash_eq(&block.hash, &tip->hash)) {
		return corrupt(txn);
	}
	journal->tip = block.hash;
	return true;
}

/* Each receipt is one of a block's. */
static bool
read_receipts(struct journal *journal, struct txn *txn)
{
	uint64_t receipts = txn_count(txn, JOURNAL_DB_RECEIPTS);

	if (receipts > journal->own_count) {
		return corrupt(txn);
	}
	journal->waiting = journal->own_count - receipts;
	settle(journal, txn);
	return txn->err == OK;
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
	struct journal_entry tip;

	*journal = (struct journal){ .own = own_blocks_new() };
	if (read_entries(journal, txn, &tip) && read_floor(journal, txn) &&
	    read_tip(journal, txn, &tip) && read_receipts(journal, txn)) {
		(void)read_cursor(journal, txn);
	}
	return txn->err;
}

void
journal_fini(struct journal *journal)
{
	own_blocks_free(journal->own);
	*journal = (struct journal){ 0 };
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

/* Keep an own block; returns its first local position. */
static uint64_t
insert(struct journal *journal, struct txn *txn, const struct block *block)
{
	uint64_t first = journal->position + 1;
	uint8_t *at = add_entry(txn, first, ENTRY_OWN_BLOCK, HASH_LEN + block->bytes.len);

	if (at != NULL) {
		memcpy(at, block->hash.b, HASH_LEN);
		memcpy(at + HASH_LEN, block->bytes.at, block->bytes.len);
	}
	add_own(journal, &block->hash, first);
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
	journal->waiting++;
	set_tip(journal, block);
	return first;
}

uint64_t
journal_take_back(struct journal *journal, struct txn *txn, const struct block *block,
		  bool adopt)
{
	uint64_t first;

	if (journal_find(journal, txn, &block->hash, &first)) {
		return 0;
	}
	if (adopt && block->last_seq > journal->tip_seq) {
		set_tip(journal, block);
	}
	first = insert(journal, txn, block);
	put_receipt(txn, first, 0);
	return first;
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
	uint64_t first, before;

	if (!journal_find(journal, txn, hash, &first)) {
		return false;
	}
	if (!get_receipt(txn, first, &before)) {
		must(journal->waiting != 0);
		journal->waiting--;
	}
	put_receipt(txn, first, hq_position);
	settle(journal, txn);
	return true;
}

bool
journal_find(const struct journal *journal, struct txn *txn, const struct hash *hash,
	     uint64_t *ret_first_local)
{
	struct journal_entry entry;
	uint32_t at1 = 0;

	while ((at1 = own_blocks_find(journal->own, journal->own_count, hash, at1)) !=
	       0) {
		uint64_t first = journal->own->list[at1 - 1].first;

		if (!own_block(txn, first, &entry)) {
			return false;
		}
		if (hash_eq(&entry.hash, hash)) {
			*ret_first_local = first;
			return true;
		}
	}
	return false;
}

uint64_t
journal_hq_position(struct txn *txn, uint64_t first_local)
{
	uint64_t position = 0;

	return get_receipt(txn, first_local, &position) ? position : 0;
}

bool
journal_waiting_after(const struct journal *journal, struct txn *txn, uint64_t after,
		      uint64_t *ret_local, struct slice *ret_block)
{
	uint32_t at = own_blocks_above(journal->own, journal->own_count, after);
	struct journal_entry entry;
	uint64_t hq_position;

	at = at > journal->settled ? at : journal->settled;
	while (at < journal->own_count &&
	       get_receipt(txn, journal->own->list[at].first, &hq_position)) {
		at++;
	}
	if (at == journal->own_count || txn->err != OK ||
	    !own_block(txn, journal->own->list[at].first, &entry)) {
		return false;
	}
	*ret_local = entry.first;
	*ret_block = entry.bytes;
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

void
journal_forget_heard(struct journal *journal, struct txn *txn)
{
	struct key floor = key_of(journal->position);
	struct journal_entry entry;
	uint64_t at = 0;

	txn_clear(txn, JOURNAL_DB_HEARD);
	while (journal_after(txn, at, &entry)) {
		at = entry.first;
		if (entry.kind == ENTRY_HQ_RECORD) {
			struct key key = key_of(at);
			txn_del(txn, JOURNAL_DB_ENTRIES, key_slice(&key));
		}
	}
	txn_put(txn, JOURNAL_DB_META, slice_str("floor"), key_slice(&floor));
	txn_del(txn, JOURNAL_DB_META, slice_str("cursor"));
	journal->cursor = (struct journal_cursor){ 0 };
	if (!PLANTED(15)) { /* A RESET leaves the receipts. */
		txn_clear(txn, JOURNAL_DB_RECEIPTS);
		journal->waiting = journal->own_count;
		journal->settled = 0;
	}
}

bool
journal_after(struct txn *txn, uint64_t position, struct journal_entry *ret_entry)
{
	struct key key = key_of(position + 1);
	struct cursor cursor;
	struct slice at, value;
	uint64_t last;

	if (position == UINT64_MAX) {
		return false;
	}
	cursor = cursor_open(txn, JOURNAL_DB_ENTRIES);
	bool found = cursor_seek(&cursor, key_slice(&key), &at, &value);
	cursor_close(&cursor);
	return found && read_entry(txn, at, value, ret_entry, &last);
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
