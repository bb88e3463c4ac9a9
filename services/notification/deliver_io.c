/* Who waits for what, and the way back to the loop.
 *
 * Happy path: deliver_begin() puts a job behind the others of its destination;
 * start_waiting() gives it to its channel when the limits allow; the channel settles it
 * on whatever thread; on_wake() tells the outcome and starts what waited.
 *
 * Close: what waits is dropped.  The channels break off and settle what they have; when
 * all three have closed there is no job left, and the last handle, 'wake', goes. */
#include "notification/deliver.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#include "lib/base/crash.h"
#include "notification/deliver_parts.h"
#include "notification/hook_target.h"
#include "notification/one_line.h"

enum { CHANNELS = 3 };

struct destination {
	TAILQ_ENTRY(destination) entry;
	char *name; /* "mail", "hook HOST:PORT", "feed FILE". */
	unsigned limit;
	unsigned running;
	struct job_list waiting;
};

struct deliver {
	/* Configuration. */
	struct deliver_options options; /* Its strings are in 'arena'. */
	struct arena arena;
	void (*done)(void *ctx, struct slice outcome);
	void *ctx;
	unsigned total;

	/* State. */
	struct mailer *mailer;
	struct hooks *hooks;
	struct feeds *feeds;
	/* Those with jobs; the one that began a job last is last. */
	TAILQ_HEAD(, destination) destinations;
	unsigned running; /* Jobs that a channel has. */
	size_t jobs;      /* All. */
	unsigned open_channels;
	bool closing;
	uv_async_t wake; /* Something was settled. */

	/* Under the lock. */
	uv_mutex_t lock;
	struct job_list settled;
};

/* ---- Jobs. */

void
job_says(struct job *job, enum outcome_kind kind, const char *fmt, ...)
{
	char words[2048];
	struct buf line = { 0 };
	va_list args;

	va_start(args, fmt);
	vsnprintf(words, sizeof(words), fmt, args);
	va_end(args);
	one_line(&line, slice_str(words), ANSWER_MAX);
	job->outcome.kind = kind;
	if (line.len != 0) {
		memcpy(job->outcome.answer, line.at, line.len);
	}
	job->outcome.answer[line.len] = '\0';
	buf_fini(&line);
}

void
job_settle(struct job *job)
{
	struct deliver *d = job->deliver;

	/* 'wake' lives until no job is left, and this one is until the lock is given up:
	 * it must be signalled while we hold it. */
	uv_mutex_lock(&d->lock);
	TAILQ_INSERT_TAIL(&d->settled, job, entry);
	must(uv_async_send(&d->wake) == 0);
	uv_mutex_unlock(&d->lock);
}

static void
free_job(struct job *job)
{
	job->deliver->jobs--;
	arena_fini(&job->arena);
	free(job);
}

/* ---- Destinations. */

static struct destination *
destination_of(struct deliver *d, const struct job *job, struct arena *arena)
{
	const struct delivery *delivery = &job->delivery;
	unsigned limit = deliver_limit(&d->options);
	const char *name = "";
	struct destination *to;

	switch (delivery->kind) {
	case DELIVERY_MAIL:
		name = "mail";
		break;
	case DELIVERY_HOOK:
		name = arena_printf(arena, "hook %s",
				    hook_destination(delivery->hook.url, arena));
		break;
	case DELIVERY_FEED:
		/* The newest content is to be the last. */
		name = arena_printf(arena, "feed %s", delivery->feed.file);
		limit = 1;
		break;
	case DELIVERY_NONE:
		break;
	}
	for (to = TAILQ_FIRST(&d->destinations); to != NULL; to = TAILQ_NEXT(to, entry)) {
		if (strcmp(to->name, name) == 0) {
			return to;
		}
	}
	to = xcalloc(1, sizeof(*to));
	to->name = xstrdup(name);
	to->limit = limit;
	TAILQ_INIT(&to->waiting);
	TAILQ_INSERT_HEAD(&d->destinations, to, entry);
	return to;
}

static void
free_if_unused(struct deliver *d, struct destination *to)
{
	if (to->running == 0 && TAILQ_EMPTY(&to->waiting)) {
		TAILQ_REMOVE(&d->destinations, to, entry);
		free(to->name);
		free(to);
	}
}

static void
start(struct deliver *d, struct destination *to)
{
	struct job *job = TAILQ_FIRST(&to->waiting);

	TAILQ_REMOVE(&to->waiting, job, entry);
	to->running++;
	d->running++;
	switch (job->delivery.kind) {
	case DELIVERY_MAIL:
		mailer_begin(d->mailer, job);
		break;
	case DELIVERY_HOOK:
		hooks_begin(d->hooks, job);
		break;
	case DELIVERY_FEED:
		feeds_begin(d->feeds, job);
		break;
	case DELIVERY_NONE:
		job_says(job, OUTCOME_REFUSED, "a delivery without a channel");
		job_settle(job);
		break;
	}
}

/* One job of each destination in turn, until the limits are reached. */
static void
start_waiting(struct deliver *d)
{
	struct destination *to = TAILQ_FIRST(&d->destinations);

	while (to != NULL && d->running < d->total) {
		struct destination *next = TAILQ_NEXT(to, entry);

		if (!TAILQ_EMPTY(&to->waiting) && to->running < to->limit) {
			start(d, to);
			/* It comes by again, after the others. */
			TAILQ_REMOVE(&d->destinations, to, entry);
			TAILQ_INSERT_TAIL(&d->destinations, to, entry);
			next = next != NULL ? next : to;
		}
		to = next;
	}
}

/* ---- The way back. */

