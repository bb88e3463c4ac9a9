#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>

#include "lib/base/buf.h"
#include "lib/host/keyfile.h"

#include <cmocka.h>

struct place {
	char dir[64], path[96];
	char why[256];
};

static int
set_up(void **state)
{
	static struct place p;

	hash_init();
	p = (struct place){ .dir = "/tmp/kusanone-keyfile-XXXXXX" };
	assert_non_null(mkdtemp(p.dir));
	snprintf(p.path, sizeof(p.path), "%s/node.key", p.dir);
	*state = &p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	unlink(p->path);
	return rmdir(p->dir);
}

static void
read_text(const struct place *p, char *text, size_t size)
{
	int fd = open(p->path, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, size - 1);

	assert_true(n > 0);
	text[n] = '\0';
	close(fd);
}

static void
write_text(const struct place *p, const char *text, mode_t mode)
{
	unlink(p->path);
	int fd = open(p->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void
test_keyfile__what_was_written_is_read(void **state)
{
	struct place *p = *state;
	struct keyfile keys, again;
	struct stat st;

	assert_int_equal(keyfile_generate("sfo", NULL, &keys), OK);
	assert_int_equal(keyfile_write(p->path, &keys, p->why, sizeof(p->why)), OK);
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	memset(&again, 0, sizeof(again));
	assert_int_equal(keyfile_read(p->path, &again, p->why, sizeof(p->why)), OK);
	assert_string_equal(again.name, "sfo");
	assert_true(node_id_eq(&again.node, &keys.node));
	assert_int_equal(again.count, 1);
	assert_memory_equal(&again.keys[0], &keys.keys[0], sizeof(keys.keys[0]));
	assert_memory_equal(keyfile_newest(&again), &keys.keys[0], sizeof(keys.keys[0]));
}

static void
test_keyfile__two_nodes_share_nothing_and_a_new_machine_keeps_the_id(void **state)
{
	(void)state;
	struct keyfile a, b, c;

	assert_int_equal(keyfile_generate("sfo", NULL, &a), OK);
	assert_int_equal(keyfile_generate("sfo", NULL, &b), OK);
	assert_int_equal(keyfile_generate("sfo", &a.node, &c), OK);
	assert_false(node_id_eq(&a.node, &b.node));
	assert_true(node_id_eq(&a.node, &c.node));
	assert_memory_not_equal(a.keys[0].curve_secret, b.keys[0].curve_secret, 32);
	assert_memory_not_equal(a.keys[0].sign_secret, c.keys[0].sign_secret, 64);
}

static void
test_keyfile__old_generations_stay_up_to_four(void **state)
{
	struct place *p = *state;
	struct keyfile keys, again;

	assert_int_equal(keyfile_generate("sfo", NULL, &keys), OK);
	assert_int_equal(keyfile_write(p->path, &keys, p->why, sizeof(p->why)), OK);
	for (unsigned i = 0; i < 4; i++) {
		struct node_keys newest = *keyfile_newest(&keys);

		keyfile_add_generation(&keys);
		assert_int_equal(keys.count, i < 3 ? i + 2 : 4);
		assert_memory_equal(&keys.keys[keys.count - 2], &newest, sizeof(newest));
		assert_int_equal(keyfile_replace(p->path, &keys, p->why, sizeof(p->why)),
				 OK);
		assert_int_equal(keyfile_read(p->path, &again, p->why, sizeof(p->why)),
				 OK);
		assert_int_equal(again.count, keys.count);
		assert_memory_equal(again.keys, keys.keys,
				    keys.count * sizeof(keys.keys[0]));
	}
}

static void
test_keyfile__nothing_is_overwritten(void **state)
{
	struct place *p = *state;
	struct keyfile keys;
	char text[64];

	write_text(p, "dear", 0600);
	assert_int_equal(keyfile_generate("sfo", NULL, &keys), OK);
	assert_int_equal(keyfile_write(p->path, &keys, p->why, sizeof(p->why)),
			 ERR_EXISTS);
	assert_non_null(strstr(p->why, "never overwritten"));
	read_text(p, text, sizeof(text));
	assert_string_equal(text, "dear");
}

static void
test_keyfile__who_else_may_read_it_is_refused(void **state)
{
	struct place *p = *state;
	static const mode_t wrong[] = { 0640, 0604, 0620, 0602, 0610, 0601, 0666 };
	struct keyfile keys;

	assert_int_equal(keyfile_generate("sfo", NULL, &keys), OK);
	assert_int_equal(keyfile_write(p->path, &keys, p->why, sizeof(p->why)), OK);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		assert_int_equal(chmod(p->path, wrong[i]), 0);
		assert_int_equal(keyfile_read(p->path, &keys, p->why, sizeof(p->why)),
				 ERR_INVALID);
		assert_non_null(strstr(p->why, "chmod 600"));
	}
	assert_int_equal(chmod(p->path, 0400), 0);
	assert_int_equal(keyfile_read(p->path, &keys, p->why, sizeof(p->why)), OK);
}

static void
test_keyfile__every_cut_and_every_damaged_line_is_refused(void **state)
{
	struct place *p = *state;
	struct keyfile keys, again = { 0 };
	static const struct keyfile none;
	char text[2048], damaged[2048];

	assert_int_equal(keyfile_generate("sfo", NULL, &keys), OK);
	assert_int_equal(keyfile_write(p->path, &keys, p->why, sizeof(p->why)), OK);
	read_text(p, text, sizeof(text));
	size_t len = strlen(text);
	for (size_t cut = 0; cut + 1 < len; cut++) {
		memcpy(damaged, text, cut);
		damaged[cut] = '\0';
		write_text(p, damaged, 0600);
		assert_int_equal(keyfile_read(p->path, &again, p->why, sizeof(p->why)),
				 ERR_INVALID);
	}
	const char *secret = strstr(text, "curve_secret=") + strlen("curve_secret=");
	char digits[17] = "";
	memcpy(digits, secret, sizeof(digits) - 1);
	/* A digit of a key changed: the halves do not belong together any more.  X25519
	 * itself ignores bits of the secret's first and last byte: the same key. */
	for (const char *at = strstr(text, "curve_public"); at != NULL && *at != '\0';
	     at++) {
		if (at == secret + 1 || at == secret + 62) {
			continue;
		}
		memcpy(damaged, text, len + 1);
		damaged[at - text] = *at == '0' ? '1' : '0';
		write_text(p, damaged, 0600);
		assert_int_equal(keyfile_read(p->path, &again, p->why, sizeof(p->why)),
				 ERR_INVALID);
		/* No secret in what an operator may paste somewhere. */
		assert_null(strstr(p->why, digits));
	}
	assert_memory_equal(&again, &none, sizeof(none));
}

static void
test_keyfile__a_file_that_is_none_says_so(void **state)
{
	struct place *p = *state;
	struct keyfile keys;
	char long_text[9000];

	assert_int_equal(keyfile_read(p->path, &keys, p->why, sizeof(p->why)),
			 ERR_NOT_FOUND);
	assert_int_equal(keyfile_read(p->dir, &keys, p->why, sizeof(p->why)),
			 ERR_INVALID);
	write_text(p, "format=2\n", 0600);
	assert_int_equal(keyfile_read(p->path, &keys, p->why, sizeof(p->why)),
			 ERR_INVALID);
	assert_non_null(strstr(p->why, "newer program"));
	memset(long_text, '#', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	write_text(p, long_text, 0600);
	assert_int_equal(keyfile_read(p->path, &keys, p->why, sizeof(p->why)),
			 ERR_INVALID);
	assert_non_null(strstr(p->why, "too long"));
}

static void
test_keyfile__a_name_is_letters_digits_and_few_signs(void **state)
{
	(void)state;
	struct keyfile keys;
	char name[KEYFILE_NAME_MAX + 2];

	assert_int_equal(keyfile_generate("", NULL, &keys), ERR_INVALID);
	assert_int_equal(keyfile_generate("a b", NULL, &keys), ERR_INVALID);
	assert_int_equal(keyfile_generate("a\nname=b", NULL, &keys), ERR_INVALID);
	assert_int_equal(keyfile_generate("../sfo", NULL, &keys), ERR_INVALID);
	assert_int_equal(keyfile_generate(".sfo", NULL, &keys), ERR_INVALID);
	assert_int_equal(keyfile_generate("hq-1.tokyo_A", NULL, &keys), OK);
	memset(name, 'n', sizeof(name) - 1);
	name[KEYFILE_NAME_MAX + 1] = '\0';
	assert_int_equal(keyfile_generate(name, NULL, &keys), ERR_INVALID);
	name[KEYFILE_NAME_MAX] = '\0';
	assert_int_equal(keyfile_generate(name, NULL, &keys), OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_keyfile__what_was_written_is_read,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_keyfile__two_nodes_share_nothing_and_a_new_machine_keeps_the_id,
			set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_keyfile__old_generations_stay_up_to_four, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_keyfile__nothing_is_overwritten,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_keyfile__who_else_may_read_it_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_keyfile__every_cut_and_every_damaged_line_is_refused, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(test_keyfile__a_file_that_is_none_says_so,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_keyfile__a_name_is_letters_digits_and_few_signs, set_up,
			tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
