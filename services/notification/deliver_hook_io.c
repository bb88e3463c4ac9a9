/* Webhooks, by the rules of Standard Webhooks and with a guard on where they go.
 *
 * Happy path: hooks_begin() reads the URL and has its name looked up; on_resolved()
 * checks every address, signs, and hands the request to the loop; on_done() judges the
 * response.
 *
 * The name is looked up once: libcurl is told the addresses (CURLOPT_RESOLVE) and asks
 * nobody again, and the socket it opens is checked once more, so that a name that changes
 * between the two gains nothing.  Redirects are not followed, proxies, cookies and .netrc
 * not used, and what the receiver writes is read up to a bound and thrown away.
 *
 * Every request has a connection of its own: on one that was used before, libcurl sends a
 * request twice by itself when the receiver hangs up.
 *
 * Close: requests are taken out and settled; look-ups cannot be broken off, so the last
 * one that comes back closes the rest. */
#include <curl/curl.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <uv.h>

#include "lib/base/crash.h"
#include "lib/host/host.h"
#include "notification/deliver_multi.h"
#include "notification/deliver_parts.h"
#include "notification/hook_target.h"
#include "notification/judge.h"
#include "notification/secrets.h"

enum {
	RESPONSE_MAX = 64 * 1024,
	RETRY_AFTER_MAX_S = 24 * 60 * 60,
};

struct hooks {
	struct deliver *deliver;
	const struct deliver_options *options;
	uv_loop_t *loop;
	struct deliver_multi *multi;
	LIST_HEAD(, hook) requests; /* In the multi. */
	unsigned resolving;
	bool closing;
};

struct hook {
	LIST_ENTRY(hook) entry;
	struct hooks *hooks;
	struct job *job;
	msec_t begun;

	/* Where to. */
	struct hook_target target;
	uv_getaddrinfo_t resolve;

	/* The request. */
	struct transfer transfer;
	struct curl_slist *head, *addresses;
	char error[CURL_ERROR_SIZE];
	size_t sent, received; /* Bytes of the bodies. */
	bool too_long;
	const char *refused; /* What the address was that libcurl was to connect to. */
};

static void
free_hook(struct hook *h)
{
	curl_easy_cleanup(h->transfer.easy);
	curl_slist_free_all(h->head);
	curl_slist_free_all(h->addresses);
	hook_target_fini(&h->target);
	free(h);
}

static void
settle(struct hook *h)
{
	job_settle(h->job);
	free_hook(h);
}

/* ---- The request, as libcurl tells it. */

