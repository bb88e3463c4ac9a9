/* notification/schedule.h - when each event is to be looked at next.
 *
 * One entry an event: its next moment, whatever comes due then and for however many
 * readers.  An event that moved is entered again; the old entry is dead and is dropped
 * when its time comes, or when most are dead.  A binary heap: what is not due costs
 * nothing. */
#ifndef NOTIFICATION_SCHEDULE_H
#define NOTIFICATION_SCHEDULE_H

#include "lib/base/table.h"

struct schedule {
	struct schedule_entry {
		wall_ms_t at;
		uint32_t event;
		uint32_t generation;
	} * heap;
	uint32_t count, cap;
	uint32_t live;            /* Entries that are not dead. */
	struct table generations; /* uint32_t an event; odd: it has a live entry. */
};

void schedule_init(struct schedule *);
void schedule_fini(struct schedule *);
void schedule_clear(struct schedule *);

/* The event's next moment; NEVER: it has none. */
void schedule_set(struct schedule *, uint32_t event, wall_ms_t at);

/* The next moment of all; NEVER if there is none. */
wall_ms_t schedule_next(struct schedule *);

/* Take the event whose moment is the next, if that is at or before 'now'. */
bool schedule_take(struct schedule *, wall_ms_t now, uint32_t *ret_event) WARN_UNUSED;

size_t schedule_memory(const struct schedule *);

#endif
