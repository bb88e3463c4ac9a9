#include "lib/base/unpack_wire.h"
#include "tests/sim/work.h"

/* Planners, and events that are to come: who wants to hear of what, silences,
 * acknowledgements; plans that are made, moved, cancelled, held, reported. */

enum { ALERT_WORK = 70, MAX_READERS = 9 };

struct alert_reader {
	char id[UUID_TEXT_LEN + 1], who[16];
	bool open;
	bool said;
};

struct alert_work {
	struct alert_reader readers[MAX_READERS];
	unsigned reader_count;
	char silences[16][UUID_TEXT_LEN + 1];
	unsigned silence_count;
	int plans[200]; /* Rows of world.events. */
	unsigned plan_count;
};

static const struct {
	const char *id, *zone;
} posts[] = { { "sfo", "America/Los_Angeles" }, { "lax", "America/Los_Angeles" },
	      { "bna", "America/Chicago" },     { "sea", "America/Los_Angeles" },
	      { "chi", "America/Chicago" },     { "atl", "America/New_York" },
	      { "nyc", "America/New_York" } };
static const char *const pillars[] = { "p1", "p2", "p3" };
static const char *const categories[] = { "business", "culture" };
static const char *const states[] = { "TN", "IN", "IL", "VA", "CA" };
static const char *const zones[] = {
	"America/Los_Angeles", "America/Chicago", "America/New_York", "Asia/Tokyo", "",
	"Pacific/Honolulu"
};

static struct alert_work *
work_of(struct world *w)
{
	if (w->alert_work == NULL) {
		w->alert_work = arena_zalloc(&w->arena, sizeof(*w->alert_work));
	}
	return w->alert_work;
}

static char *
word(const char *text)
{
	return (char *)(uintptr_t)text;
}

static void
ask(struct world *w, int node, Kusanone__V1__Submission *s, int about)
{
	struct machine *m = work_machine(w, node);

	if (m != NULL) {
		work_ask(w, m, s, about);
	}
}

static void
mint(struct world *w, char text[UUID_TEXT_LEN + 1])
{
	uint8_t random[10];

	for (size_t i = 0; i < sizeof(random); i++) {
		random[i] = (uint8_t)rng_u64(&w->rng);
	}
	struct uuid id = uuid_v7(1700000000000 + w->now, random);
	uuid_format(&id, text);
}

/* ---- Reference data ------------------------------------------------------------ */

static Kusanone__V1__ReferenceRow *
new_row(struct arena *a, void *ret_body, size_t size, void (*init)(void *))
{
	Kusanone__V1__ReferenceRow *row = arena_alloc(a, sizeof(*row));
	void *body = arena_alloc(a, size);

	kusanone__v1__reference_row__init(row);
	init(body);
	memcpy(ret_body, &body, sizeof(body));
	return row;
}

static Kusanone__V1__Text *
label(struct arena *a, const char *en)
{
	Kusanone__V1__Text *t = arena_alloc(a, sizeof(*t));

	kusanone__v1__text__init(t);
	t->en = word(en);
	t->ja = word(en);
	return t;
}

#define ROW(a, body, type)                                                               \
	new_row(a, &(body), sizeof(*(body)),                                             \
		(void (*)(void *))kusanone__v1__##type##__init)

static void
say_codes(struct world *w)
{
	struct arena arena = { 0 };
	Kusanone__V1__Submission s = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__ReferenceChange change = KUSANONE__V1__REFERENCE_CHANGE__INIT;
	Kusanone__V1__ReferenceRow *rows[32];

	for (size_t i = 0; i < ARRAY_LEN(posts); i++) {
		Kusanone__V1__PostRow *post;

		rows[change.n_rows] = ROW(&arena, post, post_row);
		post->id = word(posts[i].id);
		post->zone = word(posts[i].zone);
		post->name = label(&arena, posts[i].id);
		rows[change.n_rows]->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_POST;
		rows[change.n_rows++]->post = post;
	}
	for (size_t i = 0; i < ARRAY_LEN(pillars); i++) {
		Kusanone__V1__PillarRow *pillar;

		rows[change.n_rows] = ROW(&arena, pillar, pillar_row);
		pillar->code = word(pillars[i]);
		pillar->label = label(&arena, pillars[i]);
		rows[change.n_rows]->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_PILLAR;
		rows[change.n_rows++]->pillar = pillar;
	}
	for (size_t i = 0; i < ARRAY_LEN(categories); i++) {
		Kusanone__V1__CodeRow *code;

		rows[change.n_rows] = ROW(&arena, code, code_row);
		code->dimension = word("category");
		code->code = word(categories[i]);
		code->label = label(&arena, categories[i]);
		rows[change.n_rows]->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_CODE;
		rows[change.n_rows++]->code = code;
	}
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		Kusanone__V1__StateRow *state;

		rows[change.n_rows] = ROW(&arena, state, state_row);
		state->country = word("US");
		state->code = word(states[i]);
		state->label = label(&arena, states[i]);
		rows[change.n_rows]->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_STATE;
		rows[change.n_rows++]->state = state;
	}
	change.rows = rows;
	s.body_case = KUSANONE__V1__SUBMISSION__BODY_REFERENCE_CHANGE;
	s.reference_change = &change;
	ask(w, 0, &s, -1);
	arena_fini(&arena);
}

