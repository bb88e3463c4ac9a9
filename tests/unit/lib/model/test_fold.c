#include "unit/lib/model/fold_fixture.h"

#define HELD 4

static const struct ev webinar = { .id = EVENT_A,
				   .recorder = "sfo",
				   .holders = { "sfo", "lax" },
				   .dates = { "2024-02" },
				   .status = HELD };

static void
test_fold__an_unconfirmed_cohost_is_shown_and_not_counted(void **state)
{
	(void)state;
	struct world *w = world_new();

	assert_int_equal(say_event(w, &w->sfo, &webinar, NULL, 0, NULL), VERDICT_COUNTS);
	assert_int_equal(counted(w, 0, NULL, 0), 1);
	assert_int_equal(counted(w, DIM_POST, "sfo", 0), 1);
	assert_int_equal(counted(w, DIM_POST, "lax", 0), 0);
	assert_true(fact_of(w, EVENT_A)->flags & FACT_UNCONFIRMED);

	/* It confirms, disputes, and confirms again; each past stays as it was. */
	assert_int_equal(say_answer(w, &w->lax, EVENT_A, "lax", 1), VERDICT_COUNTS);
	assert_int_equal(counted(w, DIM_POST, "lax", 0), 1);
	assert_int_equal(say_answer(w, &w->lax, EVENT_A, "lax", 2), VERDICT_COUNTS);
	assert_int_equal(counted(w, DIM_POST, "lax", 0), 0);
	assert_int_equal(say_answer(w, &w->lax, EVENT_A, "lax", 1), VERDICT_COUNTS);
	assert_int_equal(counted(w, DIM_POST, "lax", 0), 1);
	assert_int_equal(counted(w, DIM_POST, "lax", 1), 0);
	assert_int_equal(counted(w, DIM_POST, "lax", 2), 1);
	assert_int_equal(counted(w, DIM_POST, "lax", 3), 0);
	assert_int_equal(counted(w, 0, NULL, 0), 1);
	check_recount(w);
	world_free(w);
}

static void
test_fold__an_answer_that_comes_before_the_event_waits_for_it(void **state)
{
	(void)state;
	struct world *w = world_new();

	assert_int_equal(say_answer(w, &w->lax, EVENT_A, "lax", 1), VERDICT_WAITS);
	assert_int_equal(counted(w, 0, NULL, 0), 0);
	say_event(w, &w->sfo, &webinar, NULL, 0, NULL);
	assert_int_equal(counted(w, DIM_POST, "lax", 0), 1);
	check_recount(w);
	world_free(w);
}

static void
test_fold__a_holder_taken_off_and_named_again_is_asked_again(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct ev alone = webinar;
	struct hash h;

	alone.holders[1] = NULL;
	say_event(w, &w->sfo, &webinar, NULL, 0, &h);
	say_answer(w, &w->lax, EVENT_A, "lax", 1);
	say_event(w, &w->sfo, &alone, &h, 1, &h);
	assert_int_equal(counted(w, DIM_POST, "lax", 0), 0);
	say_event(w, &w->sfo, &webinar, &h, 1, &h);
	assert_int_equal(counted(w, DIM_POST, "lax", 0), 0);
	assert_true(fact_of(w, EVENT_A)->flags & FACT_UNCONFIRMED);

	/* An answer survives a revision that keeps the holder. */
	struct ev retitled = webinar;
	retitled.title = "水素ウェビナー";
	say_answer(w, &w->lax, EVENT_A, "lax", 1);
	say_event(w, &w->sfo, &retitled, &h, 1, &h);
	assert_int_equal(counted(w, DIM_POST, "lax", 0), 1);
	check_recount(w);
	world_free(w);
}

