/* notification/notification.h - alerts to planners about what is coming.
 *
 * Follows headquarters' log like any other reader: takes whole entries over the link,
 * keeps a copy of them, folds it.  What is due follows from (log, now); to send = due -
 * settled.  A core: no socket, thread, file or clock (lib/node/service.h).
 *
 * Three stores.  'store', the alert log, must not be lost: which messages were begun, and
 * what became of every alert.  'copy' (headquarters' log) and the view can be fetched and
 * folded again.
 *
 *	due      alert id -> StoredAlert        found and waiting; could be found again
 *	message  message id -> StoredMessage    begun and not settled
 *	settled  alert id -> StoredAlert        sent, dead, missed
 *	history  at_ms (be64), alert id -> ""   the settled ones in time
 *	told     subscription, event -> position of the first alert about it (be64)
 *	meta     "clock" -> when it was last looked at, and counts; "followed" -> how far
 *	         headquarters' log was folded then; subscription -> its counts
 *
 * One turn: run() takes entries into the copy, writes what was found, what came of
 * attempts, and attempts that begin; commit; fold() folds the entries, asks the rules,
 * and hands messages to the sender (OUT_JOB).  An attempt is on the disk before it is
 * made, and its outcome before anything follows from it. */
#ifndef NOTIFICATION_NOTIFICATION_H
#define NOTIFICATION_NOTIFICATION_H

#include "lib/node/erase.h"
#include "lib/node/follower.h"
#include "lib/node/replay.h"
#include "lib/node/service.h"
#include "notification/alerts.h"
#include "notification/planned.h"
#include "notification/rules.h"
#include "notification/schedule.h"

enum {
	NOTIFICATION_FORMAT = 1,
	NOTIFICATION_IN_FLIGHT = 64,   /* Attempts under way at once. */
	NOTIFICATION_GROUP = 100,      /* Alerts of one message. */
	NOTIFICATION_LEADS = 32,       /* Different lead times. */
	NOTIFICATION_CLOCK_MS = 30000, /* The wall clock is looked at so often. */
};

#define FOLLOWED_ANEW UINT64_MAX

enum {
	NOTIFICATION_DB_DUE,
	NOTIFICATION_DB_MESSAGE,
	NOTIFICATION_DB_SETTLED,
	NOTIFICATION_DB_HISTORY,
	NOTIFICATION_DB_TOLD,
	NOTIFICATION_DB_META,
};
extern const char *const notification_db_names[]; /* NULL-terminated */

struct notification_config {
	struct enrolment hq; /* The first key that headquarters' log is read by. */
	struct node_id node;
	const char *name, *software;
	struct zone_table zones;
	/* Endpoint numbers of the host. */
	uint32_t local_endpoint, dial_endpoint;
	bool dials;            /* Tests may let it stand alone. */
	const char *from;      /* The sender's address. */
	const char *host_name; /* Right side of message ids and UIDs. */
	msec_t give_up;        /* A message that was not taken for so long is dead. */
	msec_t retry;          /* It waits so long at first; 0: 30 s. */
};

/* Why an alert waits. */
enum held { HELD_NOT, HELD_DIGEST, HELD_QUIET, HELD_SILENCED, HELD_NO_ADDRESS };
const char *held_name(enum held);

/* Why one was missed. */
enum missed {
	MISSED_BEGUN,        /* The session had begun. */
	MISSED_OVER,         /* The event is over, or too long ago. */
	MISSED_OVERTAKEN,    /* A nearer reminder took its place. */
	MISSED_GONE,         /* The event will not be, or is not what it was. */
	MISSED_ACKNOWLEDGED, /* Somebody sees to it. */
	MISSED_UNSUBSCRIBED, /* The subscription is gone. */
};
const char *missed_name(enum missed);

enum outcome_kind { OUTCOME_ACCEPTED, OUTCOME_LATER, OUTCOME_REFUSED };
enum { OUTCOME_ANSWER = 256 };

