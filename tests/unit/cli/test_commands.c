/* Whole commands against services that answer what the test says. */
#include <unistd.h>

#include "cli/command.h"
#include "cli/help.h"
#include "cli/template_wire.h"
#include "lib/model/json_wire.h"
#include "lib/model/labels.h"
#include "world.h"

#define EVENT_ID "018d0000-0000-7000-8000-0000abcdef12"
#define HEAD     "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define US_JAPAN SOURCE_DIR "/deploy/reference/us-japan"

static struct world world;
static char folder[64];

static int
begin(void **state)
{
	(void)state;
	world_init(&world);
	snprintf(folder, sizeof(folder), "/tmp/kusanone-cli-XXXXXX");
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

static const char *
file(const char *name, const char *text)
{
	const char *path = arena_printf(&world.arena, "%s/%s", folder, name);
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return path;
}

/* ---- Services -------------------------------------------------------------------- */

/* Submissions as they came, each answered with a receipt. */
static Kusanone__V1__Submission *submitted[256];
static unsigned submitted_count;
static unsigned busy; /* So many are refused as busy first. */

static void
answer_submission(struct world *w, Kusanone__V1__Submission *s)
{
	Kusanone__V1__Receipt receipt = KUSANONE__V1__RECEIPT__INIT;
	Kusanone__V1__Refused refused = KUSANONE__V1__REFUSED__INIT;

	if (busy > 0) {
		busy--;
		refused.request = s->request;
		refused.code = (char *)(uintptr_t) "busy";
		world_answer(w, FRAME_REFUSED, &refused.base);
		return;
	}
	assert_true(submitted_count < ARRAY_LEN(submitted));
	submitted[submitted_count++] = s;
	receipt.request = s->request;
	receipt.event_id = (char *)(uintptr_t)EVENT_ID;
	receipt.revision = (char *)(uintptr_t)HEAD;
	receipt.seq = submitted_count;
	receipt.reach = KUSANONE__V1__REACH__REACH_ON_DISK;
	world_answer(w, FRAME_RECEIPT, &receipt.base);
}

/* A planned event with three sessions: planned, held, cancelled. */
static void
answer_event(struct world *w, const Kusanone__V1__Query *query)
{
	static const char text[] =
		"{\"row\": {\"eventId\": \"" EVENT_ID "\", \"revision\": \"" HEAD "\","
		"\"holders\": [{\"post\": \"sfo\", \"state\": \"counts\"}, "
		"{\"post\": \"lax\", \"state\": \"unconfirmed\"}]},"
		"\"event\": {\"id\": \"" EVENT_ID "\", \"sourceKey\": \"k-1\","
		"\"status\": \"PLANNED\", \"holders\": [\"sfo\", \"lax\"], \"sessions\": "
		"["
		"{\"id\": \"s1\", \"status\": \"PLANNED\"}, {\"id\": \"s3\", \"status\": "
		"\"CANCELLED\"}]}, \"heads\": [\"" HEAD "\"], \"history\": [{\"kind\": "
		"\"event_revision\", \"record\": \"" HEAD "\"}]}";
	Kusanone__V1__Reply reply = KUSANONE__V1__REPLY__INIT;
	struct json_fault fault;

	reply.request = query->request;
	reply.reply_case = KUSANONE__V1__REPLY__REPLY_EVENT;
	reply.event = (Kusanone__V1__EventReply *)json_to_message(
		&kusanone__v1__event_reply__descriptor, "reply", slice_str(text),
		&w->arena, &fault);
	assert_non_null(reply.event);
	world_answer(w, FRAME_REPLY, &reply.base);
}

/* Two pages of two events each; the second page repeats nothing. */
static void
answer_events(struct world *w, const Kusanone__V1__Query *query)
{
	bool second = query->events->after[0] != '\0';
	Kusanone__V1__Reply reply = KUSANONE__V1__REPLY__INIT;
	Kusanone__V1__EventsReply events = KUSANONE__V1__EVENTS_REPLY__INIT;
	Kusanone__V1__EventRow rows[2] = { KUSANONE__V1__EVENT_ROW__INIT,
					   KUSANONE__V1__EVENT_ROW__INIT };
	Kusanone__V1__EventRow *list[] = { &rows[0], &rows[1] };

	rows[0].event_id =
		(char *)(uintptr_t)(second ? EVENT_ID
					   : "018d0000-0000-7000-8000-0000abcdef13");
	rows[1].event_id =
		(char *)(uintptr_t)(second ? "018d0000-0000-7000-8000-00000bcdef13"
					   : "018d0000-0000-7000-8000-000000000001");
	events.rows = list;
	events.n_rows = 2;
	events.matching = 4;
	events.next = (char *)(uintptr_t)(second ? "" : "page-2");
	reply.request = query->request;
	reply.reply_case = KUSANONE__V1__REPLY__REPLY_EVENTS;
	reply.events = &events;
	world_answer(w, FRAME_REPLY, &reply.base);
}

#define ASKED_ID "018d0000-0000-7000-8000-0000c0405707"

/* Another post's event, asked of both posts of this node. */
static void
answer_cohosts(struct world *w, const Kusanone__V1__Query *query)
{
	Kusanone__V1__Reply reply = KUSANONE__V1__REPLY__INIT;
	Kusanone__V1__CohostsReply cohosts = KUSANONE__V1__COHOSTS_REPLY__INIT;
	Kusanone__V1__CohostRow row = KUSANONE__V1__COHOST_ROW__INIT;
	Kusanone__V1__CohostRow *list[] = { &row, &row };

	row.event_id = (char *)(uintptr_t)ASKED_ID;
	cohosts.rows = list;
	cohosts.n_rows = 2;
	reply.request = query->request;
	reply.reply_case = KUSANONE__V1__REPLY__REPLY_COHOSTS;
	reply.cohosts = &cohosts;
	world_answer(w, FRAME_REPLY, &reply.base);
}

static void
serve(struct world *w, enum frame_type type, struct slice body)
{
	if (type == FRAME_SUBMIT) {
		answer_submission(
			w, world_read(w, &kusanone__v1__submission__descriptor, body));
		return;
	}
	const Kusanone__V1__Query *query =
		world_read(w, &kusanone__v1__query__descriptor, body);
	if (query->query_case == KUSANONE__V1__QUERY__QUERY_EVENT) {
		answer_event(w, query);
	} else if (query->query_case == KUSANONE__V1__QUERY__QUERY_COHOSTS) {
		answer_cohosts(w, query);
	} else {
		assert_int_equal(query->query_case, KUSANONE__V1__QUERY__QUERY_EVENTS);
		answer_events(w, query);
	}
}

static int
begin_served(void **state)
{
	(void)begin(state);
	world.serve = serve;
	submitted_count = 0;
	busy = 0;
	return 0;
}

/* ---- The command itself ---------------------------------------------------------- */

static void
test_cli__a_service_that_is_not_there_is_named(void **state)
{
	(void)state;
	world.has_intake = false;
	assert_int_equal(world_run(&world, "totals"), EXIT_UNREACHABLE);
	CHECK_HAS(world_err(&world), "no service at /run/test/intake.sock");
	assert_int_equal(world_run(&world, "status"), EXIT_UNREACHABLE);
	CHECK_HAS(world_err(&world), "no service has a socket in /run/test");
	assert_int_equal(world_run(&world, "watch", "--lang", "ja"), EXIT_UNREACHABLE);
	CHECK_HAS(world_err(&world), "/run/test/intake.sock にサービスがありません");
}

static void
test_cli__a_service_that_does_not_answer_is_not_waited_for(void **state)
{
	(void)state;
	assert_int_equal(world_run(&world, "totals", "--timeout", "3"), EXIT_UNREACHABLE);
	CHECK_HAS(world_err(&world), "no answer within 3 s");
	assert_in_range(world.now, 3000, 3100);
	assert_int_equal(world_run(&world, "withdraw", EVENT_ID, "--why", "x", "--wait",
				   "60", "--timeout", "3"),
			 EXIT_UNREACHABLE);
	assert_in_range(world.now, 66000, 66200); /* 60 s more for headquarters. */
	assert_int_equal(world_run(&world, "watch", "--timeout", "2"), EXIT_UNREACHABLE);
}

static void
test_cli__what_is_not_understood_is_usage(void **state)
{
	static const char *const wrong[][6] = {
		{ NULL },
		{ "totls", NULL },
		{ "cohost", NULL },
		{ "cohost", "list", "more", NULL },
		{ "totals", "--bye", NULL },
		{ "totals", "--by", NULL },
		{ "totals", "--fy", "2023-2017", NULL },
		{ "totals", "--filter", "post", NULL },
		{ "totals", "--json", "--csv", NULL },
		{ "totals", "--timeout", "soon", NULL },
		{ "totals", "--as", "\xff", NULL },
		{ "totals", "--lang", "fr", NULL },
		{ "watch", "--recount", NULL },
		{ "submit", NULL },
		{ "show", NULL },
		{ "edit", EVENT_ID, NULL },
		{ "cancel", EVENT_ID, NULL },
		{ "withdraw", EVENT_ID, "--why", "", NULL },
		{ "erase", EVENT_ID, "--why", "x", NULL },
		{ "review", EVENT_ID, "maybe", NULL },
		{ "review", EVENT_ID, "question", NULL },
		{ "best-practice", EVENT_ID, NULL },
		{ "best-practice", EVENT_ID, "--fy", "2022-2023", NULL },
		{ "figure", "add", "--fy", "2023", NULL },
		{ "node", "enrol", "--node", "12", NULL },
		{ "node", "revoke", "--retired", "--stolen", NULL },
		{ "help", "nothing", NULL },
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		int code = world_run_list(&world, wrong[i]);

		if (code != EXIT_BAD_USAGE || world.err.len < 2 || world.out.len != 1) {
			fail_msg("case %zu: code %d, err %s, out %s", i, code,
				 world_err(&world), world_out(&world));
		}
		world.cli.lang = LANG_EN;
		world.cli.command = "";
		world.cli.json = false;
	}
	assert_int_equal(world.requests, 0);
}

static void
test_cli__what_was_meant_is_offered(void **state)
{
	(void)state;

	assert_int_equal(world_run(&world, "totls"), EXIT_BAD_USAGE);
	CHECK_HAS(world_err(&world), "did you mean \"totals\"?");
	assert_int_equal(world_run(&world, "cohost", "confrim"), EXIT_BAD_USAGE);
	CHECK_HAS(world_err(&world), "did you mean \"cohost confirm\"?");
	assert_int_equal(world_run(&world, "stauts", "--lang", "ja"), EXIT_BAD_USAGE);
	CHECK_HAS(world_err(&world), "status」のことですか");
	world.cli.lang = LANG_EN;
	assert_int_equal(world_run(&world, "totals", "--messure=events"), EXIT_BAD_USAGE);
	CHECK_HAS(world_err(&world), "did you mean --measure?");
	assert_int_equal(world_run(&world, "totals", "--zzz"), EXIT_BAD_USAGE);
	assert_null(strstr(world_err(&world), "did you mean"));
	assert_int_equal(world_run(&world, "totals", "-o", "x"), EXIT_BAD_USAGE);
	CHECK_HAS(world_err(&world), "-o: there is no such option");
}

static void
test_cli__options_may_stand_before_the_command(void **state)
{
	(void)state;
	assert_int_equal(
		world_run(&world, "--lang", "ja", "--timeout", "5", "show", EVENT_ID),
		EXIT_DONE);
	assert_int_equal(world.cli.lang, LANG_JA);
	assert_int_equal(world.cli.timeout_ms, 5000);
}

static void
test_cli__the_language_is_that_of_the_environment(void **state)
{
	struct cli cli;
	(void)state;

	unsetenv("LC_ALL");
	unsetenv("LC_MESSAGES");
	setenv("LANG", "ja_JP.UTF-8", 1);
	cli_init(&cli, world.cli.system, getenv);
	assert_int_equal(cli.lang, LANG_JA);
	setenv("LC_MESSAGES", "en_US.UTF-8", 1);
	cli_init(&cli, world.cli.system, getenv);
	assert_int_equal(cli.lang, LANG_EN);
	setenv("LC_ALL", "ja_JP.UTF-8", 1);
	cli_init(&cli, world.cli.system, getenv);
	assert_int_equal(cli.lang, LANG_JA);
	setenv("LC_ALL", "C", 1);
	cli_init(&cli, world.cli.system, getenv);
	assert_int_equal(cli.lang, LANG_EN);
	unsetenv("LC_ALL");
	unsetenv("LC_MESSAGES");
}

/* Every option of every command is explained in both languages, and has an example. */
static void
test_cli__every_command_and_option_is_explained(void **state)
{
	(void)state;
	for (const struct command *c = commands; c->name != NULL; c++) {
		char *argv[] = { (char *)(uintptr_t) "x", NULL };

		buf_clear(&world.cli.out);
		world.cli.command = c->name;
		world.cli.list_options = true;
		assert_int_equal(c->run(&world.cli, 1, argv), EXIT_DONE);
		char *names =
			arena_dup(&world.arena, world.cli.out.at, world.cli.out.len);

		for (int lang = 0; lang < LANG_COUNT; lang++) {
			struct buf page = { 0 };
			char *rest = arena_dup(&world.arena, names, strlen(names));
			char *name;

			assert_non_null(help_find((enum lang)lang, c->name));
			help_put((enum lang)lang, c->name, &page);
			buf_put_u8(&page, '\0');
			CHECK_HAS((const char *)page.at,
				  arena_printf(&world.arena, "kusanone %s", c->name));
			while ((name = strsep(&rest, "\n")) != NULL) {
				const char *shown =
					arena_printf(&world.arena, "--%s", name);

				if (*name != '\0' &&
				    strstr((const char *)page.at, shown) == NULL) {
					fail_msg("%s: %s is not explained in %s", c->name,
						 shown, lang == LANG_JA ? "ja" : "en");
				}
			}
			buf_fini(&page);
		}
	}
	world.cli.list_options = false;
	buf_clear(&world.cli.out);
}

/* ---- submit ---------------------------------------------------------------------- */

static void
test_submit__many_events_in_order_and_the_faulty_one_named(void **state)
{
	(void)state;
	const char *path = file(
		"many.json", "{\"sourceKey\": \"a\", \"title\": {\"en\": \"A\"}}\n"
			     "{\"sourceKey\": \"b\", \"titel\": {}}\n"
			     "{\"sourceKey\": \"c\", \"statedDates\": [\"2024-02\"]}\n");

	assert_int_equal(world_run(&world, "submit", path, "--as", "Sato", "--wait", "5"),
			 EXIT_REFUSED);
	assert_int_equal(submitted_count, 2);
	assert_int_equal(world.to, WORLD_INTAKE);
	assert_int_equal(submitted[0]->body_case, KUSANONE__V1__SUBMISSION__BODY_EVENT);
	assert_string_equal(submitted[0]->event->event->source_key, "a");
	assert_string_equal(submitted[0]->author, "Sato");
	assert_int_equal(submitted[0]->wait_ms, 5000);
	assert_string_equal(submitted[1]->event->event->stated_dates[0]->value,
			    "2024-02");
	CHECK_HAS(world_out(&world),
		  EVENT_ID "  revision 00112233 · seq 1 · on this post's "
			   "disk\n" EVENT_ID);
	CHECK_HAS(world_err(&world),
		  "many.json:2: event.titel: there is no such field; did "
		  "you mean title?");
}

static void
test_submit__a_busy_service_is_asked_again(void **state)
{
	(void)state;
	struct buf lines = { 0 };

	for (int i = 0; i < 100; i++) {
		buf_printf(&lines, "{\"sourceKey\": \"k%d\"}\n", i);
	}
	buf_put_u8(&lines, '\0');
	busy = 7;
	assert_int_equal(
		world_run(&world, "submit", file("many.json", (const char *)lines.at)),
		EXIT_DONE);
	buf_fini(&lines);
	assert_int_equal(submitted_count, 100);
	assert_int_equal(world.pauses, 7);
	/* Each once. */
	for (unsigned i = 0; i < 100; i++) {
		unsigned same = 0;

		for (unsigned k = 0; k < 100; k++) {
			same += strcmp(submitted[i]->event->event->source_key,
				       submitted[k]->event->event->source_key) == 0;
		}
		assert_int_equal(same, 1);
	}
}

static void
test_submit__json_answers_are_a_message_a_line(void **state)
{
	(void)state;
	const char *path =
		file("one.json", "[{\"sourceKey\": \"a\"}, {\"sourceKey\": \"b\"}]");

	assert_int_equal(world_run(&world, "submit", path, "--json"), EXIT_DONE);
	char *rest = (char *)world.out.at;
	for (int i = 0; i < 2; i++) {
		struct json_fault fault;
		const Kusanone__V1__Receipt *receipt =
			(const Kusanone__V1__Receipt *)json_to_message(
				&kusanone__v1__receipt__descriptor, "receipt",
				slice_str(strsep(&rest, "\n")), &world.arena, &fault);

		assert_non_null(receipt);
		assert_int_equal(receipt->seq, i + 1);
		assert_string_equal(receipt->event_id, EVENT_ID);
	}
	assert_string_equal(rest, "");
}

static void
test_submit__the_template_is_complete_and_can_be_sent(void **state)
{
	(void)state;
	const ProtobufCMessageDescriptor *type = &kusanone__v1__event__descriptor;

	for (int lang = 0; lang < LANG_COUNT; lang++) {
		world.cli.lang = (enum lang)lang;
		assert_int_equal(world_run(&world, "submit", "--template"), EXIT_DONE);
		const char *text = arena_dup(&world.arena, world.out.at, world.out.len);
		for (unsigned i = 0; i < type->n_fields; i++) {
			const char *name = json_name(type->fields[i].name, &world.arena);

			CHECK_HAS(text,
				  arena_printf(&world.arena, "\n  \"//%s\": \"", name));
			CHECK_HAS(text, arena_printf(&world.arena, "\n  \"%s\": ", name));
			assert_non_null(
				label_of_field(lang == LANG_JA, type->fields[i].name));
		}
		assert_int_equal(world_run(&world, "submit", file("draft.json", text)),
				 EXIT_DONE);
		/* Nothing was filled in, so nothing is said. */
		const Kusanone__V1__Event *event = submitted[lang]->event->event;
		assert_null(event->title);
		assert_null(event->participants);
		assert_null(event->report);
		assert_int_equal(event->n_sessions, 0);
		assert_int_equal(event->status, KUSANONE__V1__STATUS__STATUS_PLANNED);
	}
}

static void
test_submit__the_papers_cases_are_events(void **state)
{
	(void)state;
	for (int i = 1; i <= 4; i++) {
		assert_int_equal(world_run(&world, "submit",
					   arena_printf(&world.arena,
							US_JAPAN "/events/%d.json", i)),
				 EXIT_DONE);
		const Kusanone__V1__Event *event = submitted[i - 1]->event->event;
		assert_string_equal(event->id, "");
		assert_string_equal(event->source_key,
				    arena_printf(&world.arena, "seed-%d", i));
		assert_int_equal(event->status, KUSANONE__V1__STATUS__STATUS_HELD);
		assert_string_equal(event->report->source->name,
				    "外務省経済局 令和6年7月 資料1");
		assert_int_equal(event->n_sessions, 0);
		assert_null(event->participants);
	}
	assert_int_equal(submitted[0]->event->event->n_stated_places, 0);
	assert_string_equal(submitted[0]->event->event->lead, "");
	assert_int_equal(submitted[3]->event->event->n_stated_places, 6);
	assert_int_equal(submitted[3]->event->event->n_stated_dates, 3);
}

static void
test_submit__a_missing_file_does_not_stop_the_others(void **state)
{
	(void)state;
	assert_int_equal(world_run(&world, "submit", "/nowhere/x.json",
				   file("a.json", "{\"sourceKey\": \"a\"}")),
			 EXIT_REFUSED);
	assert_int_equal(submitted_count, 1);
	CHECK_HAS(world_err(&world), "/nowhere/x.json: there is no such file");
}

/* ---- Events that change ---------------------------------------------------------- */

static void
test_event__found_by_its_last_digits_over_pages(void **state)
{
	(void)state;
	assert_int_equal(world_run(&world, "withdraw", "abcdef12", "--why", "twice"),
			 EXIT_DONE);
	assert_string_equal(submitted[0]->withdrawal->event_id, EVENT_ID);
	assert_string_equal(submitted[0]->withdrawal->why, "twice");

	/* Two end so. */
	assert_int_equal(world_run(&world, "withdraw", "bcdef13", "--why", "x"),
			 EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "several events");
	assert_int_equal(world_run(&world, "withdraw", "999999", "--why", "x"),
			 EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "no such event");
	assert_int_equal(submitted_count, 1);

	/* One of which only its co-hosts are asked. */
	world.has_aggregation = false;
	assert_int_equal(world_run(&world, "withdraw", "c0405707", "--why", "x"),
			 EXIT_DONE);
	assert_string_equal(submitted[1]->withdrawal->event_id, ASKED_ID);
}

static void
test_edit__paths_values_and_bases(void **state)
{
	(void)state;
	assert_int_equal(world_run(&world, "edit", EVENT_ID, "--set", "title.ja=水素",
				   "--set", "holders=sfo, bna", "--set",
				   "sessions.s1.start=2024-03", "--set",
				   "participants=120", "--set",
				   "statedPlaces=[{\"state\": \"TN\"}]", "--clear",
				   "note.en", "--why", "better"),
			 EXIT_DONE);
	const Kusanone__V1__Patch *patch = submitted[0]->patch;
	static const char *const paths[] = { "title.ja",          "holders",
					     "sessions.s1.start", "participants",
					     "stated_places",     "note.en" };
	assert_int_equal(patch->n_paths, ARRAY_LEN(paths));
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		assert_string_equal(patch->paths[i], paths[i]);
	}
	assert_string_equal(patch->event->title->ja, "水素");
	assert_string_equal(patch->event->title->en, "");
	assert_int_equal(patch->event->n_holders, 2);
	assert_string_equal(patch->event->holders[1], "bna");
	assert_string_equal(patch->event->sessions[0]->id, "s1");
	assert_string_equal(patch->event->sessions[0]->start->value, "2024-03");
	assert_int_equal(patch->event->participants->value, 120);
	assert_string_equal(patch->event->stated_places[0]->state, "TN");
	assert_null(patch->event->note);
	assert_string_equal(patch->why, "better");
	assert_int_equal(patch->n_bases, 0); /* The newest. */
}

