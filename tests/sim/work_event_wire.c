#include "tests/sim/work.h"

/* Events of every shape: dates of every precision, sessions or none, several holders,
 * fields that no program of today knows. */

static const char *const formats[] = { "webinar", "seminar", "visit", "", "tour" };
static const char *const categories[] = { "business", "culture", "" };
static const char *const frames[] = { "caravan", "series", "" };
static const char *const pillars[] = { "p1", "p2", "p3" };
static const char *const topics[] = { "energy", "food", "science" };
static const char *const states[] = { "TN", "IN", "IL", "VA", "CA", "" };
static const char *const towns[] = { "Jackson", "Evansville", "Vincennes", "Richmond",
				     "JACKSON" };
static const char *const town_ja[] = { "ジャクソン", "エバンズビル", "", "リッチモンド",
				       "ジャクソン" };

struct zone_row {
	const char *name;
	int16_t offset;
	bool has_summer;
};
static const struct zone_row zones[] = {
	{ "America/Los_Angeles", -480, true },
	{ "America/Chicago", -360, true },
	{ "America/New_York", -300, true },
	{ "America/Indiana/Vincennes", -300, true },
	{ "Asia/Tokyo", 540, false },
	{ "Pacific/Honolulu", -600, false },
};

static struct zone_answer
one_offset(int16_t offset)
{
	return (struct zone_answer){ .fit = ZONE_UNIQUE,
				     .offset = offset,
				     .later = offset };
}

/* Tzdata has its own tests: here there is one summer time, that of 2026, from 8 March to
 * 1 November, both at 02:00. */
static struct zone_answer
answer_of(const struct zone_row *zone, const struct date *local)
{
	const int64_t begin = (int64_t)day_of_ymd(2026, 3, 8) * 24 * 60 + 2 * 60;
	const int64_t end = (int64_t)day_of_ymd(2026, 11, 1) * 24 * 60 + 2 * 60;
	int64_t at = date_minutes(local);
	int16_t summer = (int16_t)(zone->offset + 60);

	if (!zone->has_summer || at < begin || at >= end) {
		return one_offset(zone->offset);
	}
	if (at < begin + 60) {
		return (struct zone_answer){ ZONE_GAP, zone->offset, summer };
	}
	return at < end - 60 ? one_offset(summer)
			     : (struct zone_answer){ ZONE_OVERLAP, summer, zone->offset };
}

bool
sim_zone_find(void *ctx, struct slice zone, const struct date *local,
	      struct zone_answer *ret)
{
	(void)ctx;
	for (size_t i = 0; i < ARRAY_LEN(zones); i++) {
		if (slice_eq_str(zone, zones[i].name)) {
			*ret = answer_of(&zones[i], local);
			return true;
		}
	}
	return false;
}

const char *
work_one_of(struct world *w, const char *const *list, size_t count)
{
	return list[rng_below(&w->rng, count)];
}

Kusanone__V1__Text *
work_text(struct world *w, struct arena *a)
{
	Kusanone__V1__Text *t = arena_alloc(a, sizeof(*t));
	unsigned n = (unsigned)rng_below(&w->rng, 10000);

	kusanone__v1__text__init(t);
	t->en = arena_printf(a, "event %u", n);
	if (rng_chance(&w->rng, 50)) {
		t->ja = arena_printf(a, "案件%u", n);
	}
	return t;
}

/* ---- Dates and places ---------------------------------------------------------- */

