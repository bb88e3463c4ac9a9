#include "lib/archive/fetch.h"

#include "unit/lib/archive/archive_fixture.h"

static void
test_fetch__every_entry_is_found_by_leaf_and_by_position(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < FIXTURE_ENTRIES; i++) {
		const struct history_entry *want = &f->history.entries[i];
		uint64_t last = want->position + get_le16(want->block.at + 6) - 1;
		struct segment_head head;
		struct archive_entry entry;
		uint64_t leaf;

		assert_int_equal(fetch_find_leaf(&f->files, i, &head), OK);
		assert_int_equal(head.number, i / FIXTURE_PER_SEGMENT);
		assert_int_equal(fetch_entry(&f->files, &head,
					     (uint32_t)(i - head.first_leaf), &f->bytes,
					     &entry),
				 OK);
		assert_int_equal(entry.position, want->position);
		assert_true(slice_eq(entry.block, buf_slice(&want->block)));
		if (i % 7 == 0) { /* Any record of it will do. */
			assert_int_equal(
				fetch_position(&f->files, last, &f->bytes, &entry, &leaf),
				OK);
			assert_int_equal(leaf, i);
			assert_int_equal(entry.position, want->position);
		}
	}
}

static void
test_fetch__what_is_not_there_is_not_found(void **state)
{
	struct fixture *f = *state;
	const struct history_entry *last = &f->history.entries[FIXTURE_ENTRIES - 1];
	struct segment_head head;

	assert_int_equal(fetch_find_leaf(&f->files, FIXTURE_ENTRIES, &head),
			 ERR_NOT_FOUND);
	assert_int_equal(fetch_find_leaf(&f->files, UINT64_MAX, &head), ERR_NOT_FOUND);
	assert_int_equal(fetch_find_position(&f->files, 0, &head), ERR_NOT_FOUND);
	assert_int_equal(fetch_find_position(&f->files, last->position, &head), OK);
	assert_int_equal(
		fetch_find_position(&f->files,
				    last->position + get_le16(last->block.at + 6), &head),
		ERR_NOT_FOUND);
	memory_fini(&f->archive.files);
	assert_int_equal(fetch_find_leaf(&f->files, 0, &head), ERR_NOT_FOUND);
}

static void
test_fetch__a_damaged_segment_is_corrupt(void **state)
{
	struct fixture *f = *state;
	struct buf *file = fixture_file(f, "segment/000");
	struct archive_entry entry;
	struct segment_head head;

	assert_int_equal(fetch_find_leaf(&f->files, 3, &head), OK);
	file->at[SEGMENT_HEAD_LEN + 20] ^= 1; /* The frame. */
	assert_int_equal(fetch_entry(&f->files, &head, 3, &f->bytes, &entry),
			 ERR_CORRUPT);
	file->at[head.index_at] ^= 1; /* The index. */
	assert_int_equal(fetch_entry(&f->files, &head, 3, &f->bytes, &entry),
			 ERR_CORRUPT);
	file->at[0] ^= 1;
	assert_int_equal(fetch_find_leaf(&f->files, 3, &head), ERR_CORRUPT);
}

static void
test_fetch__tiles_prove_what_the_checkpoint_says(void **state)
{
	struct fixture *f = *state;
	const struct tile_source tiles = tile_files(&f->files);
	struct tree *tree = xcalloc(1, sizeof(*tree));
	struct sha256 root, want;

	assert_int_equal(tree_restore(tree, FIXTURE_ENTRIES, &tiles), OK);
	want = tree_root(tree);
	assert_int_equal(tree_root_at(&tiles, FIXTURE_ENTRIES, FIXTURE_ENTRIES, &root),
			 OK);
	assert_true(sha256_eq(&root, &want));

	/* As an archive of 256 saw it, whose partial tile of then is gone. */
	assert_int_equal(tree_root_at(&tiles, FIXTURE_ENTRIES, 240, &root), OK);
	assert_int_equal(tree_root_at(&tiles, 240, 240, &want), OK);
	assert_true(sha256_eq(&root, &want));

	fixture_file(f, "tile/0/000")->len = 256 * SHA256_LEN - 1;
	assert_int_equal(tree_root_at(&tiles, FIXTURE_ENTRIES, FIXTURE_ENTRIES, &root),
			 OK); /* It needs the tile above only. */
	assert_int_equal(tree_root_at(&tiles, FIXTURE_ENTRIES, 255, &root), ERR_INVALID);
	free(tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_fetch__every_entry_is_found_by_leaf_and_by_position),
		TEST(test_fetch__what_is_not_there_is_not_found),
		TEST(test_fetch__a_damaged_segment_is_corrupt),
		TEST(test_fetch__tiles_prove_what_the_checkpoint_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