static void
test_fold__a_node_says_only_what_is_its_own(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct ev of_lax = webinar;
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Review review = KUSANONE__V1__REVIEW__INIT;
	struct node_id stranger = { { 9 } };

	/* Not for another post, not by a node that nobody knows, not HQ an event. */
	assert_int_equal(say_event(w, &w->lax, &webinar, NULL, 0, NULL),
			 VERDICT_FORBIDDEN);
	assert_int_equal(say_event(w, &w->hq, &webinar, NULL, 0, NULL),
			 VERDICT_FORBIDDEN);
	assert_int_equal(say_event(w, &stranger, &webinar, NULL, 0, NULL),
			 VERDICT_UNKNOWN_NODE);
	assert_int_equal(say_answer(w, &w->sfo, EVENT_A, "lax", 1), VERDICT_FORBIDDEN);

	/* The event's own node first; then another node's revision is foreign. */
	assert_int_equal(say_event(w, &w->sfo, &webinar, NULL, 0, NULL), VERDICT_COUNTS);
	of_lax.recorder = "lax";
	assert_int_equal(say_event(w, &w->lax, &of_lax, NULL, 0, NULL),
			 VERDICT_FOREIGN_EVENT);

	/* A post does not review. */
	review.event_id = (char *)(uintptr_t)EVENT_A;
	record.body_case = KUSANONE__V1__RECORD__BODY_REVIEW;
	record.review = &review;
	assert_int_equal(say(w, &w->sfo, &record, NULL), VERDICT_FORBIDDEN);
	assert_int_equal(say(w, &w->hq, &record, NULL), VERDICT_COUNTS);
	assert_int_equal(counted(w, 0, NULL, 0), 1);
	world_free(w);
}

/* What a node was not allowed to say, as the fold sees it, was acknowledged all the same:
 * said again, its own node finds it.  Another's is none of its business. */
static void
test_fold__a_node_finds_its_own_submission_though_it_was_forbidden(void **state)
{
	(void)state;
	struct world *w = world_new();
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Review review = KUSANONE__V1__REVIEW__INIT;
	struct hash digest;

	memset(digest.b, 7, sizeof(digest.b));
	review.event_id = (char *)(uintptr_t)EVENT_A;
	record.body_case = KUSANONE__V1__RECORD__BODY_REVIEW;
	record.review = &review;
	record.submission.data = digest.b;
	record.submission.len = HASH_LEN;
	assert_int_equal(say(w, &w->sfo, &record, NULL), VERDICT_FORBIDDEN);
	assert_int_equal(fold_find_submission(&w->fold, &digest,
					      fold_find_node(&w->fold, &w->sfo)),
			 0);
	assert_true(fold_find_submission(&w->fold, &digest,
					 fold_find_node(&w->fold, &w->lax)) ==
		    UINT32_MAX);
	world_free(w);
}

static void
test_fold__the_same_record_again_is_a_repeat_without_effect(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct hash h;

	say_event(w, &w->sfo, &webinar, NULL, 0, &h);
	struct fold_input again = {
		.position = 2, .node = w->sfo, .record = w->records[0], .identity = h
	};
	w->records[1] = w->records[0];
	w->count = 2;
	assert_int_equal(fold_record(&w->fold, &again), VERDICT_REPEAT);
	assert_int_equal(counted(w, 0, NULL, 0), 1);

	/* A compromised node cannot make another's record a repeat by saying it first. */
	struct ev other = webinar;
	other.id = EVENT_B;
	assert_int_equal(say_event(w, &w->lax, &other, NULL, 0, &h), VERDICT_FORBIDDEN);
	struct fold_input genuine = {
		.position = 4, .node = w->sfo, .record = w->records[2], .identity = h
	};
	w->records[3] = w->records[2];
	w->count = 4;
	assert_int_equal(fold_record(&w->fold, &genuine), VERDICT_COUNTS);
	assert_int_equal(counted(w, 0, NULL, 0), 2);
	world_free(w);
}

