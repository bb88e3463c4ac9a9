/* cmocka's headers come with the fixture. */
#include "unit/notification/fixture.h"

#include "kusanone/v1/alert.pb-c.h"

/* Readers' hours, bad days of disks and clocks: what waits, and what is tried again. */

#define NIGHT_FROM (22 * 60)
#define NIGHT_TO   (7 * 60)

static void
refuse_for_now(struct desk *d, const Kusanone__V1__Delivery *m)
{
	answer(d, m, KUSANONE__V1__OUTCOME_KIND__OUTCOME_KIND_LATER, "450 later");
}

/* In Tokyo, as a reader who says nothing else is. */
static void
subscribe_quietly(struct desk *d, char **kinds, size_t count, uint32_t digest_weekdays)
{
	Kusanone__V1__Subscription s = KUSANONE__V1__SUBSCRIPTION__INIT;
	Kusanone__V1__QuietHours quiet = KUSANONE__V1__QUIET_HOURS__INIT;
	Kusanone__V1__Digest digest = KUSANONE__V1__DIGEST__INIT;

	quiet.from_minute = NIGHT_FROM;
	quiet.to_minute = NIGHT_TO;
	digest.weekdays = digest_weekdays;
	digest.minute_of_day = 8 * 60;
	s.kinds = kinds;
	s.n_kinds = count;
	s.quiet = &quiet;
	s.digest = digest_weekdays != 0 ? &digest : NULL;
	s.lang = (char *)(uintptr_t) "en";
	subscribe(d, &s);
}

static char *announced[] = { (char *)(uintptr_t) "announced" };

static void
test_send__a_second_attempt_wakes_nobody_either(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T12:59"); /* 21:59 in Tokyo. */

	subscribe_quietly(d, announced, 1, 0);
	record_plan(d, &d->sfo, &seminar);
	refuse_for_now(d, take_mail(d));
	for (unsigned hour = 13; hour < 22; hour++) {
		desk_at(d, arena_printf(&d->arena, "2026-01-05T%u:30", hour));
		take_no_mail(d);
	}
	desk_restart(d); /* It is not forgotten, nor does it go at once. */
	desk_at(d, "2026-01-05T21:59");
	take_no_mail(d);
	desk_at(d, "2026-01-05T22:00"); /* 07:00 */
	expect_mail(d, "Announced: Hydrogen seminar");
	desk_free(d);
}

/* The digest of Monday would come after the session: nobody should travel for nothing. */
static void
test_send__a_cancellation_breaks_through_once_the_day_is_near(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-03-01T00:00");
	char *kinds[] = { (char *)(uintptr_t) "cancelled" };
	struct plan off = seminar; /* On Tuesday the 10th, 21:00 UTC. */

	subscribe_quietly(d, kinds, 1, 1 << 4); /* On Fridays. */
	record_plan(d, &d->sfo, &seminar);
	desk_at(d, "2026-03-06T12:00"); /* A Friday, after the digest. */
	off.status = KUSANONE__V1__STATUS__STATUS_CANCELLED;
	record_plan(d, &d->sfo, &off);
	take_no_mail(d);
	desk_at(d, "2026-03-09T20:59");
	take_no_mail(d);
	desk_at(d, "2026-03-09T21:00");
	expect_mail(d, "Digest · Cancelled: Hydrogen seminar");
	desk_free(d);
}

/* It was tomorrow, and is in May: whoever has a ticket has to know tonight. */
static void
test_send__a_move_away_from_tomorrow_breaks_through_too(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-03-10T13:30"); /* 22:30 in Tokyo. */
	char *kinds[] = { (char *)(uintptr_t) "moved" };
	struct plan elsewhere = seminar, later = seminar;

	subscribe_quietly(d, kinds, 1, 0);
	record_plan(d, &d->sfo, &seminar);
	elsewhere.start = "2026-05-12T14:00";
	record_plan(d, &d->sfo, &elsewhere);
	expect_mail(d, "Moved: Hydrogen seminar");
	later.start = "2026-05-13T14:00";
	record_plan(d, &d->sfo, &later); /* From one day in May to the next. */
	take_no_mail(d);
	desk_at(d, "2026-03-10T22:00");
	expect_mail(d, "Moved: Hydrogen seminar");
	desk_free(d);
}

/* What a clock that ran ahead put off is not left until that day comes. */
static void
test_send__a_clock_that_is_put_right_puts_off_nothing(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T14:00"); /* 23:00 in Tokyo. */

	subscribe_quietly(d, announced, 1, 0);
	record_plan(d, &d->sfo, &seminar);
	desk_at(d, "2026-01-15T14:00");
	take_no_mail(d); /* Until 07:00 of the 16th. */
	desk_at(d, "2026-01-05T15:00");
	desk_at(d, "2026-01-05T22:00");
	expect_mail(d, "Announced: Hydrogen seminar");
	desk_free(d);
}

