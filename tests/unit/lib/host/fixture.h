/* tests/unit/lib/host/fixture.h - a host that runs in a thread of the test.
 *
 * Its service answers every good request with the same body and remembers who asked.
 * A test may put functions of its own before that. */
#ifndef UNIT_LIB_HOST_FIXTURE_H
#define UNIT_LIB_HOST_FIXTURE_H

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>

#include "lib/host/client.h"
#include "lib/host/host.h"
#include "lib/host/run.h"

#include <cmocka.h>

enum { WAIT_S = 60, WAIT_MS = WAIT_S * 1000, NODE_DB = 0 };

struct key_pair {
	uint8_t public_key[32], secret_key[32];
};

struct echo {
	/* A test's own; may be NULL.  handle: true if that was all there is to it. */
	bool (*handle)(struct echo *, const struct message *, struct turn *);
	void (*run)(struct echo *, struct turn *);
	void *ctx;
	_Atomic msec_t deadline;

	/* Under the lock. */
	pthread_mutex_t lock;
	uint64_t handled, faults, drains, reloads;
	uint64_t helped; /* Prepared on another thread than that of the turns. */
	struct principal who;
	struct peer from;
	enum frame_fault fault;
};

/* A sink that posts when a line holds 'awaited'. */
struct listening_log {
	struct log_sink sink;
	const char *awaited;
	sem_t heard;
};

struct fixture {
	char dir[64];
	char address[96]; /* ipc:// in 'dir'. */
	struct store *store;
	struct node node;
	struct echo echo;
	struct host_options options;
	struct key_pair server;
	struct listening_log log;
	void *zmq; /* Not NULL: run in this context. */
	pthread_t thread;
	sem_t ready;
	bool serving; /* Told before 'ready' is posted. */
	enum err result;
	char why[256];
};

static inline void
wait_for(sem_t *sem)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += WAIT_S;
	while (sem_timedwait(sem, &until) != 0) {
		assert_int_equal(errno, EINTR);
	}
}

static inline void
listening_log_write(const struct log_sink *sink, enum log_level level, struct slice line)
{
	struct listening_log *log = container_of(sink, struct listening_log, sink);

	(void)level;
	if (log->awaited != NULL &&
	    memmem(line.at, line.len, log->awaited, strlen(log->awaited)) != NULL) {
		sem_post(&log->heard);
	}
}

static inline void
reply(const struct message *msg, struct slice body, struct turn *turn)
{
	const struct frame_header header = { .type = FRAME_REPLY,
					     .minor = LINK_MINOR_MAX };

	outbox_frame(turn->out, msg->from, &header, body, (struct slice){ 0 });
}

/* Who prepared a message, and that it was this one. */
struct echo_prepared {
	pthread_t by;
	size_t body_len;
};
static _Atomic uint64_t echo_prepared_count;

static inline const void *
echo_prepare(const struct message *msg, struct arena *arena)
{
	struct echo_prepared *prepared = arena_alloc(arena, sizeof(*prepared));

	prepared->by = pthread_self();
	prepared->body_len = msg->frame.body.len;
	echo_prepared_count++;
	return prepared;
}

static inline void
echo_handle(void *self, const struct message *msg, struct turn *turn)
{
	struct echo *echo = self;
	uint8_t key[8];

	const struct echo_prepared *prepared = msg->prepared;

	must(msg->is_prepared && prepared != NULL);
	must(prepared->body_len == msg->frame.body.len);
	pthread_mutex_lock(&echo->lock);
	echo->handled++;
	echo->helped += !pthread_equal(prepared->by, pthread_self());
	echo->faults += msg->fault != FRAME_GOOD;
	echo->fault = msg->fault;
	echo->who = msg->who;
	echo->from = msg->from;
	put_be64(key, echo->handled);
	pthread_mutex_unlock(&echo->lock);
	if ((echo->handle != NULL && echo->handle(echo, msg, turn)) ||
	    msg->fault != FRAME_GOOD) {
		return;
	}
	txn_put(turn->txn, NODE_DB, slice_of(key, sizeof(key)), slice_str("1"));
	reply(msg, msg->frame.body, turn);
}

static inline void
echo_run(void *self, struct turn *turn)
{
	struct echo *echo = self;

	if (echo->run != NULL) {
		echo->run(echo, turn);
	}
}

static inline void
echo_fold(void *self, struct turn *turn)
{
	(void)self;
	(void)turn;
}

static inline void
echo_dropped(void *self, enum err err, struct turn *turn)
{
	(void)self;
	(void)err;
	(void)turn;
}

static inline void
echo_refuse(void *self, const struct message *msg, enum err err, struct turn *turn)
{
	(void)self;
	reply(msg, slice_str(err_name(err)), turn);
}

static inline msec_t
echo_deadline(const void *self)
{
	return ((const struct echo *)self)->deadline;
}

static const struct service echo_service = {
	.name = "echo",
	.prepare = echo_prepare,
	.handle = echo_handle,
	.run = echo_run,
	.fold = echo_fold,
	.dropped = echo_dropped,
	.refuse = echo_refuse,
	.deadline = echo_deadline,
};

/* "dial G" opens generation G of endpoint 1, "say G TEXT" sends it a frame.  False if the
 * text is neither. */
