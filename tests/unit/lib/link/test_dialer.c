#include "lib/link/dialer.h"

#include <stdlib.h>

#include "unit/lib/link/link_test.h"

enum { ENDPOINT = 3, WALL = 1700000000 };

/* A dialer, and the peer's words to it. */
struct story {
	struct dialer d;
	struct outbox out;
	struct outbox peer_out; /* For making the peer's frames. */
	struct arena arena;
	struct rng rng;
	struct dialer_in in;
	uint64_t session;
	uint64_t peer_no; /* Last frame number that the peer used. */
	msec_t now;
};

static const struct link_status mine = { .head = 17 };

static int
begin(void **state)
{
	struct story *s = xcalloc(1, sizeof(*s));

	s->rng.state = 1;
	s->now = 100000;
	dialer_init(&s->d, ENDPOINT, "up", s->now);
	s->d.hello.node = some_node(1);
	s->d.hello.role = LINK_PRODUCER;
	s->session = 0x5e55;
	*state = s;
	return 0;
}

static int
end(void **state)
{
	struct story *s = *state;

	outbox_fini(&s->out);
	outbox_fini(&s->peer_out);
	arena_fini(&s->arena);
	free(s);
	return 0;
}

static enum dialer_event
run(struct story *s)
{
	outbox_clear(&s->out);
	return dialer_run(&s->d, &mine, &s->out, &s->rng, s->now, WALL);
}

static enum dialer_event
run_at(struct story *s, msec_t now)
{
	s->now = now;
	return run(s);
}

/* Begin a frame of the peer's; the body goes to the end of peer_out.bytes. */
static void
say(struct story *s, enum frame_type type, uint64_t session, uint64_t no)
{
	outbox_clear(&s->peer_out);
	outbox_frame_begin(&s->peer_out, dialer_peer(&s->d),
			   &(struct frame_header){ .type = (uint8_t)type,
						   .minor = 1,
						   .session = session,
						   .frame_no = no });
}

static enum dialer_event
hear_from(struct story *s, struct peer peer, struct slice payload)
{
	outbox_frame_end(&s->peer_out, payload);
	struct frame frame = frame_at(&s->peer_out, 0);

	outbox_clear(&s->out);
	return dialer_take(&s->d, peer, &frame, &s->arena, &s->out, &s->rng, s->now,
			   &s->in);
}

static enum dialer_event
hear(struct story *s)
{
	return hear_from(s, dialer_peer(&s->d), (struct slice){ 0 });
}

static enum dialer_event
hear_welcome(struct story *s, uint64_t credit)
{
	struct link_welcome welcome = { .minor = 1,
					.credit = credit,
					.head = cursor_at(50),
					.heartbeat_ms = LINK_HEARTBEAT_MS };

	s->peer_no = 1;
	say(s, FRAME_WELCOME, s->session, 1);
	link_welcome_put(&s->peer_out.bytes, &welcome);
	return hear(s);
}

static enum dialer_event
hear_status(struct story *s)
{
	say(s, FRAME_STATUS, s->session, ++s->peer_no);
	link_status_put(&s->peer_out.bytes, &(struct link_status){ .head = 60 });
	return hear(s);
}

static enum dialer_event
hear_ack(struct story *s, uint64_t batch_no, uint64_t credit)
{
	say(s, FRAME_ACK, s->session, ++s->peer_no);
	link_ack_put(&s->peer_out.bytes,
		     &(struct link_ack){ .batch_no = batch_no, .credit = credit });
	return hear(s);
}

static enum dialer_event
hear_error(struct story *s, const struct link_error *error)
{
	say(s, FRAME_ERROR, s->session, ++s->peer_no);
	link_error_put(&s->peer_out.bytes, error);
	return hear(s);
}

static enum dialer_event
hear_batch(struct story *s, uint64_t no, uint64_t after, uint64_t through, size_t bytes)
{
	static const uint8_t payload[FRAME_MAX_LEN];
	struct link_batch batch = { .batch_no = no,
				    .after = cursor_at(after),
				    .through = cursor_at(through) };

	say(s, FRAME_BATCH, s->session, ++s->peer_no);
	link_batch_put(&s->peer_out.bytes, &batch);
	return hear_from(s, dialer_peer(&s->d), slice_of(payload, bytes));
}

/* The shell's word. */
static enum dialer_event
ended_at(struct story *s, struct peer peer, enum line_end end)
{
	return dialer_ended(&s->d, peer, end, &s->out, &s->rng, s->now);
}

static enum dialer_event
ended(struct story *s, enum line_end end)
{
	return ended_at(s, dialer_peer(&s->d), end);
}

/* LIVE, with this credit. */
static void
live(struct story *s, uint64_t credit)
{
	assert_int_equal(run(s), DIALER_NOTHING);
	assert_int_equal(s->d.state, DIALER_HELLO_SENT);
	assert_int_equal(hear_welcome(s, credit), DIALER_WELCOMED);
	assert_int_equal(s->d.state, DIALER_LIVE);
}

static void
consume_after(struct story *s, uint64_t position, uint64_t credit)
{
	s->d.hello.role = LINK_CONSUMER;
	s->d.hello.cursor = cursor_at(position);
	s->d.hello.credit = credit;
	live(s, 0);
}

/* ---- The session's life ------------------------------------------------------------ */

