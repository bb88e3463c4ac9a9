#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "unit/aggregation/fixture.h"

#include "kusanone/v1/notice.pb-c.h"

#define EVENT_A "01900000-0000-7000-8000-00000000000a"
#define EVENT_B "01900000-0000-7000-8000-00000000000b"

static struct hq *
hq_with_posts(void)
{
	struct hq *hq = hq_new();

	player_connect(hq, &hq->own);
	enrol(hq, &hq->sfo);
	enrol(hq, &hq->lax);
	return hq;
}

static void
test_aggregation__a_block_is_acknowledged_after_the_commit_and_counted(void **state)
{
	(void)state;
	struct hq *hq = hq_with_posts();
	struct block_maker maker = { 0 };
	struct frame frame;
	struct link_ack ack;

	player_connect(hq, &hq->sfo);
	struct block block =
		make_block(hq, &hq->sfo, event_record(hq, EVENT_A, "sfo"), &maker);
	put_block(hq, &hq->sfo, block.bytes, (struct slice){ 0 });
	assert_int_equal(hq_turn(hq), OK);
	assert_true(get_frame(hq, hq->sfo.up, FRAME_ACK, 0, &frame));
	assert_true(link_ack_get(frame.body, &hq->arena, &ack));
	assert_int_equal(ack.batch_no, 1);
	assert_int_equal(total_events(hq), 1);

	/* The same block again is acknowledged and changes nothing. */
	uint64_t position = hq->core->log.head.position;
	put_block(hq, &hq->sfo, block.bytes, (struct slice){ 0 });
	assert_int_equal(hq_turn(hq), OK);
	assert_true(get_frame(hq, hq->sfo.up, FRAME_ACK, 0, &frame));
	assert_int_equal(hq->core->log.head.position, position);
	assert_int_equal(total_events(hq), 1);
	block_maker_fini(&maker);
	hq_free(hq);
}

static void
test_aggregation__a_failed_commit_leaves_nothing_and_sends_nothing(void **state)
{
	(void)state;
	struct hq *hq = hq_with_posts();
	struct block_maker maker = { 0 };
	struct frame frame;

	player_connect(hq, &hq->sfo);
	struct block block =
		make_block(hq, &hq->sfo, event_record(hq, EVENT_A, "sfo"), &maker);
	uint64_t position = hq->core->log.head.position;
	put_block(hq, &hq->sfo, block.bytes, (struct slice){ 0 });
	store_fail_commit(hq->log_store, 1, ERR_DISK_FULL);
	assert_int_equal(hq_turn(hq), ERR_DISK_FULL);
	assert_false(get_frame(hq, hq->sfo.up, FRAME_ACK, 0, &frame));
	assert_int_equal(error_to(hq, hq->sfo.up), LINK_DISK_FULL);
	assert_int_equal(hq->core->log.head.position, position);

	/* Space returns: the post connects again and the block is taken. */
	player_connect(hq, &hq->sfo);
	put_block(hq, &hq->sfo, block.bytes, (struct slice){ 0 });
	assert_int_equal(hq_turn(hq), OK);
	assert_true(get_frame(hq, hq->sfo.up, FRAME_ACK, 0, &frame));
	assert_int_equal(total_events(hq), 1);
	block_maker_fini(&maker);
	hq_free(hq);
}

static void
test_aggregation__what_it_does_not_accept(void **state)
{
	(void)state;
	struct hq *hq = hq_with_posts();
	struct block_maker maker = { 0 };

	/* A parent that is not held. */
	player_connect(hq, &hq->sfo);
	struct player ahead = hq->sfo;
	memset(ahead.tip.b, 5, sizeof(ahead.tip.b));
	ahead.seq = 7;
	struct block block =
		make_block(hq, &ahead, event_record(hq, EVENT_A, "sfo"), &maker);
	put_block(hq, &hq->sfo, block.bytes, (struct slice){ 0 });
	assert_int_equal(hq_turn(hq), OK);
	assert_int_equal(error_to(hq, hq->sfo.up), LINK_OUT_OF_ORDER);

	/* Another node's block, though well signed. */
	player_connect(hq, &hq->sfo);
	struct player lax = hq->lax;
	block = make_block(hq, &lax, event_record(hq, EVENT_A, "lax"), &maker);
	put_block(hq, &hq->sfo, block.bytes, (struct slice){ 0 });
	assert_int_equal(hq_turn(hq), OK);
	assert_int_equal(error_to(hq, hq->sfo.up), LINK_FORBIDDEN);

	/* A key that was never enrolled for it. */
	player_connect(hq, &hq->sfo);
	struct player forger = hq->sfo;
	sign_keypair(forger.sign_public, forger.sign_secret, hq->lax.curve);
	forger.sign_public[0] ^= 1;
	block = make_block(hq, &forger, event_record(hq, EVENT_A, "sfo"), &maker);
	put_block(hq, &hq->sfo, block.bytes, (struct slice){ 0 });
	assert_int_equal(hq_turn(hq), OK);
	assert_int_equal(error_to(hq, hq->sfo.up), LINK_FORBIDDEN);

	/* A flipped bit. */
	player_connect(hq, &hq->sfo);
	struct player honest = hq->sfo;
	block = make_block(hq, &honest, event_record(hq, EVENT_A, "sfo"), &maker);
	maker.buf.at[maker.buf.len - 1] ^= 1;
	put_block(hq, &hq->sfo, buf_slice(&maker.buf), (struct slice){ 0 });
	assert_int_equal(hq_turn(hq), OK);
	assert_int_equal(error_to(hq, hq->sfo.up), LINK_FORBIDDEN);
	assert_int_equal(total_events(hq), 0);
	block_maker_fini(&maker);
	hq_free(hq);
}

