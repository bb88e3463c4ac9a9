#include "lib/store/journal.h"

#include "unit/lib/store/fixture.h"

static struct txn
begin(struct fixture *f, struct journal *journal)
{
	if (f->store == NULL) {
		assert_int_equal(fixture_open(f, "intake-log", journal_db_names, 1, 0),
				 OK);
	}
	struct txn txn = txn_begin(f->store);
	assert_int_equal(journal_open(journal, &txn), OK);
	return txn;
}

/* The process ends and starts again. */
static struct txn
restart(struct fixture *f, struct journal *journal, struct txn *txn)
{
	assert_int_equal(txn_commit(txn), OK);
	journal_fini(journal);
	fixture_reopen(f, "intake-log", journal_db_names);
	return begin(f, journal);
}

static void
end(struct journal *journal, struct txn *txn)
{
	journal_fini(journal);
	txn_abort(txn);
}

/* A block on the journal's tip; its hash is returned. */
static struct hash
append(struct fixture *f, struct journal *journal, struct txn *txn, const char *name,
       uint32_t count)
{
	struct block parent = { .hash = journal->tip };
	struct block block = fixture_block(f, name, journal->tip_seq + 1, count, &parent);

	journal_append(journal, txn, &block);
	return block.hash;
}

/* A block that HQ sends back, on the block 'parent'. */
static struct hash
take_back(struct fixture *f, struct journal *journal, struct txn *txn, const char *name,
	  uint64_t first_seq, const struct hash *parent, bool adopt, uint64_t expect)
{
	struct block on = { .hash = *parent };
	struct block block = fixture_block(f, name, first_seq, 1, &on);

	assert_int_equal(journal_take_back(journal, txn, &block, adopt), expect);
	return block.hash;
}

static void
test_journal__own_blocks_and_hqs_records_are_numbered_as_they_came(void **state)
{
	struct fixture *f = *state;
	struct journal journal;
	struct txn txn = begin(f, &journal);
	struct journal_entry entry;
	struct block block;

	assert_int_equal(journal.position, 0);
	append(f, &journal, &txn, "own", 3); /* 1 to 3 */
	assert_int_equal(journal_hear(&journal, &txn, slice_str("from hq")), 4);
	append(f, &journal, &txn, "own", 2); /* 5, 6 */
	assert_int_equal(journal.position, 6);

	txn = restart(f, &journal, &txn);
	assert_int_equal(journal.position, 6);
	assert_true(journal_after(&txn, 0, &entry));
	assert_int_equal(entry.first, 1);
	assert_int_equal(entry.kind, ENTRY_OWN_BLOCK);
	assert_true(block_parse(entry.bytes, &block, NULL));
	assert_int_equal(block.count, 3);
	assert_true(journal_after(&txn, 1, &entry));
	assert_int_equal(entry.first, 4);
	assert_int_equal(entry.kind, ENTRY_HQ_RECORD);
	assert_slice(entry.bytes, "from hq");
	assert_true(journal_after(&txn, 4, &entry));
	assert_int_equal(entry.first, 5);
	assert_false(journal_after(&txn, 5, &entry));
	assert_false(journal_after(&txn, UINT64_MAX, &entry));
	end(&journal, &txn);
}

static void
test_journal__the_entry_that_holds_a_position_is_found(void **state)
{
	struct fixture *f = *state;
	struct journal journal;
	struct txn txn = begin(f, &journal);
	struct journal_entry entry;
	static const uint64_t first[] = { 0, 1, 1, 1, 4, 5, 5 };

	append(f, &journal, &txn, "own", 3);
	journal_hear(&journal, &txn, slice_str("from hq"));
	append(f, &journal, &txn, "own", 2);
	for (uint64_t p = 1; p <= 6; p++) {
		assert_true(journal_at(&txn, p, &entry));
		assert_int_equal(entry.first, first[p]);
	}
	assert_false(journal_at(&txn, 0, &entry));
	assert_false(journal_at(&txn, 7, &entry));
	end(&journal, &txn);
}

static void
test_journal__a_run_continues_its_own_last_block(void **state)
{
	struct fixture *f = *state;
	struct journal journal;
	struct txn txn = begin(f, &journal);

	append(f, &journal, &txn, "a", 2);
	struct hash tip = append(f, &journal, &txn, "b", 3);
	assert_int_equal(journal.tip_seq, 5);
	assert_true(hash_eq(&journal.tip, &tip));

	txn = restart(f, &journal, &txn);
	assert_int_equal(journal.tip_seq, 5);
	assert_true(hash_eq(&journal.tip, &tip));
	end(&journal, &txn);
}

