#include "lib/model/words.h"

#include <stdlib.h>

/* ---- Words. */

static struct slice
word_of_row(const struct words *w, uint32_t row)
{
	const struct words_run *run = table_at(&w->rows, row);

	return slice_of(table_at(&w->bytes, run->at), run->n);
}

static uint64_t
word_hash(const void *ctx, uint32_t row)
{
	return bytes_hash(word_of_row(ctx, row));
}

void
words_init(struct words *w)
{
	table_init(&w->rows, sizeof(struct words_run));
	table_init(&w->bytes, 1);
	index_init(&w->index, word_hash, w);
}

void
words_fini(struct words *w)
{
	index_fini(&w->index);
	table_fini(&w->bytes);
	table_fini(&w->rows);
}

void
words_clear(struct words *w)
{
	index_clear(&w->index);
	table_clear(&w->bytes);
	table_clear(&w->rows);
}

static uint32_t
find_word(const struct words *w, struct slice word, uint64_t hash)
{
	uint32_t row;

	for (uint32_t at = index_first(&w->index, hash, &row); at != 0;
	     at = index_next(&w->index, hash, at, &row)) {
		if (slice_eq(word_of_row(w, row), word)) {
			return row + 1;
		}
	}
	return 0;
}

uint32_t
words_find(const struct words *w, struct slice word)
{
	return word.len != 0 ? find_word(w, word, bytes_hash(word)) : 0;
}

uint32_t
words_id(struct words *w, struct slice word)
{
	if (word.len == 0) {
		return 0;
	}
	must(word.len <= WORD_MAX_LEN);
	uint64_t hash = bytes_hash(word);
	uint32_t id = find_word(w, word, hash);
	if (id != 0) {
		return id;
	}
	uint32_t at = table_add_run(&w->bytes, (uint32_t)word.len);
	memcpy(table_mut(&w->bytes, at), word.at, word.len);
	struct words_run *run = table_add(&w->rows);
	*run = (struct words_run){ .at = at, .n = (uint32_t)word.len };
	index_add(&w->index, hash, w->rows.count - 1);
	return w->rows.count;
}

struct slice
words_at(const struct words *w, uint32_t id)
{
	return id != 0 ? word_of_row(w, id - 1) : slice_of(NULL, 0);
}

uint32_t
words_count(const struct words *w)
{
	return w->rows.count;
}

void
words_tables(struct words *w, struct table *ret_tables[WORDS_TABLES])
{
	ret_tables[0] = &w->rows;
	ret_tables[1] = &w->bytes;
}

/* Does every run lie in one chunk of 'items', with 1 to 'max' items? */
static bool
runs_fit(const struct table *rows, const struct table *items, uint32_t max)
{
	for (uint32_t row = 0; row < rows->count; row++) {
		const struct words_run *run = table_at(rows, row);

		if (run->n == 0 || run->n > max || run->at >= items->count ||
		    run->n > items->count - run->at ||
		    run->at % items->rows_per_chunk + run->n > items->rows_per_chunk) {
			return false;
		}
	}
	return true;
}

bool
words_reindex(struct words *w)
{
	index_clear(&w->index);
	if (!runs_fit(&w->rows, &w->bytes, WORD_MAX_LEN)) {
		return false;
	}
	for (uint32_t row = 0; row < w->rows.count; row++) {
		struct slice word = word_of_row(w, row);
		uint64_t hash = bytes_hash(word);

		if (find_word(w, word, hash) != 0) {
			return false;
		}
		index_add(&w->index, hash, row);
	}
	return true;
}

/* ---- Sets: the same, with numbers for bytes. */

static struct slice
set_bytes(const uint32_t *ids, size_t n)
{
	return slice_of(ids, n * sizeof(ids[0]));
}

static struct slice
set_of_row(const struct sets *s, uint32_t row)
{
	const struct words_run *run = table_at(&s->rows, row);

	return set_bytes(table_at(&s->ids, run->at), run->n);
}

static uint64_t
set_hash(const void *ctx, uint32_t row)
{
	return bytes_hash(set_of_row(ctx, row));
}

