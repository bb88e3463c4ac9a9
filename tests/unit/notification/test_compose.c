/* What alerts say, word for word, in both languages. */
#include "notification/compose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "compose_world.h"
#include "lib/base/utf8.h"
#include "notification/words.h"

static struct world w;

static int
begin(void **state)
{
	(void)state;
	world_init(&w);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	world_fini(&w);
	return 0;
}

static void
check_mail(enum note_lang lang, const struct note *notes, size_t count,
	   const char *subject, const char *text)
{
	w.compose.lang = lang;
	const Kusanone__V1__Mail *mail = world_mail(&w, notes, count);

	assert_string_equal(mail->subject, subject);
	assert_string_equal(mail->text, text);
	assert_string_equal(mail->to, "desk@example.jp");
	assert_string_equal(mail->lang, lang == NOTE_JA ? "ja" : "en");
}

#define SUBJECT_JA(kind)                                                                 \
	"【" kind "】水素セミナー（2026-12-01 在シカゴ日本国総領事館ほか）"
#define SUBJECT_EN(kind) kind ": Hydrogen seminar (1 Dec 2026, Chicago and others)"
#define FACTS_JA(status)                                                                                    \
	"件名: 水素セミナー\n"                                                                      \
	"日時: 2026-12-01（火）14:00–16:00 (America/Chicago)\n"                                      \
	"日時（Asia/Tokyo）: 2026-12-02（水）05:00–07:00\n"                                        \
	"場所: シカゴ市 市民会館（Illinois）\n"                                                 \
	"公館: 在シカゴ日本国総領事館（主導）、在デトロイト日本国総領事館\n" \
	"状態: " status "\n"
#define FACTS_EN(status)                                                                 \
	"title: Hydrogen seminar\n"                                                      \
	"when: Tue 1 Dec 2026 14:00–16:00 (America/Chicago)\n"                         \
	"when (Asia/Tokyo): Wed 2 Dec 2026 05:00–07:00\n"                              \
	"where: Civic Hall, Chicago, Illinois\n"                                         \
	"posts: Consulate-General of Japan in Chicago (leads), Consulate-General of "    \
	"Japan in Detroit\n"                                                             \
	"status: " status "\n"
#define END_JA "ID: " EVENT_ID "\n詳細: kusanone show " EVENT_ID "\n"
#define END_EN "id: " EVENT_ID "\nsee all: kusanone show " EVENT_ID "\n"

static struct note
upcoming(struct slice event, uint32_t lead_minutes)
{
	struct note n = world_note(ALERT_UPCOMING, event);

	n.session = slice_str("s1");
	n.lead_minutes = lead_minutes;
	n.starts_ms = 1796155200000; /* 2026-12-01 20:00 UTC */
	return n;
}

static void
test_compose__upcoming(void **state)
{
	(void)state;
	struct note n = upcoming(world_event(&w, SEMINAR), 7 * 24 * 60);

	check_mail(NOTE_JA, &n, 1, SUBJECT_JA("開催7日前"),
		   SUBJECT_JA("開催7日前") "\n" FACTS_JA("予定") END_JA);
	check_mail(NOTE_EN, &n, 1, SUBJECT_EN("In 7 days"),
		   SUBJECT_EN("In 7 days") "\n" FACTS_EN("planned") END_EN);
}

static void
check_kind(uint32_t lead_minutes, const char *ja, const char *en)
{
	struct note n = upcoming(world_event(&w, SEMINAR), lead_minutes);
	struct text line = compose_line(&w.compose, &n, &w.arena);

	assert_memory_equal(line.ja.at, ja, strlen(ja));
	assert_memory_equal(line.en.at, en, strlen(en));
}

static void
check_late(uint32_t lead_minutes, uint32_t left_minutes, const char *en)
{
	struct note n = upcoming(world_event(&w, SEMINAR), lead_minutes);

	n.left_minutes = left_minutes;
	struct text line = compose_line(&w.compose, &n, &w.arena);
	assert_memory_equal(line.en.at, en, strlen(en));
}

/* Who hears late is not told of a time that has gone by. */
static void
test_compose__upcoming_late(void **state)
{
	(void)state;
	const uint32_t day = 24 * 60;

	check_late(30 * day, 29 * day, "In 30 days: ");
	check_late(30 * day, 6 * day + 16 * 60, "In 7 days: ");
	check_late(7 * day, day + 5 * 60 + 7, "In 1 day 5 hours: ");
	check_late(day, 9 * 60 + 10, "In 9 hours: ");
	check_late(day, 12, "In 12 minutes: ");
	check_late(120, 119, "In 2 hours: ");
}

