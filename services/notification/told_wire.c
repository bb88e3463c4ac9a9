#include "notification/told_wire.h"

#include <stdlib.h>

#include "lib/base/unpack_wire.h"
#include "lib/model/zone.h"

const Kusanone__V1__Event *
told_unpack(struct slice event, struct arena *arena)
{
	return event.len == 0
		       ? NULL
		       : (const Kusanone__V1__Event *)unpack_message(
				 &kusanone__v1__event__descriptor, event, arena, NULL);
}

struct text
told_text(const Kusanone__V1__Text *text)
{
	return text == NULL ? (struct text){ 0 }
			    : (struct text){ .ja = slice_str(text->ja),
					     .en = slice_str(text->en) };
}

struct moment
told_moment(const Kusanone__V1__Date *in)
{
	struct moment m = { 0 };

	if (in == NULL || !date_parse(slice_str(in->value), &m.date)) {
		return (struct moment){ 0 };
	}
	if (m.date.precision == PRECISION_MINUTE) {
		m.zone = slice_str(in->zone);
		if (in->utc_offset_minutes > INT16_MIN &&
		    in->utc_offset_minutes < INT16_MAX) {
			m.offset_minutes = (int16_t)in->utc_offset_minutes;
		}
	}
	return m;
}

struct place
told_place(const Kusanone__V1__Place *in)
{
	return in == NULL ? (struct place){ 0 }
			  : (struct place){ .name = told_text(in->name),
					    .municipality = told_text(in->municipality),
					    .county = slice_str(in->county),
					    .state = slice_str(in->state),
					    .country = slice_str(in->country) };
}

struct slices
told_slices(char *const *items, size_t count, struct arena *arena)
{
	struct slices list = { .at = arena_alloc(arena, count * sizeof(list.at[0])),
			       .count = count };

	for (size_t i = 0; i < count; i++) {
		list.at[i] = slice_str(items[i]);
	}
	return list;
}

static enum status
status_of(Kusanone__V1__Status status)
{
	return status >= 0 && (int)status <= STATUS_HELD ? (enum status)status
							 : STATUS_NOT_STATED;
}

struct sitting
told_session(const Kusanone__V1__Session *in)
{
	struct text note = told_text(in->note);

	return (struct sitting){ .id = slice_str(in->id),
				 .status = status_of(in->status),
				 .start = told_moment(in->start),
				 .end = told_moment(in->end),
				 .place = told_place(in->place),
				 .has_place = in->place != NULL,
				 .online = in->online,
				 .note_ja = note.ja,
				 .note_en = note.en };
}

static int
sitting_cmp(const void *x, const void *y)
{
	const struct sitting *a = x, *b = y;
	bool has_a = a->start.date.precision != PRECISION_NONE;
	bool has_b = b->start.date.precision != PRECISION_NONE;

	if (has_a && has_b) {
		int64_t at_a = moment_minutes(&a->start),
			at_b = moment_minutes(&b->start);
		int order = date_cmp_first_day(&a->start.date, &b->start.date);

		order = order != 0 ? order : (at_a > at_b) - (at_a < at_b);
		return order != 0 ? order : slice_cmp(a->id, b->id);
	}
	return has_a != has_b ? (has_a ? -1 : 1) : slice_cmp(a->id, b->id);
}

/* Of held > planned > postponed > cancelled the first that a session has. */
static enum status
first_status(const struct told *t)
{
	static const enum status order[] = { STATUS_HELD, STATUS_PLANNED,
					     STATUS_POSTPONED, STATUS_CANCELLED };

	for (size_t o = 0; o < ARRAY_LEN(order); o++) {
		for (size_t i = 0; i < t->sitting_count; i++) {
			if (t->sittings[i].status == order[o]) {
				return order[o];
			}
		}
	}
	return STATUS_NOT_STATED;
}

