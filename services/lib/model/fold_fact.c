#include "lib/model/fold_parts.h"

#include "lib/base/plant.h"

/* What an event counts as: made anew whenever something that it is made of changes.
 *
 * Where an event has sessions, they alone say when and where it was; the stated dates
 * and places serve an event that has none.  Of the sessions those count that have the
 * event's own status: the held ones of a held event. */

/* The sessions or stated dates that say when it was. */
struct when {
	const struct date *dates[EVENT_MAX_STATED];
	size_t count;
};

static enum status
session_status(const struct event *e, const struct event_session *s)
{
	return s->status != STATUS_NOT_STATED ? s->status : e->status;
}

/* The first of held > planned > postponed > cancelled that one of its sessions has. */
static enum status
event_status(const struct event *e)
{
	static const enum status order[] = { STATUS_HELD, STATUS_PLANNED,
					     STATUS_POSTPONED, STATUS_CANCELLED };

	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		for (size_t k = 0; k < e->session_count; k++) {
			if (session_status(e, &e->sessions[k]) == order[i]) {
				return order[i];
			}
		}
	}
	return e->status;
}

static void
when_of(const struct event *e, enum status status, enum date_rule rule, struct when *ret)
{
	ret->count = 0;
	for (size_t i = 0; i < e->session_count; i++) {
		const struct event_session *s = &e->sessions[i];

		if (session_status(e, s) == status &&
		    s->dated[rule].precision != PRECISION_NONE) {
			ret->dates[ret->count++] = &s->dated[rule];
		}
	}
	if (e->session_count != 0) {
		return;
	}
	for (size_t i = 0; i < e->stated_date_count; i++) {
		if (e->stated_dates[i].precision != PRECISION_NONE) {
			ret->dates[ret->count++] = &e->stated_dates[i];
		}
	}
}

/* The earliest by its first possible day; of two that begin on one day the finer. */
static const struct date *
earliest(const struct when *when)
{
	const struct date *best = NULL;

	for (size_t i = 0; i < when->count; i++) {
		const struct date *d = when->dates[i];
		int order = best != NULL ? date_cmp_first_day(d, best) : -1;

		if (order < 0 || (order == 0 && d->precision > best->precision)) {
			best = d;
		}
	}
	return best;
}

static uint32_t
months_of(struct fold *f, const struct when *when)
{
	uint32_t ids[EVENT_MAX_STATED];
	size_t n = 0;

	for (size_t i = 0; i < when->count; i++) {
		int32_t month = date_month(when->dates[i]);

		if (month != MONTH_NONE) {
			ids[n++] = (uint32_t)month + 1;
		}
	}
	return fold_set(f, ids, n);
}

static bool
any_at_boundary(const struct when *when)
{
	for (size_t i = 0; i < when->count; i++) {
		if (date_at_boundary(when->dates[i])) {
			return true;
		}
	}
	return false;
}

static uint32_t
state_of(struct fold *f, const struct place *place)
{
	uint32_t word = fold_word(f, place->state);

	return word != 0 ? word : STATE_NOT_STATED;
}

/* The venue of a session: its state, else that it was online, else not stated. */
static uint32_t
session_state(struct fold *f, const struct event_session *s)
{
	if (s->has_place && s->place.state.len != 0) {
		return state_of(f, &s->place);
	}
	return s->online ? STATE_ONLINE : STATE_NOT_STATED;
}

static uint32_t
municipality_of(struct fold *f, const struct place *place)
{
	return reference_municipality_id(&f->reference, place->country, place->state,
					 place->municipality.ja, place->municipality.en);
}

static bool
format_is_online(struct fold *f, const struct event *e, const struct date *date)
{
	int32_t day = date != NULL ? date_first_day(date) : REFERENCE_ANY_DAY;
	const struct reference_entry *row =
		reference_code(&f->reference, slice_str("format"), e->format, day);

	return row != NULL && reference_has(&f->reference, row, slice_str("online"));
}

static void
places_of(struct fold *f, const struct event *e, enum status status,
	  const struct date *date, struct event_fact *fact)
{
	uint32_t states[EVENT_MAX_STATED], towns[EVENT_MAX_STATED];
	size_t state_count = 0, town_count = 0;

	for (size_t i = 0; i < e->session_count; i++) {
		const struct event_session *s = &e->sessions[i];

		if (session_status(e, s) == status) {
			states[state_count++] = session_state(f, s);
			if (s->has_place) {
				towns[town_count++] = municipality_of(f, &s->place);
			}
		}
	}
	if (e->session_count == 0) {
		for (size_t i = 0; i < e->stated_place_count; i++) {
			states[state_count++] = state_of(f, &e->stated_places[i]);
			towns[town_count++] = municipality_of(f, &e->stated_places[i]);
		}
	}
	if (state_count == 0) {
		states[state_count++] =
			e->session_count == 0 && format_is_online(f, e, date)
				? STATE_ONLINE
				: STATE_NOT_STATED;
	}
	fact->states = fold_set(f, states, state_count);
	fact->municipalities = fold_set(f, towns, town_count);
}

