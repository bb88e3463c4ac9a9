#include <setjmp.h>
#include <stdarg.h>

#include "lib/host/zone_file.h"

#include <cmocka.h>

static void
test_zone_file__a_zone_is_read_whole(void **state)
{
	(void)state;
	struct buf file = { 0 };

	assert_int_equal(zone_file_read("Asia/Tokyo", &file), OK);
	assert_true(file.len > 44);
	assert_memory_equal(file.at, "TZif", 4);
	/* Version 2 and above end with a rule between two line ends. */
	assert_memory_equal(file.at + file.len - 7, "\nJST-9\n", 7);
	size_t len = file.len;
	assert_int_equal(zone_file_read("America/Kentucky/Louisville", &file), OK);
	assert_memory_equal(file.at + len, "TZif", 4); /* Appended. */
	assert_int_equal(zone_file_read("Etc/GMT+5", &file), OK);
	buf_fini(&file);
}

static void
test_zone_file__no_name_leads_out_of_the_folder(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"",
		"/etc/passwd",
		"../../../etc/passwd",
		"Asia/../../../../etc/passwd",
		"Asia//Tokyo",
		"Asia/",
		".",
		"..",
		"./Asia/Tokyo",
		"Asia/.",
		"Asia/Tokyo ",
		"Asia\nTokyo",
		"Asia/Tokyo\\",
		"Ã‰",
		"A/B/.hidden",
	};
	struct buf file = { 0 };
	char name[ZONE_NAME_MAX + 2];

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(zone_file_read(bad[i], &file), ERR_INVALID);
	}
	memset(name, 'A', sizeof(name) - 1);
	name[ZONE_NAME_MAX + 1] = '\0';
	assert_int_equal(zone_file_read(name, &file), ERR_INVALID);
	name[ZONE_NAME_MAX] = '\0';
	assert_int_equal(zone_file_read(name, &file), ERR_NOT_FOUND);
	assert_int_equal(file.len, 0);
	buf_fini(&file);
}

static void
test_zone_file__what_is_no_zone_is_no_zone(void **state)
{
	(void)state;
	struct buf file = { 0 };

	assert_int_equal(zone_file_read("Mars/Olympus", &file), ERR_NOT_FOUND);
	assert_int_equal(zone_file_read("Asia/Tokyo/Chiyoda", &file), ERR_NOT_FOUND);
	assert_int_equal(zone_file_read("Asia", &file), ERR_INVALID);     /* A folder. */
	assert_int_equal(zone_file_read("zone.tab", &file), ERR_INVALID); /* A text. */
	assert_int_equal(file.len, 0);
	buf_fini(&file);
}

static void
test_zone_file__the_models_form_of_the_question(void **state)
{
	(void)state;
	struct buf file = { 0 };

	assert_true(zone_file_find(NULL, slice_of("Asia/TokyoX", 10), &file));
	assert_false(
		zone_file_find(NULL, slice_of("Asia/Tokyo", 11), &file)); /* A NUL. */
	assert_false(zone_file_find(NULL, (struct slice){ 0 }, &file));
	buf_fini(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zone_file__a_zone_is_read_whole),
		cmocka_unit_test(test_zone_file__no_name_leads_out_of_the_folder),
		cmocka_unit_test(test_zone_file__what_is_no_zone_is_no_zone),
		cmocka_unit_test(test_zone_file__the_models_form_of_the_question),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
