/* What a dialling comes to is told, with its reason, over real sockets. */
#include "unit/lib/host/fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <zmq.h>

#include "lib/host/address.h"
#include "lib/host/sockets.h"
#include "lib/host/zap.h"

enum { ENDS_MAX = 64, SOON_MS = 1000 };

/* What the host's turns were told, by the order of it. */
struct ends {
	pthread_mutex_t lock;
	struct {
		struct peer from;
		enum line_end end;
	} list[ENDS_MAX];
	size_t count;
	sem_t told;
};

/* A local client tells the host what to do:
 *	dial G      open generation G      say G TEXT   a frame to it
 *	hang        hang up */
static bool
obey(struct echo *echo, const struct message *msg, struct turn *turn)
{
	struct ends *ends = echo->ctx;
	char text[64] = "";

	if (msg->ended != LINE_OPEN) {
		pthread_mutex_lock(&ends->lock);
		assert_true(ends->count < ENDS_MAX);
		ends->list[ends->count].from = msg->from;
		ends->list[ends->count++].end = msg->ended;
		pthread_mutex_unlock(&ends->lock);
		sem_post(&ends->told);
		return true;
	}
	if (msg->from.endpoint != 0) {
		return true;
	}
	memcpy(text, msg->frame.body.at, msg->frame.body.len);
	if (!obey_dial_or_say(text, turn) && strcmp(text, "hang") == 0) {
		outbox_hang_up(turn->out, 1);
	}
	return false;
}

/* A host that dials 'address', and who tells it to. */
struct story {
	struct fixture f;
	struct ends ends;
	struct client *client;
	char address[96];
};

static void
begin(struct story *s, const char *address, const uint8_t *server_key)
{
	*s = (struct story){ 0 };
	fixture_init(&s->f, ENDPOINT_LISTEN_LOCAL);
	pthread_mutex_init(&s->ends.lock, NULL);
	sem_init(&s->ends.told, 0, 0);
	snprintf(s->address, sizeof(s->address), "%s", address);
	s->f.options.endpoint_count = 2;
	s->f.options.endpoints[1].kind = ENDPOINT_DIAL;
	s->f.options.endpoints[1].addresses[0] = s->address;
	if (server_key != NULL) {
		memcpy(s->f.options.endpoints[1].server_key, server_key, 32);
	}
	s->f.echo.handle = obey;
	s->f.echo.ctx = &s->ends;
	fixture_start(&s->f);
	s->client = connect_local(&s->f);
}

static void
end(struct story *s)
{
	client_close(s->client);
	fixture_stop(&s->f);
	fixture_fini(&s->f);
	sem_destroy(&s->ends.told);
	pthread_mutex_destroy(&s->ends.lock);
}

static void
tell(struct story *s, const char *text)
{
	ask(s->client, text);
	expect(s->client, text);
}

static size_t
told(struct story *s)
{
	pthread_mutex_lock(&s->ends.lock);
	size_t count = s->ends.count;
	pthread_mutex_unlock(&s->ends.lock);
	return count;
}

/* The next end is this one, of this generation. */
static void
expect_end(struct story *s, uint32_t generation, enum line_end end)
{
	wait_for(&s->ends.told);
	pthread_mutex_lock(&s->ends.lock);
	struct peer from = s->ends.list[s->ends.count - 1].from;
	enum line_end is = s->ends.list[s->ends.count - 1].end;
	pthread_mutex_unlock(&s->ends.lock);
	assert_string_equal(line_end_name(is), line_end_name(end));
	assert_true(peer_eq(from, (struct peer){ 1, generation }));
}

/* A TCP socket on a port of this machine; 'listens': or the port refuses. */
static int
tcp_socket(bool listens, char *ret_address, size_t len)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t addr_len = sizeof(addr);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&addr, &addr_len), 0);
	if (listens) {
		assert_int_equal(listen(fd, 8), 0);
	}
	snprintf(ret_address, len, "tcp://127.0.0.1:%u", ntohs(addr.sin_port));
	return fd;
}

/* Headquarters' door, in a ZeroMQ of its own: with a ZAP handler if it has keys. */
struct door {
	void *zmq, *router;
	struct zap *zap;
	struct log_sink log;
	char address[96];
};

