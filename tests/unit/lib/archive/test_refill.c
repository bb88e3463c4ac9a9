#include "lib/archive/refill.h"

#include <stdio.h>
#include <unistd.h>

#include "lib/base/wire.h"
#include "lib/model/record.h"
#include "unit/lib/archive/archive_fixture.h"

enum { MAX_LEFT = 16 };

/* The archive of the fixture, and stores in a folder. */
struct world {
	struct fixture *f;
	char root[64], dir[96], old_dir[96];
	struct store *store, *old;
	struct refill_report report;
	struct refill_left left[MAX_LEFT];
	size_t left_count;
	unsigned progressed, stop_at;
};

static int
setup(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));
	void *f = NULL;

	if (fixture_setup(&f) != 0) {
		return -1;
	}
	w->f = f;
	snprintf(w->root, sizeof(w->root), "%s/kusanone-refill-XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(w->root));
	snprintf(w->dir, sizeof(w->dir), "%s/new/log", w->root);
	snprintf(w->old_dir, sizeof(w->old_dir), "%s/old/log", w->root);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;
	void *f = w->f;
	char command[128];

	store_close(w->store);
	store_close(w->old);
	snprintf(command, sizeof(command), "rm -rf '%s'", w->root);
	assert_int_equal(system(command), 0);
	free(w);
	return fixture_teardown(&f);
}

static struct store *
open_log(const char *dir, bool read_only)
{
	const struct store_options options = { .dir = dir,
					       .kind = HQ_LOG_KIND,
					       .program = "test",
					       .format = HQ_LOG_FORMAT,
					       .dbs = log_db_names,
					       .read_only = read_only };
	struct store *store;
	char why[512];

	if (store_open(&options, &store, why, sizeof(why)) != OK) {
		fail_msg("%s", why);
	}
	return store;
}

/* Entries of a history as aggregation appends them, at their times. */
static void
append(struct store *store, const struct history *h, size_t from, size_t to)
{
	struct txn txn = txn_begin(store);
	struct block block;
	struct log log;

	assert_int_equal(log_open(&log, &txn), OK);
	for (size_t i = from; i < to; i++) {
		assert_true(block_parse(buf_slice(&h->entries[i].block), &block, NULL));
		log_append(&log, &txn, &block, h->entries[i].hq_ms);
	}
	assert_int_equal(txn_commit(&txn), OK);
}

static bool
on_progress(void *ctx, const struct verify_report *r)
{
	struct world *w = ctx;

	(void)r;
	return ++w->progressed != w->stop_at;
}

static void
on_left(void *ctx, const struct refill_left *left)
{
	struct world *w = ctx;

	assert_true(w->left_count < MAX_LEFT);
	w->left[w->left_count++] = *left;
}

static enum err
refill(struct world *w)
{
	const struct refill_options options = {
		.verify = { .files = w->f->files,
			    .keys = &w->f->key.key,
			    .key_count = 1,
			    .progress = on_progress,
			    .ctx = w },
		.dir = w->dir,
		.program = "test",
		.old = w->old,
		.left_out = on_left,
	};

	return refill_run(&options, &w->report);
}

/* The dbs of a log hold the same pairs. */
static void
assert_same_log(struct store *a, struct store *b)
{
	struct txn ta = txn_begin_read(a), tb = txn_begin_read(b);
	uint64_t pairs = 0;

	for (db_t db = LOG_DB_LOG; db <= LOG_DB_BLOCKS; db++) {
		struct cursor ca = cursor_open(&ta, db), cb = cursor_open(&tb, db);
		struct slice ka, va, kb, vb;
		bool more = cursor_seek(&ca, (struct slice){ 0 }, &ka, &va);

		assert_int_equal(more, cursor_seek(&cb, (struct slice){ 0 }, &kb, &vb));
		while (more) {
			assert_true(slice_eq(ka, kb));
			assert_true(slice_eq(va, vb));
			pairs++;
			more = cursor_next(&ca, &ka, &va);
			assert_int_equal(more, cursor_next(&cb, &kb, &vb));
		}
		cursor_close(&ca);
		cursor_close(&cb);
	}
	assert_true(pairs > 0);
	txn_abort(&ta);
	txn_abort(&tb);
}

static bool
has_part(struct store *store, const struct hash *part)
{
	struct txn txn = txn_begin_read(store);
	struct slice salt, bytes;
	bool found = loose_get(&txn, LOG_DB_LOOSE, part, &salt, &bytes);

	txn_abort(&txn);
	return found;
}

/* ---- The archive alone ------------------------------------------------------------- */

