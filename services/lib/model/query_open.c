#include "lib/model/query.h"

#include <stdlib.h>

#include "lib/base/mem.h"
#include "lib/model/query_parts.h"

/* The records behind a figure.  First a short list of all that is to be shown, sorted;
 * then the rows of the page with their keys. */

struct entry {
	uint32_t record;
	uint32_t event;
	uint32_t fact; /* UINT32_MAX: none. */
	uint8_t opened;
	bool by_session; /* Counted for sessions of its own alone. */
};

struct opening {
	struct query_plan plan;
	struct entry *entries;
	size_t count, cap;
	uint32_t *fact_of; /* Of an event, the row + 1 of its fact at the position. */
	bool *counted;     /* The fact_of an event is listed as counted. */
	bool asks_posts;
};

static void
add_entry(struct opening *o, struct entry entry)
{
	if (o->count == o->cap) {
		o->cap = o->cap != 0 ? 2 * o->cap : 256;
		o->entries = xrealloc(o->entries, o->cap * sizeof(o->entries[0]));
	}
	o->entries[o->count++] = entry;
}

/* ---- Facts. */

static enum opened
opened_of(const struct event_fact *f)
{
	if ((f->flags & FACT_WITHDRAWN) != 0) {
		return OPENED_WITHDRAWN;
	}
	if ((f->flags & FACT_MERGED) != 0) {
		return OPENED_MERGED;
	}
	return f->status == STATUS_HELD ? OPENED_COUNTED : OPENED_NOT_HELD;
}

/* Row keys of 'd' that 'named' has and the set 'posts' does not; at most 'max' of them
 * are written. */
static unsigned
missing_posts(const struct opening *o, const struct query_dim *d, uint32_t named,
	      uint32_t posts, uint32_t *ret_keys, unsigned max)
{
	unsigned count = 0;

	for (uint32_t i = 0; i < d->slots[named].count; i++) {
		uint32_t key = query_slot_key(d, named, i);

		if (key != KEY_NONE && !sets_has(&o->plan.fold->sets, posts, key)) {
			if (count < max) {
				ret_keys[count] = key;
			}
			count++;
		}
	}
	return count;
}

static bool
lacks_asked_post(struct opening *o, const struct event_fact *f)
{
	uint32_t slots[DIM_COUNT];
	struct event_fact as_named = *f;
	struct query_dim *d = query_plan_dim(&o->plan, DIM_POST);
	uint32_t none;

	as_named.posts = f->posts_named;
	if (!query_match_event(&o->plan, &as_named, slots)) {
		return false;
	}
	return missing_posts(o, d, slots[d - o->plan.dims], f->posts, &none, 0) != 0;
}

static void
open_fact(struct opening *o, const struct event_fact *f, uint32_t row)
{
	uint32_t slots[DIM_COUNT];
	struct entry entry = { .record = f->head_record,
			       .event = f->event,
			       .fact = row,
			       .opened = (uint8_t)opened_of(f) };

	must(f->event < o->plan.fold->events.count);
	o->fact_of[f->event] = row + 1;
	if (!query_in_bounds(&o->plan, f->fiscal_year[o->plan.query->rule])) {
		return;
	}
	if (query_match_event(&o->plan, f, slots)) {
		o->counted[f->event] = entry.opened == OPENED_COUNTED;
		add_entry(o, entry);
	}
	if (o->asks_posts && fact_counts(f) && lacks_asked_post(o, f)) {
		entry.opened = OPENED_UNCONFIRMED_COHOST;
		add_entry(o, entry);
	}
}

static void
open_facts(struct opening *o)
{
	const struct table *t = &o->plan.fold->facts;

	for (uint32_t row = 0; row < t->count; row++) {
		const struct event_fact *f = table_at(t, row);

		if (query_holds(f->from_pos, f->to_pos, o->plan.query->position)) {
			open_fact(o, f, row);
		}
	}
}

/* ---- Sessions. */

/* The counting fact that a session belongs to, NULL if it does not count. */
static const struct event_fact *
fact_of_session(struct opening *o, const struct session_fact *s, uint32_t *ret_row,
		uint32_t *ret_slots)
{
	const struct fold *fold = o->plan.fold;

	if (!query_holds(s->from_pos, s->to_pos, o->plan.query->position)) {
		return NULL;
	}
	must(s->event < fold->events.count);
	if (o->fact_of[s->event] == 0) {
		return NULL;
	}
	*ret_row = o->fact_of[s->event] - 1;
	const struct event_fact *f = table_at(&fold->facts, *ret_row);
	return query_match_session(&o->plan, s, f, ret_slots) ? f : NULL;
}

