/* Many frames, slow readers, large frames: through a whole host. */
#include "unit/lib/host/fixture.h"

#include <zmq.h>

#include "lib/host/send_queue.h"
#include "lib/host/sockets.h"

enum { MESSAGES = 100000, WINDOW = 500 };

static void
exchange(struct client *client, uint32_t count, uint32_t window)
{
	uint32_t sent = 0, got = 0;

	while (got < count) {
		struct frame frame;
		uint8_t body[4];

		while (sent < count && sent - got < window) {
			put_le32(body, sent++);
			assert_int_equal(
				client_send(client, FRAME_QUERY, slice_of(body, 4)), OK);
		}
		assert_int_equal(client_receive(client, WAIT_MS, &frame), OK);
		assert_int_equal(frame.body.len, 4);
		assert_int_equal(get_le32(frame.body.at), got);
		got++;
	}
}

static void
test_traffic__100000_messages_both_ways_in_order(void **state)
{
	(void)state;
	struct fixture f;

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	fixture_start(&f);
	struct client *client = connect_local(&f);
	exchange(client, MESSAGES, WINDOW);
	assert_int_equal(handled(&f), MESSAGES);
	client_close(client);
	fixture_stop(&f);
	fixture_fini(&f);
}

static void
test_traffic__the_same_with_curve(void **state)
{
	(void)state;
	struct fixture f;
	struct key_pair keys;

	fixture_init(&f, ENDPOINT_LISTEN_CURVE);
	key_pair_init(&keys);
	f.options.allow = keys.public_key;
	f.options.allow_count = 1;
	fixture_start(&f);
	struct client *client = connect_curve(&f, &keys);
	exchange(client, MESSAGES / 5, WINDOW);
	client_close(client);
	fixture_stop(&f);
	fixture_fini(&f);
}

/* "flood N" sends N frames of 64 KiB to who asks, far beyond any high-water mark. */
static bool
flood(struct echo *echo, const struct message *msg, struct turn *turn)
{
	unsigned count;
	char text[32] = "";

	(void)echo;
	memcpy(text, msg->frame.body.at,
	       msg->frame.body.len < sizeof(text) ? msg->frame.body.len
						  : sizeof(text) - 1);
	if (sscanf(text, "flood %u", &count) != 1) {
		return false;
	}
	uint8_t *block = arena_zalloc(turn->arena, 64 * 1024);
	for (uint32_t i = 0; i < count; i++) {
		put_le32(block, i);
		reply(msg, slice_of(block, 64 * 1024), turn);
	}
	return true;
}

static void
test_traffic__a_burst_beyond_the_high_water_mark_arrives_whole(void **state)
{
	(void)state;
	struct fixture f;
	struct frame frame;

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	f.echo.handle = flood;
	fixture_start(&f);
	struct client *client = connect_local(&f);
	/* 6 MiB in one turn: fits the peer's queue. */
	ask(client, "flood 96");
	for (uint32_t i = 0; i < 96; i++) {
		assert_int_equal(client_receive(client, WAIT_MS, &frame), OK);
		assert_int_equal(frame.body.len, 64 * 1024);
		assert_int_equal(get_le32(frame.body.at), i);
	}
	/* Small ones, thousands, asked for without reading an answer meanwhile. */
	for (int i = 0; i < 2000; i++) {
		ask(client, "a");
	}
	for (int i = 0; i < 2000; i++) {
		expect(client, "a");
	}
	client_close(client);
	fixture_stop(&f);
	fixture_fini(&f);
}

static void
test_traffic__who_does_not_read_loses_its_queue_and_nobody_else_waits(void **state)
{
	(void)state;
	struct fixture f;
	struct frame frame;
	uint32_t got = 0, last = 0;

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	f.echo.handle = flood;
	f.log.awaited = "reason=peer_reads_too_slowly";
	f.options.drain_ms = 100;
	fixture_start(&f);
	struct client *slow = connect_local(&f);
	struct client *other = connect_local(&f);

	/* 64 MiB, of which 4 + 4 MiB fit the pipes and 8 MiB the queue. */
	ask(slow, "flood 1024");
	wait_for(&f.log.heard);
	exchange(other, 1000, 100);

	/* What the slow one reads at last is in order, and shows that frames are missing.
	 */
	ask(slow, "end");
	for (;;) {
		assert_int_equal(client_receive(slow, WAIT_MS, &frame), OK);
		if (slice_eq_str(frame.body, "end")) {
			break;
		}
		uint32_t number = get_le32(frame.body.at);
		assert_true(got == 0 || number > last);
		last = number;
		got++;
	}
	assert_true(got > 0 && got < 1024);
	client_close(slow);
	client_close(other);
	fixture_stop(&f);
	fixture_fini(&f);
}

/* ---- The edges of a frame. */

/* A raw socket, for what client.h does not do. */
static void *
raw_dealer(void *zmq, struct fixture *f, const struct key_pair *keys)
{
	void *socket = socket_dealer(
		zmq, keys != NULL
			     ? &(struct socket_keys){ .server_key = f->server.public_key,
						      .public_key = keys->public_key,
						      .secret_key = keys->secret_key }
			     : NULL);
	const int timeout = WAIT_MS;

	zmq_setsockopt(socket, ZMQ_RCVTIMEO, &timeout, sizeof(timeout));
	zmq_setsockopt(socket, ZMQ_SNDTIMEO, &timeout, sizeof(timeout));
	assert_int_equal(zmq_connect(socket, f->address), 0);
	return socket;
}

