#include "notification/calendar.h"

#include <stdlib.h>

#include <libical/ical.h>

#include "lib/base/text.h"
#include "lib/model/alert.h"
#include "notification/observances.h"

enum {
	TEXT_COLUMNS = 2000,       /* Of one property: what a calendar shows of it. */
	REFRESH_SECONDS = 60 * 60, /* "PT1H" */
	SECONDS_A_MINUTE = 60,
};

/* The zones that a calendar uses, each once. */
struct printing {
	const struct calendar *calendar;
	struct arena *arena;
	struct observances *zones;
	size_t zone_count;
	icalcomponent *out;
};

const char *
calendar_method_name(enum calendar_method method)
{
	switch (method) {
	case CALENDAR_REQUEST:
		return "REQUEST";
	case CALENDAR_CANCEL:
		return "CANCEL";
	case CALENDAR_PUBLISH:
		return "PUBLISH";
	case CALENDAR_FEED:
		break;
	}
	return "";
}

bool
calendar_can_hold(const struct sitting *s)
{
	return s->start.date.precision == PRECISION_DAY ||
	       s->start.date.precision == PRECISION_MINUTE;
}

/* ---- Properties ------------------------------------------------------------------- */

static void
add(icalcomponent *to, icalproperty *property)
{
	must(property != NULL);
	icalcomponent_add_property(to, property);
}

/* What libical may be given: on one line, or on several. */
static const char *
clean(struct printing *p, const char *text, bool lines)
{
	text = lines ? text_clean_lines(p->arena, text) : text_clean(p->arena, text);
	return text_cut(p->arena, text, TEXT_COLUMNS);
}

/* A property that no RFC knows. */
static void
add_x(struct printing *p, const char *name, const char *value)
{
	icalproperty *x = icalproperty_new_x(value);

	must(x != NULL);
	icalproperty_set_x_name(x, name);
	add(p->out, x);
}

/* CAL-ADDRESS is a URI: RFC 6068 2, with all that need not stand for itself escaped. */
static const char *
mailto(struct printing *p, const char *address)
{
	struct buf b = { 0 };

	buf_put_str(&b, "mailto:");
	for (const char *at = address; *at != '\0'; at++) {
		bool plain = (*at >= '0' && *at <= '9') || (*at >= 'A' && *at <= 'Z') ||
			     (*at >= 'a' && *at <= 'z') || strchr("@.-_+~", *at) != NULL;

		if (plain) {
			buf_put_u8(&b, (uint8_t)*at);
		} else {
			buf_printf(&b, "%%%02X", (unsigned)(uint8_t)*at);
		}
	}
	const char *uri = arena_dup(p->arena, b.at, b.len);
	buf_fini(&b);
	return uri;
}

static bool
is_address(const char *address)
{
	return address != NULL && alert_address_valid(slice_str(address));
}

/* ---- Times ------------------------------------------------------------------------ */

static struct icaltimetype
ical_time(const struct date *d)
{
	return (struct icaltimetype){
		.year = d->year,
		.month = d->month,
		.day = d->day,
		.hour = d->hour,
		.minute = d->minute,
		.is_date = d->precision != PRECISION_MINUTE,
	};
}

static struct icaltimetype
ical_utc(int64_t minutes, int seconds)
{
	struct date d = date_of_minutes(minutes);
	struct icaltimetype t = ical_time(&d);

	t.second = seconds;
	t.zone = icaltimezone_get_utc_timezone();
	return t;
}

static struct icaltimetype
ical_stamp(wall_ms_t ms)
{
	return ical_utc(instant_minutes(ms),
			ms > 0 ? (int)(ms / 1000 % SECONDS_A_MINUTE) : 0);
}

/* Is the time to be said in its own zone?  Where that zone is not known, or the local
 * time happens twice and the later one is meant (RFC 5545 3.3.5 takes the first), or
 * never, it is said in UTC. */
static bool
has_own_zone(const struct printing *p, const struct moment *m, int16_t *ret_offset)
{
	const struct zone_table *zones = p->calendar->zones;
	enum zone_fit fit;

	return zones != NULL && zone_name_valid(m->zone) &&
	       zone_offset(zones, m->zone, &m->date, ret_offset, &fit) &&
	       (fit == ZONE_UNIQUE ||
		(fit == ZONE_OVERLAP && m->offset_minutes == *ret_offset));
}

/* "America/Chicago" for the parameter, its zone covered; NULL: the time is in UTC. */
static const char *
use_zone(struct printing *p, const struct moment *m)
{
	struct observances *zone = NULL;
	int16_t offset;

	if (!has_own_zone(p, m, &offset)) {
		return NULL;
	}
	for (size_t i = 0; i < p->zone_count; i++) {
		if (slice_eq(p->zones[i].zone, m->zone)) {
			zone = &p->zones[i];
		}
	}
	if (zone == NULL) {
		zone = &p->zones[p->zone_count++];
		*zone = (struct observances){ .zone = m->zone };
	}
	must(observances_add(zone, p->calendar->zones, zone_to_utc(&m->date, offset),
			     p->arena));
	return arena_dup(p->arena, m->zone.at, m->zone.len);
}

