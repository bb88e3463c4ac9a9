/* cmocka's headers come with the fixture. */
#include "unit/notification/fixture.h"

/* What the next 60 days would bring a draft, asked as a command does. */
static size_t
preview(struct desk *d, Kusanone__V1__Subscription *draft)
{
	Kusanone__V1__Query q = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__PreviewQuery body = KUSANONE__V1__PREVIEW_QUERY__INIT;
	const struct frame_header header = { .type = FRAME_QUERY, .minor = 1 };
	const struct principal local = { .kind = PRINCIPAL_LOCAL };
	uint8_t head[FRAME_HEADER_LEN] = { 0 };
	struct slice parts[3];

	body.draft = draft;
	q.query_case = KUSANONE__V1__QUERY__QUERY_PREVIEW;
	q.preview = &body;
	frame_header_put(head, &header);
	parts[0] = slice_of(head, sizeof(head));
	parts[1] = pack_in_arena(&q.base, &d->arena);
	outbox_clear(&d->node.outbox);
	inbox_put(&d->inbox, (struct peer){ 0, 7 }, &local, parts, 2);
	desk_turn(d);
	for (size_t i = 0; i < d->node.outbox.count; i++) {
		if (d->node.outbox.list[i].kind != OUT_FRAME) {
			continue;
		}
		(void)out_parts(&d->node.outbox, &d->node.outbox.list[i], parts);
		const Kusanone__V1__Reply *reply =
			(const Kusanone__V1__Reply *)unpack_message(
				&kusanone__v1__reply__descriptor, parts[1], &d->arena,
				NULL);
		assert_non_null(reply);
		assert_int_equal(reply->reply_case, KUSANONE__V1__REPLY__REPLY_ALERTS);
		return reply->alerts->n_rows;
	}
	fail_msg("no answer");
	return 0;
}

static void
test_notification__an_event_that_is_first_seen_is_announced_once(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T00:00");

	subscribe_kinds(d, "announced");
	take_no_mail(d);
	record_plan(d, &d->sfo, &seminar);
	expect_mail(d, "Announced: Hydrogen seminar");
	assert_int_equal(d->core->counts.sent, 1);

	/* Nothing more of it, now or after a restart, with the view or without. */
	desk_at(d, "2026-01-06T00:00");
	take_no_mail(d);
	desk_restart(d);
	desk_settle(d);
	take_no_mail(d);
	assert_int_equal(d->core->counts.sent, 1);
	desk_free(d);
}

static void
test_notification__a_reminder_comes_at_each_lead_time(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T00:00");

	subscribe_kinds(d, "upcoming");    /* 30, 7 and 1 days before. */
	record_plan(d, &d->sfo, &seminar); /* Begins at 21:00 UTC. */
	take_no_mail(d);
	desk_at(d, "2026-02-08T20:59");
	take_no_mail(d);
	desk_at(d, "2026-02-08T21:00");
	expect_mail(d, "In 30 days: Hydrogen seminar");
	desk_at(d, "2026-03-03T20:59");
	take_no_mail(d);
	desk_at(d, "2026-03-03T21:00");
	expect_mail(d, "In 7 days: Hydrogen seminar");
	desk_restart(d);
	desk_at(d, "2026-03-09T21:00");
	expect_mail(d, "In 1 day: Hydrogen seminar");
	desk_at(d, "2026-03-20T00:00");
	take_no_mail(d);
	assert_int_equal(d->core->counts.missed, 0);
	desk_free(d);
}

/* Who hears of it late hears once, of the nearest lead time; who was away is told what
 * still helps, and sees what did not. */
static void
test_notification__what_came_due_while_nobody_was_there(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T00:00");

	subscribe_kinds(d, "upcoming");
	record_plan(d, &d->sfo, &seminar);
	take_no_mail(d);
	desk_close(d);
	d->wall = instant("2026-03-05T00:00");
	desk_open(d);
	desk_settle(d);
	expect_mail(d, "In 6 days: Hydrogen seminar"); /* Late, and it helps. */
	assert_int_equal(d->core->counts.missed, 1);   /* That of 30 days: overtaken. */
	desk_close(d);
	d->wall = instant("2026-03-12T00:00");
	desk_open(d);
	desk_settle(d);
	take_no_mail(d);
	assert_int_equal(d->core->counts.missed, 2); /* That of one day: it has begun. */
	desk_free(d);
}

