/* What an export writes, and what it leaves alone. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/model/json_wire.h"
#include "world.h"

#define GOLDEN SOURCE_DIR "/tests/unit/cli/golden/"

static struct world world;
static char folder[64];

/* What the service has, and what it was asked. */
static struct {
	const Kusanone__V1__SheetReply *sheet;
	unsigned page;   /* Rows a page. */
	unsigned broken; /* From this question on it refuses; 0: never. */
	bool impatient;  /* Ctrl-C after the first answer. */
	bool stolen;
	const char *meanwhile; /* A file that comes while it answers. */
	unsigned questions;
	char asked[8][256];
} served;

static int
begin(void **state)
{
	(void)state;
	memset(&served, 0, sizeof(served));
	world_init(&world);
	world.has_aggregation = true;
	world.cli.lang = LANG_EN;
	snprintf(folder, sizeof(folder), "/tmp/kusanone-export-XXXXXX");
	assert_non_null(mkdtemp(folder));
	return 0;
}

static int
end(void **state)
{
	char command[128];
	(void)state;

	snprintf(command, sizeof(command), "rm -rf %s", folder);
	assert_int_equal(system(command), 0);
	world_fini(&world);
	return 0;
}

/* ---- Files ------------------------------------------------------------------------ */

static const char *
path_of(const char *name)
{
	return arena_printf(&world.arena, "%s/%s", folder, name);
}

static struct slice
read_path(const char *path)
{
	struct buf b = { 0 };
	FILE *f = fopen(path, "re");
	size_t n;

	if (f == NULL) {
		fail_msg("%s: is not there", path);
	}
	do {
		n = fread(buf_reserve(&b, 4096), 1, 4096, f);
		b.len += n;
	} while (n != 0);
	fclose(f);
	struct slice text = slice_of(arena_dup(&world.arena, b.at, b.len), b.len);
	buf_fini(&b);
	return text;
}

static const char *
text_in(const char *name)
{
	return (const char *)read_path(path_of(name)).at;
}