static void
open_sessions(struct opening *o)
{
	const struct table *t = &o->plan.fold->session_facts;
	uint32_t slots[DIM_COUNT];
	uint32_t row;

	for (uint32_t i = 0; i < t->count; i++) {
		const struct event_fact *f =
			fact_of_session(o, table_at(t, i), &row, slots);

		if (f != NULL && !o->counted[f->event]) {
			o->counted[f->event] = true;
			add_entry(o, (struct entry){ .record = f->head_record,
						     .event = f->event,
						     .fact = row,
						     .opened = OPENED_COUNTED,
						     .by_session = true });
		}
	}
}

/* ---- Refused revisions. */

static bool
is_refused(const struct record_row *r)
{
	if (r->body != BODY_EVENT_REVISION) {
		return false;
	}
	switch (r->verdict) {
	case VERDICT_MALFORMED:
	case VERDICT_UNKNOWN_NODE:
	case VERDICT_FORBIDDEN:
	case VERDICT_STOLEN:
	case VERDICT_FOREIGN_EVENT:
	case VERDICT_CONFLICT:
		return true;
	default:
		return false;
	}
}

/* Nothing of the event is known but who said it. */
static bool
matches_node(struct opening *o, const struct record_row *r)
{
	struct query_dim *d = query_plan_dim(&o->plan, DIM_POST);

	if (d == NULL || !d->filtered || r->node1 == 0) {
		return true;
	}
	const struct node_row *node = table_at(&o->plan.fold->nodes, r->node1 - 1);
	uint32_t slot = query_slot_of(&o->plan, d, query_value(node->posts, false));
	return d->slots[slot].pass;
}

static bool
matches_refused(struct opening *o, const struct record_row *r, uint32_t record)
{
	uint32_t slots[DIM_COUNT];
	uint32_t row1 = r->event1 != 0 ? o->fact_of[r->event1 - 1] : 0;

	if (row1 == 0) {
		return matches_node(o, r);
	}
	const struct event_fact *f = table_at(&o->plan.fold->facts, row1 - 1);
	/* A record found bad later may be what was shown at the position. */
	return f->head_record != record &&
	       query_in_bounds(&o->plan, f->fiscal_year[o->plan.query->rule]) &&
	       query_match_event(&o->plan, f, slots);
}

static void
open_refused(struct opening *o)
{
	const struct table *t = &o->plan.fold->records;
	uint64_t position = o->plan.query->position;

	for (uint32_t i = 0; i < t->count && i < position; i++) {
		const struct record_row *r = table_at(t, i);

		if (is_refused(r) && matches_refused(o, r, i)) {
			add_entry(o,
				  (struct entry){ .record = i,
						  .event = r->event1 != 0 ? r->event1 - 1
									  : UINT32_MAX,
						  .fact = UINT32_MAX,
						  .opened = OPENED_REFUSED });
		}
	}
}

/* ---- The page. */

static int
cmp_entries(const void *a, const void *b)
{
	const struct entry *x = a;
	const struct entry *y = b;

	if (x->opened != y->opened) {
		return x->opened < y->opened ? -1 : 1;
	}
	if (x->record != y->record) {
		return x->record < y->record ? -1 : 1;
	}
	return (x->fact > y->fact) - (x->fact < y->fact);
}

static void
put_slot_keys(const struct query_dim *d, uint32_t slot, uint32_t *keys,
	      unsigned *ret_count)
{
	*ret_count = d->slots[slot].count;
	for (uint32_t i = 0; i < *ret_count && i < OPENED_MAX_KEYS; i++) {
		keys[i] = query_slot_key(d, slot, i);
	}
}

