#include "unit/lib/model/query_world.h"

/* ---- The paper's four cases. */

static void
test_query__a_webinar_of_two_posts_counts_once_nationally_and_once_in_each(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_POST);
	const char *order[] = { "bna", "chi", "lax", "sea", "sfo" };

	(void)state;
	world_init(&w);
	say_paper(&w);
	struct query_result r = run(&w, &q);
	assert_int_equal(r.row_count, 5);
	for (unsigned i = 0; i < 5; i++) { /* in the order of bytes */
		assert_int_equal(r.rows[i].keys[0], word(&w, order[i]));
		assert_int_equal(r.rows[i].figures[0].value, 1);
		assert_int_equal(r.rows[i].figures[0].bound, BOUND_EXACT);
	}
	CHECK_TOTALS(r, 5, 1, 4);
	assert_true(r.overlapping);
	assert_false(r.too_many_rows);
	world_fini(&w);
}

static void
test_query__by_state_a_caravan_stands_in_three_and_buckets_come_last(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_STATE);
	const char *order[] = { "IL", "IN", "MN", "TN", "online", "?" };

	(void)state;
	world_init(&w);
	say_paper(&w);
	struct query_result r = run(&w, &q);
	assert_int_equal(r.row_count, 6);
	for (unsigned i = 0; i < 6; i++) {
		assert_int_equal(r.rows[i].keys[0], word(&w, order[i]));
		assert_int_equal(r.rows[i].figures[0].value, 1);
	}
	CHECK_TOTALS(r, 6, 2, 4);
	world_fini(&w);
}

static void
test_query__by_month_an_event_counts_in_every_month_of_its_dates(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_MONTH);

	(void)state;
	world_init(&w);
	say_paper(&w);
	struct query_result r = run(&w, &q);
	assert_int_equal(r.row_count, 4);
	assert_int_equal(r.rows[0].keys[0], month(2023, 9));
	assert_int_equal(r.rows[1].keys[0], month(2023, 10));
	assert_int_equal(r.rows[2].keys[0], month(2024, 2));
	assert_int_equal(r.rows[3].keys[0], month(2024, 3));
	assert_int_equal(r.rows[0].figures[0].value, 1);
	assert_int_equal(r.rows[1].figures[0].value, 2);
	assert_int_equal(r.rows[2].figures[0].value, 2);
	assert_int_equal(r.rows[3].figures[0].value, 1);
	CHECK_TOTALS(r, 6, 2, 4);
	world_fini(&w);
}

static void
test_query__seven_municipalities_and_two_events_that_do_not_say(void **state)
{
	struct world w;
	struct query q = ask();

	(void)state;
	world_init(&w);
	say_paper(&w);
	q.measures[1] = MEASURE_MUNICIPALITIES;
	q.measures[2] = MEASURE_SESSIONS;
	q.measure_count = 3;
	struct query_result r = run(&w, &q);
	assert_int_equal(r.row_count, 0); /* no grouping, no rows */
	assert_false(r.overlapping);
	CHECK_TOTALS(r, 4, 0, 4);
	assert_int_equal(r.total.figures[1].value, 7);
	assert_int_equal(r.total.figures[1].not_stated, 2);
	assert_int_equal(r.total.figures[1].bound, BOUND_EXACT);
	assert_int_equal(r.sum[1].value, 7);
	assert_int_equal(r.overlap[1].value, 0);
	/* Nobody says how many sessions. */
	assert_int_equal(r.total.figures[2].value, 0);
	assert_int_equal(r.total.figures[2].not_stated, 4);
	assert_int_equal(r.total.figures[2].bound, BOUND_NOT_STATED);
	world_fini(&w);
}

