#include "lib/store/log.h"

#include "unit/lib/store/fixture.h"

enum { NODE_BLOCKS = 5 };

static void
open_log(struct fixture *f)
{
	assert_int_equal(fixture_open(f, "aggregation-log", log_db_names, 1, 0), OK);
}

/* Five blocks of 3, 1, 4, 1 and 2 records at 100, 100, 250, (back to 240) and 300 ms. */
static struct log
filled_log(struct fixture *f, struct hash hashes[NODE_BLOCKS])
{
	static const uint32_t counts[NODE_BLOCKS] = { 3, 1, 4, 1, 2 };
	static const wall_ms_t times[NODE_BLOCKS] = { 100, 100, 250, 240, 300 };
	struct log log;
	struct txn txn;
	struct block block, *parent = NULL;
	uint64_t seq = 1;

	open_log(f);
	txn = txn_begin(f->store);
	assert_int_equal(log_open(&log, &txn), OK);
	assert_int_equal(log.head.position, 0);
	for (int i = 0; i < NODE_BLOCKS; i++) {
		block = fixture_block(f, "r", seq, counts[i], parent);
		struct log_entry entry = log_append(&log, &txn, &block, times[i]);
		assert_int_equal(entry.first, seq);
		assert_int_equal(entry.last, seq + counts[i] - 1);
		hashes[i] = block.hash;
		parent = &block;
		seq += counts[i];
	}
	assert_int_equal(txn_commit(&txn), OK);
	return log;
}

static void
test_log__positions_have_no_gaps(void **state)
{
	struct fixture *f = *state;
	struct hash hashes[NODE_BLOCKS];
	struct log log = filled_log(f, hashes);
	struct txn txn = txn_begin_read(f->store);
	struct log_entry entry;
	uint64_t position = 0;

	assert_int_equal(log.head.position, 11);
	for (int i = 0; i < NODE_BLOCKS; i++) {
		struct block block;

		assert_true(log_after(&txn, position, &entry));
		assert_int_equal(entry.first, position + 1);
		assert_true(block_parse(entry.block, &block, NULL));
		assert_true(hash_eq(&block.hash, &hashes[i]));
		position = entry.last;
	}
	assert_int_equal(position, 11);
	assert_false(log_after(&txn, 11, &entry));
	assert_false(log_after(&txn, UINT64_MAX, &entry));

	/* From within an entry, the entry itself comes: its last record is yet to come.
	 */
	assert_true(log_after(&txn, 5, &entry));
	assert_int_equal(entry.first, 5);
	assert_int_equal(entry.last, 8);
	txn_abort(&txn);
}

static void
test_log__every_record_is_found_by_its_position(void **state)
{
	struct fixture *f = *state;
	struct hash hashes[NODE_BLOCKS];
	struct log log = filled_log(f, hashes);
	struct txn txn = txn_begin_read(f->store);
	struct slice record;
	struct log_entry entry;
	char text[32];

	for (uint64_t p = 1; p <= log.head.position; p++) {
		assert_true(log_record(&txn, p, &record));
		snprintf(text, sizeof(text), "r %d", (int)p);
		assert_slice(record, text);
		assert_true(log_at(&txn, p, &entry));
		assert_true(entry.first <= p && p <= entry.last);
	}
	assert_false(log_record(&txn, 0, &record));
	assert_false(log_record(&txn, 12, &record));
	assert_false(log_at(&txn, 0, &entry));
	assert_false(log_at(&txn, 12, &entry));
	txn_abort(&txn);
}

static void
test_log__a_cursor_holds_only_at_an_entrys_end_with_its_hash(void **state)
{
	struct fixture *f = *state;
	struct hash hashes[NODE_BLOCKS], none = { 0 };
	struct log log = filled_log(f, hashes);
	struct txn txn = txn_begin_read(f->store);
	struct log_entry entry;

	for (uint64_t p = 1; p <= 11; p++) {
		assert_true(log_at(&txn, p, &entry));
		assert_int_equal(log_holds(&txn, p, &entry.log_hash), p == entry.last);
		assert_false(log_holds(&txn, p, &none));
	}
	assert_true(log_at(&txn, 3, &entry));
	assert_false(log_holds(&txn, 4, &entry.log_hash)); /* Another past. */
	assert_true(log_holds(&txn, 0, &none));
	assert_false(log_holds(&txn, 0, &entry.log_hash));
	assert_false(log_holds(&txn, 12, &log.head.log_hash)); /* Ahead of us. */
	txn_abort(&txn);
}

