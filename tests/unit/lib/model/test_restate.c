/* What changed between two positions, held against the figures at every position. */
#include "unit/lib/model/query_random.h"

#include "lib/model/restate.h"

enum { MAX_CELLS = 60000 };

/* A table of figures, cell by cell: zeros are left out. */
struct cell {
	uint32_t keys[QUERY_MAX_DIMENSIONS];
	bool total;
	unsigned column;
	struct query_figure figure;
};

struct cells {
	struct cell at[MAX_CELLS];
	size_t count;
};

static bool
is_zero(const struct query_figure *f)
{
	return f->value == 0 && f->not_stated == 0 && f->bound == BOUND_EXACT;
}

static void
check_figure(const struct query_figure *got, const struct query_figure *want)
{
	assert_int_equal(got->value, want->value);
	assert_int_equal(got->bound, want->bound);
	assert_int_equal(got->not_stated, want->not_stated);
}

static struct cell *
find(struct cells *cells, const uint32_t *keys, bool total, unsigned column)
{
	for (size_t i = 0; i < cells->count; i++) {
		struct cell *c = &cells->at[i];

		if (c->total == total && c->column == column &&
		    (total || memcmp(c->keys, keys, sizeof(c->keys)) == 0)) {
			return c;
		}
	}
	assert_true(cells->count < MAX_CELLS);
	struct cell *new = &cells->at[cells->count++];
	*new = (struct cell){ .total = total,
			      .column = column,
			      .figure = { .bound = BOUND_EXACT } };
	memcpy(new->keys, keys, sizeof(new->keys));
	return new;
}

static void
put_row(struct cells *cells, const struct query *q, const struct query_row *row,
	bool total)
{
	const uint64_t extras[RUNNING_EXTRAS] = {
		[RUNNING_PROVISIONAL] = row->provisional,
		[RUNNING_BOUNDARY] = row->boundary,
		[RUNNING_PLANNED] = row->planned,
		[RUNNING_POSTPONED] = row->postponed,
		[RUNNING_CANCELLED] = row->cancelled,
	};

	for (unsigned m = 0; m < q->measure_count; m++) {
		find(cells, row->keys, total, m)->figure = row->figures[m];
	}
	for (unsigned i = 0; i < RUNNING_EXTRAS; i++) {
		find(cells, row->keys, total, q->measure_count + i)->figure.value =
			(int64_t)extras[i];
	}
}

static void
read_at(struct world *w, const struct query *asked, uint64_t position, struct cells *ret)
{
	struct query q = *asked;

	q.position = position;
	struct query_result r = run(w, &q);
	assert_false(r.too_many_rows);
	ret->count = 0;
	put_row(ret, &q, &r.total, true);
	for (size_t i = 0; i < r.row_count; i++) {
		put_row(ret, &q, &r.rows[i], false);
	}
}

/* Each changed cell was what it is said to have been. */
static void
apply(struct cells *cells, const struct restate_entry *entry, unsigned query)
{
	for (size_t i = 0; i < entry->cell_count; i++) {
		const struct running_change *is = &entry->cells[i].is;

		if (entry->cells[i].query == query) {
			struct cell *c = find(cells, is->keys, is->total, is->column);

			check_figure(&is->before, &c->figure);
			c->figure = is->after;
		}
	}
}

static void
check_same(struct cells *got, struct cells *want)
{
	for (size_t i = 0; i < want->count; i++) {
		const struct cell *c = &want->at[i];

		check_figure(&find(got, c->keys, c->total, c->column)->figure,
			     &c->figure);
	}
	for (size_t i = 0; i < got->count; i++) {
		const struct cell *c = &got->at[i];

		if (!is_zero(&c->figure)) {
			check_figure(&find(want, c->keys, c->total, c->column)->figure,
				     &c->figure);
		}
	}
}

