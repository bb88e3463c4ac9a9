#include "lib/link/listener.h"

#include <stdio.h>
#include <stdlib.h>

#include "unit/lib/link/link_test.h"

enum { WALL = 1700000000 };

/* A listener, and what peers say to it. */
struct story {
	struct listener l;
	struct outbox out;
	struct outbox peer_out;
	struct arena arena;
	struct rng rng;
	struct listener_in in;
	struct session *session; /* The last one that listener_take() named. */
	msec_t now;
	unsigned lost;
	uint32_t next_peer;
};

/* One connected node. */
struct talker {
	struct peer peer;
	struct node_id node;
	enum link_role role;
	struct session *session;
	uint64_t session_id;
	uint64_t no; /* Last frame number used. */
	uint64_t batch_no;
};

static const struct link_status mine = { .head = 33, .wall = WALL };
static uint8_t bytes[FRAME_MAX_LEN];

static int
begin(void **state)
{
	struct story *s = xcalloc(1, sizeof(*s));

	listener_init(&s->l);
	s->rng.state = 5;
	s->now = 1000000;
	*state = s;
	return 0;
}

static int
end(void **state)
{
	struct story *s = *state;

	listener_fini(&s->l);
	outbox_fini(&s->out);
	outbox_fini(&s->peer_out);
	arena_fini(&s->arena);
	free(s);
	return 0;
}

static void
count_lost(void *ctx, struct session *session)
{
	struct story *s = ctx;

	assert_true(session->closing);
	s->lost++;
}

static void
run(struct story *s)
{
	outbox_clear(&s->out);
	listener_run(&s->l, &mine, &s->out, s->now, count_lost, s);
}

static void
say(struct story *s, const struct talker *t, enum frame_type type, uint64_t session,
    uint64_t no)
{
	outbox_clear(&s->peer_out);
	outbox_frame_begin(&s->peer_out, t->peer,
			   &(struct frame_header){ .type = (uint8_t)type,
						   .minor = 1,
						   .session = session,
						   .frame_no = no });
}

static enum listener_event
hear_with(struct story *s, const struct talker *t, const struct node_id *node,
	  struct slice payload)
{
	outbox_frame_end(&s->peer_out, payload);
	struct frame frame = frame_at(&s->peer_out, 0);

	outbox_clear(&s->out);
	arena_reset(&s->arena);
	return listener_take(&s->l, t->peer, node, &frame, &s->arena, &s->out, &s->rng,
			     s->now, &s->session, &s->in);
}

static enum listener_event
hear(struct story *s, const struct talker *t)
{
	return hear_with(s, t, &t->node, (struct slice){ 0 });
}

static struct link_hello
hello_of(const struct talker *t)
{
	return (struct link_hello){ .node = t->node,
				    .role = t->role,
				    .cursor = cursor_at(10),
				    .credit = LINK_CREDIT,
				    .minor_min = 1,
				    .minor_max = 1,
				    .software = slice_str("kusanone 0.1"),
				    .wall = WALL + 250 };
}

static enum listener_event
hear_hello(struct story *s, const struct talker *t, const struct link_hello *hello)
{
	say(s, t, FRAME_HELLO, 0, 1);
	link_hello_put(&s->peer_out.bytes, hello);
	return hear(s, t);
}

static struct talker
talker(struct story *s, uint8_t node, enum link_role role)
{
	return (struct talker){ .peer = { .endpoint = 1, .id = ++s->next_peer },
				.node = some_node(node),
				.role = role };
}

/* A new connection of the node, welcomed. */
static struct talker
welcomed(struct story *s, uint8_t node, enum link_role role)
{
	struct talker t = talker(s, node, role);
	struct link_hello hello = hello_of(&t);
	struct link_cursor head = cursor_at(90);

	assert_int_equal(hear_hello(s, &t, &hello), LISTENER_HELLO);
	listener_welcome(&s->l, s->session, &head, &s->out, s->now, WALL);
	t.session = s->session;
	t.session_id = s->session->id;
	t.no = 1;
	return t;
}

static enum listener_event
hear_status(struct story *s, struct talker *t)
{
	say(s, t, FRAME_STATUS, t->session_id, ++t->no);
	link_status_put(&s->peer_out.bytes,
			&(struct link_status){ .head = 4,
					       .wall = WALL + 1000,
					       .checkpoint = slice_str("checkpoint") });
	return hear(s, t);
}

static enum listener_event
hear_batch(struct story *s, struct talker *t, size_t len)
{
	say(s, t, FRAME_BATCH, t->session_id, ++t->no);
	link_batch_put(&s->peer_out.bytes,
		       &(struct link_batch){ .batch_no = ++t->batch_no });
	return hear_with(s, t, &t->node, slice_of(bytes, len));
}

static enum listener_event
hear_ack(struct story *s, struct talker *t, uint64_t batch_no, struct link_cursor cursor,
	 uint64_t credit)
{
	say(s, t, FRAME_ACK, t->session_id, ++t->no);
	link_ack_put(&s->peer_out.bytes, &(struct link_ack){ .batch_no = batch_no,
							     .cursor = cursor,
							     .credit = credit });
	return hear(s, t);
}

static void
check_refused(struct story *s, enum link_code code, enum link_class error_class)
{
	struct link_error error = error_in(last_frame(&s->out), &s->arena);

	assert_int_equal(error.code, code);
	assert_int_equal(error.error_class, error_class);
	assert_int_not_equal(strlen(error.text), 0);
}

/* ---- HELLO ------------------------------------------------------------------------- */