static void
test_journal__a_start_continues_the_highest_seq(void **state)
{
	struct fixture *f = *state;
	struct journal journal;
	struct txn txn = begin(f, &journal);

	/* An old copy wrote b2 on a1; then HQ sends the lost b2', b3' back. */
	struct hash a1 = append(f, &journal, &txn, "a", 1);
	struct hash b2 = append(f, &journal, &txn, "b", 1);
	struct hash lost2 = take_back(f, &journal, &txn, "lost", 2, &a1, false, 3);
	struct hash lost3 = take_back(f, &journal, &txn, "lost", 3, &lost2, false, 4);

	/* This run goes on from its own block ... */
	assert_true(hash_eq(&journal.tip, &b2));
	struct hash b3 = append(f, &journal, &txn, "b", 1);
	/* ... and so does the next, as b3 is as high and came last. */
	txn = restart(f, &journal, &txn);
	assert_true(hash_eq(&journal.tip, &b3));
	assert_int_equal(journal.tip_seq, 3);

	/* A higher one that comes back while it runs is what the start after that takes,
	 * though an own and lower one comes after it. */
	struct hash lost4 = take_back(f, &journal, &txn, "lost", 4, &lost3, false, 6);
	struct hash lost5 = take_back(f, &journal, &txn, "lost", 5, &lost4, false, 7);
	append(f, &journal, &txn, "b", 1); /* 4 */
	txn = restart(f, &journal, &txn);
	assert_true(hash_eq(&journal.tip, &lost5));
	assert_int_equal(journal.tip_seq, 5);
	end(&journal, &txn);
}

static void
test_journal__of_two_equally_high_the_last_inserted_is_continued(void **state)
{
	struct fixture *f = *state;
	struct journal journal;
	struct txn txn = begin(f, &journal);

	struct hash a1 = append(f, &journal, &txn, "a", 1);
	append(f, &journal, &txn, "b", 1);
	struct hash other = take_back(f, &journal, &txn, "lost", 2, &a1, false, 3);
	txn = restart(f, &journal, &txn);
	assert_true(hash_eq(&journal.tip, &other));
	end(&journal, &txn);
}

static void
test_journal__a_new_machine_takes_its_blocks_back_and_adopts_the_highest(void **state)
{
	struct fixture *f = *state;
	const struct hash none = { 0 };
	struct journal journal;
	struct txn txn = begin(f, &journal);

	struct hash a = take_back(f, &journal, &txn, "a", 1, &none, true, 1);
	struct hash b = take_back(f, &journal, &txn, "b", 2, &a, true, 2);
	take_back(f, &journal, &txn, "c", 2, &a, true, 3); /* A branch, not higher. */
	assert_true(hash_eq(&journal.tip, &b));
	take_back(f, &journal, &txn, "b", 2, &a, true, 0); /* It is held. */
	assert_int_equal(journal.position, 3);
	/* They do not wait: HQ has them. */
	assert_int_equal(journal.waiting, 0);

	struct hash own = append(f, &journal, &txn, "own", 1);
	assert_int_equal(journal.tip_seq, 3);
	assert_true(hash_eq(&journal.tip, &own));
	assert_int_equal(journal.waiting, 1);
	end(&journal, &txn);
}

