#include "aggregation/aggregation.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/plant.h"

bool
aggregation_read(void *ctx, uint64_t position, struct arena *arena,
		 struct slice *ret_record)
{
	struct aggregation *a = ctx;
	struct slice record;

	if (a->txn == NULL || !log_record(a->txn, position, &record)) {
		return false;
	}
	*ret_record = slice_of(arena_dup(arena, record.at, record.len), record.len);
	return true;
}

void
aggregation_init(struct aggregation *a, const struct aggregation_config *config,
		 struct store *log_store, struct store *view_store)
{
	*a = (struct aggregation){ .config = *config,
				   .store = log_store,
				   .checkpoint = { .view = view_store } };
	fold_init(&a->fold);
	a->fold.source = (struct fold_source){ .read = aggregation_read, .ctx = a };
	listener_init(&a->listener);
	a->listener.tell = own_archive_tell;
	a->listener.tell_ctx = a;
}

void
aggregation_fini(struct aggregation *a)
{
	for (unsigned i = 0; i < a->watcher_count; i++) {
		buf_fini(&a->watchers[i].query);
	}
	free(a->appended);
	listener_fini(&a->listener);
	own_archive_fini(&a->archive);
	fold_fini(&a->fold);
}

/* Did a record from row 'from' on change who may connect? */
static bool
keys_changed(const struct fold *fold, uint32_t from)
{
	for (uint32_t r = from; r < fold->records.count; r++) {
		const struct record_row *row = table_at(&fold->records, r);

		if (row->body == BODY_ENROLMENT || row->body == BODY_REVOCATION) {
			return true;
		}
	}
	return false;
}

static void
fold_log(struct aggregation *a)
{
	struct log_entry entry;
	uint32_t before = a->fold.records.count;

	/* What this turn appended is the end of the log. */
	for (size_t i = 0;
	     a->txn->err == OK && log_after(a->txn, fold_position(&a->fold), &entry);
	     i++) {
		const struct prepared_block *b =
			i < a->appended_count ? a->appended[i] : NULL;
		struct replay_block known = { 0 };

		if (b != NULL) {
			known = (struct replay_block){ b->block.hash, b->records };
		}
		if (!replay_entry(&a->fold, &entry, b != NULL ? &known : NULL, NULL)) {
			a->txn->err = ERR_CORRUPT;
		}
	}
	a->appended_count = 0;
	a->allow_changed = a->allow_changed || keys_changed(&a->fold, before);
	if (a->fold.failed && a->txn->err == OK) {
		a->txn->err = ERR_CORRUPT;
	}
}

enum err
aggregation_open(struct aggregation *a)
{
	struct txn txn = txn_begin_read(a->store);
	enum err err = log_open(&a->log, &txn);

	a->txn = &txn;
	if (err == OK) {
		err = checkpoint_load(&a->checkpoint, &a->fold, &txn, &a->config.hq.node);
	}
	if (err == OK) {
		if (fold_position(&a->fold) == 0) {
			fold_trust(&a->fold, &a->config.hq);
		}
		fold_log(a);
		eraser_open(&a->eraser, &txn);
		own_archive_open(a, &txn);
		err = txn.err;
	}
	a->txn = NULL;
	txn_abort(&txn);
	a->allow_changed = true;
	fold_take_changes(&a->fold);
	return err;
}

/* ---- Turns ------------------------------------------------------------------------- */

static void
turn_begin(struct aggregation *a, struct turn *turn)
{
	a->txn = turn->txn;
	if (!a->turn_open) {
		a->log_before = a->log.head;
		a->archive.before = a->archive.state;
		a->turn_open = true;
		if (a->started == 0) {
			a->started = turn->wall;
		}
	}
}

static void
refuse_peer(struct peer peer, enum link_code code, const char *text, struct turn *turn)
{
	struct link_error error = { .code = code,
				    .error_class = LINK_OPERATOR,
				    .text = text,
				    .minor_min = LINK_MINOR_MIN,
				    .minor_max = LINK_MINOR_MAX };

	listener_refuse_peer(peer, &error, turn->out);
}

static bool
is_local(const struct aggregation *a, const struct session *s)
{
	return s->peer.endpoint == a->config.local_endpoint;
}

/* The whole log, other posts' people and money with it, is for followers: of this
 * machine, or enrolled as one. */
static bool
may_read_unfiltered(const struct aggregation *a, const struct session *s)
{
	uint32_t node = fold_find_node(&a->fold, &s->node);

	if (is_local(a, s)) {
		return true;
	}
	return node != UINT32_MAX &&
	       ((const struct node_row *)table_at(&a->fold.nodes, node))->role ==
		       NODE_FOLLOWER;
}

