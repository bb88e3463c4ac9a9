/* lib/host/host.h - the one place of sockets, threads and clocks.
 *
 * A host runs one node: a libuv loop with its ZeroMQ sockets on the calling thread, and
 * the node's turns on a thread of their own, so that a commit never stops the loop.
 * Frames go to the turn thread through a bounded queue; what the turn put into the
 * outbox comes back and is sent.
 *
 * Authentication fails closed: before any CURVE listener is bound a ZAP handler runs on
 * inproc://zeromq.zap.01, and a throw-away key must have been refused by it. */
#ifndef LIB_HOST_HOST_H
#define LIB_HOST_HOST_H

#include "lib/node/node.h"

enum { HOST_MAX_ENDPOINTS = 8, HOST_MAX_BINDS = 4 };

enum endpoint_kind {
	ENDPOINT_LISTEN_LOCAL, /* ROUTER on ipc://, mode 0600, no CURVE. */
	ENDPOINT_LISTEN_CURVE, /* ROUTER on tcp:// and ipc://, CURVE with the allow-list.
				*/
	ENDPOINT_DIAL,         /* DEALER, opened and closed by the outbox. */
};

struct host;

struct endpoint {
	enum endpoint_kind kind;
	const char
		*addresses[HOST_MAX_BINDS]; /* NULL after the last; a dialled one: one. */
	uint8_t server_key[32];             /* ENDPOINT_DIAL: pinned; zeros: no CURVE. */
	/* ENDPOINT_DIAL: dial with these; NULL: the host's own.  A node keeps its old
	 * keys and tries each. */
	const uint8_t *own_public, *own_secret;
};

/* What a service has done outside that is no frame: a mail, a file.  Its jobs (OUT_JOB)
 * are begun on the loop's thread, and what came of each is put into the inbox there.
 * 'loop' is a uv_loop_t.  What was begun and has not ended when the process does is as if
 * it had been cut off by a crash. */
struct host_worker {
	void *ctx;
	/* Before anything is served.  False with a sentence: the host does not start. */
	bool (*open)(void *ctx, void *loop, struct host *, char *why, size_t why_len);
	void (*begin)(void *ctx, struct slice job);
	/* A stop was asked for: begin nothing that has not begun. */
	void (*finish)(void *ctx);
	bool (*is_idle)(const void *ctx);
	/* Cut off what is under way, close what is on the loop.  The loop then runs until
	 * the last close callback, after which nothing of it is called. */
	void (*close)(void *ctx);
};

/* From the worker, on the loop's thread. 'outcome' is copied. */
void host_put_outcome(struct host *, struct slice outcome);

struct host_options {
	const char *name;
	struct endpoint endpoints[HOST_MAX_ENDPOINTS]; /* peer.endpoint is the index. */
	unsigned endpoint_count;
	uint8_t curve_public[32], curve_secret[32]; /* Ours, binary. */
	const uint8_t *allow;                       /* First allow-list: 32 bytes each. */
	size_t allow_count;
	msec_t drain_ms; /* SIGTERM: at most so long for what is under way; 0: 2 s. */
	void (*reload)(void *self); /* SIGHUP, on the turn thread; may be NULL. */
	void (*drain)(void *self,
		      struct turn *); /* SIGTERM, in a last turn; may be NULL. */
	void (*ready)(void *ctx);     /* Serving: bound and tested. May be NULL. */
	void *ready_ctx;
	const struct host_worker *worker; /* NULL: the service has no jobs. */
};

/* Runs until SIGTERM or SIGINT (OK), or until a turn failed (its error), or fails to
 * start: 'why' then holds a sentence for the operator (address taken, path too long,
 * ZAP address occupied).  'node' must be initialised; it is used on the turn thread. */
enum err host_run(struct node *, const struct host_options *, char *why,
		  size_t why_len) WARN_UNUSED;

/* The clocks, for shells. */
msec_t clock_monotonic(void);
wall_ms_t clock_wall(void);

#endif
