#include "intake/check_wire.h"
#include "intake/meant.h"
#include "lib/base/unpack_wire.h"
#include "lib/base/wire.h"

/* Who wants to hear of what.  A code that nobody knows would be a subscription that never
 * fires, so here it is refused and not only warned of. */

enum { SUBSCRIPTION_TO_HASH = 4, MINUTES_A_DAY = ALERT_MINUTES_A_DAY };

static bool
check_size(struct draft *d, const char *text, size_t max, const char *field)
{
	return strlen(text) <= max ||
	       draft_invalid(d, field, "長すぎます。", "Is too long.",
			     arena_printf(d->arena, "%zu バイト以内", max),
			     arena_printf(d->arena, "at most %zu bytes", max));
}

/* A word that is not known: what was meant, as far as that can be told, else what all of
 * them are. */
static bool
refuse_word(struct draft *d, const char *field, const char *ja, const char *en,
	    struct slice meant, const char *all_ja, const char *all_en)
{
	if (meant.len == 0) {
		return draft_invalid(d, field, ja, en, all_ja, all_en);
	}
	return draft_invalid(d, field, ja, en,
			     arena_printf(d->arena, "%.*s ではありませんか。",
					  (int)meant.len, (const char *)meant.at),
			     arena_printf(d->arena, "did you mean %.*s?", (int)meant.len,
					  (const char *)meant.at));
}

/* ---- What it is about ------------------------------------------------------------ */

static bool
check_kind(struct draft *d, const char *word, const char *field)
{
	enum alert_kind kind;

	return alert_kind_parse(slice_str(word), &kind) ||
	       refuse_word(d, field,
			   arena_printf(d->arena, "「%s」という通知の種類はありません。",
					word),
			   arena_printf(d->arena, "\"%s\" is no kind of alert.", word),
			   meant_kind(slice_str(word)),
			   "upcoming、announced、changed、moved、cancelled など",
			   "upcoming, announced, changed, moved, cancelled, …");
}

static bool
check_kinds(struct draft *d, char *const *kinds, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!check_kind(d, kinds[i], "kinds")) {
			return false;
		}
	}
	return true;
}

/* What groups the codes of a kind that subscriptions name. */
static struct slice
group_of(enum reference_kind kind)
{
	return slice_str(kind == REFERENCE_STATE  ? "US"
			 : kind == REFERENCE_CODE ? "category"
						  : "");
}

static bool
refuse_code(struct draft *d, enum reference_kind kind, const char *field,
	    const char *code)
{
	return refuse_word(
		d, field,
		arena_printf(d->arena, "「%s」は参照データにありません。", code),
		arena_printf(d->arena, "\"%s\" is not in the reference data.", code),
		meant_code(&d->in->fold.reference, kind, group_of(kind), slice_str(code)),
		"kusanone reference show にあるコード",
		"a code that kusanone reference show lists");
}

static bool
is_known(struct draft *d, enum reference_kind kind, struct slice code)
{
	return reference_find(&d->in->fold.reference, kind, group_of(kind), code,
			      REFERENCE_ANY_DAY, REFERENCE_NOW) != NULL;
}

static bool
check_codes_of(struct draft *d, enum reference_kind kind, char *const *codes,
	       size_t count, const char *field)
{
	if (count > EVENT_MAX_CODES) {
		return draft_invalid(d, field, "多すぎます。", "Are too many.",
				     "200 個以内", "at most 200");
	}
	for (size_t i = 0; i < count; i++) {
		if (!is_known(d, kind, slice_str(codes[i]))) {
			return refuse_code(d, kind, field, codes[i]);
		}
	}
	return true;
}

/* ---- When ------------------------------------------------------------------------ */

static bool
check_leads(struct draft *d, const Kusanone__V1__Subscription *m)
{
	if (m->n_lead_minutes > ALERT_MAX_LEADS) {
		return draft_invalid(d, "lead_minutes", "多すぎます。", "Are too many.",
				     "8 個以内", "at most 8");
	}
	for (size_t i = 0; i < m->n_lead_minutes; i++) {
		if (m->lead_minutes[i] == 0 ||
		    m->lead_minutes[i] > ALERT_MAX_LEAD_MINUTES) {
			return draft_invalid(d, "lead_minutes",
					     "何日前・何時間前の値ではありません。",
					     "Is no lead time.", "1 分から 366 日まで",
					     "from one minute to 366 days");
		}
	}
	return true;
}

