/* kusanone archive refill, on a copy of an archive in a folder. */
#include <sys/stat.h>
#include <unistd.h>

#include "archive/maker.h"
#include "cli/archive.h"
#include "lib/store/log.h"
#include "world.h"

enum { ENTRIES = 200, PER_SEGMENT = 40 };

static struct world world;
static struct history history;
static struct archive archive;
static struct archive_key key, thief;
static char root[64];

static int
begin(void **state)
{
	(void)state;
	world_init(&world);
	snprintf(root, sizeof(root), "/tmp/kusanone-refill-XXXXXX");
	assert_non_null(mkdtemp(root));
	history_make(&history, 7, ENTRIES, SIZE_MAX);
	archive_key_make(&key, "kusanone/hq", 1);
	archive_key_make(&thief, "kusanone/hq", 2);
	archive_make(&archive, &history, PER_SEGMENT, &key);
	return 0;
}

static int
end(void **state)
{
	char command[128];
	(void)state;

	snprintf(command, sizeof(command), "rm -rf %s", root);
	assert_int_equal(system(command), 0);
	archive_fini(&archive);
	history_fini(&history);
	world_fini(&world);
	return 0;
}

static const char *
in_root(const char *name)
{
	return arena_printf(&world.arena, "%s/%s", root, name);
}

static const char *
key_line(const struct archive_key *of)
{
	struct buf line = { 0 };

	note_key_put(&line, &of->key);
	const char *text = arena_dup(&world.arena, line.at, line.len);
	buf_fini(&line);
	return text;
}

static void
write_archive(void)
{
	assert_int_equal(mkdir(in_root("archive"), 0700), 0);
	memory_write(&archive.files, in_root("archive"));
}

static bool
is_there(const char *name)
{
	return access(in_root(name), F_OK) == 0;
}

/* Nothing but the archive. */
static void
assert_nothing_made(void)
{
	const char *command = arena_printf(
		&world.arena, "test -z \"$(ls %s | grep -v -e '^archive$' -e '^old$')\"",
		root);

	assert_int_equal(system(command), 0);
}

#define REFILL(...)                                                                      \
	world_run(&world, "archive", "refill", "--archive", in_root("archive"), "--to",  \
		  in_root("hq/state"), "--key",                                          \
		  key_line(&key) __VA_OPT__(, ) __VA_ARGS__)

static struct store *
open_log(const char *name)
{
	const struct store_options options = { .dir = in_root(name),
					       .kind = HQ_LOG_KIND,
					       .format = HQ_LOG_FORMAT,
					       .dbs = log_db_names };
	struct store *store;
	char why[512];

	if (store_open(&options, &store, why, sizeof(why)) != OK) {
		fail_msg("%s", why);
	}
	return store;
}

/* A state of headquarters with these entries, and a block that has no parent here. */
static void
make_old(size_t from, size_t to, bool orphan)
{
	struct store *store = open_log("old/log");
	struct txn txn = txn_begin(store);
	struct block_maker maker = { 0 };
	const struct hash nowhere = { { 1 } };
	struct block block;
	struct log log;

	assert_int_equal(log_open(&log, &txn), OK);
	for (size_t i = from; i < to; i++) {
		assert_true(
			block_parse(buf_slice(&history.entries[i].block), &block, NULL));
		log_append(&log, &txn, &block, history.entries[i].hq_ms);
	}
	if (orphan) {
		block_begin(&maker, &history.hq.node, 71, &nowhere);
		assert_true(block_add(&maker, slice_str("x")));
		block = block_finish(&maker, 1, &history.hq_key.id,
				     history.hq_key.secret);
		log_append(&log, &txn, &block, 1);
	}
	block_maker_fini(&maker);
	assert_int_equal(txn_commit(&txn), OK);
	store_close(store);
}

