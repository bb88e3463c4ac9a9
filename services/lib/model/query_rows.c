#include "lib/model/query_parts.h"

#include <stdlib.h>

#include "lib/base/mem.h"
#include "lib/base/plant.h"

/* From the tally to what is shown: rows in order, their sum, the total, the overlap. */

/* The places of a row's keys in the order of their dimensions, and its number. */
struct sorted_row {
	uint32_t places[QUERY_MAX_DIMENSIONS];
	uint32_t row;
};

/* ---- Order. */

/* What has a name before the buckets, "not stated" last. */
static int
key_class(enum dimension dimension, uint32_t key)
{
	if (dimension == DIM_STATE && key == STATE_ONLINE) {
		return 1;
	}
	return key == KEY_NONE || (dimension == DIM_STATE && key == STATE_NOT_STATED) ? 2
										      : 0;
}

int
query_key_cmp(const struct fold *fold, enum dimension dimension, uint32_t x, uint32_t y)
{
	int class_x = key_class(dimension, x);
	int class_y = key_class(dimension, y);

	if (class_x != class_y) {
		return class_x - class_y;
	}
	if (class_x != 0 || dimension == DIM_FISCAL_YEAR || dimension == DIM_MONTH ||
	    dimension == DIM_STATUS) {
		return (x > y) - (x < y);
	}
	return slice_cmp(words_at(&fold->words, x), words_at(&fold->words, y));
}

struct key_order {
	const struct fold *fold;
	const struct query_dim *dim;
};

static int
cmp_keys(const void *a, const void *b, void *ctx)
{
	const struct key_order *order = ctx;
	const uint64_t *keys = order->dim->keys.keys;

	return query_key_cmp(order->fold, order->dim->dimension,
			     (uint32_t)keys[*(const uint32_t *)a],
			     (uint32_t)keys[*(const uint32_t *)b]);
}

/* For each number of a key its place in the order. */
static uint32_t *
key_places(const struct fold *fold, const struct query_dim *d)
{
	struct key_order order = { .fold = fold, .dim = d };
	uint32_t *numbers = xcalloc(d->keys.count, sizeof(numbers[0]));
	uint32_t *places = xcalloc(d->keys.count, sizeof(places[0]));

	for (uint32_t i = 0; i < d->keys.count; i++) {
		numbers[i] = i;
	}
	qsort_r(numbers, d->keys.count, sizeof(numbers[0]), cmp_keys, &order);
	for (uint32_t i = 0; i < d->keys.count; i++) {
		places[numbers[i]] = i;
	}
	free(numbers);
	return places;
}

static int
cmp_rows(const void *a, const void *b)
{
	const struct sorted_row *x = a;
	const struct sorted_row *y = b;

	for (unsigned i = 0; i < QUERY_MAX_DIMENSIONS; i++) {
		if (x->places[i] != y->places[i]) {
			return x->places[i] < y->places[i] ? -1 : 1;
		}
	}
	return 0;
}

/* The numbers of a row's keys, one a shown dim. */
static void
row_keys(const struct query_plan *p, const struct query_tally *t, uint32_t row,
	 uint32_t *ret_keys)
{
	for (unsigned i = p->shown_count; i > 1; i--) {
		ret_keys[i - 1] = query_pairs_b(&t->rows[i - 2], row);
		row = query_pairs_a(&t->rows[i - 2], row);
	}
	ret_keys[0] = row;
}

/* ---- Figures. */

/* Did anything come into the row? */
static bool
is_used(const struct query_tally *t, uint32_t row)
{
	for (unsigned kind = STATUS_PLANNED; kind < QUERY_KINDS; kind++) {
		if (t->counts[row].n[kind] != 0) {
			return true;
		}
	}
	for (unsigned m = 0; m < t->measure_count; m++) {
		if (t->figures[row * (size_t)t->measure_count + m].value != 0) {
			return true;
		}
	}
	return false;
}

uint64_t
query_count_held(const uint32_t counts[QUERY_KINDS], unsigned bit)
{
	uint64_t count = 0;

	for (unsigned kind = QUERY_HELD; kind < QUERY_KINDS; kind++) {
		count += (kind & bit) == bit ? counts[kind] : 0;
	}
	return count;
}

