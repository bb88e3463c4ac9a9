/* Sessions as iCalendar objects: what a mail carries, and feeds. */
#include "notification/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "compose_world.h"
#include "lib/base/utf8.h"

static struct world w;

static int
begin(void **state)
{
	(void)state;
	world_init(&w);
	w.compose.lang = NOTE_EN;
	return 0;
}

static int
end(void **state)
{
	(void)state;
	world_fini(&w);
	return 0;
}

/* ---- Reading ---------------------------------------------------------------------- */

/* The object's lines unfolded and ended by LF, after what every object must hold: lines
 * of at most 75 octets ended by CR LF, each of them text, and nothing but lines that a
 * property of ours begins. */
static const char *
lines_of(struct slice ics)
{
	static const char *const names[] = {
		"BEGIN",
		"END",
		"PRODID",
		"VERSION",
		"CALSCALE",
		"METHOD",
		"NAME",
		"X-WR-CALNAME",
		"REFRESH-INTERVAL",
		"X-PUBLISHED-TTL",
		"TZID",
		"TZOFFSETFROM",
		"TZOFFSETTO",
		"UID",
		"DTSTAMP",
		"LAST-MODIFIED",
		"SEQUENCE",
		"DTSTART",
		"DTEND",
		"SUMMARY",
		"LOCATION",
		"DESCRIPTION",
		"CATEGORIES",
		"URL",
		"STATUS",
		"TRANSP",
		"ORGANIZER",
		"ATTENDEE",
		"ACTION",
		"TRIGGER",
	};
	struct buf b = { 0 };

	while (ics.len != 0) {
		const uint8_t *cr = memchr(ics.at, '\r', ics.len);

		assert_non_null(cr);
		size_t len = (size_t)(cr - ics.at);
		assert_true(len + 2 <= ics.len && cr[1] == '\n');
		assert_true(len >= 1 && len <= 75);
		assert_true(utf8_valid(slice_of(ics.at, len)));
		assert_null(memchr(ics.at, '\n', len));
		if (ics.at[0] == ' ') {
			must(b.len != 0);
			b.len--; /* The line before goes on. */
			buf_put(&b, ics.at + 1, len - 1);
		} else {
			size_t name = 0;
			bool known = false;

			while (name < len && ics.at[name] != ':' && ics.at[name] != ';') {
				name++;
			}
			for (size_t i = 0; i < ARRAY_LEN(names); i++) {
				known = known ||
					slice_eq_str(slice_of(ics.at, name), names[i]);
			}
			if (!known) {
				fail_msg("a line begins with %.*s", (int)len,
					 (const char *)ics.at);
			}
			buf_put(&b, ics.at, len);
		}
		buf_put_u8(&b, '\n');
		ics = slice_from(ics, len + 2);
	}
	const char *lines = arena_dup(&w.arena, b.at, b.len);
	buf_fini(&b);
	return lines;
}

static size_t
count_of(const char *lines, const char *part)
{
	size_t n = 0;

	for (; (lines = strstr(lines, part)) != NULL; lines += strlen(part)) {
		n++;
	}
	return n;
}

#define CHECK_HAS(text, part)                                                            \
	do {                                                                             \
		if (strstr(text, part) == NULL) {                                        \
			fail_msg("no '%s' in\n%s", part, text);                          \
		}                                                                        \
	} while (0)
#define CHECK_LACKS(text, part)                                                          \
	do {                                                                             \
		if (strstr(text, part) != NULL) {                                        \
			fail_msg("'%s' in\n%s", part, text);                             \
		}                                                                        \
	} while (0)

static const char *
part(const Kusanone__V1__Mail *mail, size_t i, const char *method, const char *file)
{
	assert_true(i < mail->n_calendars);
	assert_string_equal(mail->calendars[i]->method, method);
	assert_string_equal(mail->calendars[i]->file, file);
	return lines_of(slice_pb(mail->calendars[i]->content));
}

/* An announced event with these sessions. */
static struct note
announced(const char *sessions)
{
	return world_note(
		ALERT_ANNOUNCED,
		world_event(&w, arena_printf(&w.arena, SEMINAR_HEAD "\"sessions\": [%s]}",
					     sessions)));
}

