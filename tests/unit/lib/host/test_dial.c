/* Dialled endpoints: generations, hanging up, and who the other side is. */
#include "unit/lib/host/fixture.h"

#include <zmq.h>

#include "lib/host/sockets.h"

enum { MANY = 60, MANY_LEN = 64 * 1024 };

/* A local client tells the host what to do:
 *	dial G      open generation G      say G TEXT   a frame to it
 *	bye G       a frame, then hang up  hang         hang up
 *	pour G      MANY frames, a last one, then hang up */
static bool
obey(struct echo *echo, const struct message *msg, struct turn *turn)
{
	char text[64] = "";
	unsigned generation = 0;
	const struct frame_header header = { .type = FRAME_GOODBYE,
					     .minor = LINK_MINOR_MAX };

	(void)echo;
	if (msg->from.endpoint != 0) {
		return true; /* From the server: noted by the fixture. */
	}
	memcpy(text, msg->frame.body.at, msg->frame.body.len);
	if (obey_dial_or_say(text, turn)) {
		return false;
	}
	if (sscanf(text, "bye %u", &generation) == 1) {
		outbox_frame(turn->out, (struct peer){ 1, generation }, &header,
			     slice_str("bye"), (struct slice){ 0 });
		outbox_hang_up(turn->out, 1);
	} else if (sscanf(text, "pour %u", &generation) == 1) {
		uint8_t *block = arena_zalloc(turn->arena, MANY_LEN);

		for (int i = 0; i < MANY; i++) {
			outbox_frame(turn->out, (struct peer){ 1, generation }, &header,
				     slice_of(block, MANY_LEN), (struct slice){ 0 });
		}
		outbox_frame(turn->out, (struct peer){ 1, generation }, &header,
			     slice_str("bye"), (struct slice){ 0 });
		outbox_hang_up(turn->out, 1);
	} else if (strcmp(text, "hang") == 0) {
		outbox_hang_up(turn->out, 1);
	}
	return false;
}

struct server {
	void *zmq, *router;
	char address[96];
	uint8_t peer[32];
	size_t peer_len;
};

static void
server_start(struct server *s, struct fixture *f, const struct key_pair *keys)
{
	const int timeout = WAIT_MS;
	char why[256] = "";

	snprintf(s->address, sizeof(s->address), "ipc://%s/hq.sock", f->dir);
	s->zmq = zmq_ctx_new();
	if (keys != NULL) {
		/* CURVE without a domain: whoever has our public key. */
		s->router = zmq_socket(s->zmq, ZMQ_ROUTER);
		const int on = 1;
		zmq_setsockopt(s->router, ZMQ_CURVE_SERVER, &on, sizeof(on));
		zmq_setsockopt(s->router, ZMQ_CURVE_SECRETKEY, keys->secret_key, 32);
	} else {
		s->router = socket_router(s->zmq, NULL);
	}
	zmq_setsockopt(s->router, ZMQ_RCVTIMEO, &timeout, sizeof(timeout));
	assert_int_equal(socket_bind(s->router, s->address, why, sizeof(why)), OK);
}

static void
server_stop(struct server *s)
{
	zmq_close(s->router);
	zmq_ctx_term(s->zmq);
}

/* The next frame's body is 'text'; remembers who sent it. */
static void
server_hears(struct server *s, const char *text)
{
	char body[64];
	uint8_t header[FRAME_HEADER_LEN];

	int n = zmq_recv(s->router, s->peer, sizeof(s->peer), 0);
	assert_true(n > 0);
	s->peer_len = (size_t)n;
	assert_int_equal(zmq_recv(s->router, header, sizeof(header), 0),
			 FRAME_HEADER_LEN);
	n = zmq_recv(s->router, body, sizeof(body), 0);
	assert_int_equal(n, strlen(text));
	assert_memory_equal(body, text, strlen(text));
}

static void
server_says(struct server *s, const char *text)
{
	const struct frame_header header = { .type = FRAME_STATUS,
					     .minor = LINK_MINOR_MAX };
	uint8_t bytes[FRAME_HEADER_LEN];

	frame_header_put(bytes, &header);
	assert_true(zmq_send(s->router, s->peer, s->peer_len, ZMQ_SNDMORE) >= 0);
	assert_true(zmq_send(s->router, bytes, sizeof(bytes), ZMQ_SNDMORE) >= 0);
	assert_true(zmq_send(s->router, text, strlen(text), 0) >= 0);
}

static void
fixture_dials(struct fixture *f, const struct server *s)
{
	f->options.endpoint_count = 2;
	f->options.endpoints[1].kind = ENDPOINT_DIAL;
	f->options.endpoints[1].addresses[0] = s->address;
	f->echo.handle = obey;
}

static void
tell(struct client *client, const char *text)
{
	ask(client, text);
	expect(client, text);
}

static void
test_dial__a_frame_goes_to_its_generation_or_nowhere(void **state)
{
	(void)state;
	struct fixture f;
	struct server s;

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	server_start(&s, &f, NULL);
	fixture_dials(&f, &s);
	fixture_start(&f);
	struct client *client = connect_local(&f);

	/* Nobody was dialled yet: nowhere. */
	tell(client, "say 1 early");
	tell(client, "dial 1");
	tell(client,
	     "say 1 one"); /* Waits for the connection if that is not there yet. */
	server_hears(&s, "one");
	struct server first = s;

	/* Dialled again: another connection, and the old generation's frames are dropped.
	 */
	tell(client, "dial 2");
	tell(client, "say 1 late");
	tell(client, "say 2 two");
	server_hears(&s, "two");
	assert_memory_not_equal(first.peer, s.peer, s.peer_len);
	tell(client, "say 3 future");
	tell(client, "say 2 more");
	server_hears(&s, "more");

	client_close(client);
	fixture_stop(&f);
	server_stop(&s);
	fixture_fini(&f);
}