static void
test_edit__adding_to_a_set_names_what_was_seen(void **state)
{
	(void)state;
	assert_int_equal(world_run(&world, "edit", EVENT_ID, "--set", "+holders=bna,sfo",
				   "--set", "-holders=lax"),
			 EXIT_DONE);
	const Kusanone__V1__Patch *patch = submitted[0]->patch;
	assert_int_equal(patch->n_paths, 1);
	assert_int_equal(patch->event->n_holders, 2);
	assert_string_equal(patch->event->holders[0], "sfo");
	assert_string_equal(patch->event->holders[1], "bna");
	assert_int_equal(patch->n_bases, 1);
	assert_string_equal(patch->bases[0], HEAD);
}

static void
test_edit__a_base_may_be_named_by_its_first_digits(void **state)
{
	(void)state;
	assert_int_equal(world_run(&world, "edit", EVENT_ID, "--set", "url=x", "--base",
				   "00112233"),
			 EXIT_DONE);
	assert_string_equal(submitted[0]->patch->bases[0], HEAD);
	assert_int_equal(
		world_run(&world, "edit", EVENT_ID, "--set", "url=x", "--base", "ffffff"),
		EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "no such revision");
}

static void
test_edit__from_a_file_null_clears(void **state)
{
	(void)state;
	const char *path =
		file("patch.json",
		     "{\"//\": \"remark\", \"id\": \"" EVENT_ID "\", \"title\": {\"en\": "
		     "\"New\", \"ja\": null}, \"participants\": null, \"sessions\": "
		     "[{\"id\": \"s1\", \"online\": true}], \"topics\": [\"ai\"]}");

	assert_int_equal(world_run(&world, "edit", EVENT_ID, "--file", path), EXIT_DONE);
	const Kusanone__V1__Patch *patch = submitted[0]->patch;
	static const char *const paths[] = { "title.en", "title.ja", "participants",
					     "sessions.s1.online", "topics" };
	assert_int_equal(patch->n_paths, ARRAY_LEN(paths));
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		assert_string_equal(patch->paths[i], paths[i]);
	}
	assert_null(patch->event->participants);
	assert_true(patch->event->sessions[0]->online);

	/* The same as a Patch. */
	path = file("patch2.json",
		    "{\"paths\": [\"url\", \"note\"], \"event\": {\"url\": "
		    "\"https://example.org\"}}");
	assert_int_equal(world_run(&world, "edit", EVENT_ID, "--file", path), EXIT_DONE);
	assert_int_equal(submitted[1]->patch->n_paths, 2);
	assert_string_equal(submitted[1]->patch->event->url, "https://example.org");

	path = file("other.json", "{\"id\": \"018d0000-0000-7000-8000-000000000001\", "
				  "\"url\": \"x\"}");
	assert_int_not_equal(world_run(&world, "edit", EVENT_ID, "--file", path),
			     EXIT_DONE);
	CHECK_HAS(world_err(&world), "another event");
}