static void
test_aggregation__an_unknown_key_reaches_nothing(void **state)
{
	(void)state;
	struct hq *hq = hq_new();

	put_hello(hq, &hq->sfo, LINK_PRODUCER, NULL);
	assert_int_equal(hq_turn(hq), OK);
	assert_int_equal(error_to(hq, hq->sfo.up), LINK_UNAUTHENTICATED);
	hq_free(hq);
}

static void
test_aggregation__revocation_takes_effect_on_the_next_message(void **state)
{
	(void)state;
	struct hq *hq = hq_with_posts();
	struct block_maker maker = { 0 };
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Revocation body = KUSANONE__V1__REVOCATION__INIT;

	player_connect(hq, &hq->sfo);
	body.node_id = (ProtobufCBinaryData){ NODE_ID_LEN, hq->sfo.node.b };
	body.sign_key = (ProtobufCBinaryData){ 32, hq->sfo.sign_public };
	body.kind = KUSANONE__V1__REVOCATION_KIND__REVOCATION_KIND_RETIRED;
	record.body_case = KUSANONE__V1__RECORD__BODY_REVOCATION;
	record.revocation = &body;
	player_say(hq, &hq->own, &record);

	struct block block =
		make_block(hq, &hq->sfo, event_record(hq, EVENT_A, "sfo"), &maker);
	put_block(hq, &hq->sfo, block.bytes, (struct slice){ 0 });
	assert_int_equal(hq_turn(hq), OK);
	assert_int_equal(error_to(hq, hq->sfo.up), LINK_UNAUTHENTICATED);
	assert_int_equal(total_events(hq), 0);
	block_maker_fini(&maker);
	hq_free(hq);
}

/* The items of the first batch to a consumer, after 'cursor'. */
static const Kusanone__V1__StreamItem *
item_of(struct hq *hq, struct peer peer, Kusanone__V1__StreamItem__ItemCase kind)
{
	struct frame frame;
	struct link_batch batch;

	for (unsigned n = 0; get_frame(hq, peer, FRAME_BATCH, n, &frame); n++) {
		must(link_batch_get(frame.body, &hq->arena, &batch));
		for (size_t i = 0; i < batch.item_count; i++) {
			const Kusanone__V1__StreamItem *item =
				(const Kusanone__V1__StreamItem *)unpack_message(
					&kusanone__v1__stream_item__descriptor,
					batch.items[i], &hq->arena, NULL);

			must(item != NULL);
			if (item->item_case == kind) {
				return item;
			}
		}
	}
	return NULL;
}

static void
test_aggregation__a_post_hears_receipts_and_notices_without_money(void **state)
{
	(void)state;
	struct hq *hq = hq_with_posts();
	struct block_maker maker = { 0 };
	const Kusanone__V1__StreamItem *item;

	player_connect(hq, &hq->sfo);
	struct block block =
		make_block(hq, &hq->sfo, event_record(hq, EVENT_A, "sfo"), &maker);
	put_block(hq, &hq->sfo, block.bytes, (struct slice){ 0 });
	assert_int_equal(hq_turn(hq), OK);

	put_hello(hq, &hq->sfo, LINK_CONSUMER, NULL);
	assert_int_equal(hq_turn(hq), OK);
	item = item_of(hq, hq->sfo.down, KUSANONE__V1__STREAM_ITEM__ITEM_RECEIPT);
	assert_non_null(item);
	assert_memory_equal(item->receipt->hash.data, block.hash.b, HASH_LEN);
	assert_null(item_of(hq, hq->sfo.down, KUSANONE__V1__STREAM_ITEM__ITEM_NOTICE));
	assert_non_null(
		item_of(hq, hq->sfo.down, KUSANONE__V1__STREAM_ITEM__ITEM_RECORD));

	put_hello(hq, &hq->lax, LINK_CONSUMER, NULL);
	assert_int_equal(hq_turn(hq), OK);
	item = item_of(hq, hq->lax.down, KUSANONE__V1__STREAM_ITEM__ITEM_NOTICE);
	assert_non_null(item);
	assert_string_equal(item->notice->event_id, EVENT_A);
	assert_true(item->notice->ask);
	assert_null(item->notice->event->budget_planned);
	assert_string_equal(item->notice->event->title->ja, "水素ウェビナー");
	block_maker_fini(&maker);
	hq_free(hq);
}

