/* tests/sim/work.h - inside the workload: what its files share. */
#ifndef TESTS_SIM_WORK_H
#define TESTS_SIM_WORK_H

#include "kusanone/v1/control.pb-c.h"
#include "tests/sim/sim.h"

typedef Kusanone__V1__Event event_msg;

/* One of a list of texts. */
const char *work_one_of(struct world *, const char *const *list, size_t count);
#define WORK_ONE_OF(w, list) work_one_of(w, list, ARRAY_LEN(list))

Kusanone__V1__Text *work_text(struct world *, struct arena *);
const char *work_post(struct world *);

/* work_event_wire.c: an event of every shape, or what one field may be. */
event_msg *work_event(struct world *, struct arena *, int node, struct work_event *);
Kusanone__V1__Session *work_session(struct world *, struct arena *, const char *id);
const char *work_patch(struct world *, struct arena *, struct work_event *,
		       event_msg *values);
void work_unknown_field(struct world *, struct arena *, event_msg *);

/* work_hq_wire.c: something that headquarters says. */
void work_hq(struct world *);
void work_reference(struct world *, unsigned which);

struct work_event *work_new_event(struct world *, int node);
bool sim_zone_find(void *ctx, struct slice zone, const struct date *,
		   struct zone_answer *);

#endif
