#include "lib/host/crew.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/base.h"
#include "lib/base/mem.h"

enum { QUEUE_LEN = 64 };

struct crew_threads {
	pthread_mutex_t mutex;
	pthread_cond_t wanted, done;
	struct {
		void (*work)(void *arg);
		void *arg;
	} queue[QUEUE_LEN];
	unsigned first, count; /* Of the queue: waiting. */
	unsigned under_way;
	bool closing;
	pthread_t threads[CREW_THREADS];
	unsigned thread_count;
};

static void *
serve(void *arg)
{
	struct crew_threads *c = arg;

	pthread_mutex_lock(&c->mutex);
	for (;;) {
		while (c->count == 0 && !c->closing) {
			pthread_cond_wait(&c->wanted, &c->mutex);
		}
		if (c->count == 0) {
			break;
		}
		void (*work)(void *) = c->queue[c->first].work;
		void *its = c->queue[c->first].arg;

		c->first = (c->first + 1) % QUEUE_LEN;
		c->count--;
		c->under_way++;
		pthread_mutex_unlock(&c->mutex);
		work(its);
		pthread_mutex_lock(&c->mutex);
		c->under_way--;
		pthread_cond_signal(&c->done);
	}
	pthread_mutex_unlock(&c->mutex);
	return NULL;
}

struct crew_threads *
crew_open(void)
{
	struct crew_threads *c = xcalloc(1, sizeof(*c));
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	pthread_mutex_init(&c->mutex, NULL);
	pthread_cond_init(&c->wanted, NULL);
	pthread_cond_init(&c->done, NULL);
	if (processors < 1) {
		processors = 1;
	}
	while (c->thread_count < CREW_THREADS && (long)c->thread_count < processors &&
	       pthread_create(&c->threads[c->thread_count], NULL, serve, c) == 0) {
		c->thread_count++;
	}
	return c;
}

void
crew_close(struct crew_threads *c)
{
	if (c == NULL) {
		return;
	}
	pthread_mutex_lock(&c->mutex);
	must(c->count == 0 && c->under_way == 0);
	c->closing = true;
	pthread_cond_broadcast(&c->wanted);
	pthread_mutex_unlock(&c->mutex);
	for (unsigned i = 0; i < c->thread_count; i++) {
		pthread_join(c->threads[i], NULL);
	}
	pthread_cond_destroy(&c->done);
	pthread_cond_destroy(&c->wanted);
	pthread_mutex_destroy(&c->mutex);
	free(c);
}

void
crew_start(void *threads, void (*work)(void *arg), void *arg)
{
	struct crew_threads *c = threads;

	if (c->thread_count == 0) { /* None could be had. */
		work(arg);
		return;
	}
	pthread_mutex_lock(&c->mutex);
	while (c->count == QUEUE_LEN) {
		pthread_cond_wait(&c->done, &c->mutex);
	}
	unsigned at = (c->first + c->count++) % QUEUE_LEN;
	c->queue[at].work = work;
	c->queue[at].arg = arg;
	pthread_cond_signal(&c->wanted);
	pthread_mutex_unlock(&c->mutex);
}

void
crew_wait(void *threads)
{
	struct crew_threads *c = threads;

	pthread_mutex_lock(&c->mutex);
	while (c->count != 0 || c->under_way != 0) {
		pthread_cond_wait(&c->done, &c->mutex);
	}
	pthread_mutex_unlock(&c->mutex);
}
