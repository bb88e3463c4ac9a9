/* A store that is read beside its owner. */
#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "unit/lib/store/fixture.h"

static const char *const dbs[] = { "first", "second", NULL };
static const char *const no_dbs[] = { NULL };
enum { FIRST, SECOND };

static enum err
open_to_read(struct fixture *f, const char *kind, const char *const *names,
	     uint32_t format)
{
	const struct store_options options = { .dir = f->dir,
					       .kind = kind,
					       .format = format,
					       .program = "another",
					       .dbs = names,
					       .read_only = true };

	return store_open(&options, &f->store, f->why, sizeof(f->why));
}

static void
put(struct fixture *f, const char *key, const char *value)
{
	struct txn txn = txn_begin(f->store);

	txn_put(&txn, FIRST, slice_str(key), slice_str(value));
	assert_int_equal(txn_commit(&txn), OK);
}

static void
close_store(struct fixture *f)
{
	store_close(f->store);
	f->store = NULL;
}

static unsigned
files_in(const char *dir)
{
	DIR *folder = opendir(dir);
	unsigned count = 0;

	assert_non_null(folder);
	while (readdir(folder) != NULL) {
		count++;
	}
	closedir(folder);
	return count;
}

static void
test_read_only__there_must_be_one(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	assert_false(store_is_there(f->dir));
	assert_int_equal(open_to_read(f, "test", dbs, 1), ERR_NOT_FOUND);
	assert_non_null(strstr(f->why, f->dir));
	assert_int_equal(stat(f->dir, &st), -1); /* None was made. */
}

static void
test_read_only__any_kind_of_ours_with_what_is_looked_for(void **state)
{
	static const char *const others[] = { "first", "third", NULL };
	struct fixture *f = *state;
	struct slice value;

	assert_int_equal(fixture_open(f, "test", dbs, 2, 0), OK);
	put(f, "k", "v");
	close_store(f);
	assert_true(store_is_there(f->dir));
	assert_int_equal(open_to_read(f, "other", dbs, 2), ERR_INVALID);
	assert_int_equal(open_to_read(f, NULL, dbs, 1), ERR_FORMAT_NEWER);
	assert_int_equal(open_to_read(f, NULL, others, 2), ERR_INVALID);
	assert_non_null(strstr(f->why, "lacks"));
	assert_int_equal(open_to_read(f, NULL, dbs, 2), OK);
	struct txn txn = txn_begin_read(f->store);
	assert_true(txn_get(&txn, FIRST, slice_str("k"), &value));
	assert_slice(value, "v");
	txn_abort(&txn);
}

static void
test_read_only__nothing_of_it_is_changed(void **state)
{
	struct fixture *f = *state;
	struct stat before, after;
	char path[128];

	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK);
	put(f, "k", "v");
	close_store(f);
	snprintf(path, sizeof(path), "%s/data.mdb", f->dir);
	assert_int_equal(stat(path, &before), 0);
	unsigned files = files_in(f->dir);
	assert_int_equal(open_to_read(f, "test", dbs, 1), OK);
	close_store(f);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_size, after.st_size);
	assert_int_equal(before.st_mtim.tv_sec, after.st_mtim.tv_sec);
	assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	assert_int_equal(files_in(f->dir), files);
}

static void
test_read_only__who_owns_it_can_be_asked(void **state)
{
	struct fixture *f = *state;
	long owner = 7;

	assert_false(store_is_owned(f->dir, &owner));
	assert_int_equal(owner, 0);
	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK);
	assert_true(store_is_owned(f->dir, &owner));
	assert_int_equal(owner, getpid());
	close_store(f);
	assert_false(store_is_owned(f->dir, &owner));
	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK); /* It took nothing. */
}