static void
test_refill__the_log_is_what_it_was_byte_for_byte(void **state)
{
	struct world *w = *state;

	assert_int_equal(refill(w), OK);
	assert_int_equal(w->report.verify.verdict, VERIFY_GOOD);
	assert_int_equal(w->report.verify.entries, FIXTURE_ENTRIES);
	assert_int_equal(w->progressed, FIXTURE_SEGMENTS);

	struct store *original = open_log(w->old_dir, false);
	append(original, &w->f->history, 0, FIXTURE_ENTRIES);
	w->store = open_log(w->dir, false);
	assert_same_log(w->store, original);

	struct txn txn = txn_begin_read(original);
	struct log log;
	assert_int_equal(log_open(&log, &txn), OK);
	assert_int_equal(w->report.head.position, log.head.position);
	assert_int_equal(w->report.head.hq_ms, log.head.hq_ms);
	assert_true(hash_eq(&w->report.head.log_hash, &log.head.log_hash));
	txn_abort(&txn);
	store_close(original);
}

static void
test_refill__an_archive_with_a_fault_is_refused(void **state)
{
	struct world *w = *state;

	fixture_file(w->f, "segment/005")->at[144 + 30] ^= 1;
	assert_int_equal(refill(w), ERR_CORRUPT);
	assert_int_equal(w->report.verify.verdict, VERIFY_BAD);
	assert_string_equal(w->report.verify.path, "segment/005");
	assert_string_equal(w->report.why, "");
}

static void
test_refill__the_last_fault_counts_as_much_as_the_first(void **state)
{
	struct world *w = *state;

	/* Only when the root is compared, after all entries. */
	archive_fini(&w->f->archive);
	archive_make(&w->f->archive, &w->f->history, FIXTURE_PER_SEGMENT,
		     &w->f->other_key);
	assert_int_equal(refill(w), ERR_CORRUPT);
	assert_int_equal(w->report.verify.verdict, VERIFY_BAD);
	assert_string_equal(w->report.verify.path, "checkpoint");
}

static void
test_refill__it_can_be_stopped(void **state)
{
	struct world *w = *state;

	w->stop_at = 3;
	assert_int_equal(refill(w), ERR_CORRUPT);
	assert_int_equal(w->report.verify.verdict, VERIFY_STOPPED);
	assert_int_equal(w->progressed, 3);
}

static void
test_refill__a_place_that_cannot_be_used_is_said(void **state)
{
	struct world *w = *state;

	snprintf(w->dir, sizeof(w->dir), "/proc/nowhere/log");
	assert_int_equal(refill(w), ERR_IO);
	assert_non_null(strstr(w->report.why, "/proc/nowhere"));
}

/* ---- Names ------------------------------------------------------------------------- */

/* A block of headquarters' that begins a history of its own and names a part. */
static void
add_naming_block(struct history *h, const struct hash *part)
{
	const struct history_entry *last = &h->entries[h->count - 1];
	struct block_maker maker = { 0 };
	struct buf record = { 0 }, body = { 0 };
	const struct hash none = { 0 };
	struct history_entry entry = {
		.position = last->position + get_le16(last->block.at + 6),
		.hq_ms = last->hq_ms,
	};

	wire_put_bytes(&body, 1, slice_str("018e2f00-0000-7000-8000-000000000001"));
	wire_put_bytes(&body, 2, slice_str("a desk"));
	wire_put_number(&body, 3, 1);
	wire_put_bytes(&body, 4, hash_slice(part));
	wire_put_number(&record, 1, 1000);
	wire_put_bytes(&record, 2, slice_str("operator"));
	wire_put_bytes(&record, BODY_SUBSCRIPTION, buf_slice(&body));
	block_begin(&maker, &h->hq.node, 1, &none);
	assert_true(block_add(&maker, buf_slice(&record)));
	struct block block = block_finish(&maker, 1000, &h->hq_key.id, h->hq_key.secret);
	buf_put_slice(&entry.block, block.bytes);
	history_insert(h, h->count, &entry);
	buf_fini(&entry.block);
	buf_fini(&record);
	buf_fini(&body);
	block_maker_fini(&maker);
}

struct name {
	const char *salt, *part;
	struct hash hash;
};

static struct name
name_make(const char *salt, const char *part)
{
	return (struct name){ salt, part, hash_of2(slice_str(salt), slice_str(part)) };
}

