#include "lib/host/turn_thread.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "lib/host/drain.h"
#include "lib/host/host.h"

enum { OUTBOX_KEEP_BYTES = 1024 * 1024 };

struct turn_thread {
	struct turn_thread_options options;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t work; /* For the thread: a message, a wish, a free outbox slot. */

	/* The second thread; only where the service prepares. */
	const struct service *service;
	pthread_t helper;
	pthread_cond_t unprepared; /* For it: a message during a turn, or the end. */
	pthread_cond_t prepared;   /* For the turn thread: it is done with a message. */

	/* Under the lock. */
	struct inbox filling;
	size_t prepare_next; /* Of filling: from here on nobody has begun. */
	bool preparing;      /* The one before; filling must stay where it is. */
	bool in_turn, ended;
	struct outbox ready; /* Not empty: waits for the loop. */
	bool wants_room;     /* The loop waits for the inbox to be taken, */
	bool wants_slot;     /* the thread for 'ready' to be. */
	bool reload, drain, done;
	enum err result;

	/* The thread's own. */
	struct inbox working;
};

struct turn_thread *
turn_thread_new(const struct turn_thread_options *options)
{
	struct turn_thread *t = xcalloc(1, sizeof(*t));
	pthread_condattr_t attr;

	t->options = *options;
	must(pthread_mutex_init(&t->lock, NULL) == 0);
	must(pthread_condattr_init(&attr) == 0);
	must(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0);
	must(pthread_cond_init(&t->work, &attr) == 0);
	must(pthread_cond_init(&t->unprepared, NULL) == 0);
	must(pthread_cond_init(&t->prepared, NULL) == 0);
	pthread_condattr_destroy(&attr);
	return t;
}