static void
tell(struct deliver *d, const struct job *job)
{
	struct buf packed = { 0 };

	if (job->outcome.kind == OUTCOME_ACCEPTED) {
		crash_point("reply_read");
	}
	outcome_put(&job->outcome, job->delivery.number, &packed);
	d->done(d->ctx, buf_slice(&packed));
	buf_fini(&packed);
}

static void
on_wake_closed(uv_handle_t *handle)
{
	struct deliver *d = container_of((uv_async_t *)handle, struct deliver, wake);

	must(TAILQ_EMPTY(&d->destinations) && d->jobs == 0);
	uv_mutex_destroy(&d->lock);
	arena_fini(&d->arena);
	free(d);
}

static void
finish_if_closed(struct deliver *d)
{
	if (d->closing && d->open_channels == 0 && d->running == 0 &&
	    !uv_is_closing((uv_handle_t *)&d->wake)) {
		uv_close((uv_handle_t *)&d->wake, on_wake_closed);
	}
}

static void
on_wake(uv_async_t *handle)
{
	struct deliver *d = container_of(handle, struct deliver, wake);
	struct job_list settled = TAILQ_HEAD_INITIALIZER(settled);
	struct job *job;

	uv_mutex_lock(&d->lock);
	TAILQ_CONCAT(&settled, &d->settled, entry);
	uv_mutex_unlock(&d->lock);
	while ((job = TAILQ_FIRST(&settled)) != NULL) {
		TAILQ_REMOVE(&settled, job, entry);
		job->destination->running--;
		d->running--;
		free_if_unused(d, job->destination);
		if (!d->closing) {
			tell(d, job);
		}
		free_job(job);
	}
	if (!d->closing) {
		start_waiting(d);
	}
	finish_if_closed(d);
}

void
deliver_channel_closed(struct deliver *d)
{
	d->open_channels--;
	finish_if_closed(d);
}

/* ---- From the service. */

unsigned
deliver_limit(const struct deliver_options *options)
{
	return options->per_destination != 0 ? options->per_destination : 2;
}

long
deliver_timeout_ms(const struct deliver_options *options)
{
	return options->timeout_ms != 0 ? options->timeout_ms : 60000;
}

static const char *
keep(struct deliver *d, const char *text)
{
	return text != NULL ? arena_dup(&d->arena, text, strlen(text)) : NULL;
}

static void
copy_options(struct deliver *d, const struct deliver_options *from)
{
	struct deliver_options *o = &d->options;
	const char **allow = arena_alloc(&d->arena, (from->hook_allow_count + 1) *
							    sizeof(const char *));

	*o = *from;
	o->smtp_url = keep(d, from->smtp_url);
	o->smtp_user = keep(d, from->smtp_user);
	o->smtp_password_file = keep(d, from->smtp_password_file);
	o->smtp_ca_file = keep(d, from->smtp_ca_file);
	o->from = keep(d, from->from);
	o->host_name = keep(d, from->host_name);
	o->secrets_file = keep(d, from->secrets_file);
	o->hook_ca_file = keep(d, from->hook_ca_file);
	o->feed_dir = keep(d, from->feed_dir);
	for (size_t i = 0; i < from->hook_allow_count; i++) {
		allow[i] = keep(d, from->hook_allow[i]);
	}
	o->hook_allow = allow;
	d->total = from->total != 0 ? from->total : 16;
}

struct deliver *
deliver_open(void *loop, const struct deliver_options *options,
	     void (*done)(void *ctx, struct slice outcome), void *ctx, char *why,
	     size_t why_len)
{
	struct deliver *d = xcalloc(1, sizeof(*d));

	d->done = done;
	d->ctx = ctx;
	TAILQ_INIT(&d->destinations);
	TAILQ_INIT(&d->settled);
	copy_options(d, options);
	must(uv_mutex_init(&d->lock) == 0);
	must(uv_async_init(loop, &d->wake, on_wake) == 0);
	d->mailer = mailer_open(d, loop, &d->options, why, why_len);
	d->open_channels += d->mailer != NULL;
	if (d->mailer != NULL) {
		d->hooks = hooks_open(d, loop, &d->options, why, why_len);
		d->open_channels += d->hooks != NULL;
	}
	if (d->hooks != NULL) {
		d->feeds = feeds_open(d, loop, &d->options, why, why_len);
		d->open_channels += d->feeds != NULL;
	}
	if (d->open_channels != CHANNELS) {
		deliver_close(d);
		return NULL;
	}
	return d;
}

void
deliver_begin(struct deliver *d, struct slice delivery)
{
	struct job *job = xcalloc(1, sizeof(*job));

	must(!d->closing);
	job->deliver = d;
	delivery_read(delivery, &job->arena, &job->delivery);
	job->destination = destination_of(d, job, &job->arena);
	TAILQ_INSERT_TAIL(&job->destination->waiting, job, entry);
	d->jobs++;
	start_waiting(d);
}

bool
deliver_is_idle(const struct deliver *d)
{
	return d->jobs == 0;
}

void
deliver_close(struct deliver *d)
{
	struct destination *to, *next;
	struct job *job;

	if (d == NULL) {
		return;
	}
	must(!d->closing);
	d->closing = true;
	for (to = TAILQ_FIRST(&d->destinations); to != NULL; to = next) {
		next = TAILQ_NEXT(to, entry);
		while ((job = TAILQ_FIRST(&to->waiting)) != NULL) {
			TAILQ_REMOVE(&to->waiting, job, entry);
			free_job(job);
		}
		free_if_unused(d, to);
	}
	mailer_close(d->mailer);
	hooks_close(d->hooks);
	feeds_close(d->feeds);
	finish_if_closed(d);
}
