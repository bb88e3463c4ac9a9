#include "lib/model/query.h"

#include <stdlib.h>

#include "lib/base/mem.h"
#include "lib/model/query_parts.h"

/* Published figures beside itemised ones.  A figure applies to exactly its scope, years
 * and unfiltered: where the query asks anything narrower there is nothing to show. */

/* A published figure that the query asks for. */
struct asked {
	const struct figure_row *figure;
	uint32_t row;
	unsigned measure; /* Its place among the query's. */
};

static bool
is_whole(const struct query *q)
{
	return q->by_count == 0 && q->filter_count == 0;
}

static bool
has_scope(const struct figure_row *figure)
{
	return figure->scope_ja != 0 || figure->scope_en != 0;
}

static bool
within_bounds(const struct query *q, const struct figure_row *figure)
{
	return (q->from == FISCAL_YEAR_NONE || q->from <= figure->from) &&
	       (q->to == FISCAL_YEAR_NONE || figure->to <= q->to);
}

static enum measure
figure_measure(const struct fold *fold, const struct figure_row *figure)
{
	return measure_of(words_at(&fold->words, figure->measure));
}

static int
cmp_asked(const void *a, const void *b)
{
	const struct asked *x = a;
	const struct asked *y = b;

	if (x->measure != y->measure) {
		return x->measure < y->measure ? -1 : 1;
	}
	if (has_scope(x->figure) != has_scope(y->figure)) {
		return has_scope(y->figure) ? -1 : 1;
	}
	if (x->figure->from != y->figure->from) {
		return x->figure->from < y->figure->from ? -1 : 1;
	}
	if (x->figure->to != y->figure->to) {
		return x->figure->to > y->figure->to ? -1 : 1;
	}
	return (x->row > y->row) - (x->row < y->row);
}

/* Those that hold at one of the positions from 'from' to 'to'. */
static size_t
find_asked(const struct fold *fold, const struct query *q, uint64_t from, uint64_t to,
	   struct asked **ret_asked)
{
	struct asked *asked = xcalloc(fold->figures.count, sizeof(asked[0]));
	size_t count = 0;

	for (uint32_t row = 0; row < fold->figures.count; row++) {
		const struct figure_row *figure = table_at(&fold->figures, row);
		unsigned m = query_measure_at(q, figure_measure(fold, figure));

		if (figure->from_pos > to || figure->to_pos <= from ||
		    !within_bounds(q, figure) || m == q->measure_count) {
			continue;
		}
		asked[count++] = (struct asked){ figure, row, m };
	}
	qsort(asked, count, sizeof(asked[0]), cmp_asked);
	*ret_asked = asked;
	return count;
}

/* ---- Itemised. */

/* The query's measures by fiscal year, of every year. */
static void
run_by_year(const struct fold *fold, const struct query *q, struct arena *arena,
	    struct query_result *ret_years)
{
	struct query years = {
		.rule = q->rule,
		.position = q->position,
		.from = FISCAL_YEAR_NONE,
		.to = FISCAL_YEAR_NONE,
		.by = { DIM_FISCAL_YEAR },
		.by_count = 1,
		.measure_count = q->measure_count,
	};

	memcpy(years.measures, q->measures, sizeof(years.measures));
	query_run(fold, &years, arena, ret_years);
}

static int64_t
add_years(const struct query_result *years, unsigned measure, int16_t from, int16_t to)
{
	struct query_figure sum = { 0 };

	for (size_t i = 0; i < years->row_count; i++) {
		int32_t year = (int32_t)years->rows[i].keys[0] - 32768;

		if (year != FISCAL_YEAR_NONE && from <= year && year <= to) {
			query_figure_add(&sum, &years->rows[i].figures[measure]);
		}
	}
	return sum.value;
}

/* Distinct over all years: not the sum of the years'. */
static int64_t
count_municipalities(const struct fold *fold, const struct query *q,
		     const struct figure_row *figure, struct arena *arena)
{
	struct query years = {
		.rule = q->rule,
		.position = q->position,
		.from = figure->from,
		.to = figure->to,
		.measures = { MEASURE_MUNICIPALITIES },
		.measure_count = 1,
	};
	struct query_result result;

	query_run(fold, &years, arena, &result);
	return result.total.figures[0].value;
}