static void
test_dialer__dials_says_hello_and_lives_when_welcomed(void **state)
{
	struct story *s = *state;
	struct link_hello hello;

	assert_true(dialer_deadline(&s->d) <= s->now);
	assert_int_equal(run(s), DIALER_NOTHING);
	assert_int_equal(s->out.count, 2);
	assert_int_equal(s->out.list[0].kind, OUT_DIAL);
	assert_int_equal(s->out.list[0].to.endpoint, ENDPOINT);
	assert_true(peer_eq(s->out.list[0].to, s->out.list[1].to));

	struct frame frame = frame_at(&s->out, 1);
	assert_int_equal(frame.header.type, FRAME_HELLO);
	assert_int_equal(frame.header.session, 0);
	assert_int_equal(frame.header.frame_no, 1);
	assert_true(link_hello_get(frame.body, &s->arena, &hello));
	assert_int_equal(hello.minor_min, LINK_MINOR_MIN);
	assert_int_equal(hello.minor_max, LINK_MINOR_MAX);
	assert_int_equal(hello.wall, WALL);

	assert_int_equal(hear_welcome(s, 1000), DIALER_WELCOMED);
	assert_int_equal(s->in.welcome.head.position, 50);
	assert_int_equal(s->d.session, s->session);
	assert_string_equal(s->d.reason, "");

	/* The next frame of ours is the second, in the session. */
	assert_int_equal(run_at(s, s->now + LINK_HEARTBEAT_MS), DIALER_NOTHING);
	frame = last_frame(&s->out);
	assert_int_equal(frame.header.type, FRAME_STATUS);
	assert_true(frame.header.session == s->session);
	assert_int_equal(frame.header.frame_no, 2);
}

static void
test_dialer__without_a_welcome_it_gives_up_after_ten_seconds(void **state)
{
	struct story *s = *state;
	msec_t dialled = s->now;

	run(s);
	assert_int_equal(dialer_deadline(&s->d), dialled + 10000);
	assert_int_equal(run_at(s, dialled + 9999), DIALER_NOTHING);
	assert_int_equal(s->out.count, 0);
	assert_int_equal(run_at(s, dialled + 10000), DIALER_LOST);
	assert_int_equal(s->d.state, DIALER_BACKOFF);
	assert_int_equal(outs_of(&s->out, OUT_HANG_UP), 1);
	assert_string_equal(s->d.reason, "no WELCOME within 10 s");
	assert_int_equal(s->d.ended, LINE_SILENT);
	assert_in_range(s->d.retry_at, s->now, s->now + 500);
	assert_int_equal(dialer_deadline(&s->d), s->d.retry_at);

	/* A late WELCOME finds nobody. */
	assert_int_equal(hear_welcome(s, 1), DIALER_NOTHING);
	assert_int_equal(s->d.state, DIALER_BACKOFF);

	run_at(s, s->d.retry_at);
	assert_int_equal(s->d.state, DIALER_HELLO_SENT);
	assert_int_equal(s->d.generation, 2);
}

static void
test_dialer__the_wait_grows_until_a_session_has_worked_for_a_minute(void **state)
{
	struct story *s = *state;
	msec_t longest = 0;

	for (int i = 0; i < 40; i++) { /* Nobody there. */
		run(s);
		assert_int_equal(run_at(s, s->now + 10000), DIALER_LOST);
		assert_true(s->d.backoff_ms <= 60000);
		longest = s->d.backoff_ms > longest ? s->d.backoff_ms : longest;
		s->now = s->d.retry_at;
	}
	assert_true(longest > 50000);

	live(s, 1); /* 59 s of life are not enough. */
	for (msec_t until = s->now + 59000; s->now < until; s->now += 1000) {
		hear_status(s);
	}
	dialer_restart(&s->d, false, "test", &s->out, &s->rng, s->now);
	assert_int_equal(s->d.reconnect.ceiling_ms, 60000);

	s->now = s->d.retry_at;
	live(s, 1);
	for (msec_t until = s->now + 61000; s->now < until; s->now += 1000) {
		hear_status(s);
	}
	dialer_restart(&s->d, false, "test", &s->out, &s->rng, s->now);
	assert_true(s->d.backoff_ms <= 500);
}

static void
test_dialer__a_refused_dialling_is_given_up_at_once(void **state)
{
	struct story *s = *state;

	run(s);
	s->now += 3;
	assert_int_equal(ended(s, LINE_REFUSED), DIALER_LOST);
	assert_int_equal(s->d.state, DIALER_BACKOFF);
	assert_int_equal(outs_of(&s->out, OUT_HANG_UP), 1);
	assert_string_equal(s->d.reason, "the connection was refused");
	assert_int_equal(s->d.ended, LINE_REFUSED);
	assert_in_range(s->d.retry_at, s->now, s->now + 500);

	/* Told once more, or too late: of a dialling that is given up already. */
	msec_t retry_at = s->d.retry_at;
	assert_int_equal(ended(s, LINE_CUT), DIALER_NOTHING);
	assert_int_equal(s->d.retry_at, retry_at);
	struct peer first = dialer_peer(&s->d);
	run_at(s, retry_at);
	assert_int_equal(s->d.state, DIALER_HELLO_SENT);
	assert_int_equal(ended_at(s, first, LINE_CUT), DIALER_NOTHING);
	first = dialer_peer(&s->d);
	first.endpoint++;
	assert_int_equal(ended_at(s, first, LINE_CUT), DIALER_NOTHING);
	assert_int_equal(s->d.state, DIALER_HELLO_SENT);

	/* Why the last one failed is known until one works. */
	assert_int_equal(s->d.ended, LINE_REFUSED);
	assert_int_equal(hear_welcome(s, 1), DIALER_WELCOMED);
	assert_int_equal(s->d.ended, LINE_OPEN);
	assert_string_equal(s->d.reason, "");
}

