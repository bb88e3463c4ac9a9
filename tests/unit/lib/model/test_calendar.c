#include "lib/model/calendar.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct date
date(const char *text)
{
	struct date d;

	if (!date_parse(slice_str(text), &d)) {
		fail_msg("%s is no date", text);
	}
	return d;
}

static void
test_date__the_form_is_the_precision(void **state)
{
	(void)state;
	const struct {
		const char *text;
		struct date date;
	} forms[] = {
		{ "FY2023", { .year = 2023, .precision = PRECISION_FISCAL_YEAR } },
		{ "2024", { .year = 2024, .precision = PRECISION_YEAR } },
		{ "2024-02", { .year = 2024, .precision = PRECISION_MONTH, .month = 2 } },
		{ "2024-02-29",
		  { .year = 2024, .precision = PRECISION_DAY, .month = 2, .day = 29 } },
		{ "2024-02-15T14:05",
		  { .year = 2024,
		    .precision = PRECISION_MINUTE,
		    .month = 2,
		    .day = 15,
		    .hour = 14,
		    .minute = 5 } },
		{ "1900-01-01",
		  { .year = 1900, .precision = PRECISION_DAY, .month = 1, .day = 1 } },
		{ "2200-12-31T23:59",
		  { .year = 2200,
		    .precision = PRECISION_MINUTE,
		    .month = 12,
		    .day = 31,
		    .hour = 23,
		    .minute = 59 } },
	};

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct date d = date(forms[i].text);
		char text[DATE_TEXT_SIZE];

		assert_true(date_eq(&d, &forms[i].date));
		assert_true(date_valid(&d));
		assert_int_equal(date_format(&d, text), strlen(forms[i].text));
		assert_string_equal(text, forms[i].text);
	}
}

static void
test_date__no_other_form_is_read_and_no_day_that_does_not_exist(void **state)
{
	(void)state;
	const char *const wrong[] = {
		"",
		"24",
		"FY23",
		"fy2023",
		"FY2023 ",
		"FX2023",
		"2023年度",
		"2024-2",
		"2024-2-15",
		"2024/02/15",
		"2024-02-15 14:00",
		"2024-02-15T14:00Z",
		"2024-02-15T14",
		"2024-02-15t14:00",
		"2024-02-15T24:00",
		"2024-02-15T14:60",
		" 2024",
		"+024",
		"-024",
		"2024-00",
		"2024-13",
		"2024-01-00",
		"2024-01-32",
		"2024-04-31",
		"2023-02-29",
		"1900-02-29", /* No leap year ... */
		"1899-12-31",
		"2201-01-01",
		"FY1899",
		"FY2201",
		"0000",
		"9999",
		"２０２４",
	};
	struct date d = date("2000-02-29"); /* ... but this is one. */
	struct date before = d;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		if (date_parse(slice_str(wrong[i]), &d)) {
			fail_msg("'%s' was read as a date", wrong[i]);
		}
	}
	assert_true(date_eq(&d, &before)); /* Written on success only. */
}

static void
test_date__a_struct_that_no_text_gives_is_not_valid(void **state)
{
	(void)state;
	struct date not_stated = { .precision = PRECISION_NONE };
	struct date invented = date("2024-02");
	struct date beyond = date("2024-02-15");
	char text[DATE_TEXT_SIZE];

	assert_false(date_valid(&not_stated));
	assert_int_equal(date_format(&not_stated, text), 0);
	assert_string_equal(text, "");
	invented.day = 1;
	assert_false(date_valid(&invented));
	beyond.precision = PRECISION_MINUTE + 1;
	assert_false(date_valid(&beyond));
}

/* Golden: 年度 of dates of every precision.  A fiscal year runs from 1 April to 31
 * March; a calendar year alone spans two and states none. */
