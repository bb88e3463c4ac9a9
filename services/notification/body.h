/* notification/body.h - the facts of alerts, line by line. */
#ifndef NOTIFICATION_BODY_H
#define NOTIFICATION_BODY_H

#include "notification/item.h"
#include "notification/letter.h"

/* All items, sorted, under their groups where there are several. */
void body_put(struct letter *, const struct item *items, size_t count);

#endif