static void
test_notification__an_event_that_moves_takes_its_reminders_along(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T00:00");
	struct plan later = seminar;

	subscribe_kinds(d, "upcoming"); /* Of moves only what it was told of. */
	record_plan(d, &d->sfo, &seminar);
	desk_at(d, "2026-02-08T21:00");
	expect_mail(d, "In 30 days: Hydrogen seminar");
	later.start = "2026-04-14T14:00";
	later.why = "the hall is not free";
	record_plan(d, &d->sfo, &later);
	const Kusanone__V1__Delivery *m = take_mail(d);
	assert_non_null(strstr(m->mail->text, "the hall is not free"));
	assert_non_null(strstr(m->mail->text, "14 Apr"));
	assert_int_equal(m->mail->n_calendars, 1);
	accept(d, m);
	desk_at(d, "2026-03-10T21:00");
	take_no_mail(d); /* The old time says nothing. */
	desk_at(d, "2026-03-15T21:00");
	expect_mail(d, "In 30 days: Hydrogen seminar");
	assert_int_equal(d->core->counts.missed, 0);
	desk_free(d);
}

static void
test_notification__who_was_told_hears_of_the_cancellation(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T00:00");
	struct plan off = seminar;

	subscribe_kinds(d, "upcoming");
	record_plan(d, &d->sfo, &seminar);
	desk_at(d, "2026-02-08T21:00");
	expect_mail(d, "In 30 days: Hydrogen seminar");
	off.status = KUSANONE__V1__STATUS__STATUS_CANCELLED;
	record_plan(d, &d->sfo, &off);
	const Kusanone__V1__Delivery *m = take_mail(d);
	assert_non_null(strstr(m->mail->subject, "Cancelled"));
	assert_string_equal(m->mail->calendars[0]->method, "CANCEL");
	accept(d, m);
	desk_at(d, "2026-03-20T00:00");
	take_no_mail(d);
	desk_free(d);

	/* Who was not told, and did not ask, does not. */
	d = desk_new("2026-01-05T00:00");
	subscribe_kinds(d, "upcoming");
	record_plan(d, &d->sfo, &seminar);
	record_plan(d, &d->sfo, &off);
	desk_at(d, "2026-03-20T00:00");
	take_no_mail(d);
	desk_free(d);
}

static void
test_notification__a_message_is_tried_until_it_is_taken_or_dead(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T00:00");
	char first[64];

	subscribe_kinds(d, "announced");
	record_plan(d, &d->sfo, &seminar);
	const Kusanone__V1__Delivery *m = take_mail(d);
	snprintf(first, sizeof(first), "%s", m->message);
	assert_int_equal(m->attempt, 1);
	answer(d, m, KUSANONE__V1__OUTCOME_KIND__OUTCOME_KIND_LATER, "451 busy");
	take_no_mail(d);
	desk_at(d, "2026-01-05T00:02");
	m = take_mail(d);
	assert_int_equal(m->attempt, 2);
	assert_string_equal(m->message, first);

	/* A crash now: nobody knows, so it goes again, with the same id, and is counted.
	 */
	desk_restart(d);
	desk_settle(d);
	m = take_mail(d);
	assert_int_equal(m->attempt, 3);
	assert_string_equal(m->message, first);
	assert_int_equal(d->core->counts.repeated, 1);
	answer(d, m, KUSANONE__V1__OUTCOME_KIND__OUTCOME_KIND_REFUSED,
	       "550 no such user");
	assert_int_equal(d->core->counts.dead, 1);
	desk_at(d, "2026-01-20T00:00");
	take_no_mail(d);

	/* By hand it is sent again, as the same. */
	Kusanone__V1__Submission s = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__AlertResend resend = KUSANONE__V1__ALERT_RESEND__INIT;
	struct frame_header header = { .type = FRAME_SUBMIT, .minor = 1 };
	uint8_t head[FRAME_HEADER_LEN] = { 0 };
	const struct principal local = { .kind = PRINCIPAL_LOCAL };

	resend.alert = first;
	s.body_case = KUSANONE__V1__SUBMISSION__BODY_ALERT_RESEND;
	s.alert_resend = &resend;
	frame_header_put(head, &header);
	const struct slice parts[] = { slice_of(head, sizeof(head)),
				       pack_in_arena(&s.base, &d->arena) };
	inbox_put(&d->inbox, (struct peer){ 0, 7 }, &local, parts, 2);
	desk_settle(d);
	m = take_mail(d);
	assert_string_equal(m->message, first);
	accept(d, m);
	assert_int_equal(d->core->counts.dead, 0);
	assert_int_equal(d->core->counts.sent, 1);
	desk_free(d);
}

