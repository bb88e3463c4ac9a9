#include "unit/lib/model/fold_fixture.h"

#define HELD 4

enum { SECOND_KEY = 22 };

static const struct ev webinar = { .id = EVENT_A,
				   .recorder = "sfo",
				   .holders = { "sfo" },
				   .dates = { "2024-02" },
				   .status = HELD };

static enum fold_verdict
verdict_at(struct world *w, uint32_t position)
{
	const struct record_row *row = table_at(&w->fold.records, position - 1);

	return (enum fold_verdict)row->verdict;
}

/* Of the node's first key. */
static void
revoke(struct world *w, const struct node_id *node, int kind, uint64_t from)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Revocation body = KUSANONE__V1__REVOCATION__INIT;
	uint8_t id[NODE_ID_LEN], sign[32];

	memcpy(id, node->b, sizeof(id));
	memset(sign, node->b[0], sizeof(sign));
	body.node_id = (ProtobufCBinaryData){ sizeof(id), id };
	body.sign_key = (ProtobufCBinaryData){ sizeof(sign), sign };
	body.kind = (Kusanone__V1__RevocationKind)kind;
	body.from_position = from;
	record.body_case = KUSANONE__V1__RECORD__BODY_REVOCATION;
	record.revocation = &body;
	assert_int_equal(say(w, &w->hq, &record, NULL), VERDICT_COUNTS);
}

static void
is_stolen(struct world *w, const struct node_id *node, uint64_t from)
{
	revoke(w, node, KUSANONE__V1__REVOCATION_KIND__REVOCATION_KIND_STOLEN, from);
}

static void
is_genuine(struct world *w, const struct node_id *node)
{
	revoke(w, node, KUSANONE__V1__REVOCATION_KIND__REVOCATION_KIND_GENUINE, 0);
}

/* sfo has another key beside its first. */
static void
enrol_second_key(struct world *w)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Enrolment body = KUSANONE__V1__ENROLMENT__INIT;
	uint8_t key[32];
	char *post = (char *)(uintptr_t) "sfo";

	memset(key, SECOND_KEY, sizeof(key));
	body.node_id = (ProtobufCBinaryData){ NODE_ID_LEN, w->sfo.b };
	body.name = post;
	body.curve_key = (ProtobufCBinaryData){ sizeof(key), key };
	body.sign_key = (ProtobufCBinaryData){ sizeof(key), key };
	body.role = KUSANONE__V1__NODE_ROLE__NODE_ROLE_POST;
	body.posts = &post;
	body.n_posts = 1;
	record.body_case = KUSANONE__V1__RECORD__BODY_ENROLMENT;
	record.enrolment = &body;
	assert_int_equal(say(w, &w->hq, &record, NULL), VERDICT_COUNTS);
}

static bool
is_joined(struct world *w)
{
	return (fact_of(w, EVENT_A)->flags & FACT_JOINED) != 0;
}

static void
test_fold_event__a_copy_counts_while_the_first_one_is_stolen(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct ev retitled = webinar;
	struct hash first;

	enrol_second_key(w);                              /* 1 */
	say_event(w, &w->sfo, &webinar, NULL, 0, &first); /* 2, which is then stolen */
	assert_int_equal(put_signed(w, &w->sfo, SECOND_KEY, w->records[1], NULL),
			 VERDICT_REPEAT); /* 3 */
	retitled.title = "改題";
	assert_int_equal(say_event(w, &w->sfo, &retitled, &first, 1, NULL),
			 VERDICT_COUNTS); /* 4 */
	is_stolen(w, &w->sfo, 2);
	assert_int_equal(verdict_at(w, 2), VERDICT_STOLEN);
	assert_int_equal(verdict_at(w, 3), VERDICT_COUNTS);
	assert_int_equal(verdict_at(w, 4), VERDICT_STOLEN);
	assert_int_equal(counted(w, 0, NULL, 0), 1);

	/* It is the one that is found from now on: as a base, and by a further copy. */
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__EventRevision revision = KUSANONE__V1__EVENT_REVISION__INIT;
	ProtobufCBinaryData base = pb_slice(hash_slice(&first));
	Kusanone__V1__Record *old = (Kusanone__V1__Record *)unpack_message(
		&kusanone__v1__record__descriptor, w->records[1], &w->arena, NULL);
	revision.event = old->event_revision->event;
	revision.bases = &base;
	revision.n_bases = 1;
	record.body_case = KUSANONE__V1__RECORD__BODY_EVENT_REVISION;
	record.event_revision = &revision;
	record.recorded_ms = 99;
	assert_int_equal(put_signed(w, &w->sfo, SECOND_KEY,
				    pack_in_arena(&record.base, &w->arena), NULL),
			 VERDICT_COUNTS); /* 6 */
	assert_false(is_joined(w));
	assert_int_equal(put_signed(w, &w->sfo, SECOND_KEY, w->records[1], NULL),
			 VERDICT_REPEAT); /* 7 */

	/* The first one was genuine: the copies repeat it again, and say nothing. */
	is_genuine(w, &w->sfo);
	assert_int_equal(verdict_at(w, 2), VERDICT_COUNTS);
	assert_int_equal(verdict_at(w, 3), VERDICT_REPEAT);
	assert_int_equal(verdict_at(w, 7), VERDICT_REPEAT);
	assert_int_equal(counted(w, 0, NULL, 0), 1);
	check_recount(w);
	world_free(w);
}

