#include <stdlib.h>

#include "tests/sim/naive.h"

/* Every event looked at for every question, every row found by comparing all of them. */

enum { PLANNED = 1, POSTPONED, CANCELLED, HELD, EXACT = 1 };

static const char *const status_names[] = { NAIVE_NOT_STATED, "planned", "postponed",
					    "cancelled", "held" };

struct asking {
	const struct naive_state *s;
	const struct naive_query *q;
	struct arena *arena;
	struct naive_result *result;
	/* Towns counted so far, of the total (0) and of each row (index + 1). */
	struct {
		int row;
		const char *town;
	} * towns;
	int town_count, town_cap;
};

static void
one_key(struct naive_set *keys, const char *key)
{
	naive_set_add(keys, key[0] != '\0' ? key : NAIVE_NOT_STATED);
}

static void
all_keys(struct naive_set *keys, const struct naive_set *of)
{
	*keys = *of;
	if (keys->count == 0) {
		naive_set_add(keys, NAIVE_NOT_STATED);
	}
}

static const char *
year_text(const struct asking *a, int year)
{
	return year == NAIVE_NO_YEAR ? NAIVE_NOT_STATED
				     : arena_printf(a->arena, "%d", year);
}

/* The keys of an event, or (session not NULL) of one of its sessions. */
static void
keys_of(const struct asking *a, enum naive_dimension dimension,
	const struct naive_fact *f, const struct naive_session *session,
	struct naive_set *keys)
{
	int rule = a->q->rule;

	keys->count = 0;
	switch (dimension) {
	case NAIVE_BY_FY:
		one_key(keys, year_text(a, session != NULL ? naive_fiscal_year(
								     &session->date[rule])
							   : f->fiscal_year[rule]));
		break;
	case NAIVE_BY_MONTH:
		if (session == NULL) {
			all_keys(keys, &f->months[rule]);
		} else if (session->date[rule].precision >= NAIVE_MONTH) {
			one_key(keys, arena_printf(a->arena, "%04d-%02d",
						   session->date[rule].year,
						   session->date[rule].month));
		} else {
			one_key(keys, "");
		}
		break;
	case NAIVE_BY_POST:
		all_keys(keys, &f->posts);
		break;
	case NAIVE_BY_STATE:
		if (session != NULL) {
			one_key(keys, session->state);
		} else {
			all_keys(keys, &f->states);
		}
		break;
	case NAIVE_BY_CATEGORY:
		one_key(keys, f->m->category);
		break;
	case NAIVE_BY_PILLAR:
		all_keys(keys, &f->pillars);
		break;
	case NAIVE_BY_FORMAT:
		one_key(keys, f->m->format);
		break;
	case NAIVE_BY_TOPIC:
		all_keys(keys, &f->topics);
		break;
	case NAIVE_BY_FRAME:
		one_key(keys, f->m->frame);
		break;
	default:
		one_key(keys,
			status_names[session != NULL ? session->status : f->status]);
		break;
	}
}

static bool
in_bounds(const struct naive_query *q, int year)
{
	bool open = q->from == NAIVE_NO_YEAR && q->to == NAIVE_NO_YEAR;

	if (year == NAIVE_NO_YEAR) {
		return open;
	}
	return (q->from == NAIVE_NO_YEAR || year >= q->from) &&
	       (q->to == NAIVE_NO_YEAR || year <= q->to);
}

static bool
filters_match(const struct asking *a, const struct naive_fact *f,
	      const struct naive_session *session)
{
	for (int i = 0; i < a->q->filter_count; i++) {
		struct naive_set keys;
		bool any = false;

		keys_of(a, a->q->filters[i].dimension, f, session, &keys);
		for (int k = 0; k < keys.count; k++) {
			any = any || naive_set_has(&a->q->filters[i].keys, keys.at[k]);
		}
		if (!any) {
			return false;
		}
	}
	return true;
}

/* Is there a row for this key of the dimension? */
static bool
has_row(const struct asking *a, enum naive_dimension dimension, const char *key)
{
	bool filtered = false;

	for (int i = 0; i < a->q->filter_count; i++) {
		if (a->q->filters[i].dimension == dimension) {
			if (naive_set_has(&a->q->filters[i].keys, key)) {
				return true;
			}
			filtered = true;
		}
	}
	return !filtered;
}