static bool
check_hours(struct draft *d, const Kusanone__V1__Subscription *m)
{
	if (m->digest != NULL && (m->digest->weekdays == 0 || m->digest->weekdays > 127 ||
				  m->digest->minute_of_day >= MINUTES_A_DAY)) {
		return draft_invalid(d, "digest", "まとめて送る時刻ではありません。",
				     "Is no time for a digest.",
				     "曜日 (1 から 127) と 1 日の分 (0 から 1439)",
				     "weekdays (1 to 127) and a minute of the day");
	}
	if (m->quiet != NULL && (m->quiet->from_minute >= MINUTES_A_DAY ||
				 m->quiet->to_minute >= MINUTES_A_DAY ||
				 m->quiet->from_minute == m->quiet->to_minute)) {
		return draft_invalid(d, "quiet", "時間帯ではありません。",
				     "Are no hours of the day.",
				     "22:00 から 07:00 のような時間帯",
				     "hours such as 22:00 to 07:00");
	}
	return true;
}

static bool
check_zone(struct draft *d, const char *zone)
{
	const struct zone_table *zones = &d->in->config.zones;
	struct date any = date_of_minutes(0);
	struct zone_answer answer;

	return !pb_is_set(zone) ||
	       zones->find(zones->ctx, slice_str(zone), &any, &answer) ||
	       refuse_word(d, "zone",
			   arena_printf(d->arena,
					"「%s」というタイムゾーンはありません。", zone),
			   arena_printf(d->arena, "\"%s\" is no time zone.", zone),
			   meant_zone(&d->in->fold.reference, slice_str(zone)),
			   "Asia/Tokyo のような名前", "a name such as Asia/Tokyo");
}

static bool
check_lang(struct draft *d, const char *lang)
{
	return !pb_is_set(lang) || strcmp(lang, "ja") == 0 || strcmp(lang, "en") == 0 ||
	       draft_invalid(d, "lang", "言語の値ではありません。", "Is no language.",
			     "ja か en", "ja or en");
}

/* ---- Where to -------------------------------------------------------------------- */

static const char *
without(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) == 0 ? text + len : text;
}

static bool
check_address(struct draft *d, Kusanone__V1__Subscription *m)
{
	switch (m->channel) {
	case KUSANONE__V1__CHANNEL__CHANNEL_MAIL:
		m->to = (char *)(uintptr_t)without(m->to, "mailto:");
		return alert_address_valid(slice_str(m->to)) ||
		       draft_invalid(d, "to", "メールアドレスではありません。",
				     "Is no mail address.",
				     "desk@example.org の形 (引用符や空白なし)",
				     "one like desk@example.org, without quotes");
	case KUSANONE__V1__CHANNEL__CHANNEL_WEBHOOK:
		return alert_url_valid(slice_str(m->to), true) ||
		       draft_invalid(d, "to", "送り先の URL ではありません。",
				     "Is no URL to send to.",
				     "https:// で始まる URL (利用者名や # なし)",
				     "a URL that begins with https://");
	default:
		return draft_invalid(d, "channel", "送り方の値ではありません。",
				     "Is no way to send.", "MAIL、WEBHOOK、FEED",
				     "MAIL, WEBHOOK or FEED");
	}
}

/* The row that holds; NULL if there is none. */
static const struct subscription_row *
open_subscription(struct draft *d, const struct uuid *id)
{
	const struct fold *f = &d->in->fold;
	uint32_t row = fold_find_subscription(f, id);

	if (row == UINT32_MAX) {
		return NULL;
	}
	const struct subscription_row *s = table_at(&f->subscriptions, row);
	return s->to_pos == FACT_OPEN ? s : NULL;
}

static void
set_hash(struct draft *d, Kusanone__V1__Subscription *m, const struct hash *hash)
{
	m->to_hash = pb_slice(slice_of(arena_dup(d->arena, hash->b, HASH_LEN), HASH_LEN));
	m->to = (char *)(uintptr_t) "";
}

/* The address becomes a loose part; sent again as it is, it keeps its part. */
static bool
resolve_address(struct draft *d, Kusanone__V1__Subscription *m,
		const struct subscription_row *was)
{
	struct hash part;

	if (m->channel == KUSANONE__V1__CHANNEL__CHANNEL_FEED) {
		m->to = (char *)(uintptr_t) "";
		m->to_hash = (ProtobufCBinaryData){ 0 };
		return true;
	}
	if (was != NULL && was->channel == (uint8_t)m->channel) {
		memcpy(part.b, was->to, HASH_LEN);
		if (!pb_is_set(m->to) ||
		    slice_eq_str(draft_part(d, &part), without(m->to, "mailto:"))) {
			set_hash(d, m, &part);
			return true;
		}
	}
	if (!check_address(d, m)) {
		return false;
	}
	part = draft_add_loose(d, slice_str(m->to));
	set_hash(d, m, &part);
	return true;
}

