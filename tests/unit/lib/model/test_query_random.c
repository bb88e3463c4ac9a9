/* The query against a slow loop that shares nothing with it but the facts: a list of
 * rows, looked through from its beginning for every event and every combination. */
#include "unit/lib/model/query_random.h"

enum { MAX_ROWS = 4000 };

struct naive_row {
	uint32_t keys[QUERY_MAX_DIMENSIONS];
	struct query_figure figures[MEASURE_COUNT];
	uint64_t provisional, boundary, planned, postponed, cancelled;
	bool towns[TOWNS];
};

struct naive {
	struct naive_row rows[MAX_ROWS];
	size_t count;
	struct naive_row total;
	uint64_t unconfirmed;
};

struct keys {
	uint32_t at[MAX_KEYS];
	unsigned count;
};

/* ---- The slow loop. */

static uint32_t
state_key(uint32_t key)
{
	return key == 0 ? STATE_NOT_STATED : key;
}

static struct keys
keys_of_set(const struct world *w, uint32_t id)
{
	struct keys keys = { .count = 1 };
	unsigned n;
	const uint32_t *at = sets_at(&w->fold.sets, id, &n);

	assert_true(n <= MAX_KEYS);
	for (unsigned i = 0; i < n; i++) {
		keys.at[i] = at[i];
	}
	keys.count = n != 0 ? n : 1;
	return keys;
}

static struct keys
one_key(uint32_t key)
{
	return (struct keys){ .at = { key }, .count = 1 };
}

/* The keys of an event, or of a session of it. */
static struct keys
keys_of(const struct world *w, enum dimension dimension, enum date_rule rule,
	const struct event_fact *f, const struct session_fact *s)
{
	struct keys keys;

	switch (dimension) {
	case DIM_FISCAL_YEAR:
		return one_key((uint32_t)(32768 + (s != NULL ? s->fiscal_year[rule]
							     : f->fiscal_year[rule])));
	case DIM_MONTH:
		return s != NULL ? one_key(s->month[rule])
				 : keys_of_set(w, f->months[rule]);
	case DIM_POST:
		return keys_of_set(w, f->posts);
	case DIM_STATE:
		keys = s != NULL ? one_key(s->state) : keys_of_set(w, f->states);
		for (unsigned i = 0; i < keys.count; i++) {
			keys.at[i] = state_key(keys.at[i]);
		}
		return keys;
	case DIM_CATEGORY:
		return one_key(f->category);
	case DIM_PILLAR:
		return keys_of_set(w, f->pillars);
	case DIM_FORMAT:
		return one_key(f->format);
	case DIM_TOPIC:
		return keys_of_set(w, f->topics);
	case DIM_FRAME:
		return one_key(f->frame);
	default:
		return one_key(s != NULL ? s->status : f->status);
	}
}

static bool
named_by(const struct query_filter *filter, uint32_t key)
{
	for (size_t i = 0; i < filter->key_count; i++) {
		uint32_t named = filter->keys[i];

		if ((filter->dimension == DIM_STATE ? state_key(named) : named) == key) {
			return true;
		}
	}
	return false;
}

static bool
matches(const struct world *w, const struct query *q, const struct event_fact *f,
	const struct session_fact *s)
{
	int16_t year = s != NULL ? s->fiscal_year[q->rule] : f->fiscal_year[q->rule];

	if (q->from != FISCAL_YEAR_NONE || q->to != FISCAL_YEAR_NONE) {
		if (year == FISCAL_YEAR_NONE ||
		    (q->from != FISCAL_YEAR_NONE && year < q->from) ||
		    (q->to != FISCAL_YEAR_NONE && year > q->to)) {
			return false;
		}
	}
	for (unsigned i = 0; i < q->filter_count; i++) {
		struct keys keys = keys_of(w, q->filters[i].dimension, q->rule, f, s);
		bool any = false;

		for (unsigned k = 0; k < keys.count; k++) {
			any = any || named_by(&q->filters[i], keys.at[k]);
		}
		if (!any) {
			return false;
		}
	}
	return true;
}