/* The archive with a last block that names the first of the parts; both lie beside. */
static void
put_names(struct world *w, const struct name *named, const struct name *other)
{
	struct fixture *f = w->f;
	const struct name *const all[] = { other, named };
	struct buf b = { 0 };

	add_naming_block(&f->history, &named->hash);
	archive_fini(&f->archive);
	archive_make(&f->archive, &f->history, FIXTURE_PER_SEGMENT, &f->key);
	buf_put_str(&b, "KSP1");
	buf_put_le32(&b, 1);
	buf_put_le64(&b, FIXTURE_SEGMENTS - 1);
	buf_put_le32(&b, 2);
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		buf_put(&b, all[i]->hash.b, HASH_LEN);
		buf_put_u8(&b, (uint8_t)strlen(all[i]->salt));
		buf_put_le32(&b, (uint32_t)strlen(all[i]->part));
		buf_put_str(&b, all[i]->salt);
		buf_put_str(&b, all[i]->part);
	}
	memory_put(&f->archive.files, "loose/007", buf_slice(&b));
	buf_fini(&b);
}

static void
test_refill__names_come_back_where_a_record_names_them(void **state)
{
	struct world *w = *state;
	const struct name named = name_make("12345678", "a@example.org");
	const struct name other = name_make("87654321", "b@example.org");

	put_names(w, &named, &other);
	assert_int_equal(refill(w), OK);
	assert_int_equal(w->report.parts, 1);
	assert_int_equal(w->report.broken, 0);
	w->store = open_log(w->dir, false);
	assert_true(has_part(w->store, &named.hash));
	assert_false(has_part(w->store, &other.hash));
}

static void
test_refill__a_damaged_file_of_names_is_no_reason_to_go_without_the_log(void **state)
{
	struct world *w = *state;
	const struct name named = name_make("12345678", "a@example.org");
	const struct name other = name_make("87654321", "b@example.org");

	put_names(w, &named, &other);
	fixture_file(w->f, "loose/007")->len--;
	assert_int_equal(refill(w), OK);
	assert_int_equal(w->report.parts, 0);
	assert_int_equal(w->report.broken, 1);
	assert_int_equal(w->report.verify.entries, FIXTURE_ENTRIES + 1);
}

static void
test_refill__a_part_whose_hash_is_wrong_is_none(void **state)
{
	struct world *w = *state;
	struct name named = name_make("12345678", "a@example.org");
	const struct name other = name_make("87654321", "b@example.org");

	named.part = "c@example.org";
	put_names(w, &named, &other);
	assert_int_equal(refill(w), OK);
	assert_int_equal(w->report.parts, 0);
}

static void
test_refill__what_the_older_state_had_erased_stays_erased(void **state)
{
	struct world *w = *state;
	const struct name named = name_make("12345678", "a@example.org");
	const struct name other = name_make("87654321", "b@example.org");
	struct store *old = open_log(w->old_dir, false);
	struct txn txn = txn_begin(old);

	loose_erase(&txn, LOG_DB_LOOSE, LOG_DB_ERASED, &named.hash);
	assert_int_equal(txn_commit(&txn), OK);
	store_close(old);
	w->old = open_log(w->old_dir, true);
	put_names(w, &named, &other);
	assert_int_equal(refill(w), OK);
	assert_int_equal(w->report.parts, 0);
	w->store = open_log(w->dir, false);
	assert_false(has_part(w->store, &named.hash));
}

static void
test_refill__names_of_the_older_state_come_too(void **state)
{
	struct world *w = *state;
	const struct name named = name_make("12345678", "a@example.org");
	const struct name other = name_make("87654321", "b@example.org");
	struct store *old = open_log(w->old_dir, false);

	put_names(w, &named, &other);
	memory_remove(&w->f->archive.files, "loose/007");
	append(old, &w->f->history, 0, w->f->history.count);
	struct txn txn = txn_begin(old);
	assert_true(loose_put(&txn, LOG_DB_LOOSE, LOG_DB_ERASED, &named.hash,
			      slice_str(named.salt), slice_str(named.part)));
	assert_int_equal(txn_commit(&txn), OK);
	store_close(old);
	w->old = open_log(w->old_dir, true);
	assert_int_equal(refill(w), OK);
	assert_int_equal(w->report.parts, 1);
	assert_int_equal(w->report.added, 0);
	w->store = open_log(w->dir, false);
	assert_true(has_part(w->store, &named.hash));
}

/* ---- An older log beside it ----------------------------------------------------------
 */

/* The archive is of the first entries only. */
static void
archive_first(struct world *w, size_t entries)
{
	struct fixture *f = w->f;
	struct history first = history_copy(&f->history);

	while (first.count > entries) {
		history_remove(&first, first.count - 1);
	}
	archive_fini(&f->archive);
	archive_make(&f->archive, &first, FIXTURE_PER_SEGMENT, &f->key);
	history_fini(&first);
}

