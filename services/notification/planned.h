/* notification/planned.h - which events are planned on which day: a hint.
 *
 * An event that was ever planned on a day stands there; whether it still is, its shown
 * revision says. */
#ifndef NOTIFICATION_PLANNED_H
#define NOTIFICATION_PLANNED_H

#include "lib/base/table.h"

struct planned {
	struct table rows; /* struct planned_row */
	struct index by_day;
};

void planned_init(struct planned *);
void planned_fini(struct planned *);
void planned_clear(struct planned *);

/* Once for each event and day. */
void planned_add(struct planned *, int32_t day, uint32_t event);

/* Walk the events of a day: '*at' is 0 at first. */
bool planned_next(const struct planned *, int32_t day, uint32_t *at, uint32_t *ret_event);

#endif
