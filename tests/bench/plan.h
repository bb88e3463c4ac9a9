/* tests/bench/plan.h - records about what is coming, made from numbers: planned events
 * and readers of reminders. */
#ifndef BENCH_PLAN_H
#define BENCH_PLAN_H

#include "lib/base/buf.h"
#include "lib/base/hash.h"
#include "lib/base/id.h"

/* Append a revision of event 'number': planned by post "p00", one session that begins at
 * 'minute' (UTC, since 1970).  'base' is the revision before; zeros: the first. */
void plan_event_put(struct buf *, uint64_t number, int64_t minute,
		    const struct hash *base);

/* Append reader 'number' of upcoming alerts, with these lead times. */
void plan_reader_put(struct buf *, uint64_t number, const struct hash *address,
		     const uint32_t *leads, size_t lead_count);

#endif