static void
test_dialer__a_cut_session_comes_back_within_half_a_second(void **state)
{
	struct story *s = *state;

	live(s, 1);
	for (msec_t until = s->now + 61000; s->now < until; s->now += 1000) {
		hear_status(s);
	}
	outbox_clear(&s->out);
	assert_int_equal(ended(s, LINE_CUT), DIALER_LOST);
	assert_int_equal(outs_of(&s->out, OUT_HANG_UP), 1);
	assert_int_equal(frames_of(&s->out, FRAME_GOODBYE), 0); /* To whom? */
	assert_true(s->d.backoff_ms <= 500);
	assert_int_equal(s->d.session, 0);

	/* A frame of it that was under way finds nobody. */
	assert_int_equal(hear_status(s), DIALER_NOTHING);
	run_at(s, s->d.retry_at);
	assert_int_equal(hear_welcome(s, 1), DIALER_WELCOMED);
}

static void
test_dialer__an_end_of_a_paused_or_stopped_one_is_nothing(void **state)
{
	struct story *s = *state;

	live(s, 1);
	dialer_stop(&s->d, &s->out, s->now);
	outbox_clear(&s->out);
	assert_int_equal(ended(s, LINE_CUT), DIALER_NOTHING);
	assert_int_equal(s->d.state, DIALER_IDLE);

	/* Nor does it shorten what the peer asked for. */
	s->d.paused = false;
	live(s, 1);
	hear_error(s, &(struct link_error){ .code = LINK_SUPERSEDED,
					    .error_class = LINK_OPERATOR });
	assert_int_equal(ended(s, LINE_CUT), DIALER_NOTHING);
	assert_int_equal(s->d.retry_at, s->now + 60000);
	assert_int_equal(s->d.ended, LINE_OPEN);
}

static void
test_dialer__three_heartbeats_of_silence_end_the_session(void **state)
{
	struct story *s = *state;

	live(s, 1);
	msec_t heard = s->now;
	assert_int_equal(run_at(s, heard + 14999), DIALER_NOTHING);
	assert_int_equal(hear_status(s), DIALER_STATUS); /* Just in time. */
	heard = s->now;
	assert_int_equal(run_at(s, heard + 14999), DIALER_NOTHING);
	assert_int_equal(dialer_deadline(&s->d), heard + 15000);
	assert_int_equal(run_at(s, heard + 15000), DIALER_LOST);
	assert_int_equal(outs_of(&s->out, OUT_HANG_UP), 1);
	assert_non_null(strstr(s->d.reason, "silence"));
}

static void
test_dialer__idle_is_not_silence(void **state)
{
	struct story *s = *state;
	size_t said = 0;

	live(s, 1); /* Nothing to send for an hour, on either side. */
	for (msec_t until = s->now + 3600000; s->now < until; s->now += 1000) {
		if (s->now % 5000 == 0) {
			assert_int_equal(hear_status(s), DIALER_STATUS);
		}
		assert_int_equal(run(s), DIALER_NOTHING);
		said += frames_of(&s->out, FRAME_STATUS);
		assert_true(dialer_deadline(&s->d) > s->now);
	}
	assert_int_equal(s->d.state, DIALER_LIVE);
	assert_in_range(said, 719, 720);
}

static void
test_dialer__any_valid_frame_is_life_but_not_one_of_another_session(void **state)
{
	struct story *s = *state;

	live(s, 1);
	msec_t welcomed = s->now;
	s->now += 10000;
	assert_int_equal(hear_ack(s, 0, 5), DIALER_ACKED);
	assert_int_equal(run_at(s, welcomed + 20000), DIALER_NOTHING);

	say(s, FRAME_STATUS, s->session + 1, 3);
	link_status_put(&s->peer_out.bytes, &mine);
	assert_int_equal(hear(s), DIALER_NOTHING);
	assert_int_equal(s->out.count, 0);
	assert_int_equal(run_at(s, welcomed + 25000), DIALER_LOST);
}

static void
test_dialer__status_is_due_only_when_nothing_else_was_said(void **state)
{
	struct story *s = *state;

	live(s, 1 << 20);
	msec_t begin_at = s->now;
	run_at(s, begin_at + 4000);
	dialer_send_batch(&s->d, slice_str("block"), &s->out, s->now);
	hear_status(s);
	run_at(s, begin_at + 8999);
	assert_int_equal(s->out.count, 0);
	run_at(s, begin_at + 9000);
	assert_int_equal(frames_of(&s->out, FRAME_STATUS), 1);
}

static void
test_dialer__the_peer_names_the_heartbeat_within_reason(void **state)
{
	struct story *s = *state;
	static const uint32_t said[] = { 0, 1, 1000, UINT32_MAX };
	static const uint32_t kept[] = { LINK_HEARTBEAT_MS, 500, 1000, 60000 };

	for (size_t i = 0; i < ARRAY_LEN(said); i++) {
		run(s);
		say(s, FRAME_WELCOME, s->session, 1);
		link_welcome_put(
			&s->peer_out.bytes,
			&(struct link_welcome){ .minor = 1, .heartbeat_ms = said[i] });
		assert_int_equal(hear(s), DIALER_WELCOMED);
		assert_int_equal(s->d.heartbeat_ms, kept[i]);
		dialer_restart(&s->d, true, "again", &s->out, &s->rng, s->now);
		s->now = s->d.retry_at;
	}
}

