#include "lib/model/restate.h"

#include <stdlib.h>

#include "lib/base/mem.h"

/* Of what comes and goes at one position, events one by one: what was before what is,
 * facts before the sessions that belong to them. */
enum item_kind { FACT_ENDS, SESSION_ENDS, FACT_BEGINS, SESSION_BEGINS, FIGURE_CHANGES };

struct item {
	uint64_t position;
	uint32_t event; /* UINT32_MAX: of none. */
	uint32_t row;
	uint8_t kind;
};

/* A page looks at so many positions at a time, then at twice as many: what comes after
 * its last record is not sorted for it. */
enum { FIRST_WINDOW = 4096 };

struct restating {
	const struct fold *fold;
	const struct restate_ask *ask;
	uint64_t after, upto; /* The positions of 'items'. */
	struct arena *arena;
	struct running *tables;
	bool sessions; /* One of the queries asks them. */
	struct item *items;
	size_t item_count, item_cap;
	struct running_change **changes; /* Of each query, in the step at hand. */
	size_t *change_counts;
};

/* ---- How it was -------------------------------------------------------------------- */

static void
count_event(struct restating *r, const struct event_fact *f, bool added, bool *ret_counts)
{
	for (unsigned q = 0; q < r->ask->query_count; q++) {
		if (running_event(&r->tables[q], f, added)) {
			*ret_counts = true;
		}
	}
}

static void
count_session(struct restating *r, const struct session_fact *s,
	      const struct event_fact *f, bool added, bool *ret_counts)
{
	for (unsigned q = 0; q < r->ask->query_count; q++) {
		if (running_session(&r->tables[q], s, f, added)) {
			*ret_counts = true;
		}
	}
}

static void
load(struct restating *r)
{
	const struct fold *fold = r->fold;
	uint32_t *fact_of = xcalloc(fold->events.count, sizeof(fact_of[0]));
	bool any;

	for (uint32_t i = 0; i < fold->facts.count; i++) {
		const struct event_fact *f = table_at(&fold->facts, i);

		if (query_holds(f->from_pos, f->to_pos, r->ask->from)) {
			must(f->event < fold->events.count);
			fact_of[f->event] = i + 1;
			count_event(r, f, true, &any);
		}
	}
	for (uint32_t i = 0; r->sessions && i < fold->session_facts.count; i++) {
		const struct session_fact *s = table_at(&fold->session_facts, i);

		if (query_holds(s->from_pos, s->to_pos, r->ask->from)) {
			must(fact_of[s->event] != 0);
			count_session(r, s, table_at(&fold->facts, fact_of[s->event] - 1),
				      true, &any);
		}
	}
	free(fact_of);
}

/* ---- What came and went ------------------------------------------------------------ */

static void
add_item(struct restating *r, uint64_t position, uint32_t event, enum item_kind kind,
	 uint32_t row)
{
	if (position <= r->after || position > r->upto) {
		return;
	}
	if (r->item_count == r->item_cap) {
		r->item_cap = r->item_cap != 0 ? 2 * r->item_cap : 256;
		r->items = xrealloc(r->items, r->item_cap * sizeof(r->items[0]));
	}
	r->items[r->item_count++] = (struct item){
		.position = position, .event = event, .row = row, .kind = (uint8_t)kind
	};
}

static int
cmp_items(const void *a, const void *b)
{
	const struct item *x = a;
	const struct item *y = b;

	if (x->position != y->position) {
		return x->position < y->position ? -1 : 1;
	}
	if (x->event != y->event) {
		return x->event < y->event ? -1 : 1;
	}
	if (x->kind != y->kind) {
		return x->kind < y->kind ? -1 : 1;
	}
	return (x->row > y->row) - (x->row < y->row);
}

/* What comes and goes at positions in (after, upto].  A row that ended where it began
 * held nowhere. */