static struct published
compare(const struct asked *a, int64_t itemised)
{
	const struct figure_row *figure = a->figure;
	bool above = itemised > figure->value;

	return (struct published){
		.figure = a->row,
		.itemised = itemised,
		.not_itemised = above ? 0 : figure->value - itemised,
		.discrepancy = above && figure->bound != BOUND_AT_LEAST,
	};
}

size_t
query_published(const struct fold *fold, const struct query *q, struct arena *arena,
		struct published **ret_rows)
{
	struct asked *asked = NULL;
	size_t count =
		is_whole(q) ? find_asked(fold, q, q->position, q->position, &asked) : 0;
	struct published *rows = arena_alloc(arena, count * sizeof(rows[0]));
	struct query_result years = { 0 };

	if (count != 0) {
		run_by_year(fold, q, arena, &years);
	}
	for (size_t i = 0; i < count; i++) {
		const struct figure_row *figure = asked[i].figure;
		unsigned m = asked[i].measure;

		if (has_scope(figure) || fold->at_post) {
			rows[i] = (struct published){ .figure = asked[i].row,
						      .itemised = -1,
						      .not_itemised = -1 };
		} else if (q->measures[m] == MEASURE_MUNICIPALITIES) {
			rows[i] = compare(&asked[i],
					  count_municipalities(fold, q, figure, arena));
		} else {
			rows[i] = compare(&asked[i],
					  add_years(&years, m, figure->from, figure->to));
		}
	}
	free(asked);
	*ret_rows = rows;
	return count;
}

size_t
query_published_between(const struct fold *fold, const struct query *q, uint64_t from,
			uint64_t to, struct arena *arena, uint32_t **ret_figures)
{
	struct asked *asked = NULL;
	size_t count = is_whole(q) ? find_asked(fold, q, from, to, &asked) : 0;

	*ret_figures = arena_alloc(arena, count * sizeof((*ret_figures)[0]));
	for (size_t i = 0; i < count; i++) {
		(*ret_figures)[i] = asked[i].row;
	}
	free(asked);
	return count;
}

/* ---- The cumulative. */

static int
width(const struct figure_row *figure)
{
	return figure->to - figure->from;
}

/* Of events, without a scope, and not beyond the query's last year. */
static bool
can_begin(const struct fold *fold, const struct query *q, const struct figure_row *figure)
{
	return is_whole(q) && !has_scope(figure) &&
	       figure_measure(fold, figure) == MEASURE_EVENTS &&
	       (q->to == FISCAL_YEAR_NONE || figure->to <= q->to);
}

uint32_t
query_widest(const struct fold *fold, const struct query *q, uint64_t position)
{
	const struct figure_row *best = NULL;
	uint32_t best_row = UINT32_MAX;

	for (uint32_t row = 0; row < fold->figures.count; row++) {
		const struct figure_row *figure = table_at(&fold->figures, row);

		if (!query_holds(figure->from_pos, figure->to_pos, position) ||
		    !can_begin(fold, q, figure)) {
			continue;
		}
		if (best == NULL || width(figure) > width(best) ||
		    (width(figure) == width(best) &&
		     figure->from_pos >= best->from_pos)) {
			best = figure;
			best_row = row;
		}
	}
	return best_row;
}

bool
query_after_widest(const struct fold *fold, const struct query *q, uint32_t figure,
		   struct query *ret_after)
{
	const struct figure_row *widest = table_at(&fold->figures, figure);

	if (widest->to == INT16_MAX ||
	    (q->to != FISCAL_YEAR_NONE && q->to <= widest->to)) {
		return false;
	}
	*ret_after = (struct query){
		.rule = q->rule,
		.position = q->position,
		.from = (int16_t)(widest->to + 1),
		.to = q->to,
		.measures = { MEASURE_EVENTS },
		.measure_count = 1,
	};
	return true;
}

bool
query_cumulative(const struct fold *fold, const struct query *q, int64_t *ret_value,
		 int16_t *ret_from)
{
	uint32_t row = query_widest(fold, q, q->position);
	struct query_figure sum = { 0 };
	struct query after;

	if (row == UINT32_MAX) {
		return false;
	}
	const struct figure_row *widest = table_at(&fold->figures, row);
	sum.value = widest->value;
	if (query_after_widest(fold, q, row, &after)) {
		struct arena arena = { 0 };
		struct query_result result;

		query_run(fold, &after, &arena, &result);
		query_figure_add(&sum, &result.total.figures[0]);
		arena_fini(&arena);
	}
	*ret_value = sum.value;
	*ret_from = widest->from;
	return true;
}
