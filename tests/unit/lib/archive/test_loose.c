#include "lib/archive/loose.h"

#include "unit/lib/archive/archive_fixture.h"

static void
head_put(struct buf *b, uint64_t segment, uint32_t parts)
{
	buf_clear(b);
	buf_put_str(b, "KSP1");
	buf_put_le16(b, 1);
	buf_put_le16(b, 0);
	buf_put_le64(b, segment);
	buf_put_le32(b, parts);
}

static void
part_put(struct buf *b, uint8_t first, const char *salt, struct slice part)
{
	const uint8_t hash[HASH_LEN] = { first };

	buf_put(b, hash, HASH_LEN);
	buf_put_u8(b, (uint8_t)strlen(salt));
	buf_put_le32(b, (uint32_t)part.len);
	buf_put_str(b, salt);
	buf_put_slice(b, part);
}

static void
test_loose__parts_come_in_order_however_many(void **state)
{
	enum { PARTS = 700, LEN = 1000 }; /* More than is read at once. */
	struct fixture *f = *state;
	struct loose_reader r;
	struct loose_part part;
	uint8_t bytes[LEN];

	head_put(&f->bytes, 1002, PARTS);
	for (unsigned i = 0; i < PARTS; i++) {
		memset(bytes, (int)i, LEN);
		part_put(&f->bytes, (uint8_t)i, i % 2 ? "salt" : "",
			 slice_of(bytes, i % LEN));
	}
	memory_put(&f->archive.files, "loose/x001/002", buf_slice(&f->bytes));
	assert_int_equal(loose_open(&r, &f->files, 1002), OK);
	for (unsigned i = 0; i < PARTS; i++) {
		assert_int_equal(loose_next(&r, &part), OK);
		assert_int_equal(part.hash.b[0], (uint8_t)i);
		assert_true(slice_eq_str(part.salt, i % 2 ? "salt" : ""));
		assert_int_equal(part.part.len, i % LEN);
		assert_true(i == 0 || part.part.at[part.part.len - 1] == (uint8_t)i);
	}
	assert_int_equal(loose_next(&r, &part), ERR_NOT_FOUND);
	assert_int_equal(loose_next(&r, &part), ERR_NOT_FOUND);
	loose_close(&r);
}

static enum err
read_through(struct fixture *f)
{
	struct loose_reader r;
	struct loose_part part;

	memory_put(&f->archive.files, "loose/000", buf_slice(&f->bytes));
	enum err err = loose_open(&r, &f->files, 0);
	while (err == OK) {
		err = loose_next(&r, &part);
	}
	loose_close(&r);
	return err;
}

static void
test_loose__a_segment_without_names_has_no_file(void **state)
{
	struct fixture *f = *state;
	struct loose_reader r;

	assert_int_equal(loose_open(&r, &f->files, 0), ERR_NOT_FOUND);
	loose_close(&r);
	head_put(&f->bytes, 0, 0);
	assert_int_equal(read_through(f), ERR_NOT_FOUND); /* The end. */
}

static void
test_loose__whatever_is_cut_off_or_too_much_is_a_fault(void **state)
{
	struct fixture *f = *state;

	head_put(&f->bytes, 0, 2);
	part_put(&f->bytes, 1, "s", slice_str("one"));
	part_put(&f->bytes, 2, "", slice_str("two"));
	assert_int_equal(read_through(f), ERR_NOT_FOUND);
	const size_t whole = f->bytes.len;
	for (size_t len = 0; len < whole; len++) {
		f->bytes.len = len;
		assert_int_equal(read_through(f), ERR_CORRUPT);
	}
	f->bytes.len = whole;
	buf_put_u8(&f->bytes, 0);
	assert_int_equal(read_through(f), ERR_CORRUPT);
}

static void
test_loose__another_head_is_a_fault(void **state)
{
	struct fixture *f = *state;

	head_put(&f->bytes, 1, 0);
	assert_int_equal(read_through(f), ERR_CORRUPT); /* Another segment's. */
	head_put(&f->bytes, 0, 0);
	f->bytes.at[3] = '2';
	assert_int_equal(read_through(f), ERR_CORRUPT);
	head_put(&f->bytes, 0, 0);
	f->bytes.at[4] = 2;
	assert_int_equal(read_through(f), ERR_CORRUPT);
}

static void
test_loose__a_length_is_bounded_before_anything_is_read(void **state)
{
	struct fixture *f = *state;
	const uint8_t hash[HASH_LEN] = { 1 };

	head_put(&f->bytes, 0, 1);
	buf_put(&f->bytes, hash, HASH_LEN);
	buf_put_u8(&f->bytes, 0);
	buf_put_le32(&f->bytes, UINT32_MAX);
	assert_int_equal(read_through(f), ERR_CORRUPT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_loose__parts_come_in_order_however_many),
		TEST(test_loose__a_segment_without_names_has_no_file),
		TEST(test_loose__whatever_is_cut_off_or_too_much_is_a_fault),
		TEST(test_loose__another_head_is_a_fault),
		TEST(test_loose__a_length_is_bounded_before_anything_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