static int
row_for(struct asking *a, const char *const keys[NAIVE_MAX_BY])
{
	struct naive_result *r = a->result;

	for (int i = 0; i < r->row_count; i++) {
		bool same = true;

		for (int b = 0; b < a->q->by_count; b++) {
			same = same && strcmp(r->rows[i].keys[b], keys[b]) == 0;
		}
		if (same) {
			return i;
		}
	}
	if (r->row_count == r->row_cap) {
		int cap = r->row_cap != 0 ? 2 * r->row_cap : 64;
		struct naive_row *rows =
			arena_zalloc(a->arena, (size_t)cap * sizeof(rows[0]));

		if (r->row_count != 0) {
			memcpy(rows, r->rows, (size_t)r->row_count * sizeof(rows[0]));
		}
		r->rows = rows;
		r->row_cap = cap;
	}
	for (int b = 0; b < a->q->by_count; b++) {
		r->rows[r->row_count].keys[b] = keys[b];
	}
	return r->row_count++;
}

static void
add(struct naive_sum *sum, int64_t value, int bound)
{
	sum->value += value;
	sum->bound = bound > sum->bound ? bound : sum->bound;
}

static void
add_stated(struct naive_sum *sum, bool stated, int64_t value, int bound)
{
	if (!stated) {
		sum->not_stated++;
	} else {
		add(sum, value, bound == 2 || bound == 3 ? bound : EXACT);
	}
}

/* ---- Towns --------------------------------------------------------------------- */

/* "US|TN|jackson": a pointer to a copy of "TN", "" for none. */
static const char *
state_of_town(const struct asking *a, const char *town)
{
	const char *from = strchr(town, '|') + 1;

	return arena_dup(a->arena, from, (size_t)(strchr(from, '|') - from));
}

/* Does the town count in a row of 'row_state' (NULL: rows know no states)? */
static bool
town_counts(const struct asking *a, const struct naive_fact *f, const char *town,
	    const char *row_state)
{
	const char *state = state_of_town(a, town);
	bool asked = false;

	if (state[0] == '\0') {
		state = NAIVE_NOT_STATED;
	}
	if (!naive_set_has(&f->states, state)) {
		return true;
	}
	if (row_state != NULL) {
		return strcmp(state, row_state) == 0;
	}
	for (int i = 0; i < a->q->filter_count; i++) {
		asked = asked || a->q->filters[i].dimension == NAIVE_BY_STATE;
	}
	return !asked || has_row(a, NAIVE_BY_STATE, state);
}

static void
add_towns(struct asking *a, const struct naive_fact *f, int row, const char *row_state,
	  struct naive_sum *sum)
{
	if (f->towns.count == 0) {
		sum->not_stated++;
	}
	for (int i = 0; i < f->towns.count; i++) {
		bool again = !town_counts(a, f, f->towns.at[i], row_state);

		for (int k = 0; k < a->town_count && !again; k++) {
			again = a->towns[k].row == row &&
				strcmp(a->towns[k].town, f->towns.at[i]) == 0;
		}
		if (again) {
			continue;
		}
		if (a->town_count == a->town_cap) {
			a->town_cap = a->town_cap != 0 ? 2 * a->town_cap : 64;
			a->towns = xrealloc(a->towns,
					    (size_t)a->town_cap * sizeof(a->towns[0]));
		}
		a->towns[a->town_count].row = row;
		a->towns[a->town_count++].town = f->towns.at[i];
		add(sum, 1, EXACT);
	}
}

/* ---- Into rows ----------------------------------------------------------------- */

static void
add_event(struct asking *a, const struct naive_fact *f, struct naive_row *row, int number,
	  const char *row_state)
{
	const Kusanone__V1__Event *m = f->m;

	row->planned += f->status == PLANNED;
	row->postponed += f->status == POSTPONED;
	row->cancelled += f->status == CANCELLED;
	if (f->status != HELD) {
		return;
	}
	add(&row->sums[NAIVE_EVENTS], 1, EXACT);
	row->provisional += f->provisional;
	row->boundary += f->boundary[a->q->rule];
	if (f->session_count == 0) {
		add_stated(&row->sums[NAIVE_SESSIONS], m->session_count != NULL,
			   m->session_count != NULL ? (int64_t)m->session_count->value
						    : 0,
			   m->session_count != NULL ? (int)m->session_count->bound : 0);
	}
	add_towns(a, f, number, row_state, &row->sums[NAIVE_TOWNS]);
	add_stated(&row->sums[NAIVE_PARTICIPANTS], m->participants != NULL,
		   m->participants != NULL ? (int64_t)m->participants->value : 0,
		   m->participants != NULL ? (int)m->participants->bound : 0);
	add_stated(&row->sums[NAIVE_PLANNED], m->budget_planned != NULL,
		   m->budget_planned != NULL ? m->budget_planned->jpy : 0,
		   m->budget_planned != NULL ? (int)m->budget_planned->bound : 0);
	add_stated(&row->sums[NAIVE_SPENT], m->budget_spent != NULL,
		   m->budget_spent != NULL ? m->budget_spent->jpy : 0,
		   m->budget_spent != NULL ? (int)m->budget_spent->bound : 0);
}

