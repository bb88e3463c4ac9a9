/* How sessions begin: HELLO, and what is said to whoever has none. */
#include <inttypes.h>
#include <stdio.h>

#include "lib/base/utf8.h"
#include "lib/link/listener_parts.h"

/* ---- Greeters and strays ----------------------------------------------------------- */

/* This second's row of the node; the row of the longest ago makes room. */
static size_t
greeter_of(struct listener *l, const struct node_id *node, msec_t now)
{
	size_t at = 0;

	for (size_t i = 0; i < LISTENER_GREETERS; i++) {
		if (node_id_eq(&l->greeters[i].node, node)) {
			at = i;
			break;
		}
		if (l->greeters[i].second < l->greeters[at].second) {
			at = i;
		}
	}
	if (!node_id_eq(&l->greeters[at].node, node) ||
	    l->greeters[at].second != now / 1000) {
		l->greeters[at].node = *node;
		l->greeters[at].second = now / 1000;
		l->greeters[at].count = 0;
		l->greeters[at].muted = false;
	}
	return at;
}

static bool
is_muted(struct listener *l, const struct node_id *node, msec_t now)
{
	for (size_t i = 0; i < LISTENER_GREETERS; i++) {
		if (l->greeters[i].muted && l->greeters[i].second == now / 1000 &&
		    node_id_eq(&l->greeters[i].node, node)) {
			return true;
		}
	}
	return false;
}

void
listener_mute(struct listener *l, const struct node_id *node, msec_t now)
{
	l->greeters[greeter_of(l, node, now)].muted = true;
}

/* Was this connection not yet told in these seconds?  From now on it was. */
static bool
may_tell_stray(struct listener *l, struct peer peer, msec_t now)
{
	size_t at = 0;

	for (size_t i = 0; i < LISTENER_STRAYS; i++) {
		if (l->strays[i].used && peer_eq(l->strays[i].peer, peer)) {
			if (now - l->strays[i].told_at < LINK_STRAY_MS) {
				return false;
			}
			at = i;
			break;
		}
		if (!l->strays[i].used) {
			at = i;
		} else if (l->strays[at].used &&
			   l->strays[i].told_at < l->strays[at].told_at) {
			at = i;
		}
	}
	l->strays[at].peer = peer;
	l->strays[at].told_at = now;
	l->strays[at].used = true;
	return true;
}

static void
hear_replaced(struct listener *l, struct peer peer)
{
	for (unsigned i = 0; i < LISTENER_REPLACED; i++) {
		if (l->replaced[i].waits && peer_eq(l->replaced[i].peer, peer)) {
			l->replaced[i].waits = false;
			l->superseded++;
		}
	}
}

/* A frame of a session that is none.  An answer to an ERROR would be answered in turn
 * by a peer that thinks as we do. */
void
listener_take_stray(struct listener *l, struct peer peer, const struct node_id *node,
		    const struct frame *frame, struct outbox *out, msec_t now)
{
	struct link_error error = { .code = LINK_NO_SESSION,
				    .error_class = LINK_RETRY_NOW,
				    .text = "this session is over: say HELLO again" };

	if (frame->header.type == FRAME_GOODBYE) {
		hear_replaced(l, peer);
		return;
	}
	if (frame->header.type == FRAME_ERROR ||
	    (node != NULL && is_muted(l, node, now)) || !may_tell_stray(l, peer, now)) {
		return;
	}
	if (node == NULL) {
		error.code = LINK_UNAUTHENTICATED;
		error.error_class = LINK_OPERATOR;
		error.text = "this key belongs to no node";
	}
	listener_say(peer, frame->header.session, &error, out);
}

/* ---- HELLO ------------------------------------------------------------------------- */

static void
refuse_hello(struct listener *l, struct peer peer, enum link_code code,
	     enum link_class error_class, const char *text, struct outbox *out)
{
	struct link_error error = { .code = code,
				    .error_class = error_class,
				    .text = text,
				    .minor_min = LINK_MINOR_MIN,
				    .minor_max = LINK_MINOR_MAX };

	l->refused++;
	snprintf(l->refusal, sizeof(l->refusal), "%s: %s", link_code_name(code), text);
	listener_refuse_peer(peer, &error, out);
}

/* A machine that was started again replaces a session that nobody holds any more.  If
 * the one that was put out says GOODBYE, it lives: two have one key. */
static void
note_replaced(struct listener *l, struct peer peer)
{
	l->replaced[l->next_replaced].peer = peer;
	l->replaced[l->next_replaced].waits = true;
	l->next_replaced = (l->next_replaced + 1) % LISTENER_REPLACED;
}

/* End what this HELLO replaces.  On the same connection the peer knows; on another one
 * it may be another machine with the same key, which must hear of it. */