static void
test_fold_event__another_posts_revision_counts_once_the_first_was_stolen(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct ev of_lax = webinar;

	of_lax.recorder = "lax";
	of_lax.holders[0] = "lax";
	say_event(w, &w->sfo, &webinar, NULL, 0, NULL); /* 1 */
	assert_int_equal(say_event(w, &w->lax, &of_lax, NULL, 0, NULL),
			 VERDICT_FOREIGN_EVENT); /* 2 */
	is_stolen(w, &w->sfo, 1);
	assert_int_equal(verdict_at(w, 1), VERDICT_STOLEN);
	assert_int_equal(verdict_at(w, 2), VERDICT_COUNTS);
	assert_int_equal(counted(w, DIM_POST, "lax", 0), 1);
	assert_int_equal(counted(w, DIM_POST, "sfo", 0), 0);
	is_genuine(w, &w->sfo);
	assert_int_equal(verdict_at(w, 1), VERDICT_COUNTS);
	assert_int_equal(verdict_at(w, 2), VERDICT_FOREIGN_EVENT);
	assert_int_equal(counted(w, DIM_POST, "sfo", 0), 1);
	check_recount(w);
	world_free(w);
}

static void
test_fold_event__an_answer_that_a_stolen_key_signed_is_none(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct ev both = webinar;

	both.holders[1] = "lax";
	say_event(w, &w->sfo, &both, NULL, 0, NULL);
	say_answer(w, &w->lax, EVENT_A, "lax", 1); /* 2 */
	assert_int_equal(counted(w, DIM_POST, "lax", 0), 1);
	is_stolen(w, &w->lax, 2);
	assert_int_equal(counted(w, DIM_POST, "lax", 0), 0);
	assert_true(fact_of(w, EVENT_A)->flags & FACT_UNCONFIRMED);
	is_genuine(w, &w->lax);
	assert_int_equal(counted(w, DIM_POST, "lax", 0), 1);
	check_recount(w);
	world_free(w);
}

static void
test_fold_event__a_post_judges_nothing_by_its_own_numbers(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct ev second = webinar;

	/* Its second record is at 1,000 of headquarters' log, or at 2: it cannot say. */
	w->fold.at_post = true;
	second.id = EVENT_B;
	say_event(w, &w->sfo, &webinar, NULL, 0, NULL); /* 1 */
	is_stolen(w, &w->sfo, 1);
	assert_int_equal(verdict_at(w, 1), VERDICT_COUNTS);
	assert_int_equal(say_event(w, &w->sfo, &second, NULL, 0, NULL), VERDICT_COUNTS);
	assert_int_equal(counted(w, 0, NULL, 0), 2);
	world_free(w);
}

static void
test_fold_event__a_base_that_came_later_is_none_when_judged_again(void **state)
{
	(void)state;
	struct world *w = world_new(), *elsewhere = world_new();
	struct ev topic = webinar;
	struct hash base;

	/* What another program wrote: the edit stands before what it was made from. */
	elsewhere->clock = 1000;
	say_event(elsewhere, &w->sfo, &webinar, NULL, 0, &base);
	topic.topics[0] = "hydrogen";
	assert_int_equal(say_event(w, &w->sfo, &topic, &base, 1, NULL), VERDICT_COUNTS);
	assert_int_equal(put_signed(w, &w->sfo, w->sfo.b[0], elsewhere->records[0], NULL),
			 VERDICT_JOINED);
	assert_true(is_joined(w));

	/* Nothing is stolen: all is as it was. */
	is_stolen(w, &w->sfo, 100);
	assert_int_equal(verdict_at(w, 1), VERDICT_COUNTS);
	assert_int_equal(verdict_at(w, 2), VERDICT_JOINED);
	assert_true(is_joined(w));
	check_recount(w);
	world_free(w);
	world_free(elsewhere);
}

