/* What the days call for, of no event in particular: told as stories. */
#include "unit/notification/fixture.h"

#define PLANNED   KUSANONE__V1__STATUS__STATUS_PLANNED
#define CANCELLED KUSANONE__V1__STATUS__STATUS_CANCELLED
#define HELD      KUSANONE__V1__STATUS__STATUS_HELD

static const struct plan event = {
	.id = EVENT_A,
	.title = "Hydrogen seminar",
	.recorder = "sfo",
	.start = "2025-03-10T14:00",
	.zone = "America/Los_Angeles",
	.offset = -420,
	.town = "Fresno",
	.status = HELD,
	.report = true,
};

/* A held event of its own: the n-th. */
static void
hold_one(struct desk *d, unsigned n, const char *start)
{
	struct plan plan = event;

	plan.id = arena_printf(&d->arena, "01900000-0000-7000-8000-%012x", n);
	plan.title = arena_printf(&d->arena, "Seminar %u", n);
	plan.start = start;
	record_plan(d, &d->sfo, &plan);
}

static void
say_acknowledged(struct desk *d, const char *kind, const char *subject, const char *spell)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Acknowledgement ack = KUSANONE__V1__ACKNOWLEDGEMENT__INIT;

	ack.kind = (char *)(uintptr_t)kind;
	ack.subject = (char *)(uintptr_t)subject;
	ack.spell = (char *)(uintptr_t)spell;
	record.body_case = KUSANONE__V1__RECORD__BODY_ACKNOWLEDGEMENT;
	record.acknowledgement = &ack;
	player_say(d, &d->own, &record);
	desk_settle(d);
}

/* ---- coverage-gap
 * ------------------------------------------------------------------------ */

/* It is June 2026; the six months up to it are compared with those of 2025. */
static void
test_rules_daily__a_gap_is_told_once(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-06-09T00:00");

	subscribe_kinds(d, "coverage-gap");
	record_plan(d, &d->sfo, &event);
	desk_at(d, "2026-06-10T00:00");
	EXPECT_MAIL(d, "No recent event", "CA", "The last event was on");
	for (unsigned i = 0; i < 40; i++) {
		d->wall += DAY_MS;
		d->now += DAY_MS;
		desk_settle(d);
		take_no_mail(d);
	}
	desk_restart(d);
	desk_at(d, "2026-07-25T00:00");
	take_no_mail(d);

	/* An event ends it; a year later there is another one, since another month. */
	hold_one(d, 7, "2026-07-20T14:00");
	desk_at(d, "2027-06-30T00:00");
	take_no_mail(d); /* January to June of 2026 were empty as well. */
	desk_at(d, "2027-07-02T00:00");
	EXPECT_MAIL(d, "No recent event", "The last event was on");
	desk_at(d, "2028-01-05T00:00");
	take_no_mail(d);
	desk_free(d);
}

static void
test_rules_daily__what_fills_a_gap(void **state)
{
	(void)state;
	struct plan plan = event;
	static const struct {
		const char *start;
		Kusanone__V1__Status status;
		bool gap;
	} other[] = {
		{ "2026-01-02T14:00", HELD, false }, /* In the window, */
		{ "2025-12-30T14:00", HELD, true },  /* before it. */
		{ "2026-09-10T14:00", PLANNED, false },
		{ "2026-09-10T14:00", CANCELLED, true },
		{ "2025-05-10T14:00", HELD, true },
	};

	for (unsigned i = 0; i < ARRAY_LEN(other); i++) {
		struct desk *d = desk_new("2026-06-09T00:00");

		subscribe_kinds(d, "coverage-gap");
		hold_one(d, 1, "2025-03-10T14:00");
		plan.id = EVENT_B;
		plan.start = other[i].start;
		plan.status = other[i].status;
		record_plan(d, &d->sfo, &plan);
		desk_at(d, "2026-06-10T00:00");
		if (other[i].gap) {
			expect_mail(d, "No recent event");
		} else {
			take_no_mail(d);
		}
		desk_free(d);
	}

	/* And no gap without an event a year ago, nor of one that never was. */
	struct desk *d = desk_new("2026-06-09T00:00");
	subscribe_kinds(d, "coverage-gap");
	hold_one(d, 1, "2024-11-10T14:00");
	hold_one(d, 2, "2025-03-10T14:00");
	say_withdrawal(d, &d->sfo, "01900000-0000-7000-8000-000000000002", false);
	desk_at(d, "2026-06-10T00:00");
	take_no_mail(d);
	desk_free(d);
}