static Kusanone__V1__Date *
date(struct world *w, struct arena *a, bool may_have_time)
{
	Kusanone__V1__Date *d = arena_alloc(a, sizeof(*d));
	int year = 2013 + (int)rng_below(&w->rng, 12);
	unsigned month = 1 + (unsigned)rng_below(&w->rng, 12);
	unsigned day = 1 + (unsigned)rng_below(&w->rng, 28);
	unsigned kind = (unsigned)rng_below(&w->rng, may_have_time ? 12 : 8);

	kusanone__v1__date__init(d);
	if (rng_chance(&w->rng, 30)) {
		bool march = rng_chance(&w->rng, 50);

		month = march ? 3 : 4;
		day = march ? 31 : 1;
	}
	switch (kind) {
	case 0:
		d->value = arena_printf(a, "FY%d", year);
		break;
	case 1:
		d->value = arena_printf(a, "%d", year);
		break;
	case 2:
	case 3:
		d->value = arena_printf(a, "%d-%02u", year, month);
		break;
	case 4:
	case 5:
	case 6:
	case 7:
		d->value = arena_printf(a, "%d-%02u-%02u", year, month, day);
		break;
	default: {
		const struct zone_row *zone =
			&zones[rng_below(&w->rng, ARRAY_LEN(zones))];

		unsigned hour = (unsigned)rng_below(&w->rng, 24);
		unsigned minute = (unsigned)rng_below(&w->rng, 4) * 15;

		d->value = arena_printf(a, "%d-%02u-%02uT%02u:%02u", year, month, day,
					hour, minute);
		d->zone = (char *)(uintptr_t)zone->name;
		d->utc_offset_minutes = zone->offset;
		break;
	}
	}
	return d;
}

static Kusanone__V1__Place *
place(struct world *w, struct arena *a)
{
	Kusanone__V1__Place *p = arena_alloc(a, sizeof(*p));
	size_t town = rng_below(&w->rng, ARRAY_LEN(towns));

	kusanone__v1__place__init(p);
	p->state = (char *)(uintptr_t)WORK_ONE_OF(w, states);
	if (rng_chance(&w->rng, 80)) {
		p->municipality = arena_alloc(a, sizeof(*p->municipality));
		kusanone__v1__text__init(p->municipality);
		if (rng_chance(&w->rng, 70)) {
			p->municipality->en = (char *)(uintptr_t)towns[town];
		}
		if (rng_chance(&w->rng, 50)) {
			p->municipality->ja = (char *)(uintptr_t)town_ja[town];
		}
	}
	if (rng_chance(&w->rng, 10)) {
		p->country = (char *)(uintptr_t) "CA";
	}
	return p;
}

static Kusanone__V1__Status
status(struct world *w)
{
	return rng_chance(&w->rng, 60) ? KUSANONE__V1__STATUS__STATUS_HELD
				       : (Kusanone__V1__Status)rng_below(&w->rng, 5);
}

Kusanone__V1__Session *
work_session(struct world *w, struct arena *a, const char *id)
{
	Kusanone__V1__Session *s = arena_alloc(a, sizeof(*s));

	kusanone__v1__session__init(s);
	s->id = (char *)(uintptr_t)id;
	s->status = status(w);
	if (rng_chance(&w->rng, 90)) {
		s->start = date(w, a, true);
	}
	if (rng_chance(&w->rng, 70)) {
		s->place = place(w, a);
	}
	s->online = rng_chance(&w->rng, 25);
	return s;
}

/* ---- Numbers, people, what nobody knows ---------------------------------------- */

static Kusanone__V1__Count *
count(struct world *w, struct arena *a)
{
	Kusanone__V1__Count *c = arena_alloc(a, sizeof(*c));

	kusanone__v1__count__init(c);
	c->value = rng_below(&w->rng, 300);
	c->bound = (Kusanone__V1__Bound)rng_below(&w->rng, 4);
	return c;
}

static Kusanone__V1__Money *
money(struct world *w, struct arena *a)
{
	Kusanone__V1__Money *m = arena_alloc(a, sizeof(*m));

	kusanone__v1__money__init(m);
	m->jpy = (int64_t)rng_below(&w->rng, 2000000);
	m->bound = (Kusanone__V1__Bound)rng_below(&w->rng, 4);
	return m;
}

static void
people(struct world *w, struct arena *a, event_msg *e)
{
	e->n_people = 1 + rng_below(&w->rng, 2);
	e->people = arena_alloc(a, e->n_people * sizeof(e->people[0]));
	for (size_t i = 0; i < e->n_people; i++) {
		Kusanone__V1__Person *p = arena_alloc(a, sizeof(*p));

		kusanone__v1__person__init(p);
		p->name = arena_printf(a, "%s%u-%08x", PERSON_MARK, w->names++,
				       (unsigned)rng_u64(&w->rng));
		p->kind = (char *)(uintptr_t) "governor";
		e->people[i] = p;
	}
}

