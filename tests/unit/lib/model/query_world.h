/* Facts made by hand, for the tests of lib/model/query.
 *
 * The tables that a query reads, without the fold that fills them: a test states its
 * facts and nothing else. */
#ifndef TESTS_QUERY_WORLD_H
#define TESTS_QUERY_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/base/mem.h"
#include "lib/model/query.h"

struct world {
	struct fold fold;
	struct arena arena;
};

static inline void
world_init(struct world *w)
{
	*w = (struct world){ 0 };
	words_init(&w->fold.words);
	sets_init(&w->fold.sets);
	table_init(&w->fold.facts, sizeof(struct event_fact));
	table_init(&w->fold.session_facts, sizeof(struct session_fact));
	table_init(&w->fold.events, sizeof(struct event_row));
	table_init(&w->fold.records, sizeof(struct record_row));
	table_init(&w->fold.nodes, sizeof(struct node_row));
	table_init(&w->fold.figures, sizeof(struct figure_row));
}

static inline void
world_fini(struct world *w)
{
	arena_fini(&w->arena);
	table_fini(&w->fold.facts);
	table_fini(&w->fold.session_facts);
	table_fini(&w->fold.events);
	table_fini(&w->fold.records);
	table_fini(&w->fold.nodes);
	table_fini(&w->fold.figures);
	sets_fini(&w->fold.sets);
	words_fini(&w->fold.words);
}

/* The number of a word; "online" and "?" are the buckets of states. */
static inline uint32_t
word(struct world *w, const char *text)
{
	if (strcmp(text, "online") == 0) {
		return STATE_ONLINE;
	}
	return strcmp(text, "?") == 0 ? STATE_NOT_STATED
				      : words_id(&w->fold.words, slice_str(text));
}

/* A set of words in a text, apart by commas; "" is the empty set. */
static inline uint32_t
set(struct world *w, const char *text)
{
	uint32_t ids[16];
	unsigned n = 0;
	char *copy = xstrdup(text);
	char *rest = copy;

	for (char *item = strsep(&rest, ","); item != NULL; item = strsep(&rest, ",")) {
		if (item[0] != '\0') {
			must(n < ARRAY_LEN(ids));
			ids[n++] = word(w, item);
		}
	}
	free(copy);
	return sets_id(&w->fold.sets, ids, n);
}

/* The key of a month. */
static inline uint32_t
month(int year, int of_year)
{
	return (uint32_t)(year * 12 + of_year - 1) + 1;
}

static inline uint32_t
year_key(int fiscal_year)
{
	return (uint32_t)(fiscal_year + 32768);
}

/* A set of months in a text, "2024-02,2024-03". */
static inline uint32_t
months(struct world *w, const char *text)
{
	uint32_t ids[16];
	unsigned n = 0;

	for (; text[0] != '\0'; text += text[7] == ',' ? 8 : 7) {
		must(n < ARRAY_LEN(ids));
		ids[n++] = month(atoi(text), atoi(text + 5));
	}
	return sets_id(&w->fold.sets, ids, n);
}

/* What a test says of an event; the rest is not stated. */
struct said {
	uint64_t from, to;         /* Positions; 0: from 1 on, to the end. */
	const char *posts, *named; /* named NULL: the same. */
	const char *states, *months, *towns, *pillars, *topics;
	const char *category, *format;
	int fy;             /* 0: not stated. */
	enum status status; /* 0: held. */
	uint16_t flags;
	struct quantity participants, planned, spent, sessions;
	uint32_t session_facts;
	uint32_t head_record; /* 0: position - 1. */
};

/* Another version of event 'event', which is made if it is not there. */
static inline struct event_fact *
say(struct world *w, uint32_t event, struct said s)
{
	int16_t fy = s.fy != 0 ? (int16_t)s.fy : FISCAL_YEAR_NONE;
	uint32_t month_set = months(w, s.months != NULL ? s.months : "");
	uint64_t from = s.from != 0 ? s.from : 1;

	while (w->fold.events.count <= event) {
		table_add(&w->fold.events);
	}
	struct event_fact *f = table_add(&w->fold.facts);
	*f = (struct event_fact){
		.from_pos = from,
		.to_pos = s.to != 0 ? s.to : FACT_OPEN,
		.event = event,
		.head_record = s.head_record != 0 ? s.head_record : (uint32_t)from - 1,
		.posts = set(w, s.posts != NULL ? s.posts : ""),
		.posts_named = set(w, s.named != NULL   ? s.named
				      : s.posts != NULL ? s.posts
							: ""),
		.states = set(w, s.states != NULL ? s.states : "?"),
		.pillars = set(w, s.pillars != NULL ? s.pillars : ""),
		.topics = set(w, s.topics != NULL ? s.topics : ""),
		.municipalities = set(w, s.towns != NULL ? s.towns : ""),
		.months = { month_set, month_set },
		.category = s.category != NULL ? word(w, s.category) : 0,
		.format = s.format != NULL ? word(w, s.format) : 0,
		.flags = s.flags,
		.status = (uint8_t)(s.status != 0 ? s.status : STATUS_HELD),
		.fiscal_year = { fy, fy },
		.participants = s.participants.value,
		.participants_bound = (uint8_t)s.participants.bound,
		.budget_planned = s.planned.value,
		.planned_bound = (uint8_t)s.planned.bound,
		.budget_spent = s.spent.value,
		.spent_bound = (uint8_t)s.spent.bound,
		.stated_sessions = (uint32_t)s.sessions.value,
		.sessions_bound = (uint8_t)s.sessions.bound,
		.session_facts = s.session_facts,
	};
	return f;
}

