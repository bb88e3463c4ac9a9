/* notification/observances.h - a zone's changes of offset around some instants.
 *
 * What a VTIMEZONE must say of the times that use it (RFC 5545 3.6.5): the offset in
 * force at each, since when, and the next change, so that a zone with summer time shows
 * both of its offsets.  Found by asking the zone table along the weeks: no two changes of
 * a zone are less than STEP apart that matter to an event on either side. */
#ifndef NOTIFICATION_OBSERVANCES_H
#define NOTIFICATION_OBSERVANCES_H

#include "lib/base/mem.h"
#include "lib/model/zone.h"

/* From an instant on the zone has an offset. */
struct observance {
	int64_t onset; /* Minutes since 1970-01-01T00:00 UTC. */
	int16_t before, offset;
};

struct observances {
	struct slice zone; /* Borrowed. */
	struct observance *at;
	size_t count, cap;
	/* Spans of instants that are covered already. */
	struct observance_span {
		int64_t from, to; /* from <= instant < to */
	} * spans;
	size_t span_count, span_cap;
};

/* Cover an instant.  False if there is no such zone. */
bool observances_add(struct observances *, const struct zone_table *, int64_t utc_minutes,
		     struct arena *) WARN_UNUSED;

/* In order, without those that repeat what holds already. */
void observances_finish(struct observances *);

#endif
