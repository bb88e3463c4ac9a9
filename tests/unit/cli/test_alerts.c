/* The commands about alerts, against services that answer what the test says. */
#include <time.h>

#include "cli/command.h"
#include "lib/base/utf8.h"
#include "lib/model/json_wire.h"
#include "world.h"

#define DESK_ID    "019300aa-1111-7000-8000-0000abcdef12"
#define HOOK_ID    "019300aa-1111-7000-8000-0000abcdff13"
#define SILENCE_ID "019300bb-2222-7000-8000-000051c07e2d"
#define EVENT_ID   "018d0000-0000-7000-8000-0000abcdef99"
#define ALERT_ID   "7be1f402000000000000000000000001"
#define MESSAGE_ID "0fee0000000000000000000000000002"
#define HOUR_MS    (INT64_C(60) * 60 * 1000)

static struct world world;

/* What was submitted, and what was asked last. */
static Kusanone__V1__Submission *said;
static unsigned said_count;
static enum world_service said_to;
static const Kusanone__V1__Query *asked;
static const char
	*alerts_json[8]; /* Answers to AlertsQuery in order, the last for ever. */
static unsigned alerts_at;

static const char subscriptions_json[] =
	"{\"rows\": ["
	"{\"subscription\": {\"id\": \"" DESK_ID "\", \"who\": \"企画担当\","
	"\"channel\": \"CHANNEL_MAIL\", \"to\": \"desk@example.jp\","
	"\"toHash\": \"AAAA\", \"kinds\": [\"upcoming\", \"report-overdue\"],"
	"\"posts\": [\"chi\", \"bna\"], \"states\": [\"TN\"], \"text\": \"水素\","
	"\"leadMinutes\": [10080, 120], \"digest\": {\"weekdays\": 1, \"minuteOfDay\": "
	"510},"
	"\"quiet\": {\"fromMinute\": 1320, \"toMinute\": 420},"
	"\"zone\": \"America/Chicago\", \"lang\": \"en\"},"
	"\"createdMs\": \"1700000000000\", \"waiting\": 2, \"sent\": 1234, \"dead\": 1,"
	/* Twelve o'clock UTC of the days before and after Chicago's clocks go back. */
	"\"nextMs\": \"1762000000000\"},"
	"{\"subscription\": {\"id\": \"" HOOK_ID "\", \"who\": \"dashboard\","
	"\"channel\": \"CHANNEL_WEBHOOK\", \"to\": \"https://hooks.example.org/alerts\","
	"\"secret\": \"main\"}, \"addressMissing\": true}],"
	"\"silences\": [{\"id\": \"" SILENCE_ID "\", \"posts\": [\"chi\"],"
	"\"kinds\": [\"report-overdue\"], \"untilMs\": \"1800000000000\","
	"\"why\": \"office is moving\"}], \"position\": 41}";

static void *
from_json(const ProtobufCMessageDescriptor *type, const char *text)
{
	struct json_fault fault;
	void *message =
		json_to_message(type, "reply", slice_str(text), &world.arena, &fault);

	if (message == NULL) {
		fail_msg("%s: %s", fault.path, text);
	}
	return message;
}

static void
answer_submission(struct world *w, struct slice body)
{
	Kusanone__V1__Receipt receipt = KUSANONE__V1__RECEIPT__INIT;

	said = world_read(w, &kusanone__v1__submission__descriptor, body);
	said_count++;
	said_to = w->to;
	receipt.request = said->request;
	receipt.revision =
		(char *)(uintptr_t)(said->dry_run ? ""
				    : w->to == WORLD_NOTIFICATION
					    ? MESSAGE_ID
					    : "00112233445566778899aabbccddeeff");
	receipt.event_id = (char *)(uintptr_t)(w->to == WORLD_INTAKE ? DESK_ID : "");
	receipt.seq = 7;
	world_answer(w, FRAME_RECEIPT, &receipt.base);
}

static void
serve(struct world *w, enum frame_type type, struct slice body)
{
	Kusanone__V1__Reply reply = KUSANONE__V1__REPLY__INIT;

	if (type == FRAME_SUBMIT) {
		answer_submission(w, body);
		return;
	}
	asked = world_read(w, &kusanone__v1__query__descriptor, body);
	reply.request = asked->request;
	if (asked->query_case == KUSANONE__V1__QUERY__QUERY_SUBSCRIPTIONS) {
		assert_int_equal(w->to, WORLD_NOTIFICATION);
		reply.reply_case = KUSANONE__V1__REPLY__REPLY_SUBSCRIPTIONS;
		reply.subscriptions =
			from_json(&kusanone__v1__subscriptions_reply__descriptor,
				  subscriptions_json);
	} else {
		assert_int_equal(w->to, WORLD_NOTIFICATION);
		reply.reply_case = KUSANONE__V1__REPLY__REPLY_ALERTS;
		reply.alerts = from_json(&kusanone__v1__alerts_reply__descriptor,
					 alerts_json[alerts_at]);
		alerts_at += alerts_json[alerts_at + 1] != NULL ? 1 : 0;
	}
	world_answer(w, FRAME_REPLY, &reply.base);
}

static int
begin(void **state)
{
	(void)state;
	setenv("TZ", "Asia/Tokyo", 1);
	tzset();
	world_init(&world);
	world.has_notification = true;
	world.serve = serve;
	said = NULL;
	said_count = 0;
	asked = NULL;
	alerts_at = 0;
	memset(alerts_json, 0, sizeof(alerts_json));
	alerts_json[0] = "{}";
	return 0;
}

