#include "lib/model/merge.h"

#include <string.h>

#include "lib/model/merge_names.h"

/* Patches and differences of events, by the paths that clients use. */

/* A path taken apart: "title.en", "sessions.ID", "sessions.ID.status". */
struct path {
	struct merge_field field;
	struct slice session; /* Empty: none is named. */
	struct merge_field inner;
	bool has_inner;
};

/* What stands before the next dot; 'rest' goes on behind it, and is empty at the end. */
static struct slice
path_word(struct slice *rest)
{
	const uint8_t *dot = rest->len != 0 ? memchr(rest->at, '.', rest->len) : NULL;
	size_t len = dot != NULL ? (size_t)(dot - rest->at) : rest->len;
	struct slice word = slice_of(rest->at, len);

	*rest = slice_from(*rest, dot != NULL ? len + 1 : len);
	return word;
}

static bool
path_parse(const char *text, struct path *ret)
{
	struct slice rest = slice_str(text);
	bool inner = false;

	*ret = (struct path){ 0 };
	if (rest.len == 0 || rest.at[rest.len - 1] == '.' ||
	    !merge_field_named(&merge_event_type, path_word(&rest), &ret->field)) {
		return false;
	}
	if (rest.len == 0) {
		return true;
	}
	switch (ret->field.rule) {
	case MERGE_TEXT:
		inner = merge_field_named(&merge_text_type, rest, &ret->inner);
		break;
	case MERGE_SESSIONS:
		ret->session = path_word(&rest);
		if (ret->session.len == 0) {
			return false;
		}
		if (rest.len == 0) {
			return true;
		}
		inner = merge_field_named(&merge_session_type, rest, &ret->inner) &&
			ret->inner.number != SESSION_FIELD_ID;
		break;
	case MERGE_WHOLE:
	case MERGE_SET:
		break;
	}
	ret->has_inner = inner;
	return inner;
}

/* The message with the run of 'number' replaced by 'bytes'. */
static void
put_replaced(const struct wire_message *m, uint32_t number, struct slice bytes,
	     struct buf *out)
{
	bool placed = false;

	for (size_t i = 0; i < m->count; i++) {
		if (!placed && m->fields[i].number >= number) {
			buf_put_slice(out, bytes);
			placed = true;
		}
		if (m->fields[i].number != number) {
			buf_put_slice(out, m->fields[i].raw);
		}
	}
	if (!placed) {
		buf_put_slice(out, bytes);
	}
}

/* ---- Patch ------------------------------------------------------------------------ */

/* Of one path: the run of the field as it shall be, into 'run'. */
static bool
patch_text(const struct path *path, const struct wire_run *base,
	   const struct wire_run *values, struct arena *arena, struct buf *run)
{
	struct wire_message have, want;
	struct buf inner = { 0 };

	if (!merge_inner(base, arena, &have) || !merge_inner(values, arena, &want)) {
		return false;
	}
	put_replaced(&have, path->inner.number,
		     wire_find_run(&want, path->inner.number, arena).bytes, &inner);
	if (inner.len != 0) {
		wire_put_bytes(run, path->field.number, buf_slice(&inner));
	}
	buf_fini(&inner);
	return true;
}

static bool
patch_sessions(const struct path *path, const struct wire_run *base,
	       const struct wire_run *values, struct arena *arena, struct buf *run)
{
	struct merge_sessions have, want;

	if (!merge_sessions_of(base, arena, &have) ||
	    !merge_sessions_of(values, arena, &want)) {
		return false;
	}
	struct merge_session *old = merge_session_find(&have, path->session);
	struct merge_session *new = merge_session_find(&want, path->session);
	if (path->has_inner && old == NULL) {
		return false;
	}
	for (size_t i = 0; i < have.count; i++) {
		if (&have.at[i] != old) {
			buf_put_slice(run, have.at[i].raw);
		} else if (path->has_inner) {
			struct wire_message none = { 0 };
			struct buf inner = { 0 };

			put_replaced(&old->inner, path->inner.number,
				     wire_find_run(new != NULL ? &new->inner : &none,
						   path->inner.number, arena)
					     .bytes,
				     &inner);
			wire_put_bytes(run, path->field.number, buf_slice(&inner));
			buf_fini(&inner);
		} else if (new != NULL) {
			buf_put_slice(run, new->raw);
		}
	}
	if (old == NULL && new != NULL) {
		buf_put_slice(run, new->raw);
	}
	return true;
}

