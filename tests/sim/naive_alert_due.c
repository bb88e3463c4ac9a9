#include <stdio.h>

#include "tests/sim/naive_alert.h"

/* What the clock calls for, and whether it still says anything when its time has come. */

enum { PLANNED = 1, POSTPONED, CANCELLED, HELD };
enum { REPORT_DAYS = 30, REPORT_WEEKS = 52, FIX_DAYS = 60, LATE_DAYS = 30 };

/* ---- What is due --------------------------------------------------------------- */

struct look {
	struct naive_alerts *a;
	int event;
	const struct naive_plan *p;
	wall_ms_t now;
	bool sure;
};

static void
want_of(const struct look *l, uint32_t reader, struct naive_want *want,
	const char *occasion)
{
	struct naive_alerts *a = l->a;
	struct uuid event;

	want->reader = reader;
	want->event = a->state.events[l->event].id;
	must(uuid_parse(slice_str(want->event), &event));
	naive_want_id(want, a->readers[reader].id_bytes, slice_of(event.b, UUID_LEN),
		      slice_str(occasion));
	uint32_t row = naive_alerts_find(a, want->id);
	if (row != UINT32_MAX) {
		if (want->level > a->wants[row].level) {
			a->wants[row].level = want->level;
		}
		return;
	}
	/* It outlives the log as it is now. */
	want->event = arena_dup(&a->arena, want->event, strlen(want->event));
	want->session = arena_dup(&a->arena, want->session, strlen(want->session));
	want->spell = arena_dup(&a->arena, want->spell, strlen(want->spell));
	naive_want_put(a, want);
}

/* Of the lead times that have passed only the nearest says anything. */
static bool
is_nearest(const struct naive_reader *r, wall_ms_t starts, uint32_t lead, wall_ms_t now)
{
	for (int i = 0; i < r->lead_count; i++) {
		if (r->leads[i] < lead &&
		    starts - r->leads[i] * (wall_ms_t)NAIVE_MINUTE_MS <= now) {
			return false;
		}
	}
	return true;
}

static void
upcoming(const struct look *l, uint32_t reader, const struct naive_sitting *s)
{
	const struct naive_reader *r = &l->a->readers[reader];

	for (int i = 0; i < r->lead_count; i++) {
		wall_ms_t due = s->starts - r->leads[i] * (wall_ms_t)NAIVE_MINUTE_MS;
		bool must_be = l->sure && s->status == PLANNED && s->starts > l->now &&
			       is_nearest(r, s->starts, r->leads[i], l->now);
		char occasion[80];
		struct naive_want want = { .kind = NAIVE_UPCOMING,
					   .level = must_be ? NAIVE_MUST : NAIVE_MAY,
					   .due = due,
					   .starts = s->starts,
					   .session = s->id,
					   .spell = "",
					   .lead = r->leads[i] };

		if (due > l->now) {
			continue;
		}
		snprintf(occasion, sizeof(occasion), "%s %s %u", s->id, s->date,
			 r->leads[i]);
		want_of(l, reader, &want, occasion);
	}
}

/* When the last session that was not cancelled was over; 0: one is still open. */
static wall_ms_t
over_since(const struct naive_plan *p)
{
	wall_ms_t last = 0;

	for (int i = 0; i < p->sitting_count; i++) {
		const struct naive_sitting *s = &p->sittings[i];

		if (s->status != CANCELLED &&
		    (!s->has_instant || s->status == POSTPONED)) {
			return 0;
		}
		if (s->status != CANCELLED && s->ends > last) {
			last = s->ends;
		}
	}
	return last;
}

static void
report_overdue(const struct look *l, uint32_t reader)
{
	const struct naive_plan *p = l->p;
	wall_ms_t over = p->over, since = over + REPORT_DAYS * NAIVE_DAY_MS;
	char occasion[80];

	if (over == 0 || p->m->report != NULL ||
	    (p->status != HELD && p->status != PLANNED) || l->now < since) {
		return;
	}
	long long week = (l->now - since) / (7 * NAIVE_DAY_MS);
	if (week >= REPORT_WEEKS) {
		return;
	}
	snprintf(occasion, sizeof(occasion), "%s %lld", p->over_day, week);
	struct naive_want want = { .kind = NAIVE_REPORT_OVERDUE,
				   .level = l->sure ? NAIVE_MUST : NAIVE_MAY,
				   .due = since + week * 7 * NAIVE_DAY_MS,
				   .starts = over,
				   .session = "",
				   .spell = p->over_day };
	want_of(l, reader, &want, occasion);
}

