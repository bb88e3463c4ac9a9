/* Opening, refusing, copying and compacting a store. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "unit/lib/store/fixture.h"

static const char *const dbs[] = { "first", "second", NULL };
enum { FIRST, SECOND };

static void
put(struct fixture *f, const char *key, const char *value)
{
	struct txn txn = txn_begin(f->store);

	txn_put(&txn, FIRST, slice_str(key), slice_str(value));
	assert_int_equal(txn_commit(&txn), OK);
}

static bool
holds(struct fixture *f, const char *key, const char *value)
{
	struct txn txn = txn_begin_read(f->store);
	struct slice got = { 0 };
	bool found =
		txn_get(&txn, FIRST, slice_str(key), &got) && slice_eq_str(got, value);

	txn_abort(&txn);
	return found;
}

static void
path_in(const struct fixture *f, char path[128], const char *name)
{
	snprintf(path, 128, "%s/%s", f->dir, name);
}

/* In how many files of the folder do the bytes occur? */
static unsigned
files_with(const char *dir, const char *bytes)
{
	DIR *folder = opendir(dir);
	unsigned found = 0, files = 0;
	struct dirent *entry;

	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL) {
		char path[512];
		struct stat st;

		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		assert_int_equal(stat(path, &st), 0);
		if (!S_ISREG(st.st_mode)) {
			continue;
		}
		size_t size = (size_t)st.st_size;
		uint8_t *content = xmalloc(size + 1);
		int fd = open(path, O_RDONLY);
		assert_int_equal(read(fd, content, size), (ssize_t)size);
		close(fd);
		found += memmem(content, size, bytes, strlen(bytes)) != NULL;
		free(content);
		files++;
	}
	closedir(folder);
	assert_true(files >= 2);
	return found;
}

static void
test_store__is_made_with_its_folders_for_its_owner_only(void **state)
{
	struct fixture *f = *state;
	struct stat st;
	char path[128];

	snprintf(f->dir, sizeof(f->dir), "%s/deeper/store", f->root);
	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK);
	assert_string_equal(f->why, "");
	assert_int_equal(stat(f->dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	path_in(f, path, "data.mdb");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	/* Nothing is left of the making. */
	path_in(f, path, "new.mdb");
	assert_int_equal(access(path, F_OK), -1);
}

static void
test_store__an_empty_folder_of_the_operators_will_do(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(mkdir(f->dir, 0750), 0);
	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK);
	put(f, "k", "v");
	fixture_reopen(f, "test", dbs);
	assert_true(holds(f, "k", "v"));
}

static void
test_store__a_crash_while_it_was_made_is_cleared_away(void **state)
{
	struct fixture *f = *state;
	char path[128];
	FILE *torn;

	/* Half an environment aside, and none in its place. */
	assert_int_equal(mkdir(f->dir, 0700), 0);
	path_in(f, path, "new.mdb");
	torn = fopen(path, "w");
	assert_non_null(torn);
	assert_int_equal(fwrite("half", 1, 4, torn), 4);
	fclose(torn);
	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK);
	assert_int_equal(access(path, F_OK), -1);
	put(f, "k", "v");

	/* Half a rewritten one, beside the good one. */
	store_close(f->store);
	f->store = NULL;
	torn = fopen(path, "w");
	assert_non_null(torn);
	fclose(torn);
	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK);
	assert_int_equal(access(path, F_OK), -1);
	assert_true(holds(f, "k", "v"));
}

static void
test_store__a_file_that_was_cut_short_is_not_taken_for_an_empty_one(void **state)
{
	struct fixture *f = *state;
	char path[128];

	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK);
	store_close(f->store);
	f->store = NULL;
	path_in(f, path, "data.mdb");
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), ERR_CORRUPT);
	assert_non_null(strstr(f->why, "cut short"));
	assert_non_null(strstr(f->why, f->dir));
}

static void
test_store__a_file_that_is_something_else_is_refused(void **state)
{
	struct fixture *f = *state;
	char path[128];

	assert_int_equal(mkdir(f->dir, 0700), 0);
	path_in(f, path, "data.mdb");
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	for (int i = 0; i < 8192; i++) {
		fputs("no lmdb.", file);
	}
	fclose(file);
	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), ERR_CORRUPT);
	assert_non_null(strstr(f->why, f->dir));
	assert_null(f->store);
}

static void
test_store__another_kind_is_refused(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(fixture_open(f, "intake-log", dbs, 1, 0), OK);
	put(f, "k", "v");
	store_close(f->store);
	f->store = NULL;
	assert_int_equal(fixture_open(f, "aggregation-log", dbs, 1, 0), ERR_INVALID);
	assert_non_null(strstr(f->why, "intake-log"));
	assert_non_null(strstr(f->why, "aggregation-log"));
	assert_null(f->store);
	assert_int_equal(fixture_open(f, "intake-log", dbs, 1, 0), OK);
	assert_true(holds(f, "k", "v"));
}