static void
test_dialer__a_paused_one_waits_and_goes_on_at_once(void **state)
{
	struct story *s = *state;

	s->d.paused = true;
	run(s);
	assert_int_equal(s->out.count, 0);
	assert_true(dialer_deadline(&s->d) == NEVER);
	s->d.paused = false;
	assert_true(dialer_deadline(&s->d) <= s->now);
	live(s, 1);

	s->d.paused = true; /* A session that is there goes on ... */
	assert_int_equal(run_at(s, s->now + 1000), DIALER_NOTHING);
	assert_int_equal(s->d.state, DIALER_LIVE);
	run_at(s, s->now + 20000); /* ... but is not dialled again. */
	assert_int_equal(s->d.state, DIALER_BACKOFF);
	assert_true(dialer_deadline(&s->d) == NEVER);
	run_at(s, s->now + 100000);
	assert_int_equal(s->d.state, DIALER_IDLE);
	assert_int_equal(s->out.count, 0);
}

static void
test_dialer__stop_says_goodbye_and_stays_idle(void **state)
{
	struct story *s = *state;

	live(s, 1);
	outbox_clear(&s->out);
	dialer_stop(&s->d, &s->out, s->now);
	assert_int_equal(frame_at(&s->out, 0).header.type, FRAME_GOODBYE);
	assert_int_equal(s->out.list[1].kind, OUT_HANG_UP);
	run_at(s, s->now + 1000000);
	assert_int_equal(s->d.state, DIALER_IDLE);
	assert_int_equal(s->out.count, 0);
}

/* ---- What the peer must not do ----------------------------------------------------- */

static void
check_told(struct story *s, enum link_code code)
{
	assert_int_equal(error_in(last_frame(&s->out), &s->arena).code, code);
	assert_int_equal(s->d.state, DIALER_BACKOFF);
	assert_int_equal(s->in.error.code, 0);
	assert_int_equal(
		strncmp(s->d.reason, link_code_name(code), strlen(link_code_name(code))),
		0);
}

static void
test_dialer__a_hole_in_the_frame_numbers_closes(void **state)
{
	struct story *s = *state;

	live(s, 1);
	assert_int_equal(hear_status(s), DIALER_STATUS);
	s->peer_no++; /* One was lost. */
	assert_int_equal(hear_status(s), DIALER_LOST);
	check_told(s, LINK_PROTOCOL);
}

static void
test_dialer__a_repeated_frame_is_dropped(void **state)
{
	struct story *s = *state;

	live(s, 10);
	assert_int_equal(hear_ack(s, 0, 20), DIALER_ACKED);
	s->peer_no--;
	assert_int_equal(hear_ack(s, 0, 30), DIALER_NOTHING);
	assert_int_equal(s->d.credit, 20);
	assert_int_equal(s->d.state, DIALER_LIVE);
}

static void
test_dialer__frames_of_an_older_dialling_go_nowhere(void **state)
{
	struct story *s = *state;

	live(s, 1);
	struct peer old = dialer_peer(&s->d);
	dialer_restart(&s->d, true, "again", &s->out, &s->rng, s->now);
	run_at(s, s->d.retry_at);
	assert_int_equal(s->d.state, DIALER_HELLO_SENT);

	say(s, FRAME_WELCOME, 77, 1);
	link_welcome_put(&s->peer_out.bytes, &(struct link_welcome){ .minor = 1 });
	assert_int_equal(hear_from(s, old, (struct slice){ 0 }), DIALER_NOTHING);
	assert_int_equal(s->d.state, DIALER_HELLO_SENT);
}

static void
test_dialer__malformed_bodies_are_told_and_end_the_session(void **state)
{
	struct story *s = *state;
	static const enum frame_type types[] = { FRAME_ACK, FRAME_STATUS, FRAME_ERROR,
						 FRAME_GOODBYE };

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		live(s, 1);
		say(s, types[i], s->session, 2);
		buf_put_str(&s->peer_out.bytes, "\xff\xff garbage");
		assert_int_equal(hear(s), DIALER_LOST);
		check_told(s, LINK_MALFORMED);
		s->now = s->d.retry_at;
	}
	run(s);
	say(s, FRAME_WELCOME, s->session, 1);
	buf_put_str(&s->peer_out.bytes, "\xff");
	assert_int_equal(hear(s), DIALER_LOST);
	check_told(s, LINK_MALFORMED);
}

static void
test_dialer__frames_of_the_wrong_direction_close(void **state)
{
	struct story *s = *state;

	live(s, 1); /* A producer gets no batches, */
	assert_int_equal(hear_batch(s, 1, 0, 1, 1), DIALER_LOST);
	check_told(s, LINK_PROTOCOL);

	s->now = s->d.retry_at;
	consume_after(s, 0, 0); /* a consumer no acks, */
	assert_int_equal(hear_ack(s, 0, 1), DIALER_LOST);
	check_told(s, LINK_PROTOCOL);

	s->now = s->d.retry_at;
	live(s, 0); /* and nobody a second WELCOME or a HELLO. */
	say(s, FRAME_WELCOME, s->session, 2);
	assert_int_equal(hear(s), DIALER_LOST);
	check_told(s, LINK_PROTOCOL);
	s->now = s->d.retry_at;
	live(s, 0);
	say(s, FRAME_HELLO, s->session, 2);
	assert_int_equal(hear(s), DIALER_LOST);
	check_told(s, LINK_PROTOCOL);
}

static void
test_dialer__replies_to_requests_are_somebody_elses(void **state)
{
	struct story *s = *state;

	live(s, 1);
	say(s, FRAME_REPLY, 0, 0);
	assert_int_equal(hear(s), DIALER_NOTHING);
	assert_int_equal(s->d.state, DIALER_LIVE);
}

