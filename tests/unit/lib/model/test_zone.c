#include "lib/model/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* The system's zones, as a shell reads them. */
static bool
read_system_zone(void *ctx, struct slice name, struct buf *ret_file)
{
	unsigned *reads = ctx;
	char path[128];
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), "/usr/share/zoneinfo/%.*s", (int)name.len,
		 (const char *)name.at);
	(*reads)++;
	if ((file = fopen(path, "rb")) == NULL) {
		return false;
	}
	do {
		n = fread(buf_reserve(ret_file, 4096), 1, 4096, file);
		ret_file->len += n;
	} while (n != 0);
	fclose(file);
	return ret_file->len != 0;
}

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
check_date(struct date d, const char *expected)
{
	char text[DATE_TEXT_SIZE];

	date_format(&d, text);
	assert_string_equal(text, expected);
}

static void
test_zone__offsets_gaps_and_overlaps_of_real_zones(void **state)
{
	(void)state;
	const struct {
		const char *zone;
		const char *local;
		enum zone_fit fit;
		int offset;
		int later;
	} golden[] = {
		/* 2024: clocks go forward on 10 March, back on 3 November, at 02:00. */
		{ "America/Chicago", "2024-02-15T14:00", ZONE_UNIQUE, -360, -360 },
		{ "America/Chicago", "2024-03-10T01:59", ZONE_UNIQUE, -360, -360 },
		{ "America/Chicago", "2024-03-10T02:00", ZONE_GAP, -360, -300 },
		{ "America/Chicago", "2024-03-10T02:59", ZONE_GAP, -360, -300 },
		{ "America/Chicago", "2024-03-10T03:00", ZONE_UNIQUE, -300, -300 },
		{ "America/Chicago", "2024-11-03T00:59", ZONE_UNIQUE, -300, -300 },
		{ "America/Chicago", "2024-11-03T01:00", ZONE_OVERLAP, -300, -360 },
		{ "America/Chicago", "2024-11-03T01:59", ZONE_OVERLAP, -300, -360 },
		{ "America/Chicago", "2024-11-03T02:00", ZONE_UNIQUE, -360, -360 },
		/* Vincennes is on Eastern time, Evansville on Central. */
		{ "America/Indiana/Vincennes", "2024-02-15T14:00", ZONE_UNIQUE, -300,
		  -300 },
		{ "America/Indiana/Vincennes", "2023-10-12T10:00", ZONE_UNIQUE, -240,
		  -240 },
		/* It was on Central time in 2006 and 2007. */
		{ "America/Indiana/Vincennes", "2007-07-01T12:00", ZONE_UNIQUE, -300,
		  -300 },
		{ "America/Chicago", "2023-10-12T10:00", ZONE_UNIQUE, -300, -300 },
		{ "America/Los_Angeles", "2024-03-31T16:00", ZONE_UNIQUE, -420, -420 },
		{ "America/New_York", "2014-12-31T23:59", ZONE_UNIQUE, -300, -300 },
		{ "America/Anchorage", "2024-07-01T12:00", ZONE_UNIQUE, -480, -480 },
		{ "Pacific/Honolulu", "2024-07-01T12:00", ZONE_UNIQUE, -600, -600 },
		{ "Pacific/Guam", "2024-07-01T12:00", ZONE_UNIQUE, 600, 600 },
		{ "Asia/Tokyo", "2024-04-01T00:00", ZONE_UNIQUE, 540, 540 },
		{ "Asia/Kolkata", "2024-04-01T00:00", ZONE_UNIQUE, 330, 330 },
		/* Samoa had no 30 December 2011. */
		{ "Pacific/Apia", "2011-12-30T12:00", ZONE_GAP, -600, 840 },
		{ "Pacific/Apia", "2011-12-29T23:59", ZONE_UNIQUE, -600, -600 },
		{ "Pacific/Apia", "2011-12-31T00:00", ZONE_UNIQUE, 840, 840 },
		/* After the last change that is listed, the footer's rule: the second
		 * Sunday of March, the first of November. */
		{ "America/Chicago", "2120-03-10T01:59", ZONE_UNIQUE, -360, -360 },
		{ "America/Chicago", "2120-03-10T02:30", ZONE_GAP, -360, -300 },
		{ "America/Chicago", "2120-11-03T01:30", ZONE_OVERLAP, -300, -360 },
		{ "America/Chicago", "2120-12-31T23:59", ZONE_UNIQUE, -360, -360 },
		{ "Australia/Sydney", "2120-01-15T12:00", ZONE_UNIQUE, 660, 660 },
		{ "Australia/Sydney", "2120-07-15T12:00", ZONE_UNIQUE, 600, 600 },
		{ "Europe/Dublin", "2120-07-15T12:00", ZONE_UNIQUE, 60, 60 },
		{ "Europe/Dublin", "2120-01-15T12:00", ZONE_UNIQUE, 0, 0 },
		{ "Europe/London", "2120-03-31T01:30", ZONE_GAP, 0, 60 },
		{ "Asia/Tokyo", "2120-07-15T12:00", ZONE_UNIQUE, 540, 540 },
	};
	unsigned reads = 0;
	struct zones zones;

	zones_init(&zones, read_system_zone, &reads);
	struct zone_table table = zones_table(&zones);
	for (size_t i = 0; i < ARRAY_LEN(golden); i++) {
		struct slice zone = slice_str(golden[i].zone);
		struct date local = date(golden[i].local);
		bool gap = golden[i].fit == ZONE_GAP;
		enum zone_fit fit;
		int16_t offset;

		if (!zone_offset(&table, zone, &local, &offset, &fit) ||
		    fit != golden[i].fit || offset != golden[i].offset) {
			fail_msg("%s %s: fit %d offset %d", golden[i].zone,
				 golden[i].local, (int)fit, offset);
		}
		assert_int_equal(
			zone_has_offset(&table, zone, &local, (int16_t)golden[i].offset),
			!gap);
		assert_int_equal(
			zone_has_offset(&table, zone, &local, (int16_t)golden[i].later),
			!gap);
		assert_false(zone_has_offset(&table, zone, &local, 17));
	}
	assert_int_equal(reads, 13); /* Each zone once. */
	zones_fini(&zones);
}