static void
test_rules_daily__pillars_have_gaps_too(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-06-09T00:00");
	struct plan plan = event, other = event;

	say_setting(d, "alerts_gap_months", "3"); /* April to June. */
	subscribe_kinds(d, "coverage-gap");
	plan.start = "2025-04-10T14:00";
	plan.pillar = "economy";
	record_plan(d, &d->sfo, &plan);
	other.id = EVENT_B; /* Something was held in the state. */
	other.start = "2026-05-10T14:00";
	record_plan(d, &d->sfo, &other);
	desk_at(d, "2026-06-10T00:00");
	EXPECT_MAIL(d, "No recent event", "economy");
	desk_free(d);
}

static void
test_rules_daily__a_gap_that_somebody_sees_to_is_not_told(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-06-09T00:00");

	subscribe_kinds(d, "coverage-gap");
	hold_one(d, 1, "2025-03-10T14:00");
	say_acknowledged(d, "coverage-gap", "state=CA", "2025-03");
	desk_at(d, "2026-06-10T00:00");
	take_no_mail(d);
	assert_int_equal(d->core->counts.missed, 1);

	/* Of this spell only. */
	hold_one(d, 2, "2026-06-08T14:00");
	desk_at(d, "2027-06-10T00:00");
	expect_mail(d, "No recent event");
	desk_free(d);
}

/* ---- post-silent
 * ------------------------------------------------------------------------- */

static void
test_rules_daily__a_silent_post_is_told_once_for_each_silence(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T03:00");

	subscribe_kinds(d, "post-silent");
	hold_one(d, 1, "2025-12-10T14:00"); /* lax has never said anything. */
	desk_at(d, "2026-04-05T02:00");
	take_no_mail(d);
	desk_at(d, "2026-04-05T15:00"); /* 90 days, and a day begins in Tokyo. */
	EXPECT_MAIL(d, "No records: sfo", "Its last record came on");
	desk_at(d, "2026-04-08T00:00");
	take_no_mail(d);
	desk_restart(d);
	desk_at(d, "2026-06-01T00:00");
	take_no_mail(d);

	/* It speaks, and falls silent once more. */
	hold_one(d, 2, "2026-05-30T14:00");
	desk_at(d, "2026-08-29T15:00");
	take_no_mail(d);
	desk_at(d, "2026-08-30T15:00");
	expect_mail(d, "No records: sfo");
	desk_at(d, "2026-09-10T00:00");
	take_no_mail(d);
	desk_free(d);
}

static void
test_rules_daily__how_long_is_a_setting_and_a_filter_names_the_post(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct desk *d = desk_new("2026-01-05T03:00");
		Kusanone__V1__Subscription s = KUSANONE__V1__SUBSCRIPTION__INIT;
		char *posts[] = { (char *)(uintptr_t)(i == 0 ? "sfo" : "lax") };

		say_setting(d, "alerts_silent_days", "7");
		s.posts = posts;
		s.n_posts = 1;
		s.lang = (char *)(uintptr_t) "en";
		hold_one(d, 1, "2025-12-10T14:00");
		subscribe(d, &s);
		desk_at(d, "2026-01-12T15:00");
		if (i == 0) {
			expect_mail(d, "No records: sfo");
		} else {
			take_no_mail(d);
		}
		desk_free(d);
	}
}

/* ---- milestone
 * --------------------------------------------------------------------------- */