static void
test_notification__a_digest_gathers_what_waits(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T00:00");
	Kusanone__V1__Subscription s = KUSANONE__V1__SUBSCRIPTION__INIT;
	Kusanone__V1__Digest digest = KUSANONE__V1__DIGEST__INIT;
	char *kinds[] = { (char *)(uintptr_t) "announced" };
	struct plan other = seminar;

	digest.weekdays = 127;
	digest.minute_of_day = 8 * 60 + 30; /* 23:30 UTC: the reader is in Tokyo. */
	s.digest = &digest;
	s.kinds = kinds;
	s.n_kinds = 1;
	s.lang = (char *)(uintptr_t) "en";
	subscribe(d, &s);
	record_plan(d, &d->sfo, &seminar);
	other.id = EVENT_B;
	other.title = "Town caravan";
	other.recorder = "lax";
	record_plan(d, &d->lax, &other);
	take_no_mail(d);
	desk_restart(d);
	desk_at(d, "2026-01-05T23:29");
	take_no_mail(d);
	desk_at(d, "2026-01-05T23:30");
	const Kusanone__V1__Delivery *m = take_mail(d);
	assert_non_null(strstr(m->mail->text, "Hydrogen seminar"));
	assert_non_null(strstr(m->mail->text, "Town caravan"));
	accept(d, m);
	assert_int_equal(d->core->counts.sent, 2);
	desk_free(d);
}

static void
test_notification__quiet_hours_hold_back_but_for_a_cancellation_at_hand(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-03-08T00:00");
	Kusanone__V1__Subscription s = KUSANONE__V1__SUBSCRIPTION__INIT;
	Kusanone__V1__QuietHours quiet = KUSANONE__V1__QUIET_HOURS__INIT;
	struct plan off = seminar, other = seminar;

	quiet.from_minute = 22 * 60; /* 13:00 to 22:00 UTC. */
	quiet.to_minute = 7 * 60;
	s.quiet = &quiet;
	s.lang = (char *)(uintptr_t) "en";
	subscribe(d, &s);
	record_plan(d, &d->sfo, &seminar);
	accept(d, take_mail(d)); /* Announced, and near. */
	desk_at(d, "2026-03-09T14:00");
	other.id = EVENT_B;
	other.title = "Town caravan";
	other.start = "2026-05-10T14:00";
	record_plan(d, &d->sfo, &other);
	take_no_mail(d);
	desk_at(d, "2026-03-09T21:59");
	take_no_mail(d);
	desk_at(d, "2026-03-09T22:00");
	accept(d, take_mail(d));
	desk_at(d, "2026-03-10T13:30");
	take_no_mail(d);
	off.status = KUSANONE__V1__STATUS__STATUS_CANCELLED;
	record_plan(d, &d->sfo, &off);
	expect_mail(d, "Cancelled: Hydrogen seminar");
	desk_free(d);
}

static void
say_silence(struct desk *d, const char *until)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Silence silence = KUSANONE__V1__SILENCE__INIT;

	silence.id = (char *)(uintptr_t) "01900000-0000-7000-8000-00000000005a";
	silence.from_ms = d->wall;
	silence.until_ms = instant(until);
	silence.why = (char *)(uintptr_t) "holidays";
	record.body_case = KUSANONE__V1__RECORD__BODY_SILENCE;
	record.silence = &silence;
	player_say(d, &d->own, &record);
	desk_settle(d);
}

