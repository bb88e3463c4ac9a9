/* kusanone backup and restore, on folders. */
#include <dirent.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "archive/maker.h"
#include "cli/manifest.h"
#include "lib/archive/folder.h"
#include "lib/archive/verify.h"
#include "lib/store/log.h"
#include "world.h"

enum { ENTRIES = 300, PER_SEGMENT = 40, SEGMENTS = 8, SEALED = 5 };

static struct world world;
static char root[64];
static const char *const dbs[] = { "first", NULL };

static int
begin(void **state)
{
	(void)state;
	world_init(&world);
	snprintf(root, sizeof(root), "/tmp/kusanone-backup-XXXXXX");
	assert_non_null(mkdtemp(root));
	return 0;
}

static int
end(void **state)
{
	char command[128];
	(void)state;

	snprintf(command, sizeof(command), "rm -rf %s", root);
	assert_int_equal(system(command), 0);
	world_fini(&world);
	return 0;
}

static const char *
in_root(const char *name)
{
	return arena_printf(&world.arena, "%s/%s", root, name);
}

static void
write_bytes(const char *path, struct slice bytes)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes.at, 1, bytes.len, f), bytes.len);
	fclose(f);
}

static bool
is_there(const char *name)
{
	return access(in_root(name), F_OK) == 0;
}

static struct store *
open_store(const char *folder)
{
	const struct store_options options = {
		.dir = in_root(folder), .kind = "intake-journal", .format = 1, .dbs = dbs
	};
	struct store *store;
	char why[512];

	if (store_open(&options, &store, why, sizeof(why)) != OK) {
		fail_msg("%s", why);
	}
	return store;
}

static void
put(struct store *store, const char *value)
{
	struct txn txn = txn_begin(store);

	txn_put(&txn, 0, slice_str("key"), slice_str(value));
	assert_int_equal(txn_commit(&txn), OK);
}

static bool
holds(const char *folder, const char *value)
{
	struct store *store = open_store(folder);
	struct txn txn = txn_begin_read(store);
	struct slice is;
	bool found = txn_get(&txn, 0, slice_str("key"), &is) && slice_eq_str(is, value);

	txn_abort(&txn);
	store_close(store);
	return found;
}

/* A post's state: a store and two files. */
static void
make_state(void)
{
	assert_int_equal(mkdir(in_root("sfo"), 0700), 0);
	assert_int_equal(mkdir(in_root("sfo/more"), 0755), 0);
	write_bytes(in_root("sfo/secrets"), slice_str("press: 1234\n"));
	write_bytes(in_root("sfo/more/名前"), slice_str(""));
	struct store *store = open_store("sfo/journal");
	put(store, "value");
	store_close(store);
}

/* Of world_wall(), which does not move. */
#define NAME "sfo-20231114T221320Z"

static void
make_backup(void)
{
	make_state();
	assert_int_equal(
		world_run(&world, "backup", in_root("sfo"), "--to", in_root("copies")),
		EXIT_DONE);
}

static unsigned
mode_of(const char *name)
{
	struct stat st;

	assert_int_equal(stat(in_root(name), &st), 0);
	return st.st_mode & 0777;
}

static void
assert_only(const char *folder, const char *const *names)
{
	DIR *dir = opendir(in_root(folder));
	struct dirent *entry;
	size_t want = 0, found = 0;

	assert_non_null(dir);
	while (names[want] != NULL) {
		want++;
	}
	while ((entry = readdir(dir)) != NULL) {
		bool known = false;

		for (size_t i = 0; i < want; i++) {
			known = known || strcmp(names[i], entry->d_name) == 0;
		}
		found += known;
		if (!known && entry->d_name[0] != '.') {
			fail_msg("%s/%s", folder, entry->d_name);
		}
	}
	closedir(dir);
	assert_int_equal(found, want);
}

/* ---- There and back ---------------------------------------------------------------- */

static void
test_backup__a_state_comes_back_as_it_was(void **state)
{
	static const char *const files[] = { "secrets", "more", "journal", NULL };
	static const char *const store[] = { "data.mdb", NULL };
	static const char *const both[] = { MANIFEST_NAME, STATE_NAME, NULL };
	(void)state;

	make_backup();
	CHECK_HAS(world_out(&world), NAME ": 3 files");
	assert_only("copies/" NAME, both);
	assert_only("copies/" NAME "/state", files);
	assert_only("copies/" NAME "/state/journal", store);
	assert_int_equal(mode_of("copies/" NAME), 0700);
	assert_int_equal(mode_of("copies/" NAME "/manifest"), 0600);
	assert_int_equal(mode_of("copies/" NAME "/state/journal/data.mdb"), 0600);

	assert_int_equal(world_run(&world, "restore", in_root("copies/" NAME), "--to",
				   in_root("again")),
			 EXIT_DONE);
	CHECK_HAS(world_out(&world), "the state of sfo at ");
	CHECK_HAS(world_out(&world), "asks headquarters");
	assert_only("again", files);
	assert_int_equal(mode_of("again"), 0700);
	assert_int_equal(mode_of("again/more"), 0700);
	assert_int_equal(mode_of("again/secrets"), 0600);
	assert_true(holds("again/journal", "value"));
}

