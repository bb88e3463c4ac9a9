/* A host's life: turns that fail, draining, reloading, time. */
#include "unit/lib/host/fixture.h"

#include <zmq.h>

#include "lib/host/sockets.h"

/* A client whose socket keeps what it has received when the line is cut, so that a test
 * can look at its leisure at what was sent. */
struct keeper {
	void *zmq, *socket, *monitor;
};

static void
keeper_open(struct keeper *k, struct fixture *f)
{
	const int off = 0, timeout = WAIT_MS, reconnect = WAIT_MS;

	k->zmq = zmq_ctx_new();
	k->socket = socket_dealer(k->zmq, NULL);
	zmq_setsockopt(k->socket, ZMQ_IMMEDIATE, &off, sizeof(off));
	zmq_setsockopt(k->socket, ZMQ_RECONNECT_IVL, &reconnect, sizeof(reconnect));
	zmq_setsockopt(k->socket, ZMQ_RCVTIMEO, &timeout, sizeof(timeout));
	assert_int_equal(
		zmq_socket_monitor(k->socket, "inproc://cut", ZMQ_EVENT_DISCONNECTED), 0);
	k->monitor = zmq_socket(k->zmq, ZMQ_PAIR);
	zmq_setsockopt(k->monitor, ZMQ_RCVTIMEO, &timeout, sizeof(timeout));
	assert_int_equal(zmq_connect(k->monitor, "inproc://cut"), 0);
	assert_int_equal(zmq_connect(k->socket, f->address), 0);
}

static void
keeper_asks(struct keeper *k, const char *text)
{
	const struct frame_header header = { .type = FRAME_QUERY,
					     .minor = LINK_MINOR_MAX };
	uint8_t bytes[FRAME_HEADER_LEN];

	frame_header_put(bytes, &header);
	assert_true(zmq_send(k->socket, bytes, sizeof(bytes), ZMQ_SNDMORE) >= 0);
	assert_true(zmq_send(k->socket, text, strlen(text), 0) >= 0);
}

static void
keeper_expects(struct keeper *k, const char *text)
{
	uint8_t header[FRAME_HEADER_LEN];
	char body[64];

	assert_int_equal(zmq_recv(k->socket, header, sizeof(header), 0),
			 FRAME_HEADER_LEN);
	assert_int_equal(zmq_recv(k->socket, body, sizeof(body), 0), strlen(text));
	assert_memory_equal(body, text, strlen(text));
}

/* The line was cut, and nothing came before that. */
static void
keeper_hears_nothing_more(struct keeper *k)
{
	uint8_t event[6], byte;

	assert_int_equal(zmq_recv(k->monitor, event, sizeof(event), 0), 6);
	assert_int_equal(zmq_recv(k->socket, &byte, 1, ZMQ_DONTWAIT), -1);
}

static void
keeper_close(struct keeper *k)
{
	/* First, or an event that finds no reader is lost with its memory. */
	zmq_socket_monitor(k->socket, NULL, 0);
	zmq_close(k->monitor);
	zmq_close(k->socket);
	zmq_ctx_term(k->zmq);
}

static void
test_host__a_failed_turn_ends_it_and_nothing_is_sent(void **state)
{
	(void)state;
	struct fixture f;
	struct keeper client;

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	store_fail_commit(f.store, 2, ERR_IO);
	fixture_start(&f);
	keeper_open(&client, &f);
	keeper_asks(&client, "a");
	keeper_expects(&client, "a");
	keeper_asks(&client, "b");
	assert_int_equal(fixture_join(&f), ERR_IO);
	assert_non_null(strstr(f.why, "io"));
	assert_int_equal(f.node.failed_commits, 1);
	keeper_hears_nothing_more(&client);
	keeper_close(&client);
	fixture_fini(&f);
}

static bool
crash(void *ctx, enum turn_point point)
{
	const struct fixture *f = ctx;

	return point == TURN_FOLDED && f->node.turns == 2;
}

static void
test_host__a_crash_after_the_commit_sends_nothing(void **state)
{
	(void)state;
	struct fixture f;
	struct keeper client;

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	f.node.crash_at = crash;
	f.node.crash_ctx = &f;
	fixture_start(&f);
	keeper_open(&client, &f);
	keeper_asks(&client, "a");
	keeper_expects(&client, "a");
	keeper_asks(&client, "b");
	assert_int_equal(fixture_join(&f), ERR_FORCED);
	keeper_hears_nothing_more(&client);
	keeper_close(&client);
	fixture_fini(&f);
}

