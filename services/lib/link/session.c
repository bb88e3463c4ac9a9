/* One session of a listener: what its frames mean and what may be sent. */
#include "lib/link/listener_parts.h"

struct buf *
session_frame_begin(struct session *s, enum frame_type type, struct outbox *out)
{
	struct frame_header header = { .type = (uint8_t)type,
				       .minor = (uint16_t)s->minor,
				       .session = s->id,
				       .frame_no = ++s->out_no };

	return outbox_frame_begin(out, s->peer, &header);
}

void
session_frame_end(struct session *s, struct outbox *out, struct slice payload, msec_t now)
{
	outbox_frame_end(out, payload);
	s->last_out = now;
}

bool
session_is_flooding(struct session *s, msec_t now)
{
	if (now / 1000 != s->second) {
		s->second = now / 1000;
		s->frames_this_second = 0;
	}
	return ++s->frames_this_second > LINK_FRAMES_PER_SECOND;
}

/* The peer broke the protocol: it is told, and the session is over. */
static enum listener_event
fault(struct listener *l, struct session *s, enum link_code code, const char *text,
      struct outbox *out, msec_t now)
{
	struct link_error error = { .code = code,
				    .error_class = LINK_RETRY_BACKOFF,
				    .text = text };

	listener_refuse(l, s, &error, out, now);
	return LISTENER_LOST;
}

static enum listener_event
take_batch(struct listener *l, struct session *s, const struct frame *frame,
	   struct arena *arena, struct outbox *out, msec_t now, struct listener_in *in)
{
	if (s->role != LINK_PRODUCER) {
		return fault(l, s, LINK_PROTOCOL, "a BATCH from a consumer", out, now);
	}
	/* A producer's blocks are in the payload; a large body is no honest one. */
	if (frame->body.len > FRAME_MAX_CONTROL) {
		return fault(l, s, LINK_TOO_LARGE,
			     "the body of a BATCH is 64 KiB at most", out, now);
	}
	if (!link_batch_get(frame->body, arena, &in->batch)) {
		return fault(l, s, LINK_MALFORMED, "BATCH", out, now);
	}
	if (in->batch.batch_no != s->batch_no + 1) {
		return fault(l, s, LINK_PROTOCOL, "batch numbers have a hole", out, now);
	}
	if (s->received_bytes >= s->credit) {
		return fault(l, s, LINK_PROTOCOL, "more bytes than were granted", out,
			     now);
	}
	if (s->lost_batches) {
		return LISTENER_NOTHING;
	}
	s->batch_no = in->batch.batch_no;
	s->received_bytes += link_batch_cost(&in->batch, frame->payload);
	s->ack_due = true;
	in->payload = frame->payload;
	return LISTENER_BATCH;
}

static enum listener_event
take_ack(struct listener *l, struct session *s, const struct frame *frame,
	 struct arena *arena, struct outbox *out, msec_t now)
{
	struct link_ack ack;

	if (s->role != LINK_CONSUMER) {
		return fault(l, s, LINK_PROTOCOL, "an ACK from a producer", out, now);
	}
	if (!link_ack_get(frame->body, arena, &ack)) {
		return fault(l, s, LINK_MALFORMED, "ACK", out, now);
	}
	if (ack.cursor.position > s->sent.position ||
	    (ack.cursor.position == s->sent.position &&
	     !link_cursor_eq(&ack.cursor, &s->sent)) ||
	    !pace_acked(&s->pace, ack.batch_no, now)) {
		return fault(l, s, LINK_PROTOCOL, "an ACK of what was never sent", out,
			     now);
	}
	if (ack.credit > s->credit) {
		s->credit = ack.credit;
	}
	if (ack.cursor.position >= s->acked.position) {
		s->acked = ack.cursor;
	}
	return LISTENER_ACK;
}

