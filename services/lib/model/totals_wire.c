#include "lib/model/totals_wire.h"

#include <inttypes.h>

#include "lib/base/unpack_wire.h"
#include "lib/model/era.h"

enum {
	OPENED_MAX = 1000, /* Records listed behind a figure. */
	/* A filter's word that no event has ever had. */
	KEY_UNKNOWN = UINT32_MAX - 16,
};

struct answering {
	struct fold *fold;
	struct arena *arena;
	const Kusanone__V1__TotalsQuery *in;
	Kusanone__V1__TotalsReply *out;
	struct show_fault *fault;
	struct query query;
};

static bool
fault(struct answering *a, const char *field, const char *ja, const char *en,
      const char *expected)
{
	*a->fault = (struct show_fault){ .field = field,
					 .reason_ja = ja,
					 .reason_en = en,
					 .expected_ja = expected,
					 .expected_en = expected };
	return false;
}

static char *
copy(struct arena *arena, struct slice s)
{
	return arena_dup(arena, s.at, s.len);
}

static Kusanone__V1__Text *
make_text(struct arena *arena, struct slice ja, struct slice en)
{
	Kusanone__V1__Text *text = arena_alloc(arena, sizeof(*text));

	kusanone__v1__text__init(text);
	text->ja = copy(arena, ja);
	text->en = copy(arena, en);
	return text;
}

/* ---- The question ---------------------------------------------------------------- */

static bool
parse_month(struct slice s, uint32_t *ret)
{
	struct date date;

	if (!date_parse(s, &date) || date.precision != PRECISION_MONTH) {
		return false;
	}
	*ret = (uint32_t)date_month(&date) + 1;
	return true;
}

static bool
parse_key(struct answering *a, enum dimension dimension, struct slice s, uint32_t *ret)
{
	enum status status;
	int16_t year;

	if (slice_eq_str(s, "not_stated") || slice_eq_str(s, "no_confirmed_post")) {
		*ret = KEY_NONE;
		return true;
	}
	switch (dimension) {
	case DIM_FISCAL_YEAR:
		if (!fiscal_year_parse(s, &year)) {
			return fault(a, "filters", "年度として読めません",
				     "is no fiscal year", "FY2023, 2023, 令和5年度");
		}
		*ret = (uint32_t)(year + 32768);
		return true;
	case DIM_MONTH:
		return parse_month(s, ret) || fault(a, "filters", "月として読めません",
						    "is no month", "2024-02");
	case DIM_STATUS:
		if (status_parse(s, &status)) {
			*ret = status;
			return true;
		}
		return fault(a, "filters", "状態として読めません", "is no status",
			     "planned, postponed, cancelled, held");
	case DIM_STATE:
		if (slice_eq_str(s, "online")) {
			*ret = STATE_ONLINE;
			return true;
		}
		break;
	default:
		break;
	}
	*ret = words_find(&a->fold->words, s);
	if (*ret == 0) {
		*ret = KEY_UNKNOWN;
	}
	return true;
}

static bool
parse_dimensions(struct answering *a, char **list, size_t count, enum dimension *ret)
{
	for (size_t i = 0; i < count; i++) {
		ret[i] = dimension_of(slice_str(list[i]));
		if (ret[i] == DIM_COUNT) {
			return fault(a, "by", "知らない区分です", "is no grouping",
				     "fy, month, post, state, category, pillar, format, "
				     "topic, "
				     "frame, status");
		}
		for (size_t k = 0; k < i; k++) {
			if (ret[k] == ret[i]) {
				return fault(a, "by", "同じ区分が二度あります",
					     "names a grouping twice", "fy,post");
			}
		}
	}
	return true;
}

static bool
parse_measures(struct answering *a)
{
	struct query *q = &a->query;

	for (size_t i = 0; i < a->in->n_measures; i++) {
		struct slice word = slice_str(a->in->measures[i]);
		enum measure measure = measure_of(word);

		if (slice_eq_str(word, "budget")) {
			measure = MEASURE_BUDGET_PLANNED;
			if (q->measure_count + 2 > MEASURE_COUNT) {
				measure = MEASURE_COUNT;
			} else {
				q->measures[q->measure_count++] = measure;
				measure = MEASURE_BUDGET_SPENT;
			}
		}
		if (measure == MEASURE_COUNT || q->measure_count == MEASURE_COUNT) {
			return fault(a, "measures", "知らない数え方です", "is no measure",
				     "events, sessions, municipalities, participants, "
				     "budget_planned, budget_spent, budget");
		}
		q->measures[q->measure_count++] = measure;
	}
	if (q->measure_count == 0) {
		q->measures[q->measure_count++] = MEASURE_EVENTS;
	}
	return true;
}

