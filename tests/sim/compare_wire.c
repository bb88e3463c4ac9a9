#include <stdlib.h>

#include "lib/model/merge.h"
#include "lib/model/query.h"
#include "tests/sim/naive.h"
#include "tests/sim/sim.h"

/* The same question to the fold's facts and to the naive model. */

_Static_assert((int)NAIVE_DIMENSIONS == (int)DIM_COUNT, "the same dimensions");
_Static_assert((int)NAIVE_MEASURES == (int)MEASURE_COUNT, "the same measures");

struct pair {
	struct world *w;
	const struct fold *fold;
	struct arena *arena;
	struct query q;
	struct naive_query n;
	const struct naive_state *s;
};

/* ---- Keys as text -------------------------------------------------------------- */

static const char *
word_text(const struct pair *p, uint32_t word)
{
	struct slice s = words_at(&p->fold->words, word);

	return arena_dup(p->arena, s.at, s.len);
}

static const char *
key_text(const struct pair *p, enum dimension dimension, uint32_t key)
{
	static const char *const statuses[] = { NAIVE_NOT_STATED, "planned", "postponed",
						"cancelled", "held" };

	if (key == KEY_NONE || (dimension == DIM_STATE && key == STATE_NOT_STATED)) {
		return NAIVE_NOT_STATED;
	}
	switch (dimension) {
	case DIM_FISCAL_YEAR:
		return arena_printf(p->arena, "%d", (int)key - 32768);
	case DIM_MONTH:
		return arena_printf(p->arena, "%04d-%02d", (int)((key - 1) / 12),
				    (int)((key - 1) % 12 + 1));
	case DIM_STATUS:
		return key < ARRAY_LEN(statuses) ? statuses[key] : "?";
	case DIM_STATE:
		return key == STATE_ONLINE ? NAIVE_ONLINE : word_text(p, key);
	default:
		return word_text(p, key);
	}
}

/* The other way round; false: no fact can have this key. */
static bool
key_of(const struct pair *p, enum dimension dimension, const char *text, uint32_t *ret)
{
	int year, month;

	*ret = KEY_NONE;
	if (strcmp(text, NAIVE_NOT_STATED) == 0) {
		return true;
	}
	switch (dimension) {
	case DIM_FISCAL_YEAR:
		*ret = (uint32_t)(atoi(text) + 32768);
		return true;
	case DIM_MONTH:
		must(sscanf(text, "%d-%d", &year, &month) == 2);
		*ret = (uint32_t)(year * 12 + month);
		return true;
	case DIM_STATUS:
		for (uint32_t key = 1; key <= STATUS_HELD; key++) {
			if (strcmp(key_text(p, DIM_STATUS, key), text) == 0) {
				*ret = key;
			}
		}
		return true;
	case DIM_STATE:
		if (strcmp(text, NAIVE_ONLINE) == 0) {
			*ret = STATE_ONLINE;
			return true;
		}
		break;
	default:
		break;
	}
	*ret = words_find(&p->fold->words, slice_str(text));
	return *ret != 0;
}

/* ---- Questions at random ------------------------------------------------------- */

static const char *
some(struct world *w, const struct naive_set *set)
{
	return set->count != 0 ? set->at[rng_below(&w->rng, (uint64_t)set->count)]
			       : NAIVE_NOT_STATED;
}

static const char *
some_key(struct pair *p, enum dimension dimension)
{
	static const char *const statuses[] = { "planned", "held", "cancelled" };
	struct world *w = p->w;

	if (dimension == DIM_STATUS) {
		return statuses[rng_below(&w->rng, ARRAY_LEN(statuses))];
	}
	if (p->s->fact_count == 0 || rng_chance(&w->rng, 8)) {
		return NAIVE_NOT_STATED;
	}
	const struct naive_fact *f =
		&p->s->facts[rng_below(&w->rng, (uint64_t)p->s->fact_count)];
	const char *text;
	switch (dimension) {
	case DIM_FISCAL_YEAR:
		return f->fiscal_year[p->n.rule] == NAIVE_NO_YEAR
			       ? NAIVE_NOT_STATED
			       : arena_printf(p->arena, "%d", f->fiscal_year[p->n.rule]);
	case DIM_MONTH:
		return some(w, &f->months[p->n.rule]);
	case DIM_POST:
		return some(w, &f->posts);
	case DIM_STATE:
		return some(w, &f->states);
	case DIM_PILLAR:
		return some(w, &f->pillars);
	case DIM_TOPIC:
		return some(w, &f->topics);
	case DIM_CATEGORY:
		text = f->m->category;
		break;
	case DIM_FORMAT:
		text = f->m->format;
		break;
	default:
		text = f->m->frame;
		break;
	}
	return text[0] != '\0' ? text : NAIVE_NOT_STATED;
}