/* Of several stated dates the one that begins when the alert says is meant. */
static void
test_compose__upcoming_stated_day(void **state)
{
	(void)state;
	struct note n = upcoming(world_event(&w, SEMINAR_HEAD
					     "\"status\": \"PLANNED\", \"statedDates\": "
					     "[\"2026-11-01\", \"2026-12-01\", "
					     "\"2027-01\"], \"statedPlaces\": "
					     "[{\"state\": \"TN\"}]}"),
				 24 * 60);

	n.session = (struct slice){ 0 };
	n.starts_ms = 1796104800000; /* 2026-12-01 00:00 in Chicago. */
	check_mail(NOTE_JA, &n, 1, SUBJECT_JA("開催1日前"),
		   SUBJECT_JA("開催1日前") "\n件名: 水素セミナー\n"
					   "日時: 2026-12-01（火）\n場所: Tennessee\n"
					   "公館: "
					   "在シカゴ日本国総領事館（主導）、在デトロイト"
					   "日本国総領事館\n"
					   "状態: 予定\n" END_JA);
	assert_int_equal(world_mail(&w, &n, 1)->n_calendars, 1);
}

static void
test_compose__lead_times(void **state)
{
	(void)state;
	check_kind(24 * 60, "【開催1日前】", "In 1 day: ");
	check_kind(36 * 60, "【開催1日12時間前】", "In 1 day 12 hours: ");
	check_kind(120, "【開催2時間前】", "In 2 hours: ");
	check_kind(60, "【開催1時間前】", "In 1 hour: ");
	check_kind(90, "【開催1時間30分前】", "In 1 hour 30 minutes: ");
	check_kind(1, "【開催1分前】", "In 1 minute: ");
	check_kind(0, "【開催】", "Now: ");
}

static void
test_compose__a_line_is_the_subject_in_both_languages(void **state)
{
	(void)state;
	struct note n = upcoming(world_event(&w, SEMINAR), 7 * 24 * 60);
	struct text line = compose_line(&w.compose, &n, &w.arena);

	assert_true(slice_eq_str(line.ja, SUBJECT_JA("開催7日前")));
	assert_true(slice_eq_str(line.en, SUBJECT_EN("In 7 days")));
}

/* A date as it is said: of an event with this stated date alone. */
static void
check_stated(const char *date, const char *ja, const char *en)
{
	struct note n = world_note(
		ALERT_ANNOUNCED,
		world_event(&w,
			    arena_printf(&w.arena,
					 "{\"id\": \"" EVENT_ID
					 "\", \"title\": {\"ja\": \"件\", \"en\": "
					 "\"T\"}, \"recorder\": \"chi\", \"holders\": "
					 "[\"chi\"], \"statedDates\": [%s]}",
					 date)));

	w.compose.lang = NOTE_JA;
	const char *text = world_mail(&w, &n, 1)->text;
	if (strstr(text, arena_printf(&w.arena, "\n日時: %s\n公館: ", ja)) == NULL) {
		fail_msg("%s: no '%s' in\n%s", date, ja, text);
	}
	w.compose.lang = NOTE_EN;
	text = world_mail(&w, &n, 1)->text;
	if (strstr(text, arena_printf(&w.arena, "\nwhen: %s\nposts: ", en)) == NULL) {
		fail_msg("%s: no '%s' in\n%s", date, en, text);
	}
}

static void
test_compose__a_date_is_said_as_precise_as_it_is(void **state)
{
	(void)state;
	check_stated("\"FY2023\"", "2023年度 (令和5年度)", "FY2023");
	check_stated("\"FY2019\"", "2019年度 (令和元年度)", "FY2019");
	check_stated("\"2024\"", "2024年", "2024");
	check_stated("\"2024-02\"", "2024年2月", "February 2024");
	check_stated("\"2024-02-15\"", "2024-02-15（木）", "Thu 15 Feb 2024");
	check_stated("\"2024-02-29\"", "2024-02-29（木）", "Thu 29 Feb 2024");
	check_stated("\"1969-12-28\"", "1969-12-28（日）", "Sun 28 Dec 1969");
}