void
turn_thread_free(struct turn_thread *t)
{
	if (t == NULL) {
		return;
	}
	inbox_fini(&t->filling);
	inbox_fini(&t->working);
	outbox_fini(&t->ready);
	pthread_cond_destroy(&t->work);
	pthread_cond_destroy(&t->unprepared);
	pthread_cond_destroy(&t->prepared);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

/* ---- The loop's side. */

bool
turn_thread_has_room(struct turn_thread *t)
{
	pthread_mutex_lock(&t->lock);
	bool room = t->filling.count < TURN_INBOX_MESSAGES &&
		    t->filling.bytes < TURN_INBOX_BYTES;
	t->wants_room |= !room;
	pthread_mutex_unlock(&t->lock);
	return room;
}

/* Unlock, then wake who waits for what was put: with the lock held it would wait for that
 * as soon as it runs. */
static void
unlock_after_put(struct turn_thread *t)
{
	bool first = t->filling.count == 1;
	bool help = t->in_turn && t->service->prepare != NULL;

	pthread_mutex_unlock(&t->lock);
	if (first) {
		pthread_cond_signal(&t->work);
	}
	if (help) {
		pthread_cond_signal(&t->unprepared);
	}
}

void
turn_thread_put(struct turn_thread *t, struct peer from, const struct principal *who,
		const struct slice *parts, unsigned count)
{
	pthread_mutex_lock(&t->lock);
	inbox_put(&t->filling, from, who, parts, count);
	unlock_after_put(t);
}

void
turn_thread_put_end(struct turn_thread *t, struct peer from, enum line_end end)
{
	pthread_mutex_lock(&t->lock);
	inbox_put_end(&t->filling, from, end);
	unlock_after_put(t);
}

void
turn_thread_put_outcome(struct turn_thread *t, struct slice outcome)
{
	pthread_mutex_lock(&t->lock);
	inbox_put_outcome(&t->filling, outcome);
	unlock_after_put(t);
}

bool
turn_thread_take(struct turn_thread *t, struct outbox *out)
{
	must(out->count == 0);
	pthread_mutex_lock(&t->lock);
	bool waits = t->ready.count != 0;
	bool wake = waits && t->wants_slot;
	if (waits) {
		struct outbox empty = *out;

		*out = t->ready;
		t->ready = empty;
	}
	pthread_mutex_unlock(&t->lock);
	if (wake) {
		pthread_cond_signal(&t->work);
	}
	return waits;
}

void
turn_thread_reload(struct turn_thread *t)
{
	pthread_mutex_lock(&t->lock);
	t->reload = true;
	pthread_cond_signal(&t->work);
	pthread_mutex_unlock(&t->lock);
}

void
turn_thread_drain(struct turn_thread *t)
{
	pthread_mutex_lock(&t->lock);
	t->drain = true;
	pthread_cond_signal(&t->work);
	pthread_mutex_unlock(&t->lock);
}

bool
turn_thread_is_done(struct turn_thread *t)
{
	pthread_mutex_lock(&t->lock);
	bool done = t->done;
	pthread_mutex_unlock(&t->lock);
	return done;
}

/* ---- The thread's side. */

/* Wait, with the lock held, until there is something to do or it is time. */
static void
wait_for_work(struct turn_thread *t)
{
	msec_t deadline = node_deadline(t->options.node);

	while (t->filling.count == 0 && !t->reload && !t->drain) {
		if (deadline == NEVER) {
			pthread_cond_wait(&t->work, &t->lock);
		} else if (deadline <= clock_monotonic()) {
			return;
		} else {
			struct timespec until = {
				.tv_sec = (time_t)(deadline / 1000),
				.tv_nsec = (long)(deadline % 1000) * 1000000,
			};

			(void)pthread_cond_timedwait(&t->work, &t->lock, &until);
		}
	}
}

/* Hand the turn's outbox over, once the loop has taken the one before. */
static void
hand_over(struct turn_thread *t)
{
	struct node *node = t->options.node;

	if (node->outbox.count == 0) {
		return;
	}
	pthread_mutex_lock(&t->lock);
	while (t->ready.count != 0) {
		t->wants_slot = true;
		pthread_cond_wait(&t->work, &t->lock);
	}
	t->wants_slot = false;
	struct outbox empty = t->ready;
	t->ready = node->outbox;
	pthread_mutex_unlock(&t->lock);
	node->outbox = empty;
	/* One burst must not hold its memory for ever. */
	if (node->outbox.bytes.cap > OUTBOX_KEEP_BYTES) {
		outbox_fini(&node->outbox);
	}
	t->options.wake(t->options.ctx);
}

/* What has come for the next turn. */
static void
take_inbox(struct turn_thread *t)
{
	while (t->preparing) {
		pthread_cond_wait(&t->prepared, &t->lock);
	}
	struct inbox taken = t->filling;
	t->filling = t->working;
	t->working = taken;
	t->prepare_next = 0;
}

static enum err
run_turn(struct turn_thread *t, bool last)
{
	struct node *node = t->options.node;
	enum err err;

	if (last && t->options.drain != NULL) {
		err = drain_turn(node, t->options.drain, &t->working, clock_monotonic(),
				 clock_wall());
	} else {
		err = node_turn(node, &t->working, clock_monotonic(), clock_wall());
	}
	/* A full disk was answered; after anything else nothing may leave. */
	return err == ERR_DISK_FULL ? OK : err;
}

static void *
turn_main(void *arg)
{
	struct turn_thread *t = arg;
	struct node *node = t->options.node;
	enum err err = OK;
	bool last = false;

	while (!last && err == OK) {
		pthread_mutex_lock(&t->lock);
		t->in_turn = false;
		wait_for_work(t);
		take_inbox(t);
		t->in_turn = true;
		bool reload = t->reload;
		t->reload = false;
		last = t->drain;
		bool wake = t->wants_room;
		t->wants_room = false;
		pthread_mutex_unlock(&t->lock);

		if (wake) {
			t->options.wake(t->options.ctx);
		}
		if (reload && t->options.reload != NULL) {
			t->options.reload(node->self);
		}
		err = run_turn(t, last);
		if (err == OK) {
			hand_over(t);
		} else {
			outbox_clear(&node->outbox);
		}
	}
	pthread_mutex_lock(&t->lock);
	t->done = true;
	t->result = err;
	pthread_mutex_unlock(&t->lock);
	t->options.wake(t->options.ctx);
	return NULL;
}

/* The second thread: message by message, so that the turn thread waits for one at most.
 */
static void *
helper_main(void *arg)
{
	struct turn_thread *t = arg;

	pthread_mutex_lock(&t->lock);
	while (!t->ended) {
		if (!t->in_turn || t->prepare_next == t->filling.count) {
			pthread_cond_wait(&t->unprepared, &t->lock);
			continue;
		}
		size_t at = t->prepare_next++;
		struct message msg = t->filling.list[at]; /* The list may move. */

		t->preparing = true;
		pthread_mutex_unlock(&t->lock);
		msg.prepared = t->service->prepare(&msg, &t->filling.prepared);
		msg.is_prepared = true;
		pthread_mutex_lock(&t->lock);
		t->filling.list[at] = msg;
		t->preparing = false;
		pthread_cond_signal(&t->prepared);
	}
	pthread_mutex_unlock(&t->lock);
	return NULL;
}

void
turn_thread_start(struct turn_thread *t)
{
	sigset_t all, old;

	/* Signals are the loop's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	t->service = t->options.node->service;
	must(pthread_create(&t->thread, NULL, turn_main, t) == 0);
	if (t->service->prepare != NULL) {
		must(pthread_create(&t->helper, NULL, helper_main, t) == 0);
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

enum err
turn_thread_join(struct turn_thread *t)
{
	must(pthread_join(t->thread, NULL) == 0);
	pthread_mutex_lock(&t->lock);
	t->ended = true;
	pthread_cond_signal(&t->unprepared);
	pthread_mutex_unlock(&t->lock);
	if (t->service->prepare != NULL) {
		must(pthread_join(t->helper, NULL) == 0);
	}
	return t->result;
}
