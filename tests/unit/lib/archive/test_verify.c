#include "lib/archive/verify.h"

#include "unit/lib/archive/archive_fixture.h"

/* Verify with what the test says on top. */
static struct verify_report
verify(struct fixture *f, struct verify_options options)
{
	struct verify_report report;

	options.files = f->files;
	if (options.keys == NULL) {
		options.keys = &f->key.key;
		options.key_count = 1;
	}
	enum verify_verdict verdict = verify_archive(&options, &report);

	assert_int_equal(verdict, report.verdict);
	return report;
}

static void
assert_bad(const struct verify_report *r, const char *path, const char *why)
{
	assert_int_equal(r->verdict, VERIFY_BAD);
	assert_string_equal(r->why, why);
	assert_string_equal(r->path, path);
}

static void
test_verify__a_sealed_archive_is_good(void **state)
{
	struct fixture *f = *state;
	struct verify_report r = verify(f, (struct verify_options){ 0 });

	assert_string_equal(r.why, "");
	assert_int_equal(r.verdict, VERIFY_GOOD);
	assert_string_equal(r.origin, "kusanone/hq");
	assert_int_equal(r.size, FIXTURE_ENTRIES);
	assert_int_equal(r.hq_ms, f->history.entries[FIXTURE_ENTRIES - 1].hq_ms);
	assert_int_equal(r.entries, FIXTURE_ENTRIES);
	assert_int_equal(r.signatures, FIXTURE_ENTRIES);
	assert_int_equal(r.segments, FIXTURE_SEGMENTS);
	assert_int_equal(r.nodes, HISTORY_POSTS + 1);
	assert_true(f->history.branches > 3);
	assert_true(r.branches >= f->history.branches / 2);
}

static void
test_verify__clean_archives_of_every_small_size_are_good(void **state)
{
	struct fixture *f = *state;

	for (size_t size = 1; size < 30; size++) {
		struct archive archive;
		struct history history;

		history_make(&history, 100 + size, size, SIZE_MAX);
		archive_make(&archive, &history, 1 + size % 7, &f->key);
		f->files = memory_files(&archive.files);
		struct slice known[40];
		for (size_t i = 0; i < archive.segments; i++) {
			known[i] = buf_slice(&archive.notes[i]);
		}
		struct verify_report r = verify(
			f, (struct verify_options){ .known = known,
						    .known_count = archive.segments });
		assert_string_equal(r.why, "");
		assert_int_equal(r.verdict, VERIFY_GOOD);
		assert_int_equal(r.entries, size);
		archive_fini(&archive);
		history_fini(&history);
	}
}

static void
test_verify__what_a_known_checkpoint_covers_is_not_asked_for_signatures(void **state)
{
	struct fixture *f = *state;
	const struct slice known[2] = { buf_slice(&f->archive.notes[4]),
					buf_slice(&f->archive.notes[1]) };
	struct verify_options options = { .known = known, .known_count = 2 };
	struct verify_report r = verify(f, options);

	assert_int_equal(r.verdict, VERIFY_GOOD);
	assert_int_equal(r.signatures, FIXTURE_ENTRIES);
	options.since_known = true;
	r = verify(f, options);
	assert_int_equal(r.verdict, VERIFY_GOOD);
	assert_int_equal(r.signatures, FIXTURE_ENTRIES - 5 * FIXTURE_PER_SEGMENT);
	options = (struct verify_options){ .tree_only = true };
	r = verify(f, options);
	assert_int_equal(r.verdict, VERIFY_GOOD);
	assert_int_equal(r.signatures, 0);
	assert_int_equal(
		r.records,
		f->history.entries[FIXTURE_ENTRIES - 1].position +
			get_le16(f->history.entries[FIXTURE_ENTRIES - 1].block.at + 6) -
			1);
}

static void
test_verify__the_first_bad_entry_is_named(void **state)
{
	struct fixture *f = *state;
	struct history changed = history_copy(&f->history);
	struct archive archive;
	struct buf *block = &changed.entries[123].block;

	/* A byte of a record; everything around it is made right. */
	block->at[block->len - SIGN_LEN - 3] ^= 1;
	archive_make(&archive, &changed, FIXTURE_PER_SEGMENT, &f->key);
	f->files = memory_files(&archive.files);
	struct verify_report r = verify(f, (struct verify_options){ 0 });
	assert_bad(&r, "segment/003", "its signature is wrong");
	assert_true(r.has_entry);
	assert_int_equal(r.leaf, 123);
	assert_int_equal(r.position, changed.entries[123].position);
	archive_fini(&archive);
	history_fini(&changed);
}

static void
test_verify__without_a_good_signature_nothing_is_good(void **state)
{
	struct fixture *f = *state;
	struct buf *note = fixture_file(f, "checkpoint");
	struct verify_report r = verify(
		f, (struct verify_options){ .keys = &f->other_key.key, .key_count = 1 });

	assert_bad(&r, "checkpoint", "not signed with a known key");
	note->at[0] ^= 1;
	r = verify(f, (struct verify_options){ 0 });
	assert_bad(&r, "checkpoint", "the signature is wrong");
	memory_remove(&f->archive.files, "checkpoint");
	r = verify(f, (struct verify_options){ 0 });
	assert_bad(&r, "checkpoint", "it is missing");
}