static void
draw_filter(struct pair *p)
{
	struct world *w = p->w;
	enum dimension dimension = (enum dimension)rng_below(&w->rng, DIM_COUNT);
	struct query_filter *f = &p->q.filters[p->q.filter_count];
	struct naive_set *keys = &p->n.filters[p->n.filter_count].keys;
	unsigned want = 1 + (unsigned)rng_below(&w->rng, 2);

	f->dimension = dimension;
	f->keys = arena_alloc(p->arena, want * sizeof(f->keys[0]));
	f->key_count = 0;
	keys->count = 0;
	for (unsigned i = 0; i < want; i++) {
		const char *text = some_key(p, dimension);
		uint32_t key;

		if (key_of(p, dimension, text, &key) && !naive_set_has(keys, text)) {
			f->keys[f->key_count++] = key;
			naive_set_add(keys, text);
		}
	}
	if (f->key_count != 0) {
		p->n.filters[p->n.filter_count].dimension =
			(enum naive_dimension)dimension;
		p->q.filter_count++;
		p->n.filter_count++;
	}
}

static bool
is_grouped(const struct pair *p, enum dimension dimension)
{
	for (unsigned i = 0; i < p->q.by_count; i++) {
		if (p->q.by[i] == dimension) {
			return true;
		}
	}
	return false;
}

static void
draw(struct pair *p, uint64_t position)
{
	struct world *w = p->w;
	unsigned by = (unsigned)rng_below(&w->rng, NAIVE_MAX_BY + 1);
	unsigned filters =
		rng_chance(&w->rng, 50) ? 0 : 1 + (unsigned)rng_below(&w->rng, 2);

	p->q = (struct query){ .rule = rng_chance(&w->rng, 50) ? RULE_LOCAL : RULE_TOKYO,
			       .position = position,
			       .from = FISCAL_YEAR_NONE,
			       .to = FISCAL_YEAR_NONE,
			       .measure_count = MEASURE_COUNT };
	p->n = (struct naive_query){ .rule = p->q.rule == RULE_LOCAL ? NAIVE_LOCAL
								     : NAIVE_TOKYO,
				     .from = NAIVE_NO_YEAR,
				     .to = NAIVE_NO_YEAR };
	for (unsigned m = 0; m < MEASURE_COUNT; m++) {
		p->q.measures[m] = (enum measure)m;
	}
	for (unsigned i = 0; i < by; i++) {
		enum dimension d = (enum dimension)rng_below(&w->rng, DIM_COUNT);

		if (!is_grouped(p, d)) {
			p->n.by[p->n.by_count++] = (enum naive_dimension)d;
			p->q.by[p->q.by_count++] = d;
		}
	}
	if (rng_chance(&w->rng, 30)) {
		int from = 2014 + (int)rng_below(&w->rng, 12);

		p->q.from = (int16_t)from;
		p->n.from = from;
	}
	if (rng_chance(&w->rng, 30)) {
		int to = 2016 + (int)rng_below(&w->rng, 12);

		p->q.to = (int16_t)to;
		p->n.to = to;
	}
	for (unsigned i = 0; i < filters; i++) {
		draw_filter(p);
	}
}

static void
question_text(const struct pair *p, char *text, size_t len)
{
	size_t at = (size_t)snprintf(
		text, len, "as of %" PRIu64 " rule %s from %d to %d by", p->q.position,
		date_rule_name(p->q.rule), p->n.from, p->n.to);

	for (unsigned i = 0; i < p->q.by_count && at < len; i++) {
		at += (size_t)snprintf(text + at, len - at, " %s",
				       dimension_name(p->q.by[i]));
	}
	for (unsigned i = 0; i < p->q.filter_count && at < len; i++) {
		at += (size_t)snprintf(text + at, len - at, " where %s=",
				       dimension_name(p->q.filters[i].dimension));
		for (int k = 0; k < p->n.filters[i].keys.count && at < len; k++) {
			at += (size_t)snprintf(text + at, len - at, "%s,",
					       p->n.filters[i].keys.at[k]);
		}
	}
}

/* ---- Comparing ----------------------------------------------------------------- */

static void
differs(struct pair *p, const char *row, const char *what, int64_t product, int64_t naive)
{
	char text[256];

	question_text(p, text, sizeof(text));
	sim_fail(p->w, "totals == naive",
		 "%s: row %s: %s is %" PRId64 ", by the rules %" PRId64, text, row, what,
		 product, naive);
}

