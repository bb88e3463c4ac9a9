#include "unit/archiving/fixture.h"

static struct hash
put_part(struct buf *parts, const char *salt, const char *part)
{
	struct hash hash = hash_of2(slice_str(salt), slice_str(part));

	buf_put_slice(parts, hash_slice(&hash));
	buf_put_u8(parts, (uint8_t)strlen(salt));
	buf_put_le32(parts, (uint32_t)strlen(part));
	buf_put_str(parts, salt);
	buf_put_str(parts, part);
	return hash;
}

static void
test_loose__paths_are_those_of_segments(void **state)
{
	char path[LOOSE_PATH_SIZE];

	(void)state;
	loose_path(7, path);
	assert_string_equal(path, "loose/007");
	loose_path(1234067, path);
	assert_string_equal(path, "loose/x001/x234/067");
}

static void
test_loose__what_is_put_is_read(void **state)
{
	struct buf parts = { 0 }, file = { 0 };
	struct slice is;
	struct hash hash;
	size_t at = 0;

	(void)state;
	struct hash a = put_part(&parts, "salt", "Hanako");
	struct hash b = put_part(&parts, "", "");
	struct hash c = put_part(&parts, "another salt", "a@example.org");
	loose_put_file(&file, 1234, 3, buf_slice(&parts));
	assert_int_equal(file.len, 20 + parts.len);
	assert_true(loose_open_file(buf_slice(&file), 1234, &is));
	assert_false(loose_open_file(buf_slice(&file), 1235, &is));
	assert_true(loose_next(is, &at, &hash) && hash_eq(&hash, &a));
	assert_true(loose_next(is, &at, &hash) && hash_eq(&hash, &b));
	assert_true(loose_next(is, &at, &hash) && hash_eq(&hash, &c));
	assert_false(loose_next(is, &at, &hash));

	/* All of them went. */
	buf_clear(&file);
	loose_put_file(&file, 5, 0, (struct slice){ 0 });
	assert_true(loose_open_file(buf_slice(&file), 5, &is));
	assert_int_equal(is.len, 0);
	buf_fini(&parts);
	buf_fini(&file);
}

/* Cut anywhere, any bit changed, anything added: it is no such file. */
static void
test_loose__anything_else_is_no_such_file(void **state)
{
	struct buf parts = { 0 }, file = { 0 };
	struct slice is;

	(void)state;
	(void)put_part(&parts, "salt", "Hanako");
	(void)put_part(&parts, "another salt", "a@example.org");
	loose_put_file(&file, 3, 2, buf_slice(&parts));
	for (size_t len = 0; len < file.len; len++) {
		/* In memory of its own, so that a read beyond its end is seen. */
		uint8_t *cut = xmalloc(len + 1);

		memcpy(cut, file.at, len);
		assert_false(loose_open_file(slice_of(cut, len), 3, &is));
		free(cut);
	}
	for (size_t bit = 0; bit < 8 * file.len; bit++) {
		file.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(loose_open_file(buf_slice(&file), 3, &is));
		file.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_true(loose_open_file(buf_slice(&file), 3, &is));
	buf_put_u8(&file, 0);
	assert_false(loose_open_file(buf_slice(&file), 3, &is));
	buf_fini(&parts);
	buf_fini(&file);
}

/* A part that nothing names, or that is not what its hash says, is not kept. */
static void
test_loose__what_no_record_names_is_not_taken(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;

	start(f);
	hq_say_person(&f->hq, "Hanako");
	hq_say(&f->hq, 1, 20);
	buf_put_slice(&f->hq.entries[1].loose, buf_slice(&f->hq.entries[0].loose));
	buf_clear(&f->hq.entries[0].loose);
	desk_settle(d);
	assert_int_equal(d->core->follower.log.head.position, hq_position(&f->hq));
	struct txn txn = txn_begin_read(d->store);
	assert_int_equal(txn_count(&txn, LOG_DB_LOOSE), 0);
	txn_abort(&txn);
	desk_seal(d);
	assert_all_sealed(f);
	struct memory files = disk_files(d->disk);
	assert_null(memory_find(&files, "loose/000"));
	memory_fini(&files);
}

static void
test_loose__parts_that_cannot_be_read_do_not_hold_the_log_up(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;

	start(f);
	hq_say_person(&f->hq, "Hanako");
	f->hq.entries[0].loose.at[3] ^= 0x55;
	hq_say_person(&f->hq, "Taro");
	buf_clear(&f->hq.entries[1].loose);
	buf_put_str(&f->hq.entries[1].loose, "no parts at all");
	desk_settle(d);
	desk_seal(d);
	assert_all_sealed(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_loose__paths_are_those_of_segments),
		TEST(test_loose__what_is_put_is_read),
		TEST(test_loose__anything_else_is_no_such_file),
		TEST(test_loose__what_no_record_names_is_not_taken),
		TEST(test_loose__parts_that_cannot_be_read_do_not_hold_the_log_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
