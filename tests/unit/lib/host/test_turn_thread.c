/* The thread of the turns, without sockets: bounds, order, the end. */
#include "unit/lib/host/fixture.h"

#include "lib/host/turn_thread.h"

struct bench {
	struct fixture f;
	struct turn_thread *turns;
	struct outbox out;
	sem_t woken, entered, open;
};

static void
on_wake(void *ctx)
{
	struct bench *b = ctx;

	sem_post(&b->woken);
}

/* "hold" waits until the test opens. */
static bool
hold(struct echo *echo, const struct message *msg, struct turn *turn)
{
	struct bench *b = echo->ctx;

	(void)turn;
	if (slice_eq_str(msg->frame.body, "hold")) {
		sem_post(&b->entered);
		wait_for(&b->open);
	}
	return false;
}

static void
bench_init(struct bench *b)
{
	fixture_init(&b->f, ENDPOINT_LISTEN_LOCAL);
	b->out = (struct outbox){ 0 };
	sem_init(&b->woken, 0, 0);
	sem_init(&b->entered, 0, 0);
	sem_init(&b->open, 0, 0);
	b->f.echo.handle = hold;
	b->f.echo.ctx = b;
	b->turns = turn_thread_new(&(struct turn_thread_options){
		.node = &b->f.node, .wake = on_wake, .ctx = b });
}

static void
bench_fini(struct bench *b)
{
	turn_thread_free(b->turns);
	outbox_fini(&b->out);
	sem_destroy(&b->woken);
	sem_destroy(&b->entered);
	sem_destroy(&b->open);
	fixture_fini(&b->f);
}

static void
put(struct bench *b, struct slice body)
{
	const struct frame_header header = { .type = FRAME_QUERY,
					     .minor = LINK_MINOR_MAX };
	const struct principal who = { .kind = PRINCIPAL_LOCAL };
	uint8_t bytes[FRAME_HEADER_LEN];

	frame_header_put(bytes, &header);
	const struct slice parts[2] = { slice_of(bytes, sizeof(bytes)), body };
	turn_thread_put(b->turns, (struct peer){ 0, 7 }, &who, parts, 2);
}

/* Wait for an outbox and return how many entries it has. */
static size_t
take(struct bench *b)
{
	while (!turn_thread_take(b->turns, &b->out)) {
		wait_for(&b->woken);
	}
	size_t count = b->out.count;
	outbox_clear(&b->out);
	return count;
}

static void
finish(struct bench *b)
{
	turn_thread_drain(b->turns);
	while (!turn_thread_is_done(b->turns)) {
		wait_for(&b->woken);
	}
	assert_int_equal(turn_thread_join(b->turns), OK);
}

static void
test_turn_thread__what_waits_is_one_turn(void **state)
{
	(void)state;
	struct bench b;

	bench_init(&b);
	for (int i = 0; i < 100; i++) {
		put(&b, slice_str("a"));
	}
	turn_thread_start(b.turns);
	assert_int_equal(take(&b), 100);
	finish(&b);
	assert_int_equal(b.f.node.turns, 2); /* And the last one. */
	bench_fini(&b);
}

static void
test_turn_thread__an_idle_thread_prepares_its_message_itself(void **state)
{
	(void)state;
	struct bench b;

	bench_init(&b);
	turn_thread_start(b.turns);
	put(&b, slice_str("a"));
	assert_int_equal(take(&b), 1);
	finish(&b);
	assert_int_equal(b.f.echo.helped, 0);
	bench_fini(&b);
}

static void
test_turn_thread__what_comes_during_a_turn_is_prepared_beside_it(void **state)
{
	(void)state;
	struct bench b;
	uint64_t before = echo_prepared_count;

	bench_init(&b);
	turn_thread_start(b.turns);
	put(&b, slice_str("hold"));
	wait_for(&b.entered);
	for (int i = 0; i < 100; i++) {
		put(&b, slice_str("a"));
	}
	while (echo_prepared_count != before + 101) {
		sched_yield();
	}
	sem_post(&b.open);
	assert_int_equal(take(&b), 1);
	assert_int_equal(take(&b), 100);
	finish(&b);
	assert_int_equal(b.f.echo.helped, 100);
	assert_int_equal(echo_prepared_count, before + 101); /* Each once. */
	bench_fini(&b);
}

