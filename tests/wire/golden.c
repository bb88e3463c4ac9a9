/* Bytes of format 1, kept for good: every later build writes them from the same values
 * and reads them back.
 *
 *	wire_golden DIR            compare with DIR/NAME.hex, one line "ok NAME" each
 *	wire_golden --write DIR    write those that are not there yet (never changes one)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kusanone/v1/control.pb-c.h"
#include "kusanone/v1/notice.pb-c.h"
#include "kusanone/v1/record.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "lib/link/frame.h"
#include "lib/model/record.h"
#include "lib/store/block.h"

#define ID "01900000-0000-7000-8000-00000000000a"

static struct arena arena;

static void
fill(uint8_t *at, size_t len, uint8_t with)
{
	memset(at, with, len);
}

static struct link_cursor
cursor(uint64_t position, uint8_t with)
{
	struct link_cursor c = { .position = position, .filter_version = 1 };

	fill(c.log_hash.b, HASH_LEN, with);
	return c;
}

/* ---- The link --------------------------------------------------------------------- */

static void
make_header(struct buf *b)
{
	struct frame_header h = { .type = FRAME_BATCH,
				  .minor = 1,
				  .session = 0x1122334455667788,
				  .frame_no = 42 };

	frame_header_put(buf_grow(b, FRAME_HEADER_LEN), &h);
}

static void
make_hello(struct buf *b)
{
	struct link_hello h = { .role = LINK_CONSUMER,
				.cursor = cursor(412, 0x9f),
				.own_blocks_whole = true,
				.upto = 1000,
				.credit = LINK_CREDIT,
				.minor_min = 1,
				.minor_max = 1,
				.software = slice_str("kusanone 0.1.0"),
				.wall = 1720000000000 };

	fill(h.node.b, NODE_ID_LEN, 0x51);
	link_hello_put(b, &h);
}

static bool
read_hello(struct slice s)
{
	struct link_hello h;

	return link_hello_get(s, &arena, &h) && h.cursor.position == 412 &&
	       h.cursor.log_hash.b[31] == 0x9f && h.node.b[0] == 0x51 &&
	       h.own_blocks_whole && !h.unfiltered && h.upto == 1000 &&
	       slice_eq_str(h.software, "kusanone 0.1.0");
}

static void
make_welcome(struct buf *b)
{
	struct link_welcome w = { .minor = 1,
				  .credit = LINK_CREDIT,
				  .head = cursor(9000, 0x77),
				  .heartbeat_ms = LINK_HEARTBEAT_MS,
				  .wall = 1720000000001 };

	link_welcome_put(b, &w);
}

static bool
read_welcome(struct slice s)
{
	struct link_welcome w;

	return link_welcome_get(s, &arena, &w) && w.head.position == 9000 &&
	       w.heartbeat_ms == 5000 && w.credit == 4194304;
}

static void
make_batch(struct buf *b)
{
	struct slice items[] = { slice_str("one"), slice_str("two") };
	struct link_batch batch = { .batch_no = 7,
				    .after = cursor(10, 1),
				    .through = cursor(20, 2),
				    .items = items,
				    .item_count = 2 };

	link_batch_put(b, &batch);
}

static bool
read_batch(struct slice s)
{
	struct link_batch batch;

	return link_batch_get(s, &arena, &batch) && batch.batch_no == 7 &&
	       batch.through.position == 20 && batch.item_count == 2 &&
	       slice_eq_str(batch.items[1], "two");
}

static void
make_ack(struct buf *b)
{
	struct link_ack ack = { .batch_no = 7,
				.cursor = cursor(20, 2),
				.credit = 123456789 };

	link_ack_put(b, &ack);
}

static bool
read_ack(struct slice s)
{
	struct link_ack ack;

	return link_ack_get(s, &arena, &ack) && ack.batch_no == 7 &&
	       ack.credit == 123456789 && ack.cursor.position == 20;
}

static void
make_status(struct buf *b)
{
	struct link_status status = { .head = 5,
				      .lag = 3,
				      .wall = 1720000000002,
				      .commit_age_ms = 12,
				      .disk_used_percent = 76,
				      .checkpoint = slice_str("checkpoint") };

	link_status_put(b, &status);
}

