#include "lib/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
test_xmalloc__nothing_is_something(void **state)
{
	(void)state;
	void *a = xmalloc(0);
	void *b = xcalloc(0, 8);

	assert_non_null(a);
	assert_non_null(b);
	a = xrealloc(a, 0);
	assert_non_null(a);
	free(a);
	free(b);
}

static void
test_xstrndup__takes_so_many_bytes(void **state)
{
	(void)state;
	char *a = xstrndup("abcdef", 3);
	char *b = xstrdup("");

	assert_string_equal(a, "abc");
	assert_string_equal(b, "");
	free(a);
	free(b);
}

static void
test_arena__pieces_are_aligned_and_apart(void **state)
{
	(void)state;
	struct arena a = { 0 };
	uint8_t *pieces[500];
	size_t used = 0;

	/* Sizes that fill chunks exactly, nearly, and by far not. */
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		size_t size = (i * 37) % 1500 + (i % 50 == 0 ? 200000 : 0);

		pieces[i] = arena_alloc(&a, size);
		assert_int_equal((uintptr_t)pieces[i] % 16, 0);
		memset(pieces[i], (int)(i & 0xff), size);
		used += (size + 15) & ~(size_t)15;
		assert_int_equal(a.used, used);
	}
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		size_t size = (i * 37) % 1500 + (i % 50 == 0 ? 200000 : 0);

		for (size_t k = 0; k < size; k++) {
			assert_int_equal(pieces[i][k], i & 0xff);
		}
	}
	arena_fini(&a);
}

static void
test_arena__a_reset_keeps_what_was_used_for_the_next_turn(void **state)
{
	(void)state;
	struct arena a = { 0 };

	arena_reset(&a); /* An empty one, too. */
	void *first = arena_alloc(&a, 100);
	arena_reset(&a);
	assert_int_equal(a.used, 0);
	assert_ptr_equal(arena_alloc(&a, 100), first);

	void *big = arena_alloc(&a, 1 << 20);
	arena_reset(&a);
	assert_ptr_equal(arena_alloc(&a, 100), first);
	assert_ptr_equal(arena_alloc(&a, 1 << 20), big);
	/* A turn that took less gives the rest back; one that took nothing gives nothing.
	 */
	arena_reset(&a);
	assert_ptr_equal(arena_alloc(&a, 100), first);
	arena_reset(&a);
	arena_reset(&a);
	assert_ptr_equal(arena_alloc(&a, 100), first);
	/* And more than ARENA_KEEP is never kept. */
	assert_non_null(arena_alloc(&a, ARENA_KEEP + 1));
	arena_reset(&a);
	assert_ptr_equal(arena_alloc(&a, 100), first);
	assert_null(a.spare);
	arena_fini(&a);
	arena_fini(&a);
}

static void
test_arena__copies_and_text(void **state)
{
	(void)state;
	struct arena a = { 0 };
	uint8_t *zeros;

	memset(arena_alloc(&a, 64), 0xff, 64);
	arena_reset(&a);
	zeros = arena_zalloc(&a, 64);
	for (int i = 0; i < 64; i++) {
		assert_int_equal(zeros[i], 0);
	}
	assert_string_equal(arena_dup(&a, "abc", 2), "ab");
	assert_string_equal(arena_dup(&a, NULL, 0), "");
	assert_string_equal(arena_printf(&a, "%s/%d", "x", 7), "x/7");
	arena_fini(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_xmalloc__nothing_is_something),
		cmocka_unit_test(test_xstrndup__takes_so_many_bytes),
		cmocka_unit_test(test_arena__pieces_are_aligned_and_apart),
		cmocka_unit_test(
			test_arena__a_reset_keeps_what_was_used_for_the_next_turn),
		cmocka_unit_test(test_arena__copies_and_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
