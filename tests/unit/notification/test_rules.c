/* What became of events: who hears what of it, told as stories. */
#include "unit/notification/fixture.h"

#define PLANNED   KUSANONE__V1__STATUS__STATUS_PLANNED
#define POSTPONED KUSANONE__V1__STATUS__STATUS_POSTPONED
#define CANCELLED KUSANONE__V1__STATUS__STATUS_CANCELLED
#define HELD      KUSANONE__V1__STATUS__STATUS_HELD

static const struct plan caravan = {
	.id = EVENT_B,
	.title = "Town caravan",
	.recorder = "lax",
	.start = "2026-03-12T10:00",
	.zone = "America/Los_Angeles",
	.offset = -420,
	.town = "Fresno",
	.status = PLANNED,
};

/* A reader of these kinds who asks for one post. */
static void
subscribe_post(struct desk *d, const char *kind, const char *post)
{
	Kusanone__V1__Subscription s = KUSANONE__V1__SUBSCRIPTION__INIT;
	char *kinds[] = { (char *)(uintptr_t)kind };
	char *posts[] = { (char *)(uintptr_t)post };

	s.kinds = kinds;
	s.n_kinds = 1;
	s.posts = posts;
	s.n_posts = 1;
	s.lang = (char *)(uintptr_t) "en";
	subscribe(d, &s);
}

/* ---- changed
 * ----------------------------------------------------------------------------- */

static void
test_rules__a_change_is_told_as_old_and_new(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T00:00");
	struct plan plan = seminar;

	subscribe_kinds(d, "changed moved cancelled");
	record_plan(d, &d->sfo, &plan);
	take_no_mail(d); /* It was first seen: that is another kind. */
	plan.title = "Ammonia seminar";
	record_plan(d, &d->sfo, &plan);
	EXPECT_MAIL(d, "Changed: Ammonia seminar", "Hydrogen seminar → Ammonia seminar");
	plan.pillar = "economy";
	plan.why = "as the programme says";
	record_plan(d, &d->sfo, &plan);
	EXPECT_MAIL(d, "Changed: Ammonia seminar", "economy", "as the programme says");

	/* Another revision that says the same is no change. */
	plan.why = "once more";
	record_plan(d, &d->sfo, &plan);
	take_no_mail(d);
	desk_free(d);
}

static void
test_rules__that_it_was_held_and_reported_is_no_change_of_plan(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-03-09T00:00");
	struct plan plan = seminar;

	subscribe_kinds(d, "changed moved cancelled");
	record_plan(d, &d->sfo, &plan);
	desk_at(d, "2026-03-10T21:30"); /* While it goes on. */
	plan.status = HELD;
	record_plan(d, &d->sfo, &plan);
	take_no_mail(d);
	desk_at(d, "2026-03-11T00:00");
	plan.report = true;
	record_plan(d, &d->sfo, &plan);
	take_no_mail(d);

	/* What is over is corrected in silence, the day, the place and the title. */
	plan.title = "Hydrogen seminar, first part";
	plan.start = "2026-03-10T13:00";
	plan.town = "Visalia";
	record_plan(d, &d->sfo, &plan);
	take_no_mail(d);
	desk_free(d);
}

/* ---- moved
 * ------------------------------------------------------------------------------- */

static void
test_rules__another_day_or_place_is_a_move(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T00:00");
	struct plan plan = seminar;

	subscribe_kinds(d, "changed moved cancelled");
	record_plan(d, &d->sfo, &plan);
	plan.town = "Visalia";
	record_plan(d, &d->sfo, &plan);
	EXPECT_MAIL(d, "Moved: Hydrogen seminar", "Fresno", "→", "Visalia");
	plan.start = "2026-03-11T14:00";
	plan.title = "Ammonia seminar"; /* With it: one mail, and it says both. */
	record_plan(d, &d->sfo, &plan);
	EXPECT_MAIL(d, "Moved: Ammonia seminar", "10 Mar", "11 Mar",
		    "Hydrogen seminar → Ammonia seminar");
	plan.town = NULL;
	record_plan(d, &d->sfo, &plan);
	EXPECT_MAIL(d, "Moved: Ammonia seminar", "Visalia, CA → none");
	desk_free(d);
}