static bool
read_status(struct slice s)
{
	struct link_status status;

	return link_status_get(s, &arena, &status) && status.head == 5 &&
	       status.disk_used_percent == 76 &&
	       slice_eq_str(status.checkpoint, "checkpoint");
}

static void
make_error(struct buf *b)
{
	struct link_error e = { .code = LINK_OUT_OF_ORDER,
				.error_class = LINK_RETRY_NOW,
				.retry_after_ms = 250,
				.text = "its parent is not held here" };

	fill(e.block.b, HASH_LEN, 0xab);
	link_error_put(b, &e);
}

static bool
read_error(struct slice s)
{
	struct link_error e;

	return link_error_get(s, &arena, &e) && e.code == LINK_OUT_OF_ORDER &&
	       e.error_class == LINK_RETRY_NOW && e.block.b[0] == 0xab &&
	       e.retry_after_ms == 250;
}

static void
make_payload_blocks(struct buf *b)
{
	payload_put_block(b, slice_str("block one"), slice_str("loose"));
	payload_put_block(b, slice_str("block two"), (struct slice){ 0 });
}

static bool
read_payload_blocks(struct slice s)
{
	struct payload_item item;
	size_t at = 0;
	bool bad = false;

	return payload_next_block(s, &at, &item, &bad) &&
	       slice_eq_str(item.loose, "loose") &&
	       payload_next_block(s, &at, &item, &bad) &&
	       slice_eq_str(item.block, "block two") &&
	       !payload_next_block(s, &at, &item, &bad) && !bad;
}

static void
make_payload_entry(struct buf *b)
{
	struct payload_item item = { .first = 100,
				     .hq_ms = 1720000000003,
				     .block = slice_str("block"),
				     .loose = slice_str("loose") };

	fill(item.log_hash.b, HASH_LEN, 0xcd);
	payload_put_entry(b, &item);
}

static bool
read_payload_entry(struct slice s)
{
	struct payload_item item;
	size_t at = 0;
	bool bad = false;

	return payload_next_entry(s, &at, &item, &bad) && item.first == 100 &&
	       item.hq_ms == 1720000000003 && item.log_hash.b[0] == 0xcd &&
	       slice_eq_str(item.block, "block");
}

/* ---- Blocks and records ---------------------------------------------------------- */

static void
make_block(struct buf *b)
{
	struct block_maker maker = { 0 };
	struct node_id node;
	struct hash parent;
	uint8_t seed[32], public_key[SIGN_PUBLIC_LEN], secret[SIGN_SECRET_LEN];

	fill(node.b, NODE_ID_LEN, 0x51);
	fill(parent.b, HASH_LEN, 0x52);
	fill(seed, sizeof(seed), 0x53);
	sign_keypair(public_key, secret, seed);
	struct key_id key = key_id_of(public_key);
	block_begin(&maker, &node, 413, &parent);
	must(block_add(&maker, slice_str("record one")));
	must(block_add(&maker, slice_str("record two")));
	struct block block = block_finish(&maker, 1720000000004, &key, secret);
	buf_put_slice(b, block.bytes);
	block_maker_fini(&maker);
}

static bool
read_block(struct slice s)
{
	struct block block;
	uint8_t seed[32], public_key[SIGN_PUBLIC_LEN], secret[SIGN_SECRET_LEN];

	fill(seed, sizeof(seed), 0x53);
	sign_keypair(public_key, secret, seed);
	return block_parse(s, &block, NULL) && block_verify(&block, public_key) &&
	       block.first_seq == 413 && block.last_seq == 414 &&
	       slice_eq_str(block_record(&block, 1), "record two");
}

static char *
text(const char *s)
{
	return (char *)(uintptr_t)s;
}

static void
put_record(struct buf *b, Kusanone__V1__Record *record)
{
	static uint8_t digest[HASH_LEN];

	fill(digest, sizeof(digest), 0x11);
	record->recorded_ms = 1720000000005;
	record->author = text("officer");
	record->submission = (ProtobufCBinaryData){ HASH_LEN, digest };
	pack_message(&record->base, b);
}

