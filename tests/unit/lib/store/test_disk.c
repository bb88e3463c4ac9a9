/* Room on the disk: the quota, a disk that is full, and disks that will not do. */
#include "lib/store/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/statfs.h>

#include "unit/lib/store/fixture.h"

static const char *const dbs[] = { "first", NULL };
enum { FIRST, VALUE_LEN = 5000, MOST_VALUES = 2000 };

static enum err
put(struct fixture *f, uint64_t number)
{
	/* No quota and no disk of these tests takes so many: a bound that does not hold
	 * fails the test and does not fill the machine. */
	assert_true(number < MOST_VALUES);

	struct txn txn = txn_begin(f->store);
	uint8_t key[8], value[VALUE_LEN];

	put_be64(key, number);
	memset(value, (int)(number % 251), sizeof(value));
	txn_put(&txn, FIRST, slice_of(key, 8), slice_of(value, sizeof(value)));
	return txn_commit(&txn);
}

static enum err
del(struct fixture *f, uint64_t number)
{
	struct txn txn = txn_begin(f->store);
	uint8_t key[8];

	put_be64(key, number);
	txn_del(&txn, FIRST, slice_of(key, 8));
	return txn_commit(&txn);
}

/* All values up to 'count' are there, with their bytes, and no other. */
static bool
holds_exactly(struct fixture *f, uint64_t count)
{
	struct txn txn = txn_begin_read(f->store);
	bool good = txn_count(&txn, FIRST) == count;

	for (uint64_t i = 0; i < count && good; i++) {
		uint8_t key[8], value[VALUE_LEN];
		struct slice got;

		put_be64(key, i);
		memset(value, (int)(i % 251), sizeof(value));
		good = txn_get(&txn, FIRST, slice_of(key, 8), &got) &&
		       slice_eq(got, slice_of(value, sizeof(value)));
	}
	txn_abort(&txn);
	return good;
}

static void
test_quota__work_is_refused_at_95_percent_and_goes_on_after_deletes(void **state)
{
	struct fixture *f = *state;
	uint64_t count = 0;

	assert_int_equal(fixture_open(f, "test", dbs, 1, 1024 * 1024), OK);
	assert_true(store_usage(f->store).percent < 5);
	while (!store_refuses_work(f->store)) {
		assert_true(store_usage(f->store).percent < STORE_REFUSE_PERCENT);
		assert_int_equal(put(f, count), OK);
		count++;
	}
	assert_true(store_usage(f->store).percent >= 95);
	assert_true(store_usage(f->store).percent < 100);
	assert_false(store_usage(f->store).disk_full);
	assert_true(count > 100);
	assert_true(holds_exactly(f, count));

	/* The room between 95 and 100 is for deletes and cursors. */
	while (store_usage(f->store).percent > 50) {
		count--;
		assert_int_equal(del(f, count), OK);
	}
	assert_false(store_refuses_work(f->store));
	assert_int_equal(put(f, count), OK);
	assert_true(holds_exactly(f, count + 1));
}

static void
test_quota__at_100_percent_a_commit_fails_whole_and_deletes_go_on(void **state)
{
	struct fixture *f = *state;
	uint64_t count = 0;
	enum err err;

	assert_int_equal(fixture_open(f, "test", dbs, 1, 512 * 1024), OK);
	while ((err = put(f, count)) == OK) { /* Whoever does not ask. */
		count++;
	}
	assert_int_equal(err, ERR_DISK_FULL);
	assert_true(store_usage(f->store).disk_full);
	assert_true(store_usage(f->store).used_bytes <= 512 * 1024);
	assert_true(store_refuses_work(f->store));
	assert_true(holds_exactly(f, count));
	assert_int_equal(put(f, count), ERR_DISK_FULL);
	for (int i = 0; i < 50; i++) {
		count--;
		assert_int_equal(del(f, count), OK);
	}
	assert_false(store_usage(f->store).disk_full);
	assert_false(store_refuses_work(f->store));
	assert_int_equal(put(f, count), OK);
	assert_true(holds_exactly(f, count + 1));
}

