/* node_turn() over a real store: what is on disk, in memory and in the outbox after a
 * turn that went well, that failed, and that was cut short at each point. */
#include <stdio.h>
#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>

#include "lib/node/node.h"

#include <cmocka.h>

enum { COUNT_DB = 0 };

/* Appends each message to the log and counts it in memory, where only fold() may. */
struct counter {
	uint64_t staged;  /* By this turn's messages. */
	uint64_t counted; /* Agrees with the disk. */
	uint64_t handles, runs, folds, drops, refusals, idles;
	size_t outbox_at_drop; /* What dropped() still saw. */
	enum err dropped_err, refused_err, idle_err;
	bool wrote_in_order; /* run() came after every handle(), fold() after the commit.
			      */
	msec_t now;
	wall_ms_t wall;
};

struct world {
	char dir[64];
	struct store *store;
	struct node node;
	struct counter counter;
	struct inbox inbox;
	enum turn_point crash_point;
	bool crashes;
};

static const struct frame_header reply_header = { .type = FRAME_REPLY,
						  .minor = LINK_MINOR_MAX };

static void
counter_handle(void *self, const struct message *msg, struct turn *turn)
{
	struct counter *c = self;
	uint8_t key[8];

	c->handles++;
	c->staged++;
	put_be64(key, c->counted + c->staged);
	txn_append(turn->txn, COUNT_DB, slice_of(key, sizeof(key)), msg->frame.body);
	outbox_frame(turn->out, msg->from, &reply_header, slice_str("taken"),
		     (struct slice){ 0 });
}

static void
counter_run(void *self, struct turn *turn)
{
	struct counter *c = self;

	c->runs++;
	c->wrote_in_order = c->handles == c->counted + c->staged;
	c->now = turn->now;
	c->wall = turn->wall;
}

static uint64_t
on_disk(struct world *w)
{
	struct txn txn = txn_begin_read(w->store);
	uint64_t count = txn_count(&txn, COUNT_DB);

	txn_abort(&txn);
	return count;
}

static void
counter_fold(void *self, struct turn *turn)
{
	struct counter *c = self;

	c->folds++;
	c->wrote_in_order &= txn_count(turn->txn, COUNT_DB) == c->counted + c->staged;
	c->counted += c->staged;
	c->staged = 0;
	outbox_frame(turn->out, (struct peer){ 9, 9 }, &reply_header, slice_str("folded"),
		     (struct slice){ 0 });
}

static void
counter_dropped(void *self, enum err err, struct turn *turn)
{
	struct counter *c = self;

	c->drops++;
	c->dropped_err = err;
	c->handles -= c->staged;
	c->staged = 0;
	c->outbox_at_drop = turn->out->count;
	assert_null(turn->txn);
	/* Whatever it says here is not said. */
	outbox_frame(turn->out, (struct peer){ 9, 9 }, &reply_header, slice_str("oops"),
		     (struct slice){ 0 });
}

static void
counter_refuse(void *self, const struct message *msg, enum err err, struct turn *turn)
{
	struct counter *c = self;

	c->refusals++;
	c->refused_err = err;
	outbox_frame(turn->out, msg->from, &reply_header, slice_str("refused"),
		     (struct slice){ 0 });
}

static enum err
counter_idle(void *self, struct turn *turn)
{
	struct counter *c = self;

	assert_null(turn->txn);
	c->idles++;
	return c->idle_err;
}

static msec_t
counter_deadline(const void *self)
{
	return ((const struct counter *)self)->now + 100;
}

static const struct service counter_service = {
	.name = "counter",
	.handle = counter_handle,
	.run = counter_run,
	.fold = counter_fold,
	.dropped = counter_dropped,
	.refuse = counter_refuse,
	.idle = counter_idle,
	.deadline = counter_deadline,
};

static bool
crash_at(void *ctx, enum turn_point point)
{
	const struct world *w = ctx;

	return w->crashes && point == w->crash_point;
}

