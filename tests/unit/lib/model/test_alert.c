/* Addresses and URLs that alerts may go to, and the words for kinds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/model/alert.h"

#define A16 "aaaaaaaaaaaaaaaa"
#define A64 A16 A16 A16 A16
#define L63 A16 A16 A16 "aaaaaaaaaaaaaaa"

/* Text with its length, so that a NUL may stand in it. */
#define TEXT(s)                                                                          \
	{                                                                                \
		(const uint8_t *)(s), sizeof(s) - 1                                      \
	}

static void
test_alert__a_kind_is_read_as_it_is_written(void **state)
{
	(void)state;
	enum alert_kind kind;

	for (unsigned i = 0; i < ALERT_KIND_COUNT; i++) {
		const char *name = alert_kind_name((enum alert_kind)i);

		assert_true(alert_kind_parse(slice_str(name), &kind));
		assert_int_equal(kind, i);
	}
	assert_false(alert_kind_parse(slice_str(""), &kind));
	assert_false(alert_kind_parse(slice_str("Upcoming"), &kind));
	assert_false(alert_kind_parse(slice_str("upcomin"), &kind));
	assert_false(alert_kind_parse(slice_str("upcoming "), &kind));
}

/* They stand in alert ids: no kind may ever change its number. */
static void
test_alert__the_numbers_of_kinds_are_for_life(void **state)
{
	(void)state;
	static const char *const in_order[] = {
		"upcoming",    "announced",    "changed",        "moved",
		"cancelled",   "cohost-asked", "report-overdue", "date-not-fixed",
		"conflict",    "coverage-gap", "post-silent",    "milestone",
		"restatement",
	};

	for (unsigned i = 0; i < ARRAY_LEN(in_order); i++) {
		assert_string_equal(alert_kind_name((enum alert_kind)i), in_order[i]);
	}
}

static const struct slice good_addresses[] = {
	TEXT("desk@example.org"),
	TEXT("d@example.org"),
	TEXT("first.last+alerts@mail.example.jp"),
	TEXT("!#$%&'*+-/=?^_`{|}~@example.org"), /* RFC 5322 3.2.3: atext. */
	TEXT("a-@example.org"),
	TEXT("desk@localhost"),
	TEXT("desk@1.example.org"),
	TEXT("desk@xn--eckwd4c7c.example"),
	TEXT(A64 "@example.org"),
	TEXT("desk@" L63 ".example"),
	TEXT("desk@" L63 "." L63 "." L63 "." L63), /* 255 */
};

static const struct slice bad_addresses[] = {
	TEXT(""),
	TEXT("desk"),
	TEXT("@"),
	TEXT("desk@"),
	TEXT("@example.org"),
	TEXT("desk@@example.org"),
	TEXT("desk@example.org@example.jp"),
	/* A dot is between atoms. */
	TEXT(".desk@example.org"),
	TEXT("desk.@example.org"),
	TEXT("de..sk@example.org"),
	TEXT("desk@.example.org"),
	TEXT("desk@example.org."),
	TEXT("desk@example..org"),
	TEXT("desk@-example.org"),
	TEXT("desk@example-.org"),
	TEXT("desk@example.org-"),
	TEXT("desk@ex_ample.org"),
	/* What RFC 5321 allows and nobody needs: quoted strings, literals, comments. */
	TEXT("\"desk\"@example.org"),
	TEXT("\"de sk\"@example.org"),
	TEXT("desk@[192.0.2.1]"),
	TEXT("desk@[IPv6:2001:db8::1]"),
	TEXT("desk(of)@example.org"),
	TEXT("Desk <desk@example.org>"),
	TEXT("<desk@example.org>"),
	/* Lists and routes. */
	TEXT("desk@example.org,other@example.org"),
	TEXT("desk@example.org;other@example.org"),
	TEXT("desk@example.org other@example.org"),
	TEXT("@relay.example.org:desk@example.org"),
	TEXT("mailto:desk@example.org"),
	TEXT("desk@example.org?bcc=other@example.org"),
	/* Another line of a header or of the envelope. */
	TEXT("desk@example.org\r\nBcc: other@example.org"),
	TEXT("desk@example.org\n"),
	TEXT("desk@example.org\r"),
	TEXT("\r\ndesk@example.org"),
	TEXT("de\nsk@example.org"),
	TEXT("desk@example.org> SIZE=1"),
	TEXT("desk@example.org\0.example.jp"),
	TEXT("desk\0@example.org"),
	TEXT("desk@example.org\t"),
	TEXT(" desk@example.org"),
	TEXT("desk\x7f@example.org"),
	/* No SMTPUTF8: a relay need not know it. */
	TEXT("机@example.org"),
	TEXT("desk@例え.example"),
	TEXT("desk@example.org\xe2\x80\xa8"),
	TEXT("desk\xff@example.org"),
	TEXT("desk＠example.org"),
	/* An option of some program. */
	TEXT("-desk@example.org"),
	TEXT("-oQ/tmp@example.org"),
	/* 64 and 255 are the limits, and 63 of a label. */
	TEXT("a" A64 "@example.org"),
	TEXT("desk@a" L63 ".example"),
	TEXT("desk@" L63 "." L63 "." L63 "." L63 ".a"),
};

