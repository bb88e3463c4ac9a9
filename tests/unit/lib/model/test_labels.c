#include "lib/model/labels.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "kusanone/v1/event.pb-c.h"
#include "lib/model/record.h"

static struct arena arena;

static int
end(void **state)
{
	(void)state;
	arena_fini(&arena);
	return 0;
}

static void
test_labels__every_field_has_one_in_each_language(void **state)
{
	(void)state;
	const ProtobufCMessageDescriptor *type = &kusanone__v1__event__descriptor;

	for (unsigned i = 0; i < type->n_fields; i++) {
		assert_non_null(label_of_field(false, type->fields[i].name));
		assert_non_null(label_of_field(true, type->fields[i].name));
	}
	assert_string_equal(label_of_field(true, "holders"), "開催公館");
	assert_string_equal(label_of_field(false, "holders"), "held by");
	assert_null(label_of_field(true, "none"));
}

static void
test_labels__fiscal_years(void **state)
{
	(void)state;
	assert_string_equal(label_of_fiscal_years(true, 2019, 2019, &arena),
			    "2019年度 (令和元年度)");
	assert_string_equal(label_of_fiscal_years(true, 2017, 2023, &arena),
			    "2017～2023年度");
	assert_string_equal(label_of_fiscal_years(false, 2017, 2023, &arena),
			    "FY2017–2023");
	assert_string_equal(label_of_fiscal_years(false, 2023, 2023, &arena), "FY2023");
}

static void
test_labels__quantities_with_their_bounds(void **state)
{
	(void)state;
	assert_string_equal(label_of_quantity(true, 1500, BOUND_AT_LEAST, &arena),
			    "1,500以上");
	assert_string_equal(label_of_quantity(true, 120, BOUND_ABOUT, &arena), "約120");
	assert_string_equal(label_of_quantity(false, 120, BOUND_ABOUT, &arena),
			    "about 120");
	assert_string_equal(label_of_quantity(false, 120, BOUND_EXACT, &arena), "120");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, end)
	const struct CMUnitTest tests[] = {
		TEST(test_labels__every_field_has_one_in_each_language),
		TEST(test_labels__fiscal_years),
		TEST(test_labels__quantities_with_their_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
