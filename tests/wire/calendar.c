/* Calendars for another parser to read back (calendar.py): each as NAME.ics, and beside
 * it as NAME.json what it must say, written by hand.
 *
 *	wire_calendar DIR
 */
#include <errno.h>
#include <string.h>

#include "unit/notification/compose_world.h"

static struct world w;
static const char *dir;

static void
put_file(const char *name, const char *end, struct slice bytes)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s.%s", dir, name, end);
	file = fopen(path, "wb");
	if (file == NULL || fwrite(bytes.at, 1, bytes.len, file) != bytes.len ||
	    fclose(file) != 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(1);
	}
}

/* What one mail carries, against a list of what its parts must say. */
static void
put_mail(const char *name, const struct note *notes, size_t count,
	 const char *const *expected)
{
	const Kusanone__V1__Mail *mail = world_mail(&w, notes, count);

	for (size_t i = 0; expected[i] != NULL || i < mail->n_calendars; i++) {
		const char *file = arena_printf(&w.arena, "%s-%zu", name, i + 1);

		if (expected[i] == NULL || i >= mail->n_calendars) {
			fprintf(stderr, "%s: has %zu parts\n", name, mail->n_calendars);
			exit(1);
		}
		put_file(file, "ics", slice_pb(mail->calendars[i]->content));
		put_file(file, "json", slice_str(expected[i]));
	}
}

static void
put_feed(const char *name, const char *title, const struct feed_event *events,
	 size_t count, struct slice expected)
{
	struct slice ics;

	compose_feed(&w.compose, slice_str(title), events, count, &w.arena, &ics);
	put_file(name, "ics", ics);
	put_file(name, "json", expected);
}

static struct feed_event
fed(struct slice event, bool cancelled)
{
	struct feed_event f = { .event = event,
				.sequence = 7,
				.changed_ms = 1767225600000,
				.cancelled = cancelled };

	must(uuid_parse(slice_str(EVENT_ID), &f.id));
	return f;
}

#define PEOPLE                                                                           \
	"\"organizer\": \"mailto:kusanone@example.jp\", \"attendee\": "                  \
	"\"mailto:desk@example.jp\""
#define UID(id) "\"uid\": \"" id "." EVENT_ID "@alerts.example.jp\""

static void
put_invitations(void)
{
	struct note n = world_note(ALERT_UPCOMING, world_event(&w, SEMINAR));

	n.session = slice_str("s1");
	n.lead_minutes = 7 * 24 * 60;
	put_mail("upcoming", &n, 1,
		 (const char *const[]){
			 "{\"method\": \"REQUEST\", \"events\": [{" UID(
				 "s1") ", \"sequence\": 3, \"status\": \"CONFIRMED\", "
				       "\"changed\": \"2026-01-01T00:00:00+00:00\", "
				       "\"start\": \"2026-12-01T14:00:00-06:00\", "
				       "\"end\": \"2026-12-01T16:00:00-06:00\", "
				       "\"zone\": \"America/Chicago\", "
				       "\"summary\": \"水素セミナー\", "
				       "\"location\": \"シカゴ市 市民会館（Illinois）\", "
				       "\"categories\": "
				       "[\"日米サプライチェーン協力案件\", "
				       "\"行動計画3.0\"], "
				       "\"alarm\": -604800, " PEOPLE "}]}",
			 NULL });
	n = world_note(ALERT_CHANGED,
		       world_event(&w, SEMINAR_HEAD
				   "\"sessions\": [{\"id\": \"s1\", \"start\": "
				   "\"2026-12-30\", \"end\": \"2027-01-02\"}]}"));
	n.event_before = world_event(&w, SEMINAR_HEAD
				     "\"sessions\": [{\"id\": \"s2\", \"start\": "
				     "\"2026-12-24\", \"status\": \"PLANNED\"}]}");
	put_mail("changed", &n, 1,
		 (const char *const[]){
			 "{\"method\": \"REQUEST\", \"events\": [{" UID(
				 "s1") ", \"start\": \"2026-12-30\", \"end\": "
				       "\"2027-01-03\", \"zone\": null, "
				       "\"alarm\": null, " PEOPLE "}]}",
			 "{\"method\": \"CANCEL\", \"events\": [{" UID(
				 "s2") ", \"start\": \"2026-12-24\", \"status\": "
				       "\"CANCELLED\", " PEOPLE "}]}",
			 NULL });
	/* Beside news of something else: it is not about one event any more. */
	struct note both[] = { n, n, { .kind = ALERT_MILESTONE, .value = 1200 } };
	both[1].sequence = 9;
	both[1].kind = ALERT_CANCELLED;
	put_mail("several", both, 3,
		 (const char *const[]){
			 "{\"method\": \"PUBLISH\", \"events\": [{" UID(
				 "s1") ", \"status\": \"CANCELLED\", \"sequence\": 9, "
				       "\"attendee\": null}, {" UID(
					       "s2") ", \"status\": \"CANCELLED\", "
						     "\"sequence\": 9}]}",
			 NULL });
}

#define AT(id, start, end, zone, offset, end_offset)                                     \
	"{\"id\": \"" id "\", \"status\": \"PLANNED\", \"start\": {\"value\": \"" start  \
	"\", \"zone\": \"" zone "\", \"utcOffsetMinutes\": " offset                      \
	"}, \"end\": {\"value\": \"" end "\", \"zone\": \"" zone                         \
	"\", \"utcOffsetMinutes\": " end_offset "}}"

/* Zones with summer time on either side of the year, without it, and with a change of
 * the offset itself; and a session that goes over a change. */
