/* tests/bench/load_bench.c - what posts send to a real aggregation, and how fast.
 *
 *	bench_load init  --dir DIR --address tcp://127.0.0.1:PORT --as POST
 *	bench_load enrol --dir DIR --posts N --as POST
 *	bench_load feed  --dir DIR --n N [--first F] [--posts 18] [--mixed 1]
 *	                 [--revision 2 --among N] [--per-block 1] [--name NAME]
 *
 * 'init' writes keys and configurations of an aggregation and of a post's intake into
 *DIR; the program itself holds headquarters' key and those of the posts of the load. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "feed.h"
#include "home.h"
#include "lib/host/keyfile.h"
#include "measure.h"
#include "pick.h"

enum { PATH_LEN = 4096, MAX_POSTS = 100000 };

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0) {
		give_up("%s: %s", path, strerror(errno));
	}
}

static void
make_key(const char *path, const char *name, struct keyfile *ret_keys)
{
	char why[256];

	if (keyfile_generate(name, NULL, ret_keys) != OK) {
		give_up("%s is no name", name);
	}
	if (keyfile_write(path, ret_keys, why, sizeof(why)) != OK) {
		give_up("%s", why);
	}
}

static void
init_aggregation(const struct home *h, struct keyfile *ret_keys)
{
	char text[4 * PATH_LEN], node[2 * NODE_ID_LEN + 1], curve[65], sign[65];
	struct post hq;

	posts_make(&hq, 1);
	hex_format(hq.node.b, NODE_ID_LEN, node);
	hex_format(hq.curve_public, sizeof(hq.curve_public), curve);
	hex_format(hq.sign_public, sizeof(hq.sign_public), sign);
	snprintf(text, sizeof(text),
		 "name: bench\n"
		 "key_file: %s\n"
		 "state_dir: %s/state\n"
		 "run_dir: %s/run\n"
		 "listen:\n"
		 "  curve: [\"%s\"]\n"
		 "hq:\n"
		 "  node: %s\n"
		 "  curve_key: %s\n"
		 "  sign_key: %s\n"
		 "log:\n"
		 "  level: warn\n",
		 h->key, h->dir, h->dir, h->address, node, curve, sign);
	write_file(h->config, text);
	make_key(h->key, "bench", ret_keys);
}

static void
init_intake(const struct home *h, const char *post, const struct keyfile *aggregation)
{
	char text[4 * PATH_LEN], server[65];
	struct keyfile keys;

	make_key(h->intake_key, post, &keys);
	keyfile_wipe(&keys);
	hex_format(keyfile_newest(aggregation)->curve_public, KEYFILE_CURVE_LEN, server);
	snprintf(text, sizeof(text),
		 "name: %s\n"
		 "posts: [%s]\n"
		 "key_file: %s\n"
		 "state_dir: %s/intake\n"
		 "run_dir: %s/run\n"
		 "hq:\n"
		 "  address: %s\n"
		 "  key: %s\n"
		 "log:\n"
		 "  level: warn\n",
		 post, post, h->intake_key, h->dir, h->dir, h->address, server);
	write_file(h->intake_config, text);
}

static void
cmd_init(int argc, char **argv)
{
	struct home h = home_of(argc, argv);
	char path[PATH_LEN];
	struct keyfile keys;

	snprintf(h.address, sizeof(h.address), "%s",
		 option_needed(argc, argv, "address"));
	snprintf(path, sizeof(path), "%s/address", h.dir);
	write_file(path, h.address);
	init_aggregation(&h, &keys);
	init_intake(&h, option_needed(argc, argv, "as"), &keys);
	keyfile_wipe(&keys);
}

/* ---- Sending through the link. */

static double
feed_all(const struct home *h, const struct post *posts, const struct backlog *backlogs,
	 uint32_t count)
{
	struct feed_options options = { .address = h->address,
					.server_key = h->server_key,
					.posts = posts,
					.backlogs = backlogs,
					.count = count };
	struct feed *feed = feed_start(&options);

	double start = now_s();
	feed_run(feed);
	double took = now_s() - start;
	feed_stop(feed);
	return took;
}

static struct post *
posts_of(const struct home *h, uint64_t count)
{
	if (count > MAX_POSTS) {
		give_up("--posts goes up to %d", MAX_POSTS);
	}
	struct post *posts = xcalloc(count + 1, sizeof(posts[0]));

	posts_make(posts, (uint32_t)count + 1);
	posts_load(posts, (uint32_t)count + 1, h->ends);
	return posts;
}