static const char *
one_session(const char *session)
{
	struct note n = announced(session);

	return part(world_mail(&w, &n, 1), 0, "REQUEST", "invite.ics");
}

#define CHICAGO(value, offset)                                                           \
	"{\"value\": \"" value "\", \"zone\": \"America/Chicago\", "                     \
	"\"utcOffsetMinutes\": " offset "}"
#define SESSION(id, start, end)                                                          \
	"{\"id\": \"" id "\", \"status\": \"PLANNED\", \"start\": " start                \
	", \"end\": " end "}"

#define CHICAGO_WINTER                                                                   \
	"BEGIN:VTIMEZONE\nTZID:America/Chicago\n"                                        \
	"BEGIN:STANDARD\nDTSTART:20261101T020000\n"                                      \
	"TZOFFSETFROM:-0500\nTZOFFSETTO:-0600\nEND:STANDARD\n"                           \
	"BEGIN:DAYLIGHT\nDTSTART:20270314T020000\n"                                      \
	"TZOFFSETFROM:-0600\nTZOFFSETTO:-0500\nEND:DAYLIGHT\n"                           \
	"END:VTIMEZONE\n"

/* ---- One alert -------------------------------------------------------------------- */

static void
test_calendar__a_session_is_asked_for_word_for_word(void **state)
{
	(void)state;
	struct note n = world_note(ALERT_UPCOMING, world_event(&w, SEMINAR));

	n.session = slice_str("s1");
	n.lead_minutes = 24 * 60;
	assert_string_equal(
		part(world_mail(&w, &n, 1), 0, "REQUEST", "invite.ics"),
		"BEGIN:VCALENDAR\n"
		"PRODID:-//Kusanone//Kusanone//EN\n"
		"VERSION:2.0\n"
		"CALSCALE:GREGORIAN\n"
		"METHOD:REQUEST\n" CHICAGO_WINTER "BEGIN:VEVENT\n"
		"UID:s1." EVENT_ID "@alerts.example.jp\n"
		"DTSTAMP:20260101T000000Z\n"
		"LAST-MODIFIED:20260101T000000Z\n"
		"SEQUENCE:3\n"
		"DTSTART;TZID=America/Chicago:20261201T140000\n"
		"DTEND;TZID=America/Chicago:20261201T160000\n"
		"SUMMARY:Hydrogen seminar\n"
		"LOCATION:Civic Hall\\, Chicago\\, Illinois\n"
		"DESCRIPTION:posts: Consulate-General of Japan in Chicago (leads)\\, "
		"Consulate-General of Japan in Detroit\\nstatus: planned\\n"
		"kusanone show " EVENT_ID "\n"
		"CATEGORIES:Japan-U.S. supply-chain cooperation projects\n"
		"CATEGORIES:Action Plan 3.0\n"
		"STATUS:CONFIRMED\n"
		"TRANSP:TRANSPARENT\n"
		"ORGANIZER:mailto:kusanone@example.jp\n"
		"ATTENDEE;RSVP=FALSE:mailto:desk@example.jp\n"
		"BEGIN:VALARM\n"
		"ACTION:DISPLAY\n"
		"DESCRIPTION:Hydrogen seminar\n"
		"TRIGGER:-P1D\n"
		"END:VALARM\n"
		"END:VEVENT\n"
		"END:VCALENDAR\n");
	w.compose.lang = NOTE_JA;
	const char *lines = part(world_mail(&w, &n, 1), 0, "REQUEST", "invite.ics");
	CHECK_HAS(lines, "\nSUMMARY:水素セミナー\n");
	CHECK_HAS(lines, "\nLOCATION:シカゴ市 市民会館（Illinois）\n");
	CHECK_HAS(lines, "\nCATEGORIES:行動計画3.0\n");
}

