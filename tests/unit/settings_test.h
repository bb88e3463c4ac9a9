/* What the tests of every service's settings check alike: a service says its case. */
#ifndef TESTS_UNIT_SETTINGS_TEST_H
#define TESTS_UNIT_SETTINGS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "lib/base/config.h"

struct settings_case {
	const struct config_schema *schema;
	const char *example; /* The committed file. */
	/* A file with a mistake, and what is said of it. */
	const char *mistaken, *place, *expected;
};

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
	const struct settings_case *c = *state;
	struct buf printed = { 0 }, file = { 0 };

	config_print(c->schema, &printed);
	read_whole(c->example, &file);
	buf_put_u8(&printed, 0);
	buf_put_u8(&file, 0);
	assert_string_equal((char *)file.at, (char *)printed.at);
	buf_fini(&printed);
	buf_fini(&file);
}

static void
test_settings__a_short_key_is_refused_with_its_place(void **state)
{
	const struct settings_case *c = *state;
	struct arena arena = { 0 };
	struct buf errors = { 0 };
	void *settings = arena_alloc(&arena, c->schema->size);

	assert_int_equal(config_read_bytes(c->schema, "a.yaml", slice_str(c->mistaken),
					   &arena, settings, &errors),
			 ERR_INVALID);
	buf_put_u8(&errors, 0);
	assert_non_null(strstr((char *)errors.at, c->place));
	assert_non_null(strstr((char *)errors.at, c->expected));
	buf_fini(&errors);
	arena_fini(&arena);
}

static int
settings_test(const struct settings_case *c)
{
	void *state = (void *)(uintptr_t)c;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(
			test_settings__the_example_file_is_what_the_program_prints,
			state),
		cmocka_unit_test_prestate(
			test_settings__a_short_key_is_refused_with_its_place, state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
