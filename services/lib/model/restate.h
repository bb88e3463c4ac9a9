/* lib/model/restate.h - which records have changed figures between two positions.
 *
 * The facts that hold at one position and not at the other are all that makes figures
 * differ.  Here they go and come in the order of the log, and after each record the cells
 * that have changed are told with what they were and are:
 *
 *	figures at 'from' + the listed changes in their order = figures at 'to'
 *
 * for every cell, exactly: what one entry leaves, the next one finds. */
#ifndef LIB_MODEL_RESTATE_H
#define LIB_MODEL_RESTATE_H

#include "lib/model/running.h"

enum { RESTATE_MAX_EVENTS = 20 };

struct restate_ask {
	const struct query *queries; /* Their positions are not asked. */
	unsigned query_count;
	const uint32_t *figures; /* Rows of published figures: what begins or ends */
	size_t figure_count;     /* one of them is listed, too. */
	uint64_t from, to;
};

/* What has become different of an event. */
enum restate_field {
	RESTATE_NEW,  /* It was in no figure: nothing that counts was said of it. */
	RESTATE_GONE, /* Nothing is that counts: a key was stolen. */
	RESTATE_STATUS,
	RESTATE_WITHDRAWN,
	RESTATE_MERGED,
	RESTATE_PROVISIONAL,
	RESTATE_FISCAL_YEAR,
	RESTATE_MONTH,
	RESTATE_POST,
	RESTATE_STATE,
	RESTATE_MUNICIPALITIES,
	RESTATE_CATEGORY,
	RESTATE_PILLAR,
	RESTATE_FORMAT,
	RESTATE_TOPIC,
	RESTATE_FRAME,
	RESTATE_SESSIONS,
	RESTATE_PARTICIPANTS,
	RESTATE_BUDGET_PLANNED,
	RESTATE_BUDGET_SPENT,
	RESTATE_BOUNDARY,
	RESTATE_FIELDS
};
const char *restate_field_name(enum restate_field);

struct restate_event {
	uint32_t event;
	uint32_t fact;    /* After it; before it, if there is none any more. */
	uint32_t changed; /* Bits of enum restate_field. */
};

struct restate_cell {
	unsigned query; /* Its place among the queries. */
	struct running_change is;
};

struct restate_entry {
	uint64_t position;
	struct restate_event *events; /* In the figures, and different. */
	size_t event_count;           /* At most RESTATE_MAX_EVENTS of */
	size_t all_events;            /* so many. */
	struct restate_cell *cells;
	size_t cell_count;
	struct query_figure *totals; /* After it: the first column of each query. */
};

struct restate_result {
	struct restate_entry *entries;
	size_t count;
	struct query_figure *totals; /* At 'from': the first column of each query. */
	uint64_t next;      /* To go on from, there may be more; 0: that were all. */
	bool too_many_rows; /* As of a query: nothing of this holds. */
};

/* At most 'limit' records, in the order of the log; everything in 'arena'. */
void restate_list(const struct fold *, const struct restate_ask *, size_t limit,
		  struct arena *, struct restate_result *ret_result);

/* All of them as one: a single entry, without events, with the cells that differ. */
void restate_whole(const struct fold *, const struct restate_ask *, struct arena *,
		   struct restate_result *ret_result);

#endif
