#include <stdlib.h>

#include "lib/base/buf.h"
#include "tests/sim/naive.h"

/* Three versions of an event, field by field, by the rules of DESIGN: texts by language,
 * sessions by id and then by field, lists of codes as sets, everything else whole, what
 * has no name by its tag. */

enum { MAX_FIELDS = 512 };

struct split {
	struct naive_field *at;
	int count;
};

struct join {
	struct arena *arena;
	struct naive_joined *result;
};

static struct split *
split(struct slice message, struct arena *arena)
{
	struct split *s = arena_alloc(arena, sizeof(*s));
	struct slice rest = message;
	struct naive_field f;

	s->count = 0;
	while (naive_next(&rest, &f)) {
		s->count++;
	}
	must(s->count <= MAX_FIELDS);
	s->at = arena_alloc(arena, (size_t)s->count * sizeof(s->at[0]));
	for (int i = 0; i < s->count; i++) {
		must(naive_next(&message, &s->at[i]));
	}
	return s;
}

/* All occurrences of a number, one after the other. */
static struct slice
all_of(const struct split *s, uint32_t number, struct arena *arena)
{
	struct buf b = { 0 };

	for (int i = 0; i < s->count; i++) {
		if (s->at[i].number == number) {
			buf_put_slice(&b, s->at[i].raw);
		}
	}
	struct slice all = slice_of(arena_dup(arena, b.at, b.len), b.len);
	buf_fini(&b);
	return all;
}

static struct slice
content_of(const struct split *s, uint32_t number)
{
	for (int i = 0; i < s->count; i++) {
		if (s->at[i].number == number) {
			return s->at[i].content;
		}
	}
	return (struct slice){ 0 };
}

static uint32_t
highest(const struct split *a, const struct split *b, const struct split *c)
{
	const struct split *sides[] = { a, b, c };
	uint32_t n = 0;

	for (int s = 0; s < 3; s++) {
		for (int i = 0; i < sides[s]->count; i++) {
			n = sides[s]->at[i].number > n ? sides[s]->at[i].number : n;
		}
	}
	return n;
}

/* Which of two changes of one value stands: 1 ours, 2 theirs, 0 both changed it. */
static int
pick(struct slice base, struct slice ours, struct slice theirs)
{
	if (slice_eq(ours, theirs) || slice_eq(theirs, base)) {
		return 1;
	}
	return slice_eq(ours, base) ? 2 : 0;
}

static void
whole(struct join *j, struct slice base, struct slice ours, struct slice theirs,
      struct buf *out)
{
	int which = pick(base, ours, theirs);

	if (which == 0) {
		j->result->conflicts++;
	}
	buf_put_slice(out, which == 2 ? theirs : ours);
}

static bool
in_message(const struct split *s, uint32_t number, struct slice raw)
{
	for (int i = 0; i < s->count; i++) {
		if (s->at[i].number == number && slice_eq(s->at[i].raw, raw)) {
			return true;
		}
	}
	return false;
}

/* What was there and nobody took away, and what somebody added. */
static void
set(uint32_t number, const struct split *base, const struct split *ours,
    const struct split *theirs, struct buf *out)
{
	for (int i = 0; i < base->count; i++) {
		struct slice raw = base->at[i].raw;

		if (base->at[i].number == number && in_message(ours, number, raw) &&
		    in_message(theirs, number, raw)) {
			buf_put_slice(out, raw);
		}
	}
	for (int i = 0; i < ours->count; i++) {
		struct slice raw = ours->at[i].raw;

		if (ours->at[i].number == number && !in_message(base, number, raw)) {
			buf_put_slice(out, raw);
		}
	}
	for (int i = 0; i < theirs->count; i++) {
		struct slice raw = theirs->at[i].raw;

		if (theirs->at[i].number == number && !in_message(base, number, raw) &&
		    !in_message(ours, number, raw)) {
			buf_put_slice(out, raw);
		}
	}
}

static void
put_message(struct buf *out, uint32_t number, const struct buf *inner)
{
	uint64_t n = inner->len;

	must(number < 16); /* One byte of tag. */
	buf_put_u8(out, (uint8_t)(number << 3 | 2));
	for (; n >= 0x80; n >>= 7) {
		buf_put_u8(out, (uint8_t)(n | 0x80));
	}
	buf_put_u8(out, (uint8_t)n);
	buf_put(out, inner->at, inner->len);
}