/* What is remembered of an event. */
struct seen_row {
	uint32_t fact1; /* Its fact when the rules were asked, + 1. */
	uint32_t turn;  /* When that last was another. */
};

/* A message that was begun. */
struct sending {
	struct alert_id id;
	struct uuid subscription;
	uint32_t *alerts; /* Rows of alerts, TAKEN. */
	uint32_t count;
	uint32_t attempts; /* Begun. */
	wall_ms_t made;
	wall_ms_t next; /* When it is tried again; 0: an attempt is under way. */
	uint64_t job;   /* Its number. */
	bool in_doubt;  /* It may have been taken. */
	bool test;      /* Of no alert, and kept nowhere. */
	bool begins;    /* This turn begins an attempt. */
	bool ended;     /* A test's: with this outcome. */
	enum outcome_kind outcome;
	char answer[OUTCOME_ANSWER];
};

/* What the sender said of a job, until it is on the disk. */
struct outcome {
	uint64_t job;
	enum outcome_kind kind;
	bool in_doubt;
	msec_t retry_after;
	char answer[OUTCOME_ANSWER];
};

struct alert_counts {
	uint64_t sent, dead, missed, repeated;
};

struct feed_state {
	struct uuid subscription;
	uint64_t job;
	bool dirty;
	bool removed;
	wall_ms_t again; /* It could not be written. */
};

struct notification {
	struct notification_config config;
	struct store *store, *copy;
	struct follower follower; /* Of headquarters' log, into the copy. */
	struct fold fold;
	struct checkpoint checkpoint;
	struct eraser eraser; /* Of addresses, in the copy. */
	struct words words;   /* Of alerts. */
	struct alerts alerts;
	struct schedule schedule;
	struct planned planned;
	bool planned_complete; /* All that is open stands in it. */
	struct table seen;     /* struct seen_row, one an event. */
	uint32_t facts_mark;

	/* Until the copy is headquarters' log again nothing is begun, missed or looked
	 * for: after a start, lest somebody is reminded of what was called off meanwhile,
	 * but not beyond 'behind_until'; without end where the copy is short: it does not
	 * hold what it once did, or never did, and nobody knows who wants to hear of
	 * what. */
	bool behind, copy_short;
	msec_t behind_until;
	/* As the alert log has it: it rests on so much of the copy.  FOLLOWED_ANEW: on
	 * none, the copy was to go. */
	uint64_t followed;

	/* Subscriptions that are open, kept from one change to the next. */
	uint32_t *open;
	uint32_t open_count, open_cap;
	uint32_t leads[NOTIFICATION_LEADS];
	size_t lead_count;
	uint32_t wanted;

	/* Messages. */
	struct sending **sendings;
	size_t sending_count, sending_cap;
	struct outcome *outcomes;
	size_t outcome_count, outcome_cap;
	struct staged *staged; /* What this turn's commit makes true; send.c. */
	size_t staged_count, staged_cap;
	uint64_t next_job;
	struct feed_state *feeds;
	size_t feed_count, feed_cap;

	/* Of the turn, for rules and answers. */
	struct txn *copy_txn, *keep_txn; /* To read the copy and the alert log. */
	wall_ms_t now;
	uint32_t *touched; /* Events that another fact holds of. */
	uint32_t touched_count, touched_cap;
	bool look_at_all;
	struct arena arena; /* For one record or moment. */

	wall_ms_t horizon; /* The clock was looked at until here; on the disk: */
	wall_ms_t kept_horizon, staged_horizon;
	int32_t day;     /* Of the last daily look, in Tokyo. */
	bool fresh;      /* Alerts were found that are not on the disk. */
	bool look_again; /* Something changed what may be sent. */
	uint32_t turn_no;
	uint32_t wishes_turn; /* In which subscriptions, silences … were other ones. */
	msec_t rest_until;    /* After a failed commit. */
	wall_ms_t goes;       /* When the next alert may go. */
	struct alert_counts counts, staged_counts;
	wall_ms_t started;
	wall_ms_t wall_before; /* Of the turn before; at the start the horizon. */
	msec_t turned_at;
	uint64_t attempts;
	uint32_t feeds_found; /* The 'wishes_turn' for which they stand in 'feeds'. */
	bool feeds_dirty;     /* An event is not what it was. */
	wall_ms_t feeds_at;
	char feed_alarm[OUTCOME_ANSWER];
};

