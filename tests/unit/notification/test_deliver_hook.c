#include "unit/notification/deliver_fixture.h"

#define SECRET_A "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define SECRET_B "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

struct place {
	struct world w;
	struct peer_process peer;
	const char *allow[2];
};

static int
set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));

	world_init(&p->w);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	world_fini(&p->w);
	peer_stop(&p->peer);
	free(p);
	return 0;
}

/* The peer's address is allowed. */
static void
open_with(struct place *p, const char *arguments)
{
	struct world *w = &p->w;

	peer_start(&p->peer, "hook_peer.py", arguments);
	p->allow[0] = arena_printf(&w->arena, "127.0.0.1:%u", p->peer.port);
	p->allow[1] = arena_printf(&w->arena, "localhost:%u", p->peer.port);
	w->options.hook_allow = p->allow;
	w->options.hook_allow_count = 2;
	if (!world_open(w)) {
		fail_msg("%s", w->why);
	}
}

/* Of the peer. */
static const char *
url(struct place *p, const char *scheme, const char *host)
{
	return arena_printf(&p->w.arena, "%s://%s:%u/hooks/alerts?x=1", scheme, host,
			    p->peer.port);
}

static Kusanone__V1__Delivery
delivery(struct world *w, const char *to, const char *secret, uint64_t number)
{
	static const char body[] = "{\"title\":\"予定\"}";
	Kusanone__V1__Delivery d = KUSANONE__V1__DELIVERY__INIT;
	Kusanone__V1__Hook *hook = arena_alloc(&w->arena, sizeof(*hook));

	kusanone__v1__hook__init(hook);
	hook->url = (char *)(uintptr_t)to;
	hook->secret = (char *)(uintptr_t)secret;
	hook->body = pb_slice(slice_str(body));
	d.number = number;
	d.message = (char *)(uintptr_t)MESSAGE;
	d.attempt = 1;
	d.made_ms = MADE_MS;
	d.channel_case = KUSANONE__V1__DELIVERY__CHANNEL_HOOK;
	d.hook = hook;
	return d;
}

static const struct outcome_seen *
send_to(struct place *p, const char *to)
{
	Kusanone__V1__Delivery d = delivery(&p->w, to, "", 1);

	return send_one(&p->w, &d);
}

/* ---- What arrives. */

static void
test_hook__a_receiver_can_check_what_it_got(void **state)
{
	struct place *p = *state;
	struct world *w = &p->w;

	write_file(w->dir, "secrets", 0600,
		   "# ours\n\npress " SECRET_A "\nother " SECRET_B "\n");
	w->options.secrets_file = world_path(w, "secrets");
	open_with(p, "--secret " SECRET_A);
	Kusanone__V1__Delivery d = delivery(w, url(p, "http", "127.0.0.1"), "press", 9);
	const struct outcome_seen *o = send_one(w, &d);
	assert_int_equal(o->kind, ACCEPTED);
	assert_string_equal(o->answer, "HTTP 200");
	const char *facts = peer_facts(w, &p->peer);
	CHECK_HAS(facts, "request POST /hooks/alerts?x=1 HTTP/1.1\n");
	CHECK_HAS(facts, "signature good of 1\n");
	CHECK_HAS(facts, "head content-type: \"application/json\"\n");
	CHECK_HAS(facts, "head user-agent: \"kusanone\"\n");
	CHECK_HAS(facts, "head webhook-id: \"" MESSAGE "\"\n");
	CHECK_HAS(facts, "head idempotency-key: \"" MESSAGE "\"\n");
	assert_null(strstr(facts, "head expect"));
	assert_null(strstr(facts, "head authorization"));
	assert_null(strstr(facts, "head cookie"));
	assert_string_equal(read_file(w, p->peer.dir, "0001.body"),
			    "{\"title\":\"予定\"}");
}

static void
test_hook__an_exchange_of_secrets_signs_with_both(void **state)
{
	struct place *p = *state;
	struct world *w = &p->w;

	write_file(w->dir, "secrets", 0600, "press " SECRET_B "\n");
	w->options.secrets_file = world_path(w, "secrets");
	open_with(p, "--secret " SECRET_A);
	Kusanone__V1__Delivery d = delivery(w, url(p, "http", "127.0.0.1"), "press", 9);
	assert_int_equal(send_one(w, &d)->kind, ACCEPTED);
	CHECK_HAS(peer_facts(w, &p->peer), "signature bad of 1\n");
	/* What the file says holds for the next attempt. */
	write_file(w->dir, "secrets", 0600, "press " SECRET_B "\npress " SECRET_A "\n");
	assert_int_equal(send_one(w, &d)->kind, ACCEPTED);
	CHECK_HAS(peer_facts(w, &p->peer), "signature good of 2\n");
}