static void
write_file(const char *name, const char *text)
{
	FILE *f = fopen(path_of(name), "we");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* How many files there are, those beside included. */
static unsigned
files(void)
{
	char command[160];
	unsigned count = 0;

	snprintf(command, sizeof(command), "ls -A %s | wc -l", folder);
	FILE *f = popen(command, "re");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%u", &count), 1);
	pclose(f);
	return count;
}

/* ---- The service ------------------------------------------------------------------ */

static void
serve_sheet(struct world *w, const Kusanone__V1__SheetQuery *in,
	    Kusanone__V1__Reply *reply)
{
	Kusanone__V1__SheetReply page = *served.sheet;
	size_t from = 0;

	while (in->after[0] != '\0' && from < page.n_rows &&
	       strcmp(page.rows[from++]->event_id, in->after) != 0) {
	}
	page.rows += from;
	page.n_rows -= from;
	if (served.page != 0 && page.n_rows > served.page) {
		page.n_rows = served.page;
		page.next = page.rows[page.n_rows - 1]->event_id;
	}
	snprintf(served.asked[served.questions], sizeof(served.asked[0]),
		 "%llu %lld %s%s%s", (unsigned long long)in->select->as_of_position,
		 (long long)in->select->as_of_ms, in->after,
		 in->sessions ? " sessions" : "",
		 in->select->n_filters != 0 ? in->select->filters[0]->dimension : "");
	reply->reply_case = KUSANONE__V1__REPLY__REPLY_SHEET;
	reply->sheet = &page;
	world_answer(w, FRAME_REPLY, &reply->base);
}

/* Two records, of which the second cannot be read, one a page. */
static void
serve_log(struct world *w, const Kusanone__V1__LogQuery *in, Kusanone__V1__Reply *reply)
{
	Kusanone__V1__LogReply log = KUSANONE__V1__LOG_REPLY__INIT;
	Kusanone__V1__LogRow row = KUSANONE__V1__LOG_ROW__INIT, *rows = &row;
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Withdrawal withdrawal = KUSANONE__V1__WITHDRAWAL__INIT;
	static uint8_t strange[] = { 0xff };

	withdrawal.event_id = (char *)(uintptr_t) "018d0000-0000-7000-8000-00000000000a";
	record.recorded_ms = 5;
	record.body_case = KUSANONE__V1__RECORD__BODY_WITHDRAWAL;
	record.withdrawal = &withdrawal;
	log.position = 2;
	log.hq_ms = 1719792012000;
	log.judged_again = served.stolen && in->after == 0 ? 7 : 0;
	log.rows = &rows;
	log.n_rows = in->after < 2;
	log.more = in->after == 0;
	row.position = in->after + 1;
	row.verdict = (char *)(uintptr_t)(in->after == 0 ? "counts" : "malformed");
	row.bytes = pb_slice(in->after == 0 ? pack_in_arena(&record.base, &w->arena)
					    : slice_of(strange, 1));
	snprintf(served.asked[served.questions], sizeof(served.asked[0]), "%llu %llu",
		 (unsigned long long)in->as_of_position, (unsigned long long)in->after);
	reply->reply_case = KUSANONE__V1__REPLY__REPLY_LOG;
	reply->log = &log;
	world_answer(w, FRAME_REPLY, &reply->base);
}

static void
serve(struct world *w, enum frame_type type, struct slice body)
{
	const Kusanone__V1__Query *query =
		world_read(w, &kusanone__v1__query__descriptor, body);
	Kusanone__V1__Reply reply = KUSANONE__V1__REPLY__INIT;

	assert_int_equal(type, FRAME_QUERY);
	assert_true(served.questions < ARRAY_LEN(served.asked));
	if (served.broken != 0 && served.questions + 1 >= served.broken) {
		Kusanone__V1__Refused refused = KUSANONE__V1__REFUSED__INIT;

		refused.request = query->request;
		refused.code = (char *)(uintptr_t) "busy";
		world_answer(w, FRAME_REFUSED, &refused.base);
		return;
	}
	reply.request = query->request;
	if (query->query_case == KUSANONE__V1__QUERY__QUERY_LOG) {
		serve_log(w, query->log, &reply);
	} else {
		assert_int_equal(query->query_case, KUSANONE__V1__QUERY__QUERY_SHEET);
		serve_sheet(w, query->sheet, &reply);
	}
	served.questions++;
	w->now += 600; /* It takes its time. */
	if (served.meanwhile != NULL) {
		write_file(served.meanwhile, "mine");
	}
	if (served.impatient) {
		w->interrupt_after = w->idle = 1;
	}
}

static void
serve_events(void)
{
	struct json_fault fault;
	const ProtobufCMessage *reply =
		json_to_message(&kusanone__v1__sheet_reply__descriptor, "export.json",
				read_path(GOLDEN "export.json"), &world.arena, &fault);

	assert_non_null(reply);
	served.sheet = (const Kusanone__V1__SheetReply *)reply;
	world.serve = serve;
}

/* ---- Tables ----------------------------------------------------------------------- */

static void
check_golden(const char *lang, const char *rows, const char *golden)
{
	assert_int_equal(world_run(&world, "export", "--format", "csv", "--rows", rows,
				   "--lang", lang, "-o", path_of(golden)),
			 EXIT_DONE);
	assert_string_equal(
		text_in(golden),
		(const char *)read_path(arena_printf(&world.arena, GOLDEN "%s", golden))
			.at);
}

static void
test_export__csv_says_all_that_a_record_says(void **state)
{
	(void)state;
	serve_events();
	check_golden("en", "events", "export.events.en.csv");
	check_golden("ja", "events", "export.events.ja.csv");
	check_golden("ja", "sessions", "export.sessions.ja.csv");
	assert_string_equal(served.asked[2], "0 0  sessions");
}

static void
test_export__pages_are_as_of_one_position(void **state)
{
	(void)state;
	serve_events();
	assert_int_equal(world_run(&world, "export", "--format", "csv", "-o",
				   path_of("whole.csv")),
			 EXIT_DONE);
	served.page = 1;
	served.questions = 0;
	assert_int_equal(world_run(&world, "export", "--format", "csv", "--as-of",
				   "2024-07-01T00:00Z", "-o", path_of("pages.csv")),
			 EXIT_DONE);
	assert_int_equal(served.questions, 2);
	assert_string_equal(served.asked[0], "0 1719792000000 ");
	assert_string_equal(served.asked[1],
			    "412 0 018d0000-0000-7000-8000-00000000000a");
	assert_string_equal(text_in("pages.csv"), text_in("whole.csv"));
	CHECK_HAS(world_out(&world),
		  "2 events, 2 rows · position 412 · 2024-07-01 00:00:12 UTC");
}

static void
test_export__a_filter_by_format_is_not_the_file_s_format(void **state)
{
	(void)state;
	serve_events();
	assert_int_equal(world_run(&world, "export", "--format", "csv", "--filter",
				   "format=webinar", "-o", path_of("a.csv")),
			 EXIT_DONE);
	assert_string_equal(served.asked[0], "0 0 format");
	assert_int_equal(world_run(&world, "export", "--format", "webinar", "-o",
				   path_of("b.csv")),
			 EXIT_BAD_USAGE);
	CHECK_HAS(world_err(&world), "--filter format=");
}

/* ---- The file --------------------------------------------------------------------- */

static void
test_export__what_is_there_stays_unless_it_may_go(void **state)
{
	(void)state;
	struct stat st;

	serve_events();
	write_file("a.csv", "mine");
	assert_int_equal(
		world_run(&world, "export", "--format", "csv", "-o", path_of("a.csv")),
		EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "--force");
	assert_string_equal(text_in("a.csv"), "mine");
	assert_int_equal(served.questions, 0);
	assert_int_equal(world_run(&world, "export", "--format", "csv", "--force", "-o",
				   path_of("a.csv")),
			 EXIT_DONE);
	assert_int_equal(stat(path_of("a.csv"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(st.st_size > 1000);
	assert_int_equal(files(), 1);
}

static void
test_export__one_that_came_meanwhile_stays_too(void **state)
{
	(void)state;
	serve_events();
	served.meanwhile = "a.csv";
	assert_int_equal(
		world_run(&world, "export", "--format", "csv", "-o", path_of("a.csv")),
		EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "--force");
	assert_string_equal(text_in("a.csv"), "mine");
	assert_int_equal(files(), 1);
}

static void
test_export__one_that_ends_early_leaves_nothing(void **state)
{
	static const char *const formats[] = { "csv", "xlsx", "records" };
	(void)state;

	serve_events();
	served.page = 1;
	write_file("there", "mine");
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		served.questions = 0;
		served.broken = 2; /* the second page does not come */
		assert_int_equal(world_run(&world, "export", "--format", formats[i],
					   "--force", "-o", path_of("there")),
				 EXIT_REFUSED);
		assert_string_equal(text_in("there"), "mine");

		served.questions = 0;
		served.broken = 0;
		served.impatient = true;
		assert_int_equal(world_run(&world, "export", "--format", formats[i], "-o",
					   path_of("new")),
				 EXIT_REFUSED);
		CHECK_HAS(world_err(&world), "nothing was written");
		served.impatient = false;
		world.interrupt_after = 0;
		assert_int_equal(files(), 1);
	}
}

static void
test_export__the_standard_output_takes_the_same(void **state)
{
	(void)state;
	serve_events();
	served.page = 1;
	assert_int_equal(
		world_run(&world, "export", "--format", "csv", "-o", path_of("a.csv")),
		EXIT_DONE);
	served.questions = 0;
	assert_int_equal(world_run(&world, "export", "--format", "csv", "-o", "-"),
			 EXIT_DONE);
	assert_string_equal(world_out(&world), text_in("a.csv"));
}

static void
test_export__the_same_selection_gives_the_same_workbook(void **state)
{
	(void)state;
	serve_events();
	served.page = 1;
	assert_int_equal(
		world_run(&world, "export", "--format", "xlsx", "-o", path_of("a.xlsx")),
		EXIT_DONE);
	served.questions = 0;
	served.page = 0;
	world.now += 86400000;
	assert_int_equal(
		world_run(&world, "export", "--format", "xlsx", "-o", path_of("b.xlsx")),
		EXIT_DONE);
	struct slice a = read_path(path_of("a.xlsx")), b = read_path(path_of("b.xlsx"));
	assert_true(a.len > 5000);
	assert_true(slice_eq(a, b));
	assert_int_equal(files(), 2);
}

static void
test_export__a_terminal_sees_how_far_it_is(void **state)
{
	(void)state;
	serve_events();
	served.page = 1;
	world.cli.tty = true;
	assert_int_equal(
		world_run(&world, "export", "--format", "csv", "-o", path_of("a.csv")),
		EXIT_DONE);
	CHECK_HAS(world_err(&world), "\r1 of 2\r2 of 2\r\033[K");
	world.cli.tty = false;
	served.questions = 0;
	assert_int_equal(
		world_run(&world, "export", "--format", "csv", "-o", path_of("b.csv")),
		EXIT_DONE);
	assert_string_equal(world_err(&world), "");
}

static void
test_export__a_row_without_its_event_is_not_read(void **state)
{
	(void)state;
	Kusanone__V1__SheetReply reply = KUSANONE__V1__SHEET_REPLY__INIT;
	Kusanone__V1__SheetRow row = KUSANONE__V1__SHEET_ROW__INIT, *rows = &row;

	reply.rows = &rows;
	reply.n_rows = 1;
	serve_events();
	served.sheet = &reply;
	assert_int_equal(
		world_run(&world, "export", "--format", "csv", "-o", path_of("a.csv")),
		EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "answered something else");
	assert_int_equal(files(), 0);
}

/* ---- Records ---------------------------------------------------------------------- */

static void
test_export__records_are_lines_with_their_bytes(void **state)
{
	(void)state;
	serve_events();
	served.stolen = true;
	assert_int_equal(world_run(&world, "export", "--format", "records", "-o",
				   path_of("a.jsonl")),
			 EXIT_DONE);
	assert_string_equal(served.asked[0], "0 0");
	assert_string_equal(served.asked[1], "2 1");
	assert_string_equal(
		text_in("a.jsonl"),
		"{\"position\":\"2\",\"hqMs\":\"1719792012000\",\"judgedAgain\":\"7\"}\n"
		"{\"position\":\"1\",\"verdict\":\"counts\",\"bytes\":"
		"\"CAWKASYKJDAxOGQwMDAwLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwYQ==\","
		"\"record\":"
		"{\"recordedMs\":\"5\",\"withdrawal\":{\"eventId\":"
		"\"018d0000-0000-7000-8000-00000000000a\"}}}\n"
		"{\"position\":\"2\",\"verdict\":\"malformed\",\"bytes\":\"/w==\"}\n");
	CHECK_HAS(world_out(&world), "2 records · position 2");
	CHECK_HAS(world_err(&world), "at position 7");
}

static void
test_export__what_is_not_understood_asks_nobody(void **state)
{
	static const struct {
		const char *words[5];
		const char *says;
	} cases[] = {
		{ { "-o", "x" }, "--format is needed" },
		{ { "--format", "ods", "-o", "x" }, "csv, xlsx or records" },
		{ { "--format", "csv" }, "-o is needed" },
		{ { "--format", "csv", "-o", "" }, "-o is needed" },
		{ { "--format", "xlsx", "-o", "-" }, "XLSX" },
		{ { "--format=csv", "--rows", "people", "-o", "x" },
		  "events or sessions" },
		{ { "--format=records", "--fy", "2023", "-o", "x" }, "only --as-of" },
		{ { "--format=records", "--rows=events", "-o", "x" }, "only --as-of" },
		{ { "--format=records", "--post=sfo", "-o", "x" }, "only --as-of" },
	};
	(void)state;

	serve_events();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *words[7] = { "export" };

		memcpy(words + 1, cases[i].words, sizeof(cases[i].words));
		assert_int_equal(world_run_list(&world, words), EXIT_BAD_USAGE);
		CHECK_HAS(world_err(&world), cases[i].says);
	}
	assert_int_equal(world.requests, 0);
	assert_int_equal(files(), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_export__csv_says_all_that_a_record_says),
		TEST(test_export__pages_are_as_of_one_position),
		TEST(test_export__a_filter_by_format_is_not_the_file_s_format),
		TEST(test_export__what_is_there_stays_unless_it_may_go),
		TEST(test_export__one_that_came_meanwhile_stays_too),
		TEST(test_export__one_that_ends_early_leaves_nothing),
		TEST(test_export__the_standard_output_takes_the_same),
		TEST(test_export__the_same_selection_gives_the_same_workbook),
		TEST(test_export__a_terminal_sees_how_far_it_is),
		TEST(test_export__a_row_without_its_event_is_not_read),
		TEST(test_export__records_are_lines_with_their_bytes),
		TEST(test_export__what_is_not_understood_asks_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
