/* Sealing on disks that are full, fail, or take little at a time, and stores whose commit
 * fails: tests/archive/crash.c has the power cuts. */
#include "unit/archiving/fixture.h"

enum { FEW = 30, MANY = 700 };

/* What is to come of it. */
static struct memory
archive_without_faults(struct fixture *f, unsigned entries)
{
	start(f);
	come(f, entries);
	desk_seal(&f->desk);
	assert_all_sealed(f);
	struct memory files = disk_files(f->desk.disk);
	desk_fini(&f->desk);
	return files;
}

static void
assert_same(const struct memory *is, const struct memory *want)
{
	for (size_t i = 0; i < want->count; i++) {
		const struct memory_file *file = memory_find(is, want->files[i].path);

		if (file == NULL || !slice_eq(buf_slice(&file->bytes),
					      buf_slice(&want->files[i].bytes))) {
			fail_msg("%s is %s", want->files[i].path,
				 file == NULL ? "missing" : "another");
		}
	}
	assert_int_equal(is->count, want->count);
}

/* A desk at which everything has come and nothing is sealed. */
static void
arrive(struct fixture *f)
{
	desk_init(&f->desk, &f->hq, disk_new());
	start(f);
	desk_settle(&f->desk);
	assert_int_equal(f->desk.core->sealed.size, 0);
}

static void
assert_good_now(struct fixture *f, uint64_t n)
{
	char why[512];

	if (!desk_is_good(f->desk.disk, &f->desk, false, why)) {
		fail_msg("operation %u: %s", (unsigned)n, why);
	}
}

static bool
logged(const struct desk *d, const char *words)
{
	return d->lines.len != 0 &&
	       memmem(d->lines.at, d->lines.len, words, strlen(words)) != NULL;
}

/* It waited; with room it goes on by itself. */
static void
room_again(struct fixture *f)
{
	struct desk *d = &f->desk;

	assert_int_equal(d->core->sealed.size, 0);
	assert_has(the_alarm(f), "full");
	assert_has(the_alarm(f), "Make room");
	assert_true(logged(d, "failed=disk_full"));
	disk_fail(d->disk, (struct disk_fault){ 0 });
	desk_later(d, 30000);
	assert_int_equal(d->core->sealed.size, 0);
	desk_later(d, 30000);
	assert_null(the_alarm(f));
}

/* The process ended; its supervisor starts it again. */
static void
started_again(struct fixture *f)
{
	struct desk *d = &f->desk;

	assert_int_equal(d->ended, ERR_IO);
	assert_true(logged(d, "file="));
	assert_true(logged(d, "failed=io"));
	disk_fail(d->disk, (struct disk_fault){ 0 });
	restart(f);
	desk_settle(d);
	desk_seal(d);
}

/* Each operation of a seal fails in turn; how many there are. */
static uint64_t
each_operation_fails(struct fixture *f, unsigned entries, int code, size_t after,
		     bool lasting)
{
	struct memory want = archive_without_faults(f, entries);
	uint64_t n = 0, ended = 0;
	bool failed;

	do {
		n++;
		arrive(f);
		disk_fail(f->desk.disk, (struct disk_fault){ .n = n,
							     .code = code,
							     .after = after,
							     .lasting = lasting });
		desk_seal(&f->desk);
		assert_good_now(f, n);
		failed = f->desk.ended != OK || f->desk.core->sealed.size == 0;
		if (f->desk.ended != OK) {
			started_again(f);
			ended++;
		} else if (failed) {
			assert_int_equal(code, ENOSPC);
			room_again(f);
		}
		disk_fail(f->desk.disk, (struct disk_fault){ 0 });
		assert_all_sealed(f);
		struct memory is = disk_files(f->desk.disk);
		assert_same(&is, &want);
		memory_fini(&is);
		restart(f);
		desk_fini(&f->desk);
	} while (failed);
	/* An undone removal of what an attempt left does not count; a flush of names that
	 * fails is never tried again. */
	assert_true(code == EIO ? ended == n - 1 : ended < n / 2);
	memory_fini(&want);
	desk_init(&f->desk, &f->hq, disk_new());
	return n - 1;
}

static void
test_seal__any_operation_may_find_the_disk_full(void **state)
{
	assert_in_range(each_operation_fails(*state, FEW, ENOSPC, 0, true), 20, 60);
}

