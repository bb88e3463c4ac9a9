#include "notification/notification.h"

#include <stdlib.h>

enum { FAILED_REST_MS = 1000, BEHIND_MS = 30 * 1000 };

void
notification_init(struct notification *n, const struct notification_config *config,
		  struct store *store, struct store *copy, struct store *view)
{
	*n = (struct notification){ .config = *config,
				    .store = store,
				    .copy = copy,
				    .checkpoint = { .view = view },
				    .day = INT32_MIN,
				    .turn_no = 1,
				    .goes = NEVER };
	fold_init(&n->fold);
	n->fold.source = (struct fold_source){ .read = watch_read, .ctx = n };
	words_init(&n->words);
	alerts_init(&n->alerts);
	schedule_init(&n->schedule);
	planned_init(&n->planned);
	table_init(&n->seen, sizeof(struct seen_row));
}

void
notification_fini(struct notification *n)
{
	send_dropped(n);
	for (size_t i = 0; i < n->sending_count; i++) {
		send_free(n->sendings[i]);
	}
	free(n->sendings);
	free(n->outcomes);
	free(n->staged);
	free(n->feeds);
	free(n->open);
	free(n->touched);
	table_fini(&n->seen);
	planned_fini(&n->planned);
	schedule_fini(&n->schedule);
	alerts_fini(&n->alerts);
	words_fini(&n->words);
	fold_fini(&n->fold);
	arena_fini(&n->arena);
}

enum err
notification_open(struct notification *n, msec_t now)
{
	follower_init(&n->follower, n->config.dial_endpoint, &n->config.node,
		      n->config.software, n->copy, now);
	n->follower.took = follow_took;
	return watch_open(n);
}

/* ---- Turns ------------------------------------------------------------------------- */

/* Answers and messages read the copy; it is written in follow_run() only. */
static void
with_copy(struct notification *n, struct txn *copy, struct txn *kept)
{
	*copy = txn_begin_read(n->copy);
	n->copy_txn = copy;
	n->keep_txn = kept;
}

static enum err
without_copy(struct notification *n)
{
	enum err err = n->copy_txn->err;

	txn_abort(n->copy_txn);
	n->copy_txn = NULL;
	n->keep_txn = NULL;
	return err;
}

static void
handle(void *self, const struct message *msg, struct turn *turn)
{
	struct notification *n = self;
	struct outcome outcome;
	struct txn copy;

	n->now = turn->wall;
	if (n->started == 0) {
		n->started = turn->wall;
	}
	if (msg->outcome.len != 0) {
		if (deliver_outcome(msg->outcome, turn->arena, &outcome)) {
			send_hear(n, &outcome);
		}
	} else if (msg->who.kind == PRINCIPAL_SERVER) {
		follower_take(&n->follower, msg, turn);
	} else if (msg->fault == FRAME_GOOD &&
		   msg->frame.header.type >= FRAME_REQUEST_FIRST) {
		with_copy(n, &copy, turn->txn);
		ask_answer(n, msg, turn);
		(void)without_copy(n);
	}
}

static void
run(void *self, struct turn *turn)
{
	struct notification *n = self;
	struct txn copy;

	n->now = turn->wall;
	if (n->started == 0) {
		n->started = turn->wall;
	}
	n->turn_no++;
	if (turn->wall < n->wall_before - MINUTE_MS) {
		send_clock_back(n, turn->wall);
	}
	n->wall_before = turn->wall;
	if (n->behind_until == 0) {
		n->behind_until = turn->now + BEHIND_MS;
	}
	follow_run(n, turn);
	with_copy(n, &copy, turn->txn);
	send_run(n, turn);
	enum err err = without_copy(n);
	if (err != OK && turn->txn->err == OK) {
		turn->txn->err = err;
	}
}

static void
fold_turn(void *self, struct turn *turn)
{
	struct notification *n = self;
	struct txn copy;

	if (n->follower.reset && turn->txn->err == OK) {
		turn->txn->err = follow_reset(n, turn);
	}
	with_copy(n, &copy, turn->txn);
	send_committed(n, turn);
	watch_fold(n, turn);
	follower_ack(&n->follower, turn);
	if (!n->behind) {
		deliver_feeds(n, turn);
	}
	enum err err = without_copy(n);
	if (err != OK && turn->txn->err == OK) {
		turn->txn->err = err;
	}
	if (turn->txn->err != OK) {
		outbox_clear(turn->out); /* The process ends. */
	}
}

static void
dropped(void *self, enum err err, struct turn *turn)
{
	struct notification *n = self;

	log_event(turn->log, LOG_ERROR, "commit", "failed=%s", err_name(err));
	n->rest_until = turn->now + FAILED_REST_MS;
	follower_drop(&n->follower);
	send_dropped(n);
	dialer_dropped(&n->follower.dialer, turn->out, turn->now);
}

static void
refuse(void *self, const struct message *msg, enum err err, struct turn *turn)
{
	(void)self;
	(void)err;
	if (msg->outcome.len == 0 && msg->fault == FRAME_GOOD &&
	    msg->frame.header.type >= FRAME_REQUEST_FIRST) {
		ask_refuse_full(msg, turn);
	}
}

static wall_ms_t
earlier(wall_ms_t a, wall_ms_t b)
{
	return a < b ? a : b;
}

/* Wall clocks are set; so none is trusted for longer than NOTIFICATION_CLOCK_MS. */
static msec_t
deadline(const void *self)
{
	struct notification *n = (struct notification *)(uintptr_t)self;
	wall_ms_t next = earlier(watch_next(n), send_next(n));
	msec_t at = n->turned_at + NOTIFICATION_CLOCK_MS;

	next = n->behind ? next : earlier(next, deliver_feeds_next(n));
	if (next <= n->now) {
		at = n->turned_at;
	} else if (next - n->now < NOTIFICATION_CLOCK_MS) {
		at = n->turned_at + (next - n->now);
	}
	at = earlier(at, n->config.dials ? dialer_deadline(&n->follower.dialer) : NEVER);
	at = earlier(at,
		     n->behind ? NEVER : checkpoint_deadline(&n->checkpoint, &n->fold));
	if (n->behind && !n->copy_short) {
		at = earlier(at, n->behind_until);
	}
	if (eraser_is_due(&n->eraser, &n->fold)) {
		at = n->turned_at;
	}
	at = earlier(at, eraser_deadline(&n->eraser));
	/* A disk that is full is not asked at once again, whoever waits. */
	return at < n->rest_until ? n->rest_until : at;
}

static enum err
idle(void *self, struct turn *turn)
{
	struct notification *n = self;

	n->turned_at = turn->now;
	return eraser_idle(&n->eraser, n->copy, turn->log, turn->now);
}

void
notification_drain(void *self, struct turn *turn)
{
	struct notification *n = self;
	struct txn copy;

	if (n->config.dials) {
		dialer_stop(&n->follower.dialer, turn->out, turn->now);
	}
	if (!n->fresh &&
	    !n->behind) { /* What is found next time is found from there on. */
		with_copy(n, &copy, NULL);
		checkpoint_run(&n->checkpoint, &n->fold, n->copy_txn, true, turn->log,
			       turn->now);
		(void)without_copy(n);
	}
}

const struct service notification_service = {
	.name = "notification",
	.handle = handle,
	.run = run,
	.fold = fold_turn,
	.dropped = dropped,
	.refuse = refuse,
	.deadline = deadline,
	.idle = idle,
};
