/* When each event is to be looked at next: told beside a plain list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/base/rng.h"
#include "notification/schedule.h"

enum { EVENTS = 200, OPERATIONS = 100000 };

static void
test_schedule__the_next_moment_is_the_least(void **state)
{
	(void)state;
	struct schedule s;
	uint32_t event;

	schedule_init(&s);
	assert_int_equal(schedule_next(&s), NEVER);
	assert_false(schedule_take(&s, NEVER - 1, &event));
	schedule_set(&s, 7, 300);
	schedule_set(&s, 8, 100);
	schedule_set(&s, 9, 200);
	assert_int_equal(schedule_next(&s), 100);
	assert_false(schedule_take(&s, 99, &event));
	assert_true(schedule_take(&s, 100, &event));
	assert_int_equal(event, 8);

	/* It moves ahead of another, behind it, and has none any more. */
	schedule_set(&s, 7, 150);
	assert_int_equal(schedule_next(&s), 150);
	schedule_set(&s, 7, 250);
	assert_int_equal(schedule_next(&s), 200);
	schedule_set(&s, 9, NEVER);
	assert_int_equal(schedule_next(&s), 250);
	assert_true(schedule_take(&s, 1000, &event));
	assert_int_equal(event, 7);
	assert_false(schedule_take(&s, 1000, &event));
	assert_int_equal(s.live, 0);
	schedule_fini(&s);
}

static void
test_schedule__an_event_that_moves_and_moves_costs_one_entry(void **state)
{
	(void)state;
	struct schedule s;
	uint32_t event;

	schedule_init(&s);
	for (wall_ms_t at = 1; at <= OPERATIONS; at++) {
		schedule_set(&s, 3, at);
	}
	assert_int_equal(s.live, 1);
	assert_true(s.count <= 2048);
	assert_true(schedule_memory(&s) < 128 * 1024);
	assert_true(schedule_take(&s, OPERATIONS, &event));
	assert_int_equal(schedule_next(&s), NEVER);
	schedule_clear(&s);
	assert_int_equal(schedule_next(&s), NEVER);
	schedule_set(&s, 3, 5);
	assert_int_equal(schedule_next(&s), 5);
	schedule_fini(&s);
}

static wall_ms_t
least_of(const wall_ms_t *at)
{
	wall_ms_t least = NEVER;

	for (unsigned i = 0; i < EVENTS; i++) {
		least = at[i] < least ? at[i] : least;
	}
	return least;
}

static void
test_schedule__it_is_a_sorted_list_whatever_happens(void **state)
{
	(void)state;
	static wall_ms_t at[EVENTS];
	struct rng rng = { 20260301 };
	struct schedule s;
	wall_ms_t now = 0;
	unsigned taken = 0;

	schedule_init(&s);
	for (unsigned i = 0; i < EVENTS; i++) {
		at[i] = NEVER;
	}
	for (unsigned i = 0; i < OPERATIONS; i++) {
		uint32_t event = (uint32_t)rng_below(&rng, EVENTS), took;

		if (rng_chance(&rng, 5)) {
			schedule_set(&s, event, NEVER);
			at[event] = NEVER;
		} else if (rng_chance(&rng, 60)) {
			/* Few different times: many are equal; and some have passed. */
			at[event] = now + (wall_ms_t)rng_below(&rng, 50) - 5;
			schedule_set(&s, event, at[event]);
		} else if (schedule_take(&s, now, &took)) {
			assert_true(at[took] <= now);
			assert_int_equal(at[took], least_of(at));
			at[took] = NEVER;
			taken++;
		} else {
			assert_true(least_of(at) > now);
			now++;
		}
		assert_int_equal(schedule_next(&s), least_of(at));
	}
	assert_true(taken > OPERATIONS / 20);
	schedule_fini(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_schedule__the_next_moment_is_the_least),
		cmocka_unit_test(
			test_schedule__an_event_that_moves_and_moves_costs_one_entry),
		cmocka_unit_test(test_schedule__it_is_a_sorted_list_whatever_happens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
