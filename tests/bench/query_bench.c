/* tests/bench/query_bench.c - what a query costs over the facts of a large programme.
 *
 *	bench_query [EVENTS [ROUNDS [TEXT]]]
 *
 * Fills the tables of a fold with EVENTS events (1,000,000), three of ten with an older
 * version, and their sessions; then runs each kind of query (of those with TEXT in their
 * name) ROUNDS times (100) in turn and prints the fastest, the median and the 99th
 *percentile. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "lib/base/mem.h"
#include "lib/base/rng.h"
#include "lib/model/query.h"

enum {
	POSTS = 18,
	STATES = 50,
	TOWNS = 4000,
	CATEGORIES = 12,
	FORMATS = 9,
	PILLARS = 8,
	TOPICS = 30,
	FIRST_YEAR = 2010,
	YEARS = 16,
};

struct vocabulary {
	uint32_t posts[POSTS], states[STATES], towns[TOWNS];
	uint32_t categories[CATEGORIES], formats[FORMATS];
	uint32_t pillars[PILLARS], topics[TOPICS];
};

static uint32_t
add_word(struct fold *fold, const char *kind, unsigned i)
{
	char text[64];
	int len = snprintf(text, sizeof(text), "%s%03u", kind, i);

	return words_id(&fold->words, slice_of(text, (size_t)len));
}

static void
add_words(struct fold *fold, const char *kind, uint32_t *ret_ids, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		ret_ids[i] = add_word(fold, kind, i);
	}
}

static void
add_vocabulary(struct fold *fold, struct vocabulary *v)
{
	add_words(fold, "post", v->posts, POSTS);
	add_words(fold, "S", v->states, STATES);
	add_words(fold, "category", v->categories, CATEGORIES);
	add_words(fold, "format", v->formats, FORMATS);
	add_words(fold, "pillar", v->pillars, PILLARS);
	add_words(fold, "topic", v->topics, TOPICS);
	for (unsigned i = 0; i < TOWNS; i++) {
		char text[64];
		int len =
			snprintf(text, sizeof(text), "US\tS%03u\ttown %u", i % STATES, i);

		v->towns[i] = words_id(&fold->words, slice_of(text, (size_t)len));
	}
}

static uint32_t
pick(struct rng *rng, const uint32_t *ids, unsigned count)
{
	return ids[rng_below(rng, count)];
}

/* A set of one, of two in a fifth of the cases. */
static uint32_t
pick_set(struct fold *fold, struct rng *rng, const uint32_t *ids, unsigned count)
{
	uint32_t members[2] = { pick(rng, ids, count), pick(rng, ids, count) };

	return sets_id(&fold->sets, members, rng_chance(rng, 20) ? 2 : 1);
}

static void
add_session(struct fold *fold, struct rng *rng, const struct vocabulary *v,
	    const struct event_fact *f, uint32_t month)
{
	struct session_fact *s = table_add(&fold->session_facts);
	unsigned town = (unsigned)rng_below(rng, TOWNS);

	*s = (struct session_fact){
		.from_pos = f->from_pos,
		.to_pos = f->to_pos,
		.event = f->event,
		.state = v->states[town % STATES],
		.municipality = v->towns[town],
		.month = { month, month },
		.fiscal_year = { f->fiscal_year[0], f->fiscal_year[1] },
		.status = f->status,
	};
}