static void
test_notification__a_silence_ends_and_what_still_helps_is_sent(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-03-01T00:00");
	struct plan soon = seminar;

	subscribe_kinds(d, "announced upcoming");
	say_silence(d, "2026-03-06T00:00");
	soon.id = EVENT_B;
	soon.title = "Town caravan";
	soon.start = "2026-03-04T14:00";
	soon.offset = -480;
	record_plan(d, &d->sfo, &soon);
	record_plan(d, &d->sfo, &seminar);
	desk_at(d, "2026-03-05T23:59");
	take_no_mail(d);
	desk_at(d, "2026-03-06T00:00");
	const Kusanone__V1__Delivery *m = take_mail(d);
	assert_non_null(strstr(m->mail->text, "Hydrogen seminar"));
	accept(d, m);
	assert_true(d->core->counts.missed >= 1); /* The caravan's reminder: begun. */
	desk_free(d);
}

static void
test_notification__a_report_is_asked_for_weekly_until_somebody_sees_to_it(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-03-01T00:00");
	struct plan held = seminar;

	subscribe_kinds(d, "report-overdue");
	record_plan(d, &d->sfo, &seminar);
	desk_at(d, "2026-03-11T00:00");
	held.status = KUSANONE__V1__STATUS__STATUS_HELD;
	record_plan(d, &d->sfo, &held);
	desk_at(d, "2026-04-09T21:00");
	take_no_mail(d);
	desk_at(d, "2026-04-09T22:00"); /* 30 days after its end. */
	expect_mail(d, "Report overdue");
	desk_at(d, "2026-04-16T22:00");
	expect_mail(d, "Report overdue");

	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Acknowledgement ack = KUSANONE__V1__ACKNOWLEDGEMENT__INIT;
	Kusanone__V1__Subscription draft = KUSANONE__V1__SUBSCRIPTION__INIT;
	char *kinds[] = { (char *)(uintptr_t) "report-overdue" };

	draft.kinds = kinds;
	draft.n_kinds = 1;
	ack.kind = (char *)(uintptr_t) "report-overdue";
	ack.subject = (char *)(uintptr_t)EVENT_A;
	record.body_case = KUSANONE__V1__RECORD__BODY_ACKNOWLEDGEMENT;
	record.acknowledgement = &ack;
	assert_true(preview(d, &draft) > 1);
	player_say(d, &d->own, &record);
	desk_settle(d);
	assert_int_equal(preview(d, &draft), 0);
	desk_at(d, "2026-04-23T22:00");
	take_no_mail(d);
	ack.undone = true;
	player_say(d, &d->own, &record);
	desk_at(d, "2026-04-30T22:00");
	expect_mail(d, "Report overdue");
	held.report = true;
	record_plan(d, &d->sfo, &held);
	desk_at(d, "2026-06-30T00:00");
	take_no_mail(d);
	desk_free(d);
}

static void
test_notification__a_month_is_no_day(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T00:00");
	struct plan month = seminar;

	subscribe_kinds(d, "upcoming date-not-fixed");
	month.start = "2026-04";
	month.zone = NULL;
	record_plan(d, &d->sfo, &month);
	take_no_mail(d);
	desk_at(d, "2026-02-05T00:00");
	expect_mail(d, "Date not fixed: Hydrogen seminar");
	desk_at(d, "2026-04-30T00:00");
	take_no_mail(d);
	desk_free(d);
}

/* Wherever it would go, and before it says where. */
static void
test_notification__who_has_not_subscribed_yet_sees_what_would_come(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-03-01T00:00");
	Kusanone__V1__Subscription draft = KUSANONE__V1__SUBSCRIPTION__INIT;
	uint32_t leads[] = { 7 * 24 * 60, 24 * 60 };
	char *kinds[] = { (char *)(uintptr_t) "upcoming" };

	record_plan(d, &d->sfo, &seminar);
	draft.kinds = kinds;
	draft.n_kinds = 1;
	draft.lead_minutes = leads;
	draft.n_lead_minutes = 2;
	assert_int_equal(preview(d, &draft), 2);
	draft.channel = KUSANONE__V1__CHANNEL__CHANNEL_MAIL;
	draft.to = (char *)(uintptr_t) "desk@example.org";
	assert_int_equal(preview(d, &draft), 2);
	/* Nor is a reminder promised that a silence outlasts. */
	say_silence(d, "2026-03-09T00:00");
	assert_int_equal(preview(d, &draft), 2);
	say_silence(d, "2026-04-01T00:00");
	assert_int_equal(preview(d, &draft), 0);
	desk_free(d);
}

