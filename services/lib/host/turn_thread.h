/* lib/host/turn_thread.h - the thread that runs a node's turns, and one that helps it.
 *
 * The loop puts messages into an inbox; the thread takes the whole of it, runs one turn
 * over it and hands the outbox back.  Both ways are bounded: the inbox by a number of
 * messages and of bytes, beyond which the loop stops reading its sockets, and the
 * outbox by being one: the next is handed over when the loop has taken it.
 *
 *	loop                                   turn thread
 *	turn_thread_put() -> inbox  --------->  node_turn()
 *	turn_thread_take() <- outbox <--------
 *
 * While a turn runs, a second thread prepares the messages that wait for the next one
 * (service.prepare, if the service has it); what it has not got to, the turn does itself.
 * An idle node's first message therefore never waits for two threads.
 *
 * Node, store and service belong to the thread from start to join. */
#ifndef LIB_HOST_TURN_THREAD_H
#define LIB_HOST_TURN_THREAD_H

#include "lib/node/node.h"

enum {
	TURN_INBOX_MESSAGES = 4096,
	TURN_INBOX_BYTES = 2 * 1024 * 1024,
};

struct turn_thread_options {
	struct node *node;
	void (*reload)(void *self);               /* May be NULL. */
	void (*drain)(void *self, struct turn *); /* In the last turn; may be NULL. */

	/* Called on the turn thread: there is an outbox, or room again, or it is over. */
	void (*wake)(void *ctx);
	void *ctx;
};

struct turn_thread;

/* Nothing runs before turn_thread_start(). */
struct turn_thread *turn_thread_new(const struct turn_thread_options *);
void turn_thread_start(struct turn_thread *);

/* Accepts NULL.  The thread must not run: never started, or joined. */
void turn_thread_free(struct turn_thread *);

/* May a message be put?  If not, wake() is called when it may. */
bool turn_thread_has_room(struct turn_thread *);
void turn_thread_put(struct turn_thread *, struct peer from, const struct principal *,
		     const struct slice *parts, unsigned count);

/* The connection that was dialled as 'from' has ended.  There is always room for it: one
 * for each dialling. */
void turn_thread_put_end(struct turn_thread *, struct peer from, enum line_end);

/* What came of a job.  There is always room for it: one for each job. */
void turn_thread_put_outcome(struct turn_thread *, struct slice outcome);

/* Swap the outbox that waits with 'out', which must be empty.  False if none waits. */
bool turn_thread_take(struct turn_thread *, struct outbox *out) WARN_UNUSED;

/* Reload before the next turn, which follows at once. */
void turn_thread_reload(struct turn_thread *);

/* One more turn over what waits, with drain() at its end, and then no more. */
void turn_thread_drain(struct turn_thread *);

/* True once the thread runs no turn any more: drained, or a turn failed. */
bool turn_thread_is_done(struct turn_thread *);

/* Wait for its end.  OK, or the error of the turn that failed; its outbox is dropped. */
enum err turn_thread_join(struct turn_thread *) WARN_UNUSED;

#endif