static void
test_edit__what_is_wrong_is_not_sent(void **state)
{
	static const char *const wrong[] = {
		"titel.ja=x",
		"title=x",
		"url.x=1",
		"sessions.s1=x",
		"sessions=x",
		"status=DONE",
		"sessions.s1.id=x",
		"participants=many",
		"=x",
		"url",
		"+url=x",
		"sessions.s1.online=perhaps",
		"holders.x=1",
		"title.fr=x",
		"url=\xff",
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		int code = world_run(&world, "edit", EVENT_ID, "--set", wrong[i]);

		if (code == EXIT_DONE || world.err.len < 2) {
			fail_msg("%s: was taken", wrong[i]);
		}
	}
	assert_int_equal(submitted_count, 0);
}

static void
test_cancel__what_is_still_to_come_is_cancelled(void **state)
{
	(void)state;
	assert_int_equal(world_run(&world, "cancel", EVENT_ID, "--why", "typhoon"),
			 EXIT_DONE);
	const Kusanone__V1__Patch *patch = submitted[0]->patch;
	assert_int_equal(patch->n_paths, 2);
	assert_string_equal(patch->paths[0], "sessions.s1.status");
	assert_string_equal(patch->paths[1], "status");
	assert_int_equal(patch->event->status, KUSANONE__V1__STATUS__STATUS_CANCELLED);
	assert_int_equal(patch->event->n_sessions, 1);
	assert_int_equal(patch->event->sessions[0]->status,
			 KUSANONE__V1__STATUS__STATUS_CANCELLED);
	assert_string_equal(patch->why, "typhoon");
	assert_string_equal(patch->bases[0], HEAD);

	assert_int_equal(world_run(&world, "postpone", EVENT_ID), EXIT_DONE);
	assert_int_equal(submitted[1]->patch->event->status,
			 KUSANONE__V1__STATUS__STATUS_POSTPONED);
}

