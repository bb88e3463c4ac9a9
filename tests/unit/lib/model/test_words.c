#include "lib/model/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "lib/base/rng.h"

static void
test_words__ids_are_dense_and_in_order_of_first_sight(void **state)
{
	(void)state;
	struct words w;

	words_init(&w);
	assert_int_equal(words_id(&w, slice_str("sfo")), 1);
	assert_int_equal(words_id(&w, slice_str("ジャクソン市")), 2);
	assert_int_equal(words_id(&w, slice_str("sfo")), 1);
	assert_int_equal(words_id(&w, slice_str("sf")), 3);
	assert_int_equal(words_count(&w), 3);
	assert_true(slice_eq_str(words_at(&w, 2), "ジャクソン市"));
	assert_true(slice_eq_str(words_at(&w, 3), "sf"));
	words_fini(&w);
}

static void
test_words__the_empty_word_is_0_and_finding_adds_nothing(void **state)
{
	(void)state;
	struct words w;

	words_init(&w);
	assert_int_equal(words_id(&w, slice_of(NULL, 0)), 0);
	assert_int_equal(words_find(&w, slice_of(NULL, 0)), 0);
	assert_int_equal(words_at(&w, 0).len, 0);
	assert_int_equal(words_find(&w, slice_str("lax")), 0);
	assert_int_equal(words_count(&w), 0);
	assert_int_equal(words_id(&w, slice_str("lax")), 1);
	assert_int_equal(words_find(&w, slice_str("lax")), 1);
	words_fini(&w);
}

static void
test_words__the_longest_ones_come_back_whole(void **state)
{
	(void)state;
	struct words w;
	uint8_t word[WORD_MAX_LEN];

	words_init(&w);
	for (unsigned i = 0; i < 40; i++) { /* More than a chunk of bytes holds. */
		memset(word, (int)i, sizeof(word));
		assert_int_equal(words_id(&w, slice_of(word, sizeof(word) - i)), i + 1);
	}
	for (unsigned i = 0; i < 40; i++) {
		memset(word, (int)i, sizeof(word));
		assert_true(
			slice_eq(words_at(&w, i + 1), slice_of(word, sizeof(word) - i)));
		assert_int_equal(words_find(&w, slice_of(word, sizeof(word) - i)), i + 1);
	}
	words_fini(&w);
}

/* As a checkpoint does: chunk by chunk. */
static void
copy_table(struct table *to, const struct table *from)
{
	table_clear(to);
	for (uint32_t i = 0; i < from->chunk_count; i++) {
		assert_true(table_restore_chunk(to, table_chunk(from, i)));
	}
}

static void
test_words__are_the_same_after_a_load(void **state)
{
	(void)state;
	struct words w;
	struct words loaded;
	struct table *from[WORDS_TABLES];
	struct table *to[WORDS_TABLES];
	char text[32];

	words_init(&w);
	words_init(&loaded);
	for (int i = 0; i < 20000; i++) {
		words_id(&w,
			 slice_of(text, (size_t)snprintf(text, sizeof(text), "w%d", i)));
	}
	words_tables(&w, from);
	words_tables(&loaded, to);
	for (unsigned i = 0; i < WORDS_TABLES; i++) {
		copy_table(to[i], from[i]);
	}
	assert_true(words_reindex(&loaded));
	for (int i = 0; i < 20000; i++) {
		struct slice word =
			slice_of(text, (size_t)snprintf(text, sizeof(text), "w%d", i));

		assert_int_equal(words_find(&loaded, word), i + 1);
	}
	assert_int_equal(words_id(&loaded, slice_str("new")), 20001);
	assert_int_equal(words_id(&w, slice_str("new")), 20001);
	for (unsigned i = 0; i < WORDS_TABLES; i++) {
		assert_true(table_eq(from[i], to[i]));
	}
	words_fini(&loaded);
	words_fini(&w);
}

static void
test_words__rows_that_are_not_ours_are_not_loaded(void **state)
{
	(void)state;
	const struct words_run wrong[] = {
		{ .at = 0, .n = 0 },          /* Empty. */
		{ .at = 0, .n = 7 },          /* Beyond the bytes. */
		{ .at = 6, .n = 1 },          /* Begins beyond them. */
		{ .at = UINT32_MAX, .n = 2 }, /* Wraps. */
		{ .at = 0, .n = UINT32_MAX }, /* Longer than any word. */
		{ .at = 3, .n = 3 },          /* The second word again. */
	};

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct words w;

		words_init(&w);
		words_id(&w, slice_str("sfo"));
		words_id(&w, slice_str("lax"));
		assert_true(words_reindex(&w));
		*(struct words_run *)table_mut(&w.rows, 0) = wrong[i];
		assert_false(words_reindex(&w));
		words_clear(&w);
		assert_int_equal(words_id(&w, slice_str("lax")), 1);
		words_fini(&w);
	}
}

