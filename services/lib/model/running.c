#include "lib/model/running.h"

#include <stdlib.h>

#include "lib/base/mem.h"

enum { TOTAL = 0 };

void
running_init(struct running *r, const struct fold *fold, const struct query *q)
{
	*r = (struct running){ .query = *q, .row_count = 1, .row_cap = 64, .step = 1 };
	query_plan_init(&r->plan, fold, &r->query);
	r->boundary = query_boundary_flag(q);
	r->rows = xcalloc(r->row_cap, sizeof(r->rows[0]));
}

void
running_fini(struct running *r)
{
	query_plan_fini(&r->plan);
	for (unsigned i = 0; i < QUERY_MAX_DIMENSIONS; i++) {
		query_pairs_fini(&r->numbers[i]);
	}
	query_pairs_fini(&r->towns);
	free(r->town_counts);
	free(r->rows);
	free(r->lists[0]);
	free(r->lists[1]);
	free(r->before);
	free(r->before_of);
}

/* ---- Rows -------------------------------------------------------------------------- */

static void *
grown(void *list, uint32_t count, uint32_t *cap, size_t size)
{
	uint32_t had = *cap;

	if (count <= had) {
		return list;
	}
	while (*cap < count) {
		*cap = *cap != 0 ? 2 * *cap : 64;
	}
	list = xrealloc(list, *cap * size);
	memset((uint8_t *)list + had * size, 0, (*cap - had) * size);
	return list;
}

/* The keys of a row's number, in the order of the shown dims. */
static void
number_keys(const struct running *r, uint32_t number, uint32_t *ret_keys)
{
	const struct query_plan *p = &r->plan;

	for (unsigned i = p->shown_count; i > 1; i--) {
		uint32_t key = query_pairs_b(&r->numbers[i - 2], number);

		ret_keys[i - 1] = (uint32_t)p->dims[i - 1].keys.keys[key];
		number = query_pairs_a(&r->numbers[i - 2], number);
	}
	ret_keys[0] = (uint32_t)p->dims[0].keys.keys[number];
}

static void
name_row(struct running *r, uint32_t row)
{
	const struct query_plan *p = &r->plan;
	struct running_row *to = &r->rows[row];
	uint32_t keys[QUERY_MAX_DIMENSIONS];

	number_keys(r, row - 1, keys);
	for (unsigned b = 0; b < r->query.by_count; b++) {
		to->keys[b] = keys[p->by[b]];
	}
	for (unsigned i = 0; i < p->shown_count; i++) {
		if (&p->dims[i] == p->towns_by) {
			to->state = keys[i];
		}
	}
}

/* Room for the rows that have a number by now. */
static bool
admit_rows(struct running *r, uint32_t count)
{
	if (count > QUERY_MAX_ROWS) {
		r->too_many_rows = true;
		return false;
	}
	r->rows = grown(r->rows, count + 1, &r->row_cap, sizeof(r->rows[0]));
	while (r->row_count < count + 1) {
		name_row(r, r->row_count++);
	}
	return true;
}

static uint32_t
numbers_count(const struct running *r)
{
	unsigned shown = r->plan.shown_count;

	return shown == 1 ? r->plan.dims[0].keys.count : r->numbers[shown - 2].ids.count;
}

/* The numbers of the rows in which a fact with these slots stands, valid until the next
 * call: a dim at a time, each row so far with each key. */
static uint32_t
find_rows(struct running *r, const uint32_t *slots, const uint32_t **ret_rows)
{
	const struct query_plan *p = &r->plan;
	uint32_t *rows = NULL;
	uint32_t count = 1;

	if (p->shown_count == 0) {
		return 0;
	}
	for (unsigned i = 0; i < p->shown_count; i++) {
		const struct query_dim *d = &p->dims[i];
		const struct query_slot *s = &d->slots[slots[i]];
		const uint32_t *before = rows;
		uint32_t n = 0;

		if (s->count > QUERY_MAX_ROWS / count) {
			r->too_many_rows = true;
			return 0;
		}
		r->lists[i & 1] = grown(r->lists[i & 1], count * s->count,
					&r->list_caps[i & 1], sizeof(uint32_t));
		rows = r->lists[i & 1];
		for (uint32_t k = 0; k < count; k++) {
			for (uint32_t key = 0; key < s->count; key++) {
				uint32_t number = d->members[s->first + key];

				rows[n++] = i == 0 ? number
						   : query_pairs_of(&r->numbers[i - 1],
								    before[k], number);
			}
		}
		count = n;
		if (count == 0) {
			return 0;
		}
	}
	*ret_rows = rows;
	return admit_rows(r, numbers_count(r)) ? count : 0;
}