static void
test_listener__a_hello_is_welcomed_with_a_session(void **state)
{
	struct story *s = *state;
	struct talker t = talker(s, 1, LINK_CONSUMER);
	struct link_hello hello = hello_of(&t);
	struct link_cursor head = cursor_at(90);
	struct link_welcome welcome;

	assert_int_equal(hear_hello(s, &t, &hello), LISTENER_HELLO);
	assert_int_equal(s->out.count, 0); /* The owner decides. */
	assert_int_equal(s->session->role, LINK_CONSUMER);
	assert_int_equal(s->session->hello.cursor.position, 10);
	arena_reset(&s->arena);
	assert_true(slice_eq_str(s->session->hello.software, "kusanone 0.1"));
	assert_false(session_may_send(s->session, 1));

	listener_welcome(&s->l, s->session, &head, &s->out, s->now, WALL);
	struct frame frame = last_frame(&s->out);
	assert_int_equal(frame.header.type, FRAME_WELCOME);
	assert_true(frame.header.session == s->session->id && s->session->id != 0);
	assert_int_equal(frame.header.frame_no, 1);
	assert_true(link_welcome_get(frame.body, &s->arena, &welcome));
	assert_int_equal(welcome.minor, 1);
	assert_int_equal(welcome.head.position, 90);
	assert_int_equal(welcome.heartbeat_ms, 5000);
	assert_int_equal(welcome.wall, WALL);
	assert_int_equal(s->session->peer_wall_offset, 250);
	assert_true(session_may_send(s->session, 1));
	assert_ptr_equal(listener_find(&s->l, &t.node, LINK_CONSUMER), s->session);
	assert_null(listener_find(&s->l, &t.node, LINK_PRODUCER));
}

static void
test_listener__a_hello_for_another_node_is_forbidden(void **state)
{
	struct story *s = *state;
	struct talker t = talker(s, 1, LINK_PRODUCER);
	struct link_hello hello = hello_of(&t);

	hello.node = some_node(2);
	assert_int_equal(hear_hello(s, &t, &hello), LISTENER_NOTHING);
	check_refused(s, LINK_FORBIDDEN, LINK_OPERATOR);
	assert_int_equal(last_frame(&s->out).header.session, 0);
	assert_int_equal(s->l.count, 0);
	assert_int_equal(s->l.refused, 1);
}

static void
test_listener__a_key_of_nobody_is_unauthenticated(void **state)
{
	struct story *s = *state;
	struct talker t = talker(s, 1, LINK_PRODUCER);
	struct link_hello hello = hello_of(&t);

	say(s, &t, FRAME_HELLO, 0, 1);
	link_hello_put(&s->peer_out.bytes, &hello);
	assert_int_equal(hear_with(s, &t, NULL, (struct slice){ 0 }), LISTENER_NOTHING);
	check_refused(s, LINK_UNAUTHENTICATED, LINK_OPERATOR);

	/* A key revoked within its session. */
	struct talker live = welcomed(s, 2, LINK_PRODUCER);
	say(s, &live, FRAME_STATUS, live.session_id, 2);
	link_status_put(&s->peer_out.bytes, &mine);
	assert_int_equal(hear_with(s, &live, NULL, (struct slice){ 0 }),
			 LISTENER_NOTHING);
	check_refused(s, LINK_UNAUTHENTICATED, LINK_OPERATOR);
}

static void
test_listener__versions_without_a_common_minor_are_worded(void **state)
{
	struct story *s = *state;
	struct talker t = talker(s, 1, LINK_PRODUCER);
	struct link_hello hello = hello_of(&t);

	hello.minor_min = 2;
	hello.minor_max = 4;
	assert_int_equal(hear_hello(s, &t, &hello), LISTENER_NOTHING);
	check_refused(s, LINK_VERSION_UNSUPPORTED, LINK_OPERATOR);
	struct link_error error = error_in(last_frame(&s->out), &s->arena);
	assert_int_equal(error.minor_min, LINK_MINOR_MIN);
	assert_int_equal(error.minor_max, LINK_MINOR_MAX);
	assert_non_null(strstr(error.text, "you speak 2 to 4"));
	assert_non_null(strstr(s->l.refusal, "version_unsupported: this side speaks"));

	hello.minor_min = 0;
	hello.minor_max = 0;
	assert_int_equal(hear_hello(s, &t, &hello), LISTENER_NOTHING);
	check_refused(s, LINK_VERSION_UNSUPPORTED, LINK_OPERATOR);

	hello.minor_max = 100; /* The highest common one. */
	assert_int_equal(hear_hello(s, &t, &hello), LISTENER_HELLO);
	assert_int_equal(s->session->minor, LINK_MINOR_MAX);
}

static void
test_listener__a_hello_is_well_formed_and_first(void **state)
{
	struct story *s = *state;
	struct talker t = talker(s, 1, LINK_PRODUCER);
	struct link_hello hello = hello_of(&t);

	say(s, &t, FRAME_HELLO, 0, 1);
	buf_put_str(&s->peer_out.bytes, "\xff garbage");
	assert_int_equal(hear(s, &t), LISTENER_NOTHING);
	check_refused(s, LINK_MALFORMED, LINK_RETRY_BACKOFF);

	say(s, &t, FRAME_HELLO, 9, 1);
	link_hello_put(&s->peer_out.bytes, &hello);
	assert_int_equal(hear(s, &t), LISTENER_NOTHING);
	check_refused(s, LINK_PROTOCOL, LINK_RETRY_BACKOFF);
	say(s, &t, FRAME_HELLO, 0, 2);
	link_hello_put(&s->peer_out.bytes, &hello);
	assert_int_equal(hear(s, &t), LISTENER_NOTHING);
	check_refused(s, LINK_PROTOCOL, LINK_RETRY_BACKOFF);
	assert_int_equal(s->l.count, 0);
}