static void
gather(struct restating *r, uint64_t after, uint64_t upto)
{
	const struct fold *fold = r->fold;

	r->after = after;
	r->upto = upto < r->ask->to ? upto : r->ask->to;
	r->item_count = 0;
	for (uint32_t i = 0; i < fold->facts.count; i++) {
		const struct event_fact *f = table_at(&fold->facts, i);

		if (f->from_pos < f->to_pos) {
			add_item(r, f->from_pos, f->event, FACT_BEGINS, i);
			add_item(r, f->to_pos, f->event, FACT_ENDS, i);
		}
	}
	for (uint32_t i = 0; r->sessions && i < fold->session_facts.count; i++) {
		const struct session_fact *s = table_at(&fold->session_facts, i);

		if (s->from_pos < s->to_pos) {
			add_item(r, s->from_pos, s->event, SESSION_BEGINS, i);
			add_item(r, s->to_pos, s->event, SESSION_ENDS, i);
		}
	}
	for (size_t i = 0; i < r->ask->figure_count; i++) {
		uint32_t row = r->ask->figures[i];
		const struct figure_row *f = table_at(&fold->figures, row);

		add_item(r, f->from_pos, UINT32_MAX, FIGURE_CHANGES, row);
		add_item(r, f->to_pos, UINT32_MAX, FIGURE_CHANGES, row);
	}
	if (r->item_count != 0) {
		qsort(r->items, r->item_count, sizeof(r->items[0]), cmp_items);
	}
}

/* ---- What is different of an event ------------------------------------------------- */

const char *
restate_field_name(enum restate_field field)
{
	static const char *const names[RESTATE_FIELDS] = {
		[RESTATE_NEW] = "new",
		[RESTATE_GONE] = "gone",
		[RESTATE_STATUS] = "status",
		[RESTATE_WITHDRAWN] = "withdrawn",
		[RESTATE_MERGED] = "merged",
		[RESTATE_PROVISIONAL] = "provisional",
		[RESTATE_FISCAL_YEAR] = "fy",
		[RESTATE_MONTH] = "month",
		[RESTATE_POST] = "post",
		[RESTATE_STATE] = "state",
		[RESTATE_MUNICIPALITIES] = "municipalities",
		[RESTATE_CATEGORY] = "category",
		[RESTATE_PILLAR] = "pillar",
		[RESTATE_FORMAT] = "format",
		[RESTATE_TOPIC] = "topic",
		[RESTATE_FRAME] = "frame",
		[RESTATE_SESSIONS] = "sessions",
		[RESTATE_PARTICIPANTS] = "participants",
		[RESTATE_BUDGET_PLANNED] = "budget_planned",
		[RESTATE_BUDGET_SPENT] = "budget_spent",
		[RESTATE_BOUNDARY] = "boundary",
	};

	must(field < RESTATE_FIELDS);
	return names[field];
}

static uint32_t
bit(enum restate_field field, bool set)
{
	return set ? UINT32_C(1) << field : 0;
}

static uint32_t
compare(const struct restating *r, const struct event_fact *a, const struct event_fact *b,
	bool sessions_differ)
{
	enum date_rule rule = r->ask->queries[0].rule;
	uint16_t flags = a->flags ^ b->flags;

	return bit(RESTATE_STATUS, a->status != b->status) |
	       bit(RESTATE_WITHDRAWN, (flags & FACT_WITHDRAWN) != 0) |
	       bit(RESTATE_MERGED, (flags & FACT_MERGED) != 0) |
	       bit(RESTATE_PROVISIONAL, (flags & FACT_PROVISIONAL) != 0) |
	       bit(RESTATE_FISCAL_YEAR, a->fiscal_year[rule] != b->fiscal_year[rule]) |
	       bit(RESTATE_MONTH, a->months[rule] != b->months[rule]) |
	       bit(RESTATE_POST, a->posts != b->posts) |
	       bit(RESTATE_STATE, a->states != b->states) |
	       bit(RESTATE_MUNICIPALITIES, a->municipalities != b->municipalities) |
	       bit(RESTATE_CATEGORY, a->category != b->category) |
	       bit(RESTATE_PILLAR, a->pillars != b->pillars) |
	       bit(RESTATE_FORMAT, a->format != b->format) |
	       bit(RESTATE_TOPIC, a->topics != b->topics) |
	       bit(RESTATE_FRAME, a->frame != b->frame) |
	       bit(RESTATE_SESSIONS, sessions_differ ||
					     a->session_facts != b->session_facts ||
					     a->stated_sessions != b->stated_sessions ||
					     a->sessions_bound != b->sessions_bound) |
	       bit(RESTATE_PARTICIPANTS,
		   a->participants != b->participants ||
			   a->participants_bound != b->participants_bound) |
	       bit(RESTATE_BUDGET_PLANNED, a->budget_planned != b->budget_planned ||
						   a->planned_bound != b->planned_bound) |
	       bit(RESTATE_BUDGET_SPENT, a->budget_spent != b->budget_spent ||
						 a->spent_bound != b->spent_bound) |
	       bit(RESTATE_BOUNDARY,
		   (flags & query_boundary_flag(&r->ask->queries[0])) != 0);
}