/* Keeps 'config' (borrowed strings) and the stores; 'view' may be NULL. */
void notification_init(struct notification *, const struct notification_config *,
		       struct store *store, struct store *copy, struct store *view);
void notification_fini(struct notification *);

/* Read the alert log, and bring the fold up to the copy's head. */
enum err notification_open(struct notification *, msec_t now) WARN_UNUSED;

extern const struct service notification_service;

/* SIGTERM: GOODBYE, and a checkpoint. */
void notification_drain(void *self, struct turn *);

/* ---- For the service's own files. -------------------------------------------------- */

/* follow_wire.c: what is ours of headquarters' log, in the copy. */
void follow_took(void *ctx, struct txn *copy, const struct log_entry *,
		 const struct block *, struct slice packed, struct arena *);
void follow_run(struct notification *, struct turn *);

/* That headquarters was set back is on the disk: the copy goes. */
enum err follow_reset(struct notification *, struct turn *) WARN_UNUSED;

/* watch.c: what the log and the clock call for. */
enum err watch_open(struct notification *) WARN_UNUSED;
void watch_fold(struct notification *, struct turn *);
void watch_complete_planned(struct notification *);
wall_ms_t watch_next(struct notification *);

/* The copy is empty again: what followed from it is forgotten, and will be found again
 * where it still follows. */
void watch_forget(struct notification *, struct turn *);
bool watch_read(void *ctx, uint64_t position, struct arena *, struct slice *ret_record);

/* Was the event another in this turn of the service's or a later one? */
bool watch_changed_since(const struct notification *, const struct uuid *event,
			 uint32_t turn);

/* An event that has anything to come, for the rules; in the arena.  False: it has not. */
bool watch_moment(struct notification *, uint32_t event, struct moment *ret);
struct rules watch_rules(struct notification *, wall_ms_t now, wall_ms_t since);

/* want.c: who wants to hear of an occasion. */
void want_refresh(struct notification *);
void want_emit(void *ctx, const struct occasion *);
bool want_matches(struct notification *, const struct subscription_row *,
		  const struct occasion *);
/* The filters alone, whatever kinds the reader asked for. */
bool want_matches_event(struct notification *, const struct subscription_row *,
			const struct occasion *);
struct alert want_alert(struct notification *, const struct subscription_row *,
			const struct occasion *);
/* Of a reader's lead times that have passed by 'now' only the nearest says anything. */
enum nearness { NOT_ASKED, NEAREST, OVERTAKEN };
enum nearness want_nearness(const struct subscription_row *, const struct occasion *,
			    wall_ms_t now);
/* The same of one that was asked for when it was found, whatever is asked for now. */
bool want_is_overtaken(const struct subscription_row *, const struct occasion *,
		       wall_ms_t now);
const uint32_t *want_default_leads(size_t *ret_count);
struct hours want_hours(const struct notification *, const struct subscription_row *);
const struct subscription_row *want_subscription(const struct notification *,
						 const struct uuid *);
/* One that is told of alerts: NULL also where it is a feed by now. */
const struct subscription_row *want_reader(const struct notification *,
					   const struct uuid *);

/* send.c: when alerts go, in what messages, and what came of them.  send_run() writes,
 * send_committed() follows in memory; after a failed commit send_dropped() leaves it as
 * it was. */
void send_run(struct notification *, struct turn *);
void send_committed(struct notification *, struct turn *);
void send_dropped(struct notification *);
wall_ms_t send_next(const struct notification *);

/* Does this turn's commit begin attempts? */
bool send_begins(const struct notification *);

/* The clock was set back: what waits for a time that the wrong one gave is looked at
 * again. */
