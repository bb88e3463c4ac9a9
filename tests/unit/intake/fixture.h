/* A node's intake in one process: the real core over a real store in a scratch folder.
 * Officers' frames are put in by hand, and headquarters' side of both links is played. */
#ifndef TESTS_UNIT_INTAKE_FIXTURE_H
#define TESTS_UNIT_INTAKE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "intake/intake.h"
#include "kusanone/v1/control.pb-c.h"
#include "kusanone/v1/notice.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "lib/host/zone_file.h"
#include "lib/node/node.h"
#include "lib/store/log.h"

#define UNUSED __attribute__((unused))

enum { LOCAL = 0, UP = 1, DOWN = 2, OFFICER = 7 };

/* What is told of one submission. */
struct told {
	const Kusanone__V1__Receipt *receipt; /* One of the two. */
	const Kusanone__V1__Refused *refused;
};

struct post {
	char dir[64];
	struct intake_config config;
	struct zones zones;
	struct store *store;
	struct intake *core;
	struct node node;
	struct inbox inbox;
	struct arena arena; /* Of what the test reads and writes. */
	msec_t now;
	wall_ms_t wall;
	uint64_t request;
	uint64_t down_no, up_no, batch_no; /* Frames of headquarters' side. */
	struct link_cursor head;
};

static const char *const sfo_posts[] = { "sfo" };

static void
post_keys(struct intake_key *key, uint8_t number)
{
	uint8_t seed[32];

	memset(seed, number, sizeof(seed));
	sign_keypair(key->sign_public, key->sign_secret, seed);
	memset(key->curve_public, number, sizeof(key->curve_public));
}

static void
post_open(struct post *p)
{
	char dir[96], why[256];
	struct store_options options = { .dir = dir,
					 .kind = "intake-journal",
					 .format = 1,
					 .dbs = journal_db_names,
					 .quota_bytes = 64 << 20 };

	snprintf(dir, sizeof(dir), "%s/journal", p->dir);
	must(store_open(&options, &p->store, why, sizeof(why)) == OK);
	zones_init(&p->zones, zone_file_find, NULL);
	p->config.zones = zones_table(&p->zones);
	p->core = xmalloc(sizeof(*p->core));
	intake_init(p->core, &p->config, p->store);
	must(intake_open(p->core, p->now, p->wall) == OK);
	node_init(&p->node, &intake_service, p->core, p->store, 7, NULL);
}

static void
post_close(struct post *p)
{
	node_fini(&p->node);
	intake_fini(p->core);
	free(p->core);
	store_close(p->store);
	zones_fini(&p->zones);
}

/* A process that died and was started again. */
static UNUSED void
post_restart(struct post *p)
{
	inbox_clear(&p->inbox);
	post_close(p);
	post_open(p);
}

static struct post *
post_new_as(enum node_role role, bool linked)
{
	struct post *p = xcalloc(1, sizeof(*p));

	hash_init();
	snprintf(p->dir, sizeof(p->dir), "/tmp/kusanone-test-XXXXXX");
	must(mkdtemp(p->dir) != NULL);
	p->now = 1000;
	p->wall = 1700000000000; /* 2023-11-14 */
	p->config = (struct intake_config){ .name = role == NODE_HQ ? "hq" : "sfo",
					    .role = role,
					    .posts = sfo_posts,
					    .post_count = role == NODE_HQ ? 0 : 1,
					    .key_count = 1,
					    .author = "officer",
					    .software = "test",
					    .local = LOCAL,
					    .dial = { { UP, DOWN } },
					    .dial_count = linked ? 1 : 0 };
	memset(p->config.node.b, 2, sizeof(p->config.node.b));
	memset(p->config.seed, 9, sizeof(p->config.seed));
	post_keys(&p->config.keys[0], 2);
	post_open(p);
	return p;
}

static UNUSED struct post *
post_new(void)
{
	return post_new_as(NODE_POST, false);
}

static void
post_free(struct post *p)
{
	char command[128];

	post_close(p);
	inbox_fini(&p->inbox);
	arena_fini(&p->arena);
	snprintf(command, sizeof(command), "rm -rf %s", p->dir);
	must(system(command) == 0);
	free(p);
}

static enum err
post_turn_err(struct post *p)
{
	p->now += 10;
	p->wall += 10;
	outbox_clear(&p->node.outbox);
	return node_turn(&p->node, &p->inbox, p->now, p->wall);
}