static void
forbid(struct aggregation *a, struct session *s, const char *text, struct turn *turn)
{
	const struct link_error error = { .code = LINK_FORBIDDEN,
					  .error_class = LINK_OPERATOR,
					  .text = text };

	log_event(turn->log, LOG_WARN, "stream", "refused=%s", text);
	listener_refuse(&a->listener, s, &error, turn->out, turn->now);
}

/* A consumer begins after its cursor, if this log holds it. */
static void
welcome_consumer(struct aggregation *a, struct session *s, struct turn *turn)
{
	if (s->hello.unfiltered && !may_read_unfiltered(a, s)) {
		forbid(a, s, "only a follower reads the whole log", turn);
		return;
	}
	const struct link_cursor *cursor = &s->hello.cursor;
	bool same_filter = cursor->position == 0 ||
			   cursor->filter_version == AGGREGATION_FILTER_VERSION;
	struct link_cursor head = { .position = a->log.head.position,
				    .log_hash = a->log.head.log_hash,
				    .filter_version = AGGREGATION_FILTER_VERSION };

	bool holds = log_holds(turn->txn, cursor->position, &cursor->log_hash);
	if (is_own_archive(a, s)) {
		own_archive_hello(a, holds, cursor->position, turn);
	}
	if (!same_filter || !holds) {
		struct link_error error = {
			.code = LINK_RESET,
			.error_class = LINK_RETRY_BACKOFF,
			.text = "this log does not hold your cursor"
		};

		log_event(turn->log, LOG_WARN, "stream", "reset=%" PRIu64,
			  cursor->position);
		listener_refuse(&a->listener, s, &error, turn->out, turn->now);
		return;
	}
	listener_welcome(&a->listener, s, &head, turn->out, turn->now, turn->wall);
}

static void
welcome_producer(struct aggregation *a, struct session *s, struct turn *turn)
{
	if (is_local(a, s)) {
		forbid(a, s, "records come over CURVE, from an enrolled key", turn);
		return;
	}
	struct link_cursor head = { .position = a->log.head.position,
				    .log_hash = a->log.head.log_hash };
	struct link_error closed;

	if (!own_archive_lets_in(a, &closed)) {
		listener_refuse(&a->listener, s, &closed, turn->out, turn->now);
		return;
	}
	if (store_refuses_work(a->store)) {
		struct link_error error = { .code = LINK_DISK_FULL,
					    .error_class = LINK_RETRY_BACKOFF,
					    .retry_after_ms = LINK_HEARTBEAT_MS,
					    .text = "headquarters' disk is full" };

		listener_refuse(&a->listener, s, &error, turn->out, turn->now);
		return;
	}
	listener_welcome(&a->listener, s, &head, turn->out, turn->now, turn->wall);
}

static void
take_batch(struct aggregation *a, struct session *s, const struct prepared_batch *batch,
	   struct turn *turn)
{
	struct link_error error = { 0 };

	if (!own_archive_lets_in(a, &error)) {
		listener_refuse(&a->listener, s, &error, turn->out, turn->now);
	} else if (store_refuses_work(a->store)) {
		error = (struct link_error){ .code = LINK_DISK_FULL,
					     .error_class = LINK_RETRY_BACKOFF,
					     .retry_after_ms = LINK_HEARTBEAT_MS,
					     .text = "headquarters' disk is full" };
		listener_refuse(&a->listener, s, &error, turn->out, turn->now);
	} else if (!accept_batch(a, s, batch, turn, &error)) {
		a->refused++;
		log_event(turn->log, LOG_WARN, "accept", "refused=%s why=%s",
			  link_code_name(error.code), error.text);
		listener_refuse(&a->listener, s, &error, turn->out, turn->now);
	}
}

/* A session remembers its key. */
static void
note_key(const struct aggregation *a, struct session *s, const uint8_t curve_key[32])
{
	for (uint32_t i = 0; i < a->fold.keys.count; i++) {
		const struct key_row *k = table_at(&a->fold.keys, i);

		if (k->state == KEY_VALID && memcmp(k->curve, curve_key, 32) == 0) {
			s->key1 = i + 1;
		}
	}
}

static void
handle_link(struct aggregation *a, const struct message *msg, const struct node_id *node,
	    struct turn *turn)
{
	struct listener_in in;
	struct session *s = NULL;