/* ---- Subscriptions ------------------------------------------------------------- */

static size_t
some_of(struct world *w, struct arena *a, const char *const *from, size_t from_count,
	unsigned percent, char ***ret)
{
	size_t n = 0;

	*ret = arena_alloc(a, from_count * sizeof(char *));
	for (size_t i = 0; i < from_count; i++) {
		if (rng_chance(&w->rng, percent)) {
			(*ret)[n++] = word(from[i]);
		}
	}
	return n;
}

static void
draw_kinds(struct world *w, struct arena *a, Kusanone__V1__Subscription *m)
{
	static const char *const kinds[] = { "announced",     "upcoming",
					     "cancelled",     "moved",
					     "changed",       "report-overdue",
					     "date-not-fixed" };

	if (rng_chance(&w->rng, 10)) {
		return; /* All that there are. */
	}
	m->n_kinds = some_of(w, a, kinds, ARRAY_LEN(kinds), 55, &m->kinds);
	if (m->n_kinds == 0) {
		m->kinds[m->n_kinds++] = word("announced");
	}
}

static void
draw_filters(struct world *w, struct arena *a, Kusanone__V1__Subscription *m)
{
	static const char *const texts[] = { "1", "EVENT 2", "案件" };

	if (rng_chance(&w->rng, 20)) {
		m->n_posts = 1 + rng_below(&w->rng, 3);
		m->posts = arena_alloc(a, m->n_posts * sizeof(char *));
		for (size_t i = 0; i < m->n_posts; i++) {
			m->posts[i] = word(work_post(w));
		}
	}
	if (rng_chance(&w->rng, 15)) {
		m->n_pillars =
			some_of(w, a, pillars, ARRAY_LEN(pillars), 50, &m->pillars);
	}
	if (rng_chance(&w->rng, 10)) {
		m->n_categories = some_of(w, a, categories, ARRAY_LEN(categories), 60,
					  &m->categories);
	}
	if (rng_chance(&w->rng, 10)) {
		m->n_states = some_of(w, a, states, ARRAY_LEN(states), 50, &m->states);
	}
	if (rng_chance(&w->rng, 10)) {
		m->text = word(WORK_ONE_OF(w, texts));
	}
}

