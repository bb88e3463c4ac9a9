#include "notification/rules.h"

/* coverage-gap: a state or a pillar had events in these months a year ago, and none this
 * year, with none planned. Asked once a day; told once for each gap. */

enum { GAP_MONTHS = 6 };

struct covered {
	int32_t last;  /* Month of the newest held event; MONTH_NONE. */
	bool recently; /* Held in the window, or planned. */
	bool year_ago; /* Held in the same window of the year before. */
};

struct window {
	int32_t first, last; /* Months, both inclusive. */
};

static bool
is_in(const struct window *w, int32_t month)
{
	return month >= w->first && month <= w->last;
}

static void
count_event(const struct rules *r, const struct event_fact *f, uint32_t set,
	    const struct window *now, struct covered *of_word)
{
	const struct window before = { now->first - 12, now->last - 12 };
	unsigned n, months;
	const uint32_t *words = sets_at(&r->fold->sets, set, &n);
	const uint32_t *month1 = sets_at(&r->fold->sets, f->months[RULE_LOCAL], &months);

	for (unsigned i = 0; i < n; i++) {
		if (words[i] >= STATE_NOT_STATED) {
			continue; /* And online: no place to go to. */
		}
		struct covered *c = &of_word[words[i]];

		c->recently |= f->status == STATUS_PLANNED;
		for (unsigned k = 0; k < months && fact_counts(f); k++) {
			int32_t month = (int32_t)month1[k] - 1;

			c->recently |= is_in(now, month);
			c->year_ago |= is_in(&before, month);
			c->last = month > c->last ? month : c->last;
		}
	}
}

static void
emit_gaps(struct rules *r, const char *dimension, const struct covered *of_word,
	  uint32_t count)
{
	for (uint32_t word = 1; word <= count; word++) {
		const struct covered *c = &of_word[word];

		if (!c->year_ago || c->recently) {
			continue;
		}
		struct slice code = words_at(&r->fold->words, word);
		struct date month = { .year = (int16_t)(c->last / 12),
				      .precision = PRECISION_MONTH,
				      .month = (uint8_t)(c->last % 12 + 1) };
		struct slice spell = rules_date(r, &month);
		bool of_states = strcmp(dimension, "state") == 0;

		rules_emit(r, &(struct occasion){
				      .kind = ALERT_COVERAGE_GAP,
				      .due = r->now,
				      .subject = slice_str(arena_printf(
					      r->arena, "%s=%.*s", dimension,
					      (int)code.len, (const char *)code.at)),
				      .spell = spell,
				      .mark = spell,
				      .state = of_states ? word : 0,
				      .pillar = of_states ? 0 : word,
				      .starts = when_day_begins(r->zones,
								(struct slice){ 0 },
								date_first_day(&month)),
			      });
	}
}

static void
coverage_gap(struct rules *r, int32_t day)
{
	const struct fold *f = r->fold;
	uint32_t count = words_count(&f->words);
	struct covered *states = arena_zalloc(r->arena, (count + 1) * sizeof(states[0]));
	struct covered *pillars =
		arena_zalloc(r->arena, (count + 1) * sizeof(pillars[0]));
	struct date today = date_of_day(day);
	int32_t months = (int32_t)rules_setting(r, "alerts_gap_months", GAP_MONTHS);
	struct window now = { date_month(&today) - months + 1, date_month(&today) };

	for (uint32_t i = 0; i < f->facts.count; i++) {
		const struct event_fact *fact = table_at(&f->facts, i);

		if (fact->to_pos == FACT_OPEN &&
		    (fact->flags & (FACT_WITHDRAWN | FACT_MERGED)) == 0) {
			count_event(r, fact, fact->states, &now, states);
			count_event(r, fact, fact->pillars, &now, pillars);
		}
	}
	emit_gaps(r, "state", states, count);
	emit_gaps(r, "pillar", pillars, count);
}

const struct rule rule_coverage_gap = { .kind = ALERT_COVERAGE_GAP,
					.daily = coverage_gap };
