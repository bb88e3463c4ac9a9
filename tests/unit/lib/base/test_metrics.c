#include "lib/base/metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void
check_text(const struct metrics *m, const char *expected)
{
	struct buf out = { 0 };

	metrics_print(m, &out);
	buf_put_u8(&out, '\0');
	assert_string_equal((const char *)out.at, expected);
	buf_fini(&out);
}

static void
test_metrics__an_empty_registry_says_nothing(void **state)
{
	(void)state;
	struct metrics m = { 0 };
	struct buf out = { 0 };

	metrics_print(&m, &out);
	assert_int_equal(out.len, 0);
	metrics_fini(&m);
}

static void
test_metrics__one_name_stands_together_under_one_heading(void **state)
{
	(void)state;
	struct metrics m = { 0 };
	struct metric *sfo = metrics_counter(&m, "kusanone_blocks_total", "Blocks taken.",
					     "post=\"sfo\"");
	struct metric *lag = metrics_gauge(&m, "kusanone_lag", "How far behind.", NULL);
	struct metric *lax = metrics_counter(&m, "kusanone_blocks_total", "Blocks taken.",
					     "post=\"lax\"");

	metric_add(sfo, 2);
	metric_add(sfo, 3);
	metric_add(lax, 1);
	metric_set(lag, -7);
	assert_int_equal(metric_get(sfo), 5);
	check_text(&m, "# HELP kusanone_blocks_total Blocks taken.\n"
		       "# TYPE kusanone_blocks_total counter\n"
		       "kusanone_blocks_total{post=\"sfo\"} 5\n"
		       "kusanone_blocks_total{post=\"lax\"} 1\n"
		       "# HELP kusanone_lag How far behind.\n"
		       "# TYPE kusanone_lag gauge\n"
		       "kusanone_lag -7\n");
	metrics_fini(&m);
}

static void
test_metrics__the_same_name_and_label_are_the_same_metric(void **state)
{
	(void)state;
	struct metrics m = { 0 };
	struct metric *first = metrics_gauge(&m, "g", "G.", "a=\"1\"");

	/* Enough others that the registry grows in between. */
	for (int i = 0; i < 100; i++) {
		char label[32];

		snprintf(label, sizeof(label), "i=\"%d\"", i);
		metric_set(metrics_gauge(&m, "g", "G.", label), i);
	}
	metric_set(first, 9);
	assert_ptr_equal(metrics_gauge(&m, "g", "G.", "a=\"1\""), first);
	assert_ptr_not_equal(metrics_gauge(&m, "g", "G.", ""), first);
	assert_int_equal(metric_get(first), 9);
	metrics_fini(&m);
}

static void
test_metrics__labels_are_escaped(void **state)
{
	(void)state;
	struct buf label = { 0 };

	metrics_label(&label, "post", "a\"b\\c\nd");
	metrics_label(&label, "kind", "領事館");
	assert_true(slice_eq_str(buf_slice(&label),
				 "post=\"a\\\"b\\\\c\\nd\",kind=\"領事館\""));
	buf_fini(&label);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_metrics__an_empty_registry_says_nothing),
		cmocka_unit_test(
			test_metrics__one_name_stands_together_under_one_heading),
		cmocka_unit_test(
			test_metrics__the_same_name_and_label_are_the_same_metric),
		cmocka_unit_test(test_metrics__labels_are_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
