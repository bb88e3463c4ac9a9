#include "lib/base/plant.h"
#include "notification/notification.h"
#include "notification/revisions.h"

/* When an alert goes, and when it is too late for it: the reader's hours, digests,
 * silences, acknowledgements. */

enum { LATE_DAYS = 30, SOON_MS = DAY_MS, SILENCES_MAX = 64 };

static const char *const held_names[] = {
	[HELD_NOT] = "",
	[HELD_DIGEST] = "digest",
	[HELD_QUIET] = "quiet",
	[HELD_SILENCED] = "silenced",
	[HELD_NO_ADDRESS] = "no_address",
};

const char *
held_name(enum held held)
{
	must((size_t)held < ARRAY_LEN(held_names));
	return held_names[held];
}

static const char *const missed_names[] = {
	[MISSED_BEGUN] = "begun",
	[MISSED_OVER] = "over",
	[MISSED_OVERTAKEN] = "overtaken",
	[MISSED_GONE] = "gone",
	[MISSED_ACKNOWLEDGED] = "acknowledged",
	[MISSED_UNSUBSCRIBED] = "unsubscribed",
};

const char *
missed_name(enum missed missed)
{
	must((size_t)missed < ARRAY_LEN(missed_names));
	return missed_names[missed];
}

/* ---- Is it too late? --------------------------------------------------------------- */

static bool
event_of(struct notification *n, const struct alert *a, struct moment *ret)
{
	uint32_t event = fold_find_event(&n->fold, &a->event);

	return event != UINT32_MAX && watch_moment(n, event, ret);
}

static const struct occurrence *
occurrence_of(struct notification *n, const struct alert *a, const struct moment *m)
{
	struct slice session = words_at(&n->words, a->session);

	for (size_t i = 0; i < m->count; i++) {
		if (slice_eq(m->times[i].session, session) &&
		    (a->kind != ALERT_UPCOMING || m->times[i].starts == a->starts)) {
			return &m->times[i];
		}
	}
	return NULL;
}

/* The session that is meant is still planned for that time; and no nearer reminder has
 * come due meanwhile. */
static bool
upcoming_helps(struct notification *n, const struct alert *a, wall_ms_t now,
	       enum missed *why)
{
	const struct subscription_row *s = want_reader(n, &a->subscription);
	const struct occasion o = { .lead = a->lead, .starts = a->starts };
	struct moment m;

	if (a->starts <= now) {
		*why = MISSED_BEGUN;
		return false;
	}
	const struct occurrence *at = event_of(n, a, &m) ? occurrence_of(n, a, &m) : NULL;
	if (at == NULL || at->status != STATUS_PLANNED || !at->has_instant) {
		*why = MISSED_GONE;
		return false;
	}
	if (s != NULL && want_is_overtaken(s, &o, now) && !PLANTED(31)) {
		*why = MISSED_OVERTAKEN;
		return false;
	}
	return true;
}

static bool
report_helps(struct notification *n, const struct alert *a, wall_ms_t now,
	     enum missed *why)
{
	struct moment m;

	if (!event_of(n, a, &m) || m.is.has_report) {
		*why = MISSED_GONE;
		return false;
	}
	/* The next week's takes its place. */
	*why = MISSED_OVERTAKEN;
	return a->due + 7 * (wall_ms_t)DAY_MS > now;
}

static bool
date_helps(struct notification *n, const struct alert *a, wall_ms_t now, enum missed *why)
{
	struct moment m;
	const struct occurrence *at = event_of(n, a, &m) ? occurrence_of(n, a, &m) : NULL;

	*why = MISSED_GONE;
	return at != NULL && at->start.precision == PRECISION_MONTH && a->starts > now;
}

/* News of what became of an event: for a month, or while the event is ahead. */
static bool
news_helps(struct notification *n, const struct alert *a, wall_ms_t now, enum missed *why)
{
	struct rules rules = watch_rules(n, now, now);
	struct moment m;

	*why = MISSED_OVER;
	if (a->due + LATE_DAYS * (wall_ms_t)DAY_MS > now) {
		return true;
	}
	return event_of(n, a, &m) &&
	       rules_is_ahead(&rules, m.fact, m.times, m.count, now);
}

/* It was recorded with a key that was stolen: there never was such an event. */
static bool
never_was(const struct notification *n, const struct uuid *event)
{
	uint32_t row = fold_find_event(&n->fold, event);

	return !uuid_is_zero(event) &&
	       (row == UINT32_MAX ||
		((const struct event_row *)table_at(&n->fold.events, row))->fact1 == 0);
}