static void
test_fold__disjoint_branches_are_joined_and_a_conflict_keeps_the_first(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct ev first = webinar, topic = webinar, title = webinar, other = webinar;
	struct hash base, a, b;

	say_event(w, &w->sfo, &first, NULL, 0, &base);
	topic.topics[0] = "hydrogen";
	title.title = "改題";
	assert_int_equal(say_event(w, &w->sfo, &topic, &base, 1, &a), VERDICT_COUNTS);
	assert_int_equal(say_event(w, &w->sfo, &title, &base, 1, &b), VERDICT_JOINED);
	assert_int_equal(counted(w, 0, NULL, 0), 1);
	assert_int_equal(counted(w, DIM_TOPIC, "hydrogen", 0), 1);
	assert_true(fact_of(w, EVENT_A)->flags & FACT_JOINED);

	/* A third branch says another title: the one that came first is kept. */
	other.title = "別題";
	assert_int_equal(say_event(w, &w->sfo, &other, &base, 1, NULL), VERDICT_CONFLICT);
	struct arena arena = { 0 };
	struct slice bytes;
	struct event shown;
	struct uuid id;
	assert_true(uuid_parse(slice_str(EVENT_A), &id));
	assert_true(fold_event_shown(&w->fold, fold_find_event(&w->fold, &id), &arena,
				     &bytes, NULL));
	assert_true(event_decode(bytes, &arena, &shown, NULL));
	assert_true(slice_eq_str(shown.title.ja, "改題"));
	assert_int_equal(shown.topics.count, 1);
	arena_fini(&arena);
	check_recount(w);
	world_free(w);
}

static void
test_fold__a_revision_that_joins_all_heads_is_the_only_one(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct ev topic = webinar, title = webinar;
	struct hash base, both[2];

	say_event(w, &w->sfo, &webinar, NULL, 0, &base);
	topic.topics[0] = "hydrogen";
	title.title = "改題";
	say_event(w, &w->sfo, &topic, &base, 1, &both[0]);
	say_event(w, &w->sfo, &title, &base, 1, &both[1]);
	assert_int_equal(say_event(w, &w->sfo, &title, both, 2, NULL), VERDICT_COUNTS);
	assert_false(fact_of(w, EVENT_A)->flags & FACT_JOINED);
	assert_int_equal(counted(w, DIM_TOPIC, "hydrogen", 0), 0);
	check_recount(w);
	world_free(w);
}

static void
test_fold__withdrawn_is_never_counted_and_can_be_taken_back(void **state)
{
	(void)state;
	struct world *w = world_new();
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Withdrawal body = KUSANONE__V1__WITHDRAWAL__INIT;

	body.event_id = (char *)(uintptr_t)EVENT_A;
	record.body_case = KUSANONE__V1__RECORD__BODY_WITHDRAWAL;
	record.withdrawal = &body;
	say_event(w, &w->sfo, &webinar, NULL, 0, NULL);
	assert_int_equal(say(w, &w->lax, &record, NULL), VERDICT_FOREIGN_EVENT);
	assert_int_equal(say(w, &w->sfo, &record, NULL), VERDICT_COUNTS);
	assert_int_equal(counted(w, 0, NULL, 0), 0);
	assert_int_equal(counted(w, 0, NULL, 1), 1);
	body.undone = true;
	assert_int_equal(say(w, &w->sfo, &record, NULL), VERDICT_COUNTS);
	assert_int_equal(counted(w, 0, NULL, 0), 1);
	check_recount(w);
	world_free(w);
}

static void
test_fold__two_records_of_one_event_are_merged_and_count_once(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct ev double_of = webinar;

	double_of.id = EVENT_B;
	double_of.recorder = "lax";
	say_event(w, &w->sfo, &webinar, NULL, 0, NULL);
	say_event(w, &w->lax, &double_of, NULL, 0, NULL);
	assert_int_equal(counted(w, 0, NULL, 0), 2);
	assert_int_equal(say_merge(w, EVENT_B, EVENT_A), VERDICT_COUNTS);
	assert_int_equal(counted(w, 0, NULL, 0), 1);

	/* A circle would count nothing: it says nothing. */
	assert_int_equal(say_merge(w, EVENT_A, EVENT_B), VERDICT_FORBIDDEN);
	assert_int_equal(counted(w, 0, NULL, 0), 1);
	check_recount(w);
	world_free(w);
}

/* That nobody has recorded. */
static const char nothing[] = "01900000-0000-7000-8000-00000000dead";

