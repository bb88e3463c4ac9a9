/* lib/node/node.h - one turn of a service: read, decide, commit, fold, send.
 *
 * Nothing leaves a node before what it says is on disk.  lib/host and tests/sim both
 * drive services through node_turn() and no other way. */
#ifndef LIB_NODE_NODE_H
#define LIB_NODE_NODE_H

#include "lib/node/service.h"

/* Messages that wait for the next turn.  Bytes are copied in. */
struct inbox {
	struct message *list;
	size_t count, cap;
	struct arena arena;
	struct arena prepared; /* Apart: it is filled while messages are put. */
	size_t bytes;
};
void inbox_fini(struct inbox *);
void inbox_clear(struct inbox *);

/* 'parts' without ZeroMQ's routing id.  Checks the frame's header (message.fault). */
void inbox_put(struct inbox *, struct peer from, const struct principal *,
	       const struct slice *parts, unsigned count);

/* The connection that was dialled as 'from' has ended. */
void inbox_put_end(struct inbox *, struct peer from, enum line_end);

/* What came of a job of the outbox (OUT_JOB): not empty. */
void inbox_put_outcome(struct inbox *, struct slice outcome);

/* Have the service prepare what has not been prepared yet. */
void inbox_prepare(struct inbox *, const struct service *);

/* Where in a turn a crash may be staged (tests). */
enum turn_point {
	TURN_HANDLED,   /* Before the commit. */
	TURN_COMMITTED, /* On disk, nothing folded. */
	TURN_FOLDED,    /* Nothing sent. */
};

struct node {
	const struct service *service;
	void *self;
	struct store *store; /* The log. */
	struct outbox outbox;
	struct arena arena;
	struct rng rng;
	struct log_sink *log;

	/* Called at each point; true stops the turn there as a crash would.  NULL: never.
	 */
	bool (*crash_at)(void *ctx, enum turn_point);
	void *crash_ctx;

	uint64_t turns, commits, failed_commits;
};

void node_init(struct node *, const struct service *, void *self, struct store *,
	       uint64_t seed, struct log_sink *);
void node_fini(struct node *);

/* One turn over everything in 'inbox', which is empty afterwards.  Afterwards the
 * node's outbox holds what may now be sent; the caller empties it (outbox_clear).
 * OK, or ERR_DISK_FULL (answered, go on), or an error after which the process must end,
 * or ERR_FORCED if crash_at stopped it. */
enum err node_turn(struct node *, struct inbox *, msec_t now, wall_ms_t wall) WARN_UNUSED;

static inline msec_t
node_deadline(const struct node *node)
{
	return node->service->deadline(node->self);
}

#endif
