#include "notification/ask_parts_wire.h"

/* Who is subscribed, and what is silenced. */

const struct show_fault ask_no_subscription = {
	.code = "unknown",
	.field = "subscription",
	.reason_ja = "その登録はありません",
	.reason_en = "there is no such subscription",
	.expected_ja = "kusanone alerts list にある番号",
	.expected_en = "an id that kusanone alerts list shows",
};

const struct subscription_row *
ask_find_subscription(struct notification *n, const char *beginning, struct arena *arena)
{
	const struct subscription_row *found = NULL;

	for (uint32_t i = 0; i < n->open_count && beginning[0] != '\0'; i++) {
		const struct subscription_row *s =
			table_at(&n->fold.subscriptions, n->open[i]);
		struct uuid id;

		memcpy(id.b, s->id, UUID_LEN);
		if (!ask_starts_with(ask_uuid_text(&id, arena), beginning)) {
			continue;
		}
		if (found != NULL) {
			return NULL;
		}
		found = s;
	}
	return found;
}

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
	record->subscription->to = ask_copy(deliver_address(n, s), arena);
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

void
ask_subscriptions(struct notification *n, struct peer to, uint64_t request,
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
		if (ask_starts_with(ask_uuid_text(&id, turn->arena), q->id)) {
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
	ask_reply(to, &reply, turn);
}
