#include "lib/link/dialer.h"

#include <stdarg.h>
#include <stdio.h>

#include "lib/base/plant.h"
#include "lib/base/utf8.h"
#include "lib/link/dialer_parts.h"

const char *
dialer_state_name(enum dialer_state state)
{
	switch (state) {
	case DIALER_IDLE:
		return "IDLE";
	case DIALER_BACKOFF:
		return "BACKOFF";
	case DIALER_HELLO_SENT:
		return "HELLO_SENT";
	case DIALER_LIVE:
		return "LIVE";
	}
	return "?";
}

void
dialer_init(struct dialer *d, uint32_t endpoint, const char *name, msec_t now)
{
	*d = (struct dialer){ .endpoint = endpoint,
			      .name = name,
			      .state = DIALER_IDLE,
			      .state_since = now,
			      .heartbeat_ms = LINK_HEARTBEAT_MS };
}

/* ---- Saying ------------------------------------------------------------------------ */

static struct buf *
frame_begin(struct dialer *d, enum frame_type type, struct outbox *out)
{
	struct frame_header header = { .type = (uint8_t)type,
				       .minor = (uint16_t)d->minor,
				       .session = d->session,
				       .frame_no = ++d->out_no };

	return outbox_frame_begin(out, dialer_peer(d), &header);
}

static void
frame_end(struct dialer *d, struct outbox *out, struct slice payload, msec_t now)
{
	outbox_frame_end(out, payload);
	d->last_out = now;
}

static void
say_error(struct dialer *d, enum link_code code, const char *text, struct outbox *out,
	  msec_t now)
{
	struct link_error error = { .code = code,
				    .error_class = LINK_RETRY_BACKOFF,
				    .text = text,
				    .minor_min = d->hello.minor_min,
				    .minor_max = d->hello.minor_max };

	link_error_put(frame_begin(d, FRAME_ERROR, out), &error);
	frame_end(d, out, (struct slice){ 0 }, now);
}

void
dialer_say_goodbye(struct dialer *d, const char *reason, struct outbox *out, msec_t now)
{
	link_goodbye_put(frame_begin(d, FRAME_GOODBYE, out), reason);
	frame_end(d, out, (struct slice){ 0 }, now);
}

/* ---- Moving ------------------------------------------------------------------------ */

void
dialer_set_reason(struct dialer *d, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(d->reason, sizeof(d->reason), fmt, args);
	va_end(args);
	/* What was cut may have been cut within a character. */
	size_t len = strlen(d->reason);
	while (len != 0 && !utf8_valid(slice_of(d->reason, len))) {
		d->reason[--len] = '\0';
	}
}

void
dialer_move_to(struct dialer *d, enum dialer_state state, msec_t now)
{
	d->state = state;
	d->state_since = now;
}

/* The session, if there was one, is over. */
static void
end_session(struct dialer *d, msec_t now)
{
	if (d->state == DIALER_LIVE) {
		reconnect_worked(&d->reconnect, now - d->live_since);
	}
	d->session = 0;
}

enum dialer_event
dialer_lose(struct dialer *d, enum dialer_retry how, uint32_t at_least_ms,
	    struct rng *rng, msec_t now)
{
	end_session(d, now);
	d->ended = LINE_OPEN;
	switch (how) {
	case DIALER_RETRY_BACKOFF:
		d->retry_at = reconnect_backoff(&d->reconnect, at_least_ms, rng, now);
		break;
	case DIALER_RETRY_AT_ONCE:
		d->retry_at = reconnect_at_once(&d->reconnect, now);
		break;
	case DIALER_RETRY_GOODBYE:
		d->retry_at = reconnect_after_goodbye(rng, now);
		break;
	case DIALER_RETRY_SUPERSEDED:
		d->retry_at = reconnect_superseded(now);
		break;
	}
	d->backoff_ms = (uint32_t)(d->retry_at - now);
	dialer_move_to(d, DIALER_BACKOFF, now);
	return DIALER_LOST;
}

enum dialer_event
dialer_fault(struct dialer *d, enum link_code code, const char *text, struct outbox *out,
	     struct rng *rng, msec_t now)
{
	dialer_set_reason(d, "%s: %s", link_code_name(code), text);
	say_error(d, code, text, out, now);
	return dialer_lose(d, DIALER_RETRY_BACKOFF, 0, rng, now);
}