static void
test_query__a_caravans_municipalities_count_in_the_states_where_they_lie(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_STATE);

	(void)state;
	world_init(&w);
	say_paper(&w);
	measure_only(&q, MEASURE_MUNICIPALITIES);
	struct query_result r = run(&w, &q);
	assert_int_equal(value_of(&r, word(&w, "MN")), 1);
	assert_int_equal(value_of(&r, word(&w, "IL")), 1);
	assert_int_equal(value_of(&r, word(&w, "IN")), 4);
	assert_int_equal(value_of(&r, word(&w, "TN")), 1);
	assert_int_equal(row1(&r, STATE_ONLINE)->figures[0].not_stated, 1);
	assert_int_equal(row1(&r, STATE_ONLINE)->figures[0].bound, BOUND_NOT_STATED);
	CHECK_TOTALS(r, 7, 0, 7);

	/* The same where the state is a filter ... */
	uint32_t indiana[] = { word(&w, "IN") };
	q = ask();
	measure_only(&q, MEASURE_MUNICIPALITIES);
	filter(&q, DIM_STATE, indiana, 1);
	r = run(&w, &q);
	CHECK_TOTALS(r, 4, 0, 4);

	/* ... and beside another grouping. */
	q.by[q.by_count++] = DIM_POST;
	r = run(&w, &q);
	assert_int_equal(r.row_count, 1);
	assert_int_equal(value_of(&r, word(&w, "chi")), 4);
	world_fini(&w);
}

static void
test_query__a_municipality_in_no_state_of_its_event_counts_like_the_event(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_STATE);

	(void)state;
	world_init(&w);
	say(&w, 0,
	    (struct said){ .states = "TN,KY",
			   .fy = 2023,
			   .towns = "US\tTN\tmemphis,CA\tON\tottawa,vaduz,US\t\tnome" });
	measure_only(&q, MEASURE_MUNICIPALITIES);
	struct query_result r = run(&w, &q);
	assert_int_equal(value_of(&r, word(&w, "TN")), 4);
	assert_int_equal(value_of(&r, word(&w, "KY")), 3);
	CHECK_TOTALS(r, 7, 3, 4);
	world_fini(&w);
}

static void
test_query__municipalities_are_distinct_in_each_row_and_nationally(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_CATEGORY);

	(void)state;
	world_init(&w);
	say(&w, 0, (struct said){ .category = "visit", .towns = "a,b" });
	say(&w, 1, (struct said){ .category = "visit", .towns = "b,c" });
	say(&w, 2, (struct said){ .category = "seminar", .towns = "c" });
	say(&w, 3, (struct said){ .category = "seminar" });
	measure_only(&q, MEASURE_MUNICIPALITIES);
	struct query_result r = run(&w, &q);
	assert_int_equal(value_of(&r, word(&w, "visit")), 3);
	assert_int_equal(value_of(&r, word(&w, "seminar")), 1);
	assert_int_equal(row1(&r, word(&w, "seminar"))->figures[0].not_stated, 1);
	CHECK_TOTALS(r, 4, 1, 3);
	assert_false(
		r.overlapping); /* a category is no set; the figure is not additive */
	assert_int_equal(r.overlap[0].not_stated, 0);
	world_fini(&w);
}

/* ---- What counts. */

static void
test_query__only_held_events_are_in_figures_and_others_have_columns(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_POST);

	(void)state;
	world_init(&w);
	say(&w, 0, (struct said){ .posts = "chi", .flags = FACT_PROVISIONAL });
	say(&w, 1,
	    (struct said){ .posts = "chi",
			   .status = STATUS_PLANNED,
			   .participants = { 50, BOUND_EXACT } });
	say(&w, 2, (struct said){ .posts = "chi,sea", .status = STATUS_POSTPONED });
	say(&w, 3,
	    (struct said){ .posts = "sea",
			   .status = STATUS_CANCELLED,
			   .flags = FACT_PROVISIONAL });
	say(&w, 4, (struct said){ .posts = "chi", .flags = FACT_WITHDRAWN });
	say(&w, 5, (struct said){ .posts = "chi", .flags = FACT_MERGED });
	say(&w, 6,
	    (struct said){
		    .posts = "chi", .status = STATUS_PLANNED, .flags = FACT_WITHDRAWN });
	q.measures[q.measure_count++] = MEASURE_PARTICIPANTS;
	struct query_result r = run(&w, &q);
	const struct query_row *chi = row1(&r, word(&w, "chi"));
	const struct query_row *sea = row1(&r, word(&w, "sea"));
	assert_int_equal(r.row_count, 2);
	assert_int_equal(chi->figures[0].value, 1);
	assert_int_equal(chi->provisional, 1);
	assert_int_equal(chi->planned, 1);
	assert_int_equal(chi->postponed, 1);
	assert_int_equal(chi->cancelled, 0);
	assert_int_equal(chi->figures[1].value, 0); /* the planned one's are no figure */
	assert_int_equal(chi->figures[1].not_stated, 1);
	assert_int_equal(sea->figures[0].value, 0);
	assert_int_equal(sea->figures[0].bound, BOUND_EXACT);
	assert_int_equal(sea->postponed, 1);
	assert_int_equal(sea->cancelled, 1);
	assert_int_equal(sea->provisional, 0);
	assert_int_equal(r.total.planned, 1);
	assert_int_equal(r.total.postponed, 1); /* once, though it stands in two rows */
	assert_int_equal(r.total.cancelled, 1);
	assert_int_equal(r.total.provisional, 1);
	CHECK_TOTALS(r, 1, 0, 1);
	world_fini(&w);
}

