/* lib/model/record.h - a record as the core sees it.
 *
 * Decoded once, at the edge (record_wire.c), from the bytes that a node signed; what
 * our structs cannot hold is refused there.  The bytes stay what is stored, hashed and
 * sent: nothing is ever encoded again from these structs.
 *
 * Lists live in the arena given to record_decode(), slices there or in the bytes that it
 * was given: a record is good for as long as both are. */
#ifndef LIB_MODEL_RECORD_H
#define LIB_MODEL_RECORD_H

#include "lib/base/hash.h"
#include "lib/base/id.h"
#include "lib/base/mem.h"
#include "lib/model/alert.h"
#include "lib/model/calendar.h"
#include "lib/model/reference.h"

/* Field numbers of Record.body (proto/kusanone/v1/record.proto). */
enum body {
	BODY_NONE = 0,
	BODY_EVENT_REVISION = 16,
	BODY_WITHDRAWAL = 17,
	BODY_COHOST_ANSWER = 18,
	BODY_REVIEW = 19,
	BODY_BEST_PRACTICE = 20,
	BODY_PUBLISHED_FIGURE = 21,
	BODY_PUBLICATION = 22,
	BODY_MERGE = 23,
	BODY_OWNERSHIP_MOVE = 24,
	BODY_SOURCE_CONFIRMATION = 25,
	BODY_REFERENCE_CHANGE = 26,
	BODY_ENROLMENT = 27,
	BODY_REVOCATION = 28,
	BODY_ERASURE = 29,
	BODY_SUBSCRIPTION = 30,
	BODY_SILENCE = 31,
	BODY_ACKNOWLEDGEMENT = 32,
	BODY_LAST = BODY_ACKNOWLEDGEMENT, /* Of those that this program knows. */
};

/* "event_revision" for BODY_EVENT_REVISION; "unknown" for what we do not know. */
const char *body_name(uint32_t body);

/* The values are those of the .proto; an unknown one is kept and counts as 0. */
enum status {
	STATUS_NOT_STATED,
	STATUS_PLANNED,
	STATUS_POSTPONED,
	STATUS_CANCELLED,
	STATUS_HELD,
};

/* "held"; STATUS_NOT_STATED is "not_stated". */
const char *status_name(enum status);
bool status_parse(struct slice, enum status *ret_status) WARN_UNUSED;

enum bound { BOUND_NOT_STATED, BOUND_EXACT, BOUND_ABOUT, BOUND_AT_LEAST };
enum answer_kind { ANSWER_NONE, ANSWER_CONFIRMED, ANSWER_DISPUTED, ANSWER_WITHDRAWN };
enum review_state {
	REVIEW_NONE,
	REVIEW_RECEIVED,
	REVIEW_QUESTIONED,
	REVIEW_ACCEPTED,
	REVIEW_RETURNED,
};
enum node_role { NODE_NONE, NODE_POST, NODE_HQ, NODE_FOLLOWER };
enum revocation_kind {
	REVOCATION_NONE,
	REVOCATION_RETIRED,
	REVOCATION_STOLEN,
	REVOCATION_GENUINE
};

/* What one event may hold; a record with more is malformed. */
enum {
	EVENT_MAX_SESSIONS = 1000,
	EVENT_MAX_STATED = 1000, /* Dates, places. */
	EVENT_MAX_CODES = 200,   /* Holders, pillars, topics, vip kinds, bases. */
};

struct text {
	struct slice ja, en;
};

struct slices {
	struct slice *at;
	size_t count;
};

/* bound BOUND_NOT_STATED: the record does not say. */
struct quantity {
	int64_t value;
	enum bound bound;
};

struct place {
	struct text name, municipality;
	struct slice county, state, country;
};

struct event_session {
	struct slice id;
	enum status status;
	struct date start, end;        /* precision PRECISION_NONE: not stated. */
	struct slice zone;             /* Of a minute-precise start: its name, */
	int16_t offset_minutes;        /* and the UTC offset as it was entered. */
	struct date dated[RULE_COUNT]; /* The start's date under each rule. */
	struct place place;
	bool has_place;
	bool online;
};

struct event {
	struct slice bytes; /* The Event message as it stands in the record. */
	struct uuid id;
	struct slice source_key, recorder, lead;
	struct slices holders;
	struct text title;
	struct slice format, category, frame;
	struct slices pillars, topics;
	struct event_session *sessions;
	size_t session_count;
	struct date *stated_dates;
	size_t stated_date_count;
	struct place *stated_places;
	size_t stated_place_count;
	struct quantity stated_sessions; /* How many sittings it had, where stated. */
	enum status status;
	struct quantity participants, participants_japan, participants_other;
	struct quantity budget_planned, budget_spent;
	struct slices vip_kinds;
	struct hash *people; /* Hashes of loose parts. */
	size_t people_count;
	bool has_report;
};