static void
test_listener__a_newer_session_ends_the_older_with_an_alarm(void **state)
{
	struct story *s = *state;
	struct talker older = welcomed(s, 1, LINK_PRODUCER);
	struct talker newer = welcomed(s, 1, LINK_PRODUCER);

	assert_true(older.session->closing);
	struct frame frame = frame_at(&s->out, 0);
	assert_true(peer_eq(s->out.list[0].to, older.peer));
	assert_true(frame.header.session == older.session_id);
	assert_int_equal(frame.header.frame_no, 2);
	struct link_error error = error_in(frame, &s->arena);
	assert_int_equal(error.code, LINK_SUPERSEDED);
	assert_int_equal(error.error_class, LINK_OPERATOR);
	assert_ptr_equal(listener_find(&s->l, &newer.node, LINK_PRODUCER), newer.session);

	/* What is on its way from the older one is dropped without a word. */
	assert_int_equal(hear_status(s, &older), LISTENER_NOTHING);
	assert_int_equal(s->out.count, 0);
	run(s);
	assert_int_equal(s->lost, 1);
	assert_int_equal(s->l.count, 1);
	assert_int_equal(hear_status(s, &newer), LISTENER_STATUS);

	/* A machine that was started again is no second one.  One that says GOODBYE when
	 * it is put out lives: two have one key. */
	assert_int_equal(s->l.superseded, 0);
	say(s, &older, FRAME_GOODBYE, older.session_id, 9);
	link_goodbye_put(&s->peer_out.bytes, "superseded");
	assert_int_equal(hear(s, &older), LISTENER_NOTHING);
	assert_int_equal(s->l.superseded, 1);
	say(s, &older, FRAME_GOODBYE, older.session_id, 10);
	link_goodbye_put(&s->peer_out.bytes, "superseded");
	assert_int_equal(hear(s, &older), LISTENER_NOTHING);
	assert_int_equal(s->l.superseded, 1);
}

static void
test_listener__the_two_roles_of_a_node_do_not_end_each_other(void **state)
{
	struct story *s = *state;
	struct talker up = welcomed(s, 1, LINK_PRODUCER);
	struct talker down = welcomed(s, 1, LINK_CONSUMER);
	struct talker other = welcomed(s, 2, LINK_PRODUCER);

	assert_int_equal(s->l.superseded, 0);
	assert_int_equal(hear_status(s, &up), LISTENER_STATUS);
	assert_int_equal(hear_status(s, &down), LISTENER_STATUS);
	assert_int_equal(hear_status(s, &other), LISTENER_STATUS);
}

static void
test_listener__hello_again_on_the_same_connection_is_no_alarm(void **state)
{
	struct story *s = *state;
	struct talker t = welcomed(s, 1, LINK_CONSUMER);
	struct link_hello hello = hello_of(&t);

	assert_int_equal(hear_hello(s, &t, &hello), LISTENER_HELLO);
	assert_int_equal(s->out.count, 0);
	assert_int_equal(s->l.superseded, 0);
	assert_true(t.session->closing);
	run(s);
	assert_int_equal(s->l.count, 1);
}

static void
test_listener__more_than_50_hellos_in_a_second_are_busy_once_then_silence(void **state)
{
	struct story *s = *state;
	unsigned begun = 0, busy = 0;

	for (unsigned i = 0; i < 1000; i++) {
		struct talker t = talker(s, 1, LINK_PRODUCER);
		struct link_hello hello = hello_of(&t);

		begun += hear_hello(s, &t, &hello) == LISTENER_HELLO;
		if (s->out.count != 0 && i >= LINK_HELLOS_PER_SECOND) {
			check_refused(s, LINK_BUSY, LINK_RETRY_BACKOFF);
			busy++;
		}
	}
	assert_int_equal(begun, LINK_HELLOS_PER_SECOND);
	assert_int_equal(busy, 1);

	welcomed(s, 2, LINK_PRODUCER); /* Others are let in, */
	s->now += 1000;
	welcomed(s, 1, LINK_PRODUCER); /* and it is, a second later. */
}

static void
test_listener__a_hello_that_nobody_answers_is_forgotten(void **state)
{
	struct story *s = *state;
	struct talker t = talker(s, 1, LINK_PRODUCER);
	struct link_hello hello = hello_of(&t);

	assert_int_equal(hear_hello(s, &t, &hello), LISTENER_HELLO);
	assert_int_equal(listener_deadline(&s->l), s->now + LINK_WELCOME_MS);
	s->now += LINK_WELCOME_MS;
	run(s);
	assert_int_equal(s->lost, 1);
	assert_int_equal(s->out.count, 0);
	assert_true(listener_deadline(&s->l) == NEVER);
}

static void
test_listener__the_owner_may_refuse_a_hello(void **state)
{
	struct story *s = *state;
	struct talker t = talker(s, 1, LINK_CONSUMER);
	struct link_hello hello = hello_of(&t);
	struct link_error reset = { .code = LINK_RESET,
				    .error_class = LINK_RETRY_BACKOFF,
				    .text = "another past" };

	assert_int_equal(hear_hello(s, &t, &hello), LISTENER_HELLO);
	listener_refuse(&s->l, s->session, &reset, &s->out, s->now);
	check_refused(s, LINK_RESET, LINK_RETRY_BACKOFF);
	run(s);
	assert_int_equal(s->l.count, 0);
}

