#include "archiving/archiving.h"

#include "unit/archiving/fixture.h"

static void
test_archiving__what_comes_is_sealed_after_its_time(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;

	start(f);
	come(f, 20);
	desk_later(d, d->seal_after / 2);
	come(f, 5);
	assert_int_equal(d->core->sealed.size, 0);
	assert_int_equal(desk_tail(d), 25);
	desk_later(d, d->seal_after / 2 - 1000);
	assert_int_equal(d->core->sealed.size, 0);
	desk_later(d, 1000); /* An hour since the first. */
	assert_all_sealed(f);
	assert_int_equal(d->core->sealed.segments, 1);

	/* The next hour begins with the next entry. */
	desk_later(d, 2 * d->seal_after);
	come(f, 1);
	desk_later(d, d->seal_after - 1000);
	assert_int_equal(d->core->sealed.segments, 1);
	desk_later(d, 1000);
	assert_all_sealed(f);
	assert_int_equal(d->core->sealed.segments, 2);
}

/* 4 MiB. */
static void
test_archiving__a_full_segment_is_sealed_at_once(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;

	f->hq.per_batch = 4;
	start(f);
	for (unsigned i = 0; i < 60; i++) {
		hq_say(&f->hq, 4, 15000);
	}
	desk_settle(d);
	assert_int_equal(d->core->sealed.size, 0);
	desk_later(d, d->seal_after / 2);
	for (unsigned i = 0; i < 60; i++) {
		hq_say(&f->hq, 4, 15000);
	}
	desk_settle(d);
	assert_int_equal(d->core->sealed.segments, 1);
	assert_int_equal(d->core->sealed.size, 70);
	assert_int_equal(desk_tail(d), 51);

	/* The rest keeps its time: the hour goes on. */
	desk_later(d, d->seal_after / 2);
	assert_int_equal(d->core->sealed.segments, 2);
	assert_all_sealed(f);
}

static void
test_archiving__a_long_tail_becomes_several_segments(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;

	f->hq.per_batch = 4;
	start(f);
	disk_fail(d->disk,
		  (struct disk_fault){ .n = 1, .code = ENOSPC, .lasting = true });
	for (unsigned i = 0; i < 350; i++) {
		hq_say(&f->hq, 4, 15000);
	}
	desk_settle(d);
	assert_int_equal(desk_tail(d), 350);
	disk_fail(d->disk, (struct disk_fault){ 0 });
	desk_seal(d);
	assert_int_equal(d->core->sealed.segments, 5);
	assert_all_sealed(f);
}

static void
test_archiving__a_command_seals_what_has_come_and_nothing_later(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;

	start(f);
	desk_seal(d); /* There is nothing. */
	assert_int_equal(d->core->sealed.size, 0);
	come(f, 3);
	assert_int_equal(d->core->sealed.size, 0);
	desk_seal(d);
	assert_all_sealed(f);
	desk_seal(d);
	come(f, 3);
	assert_int_equal(d->core->sealed.size, 3);
	desk_later(d, d->seal_after);
	assert_all_sealed(f);
}

static void
test_archiving__the_store_does_not_grow(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;
	uint64_t used = 0;

	start(f);
	for (unsigned i = 0; i < 60; i++) {
		come(f, 20);
		desk_seal(d);
		assert_int_equal(desk_tail(d), 1);
		if (i == 10) {
			used = store_usage(d->store).used_bytes;
		}
	}
	assert_all_sealed(f);
	struct txn txn = txn_begin_read(d->store);
	assert_int_equal(txn_count(&txn, LOG_DB_BLOCKS), 1);
	assert_int_equal(txn_count(&txn, LOG_DB_LOOSE), 0);
	assert_int_equal(txn_count(&txn, ARCHIVING_DB_SHELVED), 120);
	assert_int_equal(txn_count(&txn, ARCHIVING_DB_SEALED), 1);
	txn_abort(&txn);
	/* Where loose parts lie: some 50 bytes each. */
	assert_true(store_usage(d->store).used_bytes < used + 32 * 1024);
}

static void
test_archiving__it_goes_on_after_a_restart_at_any_turn(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;

	f->hq.per_batch = 7;
	d->seal_after = 100; /* Ten turns. */
	for (unsigned i = 0; i < 60; i++) {
		start(f);
		come(f, 0);
		hq_say(&f->hq, 1, 60);
		for (unsigned k = 0; k < i % 14; k++) {
			desk_turn(d);
			outbox_clear(&d->node.outbox);
			assert_int_equal(d->ended, OK);
		}
		desk_close(d);
	}
	start(f);
	desk_settle(d);
	desk_later(d, 200);
	assert_all_sealed(f);
	assert_true(d->core->sealed.segments > 5);
}

/* ---- Loose parts ------------------------------------------------------------------- */

static bool
file_names(struct fixture *f, const char *path, const char *name)
{
	struct memory files = disk_files(f->desk.disk);
	const struct memory_file *file = memory_find(&files, path);
	bool found = file != NULL &&
		     memmem(file->bytes.at, file->bytes.len, name, strlen(name)) != NULL;

	memory_fini(&files);
	return found;
}

static void
test_archiving__a_loose_part_lies_beside_each_segment_that_names_it(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;
	const struct hash *part;

	start(f);
	hq_say(&f->hq, 1, 60);
	hq_say_person(&f->hq, "Hanako");
	desk_settle(d);
	desk_seal(d);
	part = &f->hq.entries[1].part;
	assert_true(file_names(f, "loose/000", "Hanako"));
	assert_int_equal(desk_shelved(d, part), 0);

	/* Named again: a segment's file holds what its own records name. */
	hq_say_again(&f->hq, 1);
	desk_settle(d);
	desk_seal(d);
	assert_int_equal(d->core->sealed.segments, 2);
	assert_true(file_names(f, "loose/001", "Hanako"));
	assert_int_equal(desk_shelved(d, part), 0);
	assert_all_sealed(f);
}