static void
fill_row(struct opening *o, const struct entry *e, struct opened_row *row)
{
	const struct query *q = o->plan.query;
	bool as_named = e->opened == OPENED_UNCONFIRMED_COHOST;

	*row = (struct opened_row){ .event = e->event,
				    .fact = e->fact,
				    .record = e->record,
				    .opened = (enum opened)e->opened };
	if (e->fact == UINT32_MAX || e->by_session) {
		return;
	}
	struct event_fact f =
		*(const struct event_fact *)table_at(&o->plan.fold->facts, e->fact);
	uint32_t posts = f.posts;
	uint32_t slots[DIM_COUNT];
	if (as_named) {
		f.posts = f.posts_named;
	}
	must(query_match_event(&o->plan, &f, slots));
	for (unsigned b = 0; b < q->by_count; b++) {
		unsigned at = o->plan.by[b];
		const struct query_dim *d = &o->plan.dims[at];

		if (as_named && d->dimension == DIM_POST) {
			row->key_counts[b] = missing_posts(o, d, slots[at], posts,
							   row->keys[b], OPENED_MAX_KEYS);
		} else {
			put_slot_keys(d, slots[at], row->keys[b], &row->key_counts[b]);
		}
	}
}

/* A session may count under keys that its event does not have.  Beyond the keys that
 * are listed none is told from another: the event's own number stays. */
static void
add_session_keys(const struct opening *o, const uint32_t *slots, struct opened_row *row)
{
	for (unsigned b = 0; b < o->plan.query->by_count; b++) {
		unsigned at = o->plan.by[b];
		const struct query_dim *d = &o->plan.dims[at];

		for (uint32_t i = 0; i < d->slots[slots[at]].count; i++) {
			uint32_t key = query_slot_key(d, slots[at], i);
			unsigned k = 0;

			while (k < row->key_counts[b] && k < OPENED_MAX_KEYS &&
			       row->keys[b][k] != key) {
				k++;
			}
			if (k == row->key_counts[b] && k < OPENED_MAX_KEYS) {
				row->keys[b][k] = key;
				row->key_counts[b]++;
			}
		}
	}
}

static void
fill_session_keys(struct opening *o, struct opened_row *rows, size_t count)
{
	const struct table *t = &o->plan.fold->session_facts;
	uint32_t *row_of = xcalloc(o->plan.fold->events.count, sizeof(row_of[0]));
	uint32_t slots[DIM_COUNT];
	uint32_t fact;

	for (size_t i = 0; i < count; i++) {
		if (rows[i].opened == OPENED_COUNTED) {
			row_of[rows[i].event] = (uint32_t)i + 1;
		}
	}
	for (uint32_t i = 0; i < t->count; i++) {
		const struct session_fact *s = table_at(t, i);
		const struct event_fact *f = fact_of_session(o, s, &fact, slots);

		if (f != NULL && row_of[f->event] != 0) {
			add_session_keys(o, slots, &rows[row_of[f->event] - 1]);
		}
	}
	free(row_of);
}

size_t
query_open_page(const struct fold *fold, const struct query *q, size_t skip, size_t limit,
		struct arena *arena, struct opened_row **ret_rows, size_t *ret_all)
{
	struct opening o = { 0 };
	bool sessions = query_asks(q, MEASURE_SESSIONS);

	query_plan_init(&o.plan, fold, q);
	o.asks_posts = query_plan_dim(&o.plan, DIM_POST) != NULL;
	o.fact_of = xcalloc(fold->events.count, sizeof(o.fact_of[0]));
	o.counted = xcalloc(fold->events.count, sizeof(o.counted[0]));
	open_facts(&o);
	if (sessions) {
		open_sessions(&o);
	}
	open_refused(&o);
	if (o.count != 0) {
		qsort(o.entries, o.count, sizeof(o.entries[0]), cmp_entries);
	}

	size_t from = skip < o.count ? skip : o.count;
	size_t count = limit < o.count - from ? limit : o.count - from;
	struct opened_row *rows = arena_alloc(arena, count * sizeof(rows[0]));
	for (size_t i = 0; i < count; i++) {
		fill_row(&o, &o.entries[from + i], &rows[i]);
	}
	if (sessions) {
		fill_session_keys(&o, rows, count);
	}
	*ret_rows = rows;
	*ret_all = o.count;
	free(o.entries);
	free(o.fact_of);
	free(o.counted);
	query_plan_fini(&o.plan);
	return count;
}

size_t
query_open(const struct fold *fold, const struct query *q, struct arena *arena,
	   struct opened_row **ret_rows)
{
	size_t all;

	return query_open_page(fold, q, 0, SIZE_MAX, arena, ret_rows, &all);
}
