#include "lib/host/host.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <uv.h>
#include <zmq.h>

#include "lib/host/endpoints.h"
#include "lib/host/run.h"

enum {
	DRAIN_DEFAULT_MS = 2000,
	/* Between the last frame and the end of the connections.  A DEALER with
	 * ZMQ_IMMEDIATE throws away what it has received when its line is cut at once:
	 * the other side needs a moment to read our goodbye. */
	PARTING_MS = 100,
	HOST_SIGNALS = 3,
};

/*	SERVING --(SIGTERM, SIGINT)--> FINISHING --(worker idle, late)--> DRAINING
 *	   |                              |                                 |
 *	   +------- a turn failed --------+---------------------------------+
 *	                  v                                        (last turn done)
 *	               STOPPED <--(late)-- FLUSHING <-----------------------+
 *	                  ^                   |
 *	                  +---- PARTING <--(sent)
 */
enum host_state {
	HOST_SERVING,
	HOST_FINISHING, /* Jobs of the worker that were begun come to their end. */
	HOST_DRAINING,
	HOST_FLUSHING,
	HOST_PARTING,
	HOST_STOPPED,
};

struct host {
	const struct host_options *options;
	struct node *node;
	void *zmq;
	uv_loop_t loop;
	uv_async_t turned;
	uv_signal_t signals[HOST_SIGNALS];
	uv_timer_t timer;
	uv_prepare_t flushed;
	struct turn_thread *turns;
	struct channel_world world;
	struct endpoints endpoints;
	struct outbox outbox;
	enum host_state state;
	bool worker_failed; /* It did not open. */
	msec_t drain_until;
	enum err result;
};

static void
log_state(struct host *host, const char *what)
{
	log_event(host->node->log, LOG_INFO, "host", "name=%s %s", host->options->name,
		  what);
}

static msec_t
drain_left(const struct host *host)
{
	msec_t left = host->drain_until - clock_monotonic();

	return left > 0 ? left : 0;
}

static void
stop(struct host *host)
{
	host->state = HOST_STOPPED;
	uv_stop(&host->loop);
}

/* Time is up for what the state waits for. */
static void
on_timer(uv_timer_t *handle)
{
	struct host *host = container_of(handle, struct host, timer);

	if (host->state == HOST_PARTING) {
		stop(host);
	} else {
		host->drain_until = 0; /* on_flushed() sees it. */
	}
}

static void
start_timer(struct host *host, msec_t ms)
{
	uv_update_time(&host->loop);
	must(uv_timer_start(&host->timer, on_timer, (uint64_t)ms, 0) == 0);
}

/* From now on so long for what the state waits for. */
static void
start_drain_timer(struct host *host)
{
	msec_t ms =
		host->options->drain_ms != 0 ? host->options->drain_ms : DRAIN_DEFAULT_MS;

	host->drain_until = clock_monotonic() + ms;
	start_timer(host, ms);
}

static void
begin_drain(struct host *host)
{
	host->state = HOST_DRAINING;
	start_drain_timer(host);
	turn_thread_drain(host->turns);
}

/* The last turn is over: what is left is to let its frames go.  Looked at whenever the
 * loop is about to sleep. */
static void
on_flushed(uv_prepare_t *handle)
{
	struct host *host = container_of(handle, struct host, flushed);

	if (host->state == HOST_FINISHING &&
	    (drain_left(host) == 0 ||
	     host->options->worker->is_idle(host->options->worker->ctx))) {
		begin_drain(host);
	}
	if (host->state != HOST_FLUSHING) {
		return;
	}
	if (drain_left(host) == 0) {
		stop(host);
	} else if (endpoints_are_flushed(&host->endpoints)) {
		host->state = HOST_PARTING;
		start_timer(host, PARTING_MS);
	}
}

/* From the turn thread: an outbox, room in the inbox (which the sockets see by
 * themselves), or the end. */
static void
on_turned(uv_async_t *handle)
{
	struct host *host = container_of(handle, struct host, turned);

	/* In this order: once it is done, its last outbox is there.  One is enough: the
	 * next is handed over, and wakes us, when this one has been taken. */
	bool done = turn_thread_is_done(host->turns);

	if (turn_thread_take(host->turns, &host->outbox)) {
		endpoints_carry_out(&host->endpoints, &host->outbox);
		outbox_clear(&host->outbox);
	}
	if (!done || host->state >= HOST_FLUSHING) {
		return;
	}
	host->result = turn_thread_join(host->turns);
	if (host->result != OK) {
		log_event(host->node->log, LOG_ERROR, "host", "name=%s turn_failed=%s",
			  host->options->name, err_name(host->result));
		stop(host);
		return;
	}
	host->state = HOST_FLUSHING;
}

static void
on_signal(uv_signal_t *handle, int number)
{
	struct host *host = handle->data;

	if (number == SIGHUP) {
		log_state(host, "reload");
		turn_thread_reload(host->turns);
		return;
	}
	if (host->state != HOST_SERVING) {
		host->drain_until = 0; /* Asked twice: do not wait for slow readers. */
		return;
	}
	log_state(host, "drain");
	host->world.reading = false;
	if (host->options->worker != NULL) {
		host->state = HOST_FINISHING;
		start_drain_timer(host);
		host->options->worker->finish(host->options->worker->ctx);
	} else {
		begin_drain(host);
	}
}

void
host_put_outcome(struct host *host, struct slice outcome)
{
	turn_thread_put_outcome(host->turns, outcome);
}

static void
wake_loop(void *ctx)
{
	struct host *host = ctx;

	must(uv_async_send(&host->turned) == 0);
}

