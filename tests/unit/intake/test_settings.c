#include "intake/settings.h"

#include "unit/settings_test.h"

static void
test_settings__the_example_file_is_what_the_program_prints(void **state)
{
	(void)state;
	check_example(&intake_schema, SOURCE_DIR "/deploy/config/intake.yaml");
}

static void
test_settings__a_short_key_is_refused_with_its_place(void **state)
{
	(void)state;
	static const char yaml[] = "name: sfo\nkey_file: k\nhq:\n  address: tcp://h:1\n"
				   "  key: \"0011\"\n";
	struct intake_settings settings;

	check_refused(&intake_schema, yaml, &settings, "a.yaml:5:", "64 hex digits");
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