static int
end(void **state)
{
	(void)state;
	world_fini(&world);
	return 0;
}

/* ---- subscribe ----------------------------------------------------------------------
 */

static void
test_subscribe__all_that_can_be_said(void **state)
{
	(void)state;
	assert_int_equal(world_run(&world, "alerts", "subscribe", "--who",
				   "planning desk", "--to", "mailto:desk@example.org",
				   "--post", "chi, bna", "--post", "atl", "--state", "TN",
				   "--pillar", "ap3", "--category", "science", "--kind",
				   "upcoming,moved", "--text", "hydrogen", "--lead",
				   "2h,30d,7d,24h,1d"),
			 EXIT_DONE);
	assert_int_equal(said_to, WORLD_INTAKE);
	assert_false(said->dry_run);
	assert_int_equal(said->body_case, KUSANONE__V1__SUBMISSION__BODY_SUBSCRIPTION);
	const Kusanone__V1__Subscription *s = said->subscription;
	assert_string_equal(s->id, "");
	assert_string_equal(s->who, "planning desk");
	assert_int_equal(s->channel, KUSANONE__V1__CHANNEL__CHANNEL_MAIL);
	assert_string_equal(s->to, "desk@example.org");
	assert_int_equal(s->n_posts, 3);
	assert_string_equal(s->posts[1], "bna");
	assert_string_equal(s->posts[2], "atl");
	assert_string_equal(s->states[0], "TN");
	assert_string_equal(s->pillars[0], "ap3");
	assert_string_equal(s->categories[0], "science");
	assert_int_equal(s->n_kinds, 2);
	assert_string_equal(s->kinds[1], "moved");
	assert_string_equal(s->text, "hydrogen");
	/* The longest first; a day is a day however it is written. */
	static const uint32_t leads[] = { 43200, 10080, 1440, 120 };
	assert_int_equal(s->n_lead_minutes, ARRAY_LEN(leads));
	assert_memory_equal(s->lead_minutes, leads, sizeof(leads));
	assert_null(s->digest);
	assert_null(s->quiet);
	assert_string_equal(s->lang, ""); /* The default is headquarters'. */
	CHECK_HAS(world_out(&world), DESK_ID);
}

static void
test_subscribe__times_zone_and_language_of_the_reader(void **state)
{
	(void)state;
	assert_int_equal(world_run(&world, "alerts", "subscribe", "--who", "企画", "--to",
				   "https://hooks.example.org/a?b=c", "--digest",
				   "weekly@mon,thu@09:15", "--quiet", "22:00-07:00",
				   "--zone", "America/Chicago", "--secret", "main",
				   "--lang", "ja", "--dry-run"),
			 EXIT_DONE);
	const Kusanone__V1__Subscription *s = said->subscription;
	assert_true(said->dry_run);
	assert_int_equal(s->channel, KUSANONE__V1__CHANNEL__CHANNEL_WEBHOOK);
	assert_string_equal(s->to, "https://hooks.example.org/a?b=c");
	assert_int_equal(s->digest->weekdays, 9);
	assert_int_equal(s->digest->minute_of_day, 555);
	assert_int_equal(s->quiet->from_minute, 1320);
	assert_int_equal(s->quiet->to_minute, 420);
	assert_string_equal(s->zone, "America/Chicago");
	assert_string_equal(s->secret, "main");
	assert_string_equal(s->lang, "ja");
	CHECK_HAS(world_out(&world), "確認しました"); /* --lang is the answer's too. */

	/* One that stands before the command counts as well, an older one does not. */
	assert_int_equal(world_run(&world, "--lang", "en", "alerts", "subscribe", "--who",
				   "x", "--to", "feed"),
			 EXIT_DONE);
	assert_string_equal(said->subscription->lang, "en");
	assert_int_equal(said->subscription->channel,
			 KUSANONE__V1__CHANNEL__CHANNEL_FEED);
	assert_string_equal(said->subscription->to, "");
	assert_int_equal(
		world_run(&world, "alerts", "subscribe", "--who", "x", "--to", "feed"),
		EXIT_DONE);
	assert_string_equal(said->subscription->lang, "");
}

static void
test_subscribe__what_is_wrong_is_said_and_not_sent(void **state)
{
	static const struct {
		const char *words[5];
		const char *said;
	} wrong[] = {
		{ { NULL }, "--who and --to are needed" },
		{ { "--who", "x", NULL }, "--who and --to are needed" },
		{ { "--who", "", NULL, NULL }, "--who" },
		{ { "--kind", "upcomming", NULL }, "did you mean upcoming?" },
		{ { "--kind", "moved,cancelld", NULL }, "did you mean cancelled?" },
		{ { "--kind", "weather", NULL }, "there are upcoming, announced" },
		{ { "--lead", "7", NULL }, "--lead 7: must be days" },
		{ { "--lead", "30d,2w", NULL }, "--lead 2w" },
		{ { "--lead", "367d", NULL }, "at most 366d" },
		{ { "--lead", "1d,2d,3d,4d,5d,6d,7d,8d,9d", NULL }, "at most 8" },
		{ { "--digest", "hourly", NULL }, "--digest hourly" },
		{ { "--digest", "daily@24:00", NULL }, "daily@08:30" },
		{ { "--quiet", "22-07", NULL }, "22:00-07:00" },
		{ { "--quiet", "07:00-07:00", NULL }, "two different times" },
		{ { "--to", "desk@example.org", NULL },
		  "did you mean mailto:desk@example.org?" },
		{ { "--to", "ftp://example.org", NULL }, "must be mailto:ADDRESS" },
		{ { "--to", "mailto:desk", NULL }, "desk: is no mail address" },
		{ { "--to", "mailto:a@example.org\nBcc: b@example.org", NULL },
		  "is no mail address" },
		{ { "--to", "https://user@example.org/", NULL }, "no web address" },
		{ { "--who", "a\nb", NULL }, "on one line" },
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		const char *words[12] = { "alerts", "subscribe" };
		size_t n = 2;

		/* What is needed stands first; the case's own word is the last and holds.
		 */
		if (i > 1) {
			words[n++] = "--who";
			words[n++] = "desk";
			words[n++] = "--to";
			words[n++] = "feed";
		}
		for (size_t k = 0; wrong[i].words[k] != NULL; k++) {
			words[n++] = wrong[i].words[k];
		}
		int code = world_run_list(&world, words);
		if (code != EXIT_BAD_USAGE || world.out.len != 1) {
			fail_msg("case %zu: code %d, %s", i, code, world_err(&world));
		}
		CHECK_HAS(world_err(&world), wrong[i].said);
	}
	assert_int_equal(world.requests, 0);
}

