#include "lib/host/zap.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.h>

#include "lib/base/id.h"
#include "lib/base/mem.h"
#include "lib/host/host.h"
#include "lib/host/sockets.h"

enum { ZAP_MAX_PARTS = 8, ZAP_MAX_PART = 255, ZAP_LOG_MS = 1000 };

struct zap {
	void *socket;
	int stop_fd;
	pthread_t thread;
	const struct log_sink *log;
	msec_t logged_at;
	uint64_t refused_unlogged;

	pthread_mutex_t lock;
	uint8_t *keys; /* Sorted. */
	size_t key_count;
	struct zap_counts counts;
};

/* A request, part by part: version, id, domain, address, routing id, mechanism,
 * credentials.  A part that is longer than any of ours is kept as its length only. */
struct request {
	unsigned count;
	size_t len[ZAP_MAX_PARTS];
	uint8_t part[ZAP_MAX_PARTS][ZAP_MAX_PART];
};
enum {
	PART_VERSION,
	PART_ID,
	PART_DOMAIN,
	PART_ADDRESS,
	PART_ROUTING,
	PART_MECHANISM,
	PART_KEY
};

static bool
part_is(const struct request *req, unsigned i, const char *text)
{
	return i < req->count && req->len[i] <= ZAP_MAX_PART &&
	       slice_eq_str(slice_of(req->part[i], req->len[i]), text);
}

static int
compare_keys(const void *a, const void *b)
{
	return memcmp(a, b, ZAP_KEY_LEN);
}

bool
zap_allows(struct zap *zap, const uint8_t key[ZAP_KEY_LEN])
{
	pthread_mutex_lock(&zap->lock);
	bool found = zap->key_count != 0 && bsearch(key, zap->keys, zap->key_count,
						    ZAP_KEY_LEN, compare_keys) != NULL;
	pthread_mutex_unlock(&zap->lock);
	return found;
}

void
zap_allow(struct zap *zap, struct slice keys)
{
	size_t count = keys.len / ZAP_KEY_LEN;
	uint8_t *sorted = xmalloc(keys.len + 1);

	must(keys.len % ZAP_KEY_LEN == 0);
	if (count != 0) {
		memcpy(sorted, keys.at, keys.len);
		qsort(sorted, count, ZAP_KEY_LEN, compare_keys);
	}
	pthread_mutex_lock(&zap->lock);
	uint8_t *old = zap->keys;
	zap->keys = sorted;
	zap->key_count = count;
	pthread_mutex_unlock(&zap->lock);
	free(old);
}

struct zap_counts
zap_counts(struct zap *zap)
{
	pthread_mutex_lock(&zap->lock);
	struct zap_counts counts = zap->counts;
	pthread_mutex_unlock(&zap->lock);
	return counts;
}

static bool
is_allowed(struct zap *zap, const struct request *req)
{
	return req->count == PART_KEY + 1 && part_is(req, PART_VERSION, "1.0") &&
	       part_is(req, PART_DOMAIN, SOCKET_ZAP_DOMAIN) &&
	       part_is(req, PART_MECHANISM, "CURVE") &&
	       req->len[PART_KEY] == ZAP_KEY_LEN && zap_allows(zap, req->part[PART_KEY]);
}

/* At most a line a second: a stranger who knocks must not fill the log. */
static void
log_refusal(struct zap *zap, const struct request *req)
{
	char key[ZAP_USER_ID_LEN + 1] = "";
	char address[ZAP_MAX_PART + 1] = "";
	msec_t now = clock_monotonic();

	pthread_mutex_lock(&zap->lock);
	bool serving = zap->keys != NULL;
	pthread_mutex_unlock(&zap->lock);
	if (!serving) {
		return; /* No allow-list, so no listener yet: the self-test's stranger. */
	}
	zap->refused_unlogged++;
	if (zap->logged_at != 0 && now - zap->logged_at < ZAP_LOG_MS) {
		return;
	}
	if (req->count > PART_KEY && req->len[PART_KEY] == ZAP_KEY_LEN) {
		hex_format(req->part[PART_KEY], ZAP_KEY_LEN, key);
	}
	if (req->count > PART_ADDRESS && req->len[PART_ADDRESS] <= ZAP_MAX_PART) {
		memcpy(address, req->part[PART_ADDRESS], req->len[PART_ADDRESS]);
	}
	log_event(zap->log, LOG_WARN, "zap",
		  "refused=%" PRIu64 " key=%s address=%s reason=unknown_key",
		  zap->refused_unlogged, key, address);
	zap->logged_at = now;
	zap->refused_unlogged = 0;
}