static void
test_turn_thread__the_inbox_is_bounded_by_messages(void **state)
{
	(void)state;
	struct bench b;

	bench_init(&b);
	turn_thread_start(b.turns);
	put(&b, slice_str("hold"));
	wait_for(&b.entered);
	for (int i = 0; i < TURN_INBOX_MESSAGES; i++) {
		assert_true(turn_thread_has_room(b.turns));
		put(&b, slice_str("a"));
	}
	assert_false(turn_thread_has_room(b.turns));

	/* The next turn takes all of it and tells that there is room. */
	sem_post(&b.open);
	assert_int_equal(take(&b), 1);
	assert_int_equal(take(&b), TURN_INBOX_MESSAGES);
	assert_true(turn_thread_has_room(b.turns));
	finish(&b);
	bench_fini(&b);
}

static void
test_turn_thread__room_is_told_also_where_nothing_is_sent(void **state)
{
	(void)state;
	struct bench b;

	bench_init(&b);
	turn_thread_start(b.turns);
	put(&b, slice_str("hold"));
	wait_for(&b.entered);
	while (turn_thread_has_room(b.turns)) {
		const struct principal who = { .kind = PRINCIPAL_LOCAL };
		const struct slice junk = slice_str("junk"); /* Is not answered. */

		turn_thread_put(b.turns, (struct peer){ 0, 7 }, &who, &junk, 1);
	}
	sem_post(&b.open);
	wait_for(&b.woken); /* The first turn's answer ... */
	assert_int_equal(take(&b), 1);
	wait_for(&b.woken); /* ... and that the second has taken the inbox. */
	assert_true(turn_thread_has_room(b.turns));
	finish(&b);
	bench_fini(&b);
}

static void
test_turn_thread__the_inbox_is_bounded_by_bytes(void **state)
{
	(void)state;
	struct bench b;
	const size_t len = 512 * 1024;
	uint8_t *body = xcalloc(1, len);
	size_t count = 0;

	bench_init(&b);
	while (turn_thread_has_room(b.turns)) {
		put(&b, slice_of(body, len));
		count++;
	}
	assert_int_equal(count, TURN_INBOX_BYTES / len);
	turn_thread_start(b.turns);
	assert_int_equal(take(&b), count);
	finish(&b);
	bench_fini(&b);
	free(body);
}

static void
test_turn_thread__one_outbox_waits_and_the_next_turn_for_it(void **state)
{
	(void)state;
	struct bench b;

	bench_init(&b);
	turn_thread_start(b.turns);
	put(&b, slice_str("a"));
	wait_for(&b.woken); /* The first outbox waits to be taken. */
	put(&b, slice_str("hold"));
	wait_for(&b.entered);
	sem_post(&b.open);
	/* The second turn has run, or will: its outbox comes behind the first. */
	put(&b, slice_str("b"));
	put(&b, slice_str("c"));
	assert_int_equal(take(&b), 1);
	assert_true(take(&b) >= 1);
	turn_thread_drain(b.turns);
	while (!turn_thread_is_done(b.turns)) {
		if (turn_thread_take(b.turns, &b.out)) {
			outbox_clear(&b.out);
		}
		wait_for(&b.woken);
	}
	assert_int_equal(turn_thread_join(b.turns), OK);
	assert_int_equal(handled(&b.f), 4);
	bench_fini(&b);
}

static void
test_turn_thread__an_error_ends_it_with_an_empty_outbox(void **state)
{
	(void)state;
	struct bench b;

	bench_init(&b);
	store_fail_commit(b.f.store, 1, ERR_IO);
	put(&b, slice_str("a"));
	turn_thread_start(b.turns);
	while (!turn_thread_is_done(b.turns)) {
		wait_for(&b.woken);
	}
	assert_int_equal(turn_thread_join(b.turns), ERR_IO);
	assert_false(turn_thread_take(b.turns, &b.out));
	assert_int_equal(b.f.node.outbox.count, 0);
	bench_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_turn_thread__what_waits_is_one_turn),
		cmocka_unit_test(
			test_turn_thread__an_idle_thread_prepares_its_message_itself),
		cmocka_unit_test(
			test_turn_thread__what_comes_during_a_turn_is_prepared_beside_it),
		cmocka_unit_test(test_turn_thread__the_inbox_is_bounded_by_messages),
		cmocka_unit_test(
			test_turn_thread__room_is_told_also_where_nothing_is_sent),
		cmocka_unit_test(test_turn_thread__the_inbox_is_bounded_by_bytes),
		cmocka_unit_test(
			test_turn_thread__one_outbox_waits_and_the_next_turn_for_it),
		cmocka_unit_test(test_turn_thread__an_error_ends_it_with_an_empty_outbox),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
