#include <inttypes.h>
#include <unistd.h>

#include "fixture.h"
#include "lib/base/wire.h"

#define ID_A "018bcfe5-6800-7000-8000-00000000000a"
#define ID_B "018bcfe5-6800-7000-8000-00000000000b"
#define ID_C "018bcfe5-6800-7000-8000-00000000000c"

static struct post *
linked_post(void)
{
	return post_new_as(NODE_POST, true);
}

/* The blocks that went up in the last turn. */
static size_t
sent_blocks(struct post *p, struct block *ret, size_t max)
{
	struct payload_item item;
	struct frame frame;
	size_t n = 0;
	bool bad;

	for (unsigned i = 0; get_frame(p, UP, FRAME_BATCH, i, &frame); i++) {
		size_t at = 0;

		while (payload_next_block(frame.payload, &at, &item, &bad)) {
			must(n < max);
			ret[n++] = parse(slice_of(
				arena_dup(&p->arena, item.block.at, item.block.len),
				item.block.len));
		}
		must(!bad);
	}
	return n;
}

static void
say_event(struct post *p, const char *id, const char *title)
{
	submit_good(p, event_submission(p, an_event(p, id, title)));
}

static void
test_link__up_waits_until_down_has_caught_up(void **state)
{
	(void)state;
	struct post *p = linked_post();
	struct block sent[4];
	struct frame frame;

	say_event(p, ID_A, "案件");
	p->head.position = 5;
	assert_int_equal(hq_wait_hello(p, DOWN).cursor.position, 0);
	hq_welcome(p, DOWN);
	post_turn(p);
	for (unsigned i = 0; i < 5; i++) {
		post_turn(p);
		assert_false(get_frame(p, UP, FRAME_HELLO, 0, &frame));
	}
	hq_batch(p, 4, NULL, 0);
	post_turn(p);
	assert_false(get_frame(p, UP, FRAME_HELLO, 0, &frame));
	hq_batch(p, 5, NULL, 0);
	assert_true(get_frame(p, DOWN, FRAME_ACK, 0, &frame));
	post_turn(p);
	assert_true(get_frame(p, UP, FRAME_HELLO, 0, &frame));
	hq_welcome(p, UP);
	post_turn(p);
	assert_int_equal(sent_blocks(p, sent, 4), 1);
	assert_true(hash_eq(&sent[0].hash, &p->core->journal.tip));
	post_free(p);
}

static void
test_link__a_block_goes_up_in_the_turn_that_committed_it(void **state)
{
	(void)state;
	struct post *p = linked_post();
	struct block sent[4];

	hq_connect(p);
	post_turn(p);
	say_event(p, ID_A, "案件");
	assert_int_equal(sent_blocks(p, sent, 4), 1);
	post_turn(p);
	assert_int_equal(sent_blocks(p, sent, 4), 0); /* Once a session. */

	/* Not if the commit failed. */
	store_fail_commit(p->store, 1, ERR_DISK_FULL);
	(void)put_submission(p, event_submission(p, an_event(p, ID_B, "次")));
	assert_int_equal(post_turn_err(p), ERR_DISK_FULL);
	assert_int_equal(sent_blocks(p, sent, 4), 0);
	post_free(p);
}

static void
test_link__what_has_no_receipt_is_sent_again_and_nothing_else(void **state)
{
	(void)state;
	struct post *p = linked_post();
	struct block sent[8];

	hq_connect(p);
	say_event(p, ID_A, "一");
	struct hash first = p->core->journal.tip;
	say_event(p, ID_B, "二");
	hq_ack(p, 2);
	post_turn(p);
	Kusanone__V1__StreamItem *item = receipt_item(p, &first, 1);
	hq_batch(p, 1, &item, 1);
	assert_int_equal(p->core->journal.waiting, 1);

	/* An ACK serves its session only: after the next connect the second goes again.
	 */
	hq_error(p, UP, LINK_BUSY);
	(void)hq_wait_hello(p, UP);
	hq_welcome(p, UP);
	post_turn(p);
	assert_int_equal(sent_blocks(p, sent, 8), 1);
	assert_int_equal(sent[0].first_seq, 2);

	/* Over a restart, too. */
	post_restart(p);
	p->head.position = 1;
	hq_connect(p);
	post_turn(p);
	assert_int_equal(sent_blocks(p, sent, 8), 1);
	assert_int_equal(sent[0].first_seq, 2);
	post_free(p);
}

/* ---- Receipts that wait ---------------------------------------------------------- */

static void
test_receipt__waits_for_headquarters_or_its_time(void **state)
{
	(void)state;
	struct post *p = linked_post();
	Kusanone__V1__Submission *s = event_submission(p, an_event(p, ID_A, "案件"));
	uint64_t request;

	hq_connect(p);
	post_turn(p);
	s->wait_ms = 5000;
	request = put_submission(p, s);
	post_turn(p);
	assert_null(told_of(p, request).receipt);
	post_turn(p);
	assert_null(told_of(p, request).receipt);
	hq_ack(p, 1);
	post_turn(p);
	const Kusanone__V1__Receipt *r = told_of(p, request).receipt;
	assert_non_null(r);
	assert_int_equal(r->reach, KUSANONE__V1__REACH__REACH_AT_HEADQUARTERS);
	assert_int_equal(r->seq, 1);

	/* No answer from there: what is known when the time is over. */
	s = event_submission(p, an_event(p, ID_B, "次"));
	s->wait_ms = 200;
	request = put_submission(p, s);
	post_turn(p);
	msec_t asked = p->now;
	assert_int_equal(node_deadline(&p->node), asked + 200);
	p->now = asked + 199 - 10;
	post_turn(p);
	assert_null(told_of(p, request).receipt);
	p->now = asked + 200 - 10;
	post_turn(p);
	r = told_of(p, request).receipt;
	assert_int_equal(r->reach, KUSANONE__V1__REACH__REACH_ON_DISK);

	/* The receipt of a repeat knows the position, once it is known. */
	Kusanone__V1__StreamItem *item = receipt_item(p, &p->core->journal.tip, 77);
	hq_batch(p, 77, &item, 1);
	s->wait_ms = 60000;
	r = submit_good(p, s);
	assert_true(r->repeated);
	assert_int_equal(r->reach, KUSANONE__V1__REACH__REACH_AT_HEADQUARTERS);
	assert_int_equal(r->position, 77);
	const Kusanone__V1__EventReply *shown = ask_event(p, ID_B);
	assert_int_equal(shown->reach, KUSANONE__V1__REACH__REACH_AT_HEADQUARTERS);
	assert_int_equal(shown->hq_position, 77);
	assert_string_equal(shown->hq_verdict, "counts");
	post_free(p);
}

