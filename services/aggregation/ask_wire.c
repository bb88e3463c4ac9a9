#include "aggregation/ask_parts_wire.h"

#include "lib/base/unpack_wire.h"
#include "lib/model/publication_wire.h"
#include "lib/model/restatement_wire.h"
#include "lib/model/sheet_wire.h"
#include "lib/model/totals_wire.h"
#include "lib/node/reply_wire.h"

/* Requests of this machine's commands: figures, events, nodes, standing queries. */

/* False: it was refused, being larger than a frame. */
static bool
send_reply(struct peer to, Kusanone__V1__Reply *reply, struct turn *turn)
{
	static const struct show_fault totals = {
		.code = "too_large",
		.field = "by",
		.reason_ja = "答えが大きすぎます",
		.reason_en = "the answer is too large",
		.expected_ja = "区分を減らすか、条件を付けてください",
		.expected_en = "fewer groupings, or a filter",
	};
	static const struct show_fault other = {
		.code = "too_large",
		.field = "query",
		.reason_ja = "答えが大きすぎます",
		.reason_en = "the answer is too large",
		.expected_ja = "件数 (limit) を減らすか、条件を付けてください",
		.expected_en = "fewer rows (limit), or a filter",
	};

	if (reply_send(turn, to, reply)) {
		return true;
	}
	reply_refuse(turn, to, reply->request,
		     reply->reply_case == KUSANONE__V1__REPLY__REPLY_TOTALS ? &totals
									    : &other);
	return false;
}

void
ask_refuse(const struct message *msg, const char *code, struct turn *turn)
{
	struct show_fault fault = {
		.code = code,
		.reason_ja = "本部のディスクがいっぱいです",
		.reason_en = "headquarters' disk is full",
		.expected_ja = "空きができれば自動で再開します",
		.expected_en = "it goes on by itself once there is space",
	};

	reply_refuse(turn, msg->from, 0, &fault);
}

/* False: it was refused. */
static bool
resolve_instant(int64_t as_of_ms, uint64_t *position, struct peer to, uint64_t request,
		struct turn *turn)
{
	static const struct show_fault too_early = {
		.field = "as_of_ms",
		.reason_ja = "その時点にはまだ記録がありません",
		.reason_en = "there was no record at that instant",
		.expected_ja = "もっと後の時点",
		.expected_en = "a later instant",
	};
	struct log_entry entry;

	if (as_of_ms == 0) {
		return true;
	}
	if (!log_at_instant(turn->txn, as_of_ms, &entry)) {
		reply_refuse(turn, to, request, &too_early);
		return false;
	}
	*position = entry.last;
	return true;
}

/* Fold the log from nothing into a second fold: it must say the same. */
static const char *
recount(struct aggregation *a, struct turn *turn)
{
	struct fold again;
	struct log_entry entry;
	const char *table = "";
	uint64_t upto = fold_position(&a->fold);

	fold_init(&again);
	again.source = a->fold.source;
	fold_trust(&again, &a->config.hq);
	while (fold_position(&again) < upto &&
	       log_after(turn->txn, fold_position(&again), &entry)) {
		if (!replay_entry(&again, &entry, NULL, NULL)) {
			turn->txn->err = ERR_CORRUPT;
			break;
		}
	}
	const char *result = fold_eq(&a->fold, &again, &table)
				     ? "equal"
				     : arena_printf(turn->arena, "differs in %s", table);
	fold_fini(&again);
	return result;
}

static bool
answer_totals(struct aggregation *a, struct peer to, uint64_t request,
	      Kusanone__V1__TotalsQuery *q, struct turn *turn)
{
	Kusanone__V1__Reply reply = KUSANONE__V1__REPLY__INIT;
	Kusanone__V1__TotalsReply totals;
	struct show_fault fault = { 0 };

	if (!resolve_instant(q->as_of_ms, &q->as_of_position, to, request, turn)) {
		return false;
	}
	if (!totals_answer(&a->fold, q, turn->arena, &totals, &fault)) {
		reply_refuse(turn, to, request, &fault);
		return false;
	}
	if (q->recount) {
		totals.recount = (char *)(uintptr_t)recount(a, turn);
	}
	reply.request = request;
	reply.reply_case = KUSANONE__V1__REPLY__REPLY_TOTALS;
	reply.totals = &totals;
	return send_reply(to, &reply, turn);
}