static void
test_refill__with_the_log_that_goes_on_it_is_that_log(void **state)
{
	struct world *w = *state;
	struct store *old = open_log(w->old_dir, false);

	append(old, &w->f->history, 0, FIXTURE_ENTRIES);
	store_close(old);
	w->old = open_log(w->old_dir, true);
	archive_first(w, 170);
	assert_int_equal(refill(w), OK);
	assert_int_equal(w->report.verify.entries, 170);
	assert_int_equal(w->report.added, FIXTURE_ENTRIES - 170);
	assert_int_equal(w->report.left, 0);
	assert_true(w->report.head.position > w->report.archived.position);
	assert_int_equal(w->report.added_records,
			 w->report.head.position - w->report.archived.position);
	w->store = open_log(w->dir, false);
	assert_same_log(w->store, w->old);
}

static void
test_refill__a_part_of_a_log_will_do(void **state)
{
	struct world *w = *state;
	struct store *old = open_log(w->old_dir, false);
	struct store *whole;
	char path[128];

	append(old, &w->f->history, 0, FIXTURE_ENTRIES);
	struct txn txn = txn_begin(old);
	log_trim(&txn, w->f->history.entries[150].position);
	assert_int_equal(txn_commit(&txn), OK);
	store_close(old);
	w->old = open_log(w->old_dir, true);
	archive_first(w, 170);
	assert_int_equal(refill(w), OK);
	assert_int_equal(w->report.added, FIXTURE_ENTRIES - 170);
	w->store = open_log(w->dir, false);
	snprintf(path, sizeof(path), "%s/whole", w->root);
	whole = open_log(path, false);
	append(whole, &w->f->history, 0, FIXTURE_ENTRIES);
	assert_same_log(w->store, whole);
	store_close(whole);
}

/* A log that went another way from some entry on. */
static void
test_refill__what_went_another_way_comes_after_with_new_positions(void **state)
{
	struct world *w = *state;
	struct store *old = open_log(w->old_dir, false);
	struct history other;
	struct log_entry entry;
	uint64_t lacking = 0;

	history_make(&other, 7, 200, 120);
	append(old, &other, 0, 200);
	store_close(old);
	w->old = open_log(w->old_dir, true);
	assert_int_equal(refill(w), OK);
	w->store = open_log(w->dir, false);

	/* Each of its blocks is there, or was left out and named. */
	struct txn txn = txn_begin_read(w->store);
	for (size_t i = 0; i < other.count; i++) {
		struct block block;

		assert_true(
			block_parse(buf_slice(&other.entries[i].block), &block, NULL));
		lacking += !log_find_block(&txn, &block.node, block.last_seq, &block.hash,
					   &entry);
	}
	assert_int_equal(lacking, w->report.left);
	assert_int_equal(w->left_count, w->report.left);
	assert_true(w->report.added > 20);
	/* The archive's come first, in their places. */
	for (size_t i = 0; i < FIXTURE_ENTRIES; i++) {
		assert_true(log_at(&txn, w->f->history.entries[i].position, &entry));
		assert_true(slice_eq(entry.block,
				     buf_slice(&w->f->history.entries[i].block)));
	}
	txn_abort(&txn);
	history_fini(&other);
}

/* Append one block of headquarters' with this parent and signature. */
static void
append_odd(struct store *old, const struct history *h, uint64_t first_seq,
	   const struct hash *parent, const struct node_id *node, bool spoilt)
{
	struct block_maker maker = { 0 };
	struct block block;
	struct log log;

	block_begin(&maker, node, first_seq, parent);
	assert_true(block_add(&maker, slice_str("a record that nobody can read")));
	block = block_finish(&maker, 1000, &h->hq_key.id, h->hq_key.secret);
	if (spoilt) {
		maker.buf.at[maker.buf.len - 1] ^= 1;
	}
	struct txn txn = txn_begin(old);
	assert_int_equal(log_open(&log, &txn), OK);
	log_append(&log, &txn, &block, 1);
	assert_int_equal(txn_commit(&txn), OK);
	block_maker_fini(&maker);
}