static curl_socket_t
on_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct hook *h = ctx;

	(void)purpose;
	h->refused = hook_target_fault(&h->target, &to->addr);
	if (h->refused != NULL) {
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static int
on_connected(void *ctx, char *remote, char *local, int remote_port, int local_port)
{
	(void)ctx;
	(void)remote;
	(void)local;
	(void)remote_port;
	(void)local_port;
	crash_point("connected");
	return CURL_PREREQFUNC_OK;
}

static bool
is_given_away(const struct hook *h)
{
	return h->sent >= h->job->delivery.hook.body.len;
}

static int
on_talk(CURL *easy, curl_infotype type, char *data, size_t len, void *ctx)
{
	struct hook *h = ctx;

	(void)easy;
	(void)data;
	if (type == CURLINFO_DATA_OUT) {
		h->sent += len;
		if (is_given_away(h)) {
			crash_point("body_sent");
		}
	}
	return 0;
}

static size_t
on_response(char *data, size_t size, size_t count, void *ctx)
{
	struct hook *h = ctx;

	(void)data;
	h->received += size * count;
	h->too_long = h->received > RESPONSE_MAX;
	return h->too_long ? 0 : size * count;
}

/* ---- What came of it. */

static void
judge(struct hook *h, CURLcode code)
{
	struct job *job = h->job;
	curl_off_t retry_after = 0;
	long status = 0;

	curl_easy_getinfo(h->transfer.easy, CURLINFO_RESPONSE_CODE, &status);
	if (h->refused != NULL) {
		job_says(job, OUTCOME_REFUSED, "an address of %s is %s: not sent there",
			 h->target.host, h->refused);
		return;
	}
	/* The status is the answer.  A body that breaks off, or that is too long, changes
	 * nothing in it. */
	if (status >= 200) {
		job_says(job, http_judge((unsigned)status), "HTTP %ld%s", status,
			 status / 100 == 3 ? ", a redirect, which is not followed" : "");
		if (job->outcome.kind == OUTCOME_LATER &&
		    curl_easy_getinfo(h->transfer.easy, CURLINFO_RETRY_AFTER,
				      &retry_after) == CURLE_OK &&
		    retry_after > 0) {
			job->outcome.retry_after_ms =
				(retry_after < RETRY_AFTER_MAX_S ? retry_after
								 : RETRY_AFTER_MAX_S) *
				1000;
		}
		return;
	}
	job_says(job, OUTCOME_LATER, "%s",
		 h->error[0] != '\0' ? h->error : curl_easy_strerror(code));
	job->outcome.in_doubt = is_given_away(h);
}

static void
on_done(struct transfer *transfer, int code)
{
	struct hook *h = container_of(transfer, struct hook, transfer);

	LIST_REMOVE(h, entry);
	judge(h, (CURLcode)code);
	settle(h);
}

/* ---- Making it. */

static void
add_head(struct hook *h, const char *name, const char *value)
{
	char *field = arena_printf(&h->job->arena, "%s: %s", name, value);

	h->head = curl_slist_append(h->head, field);
	must(h->head != NULL);
}

static bool
put_head(struct hook *h)
{
	const struct delivery *d = &h->job->delivery;
	const char *secrets = h->hooks->options->secrets_file;
	/* Of the attempt: a receiver refuses old ones, against replays. */
	int64_t now = clock_wall() / 1000;
	struct buf signature = { 0 };
	char why[WHY_MAX] = "", stamp[32];
	bool ok = true;

	snprintf(stamp, sizeof(stamp), "%" PRId64, now);
	if (d->hook.secret[0] != '\0') {
		ok = secrets != NULL;
		if (!ok) {
			snprintf(why, sizeof(why),
				 "\"%s\": the config names no file of secrets",
				 d->hook.secret);
		} else {
			ok = secrets_sign(secrets, d->hook.secret, d->message, now,
					  d->hook.body, &signature, why, sizeof(why));
		}
	}
	if (!ok) {
		log_event(h->hooks->options->log, LOG_ERROR, "hook",
			  "secret=unusable reason=%s", why);
		job_says(h->job, OUTCOME_LATER, "%s", why);
		buf_fini(&signature);
		return false;
	}
	add_head(h, "Content-Type", "application/json");
	add_head(h, "User-Agent", "kusanone");
	add_head(h, "webhook-id", d->message);
	add_head(h, "Idempotency-Key", d->message);
	add_head(h, "webhook-timestamp", stamp);
	if (signature.len != 0) {
		buf_put_u8(&signature, '\0');
		add_head(h, "webhook-signature", (const char *)signature.at);
	}
	/* No "Expect: 100-continue": the body is short. */
	h->head = curl_slist_append(h->head, "Expect:");
	must(h->head != NULL);
	buf_fini(&signature);
	return true;
}

static void
set_request(struct hook *h, CURL *easy, long left_ms)
{
	const struct deliver_options *o = h->hooks->options;
	struct slice body = h->job->delivery.hook.body;

	curl_easy_setopt(easy, CURLOPT_CURLU, h->target.url);
	curl_easy_setopt(easy, CURLOPT_POST, 1L);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
			 body.len != 0 ? (const char *)body.at : "");
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, h->head);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, left_ms);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (o->hook_ca_file != NULL) {
		curl_easy_setopt(easy, CURLOPT_CAINFO, o->hook_ca_file);
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	}
}

static void
set_guards(struct hook *h, CURL *easy)
{
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
			 h->target.allowed ? "https,http" : "https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(easy, CURLOPT_ALTSVC_CTRL, 0L);
	curl_easy_setopt(easy, CURLOPT_RESOLVE, h->addresses);
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
}

static void
set_callbacks(struct hook *h, CURL *easy)
{
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, h->error);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_response);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, h);
	curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_talk);
	curl_easy_setopt(easy, CURLOPT_DEBUGDATA, h);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, h);
}