static void
test_zone__a_name_that_is_none_is_refused_before_anything_is_read(void **state)
{
	(void)state;
	const char *const wrong[] = { "",
				      "/etc/passwd",
				      "../passwd",
				      "America/../Chicago",
				      "America//Chicago",
				      "America/",
				      "America/.hidden",
				      "America\\Chicago",
				      "America/Chi cago",
				      "東京" };
	struct date local = date("2024-02-15T14:00");
	unsigned reads = 0;
	struct zones zones;
	enum zone_fit fit;
	int16_t offset;

	zones_init(&zones, read_system_zone, &reads);
	struct zone_table table = zones_table(&zones);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		if (zone_offset(&table, slice_str(wrong[i]), &local, &offset, &fit)) {
			fail_msg("'%s' was taken for a zone", wrong[i]);
		}
	}
	assert_int_equal(reads, 0);
	assert_false(zone_offset(&table, slice_str("America/Atlantis"), &local, &offset,
				 &fit));
	assert_false(zone_offset(&table, slice_str("zone.tab"), &local, &offset, &fit));
	assert_int_equal(reads, 2);
	assert_true(zone_name_valid(slice_str("America/Argentina/Buenos_Aires")));
	assert_true(zone_name_valid(slice_str("Etc/GMT+10")));
	zones_fini(&zones);
}

/* Golden: the date and the 年度境界 of one moment under both rules.  1 April 00:00 in
 * Tokyo is 08:00 on 31 March in Los Angeles. */