static void
test_refill__a_block_that_cannot_be_taken_is_left_out_and_named(void **state)
{
	struct world *w = *state;
	struct store *old = open_log(w->old_dir, false);
	const struct history *h = &w->f->history;
	const struct hash none = { 0 }, nowhere = { { 9 } };
	const struct node_id stranger = { { 0xee } };

	append_odd(old, h, 7, &nowhere, &h->hq.node, false);
	append_odd(old, h, 1, &none, &stranger, false);
	append_odd(old, h, 1, &none, &h->hq.node, true);
	append_odd(old, h, 1, &none, &h->hq.node, false);
	store_close(old);
	w->old = open_log(w->old_dir, true);
	assert_int_equal(refill(w), OK);
	assert_int_equal(w->report.added, 1);
	assert_int_equal(w->left_count, 3);
	assert_int_equal(w->left[0].why, REFILL_PARENT);
	assert_int_equal(w->left[0].position, 1);
	assert_int_equal(w->left[0].first_seq, 7);
	assert_int_equal(w->left[1].why, REFILL_UNKNOWN);
	assert_true(node_id_eq(&w->left[1].node, &stranger));
	assert_int_equal(w->left[2].why, REFILL_SIGNATURE);
	/* What is older than the archive's last entry has its time. */
	assert_int_equal(w->report.head.hq_ms, h->entries[h->count - 1].hq_ms);
	assert_int_equal(w->report.head.position, w->report.archived.position + 1);
}

/* A byte of an entry is another one: what lies behind it is still taken. */
static void
test_refill__a_block_that_is_none_any_more_is_left_out(void **state)
{
	struct world *w = *state;
	struct store *old = open_log(w->old_dir, false);
	const struct hash none = { 0 };
	struct cursor cursor;
	struct slice key, value;
	struct buf changed = { 0 };

	append_odd(old, &w->f->history, 1, &none, &w->f->history.hq.node, false);
	struct txn txn = txn_begin(old);
	cursor = cursor_open(&txn, LOG_DB_LOG);
	assert_true(cursor_seek(&cursor, (struct slice){ 0 }, &key, &value));
	buf_put_slice(&changed, value);
	uint8_t first[8];
	memcpy(first, key.at, sizeof(first));
	cursor_close(&cursor);
	changed.at[40 + BLOCK_HEADER_LEN] ^= 0x40; /* The record's length. */
	txn_put(&txn, LOG_DB_LOG, slice_of(first, sizeof(first)), buf_slice(&changed));
	assert_int_equal(txn_commit(&txn), OK);
	buf_fini(&changed);
	store_close(old);
	w->old = open_log(w->old_dir, true);
	assert_int_equal(refill(w), OK);
	assert_int_equal(w->left_count, 1);
	assert_int_equal(w->left[0].why, REFILL_NO_BLOCK);
	assert_false(w->report.old_broken);
}

static void
test_refill__a_log_that_breaks_off_gives_what_can_be_read(void **state)
{
	struct world *w = *state;
	struct store *old = open_log(w->old_dir, false);
	uint8_t key[8];

	append(old, &w->f->history, 0, FIXTURE_ENTRIES);
	struct txn txn = txn_begin(old);
	memset(key, 0xff, sizeof(key));
	put_le64(key, UINT64_MAX);
	txn_put(&txn, LOG_DB_LOG, slice_of(key, sizeof(key)), slice_str("no entry"));
	assert_int_equal(txn_commit(&txn), OK);
	store_close(old);
	w->old = open_log(w->old_dir, true);
	archive_first(w, 250);
	assert_int_equal(refill(w), OK);
	assert_int_equal(w->report.added, FIXTURE_ENTRIES - 250);
	assert_true(w->report.old_broken);
}

#undef TEST
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_refill__the_log_is_what_it_was_byte_for_byte),
		TEST(test_refill__an_archive_with_a_fault_is_refused),
		TEST(test_refill__the_last_fault_counts_as_much_as_the_first),
		TEST(test_refill__it_can_be_stopped),
		TEST(test_refill__a_place_that_cannot_be_used_is_said),
		TEST(test_refill__names_come_back_where_a_record_names_them),
		TEST(test_refill__a_damaged_file_of_names_is_no_reason_to_go_without_the_log),
		TEST(test_refill__a_part_whose_hash_is_wrong_is_none),
		TEST(test_refill__what_the_older_state_had_erased_stays_erased),
		TEST(test_refill__names_of_the_older_state_come_too),
		TEST(test_refill__with_the_log_that_goes_on_it_is_that_log),
		TEST(test_refill__a_part_of_a_log_will_do),
		TEST(test_refill__what_went_another_way_comes_after_with_new_positions),
		TEST(test_refill__a_block_that_cannot_be_taken_is_left_out_and_named),
		TEST(test_refill__a_block_that_is_none_any_more_is_left_out),
		TEST(test_refill__a_log_that_breaks_off_gives_what_can_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