static void
fill_row(const struct query *q, const struct query_counts *c,
	 const struct query_figure *figures, struct query_row *row)
{
	row->planned = c->n[STATUS_PLANNED];
	row->postponed = c->n[STATUS_POSTPONED];
	row->cancelled = c->n[STATUS_CANCELLED];
	row->provisional = query_count_held(c->n, QUERY_PROVISIONAL);
	row->boundary = query_count_held(c->n, QUERY_BOUNDARY);
	for (unsigned m = 0; m < q->measure_count; m++) {
		row->figures[m] = figures[query_measure_at(q, q->measures[m])];
		if (q->measures[m] == MEASURE_EVENTS) {
			row->figures[m].value = (int64_t)query_count_held(c->n, 0);
		}
		/* Where nothing is missing, it is exact. */
		if (row->figures[m].bound == BOUND_NOT_STATED &&
		    row->figures[m].not_stated == 0) {
			row->figures[m].bound = BOUND_EXACT;
		}
	}
}

static void
fill_sums(const struct query *q, struct query_result *result)
{
	for (unsigned m = 0; m < q->measure_count; m++) {
		struct query_figure *sum = &result->sum[m];
		struct query_figure *overlap = &result->overlap[m];
		const struct query_figure *total = &result->total.figures[m];

		for (size_t i = 0; i < result->row_count; i++) {
			query_figure_add(sum, &result->rows[i].figures[m]);
		}
		if (sum->bound == BOUND_NOT_STATED && sum->not_stated == 0) {
			sum->bound = BOUND_EXACT;
		}
		if (PLANTED(6)) { /* The overlap is counted twice. */
			result->total.figures[m] = *sum;
		}
		overlap->bound = sum->bound;
		overlap->not_stated = sum->not_stated - total->not_stated;
		/* Sums at the ends of an int64_t have no difference to show. */
		if (__builtin_sub_overflow(sum->value, total->value, &overlap->value)) {
			overlap->value = 0;
		}
	}
}

/* ---- Rows. */

static void
fill_rows(const struct query_plan *p, const struct query_tally *t, struct arena *arena,
	  struct query_result *result)
{
	const struct query *q = p->query;
	uint32_t *places[QUERY_MAX_DIMENSIONS] = { NULL };
	uint32_t end = query_row_count(p, t);
	struct sorted_row *sorted = xcalloc(end, sizeof(sorted[0]));
	size_t count = 0;

	end = end < t->row_cap ? end : t->row_cap;
	for (unsigned i = 0; i < p->shown_count; i++) {
		places[i] = key_places(p->fold, &p->dims[i]);
	}
	for (uint32_t row = 0; row < end; row++) {
		uint32_t keys[QUERY_MAX_DIMENSIONS];

		if (is_used(t, row)) {
			row_keys(p, t, row, keys);
			for (unsigned i = 0; i < p->shown_count; i++) {
				sorted[count].places[i] = places[i][keys[i]];
			}
			sorted[count++].row = row;
		}
	}
	qsort(sorted, count, sizeof(sorted[0]), cmp_rows);

	result->rows = arena_zalloc(arena, count * sizeof(result->rows[0]));
	result->row_count = count;
	for (size_t i = 0; i < count; i++) {
		uint32_t keys[QUERY_MAX_DIMENSIONS];
		uint32_t row = sorted[i].row;

		fill_row(q, &t->counts[row], &t->figures[row * (size_t)t->measure_count],
			 &result->rows[i]);
		row_keys(p, t, row, keys);
		for (unsigned b = 0; b < q->by_count; b++) {
			result->rows[i].keys[b] =
				(uint32_t)p->dims[p->by[b]].keys.keys[keys[p->by[b]]];
		}
	}
	for (unsigned i = 0; i < p->shown_count; i++) {
		free(places[i]);
	}
	free(sorted);
}

void
query_rows(struct query_plan *p, struct query_tally *t, struct arena *arena,
	   struct query_result *ret_result)
{
	const struct query *q = p->query;

	*ret_result = (struct query_result){ 0 };
	if (query_asks(q, MEASURE_MUNICIPALITIES)) {
		query_towns(p, t, query_measure_at(q, MEASURE_MUNICIPALITIES));
	}
	for (unsigned b = 0; b < q->by_count; b++) {
		ret_result->overlapping |= dimension_is_set(q->by[b]);
	}
	ret_result->unconfirmed = query_count_held(t->total_counts.n, QUERY_UNCONFIRMED);
	ret_result->too_many_rows = t->too_many_rows;
	fill_row(q, &t->total_counts, t->total, &ret_result->total);
	if (q->by_count == 0) {
		memcpy(ret_result->sum, ret_result->total.figures,
		       sizeof(ret_result->sum));
		for (unsigned m = 0; m < q->measure_count; m++) {
			ret_result->overlap[m].bound = ret_result->sum[m].bound;
		}
	} else if (!t->too_many_rows) {
		fill_rows(p, t, arena, ret_result);
		fill_sums(q, ret_result);
	}
}