static void
test_query__grouped_by_status_the_others_are_seen_but_in_no_figure(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_STATUS);

	(void)state;
	world_init(&w);
	say(&w, 0, (struct said){ 0 });
	say(&w, 1, (struct said){ .status = STATUS_PLANNED });
	say(&w, 2, (struct said){ .status = STATUS_CANCELLED });
	struct query_result r = run(&w, &q);
	assert_int_equal(r.row_count, 3);
	assert_int_equal(r.rows[0].keys[0], STATUS_PLANNED);
	assert_int_equal(r.rows[0].figures[0].value, 0);
	assert_int_equal(r.rows[0].planned, 1);
	assert_int_equal(r.rows[1].keys[0], STATUS_CANCELLED);
	assert_int_equal(r.rows[2].keys[0], STATUS_HELD);
	assert_int_equal(r.rows[2].figures[0].value, 1);

	uint32_t planned[] = { STATUS_PLANNED };
	q = ask();
	filter(&q, DIM_STATUS, planned, 1);
	r = run(&w, &q);
	assert_int_equal(r.total.figures[0].value, 0);
	assert_int_equal(r.total.planned, 1);
	assert_int_equal(r.total.cancelled, 0);
	world_fini(&w);
}

static void
test_query__a_fact_holds_from_its_first_position_up_to_the_next_version(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_POST);

	(void)state;
	world_init(&w);
	/* Recorded at 10; at 20 a co-host confirms. */
	say(&w, 0,
	    (struct said){ .from = 10,
			   .to = 20,
			   .posts = "sfo",
			   .named = "sfo,lax",
			   .fy = 2023,
			   .flags = FACT_UNCONFIRMED });
	say(&w, 0, (struct said){ .from = 20, .posts = "sfo,lax", .fy = 2023 });
	q.position = 9;
	struct query_result r = run(&w, &q);
	assert_int_equal(r.row_count, 0);
	CHECK_TOTALS(r, 0, 0, 0);
	q.position = 10;
	r = run(&w, &q);
	CHECK_TOTALS(r, 1, 0, 1);
	assert_int_equal(r.unconfirmed, 1);
	q.position = 19; /* one position earlier it is as it was */
	r = run(&w, &q);
	CHECK_TOTALS(r, 1, 0, 1);
	assert_int_equal(value_of(&r, word(&w, "lax")), -1);
	q.position = 20;
	r = run(&w, &q);
	CHECK_TOTALS(r, 2, 1, 1);
	assert_int_equal(r.unconfirmed, 0);
	q.position = UINT64_MAX - 1;
	r = run(&w, &q);
	CHECK_TOTALS(r, 2, 1, 1);
	world_fini(&w);
}

static void
test_query__the_rule_chooses_year_month_and_boundary(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_FISCAL_YEAR);

	(void)state;
	world_init(&w);
	/* 31 March in Los Angeles, 1 April in Tokyo. */
	struct event_fact *f = say(&w, 0,
				   (struct said){ .fy = 2023,
						  .months = "2024-03",
						  .flags = FACT_BOUNDARY_LOCAL });
	f->fiscal_year[RULE_TOKYO] = 2024;
	f->months[RULE_TOKYO] = months(&w, "2024-04");
	q.by[q.by_count++] = DIM_MONTH;
	struct query_result r = run(&w, &q);
	assert_int_equal(r.row_count, 1);
	assert_int_equal(r.rows[0].keys[0], year_key(2023));
	assert_int_equal(r.rows[0].keys[1], month(2024, 3));
	assert_int_equal(r.rows[0].boundary, 1);
	q.rule = RULE_TOKYO;
	r = run(&w, &q);
	assert_int_equal(r.rows[0].keys[0], year_key(2024));
	assert_int_equal(r.rows[0].keys[1], month(2024, 4));
	assert_int_equal(r.rows[0].boundary, 0); /* the flag is the other rule's */
	f->flags = FACT_BOUNDARY_TOKYO;
	r = run(&w, &q);
	assert_int_equal(r.rows[0].boundary, 1);
	assert_int_equal(r.total.boundary, 1);
	world_fini(&w);
}

