/* The adapter: no message sleeps in a socket, whoever sends and whenever. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>

#include "lib/base/mem.h"
#include "lib/host/zmq_uv.h"

#include <cmocka.h>
#include <zmq.h>

enum { MESSAGES = 100000, BURST = 50, DOG_MS = 30000 };

/* One of two sockets on one loop. Each sends MESSAGES numbers and gets as many. */
struct side {
	struct zmq_uv z;
	uint64_t sent, got;
	bool paused; /* Wants nothing in. */
	unsigned reads, most_reads;
	bool closed;
};

static struct side sides[2];
static uv_timer_t feeder, dog;
static uint64_t fed;
static bool stalled;

static bool
wants_in(struct zmq_uv *z)
{
	return !container_of(z, struct side, z)->paused;
}

static bool
send_one(struct side *s)
{
	if (s->sent == MESSAGES ||
	    zmq_send(s->z.socket, &s->sent, sizeof(s->sent), ZMQ_DONTWAIT) < 0) {
		return false;
	}
	s->sent++;
	return true;
}

static void
end_if_done(struct side *s)
{
	if (sides[0].sent == MESSAGES && sides[1].sent == MESSAGES &&
	    sides[0].got == MESSAGES && sides[1].got == MESSAGES) {
		uv_stop(s->z.poll.loop);
	}
}

static bool
receive(struct zmq_uv *z)
{
	struct side *s = container_of(z, struct side, z);
	uint64_t number;

	if (zmq_recv(z->socket, &number, sizeof(number), ZMQ_DONTWAIT) < 0) {
		return false;
	}
	assert_int_equal(number, s->got);
	s->got++;
	end_if_done(s);
	return true;
}

static bool
flush(struct zmq_uv *z)
{
	struct side *s = container_of(z, struct side, z);
	bool progress = false;

	while (send_one(s)) {
		progress = true;
	}
	zmq_uv_set_queued(z, s->sent < MESSAGES);
	end_if_done(s);
	return progress;
}

static void
on_closed(struct zmq_uv *z)
{
	container_of(z, struct side, z)->closed = true;
}

/* From elsewhere: a send here swallows what ZMQ_FD would have told. */
static void
on_feed(uv_timer_t *timer)
{
	(void)timer;
	zmq_uv_called(&sides[0].z);
	for (int i = 0; i < BURST; i++) {
		if (!send_one(&sides[0])) {
			break;
		}
		fed++;
	}
	end_if_done(&sides[0]);
}

static void
on_dog(uv_timer_t *timer)
{
	static uint64_t last;
	uint64_t now = sides[0].sent + sides[0].got + sides[1].sent + sides[1].got;

	if (now == last) {
		stalled = true;
		uv_stop(timer->loop);
	}
	last = now;
}

static void
start_sides(uv_loop_t *loop, void *zmq)
{
	const int hwm = 64;
	char address[64];

	snprintf(address, sizeof(address), "ipc://@kusanone-test-zmq-uv-%d",
		 (int)getpid());
	for (int i = 0; i < 2; i++) {
		struct side *s = &sides[i];

		*s = (struct side){ 0 };
		s->z.socket = zmq_socket(zmq, ZMQ_DEALER);
		zmq_setsockopt(s->z.socket, ZMQ_SNDHWM, &hwm, sizeof(hwm));
		zmq_setsockopt(s->z.socket, ZMQ_RCVHWM, &hwm, sizeof(hwm));
		s->z.wants_in = wants_in;
		s->z.receive = receive;
		s->z.flush = flush;
		s->z.closed = on_closed;
	}
	assert_int_equal(zmq_bind(sides[0].z.socket, address), 0);
	assert_int_equal(zmq_connect(sides[1].z.socket, address), 0);
	zmq_uv_start(&sides[0].z, loop);
	zmq_uv_start(&sides[1].z, loop);
}

