/* lib/host/client.h - a request to a service from a command: connect, ask, wait.
 *
 * A plain blocking client for the command line and tests: one DEALER over ipc:// (or
 * tcp:// with CURVE), requests of LINK 1.6. */
#ifndef LIB_HOST_CLIENT_H
#define LIB_HOST_CLIENT_H

#include "lib/node/node.h"

enum { CLIENT_SEND_MS = 5000 };

struct client;

struct client_options {
	const char *address;       /* "ipc:///…/intake.sock", "tcp://127.0.0.1:4010". */
	const uint8_t *server_key; /* 32 bytes, or NULL: no CURVE. */
	const uint8_t *public_key, *secret_key; /* 32 bytes each; with server_key. */
};

/* ERR_NOT_FOUND where nobody listens on an ipc address (the service is not running),
 * ERR_INVALID where the address is none. */
enum err client_open(const struct client_options *,
		     struct client **ret_client) WARN_UNUSED;
void client_close(struct client *); /* Accepts NULL. */

/* ERR_NOT_FOUND: nobody took it within CLIENT_SEND_MS (not there, or our key is not
 * allowed), or a signal came first. */
enum err client_send(struct client *, enum frame_type, struct slice body) WARN_UNUSED;

/* The next frame within 'timeout_ms' (-1: for ever).  ERR_NOT_FOUND: none came, or a
 * signal came first; ERR_INVALID: it was no frame.  Borrowed until the next call. */
enum err client_receive(struct client *, int timeout_ms,
			struct frame *ret_frame) WARN_UNUSED;

#endif
