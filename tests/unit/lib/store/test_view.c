#include "lib/store/view.h"

#include "unit/lib/store/fixture.h"

struct event_row {
	uint64_t id;
	uint32_t numbers[6];
};
struct small_row {
	uint8_t b[3];
};

enum { EVENTS, SMALLS, BYTES, TABLES };

struct view {
	struct table rows[TABLES];
	struct table *tables[TABLES];
};

static void
view_init(struct view *view)
{
	static const size_t sizes[TABLES] = { sizeof(struct event_row),
					      sizeof(struct small_row), 1 };

	for (int i = 0; i < TABLES; i++) {
		table_init(&view->rows[i], sizes[i]);
		view->tables[i] = &view->rows[i];
	}
}

static void
view_fini(struct view *view)
{
	for (int i = 0; i < TABLES; i++) {
		table_fini(&view->rows[i]);
	}
}

static void
open_view(struct fixture *f)
{
	assert_int_equal(fixture_open(f, "test-view", view_db_names, 1, 0), OK);
}

static void
grow(struct view *view, unsigned rows)
{
	for (unsigned i = 0; i < rows; i++) {
		struct event_row *event = table_add(&view->rows[EVENTS]);
		struct small_row *small = table_add(&view->rows[SMALLS]);

		event->id = UINT64_C(0x9e3779b97f4a7c15) * view->rows[EVENTS].count;
		event->numbers[5] = i;
		small->b[1] = (uint8_t)i;
	}
}

/* A checkpoint that succeeds. */
static void
checkpoint(struct fixture *f, struct view *view, uint64_t position)
{
	struct view_place place = { .position = position,
				    .log_hash = hash_of(slice_of(&position, 8)),
				    .version = 7 };
	struct txn txn = txn_begin(f->store);

	view_save(&txn, view->tables, TABLES, &place);
	assert_int_equal(txn_commit(&txn), OK);
	view_saved(view->tables, TABLES);
}

/* The view on the disk after a start equals 'view' and stands at 'position'. */
static void
check_loads(struct fixture *f, struct view *view, uint64_t position)
{
	struct view loaded;
	struct view_place place;
	struct hash hash = hash_of(slice_of(&position, 8));

	fixture_reopen(f, "test-view", view_db_names);
	view_init(&loaded);
	struct txn txn = txn_begin_read(f->store);
	assert_true(view_load(&txn, loaded.tables, TABLES, &place));
	assert_int_equal(place.position, position);
	assert_int_equal(place.version, 7);
	assert_true(hash_eq(&place.log_hash, &hash));
	for (int i = 0; i < TABLES; i++) {
		assert_true(table_eq(&loaded.rows[i], &view->rows[i]));
		for (uint32_t k = 0; k < loaded.rows[i].chunk_count; k++) {
			assert_int_equal(loaded.rows[i].dirty[k], 0);
		}
	}
	/* And no chunk that no table has. */
	uint64_t chunks = 0;
	for (int i = 0; i < TABLES; i++) {
		chunks += view->rows[i].chunk_count;
	}
	assert_int_equal(txn_count(&txn, VIEW_DB_CHUNKS), chunks);
	txn_abort(&txn);
	view_fini(&loaded);
}

static void
test_view__comes_back_as_it_was(void **state)
{
	struct fixture *f = *state;
	struct view view;

	view_init(&view);
	open_view(f);
	checkpoint(f, &view, 0); /* An empty one is one too. */
	check_loads(f, &view, 0);
	grow(&view, 5000);
	checkpoint(f, &view, 77);
	check_loads(f, &view, 77);
	grow(&view, 1);
	((struct event_row *)table_mut(&view.rows[EVENTS], 3))->id = 1;
	checkpoint(f, &view, 78);
	check_loads(f, &view, 78);
	view_fini(&view);
}