static void
holders_of(struct fold *f, uint32_t event, const struct event *e, struct event_fact *fact)
{
	uint32_t *named = arena_alloc(&f->arena, e->holders.count * sizeof(named[0]));
	uint32_t *counting =
		arena_alloc(&f->arena, e->holders.count * sizeof(counting[0]));
	size_t n = 0;

	for (size_t i = 0; i < e->holders.count; i++) {
		named[i] = fold_word(f, e->holders.at[i]);
		if (named[i] == 0) {
			continue;
		}
		switch (fold_holder(f, event, fact->recorder, named[i], NULL)) {
		case HOLDER_COUNTS:
			counting[n++] = named[i];
			break;
		case HOLDER_UNCONFIRMED:
			fact->flags |= FACT_UNCONFIRMED;
			break;
		default:
			break;
		}
	}
	fact->posts_named = fold_set(f, named, e->holders.count);
	fact->posts = fold_set(f, counting, n);
}

static bool
has_practice(const struct fold *f, const struct event_row *row)
{
	for (uint32_t p1 = row->practice1; p1 != 0;) {
		const struct practice_row *p = table_at(&f->practices, p1 - 1);

		if (p->to_pos == FACT_OPEN) {
			return true;
		}
		p1 = p->older1;
	}
	return false;
}

/* Does it count in another's place?  Not as long as nobody has recorded any of those that
 * it was merged into: a mistyped id would take an event out of every total. */
static bool
is_merged_away(const struct fold *f, const struct event_row *row)
{
	for (uint32_t next1 = row->merged_into1; next1 != 0;) {
		const struct event_row *target = table_at(&f->events, next1 - 1);

		if (target->first_head1 != 0) {
			return true;
		}
		next1 = target->merged_into1;
	}
	return false;
}

static void
flags_of(const struct fold *f, const struct event_row *row, const struct event *e,
	 struct event_fact *fact)
{
	if (row->withdrawn1 != 0) {
		fact->flags |= FACT_WITHDRAWN;
	}
	if (is_merged_away(f, row)) {
		fact->flags |= FACT_MERGED;
	}
	if (has_practice(f, row)) {
		fact->flags |= FACT_BEST_PRACTICE;
	}
	if (fact->status == STATUS_HELD && !e->has_report) {
		fact->flags |= FACT_PROVISIONAL;
	}
	const struct revision_row *head = table_at(&f->revisions, row->first_head1 - 1);
	if (head->next_head1 != 0) {
		fact->flags |= FACT_JOINED;
	}
}

static void
times_of(struct fold *f, const struct event *e, struct event_fact *fact,
	 struct when *when)
{
	static const uint16_t boundary[] = {
		[RULE_LOCAL] = FACT_BOUNDARY_LOCAL, [RULE_TOKYO] = FACT_BOUNDARY_TOKYO
	};

	for (unsigned rule = 0; rule < RULE_COUNT; rule++) {
		when_of(e, fact->status, PLANTED(8) ? RULE_LOCAL : rule, when);
		const struct date *first = earliest(when);

		fact->fiscal_year[rule] =
			first != NULL ? date_fiscal_year(first) : FISCAL_YEAR_NONE;
		fact->months[rule] = months_of(f, when);
		if (any_at_boundary(when)) {
			fact->flags |= boundary[rule];
		}
	}
}

static struct event_fact
make_fact(struct fold *f, uint32_t event, uint64_t position, const struct event *e)
{
	const struct event_row *row = table_at(&f->events, event);
	const struct revision_row *head = table_at(&f->revisions, row->first_head1 - 1);
	struct when when;
	struct event_fact fact = {
		.from_pos = position,
		.to_pos = FACT_OPEN,
		.event = event,
		.head_record = head->record,
		.recorder = fold_word(f, e->recorder),
		.pillars = fold_word_set(f, &e->pillars),
		.topics = fold_word_set(f, &e->topics),
		.format = fold_word(f, e->format),
		.category = fold_word(f, e->category),
		.frame = fold_word(f, e->frame),
		.status = (uint8_t)event_status(e),
		.participants_bound = (uint8_t)e->participants.bound,
		.planned_bound = (uint8_t)e->budget_planned.bound,
		.spent_bound = (uint8_t)e->budget_spent.bound,
		.sessions_bound = (uint8_t)e->stated_sessions.bound,
		.stated_sessions = (uint32_t)e->stated_sessions.value,
		.session_facts = (uint32_t)e->session_count,
		.participants = e->participants.value,
		.budget_planned = e->budget_planned.value,
		.budget_spent = e->budget_spent.value,
	};

	times_of(f, e, &fact, &when);
	when_of(e, fact.status, RULE_LOCAL, &when);
	places_of(f, e, fact.status, earliest(&when), &fact);
	holders_of(f, event, e, &fact);
	flags_of(f, row, e, &fact);
	return fact;
}