static bool
parse_filters(struct answering *a)
{
	struct query *q = &a->query;

	if (a->in->n_filters > QUERY_MAX_FILTERS) {
		return fault(a, "filters", "条件が多すぎます", "has too many filters",
			     "16");
	}
	for (size_t i = 0; i < a->in->n_filters; i++) {
		const Kusanone__V1__Filter *in = a->in->filters[i];
		struct query_filter *f = &q->filters[q->filter_count++];

		f->dimension = dimension_of(slice_str(in->dimension));
		if (f->dimension == DIM_COUNT) {
			return fault(a, "filters", "知らない区分です", "is no dimension",
				     "fy, month, post, state, category, pillar, format, "
				     "topic, "
				     "frame, status");
		}
		f->key_count = in->n_values;
		f->keys = arena_alloc(a->arena, in->n_values * sizeof(f->keys[0]));
		for (size_t k = 0; k < in->n_values; k++) {
			if (!parse_key(a, f->dimension, slice_str(in->values[k]),
				       &f->keys[k])) {
				return false;
			}
		}
	}
	return true;
}

static bool
parse_years(struct answering *a)
{
	struct query *q = &a->query;
	int32_t from = a->in->fiscal_year_from, to = a->in->fiscal_year_to;

	if (from == 0 && to == 0) {
		q->from = FISCAL_YEAR_NONE;
		q->to = FISCAL_YEAR_NONE;
		return true;
	}
	if (to == 0) {
		to = from;
	}
	if (from < DATE_YEAR_MIN || to > DATE_YEAR_MAX || from > to) {
		return fault(a, "fiscal_year_from", "年度の範囲ではありません",
			     "is no range of fiscal years", "2017-2023");
	}
	q->from = (int16_t)from;
	q->to = (int16_t)to;
	return true;
}

static bool
parse_query(struct answering *a)
{
	struct query *q = &a->query;
	uint64_t position = a->in->as_of_position;

	*q = (struct query){ .rule = RULE_LOCAL, .position = fold_position(a->fold) };
	if (position > q->position) {
		return fault(a, "as_of", "まだ記録のない位置です",
			     "lies beyond the last record",
			     arena_printf(a->arena, "1 – %" PRIu64, q->position));
	}
	if (position != 0) {
		q->position = position;
	}
	if (a->in->rule[0] != '\0' &&
	    !date_rule_parse(slice_str(a->in->rule), &q->rule)) {
		return fault(a, "rule", "知らない日付規則です", "is no dating rule",
			     "local, tokyo");
	}
	if (a->in->n_by > QUERY_MAX_DIMENSIONS) {
		return fault(a, "by", "区分が多すぎます", "has too many groupings", "4");
	}
	q->by_count = (unsigned)a->in->n_by;
	return parse_dimensions(a, a->in->by, a->in->n_by, q->by) && parse_measures(a) &&
	       parse_filters(a) && parse_years(a);
}

/* Each grouping as a table of its own; first the whole with what the report names. */
static void
shape_report(const struct query *asked, struct totals_shape *shape)
{
	static const enum measure whole[] = { MEASURE_EVENTS, MEASURE_SESSIONS,
					      MEASURE_MUNICIPALITIES };
	static const enum dimension usual[] = { DIM_POST, DIM_STATE, DIM_MONTH };
	const enum dimension *by = asked->by_count != 0 ? asked->by : usual;
	unsigned count = asked->by_count != 0 ? asked->by_count : ARRAY_LEN(usual);
	struct query q = *asked;

	q.by_count = 0;
	q.measures[0] = MEASURE_EVENTS;
	q.measure_count = 1;
	shape->published = q;
	memcpy(q.measures, whole, sizeof(whole));
	q.measure_count = ARRAY_LEN(whole);
	shape->tables[0] = q;
	q = shape->published;
	q.by_count = 1;
	for (unsigned i = 0; i < count; i++) {
		q.by[0] = by[i];
		shape->tables[i + 1] = q;
	}
	shape->table_count = count + 1;
	shape->cumulative = true;
}

