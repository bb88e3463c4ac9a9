/* Who gets in: CURVE, the allow-list, and a handler that must be there. */
#include "unit/lib/host/fixture.h"

#include <zmq.h>

#include "lib/host/sockets.h"
#include "lib/host/zap.h"

static const char monitor_address[] = "inproc://monitor";

/* A client whose handshake is watched. */
struct stranger {
	void *zmq, *socket, *monitor;
};

static void
stranger_knock(struct stranger *s, const char *address, const struct socket_keys *keys)
{
	s->zmq = zmq_ctx_new();
	s->socket = socket_dealer(s->zmq, keys);
	assert_int_equal(zmq_socket_monitor(s->socket, monitor_address,
					    ZMQ_EVENT_HANDSHAKE_SUCCEEDED |
						    ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
						    ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
						    ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
						    ZMQ_EVENT_DISCONNECTED),
			 0);
	s->monitor = zmq_socket(s->zmq, ZMQ_PAIR);
	assert_int_equal(zmq_connect(s->monitor, monitor_address), 0);
	assert_int_equal(zmq_connect(s->socket, address), 0);
	/* Queued or not: it must not arrive. */
	(void)zmq_send(s->socket, "hello", 5, ZMQ_DONTWAIT);
}

/* The first event of the handshake. */
static int
stranger_hears(struct stranger *s)
{
	uint8_t event[6];
	uint16_t kind;
	const int timeout = WAIT_MS;

	zmq_setsockopt(s->monitor, ZMQ_RCVTIMEO, &timeout, sizeof(timeout));
	assert_int_equal(zmq_recv(s->monitor, event, sizeof(event), 0), 6);
	memcpy(&kind, event, sizeof(kind));
	return kind;
}

static void
stranger_leave(struct stranger *s)
{
	/* First, or an event that finds no reader is lost with its memory. */
	zmq_socket_monitor(s->socket, NULL, 0);
	zmq_close(s->socket);
	zmq_close(s->monitor);
	zmq_ctx_term(s->zmq);
}