static const char *
text_of_session(const char *start, const char *end, const char *zone)
{
	const char *json = arena_printf(
		&w.arena,
		"{\"id\": \"" EVENT_ID "\", \"title\": {\"en\": \"T\"}, \"recorder\": "
		"\"chi\", \"holders\": [\"chi\"], \"sessions\": [{\"id\": \"s1\", "
		"\"start\": %s, \"end\": %s}]}",
		start, end);
	struct note n = world_note(ALERT_ANNOUNCED, world_event(&w, json));

	w.compose.lang = NOTE_EN;
	w.compose.zone = slice_str(zone);
	return world_mail(&w, &n, 1)->text;
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

#define CHICAGO(value, offset)                                                           \
	"{\"value\": \"" value "\", \"zone\": \"America/Chicago\", "                     \
	"\"utcOffsetMinutes\": " offset "}"

static void
test_compose__from_start_to_end(void **state)
{
	(void)state;
	const char *text;

	text = text_of_session("\"2026-12-01\"", "\"2026-12-03\"", "Asia/Tokyo");
	CHECK_HAS(text, "\nwhen: Tue 1 Dec 2026 – Thu 3 Dec 2026\n");
	CHECK_LACKS(text, "Asia/Tokyo");
	text = text_of_session("\"2026-12-01\"", "\"2026-12-01\"", "Asia/Tokyo");
	CHECK_HAS(text, "\nwhen: Tue 1 Dec 2026\n");
	/* Over the end of summer time: 31 October 23:00 CDT is 13:00 in Tokyo, 1 November
	 * 03:00 CST is 18:00, five hours later by the clock. */
	text = text_of_session(CHICAGO("2026-10-31T23:00", "-300"),
			       CHICAGO("2026-11-01T03:00", "-360"), "Asia/Tokyo");
	CHECK_HAS(text, "\nwhen: Sat 31 Oct 2026 23:00 – Sun 1 Nov 2026 03:00 "
			"(America/Chicago)\n"
			"when (Asia/Tokyo): Sun 1 Nov 2026 13:00–18:00\n");
	/* The reader's own zone is said once, and none that nobody knows. */
	text = text_of_session(CHICAGO("2026-12-01T14:00", "-360"), "null",
			       "America/Chicago");
	CHECK_HAS(text, "\nwhen: Tue 1 Dec 2026 14:00 (America/Chicago)\nposts: ");
	text = text_of_session(CHICAGO("2026-12-01T14:00", "-360"), "null",
			       "America/Atlantis");
	CHECK_HAS(text, "\nwhen: Tue 1 Dec 2026 14:00 (America/Chicago)\nposts: ");
	/* Two zones. */
	text = text_of_session(CHICAGO("2026-12-01T14:00", "-360"),
			       "{\"value\": \"2026-12-01T16:00\", \"zone\": "
			       "\"America/New_York\", \"utcOffsetMinutes\": -300}",
			       "America/Chicago");
	CHECK_HAS(text, "\nwhen: Tue 1 Dec 2026 14:00 (America/Chicago) – Tue 1 Dec 2026 "
			"16:00 (America/New_York)\n");
}

static void
test_compose__announced_with_sessions_of_their_own(void **state)
{
	(void)state;
	struct note n = world_note(
		ALERT_ANNOUNCED,
		world_event(&w, SEMINAR_HEAD
			    "\"sessions\": [{\"id\": \"s2\", \"status\": \"PLANNED\", "
			    "\"start\": \"2027-01\", \"online\": true}, " SEMINAR_SESSION(
				    "2026-12-01T14:00", "2026-12-01T16:00",
				    "POSTPONED") "]}"));

	check_mail(NOTE_JA, &n, 1,
		   "【新規】水素セミナー（2026-12-01ほか 在シカゴ日本国総領事館ほか）",
		   "【新規】水素セミナー（2026-12-01ほか 在シカゴ日本国総領事館ほか）\n"
		   "件名: 水素セミナー\n"
		   "開催回 s1: 2026-12-01（火）14:00–16:00 (America/Chicago) · "
		   "2026-12-02（水）05:00–07:00 (Asia/Tokyo) · シカゴ市 "
		   "市民会館（Illinois） · 延期\n"
		   "開催回 s2: 2027年1月 · オンライン\n"
		   "公館: 在シカゴ日本国総領事館（主導）、在デトロイト日本国総領事館\n"
		   "状態: 予定\n" END_JA);
	check_mail(
		NOTE_EN, &n, 1,
		"Announced: Hydrogen seminar (1 Dec 2026 and more, Chicago and others)",
		"Announced: Hydrogen seminar (1 Dec 2026 and more, Chicago and others)\n"
		"title: Hydrogen seminar\n"
		"session s1: Tue 1 Dec 2026 14:00–16:00 (America/Chicago) · Wed 2 Dec "
		"2026 05:00–07:00 (Asia/Tokyo) · Civic Hall, Chicago, Illinois · "
		"postponed\n"
		"session s2: January 2027 · online\n"
		"posts: Consulate-General of Japan in Chicago (leads), "
		"Consulate-General of Japan in Detroit\n"
		"status: planned\n" END_EN);
}

/* The seminar a day earlier, at another place's state, with what is restricted. */
#define BEFORE                                                                           \
	"{\"id\": \"" EVENT_ID "\", \"title\": {\"ja\": \"水素の会\", \"en\": "      \
	"\"Hydrogen seminar\"}, \"recorder\": \"chi\", \"lead\": \"chi\", \"holders\": " \
	"[\"chi\"], \"category\": \"supply_chain\", \"pillars\": [\"ap3\"], "            \
	"\"participants\": 4711, \"participantsJapan\": 4712, \"people\": [{\"name\": "  \
	"\"山田某\", \"kind\": \"mayor\"}], \"budgetPlanned\": {\"jpy\": 4713}, "     \
	"\"note\": {\"en\": \"bring maps\"}, \"sessions\": [" SEMINAR_SESSION(           \
		"2026-11-30T14:00", "2026-12-01T16:00", "PLANNED") "]}"

static struct note
changed(enum alert_kind kind)
{
	struct note n = world_note(kind, world_event(&w, SEMINAR));

	n.event_before = world_event(&w, BEFORE);
	return n;
}

#define CHANGES_JA                                                                         \
	"変更 開催公館: 在シカゴ日本国総領事館 → "                      \
	"在シカゴ日本国総領事館、在デトロイト日本国総領事館\n"    \
	"変更 件名: 水素の会 → 水素セミナー\n"                             \
	"変更 開催回 s1 開始: 2026-11-30（月）14:00 (America/Chicago) → "      \
	"2026-12-01（火）14:00 (America/Chicago)\n"                                     \
	"変更 参加者数: 変更あり（閲覧制限のため表示しません）\n" \
	"変更 氏名: 変更あり（閲覧制限のため表示しません）\n"       \
	"変更 予算額: 変更あり（閲覧制限のため表示しません）\n"    \
	"変更 備考（英語）: bring maps → なし\n"
#define CHANGES_EN                                                                       \
	"changed: held by: Consulate-General of Japan in Chicago → Consulate-General " \
	"of Japan in Chicago, Consulate-General of Japan in Detroit\n"                   \
	"changed: title (Japanese): 水素の会 → 水素セミナー\n"               \
	"changed: session s1 start: Mon 30 Nov 2026 14:00 (America/Chicago) → Tue 1 "  \
	"Dec 2026 14:00 (America/Chicago)\n"                                             \
	"changed: participants: changed (restricted: not shown)\n"                       \
	"changed: person: changed (restricted: not shown)\n"                             \
	"changed: budget planned: changed (restricted: not shown)\n"                     \
	"changed: note: bring maps → none\n"

static void
test_compose__changed_and_moved(void **state)
{
	(void)state;
	struct note n = changed(ALERT_CHANGED);

	check_mail(NOTE_JA, &n, 1, SUBJECT_JA("変更"),
		   SUBJECT_JA("変更") "\n" FACTS_JA("予定") CHANGES_JA END_JA);
	check_mail(NOTE_EN, &n, 1, SUBJECT_EN("Changed"),
		   SUBJECT_EN("Changed") "\n" FACTS_EN("planned") CHANGES_EN END_EN);
	n = changed(ALERT_MOVED);
	n.why = slice_str("会場の都合\n詳細は後日");
	check_mail(NOTE_JA, &n, 1, SUBJECT_JA("日程・場所の変更"),
		   SUBJECT_JA("日程・場所の変更") "\n" FACTS_JA("予定") CHANGES_JA
		   "理由: 会場の都合\n  詳細は後日\n" END_JA);
	n.why = slice_str("the hall");
	check_mail(NOTE_EN, &n, 1, SUBJECT_EN("Moved"),
		   SUBJECT_EN("Moved") "\n" FACTS_EN("planned") CHANGES_EN
		   "why: the hall\n" END_EN);
	n.event_now = world_event(
		&w, SEMINAR_HEAD "\"sessions\": [" SEMINAR_SESSION(
			    "2026-12-01T14:00", "2026-12-01T16:00", "POSTPONED") "]}");
	w.compose.lang = NOTE_JA;
	assert_string_equal(world_mail(&w, &n, 1)->subject, SUBJECT_JA("延期"));
}

/* A subject names the next session, not one that is over. */
static void
test_compose__a_subject_names_the_day_that_is_ahead(void **state)
{
	(void)state;
	struct note n = changed(ALERT_CHANGED);

	n.event_now = world_event(
		&w, SEMINAR_HEAD
		"\"sessions\": [{\"id\": \"s0\", \"status\": \"HELD\", "
		"\"start\": \"2026-10-01\"}, {\"id\": \"sx\", "
		"\"status\": \"CANCELLED\", \"start\": \"2026-11-01\"}, " SEMINAR_SESSION(
			"2026-12-01T14:00", "2026-12-01T16:00", "PLANNED") "]}");
	w.compose.lang = NOTE_EN;
	assert_string_equal(
		world_mail(&w, &n, 1)->subject,
		"Changed: Hydrogen seminar (1 Dec 2026 and more, Chicago and others)");
}

static void
test_compose__restricted_fields_are_nowhere(void **state)
{
	(void)state;
	static const char *const secrets[] = { "4711", "4712", "4713", "山田" };
	struct note notes[] = { changed(ALERT_CHANGED), changed(ALERT_MOVED),
				world_note(ALERT_CANCELLED, world_event(&w, BEFORE)),
				world_note(ALERT_CONFLICT, world_event(&w, BEFORE)) };

	notes[3].other = notes[3].event_now;
	for (unsigned lang = 0; lang < NOTE_LANGS; lang++) {
		w.compose.lang = (enum note_lang)lang;
		const Kusanone__V1__Mail *mail = world_mail(&w, notes, ARRAY_LEN(notes));
		struct slice json;

		compose_hook(&w.compose, "m", notes, ARRAY_LEN(notes), &w.arena, &json);
		assert_int_equal(mail->n_calendars, 1);
		for (size_t i = 0; i < ARRAY_LEN(secrets); i++) {
			const char *parts[] = {
				mail->text, mail->html,
				arena_dup(&w.arena, mail->calendars[0]->content.data,
					  mail->calendars[0]->content.len),
				arena_dup(&w.arena, json.at, json.len)
			};

			for (size_t p = 0; p < ARRAY_LEN(parts); p++) {
				CHECK_LACKS(parts[p], secrets[i]);
			}
		}
	}
}

static void
test_compose__cancelled_and_withdrawn(void **state)
{
	(void)state;
	struct note n =
		world_note(ALERT_CANCELLED,
			   world_event(&w, SEMINAR_HEAD "\"sessions\": [" SEMINAR_SESSION(
						   "2026-12-01T14:00", "2026-12-01T16:00",
						   "CANCELLED") "]}"));

	n.why = slice_str("台風");
	check_mail(NOTE_JA, &n, 1, SUBJECT_JA("中止"),
		   SUBJECT_JA("中止") "\n" FACTS_JA("中止") "理由: 台風\n" END_JA);
	n.why = slice_str("a storm");
	check_mail(NOTE_EN, &n, 1, SUBJECT_EN("Cancelled"),
		   SUBJECT_EN("Cancelled") "\n" FACTS_EN(
			   "cancelled") "why: a storm\n" END_EN);
	n = world_note(ALERT_CANCELLED, world_event(&w, SEMINAR));
	n.withdrawn = true;
	check_mail(NOTE_JA, &n, 1, SUBJECT_JA("取下げ"),
		   SUBJECT_JA("取下げ") "\n誤って記録されたため、取り下げられました。"
					"\n" FACTS_JA("取下げ") END_JA);
	check_mail(NOTE_EN, &n, 1, SUBJECT_EN("Withdrawn"),
		   SUBJECT_EN("Withdrawn") "\nIt was recorded by mistake.\n" FACTS_EN(
			   "withdrawn") END_EN);
}

static void
test_compose__cohost_report_and_date(void **state)
{
	(void)state;
	struct note n = world_note(ALERT_COHOST_ASKED, world_event(&w, SEMINAR));

	n.post = slice_str("det");
	check_mail(NOTE_JA, &n, 1, SUBJECT_JA("共催の回答待ち"),
		   SUBJECT_JA("共催の回答待ち") "\n"
						"在デトロイト日本国総領事館が共催公館とし"
						"て記載され、"
						"まだ回答していません。\n" FACTS_JA(
							"予定") END_JA
		   "回答: kusanone cohost confirm " EVENT_ID "\n");
	check_mail(NOTE_EN, &n, 1, SUBJECT_EN("Co-host asked"),
		   SUBJECT_EN("Co-host asked") "\n"
					       "Consulate-General of Japan in Detroit is "
					       "named as a co-host and has "
					       "not answered.\n" FACTS_EN("planned")
						       END_EN
		   "answer: kusanone cohost confirm " EVENT_ID "\n");
	n = world_note(ALERT_REPORT_OVERDUE, world_event(&w, SEMINAR));
	n.days = 14;
	check_mail(NOTE_JA, &n, 1, SUBJECT_JA("実施報告が未提出"),
		   SUBJECT_JA("実施報告が未提出") "\n"
						  "最後の開催から14日たちましたが、実施報"
						  "告が提出されていません。\n" FACTS_JA(
							  "予定") END_JA);
	check_mail(NOTE_EN, &n, 1, SUBJECT_EN("Report overdue"),
		   SUBJECT_EN("Report overdue") "\n"
						"No report has been filed 14 days after "
						"the last session.\n" FACTS_EN("planned")
							END_EN);
	n = world_note(ALERT_DATE_NOT_FIXED,
		       world_event(&w, SEMINAR_HEAD
				   "\"sessions\": [{\"id\": \"s1\", \"status\": "
				   "\"PLANNED\", \"start\": \"2026-12\"}]}"));
	n.session = slice_str("s1");
	check_mail(NOTE_JA, &n, 1,
		   "【日付が未定】水素セミナー（2026年12月 在シカゴ日本国総領事館ほか）",
		   "【日付が未定】水素セミナー（2026年12月 在シカゴ日本国総領事館ほか）\n"
		   "開催の時期が近づいていますが、日付が決まっていません。\n"
		   "件名: 水素セミナー\n日時: 2026年12月\n"
		   "公館: 在シカゴ日本国総領事館（主導）、在デトロイト日本国総領事館\n"
		   "状態: 予定\n" END_JA);
	check_mail(
		NOTE_EN, &n, 1,
		"Date not fixed: Hydrogen seminar (December 2026, Chicago and others)",
		"Date not fixed: Hydrogen seminar (December 2026, Chicago and others)\n"
		"The month comes near and the day is not fixed.\n"
		"title: Hydrogen seminar\nwhen: December 2026\n"
		"posts: Consulate-General of Japan in Chicago (leads), "
		"Consulate-General of Japan in Detroit\n"
		"status: planned\n" END_EN);
	assert_int_equal(world_mail(&w, &n, 1)->n_calendars, 0);
}

static void
test_compose__conflict(void **state)
{
	(void)state;
	struct note n = world_note(ALERT_CONFLICT, world_event(&w, SEMINAR));

	n.near = slice_str("place,day,vip_kind");
	n.other = world_event(
		&w, "{\"id\": \"" OTHER_ID "\", \"title\": {\"en\": \"Trade talk\"}, "
		    "\"recorder\": \"det\", \"holders\": [], "
		    "\"statedDates\": [\"2026-12-02\"], \"status\": "
		    "\"PLANNED\", \"statedPlaces\": [{\"state\": \"IL\"}]}");
	/* A title in one language serves both. */
	check_mail(
		NOTE_JA, &n, 1, SUBJECT_JA("他の案件と近接"),
		SUBJECT_JA("他の案件と近接") "\n"
					     "場所、日付、要人種別が近い別の案件がありま"
					     "す。\n" FACTS_JA("予定") END_JA
		"\n近い案件\n件名: Trade talk\n日時: 2026-12-02（水）\n場所: Illinois\n"
		"公館: 在デトロイト日本国総領事館（記録）\n状態: 予定\n"
		"ID: " OTHER_ID "\n");
	check_mail(
		NOTE_EN, &n, 1, SUBJECT_EN("Close to another event"),
		SUBJECT_EN("Close to another event") "\n"
						     "Another event is close to it: "
						     "place, day, VIP kind.\n" FACTS_EN(
							     "planned") END_EN
		"\nother event\ntitle: Trade talk\nwhen: Wed 2 Dec 2026\n"
		"where: Illinois\n"
		"posts: Consulate-General of Japan in Detroit (records)\n"
		"status: planned\nid: " OTHER_ID "\n");
}

static void
test_compose__what_is_about_no_event(void **state)
{
	(void)state;
	struct note n = world_note(ALERT_COVERAGE_GAP, (struct slice){ 0 });

	n.dimension = slice_str("state");
	n.code = slice_str("TN");
	check_mail(NOTE_JA, &n, 1, "【開催の空白】州: Tennessee",
		   "【開催の空白】州: Tennessee\n開催の記録がありません。\n");
	n.since_ms = 1767225600000; /* 2026-01-01 00:00 UTC */
	check_mail(NOTE_EN, &n, 1, "No recent event: state Tennessee",
		   "No recent event: state Tennessee\n"
		   "The last event was on Thu 1 Jan 2026.\n");
	n.dimension = slice_str("pillar");
	n.code = slice_str("ap3");
	check_mail(NOTE_JA, &n, 1, "【開催の空白】政策の柱: 行動計画3.0",
		   "【開催の空白】政策の柱: "
		   "行動計画3.0\n最後の開催は2026-01-01（木）です。\n");
	n = world_note(ALERT_POST_SILENT, (struct slice){ 0 });
	n.post = slice_str("det");
	n.since_ms = 1767225600000;
	check_mail(NOTE_JA, &n, 1, "【記録の途絶】在デトロイト日本国総領事館",
		   "【記録の途絶】在デトロイト日本国総領事館\n"
		   "最後の記録は2026-01-01（木）09:00 (Asia/Tokyo)です。\n");
	n.since_ms = 0;
	check_mail(NOTE_EN, &n, 1, "No records: Consulate-General of Japan in Detroit",
		   "No records: Consulate-General of Japan in Detroit\n"
		   "It has recorded nothing yet.\n");
	n = world_note(ALERT_MILESTONE, (struct slice){ 0 });
	n.value = 1200;
	check_mail(NOTE_JA, &n, 1, "【節目】累計1,200件",
		   "【節目】累計1,200件\n累計が1,200件に達しました。\n");
	check_mail(NOTE_EN, &n, 1, "Milestone: 1,200 events in all",
		   "Milestone: 1,200 events in all\n"
		   "The cumulative total has passed 1,200 events.\n");
	n = world_note(ALERT_RESTATEMENT, (struct slice){ 0 });
	n.measure = slice_str("events");
	n.fy_from = 2017;
	n.fy_to = 2023;
	n.value_before = 1188;
	n.value = 1190;
	check_mail(NOTE_JA, &n, 1, "【公表値の訂正】案件数 2017～2023年度",
		   "【公表値の訂正】案件数 2017～2023年度\n"
		   "公表値が別の値で公表し直されました。\n"
		   "項目: 案件数\n年度: 2017～2023年度\n値: 1,188 → 1,190\n");
	check_mail(NOTE_EN, &n, 1, "Figure restated: events, FY2017–2023",
		   "Figure restated: events, FY2017–2023\n"
		   "A published figure was published anew with another value.\n"
		   "figure: events\nyears: FY2017–2023\nvalue: 1,188 → 1,190\n");
}

static void
test_compose__many_in_their_order_whatever_order_they_came_in(void **state)
{
	(void)state;
	struct slice event = world_event(&w, SEMINAR);
	struct note silent = world_note(ALERT_POST_SILENT, (struct slice){ 0 });
	struct note notes[] = { silent, upcoming(event, 60),
				world_note(ALERT_CANCELLED, event) };
	struct note turned[] = { notes[2], notes[0], notes[1] };

	notes[0].post = turned[1].post = slice_str("det");
	const char *text = "== 中止・取下げ ==\n"
			   "\n" SUBJECT_JA("中止") "\n" FACTS_JA("予定") END_JA
		"\n== 開催予定 2026-12-01（火） ==\n"
		"\n" SUBJECT_JA("開催1時間前") "\n" FACTS_JA("予定") END_JA
		"\n== 記録の途絶 ==\n"
		"\n【記録の途絶】在デトロイト日本国総領事館\n"
		"記録はまだありません。\n";
	const char *subject = "お知らせ 3件: 中止・取下げ 1、開催予定 1、記録の途絶 1";

	check_mail(NOTE_JA, notes, 3, subject, text);
	check_mail(NOTE_JA, turned, 3, subject, text);
	w.compose.lang = NOTE_EN;
	w.compose.digest = true;
	assert_string_equal(world_mail(&w, notes, 3)->subject,
			    "Digest · 3 alerts: cancelled 1, coming up 1, no records 1");
	assert_string_equal(world_mail(&w, &notes[1], 1)->subject,
			    "Digest · " SUBJECT_EN("In 1 hour"));
	w.compose.lang = NOTE_JA;
	assert_string_equal(world_mail(&w, &notes[1], 1)->subject,
			    "定期便 " SUBJECT_JA("開催1時間前"));
	/* Alike in all but the event, then in all but the alert. */
	struct note alike[] = { upcoming(event, 60), upcoming(event, 60),
				upcoming(event, 60) };
	struct note as_well[3];
	alike[0].event.b[15] = 1;
	alike[2].id[15] = 0;
	as_well[0] = alike[2];
	as_well[1] = alike[1];
	as_well[2] = alike[0];
	struct slice one, other;
	compose_hook(&w.compose, "m", alike, 3, &w.arena, &one);
	compose_hook(&w.compose, "m", as_well, 3, &w.arena, &other);
	assert_true(slice_eq(one, other));
	compose_mail(&w.compose, notes, 3, &w.arena, &one);
	compose_mail(&w.compose, turned, 3, &w.arena, &other);
	assert_true(slice_eq(one, other));
	compose_hook(&w.compose, "m", notes, 3, &w.arena, &one);
	compose_hook(&w.compose, "m", turned, 3, &w.arena, &other);
	assert_true(slice_eq(one, other));
}

static void
test_compose__nothing_of_an_event_is_markup_or_a_line_of_its_own(void **state)
{
	(void)state;
	struct note n = world_note(
		ALERT_ANNOUNCED,
		world_event(&w,
			    "{\"id\": \"" EVENT_ID
			    "\", \"title\": {\"en\": \"<b a='1' c=\\\"2\\\">&\\r\\nBcc: "
			    "x@example.org\\u2028Subject: y\\u0001\"}, \"recorder\": "
			    "\"<i>\", \"holders\": [\"<i>\"]}"));

	n.why = slice_str("<script>\r\n\r\n.\r\n");
	w.compose.lang = NOTE_EN;
	const Kusanone__V1__Mail *mail = world_mail(&w, &n, 1);
	assert_string_equal(mail->subject,
			    "Announced: <b a='1' c=\"2\">&? / Bcc: x@example.org / "
			    "Subject: y? (<i>)");
	CHECK_HAS(mail->html,
		  "<dd style=\"margin: 0 0 0.4em\">&lt;b a=&#39;1&#39; "
		  "c=&quot;2&quot;&gt;&amp;? / Bcc: x@example.org / Subject: y?</dd>");
	CHECK_HAS(mail->html, "&lt;script&gt;?<br>?<br>.?<br></dd>");
	CHECK_LACKS(mail->html, "<script");
	CHECK_LACKS(mail->html, "<i>");
	CHECK_LACKS(mail->text, "\nBcc");
	CHECK_LACKS(mail->text, "\n.");
	CHECK_LACKS(mail->text, "\r");
}

static void
test_compose__html_loads_nothing_and_says_what_the_text_says(void **state)
{
	(void)state;
	struct note n = upcoming(world_event(&w, SEMINAR), 60);
	const Kusanone__V1__Mail *mail = world_mail(&w, &n, 1);

	CHECK_HAS(mail->html, "<html lang=\"ja\" style=\"color-scheme: light dark\">");
	CHECK_HAS(mail->html, "<h2 style=\"font-size: 1.1em; margin: 1em 0 "
			      "0.3em\">" SUBJECT_JA("開催1時間前") "</h2>");
	CHECK_HAS(mail->html, "2026-12-01（火）14:00–16:00 (America/Chicago)</dd>");
	CHECK_HAS(mail->html, "<code>kusanone show " EVENT_ID "</code>");
	CHECK_LACKS(mail->html, "src=");
	CHECK_LACKS(mail->html, "href=");
	CHECK_LACKS(mail->html, "url(");
	CHECK_LACKS(mail->html, "http");
	CHECK_LACKS(mail->html, "<style");
}

static void
test_compose__a_hook_says_it_in_json(void **state)
{
	(void)state;
	struct note n = changed(ALERT_MOVED);
	struct json_fault fault;
	struct slice json;

	n.why = slice_str("the hall");
	n.session = slice_str("s1");
	compose_hook(&w.compose, "msg-1", &n, 1, &w.arena, &json);
	const Kusanone__V1__AlertMessage *m =
		(const Kusanone__V1__AlertMessage *)json_to_message(
			&kusanone__v1__alert_message__descriptor, "message", json,
			&w.arena, &fault);
	assert_non_null(m);
	assert_string_equal(m->id, "msg-1");
	assert_int_equal(m->n_alerts, 1);
	const Kusanone__V1__AlertNote *a = m->alerts[0];
	assert_string_equal(a->id, "00000000000000000000000000000004");
	assert_string_equal(a->kind, "moved");
	assert_string_equal(a->event_id, EVENT_ID);
	assert_string_equal(a->words->ja, SUBJECT_JA("日程・場所の変更"));
	assert_string_equal(a->words->en, SUBJECT_EN("Moved"));
	assert_string_equal(a->title->en, "Hydrogen seminar");
	assert_int_equal(a->status, KUSANONE__V1__STATUS__STATUS_PLANNED);
	assert_int_equal(a->n_posts, 2);
	assert_string_equal(a->posts[1], "det");
	assert_int_equal(a->n_sessions, 1);
	assert_string_equal(a->sessions[0]->start->value, "2026-12-01T14:00");
	assert_string_equal(a->why, "the hall");
	assert_int_equal(a->sequence, 3);
	assert_int_equal(a->changed_ms, 1767225600000);
	assert_int_equal(a->n_changes, 7);
	assert_string_equal(a->changes[2]->field, "sessions.s1.start");
	assert_string_equal(a->changes[2]->was->en,
			    "Mon 30 Nov 2026 14:00 (America/Chicago)");
	assert_string_equal(a->changes[2]->now->ja,
			    "2026-12-01（火）14:00 (America/Chicago)");
	assert_string_equal(a->changes[3]->field, "participants");
	assert_true(a->changes[3]->restricted);
	assert_null(a->changes[3]->was);
}

/* An event that is gone, or whose bytes are no event, is still said what is known of. */
static void
test_compose__without_an_event_there_is_still_a_message(void **state)
{
	(void)state;
	struct note n = world_note(ALERT_CANCELLED, slice_str("\xff\xff"));

	check_mail(NOTE_EN, &n, 1, "Cancelled: (no title)",
		   "Cancelled: (no title)\n" END_EN);
	n.event_now = (struct slice){ 0 };
	n.event_before = world_event(&w, SEMINAR);
	check_mail(NOTE_EN, &n, 1, SUBJECT_EN("Cancelled"),
		   SUBJECT_EN("Cancelled") "\n" FACTS_EN("planned") END_EN);
	check_mail(NOTE_EN, NULL, 0, "A test of alerts",
		   "Sent by hand to see whether alerts arrive here. Nothing has "
		   "happened.\n");
	/* Two that come up on a day that nobody knows. */
	struct note undated[] = {
		upcoming(
			world_event(&w, SEMINAR_HEAD "\"sessions\": [{\"id\": \"s1\"}]}"),
			60),
		upcoming((struct slice){ 0 }, 60)
	};
	w.compose.lang = NOTE_EN;
	CHECK_HAS(world_mail(&w, undated, 2)->text, "== coming up ==\n");
	w.compose.fold = NULL;
	w.compose.zones = NULL;
	n = upcoming(world_event(&w, SEMINAR), 60);
	w.compose.lang = NOTE_EN;
	assert_string_equal(world_mail(&w, &n, 1)->subject,
			    "In 1 hour: Hydrogen seminar (1 Dec 2026, chi and others)");
}

/* Which of {0} … {9} stand in the text, a bit each. */
static unsigned
placeholders(const char *text)
{
	unsigned set = 0;

	for (; *text != '\0'; text++) {
		if (text[0] == '{' && text[1] >= '0' && text[1] <= '9' &&
		    text[2] == '}') {
			set |= 1u << (text[1] - '0');
		}
	}
	return set;
}

static void
test_words__both_languages_are_filled_in_with_the_same_things(void **state)
{
	(void)state;
	for (unsigned i = 0; i < WORD_COUNT; i++) {
		const char *ja = word_text(NOTE_JA, (enum word)i);
		const char *en = word_text(NOTE_EN, (enum word)i);

		assert_true(utf8_valid(slice_str(ja)) && utf8_valid(slice_str(en)));
		assert_true(ja[0] != '\0' && en[0] != '\0');
		if (placeholders(ja) != placeholders(en)) {
			fail_msg("'%s' and '%s' take other things", ja, en);
		}
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_compose__upcoming),
		TEST(test_compose__upcoming_stated_day),
		TEST(test_compose__upcoming_late),
		TEST(test_compose__lead_times),
		TEST(test_compose__a_line_is_the_subject_in_both_languages),
		TEST(test_compose__a_date_is_said_as_precise_as_it_is),
		TEST(test_compose__from_start_to_end),
		TEST(test_compose__announced_with_sessions_of_their_own),
		TEST(test_compose__changed_and_moved),
		TEST(test_compose__a_subject_names_the_day_that_is_ahead),
		TEST(test_compose__restricted_fields_are_nowhere),
		TEST(test_compose__cancelled_and_withdrawn),
		TEST(test_compose__cohost_report_and_date),
		TEST(test_compose__conflict),
		TEST(test_compose__what_is_about_no_event),
		TEST(test_compose__many_in_their_order_whatever_order_they_came_in),
		TEST(test_compose__nothing_of_an_event_is_markup_or_a_line_of_its_own),
		TEST(test_compose__html_loads_nothing_and_says_what_the_text_says),
		TEST(test_compose__a_hook_says_it_in_json),
		TEST(test_compose__without_an_event_there_is_still_a_message),
		TEST(test_words__both_languages_are_filled_in_with_the_same_things),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
