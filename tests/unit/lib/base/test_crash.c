#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>

#include "lib/base/crash.h"

#include <cmocka.h>

/* A process of its own passes a, b, a, b, … ten points in all: how many, before it died?
 */
static int
points_passed(const char *crash_at, bool *ret_killed)
{
	int pipe_of[2], status = 0, passed = 0;
	char c;

	assert_int_equal(pipe(pipe_of), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (crash_at != NULL) {
			setenv("KUSANONE_CRASH_AT", crash_at, 1);
		} else {
			unsetenv("KUSANONE_CRASH_AT");
		}
		for (int i = 0; i < 10; i++) {
			crash_point(i % 2 == 0 ? "a" : "bb");
			if (write(pipe_of[1], ".", 1) != 1) {
				_exit(2);
			}
		}
		_exit(0);
	}
	close(pipe_of[1]);
	while (read(pipe_of[0], &c, 1) == 1) {
		passed++;
	}
	close(pipe_of[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	*ret_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	assert_true(*ret_killed || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
	return passed;
}

static void
test_crash__the_named_point_is_the_last(void **state)
{
	static const struct {
		const char *crash_at;
		int passed;
		bool killed;
	} cases[] = {
		{ NULL, 10, false },      { "", 10, false },     { "a", 0, true },
		{ "a:1", 0, true },       { "bb", 1, true },     { "bb:3", 5, true },
		{ "bb:5", 9, true },      { "bb:6", 10, false }, { "b", 10, false },
		{ "bb:none", 10, false }, { "c", 10, false },
	};
	bool killed;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(points_passed(cases[i].crash_at, &killed),
				 cases[i].passed);
		assert_int_equal(killed, cases[i].killed);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_crash__the_named_point_is_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
