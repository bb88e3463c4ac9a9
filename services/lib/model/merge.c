#include "lib/model/merge.h"

#include <stdlib.h>

#include "lib/base/plant.h"
#include "lib/model/merge_names.h"

/* Messages go in split into runs by field number and come out in ascending order, so
 * that swapping the sides gives the same bytes. */

struct merger {
	struct arena *arena;
	struct merge_conflict *conflicts;
	size_t count, cap;
};

/* The three sides of whatever is being merged. */
enum { BASE, OURS, THEIRS, SIDES };

static void
add_conflict(struct merger *m, const char *path, const struct slice side[SIDES])
{
	if (m->count == m->cap) {
		size_t cap = m->cap != 0 ? 2 * m->cap : 8;
		struct merge_conflict *list =
			arena_alloc(m->arena, cap * sizeof(list[0]));

		if (m->count != 0) {
			memcpy(list, m->conflicts, m->count * sizeof(list[0]));
		}
		m->conflicts = list;
		m->cap = cap;
	}
	m->conflicts[m->count++] = (struct merge_conflict){ .path = path,
							    .base = side[BASE],
							    .ours = side[OURS],
							    .theirs = side[THEIRS] };
}

/* The side whose value stands, by bytes; SIDES where both changed it differently. */
static unsigned
choose(const struct slice side[SIDES])
{
	if (slice_eq(side[OURS], side[THEIRS]) || slice_eq(side[BASE], side[THEIRS])) {
		return OURS;
	}
	return slice_eq(side[BASE], side[OURS]) ? THEIRS : SIDES;
}

static void
merge_whole(struct merger *m, const char *prefix, const struct merge_field *field,
	    const struct wire_run run[SIDES], struct buf *out)
{
	const struct slice side[SIDES] = { run[BASE].bytes, run[OURS].bytes,
					   run[THEIRS].bytes };
	unsigned chosen = choose(side);

	if (chosen == SIDES) {
		add_conflict(m, merge_path(prefix, field, m->arena), side);
		chosen = OURS;
	}
	buf_put_slice(out, side[chosen]);
}

/* ---- Sets ------------------------------------------------------------------------- */

static int
slice_order(const void *a, const void *b)
{
	return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

/* The members, sorted. */
static struct slice *
members_of(const struct wire_run *run, struct arena *arena)
{
	struct slice *members = arena_alloc(arena, run->count * sizeof(members[0]));

	for (size_t i = 0; i < run->count; i++) {
		members[i] = run->fields[i].raw;
	}
	if (run->count != 0) {
		qsort(members, run->count, sizeof(members[0]), slice_order);
	}
	return members;
}

static bool
has_member(const struct slice *members, const struct wire_run *run, struct slice member)
{
	return run->count != 0 && bsearch(&member, members, run->count,
					  sizeof(members[0]), slice_order) != NULL;
}

/* Members of the base that neither side removed, in its order; then what was added, in
 * the order of its bytes. */
static void
merge_set(struct merger *m, const struct wire_run run[SIDES], struct buf *out)
{
	struct slice *members[SIDES];
	size_t count = 0;

	for (unsigned s = 0; s < SIDES; s++) {
		members[s] = members_of(&run[s], m->arena);
	}
	for (size_t i = 0; i < run[BASE].count; i++) {
		struct slice member = run[BASE].fields[i].raw;

		if (has_member(members[OURS], &run[OURS], member) &&
		    has_member(members[THEIRS], &run[THEIRS], member)) {
			buf_put_slice(out, member);
		}
	}
	struct slice *added = arena_alloc(
		m->arena, (run[OURS].count + run[THEIRS].count) * sizeof(added[0]));
	for (unsigned s = OURS; s < SIDES; s++) {
		for (size_t i = 0; i < run[s].count; i++) {
			if (!has_member(members[BASE], &run[BASE], members[s][i])) {
				added[count++] = members[s][i];
			}
		}
	}
	if (count != 0) {
		qsort(added, count, sizeof(added[0]), slice_order);
	}
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || !slice_eq(added[i - 1], added[i])) {
			buf_put_slice(out, added[i]);
		}
	}
}

/* ---- Messages by field ------------------------------------------------------------ */

