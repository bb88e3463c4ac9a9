#include "lib/store/block.h"

#include "unit/lib/store/fixture.h"

/* The block of the tests below: three records, the second one empty. */
static struct block
three_records(struct fixture *f)
{
	const struct hash parent = { .b = { 9, 9, 9 } };

	block_begin(&f->maker, &f->node, 41, &parent);
	assert_true(block_add(&f->maker, slice_str("first")));
	assert_true(block_add(&f->maker, slice_str("")));
	assert_true(block_add(&f->maker, slice_str("third")));
	return block_finish(&f->maker, 1707973200000, &f->key, f->secret);
}

static void
test_block__what_was_made_is_read_back(void **state)
{
	struct fixture *f = *state;
	const struct hash parent = { .b = { 9, 9, 9 } };
	struct block made = three_records(f), read;
	const char *why = NULL;

	assert_true(block_parse(buf_slice(&f->maker.buf), &read, &why));
	assert_null(why);
	assert_true(hash_eq(&read.hash, &made.hash));
	assert_true(node_id_eq(&read.node, &f->node));
	assert_true(key_id_eq(&read.key, &f->key));
	assert_true(hash_eq(&read.parent, &parent));
	assert_int_equal(read.first_seq, 41);
	assert_int_equal(read.last_seq, 43);
	assert_int_equal(read.committed_ms, 1707973200000);
	assert_int_equal(read.count, 3);
	assert_true(block_verify(&read, f->public_key));
}

static void
test_block__the_bytes_are_those_of_format_1(void **state)
{
	struct fixture *f = *state;
	struct block block = three_records(f);
	const uint8_t *at = block.bytes.at;

	assert_int_equal(block.bytes.len, 88 + 4 + 5 + 4 + 0 + 4 + 5 + 64);
	assert_memory_equal(at, "KSB1\x01\x00\x03\x00", 8);
	assert_memory_equal(at + 8, f->node.b, 16);
	assert_memory_equal(at + 24, "\x29\0\0\0\0\0\0\0", 8);
	assert_int_equal(get_le64(at + 32), 1707973200000);
	assert_memory_equal(at + 40, "\x09\x09\x09\0", 4);
	assert_memory_equal(at + 72, f->key.b, 8);
	assert_memory_equal(at + 80, "\x16\0\0\0\0\0\0\0", 8);
	assert_memory_equal(at + 88, "\x05\0\0\0first\0\0\0\0\x05\0\0\0third", 22);

	/* The hash is of everything before the signature, the signature of context and
	 * hash. */
	struct hash hash = hash_of(slice_of(at, block.bytes.len - 64));
	uint8_t text[50] = "kusanone block v1";
	assert_true(hash_eq(&hash, &block.hash));
	memcpy(text + 18, hash.b, 32);
	assert_true(sign_verify(at + block.bytes.len - 64, slice_of(text, 50),
				f->public_key));

	struct hash key = hash_of(slice_of(f->public_key, SIGN_PUBLIC_LEN));
	assert_memory_equal(f->key.b, key.b, KEY_ID_LEN);
}

static void
test_block__records_come_in_order_and_by_number(void **state)
{
	struct fixture *f = *state;
	struct block block = three_records(f);
	struct slice record;
	size_t at = 0;

	assert_true(block_next(&block, &at, &record));
	assert_slice(record, "first");
	assert_true(block_next(&block, &at, &record));
	assert_int_equal(record.len, 0);
	assert_true(block_next(&block, &at, &record));
	assert_slice(record, "third");
	assert_false(block_next(&block, &at, &record));

	assert_slice(block_record(&block, 0), "first");
	assert_slice(block_record(&block, 2), "third");
}

static void
test_block__a_peek_reads_the_header_only(void **state)
{
	struct fixture *f = *state;
	struct block made = three_records(f), peeked;

	assert_true(block_peek(made.bytes, &peeked));
	assert_true(hash_is_zero(&peeked.hash));
	assert_int_equal(peeked.last_seq, 43);
	assert_slice(block_record(&peeked, 2), "third");
	assert_false(block_peek(slice_of(made.bytes.at, 80), &peeked));
}