static void
test_store__a_newer_format_is_refused_and_an_older_one_told(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(fixture_open(f, "test", dbs, 2, 0), OK);
	assert_int_equal(store_format(f->store), 2);
	store_close(f->store);
	f->store = NULL;
	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), ERR_FORMAT_NEWER);
	assert_non_null(strstr(f->why, "newer program"));
	assert_non_null(strstr(f->why, "1.2.3"));
	assert_non_null(strstr(f->why, "format 2"));
	assert_int_equal(fixture_open(f, "test", dbs, 3, 0), OK);
	assert_int_equal(store_format(f->store), 2);
}

static void
test_store__a_db_that_came_with_a_later_program_is_made(void **state)
{
	struct fixture *f = *state;
	static const char *const more[] = { "first", "second", "third", NULL };
	struct slice value;

	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK);
	put(f, "k", "v");
	fixture_reopen(f, "test", more);
	struct txn txn = txn_begin(f->store);
	txn_put(&txn, 2, slice_str("new"), slice_str("v"));
	assert_int_equal(txn_commit(&txn), OK);
	assert_true(holds(f, "k", "v"));

	/* Back to the earlier one, which knows nothing of it and loses nothing. */
	fixture_reopen(f, "test", dbs);
	assert_int_equal(store_compact(f->store), OK);
	fixture_reopen(f, "test", more);
	txn = txn_begin_read(f->store);
	assert_true(txn_get(&txn, 2, slice_str("new"), &value));
	assert_slice(value, "v");
	txn_abort(&txn);
}

static void
test_store__a_second_opening_in_this_process_is_refused(void **state)
{
	struct fixture *f = *state;
	struct store *first;

	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK);
	first = f->store;
	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), ERR_BUSY);
	assert_non_null(strstr(f->why, "already in use by this process"));
	assert_ptr_equal(f->store, first);
	put(f, "k", "v"); /* The first one did not suffer. */

	/* Another way to the same folder is no other folder. */
	char dir[sizeof(f->dir)];
	memcpy(dir, f->dir, sizeof(dir));
	snprintf(f->dir, sizeof(f->dir), "%s/link", f->root);
	assert_int_equal(symlink(dir, f->dir), 0);
	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), ERR_BUSY);
	memcpy(f->dir, dir, sizeof(dir));
}

static void
test_store__a_second_process_is_refused_and_told_who_has_it(void **state)
{
	struct fixture *f = *state;
	char expected[64];
	int status;

	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK);
	snprintf(expected, sizeof(expected), "already in use by process %ld",
		 (long)getpid());
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		enum err err = fixture_open(f, "test", dbs, 1, 0);
		_exit(err == ERR_BUSY && strstr(f->why, expected) != NULL ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void
test_store__a_killed_process_leaves_it_free_with_what_it_committed(void **state)
{
	struct fixture *f = *state;
	int status, ready[2];
	char byte;

	assert_int_equal(pipe(ready), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (fixture_open(f, "test", dbs, 1, 0) == OK) {
			struct txn txn = txn_begin(f->store);
			txn_put(&txn, FIRST, slice_str("kept"), slice_str("v"));
			if (txn_commit(&txn) == OK) {
				txn = txn_begin(f->store);
				txn_put(&txn, FIRST, slice_str("lost"), slice_str("v"));
				if (write(ready[1], "r", 1) == 1) {
					for (;;) {
						pause();
					}
				}
			}
		}
		_exit(1);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));

	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK);
	assert_true(holds(f, "kept", "v"));
	assert_false(holds(f, "lost", "v"));
	put(f, "next", "v");
}

static void
test_store__the_operator_is_told_what_and_where(void **state)
{
	struct fixture *f = *state;

	snprintf(f->dir, sizeof(f->dir), "%s/file/store", f->root);
	char path[128];
	snprintf(path, sizeof(path), "%s/file", f->root);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fclose(file);
	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), ERR_IO);
	assert_non_null(strstr(f->why, f->dir));
	assert_non_null(strstr(f->why, "Not a directory"));

	/* Whoever does not want to know need not. */
	const struct store_options options = { .dir = f->dir,
					       .kind = "test",
					       .dbs = dbs };
	assert_int_equal(store_open(&options, &f->store, NULL, 0), ERR_IO);
}

static const char secret[] = "Suzuki Hanako, born on a day that nobody needs to know";

/* Values among which the secret lies, in pages and in page runs, beside ones that stay.
 */
