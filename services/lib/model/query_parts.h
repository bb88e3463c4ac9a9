/* lib/model/query_parts.h - what the query's files share among themselves.
 *
 *	fact -> value of a dimension -> slot (do the filters match? under which keys?)
 *	     -> the row of each combination of keys -> its counts and figures
 *
 * A value is a field of a fact: a word, or a set as one number.  What it means is worked
 * out once, at its first sight, and kept as a slot: a million facts have some hundred
 * values.  Keys and rows are numbered densely in order of sight while the scan runs;
 * query_rows.c sorts them in the end. */
#ifndef LIB_MODEL_QUERY_PARTS_H
#define LIB_MODEL_QUERY_PARTS_H

#include "lib/base/plant.h"
#include "lib/model/query.h"
#include "lib/model/query_ids.h"

/* How a dimension's value stands in an event fact. */
enum query_field { QUERY_FIELD_U32, QUERY_FIELD_YEAR, QUERY_FIELD_STATUS };

struct query_slot {
	uint32_t first, count; /* Its keys: dim.members[first …], numbers of dim.keys. */
	uint32_t only;         /* The number of its key if it has one, else UINT32_MAX. */
	bool pass;             /* All filters of the dimension match. */
};

/* A dimension that is filtered or grouped. */
struct query_dim {
	enum dimension dimension;
	enum query_field field;
	size_t offset; /* Of the field in struct event_fact. */
	bool filtered;
	struct query_ids values; /* query_value(); their numbers are those of slots. */
	struct query_slot *slots;
	uint32_t slot_cap;
	struct query_ids keys; /* Row keys. */
	uint32_t *members;
	uint32_t member_count, member_cap;
};

struct query_plan {
	const struct fold *fold;
	const struct query *query;
	int16_t from, to; /* Fiscal years; in open bounds lies every one. */
	struct query_dim dims[DIM_COUNT]; /* The shown_count that make a row first. */
	unsigned dim_count, shown_count;
	unsigned by[QUERY_MAX_DIMENSIONS]; /* The dim of each of the query's groupings. */
	struct query_dim *towns_by; /* States, where they bear on municipalities. */
};

void query_plan_init(struct query_plan *, const struct fold *, const struct query *);
void query_plan_fini(struct query_plan *);

/* Where the measure stands among the query's; measure_count: it is not asked.  One that
 * is asked twice is summed at its first place. */
unsigned query_measure_at(const struct query *, enum measure);
bool query_asks(const struct query *, enum measure);

/* The plan's dim of a dimension, NULL if the query does not ask it. */
struct query_dim *query_plan_dim(struct query_plan *, enum dimension);

/* A value as slots are found by it.  'single': a session says one word in place of an
 * event's set. */
static inline uint64_t
query_value(uint32_t raw, bool single)
{
	return (uint64_t)raw << 1 | single;
}

/* query_slot_of() for a value that is new or not in the array of common ones. */
uint32_t query_slot_add(struct query_plan *, struct query_dim *, uint64_t value);

/* The value's slot.  May move d->slots. */
static inline uint32_t
query_slot_of(struct query_plan *p, struct query_dim *d, uint64_t value)
{
	if (value < d->values.small_len && d->values.small[value] != 0) {
		return d->values.small[value] - 1;
	}
	return query_slot_add(p, d, value);
}

/* Key number 'i' of a slot. */
static inline uint32_t
query_slot_key(const struct query_dim *d, uint32_t slot, uint32_t i)
{
	return (uint32_t)d->keys.keys[d->members[d->slots[slot].first + i]];
}

/* Does the row hold at the position?  With one comparison: what begins later wraps
 * around to a number beyond any length. */
static inline bool
query_holds(uint64_t from_pos, uint64_t to_pos, uint64_t position)
{
	if (PLANTED(7)) { /* As of: off by one. */
		position--;
	}
	return position - from_pos < to_pos - from_pos;
}

static inline bool
query_in_bounds(const struct query_plan *p, int16_t fiscal_year)
{
	return p->from <= fiscal_year && fiscal_year <= p->to;
}

