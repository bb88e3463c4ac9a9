#include <sodium.h>

#include <setjmp.h>
#include <stdarg.h>

#include "lib/base/hash.h"
#include "lib/base/utf8.h"
#include "notification/mail_head.h"
#include "notification/one_line.h"

#include <cmocka.h>

static char *
subject(struct buf *out, const char *text)
{
	buf_clear(out);
	head_subject(out, text);
	buf_put_u8(out, '\0');
	return (char *)out->at;
}

static void
test_subject__plain_text_stays_readable(void **state)
{
	struct buf out = { 0 };

	(void)state;
	assert_string_equal(subject(&out, "Reception in Chicago"),
			    "Subject: Reception in Chicago");
	assert_string_equal(subject(&out, "a = b ?"), "Subject: a = b ?");
	assert_string_equal(subject(&out, ""), "Subject: -");
	assert_string_equal(subject(&out, "\r\n"), "Subject: -");
	/* 67 characters are a line of 76; one more are not. */
	assert_string_equal(
		subject(&out, "1234567890123456789012345678901234567890123456789012345678"
			      "901234567"),
		"Subject: "
		"1234567890123456789012345678901234567890123456789012345678901234567");
	assert_null(strstr(subject(&out, "12345678901234567890123456789012345678901234567"
					 "890123456789012345678"),
			   "1234"));
	buf_fini(&out);
}

static void
test_subject__an_encoded_word_typed_by_hand(void **state)
{
	struct buf out = { 0 };

	(void)state;
	assert_string_equal(subject(&out, "予定"), "Subject: =?UTF-8?B?5LqI5a6a?=");
	/* What looks like an encoded-word is none of ours. */
	assert_string_equal(subject(&out, "=?x?="), "Subject: =?UTF-8?B?PT94Pz0=?=");
	buf_fini(&out);
}

/* The text that a reader shows (RFC 2047 6.2: the space between encoded-words is not
 * shown), and on the way that every line and word is within its bounds. */
static void
decode(const char *field, struct buf *text)
{
	struct slice rest = slice_from(slice_str(field), strlen("Subject: "));
	size_t column = strlen("Subject: ");

	buf_clear(text);
	while (rest.len != 0) {
		uint8_t bytes[64];
		size_t len, word;
		const char *end;

		assert_true(rest.len > 12 && memcmp(rest.at, "=?UTF-8?B?", 10) == 0);
		end = strstr((const char *)rest.at + 10, "?=");
		assert_non_null(end);
		word = (size_t)(end - (const char *)rest.at) + 2;
		assert_true(word <= 75);
		assert_true(column + word <= 76);
		assert_int_equal(sodium_base642bin(bytes, sizeof(bytes),
						   (const char *)rest.at + 10, word - 12,
						   NULL, &len, NULL,
						   sodium_base64_VARIANT_ORIGINAL),
				 0);
		/* Each word is whole characters (RFC 2047 5). */
		assert_true(len > 0 && utf8_valid(slice_of(bytes, len)));
		buf_put(text, bytes, len);
		rest = slice_from(rest, word);
		if (rest.len != 0) {
			assert_true(rest.len > 3 && memcmp(rest.at, "\r\n ", 3) == 0);
			rest = slice_from(rest, 3);
			column = 1;
		}
	}
}

static void
test_subject__long_text_is_folded_between_characters(void **state)
{
	static const char *const chars[] = { "a", "é", "予", "\xf0\x9f\x8c\xb8" };
	struct buf in = { 0 }, out = { 0 }, text = { 0 }, expected = { 0 };

	(void)state;
	/* Every length up to the bound, of characters of each length and of a mix. */
	for (size_t mix = 0; mix <= ARRAY_LEN(chars); mix++) {
		buf_clear(&in);
		buf_put_str(&in, "é");
		for (size_t i = 0; in.len < SUBJECT_MAX + 100; i++) {
			buf_put_str(&in, chars[mix < ARRAY_LEN(chars) ? mix : i * 7 % 4]);
			size_t len = in.len;

			buf_put_u8(&in, '\0');
			decode(subject(&out, (char *)in.at), &text);
			in.len = len;
			buf_clear(&expected);
			one_line(&expected, buf_slice(&in), SUBJECT_MAX);
			assert_true(slice_eq(buf_slice(&text), buf_slice(&expected)));
		}
	}
	buf_fini(&in);
	buf_fini(&out);
	buf_fini(&text);
	buf_fini(&expected);
}

static void
test_subject__nothing_in_it_begins_another_field(void **state)
{
	static const char *const corpus[] = {
		"x\r\nBcc: y",
		"x\nBcc: y",
		"x\rBcc: y",
		"x\r\n\r\nbody",
		"\r\nBcc: y",
		"予定\r\nBcc: y",
		"x\vBcc: y",
		"x\xe2\x80\xa8"
		"Bcc: y",
		"x\xc2\x85"
		"Bcc: y",
		"x\xff\r\nBcc: y",
		"x\x1b\x7f\x01y",
		"\xc0\x8d\xc0\x8a"
		"Bcc: y",
	};
	struct buf out = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(corpus); i++) {
		const char *field = subject(&out, corpus[i]);

		assert_true(strncmp(field, "Subject: ", 9) == 0);
		for (const char *c = field; *c != '\0'; c++) {
			bool fold = c[0] == '\r' && c[1] == '\n' && c[2] == ' ';

			assert_true(fold || (*c >= ' ' && *c < 0x7f));
			c += fold ? 2 : 0;
		}
	}
	buf_fini(&out);
}

static void
test_date__is_that_of_rfc_5322(void **state)
{
	static const struct {
		wall_ms_t wall;
		const char *text;
	} cases[] = {
		{ 0, "Date: Thu, 1 Jan 1970 00:00:00 +0000" },
		{ INT64_C(1707973200000), "Date: Thu, 15 Feb 2024 05:00:00 +0000" },
		{ INT64_C(1709210096999), "Date: Thu, 29 Feb 2024 12:34:56 +0000" },
		{ INT64_C(1704067199999), "Date: Sun, 31 Dec 2023 23:59:59 +0000" },
		{ INT64_C(1704067200000), "Date: Mon, 1 Jan 2024 00:00:00 +0000" },
	};
	struct buf out = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		buf_clear(&out);
		head_date(&out, cases[i].wall);
		assert_true(slice_eq_str(buf_slice(&out), cases[i].text));
	}
	buf_fini(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_subject__plain_text_stays_readable),
		cmocka_unit_test(test_subject__an_encoded_word_typed_by_hand),
		cmocka_unit_test(test_subject__long_text_is_folded_between_characters),
		cmocka_unit_test(test_subject__nothing_in_it_begins_another_field),
		cmocka_unit_test(test_date__is_that_of_rfc_5322),
	};

	hash_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
