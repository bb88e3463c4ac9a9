#include "notification/deliver_multi.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <uv.h>

#include "lib/base/mem.h"

struct deliver_multi {
	CURLM *curl;
	uv_loop_t *loop;
	uv_timer_t timer;
	unsigned handles; /* Not closed yet: the timer and the sockets'. */
	void (*closed)(void *ctx);
	void *ctx;
};

/* What waits for one of libcurl's sockets. */
struct watch {
	struct deliver_multi *multi;
	curl_socket_t socket;
	uv_poll_t poll;
};

static void
handle_gone(struct deliver_multi *m)
{
	if (--m->handles == 0) {
		m->closed(m->ctx);
		free(m);
	}
}

static void
tell_done(struct deliver_multi *m)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(m->curl, &left)) != NULL) {
		struct transfer *transfer = NULL;
		CURLcode code = message->data.result;

		must(message->msg == CURLMSG_DONE);
		must(curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
				       &transfer) == CURLE_OK);
		/* The message is gone with this. */
		deliver_multi_remove(m, transfer);
		transfer->done(transfer, (int)code);
	}
}

static void
act(struct deliver_multi *m, curl_socket_t socket, int events)
{
	int running;

	must(curl_multi_socket_action(m->curl, socket, events, &running) == CURLM_OK);
	tell_done(m);
}

static void
on_poll(uv_poll_t *handle, int status, int events)
{
	struct watch *w = container_of(handle, struct watch, poll);
	int what = status < 0
			   ? CURL_CSELECT_ERR
			   : ((events & UV_READABLE) != 0 ? CURL_CSELECT_IN : 0) |
				     ((events & UV_WRITABLE) != 0 ? CURL_CSELECT_OUT : 0);

	act(w->multi, w->socket, what);
}

static void
on_timer(uv_timer_t *timer)
{
	act(container_of(timer, struct deliver_multi, timer), CURL_SOCKET_TIMEOUT, 0);
}

static void
on_watch_closed(uv_handle_t *handle)
{
	struct watch *w = container_of((uv_poll_t *)handle, struct watch, poll);

	handle_gone(w->multi);
	free(w);
}

/* libcurl closes the socket only after this has said REMOVE. */
static int
on_socket(CURL *easy, curl_socket_t socket, int what, void *ctx, void *watch)
{
	struct deliver_multi *m = ctx;
	struct watch *w = watch;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (w != NULL) {
			curl_multi_assign(m->curl, socket, NULL);
			uv_close((uv_handle_t *)&w->poll, on_watch_closed);
		}
		return 0;
	}
	if (w == NULL) {
		w = xcalloc(1, sizeof(*w));
		w->multi = m;
		w->socket = socket;
		must(uv_poll_init_socket(m->loop, &w->poll, socket) == 0);
		m->handles++;
		curl_multi_assign(m->curl, socket, w);
	}
	must(uv_poll_start(&w->poll,
			   ((what & CURL_POLL_IN) != 0 ? UV_READABLE : 0) |
				   ((what & CURL_POLL_OUT) != 0 ? UV_WRITABLE : 0),
			   on_poll) == 0);
	return 0;
}

/* Must not act by itself: libcurl is in the middle of something. */
static int
on_timeout(CURLM *curl, long timeout_ms, void *ctx)
{
	struct deliver_multi *m = ctx;

	(void)curl;
	if (timeout_ms < 0) {
		must(uv_timer_stop(&m->timer) == 0);
	} else if (!uv_is_closing((uv_handle_t *)&m->timer)) {
		uv_update_time(m->loop);
		must(uv_timer_start(&m->timer, on_timer, (uint64_t)timeout_ms, 0) == 0);
	}
	return 0;
}

struct deliver_multi *
deliver_multi_open(void *loop, void (*closed)(void *ctx), void *ctx)
{
	struct deliver_multi *m = xcalloc(1, sizeof(*m));

	m->loop = loop;
	m->closed = closed;
	m->ctx = ctx;
	m->curl = curl_multi_init();
	must(m->curl != NULL);
	must(uv_timer_init(loop, &m->timer) == 0);
	m->handles = 1;
	curl_multi_setopt(m->curl, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(m->curl, CURLMOPT_SOCKETDATA, m);
	curl_multi_setopt(m->curl, CURLMOPT_TIMERFUNCTION, on_timeout);
	curl_multi_setopt(m->curl, CURLMOPT_TIMERDATA, m);
	return m;
}

void
deliver_multi_add(struct deliver_multi *m, struct transfer *transfer)
{
	must(curl_easy_setopt(transfer->easy, CURLOPT_PRIVATE, transfer) == CURLE_OK);
	must(curl_multi_add_handle(m->curl, transfer->easy) == CURLM_OK);
}

void
deliver_multi_remove(struct deliver_multi *m, struct transfer *transfer)
{
	must(curl_multi_remove_handle(m->curl, transfer->easy) == CURLM_OK);
}

static void
on_timer_closed(uv_handle_t *handle)
{
	handle_gone(container_of((uv_timer_t *)handle, struct deliver_multi, timer));
}

void
deliver_multi_close(struct deliver_multi *m)
{
	/* Its last connections go, and with them their watches. */
	must(curl_multi_cleanup(m->curl) == CURLM_OK);
	uv_close((uv_handle_t *)&m->timer, on_timer_closed);
}