static void
open_world(struct world *w)
{
	static const char *const dbs[] = { "count", NULL };
	char why[256] = "";
	const struct store_options options = { .dir = w->dir,
					       .kind = "counter",
					       .format = 1,
					       .dbs = dbs,
					       .quota_bytes = 16 * 1024 * 1024 };
	enum err err = store_open(&options, &w->store, why, sizeof(why));

	if (err != OK) {
		fail_msg("%s", why);
	}
	w->counter = (struct counter){ 0 };
	w->counter.counted = on_disk(w); /* What a start folds. */
	w->counter.handles = w->counter.counted;
	node_init(&w->node, &counter_service, &w->counter, w->store, 1, NULL);
	w->node.crash_at = crash_at;
	w->node.crash_ctx = w;
}

static void
close_world(struct world *w)
{
	node_fini(&w->node);
	inbox_fini(&w->inbox);
	store_close(w->store);
}

static int
set_up(void **state)
{
	static struct world w;
	static char parent[64];

	hash_init();
	memcpy(parent, "/tmp/kusanone-node-XXXXXX", sizeof("/tmp/kusanone-node-XXXXXX"));
	assert_non_null(mkdtemp(parent));
	w = (struct world){ 0 };
	assert_true(snprintf(w.dir, sizeof(w.dir), "%.48s/log", parent) > 0);
	open_world(&w);
	*state = &w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;
	char command[96];

	close_world(w);
	w->dir[strlen(w->dir) - strlen("/log")] = '\0';
	snprintf(command, sizeof(command), "rm -rf '%s'", w->dir);
	return system(command);
}

static void
put(struct world *w, uint32_t peer, const char *body)
{
	const struct frame_header header = { .type = FRAME_SUBMIT,
					     .minor = LINK_MINOR_MAX };
	const struct principal who = { .kind = PRINCIPAL_LOCAL };
	uint8_t bytes[FRAME_HEADER_LEN];

	frame_header_put(bytes, &header);
	const struct slice parts[2] = { slice_of(bytes, sizeof(bytes)), slice_str(body) };
	inbox_put(&w->inbox, (struct peer){ 0, peer }, &who, parts, 2);
}

/* The i-th entry of the outbox is a frame to 'peer' with this body. */
static void
check_out(struct world *w, size_t i, uint32_t peer, const char *body)
{
	struct slice parts[3];

	assert_true(i < w->node.outbox.count);
	assert_int_equal(w->node.outbox.list[i].kind, OUT_FRAME);
	assert_int_equal(w->node.outbox.list[i].to.id, peer);
	assert_int_equal(out_parts(&w->node.outbox, &w->node.outbox.list[i], parts), 2);
	assert_true(slice_eq_str(parts[1], body));
}

static void
test_node__a_turn_commits_then_folds_then_opens_the_outbox(void **state)
{
	struct world *w = *state;

	put(w, 1, "a");
	put(w, 2, "b");
	assert_int_equal(node_turn(&w->node, &w->inbox, 1000, 2000), OK);
	assert_int_equal(on_disk(w), 2);
	assert_int_equal(w->counter.counted, 2);
	assert_true(w->counter.wrote_in_order);
	assert_int_equal(w->counter.now, 1000);
	assert_int_equal(w->counter.wall, 2000);
	assert_int_equal(w->node.outbox.count, 3);
	check_out(w, 0, 1, "taken");
	check_out(w, 1, 2, "taken");
	check_out(w, 2, 9, "folded");
	assert_int_equal(w->inbox.count, 0);
	assert_int_equal(w->inbox.bytes, 0);
	assert_int_equal(w->counter.idles, 1);
	assert_int_equal(w->node.turns, 1);
	assert_int_equal(w->node.commits, 1);
	assert_int_equal(node_deadline(&w->node), 1100);
}

