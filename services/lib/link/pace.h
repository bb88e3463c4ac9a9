/* lib/link/pace.h - how much may be on the way, so that a heartbeat gets through.
 *
 * Whoever sends batches measures what their acknowledgements say of the line.  On a
 * slow line a large batch is silence for whoever waits behind it (256 KiB at 64 kbit/s
 * take 32 s, the peer hangs up after 15, for ever again): there one block makes a
 * message, and no more is on the way than passes in two seconds, or one block.
 *
 * Of a batch it is known when it was sent and how much had been acknowledged by then;
 * what was acknowledged from there to its own acknowledgement, over that time, is what
 * the line carried.  Nothing is measured while nothing is on the way, and little says
 * nothing: what takes a round trip and a commit is not slow.  A session begins with no
 * rate and one block's worth on the way, which is enough to find the rate.
 *
 * Invariant: acked <= sent <= acked + LINK_BATCHES. */
#ifndef LIB_LINK_PACE_H
#define LIB_LINK_PACE_H

#include "lib/link/frame.h"

enum {
	PACE_WINDOW_MS = 2000,                 /* What may be on the way, in time. */
	PACE_BATCH_MS = 500,                   /* What one message may take. */
	PACE_MEASURABLE = 8192,                /* Fewer bytes tell of the latency only. */
	PACE_WINDOW_MIN = 2 * PACE_MEASURABLE, /* Or small blocks were never measured. */
};

struct pace {
	uint64_t sent, acked; /* Batches, by running number from 1. */
	uint64_t sent_bytes, acked_bytes;
	uint64_t rate; /* Bytes a second; 0: not known. */
	struct {
		uint64_t bytes;
		uint64_t acked_before; /* acked_bytes when it was sent. */
		msec_t at;
	} ring[LINK_BATCHES];
};

/* Batch sent + 1 of 'bytes' goes out. */
void pace_sent(struct pace *, size_t bytes, msec_t now);

/* Everything up to batch 'upto' was acknowledged.  An old number changes nothing; one
 * that was never sent is not taken: false. */
bool pace_acked(struct pace *, uint64_t upto, msec_t now) WARN_UNUSED;

static inline uint64_t
pace_in_flight(const struct pace *p)
{
	return p->sent_bytes - p->acked_bytes;
}

/* May 'bytes' more be on the way?  One batch always may. */
bool pace_may_send(const struct pace *, size_t bytes);

/* What to join into one message at most, with so much credit granted since the session
 * began: LINK_BATCH_TARGET, or what is left.  0: one block, where the line is slow or not
 * known, or less than a block is left. */
size_t pace_batch_target(const struct pace *, uint64_t credit);

#endif
