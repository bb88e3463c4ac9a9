/* lib/link/dialer_parts.h - what dialer.c and dialer_hear.c share; nobody else's. */
#ifndef LIB_LINK_DIALER_PARTS_H
#define LIB_LINK_DIALER_PARTS_H

#include "lib/link/dialer.h"

void dialer_move_to(struct dialer *, enum dialer_state, msec_t now);
void dialer_set_reason(struct dialer *, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* When to dial again. */
enum dialer_retry {
	DIALER_RETRY_BACKOFF, /* Not before what the peer asked for ('at_least_ms'). */
	DIALER_RETRY_AT_ONCE,
	DIALER_RETRY_GOODBYE,
	DIALER_RETRY_SUPERSEDED,
};

/* The session, if there was one, is over; 'rng' may be NULL for AT_ONCE.  DIALER_LOST. */
enum dialer_event dialer_lose(struct dialer *, enum dialer_retry, uint32_t at_least_ms,
			      struct rng *, msec_t now);

/* GOODBYE in a live session; the caller hangs up or moves on. */
void dialer_say_goodbye(struct dialer *, const char *reason, struct outbox *, msec_t now);

/* The peer broke the protocol: it is told.  The socket stays open until the next
 * dialling, so that it hears it.  DIALER_LOST. */
enum dialer_event dialer_fault(struct dialer *, enum link_code, const char *text,
			       struct outbox *, struct rng *, msec_t now);

#endif
