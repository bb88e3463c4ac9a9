/* lib/model/running.h - a query's figures, kept while facts come and go.
 *
 * What query_run() says by one scan over the facts that hold at a position, this says by
 * adding and taking away one fact at a time: where two positions differ by few facts,
 * each step between them is told in the time of those few.
 *
 * Invariant: with the facts that hold at a position added, every row has the figures of
 * query_run() at that position.  A row that nothing is left of stays, with zeros. */
#ifndef LIB_MODEL_RUNNING_H
#define LIB_MODEL_RUNNING_H

#include "lib/model/query_parts.h"

/* Columns of a row: the query's measures in their order, then these. */
enum running_extra {
	RUNNING_PROVISIONAL,
	RUNNING_BOUNDARY,
	RUNNING_PLANNED,
	RUNNING_POSTPONED,
	RUNNING_CANCELLED,
	RUNNING_EXTRAS
};

/* A sum that can be gone back on: wider than what is shown of it, and its bounds
 * counted. */
struct running_sum {
	__int128 value;
	uint64_t not_stated;
	uint32_t bounds[BOUND_AT_LEAST + 1];
};

struct running_row {
	uint32_t keys[QUERY_MAX_DIMENSIONS]; /* In the query's order. */
	uint32_t state; /* Of the row, for municipalities; KEY_NONE: of none. */
	uint32_t counts[QUERY_KINDS];
	uint32_t towns;   /* Distinct municipalities. */
	uint32_t touched; /* The step that touched it last. */
	struct running_sum sums[MEASURE_COUNT];
};

struct running {
	struct query query;
	struct query_plan plan;
	struct query_pairs numbers[QUERY_MAX_DIMENSIONS]; /* As a tally's rows. */
	struct running_row *rows; /* The first is the total; then by number. */
	uint32_t row_count, row_cap;
	struct query_pairs towns; /* (row, municipality) by number: */
	uint32_t *town_counts;    /* events that have it there. */
	uint32_t town_cap;
	uint32_t *lists[2];
	uint32_t list_caps[2];
	uint16_t boundary;
	bool too_many_rows; /* More than QUERY_MAX_ROWS: it says nothing any more. */

	/* Rows as they were when the step began. */
	struct running_row *before;
	uint32_t *before_of;
	uint32_t before_count, before_cap;
	uint32_t step;
};

/* Must not move afterwards. */
void running_init(struct running *, const struct fold *, const struct query *);
void running_fini(struct running *);

/* Add an event's fact, or take it away; its position is not asked.  Returns whether it
 * stands in the figures at all. */
bool running_event(struct running *, const struct event_fact *, bool added);

/* The same for a session, with the fact of its event that holds beside it. */
bool running_session(struct running *, const struct session_fact *,
		     const struct event_fact *, bool added);

/* A cell that the step changed. */
struct running_change {
	uint32_t keys[QUERY_MAX_DIMENSIONS];
	bool total;      /* The national one: no keys. */
	unsigned column; /* A measure's place, or measure_count + enum running_extra. */
	struct query_figure before, after;
};

/* A new step begins. */
void running_begin(struct running *);

/* What it changed: the total first, rows in the query's order, columns in theirs. */
size_t running_changes(struct running *, struct arena *,
		       struct running_change **ret_changes);

/* A cell of the total, now. */
struct query_figure running_total(const struct running *, unsigned column);

#endif