/* An attempt that failed has put the file; the part is erased before the next one. */
static void
test_archiving__a_part_that_went_meanwhile_does_not_stay_beside_the_segment(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;

	start(f);
	hq_say_person(&f->hq, "Hanako");
	desk_settle(d);
	uint64_t ops = 0;
	while (!file_names(f, "loose/000", "Hanako")) {
		disk_fail(d->disk, (struct disk_fault){
					   .n = ++ops, .code = ENOSPC, .lasting = true });
		desk_seal(d);
		disk_fail(d->disk, (struct disk_fault){ 0 });
		restart(f);
		assert_int_equal(d->core->sealed.size, 0);
	}
	struct txn txn = txn_begin(d->store);
	loose_erase(&txn, LOG_DB_LOOSE, LOG_DB_ERASED, &f->hq.entries[0].part);
	assert_int_equal(txn_commit(&txn), OK);
	desk_seal(d);
	assert_all_sealed(f);
	assert_false(file_names(f, "loose/000", "Hanako"));
	assert_int_equal(desk_shelved(d, &f->hq.entries[0].part), -1);
}

/* ---- Headquarters ------------------------------------------------------------------ */

static void
assert_nothing_is_taken(struct fixture *f, uint64_t position)
{
	struct desk *d = &f->desk;

	for (unsigned i = 0; i < 5; i++) {
		desk_later(d, 61000);
		assert_int_equal(d->ended, OK);
		assert_int_equal(d->core->follower.log.head.position, position);
	}
	assert_true(f->hq.resets >= 2);
	assert_has(the_alarm(f), "was set back");
	assert_has(the_alarm(f), "refill");
	assert_has(desk_ask_status(d)->alarms[0]->en, "was set back");
}

static void
test_archiving__headquarters_that_was_set_back_is_an_alarm(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;
	struct hq_entry last;

	start(f);
	come(f, 12);
	desk_seal(d);
	assert_null(the_alarm(f));
	last = f->hq.entries[11];

	hq_set_back(&f->hq, 10);
	restart(f);
	hq_say(&f->hq, 1, 10);
	assert_nothing_is_taken(f, last.after.position);
	/* Nor when it is longer again. */
	for (unsigned i = 0; i < 10; i++) {
		hq_say(&f->hq, 1, 10);
	}
	restart(f);
	f->hq.resets = 0;
	assert_nothing_is_taken(f, last.after.position);
	desk_seal(d);
	desk_later(d, d->seal_after);
	assert_int_equal(d->core->sealed.size, 12);
	assert_int_equal(d->core->sealed.segments, 1);
}

static void
test_archiving__what_came_before_headquarters_was_set_back_is_sealed(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;
	char why[512];

	start(f);
	come(f, 12);
	hq_set_back(&f->hq, 10);
	restart(f);
	desk_later(d, d->seal_after);
	desk_later(d, d->seal_after);
	assert_has(the_alarm(f), "was set back");
	/* It is what a refill needs. */
	assert_int_equal(d->core->sealed.size, 12);
	assert_true(desk_is_good(d->disk, d, true, why));
}

static void
test_archiving__headquarters_that_was_refilled_is_followed_again(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;

	start(f);
	come(f, 12);
	desk_seal(d);
	f->hq.shown = 5; /* Set back ... */
	restart(f);
	desk_later(d, 61000);
	assert_has(the_alarm(f), "was set back");
	f->hq.shown = SIZE_MAX; /* ... and refilled. */
	desk_later(d, 61000);
	desk_later(d, 61000);
	assert_null(the_alarm(f));
	come(f, 3);
	desk_seal(d);
	assert_all_sealed(f);
}

static void
test_archiving__an_empty_headquarters_is_an_alarm_too(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;

	start(f);
	come(f, 4);
	desk_seal(d);
	hq_set_back(&f->hq, 0);
	restart(f);
	assert_nothing_is_taken(f, d->core->sealed.log.position);
}

static void
test_archiving__without_headquarters_what_came_is_sealed(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;

	start(f);
	come(f, 4);
	f->hq.away = true;
	restart(f);
	desk_later(d, d->seal_after);
	assert_all_sealed(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_archiving__what_comes_is_sealed_after_its_time),
		TEST(test_archiving__a_full_segment_is_sealed_at_once),
		TEST(test_archiving__a_long_tail_becomes_several_segments),
		TEST(test_archiving__a_command_seals_what_has_come_and_nothing_later),
		TEST(test_archiving__the_store_does_not_grow),
		TEST(test_archiving__it_goes_on_after_a_restart_at_any_turn),
		TEST(test_archiving__a_loose_part_lies_beside_each_segment_that_names_it),
		TEST(test_archiving__a_part_that_went_meanwhile_does_not_stay_beside_the_segment),
		TEST(test_archiving__headquarters_that_was_set_back_is_an_alarm),
		TEST(test_archiving__what_came_before_headquarters_was_set_back_is_sealed),
		TEST(test_archiving__headquarters_that_was_refilled_is_followed_again),
		TEST(test_archiving__an_empty_headquarters_is_an_alarm_too),
		TEST(test_archiving__without_headquarters_what_came_is_sealed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
