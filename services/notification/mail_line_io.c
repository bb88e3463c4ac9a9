/* How libcurl tells of a conversation: the debug function hears every command and reply,
 * and the progress function is called while it waits. */
#include "notification/mail_line.h"

#include <curl/curl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/crash.h"
#include "lib/host/file.h"
#include "lib/host/host.h"
#include "notification/judge.h"
#include "notification/mail_message.h"
#include "notification/one_line.h"

enum { PASSWORD_MAX = 1024, REPLY_WAIT_MS = 500 };

/* One mail under way. */
struct attempt {
	struct mail_line *line;
	struct job *job;
	struct curl_slist *head, *to;
	curl_mime *mime;
	char error[CURL_ERROR_SIZE];

	/* The conversation. */
	enum smtp_stage stage;
	unsigned code; /* Of the last reply to the stage's command; 0: none. */
	char reply[ANSWER_MAX + 1];
	bool given_away; /* The whole message. */
	bool broken;     /* The conversation did not come to its end. */
	msec_t given_at;
};

/* ---- Sockets, so that they can be shut down from another thread. */

static curl_socket_t
on_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct mail_line *l = ctx;
	curl_socket_t s = socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);

	(void)purpose;
	must(pthread_mutex_lock(&l->lock) == 0);
	for (int i = 0; s != CURL_SOCKET_BAD && i < MAIL_LINE_SOCKETS; i++) {
		if (l->sockets[i] == CURL_SOCKET_BAD) {
			l->sockets[i] = s;
			break;
		}
	}
	must(pthread_mutex_unlock(&l->lock) == 0);
	return s;
}

static int
on_close(void *ctx, curl_socket_t s)
{
	struct mail_line *l = ctx;

	must(pthread_mutex_lock(&l->lock) == 0);
	for (int i = 0; i < MAIL_LINE_SOCKETS; i++) {
		if (l->sockets[i] == s) {
			l->sockets[i] = CURL_SOCKET_BAD;
		}
	}
	must(pthread_mutex_unlock(&l->lock) == 0);
	return close(s);
}

/* ---- The conversation, as libcurl tells it. */

static void
take_command(struct attempt *a, struct slice command)
{
	enum smtp_stage stage = smtp_stage_after(a->stage, command);

	if (a->stage != SMTP_QUIT) {
		a->stage = stage;
		a->code = stage != SMTP_QUIT ? 0 : a->code;
	}
}

static void
take_reply(struct attempt *a, struct slice line)
{
	struct buf words = { 0 };

	if (a->stage == SMTP_QUIT) {
		return;
	}
	a->code = smtp_reply_code(line);
	one_line(&words, line, ANSWER_MAX);
	if (words.len != 0) {
		memcpy(a->reply, words.at, words.len);
	}
	a->reply[words.len] = '\0';
	buf_fini(&words);
	if (a->stage == SMTP_DATA && a->code == 354) {
		crash_point("connected");
		a->stage = SMTP_BODY;
		a->code = 0;
	}
}

static int
on_talk(CURL *easy, curl_infotype type, char *data, size_t len, void *ctx)
{
	(void)easy;
	if (type == CURLINFO_HEADER_OUT) {
		take_command(ctx, slice_of(data, len));
	} else if (type == CURLINFO_HEADER_IN) {
		take_reply(ctx, slice_of(data, len));
	}
	return 0;
}

static bool
reply_waits(const struct attempt *a)
{
	for (int i = 0; i < MAIL_LINE_SOCKETS; i++) {
		/* Only this thread changes them. */
		struct pollfd fd = { .fd = a->line->sockets[i], .events = POLLIN };

		if (fd.fd != CURL_SOCKET_BAD && poll(&fd, 1, 0) > 0) {
			return true;
		}
	}
	return false;
}

/* All parts are in base64, so their length is known to libcurl, and none of their lines
 * begins with a dot that would be doubled: that it has sent so much means that it has
 * sent the message.  It calls once more between the final dot and the reply. */
static int
on_progress(void *ctx, curl_off_t to_get, curl_off_t got, curl_off_t to_give,
	    curl_off_t given)
{
	struct attempt *a = ctx;

	(void)to_get;
	(void)got;
	if (a->stage == SMTP_BODY && to_give > 0 && given >= to_give) {
		if (!a->given_away) {
			a->given_away = true;
			a->given_at = clock_monotonic();
		}
		if (a->code == 0 && crash_is_at("body_sent") &&
		    (reply_waits(a) || clock_monotonic() - a->given_at > REPLY_WAIT_MS)) {
			crash_point("body_sent");
		}
	}
	return *a->line->stopping ? 1 : 0;
}

static size_t
on_data(char *data, size_t size, size_t count, void *ctx)
{
	(void)data;
	(void)ctx;
	return size * count;
}

/* ---- One attempt. */

static void
set_ways(CURL *easy, const struct deliver_options *o)
{
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* A name that is being looked up does not hold up the end. */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, deliver_timeout_ms(o));
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
	curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT,
			 deliver_timeout_ms(o) / 1000 + 1);
	curl_easy_setopt(easy, CURLOPT_USE_SSL,
			 (long)(o->smtp_starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (o->smtp_ca_file != NULL) {
		curl_easy_setopt(easy, CURLOPT_CAINFO, o->smtp_ca_file);
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	}
}

static void
set_callbacks(CURL *easy, struct attempt *a)
{
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, a->error);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_talk);
	curl_easy_setopt(easy, CURLOPT_DEBUGDATA, a);
	curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(easy, CURLOPT_XFERINFODATA, a);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, a->line);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, a->line);
}