/* All of the list, in pages of 'limit'. */
static size_t
check_list(struct world *w, const struct query *queries, unsigned count, uint64_t from,
	   uint64_t to, size_t limit)
{
	static struct cells now, want;
	struct restate_ask asked = {
		.queries = queries, .query_count = count, .from = from, .to = to
	};
	struct restate_result r;
	size_t entries = 0;

	for (unsigned q = 0; q < count; q++) {
		uint64_t last = from;

		read_at(w, &queries[q], from, &now);
		asked.from = from;
		do {
			restate_list(&w->fold, &asked, limit, &w->arena, &r);
			assert_false(r.too_many_rows);
			assert_true(r.count <= limit);
			for (size_t i = 0; i < r.count; i++) {
				const struct restate_entry *entry = &r.entries[i];

				assert_true(entry->position > last);
				/* Nothing happened in between. */
				read_at(w, &queries[q], entry->position - 1, &want);
				check_same(&now, &want);
				apply(&now, entry, q);
				read_at(w, &queries[q], entry->position, &want);
				check_same(&now, &want);
				check_figure(
					&entry->totals[q],
					&find(&want, now.at[0].keys, true, 0)->figure);
				assert_true(entry->all_events != 0);
				last = entry->position;
				entries++;
			}
			asked.from = r.next;
		} while (r.next != 0);
		read_at(w, &queries[q], to, &want);
		check_same(&now, &want);
	}
	return entries;
}

static void
check_whole(struct world *w, const struct query *queries, unsigned count, uint64_t from,
	    uint64_t to)
{
	static struct cells now, want;
	struct restate_ask asked = {
		.queries = queries, .query_count = count, .from = from, .to = to
	};
	struct restate_result r;

	restate_whole(&w->fold, &asked, &w->arena, &r);
	assert_int_equal(r.count, 1);
	for (unsigned q = 0; q < count; q++) {
		read_at(w, &queries[q], from, &now);
		check_figure(&r.totals[q], &find(&now, now.at[0].keys, true, 0)->figure);
		apply(&now, &r.entries[0], q);
		read_at(w, &queries[q], to, &want);
		check_same(&now, &want);
	}
}

static void
test_restate__listed_changes_lead_from_one_position_to_the_other(void **state)
{
	size_t entries = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 12; seed++) {
		struct rng rng = { .state = seed };
		struct vocabulary v;
		struct world w;

		world_init(&w);
		make_vocabulary(&w, &v);
		make_events(&w, &rng, &v);
		for (unsigned i = 0; i < 12; i++) {
			uint32_t keys[2][3][3];
			struct query queries[2] = { make_query(&rng, &v, keys[0]),
						    make_query(&rng, &v, keys[1]) };
			uint64_t from = 1 + rng_below(&rng, POSITIONS);
			uint64_t to = from + rng_below(&rng, POSITIONS);
			size_t limit = 1 + rng_below(&rng, 9);

			queries[1].rule = queries[0].rule;
			for (unsigned q = 0; q < 2; q++) { /* rows few enough to read */
				unsigned by = queries[q].by_count;

				queries[q].by_count = by < 2 ? by : 2;
			}
			entries += check_list(&w, queries, 2, from, to, limit);
			check_whole(&w, queries, 2, from, to);
			arena_reset(&w.arena);
		}
		world_fini(&w);
	}
	assert_true(entries > 1000);
}

static const struct restate_entry *
only(struct world *w, const struct query *q, uint64_t from, uint64_t to)
{
	struct restate_ask asked = {
		.queries = q, .query_count = 1, .from = from, .to = to
	};
	struct restate_result r;

	restate_list(&w->fold, &asked, 10, &w->arena, &r);
	assert_int_equal(r.count, 1);
	assert_int_equal(r.next, 0);
	return &r.entries[0];
}

static void
test_restate__an_event_that_moves_leaves_one_row_and_enters_another(void **state)
{
	struct query q = ask_by(DIM_POST);
	struct world w;

	(void)state;
	world_init(&w);
	say(&w, 0, (struct said){ .to = 5, .posts = "sfo", .fy = 2023 });
	say(&w, 0, (struct said){ .from = 5, .posts = "lax", .fy = 2023 });
	const struct restate_entry *e = only(&w, &q, 4, 9);
	assert_int_equal(e->position, 5);
	assert_int_equal(e->all_events, 1);
	assert_int_equal(e->events[0].event, 0);
	assert_int_equal(e->events[0].fact, 1);
	assert_int_equal(e->events[0].changed, 1u << RESTATE_POST);
	assert_int_equal(e->cell_count, 2); /* the national total is as it was */
	assert_int_equal(e->cells[0].is.keys[0], word(&w, "lax"));
	assert_int_equal(e->cells[0].is.before.value, 0);
	assert_int_equal(e->cells[0].is.after.value, 1);
	assert_int_equal(e->cells[1].is.keys[0], word(&w, "sfo"));
	assert_int_equal(e->cells[1].is.after.value, 0);
	world_fini(&w);
}

