#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/base/rng.h"
#include "lib/base/wire.h"
#include "lib/model/merge.h"

/* Events are written as lines of "NUMBER TEXT"; "6 1=題 2=title" is a text with its
 * languages, "15 1=s1 2=#4" a session whose status is the number 4. */
static struct slice
inner(struct arena *arena, const char *spec)
{
	struct buf b = { 0 };

	while (*spec != '\0') {
		char *value;
		uint32_t number = (uint32_t)strtoul(spec, &value, 10);
		const char *end = strchr(value, ' ');
		size_t len;

		assert_true(*value == '=');
		value++;
		len = end != NULL ? (size_t)(end - value) : strlen(value);
		if (*value == '#') {
			wire_put_number(&b, number, strtoul(value + 1, NULL, 10));
		} else {
			wire_put_bytes(&b, number, slice_of(value, len));
		}
		spec = value + len + (end != NULL);
	}
	struct slice s = slice_of(arena_dup(arena, b.at, b.len), b.len);
	buf_fini(&b);
	return s;
}

static struct slice
event(struct arena *arena, const char *const *lines)
{
	struct buf b = { 0 };

	for (; *lines != NULL; lines++) {
		char *value;
		uint32_t number = (uint32_t)strtoul(*lines, &value, 10);

		value++;
		if (*value == '#') {
			wire_put_number(&b, number, strtoul(value + 1, NULL, 10));
		} else if (strchr(value, '=') != NULL) {
			wire_put_bytes(&b, number, inner(arena, value));
		} else {
			wire_put_bytes(&b, number, slice_str(value));
		}
	}
	struct slice s = slice_of(arena_dup(arena, b.at, b.len), b.len);
	buf_fini(&b);
	return s;
}
#define EVENT(...) event(&arena, (const char *const[]){ __VA_ARGS__ __VA_OPT__(, ) NULL })

static void
check_bytes(struct slice have, struct slice want)
{
	assert_int_equal(have.len, want.len);
	assert_true(slice_eq(have, want));
}

/* Merges without a conflict to 'want', and the same with the sides swapped. */
static void
check_merge(struct slice base, struct slice ours, struct slice theirs, struct slice want)
{
	struct arena arena = { 0 };
	struct merge_result r = event_merge(base, ours, theirs, &arena);
	struct merge_result swapped = event_merge(base, theirs, ours, &arena);

	assert_false(r.malformed);
	assert_int_equal(r.conflict_count, 0);
	assert_int_equal(swapped.conflict_count, 0);
	check_bytes(r.merged, want);
	check_bytes(swapped.merged, want);
	arena_fini(&arena);
}

static void
check_conflict(struct slice base, struct slice ours, struct slice theirs,
	       const char *path, struct slice want)
{
	struct arena arena = { 0 };
	struct merge_result r = event_merge(base, ours, theirs, &arena);

	assert_int_equal(r.conflict_count, 1);
	assert_string_equal(r.conflicts[0].path, path);
	check_bytes(r.merged, want);
	r = event_merge(base, theirs, ours, &arena);
	assert_int_equal(r.conflict_count, 1);
	assert_string_equal(r.conflicts[0].path, path);
	arena_fini(&arena);
}

static void
test_merge__two_officers_change_different_fields(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	check_merge(EVENT("3 sfo", "10 seminar", "11 trade"),
		    EVENT("3 sfo", "10 webinar", "11 trade"),
		    EVENT("3 sfo", "10 seminar", "11 invest", "12 caravan"),
		    EVENT("3 sfo", "10 webinar", "11 invest", "12 caravan"));
	arena_fini(&arena);
}

static void
test_merge__a_field_cleared_by_one_stays_cleared(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	check_merge(EVENT("3 sfo", "10 seminar", "37 url"), EVENT("3 sfo", "10 seminar"),
		    EVENT("3 sfo", "10 webinar", "37 url"), EVENT("3 sfo", "10 webinar"));
	arena_fini(&arena);
}

