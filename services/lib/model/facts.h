/* lib/model/facts.h - what totals are made of.
 *
 * A fact is one version of an event, true between two positions of the log.  A change of
 * anything that it is made of (the head revision, a co-host's answer, a merge, a
 * reference row) closes the row at its position and opens a new one, so that any past
 * position can be asked: a row holds at p when from_pos <= p < to_pos.
 *
 * Words and sets are numbers of the fold's interning tables (lib/model/words.h); 0 is
 * "not stated" for a word and the empty set for a set. */
#ifndef LIB_MODEL_FACTS_H
#define LIB_MODEL_FACTS_H

#include "lib/model/calendar.h"
#include "lib/model/record.h"

#define FACT_OPEN UINT64_MAX

/* Members of the set of states beside the words of states. */
#define STATE_ONLINE     (UINT32_MAX - 1)
#define STATE_NOT_STATED (UINT32_MAX - 2)

enum fact_flag {
	FACT_WITHDRAWN = 1 << 0,   /* Recorded by mistake: never counted. */
	FACT_MERGED = 1 << 1,      /* Forwards to another event: never counted. */
	FACT_PROVISIONAL = 1 << 2, /* Held, and no report filed yet. */
	FACT_BEST_PRACTICE = 1 << 3,
	FACT_UNCONFIRMED = 1 << 4,    /* A named co-host has not confirmed. */
	FACT_CONFLICT = 1 << 5,       /* Branches that could not be joined. */
	FACT_JOINED = 1 << 6,         /* Branches that were. */
	FACT_BOUNDARY_LOCAL = 1 << 7, /* 年度境界 under RULE_LOCAL, */
	FACT_BOUNDARY_TOKYO = 1 << 8, /* under RULE_TOKYO. */
};

struct event_fact {
	uint64_t from_pos, to_pos;
	uint32_t event;       /* Row of fold.events. */
	uint32_t head_record; /* Row of fold.records: position - 1 of the revision shown.
			       */
	uint32_t recorder;    /* Word. */
	uint32_t posts;       /* Set of words: the holders that count. */
	uint32_t posts_named; /* Set: all holders named. */
	uint32_t states;      /* Set of words and STATE_*. */
	uint32_t pillars, topics;
	uint32_t municipalities; /* Set of words "US\tTN\tjackson"; empty: not stated. */
	uint32_t months[RULE_COUNT]; /* Set of (month + 1), month = year * 12 + month - 1.
				      */
	uint32_t format, category, frame;
	uint16_t flags;
	uint8_t status;
	uint8_t participants_bound, planned_bound, spent_bound, sessions_bound;
	uint8_t pad1;                    /* Named, so that rows compare by their bytes. */
	int16_t fiscal_year[RULE_COUNT]; /* FISCAL_YEAR_NONE: not stated. */
	uint32_t stated_sessions; /* With sessions_bound; where it has no sessions. */
	uint32_t session_facts;   /* How many session facts belong to this version. */
	uint32_t pad2;
	int64_t participants;
	int64_t budget_planned, budget_spent;
};

struct session_fact {
	uint64_t from_pos, to_pos;
	uint32_t event;
	uint32_t state;             /* Word or STATE_*. */
	uint32_t municipality;      /* Word; 0: not stated. */
	uint32_t month[RULE_COUNT]; /* month + 1; 0: not stated. */
	int16_t fiscal_year[RULE_COUNT];
	uint8_t status;
	uint8_t boundary; /* Bit per rule. */
	uint8_t online;
	uint8_t pad[5];
};

/* Does the event count in totals (実施)? */
static inline bool
fact_counts(const struct event_fact *f)
{
	return f->status == STATUS_HELD &&
	       (f->flags & (FACT_WITHDRAWN | FACT_MERGED)) == 0;
}

#endif