static void
draw_hours(struct world *w, struct arena *a, Kusanone__V1__Subscription *m)
{
	static const uint32_t minutes[] = { 510, 150, 90, 1290 }; /* 02:30, 01:30, … */
	static const uint32_t quiet[][2] = {
		{ 1320, 420 }, { 120, 180 }, { 0, 540 }, { 1380, 60 }, { 720, 840 }
	};
	static const uint32_t leads[] = { 60, 120, 1440, 2880, 10080, 43200 };

	if (rng_chance(&w->rng, 35)) {
		m->digest = arena_alloc(a, sizeof(*m->digest));
		kusanone__v1__digest__init(m->digest);
		m->digest->weekdays = rng_chance(&w->rng, 50)
					      ? 127
					      : 1 + (uint32_t)rng_below(&w->rng, 127);
		m->digest->minute_of_day =
			minutes[rng_below(&w->rng, ARRAY_LEN(minutes))];
	}
	if (rng_chance(&w->rng, 40)) {
		const uint32_t *q = quiet[rng_below(&w->rng, ARRAY_LEN(quiet))];

		m->quiet = arena_alloc(a, sizeof(*m->quiet));
		kusanone__v1__quiet_hours__init(m->quiet);
		m->quiet->from_minute = q[0];
		m->quiet->to_minute = q[1];
	}
	if (rng_chance(&w->rng, 60)) {
		m->n_lead_minutes = 0;
		m->lead_minutes = arena_alloc(a, sizeof(leads));
		for (size_t i = 0; i < ARRAY_LEN(leads); i++) {
			if (rng_chance(&w->rng, 40)) {
				m->lead_minutes[m->n_lead_minutes++] = leads[i];
			}
		}
	}
	m->zone = word(WORK_ONE_OF(w, zones));
	m->lang = word(rng_chance(&w->rng, 50) ? "en" : "");
}

static void
draw_channel(struct world *w, struct arena *a, Kusanone__V1__Subscription *m)
{
	uint64_t which = rng_below(&w->rng, 10);

	if (which == 0) {
		m->channel = KUSANONE__V1__CHANNEL__CHANNEL_FEED;
	} else if (which < 3) {
		m->channel = KUSANONE__V1__CHANNEL__CHANNEL_WEBHOOK;
		m->to = arena_printf(a, "https://hooks.example.org/%s", m->who);
	} else {
		m->channel = KUSANONE__V1__CHANNEL__CHANNEL_MAIL;
		m->to = arena_printf(a, "%s@example.org", m->who);
	}
}

static void
say_subscription(struct world *w, struct alert_reader *r, bool removed)
{
	struct arena arena = { 0 };
	Kusanone__V1__Submission s = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__Subscription m = KUSANONE__V1__SUBSCRIPTION__INIT;

	m.id = r->id;
	m.who = r->who;
	m.removed = removed;
	if (!removed) {
		draw_kinds(w, &arena, &m);
		draw_filters(w, &arena, &m);
		draw_hours(w, &arena, &m);
		draw_channel(w, &arena, &m);
	}
	r->open = !removed;
	s.body_case = KUSANONE__V1__SUBMISSION__BODY_SUBSCRIPTION;
	s.subscription = &m;
	trace(w, "%s %s", removed ? "unsubscribe" : "subscribe", r->who);
	ask(w, 0, &s, -1);
	arena_fini(&arena);
}

static void
new_reader(struct world *w)
{
	struct alert_work *work = work_of(w);

	if (work->reader_count == MAX_READERS) {
		return;
	}
	struct alert_reader *r = &work->readers[work->reader_count];
	snprintf(r->who, sizeof(r->who), "desk-%c", (char)('a' + work->reader_count));
	work->reader_count++;
	mint(w, r->id);
	say_subscription(w, r, false);
}

static struct alert_reader *
some_reader(struct world *w)
{
	struct alert_work *work = work_of(w);

	return work->reader_count != 0
		       ? &work->readers[rng_below(&w->rng, work->reader_count)]
		       : NULL;
}

/* ---- Silences, acknowledgements ------------------------------------------------ */

static const char *const kind_words[] = { "announced", "upcoming", "cancelled", "moved",
					  "report-overdue" };

static int
some_plan(struct world *w)
{
	struct alert_work *work = work_of(w);

	return work->plan_count != 0 ? work->plans[rng_below(&w->rng, work->plan_count)]
				     : -1;
}

