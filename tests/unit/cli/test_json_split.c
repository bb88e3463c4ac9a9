/* The values of a file, found piece by piece. */
#include "cli/json_split.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* All values of the text, fed in pieces of 'piece' bytes, as "line:value|…" and the
 * result that ended it. */
static enum json_split_result
split(const char *text, size_t piece, struct buf *ret)
{
	struct json_split s = { 0 };
	enum json_split_result r;
	struct slice value;
	unsigned line = 0;
	size_t at = 0;
	size_t len = strlen(text);

	buf_clear(ret);
	while (true) {
		r = json_split_next(&s, &value, &line);
		if (r == JSON_SPLIT_MORE && at < len) {
			size_t n = len - at < piece ? len - at : piece;

			json_split_feed(&s, slice_of(text + at, n));
			at += n;
		} else if (r == JSON_SPLIT_MORE) {
			json_split_end(&s);
		} else if (r == JSON_SPLIT_VALUE) {
			buf_printf(ret, "%u:%.*s|", line, (int)value.len,
				   (const char *)value.at);
		} else {
			break;
		}
	}
	buf_printf(ret, "%u", line);
	buf_put_u8(ret, '\0');
	json_split_fini(&s);
	return r;
}

static void
check(const char *text, enum json_split_result expected, const char *values)
{
	struct buf b = { 0 };

	for (size_t piece = 1; piece <= strlen(text) + 1; piece++) {
		assert_int_equal(split(text, piece, &b), expected);
		assert_string_equal((const char *)b.at, values);
	}
	buf_fini(&b);
}

static void
test_json_split__one_value_an_array_or_a_value_a_line(void **state)
{
	(void)state;
	check("{\"a\": [1, 2]}", JSON_SPLIT_END, "1:{\"a\": [1, 2]}|1");
	check("\n{}\n{\"b\":\n1}\n\n{}", JSON_SPLIT_END, "2:{}|3:{\"b\":\n1}|6:{}|6");
	check("[\n {}, {}\n,{\"c\":\"]\"}\n]\n", JSON_SPLIT_END,
	      "2:{}|2:{}|3:{\"c\":\"]\"}|5");
	check("[]", JSON_SPLIT_END, "1");
	check("", JSON_SPLIT_END, "1");
	check("\xef\xbb\xbf{}", JSON_SPLIT_END, "1:{}|1");
	/* A value that is no object is somebody else's to refuse. */
	check("1 \"two\" null", JSON_SPLIT_END, "1:1|1:\"two\"|1:null|1");
	check("[[1],[]]", JSON_SPLIT_END, "1:[1]|1:[]|1");
}

static void
test_json_split__brackets_in_texts_are_no_brackets(void **state)
{
	(void)state;
	check("{\"a\":\"\\\"}{\"}{\"b\":\"\\\\\"}", JSON_SPLIT_END,
	      "1:{\"a\":\"\\\"}{\"}|1:{\"b\":\"\\\\\"}|1");
}

static void
test_json_split__commas_stand_between_elements_only(void **state)
{
	(void)state;
	check("[{} {}]", JSON_SPLIT_COMMA, "1:{}|1");
	check("[{},]", JSON_SPLIT_COMMA, "1:{}|1");
	check("[,{}]", JSON_SPLIT_COMMA, "1");
	check("[{},,{}]", JSON_SPLIT_COMMA, "1:{}|1");
	check("{},\n{}", JSON_SPLIT_BROKEN, "1:{}|1");
}

static void
test_json_split__what_ends_early_is_broken(void **state)
{
	(void)state;
	check("{\"a\":\n", JSON_SPLIT_BROKEN, "1");
	check("[{}", JSON_SPLIT_BROKEN, "1:{}|1");
	check("{}\n}", JSON_SPLIT_BROKEN, "1:{}|2");
	check("[] {}", JSON_SPLIT_BROKEN, "1");
	check("\"open", JSON_SPLIT_BROKEN, "1");
}

static void
test_json_split__a_value_that_never_ends_takes_bounded_memory(void **state)
{
	(void)state;
	struct json_split s = { 0 };
	enum json_split_result r;
	struct slice value;
	unsigned line;
	char piece[4096];
	size_t fed = 0;

	memset(piece, '[', sizeof(piece));
	json_split_feed(&s, slice_str("{\"a\":"));
	while ((r = json_split_next(&s, &value, &line)) == JSON_SPLIT_MORE) {
		json_split_feed(&s, slice_of(piece, sizeof(piece)));
		fed += sizeof(piece);
		assert_true(fed < 2 * JSON_SPLIT_MAX);
	}
	assert_int_equal(r, JSON_SPLIT_TOO_LARGE);
	json_split_fini(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_split__one_value_an_array_or_a_value_a_line),
		cmocka_unit_test(test_json_split__brackets_in_texts_are_no_brackets),
		cmocka_unit_test(test_json_split__commas_stand_between_elements_only),
		cmocka_unit_test(test_json_split__what_ends_early_is_broken),
		cmocka_unit_test(
			test_json_split__a_value_that_never_ends_takes_bounded_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