/* ---- Headquarters ---------------------------------------------------------------- */

static void
test_cohost__answers_and_sources(void **state)
{
	(void)state;
	/* With a whole id and the post, nothing is asked first. */
	assert_int_equal(world_run(&world, "cohost", "confirm", EVENT_ID, "--post", "lax",
				   "--note", "資料1"),
			 EXIT_DONE);
	assert_int_equal(world.requests, 1);
	assert_int_equal(submitted[0]->cohost_answer->answer,
			 KUSANONE__V1__ANSWER__ANSWER_CONFIRMED);
	assert_string_equal(submitted[0]->cohost_answer->post, "lax");

	/* A source without posts means those that do not count yet. */
	assert_int_equal(
		world_run(&world, "cohost", "source", EVENT_ID, "--source", "資料1"),
		EXIT_DONE);
	assert_int_equal(submitted[1]->source_confirmation->n_posts, 1);
	assert_string_equal(submitted[1]->source_confirmation->posts[0], "lax");
}

static void
test_review__names_the_revision_that_was_seen(void **state)
{
	(void)state;
	uint8_t hash[32];

	assert_int_equal(world_run(&world, "review", EVENT_ID, "accept"), EXIT_DONE);
	const Kusanone__V1__Review *review = submitted[0]->review;
	assert_int_equal(review->state,
			 KUSANONE__V1__REVIEW_STATE__REVIEW_STATE_ACCEPTED);
	assert_true(hex_parse(slice_str(HEAD), hash, sizeof(hash)));
	assert_int_equal(review->revision.len, sizeof(hash));
	assert_memory_equal(review->revision.data, hash, sizeof(hash));
}