/* The lowest number that a side has next; 0 at the end of all. */
static uint32_t
next_number(const struct wire_message side[SIDES], const size_t at[SIDES])
{
	uint32_t lowest = 0;

	for (unsigned s = 0; s < SIDES; s++) {
		if (at[s] < side[s].count) {
			uint32_t number = side[s].fields[at[s]].number;

			lowest = lowest == 0 || number < lowest ? number : lowest;
		}
	}
	return lowest;
}

static void
take_runs(struct merger *m, const struct wire_message side[SIDES], size_t at[SIDES],
	  uint32_t number, struct wire_run ret[SIDES])
{
	for (unsigned s = 0; s < SIDES; s++) {
		ret[s] = wire_take_run(&side[s], &at[s], number, m->arena);
	}
}

/* Every field whole: of a text its languages. */
static void
merge_fields(struct merger *m, const struct merge_type *type, const char *prefix,
	     const struct wire_message side[SIDES], struct buf *out)
{
	size_t at[SIDES] = { 0 };
	struct wire_run run[SIDES];
	uint32_t number;

	while ((number = next_number(side, at)) != 0) {
		struct merge_field field = merge_field_of(type, number);

		take_runs(m, side, at, number, run);
		merge_whole(m, prefix, &field, run, out);
	}
}

static void
merge_text(struct merger *m, const struct merge_field *field,
	   const struct wire_run run[SIDES], struct buf *out)
{
	struct wire_message inner[SIDES];
	struct buf merged = { 0 };

	for (unsigned s = 0; s < SIDES; s++) {
		if (!merge_inner(&run[s], m->arena, &inner[s])) {
			merge_whole(m, NULL, field, run, out);
			return;
		}
	}
	merge_fields(m, &merge_text_type, field->name, inner, &merged);
	/* A text of which nothing is left is an absent one. */
	if (merged.len != 0) {
		wire_put_bytes(out, field->number, buf_slice(&merged));
	}
	buf_fini(&merged);
}

/* ---- Sessions --------------------------------------------------------------------- */

static struct slice
concat(struct slice a, struct slice b, struct arena *arena)
{
	if (b.len == 0) {
		return a;
	}
	if (a.len == 0) {
		return b;
	}
	uint8_t *bytes = arena_alloc(arena, a.len + b.len);
	memcpy(bytes, a.at, a.len);
	memcpy(bytes + a.len, b.at, b.len);
	return slice_of(bytes, a.len + b.len);
}

/* By field; a start and what was worked out from it are one. */
static void
merge_session(struct merger *m, const char *prefix, const struct wire_message side[SIDES],
	      struct buf *out)
{
	struct buf merged = { 0 };
	struct slice starts[SIDES];
	struct wire_run run[SIDES];
	size_t at[SIDES] = { 0 };
	uint32_t number;

	for (unsigned s = 0; s < SIDES; s++) {
		starts[s] = concat(
			wire_find_run(&side[s], SESSION_FIELD_START, m->arena).bytes,
			wire_find_run(&side[s], SESSION_FIELD_DATED_BY, m->arena).bytes,
			m->arena);
	}
	unsigned start = choose(starts);
	if (start == SIDES) {
		struct merge_field field =
			merge_field_of(&merge_session_type, SESSION_FIELD_START);

		add_conflict(m, merge_path(prefix, &field, m->arena), starts);
		start = OURS;
	}
	while ((number = next_number(side, at)) != 0) {
		struct merge_field field = merge_field_of(&merge_session_type, number);

		take_runs(m, side, at, number, run);
		if (number == SESSION_FIELD_START || number == SESSION_FIELD_DATED_BY) {
			buf_put_slice(&merged, run[start].bytes);
		} else {
			merge_whole(m, prefix, &field, run, &merged);
		}
	}
	wire_put_bytes(out, EVENT_FIELD_SESSIONS, buf_slice(&merged));
	buf_fini(&merged);
}

