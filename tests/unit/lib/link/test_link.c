/* Both ends of a link over a line with a rate, a delay, losses and cuts. */
#include <stdlib.h>

#include "lib/link/dialer.h"
#include "lib/link/listener.h"

#include "unit/lib/link/link_test.h"

/* A message on its way. */
struct parcel {
	msec_t due;
	uint32_t generation;
	struct slice parts[3];
	unsigned count;
};

/* One direction: bytes go one after the other. */
struct line {
	uint64_t rate; /* Bytes a second. */
	msec_t delay;
	msec_t free_at;
	struct parcel *parcels;
	size_t count, cap;
	msec_t last_due, longest_gap; /* Between two arrivals of the session. */
};

struct world {
	struct dialer d;
	struct listener l;
	struct outbox d_out, l_out;
	struct line to_l, to_d;
	struct arena arena;
	struct rng rng;
	msec_t now;
	unsigned loss_percent, repeat_percent;
	unsigned lost; /* Sessions, as the dialer sees it. */

	/* Of a producer: blocks of 'block' bytes, numbered by their first 8 bytes. */
	size_t block;
	uint64_t blocks; /* To bring over. */
	uint64_t next;   /* The next one to be sent in this session. */
	uint64_t receipts;
	bool *arrived;
	uint64_t arrived_count, largest_batch;
	size_t target; /* Instead of dialer_batch_target(), where it is not SIZE_MAX. */
	uint64_t sent_through[LINK_BATCHES];

	/* Of a consumer: entries up to 'log' positions; 'applied' must never skip. */
	uint64_t log;
	struct link_cursor applied;
	uint64_t seen; /* Positions that were applied. */
};

static int
begin(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	w->rng.state = 11;
	w->now = 1000;
	w->target = SIZE_MAX;
	dialer_init(&w->d, 0, "up", w->now);
	w->d.hello.node = some_node(1);
	w->d.hello.role = LINK_PRODUCER;
	listener_init(&w->l);
	w->to_l.rate = w->to_d.rate = 100000000;
	w->applied = cursor_at(0);
	*state = w;
	return 0;
}

static void
line_cut(struct line *line)
{
	for (size_t i = 0; i < line->count; i++) {
		for (unsigned p = 0; p < 3; p++) {
			free((void *)(uintptr_t)line->parcels[i].parts[p].at);
		}
	}
	line->count = 0;
	line->free_at = 0;
}

static int
end(void **state)
{
	struct world *w = *state;

	line_cut(&w->to_l);
	line_cut(&w->to_d);
	free(w->to_l.parcels);
	free(w->to_d.parcels);
	listener_fini(&w->l);
	outbox_fini(&w->d_out);
	outbox_fini(&w->l_out);
	arena_fini(&w->arena);
	free(w->arrived);
	free(w);
	return 0;
}

static void
line_put(struct world *w, struct line *line, const struct outbox *out,
	 const struct out *o)
{
	struct slice parts[3];
	unsigned count = out_parts(out, o, parts);
	size_t len = 0;

	if (rng_chance(&w->rng, w->loss_percent)) {
		return;
	}
	for (unsigned i = 0; i < count; i++) {
		len += parts[i].len;
	}
	if (line->free_at < w->now) {
		line->free_at = w->now;
	}
	line->free_at += (msec_t)(len * 1000 / line->rate);
	for (int copies = rng_chance(&w->rng, w->repeat_percent) ? 2 : 1; copies != 0;
	     copies--) {
		if (line->count == line->cap) {
			line->cap = line->cap != 0 ? 2 * line->cap : 64;
			line->parcels = xrealloc(line->parcels,
						 line->cap * sizeof(struct parcel));
		}
		struct parcel *p = &line->parcels[line->count++];
		*p = (struct parcel){ .due = line->free_at + line->delay,
				      .generation = w->d.generation,
				      .count = count };
		for (unsigned i = 0; i < count; i++) {
			uint8_t *copy = xmalloc(parts[i].len);

			if (parts[i].len != 0) {
				memcpy(copy, parts[i].at, parts[i].len);
			}
			p->parts[i] = slice_of(copy, parts[i].len);
		}
	}
}

static void
cut(struct world *w)
{
	line_cut(&w->to_l);
	line_cut(&w->to_d);
}