static void
test_hook__without_its_secret_nothing_is_sent(void **state)
{
	struct place *p = *state;
	struct world *w = &p->w;
	Kusanone__V1__Delivery d;
	const struct outcome_seen *o;

	open_with(p, "");
	d = delivery(w, url(p, "http", "127.0.0.1"), "press", 9);
	o = send_one(w, &d);
	assert_int_equal(o->kind, LATER);
	CHECK_HAS(o->answer, "names no file of secrets");
	write_file(w->dir, "secrets", 0600, "other " SECRET_A "\n");
	w->options.secrets_file = world_path(w, "secrets");
	world_reopen(w);
	o = send_one(w, &d);
	assert_int_equal(o->kind, LATER);
	CHECK_HAS(o->answer, "no secret of the name");
	write_file(w->dir, "secrets", 0640, "press " SECRET_A "\n");
	o = send_one(w, &d);
	assert_int_equal(o->kind, LATER);
	CHECK_HAS(o->answer, "others may use it");
	assert_int_equal(unlink(w->options.secrets_file), 0);
	assert_int_equal(send_one(w, &d)->kind, LATER);
	assert_int_equal(peer_taken(&p->peer), 0);
	/* At the start it is told to the operator. */
	world_close(w);
	assert_false(world_open(w));
	write_file(w->dir, "secrets", 0640, "press " SECRET_A "\n");
	assert_false(world_open(w));
	CHECK_HAS(w->why, "chmod 600");
	buf_put_u8(&w->log, '\0');
	assert_null(strstr((char *)w->log.at, SECRET_A));
}

/* ---- What receivers do. */

static void
test_hook__each_manner_of_a_receiver_has_its_outcome(void **state)
{
	static const struct {
		const char *behaviour;
		int kind;
		bool in_doubt;
		unsigned taken;
		int64_t retry_after_ms;
		const char *answer;
		long timeout_ms;
	} cases[] = {
		{ "200", ACCEPTED, false, 1, 0, "HTTP 200", LONG_MS },
		{ "204", ACCEPTED, false, 1, 0, "HTTP 204", LONG_MS },
		{ "slow", ACCEPTED, false, 1, 0, "HTTP 200", LONG_MS },
		{ "huge", ACCEPTED, false, 1, 0, "HTTP 200", LONG_MS },
		{ "200 Retry-After: 5", ACCEPTED, false, 1, 0, "HTTP 200", LONG_MS },
		{ "400", LATER, false, 1, 0, "HTTP 400", LONG_MS },
		{ "401", LATER, false, 1, 0, "HTTP 401", LONG_MS },
		{ "404", LATER, false, 1, 0, "HTTP 404", LONG_MS },
		{ "408", LATER, false, 1, 0, "HTTP 408", LONG_MS },
		{ "410", REFUSED, false, 1, 0, "HTTP 410", LONG_MS },
		{ "413", LATER, false, 1, 0, "HTTP 413", LONG_MS },
		{ "425", LATER, false, 1, 0, "HTTP 425", LONG_MS },
		{ "429 Retry-After: 7", LATER, false, 1, 7000, "HTTP 429", LONG_MS },
		{ "429 Retry-After: -7", LATER, false, 1, 0, "HTTP 429", LONG_MS },
		{ "429 Retry-After: soon", LATER, false, 1, 0, "HTTP 429", LONG_MS },
		{ "429 Retry-After: 999999999999", LATER, false, 1, 86400000, "HTTP 429",
		  LONG_MS },
		{ "503 Retry-After: Fri, 31 Dec 2100 23:59:59 GMT", LATER, false, 1,
		  86400000, "HTTP 503", LONG_MS },
		{ "503 Retry-After: Fri, 31 Dec 1999 23:59:59 GMT", LATER, false, 1, 0,
		  "HTTP 503", LONG_MS },
		{ "500", LATER, false, 1, 0, "HTTP 500", LONG_MS },
		{ "502", LATER, false, 1, 0, "HTTP 502", LONG_MS },
		{ "drop", LATER, true, 1, 0, "", LONG_MS },
		{ "garbage", LATER, true, 1, 0, "", LONG_MS },
		{ "hang", LATER, true, 1, 0, "imed out", SHORT_MS },
	};
	struct place *p = *state;

	open_with(p, "");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		unsigned taken = peer_taken(&p->peer);

		peer_does(&p->peer, cases[i].behaviour);
		p->w.options.timeout_ms = cases[i].timeout_ms;
		world_reopen(&p->w);
		const struct outcome_seen *o = send_to(p, url(p, "http", "127.0.0.1"));
		if (o->kind != cases[i].kind || o->in_doubt != cases[i].in_doubt ||
		    o->retry_after_ms != cases[i].retry_after_ms ||
		    peer_taken(&p->peer) - taken != cases[i].taken ||
		    strstr(o->answer, cases[i].answer) == NULL) {
			fail_msg("%s: kind %d, doubt %d, after %lld, taken %u: %s",
				 cases[i].behaviour, o->kind, o->in_doubt,
				 (long long)o->retry_after_ms,
				 peer_taken(&p->peer) - taken, o->answer);
		}
		p->w.count = 0;
	}
}

