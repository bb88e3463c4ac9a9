#include "unit/aggregation/fixture.h"

#include "archive/maker.h"
#include "lib/archive/fetch.h"

/* Headquarters with an archive: the archive's node, which follows on the local socket,
 * and the checkpoints of a history of its own. */
struct story {
	struct hq *hq;
	struct player follower, alerts;
	struct history history;
	struct archive_key key;
	struct archive archive;
	uint64_t session, no;
};

enum { ENTRIES = 60, PER_SEGMENT = 20 };
static const struct peer archive_peer = { LOCAL, 7 }, alerts_peer = { LOCAL, 8 };

static void
reopen(struct story *s)
{
	inbox_clear(&s->hq->inbox);
	hq_close(s->hq);
	hq_open(s->hq);
}

static int
begin(void **state)
{
	struct story *s = xcalloc(1, sizeof(*s));

	s->hq = hq_new();
	player_init(&s->follower, "archiving", 9);
	player_init(&s->alerts, "alerts", 10);
	player_connect(s->hq, &s->hq->own);
	enrol(s->hq, &s->hq->sfo);
	enrol(s->hq, &s->hq->lax);
	history_make(&s->history, 7, ENTRIES, SIZE_MAX);
	archive_key_make(&s->key, "kusanone/hq", 1);
	archive_make(&s->archive, &s->history, PER_SEGMENT, &s->key);
	s->hq->archive = s->follower.node;
	memcpy(s->hq->archive_key, s->key.key.public_key, 32);
	reopen(s);
	*state = s;
	return 0;
}

static int
end(void **state)
{
	struct story *s = *state;

	archive_fini(&s->archive);
	history_fini(&s->history);
	hq_free(s->hq);
	free(s);
	return 0;
}

static void
say_hello(struct story *s, struct peer from, const struct node_id *node,
	  const struct log_head *head)
{
	struct link_hello hello = {
		.node = *node,
		.role = LINK_CONSUMER,
		.credit = LINK_CREDIT,
		.minor_min = 1,
		.minor_max = 1,
		.unfiltered = true,
		.cursor = { .position = head->position,
			    .log_hash = head->log_hash,
			    .filter_version = AGGREGATION_FILTER_VERSION },
	};

	put_hello_frame(s->hq, from, NULL, &hello);
}

static void
follow(struct story *s, struct peer from, const struct node_id *node,
       const struct log_head *head)
{
	struct frame frame;

	say_hello(s, from, node, head);
	assert_int_equal(hq_turn(s->hq), OK);
	if (get_frame(s->hq, from, FRAME_WELCOME, 0, &frame)) {
		s->session = frame.header.session;
		s->no = 1;
	}
}

/* The archive comes with the whole log. */
static void
archive_comes(struct story *s)
{
	const struct log_head head = s->hq->core->log.head;

	follow(s, archive_peer, &s->follower.node, &head);
	assert_int_equal(error_to(s->hq, archive_peer), 0);
}

/* What a post is answered when it would send; 0: it is welcome. */
static enum link_code
door(struct story *s)
{
	put_hello(s->hq, &s->hq->sfo, LINK_PRODUCER, NULL);
	assert_int_equal(hq_turn(s->hq), OK);
	return error_to(s->hq, s->hq->sfo.up);
}

static enum own_archive_state
state_of(const struct story *s)
{
	return s->hq->core->archive.state;
}

/* ---- Who owns the order --------------------------------------------------------------
 */

static void
test_own_archive__nothing_is_taken_before_it_has_come(void **state)
{
	struct story *s = *state;

	assert_int_equal(door(s), LINK_BUSY);
	archive_comes(s);
	assert_int_equal(door(s), 0);
	reopen(s);
	assert_int_equal(door(s), LINK_BUSY); /* After every start. */
}

static void
test_own_archive__a_log_that_was_set_back_takes_nothing(void **state)
{
	struct story *s = *state;
	struct log_head ahead = s->hq->core->log.head;

	ahead.position += 5;
	follow(s, archive_peer, &s->follower.node, &ahead);
	assert_int_equal(error_to(s->hq, archive_peer), LINK_RESET);
	assert_int_equal(door(s), LINK_BUSY);
	assert_int_equal(state_of(s), OWN_ARCHIVE_AHEAD);
	assert_int_equal(s->hq->core->archive.cursor, ahead.position);

	/* As far as this log, and of another past. */
	ahead = s->hq->core->log.head;
	ahead.log_hash.b[0] ^= 1;
	follow(s, archive_peer, &s->follower.node, &ahead);
	assert_int_equal(state_of(s), OWN_ARCHIVE_AHEAD);
	archive_comes(s);
	assert_int_equal(door(s), 0);
}

/* A session that was welcome brings nothing either, once the archive has shown that it is
 * ahead. */