static void
test_node__a_whole_inbox_is_one_commit(void **state)
{
	struct world *w = *state;

	for (uint32_t i = 0; i < 500; i++) {
		put(w, i, "a");
	}
	store_fail_commit(w->store, 2, ERR_IO); /* A second one would fail. */
	assert_int_equal(node_turn(&w->node, &w->inbox, 1, 1), OK);
	assert_int_equal(on_disk(w), 500);
	assert_int_equal(w->counter.runs, 1);
	assert_int_equal(w->counter.folds, 1);
}

static void
test_node__a_turn_without_messages_still_runs(void **state)
{
	struct world *w = *state;

	assert_int_equal(node_turn(&w->node, &w->inbox, 5, 5), OK);
	assert_int_equal(w->counter.runs, 1);
	assert_int_equal(w->counter.folds, 1);
	assert_int_equal(on_disk(w), 0);
}

static void
test_node__a_failed_commit_drops_everything_and_ends_the_process(void **state)
{
	struct world *w = *state;

	put(w, 1, "a");
	put(w, 2, "b");
	store_fail_commit(w->store, 1, ERR_IO);
	assert_int_equal(node_turn(&w->node, &w->inbox, 1, 1), ERR_IO);
	assert_int_equal(on_disk(w), 0);
	assert_int_equal(w->counter.drops, 1);
	assert_int_equal(w->counter.dropped_err, ERR_IO);
	assert_int_equal(w->counter.outbox_at_drop, 2);
	assert_int_equal(w->counter.folds, 0);
	assert_int_equal(w->counter.counted, 0);
	assert_int_equal(w->counter.refusals, 0);
	assert_int_equal(w->counter.idles, 0);
	assert_int_equal(w->node.outbox.count, 0);
	assert_int_equal(w->node.failed_commits, 1);
	assert_int_equal(w->node.commits, 0);
}

static void
test_node__a_full_disk_is_answered_to_everyone_and_work_goes_on(void **state)
{
	struct world *w = *state;

	put(w, 1, "a");
	put(w, 2, "b");
	store_fail_commit(w->store, 1, ERR_DISK_FULL);
	assert_int_equal(node_turn(&w->node, &w->inbox, 1, 1), ERR_DISK_FULL);
	assert_int_equal(on_disk(w), 0);
	assert_int_equal(w->counter.counted, 0);
	assert_int_equal(w->counter.refused_err, ERR_DISK_FULL);
	assert_int_equal(w->node.outbox.count, 2);
	check_out(w, 0, 1, "refused");
	check_out(w, 1, 2, "refused");
	assert_int_equal(w->inbox.count, 0);

	outbox_clear(&w->node.outbox);
	put(w, 1, "again");
	assert_int_equal(node_turn(&w->node, &w->inbox, 2, 2), OK);
	assert_int_equal(on_disk(w), 1);
	assert_int_equal(w->counter.counted, 1);
	check_out(w, 0, 1, "taken");
}

/* Crash, forget the memory, start again: what is there? */
static void
crash_and_restart(struct world *w, enum turn_point point, uint64_t expected_on_disk)
{
	put(w, 1, "a");
	w->crashes = true;
	w->crash_point = point;
	assert_int_equal(node_turn(&w->node, &w->inbox, 1, 1), ERR_FORCED);
	w->crashes = false;
	assert_int_equal(w->counter.folds, point == TURN_FOLDED);
	close_world(w);

	open_world(w);
	assert_int_equal(on_disk(w), expected_on_disk);
	assert_int_equal(w->counter.counted, expected_on_disk);
	put(w, 1, "b");
	assert_int_equal(node_turn(&w->node, &w->inbox, 2, 2), OK);
	assert_int_equal(on_disk(w), expected_on_disk + 1);
	assert_int_equal(w->counter.counted, expected_on_disk + 1);
}

static void
test_node__a_crash_before_the_commit_leaves_nothing(void **state)
{
	crash_and_restart(*state, TURN_HANDLED, 0);
}

