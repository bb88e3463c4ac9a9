/* notification/when.h - at what instant: when sessions begin, and when a reader may be
 * told.
 *
 * Instants are unix milliseconds.  The zone table is an argument; where a zone is not
 * known, Tokyo's time serves. */
#ifndef NOTIFICATION_WHEN_H
#define NOTIFICATION_WHEN_H

#include "lib/model/record.h"
#include "lib/model/zone.h"

enum { MINUTE_MS = 60 * 1000, HOUR_MS = 60 * MINUTE_MS, DAY_MS = 24 * HOUR_MS };

/* One time at which an event is: a session, or a stated date of an event without
 * sessions. */
struct occurrence {
	struct slice session; /* Its id; empty: a stated date. */
	enum status status;
	struct date start;
	bool has_instant;          /* Day or minute precision: */
	wall_ms_t starts, ends;    /* of a day, its local midnights; 'ends' is at or after
				    * its last moment. */
	const struct place *place; /* NULL: none, or online. */
};

/* All of an event, in 'arena'; borrows the event.  'zone' is where its days begin: that
 * of the post which recorded it; empty: Tokyo. */
size_t when_occurs(const struct event *, struct slice zone, const struct zone_table *,
		   struct arena *, struct occurrence **ret);

/* The midnight with which a calendar day begins in a zone. */
wall_ms_t when_day_begins(const struct zone_table *, struct slice zone, int32_t day);

/* The calendar day and the minute of it at an instant in a zone. */
int32_t when_day_of(const struct zone_table *, struct slice zone, wall_ms_t at,
		    uint32_t *ret_minute);

/* A reader's hours. */
struct hours {
	struct slice zone;
	uint8_t digest_weekdays; /* Bit 0: Monday; 0: no digest. */
	uint16_t digest_minute;
	bool has_quiet;
	uint16_t quiet_from, quiet_to;
};

/* The first time at or after 'at' at which the reader's digest goes; 'at' where there is
 * none.  A local time that a change of clocks skips is
 * taken as if they had not changed yet. */
wall_ms_t when_digest(const struct zone_table *, const struct hours *, wall_ms_t at);

/* 'at', or the end of the quiet hours that it lies in. */
wall_ms_t when_audible(const struct zone_table *, const struct hours *, wall_ms_t at);

#endif