static void
make_event(struct buf *b)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__EventRevision revision = KUSANONE__V1__EVENT_REVISION__INIT;
	Kusanone__V1__Event event = KUSANONE__V1__EVENT__INIT;
	Kusanone__V1__Text title = KUSANONE__V1__TEXT__INIT;
	Kusanone__V1__Text town = KUSANONE__V1__TEXT__INIT;
	Kusanone__V1__Session session = KUSANONE__V1__SESSION__INIT, *sessions = &session;
	Kusanone__V1__Date start = KUSANONE__V1__DATE__INIT;
	Kusanone__V1__Date stated = KUSANONE__V1__DATE__INIT, *dates = &stated;
	Kusanone__V1__DatedBy dated = KUSANONE__V1__DATED_BY__INIT;
	Kusanone__V1__Place place = KUSANONE__V1__PLACE__INIT;
	Kusanone__V1__Count count = KUSANONE__V1__COUNT__INIT;
	Kusanone__V1__Money money = KUSANONE__V1__MONEY__INIT;
	Kusanone__V1__Person person = KUSANONE__V1__PERSON__INIT, *people = &person;
	Kusanone__V1__Report report = KUSANONE__V1__REPORT__INIT;
	static uint8_t base[HASH_LEN], part[HASH_LEN];
	char *holders[] = { text("sfo"), text("lax") };
	ProtobufCBinaryData bases = { HASH_LEN, base };

	fill(base, HASH_LEN, 0x21);
	fill(part, HASH_LEN, 0x22);
	title.ja = text("水素ウェビナー");
	title.en = text("Hydrogen Webinar");
	start.value = text("2024-03-31T16:00");
	start.zone = text("America/Los_Angeles");
	start.utc_offset_minutes = -420;
	dated.local = text("2024-03-31");
	dated.tokyo = text("2024-04-01");
	town.en = text("Los Angeles");
	place.municipality = &town;
	place.state = text("CA");
	session.id = text("s1");
	session.status = KUSANONE__V1__STATUS__STATUS_HELD;
	session.start = &start;
	session.dated_by = &dated;
	session.place = &place;
	stated.value = text("2024-02");
	count.value = 120;
	count.bound = KUSANONE__V1__BOUND__BOUND_AT_LEAST;
	money.jpy = 1500000;
	money.bound = KUSANONE__V1__BOUND__BOUND_ABOUT;
	person.part_hash = (ProtobufCBinaryData){ HASH_LEN, part };
	person.kind = text("mayor");
	report.filed_on = text("2024-07");
	event.id = text(ID);
	event.source_key = text("seed-1");
	event.recorder = text("sfo");
	event.holders = holders;
	event.n_holders = 2;
	event.title = &title;
	event.format = text("webinar");
	event.sessions = &sessions;
	event.n_sessions = 1;
	event.stated_dates = &dates;
	event.n_stated_dates = 1;
	event.participants = &count;
	event.budget_planned = &money;
	event.people = &people;
	event.n_people = 1;
	event.report = &report;
	revision.bases = &bases;
	revision.n_bases = 1;
	revision.event = &event;
	record.body_case = KUSANONE__V1__RECORD__BODY_EVENT_REVISION;
	record.event_revision = &revision;
	put_record(b, &record);
}

static bool
read_event(struct slice s)
{
	struct record r;

	return record_decode(s, &arena, &r, NULL) && r.body == BODY_EVENT_REVISION &&
	       r.revision.base_count == 1 && r.revision.event.session_count == 1 &&
	       r.revision.event.sessions[0].dated[RULE_TOKYO].month == 4 &&
	       r.revision.event.participants.bound == BOUND_AT_LEAST &&
	       r.revision.event.budget_planned.value == 1500000 &&
	       r.revision.event.people_count == 1 && r.revision.event.has_report;
}

