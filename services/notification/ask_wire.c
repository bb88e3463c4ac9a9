#include "notification/ask_parts_wire.h"

/* Requests of this machine's commands: which it is, a test, and a dead alert again. */

void
ask_refuse_full(const struct message *msg, struct turn *turn)
{
	static const struct show_fault full = {
		.code = "disk_full",
		.reason_ja = "通知サービスのディスクがいっぱいです",
		.reason_en = "the notification service's disk is full",
		.expected_ja = "空きができれば自動で再開します",
		.expected_en = "it goes on by itself once there is space",
	};

	reply_refuse(turn, msg->from, 0, &full);
}

void
ask_reply(struct peer to, Kusanone__V1__Reply *reply, struct turn *turn)
{
	static const struct show_fault too_large = {
		.code = "too_large",
		.field = "limit",
		.reason_ja = "答えが大きすぎます",
		.reason_en = "the answer is too large",
		.expected_ja = "件数 (limit) を減らしてください",
		.expected_en = "fewer rows (limit)",
	};

	if (!reply_send(turn, to, reply)) {
		reply_refuse(turn, to, reply->request, &too_large);
	}
}

char *
ask_copy(struct slice s, struct arena *arena)
{
	return arena_dup(arena, s.at, s.len);
}

char *
ask_uuid_text(const struct uuid *id, struct arena *arena)
{
	char text[UUID_TEXT_LEN + 1];

	uuid_format(id, text);
	return arena_dup(arena, text, UUID_TEXT_LEN);
}

char *
ask_id_text(const struct alert_id *id, struct arena *arena)
{
	char *text = arena_alloc(arena, ASK_ID_TEXT + 1);

	hex_format(id->b, ALERT_ID_LEN, text);
	return text;
}

Kusanone__V1__Text *
ask_text(const struct text *t, struct arena *arena)
{
	return reply_text(arena, ask_copy(t->ja, arena), ask_copy(t->en, arena));
}

bool
ask_starts_with(const char *text, const char *beginning)
{
	return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* ---- A test, and once more --------------------------------------------------------- */

static void
send_receipt(struct peer to, uint64_t request, const struct alert_id *message,
	     struct turn *turn)
{
	static const struct frame_header header = { .type = FRAME_RECEIPT,
						    .minor = LINK_MINOR_MAX };
	Kusanone__V1__Receipt receipt = KUSANONE__V1__RECEIPT__INIT;

	receipt.request = request;
	receipt.revision = ask_id_text(message, turn->arena);
	receipt.reach = KUSANONE__V1__REACH__REACH_ON_DISK;
	outbox_frame(turn->out, to, &header, pack_in_arena(&receipt.base, turn->arena),
		     (struct slice){ 0 });
}

static void
take_test(struct notification *n, struct peer to, uint64_t request,
	  const Kusanone__V1__AlertTest *m, struct turn *turn)
{
	static const struct show_fault no_address = {
		.code = "unknown",
		.field = "to",
		.reason_ja = "送り先がありません（消去されたか、カレンダーの登録です）",
		.reason_en = "it has no address: it was erased, or is a feed",
		.expected_ja = "kusanone alerts edit ID --to",
		.expected_en = "kusanone alerts edit ID --to",
	};
	const struct subscription_row *s =
		ask_find_subscription(n, m->subscription, turn->arena);

	if (s == NULL) {
		reply_refuse(turn, to, request, &ask_no_subscription);
		return;
	}
	if (deliver_address(n, s).len == 0) {
		reply_refuse(turn, to, request, &no_address);
		return;
	}
	struct alert_id id = send_test(n, s, turn->wall);
	send_receipt(to, request, &id, turn);
}

static void
take_resend(struct notification *n, struct peer to, uint64_t request,
	    const Kusanone__V1__AlertResend *m, struct turn *turn)
{
	static const struct show_fault not_dead = {
		.code = "unknown",
		.field = "alert",
		.reason_ja = "その番号の、送れなかった通知はありません",
		.reason_en = "there is no dead alert of this id",
		.expected_ja = "kusanone alerts log --state dead にある番号 (32 桁)",
		.expected_en = "an id of kusanone alerts log --state dead (32 digits)",
	};
	struct alert_id id;

	if (!hex_parse(slice_str(m->alert), id.b, ALERT_ID_LEN) ||
	    !send_again(n, &id, turn)) {
		reply_refuse(turn, to, request, &not_dead);
		return;
	}
	send_receipt(to, request, &id, turn);
}

/* ---- Which it is ------------------------------------------------------------------- */

static void
handle_query(struct notification *n, const struct message *msg, struct turn *turn)
{
	static const struct show_fault elsewhere = {
		.code = "unknown",
		.field = "query",
		.reason_ja = "通知サービスが答える質問ではありません",
		.reason_en = "that is no question for the notification service",
		.expected_ja = "集計サービス (aggregation) に尋ねてください",
		.expected_en = "ask the aggregation service",
	};
	const Kusanone__V1__Query *q = (const Kusanone__V1__Query *)unpack_message(
		&kusanone__v1__query__descriptor, msg->frame.body, turn->arena, NULL);
	struct show_fault unreadable = { .field = "query",
					 .reason_ja = "読めない質問です",
					 .reason_en = "the question cannot be read" };

	if (q == NULL) {
		reply_refuse(turn, msg->from, 0, &unreadable);
		return;
	}
	switch (q->query_case) {
	case KUSANONE__V1__QUERY__QUERY_SUBSCRIPTIONS:
		ask_subscriptions(n, msg->from, q->request, q->subscriptions, turn);
		break;
	case KUSANONE__V1__QUERY__QUERY_ALERTS:
		ask_alerts(n, msg->from, q->request, q->alerts, turn);
		break;
	case KUSANONE__V1__QUERY__QUERY_PREVIEW:
		ask_preview(n, msg->from, q->request, q->preview, turn);
		break;
	case KUSANONE__V1__QUERY__QUERY_STATUS:
		ask_status(n, msg->from, q->request, turn);
		break;
	default:
		reply_refuse(turn, msg->from, q->request, &elsewhere);
		break;
	}
}

static void
handle_submission(struct notification *n, const struct message *msg, struct turn *turn)
{
	static const struct show_fault elsewhere = {
		.code = "forbidden",
		.field = "body",
		.reason_ja = "通知サービスは記録しません",
		.reason_en = "the notification service records nothing",
		.expected_ja = "本部の受付 (intake) に送ってください",
		.expected_en = "submit it to headquarters' intake",
	};
	const Kusanone__V1__Submission *s =
		(const Kusanone__V1__Submission *)unpack_message(
			&kusanone__v1__submission__descriptor, msg->frame.body,
			turn->arena, NULL);

	if (s != NULL && s->body_case == KUSANONE__V1__SUBMISSION__BODY_ALERT_TEST) {
		take_test(n, msg->from, s->request, s->alert_test, turn);
	} else if (s != NULL &&
		   s->body_case == KUSANONE__V1__SUBMISSION__BODY_ALERT_RESEND) {
		take_resend(n, msg->from, s->request, s->alert_resend, turn);
	} else {
		reply_refuse(turn, msg->from, s != NULL ? s->request : 0, &elsewhere);
	}
}

void
ask_answer(struct notification *n, const struct message *msg, struct turn *turn)
{
	switch (msg->frame.header.type) {
	case FRAME_QUERY:
	case FRAME_WATCH:
		handle_query(n, msg, turn);
		break;
	case FRAME_SUBMIT:
		handle_submission(n, msg, turn);
		break;
	default:
		break;
	}
}