static void
test_receipt__alone_nobody_waits(void **state)
{
	(void)state;
	struct post *p = post_new();
	Kusanone__V1__Submission *s = event_submission(p, an_event(p, ID_A, "案件"));

	s->wait_ms = 5000;
	assert_int_equal(submit_good(p, s)->reach, KUSANONE__V1__REACH__REACH_ON_DISK);
	post_free(p);
}

/* ---- Headquarters as a backup ---------------------------------------------------- */

static void
copy_journal(struct post *p, const char *from, const char *to)
{
	char command[300];

	snprintf(command, sizeof(command), "rm -rf %s/%s && cp -r %s/%s %s/%s", p->dir,
		 to, p->dir, from, p->dir, to);
	must(system(command) == 0);
}

static void
test_backup__a_restored_copy_that_worked_on_keeps_both_branches(void **state)
{
	(void)state;
	struct post *p = linked_post();
	struct slice lost[8], blocks[8];

	/* A day's work, a copy, another day's work that headquarters has. */
	say_event(p, ID_A, "月曜");
	struct hash monday = p->core->journal.tip;
	post_close(p);
	copy_journal(p, "journal", "copy");
	post_open(p);
	Kusanone__V1__Event *e = new_event(p);
	e->format = STR("webinar");
	submit_good(p, patch_submission(p, ID_A, NULL, e, PATHS("format")));
	say_event(p, ID_B, "火曜");
	assert_int_equal(journal_blocks(p, lost, 8), 3);

	/* The disk dies; the copy is put back and works without a link. */
	post_close(p);
	copy_journal(p, "copy", "journal");
	post_open(p);
	e = new_event(p);
	e->category = STR("trade");
	submit_good(p, patch_submission(p, ID_A, NULL, e, PATHS("category")));
	assert_int_equal(p->core->journal.tip_seq, 2);

	/* Down says of blocks that are not here ... */
	p->head.position = 3;
	assert_false(hq_wait_hello(p, DOWN).own_blocks_whole);
	hq_welcome(p, DOWN);
	post_turn(p);
	struct block b2 = parse(lost[1]);
	Kusanone__V1__StreamItem *receipts[] = { receipt_item(p, &monday, 1),
						 receipt_item(p, &b2.hash, 2) };
	hq_batch(p, 2, receipts, 2);
	/* ... the cursor does not pass them, and they are asked for whole. */
	assert_int_equal(p->core->journal.cursor.position, 0);
	struct link_hello hello = hq_wait_hello(p, DOWN);
	assert_true(hello.own_blocks_whole);
	assert_int_equal(hello.cursor.position, 0);
	hq_welcome(p, DOWN);
	post_turn(p);
	Kusanone__V1__StreamItem *whole[] = {
		own_block_item(p, lost[0], (struct slice){ 0 }, 1),
		own_block_item(p, lost[1], (struct slice){ 0 }, 2),
		own_block_item(p, lost[2], (struct slice){ 0 }, 3),
	};
	hq_batch(p, 3, whole, 3);
	assert_int_equal(p->core->journal.cursor.position, 3);
	assert_int_equal(journal_blocks(p, blocks, 8), 4);
	assert_int_equal(p->core->journal.waiting, 1); /* Its own new one. */

	/* Both edits are in force; the branch is shown. */
	const Kusanone__V1__EventReply *shown = ask_event(p, ID_A);
	assert_string_equal(shown->event->format, "webinar");
	assert_string_equal(shown->event->category, "trade");
	assert_int_equal(shown->n_heads, 2);
	assert_non_null(ask_event(p, ID_B));
	const Kusanone__V1__StatusReply *status = ask_status(p);
	assert_int_equal(status->n_branches, 2);
	assert_non_null(strstr(status->alarms[0]->en, "two machines with one key"));

	/* Complete again, receipts are enough; then the new block goes up on its branch.
	 */
	assert_false(hq_wait_hello(p, DOWN).own_blocks_whole);
	hq_welcome(p, DOWN);
	post_turn(p);
	(void)hq_wait_hello(p, UP);
	hq_welcome(p, UP);
	post_turn(p);
	struct block sent[4];
	assert_int_equal(sent_blocks(p, sent, 4), 1);
	assert_true(hash_eq(&sent[0].parent, &monday));

	/* The next edit joins the branches. */
	e = new_event(p);
	e->series = STR("s");
	submit_good(p, patch_submission(p, ID_A, NULL, e, PATHS("series")));
	shown = ask_event(p, ID_A);
	assert_int_equal(shown->n_heads, 1);
	assert_string_equal(shown->event->format, "webinar");
	assert_string_equal(shown->event->category, "trade");
	post_free(p);
}