/* Empty the outboxes as a shell does. */
static void
flush(struct world *w)
{
	for (size_t i = 0; i < w->d_out.count; i++) {
		const struct out *o = &w->d_out.list[i];

		if (o->kind == OUT_FRAME) {
			line_put(w, &w->to_l, &w->d_out, o);
		} else {
			cut(w); /* A new connection, or none. */
		}
	}
	for (size_t i = 0; i < w->l_out.count; i++) {
		const struct out *o = &w->l_out.list[i];

		if (o->to.id == w->d.generation && w->d.state != DIALER_BACKOFF) {
			line_put(w, &w->to_d, &w->l_out, o);
		}
	}
	outbox_clear(&w->d_out);
	outbox_clear(&w->l_out);
}

/* The next message that has arrived; the caller frees its parts. */
static bool
line_take(struct line *line, msec_t now, struct parcel *ret_parcel)
{
	if (line->count == 0 || line->parcels[0].due > now) {
		return false;
	}
	*ret_parcel = line->parcels[0];
	line->count--;
	memmove(line->parcels, line->parcels + 1, line->count * sizeof(struct parcel));
	if (line->last_due != 0 && now - line->last_due > line->longest_gap) {
		line->longest_gap = now - line->last_due;
	}
	line->last_due = now;
	return true;
}

static void
parcel_free(struct parcel *p)
{
	for (unsigned i = 0; i < 3; i++) {
		free((void *)(uintptr_t)p->parts[i].at);
	}
}

/* ---- The owners -------------------------------------------------------------------- */

static void
arrive(struct world *w, struct slice payload)
{
	assert_true(payload.len % w->block == 0);
	if (payload.len > w->largest_batch) {
		w->largest_batch = payload.len;
	}
	for (size_t at = 0; at < payload.len; at += w->block) {
		uint64_t no = get_le64(payload.at + at);

		assert_true(no < w->blocks);
		w->arrived_count += !w->arrived[no];
		w->arrived[no] = true;
	}
}

static void
listener_hears(struct world *w, struct parcel *p)
{
	struct node_id node = some_node(1);
	struct peer peer = { .endpoint = 0, .id = p->generation };
	struct link_cursor head = cursor_at(w->log);
	struct listener_in in;
	struct session *session;
	struct frame frame;

	assert_int_equal(frame_read(p->parts, p->count, &frame), FRAME_GOOD);
	switch (listener_take(&w->l, peer, &node, &frame, &w->arena, &w->l_out, &w->rng,
			      w->now, &session, &in)) {
	case LISTENER_HELLO:
		listener_welcome(&w->l, session, &head, &w->l_out, w->now, 0);
		break;
	case LISTENER_BATCH:
		arrive(w, in.payload);
		break;
	default:
		break;
	}
}

static void
dialer_hears(struct world *w, struct parcel *p)
{
	struct peer peer = { .endpoint = 0, .id = p->generation };
	struct dialer_in in;
	struct frame frame;

	assert_int_equal(frame_read(p->parts, p->count, &frame), FRAME_GOOD);
	switch (dialer_take(&w->d, peer, &frame, &w->arena, &w->d_out, &w->rng, w->now,
			    &in)) {
	case DIALER_WELCOMED:
		w->next = w->receipts;
		break;
	case DIALER_ACKED:
		if (w->d.batch_acked != 0) {
			w->receipts = w->sent_through[w->d.batch_acked % LINK_BATCHES];
		}
		break;
	case DIALER_BATCH:
		/* What was applied is one run without gap or repetition. */
		assert_int_equal(in.batch.after.position, w->applied.position);
		assert_int_equal(get_le64(in.payload.at), w->applied.position + 1);
		w->seen += in.batch.through.position - in.batch.after.position;
		w->applied = in.batch.through;
		dialer_ack(&w->d, &w->applied, &w->d_out, w->now);
		break;
	case DIALER_LOST:
		w->lost++;
		break;
	default:
		break;
	}
}

static void
produce(struct world *w)
{
	static uint8_t payload[FRAME_MAX_LEN];

	while (w->d.state == DIALER_LIVE && w->next < w->blocks) {
		size_t target =
			w->target != SIZE_MAX ? w->target : dialer_batch_target(&w->d);
		size_t len = 0;
		uint64_t next = w->next;

		do {
			put_le64(payload + len, next++);
			len += w->block;
		} while (next < w->blocks && len + w->block <= target);
		if (!dialer_may_send(&w->d, len)) {
			return;
		}
		w->next = next;
		dialer_send_batch(&w->d, slice_of(payload, len), &w->d_out, w->now);
		w->sent_through[w->d.batch_sent % LINK_BATCHES] = w->next;
	}
}

