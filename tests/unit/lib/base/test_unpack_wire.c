#include "lib/base/unpack_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "kusanone/link/v1/link.pb-c.h"
#include "kusanone/v1/control.pb-c.h"
#include "kusanone/v1/event.pb-c.h"

static struct arena arena;
static const char *why;

static int
forget(void **state)
{
	(void)state;
	arena_fini(&arena);
	return 0;
}

/* The message, or NULL with 'why'. */
static void *
unpacked(const ProtobufCMessageDescriptor *type, struct slice bytes)
{
	why = NULL;
	return unpack_message(type, bytes, &arena, &why);
}

static void
test_unpack__what_was_packed_comes_back(void **state)
{
	(void)state;
	Kusanone__V1__Text title = KUSANONE__V1__TEXT__INIT;
	Kusanone__V1__Event event = KUSANONE__V1__EVENT__INIT;
	struct buf b = { 0 };

	title.ja = (char *)(uintptr_t) "草の根";
	event.title = &title;
	event.id = (char *)(uintptr_t) "x";
	buf_put_str(&b, "before");
	pack_message(&event.base, &b);
	struct slice packed = slice_from(buf_slice(&b), strlen("before"));
	assert_true(slice_eq(packed, pack_in_arena(&event.base, &arena)));

	Kusanone__V1__Event *back = unpacked(&kusanone__v1__event__descriptor, packed);
	assert_non_null(back);
	assert_string_equal(back->title->ja, "草の根");
	assert_string_equal(back->title->en, "");
	assert_null(back->heading);
	buf_fini(&b);
}

static void
test_unpack__nothing_is_an_empty_message(void **state)
{
	(void)state;
	Kusanone__V1__Event *event =
		unpacked(&kusanone__v1__event__descriptor, (struct slice){ 0 });

	assert_non_null(event);
	assert_string_equal(event->id, "");
	assert_int_equal(event->n_sessions, 0);
}

static void
test_unpack__every_cut_is_refused_or_whole(void **state)
{
	(void)state;
	/* title { ja: "ab" }, session_count { value: 300 } */
	static const uint8_t bytes[] = { 0x32, 0x04, 0x0a, 0x02, 'a',  'b',
					 0x92, 0x01, 0x03, 0x08, 0xac, 0x02 };

	for (size_t len = 0; len <= sizeof(bytes); len++) {
		bool whole = len == 0 || len == 6 || len == sizeof(bytes);
		void *event =
			unpacked(&kusanone__v1__event__descriptor, slice_of(bytes, len));

		assert_int_equal(event != NULL, whole);
		assert_int_equal(why == NULL, whole);
	}
}

static void
check_refused(const ProtobufCMessageDescriptor *type, const void *bytes, size_t len,
	      const char *expected)
{
	assert_null(unpacked(type, slice_of(bytes, len)));
	assert_non_null(why);
	assert_non_null(strstr(why, expected));
}

static void
test_unpack__strings_are_text_at_any_depth(void **state)
{
	(void)state;
	check_refused(&kusanone__v1__event__descriptor, "\x0a\x01\xff", 3,
		      "Event.id: not UTF-8 text");
	check_refused(&kusanone__v1__event__descriptor,
		      "\x0a\x03"
		      "a\0b",
		      5, "Event.id: not UTF-8 text");
	check_refused(&kusanone__v1__event__descriptor, "\x32\x03\x0a\x01\xc0", 5,
		      "Text.ja: not UTF-8 text");
	/* Bytes are bytes. */
	assert_non_null(
		unpacked(&kusanone__v1__person__descriptor, slice_of("\x0a\x01\xff", 3)));
}

static void
test_unpack__malformed_wire_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = {
		{ "\x00\x01", 2 }, /* field 0 */
		{ "\x0b\x0c", 2 }, /* a group */
		{ "\x0a\x05"
		  "ab",
		  4 }, /* longer than there is */
		{ "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
		  11 }, /* a huge length */
		{ "\x98\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
		  13 },                                                 /* 11 bytes */
		{ "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x01", 11 }, /* a huge field */
		{ "\x32\x02\x0a\x05", 4 }, /* an inner length beyond the outer */
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		check_refused(&kusanone__v1__event__descriptor, cases[i].bytes,
			      cases[i].len, ": not a ");
	}
}