static void
serve_refused(struct world *w, enum frame_type type, struct slice body)
{
	Kusanone__V1__Refused refused = KUSANONE__V1__REFUSED__INIT;
	Kusanone__V1__Text reason = KUSANONE__V1__TEXT__INIT;
	Kusanone__V1__Text expected = KUSANONE__V1__TEXT__INIT;

	assert_int_equal(type, FRAME_SUBMIT);
	said = world_read(w, &kusanone__v1__submission__descriptor, body);
	refused.request = said->request;
	refused.code = (char *)(uintptr_t) "invalid";
	refused.field = (char *)(uintptr_t) "posts";
	reason.en = (char *)(uintptr_t) "No post has the code chy.";
	expected.en = (char *)(uintptr_t) "did you mean chi?";
	refused.reason = &reason;
	refused.expected = &expected;
	world_answer(w, FRAME_REFUSED, &refused.base);
}

static void
test_subscribe__headquarters_refusal_is_shown(void **state)
{
	(void)state;
	world.serve = serve_refused;
	assert_int_equal(world_run(&world, "alerts", "subscribe", "--who", "x", "--to",
				   "feed", "--post", "chy"),
			 EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "posts: No post has the code chy.");
	CHECK_HAS(world_err(&world), "did you mean chi?");
}

/* ---- Finding ------------------------------------------------------------------------
 */

static void
test_find__by_the_beginning_the_last_digits_or_the_whole(void **state)
{
	static const char *const good[] = { "abcdef12", "ABCDEF12", DESK_ID,
					    "0000-abcdef12" };
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_int_equal(world_run(&world, "alerts", "remove", good[i]),
				 EXIT_DONE);
		assert_string_equal(said->subscription->id, DESK_ID);
		assert_true(said->subscription->removed);
		/* A whole id alone is asked for. */
		assert_string_equal(asked->subscriptions->id,
				    strcmp(good[i], DESK_ID) == 0 ? DESK_ID : "");
	}
	assert_int_equal(said_count, ARRAY_LEN(good));
	/* Both begin so. */
	assert_int_equal(world_run(&world, "alerts", "remove", "019300aa-1111"),
			 EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "several subscriptions");
	assert_int_equal(world_run(&world, "alerts", "show", "999999"), EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "no such subscription");
	assert_int_equal(world_run(&world, "alerts", "show", "12345"), EXIT_BAD_USAGE);
	assert_int_equal(world_run(&world, "alerts", "show", "planning"), EXIT_BAD_USAGE);
	assert_int_equal(said_count, ARRAY_LEN(good));
}

static void
test_alerts__without_the_service_it_is_said(void **state)
{
	static const char *const commands_[][5] = {
		{ "alerts", "list", NULL },
		{ "alerts", "log", NULL },
		{ "alerts", "preview", "--post", "chi", NULL },
		{ "alerts", "test", "abcdef12", NULL },
	};
	(void)state;

	world.has_notification = false;
	for (size_t i = 0; i < ARRAY_LEN(commands_); i++) {
		assert_int_equal(world_run_list(&world, commands_[i]), EXIT_UNREACHABLE);
		CHECK_HAS(world_err(&world),
			  "no notification service at /run/test/notification.sock");
	}
	assert_int_equal(world.requests, 0);
}

/* ---- edit ---------------------------------------------------------------------------
 */

