#include <inttypes.h>
#include <stdio.h>

#include "kusanone/v1/control.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "lib/node/reply_wire.h"
#include "notification/keep_wire.h"
#include "notification/notes.h"
#include "notification/preview.h"

/* Requests of this machine's commands: subscriptions, the log of alerts, what is to come;
 * a test, and a dead alert again. */

enum { ROWS_DEFAULT = 50, ROWS_MAX = 500, ID_TEXT = 2 * ALERT_ID_LEN };

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

static void
send_reply(struct peer to, Kusanone__V1__Reply *reply, struct turn *turn)
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

static char *
copy(struct slice s, struct arena *arena)
{
	return arena_dup(arena, s.at, s.len);
}

static char *
uuid_text(const struct uuid *id, struct arena *arena)
{
	char text[UUID_TEXT_LEN + 1];

	uuid_format(id, text);
	return arena_dup(arena, text, UUID_TEXT_LEN);
}

static char *
id_text(const struct alert_id *id, struct arena *arena)
{
	char *text = arena_alloc(arena, ID_TEXT + 1);

	hex_format(id->b, ALERT_ID_LEN, text);
	return text;
}

static Kusanone__V1__Text *
text_of(const struct text *t, struct arena *arena)
{
	return reply_text(arena, copy(t->ja, arena), copy(t->en, arena));
}

/* ---- Rows of alerts ---------------------------------------------------------------- */

static void
fill_title(const struct note *note, Kusanone__V1__AlertRow *row, struct arena *arena)
{
	struct event event;

	if (note->event_now.len != 0 &&
	    event_decode(note->event_now, arena, &event, NULL)) {
		row->title = text_of(&event.title, arena);
	}
}

static Kusanone__V1__AlertRow *
row_of(struct notification *n, const struct alert *a, struct turn *turn)
{
	Kusanone__V1__AlertRow *row = arena_alloc(turn->arena, sizeof(*row));
	uint32_t of = fold_find_subscription(&n->fold, &a->subscription);
	const struct subscription_row *s =
		of != UINT32_MAX ? table_at(&n->fold.subscriptions, of) : NULL;
	struct note note = note_of(n, a, a->due, turn->arena); /* As it was called for. */
	struct compose c = { .fold = &n->fold, .zones = &n->config.zones };

	if (s != NULL) {
		c = note_compose(n, s, turn->arena);
	}
	struct text line = compose_line(&c, &note, turn->arena);
	kusanone__v1__alert_row__init(row);
	row->id = id_text(&a->id, turn->arena);
	row->subscription = uuid_text(&a->subscription, turn->arena);
	row->kind = (char *)(uintptr_t)alert_kind_name((enum alert_kind)a->kind);
	row->words = text_of(&line, turn->arena);
	row->due_ms = a->due;
	row->spell = copy(words_at(&n->words, a->spell), turn->arena);
	row->subject = copy(words_at(&n->words, a->subject), turn->arena);
	if (s != NULL) {
		row->who = copy(words_at(&n->fold.words, s->who), turn->arena);
	}
	if (!uuid_is_zero(&a->event)) {
		row->event_id = uuid_text(&a->event, turn->arena);
		row->subject = row->event_id;
		fill_title(&note, row, turn->arena);
	}
	return row;
}

/* What a question asks for. */
static bool
starts_with(const char *text, const char *beginning)
{
	return strncmp(text, beginning, strlen(beginning)) == 0;
}

static bool
asks_for(const Kusanone__V1__AlertsQuery *q, const Kusanone__V1__AlertRow *row)
{
	bool state = q->n_states == 0, kind = q->n_kinds == 0;

	for (size_t i = 0; i < q->n_states; i++) {
		state |= q->states[i] == row->state;
	}
	for (size_t i = 0; i < q->n_kinds; i++) {
		kind |= strcmp(q->kinds[i], row->kind) == 0;
	}
	return state && kind && starts_with(row->subscription, q->subscription) &&
	       starts_with(row->event_id, q->event_id) && starts_with(row->id, q->id) &&
	       starts_with(row->message, q->message);
}

struct page {
	const Kusanone__V1__AlertsQuery *query;
	Kusanone__V1__AlertsReply reply;
	uint32_t limit;
	char last[2 * (8 + ALERT_ID_LEN) + 1]; /* Key of the last settled one. */
};

