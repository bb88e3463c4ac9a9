/* Alerts that are due, told beside a plain array; and what their ids are made of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/base/rng.h"
#include "notification/alerts.h"

enum { NUMBERS = 500, OPERATIONS = 100000 };

/* Ids of one 'bucket' have the first eight bytes in common: the index cannot tell them
 * apart. */
static struct alert
numbered(unsigned n)
{
	struct alert a = { .state = ALERT_DUE, .due = n };

	a.id.b[0] = (uint8_t)(n % 50);
	a.id.b[ALERT_ID_LEN - 1] = (uint8_t)(n / 50);
	return a;
}

static void
test_alerts_table__it_holds_what_was_added_and_not_removed(void **state)
{
	(void)state;
	static uint32_t rows[NUMBERS];
	struct rng rng = { 7 };
	struct alerts a;
	unsigned live = 0;

	alerts_init(&a);
	for (unsigned i = 0; i < NUMBERS; i++) {
		rows[i] = UINT32_MAX;
	}
	for (unsigned i = 0; i < OPERATIONS; i++) {
		unsigned n = (unsigned)rng_below(&rng, NUMBERS);
		struct alert alert = numbered(n);

		assert_int_equal(alerts_find(&a, &alert.id), rows[n]);
		if (rows[n] == UINT32_MAX) {
			rows[n] = alerts_add(&a, &alert);
			live++;
		} else if (rng_chance(&rng, 70)) {
			/* The others keep their rows. */
			assert_int_equal(alerts_at(&a, rows[n])->due, n);
			alerts_remove(&a, rows[n]);
			rows[n] = UINT32_MAX;
			live--;
		}
		assert_int_equal(a.live, live);
	}
	for (unsigned n = 0; n < NUMBERS; n++) {
		struct alert alert = numbered(n);

		assert_int_equal(alerts_find(&a, &alert.id), rows[n]);
	}

	/* A walk comes by each once. */
	unsigned walked = 0;
	for (uint32_t row = alerts_next(&a, 0); row != UINT32_MAX;
	     row = alerts_next(&a, row + 1)) {
		assert_int_equal(rows[alerts_at(&a, row)->due], row);
		walked++;
	}
	assert_int_equal(walked, live);

	/* Rows and index are used again: neither grows with what has gone. */
	assert_true(a.rows.count <= NUMBERS);
	assert_true(a.indexed <= 2 * NUMBERS + 1024 + 1);
	alerts_clear(&a);
	assert_int_equal(alerts_next(&a, 0), UINT32_MAX);
	struct alert again = numbered(3);
	assert_int_equal(alerts_find(&a, &again.id), UINT32_MAX);
	(void)alerts_add(&a, &again);
	assert_int_equal(a.live, 1);
	alerts_fini(&a);
}

static struct alert_id
id_of(uint8_t subscription, enum alert_kind kind, const char *about, const char *occasion)
{
	struct uuid who = { { subscription } };

	return alert_id_of(&who, kind, slice_str(about), slice_str(occasion));
}

static void
test_alerts_table__an_id_tells_apart_all_that_it_is_made_of(void **state)
{
	(void)state;
	const struct alert_id ids[] = {
		id_of(1, ALERT_MOVED, "ab", "cd"),
		id_of(2, ALERT_MOVED, "ab", "cd"),
		id_of(1, ALERT_CHANGED, "ab", "cd"),
		id_of(1, ALERT_MOVED, "abc", "d"), /* The same bytes in a row. */
		id_of(1, ALERT_MOVED, "a", "bcd"),
		id_of(1, ALERT_MOVED, "", "abcd"),
		id_of(1, ALERT_MOVED, "abcd", ""),
		id_of(1, ALERT_MOVED, "ab", "ce"),
	};

	for (unsigned i = 0; i < ARRAY_LEN(ids); i++) {
		for (unsigned k = 0; k < ARRAY_LEN(ids); k++) {
			assert_int_equal(alert_id_eq(&ids[i], &ids[k]), i == k);
		}
	}
	struct alert_id again = id_of(1, ALERT_MOVED, "ab", "cd");
	assert_true(alert_id_eq(&again, &ids[0]));
}

/* Whoever was told before an update must not be told again after it. */
static void
test_alerts_table__ids_stay_from_one_version_to_the_next(void **state)
{
	(void)state;
	static const uint8_t is[ALERT_ID_LEN] = { 0xcf, 0x93, 0x75, 0x16, 0x72, 0x21,
						  0x65, 0xa4, 0xb6, 0xa1, 0xc2, 0xa7,
						  0xd1, 0x6a, 0x4f, 0xac };
	struct alert_id id = id_of(1, ALERT_UPCOMING, "event", "s1 2026-03-10 1440");

	assert_memory_equal(id.b, is, ALERT_ID_LEN);
}

int
main(void)
{
	hash_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_alerts_table__it_holds_what_was_added_and_not_removed),
		cmocka_unit_test(
			test_alerts_table__an_id_tells_apart_all_that_it_is_made_of),
		cmocka_unit_test(
			test_alerts_table__ids_stay_from_one_version_to_the_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
