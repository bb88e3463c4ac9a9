/* publish, publication, restatement against services that answer what the test says. */
#include <time.h>

#include "lib/base/utf8.h"
#include "lib/model/json_wire.h"
#include "world.h"

#define STR(s) ((char *)(uintptr_t)(s))

enum { CHECKPOINT = 42, SAID_MAX = 16 };

static struct world world;

/* What was asked, in order, and how it is answered. */
static struct {
	Kusanone__V1__Submission *submitted[SAID_MAX];
	unsigned submissions;
	Kusanone__V1__TotalsQuery *totals[SAID_MAX];
	unsigned totals_asked;
	Kusanone__V1__RestatementQuery *restatements[SAID_MAX];
	unsigned restatements_asked;
	char order[SAID_MAX + 1]; /* q(uery), d(ry run), t(otals), s(ubmission) */
	bool no_archive, refuse, repeated;
} said;

static int
begin(void **state)
{
	(void)state;
	setenv("TZ", "Asia/Tokyo", 1);
	tzset();
	world_init(&world);
	world.has_aggregation = true;
	memset(&said, 0, sizeof(said));
	return 0;
}

static int
end(void **state)
{
	(void)state;
	world_fini(&world);
	return 0;
}

static void
note(char what)
{
	size_t n = strlen(said.order);

	assert_true(n < SAID_MAX);
	said.order[n] = what;
}

static void *
from_json(const ProtobufCMessageDescriptor *type, const char *json)
{
	struct json_fault fault;
	void *message = json_to_message(type, "m", slice_str(json), &world.arena, &fault);

	if (message == NULL) {
		fail_msg("%s: %s", fault.path, json);
	}
	return message;
}

static void
answer_submission(struct world *w, Kusanone__V1__Submission *s)
{
	Kusanone__V1__Receipt receipt = KUSANONE__V1__RECEIPT__INIT;

	note(s->dry_run ? 'd' : 's');
	said.submitted[said.submissions++] = s;
	if (said.refuse) {
		Kusanone__V1__Refused *refused = from_json(
			&kusanone__v1__refused__descriptor,
			"{\"code\": \"conflict\", \"field\": \"position\", "
			"\"reason\": {\"en\": \"covers 42\", \"ja\": \"42 まで\"}}");

		refused->request = s->request;
		world_answer(w, FRAME_REFUSED, &refused->base);
		return;
	}
	receipt.request = s->request;
	receipt.revision = STR(s->dry_run ? "" : "00112233445566778899");
	receipt.seq = 7;
	receipt.repeated = said.repeated;
	world_answer(w, FRAME_RECEIPT, &receipt.base);
}

static const char totals_json[] =
	"{\"position\": 42, \"hqMs\": 1700000000000, \"rule\": \"local\","
	" \"ruleText\": {\"en\": \"by the local date\", \"ja\": \"現地の日付\"},"
	" \"tables\": [{\"by\": [\"post\"], \"measures\": [\"events\"], \"rows\": ["
	"{\"keys\": [{\"code\": \"sfo\"}], \"figures\": [{\"value\": 3, \"bound\": "
	"\"EXACT\"}]}],"
	" \"sum\": [{\"value\": 3, \"bound\": \"EXACT\"}],"
	" \"overlap\": [{\"value\": 0, \"bound\": \"EXACT\"}],"
	" \"total\": [{\"value\": 3, \"bound\": \"EXACT\"}]}]}";

#define ROW                                                                              \
	"{\"name\": \"令和5年度\", \"position\": 42, \"hqMs\": 1700000000000,"       \
	" \"rule\": \"tokyo\", \"query\": {\"by\": [\"post\", \"state\"],"               \
	" \"measures\": [\"events\"], \"fiscalYearFrom\": 2023, \"fiscalYearTo\": 2024," \
	" \"filters\": [{\"dimension\": \"topic\", \"values\": [\"ai\", \"ev\"]}]},"     \
	" \"checkpoint\": \"kusanone/hq\\n9\\n\\n— sig\\n\","                          \
	" \"recordedPosition\": 45, \"recordedMs\": 1700000000000,"                      \
	" \"record\": \"aabbccddeeff\", \"author\": \"planner\"}"

