/* Mail, by libcurl's SMTP and MIME, on threads of our own.
 *
 * libcurl 7.88 ends a mail with a wait of its own for the reply to the final dot
 * (smtp_done()), and a relay that keeps it waiting would hold up the whole loop.  There
 * are as many threads as attempts to one destination are allowed; one that had nothing to
 * do for a while goes.
 *
 * Happy path: mailer_begin() queues a job and wakes a thread, or makes one; work() takes
 * it, sends it on its line and settles it.
 *
 * Close: the flag makes every transfer end at its next progress call, and breaking its
 * line makes that happen now.  The last thread's end closes the handle. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#include "lib/host/file.h"
#include "lib/model/alert.h"
#include "notification/mail_line.h"

#define THREAD_IDLE_NS (UINT64_C(20) * 1000 * 1000 * 1000)

struct mailer {
	/* Configuration. */
	struct deliver *deliver;
	const struct deliver_options *options;
	char *url; /* With the name for EHLO; NULL: mail is not set up. */
	unsigned limit;

	/* State, on the loop. */
	uv_async_t ended; /* A thread has ended. */
	bool closing;

	/* Under the lock. */
	uv_mutex_t lock;
	uv_cond_t more;
	struct job_list queue;
	unsigned queued, idle, threads;
	LIST_HEAD(, thread) running;
	LIST_HEAD(, thread) done;
	_Atomic bool stopping;
};

struct thread {
	LIST_ENTRY(thread) entry;
	struct mailer *mailer;
	uv_thread_t id;
	struct mail_line line;
};

/* ---- Threads. */

/* With the lock. */
static bool
wait_for_job(struct mailer *m)
{
	while (TAILQ_EMPTY(&m->queue) && !m->stopping) {
		m->idle++;
		int status = uv_cond_timedwait(&m->more, &m->lock, THREAD_IDLE_NS);
		m->idle--;
		if (status != 0 && TAILQ_EMPTY(&m->queue)) {
			return false;
		}
	}
	return !m->stopping;
}

static void
work(void *ctx)
{
	struct thread *t = ctx;
	struct mailer *m = t->mailer;

	uv_mutex_lock(&m->lock);
	while (wait_for_job(m)) {
		struct job *job = TAILQ_FIRST(&m->queue);

		TAILQ_REMOVE(&m->queue, job, entry);
		m->queued--;
		uv_mutex_unlock(&m->lock);
		mail_line_send(&t->line, job);
		job_settle(job);
		uv_mutex_lock(&m->lock);
	}
	/* From here on mailer_begin() does not count on it. */
	m->threads--;
	uv_mutex_unlock(&m->lock);
	mail_line_quit(&t->line);
	uv_mutex_lock(&m->lock);
	LIST_REMOVE(t, entry);
	LIST_INSERT_HEAD(&m->done, t, entry);
	must(uv_async_send(&m->ended) == 0);
	uv_mutex_unlock(&m->lock);
}

/* With the lock. */
static void
start_thread(struct mailer *m)
{
	struct thread *t = xcalloc(1, sizeof(*t));

	t->mailer = m;
	mail_line_init(&t->line, m->options, m->url, &m->stopping);
	LIST_INSERT_HEAD(&m->running, t, entry);
	m->threads++;
	must(uv_thread_create(&t->id, work, t) == 0);
}

void
mailer_begin(struct mailer *m, struct job *job)
{
	if (m->url == NULL) {
		job_says(job, OUTCOME_LATER,
			 "mail is not set up: the config names no relay");
		job_settle(job);
		return;
	}
	uv_mutex_lock(&m->lock);
	TAILQ_INSERT_TAIL(&m->queue, job, entry);
	m->queued++;
	if (m->queued > m->idle && m->threads < m->limit) {
		start_thread(m);
	}
	uv_cond_signal(&m->more);
	uv_mutex_unlock(&m->lock);
}

/* ---- Its life. */

static void
on_handle_closed(uv_handle_t *handle)
{
	struct mailer *m = container_of((uv_async_t *)handle, struct mailer, ended);

	uv_cond_destroy(&m->more);
	uv_mutex_destroy(&m->lock);
	curl_free(m->url);
	deliver_channel_closed(m->deliver);
	free(m);
	curl_global_cleanup();
}

static void
finish_if_closed(struct mailer *m)
{
	uv_mutex_lock(&m->lock);
	bool none = LIST_EMPTY(&m->running) && LIST_EMPTY(&m->done);
	uv_mutex_unlock(&m->lock);
	if (m->closing && none && !uv_is_closing((uv_handle_t *)&m->ended)) {
		uv_close((uv_handle_t *)&m->ended, on_handle_closed);
	}
}

