/* What totals look like: screens typed once, in both languages, wide and narrow. */
#include "cli/totals_wire.h"

#include <time.h>

#include "lib/base/utf8.h"
#include "lib/model/json_wire.h"
#include "world.h"

#define GOLDEN SOURCE_DIR "/tests/unit/cli/golden/"

static struct world world;

static int
begin(void **state)
{
	(void)state;
	setenv("TZ", "Asia/Tokyo", 1);
	tzset();
	world_init(&world);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	world_fini(&world);
	return 0;
}

static struct slice
read_golden(const char *name)
{
	char path[512];
	struct buf b = { 0 };

	snprintf(path, sizeof(path), GOLDEN "%s", name);
	FILE *f = fopen(path, "re");
	if (f == NULL) {
		fail_msg("%s: is not there", path);
	}
	size_t n;
	while ((n = fread(buf_reserve(&b, 4096), 1, 4096, f)) > 0) {
		b.len += n;
	}
	fclose(f);
	struct slice text = slice_of(arena_dup(&world.arena, b.at, b.len), b.len);
	buf_fini(&b);
	return text;
}

static const Kusanone__V1__TotalsReply *
reply_of(const char *name)
{
	struct json_fault fault;
	const ProtobufCMessage *reply =
		json_to_message(&kusanone__v1__totals_reply__descriptor, "totals",
				read_golden(name), &world.arena, &fault);

	assert_non_null(reply);
	return (const Kusanone__V1__TotalsReply *)reply;
}

static const char *
screen_of(const char *reply, enum lang lang, unsigned width, enum totals_layout layout)
{
	struct buf b = { 0 };

	world.cli.lang = lang;
	world.cli.width = width;
	totals_put(&world.cli, reply_of(reply), layout, &b);
	const char *text = arena_dup(&world.arena, b.at, b.len);
	buf_fini(&b);
	return text;
}

static void
check_screen(const char *reply, enum lang lang, unsigned width, enum totals_layout layout,
	     const char *golden)
{
	const char *expected = (const char *)read_golden(golden).at;

	assert_string_equal(screen_of(reply, lang, width, layout), expected);
}

static void
test_totals__the_report_in_english(void **state)
{
	(void)state;
	check_screen("report.json", LANG_EN, 80, TOTALS_TABLES, "report.en.80.txt");
	check_screen("report.json", LANG_EN, 60, TOTALS_TABLES, "report.en.60.txt");
}

static void
test_totals__the_report_in_japanese(void **state)
{
	(void)state;
	check_screen("report.json", LANG_JA, 80, TOTALS_TABLES, "report.ja.80.txt");
	check_screen("report.json", LANG_JA, 60, TOTALS_TABLES, "report.ja.60.txt");
}

static void
test_totals__compact_is_a_paragraph_a_table(void **state)
{
	(void)state;
	check_screen("report.json", LANG_EN, 80, TOTALS_COMPACT, "compact.en.80.txt");
	check_screen("report.json", LANG_JA, 80, TOTALS_COMPACT, "compact.ja.80.txt");
}

static void
test_totals__bounds_missing_figures_and_what_is_left_out(void **state)
{
	(void)state;
	check_screen("cross.json", LANG_EN, 80, TOTALS_TABLES, "cross.en.80.txt");
	check_screen("cross.json", LANG_JA, 60, TOTALS_TABLES, "cross.ja.60.txt");
}

static void
test_totals__no_line_is_wider_than_the_screen(void **state)
{
	static const char *const replies[] = { "report.json", "cross.json" };
	(void)state;

	for (unsigned width = 40; width <= 130; width += 5) {
		for (size_t i = 0; i < 2 * 2 * ARRAY_LEN(replies); i++) {
			const char *text = screen_of(
				replies[i / 4], i % 2 == 0 ? LANG_EN : LANG_JA, width,
				i / 2 % 2 == 0 ? TOTALS_TABLES : TOTALS_COMPACT);

			while (*text != '\0') {
				size_t len = strcspn(text, "\n");

				if (utf8_width(slice_of(text, len)) > width) {
					fail_msg("wider than %u: %.*s", width, (int)len,
						 text);
				}
				text += len + 1;
			}
		}
	}
}

static void
test_totals__a_table_that_lacks_rows_it_promises_is_not_read(void **state)
{
	(void)state;
	Kusanone__V1__TotalsReply reply = KUSANONE__V1__TOTALS_REPLY__INIT;
	Kusanone__V1__TotalsTable table = KUSANONE__V1__TOTALS_TABLE__INIT;
	Kusanone__V1__TotalsTable *tables[] = { &table };
	char *by[] = { (char *)(uintptr_t) "post" };
	struct buf b = { 0 };

	table.by = by;
	table.n_by = 1;
	reply.tables = tables;
	reply.n_tables = 1;
	totals_put(&world.cli, &reply, TOTALS_TABLES, &b);
	buf_put_u8(&b, '\0');
	CHECK_HAS((const char *)b.at, "answered something else");
	buf_fini(&b);
}