static void
test_rules_daily__a_round_number_is_news_to_who_was_there_before_it(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T03:00");

	say_setting(d, "alerts_milestone_step", "2");
	hold_one(d, 1, "2025-12-01T14:00");
	hold_one(d, 2, "2025-12-02T14:00");
	subscribe_kinds(d, "milestone");
	desk_at(d, "2026-01-06T03:00");
	take_no_mail(d); /* Two were there already. */
	hold_one(d, 3, "2025-12-03T14:00");
	desk_at(d, "2026-01-07T03:00");
	take_no_mail(d);
	hold_one(d, 4, "2025-12-04T14:00");
	desk_at(d, "2026-01-08T03:00");
	EXPECT_MAIL(d, "Milestone: 4 events in all", "has passed 4 events.");
	desk_at(d, "2026-01-09T03:00");
	take_no_mail(d);

	/* Fewer, and as many again: it was passed before. */
	say_withdrawal(d, &d->sfo, "01900000-0000-7000-8000-000000000004", false);
	desk_at(d, "2026-01-10T03:00");
	say_withdrawal(d, &d->sfo, "01900000-0000-7000-8000-000000000004", true);
	desk_at(d, "2026-01-11T03:00");
	take_no_mail(d);

	/* Several at once: the last one that was passed. */
	for (unsigned n = 5; n <= 9; n++) {
		hold_one(d, n, "2025-12-05T14:00");
	}
	desk_at(d, "2026-01-12T03:00");
	expect_mail(d, "Milestone: 8 events in all");
	desk_free(d);
}

static void
test_rules_daily__what_is_planned_is_no_milestone(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T03:00");
	struct plan plan = event;

	say_setting(d, "alerts_milestone_step", "1");
	subscribe_kinds(d, "milestone");
	plan.status = PLANNED;
	plan.start = "2026-03-10T14:00";
	record_plan(d, &d->sfo, &plan);
	desk_at(d, "2026-01-06T03:00");
	take_no_mail(d);
	say_setting(d, "alerts_milestone_step", "0"); /* None at all. */
	hold_one(d, 1, "2025-12-01T14:00");
	desk_at(d, "2026-01-07T03:00");
	take_no_mail(d);
	desk_free(d);
}

/* ---- restatement
 * ------------------------------------------------------------------------- */

static void
test_rules_daily__a_figure_with_another_value_is_a_restatement(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T03:00");

	subscribe_kinds(d, "restatement");
	say_figure(d, 355, "Leaflet", false);
	take_no_mail(d); /* The first is none. */
	say_figure(d, 355, "Report", false);
	take_no_mail(d); /* The same from another source. */
	say_figure(d, 357, "Report", false);
	EXPECT_MAIL(d, "Figure restated: ", "355", "357", "→");
	say_figure(d, 355, "Report", false); /* And back. */
	EXPECT_MAIL(d, "Figure restated: ", "357 → 355");
	say_figure(d, 355, "Report", true);
	EXPECT_MAIL(d, "Figure restated: ", "355 → ");
	say_figure(d, 400, "Report", false);
	take_no_mail(d); /* Nothing was in force. */
	desk_free(d);
}

/* ---- Who is meant
 * ------------------------------------------------------------------------ */

/* National figures are for who asks for everything, or for them by name. */
static void
test_rules_daily__a_filter_leaves_national_figures_out(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct desk *d = desk_new("2026-01-05T03:00");
		Kusanone__V1__Subscription s = KUSANONE__V1__SUBSCRIPTION__INIT;
		char *kinds[] = { (char *)(uintptr_t) "restatement" };
		char *posts[] = { (char *)(uintptr_t) "lax" };

		s.lang = (char *)(uintptr_t) "en";
		s.posts = posts;
		s.n_posts = i != 0 ? 1 : 0;
		s.kinds = kinds;
		s.n_kinds = i == 2 ? 1 : 0;
		subscribe(d, &s);
		say_figure(d, 355, "Leaflet", false);
		say_figure(d, 357, "Leaflet", false);
		if (i == 1) {
			take_no_mail(d);
		} else {
			expect_mail(d, "Figure restated: ");
		}
		desk_free(d);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules_daily__a_gap_is_told_once),
		cmocka_unit_test(test_rules_daily__what_fills_a_gap),
		cmocka_unit_test(test_rules_daily__pillars_have_gaps_too),
		cmocka_unit_test(
			test_rules_daily__a_gap_that_somebody_sees_to_is_not_told),
		cmocka_unit_test(
			test_rules_daily__a_silent_post_is_told_once_for_each_silence),
		cmocka_unit_test(
			test_rules_daily__how_long_is_a_setting_and_a_filter_names_the_post),
		cmocka_unit_test(
			test_rules_daily__a_round_number_is_news_to_who_was_there_before_it),
		cmocka_unit_test(test_rules_daily__what_is_planned_is_no_milestone),
		cmocka_unit_test(
			test_rules_daily__a_figure_with_another_value_is_a_restatement),
		cmocka_unit_test(test_rules_daily__a_filter_leaves_national_figures_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