static void
test_own_archive__what_comes_in_a_session_is_refused_too(void **state)
{
	struct story *s = *state;
	struct log_head ahead = s->hq->core->log.head;
	struct block_maker maker = { 0 };
	uint64_t before;

	archive_comes(s);
	player_connect(s->hq, &s->hq->own);
	before = s->hq->core->log.head.position;
	ahead.position += 5;
	follow(s, archive_peer, &s->follower.node, &ahead);
	struct block block = make_block(s->hq, &s->hq->own, slice_str("record"), &maker);
	put_block(s->hq, &s->hq->own, block.bytes, (struct slice){ 0 });
	assert_int_equal(hq_turn(s->hq), OK);
	assert_int_equal(error_to(s->hq, s->hq->own.up), LINK_BUSY);
	assert_int_equal(s->hq->core->log.head.position, before);
	block_maker_fini(&maker);
}

static void
test_own_archive__no_other_reader_stops_headquarters(void **state)
{
	struct story *s = *state;
	struct log_head ahead = s->hq->core->log.head;

	archive_comes(s);
	ahead.position += 5;
	follow(s, alerts_peer, &s->alerts.node, &ahead);
	assert_int_equal(error_to(s->hq, alerts_peer), LINK_RESET);
	assert_int_equal(state_of(s), OWN_ARCHIVE_HELD);
	assert_int_equal(door(s), 0);
}

static void
test_own_archive__one_that_is_lost_is_given_up_by_an_operator(void **state)
{
	struct story *s = *state;
	struct txn txn = txn_begin(s->hq->log_store);
	struct turn turn = { .txn = &txn };

	assert_true(own_archive_give_up(s->hq->core, &turn));
	assert_int_equal(txn_commit(&txn), OK);
	assert_int_equal(door(s), 0);
	reopen(s);
	assert_int_equal(state_of(s), OWN_ARCHIVE_GIVEN_UP);
	assert_int_equal(door(s), 0);

	/* It comes back after all. */
	archive_comes(s);
	assert_int_equal(state_of(s), OWN_ARCHIVE_HELD);
	reopen(s);
	assert_int_equal(state_of(s), OWN_ARCHIVE_AWAITED);

	/* Not while it is there. */
	struct log_head ahead = s->hq->core->log.head;
	ahead.position += 5;
	follow(s, archive_peer, &s->follower.node, &ahead);
	assert_false(own_archive_give_up(s->hq->core, &turn));
}

static void
test_own_archive__what_is_on_no_disk_is_not_believed(void **state)
{
	struct story *s = *state;
	struct txn txn = txn_begin(s->hq->log_store);
	struct turn turn = { .txn = &txn };
	const struct log_head head = s->hq->core->log.head;

	/* Given up in a turn that does not reach the disk. */
	s->hq->core->archive.before = state_of(s);
	assert_true(own_archive_give_up(s->hq->core, &turn));
	txn_abort(&txn);
	own_archive_dropped(&s->hq->core->archive);
	assert_int_equal(door(s), LINK_BUSY);

	txn = txn_begin(s->hq->log_store);
	assert_true(own_archive_give_up(s->hq->core, &turn));
	assert_int_equal(txn_commit(&txn), OK);
	/* It comes back on a day when nothing can be written, and again. */
	store_fail_commit(s->hq->log_store, 1, ERR_DISK_FULL);
	say_hello(s, archive_peer, &s->follower.node, &head);
	assert_int_equal(hq_turn(s->hq), ERR_DISK_FULL);
	assert_int_equal(state_of(s), OWN_ARCHIVE_GIVEN_UP);
	archive_comes(s);
	assert_int_equal(state_of(s), OWN_ARCHIVE_HELD);
	reopen(s);
	assert_int_equal(state_of(s), OWN_ARCHIVE_AWAITED);
}

/* ---- Checkpoints on their way to posts --------------------------------------------- */

static void
put_status(struct story *s, struct peer from, const struct player *who, uint64_t session,
	   uint64_t *no, const struct link_status *status)
{
	struct frame_header header = {
		.type = FRAME_STATUS, .minor = 1, .session = session, .frame_no = ++*no
	};
	struct buf body = { 0 };

	link_status_put(&body, status);
	put_frame(s->hq, from, who, &header, buf_slice(&body), (struct slice){ 0 });
	buf_fini(&body);
}

static void
post_reads(struct story *s, struct player *p)
{
	struct frame frame;

	put_hello(s->hq, p, LINK_CONSUMER, NULL);
	assert_int_equal(hq_turn(s->hq), OK);
	must(get_frame(s->hq, p->down, FRAME_WELCOME, 0, &frame));
	p->down_session = frame.header.session;
	p->down_no = 1;
}

/* The STATUS that a turn sends to 'peer'; false: none. */
static bool
status_to(struct story *s, struct peer peer, struct link_status *ret)
{
	struct frame frame;

	return get_frame(s->hq, peer, FRAME_STATUS, 0, &frame) &&
	       link_status_get(frame.body, &s->hq->arena, ret);
}

static void
turns(struct story *s)
{
	assert_int_equal(hq_turn(s->hq), OK);
}

