/* Words on a screen: breaks, numbers, times. */
#include "cli/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "cli/grid.h"
#include "lib/model/record.h"

static struct arena arena;

static int
end(void **state)
{
	(void)state;
	arena_fini(&arena);
	return 0;
}

static const char *
wrapped(const char *text, size_t column, size_t indent, size_t width)
{
	struct buf b = { 0 };

	text_wrap(&b, text, column, indent, width);
	const char *s = arena_dup(&arena, b.at, b.len);
	buf_fini(&b);
	return s;
}

static void
test_text__wrapped_at_blanks_and_between_wide_characters(void **state)
{
	(void)state;
	assert_string_equal(wrapped("one two three", 0, 2, 8), "one two\n  three");
	assert_string_equal(wrapped("日米連携を強化", 0, 1, 8), "日米連携\n を強化");
	/* No mark that closes begins a line, none that opens ends one. */
	assert_string_equal(wrapped("日米連携。強化", 0, 0, 8), "日米連\n携。強化");
	assert_string_equal(wrapped("日米連（強化）", 0, 0, 8), "日米連\n（強化）");
	assert_string_equal(wrapped("a\nb", 0, 3, 8), "a\n   b");
	assert_string_equal(wrapped("実施。\n連邦", 0, 2, 20), "実施。\n  連邦");
	/* A word that no line holds is cut. */
	assert_string_equal(wrapped("abcdefghij", 0, 1, 5), "abcde\n fghi\n j");
	assert_string_equal(wrapped("", 0, 1, 5), "");
}

static void
test_text__numbers_with_bounds_and_units(void **state)
{
	(void)state;
	assert_string_equal(bounded_text(&arena, LANG_JA, 1500, BOUND_AT_LEAST),
			    "1,500以上");
	assert_string_equal(bounded_text(&arena, LANG_JA, 120, BOUND_ABOUT), "約120");
	assert_string_equal(bounded_text(&arena, LANG_EN, 120, BOUND_ABOUT), "about 120");
	assert_string_equal(bounded_text(&arena, LANG_EN, 120, BOUND_EXACT), "120");
	assert_string_equal(bytes_text(&arena, 1023), "1023 B");
	assert_string_equal(bytes_text(&arena, 1024), "1.0 KiB");
	assert_string_equal(bytes_text(&arena, 12900000), "12.3 MiB");
	assert_string_equal(bytes_text(&arena, UINT64_MAX), "16383 PiB");
}

static void
test_text__years_times_and_short_names(void **state)
{
	(void)state;
	setenv("TZ", "Asia/Tokyo", 1);
	tzset();
	assert_string_equal(time_text(&arena, 1719792012000),
			    "2024-07-01 09:00:12 +09:00");
	assert_string_equal(fiscal_years_text(&arena, LANG_JA, 2019, 2019),
			    "2019年度 (令和元年度)");
	assert_string_equal(fiscal_years_text(&arena, LANG_JA, 2017, 2023),
			    "2017～2023年度");
	assert_string_equal(fiscal_years_text(&arena, LANG_EN, 2017, 2023),
			    "FY2017–2023");
	assert_string_equal(fiscal_years_text(&arena, LANG_EN, 2023, 2023), "FY2023");
	assert_string_equal(short_id(&arena, "018d0000-0000-7000-8000-0000abcdef12"),
			    "abcdef12");
	assert_string_equal(pick(LANG_JA, "", "only English"), "only English");
	assert_string_equal(pick(LANG_EN, "日本語", ""), "日本語");
	assert_string_equal(pick(LANG_EN, NULL, NULL), "");
}

static void
check_grid(const struct grid *grid, size_t width, const char *expected)
{
	struct buf b = { 0 };

	grid_put(grid, width, &b);
	buf_put_u8(&b, '\0');
	assert_string_equal((const char *)b.at, expected);
	buf_fini(&b);
}

static void
test_grid__text_gives_way_numbers_do_not(void **state)
{
	(void)state;
	struct grid grid;

	grid_init(&grid, &arena, "flr");
	grid.indent = 1;
	grid_row(&grid, "sfo", "在サンフランシスコ日本国総領事館", "1,188");
	grid_row(&grid, "bna", "short", "4");
	grid_row(&grid, "sum");
	check_grid(&grid, 60,
		   " sfo  在サンフランシスコ日本国総領事館  1,188\n"
		   " bna  short                                 4\n"
		   " sum\n");
	check_grid(&grid, 24,
		   " sfo  在サンフラ…  1,188\n"
		   " bna  short            4\n"
		   " sum\n");
	assert_int_equal(grid_least_width(&grid), 1 + 3 + 2 + 6 + 2 + 5);
}

static void
test_grid__an_empty_column_takes_no_room(void **state)
{
	(void)state;
	struct grid grid;

	grid_init(&grid, &arena, "lll");
	grid_row(&grid, "a", "", "c");
	grid_row(&grid, "aa", NULL, "c");
	check_grid(&grid, 80, "a   c\naa\n");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, end)
	const struct CMUnitTest tests[] = {
		TEST(test_text__wrapped_at_blanks_and_between_wide_characters),
		TEST(test_text__numbers_with_bounds_and_units),
		TEST(test_text__years_times_and_short_names),
		TEST(test_grid__text_gives_way_numbers_do_not),
		TEST(test_grid__an_empty_column_takes_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
