#include "lib/base/buf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
test_buf__grows_and_keeps_what_it_has(void **state)
{
	(void)state;
	struct buf b = { 0 };

	for (uint32_t i = 0; i < 100000; i++) {
		buf_put_le32(&b, i);
		assert_true(b.len <= b.cap);
	}
	for (uint32_t i = 0; i < 100000; i++) {
		assert_int_equal(get_le32(b.at + 4 * i), i);
	}
	buf_fini(&b);
}

static void
test_buf__numbers_stand_in_their_byte_order(void **state)
{
	(void)state;
	struct buf b = { 0 };
	const uint8_t expected[] = {
		0x12, 0x34, 0x12, 0x78, 0x56, 0x34, 0x12,       /* u8 le16 le32 */
		0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x01, /* le64 */
		0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, /* be64 */
	};

	buf_put_u8(&b, 0x12);
	buf_put_le16(&b, 0x1234);
	buf_put_le32(&b, 0x12345678);
	buf_put_le64(&b, 0x0123456789abcdef);
	buf_put_be64(&b, 0x0123456789abcdef);
	assert_true(slice_eq(buf_slice(&b), slice_of(expected, sizeof(expected))));
	assert_int_equal(get_le16(b.at + 1), 0x1234);
	assert_int_equal(get_le32(b.at + 3), 0x12345678);
	assert_int_equal(get_le64(b.at + 7), 0x0123456789abcdef);
	assert_int_equal(get_be64(b.at + 15), 0x0123456789abcdef);
	buf_fini(&b);
}

static void
test_buf__the_highest_bit_survives(void **state)
{
	(void)state;
	uint8_t b[8];

	put_le16(b, UINT16_MAX);
	assert_int_equal(get_le16(b), UINT16_MAX);
	put_le32(b, UINT32_MAX - 1);
	assert_int_equal(get_le32(b), UINT32_MAX - 1);
	put_le64(b, UINT64_MAX - 1);
	assert_true(get_le64(b) == UINT64_MAX - 1);
	put_be64(b, UINT64_MAX - 1);
	assert_true(get_be64(b) == UINT64_MAX - 1);
}

static void
test_buf__text_is_added_without_its_nul(void **state)
{
	(void)state;
	struct buf b = { 0 };
	char long_text[5000];

	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	buf_put_str(&b, "a");
	buf_printf(&b, "%d-%s", 42, long_text);
	buf_put_slice(&b, slice_str("z"));
	buf_put(&b, NULL, 0);
	assert_int_equal(b.len, 1 + 3 + 4999 + 1);
	assert_memory_equal(b.at, "a42-xx", 6);
	assert_int_equal(b.at[b.len - 1], 'z');
	buf_clear(&b);
	assert_int_equal(b.len, 0);
	assert_true(b.cap != 0);
	buf_fini(&b);
}

static void
test_buf__reserving_moves_nothing(void **state)
{
	(void)state;
	struct buf b = { 0 };

	memcpy(buf_reserve(&b, 3), "abc", 3);
	assert_int_equal(b.len, 0);
	memcpy(buf_grow(&b, 3), "def", 3);
	assert_true(slice_eq_str(buf_slice(&b), "def"));
	buf_fini(&b);
}

static void
test_slice__order_is_by_bytes_and_the_shorter_comes_first(void **state)
{
	(void)state;
	struct slice empty = { 0 };

	assert_true(slice_cmp(slice_str("a"), slice_str("ab")) < 0);
	assert_true(slice_cmp(slice_str("b"), slice_str("ab")) > 0);
	assert_true(slice_cmp(slice_of("\xff", 1), slice_str("a")) > 0);
	assert_int_equal(slice_cmp(slice_str("ab"), slice_str("ab")), 0);
	assert_true(slice_cmp(empty, slice_str("a")) < 0);
	assert_int_equal(slice_cmp(empty, slice_str("")), 0);
	assert_true(slice_eq(empty, slice_str(NULL)));
	assert_false(slice_eq_str(slice_str("ab"), "abc"));
	assert_true(slice_eq_str(slice_from(slice_str("abc"), 2), "c"));
	assert_int_equal(slice_from(slice_str("abc"), 3).len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buf__grows_and_keeps_what_it_has),
		cmocka_unit_test(test_buf__numbers_stand_in_their_byte_order),
		cmocka_unit_test(test_buf__the_highest_bit_survives),
		cmocka_unit_test(test_buf__text_is_added_without_its_nul),
		cmocka_unit_test(test_buf__reserving_moves_nothing),
		cmocka_unit_test(
			test_slice__order_is_by_bytes_and_the_shorter_comes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