static void
test_backup__the_same_in_japanese_and_as_json(void **state)
{
	(void)state;
	make_state();
	assert_int_equal(world_run(&world, "backup", in_root("sfo"), "--to",
				   in_root("copies"), "--json"),
			 EXIT_DONE);
	CHECK_HAS(world_out(&world), "\"files\":\"3\"");
	assert_int_equal(world_run(&world, "restore", in_root("copies/" NAME), "--to",
				   in_root("a"), "--json"),
			 EXIT_DONE);
	CHECK_HAS(world_out(&world), "\"of\":\"sfo\"");
	world.cli.json = false;
	assert_int_equal(world_run(&world, "restore", in_root("copies/" NAME), "--to",
				   in_root("b"), "--lang", "ja"),
			 EXIT_DONE);
	CHECK_HAS(world_out(&world), "kusanone-intake を起動");
}

/* Another process owns the store, and writes. */
static void
test_backup__beside_its_owner(void **state)
{
	int ready[2], done[2], status;
	char byte = 'x';
	(void)state;

	make_state();
	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(done), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct store *store = open_store("sfo/journal");

		put(store, "newer");
		if (write(ready[1], &byte, 1) != 1 || read(done[0], &byte, 1) != 1) {
			_exit(1);
		}
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(
		world_run(&world, "backup", in_root("sfo"), "--to", in_root("copies")),
		EXIT_DONE);
	/* And while it runs, nothing is restored over it. */
	assert_int_equal(world_run(&world, "restore", in_root("copies/" NAME), "--to",
				   in_root("sfo")),
			 EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "its service is running");
	CHECK_HAS(world_err(&world), arena_printf(&world.arena, "%ld", (long)child));
	assert_int_equal(write(done[1], &byte, 1), 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(world_run(&world, "restore", in_root("copies/" NAME), "--to",
				   in_root("again")),
			 EXIT_DONE);
	assert_true(holds("again/journal", "newer"));
}

/* ---- What does not work ------------------------------------------------------------ */

static void
test_backup__a_place_is_needed_and_not_a_wrong_one(void **state)
{
	(void)state;
	make_state();
	assert_int_equal(world_run(&world, "backup", in_root("sfo")), EXIT_BAD_USAGE);
	CHECK_HAS(world_err(&world), "--to");
	assert_int_equal(world_run(&world, "backup", "--to", in_root("copies")),
			 EXIT_BAD_USAGE);
	assert_int_equal(world_run(&world, "backup", in_root("nowhere"), "--to",
				   in_root("copies")),
			 EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "no such folder");
	static const char *const inside[] = { "sfo", "sfo/", "sfo/more", "sfo/new/deep",
					      "x/../sfo/new" };
	assert_int_equal(mkdir(in_root("x"), 0700), 0);
	for (size_t i = 0; i < ARRAY_LEN(inside); i++) {
		assert_int_equal(world_run(&world, "backup", in_root("sfo"), "--to",
					   in_root(inside[i])),
				 EXIT_REFUSED);
		CHECK_HAS(world_err(&world), "lies in");
	}
	assert_int_equal(
		world_run(&world, "backup", in_root("sfo"), "--to", in_root("sfo2")),
		EXIT_DONE); /* The name begins alike. */
}

static void
test_backup__nothing_is_overwritten(void **state)
{
	(void)state;
	make_backup();
	assert_int_equal(
		world_run(&world, "backup", in_root("sfo"), "--to", in_root("copies")),
		EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "not overwritten");
	assert_int_equal(world_run(&world, "restore", in_root("copies/" NAME), "--to",
				   in_root("sfo")),
			 EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "not an empty folder");
	assert_true(holds("sfo/journal", "value"));
}

static void
test_backup__what_is_neither_file_nor_folder_is_passed_over_and_said(void **state)
{
	(void)state;
	make_state();
	assert_int_equal(symlink("/etc", in_root("sfo/link")), 0);
	assert_int_equal(mkfifo(in_root("sfo/pipe"), 0600), 0);
	assert_int_equal(
		world_run(&world, "backup", in_root("sfo"), "--to", in_root("copies")),
		EXIT_DONE);
	CHECK_HAS(world_out(&world), "3 files");
	CHECK_HAS(world_err(&world), "2 links, sockets");
	assert_false(is_there("copies/" NAME "/state/link"));
}

static void
test_backup__a_name_that_no_manifest_can_hold(void **state)
{
	static const char *const nothing[] = { NULL };
	(void)state;

	make_state();
	write_bytes(in_root("sfo/a\nfile x 1 y"), slice_str("x"));
	assert_int_equal(
		world_run(&world, "backup", in_root("sfo"), "--to", in_root("copies")),
		EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "control characters");
	assert_only("copies", nothing);
}

static void
test_backup__ctrl_c_leaves_nothing(void **state)
{
	static const char *const nothing[] = { NULL };
	(void)state;

	make_state();
	world.interrupt_after = 1;
	world.idle = 1;
	assert_int_equal(
		world_run(&world, "backup", in_root("sfo"), "--to", in_root("copies")),
		EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "stopped");
	assert_only("copies", nothing);
	world.interrupt_after = 0;
	assert_int_equal(
		world_run(&world, "backup", in_root("sfo"), "--to", in_root("copies")),
		EXIT_DONE);
	world.interrupt_after = 1;
	assert_int_equal(world_run(&world, "restore", in_root("copies/" NAME), "--to",
				   in_root("again")),
			 EXIT_REFUSED);
	assert_false(is_there("again"));
}

static void
test_restore__every_changed_file_is_named_and_nothing_is_made(void **state)
{
	(void)state;
	make_backup();
	write_bytes(in_root("copies/" NAME "/state/secrets"), slice_str("press: 1235\n"));
	assert_int_equal(unlink(in_root("copies/" NAME "/state/more/名前")), 0);
	assert_int_equal(world_run(&world, "restore", in_root("copies/" NAME), "--to",
				   in_root("again")),
			 EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "state/secrets: is not what was backed up");
	CHECK_HAS(world_err(&world), "more/名前: is missing");
	CHECK_HAS(world_err(&world), "2 of 3 files");
	assert_false(is_there("again"));
}

static void
test_restore__without_a_manifest_nothing_is_known(void **state)
{
	(void)state;
	make_backup();
	assert_int_equal(
		world_run(&world, "restore", in_root("sfo"), "--to", in_root("again")),
		EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "is no backup");
	write_bytes(in_root("copies/" NAME "/manifest"),
		    slice_str("kusanone backup 2\n"));
	assert_int_equal(world_run(&world, "restore", in_root("copies/" NAME), "--to",
				   in_root("again")),
			 EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "damaged");
	assert_int_equal(world_run(&world, "restore", in_root("copies/" NAME)),
			 EXIT_BAD_USAGE);
}

static void
test_backup__a_screen_shows_what_is_under_way(void **state)
{
	(void)state;
	make_state();
	world.cli.tty = true;
	assert_int_equal(
		world_run(&world, "backup", in_root("sfo"), "--to", in_root("copies")),
		EXIT_DONE);
	CHECK_HAS(world_out(&world), "\r");
	CHECK_HAS(world_out(&world), "/sfo/journal");
	world.cli.tty = false;
}

/* ---- An archive -------------------------------------------------------------------- */

static struct history history;
static struct archive archive;
static struct archive_key key;

/* It is being sealed: there is more than the checkpoint covers. */
static void
make_archive(const char *folder)
{
	history_make(&history, 7, ENTRIES, SIZE_MAX);
	archive_key_make(&key, "kusanone/hq", 1);
	archive_make(&archive, &history, PER_SEGMENT, &key);
	assert_int_equal(archive.segments, SEGMENTS);
	memory_put(&archive.files, "checkpoint", buf_slice(&archive.notes[SEALED - 1]));
	memory_put(&archive.files, "loose/001", slice_str("names"));
	memory_put(&archive.files, "loose/007", slice_str("names"));
	assert_int_equal(mkdir(in_root(folder), 0700), 0);
	memory_write(&archive.files, in_root(folder));
}

static void
end_archive(void)
{
	archive_fini(&archive);
	history_fini(&history);
}

static enum verify_verdict
verify(const char *folder, struct verify_report *report)
{
	struct folder f;

	assert_int_equal(folder_open(&f, in_root(folder)), OK);
	const struct verify_options options = { .files = folder_files(&f),
						.keys = &key.key,
						.key_count = 1 };
	enum verify_verdict verdict = verify_archive(&options, report);
	folder_close(&f);
	return verdict;
}

static void
make_whole_archive(const char *folder)
{
	make_archive(folder);
	write_bytes(arena_printf(&world.arena, "%s/checkpoint", in_root(folder)),
		    buf_slice(&archive.notes[SEGMENTS - 1]));
}

static void
test_backup__an_archive_that_is_whole_verifies(void **state)
{
	struct verify_report report;
	(void)state;

	assert_int_equal(mkdir(in_root("hq"), 0700), 0);
	make_whole_archive("hq/archive");
	assert_int_equal(
		world_run(&world, "backup", in_root("hq"), "--to", in_root("copies")),
		EXIT_DONE);
	assert_int_equal(verify("copies/hq-20231114T221320Z/state/archive", &report),
			 VERIFY_GOOD);
	assert_int_equal(report.entries, ENTRIES);
	assert_true(is_there("copies/hq-20231114T221320Z/state/archive/loose/007"));
	end_archive();
}

/* The archive's own writer leaves older partial tiles where they are. */
static void
put_tiles_of(size_t segments)
{
	struct archive older;
	struct history first = history_copy(&history);

	while (first.count > segments * PER_SEGMENT) {
		history_remove(&first, first.count - 1);
	}
	archive_make(&older, &first, PER_SEGMENT, &key);
	for (size_t i = 0; i < older.files.count; i++) {
		const struct memory_file *file = &older.files.files[i];

		if (strncmp(file->path, "tile/", 5) == 0) {
			memory_put(&archive.files, file->path, buf_slice(&file->bytes));
		}
	}
	archive_fini(&older);
	history_fini(&first);
}

static void
test_backup__what_the_checkpoint_does_not_cover_is_left_out(void **state)
{
	struct verify_report report;
	(void)state;

	make_archive("archive");
	put_tiles_of(SEALED);
	memory_write(&archive.files, in_root("archive"));
	assert_int_equal(verify("archive", &report),
			 VERIFY_BAD); /* A segment too many. */
	assert_int_equal(world_run(&world, "backup", in_root("archive"), "--to",
				   in_root("copies")),
			 EXIT_DONE);
	assert_int_equal(verify("copies/archive-20231114T221320Z/state", &report),
			 VERIFY_GOOD);
	assert_int_equal(report.entries, SEALED * PER_SEGMENT);
	assert_true(is_there("copies/archive-20231114T221320Z/state/loose/001"));
	assert_false(is_there("copies/archive-20231114T221320Z/state/loose/007"));
	end_archive();
}

/* The store of the service may be at a smaller tree than the archive. */
static void
test_backup__the_tiles_of_smaller_trees_come_along(void **state)
{
	(void)state;
	make_whole_archive("archive");
	put_tiles_of(SEALED);
	put_tiles_of(SEGMENTS - 1);
	memory_put(&archive.files, "checkpoint", buf_slice(&archive.notes[SEGMENTS - 1]));
	memory_write(&archive.files, in_root("archive"));
	assert_int_equal(world_run(&world, "backup", in_root("archive"), "--to",
				   in_root("copies")),
			 EXIT_DONE);
	/* 280 are 256 and 24; of 300 there are 44. The first 256 are full. */
	assert_true(is_there("archive/tile/0/001.p/24"));
	assert_true(is_there("copies/archive-20231114T221320Z/state/tile/0/001.p/24"));
	assert_true(is_there("copies/archive-20231114T221320Z/state/tile/0/001.p/44"));
	assert_true(is_there("copies/archive-20231114T221320Z/state/tile/0/000"));
	end_archive();
}

static void
test_backup__an_archive_that_lacks_something_is_said(void **state)
{
	static const char *const nothing[] = { NULL };
	(void)state;

	make_whole_archive("archive");
	assert_int_equal(unlink(in_root("archive/segment/003")), 0);
	assert_int_equal(world_run(&world, "backup", in_root("archive"), "--to",
				   in_root("copies")),
			 EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "segment/003");
	CHECK_HAS(world_err(&world), "archive verify");
	assert_only("copies", nothing);
	end_archive();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_backup__a_state_comes_back_as_it_was),
		TEST(test_backup__the_same_in_japanese_and_as_json),
		TEST(test_backup__beside_its_owner),
		TEST(test_backup__a_place_is_needed_and_not_a_wrong_one),
		TEST(test_backup__nothing_is_overwritten),
		TEST(test_backup__what_is_neither_file_nor_folder_is_passed_over_and_said),
		TEST(test_backup__a_name_that_no_manifest_can_hold),
		TEST(test_backup__ctrl_c_leaves_nothing),
		TEST(test_restore__every_changed_file_is_named_and_nothing_is_made),
		TEST(test_restore__without_a_manifest_nothing_is_known),
		TEST(test_backup__a_screen_shows_what_is_under_way),
		TEST(test_backup__an_archive_that_is_whole_verifies),
		TEST(test_backup__what_the_checkpoint_does_not_cover_is_left_out),
		TEST(test_backup__the_tiles_of_smaller_trees_come_along),
		TEST(test_backup__an_archive_that_lacks_something_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