static void
test_edit__only_what_is_named_changes(void **state)
{
	(void)state;
	assert_int_equal(world_run(&world, "alerts", "edit", "abcdef12", "--post", "atl",
				   "--state", "", "--no-digest", "--text", "", "--lead",
				   "1d"),
			 EXIT_DONE);
	const Kusanone__V1__Subscription *s = said->subscription;
	assert_string_equal(s->id, DESK_ID);
	assert_string_equal(s->who, "企画担当");
	assert_int_equal(s->channel, KUSANONE__V1__CHANNEL__CHANNEL_MAIL);
	/* The address is not sent again: empty is "as it was". */
	assert_string_equal(s->to, "");
	assert_int_equal(s->to_hash.len, 0);
	assert_int_equal(s->n_posts, 1);
	assert_string_equal(s->posts[0], "atl");
	assert_int_equal(s->n_states, 0);
	assert_null(s->digest);
	assert_string_equal(s->text, "");
	assert_int_equal(s->n_lead_minutes, 1);
	assert_int_equal(s->lead_minutes[0], 1440);
	/* These stay. */
	assert_int_equal(s->n_kinds, 2);
	assert_int_equal(s->quiet->from_minute, 1320);
	assert_string_equal(s->zone, "America/Chicago");
	assert_string_equal(s->lang, "en");
	assert_false(s->removed);

	assert_int_equal(world_run(&world, "alerts", "edit", "abcdef12", "--to",
				   "https://hooks.example.org/", "--quiet", "",
				   "--digest", "daily", "--lang", "ja", "--kind", ""),
			 EXIT_DONE);
	s = said->subscription;
	assert_int_equal(s->channel, KUSANONE__V1__CHANNEL__CHANNEL_WEBHOOK);
	assert_string_equal(s->to, "https://hooks.example.org/");
	assert_null(s->quiet);
	assert_int_equal(s->digest->weekdays, 127);
	assert_int_equal(s->digest->minute_of_day, 510);
	assert_string_equal(s->lang, "ja");
	assert_int_equal(s->n_kinds, 0);
	assert_int_equal(s->n_posts, 2);
}

static void
test_edit__what_is_wrong_asks_nobody(void **state)
{
	static const char *const wrong[][8] = {
		{ "alerts", "edit", NULL },
		{ "alerts", "edit", "abcdef12", NULL },
		{ "alerts", "edit", "abcdef12", "--lead", "soon", NULL },
		{ "alerts", "edit", "abcdef12", "--to", "", NULL },
		{ "alerts", "edit", "abcdef12", "--who", "", NULL },
		{ "alerts", "edit", "abcdef12", "--digest", "daily", "--no-digest",
		  NULL },
		{ "alerts", "edit", "abcdef12", "--no-quiet", "--quiet", "", NULL },
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		int code = world_run_list(&world, wrong[i]);

		if (code != EXIT_BAD_USAGE) {
			fail_msg("case %zu: code %d", i, code);
		}
	}
	assert_int_equal(world.requests, 0);
}

/* ---- silence, unsilence, ack --------------------------------------------------------
 */

/* The test's clock stands at 2023-11-15 07:13:20 in Tokyo, 2023-11-14 16:13 in Chicago.
 */
#define NOW_MS INT64_C(1700000000000)

static void
test_silence__until_when(void **state)
{
	static const struct {
		const char *until, *zone, *shown;
		int64_t ms;
	} cases[] = {
		{ "12h", "", "2023-11-15 19:13 +09:00", NOW_MS + 12 * HOUR_MS },
		{ "7d", "", "2023-11-22 07:13 +09:00", NOW_MS + 7 * 24 * HOUR_MS },
		/* The end of that day, Tokyo's unless another zone is named. */
		{ "2023-11-15", "", "2023-11-16 00:00 +09:00", INT64_C(1700060400000) },
		{ "2023-11-15", "America/Chicago", "2023-11-16 00:00 -06:00",
		  INT64_C(1700114400000) },
		{ "2023-12-31", "", "2024-01-01 00:00 +09:00", INT64_C(1704034800000) },
		{ "2023-11-15T09:30", "", "2023-11-15 09:30 +09:00",
		  INT64_C(1700008200000) },
		/* Chicago's clocks are an hour on by then. */
		{ "2024-07-01T09:30", "America/Chicago", "2024-07-01 09:30 -05:00",
		  INT64_C(1719844200000) },
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		world.now = 0;
		assert_int_equal(world_run(&world, "alerts", "silence", "--until",
					   cases[i].until, "--zone", cases[i].zone,
					   "--why", "moving"),
				 EXIT_DONE);
		/* It begins when headquarters records it. */
		assert_int_equal(said->silence->from_ms, 0);
		if (said->silence->until_ms != cases[i].ms) {
			fail_msg("case %zu: %lld", i, (long long)said->silence->until_ms);
		}
		CHECK_HAS(world_out(&world),
			  arena_printf(&world.arena, "held back until %s\n",
				       cases[i].shown));
	}
	assert_int_equal(said_to, WORLD_INTAKE);
}

static void
test_silence__what_is_meant(void **state)
{
	(void)state;
	assert_int_equal(world_run(&world, "alerts", "silence", "--subscription",
				   "abcdef12", "--event", EVENT_ID, "--post", "chi,bna",
				   "--kind", "report-overdue", "--until", "1d", "--why",
				   "office is moving", "--json"),
			 EXIT_DONE);
	const Kusanone__V1__Silence *s = said->silence;
	assert_string_equal(s->id, "");
	assert_string_equal(s->subscription, DESK_ID);
	assert_string_equal(s->event_id, EVENT_ID);
	assert_int_equal(s->n_posts, 2);
	assert_string_equal(s->kinds[0], "report-overdue");
	assert_string_equal(s->why, "office is moving");
	assert_false(s->ended);
	/* JSON alone. */
	assert_int_equal(world_out(&world)[0], '{');
	assert_null(strstr(world_out(&world), "held back"));
}