static void
test_fold_event__merges_and_best_practices_stay_when_a_key_is_judged_again(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct ev double_of = webinar;
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__BestPractice practice = KUSANONE__V1__BEST_PRACTICE__INIT;

	double_of.id = EVENT_B;
	double_of.recorder = "lax";
	say_event(w, &w->sfo, &webinar, NULL, 0, NULL);                   /* 1 */
	say_event(w, &w->lax, &double_of, NULL, 0, NULL);                 /* 2 */
	assert_int_equal(say_merge(w, EVENT_B, EVENT_A), VERDICT_COUNTS); /* 3 */
	practice.event_id = (char *)(uintptr_t)EVENT_A;
	practice.fiscal_year = 2023;
	record.body_case = KUSANONE__V1__RECORD__BODY_BEST_PRACTICE;
	record.best_practice = &practice;
	assert_int_equal(say(w, &w->hq, &record, NULL), VERDICT_COUNTS); /* 4 */

	is_stolen(w, &w->sfo, 100);
	is_stolen(w, &w->lax, 100);
	assert_int_equal(verdict_at(w, 3), VERDICT_COUNTS);
	assert_int_equal(verdict_at(w, 4), VERDICT_COUNTS);
	assert_int_equal(w->fold.practices.count, 1);
	assert_int_equal(counted(w, 0, NULL, 0), 1);
	check_recount(w);
	world_free(w);
}

static void
test_fold_event__a_genuine_key_makes_nothing_allowed(void **state)
{
	(void)state;
	struct world *w = world_new();
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Review review = KUSANONE__V1__REVIEW__INIT;
	uint8_t revision[HASH_LEN] = { 1 };

	is_stolen(w, &w->sfo, 1);
	review.event_id = (char *)(uintptr_t)EVENT_A;
	review.revision = (ProtobufCBinaryData){ sizeof(revision), revision };
	review.state = KUSANONE__V1__REVIEW_STATE__REVIEW_STATE_ACCEPTED;
	record.body_case = KUSANONE__V1__RECORD__BODY_REVIEW;
	record.review = &review;
	assert_int_equal(say(w, &w->sfo, &record, NULL), VERDICT_STOLEN); /* 2 */
	is_genuine(w, &w->sfo);
	assert_int_equal(verdict_at(w, 2), VERDICT_FORBIDDEN);
	check_recount(w);
	world_free(w);
}

static void
test_fold_event__branches_are_joined_from_where_they_parted(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct ev middle = webinar, topic = webinar;
	struct arena arena = { 0 };
	struct hash base, parted;
	struct slice bytes;
	struct event shown;
	struct uuid id;

	/* Renamed; then one adds a topic, and the other takes the new name back. */
	say_event(w, &w->sfo, &webinar, NULL, 0, &base);
	middle.title = "改題";
	say_event(w, &w->sfo, &middle, &base, 1, &parted);
	topic.title = "改題";
	topic.topics[0] = "hydrogen";
	say_event(w, &w->sfo, &topic, &parted, 1, NULL);
	assert_int_equal(say_event(w, &w->sfo, &webinar, &parted, 1, NULL),
			 VERDICT_JOINED);
	assert_true(uuid_parse(slice_str(EVENT_A), &id));
	assert_true(fold_event_shown(&w->fold, fold_find_event(&w->fold, &id), &arena,
				     &bytes, NULL));
	assert_true(event_decode(bytes, &arena, &shown, NULL));
	assert_true(slice_eq_str(shown.title.ja, "案件"));
	assert_int_equal(shown.topics.count, 1);
	arena_fini(&arena);
	check_recount(w);
	world_free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_fold_event__a_copy_counts_while_the_first_one_is_stolen),
		cmocka_unit_test(
			test_fold_event__another_posts_revision_counts_once_the_first_was_stolen),
		cmocka_unit_test(
			test_fold_event__an_answer_that_a_stolen_key_signed_is_none),
		cmocka_unit_test(
			test_fold_event__a_post_judges_nothing_by_its_own_numbers),
		cmocka_unit_test(
			test_fold_event__a_base_that_came_later_is_none_when_judged_again),
		cmocka_unit_test(
			test_fold_event__merges_and_best_practices_stay_when_a_key_is_judged_again),
		cmocka_unit_test(test_fold_event__a_genuine_key_makes_nothing_allowed),
		cmocka_unit_test(
			test_fold_event__branches_are_joined_from_where_they_parted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
