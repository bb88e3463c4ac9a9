/* tests/sim/naive.h - the log read by the rules of the domain, in the simplest way.
 *
 * Shares no code with lib/model's facts, query, fold or merge.  Whatever is asked is
 * worked out from the first record on: no tables, no increments, no cleverness.  What it
 * says is what DOMAIN.md says; where the product says something else, one of the two is
 * wrong. */
#ifndef TESTS_SIM_NAIVE_H
#define TESTS_SIM_NAIVE_H

#include "kusanone/v1/record.pb-c.h"
#include "lib/base/hash.h"
#include "lib/base/id.h"
#include "lib/base/mem.h"

enum { NAIVE_LOCAL, NAIVE_TOKYO, NAIVE_RULES };

/* ---- What was logged ----------------------------------------------------------- */

struct naive_record {
	uint64_t position;
	uint8_t node[NODE_ID_LEN];
	uint8_t key_id[8];
	struct hash id;
	struct slice bytes;
	Kusanone__V1__Record *m;  /* NULL: no record. */
	struct slice event_bytes; /* Of a revision: its Event as it stands there. */
};

struct naive {
	struct arena arena;
	struct naive_record *records; /* [position - 1] */
	size_t count, cap;

	/* The one key that is trusted without a record. */
	uint8_t hq_node[NODE_ID_LEN], hq_sign[32];
};

struct naive *naive_new(const uint8_t hq_node[NODE_ID_LEN], const uint8_t hq_sign[32]);
void naive_free(struct naive *);

/* Everything in 'arena'; NULL if it is no such message. */
ProtobufCMessage *naive_unpack(const ProtobufCMessageDescriptor *, struct slice,
			       struct arena *);

/* The next record of the log. */
void naive_add(struct naive *, const uint8_t node[NODE_ID_LEN], const uint8_t key_id[8],
	       struct slice record);

/* Headquarters was rolled back: nothing after 'position' was ever said. */
void naive_cut(struct naive *, uint64_t position);

/* ---- Dates --------------------------------------------------------------------- */

enum { NAIVE_NONE, NAIVE_FY, NAIVE_YEAR, NAIVE_MONTH, NAIVE_DAY, NAIVE_MINUTE };
#define NAIVE_NO_YEAR (-9999)

struct naive_date {
	int precision;
	int year, month, day, hour, minute;
};
struct naive_date naive_date_of(const char *text);
int naive_first_day(const struct naive_date *); /* Days since 1900-01-01. */
int naive_fiscal_year(const struct naive_date *);
bool naive_at_boundary(const struct naive_date *);
/* The day on which a minute at this offset is in Tokyo, or here. */
struct naive_date naive_day_under(const struct naive_date *, int offset_minutes,
				  int rule);

/* ---- Joining branches ---------------------------------------------------------- */

struct naive_joined {
	struct slice bytes;
	unsigned conflicts;
	bool unknown_kept; /* A field without a name came from one side only. */
};
struct naive_joined naive_join(struct slice base, struct slice ours, struct slice theirs,
			       struct arena *);

/* Event bytes in one order: sets and sessions sorted. */
struct slice naive_canonical(struct slice event, struct arena *);

/* One field of a message; false at the end. */
struct naive_field {
	uint32_t number;
	unsigned type;
	struct slice raw, content;
};
bool naive_next(struct slice *rest, struct naive_field *);

/* ---- What holds at a position -------------------------------------------------- */

enum { NAIVE_SET_MAX = 16 };
struct naive_set {
	const char *at[NAIVE_SET_MAX];
	int count;
};
void naive_set_add(struct naive_set *, const char *);
bool naive_set_has(const struct naive_set *, const char *);

#define NAIVE_ONLINE     "(online)"
#define NAIVE_NOT_STATED "(none)"

struct naive_answer {
	const char *post;
	int answer;
	bool is_void;
};

struct naive_revision {
	size_t record; /* Index. */
	int parents[8];
	int parent_count;
	bool is_head;
};

struct naive_event {
	const char *id;
	int owner; /* Node; -1. */
	bool moved;
	struct naive_revision *revisions;
	int revision_count, revision_cap;
	struct naive_answer answers[64];
	int answer_count;
	struct naive_set named;
	bool withdrawn;
	int merged_into; /* -1 */
	struct slice shown;
	unsigned conflicts;
	int heads;
	bool unknown_kept;
	bool any_void;
};

struct naive_key {
	uint8_t sign[32], key_id[8];
	int state; /* 0 valid, 1 retired, 2 stolen */
	uint64_t stolen_from;
	uint32_t bodies[32];
	int body_count;
};