static void
test_hook__a_body_without_end_is_not_read_to_its_end(void **state)
{
	struct place *p = *state;

	open_with(p, "");
	peer_does(&p->peer, "huge");
	uint64_t before = uv_hrtime();
	assert_int_equal(send_to(p, url(p, "http", "127.0.0.1"))->kind, ACCEPTED);
	/* Else the time of the attempt would have ended it. */
	assert_true(uv_hrtime() - before < UINT64_C(1000000) * LONG_MS / 2);
}

static void
test_hook__a_redirect_is_not_followed(void **state)
{
	struct place *p = *state;

	open_with(p, "");
	peer_does(&p->peer, arena_printf(&p->w.arena, "307 Location: %s",
					 url(p, "http", "127.0.0.1")));
	const struct outcome_seen *o = send_to(p, url(p, "http", "127.0.0.1"));
	assert_int_equal(o->kind, LATER);
	CHECK_HAS(o->answer, "HTTP 307, a redirect, which is not followed");
	assert_int_equal(peer_taken(&p->peer), 1);
}

static void
test_hook__nobody_there_is_later(void **state)
{
	struct place *p = *state;

	open_with(p, "");
	const char *to = url(p, "http", "127.0.0.1");
	peer_stop(&p->peer);
	const struct outcome_seen *o = send_to(p, to);
	assert_int_equal(o->kind, LATER);
	assert_false(o->in_doubt);
	o = send_to(p, "https://hooks.invalid/x");
	assert_int_equal(o->kind, LATER);
	assert_false(o->in_doubt);
	CHECK_HAS(o->answer, "hooks.invalid");
}

/* ---- Where it goes. */

static void
test_hook__inner_addresses_are_not_reached(void **state)
{
	static const char *const hosts[] = {
		"127.0.0.1",       "localhost",  "127.1",     "2130706433",
		"0x7f000001",      "0177.0.0.1", "[::1]",     "[::ffff:127.0.0.1]",
		"[::ffff:7f00:1]", "0.0.0.0",    "[::]",      "10.0.0.1",
		"169.254.169.254", "[fe80::1]",  "[fd00::1]", "[64:ff9b::a00:1]",
		"[2002:7f00:1::]",
	};
	struct place *p = *state;

	open_with(p, "");
	p->w.options.hook_allow_count = 0;
	world_reopen(&p->w);
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		const struct outcome_seen *o = send_to(p, url(p, "https", hosts[i]));

		if (o->kind != REFUSED || strstr(o->answer, "not sent there") == NULL) {
			fail_msg("%s: %d %s", hosts[i], o->kind, o->answer);
		}
		p->w.count = 0;
	}
	assert_int_equal(peer_taken(&p->peer), 0);
}

static void
test_hook__what_is_no_destination_is_refused(void **state)
{
	static const struct {
		const char *url, *why;
	} cases[] = {
		{ "http://hooks.example.org/x", "https://" },
		{ "https://hooks.example.org:25/x", "port" },
		{ "https://hooks.example.org:80/x", "port" },
		{ "https://[fe80::1%25lo]/x", "no URL" },
		{ "https://u:p@hooks.example.org/x", "no URL" },
		{ "ftp://hooks.example.org/x", "no URL" },
		{ "file:///etc/passwd", "no URL" },
		{ "https://hooks.example.org/\r\nHost: x", "no URL" },
		{ "https://hooks.example.org/ x", "no URL" },
		{ "https://[::1/x", "no URL" },
		{ "https://[127.0.0.1]/x", "no URL" },
		{ "https://hooks.example.org:99999/x", "no URL" },
		{ "", "no URL" },
	};
	struct place *p = *state;

	assert_true(world_open(&p->w));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct outcome_seen *o = send_to(p, cases[i].url);

		if (o->kind != REFUSED || strstr(o->answer, cases[i].why) == NULL) {
			fail_msg("%s: %d %s", cases[i].url, o->kind, o->answer);
		}
	}
}