static void
shape_of(const struct answering *a, struct totals_shape *ret)
{
	if (a->in->report) {
		shape_report(&a->query, ret);
		return;
	}
	ret->tables[0] = a->query;
	ret->table_count = 1;
	ret->published = a->query;
	ret->cumulative = a->query.measures[0] == MEASURE_EVENTS;
}

bool
totals_shape_of(struct fold *f, const Kusanone__V1__TotalsQuery *in, struct arena *arena,
		struct totals_shape *ret_shape, struct show_fault *ret_fault)
{
	struct answering a = { .fold = f, .arena = arena, .in = in, .fault = ret_fault };

	if (!parse_query(&a)) {
		return false;
	}
	shape_of(&a, ret_shape);
	return true;
}

/* ---- Keys and labels ------------------------------------------------------------- */

static const struct reference_entry *
reference_of(struct answering *a, enum dimension dimension, struct slice code)
{
	static const struct {
		enum dimension dimension;
		enum reference_kind kind;
		const char *group;
	} map[] = {
		{ DIM_POST, REFERENCE_POST, "" },
		{ DIM_STATE, REFERENCE_STATE, "US" },
		{ DIM_CATEGORY, REFERENCE_CODE, "category" },
		{ DIM_PILLAR, REFERENCE_PILLAR, "" },
		{ DIM_FORMAT, REFERENCE_CODE, "format" },
		{ DIM_TOPIC, REFERENCE_CODE, "topic" },
		{ DIM_FRAME, REFERENCE_CODE, "frame" },
	};

	for (size_t i = 0; i < ARRAY_LEN(map); i++) {
		if (map[i].dimension == dimension) {
			return reference_find(&a->fold->reference, map[i].kind,
					      slice_str(map[i].group), code,
					      REFERENCE_ANY_DAY, a->query.position);
		}
	}
	return NULL;
}

static void
label_year(struct answering *a, int16_t year, Kusanone__V1__TotalsKey *key)
{
	char ja[ERA_TEXT_SIZE], en[ERA_TEXT_SIZE];

	fiscal_year_format_ja(year, ja);
	fiscal_year_format_en(year, en);
	key->code = copy(a->arena, slice_str(en));
	key->label = make_text(a->arena, slice_str(ja), slice_str(en));
}

static void
label_status(struct answering *a, uint32_t status, Kusanone__V1__TotalsKey *key)
{
	static const struct {
		const char *ja, *en;
	} labels[] = { { "", "" },
		       { "予定", "planned" },
		       { "延期", "postponed" },
		       { "中止", "cancelled" },
		       { "実施", "held" } };

	key->code = copy(a->arena, slice_str(status_name((enum status)status)));
	key->label = make_text(a->arena, slice_str(labels[status].ja),
			       slice_str(labels[status].en));
}

static Kusanone__V1__TotalsKey *
make_key(struct answering *a, enum dimension dimension, uint32_t key)
{
	Kusanone__V1__TotalsKey *out = arena_alloc(a->arena, sizeof(*out));
	const struct reference_entry *row;
	struct slice code;

	kusanone__v1__totals_key__init(out);
	if (key == KEY_NONE || (dimension == DIM_STATE && key == STATE_NOT_STATED)) {
		out->bucket =
			(char *)(uintptr_t)(dimension == DIM_POST ? "no_confirmed_post"
								  : "not_stated");
		return out;
	}
	switch (dimension) {
	case DIM_FISCAL_YEAR:
		label_year(a, (int16_t)((int32_t)key - 32768), out);
		return out;
	case DIM_MONTH:
		out->code = arena_printf(a->arena, "%04u-%02u", (key - 1) / 12,
					 (key - 1) % 12 + 1);
		return out;
	case DIM_STATUS:
		label_status(a, key, out);
		return out;
	case DIM_STATE:
		if (key == STATE_ONLINE) {
			out->bucket = (char *)(uintptr_t) "online";
			return out;
		}
		break;
	default:
		break;
	}
	code = words_at(&a->fold->words, key);
	out->code = copy(a->arena, code);
	row = reference_of(a, dimension, code);
	if (row != NULL) {
		out->label = make_text(a->arena, words_at(&a->fold->words, row->label_ja),
				       words_at(&a->fold->words, row->label_en));
	}
	return out;
}