/* Two pages of records, and two of cells. */
static const char *
restatement_json(const Kusanone__V1__RestatementQuery *q)
{
	if (q->differing) {
		return q->skip == 0
			       ? "{\"row\": " ROW ", \"until\": 60, \"next\": 1, "
				 "\"differing\": [{\"column\": \"events\", "
				 "\"before\": {\"value\": 3, \"bound\": \"EXACT\"}, "
				 "\"after\": {\"value\": 5, \"bound\": \"EXACT\"}}]}"
			       : "{\"row\": " ROW ", \"until\": 60, \"differing\": ["
				 "{\"column\": \"published\", \"figure\": {\"measure\": "
				 "\"events\", \"fiscalYearFrom\": 2023, "
				 "\"fiscalYearTo\": 2023}, \"after\": {\"value\": 73, "
				 "\"bound\": \"EXACT\"}}]}";
	}
	if (q->after != 0) {
		return "{\"row\": " ROW ", \"until\": 60, \"untilMs\": 1700000000000,"
		       " \"records\": [{\"hqMs\": 1700000000000, \"allEvents\": 30,"
		       " \"record\": {\"position\": 50, \"record\": \"99aabbccddee\","
		       " \"kind\": \"reference_change\", \"node\": \"hq\"},"
		       " \"events\": [{\"eventId\": \"x\", \"title\": {\"en\": \"One\"},"
		       " \"changed\": [\"state\"]}],"
		       " \"cells\": [{\"column\": \"participants\", \"by\": [\"post\"],"
		       " \"keys\": [{\"bucket\": \"no_confirmed_post\"}],"
		       " \"before\": {\"value\": 40, \"bound\": \"ABOUT\","
		       " \"notStated\": 1}, \"after\": {\"value\": 40,"
		       " \"bound\": \"ABOUT\", \"notStated\": 2}}]}]}";
	}
	return "{\"row\": " ROW ", \"until\": 60, \"untilMs\": 1700000000000,"
	       " \"next\": 47, \"records\": [{\"hqMs\": 1700000000000, \"allEvents\": 1,"
	       " \"record\": {\"position\": 47, \"record\": \"1122334455667788\","
	       " \"kind\": \"event_revision\", \"author\": \"a\", \"node\": \"sfo\","
	       " \"words\": \"it took place\"},"
	       " \"events\": [{\"eventId\": \"018d0000-0000-7000-8000-0000abcdef12\","
	       " \"title\": {\"en\": \"A visit\", \"ja\": \"訪問\"},"
	       " \"changed\": [\"new\", \"status\"]}],"
	       " \"cells\": [{\"column\": \"events\", \"by\": [\"post\", \"state\"],"
	       " \"keys\": [{\"code\": \"sfo\"}, {\"code\": \"TN\"}],"
	       " \"before\": {\"value\": 3, \"bound\": \"EXACT\"},"
	       " \"after\": {\"value\": 5, \"bound\": \"EXACT\"}}]}]}";
}

static void
answer_query(struct world *w, Kusanone__V1__Query *q)
{
	Kusanone__V1__Reply reply = KUSANONE__V1__REPLY__INIT;
	const char *view = said.no_archive ? "{}" : "{\"archive\": {\"position\": 42}}";
	const char *name;

	reply.request = q->request;
	switch (q->query_case) {
	case KUSANONE__V1__QUERY__QUERY_STATUS:
		note('q');
		assert_int_equal(w->to, WORLD_INTAKE);
		reply.reply_case = KUSANONE__V1__REPLY__REPLY_STATUS;
		reply.status = from_json(&kusanone__v1__status_reply__descriptor, view);
		break;
	case KUSANONE__V1__QUERY__QUERY_TOTALS:
		note('t');
		said.totals[said.totals_asked++] = q->totals;
		reply.reply_case = KUSANONE__V1__REPLY__REPLY_TOTALS;
		reply.totals =
			from_json(&kusanone__v1__totals_reply__descriptor, totals_json);
		break;
	case KUSANONE__V1__QUERY__QUERY_PUBLICATIONS:
		reply.reply_case = KUSANONE__V1__REPLY__REPLY_PUBLICATIONS;
		reply.publications =
			from_json(&kusanone__v1__publications_reply__descriptor,
				  said.no_archive ? "{}" : "{\"rows\": [" ROW "]}");
		break;
	case KUSANONE__V1__QUERY__QUERY_PUBLICATION:
		name = q->publication->name;
		assert_string_equal(name, "令和5年度");
		reply.reply_case = KUSANONE__V1__REPLY__REPLY_PUBLICATION;
		reply.publication = from_json(
			&kusanone__v1__publication_reply__descriptor,
			arena_printf(&w->arena, "{\"row\": " ROW ", \"totals\": %s}",
				     totals_json));
		break;
	default:
		said.restatements[said.restatements_asked++] = q->restatement;
		reply.reply_case = KUSANONE__V1__REPLY__REPLY_RESTATEMENT;
		reply.restatement =
			from_json(&kusanone__v1__restatement_reply__descriptor,
				  said.no_archive ? "{\"row\": " ROW ", \"until\": 60}"
						  : restatement_json(q->restatement));
		break;
	}
	world_answer(w, FRAME_REPLY, &reply.base);
}