static void
read_sessions(const Kusanone__V1__Event *e, struct arena *arena, struct told *t)
{
	t->has_sessions = true;
	t->sitting_count = e->n_sessions;
	t->sittings = arena_alloc(arena, e->n_sessions * sizeof(t->sittings[0]));
	for (size_t i = 0; i < e->n_sessions; i++) {
		struct sitting s = told_session(e->sessions[i]);

		s.status = s.status != STATUS_NOT_STATED ? s.status : t->status;
		t->sittings[i] = s;
	}
	t->status = first_status(t);
}

static void
read_stated(const Kusanone__V1__Event *e, struct arena *arena, struct told *t)
{
	t->place_count = e->n_stated_places;
	t->places = arena_alloc(arena, e->n_stated_places * sizeof(t->places[0]));
	for (size_t i = 0; i < e->n_stated_places; i++) {
		t->places[i] = told_place(e->stated_places[i]);
	}
	t->sitting_count = e->n_stated_dates;
	t->sittings = arena_alloc(arena, e->n_stated_dates * sizeof(t->sittings[0]));
	for (size_t i = 0; i < e->n_stated_dates; i++) {
		const char *id =
			i == 0 ? "event" : arena_printf(arena, "event-%zu", i + 1);

		t->sittings[i] =
			(struct sitting){ .id = slice_str(id),
					  .status = t->status,
					  .start = told_moment(e->stated_dates[i]) };
		if (t->place_count == 1) {
			t->sittings[i].place = t->places[0];
			t->sittings[i].has_place = true;
		}
	}
}

bool
told_read(struct slice event, struct arena *arena, struct told *t)
{
	const Kusanone__V1__Event *e = told_unpack(event, arena);

	*t = (struct told){ .day = REFERENCE_ANY_DAY };
	if (e == NULL) {
		return false;
	}
	if (!uuid_parse(slice_str(e->id), &t->id)) {
		t->id = (struct uuid){ 0 };
	}
	t->title = told_text(e->title);
	t->summary = told_text(e->summary);
	t->status = status_of(e->status);
	t->recorder = slice_str(e->recorder);
	t->lead = slice_str(e->lead);
	t->holders = told_slices(e->holders, e->n_holders, arena);
	t->category = slice_str(e->category);
	t->format = slice_str(e->format);
	t->pillars = told_slices(e->pillars, e->n_pillars, arena);
	t->topics = told_slices(e->topics, e->n_topics, arena);
	t->url = slice_str(e->url);
	if (e->n_sessions != 0) {
		read_sessions(e, arena, t);
	} else {
		read_stated(e, arena, t);
	}
	if (t->sitting_count > 1) {
		qsort(t->sittings, t->sitting_count, sizeof(t->sittings[0]), sitting_cmp);
	}
	if (t->sitting_count != 0 &&
	    t->sittings[0].start.date.precision != PRECISION_NONE) {
		t->day = date_first_day(&t->sittings[0].start.date);
	}
	return true;
}

const struct sitting *
told_sitting(const struct told *t, struct slice id)
{
	for (size_t i = 0; i < t->sitting_count; i++) {
		if (slice_eq(t->sittings[i].id, id)) {
			return &t->sittings[i];
		}
	}
	return NULL;
}

int64_t
moment_minutes(const struct moment *m)
{
	return m->date.precision == PRECISION_MINUTE
		       ? zone_to_utc(&m->date, m->offset_minutes)
		       : (int64_t)date_first_day(&m->date) * 24 * 60;
}

int64_t
instant_minutes(wall_ms_t ms)
{
	enum { A_DAY = 24 * 60, MS = 60000 };
	int64_t minutes = ms / MS - (ms % MS < 0 ? 1 : 0);
	int64_t first = (int64_t)day_of_ymd(DATE_YEAR_MIN, 1, 1) * A_DAY;
	int64_t last = (int64_t)day_of_ymd(DATE_YEAR_MAX, 12, 31) * A_DAY;

	return minutes < first ? first : minutes > last ? last : minutes;
}