void
work_unknown_field(struct world *w, struct arena *a, event_msg *e)
{
	ProtobufCMessageUnknownField *f = arena_alloc(a, sizeof(*f));
	char *text = arena_printf(a, "?tomorrow %u", (unsigned)rng_below(&w->rng, 1000));

	text[0] = (char)(strlen(text) - 1); /* Its length. */
	*f = (ProtobufCMessageUnknownField){
		.tag = 101 + (uint32_t)rng_below(&w->rng, 3),
		.wire_type = PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED,
		.len = strlen(text),
		.data = (uint8_t *)text,
	};
	e->base.n_unknown_fields = 1;
	e->base.unknown_fields = f;
}

/* ---- Codes and holders --------------------------------------------------------- */

static void
codes(struct world *w, struct arena *a, const char *const *from, size_t from_count,
      size_t *ret_n, char ***ret)
{
	*ret = arena_alloc(a, from_count * sizeof(char *));
	*ret_n = 0;
	for (size_t i = 0; i < from_count; i++) {
		if (rng_chance(&w->rng, 35)) {
			(*ret)[(*ret_n)++] = (char *)(uintptr_t)from[i];
		}
	}
}

static void
holders(struct world *w, struct arena *a, int node, struct work_event *we, event_msg *e)
{
	unsigned others =
		rng_chance(&w->rng, 45) ? 1 + (unsigned)rng_below(&w->rng, 2) : 0;

	we->holder_count = 0;
	if (rng_chance(&w->rng, 85)) {
		we->holders[we->holder_count++] = w->nodes[node].posts[0];
	}
	for (unsigned i = 0; i < others; i++) {
		const char *post = work_post(w);
		bool again = false;

		for (unsigned k = 0; k < we->holder_count; k++) {
			again = again || we->holders[k] == post;
		}
		if (!again) {
			we->holders[we->holder_count++] = post;
		}
	}
	e->n_holders = we->holder_count;
	e->holders = arena_alloc(a, we->holder_count * sizeof(char *));
	for (unsigned i = 0; i < we->holder_count; i++) {
		e->holders[i] = (char *)(uintptr_t)we->holders[i];
	}
}

static void
stated(struct world *w, struct arena *a, event_msg *e)
{
	e->status = status(w);
	e->n_stated_dates = rng_below(&w->rng, 4);
	e->stated_dates = arena_alloc(a, e->n_stated_dates * sizeof(e->stated_dates[0]));
	for (size_t i = 0; i < e->n_stated_dates; i++) {
		e->stated_dates[i] = date(w, a, false);
	}
	e->n_stated_places = rng_below(&w->rng, 4);
	e->stated_places =
		arena_alloc(a, e->n_stated_places * sizeof(e->stated_places[0]));
	for (size_t i = 0; i < e->n_stated_places; i++) {
		e->stated_places[i] = place(w, a);
	}
	if (rng_chance(&w->rng, 40)) {
		e->session_count = count(w, a);
	}
}

static void
report(struct arena *a, event_msg *e)
{
	e->report = arena_alloc(a, sizeof(*e->report));
	kusanone__v1__report__init(e->report);
	e->report->filed_by = (char *)(uintptr_t) "officer";
	e->report->filed_on = (char *)(uintptr_t) "2024-05-01";
}

