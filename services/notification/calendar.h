/* notification/calendar.h - sessions as iCalendar objects (RFC 5545), by libical.
 *
 * libical is the builder: it escapes texts, folds lines at 75 octets between characters
 * and ends them with CR LF.  Before a text reaches it, calendar_text() takes out what has
 * no place in a calendar (RFC 5545 3.3.11: controls; line and paragraph separators).
 * Nothing of an event ever stands in a parameter: a zone's name is checked.
 *
 * The one thing that libical reads on its own is the system's zone.tab, once, when it
 * prints a time; nothing of it gets into what is printed.  Zones are ours: a VTIMEZONE
 * says the changes around the times that use it, worked out of the zone table that the
 * shell has read, so that a calendar program needs no table of its own and an update of
 * tzdata that does not touch an event does not touch its bytes. */
#ifndef NOTIFICATION_CALENDAR_H
#define NOTIFICATION_CALENDAR_H

#include "lib/base/mem.h"
#include "lib/model/zone.h"
#include "notification/told.h"

enum calendar_method {
	CALENDAR_FEED, /* No METHOD: a file to subscribe to. */
	CALENDAR_REQUEST,
	CALENDAR_CANCEL,
	CALENDAR_PUBLISH,
};

/* One VEVENT.  Texts are cleaned when it is printed; empty ones are left out. */
struct calendar_entry {
	const char *uid;
	uint32_t sequence;
	wall_ms_t changed_ms;
	const char *summary, *location, *description, *url;
	const char **categories;
	size_t category_count;
	enum status status;
	struct moment start, end; /* start: of a day or a minute. */
	bool has_alarm;
	uint32_t alarm_minutes; /* Before the start. */
};

struct calendar {
	enum calendar_method method;
	const char *name;                 /* Of a feed; NULL: none. */
	const char *organizer, *attendee; /* Addresses; the second in REQUEST, CANCEL. */
	const struct zone_table *zones;   /* NULL: times in UTC. */
	const struct calendar_entry *entries;
	size_t count;
};

/* "REQUEST"; "" for a feed. */
const char *calendar_method_name(enum calendar_method);

/* Can a calendar hold it?  From day precision on; a month is no day. */
bool calendar_can_hold(const struct sitting *) WARN_UNUSED;

/* The bytes, in the arena. */
struct slice calendar_print(const struct calendar *, struct arena *);

#endif
