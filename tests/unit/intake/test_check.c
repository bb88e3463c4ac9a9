#include "fixture.h"

#define ID_A "018bcfe5-6800-7000-8000-00000000000a"

/* The event is refused, for this field. */
static const Kusanone__V1__Refused *
refuse(struct post *p, Kusanone__V1__Event *e, const char *field)
{
	const Kusanone__V1__Refused *no = submit_bad(p, event_submission(p, e));

	assert_string_equal(no->field, field);
	assert_true(no->reason->ja[0] != '\0' && no->reason->en[0] != '\0');
	assert_int_equal(journal_records(p), 0);
	return no;
}

static void
test_check__a_title_in_one_language_is_needed(void **state)
{
	(void)state;
	struct post *p = post_new();

	(void)refuse(p, an_event(p, "", ""), "title");
	(void)refuse(p, an_event(p, "", " \n"), "title");
	submit_good(p, event_submission(p, an_event(p, "", "題")));
	post_free(p);
}

static void
test_check__the_recorder_is_one_of_the_nodes_posts(void **state)
{
	(void)state;
	struct post *p = post_new();
	static const char *const two[] = { "sfo", "lax" };
	Kusanone__V1__Event *e = an_event(p, "", "題");

	e->recorder = STR("nyc");
	assert_string_equal(refuse(p, e, "recorder")->expected->en, "sfo");
	e->recorder = STR("");
	const char *id = submit_good(p, event_submission(p, e))->event_id;
	assert_string_equal(ask_event(p, id)->event->recorder, "sfo");

	/* Of several posts one is named. */
	post_close(p);
	p->config.posts = two;
	p->config.post_count = 2;
	post_open(p);
	e = an_event(p, "", "題 2");
	const Kusanone__V1__Refused *no = submit_bad(p, event_submission(p, e));
	assert_string_equal(no->field, "recorder");
	assert_string_equal(no->expected->en, "sfo, lax");
	e->recorder = STR("lax");
	submit_good(p, event_submission(p, e));
	post_free(p);
}

static void
test_check__dates_are_of_the_five_forms(void **state)
{
	(void)state;
	struct post *p = post_new();
	static const char *const wrong[] = { "15/02/2024",       "2024-2-15",
					     "2024-02-30",       "2023-02-29",
					     "令和6年",          "20240215",
					     "2024-02-15T25:00", "FY24" };
	static const char *const right[] = { "FY2023", "2024", "2024-02", "2024-02-29" };

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		Kusanone__V1__Event *e = an_event(p, "", "題");
		Kusanone__V1__Date *date = new_date(p);

		date->value = STR(wrong[i]);
		e->stated_dates = &date;
		e->n_stated_dates = 1;
		(void)refuse(p, e, "stated_dates[0]");
		e = an_event(p, "", "題");
		add_session(p, e, "", wrong[i], "");
		(void)refuse(p, e, "sessions[0].start");
	}
	for (size_t i = 0; i < ARRAY_LEN(right); i++) {
		Kusanone__V1__Event *e = an_event(p, "", right[i]);

		add_session(p, e, "", right[i], "");
		const char *id = submit_good(p, event_submission(p, e))->event_id;
		const Kusanone__V1__Session *s = ask_event(p, id)->event->sessions[0];
		assert_string_equal(s->start->value, right[i]);
		assert_null(s->dated_by);
	}
	post_free(p);
}

static void
set_end(struct post *p, Kusanone__V1__Session *s, const char *end, const char *zone)
{
	s->end = new_date(p);
	s->end->value = STR(end);
	s->end->zone = STR(zone);
}