static void
test_log__the_chain_is_over_position_time_and_block(void **state)
{
	struct fixture *f = *state;
	struct hash hashes[NODE_BLOCKS], chain = { 0 };
	static const uint64_t last[NODE_BLOCKS] = { 3, 4, 8, 9, 11 };
	static const uint64_t times[NODE_BLOCKS] = { 100, 100, 250, 250, 300 };
	struct log log = filled_log(f, hashes);

	for (int i = 0; i < NODE_BLOCKS; i++) {
		uint8_t text[80];

		memcpy(text, chain.b, 32);
		put_le64(text + 32, last[i]);
		put_le64(text + 40, times[i]);
		memcpy(text + 48, hashes[i].b, 32);
		chain = hash_of(slice_of(text, sizeof(text)));
	}
	assert_true(hash_eq(&log.head.log_hash, &chain));
	assert_int_equal(log.head.hq_ms, 300);
}

static void
test_log__a_clock_that_goes_back_does_not_move_hq_time(void **state)
{
	struct fixture *f = *state;
	struct hash hashes[NODE_BLOCKS];
	struct log log = filled_log(f, hashes);
	struct txn txn = txn_begin_read(f->store);
	struct log_entry entry;

	(void)log;
	assert_true(log_at(&txn, 9, &entry));
	assert_int_equal(entry.hq_ms, 250);
	txn_abort(&txn);
}

static void
test_log__as_of_an_instant_is_the_last_entry_until_then(void **state)
{
	struct fixture *f = *state;
	struct hash hashes[NODE_BLOCKS];
	struct log log = filled_log(f, hashes);
	struct txn txn = txn_begin_read(f->store);
	struct log_entry entry;

	(void)log;
	assert_false(log_at_instant(&txn, 99, &entry));
	assert_true(log_at_instant(&txn, 100, &entry));
	assert_int_equal(entry.last, 4);
	assert_true(log_at_instant(&txn, 249, &entry));
	assert_int_equal(entry.last, 4);
	assert_true(log_at_instant(&txn, 250, &entry));
	assert_int_equal(entry.last, 9);
	assert_true(log_at_instant(&txn, 299, &entry));
	assert_int_equal(entry.last, 9);
	assert_true(log_at_instant(&txn, INT64_MAX, &entry));
	assert_int_equal(entry.last, 11);
	txn_abort(&txn);
}

static void
test_log__an_instant_is_found_as_by_a_scan(void **state)
{
	struct fixture *f = *state;
	enum { BLOCKS = 200 };
	struct log log;
	struct block block;
	uint64_t seq = 1, last[BLOCKS];
	wall_ms_t times[BLOCKS], now = 0;

	open_log(f);
	struct txn txn = txn_begin(f->store);
	assert_int_equal(log_open(&log, &txn), OK);
	for (int i = 0; i < BLOCKS; i++) {
		uint32_t count = 1 + (uint32_t)(i * 7 % 5);

		now += i % 3;
		block = fixture_block(f, "r", seq, count, NULL);
		last[i] = log_append(&log, &txn, &block, now).last;
		times[i] = now;
		seq += count;
	}
	for (wall_ms_t at = -1; at <= now + 1; at++) {
		uint64_t expected = 0;
		struct log_entry entry = { 0 };

		for (int i = 0; i < BLOCKS; i++) {
			expected = times[i] <= at ? last[i] : expected;
		}
		assert_int_equal(log_at_instant(&txn, at, &entry), expected != 0);
		assert_int_equal(entry.last, expected);
	}
	assert_int_equal(txn_commit(&txn), OK);
}

static void
test_log__a_block_is_found_by_node_seq_and_whole_hash(void **state)
{
	struct fixture *f = *state;
	struct hash hashes[NODE_BLOCKS];
	struct log log = filled_log(f, hashes);
	struct txn txn = txn_begin_read(f->store);
	struct log_entry entry;
	struct node_id other = { .b = { 1 } };

	(void)log;
	assert_true(log_find_block(&txn, &f->node, 8, &hashes[2], &entry));
	assert_int_equal(entry.first, 5);
	assert_int_equal(entry.last, 8);
	assert_false(log_find_block(&txn, &f->node, 7, &hashes[2], &entry));
	assert_false(log_find_block(&txn, &f->node, 8, &hashes[1], &entry));
	assert_false(log_find_block(&txn, &other, 8, &hashes[2], &entry));

	/* The same first eight bytes, which are the index's key, are not enough. */
	struct hash alike = hashes[2];
	alike.b[31] ^= 1;
	assert_false(log_find_block(&txn, &f->node, 8, &alike, &entry));
	assert_int_equal(txn_commit(&txn), OK);
}

static void
test_log__it_goes_on_where_it_was_after_a_start(void **state)
{
	struct fixture *f = *state;
	struct hash hashes[NODE_BLOCKS];
	struct log before = filled_log(f, hashes), log;

	fixture_reopen(f, "aggregation-log", log_db_names);
	struct txn txn = txn_begin(f->store);
	assert_int_equal(log_open(&log, &txn), OK);
	assert_int_equal(log.head.position, 11);
	assert_int_equal(log.head.hq_ms, 300);
	assert_true(hash_eq(&log.head.log_hash, &before.head.log_hash));

	struct block block = fixture_block(f, "r", 12, 1, NULL);
	assert_int_equal(log_append(&log, &txn, &block, 400).first, 12);
	assert_int_equal(txn_commit(&txn), OK);
}