static void
test_quota__a_smaller_one_still_lets_deletes_through(void **state)
{
	struct fixture *f = *state;
	uint64_t count;

	assert_int_equal(fixture_open(f, "test", dbs, 1, 1024 * 1024), OK);
	for (count = 0; count < 100; count++) {
		assert_int_equal(put(f, count), OK);
	}
	uint64_t used = store_usage(f->store).used_bytes;
	store_close(f->store);
	f->store = NULL;
	assert_int_equal(fixture_open(f, "test", dbs, 1, 256 * 1024), OK);
	/* What is used is counted the same from the disk. */
	assert_true(store_usage(f->store).used_bytes <= used + 4096);
	assert_true(store_usage(f->store).used_bytes + 3 * 4096 >= used);
	assert_true(store_usage(f->store).percent > 150);
	assert_true(store_refuses_work(f->store));
	assert_int_equal(put(f, count), ERR_DISK_FULL);
	while (store_refuses_work(f->store)) {
		count--;
		assert_int_equal(del(f, count), OK);
	}
	assert_int_equal(put(f, count), OK);
	assert_true(holds_exactly(f, count + 1));
}

static void
test_quota__what_is_used_is_the_same_counted_anew(void **state)
{
	struct fixture *f = *state;
	static const char *const two[] = { "first", "second", NULL };
	uint8_t value[VALUE_LEN] = { 0 };

	/* One db after the other grows and shrinks; each commit counts what it touched.
	 */
	assert_int_equal(fixture_open(f, "test", two, 1, 0), OK);
	for (uint8_t i = 0; i < 60; i++) {
		struct txn txn = txn_begin(f->store);

		txn_put(&txn, i % 2, slice_of(&i, 1), slice_of(value, sizeof(value)));
		assert_int_equal(txn_commit(&txn), OK);
		uint64_t counted = store_usage(f->store).used_bytes;
		txn = txn_begin(f->store);
		txn_put(&txn, i % 2, slice_str("dropped"),
			slice_of(value, sizeof(value)));
		txn_abort(&txn);
		assert_int_equal(store_usage(f->store).used_bytes, counted);
	}
	struct txn txn = txn_begin(f->store);
	txn_clear(&txn, FIRST);
	assert_int_equal(txn_commit(&txn), OK);

	uint64_t used = store_usage(f->store).used_bytes;
	assert_true(used >= 30 * 8192 && used < 40 * 8192);
	fixture_reopen(f, "test", two);
	/* A commit itself may take a page for its list of free ones. */
	assert_true(store_usage(f->store).used_bytes >= used - 4096);
	assert_true(store_usage(f->store).used_bytes <= used + 2 * 4096);
}

/* A disk of 'size' at f->root/small, with the store on it. */
static void
mount_small(struct fixture *f, const char *size)
{
	char options[64], path[128];

	snprintf(path, sizeof(path), "%s/small", f->root);
	snprintf(options, sizeof(options), "size=%s", size);
	snprintf(f->dir, sizeof(f->dir), "%s/small/store", f->root);
	assert_int_equal(disk_make_folder(path), OK);
	if (mount("tmpfs", path, "tmpfs", 0, options) != 0) {
		print_message("SKIPPED: cannot mount a small tmpfs (needs root)\n");
		skip();
	}
}

static int
teardown_small(void **state)
{
	struct fixture *f = *state;
	char path[128];

	store_close(f->store);
	f->store = NULL;
	snprintf(path, sizeof(path), "%s/small", f->root);
	if (umount(path) != 0 && errno != EINVAL && errno != EPERM) {
		return -1;
	}
	return fixture_teardown(state);
}

#define TEST_SMALL(f) cmocka_unit_test_setup_teardown(f, fixture_setup, teardown_small)

