/* Subscriptions, silences and acknowledgements, as headquarters' intake takes them. */
#include "fixture.h"

#include "lib/base/wire.h"

#define NO_SUCH_ID "018bcfe5-6800-7000-8000-0000000000ff"
#define ADDRESS    "desk@example.org"

/* ---- Reference data -----------------------------------------------------------------
 */

static Kusanone__V1__ReferenceRow *
post_row(struct post *p, const char *id, const char *zone)
{
	Kusanone__V1__ReferenceRow *row = new_reference_row(p);
	Kusanone__V1__PostRow *body = arena_alloc(&p->arena, sizeof(*body));

	kusanone__v1__post_row__init(body);
	body->id = STR(id);
	body->zone = STR(zone);
	body->name = text(p, id, id);
	row->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_POST;
	row->post = body;
	return row;
}

static Kusanone__V1__ReferenceRow *
state_row(struct post *p, const char *code)
{
	Kusanone__V1__ReferenceRow *row = new_reference_row(p);
	Kusanone__V1__StateRow *body = arena_alloc(&p->arena, sizeof(*body));

	kusanone__v1__state_row__init(body);
	body->country = STR("US");
	body->code = STR(code);
	row->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_STATE;
	row->state = body;
	return row;
}

static Kusanone__V1__ReferenceRow *
pillar_row(struct post *p, const char *code)
{
	Kusanone__V1__ReferenceRow *row = new_reference_row(p);
	Kusanone__V1__PillarRow *body = arena_alloc(&p->arena, sizeof(*body));

	kusanone__v1__pillar_row__init(body);
	body->code = STR(code);
	row->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_PILLAR;
	row->pillar = body;
	return row;
}

static Kusanone__V1__ReferenceRow *
code_row(struct post *p, const char *dimension, const char *code)
{
	Kusanone__V1__ReferenceRow *row = new_reference_row(p);

	row->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_CODE;
	row->code = new_code_row(p);
	row->code->dimension = STR(dimension);
	row->code->code = STR(code);
	return row;
}

static void
say_rows(struct post *p, Kusanone__V1__ReferenceRow **rows, size_t count)
{
	Kusanone__V1__Submission *s = new_submission(p);

	s->body_case = KUSANONE__V1__SUBMISSION__BODY_REFERENCE_CHANGE;
	s->reference_change = new_reference_change(p);
	s->reference_change->rows = rows;
	s->reference_change->n_rows = count;
	submit_good(p, s);
}

/* Headquarters, with some reference data. */
static struct post *
hq_new(void)
{
	struct post *p = post_new_as(NODE_HQ, false);
	Kusanone__V1__ReferenceRow *rows[] = {
		post_row(p, "chi", "America/Chicago"),
		post_row(p, "sfo", "America/Los_Angeles"),
		state_row(p, "TN"),
		state_row(p, "TX"),
		pillar_row(p, "economy"),
		code_row(p, "category", "trade"),
		code_row(p, "topic", "hydrogen"),
	};

	say_rows(p, rows, ARRAY_LEN(rows));
	return p;
}

/* ---- Submissions ---------------------------------------------------------------------
 */

static Kusanone__V1__Subscription *
a_subscription(struct post *p)
{
	Kusanone__V1__Subscription *m = arena_alloc(&p->arena, sizeof(*m));

	kusanone__v1__subscription__init(m);
	m->who = STR("planning desk");
	m->channel = KUSANONE__V1__CHANNEL__CHANNEL_MAIL;
	m->to = STR("mailto:" ADDRESS);
	SET_LIST(p, m, kinds, "announced", "cancelled");
	SET_LIST(p, m, posts, "chi");
	return m;
}

/* Only what says which one is meant. */
static Kusanone__V1__Subscription *
a_removal(struct post *p, const char *id)
{
	Kusanone__V1__Subscription *m = arena_alloc(&p->arena, sizeof(*m));

	kusanone__v1__subscription__init(m);
	m->id = STR(id);
	m->removed = true;
	return m;
}

static Kusanone__V1__Submission *
of_subscription(struct post *p, Kusanone__V1__Subscription *m)
{
	Kusanone__V1__Submission *s = new_submission(p);

	s->body_case = KUSANONE__V1__SUBMISSION__BODY_SUBSCRIPTION;
	s->subscription = m;
	return s;
}