static void
test_check__the_end_is_not_before_the_start(void **state)
{
	(void)state;
	struct post *p = post_new();
	static const struct {
		const char *start, *start_zone, *end, *end_zone;
		bool good;
	} cases[] = {
		{ "2024-02-15", "", "2024-02-14", "", false },
		{ "2024-02-15", "", "2024-02-15", "", true },
		{ "2024-02-15", "", "2024-02", "", true },
		{ "2024-02", "", "2024-01", "", false },
		{ "2024-02-15T14:00", "America/Los_Angeles", "2024-02-15T13:00", "",
		  false },
		{ "2024-02-15T14:00", "America/Los_Angeles", "2024-02-15T14:00", "",
		  true },
		/* 14:00 in Los Angeles is 17:00 in New York. */
		{ "2024-02-15T14:00", "America/Los_Angeles", "2024-02-15T16:30",
		  "America/New_York", false },
		{ "2024-02-15T14:00", "America/Los_Angeles", "2024-02-15T17:00",
		  "America/New_York", true },
		{ "2024-02-15T14:00", "America/Los_Angeles", "2024-02-14", "", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		Kusanone__V1__Event *e = an_event(p, "", "題");
		Kusanone__V1__Session *s =
			add_session(p, e, "s", cases[i].start, cases[i].start_zone);
		Kusanone__V1__Submission *submission = event_submission(p, e);

		set_end(p, s, cases[i].end, cases[i].end_zone);
		submission->dry_run = true;
		if (cases[i].good) {
			submit_good(p, submission);
		} else {
			assert_string_equal(submit_bad(p, submission)->field,
					    "sessions[0].end");
		}
	}
	post_free(p);
}

/* ---- Zones ----------------------------------------------------------------------- */

static const Kusanone__V1__Session *
record_session(struct post *p, Kusanone__V1__Event *e, const Kusanone__V1__Receipt **ret)
{
	const Kusanone__V1__Receipt *r = submit_good(p, event_submission(p, e));

	if (ret != NULL) {
		*ret = r;
	}
	return ask_event(p, r->event_id)->event->sessions[0];
}

static void
test_zone__both_dates_are_worked_out_once(void **state)
{
	(void)state;
	struct post *p = post_new();
	Kusanone__V1__Event *e = an_event(p, "", "年度境界");
	Kusanone__V1__Session *sent =
		add_session(p, e, "", "2024-03-31T08:00", "America/Los_Angeles");

	/* What a client says of them is not believed. */
	Kusanone__V1__DatedBy *lie = arena_alloc(&p->arena, sizeof(*lie));
	kusanone__v1__dated_by__init(lie);
	lie->local = STR("2020-01-01");
	lie->tokyo = STR("2020-01-01");
	sent->dated_by = lie;
	const Kusanone__V1__Session *s = record_session(p, e, NULL);
	assert_int_equal(s->start->utc_offset_minutes, -420);
	assert_string_equal(s->dated_by->local, "2024-03-31");
	assert_string_equal(s->dated_by->tokyo, "2024-04-01");

	e = an_event(p, "", "その一分前");
	add_session(p, e, "", "2024-03-31T07:59", "America/Los_Angeles");
	s = record_session(p, e, NULL);
	assert_string_equal(s->dated_by->tokyo, "2024-03-31");

	/* Its start moved by an edit, they move along. */
	const Kusanone__V1__EventReply *shown;
	e = an_event(p, ID_A, "動く");
	add_session(p, e, "s1", "2024-03-31T08:00", "America/Los_Angeles");
	submit_good(p, event_submission(p, e));
	e = new_event(p);
	add_session(p, e, "s1", "2024-06-01T10:00", "America/Chicago");
	submit_good(p, patch_submission(p, ID_A, NULL, e, PATHS("sessions.s1.start")));
	shown = ask_event(p, ID_A);
	assert_string_equal(shown->event->sessions[0]->dated_by->local, "2024-06-01");
	assert_string_equal(shown->event->sessions[0]->dated_by->tokyo, "2024-06-02");
	assert_int_equal(shown->event->sessions[0]->start->utc_offset_minutes, -300);
	post_free(p);
}

static void
test_zone__a_session_that_moves_stays_in_its_zone(void **state)
{
	(void)state;
	struct post *p = post_new();
	Kusanone__V1__Event *e = an_event(p, ID_A, "動く");

	/* At a place, in another zone than the post's. */
	set_end(p, add_session(p, e, "s1", "2024-03-31T08:00", "America/Chicago"),
		"2024-03-31T09:00", "");
	submit_good(p, event_submission(p, e));
	e = new_event(p);
	set_end(p, add_session(p, e, "s1", "2024-01-15T10:00", ""), "2024-01-15T11:00",
		"");
	submit_good(p, patch_submission(p, ID_A, NULL, e,
					PATHS("sessions.s1.start", "sessions.s1.end")));
	const Kusanone__V1__Session *s = ask_event(p, ID_A)->event->sessions[0];
	assert_string_equal(s->start->zone, "America/Chicago");
	assert_int_equal(s->start->utc_offset_minutes, -360);
	assert_string_equal(s->end->zone, "America/Chicago");
	assert_int_equal(s->end->utc_offset_minutes, -360);

	/* To another zone: its end goes along. */
	e = new_event(p);
	set_end(p, add_session(p, e, "s1", "2024-01-15T10:00", "America/New_York"),
		"2024-01-15T11:00", "");
	submit_good(p, patch_submission(p, ID_A, NULL, e,
					PATHS("sessions.s1.start", "sessions.s1.end")));
	s = ask_event(p, ID_A)->event->sessions[0];
	assert_string_equal(s->start->zone, "America/New_York");
	assert_string_equal(s->end->zone, "America/New_York");
	assert_int_equal(s->end->utc_offset_minutes, -300);

	/* A day has none, and a time after that has to say one again. */
	e = new_event(p);
	add_session(p, e, "s1", "2024-01-15", "");
	submit_good(p, patch_submission(p, ID_A, NULL, e,
					PATHS("sessions.s1.start", "sessions.s1.end")));
	e = new_event(p);
	add_session(p, e, "s1", "2024-01-15T10:00", "");
	const Kusanone__V1__Refused *no = submit_bad(
		p, patch_submission(p, ID_A, NULL, e, PATHS("sessions.s1.start")));
	assert_string_equal(no->field, "sessions[0].start.zone");
	post_free(p);
}

static void
test_zone__a_time_that_never_was_is_refused_with_its_neighbours(void **state)
{
	(void)state;
	struct post *p = post_new();
	Kusanone__V1__Event *e = an_event(p, "", "題");

	add_session(p, e, "", "2024-03-10T02:30", "America/Los_Angeles");
	const Kusanone__V1__Refused *no = refuse(p, e, "sessions[0].start");
	assert_non_null(strstr(no->expected->en, "2024-03-10T01:30"));
	assert_non_null(strstr(no->expected->en, "2024-03-10T03:30"));
	assert_non_null(strstr(no->expected->en, "-08:00"));
	assert_non_null(strstr(no->expected->en, "-07:00"));
	post_free(p);
}

static void
test_zone__a_time_that_was_twice_needs_its_offset(void **state)
{
	(void)state;
	struct post *p = post_new();
	Kusanone__V1__Event *e = an_event(p, "", "はじめの");
	const Kusanone__V1__Receipt *r;

	add_session(p, e, "", "2024-11-03T01:30", "America/Los_Angeles");
	assert_int_equal(record_session(p, e, &r)->start->utc_offset_minutes, -420);
	assert_true(has_warning(r, "ambiguous_time"));

	e = an_event(p, "", "あとの");
	add_session(p, e, "", "2024-11-03T01:30", "America/Los_Angeles")
		->start->utc_offset_minutes = -480;
	assert_int_equal(record_session(p, e, &r)->start->utc_offset_minutes, -480);
	assert_false(has_warning(r, "ambiguous_time"));

	e = an_event(p, "", "どちらでもない");
	add_session(p, e, "", "2024-11-03T01:30", "America/Los_Angeles")
		->start->utc_offset_minutes = -300;
	const Kusanone__V1__Refused *no = submit_bad(p, event_submission(p, e));
	assert_string_equal(no->field, "sessions[0].start.utc_offset_minutes");
	assert_non_null(strstr(no->expected->en, "-420"));
	assert_non_null(strstr(no->expected->en, "-480"));
	post_free(p);
}

static void
test_zone__an_unknown_zone_is_told(void **state)
{
	(void)state;
	struct post *p = post_new();
	static const char *const zones[] = { "", "PST8", "America/Nowhere",
					     "../etc/passwd", "america/los_angeles" };

	for (size_t i = 0; i < ARRAY_LEN(zones); i++) {
		Kusanone__V1__Event *e = an_event(p, "", "題");

		add_session(p, e, "", "2024-02-15T14:00", zones[i]);
		(void)refuse(p, e, "sessions[0].start.zone");
	}
	/* A wrong offset of a known one. */
	Kusanone__V1__Event *e = an_event(p, "", "題");
	add_session(p, e, "", "2024-02-15T14:00", "America/Los_Angeles")
		->start->utc_offset_minutes = -420;
	assert_non_null(
		strstr(refuse(p, e, "sessions[0].start.utc_offset_minutes")->expected->en,
		       "-480"));
	/* A day has no zone. */
	e = an_event(p, "", "題");
	add_session(p, e, "", "2024-02-15", "America/Los_Angeles");
	const Kusanone__V1__Receipt *r;
	assert_string_equal(record_session(p, e, &r)->start->zone, "");
	assert_true(has_warning(r, "zone_dropped"));
	post_free(p);
}

/* ---- Sessions, texts, numbers ---------------------------------------------------- */

static void
test_check__sessions_get_ids_of_their_own(void **state)
{
	(void)state;
	struct post *p = post_new();
	Kusanone__V1__Event *e = an_event(p, ID_A, "題");

	for (unsigned i = 0; i < 3; i++) {
		add_session(p, e, i == 1 ? "mine" : "", "2024-02", "");
	}
	submit_good(p, event_submission(p, e));
	const Kusanone__V1__Event *shown = ask_event(p, ID_A)->event;
	assert_string_equal(shown->sessions[1]->id, "mine");
	assert_int_equal(strlen(shown->sessions[0]->id), 6);
	assert_string_not_equal(shown->sessions[0]->id, shown->sessions[2]->id);

	static const char *const wrong[] = { "a b", "x.y", "é",
					     "0123456789012345678901234567890123" };
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		e = an_event(p, "", "題");
		add_session(p, e, wrong[i], "2024-02", "");
		assert_string_equal(submit_bad(p, event_submission(p, e))->field,
				    "sessions[0].id");
	}
	e = an_event(p, "", "題");
	add_session(p, e, "a", "2024-02", "");
	add_session(p, e, "a", "2024-03", "");
	assert_string_equal(submit_bad(p, event_submission(p, e))->field,
			    "sessions[1].id");
	post_free(p);
}

