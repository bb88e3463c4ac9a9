#include "lib/store/view.h"

const char *const view_db_names[] = { "chunks", "meta", NULL };

enum {
	MAX_TABLES = 256,
	KEY_LEN = 1 + 4,
	SHAPE_ROW_LEN = 4 + 4, /* Row size, rows. */
	PLACE_LEN = 8 + HASH_LEN + 4,
};

struct chunk_key {
	uint8_t b[KEY_LEN];
};

static struct chunk_key
chunk_key(unsigned table, uint32_t chunk)
{
	struct chunk_key key;

	key.b[0] = (uint8_t)table;
	for (int i = 0; i < 4; i++) {
		key.b[1 + i] = (uint8_t)(chunk >> 8 * (3 - i));
	}
	return key;
}

static uint32_t
chunks_of(const struct table *table, uint32_t rows)
{
	return rows / table->rows_per_chunk + (rows % table->rows_per_chunk != 0);
}

/* How many rows of table 'i' the shape names. */
static uint32_t
shape_rows(struct slice shape, unsigned i)
{
	return get_le32(shape.at + (size_t)i * SHAPE_ROW_LEN + 4);
}

/* The shape on the disk, if it is the one of these tables. */
static bool
get_shape(struct txn *txn, struct table *const *tables, unsigned count,
	  struct slice *ret_shape)
{
	struct slice shape;

	if (!txn_get(txn, VIEW_DB_META, slice_str("shape"), &shape) ||
	    shape.len != (size_t)count * SHAPE_ROW_LEN) {
		return false;
	}
	for (unsigned i = 0; i < count; i++) {
		if (get_le32(shape.at + (size_t)i * SHAPE_ROW_LEN) !=
		    tables[i]->row_size) {
			return false;
		}
	}
	*ret_shape = shape;
	return true;
}

/* 'rows_before' is what the disk has of the table: 0 where it has nothing of use. */
static void
save_table(struct txn *txn, unsigned number, const struct table *table,
	   uint32_t rows_before)
{
	uint32_t chunks_before = chunks_of(table, rows_before);

	for (uint32_t i = 0; i < table->chunk_count; i++) {
		/* Beside new chunks: the one that was last may have been filled up with
		 * nothing, untouched. */
		bool grown = i + 1 >= chunks_before && table->count != rows_before;
		if (table->dirty[i] != 0 || grown) {
			struct chunk_key key = chunk_key(number, i);
			txn_put(txn, VIEW_DB_CHUNKS, slice_of(key.b, KEY_LEN),
				table_chunk(table, i));
		}
	}
	/* The table was cleared and has grown less far. */
	for (uint32_t i = table->chunk_count; i < chunks_before; i++) {
		struct chunk_key key = chunk_key(number, i);
		txn_del(txn, VIEW_DB_CHUNKS, slice_of(key.b, KEY_LEN));
	}
}

void
view_save(struct txn *txn, struct table *const *tables, unsigned count,
	  const struct view_place *place)
{
	uint32_t rows_before[MAX_TABLES] = { 0 };
	uint8_t bytes[PLACE_LEN];
	struct slice shape;

	must(count <= MAX_TABLES);
	if (get_shape(txn, tables, count, &shape)) {
		for (unsigned i = 0; i < count; i++) {
			rows_before[i] = shape_rows(shape, i);
		}
	} else {
		txn_clear(txn, VIEW_DB_CHUNKS);
	}
	struct buf now = { 0 };
	for (unsigned i = 0; i < count; i++) {
		save_table(txn, i, tables[i], rows_before[i]);
		buf_put_le32(&now, tables[i]->row_size);
		buf_put_le32(&now, tables[i]->count);
	}
	txn_put(txn, VIEW_DB_META, slice_str("shape"), buf_slice(&now));
	buf_fini(&now);

	put_be64(bytes, place->position);
	memcpy(bytes + 8, place->log_hash.b, HASH_LEN);
	put_le32(bytes + 8 + HASH_LEN, place->version);
	txn_put(txn, VIEW_DB_META, slice_str("place"), slice_of(bytes, PLACE_LEN));
}

void
view_saved(struct table *const *tables, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (tables[i]->chunk_count != 0) {
			memset(tables[i]->dirty, 0, tables[i]->chunk_count);
		}
	}
}

static bool
load_table(struct txn *txn, unsigned number, struct table *table, uint32_t rows)
{
	struct slice bytes;

	for (uint32_t i = 0; i < chunks_of(table, rows); i++) {
		struct chunk_key key = chunk_key(number, i);
		if (!txn_get(txn, VIEW_DB_CHUNKS, slice_of(key.b, KEY_LEN), &bytes) ||
		    !table_restore_chunk(table, bytes)) {
			return false;
		}
	}
	return table->count == rows;
}

bool
view_load(struct txn *txn, struct table *const *tables, unsigned count,
	  struct view_place *ret_place)
{
	struct slice shape, place;

	for (unsigned i = 0; i < count; i++) {
		must(tables[i]->count == 0);
	}
	bool good = get_shape(txn, tables, count, &shape) &&
		    txn_get(txn, VIEW_DB_META, slice_str("place"), &place) &&
		    place.len == PLACE_LEN;
	for (unsigned i = 0; i < count && good; i++) {
		good = load_table(txn, i, tables[i], shape_rows(shape, i));
	}
	if (!good) {
		for (unsigned i = 0; i < count; i++) {
			table_clear(tables[i]);
		}
		return false;
	}
	ret_place->position = get_be64(place.at);
	memcpy(ret_place->log_hash.b, place.at + 8, HASH_LEN);
	ret_place->version = get_le32(place.at + 8 + HASH_LEN);
	return true;
}

void
view_clear(struct txn *txn)
{
	txn_clear(txn, VIEW_DB_CHUNKS);
	txn_clear(txn, VIEW_DB_META);
}
