#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "intake/settings.h"
#include "lib/base/log.h"

static void
read_whole(const char *path, struct buf *ret)
{
	FILE *f = fopen(path, "rb");
	int c;

	assert_non_null(f);
	while ((c = fgetc(f)) != EOF) {
		buf_put_u8(ret, (uint8_t)c);
	}
	fclose(f);
}

static void
test_settings__the_example_file_is_what_the_program_prints(void **state)
{
	(void)state;
	struct buf printed = { 0 }, file = { 0 };

	config_print(&intake_schema, &printed);
	read_whole(SOURCE_DIR "/deploy/config/intake.yaml", &file);
	buf_put_u8(&printed, 0);
	buf_put_u8(&file, 0);
	assert_string_equal((char *)file.at, (char *)printed.at);
	buf_fini(&printed);
	buf_fini(&file);
}

static void
test_settings__a_short_key_is_refused_with_its_place(void **state)
{
	(void)state;
	static const char yaml[] = "name: sfo\nkey_file: k\nhq:\n  address: tcp://h:1\n"
				   "  key: \"0011\"\n";
	struct intake_settings settings;
	struct arena arena = { 0 };
	struct buf errors = { 0 };

	assert_int_equal(config_read_bytes(&intake_schema, "a.yaml", slice_str(yaml),
					   &arena, &settings, &errors),
			 ERR_INVALID);
	buf_put_u8(&errors, 0);
	assert_non_null(strstr((char *)errors.at, "a.yaml:5:"));
	assert_non_null(strstr((char *)errors.at, "64 hex digits"));
	buf_fini(&errors);
	arena_fini(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_settings__the_example_file_is_what_the_program_prints),
		cmocka_unit_test(test_settings__a_short_key_is_refused_with_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