static void
test_hook__an_allowed_name_is_looked_up_and_reached(void **state)
{
	struct place *p = *state;

	open_with(p, "");
	assert_int_equal(send_to(p, url(p, "http", "localhost"))->kind, ACCEPTED);
	/* Its port is allowed, not another one. */
	p->allow[1] = "localhost:1";
	world_reopen(&p->w);
	assert_int_equal(send_to(p, url(p, "http", "localhost"))->kind, REFUSED);
	p->allow[1] = "LOCALHOST";
	world_reopen(&p->w);
	assert_int_equal(send_to(p, url(p, "http", "localhost"))->kind, ACCEPTED);
	assert_int_equal(peer_taken(&p->peer), 2);
}

static void
test_hook__ipv6(void **state)
{
	struct place *p = *state;
	static const char *const allow[] = { "[::1]" };

	open_with(p, "--ipv6");
	p->w.options.hook_allow = allow;
	p->w.options.hook_allow_count = 1;
	world_reopen(&p->w);
	const struct outcome_seen *o = send_to(p, url(p, "http", "[::1]"));
	if (o->kind != ACCEPTED) {
		fail_msg("%s", o->answer);
	}
}

static void
test_hook__the_environments_proxy_is_not_used(void **state)
{
	struct place *p = *state;

	open_with(p, "");
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	int kind = send_to(p, url(p, "http", "127.0.0.1"))->kind;
	unsetenv("http_proxy");
	unsetenv("ALL_PROXY");
	assert_int_equal(kind, ACCEPTED);
}

static void
test_hook__tls_by_a_known_certificate_only(void **state)
{
	struct place *p = *state;
	struct world *w = &p->w;

	make_certificate(w->dir, "hook");
	make_certificate(w->dir, "other");
	w->options.hook_ca_file = world_path(w, "hook.crt");
	open_with(p, arena_printf(&w->arena, "--cert %s --key %s",
				  world_path(w, "hook.crt"), world_path(w, "hook.key")));
	const struct outcome_seen *o = send_to(p, url(p, "https", "127.0.0.1"));
	if (o->kind != ACCEPTED) {
		fail_msg("%s", o->answer);
	}
	w->options.hook_ca_file = world_path(w, "other.crt");
	world_reopen(w);
	o = send_to(p, url(p, "https", "127.0.0.1"));
	assert_int_equal(o->kind, LATER);
	assert_false(o->in_doubt);
	CHECK_HAS(o->answer, "certificate");
	/* TLS spoken to, but not by us. */
	assert_int_equal(send_to(p, url(p, "http", "127.0.0.1"))->kind, LATER);
	assert_int_equal(peer_taken(&p->peer), 1);
}

/* ---- Many at once. */

static void
test_hook__a_destination_that_hangs_holds_up_its_own_only(void **state)
{
	struct place *p = *state;
	struct peer_process hanging;

	open_with(p, "");
	peer_start(&hanging, "hook_peer.py", "");
	peer_does(&hanging, "hang");
	p->allow[1] = arena_printf(&p->w.arena, "127.0.0.1:%u", hanging.port);
	world_reopen(&p->w);
	const char *away =
		arena_printf(&p->w.arena, "http://127.0.0.1:%u/x", hanging.port);
	for (unsigned i = 1; i <= 20; i++) {
		Kusanone__V1__Delivery d = delivery(&p->w, away, "", i);

		begin(&p->w, &d);
	}
	for (unsigned i = 21; i <= 40; i++) {
		Kusanone__V1__Delivery d =
			delivery(&p->w, url(p, "http", "127.0.0.1"), "", i);

		begin(&p->w, &d);
	}
	world_wait(&p->w, 20);
	for (unsigned i = 0; i < 20; i++) {
		assert_int_equal(p->w.outcomes[i].kind, ACCEPTED);
	}
	while (peer_taken(&hanging) < 2) {
		uv_run(&p->w.loop, UV_RUN_NOWAIT);
	}
	uint64_t before = uv_hrtime();
	world_close(&p->w);
	assert_true(uv_hrtime() - before < UINT64_C(2) * 1000 * 1000 * 1000);
	assert_int_equal(p->w.count, 20);
	assert_int_equal(peer_taken(&hanging), 2);
	peer_stop(&hanging);
}