/* ---- Sessions ---------------------------------------------------------------------- */

static void
test_listener__a_frame_of_no_session_is_told_so_once_in_five_seconds(void **state)
{
	struct story *s = *state;
	struct talker t = talker(s, 1, LINK_PRODUCER);
	struct talker other = talker(s, 2, LINK_PRODUCER);
	unsigned told = 0;

	t.session_id = 77;
	for (unsigned i = 0; i < 100; i++) { /* Ten seconds of them. */
		assert_int_equal(hear_status(s, &t), LISTENER_NOTHING);
		assert_null(s->session);
		if (s->out.count != 0) {
			check_refused(s, LINK_NO_SESSION, LINK_RETRY_NOW);
			assert_int_equal(last_frame(&s->out).header.session, 77);
			assert_int_equal(last_frame(&s->out).header.frame_no, 0);
			told++;
		}
		s->now += 100;
	}
	assert_int_equal(told, 2);
	hear_status(s, &other);
	assert_int_equal(s->out.count, 1); /* Another peer is told for itself. */
}

static void
test_listener__an_error_is_never_answered(void **state)
{
	struct story *s = *state;
	struct talker t = talker(s, 1, LINK_PRODUCER);

	/* Else two sides that think alike would never stop. */
	say(s, &t, FRAME_ERROR, 77, 1);
	link_error_put(&s->peer_out.bytes,
		       &(struct link_error){ .code = LINK_NO_SESSION });
	assert_int_equal(hear(s, &t), LISTENER_NOTHING);
	assert_int_equal(s->out.count, 0);
	say(s, &t, FRAME_GOODBYE, 77, 1);
	assert_int_equal(hear(s, &t), LISTENER_NOTHING);
	assert_int_equal(s->out.count, 0);

	struct talker live = welcomed(s, 1, LINK_PRODUCER);
	say(s, &live, FRAME_ERROR, live.session_id, 2);
	link_error_put(&s->peer_out.bytes,
		       &(struct link_error){ .code = LINK_PROTOCOL,
					     .error_class = LINK_RETRY_BACKOFF });
	assert_int_equal(hear(s, &live), LISTENER_LOST);
	assert_int_equal(s->out.count, 0);
}

static void
test_listener__another_peer_cannot_speak_in_a_session(void **state)
{
	struct story *s = *state;
	struct talker t = welcomed(s, 1, LINK_PRODUCER);
	struct talker thief = talker(s, 2, LINK_PRODUCER);

	thief.session_id = t.session_id;
	thief.no = t.no;
	assert_int_equal(hear_batch(s, &thief, 10), LISTENER_NOTHING);
	check_refused(s, LINK_NO_SESSION, LINK_RETRY_NOW);
	/* Nor another connection of the same node. */
	struct talker twin = talker(s, 1, LINK_PRODUCER);
	twin.session_id = t.session_id;
	twin.no = t.no;
	assert_int_equal(hear_batch(s, &twin, 10), LISTENER_NOTHING);
	assert_int_equal(hear_batch(s, &t, 10), LISTENER_BATCH);

	/* Not even over the same connection, were its key another node's. */
	say(s, &t, FRAME_GOODBYE, t.session_id, 3);
	assert_int_equal(hear_with(s, &t, &thief.node, (struct slice){ 0 }),
			 LISTENER_NOTHING);
	assert_false(t.session->closing);
}

static void
test_listener__a_hole_closes_and_a_repeat_is_dropped(void **state)
{
	struct story *s = *state;
	struct talker t = welcomed(s, 1, LINK_PRODUCER);

	assert_int_equal(hear_status(s, &t), LISTENER_STATUS);
	t.no--;
	assert_int_equal(hear_status(s, &t), LISTENER_NOTHING);
	assert_int_equal(s->out.count, 0);
	t.no++;
	assert_int_equal(hear_status(s, &t), LISTENER_LOST);
	check_refused(s, LINK_PROTOCOL, LINK_RETRY_BACKOFF);
	assert_ptr_equal(s->session, t.session); /* Still there for the owner, */
	run(s);                                  /* until the end of the turn. */
	assert_int_equal(s->lost, 1);
	assert_int_equal(s->l.count, 0);
}

static void
test_listener__malformed_bodies_close(void **state)
{
	struct story *s = *state;
	static const struct {
		enum frame_type type;
		enum link_role role;
	} cases[] = {
		{ FRAME_BATCH, LINK_PRODUCER },
		{ FRAME_ACK, LINK_CONSUMER },
		{ FRAME_STATUS, LINK_PRODUCER },
		{ FRAME_ERROR, LINK_CONSUMER },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct talker t = welcomed(s, (uint8_t)(i + 1), cases[i].role);

		say(s, &t, cases[i].type, t.session_id, 2);
		buf_put_str(&s->peer_out.bytes, "\xff garbage");
		assert_int_equal(hear(s, &t), LISTENER_LOST);
		check_refused(s, LINK_MALFORMED, LINK_RETRY_BACKOFF);
	}
}

static void
test_listener__frames_of_the_wrong_direction_close(void **state)
{
	struct story *s = *state;
	struct talker producer = welcomed(s, 1, LINK_PRODUCER);
	struct talker consumer = welcomed(s, 2, LINK_CONSUMER);
	struct talker third = welcomed(s, 3, LINK_CONSUMER);

	assert_int_equal(hear_ack(s, &producer, 0, cursor_at(10), 1), LISTENER_LOST);
	check_refused(s, LINK_PROTOCOL, LINK_RETRY_BACKOFF);
	assert_int_equal(hear_batch(s, &consumer, 1), LISTENER_LOST);
	check_refused(s, LINK_PROTOCOL, LINK_RETRY_BACKOFF);
	say(s, &third, FRAME_WELCOME, third.session_id, 2);
	assert_int_equal(hear(s, &third), LISTENER_LOST);
	check_refused(s, LINK_PROTOCOL, LINK_RETRY_BACKOFF);
}