/* Is the key in no filter of its dimension, though there are some? */
static bool
is_hidden(const struct query *q, enum dimension dimension, uint32_t key)
{
	bool filtered = false;

	for (unsigned i = 0; i < q->filter_count; i++) {
		if (q->filters[i].dimension == dimension) {
			filtered = true;
			if (named_by(&q->filters[i], key)) {
				return false;
			}
		}
	}
	return filtered;
}

static struct naive_row *
find_row(struct naive *n, const uint32_t *keys)
{
	for (size_t i = 0; i < n->count; i++) {
		if (memcmp(n->rows[i].keys, keys, sizeof(n->rows[i].keys)) == 0) {
			return &n->rows[i];
		}
	}
	assert_true(n->count < MAX_ROWS);
	struct naive_row *row = &n->rows[n->count++];
	memset(row, 0, sizeof(*row));
	memcpy(row->keys, keys, sizeof(row->keys));
	return row;
}

static void
add(struct query_figure *figure, int64_t value, unsigned bound)
{
	if (bound == BOUND_NOT_STATED) {
		figure->not_stated++;
	} else {
		figure->value += value;
		figure->bound = bound > figure->bound ? (enum bound)bound : figure->bound;
	}
}

static void
add_towns(const struct world *w, const struct query *q, const struct vocabulary *v,
	  const struct event_fact *f, bool by_state, struct naive_row *row)
{
	uint32_t row_state = KEY_NONE;

	for (unsigned b = 0; by_state && b < q->by_count; b++) {
		row_state = q->by[b] == DIM_STATE ? row->keys[b] : row_state;
	}
	for (unsigned i = 0; i < TOWNS; i++) {
		uint32_t state = v->town_states[i];

		if (!sets_has(&w->fold.sets, f->municipalities, v->towns[i])) {
			continue;
		}
		if (sets_has(&w->fold.sets, f->states, state) &&
		    (row_state != KEY_NONE ? state != row_state
					   : is_hidden(q, DIM_STATE, state))) {
			continue;
		}
		row->towns[i] = true;
	}
}

/* One event, or one session of it, into a row. */
static void
add_to_row(const struct world *w, const struct query *q, const struct vocabulary *v,
	   const struct event_fact *f, const struct session_fact *s, bool by_state,
	   struct naive_row *row)
{
	row->planned += s == NULL && f->status == STATUS_PLANNED;
	row->postponed += s == NULL && f->status == STATUS_POSTPONED;
	row->cancelled += s == NULL && f->status == STATUS_CANCELLED;
	if (f->status != STATUS_HELD) {
		return;
	}
	row->provisional += s == NULL && (f->flags & FACT_PROVISIONAL) != 0;
	row->boundary += s == NULL &&
			 (f->flags & (q->rule == RULE_LOCAL ? FACT_BOUNDARY_LOCAL
							    : FACT_BOUNDARY_TOKYO)) != 0;
	for (unsigned m = 0; m < q->measure_count; m++) {
		struct query_figure *figure = &row->figures[m];

		if (s != NULL && q->measures[m] == MEASURE_SESSIONS) {
			add(figure, 1, BOUND_EXACT);
		} else if (s == NULL && q->measures[m] == MEASURE_SESSIONS) {
			if (f->session_facts == 0) {
				add(figure, f->stated_sessions, f->sessions_bound);
			}
		} else if (s != NULL) {
			continue;
		} else if (q->measures[m] == MEASURE_EVENTS) {
			add(figure, 1, BOUND_EXACT);
		} else if (q->measures[m] == MEASURE_MUNICIPALITIES) {
			figure->not_stated += f->municipalities == 0;
			add_towns(w, q, v, f, by_state, row);
		} else if (q->measures[m] == MEASURE_PARTICIPANTS) {
			add(figure, f->participants, f->participants_bound);
		} else if (q->measures[m] == MEASURE_BUDGET_PLANNED) {
			add(figure, f->budget_planned, f->planned_bound);
		} else {
			add(figure, f->budget_spent, f->spent_bound);
		}
	}
}