/* A new machine of an old node: nothing but its keys, and those are new. */
static void
test_backup__a_new_machine_gets_everything_back_and_goes_on_from_there(void **state)
{
	(void)state;
	struct post *p = linked_post();
	struct slice lost[8];
	struct intake_key old_key = p->config.keys[0], new_key;
	Kusanone__V1__Event *e = an_event(p, ID_A, "案件");

	add_person(p, e, "Jane Doe");
	submit_good(p, event_submission(p, e));
	say_event(p, ID_B, "次");
	hq_connect(p);
	post_turn(p);
	struct frame frame;
	struct payload_item item;
	size_t at = 0;
	bool bad;
	assert_true(get_frame(p, UP, FRAME_BATCH, 0, &frame));
	assert_true(payload_next_block(frame.payload, &at, &item, &bad));
	struct slice loose = slice_of(arena_dup(&p->arena, item.loose.at, item.loose.len),
				      item.loose.len);
	assert_int_equal(journal_blocks(p, lost, 8), 2);
	assert_true(loose.len != 0);

	post_close(p);
	char command[128];
	snprintf(command, sizeof(command), "rm -rf %s/journal", p->dir);
	must(system(command) == 0);
	post_keys(&new_key, 66);
	p->config.keys[0] = new_key;
	post_open(p);

	p->head.position = 4;
	(void)hq_wait_hello(p, DOWN);
	hq_welcome(p, DOWN);
	post_turn(p);
	struct block first = parse(lost[0]);
	Kusanone__V1__StreamItem *receipt = receipt_item(p, &first.hash, 2);
	hq_batch(p, 2, &receipt, 1);
	assert_true(hq_wait_hello(p, DOWN).own_blocks_whole);
	hq_welcome(p, DOWN);
	post_turn(p);

	/* The old key is known from its enrolment, which comes before the blocks. */
	Kusanone__V1__Record *enrolment = new_record(p);
	enrolment->body_case = KUSANONE__V1__RECORD__BODY_ENROLMENT;
	enrolment->enrolment = new_enrolment(p);
	enrolment->enrolment->node_id = pb_slice(slice_of(p->config.node.b, NODE_ID_LEN));
	enrolment->enrolment->name = STR("sfo");
	enrolment->enrolment->role = KUSANONE__V1__NODE_ROLE__NODE_ROLE_POST;
	enrolment->enrolment->curve_key = pb_slice(slice_of(old_key.curve_public, 32));
	enrolment->enrolment->sign_key =
		pb_slice(slice_of(old_key.sign_public, SIGN_PUBLIC_LEN));
	SET_LIST(p, enrolment->enrolment, posts, "sfo");
	Kusanone__V1__StreamItem *items[] = {
		record_item(p, enrolment, 1),
		own_block_item(p, lost[0], loose, 2),
		own_block_item(p, lost[1], (struct slice){ 0 }, 4),
	};
	hq_batch(p, 4, items, 3);
	assert_int_equal(p->core->journal.cursor.position, 4);
	assert_int_equal(p->core->journal.waiting, 0);
	assert_string_equal(ask_event(p, ID_A)->event->people[0]->name, "Jane Doe");

	/* It had written nothing: its next block continues the old chain. */
	struct block last = parse(lost[1]);
	say_event(p, ID_C, "新しい機械");
	assert_int_equal(p->core->journal.tip_seq, 3);
	struct slice blocks[8];
	size_t n = journal_blocks(p, blocks, 8);
	struct block newest = parse(blocks[n - 1]);
	assert_true(hash_eq(&newest.parent, &last.hash));
	assert_int_equal(ask_status(p)->n_branches, 0);
	post_free(p);
}

static void
test_backup__what_cannot_be_ours_is_not_taken(void **state)
{
	(void)state;
	struct post *p = linked_post();
	struct slice blocks[8];
	struct intake_key stranger;
	struct block_maker maker = { 0 };

	say_event(p, ID_A, "一");
	say_event(p, ID_B, "二");
	size_t n = journal_blocks(p, blocks, 8);
	post_keys(&stranger, 99);
	struct key_id stranger_id = key_id_of(stranger.sign_public);
	struct block mine = parse(blocks[n - 1]);

	/* By an unknown key; of another node; with a flipped bit; without its parent. */
	struct slice wrong[4];
	block_begin(&maker, &p->config.node, 3, &mine.hash);
	must(block_add(&maker, block_record(&mine, 0)));
	struct block b = block_finish(&maker, 1, &stranger_id, stranger.sign_secret);
	wrong[0] = slice_of(arena_dup(&p->arena, b.bytes.at, b.bytes.len), b.bytes.len);
	struct node_id other = { { 9 } };
	struct key_id id = key_id_of(p->config.keys[0].sign_public);
	block_begin(&maker, &other, 1, &(struct hash){ { 0 } });
	must(block_add(&maker, block_record(&mine, 0)));
	b = block_finish(&maker, 1, &id, p->config.keys[0].sign_secret);
	wrong[1] = slice_of(arena_dup(&p->arena, b.bytes.at, b.bytes.len), b.bytes.len);
	uint8_t *flipped = arena_dup(&p->arena, blocks[0].at, blocks[0].len);
	flipped[BLOCK_HEADER_LEN + 10] ^= 1;
	wrong[2] = slice_of(flipped, blocks[0].len);
	struct hash nowhere = { { 5 } };
	block_begin(&maker, &p->config.node, 9, &nowhere);
	must(block_add(&maker, block_record(&mine, 0)));
	b = block_finish(&maker, 1, &id, p->config.keys[0].sign_secret);
	wrong[3] = slice_of(arena_dup(&p->arena, b.bytes.at, b.bytes.len), b.bytes.len);

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		p->head.position = 9;
		(void)hq_wait_hello(p, DOWN);
		hq_welcome(p, DOWN);
		post_turn(p);
		/* Nothing of the batch is applied, not even what stands before. */
		Kusanone__V1__StreamItem *items[] = {
			receipt_item(p, &mine.hash, 2),
			own_block_item(p, wrong[i], (struct slice){ 0 }, 3),
		};
		hq_batch(p, 3, items, 2);
		assert_int_equal(p->core->journal.cursor.position, 0);
		assert_int_equal(p->core->journal.waiting, 2);
		assert_int_equal(p->core->down.dialer.state, DIALER_BACKOFF);
		assert_true(p->core->alarm[0] != '\0');
		assert_int_equal(journal_blocks(p, blocks, 8), 2);
	}
	block_maker_fini(&maker);
	post_free(p);
}

