/* cli/fault_wire.h - faults of JSON in the officer's language. */
#ifndef CLI_FAULT_WIRE_H
#define CLI_FAULT_WIRE_H

#include "cli/cli.h"
#include "lib/model/json_wire.h"

/* "event.titel: there is no such field; did you mean title?"  'line' is that on which
 * the value begins in its file, 0: none. */
const char *fault_text(struct cli *, const struct json_fault *, const char *file,
		       unsigned line);

#endif
