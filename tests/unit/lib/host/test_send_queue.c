#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>

#include "lib/host/send_queue.h"

#include <cmocka.h>

static bool
put(struct send_queues *queues, uint32_t peer, const void *at, size_t len)
{
	const struct slice parts[3] = { slice_str("head"), slice_of(at, len), { 0 } };

	return send_queues_put(queues, peer, parts, 2);
}

static void
test_send_queue__frames_of_a_peer_come_out_in_order(void **state)
{
	(void)state;
	struct send_queues queues = { 0 };
	struct slice parts[FRAME_MAX_PARTS];

	assert_null(send_queues_find(&queues, 1));
	for (uint8_t i = 0; i < 10; i++) {
		assert_true(put(&queues, 1, &i, 1));
		assert_true(put(&queues, 2, "xyz", i % 4u));
	}
	assert_int_equal(queues.count, 2);
	for (uint8_t i = 0; i < 10; i++) {
		struct send_queue *queue = send_queues_find(&queues, 1);

		assert_int_equal(send_queue_parts(queue, parts), 2);
		assert_true(slice_eq_str(parts[0], "head"));
		assert_int_equal(parts[1].len, 1);
		assert_int_equal(parts[1].at[0], i);
		assert_int_equal(send_queues_pop(&queues, queue), i < 9);
	}
	assert_null(send_queues_find(&queues, 1));
	struct send_queue *other = send_queues_find(&queues, 2);
	assert_int_equal(other->frames, 10);
	assert_int_equal(queues.bytes, other->bytes);
	send_queues_fini(&queues);
	assert_int_equal(queues.bytes, 0);
}

static void
test_send_queue__one_frame_too_many_drops_the_peers_queue_alone(void **state)
{
	(void)state;
	struct send_queues queues = { 0 };

	assert_true(put(&queues, 2, "b", 1));
	for (int i = 0; i < SEND_QUEUE_FRAMES; i++) {
		assert_true(put(&queues, 1, "a", 1));
	}
	assert_false(put(&queues, 1, "a", 1));
	assert_null(send_queues_find(&queues, 1));
	assert_int_equal(queues.dropped_queues, 1);
	assert_int_equal(queues.dropped_frames, SEND_QUEUE_FRAMES + 1);
	assert_int_equal(send_queues_find(&queues, 2)->frames, 1);
	assert_true(put(&queues, 1, "a", 1)); /* And begins anew. */
	send_queues_fini(&queues);
}

static void
test_send_queue__bytes_are_bounded_for_a_peer_and_for_all(void **state)
{
	(void)state;
	struct send_queues queues = { 0 };
	const size_t len = 1024 * 1024 - 4; /* With its head, a MiB. */
	uint8_t *body = xcalloc(1, len + 1);

	for (int i = 0; i < 8; i++) {
		assert_true(put(&queues, 1, body, len));
	}
	assert_int_equal(send_queues_find(&queues, 1)->bytes, SEND_QUEUE_BYTES);
	assert_false(put(&queues, 1, body, 0));
	assert_int_equal(queues.bytes, 0);

	uint32_t peer = 10;
	for (size_t left = SEND_QUEUES_BYTES / (1024 * 1024); left > 0; left -= 8) {
		for (int i = 0; i < 8; i++) {
			assert_true(put(&queues, peer, body, len));
		}
		peer++;
	}
	assert_int_equal(queues.bytes, SEND_QUEUES_BYTES);
	assert_false(put(&queues, peer, body, 1));
	assert_null(send_queues_find(&queues, peer));
	assert_int_equal(queues.bytes, SEND_QUEUES_BYTES);
	send_queues_fini(&queues);
	free(body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_send_queue__frames_of_a_peer_come_out_in_order),
		cmocka_unit_test(
			test_send_queue__one_frame_too_many_drops_the_peers_queue_alone),
		cmocka_unit_test(
			test_send_queue__bytes_are_bounded_for_a_peer_and_for_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
