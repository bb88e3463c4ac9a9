#include "lib/model/query_parts.h"

#include <stdlib.h>

#include "lib/base/mem.h"

/* Adding up: each fact once to the total, and once to each row in which it stands.  Most
 * stand in one; they are told apart first, so that their loops have no branches. */

enum {
	MAX_WORK = 1 << 27,      /* Rows that a query adds to: time. */
	MAX_ROW_TOWNS = 1 << 22, /* Town sets that its rows keep: memory. */
};

#define NO_TOWNS UINT32_MAX

void
query_tally_init(struct query_tally *t, const struct query *q)
{
	*t = (struct query_tally){
		.measure_count = q->measure_count,
		.boundary = query_boundary_flag(q),
		.towns = query_asks(q, MEASURE_MUNICIPALITIES),
	};
	for (unsigned m = 0; m < q->measure_count; m++) {
		t->sums |= q->measures[m] != MEASURE_EVENTS;
	}
}

void
query_tally_fini(struct query_tally *t)
{
	for (unsigned i = 0; i < QUERY_MAX_DIMENSIONS; i++) {
		query_pairs_fini(&t->rows[i]);
	}
	query_pairs_fini(&t->town_sets);
	query_pairs_fini(&t->row_towns);
	free(t->lists[0].at);
	free(t->lists[1].at);
	free(t->counts);
	free(t->figures);
}

/* ---- Figures. */

static int64_t
add_saturating(int64_t a, int64_t b)
{
	int64_t sum;

	if (__builtin_add_overflow(a, b, &sum)) {
		sum = b < 0 ? INT64_MIN : INT64_MAX;
	}
	return sum;
}

void
query_figure_add(struct query_figure *a, const struct query_figure *b)
{
	a->value = add_saturating(a->value, b->value);
	a->not_stated += b->not_stated;
	if (b->bound > a->bound) {
		a->bound = b->bound;
	}
}

static inline void
add_to(struct query_figure *figure, struct query_addend a)
{
	figure->value = add_saturating(figure->value, a.value);
	figure->not_stated += a.lacks;
	figure->bound = a.bound > figure->bound ? (enum bound)a.bound : figure->bound;
}

static const struct query_addend one_session = { 1, BOUND_EXACT, false };

static inline struct query_figure *
figures_of(struct query_tally *t, uint32_t row)
{
	return &t->figures[row * (size_t)t->measure_count];
}

/* ---- Rows. */

uint32_t
query_row_count(const struct query_plan *p, const struct query_tally *t)
{
	switch (p->shown_count) {
	case 0:
		return 0;
	case 1:
		return p->dims[0].keys.count;
	default:
		return t->rows[p->shown_count - 2].ids.count;
	}
}

static void
grow_rows(struct query_tally *t, uint32_t count)
{
	uint32_t cap = t->row_cap != 0 ? t->row_cap : 64;
	size_t width = t->measure_count;

	while (cap < count) {
		cap *= 2;
	}
	t->counts = xrealloc(t->counts, cap * sizeof(t->counts[0]));
	memset(t->counts + t->row_cap, 0, (cap - t->row_cap) * sizeof(t->counts[0]));
	t->figures = xrealloc(t->figures, cap * width * sizeof(t->figures[0]));
	memset(t->figures + t->row_cap * width, 0,
	       (cap - t->row_cap) * width * sizeof(t->figures[0]));
	t->row_cap = cap;
}

/* Room for 'count' rows; false, and too_many_rows, if there may not be so many. */
static inline bool
admit_rows(struct query_tally *t, uint32_t count)
{
	if (count <= t->row_cap) {
		return true;
	}
	if (count > QUERY_MAX_ROWS) {
		t->too_many_rows = true;
		return false;
	}
	grow_rows(t, count);
	return true;
}

