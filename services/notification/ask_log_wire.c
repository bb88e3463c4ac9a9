#include "notification/ask_parts_wire.h"

/* The log of alerts, and what the coming days would bring. */

static void
fill_title(const struct note *note, Kusanone__V1__AlertRow *row, struct arena *arena)
{
	struct event event;

	if (note->event_now.len != 0 &&
	    event_decode(note->event_now, arena, &event, NULL)) {
		row->title = ask_text(&event.title, arena);
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
	row->id = ask_id_text(&a->id, turn->arena);
	row->subscription = ask_uuid_text(&a->subscription, turn->arena);
	row->kind = (char *)(uintptr_t)alert_kind_name((enum alert_kind)a->kind);
	row->words = ask_text(&line, turn->arena);
	row->due_ms = a->due;
	row->spell = ask_copy(words_at(&n->words, a->spell), turn->arena);
	row->subject = ask_copy(words_at(&n->words, a->subject), turn->arena);
	if (s != NULL) {
		row->who = ask_copy(words_at(&n->fold.words, s->who), turn->arena);
	}
	if (!uuid_is_zero(&a->event)) {
		row->event_id = ask_uuid_text(&a->event, turn->arena);
		row->subject = row->event_id;
		fill_title(&note, row, turn->arena);
	}
	return row;
}

/* What a question asks for. */
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
	return state && kind && ask_starts_with(row->subscription, q->subscription) &&
	       ask_starts_with(row->event_id, q->event_id) &&
	       ask_starts_with(row->id, q->id) &&
	       ask_starts_with(row->message, q->message);
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
	row->message = ask_id_text(&s->id, arena);
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
		row->id = ask_id_text(&s->id, turn->arena);
		row->subscription = ask_uuid_text(&s->subscription, turn->arena);
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
			row->message = ask_id_text(&message, turn->arena);
		}
		if (!add_row(p, row)) {
			p->reply.next = arena_dup(turn->arena, p->last, strlen(p->last));
			break;
		}
		hex_format(key.at, key.len, p->last);
	}
	cursor_close(&cursor);
}

void
ask_alerts(struct notification *n, struct peer to, uint64_t request,
	   const Kusanone__V1__AlertsQuery *q, struct turn *turn)
{
	Kusanone__V1__Reply reply = KUSANONE__V1__REPLY__INIT;
	struct page *p = arena_zalloc(turn->arena, sizeof(*p));

	p->query = q;
	p->limit = q->limit == 0 ? ASK_ROWS : q->limit;
	p->limit = p->limit < ASK_ROWS_MAX ? p->limit : ASK_ROWS_MAX;
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
	ask_reply(to, &reply, turn);
}

/* ---- What is to come --------------------------------------------------------------- */

/* A draft as a row, read as a record is.  Where it would go is of no matter, and no
 * record holds an address. */
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
	if (draft->channel == KUSANONE__V1__CHANNEL__CHANNEL_UNSPECIFIED) {
		subscription.channel = KUSANONE__V1__CHANNEL__CHANNEL_MAIL;
	}
	subscription.to = (char *)(uintptr_t) "";
	record.body_case = KUSANONE__V1__RECORD__BODY_SUBSCRIPTION;
	record.subscription = &subscription;
	if (!record_decode(pack_in_arena(&record.base, arena), arena, &decoded, NULL)) {
		return false;
	}
	fold_subscription_row(&n->fold, &decoded.subscription, ret);
	return true;
}

void
ask_preview(struct notification *n, struct peer to, uint64_t request,
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
		s = ask_find_subscription(n, q->subscription, turn->arena);
		if (s == NULL) {
			reply_refuse(turn, to, request, &ask_no_subscription);
			return;
		}
	}
	size_t count =
		preview_alerts(n, s, turn->wall, turn->wall + days * (wall_ms_t)DAY_MS,
			       turn->arena, &ahead);
	r.position = fold_position(&n->fold);
	r.rows = arena_alloc(turn->arena, count * sizeof(r.rows[0]));
	for (size_t i = 0; i < count && i < ASK_ROWS_MAX; i++) {
		enum held held;
		wall_ms_t goes = hold_hours(n, &ahead[i], s, ahead[i].due, &held);

		/* A silence that ends after the session brings no reminder of it. */
		if (ahead[i].kind == ALERT_UPCOMING && goes >= ahead[i].starts) {
			continue;
		}
		Kusanone__V1__AlertRow *row = row_of(n, &ahead[i], turn);
		row->state = KUSANONE__V1__ALERT_STATE__ALERT_STATE_SCHEDULED;
		row->reason = (char *)(uintptr_t)held_name(held);
		row->next_ms = goes;
		r.rows[r.n_rows++] = row;
	}
	reply.request = request;
	reply.reply_case = KUSANONE__V1__REPLY__REPLY_ALERTS;
	reply.alerts = &r;
	ask_reply(to, &reply, turn);
}
