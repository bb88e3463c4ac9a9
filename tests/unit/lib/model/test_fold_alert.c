/* What the fold holds of readers: subscriptions, silences, acknowledgements. */
#include "unit/lib/model/fold_fixture.h"

#define DESK    "01900000-0000-7000-8000-0000000000d1"
#define PRESS   "01900000-0000-7000-8000-0000000000d2"
#define SILENCE "01900000-0000-7000-8000-0000000000e1"

#define STR(s) ((char *)(uintptr_t)(s))

static enum fold_verdict
say_subscription(struct world *w, const struct node_id *node,
		 Kusanone__V1__Subscription *m)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;

	record.body_case = KUSANONE__V1__RECORD__BODY_SUBSCRIPTION;
	record.subscription = m;
	return say(w, node, &record, NULL);
}

static enum fold_verdict
say_silence(struct world *w, const struct node_id *node, Kusanone__V1__Silence *m)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;

	record.body_case = KUSANONE__V1__RECORD__BODY_SILENCE;
	record.silence = m;
	return say(w, node, &record, NULL);
}

static enum fold_verdict
say_acknowledgement(struct world *w, const struct node_id *node,
		    Kusanone__V1__Acknowledgement *m)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;

	record.body_case = KUSANONE__V1__RECORD__BODY_ACKNOWLEDGEMENT;
	record.acknowledgement = m;
	return say(w, node, &record, NULL);
}

static uint8_t some_hash[HASH_LEN] = { 7 };

/* A reader by mail. */
static Kusanone__V1__Subscription
reader(const char *id)
{
	Kusanone__V1__Subscription m = KUSANONE__V1__SUBSCRIPTION__INIT;

	m.id = STR(id);
	m.who = STR("desk");
	m.channel = KUSANONE__V1__CHANNEL__CHANNEL_MAIL;
	m.to_hash = (ProtobufCBinaryData){ HASH_LEN, some_hash };
	return m;
}

static Kusanone__V1__Silence
silence(const char *id)
{
	Kusanone__V1__Silence m = KUSANONE__V1__SILENCE__INIT;

	m.id = STR(id);
	m.from_ms = 1000;
	m.until_ms = 9000;
	m.why = STR("holidays");
	return m;
}

static Kusanone__V1__Acknowledgement
acknowledgement(const char *subject, const char *spell)
{
	Kusanone__V1__Acknowledgement m = KUSANONE__V1__ACKNOWLEDGEMENT__INIT;

	m.kind = STR("report-overdue");
	m.subject = STR(subject);
	m.spell = STR(spell);
	return m;
}

static const struct subscription_row *
subscription_row(struct world *w, uint32_t row)
{
	assert_true(row < w->fold.subscriptions.count);
	return table_at(&w->fold.subscriptions, row);
}

static void
held(const struct subscription_row *s, uint64_t from, uint64_t to, uint32_t first)
{
	assert_int_equal(s->from_pos, from);
	assert_int_equal(s->to_pos, to);
	assert_int_equal(s->record, from - 1);
	assert_int_equal(s->first_record, first);
}

static uint32_t
newest_row(struct world *w, const char *id)
{
	struct uuid uuid;

	must(uuid_parse(slice_str(id), &uuid));
	return fold_find_subscription(&w->fold, &uuid);
}