/* Put the facts into 'one' and 'many', and find the rows of the former. */
static void
find_rows(struct query_tally *t, const struct query_plan *p, const struct query_batch *b)
{
	memset(t->is_many, 0, b->count);
	for (unsigned i = 0; i < p->shown_count; i++) {
		const struct query_slot *slots = p->dims[i].slots;

		for (uint32_t k = 0; k < b->count; k++) {
			uint32_t key = slots[b->slots[i][k]].only;

			t->keys[i][k] = key;
			t->is_many[k] |= key == UINT32_MAX;
		}
	}
	t->one_count = 0;
	t->many_count = 0;
	for (uint32_t k = 0; k < b->count; k++) {
		t->row[k] = t->keys[0][k];
		t->one[t->one_count] = (uint16_t)k;
		t->many[t->many_count] = (uint16_t)k;
		t->one_count += !t->is_many[k];
		t->many_count += t->is_many[k];
	}
	for (unsigned i = 1; i < p->shown_count; i++) {
		for (uint32_t n = 0; n < t->one_count; n++) {
			uint32_t k = t->one[n];

			t->row[k] =
				query_pairs_of(&t->rows[i - 1], t->row[k], t->keys[i][k]);
		}
	}
}

/* Room for 'n' rows of one fact. */
static uint32_t *
reserve(struct query_list *list, uint32_t n)
{
	if (n > list->cap) {
		list->cap = n > 64 ? n : 64;
		list->at = xrealloc(list->at, list->cap * sizeof(list->at[0]));
	}
	return list->at;
}

/* The rows of fact 'k' that stands in several, valid until the next call: a dim at a
 * time, each row so far with each key.  0 of them, and too_many_rows, if there may not
 * be so many. */
static uint32_t
find_many(struct query_tally *t, const struct query_plan *p, const struct query_batch *b,
	  uint32_t k, const uint32_t **ret_rows)
{
	uint32_t *rows = NULL;
	uint32_t count = 1;

	for (unsigned i = 0; i < p->shown_count; i++) {
		const struct query_dim *d = &p->dims[i];
		const struct query_slot *s = &d->slots[b->slots[i][k]];
		const uint32_t *keys = &d->members[s->first];
		const uint32_t *before = rows;
		uint32_t n = 0;

		if (s->count > QUERY_MAX_ROWS / count) {
			t->too_many_rows = true;
			return 0;
		}
		rows = reserve(&t->lists[i & 1], count * s->count);
		for (uint32_t r = 0; r < count; r++) {
			for (uint32_t key = 0; key < s->count; key++) {
				rows[n++] = i == 0 ? keys[key]
						   : query_pairs_of(&t->rows[i - 1],
								    before[r], keys[key]);
			}
		}
		count = n;
	}
	*ret_rows = rows;
	return admit_rows(t, query_row_count(p, t)) ? count : 0;
}

/* Has the query cost what it may? */
static void
check_limits(struct query_tally *t)
{
	if (t->work > MAX_WORK || t->row_towns.ids.count > MAX_ROW_TOWNS) {
		t->too_many_rows = true;
	}
}

/* ---- Events. */

static void
find_kinds(struct query_tally *t, const struct query_batch *b)
{
	for (uint32_t k = 0; k < b->count; k++) {
		t->kind[k] = query_kind_of(b->facts[k], t->boundary);
	}
}

/* Those of 'n' facts that are held; returns their number. */
static uint32_t
find_held(const struct query_tally *t, const uint16_t *facts, uint32_t n,
	  uint16_t *ret_held)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint16_t k = facts != NULL ? facts[i] : (uint16_t)i;

		ret_held[count] = k;
		count += t->kind[k] >= QUERY_HELD;
	}
	return count;
}

static void
add_total(struct query_tally *t, const struct query *q, const struct query_batch *b)
{
	/* In turn, so that an addition need not wait for the one before. */
	struct query_counts counts[2] = { 0 };

	for (uint32_t k = 0; k < b->count; k++) {
		counts[k & 1].n[t->kind[k]]++;
	}
	for (unsigned i = 0; i < QUERY_KINDS; i++) {
		t->total_counts.n[i] += counts[0].n[i] + counts[1].n[i];
	}
	if (!t->sums) {
		return;
	}
	uint32_t held = find_held(t, NULL, b->count, t->held);
	for (unsigned m = 0; m < q->measure_count; m++) {
		struct query_figure sum = t->total[m];

		for (uint32_t i = 0; i < held; i++) {
			add_to(&sum,
			       query_addend_of(q->measures[m], b->facts[t->held[i]]));
		}
		t->total[m] = sum;
	}
}

