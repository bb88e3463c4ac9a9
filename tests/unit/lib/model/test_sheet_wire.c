/* Events one by one: what is selected, what is shown, and as of when. */
#include "lib/model/sheet_wire.h"

#include <stdio.h>
#include <string.h>

#include "lib/model/totals_wire.h"
#include "unit/lib/model/fold_fixture.h"

#define EVENT_C "01900000-0000-7000-8000-00000000000c"

enum { PLANNED = 1, HELD = 4 };

static const Kusanone__V1__SheetReply *
ask(struct world *w, const Kusanone__V1__SheetQuery *query)
{
	Kusanone__V1__SheetReply *reply = arena_alloc(&w->arena, sizeof(*reply));
	struct show_fault fault = { 0 };

	if (!sheet_answer(&w->fold, query, &w->arena, reply, &fault)) {
		fail_msg("%s %s", fault.field, fault.reason_en);
	}
	return reply;
}

static const Kusanone__V1__SheetReply *
ask_at(struct world *w, uint64_t position)
{
	Kusanone__V1__SheetQuery query = KUSANONE__V1__SHEET_QUERY__INIT;
	Kusanone__V1__TotalsQuery select = KUSANONE__V1__TOTALS_QUERY__INIT;

	select.as_of_position = position;
	query.select = &select;
	return ask(w, &query);
}

static const Kusanone__V1__SheetRow *
row_of(const Kusanone__V1__SheetReply *reply, const char *id)
{
	for (size_t i = 0; i < reply->n_rows; i++) {
		if (strcmp(reply->rows[i]->event_id, id) == 0) {
			return reply->rows[i];
		}
	}
	return NULL;
}

static const char *
title_of(const Kusanone__V1__SheetReply *reply, const char *id)
{
	const Kusanone__V1__SheetRow *row = row_of(reply, id);

	return row != NULL ? row->event->title->ja : "";
}

static void
withdraw(struct world *w, const struct node_id *node, const char *id, bool undone)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Withdrawal body = KUSANONE__V1__WITHDRAWAL__INIT;

	body.event_id = (char *)(uintptr_t)id;
	body.undone = undone;
	record.body_case = KUSANONE__V1__RECORD__BODY_WITHDRAWAL;
	record.withdrawal = &body;
	assert_int_equal(say(w, node, &record, NULL), VERDICT_COUNTS);
}

/* A year of two posts: planned, held, moved, confirmed, withdrawn and taken back, merged.
 */
static struct world *
a_year(void)
{
	struct world *w = world_new();
	struct ev a = { .id = EVENT_A,
			.recorder = "sfo",
			.title = "計画",
			.holders = { "sfo", "lax" },
			.topics = { "hydrogen" },
			.dates = { "2024-02" },
			.states = { "CA" },
			.status = PLANNED };
	const struct ev b = { .id = EVENT_B,
			      .recorder = "lax",
			      .holders = { "lax" },
			      .dates = { "2024-04-10" },
			      .states = { "NV", "CA" },
			      .status = HELD };
	const struct ev c = { .id = EVENT_C,
			      .recorder = "sfo",
			      .holders = { "sfo" },
			      .dates = { "2023" }, /* in no fiscal year */
			      .status = HELD,
			      .report = true };
	struct hash first, second;

	say_event(w, &w->sfo, &a, NULL, 0, &first); /* 1 */
	say_event(w, &w->lax, &b, NULL, 0, NULL);   /* 2 */
	a.status = HELD;
	a.title = "実施";
	say_event(w, &w->sfo, &a, &first, 1, &second); /* 3 */
	say_answer(w, &w->lax, EVENT_A, "lax", 1);     /* 4 */
	say_event(w, &w->sfo, &c, NULL, 0, NULL);      /* 5 */
	a.dates[0] = "2024-04-01";
	a.states[0] = "TN";
	a.title = "移動";
	say_event(w, &w->sfo, &a, &second, 1, NULL); /* 6 */
	withdraw(w, &w->sfo, EVENT_C, false);        /* 7 */
	withdraw(w, &w->sfo, EVENT_C, true);         /* 8 */
	say_merge(w, EVENT_B, EVENT_A);              /* 9 */
	check_recount(w);
	return w;
}

