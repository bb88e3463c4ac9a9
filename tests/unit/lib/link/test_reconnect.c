#include "lib/link/reconnect.h"

#include "unit/lib/link/link_test.h"

static void
test_reconnect__the_ceiling_doubles_from_half_a_second_to_a_minute(void **state)
{
	(void)state;
	static const msec_t ceilings[] = { 500,   1000,  2000,  4000,  8000,
					   16000, 32000, 60000, 60000, 60000 };
	msec_t longest[ARRAY_LEN(ceilings)] = { 0 };
	msec_t shortest[ARRAY_LEN(ceilings)];

	for (uint64_t seed = 0; seed < 2000; seed++) {
		struct reconnect r = { 0 };
		struct rng rng = { seed };

		msec_t now = 1000;

		for (size_t i = 0; i < ARRAY_LEN(ceilings); i++) {
			msec_t wait = reconnect_backoff(&r, 0, &rng, now) - now;

			now += 60000;
			assert_in_range(wait, 0, ceilings[i]);
			longest[i] = wait > longest[i] ? wait : longest[i];
			shortest[i] =
				seed == 0 || wait < shortest[i] ? wait : shortest[i];
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(ceilings); i++) { /* Full jitter: all of it. */
		assert_true(longest[i] > ceilings[i] * 95 / 100);
		assert_true(shortest[i] < ceilings[i] * 5 / 100);
	}
}

/* The peer is away from 0 on, and a dialling is refused at once: how long it is waited
 * for after it is back. */
static msec_t
found_after(uint64_t seed, msec_t away, unsigned *ret_diallings)
{
	struct reconnect r = { 0 };
	struct rng rng = { seed };
	msec_t now = 0;

	*ret_diallings = 0;
	do {
		now = reconnect_backoff(&r, 0, &rng, now);
		++*ret_diallings;
	} while (now < away);
	return now - away;
}

static void
test_reconnect__the_wait_is_about_as_long_as_the_absence(void **state)
{
	(void)state;
	enum { SEEDS = 2000 };
	static const struct {
		msec_t away, mean, longest;
	} expected[] = {
		{ 300, 300, 1000 },      /* A process that is restarted at once. */
		{ 1000, 500, 2000 },     /* Headquarters' restart ... */
		{ 3000, 1000, 4000 },    /* ... of one to three seconds. */
		{ 60000, 25000, 60000 }, /* A machine's. */
		{ 3600000, 30500, 60000 },
	};

	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		unsigned diallings = 0;
		msec_t sum = 0;

		for (uint64_t seed = 0; seed < SEEDS; seed++) {
			msec_t wait = found_after(seed, expected[i].away, &diallings);

			assert_in_range(wait, 0, expected[i].longest);
			sum += wait;
		}
		assert_in_range(sum / SEEDS, 0, expected[i].mean);
		/* And nobody is dialled without pause. */
		assert_true(diallings <= 40 + expected[i].away / 20000);
	}
}

static void
test_reconnect__a_minute_of_work_forgets_the_past_but_not_less(void **state)
{
	(void)state;
	struct reconnect r = { 0 };
	struct rng rng = { 1 };

	for (msec_t now = 0; now < 10 * 60000; now += 60000) {
		reconnect_backoff(&r, 0, &rng, now);
	}
	reconnect_worked(&r, 59999);
	assert_int_equal(r.ceiling_ms, 60000);
	reconnect_worked(&r, 60000);
	for (int i = 0; i < 100; i++) {
		struct reconnect fresh = r;

		assert_in_range(reconnect_backoff(&fresh, 0, &rng, 0), 0, 500);
	}
}

static void
test_reconnect__what_the_peer_asks_for_is_a_minimum_within_reason(void **state)
{
	(void)state;
	struct rng rng = { 1 };

	for (int i = 0; i < 100; i++) {
		struct reconnect r = { 0 };

		assert_in_range(reconnect_backoff(&r, 7000, &rng, 0), 7000, 7500);
		assert_in_range(reconnect_backoff(&r, UINT32_MAX, &rng, 0), 3600000,
				3601000);
	}
}

static void
test_reconnect__at_once_comes_with_growing_gaps(void **state)
{
	(void)state;
	struct reconnect r = { 0 };
	msec_t now = 10000;
	msec_t expected = 50;

	/* The session was there for a while: at once is at once. */
	reconnect_dialled(&r, now);
	assert_int_equal(reconnect_at_once(&r, now + 5000), now + 5000);

	/* Two sides that disagree at every dialling are held apart. */
	r = (struct reconnect){ 0 };
	for (int i = 0; i < 20; i++) {
		reconnect_dialled(&r, now);
		msec_t at = reconnect_at_once(&r, now + 1);
		assert_int_equal(at - now, expected);
		expected = expected < 30000 ? 2 * expected : 60000;
		now = at;
	}
	reconnect_worked(&r, 60000);
	reconnect_dialled(&r, now);
	assert_int_equal(reconnect_at_once(&r, now), now + 50);
}

static void
test_reconnect__a_goodbye_costs_jitter_only(void **state)
{
	(void)state;
	struct rng rng = { 3 };
	msec_t longest = 0;

	for (int i = 0; i < 1000; i++) {
		msec_t wait = reconnect_after_goodbye(&rng, 100) - 100;

		assert_in_range(wait, 0, 1999);
		longest = wait > longest ? wait : longest;
	}
	assert_true(longest > 1800);
}

static void
test_reconnect__superseded_waits_a_minute(void **state)
{
	(void)state;
	assert_int_equal(reconnect_superseded(5), 60005);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_reconnect__the_ceiling_doubles_from_half_a_second_to_a_minute),
		cmocka_unit_test(
			test_reconnect__the_wait_is_about_as_long_as_the_absence),
		cmocka_unit_test(
			test_reconnect__a_minute_of_work_forgets_the_past_but_not_less),
		cmocka_unit_test(
			test_reconnect__what_the_peer_asks_for_is_a_minimum_within_reason),
		cmocka_unit_test(test_reconnect__at_once_comes_with_growing_gaps),
		cmocka_unit_test(test_reconnect__a_goodbye_costs_jitter_only),
		cmocka_unit_test(test_reconnect__superseded_waits_a_minute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
