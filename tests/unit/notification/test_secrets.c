#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>

#include "lib/base/hash.h"
#include "notification/secrets.h"

#include <cmocka.h>

/* The example of the Standard Webhooks specification and its libraries' tests. */
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define ID     "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define BODY   "{\"test\": 2432232314}"
enum { TIMESTAMP = 1614265330 };
#define SIGNATURE "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

static char path[64];
static char why[256];

static void
write_secrets(const char *text, mode_t mode)
{
	unlink(path);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static bool
sign(const char *name, struct buf *out)
{
	buf_clear(out);
	why[0] = '\0';
	bool ok = secrets_sign(path, name, ID, TIMESTAMP, slice_str(BODY), out, why,
			       sizeof(why));
	assert_true(ok == (why[0] == '\0'));
	assert_true(ok || out->len == 0);
	assert_null(strstr(why, "MfKQ9r8"));
	return ok;
}

static void
test_secrets__the_specifications_example(void **state)
{
	struct buf out = { 0 };

	(void)state;
	write_secrets("# a comment\n\nother " SECRET "x\npress   " SECRET "  \r\n", 0600);
	assert_true(sign("press", &out));
	assert_true(slice_eq_str(buf_slice(&out), SIGNATURE));
	write_secrets("press " SECRET, 0600);
	assert_true(sign("press", &out));
	assert_true(slice_eq_str(buf_slice(&out), SIGNATURE));
	buf_fini(&out);
}

static void
test_secrets__a_name_twice_signs_twice(void **state)
{
	struct buf out = { 0 };

	(void)state;
	write_secrets("press whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD\npres " SECRET
		      "\npress " SECRET "\n",
		      0600);
	assert_true(sign("press", &out));
	buf_put_u8(&out, '\0');
	const char *second = strchr((char *)out.at, ' ');
	assert_non_null(second);
	assert_string_equal(second + 1, SIGNATURE);
	assert_true(strncmp((char *)out.at, "v1,", 3) == 0);
	assert_true(strncmp((char *)out.at, SIGNATURE, strlen(SIGNATURE)) != 0);
	buf_fini(&out);
}

static void
test_secrets__a_bad_line_is_told_by_its_number(void **state)
{
	static const struct {
		const char *line, *why;
	} cases[] = {
		{ "press", "is not a name and a secret" },
		{ "press whsec_", "begin with whsec_" },
		{ "press MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "begin with whsec_" },
		{ "pr/ess " SECRET, "has a name" },
		{ " " SECRET, "has a name" },
		{ "press whsec_MfKQ9r8G", "24 to 64 bytes" },
		{ "press " SECRET "!", "24 to 64 bytes" },
		{ "press " SECRET " x", "24 to 64 bytes" },
		{ "press whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "24 to 64 bytes" },
		{ "press "
		  "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
		  "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
		  "24 to 64 bytes" },
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		snprintf(text, sizeof(text), "# ours\nother " SECRET "\n%s\n",
			 cases[i].line);
		write_secrets(text, 0600);
		assert_false(secrets_check(path, why, sizeof(why)));
		assert_non_null(strstr(why, cases[i].why));
		assert_non_null(strstr(why, ":3: "));
		assert_null(strstr(why, "MfKQ9r8"));
	}
	write_secrets("press " SECRET "\n\n#\nother " SECRET, 0600);
	assert_true(secrets_check(path, why, sizeof(why)));
	write_secrets("", 0600);
	assert_true(secrets_check(path, why, sizeof(why)));
}

static void
test_secrets__others_lines_do_no_harm(void **state)
{
	struct buf out = { 0 };

	(void)state;
	write_secrets("broken\nother MfKQ9r8\npress " SECRET "\n", 0600);
	assert_true(sign("press", &out));
	assert_false(sign("other", &out));
	assert_non_null(strstr(why, "whsec_"));
	assert_false(sign("third", &out));
	assert_non_null(strstr(why, "no secret of the name \"third\""));
	/* No name is that of an empty line. */
	assert_false(sign("", &out));
	buf_fini(&out);
}

static void
test_secrets__nobody_else_may_read_them(void **state)
{
	static const mode_t wide[] = { 0640, 0604, 0660, 0610, 0601, 0666 };
	struct buf out = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wide); i++) {
		write_secrets("press " SECRET "\n", wide[i]);
		assert_false(sign("press", &out));
		assert_non_null(strstr(why, "chmod 600"));
		assert_false(secrets_check(path, why, sizeof(why)));
	}
	unlink(path);
	assert_false(sign("press", &out));
	assert_int_equal(mkdir(path, 0700), 0);
	assert_false(sign("press", &out));
	rmdir(path);
	buf_fini(&out);
}

static int
set_up(void **state)
{
	char dir[] = "/tmp/kusanone-secrets-XXXXXX";

	(void)state;
	hash_init();
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/secrets", dir);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(path);
	*strrchr(path, '/') = '\0';
	return rmdir(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_secrets__the_specifications_example),
		cmocka_unit_test(test_secrets__a_name_twice_signs_twice),
		cmocka_unit_test(test_secrets__a_bad_line_is_told_by_its_number),
		cmocka_unit_test(test_secrets__others_lines_do_no_harm),
		cmocka_unit_test(test_secrets__nobody_else_may_read_them),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
