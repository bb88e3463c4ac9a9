/* lib/node/reply_wire.h - answers to this machine's commands, the same from each service.
 */
#ifndef LIB_NODE_REPLY_WIRE_H
#define LIB_NODE_REPLY_WIRE_H

#include "kusanone/v1/control.pb-c.h"
#include "lib/model/show_wire.h"
#include "lib/node/service.h"

/* A sentence in both languages, borrowed; NULL is an empty one. */
Kusanone__V1__Text *reply_text(struct arena *, const char *ja, const char *en);

/* Why 'request' is refused; the fault's texts are borrowed.  Without a code it is
 * "invalid". */
Kusanone__V1__Refused *reply_refused(struct arena *, uint64_t request,
				     const struct show_fault *);

/* REFUSED, sent. */
void reply_refuse(struct turn *, struct peer to, uint64_t request,
		  const struct show_fault *);

/* The names of an event's people, which lie in the db 'loose'; one that was erased, or
 * has not come, stays empty.  'event' may be NULL. */
void reply_fill_names(struct turn *, db_t loose, Kusanone__V1__Event *event);

/* Sends it; the rows of a ReferenceReply go out in pages.  False: one frame cannot hold
 * it, nothing was sent, and the caller says how the question is made smaller. */
bool reply_send(struct turn *, struct peer to, Kusanone__V1__Reply *) WARN_UNUSED;

#endif
