/* tests/bench/alerts_bench.c - what alerts cost that are scheduled, due, and moved.
 *
 *	bench_alerts --dir DIR [--events 5000] [--readers 50] [--minutes 200] [--moves
 *500]
 *
 * The real core of notification over real stores, without sockets and sender: its turns
 * are driven here, and what it would have sent is taken as accepted.  Events × readers ×
 * four lead times are scheduled; two events come due in each minute.  DIR is made anew.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "event.h"
#include "lib/host/zone_file.h"
#include "lib/node/node.h"
#include "measure.h"
#include "notification/notification.h"
#include "plan.h"
#include "post.h"

static const uint32_t leads[] = { 30 * 24 * 60, 7 * 24 * 60, 24 * 60, 120 };

struct bench {
	const char *dir;
	uint64_t events, readers;
	struct store *store, *copy, *view;
	struct notification *core;
	struct node node;
	struct inbox inbox;
	struct zones zones;
	struct post posts[2]; /* Headquarters, and the post that plans. */
	struct hash *newest;  /* Revision of each event. */
	msec_t now;
	wall_ms_t wall;
};

static struct store *
open_store(const struct bench *b, const char *kind, const char *const *dbs)
{
	char path[4096], why[256];
	struct store_options options = {
		.dir = path, .kind = kind, .format = NOTIFICATION_FORMAT, .dbs = dbs
	};
	struct store *store;

	snprintf(path, sizeof(path), "%s/%s", b->dir, kind);
	if (store_open(&options, &store, why, sizeof(why)) != OK) {
		give_up("%s", why);
	}
	return store;
}

static void
open_core(struct bench *b)
{
	struct notification_config config = { .name = "bench",
					      .software = "bench",
					      .zones = zones_table(&b->zones),
					      .from = "kusanone@example.org",
					      .host_name = "kusanone.example.org",
					      .give_up = 4 * (msec_t)DAY_MS };

	b->store = open_store(b, "log", notification_db_names);
	b->copy = open_store(b, "copy", log_db_names);
	b->view = open_store(b, "view", view_db_names);
	config.hq.node = b->posts[0].node;
	config.hq.name = slice_str("hq");
	config.hq.role = NODE_HQ;
	memcpy(config.hq.curve_key, b->posts[0].curve_public, 32);
	memcpy(config.hq.sign_key, b->posts[0].sign_public, SIGN_PUBLIC_LEN);
	b->core = xmalloc(sizeof(*b->core));
	notification_init(b->core, &config, b->store, b->copy, b->view);
	if (notification_open(b->core, b->now) != OK) {
		give_up("the state cannot be read");
	}
	node_init(&b->node, &notification_service, b->core, b->store, 1, NULL);
}

static void
close_core(struct bench *b)
{
	node_fini(&b->node);
	notification_fini(b->core);
	free(b->core);
	store_close(b->view);
	store_close(b->copy);
	store_close(b->store);
}

/* ---- The log ----------------------------------------------------------------------- */

/* Records of one poster, as blocks of headquarters' log. */
struct writer {
	struct bench *b;
	struct post *post;
	struct block_maker maker;
	struct txn txn;
	bool open;
};

static void
end_block(struct writer *w)
{
	if (!w->open) {
		return;
	}
	struct block block = block_finish(&w->maker, w->b->wall, &w->post->key_id,
					  w->post->sign_secret);
	w->post->last_seq = block.last_seq;
	w->post->last = block.hash;
	log_append(&w->b->core->follower.log, &w->txn, &block, w->b->wall);
	w->open = false;
}

static void
write_record(struct writer *w, struct slice record)
{
	if (w->open && !block_add(&w->maker, record)) {
		end_block(w);
	} else if (w->open) {
		return;
	}
	block_begin(&w->maker, &w->post->node, w->post->last_seq + 1, &w->post->last);
	w->open = true;
	if (!block_add(&w->maker, record)) {
		give_up("a record is larger than a block");
	}
}

static struct writer
begin_writing(struct bench *b, struct post *post)
{
	return (struct writer){ .b = b, .post = post, .txn = txn_begin(b->copy) };
}

static void
end_writing(struct writer *w)
{
	end_block(w);
	if (txn_commit(&w->txn) != OK) {
		give_up("the copy cannot be written");
	}
	block_maker_fini(&w->maker);
}

static void
write_readers(struct bench *b)
{
	struct writer w = begin_writing(b, &b->posts[0]);
	const struct slice salt = slice_str("sixteen bytes ..");
	struct buf record = { 0 };
	char name[16];

	event_post_name(0, name);
	event_enrolment_put(&record, &b->posts[1].node, name, b->posts[1].curve_public,
			    b->posts[1].sign_public);
	write_record(&w, buf_slice(&record));
	for (uint64_t i = 0; i < b->readers; i++) {
		char address[64];

		snprintf(address, sizeof(address), "desk%" PRIu64 "@example.org", i);
		struct hash part = hash_of2(salt, slice_str(address));
		(void)loose_put(&w.txn, LOG_DB_LOOSE, LOG_DB_ERASED, &part, salt,
				slice_str(address));
		buf_clear(&record);
		plan_reader_put(&record, i, &part, leads, ARRAY_LEN(leads));
		write_record(&w, buf_slice(&record));
	}
	end_writing(&w);
	buf_fini(&record);
}

/* Two events begin in each minute, from 60 days on: their first reminders are 30 days
 * ahead. */
static int64_t
minute_of(const struct bench *b, uint64_t event)
{
	(void)b;
	return INT64_C(1767225600) / 60 + 60 * 24 * 60 + (int64_t)(event / 2);
}

