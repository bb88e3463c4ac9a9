#include "lib/base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>

#include <utf8proc.h>

#include <cmocka.h>

static void
test_utf8__text_is_valid(void **state)
{
	(void)state;
	static const char *const good[] = {
		"",
		"plain",
		"ナッシュビル総領事館",
		"\x7f",
		"\xc2\x80",         /* U+0080, the first of two bytes */
		"\xdf\xbf",         /* U+07FF */
		"\xe0\xa0\x80",     /* U+0800, the first of three */
		"\xed\x9f\xbf",     /* U+D7FF, before the surrogates */
		"\xee\x80\x80",     /* U+E000, after them */
		"\xef\xbf\xbf",     /* U+FFFF */
		"\xf0\x90\x80\x80", /* U+10000, the first of four */
		"\xf4\x8f\xbf\xbf", /* U+10FFFF, the last */
	};

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(utf8_valid(slice_str(good[i])));
	}
}

static void
test_utf8__what_is_not_text_is_not_valid(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"\x80",             /* a continuation alone */
		"a\xc3",            /* cut short */
		"\xe3\x81",         /* cut short */
		"\xf0\x9f\x98",     /* cut short */
		"\xc0\x80",         /* NUL in two bytes */
		"\xc1\xbf",         /* overlong */
		"\xe0\x9f\xbf",     /* overlong */
		"\xf0\x8f\xbf\xbf", /* overlong */
		"\xed\xa0\x80",     /* the first surrogate */
		"\xed\xbf\xbf",     /* the last one */
		"\xf4\x90\x80\x80", /* beyond U+10FFFF */
		"\xf8\x88\x80\x80\x80",
		"\xff",
		"\xe3\x28\x81", /* a continuation missing in the middle */
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(utf8_valid(slice_str(bad[i])));
	}
	assert_false(utf8_valid(slice_of("a\0b", 3)));
	assert_false(utf8_valid(slice_of("\0", 1)));
}

/* What utf8_valid() decides by itself, beside utf8proc: every three bytes at every place
 * of a text. */
static void
test_utf8__shortcuts_say_what_utf8proc_says(void **state)
{
	(void)state;
	for (uint32_t v = 0; v < 1u << 24; v++) {
		uint8_t text[8] = { 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h' };
		size_t at = v % 6, i = 0;
		bool valid = true;

		text[at] = (uint8_t)(v >> 16);
		text[at + 1] = (uint8_t)(v >> 8);
		text[at + 2] = (uint8_t)v;
		while (valid && i < sizeof(text)) {
			utf8proc_int32_t code;
			utf8proc_ssize_t n = utf8proc_iterate(
				text + i, (utf8proc_ssize_t)(sizeof(text) - i), &code);

			valid = n > 0 && code != 0;
			i += valid ? (size_t)n : 0;
		}
		if (utf8_valid(slice_of(text, sizeof(text))) != valid) {
			fail_msg("%06x at %zu", (unsigned)v, at);
		}
	}
}

static void
test_utf8__width_is_what_a_terminal_shows(void **state)
{
	(void)state;
	assert_int_equal(utf8_width(slice_str("")), 0);
	assert_int_equal(utf8_width(slice_str("Nashville")), 9);
	assert_int_equal(utf8_width(slice_str("草の根")), 6);
	assert_int_equal(utf8_width(slice_str("ﾅｯｼｭ")), 4);
	assert_int_equal(utf8_width(slice_str("e\xcc\x81")), 1); /* e and an accent */
	assert_int_equal(utf8_width(slice_str("日\xff")),
			 3); /* broken: a column a byte */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf8__text_is_valid),
		cmocka_unit_test(test_utf8__what_is_not_text_is_not_valid),
		cmocka_unit_test(test_utf8__shortcuts_say_what_utf8proc_says),
		cmocka_unit_test(test_utf8__width_is_what_a_terminal_shows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