static void
test_journal__what_has_no_receipt_waits_in_order(void **state)
{
	struct fixture *f = *state;
	struct journal journal;
	struct txn txn = begin(f, &journal);
	struct slice bytes;
	struct block block;
	uint64_t local, first;

	struct hash a = append(f, &journal, &txn, "a", 2); /* 1, 2 */
	journal_hear(&journal, &txn, slice_str("from hq"));
	struct hash b = append(f, &journal, &txn, "b", 2); /* 4, 5 */
	struct hash c = append(f, &journal, &txn, "c", 1); /* 6 */
	assert_int_equal(journal.waiting, 3);
	assert_true(journal_find(&journal, &txn, &b, &first));
	assert_int_equal(first, 4);
	assert_int_equal(journal_hq_position(&txn, first), 0);

	/* HQ has b: a and c are left. */
	assert_true(journal_receipt(&journal, &txn, &b, 77));
	assert_true(journal_receipt(&journal, &txn, &b, 77)); /* Said twice. */
	txn = restart(f, &journal, &txn);
	assert_int_equal(journal.waiting, 2);
	assert_true(journal_find(&journal, &txn, &b, &first));
	assert_int_equal(first, 4);
	assert_int_equal(journal_hq_position(&txn, first), 77);
	assert_true(journal_waiting_after(&journal, &txn, 0, &local, &bytes));
	assert_int_equal(local, 1);
	assert_true(block_parse(bytes, &block, NULL));
	assert_true(hash_eq(&block.hash, &a));
	assert_true(journal_waiting_after(&journal, &txn, 1, &local, &bytes));
	assert_int_equal(local, 6);
	assert_true(block_parse(bytes, &block, NULL));
	assert_true(hash_eq(&block.hash, &c));
	assert_false(journal_waiting_after(&journal, &txn, 6, &local, &bytes));

	assert_true(journal_receipt(&journal, &txn, &a, 70));
	assert_true(journal_receipt(&journal, &txn, &c, 80));
	assert_int_equal(journal.waiting, 0);
	assert_false(journal_waiting_after(&journal, &txn, 0, &local, &bytes));
	end(&journal, &txn);
}

static void
test_journal__a_receipt_for_a_block_that_it_lacks_is_told(void **state)
{
	struct fixture *f = *state;
	struct journal journal;
	struct txn txn = begin(f, &journal);
	struct hash unknown = hash_of(slice_str("written before the copy was restored"));
	uint64_t first;

	append(f, &journal, &txn, "a", 1);
	assert_false(journal_receipt(&journal, &txn, &unknown, 5));
	assert_false(journal_find(&journal, &txn, &unknown, &first));
	assert_int_equal(journal.waiting, 1);
	end(&journal, &txn);
}

static void
test_journal__the_cursor_is_there_after_a_start(void **state)
{
	struct fixture *f = *state;
	struct journal journal;
	struct txn txn = begin(f, &journal);
	struct journal_cursor cursor = { .position = 0x0102030405,
					 .log_hash = hash_of(slice_str("past")),
					 .filter_version = 3 };

	assert_int_equal(journal.cursor.position, 0);
	journal_set_cursor(&journal, &txn, &cursor);
	txn = restart(f, &journal, &txn);
	assert_int_equal(journal.cursor.position, 0x0102030405);
	assert_true(hash_eq(&journal.cursor.log_hash, &cursor.log_hash));
	assert_int_equal(journal.cursor.filter_version, 3);
	end(&journal, &txn);
}

static void
test_journal__a_reset_forgets_hq_and_keeps_its_own(void **state)
{
	struct fixture *f = *state;
	struct journal journal;
	struct txn txn = begin(f, &journal);
	struct journal_entry entry;
	struct slice bytes;
	uint64_t first, local = 0;

	journal_hear(&journal, &txn, slice_str("one"));    /* 1 */
	struct hash a = append(f, &journal, &txn, "a", 2); /* 2, 3 */
	journal_hear(&journal, &txn, slice_str("two"));    /* 4 */
	struct hash b = append(f, &journal, &txn, "b", 1); /* 5 */
	struct hash c = take_back(f, &journal, &txn, "c", 3, &a, false, 6);
	journal_hear(&journal, &txn, slice_str("three")); /* 7 */
	assert_true(journal_receipt(&journal, &txn, &a, 10));
	assert_true(journal_receipt(&journal, &txn, &c, 12));
	txn_put(&txn, JOURNAL_DB_HEARD, slice_str("notice"), slice_str("text"));
	journal_set_cursor(
		&journal, &txn,
		&(struct journal_cursor){ .position = 12, .filter_version = 1 });

	journal_forget_heard(&journal, &txn);
	for (int again = 0; again < 2; again++) {
		assert_int_equal(journal.waiting, 3);
		assert_int_equal(journal.cursor.position, 0);
		assert_int_equal(journal.cursor.filter_version, 0);
		assert_int_equal(txn_count(&txn, JOURNAL_DB_HEARD), 0);
		assert_int_equal(txn_count(&txn, JOURNAL_DB_ENTRIES), 3);
		/* The holes are stepped over; no number is given out twice. */
		assert_true(journal_after(&txn, 0, &entry));
		assert_int_equal(entry.first, 2);
		assert_true(journal_after(&txn, 2, &entry));
		assert_int_equal(entry.first, 5);
		assert_true(journal_after(&txn, 5, &entry));
		assert_int_equal(entry.first, 6);
		assert_false(journal_after(&txn, 6, &entry));
		assert_false(journal_at(&txn, 1, &entry));
		assert_false(journal_at(&txn, 4, &entry));
		assert_false(journal_at(&txn, 7, &entry));
		assert_true(journal_at(&txn, 3, &entry));
		assert_int_equal(journal.position, 7);
		assert_true(journal_find(&journal, &txn, &a, &first));
		assert_int_equal(journal_hq_position(&txn, first), 0);
		txn = restart(f, &journal, &txn);
	}
	/* Ties: c, as high as b, came later. */
	assert_true(hash_eq(&journal.tip, &c));
	assert_false(hash_eq(&journal.tip, &b));

	static const uint64_t waiting[] = { 2, 5, 6 };
	for (size_t i = 0; i < ARRAY_LEN(waiting); i++) {
		assert_true(journal_waiting_after(&journal, &txn, local, &local, &bytes));
		assert_int_equal(local, waiting[i]);
	}
	assert_false(journal_waiting_after(&journal, &txn, local, &local, &bytes));
	assert_int_equal(journal_hear(&journal, &txn, slice_str("one")), 8);
	end(&journal, &txn);
}