static void
test_alert__an_address_stands_as_it_is_in_envelope_and_header(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(good_addresses); i++) {
		if (!alert_address_valid(good_addresses[i])) {
			fail_msg("refused: %.*s", (int)good_addresses[i].len,
				 (const char *)good_addresses[i].at);
		}
		assert_true(good_addresses[i].len <= ALERT_ADDRESS_MAX);
	}
	for (unsigned i = 0; i < ARRAY_LEN(bad_addresses); i++) {
		if (alert_address_valid(bad_addresses[i])) {
			fail_msg("taken: %.*s", (int)bad_addresses[i].len,
				 (const char *)bad_addresses[i].at);
		}
	}
	assert_false(alert_address_valid((struct slice){ 0 }));
}

/* Any byte but those of an atom, anywhere in an address, spoils it. */
static void
test_alert__no_other_byte_gets_into_an_address(void **state)
{
	(void)state;
	static const char good[] = "desk@example.org";
	static const char atext[] = "!#$%&'*+-/=?^_`{|}~.";
	char text[sizeof(good)];

	for (unsigned c = 0; c < 256; c++) {
		bool is_alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
				(c >= 'A' && c <= 'Z');
		bool in_local = is_alnum || (c != 0 && strchr(atext, (int)c) != NULL);
		bool in_domain = is_alnum || c == '-' || c == '.';

		memcpy(text, good, sizeof(good));
		text[2] = (char)c;
		assert_int_equal(alert_address_valid(slice_of(text, sizeof(good) - 1)),
				 in_local);
		memcpy(text, good, sizeof(good));
		text[7] = (char)c;
		assert_int_equal(alert_address_valid(slice_of(text, sizeof(good) - 1)),
				 in_domain);
	}
}

static const struct slice good_urls[] = {
	TEXT("https://example.org"),
	TEXT("https://example.org/"),
	TEXT("https://example.org?a=b"),
	TEXT("https://example.org:8443"),
	TEXT("https://example.org:1/"),
	TEXT("https://example.org:65535?x"),
	TEXT("https://hooks.example.org/services/a/b?token=%E6%9C%BA&x=1:2"),
	TEXT("https://192.0.2.1/hook"),
	TEXT("https://[2001:db8::1]/hook"),
	TEXT("https://[2001:db8::1]:8443/hook"),
	TEXT("https://[::ffff:192.0.2.1]"),
	TEXT("https://example.org/a/../b/[c]"),
};

