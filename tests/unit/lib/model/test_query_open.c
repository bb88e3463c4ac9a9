#include "unit/lib/model/query_world.h"

static size_t
open_all(struct world *w, const struct query *q, struct opened_row **ret_rows)
{
	return query_open(&w->fold, q, &w->arena, ret_rows);
}

#define CHECK_OPENED(row, why, ev, rec)                                                  \
	do {                                                                             \
		assert_string_equal(opened_name((row).opened), why);                     \
		assert_int_equal((row).event, ev);                                       \
		assert_int_equal((row).record, rec);                                     \
	} while (0)

/* A record that the fold gave a verdict; 'event' may be UINT32_MAX. */
static uint32_t
record(struct world *w, uint32_t body, enum fold_verdict verdict, uint32_t event)
{
	struct record_row *r = table_add(&w->fold.records);

	r->body = body;
	r->verdict = (uint8_t)verdict;
	r->event1 = event + 1;
	return w->fold.records.count - 1;
}

static void
test_query_open__counted_events_stand_with_the_keys_they_count_under(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_POST);
	struct opened_row *rows;

	(void)state;
	world_init(&w);
	say_paper(&w);
	q.by[q.by_count++] = DIM_MONTH;
	assert_int_equal(open_all(&w, &q, &rows), 4);
	CHECK_OPENED(rows[0], "counted", 0, 0);
	assert_int_equal(rows[0].fact, 0);
	assert_int_equal(rows[0].key_counts[0], 2);
	assert_int_equal(rows[0].keys[0][0], word(&w, "sfo"));
	assert_int_equal(rows[0].keys[0][1], word(&w, "lax"));
	assert_int_equal(rows[0].key_counts[1], 1);
	CHECK_OPENED(rows[3], "counted", 3, 3);
	assert_int_equal(rows[3].key_counts[0], 1);
	assert_int_equal(rows[3].key_counts[1], 3);
	assert_int_equal(rows[3].keys[1][2], month(2024, 3));

	/* Keys that a filter does not name are none it counts under. */
	uint32_t lax[] = { word(&w, "lax") };
	filter(&q, DIM_POST, lax, 1);
	assert_int_equal(open_all(&w, &q, &rows), 1);
	assert_int_equal(rows[0].key_counts[0], 1);
	assert_int_equal(rows[0].keys[0][0], lax[0]);
	world_fini(&w);
}

static void
test_query_open__what_is_left_out_says_why_and_comes_after(void **state)
{
	struct world w;
	struct query q = ask();
	struct opened_row *rows;

	(void)state;
	world_init(&w);
	say(&w, 0, (struct said){ .from = 9, .fy = 2023 });
	say(&w, 1, (struct said){ .from = 8, .fy = 2023, .flags = FACT_MERGED });
	say(&w, 2, (struct said){ .from = 7, .fy = 2023, .flags = FACT_WITHDRAWN });
	say(&w, 3, (struct said){ .from = 6, .fy = 2023, .status = STATUS_CANCELLED });
	say(&w, 4, (struct said){ .from = 5, .fy = 2023, .status = STATUS_PLANNED });
	say(&w, 5, (struct said){ .from = 4, .fy = 2023 });
	say(&w, 6, (struct said){ .from = 3, .fy = 2022 });
	say(&w, 7, (struct said){ .from = 2, .to = 50, .fy = 2023 });
	q.from = q.to = 2023;
	assert_int_equal(open_all(&w, &q, &rows), 6);
	CHECK_OPENED(rows[0], "counted", 5, 3); /* the order of the log */
	CHECK_OPENED(rows[1], "counted", 0, 8);
	CHECK_OPENED(rows[2], "not_held", 4, 4);
	CHECK_OPENED(rows[3], "not_held", 3, 5);
	CHECK_OPENED(rows[4], "withdrawn", 2, 6);
	CHECK_OPENED(rows[5], "merged", 1, 7);
	q.position = 49;
	assert_int_equal(open_all(&w, &q, &rows), 7);
	CHECK_OPENED(rows[0], "counted", 7, 1);
	world_fini(&w);
}