/* The row, to be changed; how it was when the step began is kept. */
static struct running_row *
touch(struct running *r, uint32_t row)
{
	struct running_row *to = &r->rows[row];

	if (to->touched != r->step) {
		uint32_t cap = r->before_cap;

		to->touched = r->step;
		r->before = grown(r->before, r->before_count + 1, &r->before_cap,
				  sizeof(r->before[0]));
		r->before_of = grown(r->before_of, r->before_count + 1, &cap,
				     sizeof(r->before_of[0]));
		r->before[r->before_count] = *to;
		r->before_of[r->before_count++] = row;
	}
	return to;
}

/* ---- Facts ------------------------------------------------------------------------- */

static void
count_32(uint32_t *n, bool added)
{
	must(added || *n != 0);
	*n += added ? 1 : UINT32_MAX;
}

static void
sum_up(struct running_sum *sum, struct query_addend a, bool added)
{
	sum->value += added ? a.value : -(__int128)a.value;
	sum->not_stated += added ? a.lacks : (uint64_t)0 - a.lacks;
	if (a.bound != BOUND_NOT_STATED) {
		count_32(&sum->bounds[a.bound], added);
	}
}

static void
count_town(struct running *r, uint32_t row, uint32_t town, bool added)
{
	uint32_t number = query_pairs_of(&r->towns, row, town);

	r->town_counts = grown(r->town_counts, number + 1, &r->town_cap,
			       sizeof(r->town_counts[0]));
	uint32_t *count = &r->town_counts[number];
	bool was = *count != 0;
	count_32(count, added);
	if (was != (*count != 0)) {
		count_32(&r->rows[row].towns, added);
	}
}

/* Each municipality of the event, where it counts in the row. */
static void
count_towns(struct running *r, uint32_t row, const struct event_fact *f, uint32_t slot,
	    bool added)
{
	const struct query_plan *p = &r->plan;
	unsigned n;
	const uint32_t *towns = sets_at(&p->fold->sets, f->municipalities, &n);

	for (unsigned i = 0; i < n; i++) {
		uint32_t state = p->towns_by != NULL
					 ? query_town_state(&p->fold->words, towns[i])
					 : KEY_NONE;

		if (query_town_stands(p, slot, state, r->rows[row].state)) {
			count_town(r, row, towns[i], added);
		}
	}
}

static void
count_event(struct running *r, uint32_t row, const struct event_fact *f,
	    uint32_t town_slot, bool added)
{
	const struct query *q = &r->query;
	struct running_row *to = touch(r, row);
	uint8_t kind = query_kind_of(f, r->boundary);

	count_32(&to->counts[kind], added);
	if (kind < QUERY_HELD) {
		return;
	}
	for (unsigned m = 0; m < q->measure_count; m++) {
		if (query_measure_at(q, q->measures[m]) == m) {
			sum_up(&to->sums[m], query_addend_of(q->measures[m], f), added);
		}
	}
	if (query_asks(q, MEASURE_MUNICIPALITIES)) {
		count_towns(r, row, f, town_slot, added);
	}
}

bool
running_event(struct running *r, const struct event_fact *f, bool added)
{
	uint32_t slots[DIM_COUNT];
	const uint32_t *rows;

	if ((f->flags & (FACT_WITHDRAWN | FACT_MERGED)) != 0 ||
	    !query_in_bounds(&r->plan, f->fiscal_year[r->query.rule]) ||
	    !query_match_event(&r->plan, f, slots)) {
		return false;
	}
	uint32_t town_slot =
		r->plan.towns_by != NULL ? slots[r->plan.towns_by - r->plan.dims] : 0;
	uint32_t count = find_rows(r, slots, &rows);

	count_event(r, TOTAL, f, town_slot, added);
	for (uint32_t i = 0; i < count; i++) {
		count_event(r, rows[i] + 1, f, town_slot, added);
	}
	return true;
}

static void
count_session(struct running *r, uint32_t row, unsigned measure, bool added)
{
	static const struct query_addend one = { 1, BOUND_EXACT, false };

	sum_up(&touch(r, row)->sums[measure], one, added);
}

bool
running_session(struct running *r, const struct session_fact *s,
		const struct event_fact *f, bool added)
{
	unsigned m = query_measure_at(&r->query, MEASURE_SESSIONS);
	uint32_t slots[DIM_COUNT];
	const uint32_t *rows;

	if (m == r->query.measure_count || !query_match_session(&r->plan, s, f, slots)) {
		return false;
	}
	uint32_t count = find_rows(r, slots, &rows);
	count_session(r, TOTAL, m, added);
	for (uint32_t i = 0; i < count; i++) {
		count_session(r, rows[i] + 1, m, added);
	}
	return true;
}

/* ---- What it comes to -------------------------------------------------------------- */

static int64_t
shown_value(__int128 value)
{
	return value > INT64_MAX   ? INT64_MAX
	       : value < INT64_MIN ? INT64_MIN
				   : (int64_t)value;
}