static void
test_silence__what_is_wrong_is_not_sent(void **state)
{
	static const struct {
		const char *words[8];
		const char *said;
	} wrong[] = {
		{ { "--why", "x", NULL }, "--until is needed" },
		{ { "--until", "1d", NULL }, "--why is needed" },
		{ { "--until", "soon", "--why", "x", NULL }, "--until soon" },
		{ { "--until", "2024-02", "--why", "x", NULL }, "must be a day" },
		{ { "--until", "2024-02-30", "--why", "x", NULL }, "must be a day" },
		{ { "--until", "2023-11-14", "--why", "x", NULL }, "is over already" },
		{ { "--until", "2023-11-15T07:13", "--why", "x", NULL },
		  "is over already" },
		{ { "--until", "1d", "--why", "x", "--zone", "Asia/Tokio", NULL },
		  "no such time zone" },
		{ { "--until", "1d", "--why", "x", "--zone", "../../etc/passwd", NULL },
		  "no such time zone" },
		{ { "--until", "1d", "--why", "x", "--kind", "reports", NULL },
		  "no such kind" },
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		const char *words[10] = { "alerts", "silence" };

		for (size_t k = 0; wrong[i].words[k] != NULL; k++) {
			words[2 + k] = wrong[i].words[k];
		}
		int code = world_run_list(&world, words);
		if (code != EXIT_BAD_USAGE) {
			fail_msg("case %zu: code %d", i, code);
		}
		CHECK_HAS(world_err(&world), wrong[i].said);
	}
	assert_int_equal(world.requests, 0);
}

static void
test_unsilence__ends_the_one_that_lists_show(void **state)
{
	(void)state;
	assert_int_equal(world_run(&world, "alerts", "unsilence", "51c07e2d"), EXIT_DONE);
	assert_string_equal(said->silence->id, SILENCE_ID);
	assert_true(said->silence->ended);
	assert_int_equal(world_run(&world, "alerts", "unsilence", "abcdef12"),
			 EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "no such silence");
	assert_int_equal(said_count, 1);
}

#define OVERDUE_ROW                                                                      \
	"{\"id\": \"" ALERT_ID "\", \"subscription\": \"" DESK_ID "\","                  \
	"\"who\": \"企画担当\", \"kind\": \"report-overdue\","                       \
	"\"eventId\": \"" EVENT_ID "\", \"subject\": \"" EVENT_ID "\","                  \
	"\"spell\": \"2\", \"state\": \"DEAD\", \"dueMs\": \"1700000000000\","           \
	"\"answer\": \"550 5.1.1 no such user\", \"attempts\": 3,"                       \
	"\"title\": {\"ja\": \"水素シンポジウム\", \"en\": \"Hydrogen symposium\"}}"

static void
test_ack__names_what_the_alert_is_about(void **state)
{
	(void)state;
	alerts_json[0] = "{\"rows\": [" OVERDUE_ROW "]}";
	assert_int_equal(world_run(&world, "alerts", "ack", "7BE1F402", "--note",
				   "comes on Friday"),
			 EXIT_DONE);
	assert_string_equal(asked->alerts->id, "7be1f402");
	assert_int_equal(said_to, WORLD_INTAKE);
	const Kusanone__V1__Acknowledgement *a = said->acknowledgement;
	assert_string_equal(a->kind, "report-overdue");
	assert_string_equal(a->subject, EVENT_ID);
	assert_string_equal(a->spell, "2");
	assert_string_equal(a->note, "comes on Friday");
	assert_string_equal(a->subscription, ""); /* For everybody. */
	assert_false(a->undone);
	assert_int_equal(world_run(&world, "alerts", "ack", "7be1f402", "--undo"),
			 EXIT_DONE);
	assert_true(said->acknowledgement->undone);

	assert_int_equal(world_run(&world, "alerts", "ack", "7be1f402"), EXIT_BAD_USAGE);
	alerts_json[0] = "{\"rows\": [" OVERDUE_ROW "," OVERDUE_ROW "]}";
	assert_int_equal(world_run(&world, "alerts", "ack", "7be1f402", "--note", "x"),
			 EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "several alerts");
	alerts_json[0] = "{}";
	assert_int_equal(world_run(&world, "alerts", "ack", "7be1f402", "--note", "x"),
			 EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "no such alert");
	assert_int_equal(said_count, 2);
}

/* ---- list, show ---------------------------------------------------------------------
 */

static void
check_widths(const char *text, size_t width)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		if (utf8_width(slice_of(text, len)) > width) {
			fail_msg("wider than %zu: %.*s", width, (int)len, text);
		}
		text += len + (text[len] == '\n' ? 1 : 0);
	}
}

static void
test_list__fits_the_screen_and_says_what_is_wrong(void **state)
{
	static const unsigned widths[] = { 60, 80, 200 };
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(widths); i++) {
		world.cli.width = widths[i];
		assert_int_equal(world_run(&world, "alerts", "list", "--lang", "ja"),
				 EXIT_DONE);
		check_widths(world_out(&world), widths[i]);
		assert_int_equal(world_run(&world, "alerts", "list", "--lang", "en"),
				 EXIT_DONE);
		check_widths(world_out(&world), widths[i]);
	}
	CHECK_HAS(world_out(&world), "abcdef12  企画担当   mail desk@example.jp");
	/* Its own zone: this machine's would say 21:26. */
	CHECK_HAS(world_out(&world), "2025-11-01 07:26");
	CHECK_HAS(
		world_out(&world),
		"          upcoming, report overdue · post=chi,bna state=TN text=水素 · "
		"7d,2h · weekly@mon@08:30 · waiting 2 · sent 1,234 · dead 1\n");
	CHECK_HAS(world_out(&world), "its address was erased, or has not come");
	CHECK_HAS(world_out(&world),
		  "51c07e2d  until 2027-01-15 17:00 +09:00  post=chi report "
		  "overdue\n          office is moving\n");

	assert_int_equal(world_run(&world, "alerts", "list", "--json"), EXIT_DONE);
	assert_non_null(from_json(&kusanone__v1__subscriptions_reply__descriptor,
				  world_out(&world)));
}

