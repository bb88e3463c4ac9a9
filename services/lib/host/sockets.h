/* lib/host/sockets.h - sockets with every option that the link asks for.
 *
 * All of them are set before bind or connect, where alone they take effect. */
#ifndef LIB_HOST_SOCKETS_H
#define LIB_HOST_SOCKETS_H

#include "lib/node/node.h"

enum {
	SOCKET_HWM = 64,
	SOCKET_HANDSHAKE_MS = 2000,
	SOCKET_HEARTBEAT_MS = 10000,
	SOCKET_HEARTBEAT_TIMEOUT_MS = 30000,
	SOCKET_HEARTBEAT_TTL_MS = 60000,
	SOCKET_BACKLOG = 512,
	/* What a CURVE message has on the wire beside its part's bytes, which MAXMSGSIZE
	 * counts: command name, nonce, authenticator, flags. */
	SOCKET_CURVE_OVERHEAD = 33,
	/* On a slow line heartbeats queue behind what the kernel holds. */
	SOCKET_DIAL_SNDBUF = 64 * 1024,
};

/* The domain of every CURVE listener, which the ZAP handler answers for. */
#define SOCKET_ZAP_DOMAIN "kusanone"

/* Our own key pair and, for dialling, the pinned key of the other side. Borrowed. */
struct socket_keys {
	const uint8_t *server_key; /* Of a DEALER. */
	const uint8_t *public_key, *secret_key;
};

/* A ROUTER, not bound; 'keys' NULL: no CURVE.  NULL if there is no socket left. */
void *socket_router(void *zmq, const struct socket_keys *keys);

/* A DEALER, not connected.  The same. */
void *socket_dealer(void *zmq, const struct socket_keys *keys);

/* Bind; the file of an ipc address has mode 0600.  On an error 'why' holds a sentence. */
enum err socket_bind(void *socket, const char *address, char *why,
		     size_t why_len) WARN_UNUSED;

enum err socket_connect(void *socket, const char *address, char *why,
			size_t why_len) WARN_UNUSED;

/* Let zmq_close() go on sending for so long. */
void socket_linger(void *socket, msec_t ms);

#endif
