#include "lib/base/table.h"

#include <stdlib.h>

#include "lib/base/buf.h"
#include "lib/base/mem.h"

void
table_init(struct table *t, size_t row_size)
{
	uint32_t shift = 0;

	must(row_size != 0 && row_size <= TABLE_CHUNK_BYTES);
	while (row_size << (shift + 1) <= TABLE_CHUNK_BYTES) {
		shift++;
	}
	*t = (struct table){ .row_size = (uint32_t)row_size,
			     .rows_per_chunk = 1u << shift,
			     .chunk_shift = shift };
}

void
table_clear(struct table *t)
{
	for (uint32_t i = 0; i < t->chunk_count; i++) {
		free(t->chunks[i]);
	}
	free(t->chunks);
	free(t->dirty);
	t->chunks = NULL;
	t->dirty = NULL;
	t->chunk_count = 0;
	t->count = 0;
}

void
table_fini(struct table *t)
{
	table_clear(t);
}

static void
add_chunk(struct table *t)
{
	if ((t->chunk_count & (t->chunk_count - 1)) == 0) {
		size_t cap = t->chunk_count != 0 ? 2 * (size_t)t->chunk_count : 1;

		t->chunks = xrealloc(t->chunks, cap * sizeof(t->chunks[0]));
		t->dirty = xrealloc(t->dirty, cap);
	}
	t->chunks[t->chunk_count] = xcalloc(t->rows_per_chunk, t->row_size);
	t->dirty[t->chunk_count] = 0;
	t->chunk_count++;
}

void *
table_add(struct table *t)
{
	must(t->count < UINT32_MAX - 1);
	if (t->count == t->chunk_count * t->rows_per_chunk) {
		add_chunk(t);
	}
	t->count++;
	return table_mut(t, t->count - 1);
}

uint32_t
table_add_run(struct table *t, uint32_t n)
{
	must(n != 0 && n <= t->rows_per_chunk);
	must(t->count < UINT32_MAX - 2 * t->rows_per_chunk);
	if ((t->count & (t->rows_per_chunk - 1)) + n > t->rows_per_chunk) {
		t->count = t->chunk_count * t->rows_per_chunk;
	}
	if (t->count == t->chunk_count * t->rows_per_chunk) {
		add_chunk(t);
	}
	uint32_t first = t->count;
	t->count += n;
	t->dirty[first >> t->chunk_shift] = 1;
	return first;
}

struct slice
table_chunk(const struct table *t, uint32_t i)
{
	must(i < t->chunk_count);
	uint32_t rows = t->rows_per_chunk;

	if (i == t->chunk_count - 1) {
		rows = t->count - i * t->rows_per_chunk;
	}
	return slice_of(t->chunks[i], (size_t)rows * t->row_size);
}

bool
table_restore_chunk(struct table *t, struct slice bytes)
{
	if (bytes.len == 0 || bytes.len % t->row_size != 0 ||
	    bytes.len / t->row_size > t->rows_per_chunk ||
	    t->count != t->chunk_count * t->rows_per_chunk) {
		return false;
	}
	add_chunk(t);
	memcpy(t->chunks[t->chunk_count - 1], bytes.at, bytes.len);
	t->count += (uint32_t)(bytes.len / t->row_size);
	return true;
}

size_t
table_memory(const struct table *t)
{
	return (size_t)t->chunk_count * t->rows_per_chunk * t->row_size;
}

size_t
table_dirty(const struct table *t)
{
	size_t chunks = 0;

	for (uint32_t i = 0; i < t->chunk_count; i++) {
		chunks += t->dirty[i];
	}
	return chunks * t->rows_per_chunk * t->row_size;
}

bool
table_eq(const struct table *a, const struct table *b)
{
	if (a->row_size != b->row_size || a->count != b->count ||
	    a->chunk_count != b->chunk_count) {
		return false;
	}
	for (uint32_t i = 0; i < a->chunk_count; i++) {
		if (!slice_eq(table_chunk(a, i), table_chunk(b, i))) {
			return false;
		}
	}
	return true;
}

