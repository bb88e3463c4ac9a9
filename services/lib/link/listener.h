/* lib/link/listener.h - the side of links that listens: headquarters.
 *
 * Keeps one session per (node, role); a newer HELLO ends the older with SUPERSEDED.  The
 * owner says who a peer is (its authenticated node), whether a consumer's cursor holds,
 * and what may be sent; the listener checks sessions, numbers, versions and flow, shares
 * credit out, and keeps heartbeats. */
#ifndef LIB_LINK_LISTENER_H
#define LIB_LINK_LISTENER_H

#include "lib/base/rng.h"
#include "lib/link/outbox.h"
#include "lib/link/pace.h"

enum { LISTENER_GREETERS = 64, LISTENER_STRAYS = 64, LISTENER_REPLACED = 32 };

struct session {
	struct peer peer;
	struct node_id node;
	enum link_role role; /* The peer's: PRODUCER sends us blocks. */
	uint64_t id;
	uint64_t in_no, out_no;
	uint32_t minor;
	msec_t since, last_in, last_out;
	bool welcomed;
	bool closing;      /* Ended; freed by the next listener_run(). */
	bool lost_batches; /* Some went down with a commit: ended by listener_run(). */
	bool status_due; /* Owner's: STATUS with the next run, not the next heartbeat. */
	void *owner;     /* Owner's own; NULL at first. */
	uint64_t wanted; /* Owner's: of a consumer's STATUS, the first; 0: nothing. */
	uint32_t key1;   /* Owner's: which key it was opened with; 0: not known. */
	bool caught_up;  /* Owner's: a consumer that has been sent the whole log once. */
	struct link_cursor
		scanned; /* Owner's: looked at beyond 'sent', nothing to say. */

	/* From HELLO; a consumer's cursor moves with its ACKs. */
	struct link_hello hello; /* software: in 'software'. */
	char software[64];
	struct link_cursor acked; /* Consumer: on the peer's disk. */
	struct link_cursor sent;  /* Consumer: through of the last batch sent. */

	/* From the peer's last STATUS. */
	struct link_status status;  /* Without what it says of the archive. */
	wall_ms_t peer_wall_offset; /* Peer's clock minus ours: shown, never used. */

	/* Flow: of a consumer, what we may send; of a producer, what we granted.  Both
	 * are totals of a session's bytes: payload and items. */
	uint64_t credit, sent_bytes, received_bytes;
	uint64_t share;    /* Of LINK_CREDIT_ALL among sessions of this role. */
	struct pace pace;  /* Consumer: measures the line. */
	uint64_t batch_no; /* Last one sent, or received and accepted. */
	bool ack_due;      /* Producer: a batch waits for this turn's commit. */
	uint32_t frames_this_second;
	msec_t second;
};

struct listener {
	struct session **sessions;
	uint64_t *ids; /* Of the sessions, for a quick search. */
	size_t count, cap;
	msec_t now;            /* Of the last run. */
	wall_ms_t wall_offset; /* Wall clock minus 'now', as last seen. */
	uint64_t superseded; /* Machines that answered when they were put out: each had a
			      * twin with the same key. */
	/* Connections whose session a newer one of the same node replaced: of a machine
	 * that died, or of one that lives. */
	struct {
		struct peer peer;
		bool waits;
	} replaced[LISTENER_REPLACED];
	unsigned next_replaced;

	/* What STATUS says to this session alone, beside what it says to all. NULL:
	 * nothing. */
	void (*tell)(void *ctx, const struct session *, struct link_status *);
	void *tell_ctx;

	uint64_t refused; /* HELLOs; why the last one was, in words: */
	char refusal[160];

	/* HELLOs of a node in a second, and connections that were told of a session that
	 * is none: the newest few. */
	struct {
		struct node_id node;
		msec_t second;
		uint32_t count;
		bool muted; /* For the rest of the second. */
	} greeters[LISTENER_GREETERS];
	struct {
		struct peer peer;
		msec_t told_at;
		bool used;
	} strays[LISTENER_STRAYS];
};