static void
test_own_archive__checkpoint_and_proof_go_to_every_post(void **state)
{
	struct story *s = *state;
	const struct archive_files files = memory_files(&s->archive.files);
	const struct tile_source tiles = tile_files(&files);
	struct tree_proof proof;
	struct link_status got;

	archive_comes(s);
	post_reads(s, &s->hq->sfo);
	post_reads(s, &s->hq->lax);
	put_status(
		s, archive_peer, NULL, s->session, &s->no,
		&(struct link_status){ .checkpoint = buf_slice(&s->archive.notes[2]) });
	turns(s);
	for (int i = 0; i < 2; i++) {
		struct note_key key;

		assert_true(
			status_to(s, i == 0 ? s->hq->sfo.down : s->hq->lax.down, &got));
		assert_true(slice_eq(got.checkpoint, buf_slice(&s->archive.notes[2])));
		assert_true(note_key_read(got.archive_key, &key));
		assert_memory_equal(key.public_key, s->key.key.public_key, 32);
		assert_int_equal(got.growth_count, 0);
	}

	/* One knows less: the archive is asked, and the answer goes to that post. */
	put_status(s, s->hq->sfo.down, &s->hq->sfo, s->hq->sfo.down_session,
		   &s->hq->sfo.down_no,
		   &(struct link_status){ .wanted = &s->archive.sizes[0],
					  .wanted_count = 1 });
	turns(s);
	assert_true(status_to(s, archive_peer, &got));
	assert_int_equal(got.wanted_count, 1);
	assert_int_equal(got.wanted[0], s->archive.sizes[0]);
	assert_int_equal(
		tree_prove_growth(&tiles, ENTRIES, got.wanted[0], ENTRIES, &proof), OK);
	const struct link_growth growth = {
		got.wanted[0], slice_of(proof.at, proof.count * sizeof(proof.at[0]))
	};
	put_status(s, archive_peer, NULL, s->session, &s->no,
		   &(struct link_status){ .checkpoint = buf_slice(&s->archive.notes[2]),
					  .growth = &growth,
					  .growth_count = 1 });
	turns(s);
	assert_true(status_to(s, s->hq->sfo.down, &got));
	assert_int_equal(got.growth_count, 1);
	assert_int_equal(got.growth[0].from, s->archive.sizes[0]);
	assert_true(slice_eq(got.growth[0].hashes, growth.hashes));
	assert_false(status_to(s, s->hq->lax.down, &got)); /* It asked for nothing. */
}

/* Wishes that change all the time: the archive hears of them twice a second. */
static void
test_own_archive__a_flood_of_wishes_does_not_reach_the_archive(void **state)
{
	struct story *s = *state;
	struct link_status got;
	unsigned asked = 0;

	archive_comes(s);
	post_reads(s, &s->hq->sfo);
	put_status(
		s, archive_peer, NULL, s->session, &s->no,
		&(struct link_status){ .checkpoint = buf_slice(&s->archive.notes[2]) });
	turns(s);
	for (uint64_t i = 0; i < 50; i++) { /* 500 ms. */
		const uint64_t wanted = 1 + i % 30;

		put_status(s, s->hq->sfo.down, &s->hq->sfo, s->hq->sfo.down_session,
			   &s->hq->sfo.down_no,
			   &(struct link_status){ .wanted = &wanted, .wanted_count = 1 });
		turns(s);
		asked += status_to(s, archive_peer, &got);
	}
	assert_in_range(asked, 1, 2);
}

static void
test_own_archive__only_the_archive_is_believed(void **state)
{
	struct story *s = *state;
	struct archive_key other;
	struct archive forged;
	struct link_status got;

	archive_key_make(&other, "kusanone/hq", 2);
	archive_make(&forged, &s->history, PER_SEGMENT, &other);
	archive_comes(s);
	post_reads(s, &s->hq->sfo);
	/* Of another key, and from somebody else. */
	put_status(s, archive_peer, NULL, s->session, &s->no,
		   &(struct link_status){ .checkpoint = buf_slice(&forged.notes[2]) });
	put_status(
		s, s->hq->sfo.down, &s->hq->sfo, s->hq->sfo.down_session,
		&s->hq->sfo.down_no,
		&(struct link_status){ .checkpoint = buf_slice(&s->archive.notes[2]) });
	turns(s);
	assert_false(status_to(s, s->hq->sfo.down, &got));
	assert_int_equal(s->hq->core->archive.checkpoint.len, 0);
	archive_fini(&forged);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_own_archive__nothing_is_taken_before_it_has_come),
		TEST(test_own_archive__a_log_that_was_set_back_takes_nothing),
		TEST(test_own_archive__what_comes_in_a_session_is_refused_too),
		TEST(test_own_archive__no_other_reader_stops_headquarters),
		TEST(test_own_archive__one_that_is_lost_is_given_up_by_an_operator),
		TEST(test_own_archive__what_is_on_no_disk_is_not_believed),
		TEST(test_own_archive__checkpoint_and_proof_go_to_every_post),
		TEST(test_own_archive__a_flood_of_wishes_does_not_reach_the_archive),
		TEST(test_own_archive__only_the_archive_is_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