static void
door_open(struct door *door, const struct key_pair *keys)
{
	const int timeout = WAIT_MS;
	char why[256] = "";
	size_t len = sizeof(door->address);

	*door = (struct door){ .zmq = zmq_ctx_new() };
	door->log.write = listening_log_write;
	if (keys != NULL) {
		const struct socket_keys own = { .public_key = keys->public_key,
						 .secret_key = keys->secret_key };

		assert_int_equal(
			zap_start(door->zmq, &door->log, &door->zap, why, sizeof(why)),
			OK);
		door->router = socket_router(door->zmq, &own);
	} else {
		door->router = socket_router(door->zmq, NULL);
	}
	zmq_setsockopt(door->router, ZMQ_RCVTIMEO, &timeout, sizeof(timeout));
	assert_int_equal(socket_bind(door->router, "tcp://127.0.0.1:*", why, sizeof(why)),
			 OK);
	assert_int_equal(
		zmq_getsockopt(door->router, ZMQ_LAST_ENDPOINT, door->address, &len), 0);
}

/* A frame comes whose body is 'text'. */
static void
door_hears(struct door *door, const char *text)
{
	uint8_t skipped[64];
	char body[64];

	assert_true(zmq_recv(door->router, skipped, sizeof(skipped), 0) > 0);
	assert_true(zmq_recv(door->router, skipped, sizeof(skipped), 0) > 0);
	int n = zmq_recv(door->router, body, sizeof(body), 0);
	assert_int_equal(n, strlen(text));
	assert_memory_equal(body, text, strlen(text));
}

static void
door_close(struct door *door)
{
	zmq_close(door->router);
	zap_stop(door->zap);
	zmq_ctx_term(door->zmq);
}

static void
test_dialling__a_port_that_refuses_is_told_at_once(void **state)
{
	(void)state;
	struct story s;
	char address[96];
	int fd = tcp_socket(false, address, sizeof(address));

	begin(&s, address, NULL);
	for (uint32_t generation = 1; generation <= 20; generation++) {
		char text[32];
		msec_t began = clock_monotonic();

		snprintf(text, sizeof(text), "dial %u", generation);
		tell(&s, text);
		expect_end(&s, generation, LINE_REFUSED);
		assert_true(clock_monotonic() - began < SOON_MS);
	}
	assert_int_equal(told(&s), 20);
	close(fd);
	end(&s);
}

static void
test_dialling__a_local_socket_that_is_not_there_is_told(void **state)
{
	(void)state;
	struct story s;

	begin(&s, "ipc:///tmp/kusanone-no-such-folder/door.sock", NULL);
	tell(&s, "dial 1");
	expect_end(&s, 1, LINE_REFUSED);
	end(&s);
}

static void
test_dialling__a_name_that_does_not_resolve_is_told(void **state)
{
	(void)state;
	struct story s;

	/* An empty label: no name server is asked. */
	begin(&s, "tcp://kusanone..invalid:4010", NULL);
	tell(&s, "dial 1");
	expect_end(&s, 1, LINE_NO_ADDRESS);
	tell(&s, "dial 2");
	expect_end(&s, 2, LINE_NO_ADDRESS);
	end(&s);
}

static void
test_dialling__a_name_is_looked_up_and_what_was_said_waits_for_it(void **state)
{
	(void)state;
	struct story s;
	struct door door;
	char address[96];

	door_open(&door, NULL);
	snprintf(address, sizeof(address), "tcp://localhost:%s",
		 strrchr(door.address, ':') + 1);
	begin(&s, address, NULL);
	for (unsigned i = 1; i <= 20; i++) {
		char text[32];

		snprintf(text, sizeof(text), "dial %u", 2 * i);
		tell(&s, text); /* Dialled again while it may be looked up still. */
		snprintf(text, sizeof(text), "dial %u", 2 * i + 1);
		tell(&s, text);
		snprintf(text, sizeof(text), "say %u hello", 2 * i + 1);
		tell(&s, text);
		door_hears(&door, "hello");
	}
	assert_int_equal(told(&s), 0);
	tell(&s, "dial 99"); /* And stopped in the middle of it. */
	end(&s);
	door_close(&door);
}

static void
test_dialling__a_server_that_dies_is_told_at_once(void **state)
{
	(void)state;
	struct story s;
	struct door door;
	struct key_pair hq;

	key_pair_init(&hq);
	door_open(&door, &hq);
	begin(&s, door.address, hq.public_key);
	zap_allow(door.zap, slice_of(s.f.server.public_key, 32));
	tell(&s, "dial 7");
	tell(&s, "say 7 hello");
	door_hears(&door, "hello");
	assert_int_equal(told(&s), 0);
	msec_t began = clock_monotonic();
	door_close(&door);
	expect_end(&s, 7, LINE_CUT);
	assert_true(clock_monotonic() - began < SOON_MS);
	tell(&s, "dial 8");
	expect_end(&s, 8, LINE_REFUSED);
	end(&s);
}