	switch (listener_take(&a->listener, msg->from, node, &msg->frame, turn->arena,
			      turn->out, turn->rng, turn->now, &s, &in)) {
	case LISTENER_HELLO:
		if (msg->who.kind == PRINCIPAL_KEY) {
			note_key(a, s, msg->who.curve_key);
		}
		if (s->hello.role == LINK_CONSUMER) {
			welcome_consumer(a, s, turn);
		} else {
			welcome_producer(a, s, turn);
		}
		break;
	case LISTENER_BATCH:
		take_batch(a, s, msg->prepared, turn);
		break;
	case LISTENER_STATUS:
		own_archive_status(a, s, &in.status, turn);
		break;
	case LISTENER_ACK:
	case LISTENER_LOST:
	case LISTENER_NOTHING:
		break;
	}
}

/* Who speaks on this machine's socket: a follower says it in HELLO, and is believed, for
 * the socket is guarded by its mode.  Not the name of a node that speaks for itself: its
 * session would be ended. */
static bool
local_node_of(struct aggregation *a, const struct message *msg, struct turn *turn,
	      struct node_id *ret)
{
	const struct session *s;
	struct link_hello hello;

	if (msg->frame.header.type != FRAME_HELLO) {
		s = listener_session(&a->listener, msg->from, msg->frame.header.session);
		*ret = s != NULL ? s->node : (struct node_id){ { 0 } };
		return true;
	}
	if (!link_hello_get(msg->frame.body, turn->arena, &hello)) {
		refuse_peer(msg->from, LINK_MALFORMED, "HELLO", turn);
		return false;
	}
	uint32_t node = fold_find_node(&a->fold, &hello.node);
	if (node != UINT32_MAX &&
	    ((const struct node_row *)table_at(&a->fold.nodes, node))->role !=
		    NODE_FOLLOWER) {
		refuse_peer(msg->from, LINK_FORBIDDEN,
			    "this node is enrolled, and not as a follower", turn);
		return false;
	}
	*ret = hello.node;
	return true;
}

/* Who the key belongs to is asked of the fold on every message: a revoked key's next
 * message is refused. */
static bool
node_of(const struct aggregation *a, const struct message *msg, struct node_id *ret)
{
	uint32_t node = fold_node_of_curve(&a->fold, msg->who.curve_key);

	if (node == UINT32_MAX) {
		return false;
	}
	const struct node_row *row = table_at(&a->fold.nodes, node);
	memcpy(ret->b, row->id, NODE_ID_LEN);
	return true;
}

/* Whose key has been revoked is served nothing more: its messages do not reach us, so
 * its sessions would last until they are missed. */
static void
end_revoked(struct aggregation *a, struct turn *turn)
{
	const struct link_error error = { .code = LINK_UNAUTHENTICATED,
					  .error_class = LINK_OPERATOR,
					  .text = "this key was revoked" };

	for (size_t i = 0; i < a->listener.count; i++) {
		struct session *s = a->listener.sessions[i];

		if (s->closing || s->key1 == 0) {
			continue;
		}
		const struct key_row *k = table_at(&a->fold.keys, s->key1 - 1);
		if (k->state != KEY_VALID) {
			listener_refuse(&a->listener, s, &error, turn->out, turn->now);
		}
	}
}

static void
handle(void *self, const struct message *msg, struct turn *turn)
{
	struct aggregation *a = self;
	struct node_id node;

	turn_begin(a, turn);
	if (msg->who.kind == PRINCIPAL_KEY) {
		if (!node_of(a, msg, &node)) {
			refuse_peer(msg->from, LINK_UNAUTHENTICATED,
				    "this key is not enrolled or was revoked", turn);
			return;
		}
		switch (msg->fault) {
		case FRAME_GOOD:
			break;
		case FRAME_WRONG_MAJOR:
			refuse_peer(msg->from, LINK_VERSION_UNSUPPORTED,
				    "this headquarters speaks KSL1", turn);
			return;
		case FRAME_TOO_LARGE:
			refuse_peer(msg->from, LINK_TOO_LARGE, "frame too large", turn);
			return;
		case FRAME_MALFORMED:
			refuse_peer(msg->from, LINK_MALFORMED, "not a frame", turn);
			return;
		}
		if (msg->frame.header.type >= FRAME_REQUEST_FIRST) {
			refuse_peer(msg->from, LINK_FORBIDDEN,
				    "requests are for this machine's commands", turn);
			return;
		}
		handle_link(a, msg, &node, turn);
		return;
	}
	if (msg->fault != FRAME_GOOD) {
		return;
	}
	if (msg->frame.header.type >= FRAME_REQUEST_FIRST) {
		ask_handle(a, msg, turn);
	} else if (local_node_of(a, msg, turn, &node)) {
		handle_link(a, msg, &node, turn);
	}
}

static void
session_lost(void *ctx, struct session *s)
{
	(void)ctx;
	(void)s;
}