/* False: the page is full. */
static bool
add_row(struct page *p, Kusanone__V1__AlertRow *row)
{
	if (!asks_for(p->query, row)) {
		return true;
	}
	if (p->reply.n_rows == p->limit) {
		return false;
	}
	p->reply.rows[p->reply.n_rows++] = row;
	return true;
}

static struct sending *
sending_of_row(struct notification *n, uint32_t row)
{
	for (size_t i = 0; i < n->sending_count; i++) {
		for (uint32_t k = 0; k < n->sendings[i]->count; k++) {
			if (n->sendings[i]->alerts[k] == row) {
				return n->sendings[i];
			}
		}
	}
	return NULL;
}

static void
fill_sending(const struct sending *s, Kusanone__V1__AlertRow *row, struct arena *arena)
{
	row->state = KUSANONE__V1__ALERT_STATE__ALERT_STATE_SENDING;
	row->message = id_text(&s->id, arena);
	row->attempts = s->attempts;
	row->next_ms = s->next;
	row->at_ms = s->made;
	row->answer = arena_dup(arena, s->answer, strlen(s->answer));
}

/* What is not settled comes first, whatever page is asked for: it is the first's. */
static void
add_open(struct notification *n, struct page *p, struct turn *turn)
{
	for (uint32_t r = alerts_next(&n->alerts, 0); r != UINT32_MAX;
	     r = alerts_next(&n->alerts, r + 1)) {
		const struct alert *a = alerts_at(&n->alerts, r);
		Kusanone__V1__AlertRow *row = row_of(n, a, turn);
		const struct sending *s =
			a->state == ALERT_TAKEN ? sending_of_row(n, r) : NULL;

		row->state = KUSANONE__V1__ALERT_STATE__ALERT_STATE_WAITING;
		row->at_ms = a->due;
		if (s != NULL) {
			fill_sending(s, row, turn->arena);
		} else {
			row->reason = (char *)(uintptr_t)held_name((enum held)a->held);
			row->next_ms = a->goes == NEVER ? 0 : a->goes;
		}
		if (!add_row(p, row)) {
			return;
		}
	}
}

/* A test is of no alert: a row of its own, for who waits for it. */
static void
add_tests(struct notification *n, struct page *p, struct turn *turn)
{
	for (size_t i = 0; i < n->sending_count; i++) {
		const struct sending *s = n->sendings[i];

		if (!s->test) {
			continue;
		}
		Kusanone__V1__AlertRow *row = arena_alloc(turn->arena, sizeof(*row));
		kusanone__v1__alert_row__init(row);
		row->id = id_text(&s->id, turn->arena);
		row->subscription = uuid_text(&s->subscription, turn->arena);
		row->kind = (char *)(uintptr_t) "test";
		fill_sending(s, row, turn->arena);
		if (s->ended && s->outcome == OUTCOME_ACCEPTED) {
			row->state = KUSANONE__V1__ALERT_STATE__ALERT_STATE_SENT;
		} else if (s->ended) {
			row->state = KUSANONE__V1__ALERT_STATE__ALERT_STATE_DEAD;
		}
		(void)add_row(p, row);
	}
}

/* Settled ones, the newest first, before the place where the last page ended. */
static void
add_history(struct notification *n, struct page *p, struct turn *turn)
{
	struct cursor cursor = cursor_open(turn->txn, NOTIFICATION_DB_HISTORY);
	struct slice key, value, stored;
	uint8_t last[8 + ALERT_ID_LEN];
	bool more = false;

	if (hex_parse(slice_str(p->query->after), last, sizeof(last))) {
		more = cursor_seek(&cursor, slice_of(last, sizeof(last)), &key, &value)
			       ? cursor_prev(&cursor, &key, &value)
			       : cursor_last(&cursor, &key, &value);
	} else {
		more = cursor_last(&cursor, &key, &value);
	}
	for (; more; more = cursor_prev(&cursor, &key, &value)) {
		const Kusanone__V1__StoredAlert *m;
		struct alert alert;
		struct slice id = slice_from(key, 8);

		if (!txn_get(turn->txn, NOTIFICATION_DB_SETTLED, id, &stored) ||
		    !keep_read_alert(n, id, stored, turn->arena, &alert, &m)) {
			continue;
		}
		Kusanone__V1__AlertRow *row = row_of(n, &alert, turn);
		row->state = m->state;
		row->reason = m->reason;
		row->answer = m->answer;
		row->attempts = m->attempts;
		row->at_ms = m->at_ms;
		if (m->message.len == ALERT_ID_LEN) {
			struct alert_id message;

			memcpy(message.b, m->message.data, ALERT_ID_LEN);
			row->message = id_text(&message, turn->arena);
		}
		if (!add_row(p, row)) {
			p->reply.next = arena_dup(turn->arena, p->last, strlen(p->last));
			break;
		}
		hex_format(key.at, key.len, p->last);
	}
	cursor_close(&cursor);
}