static void
dial(struct dialer *d, struct outbox *out, msec_t now, wall_ms_t wall)
{
	d->generation++;
	d->session = 0;
	d->in_no = 0;
	d->out_no = 0;
	d->minor = LINK_MINOR_MAX;
	d->heartbeat_ms = LINK_HEARTBEAT_MS;
	d->hang_up_due = false;
	d->credit = 0;
	d->sent_bytes = 0;
	d->batch_sent = 0;
	d->batch_acked = 0;
	d->pace = (struct pace){ 0 };
	d->received_bytes = 0;
	d->batch_in = 0;
	d->through = d->hello.cursor;

	if (d->hello.minor_max == 0) {
		d->hello.minor_min = LINK_MINOR_MIN;
		d->hello.minor_max = LINK_MINOR_MAX;
	}
	if (d->hello.role == LINK_CONSUMER) {
		if (d->hello.credit == 0) {
			d->hello.credit = LINK_CREDIT;
		}
		d->credit = d->hello.credit;
	}
	d->hello.wall = wall;

	reconnect_dialled(&d->reconnect, now);
	outbox_dial(out, dialer_peer(d));
	link_hello_put(frame_begin(d, FRAME_HELLO, out), &d->hello);
	frame_end(d, out, (struct slice){ 0 }, now);
	d->last_in = now;
	dialer_move_to(d, DIALER_HELLO_SENT, now);
}

static enum dialer_event
silent(struct dialer *d, const char *what, struct outbox *out, struct rng *rng,
       msec_t now)
{
	dialer_set_reason(d, "%s", what);
	outbox_hang_up(out, d->endpoint);
	dialer_lose(d, DIALER_RETRY_BACKOFF, 0, rng, now);
	d->ended = LINE_SILENT;
	return DIALER_LOST;
}

enum dialer_event
dialer_ended(struct dialer *d, struct peer peer, enum line_end end, struct outbox *out,
	     struct rng *rng, msec_t now)
{
	if (!peer_eq(peer, dialer_peer(d)) ||
	    (d->state != DIALER_HELLO_SENT && d->state != DIALER_LIVE)) {
		return DIALER_NOTHING;
	}
	dialer_set_reason(d, "%s", line_end_words(end));
	outbox_hang_up(out, d->endpoint);
	dialer_lose(d, DIALER_RETRY_BACKOFF, 0, rng, now);
	d->ended = end;
	return DIALER_LOST;
}

static enum dialer_event
run_live(struct dialer *d, const struct link_status *mine, struct outbox *out,
	 struct rng *rng, msec_t now, wall_ms_t wall)
{
	if (now - d->last_in >= 3 * (msec_t)d->heartbeat_ms) {
		return silent(d, "silence: three heartbeats missed", out, rng, now);
	}
	if (d->status_due || now - d->last_out >= (msec_t)d->heartbeat_ms) {
		struct link_status status = *mine;

		d->status_due = false;
		status.wall = wall;
		link_status_put(frame_begin(d, FRAME_STATUS, out), &status);
		frame_end(d, out, (struct slice){ 0 }, now);
	}
	return DIALER_NOTHING;
}

static msec_t
welcome_until(const struct dialer *d)
{
	/* Planted: it counts on being told that nobody is there. */
	return PLANTED(23) ? NEVER : d->state_since + LINK_WELCOME_MS;
}

enum dialer_event
dialer_run(struct dialer *d, const struct link_status *mine, struct outbox *out,
	   struct rng *rng, msec_t now, wall_ms_t wall)
{
	if (d->hang_up_due) {
		outbox_hang_up(out, d->endpoint);
		d->hang_up_due = false;
	}
	if (d->state == DIALER_BACKOFF && now >= d->retry_at) {
		dialer_move_to(d, DIALER_IDLE, now);
	}
	switch (d->state) {
	case DIALER_BACKOFF:
		break;
	case DIALER_IDLE:
		if (!d->paused) {
			dial(d, out, now, wall);
		}
		break;
	case DIALER_HELLO_SENT:
		if (now >= welcome_until(d)) {
			return silent(d, "no WELCOME within 10 s", out, rng, now);
		}
		break;
	case DIALER_LIVE:
		return run_live(d, mine, out, rng, now, wall);
	}
	return DIALER_NOTHING;
}

msec_t
dialer_deadline(const struct dialer *d)
{
	msec_t status_at, silence_at;

	if (d->hang_up_due) {
		return d->state_since;
	}
	switch (d->state) {
	case DIALER_IDLE:
		return d->paused ? NEVER : d->state_since;
	case DIALER_BACKOFF:
		return d->paused ? NEVER : d->retry_at;
	case DIALER_HELLO_SENT:
		return welcome_until(d);
	case DIALER_LIVE:
		status_at = d->status_due ? d->last_in
					  : d->last_out + (msec_t)d->heartbeat_ms;
		silence_at = d->last_in + 3 * (msec_t)d->heartbeat_ms;
		return status_at < silence_at ? status_at : silence_at;
	}
	return NEVER;
}