static void
compare_sums(struct pair *p, const char *row, const struct query_figure *product,
	     const struct naive_sum *naive)
{
	for (unsigned m = 0; m < MEASURE_COUNT; m++) {
		const char *name = measure_name((enum measure)m);

		if (product[m].value != naive[m].value) {
			differs(p, row, name, product[m].value, naive[m].value);
		}
		if ((int64_t)product[m].not_stated != (int64_t)naive[m].not_stated) {
			differs(p, row, arena_printf(p->arena, "%s not stated", name),
				(int64_t)product[m].not_stated,
				(int64_t)naive[m].not_stated);
		}
		if ((int)product[m].bound != naive[m].bound) {
			differs(p, row, arena_printf(p->arena, "%s bound", name),
				product[m].bound, naive[m].bound);
		}
	}
}

static void
compare_counts(struct pair *p, const char *row, const struct query_row *product,
	       const struct naive_row *naive)
{
	const struct {
		const char *name;
		uint64_t product, naive;
	} counts[] = {
		{ "provisional", product->provisional, naive->provisional },
		{ "boundary", product->boundary, naive->boundary },
		{ "planned", product->planned, naive->planned },
		{ "postponed", product->postponed, naive->postponed },
		{ "cancelled", product->cancelled, naive->cancelled },
	};

	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		if (counts[i].product != counts[i].naive) {
			differs(p, row, counts[i].name, (int64_t)counts[i].product,
				(int64_t)counts[i].naive);
		}
	}
	if (naive->boundary != 0) {
		sometimes(p->w, SOMETIMES_BOUNDARY_DATE);
	}
}

static void
compare_rows(struct pair *p, const struct query_result *product,
	     struct naive_result *naive)
{
	bool *met = arena_zalloc(p->arena, (size_t)naive->row_count + 1);

	for (size_t i = 0; i < product->row_count; i++) {
		char label[128] = "";
		size_t at = 0;
		int found = -1;
		const char *keys[NAIVE_MAX_BY];

		for (unsigned b = 0; b < p->q.by_count; b++) {
			keys[b] = key_text(p, p->q.by[b], product->rows[i].keys[b]);
			at += (size_t)snprintf(label + at, sizeof(label) - at, "%s/",
					       keys[b]);
			at = at < sizeof(label) ? at : sizeof(label) - 1;
		}
		for (int r = 0; r < naive->row_count; r++) {
			bool same = true;

			for (unsigned b = 0; b < p->q.by_count; b++) {
				same = same &&
				       strcmp(naive->rows[r].keys[b], keys[b]) == 0;
			}
			found = same ? r : found;
		}
		if (found < 0) {
			differs(p, label, "the row's events",
				product->rows[i].figures[MEASURE_EVENTS].value, -1);
			return;
		}
		met[found] = true;
		compare_sums(p, label, product->rows[i].figures, naive->rows[found].sums);
		compare_counts(p, label, &product->rows[i], &naive->rows[found]);
	}
	for (int r = 0; r < naive->row_count; r++) {
		if (!met[r] && !naive_is_empty(&naive->rows[r])) {
			differs(p, naive->rows[r].keys[0], "a row that is not there", -1,
				naive->rows[r].sums[NAIVE_EVENTS].value);
		}
	}
}

static void
compare_overlap(struct pair *p, const struct query_result *product,
		const struct naive_result *naive)
{
	for (unsigned m = 0; m < MEASURE_COUNT && p->q.by_count != 0; m++) {
		int64_t overlap = naive->sum[m].value - naive->total.sums[m].value;

		if (product->overlap[m].value != overlap) {
			differs(p, "overlap", measure_name((enum measure)m),
				product->overlap[m].value, overlap);
		}
		if (m == MEASURE_EVENTS && overlap > 0) {
			sometimes(p->w, SOMETIMES_OVERLAP);
		}
	}
}

static void
ask_both(struct pair *p)
{
	struct query_result product;
	struct naive_result naive;

	query_run(p->fold, &p->q, p->arena, &product);
	naive_ask(p->s, &p->n, p->arena, &naive);
	compare_sums(p, "total", product.total.figures, naive.total.sums);
	compare_counts(p, "total", &product.total, &naive.total);
	if (product.unconfirmed != naive.unconfirmed) {
		differs(p, "total", "unconfirmed", (int64_t)product.unconfirmed,
			(int64_t)naive.unconfirmed);
	}
	compare_rows(p, &product, &naive);
	compare_sums(p, "sum", product.sum, naive.sum);
	compare_overlap(p, &product, &naive);
}

/* ---- Published figures --------------------------------------------------------- */

