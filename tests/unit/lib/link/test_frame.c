#include "unit/lib/link/link_test.h"

static uint8_t header[FRAME_HEADER_LEN];
static uint8_t large[FRAME_MAX_LEN + 1];

/* Reads a frame of 'type' with a body and a payload of these lengths. */
static enum frame_fault
read_frame(uint8_t type, unsigned count, size_t body, size_t payload)
{
	struct slice parts[3] = { slice_of(header, sizeof(header)), slice_of(large, body),
				  slice_of(large, payload) };
	struct frame frame;

	frame_header_put(header, &(struct frame_header){ .type = type });
	return frame_read(parts, count, &frame);
}

static void
test_frame__a_header_comes_back_as_it_was_put(void **state)
{
	(void)state;
	const uint8_t wire[FRAME_HEADER_LEN] = { 'K',  'S',  'L', '1', 3, 0, 0x02, 0x01,
						 8,    7,    6,   5,   4, 3, 2,    1,
						 0xf8, 0xf7, 0,   0,   0, 0, 0,    0x80 };
	struct frame_header h = { .type = FRAME_BATCH,
				  .minor = 0x0102,
				  .session = 0x0102030405060708,
				  .frame_no = 0x800000000000f7f8 };
	struct slice parts[2] = { slice_of(header, sizeof(header)), slice_str("body") };
	struct frame frame;

	frame_header_put(header, &h);
	assert_memory_equal(header, wire, sizeof(wire));
	assert_int_equal(frame_read(parts, 2, &frame), FRAME_GOOD);
	assert_int_equal(frame.header.type, h.type);
	assert_int_equal(frame.header.minor, h.minor);
	assert_true(frame.header.session == h.session);
	assert_true(frame.header.frame_no == h.frame_no);
	assert_true(slice_eq_str(frame.body, "body"));
	assert_int_equal(frame.payload.len, 0);
}

static void
test_frame__only_known_types_are_read(void **state)
{
	(void)state;
	for (unsigned type = 0; type < 256; type++) {
		bool known = (type >= 1 && type <= 7) || type >= 32;

		assert_int_equal(read_frame((uint8_t)type, 2, 4, 0),
				 known ? FRAME_GOOD : FRAME_MALFORMED);
	}
}

static void
test_frame__only_a_batch_has_a_payload(void **state)
{
	(void)state;
	for (uint8_t type = 1; type <= 7; type++) {
		assert_int_equal(read_frame(type, 3, 4, 4),
				 type == FRAME_BATCH ? FRAME_GOOD : FRAME_MALFORMED);
	}
	assert_int_equal(read_frame(FRAME_SUBMIT, 3, 4, 4), FRAME_MALFORMED);
	assert_int_equal(read_frame(FRAME_BATCH, 3, 4, 0), FRAME_GOOD);
}

static void
test_frame__the_number_of_parts_is_two_or_three(void **state)
{
	(void)state;
	assert_int_equal(read_frame(FRAME_BATCH, 0, 4, 4), FRAME_MALFORMED);
	assert_int_equal(read_frame(FRAME_BATCH, 1, 4, 4), FRAME_MALFORMED);
	/* Only three parts were handed over: the fourth must not be looked at. */
	assert_int_equal(read_frame(FRAME_BATCH, 4, 4, 4), FRAME_MALFORMED);
	assert_int_equal(read_frame(FRAME_BATCH, 4000000000u, 4, 4), FRAME_MALFORMED);
}

static void
test_frame__a_part_is_at_most_1_mib_and_64_kib(void **state)
{
	(void)state;
	assert_int_equal(read_frame(FRAME_BATCH, 3, 4, 1024 * 1024 + 65536), FRAME_GOOD);
	assert_int_equal(read_frame(FRAME_BATCH, 3, 4, 1024 * 1024 + 65537),
			 FRAME_TOO_LARGE);
	assert_int_equal(read_frame(FRAME_SUBMIT, 2, 1024 * 1024 + 65536, 0), FRAME_GOOD);
	assert_int_equal(read_frame(FRAME_SUBMIT, 2, 1024 * 1024 + 65537, 0),
			 FRAME_TOO_LARGE);

	struct slice parts[2] = { slice_of(large, FRAME_MAX_LEN + 1), slice_str("") };
	struct frame frame;
	assert_int_equal(frame_read(parts, 2, &frame), FRAME_TOO_LARGE);
}