#define SET(s, ...)                                                                      \
	sets_id((s), (uint32_t[]){ __VA_ARGS__ },                                        \
		(unsigned)ARRAY_LEN(((uint32_t[]){ __VA_ARGS__ })))

static void
test_sets__order_and_repeats_and_what_is_not_stated_do_not_matter(void **state)
{
	(void)state;
	struct sets s;
	uint32_t ids[] = { 9, 3, 0, 9, 3, 7 };
	unsigned n;

	sets_init(&s);
	assert_int_equal(sets_id(&s, ids, ARRAY_LEN(ids)), 1);
	assert_int_equal(SET(&s, 3, 7), 2);
	assert_int_equal(SET(&s, 7, 9, 3), 1);
	const uint32_t *members = sets_at(&s, 1, &n);
	assert_int_equal(n, 3);
	assert_int_equal(members[0], 3);
	assert_int_equal(members[1], 7);
	assert_int_equal(members[2], 9);
	assert_true(sets_has(&s, 1, 7));
	assert_false(sets_has(&s, 1, 8));
	assert_false(sets_has(&s, 1, 0));
	assert_int_equal(sets_count(&s), 2);
	sets_fini(&s);
}

static void
test_sets__the_empty_set_is_0(void **state)
{
	(void)state;
	struct sets s;
	unsigned n = 1;

	sets_init(&s);
	assert_int_equal(sets_id(&s, NULL, 0), 0);
	assert_int_equal(SET(&s, 0, 0), 0);
	assert_null(sets_at(&s, 0, &n));
	assert_int_equal(n, 0);
	assert_false(sets_has(&s, 0, 1));
	assert_int_equal(sets_count(&s), 0);
	sets_fini(&s);
}

static void
test_sets__the_largest_ones_come_back_whole_and_after_a_load(void **state)
{
	(void)state;
	static uint32_t ids[SET_MAX_IDS];
	struct rng rng = { .state = 1 };
	struct sets s;
	struct sets loaded;
	struct table *from[SETS_TABLES];
	struct table *to[SETS_TABLES];

	sets_init(&s);
	sets_init(&loaded);
	for (uint32_t i = 0; i < 300; i++) {
		uint32_t n = i == 7 ? SET_MAX_IDS : 1 + (uint32_t)rng_below(&rng, 200);

		for (uint32_t j = 0; j < n; j++) {
			ids[j] = (i + 1) * 10000 + j;
		}
		assert_int_equal(sets_id(&s, ids, n), i + 1);
	}
	sets_tables(&s, from);
	sets_tables(&loaded, to);
	for (unsigned i = 0; i < SETS_TABLES; i++) {
		copy_table(to[i], from[i]);
	}
	assert_true(sets_reindex(&loaded));
	for (uint32_t i = 0; i < 300; i++) {
		unsigned n;
		const uint32_t *members = sets_at(&loaded, i + 1, &n);

		memcpy(ids, members, n * sizeof(ids[0]));
		assert_int_equal(ids[n - 1], (i + 1) * 10000 + n - 1);
		assert_int_equal(sets_id(&loaded, ids, n), i + 1);
	}
	assert_int_equal(sets_count(&loaded), 300);
	sets_fini(&loaded);
	sets_fini(&s);
}

static void
test_sets__members_out_of_order_are_not_loaded(void **state)
{
	(void)state;
	struct sets s;

	sets_init(&s);
	SET(&s, 3, 7);
	SET(&s, 3, 8);
	assert_true(sets_reindex(&s));
	*(uint32_t *)table_mut(&s.ids, 0) = 7;
	assert_false(sets_reindex(&s));
	*(uint32_t *)table_mut(&s.ids, 0) = 0;
	assert_false(sets_reindex(&s));
	*(uint32_t *)table_mut(&s.ids, 0) = 3;
	*(uint32_t *)table_mut(&s.ids, 1) = 8; /* The second set again. */
	assert_false(sets_reindex(&s));
	sets_fini(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words__ids_are_dense_and_in_order_of_first_sight),
		cmocka_unit_test(
			test_words__the_empty_word_is_0_and_finding_adds_nothing),
		cmocka_unit_test(test_words__the_longest_ones_come_back_whole),
		cmocka_unit_test(test_words__are_the_same_after_a_load),
		cmocka_unit_test(test_words__rows_that_are_not_ours_are_not_loaded),
		cmocka_unit_test(
			test_sets__order_and_repeats_and_what_is_not_stated_do_not_matter),
		cmocka_unit_test(test_sets__the_empty_set_is_0),
		cmocka_unit_test(
			test_sets__the_largest_ones_come_back_whole_and_after_a_load),
		cmocka_unit_test(test_sets__members_out_of_order_are_not_loaded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