/* A held session of the event, for every position. */
static inline struct session_fact *
sit(struct world *w, uint32_t event, const char *state, int fy, int year, int of_year)
{
	struct session_fact *s = table_add(&w->fold.session_facts);
	uint32_t key = month(year, of_year);

	*s = (struct session_fact){
		.from_pos = 1,
		.to_pos = FACT_OPEN,
		.event = event,
		.state = word(w, state),
		.month = { key, key },
		.fiscal_year = { (int16_t)fy, (int16_t)fy },
		.status = STATUS_HELD,
	};
	return s;
}

/* The paper's four cases, as events 0 to 3. */
static inline void
say_paper(struct world *w)
{
	say(w, 0,
	    (struct said){ .from = 1,
			   .posts = "sfo,lax",
			   .states = "online",
			   .months = "2024-02",
			   .fy = 2023,
			   .format = "webinar",
			   .pillars = "ap3",
			   .topics = "hydrogen,decarbonization",
			   .flags = FACT_BEST_PRACTICE });
	say(w, 1,
	    (struct said){ .from = 2,
			   .posts = "bna",
			   .states = "TN",
			   .months = "2023-09",
			   .fy = 2023,
			   .format = "grassroots_exchange",
			   .pillars = "ap3",
			   .topics = "ev_battery",
			   .towns = "US\tTN\tjackson",
			   .flags = FACT_BEST_PRACTICE });
	say(w, 2,
	    (struct said){ .from = 3,
			   .posts = "sea",
			   .states = "?",
			   .months = "2023-10",
			   .fy = 2023,
			   .format = "seminar",
			   .pillars = "newcap,ap3",
			   .topics = "ai,skills_transfer",
			   .flags = FACT_BEST_PRACTICE });
	say(w, 3,
	    (struct said){ .from = 4,
			   .posts = "chi",
			   .states = "MN,IL,IN",
			   .months = "2023-10,2024-02,2024-03",
			   .fy = 2023,
			   .format = "caravan",
			   .topics = "people_culture",
			   .towns = "US\tMN\tbrooklyn park,US\tIL\tschaumburg,"
				    "US\tIN\tvincennes,US\tIN\tevansville,"
				    "US\tIN\tprinceton,US\tIN\tfrench lick",
			   .flags = FACT_BEST_PRACTICE });
}

/* A figure that holds from position 1 on. */
static inline struct figure_row *
publish(struct world *w, const char *measure, int from, int to, int64_t value)
{
	struct figure_row *f = table_add(&w->fold.figures);

	*f = (struct figure_row){
		.from_pos = 1,
		.to_pos = FACT_OPEN,
		.measure = word(w, measure),
		.from = (int16_t)from,
		.to = (int16_t)to,
		.value = value,
		.bound = BOUND_EXACT,
	};
	return f;
}

/* Events of every year, at position 100. */
static inline struct query
ask(void)
{
	return (struct query){
		.position = 100,
		.from = FISCAL_YEAR_NONE,
		.to = FISCAL_YEAR_NONE,
		.measures = { MEASURE_EVENTS },
		.measure_count = 1,
	};
}

static inline struct query
ask_by(enum dimension dimension)
{
	struct query q = ask();

	q.by[q.by_count++] = dimension;
	return q;
}

static inline void
measure_only(struct query *q, enum measure measure)
{
	q->measures[0] = measure;
	q->measure_count = 1;
}

/* Keeps 'keys'. */
static inline void
filter(struct query *q, enum dimension dimension, uint32_t *keys, size_t count)
{
	q->filters[q->filter_count++] = (struct query_filter){ dimension, keys, count };
}

static inline struct query_result
run(struct world *w, const struct query *q)
{
	struct query_result r;

	query_run(&w->fold, q, &w->arena, &r);
	return r;
}

/* The row with these keys, NULL if there is none. */
static inline const struct query_row *
row2(const struct query_result *r, uint32_t first, uint32_t second)
{
	for (size_t i = 0; i < r->row_count; i++) {
		if (r->rows[i].keys[0] == first && r->rows[i].keys[1] == second) {
			return &r->rows[i];
		}
	}
	return NULL;
}

static inline const struct query_row *
row1(const struct query_result *r, uint32_t key)
{
	return row2(r, key, KEY_NONE);
}

/* The first measure's value in the row of 'key'; -1 if there is no such row. */
static inline int64_t
value_of(const struct query_result *r, uint32_t key)
{
	const struct query_row *row = row1(r, key);

	return row != NULL ? row->figures[0].value : -1;
}

/* Sum, overlap and total of the first measure. */
#define CHECK_TOTALS(r, s, o, t)                                                         \
	do {                                                                             \
		assert_int_equal((r).sum[0].value, s);                                   \
		assert_int_equal((r).overlap[0].value, o);                               \
		assert_int_equal((r).total.figures[0].value, t);                         \
	} while (0)

#endif
