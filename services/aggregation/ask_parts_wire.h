/* aggregation/ask_parts_wire.h - what the answering files share. */
#ifndef AGGREGATION_ASK_PARTS_WIRE_H
#define AGGREGATION_ASK_PARTS_WIRE_H

#include "aggregation/aggregation.h"
#include "kusanone/v1/control.pb-c.h"
#include "lib/model/show_wire.h"

/* ask_nodes_wire.c: keys, branches, contacts; positions, sessions, disk, memory. */
void ask_nodes(struct aggregation *, struct turn *, Kusanone__V1__NodesReply *);
void ask_status(struct aggregation *, struct turn *, Kusanone__V1__StatusReply *);

/* ask_log_wire.c: a page of the log's records.  as_of_ms must have been turned into a
 * position.  False: the fault says why. */
bool ask_log(struct aggregation *, const Kusanone__V1__LogQuery *, struct turn *,
	     Kusanone__V1__LogReply *, struct show_fault *ret_fault) WARN_UNUSED;

#endif