static void
serve(struct world *w, enum frame_type type, struct slice body)
{
	if (type == FRAME_SUBMIT) {
		assert_int_equal(w->to, WORLD_INTAKE);
		answer_submission(
			w, world_read(w, &kusanone__v1__submission__descriptor, body));
	} else {
		answer_query(w, world_read(w, &kusanone__v1__query__descriptor, body));
	}
}

static void
test_publish__asks_whether_it_may_shows_the_figures_and_says_it(void **state)
{
	(void)state;
	world.serve = serve;
	assert_int_equal(world_run(&world, "publish", "FY2023", "--fy", "2023", "--by",
				   "post,state", "--post", "sfo", "--rule", "tokyo"),
			 EXIT_DONE);
	assert_string_equal(said.order, "qdts");
	const Kusanone__V1__Publication *p = said.submitted[1]->publication;
	assert_string_equal(p->name, "FY2023");
	assert_int_equal(p->position, CHECKPOINT);
	assert_string_equal(p->rule, "tokyo");
	assert_int_equal(p->checkpoint.len, 0);
	const Kusanone__V1__TotalsQuery *q = world_read(
		&world, &kusanone__v1__totals_query__descriptor, slice_pb(p->query));
	assert_int_equal(q->as_of_position, 0);
	assert_int_equal(q->n_by, 2);
	assert_int_equal(q->n_filters, 1);
	assert_string_equal(q->rule, "tokyo");
	/* The figures that are shown are those of the position. */
	assert_int_equal(said.totals[0]->as_of_position, CHECKPOINT);
	assert_int_equal(said.totals[0]->n_by, 2);
	CHECK_HAS(world_out(&world), "sfo");
	CHECK_HAS(world_out(&world), "Published as \"FY2023\" at position 42.");
	CHECK_HAS(world_out(&world), "revision 00112233");
}

static void
test_publish__what_is_refused_shows_no_figures(void **state)
{
	(void)state;
	world.serve = serve;
	said.refuse = true;
	assert_int_equal(world_run(&world, "publish", "x", "--at", "43"), EXIT_REFUSED);
	assert_string_equal(said.order, "d"); /* the position was given */
	assert_int_equal(said.submitted[0]->publication->position, 43);
	assert_string_equal(world_out(&world), "");
	CHECK_HAS(world_err(&world), "position: covers 42");
	/* Without a checkpoint the intake is asked all the same: it says what is. */
	memset(said.order, 0, sizeof(said.order));
	said.no_archive = true;
	assert_int_equal(world_run(&world, "publish", "x"), EXIT_REFUSED);
	assert_string_equal(said.order, "qd");
	assert_int_equal(said.submitted[1]->publication->position, 0);
}

static void
test_publish__a_dry_run_says_nothing(void **state)
{
	(void)state;
	world.serve = serve;
	assert_int_equal(world_run(&world, "publish", "x", "--dry-run", "--lang", "ja"),
			 EXIT_DONE);
	assert_string_equal(said.order, "qdt");
	CHECK_HAS(world_out(&world), "公表できます");
	CHECK_HAS(world_out(&world), "記録はしていません");
}

static void
test_publish__a_repeat_says_that_it_was_before(void **state)
{
	(void)state;
	world.serve = serve;
	said.repeated = true;
	assert_int_equal(world_run(&world, "publish", "x"), EXIT_DONE);
	CHECK_HAS(world_out(&world), "Was published as \"x\" at position 42 before");
	assert_int_equal(world_run(&world, "publish", "x", "--json"), EXIT_DONE);
	assert_int_equal(world_out(&world)[0], '{');
	CHECK_HAS(world_out(&world), "\"repeated\":true");
}

static void
test_publish__what_is_no_position_is_said(void **state)
{
	static const char *const bad[] = { "0", "-1", "x", "2024-01-01", "1.5" };

	(void)state;
	world.serve = serve;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(world_run(&world, "publish", "x", "--at", bad[i]),
				 EXIT_BAD_USAGE);
		CHECK_HAS(world_err(&world), "position");
	}
	assert_int_equal(world_run(&world, "publish"), EXIT_BAD_USAGE);
	assert_int_equal(world_run(&world, "publish", "x", "--open"), EXIT_BAD_USAGE);
	assert_int_equal(world_run(&world, "publish", "x", "--as-of", "4"),
			 EXIT_BAD_USAGE);
	assert_string_equal(said.order, "");
}

