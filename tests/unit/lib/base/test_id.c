#include "lib/base/id.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
test_uuid__v7_carries_the_minting_time_and_sorts_by_it(void **state)
{
	(void)state;
	const uint8_t random[10] = { 0xff, 0xff, 0xff, 1, 2, 3, 4, 5, 6, 7 };
	struct uuid first = uuid_v7(0x0123456789ab, random);
	struct uuid later = uuid_v7(0x0123456789ac, (uint8_t[10]){ 0 });
	char text[UUID_TEXT_LEN + 1];

	uuid_format(&first, text);
	assert_string_equal(text, "01234567-89ab-7fff-bf01-020304050607");
	assert_true(memcmp(first.b, later.b, UUID_LEN) < 0);
}

static void
test_uuid__only_the_canonical_form_is_read(void **state)
{
	(void)state;
	struct uuid id;

	assert_true(uuid_parse(slice_str("01234567-89ab-7fff-bf01-020304050607"), &id));
	assert_false(uuid_parse(slice_str("01234567-89AB-7fff-bf01-020304050607"), &id));
	assert_false(uuid_parse(slice_str("0123456789ab7fffbf01020304050607"), &id));
	assert_false(uuid_parse(slice_str("01234567-89ab-7fff-bf01-02030405060g"), &id));
	assert_false(uuid_parse(slice_str("01234567x89ab-7fff-bf01-020304050607"), &id));
	assert_false(uuid_parse(slice_str(""), &id));
}

static void
test_hex__needs_exactly_the_digits(void **state)
{
	(void)state;
	uint8_t b[2];

	assert_true(hex_parse(slice_str("aF09"), b, 2));
	assert_int_equal(b[0], 0xaf);
	assert_int_equal(b[1], 0x09);
	assert_false(hex_parse(slice_str("aF0"), b, 2));
	assert_false(hex_parse(slice_str("aF0900"), b, 2));
	assert_false(hex_parse(slice_str("aF0-"), b, 2));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uuid__v7_carries_the_minting_time_and_sorts_by_it),
		cmocka_unit_test(test_uuid__only_the_canonical_form_is_read),
		cmocka_unit_test(test_hex__needs_exactly_the_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