static Kusanone__V1__Filter *
filter_of(struct world *w, const char *dimension, const char *value)
{
	Kusanone__V1__Filter *filter = arena_alloc(&w->arena, sizeof(*filter));
	char **values = arena_alloc(&w->arena, sizeof(values[0]));

	kusanone__v1__filter__init(filter);
	filter->dimension = (char *)(uintptr_t)dimension;
	values[0] = (char *)(uintptr_t)value;
	filter->values = values;
	filter->n_values = 1;
	return filter;
}

static void
test_sheet__rows_that_count_add_up_to_the_total_at_every_position(void **state)
{
	static const struct {
		const char *dimension, *value;
		int fy;
	} cases[] = {
		{ 0 },
		{ .fy = 2023 },
		{ .fy = 2024 },
		{ "post", "lax", 0 },
		{ "post", "sfo", 2023 },
		{ "state", "CA", 0 },
		{ "state", "not_stated", 0 },
		{ "month", "2024-02", 0 },
		{ "topic", "hydrogen", 2024 },
		{ "status", "planned", 0 },
		{ "status", "held", 2024 },
		{ "fy", "not_stated", 0 },
	};
	(void)state;
	struct world *w = a_year();
	int64_t counted_ever = 0;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		Kusanone__V1__TotalsQuery select = KUSANONE__V1__TOTALS_QUERY__INIT;
		Kusanone__V1__SheetQuery query = KUSANONE__V1__SHEET_QUERY__INIT;
		Kusanone__V1__Filter *filter =
			filter_of(w, cases[i].dimension, cases[i].value);

		select.filters = &filter;
		select.n_filters = cases[i].dimension != NULL ? 1 : 0;
		select.fiscal_year_from = select.fiscal_year_to = cases[i].fy;
		query.select = &select;
		for (uint64_t p = 1; p <= w->count; p++) {
			Kusanone__V1__TotalsReply totals;
			struct show_fault fault;
			int64_t counted = 0;

			select.as_of_position = p;
			const Kusanone__V1__SheetReply *sheet = ask(w, &query);
			assert_int_equal(sheet->position, p);
			assert_int_equal(sheet->hq_ms, 1000 * (int64_t)p);
			assert_int_equal(sheet->matching, sheet->n_rows);
			for (size_t k = 0; k < sheet->n_rows; k++) {
				counted += sheet->rows[k]->left_out[0] == '\0' ? 1 : 0;
				assert_true(sheet->rows[k]->position <= p);
			}
			assert_true(totals_answer(&w->fold, &select, &w->arena, &totals,
						  &fault));
			if (totals.tables[0]->total[0]->value != counted) {
				fail_msg("case %zu at %d: %d rows count, not %d", i,
					 (int)p, (int)counted,
					 (int)totals.tables[0]->total[0]->value);
			}
			counted_ever += counted;
		}
	}
	assert_true(counted_ever > 30);
	world_free(w);
}

static void
test_sheet__an_event_is_shown_as_it_was_at_the_position(void **state)
{
	(void)state;
	struct world *w = a_year();
	const Kusanone__V1__SheetReply *then = ask_at(w, 2);
	const Kusanone__V1__SheetRow *row = row_of(then, EVENT_A);

	assert_int_equal(then->n_rows, 2);
	assert_string_equal(row->event->title->ja, "計画");
	assert_int_equal(row->position, 1);
	assert_string_equal(row->left_out, "not_held");
	assert_int_equal(row->n_confirmed, 1);
	assert_string_equal(row->states[0], "CA");
	assert_int_equal(row->fiscal_year, 2023);

	const Kusanone__V1__SheetRow *later = row_of(ask_at(w, 5), EVENT_A);
	assert_string_equal(later->event->title->ja, "実施");
	assert_int_equal(later->n_confirmed, 2);
	assert_true(later->provisional);

	const Kusanone__V1__SheetReply *now = ask_at(w, 0);
	assert_int_equal(now->position, 9);
	assert_string_equal(title_of(now, EVENT_A), "移動");
	assert_int_equal(row_of(now, EVENT_A)->fiscal_year, 2024);
	assert_true(row_of(now, EVENT_A)->boundary);
	assert_string_equal(row_of(now, EVENT_B)->left_out, "merged");
	assert_string_equal(row_of(now, EVENT_C)->left_out, "");
	assert_int_equal(row_of(now, EVENT_C)->fiscal_year, 0);
	assert_false(row_of(now, EVENT_C)->provisional);
	assert_string_equal(row_of(ask_at(w, 7), EVENT_C)->left_out, "withdrawn");
	assert_null(row_of(ask_at(w, 4), EVENT_C));
	world_free(w);
}