static void
test_frame__a_body_that_is_no_batch_is_at_most_64_kib(void **state)
{
	(void)state;
	for (uint8_t type = 1; type <= 7; type++) {
		assert_int_equal(read_frame(type, 2, 65536, 0), FRAME_GOOD);
		assert_int_equal(read_frame(type, 2, 65537, 0),
				 type == FRAME_BATCH ? FRAME_GOOD : FRAME_TOO_LARGE);
	}
}

static enum frame_fault
read_header(const void *at, size_t len)
{
	struct slice parts[2] = { slice_of(at, len), slice_str("") };
	struct frame frame;

	return frame_read(parts, 2, &frame);
}

static void
test_frame__another_major_is_told_from_garbage(void **state)
{
	(void)state;
	frame_header_put(header, &(struct frame_header){ .type = FRAME_HELLO });
	for (unsigned c = 0; c < 256; c++) {
		bool digit = c >= '0' && c <= '9';

		header[3] = (uint8_t)c;
		assert_int_equal(read_header(header, sizeof(header)),
				 c == '1' ? FRAME_GOOD
				 : digit  ? FRAME_WRONG_MAJOR
					  : FRAME_MALFORMED);
	}
	/* A later major may have another header, of which we know only the magic. */
	assert_int_equal(read_header("KSL2 and something else", 23), FRAME_WRONG_MAJOR);
	assert_int_equal(read_header("KSL2", 4), FRAME_WRONG_MAJOR);
	assert_int_equal(read_header("KSL", 3), FRAME_MALFORMED);
	assert_int_equal(read_header("", 0), FRAME_MALFORMED);
	assert_int_equal(read_header("GET / HTTP/1.1\r\nHost: a", 24), FRAME_MALFORMED);
}

static void
test_frame__flags_and_length_of_the_header_are_fixed(void **state)
{
	(void)state;
	uint8_t longer[FRAME_HEADER_LEN + 1] = { 0 };

	for (unsigned flags = 0; flags < 256; flags++) {
		frame_header_put(header, &(struct frame_header){ .type = FRAME_HELLO });
		header[5] = (uint8_t)flags;
		assert_int_equal(read_header(header, sizeof(header)),
				 flags == 0 ? FRAME_GOOD : FRAME_MALFORMED);
	}
	frame_header_put(longer, &(struct frame_header){ .type = FRAME_HELLO });
	for (size_t len = 0; len <= sizeof(longer); len++) {
		assert_int_equal(read_header(longer, len),
				 len == FRAME_HEADER_LEN ? FRAME_GOOD : FRAME_MALFORMED);
	}
}

static void
test_frame__each_fault_has_a_worded_answer(void **state)
{
	(void)state;
	struct link_error error = link_error_of(FRAME_WRONG_MAJOR);

	assert_int_equal(error.code, LINK_VERSION_UNSUPPORTED);
	assert_int_equal(error.error_class, LINK_OPERATOR);
	assert_non_null(strstr(error.text, "KSL1"));
	assert_int_equal(error.minor_max, LINK_MINOR_MAX);
	assert_int_equal(link_error_of(FRAME_MALFORMED).code, LINK_MALFORMED);
	assert_int_equal(link_error_of(FRAME_TOO_LARGE).code, LINK_TOO_LARGE);
}

static void
test_frame__every_code_has_a_name(void **state)
{
	(void)state;
	for (int code = LINK_NO_SESSION; code <= LINK_INTERNAL; code++) {
		assert_string_not_equal(link_code_name((enum link_code)code), "unknown");
	}
	assert_string_equal(link_code_name(LINK_OUT_OF_ORDER), "out_of_order");
	assert_string_equal(link_code_name((enum link_code)(LINK_INTERNAL + 1)),
			    "unknown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frame__a_header_comes_back_as_it_was_put),
		cmocka_unit_test(test_frame__only_known_types_are_read),
		cmocka_unit_test(test_frame__only_a_batch_has_a_payload),
		cmocka_unit_test(test_frame__the_number_of_parts_is_two_or_three),
		cmocka_unit_test(test_frame__a_part_is_at_most_1_mib_and_64_kib),
		cmocka_unit_test(test_frame__a_body_that_is_no_batch_is_at_most_64_kib),
		cmocka_unit_test(test_frame__another_major_is_told_from_garbage),
		cmocka_unit_test(test_frame__flags_and_length_of_the_header_are_fixed),
		cmocka_unit_test(test_frame__each_fault_has_a_worded_answer),
		cmocka_unit_test(test_frame__every_code_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