static void
date_not_fixed(const struct look *l, uint32_t reader, const struct naive_sitting *s)
{
	wall_ms_t begins, ends;
	char occasion[80];

	if (s->precision != NAIVE_MONTH || s->status != PLANNED) {
		return;
	}
	begins = naive_instant(l->p->zone, s->first_day, 0) - FIX_DAYS * NAIVE_DAY_MS;
	ends = naive_instant(l->p->zone, s->last_day + 1, 0);
	if (l->now < begins || l->now >= ends) {
		return;
	}
	snprintf(occasion, sizeof(occasion), "%s %s", s->id, s->date);
	struct naive_want want = { .kind = NAIVE_DATE_NOT_FIXED,
				   .level = l->sure ? NAIVE_MUST : NAIVE_MAY,
				   .due = begins,
				   .starts = ends,
				   .session = s->id,
				   .spell = "" };
	want_of(l, reader, &want, occasion);
}

static void
look_at_reader(const struct look *l, uint32_t reader)
{
	uint32_t bit = UINT32_C(1) << reader;

	for (int i = 0; i < l->p->sitting_count; i++) {
		const struct naive_sitting *s = &l->p->sittings[i];

		/* What has begun is shown as missed, if nobody was there. */
		if ((l->p->upcoming_to & bit) != 0 && s->has_instant &&
		    (s->status == PLANNED || s->status == HELD) &&
		    s->starts > l->now - 400 * NAIVE_DAY_MS) {
			upcoming(l, reader, s);
		}
		if ((l->p->unfixed_to & bit) != 0) {
			date_not_fixed(l, reader, s);
		}
	}
	if ((l->p->overdue_to & bit) != 0) {
		report_overdue(l, reader);
	}
}

/* Whom it concerns changes with records alone. */
static void
match(struct naive_alerts *a, struct naive_plan *p)
{
	if (p->matched_at == a->reads) {
		return;
	}
	p->matched_at = a->reads;
	p->upcoming_to = 0;
	p->unfixed_to = 0;
	p->overdue_to = 0;
	for (uint32_t r = 0; r < a->reader_count; r++) {
		const struct naive_reader *reader = &a->readers[r];
		uint32_t bit = UINT32_C(1) << r;

		must(r < NAIVE_READERS);
		if (!reader->open) {
			continue;
		}
		p->upcoming_to |=
			naive_reader_matches(reader, NAIVE_UPCOMING, p) ? bit : 0;
		p->unfixed_to |=
			naive_reader_matches(reader, NAIVE_DATE_NOT_FIXED, p) ? bit : 0;
		p->overdue_to |=
			naive_reader_matches(reader, NAIVE_REPORT_OVERDUE, p) ? bit : 0;
	}
	p->over = over_since(p);
	naive_date_text(naive_day_at(p->zone, p->over - 1, NULL), p->over_day);
}

/* Has it anything to come? */
static bool
is_open(const struct naive_plan *p)
{
	return p->seen && !p->hidden &&
	       (p->status == PLANNED || p->status == POSTPONED ||
		(p->status == HELD && p->m->report == NULL));
}

/* It is told when it is here, whatever headquarters' clock made of the time. */
static bool
is_news(const struct naive_want *w)
{
	return w->kind == NAIVE_ANNOUNCED || w->kind == NAIVE_CHANGED ||
	       w->kind == NAIVE_MOVED || w->kind == NAIVE_CANCELLED;
}

/* News that the clock has not come to yet came due when it was found. */
void
naive_alerts_early(struct naive_alerts *a, wall_ms_t now)
{
	for (uint32_t i = 0; i < a->want_count; i++) {
		struct naive_want *want = &a->wants[i];

		if (want->fate == NAIVE_WAITS && is_news(want) && want->due > now &&
		    (want->old_due == 0 || want->old_due > now)) {
			want->old_due = now;
		}
	}
}

