#include <stdio.h>
#include <stdlib.h>

#include "tests/sim/naive_alert.h"

/* Instants, days and hours.  The world's zones have one summer time, that of 2026 from 8
 * March to 1 November. */

enum {
	DAYS_TO_1970 = 25567,
	TOKYO = 540,
	A_DAY = 24 * 60,
	SUMMER_BEGINS = 20520 * A_DAY + 2 * 60, /* Local minutes before the change. */
	SUMMER_ENDS = 20758 * A_DAY + 2 * 60,
};

int
naive_unix_day(const struct naive_date *d)
{
	return naive_first_day(d) - DAYS_TO_1970;
}

int
naive_last_day(const struct naive_date *d)
{
	struct naive_date next = *d;

	switch (d->precision) {
	case NAIVE_FY:
	case NAIVE_YEAR:
		next.year++;
		return naive_unix_day(&next) - 1;
	case NAIVE_MONTH:
		next.month = d->month % 12 + 1;
		next.year += d->month == 12;
		return naive_unix_day(&next) - 1;
	default:
		return naive_unix_day(d);
	}
}

static int
standard_of(const char *zone, bool *ret_summer)
{
	static const struct {
		const char *name;
		int offset;
		bool summer;
	} zones[] = { { "America/Los_Angeles", -480, true },
		      { "America/Chicago", -360, true },
		      { "America/New_York", -300, true },
		      { "America/Indiana/Vincennes", -300, true },
		      { "Pacific/Honolulu", -600, false } };

	*ret_summer = false;
	for (size_t i = 0; zone != NULL && i < ARRAY_LEN(zones); i++) {
		if (strcmp(zone, zones[i].name) == 0) {
			*ret_summer = zones[i].summer;
			return zones[i].offset;
		}
	}
	return TOKYO;
}

static int
offset_at(const char *zone, int64_t utc)
{
	bool summer;
	int standard = standard_of(zone, &summer);
	bool in_summer = summer && utc >= SUMMER_BEGINS - standard &&
			 utc < SUMMER_ENDS - standard - 60;

	return in_summer ? standard + 60 : standard;
}

/* Of a local time that happens twice the first; of one that never does, as if the clocks
 * had not been changed yet. */
wall_ms_t
naive_instant(const char *zone, int day, int minute)
{
	bool summer;
	int standard = standard_of(zone, &summer);
	int64_t local = (int64_t)day * A_DAY + minute;

	if (offset_at(zone, local - standard - 60) == standard + 60) {
		return (local - standard - 60) * NAIVE_MINUTE_MS;
	}
	return (local - standard) * NAIVE_MINUTE_MS;
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int
naive_day_at(const char *zone, wall_ms_t at, int *ret_minute)
{
	int64_t utc = floor_div(at, NAIVE_MINUTE_MS);
	int64_t local = utc + offset_at(zone, utc);
	int64_t day = floor_div(local, A_DAY);

	if (ret_minute != NULL) {
		*ret_minute = (int)(local - day * A_DAY);
	}
	return (int)day;
}

/* Days are counted one by one. */
void
naive_date_text(int day, char text[16])
{
	struct naive_date d = { NAIVE_DAY, 1970, 1, 1, 0, 0 };

	while (d.year++, naive_unix_day(&d) <= day) {
	}
	d.year--;
	while (d.month < 12 && (d.month++, naive_unix_day(&d) <= day)) {
	}
	if (naive_unix_day(&d) > day) {
		d.month--;
	}
	d.day = 1 + day - naive_unix_day(&d);
	snprintf(text, 16, "%04d-%02d-%02d", d.year, d.month, d.day);
}

/* ---- Readers' hours ------------------------------------------------------------ */

wall_ms_t
naive_first_digest(const Kusanone__V1__Subscription *m, wall_ms_t from)
{
	int day = naive_day_at(m->zone, from, NULL) - 2;

	if (m->digest == NULL) {
		return from;
	}
	for (;; day++) {
		int weekday = (day + 3) % 7; /* Day 0 was a Thursday. */
		wall_ms_t at = naive_instant(m->zone, day, (int)m->digest->minute_of_day);

		if ((m->digest->weekdays >> weekday & 1) != 0 && at >= from) {
			return at;
		}
	}
}

bool
naive_is_quiet(const Kusanone__V1__Subscription *m, wall_ms_t at)
{
	int minute;

	if (m->quiet == NULL) {
		return false;
	}
	naive_day_at(m->zone, at, &minute);
	for (int q = (int)m->quiet->from_minute; q != (int)m->quiet->to_minute;
	     q = (q + 1) % A_DAY) {
		if (q == minute) {
			return true;
		}
	}
	return false;
}

/* ---- When an event is ---------------------------------------------------------- */

static void
set_instants(struct naive_sitting *s, const struct naive_date *start,
	     const Kusanone__V1__Date *in, const Kusanone__V1__Date *in_end,
	     const char *zone)
{
	struct naive_date end = naive_date_of(in_end != NULL ? in_end->value : NULL);

	s->has_instant = true;
	if (start->precision == NAIVE_MINUTE) {
		int64_t local =
			(int64_t)s->first_day * A_DAY + start->hour * 60 + start->minute;

		s->starts = (local - in->utc_offset_minutes) * NAIVE_MINUTE_MS;
		s->ends = s->starts + 60 * NAIVE_MINUTE_MS;
		if (end.precision == NAIVE_MINUTE) {
			s->ends = naive_instant(in->zone[0] != '\0' ? in->zone : zone,
						naive_unix_day(&end),
						end.hour * 60 + end.minute);
		}
	} else {
		int last =
			end.precision >= NAIVE_DAY ? naive_unix_day(&end) : s->first_day;

		s->starts = naive_instant(zone, s->first_day, 0);
		s->ends = naive_instant(zone, last + 1, 0);
	}
	s->ends = s->ends < s->starts ? s->starts : s->ends;
}

static void
make_sitting(struct naive_sitting *s, const Kusanone__V1__Date *start,
	     const Kusanone__V1__Date *end, const char *zone)
{
	struct naive_date d = naive_date_of(start != NULL ? start->value : NULL);

	s->date = start != NULL ? start->value : "";
	s->precision = d.precision;
	if (d.precision != NAIVE_NONE) {
		s->first_day = naive_unix_day(&d);
		s->last_day = naive_last_day(&d);
	}
	if (d.precision >= NAIVE_DAY) {
		set_instants(s, &d, start, end, zone);
	}
}

void
naive_sittings(struct naive_alerts *a, struct naive_plan *p, const struct naive_fact *f)
{
	size_t count = p->m->n_sessions != 0 ? p->m->n_sessions : p->m->n_stated_dates;

	p->sittings = arena_zalloc(&a->state_arena, count * sizeof(p->sittings[0]));
	p->sitting_count = (int)count;
	for (size_t i = 0; i < count; i++) {
		struct naive_sitting *s = &p->sittings[i];

		if (p->m->n_sessions != 0) {
			const Kusanone__V1__Session *in = p->m->sessions[i];

			s->id = in->id;
			s->status = f->sessions[i].status;
			make_sitting(s, in->start, in->end, p->zone);
		} else {
			s->id = "";
			s->status = f->status;
			make_sitting(s, p->m->stated_dates[i], NULL, p->zone);
		}
	}
}