static void
test_fold__an_event_merged_into_nothing_counts_until_that_is_recorded(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct ev late = webinar, second = webinar;

	second.id = EVENT_B;
	late.id = nothing;
	say_event(w, &w->sfo, &webinar, NULL, 0, NULL);
	say_event(w, &w->sfo, &second, NULL, 0, NULL);
	/* B into A's double into nothing: A still stands for B. */
	assert_int_equal(say_merge(w, EVENT_B, EVENT_A), VERDICT_COUNTS);
	assert_int_equal(counted(w, 0, NULL, 0), 1);
	assert_int_equal(say_merge(w, EVENT_A, nothing), VERDICT_COUNTS);
	assert_int_equal(counted(w, 0, NULL, 0), 1);
	check_recount(w);

	/* Once it is there, it counts for all of them. */
	say_event(w, &w->sfo, &late, NULL, 0, NULL);
	assert_int_equal(counted(w, 0, NULL, 0), 1);
	check_recount(w);
	world_free(w);
}

static void
test_fold__what_is_merged_into_an_event_that_is_merged_on_is_counted_there(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct ev second = webinar;

	second.id = EVENT_B;
	say_event(w, &w->sfo, &webinar, NULL, 0, NULL);
	say_event(w, &w->sfo, &second, NULL, 0, NULL);
	assert_int_equal(say_merge(w, EVENT_A, nothing), VERDICT_COUNTS);
	assert_int_equal(counted(w, 0, NULL, 0), 2);
	assert_int_equal(say_merge(w, nothing, EVENT_B), VERDICT_WAITS);
	assert_int_equal(counted(w, 0, NULL, 0), 1);
	check_recount(w);
	world_free(w);
}

static void
test_fold__what_a_stolen_key_signed_does_not_count_until_it_is_genuine(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct ev second = webinar;
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Revocation body = KUSANONE__V1__REVOCATION__INIT;
	uint8_t sign[32];

	second.id = EVENT_B;
	memset(sign, w->sfo.b[0], sizeof(sign));
	say_event(w, &w->sfo, &webinar, NULL, 0, NULL); /* 1, before the theft */
	say_event(w, &w->sfo, &second, NULL, 0, NULL);  /* 2, after it */
	body.node_id = (ProtobufCBinaryData){ NODE_ID_LEN, w->sfo.b };
	body.sign_key = (ProtobufCBinaryData){ 32, sign };
	body.kind = KUSANONE__V1__REVOCATION_KIND__REVOCATION_KIND_STOLEN;
	body.from_position = 2;
	record.body_case = KUSANONE__V1__RECORD__BODY_REVOCATION;
	record.revocation = &body;
	assert_int_equal(say(w, &w->hq, &record, NULL), VERDICT_COUNTS);
	assert_int_equal(counted(w, 0, NULL, 0), 1);
	assert_int_equal(counted(w, 0, NULL, 2), 2); /* As it was then. */

	/* What comes later, signed by it, does not count either. */
	struct ev third = webinar;
	third.id = "01900000-0000-7000-8000-00000000000c";
	assert_int_equal(say_event(w, &w->sfo, &third, NULL, 0, NULL), VERDICT_STOLEN);
	assert_int_equal(counted(w, 0, NULL, 0), 1);

	body.kind = KUSANONE__V1__REVOCATION_KIND__REVOCATION_KIND_GENUINE;
	assert_int_equal(say(w, &w->hq, &record, NULL), VERDICT_COUNTS);
	assert_int_equal(counted(w, 0, NULL, 0), 3);
	check_recount(w);
	world_free(w);
}