static void
test_log__a_failed_commit_leaves_nothing_and_is_rewound(void **state)
{
	struct fixture *f = *state;
	struct hash hashes[NODE_BLOCKS];
	struct log log = filled_log(f, hashes), read;
	struct log_head before = log.head;
	struct log_entry entry;

	store_fail_commit(f->store, 1, ERR_DISK_FULL);
	struct txn txn = txn_begin(f->store);
	struct block block = fixture_block(f, "lost", 12, 3, NULL);
	log_append(&log, &txn, &block, 500);
	assert_int_equal(txn_commit(&txn), ERR_DISK_FULL);
	log_rewind(&log, before);

	/* What comes next takes the same positions. */
	txn = txn_begin(f->store);
	assert_false(log_find_block(&txn, &f->node, 14, &block.hash, &entry));
	block = fixture_block(f, "kept", 12, 1, NULL);
	assert_int_equal(log_append(&log, &txn, &block, 400).first, 12);
	assert_int_equal(txn_commit(&txn), OK);
	txn = txn_begin_read(f->store);
	assert_int_equal(log_open(&read, &txn), OK);
	assert_int_equal(read.head.position, 12);
	assert_int_equal(read.head.hq_ms, 400);
	txn_abort(&txn);
}

static void
test_log__a_last_entry_that_was_altered_is_corrupt(void **state)
{
	struct fixture *f = *state;
	struct hash hashes[NODE_BLOCKS];
	struct log log = filled_log(f, hashes);
	uint8_t key[8];
	struct slice value;

	put_be64(key, 10);
	struct txn txn = txn_begin(f->store);
	assert_true(txn_get(&txn, LOG_DB_LOG, slice_of(key, 8), &value));
	uint8_t *altered = xmalloc(value.len);
	memcpy(altered, value.at, value.len);
	altered[40 + 88 + 4] ^= 1; /* In the first record. */
	txn_put(&txn, LOG_DB_LOG, slice_of(key, 8), slice_of(altered, value.len));
	assert_int_equal(log_open(&log, &txn), ERR_CORRUPT);

	memcpy(altered, "short", 5);
	txn_put(&txn, LOG_DB_LOG, slice_of(key, 8), slice_of(altered, 5));
	assert_int_equal(log_open(&log, &txn), ERR_CORRUPT);
	assert_int_equal(txn_commit(&txn), ERR_CORRUPT);
	free(altered);
}

/* What is archived goes; the entry that ends there stays, for its hash. */
static void
test_log__a_trimmed_log_goes_on_where_it_was(void **state)
{
	struct fixture *f = *state;
	struct hash hashes[NODE_BLOCKS];
	struct log before = filled_log(f, hashes), log;
	struct log_entry entry;
	struct log_head known;

	struct txn txn = txn_begin(f->store);
	assert_true(log_after(&txn, 8, &entry));
	known = (struct log_head){ .position = entry.last,
				   .hq_ms = entry.hq_ms,
				   .log_hash = entry.log_hash };
	log_trim(&txn, known.position);
	assert_false(log_at(&txn, 8, &entry));
	assert_true(log_at(&txn, 9, &entry));
	assert_false(log_find_block(&txn, &f->node, 3, &hashes[0], &entry));
	assert_int_equal(txn_commit(&txn), OK);

	fixture_reopen(f, "aggregation-log", log_db_names);
	txn = txn_begin(f->store);
	assert_int_equal(log_open_trimmed(&log, &txn, &known), OK);
	assert_int_equal(log.head.position, 11);
	assert_true(hash_eq(&log.head.log_hash, &before.head.log_hash));

	/* All of it archived: one entry is left, which follows none that is there. */
	log_trim(&txn, 11);
	assert_false(log_at(&txn, 9, &entry));
	assert_true(log_at(&txn, 11, &entry));
	known = before.head;
	assert_int_equal(log_open_trimmed(&log, &txn, &known), OK);
	assert_int_equal(log.head.position, 11);
	struct block block = fixture_block(f, "r", 12, 1, NULL);
	assert_int_equal(log_append(&log, &txn, &block, 400).first, 12);
	assert_int_equal(txn_commit(&txn), OK);
}