static void
test_dial__goodbye_arrives_before_the_line_is_cut(void **state)
{
	(void)state;
	struct fixture f;
	struct server s;

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	server_start(&s, &f, NULL);
	fixture_dials(&f, &s);
	fixture_start(&f);
	struct client *client = connect_local(&f);
	for (uint32_t generation = 1; generation < 30; generation++) {
		char text[32];

		snprintf(text, sizeof(text), "dial %u", generation);
		tell(client, text);
		snprintf(text, sizeof(text), "say %u hello", generation);
		tell(client, text);
		server_hears(&s, "hello");
		snprintf(text, sizeof(text), "bye %u", generation);
		tell(client, text);
		server_hears(&s, "bye");
	}
	tell(client, "hang"); /* Nothing is dialled: nothing happens. */
	client_close(client);
	fixture_stop(&f);
	server_stop(&s);
	fixture_fini(&f);
}

static void
test_dial__what_was_said_before_goodbye_arrives_too(void **state)
{
	(void)state;
	struct fixture f;
	struct server s;
	uint8_t header[FRAME_HEADER_LEN];
	static uint8_t body[MANY_LEN];

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	server_start(&s, &f, NULL);
	fixture_dials(&f, &s);
	fixture_start(&f);
	struct client *client = connect_local(&f);
	tell(client, "dial 1");
	tell(client, "say 1 hello");
	server_hears(&s, "hello");
	/* 4 MiB that the line does not hold at once, and the end in the same breath. */
	tell(client, "pour 1");
	for (int i = 0; i < MANY; i++) {
		assert_true(zmq_recv(s.router, s.peer, sizeof(s.peer), 0) > 0);
		assert_int_equal(zmq_recv(s.router, header, sizeof(header), 0),
				 FRAME_HEADER_LEN);
		assert_int_equal(zmq_recv(s.router, body, sizeof(body), 0), MANY_LEN);
	}
	server_hears(&s, "bye");
	client_close(client);
	fixture_stop(&f);
	server_stop(&s);
	fixture_fini(&f);
}

static void
test_dial__the_other_side_is_the_server_of_this_generation(void **state)
{
	(void)state;
	struct fixture f;
	struct server s;
	struct key_pair hq;

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	key_pair_init(&hq);
	server_start(&s, &f, &hq);
	fixture_dials(&f, &s);
	memcpy(f.options.endpoints[1].server_key, hq.public_key, 32);
	fixture_start(&f);
	struct client *client = connect_local(&f);
	tell(client, "dial 77");
	tell(client, "say 77 hello");
	server_hears(&s, "hello");
	uint64_t before = handled(&f);
	server_says(&s, "status");
	while (handled(&f) == before) {
		sched_yield();
	}
	struct principal who = last_principal(&f);
	assert_int_equal(who.kind, PRINCIPAL_SERVER);
	assert_memory_equal(who.curve_key, hq.public_key, 32);
	assert_true(peer_eq(f.echo.from, (struct peer){ 1, 77 }));
	client_close(client);
	fixture_stop(&f);
	server_stop(&s);
	fixture_fini(&f);
}

static void
test_dial__a_server_with_another_key_hears_nothing(void **state)
{
	(void)state;
	struct fixture f;
	struct server impostor, honest;
	struct key_pair hq, other;
	uint8_t event[6], byte;
	const int timeout = WAIT_MS;

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	key_pair_init(&hq);
	key_pair_init(&other);
	server_start(&impostor, &f, &other);
	assert_int_equal(zmq_socket_monitor(impostor.router, "inproc://handshakes",
					    ZMQ_EVENT_HANDSHAKE_SUCCEEDED |
						    ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
						    ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
						    ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL),
			 0);
	void *monitor = zmq_socket(impostor.zmq, ZMQ_PAIR);
	zmq_setsockopt(monitor, ZMQ_RCVTIMEO, &timeout, sizeof(timeout));
	assert_int_equal(zmq_connect(monitor, "inproc://handshakes"), 0);
	fixture_dials(&f, &impostor);
	memcpy(f.options.endpoints[1].server_key, hq.public_key, 32);
	fixture_start(&f);
	struct client *client = connect_local(&f);

	tell(client, "dial 1");
	tell(client, "say 1 secret");
	assert_int_equal(zmq_recv(monitor, event, sizeof(event), 0), 6);
	assert_int_not_equal(event[0] | event[1] << 8, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
	assert_int_equal(zmq_recv(impostor.router, &byte, 1, ZMQ_DONTWAIT), -1);
	zmq_socket_monitor(impostor.router, NULL, 0);
	zmq_close(monitor);
	server_stop(&impostor);

	/* The right server takes the address over; what was said before is not for it. */
	server_start(&honest, &f, &hq);
	tell(client, "dial 2");
	tell(client, "say 2 hello");
	server_hears(&honest, "hello");
	assert_int_equal(zmq_recv(honest.router, &byte, 1, ZMQ_DONTWAIT), -1);
	client_close(client);
	fixture_stop(&f);
	server_stop(&honest);
	fixture_fini(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dial__a_frame_goes_to_its_generation_or_nowhere),
		cmocka_unit_test(test_dial__goodbye_arrives_before_the_line_is_cut),
		cmocka_unit_test(test_dial__what_was_said_before_goodbye_arrives_too),
		cmocka_unit_test(
			test_dial__the_other_side_is_the_server_of_this_generation),
		cmocka_unit_test(test_dial__a_server_with_another_key_hears_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