static bool
pin(struct hook *h, const struct addrinfo *list)
{
	const char *entry;
	const char *fault = hook_target_pin(&h->target, list, &h->job->arena, &entry);

	if (fault != NULL) {
		job_says(h->job, OUTCOME_REFUSED, "%s", fault);
		return false;
	}
	/* An IPv6 address is looked up by nobody, and libcurl knows no entry for it. */
	if (h->target.host[0] != '[') {
		h->addresses = curl_slist_append(NULL, entry);
		must(h->addresses != NULL);
	}
	return true;
}

/* False: the job says why not. */
static bool
begin_request(struct hook *h, int status, const struct addrinfo *list)
{
	msec_t left =
		deliver_timeout_ms(h->hooks->options) - (clock_monotonic() - h->begun);

	if (status < 0) {
		job_says(h->job, OUTCOME_LATER, "%s: %s", h->target.host,
			 uv_strerror(status));
		return false;
	}
	if (left <= 0) {
		job_says(h->job, OUTCOME_LATER, "%s: its name took too long to look up",
			 h->target.host);
		return false;
	}
	if (!pin(h, list) || !put_head(h)) {
		return false;
	}
	h->transfer.easy = curl_easy_init();
	must(h->transfer.easy != NULL);
	set_request(h, h->transfer.easy, (long)left);
	set_guards(h, h->transfer.easy);
	set_callbacks(h, h->transfer.easy);
	h->transfer.done = on_done;
	LIST_INSERT_HEAD(&h->hooks->requests, h, entry);
	deliver_multi_add(h->hooks->multi, &h->transfer);
	return true;
}

static void
finish_if_closed(struct hooks *hooks)
{
	if (hooks->closing && hooks->resolving == 0) {
		deliver_multi_close(hooks->multi);
	}
}

static void
on_resolved(uv_getaddrinfo_t *resolve, int status, struct addrinfo *list)
{
	struct hook *h = container_of(resolve, struct hook, resolve);
	struct hooks *hooks = h->hooks;

	hooks->resolving--;
	if (hooks->closing || !begin_request(h, status, list)) {
		settle(h);
	}
	uv_freeaddrinfo(list);
	finish_if_closed(hooks);
}

static int
resolve(struct hook *h)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_protocol = IPPROTO_TCP,
	};
	size_t len = strlen(h->target.host);
	const char *name = h->target.host;

	if (len > 2 && name[0] == '[') {
		name = arena_printf(&h->job->arena, "%.*s", (int)len - 2, name + 1);
	}
	return uv_getaddrinfo(h->hooks->loop, &h->resolve, on_resolved, name, NULL,
			      &hints);
}

void
hooks_begin(struct hooks *hooks, struct job *job)
{
	struct hook *h = xcalloc(1, sizeof(*h));
	const char *fault;
	int status;

	h->hooks = hooks;
	h->job = job;
	h->begun = clock_monotonic();
	fault = hook_target_read(&h->target, job->delivery.hook.url, hooks->options,
				 &job->arena);
	if (fault != NULL) {
		job_says(job, OUTCOME_REFUSED, "%s", fault);
		settle(h);
		return;
	}
	status = resolve(h);
	if (status != 0) {
		job_says(job, OUTCOME_LATER, "%s: %s", h->target.host,
			 uv_strerror(status));
		settle(h);
		return;
	}
	hooks->resolving++;
}

/* ---- Its life. */

static void
on_multi_closed(void *ctx)
{
	struct hooks *hooks = ctx;

	deliver_channel_closed(hooks->deliver);
	free(hooks);
	curl_global_cleanup();
}

struct hooks *
hooks_open(struct deliver *deliver, void *loop, const struct deliver_options *options,
	   char *why, size_t why_len)
{
	if (options->secrets_file != NULL &&
	    !secrets_check(options->secrets_file, why, why_len)) {
		return NULL;
	}
	struct hooks *hooks = xcalloc(1, sizeof(*hooks));
	must(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
	hooks->deliver = deliver;
	hooks->options = options;
	hooks->loop = loop;
	hooks->multi = deliver_multi_open(loop, on_multi_closed, hooks);
	return hooks;
}

void
hooks_close(struct hooks *hooks)
{
	struct hook *h;

	if (hooks == NULL) {
		return;
	}
	hooks->closing = true;
	while ((h = LIST_FIRST(&hooks->requests)) != NULL) {
		LIST_REMOVE(h, entry);
		deliver_multi_remove(hooks->multi, &h->transfer);
		settle(h);
	}
	finish_if_closed(hooks);
}
