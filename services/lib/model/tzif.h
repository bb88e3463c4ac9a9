/* lib/model/tzif.h - one time zone, from the bytes of its TZif file (RFC 8536).
 *
 * What tzdata installs: every change of offset that is known, and a POSIX TZ string for
 * all times after the last one.  Reads bytes, never a file. */
#ifndef LIB_MODEL_TZIF_H
#define LIB_MODEL_TZIF_H

#include "lib/model/calendar.h"

/* How often a local time happens in its zone: once, never (clocks went forward over
 * it), or twice (they went back). */
enum zone_fit { ZONE_UNIQUE, ZONE_GAP, ZONE_OVERLAP };

/* Offsets in minutes east of UTC.  'offset' is the one of the only instant, of the
 * earlier of two, or the one in force before a gap; 'later' the one after the change,
 * and the same as 'offset' where the time is unique. */
struct zone_answer {
	enum zone_fit fit;
	int16_t offset;
	int16_t later;
};

/* When summer time begins or ends, from the POSIX TZ string of the footer. */
struct tz_rule {
	char form; /* 'M': month, week, day; 'J': day 1-365; 'N': day 0-365. */
	uint8_t month;
	uint8_t week;    /* 5 is the last. */
	uint16_t day;    /* Of the week for 'M', else of the year. */
	int32_t seconds; /* After midnight, local time before the change. */
};

struct tzif_change {
	int64_t at;     /* Seconds since 1970-01-01T00:00 UTC. */
	int32_t offset; /* Seconds east of UTC from then on. */
};

/* A zone's whole history, and its rule for ever after. */
struct tzif {
	int32_t first_offset; /* Before the first change. */
	struct tzif_change *changes;
	uint32_t change_count;
	bool has_footer;
	bool has_summer;
	int32_t standard; /* Offsets of the footer. */
	int32_t summer;
	struct tz_rule begin;
	struct tz_rule end;
};

/* Read the bytes of a TZif file of version 2 or later.  False if they are not one;
 * then nothing is to be freed. */
bool tzif_parse(struct slice file, struct tzif *ret_tzif) WARN_UNUSED;
void tzif_fini(struct tzif *);

/* Seconds east of UTC at an instant. */
int32_t tzif_offset_at(const struct tzif *, int64_t utc_seconds);

/* The offset or offsets of a minute-precise local time. */
struct zone_answer tzif_local(const struct tzif *, const struct date *local);

#endif