static void
make_answer(struct buf *b)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__CohostAnswer body = KUSANONE__V1__COHOST_ANSWER__INIT;

	body.event_id = text(ID);
	body.post = text("lax");
	body.answer = KUSANONE__V1__ANSWER__ANSWER_CONFIRMED;
	body.note = text("資料1");
	record.body_case = KUSANONE__V1__RECORD__BODY_COHOST_ANSWER;
	record.cohost_answer = &body;
	put_record(b, &record);
}

static bool
read_answer(struct slice s)
{
	struct record r;

	return record_decode(s, &arena, &r, NULL) && r.body == BODY_COHOST_ANSWER &&
	       r.cohost_answer.answer == ANSWER_CONFIRMED &&
	       slice_eq_str(r.cohost_answer.post, "lax");
}

static void
make_enrolment(struct buf *b)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Enrolment body = KUSANONE__V1__ENROLMENT__INIT;
	static uint8_t node[NODE_ID_LEN], curve[32], sign[32];
	char *posts[] = { text("bna") };

	fill(node, sizeof(node), 0x31);
	fill(curve, sizeof(curve), 0x32);
	fill(sign, sizeof(sign), 0x33);
	body.node_id = (ProtobufCBinaryData){ sizeof(node), node };
	body.name = text("bna");
	body.curve_key = (ProtobufCBinaryData){ sizeof(curve), curve };
	body.sign_key = (ProtobufCBinaryData){ sizeof(sign), sign };
	body.role = KUSANONE__V1__NODE_ROLE__NODE_ROLE_POST;
	body.posts = posts;
	body.n_posts = 1;
	record.body_case = KUSANONE__V1__RECORD__BODY_ENROLMENT;
	record.enrolment = &body;
	put_record(b, &record);
}

static bool
read_enrolment(struct slice s)
{
	struct record r;

	return record_decode(s, &arena, &r, NULL) && r.body == BODY_ENROLMENT &&
	       r.enrolment.role == NODE_POST && r.enrolment.posts.count == 1 &&
	       r.enrolment.sign_key[0] == 0x33;
}

static void
make_figure(struct buf *b)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__PublishedFigure body = KUSANONE__V1__PUBLISHED_FIGURE__INIT;

	body.measure = text("events");
	body.fiscal_year_from = 2017;
	body.fiscal_year_to = 2023;
	body.value = 1188;
	body.bound = KUSANONE__V1__BOUND__BOUND_EXACT;
	record.body_case = KUSANONE__V1__RECORD__BODY_PUBLISHED_FIGURE;
	record.published_figure = &body;
	put_record(b, &record);
}

static bool
read_figure(struct slice s)
{
	struct record r;

	return record_decode(s, &arena, &r, NULL) && r.body == BODY_PUBLISHED_FIGURE &&
	       r.figure.value.value == 1188 && r.figure.from == 2017 &&
	       r.figure.to == 2023;
}

/* A body of a newer program: field 99. */
static void
make_unknown(struct buf *b)
{
	static const uint8_t bytes[] = { 0x08, 0x05, 0x9a, 0x06, 0x05,
					 'n',  'e',  'w',  'e',  'r' };

	buf_put(b, bytes, sizeof(bytes));
}

static bool
read_unknown(struct slice s)
{
	struct record r;

	return record_decode(s, &arena, &r, NULL) && r.body == 99 && r.recorded_ms == 5;
}

static void
make_receipt_item(struct buf *b)
{
	Kusanone__V1__StreamItem item = KUSANONE__V1__STREAM_ITEM__INIT;
	Kusanone__V1__BlockReceipt receipt = KUSANONE__V1__BLOCK_RECEIPT__INIT;
	static uint8_t hash[HASH_LEN];

	fill(hash, sizeof(hash), 0x61);
	receipt.hash = (ProtobufCBinaryData){ HASH_LEN, hash };
	receipt.last_seq = 412;
	receipt.position = 9001;
	item.item_case = KUSANONE__V1__STREAM_ITEM__ITEM_RECEIPT;
	item.receipt = &receipt;
	pack_message(&item.base, b);
}