static Kusanone__V1__Silence *
a_silence(struct post *p)
{
	Kusanone__V1__Silence *m = arena_alloc(&p->arena, sizeof(*m));

	kusanone__v1__silence__init(m);
	m->until_ms = p->wall + 1000000;
	m->why = STR("year-end holidays");
	return m;
}

static Kusanone__V1__Submission *
of_silence(struct post *p, Kusanone__V1__Silence *m)
{
	Kusanone__V1__Submission *s = new_submission(p);

	s->body_case = KUSANONE__V1__SUBMISSION__BODY_SILENCE;
	s->silence = m;
	return s;
}

static Kusanone__V1__Acknowledgement *
an_acknowledgement(struct post *p)
{
	Kusanone__V1__Acknowledgement *m = arena_alloc(&p->arena, sizeof(*m));

	kusanone__v1__acknowledgement__init(m);
	m->kind = STR("post-silent");
	m->subject = STR("chi");
	m->spell = STR("2023-08-01");
	m->note = STR("moving house");
	return m;
}

static Kusanone__V1__Submission *
of_acknowledgement(struct post *p, Kusanone__V1__Acknowledgement *m)
{
	Kusanone__V1__Submission *s = new_submission(p);

	s->body_case = KUSANONE__V1__SUBMISSION__BODY_ACKNOWLEDGEMENT;
	s->acknowledgement = m;
	return s;
}

/* The id that a good submission got, which outlives the turn. */
static const char *
subscribed(struct post *p, Kusanone__V1__Subscription *m)
{
	const Kusanone__V1__Receipt *r = submit_good(p, of_subscription(p, m));

	assert_false(r->repeated);
	assert_int_equal(strlen(r->event_id), UUID_TEXT_LEN);
	return r->event_id;
}

static void
is_repeat_of(const Kusanone__V1__Receipt *r, const char *id, uint64_t seq)
{
	assert_true(r->repeated);
	assert_string_equal(r->event_id, id);
	assert_int_equal(r->seq, seq);
}

/* ---- What holds
 * ------------------------------------------------------------------------ */

/* The newest row of an id. */
static const struct subscription_row *
row_of(struct post *p, const char *id)
{
	struct uuid uuid;

	must(uuid_parse(slice_str(id), &uuid));
	uint32_t row = fold_find_subscription(&p->core->fold, &uuid);
	assert_int_not_equal(row, UINT32_MAX);
	return table_at(&p->core->fold.subscriptions, row);
}

static unsigned
open_subscriptions(struct post *p)
{
	const struct table *t = &p->core->fold.subscriptions;
	unsigned n = 0;

	for (uint32_t i = 0; i < t->count; i++) {
		n += ((const struct subscription_row *)table_at(t, i))->to_pos ==
		     FACT_OPEN;
	}
	return n;
}

static unsigned
open_silences(struct post *p)
{
	const struct table *t = &p->core->fold.silences;
	unsigned n = 0;

	for (uint32_t i = 0; i < t->count; i++) {
		n += ((const struct silence_row *)table_at(t, i))->to_pos == FACT_OPEN;
	}
	return n;
}

static struct hash
part_of(struct post *p, const char *id)
{
	struct hash part;

	memcpy(part.b, row_of(p, id)->to, HASH_LEN);
	return part;
}

/* What the node keeps beside its records. */
static bool
part_says(struct post *p, const struct hash *part, const char *address)
{
	struct txn txn = txn_begin_read(p->store);
	struct slice salt, is;
	bool same = loose_get(&txn, JOURNAL_DB_LOOSE, part, &salt, &is) &&
		    slice_eq_str(is, address);

	txn_abort(&txn);
	return same;
}

static bool
journal_holds(struct post *p, const char *words)
{
	struct slice blocks[64];
	size_t n = journal_blocks(p, blocks, ARRAY_LEN(blocks));

	for (size_t i = 0; i < n; i++) {
		if (memmem(blocks[i].at, blocks[i].len, words, strlen(words)) != NULL) {
			return true;
		}
	}
	return false;
}

/* ---- Subscriptions
 * --------------------------------------------------------------------- */

