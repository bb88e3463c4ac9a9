/* tests/bench/seal_bench.c - what sealing costs on a disk: the real core over a real
 *store and a real folder, without sockets.
 *
 *	bench_seal DIR [records [per-block [per-turn]]]
 *
 * DIR is made anew.  The log is put into the tail as a follower would put it, 'per-turn'
 * blocks a turn; then what is left is sealed on command.  Prints the time of the turns,
 * the disk's flushes, and the memory of the process.  strace -c -f on it counts calls. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archiving/archiving.h"
#include "event.h"
#include "lib/node/node.h"
#include "measure.h"

struct bench {
	char dir[4096];
	struct store *store;
	struct shelf_folder *folder;
	struct archiving core;
	struct node node;
	struct inbox inbox;
	msec_t now;
	double spent;

	/* The author of every block. */
	struct node_id author;
	uint8_t public_key[SIGN_PUBLIC_LEN], secret[SIGN_SECRET_LEN];
	struct key_id key;
	struct block_maker maker;
	uint64_t seq;
	struct hash tip;
};

static void
open_all(struct bench *b)
{
	char path[4200], why[512];
	const struct store_options options = { .dir = path,
					       .kind = "archiving",
					       .format = ARCHIVING_FORMAT,
					       .dbs = archiving_db_names };
	struct archiving_config config = { .name = "archiving",
					   .software = "bench",
					   .seal_after = INT64_C(3600) * 1000 };
	uint8_t seed[32] = { 9 }, public_key[SIGN_PUBLIC_LEN];

	snprintf(path, sizeof(path), "%s/tail", b->dir);
	if (store_open(&options, &b->store, why, sizeof(why)) != OK) {
		give_up("%s", why);
	}
	snprintf(path, sizeof(path), "%s/archive", b->dir);
	if (shelf_open(path, &b->folder, why, sizeof(why)) != OK) {
		give_up("%s", why);
	}
	sign_keypair(public_key, config.secret, seed);
	must(note_key_init(&config.key, slice_str("kusanone/bench"), public_key));
	config.hq.node = b->author;
	memcpy(config.hq.sign_key, b->public_key, SIGN_PUBLIC_LEN);
	const struct shelf shelf = shelf_of(b->folder);
	archiving_init(&b->core, &config, b->store, &shelf);
	if (archiving_open(&b->core, b->now, why, sizeof(why)) != OK) {
		give_up("%s", why);
	}
	node_init(&b->node, &archiving_service, &b->core, b->store, 7, NULL);
}

static void
close_all(struct bench *b)
{
	node_fini(&b->node);
	archiving_fini(&b->core);
	shelf_close(b->folder);
	store_close(b->store);
}

static void
turn(struct bench *b)
{
	double begun = now_s();

	b->now += 10;
	if (node_turn(&b->node, &b->inbox, b->now, INT64_C(1711929600000) + b->now) !=
	    OK) {
		give_up("a turn failed");
	}
	outbox_clear(&b->node.outbox);
	b->spent += now_s() - begun;
}

/* Up to 'count' records as one block at the end of the tail; how many fitted. */
static uint64_t
append(struct bench *b, struct txn *txn, uint64_t number, uint64_t count)
{
	struct buf record = { 0 };
	uint64_t n = 0;

	block_begin(&b->maker, &b->author, b->seq + 1, &b->tip);
	for (; n < count; n++) {
		buf_clear(&record);
		event_record_put(&record, number + n, EVENT_POSTS, EVENTS_IN_ORDER, 1);
		if (!block_add(&b->maker, buf_slice(&record))) {
			break;
		}
	}
	struct block block = block_finish(&b->maker, INT64_C(1711929600000) + b->now,
					  &b->key, b->secret);
	b->seq = block.last_seq;
	b->tip = block.hash;
	log_append(&b->core.follower.log, txn, &block, INT64_C(1711929600000) + b->now);
	buf_fini(&record);
	return n;
}

/* Rows of /proc/self/status, in KiB. */
static void
report_memory(const char *name)
{
	static const char *const rows[] = { "VmRSS:", "RssAnon:", "VmHWM:" };
	char line[256], what[64];
	FILE *f = fopen("/proc/self/status", "re");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			if (strncmp(line, rows[i], strlen(rows[i])) == 0) {
				snprintf(what, sizeof(what), "%s.%.*s", name,
					 (int)strlen(rows[i]) - 1, rows[i]);
				report(what, strtod(line + strlen(rows[i]), NULL) / 1024,
				       "MiB");
			}
		}
	}
	if (f != NULL) {
		fclose(f);
	}
}

int
main(int argc, char **argv)
{
	struct bench *b = xcalloc(1, sizeof(*b));
	const uint64_t records = argc > 2 ? strtoull(argv[2], NULL, 10) : 8000;
	const uint64_t per_block = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
	const uint64_t per_turn = argc > 4 ? strtoull(argv[4], NULL, 10) : 1000;
	const uint8_t seed[32] = { 1 };

	if (argc < 2 || mkdir(argv[1], 0700) != 0) {
		give_up("bench_seal DIR: a folder that is not there yet");
	}
	hash_init();
	snprintf(b->dir, sizeof(b->dir), "%s", argv[1]);
	memset(b->author.b, 1, NODE_ID_LEN);
	sign_keypair(b->public_key, b->secret, seed);
	b->key = key_id_of(b->public_key);
	b->now = 1000;
	open_all(b);
	for (uint64_t n = 0; n < records;) {
		struct txn txn = txn_begin(b->store);

		for (uint64_t i = 0; i < per_turn && n < records; i++) {
			n += append(b, &txn, n,
				    records - n < per_block ? records - n : per_block);
		}
		if (txn_commit(&txn) != OK) {
			give_up("the tail's commit failed");
		}
		turn(b);
	}
	struct disk_use before = disk_use(b->dir);
	double so_far = b->spent;
	report_memory("tail");
	b->now += INT64_C(2) * 3600 * 1000;
	while (b->core.sealed.log.position != b->core.follower.log.head.position) {
		turn(b);
	}
	report("seal.last", (b->spent - so_far) * 1e3, "ms");
	report("seal.all", b->spent * 1e3, "ms");
	report("seal.flushes", (double)(disk_use(b->dir).flushes - before.flushes), "");
	report("seal.entries", (double)b->core.sealed.size, "");
	report("seal.segments", (double)b->core.sealed.segments, "");
	report_memory("sealed");
	close_all(b);
	open_all(b);
	report_memory("started");
	close_all(b);
	block_maker_fini(&b->maker);
	inbox_fini(&b->inbox);
	free(b);
	return 0;
}