static void
say_silence(struct world *w)
{
	struct alert_work *work = work_of(w);
	struct arena arena = { 0 };
	Kusanone__V1__Submission s = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__Silence m = KUSANONE__V1__SILENCE__INIT;
	struct alert_reader *r = some_reader(w);
	int plan = some_plan(w);

	if (work->silence_count != 0 && rng_chance(&w->rng, 30)) {
		m.id = work->silences[rng_below(&w->rng, work->silence_count)];
		m.ended = true;
	} else if (work->silence_count < ARRAY_LEN(work->silences)) {
		m.id = work->silences[work->silence_count++];
		mint(w, m.id);
		m.from_ms = world_wall(w);
		m.until_ms = m.from_ms +
			     (wall_ms_t)(1 + rng_below(&w->rng, 15 * 24)) * 3600 * 1000;
		m.why = word("holidays");
	} else {
		return;
	}
	if (!m.ended && r != NULL && rng_chance(&w->rng, 50)) {
		m.subscription = r->id;
	}
	if (!m.ended && plan >= 0 && rng_chance(&w->rng, 30)) {
		m.event_id = w->events[plan].id;
	}
	if (!m.ended && rng_chance(&w->rng, 40)) {
		m.n_kinds = some_of(w, &arena, kind_words, ARRAY_LEN(kind_words), 50,
				    &m.kinds);
	}
	if (!m.ended && rng_chance(&w->rng, 25)) {
		m.posts = arena_alloc(&arena, sizeof(char *));
		m.posts[m.n_posts++] = word(work_post(w));
	}
	s.body_case = KUSANONE__V1__SUBMISSION__BODY_SILENCE;
	s.silence = &m;
	ask(w, 0, &s, -1);
	arena_fini(&arena);
}

static void
say_acknowledgement(struct world *w)
{
	Kusanone__V1__Submission s = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__Acknowledgement m = KUSANONE__V1__ACKNOWLEDGEMENT__INIT;
	struct alert_reader *r = some_reader(w);
	int plan = some_plan(w);

	if (plan < 0) {
		return;
	}
	m.kind = word(WORK_ONE_OF(w, kind_words));
	m.subject = w->events[plan].id;
	m.undone = rng_chance(&w->rng, 30);
	if (r != NULL && rng_chance(&w->rng, 40)) {
		m.subscription = r->id;
	}
	s.body_case = KUSANONE__V1__SUBMISSION__BODY_ACKNOWLEDGEMENT;
	s.acknowledgement = &m;
	ask(w, 0, &s, -1);
}

/* ---- What is to come ----------------------------------------------------------- */

/* A day or a minute in the coming weeks, or a month. */
static Kusanone__V1__Date *
coming(struct world *w, struct arena *a)
{
	Kusanone__V1__Date *d = arena_alloc(a, sizeof(*d));
	wall_ms_t at =
		world_wall(w) + (wall_ms_t)rng_below(&w->rng, 75 * 24 * 60) * 60000;
	struct date date = date_of_minutes(at / 60000);
	char text[DATE_TEXT_SIZE];
	uint64_t kind = rng_below(&w->rng, 10);

	kusanone__v1__date__init(d);
	if (kind == 0) {
		date.precision = PRECISION_MONTH;
	} else if (kind < 4) {
		date.precision = PRECISION_DAY;
	} else {
		d->zone = word(zones[rng_below(&w->rng, 3)]);
	}
	d->value = arena_dup(a, text, date_format(&date, text));
	return d;
}

static Kusanone__V1__Session *
coming_session(struct world *w, struct arena *a, const char *id)
{
	Kusanone__V1__Session *s = work_session(w, a, id);

	s->status = KUSANONE__V1__STATUS__STATUS_PLANNED;
	s->start = coming(w, a);
	return s;
}

static void
plan_event(struct world *w)
{
	struct alert_work *work = work_of(w);
	struct arena arena = { 0 };
	int node = 1 + (int)rng_below(&w->rng, (uint64_t)w->node_count - 1);
	Kusanone__V1__Submission s = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__EventRevision revision = KUSANONE__V1__EVENT_REVISION__INIT;
	static const char *const ids[] = { "s1", "s2", "s3" };

	if (work->plan_count == ARRAY_LEN(work->plans)) {
		return;
	}
	struct work_event *we = work_new_event(w, node);
	event_msg *e = work_event(w, &arena, node, we);

	e->report = NULL;
	e->n_stated_dates = 0;
	e->n_stated_places = 0;
	e->status = KUSANONE__V1__STATUS__STATUS_UNSPECIFIED;
	e->n_sessions = 1 + rng_below(&w->rng, 2);
	e->sessions = arena_alloc(&arena, e->n_sessions * sizeof(e->sessions[0]));
	we->session_count = (unsigned)e->n_sessions;
	for (size_t i = 0; i < e->n_sessions; i++) {
		e->sessions[i] = coming_session(w, &arena, ids[i]);
		snprintf(we->sessions[i], sizeof(we->sessions[i]), "%s", ids[i]);
	}
	if (rng_chance(&w->rng, 10)) { /* The event says it for its sessions. */
		e->sessions[0]->status = KUSANONE__V1__STATUS__STATUS_UNSPECIFIED;
		e->status = KUSANONE__V1__STATUS__STATUS_PLANNED;
	}
	revision.event = e;
	s.body_case = KUSANONE__V1__SUBMISSION__BODY_EVENT;
	s.event = &revision;
	work->plans[work->plan_count++] = (int)(we - w->events);
	ask(w, node, &s, (int)(we - w->events));
	arena_fini(&arena);
}

