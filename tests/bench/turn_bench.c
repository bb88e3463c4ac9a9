/* tests/bench/turn_bench.c - what a record costs headquarters' turn, and nothing else:
 * the real core over real stores, without sockets, threads and CURVE.
 *
 *	bench_turn DIR [records [per-turn]]
 *
 * DIR is made anew. Prints processor time, which a busy machine disturbs less than a
 * rate, and is what perf and callgrind are pointed at. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "aggregation/aggregation.h"
#include "event.h"
#include "lib/node/node.h"
#include "measure.h"
#include "post.h"

enum { POSTS = EVENT_POSTS, ENDPOINT = 1 };

struct bench {
	struct store *log_store, *view_store;
	struct aggregation core;
	struct node node;
	struct inbox inbox;
	struct post posts[POSTS + 1];
	uint64_t sessions[POSTS + 1], frame_nos[POSTS + 1], batch_nos[POSTS + 1];
	struct buf body;
	msec_t now;
	double prepare, user, system; /* Of the turns that were measured. */
};

static struct store *
open_store(const char *dir, const char *kind, const char *const *dbs)
{
	char path[4096], why[256];
	struct store_options options = {
		.dir = path, .kind = kind, .format = AGGREGATION_FORMAT, .dbs = dbs
	};
	struct store *store;

	snprintf(path, sizeof(path), "%s/%s", dir, kind);
	if (store_open(&options, &store, why, sizeof(why)) != OK) {
		give_up("%s", why);
	}
	return store;
}

static void
put_frame(struct bench *b, unsigned post, enum frame_type type, struct slice payload)
{
	struct frame_header header = { .type = (uint8_t)type,
				       .minor = LINK_MINOR_MAX,
				       .session = b->sessions[post],
				       .frame_no = ++b->frame_nos[post] };
	struct principal who = { .kind = PRINCIPAL_KEY };
	uint8_t head[FRAME_HEADER_LEN];
	struct slice parts[3] = { slice_of(head, sizeof(head)), buf_slice(&b->body),
				  payload };

	memcpy(who.curve_key, b->posts[post].curve_public, sizeof(who.curve_key));
	frame_header_put(head, &header);
	inbox_put(&b->inbox, (struct peer){ ENDPOINT, post }, &who, parts,
		  payload.len != 0 ? 3 : 2);
}

static double
seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

static void
turn(struct bench *b, bool measured)
{
	struct rusage begun, before, after;

	outbox_clear(&b->node.outbox);
	b->now += 50;
	getrusage(RUSAGE_THREAD, &begun);
	inbox_prepare(&b->inbox, b->node.service); /* Beside a turn, in a service. */
	getrusage(RUSAGE_THREAD, &before);
	if (node_turn(&b->node, &b->inbox, b->now, 1700000000000 + b->now) != OK) {
		give_up("a turn failed");
	}
	getrusage(RUSAGE_THREAD, &after);
	if (measured) {
		b->prepare += seconds(&before.ru_utime) - seconds(&begun.ru_utime);
		b->user += seconds(&after.ru_utime) - seconds(&before.ru_utime);
		b->system += seconds(&after.ru_stime) - seconds(&before.ru_stime);
	}
}

static void
connect_post(struct bench *b, unsigned post)
{
	struct link_hello hello = { .node = b->posts[post].node,
				    .role = LINK_PRODUCER,
				    .minor_min = LINK_MINOR_MIN,
				    .minor_max = LINK_MINOR_MAX,
				    .software = slice_str("bench") };
	struct peer peer = { ENDPOINT, post };
	struct slice parts[3];
	struct frame frame;

	buf_clear(&b->body);
	link_hello_put(&b->body, &hello);
	put_frame(b, post, FRAME_HELLO, (struct slice){ 0 });
	turn(b, false);
	for (size_t i = 0; i < b->node.outbox.count; i++) {
		const struct out *out = &b->node.outbox.list[i];
		unsigned n = out->kind == OUT_FRAME
				     ? out_parts(&b->node.outbox, out, parts)
				     : 0;

		if (n != 0 && peer_eq(out->to, peer) &&
		    frame_read(parts, n, &frame) == FRAME_GOOD &&
		    frame.header.type == FRAME_WELCOME) {
			b->sessions[post] = frame.header.session;
		}
	}
	if (b->sessions[post] == 0) {
		give_up("post %u is not welcome", post);
	}
}