static void
test_calendar__days_are_whole_and_end_before_the_next(void **state)
{
	(void)state;
	const char *lines = one_session(SESSION("s1", "\"2026-12-01\"", "null"));

	CHECK_HAS(lines, "\nDTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20261202\n");
	CHECK_LACKS(lines, "VTIMEZONE");
	lines = one_session(SESSION("s1", "\"2026-12-30\"", "\"2027-01-02\""));
	CHECK_HAS(lines, "\nDTSTART;VALUE=DATE:20261230\nDTEND;VALUE=DATE:20270103\n");
	/* An end before the start, or one that is no day, says nothing. */
	lines = one_session(SESSION("s1", "\"2026-12-30\"", "\"2026-12-01\""));
	CHECK_HAS(lines, "\nDTSTART;VALUE=DATE:20261230\nDTEND;VALUE=DATE:20261231\n");
	lines = one_session(SESSION("s1", "\"2026-12-30\"", "\"2027-01\""));
	CHECK_HAS(lines, "\nDTSTART;VALUE=DATE:20261230\nDTEND;VALUE=DATE:20261231\n");
	/* A minute and a day on one line of time: days, if it goes over midnight. */
	lines = one_session(
		SESSION("s1", CHICAGO("2026-12-30T10:00", "-360"), "\"2026-12-31\""));
	CHECK_HAS(lines, "\nDTSTART;VALUE=DATE:20261230\nDTEND;VALUE=DATE:20270101\n");
	lines = one_session(
		SESSION("s1", CHICAGO("2026-12-30T10:00", "-360"), "\"2026-12-30\""));
	CHECK_HAS(lines, "\nDTSTART;TZID=America/Chicago:20261230T100000\nSUMMARY");
}

static void
test_calendar__what_has_no_day_is_in_no_calendar(void **state)
{
	(void)state;
	static const char *const dates[] = { "\"2026-12\"", "\"2026\"", "\"FY2026\"",
					     "null" };

	for (size_t i = 0; i < ARRAY_LEN(dates); i++) {
		struct note n = announced(arena_printf(
			&w.arena, "{\"id\": \"s1\", \"start\": %s}", dates[i]));

		assert_int_equal(world_mail(&w, &n, 1)->n_calendars, 0);
	}
}

static void
test_calendar__over_the_end_of_summer_time(void **state)
{
	(void)state;
	/* Begins in summer time, ends after the clocks went back: both are covered. */
	const char *lines = one_session(SESSION("s1", CHICAGO("2026-10-31T23:00", "-300"),
						CHICAGO("2026-11-01T03:00", "-360")));

	CHECK_HAS(lines, "BEGIN:VTIMEZONE\nTZID:America/Chicago\n"
			 "BEGIN:DAYLIGHT\nDTSTART:20260308T020000\n"
			 "TZOFFSETFROM:-0600\nTZOFFSETTO:-0500\nEND:DAYLIGHT\n"
			 "BEGIN:STANDARD\nDTSTART:20261101T020000\n"
			 "TZOFFSETFROM:-0500\nTZOFFSETTO:-0600\nEND:STANDARD\n"
			 "BEGIN:DAYLIGHT\nDTSTART:20270314T020000\n"
			 "TZOFFSETFROM:-0600\nTZOFFSETTO:-0500\nEND:DAYLIGHT\n"
			 "END:VTIMEZONE\n");
	CHECK_HAS(lines, "\nDTSTART;TZID=America/Chicago:20261031T230000\n"
			 "DTEND;TZID=America/Chicago:20261101T030000\n");
	/* 01:30 happens twice: the first one is what a calendar takes it for, the second
	 * must be said otherwise. */
	lines = one_session(SESSION("s1", CHICAGO("2026-11-01T01:30", "-300"), "null"));
	CHECK_HAS(lines, "\nDTSTART;TZID=America/Chicago:20261101T013000\n");
	lines = one_session(SESSION("s1", CHICAGO("2026-11-01T01:30", "-360"), "null"));
	CHECK_HAS(lines, "\nDTSTART:20261101T073000Z\n");
	/* 02:30 on 8 March does not happen. */
	lines = one_session(SESSION("s1", CHICAGO("2026-03-08T02:30", "-360"), "null"));
	CHECK_HAS(lines, "\nDTSTART:20260308T083000Z\n");
}