static void
test_rules__postponed_is_a_move_and_so_is_on_again(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T00:00");
	struct plan plan = seminar;

	subscribe_kinds(d, "changed moved cancelled");
	record_plan(d, &d->sfo, &plan);
	plan.status = POSTPONED;
	record_plan(d, &d->sfo, &plan);
	EXPECT_MAIL(d, "Postponed: Hydrogen seminar", "planned → postponed");
	plan.status = CANCELLED;
	record_plan(d, &d->sfo, &plan);
	expect_mail(d, "Cancelled: Hydrogen seminar");
	plan.title = "Hydrogen seminar (off)";
	record_plan(d, &d->sfo, &plan);
	take_no_mail(d); /* Of what is off nothing is news. */
	plan.status = PLANNED;
	record_plan(d, &d->sfo, &plan);
	EXPECT_MAIL(d, "Moved: Hydrogen seminar", "cancelled → planned");
	desk_free(d);
}

/* ---- cancelled
 * --------------------------------------------------------------------------- */

static void
test_rules__a_withdrawn_event_is_taken_back_and_comes_again(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T00:00");

	subscribe_kinds(d, "changed moved cancelled");
	record_plan(d, &d->sfo, &seminar);
	say_withdrawal(d, &d->sfo, EVENT_A, false);
	EXPECT_MAIL(d, "Withdrawn: Hydrogen seminar", "It was recorded by mistake.");
	say_withdrawal(d, &d->sfo, EVENT_A, true);
	expect_mail(d, "Moved: Hydrogen seminar");
	say_withdrawal(d, &d->sfo, EVENT_A, false);
	expect_mail(d, "Withdrawn: Hydrogen seminar");
	desk_free(d);
}

static void
test_rules__an_event_that_is_merged_away_is_off(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T00:00");
	struct plan same = seminar;

	subscribe_kinds(d, "announced cancelled upcoming");
	record_plan(d, &d->sfo, &seminar);
	expect_mail(d, "Announced: Hydrogen seminar");
	same.id = EVENT_B;
	same.recorder = "lax";
	record_plan(d, &d->lax, &same);
	expect_mail(d, "Announced: Hydrogen seminar");
	say_merge(d, EVENT_B, EVENT_A);
	const Kusanone__V1__Delivery *m = take_mail(d);
	assert_string_equal(m->mail->calendars[0]->method, "CANCEL");
	accept(d, m);

	/* One of them is left to remind of. */
	desk_at(d, "2026-02-08T21:00");
	expect_mail(d, "In 30 days: Hydrogen seminar");
	desk_free(d);
}

/* What is over and cancelled afterwards is told to nobody but those who were told of it.
 */
static void
test_rules__that_it_was_never_held_is_told_to_who_was_told_of_it(void **state)
{
	(void)state;
	for (unsigned told = 0; told < 2; told++) {
		struct desk *d = desk_new("2026-03-08T00:00");
		struct plan off = seminar;

		subscribe_kinds(d, told != 0 ? "announced cancelled" : "cancelled");
		record_plan(d, &d->sfo, &seminar);
		if (told != 0) {
			expect_mail(d, "Announced: Hydrogen seminar");
		}
		desk_at(d, "2026-03-20T00:00");
		off.status = CANCELLED;
		record_plan(d, &d->sfo, &off);
		if (told != 0) {
			expect_mail(d, "Cancelled: Hydrogen seminar");
		} else {
			take_no_mail(d);
		}
		desk_free(d);
	}
}

/* ---- cohost-asked
 * ------------------------------------------------------------------------ */

