#include "unit/lib/model/query_world.h"

#include "lib/base/rng.h"
#include "lib/model/query_ids.h"

static void
test_query_ids__numbers_are_dense_in_order_of_first_sight(void **state)
{
	struct query_ids ids;

	(void)state;
	query_ids_init(&ids, 10);
	assert_int_equal(query_ids_of(&ids, 7), 0);
	assert_int_equal(query_ids_of(&ids, UINT64_MAX), 1);
	assert_int_equal(query_ids_of(&ids, 0), 2);
	assert_int_equal(query_ids_of(&ids, 10), 3); /* the first beyond the array */
	assert_int_equal(query_ids_of(&ids, 7), 0);
	assert_int_equal(query_ids_of(&ids, 10), 3);
	assert_int_equal(query_ids_of(&ids, UINT64_MAX), 1);
	assert_int_equal(ids.count, 4);
	assert_true(ids.keys[1] == UINT64_MAX);
	query_ids_fini(&ids);
}

static void
test_query_ids__a_key_keeps_its_number_while_the_table_grows(void **state)
{
	struct query_ids ids;
	enum { KEYS = 50000 };

	(void)state;
	query_ids_init(&ids, 100);
	for (unsigned round = 0; round < 2; round++) {
		struct rng rng = { .state = 3 };

		for (uint32_t i = 0; i < KEYS; i++) {
			uint64_t key = rng_u64(&rng);

			assert_int_equal(query_ids_of(&ids, key), i);
			assert_true(ids.keys[i] == key);
		}
	}
	assert_int_equal(ids.count, KEYS);
	query_ids_fini(&ids);
}

/* Pairs in the grid, pairs that make it grow, and pairs that it may not hold. */
static void
test_query_ids__pairs_are_told_apart_inside_and_outside_of_the_grid(void **state)
{
	struct query_pairs pairs = { 0 };
	static const uint32_t some[] = { 0,    1,     15,      16,        500,
					 4000, 70000, 2000000, UINT32_MAX };
	uint32_t number = 0;

	(void)state;
	for (size_t a = 0; a < ARRAY_LEN(some); a++) {
		for (size_t b = 0; b < ARRAY_LEN(some); b++) {
			assert_int_equal(query_pairs_of(&pairs, some[a], some[b]),
					 number);
			assert_int_equal(query_pairs_a(&pairs, number), some[a]);
			assert_int_equal(query_pairs_b(&pairs, number), some[b]);
			number++;
		}
	}
	number = 0;
	for (size_t a = 0; a < ARRAY_LEN(some); a++) {
		for (size_t b = 0; b < ARRAY_LEN(some); b++) {
			assert_int_equal(query_pairs_of(&pairs, some[a], some[b]),
					 number++);
		}
	}
	assert_true(pairs.height != 0);
	query_pairs_fini(&pairs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_query_ids__numbers_are_dense_in_order_of_first_sight),
		cmocka_unit_test(
			test_query_ids__a_key_keeps_its_number_while_the_table_grows),
		cmocka_unit_test(
			test_query_ids__pairs_are_told_apart_inside_and_outside_of_the_grid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
