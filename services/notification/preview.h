/* notification/preview.h - what the coming days would bring a reader: the rules, asked at
 * each moment ahead, with nobody told. */
#ifndef NOTIFICATION_PREVIEW_H
#define NOTIFICATION_PREVIEW_H

#include "notification/notification.h"

enum { PREVIEW_DAYS = 60, PREVIEW_DAYS_MAX = 400, PREVIEW_MAX = 1000 };

/* Alerts that would be due until 'until' if nothing changed, in the order of their times;
 * what was settled or waits already is left out.  At most PREVIEW_MAX, in the arena. */
size_t preview_alerts(struct notification *, const struct subscription_row *,
		      wall_ms_t now, wall_ms_t until, struct arena *, struct alert **ret);

/* When something would be due next for each of several readers; NEVER where nothing
 * would. One pass over the events for all of them. */
void preview_next(struct notification *, const struct subscription_row *const *readers,
		  size_t count, wall_ms_t now, wall_ms_t until, struct arena *,
		  wall_ms_t *ret_next);

#endif