bool
hold_is_acknowledged(const struct notification *n, const struct alert *a)
{
	const struct fold *f = &n->fold;
	char event[UUID_TEXT_LEN + 1];
	struct slice subject = words_at(&n->words, a->subject);
	struct slice spell = words_at(&n->words, a->spell);

	if (!uuid_is_zero(&a->event)) {
		uuid_format(&a->event, event);
		subject = slice_of(event, UUID_TEXT_LEN);
	}
	for (uint32_t i = 0; i < f->acknowledgements.count; i++) {
		const struct acknowledgement_row *k = table_at(&f->acknowledgements, i);
		struct slice of = words_at(&f->words, k->spell);
		struct uuid who;

		memcpy(who.b, k->subscription, UUID_LEN);
		if (k->to_pos == FACT_OPEN && k->kind == a->kind &&
		    slice_eq(words_at(&f->words, k->subject), subject) &&
		    (of.len == 0 || slice_eq(of, spell)) &&
		    (uuid_is_zero(&who) || uuid_eq(&who, &a->subscription))) {
			return true;
		}
	}
	return false;
}

bool
hold_still_helps(struct notification *n, const struct alert *a, wall_ms_t now,
		 enum missed *ret_why)
{
	arena_reset(&n->arena);
	if (want_reader(n, &a->subscription) == NULL) {
		*ret_why = MISSED_UNSUBSCRIBED;
		return false;
	}
	if (hold_is_acknowledged(n, a)) {
		*ret_why = MISSED_ACKNOWLEDGED;
		return false;
	}
	/* Whoever was told of it hears that it is off. */
	if (a->kind != ALERT_CANCELLED && never_was(n, &a->event)) {
		*ret_why = MISSED_GONE;
		return false;
	}
	switch ((enum alert_kind)a->kind) {
	case ALERT_UPCOMING:
		return upcoming_helps(n, a, now, ret_why);
	case ALERT_REPORT_OVERDUE:
		return report_helps(n, a, now, ret_why);
	case ALERT_DATE_NOT_FIXED:
		return date_helps(n, a, now, ret_why);
	default:
		return news_helps(n, a, now, ret_why);
	}
}

/* ---- When does it go? -------------------------------------------------------------- */

/* From when on before the sessions that are not over; NEVER: there are none. */
static wall_ms_t
soon_from(struct notification *n, struct slice bytes, wall_ms_t now)
{
	struct event event;
	struct occurrence *times;
	wall_ms_t from = NEVER;

	if (!event_decode(bytes, &n->arena, &event, NULL)) {
		return NEVER;
	}
	struct slice zone =
		rules_post_zone(&n->fold, words_find(&n->fold.words, event.recorder));
	size_t count = when_occurs(&event, zone, &n->config.zones, &n->arena, &times);
	for (size_t i = 0; i < count; i++) {
		if (times[i].has_instant && times[i].ends > now &&
		    times[i].starts - SOON_MS < from) {
			from = times[i].starts - SOON_MS;
		}
	}
	return from;
}

/* From when on it breaks through, since the event is off, or elsewhere, within a day of
 * when it would have been or of when it is now: nobody should travel for nothing, or miss
 * it.  NEVER: it does not. */
static wall_ms_t
breaks_through(struct notification *n, const struct alert *a, wall_ms_t now)
{
	struct slice bytes;
	uint32_t row = fold_find_event(&n->fold, &a->event);
	wall_ms_t from = NEVER;

	if ((a->kind != ALERT_CANCELLED && a->kind != ALERT_MOVED) || row == UINT32_MAX) {
		return NEVER;
	}
	arena_reset(&n->arena);
	if (fold_event_shown(&n->fold, row, &n->arena, &bytes, NULL)) {
		from = soon_from(n, bytes, now);
	}
	wall_ms_t was = soon_from(n, revisions_before(n, a, &n->arena), now);
	return was < from ? was : from;
}