/* ---- Headquarters' words --------------------------------------------------------- */

static Kusanone__V1__Record *
figure_record(struct post *p, int64_t value)
{
	Kusanone__V1__Record *record = new_record(p);

	record->body_case = KUSANONE__V1__RECORD__BODY_PUBLISHED_FIGURE;
	record->published_figure = new_published_figure(p);
	record->published_figure->measure = STR("events");
	record->published_figure->fiscal_year_from = 2017;
	record->published_figure->fiscal_year_to = 2023;
	record->published_figure->value = value;
	return record;
}

static void
test_down__a_reset_takes_it_all_again_and_keeps_the_journal(void **state)
{
	(void)state;
	struct post *p = linked_post();
	struct slice blocks[8];
	struct block sent[8];

	say_event(p, ID_A, "案件");
	hq_connect(p);
	post_turn(p);
	Kusanone__V1__StreamItem *items[] = {
		record_item(p, figure_record(p, 1188), 1),
		receipt_item(p, &p->core->journal.tip, 2),
	};
	hq_batch(p, 2, items, 2);
	assert_int_equal(p->core->fold.figures.count, 1);
	assert_int_equal(p->core->journal.waiting, 0);

	hq_error(p, DOWN, LINK_RESET);
	assert_int_equal(p->core->journal.cursor.position, 0);
	assert_int_equal(p->core->fold.figures.count, 0);
	assert_int_equal(p->core->journal.waiting, 1);
	assert_int_equal(journal_blocks(p, blocks, 8), 1);
	assert_string_equal(ask_event(p, ID_A)->row->title->ja, "案件");

	/* The receipts went with the cursor: its block goes up again. */
	hq_error(p, UP, LINK_BUSY);
	p->head.position = 0;
	assert_int_equal(hq_wait_hello(p, DOWN).cursor.position, 0);
	hq_welcome(p, DOWN);
	post_turn(p);
	(void)hq_wait_hello(p, UP);
	hq_welcome(p, UP);
	post_turn(p);
	assert_int_equal(sent_blocks(p, sent, 8), 1);

	Kusanone__V1__StreamItem *again = record_item(p, figure_record(p, 1189), 1);
	hq_batch(p, 1, &again, 1);
	assert_int_equal(p->core->fold.figures.count, 1);

	/* A restart folds the same over the hole that the reset left. */
	struct intake other;
	const char *table = NULL;
	intake_init(&other, &p->config, p->store);
	assert_int_equal(intake_open(&other, p->now, p->wall), OK);
	if (!fold_eq(&p->core->fold, &other.fold, &table)) {
		fail_msg("table %s differs", table);
	}
	intake_fini(&other);
	post_free(p);
}

static void
test_down__a_reset_begins_the_link_up_anew(void **state)
{
	(void)state;
	struct post *p = linked_post();
	struct block sent[4];

	say_event(p, ID_A, "案件");
	hq_connect(p);
	post_turn(p);
	assert_int_equal(sent_blocks(p, sent, 4), 1);
	Kusanone__V1__StreamItem *item = receipt_item(p, &sent[0].hash, 1);
	hq_batch(p, 1, &item, 1);

	/* Headquarters remembers another past, in which the block never came; the link up
	 * has passed it, and works. */
	hq_error(p, DOWN, LINK_RESET);
	assert_int_not_equal(p->core->up.dialer.state, DIALER_LIVE);
	(void)hq_wait_hello(p, DOWN);
	hq_welcome(p, DOWN);
	post_turn(p);
	(void)hq_wait_hello(p, UP);
	hq_welcome(p, UP);
	post_turn(p);
	assert_int_equal(sent_blocks(p, sent, 4), 1);
	assert_true(hash_eq(&sent[0].hash, &p->core->journal.tip));
	post_free(p);
}

static void
test_down__a_failed_commit_is_not_acknowledged_and_comes_again(void **state)
{
	(void)state;
	struct post *p = linked_post();
	struct frame frame;

	hq_connect(p);
	post_turn(p);
	Kusanone__V1__StreamItem *item = record_item(p, figure_record(p, 1188), 1);
	struct link_batch batch = { .batch_no = 1,
				    .through = { .position = 1, .filter_version = 1 } };
	struct slice packed = pack_in_arena(&item->base, &p->arena);
	struct buf body = { 0 };
	batch.after.filter_version = 1;
	batch.items = &packed;
	batch.item_count = 1;
	link_batch_put(&body, &batch);
	hq_put(p, DOWN, FRAME_BATCH, buf_slice(&body));
	buf_fini(&body);
	store_fail_commit(p->store, 1, ERR_DISK_FULL);
	assert_int_equal(post_turn_err(p), ERR_DISK_FULL);
	assert_false(get_frame(p, DOWN, FRAME_ACK, 0, &frame));
	assert_int_equal(p->core->journal.cursor.position, 0);
	assert_int_equal(p->core->fold.figures.count, 0);

	assert_int_equal(hq_wait_hello(p, DOWN).cursor.position, 0);
	p->head.position = 1;
	hq_welcome(p, DOWN);
	post_turn(p);
	hq_batch(p, 1, &item, 1);
	assert_true(get_frame(p, DOWN, FRAME_ACK, 0, &frame));
	assert_int_equal(p->core->journal.cursor.position, 1);
	assert_int_equal(p->core->fold.figures.count, 1);
	post_free(p);
}

