/* cli/template_wire.h - a draft of an event's JSON with every field explained.
 *
 * JSON has no remarks, so each field stands behind a key "//field" with its explanation;
 * keys that begin with "//" are passed over when the file is submitted. */
#ifndef CLI_TEMPLATE_WIRE_H
#define CLI_TEMPLATE_WIRE_H

#include "cli/cli.h"

void template_put(struct cli *, struct buf *);

/* The explanation of one of Event's fields (its name in the .proto); NULL: none. */
const char *template_explanation(enum lang, const char *field);

#endif