bool
mail_read_password(const char *path, struct buf *password, char *why, size_t why_len)
{
	if (file_read_private(path, PASSWORD_MAX, password, why, why_len) != OK) {
		return false;
	}
	while (password->len != 0 && (password->at[password->len - 1] == '\n' ||
				      password->at[password->len - 1] == '\r')) {
		password->len--;
	}
	for (size_t i = 0; i < password->len; i++) {
		if (password->at[i] < ' ') {
			snprintf(why, why_len, "%s: is not one line of text", path);
			return false;
		}
	}
	buf_put_u8(password, '\0');
	return true;
}

static bool
set_user(CURL *easy, const struct deliver_options *o, char *why, size_t why_len)
{
	struct buf password = { 0 };

	if (o->smtp_user == NULL) {
		return true;
	}
	bool ok = mail_read_password(o->smtp_password_file, &password, why, why_len);
	if (ok) {
		curl_easy_setopt(easy, CURLOPT_USERNAME, o->smtp_user);
		curl_easy_setopt(easy, CURLOPT_PASSWORD, (const char *)password.at);
	}
	file_wipe(&password);
	return ok;
}

static void
judge(struct attempt *a, CURLcode code)
{
	enum smtp_stage stage = a->stage == SMTP_QUIT ? SMTP_BODY : a->stage;
	enum outcome_kind kind = smtp_judge(stage, a->code);
	const char *words = a->error[0] != '\0' ? a->error : curl_easy_strerror(code);

	/* After a good reply it was something else that ended it. */
	if (kind == OUTCOME_ACCEPTED || a->code >= 400) {
		words = a->reply;
	}
	job_says(a->job, kind, "%s", words);
	a->job->outcome.in_doubt = stage == SMTP_BODY && a->given_away &&
				   kind != OUTCOME_ACCEPTED && a->code < 400;
}

static void
send_mail(struct attempt *a)
{
	const struct deliver_options *o = a->line->options;
	const struct delivery *d = &a->job->delivery;
	CURL *easy = a->line->easy;
	const char *fault = mail_fault(d);
	char why[WHY_MAX] = "";

	if (fault != NULL) {
		job_says(a->job, OUTCOME_REFUSED, "%s", fault);
		return;
	}
	curl_easy_reset(easy); /* The connection stays. */
	set_ways(easy, o);
	set_callbacks(easy, a);
	if (!set_user(easy, o, why, sizeof(why))) {
		log_event(o->log, LOG_ERROR, "mail", "password=unusable reason=%s", why);
		job_says(a->job, OUTCOME_LATER, "%s", why);
		return;
	}
	a->to = curl_slist_append(NULL, d->mail.to);
	must(a->to != NULL);
	a->head = mail_head(d, o->from, o->host_name);
	a->mime = mail_body(easy, d);
	curl_easy_setopt(easy, CURLOPT_URL, a->line->url);
	curl_easy_setopt(easy, CURLOPT_MAIL_FROM, o->from);
	curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, a->to);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, a->head);
	curl_easy_setopt(easy, CURLOPT_MIMEPOST, a->mime);
	CURLcode code = curl_easy_perform(easy);
	judge(a, code);
	a->broken = code != CURLE_OK;
}

/* libcurl keeps a connection whose last reply it did not wait for, and would take that
 * reply, when it comes, for one to the next mail.  A connection that is shut down first
 * is not said QUIT on. */
static void
renew(struct mail_line *l)
{
	mail_line_break(l);
	curl_easy_cleanup(l->easy);
	l->easy = curl_easy_init();
	must(l->easy != NULL);
}

void
mail_line_send(struct mail_line *l, struct job *job)
{
	struct attempt a = { .line = l, .job = job };

	send_mail(&a);
	/* Nothing of the attempt may be known to the handle when it next works. */
	curl_easy_reset(l->easy);
	curl_mime_free(a.mime);
	curl_slist_free_all(a.head);
	curl_slist_free_all(a.to);
	if (a.broken) {
		renew(l);
	}
}

void
mail_line_init(struct mail_line *l, const struct deliver_options *options,
	       const char *url, const _Atomic bool *stopping)
{
	*l = (struct mail_line){
		.options = options,
		.url = url,
		.stopping = stopping,
		.easy = curl_easy_init(),
	};
	must(l->easy != NULL);
	must(pthread_mutex_init(&l->lock, NULL) == 0);
	for (int i = 0; i < MAIL_LINE_SOCKETS; i++) {
		l->sockets[i] = CURL_SOCKET_BAD;
	}
}

void
mail_line_quit(struct mail_line *l)
{
	curl_easy_cleanup(l->easy);
	l->easy = NULL;
}

void
mail_line_fini(struct mail_line *l)
{
	must(l->easy == NULL);
	must(pthread_mutex_destroy(&l->lock) == 0);
}

void
mail_line_break(struct mail_line *l)
{
	must(pthread_mutex_lock(&l->lock) == 0);
	for (int i = 0; i < MAIL_LINE_SOCKETS; i++) {
		if (l->sockets[i] != CURL_SOCKET_BAD) {
			(void)shutdown(l->sockets[i], SHUT_RDWR);
		}
	}
	must(pthread_mutex_unlock(&l->lock) == 0);
}