static void
test_figure__the_papers_figures_and_one_by_hand(void **state)
{
	(void)state;
	assert_int_equal(
		world_run(&world, "figure", "add", "--file", US_JAPAN "/figures.json"),
		EXIT_DONE);
	assert_int_equal(submitted_count, 3);
	assert_int_equal(submitted[0]->published_figure->value, 1188);
	assert_int_equal(submitted[1]->published_figure->fiscal_year_from, 2023);
	assert_int_equal(submitted[1]->published_figure->value, 73);
	assert_string_equal(submitted[2]->published_figure->measure, "budget_planned");
	assert_int_equal(submitted[2]->published_figure->bound,
			 KUSANONE__V1__BOUND__BOUND_ABOUT);
	assert_string_equal(submitted[2]->published_figure->scope->ja, "外務省予算");

	assert_int_equal(world_run(&world, "figure", "add", "--fy", "2017-2023",
				   "--value", "1188", "--source", "資料1"),
			 EXIT_DONE);
	assert_int_equal(submitted[3]->published_figure->fiscal_year_to, 2023);
	assert_int_equal(submitted[3]->published_figure->bound,
			 KUSANONE__V1__BOUND__BOUND_EXACT);
}

static void
test_reference__the_programmes_folder_becomes_dated_rows(void **state)
{
	(void)state;
	size_t rows = 0, codes = 0, posts = 0;
	bool plan = false, history = false;

	assert_int_equal(world_run(&world, "reference", "import", US_JAPAN), EXIT_DONE);
	for (unsigned i = 0; i < submitted_count; i++) {
		const Kusanone__V1__ReferenceChange *change =
			submitted[i]->reference_change;

		rows += change->n_rows;
		for (size_t k = 0; k < change->n_rows; k++) {
			const Kusanone__V1__ReferenceRow *row = change->rows[k];

			codes += row->row_case == KUSANONE__V1__REFERENCE_ROW__ROW_CODE;
			posts += row->row_case == KUSANONE__V1__REFERENCE_ROW__ROW_POST;
			/* Plan 3.0 held to the day before plan 4.0 was set. */
			plan = plan || (row->row_case ==
						KUSANONE__V1__REFERENCE_ROW__ROW_PILLAR &&
					strcmp(row->pillar->code, "ap3") == 0 &&
					strcmp(row->valid_from, "2023-08-04") == 0 &&
					strcmp(row->valid_to, "2025-12-17") == 0);
			history =
				history ||
				(row->row_case ==
					 KUSANONE__V1__REFERENCE_ROW__ROW_JURISDICTION &&
				 strcmp(row->jurisdiction->post, "atl") == 0 &&
				 strcmp(row->jurisdiction->state, "VA") == 0 &&
				 strcmp(row->valid_to, "2014-12-31") == 0);
			if (row->row_case == KUSANONE__V1__REFERENCE_ROW__ROW_POST &&
			    strcmp(row->post->id, "was") == 0) {
				assert_int_equal(row->post->lat_e6, 38915600);
				assert_int_equal(row->post->lon_e6, -77056100);
			}
		}
	}
	assert_int_equal(codes, 41);
	assert_int_equal(posts, 18);
	assert_true(plan);
	assert_true(history);
	assert_true(rows > 150);
}

