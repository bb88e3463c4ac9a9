/* The test at start: a throw-away key must be refused, by a handler, in words of ZAP.
 *
 * The listener's own monitor tells the outcome: HANDSHAKE_FAILED_AUTH carries the
 * handler's code; HANDSHAKE_FAILED_NO_DETAIL means that nobody was asked. */
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "lib/base/hash.h"
#include "lib/base/id.h"
#include "lib/host/host.h"
#include "lib/host/monitor.h"
#include "lib/host/sockets.h"
#include "lib/host/zap.h"

enum {
	SELFTEST_MS = 5000,
	SELFTEST_EVENTS = ZMQ_EVENT_HANDSHAKE_SUCCEEDED |
			  ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
			  ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
			  ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL,
	ZAP_REFUSED = 400,
};

struct pair {
	uint8_t public_key[32], secret_key[32];
};

/* The first of SELFTEST_EVENTS with its value; 0 if none came in time. */
static uint16_t
next_event(void *monitor, uint32_t *ret_value)
{
	uint16_t event;
	msec_t end = clock_monotonic() + SELFTEST_MS;
	zmq_pollitem_t item = { .socket = monitor, .events = ZMQ_POLLIN };

	for (;;) {
		msec_t left = end - clock_monotonic();

		if (left <= 0) {
			return 0;
		}
		if (zmq_poll(&item, 1, (long)left) < 0 && errno != EINTR) {
			return 0;
		}
		if (monitor_read(monitor, &event, ret_value)) {
			return event;
		}
	}
}

static enum err
judge(uint16_t event, uint32_t value, char *why, size_t why_len)
{
	switch (event) {
	case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
		if (value == ZAP_REFUSED) {
			return OK;
		}
		snprintf(why, why_len,
			 "the check of keys answered an unknown key with %" PRIu32
			 " instead of 400; not starting",
			 value);
		return ERR_INVALID;
	case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
		snprintf(why, why_len, "an unknown key was let in; not starting");
		return ERR_INVALID;
	case 0:
		snprintf(why, why_len,
			 "the check of keys did not answer within %d s; not starting",
			 SELFTEST_MS / 1000);
		return ERR_INVALID;
	default:
		snprintf(why, why_len, "nobody checks keys (event %u); not starting",
			 event);
		return ERR_INVALID;
	}
}

enum err
zap_selftest(void *zmq, char *why, size_t why_len)
{
	struct pair server, stranger;
	uint8_t random[8];
	char name[2 * sizeof(random) + 1], address[64], monitor_address[64];
	uint32_t value = 0;
	enum err err = ERR_IO;

	random_bytes(random, sizeof(random));
	hex_format(random, sizeof(random), name);
	snprintf(address, sizeof(address), "ipc://@kusanone-zap-%s", name);
	snprintf(monitor_address, sizeof(monitor_address), "inproc://zap-selftest-%s",
		 name);
	crypto_box_keypair(server.public_key, server.secret_key);
	crypto_box_keypair(stranger.public_key, stranger.secret_key);

	void *listener = socket_router(
		zmq, &(struct socket_keys){ .public_key = server.public_key,
					    .secret_key = server.secret_key });
	void *dealer = socket_dealer(
		zmq, &(struct socket_keys){ .server_key = server.public_key,
					    .public_key = stranger.public_key,
					    .secret_key = stranger.secret_key });
	void *monitor = zmq_socket(zmq, ZMQ_PAIR);

	if (listener == NULL || dealer == NULL || monitor == NULL) {
		snprintf(why, why_len,
			 "the check of keys cannot be tested: no socket left");
		goto out;
	}
	if (zmq_socket_monitor(listener, monitor_address, SELFTEST_EVENTS) != 0 ||
	    zmq_connect(monitor, monitor_address) != 0 ||
	    zmq_bind(listener, address) != 0 || zmq_connect(dealer, address) != 0) {
		snprintf(why, why_len, "the check of keys cannot be tested: %s",
			 zmq_strerror(errno));
		goto out;
	}
	uint16_t event = next_event(monitor, &value);
	err = judge(event, value, why, why_len);
out:
	if (dealer != NULL) {
		zmq_close(dealer);
	}
	if (listener != NULL) {
		(void)zmq_socket_monitor(listener, NULL, 0);
		zmq_close(listener);
	}
	if (monitor != NULL) {
		zmq_close(monitor);
	}
	sodium_memzero(&server, sizeof(server));
	sodium_memzero(&stranger, sizeof(stranger));
	return err;
}