/* 'event' with one path taken from 'values', into 'out'.  False: the path names nothing.
 */
static bool
patch_one(struct slice event, const struct path *path, struct slice values,
	  struct arena *arena, struct buf *out)
{
	struct wire_message have, want;
	struct buf run = { 0 };
	bool good = true;

	must(wire_split(event, arena, &have) && wire_split(values, arena, &want));
	struct wire_run old = wire_find_run(&have, path->field.number, arena);
	struct wire_run new = wire_find_run(&want, path->field.number, arena);
	if (path->session.len != 0) {
		good = patch_sessions(path, &old, &new, arena, &run);
	} else if (path->has_inner) {
		good = patch_text(path, &old, &new, arena, &run);
	} else {
		buf_put_slice(&run, new.bytes);
	}
	if (good) {
		put_replaced(&have, path->field.number, buf_slice(&run), out);
	}
	buf_fini(&run);
	return good;
}

bool
event_patch(struct slice base, const char *const *paths, size_t path_count,
	    struct slice values, struct arena *arena, struct slice *ret_patched,
	    size_t *ret_bad)
{
	struct arena scratch = { 0 };
	struct buf now = { 0 }, next = { 0 };
	struct wire_message split;
	size_t i = 0;
	bool good = wire_split(base, &scratch, &split) &&
		    wire_split(values, &scratch, &split);

	buf_put_slice(&now, base);
	*ret_bad = path_count;
	for (; good && i < path_count; i++) {
		struct path path;
		struct buf old = now;

		buf_clear(&next);
		arena_reset(&scratch);
		good = path_parse(paths[i], &path) &&
		       patch_one(buf_slice(&now), &path, values, &scratch, &next);
		if (!good) {
			*ret_bad = i;
			break;
		}
		now = next;
		next = old;
	}
	if (good) {
		*ret_patched = slice_of(arena_dup(arena, now.at, now.len), now.len);
	}
	buf_fini(&now);
	buf_fini(&next);
	arena_fini(&scratch);
	return good;
}

/* ---- Difference ------------------------------------------------------------------- */

struct differ {
	struct arena *arena;
	const char **paths;
	size_t count, cap;
};

static void
add_path(struct differ *d, const char *path)
{
	if (d->count == d->cap) {
		size_t cap = d->cap != 0 ? 2 * d->cap : 16;
		const char **list = arena_alloc(d->arena, cap * sizeof(list[0]));

		if (d->count != 0) {
			memcpy(list, d->paths, d->count * sizeof(list[0]));
		}
		d->paths = list;
		d->cap = cap;
	}
	d->paths[d->count++] = path;
}

/* The next number of either side; its runs are taken.  0 at the end. */
static uint32_t
next_pair(struct differ *d, const struct wire_message *const side[2], size_t at[2],
	  struct wire_run run[2])
{
	uint32_t number = 0;

	for (unsigned s = 0; s < 2; s++) {
		if (at[s] < side[s]->count &&
		    (number == 0 || side[s]->fields[at[s]].number < number)) {
			number = side[s]->fields[at[s]].number;
		}
	}
	for (unsigned s = 0; s < 2; s++) {
		run[s] = wire_take_run(side[s], &at[s], number, d->arena);
	}
	return number;
}