static void
test_reference__many_rows_become_several_records(void **state)
{
	(void)state;
	struct buf csv = { 0 };
	size_t rows = 0;

	buf_put_str(&csv, "country,code,label_ja,label_en\n");
	for (int i = 0; i < 3000; i++) {
		buf_printf(&csv, "US,S%d,州%d,\"State, %d\"\n", i, i, i);
	}
	buf_put_u8(&csv, '\0');
	(void)file("states.csv", (const char *)csv.at);
	buf_fini(&csv);
	assert_int_equal(world_run(&world, "reference", "import", folder), EXIT_DONE);
	assert_true(submitted_count > 3);
	for (unsigned i = 0; i < submitted_count; i++) {
		const Kusanone__V1__ReferenceChange *change =
			submitted[i]->reference_change;

		assert_true(protobuf_c_message_get_packed_size(&change->base) <=
			    24 * 1024);
		for (size_t k = 0; k < change->n_rows; k++) {
			assert_string_equal(change->rows[k]->state->code,
					    arena_printf(&world.arena, "S%zu", rows++));
		}
	}
	assert_int_equal(rows, 3000);
}

static void
test_reference__a_fault_stops_everything_and_has_its_place(void **state)
{
	(void)state;
	(void)file("states.csv", "country,code,label_ja,label_en\nUS,TN,,Tennessee\n");
	(void)file("jurisdictions.csv",
		   "post_id,state_code,part\nbna,TN,all\nchi,IL,most\n");
	(void)file("split-counties.csv", "state_code,county,post_id\nTN,Madison,chi\n");
	assert_int_equal(world_run(&world, "reference", "import", folder), EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "jurisdictions.csv:3:8: \"most\" is none of");
	CHECK_HAS(world_err(&world),
		  "split-counties.csv:2:4: Madison does not lie with chi");
	CHECK_HAS(world_err(&world), "nothing was sent");
	assert_int_equal(submitted_count, 0);

	(void)file("jurisdictions.csv", "post_id,state_code,part\nchi,TN,all\n");
	assert_int_equal(world_run(&world, "reference", "import", folder, "--dry-run"),
			 EXIT_DONE);
	assert_int_equal(submitted_count, 0);
	assert_int_equal(world_run(&world, "reference", "import", folder), EXIT_DONE);
	assert_int_equal(submitted_count, 1);
}

static void
test_node__what_keygen_prints_is_what_enrol_takes(void **state)
{
	(void)state;
	const char *key = arena_printf(&world.arena, "%s/node.key", folder);

	assert_int_equal(world_run(&world, "node", "keygen", key, "--name", "sfo",
				   "--posts", "sfo,hnl"),
			 EXIT_DONE);
	const char *public = file("sfo.json", world_out(&world));
	assert_int_equal(world_run(&world, "node", "keygen", key, "--name", "sfo"),
			 EXIT_REFUSED);
	assert_int_equal(world_run(&world, "node", "enrol", "--file", public), EXIT_DONE);
	const Kusanone__V1__Enrolment *enrolment = submitted[0]->enrolment;
	assert_int_equal(enrolment->node_id.len, 16);
	assert_int_equal(enrolment->sign_key.len, 32);
	assert_int_equal(enrolment->curve_key.len, 32);
	assert_string_equal(enrolment->name, "sfo");
	assert_int_equal(enrolment->role, KUSANONE__V1__NODE_ROLE__NODE_ROLE_POST);
	assert_int_equal(enrolment->n_posts, 2);

	/* Rotated: the same node, other keys; then the old one is retired. */
	assert_int_equal(world_run(&world, "node", "rotate", key), EXIT_DONE);
	const char *newer = file("sfo-2.json", world_out(&world));
	assert_int_equal(
		world_run(&world, "node", "enrol", "--file", newer, "--posts", "sfo"),
		EXIT_DONE);
	assert_memory_equal(submitted[1]->enrolment->node_id.data,
			    enrolment->node_id.data, 16);
	assert_memory_not_equal(submitted[1]->enrolment->sign_key.data,
				enrolment->sign_key.data, 32);
	assert_int_equal(world_run(&world, "node", "revoke", "--file", public,
				   "--retired", "--why", "rotated"),
			 EXIT_DONE);
	assert_memory_equal(submitted[2]->revocation->sign_key.data,
			    enrolment->sign_key.data, 32);
	assert_int_equal(submitted[2]->revocation->kind,
			 KUSANONE__V1__REVOCATION_KIND__REVOCATION_KIND_RETIRED);
}