/* HELLO of a consumer that wants whole entries. */
static void
put_follower_hello(struct hq *hq, struct peer from, const struct player *who,
		   const struct node_id *node)
{
	struct link_hello hello = { .node = *node,
				    .role = LINK_CONSUMER,
				    .credit = LINK_CREDIT,
				    .minor_min = 1,
				    .minor_max = 1,
				    .unfiltered = true };

	put_hello_frame(hq, from, who, &hello);
	assert_int_equal(hq_turn(hq), OK);
}

static void
test_aggregation__only_a_follower_reads_the_whole_log(void **state)
{
	(void)state;
	struct hq *hq = hq_with_posts();
	const struct peer local = { LOCAL, 7 };
	struct player follower;
	struct frame frame;

	player_connect(hq, &hq->lax);
	/* A post may not, whatever it says. */
	put_follower_hello(hq, hq->sfo.down, &hq->sfo, &hq->sfo.node);
	assert_int_equal(error_to(hq, hq->sfo.down), LINK_FORBIDDEN);
	assert_false(get_frame(hq, hq->sfo.down, FRAME_BATCH, 0, &frame));

	/* This machine's follower may, under a name that is nobody else's. */
	player_init(&follower, "alerts", 9);
	put_follower_hello(hq, local, NULL, &hq->lax.node);
	assert_int_equal(error_to(hq, local), LINK_FORBIDDEN);
	assert_int_equal(error_to(hq, hq->lax.up), 0);
	put_follower_hello(hq, local, NULL, &follower.node);
	assert_true(get_frame(hq, local, FRAME_WELCOME, 0, &frame));
	assert_true(get_frame(hq, local, FRAME_BATCH, 0, &frame));
	assert_true(frame.payload.len != 0);

	/* It hears on: what comes later is sent in its session. */
	player_say(hq, &hq->lax, &(Kusanone__V1__Record)KUSANONE__V1__RECORD__INIT);
	assert_true(get_frame(hq, local, FRAME_BATCH, 0, &frame));
	hq_free(hq);
}

static void
test_aggregation__records_come_over_curve_only(void **state)
{
	(void)state;
	struct hq *hq = hq_with_posts();
	const struct peer local = { LOCAL, 7 };
	struct link_hello hello = {
		.node = { { 9 } }, .role = LINK_PRODUCER, .minor_min = 1, .minor_max = 1
	};

	put_hello_frame(hq, local, NULL, &hello);
	assert_int_equal(hq_turn(hq), OK);
	assert_int_equal(error_to(hq, local), LINK_FORBIDDEN);
	hq_free(hq);
}

static void
test_aggregation__a_cursor_of_another_past_is_reset(void **state)
{
	(void)state;
	struct hq *hq = hq_with_posts();
	struct link_cursor cursor = { .position = 1,
				      .filter_version = AGGREGATION_FILTER_VERSION };
	struct log_head head = hq->core->log.head;

	put_hello(hq, &hq->sfo, LINK_CONSUMER, &cursor);
	assert_int_equal(hq_turn(hq), OK);
	assert_int_equal(error_to(hq, hq->sfo.down), LINK_RESET);

	cursor.position = head.position;
	cursor.log_hash = head.log_hash;
	put_hello(hq, &hq->sfo, LINK_CONSUMER, &cursor);
	assert_int_equal(hq_turn(hq), OK);
	assert_int_equal(error_to(hq, hq->sfo.down), 0);

	/* A filter that has changed since is another stream. */
	cursor.filter_version++;
	put_hello(hq, &hq->lax, LINK_CONSUMER, &cursor);
	assert_int_equal(hq_turn(hq), OK);
	assert_int_equal(error_to(hq, hq->lax.down), LINK_RESET);
	hq_free(hq);
}

static void
test_aggregation__a_restart_says_the_same_with_a_view_and_without(void **state)
{
	(void)state;
	struct hq *hq = hq_with_posts();
	struct block_maker maker = { 0 };
	struct fold again;
	const char *table = "";

	player_connect(hq, &hq->sfo);
	for (int i = 0; i < 3; i++) {
		char id[] = "01900000-0000-7000-8000-000000000000";

		id[35] = (char)('0' + i);
		struct block block =
			make_block(hq, &hq->sfo, event_record(hq, id, "sfo"), &maker);
		put_block(hq, &hq->sfo, block.bytes, (struct slice){ 0 });
		assert_int_equal(hq_turn(hq), OK);
	}
	assert_true(hq->core->checkpoint.position > 0);
	assert_true(hq->core->checkpoint.position < hq->core->log.head.position);
	hq_close(hq);
	hq_open(hq);
	assert_int_equal(total_events(hq), 3);

	Kusanone__V1__TotalsQuery totals = KUSANONE__V1__TOTALS_QUERY__INIT;
	totals.recount = true;
	assert_string_equal(ask_totals(hq, &totals)->recount, "equal");

	/* A view whose rows mean something else to another program is folded again. */
	struct txn txn = txn_begin(hq->view_store);
	uint8_t place[64];
	struct slice value;
	assert_true(txn_get(&txn, VIEW_DB_META, slice_str("place"), &value));
	assert_in_range(value.len, 4, sizeof(place));
	memcpy(place, value.at, value.len);
	put_le32(place + value.len - 4, FOLD_VERSION + 1);
	txn_put(&txn, VIEW_DB_META, slice_str("place"), slice_of(place, value.len));
	assert_int_equal(txn_commit(&txn), OK);
	hq_close(hq);
	hq_open(hq);
	assert_int_equal(hq->core->checkpoint.position, 0);
	assert_int_equal(total_events(hq), 3);
	assert_true(hq->core->checkpoint.position > 0);

	/* Without the view everything is folded again. */
	txn = txn_begin(hq->view_store);
	view_clear(&txn);
	assert_int_equal(txn_commit(&txn), OK);
	fold_init(&again);
	hq_close(hq);
	hq_open(hq);
	assert_int_equal(total_events(hq), 3);
	assert_false(fold_eq(&hq->core->fold, &again, &table));
	fold_fini(&again);
	block_maker_fini(&maker);
	hq_free(hq);
}