void
sets_init(struct sets *s)
{
	table_init(&s->rows, sizeof(struct words_run));
	table_init(&s->ids, sizeof(uint32_t));
	index_init(&s->index, set_hash, s);
}

void
sets_fini(struct sets *s)
{
	index_fini(&s->index);
	table_fini(&s->ids);
	table_fini(&s->rows);
}

void
sets_clear(struct sets *s)
{
	index_clear(&s->index);
	table_clear(&s->ids);
	table_clear(&s->rows);
}

static int
cmp_ids(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Ascending, without repeats and zeros; returns how many are left. */
static unsigned
sort_ids(uint32_t *ids, unsigned n)
{
	unsigned kept = 0;

	if (n > 1) {
		qsort(ids, n, sizeof(ids[0]), cmp_ids);
	}
	for (unsigned i = 0; i < n; i++) {
		if (ids[i] != 0 && (kept == 0 || ids[i] != ids[kept - 1])) {
			ids[kept++] = ids[i];
		}
	}
	return kept;
}

static uint32_t
find_set(const struct sets *s, struct slice bytes, uint64_t hash)
{
	uint32_t row;

	for (uint32_t at = index_first(&s->index, hash, &row); at != 0;
	     at = index_next(&s->index, hash, at, &row)) {
		if (slice_eq(set_of_row(s, row), bytes)) {
			return row + 1;
		}
	}
	return 0;
}

uint32_t
sets_id(struct sets *s, uint32_t *ids, unsigned n)
{
	n = sort_ids(ids, n);
	if (n == 0) {
		return 0;
	}
	must(n <= SET_MAX_IDS);
	uint64_t hash = bytes_hash(set_bytes(ids, n));
	uint32_t id = find_set(s, set_bytes(ids, n), hash);
	if (id != 0) {
		return id;
	}
	uint32_t at = table_add_run(&s->ids, n);
	memcpy(table_mut(&s->ids, at), ids, n * sizeof(ids[0]));
	struct words_run *run = table_add(&s->rows);
	*run = (struct words_run){ .at = at, .n = n };
	index_add(&s->index, hash, s->rows.count - 1);
	return s->rows.count;
}

const uint32_t *
sets_at(const struct sets *s, uint32_t id, unsigned *ret_n)
{
	if (id == 0) {
		*ret_n = 0;
		return NULL;
	}
	const struct words_run *run = table_at(&s->rows, id - 1);
	*ret_n = run->n;
	return table_at(&s->ids, run->at);
}

bool
sets_has(const struct sets *s, uint32_t id, uint32_t member)
{
	unsigned n;
	const uint32_t *ids = sets_at(s, id, &n);

	return n != 0 && bsearch(&member, ids, n, sizeof(ids[0]), cmp_ids) != NULL;
}

uint32_t
sets_count(const struct sets *s)
{
	return s->rows.count;
}

void
sets_tables(struct sets *s, struct table *ret_tables[SETS_TABLES])
{
	ret_tables[0] = &s->rows;
	ret_tables[1] = &s->ids;
}

/* Ascending, no repeats, no zero. */
static bool
set_in_order(struct slice bytes)
{
	const uint32_t *ids = (const uint32_t *)(const void *)bytes.at;
	size_t n = bytes.len / sizeof(ids[0]);

	for (size_t i = 0; i < n; i++) {
		if (ids[i] == 0 || (i > 0 && ids[i] <= ids[i - 1])) {
			return false;
		}
	}
	return true;
}

bool
sets_reindex(struct sets *s)
{
	index_clear(&s->index);
	if (!runs_fit(&s->rows, &s->ids, SET_MAX_IDS)) {
		return false;
	}
	for (uint32_t row = 0; row < s->rows.count; row++) {
		struct slice bytes = set_of_row(s, row);
		uint64_t hash = bytes_hash(bytes);

		if (!set_in_order(bytes) || find_set(s, bytes, hash) != 0) {
			return false;
		}
		index_add(&s->index, hash, row);
	}
	return true;
}