/* ---- Years. */

static void
test_query__a_year_that_is_not_stated_has_a_bucket_and_lies_in_no_bounds(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_FISCAL_YEAR);

	(void)state;
	world_init(&w);
	say(&w, 0, (struct said){ .fy = 2022 });
	say(&w, 1, (struct said){ .fy = 2023 });
	say(&w, 2, (struct said){ 0 }); /* "2024": January to March, or after? */
	struct query_result r = run(&w, &q);
	assert_int_equal(r.row_count, 3);
	assert_int_equal(r.rows[0].keys[0], year_key(2022));
	assert_int_equal(r.rows[1].keys[0], year_key(2023));
	assert_int_equal(r.rows[2].keys[0], KEY_NONE); /* the bucket is last */
	CHECK_TOTALS(r, 3, 0, 3);
	q.from = 2023;
	r = run(&w, &q);
	CHECK_TOTALS(r, 1, 0, 1);
	assert_int_equal(value_of(&r, year_key(2023)), 1);
	q.from = FISCAL_YEAR_NONE;
	q.to = 2022;
	r = run(&w, &q);
	CHECK_TOTALS(r, 1, 0, 1);
	assert_int_equal(value_of(&r, year_key(2022)), 1);
	q.from = 2022;
	q.to = 2023;
	r = run(&w, &q);
	CHECK_TOTALS(r, 2, 0, 2);
	world_fini(&w);
}

/* ---- Groupings and filters. */

static void
test_query__by_two_sets_an_event_stands_in_every_pair(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_POST);

	(void)state;
	world_init(&w);
	say_paper(&w);
	say(&w, 4, (struct said){ .posts = "chi,bna", .states = "TN,IL,IN", .fy = 2024 });
	q.by[q.by_count++] = DIM_STATE;
	struct query_result r = run(&w, &q);
	assert_int_equal(row2(&r, word(&w, "chi"), word(&w, "IN"))->figures[0].value, 2);
	assert_int_equal(row2(&r, word(&w, "chi"), word(&w, "TN"))->figures[0].value, 1);
	assert_int_equal(row2(&r, word(&w, "bna"), word(&w, "TN"))->figures[0].value, 2);
	assert_int_equal(row2(&r, word(&w, "lax"), STATE_ONLINE)->figures[0].value, 1);
	assert_null(row2(&r, word(&w, "lax"), word(&w, "IN")));
	/* 2 + 1 + 1 + 3 of the paper, 2 * 3 of the fifth. */
	CHECK_TOTALS(r, 13, 8, 5);

	/* The order of groupings is the order of keys. */
	q.by[0] = DIM_STATE;
	q.by[1] = DIM_POST;
	r = run(&w, &q);
	assert_int_equal(row2(&r, word(&w, "IN"), word(&w, "chi"))->figures[0].value, 2);
	assert_int_equal(r.rows[0].keys[0], word(&w, "IL"));
	assert_int_equal(r.rows[0].keys[1], word(&w, "bna"));
	assert_int_equal(r.rows[1].keys[1], word(&w, "chi"));
	CHECK_TOTALS(r, 13, 8, 5);
	world_fini(&w);
}

static void
test_query__a_filter_on_the_grouped_dimension_leaves_its_keys_rows(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_POST);

	(void)state;
	world_init(&w);
	say_paper(&w);
	uint32_t sfo[] = { word(&w, "sfo") };
	uint32_t lax[] = { word(&w, "lax"), word(&w, "chi") };
	filter(&q, DIM_POST, sfo, 1);
	struct query_result r = run(&w, &q);
	assert_int_equal(r.row_count, 1); /* lax held it too, and is not asked for */
	assert_int_equal(value_of(&r, sfo[0]), 1);
	CHECK_TOTALS(r, 1, 0, 1);

	/* Two filters on one dimension: both match, and both name rows. */
	filter(&q, DIM_POST, lax, 2);
	r = run(&w, &q);
	assert_int_equal(r.row_count, 2);
	assert_int_equal(value_of(&r, sfo[0]), 1);
	assert_int_equal(value_of(&r, lax[0]), 1);
	CHECK_TOTALS(r, 2, 1, 1);
	world_fini(&w);
}