/* ---- Answers that are wrong or long ---------------------------------------------- */

static void
serve_refused(struct world *w, enum frame_type type, struct slice body)
{
	Kusanone__V1__Submission *s =
		world_read(w, &kusanone__v1__submission__descriptor, body);
	Kusanone__V1__Refused refused = KUSANONE__V1__REFUSED__INIT;
	Kusanone__V1__Text reason = KUSANONE__V1__TEXT__INIT;
	Kusanone__V1__Conflict conflict = KUSANONE__V1__CONFLICT__INIT;
	Kusanone__V1__Conflict *conflicts[] = { &conflict };

	assert_int_equal(type, FRAME_SUBMIT);
	refused.request = s->request;
	refused.code = (char *)(uintptr_t) "conflict";
	refused.field = (char *)(uintptr_t) "title.en";
	reason.ja = (char *)(uintptr_t) "両方で変更されています";
	reason.en = (char *)(uintptr_t) "was changed by both";
	refused.reason = &reason;
	conflict.field = (char *)(uintptr_t) "title.en";
	conflict.theirs = (char *)(uintptr_t) "\"Theirs\"";
	conflict.yours = (char *)(uintptr_t) "\"Mine\"";
	refused.conflicts = conflicts;
	refused.n_conflicts = 1;
	refused.head = (char *)(uintptr_t)HEAD;
	world_answer(w, FRAME_REFUSED, &refused.base);
}

static void
test_cli__a_conflict_shows_both_versions(void **state)
{
	(void)state;
	world.serve = serve_refused;
	assert_int_equal(world_run(&world, "edit", EVENT_ID, "--set", "title.en=Mine"),
			 EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "title.en: was changed by both");
	CHECK_HAS(world_err(&world), "\"Theirs\"");
	CHECK_HAS(world_err(&world), "\"Mine\"");
	CHECK_HAS(world_err(&world), HEAD);
	assert_int_equal(world_run(&world, "edit", EVENT_ID, "--set", "title.en=Mine",
				   "--lang", "ja", "--json"),
			 EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "両方で変更されています");
	CHECK_HAS(world_out(&world), "\"code\":\"conflict\"");
}

static void
serve_pages(struct world *w, enum frame_type type, struct slice body)
{
	const Kusanone__V1__Query *query =
		world_read(w, &kusanone__v1__query__descriptor, body);
	(void)type;

	for (int page = 0; page < 3; page++) {
		Kusanone__V1__Reply reply = KUSANONE__V1__REPLY__INIT;
		Kusanone__V1__ReferenceReply reference =
			KUSANONE__V1__REFERENCE_REPLY__INIT;
		Kusanone__V1__ReferenceRow row = KUSANONE__V1__REFERENCE_ROW__INIT;
		Kusanone__V1__SettingRow setting = KUSANONE__V1__SETTING_ROW__INIT;
		Kusanone__V1__ReferenceRow *rows[] = { &row };

		/* An answer to something else comes in between. */
		reply.request = query->request + 100;
		reply.reply_case = KUSANONE__V1__REPLY__REPLY_REFERENCE;
		reply.reference = &reference;
		world_answer(w, FRAME_REPLY, &reply.base);

		setting.name = arena_printf(&w->arena, "setting-%d", page);
		row.row_case = KUSANONE__V1__REFERENCE_ROW__ROW_SETTING;
		row.setting = &setting;
		reference.rows = rows;
		reference.n_rows = 1;
		reference.position = 40 + (unsigned)page;
		reply.request = query->request;
		reply.more = page < 2;
		world_answer(w, FRAME_REPLY, &reply.base);
	}
}

static void
test_cli__pages_are_joined(void **state)
{
	(void)state;
	world.serve = serve_pages;
	assert_int_equal(world_run(&world, "reference", "show"), EXIT_DONE);
	CHECK_HAS(world_out(&world), "setting-0");
	CHECK_HAS(world_out(&world), "setting-1");
	CHECK_HAS(world_out(&world), "setting-2");
	CHECK_HAS(world_out(&world), "3 rows");
}

/* ---- status ---------------------------------------------------------------------- */

static void
serve_unlinked(struct world *w, enum frame_type type, struct slice body)
{
	const Kusanone__V1__Query *query =
		world_read(w, &kusanone__v1__query__descriptor, body);
	Kusanone__V1__Reply reply = KUSANONE__V1__REPLY__INIT;
	Kusanone__V1__StatusReply status = KUSANONE__V1__STATUS_REPLY__INIT;
	Kusanone__V1__LinkRow link = KUSANONE__V1__LINK_ROW__INIT;
	Kusanone__V1__LinkRow *links[] = { &link };
	Kusanone__V1__Text because = KUSANONE__V1__TEXT__INIT;

	assert_int_equal(type, FRAME_QUERY);
	link.name = (char *)"down";
	link.state = (char *)"BACKOFF";
	link.reason = (char *)"the connection was refused";
	because.en = (char *)"refused: headquarters is not running";
	because.ja = (char *)"本部が止まっています";
	link.because = w->ctx != NULL ? &because : NULL;
	status.service = (char *)"intake";
	status.links = links;
	status.n_links = 1;
	reply.request = query->request;
	reply.reply_case = KUSANONE__V1__REPLY__REPLY_STATUS;
	reply.status = &status;
	world_answer(w, FRAME_REPLY, &reply.base);
}

