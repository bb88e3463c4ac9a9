/* What the tests of every service's settings check alike. */
#ifndef TESTS_UNIT_SETTINGS_TEST_H
#define TESTS_UNIT_SETTINGS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "lib/base/config.h"

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

/* The committed example is what --print-config prints. */
static void
check_example(const struct config_schema *schema, const char *path)
{
	struct buf printed = { 0 }, file = { 0 };

	config_print(schema, &printed);
	read_whole(path, &file);
	buf_put_u8(&printed, 0);
	buf_put_u8(&file, 0);
	assert_string_equal((char *)file.at, (char *)printed.at);
	buf_fini(&printed);
	buf_fini(&file);
}

/* Reading the file is refused with these words. */
static void
check_refused(const struct config_schema *schema, const char *yaml, void *settings,
	      const char *place, const char *expected)
{
	struct arena arena = { 0 };
	struct buf errors = { 0 };

	assert_int_equal(config_read_bytes(schema, "a.yaml", slice_str(yaml), &arena,
					   settings, &errors),
			 ERR_INVALID);
	buf_put_u8(&errors, 0);
	assert_non_null(strstr((char *)errors.at, place));
	assert_non_null(strstr((char *)errors.at, expected));
	buf_fini(&errors);
	arena_fini(&arena);
}

#endif