static void
run(void *self, struct turn *turn)
{
	struct aggregation *a = self;
	struct store_usage usage = store_usage(a->store);
	struct link_status mine = { .head = a->log.head.position,
				    .wall = turn->wall,
				    .disk_used_percent = usage.percent };

	turn_begin(a, turn);
	eraser_run(&a->eraser, &a->fold, turn->txn);
	if (PLANTED(1)) { /* Acknowledged before the commit. */
		listener_ack_all(&a->listener, turn->out, turn->now);
	}
	listener_run(&a->listener, &mine, turn->out, turn->now, session_lost, a);
}

void
aggregation_allow_list(const struct aggregation *a, struct buf *ret_keys)
{
	for (uint32_t i = 0; i < a->fold.keys.count; i++) {
		const struct key_row *k = table_at(&a->fold.keys, i);

		if (k->state == KEY_VALID) {
			buf_put(ret_keys, k->curve, sizeof(k->curve));
		}
	}
}

static void
hand_out_allow_list(struct aggregation *a, struct turn *turn)
{
	struct buf keys = { 0 };

	aggregation_allow_list(a, &keys);
	outbox_allow(turn->out, buf_slice(&keys));
	buf_fini(&keys);
	a->allow_changed = false;
}

static void
fold_turn(void *self, struct turn *turn)
{
	struct aggregation *a = self;

	a->txn = turn->txn;
	a->turn_open = false;
	a->last_commit = turn->now;
	eraser_committed(&a->eraser, turn->now);
	fold_log(a);
	if (turn->txn->err != OK) {
		/* The process ends: nothing of this turn may leave. */
		outbox_clear(turn->out);
		a->txn = NULL;
		return;
	}
	listener_ack_all(&a->listener, turn->out, turn->now);
	if (a->allow_changed) {
		hand_out_allow_list(a, turn);
		end_revoked(a, turn);
	}
	stream_run(a, turn);
	ask_watchers(a, turn);
	fold_take_changes(&a->fold);
	checkpoint_run(&a->checkpoint, &a->fold, a->txn, false, turn->log, turn->now);
	a->txn = NULL;
}

static void
dropped(void *self, enum err err, struct turn *turn)
{
	struct aggregation *a = self;

	log_event(turn->log, LOG_ERROR, "commit", "failed=%s", err_name(err));
	log_rewind(&a->log, a->log_before);
	own_archive_dropped(&a->archive);
	a->appended_count = 0;
	listener_dropped(&a->listener, turn->out);
	a->turn_open = false;
	a->txn = NULL;
}

/* The commit failed for want of space: producers go back to what is on the disk. */
static void
refuse(void *self, const struct message *msg, enum err err, struct turn *turn)
{
	struct aggregation *a = self;
	struct link_error error = { .code = LINK_DISK_FULL,
				    .error_class = LINK_RETRY_BACKOFF,
				    .retry_after_ms = LINK_HEARTBEAT_MS,
				    .text = "headquarters' disk is full" };

	(void)err;
	if (msg->fault != FRAME_GOOD) {
		return;
	}
	if (msg->frame.header.type >= FRAME_REQUEST_FIRST) {
		ask_refuse(msg, "disk_full", turn);
		return;
	}
	for (size_t i = 0; i < a->listener.count; i++) {
		struct session *s = a->listener.sessions[i];

		if (peer_eq(s->peer, msg->from) && !s->closing) {
			listener_refuse(&a->listener, s, &error, turn->out, turn->now);
		}
	}
}

static msec_t
deadline(const void *self)
{
	const struct aggregation *a = self;
	msec_t at = listener_deadline(&a->listener);
	msec_t watch = ask_deadline(a);

	if (watch < at) {
		at = watch;
	}
	if (eraser_is_due(&a->eraser, &a->fold)) {
		at = a->last_commit;
	}
	msec_t compact = eraser_deadline(&a->eraser);
	at = compact < at ? compact : at;
	msec_t checkpoint = checkpoint_deadline(&a->checkpoint, &a->fold);
	return checkpoint < at ? checkpoint : at;
}

static enum err
idle(void *self, struct turn *turn)
{
	struct aggregation *a = self;

	return eraser_idle(&a->eraser, a->store, turn->log, turn->now);
}

void
aggregation_drain(void *self, struct turn *turn)
{
	struct aggregation *a = self;

	a->txn = turn->txn;
	listener_stop(&a->listener, "headquarters is stopping", turn->out, turn->now);
	checkpoint_run(&a->checkpoint, &a->fold, a->txn, true, turn->log, turn->now);
	a->txn = NULL;
}

const struct service aggregation_service = {
	.name = "aggregation",
	.prepare = prepare_message,
	.handle = handle,
	.run = run,
	.fold = fold_turn,
	.dropped = dropped,
	.refuse = refuse,
	.deadline = deadline,
	.idle = idle,
};
