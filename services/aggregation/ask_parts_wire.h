/* aggregation/ask_parts_wire.h - what the answering files share. */
#ifndef AGGREGATION_ASK_PARTS_WIRE_H
#define AGGREGATION_ASK_PARTS_WIRE_H

#include "aggregation/aggregation.h"
#include "kusanone/v1/control.pb-c.h"

/* ask_nodes_wire.c: keys, branches, contacts; positions, sessions, disk, memory. */
void ask_nodes(struct aggregation *, struct turn *, Kusanone__V1__NodesReply *);
void ask_status(struct aggregation *, struct turn *, Kusanone__V1__StatusReply *);

#endif
