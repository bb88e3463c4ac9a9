#include "lib/host/crew.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { JOBS = 1000 };

struct job {
	uint64_t from, sum;
};

static void
add_up(void *arg)
{
	struct job *job = arg;

	for (uint64_t i = 0; i < 1000; i++) {
		job->sum += job->from + i;
	}
}

/* What was started is done, and seen, after a wait; more jobs than the queue holds. */
static void
test_crew__all_is_done_after_a_wait(void **state)
{
	static struct job jobs[JOBS];
	struct crew_threads *crew = crew_open();

	(void)state;
	for (unsigned round = 1; round <= 3; round++) {
		for (uint64_t i = 0; i < JOBS; i++) {
			jobs[i].from = i;
			crew_start(crew, add_up, &jobs[i]);
		}
		crew_wait(crew);
		for (uint64_t i = 0; i < JOBS; i++) {
			assert_int_equal(jobs[i].sum, round * (1000 * i + 499500));
		}
	}
	crew_wait(crew); /* Of nothing. */
	crew_close(crew);
}

static void
test_crew__one_that_was_never_used_closes(void **state)
{
	(void)state;
	crew_close(crew_open());
	crew_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_crew__all_is_done_after_a_wait),
		cmocka_unit_test(test_crew__one_that_was_never_used_closes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