static void
test_zone__one_moment_under_both_rules(void **state)
{
	(void)state;
	const struct {
		const char *zone;
		const char *start;
		const char *local;
		bool local_boundary;
		int local_year;
		const char *tokyo;
		bool tokyo_boundary;
		int tokyo_year;
	} golden[] = {
		{ "America/Los_Angeles", "2024-03-31T16:00", "2024-03-31", true, 2023,
		  "2024-04-01", true, 2024 },
		{ "America/Los_Angeles", "2024-03-31T08:00", "2024-03-31", true, 2023,
		  "2024-04-01", true, 2024 },
		{ "America/Los_Angeles", "2024-03-31T07:59", "2024-03-31", true, 2023,
		  "2024-03-31", true, 2023 },
		{ "America/Los_Angeles", "2024-03-30T16:00", "2024-03-30", false, 2023,
		  "2024-03-31", true, 2023 },
		{ "America/Los_Angeles", "2024-04-01T16:00", "2024-04-01", true, 2024,
		  "2024-04-02", false, 2024 },
		{ "America/New_York", "2024-03-31T10:59", "2024-03-31", true, 2023,
		  "2024-03-31", true, 2023 },
		{ "America/New_York", "2024-03-31T11:00", "2024-03-31", true, 2023,
		  "2024-04-01", true, 2024 },
		{ "Pacific/Honolulu", "2024-03-31T05:00", "2024-03-31", true, 2023,
		  "2024-04-01", true, 2024 },
		/* Guam is an hour ahead of Tokyo: there the new year comes first. */
		{ "Pacific/Guam", "2024-04-01T00:30", "2024-04-01", true, 2024,
		  "2024-03-31", true, 2023 },
		{ "Pacific/Guam", "2024-04-01T01:00", "2024-04-01", true, 2024,
		  "2024-04-01", true, 2024 },
		{ "Asia/Tokyo", "2024-04-01T00:00", "2024-04-01", true, 2024,
		  "2024-04-01", true, 2024 },
		{ "America/Chicago", "2023-12-31T18:00", "2023-12-31", false, 2023,
		  "2024-01-01", false, 2023 },
		/* A gap counts by the offset before it. */
		{ "America/Chicago", "2024-03-10T02:30", "2024-03-10", false, 2023,
		  "2024-03-10", false, 2023 },
	};
	unsigned reads = 0;
	struct zones zones;

	zones_init(&zones, read_system_zone, &reads);
	struct zone_table table = zones_table(&zones);
	for (size_t i = 0; i < ARRAY_LEN(golden); i++) {
		struct date start = date(golden[i].start);
		enum zone_fit fit;
		int16_t offset;

		assert_true(zone_offset(&table, slice_str(golden[i].zone), &start,
					&offset, &fit));
		struct date local = zone_dated_by(&start, offset, RULE_LOCAL);
		struct date tokyo = zone_dated_by(&start, offset, RULE_TOKYO);
		check_date(local, golden[i].local);
		check_date(tokyo, golden[i].tokyo);
		assert_int_equal(date_at_boundary(&local), golden[i].local_boundary);
		assert_int_equal(date_at_boundary(&tokyo), golden[i].tokyo_boundary);
		assert_int_equal(date_fiscal_year(&local), golden[i].local_year);
		assert_int_equal(date_fiscal_year(&tokyo), golden[i].tokyo_year);
	}
	zones_fini(&zones);
}

static void
test_zone__a_date_without_an_instant_counts_as_stated_under_both_rules(void **state)
{
	(void)state;
	const char *const coarse[] = { "FY2023", "2024", "2024-03", "2024-03-31" };

	for (size_t i = 0; i < ARRAY_LEN(coarse); i++) {
		struct date d = date(coarse[i]);

		check_date(zone_dated_by(&d, -420, RULE_LOCAL), coarse[i]);
		check_date(zone_dated_by(&d, -420, RULE_TOKYO), coarse[i]);
	}
}

static void
test_zone__local_and_utc_go_both_ways(void **state)
{
	(void)state;
	struct date local = date("2024-03-31T16:00");
	int64_t utc = zone_to_utc(&local, -420);

	check_date(zone_to_local(utc, 0), "2024-03-31T23:00");
	check_date(zone_to_local(utc, TOKYO_OFFSET_MINUTES), "2024-04-01T08:00");
	check_date(zone_to_local(utc, -420), "2024-03-31T16:00");
}

/* ---- Files made by hand. */

static void
put_be32(struct buf *b, uint32_t v)
{
	for (int shift = 24; shift >= 0; shift -= 8) {
		buf_put_u8(b, (uint8_t)(v >> shift));
	}
}