enum { INDEX_MIN_SLOTS = 16 };

void
index_init(struct index *ix, uint64_t (*hash_of_row)(const void *ctx, uint32_t row),
	   const void *ctx)
{
	*ix = (struct index){ .hash_of_row = hash_of_row, .ctx = ctx };
}

void
index_fini(struct index *ix)
{
	index_clear(ix);
}

void
index_clear(struct index *ix)
{
	free(ix->tags);
	free(ix->slots);
	ix->tags = NULL;
	ix->slots = NULL;
	ix->mask = 0;
	ix->used = 0;
}

/* Of the bits that do not choose the slot; never 0. */
static uint8_t
tag_of(uint64_t hash)
{
	return (uint8_t)(hash >> 57) | 0x80;
}

static void
put_slot(struct index *ix, uint64_t hash, uint32_t row)
{
	uint32_t at = (uint32_t)hash & ix->mask;

	while (ix->tags[at] != 0) {
		at = (at + 1) & ix->mask;
	}
	ix->tags[at] = tag_of(hash);
	ix->slots[at] = row;
}

static void
index_rehash(struct index *ix, uint32_t slot_count)
{
	struct index old = *ix;

	ix->tags = xcalloc(slot_count, sizeof(ix->tags[0]));
	ix->slots = xcalloc(slot_count, sizeof(ix->slots[0]));
	ix->mask = slot_count - 1;
	for (uint32_t i = 0; old.tags != NULL && i <= old.mask; i++) {
		if (old.tags[i] != 0) {
			put_slot(ix, ix->hash_of_row(ix->ctx, old.slots[i]),
				 old.slots[i]);
		}
	}
	free(old.tags);
	free(old.slots);
}

void
index_add(struct index *ix, uint64_t hash, uint32_t row)
{
	if (ix->tags == NULL) {
		index_rehash(ix, INDEX_MIN_SLOTS);
	} else if (ix->used >= (ix->mask + 1) / 4 * 3) {
		must(ix->mask < UINT32_MAX / 2);
		index_rehash(ix, 2 * (ix->mask + 1));
	}
	put_slot(ix, hash, row);
	ix->used++;
}

size_t
index_memory(const struct index *ix)
{
	return ix->tags != NULL ? ((size_t)ix->mask + 1) *
					  (sizeof(ix->tags[0]) + sizeof(ix->slots[0]))
				: 0;
}

/* The first slot from 'slot' on whose tag is the hash's.  A place in the index is its
 * slot number + 1, so that 0 can mean "no more". */
static uint32_t
find_from(const struct index *ix, uint64_t hash, uint32_t slot, uint32_t *ret_row)
{
	uint8_t tag = tag_of(hash);

	for (;; slot = (slot + 1) & ix->mask) {
		if (ix->tags[slot] == tag) {
			*ret_row = ix->slots[slot];
			return slot + 1;
		}
		if (ix->tags[slot] == 0) {
			return 0;
		}
	}
}

uint32_t
index_first(const struct index *ix, uint64_t hash, uint32_t *ret_row)
{
	return ix->tags != NULL ? find_from(ix, hash, (uint32_t)hash & ix->mask, ret_row)
				: 0;
}

uint32_t
index_next(const struct index *ix, uint64_t hash, uint32_t at, uint32_t *ret_row)
{
	return find_from(ix, hash, at & ix->mask, ret_row);
}

uint64_t
bytes_hash(struct slice s)
{
	const uint64_t odd = 0x9e3779b97f4a7c15u;
	uint64_t h = (s.len + 1) * odd;
	uint64_t last = 0;

	for (; s.len > 8; s = slice_from(s, 8)) {
		h = (h ^ get_le64(s.at)) * odd;
		h ^= h >> 32;
	}
	for (size_t i = 0; i < s.len; i++) {
		last |= (uint64_t)s.at[i] << 8 * i;
	}
	h = (h ^ last) * odd;
	h ^= h >> 32;
	/* Once more, so that the low bits depend on every byte. */
	h *= odd;
	return h ^ h >> 29;
}