static void
test_calendar__zones_without_summer_time_and_zones_nobody_knows(void **state)
{
	(void)state;
	const char *lines =
		one_session(SESSION("s1",
				    "{\"value\": \"2026-12-01T10:00\", \"zone\": "
				    "\"Asia/Tokyo\", \"utcOffsetMinutes\": 540}",
				    "null"));

	CHECK_HAS(lines, "BEGIN:VTIMEZONE\nTZID:Asia/Tokyo\n"
			 "BEGIN:STANDARD\nDTSTART:20250101T000000\n"
			 "TZOFFSETFROM:+0900\nTZOFFSETTO:+0900\nEND:STANDARD\n"
			 "END:VTIMEZONE\n");
	CHECK_HAS(lines, "\nDTSTART;TZID=Asia/Tokyo:20261201T100000\n");
	lines = one_session(SESSION("s1",
				    "{\"value\": \"2026-12-01T10:00\", \"zone\": "
				    "\"Asia/Atlantis\", \"utcOffsetMinutes\": 330}",
				    "null"));
	CHECK_HAS(lines, "\nDTSTART:20261201T043000Z\n");
	CHECK_LACKS(lines, "VTIMEZONE");
	CHECK_LACKS(lines, "Atlantis");
	w.compose.zones = NULL;
	lines = one_session(SESSION("s1", CHICAGO("2026-12-01T14:00", "-360"), "null"));
	CHECK_HAS(lines, "\nDTSTART:20261201T200000Z\n");
}

static void
test_calendar__stated_dates_are_the_events_own(void **state)
{
	(void)state;
	struct note n = world_note(
		ALERT_ANNOUNCED,
		world_event(
			&w, SEMINAR_HEAD
			"\"status\": \"POSTPONED\", \"statedDates\": [\"2026-12-01\", "
			"\"2026-12\", \"2026-12-05\"], \"statedPlaces\": "
			"[{\"state\": \"TN\"}]}"));
	const Kusanone__V1__Mail *mail = world_mail(&w, &n, 1);

	assert_int_equal(mail->n_calendars, 2);
	const char *lines = part(mail, 0, "REQUEST", "invite.ics");
	CHECK_HAS(lines, "\nUID:event." EVENT_ID "@alerts.example.jp\n");
	CHECK_HAS(lines, "\nSUMMARY:Postponed: Hydrogen seminar\n");
	CHECK_HAS(lines, "\nSTATUS:TENTATIVE\n");
	CHECK_HAS(lines, "\nLOCATION:Tennessee\n");
	lines = part(mail, 1, "REQUEST", "invite-2.ics");
	CHECK_HAS(lines, "\nUID:event-3." EVENT_ID "@alerts.example.jp\n");
}

static void
test_calendar__a_session_that_is_gone_is_taken_back(void **state)
{
	(void)state;
	struct note before =
		announced(SESSION("s1", "\"2026-12-01\"", "null") ", " SESSION(
			"s2", "\"2026-12-02\"",
			"null") ", " SESSION("s3", "\"2026-12-03\"",
					     "null") ", " SESSION("s4", "\"2026-12\"",
								  "null"));
	/* s2 goes, of s3 the month is left, s4 was in no calendar. */
	struct note n = announced(SESSION("s1", "\"2026-12-08\"", "null") ", " SESSION(
		"s3", "\"2027-01\"", "null"));

	n.kind = ALERT_CHANGED;
	n.event_before = before.event_now;
	const Kusanone__V1__Mail *mail = world_mail(&w, &n, 1);
	assert_int_equal(mail->n_calendars, 3);
	const char *lines = part(mail, 0, "REQUEST", "invite.ics");
	CHECK_HAS(lines, "\nUID:s1.");
	CHECK_HAS(lines, "\nDTSTART;VALUE=DATE:20261208\n");
	CHECK_LACKS(lines, "VALARM");
	lines = part(mail, 1, "CANCEL", "cancel-2.ics");
	CHECK_HAS(lines, "\nMETHOD:CANCEL\n");
	CHECK_HAS(lines, "\nUID:s2." EVENT_ID "@alerts.example.jp\n");
	CHECK_HAS(lines, "\nDTSTART;VALUE=DATE:20261202\n");
	CHECK_HAS(lines, "\nSTATUS:CANCELLED\n");
	CHECK_HAS(lines, "\nATTENDEE;RSVP=FALSE:mailto:desk@example.jp\n");
	lines = part(mail, 2, "CANCEL", "cancel-3.ics");
	CHECK_HAS(lines, "\nUID:s3.");
}

