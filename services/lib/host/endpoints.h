/* lib/host/endpoints.h - the sockets of a node, and what an outbox does to them. */
#ifndef LIB_HOST_ENDPOINTS_H
#define LIB_HOST_ENDPOINTS_H

#include "lib/host/channel.h"
#include "lib/host/dialling.h"

enum { HANG_UP_LINGER_MS = 1000 }; /* For the GOODBYE before it. */

struct endpoints {
	const struct host_options *options;
	void *zmq;
	struct channel_world *world;
	struct channel *channels[HOST_MAX_ENDPOINTS]; /* NULL: not dialled. */
	struct dialling *diallings[HOST_MAX_ENDPOINTS];
};

/* Check every address and bind the listeners.  On an error 'why' holds a sentence and
 * what was bound is open still: endpoints_close(). */
enum err endpoints_bind(struct endpoints *, char *why, size_t why_len) WARN_UNUSED;

/* Carry out what a turn wanted, in order. */
void endpoints_carry_out(struct endpoints *, const struct outbox *);

/* Has ZeroMQ taken everything? */
bool endpoints_are_flushed(const struct endpoints *);

/* Close all of them, the last first; they are gone when world->open is 0. */
void endpoints_close(struct endpoints *, msec_t linger);

#endif