/* ---- One event, at one position ---------------------------------------------------- */

struct event_step {
	uint32_t before1, after1; /* Facts, row + 1. */
	uint64_t sessions[2];     /* What they say, before and after. */
	bool counts;              /* Either stands in the figures. */
};

/* All of a session but its positions. */
static uint64_t
session_hash(uint64_t before, const struct session_fact *s)
{
	size_t from = offsetof(struct session_fact, event);
	uint64_t hash =
		bytes_hash(slice_of((const uint8_t *)s + from, sizeof(*s) - from));

	return before * 31 + hash;
}

static void
apply_item(struct restating *r, const struct item *item, struct event_step *step)
{
	const struct fold *fold = r->fold;
	bool begins = item->kind == FACT_BEGINS || item->kind == SESSION_BEGINS;

	if (item->kind == FACT_ENDS || item->kind == FACT_BEGINS) {
		*(begins ? &step->after1 : &step->before1) = item->row + 1;
		count_event(r, table_at(&fold->facts, item->row), begins, &step->counts);
		return;
	}
	const struct session_fact *s = table_at(&fold->session_facts, item->row);
	uint32_t fact1 = begins ? step->after1 : step->before1;
	must(fact1 != 0);
	step->sessions[begins] = session_hash(step->sessions[begins], s);
	count_session(r, s, table_at(&fold->facts, fact1 - 1), begins, &step->counts);
}

static void
note_event(struct restating *r, uint32_t event, const struct event_step *step,
	   struct restate_entry *entry)
{
	uint32_t changed;

	if (step->before1 == 0 || step->after1 == 0) {
		changed = bit(RESTATE_NEW, step->before1 == 0) |
			  bit(RESTATE_GONE, step->after1 == 0);
	} else {
		changed = compare(r, table_at(&r->fold->facts, step->before1 - 1),
				  table_at(&r->fold->facts, step->after1 - 1),
				  step->sessions[0] != step->sessions[1]);
	}
	if (!step->counts || changed == 0) {
		return;
	}
	if (entry->event_count < RESTATE_MAX_EVENTS) {
		entry->events[entry->event_count++] = (struct restate_event){
			.event = event,
			.fact = (step->after1 != 0 ? step->after1 : step->before1) - 1,
			.changed = changed
		};
	}
	entry->all_events++;
}

/* ---- Records ----------------------------------------------------------------------- */

static struct query_figure *
totals_now(struct restating *r)
{
	unsigned n = r->ask->query_count;
	struct query_figure *totals = arena_alloc(r->arena, n * sizeof(totals[0]));

	for (unsigned q = 0; q < n; q++) {
		totals[q] = running_total(&r->tables[q], 0);
	}
	return totals;
}

static void
begin_step(struct restating *r)
{
	for (unsigned q = 0; q < r->ask->query_count; q++) {
		running_begin(&r->tables[q]);
	}
}

/* Nothing is taken from the arena where nothing has changed. */
static size_t
find_changes(struct restating *r)
{
	size_t all = 0;

	for (unsigned q = 0; q < r->ask->query_count; q++) {
		r->change_counts[q] =
			running_changes(&r->tables[q], r->arena, &r->changes[q]);
		all += r->change_counts[q];
	}
	return all;
}

static void
take_cells(struct restating *r, size_t count, struct restate_entry *entry)
{
	entry->cells = arena_alloc(r->arena, count * sizeof(entry->cells[0]));
	for (unsigned q = 0; q < r->ask->query_count; q++) {
		for (size_t i = 0; i < r->change_counts[q]; i++) {
			entry->cells[entry->cell_count++] =
				(struct restate_cell){ .query = q,
						       .is = r->changes[q][i] };
		}
	}
	entry->totals = totals_now(r);
}