/* Entries as the log has them: one position, of 'block' bytes, in each message. */
static void
serve(struct world *w)
{
	static uint8_t payload[FRAME_MAX_LEN];
	struct node_id node = some_node(1);
	struct session *session = listener_find(&w->l, &node, LINK_CONSUMER);

	while (session != NULL && session->welcomed && session->sent.position < w->log &&
	       session_may_send(session, w->block)) {
		uint64_t next = session->sent.position + 1;
		uint64_t through = next + next % 3; /* Batches of one to three. */

		through = through < w->log ? through : w->log;
		put_le64(payload, next);
		session_send_batch(session,
				   &(struct link_batch){ .through = cursor_at(through) },
				   slice_of(payload, w->block), &w->l_out, w->now);
	}
}

/* One millisecond. */
static void
tick(struct world *w)
{
	static const struct link_status mine = { .wall = 1 };
	struct parcel p;

	while (line_take(&w->to_l, w->now, &p)) {
		listener_hears(w, &p);
		parcel_free(&p);
	}
	while (line_take(&w->to_d, w->now, &p)) {
		dialer_hears(w, &p);
		parcel_free(&p);
	}
	listener_run(&w->l, &mine, &w->l_out, w->now, NULL, NULL);
	listener_ack_all(&w->l, &w->l_out, w->now);
	serve(w);
	w->lost += dialer_run(&w->d, &mine, &w->d_out, &w->rng, w->now, 0) == DIALER_LOST;
	produce(w);
	flush(w);
	arena_reset(&w->arena);
	w->now++;
}

static void
have_blocks(struct world *w, size_t block, uint64_t blocks)
{
	w->block = block;
	w->blocks = blocks;
	w->arrived = xcalloc(blocks, sizeof(*w->arrived));
}

static void
have_log(struct world *w, size_t block, uint64_t log)
{
	w->block = block;
	w->log = log;
	w->d.hello.role = LINK_CONSUMER;
	w->d.hello.cursor = w->applied;
}

/* ---- A slow line ------------------------------------------------------------------- */

static void
make_slow(struct world *w)
{
	w->to_l.rate = w->to_d.rate = 8000; /* 64 kbit/s, */
	w->to_l.delay = w->to_d.delay = 150;
}

static void
test_link__at_64_kbit_a_backlog_drains_in_one_session(void **state)
{
	struct world *w = *state;
	msec_t begun = w->now;

	make_slow(w);
	have_blocks(w, LINK_BLOCK, 60);
	while (w->receipts < w->blocks && w->now < begun + 3600000) {
		tick(w);
	}
	assert_int_equal(w->arrived_count, 60);
	assert_int_equal(w->lost, 0);
	assert_int_equal(w->d.generation, 1);
	assert_int_equal(w->largest_batch, LINK_BLOCK);     /* One block a message: */
	assert_true(w->to_l.longest_gap < 9000);            /* life all the time, */
	assert_true(w->now - begun < 60 * 8192 + 60 * 400); /* and no time wasted. */
}

static void
test_link__at_64_kbit_small_blocks_let_heartbeats_through(void **state)
{
	struct world *w = *state;
	msec_t begun = w->now;

	make_slow(w);
	have_blocks(w, 1000, 3000);
	while (w->receipts < w->blocks && w->now < begun + 3600000) {
		tick(w);
		/* Once the line is known, nothing waits for long behind what was sent. */
		if (w->now > begun + 30000) {
			assert_true(w->to_l.free_at <= w->now + 2600);
		}
	}
	assert_int_equal(w->arrived_count, 3000);
	assert_int_equal(w->lost, 0);
	assert_true(w->now - begun < 3000 * 142);
}

/* What the two above keep away from. */
static void
test_link__at_64_kbit_large_batches_never_arrive(void **state)
{
	struct world *w = *state;

	make_slow(w);
	have_blocks(w, LINK_BLOCK, 60);
	w->target = LINK_BATCH_TARGET;
	for (msec_t until = w->now + 600000; w->now < until;) {
		tick(w);
	}
	assert_int_equal(w->arrived_count, 0);
	assert_true(w->lost > 5);
}

static void
test_link__at_64_kbit_the_log_comes_down_in_one_session(void **state)
{
	struct world *w = *state;
	msec_t begun = w->now;

	make_slow(w);
	have_log(w, LINK_BLOCK, 60);
	while (w->applied.position < w->log && w->now < begun + 3600000) {
		tick(w);
	}
	assert_int_equal(w->seen, 60);
	assert_int_equal(w->lost, 0);
	assert_true(w->to_d.longest_gap < 9000);
}

