#include <stdlib.h>

#include "tests/sim/naive_alert.h"

/* The log, record by record: who wants to hear of what, and what became of each event. */

void
naive_alerts_init(struct naive_alerts *a, const uint8_t hq_node[NODE_ID_LEN],
		  const uint8_t hq_sign[32])
{
	*a = (struct naive_alerts){ .log = naive_new(hq_node, hq_sign) };
	naive_begin(a->log, &a->state_arena, &a->state);
}

void
naive_alerts_fini(struct naive_alerts *a)
{
	naive_free(a->log);
	arena_fini(&a->arena);
	arena_fini(&a->state_arena);
	free(a->hq_ms);
	free(a->plans);
	free(a->readers);
	free(a->wants);
	free(a->index);
	free(a->told);
	free(a->met);
}

/* What followed from the log will follow from it again, if it does. */
void
naive_alerts_cut(struct naive_alerts *a)
{
	naive_cut(a->log, 0);
	arena_reset(&a->state_arena);
	naive_begin(a->log, &a->state_arena, &a->state);
	a->plan_count = 0;
	a->silence_count = 0;
	a->ack_count = 0;
	a->post_count = 0;
	for (uint32_t i = 0; i < a->reader_count; i++) {
		a->readers[i].open = false;
		a->readers[i].m = NULL;
	}
	for (uint32_t i = 0; i < a->want_count; i++) {
		a->wants[i].level = NAIVE_MAY;
		a->wants[i].free = 0;
	}
}

/* ---- What headquarters says of alerts ------------------------------------------ */

/* What the clock called for is asked again: it may not be wanted any more. */
static void
ask_clock_again(struct naive_alerts *a, uint32_t reader)
{
	for (uint32_t i = 0; i < a->want_count; i++) {
		struct naive_want *w = &a->wants[i];

		if (w->reader == reader && w->fate == NAIVE_WAITS &&
		    (w->kind == NAIVE_UPCOMING || w->kind == NAIVE_REPORT_OVERDUE ||
		     w->kind == NAIVE_DATE_NOT_FIXED)) {
			w->level = NAIVE_MAY;
			w->free = 0;
		}
	}
}

static void
subscribe(struct naive_alerts *a, const Kusanone__V1__Subscription *m)
{
	struct uuid id;

	if (!uuid_parse(slice_str(m->id), &id)) {
		return;
	}
	uint32_t row = naive_alerts_reader(a, id.b); /* May move them. */
	ask_clock_again(a, row);
	struct naive_reader *r = &a->readers[row];
	r->id = m->id;
	r->open = !m->removed;
	r->m = m->removed && r->m != NULL ? r->m : m;
	r->lead_count = 0;
	for (size_t i = 0; i < m->n_lead_minutes; i++) {
		must(r->lead_count < NAIVE_LEADS);
		r->leads[r->lead_count++] = m->lead_minutes[i];
	}
	if (r->lead_count == 0) {
		r->leads[r->lead_count++] = 30 * 24 * 60;
		r->leads[r->lead_count++] = 7 * 24 * 60;
		r->leads[r->lead_count++] = 24 * 60;
	}
}

static void
silence(struct naive_alerts *a, const Kusanone__V1__Silence *m)
{
	int kept = 0;

	for (int i = 0; i < a->silence_count; i++) {
		if (strcmp(a->silences[i]->id, m->id) != 0) {
			a->silences[kept++] = a->silences[i];
		}
	}
	a->silence_count = kept;
	if (!m->ended) {
		must(kept < (int)ARRAY_LEN(a->silences));
		a->silences[a->silence_count++] = m;
	}
}

static void
acknowledge(struct naive_alerts *a, const Kusanone__V1__Acknowledgement *m)
{
	int kept = 0;

	for (int i = 0; i < a->ack_count; i++) {
		const Kusanone__V1__Acknowledgement *k = a->acks[i];

		if (strcmp(k->kind, m->kind) != 0 ||
		    strcmp(k->subject, m->subject) != 0 ||
		    strcmp(k->spell, m->spell) != 0 ||
		    strcmp(k->subscription, m->subscription) != 0) {
			a->acks[kept++] = k;
		}
	}
	a->ack_count = kept;
	if (!m->undone) {
		must(kept < (int)ARRAY_LEN(a->acks));
		a->acks[a->ack_count++] = m;
	}
}

static void
name_posts(struct naive_alerts *a, const Kusanone__V1__ReferenceChange *m)
{
	for (size_t i = 0; i < m->n_rows; i++) {
		if (m->rows[i]->row_case == KUSANONE__V1__REFERENCE_ROW__ROW_POST) {
			must(a->post_count < (int)ARRAY_LEN(a->posts));
			a->posts[a->post_count++] = m->rows[i]->post;
		}
	}
}