/* The value of an event. */
static inline uint64_t
query_event_value(const struct query_dim *d, const struct event_fact *f)
{
	const unsigned char *at = (const unsigned char *)f + d->offset;
	uint32_t word;
	uint16_t year;

	switch (d->field) {
	case QUERY_FIELD_YEAR:
		memcpy(&year, at, sizeof(year));
		return query_value(year, false);
	case QUERY_FIELD_STATUS:
		return query_value(*at, false);
	default:
		memcpy(&word, at, sizeof(word));
		return query_value(word, false);
	}
}

/* The value of a session: its own year, month, state and status, else its event's. */
uint64_t query_session_value(const struct query_plan *, const struct query_dim *,
			     const struct session_fact *, const struct event_fact *);

/* The event's slot of each dim; false if a filter does not match, the slots are then
 * not all set.  Whether it counts and lies in the bounds is the caller's to ask. */
bool query_match_event(struct query_plan *, const struct event_fact *,
		       uint32_t *ret_slots);

/* Does a session count in the query, given its event's fact at the position? */
bool query_match_session(struct query_plan *, const struct session_fact *,
			 const struct event_fact *, uint32_t *ret_slots);

enum {
	QUERY_BATCH = TABLE_CHUNK_BYTES / sizeof(struct session_fact),
	/* Kinds of events: a status, or held with its bits. */
	QUERY_PROVISIONAL = 1,
	QUERY_BOUNDARY = 2,
	QUERY_UNCONFIRMED = 4,
	QUERY_HELD = 8,
	QUERY_KINDS = 16,
};

_Static_assert(sizeof(struct session_fact) <= sizeof(struct event_fact),
	       "a batch holds a chunk of either table");

/* The flag of the query's rule. */
static inline uint16_t
query_boundary_flag(const struct query *q)
{
	return q->rule == RULE_TOKYO ? FACT_BOUNDARY_TOKYO : FACT_BOUNDARY_LOCAL;
}

static inline uint8_t
query_kind_of(const struct event_fact *f, uint16_t boundary)
{
	unsigned bits = ((f->flags & FACT_PROVISIONAL) != 0 ? QUERY_PROVISIONAL : 0) |
			((f->flags & boundary) != 0 ? QUERY_BOUNDARY : 0) |
			((f->flags & FACT_UNCONFIRMED) != 0 ? QUERY_UNCONFIRMED : 0);
	unsigned status = f->status < STATUS_HELD ? f->status : STATUS_NOT_STATED;

	return (uint8_t)(f->status == STATUS_HELD ? QUERY_HELD | bits : status);
}

/* What an event that is held adds to a figure, besides its municipalities. */
struct query_addend {
	int64_t value;
	uint8_t bound;
	bool lacks; /* It does not say. */
};

static inline struct query_addend
query_quantity(int64_t value, uint8_t bound)
{
	bool says = bound != BOUND_NOT_STATED;

	return (struct query_addend){ says ? value : 0, bound, !says };
}

static inline struct query_addend
query_addend_of(enum measure measure, const struct event_fact *f)
{
	switch (measure) {
	case MEASURE_SESSIONS:
		/* Those that are known are counted one by one. */
		return f->session_facts != 0
			       ? (struct query_addend){ 0 }
			       : query_quantity(f->stated_sessions, f->sessions_bound);
	case MEASURE_MUNICIPALITIES:
		return (struct query_addend){ .lacks = f->municipalities == 0 };
	case MEASURE_PARTICIPANTS:
		return query_quantity(f->participants, f->participants_bound);
	case MEASURE_BUDGET_PLANNED:
		return query_quantity(f->budget_planned, f->planned_bound);
	case MEASURE_BUDGET_SPENT:
		return query_quantity(f->budget_spent, f->spent_bound);
	default:
		return (struct query_addend){ 0 }; /* Events are counted. */
	}
}