static void
test_query__all_filters_match_by_any_of_their_keys(void **state)
{
	struct world w;
	struct query q = ask();

	(void)state;
	world_init(&w);
	say_paper(&w);
	uint32_t ap3[] = { word(&w, "newcap"), word(&w, "ap3") };
	uint32_t formats[] = { word(&w, "seminar"), word(&w, "caravan"), 99999 };
	uint32_t none[] = { KEY_NONE };
	filter(&q, DIM_PILLAR, ap3, 2);
	CHECK_TOTALS(run(&w, &q), 3, 0, 3);
	filter(&q, DIM_FORMAT, formats, 3);
	CHECK_TOTALS(run(&w, &q), 1, 0, 1); /* seattle's */
	q.filters[0] = (struct query_filter){ DIM_PILLAR, none, 1 };
	CHECK_TOTALS(run(&w, &q), 1, 0, 1); /* the caravan states no pillar */
	q.filters[1] = (struct query_filter){ DIM_CATEGORY, none, 1 };
	CHECK_TOTALS(run(&w, &q), 1, 0, 1);
	q.filters[1] = (struct query_filter){ DIM_CATEGORY, NULL, 0 };
	CHECK_TOTALS(run(&w, &q), 0, 0, 0); /* no key is none of the event's */
	q.filters[1] = (struct query_filter){ DIM_FISCAL_YEAR, none, 1 };
	CHECK_TOTALS(run(&w, &q), 0, 0, 0);
	uint32_t year[] = { year_key(2023) };
	q.filters[1] = (struct query_filter){ DIM_FISCAL_YEAR, year, 1 };
	CHECK_TOTALS(run(&w, &q), 1, 0, 1);
	world_fini(&w);
}

static void
test_query__not_stated_is_one_row_of_states_by_either_name(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_STATE);
	uint32_t none[] = { KEY_NONE };

	(void)state;
	world_init(&w);
	say(&w, 0, (struct said){ .states = "?" });
	say(&w, 1, (struct said){ .states = "" });
	say(&w, 2, (struct said){ .states = "TN" });
	struct query_result r = run(&w, &q);
	assert_int_equal(r.row_count, 2);
	assert_int_equal(value_of(&r, STATE_NOT_STATED), 2);
	filter(&q, DIM_STATE, none, 1);
	r = run(&w, &q);
	assert_int_equal(r.row_count, 1);
	assert_int_equal(value_of(&r, STATE_NOT_STATED), 2);
	world_fini(&w);
}

static void
test_query__an_event_that_no_post_confirmed_counts_in_a_row_of_its_own(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_POST);

	(void)state;
	world_init(&w);
	say(&w, 0,
	    (struct said){ .posts = "", .named = "sea", .flags = FACT_UNCONFIRMED });
	say(&w, 1, (struct said){ .posts = "sea" });
	struct query_result r = run(&w, &q);
	assert_int_equal(r.row_count, 2);
	assert_int_equal(r.rows[0].keys[0], word(&w, "sea"));
	assert_int_equal(r.rows[1].keys[0], KEY_NONE);
	CHECK_TOTALS(r, 2, 0, 2);
	assert_int_equal(r.unconfirmed, 1);
	world_fini(&w);
}

static void
test_query__a_grouping_or_measure_asked_twice_answers_twice(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_POST);

	(void)state;
	world_init(&w);
	say(&w, 0, (struct said){ .posts = "chi,sea", .fy = 2023, .session_facts = 1 });
	sit(&w, 0, "IL", 2023, 2023, 6);
	q.by[q.by_count++] = DIM_POST;
	measure_only(&q, MEASURE_SESSIONS);
	q.measures[q.measure_count++] = MEASURE_SESSIONS;
	struct query_result r = run(&w, &q);
	assert_int_equal(r.row_count, 2);
	assert_int_equal(r.rows[0].keys[0], r.rows[0].keys[1]);
	assert_int_equal(r.rows[0].figures[0].value, 1);
	assert_int_equal(r.rows[0].figures[1].value, 1);
	world_fini(&w);
}

/* ---- Sessions. */

