#include <inttypes.h>
#include <stdio.h>

#include "lib/link/dialer_parts.h"

enum { HEARTBEAT_MIN_MS = 500, HEARTBEAT_MAX_MS = 60 * 1000 };

/* What every handler of a frame needs. */
struct hearing {
	struct dialer *d;
	const struct frame *frame;
	struct arena *arena;
	struct outbox *out;
	struct rng *rng;
	msec_t now;
	struct dialer_in *in;
};

static enum dialer_event
refuse(const struct hearing *h, enum link_code code, const char *text)
{
	return dialer_fault(h->d, code, text, h->out, h->rng, h->now);
}

static enum dialer_event
hear_welcome(const struct hearing *h)
{
	struct dialer *d = h->d;
	struct link_welcome *welcome = &h->in->welcome;
	const struct frame_header *header = &h->frame->header;

	if (header->session == 0 || header->frame_no != 1) {
		return refuse(h, LINK_PROTOCOL, "a WELCOME gives a session, as frame 1");
	}
	/* Known from here on, so that an ERROR of ours names it. */
	d->session = header->session;
	if (!link_welcome_get(h->frame->body, h->arena, welcome)) {
		return refuse(h, LINK_MALFORMED, "WELCOME");
	}
	if (welcome->minor < d->hello.minor_min || welcome->minor > d->hello.minor_max) {
		char text[sizeof(d->reason)];

		snprintf(text, sizeof(text),
			 "the peer chose minor %" PRIu32 ", we speak %" PRIu32
			 " to %" PRIu32,
			 welcome->minor, d->hello.minor_min, d->hello.minor_max);
		return refuse(h, LINK_VERSION_UNSUPPORTED, text);
	}
	d->minor = welcome->minor;
	d->in_no = 1;
	if (welcome->heartbeat_ms != 0) {
		d->heartbeat_ms = welcome->heartbeat_ms < HEARTBEAT_MIN_MS
					  ? HEARTBEAT_MIN_MS
				  : welcome->heartbeat_ms > HEARTBEAT_MAX_MS
					  ? HEARTBEAT_MAX_MS
					  : welcome->heartbeat_ms;
	}
	if (d->hello.role == LINK_PRODUCER) {
		d->credit = welcome->credit;
	}
	d->live_since = h->now;
	d->last_in = h->now;
	d->reason[0] = '\0';
	d->ended = LINE_OPEN;
	dialer_move_to(d, DIALER_LIVE, h->now);
	return DIALER_WELCOMED;
}

static enum dialer_event
hear_batch(const struct hearing *h)
{
	struct dialer *d = h->d;
	struct link_batch *batch = &h->in->batch;

	if (d->hello.role != LINK_CONSUMER) {
		return refuse(h, LINK_PROTOCOL, "a BATCH to a producer");
	}
	if (!link_batch_get(h->frame->body, h->arena, batch)) {
		return refuse(h, LINK_MALFORMED, "BATCH");
	}
	if (batch->batch_no != d->batch_in + 1) {
		return refuse(h, LINK_PROTOCOL, "batch numbers have a hole");
	}
	if (batch->after.position != d->through.position ||
	    !hash_eq(&batch->after.log_hash, &d->through.log_hash) ||
	    batch->through.position < batch->after.position) {
		return refuse(h, LINK_PROTOCOL, "a BATCH does not follow the one before");
	}
	if (d->received_bytes >= d->credit) {
		return refuse(h, LINK_PROTOCOL, "more bytes than were granted");
	}
	d->batch_in = batch->batch_no;
	d->through = batch->through;
	d->received_bytes += link_batch_cost(batch, h->frame->payload);
	h->in->payload = h->frame->payload;
	return DIALER_BATCH;
}

static enum dialer_event
hear_ack(const struct hearing *h)
{
	struct dialer *d = h->d;
	struct link_ack *ack = &h->in->ack;

	if (d->hello.role != LINK_PRODUCER) {
		return refuse(h, LINK_PROTOCOL, "an ACK to a consumer");
	}
	if (!link_ack_get(h->frame->body, h->arena, ack)) {
		return refuse(h, LINK_MALFORMED, "ACK");
	}
	if (!pace_acked(&d->pace, ack->batch_no, h->now)) {
		return refuse(h, LINK_PROTOCOL, "an ACK of a batch that was never sent");
	}
	d->batch_acked = d->pace.acked;
	if (ack->credit > d->credit) {
		d->credit = ack->credit;
	}
	return DIALER_ACKED;
}

static enum dialer_event
hear_status(const struct hearing *h)
{
	if (!link_status_get(h->frame->body, h->arena, &h->in->status)) {
		return refuse(h, LINK_MALFORMED, "STATUS");
	}
	return DIALER_STATUS;
}