event_msg *
work_event(struct world *w, struct arena *a, int node, struct work_event *we)
{
	event_msg *e = arena_alloc(a, sizeof(*e));

	kusanone__v1__event__init(e);
	e->id = we->id;
	e->title = work_text(w, a);
	e->format = (char *)(uintptr_t)WORK_ONE_OF(w, formats);
	e->category = (char *)(uintptr_t)WORK_ONE_OF(w, categories);
	e->frame = (char *)(uintptr_t)WORK_ONE_OF(w, frames);
	codes(w, a, pillars, ARRAY_LEN(pillars), &e->n_pillars, &e->pillars);
	codes(w, a, topics, ARRAY_LEN(topics), &e->n_topics, &e->topics);
	holders(w, a, node, we, e);
	if (rng_chance(&w->rng, 60)) {
		static const char *const ids[] = { "s1", "s2", "s3" };

		e->n_sessions = 1 + rng_below(&w->rng, 3);
		e->sessions = arena_alloc(a, e->n_sessions * sizeof(e->sessions[0]));
		we->session_count = (unsigned)e->n_sessions;
		for (size_t i = 0; i < e->n_sessions; i++) {
			e->sessions[i] = work_session(w, a, ids[i]);
			snprintf(we->sessions[i], sizeof(we->sessions[i]), "%s", ids[i]);
		}
		if (rng_chance(&w->rng, 30)) {
			stated(w, a, e); /* Serves nothing: there are sessions. */
		}
	} else {
		stated(w, a, e);
	}
	if (rng_chance(&w->rng, 70)) {
		e->participants = count(w, a);
	}
	if (rng_chance(&w->rng, 40)) {
		e->budget_planned = money(w, a);
	}
	if (rng_chance(&w->rng, 40)) {
		e->budget_spent = money(w, a);
	}
	if (rng_chance(&w->rng, 50)) {
		report(a, e);
	}
	if (rng_chance(&w->rng, 35)) {
		people(w, a, e);
		we->has_people = true;
	}
	if (rng_chance(&w->rng, 25)) {
		work_unknown_field(w, a, e);
	}
	return e;
}

/* ---- One field of an edit ------------------------------------------------------ */

static const char *
patch_session(struct world *w, struct arena *a, struct work_event *we, event_msg *values)
{
	const char *id = we->sessions[rng_below(&w->rng, we->session_count)];
	static const char *const fields[] = { "status", "start", "place", "online" };

	values->n_sessions = 1;
	values->sessions = arena_alloc(a, sizeof(values->sessions[0]));
	values->sessions[0] = work_session(w, a, id);
	return rng_chance(&w->rng, 20)
		       ? arena_printf(a, "sessions.%s", id)
		       : arena_printf(a, "sessions.%s.%s", id, WORK_ONE_OF(w, fields));
}

/* Puts a new value for a field into 'values'; its path. */
const char *
work_patch(struct world *w, struct arena *a, struct work_event *we, event_msg *values)
{

	switch (rng_below(&w->rng, 15)) {
	case 0:
		values->title = work_text(w, a);
		return "title.en";
	case 1:
		values->participants = count(w, a);
		return "participants";
	case 2:
		values->status = status(w);
		return "status";
	case 3:
	case 4:
		holders(w, a, we->node, we, values);
		return "holders";
	case 5:
		codes(w, a, pillars, ARRAY_LEN(pillars), &values->n_pillars,
		      &values->pillars);
		return "pillars";
	case 6:
		codes(w, a, topics, ARRAY_LEN(topics), &values->n_topics,
		      &values->topics);
		return "topics";
	case 7:
		values->format = (char *)(uintptr_t)WORK_ONE_OF(w, formats);
		return "format";
	case 8:
		stated(w, a, values);
		return rng_chance(&w->rng, 50) ? "stated_dates" : "stated_places";
	case 9:
		report(a, values);
		return "report";
	case 10:
		values->budget_spent = money(w, a);
		return "budget_spent";
	case 11:
		values->note = work_text(w, a);
		return rng_chance(&w->rng, 50) ? "note.ja" : "note.en";
	case 12:
		people(w, a, values);
		we->has_people = true;
		return "people";
	case 13:
		work_unknown_field(w, a, values);
		return arena_printf(a, "%u", values->base.unknown_fields[0].tag);
	default:
		if (we->session_count != 0) {
			return patch_session(w, a, we, values);
		}
		values->category = (char *)(uintptr_t)WORK_ONE_OF(w, categories);
		return "category";
	}
}