static void
test_fold__the_papers_four_cases(void **state)
{
	(void)state;
	struct world *w = world_new();
	static struct slice bna[1], sea[1], chi[1];
	struct ev cases[] = {
		{ .id = "01900000-0000-7000-8000-000000000001",
		  .recorder = "sfo",
		  .holders = { "sfo", "lax" },
		  .format = "webinar",
		  .dates = { "2024-02" },
		  .status = HELD,
		  .report = true },
		{ .id = "01900000-0000-7000-8000-000000000002",
		  .recorder = "bna",
		  .holders = { "bna" },
		  .dates = { "2023-09" },
		  .states = { "TN" },
		  .status = HELD,
		  .report = true },
		{ .id = "01900000-0000-7000-8000-000000000003",
		  .recorder = "sea",
		  .holders = { "sea" },
		  .dates = { "2023-10" },
		  .status = HELD,
		  .report = true },
		{ .id = "01900000-0000-7000-8000-000000000004",
		  .recorder = "chi",
		  .holders = { "chi" },
		  .dates = { "2023-10", "2024-02", "2024-03" },
		  .states = { "MN", "IL", "IN" },
		  .status = HELD,
		  .report = true },
	};
	const struct {
		const char *name;
		struct slice *posts;
	} nodes[] = { { "bna", bna }, { "sea", sea }, { "chi", chi } };
	struct node_id ids[4] = { w->sfo };
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__ReferenceChange change = KUSANONE__V1__REFERENCE_CHANGE__INIT;
	Kusanone__V1__ReferenceRow row = KUSANONE__V1__REFERENCE_ROW__INIT, *rows = &row;
	Kusanone__V1__CodeRow code = KUSANONE__V1__CODE_ROW__INIT;
	char *online = (char *)(uintptr_t) "online";

	for (uint8_t i = 0; i < 3; i++) {
		nodes[i].posts[0] = slice_str(nodes[i].name);
		struct enrolment e = node_of(nodes[i].name, (uint8_t)(4 + i), NODE_POST,
					     nodes[i].posts, 1);
		fold_trust(&w->fold, &e);
		ids[i + 1] = e.node;
	}
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(say_event(w, &ids[i], &cases[i], NULL, 0, NULL),
				 VERDICT_COUNTS);
	}
	say_answer(w, &w->lax, cases[0].id, "lax", 1);
	assert_int_equal(counted(w, 0, NULL, 0), 4);
	assert_int_equal(counted(w, DIM_POST, "sfo", 0), 1);
	assert_int_equal(counted(w, DIM_POST, "lax", 0), 1);
	assert_int_equal(counted(w, DIM_STATE, "IN", 0), 1);
	assert_int_equal(fact_of(w, cases[0].id)->fiscal_year[RULE_LOCAL], 2023);
	assert_int_equal(fact_of(w, cases[3].id)->fiscal_year[RULE_LOCAL], 2023);

	/* The reference data comes after the events: the webinar is online from then on.
	 */
	unsigned n;
	assert_int_equal(*sets_at(&w->fold.sets, fact_of(w, cases[0].id)->states, &n),
			 STATE_NOT_STATED);
	code.dimension = (char *)(uintptr_t) "format";
	code.code = (char *)(uintptr_t) "webinar";
	code.attributes = &online;
	code.n_attributes = 1;
	row.row_case = KUSANONE__V1__REFERENCE_ROW__ROW_CODE;
	row.code = &code;
	change.rows = &rows;
	change.n_rows = 1;
	record.body_case = KUSANONE__V1__RECORD__BODY_REFERENCE_CHANGE;
	record.reference_change = &change;
	assert_int_equal(say(w, &w->hq, &record, NULL), VERDICT_COUNTS);
	assert_int_equal(*sets_at(&w->fold.sets, fact_of(w, cases[0].id)->states, &n),
			 STATE_ONLINE);
	world_free(w);
}

