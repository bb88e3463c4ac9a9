#include "intake/query_wire.h"

#include "lib/base/unpack_wire.h"
#include "lib/node/reply_wire.h"

/* QUERY: answered after the commit, out of the fold and of what headquarters sent. */

static void
set_refused(Kusanone__V1__Reply *reply, const struct show_fault *f, struct arena *arena)
{
	reply->reply_case = KUSANONE__V1__REPLY__REPLY_REFUSED;
	reply->refused = reply_refused(arena, reply->request, f);
}

/* An answer that no frame can hold is refused: the question can be made smaller. */
static void
send_reply(struct turn *turn, struct peer to, Kusanone__V1__Reply *reply)
{
	static const struct show_fault too_large = {
		.code = "too_large",
		.field = "query",
		.reason_ja = "答えが 1 MiB を超えます。",
		.reason_en = "The answer is larger than 1 MiB.",
		.expected_ja =
			"件数 (limit) を減らすか、履歴なしで問い合わせてください。",
		.expected_en = "Ask for fewer rows (limit), or without the history.",
	};

	if (!reply_send(turn, to, reply)) {
		reply->more = false;
		set_refused(reply, &too_large, turn->arena);
		must(reply_send(turn, to, reply));
	}
}

static void
refuse_to_hq(Kusanone__V1__Reply *reply, struct arena *arena)
{
	static const struct show_fault fault = {
		.code = "unknown",
		.field = "query",
		.reason_ja = "公館の受付は、この問合せには答えません。",
		.reason_en = "A node's intake does not answer this question.",
		.expected_ja = "本部に問い合わせてください (aggregation)。",
		.expected_en = "Ask headquarters (its aggregation service).",
	};

	set_refused(reply, &fault, arena);
}

/* Own events out of the fold; another post's out of its notice.  Of that one the fold may
 * know no more than what was said here about it. */
static void
answer_event(struct intake *in, struct turn *turn, const Kusanone__V1__Query *q,
	     Kusanone__V1__Reply *reply)
{
	struct show_fault fault = { 0 };
	bool known = show_answer(&in->fold, q, turn->arena, reply, &fault);

	if (known && reply->event->n_heads != 0) {
		reply_add_to_event(in, turn, reply->event);
		return;
	}
	if (!known) {
		reply->event = arena_alloc(turn->arena, sizeof(*reply->event));
		kusanone__v1__event_reply__init(reply->event);
	}
	if (reply_from_notice(in, turn, q->event->event_id, reply->event)) {
		reply->reply_case = KUSANONE__V1__REPLY__REPLY_EVENT;
	} else if (known) {
		reply_add_to_event(in, turn, reply->event);
	} else {
		set_refused(reply, &fault, turn->arena);
	}
}

static void
answer(struct intake *in, struct turn *turn, const Kusanone__V1__Query *q,
       Kusanone__V1__Reply *reply)
{
	struct show_fault fault = { 0 };

	switch (q->query_case) {
	case KUSANONE__V1__QUERY__QUERY_EVENT:
		answer_event(in, turn, q, reply);
		break;
	case KUSANONE__V1__QUERY__QUERY_EVENTS:
	case KUSANONE__V1__QUERY__QUERY_FIGURES:
	case KUSANONE__V1__QUERY__QUERY_REFERENCE:
		if (!show_answer(&in->fold, q, turn->arena, reply, &fault)) {
			set_refused(reply, &fault, turn->arena);
		}
		break;
	case KUSANONE__V1__QUERY__QUERY_COHOSTS:
		reply->reply_case = KUSANONE__V1__REPLY__REPLY_COHOSTS;
		reply->cohosts = arena_alloc(turn->arena, sizeof(*reply->cohosts));
		kusanone__v1__cohosts_reply__init(reply->cohosts);
		reply_cohosts(in, turn, q->cohosts->open_only, reply->cohosts);
		break;
	case KUSANONE__V1__QUERY__QUERY_STATUS:
		reply->reply_case = KUSANONE__V1__REPLY__REPLY_STATUS;
		reply->status = arena_alloc(turn->arena, sizeof(*reply->status));
		kusanone__v1__status_reply__init(reply->status);
		reply_status(in, turn, reply->status);
		break;
	default:
		refuse_to_hq(reply, turn->arena);
		break;
	}
}

void
intake_answer_query(struct intake *in, const struct message *msg, struct turn *turn)
{
	Kusanone__V1__Reply reply = KUSANONE__V1__REPLY__INIT;
	const char *why = NULL;
	const Kusanone__V1__Query *q = (const Kusanone__V1__Query *)unpack_message(
		&kusanone__v1__query__descriptor, msg->frame.body, turn->arena, &why);

	if (q == NULL) {
		struct show_fault fault = {
			.code = "invalid",
			.field = "query",
			.reason_ja = arena_printf(turn->arena, "読めません: %s", why),
			.reason_en = arena_printf(turn->arena, "Cannot be read: %s", why),
		};
		set_refused(&reply, &fault, turn->arena);
	} else if (msg->frame.header.type == FRAME_WATCH) {
		refuse_to_hq(&reply, turn->arena);
	} else {
		answer(in, turn, q, &reply);
	}
	reply.request = answer_request(msg);
	if (reply.reply_case == KUSANONE__V1__REPLY__REPLY_REFUSED) {
		reply.refused->request = reply.request;
	}
	send_reply(turn, msg->from, &reply);
}