static void
test_query__a_session_counts_in_its_own_year_month_and_state(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_FISCAL_YEAR);

	(void)state;
	world_init(&w);
	/* A caravan over two years, of two posts. */
	say(&w, 0,
	    (struct said){ .posts = "chi,det",
			   .states = "IL,IN",
			   .fy = 2023,
			   .months = "2024-03,2024-04",
			   .session_facts = 4 });
	sit(&w, 0, "IL", 2023, 2024, 3);
	sit(&w, 0, "IN", 2023, 2024, 3);
	sit(&w, 0, "IN", 2024, 2024, 4);
	sit(&w, 0, "IN", 2024, 2024, 4)->status = STATUS_CANCELLED;
	q.measures[q.measure_count++] = MEASURE_SESSIONS;
	struct query_result r = run(&w, &q);
	assert_int_equal(r.row_count, 2);
	assert_int_equal(r.rows[0].figures[0].value, 1); /* the event is 2023's ... */
	assert_int_equal(r.rows[0].figures[1].value, 2);
	assert_int_equal(r.rows[1].keys[0], year_key(2024));
	assert_int_equal(r.rows[1].figures[0].value, 0);
	assert_int_equal(r.rows[1].figures[1].value, 1); /* ... one session is not */
	assert_int_equal(r.total.figures[1].value, 3);
	assert_int_equal(r.overlap[1].value, 0);

	q.by[0] = DIM_POST; /* a session is both posts' */
	r = run(&w, &q);
	assert_int_equal(row1(&r, word(&w, "det"))->figures[1].value, 3);
	assert_int_equal(r.sum[1].value, 6);
	assert_int_equal(r.overlap[1].value, 3);

	q.by[0] = DIM_STATE;
	r = run(&w, &q);
	assert_int_equal(row1(&r, word(&w, "IL"))->figures[1].value, 1);
	assert_int_equal(row1(&r, word(&w, "IN"))->figures[1].value, 2);
	assert_int_equal(r.overlap[0].value, 1); /* the event stands in two states */
	assert_int_equal(r.overlap[1].value, 0); /* a session in one */

	q.from = q.to = 2024; /* the bounds ask the session's year, not its event's */
	r = run(&w, &q);
	assert_int_equal(r.row_count, 1);
	assert_int_equal(r.total.figures[0].value, 0);
	assert_int_equal(r.total.figures[1].value, 1);
	world_fini(&w);
}

static void
test_query__sessions_of_what_does_not_count_or_hold_are_left_out(void **state)
{
	struct world w;
	struct query q = ask();

	(void)state;
	world_init(&w);
	say(&w, 0,
	    (struct said){ .fy = 2023, .session_facts = 1, .flags = FACT_WITHDRAWN });
	say(&w, 1, (struct said){ .fy = 2023, .session_facts = 1, .flags = FACT_MERGED });
	say(&w, 2, (struct said){ .fy = 2023, .session_facts = 2 });
	sit(&w, 0, "IL", 2023, 2023, 5);
	sit(&w, 1, "IL", 2023, 2023, 5);
	sit(&w, 2, "IL", 2023, 2023, 5)->from_pos = 101;
	sit(&w, 2, "IL", 2023, 2023, 6)->to_pos = 100;
	measure_only(&q, MEASURE_SESSIONS);
	struct query_result r = run(&w, &q);
	assert_int_equal(r.total.figures[0].value, 0);
	assert_int_equal(r.total.figures[0].not_stated, 0);
	q.position = 101;
	assert_int_equal(run(&w, &q).total.figures[0].value, 1);
	q.position = 99;
	assert_int_equal(run(&w, &q).total.figures[0].value, 1);
	world_fini(&w);
}

static void
test_query__an_event_without_sessions_adds_the_number_it_states(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_MONTH);

	(void)state;
	world_init(&w);
	say(&w, 0, (struct said){ .months = "2023-09", .fy = 2023, .session_facts = 1 });
	sit(&w, 0, "TN", 2023, 2023, 9);
	say(&w, 1,
	    (struct said){ .months = "2023-09,2023-10",
			   .fy = 2023,
			   .sessions = { 6, BOUND_ABOUT } });
	say(&w, 2, (struct said){ .months = "2023-10", .fy = 2023 });
	measure_only(&q, MEASURE_SESSIONS);
	struct query_result r = run(&w, &q);
	const struct query_row *september = row1(&r, month(2023, 9));
	const struct query_row *october = row1(&r, month(2023, 10));
	assert_int_equal(september->figures[0].value, 7);
	assert_int_equal(september->figures[0].bound, BOUND_ABOUT);
	assert_int_equal(september->figures[0].not_stated, 0);
	assert_int_equal(october->figures[0].value, 6);
	assert_int_equal(october->figures[0].not_stated, 1);
	CHECK_TOTALS(r, 13, 6, 7);
	assert_int_equal(r.total.figures[0].bound, BOUND_ABOUT);
	assert_int_equal(r.total.figures[0].not_stated, 1);
	world_fini(&w);
}