/* ---- What was said before -------------------------------------------------------- */

/* The body of the record at a row, unpacked: what a client would have to send to say the
 * same again.  NULL: it cannot be read. */
static const ProtobufCMessage *
said_at(struct draft *d, uint32_t row, const ProtobufCMessageDescriptor *type)
{
	struct slice record, body;

	return intake_read(d->in, (uint64_t)row + 1, d->arena, &record) &&
			       wire_get_bytes(record, d->body, &body)
		       ? unpack_message(type, body, d->arena, NULL)
		       : NULL;
}

static bool
packs_alike(struct draft *d, const ProtobufCMessage *a, const ProtobufCMessage *b)
{
	return slice_eq(pack_in_arena(a, d->arena), pack_in_arena(b, d->arena));
}

/* The newest of the rows that hold no more: what is said anew without an id begins from
 * its record, so that it is not taken for what was said, and ended, before. */
struct ended {
	uint64_t at;
	uint32_t record;
};

static void
note_ended(struct ended *e, uint64_t to_pos, uint32_t record)
{
	if (to_pos != FACT_OPEN && to_pos > e->at) {
		*e = (struct ended){ to_pos, record };
	}
}

static struct said_before
after_ended(const struct ended *e)
{
	return e->at != 0 ? (struct said_before){ e->record, false } : SAID_NOTHING;
}

static bool
get_id(struct draft *d, const char *text, const char *field, struct uuid *ret)
{
	return uuid_parse(slice_str(text), ret) ||
	       draft_invalid(d, field, "番号ではありません。", "Is no id.",
			     "小文字の UUID (36 文字)", "a UUID in lower case");
}

static char *
id_text(struct draft *d, const struct uuid *id)
{
	char text[UUID_TEXT_LEN + 1];

	uuid_format(id, text);
	return arena_dup(d->arena, text, UUID_TEXT_LEN);
}

/* ---- Subscriptions --------------------------------------------------------------- */

/* Does it say the same, id and address' hash apart? */
static bool
says_subscription(struct draft *d, const struct subscription_row *row,
		  const Kusanone__V1__Subscription *m)
{
	const Kusanone__V1__Subscription *has =
		(const Kusanone__V1__Subscription *)(const void *)said_at(
			d, row->record, &kusanone__v1__subscription__descriptor);
	Kusanone__V1__Subscription asked = *m;
	struct hash part;

	memcpy(part.b, row->to, HASH_LEN);
	if (has == NULL ||
	    (m->channel != KUSANONE__V1__CHANNEL__CHANNEL_FEED &&
	     !slice_eq_str(draft_part(d, &part), without(m->to, "mailto:")))) {
		return false;
	}
	asked.id = has->id;
	asked.to = has->to;
	asked.to_hash = has->to_hash;
	return packs_alike(d, &asked.base, &has->base);
}

/* What was said before of its id.  Without one it is the subscription that says the same
 * already, or a new one. */
static struct said_before
subscription_before(struct draft *d, Kusanone__V1__Subscription *m, struct uuid *id)
{
	const struct fold *f = &d->in->fold;
	struct ended ended = { 0 };

	if (pb_is_set(m->id)) {
		uint32_t row = fold_find_subscription(f, id);

		if (row == UINT32_MAX) {
			return SAID_NOTHING;
		}
		const struct subscription_row *s = table_at(&f->subscriptions, row);
		return (struct said_before){ s->record, s->to_pos == FACT_OPEN };
	}
	for (uint32_t i = 0; i < f->subscriptions.count; i++) {
		const struct subscription_row *row = table_at(&f->subscriptions, i);

		note_ended(&ended, row->to_pos, row->record);
		if (row->to_pos == FACT_OPEN && says_subscription(d, row, m)) {
			memcpy(id->b, row->id, UUID_LEN);
			m->id = id_text(d, id);
			return (struct said_before){ row->record, true };
		}
	}
	*id = draft_mint_id(d);
	m->id = id_text(d, id);
	return after_ended(&ended);
}