struct event_revision {
	struct hash *bases;
	size_t base_count;
	struct event event;
	struct slice why;
};

struct withdrawal {
	struct uuid event;
	bool undone;
	struct slice why;
};

struct cohost_answer {
	struct uuid event;
	struct slice post, note;
	enum answer_kind answer;
};

struct review {
	struct uuid event;
	struct hash revision;
	enum review_state state;
	struct slice comment;
};

struct best_practice {
	struct uuid event;
	int16_t fiscal_year;
	struct text text;
	bool removed;
};

struct published_figure {
	struct slice measure;
	struct text scope;
	int16_t from, to; /* Fiscal years. */
	struct quantity value;
	struct slice source, quote;
	bool withdrawn;
};

/* A set of figures, frozen. */
enum { PUBLICATION_NAME_MAX = 127 };
struct publication {
	struct slice name;
	uint64_t position;
	enum date_rule rule;
	struct slice query;      /* A packed TotalsQuery (publication_wire.h). */
	struct slice checkpoint; /* A signed note; whose, the model cannot say. */
};

/* One line of text that shows, without blanks at its ends. */
bool publication_name_good(struct slice name) WARN_UNUSED;

struct event_merge {
	struct uuid from, into;
};

struct ownership_move {
	struct uuid event;
	struct node_id to_node;
	struct slice to_post;
};

struct source_confirmation {
	struct uuid event;
	struct slices posts;
	struct slice source, quote;
};

struct enrolment {
	struct node_id node;
	struct slice name;
	uint8_t curve_key[32];
	uint8_t sign_key[SIGN_PUBLIC_LEN];
	enum node_role role;
	struct slices posts;
	uint32_t *bodies;
	size_t body_count;
};

struct revocation {
	struct node_id node;
	uint8_t sign_key[SIGN_PUBLIC_LEN];
	enum revocation_kind kind;
	uint64_t from_position;
};

struct erasure {
	struct hash *parts;
	size_t count;
};

/* Kinds of alerts as bits; none is "any".  ALERT_KINDS_NEWER: one that this program does
 * not know is named too. */
#define ALERT_KINDS_NEWER (UINT32_C(1) << 31)

struct subscription {
	struct uuid id;
	struct slice who;
	enum alert_channel channel;
	struct hash to; /* Of the loose part that holds the address; FEED: zeros. */
	uint32_t kinds;
	struct slices posts, states, pillars, categories;
	struct slice text;
	uint32_t leads[ALERT_MAX_LEADS]; /* Minutes. */
	uint8_t lead_count;
	uint8_t digest_weekdays; /* Bit 0: Monday; 0: no digest. */
	uint16_t digest_minute;
	bool has_quiet;
	uint16_t quiet_from, quiet_to; /* Minutes of the day, in the reader's zone. */
	struct slice zone;             /* Empty: Asia/Tokyo. */
	bool english;
	struct slice secret;
	bool removed;
};

struct silence {
	struct uuid id, subscription, event; /* Zeros: any. */
	struct slices posts;
	uint32_t kinds;
	wall_ms_t from, until;
	struct slice why;
	bool ended;
};

struct acknowledgement {
	enum alert_kind kind;
	struct slice subject, spell, note;
	struct uuid subscription; /* Zeros: any. */
	bool undone;
};

struct record {
	struct slice bytes;
	wall_ms_t recorded_ms;
	struct slice author;
	struct hash submission; /* Zeros: none. */
	uint32_t body;          /* enum body, or the number of an unknown one. */
	union {
		struct event_revision revision;
		struct withdrawal withdrawal;
		struct cohost_answer cohost_answer;
		struct review review;
		struct best_practice best_practice;
		struct published_figure figure;
		struct publication publication;
		struct event_merge merge;
		struct ownership_move move;
		struct source_confirmation confirmation;
		struct reference_change reference;
		struct enrolment enrolment;
		struct revocation revocation;
		struct erasure erasure;
		struct subscription subscription;
		struct silence silence;
		struct acknowledgement acknowledgement;
	};
};

/* Decode; false if the bytes are no record, with 'ret_why' (may be NULL) naming field
 * and rule.  A body that is not known is no fault: body is its number.  Memory is at
 * most 16 times the bytes. */
bool record_decode(struct slice bytes, struct arena *, struct record *ret_record,
		   const char **ret_why) WARN_UNUSED;

/* Decode an Event message alone (a merged one is in no record). */
bool event_decode(struct slice bytes, struct arena *, struct event *ret_event,
		  const char **ret_why) WARN_UNUSED;

/* The event that a record speaks of; false if it speaks of none (Merge: the old id). */
bool record_event(const struct record *, struct uuid *ret_id) WARN_UNUSED;

/* The loose parts that a record names (people, an address): borrowed from the record. */
const struct hash *record_loose(const struct record *, size_t *ret_count);

#endif