static void
test_say_alert__a_subscription_is_recorded_and_its_address_beside_it(void **state)
{
	(void)state;
	struct post *p = hq_new();
	Kusanone__V1__Subscription *m = a_subscription(p);
	Kusanone__V1__Digest digest = KUSANONE__V1__DIGEST__INIT;
	uint32_t leads[] = { 43200, 120 };

	SET_LIST(p, m, states, "TN", "TX");
	SET_LIST(p, m, pillars, "economy");
	SET_LIST(p, m, categories, "trade");
	m->lead_minutes = leads;
	m->n_lead_minutes = ARRAY_LEN(leads);
	digest.weekdays = 127;
	digest.minute_of_day = 510;
	m->digest = &digest;
	m->zone = STR("America/Chicago");
	m->lang = STR("en");
	const struct subscription_row *row = row_of(p, subscribed(p, m));

	assert_int_equal(row->to_pos, FACT_OPEN);
	assert_int_equal(row->channel, CHANNEL_MAIL);
	assert_int_equal(row->kinds, 1 << ALERT_ANNOUNCED | 1 << ALERT_CANCELLED);
	assert_int_equal(row->lead_count, 2);
	assert_int_equal(row->leads[1], 120);
	assert_int_equal(row->digest_minute, 510);
	assert_true(row->english);

	/* "mailto:" is how it is typed. */
	struct hash part;
	memcpy(part.b, row->to, HASH_LEN);
	assert_true(part_says(p, &part, ADDRESS));
	assert_false(journal_holds(p, ADDRESS));
	assert_true(journal_holds(p, "planning desk")); /* So the search finds things. */
	post_free(p);
}

static void
test_say_alert__the_same_again_adds_nothing(void **state)
{
	(void)state;
	struct post *p = hq_new();
	const char *id = subscribed(p, a_subscription(p));
	uint64_t records = journal_records(p);

	/* Without its id, in either spelling of the address, and with it. */
	for (unsigned round = 0; round < 2; round++) {
		Kusanone__V1__Subscription *m = a_subscription(p);

		is_repeat_of(submit_good(p, of_subscription(p, m)), id, records);
		m->to = STR(ADDRESS);
		is_repeat_of(submit_good(p, of_subscription(p, m)), id, records);
		m->id = STR(id);
		is_repeat_of(submit_good(p, of_subscription(p, m)), id, records);
		post_restart(p);
	}
	assert_int_equal(journal_records(p), records);

	/* Twice in one turn, of which the fold knows nothing yet. */
	Kusanone__V1__Subscription *other = a_subscription(p);
	other->who = STR("press desk");
	uint64_t first = put_submission(p, of_subscription(p, other));
	uint64_t second = put_submission(p, of_subscription(p, other));
	post_turn(p);
	assert_false(told_of(p, first).receipt->repeated);
	is_repeat_of(told_of(p, second).receipt, told_of(p, first).receipt->event_id,
		     records + 1);

	/* Another address is another subscription. */
	other = a_subscription(p);
	other->to = STR("other@example.org");
	assert_string_not_equal(subscribed(p, other), id);
	assert_int_equal(open_subscriptions(p), 3);
	post_free(p);
}

static void
test_say_alert__an_edit_keeps_the_address_unless_it_is_another(void **state)
{
	(void)state;
	struct post *p = hq_new();
	const char *id = subscribed(p, a_subscription(p));
	struct hash part = part_of(p, id), is;
	static const char *const same[] = { "", ADDRESS, ("mailto:" ADDRESS) };

	for (unsigned i = 0; i < ARRAY_LEN(same); i++) {
		Kusanone__V1__Subscription *m = a_subscription(p);

		m->id = STR(id);
		m->to = STR(same[i]);
		m->text = arena_printf(&p->arena, "word %u", i);
		assert_string_equal(subscribed(p, m), id);
		is = part_of(p, id);
		assert_true(hash_eq(&is, &part));
		assert_int_equal(open_subscriptions(p), 1);
	}
	Kusanone__V1__Subscription *m = a_subscription(p);
	m->id = STR(id);
	m->to = STR("mailto:other@example.org");
	assert_string_equal(subscribed(p, m), id);
	is = part_of(p, id);
	assert_false(hash_eq(&is, &part));
	assert_true(part_says(p, &is, "other@example.org"));
	/* There since the first of them. */
	assert_int_equal(row_of(p, id)->first_record, 1);

	/* A feed has none, and a mail afterwards needs one. */
	m->channel = KUSANONE__V1__CHANNEL__CHANNEL_FEED;
	(void)subscribed(p, m);
	is = part_of(p, id);
	assert_true(hash_is_zero(&is));
	m->channel = KUSANONE__V1__CHANNEL__CHANNEL_MAIL;
	m->to = STR("");
	assert_string_equal(submit_bad(p, of_subscription(p, m))->field, "to");
	post_free(p);
}

