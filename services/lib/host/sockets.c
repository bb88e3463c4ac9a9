#include "lib/host/sockets.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <zmq.h>

#include "lib/host/address.h"

/* With a domain but without a handler, 4.3.4 lets everybody in unless this is set.  The
 * headers hide it among the drafts; what we rely on is the test at start. */
#ifndef ZMQ_ZAP_ENFORCE_DOMAIN
#define ZMQ_ZAP_ENFORCE_DOMAIN 93
#endif

static void
set_int(void *socket, int option, int value)
{
	must(zmq_setsockopt(socket, option, &value, sizeof(value)) == 0);
}

static void
set_key(void *socket, int option, const uint8_t key[32])
{
	must(zmq_setsockopt(socket, option, key, 32) == 0);
}

static void *
socket_new(void *zmq, int type)
{
	const int64_t max_size = FRAME_MAX_LEN + SOCKET_CURVE_OVERHEAD;
	void *socket = zmq_socket(zmq, type);

	if (socket == NULL) {
		return NULL;
	}
	must(zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &max_size, sizeof(max_size)) == 0);
	set_int(socket, ZMQ_LINGER, 0);
	set_int(socket, ZMQ_SNDHWM, SOCKET_HWM);
	set_int(socket, ZMQ_RCVHWM, SOCKET_HWM);
	set_int(socket, ZMQ_HANDSHAKE_IVL, SOCKET_HANDSHAKE_MS);
	set_int(socket, ZMQ_HEARTBEAT_IVL, SOCKET_HEARTBEAT_MS);
	set_int(socket, ZMQ_HEARTBEAT_TIMEOUT, SOCKET_HEARTBEAT_TIMEOUT_MS);
	set_int(socket, ZMQ_HEARTBEAT_TTL, SOCKET_HEARTBEAT_TTL_MS);
	set_int(socket, ZMQ_TCP_KEEPALIVE, 1);
	return socket;
}

void *
socket_router(void *zmq, const struct socket_keys *keys)
{
	const int enforce = 1;
	void *socket = socket_new(zmq, ZMQ_ROUTER);

	if (socket == NULL) {
		return NULL;
	}
	set_int(socket, ZMQ_ROUTER_MANDATORY, 1);
	set_int(socket, ZMQ_BACKLOG, SOCKET_BACKLOG);
	if (keys != NULL) {
		set_int(socket, ZMQ_CURVE_SERVER, 1);
		set_key(socket, ZMQ_CURVE_SECRETKEY, keys->secret_key);
		must(zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, SOCKET_ZAP_DOMAIN,
				    strlen(SOCKET_ZAP_DOMAIN)) == 0);
		(void)zmq_setsockopt(socket, ZMQ_ZAP_ENFORCE_DOMAIN, &enforce,
				     sizeof(enforce));
	}
	return socket;
}

void *
socket_dealer(void *zmq, const struct socket_keys *keys)
{
	void *socket = socket_new(zmq, ZMQ_DEALER);

	if (socket == NULL) {
		return NULL;
	}
	set_int(socket, ZMQ_IMMEDIATE, 1);
	set_int(socket, ZMQ_RECONNECT_IVL, -1);
	set_int(socket, ZMQ_SNDBUF, SOCKET_DIAL_SNDBUF);
	if (keys != NULL) {
		set_key(socket, ZMQ_CURVE_SERVERKEY, keys->server_key);
		set_key(socket, ZMQ_CURVE_PUBLICKEY, keys->public_key);
		set_key(socket, ZMQ_CURVE_SECRETKEY, keys->secret_key);
	}
	return socket;
}

/* Host names and IPv4 as they are; an IPv6 address stands in brackets. */
static void
allow_ipv6(void *socket, const char *address)
{
	set_int(socket, ZMQ_IPV6, strchr(address, '[') != NULL);
}

static enum err
bind_failed(int code, const char *address, char *why, size_t why_len)
{
	switch (code) {
	case EADDRINUSE:
		snprintf(why, why_len,
			 "%s: in use by another process: stop it, or choose another "
			 "address",
			 address);
		return ERR_BUSY;
	case ENODEV:
	case EADDRNOTAVAIL:
		snprintf(why, why_len, "%s: this machine has no such address", address);
		return ERR_INVALID;
	case ENOENT:
		snprintf(why, why_len, "%s: the folder is not there", address);
		return ERR_INVALID;
	default:
		snprintf(why, why_len, "%s: cannot listen there: %s", address,
			 zmq_strerror(code));
		return ERR_INVALID;
	}
}

enum err
socket_bind(void *socket, const char *address, char *why, size_t why_len)
{
	enum err err = address_claim(address, why, why_len);
	bool local = address_ipc_path(address) != NULL;
	mode_t mask = 0;

	if (err != OK) {
		return err;
	}
	allow_ipv6(socket, address);
	if (local) {
		mask = umask(0177);
	}
	int rc = zmq_bind(socket, address);
	int code = errno;
	if (local) {
		umask(mask);
	}
	return rc == 0 ? OK : bind_failed(code, address, why, why_len);
}

enum err
socket_connect(void *socket, const char *address, char *why, size_t why_len)
{
	enum err err = address_check(address, why, why_len);

	if (err != OK) {
		return err;
	}
	allow_ipv6(socket, address);
	if (zmq_connect(socket, address) != 0) {
		snprintf(why, why_len, "%s: cannot connect there: %s", address,
			 zmq_strerror(errno));
		return ERR_INVALID;
	}
	return OK;
}

void
socket_linger(void *socket, msec_t ms)
{
	set_int(socket, ZMQ_LINGER, (int)(ms > 0 ? ms : 0));
}