/* The items of the record at items[from] are applied; returns where the next one's
 * begin. */
static size_t
apply_record(struct restating *r, size_t from, struct restate_entry *entry,
	     bool *ret_figures)
{
	uint64_t position = r->items[from].position;
	size_t at = from;

	while (at < r->item_count && r->items[at].position == position) {
		uint32_t event = r->items[at].event;
		struct event_step step = { 0 };

		for (; at < r->item_count && r->items[at].position == position &&
		       r->items[at].event == event;
		     at++) {
			if (r->items[at].kind == FIGURE_CHANGES) {
				*ret_figures = true;
			} else {
				apply_item(r, &r->items[at], &step);
			}
		}
		if (event != UINT32_MAX && entry->events != NULL) {
			note_event(r, event, &step, entry);
		}
	}
	return at;
}

static void
begin(struct restating *r, struct restate_result *ret)
{
	const struct restate_ask *ask = r->ask;

	must(ask->query_count != 0);
	*ret = (struct restate_result){ 0 };
	r->tables = xcalloc(ask->query_count, sizeof(r->tables[0]));
	r->changes = xcalloc(ask->query_count, sizeof(r->changes[0]));
	r->change_counts = xcalloc(ask->query_count, sizeof(r->change_counts[0]));
	for (unsigned q = 0; q < ask->query_count; q++) {
		running_init(&r->tables[q], r->fold, &ask->queries[q]);
		r->sessions |= query_asks(&ask->queries[q], MEASURE_SESSIONS);
	}
	load(r);
	begin_step(r);
	ret->totals = totals_now(r);
}

static void
end(struct restating *r, struct restate_result *ret)
{
	for (unsigned q = 0; q < r->ask->query_count; q++) {
		ret->too_many_rows |= r->tables[q].too_many_rows;
		running_fini(&r->tables[q]);
	}
	free(r->tables);
	free(r->changes);
	free(r->change_counts);
	free(r->items);
}

/* The record at items[at] as an entry, if it changed anything; returns where the next
 * one's items begin. */
static size_t
list_record(struct restating *r, size_t at, struct restate_result *ret)
{
	struct restate_event events[RESTATE_MAX_EVENTS];
	struct restate_entry entry = { .position = r->items[at].position,
				       .events = events };
	bool figures = false;

	at = apply_record(r, at, &entry, &figures);
	size_t changes = find_changes(r);
	if (changes != 0 || figures) {
		take_cells(r, changes, &entry);
		entry.events = arena_dup(r->arena, events,
					 entry.event_count * sizeof(events[0]));
		ret->entries[ret->count++] = entry;
	}
	begin_step(r);
	return at;
}

void
restate_list(const struct fold *fold, const struct restate_ask *ask, size_t limit,
	     struct arena *arena, struct restate_result *ret)
{
	struct restating r = { .fold = fold, .ask = ask, .arena = arena };
	uint64_t window = FIRST_WINDOW;
	size_t at = 0;

	must(limit != 0);
	begin(&r, ret);
	ret->entries = arena_alloc(arena, limit * sizeof(ret->entries[0]));
	r.upto = ask->from;
	while (ret->count < limit && (at < r.item_count || r.upto < ask->to)) {
		if (at < r.item_count) {
			at = list_record(&r, at, ret);
		} else {
			gather(&r, r.upto, r.upto + window);
			window *= 2;
			at = 0;
		}
	}
	if (at < r.item_count || r.upto < ask->to) {
		ret->next = ret->entries[ret->count - 1].position;
	}
	end(&r, ret);
}

void
restate_whole(const struct fold *fold, const struct restate_ask *ask, struct arena *arena,
	      struct restate_result *ret)
{
	struct restating r = { .fold = fold, .ask = ask, .arena = arena };
	struct restate_entry *entry = arena_zalloc(arena, sizeof(*entry));
	bool figures = false;
	size_t at = 0;

	begin(&r, ret);
	gather(&r, ask->from, ask->to);
	while (at < r.item_count) {
		at = apply_record(&r, at, entry, &figures);
	}
	entry->position = ask->to;
	take_cells(&r, find_changes(&r), entry);
	ret->entries = entry;
	ret->count = 1;
	end(&r, ret);
}
