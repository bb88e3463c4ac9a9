/* tests/bench/ask_bench.c - what somebody waits for who asks the real services.
 *
 *	bench_ask totals  --dir DIR [--rounds 20]
 *	bench_ask probe   --dir DIR
 *	bench_ask settle  --dir DIR
 *	bench_ask receipt --dir DIR --as POST --raw DIR [--n 1000] [--first F] [--name
 *NAME] bench_ask watch   --dir DIR --as POST --raw DIR [--n 500] [--first F] */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "home.h"
#include "measure.h"
#include "raw.h"

enum {
	RAW_SIZE = 760, /* A block of one record, about. */
	ANSWER_MS = 60000,
	SETTLE_S = 600,
	PROBE_S = 600, /* A large log takes its time to be folded again. */
};

struct kind {
	const char *name;
	struct ask_totals ask;
	struct samples times;
};

static void
cmd_totals(int argc, char **argv)
{
	struct home h = home_of(argc, argv);
	uint64_t rounds = option_number(argc, argv, "rounds", 20);
	struct client *client = ask_open(h.socket, 10);
	uint64_t half = ask_totals(client, &(struct ask_totals){ 0 }).position / 2;
	struct kind kinds[] = {
		{ .name = "totals.all" },
		{ .name = "totals.post", .ask.by = { "post" } },
		{ .name = "totals.fy_post", .ask.by = { "fy", "post" } },
		{ .name = "totals.fy_post_pillar_format",
		  .ask.by = { "fy", "post", "pillar", "format" } },
		{ .name = "totals.month_state", .ask.by = { "month", "state" } },
		{ .name = "totals.one_state_by_category",
		  .ask = { .by = { "category" }, .filter = "state", .value = "TN" } },
		{ .name = "totals.towns_by_state",
		  .ask = { .by = { "state" }, .measure = "municipalities" } },
		{ .name = "totals.sessions_by_month",
		  .ask = { .by = { "month" }, .measure = "sessions" } },
		{ .name = "totals.as_of.fy_post",
		  .ask = { .by = { "fy", "post" }, .as_of = half } },
		{ .name = "totals.as_of.month_state",
		  .ask = { .by = { "month", "state" }, .as_of = half } },
	};
	struct samples any = { 0 }, past = { 0 };

	for (uint64_t round = 0; round < rounds; round++) {
		for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
			double start = now_s();

			ask_totals(client, &kinds[k].ask);
			double took = now_s() - start;
			samples_add(&kinds[k].times, took);
			samples_add(kinds[k].ask.as_of != 0 ? &past : &any, took);
		}
	}
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		samples_report(&kinds[k].times, kinds[k].name);
		samples_fini(&kinds[k].times);
	}
	samples_report(&any, "totals.now");
	samples_report(&past, "totals.as_of");
	samples_fini(&any);
	samples_fini(&past);
	client_close(client);
}

/* Says when the service gave its first answer, on the clock that every process reads. */
static void
cmd_probe(int argc, char **argv)
{
	struct home h = home_of(argc, argv);
	struct client *client = ask_open(h.socket, PROBE_S);
	struct ask_answer answer = ask_totals(client, &(struct ask_totals){ 0 });

	printf("probe.at\t%.6f\ts\n", now_s());
	report("probe.position", (double)answer.position, "records");
	client_close(client);
}

/* Waits until the intake has heard all that headquarters holds and has receipts for all
 * that it said: before, it does two things at once. */
static void
cmd_settle(int argc, char **argv)
{
	struct home h = home_of(argc, argv);
	struct client *intake = ask_open(h.intake_socket, 10);
	struct client *aggregation = ask_open(h.socket, 10);
	double start = now_s();
	uint64_t head = ask_totals(aggregation, &(struct ask_totals){ 0 }).position;
	uint64_t begun = ask_status(intake).position;
	struct ask_status at;

	for (at = ask_status(intake); at.position < head || at.unreceipted != 0;
	     at = ask_status(intake)) {
		if (now_s() - start > SETTLE_S) {
			give_up("the intake has heard %" PRIu64 " of %" PRIu64,
				at.position, head);
		}
		wait_s(0.05);
	}
	/* Of a few records the rate would say nothing. */
	if (head > begun && head - begun >= 10000) {
		report("settle.rate", (double)(head - begun) / (now_s() - start),
		       "records/s");
	}
	client_close(intake);
	client_close(aggregation);
}

