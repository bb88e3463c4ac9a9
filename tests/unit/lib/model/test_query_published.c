#include "unit/lib/model/query_world.h"

static const struct figure_row *
figure_of(const struct world *w, const struct published *p)
{
	return table_at(&w->fold.figures, p->figure);
}

/* The paper's two figures of events and its budget. */
static void
publish_paper(struct world *w)
{
	publish(w, "events", 2023, 2023, 73);
	publish(w, "events", 2017, 2023, 1188);
	struct figure_row *budget = publish(w, "budget_planned", 2024, 2024, 170000000);
	budget->scope_ja = word(w, "外務省予算");
	budget->bound = BOUND_ABOUT;
}

#define CHECK_PUBLISHED(w, p, first, last, here, rest)                                   \
	do {                                                                             \
		assert_int_equal(figure_of(w, p)->from, first);                          \
		assert_int_equal(figure_of(w, p)->to, last);                             \
		assert_int_equal((p)->itemised, here);                                   \
		assert_int_equal((p)->not_itemised, rest);                               \
	} while (0)

static void
test_query_published__the_papers_figures_beside_its_four_cases(void **state)
{
	struct world w;
	struct query q = ask();
	struct published *rows;
	int64_t value;
	int16_t from;

	(void)state;
	world_init(&w);
	say_paper(&w);
	publish_paper(&w);
	assert_int_equal(query_published(&w.fold, &q, &w.arena, &rows), 2);
	CHECK_PUBLISHED(&w, &rows[0], 2017, 2023, 4, 1184);
	CHECK_PUBLISHED(&w, &rows[1], 2023, 2023, 4, 69);
	assert_false(rows[0].discrepancy);
	assert_true(query_cumulative(&w.fold, &q, &value, &from));
	assert_int_equal(value, 1188);
	assert_int_equal(from, 2017);

	/* An event of the next year is in no figure, and in the cumulative. */
	say(&w, 4, (struct said){ .fy = 2024 });
	say(&w, 5, (struct said){ .fy = 2024, .status = STATUS_PLANNED });
	say(&w, 6, (struct said){ .fy = 2016 }); /* before the cumulative begins */
	say(&w, 7, (struct said){ 0 });          /* of a year that is not stated */
	assert_int_equal(query_published(&w.fold, &q, &w.arena, &rows), 2);
	CHECK_PUBLISHED(&w, &rows[0], 2017, 2023, 4, 1184);
	assert_true(query_cumulative(&w.fold, &q, &value, &from));
	assert_int_equal(value, 1189);

	/* An intake does not hold what others recorded. */
	w.fold.at_post = true;
	assert_int_equal(query_published(&w.fold, &q, &w.arena, &rows), 2);
	CHECK_PUBLISHED(&w, &rows[0], 2017, 2023, -1, -1);
	assert_false(rows[0].discrepancy);
	world_fini(&w);
}

static void
test_query_published__a_filter_or_grouping_leaves_itemised_figures_only(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_FISCAL_YEAR);
	struct published *rows;
	int64_t value;
	int16_t from;

	(void)state;
	world_init(&w);
	say_paper(&w);
	publish_paper(&w);
	assert_int_equal(query_published(&w.fold, &q, &w.arena, &rows), 0);
	assert_false(query_cumulative(&w.fold, &q, &value, &from));
	uint32_t chi[] = { word(&w, "chi") };
	q = ask();
	filter(&q, DIM_POST, chi, 1);
	assert_int_equal(query_published(&w.fold, &q, &w.arena, &rows), 0);
	assert_false(query_cumulative(&w.fold, &q, &value, &from));
	world_fini(&w);
}

static void
test_query_published__bounds_leave_the_figures_within_them(void **state)
{
	struct world w;
	struct query q = ask();
	struct published *rows;
	int64_t value;
	int16_t from;

	(void)state;
	world_init(&w);
	say_paper(&w);
	publish_paper(&w);
	say(&w, 4, (struct said){ .fy = 2024 });
	say(&w, 5, (struct said){ .fy = 2025 });
	q.from = q.to = 2023;
	assert_int_equal(query_published(&w.fold, &q, &w.arena, &rows), 1);
	CHECK_PUBLISHED(&w, &rows[0], 2023, 2023, 4, 69);
	assert_true(query_cumulative(&w.fold, &q, &value, &from));
	assert_int_equal(value, 1188);
	q.to = 2024; /* the cumulative goes as far as the query does */
	assert_true(query_cumulative(&w.fold, &q, &value, &from));
	assert_int_equal(value, 1189);
	q.from = q.to = 2022; /* no figure ends there */
	assert_int_equal(query_published(&w.fold, &q, &w.arena, &rows), 0);
	assert_false(query_cumulative(&w.fold, &q, &value, &from));
	world_fini(&w);
}

static void
test_query_published__a_figure_with_a_scope_cannot_be_compared(void **state)
{
	struct world w;
	struct query q = ask();
	struct published *rows;

	(void)state;
	world_init(&w);
	say(&w, 0, (struct said){ .fy = 2024, .planned = { 5000000, BOUND_EXACT } });
	publish_paper(&w);
	publish(&w, "budget_planned", 2024, 2024, 9000000);
	publish(&w, "guests", 2024, 2024, 12); /* of no measure of ours */
	measure_only(&q, MEASURE_BUDGET_PLANNED);
	q.measures[q.measure_count++] = MEASURE_EVENTS;
	assert_int_equal(query_published(&w.fold, &q, &w.arena, &rows), 4);
	/* The whole programme first, by the query's order of measures. */
	CHECK_PUBLISHED(&w, &rows[0], 2024, 2024, 5000000, 4000000);
	CHECK_PUBLISHED(&w, &rows[1], 2024, 2024, -1, -1);
	assert_false(rows[1].discrepancy);
	assert_int_equal(figure_of(&w, &rows[1])->value, 170000000);
	CHECK_PUBLISHED(&w, &rows[2], 2017, 2023, 0, 1188);
	world_fini(&w);
}

