/* lib/model/alert_wire.h - the bodies about alerts, for record_wire.c. */
#ifndef LIB_MODEL_ALERT_WIRE_H
#define LIB_MODEL_ALERT_WIRE_H

#include "kusanone/v1/record.pb-c.h"
#include "lib/model/record_parts.h"

/* Fill 'ret' from a subscription, a silence or an acknowledgement; false, with why, if a
 * field is none of ours. */
bool alert_body_get(struct decoder *, const Kusanone__V1__Record *, struct record *ret);

#endif
