#include "lib/host/monitor.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/host/zmq_uv.h"

enum {
	EVENT_LEN = 6, /* u16 event, u32 value, in the machine's order. */
	EVENTS = ZMQ_EVENT_CLOSED | ZMQ_EVENT_DISCONNECTED |
		 ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
		 ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
		 ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL,
};

struct monitor {
	struct zmq_uv z;
	void (*ended)(void *ctx, enum line_end);
	void (*freed)(void *ctx);
	void *ctx;
	bool shaken; /* Hands: the other side has the right key, and let ours in. */
};

/* What an event says; LINE_OPEN: no end. */
static enum line_end
end_of(struct monitor *m, uint16_t event, uint32_t value)
{
	switch (event) {
	case ZMQ_EVENT_CLOSED:
		return LINE_REFUSED;
	case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
		m->shaken = true;
		return LINE_OPEN;
	case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
		return LINE_KEY_REFUSED;
	case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
		return LINE_STRANGER;
	case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
		return value == EAGAIN ? LINE_MUTE : LINE_STRANGER;
	case ZMQ_EVENT_DISCONNECTED:
		return m->shaken ? LINE_CUT : LINE_STRANGER;
	default:
		return LINE_OPEN;
	}
}

bool
monitor_read(void *pair, uint16_t *ret_event, uint32_t *ret_value)
{
	uint8_t bytes[EVENT_LEN];
	char address[256];

	if (zmq_recv(pair, bytes, sizeof(bytes), ZMQ_DONTWAIT) != EVENT_LEN) {
		return false;
	}
	(void)zmq_recv(pair, address, sizeof(address), ZMQ_DONTWAIT);
	memcpy(ret_event, bytes, sizeof(*ret_event));
	memcpy(ret_value, bytes + sizeof(*ret_event), sizeof(*ret_value));
	return true;
}

static bool
on_receive(struct zmq_uv *z)
{
	struct monitor *m = container_of(z, struct monitor, z);
	uint16_t event;
	uint32_t value;

	if (!monitor_read(z->socket, &event, &value)) {
		return false;
	}
	enum line_end end = end_of(m, event, value);
	if (end != LINE_OPEN && !z->closing) {
		m->ended(m->ctx, end);
	}
	return true;
}

static bool
on_wants_in(struct zmq_uv *z)
{
	return !z->closing;
}

static bool
on_flush(struct zmq_uv *z)
{
	(void)z;
	return false;
}

static void
on_closed(struct zmq_uv *z)
{
	struct monitor *m = container_of(z, struct monitor, z);

	m->freed(m->ctx);
	free(m);
}

/* Our end of the pair on which libzmq speaks of 'socket'. */
static void *
open_pair(void *zmq, void *socket)
{
	static _Atomic uint64_t count;
	const int no_linger = 0;
	char name[64];

	snprintf(name, sizeof(name), "inproc://kusanone.monitor.%" PRIu64, ++count);
	void *pair = zmq_socket(zmq, ZMQ_PAIR);
	if (pair == NULL) {
		return NULL;
	}
	must(zmq_setsockopt(pair, ZMQ_LINGER, &no_linger, sizeof(no_linger)) == 0);
	if (zmq_socket_monitor(socket, name, EVENTS) != 0) {
		zmq_close(pair);
		return NULL;
	}
	if (zmq_connect(pair, name) != 0) {
		zmq_socket_monitor(socket, NULL, 0);
		zmq_close(pair);
		return NULL;
	}
	return pair;
}

struct monitor *
monitor_start(void *zmq, void *socket, uv_loop_t *loop,
	      void (*ended)(void *ctx, enum line_end), void (*freed)(void *ctx),
	      void *ctx)
{
	void *pair = open_pair(zmq, socket);

	if (pair == NULL) {
		return NULL;
	}
	struct monitor *m = xcalloc(1, sizeof(*m));
	m->ended = ended;
	m->freed = freed;
	m->ctx = ctx;
	m->z.socket = pair;
	m->z.wants_in = on_wants_in;
	m->z.receive = on_receive;
	m->z.flush = on_flush;
	m->z.closed = on_closed;
	zmq_uv_start(&m->z, loop);
	return m;
}

void
monitor_stop(struct monitor *m, void *socket)
{
	/* First libzmq's end: it waits for ever to speak to a pair that is gone. */
	must(zmq_socket_monitor(socket, NULL, 0) == 0);
	zmq_uv_close(&m->z);
}
