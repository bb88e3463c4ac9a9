#include "lib/base/base64.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "lib/base/hash.h"

/* The examples of RFC 4648, section 10. */
static const struct {
	const char *bytes, *text;
} examples[] = {
	{ "", "" },
	{ "f", "Zg==" },
	{ "fo", "Zm8=" },
	{ "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" },
	{ "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" },
};

static void
test_base64__the_examples_of_the_rfc_both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		struct buf text = { 0 }, bytes = { 0 };

		base64_put(&text, slice_str(examples[i].bytes));
		assert_true(slice_eq_str(buf_slice(&text), examples[i].text));
		assert_int_equal(text.len, BASE64_LEN(strlen(examples[i].bytes)));
		assert_true(base64_read(slice_str(examples[i].text), &bytes));
		assert_true(slice_eq_str(buf_slice(&bytes), examples[i].bytes));
		buf_fini(&text);
		buf_fini(&bytes);
	}
}

static void
test_base64__of_all_characters_64_and_the_padding_are_read(void **state)
{
	(void)state;
	static const char known[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789+/";

	for (unsigned c = 0; c < 256; c++) {
		const uint8_t text[4] = { 'A', (uint8_t)c, 'A', 'A' };
		uint8_t at[3];
		const char *found = c != 0 ? strchr(known, (int)c) : NULL;

		assert_int_equal(base64_get(slice_of(text, 4), at, 3), found != NULL);
		if (found != NULL) {
			assert_int_equal(at[0] << 4 | at[1] >> 4, found - known);
		}
	}
}

static void
test_base64__what_follows_is_appended(void **state)
{
	(void)state;
	struct buf b = { 0 };

	buf_put_str(&b, "x ");
	base64_put(&b, slice_of("\xff\xfe\xfd", 3));
	assert_true(slice_eq_str(buf_slice(&b), "x //79"));
	assert_true(base64_read(slice_str("//79"), &b));
	assert_int_equal(b.len, 9);
	buf_fini(&b);
}

static void
test_base64__a_value_has_one_text(void **state)
{
	(void)state;
	static const char *const bad[] = { "Zg",    "Zg=",    "Zh==",  "Zm9=",
					   "Z===",  "Zg==Zg", "Zm9v=", "Zm9v\n",
					   " Zm9v", "Zm 9",   "-_-_",  "Zg==Zm9v",
					   "====" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct buf b = { 0 };

		assert_false(base64_read(slice_str(bad[i]), &b));
		assert_int_equal(b.len, 0);
		buf_fini(&b);
	}
}

static void
test_base64__exactly_so_many_bytes(void **state)
{
	(void)state;
	uint8_t at[4] = { 9, 9, 9, 9 };

	assert_true(base64_get(slice_str("Zm9v"), at, 3));
	assert_memory_equal(at, "foo\x09", 4);
	assert_false(base64_get(slice_str("Zm8="), at, 3));
	assert_false(base64_get(slice_str("Zm9v"), at, 2));
	assert_false(base64_get(slice_str("Zm9vYg=="), at, 3));
}

static int
setup(void **state)
{
	(void)state;
	hash_init();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base64__the_examples_of_the_rfc_both_ways),
		cmocka_unit_test(
			test_base64__of_all_characters_64_and_the_padding_are_read),
		cmocka_unit_test(test_base64__what_follows_is_appended),
		cmocka_unit_test(test_base64__a_value_has_one_text),
		cmocka_unit_test(test_base64__exactly_so_many_bytes),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
