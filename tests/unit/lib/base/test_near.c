#include "lib/base/near.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void
test_near__distance_counts_letters(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned distance;
	} cases[] = {
		{ "", "", 0 },
		{ "", "abc", 3 },
		{ "abc", "", 3 },
		{ "chi", "chi", 0 },
		{ "chi", "chai", 1 }, /* Added. */
		{ "chi", "hi", 1 },   /* Taken away. */
		{ "chi", "cha", 1 },  /* Changed. */
		{ "chi", "hci", 1 },  /* Swapped. */
		{ "TN", "tn", 0 },    /* Case does not matter. */
		{ "ca", "abc", 3 },   /* No letter is touched twice. */
		{ "moved", "mvoedd", 2 },
		{ "kitten", "sitting", 3 },
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct slice a = slice_str(cases[i].a);
		struct slice b = slice_str(cases[i].b);

		assert_int_equal(near_distance(a, b), cases[i].distance);
		assert_int_equal(near_distance(b, a), cases[i].distance);
	}
}

static void
test_near__what_is_too_long_is_far_from_everything(void **state)
{
	static const uint8_t letters[NEAR_MAX_LEN + 1];
	(void)state;

	struct slice longest = slice_of(letters, NEAR_MAX_LEN);
	struct slice longer = slice_of(letters, NEAR_MAX_LEN + 1);
	assert_int_equal(near_distance(longest, longest), 0);
	assert_int_equal(near_distance(longest, longer), NEAR_FAR);
	assert_int_equal(near_distance(longer, longest), NEAR_FAR);
}

static void
test_near_miss__the_one_that_was_meant(void **state)
{
	static const char *const posts[] = { "atl", "bna", "bos", "chi", "det", "hou",
					     "lax", "mia", "nyc", "por", "sea", "sfo" };
	(void)state;

	assert_string_equal(near_miss(slice_str("CHI"), posts, ARRAY_LEN(posts)), "chi");
	assert_string_equal(near_miss(slice_str("ch"), posts, ARRAY_LEN(posts)), "chi");
	assert_string_equal(near_miss(slice_str("chii"), posts, ARRAY_LEN(posts)), "chi");
	assert_string_equal(near_miss(slice_str("sof"), posts, ARRAY_LEN(posts)), "sfo");
	/* One letter of three says nothing, two of four do. */
	static const char *const two[] = { "sfo", "held" };
	assert_null(near_miss(slice_str("sxx"), two, 2));
	assert_string_equal(near_miss(slice_str("hexx"), two, 2), "held");
	assert_null(near_miss(slice_str("chicago"), posts, ARRAY_LEN(posts)));
	assert_null(near_miss(slice_str(""), posts, ARRAY_LEN(posts)));
	assert_null(near_miss(slice_str("c"), posts, ARRAY_LEN(posts)));
	assert_null(near_miss(slice_str("chi"), posts, 0));
}

static void
test_near_miss__two_that_are_equally_near_are_none(void **state)
{
	static const char *const words[] = { "moved", "mover", "hover" };
	(void)state;

	assert_null(near_miss(slice_str("movek"), words, 3));
	/* One that is nearer ends the tie, before it and after it. */
	assert_string_equal(near_miss(slice_str("mover"), words, 3), "mover");
	assert_string_equal(near_miss(slice_str("Hover"), words, 3), "hover");
}

static void
test_near__the_same_word_may_be_offered_again(void **state)
{
	struct near n;
	(void)state;

	/* Dated rows of one code. */
	near_begin(&n, slice_str("scine"));
	near_offer(&n, slice_str("science"));
	near_offer(&n, slice_str("science"));
	near_offer(&n, slice_str("sports"));
	assert_true(slice_eq_str(near_best(&n), "science"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_near__distance_counts_letters),
		cmocka_unit_test(test_near__what_is_too_long_is_far_from_everything),
		cmocka_unit_test(test_near_miss__the_one_that_was_meant),
		cmocka_unit_test(test_near_miss__two_that_are_equally_near_are_none),
		cmocka_unit_test(test_near__the_same_word_may_be_offered_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