static void
test_merge__the_same_field_twice_is_a_conflict_and_ours_stays(void **state)
{
	struct arena arena = { 0 };
	struct slice base = EVENT("3 sfo", "10 seminar");
	struct slice ours = EVENT("3 sfo", "10 webinar");
	struct slice theirs = EVENT("3 sfo", "10 caravan");

	(void)state;
	struct merge_result r = event_merge(base, ours, theirs, &arena);
	assert_int_equal(r.conflict_count, 1);
	assert_string_equal(r.conflicts[0].path, "format");
	assert_true(slice_eq(r.conflicts[0].base, EVENT("10 seminar")));
	assert_true(slice_eq(r.conflicts[0].ours, EVENT("10 webinar")));
	assert_true(slice_eq(r.conflicts[0].theirs, EVENT("10 caravan")));
	check_bytes(r.merged, ours);
	/* Cleared here, changed there, is one too. */
	check_conflict(base, EVENT("3 sfo"), theirs, "format", EVENT("3 sfo"));
	/* The same change on both sides is none. */
	check_merge(base, ours, ours, ours);
	arena_fini(&arena);
}

static void
test_merge__texts_merge_by_language(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	check_merge(EVENT("6 1=題 2=title"), EVENT("6 1=新題 2=title"),
		    EVENT("6 1=題 2=heading"), EVENT("6 1=新題 2=heading"));
	check_merge(EVENT("6 1=題"), EVENT("6 1=題 2=en"), EVENT("6 1=字"),
		    EVENT("6 1=字 2=en"));
	check_merge(EVENT("6 1=題 2=en"), EVENT("6 1=題"), EVENT("6 2=en"), EVENT());
	check_conflict(EVENT("6 1=題 2=title"), EVENT("6 1=甲 2=title"),
		       EVENT("6 1=乙 2=title2"), "title.ja", EVENT("6 1=甲 2=title2"));
	arena_fini(&arena);
}

static void
test_merge__sets_take_what_was_added_and_removed(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	check_merge(EVENT("5 sfo", "5 lax"), EVENT("5 sfo", "5 lax", "5 sea"),
		    EVENT("5 sfo", "5 chi"), EVENT("5 sfo", "5 chi", "5 sea"));
	/* Both add the same; both remove the same. */
	check_merge(EVENT("5 sfo", "5 lax"), EVENT("5 sfo", "5 bna", "5 sea"),
		    EVENT("5 bna", "5 sfo"), EVENT("5 sfo", "5 bna", "5 sea"));
	/* Ordered anew by one side, that order stands. */
	check_merge(EVENT("5 sfo", "5 lax"), EVENT("5 lax", "5 sfo"),
		    EVENT("5 sfo", "5 lax"), EVENT("5 lax", "5 sfo"));
	arena_fini(&arena);
}

static void
test_merge__sessions_merge_by_id_and_field(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	check_merge(EVENT("15 1=a 2=#1 6=nashville", "15 1=b 2=#1"),
		    EVENT("15 1=a 2=#4 6=nashville", "15 1=b 2=#1"),
		    EVENT("15 1=a 2=#1 6=memphis", "15 1=b 2=#3"),
		    EVENT("15 1=a 2=#4 6=memphis", "15 1=b 2=#3"));
	/* Each adds one; one takes one away. */
	check_merge(EVENT("15 1=a 2=#1", "15 1=b 2=#1"),
		    EVENT("15 1=a 2=#1", "15 1=b 2=#1", "15 1=d"),
		    EVENT("15 1=b 2=#1", "15 1=c"),
		    EVENT("15 1=b 2=#1", "15 1=c", "15 1=d"));
	check_conflict(EVENT("15 1=a 2=#1"), EVENT("15 1=a 2=#4"), EVENT("15 1=a 2=#3"),
		       "sessions.a.status", EVENT("15 1=a 2=#4"));
	check_conflict(EVENT("15 1=a 2=#1", "15 1=b"), EVENT("15 1=a 2=#4", "15 1=b"),
		       EVENT("15 1=b"), "sessions.a", EVENT("15 1=a 2=#4", "15 1=b"));
	arena_fini(&arena);
}

