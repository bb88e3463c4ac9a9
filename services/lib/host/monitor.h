/* lib/host/monitor.h - what becomes of a dialled socket's connection.
 *
 * libzmq tells it on an inproc PAIR.  What 4.3.4 says where ZMQ_RECONNECT_IVL is -1, by
 * experiment:
 *
 *	refused, no way       CONNECT_DELAYED, CLOSED
 *	another server key,
 *	or hung up at once    CONNECTED, HANDSHAKE_FAILED_NO_DETAIL (errno), DISCONNECTED
 *	no CURVE there        CONNECTED, HANDSHAKE_FAILED_PROTOCOL, DISCONNECTED
 *	nobody speaks         CONNECTED, and 2 s later (ZMQ_HANDSHAKE_IVL)
 *	                      HANDSHAKE_FAILED_NO_DETAIL (EAGAIN), DISCONNECTED
 *	ZAP says 400          CONNECTED, HANDSHAKE_FAILED_AUTH, DISCONNECTED
 *	the peer dies         ... HANDSHAKE_SUCCEEDED, DISCONNECTED
 *	no such name          nothing at all (lib/host/dialling.h looks names up itself)
 *
 * Each of these that is an end is told; the first says why. */
#ifndef LIB_HOST_MONITOR_H
#define LIB_HOST_MONITOR_H

#include <uv.h>

#include "lib/link/line.h"

struct monitor;

/* Watch 'socket', which must not be connected yet.  NULL if ZeroMQ has no socket left:
 * then nothing is told.  'freed' is called when the loop has let go of it. */
struct monitor *monitor_start(void *zmq, void *socket, uv_loop_t *,
			      void (*ended)(void *ctx, enum line_end),
			      void (*freed)(void *ctx), void *ctx);

/* The next event that waits on the PAIR of any monitor, with its value; false if none
 * does.  The address that comes with it is left out: whoever watches knows it. */
bool monitor_read(void *pair, uint16_t *ret_event, uint32_t *ret_value);

/* While 'socket' is open still: nothing is told any more. */
void monitor_stop(struct monitor *, void *socket);

#endif