static void
test_seal__the_disk_may_be_full_for_one_operation(void **state)
{
	each_operation_fails(*state, FEW, ENOSPC, 0, false);
}

static void
test_seal__the_disk_may_be_full_within_a_file(void **state)
{
	each_operation_fails(*state, FEW, ENOSPC, 10, true);
}

static void
test_seal__any_operation_of_a_large_seal_may_find_the_disk_full(void **state)
{
	assert_in_range(each_operation_fails(*state, MANY, ENOSPC, 0, true), 30, 80);
}

static void
test_seal__any_operation_may_fail(void **state)
{
	each_operation_fails(*state, FEW, EIO, 0, false);
}

static void
test_seal__any_operation_of_a_large_seal_may_fail(void **state)
{
	each_operation_fails(*state, MANY, EIO, 0, true);
}

static void
see_that_it_is_good(void *ctx, enum disk_op op)
{
	(void)op;
	assert_good_now(ctx, 0);
}

/* A checkpoint whose flush failed was seen by readers: what it covers stays as it is, at
 * every moment. */
static void
test_seal__what_readers_have_seen_is_not_sealed_over(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;
	bool failed;
	uint64_t n = 0;

	do {
		desk_fini(d);
		hq_set_back(&f->hq, 0);
		desk_init(d, &f->hq, disk_new());
		start(f);
		come(f, FEW);
		disk_fail(d->disk, (struct disk_fault){ .n = ++n, .code = ENOSPC });
		desk_seal(d);
		failed = d->ended != OK || d->core->sealed.size == 0;
		disk_fail(d->disk, (struct disk_fault){ 0 });
		if (d->ended != OK) {
			restart(f);
		}
		disk_watch(d->disk, see_that_it_is_good, f);
		come(f, 5);
		desk_seal(d);
		disk_watch(d->disk, NULL, NULL);
		assert_all_sealed(f);
	} while (failed);
	assert_in_range(n, 20, 60);
}

static void
test_seal__writes_may_be_short(void **state)
{
	struct fixture *f = *state;
	struct memory want = archive_without_faults(f, FEW);

	arrive(f);
	disk_shorten_writes(f->desk.disk, 7);
	desk_seal(&f->desk);
	assert_all_sealed(f);
	struct memory is = disk_files(f->desk.disk);
	assert_same(&is, &want);
	memory_fini(&is);
	memory_fini(&want);
}

static void
test_seal__entries_come_while_the_disk_is_full(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;

	start(f);
	come(f, 20);
	disk_fail(d->disk,
		  (struct disk_fault){ .n = 8, .code = ENOSPC, .lasting = true });
	desk_seal(d);
	assert_int_equal(d->ended, OK);
	come(f, 300);
	assert_int_equal(f->hq.acked, hq_position(&f->hq));
	desk_later(d, 10 * d->seal_after);
	assert_int_equal(d->core->sealed.size, 0);
	assert_good_now(f, 0);
	disk_fail(d->disk, (struct disk_fault){ 0 });
	/* Who asks has made room: it does not wait. */
	desk_seal(d);
	assert_int_equal(d->core->sealed.segments, 1);
	assert_all_sealed(f);
}

/* ---- The store --------------------------------------------------------------------- */

/* The turn that seals commits nothing: the archive is ahead until the next one. */
static void
test_seal__a_commit_that_fails_is_done_again(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;

	start(f);
	come(f, 20);
	store_fail_commit(d->store, 1, ERR_DISK_FULL);
	desk_turn(d);
	assert_int_equal(d->ended, OK);
	store_fail_commit(d->store, 1, ERR_DISK_FULL);
	desk_seal(d);
	assert_int_equal(d->ended, OK);
	assert_int_equal(d->core->sealed.size, 0);
	assert_good_now(f, 0);
	come(f, 3);
	desk_later(d, 2000);
	assert_int_equal(d->core->sealed.size, 20);
	assert_int_equal(d->core->sealed.segments, 1);
	desk_later(d, d->seal_after);
	assert_int_equal(d->core->sealed.segments, 2);
	assert_all_sealed(f);
	restart(f);
}