static void
test_send__a_message_tried_by_a_wrong_clock_is_tried_by_the_right_one(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-15T03:00");

	subscribe_kinds(d, "announced");
	record_plan(d, &d->sfo, &seminar);
	refuse_for_now(d, take_mail(d));
	desk_at(d, "2026-01-05T03:00"); /* That is today. */
	expect_mail(d, "Announced: Hydrogen seminar");

	/* The same over a restart. */
	struct plan other = seminar;
	other.id = EVENT_B;
	desk_at(d, "2026-01-15T04:00");
	record_plan(d, &d->sfo, &other);
	refuse_for_now(d, take_mail(d));
	d->wall = instant("2026-01-05T04:00");
	desk_restart(d);
	desk_settle(d);
	expect_mail(d, "Announced: Hydrogen seminar");
	desk_free(d);
}

/* News is told when it is here, whatever headquarters' clock made of the time. */
static void
test_send__a_clock_of_headquarters_that_is_ahead_delays_nothing(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T03:00");

	subscribe_kinds(d, "announced");
	d->wall = instant("2026-01-15T03:00"); /* Headquarters': nobody else's. */
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Silence silence = KUSANONE__V1__SILENCE__INIT;
	silence.id = (char *)(uintptr_t) "01900000-0000-7000-8000-00000000005b";
	silence.ended = true;
	record.body_case = KUSANONE__V1__RECORD__BODY_SILENCE;
	record.silence = &silence;
	player_say(d, &d->own, &record);
	d->wall = instant("2026-01-05T03:01");
	record_plan(d, &d->sfo, &seminar); /* After that by its log's time. */
	expect_mail(d, "Announced: Hydrogen seminar");
	desk_free(d);
}

static void
test_send__a_full_disk_is_not_asked_without_end(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T00:00");

	d->dials = true;
	desk_restart(d);
	store_fail_commit(d->store, 1, ERR_DISK_FULL);
	d->now += 10;
	assert_int_equal(node_turn(&d->node, &d->inbox, d->now, d->wall), ERR_DISK_FULL);
	assert_true(node_deadline(&d->node) >= d->now + 500);
	desk_free(d);
}

/* The reason with which an alert was settled. */
static const char *
reason_of(struct desk *d, const char *kind, const char *event)
{
	struct txn txn = txn_begin_read(d->store);
	struct cursor cursor = cursor_open(&txn, NOTIFICATION_DB_SETTLED);
	struct slice key, value;
	const char *reason = NULL;
	struct uuid id;

	must(uuid_parse(slice_str(event), &id));
	for (bool more = cursor_seek(&cursor, (struct slice){ 0 }, &key, &value); more;
	     more = cursor_next(&cursor, &key, &value)) {
		const Kusanone__V1__StoredAlert *m =
			(const Kusanone__V1__StoredAlert *)unpack_message(
				&kusanone__v1__stored_alert__descriptor, value, &d->arena,
				NULL);

		must(m != NULL);
		if (m->reason[0] != '\0' && strcmp(m->kind, kind) == 0 &&
		    slice_eq(slice_pb(m->event), slice_of(id.b, UUID_LEN))) {
			reason = m->reason;
		}
	}
	cursor_close(&cursor);
	txn_abort(&txn);
	return reason;
}

static void
test_send__each_alert_of_a_message_has_its_own_reason(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-03-01T00:00");
	struct plan a = seminar, b = seminar;

	subscribe_kinds(d, "upcoming");
	b.id = EVENT_B;
	b.start = "2026-03-10T15:00";
	record_plan(d, &d->sfo, &a);
	const Kusanone__V1__Delivery *m[4];
	accept(d, take_mail(d)); /* In 30 days. */
	record_plan(d, &d->sfo, &b);
	accept(d, take_mail(d));
	/* Both are due when it looks again: one mail, which nobody takes. */
	desk_at(d, "2026-03-03T22:30");
	assert_int_equal(take_mails(d, m, 4), 1);
	refuse_for_now(d, m[0]);
	b.status = KUSANONE__V1__STATUS__STATUS_CANCELLED;
	record_plan(d, &d->sfo, &b);
	desk_at(d, "2026-03-10T21:30"); /* The first has begun. */
	take_mails(d, m, 4);
	assert_string_equal(reason_of(d, "upcoming", EVENT_A), "begun");
	assert_string_equal(reason_of(d, "upcoming", EVENT_B), "gone");
	desk_free(d);
}

/* ---- Feeds ------------------------------------------------------------------------- */