/* The facts of a chunk that are in the query. */
struct query_batch {
	uint32_t count;
	const struct event_fact *facts[QUERY_BATCH]; /* Of sessions: their events'. */
	const struct session_fact *sessions[QUERY_BATCH];
	uint32_t slots[QUERY_MAX_DIMENSIONS][QUERY_BATCH]; /* Of the shown dims. */
	uint32_t town_slots[QUERY_BATCH];                  /* Of towns_by; 0 without. */
};

/* Events by kind, so that each is one addition. */
struct query_counts {
	uint32_t n[QUERY_KINDS];
};

struct query_list {
	uint32_t *at;
	uint32_t cap;
};

/* What a scan leaves.  The municipalities of an event are a *town set*: a set, and the
 * slot of the event's states where that bears on it. */
struct query_tally {
	unsigned measure_count;
	uint16_t boundary; /* The flag of the query's rule. */
	bool sums;         /* Other measures than events are asked. */
	bool towns;        /* Municipalities are. */

	struct query_counts total_counts;
	struct query_figure total[MEASURE_COUNT];
	struct query_counts *counts;  /* By row. */
	struct query_figure *figures; /* row * measure_count + measure. */
	uint32_t row_cap;             /* Rows that there is room for; others are empty. */
	struct query_pairs town_sets; /* (slot of states or 0, set). */
	struct query_pairs row_towns; /* (row, number of town set). */
	uint64_t work;                /* Rows that were added to, repeats included. */
	bool too_many_rows;           /* What is by row is of no use. */

	/* Numbers of rows: [i] is (row of dims 0 … i, key of dim i + 1).  The row of one
	 * dim is its key. */
	struct query_pairs rows[QUERY_MAX_DIMENSIONS];

	/* Of the batch at hand. */
	uint8_t kind[QUERY_BATCH];
	uint8_t is_many[QUERY_BATCH]; /* Stands in several rows. */
	uint16_t one[QUERY_BATCH];    /* Those that stand in one, */
	uint32_t one_count;
	uint16_t many[QUERY_BATCH]; /* and the others. */
	uint32_t many_count;
	uint32_t row[QUERY_BATCH]; /* Of those that stand in one. */
	uint32_t keys[QUERY_MAX_DIMENSIONS][QUERY_BATCH];
	uint16_t held[QUERY_BATCH];
	uint32_t town_set[QUERY_BATCH];
	struct query_list lists[2]; /* Rows of one that stands in several. */
};

void query_tally_init(struct query_tally *, const struct query *);
void query_tally_fini(struct query_tally *);

/* Add the batch: events that lie in the bounds and filters, of any status; or sessions
 * that count. */
void query_tally_events(struct query_tally *, struct query_plan *,
			const struct query_batch *);
void query_tally_sessions(struct query_tally *, struct query_plan *,
			  const struct query_batch *);

/* Rows have numbers below this. */
uint32_t query_row_count(const struct query_plan *, const struct query_tally *);

/* Add what 'b' has to 'a'. */
void query_figure_add(struct query_figure *a, const struct query_figure *b);

/* From the tally to rows, sums, total.  Sets the tally's too_many_rows where counting
 * municipalities is too much. */
void query_rows(struct query_plan *, struct query_tally *, struct arena *,
		struct query_result *ret_result);

/* Which of two keys of a dimension stands first among rows. */
int query_key_cmp(const struct fold *, enum dimension, uint32_t, uint32_t);

/* Held events of the kinds that have the bit; 0: all of them. */
uint64_t query_count_held(const uint32_t counts[QUERY_KINDS], unsigned bit);

/* query_towns.c: put the numbers of distinct municipalities as 'measure' into the
 * figures of the tally. */
void query_towns(struct query_plan *, struct query_tally *, unsigned measure);

/* The state that a municipality's word names: the word that stands in sets of states. */
uint32_t query_town_state(const struct words *, uint32_t town);

/* Does a municipality in 'state' of an event with this slot of states count in a row of
 * 'row_state'?  KEY_NONE: of no state; it is in any that the filters leave. */
bool query_town_stands(const struct query_plan *, uint32_t slot, uint32_t state,
		       uint32_t row_state);

#endif
