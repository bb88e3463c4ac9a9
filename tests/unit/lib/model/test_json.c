/* lib/model/json_wire.h: what people write is read strictly, and what is written can be
 * read again. */
#include "lib/model/json_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "kusanone/v1/control.pb-c.h"

static struct arena arena;
static struct json_fault fault;

static int
fresh(void **state)
{
	(void)state;
	arena_fini(&arena);
	fault = (struct json_fault){ 0 };
	return 0;
}

static void *
read_as(const ProtobufCMessageDescriptor *type, const char *text)
{
	return json_to_message(type, "event", slice_str(text), &arena, &fault);
}

static Kusanone__V1__Event *
read_event(const char *text)
{
	Kusanone__V1__Event *event = read_as(&kusanone__v1__event__descriptor, text);

	if (event == NULL) {
		struct buf b = { 0 };

		json_fault_put(&fault, &b);
		print_message("%.*s\n", (int)b.len, (char *)b.at);
		buf_fini(&b);
	}
	assert_non_null(event);
	return event;
}

static void
check_writes(const void *message, unsigned flags, const char *expected)
{
	struct buf b = { 0 };

	message_to_json(message, flags, &b);
	buf_put_u8(&b, '\0');
	assert_string_equal((char *)b.at, expected);
	buf_fini(&b);
}

/* The event text is refused, with these words. */
static void
check_fault(const char *text, const char *words)
{
	struct buf b = { 0 };

	assert_null(read_as(&kusanone__v1__event__descriptor, text));
	json_fault_put(&fault, &b);
	buf_put_u8(&b, '\0');
	assert_string_equal((char *)b.at, words);
	buf_fini(&b);
}

static void
test_json__both_spellings_of_a_name_are_read_and_camel_case_is_written(void **state)
{
	(void)state;
	Kusanone__V1__Event *event = read_event(
		"{\"source_key\": \"a\", \"sessionCount\": {\"value\": \"3\"}}");

	assert_string_equal(event->source_key, "a");
	assert_int_equal(event->session_count->value, 3);
	check_writes(event, 0,
		     "{\"sourceKey\":\"a\",\"sessionCount\":{\"value\":\"3\","
		     "\"bound\":\"BOUND_EXACT\"}}");
}

static void
test_json__what_is_written_is_read_again(void **state)
{
	static const char text[] =
		"{\"id\":\"018d0000-0000-7000-8000-000000000001\",\"holders\":[\"sfo\","
		"\"lax\"],\"title\":{\"ja\":\"水素\\\"ウェビナー\\\"\\n\",\"en\":"
		"\"H\\u0001\"},"
		"\"sessions\":[{\"id\":\"s1\",\"status\":\"STATUS_HELD\",\"start\":{"
		"\"value\":\"2024-02-15T14:00\",\"zone\":\"America/Los_Angeles\","
		"\"utcOffsetMinutes\":-480},\"online\":true},{}],\"people\":[{"
		"\"partHash\":"
		"\"AAECAwQFBgc=\"}],\"budgetSpent\":{\"jpy\":\"-9223372036854775808\","
		"\"bound\":\"BOUND_ABOUT\"}}";
	(void)state;

	check_writes(read_event(text), 0, text);
}

static void
test_json__pretty_is_the_same_value_over_several_lines(void **state)
{
	(void)state;
	check_writes(
		read_event("{\"holders\":[\"sfo\",\"lax\"],\"stated_dates\":[\"2024\"],"
			   "\"report\":{}}"),
		JSON_PRETTY,
		"{\n  \"holders\": [\"sfo\", \"lax\"],\n  \"statedDates\": [\n    {\n"
		"      \"value\": \"2024\"\n    }\n  ],\n  \"report\": {}\n}");
}

static void
test_json__zeros_are_written_when_asked_for(void **state)
{
	(void)state;
	Kusanone__V1__Figure figure = KUSANONE__V1__FIGURE__INIT;

	check_writes(&figure, 0, "{}");
	check_writes(&figure, JSON_NUMBERS, "{\"value\":\"0\",\"notStated\":\"0\"}");
}