static void
test_seal__the_process_may_end_while_the_archive_is_ahead(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;
	static const enum err errors[] = { ERR_DISK_FULL, ERR_IO };

	start(f);
	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		come(f, 20);
		store_fail_commit(d->store, 1, errors[i]);
		desk_seal(d);
		assert_int_equal(d->ended, errors[i] == ERR_IO ? ERR_IO : OK);
		assert_int_equal(d->core->sealed.size, 20 * i);
		restart(f);
		assert_int_equal(d->core->sealed.size, 20 * (i + 1));
		assert_int_equal(d->core->sealed.segments, i + 1);
		assert_all_sealed(f);
	}
	come(f, 5);
	desk_seal(d);
	assert_all_sealed(f);
}

/* Entries come in the turn that seals, and its commit fails: they come again. */
static void
test_seal__what_a_failed_turn_brought_is_not_sealed_by_it(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;

	start(f);
	come(f, 20);
	for (unsigned i = 0; i < 3; i++) {
		for (unsigned k = 0; k < 5; k++) {
			hq_say(&f->hq, 2, 60);
		}
		d->now += d->seal_after;
		d->core->follower.dialer.last_in = d->now;
		d->core->follower.dialer.last_out = d->now;
		store_fail_commit(d->store, 1, i == 2 ? ERR_IO : ERR_DISK_FULL);
		desk_turn(d);
		outbox_clear(&d->node.outbox);
		assert_good_now(f, i);
		if (i != 0) { /* Or it goes on in the same process. */
			restart(f);
		}
		desk_later(d, 2000);
		desk_later(d, 120000);
		assert_int_equal(d->ended, OK);
		assert_int_equal(d->core->follower.log.head.position,
				 hq_position(&f->hq));
		desk_seal(d);
		assert_all_sealed(f);
		restart(f);
		assert_all_sealed(f);
	}
}

static void
test_seal__every_commit_may_fail(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;

	f->hq.per_batch = 6;
	d->seal_after = 50; /* Five turns. */
	start(f);
	for (unsigned n = 1; n < 40; n++) {
		come(f, 0);
		for (unsigned k = 0; k < 12; k++) {
			hq_say(&f->hq, 1, 60);
		}
		hq_say_person(&f->hq, "Somebody");
		store_fail_commit(d->store, 1 + n % 9, ERR_DISK_FULL);
		desk_settle(d);
		desk_later(d, 2000);
		store_fail_commit(d->store, 0, OK);
		assert_int_equal(d->ended, OK);
		assert_good_now(f, n);
		if (n % 4 == 0) {
			restart(f);
		}
	}
	desk_later(d, 120000);
	desk_later(d, 120000);
	assert_all_sealed(f);
	restart(f);
	assert_all_sealed(f);
}

/* ---- How often the disk is asked --------------------------------------------------- */

static uint64_t
flushes(const struct disk *disk)
{
	return disk_count(disk, DISK_FSYNC) + disk_count(disk, DISK_FSYNC_FOLDER) +
	       disk_count(disk, DISK_SYNCFS);
}

static void
test_seal__flushes_do_not_grow_with_the_entries(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;

	start(f);
	come(f, 1);
	uint64_t before = flushes(d->disk);
	desk_seal(d);
	/* A file and its folder: segment, tile, checkpoint; and the folders are new. */
	assert_in_range(flushes(d->disk) - before, 6, 10);
	come(f, 5000);
	before = flushes(d->disk);
	desk_seal(d);
	assert_all_sealed(f);
	assert_in_range(flushes(d->disk) - before, 6, 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_seal__any_operation_may_find_the_disk_full),
		TEST(test_seal__the_disk_may_be_full_for_one_operation),
		TEST(test_seal__the_disk_may_be_full_within_a_file),
		TEST(test_seal__any_operation_of_a_large_seal_may_find_the_disk_full),
		TEST(test_seal__any_operation_may_fail),
		TEST(test_seal__any_operation_of_a_large_seal_may_fail),
		TEST(test_seal__what_readers_have_seen_is_not_sealed_over),
		TEST(test_seal__writes_may_be_short),
		TEST(test_seal__entries_come_while_the_disk_is_full),
		TEST(test_seal__a_commit_that_fails_is_done_again),
		TEST(test_seal__the_process_may_end_while_the_archive_is_ahead),
		TEST(test_seal__what_a_failed_turn_brought_is_not_sealed_by_it),
		TEST(test_seal__every_commit_may_fail),
		TEST(test_seal__flushes_do_not_grow_with_the_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