#define RETIRED KUSANONE__V1__REVOCATION_KIND__REVOCATION_KIND_RETIRED
#define STOLEN  KUSANONE__V1__REVOCATION_KIND__REVOCATION_KIND_STOLEN
#define GENUINE KUSANONE__V1__REVOCATION_KIND__REVOCATION_KIND_GENUINE

static Kusanone__V1__Record *
revocation_of(struct post *p, const struct intake_key *key,
	      Kusanone__V1__RevocationKind kind)
{
	Kusanone__V1__Record *record = new_record(p);

	record->body_case = KUSANONE__V1__RECORD__BODY_REVOCATION;
	record->revocation = new_revocation(p);
	record->revocation->node_id = pb_slice(slice_of(p->config.node.b, NODE_ID_LEN));
	record->revocation->sign_key =
		pb_slice(slice_of(key->sign_public, SIGN_PUBLIC_LEN));
	record->revocation->kind = kind;
	record->revocation->from_position = 1;
	return record;
}

static void
test_down__a_verdict_is_shown_with_the_event(void **state)
{
	(void)state;
	struct post *p = linked_post();
	struct hash head;
	Kusanone__V1__StreamItem *item = new_stream_item(p);

	say_event(p, ID_A, "案件");
	must(hex_parse(slice_str(ask_event(p, ID_A)->heads[0]), head.b, HASH_LEN));
	hq_connect(p);
	post_turn(p);
	item->item_case = KUSANONE__V1__STREAM_ITEM__ITEM_VERDICT;
	item->verdict = new_verdict_notice(p);
	item->verdict->position = 1;
	item->verdict->record_hash = pb_slice(hash_slice(&head));
	item->verdict->verdict = STR("forbidden");
	Kusanone__V1__StreamItem *items[] = { receipt_item(p, &p->core->journal.tip, 1),
					      item };
	hq_batch(p, 1, items, 2);
	assert_string_equal(ask_event(p, ID_A)->hq_verdict, "forbidden");
	post_free(p);
}

static Kusanone__V1__StreamItem *
stolen_verdict(struct post *p, const char *event_id, uint64_t position)
{
	Kusanone__V1__StreamItem *item = new_stream_item(p);
	struct hash head;

	must(hex_parse(slice_str(ask_event(p, event_id)->heads[0]), head.b, HASH_LEN));
	item->item_case = KUSANONE__V1__STREAM_ITEM__ITEM_VERDICT;
	item->verdict = new_verdict_notice(p);
	item->verdict->position = position;
	item->verdict->record_hash =
		pb_slice(slice_of(arena_dup(&p->arena, head.b, HASH_LEN), HASH_LEN));
	item->verdict->verdict = STR("stolen");
	return item;
}

/* A revocation speaks of positions in headquarters' log, not of this journal's numbers.
 */
static void
test_down__what_a_stolen_key_signed_is_shown_by_headquarters_positions(void **state)
{
	(void)state;
	static const char *const ids[] = { ID_A, ID_B, ID_C };
	static const uint64_t positions[] = { 40, 50, 70 };
	struct post *p = linked_post();
	Kusanone__V1__StreamItem *items[4];

	hq_connect(p);
	post_turn(p);
	for (size_t i = 0; i < 3; i++) {
		say_event(p, ids[i], "案件");
		items[i] = receipt_item(p, &p->core->journal.tip, positions[i]);
	}
	/* Two came before the revocation, and one after it, with its verdict. */
	hq_batch(p, 50, items, 2);
	assert_string_equal(ask_event(p, ID_B)->hq_verdict, "counts");
	Kusanone__V1__Record *theft = revocation_of(p, &p->config.keys[0], STOLEN);
	theft->revocation->from_position = 50;
	items[0] = record_item(p, theft, 60);
	items[1] = items[2];
	items[2] = stolen_verdict(p, ID_C, 70);
	hq_batch(p, 70, items, 3);
	assert_string_equal(ask_event(p, ID_A)->hq_verdict, "counts");
	assert_string_equal(ask_event(p, ID_B)->hq_verdict, "stolen");
	assert_string_equal(ask_event(p, ID_C)->hq_verdict, "stolen");
	assert_string_equal(ask_event(p, ID_B)->history[0]->verdict, "stolen");
	assert_string_equal(ask_event(p, ID_B)->row->title->ja, "案件");

	/* It was genuine: all of it counts. */
	items[0] = record_item(p, revocation_of(p, &p->config.keys[0], GENUINE), 80);
	hq_batch(p, 80, items, 1);
	for (size_t i = 0; i < 3; i++) {
		assert_string_equal(ask_event(p, ids[i])->hq_verdict, "counts");
		assert_string_equal(ask_event(p, ids[i])->history[0]->verdict, "counts");
	}
	post_free(p);
}

static void
test_up__out_of_order_listens_first(void **state)
{
	(void)state;
	struct post *p = linked_post();
	struct frame frame;

	say_event(p, ID_A, "案件");
	hq_connect(p);
	post_turn(p);
	p->head.position = 3;
	hq_error(p, UP, LINK_OUT_OF_ORDER);
	(void)hq_wait_hello(p, DOWN);
	hq_welcome(p, DOWN);
	post_turn(p);
	for (unsigned i = 0; i < 3; i++) {
		p->now += 2000;
		post_turn(p);
		assert_false(get_frame(p, UP, FRAME_HELLO, 0, &frame));
	}
	hq_batch(p, 3, NULL, 0);
	(void)hq_wait_hello(p, UP);
	post_free(p);
}

/* ---- Keys ------------------------------------------------------------------------ */