static void
test_json__the_short_forms_of_people(void **state)
{
	(void)state;
	Kusanone__V1__Event *event = read_event(
		"{\"statedDates\": [\"2024-02\", {\"value\": \"2023-10\"}], "
		"\"participants\": 120, \"status\": \"held\", "
		"\"participantsJapan\": {\"value\": 40, \"bound\": \"AT_LEAST\"}}");

	assert_int_equal(event->n_stated_dates, 2);
	assert_string_equal(event->stated_dates[0]->value, "2024-02");
	assert_string_equal(event->stated_dates[1]->value, "2023-10");
	assert_int_equal(event->participants->value, 120);
	assert_int_equal(event->participants->bound, KUSANONE__V1__BOUND__BOUND_EXACT);
	assert_int_equal(event->participants_japan->bound,
			 KUSANONE__V1__BOUND__BOUND_AT_LEAST);
	assert_int_equal(event->status, KUSANONE__V1__STATUS__STATUS_HELD);
}

static void
test_json__nothing_said_is_absent_and_no_number_is_invented(void **state)
{
	(void)state;
	Kusanone__V1__Event *event = read_event(
		"{\"//title\": \"a remark\", \"title\": {\"ja\": \"\", \"en\": \"\"}, "
		"\"summary\": {\"//\": \"x\", \"ja\": null}, \"report\": null, "
		"\"sessions\": null, \"participants\": {}, "
		"\"sessionCount\": {\"value\": null}}");

	assert_null(event->title);
	assert_null(event->summary);
	assert_null(event->report);
	assert_int_equal(event->n_sessions, 0);
	/* An empty count states no bound, so it is no exact zero. */
	assert_int_equal(event->participants->bound,
			 KUSANONE__V1__BOUND__BOUND_UNSPECIFIED);
	assert_int_equal(event->session_count->bound,
			 KUSANONE__V1__BOUND__BOUND_UNSPECIFIED);

	event = read_event("{\"sessions\": [{\"start\": \"\"}]}");
	assert_null(event->sessions[0]->start);
}

static void
test_json__a_fault_names_its_place_and_what_would_be_right(void **state)
{
	(void)state;
	check_fault("{\"titel\": {\"ja\": \"x\"}}",
		    "event.titel: there is no such field; did you mean title?");
	check_fault("{\"holder\": [\"sfo\"]}",
		    "event.holder: there is no such field; did you mean holders?");
	check_fault("{\"zzzzzzzz\": 1}", "event.zzzzzzzz: there is no such field");
	check_fault("{\"sessions\": [{}, {\"start\": {\"value\": 5}}]}",
		    "event.sessions[1].start.value: is a whole number, must be a text");
	check_fault("{\"sessions\": [{\"start\": 5}]}",
		    "event.sessions[0].start: is a whole number, must be a date such as "
		    "\"2024-02-15\"");
	check_fault("{\"title\": \"水素\"}",
		    "event.title: is a text, must be an object with ja and en");
	check_fault("{\"holders\": \"sfo\"}", "event.holders: is a text, must be a list");
	check_fault("{\"holders\": [\"sfo\", null]}",
		    "event.holders[1]: is null, must be a text");
	check_fault("{\"participants\": -1}",
		    "event.participants: is -1, must be 0..18446744073709551615");
	check_fault("{\"participants\": \"12\"}",
		    "event.participants: is a text, must be a whole number or an object "
		    "with value and bound");
	check_fault("{\"status\": \"DONE\"}",
		    "event.status: is \"DONE\", must be one of PLANNED, POSTPONED, "
		    "CANCELLED, HELD");
	check_fault("{\"status\": 9}", "event.status: is \"9\", must be one of PLANNED, "
				       "POSTPONED, CANCELLED, HELD");
	check_fault("{\"sessions\": [{\"online\": \"yes\"}]}",
		    "event.sessions[0].online: is a text, must be true or false");
	check_fault("[]", "event: is a list, must be an object");
}