/* DTSTART or DTEND of a minute. */
static icalproperty *
minute_property(struct printing *p, const struct moment *m,
		icalproperty *(*make)(struct icaltimetype))
{
	const char *zone = use_zone(p, m);

	if (zone == NULL) {
		return make(ical_utc(zone_to_utc(&m->date, m->offset_minutes), 0));
	}
	icalproperty *property = make(ical_time(&m->date));
	must(property != NULL);
	icalproperty_add_parameter(property, icalparameter_new_tzid(zone));
	return property;
}

/* A whole day, and the day after the last one. */
static void
add_days(icalcomponent *event, int32_t first, int32_t last)
{
	struct date start = date_of_day(first), end = date_of_day(last + 1);

	add(event, icalproperty_new_dtstart(ical_time(&start)));
	add(event, icalproperty_new_dtend(ical_time(&end)));
}

/* An end that is less precise than a day says nothing; one of another precision than the
 * start, on a later day, makes whole days of both (RFC 5545 wants one type). */
static void
add_times(struct printing *p, icalcomponent *event, const struct calendar_entry *e)
{
	int32_t first = date_first_day(&e->start.date), last = first;
	struct moment end = e->end;
	bool ends_by_minute = end.date.precision == PRECISION_MINUTE;

	if (ends_by_minute && end.zone.len == 0) {
		end.zone = e->start.zone;
		end.offset_minutes = e->start.offset_minutes;
	}
	if (ends_by_minute || end.date.precision == PRECISION_DAY) {
		last = date_first_day(&end.date);
	}
	if (e->start.date.precision == PRECISION_DAY ||
	    (last > first && !ends_by_minute)) {
		add_days(event, first, last > first ? last : first);
		return;
	}
	add(event, minute_property(p, &e->start, icalproperty_new_dtstart));
	if (ends_by_minute && moment_minutes(&end) > moment_minutes(&e->start)) {
		add(event, minute_property(p, &end, icalproperty_new_dtend));
	}
}

/* ---- Zones ------------------------------------------------------------------------ */

static void
add_observance(icalcomponent *zone, const struct observance *o)
{
	icalcomponent *part = o->offset > o->before ? icalcomponent_new_xdaylight()
						    : icalcomponent_new_xstandard();
	struct date onset = date_of_minutes(o->onset + o->before);

	must(part != NULL);
	add(part, icalproperty_new_dtstart(ical_time(&onset)));
	add(part, icalproperty_new_tzoffsetfrom(o->before * SECONDS_A_MINUTE));
	add(part, icalproperty_new_tzoffsetto(o->offset * SECONDS_A_MINUTE));
	icalcomponent_add_component(zone, part);
}

static void
add_zone(struct printing *p, struct observances *o)
{
	icalcomponent *zone = icalcomponent_new_vtimezone();

	must(zone != NULL);
	observances_finish(o);
	add(zone, icalproperty_new_tzid(arena_dup(p->arena, o->zone.at, o->zone.len)));
	for (size_t i = 0; i < o->count; i++) {
		add_observance(zone, &o->at[i]);
	}
	icalcomponent_add_component(p->out, zone);
}

/* ---- Events ----------------------------------------------------------------------- */

static enum icalproperty_status
ical_status(enum status status)
{
	switch (status) {
	case STATUS_CANCELLED:
		return ICAL_STATUS_CANCELLED;
	case STATUS_POSTPONED:
		return ICAL_STATUS_TENTATIVE;
	default:
		return ICAL_STATUS_CONFIRMED;
	}
}

/* libical takes a comma for the end of a category, so a label may have none. */
static void
add_categories(struct printing *p, icalcomponent *event, const struct calendar_entry *e)
{
	for (size_t i = 0; i < e->category_count; i++) {
		const char *label = clean(p, e->categories[i], false);
		struct buf b = { 0 };

		for (; *label != '\0'; label++) {
			if (*label == ',' || *label == ';') {
				buf_put_str(&b, " –");
			} else {
				buf_put_u8(&b, (uint8_t)*label);
			}
		}
		if (b.len != 0) {
			add(event, icalproperty_new_categories(
					   arena_dup(p->arena, b.at, b.len)));
		}
		buf_fini(&b);
	}
}