/* Headquarters was set back: its log is shorter, and the same records come again in other
 * places.  Nobody is told again, and who was told of an event hears that it is off. */
static void
test_notification__headquarters_was_set_back(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T00:00");
	struct player own = d->own, sfo = d->sfo, lax = d->lax;
	struct plan off = seminar, other = seminar;

	/* The log as it is when it comes again: enrolments, reader, event. */
	subscribe_kinds(d, "upcoming");
	other.id = EVENT_B;
	other.start = "2027-03-10T14:00";
	record_plan(d, &d->lax, &other); /* Of a node that may not: it holds a place. */
	record_plan(d, &d->sfo, &seminar);
	desk_at(d, "2026-02-08T21:00");
	expect_mail(d, "In 30 days: Hydrogen seminar");

	d->core->follower.reset = true;
	desk_turn(d);
	assert_int_equal(d->core->follower.log.head.position, 0);
	assert_int_equal(fold_position(&d->core->fold), 0);
	d->own = own;
	d->sfo = sfo;
	d->lax = lax;
	enrol(d, &d->sfo);
	subscribe_kinds(d, "upcoming");
	record_plan(d, &d->sfo, &seminar);
	take_no_mail(d);
	off.status = KUSANONE__V1__STATUS__STATUS_CANCELLED;
	record_plan(d, &d->sfo, &off);
	expect_mail(d, "Cancelled: Hydrogen seminar");
	desk_free(d);
}

static void
test_notification__an_event_of_a_stolen_key_is_taken_back(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T00:00");
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Revocation body = KUSANONE__V1__REVOCATION__INIT;

	subscribe_kinds(d, "announced");
	record_plan(d, &d->sfo, &seminar);
	expect_mail(d, "Announced: Hydrogen seminar");
	body.node_id = (ProtobufCBinaryData){ NODE_ID_LEN, d->sfo.node.b };
	body.sign_key = (ProtobufCBinaryData){ 32, d->sfo.sign_public };
	body.kind = KUSANONE__V1__REVOCATION_KIND__REVOCATION_KIND_STOLEN;
	body.from_position = 1;
	record.body_case = KUSANONE__V1__RECORD__BODY_REVOCATION;
	record.revocation = &body;
	player_say(d, &d->own, &record);
	desk_settle(d);
	expect_mail(d, "Withdrawn: Hydrogen seminar");
	desk_restart(d);
	desk_settle(d);
	take_no_mail(d);
	desk_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_notification__an_event_that_is_first_seen_is_announced_once),
		cmocka_unit_test(test_notification__a_reminder_comes_at_each_lead_time),
		cmocka_unit_test(test_notification__what_came_due_while_nobody_was_there),
		cmocka_unit_test(
			test_notification__an_event_that_moves_takes_its_reminders_along),
		cmocka_unit_test(
			test_notification__who_was_told_hears_of_the_cancellation),
		cmocka_unit_test(
			test_notification__a_message_is_tried_until_it_is_taken_or_dead),
		cmocka_unit_test(test_notification__a_digest_gathers_what_waits),
		cmocka_unit_test(
			test_notification__quiet_hours_hold_back_but_for_a_cancellation_at_hand),
		cmocka_unit_test(
			test_notification__a_silence_ends_and_what_still_helps_is_sent),
		cmocka_unit_test(
			test_notification__a_report_is_asked_for_weekly_until_somebody_sees_to_it),
		cmocka_unit_test(test_notification__a_month_is_no_day),
		cmocka_unit_test(
			test_notification__who_has_not_subscribed_yet_sees_what_would_come),
		cmocka_unit_test(test_notification__headquarters_was_set_back),
		cmocka_unit_test(
			test_notification__an_event_of_a_stolen_key_is_taken_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
