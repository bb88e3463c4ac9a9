/* Headquarters in one process: the real core over real stores in a scratch folder, and
 * nodes whose frames the test writes by hand. */
#ifndef TESTS_UNIT_AGGREGATION_FIXTURE_H
#define TESTS_UNIT_AGGREGATION_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "aggregation/aggregation.h"
#include "kusanone/v1/control.pb-c.h"
#include "kusanone/v1/record.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "lib/node/node.h"

#define UNUSED __attribute__((unused))

enum { LOCAL = 0, NODES = 1 };

/* A node as the test plays it: its keys, its chain, its sessions. */
struct player {
	struct node_id node;
	const char *name;
	uint8_t curve[32], sign_public[32], sign_secret[64];
	uint64_t seq;
	struct hash tip;
	struct peer up, down;
	uint64_t up_session, up_no, batch_no;
	uint64_t down_session, down_no;
};

struct hq {
	char dir[64];
	struct store *log_store, *view_store;
	struct aggregation *core;
	struct node node;
	struct inbox inbox;
	struct arena arena;
	struct player own, sfo, lax;
	struct node_id archive; /* Zeros: headquarters has none. */
	uint8_t archive_key[32];
	msec_t now;
	wall_ms_t wall;
};

static void
player_init(struct player *p, const char *name, uint8_t number)
{
	uint8_t seed[32];

	*p = (struct player){ .name = name,
			      .up = { NODES, 2u * number },
			      .down = { NODES, 2u * number + 1 } };
	memset(p->node.b, number, sizeof(p->node.b));
	memset(p->curve, number, sizeof(p->curve));
	memset(seed, number, sizeof(seed));
	sign_keypair(p->sign_public, p->sign_secret, seed);
}

static void
hq_open(struct hq *hq)
{
	char dir[96], why[256];
	struct store_options log_options = { .dir = dir,
					     .kind = "aggregation-log",
					     .format = AGGREGATION_FORMAT,
					     .dbs = log_db_names };
	struct store_options view_options = log_options;
	struct aggregation_config config = { .software = "test",
					     .local_endpoint = LOCAL,
					     .posts_endpoint = NODES };

	snprintf(dir, sizeof(dir), "%s/log", hq->dir);
	must(store_open(&log_options, &hq->log_store, why, sizeof(why)) == OK);
	snprintf(dir, sizeof(dir), "%s/view", hq->dir);
	view_options.kind = "aggregation-view";
	view_options.dbs = view_db_names;
	must(store_open(&view_options, &hq->view_store, why, sizeof(why)) == OK);

	config.archive = hq->archive;
	memcpy(config.archive_key, hq->archive_key, 32);
	config.hq.node = hq->own.node;
	config.hq.name = slice_str("hq");
	config.hq.role = NODE_HQ;
	memcpy(config.hq.curve_key, hq->own.curve, 32);
	memcpy(config.hq.sign_key, hq->own.sign_public, 32);
	hq->core = xmalloc(sizeof(*hq->core));
	aggregation_init(hq->core, &config, hq->log_store, hq->view_store);
	must(aggregation_open(hq->core) == OK);
	node_init(&hq->node, &aggregation_service, hq->core, hq->log_store, 7, NULL);
}

static void
hq_close(struct hq *hq)
{
	node_fini(&hq->node);
	aggregation_fini(hq->core);
	free(hq->core);
	store_close(hq->view_store);
	store_close(hq->log_store);
}

static struct hq *
hq_new(void)
{
	struct hq *hq = xcalloc(1, sizeof(*hq));

	hash_init();
	snprintf(hq->dir, sizeof(hq->dir), "/tmp/kusanone-test-XXXXXX");
	must(mkdtemp(hq->dir) != NULL);
	hq->now = 1000;
	hq->wall = 1700000000000;
	player_init(&hq->own, "hq", 1);
	player_init(&hq->sfo, "sfo", 2);
	player_init(&hq->lax, "lax", 3);
	hq_open(hq);
	return hq;
}

static void
hq_free(struct hq *hq)
{
	char command[128];

	hq_close(hq);
	inbox_fini(&hq->inbox);
	arena_fini(&hq->arena);
	snprintf(command, sizeof(command), "rm -rf %s", hq->dir);
	must(system(command) == 0);
	free(hq);
}