/* ---- Quantities. */

static void
test_query__the_weakest_bound_is_carried_into_the_sum(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_POST);

	(void)state;
	world_init(&w);
	say(&w, 0,
	    (struct said){ .posts = "chi",
			   .participants = { 50, BOUND_EXACT },
			   .planned = { 1000, BOUND_EXACT } });
	say(&w, 1,
	    (struct said){ .posts = "chi,sea",
			   .participants = { 100, BOUND_ABOUT },
			   .spent = { 700, BOUND_AT_LEAST } });
	say(&w, 2,
	    (struct said){ .posts = "sea", .participants = { 30, BOUND_AT_LEAST } });
	say(&w, 3, (struct said){ .posts = "sea" });
	measure_only(&q, MEASURE_PARTICIPANTS);
	q.measures[q.measure_count++] = MEASURE_BUDGET_PLANNED;
	q.measures[q.measure_count++] = MEASURE_BUDGET_SPENT;
	struct query_result r = run(&w, &q);
	const struct query_row *chi = row1(&r, word(&w, "chi"));
	const struct query_row *sea = row1(&r, word(&w, "sea"));
	assert_int_equal(chi->figures[0].value, 150);
	assert_int_equal(chi->figures[0].bound, BOUND_ABOUT);
	assert_int_equal(sea->figures[0].value, 130);
	assert_int_equal(sea->figures[0].bound, BOUND_AT_LEAST);
	assert_int_equal(sea->figures[0].not_stated, 1);
	CHECK_TOTALS(r, 280, 100, 180);
	assert_int_equal(r.sum[0].bound, BOUND_AT_LEAST);
	assert_int_equal(r.total.figures[0].bound, BOUND_AT_LEAST);
	assert_int_equal(r.total.figures[0].not_stated, 1);
	assert_int_equal(r.total.figures[1].value, 1000);
	assert_int_equal(r.total.figures[1].bound, BOUND_EXACT);
	assert_int_equal(r.total.figures[1].not_stated, 3);
	assert_int_equal(r.sum[1].not_stated, 4); /* of the event of two posts, twice */
	assert_int_equal(r.overlap[1].not_stated, 1);
	assert_int_equal(r.total.figures[2].value, 700);
	assert_int_equal(sea->figures[1].bound, BOUND_NOT_STATED);
	world_fini(&w);
}

static void
test_query__a_sum_beyond_the_largest_number_stays_there(void **state)
{
	struct world w;
	struct query q = ask();

	(void)state;
	world_init(&w);
	say(&w, 0, (struct said){ .spent = { INT64_MAX, BOUND_EXACT } });
	say(&w, 1, (struct said){ .spent = { INT64_MAX, BOUND_EXACT } });
	measure_only(&q, MEASURE_BUDGET_SPENT);
	assert_true(run(&w, &q).total.figures[0].value == INT64_MAX);
	world_fini(&w);
}

/* ---- Limits. */

static void
test_query__more_rows_than_may_be_shown_leave_the_total(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_TOPIC);
	enum { MEMBERS = 600 }; /* 600 topics by 600 pillars are 360,000 rows */
	uint32_t ids[MEMBERS];

	(void)state;
	world_init(&w);
	for (uint32_t i = 0; i < MEMBERS; i++) {
		char text[16];

		snprintf(text, sizeof(text), "w%u", i);
		ids[i] = word(&w, text);
	}
	struct event_fact *f = say(&w, 0, (struct said){ .fy = 2023 });
	f->topics = sets_id(&w.fold.sets, ids, MEMBERS);
	f->pillars = f->topics;
	say(&w, 1, (struct said){ .fy = 2023 });
	struct query_result r = run(&w, &q);
	CHECK_TOTALS(r, MEMBERS + 1, MEMBERS - 1, 2);
	assert_false(r.too_many_rows);
	q.by[q.by_count++] = DIM_PILLAR;
	q.measures[q.measure_count++] = MEASURE_MUNICIPALITIES;
	r = run(&w, &q);
	assert_true(r.too_many_rows);
	assert_int_equal(r.row_count, 0);
	assert_int_equal(r.total.figures[0].value, 2);
	assert_int_equal(r.total.figures[1].not_stated, 2);
	world_fini(&w);
}

