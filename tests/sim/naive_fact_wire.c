#include "tests/sim/naive.h"

/* What each event counts as. */

enum { NOT_STATED, PLANNED, POSTPONED, CANCELLED, HELD };

static int
known_status(int status)
{
	return status >= NOT_STATED && status <= HELD ? status : NOT_STATED;
}

static int
event_status(const Kusanone__V1__Event *m)
{
	static const int order[] = { HELD, PLANNED, POSTPONED, CANCELLED };

	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		for (size_t k = 0; k < m->n_sessions; k++) {
			int own = known_status((int)m->sessions[k]->status);

			if (own == NOT_STATED) {
				own = known_status((int)m->status);
			}
			if (own == order[i]) {
				return own;
			}
		}
	}
	return known_status((int)m->status);
}

static const char *
state_of(const Kusanone__V1__Place *p, bool online)
{
	if (p != NULL && p->state[0] != '\0') {
		return p->state;
	}
	return online ? NAIVE_ONLINE : NAIVE_NOT_STATED;
}

static void
read_sessions(struct naive_state *s, struct naive_fact *f)
{
	f->session_count = (int)f->m->n_sessions;
	f->sessions = arena_zalloc(s->arena, f->m->n_sessions * sizeof(f->sessions[0]));
	for (size_t i = 0; i < f->m->n_sessions; i++) {
		const Kusanone__V1__Session *in = f->m->sessions[i];
		struct naive_session *out = &f->sessions[i];
		struct naive_date start =
			naive_date_of(in->start != NULL ? in->start->value : NULL);
		int offset = in->start != NULL ? in->start->utc_offset_minutes : 0;

		out->status = known_status((int)in->status);
		if (out->status == NOT_STATED) {
			out->status = known_status((int)f->m->status);
		}
		for (int rule = 0; rule < NAIVE_RULES; rule++) {
			out->date[rule] = naive_day_under(&start, offset, rule);
		}
		out->state = state_of(in->place, in->online);
		out->town = in->place != NULL ? naive_town(s, in->place) : NULL;
	}
}

/* When it was, under a rule. */
static void
times(struct naive_state *s, struct naive_fact *f, int rule, int *ret_first_day)
{
	struct naive_date best = { 0 };
	size_t count =
		f->session_count != 0 ? (size_t)f->session_count : f->m->n_stated_dates;

	for (size_t i = 0; i < count; i++) {
		struct naive_date d;

		if (f->session_count != 0) {
			if (f->sessions[i].status != f->status) {
				continue;
			}
			d = f->sessions[i].date[rule];
		} else {
			d = naive_date_of(f->m->stated_dates[i]->value);
		}
		if (d.precision == NAIVE_NONE) {
			continue;
		}
		if (d.precision >= NAIVE_MONTH) {
			naive_set_add(
				&f->months[rule],
				arena_printf(s->arena, "%04d-%02d", d.year, d.month));
		}
		f->boundary[rule] = f->boundary[rule] || naive_at_boundary(&d);
		if (best.precision == NAIVE_NONE ||
		    naive_first_day(&d) < naive_first_day(&best) ||
		    (naive_first_day(&d) == naive_first_day(&best) &&
		     d.precision > best.precision)) {
			best = d;
		}
	}
	f->fiscal_year[rule] =
		best.precision != NAIVE_NONE ? naive_fiscal_year(&best) : NAIVE_NO_YEAR;
	*ret_first_day = best.precision != NAIVE_NONE ? naive_first_day(&best) : -1;
}

static void
add_town(struct naive_fact *f, const char *town)
{
	if (town != NULL) {
		naive_set_add(&f->towns, town);
	}
}

static void
places(struct naive_state *s, struct naive_fact *f, int first_day)
{
	if (f->session_count != 0) {
		for (int i = 0; i < f->session_count; i++) {
			if (f->sessions[i].status == f->status) {
				naive_set_add(&f->states, f->sessions[i].state);
				add_town(f, f->sessions[i].town);
			}
		}
	} else {
		for (size_t i = 0; i < f->m->n_stated_places; i++) {
			naive_set_add(&f->states,
				      state_of(f->m->stated_places[i], false));
			add_town(f, naive_town(s, f->m->stated_places[i]));
		}
	}
	if (f->states.count == 0) {
		bool online = f->session_count == 0 &&
			      naive_format_online(s, f->m->format, first_day);

		naive_set_add(&f->states, online ? NAIVE_ONLINE : NAIVE_NOT_STATED);
	}
}

/* counts: 1, unconfirmed: 0, said no: -1. */
static int
stands(const struct naive_state *s, const struct naive_fact *f, const char *post)
{
	const struct naive_answer *newest = NULL;

	if (strcmp(post, f->m->recorder) == 0 || !naive_handshake(s)) {
		return 1;
	}
	for (int i = 0; i < f->event->answer_count; i++) {
		if (strcmp(f->event->answers[i].post, post) == 0) {
			newest = &f->event->answers[i];
		}
	}
	if (newest == NULL || newest->is_void) {
		return 0;
	}
	switch (newest->answer) {
	case KUSANONE__V1__ANSWER__ANSWER_CONFIRMED:
		return 1;
	case KUSANONE__V1__ANSWER__ANSWER_DISPUTED:
	case KUSANONE__V1__ANSWER__ANSWER_WITHDRAWN:
		return -1;
	default:
		return 0;
	}
}

/* Does another event that has been recorded stand for this one? */
static bool
stands_elsewhere(const struct naive_state *s, const struct naive_event *e)
{
	for (int i = e->merged_into; i >= 0; i = s->events[i].merged_into) {
		if (s->events[i].revision_count != 0) {
			return true;
		}
	}
	return false;
}

void
naive_fact_of(struct naive_state *s, const struct naive_event *e, struct naive_fact *f)
{
	int first_day[NAIVE_RULES];

	*f = (struct naive_fact){ .event = e };
	f->m = (Kusanone__V1__Event *)naive_unpack(&kusanone__v1__event__descriptor,
						   e->shown, s->arena);
	must(f->m != NULL);
	f->status = event_status(f->m);
	f->gone = e->withdrawn || stands_elsewhere(s, e);
	f->counts = f->status == HELD && !f->gone;
	f->provisional = f->status == HELD && f->m->report == NULL;
	read_sessions(s, f);
	for (int rule = 0; rule < NAIVE_RULES; rule++) {
		times(s, f, rule, &first_day[rule]);
	}
	places(s, f, first_day[NAIVE_LOCAL]);
	for (size_t i = 0; i < f->m->n_holders; i++) {
		int how = stands(s, f, f->m->holders[i]);

		if (how > 0) {
			naive_set_add(&f->posts, f->m->holders[i]);
		}
		f->unconfirmed = f->unconfirmed || how == 0;
	}
	for (size_t i = 0; i < f->m->n_pillars; i++) {
		naive_set_add(&f->pillars, f->m->pillars[i]);
	}
	for (size_t i = 0; i < f->m->n_topics; i++) {
		naive_set_add(&f->topics, f->m->topics[i]);
	}
}

void
naive_facts(struct naive_state *s)
{
	s->facts = arena_alloc(s->arena, (size_t)s->event_count * sizeof(s->facts[0]));
	for (int i = 0; i < s->event_count; i++) {
		if (s->events[i].revision_count != 0) {
			naive_fact_of(s, &s->events[i], &s->facts[s->fact_count++]);
		}
	}
}