static void
test_check__a_text_that_is_too_long_names_its_field(void **state)
{
	(void)state;
	struct post *p = post_new();
	char *long_text = arena_alloc(&p->arena, 40001);
	Kusanone__V1__Event *e = an_event(p, "", "題");

	memset(long_text, 'x', 40000);
	long_text[40000] = '\0';
	e->lesson = text(p, "", long_text);
	const Kusanone__V1__Refused *no = refuse(p, e, "lesson");
	assert_string_equal(no->code, "too_large");

	/* At the edge: the largest record that is one. */
	e->lesson->en = long_text + 40000 - 32000;
	submit_good(p, event_submission(p, e));
	post_free(p);
}

static void
test_check__control_characters_are_no_text(void **state)
{
	(void)state;
	struct post *p = post_new();
	Kusanone__V1__Event *e = an_event(p, "", "題");

	e->note = text(p, "", "two\nlines\tand a tab");
	submit_good(p, event_submission(p, e));
	e = an_event(p, "", "題\x01");
	assert_string_equal(submit_bad(p, event_submission(p, e))->field, "title.ja");
	e = an_event(p, "", "題");
	add_session(p, e, "", "2024", "")->place = new_place(p);
	e->sessions[0]->place->municipality = text(p, "", "Jack\x1b[31mson");
	assert_string_equal(submit_bad(p, event_submission(p, e))->field,
			    "sessions[0].place.municipality.en");
	post_free(p);
}