static bool
check_subscription(struct draft *d, const Kusanone__V1__Subscription *m)
{
	if (!pb_is_set(m->who)) {
		return draft_invalid(d, "who", "誰への通知かがありません。",
				     "Does not say who is told.", "部署などの名前",
				     "a name, such as that of a desk");
	}
	return check_size(d, m->who, ALERT_WHO_MAX, "who") &&
	       check_size(d, m->text, ALERT_WHO_MAX, "text") &&
	       check_size(d, m->secret, ALERT_WHO_MAX, "secret") &&
	       check_kinds(d, m->kinds, m->n_kinds) &&
	       check_codes_of(d, REFERENCE_POST, m->posts, m->n_posts, "posts") &&
	       check_codes_of(d, REFERENCE_STATE, m->states, m->n_states, "states") &&
	       check_codes_of(d, REFERENCE_PILLAR, m->pillars, m->n_pillars, "pillars") &&
	       check_codes_of(d, REFERENCE_CODE, m->categories, m->n_categories,
			      "categories") &&
	       check_leads(d, m) && check_hours(d, m) && check_zone(d, m->zone) &&
	       check_lang(d, m->lang);
}

/* It says that it is removed and nothing else: what it was, the records before say. */
static bool
say_removed(struct draft *d, char *id_given, const struct uuid *id,
	    const struct said_before *before)
{
	Kusanone__V1__Subscription removed = KUSANONE__V1__SUBSCRIPTION__INIT;

	if (!before->holds) {
		return draft_refuse(d, "unknown", "id", "その登録はありません。",
				    "There is no such subscription.",
				    "kusanone alerts list にある番号",
				    "an id that kusanone alerts list shows");
	}
	removed.id = id_given;
	removed.removed = true;
	return say_body(d, &removed.base, id, (struct slice){ 0 }, *before);
}

static bool
say_subscription(struct draft *d, Kusanone__V1__Subscription *m)
{
	struct uuid id = { { 0 } };

	if ((pb_is_set(m->id) || m->removed) && !get_id(d, m->id, "id", &id)) {
		return false;
	}
	if (!m->removed && !check_subscription(d, m)) {
		return false;
	}
	struct said_before before = subscription_before(d, m, &id);
	if (m->removed) {
		return say_removed(d, m->id, &id, &before);
	}
	return resolve_address(d, m, open_subscription(d, &id)) &&
	       say_body(d, &m->base, &id, (struct slice){ 0 }, before);
}

/* ---- Silences and acknowledgements ----------------------------------------------- */

/* Does it say the same, but for what a client may leave out? */
static bool
says_silence(struct draft *d, const struct silence_row *row,
	     const Kusanone__V1__Silence *m)
{
	const Kusanone__V1__Silence *has =
		(const Kusanone__V1__Silence *)(const void *)said_at(
			d, row->record, &kusanone__v1__silence__descriptor);
	Kusanone__V1__Silence asked = *m;

	if (has == NULL) {
		return false;
	}
	asked.id = has->id;
	if (asked.from_ms == 0) {
		asked.from_ms = has->from_ms;
	}
	return packs_alike(d, &asked.base, &has->base);
}

/* As of a subscription; and one that holds has begun when it did. */
static struct said_before
silence_before(struct draft *d, Kusanone__V1__Silence *m, struct uuid *id)
{
	const struct fold *f = &d->in->fold;
	bool has_id = pb_is_set(m->id);
	struct ended ended = { 0 };

	for (uint32_t i = f->silences.count; i-- > 0;) {
		const struct silence_row *s = table_at(&f->silences, i);
		bool holds = s->to_pos == FACT_OPEN;
		bool same = holds && says_silence(d, s, m);

		note_ended(&ended, s->to_pos, s->record);
		if (has_id ? memcmp(s->id, id->b, UUID_LEN) != 0 : !same) {
			continue;
		}
		if (same) {
			m->from_ms = s->from_ms;
		}
		memcpy(id->b, s->id, UUID_LEN);
		m->id = id_text(d, id);
		return (struct said_before){ s->record, holds };
	}
	if (!has_id) {
		*id = draft_mint_id(d);
		m->id = id_text(d, id);
	}
	return has_id ? SAID_NOTHING : after_ended(&ended);
}

static bool
check_named_subscription(struct draft *d, const char *text)
{
	struct uuid id;

	if (!pb_is_set(text)) {
		return true;
	}
	return get_id(d, text, "subscription", &id) &&
	       (open_subscription(d, &id) != NULL ||
		draft_refuse(d, "unknown", "subscription", "その登録はありません。",
			     "There is no such subscription.",
			     "kusanone alerts list にある番号",
			     "an id that kusanone alerts list shows"));
}