static bool
read_receipt_item(struct slice s)
{
	const Kusanone__V1__StreamItem *item =
		(const Kusanone__V1__StreamItem *)unpack_message(
			&kusanone__v1__stream_item__descriptor, s, &arena, NULL);

	return item != NULL &&
	       item->item_case == KUSANONE__V1__STREAM_ITEM__ITEM_RECEIPT &&
	       item->receipt->position == 9001;
}

static bool
read_header(struct slice s)
{
	struct frame frame;
	struct slice parts[2] = { s, slice_str("") };

	return frame_read(parts, 2, &frame) == FRAME_GOOD &&
	       frame.header.frame_no == 42 && frame.header.session == 0x1122334455667788;
}

static const struct {
	const char *name;
	void (*make)(struct buf *);
	bool (*read)(struct slice);
} goldens[] = {
	{ "frame_header", make_header, read_header },
	{ "link_hello", make_hello, read_hello },
	{ "link_welcome", make_welcome, read_welcome },
	{ "link_batch", make_batch, read_batch },
	{ "link_ack", make_ack, read_ack },
	{ "link_status", make_status, read_status },
	{ "link_error", make_error, read_error },
	{ "payload_blocks", make_payload_blocks, read_payload_blocks },
	{ "payload_entry", make_payload_entry, read_payload_entry },
	{ "block", make_block, read_block },
	{ "record_event", make_event, read_event },
	{ "record_cohost_answer", make_answer, read_answer },
	{ "record_enrolment", make_enrolment, read_enrolment },
	{ "record_published_figure", make_figure, read_figure },
	{ "record_unknown_body", make_unknown, read_unknown },
	{ "item_receipt", make_receipt_item, read_receipt_item },
};

static bool
read_file(const char *path, struct buf *ret)
{
	FILE *f = fopen(path, "r");
	int c;

	if (f == NULL) {
		return false;
	}
	while ((c = fgetc(f)) != EOF) {
		if (c != '\n') {
			buf_put_u8(ret, (uint8_t)c);
		}
	}
	fclose(f);
	return true;
}

static bool
write_file(const char *path, struct slice bytes)
{
	FILE *f = fopen(path, "wx");

	if (f == NULL) {
		return false;
	}
	for (size_t i = 0; i < bytes.len; i++) {
		fprintf(f, "%02x%s", bytes.at[i], i % 40 == 39 ? "\n" : "");
	}
	fputs("\n", f);
	return fclose(f) == 0;
}

static const char *
check(const char *path, size_t i)
{
	struct buf hex = { 0 }, made = { 0 };
	const char *why = NULL;

	if (!read_file(path, &hex)) {
		return "its file is not there";
	}
	uint8_t *bytes = arena_alloc(&arena, hex.len / 2);
	if (!hex_parse(buf_slice(&hex), bytes, hex.len / 2)) {
		why = "its file is no hex";
	} else if (!goldens[i].read(slice_of(bytes, hex.len / 2))) {
		why = "it is read wrongly";
	} else {
		goldens[i].make(&made);
		if (!slice_eq(buf_slice(&made), slice_of(bytes, hex.len / 2))) {
			why = "the same values give other bytes";
		}
	}
	buf_fini(&hex);
	buf_fini(&made);
	return why;
}

int
main(int argc, char **argv)
{
	bool write = argc == 3 && strcmp(argv[1], "--write") == 0;
	int failed = 0;

	if (argc != (write ? 3 : 2)) {
		fprintf(stderr, "usage: wire_golden [--write] DIR\n");
		return 2;
	}
	hash_init();
	for (size_t i = 0; i < ARRAY_LEN(goldens); i++) {
		const char *path = arena_printf(&arena, "%s/%s.hex", argv[argc - 1],
						goldens[i].name);
		struct buf made = { 0 };

		if (write) {
			goldens[i].make(&made);
			if (write_file(path, buf_slice(&made))) {
				printf("wrote %s\n", path);
			}
			buf_fini(&made);
			continue;
		}
		const char *why = check(path, i);
		if (why == NULL) {
			printf("ok wire/%s\n", goldens[i].name);
		} else {
			printf("FAIL wire/%s: %s\n", goldens[i].name, why);
		}
		failed += why != NULL;
	}
	arena_fini(&arena);
	return failed != 0;
}