/* The session with this id as the two sides leave it; nothing where it is gone. */
static void
merge_session_id(struct merger *m, struct slice id,
		 const struct merge_sessions sides[SIDES], struct buf *out)
{
	struct merge_session *found[SIDES];
	struct slice raw[SIDES] = { 0 };
	struct wire_message inner[SIDES] = { 0 };

	for (unsigned s = 0; s < SIDES; s++) {
		found[s] = merge_session_find(&sides[s], id);
		if (found[s] != NULL) {
			found[s]->taken = true;
			raw[s] = found[s]->raw;
			inner[s] = found[s]->inner;
		}
	}
	unsigned chosen = choose(raw);
	if (chosen != SIDES) {
		buf_put_slice(out, raw[chosen]);
		return;
	}
	const char *path =
		arena_printf(m->arena, "sessions.%.*s", (int)id.len, (const char *)id.at);
	if (found[OURS] == NULL || found[THEIRS] == NULL) {
		add_conflict(m, path, raw); /* Taken away here, changed there. */
		buf_put_slice(out, raw[OURS]);
		return;
	}
	merge_session(m, path, inner, out);
}

static void
merge_sessions(struct merger *m, const struct merge_field *field,
	       const struct wire_run run[SIDES], struct buf *out)
{
	struct merge_sessions sides[SIDES];

	for (unsigned s = 0; s < SIDES; s++) {
		if (!merge_sessions_of(&run[s], m->arena, &sides[s])) {
			merge_whole(m, NULL, field, run, out);
			return;
		}
	}
	for (size_t i = 0; i < sides[BASE].count; i++) {
		merge_session_id(m, sides[BASE].at[i].id, sides, out);
	}
	/* What was added, in the order of ids. */
	size_t ours = 0, theirs = 0;
	while (ours < sides[OURS].count || theirs < sides[THEIRS].count) {
		struct merge_session *a =
			ours < sides[OURS].count ? sides[OURS].by_id[ours] : NULL;
		struct merge_session *b =
			theirs < sides[THEIRS].count ? sides[THEIRS].by_id[theirs] : NULL;
		bool first = b == NULL || (a != NULL && slice_cmp(a->id, b->id) <= 0);
		struct merge_session *next = first ? a : b;

		must(next != NULL);
		if (!next->taken) {
			merge_session_id(m, next->id, sides, out);
		}
		ours += first;
		theirs += !first;
	}
}

/* ---- The event -------------------------------------------------------------------- */

static void
merge_group(struct merger *m, const struct merge_field *field,
	    const struct wire_run run[SIDES], struct buf *out)
{
	const struct slice side[SIDES] = { run[BASE].bytes, run[OURS].bytes,
					   run[THEIRS].bytes };
	unsigned chosen = choose(side);

	if (PLANTED(5) && field->name == NULL && chosen == THEIRS) {
		chosen = BASE; /* An unknown field is dropped. */
	}
	if (chosen != SIDES) {
		buf_put_slice(out, side[chosen]);
		return;
	}
	switch (field->rule) {
	case MERGE_WHOLE:
		merge_whole(m, NULL, field, run, out);
		return;
	case MERGE_TEXT:
		merge_text(m, field, run, out);
		return;
	case MERGE_SET:
		merge_set(m, run, out);
		return;
	case MERGE_SESSIONS:
		merge_sessions(m, field, run, out);
		return;
	}
}

struct merge_result
event_merge(struct slice base, struct slice ours, struct slice theirs,
	    struct arena *arena)
{
	struct merger m = { .arena = arena };
	struct wire_message side[SIDES];
	struct wire_run run[SIDES];
	size_t at[SIDES] = { 0 };
	struct buf out = { 0 };
	uint32_t number;

	if (!wire_split(base, arena, &side[BASE]) ||
	    !wire_split(ours, arena, &side[OURS]) ||
	    !wire_split(theirs, arena, &side[THEIRS])) {
		return (struct merge_result){ .merged = ours, .malformed = true };
	}
	while ((number = next_number(side, at)) != 0) {
		struct merge_field field = merge_field_of(&merge_event_type, number);

		take_runs(&m, side, at, number, run);
		merge_group(&m, &field, run, &out);
	}
	struct merge_result result = {
		.merged = slice_of(arena_dup(arena, out.at, out.len), out.len),
		.conflicts = m.conflicts,
		.conflict_count = m.count,
	};
	buf_fini(&out);
	return result;
}