static void
test_sheet__pages_have_every_event_once_in_the_order_of_the_log(void **state)
{
	static const char *const order[] = { EVENT_A, EVENT_B, EVENT_C };
	(void)state;
	struct world *w = a_year();
	Kusanone__V1__SheetQuery query = KUSANONE__V1__SHEET_QUERY__INIT;
	Kusanone__V1__TotalsQuery select = KUSANONE__V1__TOTALS_QUERY__INIT;

	query.select = &select;
	query.limit = 1;
	select.as_of_position = 8;
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		const Kusanone__V1__SheetReply *page = ask(w, &query);

		assert_int_equal(page->n_rows, 1);
		assert_string_equal(page->rows[0]->event_id, order[i]);
		assert_string_equal(page->next, i + 1 < ARRAY_LEN(order) ? order[i] : "");
		if (i == 0) {
			assert_int_equal(page->matching, 3);
		}
		query.after = page->next;
	}
	world_free(w);
}

/* Branches of one event that were made apart: both are in what is shown. */
static void
test_sheet__branches_are_joined_as_of_a_position_too(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct ev ev = { .id = EVENT_A,
			 .recorder = "sfo",
			 .title = "初版",
			 .holders = { "sfo" },
			 .dates = { "2024-02" },
			 .status = HELD };
	struct hash first, heads[2];

	say_event(w, &w->sfo, &ev, NULL, 0, &first); /* 1 */
	ev.title = "改題";
	say_event(w, &w->sfo, &ev, &first, 1, &heads[0]); /* 2 */
	ev.title = "初版";
	ev.format = "seminar";
	say_event(w, &w->sfo, &ev, &first, 1, &heads[1]); /* 3, beside 2 */
	ev.title = "結論";
	ev.format = "webinar";
	say_event(w, &w->sfo, &ev, heads, 2, NULL); /* 4, out of both */

	assert_string_equal(title_of(ask_at(w, 1), EVENT_A), "初版");
	assert_string_equal(title_of(ask_at(w, 2), EVENT_A), "改題");
	const Kusanone__V1__SheetRow *joined = row_of(ask_at(w, 3), EVENT_A);
	assert_true(joined->joined);
	assert_string_equal(joined->event->title->ja, "改題");
	assert_string_equal(joined->event->format, "seminar");
	const Kusanone__V1__SheetRow *after = row_of(ask_at(w, 4), EVENT_A);
	assert_false(after->joined);
	assert_string_equal(after->event->title->ja, "結論");
	assert_int_equal(after->position, 4);
	world_free(w);
}

static Kusanone__V1__Session *
session_of(struct world *w, const char *id, const char *date, const char *place,
	   int status)
{
	Kusanone__V1__Session *s = arena_alloc(&w->arena, sizeof(*s));

	kusanone__v1__session__init(s);
	s->start = arena_alloc(&w->arena, sizeof(*s->start));
	kusanone__v1__date__init(s->start);
	s->place = arena_alloc(&w->arena, sizeof(*s->place));
	kusanone__v1__place__init(s->place);
	s->id = (char *)(uintptr_t)id;
	s->start->value = (char *)(uintptr_t)date;
	s->place->state = (char *)(uintptr_t)place;
	s->status = (Kusanone__V1__Status)status;
	return s;
}