static const struct slice bad_urls[] = {
	TEXT(""),
	TEXT("https://"),
	TEXT("https:///hook"),
	TEXT("https://?a"),
	TEXT("https://:443/"),
	TEXT("example.org/hook"),
	TEXT("//example.org/hook"),
	TEXT("HTTPS://example.org/"),
	TEXT("ftp://example.org/"),
	TEXT("file:///etc/passwd"),
	TEXT("gopher://example.org/"),
	TEXT("https:/example.org"),
	TEXT("https://.example.org/"),
	TEXT("https://example..org/"),
	TEXT("https://-example.org/"),
	TEXT("https://ex_ample.org/"),
	TEXT("https://example.org./"),
	/* Whoever reads it must see where it goes. */
	TEXT("https://user@example.org/"),
	TEXT("https://user:word@example.org/"),
	TEXT("https://example.org@192.0.2.1/"),
	TEXT("https://example.org/a@b"),
	TEXT("https://example.org/#part"),
	TEXT("https://example.org#@192.0.2.1/"),
	TEXT("https://example.org\\@192.0.2.1/"),
	TEXT("https://example.org\\/"),
	TEXT("https://exam%70le.org/"),
	TEXT("https://例え.example/"),
	TEXT("https://example.org/会議"),
	/* Spaces, controls, quotes. */
	TEXT("https://example.org/a b"),
	TEXT(" https://example.org/"),
	TEXT("https://example.org/ "),
	TEXT("https://example.org/\r\nX-Forged: 1"),
	TEXT("https://example.org\r\n/"),
	TEXT("https://example.org/\t"),
	TEXT("https://example.org/\0"),
	TEXT("https://example.org\0.example.jp/"),
	TEXT("https://example.org/\x7f"),
	TEXT("https://example.org/\x01"),
	TEXT("https://example.org/\""),
	TEXT("https://example.org/<a>"),
	TEXT("https://example.org/`id`"),
	TEXT("https://example.org/{a}"),
	TEXT("https://example.org/a|b"),
	TEXT("https://example.org/^"),
	/* A port is a number of one. */
	TEXT("https://example.org:"),
	TEXT("https://example.org:/"),
	TEXT("https://example.org:0/"),
	TEXT("https://example.org:65536/"),
	TEXT("https://example.org:99999999999999999999/"),
	TEXT("https://example.org:44a/"),
	TEXT("https://example.org:-1/"),
	TEXT("https://example.org:443:80/"),
	/* In brackets only what an IPv6 address is made of, and nothing behind them. */
	TEXT("https://[]/"),
	TEXT("https://[::1"),
	TEXT("https://[::1]hook/"),
	TEXT("https://[::1].example.org/"),
	TEXT("https://[example.org]/"),
	TEXT("https://[fe80::1%25eth0]/"),
	TEXT("https://[::1]:x/"),
	TEXT("https://a[::1]/"),
};

static void
test_alert__a_url_says_where_it_goes_and_nothing_else(void **state)
{
	(void)state;
	struct buf b = { 0 };

	for (unsigned i = 0; i < ARRAY_LEN(good_urls); i++) {
		if (!alert_url_valid(good_urls[i], false)) {
			fail_msg("refused: %.*s", (int)good_urls[i].len,
				 (const char *)good_urls[i].at);
		}
	}
	for (unsigned i = 0; i < ARRAY_LEN(bad_urls); i++) {
		if (alert_url_valid(bad_urls[i], true)) {
			fail_msg("taken: %.*s", (int)bad_urls[i].len,
				 (const char *)bad_urls[i].at);
		}
	}
	/* Without TLS only where that is asked for. */
	assert_false(alert_url_valid(slice_str("http://example.org/"), false));
	assert_true(alert_url_valid(slice_str("http://example.org/"), true));
	assert_false(alert_url_valid(slice_str("http://"), true));

	/* As long as it may be, and one more. */
	buf_put_slice(&b, slice_str("https://example.org/"));
	while (b.len < ALERT_URL_MAX) {
		buf_put_u8(&b, 'a');
	}
	assert_true(alert_url_valid(buf_slice(&b), false));
	buf_put_u8(&b, 'a');
	assert_false(alert_url_valid(buf_slice(&b), false));
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alert__a_kind_is_read_as_it_is_written),
		cmocka_unit_test(test_alert__the_numbers_of_kinds_are_for_life),
		cmocka_unit_test(
			test_alert__an_address_stands_as_it_is_in_envelope_and_header),
		cmocka_unit_test(test_alert__no_other_byte_gets_into_an_address),
		cmocka_unit_test(test_alert__a_url_says_where_it_goes_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