Kusanone__V1__TotalsKey *
totals_key(struct fold *f, uint64_t position, enum dimension dimension, uint32_t key,
	   struct arena *arena)
{
	struct answering a = { .fold = f,
			       .arena = arena,
			       .query = { .position = position } };

	return make_key(&a, dimension, key);
}

/* ---- Tables ---------------------------------------------------------------------- */

Kusanone__V1__Figure *
totals_figure(const struct query_figure *in, struct arena *arena)
{
	Kusanone__V1__Figure *out = arena_alloc(arena, sizeof(*out));

	kusanone__v1__figure__init(out);
	out->value = in->value;
	out->bound = (Kusanone__V1__Bound)in->bound;
	out->not_stated = in->not_stated;
	return out;
}

static Kusanone__V1__Figure **
make_figures(struct answering *a, const struct query_figure *in, unsigned count)
{
	Kusanone__V1__Figure **list = arena_alloc(a->arena, count * sizeof(list[0]));

	for (unsigned i = 0; i < count; i++) {
		list[i] = totals_figure(&in[i], a->arena);
	}
	return list;
}

static Kusanone__V1__TotalsRow *
make_row(struct answering *a, const struct query *q, const struct query_row *in)
{
	Kusanone__V1__TotalsRow *row = arena_alloc(a->arena, sizeof(*row));

	kusanone__v1__totals_row__init(row);
	row->n_keys = q->by_count;
	row->keys = arena_alloc(a->arena, q->by_count * sizeof(row->keys[0]));
	for (unsigned i = 0; i < q->by_count; i++) {
		row->keys[i] = make_key(a, q->by[i], in->keys[i]);
	}
	row->n_figures = q->measure_count;
	row->figures = make_figures(a, in->figures, q->measure_count);
	row->provisional = in->provisional;
	row->boundary = in->boundary;
	row->planned = in->planned;
	row->postponed = in->postponed;
	row->cancelled = in->cancelled;
	return row;
}

static Kusanone__V1__TotalsTable *
make_table(struct answering *a, const struct query *q, uint64_t *ret_unconfirmed)
{
	Kusanone__V1__TotalsTable *table = arena_alloc(a->arena, sizeof(*table));
	struct query_result result;

	query_run(a->fold, q, a->arena, &result);
	if (result.too_many_rows) {
		fault(a, "by", "行が多すぎます", "gives too many rows",
		      "fewer groupings, or a filter");
		return NULL;
	}
	*ret_unconfirmed = result.unconfirmed;
	kusanone__v1__totals_table__init(table);
	table->n_by = q->by_count;
	table->by = arena_alloc(a->arena, q->by_count * sizeof(char *));
	for (unsigned i = 0; i < q->by_count; i++) {
		table->by[i] = (char *)(uintptr_t)dimension_name(q->by[i]);
	}
	table->n_measures = q->measure_count;
	table->measures = arena_alloc(a->arena, q->measure_count * sizeof(char *));
	for (unsigned i = 0; i < q->measure_count; i++) {
		table->measures[i] = (char *)(uintptr_t)measure_name(q->measures[i]);
	}
	table->n_rows = result.row_count;
	table->rows = arena_alloc(a->arena, result.row_count * sizeof(table->rows[0]));
	for (size_t i = 0; i < result.row_count; i++) {
		table->rows[i] = make_row(a, q, &result.rows[i]);
	}
	table->n_sum = table->n_overlap = table->n_total = q->measure_count;
	table->sum = make_figures(a, result.sum, q->measure_count);
	table->overlap = make_figures(a, result.overlap, q->measure_count);
	table->total = make_figures(a, result.total.figures, q->measure_count);
	table->overlapping = result.overlapping;
	table->provisional = result.total.provisional;
	table->boundary = result.total.boundary;
	table->planned = result.total.planned;
	table->postponed = result.total.postponed;
	table->cancelled = result.total.cancelled;
	return table;
}

/* ---- Published figures ----------------------------------------------------------- */

