#include "lib/model/query.h"

#include <stdlib.h>

#include "lib/base/mem.h"
#include "lib/model/query_parts.h"

/* The scan: a chunk of a table at a time, in steps that are each a plain loop over those
 * of its facts that are left.  The first step waits for memory, so it asks for the next
 * chunk while it is at it; what varies from fact to fact is added and not branched on. */

struct scan {
	struct query_plan plan;
	struct query_tally tally;
	struct query_batch batch;
	uint32_t *fact_of; /* Of an event: row + 1 of its counting fact with sessions. */
};

unsigned
query_measure_at(const struct query *q, enum measure measure)
{
	unsigned m = 0;

	while (m < q->measure_count && q->measures[m] != measure) {
		m++;
	}
	return m;
}

bool
query_asks(const struct query *q, enum measure measure)
{
	return query_measure_at(q, measure) < q->measure_count;
}

/* The facts of chunk 'c'; '*ret_next' is where those of the next one are. */
static const void *
chunk_at(const struct table *t, uint32_t c, uint32_t *ret_n, const void **ret_next)
{
	struct slice bytes = table_chunk(t, c);

	*ret_n = (uint32_t)(bytes.len / t->row_size);
	*ret_next = t->chunks[c + 1 < t->chunk_count ? c + 1 : c];
	return bytes.at;
}

/* ---- Events. */

/* Those that hold, are not taken out, and lie in the bounds. */
static void
select_events(struct scan *s, const struct event_fact *facts, uint32_t n,
	      const struct event_fact *next)
{
	struct query_batch *b = &s->batch;
	uint64_t position = s->plan.query->position;
	enum date_rule rule = s->plan.query->rule;
	int16_t from = s->plan.from;
	int16_t to = s->plan.to;
	uint32_t count = 0;

	for (uint32_t i = 0; i < n; i++) {
		const struct event_fact *f = &facts[i];
		int16_t year = f->fiscal_year[rule];

		__builtin_prefetch(&next[i]);
		__builtin_prefetch((const char *)&next[i] + sizeof(*f) / 2);
		b->facts[count] = f;
		count += query_holds(f->from_pos, f->to_pos, position) &
			 ((f->flags & (FACT_WITHDRAWN | FACT_MERGED)) == 0) &
			 (from <= year) & (year <= to);
	}
	b->count = count;
}

static void
filter_events(struct scan *s, struct query_dim *d)
{
	struct query_batch *b = &s->batch;
	uint32_t count = 0;

	for (uint32_t k = 0; k < b->count; k++) {
		const struct event_fact *f = b->facts[k];
		uint32_t slot = query_slot_of(&s->plan, d, query_event_value(d, f));

		b->facts[count] = f;
		count += d->slots[slot].pass;
	}
	b->count = count;
}

static void
find_event_slots(struct scan *s, struct query_dim *d, uint32_t *ret_slots)
{
	for (uint32_t k = 0; k < s->batch.count; k++) {
		uint64_t value = query_event_value(d, s->batch.facts[k]);

		ret_slots[k] = query_slot_of(&s->plan, d, value);
	}
}

/* Which fact an event's sessions belong to, whatever the bounds and filters. */
static void
note_facts(struct scan *s, const struct event_fact *facts, uint32_t n, uint32_t first_row)
{
	uint64_t position = s->plan.query->position;
	uint32_t events = s->plan.fold->events.count;

	for (uint32_t i = 0; i < n; i++) {
		const struct event_fact *f = &facts[i];
		bool counts = fact_counts(f);
		bool holds = query_holds(f->from_pos, f->to_pos, position);

		must(f->event < events);
		if (counts & holds & (f->session_facts != 0)) {
			s->fact_of[f->event] = first_row + i + 1;
		}
	}
}

static void
scan_events(struct scan *s)
{
	const struct table *t = &s->plan.fold->facts;
	const void *next;
	uint32_t n;

	must(t->count == 0 || t->row_size == sizeof(struct event_fact));
	for (uint32_t c = 0; c < t->chunk_count; c++) {
		const struct event_fact *facts = chunk_at(t, c, &n, &next);

		select_events(s, facts, n, next);
		if (s->fact_of != NULL) {
			note_facts(s, facts, n, c * t->rows_per_chunk);
		}
		for (unsigned i = 0; i < s->plan.dim_count; i++) {
			if (s->plan.dims[i].filtered) {
				filter_events(s, &s->plan.dims[i]);
			}
		}
		for (unsigned i = 0; i < s->plan.shown_count; i++) {
			find_event_slots(s, &s->plan.dims[i], s->batch.slots[i]);
		}
		if (s->plan.towns_by != NULL) {
			find_event_slots(s, s->plan.towns_by, s->batch.town_slots);
		}
		query_tally_events(&s->tally, &s->plan, &s->batch);
	}
}