static enum bound
weakest(const uint32_t *bounds)
{
	enum bound bound = BOUND_NOT_STATED;

	for (unsigned b = BOUND_EXACT; b <= BOUND_AT_LEAST; b++) {
		bound = bounds[b] != 0 ? (enum bound)b : bound;
	}
	return bound;
}

static struct query_figure
measure_of_row(const struct running *r, const struct running_row *row, unsigned column)
{
	enum measure measure = r->query.measures[column];
	const struct running_sum *sum = &row->sums[query_measure_at(&r->query, measure)];
	struct query_figure figure = { .value = shown_value(sum->value),
				       .bound = weakest(sum->bounds),
				       .not_stated = sum->not_stated };

	if (measure == MEASURE_EVENTS) {
		figure.value = (int64_t)query_count_held(row->counts, 0);
	} else if (measure == MEASURE_MUNICIPALITIES) {
		figure.value = row->towns;
		figure.bound = row->towns != 0 ? BOUND_EXACT : BOUND_NOT_STATED;
	}
	/* Where nothing is missing, it is exact. */
	if (figure.bound == BOUND_NOT_STATED && figure.not_stated == 0) {
		figure.bound = BOUND_EXACT;
	}
	return figure;
}

static struct query_figure
figure_of(const struct running *r, const struct running_row *row, unsigned column)
{
	uint64_t count = 0;

	if (column < r->query.measure_count) {
		return measure_of_row(r, row, column);
	}
	switch ((enum running_extra)(column - r->query.measure_count)) {
	case RUNNING_PROVISIONAL:
		count = query_count_held(row->counts, QUERY_PROVISIONAL);
		break;
	case RUNNING_BOUNDARY:
		count = query_count_held(row->counts, QUERY_BOUNDARY);
		break;
	case RUNNING_PLANNED:
		count = row->counts[STATUS_PLANNED];
		break;
	case RUNNING_POSTPONED:
		count = row->counts[STATUS_POSTPONED];
		break;
	case RUNNING_CANCELLED:
		count = row->counts[STATUS_CANCELLED];
		break;
	case RUNNING_EXTRAS:
		break;
	}
	return (struct query_figure){ .value = (int64_t)count, .bound = BOUND_EXACT };
}

struct query_figure
running_total(const struct running *r, unsigned column)
{
	return figure_of(r, &r->rows[TOTAL], column);
}

void
running_begin(struct running *r)
{
	r->step++;
	r->before_count = 0;
}

static bool
figure_eq(const struct query_figure *a, const struct query_figure *b)
{
	return a->value == b->value && a->bound == b->bound &&
	       a->not_stated == b->not_stated;
}

/* The total, then rows by their keys, then columns. */
static int
cmp_changes(const void *a, const void *b, void *ctx)
{
	const struct running *r = ctx;
	const struct running_change *x = a;
	const struct running_change *y = b;

	if (x->total != y->total) {
		return x->total ? -1 : 1;
	}
	for (unsigned i = 0; !x->total && i < r->query.by_count; i++) {
		int order = query_key_cmp(r->plan.fold, r->query.by[i], x->keys[i],
					  y->keys[i]);

		if (order != 0) {
			return order;
		}
	}
	return (x->column > y->column) - (x->column < y->column);
}

/* What the step did to the row that it touched as its 'i'th: at 'to', which may be NULL.
 */
static size_t
row_changes(const struct running *r, uint32_t i, struct running_change *to)
{
	const struct running_row *now = &r->rows[r->before_of[i]];
	unsigned columns = r->query.measure_count + RUNNING_EXTRAS;
	size_t count = 0;

	for (unsigned column = 0; column < columns; column++) {
		struct running_change c = { .total = r->before_of[i] == TOTAL,
					    .column = column,
					    .before = figure_of(r, &r->before[i], column),
					    .after = figure_of(r, now, column) };

		if (figure_eq(&c.before, &c.after)) {
			continue;
		}
		if (to != NULL) {
			memcpy(c.keys, now->keys, sizeof(c.keys));
			to[count] = c;
		}
		count++;
	}
	return count;
}

size_t
running_changes(struct running *r, struct arena *arena,
		struct running_change **ret_changes)
{
	size_t count = 0;

	for (uint32_t i = 0; i < r->before_count; i++) {
		count += row_changes(r, i, NULL);
	}
	if (count == 0) {
		*ret_changes = NULL;
		return 0;
	}
	struct running_change *changes = arena_alloc(arena, count * sizeof(changes[0]));
	count = 0;
	for (uint32_t i = 0; i < r->before_count; i++) {
		count += row_changes(r, i, changes + count);
	}
	qsort_r(changes, count, sizeof(changes[0]), cmp_changes, r);
	*ret_changes = changes;
	return count;
}