static void
test_listener__heartbeats_go_out_and_silence_ends_a_session(void **state)
{
	struct story *s = *state;
	struct talker t = welcomed(s, 1, LINK_PRODUCER);
	struct link_status status;
	msec_t heard = s->now;

	assert_int_equal(listener_deadline(&s->l), heard + LINK_HEARTBEAT_MS);
	s->now = heard + LINK_HEARTBEAT_MS - 1;
	run(s);
	assert_int_equal(s->out.count, 0);
	s->now = heard + LINK_HEARTBEAT_MS;
	run(s);
	assert_int_equal(frames_of(&s->out, FRAME_STATUS), 1);
	assert_true(link_status_get(last_frame(&s->out).body, &s->arena, &status));
	assert_int_equal(status.head, 33);
	assert_int_equal(status.wall, WALL);
	assert_int_equal(last_frame(&s->out).header.frame_no, 2);

	s->now = heard + LINK_SILENCE_MS - 1;
	assert_int_equal(hear_status(s, &t), LISTENER_STATUS); /* Just in time. */
	heard = s->now;
	s->now = heard + LINK_SILENCE_MS - 1;
	run(s);
	assert_int_equal(s->lost, 0);
	s->now = heard + LINK_SILENCE_MS;
	run(s);
	assert_int_equal(s->lost, 1);
	assert_int_equal(frames_of(&s->out, FRAME_ERROR), 0); /* Nobody is there. */
}

static void
tell_growth(void *ctx, const struct session *session, struct link_status *status)
{
	const struct session **told = ctx;

	*told = session;
	status->checkpoint = slice_str("newest");
}

/* Where something is to be said at once, and to this session alone. */
static void
test_listener__a_status_that_is_due_does_not_wait_for_the_heartbeat(void **state)
{
	struct story *s = *state;
	struct talker t = welcomed(s, 1, LINK_CONSUMER);
	const struct session *told = NULL;
	struct link_status got;
	struct frame frame;

	s->l.tell = tell_growth;
	s->l.tell_ctx = &told;
	s->now += 10;
	run(s);
	assert_int_equal(frames_of(&s->out, FRAME_STATUS), 0);
	t.session->status_due = true;
	assert_true(listener_deadline(&s->l) <= s->now);
	run(s);
	assert_int_equal(frames_of(&s->out, FRAME_STATUS), 1);
	assert_ptr_equal(told, t.session);
	frame = last_frame(&s->out);
	assert_true(link_status_get(frame.body, &s->arena, &got));
	assert_true(slice_eq_str(got.checkpoint, "newest"));
	outbox_clear(&s->out);
	run(s);
	assert_int_equal(frames_of(&s->out, FRAME_STATUS), 0);
}

static void
test_listener__a_peers_status_is_kept(void **state)
{
	struct story *s = *state;
	struct talker t = welcomed(s, 1, LINK_CONSUMER);

	s->now += 100;
	run(s); /* mine.wall is the wall clock of now. */
	assert_int_equal(hear_status(s, &t), LISTENER_STATUS);
	assert_true(slice_eq_str(s->in.status.checkpoint, "checkpoint"));
	arena_reset(&s->arena);
	assert_int_equal(t.session->status.head, 4);
	assert_int_equal(t.session->status.checkpoint.len, 0);
	assert_int_equal(t.session->peer_wall_offset, 1000);

	/* Any clock is bearable. */
	say(s, &t, FRAME_STATUS, t.session_id, ++t.no);
	link_status_put(&s->peer_out.bytes, &(struct link_status){ .wall = INT64_MIN });
	assert_int_equal(hear(s, &t), LISTENER_STATUS);
	assert_true(t.session->peer_wall_offset == INT64_MIN);
}

static void
test_listener__goodbye_ends_a_session_both_ways(void **state)
{
	struct story *s = *state;
	struct talker t = welcomed(s, 1, LINK_PRODUCER);
	struct talker u = welcomed(s, 2, LINK_PRODUCER);

	say(s, &t, FRAME_GOODBYE, t.session_id, 2);
	assert_int_equal(hear(s, &t), LISTENER_LOST);
	outbox_clear(&s->out);
	listener_stop(&s->l, "upgrade", &s->out, s->now);
	assert_int_equal(s->out.count, 1);
	assert_int_equal(last_frame(&s->out).header.type, FRAME_GOODBYE);
	assert_true(peer_eq(s->out.list[0].to, u.peer));
	run(s);
	assert_int_equal(s->l.count, 0);
	assert_int_equal(s->lost, 2);
}

