#include "archiving/shelf.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/archiving/fixture.h"

/* On the system's disk. */
struct shelf_place {
	char path[64];
	struct shelf_folder *folder;
	struct shelf shelf;
};

static void
place_open(struct shelf_place *p)
{
	char why[256];

	assert_int_equal(shelf_open(p->path, &p->folder, why, sizeof(why)), OK);
	p->shelf = shelf_of(p->folder);
}

static int
place_setup(void **state)
{
	struct shelf_place *p = xcalloc(1, sizeof(*p));

	snprintf(p->path, sizeof(p->path), "/tmp/kusanone-shelf-XXXXXX");
	if (mkdtemp(p->path) == NULL) {
		return -1;
	}
	place_open(p);
	*state = p;
	return 0;
}

static int
place_teardown(void **state)
{
	struct shelf_place *p = *state;
	char command[96];

	shelf_close(p->folder);
	snprintf(command, sizeof(command), "rm -rf '%s'", p->path);
	assert_int_equal(system(command), 0);
	free(p);
	return 0;
}

static enum err
put(struct shelf_place *p, const char *path, const char *text)
{
	return p->shelf.put(p->shelf.ctx, path, slice_str(text));
}

static enum err
settle(struct shelf_place *p)
{
	return p->shelf.settle(p->shelf.ctx);
}

static void
assert_file(struct shelf_place *p, const char *path, const char *text)
{
	struct buf bytes = { 0 };
	enum err err = files_read(&p->shelf.files, path, 1000, &bytes);

	if (text == NULL) {
		assert_int_equal(err, ERR_NOT_FOUND);
	} else {
		assert_int_equal(err, OK);
		assert_true(slice_eq_str(buf_slice(&bytes), text));
	}
	buf_fini(&bytes);
}

static unsigned
count_names(struct shelf_place *p, const char *folder)
{
	char path[128];
	unsigned count = 0;

	snprintf(path, sizeof(path), "%s/%s", p->path, folder);
	DIR *dir = opendir(path);
	for (const struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
		count += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	}
	if (dir != NULL) {
		closedir(dir);
	}
	return count;
}

static void
test_shelf__files_have_their_names_once_they_are_settled(void **state)
{
	struct shelf_place *p = *state;
	struct stat st;
	char path[128];

	assert_int_equal(put(p, "checkpoint", "one"), OK);
	assert_int_equal(put(p, "tile/0/x001/234", "two"), OK);
	assert_int_equal(put(p, "tile/0/x001/235.p/7", "three"), OK);
	assert_file(p, "checkpoint", NULL);
	assert_file(p, "tile/0/x001/234", NULL);
	assert_int_equal(settle(p), OK);
	assert_file(p, "checkpoint", "one");
	assert_file(p, "tile/0/x001/234", "two");
	assert_file(p, "tile/0/x001/235.p/7", "three");

	assert_int_equal(put(p, "checkpoint", "another"), OK);
	assert_file(p, "checkpoint", "one");
	assert_int_equal(settle(p), OK);
	assert_file(p, "checkpoint", "another");
	assert_int_equal(count_names(p, ""), 2);
	assert_int_equal(settle(p), OK); /* Nothing. */
	snprintf(path, sizeof(path), "%s/checkpoint", p->path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void
test_shelf__many_files_at_once(void **state)
{
	struct shelf_place *p = *state;
	char path[64], text[64];

	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 700; i++) {
			snprintf(path, sizeof(path), "tile/0/%03u", i);
			snprintf(text, sizeof(text), "%u of %u", i, round);
			assert_int_equal(put(p, path, text), OK);
		}
		assert_int_equal(settle(p), OK);
		assert_int_equal(count_names(p, "tile/0"), 700);
		assert_file(p, "tile/0/699", text);
	}
}

/* A file where a folder should be. */
static void
test_shelf__what_could_not_be_put_leaves_nothing(void **state)
{
	struct shelf_place *p = *state;

	assert_int_equal(put(p, "loose", "a file"), OK);
	assert_int_equal(settle(p), OK);
	assert_int_equal(put(p, "checkpoint", "one"), OK);
	assert_int_equal(put(p, "loose/000", "two"), ERR_IO);
	assert_int_equal(count_names(p, ""), 1);
	assert_int_equal(settle(p), OK);
	assert_file(p, "checkpoint", NULL);
	assert_int_equal(put(p, "checkpoint", "three"), OK);
	assert_int_equal(settle(p), OK);
	assert_file(p, "checkpoint", "three");
}

static void
test_shelf__what_was_not_settled_is_not_there_afterwards(void **state)
{
	struct shelf_place *p = *state;

	assert_int_equal(put(p, "checkpoint", "one"), OK);
	shelf_close(p->folder);
	assert_int_equal(count_names(p, ""), 0);
	place_open(p);
	assert_file(p, "checkpoint", NULL);
	assert_int_equal(put(p, "checkpoint", "two"), OK);
	assert_int_equal(settle(p), OK);
	assert_file(p, "checkpoint", "two");
}

/* What a killed process left aside is in nobody's way. */
static void
test_shelf__what_lies_aside_is_written_over(void **state)
{
	struct shelf_place *p = *state;
	char path[128];

	snprintf(path, sizeof(path), "%s/.checkpoint.new", p->path);
	FILE *f = fopen(path, "we");
	assert_non_null(f);
	fputs("half of it", f);
	fclose(f);
	assert_int_equal(put(p, "checkpoint", "one"), OK);
	assert_int_equal(settle(p), OK);
	assert_file(p, "checkpoint", "one");
	assert_int_equal(count_names(p, ""), 1);
}

static void
test_shelf__a_path_that_is_no_folder_is_said(void **state)
{
	struct shelf_place *p = *state;
	struct shelf_folder *folder = NULL;
	char path[128], why[256];

	snprintf(path, sizeof(path), "%s/file", p->path);
	FILE *f = fopen(path, "we");
	assert_non_null(f);
	fclose(f);
	assert_int_not_equal(shelf_open(path, &folder, why, sizeof(why)), OK);
	assert_has(why, "file: it is no folder");
	snprintf(path, sizeof(path), "%s/none/at/all", p->path);
	assert_int_equal(shelf_open(path, &folder, why, sizeof(why)), ERR_IO);
	assert_has(why, "none/at/all: No such file");
	assert_null(folder);
	shelf_close(NULL);
}

#define ON_DISK(f) cmocka_unit_test_setup_teardown(f, place_setup, place_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_DISK(test_shelf__files_have_their_names_once_they_are_settled),
		ON_DISK(test_shelf__many_files_at_once),
		ON_DISK(test_shelf__what_could_not_be_put_leaves_nothing),
		ON_DISK(test_shelf__what_was_not_settled_is_not_there_afterwards),
		ON_DISK(test_shelf__what_lies_aside_is_written_over),
		ON_DISK(test_shelf__a_path_that_is_no_folder_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