static void
test_query_open__a_cohost_that_has_not_confirmed_is_named(void **state)
{
	struct world w;
	struct query q = ask();
	struct opened_row *rows;

	(void)state;
	world_init(&w);
	say(&w, 0,
	    (struct said){ .posts = "sfo",
			   .named = "sfo,lax,sea",
			   .fy = 2023,
			   .flags = FACT_UNCONFIRMED });
	say(&w, 1, (struct said){ .posts = "lax", .fy = 2023 });
	say(&w, 2, (struct said){ .named = "lax", .status = STATUS_PLANNED });
	/* Nationally it counts, whoever held it. */
	assert_int_equal(open_all(&w, &q, &rows), 3);
	CHECK_OPENED(rows[2], "not_held", 2, 0);

	q = ask_by(DIM_POST);
	assert_int_equal(open_all(&w, &q, &rows), 4);
	CHECK_OPENED(rows[0], "counted", 0, 0);
	assert_int_equal(rows[0].key_counts[0], 1);
	CHECK_OPENED(rows[3], "unconfirmed_cohost", 0, 0);
	assert_int_equal(rows[3].key_counts[0], 2);
	assert_int_equal(rows[3].keys[0][0], word(&w, "lax"));
	assert_int_equal(rows[3].keys[0][1], word(&w, "sea"));

	/* For lax alone, only its own counts. */
	uint32_t lax[] = { word(&w, "lax") };
	q = ask_by(DIM_POST);
	filter(&q, DIM_POST, lax, 1);
	assert_int_equal(open_all(&w, &q, &rows), 2);
	CHECK_OPENED(rows[0], "counted", 1, 0);
	CHECK_OPENED(rows[1], "unconfirmed_cohost", 0, 0);
	assert_int_equal(rows[1].key_counts[0], 1);
	assert_int_equal(rows[1].keys[0][0], lax[0]);
	assert_int_equal(run(&w, &q).total.figures[0].value, 1);

	q.from = q.to = 2024; /* other filters hold for it as well */
	assert_int_equal(open_all(&w, &q, &rows), 0);
	world_fini(&w);
}

static void
test_query_open__refused_revisions_are_listed_as_their_event_is(void **state)
{
	struct world w;
	struct query q = ask();
	struct opened_row *rows;

	(void)state;
	world_init(&w);
	uint32_t counts = record(&w, BODY_EVENT_REVISION, VERDICT_COUNTS, 0);
	uint32_t foreign = record(&w, BODY_EVENT_REVISION, VERDICT_FOREIGN_EVENT, 0);
	record(&w, BODY_COHOST_ANSWER, VERDICT_FORBIDDEN, 0); /* no revision */
	record(&w, BODY_EVENT_REVISION, VERDICT_REPEAT, 0);   /* without effect */
	uint32_t stolen = record(&w, BODY_EVENT_REVISION, VERDICT_STOLEN, 1);
	uint32_t unknown =
		record(&w, BODY_EVENT_REVISION, VERDICT_UNKNOWN_NODE, UINT32_MAX);
	uint32_t branch = record(&w, BODY_EVENT_REVISION, VERDICT_CONFLICT, 0);
	struct node_row *node = table_add(&w.fold.nodes);
	node->posts = set(&w, "sea");
	((struct record_row *)table_mut(&w.fold.records, stolen))->node1 = 1;
	say(&w, 0, (struct said){ .posts = "chi", .fy = 2023, .head_record = counts });
	say(&w, 1, (struct said){ .from = 200 }); /* no fact yet at the position */

	assert_int_equal(open_all(&w, &q, &rows), 5);
	CHECK_OPENED(rows[0], "counted", 0, counts);
	CHECK_OPENED(rows[1], "refused", 0, foreign);
	assert_int_equal(rows[1].fact, UINT32_MAX);
	CHECK_OPENED(rows[2], "refused", 1, stolen);
	CHECK_OPENED(rows[3], "refused", UINT32_MAX, unknown);
	CHECK_OPENED(rows[4], "refused", 0, branch);

	q.position = stolen; /* row = position - 1: it has not come yet */
	assert_int_equal(open_all(&w, &q, &rows), 2);
	q.position = 100;

	/* Of another year: what is known to be of 2023 is not asked for. */
	q.from = q.to = 2022;
	assert_int_equal(open_all(&w, &q, &rows), 2);
	CHECK_OPENED(rows[0], "refused", 1, stolen);
	CHECK_OPENED(rows[1], "refused", UINT32_MAX, unknown);

	/* Of a post: who said it is known, where its node is. */
	uint32_t chi[] = { word(&w, "chi") };
	uint32_t sea[] = { word(&w, "sea") };
	q = ask();
	filter(&q, DIM_POST, chi, 1);
	assert_int_equal(open_all(&w, &q, &rows), 4);
	CHECK_OPENED(rows[2], "refused", UINT32_MAX, unknown);
	q = ask();
	filter(&q, DIM_POST, sea, 1);
	assert_int_equal(open_all(&w, &q, &rows), 2);
	CHECK_OPENED(rows[0], "refused", 1, stolen);
	world_fini(&w);
}

