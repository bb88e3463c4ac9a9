/* intake/query_wire.h - what intake answers beyond what lib/model shows out of a fold. */
#ifndef INTAKE_QUERY_WIRE_H
#define INTAKE_QUERY_WIRE_H

#include "intake/parts.h"
#include "kusanone/v1/control.pb-c.h"

/* event_reply_wire.c: how far the event got, headquarters' verdict, names of people. */
void reply_add_to_event(struct intake *, struct turn *, Kusanone__V1__EventReply *);

/* An event of another post, out of its notice; its history stays as it is but for the
 * verdicts.  False: there is none. */
bool reply_from_notice(struct intake *, struct turn *, const char *event_id,
		       Kusanone__V1__EventReply *) WARN_UNUSED;

/* cohosts_wire.c */
void reply_cohosts(struct intake *, struct turn *, bool open_only,
		   Kusanone__V1__CohostsReply *);

/* status_wire.c */
void reply_status(struct intake *, struct turn *, Kusanone__V1__StatusReply *);

#endif