static void
test_listener__20000_frames_a_second_are_enough(void **state)
{
	struct story *s = *state;
	struct talker t = welcomed(s, 1, LINK_PRODUCER);
	struct talker other = welcomed(s, 2, LINK_PRODUCER);

	for (unsigned i = 0; i < LINK_FRAMES_PER_SECOND; i++) {
		assert_int_equal(hear_status(s, &t), LISTENER_STATUS);
	}
	s->now += 1000; /* Another second, another 20,000. */
	for (unsigned i = 0; i < LINK_FRAMES_PER_SECOND; i++) {
		assert_int_equal(hear_status(s, &t), LISTENER_STATUS);
	}
	assert_int_equal(hear_status(s, &t), LISTENER_LOST);
	check_refused(s, LINK_BUSY, LINK_RETRY_BACKOFF);
	for (unsigned i = 0; i < 100; i++) { /* Then nothing is said nor heard, */
		if (i == 50) {
			run(s);
		}
		assert_int_equal(hear_status(s, &t), LISTENER_NOTHING);
		assert_int_equal(s->out.count, 0);
	}
	struct link_hello hello = hello_of(&t);
	assert_int_equal(hear_hello(s, &t, &hello), LISTENER_NOTHING);
	assert_int_equal(s->out.count, 0);
	assert_int_equal(hear_status(s, &other), LISTENER_STATUS);

	s->now += 1000; /* until the second is over. */
	assert_int_equal(hear_status(s, &t), LISTENER_NOTHING);
	check_refused(s, LINK_NO_SESSION, LINK_RETRY_NOW);
	assert_int_equal(hear_hello(s, &t, &hello), LISTENER_HELLO);
}

/* ---- A producer's flow ------------------------------------------------------------- */

static void
test_listener__batches_of_a_turn_get_one_ack_after_the_commit(void **state)
{
	struct story *s = *state;
	struct talker t = welcomed(s, 1, LINK_PRODUCER);
	struct talker idle = welcomed(s, 2, LINK_PRODUCER);
	struct link_ack ack;

	assert_int_equal(t.session->credit, LINK_CREDIT);
	assert_int_equal(hear_batch(s, &t, 1000), LISTENER_BATCH);
	assert_int_equal(s->in.payload.len, 1000);
	assert_int_equal(hear_batch(s, &t, 500), LISTENER_BATCH);
	outbox_clear(&s->out);
	listener_ack_all(&s->l, &s->out, s->now);
	assert_int_equal(s->out.count, 1);
	assert_true(link_ack_get(last_frame(&s->out).body, &s->arena, &ack));
	assert_int_equal(ack.batch_no, 2);
	assert_int_equal(ack.credit, 1500 + LINK_CREDIT);
	outbox_clear(&s->out);
	listener_ack_all(&s->l, &s->out, s->now); /* Nothing came since. */
	assert_int_equal(s->out.count, 0);
	assert_false(idle.session->ack_due);
}

static void
test_listener__a_batch_number_with_a_hole_closes(void **state)
{
	struct story *s = *state;
	struct talker t = welcomed(s, 1, LINK_PRODUCER);
	struct talker u = welcomed(s, 2, LINK_PRODUCER);

	assert_int_equal(hear_batch(s, &t, 1), LISTENER_BATCH);
	t.batch_no++;
	assert_int_equal(hear_batch(s, &t, 1), LISTENER_LOST);
	check_refused(s, LINK_PROTOCOL, LINK_RETRY_BACKOFF);
	assert_int_equal(hear_batch(s, &u, 1), LISTENER_BATCH);
	u.batch_no--;
	assert_int_equal(hear_batch(s, &u, 1), LISTENER_LOST);
}

static void
test_listener__a_producer_that_overruns_its_credit_is_cut_off(void **state)
{
	struct story *s = *state;
	struct talker t = welcomed(s, 1, LINK_PRODUCER);

	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(hear_batch(s, &t, 1024 * 1024), LISTENER_BATCH);
	}
	assert_int_equal(hear_batch(s, &t, 1024 * 1024 - 1), LISTENER_BATCH);
	assert_int_equal(hear_batch(s, &t, 1), LISTENER_BATCH); /* 4 MiB to the byte. */
	assert_int_equal(hear_batch(s, &t, 1), LISTENER_LOST);
	check_refused(s, LINK_PROTOCOL, LINK_RETRY_BACKOFF);
}

static void
test_listener__a_large_body_of_a_producers_batch_is_refused_unread(void **state)
{
	struct story *s = *state;
	struct talker t = welcomed(s, 1, LINK_PRODUCER);

	say(s, &t, FRAME_BATCH, t.session_id, 2);
	for (size_t i = 0; i <= FRAME_MAX_CONTROL / 2; i++) {
		buf_put(&s->peer_out.bytes, "\x12\x00", 2);
	}
	assert_int_equal(hear(s, &t), LISTENER_LOST);
	assert_true(s->arena.used == 0);
	check_refused(s, LINK_TOO_LARGE, LINK_RETRY_BACKOFF);
}

static uint64_t
outstanding(const struct story *s)
{
	uint64_t all = 0;

	for (size_t i = 0; i < s->l.count; i++) {
		const struct session *session = s->l.sessions[i];

		all += session->credit - session->received_bytes;
	}
	return all;
}