static void
test_json__integers_keep_their_range(void **state)
{
	(void)state;
	check_fault("{\"sessions\":[{\"start\":{\"utcOffsetMinutes\":2147483648}}]}",
		    "event.sessions[0].start.utcOffsetMinutes: is 2147483648, must be "
		    "-2147483648..2147483647");
	check_fault("{\"budgetSpent\": {\"jpy\": \"9223372036854775808\"}}",
		    "event.budgetSpent.jpy: is 9223372036854775808, must be "
		    "-9223372036854775808..9223372036854775807");
	check_fault("{\"budgetSpent\": {\"jpy\": \"99999999999999999999999\"}}",
		    "event.budgetSpent.jpy: is 99999999999999999999999, must be "
		    "-9223372036854775808..9223372036854775807");
	check_fault("{\"budgetSpent\": {\"jpy\": 1.5}}",
		    "event.budgetSpent.jpy: is a number, must be a whole number");
	check_fault("{\"budgetSpent\": {\"jpy\": \"1 000\"}}",
		    "event.budgetSpent.jpy: is a text, must be a whole number");
	check_fault("{\"budgetSpent\": {\"jpy\": \"\"}}",
		    "event.budgetSpent.jpy: is a text, must be a whole number");

	Kusanone__V1__Event *event =
		read_event("{\"participants\": {\"value\": \"18446744073709551615\"}, "
			   "\"budgetSpent\": {\"jpy\": \"-9223372036854775808\"}, "
			   "\"budgetPlanned\": {\"jpy\": 1e3}}");
	assert_true(event->participants->value == UINT64_MAX);
	assert_true(event->budget_spent->jpy == INT64_MIN);
	assert_int_equal(event->budget_planned->jpy, 1000);
}

static void
test_json__a_key_that_stands_twice_is_refused(void **state)
{
	(void)state;
	check_fault(
		"{\"note\": {\"ja\": \"a\"},\n \"note\": {\"ja\": \"b\"}}",
		"line 2, column 7: is not JSON: duplicate object key near '\"note\"'");
	check_fault("{\"source_key\": \"a\", \"sourceKey\": \"a\"}",
		    "event.sourceKey: stands here twice, under both of its names");
}

static void
test_json__one_of_several_bodies(void **state)
{
	(void)state;
	const ProtobufCMessageDescriptor *type = &kusanone__v1__submission__descriptor;
	Kusanone__V1__Submission *submission =
		read_as(type, "{\"withdrawal\": {\"eventId\": \"x\"}}");

	assert_non_null(submission);
	assert_int_equal(submission->body_case,
			 KUSANONE__V1__SUBMISSION__BODY_WITHDRAWAL);
	assert_string_equal(submission->withdrawal->event_id, "x");

	assert_null(read_as(type, "{\"withdrawal\": {}, \"patch\": {}}"));
	assert_int_equal(fault.kind, JSON_FAULT_ONE_OF);
	assert_string_equal(fault.path, "event.patch");
	assert_string_equal(fault.expected, "withdrawal");
}

static void
test_json__base64_is_read_strictly(void **state)
{
	(void)state;
	const ProtobufCMessageDescriptor *type = &kusanone__v1__review__descriptor;
	static const char *const good[] = { "+/8AAQ==", "-_8AAQ", "-_8AAQ==" };
	static const char *const bad[] = { "+/8AAQ=", "+/8AAR==", "+/8A AQ==", "+",
					   "A===",    "====",     "AA=A" };
	static const uint8_t bytes[] = { 0xfb, 0xff, 0x00, 0x01 };

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		Kusanone__V1__Review *review = read_as(
			type, arena_printf(&arena, "{\"revision\": \"%s\"}", good[i]));

		assert_non_null(review);
		assert_int_equal(review->revision.len, sizeof(bytes));
		assert_memory_equal(review->revision.data, bytes, sizeof(bytes));
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_null(read_as(
			type, arena_printf(&arena, "{\"revision\": \"%s\"}", bad[i])));
		assert_int_equal(fault.kind, JSON_FAULT_NOT_BASE64);
	}
}