static void
find_town_sets(struct query_tally *t, const struct query_batch *b)
{
	for (uint32_t k = 0; k < b->count; k++) {
		const struct event_fact *f = b->facts[k];

		t->town_set[k] = NO_TOWNS;
		if (t->kind[k] >= QUERY_HELD && f->municipalities != 0) {
			t->town_set[k] = query_pairs_of(&t->town_sets, b->town_slots[k],
							f->municipalities);
		}
	}
}

static void
add_ones(struct query_tally *t, const struct query *q, const struct query_batch *b)
{
	for (uint32_t n = 0; n < t->one_count; n++) {
		uint32_t k = t->one[n];

		t->counts[t->row[k]].n[t->kind[k]]++;
	}
	t->work += t->one_count;
	if (!t->sums) {
		return;
	}
	uint32_t held = find_held(t, t->one, t->one_count, t->held);
	for (unsigned m = 0; m < q->measure_count; m++) {
		for (uint32_t i = 0; i < held; i++) {
			uint32_t k = t->held[i];

			add_to(&figures_of(t, t->row[k])[m],
			       query_addend_of(q->measures[m], b->facts[k]));
		}
	}
	for (uint32_t i = 0; t->towns && i < held; i++) {
		uint32_t k = t->held[i];

		if (t->town_set[k] != NO_TOWNS) {
			query_pairs_of(&t->row_towns, t->row[k], t->town_set[k]);
		}
	}
	check_limits(t);
}

static void
add_many(struct query_tally *t, const struct query_plan *p, const struct query_batch *b,
	 uint32_t k)
{
	bool summed = t->sums && t->kind[k] >= QUERY_HELD;
	const uint32_t *rows;
	uint32_t count = find_many(t, p, b, k, &rows);

	for (uint32_t r = 0; r < count; r++) {
		t->counts[rows[r]].n[t->kind[k]]++;
		for (unsigned m = 0; summed && m < t->measure_count; m++) {
			add_to(&figures_of(t, rows[r])[m],
			       query_addend_of(p->query->measures[m], b->facts[k]));
		}
		if (summed && t->towns && t->town_set[k] != NO_TOWNS) {
			query_pairs_of(&t->row_towns, rows[r], t->town_set[k]);
		}
	}
	t->work += count;
}

void
query_tally_events(struct query_tally *t, struct query_plan *p,
		   const struct query_batch *b)
{
	find_kinds(t, b);
	if (t->towns) {
		find_town_sets(t, b);
	}
	add_total(t, p->query, b);
	if (p->shown_count == 0 || t->too_many_rows) {
		return;
	}
	find_rows(t, p, b);
	if (!admit_rows(t, query_row_count(p, t))) {
		return;
	}
	add_ones(t, p->query, b);
	for (uint32_t n = 0; n < t->many_count && !t->too_many_rows; n++) {
		add_many(t, p, b, t->many[n]);
		check_limits(t);
	}
}

/* ---- Sessions. */

void
query_tally_sessions(struct query_tally *t, struct query_plan *p,
		     const struct query_batch *b)
{
	unsigned m = query_measure_at(p->query, MEASURE_SESSIONS);
	struct query_figure all = { .value = b->count, .bound = BOUND_EXACT };

	if (b->count != 0) {
		query_figure_add(&t->total[m], &all);
	}
	if (p->shown_count == 0 || t->too_many_rows) {
		return;
	}
	find_rows(t, p, b);
	if (!admit_rows(t, query_row_count(p, t))) {
		return;
	}
	for (uint32_t n = 0; n < t->one_count; n++) {
		add_to(&figures_of(t, t->row[t->one[n]])[m], one_session);
	}
	t->work += t->one_count;
	for (uint32_t n = 0; n < t->many_count && !t->too_many_rows; n++) {
		const uint32_t *rows;
		uint32_t count = find_many(t, p, b, t->many[n], &rows);

		for (uint32_t r = 0; r < count; r++) {
			add_to(&figures_of(t, rows[r])[m], one_session);
		}
		t->work += count;
		check_limits(t);
	}
}