static void
on_ended(uv_async_t *handle)
{
	struct mailer *m = container_of(handle, struct mailer, ended);
	struct thread *t;

	for (;;) {
		uv_mutex_lock(&m->lock);
		t = LIST_FIRST(&m->done);
		if (t != NULL) {
			LIST_REMOVE(t, entry);
		}
		uv_mutex_unlock(&m->lock);
		if (t == NULL) {
			break;
		}
		must(uv_thread_join(&t->id) == 0);
		mail_line_fini(&t->line);
		free(t);
	}
	finish_if_closed(m);
}

/* The URL with the name for EHLO as its path, as libcurl wants it; NULL with 'why'. */
static char *
relay_url(const struct deliver_options *o, char *why, size_t why_len)
{
	CURLU *parts = curl_url();
	char *scheme = NULL, *url = NULL;
	const char *fault = NULL;

	must(parts != NULL);
	if (curl_url_set(parts, CURLUPART_URL, o->smtp_url, 0) != CURLUE_OK ||
	    curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    (strcmp(scheme, "smtp") != 0 && strcmp(scheme, "smtps") != 0)) {
		fault = "is no smtp:// or smtps:// URL";
	} else if (strpbrk(o->smtp_url, "@?#") != NULL) {
		fault = "is only smtp://HOST:PORT: the user has a key of its own";
	} else if (o->smtp_user != NULL && strcmp(scheme, "smtp") == 0 &&
		   !o->smtp_starttls) {
		fault = "is without TLS, so no password is sent there: require STARTTLS";
	} else if (curl_url_set(parts, CURLUPART_PATH, o->host_name, 0) != CURLUE_OK ||
		   curl_url_get(parts, CURLUPART_URL, &url, 0) != CURLUE_OK) {
		fault = "cannot be used";
	}
	if (fault != NULL) {
		snprintf(why, why_len, "%s %s", o->smtp_url, fault);
	}
	curl_free(scheme);
	curl_url_cleanup(parts);
	return url;
}

static bool
options_good(const struct deliver_options *o, char *why, size_t why_len)
{
	struct buf address = { 0 }, password = { 0 };

	if (o->from == NULL || !alert_address_valid(slice_str(o->from))) {
		snprintf(why, why_len, "%s: is no sender's address",
			 o->from != NULL ? o->from : "(none)");
		return false;
	}
	buf_printf(&address, "x@%s", o->host_name != NULL ? o->host_name : "");
	bool ok = alert_address_valid(buf_slice(&address));
	buf_fini(&address);
	if (!ok) {
		snprintf(why, why_len, "%s: is no host's name",
			 o->host_name != NULL ? o->host_name : "(none)");
		return false;
	}
	if (o->smtp_user != NULL && o->smtp_password_file == NULL) {
		snprintf(why, why_len, "%s: has no file with a password", o->smtp_user);
		return false;
	}
	if (o->smtp_user != NULL) {
		ok = mail_read_password(o->smtp_password_file, &password, why, why_len);
		file_wipe(&password);
	}
	return ok;
}

struct mailer *
mailer_open(struct deliver *deliver, void *loop, const struct deliver_options *options,
	    char *why, size_t why_len)
{
	char *url = NULL;

	must(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
	if (options->smtp_url != NULL) {
		if (options_good(options, why, why_len)) {
			url = relay_url(options, why, why_len);
		}
		if (url == NULL) {
			curl_global_cleanup();
			return NULL;
		}
	}
	struct mailer *m = xcalloc(1, sizeof(*m));
	m->deliver = deliver;
	m->options = options;
	m->url = url;
	m->limit = deliver_limit(options);
	TAILQ_INIT(&m->queue);
	must(uv_mutex_init(&m->lock) == 0);
	must(uv_cond_init(&m->more) == 0);
	must(uv_async_init(loop, &m->ended, on_ended) == 0);
	return m;
}

void
mailer_close(struct mailer *m)
{
	struct job_list queue = TAILQ_HEAD_INITIALIZER(queue);
	struct thread *t;
	struct job *job;

	if (m == NULL) {
		return;
	}
	m->closing = true;
	uv_mutex_lock(&m->lock);
	m->stopping = true;
	TAILQ_CONCAT(&queue, &m->queue, entry);
	for (t = LIST_FIRST(&m->running); t != NULL; t = LIST_NEXT(t, entry)) {
		mail_line_break(&t->line);
	}
	uv_cond_broadcast(&m->more);
	uv_mutex_unlock(&m->lock);
	while ((job = TAILQ_FIRST(&queue)) != NULL) {
		TAILQ_REMOVE(&queue, job, entry);
		job_settle(job);
	}
	finish_if_closed(m);
}
