/* lib/link/dialer.h - the side of a link that dials: a post, a follower.
 *
 * One dialer is one stream over one endpoint: it connects, says HELLO, keeps the
 * session alive, and reconnects with full jitter (0.5 s doubling to 60 s, reset after a
 * minute of a working session; 60 s at once after SUPERSEDED).  It knows no journal and
 * no cursor: its owner puts what it wants said into 'hello' before each dialling and is
 * told what came.
 *
 *	IDLE -> (dial) -> HELLO_SENT -> (WELCOME) -> LIVE -> (error, silence) -> BACKOFF
 *	  ^                    |  10 s without WELCOME ------------------------> BACKOFF
 *	  |        in either, when the shell says that the connection ended ---> BACKOFF
 *	  +---- paused by its owner                     BACKOFF -> (deadline) -> dial
 *
 * As a producer it keeps the flow: sent_bytes < credit, both absolute totals of payload
 * bytes in the session.  As a consumer it counts what came and grants credit in ACKs. */
#ifndef LIB_LINK_DIALER_H
#define LIB_LINK_DIALER_H

#include "lib/base/rng.h"
#include "lib/link/line.h"
#include "lib/link/outbox.h"
#include "lib/link/pace.h"
#include "lib/link/reconnect.h"

enum dialer_state { DIALER_IDLE, DIALER_BACKOFF, DIALER_HELLO_SENT, DIALER_LIVE };
const char *dialer_state_name(enum dialer_state);

struct dialer {
	/* Configuration. */
	uint32_t endpoint;
	const char *name;        /* For log lines: "up", "down". */
	struct link_hello hello; /* Owner's; read at each dialling. software borrowed. */

	/* State. */
	enum dialer_state state;
	bool paused; /* Owner's: do not dial (up waits until down has caught up).  A
		      * session that is there goes on. */
	uint32_t generation;
	uint64_t session;
	uint64_t in_no, out_no;
	uint32_t minor;
	msec_t state_since;
	msec_t live_since;
	msec_t last_in, last_out;
	msec_t retry_at; /* In BACKOFF. */
	uint32_t backoff_ms;
	enum link_code last_error; /* 0: none yet. */
	char reason[96];           /* Why it is not LIVE, in words. */
	enum line_end ended;       /* The same where it was the line; else OPEN. */

	struct reconnect reconnect;
	uint32_t heartbeat_ms; /* Of this session, as WELCOME says. */
	bool hang_up_due;      /* A hang-up was lost with a failed commit. */
	bool status_due; /* Owner's: STATUS with the next run, not the next heartbeat. */

	/* Producer's flow.  'pace' measures the line. */
	uint64_t credit, sent_bytes;
	uint64_t batch_sent, batch_acked;
	struct pace pace;

	/* Consumer's flow; 'credit' is what was granted. */
	uint64_t received_bytes;
	uint64_t batch_in;
	struct link_cursor through; /* Of the last batch; first the cursor of HELLO. */
};

enum dialer_event {
	DIALER_NOTHING,
	DIALER_WELCOMED, /* in.welcome: LIVE from now on. */
	DIALER_BATCH,    /* in.batch, in.payload: owner handles, then dialer_ack(). */
	DIALER_ACKED,    /* in.ack: credit and batch_acked are up to date. */
	DIALER_STATUS,   /* in.status */
	DIALER_LOST,     /* in.error (code 0: silence, GOODBYE, protocol): in BACKOFF. */
			 /* An ERROR of class INFO is DIALER_NOTHING with in.error. */
};

struct dialer_in {
	struct link_welcome welcome;
	struct link_batch batch;
	struct slice payload;
	struct link_ack ack;
	struct link_status status;
	struct link_error error;
};

/* The other side of the present dialling. */
static inline struct peer
dialer_peer(const struct dialer *d)
{
	return (struct peer){ .endpoint = d->endpoint, .id = d->generation };
}

void dialer_init(struct dialer *, uint32_t endpoint, const char *name, msec_t now);

/* What time demands: dial, HELLO after dialling, STATUS when due, give up after a
 * silence.  Call once a turn, after the frames.  DIALER_LOST if it gave up now. */
enum dialer_event dialer_run(struct dialer *, const struct link_status *mine,
			     struct outbox *, struct rng *, msec_t now, wall_ms_t wall);

/* A frame came from 'peer'.  Frames of another generation or session are dropped, as
 * are requests' frames and repeats.  *ret_in is written whatever is returned. */
enum dialer_event dialer_take(struct dialer *, struct peer, const struct frame *,
			      struct arena *, struct outbox *, struct rng *, msec_t now,
			      struct dialer_in *ret_in);

/* The shell says that the connection to 'peer' ended, or never came to be.  DIALER_LOST
 * if that is the present dialling. */
enum dialer_event dialer_ended(struct dialer *, struct peer, enum line_end,
			       struct outbox *, struct rng *, msec_t now);

/* May a batch of 'bytes' be sent now: LIVE, credit, at most 64 batches unacknowledged,
 * and on a slow line (a measured rate) not more than the larger of one block and two
 * seconds' worth in flight?  With nothing in flight any credit left is enough. */
bool dialer_may_send(const struct dialer *, size_t bytes);

/* Largest payload worth joining into one batch: LINK_BATCH_TARGET, what is left of the
 * credit, or a single block (0) where the line is slow or not yet known. */
size_t dialer_batch_target(const struct dialer *);

/* Send a batch, after the commit; its number is dialer->batch_sent afterwards. */
void dialer_send_batch(struct dialer *, struct slice payload, struct outbox *,
		       msec_t now);

/* Consumer: what is on our disk, after the commit. */
void dialer_ack(struct dialer *, const struct link_cursor *, struct outbox *, msec_t now);

/* End the session and dial again: at once, or after a backoff. The reason is kept. */
void dialer_restart(struct dialer *, bool at_once, const char *reason, struct outbox *,
		    struct rng *, msec_t now);

/* Planned stop: GOODBYE, hang up, stay IDLE (paused). */
void dialer_stop(struct dialer *, struct outbox *, msec_t now);

/* The commit failed and 'out', as it is, will not be sent: what it holds of this dialer
 * is taken back, so that the session goes on without a hole.  A lost dialling is done
 * again; a lost batch or ack ends the session and dials again at once. */
void dialer_dropped(struct dialer *, const struct outbox *out, msec_t now);

/* When dialer_run() is due next; NEVER if not by time. */
msec_t dialer_deadline(const struct dialer *);

#endif
