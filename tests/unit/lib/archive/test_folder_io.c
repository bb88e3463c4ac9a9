#include "lib/archive/folder.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/archive/verify.h"
#include "unit/lib/archive/archive_fixture.h"

static void
test_folder__an_archive_on_a_disk_is_verified(void **state)
{
	struct fixture *f = *state;
	char path[] = "/tmp/kusanone-archive-XXXXXX", file[256], command[300];
	struct folder folder;

	assert_non_null(mkdtemp(path));
	memory_write(&f->archive.files, path);
	assert_int_equal(folder_open(&folder, path), OK);
	struct verify_options options = { .files = folder_files(&folder),
					  .keys = &f->key.key,
					  .key_count = 1 };
	struct verify_report report;
	assert_int_equal(verify_archive(&options, &report), VERIFY_GOOD);

	/* What is no file is not read, and does not hold the reader. */
	snprintf(file, sizeof(file), "%s/segment/001", path);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(mkfifo(file, 0600), 0);
	assert_int_equal(verify_archive(&options, &report), VERIFY_UNREADABLE);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(symlink("000", file), 0);
	assert_int_equal(verify_archive(&options, &report), VERIFY_UNREADABLE);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(verify_archive(&options, &report), VERIFY_BAD);
	assert_string_equal(report.path, "segment/001");
	folder_close(&folder);
	folder_close(&folder);
	snprintf(command, sizeof(command), "rm -rf '%s'", path);
	assert_int_equal(system(command), 0);
	assert_int_equal(folder_open(&folder, path), ERR_NOT_FOUND);
}

static void
test_folder__pieces_of_a_file_are_read(void **state)
{
	struct fixture *f = *state;
	char path[] = "/tmp/kusanone-archive-XXXXXX", command[300];
	struct memory one = { 0 };
	struct folder folder;

	memory_put(&one, "a/b", slice_str("0123456789"));
	assert_non_null(mkdtemp(path));
	memory_write(&one, path);
	assert_int_equal(folder_open(&folder, path), OK);
	const struct archive_files files = folder_files(&folder);
	assert_int_equal(files.read(files.ctx, "a/b", 3, 4, &f->bytes), OK);
	assert_true(slice_eq_str(buf_slice(&f->bytes), "3456"));
	assert_int_equal(files.read(files.ctx, "a/b", 8, 4, &f->bytes), OK);
	assert_true(slice_eq_str(buf_slice(&f->bytes), "345689"));
	assert_int_equal(files.read(files.ctx, "a/b", 100, 4, &f->bytes), OK);
	assert_int_equal(f->bytes.len, 6);
	assert_int_equal(files.read(files.ctx, "a/b", UINT64_MAX, 4, &f->bytes),
			 ERR_INVALID);
	assert_int_equal(files.read(files.ctx, "a/b/c", 0, 4, &f->bytes), ERR_NOT_FOUND);
	assert_int_equal(files_read(&files, "a/b", 10, &f->bytes), OK);
	assert_int_equal(files_read(&files, "a/b", 9, &f->bytes), ERR_INVALID);
	folder_close(&folder);
	memory_fini(&one);
	snprintf(command, sizeof(command), "rm -rf '%s'", path);
	assert_int_equal(system(command), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_folder__an_archive_on_a_disk_is_verified),
		TEST(test_folder__pieces_of_a_file_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
