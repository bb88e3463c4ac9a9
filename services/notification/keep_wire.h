/* notification/keep_wire.h - rows of the alert log as messages, for who shows them. */
#ifndef NOTIFICATION_KEEP_WIRE_H
#define NOTIFICATION_KEEP_WIRE_H

#include "kusanone/v1/alert.pb-c.h"
#include "notification/notification.h"

/* A row of 'due' or 'settled'.  False: it is none of ours.  Lives in the arena. */
bool keep_read_alert(struct notification *, struct slice key, struct slice value,
		     struct arena *, struct alert *ret_alert,
		     const Kusanone__V1__StoredAlert **ret_stored) WARN_UNUSED;

#endif