static void
test_fold_alert__a_subscription_holds_from_one_word_to_the_next(void **state)
{
	(void)state;
	struct world *w = world_new();
	Kusanone__V1__Subscription desk = reader(DESK), press = reader(PRESS);
	struct ev event = { .id = EVENT_A, .recorder = "sfo", .holders = { "sfo" } };

	assert_int_equal(newest_row(w, DESK), UINT32_MAX);
	assert_int_equal(say_subscription(w, &w->hq, &desk), VERDICT_COUNTS);  /* 1 */
	assert_int_equal(say_subscription(w, &w->hq, &press), VERDICT_COUNTS); /* 2 */
	say_event(w, &w->sfo, &event, NULL, 0, NULL);                          /* 3 */
	desk.text = STR("hydrogen");
	assert_int_equal(say_subscription(w, &w->hq, &desk), VERDICT_COUNTS); /* 4 */
	held(subscription_row(w, 0), 1, 4, 0);
	held(subscription_row(w, 1), 2, FACT_OPEN, 1);
	held(subscription_row(w, 2), 4, FACT_OPEN, 0); /* There since position 1. */
	assert_int_equal(newest_row(w, DESK), 2);
	assert_int_equal(subscription_row(w, 0)->text, 0);
	assert_true(slice_eq_str(words_at(&w->fold.words, subscription_row(w, 2)->text),
				 "hydrogen"));

	desk.removed = true;
	assert_int_equal(say_subscription(w, &w->hq, &desk), VERDICT_COUNTS); /* 5 */
	held(subscription_row(w, 2), 4, 5, 0);
	assert_int_equal(w->fold.subscriptions.count, 3);
	assert_int_equal(newest_row(w, DESK), 2);

	/* There again, and not since then: what happened meanwhile was not for it. */
	desk.removed = false;
	assert_int_equal(say_subscription(w, &w->hq, &desk), VERDICT_COUNTS); /* 6 */
	held(subscription_row(w, 2), 4, 5, 0);
	held(subscription_row(w, 3), 6, FACT_OPEN, 5);
	check_recount(w);
	world_free(w);
}

static void
test_fold_alert__what_was_never_there_is_removed_without_harm(void **state)
{
	(void)state;
	struct world *w = world_new();
	Kusanone__V1__Subscription m = KUSANONE__V1__SUBSCRIPTION__INIT;
	Kusanone__V1__Silence s = KUSANONE__V1__SILENCE__INIT;
	Kusanone__V1__Acknowledgement a = acknowledgement(EVENT_A, "");

	m.id = STR(DESK);
	m.removed = true; /* And says nothing else. */
	assert_int_equal(say_subscription(w, &w->hq, &m), VERDICT_COUNTS);
	s.id = STR(SILENCE);
	s.ended = true;
	assert_int_equal(say_silence(w, &w->hq, &s), VERDICT_COUNTS);
	a.undone = true;
	assert_int_equal(say_acknowledgement(w, &w->hq, &a), VERDICT_COUNTS);
	assert_int_equal(w->fold.subscriptions.count, 0);
	assert_int_equal(w->fold.silences.count, 0);
	assert_int_equal(w->fold.acknowledgements.count, 0);
	check_recount(w);
	world_free(w);
}

/* All that it says is in its row. */
static void
test_fold_alert__a_row_says_what_the_record_did(void **state)
{
	(void)state;
	struct world *w = world_new();
	Kusanone__V1__Subscription m = reader(DESK);
	Kusanone__V1__Digest digest = KUSANONE__V1__DIGEST__INIT;
	Kusanone__V1__QuietHours quiet = KUSANONE__V1__QUIET_HOURS__INIT;
	char *kinds[] = { STR("upcoming"), STR("restatement"),
			  STR("of-a-newer-program") };
	char *posts[] = { STR("sfo"), STR("lax") }, *states[] = { STR("TN") };
	char *pillars[] = { STR("economy") }, *categories[] = { STR("trade") };
	uint32_t leads[] = { 43200, 1440, 120 };
	const struct fold *f = &w->fold;

	digest.weekdays = 1;
	digest.minute_of_day = 1439;
	quiet.from_minute = 1320;
	quiet.to_minute = 0;
	m.kinds = kinds;
	m.n_kinds = ARRAY_LEN(kinds);
	m.posts = posts;
	m.n_posts = ARRAY_LEN(posts);
	m.states = states;
	m.n_states = 1;
	m.pillars = pillars;
	m.n_pillars = 1;
	m.categories = categories;
	m.n_categories = 1;
	m.lead_minutes = leads;
	m.n_lead_minutes = ARRAY_LEN(leads);
	m.digest = &digest;
	m.quiet = &quiet;
	m.zone = STR("America/Chicago");
	m.lang = STR("en");
	m.channel = KUSANONE__V1__CHANNEL__CHANNEL_WEBHOOK;
	m.secret = STR("hooks");
	assert_int_equal(say_subscription(w, &w->hq, &m), VERDICT_COUNTS);

	const struct subscription_row *s = subscription_row(w, 0);
	assert_int_equal(s->kinds, 1u << ALERT_UPCOMING | 1u << ALERT_RESTATEMENT |
					   ALERT_KINDS_NEWER);
	assert_true(
		sets_has(&f->sets, s->posts, words_find(&f->words, slice_str("sfo"))));
	assert_true(
		sets_has(&f->sets, s->posts, words_find(&f->words, slice_str("lax"))));
	assert_true(
		sets_has(&f->sets, s->states, words_find(&f->words, slice_str("TN"))));
	assert_true(sets_has(&f->sets, s->pillars,
			     words_find(&f->words, slice_str("economy"))));
	assert_true(sets_has(&f->sets, s->categories,
			     words_find(&f->words, slice_str("trade"))));
	assert_int_equal(s->lead_count, 3);
	assert_memory_equal(s->leads, leads, sizeof(leads));
	assert_int_equal(s->channel, CHANNEL_WEBHOOK);
	assert_int_equal(s->digest_weekdays, 1);
	assert_int_equal(s->digest_minute, 1439);
	assert_true(s->has_quiet);
	assert_int_equal(s->quiet_from, 1320);
	assert_int_equal(s->quiet_to, 0);
	assert_true(s->english);
	assert_true(slice_eq_str(words_at(&f->words, s->zone), "America/Chicago"));
	assert_true(slice_eq_str(words_at(&f->words, s->secret), "hooks"));
	assert_memory_equal(s->to, some_hash, HASH_LEN);
	check_recount(w);
	world_free(w);
}

