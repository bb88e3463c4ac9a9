/* notification/revisions.h - what the log says of an event at other times than now. */
#ifndef NOTIFICATION_REVISIONS_H
#define NOTIFICATION_REVISIONS_H

#include "notification/notification.h"

/* The record at a position of the log, into 'arena'.  False: there is none. */
bool revisions_record(struct notification *, uint64_t position, struct arena *,
		      struct record *ret) WARN_UNUSED;

/* The alert's event before the record that occasioned it; of an event of which nothing
 * counts any more, as it was recorded last.  Empty: there is none.  In 'arena'. */
struct slice revisions_before(struct notification *, const struct alert *,
			      struct arena *);

#endif