static void
test_calendar__cancelled_sessions_go_and_held_ones_stay(void **state)
{
	(void)state;
	struct note n = announced(
		"{\"id\": \"s1\", \"status\": \"HELD\", \"start\": \"2026-11-01\"}, "
		"{\"id\": \"s2\", \"status\": \"PLANNED\", \"start\": \"2026-12-01\"}, "
		"{\"id\": \"s3\", \"status\": \"CANCELLED\", \"start\": \"2026-12-02\"}");
	const Kusanone__V1__Mail *mail = world_mail(&w, &n, 1);

	assert_int_equal(mail->n_calendars, 2);
	CHECK_HAS(part(mail, 0, "REQUEST", "invite.ics"), "\nUID:s2.");
	CHECK_HAS(part(mail, 1, "CANCEL", "cancel-2.ics"), "\nUID:s3.");
	n.kind = ALERT_CANCELLED;
	mail = world_mail(&w, &n, 1);
	assert_int_equal(mail->n_calendars, 2);
	const char *lines = part(mail, 0, "CANCEL", "cancel.ics");
	CHECK_HAS(lines, "\nUID:s2.");
	CHECK_HAS(lines, "\nSUMMARY:Cancelled: Hydrogen seminar\n");
	CHECK_HAS(lines, "\nSTATUS:CANCELLED\n");
	/* Withdrawn, and nothing is left of it but what was. */
	n.withdrawn = true;
	n.event_before = n.event_now;
	n.event_now = (struct slice){ 0 };
	mail = world_mail(&w, &n, 1);
	assert_int_equal(mail->n_calendars, 2);
	CHECK_HAS(part(mail, 0, "CANCEL", "cancel.ics"), "\nUID:s2.");
}

/* ---- Several ---------------------------------------------------------------------- */

static void
test_calendar__several_alerts_publish_each_session_once(void **state)
{
	(void)state;
	struct note notes[] = {
		announced(SESSION("s1", "\"2026-12-01\"", "null") ", " SESSION(
			"s2", CHICAGO("2026-12-02T10:00", "-360"), "null")),
		announced(SESSION("s1", "\"2026-12-01\"", "null")),
		{ .kind = ALERT_MILESTONE, .value = 1200 },
	};

	notes[0].kind = ALERT_UPCOMING;
	notes[0].session = slice_str("s2");
	notes[0].lead_minutes = 60;
	notes[1].kind = ALERT_CANCELLED;
	notes[1].sequence = 4;
	const Kusanone__V1__Mail *mail = world_mail(&w, notes, 3);
	assert_int_equal(mail->n_calendars, 1);
	const char *lines = part(mail, 0, "PUBLISH", "events.ics");
	assert_int_equal(count_of(lines, "BEGIN:VEVENT\n"), 2);
	CHECK_HAS(lines, "\nMETHOD:PUBLISH\n");
	CHECK_LACKS(lines, "ATTENDEE");
	assert_int_equal(count_of(lines, "\nORGANIZER:"), 2);
	assert_int_equal(count_of(lines, "\nTRIGGER:-PT1H\n"), 1);
	/* The same session from two alerts: the newer word. */
	notes[0].kind = ALERT_ANNOUNCED;
	lines = part(world_mail(&w, notes, 3), 0, "PUBLISH", "events.ics");
	assert_int_equal(count_of(lines, "BEGIN:VEVENT\n"), 2);
	assert_int_equal(count_of(lines, "\nUID:s1."), 1);
	assert_int_equal(count_of(lines, "\nSTATUS:CANCELLED\n"), 1);
	assert_int_equal(count_of(lines, "\nSEQUENCE:4\n"), 1);
}

/* It moved, and by that is near: still one event, which a calendar moves. */
static void
test_calendar__several_alerts_about_one_event_invite(void **state)
{
	(void)state;
	struct note notes[] = {
		announced(SESSION("s1", "\"2026-12-01\"", "null")),
		announced(SESSION("s1", "\"2026-12-01\"", "null")),
	};

	notes[0].kind = ALERT_MOVED;
	notes[0].sequence = 3;
	notes[1].kind = ALERT_UPCOMING;
	notes[1].session = slice_str("s1");
	notes[1].sequence = 3;
	const Kusanone__V1__Mail *mail = world_mail(&w, notes, 2);
	assert_int_equal(mail->n_calendars, 1);
	CHECK_HAS(part(mail, 0, "REQUEST", "invite.ics"), "\nSEQUENCE:3\n");
}