static void
answer_alerts(struct notification *n, struct peer to, uint64_t request,
	      const Kusanone__V1__AlertsQuery *q, struct turn *turn)
{
	Kusanone__V1__Reply reply = KUSANONE__V1__REPLY__INIT;
	struct page *p = arena_zalloc(turn->arena, sizeof(*p));

	p->query = q;
	p->limit = q->limit == 0 ? ROWS_DEFAULT : q->limit;
	p->limit = p->limit < ROWS_MAX ? p->limit : ROWS_MAX;
	kusanone__v1__alerts_reply__init(&p->reply);
	p->reply.rows = arena_alloc(turn->arena, p->limit * sizeof(p->reply.rows[0]));
	p->reply.position = fold_position(&n->fold);
	if (q->after[0] == '\0') {
		if (q->message[0] != '\0') {
			add_tests(n, p, turn);
		}
		add_open(n, p, turn);
	}
	add_history(n, p, turn);
	reply.request = request;
	reply.reply_case = KUSANONE__V1__REPLY__REPLY_ALERTS;
	reply.alerts = &p->reply;
	send_reply(to, &reply, turn);
}

/* ---- Subscriptions ----------------------------------------------------------------- */

/* As it stands in its record, with its address. */
static Kusanone__V1__Subscription *
subscription_of(struct notification *n, const struct subscription_row *s,
		struct arena *arena)
{
	struct slice bytes;

	if (!watch_read(n, (uint64_t)s->record + 1, arena, &bytes)) {
		return NULL;
	}
	const Kusanone__V1__Record *record = (const Kusanone__V1__Record *)unpack_message(
		&kusanone__v1__record__descriptor, bytes, arena, NULL);
	if (record == NULL ||
	    record->body_case != KUSANONE__V1__RECORD__BODY_SUBSCRIPTION) {
		return NULL;
	}
	record->subscription->to = copy(deliver_address(n, s), arena);
	return record->subscription;
}

/* Every address that it ever had. */
static void
fill_parts(struct notification *n, const struct subscription_row *of,
	   Kusanone__V1__SubscriptionRow *row, struct arena *arena)
{
	const struct table *rows = &n->fold.subscriptions;

	row->part_hashes = arena_alloc(arena, rows->count * sizeof(row->part_hashes[0]));
	for (uint32_t i = 0; i < rows->count; i++) {
		const struct subscription_row *s = table_at(rows, i);
		struct hash part;

		memcpy(part.b, s->to, HASH_LEN);
		if (memcmp(s->id, of->id, UUID_LEN) == 0 && !hash_is_zero(&part)) {
			row->part_hashes[row->n_part_hashes++] =
				pb_slice(slice_of(s->to, HASH_LEN));
		}
	}
}

static Kusanone__V1__SubscriptionRow *
subscription_row(struct notification *n, const struct subscription_row *s,
		 struct turn *turn)
{
	Kusanone__V1__SubscriptionRow *row = arena_alloc(turn->arena, sizeof(*row));
	const struct record_row *first = table_at(&n->fold.records, s->first_record);
	struct uuid id;

	memcpy(id.b, s->id, UUID_LEN);
	kusanone__v1__subscription_row__init(row);
	fill_parts(n, s, row, turn->arena);
	row->subscription = subscription_of(n, s, turn->arena);
	row->created_ms = first->hq_ms;
	struct keep_counts counts = keep_counts_of(turn->txn, &id);
	row->sent = counts.of[SETTLED_SENT];
	row->dead = counts.of[SETTLED_DEAD];
	row->missed = counts.of[SETTLED_MISSED];
	for (uint32_t r = alerts_next(&n->alerts, 0); r != UINT32_MAX;
	     r = alerts_next(&n->alerts, r + 1)) {
		row->waiting += uuid_eq(&alerts_at(&n->alerts, r)->subscription, &id);
	}
	if (s->channel == CHANNEL_FEED) {
		row->file = deliver_feed_file(&id, turn->arena);
		return row;
	}
	row->address_missing = deliver_address(n, s).len == 0;
	return row;
}