/* Others fill the disk until nothing is left. */
static void
fill_disk(struct fixture *f)
{
	char path[128], bytes[4096] = { 1 };

	snprintf(path, sizeof(path), "%s/small/others", f->root);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	assert_true(fd >= 0);
	for (size_t size = 0; write(fd, bytes, sizeof(bytes)) > 0;
	     size += sizeof(bytes)) {
		assert_true(size < 16 << 20);
	}
	close(fd);
	assert_true(disk_is_full(f->root) || disk_free_bytes(f->dir) == 0);
}

static void
free_disk(struct fixture *f)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/small/others", f->root);
	assert_int_equal(unlink(path), 0);
}

static void
test_disk__a_full_one_refuses_work_and_recovers_by_itself(void **state)
{
	struct fixture *f = *state;
	uint64_t count = 0;
	enum err err;

	mount_small(f, "8m");
	assert_int_equal(fixture_open(f, "test", dbs, 1, 64 << 20), OK);
	while (count < 100) {
		assert_int_equal(put(f, count), OK);
		count++;
	}
	fill_disk(f);
	while ((err = put(f, count)) == OK) { /* Free pages of the file still serve. */
		count++;
	}
	assert_int_equal(err, ERR_DISK_FULL);
	assert_true(store_refuses_work(f->store));
	assert_true(store_usage(f->store).disk_full);
	assert_int_equal(put(f, count), ERR_DISK_FULL);
	assert_true(store_refuses_work(f->store));
	assert_true(holds_exactly(f, count));

	free_disk(f);
	assert_false(store_refuses_work(f->store));
	assert_int_equal(put(f, count), OK);
	assert_false(store_usage(f->store).disk_full);
	assert_true(holds_exactly(f, count + 1));

	/* What failed left nothing that a start would find. */
	fixture_reopen(f, "test", dbs);
	assert_true(holds_exactly(f, count + 1));
}

static void
test_disk__a_large_transaction_on_a_full_one_is_dropped_whole(void **state)
{
	struct fixture *f = *state;
	uint8_t *value, key[8];

	mount_small(f, "8m"); /* Or this test ends here. */
	value = xcalloc(1, 60000);
	assert_int_equal(fixture_open(f, "test", dbs, 1, 64 << 20), OK);
	assert_int_equal(put(f, 0), OK);
	/* 12 MB for a disk of 8: a short write, which LMDB reports as EIO. */
	struct txn txn = txn_begin(f->store);
	for (uint64_t i = 1; i <= 200; i++) {
		put_be64(key, i);
		txn_put(&txn, FIRST, slice_of(key, 8), slice_of(value, 60000));
	}
	assert_int_equal(txn_commit(&txn), ERR_DISK_FULL);
	assert_true(holds_exactly(f, 1));
	/* What fits goes on: the file has the pages that the failed one took. */
	assert_int_equal(put(f, 1), OK);
	assert_true(holds_exactly(f, 2));
	fixture_reopen(f, "test", dbs);
	assert_true(holds_exactly(f, 2));
	free(value);
}

static void
test_disk__what_is_reserved_cannot_be_taken_by_others(void **state)
{
	struct fixture *f = *state;
	struct store_options options = {
		.dir = f->dir,
		.kind = "test",
		.format = 1,
		.dbs = dbs,
		.quota_bytes = 4 << 20,
		.reserve = true,
	};
	uint64_t count = 0;
	enum err err;

	mount_small(f, "8m");
	assert_int_equal(store_open(&options, &f->store, f->why, sizeof(f->why)), OK);
	assert_string_equal(f->why, "");
	fill_disk(f);
	while (!store_refuses_work(f->store)) {
		assert_int_equal(put(f, count), OK);
		count++;
	}
	assert_false(store_usage(f->store).disk_full);
	assert_true(store_usage(f->store).percent >= STORE_REFUSE_PERCENT);
	while ((err = put(f, count)) == OK) {
		count++;
	}
	assert_int_equal(err, ERR_DISK_FULL); /* By the quota, not before. */
	assert_true(count * VALUE_LEN > 2 << 20);
	assert_true(holds_exactly(f, count));
}