static void
test_sheet__sessions_are_selected_by_their_own_year_and_state(void **state)
{
	(void)state;
	struct world *w = world_new();
	Kusanone__V1__Session *sessions[] = {
		session_of(w, "s1", "2024-03-30", "IN", HELD),
		session_of(w, "s2", "2024-04-01", "MN", HELD),
		session_of(w, "s3", "2024-05-01", "IN", PLANNED),
	};
	const struct ev caravan = { .id = EVENT_A,
				    .recorder = "sfo",
				    .holders = { "sfo" },
				    .sessions = sessions,
				    .session_count = ARRAY_LEN(sessions),
				    .status = PLANNED };
	const struct ev other = { .id = EVENT_B,
				  .recorder = "lax",
				  .holders = { "lax" },
				  .dates = { "2024-04" },
				  .status = HELD };
	Kusanone__V1__SheetQuery query = KUSANONE__V1__SHEET_QUERY__INIT;
	Kusanone__V1__TotalsQuery select = KUSANONE__V1__TOTALS_QUERY__INIT;
	Kusanone__V1__Filter *filter = filter_of(w, "state", "IN");

	say_event(w, &w->sfo, &caravan, NULL, 0, NULL);
	say_event(w, &w->lax, &other, NULL, 0, NULL);

	/* The event is of its first session's year, and all its sessions go with it. */
	query.select = &select;
	select.fiscal_year_from = select.fiscal_year_to = 2023;
	assert_int_equal(ask(w, &query)->n_rows, 1);
	assert_int_equal(ask(w, &query)->rows[0]->n_sessions, 3);

	query.sessions = true;
	assert_int_equal(ask(w, &query)->rows[0]->n_sessions, 1);
	select.fiscal_year_from = select.fiscal_year_to = 2024;
	const Kusanone__V1__SheetReply *reply = ask(w, &query);
	assert_int_equal(reply->n_rows, 1); /* the other has no sessions */
	assert_int_equal(reply->rows[0]->n_sessions, 2);
	assert_string_equal(reply->rows[0]->sessions[0]->id, "s2");
	assert_true(reply->rows[0]->sessions[0]->counted);
	assert_int_equal(reply->rows[0]->sessions[0]->fiscal_year, 2024);
	assert_true(reply->rows[0]->sessions[0]->boundary);
	assert_string_equal(reply->rows[0]->sessions[1]->id, "s3");
	assert_false(reply->rows[0]->sessions[1]->counted);

	select.filters = &filter;
	select.n_filters = 1;
	reply = ask(w, &query);
	assert_int_equal(reply->rows[0]->n_sessions, 1);
	assert_string_equal(reply->rows[0]->sessions[0]->id, "s3");
	world_free(w);
}

static void
test_sheet__what_cannot_be_answered_is_refused(void **state)
{
	static const char *const not_there[] = { EVENT_B, "event" };
	(void)state;
	struct world *w = world_new();
	const struct ev ev = { .id = EVENT_A, .recorder = "sfo", .dates = { "2024" } };
	Kusanone__V1__SheetQuery query = KUSANONE__V1__SHEET_QUERY__INIT;
	Kusanone__V1__TotalsQuery select = KUSANONE__V1__TOTALS_QUERY__INIT;
	Kusanone__V1__SheetReply reply;
	struct show_fault fault;

	/* Of no record at all there is a sheet without rows. */
	assert_int_equal(ask(w, &query)->n_rows, 0);
	say_event(w, &w->sfo, &ev, NULL, 0, NULL);
	query.select = &select;
	for (size_t i = 0; i < ARRAY_LEN(not_there); i++) {
		query.after = (char *)(uintptr_t)not_there[i];
		assert_false(sheet_answer(&w->fold, &query, &w->arena, &reply, &fault));
		assert_string_equal(fault.field, "after");
	}
	query.after = (char *)(uintptr_t) "";
	select.as_of_position = 2;
	assert_false(sheet_answer(&w->fold, &query, &w->arena, &reply, &fault));
	world_free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_sheet__rows_that_count_add_up_to_the_total_at_every_position),
		cmocka_unit_test(test_sheet__an_event_is_shown_as_it_was_at_the_position),
		cmocka_unit_test(
			test_sheet__pages_have_every_event_once_in_the_order_of_the_log),
		cmocka_unit_test(test_sheet__branches_are_joined_as_of_a_position_too),
		cmocka_unit_test(
			test_sheet__sessions_are_selected_by_their_own_year_and_state),
		cmocka_unit_test(test_sheet__what_cannot_be_answered_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