static const char *
zone_of_post(const struct naive_alerts *a, const char *post)
{
	for (int i = a->post_count; i-- > 0;) {
		if (strcmp(a->posts[i]->id, post) == 0) {
			return a->posts[i]->zone;
		}
	}
	return "";
}

static bool
take_wish(struct naive_alerts *a, const Kusanone__V1__Record *m)
{
	switch (m->body_case) {
	case KUSANONE__V1__RECORD__BODY_SUBSCRIPTION:
		subscribe(a, m->subscription);
		return false;
	case KUSANONE__V1__RECORD__BODY_SILENCE:
		silence(a, m->silence);
		return false;
	case KUSANONE__V1__RECORD__BODY_ACKNOWLEDGEMENT:
		acknowledge(a, m->acknowledgement);
		return false;
	case KUSANONE__V1__RECORD__BODY_REFERENCE_CHANGE:
		name_posts(a, m->reference_change);
		return true;
	default:
		return false;
	}
}

/* ---- Events -------------------------------------------------------------------- */

/* Does an event that somebody has recorded stand for it? */
static bool
is_hidden(const struct naive_state *s, const struct naive_event *e)
{
	bool elsewhere = false;

	for (int i = e->merged_into; i >= 0; i = s->events[i].merged_into) {
		elsewhere = elsewhere || s->events[i].revision_count != 0;
	}
	return e->withdrawn || elsewhere;
}

void
naive_plan_make(struct naive_alerts *a, int event)
{
	const struct naive_event *e = &a->state.events[event];
	struct naive_plan *p = &a->plans[event];
	struct naive_fact fact;

	naive_fact_of(&a->state, e, &fact);
	*p = (struct naive_plan){ .seen = true,
				  .hidden = fact.gone,
				  .blurred = p->blurred,
				  .joined = e->heads > 1,
				  .status = fact.status,
				  .m = fact.m,
				  .bytes = e->shown,
				  .zone = zone_of_post(a, fact.m->recorder),
				  .states = fact.states };
	p->gone = p->hidden || p->status == KUSANONE__V1__STATUS__STATUS_CANCELLED;
	naive_sittings(a, p, &fact);
}

struct naive_plan *
naive_plan_of(struct naive_alerts *a, const char *event)
{
	for (int i = 0; i < a->plan_count; i++) {
		if (strcmp(a->state.events[i].id, event) == 0) {
			return a->plans[i].seen && a->state.events[i].revision_count != 0
				       ? &a->plans[i]
				       : NULL;
		}
	}
	return NULL;
}

static void
make_room(struct naive_alerts *a)
{
	if (a->state.event_count > a->plan_cap) {
		a->plan_cap = 2 * a->state.event_count + 64;
		a->plans = xrealloc(a->plans, (size_t)a->plan_cap * sizeof(a->plans[0]));
	}
	while (a->plan_count < a->state.event_count) {
		a->plans[a->plan_count++] = (struct naive_plan){ 0 };
	}
}

/* Events that are not what they were before this record: 'all' where it may be any. */
static void
look_at_events(struct naive_alerts *a, size_t r, bool all, bool hindsight)
{
	for (int i = 0; i < a->state.event_count; i++) {
		const struct naive_event *e = &a->state.events[i];
		struct naive_plan before = a->plans[i];
		bool revised = e->revision_count != 0 &&
			       e->revisions[e->revision_count - 1].record == r;

		if (e->revision_count == 0) {
			if (before.seen) {
				naive_never_was(a, i, &before, r, a->hq_ms[r]);
				a->plans[i].blurred = true;
				a->plans[i].seen = false;
			}
			continue;
		}
		if (!all && !revised && before.seen &&
		    before.hidden == is_hidden(&a->state, e)) {
			continue;
		}
		naive_plan_make(a, i);
		if (hindsight && before.seen &&
		    !slice_eq(before.bytes, a->plans[i].bytes)) {
			a->plans[i].blurred = true;
		}
		naive_news(a, i, &before, r, a->hq_ms[r]);
	}
}

static uint64_t
meet(struct naive_alerts *a, const struct hash *record)
{
	for (size_t i = 0; i < a->met_count; i++) {
		if (hash_eq(&a->met[i].record, record)) {
			return a->met[i].at;
		}
	}
	if (a->met_count == a->met_cap) {
		a->met_cap = a->met_cap != 0 ? 2 * a->met_cap : 256;
		a->met = xrealloc(a->met, a->met_cap * sizeof(a->met[0]));
	}
	a->met[a->met_count++] = (struct naive_met){ *record, ++a->count };
	return a->count;
}

