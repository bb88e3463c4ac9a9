/* A workbook, and what a disk can do to it. What is in it is read back by another program
 * (tests/e2e/export.sh). */
#include "cli/xlsx.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/mem.h"

static char folder[64], path[80];

static int
begin(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/kusanone-xlsx-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/a.xlsx", folder);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	(void)unlink(path);
	assert_int_equal(rmdir(folder), 0); /* nothing beside it is left */
	return 0;
}

static off_t
size_of_file(void)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_size : -1;
}

static const struct xlsx_column columns[] = { { "a", 10 }, { "b", 20 } };

static const char *
long_text(size_t len)
{
	static char text[40000];

	assert_true(len < sizeof(text));
	memset(text, 'x', len);
	text[len] = '\0';
	return text;
}

static void
test_xlsx__a_sheet_holds_so_many_rows_and_says_when_it_is_full(void **state)
{
	(void)state;
	struct xlsx *x = xlsx_new(path, "t", 1000);
	const struct cell cells[] = { cell_number(1) };
	uint32_t rows = 0;

	unsigned full = xlsx_add_sheet(x, "full", columns, ARRAY_LEN(columns));
	unsigned other = xlsx_add_sheet(x, "other", columns, ARRAY_LEN(columns));
	while (xlsx_put_row(x, full, cells, 1) == XLSX_PUT) {
		rows++;
	}
	assert_int_equal(rows, XLSX_MAX_ROWS - 1); /* the headers are one */
	assert_int_equal(xlsx_put_row(x, full, cells, 1), XLSX_FULL);
	assert_int_equal(xlsx_put_row(x, other, cells, 1), XLSX_PUT);
	xlsx_free(x);
	assert_true(size_of_file() <= 0);
}

static void
test_xlsx__a_text_that_no_cell_holds_is_cut(void **state)
{
	(void)state;
	struct xlsx *x = xlsx_new(path, "t", 1000);
	unsigned sheet = xlsx_add_sheet(x, "s", columns, ARRAY_LEN(columns));
	const size_t sizes[] = { 0, 1, 32766, 32767, 32768, 39000 };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		const struct cell cells[] = { { .kind = CELL_TEXT,
						.text = long_text(sizes[i]) } };

		assert_int_equal(xlsx_put_row(x, sheet, cells, 1), XLSX_PUT);
	}
	/* Escapes make it longer, and wide characters count for two. */
	struct buf b = { 0 };
	for (unsigned i = 0; i < 8000; i++) {
		buf_put_str(&b, i % 2 == 0 ? "_x0041_" : "😀");
	}
	buf_put_u8(&b, '\0');
	const struct cell cells[] = { { .kind = CELL_TEXT, .text = (const char *)b.at },
				      { .kind = CELL_NUMBER, .number = INT64_MIN } };
	assert_int_equal(xlsx_put_row(x, sheet, cells, 2), XLSX_PUT);
	buf_fini(&b);
	assert_null(xlsx_close(x));
	assert_true(size_of_file() > 0);
}

/* Files may grow up to here, as on a disk that is nearly full. */
static void
limit_files(rlim_t size)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = size;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	signal(SIGXFSZ, SIG_IGN);
}

static void
test_xlsx__rows_that_the_disk_does_not_take_are_no_workbook(void **state)
{
	(void)state;
	struct xlsx *x = xlsx_new(path, "t", 1000);
	unsigned sheet = xlsx_add_sheet(x, "s", columns, ARRAY_LEN(columns));
	const struct cell cells[] = { cell_text(long_text(1000)) };
	enum xlsx_put put = XLSX_PUT;

	limit_files(64 * 1024);
	for (unsigned i = 0; i < 1000 && put == XLSX_PUT; i++) {
		put = xlsx_put_row(x, sheet, cells, 1);
	}
	assert_int_equal(put, XLSX_FAILED);
	assert_int_equal(xlsx_put_row(x, sheet, cells, 1), XLSX_FAILED);
	const char *why = xlsx_close(x);
	limit_files(RLIM_INFINITY);
	assert_string_equal(why, "File too large");
}

static void
test_xlsx__without_room_for_its_copies_it_is_not_begun(void **state)
{
	(void)state;
	struct xlsx *x = xlsx_new(path, "t", 1000);
	unsigned sheet = xlsx_add_sheet(x, "s", columns, ARRAY_LEN(columns));
	const struct cell cells[] = { cell_text(long_text(1000)) };

	for (unsigned i = 0; i < 300; i++) {
		assert_int_equal(xlsx_put_row(x, sheet, cells, 1), XLSX_PUT);
	}
	limit_files(320 * 1024); /* the rows are there, and no second time */
	const char *why = xlsx_close(x);
	limit_files(RLIM_INFINITY);
	assert_string_equal(why, "File too large");
	assert_true(size_of_file() <= 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_xlsx__a_sheet_holds_so_many_rows_and_says_when_it_is_full),
		TEST(test_xlsx__a_text_that_no_cell_holds_is_cut),
		TEST(test_xlsx__rows_that_the_disk_does_not_take_are_no_workbook),
		TEST(test_xlsx__without_room_for_its_copies_it_is_not_begun),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