static void
put_zones(void)
{
	struct feed_event f = fed(
		world_event(
			&w, SEMINAR_HEAD
			"\"sessions\": [" AT("a", "2026-10-31T23:00", "2026-11-01T03:00", "America/Chicago", "-300", "-360") ", " AT(
				"b", "2026-07-01T10:00", "2026-07-01T11:00",
				"America/Indiana/Vincennes",
				"-240",
				"-240") ", " AT("c", "2026-12-01T10:00",
						"2026-12-01T11:00",
						"Asia/Tokyo", "540",
						"540") ", " AT("d", "2027-01-10T10:00",
							       "2027-01-10T11:00",
							       "Australia/Sydney",
							       "660",
							       "660") ", " AT("e",
									      "2007-07-"
									      "01T12:00",
									      "2007-07-"
									      "01T13:00",
									      "America/"
									      "Indiana/"
									      "Vincennes",
									      "-300",
									      "-300") ","
										      " " AT("f",
											     "2026-12-01T10:00",
											     "2026-12-01T11:00",
											     "Pacific/Honolulu",
											     "-600",
											     "-600") "]}"),
		false);

	w.compose.lang = NOTE_EN;
	put_feed(
		"zones", "Zones; all, of them", &f, 1,
		slice_str(
			"{\"method\": null, \"name\": \"Zones; all, of them\", "
			"\"refresh\": 3600, \"events\": [{" UID(
				"e") ", \"start\": "
				     "\"2007-07-01T12:00:00-05:00\"}, {" UID(
					     "b") ", \"start\": "
						  "\"2026-07-01T10:00:00-04:00\"}, {" UID(
							  "a") ", \"start\": "
							       "\"2026-10-31T23:00:00-05:"
							       "00\", \"end\": "
							       "\"2026-11-01T03:00:00-06:"
							       "00\"}, {" UID(
								       "c") ", "
									    "\"start\": "
									    "\"2026-12-"
									    "01T10:00:00+"
									    "09:00\"}, "
									    "{" UID("f") ", \"start\": "
											 "\"2026-12-01T10:00:00-10:00\"}, {" UID(
												 "d") ", \"start\": "
												      "\"2027-01-10T10:00:00+11:00\"}]}"));
}

/* More than a line. */
#define LONG(text) text text text text text text text text

/* What others wrote, and how it is read back. */
static const struct {
	const char *written, *read;
} corpus[] = {
	{ "a\r\nBEGIN:VEVENT\r\nSUMMARY:b", "a? / BEGIN:VEVENT? / SUMMARY:b" },
	{ "a\nEND:VEVENT\nEND:VCALENDAR", "a / END:VEVENT / END:VCALENDAR" },
	/* (Of "\\n" this parser makes a line end, however it is escaped.) */
	{ "a\\xb\\", "a\\xb\\" },
	{ "a;b,c:d\\e\"f^g'h", "a;b,c:d\\e\"f^g'h" },
	{ "\"\";TZID=\"x\":y", "\"\";TZID=\"x\":y" },
	{ "a\xe2\x80\xa8"
	  "ATTENDEE:mailto:x@example.org",
	  "a / ATTENDEE:mailto:x@example.org" },
	{ "a\x01\x1b[2Jb\x7f", "a??[2Jb?" },
	{ LONG("日本語の長い題"), LONG("日本語の長い題") },
	{ LONG("👩\u200d👧"), LONG("👩\u200d👧") },
};

static void
put_corpus(void)
{
	for (size_t i = 0; i < ARRAY_LEN(corpus); i++) {
		struct buf json = { 0 }, expected = { 0 };

		buf_put_str(&json, "{\"id\": \"" EVENT_ID "\", \"title\": {\"en\": ");
		json_put_string(&json, slice_str(corpus[i].written));
		buf_put_str(&json, "}, \"summary\": {\"en\": ");
		json_put_string(&json, slice_str(corpus[i].written));
		buf_put_str(&json, "}, \"url\": ");
		json_put_string(&json, slice_str(corpus[i].written));
		buf_put_str(&json, ", \"sessions\": [{\"id\": \"s1\", \"start\": "
				   "\"2026-12-01\", \"place\": {\"name\": {\"en\": ");
		json_put_string(&json, slice_str(corpus[i].written));
		buf_put_str(&json, "}}}]}");
		buf_put_str(&expected, "{\"method\": null, \"name\": ");
		json_put_string(&expected, slice_str(corpus[i].read));
		buf_put_str(&expected,
			    ", \"events\": [{" UID(
				    "s1") ", \"url\": null, "
					  "\"start\": \"2026-12-01\", \"summary\": ");
		json_put_string(&expected, slice_str(corpus[i].read));
		buf_put_str(&expected, ", \"location\": ");
		json_put_string(&expected, slice_str(corpus[i].read));
		buf_put_str(&expected, ", \"description\": ");
		struct buf lines = { 0 };
		buf_printf(&lines, "status: not stated\n%s\nkusanone show " EVENT_ID,
			   corpus[i].read);
		json_put_string(&expected, buf_slice(&lines));
		buf_put_str(&expected, "}]}");
		buf_put_u8(&json, '\0');
		struct feed_event f = fed(world_event(&w, (const char *)json.at), false);
		put_feed(arena_printf(&w.arena, "written-%zu", i + 1), corpus[i].written,
			 &f, 1, buf_slice(&expected));
		buf_fini(&json);
		buf_fini(&expected);
		buf_fini(&lines);
	}
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: wire_calendar DIR\n");
		return 2;
	}
	dir = argv[1];
	world_init(&w);
	put_invitations();
	put_zones();
	put_corpus();
	world_fini(&w);
	return 0;
}