static void
test_verify__a_missing_segment_or_tile_is_found(void **state)
{
	struct fixture *f = *state;

	memory_remove(&f->archive.files, "tile/1/000.p/1");
	struct verify_report r = verify(f, (struct verify_options){ 0 });
	assert_bad(&r, "tile/1/000.p/1", "it is missing");
	memory_remove(&f->archive.files, "segment/002");
	r = verify(f, (struct verify_options){ 0 });
	assert_bad(&r, "segment/002", "it is missing");
}

static void
test_verify__a_segment_that_no_checkpoint_covers_is_found(void **state)
{
	struct fixture *f = *state;

	memory_put(&f->archive.files, "checkpoint", buf_slice(&f->archive.notes[6]));
	memory_put(&f->archive.files, "tile/0/001.p/24",
		   slice_of(fixture_file(f, "tile/0/001.p/44")->at, 24 * SHA256_LEN));
	struct verify_options options = { 0 };
	struct verify_report r = verify(f, options);
	assert_bad(&r, "segment/007", "the checkpoint does not cover it");
	options.in_use = true; /* It is being sealed. */
	r = verify(f, options);
	assert_int_equal(r.verdict, VERIFY_GOOD);
}

static void
test_verify__an_archive_that_was_set_back_is_found(void **state)
{
	struct fixture *f = *state;
	struct archive earlier;
	const struct slice known = buf_slice(&f->archive.notes[7]);
	struct history shorter = history_copy(&f->history);

	while (shorter.count > 200) {
		history_remove(&shorter, shorter.count - 1);
	}
	archive_make(&earlier, &shorter, FIXTURE_PER_SEGMENT, &f->key);
	f->files = memory_files(&earlier.files);
	struct verify_report r = verify(f, (struct verify_options){ 0 });
	assert_int_equal(r.verdict, VERIFY_GOOD);
	r = verify(f, (struct verify_options){ .known = &known, .known_count = 1 });
	assert_bad(&r, "checkpoint",
		   "rolled back: it covers 200 entries, a known one 300");
	archive_fini(&earlier);
	history_fini(&shorter);
}

static void
test_verify__a_fork_is_found(void **state)
{
	struct fixture *f = *state;
	struct archive forked;
	struct history other;
	const struct slice known[2] = { buf_slice(&f->archive.notes[1]),
					buf_slice(&f->archive.notes[6]) };

	history_make(&other, 7, 330, 100);
	archive_make(&forked, &other, FIXTURE_PER_SEGMENT, &f->key);
	f->files = memory_files(&forked.files);
	struct verify_report r =
		verify(f, (struct verify_options){ .known = known, .known_count = 1 });
	assert_string_equal(r.why, "");
	assert_int_equal(r.verdict, VERIFY_GOOD);
	r = verify(f, (struct verify_options){ .known = known, .known_count = 2 });
	assert_bad(&r, "checkpoint",
		   "fork: the known checkpoint of 280 entries has another root than the "
		   "archive");
	archive_fini(&forked);
	history_fini(&other);
}

static void
test_verify__the_headquarters_is_the_one_given(void **state)
{
	struct fixture *f = *state;
	struct first_trust hq = f->history.hq;
	struct verify_report r = verify(f, (struct verify_options){ .hq = &hq });

	assert_int_equal(r.verdict, VERIFY_GOOD);
	hq.sign_key[0] ^= 1;
	r = verify(f, (struct verify_options){ .hq = &hq });
	assert_bad(&r, "checkpoint", "it names another headquarters than the one given");
}

static bool
count_and_stop(void *ctx, const struct verify_report *r)
{
	unsigned *calls = ctx;

	assert_int_equal(r->segments, ++*calls);
	return *calls < 3;
}

static void
test_verify__progress_is_said_and_may_stop_it(void **state)
{
	struct fixture *f = *state;
	unsigned calls = 0;
	struct verify_report r = verify(
		f, (struct verify_options){ .progress = count_and_stop, .ctx = &calls });

	assert_int_equal(r.verdict, VERIFY_STOPPED);
	assert_int_equal(calls, 3);
}

static enum err
broken_disk(void *ctx, const char *path, uint64_t offset, size_t max, struct buf *to)
{
	struct memory *m = ctx;
	const struct archive_files files = memory_files(m);

	return strcmp(path, "segment/001") == 0 ? ERR_IO
						: files.read(m, path, offset, max, to);
}

static void
test_verify__a_disk_that_fails_is_no_verdict(void **state)
{
	struct fixture *f = *state;

	f->files.read = broken_disk;
	struct verify_report r = verify(f, (struct verify_options){ 0 });
	assert_int_equal(r.verdict, VERIFY_UNREADABLE);
	assert_string_equal(r.path, "segment/001");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_verify__a_sealed_archive_is_good),
		TEST(test_verify__clean_archives_of_every_small_size_are_good),
		TEST(test_verify__what_a_known_checkpoint_covers_is_not_asked_for_signatures),
		TEST(test_verify__the_first_bad_entry_is_named),
		TEST(test_verify__without_a_good_signature_nothing_is_good),
		TEST(test_verify__a_missing_segment_or_tile_is_found),
		TEST(test_verify__a_segment_that_no_checkpoint_covers_is_found),
		TEST(test_verify__an_archive_that_was_set_back_is_found),
		TEST(test_verify__a_fork_is_found),
		TEST(test_verify__the_headquarters_is_the_one_given),
		TEST(test_verify__progress_is_said_and_may_stop_it),
		TEST(test_verify__a_disk_that_fails_is_no_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