static void
test_view__a_checkpoint_writes_what_was_touched(void **state)
{
	struct fixture *f = *state;
	struct view view, marked;
	struct slice value;
	const uint8_t first_chunk[5] = { EVENTS, 0, 0, 0, 0 };

	view_init(&view);
	open_view(f);
	grow(&view, 5000);
	checkpoint(f, &view, 1);

	/* Spoil a chunk on the disk: a checkpoint that does not touch it leaves it so. */
	struct txn txn = txn_begin(f->store);
	txn_put(&txn, VIEW_DB_CHUNKS, slice_of(first_chunk, 5), slice_str("spoilt"));
	assert_int_equal(txn_commit(&txn), OK);
	table_mut(&view.rows[EVENTS], 4999);
	checkpoint(f, &view, 2);
	txn = txn_begin_read(f->store);
	assert_true(txn_get(&txn, VIEW_DB_CHUNKS, slice_of(first_chunk, 5), &value));
	assert_slice(value, "spoilt");
	/* Such a view is dropped, with nothing left in the tables. */
	struct view_place place;
	view_init(&marked);
	assert_false(view_load(&txn, marked.tables, TABLES, &place));
	assert_int_equal(marked.rows[EVENTS].count, 0);
	assert_int_equal(marked.rows[SMALLS].count, 0);
	txn_abort(&txn);

	/* So is one that lacks a row or a chunk at its end. */
	for (int missing = 0; missing < 2; missing++) {
		const uint8_t last_chunk[5] = { SMALLS, 0, 0, 0, 0 };

		txn = txn_begin(f->store);
		txn_put(&txn, VIEW_DB_CHUNKS, slice_of(first_chunk, 5),
			table_chunk(&view.rows[EVENTS], 0));
		if (missing == 0) {
			txn_put(&txn, VIEW_DB_CHUNKS, slice_of(last_chunk, 5),
				slice_of(table_chunk(&view.rows[SMALLS], 0).at, 3));
		} else {
			txn_del(&txn, VIEW_DB_CHUNKS, slice_of(last_chunk, 5));
		}
		assert_false(view_load(&txn, marked.tables, TABLES, &place));
		assert_int_equal(marked.rows[EVENTS].count, 0);
		assert_int_equal(txn_commit(&txn), OK);
	}
	table_mut(&view.rows[SMALLS], 0);

	/* One that touches it writes it. */
	table_mut(&view.rows[EVENTS], 0);
	checkpoint(f, &view, 3);
	check_loads(f, &view, 3);
	view_fini(&marked);
	view_fini(&view);
}

static void
test_view__a_failed_checkpoint_is_made_good_by_the_next(void **state)
{
	struct fixture *f = *state;
	struct view view;

	view_init(&view);
	open_view(f);
	grow(&view, 100);
	checkpoint(f, &view, 1);
	grow(&view, 100);
	store_fail_commit(f->store, 1, ERR_DISK_FULL);
	struct txn txn = txn_begin(f->store);
	view_save(&txn, view.tables, TABLES, &(struct view_place){ .position = 2 });
	assert_int_equal(txn_commit(&txn), ERR_DISK_FULL);
	checkpoint(f, &view, 3); /* view_saved() was not called: all is still marked. */
	check_loads(f, &view, 3);
	view_fini(&view);
}

static void
test_view__a_run_of_bytes_that_skips_to_the_next_chunk_comes_back(void **state)
{
	struct fixture *f = *state;
	struct view view;
	uint32_t at;

	view_init(&view);
	open_view(f);
	at = table_add_run(&view.rows[BYTES], 20000);
	memset(table_mut(&view.rows[BYTES], at), 'a', 20000);
	checkpoint(f, &view, 1);
	/* The rest of the first chunk is left empty, without being touched. */
	at = table_add_run(&view.rows[BYTES], 20000);
	assert_int_equal(at, TABLE_CHUNK_BYTES);
	memset(table_mut(&view.rows[BYTES], at), 'b', 20000);
	checkpoint(f, &view, 2);
	check_loads(f, &view, 2);
	view_fini(&view);
}