static void
test_check__what_is_no_message_is_refused_and_nothing_breaks(void **state)
{
	(void)state;
	struct post *p = post_new();
	struct frame_header header = { .type = FRAME_SUBMIT, .minor = 1 };
	struct frame frame;
	static const struct {
		const char *at;
		size_t len;
	} bodies[] = {
		{ "", 0 },
		{ "\x08\x05", 2 },         /* A request that says nothing. */
		{ "\x08\x05\xff\xff", 4 }, /* Cut. */
		{ "\x08\x05\x82\x01\x04\x12\x02\x32\x7f", 9 }, /* Lengths that lie. */
		/* An event whose recorder is not UTF-8. */
		{ "\x08\x05\x82\x01\x05\x12\x03\x1a\x01\xff", 10 },
		{ "\x08\x05\xf2\x01\x00", 5 }, /* Body 30, of a newer program. */
	};

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		put_frame(p, (struct peer){ LOCAL, OFFICER }, &header,
			  slice_of(bodies[i].at, bodies[i].len));
		post_turn(p);
		assert_true(get_frame(p, LOCAL, FRAME_REFUSED, 0, &frame));
	}
	assert_int_equal(journal_records(p), 0);

	/* A frame of a type that is no request. */
	header.type = FRAME_BATCH;
	put_frame(p, (struct peer){ LOCAL, OFFICER }, &header, (struct slice){ 0 });
	post_turn(p);
	assert_true(get_frame(p, LOCAL, FRAME_ERROR, 0, &frame));
	post_free(p);
}