static void
test_fiscal_year__of_dates_of_every_precision(void **state)
{
	(void)state;
	const struct {
		const char *text;
		int fiscal_year;
		int month; /* year * 12 + month - 1 */
		const char *first;
		const char *last;
	} golden[] = {
		{ "FY2023", 2023, MONTH_NONE, "2023-04-01", "2024-03-31" },
		{ "FY2024", 2024, MONTH_NONE, "2024-04-01", "2025-03-31" },
		{ "2023", FISCAL_YEAR_NONE, MONTH_NONE, "2023-01-01", "2023-12-31" },
		{ "2024", FISCAL_YEAR_NONE, MONTH_NONE, "2024-01-01", "2024-12-31" },
		{ "2023-03", 2022, 24278, "2023-03-01", "2023-03-31" },
		{ "2023-04", 2023, 24279, "2023-04-01", "2023-04-30" },
		{ "2023-09", 2023, 24284, "2023-09-01", "2023-09-30" },
		{ "2023-12", 2023, 24287, "2023-12-01", "2023-12-31" },
		{ "2024-01", 2023, 24288, "2024-01-01", "2024-01-31" },
		{ "2024-02", 2023, 24289, "2024-02-01", "2024-02-29" },
		{ "2024-03", 2023, 24290, "2024-03-01", "2024-03-31" },
		{ "2024-04", 2024, 24291, "2024-04-01", "2024-04-30" },
		{ "2024-03-31", 2023, 24290, "2024-03-31", "2024-03-31" },
		{ "2024-04-01", 2024, 24291, "2024-04-01", "2024-04-01" },
		{ "2023-03-31", 2022, 24278, "2023-03-31", "2023-03-31" },
		{ "2023-04-01", 2023, 24279, "2023-04-01", "2023-04-01" },
		{ "2023-12-31T23:59", 2023, 24287, "2023-12-31", "2023-12-31" },
		{ "2024-01-01T00:00", 2023, 24288, "2024-01-01", "2024-01-01" },
		{ "2024-03-31T23:59", 2023, 24290, "2024-03-31", "2024-03-31" },
		{ "2024-04-01T00:00", 2024, 24291, "2024-04-01", "2024-04-01" },
		{ "2017-04-01", 2017, 24207, "2017-04-01", "2017-04-01" },
		{ "2017-03-31", 2016, 24206, "2017-03-31", "2017-03-31" },
	};

	for (size_t i = 0; i < ARRAY_LEN(golden); i++) {
		struct date d = date(golden[i].text);
		struct date first = date_of_day(date_first_day(&d));
		struct date last = date_of_day(date_last_day(&d));
		char text[DATE_TEXT_SIZE];

		assert_int_equal(date_fiscal_year(&d), golden[i].fiscal_year);
		assert_int_equal(date_month(&d), golden[i].month);
		date_format(&first, text);
		assert_string_equal(text, golden[i].first);
		date_format(&last, text);
		assert_string_equal(text, golden[i].last);
	}
}

/* Golden: 年度境界 is a stated day of 31 March or 1 April, never a coarser date. */
static void
test_boundary__is_a_stated_day_at_the_turn_of_the_fiscal_year(void **state)
{
	(void)state;
	const struct {
		const char *text;
		bool at_boundary;
	} golden[] = {
		{ "2024-03-30", false },
		{ "2024-03-31", true },
		{ "2024-04-01", true },
		{ "2024-04-02", false },
		{ "2024-03-31T00:00", true },
		{ "2024-04-01T23:59", true },
		{ "2024-03-30T23:59", false },
		{ "2024-04-02T00:00", false },
		{ "2024-03", false },
		{ "2024-04", false },
		{ "2024", false },
		{ "FY2024", false },
		{ "2023-12-31", false },
		{ "2024-01-01", false },
		{ "1900-03-31", true },
		{ "2200-04-01", true },
	};

	for (size_t i = 0; i < ARRAY_LEN(golden); i++) {
		struct date d = date(golden[i].text);

		if (date_at_boundary(&d) != golden[i].at_boundary) {
			fail_msg("%s", golden[i].text);
		}
	}
}

