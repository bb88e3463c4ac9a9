#include "lib/model/alert_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void
test_lead__days_hours_minutes(void **state)
{
	static const struct {
		const char *text;
		uint32_t minutes;
		const char *shown;
	} cases[] = {
		{ "30d", 43200, "30d" },
		{ "7d", 10080, "7d" },
		{ "1d", 1440, "1d" },
		{ "2h", 120, "2h" },
		{ "24h", 1440, "1d" },
		{ "90m", 90, "90m" },
		{ "60m", 60, "1h" },
		{ "366d", 527040, "366d" },
		{ "1m", 1, "1m" },
		{ "007d", 10080, "7d" },
		{ "527039m", 527039, "527039m" },
	};
	char text[LEAD_TEXT_SIZE];
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint32_t minutes = 0;

		assert_true(lead_parse(slice_str(cases[i].text), &minutes));
		assert_int_equal(minutes, cases[i].minutes);
		assert_int_equal(lead_format(minutes, text), strlen(cases[i].shown));
		assert_string_equal(text, cases[i].shown);
	}
}

static void
test_lead__anything_else_is_none(void **state)
{
	static const char *const wrong[] = {
		"",    "d",   "7",           "7 d",     " 7d",  "7d ",
		"-7d", "+7d", "7D",          "1.5d",    "1d2h", "367d",
		"0d",  "0m",  "4294967297m", "527041m", "7w",   "d7",
	};
	uint32_t minutes = 99;
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		if (lead_parse(slice_str(wrong[i]), &minutes)) {
			fail_msg("\"%s\" was read as %u", wrong[i], minutes);
		}
	}
	assert_int_equal(minutes, 99);
}

static void
test_digest__days_and_a_time(void **state)
{
	static const struct {
		const char *text;
		unsigned weekdays, minute;
		const char *shown;
	} cases[] = {
		{ "daily", 127, 510, "daily@08:30" },
		{ "daily@00:00", 127, 0, "daily@00:00" },
		{ "daily@23:59", 127, 1439, "daily@23:59" },
		{ "weekly@mon", 1, 510, "weekly@mon@08:30" },
		{ "weekly@sun@17:05", 64, 1025, "weekly@sun@17:05" },
		{ "weekly@thu,mon@09:00", 9, 540, "weekly@mon,thu@09:00" },
		{ "weekly@mon,tue,wed,thu,fri,sat@09:00", 63, 540,
		  "weekly@mon,tue,wed,thu,fri,sat@09:00" },
		{ "weekly@mon,tue,wed,thu,fri,sat,sun", 127, 510, "daily@08:30" },
	};
	char text[DIGEST_TEXT_SIZE];
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct digest_time digest = { 0 };
		struct digest_time again;

		assert_true(digest_parse(slice_str(cases[i].text), &digest));
		assert_int_equal(digest.weekdays, cases[i].weekdays);
		assert_int_equal(digest.minute_of_day, cases[i].minute);
		assert_int_equal(digest_format(&digest, text), strlen(cases[i].shown));
		assert_string_equal(text, cases[i].shown);
		assert_true(digest_parse(slice_str(text), &again));
		assert_int_equal(again.weekdays, digest.weekdays);
		assert_int_equal(again.minute_of_day, digest.minute_of_day);
	}
}

static void
test_digest__anything_else_is_none(void **state)
{
	static const char *const wrong[] = {
		"",
		"dayly",
		"daily@",
		"daily@8:30",
		"daily@24:00",
		"daily@08:60",
		"daily@08:30@",
		"daily@mon",
		"weekly",
		"weekly@",
		"weekly@monday",
		"weekly@mon@",
		"weekly@@08:30",
		"weekly@mon,",
		"weekly@,mon",
		"weekly@mon,,tue",
		"weekly@Mon",
		"weekly@08:30",
		"weekly@mon@8",
		"weekly@mon@08:30@09:30",
		"@08:30",
		"daily 08:30",
		"daily@08:30 ",
		"weekly@mon,@08:30",
	};
	struct digest_time digest;
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		if (digest_parse(slice_str(wrong[i]), &digest)) {
			fail_msg("\"%s\" was read", wrong[i]);
		}
	}
}

static void
test_quiet__hours_may_go_over_midnight(void **state)
{
	static const struct {
		const char *text;
		unsigned from, to;
	} cases[] = {
		{ "22:00-07:00", 1320, 420 },
		{ "00:00-06:30", 0, 390 },
		{ "12:00-13:00", 720, 780 },
		{ "23:59-00:00", 1439, 0 },
	};
	char text[QUIET_TEXT_SIZE];
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct quiet_hours quiet = { 0 };

		assert_true(quiet_parse(slice_str(cases[i].text), &quiet));
		assert_int_equal(quiet.from_minute, cases[i].from);
		assert_int_equal(quiet.to_minute, cases[i].to);
		assert_int_equal(quiet_format(&quiet, text), 11);
		assert_string_equal(text, cases[i].text);
	}
}

static void
test_quiet__anything_else_is_none(void **state)
{
	static const char *const wrong[] = {
		"",
		"22:00",
		"22:00-",
		"-07:00",
		"22-07",
		"22:00-7:00",
		"24:00-07:00",
		"22:00-24:00",
		"07:00-07:00",
		"22:00 - 07:00",
		"22:00-07:00-08:00",
		"2a:00-07:00",
	};
	struct quiet_hours quiet;
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		if (quiet_parse(slice_str(wrong[i]), &quiet)) {
			fail_msg("\"%s\" was read", wrong[i]);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lead__days_hours_minutes),
		cmocka_unit_test(test_lead__anything_else_is_none),
		cmocka_unit_test(test_digest__days_and_a_time),
		cmocka_unit_test(test_digest__anything_else_is_none),
		cmocka_unit_test(test_quiet__hours_may_go_over_midnight),
		cmocka_unit_test(test_quiet__anything_else_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