static struct session_fact
make_session(struct fold *f, uint32_t event, uint64_t position, const struct event *e,
	     const struct event_session *s)
{
	struct session_fact fact = { .from_pos = position,
				     .to_pos = FACT_OPEN,
				     .event = event,
				     .state = session_state(f, s),
				     .status = (uint8_t)session_status(e, s),
				     .online = s->online };

	if (s->has_place) {
		fact.municipality = municipality_of(f, &s->place);
	}
	for (unsigned rule = 0; rule < RULE_COUNT; rule++) {
		const struct date *d = &s->dated[rule];
		bool stated = d->precision != PRECISION_NONE;
		int32_t month = stated ? date_month(d) : MONTH_NONE;

		fact.month[rule] = month != MONTH_NONE ? (uint32_t)month + 1 : 0;
		fact.fiscal_year[rule] = stated ? date_fiscal_year(d) : FISCAL_YEAR_NONE;
		if (stated && date_at_boundary(d)) {
			fact.boundary |= (uint8_t)(1u << rule);
		}
	}
	return fact;
}

static void
close_facts(struct fold *f, struct event_row *row, uint64_t position)
{
	if (row->fact1 == 0) {
		return;
	}
	struct event_fact *old = table_mut(&f->facts, row->fact1 - 1);
	old->to_pos = position;
	for (uint32_t i = 0; i < old->session_facts; i++) {
		struct session_fact *s =
			table_mut(&f->session_facts, row->session_fact1 - 1 + i);

		s->to_pos = position;
	}
	row->fact1 = 0;
	row->session_fact1 = 0;
}

void
fold_fact_update(struct fold *f, uint32_t event, uint64_t position,
		 const struct event *shown)
{
	struct event_row *row = table_mut(&f->events, event);
	struct arena arena = { 0 };
	struct event decoded;
	struct slice bytes;

	if (f->rebuilding) {
		return;
	}
	if (row->first_head1 == 0) {
		close_facts(f, row, position);
		return;
	}
	if (shown == NULL) {
		if (!fold_event_shown(f, event, &arena, &bytes, NULL) ||
		    !event_decode(bytes, &arena, &decoded, NULL)) {
			f->failed = true;
			arena_fini(&arena);
			return;
		}
		shown = &decoded;
	}
	struct event_fact fact = make_fact(f, event, position, shown);

	close_facts(f, row, position);
	if (shown->session_count != 0) {
		row->session_fact1 = f->session_facts.count + 1;
	}
	for (size_t i = 0; i < shown->session_count; i++) {
		struct session_fact s =
			make_session(f, event, position, shown, &shown->sessions[i]);

		*(struct session_fact *)table_add(&f->session_facts) = s;
	}
	*(struct event_fact *)table_add(&f->facts) = fact;
	row->fact1 = f->facts.count;
	arena_fini(&arena);
}

/* The next event, after 'at', of those that were merged into 'top' or into one of them;
 * 'top' after the last. */
static uint32_t
next_merged(const struct fold *f, uint32_t top, uint32_t at)
{
	const struct event_row *e = table_at(&f->events, at);

	if (e->merged_from1 != 0) {
		return e->merged_from1 - 1;
	}
	while (at != top && e->merged_next1 == 0) {
		at = e->merged_into1 - 1;
		e = table_at(&f->events, at);
	}
	return at != top ? e->merged_next1 - 1 : top;
}

void
fold_fact_update_merged(struct fold *f, uint32_t event, uint64_t position)
{
	for (uint32_t at = next_merged(f, event, event); at != event;
	     at = next_merged(f, event, at)) {
		fold_fact_update(f, at, position, NULL);
	}
}

void
fold_fact_update_all(struct fold *f, uint64_t position)
{
	uint32_t count = f->events.count;

	for (uint32_t event = 0; event < count; event++) {
		const struct event_row *row = table_at(&f->events, event);

		if (row->fact1 != 0) {
			fold_fact_update(f, event, position, NULL);
		}
	}
}
