/* cli/nodes_wire.h - a table of nodes: keys, how far each is complete, last contact. */
#ifndef CLI_NODES_WIRE_H
#define CLI_NODES_WIRE_H

#include "cli/cli.h"
#include "kusanone/v1/control.pb-c.h"

/* On out. 'whole_ids': nodes' ids in full, as commands want them; else no ids. */
void nodes_put(struct cli *, Kusanone__V1__NodeRow *const *rows, size_t count,
	       size_t indent, bool whole_ids);

#endif