static void
test_calendar__more_sessions_than_parts_are_published(void **state)
{
	(void)state;
	struct buf b = { 0 };

	for (unsigned i = 0; i <= COMPOSE_MAX_PARTS; i++) {
		buf_printf(&b, "%s{\"id\": \"s%u\", \"start\": \"2026-12-%02u\"}",
			   i != 0 ? ", " : "", i, i + 1);
	}
	struct note n = announced(arena_dup(&w.arena, b.at, b.len));
	buf_fini(&b);
	const Kusanone__V1__Mail *mail = world_mail(&w, &n, 1);
	assert_int_equal(mail->n_calendars, 1);
	const char *lines = part(mail, 0, "PUBLISH", "events.ics");
	assert_int_equal(count_of(lines, "BEGIN:VEVENT\n"), COMPOSE_MAX_PARTS + 1);
}

/* ---- Feeds ------------------------------------------------------------------------ */

static const char *
feed(const char *name, const struct feed_event *events, size_t count)
{
	struct slice ics, again;

	compose_feed(&w.compose, slice_str(name), events, count, &w.arena, &ics);
	compose_feed(&w.compose, slice_str(name), events, count, &w.arena, &again);
	assert_true(slice_eq(ics, again));
	return lines_of(ics);
}

static struct feed_event
fed(const char *json, uint32_t sequence)
{
	struct feed_event f = { .event = world_event(&w, json),
				.sequence = sequence,
				.changed_ms = 1767225600999 };

	must(uuid_parse(slice_str(EVENT_ID), &f.id));
	return f;
}

static void
test_calendar__a_feed_word_for_word(void **state)
{
	(void)state;
	struct feed_event events[] = {
		fed(SEMINAR, 3),
		fed("{\"title\": {\"ja\": \"展示\"}, \"recorder\": \"det\", \"holders\": "
		    "[\"det\"], \"category\": \"japan_event\", \"url\": "
		    "\"https://www.example.jp/a?b=c;d,e\", \"sessions\": [{\"id\": \"a "
		    "b\", "
		    "\"start\": \"2026-07-04\", \"end\": \"2026-07-05\", \"status\": "
		    "\"HELD\"}, {\"id\": \"m\", \"start\": \"2026-08\"}]}",
		    0),
	};

	events[1].cancelled = true;
	must(uuid_parse(slice_str(OTHER_ID), &events[1].id));
	assert_string_equal(
		feed("Planner, Tokyo", events, 2),
		"BEGIN:VCALENDAR\n"
		"PRODID:-//Kusanone//Kusanone//EN\n"
		"VERSION:2.0\n"
		"CALSCALE:GREGORIAN\n"
		"NAME:Planner\\, Tokyo\n"
		"X-WR-CALNAME:Planner, Tokyo\n"
		"REFRESH-INTERVAL;VALUE=DURATION:PT1H\n"
		"X-PUBLISHED-TTL:PT1H\n" CHICAGO_WINTER "BEGIN:VEVENT\n"
		"UID:s1." EVENT_ID "@alerts.example.jp\n"
		"DTSTAMP:20260101T000000Z\n"
		"LAST-MODIFIED:20260101T000000Z\n"
		"SEQUENCE:3\n"
		"DTSTART;TZID=America/Chicago:20261201T140000\n"
		"DTEND;TZID=America/Chicago:20261201T160000\n"
		"SUMMARY:Hydrogen seminar\n"
		"LOCATION:Civic Hall\\, Chicago\\, Illinois\n"
		"DESCRIPTION:posts: Consulate-General of Japan in Chicago (leads)\\, "
		"Consulate-General of Japan in Detroit\\nstatus: planned\\n"
		"kusanone show " EVENT_ID "\n"
		"CATEGORIES:Japan-U.S. supply-chain cooperation projects\n"
		"CATEGORIES:Action Plan 3.0\n"
		"STATUS:CONFIRMED\n"
		"TRANSP:TRANSPARENT\n"
		"END:VEVENT\n"
		"BEGIN:VEVENT\n"
		"UID:a+20b." OTHER_ID "@alerts.example.jp\n"
		"DTSTAMP:20260101T000000Z\n"
		"LAST-MODIFIED:20260101T000000Z\n"
		"SEQUENCE:0\n"
		"DTSTART;VALUE=DATE:20260704\n"
		"DTEND;VALUE=DATE:20260706\n"
		"SUMMARY:Cancelled: 展示\n"
		"DESCRIPTION:posts: Consulate-General of Japan in Detroit\\n"
		"status: cancelled\\nkusanone show " OTHER_ID "\n"
		"CATEGORIES:Japan-related events – etc.\n"
		"URL:https://www.example.jp/a?b=c;d,e\n"
		"STATUS:CANCELLED\n"
		"TRANSP:TRANSPARENT\n"
		"END:VEVENT\n"
		"END:VCALENDAR\n");
	assert_int_equal(count_of(feed("", NULL, 0), "BEGIN:VEVENT"), 0);
}