static void
put_batch(struct bench *b, unsigned post, const struct backlog *backlog, size_t i)
{
	struct link_batch batch = { .batch_no = ++b->batch_nos[post] };

	buf_clear(&b->body);
	link_batch_put(&b->body, &batch);
	put_frame(b, post, FRAME_BATCH,
		  slice_of(backlog->payloads.at + backlog->batches[i].at,
			   backlog->batches[i].len));
}

static void
enrol(struct bench *b)
{
	struct backlog backlog = { 0 };
	struct buf record = { 0 };
	char name[16];

	for (unsigned i = 0; i < POSTS; i++) {
		const struct post *p = &b->posts[i + 1];

		buf_clear(&record);
		event_post_name(i, name);
		event_enrolment_put(&record, &p->node, name, p->curve_public,
				    p->sign_public);
		backlog_add(&backlog, &b->posts[0], buf_slice(&record), 0);
	}
	buf_clear(&record);
	event_reference_put(&record, "p0");
	backlog_add(&backlog, &b->posts[0], buf_slice(&record), 0);
	backlog_end(&backlog, &b->posts[0]);
	connect_post(b, 0);
	for (size_t i = 0; i < backlog.batch_count; i++) {
		put_batch(b, 0, &backlog, i);
	}
	turn(b, false);
	for (unsigned i = 1; i <= POSTS; i++) {
		connect_post(b, i);
	}
	backlog_fini(&backlog);
	buf_fini(&record);
}

/* 'records' events from number 'first' on, in turns of about 'per_turn'. */
static void
load(struct bench *b, uint64_t first, uint64_t records, uint64_t per_turn, bool measured)
{
	struct buf record = { 0 };

	for (uint64_t from = first; from < first + records; from += per_turn) {
		struct backlog backlogs[POSTS + 1] = { 0 };

		for (uint64_t n = from; n < from + per_turn && n < first + records; n++) {
			unsigned post = 1 + (unsigned)(n % POSTS);

			buf_clear(&record);
			event_record_put(&record, n, POSTS, EVENTS_IN_ORDER, 1);
			backlog_add(&backlogs[post], &b->posts[post], buf_slice(&record),
				    0);
		}
		for (unsigned post = 1; post <= POSTS; post++) {
			backlog_end(&backlogs[post], &b->posts[post]);
			for (size_t i = 0; i < backlogs[post].batch_count; i++) {
				put_batch(b, post, &backlogs[post], i);
			}
			backlog_fini(&backlogs[post]);
		}
		turn(b, measured);
	}
	buf_fini(&record);
}

int
main(int argc, char **argv)
{
	if (argc < 2 || mkdir(argv[1], 0700) != 0) {
		give_up("bench_turn DIR [records [per-turn]]; DIR is made: %s",
			argc < 2 ? "missing" : strerror(errno));
	}
	uint64_t records = argc > 2 ? strtoull(argv[2], NULL, 10) : 200000;
	uint64_t per_turn = argc > 3 ? strtoull(argv[3], NULL, 10) : 7000;
	struct bench *b = xcalloc(1, sizeof(*b));
	struct aggregation_config config = { .software = "bench",
					     .posts_endpoint = ENDPOINT };

	hash_init();
	posts_make(b->posts, POSTS + 1);
	b->log_store = open_store(argv[1], "aggregation-log", log_db_names);
	b->view_store = open_store(argv[1], "aggregation-view", view_db_names);
	config.hq.node = b->posts[0].node;
	config.hq.name = slice_str("hq");
	config.hq.role = NODE_HQ;
	memcpy(config.hq.curve_key, b->posts[0].curve_public, 32);
	memcpy(config.hq.sign_key, b->posts[0].sign_public, SIGN_PUBLIC_LEN);
	aggregation_init(&b->core, &config, b->log_store, b->view_store);
	if (aggregation_open(&b->core) != OK) {
		give_up("the core does not open");
	}
	node_init(&b->node, &aggregation_service, &b->core, b->log_store, 7, NULL);
	b->now = 1000;
	enrol(b);
	load(b, 0, records / 2, per_turn, false);
	load(b, records / 2, records / 2, per_turn, true);
	if (b->core.fold.facts.count != records) {
		give_up("%" PRIu64 " events sent, %u counted", records,
			b->core.fold.facts.count);
	}
	report("turn.prepare", b->prepare / (double)(records / 2) * 1e6, "us/record");
	report("turn.user", b->user / (double)(records / 2) * 1e6, "us/record");
	report("turn.system", b->system / (double)(records / 2) * 1e6, "us/record");
	node_fini(&b->node);
	inbox_fini(&b->inbox);
	buf_fini(&b->body);
	aggregation_fini(&b->core);
	store_close(b->view_store);
	store_close(b->log_store);
	free(b);
	return 0;
}
