#include "lib/archive/lines.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
test_lines__a_line_ends(void **state)
{
	(void)state;
	struct slice rest = slice_str("one\n\ntwo"), line;

	assert_true(take_line(&rest, &line));
	assert_true(slice_eq_str(line, "one"));
	assert_true(take_line(&rest, &line));
	assert_int_equal(line.len, 0);
	assert_false(take_line(&rest, &line));
	assert_true(slice_eq_str(rest, "two"));
	rest = (struct slice){ 0 };
	assert_false(take_line(&rest, &line));
}

static void
test_lines__a_word_stands_alone(void **state)
{
	(void)state;
	struct slice rest;

	assert_true(after_word(slice_str("hq 5f"), "hq", &rest));
	assert_true(slice_eq_str(rest, "5f"));
	assert_true(after_word(slice_str("hq "), "hq", &rest));
	assert_int_equal(rest.len, 0);
	assert_false(after_word(slice_str("hq"), "hq", &rest));
	assert_false(after_word(slice_str("hq_ms 5"), "hq", &rest));
	assert_false(after_word(slice_str("h 5"), "hq", &rest));
}

static void
test_lines__a_number_has_one_text(void **state)
{
	(void)state;
	static const char *const bad[] = { "",    "00", "01", "-1",
					   "+1",  " 1", "1 ", "1x",
					   "0x1", "١",  "21", "99999999999999999999",
					   "1.",  "1e1" };
	uint64_t value = 7;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(number_read(slice_str(bad[i]), 20, &value));
		assert_int_equal(value, 7);
	}
	assert_true(number_read(slice_str("0"), 20, &value));
	assert_int_equal(value, 0);
	assert_true(number_read(slice_str("20"), 20, &value));
	assert_int_equal(value, 20);
	assert_true(number_read(slice_str("9999999999999999999"), UINT64_MAX, &value));
	assert_int_equal(value, UINT64_C(9999999999999999999));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines__a_line_ends),
		cmocka_unit_test(test_lines__a_word_stands_alone),
		cmocka_unit_test(test_lines__a_number_has_one_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