static enum err
hq_turn(struct hq *hq)
{
	hq->now += 10;
	hq->wall += 10;
	outbox_clear(&hq->node.outbox);
	return node_turn(&hq->node, &hq->inbox, hq->now, hq->wall);
}

static void
put_frame(struct hq *hq, struct peer from, const struct player *who,
	  const struct frame_header *header, struct slice body, struct slice payload)
{
	uint8_t head[FRAME_HEADER_LEN] = { 0 };
	struct slice parts[3] = { slice_of(head, sizeof(head)), body, payload };
	struct principal principal = { .kind = PRINCIPAL_LOCAL };

	if (who != NULL) {
		principal.kind = PRINCIPAL_KEY;
		memcpy(principal.curve_key, who->curve, 32);
	}
	frame_header_put(head, header);
	inbox_put(&hq->inbox, from, &principal, parts, payload.len != 0 ? 3 : 2);
}

/* The n-th frame of 'type' to 'peer' in the outbox; false if there are not so many. */
static bool
get_frame(struct hq *hq, struct peer peer, uint8_t type, unsigned n, struct frame *ret)
{
	for (size_t i = 0; i < hq->node.outbox.count; i++) {
		const struct out *out = &hq->node.outbox.list[i];
		struct slice parts[3];

		if (out->kind != OUT_FRAME || !peer_eq(out->to, peer)) {
			continue;
		}
		unsigned count = out_parts(&hq->node.outbox, out, parts);
		must(frame_read(parts, count, ret) == FRAME_GOOD);
		if (ret->header.type == type && n-- == 0) {
			return true;
		}
	}
	return false;
}

/* The code of the ERROR that this turn sent to 'peer'; 0: none. */
static enum link_code
error_to(struct hq *hq, struct peer peer)
{
	struct frame frame;
	struct link_error error;

	if (!get_frame(hq, peer, FRAME_ERROR, 0, &frame)) {
		return 0;
	}
	must(link_error_get(frame.body, &hq->arena, &error));
	return error.code;
}

/* 'who' NULL: on the local socket. */
static void
put_hello_frame(struct hq *hq, struct peer from, const struct player *who,
		const struct link_hello *hello)
{
	struct frame_header header = { .type = FRAME_HELLO, .minor = 1, .frame_no = 1 };
	struct buf body = { 0 };

	link_hello_put(&body, hello);
	put_frame(hq, from, who, &header, buf_slice(&body), (struct slice){ 0 });
	buf_fini(&body);
}

static UNUSED void
put_hello(struct hq *hq, struct player *p, enum link_role role,
	  const struct link_cursor *cursor)
{
	struct link_hello hello = { .node = p->node,
				    .role = role,
				    .credit = LINK_CREDIT,
				    .minor_min = 1,
				    .minor_max = 1,
				    .software = slice_str("test") };

	if (cursor != NULL) {
		hello.cursor = *cursor;
	}
	put_hello_frame(hq, role == LINK_PRODUCER ? p->up : p->down, p, &hello);
}

/* HELLO as a producer; welcomed. */
static UNUSED void
player_connect(struct hq *hq, struct player *p)
{
	struct frame frame;

	put_hello(hq, p, LINK_PRODUCER, NULL);
	must(hq_turn(hq) == OK);
	must(get_frame(hq, p->up, FRAME_WELCOME, 0, &frame));
	p->up_session = frame.header.session;
	p->up_no = 1;
	p->batch_no = 0;
}

/* A block of one record on the player's chain. */
static UNUSED struct block
make_block(struct hq *hq, struct player *p, struct slice record,
	   struct block_maker *maker)
{
	struct key_id key = key_id_of(p->sign_public);

	block_begin(maker, &p->node, p->seq + 1, &p->tip);
	must(block_add(maker, record));
	struct block block = block_finish(maker, hq->wall, &key, p->sign_secret);
	p->seq = block.last_seq;
	p->tip = block.hash;
	return block;
}

static UNUSED void
put_block(struct hq *hq, struct player *p, struct slice block, struct slice loose)
{
	struct frame_header header = { .type = FRAME_BATCH,
				       .minor = 1,
				       .session = p->up_session,
				       .frame_no = ++p->up_no };
	struct link_batch batch = { .batch_no = ++p->batch_no };
	struct buf body = { 0 }, payload = { 0 };

	link_batch_put(&body, &batch);
	payload_put_block(&payload, block, loose);
	put_frame(hq, p->up, p, &header, buf_slice(&body), buf_slice(&payload));
	buf_fini(&body);
	buf_fini(&payload);
}