static int64_t
itemised(struct pair *p, enum naive_measure measure, int from, int to)
{
	struct naive_query q = { .rule = p->n.rule, .from = from, .to = to };
	struct naive_result result;

	naive_ask(p->s, &q, p->arena, &result);
	return result.total.sums[measure].value;
}

static const struct naive_figure *
figure_at(const struct naive_state *s, uint64_t position)
{
	for (int i = 0; i < s->figure_count; i++) {
		if (s->figures[i].position == position) {
			return &s->figures[i];
		}
	}
	return NULL;
}

static void
compare_published(struct pair *p)
{
	struct query whole = { .rule = p->q.rule,
			       .position = p->q.position,
			       .from = FISCAL_YEAR_NONE,
			       .to = FISCAL_YEAR_NONE,
			       .measures = { MEASURE_EVENTS, MEASURE_PARTICIPANTS },
			       .measure_count = 2 };
	struct published *rows;
	size_t count = query_published(p->fold, &whole, p->arena, &rows);
	size_t expected = 0;
	const struct naive_figure *widest = NULL;

	for (int i = 0; i < p->s->figure_count; i++) {
		const struct naive_figure *f = &p->s->figures[i];
		bool events = strcmp(f->measure, "events") == 0;

		expected += events || strcmp(f->measure, "participants") == 0;
		if (events && f->ja[0] == '\0' && f->en[0] == '\0' &&
		    (widest == NULL || f->to - f->from > widest->to - widest->from ||
		     (f->to - f->from == widest->to - widest->from &&
		      f->position > widest->position))) {
			widest = f;
		}
	}
	if (count != expected) {
		differs(p, "published", "number of figures", (int64_t)count,
			(int64_t)expected);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const struct figure_row *row =
			table_at(&p->fold->figures, rows[i].figure);
		const struct naive_figure *f = figure_at(p->s, (uint64_t)row->record + 1);

		if (f == NULL) {
			differs(p, "published", "a figure in force", row->value, -1);
			return;
		}
		bool scoped = f->ja[0] != '\0' || f->en[0] != '\0';
		int64_t here =
			itemised(p,
				 strcmp(f->measure, "events") == 0 ? NAIVE_EVENTS
								   : NAIVE_PARTICIPANTS,
				 f->from, f->to);
		int64_t rest = here > f->value ? 0 : f->value - here;
		if (rows[i].itemised != (scoped ? -1 : here) ||
		    rows[i].not_itemised != (scoped ? -1 : rest)) {
			differs(p, "published", "itemised", rows[i].itemised, here);
		}
		sometimes(p->w, SOMETIMES_PUBLISHED);
	}

	int64_t value = -1;
	int16_t from = 0;
	bool have = query_cumulative(p->fold, &whole, &value, &from);
	if (have != (widest != NULL)) {
		differs(p, "cumulative", "is there", have, widest != NULL);
	} else if (have) {
		int64_t naive = widest->value +
				itemised(p, NAIVE_EVENTS, widest->to + 1, NAIVE_NO_YEAR);

		if (value != naive || from != widest->from) {
			differs(p, "cumulative", "value", value, naive);
		}
	}
}

void
compare_totals(struct world *w, unsigned questions)
{
	struct machine *hq = &w->machines[w->hq];
	struct arena arena = { 0 };
	struct naive_state *s = arena_alloc(&arena, sizeof(*s));
	uint64_t head = fold_position(&hq->aggregation->fold);
	uint64_t position = UINT64_MAX;

	must(w->naive->count >= head);
	for (unsigned i = 0; i < questions && !w->failed; i++) {
		if (i % 4 == 0) {
			position = rng_chance(&w->rng, 40) ? head
							   : rng_below(&w->rng, head + 1);
			arena_reset(&arena);
			s = arena_alloc(&arena, sizeof(*s));
			naive_at(w->naive, position, &arena, s);
			if (position < head) {
				sometimes(w, SOMETIMES_AS_OF_OLD);
			}
		}
		struct pair p = {
			.w = w, .fold = &hq->aggregation->fold, .arena = &arena, .s = s
		};
		draw(&p, position);
		ask_both(&p);
		if (i % 4 == 0) {
			compare_published(&p);
		}
	}
	arena_fini(&arena);
}

/* ---- Events and verdicts ------------------------------------------------------- */

/* Does the fold agree?  A word about an event that has not come yet is kept; of a
 * withdrawal it is not said whether it took effect. */
static bool
agrees(const struct fold *fold, uint32_t row, bool counted)
{
	const struct record_row *r = table_at(&fold->records, row);

	return (r->verdict == VERDICT_WAITS && r->body == BODY_WITHDRAWAL) ||
	       fold_verdict_effective(r->verdict) == counted;
}