static void
test_say_alert__removed_and_asked_for_again(void **state)
{
	(void)state;
	struct post *p = hq_new();
	const char *ids[3];

	for (unsigned i = 0; i < ARRAY_LEN(ids); i++) {
		ids[i] = subscribed(p, a_subscription(p));
		assert_int_equal(open_subscriptions(p), 1);
		const Kusanone__V1__Receipt *r =
			submit_good(p, of_subscription(p, a_removal(p, ids[i])));
		assert_false(r->repeated);
		assert_string_equal(r->event_id, ids[i]);
		assert_int_equal(open_subscriptions(p), 0);
		const Kusanone__V1__Refused *no =
			submit_bad(p, of_subscription(p, a_removal(p, ids[i])));
		assert_string_equal(no->code, "unknown");
		assert_string_equal(no->field, "id");
	}
	/* Each time a new one ... */
	assert_string_not_equal(ids[0], ids[1]);
	assert_string_not_equal(ids[1], ids[2]);

	/* ... and under its old id it is there again, as often as one likes. */
	for (unsigned i = 0; i < 2; i++) {
		Kusanone__V1__Subscription *m = a_subscription(p);

		m->id = STR(ids[0]);
		assert_string_equal(subscribed(p, m), ids[0]);
		assert_int_equal(open_subscriptions(p), 1);
		assert_false(submit_good(p, of_subscription(p, a_removal(p, ids[0])))
				     ->repeated);
	}
	assert_string_equal(
		submit_bad(p, of_subscription(p, a_removal(p, NO_SUCH_ID)))->code,
		"unknown");
	post_free(p);
}

/* A client that sends all of it with 'removed' must not leave the address in the record,
 * where nobody could erase it. */
static void
test_say_alert__a_removal_says_nothing_else(void **state)
{
	(void)state;
	struct post *p = hq_new();
	Kusanone__V1__Subscription *m = a_subscription(p);

	m->id = STR(subscribed(p, m));
	m->to = STR("mailto:" ADDRESS);
	m->text = STR("not to be seen");
	m->removed = true;
	submit_good(p, of_subscription(p, m));
	assert_int_equal(open_subscriptions(p), 0);
	assert_false(journal_holds(p, ADDRESS));
	assert_false(journal_holds(p, "not to be seen"));
	post_free(p);
}

/* ---- Refusals
 * ---------------------------------------------------------------------------- */