static bool
silences(struct notification *n, const struct silence_row *s, const struct alert *a)
{
	const struct fold *f = &n->fold;
	struct uuid who, event;

	memcpy(who.b, s->subscription, UUID_LEN);
	memcpy(event.b, s->event, UUID_LEN);
	if ((!uuid_is_zero(&who) && !uuid_eq(&who, &a->subscription)) ||
	    (!uuid_is_zero(&event) && !uuid_eq(&event, &a->event)) ||
	    (s->kinds != 0 && (s->kinds >> a->kind & 1) == 0)) {
		return false;
	}
	if (s->posts == 0) {
		return true;
	}
	uint32_t row = fold_find_event(f, &a->event);
	if (row == UINT32_MAX) {
		uint32_t post = words_find(&f->words, words_at(&n->words, a->subject));

		return post != 0 && sets_has(&f->sets, s->posts, post);
	}
	const struct event_row *e = table_at(&f->events, row);
	if (e->fact1 == 0) {
		return false;
	}
	const struct event_fact *fact = table_at(&f->facts, e->fact1 - 1);
	unsigned count;
	const uint32_t *posts = sets_at(&f->sets, fact->posts_named, &count);
	for (unsigned i = 0; i < count; i++) {
		if (sets_has(&f->sets, s->posts, posts[i])) {
			return true;
		}
	}
	return sets_has(&f->sets, s->posts, fact->recorder);
}

/* The end of the silence that holds at 'at'; 'at' if none does. */
static wall_ms_t
silenced_until(struct notification *n, const struct alert *a, wall_ms_t at)
{
	const struct table *rows = &n->fold.silences;

	for (unsigned round = 0; round < SILENCES_MAX; round++) {
		wall_ms_t before = at;

		for (uint32_t i = 0; i < rows->count; i++) {
			const struct silence_row *s = table_at(rows, i);

			if (s->to_pos == FACT_OPEN && s->from_ms <= at &&
			    at < s->until_ms && silences(n, s, a)) {
				at = s->until_ms;
			}
		}
		if (at == before) {
			break;
		}
	}
	return at;
}

static wall_ms_t
later(wall_ms_t a, wall_ms_t b)
{
	return a > b ? a : b;
}

/* The first time at or after 'at' that is not in quiet hours, or is so urgent. */
static wall_ms_t
audible_after(const struct notification *n, const struct hours *hours, wall_ms_t at,
	      wall_ms_t urgent)
{
	wall_ms_t audible = when_audible(&n->config.zones, hours, at);

	return audible < urgent ? audible : later(urgent, at);
}

/* 'goes', or when the reader may be told after it. */
static wall_ms_t
after_hours(struct notification *n, const struct alert *a, const struct hours *hours,
	    wall_ms_t goes, wall_ms_t urgent, enum held *held)
{
	wall_ms_t audible = audible_after(n, hours, goes, urgent);

	if (audible > goes) {
		*held = HELD_QUIET;
	}
	wall_ms_t silent = silenced_until(n, a, audible);
	if (silent > audible) {
		audible = audible_after(n, hours, silent, urgent);
		*held = HELD_SILENCED;
	}
	return audible;
}

wall_ms_t
hold_hours(struct notification *n, const struct alert *a,
	   const struct subscription_row *s, wall_ms_t now, enum held *ret_held)
{
	struct hours hours = want_hours(n, s);
	/* News is told when it is here, whatever a clock made of its time. */
	wall_ms_t goes = a->position != 0 ? now : later(a->due, now);
	wall_ms_t urgent = later(breaks_through(n, a, now), goes);

	wall_ms_t digest = later(when_digest(&n->config.zones, &hours, a->due), now);
	bool in_vain = a->kind == ALERT_UPCOMING && digest >= a->starts;

	*ret_held = HELD_NOT;
	/* A digest that comes after the session would be none. */
	if (digest > goes && urgent > goes && !in_vain) {
		goes = digest < urgent ? digest : urgent;
		*ret_held = HELD_DIGEST;
	}
	return after_hours(n, a, &hours, goes, urgent, ret_held);
}

wall_ms_t
hold_until(struct notification *n, const struct alert *a,
	   const struct subscription_row *s, wall_ms_t now, enum held *ret_held)
{
	if (deliver_address(n, s).len == 0) {
		*ret_held = HELD_NO_ADDRESS;
		return NEVER;
	}
	return hold_hours(n, a, s, now, ret_held);
}

wall_ms_t
hold_again(struct notification *n, const struct alert *a,
	   const struct subscription_row *s, wall_ms_t now)
{
	struct hours hours = want_hours(n, s);
	enum held held;

	return after_hours(n, a, &hours, now, later(breaks_through(n, a, now), now),
			   &held);
}