static void
put_around_secret(struct fixture *f)
{
	char key[32], text[3000];
	struct txn txn = txn_begin(f->store);

	for (int i = 0; i < 200; i++) {
		/* Every size of leaf and overflow page, the secret at its end. */
		size_t len = (size_t)(i * 14) + sizeof(secret) - 1;
		memset(text, 'x', sizeof(text));
		memcpy(text + len - (sizeof(secret) - 1), secret, sizeof(secret) - 1);
		snprintf(key, sizeof(key), "secret %03d", i);
		txn_put(&txn, FIRST, slice_str(key), slice_of(text, len));
		memset(text, 'y', sizeof(text));
		snprintf(key, sizeof(key), "stays %03d", i);
		txn_put(&txn, FIRST, slice_str(key), slice_of(text, len));
		txn_put(&txn, SECOND, slice_str(key), slice_of(text, len));
	}
	assert_int_equal(txn_commit(&txn), OK);
}

static void
delete_secret(struct fixture *f)
{
	char key[32];

	for (int i = 0; i < 200; i++) {
		struct txn txn = txn_begin(f->store);

		snprintf(key, sizeof(key), "secret %03d", i);
		txn_del(&txn, FIRST, slice_str(key));
		/* What is rewritten takes pages over, and what lies in their slack. */
		snprintf(key, sizeof(key), "stays %03d", i);
		txn_put(&txn, SECOND, slice_str(key), slice_str("short"));
		assert_int_equal(txn_commit(&txn), OK);
	}
}

static void
test_store__a_compaction_leaves_no_byte_of_what_was_deleted(void **state)
{
	struct fixture *f = *state;
	struct txn txn;

	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK);
	put_around_secret(f);
	delete_secret(f);
	store_close(f->store);
	f->store = NULL;
	/* Deleting alone does not do it: without this line the test could not fail. */
	assert_true(files_with(f->dir, "nobody needs to know") != 0);

	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK);
	assert_int_equal(store_compact(f->store), OK);
	txn = txn_begin_read(f->store); /* The handle serves as before ... */
	assert_int_equal(txn_count(&txn, FIRST), 200);
	assert_int_equal(txn_count(&txn, SECOND), 200);
	txn_abort(&txn);
	put(f, "written after", "v");
	store_close(f->store);
	f->store = NULL;
	assert_int_equal(files_with(f->dir, "nobody needs to know"), 0);
	assert_int_equal(files_with(f->dir, "needs"), 0);
	assert_true(files_with(f->dir, "written after") != 0);

	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK); /* ... and the next. */
	assert_true(holds(f, "written after", "v"));
	assert_int_equal(store_format(f->store), 1);
}

static void
test_store__nor_of_what_lay_in_the_slack_of_others_pages(void **state)
{
	struct fixture *f = *state;
	char key[32], text[4000];

	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK);
	/* Values that fill a page, with the secret at its end; then shorter ones, which
	 * are written in the same memory.  They stay, and what lies behind them with
	 * them: a copy of whole pages, LMDB's own compacting one, takes it along. */
	for (int kind = 0; kind < 2; kind++) {
		struct txn txn = txn_begin(f->store);

		memset(text, 'x', sizeof(text));
		memcpy(text + 3900, secret, sizeof(secret) - 1);
		for (int i = 0; i < 50; i++) {
			snprintf(key, sizeof(key), "k %02d", i);
			txn_put(&txn, kind == 0 ? FIRST : SECOND, slice_str(key),
				slice_of(text, kind == 0 ? 4000 : 2500));
		}
		assert_int_equal(txn_commit(&txn), OK);
	}
	struct txn txn = txn_begin(f->store);
	txn_clear(&txn, FIRST);
	assert_int_equal(txn_commit(&txn), OK);
	assert_int_equal(store_compact(f->store), OK);
	txn = txn_begin_read(f->store);
	assert_int_equal(txn_count(&txn, SECOND), 50);
	txn_abort(&txn);
	store_close(f->store);
	f->store = NULL;
	assert_int_equal(files_with(f->dir, "nobody needs to know"), 0);
}