static void
test_merge__a_start_and_its_dates_stay_together(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	/* Both move the start; only one of them over midnight in Tokyo. */
	check_conflict(EVENT("15 1=a 3=t1 5=d1"), EVENT("15 1=a 3=t2 5=d1"),
		       EVENT("15 1=a 3=t3 5=d2"), "sessions.a.start",
		       EVENT("15 1=a 3=t2 5=d1"));
	check_merge(EVENT("15 1=a 2=#1 3=t1 5=d1"), EVENT("15 1=a 2=#4 3=t1 5=d1"),
		    EVENT("15 1=a 2=#1 3=t3 5=d2"), EVENT("15 1=a 2=#4 3=t3 5=d2"));
	arena_fini(&arena);
}

static void
test_merge__sessions_without_ids_are_one_value(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	check_conflict(EVENT("15 2=#1"), EVENT("15 2=#2"), EVENT("15 2=#3"), "sessions",
		       EVENT("15 2=#2"));
	check_conflict(EVENT("15 1=a"), EVENT("15 1=a 2=#1", "15 1=a"),
		       EVENT("15 1=a 2=#2"), "sessions", EVENT("15 1=a 2=#1", "15 1=a"));
	arena_fini(&arena);
}

static void
test_merge__a_field_of_a_newer_program_is_kept(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	check_merge(EVENT("10 seminar", "4000 new"), EVENT("10 webinar", "4000 new"),
		    EVENT("10 seminar", "4000 newer", "4001 x"),
		    EVENT("10 webinar", "4000 newer", "4001 x"));
	check_conflict(EVENT("4000 a"), EVENT("4000 b"), EVENT("4000 c"), "4000",
		       EVENT("4000 b"));
	/* Inside of a text and of a session too. */
	check_merge(EVENT("6 1=題 9=x", "15 1=a 77=u"),
		    EVENT("6 1=字 9=x", "15 1=a 2=#4 77=u"),
		    EVENT("6 1=題 9=y", "15 1=a 77=v"),
		    EVENT("6 1=字 9=y", "15 1=a 2=#4 77=v"));
	arena_fini(&arena);
}

static void
test_merge__without_a_common_ancestor_both_count(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	check_merge(EVENT(), EVENT("3 sfo", "5 sfo"),
		    EVENT("3 sfo", "5 lax", "10 seminar"),
		    EVENT("3 sfo", "5 lax", "5 sfo", "10 seminar"));
	arena_fini(&arena);
}

static void
test_merge__what_is_no_message_leaves_ours(void **state)
{
	struct arena arena = { 0 };
	struct slice ours = EVENT("3 sfo");
	struct merge_result r =
		event_merge(EVENT("3 a"), ours, slice_of("\x12\x7f", 2), &arena);

	(void)state;
	assert_true(r.malformed);
	check_bytes(r.merged, ours);
	arena_fini(&arena);
}

/* ---- Any three events -------------------------------------------------------------- */

static struct slice
random_event(struct arena *arena, struct rng *rng)
{
	static const char *const lines[] = {
		"3 sfo",  "5 sfo",      "5 lax",       "5 sea",      "6 1=a 2=b",
		"6 2=c",  "10 webinar", "15 1=a 2=#1", "15 1=a 3=t", "15 1=b 2=#2 5=d",
		"15 1=c", "40 1=note",  "99 x",        "99 y",       "13 p1",
	};
	const char *chosen[12];
	size_t n = rng_below(rng, ARRAY_LEN(chosen) - 1);

	for (size_t i = 0; i < n; i++) {
		chosen[i] = lines[rng_below(rng, ARRAY_LEN(lines))];
	}
	chosen[n] = NULL;
	return event(arena, chosen);
}

