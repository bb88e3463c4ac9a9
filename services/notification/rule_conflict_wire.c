#include "kusanone/v1/event.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "lib/base/utf8.h"
#include "notification/planned.h"
#include "notification/rules.h"

/* conflict: another post's event is close: within some days in the same municipality,
 * with the same partner, or with the same kind of VIP. Told once for each pair and what
 * is near about it, to the readers of either; who of the two was changed last does not
 * matter. */

enum { CONFLICT_DAYS = 3, NEAR_MAX = 40 };

/* What one of the two says. */
struct side {
	const struct event_fact *fact;
	const struct text *title;
	const Kusanone__V1__Event *event;
	const struct occurrence *times;
	size_t count;
};

static bool
text_eq(const Kusanone__V1__Text *a, const Kusanone__V1__Text *b)
{
	return a != NULL && b != NULL &&
	       ((a->ja[0] != '\0' && strcmp(a->ja, b->ja) == 0) ||
		(a->en[0] != '\0' && strcmp(a->en, b->en) == 0));
}

static bool
share_partner(const struct side *a, const struct side *b)
{
	for (size_t i = 0; i < a->event->n_partners; i++) {
		for (size_t k = 0; k < b->event->n_partners; k++) {
			if (text_eq(a->event->partners[i]->name,
				    b->event->partners[k]->name)) {
				return true;
			}
		}
	}
	return false;
}

static bool
share_vip(const struct side *a, const struct side *b)
{
	for (size_t i = 0; i < a->event->n_vip_kinds; i++) {
		for (size_t k = 0; k < b->event->n_vip_kinds; k++) {
			if (strcmp(a->event->vip_kinds[i], b->event->vip_kinds[k]) == 0) {
				return true;
			}
		}
	}
	return false;
}

/* A municipality of both; the facts hold them as words that compare. */
static bool
share_place(const struct rules *r, const struct side *a, const struct side *b)
{
	unsigned n;
	const uint32_t *towns = sets_at(&r->fold->sets, a->fact->municipalities, &n);

	for (unsigned i = 0; i < n; i++) {
		if (sets_has(&r->fold->sets, b->fact->municipalities, towns[i])) {
			return true;
		}
	}
	return false;
}

static bool
on_day(const struct side *s, int32_t from, int32_t to)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct occurrence *o = &s->times[i];

		if (o->status == STATUS_PLANNED && o->has_instant) {
			int32_t day = date_first_day(&o->start);

			if (day >= from && day <= to) {
				return true;
			}
		}
	}
	return false;
}

static bool
decode_other(struct rules *r, uint32_t event, struct side *ret)
{
	const struct event_row *row = table_at(&r->fold->events, event);
	struct slice bytes;
	struct event *e = arena_alloc(r->arena, sizeof(*e));
	struct occurrence *times;

	if (row->fact1 == 0) {
		return false;
	}
	ret->fact = table_at(&r->fold->facts, row->fact1 - 1);
	if (ret->fact->status != STATUS_PLANNED ||
	    (ret->fact->flags & (FACT_WITHDRAWN | FACT_MERGED)) != 0 ||
	    !fold_event_shown(r->fold, event, r->arena, &bytes, NULL) ||
	    !event_decode(bytes, r->arena, e, NULL)) {
		return false;
	}
	ret->title = &e->title;
	ret->count = when_occurs(e, rules_post_zone(r->fold, ret->fact->recorder),
				 r->zones, r->arena, &times);
	ret->times = times;
	ret->event = (const Kusanone__V1__Event *)unpack_message(
		&kusanone__v1__event__descriptor, bytes, r->arena, NULL);
	return ret->event != NULL;
}

/* "place,partner,vip_kind", as far as it is so; empty: they are not close. */
static const char *
near_of(struct rules *r, const struct side *a, const struct side *b)
{
	char *near = arena_zalloc(r->arena, NEAR_MAX);
	const struct {
		const char *word;
		bool is;
	} what[] = {
		{ "place", share_place(r, a, b) },
		{ "partner", share_partner(a, b) },
		{ "vip_kind", share_vip(a, b) },
	};

	for (size_t i = 0; i < ARRAY_LEN(what); i++) {
		if (what[i].is) {
			strcat(near, near[0] != '\0' ? "," : "");
			strcat(near, what[i].word);
		}
	}
	return near;
}

static void
emit(struct rules *r, const struct change *c, uint32_t other, const struct side *theirs,
     const char *near)
{
	const struct event_row *a = table_at(&r->fold->events, c->event);
	const struct event_row *b = table_at(&r->fold->events, other);
	bool a_first = memcmp(a->id, b->id, UUID_LEN) < 0;
	uint8_t *mark = arena_alloc(r->arena, UUID_LEN + NEAR_MAX);
	size_t len = strlen(near);

	/* The pair: about the lesser id, marked with the other. */
	memcpy(mark, a_first ? b->id : a->id, UUID_LEN);
	memcpy(mark + UUID_LEN, near, len);
	rules_emit(r, &(struct occasion){
			      .kind = ALERT_CONFLICT,
			      .event1 = (a_first ? c->event : other) + 1,
			      .other1 = (a_first ? other : c->event) + 1,
			      .position = c->position,
			      .due = c->hq_ms,
			      .subject = slice_str(near),
			      .mark = slice_of(mark, UUID_LEN + len),
			      .fact = c->after,
			      .title = &c->is.title,
			      .other_fact = theirs->fact,
			      .other_title = theirs->title,
		      });
}

static void
look_at(struct rules *r, const struct change *c, const struct side *mine, int32_t from,
	int32_t to, uint32_t other)
{
	struct side theirs;

	if (other == c->event || !decode_other(r, other, &theirs) ||
	    theirs.fact->recorder == c->after->recorder || !on_day(&theirs, from, to)) {
		return;
	}
	const char *near = near_of(r, mine, &theirs);
	if (near[0] != '\0') {
		emit(r, c, other, &theirs, near);
	}
}

static void
conflict(struct rules *r, const struct change *c)
{
	int32_t window = (int32_t)rules_setting(r, "alerts_conflict_days", CONFLICT_DAYS);
	struct side mine = { .fact = c->after, .times = c->now, .count = c->now_count };

	if (!c->revised || c->after->status != STATUS_PLANNED ||
	    !rules_is_ahead(r, c->after, c->now, c->now_count, c->hq_ms)) {
		return;
	}
	mine.event = (const Kusanone__V1__Event *)unpack_message(
		&kusanone__v1__event__descriptor, c->is.bytes, r->arena, NULL);
	for (size_t i = 0; mine.event != NULL && i < c->now_count; i++) {
		const struct occurrence *o = &c->now[i];

		if (o->status != STATUS_PLANNED || !o->has_instant) {
			continue;
		}
		int32_t day = date_first_day(&o->start);
		for (int32_t d = day - window; d <= day + window; d++) {
			uint32_t at = 0, other;

			while (planned_next(r->planned, d, &at, &other)) {
				look_at(r, c, &mine, day - window, day + window, other);
			}
		}
	}
}

const struct rule rule_conflict = { .kind = ALERT_CONFLICT, .changed = conflict };