static void
test_aggregation__a_watcher_gets_the_whole_result_when_it_changed(void **state)
{
	(void)state;
	struct hq *hq = hq_with_posts();
	struct block_maker maker = { 0 };
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__TotalsQuery totals = KUSANONE__V1__TOTALS_QUERY__INIT;
	struct frame_header header = { .type = FRAME_WATCH, .minor = 1 };
	struct peer me = { LOCAL, 42 };
	struct frame frame;

	query.request = 9;
	query.query_case = KUSANONE__V1__QUERY__QUERY_TOTALS;
	query.totals = &totals;
	player_connect(hq, &hq->sfo);
	put_frame(hq, me, NULL, &header, pack_in_arena(&query.base, &hq->arena),
		  (struct slice){ 0 });
	assert_int_equal(hq_turn(hq), OK);
	assert_true(get_frame(hq, me, FRAME_REPLY, 0, &frame));

	/* Nothing new, nothing sent; a record, and the next result at 4 Hz. */
	hq->now += 1000;
	assert_int_equal(hq_turn(hq), OK);
	assert_false(get_frame(hq, me, FRAME_REPLY, 0, &frame));
	struct block block =
		make_block(hq, &hq->sfo, event_record(hq, EVENT_A, "sfo"), &maker);
	put_block(hq, &hq->sfo, block.bytes, (struct slice){ 0 });
	assert_int_equal(hq_turn(hq), OK);
	assert_true(get_frame(hq, me, FRAME_REPLY, 0, &frame));

	block = make_block(hq, &hq->sfo, event_record(hq, EVENT_B, "sfo"), &maker);
	put_block(hq, &hq->sfo, block.bytes, (struct slice){ 0 });
	assert_int_equal(hq_turn(hq), OK);
	assert_false(get_frame(hq, me, FRAME_REPLY, 0, &frame));
	assert_true(node_deadline(&hq->node) <= hq->now + 250);
	hq->now += 250;
	assert_int_equal(hq_turn(hq), OK);
	assert_true(get_frame(hq, me, FRAME_REPLY, 0, &frame));
	block_maker_fini(&maker);
	hq_free(hq);
}

static void
ask_as(struct hq *hq, struct peer peer, enum frame_type type)
{
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__TotalsQuery totals = KUSANONE__V1__TOTALS_QUERY__INIT;
	struct frame_header header = { .type = (uint8_t)type, .minor = 1 };
	struct frame frame;

	query.request = 9;
	query.query_case = KUSANONE__V1__QUERY__QUERY_TOTALS;
	query.totals = &totals;
	put_frame(hq, peer, NULL, &header, pack_in_arena(&query.base, &hq->arena),
		  (struct slice){ 0 });
	assert_int_equal(hq_turn(hq), OK);
	assert_true(get_frame(hq, peer, FRAME_REPLY, 0, &frame));
}

static void
test_aggregation__a_watcher_that_is_not_heard_for_a_minute_is_forgotten(void **state)
{
	(void)state;
	struct hq *hq = hq_with_posts();
	struct block_maker maker = { 0 };
	struct peer silent = { LOCAL, 42 };
	struct peer asking = { LOCAL, 43 };
	struct frame frame;

	ask_as(hq, silent, FRAME_WATCH);
	ask_as(hq, asking, FRAME_WATCH);
	hq->now += WATCHER_LEASE_MS - 100;
	ask_as(hq, asking, FRAME_QUERY);
	assert_int_equal(hq->core->watcher_count, 2);
	hq->now += 100;
	player_connect(hq, &hq->sfo);
	struct block block =
		make_block(hq, &hq->sfo, event_record(hq, EVENT_A, "sfo"), &maker);
	put_block(hq, &hq->sfo, block.bytes, (struct slice){ 0 });
	assert_int_equal(hq_turn(hq), OK);
	assert_false(get_frame(hq, silent, FRAME_REPLY, 0, &frame));
	assert_true(get_frame(hq, asking, FRAME_REPLY, 0, &frame));
	assert_int_equal(hq->core->watcher_count, 1);
	block_maker_fini(&maker);
	hq_free(hq);
}