static void
answer_sheet(struct aggregation *a, struct peer to, uint64_t request,
	     Kusanone__V1__SheetQuery *q, struct turn *turn)
{
	Kusanone__V1__Reply reply = KUSANONE__V1__REPLY__INIT;
	Kusanone__V1__SheetReply sheet;
	struct show_fault fault = { 0 };

	if (q->select != NULL &&
	    !resolve_instant(q->select->as_of_ms, &q->select->as_of_position, to, request,
			     turn)) {
		return;
	}
	if (!sheet_answer(&a->fold, q, turn->arena, &sheet, &fault)) {
		reply_refuse(turn, to, request, &fault);
		return;
	}
	reply.request = request;
	reply.reply_case = KUSANONE__V1__REPLY__REPLY_SHEET;
	reply.sheet = &sheet;
	send_reply(to, &reply, turn);
}

static void
answer_log(struct aggregation *a, struct peer to, uint64_t request,
	   Kusanone__V1__LogQuery *q, struct turn *turn)
{
	Kusanone__V1__Reply reply = KUSANONE__V1__REPLY__INIT;
	Kusanone__V1__LogReply log = KUSANONE__V1__LOG_REPLY__INIT;
	struct show_fault fault = { 0 };

	if (!resolve_instant(q->as_of_ms, &q->as_of_position, to, request, turn)) {
		return;
	}
	if (!ask_log(a, q, turn, &log, &fault)) {
		reply_refuse(turn, to, request, &fault);
		return;
	}
	reply.request = request;
	reply.reply_case = KUSANONE__V1__REPLY__REPLY_LOG;
	reply.log = &log;
	send_reply(to, &reply, turn);
}

static void
answer_show(struct aggregation *a, struct peer to, const Kusanone__V1__Query *query,
	    struct turn *turn)
{
	Kusanone__V1__Reply reply = KUSANONE__V1__REPLY__INIT;
	struct show_fault fault = { 0 };

	if (!show_answer(&a->fold, query, turn->arena, &reply, &fault)) {
		reply_refuse(turn, to, query->request, &fault);
		return;
	}
	reply.request = query->request;
	if (reply.reply_case == KUSANONE__V1__REPLY__REPLY_EVENT) {
		reply.event->reach = KUSANONE__V1__REACH__REACH_AT_HEADQUARTERS;
		reply.event->hq_position = reply.event->position;
		reply_fill_names(turn, LOG_DB_LOOSE, reply.event->event);
	}
	send_reply(to, &reply, turn);
}

/* All that were frozen, or one with its figures. */
static void
answer_publications(struct aggregation *a, struct peer to,
		    const Kusanone__V1__Query *query, struct turn *turn)
{
	Kusanone__V1__Reply reply = KUSANONE__V1__REPLY__INIT;
	Kusanone__V1__PublicationsReply all;
	Kusanone__V1__PublicationReply one;
	struct show_fault fault = { 0 };

	reply.request = query->request;
	if (query->query_case == KUSANONE__V1__QUERY__QUERY_PUBLICATIONS) {
		publication_list(&a->fold, turn->arena, &all);
		reply.reply_case = KUSANONE__V1__REPLY__REPLY_PUBLICATIONS;
		reply.publications = &all;
	} else if (publication_show(&a->fold, query->publication->name, turn->arena, &one,
				    &fault)) {
		reply.reply_case = KUSANONE__V1__REPLY__REPLY_PUBLICATION;
		reply.publication = &one;
	} else {
		reply_refuse(turn, to, query->request, &fault);
		return;
	}
	send_reply(to, &reply, turn);
}

/* A page of records that no frame can hold is asked for again, half as long. */
static void
answer_restatement(struct aggregation *a, struct peer to, uint64_t request,
		   Kusanone__V1__RestatementQuery *q, struct turn *turn)
{
	Kusanone__V1__Reply reply = KUSANONE__V1__REPLY__INIT;
	Kusanone__V1__RestatementReply restatement;
	struct show_fault fault = { 0 };

	reply.request = request;
	reply.reply_case = KUSANONE__V1__REPLY__REPLY_RESTATEMENT;
	reply.restatement = &restatement;
	do {
		if (!restatement_answer(&a->fold, q, turn->arena, &restatement, &fault)) {
			reply_refuse(turn, to, request, &fault);
			return;
		}
		if (reply_send(turn, to, &reply)) {
			return;
		}
		q->limit = (uint32_t)restatement.n_records / 2;
	} while (q->limit != 0);
	send_reply(to, &reply, turn);
}

