#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/base/wire.h"

static struct slice
bytes(const char *s, size_t len)
{
	return slice_of(s, len);
}

static void
test_wire__fields_come_as_they_stand(void **state)
{
	/* 1: varint 300, 2: "ab", 3: fixed32, 4: fixed64 */
	struct slice m =
		bytes("\x08\xac\x02\x12\x02"
		      "ab\x1d\x01\x00\x00\x00\x21\x02\x00\x00\x00\x00\x00\x00\x00",
		      21);
	struct wire_field f;
	size_t at = 0;
	bool bad;

	(void)state;
	assert_true(wire_next(m, &at, &f, &bad));
	assert_int_equal(f.number, 1);
	assert_int_equal(f.value, 300);
	assert_int_equal(f.raw.len, 3);
	assert_true(wire_next(m, &at, &f, &bad));
	assert_int_equal(f.number, 2);
	assert_true(slice_eq_str(f.content, "ab"));
	assert_int_equal(f.raw.len, 4);
	assert_true(wire_next(m, &at, &f, &bad));
	assert_int_equal(f.type, WIRE_FIXED32);
	assert_int_equal(f.value, 1);
	assert_true(wire_next(m, &at, &f, &bad));
	assert_int_equal(f.type, WIRE_FIXED64);
	assert_int_equal(f.value, 2);
	assert_false(wire_next(m, &at, &f, &bad));
	assert_false(bad);
}

static void
test_wire__what_is_no_message_is_refused(void **state)
{
	static const struct {
		const char *at;
		size_t len;
	} cases[] = {
		{ "\x08", 1 },     /* A tag and no number. */
		{ "\x08\x80", 2 }, /* A number that does not end. */
		{ "\x12\x03"
		  "ab",
		  4 }, /* A text longer than what is there. */
		{ "\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
		  11 },                    /* 2^64 - 1 long. */
		{ "\x1d\x01\x02\x03", 4 }, /* Half a fixed32. */
		{ "\x21\x01\x02\x03\x04\x05\x06\x07", 8 },
		{ "\x00\x01", 2 }, /* Field 0. */
		{ "\x0b\x0c", 2 }, /* A group. */
		{ "\x0e\x01", 2 }, /* Wire type 6. */
		{ "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11 },
		{ "\xf8\xff\xff\xff\x7f\x01", 6 }, /* A number above 2^29 - 1. */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena arena = { 0 };
		struct wire_message m;
		struct slice content;

		assert_false(wire_split(bytes(cases[i].at, cases[i].len), &arena, &m));
		assert_false(
			wire_get_bytes(bytes(cases[i].at, cases[i].len), 1, &content));
		arena_fini(&arena);
	}
}

static void
test_wire__a_message_cut_anywhere_is_read_within_its_bounds(void **state)
{
	struct buf b = { 0 };
	struct arena arena = { 0 };

	(void)state;
	wire_put_number(&b, 1, UINT64_MAX);
	wire_put_bytes(&b, 15, slice_str("a session"));
	wire_put_bytes(&b, 200, slice_str("unknown"));
	for (size_t len = 0; len <= b.len; len++) {
		/* A heap copy of its own, so that a sanitizer sees a byte too many. */
		uint8_t *copy = xmalloc(len + 1);
		struct wire_message m;

		memcpy(copy, b.at, len);
		if (wire_split(slice_of(copy, len), &arena, &m)) {
			assert_true(len == 0 || len == 11 || len == 22 || len == b.len);
		}
		free(copy);
	}
	arena_fini(&arena);
	buf_fini(&b);
}

static void
test_wire__runs_gather_what_stands_apart(void **state)
{
	struct arena arena = { 0 };
	struct wire_message m;
	struct wire_run run;
	struct buf b = { 0 };

	(void)state;
	wire_put_bytes(&b, 5, slice_str("sfo"));
	wire_put_number(&b, 2, 7);
	wire_put_bytes(&b, 5, slice_str("lax"));
	assert_true(wire_split(buf_slice(&b), &arena, &m));
	assert_int_equal(m.count, 3);
	assert_int_equal(m.fields[0].number, 2);

	run = wire_find_run(&m, 5, &arena);
	assert_int_equal(run.count, 2);
	assert_true(slice_eq_str(run.fields[0].content, "sfo"));
	assert_true(slice_eq_str(run.fields[1].content, "lax"));
	assert_true(slice_eq_str(run.bytes, "\x2a\x03"
					    "sfo\x2a\x03"
					    "lax"));
	run = wire_find_run(&m, 3, &arena);
	assert_int_equal(run.count, 0);
	assert_int_equal(run.bytes.len, 0);
	arena_fini(&arena);
	buf_fini(&b);
}

static void
test_wire__what_is_put_is_read_again(void **state)
{
	static const uint64_t values[] = { 0, 1, 127, 128, 300, UINT32_MAX, UINT64_MAX };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		struct wire_field f;
		struct buf b = { 0 };
		size_t at = 0;
		bool bad;

		wire_put_number(&b, WIRE_MAX_FIELD, values[i]);
		assert_true(wire_next(buf_slice(&b), &at, &f, &bad));
		assert_int_equal(f.number, WIRE_MAX_FIELD);
		assert_true(f.value == values[i]);
		assert_int_equal(at, b.len);
		buf_fini(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wire__fields_come_as_they_stand),
		cmocka_unit_test(test_wire__what_is_no_message_is_refused),
		cmocka_unit_test(
			test_wire__a_message_cut_anywhere_is_read_within_its_bounds),
		cmocka_unit_test(test_wire__runs_gather_what_stands_apart),
		cmocka_unit_test(test_wire__what_is_put_is_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
