#include "lib/base/base.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void
test_err__every_error_has_a_name_of_its_own(void **state)
{
	(void)state;
	assert_string_equal(err_name(OK), "ok");
	assert_string_equal(err_name(ERR_DISK_FULL), "disk_full");
	assert_string_equal(err_name((enum err) - 99), "unknown");
	for (int a = OK; a >= ERR_FORCED; a--) {
		for (int b = OK; b > a; b--) {
			assert_string_not_equal(err_name((enum err)a),
						err_name((enum err)b));
		}
	}
}

/* What a process that does this leaves: its signal, and the first bytes of stderr. */
static int
broken_fact(char *said, size_t size)
{
	int pipe_fds[2];
	int status;

	assert_int_equal(pipe(pipe_fds), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		dup2(pipe_fds[1], STDERR_FILENO);
		must(1 + 1 == 3);
		_exit(0);
	}
	close(pipe_fds[1]);
	ssize_t n = read(pipe_fds[0], said, size - 1);
	said[n > 0 ? n : 0] = '\0';
	close(pipe_fds[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void
test_must__a_broken_fact_ends_the_process_and_says_which(void **state)
{
	(void)state;
	char said[512];

	assert_int_equal(broken_fact(said, sizeof(said)), SIGABRT);
	assert_non_null(strstr(said, "must(1 + 1 == 3)"));
	assert_non_null(strstr(said, "broken_fact"));
}

static void
test_container__is_found_from_its_member(void **state)
{
	(void)state;
	struct outer {
		int before;
		int member;
	} o = { 1, 2 };

	assert_ptr_equal(container_of(&o.member, struct outer, member), &o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_err__every_error_has_a_name_of_its_own),
		cmocka_unit_test(
			test_must__a_broken_fact_ends_the_process_and_says_which),
		cmocka_unit_test(test_container__is_found_from_its_member),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