static void
test_fold_alert__a_silence_holds_until_it_is_ended_or_said_anew(void **state)
{
	(void)state;
	struct world *w = world_new();
	Kusanone__V1__Silence m = silence(SILENCE), other = silence(PRESS);
	char *posts[] = { STR("sfo") }, *kinds[] = { STR("moved") };

	m.subscription = STR(DESK);
	m.event_id = STR(EVENT_A);
	m.posts = posts;
	m.n_posts = 1;
	m.kinds = kinds;
	m.n_kinds = 1;
	assert_int_equal(say_silence(w, &w->hq, &m), VERDICT_COUNTS);     /* 1 */
	assert_int_equal(say_silence(w, &w->hq, &other), VERDICT_COUNTS); /* 2 */
	m.until_ms = 19000;
	assert_int_equal(say_silence(w, &w->hq, &m), VERDICT_COUNTS); /* 3 */
	m.ended = true;
	assert_int_equal(say_silence(w, &w->hq, &m), VERDICT_COUNTS); /* 4 */
	m.ended = false;
	assert_int_equal(say_silence(w, &w->hq, &m), VERDICT_COUNTS); /* 5: the same */

	static const struct {
		uint64_t from, to;
		int64_t until;
	} is[] = { { 1, 3, 9000 },
		   { 2, FACT_OPEN, 9000 },
		   { 3, 4, 19000 },
		   { 5, FACT_OPEN, 19000 } };
	assert_int_equal(w->fold.silences.count, ARRAY_LEN(is));
	for (uint32_t i = 0; i < ARRAY_LEN(is); i++) {
		const struct silence_row *s = table_at(&w->fold.silences, i);

		assert_int_equal(s->from_pos, is[i].from);
		assert_int_equal(s->to_pos, is[i].to);
		assert_int_equal(s->until_ms, is[i].until);
		assert_int_equal(s->record, is[i].from - 1);
	}
	const struct silence_row *s = table_at(&w->fold.silences, 3);
	struct uuid desk, event;
	must(uuid_parse(slice_str(DESK), &desk));
	must(uuid_parse(slice_str(EVENT_A), &event));
	assert_memory_equal(s->subscription, desk.b, UUID_LEN);
	assert_memory_equal(s->event, event.b, UUID_LEN);
	assert_int_equal(s->kinds, 1 << ALERT_MOVED);
	assert_int_not_equal(s->posts, 0);
	check_recount(w);
	world_free(w);
}