static bool
say_silence_ended(struct draft *d, char *id_given, const struct uuid *id,
		  const struct said_before *before)
{
	Kusanone__V1__Silence ended = KUSANONE__V1__SILENCE__INIT;

	if (!before->holds) {
		return draft_refuse(d, "unknown", "id", "その停止はありません。",
				    "There is no such silence.", NULL, NULL);
	}
	ended.id = id_given;
	ended.ended = true;
	return say_body(d, &ended.base, id, (struct slice){ 0 }, *before);
}

static bool
check_silence(struct draft *d, const Kusanone__V1__Silence *m)
{
	struct uuid event;

	if (m->until_ms <= m->from_ms || m->until_ms <= d->turn->wall) {
		return draft_invalid(d, "until_ms", "終わりが先の時刻ではありません。",
				     "Does not end in the future.",
				     "必ず終わりのある、これから先の時刻",
				     "a time that is still to come: a silence has an "
				     "end");
	}
	if (!pb_is_set(m->why)) {
		return draft_invalid(d, "why", "理由がありません。", "Says no reason.",
				     "後から読む人への理由",
				     "a reason that others can read later");
	}
	if (pb_is_set(m->event_id) && !get_id(d, m->event_id, "event_id", &event)) {
		return false;
	}
	return check_named_subscription(d, m->subscription) &&
	       check_kinds(d, m->kinds, m->n_kinds) &&
	       check_codes_of(d, REFERENCE_POST, m->posts, m->n_posts, "posts");
}

static bool
say_silence(struct draft *d, Kusanone__V1__Silence *m)
{
	struct uuid id = { { 0 } };

	if ((pb_is_set(m->id) || m->ended) && !get_id(d, m->id, "id", &id)) {
		return false;
	}
	if (!m->ended && !check_silence(d, m)) {
		return false;
	}
	struct said_before before = silence_before(d, m, &id);
	if (m->ended) {
		return say_silence_ended(d, m->id, &id, &before);
	}
	if (m->from_ms == 0) {
		m->from_ms = d->turn->wall;
	}
	return say_body(d, &m->base, &id, (struct slice){ 0 }, before);
}

static struct said_before
acknowledged_before(struct draft *d, const Kusanone__V1__Acknowledgement *m,
		    enum alert_kind kind, const struct uuid *subscription)
{
	const struct fold *f = &d->in->fold;

	for (uint32_t i = f->acknowledgements.count; i-- > 0;) {
		const struct acknowledgement_row *a = table_at(&f->acknowledgements, i);

		if (a->kind == (uint32_t)kind &&
		    slice_eq_str(words_at(&f->words, a->subject), m->subject) &&
		    slice_eq_str(words_at(&f->words, a->spell), m->spell) &&
		    memcmp(a->subscription, subscription->b, UUID_LEN) == 0) {
			return (struct said_before){ a->record, a->to_pos == FACT_OPEN };
		}
	}
	return SAID_NOTHING;
}

static bool
say_acknowledgement(struct draft *d, const Kusanone__V1__Acknowledgement *m)
{
	struct uuid subscription = { { 0 } };
	struct buf key = { 0 };
	enum alert_kind kind;

	if (!check_kind(d, m->kind, "kind")) {
		return false;
	}
	must(alert_kind_parse(slice_str(m->kind), &kind));
	if (!pb_is_set(m->subject)) {
		return draft_invalid(d, "subject", "どの通知のことかがありません。",
				     "Does not say which alert is meant.",
				     "kusanone alerts log にある通知",
				     "an alert that kusanone alerts log shows");
	}
	if (!check_named_subscription(d, m->subscription) ||
	    !check_size(d, m->subject, WORD_MAX_LEN, "subject") ||
	    !check_size(d, m->spell, WORD_MAX_LEN, "spell")) {
		return false;
	}
	if (pb_is_set(m->subscription)) {
		must(uuid_parse(slice_str(m->subscription), &subscription));
	}
	struct said_before before = acknowledged_before(d, m, kind, &subscription);
	if (m->undone && !before.holds) {
		return draft_refuse(d, "unknown", "subject",
				    "その通知は確認済みになっていません。",
				    "That alert is not acknowledged.", NULL, NULL);
	}
	buf_printf(&key, "%s|%s|%s|%s", m->kind, m->subject, m->spell, m->subscription);
	bool good = say_body(d, &m->base, NULL, buf_slice(&key), before);
	buf_fini(&key);
	return good;
}

bool
say_alert(struct draft *d, const Kusanone__V1__Submission *s)
{
	switch (d->body) {
	case BODY_SUBSCRIPTION:
		return say_subscription(d, s->subscription);
	case BODY_SILENCE:
		return say_silence(d, s->silence);
	default:
		return say_acknowledgement(d, s->acknowledgement);
	}
}
