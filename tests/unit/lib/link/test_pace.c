#include "lib/link/pace.h"

#include "unit/lib/link/link_test.h"

/* A line that carries 'rate' bytes a second, one message after the other, and brings the
 * acknowledgement back 'latency' later.  Sends 'size' whenever it may, for 'until' ms. */
static void
drive(struct pace *p, uint64_t rate, msec_t latency, size_t size, msec_t until,
      uint64_t *ret_longest_queue_ms)
{
	msec_t acked_at[LINK_BATCHES] = { 0 };
	msec_t free_at = 0;

	*ret_longest_queue_ms = 0;
	for (msec_t now = 0; now < until; now++) {
		while (p->acked < p->sent &&
		       acked_at[(p->acked + 1) % LINK_BATCHES] <= now) {
			assert_true(pace_acked(p, p->acked + 1, now));
		}
		while (pace_may_send(p, size)) {
			msec_t begin = free_at > now ? free_at : now;

			free_at = begin + (msec_t)(size * 1000 / rate);
			pace_sent(p, size, now);
			acked_at[p->sent % LINK_BATCHES] = free_at + latency;
			if (now > until / 2 &&
			    (uint64_t)(free_at - now) > *ret_longest_queue_ms) {
				*ret_longest_queue_ms = (uint64_t)(free_at - now);
			}
		}
	}
}

static void
test_pace__begins_with_one_blocks_worth_and_single_blocks(void **state)
{
	(void)state;
	struct pace p = { 0 };

	assert_int_equal(pace_batch_target(&p, UINT64_MAX), 0);
	assert_true(pace_may_send(&p, FRAME_MAX_LEN)); /* Alone, anything may go. */
	pace_sent(&p, 1024, 0);
	assert_true(pace_may_send(&p, LINK_BLOCK - 1024));
	assert_false(pace_may_send(&p, LINK_BLOCK - 1023));
}

static void
test_pace__a_fast_line_opens_at_the_first_block(void **state)
{
	(void)state;
	struct pace p = { 0 };

	pace_sent(&p, LINK_BLOCK, 100);
	assert_true(pace_acked(&p, 1, 103));
	assert_int_equal(p.rate, LINK_BLOCK * 1000 / 3);
	assert_int_equal(pace_batch_target(&p, UINT64_MAX), LINK_BATCH_TARGET);
	pace_sent(&p, LINK_BATCH_TARGET, 104);
	assert_true(pace_may_send(&p, LINK_CREDIT));
}

static void
test_pace__messages_stay_within_the_credit(void **state)
{
	(void)state;
	struct pace p = { 0 };

	pace_sent(&p, LINK_BLOCK, 100);
	assert_true(pace_acked(&p, 1, 103));
	assert_int_equal(pace_batch_target(&p, 3 * LINK_BLOCK), 2 * LINK_BLOCK);
	assert_int_equal(pace_batch_target(&p, 2 * LINK_BLOCK), LINK_BLOCK);
	assert_int_equal(pace_batch_target(&p, 2 * LINK_BLOCK - 1), 0);
	assert_int_equal(pace_batch_target(&p, 0), 0); /* Less than was sent. */
}

static void
test_pace__an_idle_hour_is_not_a_slow_line(void **state)
{
	(void)state;
	struct pace p = { 0 };
	msec_t now = 0;

	pace_sent(&p, LINK_BLOCK, now);
	assert_true(pace_acked(&p, 1, now + 3));
	uint64_t rate = p.rate;
	now += 3600000; /* Nothing for an hour ... */
	assert_true(pace_acked(&p, 1, now));
	assert_int_equal(p.rate, rate);
	pace_sent(&p, LINK_BLOCK, now); /* ... and it is as fast as before. */
	assert_true(pace_acked(&p, 2, now + 3));
	assert_in_range(p.rate, rate * 9 / 10, rate * 11 / 10);
}

static void
test_pace__small_records_over_a_long_way_are_not_a_slow_line(void **state)
{
	(void)state;
	struct pace p = { 0 };

	for (msec_t now = 0; now < 100000; now += 1000) { /* One a second, 600 ms away. */
		pace_sent(&p, 300, now);
		assert_true(pace_acked(&p, p.sent, now + 600));
	}
	assert_int_equal(p.rate, 0);
}