static void
test_publication__list_and_show(void **state)
{
	(void)state;
	world.serve = serve;
	assert_int_equal(world_run(&world, "publication", "list"), EXIT_DONE);
	CHECK_HAS(world_out(&world), "令和5年度\n  position 42 · FY2023–2024 · By post × "
				     "state · events");
	CHECK_HAS(world_out(&world), "topic=ai,ev");
	CHECK_HAS(world_out(&world), "by planner (record aabbccdd, position");
	assert_int_equal(world_run(&world, "publication", "list", "--lang", "ja"),
			 EXIT_DONE);
	CHECK_HAS(world_out(&world), "公館 × 州別");
	assert_int_equal(world_run(&world, "publication", "show", "令和5年度"),
			 EXIT_DONE);
	CHECK_HAS(world_out(&world), "2023-11-15 07:13:20 +09:00");
	CHECK_HAS(world_out(&world), "sfo");
	assert_int_equal(
		world_run(&world, "publication", "show", "令和5年度", "--checkpoint"),
		EXIT_DONE);
	assert_string_equal(world_out(&world), "kusanone/hq\n9\n\n— sig\n");
	assert_int_equal(world_run(&world, "publication", "show", "令和5年度", "--json"),
			 EXIT_DONE);
	CHECK_HAS(world_out(&world), "\"totals\": {");
	world.cli.json = false;
	said.no_archive = true;
	assert_int_equal(world_run(&world, "publication", "list", "--lang", "en"),
			 EXIT_DONE);
	CHECK_HAS(world_out(&world), "nothing was published yet");
	assert_int_equal(world_run(&world, "publication", "show"), EXIT_BAD_USAGE);
}

static void
check_width(const char *text, size_t width)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		if (utf8_width(slice_of(text, len)) > width) {
			fail_msg("wider than %zu: %.*s", width, (int)len, text);
		}
		text += len + (text[len] == '\n');
	}
}

static void
test_restatement__pages_are_joined_and_told(void **state)
{
	const char *out;

	(void)state;
	world.serve = serve;
	assert_int_equal(world_run(&world, "restatement", "令和5年度"), EXIT_DONE);
	assert_int_equal(said.restatements_asked, 4);
	assert_int_equal(said.restatements[0]->until, 0);
	assert_int_equal(said.restatements[1]->after, 47);
	assert_int_equal(said.restatements[1]->until, 60); /* as the first page was */
	assert_true(said.restatements[2]->differing);
	assert_int_equal(said.restatements[3]->skip, 1);
	out = world_out(&world);
	CHECK_HAS(out, "from position 42 to 60");
	CHECK_HAS(out, "position 47 · 2023-11-15 07:13:20 +09:00 · revision 11223344 · "
		       "a@sfo");
	CHECK_HAS(out, "abcdef12  A visit (new, status)");
	CHECK_HAS(out, "    post sfo × state TN  events  3  →  5\n");
	CHECK_HAS(out, "and 29 more events");
	/* The value is the same; how many do not state it is not. */
	CHECK_HAS(out, "about 40 (1 events not stated) →\n      about 40 (2 events");
	CHECK_HAS(out, "What differs: published, and now");
	CHECK_HAS(out, "nationally     events     3  →   5\n");
	CHECK_HAS(out, "FY2023 events  published  -  →  73\n");
	for (unsigned width = 40; width <= 120; width += 8) {
		world.cli.width = width;
		assert_int_equal(
			world_run(&world, "restatement", "令和5年度", "--lang", "ja"),
			EXIT_DONE);
		check_width(world_out(&world), width);
		CHECK_HAS(world_out(&world), "訪問");
		CHECK_HAS(world_out(&world), "73");
		said.restatements_asked = 0;
	}
	world.cli.width = 80;
	assert_int_equal(world_run(&world, "restatement", "令和5年度", "--json"),
			 EXIT_DONE);
	const Kusanone__V1__RestatementReply *r = from_json(
		&kusanone__v1__restatement_reply__descriptor, world_out(&world));
	assert_int_equal(r->n_records, 2);
	assert_int_equal(r->n_differing, 2);
	assert_int_equal(r->next, 0);
}

static void
test_restatement__nothing_changed_is_said(void **state)
{
	(void)state;
	world.serve = serve;
	said.no_archive = true;
	assert_int_equal(world_run(&world, "restatement", "令和5年度"), EXIT_DONE);
	CHECK_HAS(world_out(&world), "No record has changed these figures.");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_publish__asks_whether_it_may_shows_the_figures_and_says_it),
		TEST(test_publish__what_is_refused_shows_no_figures),
		TEST(test_publish__a_dry_run_says_nothing),
		TEST(test_publish__a_repeat_says_that_it_was_before),
		TEST(test_publish__what_is_no_position_is_said),
		TEST(test_publication__list_and_show),
		TEST(test_restatement__pages_are_joined_and_told),
		TEST(test_restatement__nothing_changed_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
