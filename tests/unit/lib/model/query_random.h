/* Facts and questions by chance, for the tests that hold the query against another way to
 * the same figures. */
#ifndef TESTS_QUERY_RANDOM_H
#define TESTS_QUERY_RANDOM_H

#include "unit/lib/model/query_world.h"

#include "lib/base/rng.h"

enum { WORDS = 4, TOWNS = 12, EVENTS = 60, POSITIONS = 30, MAX_KEYS = 8 };

struct vocabulary {
	uint32_t words[WORDS];
	uint32_t states[WORDS + 2]; /* With the two buckets. */
	uint32_t towns[TOWNS];
	uint32_t town_states[TOWNS];
};

static inline void
make_vocabulary(struct world *w, struct vocabulary *v)
{
	static const char *const states[] = { "AA", "BB", "CC", "DD" };

	for (unsigned i = 0; i < WORDS; i++) {
		char text[8];

		/* Numbers and bytes are in opposite orders. */
		snprintf(text, sizeof(text), "w%u", 9 - i);
		v->words[i] = word(w, text);
		v->states[i] = word(w, states[WORDS - 1 - i]);
	}
	v->states[WORDS] = STATE_ONLINE;
	v->states[WORDS + 1] = STATE_NOT_STATED;
	for (unsigned i = 0; i < TOWNS; i++) {
		char text[32];

		snprintf(text, sizeof(text), "US\t%s\ttown %u", states[i % WORDS], i);
		v->towns[i] = word(w, text);
		v->town_states[i] = word(w, states[i % WORDS]);
	}
}

static inline uint32_t
pick_set(struct world *w, struct rng *rng, const uint32_t *from, unsigned n,
	 unsigned most)
{
	uint32_t ids[MAX_KEYS];
	unsigned count = (unsigned)rng_below(rng, most + 1);

	for (unsigned i = 0; i < count; i++) {
		ids[i] = from[rng_below(rng, n)];
	}
	return sets_id(&w->fold.sets, ids, count);
}

static inline uint32_t
pick_word(struct rng *rng, const struct vocabulary *v)
{
	return rng_chance(rng, 20) ? 0 : v->words[rng_below(rng, WORDS)];
}

static inline int16_t
pick_year(struct rng *rng)
{
	return rng_chance(rng, 15) ? FISCAL_YEAR_NONE
				   : (int16_t)(2020 + rng_below(rng, 4));
}

static inline uint8_t
pick_bound(struct rng *rng)
{
	return (uint8_t)rng_below(rng, 4);
}

static inline uint32_t
pick_months(struct world *w, struct rng *rng)
{
	uint32_t ids[3];
	unsigned count = (unsigned)rng_below(rng, 4);

	for (unsigned i = 0; i < count; i++) {
		ids[i] = 24000 + (uint32_t)rng_below(rng, 4);
	}
	return sets_id(&w->fold.sets, ids, count);
}

static inline void
make_session(struct world *w, struct rng *rng, const struct vocabulary *v,
	     const struct event_fact *f)
{
	struct session_fact *s = table_add(&w->fold.session_facts);

	*s = (struct session_fact){
		.from_pos = f->from_pos,
		.to_pos = f->to_pos,
		.event = f->event,
		.state = rng_chance(rng, 10) ? 0 : v->states[rng_below(rng, WORDS + 2)],
		.month = { 24000 + (uint32_t)rng_below(rng, 4),
			   rng_chance(rng, 20) ? 0
					       : 24000 + (uint32_t)rng_below(rng, 4) },
		.fiscal_year = { pick_year(rng), pick_year(rng) },
		.status = rng_chance(rng, 70) ? STATUS_HELD : STATUS_CANCELLED,
	};
}