static void
test_rules__a_named_cohost_is_asked_until_it_has_answered(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T00:00");
	struct plan plan = seminar;

	subscribe_post(d, "cohost-asked", "lax");
	record_plan(d, &d->sfo, &plan);
	take_no_mail(d); /* Nobody is named yet. */
	plan.holder = "lax";
	record_plan(d, &d->sfo, &plan);
	EXPECT_MAIL(d, "Co-host asked: Hydrogen seminar",
		    "is named as a co-host and has not answered.");
	plan.title = "Ammonia seminar";
	record_plan(d, &d->sfo, &plan);
	take_no_mail(d); /* It was asked. */
	say_confirmed(d, &d->lax, EVENT_A);
	take_no_mail(d);

	/* Taken off and named again, its answer is void: it is asked again. */
	plan.holder = NULL;
	record_plan(d, &d->sfo, &plan);
	take_no_mail(d);
	plan.holder = "lax";
	record_plan(d, &d->sfo, &plan);
	expect_mail(d, "Co-host asked: Ammonia seminar");
	desk_free(d);
}

static void
test_rules__who_answered_before_or_is_another_post_is_not_asked(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T00:00");
	struct plan plan = seminar;

	/* The one who asks is none of those asked. */
	plan.holder = "lax";
	subscribe_post(d, "cohost-asked", "sfo");
	record_plan(d, &d->sfo, &plan);
	take_no_mail(d);
	desk_free(d);

	d = desk_new("2026-01-05T00:00");
	subscribe_post(d, "cohost-asked", "lax");
	say_confirmed(d, &d->lax, EVENT_A);
	record_plan(d, &d->sfo, &plan);
	take_no_mail(d);
	desk_free(d);
}

/* ---- conflict
 * ---------------------------------------------------------------------------- */

/* Two events, the second of another post; is the reader told, and of what? */
static void
close_or_not(const struct plan *first, const struct plan *second, const char *near)
{
	struct desk *d = desk_new("2026-01-05T00:00");

	subscribe_kinds(d, "conflict");
	record_plan(d, &d->sfo, first);
	take_no_mail(d);
	record_plan(d, strcmp(second->recorder, "sfo") == 0 ? &d->sfo : &d->lax, second);
	if (near != NULL) {
		EXPECT_MAIL(d, "Close to another event", near, first->title,
			    second->title);
	} else {
		take_no_mail(d);
	}
	desk_free(d);
}

static void
test_rules__two_posts_are_close_in_town_partner_or_vip(void **state)
{
	(void)state;
	struct plan a = seminar, b = caravan;

	close_or_not(&a, &b, "place"); /* Both in Fresno, two days apart. */
	b.town = "fresno";             /* However it is written. */
	close_or_not(&a, &b, "place");
	b.town = "Visalia";
	close_or_not(&a, &b, NULL);
	b.town = "Fresno";
	b.state = "OH"; /* Another one. */
	close_or_not(&a, &b, NULL);
	b.state = NULL;
	b.town = NULL;
	a.partner = b.partner = "Chamber of Commerce";
	close_or_not(&a, &b, "partner");
	b.partner = "Rotary Club";
	close_or_not(&a, &b, NULL);
	a.vip_kind = b.vip_kind = "governor";
	close_or_not(&a, &b, "VIP");
	b.vip_kind = "mayor";
	close_or_not(&a, &b, NULL);
}

static void
test_rules__days_own_events_and_what_is_not_planned_are_not_close(void **state)
{
	(void)state;
	struct plan a = seminar, b = caravan;

	b.start = "2026-03-13T10:00"; /* Three days after. */
	close_or_not(&a, &b, "place");
	b.start = "2026-03-14T10:00";
	close_or_not(&a, &b, NULL);
	b.start = "2026-03-07T10:00"; /* Three before. */
	b.offset = -480;
	close_or_not(&a, &b, "place");
	b.start = "2026-03-06T10:00";
	close_or_not(&a, &b, NULL);
	b = caravan;
	b.recorder = "sfo"; /* It knows of its own. */
	close_or_not(&a, &b, NULL);
	b = caravan;
	b.start = "2026-03"; /* Perhaps: no day is made up. */
	b.zone = NULL;
	close_or_not(&a, &b, NULL);
	b = caravan;
	a.status = CANCELLED;
	close_or_not(&a, &b, NULL);
	a.status = HELD;
	close_or_not(&a, &b, NULL);
	a.status = PLANNED;
	b.status = POSTPONED;
	close_or_not(&a, &b, NULL);
}

