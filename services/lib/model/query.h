/* lib/model/query.h - everything asked of the figures is one scan over the facts.
 *
 * A filter and a grouping over event facts that hold at one position under one dating
 * rule.  Distinct municipalities, as of any position, the records behind a figure: the
 * same scan.  There is no cube. */
#ifndef LIB_MODEL_QUERY_H
#define LIB_MODEL_QUERY_H

#include "lib/model/fold.h"

enum dimension {
	DIM_FISCAL_YEAR, /* fy */
	DIM_MONTH,       /* month */
	DIM_POST,        /* post */
	DIM_STATE,       /* state */
	DIM_CATEGORY,    /* category */
	DIM_PILLAR,      /* pillar */
	DIM_FORMAT,      /* format */
	DIM_TOPIC,       /* topic */
	DIM_FRAME,       /* frame */
	DIM_STATUS,      /* status */
	DIM_COUNT
};

/* "fy", "month", …; DIM_COUNT for an unknown word. */
enum dimension dimension_of(struct slice word);
const char *dimension_name(enum dimension);

/* Grouped by a set, so that an event may stand in several rows. */
bool dimension_is_set(enum dimension);

enum measure {
	MEASURE_EVENTS,
	MEASURE_SESSIONS,
	MEASURE_MUNICIPALITIES,
	MEASURE_PARTICIPANTS,
	MEASURE_BUDGET_PLANNED,
	MEASURE_BUDGET_SPENT,
	MEASURE_COUNT
};
/* "events", …, "budget_planned", "budget_spent"; MEASURE_COUNT for an unknown word. */
enum measure measure_of(struct slice word);
const char *measure_name(enum measure);

/* What is counted, and under which keys:
 *
 * An event counts if fact_counts(), its fact holds at the position, its fiscal year lies
 * in the bounds (one not stated: in none) and every filter has a key that is one of the
 * event's.  It stands in the row of each of its keys; an empty set is one key, KEY_NONE.
 * Where a dimension is filtered and grouped, rows of keys that no filter of it names are
 * left out.
 *
 * A session counts if it is held and its event would count, but for the fiscal year, the
 * month and the state: there its own is asked.  An event without sessions adds what it
 * states, under its own keys, or 1 to not_stated.
 *
 * Municipalities are those of the events that count in the row, each once.  Where
 * states are grouped or filtered, one that lies in a state of its event's counts for
 * that state alone: a caravan over three states has not been everywhere in each. */

enum {
	QUERY_MAX_DIMENSIONS = 4,
	QUERY_MAX_FILTERS = 16,
	QUERY_MAX_ROWS = 1 << 17, /* More are refused: result.too_many_rows. */
	OPENED_MAX_KEYS = 8,
};

/* Keys of a row: a word id, a month + 1, a status, a fiscal year + 32768; KEY_NONE is
 * the bucket "not stated" (of posts: "no confirmed post").  Of states it is
 * STATE_NOT_STATED, and STATE_ONLINE, as in facts; a filter may say KEY_NONE too. */
#define KEY_NONE 0u

struct query_filter {
	enum dimension dimension;
	uint32_t *keys; /* Any of them. */
	size_t key_count;
};

struct query {
	enum date_rule rule;
	uint64_t position; /* As of; at most the fold's. */
	int16_t from, to;  /* Fiscal years, both inclusive; FISCAL_YEAR_NONE: no bound. */
	enum dimension by[QUERY_MAX_DIMENSIONS];
	unsigned by_count;
	enum measure measures[MEASURE_COUNT];
	unsigned measure_count;
	struct query_filter filters[QUERY_MAX_FILTERS];
	unsigned filter_count;
};

/* A sum with what it lacks.  bound is the weakest of what was added (at least < about <
 * exact); not_stated counts events that do not say and are therefore not in value.
 * BOUND_NOT_STATED: there are events, and not one of them says; value is 0.  A sum
 * beyond what an int64_t holds stays at its end. */
struct query_figure {
	int64_t value;
	enum bound bound;
	uint64_t not_stated;
};

struct query_row {
	uint32_t keys[QUERY_MAX_DIMENSIONS];
	struct query_figure
		figures[MEASURE_COUNT]; /* In the query's order of measures. */
	uint64_t provisional, boundary, planned, postponed, cancelled;
};