/* The feed file that was last written: 1; or taken away: -1; 0: neither. */
static int
take_feed(struct desk *d)
{
	int last = 0;

	for (size_t i = 0; i < d->node.outbox.count; i++) {
		const struct out *o = &d->node.outbox.list[i];

		if (o->kind != OUT_JOB) {
			continue;
		}
		const Kusanone__V1__Delivery *m =
			(const Kusanone__V1__Delivery *)unpack_message(
				&kusanone__v1__delivery__descriptor,
				out_bytes(&d->node.outbox, o), &d->arena, NULL);
		must(m != NULL);
		if (m->channel_case == KUSANONE__V1__DELIVERY__CHANNEL_FEED) {
			last = m->feed->removed ? -1 : 1;
		}
	}
	outbox_clear(&d->node.outbox);
	return last;
}

static void
subscribe_channel(struct desk *d, Kusanone__V1__Channel channel)
{
	Kusanone__V1__Subscription s = KUSANONE__V1__SUBSCRIPTION__INIT;

	s.channel = channel;
	s.kinds = announced;
	s.n_kinds = 1;
	s.lang = (char *)(uintptr_t) "en";
	subscribe(d, &s);
}

static void
test_send__a_feed_that_was_taken_away_comes_back(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-03-01T00:00");

	subscribe_channel(d, KUSANONE__V1__CHANNEL__CHANNEL_FEED);
	assert_int_equal(take_feed(d), 1);
	subscribe_channel(d, KUSANONE__V1__CHANNEL__CHANNEL_MAIL);
	assert_int_equal(take_feed(d), -1);
	subscribe_channel(d, KUSANONE__V1__CHANNEL__CHANNEL_FEED);
	assert_int_equal(take_feed(d), 1);
	desk_free(d);
}

/* Who has a feed by now is sent nothing, also not what was begun before. */
static void
test_send__what_waits_for_a_reader_who_is_a_feed_now_ends(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-03-01T00:00");
	const Kusanone__V1__Delivery *m[4];

	subscribe_channel(d, KUSANONE__V1__CHANNEL__CHANNEL_MAIL);
	record_plan(d, &d->sfo, &seminar);
	refuse_for_now(d, take_mail(d));
	subscribe_channel(d, KUSANONE__V1__CHANNEL__CHANNEL_FEED);
	desk_at(d, "2026-03-01T12:00");
	assert_int_equal(take_mails(d, m, 4), 0);
	assert_string_equal(reason_of(d, "announced", EVENT_A), "unsubscribed");
	desk_free(d);
}

/* ---- Headquarters' log ------------------------------------------------------------- */

static void
move_store(struct desk *d, const char *from, const char *to)
{
	char command[256];

	snprintf(command, sizeof(command), "mv %s/%s %s/%s", d->dir, from, d->dir, to);
	must(system(command) == 0);
}

/* Without its copy it does not know who wants to hear of what: it waits. */
static void
test_send__a_lost_copy_ends_nothing(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T13:30"); /* 22:30 in Tokyo. */
	struct plan other = seminar;

	subscribe_quietly(d, announced, 1, 0);
	desk_at(d, "2026-01-06T00:00");
	record_plan(d, &d->sfo, &seminar);
	refuse_for_now(d, take_mail(d)); /* One that is begun, */
	desk_at(d, "2026-01-06T13:30");
	other.id = EVENT_B;
	other.title = "Town caravan";
	record_plan(d, &d->sfo, &other); /* and one that waits for the morning. */
	take_no_mail(d);

	desk_close(d);
	move_store(d, "copy", "kept");
	d->dials = true;
	desk_open(d);
	desk_at(d, "2026-01-07T00:00");
	take_no_mail(d);
	assert_int_equal(d->core->counts.missed + d->core->counts.dead, 0);

	desk_close(d); /* It has come again. */
	move_store(d, "copy", "lost");
	move_store(d, "kept", "copy");
	desk_open(d);
	desk_at(d, "2026-01-07T01:00");
	take_no_mail(d); /* Headquarters is heard first, for a while. */
	d->now += 30 * 1000;
	desk_at(d, "2026-01-07T01:01");
	const Kusanone__V1__Delivery *m[4];
	assert_int_equal(take_mails(d, m, 4), 2);
	desk_free(d);
}