struct naive_node {
	uint8_t id[NODE_ID_LEN];
	int role;
	struct naive_set posts;
	struct naive_key keys[16];
	int key_count;
};

struct naive_format {
	const char *code;
	int from, to; /* Days; -1 / 1 << 30: open. */
	bool dated, online;
	char key[16]; /* valid_from as it was said. */
};

struct naive_town {
	const char *country, *state, *ja, *en, *from;
};

struct naive_figure {
	const char *measure, *ja, *en;
	int from, to;
	int64_t value;
	int bound;
	uint64_t position;
};

struct naive_session {
	int status;
	struct naive_date date[NAIVE_RULES]; /* precision NAIVE_NONE: not stated. */
	const char *state;
	const char *town; /* NULL: not stated. */
};

/* What an event counts as. */
struct naive_fact {
	const struct naive_event *event;
	const Kusanone__V1__Event *m;
	int status;
	bool counts; /* Held, not withdrawn, not merged away. */
	bool gone;   /* Withdrawn or merged away. */
	bool provisional, unconfirmed;
	bool boundary[NAIVE_RULES];
	int fiscal_year[NAIVE_RULES];
	struct naive_set months[NAIVE_RULES];
	struct naive_set posts, states, pillars, topics, towns, town_states;
	struct naive_session *sessions;
	int session_count;
};

struct naive_state {
	const struct naive *log;
	struct arena *arena;
	uint64_t position;
	size_t record_cap;
	bool *counted; /* By record. */
	bool *stolen;
	bool *repeated;
	struct naive_node nodes[24];
	int node_count;
	struct naive_event *events;
	int event_count, event_cap;
	struct naive_format formats[64];
	int format_count;
	struct naive_town towns[64];
	int town_count;
	const char *handshake; /* NULL: not said. */
	struct naive_figure figures[64];
	int figure_count;
	struct naive_fact *facts;
	int fact_count;
	unsigned early_answers, changed_answers;
};

/* Everything in 'arena'. */
void naive_at(const struct naive *, uint64_t position, struct arena *,
	      struct naive_state *);

/* From nothing, one record after the other.  False: the next one changes what earlier
 * ones count for, and all is to be read again (naive_at()). */
void naive_begin(const struct naive *, struct arena *, struct naive_state *);
bool naive_go_on(struct naive_state *);

/* naive_reference.c */
void naive_reference_row(struct naive_state *, const Kusanone__V1__ReferenceRow *);
bool naive_handshake(const struct naive_state *);
bool naive_format_online(const struct naive_state *, const char *format, int day);
const char *naive_town(const struct naive_state *, const Kusanone__V1__Place *);

/* naive_fact.c */
void naive_facts(struct naive_state *);
void naive_fact_of(struct naive_state *, const struct naive_event *, struct naive_fact *);

/* ---- Questions ----------------------------------------------------------------- */

enum naive_dimension {
	NAIVE_BY_FY,
	NAIVE_BY_MONTH,
	NAIVE_BY_POST,
	NAIVE_BY_STATE,
	NAIVE_BY_CATEGORY,
	NAIVE_BY_PILLAR,
	NAIVE_BY_FORMAT,
	NAIVE_BY_TOPIC,
	NAIVE_BY_FRAME,
	NAIVE_BY_STATUS,
	NAIVE_DIMENSIONS
};

enum naive_measure {
	NAIVE_EVENTS,
	NAIVE_SESSIONS,
	NAIVE_TOWNS,
	NAIVE_PARTICIPANTS,
	NAIVE_PLANNED,
	NAIVE_SPENT,
	NAIVE_MEASURES
};

enum { NAIVE_MAX_BY = 3, NAIVE_MAX_FILTERS = 3 };

struct naive_query {
	int rule;
	int from, to; /* NAIVE_NO_YEAR: open. */
	enum naive_dimension by[NAIVE_MAX_BY];
	int by_count;
	struct {
		enum naive_dimension dimension;
		struct naive_set keys;
	} filters[NAIVE_MAX_FILTERS];
	int filter_count;
};

struct naive_sum {
	int64_t value;
	int bound;
	uint64_t not_stated;
};

struct naive_row {
	const char *keys[NAIVE_MAX_BY];
	struct naive_sum sums[NAIVE_MEASURES];
	uint64_t provisional, boundary, planned, postponed, cancelled;
};

struct naive_result {
	struct naive_row *rows;
	int row_count, row_cap;
	struct naive_row total;
	struct naive_sum sum[NAIVE_MEASURES];
	uint64_t unconfirmed;
};

/* Nothing but events without a status stands in it. */
bool naive_is_empty(const struct naive_row *);

void naive_ask(const struct naive_state *, const struct naive_query *, struct arena *,
	       struct naive_result *);

#endif