static void
test_host__a_full_disk_is_answered_and_work_goes_on(void **state)
{
	(void)state;
	struct fixture f;

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	store_fail_commit(f.store, 2, ERR_DISK_FULL);
	fixture_start(&f);
	struct client *client = connect_local(&f);
	ask(client, "a");
	expect(client, "a");
	ask(client, "b");
	expect(client, "disk_full");
	ask(client, "c");
	expect(client, "c");
	client_close(client);
	fixture_stop(&f);
	fixture_fini(&f);
}

/* Says goodbye to the last one who asked. */
static void
drain_says_goodbye(void *self, struct turn *turn)
{
	struct echo *echo = self;
	const struct message to = { .from = echo->from };

	echo->drains++;
	txn_put(turn->txn, NODE_DB, slice_str("drained"), slice_str("yes"));
	reply(&to, slice_str("goodbye"), turn);
}

static void
test_host__sigterm_runs_a_last_turn_and_sends_it(void **state)
{
	(void)state;
	struct fixture f;
	struct slice value;

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	f.options.drain = drain_says_goodbye;
	fixture_start(&f);
	struct keeper client;

	keeper_open(&client, &f);
	keeper_asks(&client, "a");
	keeper_expects(&client, "a");
	fixture_stop(&f);
	keeper_expects(&client, "goodbye");
	assert_int_equal(f.echo.drains, 1);
	/* The node is itself again, and what drain() wrote is on the disk. */
	assert_ptr_equal(f.node.service, &echo_service);
	assert_ptr_equal(f.node.self, &f.echo);
	struct txn txn = txn_begin_read(f.store);
	assert_true(txn_get(&txn, NODE_DB, slice_str("drained"), &value));
	txn_abort(&txn);
	keeper_close(&client);
	fixture_fini(&f);
}

/* ---- A turn that the test holds up. */

struct gate {
	sem_t entered, open;
};

static bool
wait_at_gate(struct echo *echo, const struct message *msg, struct turn *turn)
{
	struct gate *gate = echo->ctx;

	(void)turn;
	if (slice_eq_str(msg->frame.body, "hold")) {
		sem_post(&gate->entered);
		wait_for(&gate->open);
	}
	return false;
}

static void
test_host__what_was_read_before_sigterm_is_answered(void **state)
{
	(void)state;
	struct fixture f;
	struct gate gate;

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	sem_init(&gate.entered, 0, 0);
	sem_init(&gate.open, 0, 0);
	f.echo.handle = wait_at_gate;
	f.echo.ctx = &gate;
	f.log.awaited = "drain";
	f.options.drain_ms = WAIT_MS;
	fixture_start(&f);
	struct keeper client;

	keeper_open(&client, &f);
	keeper_asks(&client, "hold");
	wait_for(&gate.entered);

	/* The turn is under way when the signal comes; it is waited for. */
	assert_int_equal(kill(getpid(), SIGTERM), 0);
	wait_for(&f.log.heard);
	sem_post(&gate.open);
	assert_int_equal(fixture_join(&f), OK);
	keeper_expects(&client, "hold");
	keeper_close(&client);
	sem_destroy(&gate.entered);
	sem_destroy(&gate.open);
	fixture_fini(&f);
}

static void
test_host__a_reader_that_sleeps_delays_the_end_by_drain_ms_at_most(void **state)
{
	(void)state;
	struct fixture f;

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	f.options.drain_ms = 200;
	fixture_start(&f);
	struct client *client = connect_local(&f);
	uint8_t *body = xcalloc(1, 256 * 1024);
	/* 12 MiB of answers that nobody reads: more than the pipes hold. */
	for (int i = 0; i < 48; i++) {
		assert_int_equal(
			client_send(client, FRAME_QUERY, slice_of(body, 256 * 1024)), OK);
	}
	free(body);
	while (handled(&f) < 48) {
		sched_yield();
	}
	msec_t before = clock_monotonic();
	fixture_stop(&f);
	assert_true(clock_monotonic() - before < 10000);
	client_close(client);
	fixture_fini(&f);
}

enum { PILE = 100, PILE_LEN = 64 * 1024 };

/* More than the line and the reader's own queue hold, less than with ours. */
static void
drain_says_much(void *self, struct turn *turn)
{
	struct echo *echo = self;
	const struct message to = { .from = echo->from };
	uint8_t *block = arena_zalloc(turn->arena, PILE_LEN);

	for (uint32_t i = 0; i < PILE; i++) {
		put_le32(block, i);
		reply(&to, slice_of(block, PILE_LEN), turn);
	}
}