/* One event or session into each of its rows. */
static void
into_rows(struct asking *a, const struct naive_fact *f,
	  const struct naive_session *session)
{
	struct naive_set keys[NAIVE_MAX_BY];
	int at[NAIVE_MAX_BY] = { 0 };

	for (int b = 0; b < a->q->by_count; b++) {
		keys_of(a, a->q->by[b], f, session, &keys[b]);
	}
	for (bool more = true; more;) {
		const char *row_keys[NAIVE_MAX_BY];
		const char *row_state = NULL;
		bool shown = true;

		for (int b = 0; b < a->q->by_count; b++) {
			row_keys[b] = keys[b].at[at[b]];
			shown = shown && has_row(a, a->q->by[b], row_keys[b]);
			if (a->q->by[b] == NAIVE_BY_STATE) {
				row_state = row_keys[b];
			}
		}
		if (shown) {
			int number = row_for(a, row_keys);
			struct naive_row *row = &a->result->rows[number];

			if (session != NULL) {
				add(&row->sums[NAIVE_SESSIONS], 1, EXACT);
			} else {
				add_event(a, f, row, number + 1, row_state);
			}
		}
		more = false;
		for (int b = a->q->by_count; b-- > 0 && !more;) {
			more = ++at[b] < keys[b].count;
			if (!more) {
				at[b] = 0;
			}
		}
	}
}

static void
ask_event(struct asking *a, const struct naive_fact *f)
{
	if (f->gone) {
		return;
	}
	if (in_bounds(a->q, f->fiscal_year[a->q->rule]) && filters_match(a, f, NULL)) {
		add_event(a, f, &a->result->total, 0, NULL);
		a->result->unconfirmed += f->status == HELD && f->unconfirmed;
		into_rows(a, f, NULL);
	}
	for (int i = 0; i < f->session_count && f->counts; i++) {
		const struct naive_session *session = &f->sessions[i];

		if (session->status == HELD &&
		    in_bounds(a->q, naive_fiscal_year(&session->date[a->q->rule])) &&
		    filters_match(a, f, session)) {
			add(&a->result->total.sums[NAIVE_SESSIONS], 1, EXACT);
			into_rows(a, f, session);
		}
	}
}

static void
close_sums(struct naive_sum *sums)
{
	for (int m = 0; m < NAIVE_MEASURES; m++) {
		if (sums[m].bound == 0 && sums[m].not_stated == 0) {
			sums[m].bound = EXACT;
		}
	}
}

bool
naive_is_empty(const struct naive_row *row)
{
	for (int m = 0; m < NAIVE_MEASURES; m++) {
		if (row->sums[m].value != 0 || row->sums[m].bound != 0 ||
		    row->sums[m].not_stated != 0) {
			return false;
		}
	}
	return (row->planned | row->postponed | row->cancelled) == 0;
}

void
naive_ask(const struct naive_state *s, const struct naive_query *q, struct arena *arena,
	  struct naive_result *ret)
{
	struct asking a = { .s = s, .q = q, .arena = arena, .result = ret };

	*ret = (struct naive_result){ 0 };
	for (int i = 0; i < s->fact_count; i++) {
		ask_event(&a, &s->facts[i]);
	}
	close_sums(ret->total.sums);
	for (int i = 0; i < ret->row_count && q->by_count != 0; i++) {
		if (naive_is_empty(&ret->rows[i])) {
			continue; /* Events without a status make no row. */
		}
		close_sums(ret->rows[i].sums);
		for (int m = 0; m < NAIVE_MEASURES; m++) {
			const struct naive_sum *one = &ret->rows[i].sums[m];

			ret->sum[m].value += one->value;
			ret->sum[m].not_stated += one->not_stated;
			ret->sum[m].bound = one->bound > ret->sum[m].bound
						    ? one->bound
						    : ret->sum[m].bound;
		}
	}
	if (q->by_count == 0) {
		memcpy(ret->sum, ret->total.sums, sizeof(ret->sum));
		ret->row_count = 0;
	}
	close_sums(ret->sum);
	free(a.towns);
}
