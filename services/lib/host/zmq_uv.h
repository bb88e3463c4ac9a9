/* lib/host/zmq_uv.h - a ZeroMQ socket on a libuv loop, without ever sleeping on work.
 *
 * ZMQ_FD tells that the socket's mailbox went from empty to not empty, and any call on
 * the socket may swallow that: it can be silent while messages wait.  So the poll's
 * callback only notes that the socket is to be asked, as does everybody who has called
 * it, and the work is done at two points of every turn of the loop:
 *
 *	prepare   right before the loop would sleep: is there work?  Then start 'idle',
 *	          which keeps it from sleeping.
 *	check     right after it has slept: read at most ZMQ_UV_BUDGET messages, send
 *	          what is queued.
 *
 * A socket that has said it has nothing is not asked again before its descriptor tells
 * or somebody calls it: its mailbox was empty then, so what comes next is told.  Each
 * question costs two system calls.
 *
 * One socket so takes at most its budget before timers and other sockets have theirs,
 * and frames may be sent from anywhere. */
#ifndef LIB_HOST_ZMQ_UV_H
#define LIB_HOST_ZMQ_UV_H

#include <uv.h>

#include "lib/base/base.h"

enum {
	ZMQ_UV_BUDGET = 32,   /* Messages read in a turn of the loop. */
	ZMQ_UV_RETRY_MS = 20, /* Backstop for a ROUTER's queue, which POLLOUT tells
			       * nothing about. */
};

struct zmq_uv {
	/* Owner's, set before zmq_uv_start(). */
	void *socket; /* Taken: closed before closed() is called. */
	bool router;  /* POLLOUT speaks of any peer: useless for a queue of one. */

	/* May a message be read now? */
	bool (*wants_in)(struct zmq_uv *);
	/* Read one message.  False if the socket had none. */
	bool (*receive)(struct zmq_uv *);
	/* Send what is queued.  True if something went. */
	bool (*flush)(struct zmq_uv *);
	/* After zmq_uv_close(): nothing refers to it any more. */
	void (*closed)(struct zmq_uv *);

	/* State. */
	bool ask;    /* There may be work that ZMQ_FD does not tell. */
	bool queued; /* flush() has something to do. */
	bool closing;
	unsigned open_handles;
	uv_poll_t poll;
	uv_prepare_t prepare;
	uv_check_t check;
	uv_idle_t idle;
	uv_timer_t retry;
};

void zmq_uv_start(struct zmq_uv *, uv_loop_t *);

/* The socket was called from outside of receive() and flush(). */
void zmq_uv_called(struct zmq_uv *);

/* flush() has something to do from now on, or nothing more. */
void zmq_uv_set_queued(struct zmq_uv *, bool queued);

/* Stop and close the handles, then the socket, then call closed(): all in later turns
 * of the loop.  What ZeroMQ still holds is sent for as long as ZMQ_LINGER says. */
void zmq_uv_close(struct zmq_uv *);

#endif