static void
note_met(struct world *w, const struct naive_state *s)
{
	for (uint64_t i = 0; i < s->position; i++) {
		if (s->stolen[i]) {
			sometimes(w, SOMETIMES_STOLEN_UNCOUNTED);
		}
		if (s->repeated[i]) {
			sometimes(w, SOMETIMES_REPEAT_UNCOUNTED);
		}
	}
	w->sometimes[SOMETIMES_ANSWER_EARLY] += s->early_answers;
	w->sometimes[SOMETIMES_ANSWER_CHANGED] += s->changed_answers;
	if (!naive_handshake(s)) {
		sometimes(w, SOMETIMES_HANDSHAKE_OFF);
	}
	for (int i = 0; i < s->event_count; i++) {
		const struct naive_event *e = &s->events[i];

		if (e->heads > 1) {
			sometimes(w, e->conflicts != 0 ? SOMETIMES_CONFLICT_SHOWN
						       : SOMETIMES_BRANCH_JOINED);
		}
		w->sometimes[SOMETIMES_UNKNOWN_FIELD_MERGED] += e->unknown_kept;
		w->sometimes[SOMETIMES_ANSWER_VOID] += e->any_void;
		w->sometimes[SOMETIMES_MERGED_EVENT] += e->merged_into >= 0;
		w->sometimes[SOMETIMES_MERGED_NOWHERE] +=
			e->merged_into >= 0 &&
			s->events[e->merged_into].revision_count == 0;
		w->sometimes[SOMETIMES_OWNERSHIP_MOVED] += e->moved;
	}
	for (int i = 0; i < s->fact_count; i++) {
		if (s->facts[i].fiscal_year[0] != s->facts[i].fiscal_year[1]) {
			sometimes(w, SOMETIMES_BOUNDARY_DIFFERS);
		}
	}
}

static void
compare_shown(struct world *w, struct fold *fold, const struct naive_event *e,
	      struct arena *arena)
{
	struct merge_result joined = { 0 };
	struct slice shown;
	struct uuid id;

	if (e->revision_count == 0) {
		return;
	}
	must(uuid_parse(slice_str(e->id), &id));
	uint32_t row = fold_find_event(fold, &id);
	if (row == UINT32_MAX || !fold_event_shown(fold, row, arena, &shown, &joined)) {
		sim_fail(w, "event shown", "%s is not shown", e->id);
		return;
	}
	struct slice product = naive_canonical(shown, arena);
	struct slice naive = naive_canonical(e->shown, arena);
	if (!slice_eq(product, naive)) {
		sim_fail(w, "event shown",
			 "%s with %d heads is not what the rules make of it", e->id,
			 e->heads);
	}
	if ((joined.conflict_count != 0) != (e->conflicts != 0)) {
		sim_fail(w, "event shown", "%s: %zu conflicts, by the rules %u", e->id,
			 joined.conflict_count, e->conflicts);
	}
}

void
compare_events(struct world *w)
{
	struct machine *hq = &w->machines[w->hq];
	struct fold *fold = &hq->aggregation->fold;
	struct arena arena = { 0 };
	struct naive_state *s = arena_alloc(&arena, sizeof(*s));
	uint64_t head = fold_position(fold);

	hq->aggregation->txn = NULL;
	struct txn read = txn_begin_read(hq->log);
	hq->aggregation->txn = &read;
	naive_at(w->naive, head, &arena, s);
	for (uint64_t i = 0; i < head && !w->failed; i++) {
		const struct record_row *r = table_at(&fold->records, (uint32_t)i);

		if (!agrees(fold, (uint32_t)i, s->counted[i])) {
			sim_fail(w, "verdicts",
				 "position %" PRIu64
				 " (body %u): the fold says %s, by the "
				 "rules it %s",
				 i + 1, r->body,
				 fold_verdict_name((enum fold_verdict)r->verdict),
				 s->counted[i] ? "counts" : "does not count");
		}
		if (r->verdict == VERDICT_FORBIDDEN ||
		    r->verdict == VERDICT_FOREIGN_EVENT) {
			sometimes(w, SOMETIMES_FORBIDDEN_UNCOUNTED);
		}
		if (r->verdict == VERDICT_UNKNOWN_BODY) {
			sometimes(w, SOMETIMES_UNKNOWN_CARRIED);
		}
	}
	for (int i = 0; i < s->event_count && !w->failed; i++) {
		compare_shown(w, fold, &s->events[i], &arena);
	}
	note_met(w, s);
	hq->aggregation->txn = NULL;
	txn_abort(&read);
	arena_fini(&arena);
}