static void
write_event(struct writer *w, uint64_t number, int64_t minute)
{
	struct buf record = { 0 };

	plan_event_put(&record, number, minute, &w->b->newest[number]);
	w->b->newest[number] = hash_of(buf_slice(&record));
	write_record(w, buf_slice(&record));
	buf_fini(&record);
}

/* ---- Turns ------------------------------------------------------------------------- */

static void
turn(struct bench *b)
{
	if (node_turn(&b->node, &b->inbox, b->now, b->wall) != OK) {
		give_up("a turn failed");
	}
}

static uint64_t
count_jobs(const struct bench *b)
{
	uint64_t jobs = 0;

	for (size_t i = 0; i < b->node.outbox.count; i++) {
		jobs += b->node.outbox.list[i].kind == OUT_JOB;
	}
	return jobs;
}

static void
rest(struct bench *b)
{
	for (unsigned i = 0; i < 100; i++) {
		b->now += 1;
		outbox_clear(&b->node.outbox);
		turn(b);
		if (node_deadline(&b->node) > b->now) {
			return;
		}
	}
	give_up("it never rests");
}

/* ---- Measured ---------------------------------------------------------------------- */

static double
private_mib(void)
{
	FILE *f = fopen("/proc/self/smaps_rollup", "re");
	char line[256];
	double kib = 0;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		unsigned long value;

		if (sscanf(line, "Private_Dirty: %lu", &value) == 1) {
			kib += (double)value;
		}
	}
	if (f != NULL) {
		fclose(f);
	}
	return kib / 1024;
}

static void
measure_start(struct bench *b)
{
	close_core(b);
	double begun = now_s();
	open_core(b);
	turn(b);
	report("alerts.start", 1000 * (now_s() - begun), "ms");
	rest(b);
}

/* From the minute to the commit of the last attempt: every turn until all jobs are out.
 */
static void
measure_due(struct bench *b, uint64_t minutes)
{
	struct samples samples = { 0 };
	uint64_t alerts = 0;

	for (uint64_t m = 0; m < minutes; m++) {
		b->wall =
			minute_of(b, 2 * m) * MINUTE_MS - (wall_ms_t)leads[0] * MINUTE_MS;
		b->now += MINUTE_MS;
		uint64_t jobs = 0;
		double begun = now_s();
		do {
			outbox_clear(&b->node.outbox);
			turn(b);
			jobs += count_jobs(b);
			b->now++;
		} while (jobs < b->readers && now_s() - begun < 10);
		samples_add(&samples, now_s() - begun);
		if (jobs < b->readers) {
			give_up("%" PRIu64 " of %" PRIu64 " messages", jobs, b->readers);
		}
		alerts += 2 * b->readers;
		/* All are taken, off the clock. */
		for (uint64_t k = 0; k < jobs; k++) {
			struct outcome o = { .job = b->core->next_job - k,
					     .kind = OUTCOME_ACCEPTED };

			send_hear(b->core, &o);
		}
		rest(b);
	}
	report("alerts.due", (double)alerts / (double)minutes, "alerts/min");
	samples_report(&samples, "alerts.last_attempt");
	samples_fini(&samples);
}

/* One event moves: the turn that folds it and schedules it anew, its commit with it. */
static void
measure_moves(struct bench *b, uint64_t moves)
{
	struct samples samples = { 0 };

	for (uint64_t m = 0; m < moves; m++) {
		uint64_t event = b->events - 1 - m % (b->events / 2);
		struct writer w = begin_writing(b, &b->posts[1]);

		write_event(&w, event, minute_of(b, event) + 1440 + (int64_t)m);
		end_writing(&w);
		b->now++;
		outbox_clear(&b->node.outbox);
		double begun = now_s();
		turn(b);
		samples_add(&samples, now_s() - begun);
	}
	samples_report(&samples, "alerts.move");
	samples_fini(&samples);
}

int
main(int argc, char **argv)
{
	struct bench b = { .dir = option_needed(argc, argv, "dir"),
			   .events = option_number(argc, argv, "events", 5000),
			   .readers = option_number(argc, argv, "readers", 50),
			   .now = 1000,
			   .wall = INT64_C(1767225600000) };
	char command[4200];

	hash_init();
	snprintf(command, sizeof(command), "rm -rf '%s'", b.dir);
	if (system(command) != 0 || mkdir(b.dir, 0700) != 0) {
		give_up("%s: %s", b.dir, strerror(errno));
	}
	zones_init(&b.zones, zone_file_find, NULL);
	posts_make(b.posts, 2);
	b.newest = xcalloc(b.events, sizeof(b.newest[0]));
	double empty = private_mib();
	open_core(&b);
	write_readers(&b);
	rest(&b);
	double begun = now_s();
	struct writer w = begin_writing(&b, &b.posts[1]);
	for (uint64_t i = 0; i < b.events; i++) {
		write_event(&w, i, minute_of(&b, i));
	}
	end_writing(&w);
	rest(&b);
	report("alerts.scheduled", (double)(b.events * b.readers * ARRAY_LEN(leads)),
	       "alerts");
	report("alerts.schedule", 1000 * (now_s() - begun), "ms");
	measure_start(&b);
	report("alerts.memory", private_mib() - empty, "MiB");
	measure_due(&b, option_number(argc, argv, "minutes", 200));
	measure_moves(&b, option_number(argc, argv, "moves", 500));
	report("alerts.memory.after", private_mib() - empty, "MiB");
	close_core(&b);
	inbox_fini(&b.inbox);
	zones_fini(&b.zones);
	free(b.newest);
	return 0;
}
