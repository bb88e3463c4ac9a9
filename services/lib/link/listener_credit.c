/* Who may send how much: the shares of LINK_CREDIT_ALL, and the acks that grant them. */
#include "lib/link/listener_parts.h"

bool
session_is_live(const struct session *s)
{
	return s->welcomed && !s->closing;
}

/* Who is there shares what there is; a session among very many can still move. */
void
listener_share_out(struct listener *l)
{
	size_t count[LINK_CONSUMER + 1] = { 0 };

	for (size_t i = 0; i < l->count; i++) {
		count[l->sessions[i]->role] += session_is_live(l->sessions[i]);
	}
	for (size_t i = 0; i < l->count; i++) {
		struct session *s = l->sessions[i];

		if (count[s->role] == 0) {
			continue;
		}
		s->share = LINK_CREDIT_ALL / count[s->role];
		s->share = s->share < LINK_CREDIT ? s->share : LINK_CREDIT;
		s->share = s->share > LINK_CREDIT_MIN ? s->share : LINK_CREDIT_MIN;
	}
}

/* What a producer may still send. */
static uint64_t
outstanding(const struct session *s)
{
	return s->role == LINK_PRODUCER && session_is_live(s) &&
			       s->credit > s->received_bytes
		       ? s->credit - s->received_bytes
		       : 0;
}

static uint64_t
outstanding_all(const struct listener *l)
{
	uint64_t all = 0;

	for (size_t i = 0; i < l->count; i++) {
		all += outstanding(l->sessions[i]);
	}
	return all;
}

/* Raise a producer's credit to its share, as far as what others hold leaves room.
 * Credit that was given is never taken back.  Keeps *all, the sum. */
static void
grant(struct session *s, uint64_t *all)
{
	uint64_t held = outstanding(s);
	uint64_t others = *all - held;
	uint64_t room = others < LINK_CREDIT_ALL ? LINK_CREDIT_ALL - others : 0;
	uint64_t more = s->share < room ? s->share : room;

	more = more > LINK_CREDIT_MIN ? more : LINK_CREDIT_MIN;
	if (s->received_bytes + more > s->credit) {
		s->credit = s->received_bytes + more;
	}
	*all = others + outstanding(s);
}

void
listener_welcome(struct listener *l, struct session *s, const struct link_cursor *head,
		 struct outbox *out, msec_t now, wall_ms_t wall)
{
	must(!s->welcomed);
	if (s->closing) {
		return;
	}
	l->wall_offset = wall_difference(wall, now);
	s->peer_wall_offset = wall_difference(s->hello.wall, wall);
	s->welcomed = true;
	listener_share_out(l);
	if (s->role == LINK_PRODUCER) {
		uint64_t all = outstanding_all(l);

		grant(s, &all);
	} else {
		s->credit = s->hello.credit;
	}

	struct link_welcome welcome = { .minor = s->minor,
					.credit =
						s->role == LINK_PRODUCER ? s->credit : 0,
					.head = *head,
					.heartbeat_ms = LINK_HEARTBEAT_MS,
					.wall = wall };
	link_welcome_put(session_frame_begin(s, FRAME_WELCOME, out), &welcome);
	session_frame_end(s, out, (struct slice){ 0 }, now);
}

void
listener_ack_all(struct listener *l, struct outbox *out, msec_t now)
{
	uint64_t all = outstanding_all(l);

	for (size_t i = 0; i < l->count; i++) {
		struct session *s = l->sessions[i];

		if (!s->ack_due || s->closing) {
			continue;
		}
		grant(s, &all);
		struct link_ack ack = { .batch_no = s->batch_no, .credit = s->credit };

		link_ack_put(session_frame_begin(s, FRAME_ACK, out), &ack);
		session_frame_end(s, out, (struct slice){ 0 }, now);
		s->ack_due = false;
	}
}

void
listener_drop_acks(struct listener *l)
{
	for (size_t i = 0; i < l->count; i++) {
		struct session *s = l->sessions[i];

		s->lost_batches |= s->ack_due;
		s->ack_due = false;
	}
}

void
listener_dropped(struct listener *l, const struct outbox *out)
{
	listener_drop_acks(l);
	/* From the end, so that numbers fall back step by step. */
	for (size_t i = out->count; i-- > 0;) {
		const struct out *o = &out->list[i];
		struct slice parts[3];

		if (o->kind != OUT_FRAME) {
			continue;
		}
		out_parts(out, o, parts);
		struct frame_header header = frame_header_get(parts[0].at);
		struct session *s = listener_session(l, o->to, header.session);
		if (s == NULL || header.frame_no == 0) {
			continue;
		}
		s->out_no = header.frame_no - 1;
		if (header.type == FRAME_WELCOME || header.type == FRAME_BATCH) {
			s->closing = true;
		}
	}
}