static void
test_dialer__a_minor_that_was_not_offered_is_worded(void **state)
{
	struct story *s = *state;

	run(s);
	say(s, FRAME_WELCOME, s->session, 1);
	link_welcome_put(&s->peer_out.bytes, &(struct link_welcome){ .minor = 2 });
	assert_int_equal(hear(s), DIALER_LOST);
	struct link_error error = error_in(last_frame(&s->out), &s->arena);
	assert_int_equal(error.code, LINK_VERSION_UNSUPPORTED);
	assert_non_null(strstr(s->d.reason, "minor 2, we speak 1 to 1"));
}

/* ---- ERROR and GOODBYE ------------------------------------------------------------- */

static void
test_dialer__superseded_waits_a_minute(void **state)
{
	struct story *s = *state;

	live(s, 1);
	assert_int_equal(hear_error(s, &(struct link_error){ .code = LINK_SUPERSEDED,
							     .error_class = LINK_OPERATOR,
							     .text = "two machines?" }),
			 DIALER_LOST);
	assert_int_equal(s->in.error.code, LINK_SUPERSEDED);
	assert_int_equal(s->d.last_error, LINK_SUPERSEDED);
	assert_int_equal(s->d.retry_at, s->now + 60000);
	assert_string_equal(s->d.reason, "superseded: two machines?");
	assert_int_equal(outs_of(&s->out, OUT_HANG_UP), 1);
	/* It says GOODBYE: a machine that died could not. */
	assert_int_equal(outs_of(&s->out, OUT_FRAME), 1);
}

static void
test_dialer__retry_now_dials_at_once_but_never_spins(void **state)
{
	struct story *s = *state;
	struct link_error error = { .code = LINK_NO_SESSION,
				    .error_class = LINK_RETRY_NOW };

	live(s, 1);
	s->now += 1000;
	assert_int_equal(hear_error(s, &error), DIALER_LOST);
	assert_int_equal(s->d.retry_at, s->now); /* At once ... */
	run(s);
	assert_int_equal(s->d.state, DIALER_HELLO_SENT);

	/* ... but a peer that answers every HELLO so does not get many. */
	msec_t until = s->now + 60000;
	unsigned dials = 0;
	while (s->now < until) {
		assert_int_equal(hear_error(s, &error), DIALER_LOST);
		s->now = s->d.retry_at;
		run(s);
		dials++;
	}
	assert_in_range(dials, 5, 12);
}

static void
test_dialer__backoff_and_operator_respect_what_the_peer_asks(void **state)
{
	struct story *s = *state;

	for (enum link_class c = LINK_RETRY_BACKOFF; c <= LINK_OPERATOR; c++) {
		live(s, 1);
		assert_int_equal(
			hear_error(s, &(struct link_error){ .code = LINK_DISK_FULL,
							    .error_class = c,
							    .retry_after_ms = 30000 }),
			DIALER_LOST);
		assert_in_range(s->d.retry_at, s->now + 30000, s->now + 31000);
		s->now = s->d.retry_at;
	}
}

static void
test_dialer__info_is_delivered_and_the_session_goes_on(void **state)
{
	struct story *s = *state;

	live(s, 1);
	assert_int_equal(hear_error(s, &(struct link_error){ .code = LINK_BUSY,
							     .error_class = LINK_INFO,
							     .text = "slowly" }),
			 DIALER_NOTHING);
	assert_int_equal(s->in.error.code, LINK_BUSY);
	assert_int_equal(s->d.state, DIALER_LIVE);
	assert_int_equal(hear_status(s), DIALER_STATUS);
}

static void
test_dialer__an_error_outside_of_the_order_counts_if_it_names_the_session(void **state)
{
	struct story *s = *state;
	struct link_error error = { .code = LINK_NO_SESSION,
				    .error_class = LINK_RETRY_NOW };

	live(s, 1);
	say(s, FRAME_ERROR, s->session + 1, 0);
	link_error_put(&s->peer_out.bytes, &error);
	assert_int_equal(hear(s), DIALER_NOTHING);
	say(s, FRAME_ERROR, s->session, 0);
	link_error_put(&s->peer_out.bytes, &error);
	assert_int_equal(hear(s), DIALER_LOST);
	assert_int_equal(s->in.error.code, LINK_NO_SESSION);
}

static void
test_dialer__a_refused_version_is_worded_with_both_ranges(void **state)
{
	struct story *s = *state;

	s->d.hello.minor_min = 2;
	s->d.hello.minor_max = 3;
	run(s);
	say(s, FRAME_ERROR, 0, 0);
	link_error_put(&s->peer_out.bytes,
		       &(struct link_error){ .code = LINK_VERSION_UNSUPPORTED,
					     .error_class = LINK_OPERATOR,
					     .minor_min = 1,
					     .minor_max = 1 });
	assert_int_equal(hear(s), DIALER_LOST);
	assert_non_null(strstr(s->d.reason, "the peer speaks minors 1 to 1, we 2 to 3"));
}

static void
test_dialer__a_long_reason_is_cut_between_characters(void **state)
{
	struct story *s = *state;
	char text[301] = { 0 };

	for (size_t i = 0; i < 300; i += 3) {
		memcpy(text + i, "長", 3);
	}
	for (size_t shift = 0; shift < 3; shift++) {
		live(s, 1);
		hear_error(s, &(struct link_error){ .code = LINK_INTERNAL,
						    .error_class = LINK_RETRY_BACKOFF,
						    .text = text + 3 * shift });
		assert_in_range(strlen(s->d.reason), 90, sizeof(s->d.reason) - 1);
		assert_string_equal(s->d.reason + strlen(s->d.reason) - 3, "長");
		s->now = s->d.retry_at;
	}
}