static void
run_both_ways(bool from_timer)
{
	uv_loop_t loop;
	void *zmq = zmq_ctx_new();

	stalled = false;
	fed = 0;
	assert_int_equal(uv_loop_init(&loop), 0);
	start_sides(&loop, zmq);
	uv_timer_init(&loop, &feeder);
	uv_timer_init(&loop, &dog);
	uv_timer_start(&dog, on_dog, DOG_MS, DOG_MS);
	if (from_timer) {
		uv_timer_start(&feeder, on_feed, 0, 1);
	} else {
		zmq_uv_set_queued(&sides[0].z, true);
	}
	zmq_uv_set_queued(&sides[1].z, true);
	uv_run(&loop, UV_RUN_DEFAULT);

	assert_false(stalled);
	assert_int_equal(sides[0].got, MESSAGES);
	assert_int_equal(sides[1].got, MESSAGES);
	if (from_timer) {
		assert_int_equal(fed, MESSAGES);
	}

	uv_close((uv_handle_t *)&feeder, NULL);
	uv_close((uv_handle_t *)&dog, NULL);
	zmq_uv_close(&sides[0].z);
	zmq_uv_close(&sides[1].z);
	assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
	assert_true(sides[0].closed && sides[1].closed);
	assert_int_equal(uv_loop_close(&loop), 0);
	zmq_ctx_term(zmq);
}

static void
test_zmq_uv__two_sockets_on_a_loop_never_stall(void **state)
{
	(void)state;
	run_both_ways(false);
}

static void
test_zmq_uv__sending_from_a_timer_puts_nothing_to_sleep(void **state)
{
	(void)state;
	run_both_ways(true);
}

static void
count_reads(uv_check_t *check)
{
	(void)check;
	for (int i = 0; i < 2; i++) {
		if (sides[i].reads > sides[i].most_reads) {
			sides[i].most_reads = sides[i].reads;
		}
		sides[i].reads = 0;
	}
}

static bool
receive_counting(struct zmq_uv *z)
{
	struct side *s = container_of(z, struct side, z);
	uint64_t number;

	if (zmq_recv(z->socket, &number, sizeof(number), ZMQ_DONTWAIT) < 0) {
		return false;
	}
	s->reads++;
	if (++s->got == 60) {
		uv_stop(z->poll.loop);
	}
	return true;
}

static void
on_unpause(uv_timer_t *timer)
{
	assert_int_equal(sides[1].got, 0);
	sides[1].paused = false;
	uv_close((uv_handle_t *)timer, NULL);
}

static void
test_zmq_uv__a_pause_reads_nothing_and_a_turn_reads_its_budget(void **state)
{
	(void)state;
	uv_loop_t loop;
	uv_check_t check;
	uv_timer_t unpause;
	void *zmq = zmq_ctx_new();

	assert_int_equal(uv_loop_init(&loop), 0);
	/* Started first, looked at last. */
	uv_check_init(&loop, &check);
	uv_check_start(&check, count_reads);
	start_sides(&loop, zmq);
	sides[1].z.receive = receive_counting;
	sides[1].paused = true;
	for (uint64_t i = 0; i < 60; i++) {
		assert_true(zmq_send(sides[0].z.socket, &i, sizeof(i), 0) > 0);
	}
	/* By then the messages are there, more than a budget of them. */
	uv_timer_init(&loop, &unpause);
	uv_timer_start(&unpause, on_unpause, 50, 0);
	uv_run(&loop, UV_RUN_DEFAULT);
	count_reads(&check);
	assert_int_equal(sides[1].got, 60);
	assert_true(sides[1].most_reads <= ZMQ_UV_BUDGET);

	uv_close((uv_handle_t *)&check, NULL);
	zmq_uv_close(&sides[0].z);
	zmq_uv_close(&sides[1].z);
	assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(uv_loop_close(&loop), 0);
	zmq_ctx_term(zmq);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zmq_uv__two_sockets_on_a_loop_never_stall),
		cmocka_unit_test(test_zmq_uv__sending_from_a_timer_puts_nothing_to_sleep),
		cmocka_unit_test(
			test_zmq_uv__a_pause_reads_nothing_and_a_turn_reads_its_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