static void
test_json__hostile_text_is_refused_before_it_is_parsed(void **state)
{
	(void)state;
	size_t deep = 1000000;
	char *text = xmalloc(deep + 1);

	memset(text, '[', deep);
	text[deep] = '\0';
	assert_null(read_as(&kusanone__v1__event__descriptor, text));
	assert_int_equal(fault.kind, JSON_FAULT_TOO_DEEP);
	assert_int_equal(fault.column, JSON_MAX_DEPTH + 1);
	free(text);

	/* Brackets inside of a text are no nesting, also behind a quote that is escaped.
	 */
	(void)read_event(
		"{\"note\": {\"ja\": \"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"}}");

	check_fault("{\n\"note\": {\"ja\": \"\xff\"}}", "line 2: is not UTF-8 text");
	check_fault("{\"note\": {\"ja\": \"\xed\xa0\x80\"}}",
		    "line 1: is not UTF-8 text");
	check_fault("{\"note\": {\"ja\": \"\\ud800\"}}",
		    "line 1, column 24: is not JSON: invalid Unicode '\\uD800' near "
		    "'\"\\ud800\"'");
	assert_null(read_as(&kusanone__v1__event__descriptor,
			    "{\"note\": {\"ja\": \"a\\u0000b\"}}"));
	assert_int_equal(fault.kind, JSON_FAULT_SYNTAX);
	assert_null(read_as(&kusanone__v1__event__descriptor, ""));
	assert_int_equal(fault.kind, JSON_FAULT_SYNTAX);
	assert_null(read_as(&kusanone__v1__event__descriptor, "{} {}"));
	assert_int_equal(fault.kind, JSON_FAULT_SYNTAX);
}

static void
test_json__enum_prefixes_follow_the_enums_name(void **state)
{
	(void)state;
	assert_string_equal(
		json_enum_prefix(&kusanone__v1__review_state__descriptor, &arena),
		"REVIEW_STATE_");
	Kusanone__V1__Review *review =
		read_as(&kusanone__v1__review__descriptor, "{\"state\": \"accepted\"}");
	assert_non_null(review);
	assert_int_equal(review->state,
			 KUSANONE__V1__REVIEW_STATE__REVIEW_STATE_ACCEPTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			test_json__both_spellings_of_a_name_are_read_and_camel_case_is_written,
			fresh),
		cmocka_unit_test_setup(test_json__what_is_written_is_read_again, fresh),
		cmocka_unit_test_setup(
			test_json__pretty_is_the_same_value_over_several_lines, fresh),
		cmocka_unit_test_setup(test_json__zeros_are_written_when_asked_for,
				       fresh),
		cmocka_unit_test_setup(test_json__the_short_forms_of_people, fresh),
		cmocka_unit_test_setup(
			test_json__nothing_said_is_absent_and_no_number_is_invented,
			fresh),
		cmocka_unit_test_setup(
			test_json__a_fault_names_its_place_and_what_would_be_right,
			fresh),
		cmocka_unit_test_setup(test_json__integers_keep_their_range, fresh),
		cmocka_unit_test_setup(test_json__a_key_that_stands_twice_is_refused,
				       fresh),
		cmocka_unit_test_setup(test_json__one_of_several_bodies, fresh),
		cmocka_unit_test_setup(test_json__base64_is_read_strictly, fresh),
		cmocka_unit_test_setup(
			test_json__hostile_text_is_refused_before_it_is_parsed, fresh),
		cmocka_unit_test_setup(test_json__enum_prefixes_follow_the_enums_name,
				       fresh),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_fini(&arena);
	return failed;
}