static void
test_dialling__a_key_that_the_door_does_not_know_is_told(void **state)
{
	(void)state;
	struct story s;
	struct door door;
	struct key_pair hq;

	key_pair_init(&hq);
	door_open(&door, &hq);
	begin(&s, door.address, hq.public_key);
	tell(&s, "dial 1");
	expect_end(&s, 1, LINE_KEY_REFUSED);

	/* Enrolled, it is let in. */
	zap_allow(door.zap, slice_of(s.f.server.public_key, 32));
	tell(&s, "dial 2");
	tell(&s, "say 2 hello");
	door_hears(&door, "hello");
	assert_int_equal(told(&s), 1);
	end(&s);
	door_close(&door);
}

static void
test_dialling__who_does_not_have_the_pinned_key_is_a_stranger(void **state)
{
	(void)state;
	struct story s;
	struct door door;
	struct key_pair hq, other;

	key_pair_init(&hq);
	key_pair_init(&other);
	door_open(&door, &other);
	begin(&s, door.address, hq.public_key);
	tell(&s, "dial 1");
	expect_end(&s, 1, LINE_STRANGER);
	end(&s);
	door_close(&door);

	door_open(&door, NULL); /* No CURVE at all. */
	begin(&s, door.address, hq.public_key);
	tell(&s, "dial 1");
	expect_end(&s, 1, LINE_STRANGER);
	end(&s);
	door_close(&door);
}

static void
test_dialling__who_hangs_up_before_the_handshake_is_a_stranger(void **state)
{
	(void)state;
	struct story s;
	char address[96];
	int fd = tcp_socket(true, address, sizeof(address));

	begin(&s, address, NULL);
	tell(&s, "dial 1");
	int taken = accept(fd, NULL, NULL);
	assert_true(taken >= 0);
	close(taken);
	expect_end(&s, 1, LINE_STRANGER);
	close(fd);
	end(&s);
}

static void
test_dialling__who_takes_the_connection_and_says_nothing_is_mute(void **state)
{
	(void)state;
	struct story s;
	char address[96];
	int fd = tcp_socket(true, address, sizeof(address));

	begin(&s, address, NULL);
	msec_t began = clock_monotonic();
	tell(&s, "dial 1");
	expect_end(&s, 1, LINE_MUTE);
	assert_true(clock_monotonic() - began >= SOCKET_HANDSHAKE_MS - 100);
	close(fd);
	end(&s);
}

static void
test_dialling__what_we_end_ourselves_is_not_told(void **state)
{
	(void)state;
	struct story s;
	struct door door;

	door_open(&door, NULL);
	begin(&s, door.address, NULL);
	for (unsigned generation = 1; generation <= 40; generation++) {
		char text[32];

		snprintf(text, sizeof(text), "dial %u", generation);
		tell(&s, text);
		if (generation % 2 == 0) {
			snprintf(text, sizeof(text), "say %u hello", generation);
			tell(&s, text);
			door_hears(&door, "hello");
		}
		if (generation % 3 == 0) {
			tell(&s, "hang");
		}
	}
	assert_int_equal(told(&s), 0);
	end(&s);
	door_close(&door);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dialling__a_port_that_refuses_is_told_at_once),
		cmocka_unit_test(test_dialling__a_local_socket_that_is_not_there_is_told),
		cmocka_unit_test(test_dialling__a_name_that_does_not_resolve_is_told),
		cmocka_unit_test(
			test_dialling__a_name_is_looked_up_and_what_was_said_waits_for_it),
		cmocka_unit_test(test_dialling__a_server_that_dies_is_told_at_once),
		cmocka_unit_test(
			test_dialling__a_key_that_the_door_does_not_know_is_told),
		cmocka_unit_test(
			test_dialling__who_does_not_have_the_pinned_key_is_a_stranger),
		cmocka_unit_test(
			test_dialling__who_hangs_up_before_the_handshake_is_a_stranger),
		cmocka_unit_test(
			test_dialling__who_takes_the_connection_and_says_nothing_is_mute),
		cmocka_unit_test(test_dialling__what_we_end_ourselves_is_not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