/* The copy that another process makes while we go on. */
static void
test_read_only__a_copy_beside_the_owner_is_of_one_moment(void **state)
{
	struct fixture *f = *state;
	char copy[128], byte = 'g';
	int status, go[2];
	struct slice value;

	assert_int_equal(pipe(go), 0);
	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK);
	put(f, "k", "before");
	snprintf(copy, sizeof(copy), "%s/copy", f->root);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct fixture mine = *f;

		_exit(read(go[0], &byte, 1) == 1 &&
				      open_to_read(&mine, NULL, no_dbs, UINT32_MAX) ==
					      OK &&
				      store_copy(mine.store, copy) == OK
			      ? 0
			      : 1);
	}
	put(f, "k", "when it began");
	assert_int_equal(write(go[1], &byte, 1), 1);
	while (waitpid(child, &status, WNOHANG) == 0) {
		put(f, "k", "after");
		put(f, "l", "after");
	}
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	close(go[0]);
	close(go[1]);
	close_store(f);

	memcpy(f->dir, copy, strlen(copy) + 1);
	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK);
	struct txn txn = txn_begin_read(f->store);
	assert_true(txn_get(&txn, FIRST, slice_str("k"), &value));
	assert_true(slice_eq_str(value, "when it began") || slice_eq_str(value, "after"));
	txn_abort(&txn);
}

static off_t
file_size(const struct fixture *f)
{
	char path[128];
	struct stat st;

	snprintf(path, sizeof(path), "%s/data.mdb", f->dir);
	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

/* Its pages would be kept for it, and the file grow with every commit. */
static void
test_read_only__a_reader_that_was_killed_holds_nothing(void **state)
{
	enum { ROUNDS = 3000, MOST = 6 * 1024 * 1024 };
	struct fixture *f = *state;
	int status, ready[2];
	uint8_t value[6000] = { 1 };
	char byte;

	assert_int_equal(pipe(ready), 0);
	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK);
	put(f, "k", "v");
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct fixture mine = *f;

		if (open_to_read(&mine, NULL, no_dbs, UINT32_MAX) == OK) {
			struct txn txn = txn_begin_read(mine.store);

			if (txn.err == OK && write(ready[1], "r", 1) == 1) {
				for (;;) {
					pause();
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
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct txn txn = txn_begin(f->store);

		value[0] = (uint8_t)i;
		txn_put(&txn, FIRST, slice_str("k"), slice_of(value, sizeof(value)));
		assert_int_equal(txn_commit(&txn), OK);
	}
	assert_true(file_size(f) < MOST);
}

/* LMDB's table of readers belongs to one file: another one may not take its place. */
static void
test_read_only__while_it_is_read_it_is_not_rewritten(void **state)
{
	struct fixture *f = *state;
	int status, ready[2], done[2];
	char byte = 'd';

	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(done), 0);
	assert_int_equal(fixture_open(f, "test", dbs, 1, 0), OK);
	put(f, "k", "v");
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct fixture mine = *f;

		_exit(open_to_read(&mine, NULL, no_dbs, UINT32_MAX) == OK &&
				      write(ready[1], "r", 1) == 1 &&
				      read(done[0], &byte, 1) == 1
			      ? 0
			      : 1);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(store_compact(f->store), ERR_BUSY);
	put(f, "k", "still written"); /* Nothing has happened to it. */
	assert_int_equal(write(done[1], &byte, 1), 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(store_compact(f->store), OK);
	put(f, "k", "again");
	for (int i = 0; i < 2; i++) {
		close(ready[i]);
		close(done[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_read_only__there_must_be_one),
		TEST(test_read_only__any_kind_of_ours_with_what_is_looked_for),
		TEST(test_read_only__nothing_of_it_is_changed),
		TEST(test_read_only__who_owns_it_can_be_asked),
		TEST(test_read_only__a_copy_beside_the_owner_is_of_one_moment),
		TEST(test_read_only__a_reader_that_was_killed_holds_nothing),
		TEST(test_read_only__while_it_is_read_it_is_not_rewritten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