static void
test_store__a_compaction_in_several_commits_keeps_every_pair(void **state)
{
	struct fixture *f = *state;
	enum { PAIRS = 700, LEN = 60000 }; /* 42 MB */
	uint8_t *value = xcalloc(1, LEN), key[8];
	struct slice got;

	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK);
	struct txn txn = txn_begin(f->store);
	for (uint64_t i = 0; i < PAIRS; i++) {
		put_be64(key, i);
		memset(value, (int)(i % 251), LEN);
		txn_append(&txn, FIRST, slice_of(key, 8), slice_of(value, LEN));
	}
	assert_int_equal(txn_commit(&txn), OK);
	uint64_t before = store_usage(f->store).used_bytes;
	assert_int_equal(store_compact(f->store), OK);
	/* Packed as densely as before, and counted right. */
	assert_true(store_usage(f->store).used_bytes <= before + before / 100);
	assert_true(store_usage(f->store).used_bytes >= (uint64_t)PAIRS * LEN);
	txn = txn_begin_read(f->store);
	assert_int_equal(txn_count(&txn, FIRST), PAIRS);
	for (uint64_t i = 0; i < PAIRS; i++) {
		put_be64(key, i);
		memset(value, (int)(i % 251), LEN);
		assert_true(txn_get(&txn, FIRST, slice_of(key, 8), &got));
		assert_true(slice_eq(got, slice_of(value, LEN)));
	}
	txn_abort(&txn);
	free(value);
}

static void
test_store__a_copy_is_a_store_of_its_own_without_what_was_deleted(void **state)
{
	struct fixture *f = *state;
	char copy[128], path[160];
	struct stat st;

	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK);
	put_around_secret(f);
	delete_secret(f);
	put(f, "k", "before the copy");
	snprintf(copy, sizeof(copy), "%s/copy", f->root);
	assert_int_equal(store_copy(f->store, copy), OK);
	assert_int_equal(store_copy(f->store, copy), ERR_EXISTS);
	put(f, "k", "after the copy");
	assert_true(holds(f, "k", "after the copy"));
	store_close(f->store);
	f->store = NULL;

	snprintf(path, sizeof(path), "%s/data.mdb", copy);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(copy, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	memcpy(f->dir, copy, sizeof(f->dir));
	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK);
	assert_true(holds(f, "k", "before the copy"));
	store_close(f->store);
	f->store = NULL;
	assert_int_equal(files_with(copy, "nobody needs to know"), 0);
}

static uint64_t
file_bytes(const struct fixture *f)
{
	char path[128];
	struct stat st;

	path_in(f, path, "data.mdb");
	assert_int_equal(stat(path, &st), 0);
	return (uint64_t)st.st_size;
}

static void
test_store__small_commits_find_the_file_long_enough(void **state)
{
	struct fixture *f = *state;
	uint64_t before, longer = 0;
	char key[16], value[700];

	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK);
	memset(value, 'v', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	before = file_bytes(f);
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "%08u", i);
		put(f, key, value);
		longer += file_bytes(f) != before;
		before = file_bytes(f);
	}
	/* Of 800 KB of pages, not each for itself. */
	assert_true(longer >= 1 && longer <= 3);

	/* A start takes what is there. */
	fixture_reopen(f, "test", dbs);
	put(f, "one more", value);
	assert_int_equal(file_bytes(f), before);
	assert_true(holds(f, "00000000", value));
}

static void
test_store__a_large_commit_is_not_written_twice(void **state)
{
	struct fixture *f = *state;
	uint8_t value[64 * 1024] = { 1 };

	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK);
	uint64_t before = file_bytes(f);
	struct txn txn = txn_begin(f->store);
	for (uint32_t i = 0; i < 32; i++) {
		txn_put(&txn, FIRST, slice_of(&i, sizeof(i)),
			slice_of(value, sizeof(value)));
	}
	assert_int_equal(txn_commit(&txn), OK);
	assert_true(file_bytes(f) < before + 32 * (sizeof(value) + 8192));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_store__is_made_with_its_folders_for_its_owner_only),
		TEST(test_store__an_empty_folder_of_the_operators_will_do),
		TEST(test_store__a_crash_while_it_was_made_is_cleared_away),
		TEST(test_store__a_file_that_was_cut_short_is_not_taken_for_an_empty_one),
		TEST(test_store__a_file_that_is_something_else_is_refused),
		TEST(test_store__another_kind_is_refused),
		TEST(test_store__a_newer_format_is_refused_and_an_older_one_told),
		TEST(test_store__a_db_that_came_with_a_later_program_is_made),
		TEST(test_store__a_second_opening_in_this_process_is_refused),
		TEST(test_store__a_second_process_is_refused_and_told_who_has_it),
		TEST(test_store__a_killed_process_leaves_it_free_with_what_it_committed),
		TEST(test_store__the_operator_is_told_what_and_where),
		TEST(test_store__a_compaction_leaves_no_byte_of_what_was_deleted),
		TEST(test_store__nor_of_what_lay_in_the_slack_of_others_pages),
		TEST(test_store__a_compaction_in_several_commits_keeps_every_pair),
		TEST(test_store__a_copy_is_a_store_of_its_own_without_what_was_deleted),
		TEST(test_store__small_commits_find_the_file_long_enough),
		TEST(test_store__a_large_commit_is_not_written_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
