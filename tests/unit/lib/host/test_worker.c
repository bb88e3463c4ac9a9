/* A host's worker: jobs that turns ask for, done on the loop, and what came of them. */
#include <uv.h>

#include "unit/lib/host/fixture.h"

#include "lib/base/mem.h"

/* Of a job "now …" the outcome comes at once, of "hold …" when the test lets it go. */
struct worker {
	struct host_worker as;
	const char *fails; /* It does not open, and says this. */

	/* On the loop's thread. */
	struct host *host;
	uv_async_t release;
	pthread_t loop_thread;
	char held[64];
	bool finishing, elsewhere;
	unsigned closed;

	/* For the test. */
	_Atomic unsigned begun, closes;
	sem_t has_begun, has_finished;

	/* On the turn thread. */
	struct peer asker;
	unsigned outcomes, outcomes_at_drain;
	char outcome[64];
	bool on_loop;
};

static bool
on_loop(const struct worker *w)
{
	return pthread_equal(pthread_self(), w->loop_thread) != 0;
}

static void
on_release(uv_async_t *handle)
{
	struct worker *w = container_of(handle, struct worker, release);

	if (w->held[0] != '\0') {
		host_put_outcome(w->host, slice_str(w->held));
		w->held[0] = '\0';
	}
}

static bool
worker_open(void *ctx, void *loop, struct host *host, char *why, size_t why_len)
{
	struct worker *w = ctx;

	w->loop_thread = pthread_self();
	if (w->fails != NULL) {
		snprintf(why, why_len, "%s", w->fails);
		return false;
	}
	w->host = host;
	return uv_async_init(loop, &w->release, on_release) == 0;
}

static void
worker_begin(void *ctx, struct slice job)
{
	struct worker *w = ctx;

	w->elsewhere |= !on_loop(w);
	w->begun++;
	if (job.len >= 4 && memcmp(job.at, "hold", 4) == 0) {
		snprintf(w->held, sizeof(w->held), "%.*s is done", (int)job.len,
			 (const char *)job.at);
	} else {
		/* The outcome is copied: the job's bytes go when begin() returns. */
		host_put_outcome(w->host, job);
	}
	sem_post(&w->has_begun);
}

static void
worker_finish(void *ctx)
{
	struct worker *w = ctx;

	w->elsewhere |= !on_loop(w);
	w->finishing = true;
	sem_post(&w->has_finished);
}

static bool
worker_is_idle(const void *ctx)
{
	return ((const struct worker *)ctx)->held[0] == '\0';
}

static void
on_closed(uv_handle_t *handle)
{
	container_of((uv_async_t *)handle, struct worker, release)->closed++;
}

static void
worker_close(void *ctx)
{
	struct worker *w = ctx;

	w->closes++;
	uv_close((uv_handle_t *)&w->release, on_closed);
}

/* "job WORDS" asks for one; what came of it is told to who asked last. */
static bool
ask_for_job(struct echo *echo, const struct message *msg, struct turn *turn)
{
	struct worker *w = echo->ctx;
	struct slice body = msg->frame.body;

	if (msg->outcome.len != 0) {
		const struct message to = { .from = w->asker };

		w->on_loop |= on_loop(w);
		w->outcomes++;
		snprintf(w->outcome, sizeof(w->outcome), "%.*s", (int)msg->outcome.len,
			 (const char *)msg->outcome.at);
		reply(&to, msg->outcome, turn);
		return true;
	}
	if (msg->fault != FRAME_GOOD || body.len < 4 || memcmp(body.at, "job ", 4) != 0) {
		return false;
	}
	w->asker = msg->from;
	outbox_job(turn->out, slice_from(body, 4));
	return true;
}

static void
drain_notes_outcomes(void *self, struct turn *turn)
{
	struct echo *echo = self;
	struct worker *w = echo->ctx;

	(void)turn;
	echo->drains++;
	w->outcomes_at_drain = w->outcomes;
}

static void
init(struct fixture *f, struct worker *w)
{
	*w = (struct worker){ .as = { .ctx = w,
				      .open = worker_open,
				      .begin = worker_begin,
				      .finish = worker_finish,
				      .is_idle = worker_is_idle,
				      .close = worker_close } };
	sem_init(&w->has_begun, 0, 0);
	sem_init(&w->has_finished, 0, 0);
	fixture_init(f, ENDPOINT_LISTEN_LOCAL);
	f->echo.handle = ask_for_job;
	f->echo.ctx = w;
	f->options.worker = &w->as;
	f->options.drain = drain_notes_outcomes;
}

static void
fini(struct fixture *f, struct worker *w)
{
	fixture_fini(f);
	sem_destroy(&w->has_begun);
	sem_destroy(&w->has_finished);
}

static void
test_worker__a_job_is_done_on_the_loop_and_its_outcome_is_a_message(void **state)
{
	(void)state;
	struct fixture f;
	struct worker w;

	init(&f, &w);
	fixture_start(&f);
	struct client *client = connect_local(&f);
	ask(client, "job now");
	expect(client, "now");
	ask(client, "job hold it");
	wait_for(&w.has_begun);
	wait_for(&w.has_begun);
	ask(client, "a"); /* It does not wait for the job. */
	expect(client, "a");
	uv_async_send(&w.release);
	expect(client, "hold it is done");
	client_close(client);
	fixture_stop(&f);
	assert_int_equal(w.outcomes, 2);
	assert_false(w.elsewhere); /* All of the worker was on one thread, */
	assert_false(w.on_loop);   /* the outcomes on another. */
	assert_true(w.finishing);
	assert_int_equal(w.closes, 1);
	assert_int_equal(w.closed, 1);
	fini(&f, &w);
}