static void
answer(struct aggregation *a, struct peer to, const Kusanone__V1__Query *query,
       struct turn *turn)
{
	Kusanone__V1__Reply reply = KUSANONE__V1__REPLY__INIT;
	Kusanone__V1__NodesReply nodes = KUSANONE__V1__NODES_REPLY__INIT;
	Kusanone__V1__StatusReply status = KUSANONE__V1__STATUS_REPLY__INIT;
	static const struct show_fault at_posts = {
		.code = "unknown",
		.field = "cohosts",
		.reason_ja = "共催の確認は公館の受付で行います",
		.reason_en = "co-hosts answer at their own post's intake",
		.expected_ja = "公館の kusanone cohost list",
		.expected_en = "kusanone cohost list at the post",
	};

	reply.request = query->request;
	switch (query->query_case) {
	case KUSANONE__V1__QUERY__QUERY_TOTALS:
		answer_totals(a, to, query->request, query->totals, turn);
		return;
	case KUSANONE__V1__QUERY__QUERY_NODES:
		ask_nodes(a, turn, &nodes);
		reply.reply_case = KUSANONE__V1__REPLY__REPLY_NODES;
		reply.nodes = &nodes;
		send_reply(to, &reply, turn);
		return;
	case KUSANONE__V1__QUERY__QUERY_STATUS:
		ask_status(a, turn, &status);
		reply.reply_case = KUSANONE__V1__REPLY__REPLY_STATUS;
		reply.status = &status;
		send_reply(to, &reply, turn);
		return;
	case KUSANONE__V1__QUERY__QUERY_SHEET:
		answer_sheet(a, to, query->request, query->sheet, turn);
		return;
	case KUSANONE__V1__QUERY__QUERY_LOG:
		answer_log(a, to, query->request, query->log, turn);
		return;
	case KUSANONE__V1__QUERY__QUERY_COHOSTS:
		reply_refuse(turn, to, query->request, &at_posts);
		return;
	case KUSANONE__V1__QUERY__QUERY_PUBLICATIONS:
	case KUSANONE__V1__QUERY__QUERY_PUBLICATION:
		answer_publications(a, to, query, turn);
		return;
	case KUSANONE__V1__QUERY__QUERY_RESTATEMENT:
		answer_restatement(a, to, query->request, query->restatement, turn);
		return;
	default:
		answer_show(a, to, query, turn);
		return;
	}
}

/* ---- Standing queries ---------------------------------------------------------- */

static struct watcher *
watcher_for(struct aggregation *a, struct peer peer, uint64_t request)
{
	struct watcher *oldest = &a->watchers[0];

	for (unsigned i = 0; i < a->watcher_count; i++) {
		struct watcher *w = &a->watchers[i];

		if (peer_eq(w->peer, peer) && w->request == request) {
			return w;
		}
		if (w->last_sent < oldest->last_sent) {
			oldest = w;
		}
	}
	if (a->watcher_count < AGGREGATION_MAX_WATCHERS) {
		return &a->watchers[a->watcher_count++];
	}
	return oldest;
}

static void
watch(struct aggregation *a, const struct message *msg, const Kusanone__V1__Query *query,
      struct turn *turn)
{
	enum { USUAL_HZ = 4, MAX_HZ = 50 };
	static const struct show_fault not_totals = {
		.field = "query",
		.reason_ja = "見守れるのは集計だけです",
		.reason_en = "only totals can be watched",
		.expected_ja = "totals",
		.expected_en = "totals",
	};
	uint32_t hz = query->max_hz == 0       ? USUAL_HZ
		      : query->max_hz > MAX_HZ ? MAX_HZ
					       : query->max_hz;

	if (query->query_case != KUSANONE__V1__QUERY__QUERY_TOTALS) {
		reply_refuse(turn, msg->from, query->request, &not_totals);
		return;
	}
	if (!answer_totals(a, msg->from, query->request, query->totals, turn)) {
		return;
	}
	struct watcher *w = watcher_for(a, msg->from, query->request);
	buf_clear(&w->query);
	buf_put_slice(&w->query, msg->frame.body);
	w->peer = msg->from;
	w->request = query->request;
	w->interval = 1000 / hz;
	w->last_sent = turn->now;
	w->heard = turn->now;
	w->due = false;
}

static void
note_heard(struct aggregation *a, struct peer peer, msec_t now)
{
	for (unsigned i = 0; i < a->watcher_count; i++) {
		if (peer_eq(a->watchers[i].peer, peer)) {
			a->watchers[i].heard = now;
		}
	}
}

static void
forget_silent(struct aggregation *a, msec_t now)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < a->watcher_count; i++) {
		if (now - a->watchers[i].heard >= WATCHER_LEASE_MS) {
			buf_fini(&a->watchers[i].query);
		} else {
			a->watchers[kept++] = a->watchers[i];
		}
	}
	while (a->watcher_count > kept) {
		a->watchers[--a->watcher_count] = (struct watcher){ 0 };
	}
}