static void
test_rules__a_pair_is_told_once(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T00:00");
	struct plan a = seminar, b = caravan;

	/* What was planned before anybody asked is close, too. */
	record_plan(d, &d->sfo, &a);
	b.start = "2026-04-12T10:00";
	record_plan(d, &d->lax, &b);
	subscribe_kinds(d, "conflict");
	take_no_mail(d);
	b.start = "2026-03-12T10:00";
	record_plan(d, &d->lax, &b);
	expect_mail(d, "Close to another event");

	/* Whichever of the two changes then. */
	b.title = "Village caravan";
	record_plan(d, &d->lax, &b);
	a.title = "Ammonia seminar";
	record_plan(d, &d->sfo, &a);
	desk_restart(d);
	b.start = "2026-03-11T10:00";
	record_plan(d, &d->lax, &b);
	take_no_mail(d);

	/* Something more that is close is told. */
	a.vip_kind = "governor";
	record_plan(d, &d->sfo, &a);
	take_no_mail(d);
	b.vip_kind = "governor";
	record_plan(d, &d->lax, &b);
	expect_mail(d, "Close to another event");
	desk_free(d);
}

/* Both sides should know of it, whichever was there first. */
static void
test_rules__the_readers_of_either_post_hear_of_a_pair(void **state)
{
	(void)state;
	static const char *const posts[] = { "sfo", "lax" };

	for (unsigned i = 0; i < 2 * ARRAY_LEN(posts); i++) {
		struct desk *d = desk_new("2026-01-05T00:00");

		subscribe_post(d, "conflict", posts[i / 2]);
		if (i % 2 == 0) {
			record_plan(d, &d->sfo, &seminar);
			record_plan(d, &d->lax, &caravan);
		} else {
			record_plan(d, &d->lax, &caravan);
			record_plan(d, &d->sfo, &seminar);
		}
		expect_mail(d, "Close to another event");
		desk_free(d);
	}
	struct desk *d = desk_new("2026-01-05T00:00");
	subscribe_post(d, "conflict", "chi");
	record_plan(d, &d->sfo, &seminar);
	record_plan(d, &d->lax, &caravan);
	take_no_mail(d);
	desk_free(d);
}

static void
test_rules__the_window_of_days_is_a_setting(void **state)
{
	(void)state;
	struct desk *d = desk_new("2026-01-05T00:00");
	struct plan b = caravan;

	say_setting(d, "alerts_conflict_days", "1");
	subscribe_kinds(d, "conflict");
	record_plan(d, &d->sfo, &seminar);
	record_plan(d, &d->lax, &b);
	take_no_mail(d);
	b.start = "2026-03-11T10:00";
	record_plan(d, &d->lax, &b);
	expect_mail(d, "Close to another event");
	desk_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules__a_change_is_told_as_old_and_new),
		cmocka_unit_test(
			test_rules__that_it_was_held_and_reported_is_no_change_of_plan),
		cmocka_unit_test(test_rules__another_day_or_place_is_a_move),
		cmocka_unit_test(test_rules__postponed_is_a_move_and_so_is_on_again),
		cmocka_unit_test(
			test_rules__a_withdrawn_event_is_taken_back_and_comes_again),
		cmocka_unit_test(test_rules__an_event_that_is_merged_away_is_off),
		cmocka_unit_test(
			test_rules__that_it_was_never_held_is_told_to_who_was_told_of_it),
		cmocka_unit_test(
			test_rules__a_named_cohost_is_asked_until_it_has_answered),
		cmocka_unit_test(
			test_rules__who_answered_before_or_is_another_post_is_not_asked),
		cmocka_unit_test(test_rules__two_posts_are_close_in_town_partner_or_vip),
		cmocka_unit_test(
			test_rules__days_own_events_and_what_is_not_planned_are_not_close),
		cmocka_unit_test(test_rules__a_pair_is_told_once),
		cmocka_unit_test(test_rules__the_readers_of_either_post_hear_of_a_pair),
		cmocka_unit_test(test_rules__the_window_of_days_is_a_setting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