static void
diff_fields(struct differ *d, const struct merge_type *type, const char *prefix,
	    const struct wire_message *a, const struct wire_message *b)
{
	const struct wire_message *const side[2] = { a, b };
	size_t at[2] = { 0 };
	struct wire_run run[2];
	uint32_t number;
	bool start_differs = false;

	while ((number = next_pair(d, side, at, run)) != 0) {
		struct merge_field field = merge_field_of(type, number);

		if (slice_eq(run[0].bytes, run[1].bytes)) {
			continue;
		}
		if (type == &merge_session_type && number == SESSION_FIELD_START) {
			start_differs = true;
		}
		if (type == &merge_session_type && number == SESSION_FIELD_DATED_BY &&
		    start_differs) {
			continue;
		}
		add_path(d, merge_path(prefix, &field, d->arena));
	}
}

static void
diff_sessions(struct differ *d, const struct merge_sessions *a,
	      const struct merge_sessions *b)
{
	size_t before = d->count;

	for (size_t i = 0; i < a->count + b->count; i++) {
		const struct merge_session *s =
			i < a->count ? &a->at[i] : &b->at[i - a->count];
		const struct merge_session *in_a = merge_session_find(a, s->id);
		const struct merge_session *in_b = merge_session_find(b, s->id);

		if (in_a != NULL && in_b != NULL &&
		    (i >= a->count || slice_eq(in_a->raw, in_b->raw))) {
			continue;
		}
		const char *path = arena_printf(d->arena, "sessions.%.*s", (int)s->id.len,
						(const char *)s->id.at);
		if (in_a == NULL || in_b == NULL) {
			add_path(d, path);
		} else {
			diff_fields(d, &merge_session_type, path, &in_a->inner,
				    &in_b->inner);
		}
	}
	if (d->count == before) {
		add_path(d, "sessions"); /* The same ones in another order. */
	}
}

size_t
event_diff(struct slice a, struct slice b, struct arena *arena, const char ***ret_paths)
{
	struct differ d = { .arena = arena };
	struct wire_message ma = { 0 }, mb = { 0 };
	const struct wire_message *const side[2] = { &ma, &mb };
	size_t at[2] = { 0 };
	struct wire_run run[2];
	uint32_t number;

	/* What is no message differs in everything that the other one has. */
	if (!wire_split(a, arena, &ma)) {
		ma = (struct wire_message){ 0 };
	}
	if (!wire_split(b, arena, &mb)) {
		mb = (struct wire_message){ 0 };
	}
	while ((number = next_pair(&d, side, at, run)) != 0) {
		struct merge_field field = merge_field_of(&merge_event_type, number);
		struct wire_message ia, ib;
		struct merge_sessions sa, sb;

		if (slice_eq(run[0].bytes, run[1].bytes)) {
			continue;
		}
		if (field.rule == MERGE_TEXT && merge_inner(&run[0], arena, &ia) &&
		    merge_inner(&run[1], arena, &ib)) {
			diff_fields(&d, &merge_text_type, field.name, &ia, &ib);
		} else if (field.rule == MERGE_SESSIONS &&
			   merge_sessions_of(&run[0], arena, &sa) &&
			   merge_sessions_of(&run[1], arena, &sb)) {
			diff_sessions(&d, &sa, &sb);
		} else {
			add_path(&d, merge_path(NULL, &field, arena));
		}
	}
	*ret_paths = d.paths;
	return d.count;
}

const char *
event_largest_field(struct slice event, struct arena *arena)
{
	struct wire_message m;
	struct merge_field largest = { 0 };
	size_t most = 0, at = 0;

	if (!wire_split(event, arena, &m)) {
		return "event";
	}
	while (at < m.count) {
		uint32_t number = m.fields[at].number;
		size_t len = 0;

		for (; at < m.count && m.fields[at].number == number; at++) {
			len += m.fields[at].raw.len;
		}
		if (len > most) {
			most = len;
			largest = merge_field_of(&merge_event_type, number);
		}
	}
	return most != 0 ? merge_path(NULL, &largest, arena) : "event";
}
