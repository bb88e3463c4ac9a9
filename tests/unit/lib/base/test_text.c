/* Words and numbers: widths, what others wrote, and what is filled in. */
#include "lib/base/text.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct arena arena;

static int
end(void **state)
{
	(void)state;
	arena_fini(&arena);
	return 0;
}

static void
test_text__what_drives_a_terminal_is_taken_out(void **state)
{
	(void)state;
	assert_string_equal(text_clean(&arena, "a\033[2Jb\ac\nd\te\x7f"),
			    "a?[2Jb?c / d e?");
	/* U+009B begins a sequence too; U+00A0 and kanji do not. */
	assert_string_equal(text_clean(&arena, "\xc2\x9b\xc2\xa0水"), "?\xc2\xa0水");
	assert_string_equal(text_clean_lines(&arena, "a\nb\r"), "a\nb?");
	/* Line and paragraph separators are line ends. */
	assert_string_equal(text_clean(&arena, "a\xe2\x80\xa8"
					       "b\xe2\x80\xa9"),
			    "a / b / ");
	assert_string_equal(text_clean_lines(&arena, "a\xe2\x80\xa8"
						     "b"),
			    "a\nb");
	assert_string_equal(text_clean(&arena, NULL), "");
}

static void
test_text__cut_at_columns_and_never_inside_a_character(void **state)
{
	(void)state;
	assert_string_equal(text_cut(&arena, "webinar", 7), "webinar");
	assert_string_equal(text_cut(&arena, "webinar", 6), "webin…");
	/* Four columns hold one wide character, a half and the mark. */
	assert_string_equal(text_cut(&arena, "水素会議", 8), "水素会議");
	assert_string_equal(text_cut(&arena, "水素会議", 7), "水素会…");
	assert_string_equal(text_cut(&arena, "水素会議", 6), "水素…");
	assert_string_equal(text_cut(&arena, "水素", 1), "…");
	assert_string_equal(text_cut(&arena, "水素", 0), "");
	/* A mark that combines stays with its letter: か + ゙. */
	assert_string_equal(text_cut(&arena, "か\xe3\x82\x99き", 3), "か\xe3\x82\x99…");
}

static void
test_text__numbers_with_separators(void **state)
{
	(void)state;
	assert_string_equal(number_text(&arena, 0), "0");
	assert_string_equal(number_text(&arena, 999), "999");
	assert_string_equal(number_text(&arena, 1188), "1,188");
	assert_string_equal(number_text(&arena, -170000000), "−170,000,000");
	assert_string_equal(number_text(&arena, INT64_MIN), "−9,223,372,036,854,775,808");
	assert_string_equal(unsigned_text(&arena, UINT64_MAX),
			    "18,446,744,073,709,551,615");
}

static void
test_text__a_pattern_takes_its_arguments_in_any_order(void **state)
{
	(void)state;
	struct buf b = { 0 };

	text_fill(&b, "{1} of {0}, {x} {1}", (const char *const[]){ "a", "{0}", NULL });
	buf_put_u8(&b, '\0');
	/* What is filled in is not read again. */
	assert_string_equal((const char *)b.at, "{0} of a, {x} {0}");
	buf_fini(&b);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, end)
	const struct CMUnitTest tests[] = {
		TEST(test_text__what_drives_a_terminal_is_taken_out),
		TEST(test_text__cut_at_columns_and_never_inside_a_character),
		TEST(test_text__numbers_with_separators),
		TEST(test_text__a_pattern_takes_its_arguments_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
