#include "lib/model/era.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Golden: 元号 of fiscal years.  令和 n is year - 2018, 平成 n year - 1988, 昭和 n
 * year - 1925, and the first is 元. */
static void
test_era__names_the_fiscal_years(void **state)
{
	(void)state;
	const struct {
		int16_t fiscal_year;
		const char *era;
		const char *ja;
		const char *en;
	} golden[] = {
		{ 2026, "令和8年度", "2026年度 (令和8年度)", "FY2026" },
		{ 2024, "令和6年度", "2024年度 (令和6年度)", "FY2024" },
		{ 2023, "令和5年度", "2023年度 (令和5年度)", "FY2023" },
		{ 2020, "令和2年度", "2020年度 (令和2年度)", "FY2020" },
		{ 2019, "令和元年度", "2019年度 (令和元年度)", "FY2019" },
		{ 2018, "平成30年度", "2018年度 (平成30年度)", "FY2018" },
		{ 2017, "平成29年度", "2017年度 (平成29年度)", "FY2017" },
		{ 1990, "平成2年度", "1990年度 (平成2年度)", "FY1990" },
		{ 1989, "平成元年度", "1989年度 (平成元年度)", "FY1989" },
		{ 1988, "昭和63年度", "1988年度 (昭和63年度)", "FY1988" },
		{ 1926, "昭和元年度", "1926年度 (昭和元年度)", "FY1926" },
		{ 1925, "", "1925年度", "FY1925" },
		{ 2200, "令和182年度", "2200年度 (令和182年度)", "FY2200" },
		{ FISCAL_YEAR_NONE, "", "", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(golden); i++) {
		char text[ERA_TEXT_SIZE];

		assert_int_equal(fiscal_year_format_era(golden[i].fiscal_year, text),
				 strlen(golden[i].era));
		assert_string_equal(text, golden[i].era);
		assert_int_equal(fiscal_year_format_ja(golden[i].fiscal_year, text),
				 strlen(golden[i].ja));
		assert_string_equal(text, golden[i].ja);
		assert_int_equal(fiscal_year_format_en(golden[i].fiscal_year, text),
				 strlen(golden[i].en));
		assert_string_equal(text, golden[i].en);
	}
}

static void
test_era__every_way_to_write_a_fiscal_year_is_read(void **state)
{
	(void)state;
	const struct {
		const char *text;
		int fiscal_year;
	} golden[] = {
		{ "FY2023", 2023 },     { "2023", 2023 },       { "2023年度", 2023 },
		{ "令和5年度", 2023 },  { "R5", 2023 },         { "令和元年度", 2019 },
		{ "令和1年度", 2019 },  { "R1", 2019 },         { "平成30年度", 2018 },
		{ "H30", 2018 },        { "平成元年度", 1989 }, { "昭和63年度", 1988 },
		{ "S63", 1988 },        { "FY1900", 1900 },     { "2200", 2200 },
		{ "平成31年度", 2019 }, /* It was so called until May of 2019. */
		{ "昭和64年度", 1989 },
	};

	for (size_t i = 0; i < ARRAY_LEN(golden); i++) {
		int16_t fiscal_year;

		if (!fiscal_year_parse(slice_str(golden[i].text), &fiscal_year)) {
			fail_msg("%s was not read", golden[i].text);
		}
		assert_int_equal(fiscal_year, golden[i].fiscal_year);
	}
}

static void
test_era__what_names_no_fiscal_year_is_refused(void **state)
{
	(void)state;
	const char *const wrong[] = {
		"",           "FY",
		"FY23",       "23",
		"FY2023年度", "2023年",
		"2023-04",    "令和5",
		"令和年度",   "令和0年度",
		"令和05年度", "平成32年度",
		"昭和65年度", "R",
		"R0",         "R元",
		"R5年度",     "大正14年度",
		"T14",        "1899",
		"2201",       "R183",
		"02023",      "fy2023",
		"2023年度 ",  "令和9999999年度",
	};
	int16_t fiscal_year = 1;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		if (fiscal_year_parse(slice_str(wrong[i]), &fiscal_year)) {
			fail_msg("'%s' was read", wrong[i]);
		}
	}
	assert_int_equal(fiscal_year, 1);
}

static void
test_era__what_is_written_is_read_again(void **state)
{
	(void)state;

	for (int16_t year = 1926; year <= DATE_YEAR_MAX; year++) {
		char text[ERA_TEXT_SIZE];
		int16_t back;

		fiscal_year_format_era(year, text);
		assert_true(fiscal_year_parse(slice_str(text), &back));
		assert_int_equal(back, year);
		fiscal_year_format_en(year, text);
		assert_true(fiscal_year_parse(slice_str(text), &back));
		assert_int_equal(back, year);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_era__names_the_fiscal_years),
		cmocka_unit_test(test_era__every_way_to_write_a_fiscal_year_is_read),
		cmocka_unit_test(test_era__what_names_no_fiscal_year_is_refused),
		cmocka_unit_test(test_era__what_is_written_is_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