static void
add_fact(struct fold *fold, struct rng *rng, const struct vocabulary *v, uint32_t event,
	 uint64_t from_pos, uint64_t to_pos)
{
	struct event_fact *f = table_add(&fold->facts);
	int16_t year = (int16_t)(FIRST_YEAR + (int)rng_below(rng, YEARS));
	uint32_t month = (uint32_t)(year * 12 + 3 + (int)rng_below(rng, 12)) + 1;
	uint32_t months[2] = { month, month + 1 };
	uint32_t town = (uint32_t)rng_below(rng, TOWNS);
	uint32_t towns[2] = { v->towns[town], v->towns[(town + STATES) % TOWNS] };
	uint32_t month_set = sets_id(&fold->sets, months, rng_chance(rng, 20) ? 2 : 1);

	*f = (struct event_fact){
		.from_pos = from_pos,
		.to_pos = to_pos,
		.event = event,
		.head_record = (uint32_t)from_pos - 1,
		.posts = pick_set(fold, rng, v->posts, POSTS),
		.states =
			sets_id(&fold->sets, &(uint32_t){ v->states[town % STATES] }, 1),
		.pillars = pick_set(fold, rng, v->pillars, PILLARS),
		.topics = pick_set(fold, rng, v->topics, TOPICS),
		.municipalities = rng_chance(rng, 20)
					  ? 0
					  : sets_id(&fold->sets, towns,
						    rng_chance(rng, 20) ? 2 : 1),
		.months = { month_set, month_set },
		.format = pick(rng, v->formats, FORMATS),
		.category = pick(rng, v->categories, CATEGORIES),
		.status = rng_chance(rng, 85) ? STATUS_HELD : STATUS_PLANNED,
		.flags = rng_chance(rng, 10) ? FACT_PROVISIONAL : 0,
		.participants_bound =
			rng_chance(rng, 70) ? BOUND_EXACT : BOUND_NOT_STATED,
		.participants = (int64_t)rng_below(rng, 300),
		.fiscal_year = { year, year },
	};
	f->posts_named = f->posts;
	f->session_facts = rng_chance(rng, 60) ? 1 + (uint32_t)rng_below(rng, 3) : 0;
	for (uint32_t i = 0; i < f->session_facts; i++) {
		add_session(fold, rng, v, f, month);
	}
}

static void
fill(struct fold *fold, struct vocabulary *v, uint32_t events)
{
	struct rng rng = { .state = 1 };
	uint64_t position = 0;

	words_init(&fold->words);
	sets_init(&fold->sets);
	table_init(&fold->facts, sizeof(struct event_fact));
	table_init(&fold->session_facts, sizeof(struct session_fact));
	table_init(&fold->events, sizeof(struct event_row));
	table_init(&fold->records, sizeof(struct record_row));
	table_init(&fold->nodes, sizeof(struct node_row));
	table_init(&fold->figures, sizeof(struct figure_row));
	add_vocabulary(fold, v);
	for (uint32_t event = 0; event < events; event++) {
		table_add(&fold->events);
		if (rng_chance(&rng, 30)) {
			uint64_t changed = position + 1 + rng_below(&rng, events);

			add_fact(fold, &rng, v, event, ++position, changed + 1);
			add_fact(fold, &rng, v, event, changed + 1, FACT_OPEN);
		} else {
			add_fact(fold, &rng, v, event, ++position, FACT_OPEN);
		}
	}
}