static void
test_fold__sessions_alone_say_when_and_where_it_was(void **state)
{
	(void)state;
	struct world *w = world_new();
	Kusanone__V1__Session s[2], *list[2] = { &s[0], &s[1] };
	Kusanone__V1__Date start[2];
	Kusanone__V1__DatedBy by = KUSANONE__V1__DATED_BY__INIT;
	struct ev event = webinar;

	for (int i = 0; i < 2; i++) {
		kusanone__v1__session__init(&s[i]);
		kusanone__v1__date__init(&start[i]);
		s[i].start = &start[i];
	}
	/* Held on 31 March in Los Angeles at 16:00, 1 April in Tokyo; another cancelled.
	 */
	start[0].value = (char *)(uintptr_t) "2024-03-31T16:00";
	by.local = (char *)(uintptr_t) "2024-03-31";
	by.tokyo = (char *)(uintptr_t) "2024-04-01";
	s[0].dated_by = &by;
	s[0].status = KUSANONE__V1__STATUS__STATUS_HELD;
	start[1].value = (char *)(uintptr_t) "2023-01-15";
	s[1].status = KUSANONE__V1__STATUS__STATUS_CANCELLED;
	event.sessions = list;
	event.session_count = 2;
	event.status = 0;
	event.dates[0] = "2019-06";
	say_event(w, &w->sfo, &event, NULL, 0, NULL);

	const struct event_fact *fact = fact_of(w, EVENT_A);
	assert_int_equal(fact->status, STATUS_HELD);
	assert_int_equal(fact->fiscal_year[RULE_LOCAL], 2023);
	assert_int_equal(fact->fiscal_year[RULE_TOKYO], 2024);
	assert_true(fact->flags & FACT_BOUNDARY_LOCAL);
	assert_true(fact->flags & FACT_BOUNDARY_TOKYO);
	assert_true(fact->flags & FACT_PROVISIONAL);
	assert_int_equal(w->fold.session_facts.count, 2);
	world_free(w);
}

static void
test_fold__a_calendar_year_alone_states_no_fiscal_year(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct ev event = webinar;

	event.dates[0] = "2024";
	say_event(w, &w->sfo, &event, NULL, 0, NULL);
	assert_int_equal(fact_of(w, EVENT_A)->fiscal_year[RULE_LOCAL], FISCAL_YEAR_NONE);

	/* The day is finer and begins on the same one: it says the year. */
	struct ev both = event;
	struct hash h;
	both.id = EVENT_B;
	both.dates[1] = "2024-01-01";
	say_event(w, &w->sfo, &both, NULL, 0, &h);
	assert_int_equal(fact_of(w, EVENT_B)->fiscal_year[RULE_LOCAL], 2023);
	world_free(w);
}

static void
test_fold__a_body_of_a_newer_program_is_carried_and_not_counted(void **state)
{
	(void)state;
	struct world *w = world_new();
	/* Field 99, length-delimited, two bytes. */
	static const uint8_t bytes[] = { 0x9a, 0x06, 0x02, 'h', 'i' };
	struct fold_input in = { .position = 1, .node = w->sfo };

	w->records[0] = slice_of(bytes, sizeof(bytes));
	w->count = 1;
	in.record = w->records[0];
	in.identity = hash_of(in.record);
	assert_int_equal(fold_record(&w->fold, &in), VERDICT_UNKNOWN_BODY);
	const struct record_row *row = table_at(&w->fold.records, 0);
	assert_int_equal(row->body, 99);

	static const uint8_t garbage[] = { 0xff, 0xff };
	in.position = 2;
	in.record = slice_of(garbage, sizeof(garbage));
	in.identity = hash_of(in.record);
	w->records[1] = in.record;
	w->count = 2;
	assert_int_equal(fold_record(&w->fold, &in), VERDICT_MALFORMED);
	world_free(w);
}

/* Held in two fiscal years and three states by two posts; the co-host answers late,
 * disputes, then confirms. */