static enum dialer_event
hear_error(const struct hearing *h)
{
	struct dialer *d = h->d;
	struct link_error *error = &h->in->error;
	msec_t now = h->now;

	if (!link_error_get(h->frame->body, h->arena, error)) {
		return refuse(h, LINK_MALFORMED, "ERROR");
	}
	if (error->error_class == LINK_INFO) {
		return DIALER_NOTHING;
	}
	d->last_error = error->code;
	if (error->code == LINK_VERSION_UNSUPPORTED) {
		dialer_set_reason(d,
				  "%s: the peer speaks minors %" PRIu32 " to %" PRIu32
				  ", we %" PRIu32 " to %" PRIu32,
				  link_code_name(error->code), error->minor_min,
				  error->minor_max, d->hello.minor_min,
				  d->hello.minor_max);
	} else {
		dialer_set_reason(d, "%s: %s", link_code_name(error->code), error->text);
	}
	if (error->code == LINK_SUPERSEDED && d->state == DIALER_LIVE) {
		/* A machine that died could not say this: there are two. */
		dialer_say_goodbye(d, "superseded", h->out, now);
	}
	outbox_hang_up(h->out, d->endpoint);
	if (error->code == LINK_SUPERSEDED) {
		return dialer_lose(d, DIALER_RETRY_SUPERSEDED, 0, h->rng, now);
	}
	if (error->error_class == LINK_RETRY_NOW && error->retry_after_ms == 0) {
		return dialer_lose(d, DIALER_RETRY_AT_ONCE, 0, h->rng, now);
	}
	return dialer_lose(d, DIALER_RETRY_BACKOFF, error->retry_after_ms, h->rng, now);
}

static enum dialer_event
hear_goodbye(const struct hearing *h)
{
	struct dialer *d = h->d;
	const char *reason;

	if (!link_goodbye_get(h->frame->body, h->arena, &reason)) {
		return refuse(h, LINK_MALFORMED, "GOODBYE");
	}
	dialer_set_reason(d, "goodbye: %s", reason);
	outbox_hang_up(h->out, d->endpoint);
	return dialer_lose(d, DIALER_RETRY_GOODBYE, 0, h->rng, h->now);
}

/* In HELLO_SENT: a WELCOME, or why there is none.  An ERROR then stands in a session
 * that we do not know, or in none. */
static enum dialer_event
hear_first(const struct hearing *h)
{
	switch (h->frame->header.type) {
	case FRAME_WELCOME:
		return hear_welcome(h);
	case FRAME_ERROR:
		return hear_error(h);
	case FRAME_GOODBYE:
		return hear_goodbye(h);
	default:
		return DIALER_NOTHING;
	}
}

static enum dialer_event
hear_live(const struct hearing *h)
{
	struct dialer *d = h->d;
	const struct frame_header *header = &h->frame->header;

	/* An ERROR without a number stands outside of the session's order. */
	if (header->type == FRAME_ERROR && header->frame_no == 0 &&
	    (header->session == 0 || header->session == d->session)) {
		return hear_error(h);
	}
	if (header->session != d->session || header->frame_no <= d->in_no) {
		return DIALER_NOTHING;
	}
	if (header->frame_no != d->in_no + 1) {
		return refuse(h, LINK_PROTOCOL, "frame numbers have a hole");
	}
	d->in_no = header->frame_no;
	d->last_in = h->now;
	switch (header->type) {
	case FRAME_BATCH:
		return hear_batch(h);
	case FRAME_ACK:
		return hear_ack(h);
	case FRAME_STATUS:
		return hear_status(h);
	case FRAME_ERROR:
		return hear_error(h);
	case FRAME_GOODBYE:
		return hear_goodbye(h);
	default:
		return refuse(h, LINK_PROTOCOL, "a frame of this type within a session");
	}
}

enum dialer_event
dialer_take(struct dialer *d, struct peer from, const struct frame *frame,
	    struct arena *arena, struct outbox *out, struct rng *rng, msec_t now,
	    struct dialer_in *ret_in)
{
	struct hearing h = { d, frame, arena, out, rng, now, ret_in };

	*ret_in = (struct dialer_in){ 0 };
	if (!peer_eq(from, dialer_peer(d)) || frame->header.type >= FRAME_REQUEST_FIRST) {
		return DIALER_NOTHING;
	}
	switch (d->state) {
	case DIALER_HELLO_SENT:
		return hear_first(&h);
	case DIALER_LIVE:
		return hear_live(&h);
	default:
		return DIALER_NOTHING;
	}
}