static void
test_door__an_unknown_key_gets_nothing_through(void **state)
{
	(void)state;
	struct fixture f;
	struct key_pair unknown, known;
	struct stranger s;

	fixture_init(&f, ENDPOINT_LISTEN_CURVE);
	key_pair_init(&unknown);
	key_pair_init(&known);
	f.options.allow = known.public_key;
	f.options.allow_count = 1;
	fixture_start(&f);

	stranger_knock(&s, f.address,
		       &(struct socket_keys){ .server_key = f.server.public_key,
					      .public_key = unknown.public_key,
					      .secret_key = unknown.secret_key });
	assert_int_equal(stranger_hears(&s), ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
	assert_int_equal(zmq_send(s.socket, "hello", 5, ZMQ_DONTWAIT), -1);
	stranger_leave(&s);

	/* Who is known is served, and is the only one that the service ever saw. */
	struct client *client = connect_curve(&f, &known);
	ask(client, "me");
	expect(client, "me");
	assert_int_equal(handled(&f), 1);
	client_close(client);
	fixture_stop(&f);
	fixture_fini(&f);
}

static void
test_door__a_client_without_keys_gets_nothing_through(void **state)
{
	(void)state;
	struct fixture f;
	struct key_pair known;
	struct stranger s;

	fixture_init(&f, ENDPOINT_LISTEN_CURVE);
	key_pair_init(&known);
	f.options.allow = known.public_key;
	f.options.allow_count = 1;
	fixture_start(&f);
	stranger_knock(&s, f.address, NULL);
	assert_int_not_equal(stranger_hears(&s), ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
	stranger_leave(&s);
	assert_int_equal(handled(&f), 0);
	fixture_stop(&f);
	fixture_fini(&f);
}

static void
test_door__a_known_key_is_named_to_the_service(void **state)
{
	(void)state;
	struct fixture f;
	struct key_pair keys[3];
	uint8_t allow[3 * 32];

	fixture_init(&f, ENDPOINT_LISTEN_CURVE);
	for (int i = 0; i < 3; i++) {
		key_pair_init(&keys[i]);
		memcpy(allow + i * 32, keys[i].public_key, 32);
	}
	f.options.allow = allow;
	f.options.allow_count = 3;
	fixture_start(&f);
	for (int i = 0; i < 3; i++) {
		struct client *client = connect_curve(&f, &keys[i]);

		/* Several, so that the key is there although ZMQ_EVENTS was asked. */
		for (int n = 0; n < 50; n++) {
			ask(client, "who am I");
			expect(client, "who am I");
			struct principal who = last_principal(&f);
			assert_int_equal(who.kind, PRINCIPAL_KEY);
			assert_memory_equal(who.curve_key, keys[i].public_key, 32);
		}
		client_close(client);
	}
	assert_int_equal(handled(&f), 150);
	fixture_stop(&f);
	fixture_fini(&f);
}

static void
test_door__a_local_client_is_local(void **state)
{
	(void)state;
	struct fixture f;

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	fixture_start(&f);
	struct client *client = connect_local(&f);
	ask(client, "a");
	expect(client, "a");
	assert_int_equal(last_principal(&f).kind, PRINCIPAL_LOCAL);
	client_close(client);
	fixture_stop(&f);
	fixture_fini(&f);
}

/* "allow" opens the door to ctx, "revoke" closes it to everybody else. */
static bool
change_allow_list(struct echo *echo, const struct message *msg, struct turn *turn)
{
	const struct key_pair *keys = echo->ctx;
	uint8_t both[64];

	memcpy(both, keys[0].public_key, 32);
	memcpy(both + 32, keys[1].public_key, 32);
	if (slice_eq_str(msg->frame.body, "allow")) {
		outbox_allow(turn->out, slice_of(both, 64));
	} else if (slice_eq_str(msg->frame.body, "revoke")) {
		outbox_allow(turn->out, slice_of(both, 32));
	}
	return false;
}

static void
test_door__a_new_allow_list_counts_at_once(void **state)
{
	(void)state;
	struct fixture f;
	struct key_pair keys[2];
	struct stranger s;
	struct frame frame;

	fixture_init(&f, ENDPOINT_LISTEN_CURVE);
	key_pair_init(&keys[0]);
	key_pair_init(&keys[1]);
	f.options.allow = keys[0].public_key;
	f.options.allow_count = 1;
	f.echo.handle = change_allow_list;
	f.echo.ctx = keys;
	f.log.awaited = "reason=key_revoked";
	fixture_start(&f);

	const struct socket_keys second = { .server_key = f.server.public_key,
					    .public_key = keys[1].public_key,
					    .secret_key = keys[1].secret_key };
	stranger_knock(&s, f.address, &second);
	assert_int_equal(stranger_hears(&s), ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
	stranger_leave(&s);

	struct client *first = connect_curve(&f, &keys[0]);
	ask(first, "allow");
	expect(first, "allow");
	struct client *client = connect_curve(&f, &keys[1]);
	ask(client, "now?");
	expect(client, "now?");
	assert_memory_equal(last_principal(&f).curve_key, keys[1].public_key, 32);

	/* Revoked: the next message of the live connection is not seen by anybody ... */
	ask(first, "revoke");
	expect(first, "revoke");
	uint64_t before = handled(&f);
	ask(client, "still?");
	wait_for(&f.log.heard);
	ask(first, "ping");
	expect(first, "ping");
	assert_int_equal(client_receive(client, 0, &frame), ERR_NOT_FOUND);
	assert_int_equal(handled(&f), before + 1);
	client_close(client);

	/* ... and there is no new one. */
	stranger_knock(&s, f.address, &second);
	assert_int_equal(stranger_hears(&s), ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
	stranger_leave(&s);
	client_close(first);
	fixture_stop(&f);
	fixture_fini(&f);
}

static void
test_door__an_occupied_zap_address_stops_the_start(void **state)
{
	(void)state;
	struct fixture f;

	fixture_init(&f, ENDPOINT_LISTEN_CURVE);
	f.zmq = zmq_ctx_new();
	void *somebody = zmq_socket(f.zmq, ZMQ_REP);
	assert_int_equal(zmq_bind(somebody, ZAP_ADDRESS), 0);

	assert_int_equal(fixture_run(&f), ERR_BUSY);
	assert_non_null(strstr(f.why, ZAP_ADDRESS));
	assert_int_equal(f.node.turns, 0);
	assert_int_equal(access(f.address + strlen("ipc://"), F_OK), -1);

	zmq_close(somebody);
	zmq_ctx_term(f.zmq);
	fixture_fini(&f);
}

/* A handler that lets everybody in, or answers with another code: what the self-test is
 * there to find. */
struct rogue {
	void *socket;
	const char *code;
};

static void *
rogue_main(void *arg)
{
	struct rogue *rogue = arg;
	char parts[8][256];
	size_t len[8];

	for (;;) {
		int more = 1, n = 0;
		size_t more_len = sizeof(more);

		while (more != 0) {
			int got = zmq_recv(rogue->socket, parts[n], sizeof(parts[n]), 0);
			if (got < 0) {
				zmq_close(rogue->socket);
				return NULL;
			}
			len[n++] = (size_t)got;
			zmq_getsockopt(rogue->socket, ZMQ_RCVMORE, &more, &more_len);
		}
		zmq_send(rogue->socket, "1.0", 3, ZMQ_SNDMORE);
		zmq_send(rogue->socket, parts[1], len[1], ZMQ_SNDMORE);
		zmq_send(rogue->socket, rogue->code, 3, ZMQ_SNDMORE);
		zmq_send(rogue->socket, "", 0, ZMQ_SNDMORE);
		zmq_send(rogue->socket, "", 0, ZMQ_SNDMORE);
		zmq_send(rogue->socket, "", 0, 0);
	}
}

static enum err
selftest_with_rogue(const char *code, char *why, size_t why_len)
{
	void *zmq = zmq_ctx_new();
	struct rogue rogue = { .socket = zmq_socket(zmq, ZMQ_REP), .code = code };
	pthread_t thread;

	assert_int_equal(zmq_bind(rogue.socket, ZAP_ADDRESS), 0);
	assert_int_equal(pthread_create(&thread, NULL, rogue_main, &rogue), 0);
	enum err err = zap_selftest(zmq, why, why_len);
	zmq_ctx_shutdown(zmq);
	pthread_join(thread, NULL);
	zmq_ctx_term(zmq);
	return err;
}

static void
test_door__the_selftest_finds_a_missing_or_lenient_handler(void **state)
{
	(void)state;
	char why[256] = "";
	void *zmq = zmq_ctx_new();
	struct zap *zap = NULL;

	assert_int_equal(zap_selftest(zmq, why, sizeof(why)), ERR_INVALID);
	assert_non_null(strstr(why, "nobody checks keys"));
	assert_int_equal(selftest_with_rogue("200", why, sizeof(why)), ERR_INVALID);
	assert_non_null(strstr(why, "was let in"));
	assert_int_equal(selftest_with_rogue("500", why, sizeof(why)), ERR_INVALID);
	assert_non_null(strstr(why, "500"));

	assert_int_equal(zap_start(zmq, NULL, &zap, why, sizeof(why)), OK);
	assert_int_equal(zap_selftest(zmq, why, sizeof(why)), OK);
	assert_int_equal(zap_counts(zap).refused, 1);
	assert_int_equal(zap_counts(zap).accepted, 0);
	zap_stop(zap);
	zmq_ctx_term(zmq);
}

static void
test_door__without_its_handler_nobody_gets_in(void **state)
{
	(void)state;
	char why[256] = "", address[64];
	struct key_pair server, known;
	struct zap *zap = NULL;
	struct stranger s;
	size_t len = sizeof(address);
	void *zmq = zmq_ctx_new();

	key_pair_init(&server);
	key_pair_init(&known);
	const struct socket_keys ours = { .public_key = server.public_key,
					  .secret_key = server.secret_key };
	const struct socket_keys theirs = { .server_key = server.public_key,
					    .public_key = known.public_key,
					    .secret_key = known.secret_key };
	assert_int_equal(zap_start(zmq, NULL, &zap, why, sizeof(why)), OK);
	zap_allow(zap, slice_of(known.public_key, 32));
	void *door = socket_router(zmq, &ours);
	assert_int_equal(zmq_bind(door, "tcp://127.0.0.1:*"), 0);
	assert_int_equal(zmq_getsockopt(door, ZMQ_LAST_ENDPOINT, address, &len), 0);

	stranger_knock(&s, address, &theirs);
	assert_int_equal(stranger_hears(&s), ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
	stranger_leave(&s);
	zap_stop(zap);
	stranger_knock(&s, address, &theirs);
	assert_int_not_equal(stranger_hears(&s), ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
	stranger_leave(&s);
	zmq_close(door);
	zmq_ctx_term(zmq);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_door__an_unknown_key_gets_nothing_through),
		cmocka_unit_test(test_door__a_client_without_keys_gets_nothing_through),
		cmocka_unit_test(test_door__a_known_key_is_named_to_the_service),
		cmocka_unit_test(test_door__a_local_client_is_local),
		cmocka_unit_test(test_door__a_new_allow_list_counts_at_once),
		cmocka_unit_test(test_door__an_occupied_zap_address_stops_the_start),
		cmocka_unit_test(
			test_door__the_selftest_finds_a_missing_or_lenient_handler),
		cmocka_unit_test(test_door__without_its_handler_nobody_gets_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
