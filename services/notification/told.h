/* notification/told.h - an event as an alert tells it: plain, and without what it may not
 * tell (participants, people, money).
 *
 * Where an event has no sessions, its stated dates stand for them: a calendar and a
 * sentence want the same of both. */
#ifndef NOTIFICATION_TOLD_H
#define NOTIFICATION_TOLD_H

#include "lib/model/record.h"

/* A date with what a minute-precise one has beside it. */
struct moment {
	struct date date;
	struct slice zone;
	int16_t offset_minutes;
};

/* A session, or a stated date. */
struct sitting {
	struct slice id; /* Of a stated date: "event", "event-2", … */
	enum status status;
	struct moment start, end; /* precision PRECISION_NONE: not stated. */
	struct place place;
	bool has_place;
	bool online;
	struct slice note_ja, note_en;
};

struct told {
	struct uuid id;
	struct text title, summary;
	enum status status; /* The first of held, planned, postponed, cancelled of its
			     * sessions; without them its own. */
	bool has_sessions;
	struct sitting *sittings; /* The earliest first, those without a date last. */
	size_t sitting_count;
	struct place *places; /* Stated ones; none where there are sessions. */
	size_t place_count;
	struct slice recorder, lead;
	struct slices holders;
	struct slice category, format;
	struct slices pillars, topics;
	struct slice url;
	int32_t day; /* For dated labels; REFERENCE_ANY_DAY: not known. */
};

/* False if the bytes are no event: '*ret' is then one of which nothing is known. */
bool told_read(struct slice event, struct arena *, struct told *ret);

/* The sitting with this id, or NULL. */
const struct sitting *told_sitting(const struct told *, struct slice id);

/* Minutes since 1970-01-01T00:00 UTC, by the offset that was recorded; a coarser date
 * has no instant: its first possible midnight without a zone. */
int64_t moment_minutes(const struct moment *);

/* Minutes since then of an instant; where its year is none that a date may have, the
 * nearest that is. */
int64_t instant_minutes(wall_ms_t);

#endif