static void
cmd_receipt(int argc, char **argv)
{
	struct home h = home_of(argc, argv);
	const char *post = option_needed(argc, argv, "as");
	uint64_t n = option_number(argc, argv, "n", 1000);
	uint64_t first = option_number(argc, argv, "first", 0);
	struct client *client = ask_open(h.intake_socket, 10);
	struct raw *raw = raw_open(option_needed(argc, argv, "raw"));
	const char *name = option(argc, argv, "name", "receipt");
	char full[128];
	struct samples receipts = { 0 }, commits = { 0 };

	/* By turns, so that both meet the same disk and the same neighbours. */
	for (uint64_t i = 0; i < n; i++) {
		double start = now_s();

		ask_submit(client, first + i, post);
		samples_add(&receipts, now_s() - start);
		samples_add(&commits, raw_commit(raw, RAW_SIZE));
	}
	samples_report(&receipts, name);
	snprintf(full, sizeof(full), "%s.raw_commit", name);
	samples_report(&commits, full);
	samples_fini(&receipts);
	samples_fini(&commits);
	raw_close(raw);
	client_close(client);
}

/* The watched total, once it is 'value'. */
static void
await_value(struct client *watcher, int64_t value)
{
	struct ask_answer answer;

	do {
		if (!ask_receive(watcher, ANSWER_MS, &answer)) {
			give_up("the watched total never became %" PRId64, value);
		}
	} while (answer.value < value);
}

static void
cmd_watch(int argc, char **argv)
{
	struct home h = home_of(argc, argv);
	const char *post = option_needed(argc, argv, "as");
	uint64_t n = option_number(argc, argv, "n", 500);
	uint64_t first = option_number(argc, argv, "first", 0);
	struct client *intake = ask_open(h.intake_socket, 10);
	struct client *watcher = ask_open(h.socket, 10);
	struct raw *raw = raw_open(option_needed(argc, argv, "raw"));
	struct samples changes = { 0 }, commits = { 0 };
	struct ask_totals all = { .filter = "post", .value = post };
	struct ask_answer answer;

	ask_send(watcher, FRAME_WATCH, 1, &all, 1000);
	if (!ask_receive(watcher, ANSWER_MS, &answer)) {
		give_up("no answer to a WATCH");
	}
	for (uint64_t i = 0; i < n; i++) {
		/* Longer than the shortest time between two answers, so that it is not
		 * what is measured. */
		wait_s(0.03);
		if (i % 100 == 99) { /* Who is silent for a minute is forgotten. */
			ask_send(watcher, FRAME_WATCH, 1, &all, 1000);
			if (!ask_receive(watcher, ANSWER_MS, &answer)) {
				give_up("no answer to a WATCH");
			}
		}
		double start = now_s();

		ask_submit(intake, first + i, post);
		await_value(watcher, ++answer.value);
		samples_add(&changes, now_s() - start);
		samples_add(&commits, raw_commit(raw, RAW_SIZE));
	}
	samples_report(&changes, "watch");
	samples_report(&commits, "watch.raw_commit");
	samples_fini(&changes);
	samples_fini(&commits);
	raw_close(raw);
	client_close(intake);
	client_close(watcher);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(int argc, char **argv);
	} commands[] = {
		{ "totals", cmd_totals }, { "probe", cmd_probe },
		{ "settle", cmd_settle }, { "receipt", cmd_receipt },
		{ "watch", cmd_watch },
	};

	hash_init();
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (argc > 1 && strcmp(argv[1], commands[i].name) == 0) {
			commands[i].run(argc - 1, argv + 1);
			return 0;
		}
	}
	fprintf(stderr, "usage: bench_ask totals|probe|settle|receipt|watch --dir DIR … "
			"(see ask_bench.c)\n");
	return 2;
}