/* ---- Flow and the owner's orders ------------------------------------------------- */

bool
dialer_may_send(const struct dialer *d, size_t bytes)
{
	if (d->state != DIALER_LIVE || d->hello.role != LINK_PRODUCER ||
	    d->sent_bytes >= d->credit) {
		return false;
	}
	/* A block that is larger than what is left goes alone: else it never would. */
	if (bytes > d->credit - d->sent_bytes && pace_in_flight(&d->pace) != 0) {
		return false;
	}
	return pace_may_send(&d->pace, bytes);
}

size_t
dialer_batch_target(const struct dialer *d)
{
	return pace_batch_target(&d->pace, d->credit);
}

void
dialer_send_batch(struct dialer *d, struct slice payload, struct outbox *out, msec_t now)
{
	must(d->state == DIALER_LIVE);
	must(d->sent_bytes < d->credit);
	struct link_batch batch = { .batch_no = ++d->batch_sent };

	link_batch_put(frame_begin(d, FRAME_BATCH, out), &batch);
	frame_end(d, out, payload, now);
	pace_sent(&d->pace, payload.len, now);
	d->sent_bytes += payload.len;
}

void
dialer_ack(struct dialer *d, const struct link_cursor *cursor, struct outbox *out,
	   msec_t now)
{
	if (d->state != DIALER_LIVE) {
		return;
	}
	d->batch_acked = d->batch_in;
	d->credit = d->received_bytes + d->hello.credit;
	struct link_ack ack = { .batch_no = d->batch_in,
				.cursor = *cursor,
				.credit = d->credit };

	link_ack_put(frame_begin(d, FRAME_ACK, out), &ack);
	frame_end(d, out, (struct slice){ 0 }, now);
}

void
dialer_restart(struct dialer *d, bool at_once, const char *reason, struct outbox *out,
	       struct rng *rng, msec_t now)
{
	if (d->state == DIALER_IDLE || d->state == DIALER_BACKOFF) {
		return;
	}
	dialer_set_reason(d, "%s", reason);
	if (d->state == DIALER_LIVE) {
		dialer_say_goodbye(d, reason, out, now);
	} else {
		outbox_hang_up(out, d->endpoint);
	}
	dialer_lose(d, at_once ? DIALER_RETRY_AT_ONCE : DIALER_RETRY_BACKOFF, 0, rng,
		    now);
}

void
dialer_stop(struct dialer *d, struct outbox *out, msec_t now)
{
	if (d->state == DIALER_LIVE) {
		dialer_say_goodbye(d, "stopping", out, now);
	}
	if (d->state != DIALER_IDLE) {
		outbox_hang_up(out, d->endpoint);
	}
	end_session(d, now);
	d->paused = true;
	dialer_move_to(d, DIALER_IDLE, now);
}

/* One frame of ours that will not go out. */
static void
frame_dropped(struct dialer *d, const struct frame_header *header, bool *broken)
{
	if (header->session == d->session && header->frame_no <= d->out_no) {
		d->out_no = header->frame_no - 1;
	}
	*broken |= header->type == FRAME_BATCH || header->type == FRAME_ACK;
}

void
dialer_dropped(struct dialer *d, const struct outbox *out, msec_t now)
{
	bool dialled = false;
	/* A consumer acknowledges in every turn: what it has not was in this commit. */
	bool broken = d->hello.role == LINK_CONSUMER && d->batch_in != d->batch_acked;

	/* From the end, so that the number falls back step by step. */
	for (size_t i = out->count; i-- > 0;) {
		const struct out *o = &out->list[i];

		if (o->to.endpoint != d->endpoint) {
			continue;
		}
		if (o->kind == OUT_DIAL) {
			dialled = true;
		} else if (o->kind == OUT_HANG_UP) {
			d->hang_up_due = true;
		} else if (o->kind == OUT_FRAME && o->to.id == d->generation) {
			struct slice parts[3];

			out_parts(out, o, parts);
			struct frame_header header = frame_header_get(parts[0].at);
			frame_dropped(d, &header, &broken);
		}
	}
	if (dialled) {
		end_session(d, now);
		dialer_move_to(d, DIALER_IDLE, now);
	} else if (broken && d->state == DIALER_LIVE) {
		dialer_set_reason(d, "what was said was not committed");
		d->hang_up_due = true;
		dialer_lose(d, DIALER_RETRY_AT_ONCE, 0, NULL, now);
	}
}
