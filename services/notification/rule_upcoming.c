#include "notification/rules.h"

/* upcoming: a session comes near, once per lead time.
 *
 * Of the lead times that have passed only the nearest says anything new: who learns of a
 * session late, or subscribes late, is told once and not for each.  The session's date is
 * part of the occasion, so that one that moved is told of anew. */

static struct slice
mark_of(struct rules *r, const struct occurrence *o, uint32_t lead)
{
	struct slice date = rules_date(r, &o->start);
	char *mark = arena_printf(r->arena, "%.*s %.*s %u", (int)o->session.len,
				  (const char *)o->session.at, (int)date.len,
				  (const char *)date.at, lead);

	return slice_str(mark);
}

static void
emit(struct rules *r, const struct moment *m, const struct occurrence *o, uint32_t lead)
{
	rules_emit(r, &(struct occasion){
			      .kind = ALERT_UPCOMING,
			      .event1 = m->event + 1,
			      .due = o->starts - (wall_ms_t)lead * MINUTE_MS,
			      .mark = mark_of(r, o, lead),
			      .fact = m->fact,
			      .title = &m->is.title,
			      .session = o->session,
			      .lead = lead,
			      .starts = o->starts,
		      });
}

/* Ahead; or it began since the last look, when nobody was told: that is shown. */
static bool
concerns(const struct rules *r, const struct moment *m, const struct occurrence *o)
{
	if (!o->has_instant || (m->fact->flags & (FACT_WITHDRAWN | FACT_MERGED)) != 0) {
		return false;
	}
	return o->starts > r->now
		       ? o->status == STATUS_PLANNED
		       : o->starts > r->since && (o->status == STATUS_PLANNED ||
						  o->status == STATUS_HELD);
}

static wall_ms_t
at(struct rules *r, const struct moment *m)
{
	wall_ms_t next = NEVER;

	for (size_t i = 0; i < m->count; i++) {
		const struct occurrence *o = &m->times[i];

		if (!concerns(r, m, o)) {
			continue;
		}
		/* When it begins, what still waits is settled. */
		if (o->starts > r->now && o->starts < next) {
			next = o->starts;
		}
		for (size_t k = 0; k < r->lead_count; k++) {
			wall_ms_t due = o->starts - (wall_ms_t)r->leads[k] * MINUTE_MS;

			if (due > r->now) {
				next = due < next ? due : next;
			} else if (o->starts > r->now || due > r->since) {
				emit(r, m, o, r->leads[k]);
			}
		}
	}
	return next;
}

const struct rule rule_upcoming = { .kind = ALERT_UPCOMING, .at = at };