static int
cmp_times(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
now_ms(void)
{
	struct timespec t;

	must(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

struct kind {
	const char *name;
	struct query query;
	bool open;
	double *times;
	size_t rows;
	int64_t value;
};

/* A query of every year, without filters. */
#define KIND(text, at, measure, count, ...)                                              \
	{                                                                                \
		.name = text,                                                            \
		.query = { .position = at,                                               \
			   .from = FISCAL_YEAR_NONE,                                     \
			   .to = FISCAL_YEAR_NONE,                                       \
			   .measures = { measure },                                      \
			   .measure_count = 1,                                           \
			   .by = { __VA_ARGS__ },                                        \
			   .by_count = count },                                          \
	}

static void
narrow(struct kind *k, struct query_filter filter, int16_t year)
{
	k->query.from = year;
	k->query.to = year;
	k->query.filters[k->query.filter_count++] = filter;
}

static void
run(const struct fold *fold, struct kind *k, unsigned round)
{
	struct arena arena = { 0 };
	double start = now_ms();

	if (k->open) {
		struct opened_row *rows;
		size_t all;

		k->rows = query_open_page(fold, &k->query, 0, 100, &arena, &rows, &all);
		k->value = (int64_t)all;
	} else {
		struct query_result result;

		query_run(fold, &k->query, &arena, &result);
		k->rows = result.row_count;
		k->value = result.total.figures[0].value;
	}
	k->times[round] = now_ms() - start;
	arena_fini(&arena);
}

int
main(int argc, char **argv)
{
	uint32_t events = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1000000;
	unsigned rounds = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 100;
	const char *only = argc > 3 ? argv[3] : "";
	static struct fold fold;
	static struct vocabulary v;

	if (events == 0 || events > 100000000 || rounds == 0 || rounds > 100000) {
		fprintf(stderr, "usage: bench_query [EVENTS [ROUNDS [TEXT]]]\n");
		return 2;
	}
	fill(&fold, &v, events);
	uint32_t posts[] = { v.posts[3] };
	uint32_t states[] = { v.states[7], v.states[8] };
	uint64_t newest = 2 * (uint64_t)events;
	struct kind kinds[] = {
		KIND("events", newest, MEASURE_EVENTS, 0),
		KIND("events by post", newest, MEASURE_EVENTS, 1, DIM_POST),
		KIND("events by post,fy", newest, MEASURE_EVENTS, 2, DIM_POST,
		     DIM_FISCAL_YEAR),
		KIND("events by post,fy as of half way", events / 2, MEASURE_EVENTS, 2,
		     DIM_POST, DIM_FISCAL_YEAR),
		KIND("events by state,month", newest, MEASURE_EVENTS, 2, DIM_STATE,
		     DIM_MONTH),
		KIND("events by post,fy,pillar,format", newest, MEASURE_EVENTS, 4,
		     DIM_POST, DIM_FISCAL_YEAR, DIM_PILLAR, DIM_FORMAT),
		KIND("participants by category", newest, MEASURE_PARTICIPANTS, 1,
		     DIM_CATEGORY),
		KIND("municipalities", newest, MEASURE_MUNICIPALITIES, 0),
		KIND("municipalities by state", newest, MEASURE_MUNICIPALITIES, 1,
		     DIM_STATE),
		KIND("sessions by month", newest, MEASURE_SESSIONS, 1, DIM_MONTH),
		KIND("events of a post and a year by month", newest, MEASURE_EVENTS, 1,
		     DIM_MONTH),
		KIND("municipalities of two states by fy", newest, MEASURE_MUNICIPALITIES,
		     1, DIM_FISCAL_YEAR),
		KIND("100 records behind a post's year", newest, MEASURE_EVENTS, 1,
		     DIM_POST),
	};
	struct query_filter of_post = { DIM_POST, posts, ARRAY_LEN(posts) };
	struct query_filter of_states = { DIM_STATE, states, ARRAY_LEN(states) };
	narrow(&kinds[10], of_post, 2023);
	narrow(&kinds[11], of_states, FISCAL_YEAR_NONE);
	narrow(&kinds[12], of_post, 2023);
	kinds[12].open = true;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		kinds[i].times = xcalloc(rounds, sizeof(double));
	}
	printf("%u events, %u event facts of %zu bytes, %u session facts, %u sets\n",
	       events, fold.facts.count, sizeof(struct event_fact),
	       fold.session_facts.count, sets_count(&fold.sets));
	for (unsigned round = 0; round < rounds; round++) {
		for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
			if (strstr(kinds[i].name, only) != NULL) {
				run(&fold, &kinds[i], round);
			}
		}
	}
	printf("%-42s %8s %10s %8s %8s %8s\n", "query", "rows", "figure", "min ms",
	       "p50 ms", "p99 ms");
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct kind *k = &kinds[i];

		qsort(k->times, rounds, sizeof(double), cmp_times);
		printf("%-42s %8zu %10lld %8.2f %8.2f %8.2f\n", k->name, k->rows,
		       (long long)k->value, k->times[0], k->times[rounds / 2],
		       k->times[rounds * 99 / 100]);
		free(k->times);
	}
	table_fini(&fold.facts);
	table_fini(&fold.session_facts);
	table_fini(&fold.events);
	table_fini(&fold.records);
	table_fini(&fold.nodes);
	table_fini(&fold.figures);
	sets_fini(&fold.sets);
	words_fini(&fold.words);
	return 0;
}
