#include "archiving/archiving.h"
#include "lib/base/unpack_wire.h"
#include "lib/node/reply_wire.h"

/* Commands of this machine: how it is, how far it is sealed, seal now. */

static Kusanone__V1__Text **
alarms_of(struct archiving *a, struct turn *turn, size_t *ret_count)
{
	enum { MOST = 6 };
	Kusanone__V1__Text **list = arena_alloc(turn->arena, MOST * sizeof(list[0]));
	struct store_usage usage = store_usage(a->store);
	size_t n = 0;

	if (a->follower.alarm[0] != '\0') {
		list[n++] = reply_text(turn->arena, a->follower.alarm, a->follower.alarm);
	}
	if (a->hq_is_behind) {
		list[n++] = reply_text(
			turn->arena,
			"本部の記録に保管済みの記録がありません。以前の状態に戻されたか、"
			"別の本部です。本部からは何も受け取りません。"
			"保管済みの記録から本部を復元してください",
			"headquarters' log does not hold what was taken from it: it was "
			"set back, or is another one. Nothing is taken from it; refill "
			"it from the archive");
	}
	if (a->shelf_full) {
		list[n++] = reply_text(
			turn->arena,
			"保管先のディスクがいっぱいで、封印できません。空きを作れば自動で"
			"再開します",
			"the disk of the archive is full: nothing is sealed. Make room; "
			"it goes on by itself");
	}
	if (a->telling.alarm[0] != '\0') {
		list[n++] = reply_text(turn->arena, a->telling.alarm, a->telling.alarm);
	}
	if (a->erasing.alarm[0] != '\0') {
		list[n++] = reply_text(turn->arena, a->erasing.alarm, a->erasing.alarm);
	}
	if (usage.disk_full || usage.percent >= STORE_REFUSE_PERCENT) {
		list[n++] = reply_text(
			turn->arena,
			"ディスクがいっぱいで、本部の記録を受け取れません。空きを作れば"
			"自動で再開します",
			"the disk is full: headquarters' log is not followed. Make "
			"room; it goes on by itself");
	}
	*ret_count = n;
	return list;
}

static void
reply(struct peer to, Kusanone__V1__Reply *r, struct turn *turn)
{
	must(reply_send(turn, to, r));
}

static void
ask_status(struct archiving *a, struct peer to, uint64_t request, struct turn *turn)
{
	Kusanone__V1__Reply answer = KUSANONE__V1__REPLY__INIT;
	Kusanone__V1__StatusReply r = KUSANONE__V1__STATUS_REPLY__INIT;
	Kusanone__V1__LinkRow link = KUSANONE__V1__LINK_ROW__INIT, *links = &link;
	const struct dialer *d = &a->follower.dialer;
	struct store_usage usage = store_usage(a->store);
	char *node = arena_alloc(turn->arena, 2 * NODE_ID_LEN + 1);

	hex_format(a->config.node.b, NODE_ID_LEN, node);
	r.service = (char *)(uintptr_t) "archiving";
	r.node_id = node;
	r.name = (char *)(uintptr_t)a->config.name;
	r.software = (char *)(uintptr_t)a->config.software;
	r.position = a->follower.log.head.position;
	r.hq_position = a->follower.head > r.position ? a->follower.head : r.position;
	link.name = (char *)(uintptr_t)d->name;
	link.state = (char *)(uintptr_t)dialer_state_name(d->state);
	link.since_ms = turn->wall - (turn->now - d->state_since);
	link.reason = (char *)(uintptr_t)d->reason;
	link.unconfirmed = r.hq_position - r.position;
	r.links = &links;
	r.n_links = 1;
	r.disk_bytes = usage.used_bytes + a->sealed.bytes;
	r.disk_quota_bytes = usage.quota_bytes;
	r.records = a->sealed.log.position;
	r.wall_ms = turn->wall;
	r.started_ms = a->started;
	r.alarms = alarms_of(a, turn, &r.n_alarms);
	answer.request = request;
	answer.reply_case = KUSANONE__V1__REPLY__REPLY_STATUS;
	answer.status = &r;
	reply(to, &answer, turn);
}

static char *
text_of(struct turn *turn, const struct buf *b)
{
	return arena_dup(turn->arena, b->at, b->len);
}