static void
fill_silences(struct notification *n, struct turn *turn,
	      Kusanone__V1__SubscriptionsReply *r)
{
	const struct table *rows = &n->fold.silences;

	r->silences = arena_alloc(turn->arena, rows->count * sizeof(r->silences[0]));
	for (uint32_t i = 0; i < rows->count; i++) {
		const struct silence_row *s = table_at(rows, i);
		struct slice bytes;

		if (s->to_pos != FACT_OPEN || s->until_ms <= turn->wall ||
		    !watch_read(n, (uint64_t)s->record + 1, turn->arena, &bytes)) {
			continue;
		}
		const Kusanone__V1__Record *record =
			(const Kusanone__V1__Record *)unpack_message(
				&kusanone__v1__record__descriptor, bytes, turn->arena,
				NULL);
		if (record != NULL &&
		    record->body_case == KUSANONE__V1__RECORD__BODY_SILENCE) {
			r->silences[r->n_silences++] = record->silence;
		}
	}
}

static void
answer_subscriptions(struct notification *n, struct peer to, uint64_t request,
		     const Kusanone__V1__SubscriptionsQuery *q, struct turn *turn)
{
	Kusanone__V1__Reply reply = KUSANONE__V1__REPLY__INIT;
	Kusanone__V1__SubscriptionsReply r = KUSANONE__V1__SUBSCRIPTIONS_REPLY__INIT;
	const struct subscription_row **readers;
	wall_ms_t *next;

	r.position = fold_position(&n->fold);
	r.rows = arena_alloc(turn->arena, n->open_count * sizeof(r.rows[0]));
	readers = arena_alloc(turn->arena, n->open_count * sizeof(readers[0]));
	next = arena_alloc(turn->arena, n->open_count * sizeof(next[0]));
	for (uint32_t i = 0; i < n->open_count; i++) {
		const struct subscription_row *s =
			table_at(&n->fold.subscriptions, n->open[i]);
		struct uuid id;

		memcpy(id.b, s->id, UUID_LEN);
		if (starts_with(uuid_text(&id, turn->arena), q->id)) {
			readers[r.n_rows] = s;
			r.rows[r.n_rows++] = subscription_row(n, s, turn);
		}
	}
	preview_next(n, readers, r.n_rows, turn->wall,
		     turn->wall + PREVIEW_DAYS_MAX * (wall_ms_t)DAY_MS, turn->arena,
		     next);
	for (size_t i = 0; i < r.n_rows; i++) {
		if (readers[i]->channel != CHANNEL_FEED && next[i] != NEVER) {
			r.rows[i]->next_ms = next[i];
		}
	}
	fill_silences(n, turn, &r);
	reply.request = request;
	reply.reply_case = KUSANONE__V1__REPLY__REPLY_SUBSCRIPTIONS;
	reply.subscriptions = &r;
	send_reply(to, &reply, turn);
}

/* ---- What is to come --------------------------------------------------------------- */

static const struct show_fault no_subscription = {
	.code = "unknown",
	.field = "subscription",
	.reason_ja = "その登録はありません",
	.reason_en = "there is no such subscription",
	.expected_ja = "kusanone alerts list にある番号",
	.expected_en = "an id that kusanone alerts list shows",
};

/* The one whose id begins so; NULL if there is none, or several. */
static const struct subscription_row *
find_subscription(struct notification *n, const char *beginning, struct arena *arena)
{
	const struct subscription_row *found = NULL;

	for (uint32_t i = 0; i < n->open_count && beginning[0] != '\0'; i++) {
		const struct subscription_row *s =
			table_at(&n->fold.subscriptions, n->open[i]);
		struct uuid id;

		memcpy(id.b, s->id, UUID_LEN);
		if (!starts_with(uuid_text(&id, arena), beginning)) {
			continue;
		}
		if (found != NULL) {
			return NULL;
		}
		found = s;
	}
	return found;
}

