#include "notification/rules.h"

const struct rule *const rules_all[ALERT_KIND_COUNT] = {
	[ALERT_UPCOMING] = &rule_upcoming,
	[ALERT_ANNOUNCED] = &rule_announced,
	[ALERT_CHANGED] = &rule_changed,
	[ALERT_MOVED] = &rule_moved,
	[ALERT_CANCELLED] = &rule_cancelled,
	[ALERT_COHOST_ASKED] = &rule_cohost_asked,
	[ALERT_REPORT_OVERDUE] = &rule_report_overdue,
	[ALERT_DATE_NOT_FIXED] = &rule_date_not_fixed,
	[ALERT_CONFLICT] = &rule_conflict,
	[ALERT_COVERAGE_GAP] = &rule_coverage_gap,
	[ALERT_POST_SILENT] = &rule_post_silent,
	[ALERT_MILESTONE] = &rule_milestone,
	[ALERT_RESTATEMENT] = &rule_restatement,
};

static bool
is_wanted(const struct rules *r, enum alert_kind kind)
{
	return (r->wanted >> kind & 1) != 0;
}

void
rules_changed(struct rules *r, const struct change *change)
{
	for (unsigned k = 0; k < ALERT_KIND_COUNT; k++) {
		/* Who was told of an event hears of its end without having asked. */
		bool follows = k == ALERT_MOVED || k == ALERT_CANCELLED;

		if (rules_all[k]->changed != NULL &&
		    (follows || is_wanted(r, (enum alert_kind)k))) {
			rules_all[k]->changed(r, change);
		}
	}
}

void
rules_recorded(struct rules *r, uint64_t position, wall_ms_t hq_ms,
	       const struct record *record)
{
	for (unsigned k = 0; k < ALERT_KIND_COUNT; k++) {
		if (rules_all[k]->recorded != NULL && is_wanted(r, (enum alert_kind)k)) {
			rules_all[k]->recorded(r, position, hq_ms, record);
		}
	}
}

wall_ms_t
rules_at(struct rules *r, const struct moment *moment)
{
	wall_ms_t next = NEVER;

	for (unsigned k = 0; k < ALERT_KIND_COUNT; k++) {
		if (rules_all[k]->at != NULL && is_wanted(r, (enum alert_kind)k)) {
			wall_ms_t at = rules_all[k]->at(r, moment);

			must(at > r->now);
			next = at < next ? at : next;
		}
	}
	return next;
}

void
rules_daily(struct rules *r, int32_t day)
{
	for (unsigned k = 0; k < ALERT_KIND_COUNT; k++) {
		if (rules_all[k]->daily != NULL && is_wanted(r, (enum alert_kind)k)) {
			rules_all[k]->daily(r, day);
		}
	}
}

unsigned
rules_setting(const struct rules *r, const char *name, unsigned otherwise)
{
	int32_t today = when_day_of(r->zones, (struct slice){ 0 }, r->now, NULL);
	struct slice value =
		reference_setting(&r->fold->reference, slice_str(name), today);
	unsigned number = 0;

	if (value.len == 0 || value.len > 5) {
		return otherwise;
	}
	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] < '0' || value.at[i] > '9') {
			return otherwise;
		}
		number = 10 * number + (unsigned)(value.at[i] - '0');
	}
	return number;
}

struct slice
rules_post_zone(const struct fold *f, uint32_t post)
{
	const struct reference_entry *e = reference_post(
		&f->reference, words_at(&f->words, post), REFERENCE_ANY_DAY);

	return e != NULL ? words_at(&f->words, e->zone) : (struct slice){ 0 };
}

static bool
is_planned(uint8_t status)
{
	return status == STATUS_PLANNED || status == STATUS_POSTPONED;
}

bool
rules_is_ahead(const struct rules *r, const struct event_fact *fact,
	       const struct occurrence *times, size_t count, wall_ms_t at)
{
	int32_t day = when_day_of(r->zones, (struct slice){ 0 }, at, NULL);

	if ((fact->flags & (FACT_WITHDRAWN | FACT_MERGED)) != 0) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		const struct occurrence *o = &times[i];

		if (is_planned((uint8_t)o->status) &&
		    (o->has_instant ? o->ends > at
				    : o->start.precision == PRECISION_NONE ||
					      date_last_day(&o->start) >= day)) {
			return true;
		}
	}
	return count == 0 && is_planned(fact->status);
}

struct slice
rules_date(struct rules *r, const struct date *date)
{
	char text[DATE_TEXT_SIZE];
	size_t len = date_format(date, text);

	return slice_of(arena_dup(r->arena, text, len), len);
}

struct slice
rules_day(struct rules *r, int32_t day)
{
	struct date date = date_of_day(day);

	return rules_date(r, &date);
}