/* Say one record: a block, a turn. */
static UNUSED void
player_say(struct hq *hq, struct player *p, Kusanone__V1__Record *record)
{
	struct block_maker maker = { 0 };

	record->recorded_ms = hq->wall;
	struct slice bytes = pack_in_arena(&record->base, &hq->arena);
	struct block block = make_block(hq, p, bytes, &maker);
	put_block(hq, p, block.bytes, (struct slice){ 0 });
	must(hq_turn(hq) == OK);
	block_maker_fini(&maker);
}

static UNUSED void
enrol(struct hq *hq, struct player *p)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Enrolment body = KUSANONE__V1__ENROLMENT__INIT;
	char *posts[1] = { (char *)(uintptr_t)p->name };

	body.node_id = (ProtobufCBinaryData){ NODE_ID_LEN, p->node.b };
	body.name = posts[0];
	body.curve_key = (ProtobufCBinaryData){ 32, p->curve };
	body.sign_key = (ProtobufCBinaryData){ 32, p->sign_public };
	body.role = KUSANONE__V1__NODE_ROLE__NODE_ROLE_POST;
	body.posts = posts;
	body.n_posts = 1;
	record.body_case = KUSANONE__V1__RECORD__BODY_ENROLMENT;
	record.enrolment = &body;
	player_say(hq, &hq->own, &record);
}

static UNUSED struct slice
event_record(struct hq *hq, const char *id, const char *recorder)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__EventRevision revision = KUSANONE__V1__EVENT_REVISION__INIT;
	Kusanone__V1__Event event = KUSANONE__V1__EVENT__INIT;
	Kusanone__V1__Text title = KUSANONE__V1__TEXT__INIT;
	Kusanone__V1__Date date = KUSANONE__V1__DATE__INIT, *dates = &date;
	Kusanone__V1__Money money = KUSANONE__V1__MONEY__INIT;
	char *holders[2] = { (char *)(uintptr_t)recorder, (char *)(uintptr_t) "lax" };

	title.ja = (char *)(uintptr_t) "水素ウェビナー";
	event.id = (char *)(uintptr_t)id;
	event.recorder = holders[0];
	event.title = &title;
	event.holders = holders;
	event.n_holders = 2;
	date.value = (char *)(uintptr_t) "2024-02";
	event.stated_dates = &dates;
	event.n_stated_dates = 1;
	event.status = KUSANONE__V1__STATUS__STATUS_HELD;
	money.jpy = 77777777;
	event.budget_planned = &money;
	revision.event = &event;
	record.recorded_ms = hq->wall;
	record.body_case = KUSANONE__V1__RECORD__BODY_EVENT_REVISION;
	record.event_revision = &revision;
	return pack_in_arena(&record.base, &hq->arena);
}

/* Ask for totals over the local socket. */
static UNUSED const Kusanone__V1__TotalsReply *
ask_totals(struct hq *hq, Kusanone__V1__TotalsQuery *totals)
{
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	struct frame_header header = { .type = FRAME_QUERY, .minor = 1 };
	struct peer me = { LOCAL, 99 };
	struct frame frame;

	query.request = 5;
	query.query_case = KUSANONE__V1__QUERY__QUERY_TOTALS;
	query.totals = totals;
	put_frame(hq, me, NULL, &header, pack_in_arena(&query.base, &hq->arena),
		  (struct slice){ 0 });
	must(hq_turn(hq) == OK);
	must(get_frame(hq, me, FRAME_REPLY, 0, &frame));
	const Kusanone__V1__Reply *reply = (const Kusanone__V1__Reply *)unpack_message(
		&kusanone__v1__reply__descriptor, frame.body, &hq->arena, NULL);
	must(reply != NULL && reply->request == 5);
	return reply->totals;
}

static UNUSED int64_t
total_events(struct hq *hq)
{
	Kusanone__V1__TotalsQuery totals = KUSANONE__V1__TOTALS_QUERY__INIT;

	return ask_totals(hq, &totals)->tables[0]->total[0]->value;
}

#endif