static void
test_merge__laws_hold_for_any_three_events(void **state)
{
	struct rng rng = { 7 };
	struct arena arena = { 0 };
	unsigned agreed = 0, differed = 0;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		arena_reset(&arena);
		struct slice base = random_event(&arena, &rng);
		struct slice a = random_event(&arena, &rng);
		struct slice b = random_event(&arena, &rng);
		struct merge_result ab = event_merge(base, a, b, &arena);
		struct merge_result ba = event_merge(base, b, a, &arena);
		struct merge_result alone = event_merge(base, a, base, &arena);
		struct merge_result same = event_merge(base, a, a, &arena);
		const char **paths;

		assert_int_equal(ab.conflict_count, ba.conflict_count);
		if (ab.conflict_count == 0) {
			check_bytes(ab.merged, ba.merged);
			agreed++;
		} else {
			differed++;
		}
		/* One side alone, or both the same, give that side. */
		assert_int_equal(alone.conflict_count, 0);
		assert_int_equal(event_diff(alone.merged, a, &arena, &paths), 0);
		check_bytes(same.merged, alone.merged);
	}
	assert_true(agreed > 100 && differed > 100);
	arena_fini(&arena);
}

/* ---- Patches ----------------------------------------------------------------------- */

static void
check_patch(struct slice base, const char *path, struct slice values, struct slice want)
{
	struct arena arena = { 0 };
	struct slice patched;
	size_t bad;

	assert_true(event_patch(base, &path, 1, values, &arena, &patched, &bad));
	check_bytes(patched, want);
	arena_fini(&arena);
}

static void
test_patch__sets_and_clears_what_a_path_names(void **state)
{
	struct arena arena = { 0 };
	struct slice base = EVENT("3 sfo", "6 1=題 2=t", "10 seminar", "15 1=a 2=#1 6=x",
				  "15 1=b 2=#1", "99 kept");

	(void)state;
	check_patch(base, "format", EVENT("10 webinar", "11 not-named"),
		    EVENT("3 sfo", "6 1=題 2=t", "10 webinar", "15 1=a 2=#1 6=x",
			  "15 1=b 2=#1", "99 kept"));
	check_patch(base, "format", EVENT(),
		    EVENT("3 sfo", "6 1=題 2=t", "15 1=a 2=#1 6=x", "15 1=b 2=#1",
			  "99 kept"));
	check_patch(base, "title.en", EVENT("6 1=不要 2=new"),
		    EVENT("3 sfo", "6 1=題 2=new", "10 seminar", "15 1=a 2=#1 6=x",
			  "15 1=b 2=#1", "99 kept"));
	check_patch(base, "title.ja", EVENT(),
		    EVENT("3 sfo", "6 2=t", "10 seminar", "15 1=a 2=#1 6=x",
			  "15 1=b 2=#1", "99 kept"));
	check_patch(base, "sessions.a.status", EVENT("15 1=a 2=#4 6=not-named"),
		    EVENT("3 sfo", "6 1=題 2=t", "10 seminar", "15 1=a 2=#4 6=x",
			  "15 1=b 2=#1", "99 kept"));
	check_patch(base, "sessions.a", EVENT(),
		    EVENT("3 sfo", "6 1=題 2=t", "10 seminar", "15 1=b 2=#1", "99 kept"));
	check_patch(base, "sessions.c", EVENT("15 1=c 2=#1"),
		    EVENT("3 sfo", "6 1=題 2=t", "10 seminar", "15 1=a 2=#1 6=x",
			  "15 1=b 2=#1", "15 1=c 2=#1", "99 kept"));
	check_patch(base, "99", EVENT("99 changed"),
		    EVENT("3 sfo", "6 1=題 2=t", "10 seminar", "15 1=a 2=#1 6=x",
			  "15 1=b 2=#1", "99 changed"));
	arena_fini(&arena);
}