/* The posts of the load, the intake beside the service, and the codes they use. */
static void
cmd_enrol(int argc, char **argv)
{
	struct home h = home_open(argc, argv);
	const char *as = option_needed(argc, argv, "as");
	uint64_t count = option_number(argc, argv, "posts", 0);
	struct post *posts = posts_of(&h, count);
	struct backlog backlog = { 0 };
	struct buf record = { 0 };
	struct keyfile keys;
	char name[16], why[256];

	for (uint32_t i = 0; i < count; i++) {
		const struct post *p = &posts[i + 1];

		buf_clear(&record);
		event_post_name(i, name);
		event_enrolment_put(&record, &p->node, name, p->curve_public,
				    p->sign_public);
		backlog_add(&backlog, &posts[0], buf_slice(&record), 0);
	}
	if (keyfile_read(h.intake_key, &keys, why, sizeof(why)) != OK) {
		give_up("%s", why);
	}
	buf_clear(&record);
	event_enrolment_put(&record, &keys.node, as, keyfile_newest(&keys)->curve_public,
			    keyfile_newest(&keys)->sign_public);
	keyfile_wipe(&keys);
	backlog_add(&backlog, &posts[0], buf_slice(&record), 0);
	buf_clear(&record);
	event_reference_put(&record, as);
	backlog_add(&backlog, &posts[0], buf_slice(&record), 0);
	backlog_end(&backlog, &posts[0]);
	feed_all(&h, posts, &backlog, 1);
	posts_save(posts, (uint32_t)count + 1, h.ends);
	backlog_fini(&backlog);
	buf_fini(&record);
	free(posts);
}

/* The totals must hold what was sent: 'before' and as many events more as are new. */
static void
await_totals(struct client *client, const struct ask_answer *before, uint64_t records,
	     uint64_t events)
{
	struct ask_totals all = { 0 };
	struct ask_answer now;

	do {
		now = ask_totals(client, &all);
	} while (now.position < before->position + records);
	if (now.position != before->position + records ||
	    now.value != before->value + (int64_t)events) {
		give_up("sent %" PRIu64 " records of %" PRIu64
			" new events, but position "
			"went from %" PRIu64 " to %" PRIu64 " and the total from %" PRId64
			" to %" PRId64,
			records, events, before->position, now.position, before->value,
			now.value);
	}
}

static void
cmd_feed(int argc, char **argv)
{
	struct home h = home_open(argc, argv);
	struct pick pick = pick_from_options(argc, argv);
	uint64_t n = option_number(argc, argv, "n", 0);
	uint32_t per_block = (uint32_t)option_number(argc, argv, "per-block", 0);
	const char *name = option(argc, argv, "name", "feed");
	struct post *posts = posts_of(&h, pick.posts);
	struct backlog *backlogs = xcalloc(pick.posts + 1, sizeof(backlogs[0]));
	struct ask_totals all = { 0 };
	struct buf record = { 0 };
	uint64_t bytes = 0, blocks = 0, connected = 0;
	char full[256];

	for (uint64_t i = 0; i < n; i++) {
		uint64_t number = pick_event(&pick, i);
		uint32_t at = 1 + (uint32_t)(number % pick.posts);

		buf_clear(&record);
		event_record_put(&record, number, pick.posts, pick.order, pick.revision);
		bytes += record.len;
		backlog_add(&backlogs[at], &posts[at], buf_slice(&record), per_block);
	}
	for (uint32_t i = 1; i <= pick.posts; i++) {
		backlog_end(&backlogs[i], &posts[i]);
		blocks += backlogs[i].blocks;
		connected += backlogs[i].batch_count != 0;
	}
	struct client *client = ask_open(h.socket, 10);
	struct ask_answer before = ask_totals(client, &all);
	struct feed_options options = { .address = h.address,
					.server_key = h.server_key,
					.posts = posts,
					.backlogs = backlogs,
					.count = pick.posts + 1 };
	struct feed *feed = feed_start(&options);
	if (ask_totals(client, &all).position != before.position) {
		give_up("records came in before the clock was started");
	}
	struct disk_use disk = disk_use(h.dir);
	double start = now_s();
	feed_run(feed);
	double acked = now_s() - start;
	await_totals(client, &before, n, pick.revision == 1 ? n : 0);
	double shown = now_s() - start;
	disk_report(&disk, h.dir, n, name);
	feed_stop(feed);
	client_close(client);

	snprintf(full, sizeof(full), "%s.rate", name);
	report(full, (double)n / shown, "records/s");
	snprintf(full, sizeof(full), "%s.acked_rate", name);
	report(full, (double)n / acked, "records/s");
	snprintf(full, sizeof(full), "%s.record", name);
	report(full, (double)bytes / (double)n, "B");
	snprintf(full, sizeof(full), "%s.records_per_block", name);
	report(full, (double)n / (double)blocks, "records");
	snprintf(full, sizeof(full), "%s.posts", name);
	report(full, (double)connected, "posts");
	posts_save(posts, pick.posts + 1, h.ends);
	for (uint32_t i = 0; i <= pick.posts; i++) {
		backlog_fini(&backlogs[i]);
	}
	free(backlogs);
	free(posts);
	buf_fini(&record);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(int argc, char **argv);
	} commands[] = {
		{ "init", cmd_init },
		{ "enrol", cmd_enrol },
		{ "feed", cmd_feed },
	};

	hash_init();
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (argc > 1 && strcmp(argv[1], commands[i].name) == 0) {
			commands[i].run(argc - 1, argv + 1);
			return 0;
		}
	}
	fprintf(stderr,
		"usage: bench_load init|enrol|feed --dir DIR … (see load_bench.c)\n");
	return 2;
}