/* ---- Start and stop, side by side. */

static void
prepare_process(void)
{
	struct rlimit files;

	/* One connection is one descriptor, and a process without one to accept with
	 * spins. */
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	signal(SIGPIPE, SIG_IGN);
}

static void
loop_init(struct host *host)
{
	static const int numbers[HOST_SIGNALS] = { SIGTERM, SIGINT, SIGHUP };

	must(uv_loop_init(&host->loop) == 0);
	must(uv_async_init(&host->loop, &host->turned, on_turned) == 0);
	must(uv_timer_init(&host->loop, &host->timer) == 0);
	must(uv_prepare_init(&host->loop, &host->flushed) == 0);
	must(uv_prepare_start(&host->flushed, on_flushed) == 0);
	for (unsigned i = 0; i < HOST_SIGNALS; i++) {
		must(uv_signal_init(&host->loop, &host->signals[i]) == 0);
		host->signals[i].data = host;
		must(uv_signal_start(&host->signals[i], on_signal, numbers[i]) == 0);
	}
}

static void
loop_fini(struct host *host)
{
	for (unsigned i = HOST_SIGNALS; i > 0; i--) {
		uv_close((uv_handle_t *)&host->signals[i - 1], NULL);
	}
	uv_close((uv_handle_t *)&host->flushed, NULL);
	uv_close((uv_handle_t *)&host->timer, NULL);
	uv_close((uv_handle_t *)&host->turned, NULL);
	/* Runs until the last close callback, those of the channels among them. */
	must(uv_run(&host->loop, UV_RUN_DEFAULT) == 0);
	must(host->world.open == 0);
	must(uv_loop_close(&host->loop) == 0);
}

static bool
needs_zap(const struct host_options *options)
{
	for (unsigned i = 0; i < options->endpoint_count; i++) {
		if (options->endpoints[i].kind == ENDPOINT_LISTEN_CURVE) {
			return true;
		}
	}
	return false;
}

/* Before any CURVE listener is bound: without a handler everybody is let in. */
static enum err
start_zap(struct host *host, char *why, size_t why_len)
{
	const struct host_options *options = host->options;
	enum err err;

	if (!needs_zap(options)) {
		return OK;
	}
	err = zap_start(host->zmq, host->node->log, &host->world.zap, why, why_len);
	if (err != OK) {
		return err;
	}
	err = zap_selftest(host->zmq, why, why_len);
	if (err == OK && zap_counts(host->world.zap).refused == 0) {
		snprintf(why, why_len,
			 "somebody else decides which keys may connect; not "
			 "starting");
		err = ERR_INVALID;
	}
	zap_allow(host->world.zap,
		  slice_of(options->allow, options->allow_count * ZAP_KEY_LEN));
	return err;
}

static enum err
serve(struct host *host, char *why, size_t why_len)
{
	turn_thread_start(host->turns);
	log_state(host, "serving");
	if (host->options->ready != NULL) {
		host->options->ready(host->options->ready_ctx);
	}
	uv_run(&host->loop, UV_RUN_DEFAULT);
	if (host->result != OK) {
		snprintf(why, why_len, "a turn failed: %s; not going on",
			 err_name(host->result));
	}
	log_event(host->node->log, LOG_INFO, "host", "name=%s stopped turns=%" PRIu64,
		  host->options->name, host->node->turns);
	return host->result;
}

enum err
host_run_in(void *zmq, struct node *node, const struct host_options *options, char *why,
	    size_t why_len)
{
	struct host host = { .options = options, .node = node, .zmq = zmq };
	enum err err;

	must(options->endpoint_count <= HOST_MAX_ENDPOINTS);
	snprintf(why, why_len, "%s", "");
	prepare_process();
	loop_init(&host);
	host.turns = turn_thread_new(&(struct turn_thread_options){
		.node = node,
		.reload = options->reload,
		.drain = options->drain,
		.wake = wake_loop,
		.ctx = &host,
	});
	host.world = (struct channel_world){
		.loop = &host.loop,
		.turns = host.turns,
		.log = node->log,
		.reading = true,
	};
	host.endpoints = (struct endpoints){
		.options = options,
		.zmq = zmq,
		.world = &host.world,
	};

	err = start_zap(&host, why, why_len);
	if (err == OK && options->worker != NULL &&
	    !options->worker->open(options->worker->ctx, &host.loop, &host, why,
				   why_len)) {
		err = ERR_INVALID;
		host.worker_failed = true;
	}
	if (err == OK) {
		err = endpoints_bind(&host.endpoints, why, why_len);
	}
	if (err == OK) {
		err = serve(&host, why, why_len);
	}
	host.world.reading = false;
	endpoints_close(&host.endpoints, err == OK ? drain_left(&host) : 0);
	if (options->worker != NULL && !host.worker_failed) {
		options->worker->close(options->worker->ctx);
	}
	loop_fini(&host);
	zap_stop(host.world.zap);
	turn_thread_free(host.turns);
	outbox_fini(&host.outbox);
	return err;
}

enum err
host_run(struct node *node, const struct host_options *options, char *why, size_t why_len)
{
	void *zmq = zmq_ctx_new();

	if (zmq == NULL) {
		snprintf(why, why_len, "ZeroMQ cannot start: %s", zmq_strerror(errno));
		return ERR_IO;
	}
	enum err err = host_run_in(zmq, node, options, why, why_len);
	while (zmq_ctx_term(zmq) != 0 && errno == EINTR) {
	}
	return err;
}
