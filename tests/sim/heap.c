#include <stdlib.h>

#include "tests/sim/sim.h"

/* Events in the order of their time, and of two at one time in the order in which they
 * were thought of. */

static bool
before(const struct sim_event *a, const struct sim_event *b)
{
	return a->at != b->at ? a->at < b->at : a->ordinal < b->ordinal;
}

void
heap_push(struct world *w, msec_t at, struct sim_event e)
{
	struct event_heap *h = &w->heap;

	e.at = at > w->now ? at : w->now;
	e.ordinal = w->ordinal++;
	if (h->count == h->cap) {
		h->cap = h->cap != 0 ? 2 * h->cap : 256;
		h->at = xrealloc(h->at, h->cap * sizeof(h->at[0]));
	}
	size_t i = h->count++;
	while (i != 0 && before(&e, &h->at[(i - 1) / 2])) {
		h->at[i] = h->at[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	h->at[i] = e;
}

bool
heap_pop(struct world *w, struct sim_event *ret)
{
	struct event_heap *h = &w->heap;

	if (h->count == 0) {
		return false;
	}
	*ret = h->at[0];
	struct sim_event last = h->at[--h->count];
	size_t i = 0;
	for (size_t child = 1; child < h->count; child = 2 * i + 1) {
		if (child + 1 < h->count && before(&h->at[child + 1], &h->at[child])) {
			child++;
		}
		if (!before(&h->at[child], &last)) {
			break;
		}
		h->at[i] = h->at[child];
		i = child;
	}
	h->at[i] = last;
	return true;
}

void
heap_fini(struct world *w)
{
	for (size_t i = 0; i < w->heap.count; i++) {
		free(w->heap.at[i].parcel);
	}
	free(w->heap.at);
	w->heap = (struct event_heap){ 0 };
}