static void
test_dialer__goodbye_costs_jitter_and_no_penalty(void **state)
{
	struct story *s = *state;

	for (int i = 0; i < 10; i++) {
		live(s, 1);
		say(s, FRAME_GOODBYE, s->session, 2);
		link_goodbye_put(&s->peer_out.bytes, "upgrade");
		assert_int_equal(hear(s), DIALER_LOST);
		assert_int_equal(s->in.error.code, 0);
		assert_in_range(s->d.retry_at, s->now, s->now + 2000);
		assert_string_equal(s->d.reason, "goodbye: upgrade");
		assert_int_equal(s->d.reconnect.ceiling_ms, 0);
		s->now = s->d.retry_at;
	}
}

static void
test_dialer__restart_tells_the_peer_and_keeps_the_reason(void **state)
{
	struct story *s = *state;

	live(s, 1);
	s->now += 1000;
	outbox_clear(&s->out);
	dialer_restart(&s->d, true, "own blocks are wanted whole", &s->out, &s->rng,
		       s->now);
	assert_int_equal(last_frame(&s->out).header.type, FRAME_GOODBYE);
	assert_string_equal(s->d.reason, "own blocks are wanted whole");
	s->d.hello.own_blocks_whole = true;
	run(s);
	struct link_hello hello;
	assert_true(link_hello_get(last_frame(&s->out).body, &s->arena, &hello));
	assert_true(hello.own_blocks_whole);

	/* In backoff there is nothing to restart: the wait is not cut short. */
	run_at(s, s->now + 10000);
	msec_t retry_at = s->d.retry_at;
	dialer_restart(&s->d, true, "again", &s->out, &s->rng, s->now);
	assert_int_equal(s->d.retry_at, retry_at);
}

/* ---- Flow -------------------------------------------------------------------------- */

static uint8_t bytes[FRAME_MAX_LEN];

static void
send(struct story *s, size_t len)
{
	assert_true(dialer_may_send(&s->d, len));
	dialer_send_batch(&s->d, slice_of(bytes, len), &s->out, s->now);
}

static void
test_dialer__sends_within_its_credit_and_no_more(void **state)
{
	struct story *s = *state;

	assert_false(dialer_may_send(&s->d, 1)); /* Not LIVE. */
	live(s, 10000);
	outbox_clear(&s->out);
	send(s, 4000);
	send(s, 6000);
	assert_false(dialer_may_send(&s->d, 0));
	assert_false(dialer_may_send(&s->d, 1));
	assert_int_equal(s->d.sent_bytes, 10000);
	assert_int_equal(s->d.batch_sent, 2);

	struct link_batch batch;
	assert_true(link_batch_get(frame_at(&s->out, 1).body, &s->arena, &batch));
	assert_int_equal(batch.batch_no, 2);
	assert_int_equal(frame_at(&s->out, 1).header.frame_no, 3);
	assert_int_equal(frame_at(&s->out, 1).payload.len, 6000);

	assert_int_equal(hear_ack(s, 1, 10001), DIALER_ACKED);
	assert_int_equal(s->d.batch_acked, 1);
	assert_true(dialer_may_send(&s->d, 1));
	assert_false(dialer_may_send(&s->d, 2));
}

static void
test_dialer__repeated_and_lost_acks_leak_no_credit(void **state)
{
	struct story *s = *state;
	uint64_t credit = 100000;

	live(s, credit);
	for (uint64_t batch = 1; batch <= 1000; batch++) {
		s->now++;
		send(s, 1000);
		if (batch % 7 == 0) { /* Six acks of seven are lost, the others double. */
			credit += 7000;
			assert_int_equal(hear_ack(s, batch, credit), DIALER_ACKED);
			assert_int_equal(hear_ack(s, batch, credit), DIALER_ACKED);
			assert_int_equal(hear_ack(s, batch - 3, credit - 5000),
					 DIALER_ACKED); /* An old one, late. */
			assert_int_equal(s->d.credit - s->d.sent_bytes, 100000);
			assert_int_equal(pace_in_flight(&s->d.pace), 0);
		}
	}
}

static void
test_dialer__a_block_larger_than_the_rest_of_the_credit_goes_alone(void **state)
{
	struct story *s = *state;

	live(s, 1000); /* Else it never would. */
	assert_int_equal(dialer_batch_target(&s->d), 0);
	send(s, LINK_BLOCK);
	assert_false(dialer_may_send(&s->d, 1));
	hear_ack(s, 1, LINK_BLOCK + 1000);
	assert_true(dialer_may_send(&s->d, LINK_BLOCK));
}

static void
test_dialer__an_ack_of_what_was_never_sent_closes(void **state)
{
	struct story *s = *state;

	live(s, 1000);
	send(s, 10);
	assert_int_equal(hear_ack(s, 2, 1000), DIALER_LOST);
	check_told(s, LINK_PROTOCOL);
}

static void
test_dialer__at_most_64_batches_are_unacknowledged(void **state)
{
	struct story *s = *state;

	live(s, LINK_CREDIT);
	for (int i = 0; i < LINK_BATCHES; i++) {
		send(s, 10);
	}
	assert_false(dialer_may_send(&s->d, 10));
	hear_ack(s, 1, LINK_CREDIT);
	assert_true(dialer_may_send(&s->d, 10));
}