static void
test_journal__a_failed_commit_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct journal journal, before;
	struct txn txn = begin(f, &journal);
	struct journal_entry entry;
	uint64_t first;

	struct hash kept = append(f, &journal, &txn, "kept", 1);
	assert_int_equal(txn_commit(&txn), OK);
	before = journal;

	store_fail_commit(f->store, 1, ERR_DISK_FULL);
	txn = txn_begin(f->store);
	struct hash lost = append(f, &journal, &txn, "lost", 1);
	assert_int_equal(txn_commit(&txn), ERR_DISK_FULL);
	journal = before;

	/* The outbox of what lies on the disk is what it was, and the next block takes
	 * the place of the lost one. */
	txn = txn_begin(f->store);
	assert_false(journal_find(&journal, &txn, &lost, &first));
	assert_false(journal_at(&txn, 2, &entry));
	assert_true(hash_eq(&journal.tip, &kept));
	append(f, &journal, &txn, "next", 1);
	txn = restart(f, &journal, &txn);
	assert_int_equal(journal.position, 2);
	assert_int_equal(journal.waiting, 2);
	end(&journal, &txn);
}

static void
test_journal__a_crash_before_the_commit_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct journal journal;
	struct txn txn = begin(f, &journal);

	append(f, &journal, &txn, "kept", 1);
	txn = restart(f, &journal, &txn);
	append(f, &journal, &txn, "lost", 1);
	journal_hear(&journal, &txn, slice_str("lost"));
	end(&journal, &txn);
	fixture_reopen(f, "intake-log", journal_db_names);
	txn = begin(f, &journal);
	assert_int_equal(journal.position, 1);
	assert_int_equal(journal.tip_seq, 1);
	assert_int_equal(journal.waiting, 1);
	end(&journal, &txn);
}

static void
test_journal__a_tip_that_was_altered_is_corrupt(void **state)
{
	struct fixture *f = *state;
	struct journal journal;
	struct txn txn = begin(f, &journal);
	uint8_t key[8], altered[512];
	struct slice value;

	append(f, &journal, &txn, "own", 1);
	put_be64(key, 1);
	assert_true(txn_get(&txn, JOURNAL_DB_ENTRIES, slice_of(key, 8), &value));
	assert_true(value.len < sizeof(altered));
	memcpy(altered, value.at, value.len);
	altered[1 + 88 + 5] ^= 1;
	txn_put(&txn, JOURNAL_DB_ENTRIES, slice_of(key, 8), slice_of(altered, value.len));
	journal_fini(&journal);
	assert_int_equal(journal_open(&journal, &txn), ERR_CORRUPT);
	journal_fini(&journal);
	assert_int_equal(txn_commit(&txn), ERR_CORRUPT);
}

static void
test_journal__more_receipts_than_blocks_are_corrupt(void **state)
{
	struct fixture *f = *state;
	struct journal journal;
	struct txn txn = begin(f, &journal);
	uint8_t key[8];

	struct hash own = append(f, &journal, &txn, "own", 1);
	assert_true(journal_receipt(&journal, &txn, &own, 5));
	put_be64(key, 2);
	txn_put(&txn, JOURNAL_DB_RECEIPTS, slice_of(key, 8), slice_of(key, 8));
	journal_fini(&journal);
	assert_int_equal(journal_open(&journal, &txn), ERR_CORRUPT);
	end(&journal, &txn);
}