static void
put_header(struct buf *b, char version, uint32_t times, uint32_t types)
{
	buf_put_str(b, "TZif");
	buf_put_u8(b, (uint8_t)version);
	buf_put(b, (uint8_t[15]){ 0 }, 15);
	put_be32(b, 0);
	put_be32(b, 0);
	put_be32(b, 0);
	put_be32(b, times);
	put_be32(b, types);
	put_be32(b, 4);
}

/* One change, at 'at', from +1 h to +2 h; then the footer. */
static void
put_file(struct buf *b, uint64_t at, const char *footer)
{
	buf_clear(b);
	put_header(b, '2', 0, 1);
	buf_put(b, "\0\0\0\0\0\0ABC\0", 10);
	put_header(b, '2', 1, 2);
	buf_put_be64(b, at);
	buf_put_u8(b, 1);
	put_be32(b, 3600);
	buf_put(b, "\0\0", 2);
	put_be32(b, 7200);
	buf_put(b, "\0\0", 2);
	buf_put(b, "ABC\0", 4);
	buf_put_str(b, "\n");
	buf_put_str(b, footer);
	buf_put_str(b, "\n");
}

static void
test_tzif__every_form_of_rule_in_the_footer(void **state)
{
	(void)state;
	enum { DAY = 86400 };
	const struct {
		const char *footer;
		const char *day; /* An instant of this day, 12:00 UTC. */
		int32_t offset;
	} golden[] = {
		{ "UTC0", "2024-07-01", 0 },
		{ "<-03>3", "2024-07-01", -3 * 3600 },
		{ "<+0530>-5:30", "2024-07-01", 19800 },
		{ "XXX-1:02:03", "2024-07-01", 3723 },
		{ "CST6CDT,M3.2.0,M11.1.0", "2024-03-09", -6 * 3600 },
		{ "CST6CDT,M3.2.0,M11.1.0", "2024-03-10", -5 * 3600 },
		{ "CST6CDT,M3.2.0,M11.1.0", "2024-11-02", -5 * 3600 },
		{ "CST6CDT,M3.2.0,M11.1.0", "2024-11-03", -6 * 3600 },
		/* The fifth Sunday is the last one, of four or of five. */
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "2024-03-30", 3600 },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "2024-03-31", 7200 },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "2023-03-26", 7200 },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "2023-03-25", 3600 },
		/* J60 is 1 March in every year; 59 is 29 February in a leap year. */
		{ "AAA0BBB,J60/0,J300/0", "2024-02-29", 0 },
		{ "AAA0BBB,J60/0,J300/0", "2024-03-01", 3600 },
		{ "AAA0BBB,J60/0,J300/0", "2023-03-01", 3600 },
		{ "AAA0BBB,J60/0,J300/0", "2023-02-28", 0 },
		{ "AAA0BBB,59/0,300/0", "2024-02-28", 0 },
		{ "AAA0BBB,59/0,300/0", "2024-02-29", 3600 },
		{ "AAA0BBB,59/0,300/0", "2023-02-28", 0 },
		{ "AAA0BBB,59/0,300/0", "2023-03-01", 3600 },
		/* Summer time over the new year; with an offset of its own; all year;
		 * a time before midnight and one beyond the next. */
		{ "AAA-10BBB,M10.1.0,M4.1.0/3", "2024-01-15", 39600 },
		{ "AAA-10BBB,M10.1.0,M4.1.0/3", "2024-07-15", 36000 },
		{ "AAA-10BBB-10:30,M10.1.0,M4.1.0/3", "2024-12-15", 37800 },
		{ "EST5EDT,0/0,J365/25", "2024-12-31", -4 * 3600 },
		{ "EST5EDT,0/0,J365/25", "2024-01-01", -4 * 3600 },
		{ "AAA0BBB,J100/-24,J200/48", "2023-04-09", 3600 },
		{ "AAA0BBB,J100/-24,J200/48", "2023-04-08", 0 },
		{ "AAA0BBB,J100/-24,J200/48", "2023-07-20", 3600 },
		{ "AAA0BBB,J100/-24,J200/48", "2023-07-21", 0 },
	};
	struct buf file = { .len = 0 };

	for (size_t i = 0; i < ARRAY_LEN(golden); i++) {
		struct date d = date(golden[i].day);
		struct tzif tzif;

		put_file(&file, 1000, golden[i].footer);
		assert_true(tzif_parse(buf_slice(&file), &tzif));
		assert_int_equal(tzif_offset_at(&tzif, 999), 3600);
		int64_t noon = (int64_t)date_first_day(&d) * DAY + DAY / 2;
		if (tzif_offset_at(&tzif, noon) != golden[i].offset) {
			fail_msg("%s %s: %d", golden[i].footer, golden[i].day,
				 tzif_offset_at(&tzif, noon));
		}
		tzif_fini(&tzif);
	}
	buf_fini(&file);
}

