#include "lib/host/channel.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <zmq.h>

#include "lib/host/sockets.h"

enum { ROUTING_ID_LEN = 5, LOG_MS = 1000 };

struct channel {
	struct zmq_uv z;
	struct channel_world *world;
	const struct endpoint *endpoint;
	uint32_t number, generation;
	struct send_queues queues;

	/* Messages that nobody got to see, and when that was last logged. */
	uint64_t ignored;
	msec_t logged_at;
};

static bool
listens(const struct channel *ch)
{
	return ch->endpoint->kind != ENDPOINT_DIAL;
}

/* A peer can make these happen: at most a line a second. */
static bool
may_log(struct channel *ch)
{
	msec_t now = clock_monotonic();

	if (ch->logged_at != 0 && now - ch->logged_at < LOG_MS) {
		return false;
	}
	ch->logged_at = now;
	return true;
}

/* ---- In. */

/* A message as it came: the first parts, and what the last one said of its sender. */
struct received {
	zmq_msg_t parts[1 + FRAME_MAX_PARTS];
	unsigned kept;  /* Of 'parts'. */
	unsigned count; /* All that came. */
	bool has_key;
	uint8_t key[ZAP_KEY_LEN];
};

static void
received_fini(struct received *msg)
{
	for (unsigned i = 0; i < msg->kept; i++) {
		zmq_msg_close(&msg->parts[i]);
	}
}

static void
read_user_id(struct received *msg, zmq_msg_t *last)
{
	const char *user_id = zmq_msg_gets(last, "User-Id");

	msg->has_key =
		user_id != NULL && hex_parse(slice_str(user_id), msg->key, ZAP_KEY_LEN);
}

/* Read a message to its end.  False if there is none.  Parts beyond what a frame may
 * have are counted and let go one by one. */
static bool
read_message(void *socket, struct received *msg)
{
	bool more = true;

	msg->kept = 0;
	msg->count = 0;
	while (more) {
		zmq_msg_t extra;
		bool keep = msg->kept < ARRAY_LEN(msg->parts);
		zmq_msg_t *part = keep ? &msg->parts[msg->kept] : &extra;

		must(zmq_msg_init(part) == 0);
		if (zmq_msg_recv(part, socket, ZMQ_DONTWAIT) < 0) {
			zmq_msg_close(part);
			received_fini(msg);
			return false;
		}
		msg->kept += keep;
		msg->count += msg->count < UINT16_MAX;
		more = zmq_msg_more(part) != 0;
		if (!more) {
			read_user_id(msg, part);
		}
		if (!keep) {
			zmq_msg_close(part);
		}
	}
	return true;
}

/* The number of a connection; false if the peer chose its routing id itself. */
static bool
read_routing_id(zmq_msg_t *part, uint32_t *ret_peer)
{
	const uint8_t *id = zmq_msg_data(part);

	if (zmq_msg_size(part) != ROUTING_ID_LEN || id[0] != 0) {
		return false;
	}
	*ret_peer = (uint32_t)id[1] << 24 | (uint32_t)id[2] << 16 | (uint32_t)id[3] << 8 |
		    id[4];
	return true;
}

static void
ignore(struct channel *ch, const char *reason)
{
	ch->ignored++;
	if (may_log(ch)) {
		log_event(ch->world->log, LOG_WARN, "host",
			  "endpoint=%" PRIu32 " ignored=%" PRIu64 " reason=%s",
			  ch->number, ch->ignored, reason);
	}
}

/* Who sent it and on which connection.  False if it must not be seen by anybody. */
static bool
identify(struct channel *ch, struct received *msg, struct peer *ret_peer,
	 struct principal *ret_who)
{
	*ret_peer = (struct peer){ .endpoint = ch->number, .id = ch->generation };
	*ret_who = (struct principal){ .kind = PRINCIPAL_SERVER };
	if (!listens(ch)) {
		memcpy(ret_who->curve_key, ch->endpoint->server_key,
		       sizeof(ret_who->curve_key));
		return true;
	}
	if (!read_routing_id(&msg->parts[0], &ret_peer->id)) {
		ignore(ch, "own_routing_id");
		return false;
	}
	if (ch->endpoint->kind == ENDPOINT_LISTEN_LOCAL) {
		ret_who->kind = PRINCIPAL_LOCAL;
		return true;
	}
	if (!msg->has_key) {
		ignore(ch, "no_user_id");
		return false;
	}
	if (!zap_allows(ch->world->zap, msg->key)) {
		ignore(ch, "key_revoked");
		return false;
	}
	ret_who->kind = PRINCIPAL_KEY;
	memcpy(ret_who->curve_key, msg->key, sizeof(ret_who->curve_key));
	return true;
}

