/* lib/host/channel.h - one socket of an endpoint: frames in, frames out.
 *
 * A channel names the sender of every message (its principal) and its peer:
 *
 *	listener  peer.id is the number in the routing id that libzmq gave the connection:
 *	          5 bytes, 0 and a big-endian uint32.  Another routing id is one that the
 *	          peer chose: its messages are dropped.  With CURVE the principal is the
 *	          key of the handshake, from the User-Id of the message's last frame (the
 *	          first one loses it), and a message of a key that is not allowed any more
 *	          is dropped: revoking takes effect on the next message.
 *	dialled   peer.id is the dialling's generation, the principal is the server with
 *	          its pinned key.
 *
 * It owns its socket and frees itself when the loop has closed it. */
#ifndef LIB_HOST_CHANNEL_H
#define LIB_HOST_CHANNEL_H

#include "lib/host/host.h"
#include "lib/host/send_queue.h"
#include "lib/host/turn_thread.h"
#include "lib/host/zap.h"
#include "lib/host/zmq_uv.h"

/* What the channels of a host share. */
struct channel_world {
	uv_loop_t *loop;
	struct turn_thread *turns;
	struct zap *zap; /* NULL: no CURVE listener. */
	const struct log_sink *log;
	bool reading;  /* False: read no more (drain). */
	unsigned open; /* Channels that are not freed yet. */
};

struct channel;

/* Takes 'socket'; keeps 'world' and the endpoint's description.  'number' is the
 * endpoint's, 'generation' that of a dialling. */
struct channel *channel_start(struct channel_world *, void *socket,
			      const struct endpoint *, uint32_t number,
			      uint32_t generation);

/* Send what is queued if it can go at once, let ZeroMQ go on for 'linger' ms, close. */
void channel_close(struct channel *, msec_t linger);

/* Send, or queue.  A frame to a peer that is gone is dropped. */
void channel_send(struct channel *, uint32_t peer, const struct slice *parts,
		  unsigned count);

/* Does nothing wait here to be taken by ZeroMQ? */
bool channel_is_flushed(const struct channel *);

#endif
