#include "lib/model/restatement_wire.h"

#include "lib/model/publication_wire.h"
#include "lib/model/restate.h"
#include "lib/model/totals_wire.h"

enum { PAGE_USUAL = 50, PAGE_MAX = 500, CELLS_MAX = 500, NO_QUERY = UINT32_MAX };

/* A published figure is one by what it speaks of; its rows come and go. */
struct spoken {
	const struct figure_row *of;
	uint32_t itemised; /* Query that counts what is itemised of it; NO_QUERY. */
};

/* What comes after a figure that the cumulative may begin with. */
struct after {
	int16_t last_year; /* Of the figure. */
	uint32_t query;    /* NO_QUERY: nothing does. */
};

struct restating {
	struct fold *fold;
	struct arena *arena;
	struct totals_shape shape;
	uint64_t from, to; /* Of the page; labels are as of 'to'. */

	/* The shape's tables first, then what stands behind the published figures. */
	struct query *queries;
	uint32_t query_count;
	uint32_t *figures; /* Of all that hold somewhere between. */
	size_t figure_count;
	struct spoken *spoken;
	size_t spoken_count;
	struct after *afters;
	size_t after_count;
};

struct cells {
	Kusanone__V1__RestatedCell **at;
	size_t count, cap;
};

static void
add_cell(struct restating *r, struct cells *cells, Kusanone__V1__RestatedCell *cell)
{
	if (cells->count == cells->cap) {
		size_t cap = cells->cap != 0 ? 2 * cells->cap : 16;
		Kusanone__V1__RestatedCell **at =
			arena_alloc(r->arena, cap * sizeof(at[0]));

		if (cells->count != 0) {
			memcpy(at, cells->at, cells->count * sizeof(at[0]));
		}
		cells->at = at;
		cells->cap = cap;
	}
	cells->at[cells->count++] = cell;
}

static Kusanone__V1__RestatedCell *
new_cell(struct restating *r, const char *column)
{
	Kusanone__V1__RestatedCell *cell = arena_alloc(r->arena, sizeof(*cell));

	kusanone__v1__restated_cell__init(cell);
	cell->column = (char *)(uintptr_t)column;
	return cell;
}

/* ---- Cells of tables --------------------------------------------------------------- */

static const char *
column_name(const struct query *q, unsigned column)
{
	static const char *const extras[RUNNING_EXTRAS] = {
		[RUNNING_PROVISIONAL] = "provisional", [RUNNING_BOUNDARY] = "boundary",
		[RUNNING_PLANNED] = "planned",         [RUNNING_POSTPONED] = "postponed",
		[RUNNING_CANCELLED] = "cancelled",
	};

	return column < q->measure_count ? measure_name(q->measures[column])
					 : extras[column - q->measure_count];
}

/* All tables have one national total of a column: it stands in the first of them. */
static bool
is_told_before(const struct restating *r, const struct restate_cell *in,
	       const char *column)
{
	const struct query *first = &r->queries[0];

	for (unsigned i = 0; i < first->measure_count + RUNNING_EXTRAS; i++) {
		if (in->query != 0 && in->is.total &&
		    strcmp(column_name(first, i), column) == 0) {
			return true;
		}
	}
	return false;
}

static void
add_table_cell(struct restating *r, const struct restate_cell *in, struct cells *cells)
{
	const struct query *q = &r->queries[in->query];
	const char *column = column_name(q, in->is.column);
	unsigned n = in->is.total ? 0 : q->by_count;

	if (is_told_before(r, in, column)) {
		return;
	}
	Kusanone__V1__RestatedCell *cell = new_cell(r, column);
	cell->by = arena_alloc(r->arena, n * sizeof(cell->by[0]));
	cell->keys = arena_alloc(r->arena, n * sizeof(cell->keys[0]));
	cell->n_by = cell->n_keys = n;
	for (unsigned i = 0; i < n; i++) {
		cell->by[i] = (char *)(uintptr_t)dimension_name(q->by[i]);
		cell->keys[i] =
			totals_key(r->fold, r->to, q->by[i], in->is.keys[i], r->arena);
	}
	cell->before = totals_figure(&in->is.before, r->arena);
	cell->after = totals_figure(&in->is.after, r->arena);
	add_cell(r, cells, cell);
}

/* ---- Published figures ------------------------------------------------------------- */

static bool
speak_of_same(const struct figure_row *a, const struct figure_row *b)
{
	return a->measure == b->measure && a->scope_ja == b->scope_ja &&
	       a->scope_en == b->scope_en && a->from == b->from && a->to == b->to;
}