/* ---- Alerts -------------------------------------------------------------------------
 */

#define DESK "01900000-0000-7000-8000-0000000000d1"

/* Are these bytes in any frame to the peer, its payload included? */
static bool
is_sent(struct hq *hq, struct peer peer, const char *words)
{
	for (size_t i = 0; i < hq->node.outbox.count; i++) {
		const struct out *out = &hq->node.outbox.list[i];
		struct slice parts[3];

		if (out->kind != OUT_FRAME || !peer_eq(out->to, peer)) {
			continue;
		}
		unsigned count = out_parts(&hq->node.outbox, out, parts);
		for (unsigned k = 0; k < count; k++) {
			if (parts[k].len != 0 && memmem(parts[k].at, parts[k].len, words,
							strlen(words)) != NULL) {
				return true;
			}
		}
	}
	return false;
}

/* A reader by mail whose address lies beside the block, with a part that no record
 * names; the hashes of both. */
static void
say_subscription(struct hq *hq, struct hash *ret_part, struct hash *ret_stray)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Subscription body = KUSANONE__V1__SUBSCRIPTION__INIT;
	Kusanone__V1__LooseParts parts = KUSANONE__V1__LOOSE_PARTS__INIT;
	Kusanone__V1__LoosePart named = KUSANONE__V1__LOOSE_PART__INIT, stray = named;
	Kusanone__V1__LoosePart *list[] = { &named, &stray };
	const struct slice salt = slice_str("sixteen bytes ..");
	const struct slice address = slice_str("desk@example.org");
	const struct slice other = slice_str("stray@example.org");
	struct block_maker maker = { 0 };

	*ret_part = hash_of2(salt, address);
	*ret_stray = hash_of2(salt, other);
	named.part_hash = pb_slice(hash_slice(ret_part));
	named.salt = pb_slice(salt);
	named.part = pb_slice(address);
	stray.part_hash = pb_slice(hash_slice(ret_stray));
	stray.salt = pb_slice(salt);
	stray.part = pb_slice(other);
	parts.parts = list;
	parts.n_parts = ARRAY_LEN(list);

	body.id = (char *)(uintptr_t)DESK;
	body.who = (char *)(uintptr_t) "planning desk";
	body.channel = KUSANONE__V1__CHANNEL__CHANNEL_MAIL;
	body.to_hash = pb_slice(hash_slice(ret_part));
	record.recorded_ms = hq->wall;
	record.body_case = KUSANONE__V1__RECORD__BODY_SUBSCRIPTION;
	record.subscription = &body;
	struct block block =
		make_block(hq, &hq->own, pack_in_arena(&record.base, &hq->arena), &maker);
	put_block(hq, &hq->own, block.bytes, pack_in_arena(&parts.base, &hq->arena));
	assert_int_equal(hq_turn(hq), OK);
	block_maker_fini(&maker);
}

static bool
is_kept(struct hq *hq, const struct hash *part)
{
	struct txn txn = txn_begin_read(hq->log_store);
	struct slice salt, is;
	bool kept = loose_get(&txn, LOG_DB_LOOSE, part, &salt, &is);

	txn_abort(&txn);
	return kept;
}

static void
say_erasure(struct hq *hq, const struct hash *part)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Erasure erasure = KUSANONE__V1__ERASURE__INIT;
	ProtobufCBinaryData hashes[] = { pb_slice(hash_slice(part)) };

	erasure.part_hashes = hashes;
	erasure.n_part_hashes = 1;
	record.body_case = KUSANONE__V1__RECORD__BODY_ERASURE;
	record.erasure = &erasure;
	player_say(hq, &hq->own, &record);
}

static void
test_aggregation__an_address_is_kept_and_served_to_a_follower_until_erased(void **state)
{
	(void)state;
	struct hq *hq = hq_with_posts();
	const struct peer local = { LOCAL, 7 }, later = { LOCAL, 8 };
	struct player follower;
	struct hash part, stray;

	say_subscription(hq, &part, &stray);
	assert_int_equal(hq->core->fold.subscriptions.count, 1);
	assert_true(is_kept(hq, &part));
	assert_false(is_kept(hq, &stray));
	player_init(&follower, "alerts", 9);
	put_follower_hello(hq, local, NULL, &follower.node);
	assert_true(is_sent(hq, local, "planning desk"));
	assert_true(is_sent(hq, local, "desk@example.org"));
	assert_false(is_sent(hq, local, "stray@example.org"));

	/* Erased: the record is there, and the address is not. */
	say_erasure(hq, &part);
	assert_int_equal(hq_turn(hq), OK); /* Written by the turn after the fold. */
	assert_false(is_kept(hq, &part));
	follower.node.b[0] ^= 1;
	put_follower_hello(hq, later, NULL, &follower.node);
	assert_true(is_sent(hq, later, "planning desk"));
	assert_false(is_sent(hq, later, "desk@example.org"));
	hq_free(hq);
}

/* A backup reads the log's store beside us: what was erased goes from the files after it.
 */
