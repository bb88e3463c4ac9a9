#include "lib/host/client.h"

#include <errno.h>
#include <stdlib.h>
#include <zmq.h>

#include "lib/host/address.h"
#include "lib/host/host.h"
#include "lib/host/sockets.h"

enum { CLIENT_RECONNECT_MS = 100 };

struct client {
	void *zmq, *socket;
	int timeout_ms;                   /* ZMQ_RCVTIMEO. */
	zmq_msg_t parts[FRAME_MAX_PARTS]; /* Of the frame received last. */
	unsigned kept;
};

enum err
client_open(const struct client_options *options, struct client **ret_client)
{
	const char *path = address_ipc_path(options->address);
	const struct socket_keys keys = {
		.server_key = options->server_key,
		.public_key = options->public_key,
		.secret_key = options->secret_key,
	};
	const int reconnect = CLIENT_RECONNECT_MS;
	char why[256];
	enum err err = ERR_IO;

	if (path != NULL && path[0] != '\0') {
		enum ipc_owner owner = ipc_owner(path);

		if (owner == IPC_NOBODY || owner == IPC_STALE) {
			return ERR_NOT_FOUND;
		}
	}
	struct client *client = xcalloc(1, sizeof(*client));
	client->zmq = zmq_ctx_new();
	if (client->zmq == NULL) {
		goto err_free;
	}
	client->socket =
		socket_dealer(client->zmq, options->server_key != NULL ? &keys : NULL);
	if (client->socket == NULL) {
		goto err_term;
	}
	/* A request is asked for by its sender until it is answered, so a service that
	 * starts a moment later is waited for. */
	must(zmq_setsockopt(client->socket, ZMQ_RECONNECT_IVL, &reconnect,
			    sizeof(reconnect)) == 0);
	client->timeout_ms = -1;
	err = socket_connect(client->socket, options->address, why, sizeof(why));
	if (err != OK) {
		goto err_close;
	}
	*ret_client = client;
	return OK;

err_close:
	zmq_close(client->socket);
err_term:
	zmq_ctx_term(client->zmq);
err_free:
	free(client);
	return err;
}

static void
let_go(struct client *client)
{
	for (unsigned i = 0; i < client->kept; i++) {
		zmq_msg_close(&client->parts[i]);
	}
	client->kept = 0;
}

void
client_close(struct client *client)
{
	if (client == NULL) {
		return;
	}
	let_go(client);
	zmq_close(client->socket);
	while (zmq_ctx_term(client->zmq) != 0 && errno == EINTR) {
	}
	free(client);
}

/* Wait until a frame can be sent.  False if it cannot in time. */
static bool
wait_to_send(struct client *client)
{
	zmq_pollitem_t item = { .socket = client->socket, .events = ZMQ_POLLOUT };

	return zmq_poll(&item, 1, CLIENT_SEND_MS) > 0;
}

static bool
send_part(struct client *client, const void *at, size_t len, int flags)
{
	return zmq_send(client->socket, at, len, ZMQ_DONTWAIT | flags) >= 0;
}

enum err
client_send(struct client *client, enum frame_type type, struct slice body)
{
	const struct frame_header header = {
		.type = (uint8_t)type,
		.minor = LINK_MINOR_MAX,
	};
	uint8_t bytes[FRAME_HEADER_LEN];

	frame_header_put(bytes, &header);
	/* Nearly always it can at once. */
	if (!send_part(client, bytes, sizeof(bytes), ZMQ_SNDMORE) &&
	    (errno != EAGAIN || !wait_to_send(client) ||
	     !send_part(client, bytes, sizeof(bytes), ZMQ_SNDMORE))) {
		return ERR_NOT_FOUND;
	}
	/* It cannot if the connection went away in between. */
	return send_part(client, body.at, body.len, 0) ? OK : ERR_NOT_FOUND;
}

enum err
client_receive(struct client *client, int timeout_ms, struct frame *ret_frame)
{
	struct slice parts[FRAME_MAX_PARTS];
	unsigned count = 0;
	bool more = true;

	let_go(client);
	if (client->timeout_ms != timeout_ms) {
		must(zmq_setsockopt(client->socket, ZMQ_RCVTIMEO, &timeout_ms,
				    sizeof(timeout_ms)) == 0);
		client->timeout_ms = timeout_ms;
	}
	while (more) {
		zmq_msg_t extra;
		bool keep = client->kept < FRAME_MAX_PARTS;
		zmq_msg_t *part = keep ? &client->parts[client->kept] : &extra;

		must(zmq_msg_init(part) == 0);
		if (zmq_msg_recv(part, client->socket, 0) < 0) {
			zmq_msg_close(part);
			return ERR_NOT_FOUND;
		}
		more = zmq_msg_more(part) != 0;
		count += count <= FRAME_MAX_PARTS;
		if (keep) {
			parts[client->kept++] =
				slice_of(zmq_msg_data(part), zmq_msg_size(part));
		} else {
			zmq_msg_close(part);
		}
	}
	return frame_read(parts, count, ret_frame) == FRAME_GOOD ? OK : ERR_INVALID;
}
