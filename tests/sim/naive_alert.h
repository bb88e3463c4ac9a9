/* tests/sim/naive_alert.h - what alerts a log and a clock call for, in the simplest way.
 *
 * Reads the log that notification has, record by record, and looks at the clock when it
 * does.  Whatever is called for becomes a want: an alert by its id, for whom, about what.
 * Shares no code with services/notification: nothing is scheduled, nothing is remembered
 * but what was read, every event is looked at every time.
 *
 * MUST: that alert must be sent once, or be settled with a reason that holds.  MAY: it
 * can be argued; then it must not be sent twice. */
#ifndef TESTS_SIM_NAIVE_ALERT_H
#define TESTS_SIM_NAIVE_ALERT_H

#include "tests/sim/naive.h"

enum naive_kind {
	NAIVE_UPCOMING,
	NAIVE_ANNOUNCED,
	NAIVE_CHANGED,
	NAIVE_MOVED,
	NAIVE_CANCELLED,
	NAIVE_COHOST_ASKED,
	NAIVE_REPORT_OVERDUE,
	NAIVE_DATE_NOT_FIXED,
	NAIVE_OTHER_KINDS, /* Not read here: sent once is all that is known of them. */
};
enum naive_kind naive_kind_of(const char *word);

enum { NAIVE_ID_LEN = 16, NAIVE_LEADS = 8, NAIVE_READERS = 32 };

enum naive_level { NAIVE_MAY, NAIVE_MUST };

enum naive_fate { NAIVE_WAITS, NAIVE_BEGUN, NAIVE_SETTLED };

/* A session, or a stated date. */
struct naive_sitting {
	const char *id, *date; /* Of the start, as it is written. */
	int status, precision;
	int first_day, last_day; /* Of the start. */
	bool has_instant;
	wall_ms_t starts, ends;
};

struct naive_want {
	uint8_t id[NAIVE_ID_LEN];
	uint32_t reader; /* Row. */
	enum naive_kind kind;
	const char *event;
	enum naive_level level;
	wall_ms_t due, starts; /* 'starts' as in StoredAlert. */
	/* Another time at which it can be said to have come due, 0: headquarters was set
	 * back since, or one of the clocks was wrong. */
	wall_ms_t old_due;
	const char *session, *spell;
	/* News: when the event was to be before. */
	struct naive_sitting *was;
	int was_count;
	uint32_t lead;
	bool known_other; /* Seen in the alert log alone: of the other kinds. */
	bool told;        /* It is wanted only since the reader was told of the event. */
	bool silenced;    /* It was, at a look. */

	/* What became of it. */
	enum naive_fate fate;
	int letter;    /* BEGUN and later; -1. */
	unsigned free; /* So many looks it could have gone, and has not. */
};

struct naive_reader {
	const char *id;
	uint8_t id_bytes[UUID_LEN];
	const Kusanone__V1__Subscription *m; /* As it was said last. */
	bool open;
	uint32_t leads[NAIVE_LEADS];
	int lead_count;
};

/* An event as a planner sees it. */
struct naive_plan {
	bool seen;
	bool hidden; /* Withdrawn, or merged into another. */
	bool gone;   /* Or cancelled. */
	bool joined, blurred;
	int status;
	const Kusanone__V1__Event *m;
	struct slice bytes;
	const char *zone; /* Of the post that recorded it. */
	struct naive_sitting *sittings;
	int sitting_count;
	struct naive_set states;

	/* Worked out once for a state of the log: whom it concerns, by readers' bits. */
	uint64_t matched_at;
	uint32_t upcoming_to, unfixed_to, overdue_to;
	wall_ms_t over; /* When its last session was; 0: one is still open. */
	char over_day[16];
};

struct naive_alerts {
	struct naive *log;
	struct arena arena; /* For the model's life. */
	struct arena state_arena;
	struct naive_state state;
	wall_ms_t *hq_ms; /* By record. */
	size_t hq_ms_cap;
	struct naive_plan *plans; /* By event of the state. */
	int plan_count, plan_cap;

	struct naive_reader *readers;
	uint32_t reader_count, reader_cap;
	const Kusanone__V1__Silence *silences[64];
	int silence_count;
	const Kusanone__V1__Acknowledgement *acks[64];
	int ack_count;
	const Kusanone__V1__PostRow *posts[32];
	int post_count;

	struct naive_want *wants;
	uint32_t want_count, want_cap;
	uint32_t *index; /* Rows + 1 of wants by their ids. */
	uint32_t index_size;