static void
test_link__a_fast_line_is_used(void **state)
{
	struct world *w = *state;
	msec_t begun = w->now;

	w->to_l.rate = 12500000; /* 100 Mbit/s over the Pacific. */
	w->to_l.delay = w->to_d.delay = 75;
	have_blocks(w, LINK_BLOCK, 2000);
	while (w->receipts < w->blocks && w->now < begun + 600000) {
		tick(w);
	}
	assert_int_equal(w->arrived_count, 2000);
	assert_in_range(w->largest_batch, LINK_BATCH_TARGET - LINK_BLOCK + 1,
			LINK_BATCH_TARGET);
	assert_true(w->now - begun < 2000 * 65536 / 12500 * 125 / 100);
}

/* ---- Losses and cuts --------------------------------------------------------------- */

static void
test_link__over_a_bad_line_everything_arrives_and_no_credit_leaks(void **state)
{
	struct world *w = *state;

	w->loss_percent = 2;
	w->repeat_percent = 2;
	w->to_l.delay = w->to_d.delay = 10;
	have_blocks(w, 20000, 4000);
	for (msec_t until = w->now + 36000000;
	     w->receipts < w->blocks && w->now < until;) {
		tick(w);
	}
	assert_int_equal(w->arrived_count, 4000);
	assert_true(w->lost > 10);
	/* Whatever was lost: in its session, what may still be sent is one whole share.
	 */
	w->loss_percent = 0;
	w->repeat_percent = 0;
	for (msec_t until = w->now + 120000; w->now < until;) {
		tick(w);
	}
	assert_int_equal(w->d.state, DIALER_LIVE);
	assert_int_equal(w->d.credit - w->d.sent_bytes, LINK_CREDIT);
}

static void
test_link__the_log_over_a_bad_line_neither_skips_nor_repeats(void **state)
{
	struct world *w = *state;

	w->loss_percent = 2;
	w->repeat_percent = 2;
	have_log(w, 500, 3000);
	for (msec_t until = w->now + 36000000;
	     w->applied.position < w->log && w->now < until;) {
		w->d.hello.cursor = w->applied; /* What is on its disk. */
		tick(w);
	}
	assert_int_equal(w->seen, 3000);
	assert_true(w->lost > 10);
}

/* A stream of batches is cut after each number of messages in either direction, as they
 * leave or as they arrive: the next session goes on after the cursor. */
static void
test_link__after_a_cut_anywhere_the_stream_goes_on_after_the_cursor(void **state)
{
	(void)state;
	unsigned cuts = 0;

	for (unsigned split = 0; split < 60; split++) {
		for (unsigned which = 0; which < 3; which++) {
			struct world *w;
			unsigned delivered = 0;
			bool is_cut = false;

			begin((void **)&w);
			w->to_l.delay = w->to_d.delay = 1;
			have_log(w, 100, 130);
			for (msec_t until = w->now + 120000;
			     w->applied.position < w->log && w->now < until;) {
				w->d.hello.cursor = w->applied;
				struct line *line = which == 0 ? &w->to_l : &w->to_d;
				size_t due = 0;
				for (size_t i = 0; i < line->count; i++) {
					due += line->parcels[i].due <= w->now;
				}
				if (!is_cut && delivered + due > split) {
					if (which == 2) { /* Some arrive still. */
						while (line->count > split - delivered) {
							struct parcel *p =
								&line->parcels
									 [--line->count];

							parcel_free(p);
						}
					} else {
						cut(w);
					}
					is_cut = true;
					cuts++;
				}
				delivered += (unsigned)due;
				tick(w);
			}
			assert_int_equal(w->applied.position, w->log);
			assert_int_equal(w->seen, w->log);
			end((void **)&w);
		}
	}
	assert_int_equal(cuts, 180); /* Each of them happened. */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
		T(test_link__at_64_kbit_a_backlog_drains_in_one_session),
		T(test_link__at_64_kbit_small_blocks_let_heartbeats_through),
		T(test_link__at_64_kbit_large_batches_never_arrive),
		T(test_link__at_64_kbit_the_log_comes_down_in_one_session),
		T(test_link__a_fast_line_is_used),
		T(test_link__over_a_bad_line_everything_arrives_and_no_credit_leaks),
		T(test_link__the_log_over_a_bad_line_neither_skips_nor_repeats),
		cmocka_unit_test(
			test_link__after_a_cut_anywhere_the_stream_goes_on_after_the_cursor),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
