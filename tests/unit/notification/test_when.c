/* At what instants: sessions, digests, quiet hours, and clocks that change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "notification/when.h"

#define CHICAGO   "America/Chicago"     /* Forward 2026-03-08 02:00, back 11-01 02:00. */
#define LORD_HOWE "Australia/Lord_Howe" /* Half an hour: back 04-05, forward 10-04. */
#define TOKYO     "Asia/Tokyo"
#define BEIRUT    "Asia/Beirut" /* Forward 2026-03-29 at midnight. */

enum { DAILY = 127, MONDAY = 1 << 0, FRIDAY = 1 << 4, SUNDAY = 1 << 6 };

static struct zones zones;
static struct zone_table table;

static bool
read_system_zone(void *ctx, struct slice name, struct buf *ret_file)
{
	char path[128];
	FILE *file;
	size_t n;

	(void)ctx;
	snprintf(path, sizeof(path), "/usr/share/zoneinfo/%.*s", (int)name.len,
		 (const char *)name.at);
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

static wall_ms_t
utc(const char *text)
{
	struct date d = date(text);

	return date_minutes(&d) * MINUTE_MS;
}

/* An instant is this one, told in UTC. */
static void
is_utc(wall_ms_t at, const char *text)
{
	char is[DATE_TEXT_SIZE];
	struct date d = date_of_minutes(at / MINUTE_MS);

	date_format(&d, is);
	if (at % MINUTE_MS != 0) {
		fail_msg("%s and %d ms, not %s", is, (int)(at % MINUTE_MS), text);
	}
	if (at != utc(text)) {
		fail_msg("%s, not %s", is, text);
	}
}

/* ---- Digests --------------------------------------------------------------------------
 */

/* The digest of a reader in 'zone' that goes for what is due at 'due'. */
static void
digest_goes(const char *zone, unsigned weekdays, const char *minute, const char *due,
	    const char *goes)
{
	unsigned hour, min;

	assert_int_equal(sscanf(minute, "%u:%u", &hour, &min), 2);
	const struct hours h = { .zone = slice_str(zone),
				 .digest_weekdays = (uint8_t)weekdays,
				 .digest_minute = (uint16_t)(60 * hour + min) };
	wall_ms_t at = when_digest(&table, &h, utc(due));
	is_utc(at, goes);
	/* What is due then goes then: a digest is asked for once more when it goes. */
	is_utc(when_digest(&table, &h, at), goes);
}

static void
test_when__a_digest_is_at_the_readers_time(void **state)
{
	(void)state;
	const struct hours none = { .zone = slice_str(TOKYO) };

	assert_int_equal(when_digest(&table, &none, 12345), 12345);
	digest_goes(TOKYO, DAILY, "08:30", "2026-01-05T23:29", "2026-01-05T23:30");
	digest_goes(TOKYO, DAILY, "08:30", "2026-01-05T23:30", "2026-01-05T23:30");
	digest_goes(TOKYO, DAILY, "08:30", "2026-01-05T23:31", "2026-01-06T23:30");
	digest_goes(CHICAGO, DAILY, "08:30", "2026-01-05T00:00", "2026-01-05T14:30");
	digest_goes(CHICAGO, DAILY, "00:00", "2026-12-31T18:00", "2027-01-01T06:00");
	/* In no zone that is known it is Tokyo's. */
	digest_goes("Mars/Olympus", DAILY, "08:30", "2026-01-05T00:00",
		    "2026-01-05T23:30");
	digest_goes("", DAILY, "08:30", "2026-01-05T00:00", "2026-01-05T23:30");
}

static void
test_when__a_weekly_digest_is_on_its_day(void **state)
{
	(void)state;
	/* 2026-01-05 was a Monday; in Tokyo it began at 15:00 UTC the day before. */
	digest_goes(TOKYO, MONDAY, "08:30", "2026-01-04T23:30", "2026-01-04T23:30");
	digest_goes(TOKYO, MONDAY, "08:30", "2026-01-04T23:31", "2026-01-11T23:30");
	digest_goes(TOKYO, MONDAY | FRIDAY, "08:30", "2026-01-05T00:00",
		    "2026-01-08T23:30");
	digest_goes(CHICAGO, SUNDAY, "20:00", "2026-01-05T02:00", "2026-01-05T02:00");
	digest_goes(CHICAGO, SUNDAY, "20:00", "2026-01-05T02:01", "2026-01-12T02:00");
	/* Before 1970 weekdays are days of the week, too. */
	digest_goes(TOKYO, MONDAY, "09:00", "1969-12-30T00:00", "1970-01-05T00:00");
	digest_goes(TOKYO, MONDAY, "09:00", "1969-12-29T00:00", "1969-12-29T00:00");
}

static void
test_when__clocks_that_go_forward_skip_no_digest(void **state)
{
	(void)state;
	/* 02:30 does not exist on that day: as if they had not gone, 03:30. */
	digest_goes(CHICAGO, DAILY, "02:30", "2026-03-07T08:30", "2026-03-07T08:30");
	digest_goes(CHICAGO, DAILY, "02:30", "2026-03-07T08:31", "2026-03-08T08:30");
	digest_goes(CHICAGO, DAILY, "02:30", "2026-03-08T08:31", "2026-03-09T07:30");
	digest_goes(CHICAGO, SUNDAY, "02:30", "2026-03-07T12:00", "2026-03-08T08:30");
	digest_goes(CHICAGO, DAILY, "08:30", "2026-03-08T00:00", "2026-03-08T13:30");
	/* 02:15 of 10:30 is 02:45 of 11:00. */
	digest_goes(LORD_HOWE, DAILY, "02:15", "2026-10-03T15:00", "2026-10-03T15:45");
	digest_goes(LORD_HOWE, DAILY, "02:15", "2026-10-03T15:46", "2026-10-04T15:15");
	/* A day that begins at 01:00. */
	digest_goes(BEIRUT, DAILY, "00:00", "2026-03-28T12:00", "2026-03-28T22:00");
	digest_goes(BEIRUT, DAILY, "00:00", "2026-03-28T22:01", "2026-03-29T21:00");
}

static void
test_when__clocks_that_go_back_make_one_digest_of_two(void **state)
{
	(void)state;
	/* 01:30 is twice: 06:30 and 07:30 UTC. */
	digest_goes(CHICAGO, DAILY, "01:30", "2026-10-31T12:00", "2026-11-01T06:30");
	digest_goes(CHICAGO, DAILY, "01:30", "2026-11-01T06:31", "2026-11-02T07:30");
	digest_goes(CHICAGO, DAILY, "01:30", "2026-11-01T07:30", "2026-11-02T07:30");
	digest_goes(CHICAGO, DAILY, "02:30", "2026-11-01T06:00", "2026-11-01T08:30");
	digest_goes(CHICAGO, SUNDAY, "01:30", "2026-11-01T06:31", "2026-11-08T07:30");
	digest_goes(LORD_HOWE, DAILY, "01:45", "2026-04-04T12:00", "2026-04-04T14:45");
	digest_goes(LORD_HOWE, DAILY, "01:45", "2026-04-04T14:46", "2026-04-05T15:15");
}

/* Over all of a year, whatever the zone: one digest a day, and never before it is due. */
static void
test_when__every_day_has_its_digest(void **state)
{
	(void)state;
	static const char *const in[] = { CHICAGO, LORD_HOWE, TOKYO, BEIRUT };

	for (unsigned z = 0; z < ARRAY_LEN(in); z++) {
		for (uint16_t minute = 0; minute < ALERT_MINUTES_A_DAY; minute += 15) {
			const struct hours h = { .zone = slice_str(in[z]),
						 .digest_weekdays = DAILY,
						 .digest_minute = minute };
			wall_ms_t at = when_digest(&table, &h, utc("2026-01-01T12:00"));

			for (unsigned day = 0; day < 365; day++) {
				wall_ms_t next = when_digest(&table, &h, at + MINUTE_MS);

				assert_true(next - at >= 23 * (wall_ms_t)HOUR_MS);
				assert_true(next - at <= 25 * (wall_ms_t)HOUR_MS);
				at = next;
			}
		}
	}
}

/* ---- Quiet hours
 * ------------------------------------------------------------------------ */

static void
audible(const char *zone, const char *quiet, const char *at, const char *from)
{
	unsigned h1, m1, h2, m2;

	assert_int_equal(sscanf(quiet, "%u:%u-%u:%u", &h1, &m1, &h2, &m2), 4);
	const struct hours h = { .zone = slice_str(zone),
				 .has_quiet = true,
				 .quiet_from = (uint16_t)(60 * h1 + m1),
				 .quiet_to = (uint16_t)(60 * h2 + m2) };
	is_utc(when_audible(&table, &h, utc(at)), from);
}

static void
test_when__quiet_hours_end_the_same_day_or_the_next(void **state)
{
	(void)state;
	const struct hours none = { .zone = slice_str(TOKYO) };

	assert_int_equal(when_audible(&table, &none, 12345), 12345);
	/* 13:00 to 22:00 UTC. */
	audible(TOKYO, "22:00-07:00", "2026-01-05T12:59", "2026-01-05T12:59");
	audible(TOKYO, "22:00-07:00", "2026-01-05T13:00", "2026-01-05T22:00");
	audible(TOKYO, "22:00-07:00", "2026-01-05T15:00", "2026-01-05T22:00");
	audible(TOKYO, "22:00-07:00", "2026-01-05T21:59", "2026-01-05T22:00");
	audible(TOKYO, "22:00-07:00", "2026-01-05T22:00", "2026-01-05T22:00");
	audible(TOKYO, "22:00-07:00", "2026-12-31T14:00", "2026-12-31T22:00");
	/* Within one day: 03:00 to 04:30 UTC. */
	audible(TOKYO, "12:00-13:30", "2026-01-05T02:59", "2026-01-05T02:59");
	audible(TOKYO, "12:00-13:30", "2026-01-05T03:00", "2026-01-05T04:30");
	audible(TOKYO, "12:00-13:30", "2026-01-05T04:29", "2026-01-05T04:30");
	audible(TOKYO, "12:00-13:30", "2026-01-05T04:30", "2026-01-05T04:30");
	audible(TOKYO, "00:00-07:00", "2026-01-04T15:00", "2026-01-04T22:00");
	audible(TOKYO, "22:00-00:00", "2026-01-05T14:59", "2026-01-05T15:00");
	/* An instant is not always a whole minute. */
	const struct hours h = { .zone = slice_str(TOKYO),
				 .has_quiet = true,
				 .quiet_from = 22 * 60,
				 .quiet_to = 7 * 60 };
	assert_int_equal(when_audible(&table, &h, utc("2026-01-05T13:00") - 1),
			 utc("2026-01-05T13:00") - 1);
	is_utc(when_audible(&table, &h, utc("2026-01-05T22:00") - 1), "2026-01-05T22:00");
}

static void
test_when__quiet_hours_follow_the_readers_clock(void **state)
{
	(void)state;
	/* 22:00 to 07:00 is eight hours in the night of March, ten in November's. */
	audible(CHICAGO, "22:00-07:00", "2026-03-08T04:00", "2026-03-08T12:00");
	audible(CHICAGO, "22:00-07:00", "2026-03-08T03:59", "2026-03-08T03:59");
	audible(CHICAGO, "22:00-07:00", "2026-11-01T03:00", "2026-11-01T13:00");
	audible(CHICAGO, "22:00-07:00", "2026-11-01T02:59", "2026-11-01T02:59");
	/* An end that the clocks skip. */
	audible(CHICAGO, "22:00-02:30", "2026-03-08T07:59", "2026-03-08T08:30");
	audible(CHICAGO, "22:00-02:30", "2026-03-08T08:30", "2026-03-08T08:30");
	/* One that they show twice: the first is meant, and the night is over. */
	audible(CHICAGO, "22:00-01:30", "2026-11-01T06:29", "2026-11-01T06:30");
	audible(CHICAGO, "22:00-01:30", "2026-11-01T06:30", "2026-11-01T06:30");
	audible(CHICAGO, "22:00-01:30", "2026-11-01T07:15", "2026-11-01T07:15");
	audible(LORD_HOWE, "22:00-02:15", "2026-10-03T15:20", "2026-10-03T15:45");
}

/* ---- Sessions
 * ----------------------------------------------------------------------------- */

static struct arena arena;

struct sitting {
	const char *start, *end, *zone;
	int16_t offset;
	const char *starts, *ends; /* NULL: it has no instant. */
};

static void
occurs(const char *post_zone, const struct sitting *s)
{
	struct event_session session = { .id = slice_str("s1"),
					 .status = STATUS_PLANNED,
					 .zone = slice_str(s->zone),
					 .offset_minutes = s->offset };
	struct event event = { .sessions = &session, .session_count = 1 };
	struct occurrence *list;

	if (s->start != NULL) {
		session.start = date(s->start);
	}
	if (s->end != NULL) {
		session.end = date(s->end);
	}
	assert_int_equal(when_occurs(&event, slice_str(post_zone), &table, &arena, &list),
			 1);
	assert_true(slice_eq_str(list->session, "s1"));
	assert_int_equal(list->status, STATUS_PLANNED);
	assert_int_equal(list->has_instant, s->starts != NULL);
	if (s->starts != NULL) {
		is_utc(list->starts, s->starts);
		is_utc(list->ends, s->ends);
	}
}

static void
test_when__a_session_begins_by_its_own_offset(void **state)
{
	(void)state;
	static const struct sitting sittings[] = {
		/* Without an end it is over after an hour. */
		{ "2026-03-10T14:00", NULL, CHICAGO, -300, "2026-03-10T19:00",
		  "2026-03-10T20:00" },
		{ "2026-03-10T14:00", "2026-03-10T16:30", CHICAGO, -300,
		  "2026-03-10T19:00", "2026-03-10T21:30" },
		/* The offset that was recorded, even if a newer tzdata knows better. */
		{ "2026-03-10T14:00", NULL, CHICAGO, -360, "2026-03-10T20:00",
		  "2026-03-10T21:00" },
		/* Over the change of clocks: two hours by the clock are one. */
		{ "2026-03-08T01:30", "2026-03-08T03:30", CHICAGO, -360,
		  "2026-03-08T07:30", "2026-03-08T08:30" },
		/* Over days, to the minute and to the day. */
		{ "2026-03-07T14:00", "2026-03-09T12:00", CHICAGO, -360,
		  "2026-03-07T20:00", "2026-03-09T17:00" },
		{ "2026-03-07T14:00", "2026-03-09", CHICAGO, -360, "2026-03-07T20:00",
		  "2026-03-10T05:00" },
		{ "2026-03-07T14:00", "2026-03-07", CHICAGO, -360, "2026-03-07T20:00",
		  "2026-03-08T06:00" },
		{ "2026-03-07T14:00", "2026-03", CHICAGO, -360, "2026-03-07T20:00",
		  "2026-04-01T05:00" },
		/* Never before it begins. */
		{ "2026-03-10T14:00", "2026-03-10T13:00", CHICAGO, -300,
		  "2026-03-10T19:00", "2026-03-10T19:00" },
		/* No zone of its own: its end is in the post's. */
		{ "2026-03-10T14:00", "2026-03-10T15:00", "", 540, "2026-03-10T05:00",
		  "2026-03-10T06:00" },
	};

	for (unsigned i = 0; i < ARRAY_LEN(sittings); i++) {
		occurs(sittings[i].zone[0] != '\0' ? TOKYO : "", &sittings[i]);
	}
}

static void
test_when__a_day_is_the_posts_and_a_month_is_no_day(void **state)
{
	(void)state;
	static const struct sitting in_chicago[] = {
		{ "2026-03-07", NULL, "", 0, "2026-03-07T06:00", "2026-03-08T06:00" },
		/* 23 hours, and 25. */
		{ "2026-03-08", NULL, "", 0, "2026-03-08T06:00", "2026-03-09T05:00" },
		{ "2026-11-01", NULL, "", 0, "2026-11-01T05:00", "2026-11-02T06:00" },
		/* Several days. */
		{ "2026-03-07", "2026-03-09", "", 0, "2026-03-07T06:00",
		  "2026-03-10T05:00" },
		{ "2026-03-07", "2026-03-09T12:00", "", 0, "2026-03-07T06:00",
		  "2026-03-10T05:00" },
		{ "2026-03-07", "2026-03", "", 0, "2026-03-07T06:00",
		  "2026-04-01T05:00" },
		/* Not known to the day: no instant is made up. */
		{ "2026-03", NULL, "", 0, NULL, NULL },
		{ "2026-03", "2026-03-20", "", 0, NULL, NULL },
		{ "2026", NULL, "", 0, NULL, NULL },
		{ "FY2026", NULL, "", 0, NULL, NULL },
		{ NULL, NULL, "", 0, NULL, NULL },
		{ NULL, "2026-03-20", "", 0, NULL, NULL },
	};
	static const struct sitting in_tokyo = {
		"2026-03-08", NULL, "", 0, "2026-03-07T15:00", "2026-03-08T15:00"
	};

	for (unsigned i = 0; i < ARRAY_LEN(in_chicago); i++) {
		occurs(CHICAGO, &in_chicago[i]);
	}
	occurs("", &in_tokyo);
	occurs("Mars/Olympus", &in_tokyo);
}

static void
test_when__stated_dates_serve_an_event_without_sessions(void **state)
{
	(void)state;
	struct date dates[] = { date("2026-03-08"), date("2026-05") };
	struct place places[1] = { { .state = slice_str("IL") } };
	struct event event = { .status = STATUS_POSTPONED,
			       .stated_dates = dates,
			       .stated_date_count = 2,
			       .stated_places = places,
			       .stated_place_count = 1 };
	struct occurrence *list;

	assert_int_equal(when_occurs(&event, slice_str(CHICAGO), &table, &arena, &list),
			 2);
	assert_int_equal(list[0].status, STATUS_POSTPONED);
	assert_ptr_equal(list[0].place, &places[0]);
	is_utc(list[0].starts, "2026-03-08T06:00");
	is_utc(list[0].ends, "2026-03-09T05:00");
	assert_int_equal(list[0].session.len, 0);
	assert_false(list[1].has_instant);

	/* Sessions, if there are any, are all there is. */
	struct event_session session = { .id = slice_str("s1") };
	event.sessions = &session;
	event.session_count = 1;
	assert_int_equal(when_occurs(&event, slice_str(CHICAGO), &table, &arena, &list),
			 1);
	assert_false(list[0].has_instant);
	assert_null(list[0].place);
	event = (struct event){ 0 };
	assert_int_equal(when_occurs(&event, slice_str(CHICAGO), &table, &arena, &list),
			 0);
}

/* ---- Days
 * --------------------------------------------------------------------------------- */

static void
test_when__the_day_of_an_instant(void **state)
{
	(void)state;
	uint32_t minute;
	int32_t day = day_of_ymd(2026, 3, 8);

	assert_int_equal(
		when_day_of(&table, slice_str(CHICAGO), utc("2026-03-08T05:59"), &minute),
		day - 1);
	assert_int_equal(minute, 1439);
	assert_int_equal(
		when_day_of(&table, slice_str(CHICAGO), utc("2026-03-08T08:00"), &minute),
		day);
	assert_int_equal(minute, 180); /* There is no 02:00. */
	assert_int_equal(
		when_day_of(&table, slice_str(TOKYO), utc("2026-03-07T15:00"), &minute),
		day);
	assert_int_equal(minute, 0);
	assert_int_equal(when_day_of(&table, (struct slice){ 0 },
				     utc("2026-03-07T15:00") - 1, NULL),
			 day - 1);
	assert_int_equal(when_day_of(&table, slice_str(TOKYO),
				     utc("1969-12-30T14:59") + 59999, &minute),
			 -2);
	assert_int_equal(minute, 1439);
	is_utc(when_day_begins(&table, slice_str(BEIRUT), day_of_ymd(2026, 3, 29)),
	       "2026-03-28T22:00");
	is_utc(when_day_begins(&table, slice_str(CHICAGO), day + 1), "2026-03-09T05:00");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_when__a_digest_is_at_the_readers_time),
		cmocka_unit_test(test_when__a_weekly_digest_is_on_its_day),
		cmocka_unit_test(test_when__clocks_that_go_forward_skip_no_digest),
		cmocka_unit_test(test_when__clocks_that_go_back_make_one_digest_of_two),
		cmocka_unit_test(test_when__every_day_has_its_digest),
		cmocka_unit_test(test_when__quiet_hours_end_the_same_day_or_the_next),
		cmocka_unit_test(test_when__quiet_hours_follow_the_readers_clock),
		cmocka_unit_test(test_when__a_session_begins_by_its_own_offset),
		cmocka_unit_test(test_when__a_day_is_the_posts_and_a_month_is_no_day),
		cmocka_unit_test(test_when__stated_dates_serve_an_event_without_sessions),
		cmocka_unit_test(test_when__the_day_of_an_instant),
	};

	zones_init(&zones, read_system_zone, NULL);
	table = zones_table(&zones);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	zones_fini(&zones);
	arena_fini(&arena);
	return failed;
}