static void
test_block__every_flipped_bit_is_seen(void **state)
{
	struct fixture *f = *state;
	struct block made = three_records(f), read;
	uint8_t *at = f->maker.buf.at;

	for (size_t bit = 0; bit < 8 * made.bytes.len; bit++) {
		at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (block_parse(made.bytes, &read, NULL)) {
			assert_false(block_verify(&read, f->public_key));
		}
		at[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_true(block_parse(made.bytes, &read, NULL));
	assert_true(block_verify(&read, f->public_key));
}

static void
test_block__every_torn_length_is_refused(void **state)
{
	struct fixture *f = *state;
	struct block made = three_records(f), read;

	for (size_t len = 0; len < made.bytes.len; len++) {
		/* A copy of its own length, so that reading beyond it is seen. */
		uint8_t *torn = xmalloc(len + 1);
		const char *why = NULL;

		memcpy(torn, made.bytes.at, len);
		assert_false(block_parse(slice_of(torn, len), &read, &why));
		assert_non_null(why);
		free(torn);
	}
}

static void
test_block__another_key_does_not_verify(void **state)
{
	struct fixture *f = *state;
	struct block block = three_records(f);
	uint8_t public_key[SIGN_PUBLIC_LEN], secret[SIGN_SECRET_LEN];
	const uint8_t seed[32] = { 8 };

	sign_keypair(public_key, secret, seed);
	assert_false(block_verify(&block, public_key));

	/* Signed by the other one, but naming ours: neither is its author. */
	block_begin(&f->maker, &f->node, 1, &(struct hash){ 0 });
	assert_true(block_add(&f->maker, slice_str("x")));
	block = block_finish(&f->maker, 1, &f->key, secret);
	assert_false(block_verify(&block, f->public_key));
	assert_false(block_verify(&block, public_key));
}

/* The reason for which the block is refused with 'len' bytes at 'at' replaced. */
static const char *
reason(struct fixture *f, size_t at, const void *bytes, size_t len)
{
	struct block made = three_records(f), read;
	const char *why = "taken";

	memcpy(f->maker.buf.at + at, bytes, len);
	assert_false(block_parse(made.bytes, &read, &why));
	return why;
}

static void
test_block__a_refusal_names_the_rule(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(reason(f, 0, "KSB2", 4), "does not begin with KSB1");
	assert_string_equal(reason(f, 4, "\2", 1), "format is not 1");
	assert_string_equal(reason(f, 6, "\0\0", 2), "count is not 1 to 1024");
	assert_string_equal(reason(f, 6, "\1\4", 2), "count is not 1 to 1024");
	assert_string_equal(reason(f, 24, "\0", 1), "first_seq is 0 or above 2^63");
	assert_string_equal(reason(f, 24, "\xff\xff\xff\xff\xff\xff\xff\xff", 8),
			    "first_seq is 0 or above 2^63");
	assert_string_equal(reason(f, 84, "\1", 1), "bytes 84 to 87 are not zero");
	assert_string_equal(reason(f, 80, "\x17", 1),
			    "length of the records part is not that of the block");
	/* One record less, one more, and lengths that lie. */
	assert_string_equal(reason(f, 6, "\2", 1), "bytes after the last record");
	assert_string_equal(reason(f, 6, "\4", 1),
			    "a record reaches beyond the records part");
	assert_string_equal(reason(f, 88, "\xff\xff\xff\xff", 4),
			    "a record reaches beyond the records part");
	assert_string_equal(reason(f, 88, "\x06", 1),
			    "a record reaches beyond the records part");
}

static void
test_block__a_block_takes_1024_records(void **state)
{
	struct fixture *f = *state;
	struct block read;

	block_begin(&f->maker, &f->node, 1, &(struct hash){ 0 });
	for (int i = 0; i < 1024; i++) {
		assert_true(block_add(&f->maker, slice_str("r")));
	}
	assert_false(block_add(&f->maker, slice_str("r")));
	struct block block = block_finish(&f->maker, 1, &f->key, f->secret);
	assert_true(block_parse(block.bytes, &read, NULL));
	assert_int_equal(read.count, 1024);
	assert_int_equal(read.last_seq, 1024);
}

static void
test_block__a_record_may_have_32_kib(void **state)
{
	struct fixture *f = *state;
	uint8_t *bytes = xcalloc(1, BLOCK_MAX_RECORD + 1);
	struct block block, read;
	const char *why = NULL;

	block_begin(&f->maker, &f->node, 1, &(struct hash){ 0 });
	assert_true(block_add(&f->maker, slice_of(bytes, BLOCK_MAX_RECORD)));
	block = block_finish(&f->maker, 1, &f->key, f->secret);
	assert_true(block_parse(block.bytes, &read, NULL));
	assert_int_equal(block_record(&read, 0).len, 32768);

	/* One byte more, from somebody who does not keep to the rule. */
	put_le32(f->maker.buf.at + 80, 4 + BLOCK_MAX_RECORD + 1);
	put_le32(f->maker.buf.at + 88, BLOCK_MAX_RECORD + 1);
	buf_put_u8(&f->maker.buf, 0);
	assert_false(block_parse(buf_slice(&f->maker.buf), &read, &why));
	assert_string_equal(why, "a record is longer than 32 KiB");
	free(bytes);
}

static void
test_block__a_block_may_have_exactly_64_kib(void **state)
{
	struct fixture *f = *state;
	uint8_t *bytes = xcalloc(1, BLOCK_MAX_RECORD);
	const size_t rest = 65536 - 88 - 64 - 4 - 32768 - 4;
	struct block block, read;
	const char *why = NULL;

	/* One byte too many begins another block ... */
	block_begin(&f->maker, &f->node, 1, &(struct hash){ 0 });
	assert_true(block_add(&f->maker, slice_of(bytes, 32768)));
	assert_false(block_add(&f->maker, slice_of(bytes, rest + 1)));
	/* ... exactly as many as there is room for do not. */
	assert_true(block_add(&f->maker, slice_of(bytes, rest)));
	assert_false(block_add(&f->maker, slice_str("")));
	block = block_finish(&f->maker, 1, &f->key, f->secret);
	assert_int_equal(block.bytes.len, 65536);
	assert_true(block_parse(block.bytes, &read, NULL));
	assert_true(block_verify(&read, f->public_key));

	buf_put_u8(&f->maker.buf, 0);
	assert_false(block_parse(buf_slice(&f->maker.buf), &read, &why));
	assert_string_equal(why, "longer than 64 KiB");
	free(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_block__what_was_made_is_read_back),
		TEST(test_block__the_bytes_are_those_of_format_1),
		TEST(test_block__records_come_in_order_and_by_number),
		TEST(test_block__a_peek_reads_the_header_only),
		TEST(test_block__every_flipped_bit_is_seen),
		TEST(test_block__every_torn_length_is_refused),
		TEST(test_block__another_key_does_not_verify),
		TEST(test_block__a_refusal_names_the_rule),
		TEST(test_block__a_block_takes_1024_records),
		TEST(test_block__a_record_may_have_32_kib),
		TEST(test_block__a_block_may_have_exactly_64_kib),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
