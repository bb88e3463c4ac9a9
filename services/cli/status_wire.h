/* cli/status_wire.h - one service's state on the screen. */
#ifndef CLI_STATUS_WIRE_H
#define CLI_STATUS_WIRE_H

#include "cli/cli.h"
#include "kusanone/v1/control.pb-c.h"

void status_put(struct cli *, const Kusanone__V1__StatusReply *);

#endif
