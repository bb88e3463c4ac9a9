/* CSV of reference data: strict, and every fault has its place. */
#include "cli/csv_file.h"

#include <unistd.h>

#include "world.h"

static struct world world;
static char path[64];

static int
begin(void **state)
{
	(void)state;
	world_init(&world);
	snprintf(path, sizeof(path), "/tmp/kusanone-csv-XXXXXX");
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	unlink(path);
	world_fini(&world);
	return 0;
}

static bool
read_text(const char *text, const char *const *columns, struct csv_file *file)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return csv_read(&world.cli, path, columns, file);
}

static const char *const ab[] = { "a", "b", NULL };

/* Refused, with this behind the file's name. */
static void
check_fault(const char *text, const char *place_and_words)
{
	struct csv_file file;
	char expected[256];

	buf_clear(&world.cli.err);
	assert_false(read_text(text, ab, &file));
	assert_int_equal(world.cli.code, EXIT_REFUSED);
	buf_put_u8(&world.cli.err, '\0');
	snprintf(expected, sizeof(expected), "%s:%s", path, place_and_words);
	CHECK_HAS((const char *)world.cli.err.at, expected);
}

static void
test_csv_file__columns_are_found_by_name(void **state)
{
	(void)state;
	struct csv_file file;

	assert_true(read_text("\xef\xbb\xbf"
			      "b,x,a\r\n1,2,\"三, \"\"3\"\"\"\r\n\r\n4,5,\r\n",
			      ab, &file));
	assert_int_equal(file.count, 2);
	assert_string_equal(file.rows[0].cells[0].text, "三, \"3\"");
	assert_string_equal(file.rows[0].cells[1].text, "1");
	assert_int_equal(file.rows[0].cells[0].line, 2);
	assert_int_equal(file.rows[0].cells[0].column, 5);
	assert_string_equal(file.rows[1].cells[0].text, "");
	assert_string_equal(file.rows[1].cells[1].text, "4");
	assert_int_equal(file.rows[1].line, 4);
}

static void
test_csv_file__columns_count_characters_and_lines_inside_quotes(void **state)
{
	(void)state;
	struct csv_file file;

	assert_true(read_text("a,b\n水素,x\n\"two\nlines\",y\nz,w\n", ab, &file));
	assert_int_equal(file.count, 3);
	assert_int_equal(file.rows[0].cells[1].column, 4);
	assert_int_equal(file.rows[1].cells[0].line, 3);
	assert_int_equal(file.rows[1].cells[1].line, 4);
	assert_int_equal(file.rows[2].cells[0].line, 5);
	assert_int_equal(file.rows[2].cells[0].column, 1);
}

static void
test_csv_file__faults_name_line_and_column(void **state)
{
	(void)state;
	check_fault("a,c\n1,2\n", "1:1: the header has no column b");
	check_fault("a,b\n1,2\n3\n", "3:1: has 1 cells where the header has 2");
	check_fault("a,b\n1,\"2\"x\n", "2:6: a quote stands where none may");
	check_fault("a,b\n1,\"2\n", "2:3: this quote is not closed");
	check_fault("", "1:1: has no header");
	check_fault("a,b\n1,\xff\n", " is not UTF-8 text");
	check_fault("1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25\n",
		    "1:1: has more than 24 columns");
}

static void
test_csv_file__text_for_spreadsheets_is_no_formula(void **state)
{
	static const struct {
		const char *text, *csv;
	} cases[] = {
		{ "plain", "plain" },
		{ "", "" },
		{ "a,b", "\"a,b\"" },
		{ "say \"x\"", "\"say \"\"x\"\"\"" },
		{ "two\nlines", "\"two\nlines\"" },
		{ "=1+1", "'=1+1" },
		{ "@x", "'@x" },
		{ "-3", "'-3" },
		{ "+a,b", "\"'+a,b\"" },
		{ "\t=1", "'\t=1" },
		{ "\r=1", "\"'\r=1\"" },
		{ "  =1", "'  =1" },
		{ "\u3000＝１", "'\u3000＝１" },
		{ "\u200b\ufeff=1", "'\u200b\ufeff=1" },
		{ "\u22121", "'\u22121" },
		{ "＋1", "'＋1" },
		{ "＠x", "'＠x" },
		/* What begins with none of them is as it was, blanks included. */
		{ "a=1", "a=1" },
		{ "'=1", "'=1" },
		{ " a", "\" a\"" },
		{ "a ", "\"a \"" },
		{ "\u3000水素", "\u3000水素" },
		{ "1-2", "1-2" },
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b = { 0 };

		csv_put_text(&b, cases[i].text);
		buf_put_u8(&b, '\0');
		assert_string_equal((const char *)b.at, cases[i].csv);
		buf_fini(&b);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_csv_file__columns_are_found_by_name),
		TEST(test_csv_file__columns_count_characters_and_lines_inside_quotes),
		TEST(test_csv_file__faults_name_line_and_column),
		TEST(test_csv_file__text_for_spreadsheets_is_no_formula),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