static void
test_date__the_one_whose_first_possible_day_is_earlier_comes_first(void **state)
{
	(void)state;
	const char *const ascending[] = {
		"2023",       "FY2023",     "2023-04-02", "2023-05",
		"2023-05-02", "2023-12-31", "2024",       "2024-01-02T00:00",
	};

	for (size_t i = 0; i < ARRAY_LEN(ascending); i++) {
		for (size_t j = 0; j < ARRAY_LEN(ascending); j++) {
			struct date a = date(ascending[i]);
			struct date b = date(ascending[j]);

			assert_int_equal(date_cmp_first_day(&a, &b), (i > j) - (i < j));
		}
	}
	struct date year = date("FY2023");
	struct date day = date("2023-04-01");
	assert_int_equal(date_cmp_first_day(&year, &day), 0);
}

static void
test_day__known_days_have_their_numbers(void **state)
{
	(void)state;
	const struct {
		int year;
		unsigned month, day;
		int32_t number;
	} golden[] = {
		{ 1970, 1, 1, 0 },      { 1969, 12, 31, -1 },   { 1970, 12, 31, 364 },
		{ 2000, 2, 29, 11016 }, { 2000, 3, 1, 11017 },  { 2024, 4, 1, 19814 },
		{ 1900, 1, 1, -25567 }, { 2038, 1, 19, 24855 }, { 1900, 3, 1, -25508 },
		{ 0, 3, 1, -719468 },
	};

	for (size_t i = 0; i < ARRAY_LEN(golden); i++) {
		assert_int_equal(
			day_of_ymd(golden[i].year, golden[i].month, golden[i].day),
			golden[i].number);
	}
}

static void
test_day__every_day_of_the_range_comes_back_and_follows_the_one_before(void **state)
{
	(void)state;
	int32_t number = day_of_ymd(DATE_YEAR_MIN - 1, 12, 31);

	for (int year = DATE_YEAR_MIN; year <= DATE_YEAR_MAX; year++) {
		for (unsigned month = 1; month <= 12; month++) {
			for (unsigned day = 1; day <= days_in_month(year, month); day++) {
				int y;
				unsigned m;
				unsigned d;

				number++;
				assert_int_equal(day_of_ymd(year, month, day), number);
				day_to_ymd(number, &y, &m, &d);
				assert_int_equal(y, year);
				assert_int_equal(m, month);
				assert_int_equal(d, day);
			}
		}
	}
}

static void
test_minutes__go_back_before_1970_too(void **state)
{
	(void)state;
	const char *const texts[] = { "1969-12-31T23:59", "1970-01-01T00:00",
				      "1900-01-01T00:01", "2200-12-31T23:59" };
	struct date last = date("1969-12-31T23:59");

	assert_int_equal(date_minutes(&last), -1);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct date d = date(texts[i]);
		struct date back = date_of_minutes(date_minutes(&d));

		assert_true(date_eq(&d, &back));
	}
}

static void
test_rule__is_known_by_its_name(void **state)
{
	(void)state;
	enum date_rule rule = RULE_COUNT;

	assert_string_equal(date_rule_name(RULE_LOCAL), "local");
	assert_string_equal(date_rule_name(RULE_TOKYO), "tokyo");
	assert_true(date_rule_parse(slice_str("tokyo"), &rule));
	assert_int_equal(rule, RULE_TOKYO);
	assert_true(date_rule_parse(slice_str("local"), &rule));
	assert_int_equal(rule, RULE_LOCAL);
	assert_false(date_rule_parse(slice_str("Tokyo"), &rule));
	assert_false(date_rule_parse(slice_str(""), &rule));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_date__the_form_is_the_precision),
		cmocka_unit_test(
			test_date__no_other_form_is_read_and_no_day_that_does_not_exist),
		cmocka_unit_test(test_date__a_struct_that_no_text_gives_is_not_valid),
		cmocka_unit_test(test_fiscal_year__of_dates_of_every_precision),
		cmocka_unit_test(
			test_boundary__is_a_stated_day_at_the_turn_of_the_fiscal_year),
		cmocka_unit_test(
			test_date__the_one_whose_first_possible_day_is_earlier_comes_first),
		cmocka_unit_test(test_day__known_days_have_their_numbers),
		cmocka_unit_test(
			test_day__every_day_of_the_range_comes_back_and_follows_the_one_before),
		cmocka_unit_test(test_minutes__go_back_before_1970_too),
		cmocka_unit_test(test_rule__is_known_by_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