enum listener_event {
	LISTENER_NOTHING,
	LISTENER_HELLO,  /* session is new, not yet welcomed: listener_welcome() or
			    _refuse(). */
	LISTENER_BATCH,  /* in.payload: owner accepts its blocks, then sets nothing: after
			  * the commit listener_ack_all() answers.  Or listener_refuse().
			  */
	LISTENER_ACK,    /* session->acked moved. */
	LISTENER_STATUS, /* in.status */
	LISTENER_LOST,   /* GOODBYE or an error: the session is closing. */
};

struct listener_in {
	struct link_batch batch;
	struct slice payload;
	struct link_status status;
};

void listener_init(struct listener *);
void listener_fini(struct listener *);

/* A link frame (type below FRAME_REQUEST_FIRST) came from 'peer', whose authenticated
 * node is 'node' (NULL: nobody's, UNAUTHENTICATED).  HELLO for another node than that is
 * answered FORBIDDEN.  A frame of an unknown session is answered NO_SESSION, at most once
 * in LINK_STRAY_MS to each peer, and never where it is an ERROR or a GOODBYE.
 * *ret_session is NULL where no session of the peer's is meant. */
enum listener_event listener_take(struct listener *, struct peer,
				  const struct node_id *node, const struct frame *,
				  struct arena *, struct outbox *, struct rng *,
				  msec_t now, struct session **ret_session,
				  struct listener_in *ret_in);

/* Take the session: WELCOME with our head. A consumer then starts after hello.cursor. */
void listener_welcome(struct listener *, struct session *, const struct link_cursor *head,
		      struct outbox *, msec_t now, wall_ms_t wall);

/* ERROR and the end of the session (class INFO: the session goes on). */
void listener_refuse(struct listener *, struct session *, const struct link_error *,
		     struct outbox *, msec_t now);

/* ERROR to a peer without a session. */
void listener_refuse_peer(struct peer, const struct link_error *, struct outbox *);

/* Consumer: may 'bytes' more be sent now: welcomed, credit left, at most LINK_BATCHES
 * unacknowledged, and on a slow line not more than passes in two seconds?  With nothing
 * in flight any credit left is enough.  'bytes' are payload and items. */
bool session_may_send(const struct session *, size_t bytes);

/* Consumer: what to join into one batch at most; 0: one block or item. */
size_t session_batch_target(const struct session *);

/* Consumer: a batch, after the commit.  Its number and 'after' (session->sent) are set
 * here; 'through' is the caller's. */
void session_send_batch(struct session *, const struct link_batch *, struct slice payload,
			struct outbox *, msec_t now);

/* After the commit: one ACK to each producer whose batch came in this turn, with its
 * share of credit. */
void listener_ack_all(struct listener *, struct outbox *, msec_t now);

/* After a failed commit: forget the acks that were due.  A session whose batches were
 * lost takes no more; listener_run() ends it with DISK_FULL if its owner has not. */
void listener_drop_acks(struct listener *);

/* The same, and 'out', as it is, will not be sent: what it holds is taken back, so that
 * sessions go on without a hole.  A session whose WELCOME or batch was lost is ended. */
void listener_dropped(struct listener *, const struct outbox *out);

/* Planned stop: GOODBYE to everybody.  No session is left after the next run. */
void listener_stop(struct listener *, const char *reason, struct outbox *, msec_t now);

/* Heartbeats and silences.  Closing sessions are freed at its end: it calls
 * 'lost' for each before (owner's clean-up; may be NULL). */
void listener_run(struct listener *, const struct link_status *mine, struct outbox *,
		  msec_t now, void (*lost)(void *ctx, struct session *), void *ctx);

/* The session of (node, role); NULL if there is none. */
struct session *listener_find(struct listener *, const struct node_id *, enum link_role);

/* The session that a frame of 'peer' speaks of; NULL if there is none. */
struct session *listener_session(struct listener *, struct peer, uint64_t id);

msec_t listener_deadline(const struct listener *);

#endif