void
naive_alerts_record(struct naive_alerts *a, const uint8_t node[NODE_ID_LEN],
		    const uint8_t key_id[8], struct slice record, wall_ms_t hq_ms)
{
	bool hindsight, all = false;

	a->reads++;
	naive_add(a->log, node, key_id, record);
	size_t r = a->log->count - 1;
	if (r >= a->hq_ms_cap) {
		a->hq_ms_cap = 2 * r + 256;
		a->hq_ms = xrealloc(a->hq_ms, a->hq_ms_cap * sizeof(a->hq_ms[0]));
	}
	a->hq_ms[r] = hq_ms;
	meet(a, &a->log->records[r].id);
	hindsight = !naive_go_on(&a->state);
	if (hindsight) {
		naive_at(a->log, a->log->count, &a->state_arena, &a->state);
	}
	make_room(a);
	if (a->state.counted[r]) {
		all = take_wish(a, a->log->records[r].m);
	}
	look_at_events(a, r, all || hindsight, hindsight);
}

/* ---- News ---------------------------------------------------------------------- */

/* All occurrences of one field, one after the other. */
static struct slice
run_of(struct slice message, uint32_t number, struct arena *arena)
{
	uint8_t *all = arena_alloc(arena, message.len + 1);
	struct naive_field f;
	size_t len = 0;

	while (naive_next(&message, &f)) {
		if (f.number == number) {
			memcpy(all + len, f.raw.at, f.raw.len);
			len += f.raw.len;
		}
	}
	return slice_of(all, len);
}

static bool
differs(struct slice a, struct slice b, uint32_t number, struct arena *arena)
{
	return !slice_eq(run_of(a, number, arena), run_of(b, number, arena));
}

enum { SESSIONS = 15, STATED_DATES = 16, STATED_PLACES = 17 };

static bool
session_with(struct slice event, struct slice id, struct slice *ret)
{
	struct naive_field f, in;

	while (naive_next(&event, &f)) {
		struct slice rest = f.content;

		if (f.number != SESSIONS) {
			continue;
		}
		while (naive_next(&rest, &in)) {
			if (in.number == 1 && slice_eq(in.content, id)) {
				*ret = f.content;
				return true;
			}
		}
	}
	return false;
}

/* Is it at another time or place: start, end, place, online of a session that both have,
 * or what is stated of an event as a whole? */
static bool
is_elsewhere(const struct naive_plan *before, const struct naive_plan *after,
	     struct arena *arena)
{
	static const uint32_t fields[] = { 3, 4, 6, 7 };

	for (size_t i = 0; i < after->m->n_sessions; i++) {
		struct slice id = slice_str(after->m->sessions[i]->id), was, now;

		if (!session_with(before->bytes, id, &was) ||
		    !session_with(after->bytes, id, &now)) {
			continue;
		}
		for (size_t k = 0; k < ARRAY_LEN(fields); k++) {
			if (differs(was, now, fields[k], arena)) {
				return true;
			}
		}
	}
	return differs(before->bytes, after->bytes, STATED_DATES, arena) ||
	       differs(before->bytes, after->bytes, STATED_PLACES, arena);
}

/* Something of it is still to come. */
bool
naive_is_ahead(const struct naive_plan *p, wall_ms_t at)
{
	int today = naive_day_at("", at, NULL);

	if (p->hidden) {
		return false;
	}
	for (int i = 0; i < p->sitting_count; i++) {
		const struct naive_sitting *s = &p->sittings[i];
		bool planned = s->status == KUSANONE__V1__STATUS__STATUS_PLANNED ||
			       s->status == KUSANONE__V1__STATUS__STATUS_POSTPONED;
		bool ahead = s->has_instant
				     ? s->ends > at
				     : s->precision == NAIVE_NONE || s->last_day >= today;

		if (planned && ahead) {
			return true;
		}
	}
	return p->sitting_count == 0 &&
	       (p->status == KUSANONE__V1__STATUS__STATUS_PLANNED ||
		p->status == KUSANONE__V1__STATUS__STATUS_POSTPONED);
}

struct news {
	struct naive_alerts *a;
	int event;
	const struct naive_plan *before, *after;
	size_t record;
	wall_ms_t hq_ms;
};

static const struct naive_told *
find_told(const struct naive_alerts *a, uint32_t reader, const char *event)
{
	for (size_t i = 0; i < a->told_count; i++) {
		if (a->told[i].reader == reader && strcmp(a->told[i].event, event) == 0) {
			return &a->told[i];
		}
	}
	return NULL;
}

