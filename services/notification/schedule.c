#include "notification/schedule.h"

#include <stdlib.h>

#include "lib/base/mem.h"

void
schedule_init(struct schedule *s)
{
	*s = (struct schedule){ 0 };
	table_init(&s->generations, sizeof(uint32_t));
}

void
schedule_fini(struct schedule *s)
{
	table_fini(&s->generations);
	free(s->heap);
}

void
schedule_clear(struct schedule *s)
{
	table_clear(&s->generations);
	s->count = 0;
	s->live = 0;
}

static uint32_t *
generation_of(struct schedule *s, uint32_t event)
{
	while (s->generations.count <= event) {
		table_add(&s->generations);
	}
	return table_mut(&s->generations, event);
}

static bool
is_live(struct schedule *s, const struct schedule_entry *e)
{
	return *generation_of(s, e->event) == e->generation;
}

static void
sift_up(struct schedule *s, uint32_t at)
{
	struct schedule_entry e = s->heap[at];

	while (at != 0 && s->heap[(at - 1) / 2].at > e.at) {
		s->heap[at] = s->heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	s->heap[at] = e;
}

static void
sift_down(struct schedule *s, uint32_t at)
{
	struct schedule_entry e = s->heap[at];

	for (;;) {
		uint32_t child = 2 * at + 1;

		if (child >= s->count) {
			break;
		}
		if (child + 1 < s->count && s->heap[child + 1].at < s->heap[child].at) {
			child++;
		}
		if (s->heap[child].at >= e.at) {
			break;
		}
		s->heap[at] = s->heap[child];
		at = child;
	}
	s->heap[at] = e;
}

static void
drop_first(struct schedule *s)
{
	s->heap[0] = s->heap[--s->count];
	if (s->count != 0) {
		sift_down(s, 0);
	}
}

/* Dead entries go, and the heap is made anew. */
static void
sweep(struct schedule *s)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < s->count; i++) {
		if (is_live(s, &s->heap[i])) {
			s->heap[kept++] = s->heap[i];
		}
	}
	s->count = kept;
	for (uint32_t i = s->count / 2; i-- > 0;) {
		sift_down(s, i);
	}
}

void
schedule_set(struct schedule *s, uint32_t event, wall_ms_t at)
{
	uint32_t *generation = generation_of(s, event);

	if ((*generation & 1) != 0) {
		(*generation)++;
		s->live--;
	}
	if (at == NEVER) {
		return;
	}
	if (s->count > 2 * s->live + 1024) {
		sweep(s);
	}
	(*generation)++;
	s->live++;
	if (s->count == s->cap) {
		s->cap = s->cap != 0 ? 2 * s->cap : 256;
		s->heap = xrealloc(s->heap, s->cap * sizeof(s->heap[0]));
	}
	s->heap[s->count++] = (struct schedule_entry){ at, event, *generation };
	sift_up(s, s->count - 1);
}

static void
drop_dead(struct schedule *s)
{
	while (s->count != 0 && !is_live(s, &s->heap[0])) {
		drop_first(s);
	}
}

wall_ms_t
schedule_next(struct schedule *s)
{
	drop_dead(s);
	return s->count != 0 ? s->heap[0].at : NEVER;
}

bool
schedule_take(struct schedule *s, wall_ms_t now, uint32_t *ret_event)
{
	if (schedule_next(s) > now) {
		return false;
	}
	*ret_event = s->heap[0].event;
	drop_first(s);
	(*generation_of(s, *ret_event))++;
	s->live--;
	return true;
}

size_t
schedule_memory(const struct schedule *s)
{
	return s->cap * sizeof(s->heap[0]) + table_memory(&s->generations);
}
