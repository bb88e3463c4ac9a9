#include <setjmp.h>
#include <stdarg.h>

#include "lib/base/utf8.h"
#include "notification/one_line.h"

#include <cmocka.h>

static void
check(const char *text, size_t len, size_t max, const char *expected)
{
	struct buf out = { 0 };

	buf_put_str(&out, "before ");
	one_line(&out, slice_of(text, len), max);
	buf_put_u8(&out, '\0');
	assert_string_equal((char *)out.at + 7, expected);
	assert_true(utf8_valid(slice_str((char *)out.at)));
	buf_fini(&out);
}

static void
test_one_line__nothing_ends_the_line(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "予定が近づく", "予定が近づく" },
		{ "a\r\nb", "a b" },
		{ "a\rb\nc\td\ve\ff", "a b c d e f" },
		{ "  a   b  ", "a b" },
		{ "\r\n\r\n", "" },
		{ "a\x7f"
		  "b\x1b[2Jc",
		  "a b [2Jc" },
		{ "a\xc2\x85"
		  "b\xc2\x80"
		  "c\xc2\x9f"
		  "d",
		  "a b c d" },
		{ "a\xc2\xa0"
		  "b",
		  "a\xc2\xa0"
		  "b" },
		{ "a\xe2\x80\xa8"
		  "b\xe2\x80\xa9"
		  "c",
		  "a b c" },
		{ "a\xe2\x80\xa7"
		  "b",
		  "a\xe2\x80\xa7"
		  "b" },
		/* Not UTF-8: Latin-1, overlong, a surrogate, cut off, a lone byte. */
		{ "caf\xe9", "caf?" },
		{ "caf\xe9 au lait", "caf? au lait" },
		{ "\xc0\x8a", "??" },
		{ "\xed\xa0\x80", "???" },
		{ "\xe4\xba", "??" },
		{ "\x80", "?" },
		{ "\xff\xfe", "??" },
		{ "\xf0\x9f\x8c\xb8", "\xf0\x9f\x8c\xb8" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		check(cases[i].text, strlen(cases[i].text), 100, cases[i].expected);
	}
	check("a\0b", 3, 100, "a b");
	check(NULL, 0, 100, "");
}

static void
test_one_line__it_is_cut_between_characters(void **state)
{
	(void)state;
	check("abc", 3, 3, "abc");
	check("abc", 3, 2, "ab");
	check("予定", 6, 6, "予定");
	check("予定", 6, 5, "予");
	check("予定", 6, 2, "");
	check("a b", 3, 2, "a");
	check("abc", 3, 0, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_line__nothing_ends_the_line),
		cmocka_unit_test(test_one_line__it_is_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