static inline bool
obey_dial_or_say(const char *text, struct turn *turn)
{
	const struct frame_header header = { .type = FRAME_GOODBYE,
					     .minor = LINK_MINOR_MAX };
	unsigned generation = 0;
	char word[64] = "";

	if (sscanf(text, "dial %u", &generation) == 1) {
		outbox_dial(turn->out, (struct peer){ 1, generation });
	} else if (sscanf(text, "say %u %63s", &generation, word) == 2) {
		outbox_frame(turn->out, (struct peer){ 1, generation }, &header,
			     slice_str(word), (struct slice){ 0 });
	} else {
		return false;
	}
	return true;
}

static inline uint64_t
handled(struct fixture *f)
{
	pthread_mutex_lock(&f->echo.lock);
	uint64_t n = f->echo.handled;
	pthread_mutex_unlock(&f->echo.lock);
	return n;
}

static inline struct principal
last_principal(struct fixture *f)
{
	pthread_mutex_lock(&f->echo.lock);
	struct principal who = f->echo.who;
	pthread_mutex_unlock(&f->echo.lock);
	return who;
}

static inline void
key_pair_init(struct key_pair *pair)
{
	crypto_box_keypair(pair->public_key, pair->secret_key);
}

/* One listener on f->address: local, or with CURVE. */
static inline void
fixture_init(struct fixture *f, enum endpoint_kind kind)
{
	static const char *const dbs[] = { "log", NULL };
	char why[256] = "";
	char log_dir[80];

	*f = (struct fixture){ .dir = "/tmp/kusanone-host-XXXXXX" };
	hash_init();
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->address, sizeof(f->address), "ipc://%s/door.sock", f->dir);
	snprintf(log_dir, sizeof(log_dir), "%s/log", f->dir);
	const struct store_options store = { .dir = log_dir,
					     .kind = "echo",
					     .format = 1,
					     .dbs = dbs,
					     .quota_bytes = 64 * 1024 * 1024 };
	enum err err = store_open(&store, &f->store, why, sizeof(why));
	if (err != OK) {
		fail_msg("%s", why);
	}
	pthread_mutex_init(&f->echo.lock, NULL);
	f->echo.deadline = NEVER;
	f->log.sink.write = listening_log_write;
	f->log.sink.level = LOG_DEBUG;
	sem_init(&f->log.heard, 0, 0);
	node_init(&f->node, &echo_service, &f->echo, f->store, 1, &f->log.sink);
	sem_init(&f->ready, 0, 0);
	key_pair_init(&f->server);
	f->options = (struct host_options){ .name = "echo", .endpoint_count = 1 };
	f->options.endpoints[0].kind = kind;
	f->options.endpoints[0].addresses[0] = f->address;
	memcpy(f->options.curve_public, f->server.public_key, 32);
	memcpy(f->options.curve_secret, f->server.secret_key, 32);
}

static inline void
fixture_fini(struct fixture *f)
{
	char command[96];

	node_fini(&f->node);
	store_close(f->store);
	sem_destroy(&f->ready);
	sem_destroy(&f->log.heard);
	pthread_mutex_destroy(&f->echo.lock);
	snprintf(command, sizeof(command), "rm -rf '%s'", f->dir);
	assert_int_equal(system(command), 0);
}

/* Run it here, to its end: for hosts that do not start. */
static inline enum err
fixture_run(struct fixture *f)
{
	return f->zmq != NULL ? host_run_in(f->zmq, &f->node, &f->options, f->why,
					    sizeof(f->why))
			      : host_run(&f->node, &f->options, f->why, sizeof(f->why));
}

static inline void *
fixture_main(void *arg)
{
	struct fixture *f = arg;

	f->result = fixture_run(f);
	sem_post(&f->ready);
	return NULL;
}

static inline void
fixture_is_ready(void *ctx)
{
	struct fixture *f = ctx;

	f->serving = true;
	sem_post(&f->ready);
}

/* Returns when it serves. */
static inline void
fixture_start(struct fixture *f)
{
	f->options.ready = fixture_is_ready;
	f->options.ready_ctx = f;
	f->serving = false;
	assert_int_equal(pthread_create(&f->thread, NULL, fixture_main, f), 0);
	wait_for(&f->ready);
	if (!f->serving) {
		fail_msg("%s", f->why);
	}
}

/* Returns what host_run() did. */
static inline enum err
fixture_join(struct fixture *f)
{
	assert_int_equal(pthread_join(f->thread, NULL), 0);
	return f->result;
}

static inline void
fixture_stop(struct fixture *f)
{
	assert_int_equal(kill(getpid(), SIGTERM), 0);
	assert_int_equal(fixture_join(f), OK);
}

static inline struct client *
connect_local(struct fixture *f)
{
	const struct client_options options = { .address = f->address };
	struct client *client = NULL;

	assert_int_equal(client_open(&options, &client), OK);
	return client;
}

static inline struct client *
connect_curve(struct fixture *f, const struct key_pair *keys)
{
	const struct client_options options = { .address = f->address,
						.server_key = f->server.public_key,
						.public_key = keys->public_key,
						.secret_key = keys->secret_key };
	struct client *client = NULL;

	assert_int_equal(client_open(&options, &client), OK);
	return client;
}

static inline void
ask(struct client *client, const char *text)
{
	assert_int_equal(client_send(client, FRAME_QUERY, slice_str(text)), OK);
}

static inline void
expect(struct client *client, const char *text)
{
	struct frame frame;

	assert_int_equal(client_receive(client, WAIT_MS, &frame), OK);
	assert_true(slice_eq_str(frame.body, text));
}

#endif