static void
test_patch__a_path_that_names_nothing_is_told(void **state)
{
	static const char *const wrong[] = {
		"",
		"titel",
		"title.fr",
		"title.",
		"holders.sfo",
		"sessions.z.status",
		"sessions.a.colour",
		"sessions.a.id",
		"sessions..status",
		".title",
		"0",
		"15",
		"title.en.x",
		"sessions.a.status.x",
		"99999999999",
	};
	struct arena arena = { 0 };
	struct slice base = EVENT("3 sfo", "15 1=a 2=#1");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		const char *paths[] = { "format", wrong[i] };
		struct slice patched = { 0 };
		size_t bad = 77;

		assert_false(event_patch(base, paths, 2, EVENT("10 x"), &arena, &patched,
					 &bad));
		assert_int_equal(bad, 1);
		assert_null(patched.at);
	}
	arena_fini(&arena);
}

static void
test_patch__merges_like_the_edit_that_it_is(void **state)
{
	/* Both saw the same revision; the second one's patch meets the first one's. */
	struct arena arena = { 0 };
	struct slice base = EVENT("6 1=題", "10 seminar", "15 1=a 2=#1");
	const char *paths[] = { "sessions.a.status", "title.en" };
	struct slice head = EVENT("6 1=新題", "10 webinar", "15 1=a 2=#1");
	struct slice theirs;
	size_t bad;

	(void)state;
	assert_true(event_patch(base, paths, 2, EVENT("6 2=new", "15 1=a 2=#4"), &arena,
				&theirs, &bad));
	check_merge(base, head, theirs,
		    EVENT("6 1=新題 2=new", "10 webinar", "15 1=a 2=#4"));
	arena_fini(&arena);
}

static void
test_diff__names_what_differs(void **state)
{
	static const char *const want[] = {
		"title.en",   "format",     "sessions.a.start",
		"sessions.b", "sessions.c", "99",
	};
	struct arena arena = { 0 };
	const char **paths;
	size_t n = event_diff(
		EVENT("3 sfo", "6 1=題", "10 x", "15 1=a 3=t1 5=d1", "15 1=b"),
		EVENT("3 sfo", "6 1=題 2=t", "15 1=a 3=t2 5=d2", "15 1=c", "99 u"),
		&arena, &paths);

	(void)state;
	assert_int_equal(n, ARRAY_LEN(want));
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(paths[i], want[i]);
	}
	assert_int_equal(event_diff(EVENT("15 1=a", "15 1=b"), EVENT("15 1=b", "15 1=a"),
				    &arena, &paths),
			 1);
	assert_string_equal(paths[0], "sessions");
	arena_fini(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_merge__two_officers_change_different_fields),
		cmocka_unit_test(test_merge__a_field_cleared_by_one_stays_cleared),
		cmocka_unit_test(
			test_merge__the_same_field_twice_is_a_conflict_and_ours_stays),
		cmocka_unit_test(test_merge__texts_merge_by_language),
		cmocka_unit_test(test_merge__sets_take_what_was_added_and_removed),
		cmocka_unit_test(test_merge__sessions_merge_by_id_and_field),
		cmocka_unit_test(test_merge__a_start_and_its_dates_stay_together),
		cmocka_unit_test(test_merge__sessions_without_ids_are_one_value),
		cmocka_unit_test(test_merge__a_field_of_a_newer_program_is_kept),
		cmocka_unit_test(test_merge__without_a_common_ancestor_both_count),
		cmocka_unit_test(test_merge__what_is_no_message_leaves_ours),
		cmocka_unit_test(test_merge__laws_hold_for_any_three_events),
		cmocka_unit_test(test_patch__sets_and_clears_what_a_path_names),
		cmocka_unit_test(test_patch__a_path_that_names_nothing_is_told),
		cmocka_unit_test(test_patch__merges_like_the_edit_that_it_is),
		cmocka_unit_test(test_diff__names_what_differs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