static void
test_host__what_zeromq_holds_is_sent_before_the_end(void **state)
{
	(void)state;
	struct fixture f;
	struct keeper client;
	uint8_t header[FRAME_HEADER_LEN];
	static uint8_t body[PILE_LEN];

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	f.options.drain = drain_says_much;
	f.options.drain_ms = WAIT_MS;
	f.log.awaited = "stopped";
	fixture_start(&f);
	keeper_open(&client, &f);
	keeper_asks(&client, "a");
	keeper_expects(&client, "a");
	/* The loop is over before the first of them is read. */
	msec_t before = clock_monotonic();
	assert_int_equal(kill(getpid(), SIGTERM), 0);
	wait_for(&f.log.heard);
	/* It gave the other side a moment to read. */
	assert_true(clock_monotonic() - before >= 90);
	for (uint32_t i = 0; i < PILE; i++) {
		assert_int_equal(zmq_recv(client.socket, header, sizeof(header), 0),
				 FRAME_HEADER_LEN);
		assert_int_equal(zmq_recv(client.socket, body, sizeof(body), 0),
				 PILE_LEN);
		assert_int_equal(get_le32(body), i);
	}
	assert_int_equal(fixture_join(&f), OK);
	keeper_close(&client);
	fixture_fini(&f);
}

/* ---- Time and signals. */

static void
run_once_at_its_time(struct echo *echo, struct turn *turn)
{
	struct gate *gate = echo->ctx;

	if (echo->deadline != NEVER && turn->now >= echo->deadline) {
		echo->deadline = NEVER;
		sem_post(&gate->entered);
	}
}

static void
test_host__a_turn_comes_when_it_is_due(void **state)
{
	(void)state;
	struct fixture f;
	struct gate gate;
	msec_t due = clock_monotonic() + 30;

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	sem_init(&gate.entered, 0, 0);
	f.echo.run = run_once_at_its_time;
	f.echo.ctx = &gate;
	f.echo.deadline = due;
	fixture_start(&f);
	wait_for(&gate.entered);
	assert_true(clock_monotonic() >= due);
	fixture_stop(&f);
	/* That one and the last one: an idle host runs no turns. */
	assert_int_equal(f.node.turns, 2);
	sem_destroy(&gate.entered);
	fixture_fini(&f);
}

static void
count_reload(void *self)
{
	struct echo *echo = self;

	sem_post(&((struct gate *)echo->ctx)->entered);
	echo->reloads++;
}

static void
test_host__sighup_reloads_on_the_turn_thread(void **state)
{
	(void)state;
	struct fixture f;
	struct gate gate;

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	sem_init(&gate.entered, 0, 0);
	f.echo.ctx = &gate;
	f.options.reload = count_reload;
	fixture_start(&f);
	assert_int_equal(kill(getpid(), SIGHUP), 0);
	wait_for(&gate.entered);
	struct client *client = connect_local(&f);
	ask(client, "a");
	expect(client, "a");
	client_close(client);
	fixture_stop(&f);
	assert_int_equal(f.echo.reloads, 1);
	sem_destroy(&gate.entered);
	fixture_fini(&f);
}

static void
test_host__it_runs_again_after_a_stop(void **state)
{
	(void)state;
	struct fixture f;

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	for (int i = 0; i < 5; i++) {
		fixture_start(&f);
		struct client *client = connect_local(&f);
		ask(client, "a");
		expect(client, "a");
		client_close(client);
		fixture_stop(&f);
		sem_destroy(&f.ready);
		sem_init(&f.ready, 0, 0);
	}
	fixture_fini(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_host__a_failed_turn_ends_it_and_nothing_is_sent),
		cmocka_unit_test(test_host__a_crash_after_the_commit_sends_nothing),
		cmocka_unit_test(test_host__a_full_disk_is_answered_and_work_goes_on),
		cmocka_unit_test(test_host__sigterm_runs_a_last_turn_and_sends_it),
		cmocka_unit_test(test_host__what_was_read_before_sigterm_is_answered),
		cmocka_unit_test(
			test_host__a_reader_that_sleeps_delays_the_end_by_drain_ms_at_most),
		cmocka_unit_test(test_host__what_zeromq_holds_is_sent_before_the_end),
		cmocka_unit_test(test_host__a_turn_comes_when_it_is_due),
		cmocka_unit_test(test_host__sighup_reloads_on_the_turn_thread),
		cmocka_unit_test(test_host__it_runs_again_after_a_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
