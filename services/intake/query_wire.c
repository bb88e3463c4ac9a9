#include "intake/query_wire.h"

#include "lib/base/unpack_wire.h"
#include "lib/model/show_wire.h"

/* QUERY: answered after the commit, out of the fold and of what headquarters sent. */

enum { PAGE_ROWS = 1000 };

static Kusanone__V1__Text *
text_pair(struct arena *arena, const char *ja, const char *en)
{
	Kusanone__V1__Text *t = arena_alloc(arena, sizeof(*t));

	kusanone__v1__text__init(t);
	t->ja = (char *)(uintptr_t)(ja != NULL ? ja : "");
	t->en = (char *)(uintptr_t)(en != NULL ? en : "");
	return t;
}

static void
set_refused(Kusanone__V1__Reply *reply, const struct show_fault *f, struct arena *arena)
{
	Kusanone__V1__Refused *r = arena_alloc(arena, sizeof(*r));

	kusanone__v1__refused__init(r);
	r->request = reply->request;
	r->code = (char *)(uintptr_t)(f->code != NULL ? f->code : "invalid");
	r->field = (char *)(uintptr_t)(f->field != NULL ? f->field : "");
	r->reason = text_pair(arena, f->reason_ja, f->reason_en);
	r->expected = text_pair(arena, f->expected_ja, f->expected_en);
	reply->reply_case = KUSANONE__V1__REPLY__REPLY_REFUSED;
	reply->refused = r;
}

/* An answer that no frame can hold is refused: the question can be made smaller. */
static void
send_reply(struct turn *turn, struct peer to, Kusanone__V1__Reply *reply)
{
	static const struct frame_header header = { .type = FRAME_REPLY,
						    .minor = LINK_MINOR_MAX };
	static const struct show_fault too_large = {
		.code = "too_large",
		.field = "query",
		.reason_ja = "答えが 1 MiB を超えます。",
		.reason_en = "The answer is larger than 1 MiB.",
		.expected_ja =
			"件数 (limit) を減らすか、履歴なしで問い合わせてください。",
		.expected_en = "Ask for fewer rows (limit), or without the history.",
	};
	struct slice packed = pack_in_arena(&reply->base, turn->arena);

	if (packed.len > FRAME_MAX_LEN) {
		reply->more = false;
		set_refused(reply, &too_large, turn->arena);
		packed = pack_in_arena(&reply->base, turn->arena);
	}
	outbox_frame(turn->out, to, &header, packed, (struct slice){ 0 });
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

/* Own events out of the fold; another post's out of its notice. */
static void
answer_event(struct intake *in, struct turn *turn, const Kusanone__V1__Query *q,
	     Kusanone__V1__Reply *reply)
{
	struct show_fault fault = { 0 };

	if (show_answer(&in->fold, q, turn->arena, reply, &fault)) {
		reply_add_to_event(in, turn, reply->event);
		return;
	}
	Kusanone__V1__EventReply *r = arena_alloc(turn->arena, sizeof(*r));
	kusanone__v1__event_reply__init(r);
	if (reply_from_notice(in, turn, q->event->event_id, r)) {
		reply->reply_case = KUSANONE__V1__REPLY__REPLY_EVENT;
		reply->event = r;
	} else {
		set_refused(reply, &fault, turn->arena);
	}
}

/* A long list goes out in pages. */
static void
send_reference(struct turn *turn, struct peer to, Kusanone__V1__Reply *reply)
{
	Kusanone__V1__ReferenceReply *all = reply->reference;
	size_t count = all->n_rows;
	Kusanone__V1__ReferenceRow **rows = all->rows;

	do {
		all->n_rows = count < PAGE_ROWS ? count : PAGE_ROWS;
		all->rows = rows;
		count -= all->n_rows;
		rows += all->n_rows;
		reply->more = count != 0;
		send_reply(turn, to, reply);
	} while (count != 0);
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
	if (reply.reply_case == KUSANONE__V1__REPLY__REPLY_REFERENCE) {
		send_reference(turn, msg->from, &reply);
	} else {
		send_reply(turn, msg->from, &reply);
	}
}