static void
test_hook__one_destination_is_served_in_order(void **state)
{
	struct place *p = *state;

	p->w.options.per_destination = 1;
	open_with(p, "");
	for (unsigned i = 1; i <= 10; i++) {
		Kusanone__V1__Delivery d =
			delivery(&p->w, url(p, "http", "127.0.0.1"), "", i);

		begin(&p->w, &d);
	}
	world_wait(&p->w, 10);
	for (unsigned i = 0; i < 10; i++) {
		assert_int_equal(p->w.outcomes[i].number, i + 1);
		assert_int_equal(p->w.outcomes[i].kind, ACCEPTED);
	}
}

static void
test_hook__no_more_than_the_total_at_once(void **state)
{
	struct place *p = *state;

	p->w.options.total = 3;
	p->w.options.per_destination = 10;
	open_with(p, "");
	peer_does(&p->peer, "hang");
	for (unsigned i = 1; i <= 9; i++) {
		Kusanone__V1__Delivery d =
			delivery(&p->w, url(p, "http", "127.0.0.1"), "", i);

		begin(&p->w, &d);
	}
	while (peer_taken(&p->peer) < 3) {
		uv_run(&p->w.loop, UV_RUN_NOWAIT);
	}
	world_close(&p->w);
	assert_int_equal(peer_taken(&p->peer), 3);
}

/* ---- Crashes: a process of its own sends one webhook and dies at a point. */

static int
sender_main(const char *to)
{
	static const char *const allow[] = { "127.0.0.1" };
	struct world w;

	world_init(&w);
	remove_dir(w.dir); /* Who is killed removes nothing. */
	w.options.hook_allow = allow;
	w.options.hook_allow_count = 1;
	w.options.timeout_ms = 2000;
	if (!world_open(&w)) {
		return 2;
	}
	Kusanone__V1__Delivery d = delivery(&w, to, "", 1);
	int kind = send_one(&w, &d)->kind;
	world_fini(&w);
	return kind == ACCEPTED ? 0 : 3;
}

static void
test_hook__a_crash_repeats_a_request_at_two_points_only(void **state)
{
	static const struct {
		const char *point, *behaviour;
		unsigned taken;
	} cases[] = {
		{ "connected", "200", 0 },  { "connected", "hang", 0 },
		{ "body_sent", "200", 1 },  { "body_sent", "hang", 1 },
		{ "body_sent", "drop", 1 }, { "reply_read", "200", 1 },
	};
	struct place *p = *state;

	open_with(p, "");
	const char *to = url(p, "http", "127.0.0.1");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		unsigned before = peer_taken(&p->peer);

		peer_does(&p->peer, cases[i].behaviour);
		assert_true(crashes_at(cases[i].point, to));
		peer_settle(&p->peer, before + cases[i].taken);
		peer_does(&p->peer, "200");
		assert_int_equal(send_to(p, to)->kind, ACCEPTED);
		assert_int_equal(peer_taken(&p->peer), before + cases[i].taken + 1);
		CHECK_HAS(peer_facts(&p->w, &p->peer), "head webhook-id: \"" MESSAGE);
	}
}

int
main(int argc, char **argv)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_hook__a_receiver_can_check_what_it_got),
		TEST(test_hook__an_exchange_of_secrets_signs_with_both),
		TEST(test_hook__without_its_secret_nothing_is_sent),
		TEST(test_hook__each_manner_of_a_receiver_has_its_outcome),
		TEST(test_hook__a_body_without_end_is_not_read_to_its_end),
		TEST(test_hook__a_redirect_is_not_followed),
		TEST(test_hook__nobody_there_is_later),
		TEST(test_hook__inner_addresses_are_not_reached),
		TEST(test_hook__what_is_no_destination_is_refused),
		TEST(test_hook__an_allowed_name_is_looked_up_and_reached),
		TEST(test_hook__ipv6),
		TEST(test_hook__the_environments_proxy_is_not_used),
		TEST(test_hook__tls_by_a_known_certificate_only),
		TEST(test_hook__a_destination_that_hangs_holds_up_its_own_only),
		TEST(test_hook__one_destination_is_served_in_order),
		TEST(test_hook__no_more_than_the_total_at_once),
		TEST(test_hook__a_crash_repeats_a_request_at_two_points_only),
	};

	return argc > 1 ? sender_main(argv[1])
			: cmocka_run_group_tests(tests, NULL, NULL);
}
