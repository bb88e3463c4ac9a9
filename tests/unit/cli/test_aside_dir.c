/* Folders that are built aside, and files that are copied into them. */
#include "cli/aside_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/copy.h"
#include "world.h"

static struct world world;
static char root[64];

static int
begin(void **state)
{
	(void)state;
	world_init(&world);
	snprintf(root, sizeof(root), "/tmp/kusanone-aside-XXXXXX");
	assert_non_null(mkdtemp(root));
	return 0;
}

static int
end(void **state)
{
	char command[128];
	(void)state;

	snprintf(command, sizeof(command), "rm -rf %s", root);
	assert_int_equal(system(command), 0);
	world_fini(&world);
	return 0;
}

static const char *
in_root(const char *name)
{
	return arena_printf(&world.arena, "%s/%s", root, name);
}

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	fclose(f);
}

static unsigned
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 0777;
}

static const char *
complaint(void)
{
	buf_put_u8(&world.cli.err, '\0');
	return (const char *)world.cli.err.at;
}

static bool
is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

static void
test_aside__has_its_name_when_it_is_finished(void **state)
{
	struct aside_dir a;
	(void)state;

	assert_true(aside_begin(&world.cli, in_root("deeper/state/"), &a));
	assert_false(is_there(in_root("deeper/state")));
	assert_int_equal(mode_of(a.path), 0700);
	assert_non_null(strstr(a.path, "state.unfinished-"));
	const char *path = arena_dup(&world.arena, a.path, strlen(a.path));
	assert_int_equal(mkdir(arena_printf(&world.arena, "%s/log", path), 0700), 0);
	write_file(arena_printf(&world.arena, "%s/log/file", path), "x");
	assert_true(aside_end(&world.cli, &a));
	assert_true(is_there(in_root("deeper/state/log/file")));
	assert_false(is_there(path));
	aside_drop(&a); /* Nothing more. */
	assert_true(is_there(in_root("deeper/state/log/file")));
}

static void
test_aside__an_empty_folder_is_taken_and_nothing_else(void **state)
{
	struct aside_dir a;
	(void)state;

	assert_int_equal(mkdir(in_root("empty"), 0755), 0);
	assert_int_equal(symlink("empty", in_root("link")), 0);
	assert_true(aside_begin(&world.cli, in_root("link"), &a));
	assert_true(aside_end(&world.cli, &a));
	assert_int_equal(mode_of(in_root("empty")), 0700);

	write_file(in_root("file"), "x");
	assert_false(aside_begin(&world.cli, in_root("file"), &a));
	assert_int_equal(world.cli.code, EXIT_REFUSED);
	assert_false(aside_begin(&world.cli, root, &a));
	CHECK_HAS(complaint(), "not an empty folder");
	assert_false(aside_begin(&world.cli, "", &a));
	assert_false(aside_begin(&world.cli, in_root("file/state"), &a));
}

static void
test_aside__what_is_dropped_is_gone_with_all_that_is_in_it(void **state)
{
	struct aside_dir a;
	(void)state;

	assert_int_equal(mkdir(in_root("kept"), 0700), 0);
	write_file(in_root("kept/file"), "x");
	assert_true(aside_begin(&world.cli, in_root("state"), &a));
	const char *path = arena_dup(&world.arena, a.path, strlen(a.path));
	assert_int_equal(mkdir(arena_printf(&world.arena, "%s/log", path), 0700), 0);
	write_file(arena_printf(&world.arena, "%s/log/file", path), "x");
	assert_int_equal(
		symlink(in_root("kept"), arena_printf(&world.arena, "%s/link", path)), 0);
	aside_drop(&a);
	assert_false(is_there(path));
	assert_false(is_there(in_root("state")));
	assert_true(is_there(in_root("kept/file"))); /* Links are not followed. */
}

/* Somebody else was quicker. */
static void
test_aside__nothing_is_overwritten_at_the_end(void **state)
{
	struct aside_dir a;
	(void)state;

	assert_true(aside_begin(&world.cli, in_root("state"), &a));
	const char *path = arena_dup(&world.arena, a.path, strlen(a.path));
	assert_int_equal(mkdir(in_root("state"), 0700), 0);
	write_file(in_root("state/file"), "theirs");
	assert_false(aside_end(&world.cli, &a));
	assert_int_equal(world.cli.code, EXIT_REFUSED);
	assert_true(is_there(in_root("state/file")));
	assert_false(is_there(path));
}

static void
test_copy__is_what_was_there_for_its_owner_alone(void **state)
{
	const struct sha256 want = sha256_of(slice_str("some text"));
	struct copied copied, again;
	(void)state;

	write_file(in_root("from"), "some text");
	assert_int_equal(chmod(in_root("from"), 0644), 0);
	assert_int_equal(copy_file(in_root("from"), in_root("a/b/to"), &copied), 0);
	assert_int_equal(copied.bytes, 9);
	assert_true(sha256_eq(&copied.hash, &want));
	assert_int_equal(mode_of(in_root("a/b/to")), 0600);
	assert_int_equal(mode_of(in_root("a/b")), 0700);
	assert_int_equal(copy_hash(in_root("a/b/to"), &again), 0);
	assert_int_equal(again.bytes, 9);
	assert_true(sha256_eq(&again.hash, &want));
	assert_int_equal(copy_bytes(slice_str("some text"), in_root("c"), &again), 0);
	assert_true(sha256_eq(&again.hash, &want));
	assert_int_equal(copy_hash(in_root("c"), &again), 0);
	assert_true(sha256_eq(&again.hash, &want));
}

static void
test_copy__a_large_file_is_hashed_whole(void **state)
{
	struct copied copied;
	struct buf b = { 0 };
	(void)state;

	for (unsigned i = 0; i < 3 * 1024 * 1024 / 4 + 5; i++) {
		buf_put_le32(&b, i);
	}
	assert_int_equal(copy_bytes(buf_slice(&b), in_root("from"), &copied), 0);
	assert_int_equal(copy_file(in_root("from"), in_root("to"), &copied), 0);
	const struct sha256 want = sha256_of(buf_slice(&b));
	assert_int_equal(copied.bytes, b.len);
	assert_true(sha256_eq(&copied.hash, &want));
	buf_fini(&b);
}

static void
test_copy__only_files_and_never_over_another(void **state)
{
	struct copied copied;
	(void)state;

	write_file(in_root("from"), "x");
	write_file(in_root("there"), "y");
	assert_int_equal(symlink("from", in_root("link")), 0);
	assert_int_equal(mkfifo(in_root("pipe"), 0600), 0);
	assert_int_equal(copy_file(in_root("from"), in_root("there"), &copied), EEXIST);
	assert_int_equal(copy_file(in_root("nowhere"), in_root("a"), &copied), ENOENT);
	assert_int_equal(copy_file(in_root("link"), in_root("b"), &copied), ELOOP);
	assert_int_equal(copy_file(in_root("pipe"), in_root("c"), &copied), EINVAL);
	assert_int_equal(copy_file(root, in_root("d"), &copied), EINVAL);
	assert_false(is_there(in_root("a")));
	assert_false(is_there(in_root("c")));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_aside__has_its_name_when_it_is_finished),
		TEST(test_aside__an_empty_folder_is_taken_and_nothing_else),
		TEST(test_aside__what_is_dropped_is_gone_with_all_that_is_in_it),
		TEST(test_aside__nothing_is_overwritten_at_the_end),
		TEST(test_copy__is_what_was_there_for_its_owner_alone),
		TEST(test_copy__a_large_file_is_hashed_whole),
		TEST(test_copy__only_files_and_never_over_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