static Kusanone__V1__Record *
enrolment_of(struct post *p, const struct intake_key *key)
{
	Kusanone__V1__Record *record = new_record(p);

	record->body_case = KUSANONE__V1__RECORD__BODY_ENROLMENT;
	record->enrolment = new_enrolment(p);
	record->enrolment->node_id = pb_slice(slice_of(p->config.node.b, NODE_ID_LEN));
	record->enrolment->name = STR("sfo");
	record->enrolment->role = KUSANONE__V1__NODE_ROLE__NODE_ROLE_POST;
	record->enrolment->curve_key = pb_slice(slice_of(key->curve_public, 32));
	record->enrolment->sign_key =
		pb_slice(slice_of(key->sign_public, SIGN_PUBLIC_LEN));
	SET_LIST(p, record->enrolment, posts, "sfo");
	return record;
}

static struct key_id
newest_key(struct post *p)
{
	struct slice blocks[16];
	size_t n = journal_blocks(p, blocks, 16);

	return parse(blocks[n - 1]).key;
}

static void
test_keys__a_new_key_signs_once_headquarters_knows_it(void **state)
{
	(void)state;
	struct post *p = linked_post();
	struct key_id old_id = key_id_of(p->config.keys[0].sign_public), new_id, is;

	post_close(p);
	post_keys(&p->config.keys[1], 66);
	p->config.key_count = 2;
	post_open(p);
	new_id = key_id_of(p->config.keys[1].sign_public);

	hq_connect(p);
	post_turn(p);
	Kusanone__V1__StreamItem *item =
		record_item(p, enrolment_of(p, &p->config.keys[0]), 1);
	hq_batch(p, 1, &item, 1);
	say_event(p, ID_A, "古い鍵");
	is = newest_key(p);
	assert_true(key_id_eq(&is, &old_id));

	item = record_item(p, enrolment_of(p, &p->config.keys[1]), 2);
	hq_batch(p, 2, &item, 1);
	say_event(p, ID_B, "新しい鍵");
	is = newest_key(p);
	assert_true(key_id_eq(&is, &new_id));
	post_restart(p);
	say_event(p, ID_C, "再び");
	is = newest_key(p);
	assert_true(key_id_eq(&is, &new_id));
	post_free(p);
}

static void
test_keys__headquarters_signs_with_its_first_key_until_the_next_is_known(void **state)
{
	(void)state;
	struct post *hq = post_new_as(NODE_HQ, false);
	struct key_id first = key_id_of(hq->config.keys[0].sign_public), next, is;
	Kusanone__V1__Submission *s = new_submission(hq);

	post_keys(&hq->config.keys[hq->config.key_count++], 66);
	post_restart(hq);
	next = key_id_of(hq->config.keys[1].sign_public);
	s->body_case = KUSANONE__V1__SUBMISSION__BODY_ENROLMENT;
	s->enrolment = enrolment_of(hq, &hq->config.keys[1])->enrolment;
	s->enrolment->role = KUSANONE__V1__NODE_ROLE__NODE_ROLE_HQ;
	s->enrolment->n_posts = 0;
	submit_good(hq, s);
	is = newest_key(hq);
	assert_true(key_id_eq(&is, &first));
	s->enrolment->name = STR("another name");
	submit_good(hq, s);
	is = newest_key(hq);
	assert_true(key_id_eq(&is, &next));
	post_free(hq);
}

/* Headquarters says it, and the post says something: with which key? */
static unsigned
signs_after(struct post *p, Kusanone__V1__Record *said)
{
	uint64_t position = p->core->journal.cursor.position + 1;
	Kusanone__V1__StreamItem *item = record_item(p, said, position);

	/* Two equal words would be one record, and the second without effect. */
	said->recorded_ms = (int64_t)position;
	item->record->record = pb_slice(pack_in_arena(&said->base, &p->arena));
	hq_batch(p, position, &item, 1);
	say_event(p, "", arena_printf(&p->arena, "案件 %" PRIu64, position));
	struct key_id is = newest_key(p);
	for (unsigned i = 0; i < p->config.key_count; i++) {
		struct key_id id = key_id_of(p->config.keys[i].sign_public);

		if (key_id_eq(&is, &id)) {
			return i;
		}
	}
	return UINT32_MAX;
}

static void
test_keys__a_retired_key_can_come_back_and_a_stolen_one_not(void **state)
{
	(void)state;
	struct post *p = linked_post();
	const struct intake_key *old = &p->config.keys[0], *new = &p->config.keys[1];

	post_keys(&p->config.keys[p->config.key_count++], 66);
	post_restart(p);
	hq_connect(p);
	post_turn(p);
	assert_int_equal(signs_after(p, enrolment_of(p, old)), 0);
	assert_int_equal(signs_after(p, enrolment_of(p, new)), 1);
	assert_int_equal(signs_after(p, revocation_of(p, new, RETIRED)), 0);
	assert_int_equal(signs_after(p, enrolment_of(p, new)), 1);
	assert_int_equal(signs_after(p, revocation_of(p, new, STOLEN)), 0);
	assert_int_equal(signs_after(p, enrolment_of(p, new)), 0);
	assert_int_equal(signs_after(p, revocation_of(p, new, RETIRED)), 0);
	assert_int_equal(signs_after(p, enrolment_of(p, new)), 0);

	/* What it signed was genuine: it is a retired one. */
	assert_int_equal(signs_after(p, revocation_of(p, new, GENUINE)), 0);
	assert_int_equal(signs_after(p, enrolment_of(p, new)), 1);
	post_free(p);
}

enum { OLD_UP = 3, OLD_DOWN = 4 };

/* Three keys, of which the newest two have endpoints; both links are live with the
 * newest. */