static void
test_fold__a_caravan_over_two_fiscal_years_counts_once(void **state)
{
	(void)state;
	struct world *w = world_new();
	static const char *const starts[] = { "2023-10-05", "2024-03-20", "2024-04-02" };
	static const char *const states[] = { "MN", "IL", "IN" };
	Kusanone__V1__Session s[3], *list[3];
	Kusanone__V1__Date start[3];
	Kusanone__V1__Place place[3];
	struct ev caravan = { .id = EVENT_A,
			      .recorder = "sfo",
			      .holders = { "sfo", "lax" },
			      .sessions = list,
			      .session_count = 3 };

	for (int i = 0; i < 3; i++) {
		kusanone__v1__session__init(&s[i]);
		kusanone__v1__date__init(&start[i]);
		kusanone__v1__place__init(&place[i]);
		start[i].value = (char *)(uintptr_t)starts[i];
		place[i].state = (char *)(uintptr_t)states[i];
		s[i].start = &start[i];
		s[i].place = &place[i];
		s[i].status = KUSANONE__V1__STATUS__STATUS_HELD;
		list[i] = &s[i];
	}
	say_event(w, &w->sfo, &caravan, NULL, 0, NULL);

	/* One event of FY2023, where it began; each session of its own year. */
	assert_int_equal(counted(w, 0, NULL, 0), 1);
	assert_int_equal(fact_of(w, EVENT_A)->fiscal_year[RULE_LOCAL], 2023);
	const struct session_fact *last = table_at(&w->fold.session_facts, 2);
	assert_int_equal(last->fiscal_year[RULE_LOCAL], 2024);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(counted(w, DIM_STATE, states[i], 0), 1);
	}
	assert_int_equal(counted(w, DIM_POST, "lax", 0), 0);
	say_answer(w, &w->lax, EVENT_A, "lax", 2);
	assert_int_equal(counted(w, DIM_POST, "lax", 0), 0);
	assert_false(fact_of(w, EVENT_A)->flags & FACT_UNCONFIRMED);
	say_answer(w, &w->lax, EVENT_A, "lax", 1);
	assert_int_equal(counted(w, DIM_POST, "lax", 0), 1);
	assert_int_equal(counted(w, DIM_POST, "sfo", 0), 1);
	assert_int_equal(counted(w, 0, NULL, 0), 1);
	check_recount(w);
	world_free(w);
}

static void
test_fold__a_cohost_added_after_the_event_is_asked_then(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct ev alone = webinar;
	struct hash h;

	alone.holders[1] = NULL;
	say_event(w, &w->sfo, &alone, NULL, 0, &h);
	assert_false(fact_of(w, EVENT_A)->flags & FACT_UNCONFIRMED);
	say_event(w, &w->sfo, &webinar, &h, 1, NULL);
	assert_true(fact_of(w, EVENT_A)->flags & FACT_UNCONFIRMED);
	say_answer(w, &w->lax, EVENT_A, "lax", 1);
	assert_int_equal(counted(w, DIM_POST, "lax", 0), 1);
	assert_int_equal(counted(w, DIM_POST, "lax", 2), 0);
	check_recount(w);
	world_free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_fold__an_unconfirmed_cohost_is_shown_and_not_counted),
		cmocka_unit_test(
			test_fold__an_answer_that_comes_before_the_event_waits_for_it),
		cmocka_unit_test(
			test_fold__a_holder_taken_off_and_named_again_is_asked_again),
		cmocka_unit_test(test_fold__a_node_says_only_what_is_its_own),
		cmocka_unit_test(
			test_fold__a_node_finds_its_own_submission_though_it_was_forbidden),
		cmocka_unit_test(
			test_fold__the_same_record_again_is_a_repeat_without_effect),
		cmocka_unit_test(
			test_fold__disjoint_branches_are_joined_and_a_conflict_keeps_the_first),
		cmocka_unit_test(
			test_fold__a_revision_that_joins_all_heads_is_the_only_one),
		cmocka_unit_test(
			test_fold__withdrawn_is_never_counted_and_can_be_taken_back),
		cmocka_unit_test(
			test_fold__two_records_of_one_event_are_merged_and_count_once),
		cmocka_unit_test(
			test_fold__an_event_merged_into_nothing_counts_until_that_is_recorded),
		cmocka_unit_test(
			test_fold__what_is_merged_into_an_event_that_is_merged_on_is_counted_there),
		cmocka_unit_test(
			test_fold__what_a_stolen_key_signed_does_not_count_until_it_is_genuine),
		cmocka_unit_test(test_fold__the_papers_four_cases),
		cmocka_unit_test(test_fold__a_caravan_over_two_fiscal_years_counts_once),
		cmocka_unit_test(test_fold__a_cohost_added_after_the_event_is_asked_then),
		cmocka_unit_test(test_fold__sessions_alone_say_when_and_where_it_was),
		cmocka_unit_test(test_fold__a_calendar_year_alone_states_no_fiscal_year),
		cmocka_unit_test(
			test_fold__a_body_of_a_newer_program_is_carried_and_not_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