/* The row of it that holds at the position; NULL: it is not published then. */
static const struct figure_row *
figure_at(const struct restating *r, const struct spoken *s, uint64_t position)
{
	for (size_t i = 0; i < r->figure_count; i++) {
		const struct figure_row *f = table_at(&r->fold->figures, r->figures[i]);

		if (speak_of_same(f, s->of) && f->from_pos <= position &&
		    position < f->to_pos) {
			return f;
		}
	}
	return NULL;
}

enum { PUBLISHED, ITEMISED, NOT_ITEMISED, PUBLISHED_COLUMNS };

/* What stands in its line at a position, given the totals there; false: no such column.
 */
static bool
published_figure(const struct restating *r, const struct spoken *s, unsigned column,
		 uint64_t position, const struct query_figure *totals,
		 struct query_figure *ret)
{
	const struct figure_row *f = figure_at(r, s, position);
	int64_t itemised = s->itemised != NO_QUERY ? totals[s->itemised].value : 0;

	if (f == NULL || (column != PUBLISHED && s->itemised == NO_QUERY)) {
		return false;
	}
	*ret = (struct query_figure){ .bound = BOUND_EXACT };
	if (column == PUBLISHED) {
		ret->value = f->value;
		ret->bound = (enum bound)f->bound;
	} else if (column == ITEMISED) {
		ret->value = itemised;
	} else {
		ret->value = itemised > f->value ? 0 : f->value - itemised;
	}
	return true;
}

static Kusanone__V1__PublishedFigure *
spoken_message(struct restating *r, const struct spoken *s)
{
	const struct words *words = &r->fold->words;
	Kusanone__V1__PublishedFigure *figure = arena_alloc(r->arena, sizeof(*figure));
	struct slice measure = words_at(words, s->of->measure);
	struct slice ja = words_at(words, s->of->scope_ja);
	struct slice en = words_at(words, s->of->scope_en);

	kusanone__v1__published_figure__init(figure);
	figure->measure = arena_dup(r->arena, measure.at, measure.len);
	figure->fiscal_year_from = s->of->from;
	figure->fiscal_year_to = s->of->to;
	if (ja.len + en.len != 0) {
		figure->scope = arena_alloc(r->arena, sizeof(*figure->scope));
		kusanone__v1__text__init(figure->scope);
		figure->scope->ja = arena_dup(r->arena, ja.at, ja.len);
		figure->scope->en = arena_dup(r->arena, en.at, en.len);
	}
	return figure;
}

/* A figure at two positions: a cell, if they differ. */
static void
add_pair(struct restating *r, const char *column, const struct spoken *s,
	 const struct query_figure *before, const struct query_figure *after,
	 struct cells *cells)
{
	if ((before == NULL && after == NULL) ||
	    (before != NULL && after != NULL && before->value == after->value &&
	     before->bound == after->bound)) {
		return;
	}
	Kusanone__V1__RestatedCell *cell = new_cell(r, column);
	cell->figure = s != NULL ? spoken_message(r, s) : NULL;
	cell->before = before != NULL ? totals_figure(before, r->arena) : NULL;
	cell->after = after != NULL ? totals_figure(after, r->arena) : NULL;
	add_cell(r, cells, cell);
}

/* The cumulative at a position, given the totals there; false: there is none. */
static bool
cumulative(const struct restating *r, uint64_t position,
	   const struct query_figure *totals, struct query_figure *ret)
{
	uint32_t row = r->shape.cumulative
			       ? query_widest(r->fold, &r->shape.published, position)
			       : UINT32_MAX;

	if (row == UINT32_MAX) {
		return false;
	}
	const struct figure_row *f = table_at(&r->fold->figures, row);
	*ret = (struct query_figure){ .value = f->value, .bound = BOUND_EXACT };
	for (size_t i = 0; i < r->after_count; i++) {
		if (r->afters[i].last_year == f->to && r->afters[i].query != NO_QUERY) {
			query_figure_add(ret, &totals[r->afters[i].query]);
		}
	}
	return true;
}

static void
add_published_cells(struct restating *r, uint64_t before, const struct query_figure *was,
		    uint64_t after, const struct query_figure *is, struct cells *cells)
{
	static const char *const columns[PUBLISHED_COLUMNS] = { "published", "itemised",
								"not_itemised" };
	struct query_figure a, b;

	for (size_t i = 0; i < r->spoken_count; i++) {
		const struct spoken *s = &r->spoken[i];

		for (unsigned c = 0; c < PUBLISHED_COLUMNS; c++) {
			bool had = published_figure(r, s, c, before, was, &a);
			bool has = published_figure(r, s, c, after, is, &b);

			add_pair(r, columns[c], s, had ? &a : NULL, has ? &b : NULL,
				 cells);
		}
	}
	bool had = cumulative(r, before, was, &a);
	bool has = cumulative(r, after, is, &b);
	add_pair(r, "cumulative", NULL, had ? &a : NULL, has ? &b : NULL, cells);
}