static struct post *
post_of_three_keys(enum node_role role)
{
	struct post *p = post_new_as(role, true);

	post_keys(&p->config.keys[1], 66);
	post_keys(&p->config.keys[2], 67);
	p->config.key_count = 3;
	p->config.dial[0].up = OLD_UP;
	p->config.dial[0].down = OLD_DOWN;
	p->config.dial[1].up = UP;
	p->config.dial[1].down = DOWN;
	p->config.dial_count = 2;
	post_restart(p);
	hq_connect(p);
	post_turn(p);
	return p;
}

static bool
dials(struct post *p, uint32_t endpoint)
{
	for (size_t i = 0; i < p->node.outbox.count; i++) {
		const struct out *out = &p->node.outbox.list[i];

		if (out->kind == OUT_DIAL && out->to.endpoint == endpoint) {
			return true;
		}
	}
	return false;
}

/* Headquarters falls silent, and its door stays shut: is the older key tried, too? */
static bool
tries_older_key(struct post *p)
{
	bool tried = false;

	for (unsigned i = 0; i < 60; i++) {
		msec_t due = node_deadline(&p->node);

		p->now = due != NEVER && due > p->now ? due : p->now;
		post_turn(p);
		tried = tried || dials(p, OLD_DOWN);
	}
	return tried;
}

static void
test_keys__a_door_that_shuts_after_a_session_is_tried_with_the_other_key(void **state)
{
	(void)state;
	struct post *p = post_of_three_keys(NODE_POST);

	assert_true(tries_older_key(p));
	post_free(p);
}

static void
test_keys__a_post_does_not_try_a_key_that_was_revoked(void **state)
{
	(void)state;
	struct post *p = post_of_three_keys(NODE_POST);

	(void)signs_after(p, revocation_of(p, &p->config.keys[1], RETIRED));
	assert_false(tries_older_key(p));
	post_free(p);

	/* Another one was: that of no endpoint. */
	p = post_of_three_keys(NODE_POST);
	(void)signs_after(p, revocation_of(p, &p->config.keys[0], RETIRED));
	assert_true(tries_older_key(p));
	post_free(p);
}

/* What it says of its own keys headquarters' node knows before headquarters does: until
 * the revocation has arrived, the revoked key may be the only one that opens the door. */
static void
test_keys__headquarters_tries_its_revoked_key_too(void **state)
{
	(void)state;
	struct post *hq = post_of_three_keys(NODE_HQ);
	Kusanone__V1__Submission *s = new_submission(hq);

	s->body_case = KUSANONE__V1__SUBMISSION__BODY_REVOCATION;
	s->revocation = revocation_of(hq, &hq->config.keys[1], RETIRED)->revocation;
	submit_good(hq, s);
	assert_int_equal(hq->core->key_revoked[1], REVOCATION_RETIRED);
	assert_true(tries_older_key(hq));
	post_free(hq);
}

static void
test_keys__no_other_key_is_tried_while_a_session_works(void **state)
{
	(void)state;
	struct post *p = post_of_three_keys(NODE_POST);

	/* Only the link down fails; the one up shows that the key is good. */
	hq_error(p, DOWN, LINK_NO_SESSION);
	for (unsigned i = 0; i < 60; i++) {
		hq_ack(p, 0);
		p->now += 1000;
		post_turn(p);
		assert_int_equal(p->core->up.dialer.state, DIALER_LIVE);
		assert_false(dials(p, OLD_DOWN));
	}
	post_free(p);
}

static void
test_keys__the_other_key_is_tried_where_the_door_stays_shut(void **state)
{
	(void)state;
	struct post *p = linked_post();
	bool tried[2] = { false };

	post_close(p);
	post_keys(&p->config.keys[1], 66);
	p->config.key_count = 2;
	p->config.dial[0].up = 1;
	p->config.dial[0].down = 2;
	p->config.dial[1].up = 3;
	p->config.dial[1].down = 4;
	p->config.dial_count = 2;
	post_open(p);
	for (unsigned i = 0; i < 40; i++) {
		msec_t due = node_deadline(&p->node);

		p->now = due != NEVER && due > p->now ? due : p->now;
		post_turn(p);
		tried[0] = tried[0] || dials(p, 2);
		tried[1] = tried[1] || dials(p, 4);
		/* Both links with the same key. */
		assert_int_equal(p->core->up.dialer.endpoint + 1,
				 p->core->down.dialer.endpoint);
	}
	assert_true(tried[0] && tried[1]);
	post_free(p);
}

/* Let time go on to what is due, and say which endpoint was dialled; 0: none. */
static uint32_t
next_dialling(struct post *p, struct peer *ret_peer)
{
	for (unsigned i = 0; i < 10; i++) {
		msec_t due = node_deadline(&p->node);

		p->now = due != NEVER && due > p->now ? due : p->now;
		post_turn(p);
		for (size_t k = 0; k < p->node.outbox.count; k++) {
			if (p->node.outbox.list[k].kind == OUT_DIAL) {
				*ret_peer = p->node.outbox.list[k].to;
				return ret_peer->endpoint;
			}
		}
	}
	return 0;
}