static void
send_watched(struct aggregation *a, struct watcher *w, struct turn *turn)
{
	Kusanone__V1__Query *query = (Kusanone__V1__Query *)unpack_message(
		&kusanone__v1__query__descriptor, buf_slice(&w->query), turn->arena,
		NULL);

	must(query != NULL);
	answer_totals(a, w->peer, w->request, query->totals, turn);
	w->last_sent = turn->now;
	w->due = false;
}

void
ask_watchers(struct aggregation *a, struct turn *turn)
{
	bool changed = a->fold.records_mark != a->fold.records.count;

	forget_silent(a, turn->now);
	for (unsigned i = 0; i < a->watcher_count; i++) {
		struct watcher *w = &a->watchers[i];

		w->due = w->due || changed;
		if (w->due && turn->now - w->last_sent >= w->interval) {
			send_watched(a, w, turn);
		}
	}
}

msec_t
ask_deadline(const struct aggregation *a)
{
	msec_t at = NEVER;

	for (unsigned i = 0; i < a->watcher_count; i++) {
		const struct watcher *w = &a->watchers[i];

		if (w->due && w->last_sent + w->interval < at) {
			at = w->last_sent + w->interval;
		}
	}
	return at;
}

/* What is said to headquarters' own service: that its archive is lost. */
static void
submit(struct aggregation *a, const struct message *msg, struct turn *turn)
{
	static const struct frame_header header = { .type = FRAME_RECEIPT,
						    .minor = LINK_MINOR_MAX };
	static const struct show_fault nothing_to_accept = {
		.code = "conflict",
		.field = "accept_rollback",
		.reason_ja = "受け入れるものがありません",
		.reason_en = "there is nothing to accept",
		.expected_ja = "設定に保管サービスがあり、それが現れないとき",
		.expected_en = "an archiving service that the configuration names and "
			       "that does not come",
	};
	static const struct show_fault ahead = {
		.code = "conflict",
		.field = "accept_rollback",
		.reason_ja = "保管サービスは動いており、この記録にないものを持っています",
		.reason_en =
			"the archiving service is there, and holds what this log does "
			"not",
		.expected_ja = "kusanone archive refill で記録を作り直してください",
		.expected_en = "make the log again with kusanone archive refill",
	};
	static const struct show_fault no_submissions = {
		.code = "unknown",
		.reason_ja = "集計は記録を受け付けません",
		.reason_en = "aggregation takes no submissions",
		.expected_ja = "受付 (intake) に送ってください",
		.expected_en = "send it to an intake",
	};
	const Kusanone__V1__Submission *s =
		(const Kusanone__V1__Submission *)unpack_message(
			&kusanone__v1__submission__descriptor, msg->frame.body,
			turn->arena, NULL);
	Kusanone__V1__Receipt receipt = KUSANONE__V1__RECEIPT__INIT;

	if (s == NULL || s->body_case != KUSANONE__V1__SUBMISSION__BODY_ACCEPT_ROLLBACK) {
		reply_refuse(turn, msg->from, s != NULL ? s->request : 0,
			     &no_submissions);
	} else if (!own_archive_give_up(a, turn)) {
		reply_refuse(turn, msg->from, s->request,
			     a->archive.state == OWN_ARCHIVE_AHEAD ? &ahead
								   : &nothing_to_accept);
	} else {
		receipt.request = s->request;
		outbox_frame(turn->out, msg->from, &header,
			     pack_in_arena(&receipt.base, turn->arena),
			     (struct slice){ 0 });
	}
}

void
ask_handle(struct aggregation *a, const struct message *msg, struct turn *turn)
{
	const char *why = "";
	const Kusanone__V1__Query *query;

	note_heard(a, msg->from, turn->now);
	if (msg->frame.header.type != FRAME_QUERY &&
	    msg->frame.header.type != FRAME_WATCH) {
		submit(a, msg, turn);
		return;
	}
	query = (const Kusanone__V1__Query *)unpack_message(
		&kusanone__v1__query__descriptor, msg->frame.body, turn->arena, &why);
	if (query == NULL) {
		struct show_fault fault = {
			.field = "query",
			.reason_ja = "質問として読めません",
			.reason_en = why,
			.expected_ja = "kusanone.v1.Query",
			.expected_en = "kusanone.v1.Query",
		};
		reply_refuse(turn, msg->from, 0, &fault);
		return;
	}
	if (msg->frame.header.type == FRAME_WATCH) {
		watch(a, msg, query, turn);
	} else {
		answer(a, msg->from, query, turn);
	}
}