static void
test_query__facts_of_many_chunks_are_all_seen(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_FISCAL_YEAR);
	enum { EVENTS = 3000 };

	(void)state;
	world_init(&w);
	for (uint32_t i = 0; i < EVENTS; i++) {
		say(&w, i, (struct said){ .fy = 2000 + (int)(i % 3), .posts = "chi" });
	}
	assert_true(w.fold.facts.chunk_count > 4);
	struct query_result r = run(&w, &q);
	assert_int_equal(r.row_count, 3);
	assert_int_equal(r.rows[2].figures[0].value, EVENTS / 3);
	CHECK_TOTALS(r, EVENTS, 0, EVENTS);
	world_fini(&w);
}

static void
test_query__names_are_read_back(void **state)
{
	(void)state;
	for (unsigned d = 0; d < DIM_COUNT; d++) {
		const char *name = dimension_name((enum dimension)d);

		assert_int_equal(dimension_of(slice_str(name)), d);
	}
	for (unsigned m = 0; m < MEASURE_COUNT; m++) {
		assert_int_equal(measure_of(slice_str(measure_name((enum measure)m))), m);
	}
	assert_int_equal(dimension_of(slice_str("years")), DIM_COUNT);
	assert_int_equal(measure_of(slice_str("")), MEASURE_COUNT);
	assert_string_equal(dimension_name(DIM_FISCAL_YEAR), "fy");
	assert_string_equal(measure_name(MEASURE_BUDGET_SPENT), "budget_spent");
	assert_true(dimension_is_set(DIM_TOPIC));
	assert_false(dimension_is_set(DIM_FRAME));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_query__a_webinar_of_two_posts_counts_once_nationally_and_once_in_each),
		cmocka_unit_test(
			test_query__by_state_a_caravan_stands_in_three_and_buckets_come_last),
		cmocka_unit_test(
			test_query__by_month_an_event_counts_in_every_month_of_its_dates),
		cmocka_unit_test(
			test_query__seven_municipalities_and_two_events_that_do_not_say),
		cmocka_unit_test(
			test_query__a_caravans_municipalities_count_in_the_states_where_they_lie),
		cmocka_unit_test(
			test_query__a_municipality_in_no_state_of_its_event_counts_like_the_event),
		cmocka_unit_test(
			test_query__municipalities_are_distinct_in_each_row_and_nationally),
		cmocka_unit_test(
			test_query__only_held_events_are_in_figures_and_others_have_columns),
		cmocka_unit_test(
			test_query__grouped_by_status_the_others_are_seen_but_in_no_figure),
		cmocka_unit_test(
			test_query__a_fact_holds_from_its_first_position_up_to_the_next_version),
		cmocka_unit_test(test_query__the_rule_chooses_year_month_and_boundary),
		cmocka_unit_test(
			test_query__a_year_that_is_not_stated_has_a_bucket_and_lies_in_no_bounds),
		cmocka_unit_test(test_query__by_two_sets_an_event_stands_in_every_pair),
		cmocka_unit_test(
			test_query__a_filter_on_the_grouped_dimension_leaves_its_keys_rows),
		cmocka_unit_test(test_query__all_filters_match_by_any_of_their_keys),
		cmocka_unit_test(
			test_query__not_stated_is_one_row_of_states_by_either_name),
		cmocka_unit_test(
			test_query__an_event_that_no_post_confirmed_counts_in_a_row_of_its_own),
		cmocka_unit_test(
			test_query__a_grouping_or_measure_asked_twice_answers_twice),
		cmocka_unit_test(
			test_query__a_session_counts_in_its_own_year_month_and_state),
		cmocka_unit_test(
			test_query__sessions_of_what_does_not_count_or_hold_are_left_out),
		cmocka_unit_test(
			test_query__an_event_without_sessions_adds_the_number_it_states),
		cmocka_unit_test(test_query__the_weakest_bound_is_carried_into_the_sum),
		cmocka_unit_test(test_query__a_sum_beyond_the_largest_number_stays_there),
		cmocka_unit_test(test_query__more_rows_than_may_be_shown_leave_the_total),
		cmocka_unit_test(test_query__facts_of_many_chunks_are_all_seen),
		cmocka_unit_test(test_query__names_are_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