static void
put_message_high(struct buf *out, uint32_t number, const struct buf *inner)
{
	uint64_t n = inner->len;

	if (number < 16) {
		put_message(out, number, inner);
		return;
	}
	buf_put_u8(out, (uint8_t)((number << 3 | 2) | 0x80));
	buf_put_u8(out, (uint8_t)(number >> 4));
	for (; n >= 0x80; n >>= 7) {
		buf_put_u8(out, (uint8_t)(n | 0x80));
	}
	buf_put_u8(out, (uint8_t)n);
	buf_put(out, inner->at, inner->len);
}

/* By language. */
static void
text(struct join *j, uint32_t number, const struct split *base, const struct split *ours,
     const struct split *theirs, struct buf *out)
{
	struct split *b = split(content_of(base, number), j->arena);
	struct split *o = split(content_of(ours, number), j->arena);
	struct split *t = split(content_of(theirs, number), j->arena);
	struct buf inner = { 0 };

	for (uint32_t n = 1; n <= highest(b, o, t); n++) {
		whole(j, all_of(b, n, j->arena), all_of(o, n, j->arena),
		      all_of(t, n, j->arena), &inner);
	}
	if (inner.len != 0) {
		put_message_high(out, number, &inner);
	}
	buf_fini(&inner);
}

/* ---- Sessions ------------------------------------------------------------------ */

enum { SESSIONS = 15, ID = 1, START = 3, DATED_BY = 5 };

static struct slice
session_with(const struct split *event, struct slice id, struct arena *arena)
{
	for (int i = 0; i < event->count; i++) {
		if (event->at[i].number == SESSIONS &&
		    slice_eq(content_of(split(event->at[i].content, arena), ID), id)) {
			return event->at[i].content;
		}
	}
	return (struct slice){ 0 };
}

static struct slice
start_of(const struct split *s, struct arena *arena)
{
	struct slice a = all_of(s, START, arena), b = all_of(s, DATED_BY, arena);
	uint8_t *both = arena_alloc(arena, a.len + b.len + 1);

	memcpy(both, a.at, a.len);
	memcpy(both + a.len, b.at, b.len);
	return slice_of(both, a.len + b.len);
}

static void
session(struct join *j, struct slice base, struct slice ours, struct slice theirs,
	struct buf *out)
{
	struct buf inner = { 0 };
	int which = pick(base, ours, theirs);

	if (which != 0 || ours.len == 0 || theirs.len == 0) {
		/* One side left it as it was; or took away what the other changed. */
		j->result->conflicts += which == 0;
		struct slice stays = which == 2 ? theirs : ours;

		if (stays.len != 0) {
			buf_put_slice(&inner, stays);
			put_message(out, SESSIONS, &inner);
		}
		buf_fini(&inner);
		return;
	}
	struct split *b = split(base, j->arena), *o = split(ours, j->arena);
	struct split *t = split(theirs, j->arena);
	struct slice so = start_of(o, j->arena), st = start_of(t, j->arena);

	which = pick(start_of(b, j->arena), so, st);
	j->result->conflicts += which == 0;
	buf_put_slice(&inner, which == 2 ? st : so);
	for (uint32_t n = 1; n <= highest(b, o, t); n++) {
		if (n != START && n != DATED_BY) {
			whole(j, all_of(b, n, j->arena), all_of(o, n, j->arena),
			      all_of(t, n, j->arena), &inner);
		}
	}
	put_message(out, SESSIONS, &inner);
	buf_fini(&inner);
}

static void
sessions(struct join *j, const struct split *base, const struct split *ours,
	 const struct split *theirs, struct buf *out)
{
	const struct split *sides[] = { base, ours, theirs };
	struct slice done[MAX_FIELDS];
	int count = 0;

	for (int s = 0; s < 3; s++) {
		for (int i = 0; i < sides[s]->count; i++) {
			if (sides[s]->at[i].number != SESSIONS) {
				continue;
			}
			struct slice id =
				content_of(split(sides[s]->at[i].content, j->arena), ID);
			bool again = false;
			for (int k = 0; k < count; k++) {
				again = again || slice_eq(done[k], id);
			}
			if (!again) {
				done[count++] = id;
				session(j, session_with(base, id, j->arena),
					session_with(ours, id, j->arena),
					session_with(theirs, id, j->arena), out);
			}
		}
	}
}

