/* lib/base/table.h - rows of one size, addressed by a dense number.
 *
 * Every part of a view is a table: no pointers, so that a row's number is its name
 * in memory and on disk, a checkpoint writes the chunks that were touched since the
 * last one, and two views are equal when their tables' bytes are.
 *
 * Rows live in chunks that never move, so a row's address holds until table_fini().
 * New rows are zeroed. */
#ifndef LIB_BASE_TABLE_H
#define LIB_BASE_TABLE_H

#include "lib/base/slice.h"

enum { TABLE_CHUNK_BYTES = 32 * 1024 };

struct table {
	uint32_t row_size;
	uint32_t rows_per_chunk; /* A power of two: */
	uint32_t chunk_shift;    /* its exponent. */
	uint32_t count;          /* Rows in use. */
	uint32_t chunk_count;
	uint8_t **chunks;
	uint8_t *dirty; /* One byte a chunk: touched since the last checkpoint. */
};

void table_init(struct table *, size_t row_size);
void table_fini(struct table *);

/* No rows, nothing dirty. */
void table_clear(struct table *);

/* A new zeroed row; its number is count - 1 afterwards. */
void *table_add(struct table *);

/* 'n' new rows of which the first number is returned.  With a row size of one this
 * is an arena of bytes; a run never crosses a chunk, so it can be read in one piece. */
uint32_t table_add_run(struct table *, uint32_t n);

/* For reading. */
static inline const void *
table_at(const struct table *t, uint32_t row)
{
	must(row < t->count);
	return t->chunks[row >> t->chunk_shift] +
	       (size_t)(row & (t->rows_per_chunk - 1)) * t->row_size;
}

/* For writing: marks the row's chunk. */
static inline void *
table_mut(struct table *t, uint32_t row)
{
	must(row < t->count);
	t->dirty[row >> t->chunk_shift] = 1;
	return t->chunks[row >> t->chunk_shift] +
	       (size_t)(row & (t->rows_per_chunk - 1)) * t->row_size;
}

/* The bytes of chunk 'i' that hold rows. */
struct slice table_chunk(const struct table *, uint32_t i);

/* Put back a chunk as table_chunk() gave it; chunks come in order from 0.  False if
 * the bytes cannot be a chunk of this table. */
bool table_restore_chunk(struct table *, struct slice bytes) WARN_UNUSED;

/* Bytes of memory held, and of those in chunks that were touched. */
size_t table_memory(const struct table *);
size_t table_dirty(const struct table *);

/* Same rows, same bytes. */
bool table_eq(const struct table *, const struct table *);

/* An index from a 64-bit hash to row numbers of a table: open addressing with 4-byte
 * slots, and beside each slot one byte of its hash.  A search reads bytes that lie next
 * to each other and goes to a row, somewhere in memory, only where its byte agrees.  It
 * holds no keys; the caller compares each candidate against the row.  Not stored:
 * rebuilt by a scan. */
struct index {
	uint8_t *tags;   /* Of each slot's hash; 0 is free. */
	uint32_t *slots; /* Row numbers. */
	uint32_t mask;   /* Slots - 1. */
	uint32_t used;
	/* The hash of a row, asked for when the index grows. */
	uint64_t (*hash_of_row)(const void *ctx, uint32_t row);
	const void *ctx;
};

void index_init(struct index *, uint64_t (*hash_of_row)(const void *ctx, uint32_t row),
		const void *ctx);
void index_fini(struct index *);
void index_clear(struct index *);
void index_add(struct index *, uint64_t hash, uint32_t row);

/* Bytes of memory held. */
size_t index_memory(const struct index *);

/* Visit the candidates for 'hash':
 *	uint32_t row;
 *	for (uint32_t at = index_first(ix, hash, &row); at != 0;
 *	     at = index_next(ix, hash, at, &row)) { compare row } */
uint32_t index_first(const struct index *, uint64_t hash, uint32_t *ret_row);
uint32_t index_next(const struct index *, uint64_t hash, uint32_t at, uint32_t *ret_row);

/* A well-mixed hash of bytes, the same on every machine.  Not for hostile keys. */
uint64_t bytes_hash(struct slice);

#endif
