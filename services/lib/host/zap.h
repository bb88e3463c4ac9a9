/* lib/host/zap.h - who may connect: the ZAP 1.0 handler of a context.
 *
 * ZeroMQ asks it once per handshake.  It answers 200 for a CURVE key of the allow-list
 * in our domain, with the key in hex as User-Id, and 400 for everything else: 300 and
 * 500 have left clients hanging.  It runs on a thread of its own, so that a busy loop
 * holds up no handshake. */
#ifndef LIB_HOST_ZAP_H
#define LIB_HOST_ZAP_H

#include "lib/base/log.h"

enum { ZAP_KEY_LEN = 32, ZAP_USER_ID_LEN = 2 * ZAP_KEY_LEN };

#define ZAP_ADDRESS "inproc://zeromq.zap.01"

struct zap;

/* Nobody is allowed at first.  ERR_BUSY if somebody answers at the address already. */
enum err zap_start(void *zmq, const struct log_sink *log, struct zap **ret_zap, char *why,
		   size_t why_len) WARN_UNUSED;

/* Accepts NULL.  From then on every handshake of the context's CURVE listeners fails. */
void zap_stop(struct zap *);

/* From any thread. */
void zap_allow(struct zap *, struct slice keys);
bool zap_allows(struct zap *, const uint8_t key[ZAP_KEY_LEN]);

struct zap_counts {
	uint64_t accepted, refused;
};
struct zap_counts zap_counts(struct zap *);

/* Does the context refuse a key that nobody knows?  Connects with a throw-away key to a
 * private CURVE listener and waits for the refusal.  OK only if it was refused by a
 * handler; 'why' otherwise holds a sentence. */
enum err zap_selftest(void *zmq, char *why, size_t why_len) WARN_UNUSED;

#endif