/* The reminder's time comes while the service is away, and the event is off meanwhile. */
static void
test_send__what_was_called_off_meanwhile_is_not_reminded_of(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-03-01T00:00");
	char *kinds[] = { (char *)(uintptr_t) "announced",
			  (char *)(uintptr_t) "upcoming" };
	struct plan off = seminar;

	subscribe_quietly(d, kinds, 2, 0);
	record_plan(d, &d->sfo, &seminar);
	accept(d, take_mail(d));
	d->dials = true;
	desk_restart(d);
	desk_at(d, "2026-03-05T00:00"); /* The seminar is in less than 7 days. */
	take_no_mail(d);
	off.status = KUSANONE__V1__STATUS__STATUS_CANCELLED;
	record_plan(d, &d->sfo, &off);
	take_no_mail(d);
	d->now += 30 * 1000; /* Headquarters says nothing more. */
	desk_at(d, "2026-03-05T00:01");
	expect_mail(d, "Cancelled: Hydrogen seminar");
	take_no_mail(d);
	desk_free(d);
}

/* Headquarters was set back: positions say nothing of when somebody was told. */
static void
test_send__who_was_told_is_so_in_another_log_too(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-03-01T00:00");
	struct plan other = seminar, off = seminar;

	other.id = EVENT_B;
	subscribe_kinds(d, "announced");
	for (unsigned i = 0; i < 5; i++) {
		other.title = i % 2 == 0 ? "Town caravan" : "The town's caravan";
		record_plan(d, &d->sfo, &other);
	}
	accept(d, take_mail(d));
	record_plan(d, &d->sfo, &seminar);
	accept(d, take_mail(d));

	d->core->follower.reset = true;
	desk_settle(d);
	player_init(&d->own, "hq", 1);
	player_init(&d->sfo, "sfo", 2);
	enrol(d, &d->sfo);
	subscribe_kinds(d, "announced");
	record_plan(d, &d->sfo, &seminar);
	take_no_mail(d);
	off.status = KUSANONE__V1__STATUS__STATUS_CANCELLED;
	record_plan(d, &d->sfo, &off);
	expect_mail(d, "Cancelled: Hydrogen seminar");
	desk_free(d);
}

static void
steal_key(struct desk *d, struct player *p)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Revocation r = KUSANONE__V1__REVOCATION__INIT;

	r.node_id = (ProtobufCBinaryData){ NODE_ID_LEN, p->node.b };
	r.sign_key = (ProtobufCBinaryData){ 32, p->sign_public };
	r.kind = KUSANONE__V1__REVOCATION_KIND__REVOCATION_KIND_STOLEN;
	r.from_position = 1;
	record.body_case = KUSANONE__V1__RECORD__BODY_REVOCATION;
	record.revocation = &r;
	player_say(d, &d->own, &record);
	desk_settle(d);
}

static void
test_send__what_a_thief_recorded_is_not_announced(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T14:00"); /* At night: it waits. */

	subscribe_quietly(d, announced, 1, 0);
	record_plan(d, &d->sfo, &seminar);
	steal_key(d, &d->sfo);
	desk_at(d, "2026-01-06T00:00");
	take_no_mail(d);
	assert_string_equal(reason_of(d, "announced", EVENT_A), "gone");
	desk_free(d);
}

/* A session whose status is not stated has that of its event. */
static void
test_send__a_session_has_the_status_of_its_event(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-03-01T00:00");
	struct plan plan = seminar;

	subscribe_kinds(d, "upcoming");
	plan.status = KUSANONE__V1__STATUS__STATUS_UNSPECIFIED;
	plan.event_status = KUSANONE__V1__STATUS__STATUS_PLANNED;
	record_plan(d, &d->sfo, &plan);
	expect_mail(d, "In 10 days: Hydrogen seminar");
	desk_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_send__a_second_attempt_wakes_nobody_either),
		cmocka_unit_test(
			test_send__a_cancellation_breaks_through_once_the_day_is_near),
		cmocka_unit_test(test_send__a_move_away_from_tomorrow_breaks_through_too),
		cmocka_unit_test(test_send__a_clock_that_is_put_right_puts_off_nothing),
		cmocka_unit_test(
			test_send__a_message_tried_by_a_wrong_clock_is_tried_by_the_right_one),
		cmocka_unit_test(
			test_send__a_clock_of_headquarters_that_is_ahead_delays_nothing),
		cmocka_unit_test(test_send__a_full_disk_is_not_asked_without_end),
		cmocka_unit_test(test_send__each_alert_of_a_message_has_its_own_reason),
		cmocka_unit_test(test_send__a_feed_that_was_taken_away_comes_back),
		cmocka_unit_test(
			test_send__what_waits_for_a_reader_who_is_a_feed_now_ends),
		cmocka_unit_test(test_send__a_lost_copy_ends_nothing),
		cmocka_unit_test(
			test_send__what_was_called_off_meanwhile_is_not_reminded_of),
		cmocka_unit_test(test_send__who_was_told_is_so_in_another_log_too),
		cmocka_unit_test(test_send__what_a_thief_recorded_is_not_announced),
		cmocka_unit_test(test_send__a_session_has_the_status_of_its_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