static void
post_turn(struct post *p)
{
	must(post_turn_err(p) == OK);
}

/* ---- Frames ---------------------------------------------------------------------- */

static void
put_frame(struct post *p, struct peer from, const struct frame_header *header,
	  struct slice body)
{
	uint8_t head[FRAME_HEADER_LEN] = { 0 };
	struct slice parts[2] = { slice_of(head, sizeof(head)), body };
	struct principal who = { .kind = from.endpoint == LOCAL ? PRINCIPAL_LOCAL
								: PRINCIPAL_SERVER };

	frame_header_put(head, header);
	inbox_put(&p->inbox, from, &who, parts, 2);
}

/* The n-th frame of 'type' to 'endpoint' in the outbox. */
static bool
get_frame(struct post *p, uint32_t endpoint, uint8_t type, unsigned n, struct frame *ret)
{
	for (size_t i = 0; i < p->node.outbox.count; i++) {
		const struct out *out = &p->node.outbox.list[i];
		struct slice parts[3];

		if (out->kind != OUT_FRAME || out->to.endpoint != endpoint) {
			continue;
		}
		unsigned count = out_parts(&p->node.outbox, out, parts);
		must(frame_read(parts, count, ret) == FRAME_GOOD);
		if (ret->header.type == type && n-- == 0) {
			return true;
		}
	}
	return false;
}

/* ---- Submissions ----------------------------------------------------------------- */

static uint64_t
put_submission(struct post *p, Kusanone__V1__Submission *s)
{
	struct frame_header header = { .type = FRAME_SUBMIT, .minor = 1 };

	s->request = ++p->request;
	put_frame(p, (struct peer){ LOCAL, OFFICER }, &header,
		  pack_in_arena(&s->base, &p->arena));
	return s->request;
}

/* What was answered to a request in the last turn; both NULL: nothing. */
static struct told
told_of(struct post *p, uint64_t request)
{
	struct told told = { 0 };
	struct frame frame;

	for (unsigned n = 0; get_frame(p, LOCAL, FRAME_RECEIPT, n, &frame); n++) {
		const Kusanone__V1__Receipt *m =
			(const Kusanone__V1__Receipt *)unpack_message(
				&kusanone__v1__receipt__descriptor, frame.body, &p->arena,
				NULL);

		must(m != NULL);
		if (m->request == request) {
			told.receipt = m;
		}
	}
	for (unsigned n = 0; get_frame(p, LOCAL, FRAME_REFUSED, n, &frame); n++) {
		const Kusanone__V1__Refused *m =
			(const Kusanone__V1__Refused *)unpack_message(
				&kusanone__v1__refused__descriptor, frame.body, &p->arena,
				NULL);

		must(m != NULL);
		if (m->request == request) {
			told.refused = m;
		}
	}
	return told;
}

static struct told
submit(struct post *p, Kusanone__V1__Submission *s)
{
	uint64_t request = put_submission(p, s);

	post_turn(p);
	return told_of(p, request);
}

static UNUSED const Kusanone__V1__Receipt *
submit_good(struct post *p, Kusanone__V1__Submission *s)
{
	struct told told = submit(p, s);

	if (told.refused != NULL) {
		print_error("refused: %s %s: %s\n", told.refused->code,
			    told.refused->field, told.refused->reason->en);
	}
	assert_non_null(told.receipt);
	return told.receipt;
}

static UNUSED const Kusanone__V1__Refused *
submit_bad(struct post *p, Kusanone__V1__Submission *s)
{
	struct told told = submit(p, s);

	assert_null(told.receipt);
	assert_non_null(told.refused);
	return told.refused;
}

static UNUSED bool
has_warning(const Kusanone__V1__Receipt *r, const char *code)
{
	for (size_t i = 0; i < r->n_warnings; i++) {
		if (strcmp(r->warnings[i]->code, code) == 0) {
			return true;
		}
	}
	return false;
}

/* ---- Messages that tests make ---------------------------------------------------- */

#define NEW(type, name)                                                                  \
	static UNUSED Kusanone__V1__##type *new_##name(struct post *p)                   \
	{                                                                                \
		Kusanone__V1__##type *m = arena_alloc(&p->arena, sizeof(*m));            \
		kusanone__v1__##name##__init(m);                                         \
		return m;                                                                \
	}