static void
test_disk__what_cannot_be_reserved_is_a_warning(void **state)
{
	struct fixture *f = *state;
	struct store_options options = {
		.dir = f->dir,
		.kind = "test",
		.format = 1,
		.dbs = dbs,
		.quota_bytes = 64 << 20,
		.reserve = true,
	};

	mount_small(f, "8m");
	assert_int_equal(store_open(&options, &f->store, f->why, sizeof(f->why)), OK);
	assert_non_null(strstr(f->why, "64 MiB, cannot be reserved"));
	assert_int_equal(put(f, 0), OK);
	/* The attempt took nothing from the disk. */
	assert_true(disk_free_bytes(f->dir) > 6 << 20);
}

static void
test_disk__a_compaction_without_room_leaves_all_as_it_was(void **state)
{
	struct fixture *f = *state;
	uint64_t count = 0;

	mount_small(f, "8m");
	assert_int_equal(fixture_open(f, "test", dbs, 1, 64 << 20), OK);
	while (count < 600) { /* 3 MB of values in 5 MB of pages. */
		assert_int_equal(put(f, count), OK);
		count++;
	}
	assert_int_equal(store_compact(f->store), ERR_DISK_FULL);
	assert_true(holds_exactly(f, count));
	assert_true(disk_free_bytes(f->dir) > 1 << 20); /* Nothing lies about. */
	while (count > 100) {
		count--;
		assert_int_equal(del(f, count), OK);
	}
	assert_int_equal(store_compact(f->store), OK);
	assert_true(holds_exactly(f, count));
	assert_true(disk_free_bytes(f->dir) > 6 << 20);
}

static void
test_disk__network_file_systems_are_known_by_their_numbers(void **state)
{
	(void)state;
	struct statfs fs;

	assert_string_equal(disk_network_name(0x6969), "NFS");
	assert_string_equal(disk_network_name(0xff534d42), "CIFS");
	assert_string_equal(disk_network_name(0xfe534d42), "SMB2");
	assert_string_equal(disk_network_name(0x65735546), "FUSE");
	assert_null(disk_network_name(0xef53));     /* ext4 */
	assert_null(disk_network_name(0x58465342)); /* XFS */
	assert_null(disk_network_name(0x9123683e)); /* btrfs */
	assert_null(disk_network_name(0x01021994)); /* tmpfs */
	assert_null(disk_network_name(0));
	assert_int_equal(statfs("/", &fs), 0);
	assert_int_equal(disk_magic("/"), (uint64_t)fs.f_type & UINT32_MAX);
}

static void
test_disk__folders_are_made_down_to_the_last(void **state)
{
	struct fixture *f = *state;
	char path[128];

	snprintf(path, sizeof(path), "%s/a//b/c/", f->root);
	assert_int_equal(disk_make_folder(path), OK);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(disk_make_folder(path), OK); /* It is there: well. */
	snprintf(path, sizeof(path), "%s/file", f->root);
	int fd = open(path, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(disk_make_folder(path), ERR_IO);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_quota__work_is_refused_at_95_percent_and_goes_on_after_deletes),
		TEST(test_quota__at_100_percent_a_commit_fails_whole_and_deletes_go_on),
		TEST(test_quota__a_smaller_one_still_lets_deletes_through),
		TEST(test_quota__what_is_used_is_the_same_counted_anew),
		TEST_SMALL(test_disk__a_full_one_refuses_work_and_recovers_by_itself),
		TEST_SMALL(test_disk__a_large_transaction_on_a_full_one_is_dropped_whole),
		TEST_SMALL(test_disk__what_is_reserved_cannot_be_taken_by_others),
		TEST_SMALL(test_disk__what_cannot_be_reserved_is_a_warning),
		TEST_SMALL(test_disk__a_compaction_without_room_leaves_all_as_it_was),
		TEST(test_disk__network_file_systems_are_known_by_their_numbers),
		TEST(test_disk__folders_are_made_down_to_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