static void
test_pace__at_64_kbit_the_queue_is_two_seconds_or_one_block(void **state)
{
	(void)state;
	uint64_t longest;

	struct pace blocks = { 0 };
	drive(&blocks, 8000, 50, LINK_BLOCK, 120000, &longest);
	assert_in_range(blocks.rate, 7500, 8100);
	assert_int_equal(pace_batch_target(&blocks, UINT64_MAX), 0);
	assert_in_range(longest, 8000, 8200);
	assert_true(blocks.acked * LINK_BLOCK >= 110 * 8000); /* Nothing is wasted. */

	struct pace small = { 0 };
	drive(&small, 8000, 50, 1000, 120000, &longest);
	assert_in_range(small.rate, 7500, 8400);
	assert_true(longest <= 2200);
	assert_true(small.acked * 1000 >= 118 * 8000);
}

static void
test_pace__a_long_fat_line_is_filled(void **state)
{
	(void)state;
	static const msec_t latencies[] = { 1, 20, 150, 600 };
	uint64_t longest;

	for (size_t i = 0; i < ARRAY_LEN(latencies); i++) {
		struct pace p = { 0 };

		/* 2 MB/s: from the other side of the earth, blocks of 64 KiB. */
		drive(&p, 2000000, latencies[i], LINK_BLOCK, 30000, &longest);
		assert_true(p.acked_bytes >= 20 * 2000000);
		assert_int_equal(pace_batch_target(&p, UINT64_MAX), LINK_BATCH_TARGET);
	}
}

static void
test_pace__a_line_that_was_taken_for_slow_recovers(void **state)
{
	(void)state;
	struct pace p = { 0 };
	uint64_t longest;

	pace_sent(&p, 10000, 0);
	assert_true(pace_acked(&p, 1, 20000)); /* A disk that hung for 20 s. */
	assert_int_equal(p.rate, 500);
	drive(&p, 50000000, 2, 2000, 1000, &longest);
	assert_true(p.rate > 5000000);
}

static void
test_pace__acks_in_a_bunch_raise_the_rate_by_four_at_most(void **state)
{
	(void)state;
	struct pace p = { 0 };

	pace_sent(&p, LINK_BLOCK, 0);
	assert_true(pace_acked(&p, 1, 8192));
	assert_int_equal(p.rate, 8000);
	pace_sent(&p, 10000, 8192);
	assert_true(pace_acked(&p, 2, 8193));
	assert_int_equal(p.rate, 32000);
}

static void
test_pace__repeated_and_old_acks_change_nothing(void **state)
{
	(void)state;
	struct pace p = { 0 };

	for (int i = 0; i < 3; i++) {
		pace_sent(&p, 1000, 0);
	}
	assert_true(pace_acked(&p, 2, 10));
	assert_int_equal(pace_in_flight(&p), 1000);
	assert_true(pace_acked(&p, 2, 11));
	assert_true(pace_acked(&p, 1, 12));
	assert_true(pace_acked(&p, 0, 12));
	assert_int_equal(pace_in_flight(&p), 1000);
	assert_false(pace_acked(&p, 4, 13)); /* Never sent. */
	assert_int_equal(p.acked, 2);
}

static void
test_pace__at_most_64_batches_are_unacknowledged(void **state)
{
	(void)state;
	struct pace p = { 0 };

	for (int i = 0; i < LINK_BATCHES; i++) {
		assert_true(pace_may_send(&p, 1));
		pace_sent(&p, 1, 0);
	}
	assert_false(pace_may_send(&p, 1));
	assert_true(pace_acked(&p, 1, 1));
	assert_true(pace_may_send(&p, 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_pace__begins_with_one_blocks_worth_and_single_blocks),
		cmocka_unit_test(test_pace__a_fast_line_opens_at_the_first_block),
		cmocka_unit_test(test_pace__messages_stay_within_the_credit),
		cmocka_unit_test(test_pace__an_idle_hour_is_not_a_slow_line),
		cmocka_unit_test(
			test_pace__small_records_over_a_long_way_are_not_a_slow_line),
		cmocka_unit_test(
			test_pace__at_64_kbit_the_queue_is_two_seconds_or_one_block),
		cmocka_unit_test(test_pace__a_long_fat_line_is_filled),
		cmocka_unit_test(test_pace__a_line_that_was_taken_for_slow_recovers),
		cmocka_unit_test(
			test_pace__acks_in_a_bunch_raise_the_rate_by_four_at_most),
		cmocka_unit_test(test_pace__repeated_and_old_acks_change_nothing),
		cmocka_unit_test(test_pace__at_most_64_batches_are_unacknowledged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
