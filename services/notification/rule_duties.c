#include "notification/rules.h"

/* report-overdue, date-not-fixed: what is still to be done for an event. */

enum { REPORT_DAYS = 30, FIX_DAYS = 60, WEEK_DAYS = 7, REPORT_WEEKS_MAX = 52 };

/* The end of its last session; 0: one is still to be held, or has no day. */
static wall_ms_t
over_since(const struct moment *m)
{
	wall_ms_t last = 0;

	for (size_t i = 0; i < m->count; i++) {
		const struct occurrence *o = &m->times[i];

		if (o->status == STATUS_CANCELLED) {
			continue;
		}
		if (!o->has_instant || o->status == STATUS_POSTPONED) {
			return 0;
		}
		last = o->ends > last ? o->ends : last;
	}
	return last;
}

/* So long after the last session, then weekly for a year: only the newest of them is
 * due. */
static wall_ms_t
report_overdue(struct rules *r, const struct moment *m)
{
	wall_ms_t over = over_since(m);
	wall_ms_t grace =
		(wall_ms_t)rules_setting(r, "alerts_report_days", REPORT_DAYS) * DAY_MS;

	if (over == 0 || m->is.has_report ||
	    (m->fact->status != STATUS_HELD && m->fact->status != STATUS_PLANNED) ||
	    (m->fact->flags & (FACT_WITHDRAWN | FACT_MERGED)) != 0) {
		return NEVER;
	}
	if (over + grace > r->now) {
		return over + grace;
	}
	wall_ms_t week = (r->now - over - grace) / (WEEK_DAYS * DAY_MS);
	if (week >= REPORT_WEEKS_MAX) {
		return NEVER;
	}
	wall_ms_t due = over + grace + week * WEEK_DAYS * DAY_MS;
	int32_t day = when_day_of(r->zones, m->zone, over - 1, NULL);
	struct slice text = rules_day(r, day);
	rules_emit(r, &(struct occasion){
			      .kind = ALERT_REPORT_OVERDUE,
			      .event1 = m->event + 1,
			      .due = due,
			      .mark = slice_str(arena_printf(
				      r->arena, "%.*s %lld", (int)text.len,
				      (const char *)text.at, (long long)week)),
			      .spell = text,
			      .fact = m->fact,
			      .title = &m->is.title,
			      .starts = over,
		      });
	return due + WEEK_DAYS * DAY_MS;
}

/* A planned session that has no day yet, and its month comes near. */
static wall_ms_t
date_not_fixed(struct rules *r, const struct moment *m)
{
	wall_ms_t next = NEVER;
	wall_ms_t before =
		(wall_ms_t)rules_setting(r, "alerts_fix_date_days", FIX_DAYS) * DAY_MS;

	if ((m->fact->flags & (FACT_WITHDRAWN | FACT_MERGED)) != 0) {
		return NEVER;
	}
	for (size_t i = 0; i < m->count; i++) {
		const struct occurrence *o = &m->times[i];

		if (o->start.precision != PRECISION_MONTH ||
		    o->status != STATUS_PLANNED) {
			continue;
		}
		wall_ms_t begins =
			when_day_begins(r->zones, m->zone, date_first_day(&o->start));
		wall_ms_t ends =
			when_day_begins(r->zones, m->zone, date_last_day(&o->start) + 1);

		if (begins - before > r->now) {
			next = begins - before < next ? begins - before : next;
		} else if (ends > r->now) {
			struct slice date = rules_date(r, &o->start);

			rules_emit(r,
				   &(struct occasion){
					   .kind = ALERT_DATE_NOT_FIXED,
					   .event1 = m->event + 1,
					   .due = begins - before,
					   .mark = slice_str(arena_printf(
						   r->arena, "%.*s %.*s",
						   (int)o->session.len,
						   (const char *)o->session.at,
						   (int)date.len, (const char *)date.at)),
					   .fact = m->fact,
					   .title = &m->is.title,
					   .session = o->session,
					   .starts = ends,
				   });
		}
	}
	return next;
}

const struct rule rule_report_overdue = { .kind = ALERT_REPORT_OVERDUE,
					  .at = report_overdue };
const struct rule rule_date_not_fixed = { .kind = ALERT_DATE_NOT_FIXED,
					  .at = date_not_fixed };