static void
test_fold_alert__acknowledgements_are_told_apart_by_all_they_name(void **state)
{
	(void)state;
	struct world *w = world_new();
	Kusanone__V1__Acknowledgement of[] = {
		acknowledgement(EVENT_A, ""), acknowledgement(EVENT_A, "2026-03-10"),
		acknowledgement(EVENT_B, ""), acknowledgement(EVENT_A, ""),
		acknowledgement(EVENT_A, ""),
	};

	of[3].kind = STR("date-not-fixed");
	of[4].subscription = STR(DESK);
	for (unsigned i = 0; i < ARRAY_LEN(of); i++) {
		assert_int_equal(say_acknowledgement(w, &w->hq, &of[i]), VERDICT_COUNTS);
	}
	assert_int_equal(w->fold.acknowledgements.count, ARRAY_LEN(of));
	of[1].undone = true;
	assert_int_equal(say_acknowledgement(w, &w->hq, &of[1]), VERDICT_COUNTS); /* 6 */
	of[0].note = STR("a word more");
	assert_int_equal(say_acknowledgement(w, &w->hq, &of[0]), VERDICT_COUNTS); /* 7 */
	static const uint64_t to[] = { 7, 6, FACT_OPEN, FACT_OPEN, FACT_OPEN, FACT_OPEN };
	assert_int_equal(w->fold.acknowledgements.count, ARRAY_LEN(to));
	for (uint32_t i = 0; i < ARRAY_LEN(to); i++) {
		const struct acknowledgement_row *a =
			table_at(&w->fold.acknowledgements, i);

		assert_int_equal(a->to_pos, to[i]);
		assert_int_equal(a->from_pos, i < 5 ? i + 1 : 7);
	}
	check_recount(w);
	world_free(w);
}

/* ---- What does not count
 * ----------------------------------------------------------------- */

static void
bad_id(Kusanone__V1__Subscription *m)
{
	m->id = STR("desk");
}

static void
no_id(Kusanone__V1__Subscription *m)
{
	m->id = STR("");
}

static void
with_address(Kusanone__V1__Subscription *m)
{
	m->to = STR("desk@example.org");
}

static void
with_address_and_removed(Kusanone__V1__Subscription *m)
{
	with_address(m);
	m->removed = true;
}

static void
no_channel(Kusanone__V1__Subscription *m)
{
	m->channel = KUSANONE__V1__CHANNEL__CHANNEL_UNSPECIFIED;
}

static void
newer_channel(Kusanone__V1__Subscription *m)
{
	m->channel = (Kusanone__V1__Channel)9;
}

static void
short_hash(Kusanone__V1__Subscription *m)
{
	m->to_hash.len = HASH_LEN - 1;
}

static uint32_t nine_leads[9], far_lead[1] = { 366 * 1440 + 1 };

static void
many_leads(Kusanone__V1__Subscription *m)
{
	m->lead_minutes = nine_leads;
	m->n_lead_minutes = ARRAY_LEN(nine_leads);
}

static void
long_lead(Kusanone__V1__Subscription *m)
{
	m->lead_minutes = far_lead;
	m->n_lead_minutes = 1;
}

static Kusanone__V1__Digest digest;
static Kusanone__V1__QuietHours quiet;

static void
no_weekday(Kusanone__V1__Subscription *m)
{
	kusanone__v1__digest__init(&digest);
	m->digest = &digest;
}

static void
eighth_weekday(Kusanone__V1__Subscription *m)
{
	no_weekday(m);
	digest.weekdays = 128;
}

static void
late_digest(Kusanone__V1__Subscription *m)
{
	no_weekday(m);
	digest.weekdays = 127;
	digest.minute_of_day = 1440;
}

static void
no_hours(Kusanone__V1__Subscription *m)
{
	kusanone__v1__quiet_hours__init(&quiet);
	m->quiet = &quiet;
}

static void
late_hours(Kusanone__V1__Subscription *m)
{
	no_hours(m);
	quiet.from_minute = 1440;
}

static char *many_codes[201];

static void
too_many_codes(Kusanone__V1__Subscription *m)
{
	for (unsigned i = 0; i < ARRAY_LEN(many_codes); i++) {
		many_codes[i] = STR("sfo");
	}
	m->posts = many_codes;
	m->n_posts = ARRAY_LEN(many_codes);
}