/* A draft as a row, read as a record is. */
static bool
row_of_draft(struct notification *n, const Kusanone__V1__Subscription *draft,
	     struct arena *arena, struct subscription_row *ret)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Subscription subscription = *draft;
	struct record decoded;

	if (draft->id[0] == '\0') {
		subscription.id = (char *)(uintptr_t) "00000000-0000-7000-8000-"
						      "000000000000";
	}
	record.body_case = KUSANONE__V1__RECORD__BODY_SUBSCRIPTION;
	record.subscription = &subscription;
	if (!record_decode(pack_in_arena(&record.base, arena), arena, &decoded, NULL)) {
		return false;
	}
	fold_subscription_row(&n->fold, &decoded.subscription, ret);
	return true;
}

static void
answer_preview(struct notification *n, struct peer to, uint64_t request,
	       const Kusanone__V1__PreviewQuery *q, struct turn *turn)
{
	static const struct show_fault bad_draft = {
		.field = "draft",
		.reason_ja = "登録の内容が正しくありません",
		.reason_en = "the draft is not a subscription",
		.expected_ja = "kusanone alerts subscribe と同じ指定",
		.expected_en = "what kusanone alerts subscribe takes",
	};
	Kusanone__V1__Reply reply = KUSANONE__V1__REPLY__INIT;
	Kusanone__V1__AlertsReply r = KUSANONE__V1__ALERTS_REPLY__INIT;
	uint32_t days = q->days == 0 ? PREVIEW_DAYS : q->days;
	struct subscription_row draft = { 0 };
	const struct subscription_row *s;
	struct alert *ahead;

	days = days < PREVIEW_DAYS_MAX ? days : PREVIEW_DAYS_MAX;
	if (q->draft != NULL) {
		if (!row_of_draft(n, q->draft, turn->arena, &draft)) {
			reply_refuse(turn, to, request, &bad_draft);
			return;
		}
		s = &draft;
	} else {
		s = find_subscription(n, q->subscription, turn->arena);
		if (s == NULL) {
			reply_refuse(turn, to, request, &no_subscription);
			return;
		}
	}
	size_t count =
		preview_alerts(n, s, turn->wall, turn->wall + days * (wall_ms_t)DAY_MS,
			       turn->arena, &ahead);
	r.position = fold_position(&n->fold);
	r.rows = arena_alloc(turn->arena, count * sizeof(r.rows[0]));
	for (size_t i = 0; i < count && i < ROWS_MAX; i++) {
		struct hours hours = want_hours(n, s);
		Kusanone__V1__AlertRow *row = row_of(n, &ahead[i], turn);

		row->state = KUSANONE__V1__ALERT_STATE__ALERT_STATE_SCHEDULED;
		row->next_ms =
			when_audible(&n->config.zones, &hours,
				     when_digest(&n->config.zones, &hours, ahead[i].due));
		r.rows[r.n_rows++] = row;
	}
	reply.request = request;
	reply.reply_case = KUSANONE__V1__REPLY__REPLY_ALERTS;
	reply.alerts = &r;
	send_reply(to, &reply, turn);
}

/* ---- Status ------------------------------------------------------------------------ */

static void
add_alarm(struct turn *turn, Kusanone__V1__StatusReply *r, const char *ja, const char *en)
{
	r->alarms[r->n_alarms++] = reply_text(turn->arena, ja, en);
}

static Kusanone__V1__AlertCounts *
counts_of(struct notification *n, struct turn *turn)
{
	Kusanone__V1__AlertCounts *c = arena_alloc(turn->arena, sizeof(*c));
	wall_ms_t next = watch_next(n);

	kusanone__v1__alert_counts__init(c);
	c->subscriptions = n->open_count;
	for (uint32_t r = alerts_next(&n->alerts, 0); r != UINT32_MAX;
	     r = alerts_next(&n->alerts, r + 1)) {
		bool taken = alerts_at(&n->alerts, r)->state == ALERT_TAKEN;

		c->sending += taken;
		c->waiting += !taken;
	}
	c->sent = n->counts.sent;
	c->dead = n->counts.dead;
	c->missed = n->counts.missed;
	c->repeated_sends = n->counts.repeated;
	c->next_ms = next == NEVER ? 0 : next;
	return c;
}

/* The oldest message that no receiver has taken for an hour; NULL: there is none. */
static const struct sending *
oldest_stuck(const struct notification *n, wall_ms_t now)
{
	const struct sending *oldest = NULL;

	for (size_t i = 0; i < n->sending_count; i++) {
		const struct sending *s = n->sendings[i];

		if (!s->test && s->made + HOUR_MS <= now &&
		    (oldest == NULL || s->made < oldest->made)) {
			oldest = s;
		}
	}
	return oldest;
}