static void
test_listener__many_sessions_share_the_credit(void **state)
{
	struct story *s = *state;
	struct talker talkers[100];

	for (uint8_t i = 0; i < 16; i++) {
		talkers[i] = welcomed(s, i, LINK_PRODUCER);
		assert_int_equal(talkers[i].session->credit, LINK_CREDIT);
	}
	assert_int_equal(outstanding(s), LINK_CREDIT_ALL);
	for (uint8_t i = 16; i < 100; i++) { /* Nothing is left, but all can move. */
		talkers[i] = welcomed(s, i, LINK_PRODUCER);
		assert_int_equal(talkers[i].session->credit, LINK_CREDIT_MIN);
	}
	assert_true(outstanding(s) <= LINK_CREDIT_ALL + 84 * LINK_CREDIT_MIN);

	/* As all of them send, all come to the same share. */
	for (unsigned round = 0; round < 100; round++) {
		for (size_t i = 0; i < 100; i++) {
			struct session *session = talkers[i].session;
			size_t len = LINK_CREDIT_MIN;

			assert_true(session->received_bytes + len <= session->credit);
			assert_int_equal(hear_batch(s, &talkers[i], len), LISTENER_BATCH);
		}
		listener_ack_all(&s->l, &s->out, s->now);
	}
	assert_true(outstanding(s) <= LINK_CREDIT_ALL);
	for (size_t i = 0; i < 100; i++) {
		uint64_t granted =
			talkers[i].session->credit - talkers[i].session->received_bytes;

		assert_in_range(granted, LINK_CREDIT_MIN, LINK_CREDIT_ALL / 100);
	}

	/* Half of them leave: there is more for the others. */
	for (size_t i = 0; i < 50; i++) {
		say(s, &talkers[i], FRAME_GOODBYE, talkers[i].session_id,
		    ++talkers[i].no);
		hear(s, &talkers[i]);
	}
	run(s);
	hear_batch(s, &talkers[60], 10);
	listener_ack_all(&s->l, &s->out, s->now);
	assert_int_equal(talkers[60].session->credit -
				 talkers[60].session->received_bytes,
			 LINK_CREDIT_ALL / 50);
}

static void
test_listener__credit_that_was_given_is_never_taken_back(void **state)
{
	struct story *s = *state;
	struct talker t = welcomed(s, 1, LINK_PRODUCER);
	uint64_t credit = t.session->credit;

	for (uint8_t i = 2; i < 200; i++) {
		welcomed(s, i, LINK_PRODUCER);
		s->now += 10;
		hear_batch(s, &t, 1000);
		listener_ack_all(&s->l, &s->out, s->now);
		assert_true(t.session->credit >= credit);
		credit = t.session->credit;
	}
}

/* ---- A consumer's flow ------------------------------------------------------------- */

static void
send(struct story *s, struct talker *t, uint64_t through, size_t len)
{
	struct link_batch batch = { .through = cursor_at(through) };

	assert_true(session_may_send(t->session, len));
	session_send_batch(t->session, &batch, slice_of(bytes, len), &s->out, s->now);
}

static void
test_listener__a_consumer_is_served_after_its_cursor(void **state)
{
	struct story *s = *state;
	struct talker t = welcomed(s, 1, LINK_CONSUMER);
	struct link_batch batch;

	outbox_clear(&s->out);
	send(s, &t, 14, 100);
	send(s, &t, 20, 100);
	for (uint64_t i = 0; i < 2; i++) {
		assert_true(link_batch_get(frame_at(&s->out, i).body, &s->arena, &batch));
		assert_int_equal(batch.batch_no, i + 1);
		assert_int_equal(batch.after.position, i == 0 ? 10 : 14);
		assert_int_equal(batch.through.position, i == 0 ? 14 : 20);
		assert_int_equal(frame_at(&s->out, i).header.frame_no, i + 2);
	}
	assert_int_equal(hear_ack(s, &t, 1, cursor_at(14), LINK_CREDIT + 100),
			 LISTENER_ACK);
	assert_int_equal(t.session->acked.position, 14);
	assert_int_equal(t.session->sent.position, 20);
	assert_int_equal(hear_ack(s, &t, 2, cursor_at(20), LINK_CREDIT + 200),
			 LISTENER_ACK);
	/* A late one does not go back. */
	assert_int_equal(hear_ack(s, &t, 1, cursor_at(14), LINK_CREDIT), LISTENER_ACK);
	assert_int_equal(t.session->acked.position, 20);
	assert_int_equal(t.session->credit, LINK_CREDIT + 200);
}

static void
test_listener__an_ack_of_what_was_never_sent_closes(void **state)
{
	struct story *s = *state;
	struct link_cursor foreign = cursor_at(14);

	foreign.log_hash = some_hash(200);
	for (uint8_t i = 0; i < 3; i++) {
		struct talker t = welcomed(s, (uint8_t)(i + 1), LINK_CONSUMER);

		send(s, &t, 14, 100);
		assert_int_equal(i == 0   ? hear_ack(s, &t, 1, cursor_at(15), 1)
				 : i == 1 ? hear_ack(s, &t, 2, cursor_at(14), 1)
					  : hear_ack(s, &t, 1, foreign, 1),
				 LISTENER_LOST);
		check_refused(s, LINK_PROTOCOL, LINK_RETRY_BACKOFF);
	}
}

static void
test_listener__a_consumer_bounds_what_it_is_sent(void **state)
{
	struct story *s = *state;
	struct talker t = talker(s, 1, LINK_CONSUMER);
	struct link_hello hello = hello_of(&t);
	struct link_cursor head = cursor_at(90);

	hello.credit = 1000;
	hear_hello(s, &t, &hello);
	listener_welcome(&s->l, s->session, &head, &s->out, s->now, WALL);
	t.session = s->session;
	t.session_id = s->session->id;
	t.no = 1;
	assert_int_equal(session_batch_target(t.session), 0);
	send(s, &t, 11, 400);
	send(s, &t, 12, 600);
	assert_false(session_may_send(t.session, 0));
	assert_int_equal(hear_ack(s, &t, 1, cursor_at(11), 1400), LISTENER_ACK);
	assert_true(session_may_send(t.session, 400));
	assert_false(session_may_send(t.session, 401));
}

