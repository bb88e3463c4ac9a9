#include "notification/dates.h"

#include "lib/model/era.h"

enum { MINUTES_A_DAY = 24 * 60 };

static const char *
say_day(const struct voice *v, const struct date *d, bool weekday)
{
	/* Day 0 was a Thursday. */
	unsigned n = (unsigned)(((date_first_day(d) + 3) % 7 + 7) % 7);
	const char *name = voice_nth(v, W_WEEKDAYS, n);

	if (v->lang == NOTE_JA) {
		const char *day = arena_printf(v->arena, "%04d-%02u-%02u", d->year,
					       d->month, d->day);

		return weekday ? arena_printf(v->arena, "%s（%s）", day, name) : day;
	}
	return arena_printf(v->arena, "%s%s%u %.3s %d", weekday ? name : "",
			    weekday ? " " : "", d->day,
			    voice_nth(v, W_MONTHS, d->month - 1u), d->year);
}

static const char *
say_clock(const struct voice *v, const struct date *d)
{
	return arena_printf(v->arena, "%02u:%02u", d->hour, d->minute);
}

const char *
say_date_short(const struct voice *v, const struct date *d)
{
	char text[ERA_TEXT_SIZE];

	switch ((enum precision)d->precision) {
	case PRECISION_MINUTE:
	case PRECISION_DAY:
		return say_day(v, d, false);
	case PRECISION_MONTH:
		return SAY(v, W_MONTH_OF, arena_printf(v->arena, "%d", d->year),
			   voice_nth(v, W_MONTHS, d->month - 1u));
	case PRECISION_YEAR:
		return SAY(v, W_YEAR_OF, arena_printf(v->arena, "%d", d->year));
	case PRECISION_FISCAL_YEAR:
		(void)(v->lang == NOTE_JA ? fiscal_year_format_ja(d->year, text)
					  : fiscal_year_format_en(d->year, text));
		return arena_dup(v->arena, text, strlen(text));
	case PRECISION_NONE:
		break;
	}
	return SAY(v, W_NOT_STATED);
}

const char *
say_date(const struct voice *v, const struct date *d)
{
	switch ((enum precision)d->precision) {
	case PRECISION_MINUTE:
		return arena_printf(v->arena, "%s%s%s", say_day(v, d, true),
				    v->lang == NOTE_JA ? "" : " ", say_clock(v, d));
	case PRECISION_DAY:
		return say_day(v, d, true);
	default:
		return say_date_short(v, d);
	}
}

static bool
same_day(const struct date *a, const struct date *b)
{
	return date_first_day(a) == date_first_day(b);
}

/* From 'start' to 'end', each said in 'zone' of its own. */
static const char *
say_span_of_dates(const struct voice *v, const struct date *start, const char *zone,
		  const struct date *end, const char *end_zone)
{
	bool one_zone = strcmp(zone, end_zone) == 0;
	const char *from = say_date(v, start);

	if (end->precision == PRECISION_NONE) {
		return zone[0] != '\0' ? SAY(v, W_IN_ZONE, from, zone) : from;
	}
	if (start->precision == PRECISION_MINUTE && end->precision == PRECISION_MINUTE &&
	    same_day(start, end) && one_zone) {
		const char *both =
			arena_printf(v->arena, "%s–%s", from, say_clock(v, end));

		return zone[0] != '\0' ? SAY(v, W_IN_ZONE, both, zone) : both;
	}
	if (date_eq(start, end) && one_zone) {
		return zone[0] != '\0' ? SAY(v, W_IN_ZONE, from, zone) : from;
	}
	const char *to = say_date(v, end);
	if (end_zone[0] != '\0') {
		to = SAY(v, W_IN_ZONE, to, end_zone);
	}
	if (zone[0] != '\0' && !one_zone) {
		from = SAY(v, W_IN_ZONE, from, zone);
	}
	return SAY(v, W_RANGE, from, to);
}

static struct moment
end_of(const struct sitting *s)
{
	struct moment end = s->end;

	if (end.date.precision == PRECISION_MINUTE && end.zone.len == 0) {
		end.zone = s->start.zone;
	}
	return end;
}

const char *
say_when(const struct voice *v, const struct sitting *s)
{
	struct moment end = end_of(s);

	return say_span_of_dates(v, &s->start.date, voice_quote(v, s->start.zone),
				 &end.date, voice_quote(v, end.zone));
}

/* The local time of an instant in the reader's zone; false where none is known. */
static bool
for_reader(const struct voice *v, int64_t utc_minutes, struct date *ret)
{
	const struct compose *c = v->compose;
	int16_t offset;

	if (c->zones == NULL || c->zone.len == 0 ||
	    !zone_offset_at(c->zones, c->zone, utc_minutes, &offset)) {
		return false;
	}
	*ret = zone_to_local(utc_minutes, offset);
	return true;
}

const char *
say_when_for_reader(const struct voice *v, const struct sitting *s)
{
	struct date start, end = { 0 };
	struct moment until = end_of(s);

	if (s->start.date.precision != PRECISION_MINUTE ||
	    slice_eq(s->start.zone, v->compose->zone) ||
	    !for_reader(v, moment_minutes(&s->start), &start)) {
		return "";
	}
	if (until.date.precision == PRECISION_MINUTE &&
	    !for_reader(v, moment_minutes(&until), &end)) {
		return "";
	}
	return say_span_of_dates(v, &start, "", &end, "");
}

const char *
say_instant(const struct voice *v, wall_ms_t ms)
{
	struct date local;

	if (for_reader(v, instant_minutes(ms), &local)) {
		return SAY(v, W_IN_ZONE, say_date(v, &local),
			   voice_quote(v, v->compose->zone));
	}
	local = date_of_minutes(instant_minutes(ms));
	return SAY(v, W_IN_ZONE, say_date(v, &local), "UTC");
}

const char *
say_instant_day(const struct voice *v, wall_ms_t ms)
{
	struct date local;

	if (!for_reader(v, instant_minutes(ms), &local)) {
		local = date_of_minutes(instant_minutes(ms));
	}
	local = date_of_day(date_first_day(&local));
	return say_date(v, &local);
}

const char *
say_span(const struct voice *v, uint32_t minutes)
{
	const struct {
		uint32_t minutes;
		enum word one, many;
	} units[] = { { MINUTES_A_DAY, W_DAY, W_DAYS },
		      { 60, W_HOUR, W_HOURS },
		      { 1, W_MINUTE, W_MINUTES } };
	const char *text = NULL;

	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		uint32_t n = minutes / units[i].minutes;

		minutes %= units[i].minutes;
		if (n == 0 && !(text == NULL && units[i].minutes == 1)) {
			continue;
		}
		const char *part =
			n == 1 ? SAY(v, units[i].one)
			       : SAY(v, units[i].many, arena_printf(v->arena, "%u", n));

		text = text == NULL ? part : SAY(v, W_SPAN, text, part);
	}
	return text;
}