static void
test_keys__who_was_not_met_did_not_refuse_a_key(void **state)
{
	(void)state;
	struct post *p = linked_post();
	struct peer peer = { 0 };

	post_close(p);
	post_keys(&p->config.keys[1], 66);
	p->config.key_count = 2;
	p->config.dial[0].up = 1;
	p->config.dial[0].down = 2;
	p->config.dial[1].up = 3;
	p->config.dial[1].down = 4;
	p->config.dial_count = 2;
	post_open(p);

	/* Headquarters is away: the newest key stays the one that is tried. */
	msec_t began = p->now;
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(next_dialling(p, &peer), 4);
		inbox_put_end(&p->inbox, peer,
			      i % 2 == 0 ? LINE_REFUSED : LINE_NO_ADDRESS);
		post_turn(p);
		assert_int_equal(p->core->down.dialer.state, DIALER_BACKOFF);
	}
	assert_true(p->now - began < 5000); /* No 10 s for each. */

	/* It is back and does not know that key: the other one, soon. */
	assert_int_equal(next_dialling(p, &peer), 4);
	msec_t refused_at = p->now;
	inbox_put_end(&p->inbox, peer, LINE_KEY_REFUSED);
	post_turn(p);
	assert_int_equal(next_dialling(p, &peer), 2);
	assert_true(p->now - refused_at < 5000);

	/* A late word of the first key's connection harms nobody. */
	inbox_put_end(&p->inbox, (struct peer){ 4, peer.id - 1 }, LINE_CUT);
	inbox_put_end(&p->inbox, (struct peer){ 2, peer.id - 1 }, LINE_CUT);
	post_turn(p);
	assert_int_equal(p->core->down.dialer.state, DIALER_HELLO_SENT);
	post_free(p);
}

static void
test_link__status_says_why_headquarters_is_not_reached(void **state)
{
	(void)state;
	struct post *p = linked_post();
	struct peer peer = { 0 };

	for (enum line_end end = LINE_NO_ADDRESS; end < LINE_SILENT; end++) {
		assert_int_equal(next_dialling(p, &peer), DOWN);
		inbox_put_end(&p->inbox, peer, end);
		post_turn(p);
		const Kusanone__V1__LinkRow *down = ask_status(p)->links[1];
		assert_string_equal(down->reason, line_end_words(end));
		assert_non_null(down->because);
		assert_true(down->because->ja[0] != '\0' && down->because->en[0] != '\0');
	}

	/* Nobody says anything: the ten seconds do. */
	assert_int_equal(next_dialling(p, &peer), DOWN);
	assert_int_equal(next_dialling(p, &peer), DOWN);
	const Kusanone__V1__LinkRow *down = ask_status(p)->links[1];
	assert_string_equal(down->reason, "no WELCOME within 10 s");
	assert_non_null(strstr(down->because->en, "silent"));

	hq_welcome(p, DOWN);
	post_turn(p);
	down = ask_status(p)->links[1];
	assert_string_equal(down->state, "LIVE");
	assert_null(down->because);
	post_free(p);
}

static void
test_link__a_cut_connection_is_dialled_again_and_nothing_is_lost(void **state)
{
	(void)state;
	struct post *p = linked_post();
	struct block sent[4];
	struct peer peer = { 0 };

	hq_connect(p);
	post_turn(p);
	say_event(p, ID_A, "案件");
	assert_int_equal(sent_blocks(p, sent, 4), 1);
	msec_t cut_at = p->now;
	inbox_put_end(&p->inbox, dialer_peer(&p->core->up.dialer), LINE_CUT);
	inbox_put_end(&p->inbox, dialer_peer(&p->core->down.dialer), LINE_CUT);
	post_turn(p);
	assert_int_equal(p->core->up.dialer.state, DIALER_BACKOFF);
	assert_int_equal(p->core->down.dialer.state, DIALER_BACKOFF);
	assert_int_equal(next_dialling(p, &peer), DOWN);
	assert_true(p->now - cut_at < 600);
	hq_welcome(p, DOWN);
	post_turn(p);
	(void)hq_wait_hello(p, UP);
	assert_true(p->now - cut_at < 1200);
	hq_welcome(p, UP);
	post_turn(p);
	assert_int_equal(sent_blocks(p, sent, 4), 1);
	post_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_link__up_waits_until_down_has_caught_up),
		cmocka_unit_test(
			test_link__a_block_goes_up_in_the_turn_that_committed_it),
		cmocka_unit_test(
			test_link__what_has_no_receipt_is_sent_again_and_nothing_else),
		cmocka_unit_test(test_receipt__waits_for_headquarters_or_its_time),
		cmocka_unit_test(test_receipt__alone_nobody_waits),
		cmocka_unit_test(
			test_backup__a_restored_copy_that_worked_on_keeps_both_branches),
		cmocka_unit_test(
			test_backup__a_new_machine_gets_everything_back_and_goes_on_from_there),
		cmocka_unit_test(test_backup__what_cannot_be_ours_is_not_taken),
		cmocka_unit_test(
			test_down__a_reset_takes_it_all_again_and_keeps_the_journal),
		cmocka_unit_test(test_down__a_reset_begins_the_link_up_anew),
		cmocka_unit_test(
			test_down__a_failed_commit_is_not_acknowledged_and_comes_again),
		cmocka_unit_test(test_down__a_verdict_is_shown_with_the_event),
		cmocka_unit_test(
			test_down__what_a_stolen_key_signed_is_shown_by_headquarters_positions),
		cmocka_unit_test(test_up__out_of_order_listens_first),
		cmocka_unit_test(test_keys__a_new_key_signs_once_headquarters_knows_it),
		cmocka_unit_test(
			test_keys__headquarters_signs_with_its_first_key_until_the_next_is_known),
		cmocka_unit_test(
			test_keys__a_retired_key_can_come_back_and_a_stolen_one_not),
		cmocka_unit_test(
			test_keys__a_door_that_shuts_after_a_session_is_tried_with_the_other_key),
		cmocka_unit_test(test_keys__a_post_does_not_try_a_key_that_was_revoked),
		cmocka_unit_test(test_keys__headquarters_tries_its_revoked_key_too),
		cmocka_unit_test(test_keys__no_other_key_is_tried_while_a_session_works),
		cmocka_unit_test(
			test_keys__the_other_key_is_tried_where_the_door_stays_shut),
		cmocka_unit_test(test_keys__who_was_not_met_did_not_refuse_a_key),
		cmocka_unit_test(test_link__status_says_why_headquarters_is_not_reached),
		cmocka_unit_test(
			test_link__a_cut_connection_is_dialled_again_and_nothing_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
