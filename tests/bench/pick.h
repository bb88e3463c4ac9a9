/* tests/bench/pick.h - which events a load is about: the same for us and for a peer. */
#ifndef BENCH_PICK_H
#define BENCH_PICK_H

#include "event.h"

struct pick {
	uint64_t first;
	uint64_t among; /* Not 0: random ones of the first so many, each at most once. */
	uint32_t posts;
	uint32_t revision;
	enum event_order order;
};

/* --first, --among, --posts (18), --revision (1), --mixed (0). */
struct pick pick_from_options(int argc, char **argv);

/* The number of the 'i'th event, from 0. */
uint64_t pick_event(const struct pick *, uint64_t i);

#endif