static void
test_query_published__itemised_above_published_is_a_discrepancy(void **state)
{
	struct world w;
	struct query q = ask();
	struct published *rows;

	(void)state;
	world_init(&w);
	say_paper(&w);
	struct figure_row *f = publish(&w, "events", 2023, 2023, 3);
	assert_int_equal(query_published(&w.fold, &q, &w.arena, &rows), 1);
	CHECK_PUBLISHED(&w, &rows[0], 2023, 2023, 4, 0);
	assert_true(rows[0].discrepancy);
	f->value = 4;
	assert_int_equal(query_published(&w.fold, &q, &w.arena, &rows), 1);
	CHECK_PUBLISHED(&w, &rows[0], 2023, 2023, 4, 0);
	assert_false(rows[0].discrepancy);
	f->value = 3;
	f->bound = BOUND_AT_LEAST; /* four are at least three */
	assert_int_equal(query_published(&w.fold, &q, &w.arena, &rows), 1);
	assert_false(rows[0].discrepancy);
	world_fini(&w);
}

static void
test_query_published__each_measure_is_compared_with_its_own_kind(void **state)
{
	struct world w;
	struct query q = ask();
	struct published *rows;

	(void)state;
	world_init(&w);
	say(&w, 0,
	    (struct said){ .fy = 2022,
			   .towns = "a,b",
			   .session_facts = 2,
			   .participants = { 40, BOUND_EXACT } });
	sit(&w, 0, "TN", 2022, 2022, 6);
	sit(&w, 0, "TN", 2023, 2023, 6);
	say(&w, 1,
	    (struct said){
		    .fy = 2023, .towns = "b,c", .participants = { 60, BOUND_ABOUT } });
	say(&w, 2, (struct said){ .fy = 2024, .towns = "d" });
	publish(&w, "municipalities", 2022, 2023, 10);
	publish(&w, "participants", 2022, 2023, 1000);
	publish(&w, "sessions", 2023, 2023, 5);
	measure_only(&q, MEASURE_SESSIONS);
	q.measures[q.measure_count++] = MEASURE_MUNICIPALITIES;
	q.measures[q.measure_count++] = MEASURE_PARTICIPANTS;
	assert_int_equal(query_published(&w.fold, &q, &w.arena, &rows), 3);
	CHECK_PUBLISHED(&w, &rows[0], 2023, 2023, 1, 4); /* the session's own year */
	CHECK_PUBLISHED(&w, &rows[1], 2022, 2023, 3, 7); /* b once over both years */
	CHECK_PUBLISHED(&w, &rows[2], 2022, 2023, 100, 900);
	measure_only(&q, MEASURE_BUDGET_SPENT);
	assert_int_equal(query_published(&w.fold, &q, &w.arena, &rows), 0);
	world_fini(&w);
}

static void
test_query_published__figures_hold_between_positions(void **state)
{
	struct world w;
	struct query q = ask();
	struct published *rows;
	int64_t value;
	int16_t from;

	(void)state;
	world_init(&w);
	struct figure_row *f = publish(&w, "events", 2017, 2022, 1115);
	f->from_pos = 10;
	f->to_pos = 20;
	f = publish(&w, "events", 2017, 2022, 1116); /* corrected at 20 */
	f->from_pos = 20;
	f = publish(&w, "events", 2018, 2023, 1000); /* as wide, and newer */
	f->from_pos = 30;
	q.position = 9;
	assert_int_equal(query_published(&w.fold, &q, &w.arena, &rows), 0);
	assert_false(query_cumulative(&w.fold, &q, &value, &from));
	q.position = 19;
	assert_int_equal(query_published(&w.fold, &q, &w.arena, &rows), 1);
	assert_true(query_cumulative(&w.fold, &q, &value, &from));
	assert_int_equal(value, 1115);
	q.position = 20;
	assert_int_equal(query_published(&w.fold, &q, &w.arena, &rows), 1);
	assert_true(query_cumulative(&w.fold, &q, &value, &from));
	assert_int_equal(value, 1116);
	q.position = 30;
	assert_int_equal(query_published(&w.fold, &q, &w.arena, &rows), 2);
	assert_true(query_cumulative(&w.fold, &q, &value, &from));
	assert_int_equal(value, 1000);
	assert_int_equal(from, 2018);
	world_fini(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_query_published__the_papers_figures_beside_its_four_cases),
		cmocka_unit_test(
			test_query_published__a_filter_or_grouping_leaves_itemised_figures_only),
		cmocka_unit_test(
			test_query_published__bounds_leave_the_figures_within_them),
		cmocka_unit_test(
			test_query_published__a_figure_with_a_scope_cannot_be_compared),
		cmocka_unit_test(
			test_query_published__itemised_above_published_is_a_discrepancy),
		cmocka_unit_test(
			test_query_published__each_measure_is_compared_with_its_own_kind),
		cmocka_unit_test(test_query_published__figures_hold_between_positions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
