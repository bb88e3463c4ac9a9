#include <stdlib.h>

#include "unit/lib/link/link_test.h"

static struct buf payload;

static int
clear(void **state)
{
	(void)state;
	buf_fini(&payload);
	return 0;
}

static void
test_payload__blocks_come_back_in_order_with_their_loose_parts(void **state)
{
	(void)state;
	struct payload_item item;
	size_t at = 0;
	bool bad = true;

	payload_put_block(&payload, slice_str("block one"), slice_str("loose"));
	payload_put_block(&payload, slice_str("2"), slice_str(""));
	assert_true(payload_next_block(buf_slice(&payload), &at, &item, &bad));
	assert_true(slice_eq_str(item.block, "block one"));
	assert_true(slice_eq_str(item.loose, "loose"));
	assert_true(payload_next_block(buf_slice(&payload), &at, &item, &bad));
	assert_true(slice_eq_str(item.block, "2"));
	assert_int_equal(item.loose.len, 0);
	assert_false(payload_next_block(buf_slice(&payload), &at, &item, &bad));
	assert_false(bad);
	assert_int_equal(at, payload.len);
}

static void
test_payload__entries_come_back_with_their_places(void **state)
{
	(void)state;
	struct payload_item put = { .first = UINT64_MAX,
				    .hq_ms = -1,
				    .log_hash = some_hash(9),
				    .block = slice_str("block"),
				    .loose = slice_str("l") };
	struct payload_item item;
	size_t at = 0;
	bool bad;

	payload_put_entry(&payload, &put);
	assert_true(payload_next_entry(buf_slice(&payload), &at, &item, &bad));
	assert_true(item.first == UINT64_MAX);
	assert_int_equal(item.hq_ms, -1);
	assert_true(hash_eq(&item.log_hash, &put.log_hash));
	assert_true(slice_eq(item.block, put.block));
	assert_true(slice_eq(item.loose, put.loose));
	assert_false(payload_next_entry(buf_slice(&payload), &at, &item, &bad));
	assert_false(bad);
}

static void
test_payload__none_holds_nothing(void **state)
{
	(void)state;
	struct payload_item item;
	size_t at = 0;
	bool bad;

	assert_false(payload_next_block((struct slice){ 0 }, &at, &item, &bad));
	assert_false(bad);
	assert_false(payload_next_entry((struct slice){ 0 }, &at, &item, &bad));
	assert_false(bad);
}

/* Cut at every byte: what stands before the cut is read, and only a cut between two
 * items is an end. */
static void
check_cuts(bool (*next)(struct slice, size_t *, struct payload_item *, bool *),
	   const size_t *ends, size_t end_count)
{
	for (size_t len = 0; len <= payload.len; len++) {
		uint8_t *copy = xmalloc(len); /* The sanitizer sees a read beyond it. */
		struct payload_item item;
		size_t at = 0, count = 0, whole = 0;
		bool bad;

		memcpy(copy, payload.at, len);
		for (size_t i = 0; i < end_count; i++) {
			whole += ends[i] <= len;
		}
		while (next(slice_of(copy, len), &at, &item, &bad)) {
			assert_int_equal(at, ends[count]);
			count++;
		}
		assert_int_equal(count, whole);
		assert_int_equal(bad, len != 0 && (whole == 0 || ends[whole - 1] != len));
		free(copy);
	}
}

static void
test_payload__a_cut_at_any_byte_is_noticed(void **state)
{
	(void)state;
	struct payload_item item = { .first = 3,
				     .log_hash = some_hash(1),
				     .block = slice_str("bb"),
				     .loose = slice_str("l") };
	size_t ends[3];

	for (size_t i = 0; i < 3; i++) {
		payload_put_block(&payload, item.block,
				  i == 1 ? (struct slice){ 0 } : item.loose);
		ends[i] = payload.len;
	}
	check_cuts(payload_next_block, ends, 3);

	buf_clear(&payload);
	for (size_t i = 0; i < 3; i++) {
		payload_put_entry(&payload, &item);
		ends[i] = payload.len;
	}
	check_cuts(payload_next_entry, ends, 3);
}

static void
test_payload__lengths_that_lie_are_refused(void **state)
{
	(void)state;
	static const uint32_t lies[] = { 0, 6, 7, 0x7fffffff, 0x80000000, 0xffffffff };
	struct payload_item item;
	bool bad;

	for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
		size_t at = 0;

		buf_clear(&payload);
		payload_put_block(&payload, slice_str("block"), slice_str(""));
		put_le32(payload.at, lies[i]);
		assert_false(payload_next_block(buf_slice(&payload), &at, &item, &bad));
		assert_true(bad);
		assert_int_equal(at, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_teardown(name, clear)
		T(test_payload__blocks_come_back_in_order_with_their_loose_parts),
		T(test_payload__entries_come_back_with_their_places),
		T(test_payload__none_holds_nothing),
		T(test_payload__a_cut_at_any_byte_is_noticed),
		T(test_payload__lengths_that_lie_are_refused),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