static void
test_restate__what_no_figure_shows_is_not_listed(void **state)
{
	struct query q = ask();
	struct restate_ask asked = {
		.queries = &q, .query_count = 1, .from = 1, .to = 9
	};
	struct restate_result r;
	struct world w;

	(void)state;
	world_init(&w);
	q.from = q.to = 2023;
	say(&w, 0, (struct said){ .to = 3, .fy = 2023, .posts = "sfo" });
	say(&w, 0, (struct said){ .from = 3, .fy = 2023, .posts = "lax" });
	say(&w, 1, (struct said){ .from = 4, .fy = 2022 }); /* of another year */
	say(&w, 2, (struct said){ .from = 5, .fy = 2023, .flags = FACT_WITHDRAWN });
	restate_list(&w.fold, &asked, 10, &w.arena, &r);
	assert_int_equal(r.count, 0);
	assert_int_equal(r.next, 0);
	restate_whole(&w.fold, &asked, &w.arena, &r);
	assert_int_equal(r.entries[0].cell_count, 0);
	world_fini(&w);
}

static void
test_restate__one_record_may_change_many_events(void **state)
{
	struct query q = ask();
	struct world w;

	(void)state;
	world_init(&w);
	for (uint32_t i = 0; i < 50; i++) {
		/* A change of the reference data makes every fact anew: it is told of
		 * those that it changed. */
		say(&w, i, (struct said){ .to = 7, .fy = 2023 });
		say(&w, i,
		    (struct said){
			    .from = 7, .fy = 2023 + (i % 2 == 0), .states = "TN" });
	}
	measure_only(&q, MEASURE_EVENTS);
	q.from = q.to = 2023;
	const struct restate_entry *e = only(&w, &q, 6, 7);
	assert_int_equal(e->all_events, 50);
	assert_int_equal(e->event_count, RESTATE_MAX_EVENTS);
	assert_int_equal(e->cell_count, 1);
	assert_true(e->cells[0].is.total);
	assert_int_equal(e->cells[0].is.before.value, 50);
	assert_int_equal(e->cells[0].is.after.value, 25);
	world_fini(&w);
}

static void
test_restate__a_published_figure_is_listed_without_any_event(void **state)
{
	struct query q = ask();
	struct restate_ask asked = {
		.queries = &q, .query_count = 1, .from = 1, .to = 9
	};
	struct restate_result r;
	struct world w;

	(void)state;
	world_init(&w);
	say(&w, 0, (struct said){ .fy = 2023 });
	publish(&w, "events", 2023, 2023, 73)->to_pos = 4;
	publish(&w, "events", 2023, 2023, 74)->from_pos = 4;
	publish(&w, "events", 2022, 2022, 70)->from_pos = 6; /* not asked for */
	asked.figures = (const uint32_t[]){ 0, 1 };
	asked.figure_count = 2;
	restate_list(&w.fold, &asked, 10, &w.arena, &r);
	assert_int_equal(r.count, 1);
	assert_int_equal(r.entries[0].position, 4);
	assert_int_equal(r.entries[0].cell_count, 0);
	assert_int_equal(r.entries[0].all_events, 0);
	assert_int_equal(r.entries[0].totals[0].value, 1);
	world_fini(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_restate__listed_changes_lead_from_one_position_to_the_other),
		cmocka_unit_test(
			test_restate__an_event_that_moves_leaves_one_row_and_enters_another),
		cmocka_unit_test(test_restate__what_no_figure_shows_is_not_listed),
		cmocka_unit_test(test_restate__one_record_may_change_many_events),
		cmocka_unit_test(
			test_restate__a_published_figure_is_listed_without_any_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