static void
test_view__what_a_cleared_table_had_goes(void **state)
{
	struct fixture *f = *state;
	struct view view;

	view_init(&view);
	open_view(f);
	grow(&view, 5000);
	checkpoint(f, &view, 1);
	table_clear(&view.rows[EVENTS]);
	table_clear(&view.rows[SMALLS]);
	grow(&view, 1000);
	checkpoint(f, &view, 2);
	check_loads(f, &view, 2);
	table_clear(&view.rows[EVENTS]);
	table_clear(&view.rows[SMALLS]);
	checkpoint(f, &view, 3);
	check_loads(f, &view, 3);
	view_fini(&view);
}

static void
test_view__another_shape_is_dropped_and_saved_anew(void **state)
{
	struct fixture *f = *state;
	struct view view, other;
	struct view_place place;

	view_init(&view);
	open_view(f);
	grow(&view, 5000);
	checkpoint(f, &view, 1);

	/* A later program has wider rows. */
	view_init(&other);
	table_init(&other.rows[SMALLS], 4);
	struct txn txn = txn_begin_read(f->store);
	assert_false(view_load(&txn, other.tables, TABLES, &place));
	assert_false(view_load(&txn, other.tables, TABLES - 1, &place));
	txn_abort(&txn);
	for (int i = 0; i < 10; i++) {
		table_add(&other.rows[EVENTS]);
		table_add(&other.rows[SMALLS]);
	}
	view_saved(other.tables, TABLES); /* Even with nothing marked, all is written. */
	checkpoint(f, &other, 9);
	txn = txn_begin_read(f->store);
	assert_int_equal(txn_count(&txn, VIEW_DB_CHUNKS), 2);
	assert_false(view_load(&txn, (struct table *[]){ &view.rows[BYTES] }, 1, &place));
	txn_abort(&txn);

	struct view loaded;
	view_init(&loaded);
	table_init(&loaded.rows[SMALLS], 4);
	txn = txn_begin_read(f->store);
	assert_true(view_load(&txn, loaded.tables, TABLES, &place));
	assert_int_equal(place.position, 9);
	assert_true(table_eq(&loaded.rows[SMALLS], &other.rows[SMALLS]));
	txn_abort(&txn);
	view_fini(&loaded);
	view_fini(&other);
	view_fini(&view);
}

static void
test_view__a_cleared_one_is_not_there(void **state)
{
	struct fixture *f = *state;
	struct view view, loaded;
	struct view_place place;

	view_init(&view);
	view_init(&loaded);
	open_view(f);
	struct txn txn = txn_begin(f->store);
	assert_false(view_load(&txn, loaded.tables, TABLES, &place)); /* Never saved. */
	txn_abort(&txn);
	grow(&view, 100);
	checkpoint(f, &view, 1);
	txn = txn_begin(f->store);
	view_clear(&txn);
	assert_int_equal(txn_commit(&txn), OK);
	txn = txn_begin(f->store);
	assert_false(view_load(&txn, loaded.tables, TABLES, &place));
	assert_int_equal(txn_count(&txn, VIEW_DB_CHUNKS), 0);
	txn_abort(&txn);
	/* The tables are still there, unmarked: the next checkpoint is whole. */
	checkpoint(f, &view, 2);
	check_loads(f, &view, 2);
	view_fini(&loaded);
	view_fini(&view);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_view__comes_back_as_it_was),
		TEST(test_view__a_checkpoint_writes_what_was_touched),
		TEST(test_view__a_failed_checkpoint_is_made_good_by_the_next),
		TEST(test_view__a_run_of_bytes_that_skips_to_the_next_chunk_comes_back),
		TEST(test_view__what_a_cleared_table_had_goes),
		TEST(test_view__another_shape_is_dropped_and_saved_anew),
		TEST(test_view__a_cleared_one_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