static void
add_stuck(struct notification *n, struct turn *turn, Kusanone__V1__StatusReply *r)
{
	const struct sending *s = oldest_stuck(n, turn->wall);
	char id[ID_TEXT + 1];

	if (s == NULL) {
		return;
	}
	unsigned hours = (unsigned)((turn->wall - s->made) / HOUR_MS);
	hex_format(s->id.b, ALERT_ID_LEN, id);
	add_alarm(turn, r,
		  arena_printf(turn->arena,
			       "通知 %.8s は %u 時間たっても受け取られていません（%s）",
			       id, hours, s->answer),
		  arena_printf(turn->arena,
			       "message %.8s has not been taken for %u hours (%s)", id,
			       hours, s->answer));
}

static void
answer_status(struct notification *n, struct peer to, uint64_t request, struct turn *turn)
{
	Kusanone__V1__Reply reply = KUSANONE__V1__REPLY__INIT;
	Kusanone__V1__StatusReply r = KUSANONE__V1__STATUS_REPLY__INIT;
	Kusanone__V1__LinkRow link = KUSANONE__V1__LINK_ROW__INIT, *links = &link;
	struct store_usage usage = store_usage(n->store);
	char *node = arena_alloc(turn->arena, 2 * NODE_ID_LEN + 1);

	hex_format(n->config.node.b, NODE_ID_LEN, node);
	r.service = (char *)(uintptr_t) "notification";
	r.node_id = node;
	r.name = (char *)(uintptr_t)n->config.name;
	r.software = (char *)(uintptr_t)n->config.software;
	r.position = fold_position(&n->fold);
	r.hq_position = n->head > r.position ? n->head : r.position;
	link.name = (char *)(uintptr_t)n->dialer.name;
	link.state = (char *)(uintptr_t)dialer_state_name(n->dialer.state);
	link.since_ms = turn->wall - (turn->now - n->dialer.state_since);
	link.reason = n->dialer.reason;
	link.unconfirmed = r.hq_position - r.position;
	r.links = &links;
	r.n_links = 1;
	r.disk_bytes = usage.used_bytes;
	r.disk_quota_bytes = usage.quota_bytes;
	r.memory_bytes = fold_memory(&n->fold) + schedule_memory(&n->schedule) +
			 table_memory(&n->alerts.rows) + table_memory(&n->seen);
	r.events = n->fold.events.count;
	r.records = n->fold.records.count;
	r.wall_ms = turn->wall;
	r.started_ms = n->started;
	r.alerts = counts_of(n, turn);
	r.alarms = arena_alloc(turn->arena, 4 * sizeof(r.alarms[0]));
	if (n->alarm[0] != '\0') {
		add_alarm(turn, &r, n->alarm, n->alarm);
	}
	if (n->feed_alarm[0] != '\0') {
		add_alarm(turn, &r,
			  arena_printf(turn->arena, "カレンダーを書けません: %s",
				       n->feed_alarm),
			  arena_printf(turn->arena, "a feed cannot be written: %s",
				       n->feed_alarm));
	}
	add_stuck(n, turn, &r);
	if (usage.disk_full || usage.percent >= STORE_REFUSE_PERCENT) {
		add_alarm(turn, &r, "ディスクが一杯で、通知を送れません",
			  "the disk is full: no alert is sent");
	}
	reply.request = request;
	reply.reply_case = KUSANONE__V1__REPLY__REPLY_STATUS;
	reply.status = &r;
	send_reply(to, &reply, turn);
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
	receipt.revision = id_text(message, turn->arena);
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
		find_subscription(n, m->subscription, turn->arena);

	if (s == NULL) {
		reply_refuse(turn, to, request, &no_subscription);
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
		answer_subscriptions(n, msg->from, q->request, q->subscriptions, turn);
		break;
	case KUSANONE__V1__QUERY__QUERY_ALERTS:
		answer_alerts(n, msg->from, q->request, q->alerts, turn);
		break;
	case KUSANONE__V1__QUERY__QUERY_PREVIEW:
		answer_preview(n, msg->from, q->request, q->preview, turn);
		break;
	case KUSANONE__V1__QUERY__QUERY_STATUS:
		answer_status(n, msg->from, q->request, turn);
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
ask_handle(struct notification *n, const struct message *msg, struct turn *turn)
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