static void
test_dialer__batches_grow_once_the_line_is_known_and_stay_within_the_credit(void **state)
{
	struct story *s = *state;

	live(s, LINK_CREDIT);
	assert_int_equal(dialer_batch_target(&s->d), 0);
	send(s, LINK_BLOCK);
	s->now += 3;
	hear_ack(s, 1, LINK_BLOCK + LINK_CREDIT);
	assert_int_equal(dialer_batch_target(&s->d), LINK_BATCH_TARGET);
	while (dialer_batch_target(&s->d) == LINK_BATCH_TARGET) {
		send(s, LINK_BATCH_TARGET - 100);
	}
	size_t target = dialer_batch_target(&s->d);
	assert_true(target < LINK_BATCH_TARGET);
	assert_true(target == 0 || dialer_may_send(&s->d, target));
	assert_true(s->d.sent_bytes <= s->d.credit);
}

static void
test_dialer__a_new_session_begins_its_totals_anew(void **state)
{
	struct story *s = *state;

	live(s, LINK_CREDIT);
	send(s, LINK_BLOCK);
	s->now += 3;
	hear_ack(s, 1, LINK_CREDIT);
	send(s, 1000);
	dialer_restart(&s->d, true, "again", &s->out, &s->rng, s->now);
	s->now = s->d.retry_at;
	live(s, 5000);
	assert_int_equal(s->d.sent_bytes, 0);
	assert_int_equal(s->d.batch_sent, 0);
	assert_int_equal(s->d.credit, 5000);
	assert_int_equal(s->d.pace.rate, 0);
	send(s, 5000);
}

/* ---- Consuming --------------------------------------------------------------------- */

static void
test_dialer__a_consumer_acks_with_its_cursor_and_grants_more(void **state)
{
	struct story *s = *state;
	struct link_ack ack;

	consume_after(s, 10, 5000);
	assert_int_equal(hear_batch(s, 1, 10, 14, 3000), DIALER_BATCH);
	assert_int_equal(s->in.batch.through.position, 14);
	assert_int_equal(s->in.payload.len, 3000);
	assert_int_equal(hear_batch(s, 2, 14, 20, 1000), DIALER_BATCH);
	outbox_clear(&s->out);
	dialer_ack(&s->d, &s->in.batch.through, &s->out, s->now);
	struct frame frame = last_frame(&s->out);
	assert_int_equal(frame.header.type, FRAME_ACK);
	assert_int_equal(frame.header.frame_no, 2);
	assert_true(link_ack_get(frame.body, &s->arena, &ack));
	assert_int_equal(ack.batch_no, 2);
	assert_int_equal(ack.cursor.position, 20);
	assert_int_equal(ack.credit, 9000);
}

static void
test_dialer__a_batch_follows_the_one_before(void **state)
{
	struct story *s = *state;
	static const struct {
		uint64_t no, after, through;
	} wrong[] = {
		{ 1, 11, 12 }, /* Skips. */
		{ 1, 9, 12 },  /* Repeats. */
		{ 2, 10, 12 }, /* A batch is missing. */
		{ 0, 10, 12 }, /* No number. */
		{ 1, 10, 9 },  /* Goes back. */
	};

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		consume_after(s, 10, 0);
		assert_int_equal(
			hear_batch(s, wrong[i].no, wrong[i].after, wrong[i].through, 1),
			DIALER_LOST);
		check_told(s, LINK_PROTOCOL);
		s->now = s->d.retry_at;
	}
	consume_after(s, 10, 0);
	assert_int_equal(hear_batch(s, 1, 10, 10, 0), DIALER_BATCH); /* Nothing new. */
	assert_int_equal(hear_batch(s, 2, 10, 12, 0), DIALER_BATCH);
	assert_int_equal(hear_batch(s, 3, 10, 12, 0), DIALER_LOST);
}

static void
test_dialer__more_than_was_granted_is_refused(void **state)
{
	struct story *s = *state;

	consume_after(s, 0, 1000);
	assert_int_equal(hear_batch(s, 1, 0, 1, 999), DIALER_BATCH);
	assert_int_equal(hear_batch(s, 2, 1, 2, 500), DIALER_BATCH); /* Begins within. */
	assert_int_equal(hear_batch(s, 3, 2, 3, 1), DIALER_LOST);
	check_told(s, LINK_PROTOCOL);
}

static void
test_dialer__items_cost_credit_as_payload_does(void **state)
{
	struct story *s = *state;
	struct slice items[2] = { slice_str("twelve bytes"), slice_str("eight...") };
	struct link_batch batch = { .batch_no = 1,
				    .after = cursor_at(0),
				    .through = cursor_at(9),
				    .items = items,
				    .item_count = 2 };

	consume_after(s, 0, 1000);
	say(s, FRAME_BATCH, s->session, 2);
	link_batch_put(&s->peer_out.bytes, &batch);
	assert_int_equal(hear(s), DIALER_BATCH);
	assert_int_equal(s->in.batch.item_count, 2);
	assert_int_equal(s->d.received_bytes, 20);
}

/* ---- A failed commit --------------------------------------------------------------- */

static void
test_dialer__a_dropped_status_leaves_no_hole(void **state)
{
	struct story *s = *state;

	live(s, 1);
	run_at(s, s->now + LINK_HEARTBEAT_MS);
	assert_int_equal(last_frame(&s->out).header.frame_no, 2);
	dialer_dropped(&s->d, &s->out, s->now);
	assert_int_equal(s->d.state, DIALER_LIVE);
	hear_status(s);
	run_at(s, s->now + LINK_HEARTBEAT_MS);
	assert_int_equal(last_frame(&s->out).header.frame_no, 2);
}

