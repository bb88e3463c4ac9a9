#include "lib/base/table.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct row {
	uint64_t key;
	uint32_t value;
	uint32_t pad;
};

static void
fill(struct table *t, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct row *row = table_add(t);

		row->key = i * UINT64_C(0x9e3779b97f4a7c15);
		row->value = i;
	}
}

static void
test_table__rows_are_zeroed_and_never_move(void **state)
{
	(void)state;
	struct table t;

	table_init(&t, sizeof(struct row));
	const struct row *first = table_add(&t);
	assert_int_equal(first->key, 0);
	fill(&t, 10000);
	assert_ptr_equal(table_at(&t, 0), first);
	assert_int_equal(t.count, 10001);
	for (uint32_t i = 0; i < 10000; i++) {
		assert_int_equal(((const struct row *)table_at(&t, i + 1))->value, i);
	}
	assert_true(table_memory(&t) >= 10001 * sizeof(struct row));
	table_fini(&t);
}

static void
test_table__writing_marks_the_chunk_and_no_other(void **state)
{
	(void)state;
	struct table t;

	table_init(&t, sizeof(struct row));
	fill(&t, 3 * t.rows_per_chunk);
	assert_int_equal(t.chunk_count, 3);
	memset(t.dirty, 0, t.chunk_count);
	(void)table_at(&t, 0);
	((struct row *)table_mut(&t, t.rows_per_chunk))->value = 9;
	assert_int_equal(t.dirty[0], 0);
	assert_int_equal(t.dirty[1], 1);
	assert_int_equal(t.dirty[2], 0);
	assert_int_equal(table_dirty(&t), table_memory(&t) / 3);
	table_fini(&t);
}

static void
test_table__its_chunks_make_an_equal_one(void **state)
{
	(void)state;
	struct table a;
	struct table b;

	table_init(&a, sizeof(struct row));
	table_init(&b, sizeof(struct row));
	fill(&a, 2 * a.rows_per_chunk + 5);
	for (uint32_t i = 0; i < a.chunk_count; i++) {
		assert_false(table_eq(&a, &b));
		assert_true(table_restore_chunk(&b, table_chunk(&a, i)));
	}
	assert_true(table_eq(&a, &b));
	((struct row *)table_mut(&b, 3))->value ^= 1;
	assert_false(table_eq(&a, &b));
	table_fini(&a);
	table_fini(&b);
}

static void
test_table__bytes_that_are_no_chunk_are_refused(void **state)
{
	(void)state;
	struct table t;
	static const uint8_t bytes[TABLE_CHUNK_BYTES + sizeof(struct row)];

	table_init(&t, sizeof(struct row));
	assert_false(table_restore_chunk(&t, slice_of(bytes, 0)));
	assert_false(table_restore_chunk(&t, slice_of(bytes, sizeof(struct row) + 1)));
	assert_false(table_restore_chunk(&t, slice_of(bytes, sizeof(bytes))));
	/* A chunk that is not full can only be the last one. */
	assert_true(table_restore_chunk(&t, slice_of(bytes, sizeof(struct row))));
	assert_false(table_restore_chunk(&t, slice_of(bytes, sizeof(struct row))));
	assert_int_equal(t.count, 1);
	table_fini(&t);
}

static void
test_table__a_run_never_crosses_a_chunk(void **state)
{
	(void)state;
	struct table t;

	table_init(&t, 1);
	assert_int_equal(table_add_run(&t, TABLE_CHUNK_BYTES - 10), 0);
	assert_int_equal(table_add_run(&t, 10), TABLE_CHUNK_BYTES - 10);
	assert_int_equal(table_add_run(&t, 1), TABLE_CHUNK_BYTES);
	/* It does not fit behind the one byte: the rest of the chunk stays empty. */
	assert_int_equal(table_add_run(&t, TABLE_CHUNK_BYTES), 2 * TABLE_CHUNK_BYTES);
	memset(table_mut(&t, 2 * TABLE_CHUNK_BYTES), 'x', TABLE_CHUNK_BYTES);
	assert_int_equal(t.chunk_count, 3);
	table_clear(&t);
	assert_int_equal(t.count, 0);
	assert_int_equal(table_add_run(&t, 3), 0);
	table_fini(&t);
}

/* A hash with few values, so that candidates collide. */
static uint64_t
bad_hash(const void *ctx, uint32_t row)
{
	const struct row *r = table_at(ctx, row);

	return r->key % 7;
}

static uint64_t
good_hash(const void *ctx, uint32_t row)
{
	const struct row *r = table_at(ctx, row);

	return bytes_hash(slice_of(&r->key, sizeof(r->key)));
}

static uint32_t
times_found(const struct index *ix, uint64_t hash, uint32_t wanted)
{
	uint32_t found = 0;
	uint32_t row;

	for (uint32_t at = index_first(ix, hash, &row); at != 0;
	     at = index_next(ix, hash, at, &row)) {
		found += row == wanted;
	}
	return found;
}

static void
check_index(uint64_t (*hash_of_row)(const void *, uint32_t), uint32_t count)
{
	struct table t;
	struct index ix;

	table_init(&t, sizeof(struct row));
	index_init(&ix, hash_of_row, &t);
	assert_int_equal(times_found(&ix, 3, 0), 0);
	for (uint32_t i = 0; i < count; i++) {
		fill(&t, 1);
		((struct row *)table_mut(&t, i))->key = i * UINT64_C(0x9e3779b97f4a7c15);
		index_add(&ix, hash_of_row(&t, i), i);
	}
	for (uint32_t i = 0; i < count; i++) {
		assert_int_equal(times_found(&ix, hash_of_row(&t, i), i), 1);
		assert_int_equal(times_found(&ix, hash_of_row(&t, i), count), 0);
	}
	index_clear(&ix);
	assert_int_equal(times_found(&ix, hash_of_row(&t, 0), 0), 0);
	index_fini(&ix);
	table_fini(&t);
}

static void
test_index__every_row_is_found_once_however_bad_the_hash(void **state)
{
	(void)state;
	check_index(good_hash, 20000);
	check_index(bad_hash, 300);
}

static void
test_bytes_hash__is_the_same_on_every_machine(void **state)
{
	(void)state;
	uint32_t buckets[16] = { 0 };

	/* Worked out apart from this code. */
	assert_true(bytes_hash(slice_str("")) == 0x352cd682a12810af);
	assert_true(bytes_hash(slice_str("kusanone")) == 0x2321f149e1c8bb0c);
	assert_true(bytes_hash(slice_str("草の根")) == 0xf19c9344d12d180b);
	/* The low bits, which an index uses, are spread evenly. */
	for (uint32_t i = 0; i < 16000; i++) {
		uint8_t b[4];

		memcpy(b, &i, 4);
		buckets[bytes_hash(slice_of(b, 4)) & 15]++;
	}
	for (int i = 0; i < 16; i++) {
		assert_in_range(buckets[i], 800, 1200);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table__rows_are_zeroed_and_never_move),
		cmocka_unit_test(test_table__writing_marks_the_chunk_and_no_other),
		cmocka_unit_test(test_table__its_chunks_make_an_equal_one),
		cmocka_unit_test(test_table__bytes_that_are_no_chunk_are_refused),
		cmocka_unit_test(test_table__a_run_never_crosses_a_chunk),
		cmocka_unit_test(
			test_index__every_row_is_found_once_however_bad_the_hash),
		cmocka_unit_test(test_bytes_hash__is_the_same_on_every_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
