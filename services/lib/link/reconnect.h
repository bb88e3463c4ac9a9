/* lib/link/reconnect.h - when to dial again.
 *
 * Full jitter over a ceiling that doubles from 0.5 s to 60 s, so that a herd that lost
 * the same peer spreads out.  A ceiling stays for as long as it is high: a refused
 * dialling fails at once, and with a doubling for each a peer that was away for three
 * seconds would be waited for for six.  So the wait is about as long, at most, as the
 * absence.  A peer that asks to be dialled again at once is, but with
 * growing gaps between two diallings, so that two sides that disagree cannot spin.  A
 * minute of a working session forgets both.
 *
 * Every function returns the time at which to dial.  A zeroed one is a fresh one. */
#ifndef LIB_LINK_RECONNECT_H
#define LIB_LINK_RECONNECT_H

#include "lib/base/rng.h"
#include "lib/link/frame.h"

enum {
	RECONNECT_GAP_MIN_MS = 50,
	RECONNECT_WORKED_MS = 60 * 1000,         /* A session that forgets the past. */
	RECONNECT_GOODBYE_MS = 2000,             /* Jitter after a planned stop. */
	RECONNECT_AFTER_MAX_MS = 60 * 60 * 1000, /* Of what a peer may ask for. */
};

struct reconnect {
	uint32_t ceiling_ms; /* Of the last backoff; 0: there was none. */
	msec_t raised_at;    /* When it became that. */
	uint32_t gap_ms;     /* Before the next dialling "at once"; 0: the smallest. */
	msec_t dialled_at;
};

void reconnect_dialled(struct reconnect *, msec_t now);

/* A session has ended that worked for 'live_for'. */
void reconnect_worked(struct reconnect *, msec_t live_for);

/* After a failure.  'at_least_ms': what the peer asked for, 0 if nothing. */
msec_t reconnect_backoff(struct reconnect *, uint32_t at_least_ms, struct rng *,
			 msec_t now);

/* The peer, or the owner, wants to go on at once. */
msec_t reconnect_at_once(struct reconnect *, msec_t now);

/* The peer stops as planned and will be back: no penalty, but not everybody at once. */
msec_t reconnect_after_goodbye(struct rng *, msec_t now);

/* Another machine speaks with our key: do not take turns quickly. */
msec_t reconnect_superseded(msec_t now);

#endif