static void
test_show__one_with_all_that_it_says(void **state)
{
	(void)state;
	world.cli.lang = LANG_EN;
	assert_int_equal(world_run(&world, "alerts", "show", "abcdef12"), EXIT_DONE);
	assert_string_equal(world_out(&world),
			    DESK_ID "\n"
				    "  who             企画担当\n"
				    "  to              mail desk@example.jp\n"
				    "  kinds           upcoming, report overdue\n"
				    "  posts           chi, bna\n"
				    "  states          TN\n"
				    "  in the title    水素\n"
				    "  lead times      7d,2h\n"
				    "  digest          weekly@mon@08:30\n"
				    "  quiet hours     22:00-07:00\n"
				    "  time zone       America/Chicago\n"
				    "  language        en\n"
				    "  recorded        2023-11-14 16:13 -06:00\n"
				    "  alerts          waiting 2 · sent 1,234 · dead 1\n"
				    "  next due        2025-11-01 07:26 -05:00\n");
	assert_int_equal(world_run(&world, "alerts", "show", "abcdff13", "--lang", "ja"),
			 EXIT_DONE);
	CHECK_HAS(world_out(&world), "送信できません");
	CHECK_HAS(world_out(&world), "Asia/Tokyo"); /* The default is said. */
	assert_int_equal(world_run(&world, "alerts", "show", "abcdff13", "--json"),
			 EXIT_DONE);
	const Kusanone__V1__SubscriptionRow *row =
		from_json(&kusanone__v1__subscription_row__descriptor, world_out(&world));
	assert_string_equal(row->subscription->secret, "main");
}

/* ---- log, preview -------------------------------------------------------------------
 */

static void
test_log__the_question_and_the_rows(void **state)
{
	(void)state;
	alerts_json[0] =
		"{\"rows\": [" OVERDUE_ROW ","
		"{\"id\": \"aa00000000000000000000000000000f\", \"kind\": \"upcoming\","
		"\"who\": \"desk\", \"dueMs\": \"1700003600000\", \"state\": \"WAITING\","
		"\"reason\": \"quiet\", \"nextMs\": \"1700010000000\","
		"\"words\": {\"en\": \"In 7 days: Jazz\", \"ja\": \"7日後: ジャズ\"}},"
		"{\"id\": \"bb00000000000000000000000000000f\", \"kind\": \"new-kind\","
		"\"state\": \"MISSED\", \"reason\": \"some_new_reason\"}],"
		"\"next\": \"page-2\"}";
	world.cli.width = 120;
	assert_int_equal(world_run(&world, "alerts", "log", "--subscription", "abcdef12",
				   "--event", EVENT_ID, "--state", "dead,waiting",
				   "--kind", "report-overdue", "--limit", "20", "--after",
				   "page-1"),
			 EXIT_DONE);
	const Kusanone__V1__AlertsQuery *q = asked->alerts;
	assert_string_equal(q->subscription, DESK_ID);
	assert_string_equal(q->event_id, EVENT_ID);
	assert_int_equal(q->n_states, 2);
	assert_int_equal(q->states[0], KUSANONE__V1__ALERT_STATE__ALERT_STATE_DEAD);
	assert_int_equal(q->states[1], KUSANONE__V1__ALERT_STATE__ALERT_STATE_WAITING);
	assert_string_equal(q->kinds[0], "report-overdue");
	assert_int_equal(q->limit, 20);
	assert_string_equal(q->after, "page-1");
	assert_string_equal(
		world_out(&world),
		"7be1f402  2023-11-15 07:13  dead     report overdue  企画担当  Hydrogen "
		"symposium\n"
		"          550 5.1.1 no such user · attempts: 3\n"
		"aa000000  2023-11-15 08:13  waiting  upcoming        desk      In 7 "
		"days: "
		"Jazz\n"
		"          quiet hours · next 2023-11-15 10:00\n"
		"bb000000  -                 missed   new-kind\n"
		"          some_new_reason\n"
		"the next page: --after page-2\n");
	for (unsigned width = 60; width <= 80; width += 20) {
		world.cli.width = width;
		assert_int_equal(world_run(&world, "alerts", "log", "--lang", "ja"),
				 EXIT_DONE);
		check_widths(world_out(&world), width);
	}
	CHECK_HAS(world_out(&world), "不達");
	CHECK_HAS(world_out(&world), "水素シンポジウム");
	CHECK_HAS(world_out(&world), "送らない時間 · 次は 2023-11-15 10:00");
	/* Without --state: all but what is yet to come. */
	assert_int_equal(asked->alerts->n_states, 5);
	assert_int_equal(asked->alerts->states[0],
			 KUSANONE__V1__ALERT_STATE__ALERT_STATE_WAITING);
}

static void
test_log__states_are_checked_here(void **state)
{
	(void)state;
	assert_int_equal(world_run(&world, "alerts", "log", "--state", "deed"),
			 EXIT_BAD_USAGE);
	CHECK_HAS(world_err(&world), "did you mean dead?");
	assert_int_equal(world_run(&world, "alerts", "log", "--state", "lost"),
			 EXIT_BAD_USAGE);
	CHECK_HAS(world_err(&world), "there are scheduled, waiting, sending, sent, dead");
	assert_int_equal(world_run(&world, "alerts", "log", "--limit", "0"),
			 EXIT_BAD_USAGE);
	assert_int_equal(world.requests, 0);
}