NEW(Submission, submission)
NEW(EventRevision, event_revision)
NEW(Event, event)
NEW(Text, text)
NEW(Date, date)
NEW(Session, session)
NEW(Place, place)
NEW(Person, person)
NEW(Patch, patch)
NEW(Count, count)
NEW(Money, money)
NEW(Withdrawal, withdrawal)
NEW(CohostAnswer, cohost_answer)
NEW(Review, review)
NEW(PublishedFigure, published_figure)
NEW(Publication, publication)
NEW(TotalsQuery, totals_query)
NEW(Source, source)
NEW(Enrolment, enrolment)
NEW(Revocation, revocation)
NEW(Erasure, erasure)
NEW(ReferenceChange, reference_change)
NEW(ReferenceRow, reference_row)
NEW(CodeRow, code_row)
NEW(Query, query)
NEW(StreamItem, stream_item)
NEW(BlockReceipt, block_receipt)
NEW(OwnBlock, own_block)
NEW(HqRecord, hq_record)
NEW(Record, record)
NEW(EventNotice, event_notice)
NEW(VerdictNotice, verdict_notice)
#undef NEW

#define STR(s) ((char *)(uintptr_t)(s))

static UNUSED char **
str_list(struct post *p, const char *const *items, size_t *ret_count)
{
	size_t n = 0;

	while (items[n] != NULL) {
		n++;
	}
	char **list = arena_alloc(&p->arena, n * sizeof(list[0]));
	for (size_t i = 0; i < n; i++) {
		list[i] = STR(items[i]);
	}
	*ret_count = n;
	return list;
}
#define SET_LIST(p, m, field, ...)                                                       \
	((m)->field = str_list((p), (const char *const[]){ __VA_ARGS__, NULL },          \
			       &(m)->n_##field))

static UNUSED Kusanone__V1__Text *
text(struct post *p, const char *ja, const char *en)
{
	Kusanone__V1__Text *t = new_text(p);

	t->ja = STR(ja);
	t->en = STR(en);
	return t;
}

/* An event with a title, held by sfo. */
static UNUSED Kusanone__V1__Event *
an_event(struct post *p, const char *id, const char *title)
{
	Kusanone__V1__Event *e = new_event(p);

	e->id = STR(id);
	e->title = text(p, title, "");
	SET_LIST(p, e, holders, "sfo");
	return e;
}

static UNUSED Kusanone__V1__Submission *
event_submission(struct post *p, Kusanone__V1__Event *e)
{
	Kusanone__V1__Submission *s = new_submission(p);

	s->body_case = KUSANONE__V1__SUBMISSION__BODY_EVENT;
	s->event = new_event_revision(p);
	s->event->event = e;
	return s;
}

/* A patch of 'paths'; 'base' is a hex hash, or NULL for the newest. */
static UNUSED Kusanone__V1__Submission *
patch_submission(struct post *p, const char *id, const char *base, Kusanone__V1__Event *e,
		 const char *const *paths)
{
	Kusanone__V1__Submission *s = new_submission(p);

	s->body_case = KUSANONE__V1__SUBMISSION__BODY_PATCH;
	s->patch = new_patch(p);
	s->patch->event_id = STR(id);
	s->patch->event = e;
	s->patch->paths = str_list(p, paths, &s->patch->n_paths);
	if (base != NULL) {
		SET_LIST(p, s->patch, bases, base);
	}
	return s;
}
#define PATHS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static UNUSED Kusanone__V1__Session *
add_session(struct post *p, Kusanone__V1__Event *e, const char *id, const char *start,
	    const char *zone)
{
	Kusanone__V1__Session *s = new_session(p);
	Kusanone__V1__Session **list =
		arena_alloc(&p->arena, (e->n_sessions + 1) * sizeof(list[0]));

	s->id = STR(id);
	if (start != NULL) {
		s->start = new_date(p);
		s->start->value = STR(start);
		s->start->zone = STR(zone);
	}
	if (e->n_sessions != 0) {
		memcpy(list, e->sessions, e->n_sessions * sizeof(list[0]));
	}
	list[e->n_sessions++] = s;
	e->sessions = list;
	return s;
}

static UNUSED void
add_person(struct post *p, Kusanone__V1__Event *e, const char *name)
{
	Kusanone__V1__Person **list =
		arena_alloc(&p->arena, (e->n_people + 1) * sizeof(list[0]));

	if (e->n_people != 0) {
		memcpy(list, e->people, e->n_people * sizeof(list[0]));
	}
	list[e->n_people] = new_person(p);
	list[e->n_people++]->name = STR(name);
	e->people = list;
}

/* ---- Questions ------------------------------------------------------------------- */

static UNUSED const Kusanone__V1__Reply *
ask(struct post *p, Kusanone__V1__Query *q)
{
	struct frame_header header = { .type = FRAME_QUERY, .minor = 1 };
	struct frame frame;

	q->request = ++p->request;
	put_frame(p, (struct peer){ LOCAL, OFFICER }, &header,
		  pack_in_arena(&q->base, &p->arena));
	post_turn(p);
	must(get_frame(p, LOCAL, FRAME_REPLY, 0, &frame));
	const char *why = NULL;
	const Kusanone__V1__Reply *reply = (const Kusanone__V1__Reply *)unpack_message(
		&kusanone__v1__reply__descriptor, frame.body, &p->arena, &why);
	if (reply == NULL) {
		fail_msg("a reply that cannot be read: %s", why);
	}
	must(reply->request == q->request);
	return reply;
}

static UNUSED const Kusanone__V1__EventReply *
ask_event(struct post *p, const char *id)
{
	Kusanone__V1__Query *q = new_query(p);
	Kusanone__V1__EventQuery *event = arena_alloc(&p->arena, sizeof(*event));

	kusanone__v1__event_query__init(event);
	event->event_id = STR(id);
	event->history = true;
	q->query_case = KUSANONE__V1__QUERY__QUERY_EVENT;
	q->event = event;
	const Kusanone__V1__Reply *reply = ask(p, q);
	return reply->reply_case == KUSANONE__V1__REPLY__REPLY_EVENT ? reply->event
								     : NULL;
}

static UNUSED const Kusanone__V1__StatusReply *
ask_status(struct post *p)
{
	Kusanone__V1__Query *q = new_query(p);
	Kusanone__V1__StatusQuery *status = arena_alloc(&p->arena, sizeof(*status));

	kusanone__v1__status_query__init(status);
	q->query_case = KUSANONE__V1__QUERY__QUERY_STATUS;
	q->status = status;
	return ask(p, q)->status;
}

/* ---- Headquarters' side of the links --------------------------------------------- */

static struct peer
hq_peer(struct post *p, uint32_t endpoint)
{
	return (struct peer){ endpoint, endpoint == UP
						? p->core->up.dialer.generation
						: p->core->down.dialer.generation };
}

static void
hq_put(struct post *p, uint32_t endpoint, uint8_t type, struct slice body)
{
	uint64_t *no = endpoint == UP ? &p->up_no : &p->down_no;
	struct frame_header header = {
		.type = type, .minor = 1, .session = 40 + endpoint, .frame_no = ++*no
	};

	put_frame(p, hq_peer(p, endpoint), &header, body);
}

static void
hq_welcome(struct post *p, uint32_t endpoint)
{
	struct link_welcome welcome = { .minor = 1,
					.credit = LINK_CREDIT,
					.head = p->head,
					.heartbeat_ms = LINK_HEARTBEAT_MS,
					.wall = p->wall };
	struct buf body = { 0 };

	*(endpoint == UP ? &p->up_no : &p->down_no) = 0;
	if (endpoint == DOWN) {
		p->batch_no = 0;
	}
	link_welcome_put(&body, &welcome);
	hq_put(p, endpoint, FRAME_WELCOME, buf_slice(&body));
	buf_fini(&body);
}

/* Run turns until the endpoint is dialled; its HELLO. */
static UNUSED struct link_hello
hq_wait_hello(struct post *p, uint32_t endpoint)
{
	struct link_hello hello;
	struct frame frame;

	for (unsigned i = 0; i < 100; i++) {
		msec_t due = node_deadline(&p->node);

		if (due != NEVER && due > p->now) {
			p->now = due;
		}
		post_turn(p);
		if (get_frame(p, endpoint, FRAME_HELLO, 0, &frame)) {
			must(link_hello_get(frame.body, &p->arena, &hello));
			return hello;
		}
	}
	fail_msg("no HELLO came");
	return (struct link_hello){ 0 };
}

/* Both links up and caught up. */
static UNUSED void
hq_connect(struct post *p)
{
	(void)hq_wait_hello(p, DOWN);
	hq_welcome(p, DOWN);
	post_turn(p);
	if (p->core->up.dialer.state != DIALER_LIVE) {
		(void)hq_wait_hello(p, UP);
		hq_welcome(p, UP);
	}
}

/* A batch of items from the node's cursor to 'through'. */
static UNUSED void
hq_batch(struct post *p, uint64_t through, Kusanone__V1__StreamItem *const *items,
	 size_t n)
{
	struct link_batch batch = { .batch_no = ++p->batch_no,
				    .after = p->core->down.dialer.through,
				    .through = { .position = through,
						 .filter_version = 1 } };
	struct buf body = { 0 };

	batch.through.log_hash.b[0] = (uint8_t)through;
	batch.items = arena_alloc(&p->arena, n * sizeof(batch.items[0]));
	batch.item_count = n;
	for (size_t i = 0; i < n; i++) {
		batch.items[i] = pack_in_arena(&items[i]->base, &p->arena);
	}
	link_batch_put(&body, &batch);
	hq_put(p, DOWN, FRAME_BATCH, buf_slice(&body));
	buf_fini(&body);
	post_turn(p);
}

static UNUSED void
hq_ack(struct post *p, uint64_t batch_no)
{
	struct link_ack ack = { .batch_no = batch_no, .credit = LINK_CREDIT };
	struct buf body = { 0 };

	link_ack_put(&body, &ack);
	hq_put(p, UP, FRAME_ACK, buf_slice(&body));
	buf_fini(&body);
}

static UNUSED void
hq_error(struct post *p, uint32_t endpoint, enum link_code code)
{
	struct link_error error = { .code = code,
				    .error_class = LINK_RETRY_NOW,
				    .text = "played" };
	struct buf body = { 0 };

	link_error_put(&body, &error);
	hq_put(p, endpoint, FRAME_ERROR, buf_slice(&body));
	buf_fini(&body);
	post_turn(p);
}

static UNUSED Kusanone__V1__StreamItem *
receipt_item(struct post *p, const struct hash *block, uint64_t position)
{
	Kusanone__V1__StreamItem *item = new_stream_item(p);

	item->item_case = KUSANONE__V1__STREAM_ITEM__ITEM_RECEIPT;
	item->receipt = new_block_receipt(p);
	item->receipt->hash =
		pb_slice(slice_of(arena_dup(&p->arena, block->b, HASH_LEN), HASH_LEN));
	item->receipt->position = position;
	return item;
}

static UNUSED Kusanone__V1__StreamItem *
own_block_item(struct post *p, struct slice block, struct slice loose, uint64_t position)
{
	Kusanone__V1__StreamItem *item = new_stream_item(p);

	item->item_case = KUSANONE__V1__STREAM_ITEM__ITEM_OWN_BLOCK;
	item->own_block = new_own_block(p);
	item->own_block->block = pb_slice(block);
	item->own_block->loose = pb_slice(loose);
	item->own_block->position = position;
	return item;
}

/* A record of headquarters' (node of all threes). */
static UNUSED Kusanone__V1__StreamItem *
record_item(struct post *p, Kusanone__V1__Record *record, uint64_t position)
{
	static uint8_t hq[NODE_ID_LEN];
	Kusanone__V1__StreamItem *item = new_stream_item(p);

	memset(hq, 3, sizeof(hq));
	item->item_case = KUSANONE__V1__STREAM_ITEM__ITEM_RECORD;
	item->record = new_hq_record(p);
	item->record->position = position;
	item->record->node_id = pb_slice(slice_of(hq, sizeof(hq)));
	item->record->record = pb_slice(pack_in_arena(&record->base, &p->arena));
	item->record->role = KUSANONE__V1__NODE_ROLE__NODE_ROLE_HQ;
	return item;
}

/* All blocks of the journal, in order, copied. */
static UNUSED size_t
journal_blocks(struct post *p, struct slice *ret, size_t max)
{
	struct txn txn = txn_begin_read(p->store);
	struct journal_entry entry;
	uint64_t at = 0;
	size_t n = 0;

	while (journal_after(&txn, at, &entry)) {
		if (entry.kind == ENTRY_OWN_BLOCK) {
			must(n < max);
			ret[n++] = slice_of(
				arena_dup(&p->arena, entry.bytes.at, entry.bytes.len),
				entry.bytes.len);
		}
		at = entry.first;
	}
	txn_abort(&txn);
	return n;
}

static UNUSED struct block
parse(struct slice bytes)
{
	struct block block;

	must(block_parse(bytes, &block, NULL));
	return block;
}

static UNUSED uint64_t
journal_records(struct post *p)
{
	return p->core->own_records;
}

#endif