	/* Who was told of what, and records in the order in which they were first read:
	 * both by one count. */
	struct naive_told {
		uint32_t reader;
		const char *event;
		uint64_t at;
		bool copy_lost; /* After that. */
	} * told;
	size_t told_count, told_cap;
	struct naive_met {
		struct hash record;
		uint64_t at;
	} * met;
	size_t met_count, met_cap;
	uint64_t count;

	uint64_t reads;    /* Records read, and read again. */
	bool rolled_back;  /* Headquarters was: who is not in its log may have been. */
	wall_ms_t now;     /* When records are read. */
	wall_ms_t horizon; /* The latest that the clock ever showed. */
	bool (*has_address)(void *ctx, const uint8_t part[HASH_LEN]);
	void *ctx;
};

void naive_alerts_init(struct naive_alerts *, const uint8_t hq_node[NODE_ID_LEN],
		       const uint8_t hq_sign[32]);
void naive_alerts_fini(struct naive_alerts *);

/* The log is another one, or is read again from its beginning. */
void naive_alerts_cut(struct naive_alerts *);
void naive_alerts_record(struct naive_alerts *, const uint8_t node[NODE_ID_LEN],
			 const uint8_t key_id[8], struct slice record, wall_ms_t hq_ms);

/* The clock is looked at. */
void naive_alerts_clock(struct naive_alerts *, wall_ms_t now);
void naive_alerts_early(struct naive_alerts *, wall_ms_t now);

/* The row, or UINT32_MAX. */
uint32_t naive_alerts_find(const struct naive_alerts *, const uint8_t id[NAIVE_ID_LEN]);
uint32_t naive_alerts_reader(struct naive_alerts *, const uint8_t id[UUID_LEN]);

/* A reader is told of an event. */
void naive_alerts_told(struct naive_alerts *, const struct naive_want *);

/* The copy was lost or set back.  If headquarters is rolled back besides, who is told of
 * what can be argued: positions of the log were all that said when. */
void naive_alerts_copy_lost(struct naive_alerts *);

/* Does it say anything at 'now', as the log stands?  NULL, or the word for why not. */
const char *naive_alerts_pointless(struct naive_alerts *, const struct naive_want *,
				   wall_ms_t now);
/* Does that word hold? */
bool naive_alerts_is_true(struct naive_alerts *, const struct naive_want *, wall_ms_t now,
			  const char *why);

/* May it go at 'now': NULL, or the word for what holds it back. */
const char *naive_alerts_held(struct naive_alerts *, const struct naive_want *,
			      wall_ms_t now);

/* ---- Among the model's own files ----------------------------------------------- */

uint32_t naive_want_put(struct naive_alerts *, const struct naive_want *);
void naive_want_id(struct naive_want *, const uint8_t reader[UUID_LEN],
		   struct slice about, struct slice occasion);
/* Is it told of alerts now: not gone, and no feed? */
bool naive_is_told(const struct naive_reader *);
bool naive_wants_kind(const struct naive_reader *, enum naive_kind);
bool naive_reader_matches(const struct naive_reader *, enum naive_kind,
			  const struct naive_plan *);
void naive_plan_make(struct naive_alerts *, int event);
struct naive_plan *naive_plan_of(struct naive_alerts *, const char *event);
bool naive_is_ahead(const struct naive_plan *, wall_ms_t at);
void naive_news(struct naive_alerts *, int event, const struct naive_plan *before,
		size_t record, wall_ms_t hq_ms);
/* The key that recorded it was stolen: who was told of it is told so. */
void naive_never_was(struct naive_alerts *, int event, const struct naive_plan *before,
		     size_t record, wall_ms_t hq_ms);

/* naive_alert_when.c: days are counted from 1970-01-01. */
enum { NAIVE_MINUTE_MS = 60000 };
#define NAIVE_DAY_MS ((wall_ms_t)24 * 60 * NAIVE_MINUTE_MS)
int naive_unix_day(const struct naive_date *);
int naive_last_day(const struct naive_date *);
wall_ms_t naive_instant(const char *zone, int day, int minute);
int naive_day_at(const char *zone, wall_ms_t at, int *ret_minute);
void naive_date_text(int day, char text[16]);
wall_ms_t naive_first_digest(const Kusanone__V1__Subscription *, wall_ms_t from);
bool naive_is_quiet(const Kusanone__V1__Subscription *, wall_ms_t at);
void naive_sittings(struct naive_alerts *, struct naive_plan *,
		    const struct naive_fact *);

#endif