#define PREVIEW                                                                          \
	"{\"rows\": [{\"id\": \"b\", \"kind\": \"upcoming\", \"dueMs\":"                 \
	"\"1762010000000\", \"words\": {\"en\": \"Tomorrow: Jazz\"},"                    \
	"\"reason\": \"digest\", \"nextMs\": \"1762180200000\"},"                        \
	"{\"id\": \"a\", \"kind\": \"date-not-fixed\", \"dueMs\": \"1762000000000\","    \
	"\"nextMs\": \"1762000000000\", \"title\": {\"en\": \"Jazz\"}}]}"

static void
test_preview__the_soonest_first_in_the_readers_zone(void **state)
{
	(void)state;
	alerts_json[0] = PREVIEW;
	assert_int_equal(world_run(&world, "alerts", "preview", "abcdef12"), EXIT_DONE);
	assert_string_equal(asked->preview->subscription, DESK_ID);
	assert_null(asked->preview->draft);
	assert_int_equal(asked->preview->days, 60);
	assert_string_equal(world_out(&world),
			    "2025-11-01 07:26  date not fixed  Jazz\n"
			    "2025-11-01 10:13  upcoming        Tomorrow: Jazz\n"
			    "          for the digest · goes 2025-11-03 08:30\n");
	assert_int_equal(said_count, 0);
}

static void
test_preview__a_draft_and_a_change(void **state)
{
	(void)state;
	alerts_json[0] = PREVIEW;
	/* Neither who nor where it goes is needed. */
	assert_int_equal(world_run(&world, "alerts", "preview", "--post", "chi", "--lead",
				   "7d", "--days", "90"),
			 EXIT_DONE);
	assert_string_equal(asked->preview->subscription, "");
	assert_string_equal(asked->preview->draft->posts[0], "chi");
	assert_int_equal(asked->preview->draft->lead_minutes[0], 10080);
	assert_int_equal(asked->preview->days, 90);
	CHECK_HAS(world_out(&world), "2025-11-01 21:26"); /* Tokyo's, by default. */

	assert_int_equal(world_run(&world, "alerts", "preview", "abcdef12", "--lead",
				   "1d", "--zone", "Asia/Tokyo"),
			 EXIT_DONE);
	assert_string_equal(asked->preview->subscription, "");
	assert_string_equal(asked->preview->draft->id, DESK_ID);
	assert_int_equal(asked->preview->draft->n_posts, 2);
	assert_int_equal(asked->preview->draft->lead_minutes[0], 1440);
	CHECK_HAS(world_out(&world), "2025-11-01 21:26");

	alerts_json[0] = "{}";
	assert_int_equal(world_run(&world, "alerts", "preview", "abcdef12"), EXIT_DONE);
	assert_string_equal(world_out(&world), "the next 60 days bring nothing\n");
	assert_int_equal(world_run(&world, "alerts", "preview"), EXIT_BAD_USAGE);
	assert_int_equal(
		world_run(&world, "alerts", "preview", "--days", "0", "--post", "chi"),
		EXIT_BAD_USAGE);
}

/* ---- test, resend -------------------------------------------------------------------
 */

#define SENDING(more) "{\"rows\": [{\"id\": \"c\", \"state\": \"SENDING\"" more "}]}"

static void
test_test__waits_for_what_the_receiver_says(void **state)
{
	(void)state;
	alerts_json[0] = "{}"; /* Not there yet. */
	alerts_json[1] = SENDING("");
	alerts_json[2] = SENDING(", \"attempts\": 1");
	alerts_json[3] = "{\"rows\": [{\"id\": \"c\", \"state\": \"SENT\", "
			 "\"answer\": \"250 2.0.0 Ok\"}]}";
	assert_int_equal(world_run(&world, "alerts", "test", "abcdef12"), EXIT_DONE);
	assert_int_equal(said_to, WORLD_NOTIFICATION);
	assert_string_equal(said->alert_test->subscription, DESK_ID);
	assert_string_equal(asked->alerts->message, MESSAGE_ID);
	assert_int_equal(world.pauses, 3);
	assert_string_equal(world_out(&world), "the receiver took it: 250 2.0.0 Ok\n");
}

static void
test_test__what_the_receiver_did_not_take(void **state)
{
	(void)state;
	alerts_json[0] = "{\"rows\": [{\"id\": \"c\", \"state\": \"DEAD\", "
			 "\"answer\": \"550 no\\nsuch user\"}]}";
	assert_int_equal(world_run(&world, "alerts", "test", "abcdef12"), EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "the receiver refused it: 550 no / such user");
	alerts_json[0] = SENDING(", \"answer\": \"451 try later\", "
				 "\"nextMs\": \"1700000060000\"");
	assert_int_equal(world_run(&world, "alerts", "test", "abcdef12"), EXIT_REFUSED);
	CHECK_HAS(world_err(&world),
		  "did not take it: 451 try later; it is tried again 2023-11-15 07:14");
	assert_int_equal(world.pauses, 0);
}