/* A clock that was set back shows nothing that is sure: it was looked at before. */
void
naive_alerts_clock(struct naive_alerts *a, wall_ms_t now)
{
	bool sure = now >= a->horizon;

	naive_alerts_early(a, now);
	a->horizon = now > a->horizon ? now : a->horizon;
	for (int i = 0; i < a->plan_count; i++) {
		struct look l = { a, i, &a->plans[i], now, sure };

		if (!is_open(l.p) || a->state.events[i].revision_count == 0) {
			continue;
		}
		match(a, &a->plans[i]);
		for (uint32_t r = 0; r < a->reader_count; r++) {
			if (a->readers[r].open) {
				look_at_reader(&l, r);
			}
		}
	}
}

/* ---- Does it still say anything? ----------------------------------------------- */

/* The session that is meant, as it stands now; NULL: there is none. */
static const struct naive_sitting *
sitting_of(struct naive_alerts *a, const struct naive_want *w)
{
	const struct naive_plan *p = naive_plan_of(a, w->event);

	for (int i = 0; p != NULL && is_open(p) && i < p->sitting_count; i++) {
		const struct naive_sitting *s = &p->sittings[i];

		if (strcmp(s->id, w->session) == 0 &&
		    (w->kind != NAIVE_UPCOMING || s->starts == w->starts)) {
			return s;
		}
	}
	return NULL;
}

static bool
is_gone(struct naive_alerts *a, const struct naive_want *w, wall_ms_t now)
{
	const struct naive_plan *p = naive_plan_of(a, w->event);
	const struct naive_sitting *s = sitting_of(a, w);

	if (p == NULL) { /* There never was such an event, and that is told. */
		return w->kind != NAIVE_CANCELLED;
	}
	switch (w->kind) {
	case NAIVE_UPCOMING:
		return s == NULL || s->status != PLANNED || !s->has_instant;
	case NAIVE_REPORT_OVERDUE:
		return !is_open(p) || p->m->report != NULL;
	case NAIVE_DATE_NOT_FIXED:
		return s == NULL || s->precision != NAIVE_MONTH || w->starts <= now;
	default:
		return false;
	}
}

static bool
is_over(struct naive_alerts *a, const struct naive_want *w, wall_ms_t now)
{
	const struct naive_plan *p = naive_plan_of(a, w->event);

	if (w->kind == NAIVE_UPCOMING || w->kind == NAIVE_REPORT_OVERDUE ||
	    w->kind == NAIVE_DATE_NOT_FIXED || w->due + LATE_DAYS * NAIVE_DAY_MS > now) {
		return false;
	}
	return p == NULL || !is_open(p) || !naive_is_ahead(p, now);
}

static bool
is_overtaken(struct naive_alerts *a, const struct naive_want *w, wall_ms_t now)
{
	const struct naive_reader *r = &a->readers[w->reader];

	if (w->kind == NAIVE_REPORT_OVERDUE) {
		return w->due + 7 * NAIVE_DAY_MS <= now;
	}
	return w->kind == NAIVE_UPCOMING && r->m != NULL &&
	       !is_nearest(r, w->starts, w->lead, now);
}

static bool
is_acknowledged(struct naive_alerts *a, const struct naive_want *w)
{
	for (int i = 0; i < a->ack_count; i++) {
		const Kusanone__V1__Acknowledgement *k = a->acks[i];

		if (naive_kind_of(k->kind) == w->kind &&
		    strcmp(k->subject, w->event) == 0 &&
		    (k->spell[0] == '\0' || strcmp(k->spell, w->spell) == 0) &&
		    (k->subscription[0] == '\0' ||
		     strcmp(k->subscription, a->readers[w->reader].id) == 0)) {
			return true;
		}
	}
	return false;
}