static uint32_t no_lead[] = { 0 }, far_lead[] = { 366 * 1440 + 1 };
static uint32_t nine_leads[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
static char long_text[202];

static void
no_who(struct post *p, Kusanone__V1__Subscription *m)
{
	(void)p;
	m->who = STR("");
}

static void
long_who(struct post *p, Kusanone__V1__Subscription *m)
{
	(void)p;
	memset(long_text, 'x', sizeof(long_text) - 1);
	m->who = long_text;
}

static void
no_id(struct post *p, Kusanone__V1__Subscription *m)
{
	(void)p;
	m->id = STR("018BCFE5-6800-7000-8000-00000000000A");
}

static void
no_channel(struct post *p, Kusanone__V1__Subscription *m)
{
	(void)p;
	m->channel = KUSANONE__V1__CHANNEL__CHANNEL_UNSPECIFIED;
}

static void
no_address(struct post *p, Kusanone__V1__Subscription *m)
{
	(void)p;
	m->to = STR("mailto:\"desk\"@example.org");
}

static void
two_headers(struct post *p, Kusanone__V1__Subscription *m)
{
	(void)p;
	m->to = STR("desk@example.org\r\nBcc: other@example.org");
}

static void
no_url(struct post *p, Kusanone__V1__Subscription *m)
{
	(void)p;
	m->channel = KUSANONE__V1__CHANNEL__CHANNEL_WEBHOOK;
	m->to = STR("https://user@hooks.example.org/");
}

static void
near_kind(struct post *p, Kusanone__V1__Subscription *m)
{
	SET_LIST(p, m, kinds, "announced", "canceled");
}

static void
no_kind(struct post *p, Kusanone__V1__Subscription *m)
{
	SET_LIST(p, m, kinds, "weather");
}

static void
near_post(struct post *p, Kusanone__V1__Subscription *m)
{
	SET_LIST(p, m, posts, "sfo", "chii");
}

static void
upper_post(struct post *p, Kusanone__V1__Subscription *m)
{
	SET_LIST(p, m, posts, "CHI");
}

static void
no_post(struct post *p, Kusanone__V1__Subscription *m)
{
	SET_LIST(p, m, posts, "elsewhere");
}

static void
lower_state(struct post *p, Kusanone__V1__Subscription *m)
{
	SET_LIST(p, m, states, "tn");
}

/* As near to TN as to TX. */
static void
either_state(struct post *p, Kusanone__V1__Subscription *m)
{
	SET_LIST(p, m, states, "TZ");
}

static void
near_pillar(struct post *p, Kusanone__V1__Subscription *m)
{
	SET_LIST(p, m, pillars, "econmoy");
}

static void
near_category(struct post *p, Kusanone__V1__Subscription *m)
{
	SET_LIST(p, m, categories, "trad");
}

/* A topic is no category, however near. */
static void
topic_category(struct post *p, Kusanone__V1__Subscription *m)
{
	SET_LIST(p, m, categories, "hydrogen");
}

static void
near_zone(struct post *p, Kusanone__V1__Subscription *m)
{
	(void)p;
	m->zone = STR("America/Chicgo");
}

static void
near_tokyo(struct post *p, Kusanone__V1__Subscription *m)
{
	(void)p;
	m->zone = STR("Asia/Tokio");
}

static void
no_zone(struct post *p, Kusanone__V1__Subscription *m)
{
	(void)p;
	m->zone = STR("../../etc/passwd");
}

static void
zero_lead(struct post *p, Kusanone__V1__Subscription *m)
{
	(void)p;
	m->lead_minutes = no_lead;
	m->n_lead_minutes = 1;
}

static void
too_far_a_lead(struct post *p, Kusanone__V1__Subscription *m)
{
	(void)p;
	m->lead_minutes = far_lead;
	m->n_lead_minutes = 1;
}

static void
too_many_leads(struct post *p, Kusanone__V1__Subscription *m)
{
	(void)p;
	m->lead_minutes = nine_leads;
	m->n_lead_minutes = ARRAY_LEN(nine_leads);
}

static void
no_weekday(struct post *p, Kusanone__V1__Subscription *m)
{
	m->digest = arena_alloc(&p->arena, sizeof(*m->digest));
	kusanone__v1__digest__init(m->digest);
}

static void
late_digest(struct post *p, Kusanone__V1__Subscription *m)
{
	no_weekday(p, m);
	m->digest->weekdays = 1;
	m->digest->minute_of_day = 1440;
}

static void
no_hours(struct post *p, Kusanone__V1__Subscription *m)
{
	m->quiet = arena_alloc(&p->arena, sizeof(*m->quiet));
	kusanone__v1__quiet_hours__init(m->quiet);
	m->quiet->from_minute = m->quiet->to_minute = 60;
}

static void
no_lang(struct post *p, Kusanone__V1__Subscription *m)
{
	(void)p;
	m->lang = STR("fr");
}

static const struct bad {
	void (*spoil)(struct post *, Kusanone__V1__Subscription *);
	const char *field, *reason, *expected, *expected_ja;
} bad[] = {
	{ no_who, "who", "Does not say who", "a name", "名前" },
	{ long_who, "who", "too long", "200 bytes", "200 バイト" },
	{ no_id, "id", "no id", "lower case", "小文字" },
	{ no_channel, "channel", "no way to send", "MAIL", "MAIL" },
	{ no_address, "to", "no mail address", "desk@example.org", "引用符" },
	{ two_headers, "to", "no mail address", "desk@example.org", "空白なし" },
	{ no_url, "to", "no URL", "https://", "https://" },
	{ near_kind, "kinds", "\"canceled\" is no kind", "did you mean cancelled?",
	  "cancelled ではありませんか。" },
	{ no_kind, "kinds", "\"weather\" is no kind", "upcoming, announced",
	  "upcoming、announced" },
	{ near_post, "posts", "\"chii\" is not in the reference", "did you mean chi?",
	  "chi ではありませんか。" },
	{ upper_post, "posts", "\"CHI\"", "did you mean chi?", "chi ではありませんか。" },
	{ no_post, "posts", "\"elsewhere\"", "kusanone reference show",
	  "kusanone reference show" },
	{ lower_state, "states", "\"tn\"", "did you mean TN?", "TN ではありませんか。" },
	{ either_state, "states", "\"TZ\"", "kusanone reference show",
	  "kusanone reference show" },
	{ near_pillar, "pillars", "\"econmoy\"", "did you mean economy?",
	  "economy ではありませんか。" },
	{ near_category, "categories", "\"trad\"", "did you mean trade?",
	  "trade ではありませんか。" },
	{ topic_category, "categories", "\"hydrogen\"", "kusanone reference show",
	  "kusanone reference show" },
	{ near_zone, "zone", "\"America/Chicgo\" is no time zone",
	  "did you mean America/Chicago?", "America/Chicago ではありませんか。" },
	{ near_tokyo, "zone", "\"Asia/Tokio\"", "did you mean Asia/Tokyo?",
	  "Asia/Tokyo ではありませんか。" },
	{ no_zone, "zone", "no time zone", "such as Asia/Tokyo", "のような名前" },
	{ zero_lead, "lead_minutes", "no lead time", "one minute", "1 分" },
	{ too_far_a_lead, "lead_minutes", "no lead time", "366 days", "366 日" },
	{ too_many_leads, "lead_minutes", "too many", "at most 8", "8 個" },
	{ no_weekday, "digest", "no time", "weekdays", "曜日" },
	{ late_digest, "digest", "no time", "a minute of the day", "0 から 1439" },
	{ no_hours, "quiet", "no hours", "22:00", "22:00" },
	{ no_lang, "lang", "no language", "ja or en", "ja か en" },
};

static void
test_say_alert__what_could_not_be_served_is_refused_with_what_would_be_right(void **state)
{
	(void)state;
	struct post *p = hq_new();
	uint64_t records = journal_records(p);

	for (unsigned i = 0; i < ARRAY_LEN(bad); i++) {
		Kusanone__V1__Subscription *m = a_subscription(p);

		bad[i].spoil(p, m);
		const Kusanone__V1__Refused *no = submit_bad(p, of_subscription(p, m));
		assert_string_equal(no->code, "invalid");
		assert_string_equal(no->field, bad[i].field);
		if (strstr(no->reason->en, bad[i].reason) == NULL ||
		    strstr(no->expected->en, bad[i].expected) == NULL ||
		    strstr(no->expected->ja, bad[i].expected_ja) == NULL ||
		    no->reason->ja[0] == '\0') {
			fail_msg("%u, %s: %s / %s / %s", i, bad[i].field, no->reason->en,
				 no->expected->en, no->expected->ja);
		}
	}
	assert_int_equal(journal_records(p), records);
	post_free(p);
}

/* A code that was taken away is offered no more. */
static void
test_say_alert__only_open_rows_are_near(void **state)
{
	(void)state;
	struct post *p = hq_new();
	Kusanone__V1__ReferenceRow *gone = post_row(p, "chi", "America/Chicago");

	gone->removed = true;
	say_rows(p, &gone, 1);
	Kusanone__V1__Subscription *m = a_subscription(p);
	near_post(p, m);
	assert_non_null(strstr(submit_bad(p, of_subscription(p, m))->expected->en,
			       "kusanone reference show"));
	m = a_subscription(p);
	m->n_posts = 0;
	near_zone(p, m);
	assert_non_null(strstr(submit_bad(p, of_subscription(p, m))->expected->en,
			       "such as Asia/Tokyo"));
	post_free(p);
}

/* An event's code that is not known is only warned of, and the near miss named too. */
static void
test_say_alert__a_warning_names_the_near_miss_too(void **state)
{
	(void)state;
	struct post *p = post_new_as(NODE_POST, true);
	Kusanone__V1__Record *record = new_record(p);
	Kusanone__V1__Event *e = an_event(p, "", "案件");
	Kusanone__V1__ReferenceRow *rows[] = {
		post_row(p, "sfo", "America/Los_Angeles"),
		post_row(p, "chi", "America/Chicago"),
		pillar_row(p, "economy"),
	};
	unsigned named = 0;

	rows[1]->valid_to = STR("2020-12-31");
	record->body_case = KUSANONE__V1__RECORD__BODY_REFERENCE_CHANGE;
	record->reference_change = new_reference_change(p);
	record->reference_change->rows = rows;
	record->reference_change->n_rows = ARRAY_LEN(rows);
	hq_connect(p);
	Kusanone__V1__StreamItem *item = record_item(p, record, 1);
	hq_batch(p, 1, &item, 1);

	SET_LIST(p, e, pillars, "econmoy");
	SET_LIST(p, e, holders, "sfo", "chi");
	add_session(p, e, "", "2024-02-01", "America/Los_Angeles");
	const Kusanone__V1__Receipt *r = submit_good(p, event_submission(p, e));
	for (size_t i = 0; i < r->n_warnings; i++) {
		const Kusanone__V1__Warning *w = r->warnings[i];

		if (strcmp(w->code, "unknown_code") != 0) {
			continue;
		}
		named++;
		if (strcmp(w->field, "pillars") == 0) {
			assert_non_null(strstr(w->text->en, "did you mean economy?"));
			assert_non_null(
				strstr(w->text->ja, "economy ではありませんか。"));
		} else {
			/* Known, but not on that day: it was spelt as it is. */
			assert_string_equal(w->field, "holders");
			assert_non_null(strstr(w->text->en, "check its spelling"));
			assert_null(strstr(w->text->en, "did you mean"));
		}
	}
	assert_int_equal(named, 2);
	post_free(p);
}

/* ---- Silences
 * ---------------------------------------------------------------------------- */

static void
test_say_alert__a_silence_has_an_end_and_a_reason(void **state)
{
	(void)state;
	struct post *p = hq_new();
	Kusanone__V1__Silence *m = a_silence(p);

	m->until_ms = 0;
	assert_string_equal(submit_bad(p, of_silence(p, m))->field, "until_ms");
	m->until_ms = p->wall - 1000;
	assert_string_equal(submit_bad(p, of_silence(p, m))->field, "until_ms");
	m = a_silence(p);
	m->from_ms = m->until_ms;
	assert_string_equal(submit_bad(p, of_silence(p, m))->field, "until_ms");
	m = a_silence(p);
	m->why = STR("");
	assert_string_equal(submit_bad(p, of_silence(p, m))->field, "why");
	m = a_silence(p);
	m->event_id = STR("the seminar");
	assert_string_equal(submit_bad(p, of_silence(p, m))->field, "event_id");
	m = a_silence(p);
	m->subscription = STR(NO_SUCH_ID);
	const Kusanone__V1__Refused *no = submit_bad(p, of_silence(p, m));
	assert_string_equal(no->code, "unknown");
	assert_string_equal(no->field, "subscription");
	m = a_silence(p);
	SET_LIST(p, m, kinds, "movd");
	assert_non_null(strstr(submit_bad(p, of_silence(p, m))->expected->en,
			       "did you mean moved?"));
	m = a_silence(p);
	SET_LIST(p, m, posts, "chj");
	assert_non_null(strstr(submit_bad(p, of_silence(p, m))->expected->ja,
			       "chi ではありませんか。"));
	assert_int_equal(open_silences(p), 0);
	post_free(p);
}

static void
test_say_alert__a_silence_is_made_once_ended_and_made_again(void **state)
{
	(void)state;
	struct post *p = hq_new();
	Kusanone__V1__Silence *m = a_silence(p);
	int64_t until = m->until_ms;
	const char *ids[3];

	for (unsigned i = 0; i < ARRAY_LEN(ids); i++) {
		m = a_silence(p);
		m->until_ms = until;
		const Kusanone__V1__Receipt *r = submit_good(p, of_silence(p, m));
		assert_false(r->repeated);
		ids[i] = r->event_id;
		assert_int_equal(open_silences(p), 1);
		const struct silence_row *row = table_at(
			&p->core->fold.silences, p->core->fold.silences.count - 1);
		assert_int_equal(row->from_ms, p->wall);

		/* Said again, with its id and without: the same one. */
		is_repeat_of(submit_good(p, of_silence(p, m)), ids[i], r->seq);
		m->id = STR(ids[i]);
		is_repeat_of(submit_good(p, of_silence(p, m)), ids[i], r->seq);

		/* A later end is another word about the same one. */
		m->until_ms = until + 60000;
		r = submit_good(p, of_silence(p, m));
		assert_false(r->repeated);
		assert_string_equal(r->event_id, ids[i]);
		assert_int_equal(open_silences(p), 1);

		m->ended = true;
		assert_false(submit_good(p, of_silence(p, m))->repeated);
		assert_int_equal(open_silences(p), 0);
		assert_string_equal(submit_bad(p, of_silence(p, m))->code, "unknown");
	}
	assert_string_not_equal(ids[0], ids[1]);
	assert_string_not_equal(ids[1], ids[2]);
	post_free(p);
}

/* ---- Acknowledgements
 * -------------------------------------------------------------------- */

static const struct acknowledgement_row *
newest_acknowledgement(struct post *p)
{
	const struct table *t = &p->core->fold.acknowledgements;

	return table_at(t, t->count - 1);
}

static void
test_say_alert__an_acknowledgement_is_undone_and_given_again(void **state)
{
	(void)state;
	struct post *p = hq_new();
	Kusanone__V1__Acknowledgement *m = an_acknowledgement(p);

	m->undone = true;
	assert_string_equal(submit_bad(p, of_acknowledgement(p, m))->code, "unknown");
	for (unsigned i = 0; i < 2; i++) {
		m = an_acknowledgement(p);
		assert_false(submit_good(p, of_acknowledgement(p, m))->repeated);
		assert_true(submit_good(p, of_acknowledgement(p, m))->repeated);
		assert_int_equal(newest_acknowledgement(p)->to_pos, FACT_OPEN);
		m->undone = true;
		assert_false(submit_good(p, of_acknowledgement(p, m))->repeated);
		assert_int_not_equal(newest_acknowledgement(p)->to_pos, FACT_OPEN);
		assert_string_equal(submit_bad(p, of_acknowledgement(p, m))->field,
				    "subject");
	}
	assert_int_equal(p->core->fold.acknowledgements.count, 2);
	post_free(p);
}

static void
test_say_alert__an_acknowledgement_says_which_alert(void **state)
{
	(void)state;
	struct post *p = hq_new();
	Kusanone__V1__Acknowledgement *m = an_acknowledgement(p);

	m->kind = STR("post-slient");
	const Kusanone__V1__Refused *no = submit_bad(p, of_acknowledgement(p, m));
	assert_string_equal(no->field, "kind");
	assert_non_null(strstr(no->expected->en, "did you mean post-silent?"));
	m = an_acknowledgement(p);
	m->subject = STR("");
	assert_string_equal(submit_bad(p, of_acknowledgement(p, m))->field, "subject");
	m = an_acknowledgement(p);
	m->subscription = STR(NO_SUCH_ID);
	assert_string_equal(submit_bad(p, of_acknowledgement(p, m))->field,
			    "subscription");
	post_free(p);
}

/* ---- Who may
 * ------------------------------------------------------------------------------ */

static void
test_say_alert__only_headquarters_says_it(void **state)
{
	(void)state;
	struct post *p = post_new();
	Kusanone__V1__Subscription *m = a_subscription(p);

	m->n_posts = 0;
	Kusanone__V1__Submission *said[] = {
		of_subscription(p, m),
		of_silence(p, a_silence(p)),
		of_acknowledgement(p, an_acknowledgement(p)),
	};
	for (unsigned i = 0; i < ARRAY_LEN(said); i++) {
		assert_string_equal(submit_bad(p, said[i])->code, "forbidden");
	}
	assert_int_equal(journal_records(p), 0);
	post_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_say_alert__a_subscription_is_recorded_and_its_address_beside_it),
		cmocka_unit_test(test_say_alert__the_same_again_adds_nothing),
		cmocka_unit_test(
			test_say_alert__an_edit_keeps_the_address_unless_it_is_another),
		cmocka_unit_test(test_say_alert__removed_and_asked_for_again),
		cmocka_unit_test(test_say_alert__a_removal_says_nothing_else),
		cmocka_unit_test(
			test_say_alert__what_could_not_be_served_is_refused_with_what_would_be_right),
		cmocka_unit_test(test_say_alert__only_open_rows_are_near),
		cmocka_unit_test(test_say_alert__a_warning_names_the_near_miss_too),
		cmocka_unit_test(test_say_alert__a_silence_has_an_end_and_a_reason),
		cmocka_unit_test(
			test_say_alert__a_silence_is_made_once_ended_and_made_again),
		cmocka_unit_test(
			test_say_alert__an_acknowledgement_is_undone_and_given_again),
		cmocka_unit_test(test_say_alert__an_acknowledgement_says_which_alert),
		cmocka_unit_test(test_say_alert__only_headquarters_says_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