static void
test_aggregation__a_compaction_waits_for_a_backup(void **state)
{
	(void)state;
	struct hq *hq = hq_with_posts();
	char dir[96];
	struct hash part, stray;

	say_subscription(hq, &part, &stray);
	snprintf(dir, sizeof(dir), "%s/log", hq->dir);
	int backup = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(backup >= 0);
	assert_int_equal(flock(backup, LOCK_SH), 0);
	say_erasure(hq, &part);
	assert_int_equal(hq_turn(hq), OK);
	assert_false(is_kept(hq, &part));
	assert_int_equal(hq_turn(hq), OK);
	assert_true(hq->core->eraser.compact_due);
	close(backup);
	hq->now = eraser_deadline(&hq->core->eraser);
	assert_int_equal(hq_turn(hq), OK);
	assert_false(hq->core->eraser.compact_due);
	hq_free(hq);
}

static void
test_aggregation__whom_headquarters_alerts_is_no_posts_matter(void **state)
{
	(void)state;
	struct hq *hq = hq_with_posts();
	struct hash part, stray;
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Silence silence = KUSANONE__V1__SILENCE__INIT;
	Kusanone__V1__Acknowledgement ack = KUSANONE__V1__ACKNOWLEDGEMENT__INIT;
	static const char *const said[] = { "planning desk", "year-end holidays",
					    "moving house" };

	say_subscription(hq, &part, &stray);
	silence.id = (char *)(uintptr_t)DESK;
	silence.why = (char *)(uintptr_t)said[1];
	silence.until_ms = hq->wall + 1000;
	record.body_case = KUSANONE__V1__RECORD__BODY_SILENCE;
	record.silence = &silence;
	player_say(hq, &hq->own, &record);
	ack.kind = (char *)(uintptr_t) "post-silent";
	ack.subject = (char *)(uintptr_t) "sfo";
	ack.note = (char *)(uintptr_t)said[2];
	record.body_case = KUSANONE__V1__RECORD__BODY_ACKNOWLEDGEMENT;
	record.acknowledgement = &ack;
	player_say(hq, &hq->own, &record);
	assert_int_equal(hq->core->fold.silences.count, 1);
	assert_int_equal(hq->core->fold.acknowledgements.count, 1);

	/* It hears headquarters' words, but none of these. */
	player_connect(hq, &hq->sfo);
	put_hello(hq, &hq->sfo, LINK_CONSUMER, NULL);
	assert_int_equal(hq_turn(hq), OK);
	assert_non_null(
		item_of(hq, hq->sfo.down, KUSANONE__V1__STREAM_ITEM__ITEM_RECORD));
	for (unsigned i = 0; i < ARRAY_LEN(said); i++) {
		assert_false(is_sent(hq, hq->sfo.down, said[i]));
	}
	assert_false(is_sent(hq, hq->sfo.down, "example.org"));

	/* Nor as they come. */
	record.acknowledgement->note = (char *)(uintptr_t) "moved house";
	player_say(hq, &hq->own, &record);
	assert_false(is_sent(hq, hq->sfo.down, "moved house"));
	hq_free(hq);
}

/* ---- For analysts -------------------------------------------------------------------
 */

/* What this machine's command hears, or somebody with a key; NULL: no answer. */
static const Kusanone__V1__Reply *
ask_from(struct hq *hq, struct peer peer, const struct player *who,
	 Kusanone__V1__Query *query)
{
	struct frame_header header = { .type = FRAME_QUERY, .minor = 1 };
	struct frame frame;

	query->request = 7;
	put_frame(hq, peer, who, &header, pack_in_arena(&query->base, &hq->arena),
		  (struct slice){ 0 });
	must(hq_turn(hq) == OK);
	if (!get_frame(hq, peer, FRAME_REPLY, 0, &frame)) {
		return NULL;
	}
	const Kusanone__V1__Reply *reply = (const Kusanone__V1__Reply *)unpack_message(
		&kusanone__v1__reply__descriptor, frame.body, &hq->arena, NULL);
	must(reply != NULL && reply->request == 7);
	return reply;
}

/* With a sentence that says why. */
static bool
is_refused(struct hq *hq, const Kusanone__V1__Reply *reply)
{
	struct frame frame;

	return reply == NULL &&
	       get_frame(hq, (struct peer){ LOCAL, 99 }, FRAME_REFUSED, 0, &frame);
}

static const Kusanone__V1__Reply *
ask_log_of(struct hq *hq, Kusanone__V1__LogQuery *log)
{
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;

	query.query_case = KUSANONE__V1__QUERY__QUERY_LOG;
	query.log = log;
	return ask_from(hq, (struct peer){ LOCAL, 99 }, NULL, &query);
}