static Kusanone__V1__PublishedRow *
make_published(struct fold *f, const struct published *in, struct arena *arena)
{
	const struct figure_row *row = table_at(&f->figures, in->figure);
	Kusanone__V1__PublishedRow *out = arena_alloc(arena, sizeof(*out));
	Kusanone__V1__PublishedFigure *figure = arena_alloc(arena, sizeof(*figure));
	struct arena scratch = { 0 };
	struct record record;

	kusanone__v1__published_row__init(out);
	kusanone__v1__published_figure__init(figure);
	out->figure = figure;
	out->itemised = in->itemised;
	out->not_itemised = in->not_itemised;
	out->discrepancy = in->discrepancy;
	figure->measure = copy(arena, words_at(&f->words, row->measure));
	if (row->scope_ja != 0 || row->scope_en != 0) {
		figure->scope = make_text(arena, words_at(&f->words, row->scope_ja),
					  words_at(&f->words, row->scope_en));
	}
	figure->fiscal_year_from = row->from;
	figure->fiscal_year_to = row->to;
	figure->value = row->value;
	figure->bound = (Kusanone__V1__Bound)row->bound;

	struct slice bytes;
	if (f->source.read(f->source.ctx, (uint64_t)row->record + 1, &scratch, &bytes) &&
	    record_decode(bytes, &scratch, &record, NULL) &&
	    record.body == BODY_PUBLISHED_FIGURE) {
		figure->source = arena_alloc(arena, sizeof(*figure->source));
		kusanone__v1__source__init(figure->source);
		figure->source->name = copy(arena, record.figure.source);
		figure->source->quote = copy(arena, record.figure.quote);
	}
	arena_fini(&scratch);
	return out;
}

static size_t
published_of(struct fold *f, const struct query *q, struct arena *arena,
	     Kusanone__V1__PublishedRow ***ret_rows)
{
	struct published *list;
	size_t count = query_published(f, q, arena, &list);

	*ret_rows = arena_alloc(arena, count * sizeof((*ret_rows)[0]));
	for (size_t i = 0; i < count; i++) {
		(*ret_rows)[i] = make_published(f, &list[i], arena);
	}
	return count;
}

size_t
totals_published(struct fold *f, uint64_t position, enum date_rule rule,
		 struct arena *arena, Kusanone__V1__PublishedRow ***ret_rows)
{
	struct query q = { .rule = rule,
			   .position = position,
			   .from = FISCAL_YEAR_NONE,
			   .to = FISCAL_YEAR_NONE,
			   .measure_count = MEASURE_COUNT };

	for (unsigned i = 0; i < MEASURE_COUNT; i++) {
		q.measures[i] = (enum measure)i;
	}
	return published_of(f, &q, arena, ret_rows);
}

static void
add_cumulative(struct answering *a, const struct query *q)
{
	int64_t value;
	int16_t from;

	if (query_cumulative(a->fold, q, &value, &from)) {
		Kusanone__V1__Figure *figure = arena_alloc(a->arena, sizeof(*figure));

		kusanone__v1__figure__init(figure);
		figure->value = value;
		figure->bound = KUSANONE__V1__BOUND__BOUND_EXACT;
		a->out->cumulative = figure;
		a->out->cumulative_from = from;
	}
}

/* ---- Best practices, and the records behind a figure ----------------------------- */

bool
totals_revision(struct fold *f, uint32_t r, struct arena *arena, char **ret_revision,
		Kusanone__V1__Text **ret_title)
{
	struct arena scratch = { 0 };
	struct slice bytes;
	struct record record;
	bool good = f->source.read(f->source.ctx, (uint64_t)r + 1, &scratch, &bytes);

	if (good) {
		struct hash identity = hash_of(bytes);

		*ret_revision = arena_alloc(arena, 2 * HASH_LEN + 1);
		hex_format(identity.b, HASH_LEN, *ret_revision);
		if (record_decode(bytes, &scratch, &record, NULL) &&
		    record.body == BODY_EVENT_REVISION) {
			*ret_title = make_text(arena, record.revision.event.title.ja,
					       record.revision.event.title.en);
		}
	}
	arena_fini(&scratch);
	return good;
}

