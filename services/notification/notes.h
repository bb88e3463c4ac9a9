/* notification/notes.h - an alert, with what the fold says of its event now, as a message
 * tells it. */
#ifndef NOTIFICATION_NOTES_H
#define NOTIFICATION_NOTES_H

#include "notification/compose.h"
#include "notification/notification.h"

/* Everything in 'arena' or borrowed from the notification. */
struct note note_of(struct notification *, const struct alert *, wall_ms_t now,
		    struct arena *);

/* How a subscription's messages are written; 'to' is in the arena. */
struct compose note_compose(struct notification *, const struct subscription_row *,
			    struct arena *);

/* The events that a feed shows: those that its filters match and that are not over since
 * long. */
size_t note_feed_events(struct notification *, const struct subscription_row *,
			wall_ms_t now, struct arena *, struct feed_event **ret);

#endif