static void
test_node__a_crash_after_the_commit_leaves_all_of_it(void **state)
{
	crash_and_restart(*state, TURN_COMMITTED, 1);
}

static void
test_node__a_crash_before_sending_leaves_all_of_it(void **state)
{
	crash_and_restart(*state, TURN_FOLDED, 1);
}

static void
test_node__an_error_of_idle_is_the_turns(void **state)
{
	struct world *w = *state;

	w->counter.idle_err = ERR_CORRUPT;
	assert_int_equal(node_turn(&w->node, &w->inbox, 1, 1), ERR_CORRUPT);
}

static void
test_node__the_inbox_owns_what_it_was_given(void **state)
{
	struct world *w = *state;
	const struct principal who = { .kind = PRINCIPAL_KEY, .curve_key = { 1, 2, 3 } };
	char text[] = "body";
	uint8_t bytes[FRAME_HEADER_LEN];
	const struct frame_header header = {
		.type = FRAME_BATCH, .minor = 1, .session = 5, .frame_no = 6
	};

	frame_header_put(bytes, &header);
	struct slice parts[3] = { slice_of(bytes, sizeof(bytes)), slice_str(text),
				  slice_str("payload") };
	inbox_put(&w->inbox, (struct peer){ 1, 2 }, &who, parts, 3);
	memset(text, 'x', sizeof(text) - 1);
	memset(bytes, 0, sizeof(bytes));

	const struct message *msg = &w->inbox.list[0];
	assert_int_equal(msg->fault, FRAME_GOOD);
	assert_true(peer_eq(msg->from, (struct peer){ 1, 2 }));
	assert_memory_equal(msg->who.curve_key, who.curve_key, 32);
	assert_int_equal(msg->frame.header.session, 5);
	assert_int_equal(msg->frame.header.frame_no, 6);
	assert_true(slice_eq_str(msg->frame.body, "body"));
	assert_true(slice_eq_str(msg->frame.payload, "payload"));
	assert_int_equal(w->inbox.bytes, FRAME_HEADER_LEN + 4 + 7);

	/* More parts than a frame has: told, never read. */
	inbox_put(&w->inbox, (struct peer){ 1, 2 }, &who, parts, 4);
	assert_int_not_equal(w->inbox.list[1].fault, FRAME_GOOD);
	inbox_put(&w->inbox, (struct peer){ 1, 2 }, &who, parts, 0);
	assert_int_not_equal(w->inbox.list[2].fault, FRAME_GOOD);

	/* The end of a connection, and no frame: nobody takes it for one. */
	assert_int_equal(w->inbox.list[0].ended, LINE_OPEN);
	inbox_put_end(&w->inbox, (struct peer){ 3, 9 }, LINE_CUT);
	assert_int_equal(w->inbox.list[3].ended, LINE_CUT);
	assert_true(peer_eq(w->inbox.list[3].from, (struct peer){ 3, 9 }));
	assert_int_not_equal(w->inbox.list[3].fault, FRAME_GOOD);
	inbox_clear(&w->inbox);
	assert_int_equal(w->inbox.bytes, 0);
}

#define NODE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		NODE_TEST(test_node__a_turn_commits_then_folds_then_opens_the_outbox),
		NODE_TEST(test_node__a_whole_inbox_is_one_commit),
		NODE_TEST(test_node__a_turn_without_messages_still_runs),
		NODE_TEST(
			test_node__a_failed_commit_drops_everything_and_ends_the_process),
		NODE_TEST(
			test_node__a_full_disk_is_answered_to_everyone_and_work_goes_on),
		NODE_TEST(test_node__a_crash_before_the_commit_leaves_nothing),
		NODE_TEST(test_node__a_crash_after_the_commit_leaves_all_of_it),
		NODE_TEST(test_node__a_crash_before_sending_leaves_all_of_it),
		NODE_TEST(test_node__an_error_of_idle_is_the_turns),
		NODE_TEST(test_node__the_inbox_owns_what_it_was_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