static void
test_calendar__a_zone_stands_once_and_holds_for_all_who_use_it(void **state)
{
	(void)state;
	struct feed_event f =
		fed(SEMINAR_HEAD "\"sessions\": [" SESSION(
			    "a", CHICAGO("2025-07-01T10:00", "-300"),
			    "null") ", " SESSION("b", CHICAGO("2027-07-01T10:00", "-300"),
						 "null") ", " SESSION("c",
								      CHICAGO("2026-01-"
									      "15T10:00",
									      "-360"),
								      "null") "]}",
		    1);
	const char *lines = feed("f", &f, 1);

	assert_int_equal(count_of(lines, "BEGIN:VTIMEZONE"), 1);
	CHECK_HAS(lines, "TZID:America/Chicago\n"
			 "BEGIN:DAYLIGHT\nDTSTART:20250309T020000\n"
			 "TZOFFSETFROM:-0600\nTZOFFSETTO:-0500\nEND:DAYLIGHT\n"
			 "BEGIN:STANDARD\nDTSTART:20251102T020000\n"
			 "TZOFFSETFROM:-0500\nTZOFFSETTO:-0600\nEND:STANDARD\n"
			 "BEGIN:DAYLIGHT\nDTSTART:20260308T020000\n"
			 "TZOFFSETFROM:-0600\nTZOFFSETTO:-0500\nEND:DAYLIGHT\n");
	CHECK_HAS(lines, "BEGIN:STANDARD\nDTSTART:20271107T020000\n");
}

/* ---- What others wrote ------------------------------------------------------------ */

/* More than a line. */
#define LONG(text) text text text text text text text text

static const char *const corpus[] = {
	"a\r\nBEGIN:VEVENT\r\nSUMMARY:b",
	"a\nEND:VEVENT\nEND:VCALENDAR\nX-EVIL:1",
	"a\\nb\\",
	"a;b,c:d\\e\"f^g'h",
	"\"\";TZID=\"x\":y",
	"a\xe2\x80\xa8"
	"ATTENDEE:mailto:x@example.org\xe2\x80\xa9"
	"b",
	"a\xc2\x85"
	"b\x01\x02\x1b[2Jc\x7f",
	" begins and ends with a blank ",
	"\t",
	"BEGIN:VALARM",
	"https://www.example.jp/\r\nX-EVIL:1",
	"javascript:alert(1)",
	LONG("日本語の長い題"),
	LONG("👩\u200d👧"),
};

static char *
chars(const char *text)
{
	return arena_dup(&w.arena, text, strlen(text));
}