wall_ms_t
wall_difference(wall_ms_t a, wall_ms_t b)
{
	wall_ms_t d;

	if (__builtin_sub_overflow(a, b, &d)) {
		return a > b ? INT64_MAX : INT64_MIN;
	}
	return d;
}

static enum listener_event
take_status(struct listener *l, struct session *s, const struct frame *frame,
	    struct arena *arena, struct outbox *out, msec_t now, struct listener_in *in)
{
	const struct link_status *status = &in->status;

	if (!link_status_get(frame->body, arena, &in->status)) {
		return fault(l, s, LINK_MALFORMED, "STATUS", out, now);
	}
	s->status =
		(struct link_status){ .head = status->head,
				      .lag = status->lag,
				      .wall = status->wall,
				      .commit_age_ms = status->commit_age_ms,
				      .disk_used_percent = status->disk_used_percent };
	s->peer_wall_offset = wall_difference(status->wall, now + l->wall_offset);
	return LISTENER_STATUS;
}

/* The peer ends the session, or (class INFO) only says something. */
static enum listener_event
take_error(struct listener *l, struct session *s, const struct frame *frame,
	   struct arena *arena, struct outbox *out, msec_t now)
{
	struct link_error error;

	if (!link_error_get(frame->body, arena, &error)) {
		return fault(l, s, LINK_MALFORMED, "ERROR", out, now);
	}
	if (error.error_class == LINK_INFO) {
		return LISTENER_NOTHING;
	}
	s->closing = true;
	return LISTENER_LOST;
}

enum listener_event
session_take(struct listener *l, struct session *s, const struct frame *frame,
	     struct arena *arena, struct outbox *out, msec_t now,
	     struct listener_in *ret_in)
{
	if (frame->header.frame_no <= s->in_no) {
		return LISTENER_NOTHING; /* A repeat. */
	}
	if (frame->header.frame_no != s->in_no + 1) {
		return fault(l, s, LINK_PROTOCOL, "frame numbers have a hole", out, now);
	}
	s->in_no = frame->header.frame_no;
	s->last_in = now;
	switch (frame->header.type) {
	case FRAME_BATCH:
		return take_batch(l, s, frame, arena, out, now, ret_in);
	case FRAME_ACK:
		return take_ack(l, s, frame, arena, out, now);
	case FRAME_STATUS:
		return take_status(l, s, frame, arena, out, now, ret_in);
	case FRAME_ERROR:
		return take_error(l, s, frame, arena, out, now);
	case FRAME_GOODBYE:
		s->closing = true;
		return LISTENER_LOST;
	default:
		return fault(l, s, LINK_PROTOCOL, "a frame of this type within a session",
			     out, now);
	}
}

/* ---- A consumer's flow ------------------------------------------------------------- */

bool
session_may_send(const struct session *s, size_t bytes)
{
	uint64_t in_flight = pace_in_flight(&s->pace);

	if (!s->welcomed || s->closing || s->role != LINK_CONSUMER ||
	    s->sent_bytes >= s->credit) {
		return false;
	}
	if (in_flight != 0 &&
	    (bytes > s->credit - s->sent_bytes || in_flight + bytes > s->share)) {
		return false;
	}
	return pace_may_send(&s->pace, bytes);
}

size_t
session_batch_target(const struct session *s)
{
	return pace_batch_target(&s->pace, s->credit);
}

void
session_send_batch(struct session *s, const struct link_batch *batch,
		   struct slice payload, struct outbox *out, msec_t now)
{
	struct link_batch numbered = *batch;
	size_t cost = link_batch_cost(batch, payload);

	must(s->welcomed && !s->closing);
	must(batch->through.position >= s->sent.position);
	numbered.batch_no = ++s->batch_no;
	numbered.after = s->sent;
	link_batch_put(session_frame_begin(s, FRAME_BATCH, out), &numbered);
	session_frame_end(s, out, payload, now);
	pace_sent(&s->pace, cost, now);
	s->sent_bytes += cost;
	s->sent = batch->through;
}
