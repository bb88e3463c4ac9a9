#include "lib/link/listener.h"

#include <stdlib.h>

#include "lib/link/listener_parts.h"

void
listener_init(struct listener *l)
{
	*l = (struct listener){ 0 };
}

static void
session_free(struct session *s)
{
	free(s);
}

void
listener_fini(struct listener *l)
{
	for (size_t i = 0; i < l->count; i++) {
		session_free(l->sessions[i]);
	}
	free(l->sessions);
	free(l->ids);
	*l = (struct listener){ 0 };
}

/* ---- Finding ----------------------------------------------------------------------- */

struct session *
listener_find(struct listener *l, const struct node_id *node, enum link_role role)
{
	for (size_t i = 0; i < l->count; i++) {
		struct session *s = l->sessions[i];

		if (!s->closing && s->role == role && node_id_eq(&s->node, node)) {
			return s;
		}
	}
	return NULL;
}

struct session *
listener_session(struct listener *l, struct peer peer, uint64_t id)
{
	for (size_t i = 0; i < l->count; i++) {
		if (l->ids[i] == id && peer_eq(l->sessions[i]->peer, peer)) {
			return l->sessions[i];
		}
	}
	return NULL;
}

/* ---- Refusing ---------------------------------------------------------------------- */

void
listener_say(struct peer peer, uint64_t session, const struct link_error *error,
	     struct outbox *out)
{
	struct frame_header header = { .type = FRAME_ERROR,
				       .minor = LINK_MINOR_MAX,
				       .session = session };

	link_error_put(outbox_frame_begin(out, peer, &header), error);
	outbox_frame_end(out, (struct slice){ 0 });
}

void
listener_refuse_peer(struct peer peer, const struct link_error *error, struct outbox *out)
{
	listener_say(peer, 0, error, out);
}

void
listener_refuse(struct listener *l, struct session *s, const struct link_error *error,
		struct outbox *out, msec_t now)
{
	(void)l;
	if (s->closing) {
		return;
	}
	link_error_put(session_frame_begin(s, FRAME_ERROR, out), error);
	session_frame_end(s, out, (struct slice){ 0 }, now);
	if (error->error_class != LINK_INFO) {
		s->closing = true;
	}
}

/* ---- A frame ----------------------------------------------------------------------- */

static enum listener_event
take_flood(struct listener *l, struct session *s, struct outbox *out, msec_t now)
{
	static const struct link_error busy = {
		.code = LINK_BUSY,
		.error_class = LINK_RETRY_BACKOFF,
		.retry_after_ms = 1000,
		.text = "more than 20000 frames in a second",
	};

	listener_refuse(l, s, &busy, out, now);
	listener_mute(l, &s->node, now);
	return LISTENER_LOST;
}

enum listener_event
listener_take(struct listener *l, struct peer peer, const struct node_id *node,
	      const struct frame *frame, struct arena *arena, struct outbox *out,
	      struct rng *rng, msec_t now, struct session **ret_session,
	      struct listener_in *ret_in)
{
	*ret_session = NULL;
	*ret_in = (struct listener_in){ 0 };
	if (frame->header.type >= FRAME_REQUEST_FIRST) {
		return LISTENER_NOTHING;
	}
	if (frame->header.type == FRAME_HELLO && node != NULL) {
		return listener_take_hello(l, peer, node, frame, arena, out, rng, now,
					   ret_session);
	}

	struct session *s = listener_session(l, peer, frame->header.session);
	if (s == NULL || node == NULL || !node_id_eq(&s->node, node)) {
		listener_take_stray(l, peer, node, frame, out, now);
		return LISTENER_NOTHING;
	}
	if (s->closing && frame->header.type == FRAME_GOODBYE) {
		listener_take_stray(l, peer, node, frame, out, now);
		return LISTENER_NOTHING;
	}
	if (s->closing || !s->welcomed) {
		return LISTENER_NOTHING;
	}
	*ret_session = s;
	if (session_is_flooding(s, now)) {
		return take_flood(l, s, out, now);
	}
	return session_take(l, s, frame, arena, out, now, ret_in);
}

/* ---- Time -------------------------------------------------------------------------- */

static void
say_status(struct listener *l, struct session *s, const struct link_status *mine,
	   struct outbox *out, msec_t now)
{
	struct link_status status = *mine;

	status.wall = now + l->wall_offset;
	if (l->tell != NULL) {
		l->tell(l->tell_ctx, s, &status);
	}
	s->status_due = false;
	link_status_put(session_frame_begin(s, FRAME_STATUS, out), &status);
	session_frame_end(s, out, (struct slice){ 0 }, now);
}

static msec_t
silent_at(const struct session *s)
{
	return s->last_in + (s->welcomed ? LINK_SILENCE_MS : LINK_WELCOME_MS);
}

static void
run_session(struct listener *l, struct session *s, const struct link_status *mine,
	    struct outbox *out, msec_t now)
{
	static const struct link_error disk_full = {
		.code = LINK_DISK_FULL,
		.error_class = LINK_RETRY_BACKOFF,
		.text = "what you sent could not be written",
	};

	if (s->closing) {
		return;
	}
	if (s->lost_batches) {
		listener_refuse(l, s, &disk_full, out, now);
	} else if (now >= silent_at(s)) {
		s->closing = true;
	} else if (s->welcomed &&
		   (s->status_due || now - s->last_out >= LINK_HEARTBEAT_MS)) {
		say_status(l, s, mine, out, now);
	}
}

static void
free_closing(struct listener *l, void (*lost)(void *ctx, struct session *), void *ctx)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->count; i++) {
		struct session *s = l->sessions[i];

		if (!s->closing) {
			l->sessions[kept] = s;
			l->ids[kept++] = s->id;
			continue;
		}
		if (lost != NULL) {
			lost(ctx, s);
		}
		session_free(s);
	}
	if (kept != l->count) {
		l->count = kept;
		listener_share_out(l);
	}
}

void
listener_run(struct listener *l, const struct link_status *mine, struct outbox *out,
	     msec_t now, void (*lost)(void *ctx, struct session *), void *ctx)
{
	l->now = now;
	if (mine->wall != 0) {
		l->wall_offset = wall_difference(mine->wall, now);
	}
	for (size_t i = 0; i < l->count; i++) {
		run_session(l, l->sessions[i], mine, out, now);
	}
	free_closing(l, lost, ctx);
}

msec_t
listener_deadline(const struct listener *l)
{
	msec_t at = NEVER;

	for (size_t i = 0; i < l->count; i++) {
		const struct session *s = l->sessions[i];
		msec_t due = silent_at(s);

		if (s->closing || s->lost_batches || (s->status_due && s->welcomed)) {
			return l->now;
		}
		if (s->welcomed && s->last_out + LINK_HEARTBEAT_MS < due) {
			due = s->last_out + LINK_HEARTBEAT_MS;
		}
		at = due < at ? due : at;
	}
	return at;
}

void
listener_stop(struct listener *l, const char *reason, struct outbox *out, msec_t now)
{
	for (size_t i = 0; i < l->count; i++) {
		struct session *s = l->sessions[i];

		if (session_is_live(s)) {
			link_goodbye_put(session_frame_begin(s, FRAME_GOODBYE, out),
					 reason);
			session_frame_end(s, out, (struct slice){ 0 }, now);
		}
		s->closing = true;
	}
}