/* ---- Which queries ----------------------------------------------------------------- */

static uint32_t
add_query(struct restating *r, const struct query *q)
{
	r->queries[r->query_count] = *q;
	return r->query_count++;
}

/* What is itemised of a figure: its measure over its own years. */
static void
add_spoken(struct restating *r, const struct figure_row *f)
{
	const struct query *asked = &r->shape.published;

	for (size_t i = 0; i < r->spoken_count; i++) {
		if (speak_of_same(r->spoken[i].of, f)) {
			return;
		}
	}
	struct spoken *s = &r->spoken[r->spoken_count++];
	*s = (struct spoken){ .of = f, .itemised = NO_QUERY };
	if (f->scope_ja == 0 && f->scope_en == 0 && !r->fold->at_post) {
		s->itemised = add_query(
			r, &(struct query){ .rule = asked->rule,
					    .from = f->from,
					    .to = f->to,
					    .measures = { measure_of(words_at(
						    &r->fold->words, f->measure)) },
					    .measure_count = 1 });
	}
}

static void
add_after(struct restating *r, uint32_t row)
{
	const struct figure_row *f = table_at(&r->fold->figures, row);
	struct query after;

	for (size_t i = 0; i < r->after_count; i++) {
		if (r->afters[i].last_year == f->to) {
			return;
		}
	}
	struct after *a = &r->afters[r->after_count++];
	*a = (struct after){ .last_year = f->to, .query = NO_QUERY };
	if (query_after_widest(r->fold, &r->shape.published, row, &after)) {
		a->query = add_query(r, &after);
	}
}

static void
choose_queries(struct restating *r)
{
	const struct query *asked = &r->shape.published;
	bool whole = asked->by_count == 0 && asked->filter_count == 0;
	uint32_t count = whole ? r->fold->figures.count : 0;
	uint32_t *spoken;
	size_t spoken_count = query_published_between(r->fold, asked, r->from, r->to,
						      r->arena, &spoken);

	r->queries = arena_alloc(r->arena, (TOTALS_MAX_TABLES + 2 * (size_t)count) *
						   sizeof(r->queries[0]));
	r->figures = arena_alloc(r->arena, count * sizeof(r->figures[0]));
	r->spoken = arena_alloc(r->arena, count * sizeof(r->spoken[0]));
	r->afters = arena_alloc(r->arena, count * sizeof(r->afters[0]));
	for (unsigned i = 0; i < r->shape.table_count; i++) {
		(void)add_query(r, &r->shape.tables[i]);
	}
	for (size_t i = 0; i < spoken_count; i++) {
		add_spoken(r, table_at(&r->fold->figures, spoken[i]));
	}
	for (uint32_t row = 0; row < count; row++) {
		const struct figure_row *f = table_at(&r->fold->figures, row);

		if (f->from_pos > r->to || f->to_pos <= r->from) {
			continue;
		}
		r->figures[r->figure_count++] = row;
		if (r->shape.cumulative) {
			add_after(r, row);
		}
	}
}

/* ---- Records ----------------------------------------------------------------------- */

static Kusanone__V1__RestatedEvent *
event_message(struct restating *r, const struct restate_event *in)
{
	const struct event_fact *fact = table_at(&r->fold->facts, in->fact);
	Kusanone__V1__RestatedEvent *out = arena_alloc(r->arena, sizeof(*out));
	char *revision;

	kusanone__v1__restated_event__init(out);
	out->event_id = show_event_id(r->fold, in->event, r->arena);
	(void)totals_revision(r->fold, fact->head_record, r->arena, &revision,
			      &out->title);
	out->changed = arena_alloc(r->arena, RESTATE_FIELDS * sizeof(out->changed[0]));
	for (unsigned field = 0; field < RESTATE_FIELDS; field++) {
		if ((in->changed & UINT32_C(1) << field) != 0) {
			out->changed[out->n_changed++] =
				(char *)(uintptr_t)restate_field_name(
					(enum restate_field)field);
		}
	}
	return out;
}

static void
add_cells(struct restating *r, const struct restate_entry *entry, uint64_t before,
	  const struct query_figure *was, struct cells *cells)
{
	for (size_t i = 0; i < entry->cell_count; i++) {
		if (entry->cells[i].query < r->shape.table_count) {
			add_table_cell(r, &entry->cells[i], cells);
		}
	}
	add_published_cells(r, before, was, entry->position, entry->totals, cells);
}