static bool
send_part(void *socket, const void *at, size_t len, bool more)
{
	return zmq_send(socket, at, len, more ? ZMQ_SNDMORE : 0) >= 0;
}

static void
answer(struct zap *zap, const struct request *req)
{
	char user_id[ZAP_USER_ID_LEN + 1] = "";
	bool allowed = is_allowed(zap, req);
	size_t id_len = req->count > PART_ID && req->len[PART_ID] <= ZAP_MAX_PART
				? req->len[PART_ID]
				: 0;

	if (allowed) {
		hex_format(req->part[PART_KEY], ZAP_KEY_LEN, user_id);
	}
	/* Counted before the answer leaves, so that who has heard it finds it counted. */
	pthread_mutex_lock(&zap->lock);
	zap->counts.accepted += allowed;
	zap->counts.refused += !allowed;
	pthread_mutex_unlock(&zap->lock);

	void *socket = zap->socket;
	const char *code = allowed ? "200" : "400";
	const char *text = allowed ? "OK" : "unknown key";
	(void)(send_part(socket, "1.0", 3, true) &&
	       send_part(socket, req->part[PART_ID], id_len, true) &&
	       send_part(socket, code, 3, true) &&
	       send_part(socket, text, strlen(text), true) &&
	       send_part(socket, user_id, strlen(user_id), true) &&
	       send_part(socket, "", 0, false));
	if (!allowed) {
		log_refusal(zap, req);
	}
}

/* False if there was no whole request. */
static bool
receive(void *socket, struct request *req)
{
	int more = 1;
	size_t more_len = sizeof(more);
	uint8_t spare[ZAP_MAX_PART];

	req->count = 0;
	while (more != 0) {
		bool kept = req->count < ZAP_MAX_PARTS;
		int len = zmq_recv(socket, kept ? req->part[req->count] : spare,
				   ZAP_MAX_PART, ZMQ_DONTWAIT);

		if (len < 0) {
			return false;
		}
		if (kept) {
			req->len[req->count++] = (size_t)len;
		}
		must(zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &more_len) == 0);
	}
	return true;
}

static void *
zap_main(void *arg)
{
	struct zap *zap = arg;
	zmq_pollitem_t items[] = {
		{ .socket = zap->socket, .events = ZMQ_POLLIN },
		{ .fd = zap->stop_fd, .events = ZMQ_POLLIN },
	};
	struct request req;

	for (;;) {
		if (zmq_poll(items, 2, -1) < 0 && errno != EINTR) {
			break;
		}
		if ((items[1].revents & ZMQ_POLLIN) != 0) {
			break;
		}
		while (receive(zap->socket, &req)) {
			answer(zap, &req);
		}
	}
	zmq_close(zap->socket);
	return NULL;
}

enum err
zap_start(void *zmq, const struct log_sink *log, struct zap **ret_zap, char *why,
	  size_t why_len)
{
	struct zap *zap;
	sigset_t all, old;
	void *socket = zmq_socket(zmq, ZMQ_REP);
	int stop_fd = eventfd(0, EFD_CLOEXEC);

	if (socket == NULL || stop_fd < 0) {
		snprintf(why, why_len, "cannot check keys: no file descriptor left");
		goto err_close;
	}
	if (zmq_bind(socket, ZAP_ADDRESS) != 0) {
		snprintf(why, why_len,
			 "%s is taken: somebody else decides which keys may connect; not "
			 "starting",
			 ZAP_ADDRESS);
		goto err_close;
	}
	zap = xcalloc(1, sizeof(*zap));
	zap->socket = socket;
	zap->stop_fd = stop_fd;
	zap->log = log;
	pthread_mutex_init(&zap->lock, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	must(pthread_create(&zap->thread, NULL, zap_main, zap) == 0);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	*ret_zap = zap;
	return OK;

err_close:
	if (stop_fd >= 0) {
		close(stop_fd);
	}
	if (socket != NULL) {
		zmq_close(socket);
	}
	return ERR_BUSY;
}

void
zap_stop(struct zap *zap)
{
	const uint64_t one = 1;

	if (zap == NULL) {
		return;
	}
	must(write(zap->stop_fd, &one, sizeof(one)) == (ssize_t)sizeof(one));
	must(pthread_join(zap->thread, NULL) == 0);
	close(zap->stop_fd);
	pthread_mutex_destroy(&zap->lock);
	free(zap->keys);
	free(zap);
}
