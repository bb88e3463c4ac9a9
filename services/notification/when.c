#include "notification/when.h"

#include "lib/base/plant.h"

static int16_t
offset_at(const struct zone_table *zones, struct slice zone, int64_t utc_minutes)
{
	int16_t offset;

	return zone.len != 0 && zone_offset_at(zones, zone, utc_minutes, &offset)
		       ? offset
		       : TOKYO_OFFSET_MINUTES;
}

/* The instant of a local time; of one that clocks skip, as if they had not yet. */
static wall_ms_t
instant_of(const struct zone_table *zones, struct slice zone, int32_t day,
	   uint32_t minute)
{
	struct date local = date_of_minutes((int64_t)day * ALERT_MINUTES_A_DAY + minute);
	int16_t offset = TOKYO_OFFSET_MINUTES;
	enum zone_fit fit;

	if (zone.len == 0 || !zone_offset(zones, zone, &local, &offset, &fit)) {
		offset = TOKYO_OFFSET_MINUTES;
	}
	return zone_to_utc(&local, offset) * MINUTE_MS;
}

wall_ms_t
when_day_begins(const struct zone_table *zones, struct slice zone, int32_t day)
{
	return instant_of(zones, zone, day, 0);
}

int32_t
when_day_of(const struct zone_table *zones, struct slice zone, wall_ms_t at,
	    uint32_t *ret_minute)
{
	int64_t utc = at / MINUTE_MS - (at % MINUTE_MS < 0);
	int64_t local = utc + offset_at(zones, zone, utc);
	int64_t day = local / ALERT_MINUTES_A_DAY - (local % ALERT_MINUTES_A_DAY < 0);

	if (ret_minute != NULL) {
		*ret_minute = (uint32_t)(local - day * ALERT_MINUTES_A_DAY);
	}
	return (int32_t)day;
}

/* ---- Events ------------------------------------------------------------------------ */

static bool
has_days(const struct date *d)
{
	return d->precision == PRECISION_DAY || d->precision == PRECISION_MINUTE;
}

static void
set_instants(struct occurrence *o, const struct event_session *s, const struct date *end,
	     struct slice zone, const struct zone_table *zones)
{
	if (!has_days(&o->start)) {
		return;
	}
	o->has_instant = true;
	/* An end that is a day or coarser is over when its last day is. */
	bool has_last = end->precision != PRECISION_NONE;
	if (o->start.precision == PRECISION_MINUTE && s != NULL) {
		struct slice own = s->zone.len != 0 ? s->zone : zone;

		o->starts = zone_to_utc(&o->start, s->offset_minutes) * MINUTE_MS;
		o->ends = o->starts + HOUR_MS;
		if (end->precision == PRECISION_MINUTE) {
			/* The end has no offset of its own kept: its zone says it. */
			int32_t day = date_first_day(end);
			int64_t minute =
				date_minutes(end) - (int64_t)day * ALERT_MINUTES_A_DAY;

			o->ends = instant_of(zones, own, day, (uint32_t)minute);
		} else if (has_last) {
			o->ends = when_day_begins(zones, own, date_last_day(end) + 1);
		}
	} else {
		int32_t last = date_last_day(has_last ? end : &o->start);

		o->starts = when_day_begins(zones, zone, date_first_day(&o->start));
		o->ends = when_day_begins(zones, zone, last + 1);
	}
	if (o->ends < o->starts) {
		o->ends = o->starts;
	}
}

size_t
when_occurs(const struct event *e, struct slice zone, const struct zone_table *zones,
	    struct arena *arena, struct occurrence **ret)
{
	static const struct date none = { 0 };
	size_t count = e->session_count != 0 ? e->session_count : e->stated_date_count;
	struct occurrence *list = arena_zalloc(arena, count * sizeof(list[0]));

	for (size_t i = 0; i < count; i++) {
		struct occurrence *o = &list[i];

		if (e->session_count != 0) {
			const struct event_session *s = &e->sessions[i];

			o->session = s->id;
			o->status =
				s->status != STATUS_NOT_STATED ? s->status : e->status;
			o->start = s->start;
			o->place = s->has_place ? &s->place : NULL;
			set_instants(o, s, &s->end, zone, zones);
		} else {
			o->status = e->status;
			o->start = e->stated_dates[i];
			o->place =
				e->stated_place_count != 0 ? &e->stated_places[0] : NULL;
			set_instants(o, NULL, &none, zone, zones);
		}
	}
	*ret = list;
	return count;
}

/* ---- Readers ----------------------------------------------------------------------- */

wall_ms_t
when_digest(const struct zone_table *zones, const struct hours *h, wall_ms_t at)
{
	if (h->digest_weekdays == 0) {
		return at;
	}
	int32_t day = when_day_of(zones, h->zone, at, NULL);

	/* Day 0 was a Thursday; Monday is 0 here.  From the day before, since clocks that
	 * go back make two of one hour. */
	for (int32_t d = day - 1; d <= day + 8; d++) {
		unsigned weekday = (unsigned)(((int64_t)d + 3) % 7 + 7) % 7;
		wall_ms_t goes = instant_of(zones, h->zone, d, h->digest_minute);

		if ((h->digest_weekdays >> weekday & 1) != 0 && goes >= at) {
			return goes;
		}
	}
	must(false);
	return at;
}

wall_ms_t
when_audible(const struct zone_table *zones, const struct hours *h, wall_ms_t at)
{
	uint32_t minute;

	if (!h->has_quiet) {
		return at;
	}
	int32_t day = when_day_of(zones, h->zone, at, &minute);
	bool over_midnight = h->quiet_from > h->quiet_to;
	bool is_quiet = over_midnight ? minute >= h->quiet_from || minute < h->quiet_to
				      : minute >= h->quiet_from && minute < h->quiet_to;

	if (!is_quiet) {
		return at;
	}
	if (PLANTED(30) && over_midnight && minute < h->quiet_to) {
		return at; /* The night ends at midnight. */
	}
	if (over_midnight && minute >= h->quiet_from) {
		day++;
	}
	wall_ms_t end = instant_of(zones, h->zone, day, h->quiet_to);
	return end > at ? end : at;
}