static void
add_alarm(struct printing *p, icalcomponent *event, const struct calendar_entry *e)
{
	icalcomponent *alarm = icalcomponent_new_valarm();
	struct icaltriggertype trigger = {
		.time = icaltime_null_time(),
		.duration = icaldurationtype_from_int(-(int)e->alarm_minutes *
						      SECONDS_A_MINUTE),
	};

	must(alarm != NULL);
	add(alarm, icalproperty_new_action(ICAL_ACTION_DISPLAY));
	add(alarm, icalproperty_new_description(clean(p, e->summary, false)));
	add(alarm, icalproperty_new_trigger(trigger));
	icalcomponent_add_component(event, alarm);
}

/* Who asks whom: only a feed asks nobody, and only a REQUEST or CANCEL is for one. */
static void
add_people(struct printing *p, icalcomponent *event)
{
	const struct calendar *c = p->calendar;

	if (c->method == CALENDAR_FEED || !is_address(c->organizer)) {
		return;
	}
	add(event, icalproperty_new_organizer(mailto(p, c->organizer)));
	if (c->method != CALENDAR_PUBLISH && is_address(c->attendee)) {
		icalproperty *to = icalproperty_new_attendee(mailto(p, c->attendee));

		must(to != NULL);
		icalproperty_add_parameter(to, icalparameter_new_rsvp(ICAL_RSVP_FALSE));
		add(event, to);
	}
}

static icalcomponent *
make_event(struct printing *p, const struct calendar_entry *e)
{
	icalcomponent *event = icalcomponent_new_vevent();
	const char *location = clean(p, e->location, false);
	const char *description = clean(p, e->description, true);

	must(event != NULL);
	add(event, icalproperty_new_uid(clean(p, e->uid, false)));
	add(event, icalproperty_new_dtstamp(ical_stamp(e->changed_ms)));
	add(event, icalproperty_new_lastmodified(ical_stamp(e->changed_ms)));
	add(event, icalproperty_new_sequence(e->sequence > INT32_MAX ? INT32_MAX
								     : (int)e->sequence));
	add_times(p, event, e);
	add(event, icalproperty_new_summary(clean(p, e->summary, false)));
	if (location[0] != '\0') {
		add(event, icalproperty_new_location(location));
	}
	if (description[0] != '\0') {
		add(event, icalproperty_new_description(description));
	}
	add_categories(p, event, e);
	if (alert_url_valid(slice_str(e->url), true)) {
		add(event, icalproperty_new_url(e->url));
	}
	add(event, icalproperty_new_status(ical_status(e->status)));
	/* The reader is told of it and need not be there: his time stays free. */
	add(event, icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT));
	add_people(p, event);
	if (e->has_alarm) {
		add_alarm(p, event, e);
	}
	return event;
}

static void
add_head(struct printing *p)
{
	const struct calendar *c = p->calendar;

	add(p->out, icalproperty_new_prodid("-//Kusanone//Kusanone//EN"));
	add(p->out, icalproperty_new_version("2.0"));
	add(p->out, icalproperty_new_calscale("GREGORIAN"));
	switch (c->method) {
	case CALENDAR_REQUEST:
		add(p->out, icalproperty_new_method(ICAL_METHOD_REQUEST));
		break;
	case CALENDAR_CANCEL:
		add(p->out, icalproperty_new_method(ICAL_METHOD_CANCEL));
		break;
	case CALENDAR_PUBLISH:
		add(p->out, icalproperty_new_method(ICAL_METHOD_PUBLISH));
		break;
	case CALENDAR_FEED:
		break;
	}
	if (c->method == CALENDAR_FEED) {
		struct icaldurationtype refresh =
			icaldurationtype_from_int(REFRESH_SECONDS);
		const char *name = clean(p, c->name, false);

		if (name[0] != '\0') {
			add(p->out, icalproperty_new_name(name));
			add_x(p, "X-WR-CALNAME", name);
		}
		add(p->out, icalproperty_new_refreshinterval(refresh));
		add_x(p, "X-PUBLISHED-TTL", "PT1H");
	}
}

struct slice
calendar_print(const struct calendar *c, struct arena *arena)
{
	struct printing p = {
		.calendar = c,
		.arena = arena,
		.zones = arena_alloc(arena, 2 * (c->count + 1) * sizeof(p.zones[0])),
		.out = icalcomponent_new_vcalendar(),
	};
	icalcomponent **events = arena_alloc(arena, (c->count + 1) * sizeof(events[0]));

	must(p.out != NULL);
	add_head(&p);
	for (size_t i = 0; i < c->count; i++) {
		events[i] = make_event(&p, &c->entries[i]);
	}
	for (size_t i = 0; i < p.zone_count; i++) {
		add_zone(&p, &p.zones[i]);
	}
	for (size_t i = 0; i < c->count; i++) {
		icalcomponent_add_component(p.out, events[i]);
	}
	char *text = icalcomponent_as_ical_string_r(p.out);
	must(text != NULL);
	size_t len = strlen(text);
	struct slice bytes = slice_of(arena_dup(arena, text, len), len);
	free(text);
	icalcomponent_free(p.out);
	return bytes;
}