static void
test_unpack__a_field_of_another_type_is_refused(void **state)
{
	(void)state;
	check_refused(&kusanone__v1__event__descriptor, "\x08\x01", 2,
		      "Event.id: has the wrong type"); /* A number. */
	check_refused(&kusanone__v1__event__descriptor, "\x9a\x01\x01\x01", 4,
		      "Event.status: has the wrong type"); /* Bytes. */
	check_refused(&kusanone__v1__event__descriptor, "\x35\x01\x02\x03\x04", 5,
		      "Event.title: has the wrong type"); /* Four bytes. */
	/* A list of numbers may be packed, and need not. */
	assert_non_null(unpacked(&kusanone__v1__enrolment__descriptor,
				 slice_of("\x3a\x02\x01\x02", 4)));
	assert_non_null(
		unpacked(&kusanone__v1__enrolment__descriptor, slice_of("\x38\x01", 2)));
}

static void
test_unpack__unknown_fields_are_no_fault(void **state)
{
	(void)state;
	/* Field 1000 as a number, as eight bytes, as four and as bytes that are no text.
	 */
	static const uint8_t bytes[] = { 0xc0, 0x3e, 0x01, 0xc1, 0x3e, 1,    2,    3,  4,
					 5,    6,    7,    8,    0xc5, 0x3e, 1,    2,  3,
					 4,    0xc2, 0x3e, 0x01, 0xff, 0x0a, 0x01, 'x' };
	Kusanone__V1__Event *event = unpacked(&kusanone__v1__event__descriptor,
					      slice_of(bytes, sizeof(bytes)));

	assert_non_null(event);
	assert_string_equal(event->id, "x");
	assert_int_equal(event->base.n_unknown_fields, 4);
}

static void
test_unpack__parts_of_nothing_do_not_fill_the_memory(void **state)
{
	(void)state;
	struct buf b = { 0 };

	/* 10,000 empty sessions: two bytes each on the wire, more than 100 in memory. */
	for (int i = 0; i < 10000; i++) {
		buf_put(&b, "\x7a\x00", 2);
	}
	check_refused(&kusanone__v1__event__descriptor, b.at, b.len,
		      "too many parts for its length");
	assert_true(arena.used <= UNPACK_BUDGET * b.len + (128 << 10));
	buf_fini(&b);
}

static void
test_unpack__many_short_words_are_an_honest_message(void **state)
{
	(void)state;
	/* A filter by all states, and by fewer: what a command may ask. */
	for (size_t count = 1; count <= 60; count++) {
		char words[60][3];
		char *at[60];
		Kusanone__V1__Filter filter = KUSANONE__V1__FILTER__INIT;

		for (size_t i = 0; i < count; i++) {
			snprintf(words[i], sizeof(words[i]), "%c%c", (char)('A' + i / 26),
				 (char)('A' + i % 26));
			at[i] = words[i];
		}
		filter.values = at;
		filter.n_values = count;
		Kusanone__V1__Filter *back =
			unpacked(&kusanone__v1__filter__descriptor,
				 pack_in_arena(&filter.base, &arena));
		assert_non_null(back);
		assert_int_equal(back->n_values, count);
	}
}

static void
test_unpack__zeros_are_an_honest_answer(void **state)
{
	(void)state;
	/* A row of figures that are all zero: each is two bytes on the wire. */
	for (size_t count = 1; count <= 40; count++) {
		Kusanone__V1__Figure zero = KUSANONE__V1__FIGURE__INIT;
		Kusanone__V1__Figure *at[40];
		Kusanone__V1__TotalsRow row = KUSANONE__V1__TOTALS_ROW__INIT;

		for (size_t i = 0; i < count; i++) {
			at[i] = &zero;
		}
		row.figures = at;
		row.n_figures = count;
		Kusanone__V1__TotalsRow *back =
			unpacked(&kusanone__v1__totals_row__descriptor,
				 pack_in_arena(&row.base, &arena));
		assert_non_null(back);
		assert_int_equal(back->n_figures, count);
	}
}

#define TEST(f) cmocka_unit_test_teardown(f, forget)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_unpack__what_was_packed_comes_back),
		TEST(test_unpack__nothing_is_an_empty_message),
		TEST(test_unpack__every_cut_is_refused_or_whole),
		TEST(test_unpack__strings_are_text_at_any_depth),
		TEST(test_unpack__malformed_wire_is_refused),
		TEST(test_unpack__a_field_of_another_type_is_refused),
		TEST(test_unpack__unknown_fields_are_no_fault),
		TEST(test_unpack__parts_of_nothing_do_not_fill_the_memory),
		TEST(test_unpack__many_short_words_are_an_honest_message),
		TEST(test_unpack__zeros_are_an_honest_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