static void
add_everywhere(struct naive *n, const struct world *w, const struct query *q,
	       const struct vocabulary *v, const struct event_fact *f,
	       const struct session_fact *s)
{
	struct keys keys[QUERY_MAX_DIMENSIONS];
	unsigned index[QUERY_MAX_DIMENSIONS] = { 0 };

	add_to_row(w, q, v, f, s, false, &n->total);
	n->unconfirmed += s == NULL && f->status == STATUS_HELD &&
			  (f->flags & FACT_UNCONFIRMED) != 0;
	for (unsigned b = 0; b < q->by_count; b++) {
		keys[b] = keys_of(w, q->by[b], q->rule, f, s);
	}
	for (bool more = q->by_count != 0; more;) {
		uint32_t row[QUERY_MAX_DIMENSIONS] = { 0 };
		bool shown = true;

		for (unsigned b = 0; b < q->by_count; b++) {
			row[b] = keys[b].at[index[b]];
			shown = shown && !is_hidden(q, q->by[b], row[b]);
			/* A dimension asked twice has the same key twice. */
			for (unsigned c = 0; c < b; c++) {
				shown = shown &&
					(q->by[b] != q->by[c] || row[b] == row[c]);
			}
		}
		if (shown) {
			add_to_row(w, q, v, f, s, true, find_row(n, row));
		}
		more = false;
		for (unsigned b = 0; b < q->by_count && !more; b++) {
			index[b] = (index[b] + 1) % keys[b].count;
			more = index[b] != 0;
		}
	}
}

static void
close_row(const struct query *q, struct naive_row *row)
{
	for (unsigned m = 0; m < q->measure_count; m++) {
		if (q->measures[m] == MEASURE_MUNICIPALITIES) {
			for (unsigned i = 0; i < TOWNS; i++) {
				row->figures[m].value += row->towns[i];
			}
			if (row->figures[m].value != 0) {
				row->figures[m].bound = BOUND_EXACT;
			}
		}
		if (row->figures[m].bound == 0 && row->figures[m].not_stated == 0) {
			row->figures[m].bound = BOUND_EXACT;
		}
	}
}

static void
run_naive(struct naive *n, const struct world *w, const struct query *q,
	  const struct vocabulary *v)
{
	memset(n, 0, sizeof(*n));
	for (uint32_t i = 0; i < w->fold.facts.count; i++) {
		const struct event_fact *f = table_at(&w->fold.facts, i);

		if (q->position < f->from_pos || q->position >= f->to_pos ||
		    (f->flags & (FACT_WITHDRAWN | FACT_MERGED)) != 0) {
			continue;
		}
		if (matches(w, q, f, NULL)) {
			add_everywhere(n, w, q, v, f, NULL);
		}
		for (uint32_t k = 0; k < w->fold.session_facts.count; k++) {
			const struct session_fact *s =
				table_at(&w->fold.session_facts, k);

			if (s->event == f->event && s->from_pos == f->from_pos &&
			    f->status == STATUS_HELD && s->status == STATUS_HELD &&
			    matches(w, q, f, s)) {
				add_everywhere(n, w, q, v, f, s);
			}
		}
	}
	for (size_t i = 0; i < n->count; i++) {
		close_row(q, &n->rows[i]);
	}
	close_row(q, &n->total);
}

/* ---- The comparison. */

/* A session of an event beyond the bounds may leave a row without anything asked, and
 * so may an event whose status is not stated. */
static bool
is_empty(const struct query *q, const struct naive_row *row)
{
	bool events = row->planned + row->postponed + row->cancelled != 0;

	for (unsigned m = 0; m < q->measure_count; m++) {
		events = events || row->figures[m].value != 0 ||
			 row->figures[m].not_stated != 0;
	}
	return !events;
}