static void
end_older(struct listener *l, const struct session *newer, struct outbox *out, msec_t now)
{
	static const struct link_error superseded = {
		.code = LINK_SUPERSEDED,
		.error_class = LINK_OPERATOR,
		.text = "a newer session of this node and role has begun: two machines "
			"with one key?",
	};

	for (size_t i = 0; i < l->count; i++) {
		struct session *s = l->sessions[i];

		if (s == newer || s->closing) {
			continue;
		}
		if (peer_eq(s->peer, newer->peer)) {
			s->closing = true;
		} else if (s->role == newer->role && node_id_eq(&s->node, &newer->node)) {
			listener_refuse(l, s, &superseded, out, now);
			note_replaced(l, s->peer);
		}
	}
}

static bool
id_is_taken(const struct listener *l, uint64_t id)
{
	for (size_t i = 0; i < l->count; i++) {
		if (l->ids[i] == id) {
			return true;
		}
	}
	return id == 0;
}

static struct session *
session_new(struct listener *l, struct rng *rng)
{
	struct session *s = xcalloc(1, sizeof(*s));

	do {
		s->id = rng_u64(rng);
	} while (id_is_taken(l, s->id));
	if (l->count == l->cap) {
		l->cap = l->cap != 0 ? 2 * l->cap : 16;
		l->sessions = xrealloc(l->sessions, l->cap * sizeof(l->sessions[0]));
		l->ids = xrealloc(l->ids, l->cap * sizeof(l->ids[0]));
	}
	l->sessions[l->count] = s;
	l->ids[l->count++] = s->id;
	return s;
}

/* The highest minor that both speak; 0: none. */
static uint32_t
common_minor(const struct link_hello *hello)
{
	uint32_t max =
		hello->minor_max < LINK_MINOR_MAX ? hello->minor_max : LINK_MINOR_MAX;

	return max >= hello->minor_min && max >= LINK_MINOR_MIN ? max : 0;
}

static void
keep_software(struct session *s, struct slice software)
{
	size_t len = software.len < sizeof(s->software) ? software.len
							: sizeof(s->software) - 1;

	while (len < software.len && len != 0 &&
	       !utf8_valid(slice_of(software.at, len))) {
		len--;
	}
	if (len != 0) {
		memcpy(s->software, software.at, len);
	}
	s->hello.software = slice_of(s->software, len);
}

enum listener_event
listener_take_hello(struct listener *l, struct peer peer, const struct node_id *node,
		    const struct frame *frame, struct arena *arena, struct outbox *out,
		    struct rng *rng, msec_t now, struct session **ret_session)
{
	size_t greeter = greeter_of(l, node, now);
	struct link_hello hello;
	char text[128];

	if (l->greeters[greeter].muted) {
		return LISTENER_NOTHING;
	}
	if (++l->greeters[greeter].count > LINK_HELLOS_PER_SECOND) {
		l->greeters[greeter].muted = true;
		refuse_hello(l, peer, LINK_BUSY, LINK_RETRY_BACKOFF,
			     "more than 50 HELLOs in a second", out);
		return LISTENER_NOTHING;
	}
	if (frame->header.session != 0 || frame->header.frame_no != 1) {
		refuse_hello(l, peer, LINK_PROTOCOL, LINK_RETRY_BACKOFF,
			     "HELLO is frame 1 of no session", out);
		return LISTENER_NOTHING;
	}
	if (!link_hello_get(frame->body, arena, &hello)) {
		refuse_hello(l, peer, LINK_MALFORMED, LINK_RETRY_BACKOFF, "HELLO", out);
		return LISTENER_NOTHING;
	}
	if (!node_id_eq(&hello.node, node)) {
		refuse_hello(l, peer, LINK_FORBIDDEN, LINK_OPERATOR,
			     "this key is enrolled for another node", out);
		return LISTENER_NOTHING;
	}
	uint32_t minor = common_minor(&hello);
	if (minor == 0) {
		snprintf(text, sizeof(text),
			 "this side speaks minors %d to %d, you speak %" PRIu32
			 " to %" PRIu32,
			 LINK_MINOR_MIN, LINK_MINOR_MAX, hello.minor_min,
			 hello.minor_max);
		refuse_hello(l, peer, LINK_VERSION_UNSUPPORTED, LINK_OPERATOR, text, out);
		return LISTENER_NOTHING;
	}

	struct session *s = session_new(l, rng);
	s->peer = peer;
	s->node = *node;
	s->role = hello.role;
	s->minor = minor;
	s->in_no = 1;
	s->since = now;
	s->last_in = now;
	s->last_out = now;
	s->hello = hello;
	keep_software(s, hello.software);
	s->acked = hello.cursor;
	s->sent = hello.cursor;
	end_older(l, s, out, now);
	*ret_session = s;
	return LISTENER_HELLO;
}