static void
test_tzif__without_a_footer_the_last_change_holds(void **state)
{
	(void)state;
	struct buf file = { .len = 0 };
	struct tzif tzif;

	put_file(&file, 1000, "");
	assert_true(tzif_parse(buf_slice(&file), &tzif));
	assert_int_equal(tzif_offset_at(&tzif, INT64_MIN), 3600);
	assert_int_equal(tzif_offset_at(&tzif, 999), 3600);
	assert_int_equal(tzif_offset_at(&tzif, 1000), 7200);
	assert_int_equal(tzif_offset_at(&tzif, (int64_t)1 << 40), 7200);
	tzif_fini(&tzif);
	buf_fini(&file);
}

static void
test_tzif__a_broken_footer_is_refused(void **state)
{
	(void)state;
	const char *const wrong[] = {
		"CST",
		"CS6",
		"<CST6",
		"CST6CDT",
		"CST6CDT,",
		"CST6CDT,M3.2.0",
		"CST6CDT,M3.2.0,M11.1.0,",
		"CST6CDT,M13.2.0,M11.1.0",
		"CST6CDT,M0.2.0,M11.1.0",
		"CST6CDT,M3.6.0,M11.1.0",
		"CST6CDT,M3.0.0,M11.1.0",
		"CST6CDT,M3.2.7,M11.1.0",
		"CST6CDT,J0,J300",
		"CST6CDT,J366,J300",
		"CST6CDT,366,300",
		"CST6CDT,M3.2.0/168,M11.1.0",
		"CST25",
		"CST6:60",
		"CST6CDT,M3.2.0/,M11.1.0",
	};
	struct buf file = { .len = 0 };

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct tzif tzif;

		put_file(&file, 1000, wrong[i]);
		if (tzif_parse(buf_slice(&file), &tzif)) {
			fail_msg("'%s' was read", wrong[i]);
		}
	}
	buf_fini(&file);
}

static void
test_tzif__no_beginning_of_a_file_and_no_changed_count_is_read_beyond_its_end(
	void **state)
{
	(void)state;
	struct buf file = { .len = 0 };
	struct tzif tzif;

	put_file(&file, 1000, "CST6CDT,M3.2.0,M11.1.0");
	for (size_t len = 0; len < file.len; len++) {
		/* A copy of its own: reading beyond it shows under the sanitizers. */
		struct buf part = { .len = 0 };

		buf_put(&part, file.at, len);
		assert_false(tzif_parse(buf_slice(&part), &tzif));
		buf_fini(&part);
	}
	/* The counts of both headers: whatever they say, no crash, and no sanitizer's
	 * complaint. */
	for (size_t at = 20; at < 44 + 10 + 44; at++) {
		uint8_t was = file.at[at];

		file.at[at] = 0xff;
		if (tzif_parse(buf_slice(&file), &tzif)) {
			tzif_fini(&tzif);
		}
		file.at[at] = was;
	}
	assert_true(tzif_parse(buf_slice(&file), &tzif));
	tzif_fini(&tzif);
	buf_fini(&file);
}