static void
check_figure(const struct query_figure *got, const struct query_figure *want)
{
	assert_int_equal(got->value, want->value);
	assert_int_equal(got->bound, want->bound);
	assert_int_equal(got->not_stated, want->not_stated);
}

static void
check_row(const struct query *q, const struct query_row *got,
	  const struct naive_row *want)
{
	for (unsigned m = 0; m < q->measure_count; m++) {
		check_figure(&got->figures[m], &want->figures[m]);
	}
	assert_int_equal(got->provisional, want->provisional);
	assert_int_equal(got->boundary, want->boundary);
	assert_int_equal(got->planned, want->planned);
	assert_int_equal(got->postponed, want->postponed);
	assert_int_equal(got->cancelled, want->cancelled);
}

static void
check_sums(const struct query *q, const struct query_result *got)
{
	for (unsigned m = 0; m < q->measure_count; m++) {
		int64_t sum = 0;

		for (size_t i = 0; i < got->row_count; i++) {
			sum += got->rows[i].figures[m].value;
		}
		if (q->by_count == 0) {
			sum = got->total.figures[m].value;
		}
		assert_int_equal(got->sum[m].value, sum);
		assert_int_equal(got->overlap[m].value,
				 sum - got->total.figures[m].value);
		assert_true(got->sum[m].not_stated >= got->total.figures[m].not_stated);
	}
}

/* Is the one key before the other? */
static bool
comes_before(const struct world *w, enum dimension dimension, uint32_t a, uint32_t b)
{
	bool bucket_a = a == KEY_NONE || a >= STATE_NOT_STATED;
	bool bucket_b = b == KEY_NONE || b >= STATE_NOT_STATED;

	if (bucket_a || bucket_b) {
		return (bucket_b && !bucket_a) ||
		       (a == STATE_ONLINE && b == STATE_NOT_STATED);
	}
	if (dimension == DIM_FISCAL_YEAR || dimension == DIM_MONTH ||
	    dimension == DIM_STATUS) {
		return a < b;
	}
	return slice_cmp(words_at(&w->fold.words, a), words_at(&w->fold.words, b)) < 0;
}

static void
check_order(const struct world *w, const struct query *q, const struct query_row *a,
	    const struct query_row *b)
{
	for (unsigned i = 0; i < q->by_count; i++) {
		if (a->keys[i] != b->keys[i]) {
			assert_true(comes_before(w, q->by[i], a->keys[i], b->keys[i]));
			return;
		}
	}
	fail_msg("the same row twice");
}

static size_t
check_query(struct world *w, const struct query *q, struct naive *n,
	    const struct vocabulary *v)
{
	struct query_result got = run(w, q);
	size_t rows = 0;

	run_naive(n, w, q, v);
	check_row(q, &got.total, &n->total);
	assert_int_equal(got.unconfirmed, n->unconfirmed);
	for (size_t i = 0; i < got.row_count; i++) {
		check_row(q, &got.rows[i], find_row(n, got.rows[i].keys));
		if (i != 0) {
			check_order(w, q, &got.rows[i - 1], &got.rows[i]);
		}
	}
	for (size_t i = 0; i < n->count; i++) {
		rows += !is_empty(q, &n->rows[i]) ||
			n->rows[i].provisional + n->rows[i].boundary != 0;
	}
	assert_in_range(rows, 0, got.row_count);
	check_sums(q, &got);
	arena_reset(&w->arena);
	return got.row_count;
}

static void
test_query_random__a_slow_loop_says_the_same(void **state)
{
	static struct naive naive;
	size_t rows = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct rng rng = { .state = seed };
		struct vocabulary v;
		struct world w;

		world_init(&w);
		make_vocabulary(&w, &v);
		make_events(&w, &rng, &v);
		for (unsigned i = 0; i < 60; i++) {
			uint32_t filter_keys[3][3];
			struct query q = make_query(&rng, &v, filter_keys);

			rows += check_query(&w, &q, &naive, &v);
		}
		world_fini(&w);
	}
	assert_true(rows > 10000); /* the questions were not all empty */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_query_random__a_slow_loop_says_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