/* ---- Sessions. */

/* Those that hold, are held, lie in the bounds, and whose event counts. */
static void
select_sessions(struct scan *s, const struct session_fact *sessions, uint32_t n,
		const struct session_fact *next)
{
	struct query_batch *b = &s->batch;
	uint64_t position = s->plan.query->position;
	enum date_rule rule = s->plan.query->rule;
	uint32_t events = s->plan.fold->events.count;
	uint32_t count = 0;

	for (uint32_t i = 0; i < n; i++) {
		const struct session_fact *f = &sessions[i];
		int16_t year = f->fiscal_year[rule];

		__builtin_prefetch(&next[i]);
		must(f->event < events);
		b->sessions[count] = f;
		count += query_holds(f->from_pos, f->to_pos, position) &
			 (f->status == STATUS_HELD) & (s->plan.from <= year) &
			 (year <= s->plan.to) & (s->fact_of[f->event] != 0);
	}
	b->count = count;
	for (uint32_t k = 0; k < count; k++) {
		uint32_t row = s->fact_of[b->sessions[k]->event] - 1;

		b->facts[k] = table_at(&s->plan.fold->facts, row);
	}
}

static void
filter_sessions(struct scan *s, struct query_dim *d)
{
	struct query_batch *b = &s->batch;
	uint32_t count = 0;

	for (uint32_t k = 0; k < b->count; k++) {
		const struct session_fact *f = b->sessions[k];
		const struct event_fact *event = b->facts[k];
		uint64_t value = query_session_value(&s->plan, d, f, event);
		uint32_t slot = query_slot_of(&s->plan, d, value);

		b->sessions[count] = f;
		b->facts[count] = event;
		count += d->slots[slot].pass;
	}
	b->count = count;
}

static void
find_session_slots(struct scan *s, struct query_dim *d, uint32_t *ret_slots)
{
	for (uint32_t k = 0; k < s->batch.count; k++) {
		uint64_t value = query_session_value(&s->plan, d, s->batch.sessions[k],
						     s->batch.facts[k]);

		ret_slots[k] = query_slot_of(&s->plan, d, value);
	}
}

static void
scan_sessions(struct scan *s)
{
	const struct table *t = &s->plan.fold->session_facts;
	const void *next;
	uint32_t n;

	must(t->row_size == sizeof(struct session_fact));
	for (uint32_t c = 0; c < t->chunk_count; c++) {
		const struct session_fact *sessions = chunk_at(t, c, &n, &next);

		select_sessions(s, sessions, n, next);
		for (unsigned i = 0; i < s->plan.dim_count; i++) {
			if (s->plan.dims[i].filtered) {
				filter_sessions(s, &s->plan.dims[i]);
			}
		}
		for (unsigned i = 0; i < s->plan.shown_count; i++) {
			find_session_slots(s, &s->plan.dims[i], s->batch.slots[i]);
		}
		query_tally_sessions(&s->tally, &s->plan, &s->batch);
	}
}

/* ---- The whole. */

void
query_run(const struct fold *fold, const struct query *q, struct arena *arena,
	  struct query_result *ret_result)
{
	struct scan *s = xcalloc(1, sizeof(*s));

	query_plan_init(&s->plan, fold, q);
	query_tally_init(&s->tally, q);
	if (query_asks(q, MEASURE_SESSIONS) && fold->session_facts.count != 0) {
		s->fact_of = xcalloc(fold->events.count, sizeof(s->fact_of[0]));
	}
	scan_events(s);
	if (s->fact_of != NULL) {
		scan_sessions(s);
	}
	query_rows(&s->plan, &s->tally, arena, ret_result);
	free(s->fact_of);
	query_tally_fini(&s->tally);
	query_plan_fini(&s->plan);
	free(s);
}