static bool
on_receive(struct zmq_uv *z)
{
	struct channel *ch = container_of(z, struct channel, z);
	struct received msg;
	struct slice parts[FRAME_MAX_PARTS] = { 0 };
	struct principal who;
	struct peer from;
	unsigned skip = listens(ch) ? 1 : 0;

	if (!read_message(z->socket, &msg)) {
		return false;
	}
	if (identify(ch, &msg, &from, &who)) {
		for (unsigned i = skip; i < msg.kept && i - skip < FRAME_MAX_PARTS; i++) {
			parts[i - skip] = slice_of(zmq_msg_data(&msg.parts[i]),
						   zmq_msg_size(&msg.parts[i]));
		}
		turn_thread_put(ch->world->turns, from, &who, parts, msg.count - skip);
	}
	received_fini(&msg);
	return true;
}

static bool
on_wants_in(struct zmq_uv *z)
{
	const struct channel *ch = container_of(z, struct channel, z);

	return ch->world->reading && turn_thread_has_room(ch->world->turns);
}

/* ---- Out. */

enum sent { SENT, SENT_LATER, SENT_NEVER };

static enum sent
send_now(struct channel *ch, uint32_t peer, const struct slice *parts, unsigned count)
{
	void *socket = ch->z.socket;
	int rc = 0;

	if (listens(ch)) {
		uint8_t id[ROUTING_ID_LEN] = { 0, (uint8_t)(peer >> 24),
					       (uint8_t)(peer >> 16),
					       (uint8_t)(peer >> 8), (uint8_t)peer };

		rc = zmq_send(socket, id, sizeof(id), ZMQ_DONTWAIT | ZMQ_SNDMORE);
	}
	/* Parts that went before one that does not are rolled back by ZeroMQ, so a frame
	 * is always sent from its beginning. */
	for (unsigned i = 0; rc >= 0 && i < count; i++) {
		rc = zmq_send(socket, parts[i].at, parts[i].len,
			      ZMQ_DONTWAIT | (i + 1 < count ? ZMQ_SNDMORE : 0));
	}
	if (rc >= 0) {
		return SENT;
	}
	return errno == EAGAIN || errno == EINTR ? SENT_LATER : SENT_NEVER;
}

/* Send from one peer's queue until it is empty or the socket takes no more.  True if
 * something went. */
static bool
flush_queue(struct channel *ch, struct send_queue *queue)
{
	struct slice parts[FRAME_MAX_PARTS];
	bool progress = false;

	for (;;) {
		unsigned count = send_queue_parts(queue, parts);

		switch (send_now(ch, queue->peer, parts, count)) {
		case SENT:
			progress = true;
			if (!send_queues_pop(&ch->queues, queue)) {
				return true;
			}
			break;
		case SENT_LATER:
			return progress;
		case SENT_NEVER:
			send_queues_drop(&ch->queues, queue);
			return true;
		}
	}
}

static bool
on_flush(struct zmq_uv *z)
{
	struct channel *ch = container_of(z, struct channel, z);
	bool progress = false;

	/* From the end, since a queue that is done is replaced by the last one. */
	for (size_t i = ch->queues.count; i > 0; i--) {
		progress |= flush_queue(ch, ch->queues.list[i - 1]);
	}
	zmq_uv_set_queued(z, ch->queues.count != 0);
	return progress;
}

void
channel_send(struct channel *ch, uint32_t peer, const struct slice *parts, unsigned count)
{
	struct send_queue *queue = send_queues_find(&ch->queues, peer);

	if (!listens(ch) && peer != ch->generation) {
		return; /* For a socket that was closed meanwhile. */
	}
	zmq_uv_called(&ch->z);
	if (queue == NULL && send_now(ch, peer, parts, count) != SENT_LATER) {
		return;
	}
	if (!send_queues_put(&ch->queues, peer, parts, count) && may_log(ch)) {
		log_event(ch->world->log, LOG_WARN, "host",
			  "endpoint=%" PRIu32 " peer=%" PRIu32 " dropped_frames=%" PRIu64
			  " dropped_queues=%" PRIu64 " reason=peer_reads_too_slowly",
			  ch->number, peer, ch->queues.dropped_frames,
			  ch->queues.dropped_queues);
	}
	zmq_uv_set_queued(&ch->z, ch->queues.count != 0);
}

bool
channel_is_flushed(const struct channel *ch)
{
	return ch->queues.count == 0;
}

/* ---- Life. */

static void
on_closed(struct zmq_uv *z)
{
	struct channel *ch = container_of(z, struct channel, z);

	ch->world->open--;
	send_queues_fini(&ch->queues);
	free(ch);
}

struct channel *
channel_start(struct channel_world *world, void *socket, const struct endpoint *endpoint,
	      uint32_t number, uint32_t generation)
{
	struct channel *ch = xcalloc(1, sizeof(*ch));

	ch->world = world;
	ch->number = number;
	ch->endpoint = endpoint;
	ch->generation = generation;
	ch->z.socket = socket;
	ch->z.router = listens(ch);
	ch->z.wants_in = on_wants_in;
	ch->z.receive = on_receive;
	ch->z.flush = on_flush;
	ch->z.closed = on_closed;
	zmq_uv_start(&ch->z, world->loop);
	world->open++;
	return ch;
}

void
channel_close(struct channel *ch, msec_t linger)
{
	on_flush(&ch->z);
	socket_linger(ch->z.socket, linger);
	zmq_uv_close(&ch->z);
}