static void
test_aggregation__the_log_is_given_as_it_was_signed_a_page_at_a_time(void **state)
{
	(void)state;
	struct hq *hq = hq_with_posts(); /* 1, 2 */
	Kusanone__V1__LogQuery log = KUSANONE__V1__LOG_QUERY__INIT;
	struct block_maker maker = { 0 };
	uint64_t seq = 0;

	player_connect(hq, &hq->sfo);
	struct slice record = event_record(hq, EVENT_A, "sfo");
	struct block block = make_block(hq, &hq->sfo, record, &maker);
	put_block(hq, &hq->sfo, block.bytes, (struct slice){ 0 }); /* 3 */
	assert_int_equal(hq_turn(hq), OK);

	const Kusanone__V1__LogReply *all = ask_log_of(hq, &log)->log;
	assert_int_equal(all->position, 3);
	assert_int_equal(all->n_rows, 3);
	assert_false(all->more);
	assert_int_equal(all->judged_again, 0);
	assert_int_equal(all->hq_ms, all->rows[2]->hq_ms);
	assert_string_equal(all->rows[2]->verdict, "counts");
	assert_int_equal(all->rows[2]->seq, 1);
	assert_true(slice_eq(slice_pb(all->rows[2]->bytes), record));
	struct hash identity = hash_of(record);
	char hex[2 * HASH_LEN + 1];
	hex_format(identity.b, HASH_LEN, hex);
	assert_string_equal(all->rows[2]->identity, hex);
	hex_format(hq->sfo.node.b, NODE_ID_LEN, hex);
	assert_string_equal(all->rows[2]->node_id, hex);

	log.limit = 1;
	for (uint64_t p = 1; p <= 3; p++) {
		const Kusanone__V1__LogReply *page = ask_log_of(hq, &log)->log;

		assert_int_equal(page->n_rows, 1);
		assert_int_equal(page->rows[0]->position, p);
		assert_int_equal(page->more, p < 3);
		seq += page->rows[0]->seq;
		log.after = p;
	}
	assert_int_equal(seq, 1 + 2 + 1);
	assert_int_equal(ask_log_of(hq, &log)->log->n_rows, 0);

	/* As of a position, of an instant; of none that is not there. */
	log = (Kusanone__V1__LogQuery)KUSANONE__V1__LOG_QUERY__INIT;
	log.as_of_position = 2;
	assert_int_equal(ask_log_of(hq, &log)->log->n_rows, 2);
	assert_int_equal(ask_log_of(hq, &log)->log->position, 2);
	log.as_of_position = 0;
	log.as_of_ms = all->rows[1]->hq_ms;
	assert_int_equal(ask_log_of(hq, &log)->log->position, 2);
	log.as_of_ms = 1;
	assert_true(is_refused(hq, ask_log_of(hq, &log)));
	log.as_of_ms = 0;
	log.as_of_position = 4;
	assert_true(is_refused(hq, ask_log_of(hq, &log)));
	block_maker_fini(&maker);
	hq_free(hq);
}

static void
test_aggregation__a_page_of_the_log_ends_within_a_block(void **state)
{
	(void)state;
	struct hq *hq = hq_with_posts(); /* 1, 2 */
	Kusanone__V1__LogQuery log = KUSANONE__V1__LOG_QUERY__INIT;
	struct key_id key = key_id_of(hq->sfo.sign_public);
	const char *ids[] = { EVENT_A, "01900000-0000-7000-8000-00000000000b",
			      "01900000-0000-7000-8000-00000000000c" };
	struct slice records[ARRAY_LEN(ids)];
	struct block_maker maker = { 0 };

	player_connect(hq, &hq->sfo);
	block_begin(&maker, &hq->sfo.node, 1, &hq->sfo.tip);
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		records[i] = event_record(hq, ids[i], "sfo");
		assert_true(block_add(&maker, records[i]));
	}
	struct block block = block_finish(&maker, hq->wall, &key, hq->sfo.sign_secret);
	put_block(hq, &hq->sfo, block.bytes, (struct slice){ 0 }); /* 3, 4, 5 */
	assert_int_equal(hq_turn(hq), OK);

	log.limit = 2;
	log.after = 3;
	log.as_of_position = 4;
	const Kusanone__V1__LogReply *page = ask_log_of(hq, &log)->log;
	assert_int_equal(page->n_rows, 1);
	assert_int_equal(page->rows[0]->position, 4);
	assert_int_equal(page->rows[0]->seq, 2);
	assert_true(slice_eq(slice_pb(page->rows[0]->bytes), records[1]));
	assert_false(page->more);
	log.after = 2;
	log.as_of_position = 0;
	page = ask_log_of(hq, &log)->log;
	assert_int_equal(page->n_rows, 2);
	assert_true(page->more);
	block_maker_fini(&maker);
	hq_free(hq);
}

