#include "lib/node/node.h"

#include <stdlib.h>

#include "lib/base/plant.h"

void
inbox_fini(struct inbox *inbox)
{
	free(inbox->list);
	arena_fini(&inbox->arena);
	arena_fini(&inbox->prepared);
	*inbox = (struct inbox){ 0 };
}

void
inbox_clear(struct inbox *inbox)
{
	inbox->count = 0;
	inbox->bytes = 0;
	arena_reset(&inbox->arena);
	arena_reset(&inbox->prepared);
}

static struct message *
inbox_add(struct inbox *inbox)
{
	if (inbox->count == inbox->cap) {
		inbox->cap = inbox->cap != 0 ? 2 * inbox->cap : 16;
		inbox->list = xrealloc(inbox->list, inbox->cap * sizeof(inbox->list[0]));
	}
	return &inbox->list[inbox->count++];
}

void
inbox_put_end(struct inbox *inbox, struct peer from, enum line_end end)
{
	*inbox_add(inbox) = (struct message){ .from = from,
					      .who = { .kind = PRINCIPAL_SERVER },
					      .ended = end,
					      .fault = FRAME_MALFORMED };
}

void
inbox_put_outcome(struct inbox *inbox, struct slice outcome)
{
	must(outcome.len != 0);
	struct slice copy =
		slice_of(arena_dup(&inbox->arena, outcome.at, outcome.len), outcome.len);

	inbox->bytes += outcome.len;
	*inbox_add(inbox) = (struct message){ .fault = FRAME_MALFORMED, .outcome = copy };
}

void
inbox_put(struct inbox *inbox, struct peer from, const struct principal *who,
	  const struct slice *parts, unsigned count)
{
	struct slice copies[FRAME_MAX_PARTS] = { 0 };
	unsigned kept = count < FRAME_MAX_PARTS ? count : FRAME_MAX_PARTS;

	for (unsigned i = 0; i < kept; i++) {
		copies[i] = slice_of(arena_dup(&inbox->arena, parts[i].at, parts[i].len),
				     parts[i].len);
		inbox->bytes += parts[i].len;
	}
	struct message *msg = inbox_add(inbox);
	*msg = (struct message){ .from = from, .who = *who };
	msg->fault = frame_read(copies, count, &msg->frame);
}

void
inbox_prepare(struct inbox *inbox, const struct service *service)
{
	for (size_t i = 0; i < inbox->count && service->prepare != NULL; i++) {
		struct message *msg = &inbox->list[i];

		if (!msg->is_prepared) {
			msg->prepared = service->prepare(msg, &inbox->prepared);
			msg->is_prepared = true;
		}
	}
}

void
node_init(struct node *node, const struct service *service, void *self,
	  struct store *store, uint64_t seed, struct log_sink *log)
{
	*node = (struct node){ .service = service,
			       .self = self,
			       .store = store,
			       .rng = { seed },
			       .log = log };
}

void
node_fini(struct node *node)
{
	outbox_fini(&node->outbox);
	arena_fini(&node->arena);
}

static bool
crashes_at(struct node *node, enum turn_point point)
{
	return node->crash_at != NULL && node->crash_at(node->crash_ctx, point);
}

/* The disk is full: what the turn wanted is dropped, and everybody who asked is told. */
static void
answer_refusals(struct node *node, const struct inbox *inbox, enum err err,
		struct turn *turn)
{
	for (size_t i = 0; i < inbox->count; i++) {
		node->service->refuse(node->self, &inbox->list[i], err, turn);
	}
}

enum err
node_turn(struct node *node, struct inbox *inbox, msec_t now, wall_ms_t wall)
{
	struct txn txn = txn_begin(node->store);
	struct turn turn = { .txn = &txn,
			     .out = &node->outbox,
			     .arena = &node->arena,
			     .rng = &node->rng,
			     .log = node->log,
			     .now = now,
			     .wall = wall };
	enum err err;

	node->turns++;
	inbox_prepare(inbox, node->service);
	for (size_t i = 0; i < inbox->count; i++) {
		node->service->handle(node->self, &inbox->list[i], &turn);
	}
	node->service->run(node->self, &turn);
	if (crashes_at(node, TURN_HANDLED)) {
		txn_abort(&txn);
		return ERR_FORCED;
	}

	err = txn_commit(&txn);
	if (PLANTED(2) && err == ERR_DISK_FULL) { /* Taken for a good one. */
		err = OK;
	}
	turn.txn = NULL;
	if (err != OK) {
		/* Nothing was written, so nothing is folded and nothing is sent. */
		node->failed_commits++;
		node->service->dropped(node->self, err, &turn);
		if (!PLANTED(1)) {
			outbox_clear(&node->outbox);
		}
		if (err == ERR_DISK_FULL) {
			answer_refusals(node, inbox, err, &turn);
		}
	} else {
		node->commits++;
		if (crashes_at(node, TURN_COMMITTED)) {
			return ERR_FORCED;
		}
		struct txn read = txn_begin_read(node->store);
		turn.txn = &read;
		node->service->fold(node->self, &turn);
		err = read.err;
		txn_abort(&read);
		turn.txn = NULL;
		if (crashes_at(node, TURN_FOLDED)) {
			return ERR_FORCED;
		}
	}
	if (err == OK && node->service->idle != NULL) {
		err = node->service->idle(node->self, &turn);
	}
	inbox_clear(inbox);
	arena_reset(&node->arena);
	return err;
}