static void
test_calendar__nothing_that_others_wrote_is_more_than_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(corpus); i++) {
		Kusanone__V1__Event event = KUSANONE__V1__EVENT__INIT;
		Kusanone__V1__Text text = KUSANONE__V1__TEXT__INIT;
		Kusanone__V1__Place place = KUSANONE__V1__PLACE__INIT;
		Kusanone__V1__Date start = KUSANONE__V1__DATE__INIT;
		Kusanone__V1__Session session = KUSANONE__V1__SESSION__INIT;
		Kusanone__V1__Session *sessions[] = { &session };
		char *word = chars(corpus[i]);
		char *words[] = { word };

		text.en = text.ja = word;
		place.name = place.municipality = &text;
		place.state = place.county = place.country = word;
		start.value = chars("2026-12-01T14:00");
		start.zone = word;
		start.utc_offset_minutes = -360;
		session.id = word;
		session.start = &start;
		session.place = &place;
		session.note = &text;
		event.id = chars(EVENT_ID);
		event.title = event.summary = &text;
		event.recorder = event.lead = event.category = event.format = word;
		event.url = word;
		event.n_holders = event.n_pillars = event.n_topics = 1;
		event.holders = event.pillars = event.topics = words;
		event.n_sessions = 1;
		event.sessions = sessions;
		struct note n =
			world_note(ALERT_ANNOUNCED, pack_in_arena(&event.base, &w.arena));
		struct feed_event f = { .event = n.event_now, .id = n.event };
		for (unsigned lang = 0; lang < NOTE_LANGS; lang++) {
			w.compose.lang = (enum note_lang)lang;
			const char *mail =
				part(world_mail(&w, &n, 1), 0, "REQUEST", "invite.ics");
			const char *fed = feed(corpus[i], &f, 1);

			assert_int_equal(count_of(mail, "\nBEGIN:VEVENT\n"), 1);
			assert_int_equal(count_of(fed, "\nBEGIN:VEVENT\n"), 1);
			assert_int_equal(count_of(mail, "\nSUMMARY:"), 1);
			assert_int_equal(count_of(mail, "\nATTENDEE"), 1);
			assert_int_equal(count_of(mail, "\nBEGIN:VALARM\n"), 0);
			assert_int_equal(count_of(mail, "\nURL:"), 0);
			assert_int_equal(count_of(mail, "\nTZID"), 0);
			assert_int_equal(count_of(mail, "\nDTSTART:20261201T200000Z\n"),
					 1);
			/* Of controls there are line ends alone. */
			for (const char *at = fed; *at != '\0'; at++) {
				assert_true((uint8_t)*at >= ' ' || *at == '\n');
				assert_int_not_equal(*at, 0x7f);
			}
			CHECK_LACKS(fed, "\xe2\x80\xa8");
			CHECK_LACKS(fed, "\xe2\x80\xa9");
		}
	}
}

static void
test_calendar__texts_are_escaped(void **state)
{
	(void)state;
	struct note n = world_note(
		ALERT_ANNOUNCED,
		world_event(&w, "{\"title\": {\"en\": \"a\\\\nb; c, \\\"d\\\" e\\\\\"}, "
				"\"statedDates\": [\"2026-12-01\"]}"));

	CHECK_HAS(part(world_mail(&w, &n, 1), 0, "REQUEST", "invite.ics"),
		  "\nSUMMARY:a\\\\nb\\; c\\, \"d\" e\\\\\n");
}

static void
test_calendar__addresses_are_uris(void **state)
{
	(void)state;
	struct note n = announced(SESSION("s1", "\"2026-12-01\"", "null"));

	w.compose.to = "a?b=c&d%e/f@example.jp";
	const char *lines = part(world_mail(&w, &n, 1), 0, "REQUEST", "invite.ics");
	CHECK_HAS(lines,
		  "\nATTENDEE;RSVP=FALSE:mailto:a%3Fb%3Dc%26d%25e%2Ff@example.jp\n");
	/* What is no address is nobody. */
	w.compose.to = "x@example.jp\r\nX-EVIL:1";
	lines = part(world_mail(&w, &n, 1), 0, "REQUEST", "invite.ics");
	CHECK_LACKS(lines, "ATTENDEE");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_calendar__a_session_is_asked_for_word_for_word),
		TEST(test_calendar__days_are_whole_and_end_before_the_next),
		TEST(test_calendar__what_has_no_day_is_in_no_calendar),
		TEST(test_calendar__over_the_end_of_summer_time),
		TEST(test_calendar__zones_without_summer_time_and_zones_nobody_knows),
		TEST(test_calendar__stated_dates_are_the_events_own),
		TEST(test_calendar__a_session_that_is_gone_is_taken_back),
		TEST(test_calendar__cancelled_sessions_go_and_held_ones_stay),
		TEST(test_calendar__several_alerts_publish_each_session_once),
		TEST(test_calendar__several_alerts_about_one_event_invite),
		TEST(test_calendar__more_sessions_than_parts_are_published),
		TEST(test_calendar__a_feed_word_for_word),
		TEST(test_calendar__a_zone_stands_once_and_holds_for_all_who_use_it),
		TEST(test_calendar__nothing_that_others_wrote_is_more_than_text),
		TEST(test_calendar__texts_are_escaped),
		TEST(test_calendar__addresses_are_uris),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