static void
test_log__a_trimmed_log_that_is_another_is_corrupt(void **state)
{
	struct fixture *f = *state;
	struct hash hashes[NODE_BLOCKS];
	struct log before = filled_log(f, hashes), log;
	struct log_head known = before.head;

	struct txn txn = txn_begin(f->store);
	log_trim(&txn, 11);
	known.log_hash.b[0] ^= 1;
	assert_int_equal(log_open_trimmed(&log, &txn, &known), ERR_CORRUPT);
	known = before.head;
	known.position = 12; /* Its end is lost. */
	assert_int_equal(log_open_trimmed(&log, &txn, &known), ERR_CORRUPT);
	known.position = 0;
	assert_int_equal(log_open_trimmed(&log, &txn, &known), ERR_CORRUPT);
	txn_abort(&txn);
}

static void
test_loose__a_part_is_kept_only_under_its_own_hash(void **state)
{
	struct fixture *f = *state;
	struct slice salt = slice_str("0123456789abcdef"),
		     part = slice_str("Tanaka Aiko");
	struct hash hash = hash_of2(salt, part), other = hash_of(slice_str("other"));
	struct slice got_salt, got_part;
	uint8_t *long_salt = xcalloc(1, 256);
	struct hash long_hash = hash_of2(slice_of(long_salt, 256), part);

	open_log(f);
	struct txn txn = txn_begin(f->store);
	assert_false(loose_put(&txn, LOG_DB_LOOSE, LOG_DB_ERASED, &other, salt, part));
	assert_false(loose_get(&txn, LOG_DB_LOOSE, &other, &got_salt, &got_part));
	assert_false(loose_put(&txn, LOG_DB_LOOSE, LOG_DB_ERASED, &long_hash,
			       slice_of(long_salt, 256), part));
	assert_true(loose_put(&txn, LOG_DB_LOOSE, LOG_DB_ERASED, &hash, salt, part));
	assert_true(loose_put(&txn, LOG_DB_LOOSE, LOG_DB_ERASED, &hash, salt, part));
	assert_true(loose_get(&txn, LOG_DB_LOOSE, &hash, &got_salt, &got_part));
	assert_true(slice_eq(got_salt, salt));
	assert_true(slice_eq(got_part, part));
	assert_int_equal(txn_count(&txn, LOG_DB_LOOSE), 1);
	assert_int_equal(txn_commit(&txn), OK);
	free(long_salt);
}

static void
test_loose__an_erased_part_goes_and_does_not_come_back(void **state)
{
	struct fixture *f = *state;
	struct slice salt = slice_str("salt"), early = slice_str("here before"),
		     late = slice_str("comes after");
	struct hash early_hash = hash_of2(salt, early), late_hash = hash_of2(salt, late);
	struct slice got_salt, got_part;

	open_log(f);
	struct txn txn = txn_begin(f->store);
	assert_true(
		loose_put(&txn, LOG_DB_LOOSE, LOG_DB_ERASED, &early_hash, salt, early));
	loose_erase(&txn, LOG_DB_LOOSE, LOG_DB_ERASED, &early_hash);
	loose_erase(&txn, LOG_DB_LOOSE, LOG_DB_ERASED, &late_hash);
	assert_int_equal(txn_commit(&txn), OK);

	fixture_reopen(f, "aggregation-log", log_db_names);
	txn = txn_begin(f->store);
	assert_false(loose_get(&txn, LOG_DB_LOOSE, &early_hash, &got_salt, &got_part));
	assert_false(
		loose_put(&txn, LOG_DB_LOOSE, LOG_DB_ERASED, &early_hash, salt, early));
	assert_false(
		loose_put(&txn, LOG_DB_LOOSE, LOG_DB_ERASED, &late_hash, salt, late));
	assert_false(loose_get(&txn, LOG_DB_LOOSE, &late_hash, &got_salt, &got_part));
	assert_int_equal(txn_count(&txn, LOG_DB_LOOSE), 0);
	assert_int_equal(txn_commit(&txn), OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_log__positions_have_no_gaps),
		TEST(test_log__every_record_is_found_by_its_position),
		TEST(test_log__a_cursor_holds_only_at_an_entrys_end_with_its_hash),
		TEST(test_log__the_chain_is_over_position_time_and_block),
		TEST(test_log__a_clock_that_goes_back_does_not_move_hq_time),
		TEST(test_log__as_of_an_instant_is_the_last_entry_until_then),
		TEST(test_log__an_instant_is_found_as_by_a_scan),
		TEST(test_log__a_block_is_found_by_node_seq_and_whole_hash),
		TEST(test_log__it_goes_on_where_it_was_after_a_start),
		TEST(test_log__a_failed_commit_leaves_nothing_and_is_rewound),
		TEST(test_log__a_last_entry_that_was_altered_is_corrupt),
		TEST(test_log__a_trimmed_log_goes_on_where_it_was),
		TEST(test_log__a_trimmed_log_that_is_another_is_corrupt),
		TEST(test_loose__a_part_is_kept_only_under_its_own_hash),
		TEST(test_loose__an_erased_part_goes_and_does_not_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