static void
send_query(void *socket, size_t body_len)
{
	const struct frame_header header = { .type = FRAME_QUERY,
					     .minor = LINK_MINOR_MAX };
	uint8_t bytes[FRAME_HEADER_LEN];
	uint8_t *body = xcalloc(1, body_len + 1);

	frame_header_put(bytes, &header);
	assert_true(zmq_send(socket, bytes, sizeof(bytes), ZMQ_SNDMORE) >= 0);
	assert_true(zmq_send(socket, body, body_len, 0) >= 0);
	free(body);
}

static bool
gets_reply(void *socket, size_t body_len)
{
	uint8_t header[FRAME_HEADER_LEN];
	uint8_t *body = xmalloc(body_len + 1);
	bool ok = zmq_recv(socket, header, sizeof(header), 0) == FRAME_HEADER_LEN &&
		  zmq_recv(socket, body, body_len + 1, 0) == (int)body_len;

	free(body);
	return ok;
}

static void
test_traffic__a_part_over_the_limit_cuts_the_peer(void **state)
{
	(void)state;
	struct fixture f;
	struct key_pair keys;
	uint8_t event[6];
	const int timeout = WAIT_MS;
	void *zmq = zmq_ctx_new();

	fixture_init(&f, ENDPOINT_LISTEN_CURVE);
	key_pair_init(&keys);
	f.options.allow = keys.public_key;
	f.options.allow_count = 1;
	fixture_start(&f);

	void *socket = raw_dealer(zmq, &f, &keys);
	send_query(socket, FRAME_MAX_LEN);
	assert_true(gets_reply(socket, FRAME_MAX_LEN));
	assert_int_equal(handled(&f), 1);

	assert_int_equal(
		zmq_socket_monitor(socket, "inproc://cut", ZMQ_EVENT_DISCONNECTED), 0);
	void *monitor = zmq_socket(zmq, ZMQ_PAIR);
	zmq_setsockopt(monitor, ZMQ_RCVTIMEO, &timeout, sizeof(timeout));
	assert_int_equal(zmq_connect(monitor, "inproc://cut"), 0);
	send_query(socket, FRAME_MAX_LEN + 1);
	assert_int_equal(zmq_recv(monitor, event, sizeof(event), 0), 6);

	/* Nobody saw it, and the next connection is served. */
	struct client *client = connect_curve(&f, &keys);
	ask(client, "a");
	expect(client, "a");
	assert_int_equal(handled(&f), 2);
	client_close(client);
	zmq_socket_monitor(socket, NULL, 0);
	zmq_close(monitor);
	zmq_close(socket);
	zmq_ctx_term(zmq);
	fixture_stop(&f);
	fixture_fini(&f);
}

static void
test_traffic__what_is_no_frame_is_told_as_a_fault(void **state)
{
	(void)state;
	struct fixture f;
	void *zmq = zmq_ctx_new();

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	fixture_start(&f);
	void *socket = raw_dealer(zmq, &f, NULL);
	zmq_send(socket, "", 0, 0);
	zmq_send(socket, "nonsense", 8, 0);
	for (int i = 0; i < 5; i++) {
		zmq_send(socket, "part", 4, i < 4 ? ZMQ_SNDMORE : 0);
	}
	/* On one connection, so what came before it has been seen. */
	send_query(socket, 10);
	assert_true(gets_reply(socket, 10));
	assert_int_equal(handled(&f), 4);
	assert_int_equal(f.echo.faults, 3);
	zmq_close(socket);
	zmq_ctx_term(zmq);
	fixture_stop(&f);
	fixture_fini(&f);
}

static void
test_traffic__a_routing_id_of_its_own_makes_a_peer_unheard(void **state)
{
	(void)state;
	struct fixture f;
	void *zmq = zmq_ctx_new();

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	f.log.awaited = "reason=own_routing_id";
	fixture_start(&f);
	void *socket = socket_dealer(zmq, NULL);
	zmq_setsockopt(socket, ZMQ_ROUTING_ID, "post7", 5);
	assert_int_equal(zmq_connect(socket, f.address), 0);
	send_query(socket, 10);
	wait_for(&f.log.heard);
	assert_int_equal(handled(&f), 0);
	zmq_close(socket);
	zmq_ctx_term(zmq);
	fixture_stop(&f);
	fixture_fini(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_traffic__100000_messages_both_ways_in_order),
		cmocka_unit_test(test_traffic__the_same_with_curve),
		cmocka_unit_test(
			test_traffic__a_burst_beyond_the_high_water_mark_arrives_whole),
		cmocka_unit_test(
			test_traffic__who_does_not_read_loses_its_queue_and_nobody_else_waits),
		cmocka_unit_test(test_traffic__a_part_over_the_limit_cuts_the_peer),
		cmocka_unit_test(test_traffic__what_is_no_frame_is_told_as_a_fault),
		cmocka_unit_test(
			test_traffic__a_routing_id_of_its_own_makes_a_peer_unheard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