static void
test_dialer__a_dropped_dialling_is_done_again(void **state)
{
	struct story *s = *state;

	run(s);
	dialer_dropped(&s->d, &s->out, s->now);
	assert_int_equal(s->d.state, DIALER_IDLE);
	assert_true(dialer_deadline(&s->d) <= s->now);
	live(s, 1);
}

static void
test_dialer__what_was_heard_in_a_failed_commit_is_asked_for_again(void **state)
{
	struct story *s = *state;

	consume_after(s, 10, 0);
	s->now += 1000;
	assert_int_equal(hear_batch(s, 1, 10, 12, 5), DIALER_BATCH);
	dialer_dropped(&s->d, &s->out, s->now); /* The disk was full. */
	assert_int_equal(s->d.state, DIALER_BACKOFF);
	s->now = s->d.retry_at;
	consume_after(s, 10, 0);
	assert_int_equal(hear_batch(s, 1, 10, 12, 5), DIALER_BATCH);
	dialer_ack(&s->d, &s->in.batch.through, &s->out, s->now);
	outbox_clear(&s->out);
	dialer_dropped(&s->d, &s->out, s->now); /* Another turn fails: not ours. */
	assert_int_equal(s->d.state, DIALER_LIVE);
}

static void
test_dialer__a_dropped_batch_ends_the_session(void **state)
{
	struct story *s = *state;

	live(s, 1000);
	outbox_clear(&s->out);
	send(s, 10);
	dialer_dropped(&s->d, &s->out, s->now);
	assert_int_equal(s->d.state, DIALER_BACKOFF);
	assert_in_range(s->d.retry_at, s->now, s->now + 50);
}

static void
test_dialer__a_dropped_hang_up_is_made_up_for(void **state)
{
	struct story *s = *state;

	live(s, 1);
	outbox_clear(&s->out);
	dialer_stop(&s->d, &s->out, s->now);
	dialer_dropped(&s->d, &s->out, s->now);
	assert_true(dialer_deadline(&s->d) <= s->now);
	run(s);
	assert_int_equal(outs_of(&s->out, OUT_HANG_UP), 1);
	assert_true(dialer_deadline(&s->d) == NEVER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
		T(test_dialer__dials_says_hello_and_lives_when_welcomed),
		T(test_dialer__without_a_welcome_it_gives_up_after_ten_seconds),
		T(test_dialer__the_wait_grows_until_a_session_has_worked_for_a_minute),
		T(test_dialer__a_refused_dialling_is_given_up_at_once),
		T(test_dialer__a_cut_session_comes_back_within_half_a_second),
		T(test_dialer__an_end_of_a_paused_or_stopped_one_is_nothing),
		T(test_dialer__three_heartbeats_of_silence_end_the_session),
		T(test_dialer__idle_is_not_silence),
		T(test_dialer__any_valid_frame_is_life_but_not_one_of_another_session),
		T(test_dialer__status_is_due_only_when_nothing_else_was_said),
		T(test_dialer__the_peer_names_the_heartbeat_within_reason),
		T(test_dialer__a_paused_one_waits_and_goes_on_at_once),
		T(test_dialer__stop_says_goodbye_and_stays_idle),
		T(test_dialer__a_hole_in_the_frame_numbers_closes),
		T(test_dialer__a_repeated_frame_is_dropped),
		T(test_dialer__frames_of_an_older_dialling_go_nowhere),
		T(test_dialer__malformed_bodies_are_told_and_end_the_session),
		T(test_dialer__frames_of_the_wrong_direction_close),
		T(test_dialer__replies_to_requests_are_somebody_elses),
		T(test_dialer__a_minor_that_was_not_offered_is_worded),
		T(test_dialer__superseded_waits_a_minute),
		T(test_dialer__retry_now_dials_at_once_but_never_spins),
		T(test_dialer__backoff_and_operator_respect_what_the_peer_asks),
		T(test_dialer__info_is_delivered_and_the_session_goes_on),
		T(test_dialer__an_error_outside_of_the_order_counts_if_it_names_the_session),
		T(test_dialer__a_refused_version_is_worded_with_both_ranges),
		T(test_dialer__a_long_reason_is_cut_between_characters),
		T(test_dialer__goodbye_costs_jitter_and_no_penalty),
		T(test_dialer__restart_tells_the_peer_and_keeps_the_reason),
		T(test_dialer__sends_within_its_credit_and_no_more),
		T(test_dialer__repeated_and_lost_acks_leak_no_credit),
		T(test_dialer__a_block_larger_than_the_rest_of_the_credit_goes_alone),
		T(test_dialer__an_ack_of_what_was_never_sent_closes),
		T(test_dialer__at_most_64_batches_are_unacknowledged),
		T(test_dialer__batches_grow_once_the_line_is_known_and_stay_within_the_credit),
		T(test_dialer__a_new_session_begins_its_totals_anew),
		T(test_dialer__a_consumer_acks_with_its_cursor_and_grants_more),
		T(test_dialer__a_batch_follows_the_one_before),
		T(test_dialer__more_than_was_granted_is_refused),
		T(test_dialer__items_cost_credit_as_payload_does),
		T(test_dialer__a_dropped_status_leaves_no_hole),
		T(test_dialer__a_dropped_dialling_is_done_again),
		T(test_dialer__what_was_heard_in_a_failed_commit_is_asked_for_again),
		T(test_dialer__a_dropped_batch_ends_the_session),
		T(test_dialer__a_dropped_hang_up_is_made_up_for),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