static void
test_tzif__what_a_file_must_not_say_is_refused(void **state)
{
	(void)state;
	enum { SECOND = 44 + 10, BLOCK = SECOND + 44 };
	const struct {
		size_t at;
		uint8_t byte;
	} wrong[] = {
		{ 0, 'X' }, /* No TZif ... */
		{ 4, 0 },   /* ... of a version with 8-byte times. */
		{ SECOND, 'X' },
		{ SECOND + 4, 0 },
		{ SECOND + 31, 1 },    /* Counts leap seconds. */
		{ SECOND + 39, 0 },    /* No type at all. */
		{ BLOCK + 8, 2 },      /* A type that there is not. */
		{ BLOCK + 9, 0x7f },   /* An offset of years. */
		{ BLOCK + 9 + 16, 0 }, /* No newline before the footer. */
	};
	struct buf file = { .len = 0 };

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct tzif tzif;

		put_file(&file, 1000, "UTC0");
		file.at[wrong[i].at] = wrong[i].byte;
		if (tzif_parse(buf_slice(&file), &tzif)) {
			fail_msg("byte %zu as %d was read", wrong[i].at, wrong[i].byte);
		}
	}
	buf_fini(&file);
}

/* Every half hour of two years, in zones that change in either direction, by half an
 * hour, and never: the local time that the offset gives happens at that instant, and the
 * offset changes when the zone's does. */
static void
test_zone__the_offset_at_an_instant(void **state)
{
	(void)state;
	static const char *const names[] = { "America/Chicago", "Europe/Dublin",
					     "Australia/Lord_Howe", "Asia/Tokyo",
					     "Pacific/Apia" };
	const struct {
		const char *zone, *utc;
		int16_t offset;
	} typed[] = {
		{ "America/Chicago", "2024-03-10T07:59", -360 },
		{ "America/Chicago", "2024-03-10T08:00", -300 },
		{ "America/Chicago", "2024-11-03T06:59", -300 },
		{ "America/Chicago", "2024-11-03T07:00", -360 },
		{ "Asia/Tokyo", "2024-07-01T00:00", 540 },
		{ "Australia/Lord_Howe", "2024-04-06T14:59", 660 },
		{ "Australia/Lord_Howe", "2024-04-06T15:00", 630 },
	};
	unsigned reads = 0;
	struct zones zones;
	int16_t offset;

	zones_init(&zones, read_system_zone, &reads);
	struct zone_table table = zones_table(&zones);
	for (size_t i = 0; i < ARRAY_LEN(typed); i++) {
		struct date utc = date(typed[i].utc);

		assert_true(zone_offset_at(&table, slice_str(typed[i].zone),
					   date_minutes(&utc), &offset));
		assert_int_equal(offset, typed[i].offset);
	}
	struct date first = date("2023-06-01T00:00");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		for (int64_t at = 0; at < 2 * 365 * 48; at++) {
			int64_t utc = date_minutes(&first) + 30 * at;

			assert_true(zone_offset_at(&table, slice_str(names[i]), utc,
						   &offset));
			struct date local = zone_to_local(utc, offset);
			assert_true(zone_has_offset(&table, slice_str(names[i]), &local,
						    offset));
		}
	}
	assert_false(zone_offset_at(&table, slice_str("Nowhere/Land"), 0, &offset));
	zones_fini(&zones);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zone__offsets_gaps_and_overlaps_of_real_zones),
		cmocka_unit_test(
			test_zone__a_name_that_is_none_is_refused_before_anything_is_read),
		cmocka_unit_test(test_zone__one_moment_under_both_rules),
		cmocka_unit_test(
			test_zone__a_date_without_an_instant_counts_as_stated_under_both_rules),
		cmocka_unit_test(test_zone__local_and_utc_go_both_ways),
		cmocka_unit_test(test_zone__the_offset_at_an_instant),
		cmocka_unit_test(test_tzif__every_form_of_rule_in_the_footer),
		cmocka_unit_test(test_tzif__without_a_footer_the_last_change_holds),
		cmocka_unit_test(test_tzif__a_broken_footer_is_refused),
		cmocka_unit_test(
			test_tzif__no_beginning_of_a_file_and_no_changed_count_is_read_beyond_its_end),
		cmocka_unit_test(test_tzif__what_a_file_must_not_say_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