bool
naive_alerts_is_true(struct naive_alerts *a, const struct naive_want *w, wall_ms_t now,
		     const char *why)
{
	const struct naive_reader *r = &a->readers[w->reader];

	if (strcmp(why, "unsubscribed") == 0) {
		return (r->m != NULL || a->rolled_back) && !naive_is_told(r);
	}
	if (strcmp(why, "acknowledged") == 0) {
		return is_acknowledged(a, w);
	}
	if (strcmp(why, "begun") == 0) {
		return w->kind == NAIVE_UPCOMING && w->starts <= now;
	}
	if (strcmp(why, "gone") == 0) {
		return is_gone(a, w, now);
	}
	if (strcmp(why, "overtaken") == 0) {
		return is_overtaken(a, w, now);
	}
	return strcmp(why, "over") == 0 && is_over(a, w, now);
}

const char *
naive_alerts_pointless(struct naive_alerts *a, const struct naive_want *w, wall_ms_t now)
{
	static const char *const all[] = { "unsubscribed", "acknowledged", "begun",
					   "gone",         "overtaken",    "over" };

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		if (naive_alerts_is_true(a, w, now, all[i])) {
			return all[i];
		}
	}
	return NULL;
}

/* ---- May it go? ---------------------------------------------------------------- */

static bool
is_soon(const struct naive_sitting *sittings, int count, wall_ms_t now)
{
	for (int i = 0; i < count; i++) {
		const struct naive_sitting *s = &sittings[i];

		if (s->has_instant && s->ends > now && s->starts <= now + NAIVE_DAY_MS) {
			return true;
		}
	}
	return false;
}

/* It is off or elsewhere, and within a day somebody would travel for nothing. */
static bool
is_urgent(struct naive_alerts *a, const struct naive_want *w, wall_ms_t now)
{
	const struct naive_plan *p = naive_plan_of(a, w->event);

	return (w->kind == NAIVE_CANCELLED || w->kind == NAIVE_MOVED) &&
	       ((p != NULL && is_soon(p->sittings, p->sitting_count, now)) ||
		is_soon(w->was, w->was_count, now));
}

static bool
has_post(struct naive_alerts *a, const struct naive_want *w, char *const *posts,
	 size_t count)
{
	const struct naive_plan *p = naive_plan_of(a, w->event);

	for (size_t i = 0; i < count && p != NULL; i++) {
		for (size_t k = 0; k < p->m->n_holders; k++) {
			if (strcmp(p->m->holders[k], posts[i]) == 0) {
				return true;
			}
		}
		if (strcmp(p->m->recorder, posts[i]) == 0) {
			return true;
		}
	}
	return count == 0;
}

static bool
is_silenced(struct naive_alerts *a, const struct naive_want *w, wall_ms_t now)
{
	for (int i = 0; i < a->silence_count; i++) {
		const Kusanone__V1__Silence *s = a->silences[i];
		bool kind = s->n_kinds == 0;

		for (size_t k = 0; k < s->n_kinds; k++) {
			kind = kind || naive_kind_of(s->kinds[k]) == w->kind;
		}
		if (kind && s->from_ms <= now && now < s->until_ms &&
		    (s->subscription[0] == '\0' ||
		     strcmp(s->subscription, a->readers[w->reader].id) == 0) &&
		    (s->event_id[0] == '\0' || strcmp(s->event_id, w->event) == 0) &&
		    has_post(a, w, s->posts, s->n_posts)) {
			return true;
		}
	}
	return false;
}

static bool
waits_for_digest(const struct naive_reader *r, const struct naive_want *w, wall_ms_t now)
{
	wall_ms_t digest = naive_first_digest(r->m, w->due);

	/* One that came after the session would be none. */
	return digest > now && !(w->kind == NAIVE_UPCOMING && digest >= w->starts);
}

const char *
naive_alerts_held(struct naive_alerts *a, const struct naive_want *w, wall_ms_t now)
{
	const struct naive_reader *r = &a->readers[w->reader];

	if (!naive_is_told(r)) {
		return "unsubscribed";
	}
	if (w->due > now && !is_news(w)) {
		return "not due";
	}
	if (!a->has_address(a->ctx, r->m->to_hash.data)) {
		return "no address";
	}
	if (is_silenced(a, w, now)) {
		return "silenced";
	}
	if (is_urgent(a, w, now)) {
		return NULL;
	}
	if (waits_for_digest(r, w, now)) {
		return "digest";
	}
	return naive_is_quiet(r->m, now) ? "quiet" : NULL;
}