/* ---- The event ----------------------------------------------------------------- */

static bool
is_text(uint32_t n)
{
	return (n >= 6 && n <= 9) || n == 25 || (n >= 32 && n <= 34) || n == 40;
}

static bool
is_set(uint32_t n)
{
	return n == 5 || n == 13 || n == 14 || n == 24 || n == 26 || n == 31 || n == 38;
}

static int
number_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

struct naive_joined
naive_join(struct slice base, struct slice ours, struct slice theirs, struct arena *arena)
{
	struct naive_joined result = { 0 };
	struct join j = { arena, &result };
	const struct split *s[] = { split(base, arena), split(ours, arena),
				    split(theirs, arena) };
	uint32_t numbers[3 * MAX_FIELDS];
	size_t count = 0;
	struct buf out = { 0 };

	for (int side = 0; side < 3; side++) {
		for (int i = 0; i < s[side]->count; i++) {
			numbers[count++] = s[side]->at[i].number;
		}
	}
	if (count != 0) {
		qsort(numbers, count, sizeof(numbers[0]), number_order);
	}
	for (size_t i = 0; i < count; i++) {
		uint32_t n = numbers[i];

		if (i != 0 && numbers[i - 1] == n) {
			continue;
		}
		struct slice b = all_of(s[0], n, arena), o = all_of(s[1], n, arena);
		struct slice t = all_of(s[2], n, arena);
		if (n > 40 && !slice_eq(o, t)) {
			result.unknown_kept = true;
		}
		if (pick(b, o, t) != 0) {
			buf_put_slice(&out, pick(b, o, t) == 2 ? t : o);
		} else if (is_text(n)) {
			text(&j, n, s[0], s[1], s[2], &out);
		} else if (is_set(n)) {
			set(n, s[0], s[1], s[2], &out);
		} else if (n == SESSIONS) {
			sessions(&j, s[0], s[1], s[2], &out);
		} else {
			whole(&j, b, o, t, &out);
		}
	}
	result.bytes = slice_of(arena_dup(arena, out.at, out.len), out.len);
	buf_fini(&out);
	return result;
}

/* ---- One order ----------------------------------------------------------------- */

static int
field_order(const void *a, const void *b)
{
	const struct naive_field *x = a, *y = b;

	if (x->number != y->number) {
		return x->number < y->number ? -1 : 1;
	}
	if (is_set(x->number) || x->number == SESSIONS) {
		return slice_cmp(x->raw, y->raw);
	}
	return (x->raw.at > y->raw.at) - (x->raw.at < y->raw.at);
}

/* Fields in the order of their numbers; of a session, too. */
static struct slice
sorted(struct slice message, bool is_event, struct arena *arena)
{
	struct split *s = split(message, arena);
	struct buf out = { 0 };

	for (int i = 0; i < s->count && is_event; i++) {
		if (s->at[i].number == SESSIONS) {
			struct slice inner = sorted(s->at[i].content, false, arena);
			struct buf one = { 0 };
			struct buf content = { 0 };

			buf_put_slice(&content, inner);
			put_message(&one, SESSIONS, &content);
			s->at[i].raw =
				slice_of(arena_dup(arena, one.at, one.len), one.len);
			buf_fini(&one);
			buf_fini(&content);
		}
	}
	if (s->count != 0) {
		qsort(s->at, (size_t)s->count, sizeof(s->at[0]), field_order);
	}
	for (int i = 0; i < s->count; i++) {
		buf_put_slice(&out, s->at[i].raw);
	}
	struct slice done = slice_of(arena_dup(arena, out.at, out.len), out.len);
	buf_fini(&out);
	return done;
}

struct slice
naive_canonical(struct slice event, struct arena *arena)
{
	return sorted(event, true, arena);
}
