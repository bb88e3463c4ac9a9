/* Transactions and walks of lib/store/store.h. */
#include "unit/lib/store/fixture.h"

static const char *const dbs[] = { "first", "second", NULL };
enum { FIRST, SECOND };

static void
open_store(struct fixture *f)
{
	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK);
}

static bool
holds(struct fixture *f, db_t db, const char *key, const char *value)
{
	struct txn txn = txn_begin_read(f->store);
	struct slice got = { 0 };
	bool found = txn_get(&txn, db, slice_str(key), &got) && slice_eq_str(got, value);

	assert_int_equal(txn.err, OK);
	txn_abort(&txn);
	return found;
}

static void
test_txn__what_was_committed_is_there_after_a_start(void **state)
{
	struct fixture *f = *state;

	open_store(f);
	struct txn txn = txn_begin(f->store);
	txn_put(&txn, FIRST, slice_str("k"), slice_str("one"));
	txn_put(&txn, SECOND, slice_str("k"), slice_str("two"));
	assert_int_equal(txn_commit(&txn), OK);
	fixture_reopen(f, "test", dbs);
	assert_true(holds(f, FIRST, "k", "one"));
	assert_true(holds(f, SECOND, "k", "two"));
}

static void
test_txn__what_was_not_committed_is_not(void **state)
{
	struct fixture *f = *state;

	open_store(f);
	struct txn txn = txn_begin(f->store);
	txn_put(&txn, FIRST, slice_str("k"), slice_str("one"));
	assert_int_equal(txn_commit(&txn), OK);

	txn = txn_begin(f->store);
	txn_put(&txn, FIRST, slice_str("k"), slice_str("changed"));
	txn_put(&txn, FIRST, slice_str("more"), slice_str("x"));
	txn_abort(&txn);
	fixture_reopen(f, "test", dbs);
	assert_true(holds(f, FIRST, "k", "one"));
	assert_false(holds(f, FIRST, "more", "x"));
}

static void
test_txn__a_reader_sees_the_commit_before_it(void **state)
{
	struct fixture *f = *state;
	struct slice value;

	open_store(f);
	struct txn reader = txn_begin_read(f->store);
	struct txn txn = txn_begin(f->store);
	txn_put(&txn, FIRST, slice_str("k"), slice_str("new"));
	assert_int_equal(txn_commit(&txn), OK);
	assert_false(txn_get(&reader, FIRST, slice_str("k"), &value));
	assert_int_equal(txn_commit(&reader), OK);
	assert_true(holds(f, FIRST, "k", "new"));
}

static void
test_txn__the_nth_commit_fails_and_writes_nothing(void **state)
{
	struct fixture *f = *state;
	char key[8];

	open_store(f);
	store_fail_commit(f->store, 3, ERR_DISK_FULL);
	for (int i = 1; i <= 4; i++) {
		struct txn txn = txn_begin(f->store);

		snprintf(key, sizeof(key), "%d", i);
		txn_put(&txn, FIRST, slice_str(key), slice_str("v"));
		assert_int_equal(txn_commit(&txn), i == 3 ? ERR_DISK_FULL : OK);
		assert_int_equal(store_usage(f->store).disk_full, i == 3);
		assert_int_equal(holds(f, FIRST, key, "v"), i != 3);
	}
	fixture_reopen(f, "test", dbs);
	assert_true(holds(f, FIRST, "2", "v"));
	assert_false(holds(f, FIRST, "3", "v"));
	assert_true(holds(f, FIRST, "4", "v"));
}

static void
test_txn__a_failure_that_was_called_off_does_not_come(void **state)
{
	struct fixture *f = *state;

	open_store(f);
	store_fail_commit(f->store, 1, ERR_IO);
	store_fail_commit(f->store, 0, OK);
	struct txn txn = txn_begin(f->store);
	txn_put(&txn, FIRST, slice_str("k"), slice_str("v"));
	assert_int_equal(txn_commit(&txn), OK);
}