static void
test_fold_alert__a_broken_one_is_malformed_and_changes_nothing(void **state)
{
	(void)state;
	static void (*const spoil[])(Kusanone__V1__Subscription *) = {
		bad_id,     no_id,         with_address,   with_address_and_removed,
		no_channel, newer_channel, short_hash,     many_leads,
		long_lead,  no_weekday,    eighth_weekday, late_digest,
		no_hours,   late_hours,    too_many_codes,
	};
	struct world *w = world_new();
	Kusanone__V1__Subscription good = reader(DESK);

	assert_int_equal(say_subscription(w, &w->hq, &good), VERDICT_COUNTS);
	for (unsigned i = 0; i < ARRAY_LEN(spoil); i++) {
		Kusanone__V1__Subscription m = reader(DESK);

		spoil[i](&m);
		if (say_subscription(w, &w->hq, &m) != VERDICT_MALFORMED) {
			fail_msg("%u counts", i);
		}
	}
	assert_int_equal(w->fold.subscriptions.count, 1);
	held(subscription_row(w, 0), 1, FACT_OPEN, 0);

	Kusanone__V1__Silence s = silence("");
	assert_int_equal(say_silence(w, &w->hq, &s), VERDICT_MALFORMED);
	s = silence(SILENCE);
	s.event_id = STR("the seminar");
	assert_int_equal(say_silence(w, &w->hq, &s), VERDICT_MALFORMED);
	s = silence(SILENCE);
	s.subscription = STR("the desk");
	assert_int_equal(say_silence(w, &w->hq, &s), VERDICT_MALFORMED);
	s = silence(SILENCE);
	s.posts = many_codes;
	s.n_posts = ARRAY_LEN(many_codes);
	assert_int_equal(say_silence(w, &w->hq, &s), VERDICT_MALFORMED);

	Kusanone__V1__Acknowledgement a = acknowledgement("", "");
	assert_int_equal(say_acknowledgement(w, &w->hq, &a), VERDICT_MALFORMED);
	a = acknowledgement(EVENT_A, "");
	a.kind = STR("of-a-newer-program");
	assert_int_equal(say_acknowledgement(w, &w->hq, &a), VERDICT_MALFORMED);
	a = acknowledgement(EVENT_A, "");
	a.subscription = STR("the desk");
	assert_int_equal(say_acknowledgement(w, &w->hq, &a), VERDICT_MALFORMED);
	assert_int_equal(w->fold.silences.count, 0);
	assert_int_equal(w->fold.acknowledgements.count, 0);
	check_recount(w);
	world_free(w);
}

static void
test_fold_alert__a_post_says_nothing_of_readers(void **state)
{
	(void)state;
	struct world *w = world_new();
	Kusanone__V1__Subscription m = reader(DESK), removal = reader(DESK);
	Kusanone__V1__Silence s = silence(SILENCE);
	Kusanone__V1__Acknowledgement a = acknowledgement(EVENT_A, "");

	assert_int_equal(say_subscription(w, &w->sfo, &m), VERDICT_FORBIDDEN);
	assert_int_equal(say_silence(w, &w->sfo, &s), VERDICT_FORBIDDEN);
	assert_int_equal(say_acknowledgement(w, &w->sfo, &a), VERDICT_FORBIDDEN);
	assert_int_equal(w->fold.subscriptions.count, 0);
	assert_int_equal(w->fold.silences.count, 0);
	assert_int_equal(w->fold.acknowledgements.count, 0);

	/* Nor can it take another's away. */
	assert_int_equal(say_subscription(w, &w->hq, &m), VERDICT_COUNTS);
	removal.removed = true;
	assert_int_equal(say_subscription(w, &w->lax, &removal), VERDICT_FORBIDDEN);
	assert_int_equal(subscription_row(w, 0)->to_pos, FACT_OPEN);
	check_recount(w);
	world_free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_fold_alert__a_subscription_holds_from_one_word_to_the_next),
		cmocka_unit_test(
			test_fold_alert__what_was_never_there_is_removed_without_harm),
		cmocka_unit_test(test_fold_alert__a_row_says_what_the_record_did),
		cmocka_unit_test(
			test_fold_alert__a_silence_holds_until_it_is_ended_or_said_anew),
		cmocka_unit_test(
			test_fold_alert__acknowledgements_are_told_apart_by_all_they_name),
		cmocka_unit_test(
			test_fold_alert__a_broken_one_is_malformed_and_changes_nothing),
		cmocka_unit_test(test_fold_alert__a_post_says_nothing_of_readers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