static inline void
make_version(struct world *w, struct rng *rng, const struct vocabulary *v, uint32_t event,
	     uint64_t from, uint64_t to)
{
	struct event_fact *f = table_add(&w->fold.facts);

	*f = (struct event_fact){
		.from_pos = from,
		.to_pos = to,
		.event = event,
		.posts = pick_set(w, rng, v->words, WORDS, 3),
		.states = pick_set(w, rng, v->states, WORDS + 2, 3),
		.pillars = pick_set(w, rng, v->words, WORDS, 2),
		.topics = pick_set(w, rng, v->words, WORDS, 3),
		.municipalities = pick_set(w, rng, v->towns, TOWNS, 4),
		.months = { pick_months(w, rng), pick_months(w, rng) },
		.format = pick_word(rng, v),
		.category = pick_word(rng, v),
		.frame = pick_word(rng, v),
		.status =
			(uint8_t)(rng_chance(rng, 60) ? STATUS_HELD : rng_below(rng, 6)),
		.fiscal_year = { pick_year(rng), pick_year(rng) },
		.participants = (int64_t)rng_below(rng, 100),
		.participants_bound = pick_bound(rng),
		.budget_planned = (int64_t)rng_below(rng, 100),
		.planned_bound = pick_bound(rng),
		.budget_spent = (int64_t)rng_below(rng, 100),
		.spent_bound = pick_bound(rng),
		.stated_sessions = (uint32_t)rng_below(rng, 9),
		.sessions_bound = pick_bound(rng),
		.session_facts = (uint32_t)rng_below(rng, 4),
	};
	for (unsigned bit = 0; bit < 9; bit++) {
		unsigned percent = 1u << bit & (FACT_WITHDRAWN | FACT_MERGED) ? 8 : 30;

		f->flags |= (uint16_t)(rng_chance(rng, percent) ? 1u << bit : 0);
	}
	for (uint32_t i = 0; i < f->session_facts; i++) {
		make_session(w, rng, v, f);
	}
}

static inline void
make_events(struct world *w, struct rng *rng, const struct vocabulary *v)
{
	for (uint32_t event = 0; event < EVENTS; event++) {
		uint64_t from = 1 + rng_below(rng, POSITIONS);

		table_add(&w->fold.events);
		while (rng_chance(rng, 50)) {
			uint64_t to = from + 1 + rng_below(rng, 5);

			make_version(w, rng, v, event, from, to);
			from = to;
		}
		make_version(w, rng, v, event, from, FACT_OPEN);
	}
}

static inline struct query
make_query(struct rng *rng, const struct vocabulary *v, uint32_t filter_keys[3][3])
{
	struct query q = {
		.rule = (enum date_rule)rng_below(rng, RULE_COUNT),
		.position = rng_below(rng, POSITIONS + 12),
		.from = rng_chance(rng, 60) ? FISCAL_YEAR_NONE : pick_year(rng),
		.to = rng_chance(rng, 60) ? FISCAL_YEAR_NONE : pick_year(rng)
	};

	q.by_count = (unsigned)rng_below(rng, 4);
	for (unsigned i = 0; i < q.by_count; i++) {
		q.by[i] = (enum dimension)rng_below(rng, DIM_COUNT);
	}
	q.measure_count = 1 + (unsigned)rng_below(rng, MEASURE_COUNT);
	for (unsigned i = 0; i < q.measure_count; i++) {
		q.measures[i] = (enum measure)rng_below(rng, MEASURE_COUNT);
	}
	q.filter_count = (unsigned)rng_below(rng, 4);
	for (unsigned i = 0; i < q.filter_count; i++) {
		struct query_filter *f = &q.filters[i];

		f->dimension = (enum dimension)rng_below(rng, DIM_COUNT);
		f->keys = filter_keys[i];
		f->key_count = 1 + rng_below(rng, 3);
		for (size_t k = 0; k < f->key_count; k++) {
			uint32_t n = (uint32_t)rng_below(rng, WORDS);

			f->keys[k] = rng_chance(rng, 10)               ? KEY_NONE
				     : f->dimension == DIM_FISCAL_YEAR ? 32768 + 2020 + n
				     : f->dimension == DIM_MONTH       ? 24000 + n
				     : f->dimension == DIM_STATUS      ? STATUS_HELD
				     : f->dimension == DIM_STATE
					     ? v->states[n + rng_below(rng, 3)]
					     : v->words[n];
		}
	}
	return q;
}

#endif