static void
test_txn__the_first_error_stays_and_nothing_is_written(void **state)
{
	struct fixture *f = *state;
	struct slice value;

	open_store(f);
	struct txn txn = txn_begin(f->store);
	txn_put(&txn, FIRST, slice_str("before"), slice_str("v"));
	txn.err = ERR_CORRUPT; /* As a reader of a damaged value says. */
	txn_put(&txn, FIRST, slice_str("after"), slice_str("v"));
	assert_false(txn_get(&txn, FIRST, slice_str("before"), &value));
	assert_null(txn_append_reserve(&txn, FIRST, slice_str("z"), 3));
	assert_int_equal(txn_count(&txn, FIRST), 0);
	struct cursor cursor = cursor_open(&txn, FIRST);
	assert_false(cursor_last(&cursor, &value, &value));
	cursor_close(&cursor);
	assert_int_equal(txn_commit(&txn), ERR_CORRUPT);
	assert_false(holds(f, FIRST, "before", "v"));

	/* After such an error nothing more is written: the process has to end. */
	txn = txn_begin(f->store);
	txn_put(&txn, FIRST, slice_str("k"), slice_str("v"));
	assert_int_equal(txn_commit(&txn), ERR_CORRUPT);
	fixture_reopen(f, "test", dbs);
	txn = txn_begin(f->store);
	txn_put(&txn, FIRST, slice_str("k"), slice_str("v"));
	assert_int_equal(txn_commit(&txn), OK);
}

static void
test_txn__deletes_and_clears(void **state)
{
	struct fixture *f = *state;

	open_store(f);
	struct txn txn = txn_begin(f->store);
	txn_del(&txn, FIRST, slice_str("never there"));
	txn_put(&txn, FIRST, slice_str("a"), slice_str("1"));
	txn_put(&txn, FIRST, slice_str("b"), slice_str("")); /* An empty value is one. */
	txn_put(&txn, SECOND, slice_str("a"), slice_str("1"));
	assert_int_equal(txn_count(&txn, FIRST), 2);
	txn_del(&txn, FIRST, slice_str("a"));
	txn_clear(&txn, SECOND);
	assert_int_equal(txn_count(&txn, FIRST), 1);
	assert_int_equal(txn_count(&txn, SECOND), 0);
	assert_int_equal(txn_commit(&txn), OK);
	assert_false(holds(f, FIRST, "a", "1"));
	assert_true(holds(f, FIRST, "b", ""));
}

static void
test_txn__an_append_may_be_filled_in_place(void **state)
{
	struct fixture *f = *state;

	open_store(f);
	struct txn txn = txn_begin(f->store);
	txn_append(&txn, FIRST, slice_str("a"), slice_str("1"));
	uint8_t *at = txn_append_reserve(&txn, FIRST, slice_str("b"), 5);
	assert_non_null(at);
	memcpy(at, "12345", 5);
	assert_int_equal(txn_commit(&txn), OK);
	assert_true(holds(f, FIRST, "a", "1"));
	assert_true(holds(f, FIRST, "b", "12345"));
}

static void
test_cursor__walks_in_key_order_both_ways(void **state)
{
	struct fixture *f = *state;
	struct slice key = slice_str("untouched"), value = slice_str("untouched");

	open_store(f);
	struct txn txn = txn_begin(f->store);
	struct cursor cursor = cursor_open(&txn, FIRST);
	assert_false(cursor_seek(&cursor, slice_str(""), &key, &value));
	assert_false(cursor_last(&cursor, &key, &value));
	assert_slice(key, "untouched");
	assert_slice(value, "untouched");
	cursor_close(&cursor);

	txn_put(&txn, FIRST, slice_str("c"), slice_str("3"));
	txn_put(&txn, FIRST, slice_str("a"), slice_str("1"));
	txn_put(&txn, FIRST, slice_str("e"), slice_str("5"));
	cursor = cursor_open(&txn, FIRST);
	assert_true(cursor_seek(&cursor, slice_str(""), &key, &value));
	assert_slice(key, "a");
	assert_true(cursor_seek(&cursor, slice_str("b"), &key, &value));
	assert_slice(key, "c");
	assert_slice(value, "3");
	assert_true(cursor_next(&cursor, &key, &value));
	assert_slice(key, "e");
	assert_false(cursor_next(&cursor, &key, &value));
	assert_slice(key, "e");
	assert_true(cursor_last(&cursor, &key, &value));
	assert_true(cursor_prev(&cursor, &key, &value));
	assert_slice(key, "c");
	assert_true(cursor_prev(&cursor, &key, &value));
	assert_false(cursor_prev(&cursor, &key, &value));
	assert_false(cursor_seek(&cursor, slice_str("f"), &key, &value));
	assert_slice(key, "a");
	cursor_close(&cursor);
	txn_abort(&txn);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_txn__what_was_committed_is_there_after_a_start),
		TEST(test_txn__what_was_not_committed_is_not),
		TEST(test_txn__a_reader_sees_the_commit_before_it),
		TEST(test_txn__the_nth_commit_fails_and_writes_nothing),
		TEST(test_txn__a_failure_that_was_called_off_does_not_come),
		TEST(test_txn__the_first_error_stays_and_nothing_is_written),
		TEST(test_txn__deletes_and_clears),
		TEST(test_txn__an_append_may_be_filled_in_place),
		TEST(test_cursor__walks_in_key_order_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