static void
test_journal__of_many_blocks_each_is_found(void **state)
{
	enum { MANY = 1000 };
	struct fixture *f = *state;
	struct journal journal;
	struct txn txn = begin(f, &journal);
	struct hash hashes[MANY];
	struct slice bytes;
	uint64_t first, local;

	for (unsigned i = 0; i < MANY; i++) {
		hashes[i] = append(f, &journal, &txn, "own", 1 + i % 3);
	}
	for (int again = 0; again < 2; again++) {
		uint64_t expected = 1;

		for (unsigned i = 0; i < MANY; i++) {
			assert_true(journal_find(&journal, &txn, &hashes[i], &first));
			assert_int_equal(first, expected);
			expected += 1 + i % 3;
		}
		txn = restart(f, &journal, &txn);
	}
	/* Receipts come in any order; the rest waits, in its own. */
	for (unsigned i = 0; i < MANY; i++) {
		unsigned which = i * 7 % MANY;

		if (which != 500) {
			assert_true(journal_receipt(&journal, &txn, &hashes[which], i));
		}
	}
	for (int again = 0; again < 2; again++) {
		assert_int_equal(journal.waiting, 1);
		assert_true(journal_find(&journal, &txn, &hashes[500], &first));
		assert_true(journal_waiting_after(&journal, &txn, 0, &local, &bytes));
		assert_int_equal(local, first);
		assert_false(
			journal_waiting_after(&journal, &txn, local, &local, &bytes));
		txn = restart(f, &journal, &txn);
	}
	end(&journal, &txn);
}

static void
test_journal__blocks_of_failed_commits_are_never_found(void **state)
{
	struct fixture *f = *state;
	struct journal journal;
	struct txn txn = begin(f, &journal);
	struct hash kept[40], lost;
	uint64_t first;

	assert_int_equal(txn_commit(&txn), OK);
	for (unsigned i = 0; i < ARRAY_LEN(kept); i++) {
		struct journal before = journal;

		/* Twice the same block is lost, then another one is kept. */
		for (int again = 0; again < 2; again++) {
			store_fail_commit(f->store, 1, ERR_DISK_FULL);
			txn = txn_begin(f->store);
			lost = append(f, &journal, &txn, "lost", 1);
			assert_true(journal_find(&journal, &txn, &lost, &first));
			assert_int_equal(txn_commit(&txn), ERR_DISK_FULL);
			journal = before;
		}
		txn = txn_begin(f->store);
		assert_false(journal_find(&journal, &txn, &lost, &first));
		kept[i] = append(f, &journal, &txn, "kept", 1);
		assert_false(journal_find(&journal, &txn, &lost, &first));
		assert_int_equal(txn_commit(&txn), OK);
	}
	txn = txn_begin(f->store);
	for (unsigned i = 0; i < ARRAY_LEN(kept); i++) {
		assert_true(journal_find(&journal, &txn, &kept[i], &first));
		assert_int_equal(first, 1 + i);
	}
	end(&journal, &txn);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_journal__own_blocks_and_hqs_records_are_numbered_as_they_came),
		TEST(test_journal__the_entry_that_holds_a_position_is_found),
		TEST(test_journal__a_run_continues_its_own_last_block),
		TEST(test_journal__a_start_continues_the_highest_seq),
		TEST(test_journal__of_two_equally_high_the_last_inserted_is_continued),
		TEST(test_journal__a_new_machine_takes_its_blocks_back_and_adopts_the_highest),
		TEST(test_journal__what_has_no_receipt_waits_in_order),
		TEST(test_journal__a_receipt_for_a_block_that_it_lacks_is_told),
		TEST(test_journal__the_cursor_is_there_after_a_start),
		TEST(test_journal__a_reset_forgets_hq_and_keeps_its_own),
		TEST(test_journal__a_failed_commit_leaves_nothing),
		TEST(test_journal__a_crash_before_the_commit_leaves_nothing),
		TEST(test_journal__a_tip_that_was_altered_is_corrupt),
		TEST(test_journal__more_receipts_than_blocks_are_corrupt),
		TEST(test_journal__of_many_blocks_each_is_found),
		TEST(test_journal__blocks_of_failed_commits_are_never_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