/* The event's fact at the query's position; NULL: none. */
static const struct event_fact *
fact_at(struct answering *a, uint32_t event)
{
	const struct event_row *e = table_at(&a->fold->events, event);
	uint64_t p = a->query.position;

	if (e->fact1 != 0) {
		const struct event_fact *open = table_at(&a->fold->facts, e->fact1 - 1);

		if (open->from_pos <= p) {
			return open;
		}
	}
	for (uint32_t i = 0; i < a->fold->facts.count; i++) {
		const struct event_fact *fact = table_at(&a->fold->facts, i);

		if (fact->event == event && fact->from_pos <= p && p < fact->to_pos) {
			return fact;
		}
	}
	return NULL;
}

static void
fill_posts(struct answering *a, uint32_t set, size_t *ret_count, char ***ret_list)
{
	unsigned n = 0;
	const uint32_t *posts = sets_at(&a->fold->sets, set, &n);

	*ret_list = arena_alloc(a->arena, n * sizeof(char *));
	*ret_count = n;
	for (unsigned i = 0; i < n; i++) {
		(*ret_list)[i] = copy(a->arena, words_at(&a->fold->words, posts[i]));
	}
}

static Kusanone__V1__Text *
practice_text(struct answering *a, uint32_t r)
{
	struct arena scratch = { 0 };
	struct slice bytes;
	struct record record;
	Kusanone__V1__Text *text = NULL;

	if (a->fold->source.read(a->fold->source.ctx, (uint64_t)r + 1, &scratch,
				 &bytes) &&
	    record_decode(bytes, &scratch, &record, NULL) &&
	    record.body == BODY_BEST_PRACTICE &&
	    record.best_practice.text.ja.len + record.best_practice.text.en.len != 0) {
		text = make_text(a->arena, record.best_practice.text.ja,
				 record.best_practice.text.en);
	}
	arena_fini(&scratch);
	return text;
}

static void
add_best_practices(struct answering *a)
{
	uint64_t p = a->query.position;
	size_t n = 0;

	a->out->best_practices = arena_alloc(
		a->arena, a->fold->practices.count * sizeof(a->out->best_practices[0]));
	for (uint32_t i = 0; i < a->fold->practices.count; i++) {
		const struct practice_row *row = table_at(&a->fold->practices, i);
		const struct event_fact *fact;
		char *revision;

		if (row->from_pos > p || p >= row->to_pos ||
		    (a->query.from != FISCAL_YEAR_NONE &&
		     (row->fiscal_year < a->query.from ||
		      row->fiscal_year > a->query.to))) {
			continue;
		}
		fact = fact_at(a, row->event);
		if (fact == NULL || (fact->flags & (FACT_WITHDRAWN | FACT_MERGED)) != 0) {
			continue;
		}
		Kusanone__V1__BestPracticeRow *out = arena_alloc(a->arena, sizeof(*out));
		kusanone__v1__best_practice_row__init(out);
		out->event_id = show_event_id(a->fold, row->event, a->arena);
		out->fiscal_year = row->fiscal_year;
		(void)totals_revision(a->fold, fact->head_record, a->arena, &revision,
				      &out->title);
		fill_posts(a, fact->posts, &out->n_posts, &out->posts);
		out->text = practice_text(a, row->record);
		a->out->best_practices[n++] = out;
	}
	a->out->n_best_practices = n;
}

static Kusanone__V1__Text *
explain(struct answering *a, enum opened opened)
{
	static const struct {
		const char *ja, *en;
	} words[] = {
		[OPENED_COUNTED] = { "数えた", "counted" },
		[OPENED_NOT_HELD] = { "実施ではないため数えていない", "not held" },
		[OPENED_WITHDRAWN] = { "取り下げられたため数えていない",
				       "withdrawn: recorded by mistake" },
		[OPENED_MERGED] = { "他の案件に統合されたため数えていない",
				    "merged into another event, which counts" },
		[OPENED_UNCONFIRMED_COHOST] = { "共催公館が未確認のため、その公館では数え"
						"ていない",
						"not counted for this post: it has not "
						"confirmed its part" },
		[OPENED_REFUSED] = { "記録は保管されるが、数えない（理由は判定を参照）",
				     "kept in the log, but does not count: see its "
				     "verdict" },
	};

	return make_text(a->arena, slice_str(words[opened].ja),
			 slice_str(words[opened].en));
}

