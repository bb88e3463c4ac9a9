#include "notification/observances.h"

#include <stdlib.h>

enum {
	DAY = 24 * 60,
	STEP = 7 * DAY,
	REACH = 60 * STEP, /* A year and some weeks: a zone with summer time has both. */
};

struct search {
	const struct zone_table *table;
	struct slice zone;
};

/* The zone is known by now. */
static int16_t
offset_at(const struct search *s, int64_t at)
{
	int16_t offset = 0;

	must(zone_offset_at(s->table, s->zone, at, &offset));
	return offset;
}

/* The minute from which on the offset is that of 'to'; they differ. */
static int64_t
bisect(const struct search *s, int64_t from, int64_t to)
{
	int16_t old = offset_at(s, from);

	while (to - from > 1) {
		int64_t middle = from + (to - from) / 2;

		if (offset_at(s, middle) == old) {
			from = middle;
		} else {
			to = middle;
		}
	}
	return to;
}

static void
put(struct observances *o, struct observance observance, struct arena *arena)
{
	if (o->count == o->cap) {
		size_t cap = o->cap != 0 ? 2 * o->cap : 8;
		struct observance *list = arena_alloc(arena, cap * sizeof(list[0]));

		if (o->count != 0) {
			memcpy(list, o->at, o->count * sizeof(list[0]));
		}
		o->at = list;
		o->cap = cap;
	}
	o->at[o->count++] = observance;
}

static void
put_span(struct observances *o, struct observance_span span, struct arena *arena)
{
	if (o->span_count == o->span_cap) {
		size_t cap = o->span_cap != 0 ? 2 * o->span_cap : 8;
		struct observance_span *list = arena_alloc(arena, cap * sizeof(list[0]));

		if (o->span_count != 0) {
			memcpy(list, o->spans, o->span_count * sizeof(list[0]));
		}
		o->spans = list;
		o->span_cap = cap;
	}
	o->spans[o->span_count++] = span;
}

/* The change before an instant; where there is none within reach, the offset since the
 * beginning of a year before it. */
static struct observance
change_before(const struct search *s, int64_t at)
{
	int16_t now = offset_at(s, at);

	for (int64_t later = at; later > at - REACH; later -= STEP) {
		int16_t before = offset_at(s, later - STEP);

		if (before != now) {
			return (struct observance){
				.onset = bisect(s, later - STEP, later),
				.before = before,
				.offset = now,
			};
		}
	}
	struct date year = date_of_minutes(at);
	int32_t first = day_of_ymd(year.year - 1, 1, 1);
	return (struct observance){ .onset = (int64_t)first * DAY - now,
				    .before = now,
				    .offset = now };
}

/* False where none is within reach; '*ret' is then the end of it. */
static bool
change_after(const struct search *s, int64_t at, struct observance *ret)
{
	int16_t now = offset_at(s, at);

	for (int64_t earlier = at; earlier < at + REACH; earlier += STEP) {
		int16_t after = offset_at(s, earlier + STEP);

		if (after != now) {
			*ret = (struct observance){
				.onset = bisect(s, earlier, earlier + STEP),
				.before = now,
				.offset = after,
			};
			return true;
		}
	}
	ret->onset = at + REACH;
	return false;
}

bool
observances_add(struct observances *o, const struct zone_table *table, int64_t at,
		struct arena *arena)
{
	struct search s = { .table = table, .zone = o->zone };
	int16_t offset;

	for (size_t i = o->span_count; i-- > 0;) {
		if (at >= o->spans[i].from && at < o->spans[i].to) {
			return true;
		}
	}
	if (!zone_offset_at(table, o->zone, at, &offset)) {
		return false;
	}
	struct observance before = change_before(&s, at), after;
	put(o, before, arena);
	if (change_after(&s, at, &after)) {
		put(o, after, arena);
	}
	put_span(o, (struct observance_span){ .from = before.onset, .to = after.onset },
		 arena);
	return true;
}

static int
observance_cmp(const void *x, const void *y)
{
	const struct observance *a = x, *b = y;

	return (a->onset > b->onset) - (a->onset < b->onset);
}

void
observances_finish(struct observances *o)
{
	size_t kept = 0;

	if (o->count > 1) {
		qsort(o->at, o->count, sizeof(o->at[0]), observance_cmp);
	}
	for (size_t i = 0; i < o->count; i++) {
		if (kept == 0 || o->at[i].offset != o->at[kept - 1].offset) {
			o->at[kept++] = o->at[i];
		}
	}
	o->count = kept;
}
