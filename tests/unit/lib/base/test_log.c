#include "lib/base/log.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* A sink that keeps the last line and counts. */
struct kept {
	struct log_sink sink;
	char line[2048];
	enum log_level level;
	int count;
};

static void
keep(const struct log_sink *sink, enum log_level level, struct slice line)
{
	struct kept *k = sink->ctx;

	assert_true(line.len < sizeof(k->line));
	memcpy(k->line, line.at, line.len);
	k->line[line.len] = '\0';
	k->level = level;
	k->count++;
}

static int
setup(void **state)
{
	struct kept *k = calloc(1, sizeof(*k));

	k->sink = (struct log_sink){ .write = keep, .ctx = k, .level = LOG_INFO };
	*state = k;
	return 0;
}

static int
teardown(void **state)
{
	free(*state);
	return 0;
}

static void
test_log__a_line_is_its_words(void **state)
{
	struct kept *k = *state;

	log_event(&k->sink, LOG_INFO, "link", "peer=%s %s->%s after_ms=%d reason=%s",
		  "atl", "IDLE", "BACKOFF", 3000, "silence");
	assert_string_equal(k->line,
			    "link peer=atl IDLE->BACKOFF after_ms=3000 reason=silence");
	assert_int_equal(k->level, LOG_INFO);
}

static void
test_log__a_value_cannot_forge_a_word_or_a_line(void **state)
{
	struct kept *k = *state;

	log_event(&k->sink, LOG_WARN, "zap", "node=%s why=%s name=%s", "x level=error",
		  "say \"no\"\nlevel=error\\", "");
	assert_string_equal(k->line,
			    "zap node=\"x level=error\" "
			    "why=\"say \\\"no\\\"\\nlevel=error\\\\\" name=\"\"");
	log_event(&k->sink, LOG_WARN, "zap", "esc=%s c1=%s tab=%s", "\x1b[2J",
		  "\xc2\x9b"
		  "2J",
		  "a\tb");
	assert_string_equal(k->line, "zap esc=\"\\u001b[2J\" c1=??2J tab=\"a\\tb\"");
}

static void
test_log__japanese_stays_and_broken_text_does_not(void **state)
{
	struct kept *k = *state;
	const char *volatile missing = NULL;

	log_event(&k->sink, LOG_INFO, "a", "post=%s bad=%s null=%s", "ナッシュビル",
		  "a\xff"
		  "b",
		  missing);
	assert_string_equal(k->line, "a post=ナッシュビル bad=a?b null=-");
}

static void
test_log__a_long_value_is_cut_between_characters(void **state)
{
	struct kept *k = *state;
	char value[3 * 400 + 1] = { 0 };

	for (int i = 0; i < 400; i++) {
		memcpy(value + 3 * i, "日", 3);
	}
	log_event(&k->sink, LOG_INFO, "a", "v=%s then=%d", value, 7);
	size_t len = strlen(k->line);
	assert_true(len <= LOG_VALUE_MAX + strlen("a v= then=7"));
	assert_string_equal(k->line + len - strlen("日 then=7"), "日 then=7");
}

static void
test_log__every_length_of_number_is_read_right(void **state)
{
	struct kept *k = *state;

	log_event(&k->sink, LOG_INFO, "n",
		  "a=%d b=%ld c=%lld d=%zu e=%" PRIu64 " f=%hhu g=%x h=%.2f i=%.*s j=%5d "
		  "k=%c l=%jd m=%td n=50%% o=%s",
		  -1, -2L, -3LL, (size_t)4, UINT64_MAX, (unsigned char)6, 0xabu, 1.5, 2,
		  "xyz", 42, 'q', (intmax_t)-9, (ptrdiff_t)10, "end");
	assert_string_equal(k->line,
			    "n a=-1 b=-2 c=-3 d=4 e=18446744073709551615 f=6 g=ab "
			    "h=1.50 i=xy j=\"   42\" k=q l=-9 m=10 n=50% o=end");
}

static void
test_log__levels_can_change_while_it_runs(void **state)
{
	struct kept *k = *state;

	log_event(&k->sink, LOG_DEBUG, "a", "x=1");
	assert_int_equal(k->count, 0);
	log_set_level(&k->sink, LOG_DEBUG);
	log_event(&k->sink, LOG_DEBUG, "a", "x=1");
	assert_int_equal(k->count, 1);
	log_set_level(&k->sink, LOG_ERROR);
	log_event(&k->sink, LOG_WARN, "a", "x=1");
	assert_int_equal(k->count, 1);
	assert_true(log_enabled(&k->sink, LOG_ERROR));
	assert_false(log_enabled(NULL, LOG_ERROR));
	log_event(NULL, LOG_ERROR, "a", "nobody listens");
}

static void
test_log__json_has_numbers_as_numbers(void **state)
{
	struct kept *k = *state;

	k->sink.json = true;
	log_event(&k->sink, LOG_INFO, "link", "peer=%s %s->%s after_ms=%d at=%d.%d",
		  "a b", "IDLE", "UP", -3, 1, 2);
	assert_string_equal(k->line, "\"area\":\"link\",\"peer\":\"a b\","
				     "\"what\":\"IDLE->UP\",\"after_ms\":-3,"
				     "\"at\":\"1.2\"");
}

static wall_ms_t
one_afternoon(void)
{
	return INT64_C(1707973200007);
}

static void
test_log__the_shell_adds_time_and_level(void **state)
{
	struct kept *k = *state;
	struct buf out = { 0 };

	log_format(&out, &k->sink, LOG_WARN, slice_str("a b=1"));
	k->sink.wall_clock = one_afternoon;
	log_format(&out, &k->sink, LOG_INFO, slice_str("a b=1"));
	k->sink.json = true;
	log_format(&out, &k->sink, LOG_ERROR, slice_str("\"area\":\"a\""));
	assert_true(slice_eq_str(buf_slice(&out),
				 "level=warn a b=1\n"
				 "at=2024-02-15T05:00:00.007Z level=info a b=1\n"
				 "{\"at\":\"2024-02-15T05:00:00.007Z\",\"level\":"
				 "\"error\",\"area\":\"a\"}\n"));
	buf_fini(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_log__a_line_is_its_words, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			test_log__a_value_cannot_forge_a_word_or_a_line, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_log__japanese_stays_and_broken_text_does_not, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			test_log__a_long_value_is_cut_between_characters, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			test_log__every_length_of_number_is_read_right, setup, teardown),
		cmocka_unit_test_setup_teardown(test_log__levels_can_change_while_it_runs,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_log__json_has_numbers_as_numbers,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_log__the_shell_adds_time_and_level,
						setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
