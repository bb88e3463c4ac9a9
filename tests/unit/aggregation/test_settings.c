#include "aggregation/settings.h"

#include "unit/settings_test.h"

static void
test_settings__the_example_file_is_what_the_program_prints(void **state)
{
	(void)state;
	check_example(&aggregation_schema, SOURCE_DIR "/deploy/config/aggregation.yaml");
}

static void
test_settings__a_short_key_is_refused_with_its_place(void **state)
{
	(void)state;
	static const char yaml[] = "key_file: k\nhq:\n  node: \"0011\"\n  curve_key: x\n"
				   "  sign_key: y\n";
	struct aggregation_settings settings;

	check_refused(&aggregation_schema, yaml, &settings, "a.yaml:3:", "32 hex digits");
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