static void
test_query_open__a_head_that_was_found_bad_later_counts_where_it_did(void **state)
{
	struct world w;
	struct query q = ask();
	struct opened_row *rows;

	(void)state;
	world_init(&w);
	uint32_t head = record(&w, BODY_EVENT_REVISION, VERDICT_STOLEN, 0);
	say(&w, 0, (struct said){ .from = 1, .to = 50, .head_record = head });
	q.position = 49;
	assert_int_equal(open_all(&w, &q, &rows), 1);
	CHECK_OPENED(rows[0], "counted", 0, head);
	q.position = 50;
	assert_int_equal(open_all(&w, &q, &rows), 1);
	CHECK_OPENED(rows[0], "refused", 0, head);
	world_fini(&w);
}

static void
test_query_open__a_page_is_a_part_of_the_whole(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_POST);
	struct opened_row *all, *page;
	size_t count, of;

	(void)state;
	world_init(&w);
	say_paper(&w);
	say(&w, 4, (struct said){ .from = 1, .status = STATUS_PLANNED });
	count = open_all(&w, &q, &all);
	assert_int_equal(count, 5);
	for (size_t skip = 0; skip <= count + 1; skip++) {
		size_t n = query_open_page(&w.fold, &q, skip, 2, &w.arena, &page, &of);

		assert_int_equal(of, count);
		assert_int_equal(n, skip + 2 <= count ? 2 : skip < count ? 1 : 0);
		for (size_t i = 0; i < n; i++) {
			assert_memory_equal(&page[i], &all[skip + i], sizeof(page[i]));
		}
	}
	world_fini(&w);
}

static void
test_query_open__more_keys_than_are_listed_are_counted(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_TOPIC);
	struct opened_row *rows;

	(void)state;
	world_init(&w);
	say(&w, 0, (struct said){ .topics = "a,b,c,d,e,f,g,h,i,j" });
	assert_int_equal(open_all(&w, &q, &rows), 1);
	assert_int_equal(rows[0].key_counts[0], 10);
	assert_int_equal(rows[0].keys[0][OPENED_MAX_KEYS - 1], word(&w, "h"));
	world_fini(&w);
}

static void
test_query_open__a_session_in_the_bounds_brings_its_event(void **state)
{
	struct world w;
	struct query q = ask_by(DIM_STATE);
	struct opened_row *rows;

	(void)state;
	world_init(&w);
	/* The event is 2023's; its second session is not. */
	say(&w, 0, (struct said){ .states = "IL,IN", .fy = 2023, .session_facts = 2 });
	sit(&w, 0, "IL", 2023, 2024, 3);
	sit(&w, 0, "IN", 2024, 2024, 4);
	say(&w, 1, (struct said){ .from = 2, .states = "TN", .fy = 2024 });
	q.by[q.by_count++] = DIM_FISCAL_YEAR;
	q.from = q.to = 2024;
	assert_int_equal(open_all(&w, &q, &rows), 1);
	CHECK_OPENED(rows[0], "counted", 1, 1);

	measure_only(&q, MEASURE_SESSIONS);
	assert_int_equal(open_all(&w, &q, &rows), 2);
	CHECK_OPENED(rows[0], "counted", 0, 0);
	assert_int_equal(rows[0].key_counts[0], 1);
	assert_int_equal(rows[0].keys[0][0], word(&w, "IN"));
	assert_int_equal(rows[0].keys[1][0], year_key(2024));

	/* Without bounds it is listed once, with its own keys and its sessions'. */
	q.from = q.to = FISCAL_YEAR_NONE;
	assert_int_equal(open_all(&w, &q, &rows), 2);
	CHECK_OPENED(rows[0], "counted", 0, 0);
	assert_int_equal(rows[0].key_counts[0], 2);
	assert_int_equal(rows[0].key_counts[1], 2);
	assert_int_equal(rows[0].keys[1][0], year_key(2023));
	assert_int_equal(rows[0].keys[1][1], year_key(2024));
	world_fini(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_query_open__counted_events_stand_with_the_keys_they_count_under),
		cmocka_unit_test(
			test_query_open__what_is_left_out_says_why_and_comes_after),
		cmocka_unit_test(
			test_query_open__a_cohost_that_has_not_confirmed_is_named),
		cmocka_unit_test(
			test_query_open__refused_revisions_are_listed_as_their_event_is),
		cmocka_unit_test(
			test_query_open__a_head_that_was_found_bad_later_counts_where_it_did),
		cmocka_unit_test(test_query_open__a_page_is_a_part_of_the_whole),
		cmocka_unit_test(test_query_open__more_keys_than_are_listed_are_counted),
		cmocka_unit_test(
			test_query_open__a_session_in_the_bounds_brings_its_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