static void
ask_archive(struct archiving *a, struct peer to, uint64_t request, struct turn *turn)
{
	Kusanone__V1__Reply answer = KUSANONE__V1__REPLY__INIT;
	Kusanone__V1__ArchiveReply r = KUSANONE__V1__ARCHIVE_REPLY__INIT;
	struct buf key = { 0 };

	note_key_put(&key, &a->config.key);
	r.entries = a->sealed.size;
	r.segments = a->sealed.segments;
	r.bytes = a->sealed.bytes;
	r.position = a->sealed.log.position;
	r.hq_ms = a->sealed.log.hq_ms;
	r.sealed_ms = a->sealed.at;
	r.tail_position = a->follower.log.head.position;
	r.hq_position =
		a->follower.head > r.tail_position ? a->follower.head : r.tail_position;
	r.checkpoint = text_of(turn, &a->checkpoint);
	r.key = text_of(turn, &key);
	r.alarms = alarms_of(a, turn, &r.n_alarms);
	answer.request = request;
	answer.reply_case = KUSANONE__V1__REPLY__REPLY_ARCHIVE;
	answer.archive = &r;
	reply(to, &answer, turn);
	buf_fini(&key);
}

static void
handle_query(struct archiving *a, const struct message *msg, struct turn *turn)
{
	static const struct show_fault elsewhere = {
		.code = "unknown",
		.field = "query",
		.reason_ja = "保管サービスが答える質問ではありません",
		.reason_en = "that is no question for the archiving service",
		.expected_ja = "集計サービス (aggregation) に尋ねてください",
		.expected_en = "ask the aggregation service",
	};
	static const struct show_fault unreadable = {
		.field = "query",
		.reason_ja = "読めない質問です",
		.reason_en = "the question cannot be read",
	};
	const Kusanone__V1__Query *q = (const Kusanone__V1__Query *)unpack_message(
		&kusanone__v1__query__descriptor, msg->frame.body, turn->arena, NULL);

	if (q == NULL) {
		reply_refuse(turn, msg->from, 0, &unreadable);
	} else if (q->query_case == KUSANONE__V1__QUERY__QUERY_STATUS) {
		ask_status(a, msg->from, q->request, turn);
	} else if (q->query_case == KUSANONE__V1__QUERY__QUERY_ARCHIVE) {
		ask_archive(a, msg->from, q->request, turn);
	} else {
		reply_refuse(turn, msg->from, q->request, &elsewhere);
	}
}

static void
handle_submission(struct archiving *a, const struct message *msg, struct turn *turn)
{
	static const struct frame_header header = { .type = FRAME_RECEIPT,
						    .minor = LINK_MINOR_MAX };
	static const struct show_fault elsewhere = {
		.code = "forbidden",
		.field = "body",
		.reason_ja = "保管サービスは記録しません",
		.reason_en = "the archiving service records nothing",
		.expected_ja = "本部の受付 (intake) に送ってください",
		.expected_en = "submit it to headquarters' intake",
	};
	const Kusanone__V1__Submission *s =
		(const Kusanone__V1__Submission *)unpack_message(
			&kusanone__v1__submission__descriptor, msg->frame.body,
			turn->arena, NULL);
	Kusanone__V1__Receipt receipt = KUSANONE__V1__RECEIPT__INIT;

	if (s == NULL || s->body_case != KUSANONE__V1__SUBMISSION__BODY_ARCHIVE_SEAL) {
		reply_refuse(turn, msg->from, s != NULL ? s->request : 0, &elsewhere);
		return;
	}
	a->seal_to = a->follower.log.head.position;
	a->retry_at = turn->now; /* Whoever asks may have made room. */
	receipt.request = s->request;
	outbox_frame(turn->out, msg->from, &header,
		     pack_in_arena(&receipt.base, turn->arena), (struct slice){ 0 });
}

void
archiving_answer(struct archiving *a, const struct message *msg, struct turn *turn)
{
	switch (msg->frame.header.type) {
	case FRAME_QUERY:
	case FRAME_WATCH:
		handle_query(a, msg, turn);
		break;
	case FRAME_SUBMIT:
		handle_submission(a, msg, turn);
		break;
	default:
		break;
	}
}

void
archiving_refuse(void *self, const struct message *msg, enum err err, struct turn *turn)
{
	static const struct show_fault full = {
		.code = "disk_full",
		.reason_ja = "保管サービスのディスクがいっぱいです",
		.reason_en = "the archiving service's disk is full",
		.expected_ja = "空きができれば自動で再開します",
		.expected_en = "it goes on by itself once there is space",
	};

	(void)self;
	(void)err;
	if (msg->fault == FRAME_GOOD && msg->frame.header.type >= FRAME_REQUEST_FIRST) {
		reply_refuse(turn, msg->from, 0, &full);
	}
}
