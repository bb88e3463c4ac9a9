#include "cli/manifest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/hash.h"

static struct arena arena;
static struct manifest manifest;
static struct buf text;

static int
begin(void **state)
{
	const struct sha256 one = sha256_of(slice_str("one")), none = sha256_empty();
	(void)state;

	manifest_init(&manifest);
	manifest.of = "a post's intake";
	manifest.at = 1711929600000;
	manifest_add(&manifest, "journal/data.mdb", 12345678901, &one);
	manifest_add(&manifest, "a file, 名前", 0, &none);
	manifest_put(&text, &manifest);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	manifest_fini(&manifest);
	arena_fini(&arena);
	buf_fini(&text);
	return 0;
}

static bool
reads(struct slice bytes, struct manifest *m)
{
	manifest_init(m);
	return manifest_read(bytes, &arena, m);
}

static void
test_manifest__says_each_file(void **state)
{
	struct manifest m;
	(void)state;

	assert_true(reads(buf_slice(&text), &m));
	assert_string_equal(m.of, "a post's intake");
	assert_int_equal(m.at, 1711929600000);
	assert_int_equal(m.files.count, 2);
	for (uint32_t i = 0; i < 2; i++) {
		const struct manifest_file *is = table_at(&m.files, i);
		const struct manifest_file *want = table_at(&manifest.files, i);

		assert_string_equal(is->path, want->path);
		assert_int_equal(is->bytes, want->bytes);
		assert_true(sha256_eq(&is->hash, &want->hash));
	}
	manifest_fini(&m);
}

static void
test_manifest__can_be_read_by_eye(void **state)
{
	static const char want[] =
		"kusanone backup 1\n"
		"of a post's intake\n"
		"at_ms 1711929600000\n"
		"file 7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e714"
		"3c0add73ff431ed 12345678901 journal/data.mdb\n";
	(void)state;

	assert_true(text.len > strlen(want));
	assert_memory_equal(text.at, want, strlen(want));
}

static void
test_manifest__any_byte_that_is_another_is_found(void **state)
{
	struct manifest m;
	(void)state;

	for (size_t i = 0; i < text.len; i++) {
		/* Hex digits may be of either case: another bit is changed. */
		text.at[i] ^= 1;
		assert_false(reads(buf_slice(&text), &m));
		manifest_fini(&m);
		text.at[i] ^= 1;
	}
}

static void
test_manifest__is_whole_or_none(void **state)
{
	struct manifest m;
	(void)state;

	for (size_t len = 0; len < text.len; len++) {
		assert_false(reads(slice_of(text.at, len), &m));
		manifest_fini(&m);
	}
	buf_put_str(&text, "\n");
	assert_false(reads(buf_slice(&text), &m));
	manifest_fini(&m);
}

static void
test_manifest__no_path_leads_elsewhere(void **state)
{
	static const char *const good[] = { "a", "a/b", "a..b/.c", "..a", "a b", "名前" };
	static const char *const bad[] = { "",     "/",     "/a",   "a/",   "a//b",
					   ".",    "..",    "../a", "a/..", "a/../b",
					   "./a",  "a/./b", "a\nb", "a\tb", "\x7f",
					   "\xff", "a/\x1b" };
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(manifest_path_good(slice_str(good[i])));
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(manifest_path_good(slice_str(bad[i])));
	}
}

/* Whoever writes one with a right sum. */
static void
test_manifest__nor_one_that_somebody_made(void **state)
{
	static const char *const lines[] = {
		"file %s 1 ../a\n", "file %s -1 a\n", "file %s 01 a\n",
		"file %s 1\n",      "fill %s 1 a\n",  "file %sa 1 a\n",
	};
	char hex[2 * SHA256_LEN + 1];
	struct manifest m;
	(void)state;

	memset(hex, 'a', sizeof(hex) - 1);
	hex[sizeof(hex) - 1] = '\0';
	for (size_t i = 0; i <= ARRAY_LEN(lines); i++) {
		const char *line = i < ARRAY_LEN(lines) ? lines[i] : "file %s 1 a\n";
		char sum[2 * SHA256_LEN + 1];
		size_t before;

		buf_clear(&text);
		buf_put_str(&text, "kusanone backup 1\nof x\nat_ms 1\n");
		for (const char *at = line; *at != '\0'; at++) {
			if (at[0] == '%') {
				buf_put_str(&text, hex);
				at++;
			} else {
				buf_put_u8(&text, (uint8_t)*at);
			}
		}
		before = text.len;
		const struct sha256 is = sha256_of(slice_of(text.at, before));
		for (size_t k = 0; k < SHA256_LEN; k++) {
			snprintf(sum + 2 * k, 3, "%02x", is.b[k]);
		}
		buf_printf(&text, "sum %s\n", sum);
		assert_int_equal(reads(buf_slice(&text), &m), i == ARRAY_LEN(lines));
		manifest_fini(&m);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_manifest__says_each_file),
		TEST(test_manifest__can_be_read_by_eye),
		TEST(test_manifest__any_byte_that_is_another_is_found),
		TEST(test_manifest__is_whole_or_none),
		TEST(test_manifest__no_path_leads_elsewhere),
		TEST(test_manifest__nor_one_that_somebody_made),
	};

	hash_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