static void
test_status__why_a_link_is_not_there_is_said_in_the_users_language(void **state)
{
	(void)state;

	world.serve = serve_unlinked;
	world.has_intake = true;
	world.ctx = &world;
	assert_int_equal(world_run(&world, "status"), EXIT_DONE);
	CHECK_HAS(world_out(&world), "refused: headquarters is not running");
	assert_int_equal(world_run(&world, "status", "--lang", "ja"), EXIT_DONE);
	CHECK_HAS(world_out(&world), "本部が止まっています");
	world.ctx = NULL; /* A service that does not say it so: the log's words. */
	assert_int_equal(world_run(&world, "status"), EXIT_DONE);
	CHECK_HAS(world_out(&world), "the connection was refused");
}

/* ---- watch ----------------------------------------------------------------------- */

/* A service that is started anew after the first result: it forgets who watches. */
struct watched {
	unsigned registered, pings;
	int64_t started;
};

static void
serve_watch(struct world *w, enum frame_type type, struct slice body)
{
	const Kusanone__V1__Query *query =
		world_read(w, &kusanone__v1__query__descriptor, body);
	struct watched *watched = w->ctx;
	Kusanone__V1__Reply reply = KUSANONE__V1__REPLY__INIT;
	Kusanone__V1__TotalsReply totals = KUSANONE__V1__TOTALS_REPLY__INIT;
	Kusanone__V1__StatusReply status = KUSANONE__V1__STATUS_REPLY__INIT;

	reply.request = query->request;
	if (type == FRAME_WATCH) {
		totals.position = 41 + ++watched->registered;
		reply.reply_case = KUSANONE__V1__REPLY__REPLY_TOTALS;
		reply.totals = &totals;
	} else {
		watched->started += watched->pings++ == 2 ? 1000 : 0;
		status.started_ms = watched->started;
		reply.reply_case = KUSANONE__V1__REPLY__REPLY_STATUS;
		reply.status = &status;
	}
	world_answer(w, FRAME_REPLY, &reply.base);
}

static void
test_watch__a_service_started_anew_is_watched_again(void **state)
{
	(void)state;
	struct watched watched = { .started = 5000 };

	world.serve = serve_watch;
	world.ctx = &watched;
	world.has_aggregation = true;
	world.interrupt_after = 200;
	assert_int_equal(world_run(&world, "watch"), EXIT_DONE); /* Ctrl-C */
	assert_int_equal(watched.registered, 2);
	assert_true(watched.pings > 3);
	CHECK_HAS(world_out(&world), "position 42");
	CHECK_HAS(world_out(&world), "position 43");
	assert_int_equal(world.to, WORLD_AGGREGATION);
}

static void
serve_once(struct world *w, enum frame_type type, struct slice body)
{
	struct watched *watched = w->ctx;

	/* Gone after the first result, back after a while. */
	if (watched->registered == 0 || w->now > 60000) {
		serve_watch(w, type, body);
	}
}

static void
test_watch__silence_is_said_once_and_the_connection_made_anew(void **state)
{
	(void)state;
	struct watched watched = { .started = 5000 };

	world.serve = serve_once;
	world.ctx = &watched;
	world.interrupt_after = 400;
	assert_int_equal(world_run(&world, "watch"), EXIT_DONE);
	CHECK_HAS(world_err(&world), "does not answer; trying again");
	assert_null(
		strstr(strstr(world_err(&world), "trying again") + 1, "trying again"));
	assert_true(world.connects > 1);
	CHECK_HAS(world_out(&world), "position 43");
}

int
main(void)
{
#define TEST(name)   cmocka_unit_test_setup_teardown(name, begin, end)
#define SERVED(name) cmocka_unit_test_setup_teardown(name, begin_served, end)
	const struct CMUnitTest tests[] = {
		TEST(test_cli__a_service_that_is_not_there_is_named),
		TEST(test_cli__a_service_that_does_not_answer_is_not_waited_for),
		TEST(test_cli__what_is_not_understood_is_usage),
		TEST(test_cli__what_was_meant_is_offered),
		SERVED(test_cli__options_may_stand_before_the_command),
		TEST(test_cli__the_language_is_that_of_the_environment),
		TEST(test_cli__every_command_and_option_is_explained),
		SERVED(test_submit__many_events_in_order_and_the_faulty_one_named),
		SERVED(test_submit__a_busy_service_is_asked_again),
		SERVED(test_submit__json_answers_are_a_message_a_line),
		SERVED(test_submit__the_template_is_complete_and_can_be_sent),
		SERVED(test_submit__the_papers_cases_are_events),
		SERVED(test_submit__a_missing_file_does_not_stop_the_others),
		SERVED(test_event__found_by_its_last_digits_over_pages),
		SERVED(test_edit__paths_values_and_bases),
		SERVED(test_edit__adding_to_a_set_names_what_was_seen),
		SERVED(test_edit__a_base_may_be_named_by_its_first_digits),
		SERVED(test_edit__from_a_file_null_clears),
		SERVED(test_edit__what_is_wrong_is_not_sent),
		SERVED(test_cancel__what_is_still_to_come_is_cancelled),
		SERVED(test_cohost__answers_and_sources),
		SERVED(test_review__names_the_revision_that_was_seen),
		SERVED(test_figure__the_papers_figures_and_one_by_hand),
		SERVED(test_reference__the_programmes_folder_becomes_dated_rows),
		SERVED(test_reference__many_rows_become_several_records),
		SERVED(test_reference__a_fault_stops_everything_and_has_its_place),
		SERVED(test_node__what_keygen_prints_is_what_enrol_takes),
		TEST(test_cli__a_conflict_shows_both_versions),
		TEST(test_cli__pages_are_joined),
		TEST(test_status__why_a_link_is_not_there_is_said_in_the_users_language),
		TEST(test_watch__a_service_started_anew_is_watched_again),
		TEST(test_watch__silence_is_said_once_and_the_connection_made_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