static void
test_test__is_not_waited_for_longer_than_said(void **state)
{
	(void)state;
	alerts_json[0] = SENDING("");
	assert_int_equal(
		world_run(&world, "alerts", "test", "abcdef12", "--timeout", "4"),
		EXIT_UNREACHABLE);
	assert_in_range(world.now, 3000, 4000);
	CHECK_HAS(world_err(&world), "4 s have passed and it is still: sending; see "
				     "kusanone alerts log --subscription abcdef12");
	/* Ctrl-C ends the waiting. */
	world.now = 0;
	world.interrupt_after = 1;
	world.idle = 1;
	assert_int_equal(world_run(&world, "alerts", "test", "abcdef12"),
			 EXIT_UNREACHABLE);
	assert_int_equal(world.now, 0);
}

static void
test_resend__the_one_that_was_named(void **state)
{
	(void)state;
	alerts_json[0] = "{\"rows\": [" OVERDUE_ROW "]}";
	assert_int_equal(world_run(&world, "alerts", "resend", "7be1f402"), EXIT_DONE);
	assert_int_equal(said_to, WORLD_NOTIFICATION);
	assert_int_equal(said->body_case, KUSANONE__V1__SUBMISSION__BODY_ALERT_RESEND);
	assert_string_equal(said->alert_resend->alert, ALERT_ID);
	CHECK_HAS(world_out(&world), "7be1f402  is sent again\n");
	assert_int_equal(world_run(&world, "alerts", "resend", "7be1f402", "--json"),
			 EXIT_DONE);
	const Kusanone__V1__Receipt *receipt =
		from_json(&kusanone__v1__receipt__descriptor, world_out(&world));
	assert_string_equal(receipt->revision, MESSAGE_ID);
}

/* ---- status -------------------------------------------------------------------------
 */

static void
serve_status(struct world *w, enum frame_type type, struct slice body)
{
	const Kusanone__V1__Query *query =
		world_read(w, &kusanone__v1__query__descriptor, body);
	Kusanone__V1__Reply reply = KUSANONE__V1__REPLY__INIT;
	const char *text = w->ctx;

	assert_int_equal(type, FRAME_QUERY);
	reply.request = query->request;
	reply.reply_case = KUSANONE__V1__REPLY__REPLY_STATUS;
	reply.status = from_json(&kusanone__v1__status_reply__descriptor, text);
	world_answer(w, FRAME_REPLY, &reply.base);
}

static void
test_status__dead_alerts_are_an_alarm(void **state)
{
	static const char dead[] =
		"{\"service\": \"notification\", \"name\": \"hq\", \"position\": 41,"
		"\"hqPosition\": 44, \"alerts\": {\"subscriptions\": 3, \"waiting\": 12,"
		"\"sending\": 1, \"sent\": 1234, \"dead\": 2, \"missed\": 5,"
		"\"nextMs\": \"1700003600000\"}}";
	static const char well[] =
		"{\"service\": \"notification\", \"alerts\": {\"repeatedSends\": 4}}";
	(void)state;

	world.has_intake = false;
	world.serve = serve_status;
	world.ctx = (void *)(uintptr_t)dead;
	assert_int_equal(world_run(&world, "status"), EXIT_DONE);
	assert_int_equal(world.to, WORLD_NOTIFICATION);
	check_widths(world_out(&world), 80);
	CHECK_HAS(world_out(&world), "41 of 44");
	CHECK_HAS(world_out(&world), "alerts: waiting     12\n");
	CHECK_HAS(world_out(&world), "alerts: sent        1,234\n");
	CHECK_HAS(world_out(&world), "2023-11-15 08:13:20 +09:00");
	CHECK_HAS(world_out(&world),
		  "ALARM: 2 alerts could not be delivered: kusanone alerts log --state");
	assert_int_equal(world_run(&world, "status", "--lang", "ja"), EXIT_DONE);
	check_widths(world_out(&world), 80);
	CHECK_HAS(world_out(&world), "通知 (notification)");
	CHECK_HAS(world_out(&world), "警報: お届けできなかったお知らせが 2 件");
	world.ctx = (void *)(uintptr_t)well;
	assert_int_equal(world_run(&world, "status", "--lang", "en"), EXIT_DONE);
	CHECK_HAS(world_out(&world), "sent again after a doubt");
	assert_null(strstr(world_out(&world), "ALARM"));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_subscribe__all_that_can_be_said),
		TEST(test_subscribe__times_zone_and_language_of_the_reader),
		TEST(test_subscribe__what_is_wrong_is_said_and_not_sent),
		TEST(test_subscribe__headquarters_refusal_is_shown),
		TEST(test_find__by_the_beginning_the_last_digits_or_the_whole),
		TEST(test_alerts__without_the_service_it_is_said),
		TEST(test_edit__only_what_is_named_changes),
		TEST(test_edit__what_is_wrong_asks_nobody),
		TEST(test_silence__until_when),
		TEST(test_silence__what_is_meant),
		TEST(test_silence__what_is_wrong_is_not_sent),
		TEST(test_unsilence__ends_the_one_that_lists_show),
		TEST(test_ack__names_what_the_alert_is_about),
		TEST(test_list__fits_the_screen_and_says_what_is_wrong),
		TEST(test_show__one_with_all_that_it_says),
		TEST(test_log__the_question_and_the_rows),
		TEST(test_log__states_are_checked_here),
		TEST(test_preview__the_soonest_first_in_the_readers_zone),
		TEST(test_preview__a_draft_and_a_change),
		TEST(test_test__waits_for_what_the_receiver_says),
		TEST(test_test__what_the_receiver_did_not_take),
		TEST(test_test__is_not_waited_for_longer_than_said),
		TEST(test_resend__the_one_that_was_named),
		TEST(test_status__dead_alerts_are_an_alarm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