/* NULL: it changed nothing that is shown. */
static Kusanone__V1__RestatedRecord *
record_message(struct restating *r, const struct restate_entry *entry,
	       const struct query_figure *was)
{
	Kusanone__V1__RestatedRecord *out = arena_alloc(r->arena, sizeof(*out));
	uint32_t row = (uint32_t)(entry->position - 1);
	const struct record_row *record = table_at(&r->fold->records, row);
	struct cells cells = { 0 };

	add_cells(r, entry, entry->position - 1, was, &cells);
	if (cells.count == 0) {
		return NULL;
	}
	kusanone__v1__restated_record__init(out);
	out->record = show_history_row(r->fold, row, r->arena);
	out->hq_ms = record->hq_ms;
	out->all_events = entry->all_events;
	out->n_events = entry->event_count;
	out->events = arena_alloc(r->arena, out->n_events * sizeof(out->events[0]));
	for (size_t i = 0; i < entry->event_count; i++) {
		out->events[i] = event_message(r, &entry->events[i]);
	}
	out->cells = cells.at;
	out->n_cells = cells.count;
	return out;
}

static bool
refuse_too_many(struct show_fault *ret)
{
	*ret = (struct show_fault){ .code = "too_large",
				    .field = "by",
				    .reason_ja = "行が多すぎます",
				    .reason_en = "gives too many rows" };
	return false;
}

static bool
list_records(struct restating *r, const struct restate_ask *ask, size_t limit,
	     Kusanone__V1__RestatementReply *reply, struct show_fault *ret_fault)
{
	struct restate_result result;
	const struct query_figure *was;

	restate_list(r->fold, ask, limit, r->arena, &result);
	if (result.too_many_rows) {
		return refuse_too_many(ret_fault);
	}
	was = result.totals;
	reply->next = result.next;
	reply->records = arena_alloc(r->arena, result.count * sizeof(reply->records[0]));
	for (size_t i = 0; i < result.count; i++) {
		Kusanone__V1__RestatedRecord *record =
			record_message(r, &result.entries[i], was);

		if (record != NULL) {
			reply->records[reply->n_records++] = record;
		}
		was = result.entries[i].totals;
	}
	return true;
}

static bool
list_differing(struct restating *r, const struct restate_ask *ask, size_t skip,
	       Kusanone__V1__RestatementReply *reply, struct show_fault *ret_fault)
{
	struct restate_result result;
	struct cells cells = { 0 };

	restate_whole(r->fold, ask, r->arena, &result);
	if (result.too_many_rows) {
		return refuse_too_many(ret_fault);
	}
	add_cells(r, &result.entries[0], r->from, result.totals, &cells);
	if (skip >= cells.count) {
		return true;
	}
	reply->differing = cells.at + skip;
	reply->n_differing = cells.count - skip;
	if (reply->n_differing > CELLS_MAX) {
		reply->n_differing = CELLS_MAX;
		reply->next = skip + CELLS_MAX;
	}
	return true;
}

bool
restatement_answer(struct fold *f, const Kusanone__V1__RestatementQuery *in,
		   struct arena *arena, Kusanone__V1__RestatementReply *ret_reply,
		   struct show_fault *ret_fault)
{
	struct restating r = { .fold = f, .arena = arena };
	Kusanone__V1__TotalsQuery question;
	uint64_t end = fold_position(f);
	size_t limit = in->limit == 0         ? PAGE_USUAL
		       : in->limit > PAGE_MAX ? PAGE_MAX
					      : in->limit;

	kusanone__v1__restatement_reply__init(ret_reply);
	ret_reply->row = arena_alloc(arena, sizeof(*ret_reply->row));
	if (!publication_find(f, in->name, arena, ret_reply->row, &question, ret_fault) ||
	    !totals_shape_of(f, &question, arena, &r.shape, ret_fault)) {
		return false;
	}
	r.from = ret_reply->row->position;
	r.to = in->until != 0 && in->until < end ? in->until : end;
	r.to = r.to > r.from ? r.to : r.from;
	if (!in->differing && in->after > r.from) {
		r.from = in->after < r.to ? in->after : r.to;
	}
	ret_reply->until = r.to;
	ret_reply->until_ms =
		((const struct record_row *)table_at(&f->records, (uint32_t)(r.to - 1)))
			->hq_ms;
	choose_queries(&r);
	struct restate_ask ask = { .queries = r.queries,
				   .query_count = r.query_count,
				   .figures = r.figures,
				   .figure_count = r.figure_count,
				   .from = r.from,
				   .to = r.to };
	return in->differing ? list_differing(&r, &ask, in->skip, ret_reply, ret_fault)
			     : list_records(&r, &ask, limit, ret_reply, ret_fault);
}