static void
test_totals__csv_is_rfc_4180_with_fixed_words(void **state)
{
	(void)state;
	struct buf b = { 0 };

	totals_put_csv(&world.cli, reply_of("cross.json"), &b);
	buf_put_u8(&b, '\0');
	assert_string_equal(
		(const char *)b.at,
		"row,fy,fy_label,post,post_label,events,events_bound,events_not_stated,"
		"participants,participants_bound,participants_not_stated,budget_planned,"
		"budget_planned_bound,budget_planned_not_stated\r\n"
		"row,FY2023,FY2023,sfo,'=Consulate,12,exact,0,1500,at_least,3,,,12\r\n"
		"row,FY2023,FY2023,lax,\"Consulate, with \"\"quotes\"\"\",3,exact,0,120,"
		"about,0,2000000,about,1\r\n"
		"row,not_stated,not stated,no_confirmed_post,no confirmed "
		"post,1,exact,0,,,"
		"1,,,1\r\n"
		"sum,,,,,16,exact,0,1620,at_least,4,2000000,about,14\r\n"
		"overlap,,,,,2,exact,0,120,about,0,0,about,0\r\n"
		"total,,,,,14,exact,0,1500,at_least,4,2000000,about,13\r\n");
	buf_fini(&b);
}

static void
check_as_of(const char *text, uint64_t position, int64_t ms)
{
	uint64_t got_position;
	int64_t got_ms;

	assert_true(totals_as_of(text, &got_position, &got_ms));
	assert_int_equal(got_position, position);
	assert_int_equal(got_ms, ms);
}

static void
test_totals__as_of_is_a_position_or_an_instant(void **state)
{
	static const char *const wrong[] = { "0",
					     "",
					     "yesterday",
					     "2024-02-30",
					     "2024-07",
					     "2024-07-01T09:00+9",
					     "2024-07-01T09:00:61Z",
					     "2024-07-01T09:00ZZ",
					     "-3",
					     "9999999999999999999" };
	uint64_t position;
	int64_t ms;
	(void)state;

	check_as_of("412", 412, 0);
	check_as_of("2024", 2024, 0);
	/* The machine is in Tokyo. */
	check_as_of("2024-07-01T09:00", 0, 1719792000000);
	check_as_of("2024-07-01T00:00:00Z", 0, 1719792000000);
	check_as_of("2024-07-01T09:00+09:00", 0, 1719792000000);
	check_as_of("2024-06-30T19:30:15-04:30", 0, 1719792015000);
	check_as_of("2024-06-30", 0, 1719759599999);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		if (totals_as_of(wrong[i], &position, &ms)) {
			fail_msg("%s was read", wrong[i]);
		}
	}
}

/* ---- The question that is asked -------------------------------------------------- */

static Kusanone__V1__Query *asked;

static void
serve_totals(struct world *w, enum frame_type type, struct slice body)
{
	Kusanone__V1__Reply reply = KUSANONE__V1__REPLY__INIT;
	Kusanone__V1__TotalsReply totals = KUSANONE__V1__TOTALS_REPLY__INIT;

	asked = world_read(w, &kusanone__v1__query__descriptor, body);
	assert_int_equal(type, FRAME_QUERY);
	reply.request = asked->request;
	reply.reply_case = KUSANONE__V1__REPLY__REPLY_TOTALS;
	reply.totals = &totals;
	totals.recount = w->ctx;
	if (totals.recount == NULL) {
		totals.recount = (char *)(uintptr_t) "";
	}
	world_answer(w, FRAME_REPLY, &reply.base);
}

static void
test_totals__options_become_a_query(void **state)
{
	(void)state;
	world.serve = serve_totals;
	world.has_aggregation = true;
	assert_int_equal(world_run(&world, "totals", "--by", "fy,post", "--by", "month",
				   "--fy", "令和4年度-R5", "--post", "sfo,lax",
				   "--filter", "fy=2023", "--measure", "events,budget",
				   "--rule", "tokyo", "--as-of", "7", "--open"),
			 EXIT_DONE);
	const Kusanone__V1__TotalsQuery *q = asked->totals;
	assert_int_equal(q->n_by, 3);
	assert_string_equal(q->by[2], "month");
	assert_int_equal(q->fiscal_year_from, 2022);
	assert_int_equal(q->fiscal_year_to, 2023);
	assert_int_equal(q->n_filters, 2);
	assert_string_equal(q->filters[0]->dimension, "fy");
	assert_string_equal(q->filters[1]->dimension, "post");
	assert_string_equal(q->filters[1]->values[1], "lax");
	assert_int_equal(q->n_measures, 2);
	assert_string_equal(q->rule, "tokyo");
	assert_int_equal(q->as_of_position, 7);
	assert_true(q->open);
	assert_false(q->report);
	assert_int_equal(world.to, WORLD_AGGREGATION);

	/* Without a grouping it is the report; without aggregation the intake is asked.
	 */
	world.has_aggregation = false;
	assert_int_equal(world_run(&world, "totals"), EXIT_DONE);
	assert_true(asked->totals->report);
	assert_int_equal(world.to, WORLD_INTAKE);
}

static void
test_totals__a_recount_that_differs_is_no_success(void **state)
{
	(void)state;
	world.serve = serve_totals;
	world.ctx = (char *)(uintptr_t) "equal";
	assert_int_equal(world_run(&world, "totals", "--recount"), EXIT_DONE);
	world.ctx = (char *)(uintptr_t) "differs in facts";
	assert_int_equal(world_run(&world, "totals", "--recount"), EXIT_REFUSED);
	CHECK_HAS(world_out(&world), "differs in facts");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_totals__the_report_in_english),
		TEST(test_totals__the_report_in_japanese),
		TEST(test_totals__compact_is_a_paragraph_a_table),
		TEST(test_totals__bounds_missing_figures_and_what_is_left_out),
		TEST(test_totals__no_line_is_wider_than_the_screen),
		TEST(test_totals__a_table_that_lacks_rows_it_promises_is_not_read),
		TEST(test_totals__csv_is_rfc_4180_with_fixed_words),
		TEST(test_totals__as_of_is_a_position_or_an_instant),
		TEST(test_totals__options_become_a_query),
		TEST(test_totals__a_recount_that_differs_is_no_success),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
