/* notification/told_wire.h - the parts of an Event message as plain structs. */
#ifndef NOTIFICATION_TOLD_WIRE_H
#define NOTIFICATION_TOLD_WIRE_H

#include "kusanone/v1/event.pb-c.h"
#include "notification/told.h"

/* NULL if the bytes are none. */
const Kusanone__V1__Event *told_unpack(struct slice event, struct arena *);

struct moment told_moment(const Kusanone__V1__Date *);
struct place told_place(const Kusanone__V1__Place *);
struct text told_text(const Kusanone__V1__Text *);
struct slices told_slices(char *const *items, size_t count, struct arena *);
struct sitting told_session(const Kusanone__V1__Session *);

#endif