static void
test_worker__sigterm_waits_for_what_was_begun(void **state)
{
	(void)state;
	struct fixture f;
	struct worker w;

	init(&f, &w);
	f.options.drain_ms = WAIT_MS;
	fixture_start(&f);
	struct client *client = connect_local(&f);
	ask(client, "job hold");
	wait_for(&w.has_begun);
	assert_int_equal(kill(getpid(), SIGTERM), 0);
	wait_for(&w.has_finished);
	uv_async_send(&w.release);
	assert_int_equal(fixture_join(&f), OK);

	/* What came of it was heard in the last turn, before the service was drained. */
	assert_int_equal(w.outcomes, 1);
	assert_string_equal(w.outcome, "hold is done");
	assert_int_equal(f.echo.drains, 1);
	assert_int_equal(w.outcomes_at_drain, 1);
	client_close(client);
	fini(&f, &w);
}

static void
test_worker__sigterm_waits_no_longer_than_it_may(void **state)
{
	(void)state;
	struct fixture f;
	struct worker w;

	init(&f, &w);
	f.options.drain_ms = 100;
	fixture_start(&f);
	struct client *client = connect_local(&f);
	ask(client, "job hold");
	wait_for(&w.has_begun);
	msec_t before = clock_monotonic();
	fixture_stop(&f);
	assert_true(clock_monotonic() - before >= 100);
	assert_int_equal(w.outcomes, 0);
	assert_int_equal(f.echo.drains, 1);
	assert_int_equal(w.closed, 1);
	client_close(client);
	fini(&f, &w);
}

static void
test_worker__asked_twice_it_waits_for_nothing(void **state)
{
	(void)state;
	struct fixture f;
	struct worker w;

	init(&f, &w);
	f.options.drain_ms = WAIT_MS;
	fixture_start(&f);
	struct client *client = connect_local(&f);
	ask(client, "job hold");
	wait_for(&w.has_begun);
	msec_t before = clock_monotonic();
	assert_int_equal(kill(getpid(), SIGTERM), 0);
	wait_for(&w.has_finished);
	fixture_stop(&f);
	assert_true(clock_monotonic() - before < WAIT_MS);
	assert_int_equal(w.outcomes, 0);
	assert_int_equal(f.echo.drains, 1);
	assert_int_equal(w.closed, 1);
	client_close(client);
	fini(&f, &w);
}

static void
test_worker__a_job_of_a_turn_that_failed_is_not_begun(void **state)
{
	(void)state;
	struct fixture f;
	struct worker w;

	init(&f, &w);
	store_fail_commit(f.store, 1, ERR_DISK_FULL);
	fixture_start(&f);
	struct client *client = connect_local(&f);
	ask(client, "job now");
	expect(client, "disk_full");
	assert_int_equal(w.begun, 0);
	ask(client, "job now");
	expect(client, "now");
	client_close(client);
	fixture_stop(&f);
	assert_int_equal(w.begun, 1);
	fini(&f, &w);
}

static void
test_worker__one_that_does_not_open_stops_the_start(void **state)
{
	(void)state;
	struct fixture f;
	struct worker w;
	char socket[96];

	init(&f, &w);
	w.fails = "the folder for feeds cannot be made";
	assert_int_equal(fixture_run(&f), ERR_INVALID);
	assert_string_equal(f.why, "the folder for feeds cannot be made");
	assert_int_equal(w.closes, 0);
	assert_int_equal(f.node.turns, 0);
	snprintf(socket, sizeof(socket), "%s/door.sock", f.dir);
	assert_int_equal(access(socket, F_OK), -1); /* Nobody was let in. */
	fini(&f, &w);
}

static void
test_worker__one_that_has_opened_is_closed_if_the_start_fails(void **state)
{
	(void)state;
	struct fixture f;
	struct worker w;

	init(&f, &w);
	f.options.endpoints[0].addresses[0] = "ipc:///nonexistent/folder/door.sock";
	assert_int_not_equal(fixture_run(&f), OK);
	assert_true(f.why[0] != '\0');
	assert_int_equal(w.closes, 1);
	assert_int_equal(w.closed, 1);
	fini(&f, &w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_worker__a_job_is_done_on_the_loop_and_its_outcome_is_a_message),
		cmocka_unit_test(test_worker__sigterm_waits_for_what_was_begun),
		cmocka_unit_test(test_worker__sigterm_waits_no_longer_than_it_may),
		cmocka_unit_test(test_worker__asked_twice_it_waits_for_nothing),
		cmocka_unit_test(test_worker__a_job_of_a_turn_that_failed_is_not_begun),
		cmocka_unit_test(test_worker__one_that_does_not_open_stops_the_start),
		cmocka_unit_test(
			test_worker__one_that_has_opened_is_closed_if_the_start_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