static void
test_listener__what_is_on_the_way_to_all_consumers_is_bounded(void **state)
{
	struct story *s = *state;
	uint64_t on_the_way = 0;

	for (uint8_t i = 0; i < 64; i++) { /* None of them ever reads. */
		welcomed(s, i, LINK_CONSUMER);
	}
	for (size_t i = 0; i < s->l.count; i++) {
		struct session *session = s->l.sessions[i];

		session->credit = UINT64_MAX;
		session->pace.rate = 1000000000; /* Once a fast reader. */
		for (uint64_t p = 11; session_may_send(session, 65536); p++) {
			session_send_batch(
				session, &(struct link_batch){ .through = cursor_at(p) },
				slice_of(bytes, 65536), &s->out, s->now);
			on_the_way += 65536;
		}
		outbox_clear(&s->out);
	}
	assert_int_equal(on_the_way, LINK_CREDIT_ALL);
}

/* ---- A failed commit --------------------------------------------------------------- */

static void
test_listener__batches_lost_with_a_commit_are_never_acknowledged(void **state)
{
	struct story *s = *state;
	struct talker t = welcomed(s, 1, LINK_PRODUCER);

	assert_int_equal(hear_batch(s, &t, 10), LISTENER_BATCH);
	listener_drop_acks(&s->l); /* The disk was full. */
	outbox_clear(&s->out);
	listener_ack_all(&s->l, &s->out, s->now);
	assert_int_equal(s->out.count, 0);

	/* The next one must not be: its ack would cover the lost one. */
	assert_int_equal(hear_batch(s, &t, 10), LISTENER_NOTHING);
	listener_ack_all(&s->l, &s->out, s->now);
	assert_int_equal(s->out.count, 0);
	assert_true(listener_deadline(&s->l) <= s->now);
	run(s);
	check_refused(s, LINK_DISK_FULL, LINK_RETRY_BACKOFF);
	assert_int_equal(s->lost, 1);
}

static void
test_listener__dropped_frames_leave_no_hole(void **state)
{
	struct story *s = *state;
	struct talker t = welcomed(s, 1, LINK_PRODUCER);
	struct link_error info = { .code = LINK_BUSY,
				   .error_class = LINK_INFO,
				   .text = "slowly" };

	s->now += LINK_HEARTBEAT_MS;
	hear_status(s, &t);
	run(s);
	listener_refuse(&s->l, t.session, &info, &s->out, s->now);
	assert_int_equal(frame_at(&s->out, 0).header.frame_no, 2);
	assert_int_equal(frame_at(&s->out, 1).header.frame_no, 3);
	listener_dropped(&s->l, &s->out);
	hear_status(s, &t);
	s->now += LINK_HEARTBEAT_MS;
	run(s);
	assert_int_equal(last_frame(&s->out).header.frame_no, 2);
	assert_int_equal(s->lost, 0);
}

static void
test_listener__a_session_whose_welcome_or_batch_was_dropped_is_over(void **state)
{
	struct story *s = *state;
	struct talker t = welcomed(s, 1, LINK_PRODUCER);

	listener_dropped(&s->l, &s->out);
	assert_true(t.session->closing);
	struct talker u = welcomed(s, 2, LINK_CONSUMER);
	outbox_clear(&s->out);
	send(s, &u, 14, 100);
	listener_dropped(&s->l, &s->out);
	assert_true(u.session->closing);
	run(s);
	assert_int_equal(s->l.count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
		T(test_listener__a_hello_is_welcomed_with_a_session),
		T(test_listener__a_hello_for_another_node_is_forbidden),
		T(test_listener__a_key_of_nobody_is_unauthenticated),
		T(test_listener__versions_without_a_common_minor_are_worded),
		T(test_listener__a_hello_is_well_formed_and_first),
		T(test_listener__a_newer_session_ends_the_older_with_an_alarm),
		T(test_listener__the_two_roles_of_a_node_do_not_end_each_other),
		T(test_listener__hello_again_on_the_same_connection_is_no_alarm),
		T(test_listener__more_than_50_hellos_in_a_second_are_busy_once_then_silence),
		T(test_listener__a_hello_that_nobody_answers_is_forgotten),
		T(test_listener__the_owner_may_refuse_a_hello),
		T(test_listener__a_frame_of_no_session_is_told_so_once_in_five_seconds),
		T(test_listener__an_error_is_never_answered),
		T(test_listener__another_peer_cannot_speak_in_a_session),
		T(test_listener__a_hole_closes_and_a_repeat_is_dropped),
		T(test_listener__malformed_bodies_close),
		T(test_listener__frames_of_the_wrong_direction_close),
		T(test_listener__heartbeats_go_out_and_silence_ends_a_session),
		T(test_listener__a_status_that_is_due_does_not_wait_for_the_heartbeat),
		T(test_listener__a_peers_status_is_kept),
		T(test_listener__goodbye_ends_a_session_both_ways),
		T(test_listener__20000_frames_a_second_are_enough),
		T(test_listener__batches_of_a_turn_get_one_ack_after_the_commit),
		T(test_listener__a_batch_number_with_a_hole_closes),
		T(test_listener__a_producer_that_overruns_its_credit_is_cut_off),
		T(test_listener__a_large_body_of_a_producers_batch_is_refused_unread),
		T(test_listener__many_sessions_share_the_credit),
		T(test_listener__credit_that_was_given_is_never_taken_back),
		T(test_listener__a_consumer_is_served_after_its_cursor),
		T(test_listener__an_ack_of_what_was_never_sent_closes),
		T(test_listener__a_consumer_bounds_what_it_is_sent),
		T(test_listener__what_is_on_the_way_to_all_consumers_is_bounded),
		T(test_listener__batches_lost_with_a_commit_are_never_acknowledged),
		T(test_listener__dropped_frames_leave_no_hole),
		T(test_listener__a_session_whose_welcome_or_batch_was_dropped_is_over),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