/* Moved, cancelled, postponed, held, retitled, reported. */
static void
change_plan(struct world *w)
{
	struct arena arena = { 0 };
	int plan = some_plan(w);
	Kusanone__V1__Submission s = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__Patch patch = KUSANONE__V1__PATCH__INIT;
	event_msg values = KUSANONE__V1__EVENT__INIT;
	const char *field = "status";

	if (plan < 0 || !w->events[plan].recorded) {
		return;
	}
	struct work_event *we = &w->events[plan];
	Kusanone__V1__Session *session = coming_session(w, &arena, we->sessions[0]);
	char *path;

	switch (rng_below(&w->rng, 8)) {
	case 0:
	case 1:
		field = "start";
		break;
	case 2:
		session->status = KUSANONE__V1__STATUS__STATUS_CANCELLED;
		break;
	case 3:
		session->status = KUSANONE__V1__STATUS__STATUS_POSTPONED;
		break;
	case 4:
		session->status = KUSANONE__V1__STATUS__STATUS_HELD;
		break;
	case 5:
		field = "place";
		break;
	case 6:
		field = NULL;
		values.title = work_text(w, &arena);
		break;
	default:
		break; /* Planned after all. */
	}
	values.sessions = &session;
	values.n_sessions = 1;
	path = field != NULL ? arena_printf(&arena, "sessions.%s.%s", session->id, field)
			     : word("title.en");
	patch.event_id = we->id;
	patch.paths = &path;
	patch.n_paths = 1;
	patch.event = &values;
	s.body_case = KUSANONE__V1__SUBMISSION__BODY_PATCH;
	s.patch = &patch;
	ask(w, we->node, &s, plan);
	arena_fini(&arena);
}

static void
withdraw_plan(struct world *w)
{
	int plan = some_plan(w);
	Kusanone__V1__Submission s = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__Withdrawal m = KUSANONE__V1__WITHDRAWAL__INIT;

	if (plan < 0 || !w->events[plan].recorded) {
		return;
	}
	m.event_id = w->events[plan].id;
	m.why = word("no budget");
	m.undone = rng_chance(&w->rng, 30);
	s.body_case = KUSANONE__V1__SUBMISSION__BODY_WITHDRAWAL;
	s.withdrawal = &m;
	ask(w, w->events[plan].node, &s, plan);
}

/* ---- In the seed --------------------------------------------------------------- */

void
work_alerts(struct world *w)
{
	uint64_t kind = rng_below(&w->rng, 100);
	struct alert_reader *r = some_reader(w);

	if (kind < 40) {
		plan_event(w);
	} else if (kind < 65) {
		change_plan(w);
	} else if (kind < 70) {
		withdraw_plan(w);
	} else if (kind < 80) {
		new_reader(w);
	} else if (kind < 86) {
		if (r != NULL) {
			say_subscription(w, r, false);
		}
	} else if (kind < 89) {
		if (r != NULL && r->open) {
			say_subscription(w, r, true);
		}
	} else if (kind < 95) {
		say_silence(w);
	} else {
		say_acknowledgement(w);
	}
}

void
work_alerts_begin(struct world *w)
{
	say_codes(w);
	for (unsigned i = 0; i < ALERT_WORK; i++) {
		heap_push(w,
			  500 + (msec_t)rng_below(&w->rng,
						  (uint64_t)w->swarm.chaos_ms - 500),
			  (struct sim_event){ .what = EV_ALERTS });
	}
	for (unsigned i = 0; i < 3; i++) {
		new_reader(w);
	}
}