static void
want_news(const struct news *n, uint32_t reader, enum naive_kind kind,
	  enum naive_level level, bool told)
{
	struct naive_alerts *a = n->a;
	const struct naive_record *in = &a->log->records[n->record];
	const char *id = a->state.events[n->event].id;
	struct naive_want want = { .reader = reader,
				   .kind = kind,
				   .event = arena_dup(&a->arena, id, strlen(id)),
				   .level = level,
				   .told = told,
				   .due = n->hq_ms,
				   .session = "",
				   .spell = "" };
	struct uuid event;

	want.was_count = n->before->sitting_count;
	want.was = arena_dup(&a->arena, n->before->sittings,
			     (size_t)want.was_count * sizeof(want.was[0]));
	if (want.due > a->now) { /* It is told when it is here. */
		want.old_due = want.due;
		want.due = a->now;
	}
	must(uuid_parse(slice_str(id), &event));
	naive_want_id(&want, a->readers[reader].id_bytes, slice_of(event.b, UUID_LEN),
		      kind == NAIVE_ANNOUNCED ? (struct slice){ 0 }
					      : slice_of(in->id.b, 8));
	naive_want_put(a, &want);
}

/* 'level': of who asked for it; 'told_too', 'told_only': of who was told. */
static void
say(const struct news *n, enum naive_kind kind, enum naive_level level, bool told_too,
    bool told_only)
{
	struct naive_alerts *a = n->a;
	const char *id = a->state.events[n->event].id;
	uint64_t met = meet(a, &a->log->records[n->record].id);

	for (uint32_t i = 0; i < a->reader_count; i++) {
		const struct naive_reader *r = &a->readers[i];
		const struct naive_told *t = find_told(a, i, id);

		if (!naive_is_told(r)) {
			continue;
		}
		if (!told_only && naive_reader_matches(r, kind, n->after)) {
			want_news(n, i, kind, level, false);
		} else if (told_too && t != NULL) {
			/* Told before this was known. */
			bool sure = t->at < met && level == NAIVE_MUST &&
				    !(t->copy_lost && a->rolled_back);

			want_news(n, i, kind, sure ? NAIVE_MUST : NAIVE_MAY, true);
		}
	}
}

static void
say_maybe(const struct news *n)
{
	say(n, NAIVE_ANNOUNCED, NAIVE_MAY, false, false);
	say(n, NAIVE_CHANGED, NAIVE_MAY, false, false);
	say(n, NAIVE_MOVED, NAIVE_MAY, true, false);
	say(n, NAIVE_CANCELLED, NAIVE_MAY, true, false);
}

/* A change of plan is of what is ahead, or was. */
static void
say_change(const struct news *n)
{
	struct arena *arena = &n->a->state_arena;
	const struct naive_plan *b = n->before, *f = n->after;

	if (slice_eq(b->bytes, f->bytes) ||
	    (!naive_is_ahead(b, n->hq_ms) && !naive_is_ahead(f, n->hq_ms))) {
		return;
	}
	if (is_elsewhere(b, f, arena)) {
		say(n, NAIVE_MOVED, NAIVE_MUST, true, false);
	} else if (f->status != KUSANONE__V1__STATUS__STATUS_HELD) {
		say(n, NAIVE_CHANGED, NAIVE_MUST, false, false);
	}
}

void
naive_news(struct naive_alerts *a, int event, const struct naive_plan *before,
	   size_t record, wall_ms_t hq_ms)
{
	struct news n = { a, event, before, &a->plans[event], record, hq_ms };
	const struct naive_plan *f = n.after;

	if (before->joined || f->joined || f->blurred) {
		say_maybe(&n);
	} else if (!before->seen) {
		if (!f->gone) {
			say(&n, NAIVE_ANNOUNCED, NAIVE_MUST, false, false);
		}
	} else if (f->gone) {
		if (!before->gone) {
			say(&n, NAIVE_CANCELLED, NAIVE_MUST, true,
			    !naive_is_ahead(before, hq_ms));
		}
	} else if (before->gone || (f->status == KUSANONE__V1__STATUS__STATUS_POSTPONED &&
				    before->status != f->status)) {
		say(&n, NAIVE_MOVED, NAIVE_MUST, true, false);
	} else {
		say_change(&n);
	}
}

void
naive_never_was(struct naive_alerts *a, int event, const struct naive_plan *before,
		size_t record, wall_ms_t hq_ms)
{
	struct news n = { a, event, before, &a->plans[event], record, hq_ms };

	say(&n, NAIVE_CANCELLED, before->blurred ? NAIVE_MAY : NAIVE_MUST, true, true);
}
