#include "lib/host/zmq_uv.h"

#include <zmq.h>

/* What may be done on the socket now: ZMQ_POLLIN, ZMQ_POLLOUT, of those we care for.
 * The mailbox is empty afterwards.  Messages that are not wanted yet are asked for again;
 * that one may be sent, when it may not now, is told. */
static int
events_of(struct zmq_uv *z)
{
	int events = 0;
	size_t len = sizeof(events);

	must(zmq_getsockopt(z->socket, ZMQ_EVENTS, &events, &len) == 0);
	z->ask = (events & ZMQ_POLLIN) != 0;
	if (!z->wants_in(z)) {
		events &= ~ZMQ_POLLIN;
	}
	if (!z->queued || z->router) {
		events &= ~ZMQ_POLLOUT;
	}
	return events;
}

static void
on_poll(uv_poll_t *handle, int status, int events)
{
	(void)status;
	(void)events;
	container_of(handle, struct zmq_uv, poll)->ask = true;
}

static void
on_idle(uv_idle_t *handle)
{
	(void)handle;
}

static void
on_retry(uv_timer_t *handle)
{
	(void)handle;
}

static void
on_prepare(uv_prepare_t *handle)
{
	struct zmq_uv *z = container_of(handle, struct zmq_uv, prepare);
	bool busy = false;

	if (z->queued && z->router) {
		/* A send looks at the socket's mailbox at most once a millisecond: so
		 * after these two attempts, what the look-up between them learned has
		 * been tried, and what came later still signals the file descriptor. */
		busy = z->flush(z);
		busy |= events_of(z) != 0;
		busy |= z->queued && z->flush(z);
	} else if (z->ask) {
		busy = events_of(z) != 0;
	}
	if (busy) {
		must(uv_idle_start(&z->idle, on_idle) == 0);
	}
}

static void
on_check(uv_check_t *handle)
{
	struct zmq_uv *z = container_of(handle, struct zmq_uv, check);

	must(uv_idle_stop(&z->idle) == 0);
	for (int left = ZMQ_UV_BUDGET; z->ask && left > 0 && z->wants_in(z); left--) {
		/* Where there is none, its mailbox was emptied too. */
		z->ask = z->receive(z);
	}
	if (z->queued) {
		z->flush(z);
		z->ask = true;
	}
}

void
zmq_uv_start(struct zmq_uv *z, uv_loop_t *loop)
{
	int fd = -1;
	size_t len = sizeof(fd);

	must(zmq_getsockopt(z->socket, ZMQ_FD, &fd, &len) == 0);
	must(uv_poll_init(loop, &z->poll, fd) == 0);
	must(uv_prepare_init(loop, &z->prepare) == 0);
	must(uv_check_init(loop, &z->check) == 0);
	must(uv_idle_init(loop, &z->idle) == 0);
	must(uv_timer_init(loop, &z->retry) == 0);
	z->open_handles = 5;
	z->ask = true;
	/* Writability, too, is told by the descriptor's being readable. */
	must(uv_poll_start(&z->poll, UV_READABLE, on_poll) == 0);
	must(uv_prepare_start(&z->prepare, on_prepare) == 0);
	must(uv_check_start(&z->check, on_check) == 0);
}

void
zmq_uv_called(struct zmq_uv *z)
{
	z->ask = true;
}

void
zmq_uv_set_queued(struct zmq_uv *z, bool queued)
{
	if (z->queued == queued || z->closing) {
		return;
	}
	z->queued = queued;
	z->ask = true;
	if (!z->router) {
		return;
	}
	if (queued) {
		must(uv_timer_start(&z->retry, on_retry, ZMQ_UV_RETRY_MS,
				    ZMQ_UV_RETRY_MS) == 0);
	} else {
		must(uv_timer_stop(&z->retry) == 0);
	}
}

static void
on_closed(struct zmq_uv *z)
{
	if (--z->open_handles == 0) {
		must(zmq_close(z->socket) == 0);
		z->socket = NULL;
		z->closed(z);
	}
}

static void
on_poll_closed(uv_handle_t *handle)
{
	on_closed(container_of(handle, struct zmq_uv, poll));
}

static void
on_prepare_closed(uv_handle_t *handle)
{
	on_closed(container_of(handle, struct zmq_uv, prepare));
}

static void
on_check_closed(uv_handle_t *handle)
{
	on_closed(container_of(handle, struct zmq_uv, check));
}

static void
on_idle_closed(uv_handle_t *handle)
{
	on_closed(container_of(handle, struct zmq_uv, idle));
}

static void
on_retry_closed(uv_handle_t *handle)
{
	on_closed(container_of(handle, struct zmq_uv, retry));
}

void
zmq_uv_close(struct zmq_uv *z)
{
	must(!z->closing);
	z->closing = true;
	/* ZMQ_FD dies with the socket, and the loop must have forgotten it by then. */
	uv_close((uv_handle_t *)&z->poll, on_poll_closed);
	uv_close((uv_handle_t *)&z->prepare, on_prepare_closed);
	uv_close((uv_handle_t *)&z->check, on_check_closed);
	uv_close((uv_handle_t *)&z->idle, on_idle_closed);
	uv_close((uv_handle_t *)&z->retry, on_retry_closed);
}