static void
test_refill__a_state_is_made(void **state)
{
	struct log_entry entry;
	struct stat st;
	(void)state;

	write_archive();
	assert_int_equal(REFILL(), EXIT_DONE);
	CHECK_HAS(world_out(&world), "Refilled: ");
	CHECK_HAS(world_out(&world), "entries         200\n");
	CHECK_HAS(world_out(&world), "log hash        ");
	CHECK_HAS(world_out(&world), "Start kusanone-aggregation");
	assert_null(strstr(world_out(&world), "from --and"));
	assert_string_equal(world_err(&world), "");
	assert_int_equal(stat(in_root("hq/state/log"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);

	struct store *store = open_log("hq/state/log");
	struct txn txn = txn_begin_read(store);
	for (size_t i = 0; i < ENTRIES; i++) {
		assert_true(log_at(&txn, history.entries[i].position, &entry));
		assert_int_equal(entry.hq_ms, history.entries[i].hq_ms);
		assert_true(slice_eq(entry.block, buf_slice(&history.entries[i].block)));
	}
	txn_abort(&txn);
	store_close(store);

	assert_int_equal(REFILL(), EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "not an empty folder");
}

static void
test_refill__in_japanese_and_as_json(void **state)
{
	(void)state;
	write_archive();
	assert_int_equal(REFILL("--lang", "ja"), EXIT_DONE);
	CHECK_HAS(world_out(&world), "復元しました");
	assert_int_equal(world_run(&world, "archive", "refill", "--archive",
				   in_root("archive"), "--to", in_root("b"), "--key",
				   key_line(&key), "--json"),
			 EXIT_DONE);
	CHECK_HAS(world_out(&world), "\"entries\": \"200\"");
	CHECK_HAS(world_out(&world), "\"leftOut\": []");
}

static void
test_refill__what_is_missing_on_the_line_is_said(void **state)
{
	(void)state;
	write_archive();
	assert_int_equal(world_run(&world, "archive", "refill", "--key", key_line(&key)),
			 EXIT_BAD_USAGE);
	CHECK_HAS(world_err(&world), "--to");
	assert_int_equal(world_run(&world, "archive", "refill", "--to", in_root("hq")),
			 EXIT_BAD_USAGE);
	CHECK_HAS(world_err(&world), "--key");
	assert_int_equal(REFILL("more"), EXIT_BAD_USAGE);
	assert_int_equal(REFILL("--archive", in_root("nowhere")), EXIT_UNREADABLE);
	assert_nothing_made();
}

static void
test_refill__a_bad_archive_makes_nothing(void **state)
{
	(void)state;
	write_archive();
	assert_int_equal(world_run(&world, "archive", "refill", "--archive",
				   in_root("archive"), "--to", in_root("new"), "--key",
				   key_line(&thief)),
			 EXIT_REFUSED);
	CHECK_HAS(world_out(&world), "BAD");
	CHECK_HAS(world_err(&world), "nothing was made");
	assert_nothing_made();

	memory_find(&archive.files, "segment/004")->bytes.at[200] ^= 4;
	memory_write(&archive.files, in_root("archive"));
	assert_int_equal(world_run(&world, "archive", "refill", "--archive",
				   in_root("archive"), "--to", in_root("new"), "--key",
				   key_line(&key)),
			 EXIT_REFUSED);
	CHECK_HAS(world_out(&world), "segment/004");
	assert_nothing_made();
}

static void
test_refill__a_segment_that_no_checkpoint_covers(void **state)
{
	(void)state;
	memory_put(&archive.files, "segment/005",
		   buf_slice(&memory_find(&archive.files, "segment/004")->bytes));
	write_archive();
	assert_int_equal(REFILL(), EXIT_REFUSED);
	CHECK_HAS(world_out(&world), "does not cover it");
	assert_int_equal(REFILL("--in-use"), EXIT_DONE);
	CHECK_HAS(world_out(&world), "entries         200\n");
}

static void
test_refill__a_known_checkpoint_holds_it(void **state)
{
	FILE *f;
	(void)state;

	write_archive();
	f = fopen(in_root("old"), "we");
	assert_non_null(f);
	assert_int_equal(fwrite(archive.notes[archive.segments - 1].at, 1,
				archive.notes[archive.segments - 1].len, f),
			 archive.notes[archive.segments - 1].len);
	fclose(f);
	f = fopen(in_root("archive/checkpoint"), "we");
	assert_non_null(f);
	assert_int_equal(fwrite(archive.notes[1].at, 1, archive.notes[1].len, f),
			 archive.notes[1].len);
	fclose(f);
	assert_int_equal(REFILL("--in-use", "--checkpoint", in_root("old")),
			 EXIT_REFUSED);
	CHECK_HAS(world_out(&world), "rolled back");
}

static void
test_refill__an_older_state_beside_it(void **state)
{
	(void)state;
	write_archive();
	make_old(0, 120, true);
	assert_int_equal(REFILL("--and", in_root("old")), EXIT_DONE);
	CHECK_HAS(world_out(&world), "from --and      0 blocks");
	CHECK_HAS(world_err(&world), "left out: position ");
	CHECK_HAS(world_err(&world), "sequence 71 to 71: its parent is not held");
	char node[2 * NODE_ID_LEN + 1];
	hex_format(history.hq.node.b, NODE_ID_LEN, node);
	CHECK_HAS(world_err(&world), node);
}

static void
test_refill__the_log_itself_may_be_named_and_nothing_that_is_none(void **state)
{
	(void)state;
	write_archive();
	make_old(0, 10, false);
	assert_int_equal(REFILL("--and", in_root("archive")), EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "there is no log");
	assert_int_equal(REFILL("--and", in_root("old/log")), EXIT_DONE);
}

static void
test_refill__not_while_the_older_state_is_in_use(void **state)
{
	(void)state;
	write_archive();
	make_old(0, 10, false);
	struct store *store = open_log("old/log");
	assert_int_equal(REFILL("--and", in_root("old")), EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "its service is running");
	store_close(store);
	assert_nothing_made();
}

static void
test_refill__it_shows_how_far_it_is_and_can_be_stopped(void **state)
{
	(void)state;
	write_archive();
	world.cli.tty = true;
	assert_int_equal(REFILL(), EXIT_DONE);
	CHECK_HAS(world_out(&world), "\r40 of 200 entries");
	world.interrupt_after = 1;
	world.idle = 1;
	assert_int_equal(world_run(&world, "archive", "refill", "--archive",
				   in_root("archive"), "--to", in_root("b"), "--key",
				   key_line(&key)),
			 EXIT_UNREADABLE);
	CHECK_HAS(world_out(&world), "Stopped");
	assert_false(is_there("b"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_refill__a_state_is_made),
		TEST(test_refill__in_japanese_and_as_json),
		TEST(test_refill__what_is_missing_on_the_line_is_said),
		TEST(test_refill__a_bad_archive_makes_nothing),
		TEST(test_refill__a_segment_that_no_checkpoint_covers),
		TEST(test_refill__a_known_checkpoint_holds_it),
		TEST(test_refill__an_older_state_beside_it),
		TEST(test_refill__the_log_itself_may_be_named_and_nothing_that_is_none),
		TEST(test_refill__not_while_the_older_state_is_in_use),
		TEST(test_refill__it_shows_how_far_it_is_and_can_be_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
