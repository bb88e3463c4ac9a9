#include "lib/host/dialling.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/host/address.h"
#include "lib/host/monitor.h"
#include "lib/host/sockets.h"

struct dialling {
	struct channel_world *world;
	const struct endpoint *endpoint;
	struct peer peer;
	void *socket; /* NULL: stopped. */
	struct monitor *monitor;
	uv_getaddrinfo_t lookup;
	bool looking;
	bool told;
	unsigned users; /* Owner, monitor, lookup: the last one frees. */
};

static void
release(struct dialling *d)
{
	if (--d->users == 0) {
		d->world->open--;
		free(d);
	}
}

static void
on_monitor_freed(void *ctx)
{
	release(ctx);
}

static void
on_end(void *ctx, enum line_end end)
{
	struct dialling *d = ctx;

	if (d->told) {
		return;
	}
	d->told = true;
	log_event(d->world->log, LOG_DEBUG, "host",
		  "endpoint=%" PRIu32 " dialling=%" PRIu32 " ended=%s", d->peer.endpoint,
		  d->peer.id, line_end_name(end));
	if (d->world->reading) {
		turn_thread_put_end(d->world->turns, d->peer, end);
	}
}

static void
no_address(struct dialling *d, const char *reason)
{
	log_event(d->world->log, LOG_WARN, "host",
		  "endpoint=%" PRIu32 " dialling=%s reason=%s", d->peer.endpoint,
		  d->endpoint->addresses[0], reason);
	on_end(d, LINE_NO_ADDRESS);
}

static void
connect_to(struct dialling *d, const char *address)
{
	char why[256];

	if (socket_connect(d->socket, address, why, sizeof(why)) != OK) {
		no_address(d, why);
	}
}

static void
on_looked_up(uv_getaddrinfo_t *lookup, int status, struct addrinfo *found)
{
	struct dialling *d = container_of(lookup, struct dialling, lookup);

	d->looking = false;
	if (d->socket != NULL && status == 0) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)found->ai_addr;
		char host[INET_ADDRSTRLEN], address[64];

		must(uv_ip4_name(in, host, sizeof(host)) == 0);
		snprintf(address, sizeof(address), "tcp://%s:%s", host,
			 strrchr(d->endpoint->addresses[0], ':') + 1);
		connect_to(d, address);
	} else if (d->socket != NULL) {
		no_address(d, uv_err_name(status));
	}
	uv_freeaddrinfo(found);
	release(d);
}

/* The first of the name's IPv4 addresses, as libzmq would take it. */
static void
look_up(struct dialling *d, const char *host)
{
	const struct addrinfo hints = { .ai_family = AF_INET,
					.ai_socktype = SOCK_STREAM };
	int rc = uv_getaddrinfo(d->world->loop, &d->lookup, on_looked_up, host, NULL,
				&hints);

	if (rc != 0) {
		no_address(d, uv_err_name(rc));
		return;
	}
	d->looking = true;
	d->users++;
}

struct dialling *
dialling_start(struct channel_world *world, void *zmq, void *socket,
	       const struct endpoint *endpoint, struct peer peer)
{
	struct dialling *d = xcalloc(1, sizeof(*d));
	char host[256];

	d->world = world;
	d->endpoint = endpoint;
	d->peer = peer;
	d->socket = socket;
	d->users = 1;
	world->open++;
	d->monitor = monitor_start(zmq, socket, world->loop, on_end, on_monitor_freed, d);
	d->users += d->monitor != NULL;
	if (address_host_name(endpoint->addresses[0], host, sizeof(host))) {
		look_up(d, host);
	} else {
		connect_to(d, endpoint->addresses[0]);
	}
	return d;
}

void
dialling_stop(struct dialling *d)
{
	if (d == NULL) {
		return;
	}
	if (d->monitor != NULL) {
		monitor_stop(d->monitor, d->socket);
	}
	if (d->looking) {
		/* One that is under way comes to its end by itself. */
		(void)uv_cancel((uv_req_t *)&d->lookup);
	}
	d->socket = NULL;
	release(d);
}