/* Rows in the order of their keys' labels or numbers (fy and month ascending; codes in
 * byte order; buckets last).  A row is there if an event of any status but "not stated"
 * stands in it.  sum adds the rows, total counts each event once, overlap = sum - total
 * (per measure; of a measure that is not additive, too), with the sum's bound.  Without
 * a grouping there are no rows, and sum is total. */
struct query_result {
	struct query_row *rows;
	size_t row_count;
	struct query_row total;
	struct query_figure sum[MEASURE_COUNT], overlap[MEASURE_COUNT];
	bool overlapping;     /* Grouped by a set. */
	bool too_many_rows;   /* More than QUERY_MAX_ROWS, or as much work: only total
				 holds. */
	uint64_t unconfirmed; /* Counted events with an unconfirmed co-host. */
};

/* Run; everything in 'arena'. */
void query_run(const struct fold *, const struct query *, struct arena *,
	       struct query_result *ret_result);

/* Why an event is not in a figure, or that it is. */
enum opened {
	OPENED_COUNTED,
	OPENED_NOT_HELD,
	OPENED_WITHDRAWN,
	OPENED_MERGED,
	OPENED_UNCONFIRMED_COHOST, /* Counted, but not for the post asked for. */
	OPENED_REFUSED,            /* A revision that does not count (verdict). */
};
const char *opened_name(enum opened);

struct opened_row {
	uint32_t event;
	uint32_t fact;   /* Row of facts; UINT32_MAX: none (refused). */
	uint32_t record; /* Row of records. */
	enum opened opened;
	uint32_t keys[QUERY_MAX_DIMENSIONS][OPENED_MAX_KEYS]; /* The first of them. */
	unsigned key_counts[QUERY_MAX_DIMENSIONS]; /* All of them; 0: not known. */
};

/* The records behind a figure, counted ones first, each group in log order.
 *
 * An event that is left out is listed if it lies in the bounds and the filters match.
 * Where posts are grouped or filtered, an event that counts is listed once more for the
 * posts that it names and that have not confirmed (its keys are those).  Where sessions
 * are asked, an event is also behind the figure if only a session of its own lies in
 * the bounds and filters.
 *
 * A refused revision is listed as its event is.  One of an event that has no fact shows
 * nothing to ask bounds and filters of: only a filter of posts is asked, of those that
 * its node speaks for. */
size_t query_open(const struct fold *, const struct query *, struct arena *,
		  struct opened_row **ret_rows);

/* A page of the same: at most 'limit' rows after the first 'skip'.  Returns the number
 * of rows in the page; 'ret_all' is that of all rows. */
size_t query_open_page(const struct fold *, const struct query *, size_t skip,
		       size_t limit, struct arena *, struct opened_row **ret_rows,
		       size_t *ret_all);

/* Published, itemised here, not itemised: the figures in force at the query's position
 * that are of one of its measures and whose years lie in its bounds.  None if it filters
 * or groups: a figure applies to exactly its scope.  itemised is that measure over the
 * figure's own years, not_itemised the rest, at least 0; both are -1, "cannot be
 * compared", of a figure with a scope, since records do not state it, and at an intake,
 * which does not hold what other nodes recorded.
 * discrepancy: itemised is above published (never of an "at least").
 *
 * In the query's order of measures; the whole programme before scopes; by first year,
 * the wider of two before the other. */
struct published {
	uint32_t figure; /* Row of figures. */
	int64_t itemised, not_itemised;
	bool discrepancy;
};
size_t query_published(const struct fold *, const struct query *, struct arena *,
		       struct published **ret_rows);

/* Rows of all figures of the question that hold at some position from 'from' to 'to', in
 * the same order. */
size_t query_published_between(const struct fold *, const struct query *, uint64_t from,
			       uint64_t to, struct arena *, uint32_t **ret_figures);

/* The cumulative since the first year of the widest published figure of events (the
 * newest of two as wide): it, and the itemised events of the years after it.  Up to the
 * query's last year where it has one: a figure that goes beyond it does not serve.
 * False if there is none, or if the query filters or groups. */
bool query_cumulative(const struct fold *, const struct query *, int64_t *ret_value,
		      int16_t *ret_from);

/* What it is made of: the row of the figure that it begins with at a position,
 * UINT32_MAX: there is none; and the events of the years after that.  False: none come
 * after it. */
uint32_t query_widest(const struct fold *, const struct query *, uint64_t position);
bool query_after_widest(const struct fold *, const struct query *, uint32_t figure,
			struct query *ret_after);

#endif
