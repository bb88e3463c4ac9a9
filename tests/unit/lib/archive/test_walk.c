#include "lib/archive/walk.h"

#include "unit/lib/archive/archive_fixture.h"

/* Entries up to the step that ends them. */
static enum walk_step
walk_through(struct fixture *f, uint64_t size, struct walk *w, uint64_t *ret_count)
{
	struct archive_entry entry;
	enum walk_step step;
	uint64_t leaf;

	*ret_count = 0;
	walk_init(w, &f->files, size);
	while ((step = walk_next(w, &entry, &leaf)) == WALK_ENTRY) {
		const struct history_entry *want = &f->history.entries[*ret_count];

		assert_int_equal(leaf, *ret_count);
		assert_int_equal(entry.position, want->position);
		assert_true(slice_eq(entry.block, buf_slice(&want->block)));
		(*ret_count)++;
	}
	walk_fini(w);
	return step;
}

static void
test_walk__every_entry_comes_in_order(void **state)
{
	static const uint64_t sizes[] = { 0, 1, FIXTURE_PER_SEGMENT,
					  FIXTURE_PER_SEGMENT + 1, FIXTURE_ENTRIES };
	struct fixture *f = *state;
	struct walk w;
	uint64_t count;

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		assert_int_equal(walk_through(f, sizes[i], &w, &count), WALK_END);
		assert_int_equal(count, sizes[i]);
	}
}

static void
test_walk__where_a_segment_is_missing_or_damaged_it_says_which(void **state)
{
	struct fixture *f = *state;
	struct walk w;
	uint64_t count;

	memory_remove(&f->archive.files, "segment/002");
	assert_int_equal(walk_through(f, FIXTURE_ENTRIES, &w, &count), WALK_MISSING);
	assert_string_equal(w.path, "segment/002");
	assert_int_equal(count, 2 * FIXTURE_PER_SEGMENT);

	fixture_file(f, "segment/001")->at[144 + 20] ^= 1; /* In the first frame. */
	assert_int_equal(walk_through(f, FIXTURE_ENTRIES, &w, &count), WALK_BROKEN);
	assert_string_equal(w.path, "segment/001");
	assert_int_equal(count, FIXTURE_PER_SEGMENT);

	struct buf *first = fixture_file(f, "segment/000");
	first->len--;
	assert_int_equal(walk_through(f, FIXTURE_ENTRIES, &w, &count), WALK_BROKEN);
	assert_int_equal(count, 0);
}

static void
test_walk__a_segment_in_anothers_place_is_none(void **state)
{
	struct fixture *f = *state;
	struct walk w;
	uint64_t count;

	memory_put(&f->archive.files, "segment/001",
		   buf_slice(fixture_file(f, "segment/002")));
	assert_int_equal(walk_through(f, FIXTURE_ENTRIES, &w, &count), WALK_BROKEN);
	assert_int_equal(count, FIXTURE_PER_SEGMENT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_walk__every_entry_comes_in_order),
		TEST(test_walk__where_a_segment_is_missing_or_damaged_it_says_which),
		TEST(test_walk__a_segment_in_anothers_place_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