static void
fill_keys(struct answering *a, const struct opened_row *row,
	  Kusanone__V1__OpenedRecord *out)
{
	const struct query *q = &a->query;

	out->keys = arena_alloc(a->arena, QUERY_MAX_DIMENSIONS * OPENED_MAX_KEYS *
						  sizeof(out->keys[0]));
	for (unsigned d = 0; d < q->by_count; d++) {
		for (unsigned k = 0; k < row->key_counts[d] && k < OPENED_MAX_KEYS; k++) {
			const Kusanone__V1__TotalsKey *key =
				make_key(a, q->by[d], row->keys[d][k]);
			const char *code =
				key->bucket[0] != '\0' ? key->bucket : key->code;

			out->keys[out->n_keys++] = arena_printf(
				a->arena, "%s=%s", dimension_name(q->by[d]), code);
		}
	}
}

static void
add_opened(struct answering *a)
{
	struct opened_row *rows;
	size_t all;
	size_t count =
		query_open_page(a->fold, &a->query, 0, OPENED_MAX, a->arena, &rows, &all);

	a->out->opened = arena_alloc(a->arena, count * sizeof(a->out->opened[0]));
	a->out->n_opened = count;
	for (size_t i = 0; i < count; i++) {
		Kusanone__V1__OpenedRecord *out = arena_alloc(a->arena, sizeof(*out));

		kusanone__v1__opened_record__init(out);
		out->event_id = show_event_id(a->fold, rows[i].event, a->arena);
		out->position = (uint64_t)rows[i].record + 1;
		(void)totals_revision(a->fold, rows[i].record, a->arena, &out->revision,
				      &out->title);
		if (rows[i].opened != OPENED_COUNTED) {
			out->left_out = (char *)(uintptr_t)opened_name(rows[i].opened);
		}
		out->explanation = explain(a, rows[i].opened);
		fill_keys(a, &rows[i], out);
		a->out->opened[i] = out;
	}
}

/* ---- The answer ------------------------------------------------------------------ */

static bool
answer_tables(struct answering *a)
{
	struct totals_shape shape;
	uint64_t unconfirmed = 0;

	shape_of(a, &shape);
	a->out->tables =
		arena_alloc(a->arena, shape.table_count * sizeof(a->out->tables[0]));
	for (unsigned i = 0; i < shape.table_count; i++) {
		a->out->tables[i] = make_table(a, &shape.tables[i], &unconfirmed);
		if (a->out->tables[i] == NULL) {
			return false;
		}
		if (i == 0) {
			a->out->unconfirmed = unconfirmed;
		}
	}
	a->out->n_tables = shape.table_count;
	a->out->n_published =
		published_of(a->fold, &shape.published, a->arena, &a->out->published);
	if (shape.cumulative) {
		add_cumulative(a, &shape.published);
	}
	if (a->in->report) {
		add_best_practices(a);
	}
	return true;
}

bool
totals_selection(struct fold *f, const Kusanone__V1__TotalsQuery *in, struct arena *arena,
		 struct query *ret_query, struct show_fault *ret_fault)
{
	struct answering a = { .fold = f, .arena = arena, .in = in, .fault = ret_fault };

	if (!parse_query(&a)) {
		return false;
	}
	*ret_query = a.query;
	return true;
}

bool
totals_answer(struct fold *f, const Kusanone__V1__TotalsQuery *in, struct arena *arena,
	      Kusanone__V1__TotalsReply *ret_reply, struct show_fault *ret_fault)
{
	struct answering a = {
		.fold = f, .arena = arena, .in = in, .out = ret_reply, .fault = ret_fault
	};

	kusanone__v1__totals_reply__init(ret_reply);
	if (!parse_query(&a)) {
		return false;
	}
	ret_reply->position = a.query.position;
	if (a.query.position != 0) {
		const struct record_row *row =
			table_at(&f->records, (uint32_t)(a.query.position - 1));

		ret_reply->hq_ms = row->hq_ms;
	}
	ret_reply->rule = (char *)(uintptr_t)date_rule_name(a.query.rule);
	ret_reply->rule_text =
		a.query.rule == RULE_LOCAL
			? make_text(
				  arena, slice_str("開催回の現地の日付で数える"),
				  slice_str("by the local calendar date of the session"))
			: make_text(
				  arena, slice_str("開催時刻の日本時間の日付で数える"),
				  slice_str("by the date of the instant in Asia/Tokyo"));
	if (!answer_tables(&a)) {
		return false;
	}
	if (in->open) {
		add_opened(&a);
	}
	return true;
}