static void
test_check__numbers_are_counts_and_yen(void **state)
{
	(void)state;
	struct post *p = post_new();
	Kusanone__V1__Event *e = an_event(p, "", "題");

	e->participants = new_count(p);
	e->participants->value = (uint64_t)-1;
	(void)refuse(p, e, "participants");
	e->participants->value = 120;
	e->participants->bound = (Kusanone__V1__Bound)9;
	(void)refuse(p, e, "participants");
	e->participants->bound = KUSANONE__V1__BOUND__BOUND_UNSPECIFIED;
	e->budget_spent = new_money(p);
	e->budget_spent->jpy = -1;
	(void)refuse(p, e, "budget_spent");
	e->budget_spent->jpy = 0;
	e->status = (Kusanone__V1__Status)7;
	(void)refuse(p, e, "status");
	e->status = KUSANONE__V1__STATUS__STATUS_HELD;
	const char *id = submit_good(p, event_submission(p, e))->event_id;
	const Kusanone__V1__Event *shown = ask_event(p, id)->event;
	assert_int_equal(shown->participants->bound, KUSANONE__V1__BOUND__BOUND_EXACT);
	assert_non_null(shown->budget_spent);
	post_free(p);
}

static void
test_check__a_set_has_each_member_once(void **state)
{
	(void)state;
	struct post *p = post_new();
	Kusanone__V1__Event *e = an_event(p, ID_A, "題");

	SET_LIST(p, e, holders, "sfo", "lax", "sfo");
	assert_true(has_warning(submit_good(p, event_submission(p, e)), "duplicate"));
	assert_int_equal(ask_event(p, ID_A)->event->n_holders, 2);
	e = an_event(p, "", "題");
	SET_LIST(p, e, topics, "a", "");
	assert_string_equal(submit_bad(p, event_submission(p, e))->field, "topics");
	SET_LIST(p, e, topics, "two words");
	assert_string_equal(submit_bad(p, event_submission(p, e))->field, "topics");
	post_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check__a_title_in_one_language_is_needed),
		cmocka_unit_test(test_check__the_recorder_is_one_of_the_nodes_posts),
		cmocka_unit_test(test_check__dates_are_of_the_five_forms),
		cmocka_unit_test(test_check__the_end_is_not_before_the_start),
		cmocka_unit_test(test_zone__both_dates_are_worked_out_once),
		cmocka_unit_test(test_zone__a_session_that_moves_stays_in_its_zone),
		cmocka_unit_test(
			test_zone__a_time_that_never_was_is_refused_with_its_neighbours),
		cmocka_unit_test(test_zone__a_time_that_was_twice_needs_its_offset),
		cmocka_unit_test(test_zone__an_unknown_zone_is_told),
		cmocka_unit_test(test_check__sessions_get_ids_of_their_own),
		cmocka_unit_test(test_check__a_text_that_is_too_long_names_its_field),
		cmocka_unit_test(test_check__control_characters_are_no_text),
		cmocka_unit_test(
			test_check__what_is_no_message_is_refused_and_nothing_breaks),
		cmocka_unit_test(test_check__numbers_are_counts_and_yen),
		cmocka_unit_test(test_check__a_set_has_each_member_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
