#include "lib/host/endpoints.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>
#include <zmq.h>

#include "lib/host/address.h"
#include "lib/host/sockets.h"

static bool
is_zero(const uint8_t key[32])
{
	static const uint8_t zero[32];

	return memcmp(key, zero, sizeof(zero)) == 0;
}

static enum err
bind_listener(struct endpoints *e, uint32_t i, char *why, size_t why_len)
{
	const struct endpoint *endpoint = &e->options->endpoints[i];
	const struct socket_keys keys = {
		.public_key = e->options->curve_public,
		.secret_key = e->options->curve_secret,
	};
	bool curve = endpoint->kind == ENDPOINT_LISTEN_CURVE;
	void *socket = socket_router(e->zmq, curve ? &keys : NULL);

	if (socket == NULL) {
		snprintf(why, why_len, "%s: no socket left", endpoint->addresses[0]);
		return ERR_IO;
	}
	for (unsigned n = 0; n < HOST_MAX_BINDS && endpoint->addresses[n] != NULL; n++) {
		const char *address = endpoint->addresses[n];
		enum err err;

		if (!curve && address_ipc_path(address) == NULL) {
			snprintf(why, why_len,
				 "%s: without keys we listen on ipc:// only, where file "
				 "permissions guard the door",
				 address);
			err = ERR_INVALID;
		} else {
			err = socket_bind(socket, address, why, why_len);
		}
		if (err != OK) {
			zmq_close(socket);
			return err;
		}
		char bound[256] = "";
		size_t len = sizeof(bound);

		must(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, bound, &len) == 0);
		log_event(e->world->log, LOG_INFO, "host",
			  "endpoint=%" PRIu32 " listening=%s curve=%s", i, bound,
			  curve ? "yes" : "no");
	}
	e->channels[i] = channel_start(e->world, socket, endpoint, i, 0);
	return OK;
}

enum err
endpoints_bind(struct endpoints *e, char *why, size_t why_len)
{
	enum err err = OK;

	for (uint32_t i = 0; err == OK && i < e->options->endpoint_count; i++) {
		const struct endpoint *endpoint = &e->options->endpoints[i];

		must(endpoint->addresses[0] != NULL);
		if (endpoint->kind == ENDPOINT_DIAL) {
			err = address_check(endpoint->addresses[0], why, why_len);
		} else {
			err = bind_listener(e, i, why, why_len);
		}
	}
	return err;
}

static void
hang_up(struct endpoints *e, uint32_t i, msec_t linger)
{
	if (e->channels[i] != NULL) {
		dialling_stop(e->diallings[i]);
		e->diallings[i] = NULL;
		channel_close(e->channels[i], linger);
		e->channels[i] = NULL;
	}
}

/* Without a socket it is a dialling that is never answered: its owner gives up on it in
 * time and dials again. */
static void
dial(struct endpoints *e, struct peer to)
{
	const struct endpoint *endpoint = &e->options->endpoints[to.endpoint];
	const struct socket_keys keys = {
		.server_key = endpoint->server_key,
		.public_key = endpoint->own_public != NULL ? endpoint->own_public
							   : e->options->curve_public,
		.secret_key = endpoint->own_secret != NULL ? endpoint->own_secret
							   : e->options->curve_secret,
	};
	bool curve = !is_zero(endpoint->server_key);

	hang_up(e, to.endpoint, 0);
	void *socket = socket_dealer(e->zmq, curve ? &keys : NULL);
	if (socket == NULL) {
		log_event(e->world->log, LOG_WARN, "host",
			  "endpoint=%" PRIu32 " dialling=%s reason=no_socket_left",
			  to.endpoint, endpoint->addresses[0]);
		return;
	}
	e->channels[to.endpoint] =
		channel_start(e->world, socket, endpoint, to.endpoint, to.id);
	e->diallings[to.endpoint] =
		dialling_start(e->world, e->zmq, socket, endpoint, to);
}

void
endpoints_carry_out(struct endpoints *e, const struct outbox *outbox)
{
	for (size_t i = 0; i < outbox->count; i++) {
		const struct out *out = &outbox->list[i];
		struct slice parts[FRAME_MAX_PARTS];
		struct channel *ch;
		unsigned count;

		must(out->kind == OUT_ALLOW || out->kind == OUT_JOB ||
		     out->to.endpoint < e->options->endpoint_count);
		switch (out->kind) {
		case OUT_FRAME:
			ch = e->channels[out->to.endpoint];
			if (ch != NULL) {
				count = out_parts(outbox, out, parts);
				channel_send(ch, out->to.id, parts, count);
			}
			break;
		case OUT_DIAL:
			must(e->options->endpoints[out->to.endpoint].kind ==
			     ENDPOINT_DIAL);
			dial(e, out->to);
			break;
		case OUT_HANG_UP:
			must(e->options->endpoints[out->to.endpoint].kind ==
			     ENDPOINT_DIAL);
			hang_up(e, out->to.endpoint, HANG_UP_LINGER_MS);
			break;
		case OUT_ALLOW:
			if (e->world->zap != NULL) {
				zap_allow(e->world->zap, out_bytes(outbox, out));
			}
			break;
		case OUT_JOB:
			must(e->options->worker != NULL);
			e->options->worker->begin(e->options->worker->ctx,
						  out_bytes(outbox, out));
			break;
		}
	}
}

bool
endpoints_are_flushed(const struct endpoints *e)
{
	for (unsigned i = 0; i < HOST_MAX_ENDPOINTS; i++) {
		if (e->channels[i] != NULL && !channel_is_flushed(e->channels[i])) {
			return false;
		}
	}
	return true;
}

/* libzmq leaves the file of a local socket behind: a command would take it for a
 * service. */
static void
remove_local_sockets(const struct endpoint *endpoint)
{
	for (unsigned i = 0; i < HOST_MAX_BINDS && endpoint->addresses[i] != NULL; i++) {
		const char *path = address_ipc_path(endpoint->addresses[i]);

		if (path != NULL) {
			(void)unlink(path);
		}
	}
}

void
endpoints_close(struct endpoints *e, msec_t linger)
{
	for (uint32_t i = HOST_MAX_ENDPOINTS; i > 0; i--) {
		if (e->channels[i - 1] != NULL &&
		    e->options->endpoints[i - 1].kind == ENDPOINT_LISTEN_LOCAL) {
			remove_local_sockets(&e->options->endpoints[i - 1]);
		}
		hang_up(e, i - 1, linger);
	}
}