/* Who counts again as of a position before is told that it says other verdicts now. */
static void
test_aggregation__a_log_that_was_judged_again_says_so(void **state)
{
	(void)state;
	struct hq *hq = hq_with_posts();
	Kusanone__V1__LogQuery log = KUSANONE__V1__LOG_QUERY__INIT;
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Revocation body = KUSANONE__V1__REVOCATION__INIT;
	struct block_maker maker = { 0 };

	player_connect(hq, &hq->sfo);
	struct block block =
		make_block(hq, &hq->sfo, event_record(hq, EVENT_A, "sfo"), &maker);
	put_block(hq, &hq->sfo, block.bytes, (struct slice){ 0 }); /* 3 */
	assert_int_equal(hq_turn(hq), OK);
	body.node_id = (ProtobufCBinaryData){ NODE_ID_LEN, hq->sfo.node.b };
	body.sign_key = (ProtobufCBinaryData){ 32, hq->sfo.sign_public };
	body.kind = KUSANONE__V1__REVOCATION_KIND__REVOCATION_KIND_STOLEN;
	body.from_position = 3;
	record.body_case = KUSANONE__V1__RECORD__BODY_REVOCATION;
	record.revocation = &body;
	player_say(hq, &hq->own, &record); /* 4 */

	log.as_of_position = 3;
	const Kusanone__V1__LogReply *then = ask_log_of(hq, &log)->log;
	assert_int_equal(then->judged_again, 4);
	assert_string_equal(then->rows[2]->verdict, "stolen");
	log.as_of_position = 4;
	assert_int_equal(ask_log_of(hq, &log)->log->judged_again, 0);
	block_maker_fini(&maker);
	hq_free(hq);
}

static void
test_aggregation__sheets_and_the_log_are_for_this_machine_alone(void **state)
{
	(void)state;
	struct hq *hq = hq_with_posts();
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__LogQuery log = KUSANONE__V1__LOG_QUERY__INIT;
	Kusanone__V1__SheetQuery sheet = KUSANONE__V1__SHEET_QUERY__INIT;
	Kusanone__V1__TotalsQuery select = KUSANONE__V1__TOTALS_QUERY__INIT;
	const struct peer local = { LOCAL, 99 };
	struct block_maker maker = { 0 };

	player_connect(hq, &hq->sfo);
	struct block block =
		make_block(hq, &hq->sfo, event_record(hq, EVENT_A, "sfo"), &maker);
	put_block(hq, &hq->sfo, block.bytes, (struct slice){ 0 });
	assert_int_equal(hq_turn(hq), OK);

	query.query_case = KUSANONE__V1__QUERY__QUERY_LOG;
	query.log = &log;
	assert_null(ask_from(hq, hq->sfo.up, &hq->sfo, &query));
	query.query_case = KUSANONE__V1__QUERY__QUERY_SHEET;
	query.sheet = &sheet;
	sheet.select = &select;
	assert_null(ask_from(hq, hq->sfo.up, &hq->sfo, &query));

	const Kusanone__V1__Reply *reply = ask_from(hq, local, NULL, &query);
	assert_int_equal(reply->sheet->n_rows, 1);
	assert_string_equal(reply->sheet->rows[0]->event_id, EVENT_A);
	assert_int_equal(reply->sheet->rows[0]->event->budget_planned->jpy, 77777777);
	select.as_of_ms = reply->sheet->hq_ms - 1; /* before it */
	reply = ask_from(hq, local, NULL, &query);
	assert_int_equal(reply->sheet->n_rows, 0);
	assert_int_equal(reply->sheet->position, 2);
	select.as_of_ms = 1;
	assert_true(is_refused(hq, ask_from(hq, local, NULL, &query)));
	block_maker_fini(&maker);
	hq_free(hq);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_aggregation__a_block_is_acknowledged_after_the_commit_and_counted),
		cmocka_unit_test(
			test_aggregation__a_failed_commit_leaves_nothing_and_sends_nothing),
		cmocka_unit_test(test_aggregation__what_it_does_not_accept),
		cmocka_unit_test(test_aggregation__an_unknown_key_reaches_nothing),
		cmocka_unit_test(
			test_aggregation__revocation_takes_effect_on_the_next_message),
		cmocka_unit_test(
			test_aggregation__a_post_hears_receipts_and_notices_without_money),
		cmocka_unit_test(test_aggregation__only_a_follower_reads_the_whole_log),
		cmocka_unit_test(test_aggregation__records_come_over_curve_only),
		cmocka_unit_test(test_aggregation__a_cursor_of_another_past_is_reset),
		cmocka_unit_test(
			test_aggregation__a_restart_says_the_same_with_a_view_and_without),
		cmocka_unit_test(
			test_aggregation__a_watcher_gets_the_whole_result_when_it_changed),
		cmocka_unit_test(
			test_aggregation__a_watcher_that_is_not_heard_for_a_minute_is_forgotten),
		cmocka_unit_test(
			test_aggregation__an_address_is_kept_and_served_to_a_follower_until_erased),
		cmocka_unit_test(test_aggregation__a_compaction_waits_for_a_backup),
		cmocka_unit_test(
			test_aggregation__whom_headquarters_alerts_is_no_posts_matter),
		cmocka_unit_test(
			test_aggregation__the_log_is_given_as_it_was_signed_a_page_at_a_time),
		cmocka_unit_test(test_aggregation__a_page_of_the_log_ends_within_a_block),
		cmocka_unit_test(test_aggregation__a_log_that_was_judged_again_says_so),
		cmocka_unit_test(
			test_aggregation__sheets_and_the_log_are_for_this_machine_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