void send_clock_back(struct notification *, wall_ms_t now);

/* From the sender: kept until it is on the disk. */
void send_hear(struct notification *, const struct outcome *);

/* A message without an alert, to that subscription's address; its id. */
struct alert_id send_test(struct notification *, const struct subscription_row *,
			  wall_ms_t now);

/* A dead alert is due again.  False: it is not dead. */
bool send_again(struct notification *, const struct alert_id *,
		struct turn *) WARN_UNUSED;

struct sending *send_find(struct notification *, const struct alert_id *);
void send_free(struct sending *);
void send_add(struct notification *, struct sending *);

/* hold.c: does an alert still say something at 'now'?  False: why not. */
bool hold_still_helps(struct notification *, const struct alert *, wall_ms_t now,
		      enum missed *ret_why) WARN_UNUSED;

/* Somebody sees to what it is about. */
bool hold_is_acknowledged(const struct notification *, const struct alert *);

/* When it goes by the reader's hours and by silences. */
wall_ms_t hold_hours(struct notification *, const struct alert *,
		     const struct subscription_row *, wall_ms_t now, enum held *ret_held);

/* The same; NEVER: not before the reader has an address. */
wall_ms_t hold_until(struct notification *, const struct alert *,
		     const struct subscription_row *, wall_ms_t now, enum held *ret_held);

/* When it may be tried again: 'now', or later for quiet hours and silences. */
wall_ms_t hold_again(struct notification *, const struct alert *,
		     const struct subscription_row *, wall_ms_t now);

/* keep_wire.c: the alert log. */
enum err keep_load(struct notification *, struct txn *) WARN_UNUSED;
void keep_forget_due(struct txn *, const struct alert_id *);
void keep_due(struct notification *, struct txn *, const struct alert *);
void keep_message(struct notification *, struct txn *, const struct sending *,
		  uint32_t attempts, wall_ms_t next, bool in_doubt, const char *answer);
enum settled { SETTLED_SENT, SETTLED_DEAD, SETTLED_MISSED };
void keep_settled(struct notification *, struct txn *, const struct alert *, enum settled,
		  const char *reason, const struct sending *, const char *answer,
		  wall_ms_t at);
bool keep_is_settled(struct txn *, const struct alert_id *);
void keep_told(struct txn *, const struct uuid *subscription, const struct uuid *event,
	       uint64_t position);
/* Positions of another past say nothing any more: whoever was told was told before. */
void keep_told_before(struct txn *);
/* 0: never. */
uint64_t keep_told_since(struct txn *, const struct uuid *subscription,
			 const struct uuid *event);
void keep_forget_message(struct txn *, const struct alert_id *);

/* A dead one is taken out, to be due again.  False: it is not dead. */
bool keep_take_dead(struct notification *, struct txn *, const struct alert_id *,
		    struct alert *ret) WARN_UNUSED;

struct keep_counts {
	uint64_t of[3]; /* By enum settled. */
};
struct keep_counts keep_counts_of(struct txn *, const struct uuid *subscription);

void keep_meta(struct notification *, struct txn *, wall_ms_t horizon,
	       const struct alert_counts *);

/* deliver_wire.c: jobs for the sender, and what it says of them. */
void deliver_message(struct notification *, struct sending *, struct turn *);
void deliver_feeds(struct notification *, struct turn *);
wall_ms_t deliver_feeds_next(const struct notification *);
char *deliver_feed_file(const struct uuid *subscription, struct arena *);
void deliver_feed_outcome(struct notification *, const struct outcome *, wall_ms_t now);
bool deliver_outcome(struct slice, struct arena *, struct outcome *ret) WARN_UNUSED;
/* The address of a subscription; empty where it was erased or has not come. */
struct slice deliver_address(struct notification *, const struct subscription_row *);

/* ask_wire.c: one request of a command. */
void ask_answer(struct notification *, const struct message *, struct turn *);
void ask_refuse_full(const struct message *, struct turn *);

#endif
