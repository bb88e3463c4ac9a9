#include "fixture.h"

#define ID_A "018bcfe5-6800-7000-8000-00000000000a"
#define ID_B "018bcfe5-6800-7000-8000-00000000000b"

static Kusanone__V1__Submission *
answer_submission(struct post *p, const char *id, Kusanone__V1__Answer answer)
{
	Kusanone__V1__Submission *s = new_submission(p);

	s->body_case = KUSANONE__V1__SUBMISSION__BODY_COHOST_ANSWER;
	s->cohost_answer = new_cohost_answer(p);
	s->cohost_answer->event_id = STR(id);
	s->cohost_answer->answer = answer;
	return s;
}

static void
test_say__yes_no_yes_are_three_answers(void **state)
{
	(void)state;
	struct post *p = post_new();
	static const Kusanone__V1__Answer answers[] = {
		KUSANONE__V1__ANSWER__ANSWER_CONFIRMED,
		KUSANONE__V1__ANSWER__ANSWER_DISPUTED,
		KUSANONE__V1__ANSWER__ANSWER_CONFIRMED,
	};

	for (unsigned i = 0; i < ARRAY_LEN(answers); i++) {
		const Kusanone__V1__Receipt *r =
			submit_good(p, answer_submission(p, ID_A, answers[i]));

		assert_false(r->repeated);
		assert_int_equal(r->seq, i + 1);
		/* Nobody has told this node of the event yet. */
		assert_true(has_warning(r, "unknown_event"));
		r = submit_good(p, answer_submission(p, ID_A, answers[i]));
		assert_true(r->repeated);
		assert_int_equal(r->seq, i + 1);
	}
	/* In one turn as well. */
	uint64_t from = p->request;
	(void)put_submission(p, answer_submission(p, ID_B, answers[0]));
	(void)put_submission(p, answer_submission(p, ID_B, answers[0]));
	(void)put_submission(p, answer_submission(p, ID_B, answers[1]));
	(void)put_submission(p, answer_submission(p, ID_B, answers[2]));
	post_turn(p);
	assert_false(told_of(p, from + 1).receipt->repeated);
	assert_true(told_of(p, from + 2).receipt->repeated);
	assert_false(told_of(p, from + 3).receipt->repeated);
	assert_false(told_of(p, from + 4).receipt->repeated);
	assert_int_equal(journal_records(p), 6);
	/* All of them count: no two are one record. */
	for (uint32_t i = 0; i < 6; i++) {
		const struct record_row *row = table_at(&p->core->fold.records, i);

		assert_int_equal(row->verdict, VERDICT_WAITS);
	}
	post_free(p);
}

static void
test_say__a_post_speaks_for_itself_only(void **state)
{
	(void)state;
	struct post *p = post_new();
	Kusanone__V1__Submission *s =
		answer_submission(p, ID_A, KUSANONE__V1__ANSWER__ANSWER_CONFIRMED);

	s->cohost_answer->post = STR("lax");
	assert_string_equal(submit_bad(p, s)->code, "forbidden");
	s->cohost_answer->post = STR("");
	s->cohost_answer->answer = (Kusanone__V1__Answer)9;
	assert_string_equal(submit_bad(p, s)->field, "answer");
	post_free(p);
}

static void
test_say__what_other_services_take_is_refused(void **state)
{
	(void)state;
	Kusanone__V1__ArchiveSeal seal = KUSANONE__V1__ARCHIVE_SEAL__INIT;
	Kusanone__V1__AcceptRollback accept = KUSANONE__V1__ACCEPT_ROLLBACK__INIT;
	Kusanone__V1__AlertTest test = KUSANONE__V1__ALERT_TEST__INIT;
	static const enum node_role roles[] = { NODE_POST, NODE_HQ };

	for (unsigned i = 0; i < ARRAY_LEN(roles); i++) {
		struct post *p = post_new_as(roles[i], false);
		Kusanone__V1__Submission *s = new_submission(p);

		s->body_case = KUSANONE__V1__SUBMISSION__BODY_ARCHIVE_SEAL;
		s->archive_seal = &seal;
		assert_string_equal(submit_bad(p, s)->code, "unknown");
		s->body_case = KUSANONE__V1__SUBMISSION__BODY_ACCEPT_ROLLBACK;
		s->accept_rollback = &accept;
		assert_string_equal(submit_bad(p, s)->code, "unknown");
		s->body_case = KUSANONE__V1__SUBMISSION__BODY_ALERT_TEST;
		s->alert_test = &test;
		assert_string_equal(submit_bad(p, s)->code, "unknown");
		post_free(p);
	}
}

static Kusanone__V1__Submission *
withdrawal_submission(struct post *p, const char *id, bool undone)
{
	Kusanone__V1__Submission *s = new_submission(p);

	s->body_case = KUSANONE__V1__SUBMISSION__BODY_WITHDRAWAL;
	s->withdrawal = new_withdrawal(p);
	s->withdrawal->event_id = STR(id);
	s->withdrawal->undone = undone;
	return s;
}

static void
test_say__a_withdrawal_is_taken_back_and_made_again(void **state)
{
	(void)state;
	struct post *p = post_new();

	assert_string_equal(submit_bad(p, withdrawal_submission(p, ID_A, false))->code,
			    "unknown");
	submit_good(p, event_submission(p, an_event(p, ID_A, "案件")));
	assert_string_equal(submit_bad(p, withdrawal_submission(p, ID_A, true))->code,
			    "conflict");
	for (unsigned i = 0; i < 2; i++) {
		assert_false(
			submit_good(p, withdrawal_submission(p, ID_A, false))->repeated);
		assert_true(ask_event(p, ID_A)->row->withdrawn);
		assert_true(
			submit_good(p, withdrawal_submission(p, ID_A, false))->repeated);
		assert_false(
			submit_good(p, withdrawal_submission(p, ID_A, true))->repeated);
		assert_false(ask_event(p, ID_A)->row->withdrawn);
	}
	post_free(p);
}

static Kusanone__V1__Submission *
figure_submission(struct post *p, int64_t value)
{
	Kusanone__V1__Submission *s = new_submission(p);

	s->body_case = KUSANONE__V1__SUBMISSION__BODY_PUBLISHED_FIGURE;
	s->published_figure = new_published_figure(p);
	s->published_figure->measure = STR("events");
	s->published_figure->fiscal_year_from = 2017;
	s->published_figure->fiscal_year_to = 2023;
	s->published_figure->value = value;
	s->published_figure->source = new_source(p);
	s->published_figure->source->name = STR("資料1");
	return s;
}

static void
test_say__what_only_headquarters_says_is_refused_at_a_post_and_the_reverse(void **state)
{
	(void)state;
	struct post *p = post_new();
	struct post *hq = post_new_as(NODE_HQ, false);

	assert_string_equal(submit_bad(p, figure_submission(p, 1188))->code, "forbidden");
	submit_good(hq, figure_submission(hq, 1188));
	assert_string_equal(
		submit_bad(hq, event_submission(hq, an_event(hq, ID_A, "案件")))->code,
		"forbidden");
	assert_string_equal(
		submit_bad(hq, answer_submission(hq, ID_A,
						 KUSANONE__V1__ANSWER__ANSWER_CONFIRMED))
			->code,
		"forbidden");
	post_free(p);
	post_free(hq);
}

static void
test_say__a_figure_that_holds_is_not_recorded_again(void **state)
{
	(void)state;
	struct post *hq = post_new_as(NODE_HQ, false);

	assert_false(submit_good(hq, figure_submission(hq, 1188))->repeated);
	assert_true(submit_good(hq, figure_submission(hq, 1188))->repeated);
	assert_false(submit_good(hq, figure_submission(hq, 1189))->repeated);
	assert_false(submit_good(hq, figure_submission(hq, 1188))->repeated);
	Kusanone__V1__Submission *gone = figure_submission(hq, 1188);
	gone->published_figure->withdrawn = true;
	assert_false(submit_good(hq, gone)->repeated);
	assert_string_equal(submit_bad(hq, gone)->code, "unknown");
	assert_false(submit_good(hq, figure_submission(hq, 1188))->repeated);
	assert_int_equal(journal_records(hq), 5);

	Kusanone__V1__Submission *wrong = figure_submission(hq, -1);
	assert_string_equal(submit_bad(hq, wrong)->field, "value");
	wrong = figure_submission(hq, 1);
	wrong->published_figure->measure = STR("people");
	assert_string_equal(submit_bad(hq, wrong)->field, "measure");
	wrong = figure_submission(hq, 1);
	wrong->published_figure->source = NULL;
	assert_string_equal(submit_bad(hq, wrong)->field, "source");
	wrong = figure_submission(hq, 1);
	wrong->published_figure->fiscal_year_to = 2016;
	(void)submit_bad(hq, wrong);
	assert_int_equal(journal_records(hq), 5);
	post_free(hq);
}

static Kusanone__V1__ReferenceRow *
code_row(struct post *p, const char *code, const char *label)
{
	Kusanone__V1__ReferenceRow *row = new_reference_row(p);

	row->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_CODE;
	row->code = new_code_row(p);
	row->code->dimension = STR("format");
	row->code->code = STR(code);
	row->code->label = text(p, label, "");
	return row;
}

static Kusanone__V1__ReferenceChange *
change_of(struct post *p, Kusanone__V1__ReferenceRow *one,
	  Kusanone__V1__ReferenceRow *two)
{
	Kusanone__V1__ReferenceChange *change = new_reference_change(p);

	change->rows = arena_alloc(&p->arena, 2 * sizeof(change->rows[0]));
	change->rows[change->n_rows++] = one;
	if (two != NULL) {
		change->rows[change->n_rows++] = two;
	}
	return change;
}

static Kusanone__V1__Submission *
reference_submission(struct post *p, Kusanone__V1__ReferenceChange *change)
{
	Kusanone__V1__Submission *s = new_submission(p);

	s->body_case = KUSANONE__V1__SUBMISSION__BODY_REFERENCE_CHANGE;
	s->reference_change = change;
	return s;
}

static void
test_say__reference_rows_that_hold_are_not_recorded_again(void **state)
{
	(void)state;
	struct post *hq = post_new_as(NODE_HQ, false);
	Kusanone__V1__ReferenceChange *both =
		change_of(hq, code_row(hq, "webinar", "ウェビナー"),
			  code_row(hq, "seminar", "セミナー"));

	assert_false(submit_good(hq, reference_submission(hq, both))->repeated);
	assert_true(submit_good(hq, reference_submission(hq, both))->repeated);
	/* A part of them holds as well; another label does not. */
	assert_true(submit_good(hq, reference_submission(
					    hq, change_of(hq, both->rows[1], NULL)))
			    ->repeated);
	Kusanone__V1__ReferenceChange *other =
		change_of(hq, both->rows[0], code_row(hq, "seminar", "講演会"));
	assert_false(submit_good(hq, reference_submission(hq, other))->repeated);
	assert_false(submit_good(hq, reference_submission(hq, both))->repeated);
	post_restart(hq);
	assert_true(submit_good(hq, reference_submission(hq, both))->repeated);

	Kusanone__V1__ReferenceRow *gone = code_row(hq, "seminar", "");
	gone->removed = true;
	assert_false(submit_good(hq, reference_submission(hq, change_of(hq, gone, NULL)))
			     ->repeated);
	assert_true(submit_good(hq, reference_submission(hq, change_of(hq, gone, NULL)))
			    ->repeated);

	/* A row that is none is told with its place. */
	const Kusanone__V1__Refused *no = submit_bad(
		hq, reference_submission(
			    hq, change_of(hq, both->rows[0], code_row(hq, "", "x"))));
	assert_non_null(strstr(no->reason->en, "rows[1]"));
	post_free(hq);
}

static Kusanone__V1__Submission *
enrolment_submission(struct post *p, uint8_t number, const char *post_id)
{
	Kusanone__V1__Submission *s = new_submission(p);
	struct intake_key *key = arena_zalloc(&p->arena, sizeof(*key));
	uint8_t *node = arena_alloc(&p->arena, NODE_ID_LEN);

	memset(node, number, NODE_ID_LEN);
	post_keys(key, number);
	s->body_case = KUSANONE__V1__SUBMISSION__BODY_ENROLMENT;
	s->enrolment = new_enrolment(p);
	s->enrolment->node_id = (ProtobufCBinaryData){ NODE_ID_LEN, node };
	s->enrolment->name = STR(post_id);
	s->enrolment->curve_key = (ProtobufCBinaryData){ 32, key->curve_public };
	s->enrolment->sign_key = (ProtobufCBinaryData){ 32, key->sign_public };
	s->enrolment->role = KUSANONE__V1__NODE_ROLE__NODE_ROLE_POST;
	SET_LIST(p, s->enrolment, posts, post_id);
	return s;
}

static void
test_say__an_enrolment_is_said_once(void **state)
{
	(void)state;
	struct post *hq = post_new_as(NODE_HQ, false);

	assert_false(submit_good(hq, enrolment_submission(hq, 20, "sfo"))->repeated);
	assert_true(submit_good(hq, enrolment_submission(hq, 20, "sfo"))->repeated);
	assert_false(submit_good(hq, enrolment_submission(hq, 20, "lax"))->repeated);
	assert_int_equal(journal_records(hq), 2);

	Kusanone__V1__Submission *wrong = enrolment_submission(hq, 21, "bna");
	wrong->enrolment->sign_key.len = 31;
	(void)submit_bad(hq, wrong);
	wrong = enrolment_submission(hq, 21, "bna");
	wrong->enrolment->n_posts = 0;
	assert_string_equal(submit_bad(hq, wrong)->field, "posts");
	post_free(hq);
}

/* Of the key 'number' of the node whose id is of 'node'. */
static Kusanone__V1__Submission *
revocation_submission(struct post *p, uint8_t node, uint8_t number,
		      Kusanone__V1__RevocationKind kind)
{
	Kusanone__V1__Submission *s = enrolment_submission(p, number, "");
	Kusanone__V1__Revocation *m = new_revocation(p);

	m->node_id = s->enrolment->node_id;
	memset(m->node_id.data, node, NODE_ID_LEN);
	m->sign_key = s->enrolment->sign_key;
	m->kind = kind;
	m->from_position = 1;
	m->why = STR("rotated");
	s->body_case = KUSANONE__V1__SUBMISSION__BODY_REVOCATION;
	s->revocation = m;
	return s;
}

static void
test_say__headquarters_last_key_is_not_revoked(void **state)
{
	(void)state;
	struct post *hq = post_new_as(NODE_HQ, false);
	const uint8_t id = hq->config.node.b[0], first = 2, second = 3;
	const Kusanone__V1__RevocationKind retired =
		KUSANONE__V1__REVOCATION_KIND__REVOCATION_KIND_RETIRED;
	const Kusanone__V1__RevocationKind stolen =
		KUSANONE__V1__REVOCATION_KIND__REVOCATION_KIND_STOLEN;

	/* A post's only key may go, headquarters' not. */
	(void)submit_good(hq, enrolment_submission(hq, 20, "sfo"));
	(void)submit_good(hq, revocation_submission(hq, 20, 20, stolen));
	const Kusanone__V1__Refused *no =
		submit_bad(hq, revocation_submission(hq, id, first, retired));
	assert_string_equal(no->code, "conflict");
	assert_string_equal(no->field, "sign_key");
	assert_non_null(strstr(no->reason->en, "only valid key"));
	assert_non_null(strstr(no->reason->ja, "唯一"));
	assert_non_null(strstr(no->expected->en, "node enrol"));
	assert_non_null(strstr(no->expected->ja, "node enrol"));
	(void)submit_bad(hq, revocation_submission(hq, id, first, stolen));

	/* The next one in the key file is not known at headquarters yet ... */
	post_keys(&hq->config.keys[hq->config.key_count++], second);
	post_restart(hq);
	(void)submit_bad(hq, revocation_submission(hq, id, first, retired));

	/* ... and once it is, one of the two may go, but not both in one turn. */
	Kusanone__V1__Submission *next = enrolment_submission(hq, second, "hq");
	memset(next->enrolment->node_id.data, id, NODE_ID_LEN);
	next->enrolment->role = KUSANONE__V1__NODE_ROLE__NODE_ROLE_HQ;
	next->enrolment->n_posts = 0;
	(void)submit_good(hq, next);
	uint64_t one = put_submission(hq, revocation_submission(hq, id, first, retired));
	uint64_t both =
		put_submission(hq, revocation_submission(hq, id, second, retired));
	post_turn(hq);
	assert_non_null(told_of(hq, one).receipt);
	assert_non_null(told_of(hq, both).refused);
	(void)submit_bad(hq, revocation_submission(hq, id, second, stolen));

	/* What the first one was called may still be said. */
	(void)submit_good(hq, revocation_submission(hq, id, first, stolen));
	post_free(hq);
}

static void
test_say__an_unknown_code_is_a_warning_and_jurisdiction_too(void **state)
{
	(void)state;
	struct post *p = post_new_as(NODE_POST, true);
	Kusanone__V1__Record *record = new_record(p);
	Kusanone__V1__Event *e = an_event(p, "", "案件");

	/* Headquarters' reference data knows one format and who covers Tennessee. */
	Kusanone__V1__ReferenceRow *tn = new_reference_row(p);
	Kusanone__V1__JurisdictionRow *jurisdiction =
		arena_alloc(&p->arena, sizeof(*jurisdiction));
	kusanone__v1__jurisdiction_row__init(jurisdiction);
	jurisdiction->post = STR("bna");
	jurisdiction->state = STR("TN");
	jurisdiction->part = KUSANONE__V1__PART__PART_ALL;
	tn->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_JURISDICTION;
	tn->jurisdiction = jurisdiction;
	record->body_case = KUSANONE__V1__RECORD__BODY_REFERENCE_CHANGE;
	record->reference_change = change_of(p, code_row(p, "webinar", "ウェビナー"), tn);
	hq_connect(p);
	Kusanone__V1__StreamItem *item = record_item(p, record, 1);
	hq_batch(p, 1, &item, 1);

	e->format = STR("webinar");
	const Kusanone__V1__Receipt *r = submit_good(p, event_submission(p, e));
	for (size_t i = 0; i < r->n_warnings; i++) {
		assert_string_not_equal(r->warnings[i]->field, "format");
	}
	e->format = STR("webinra");
	add_session(p, e, "", "2024-02", "")->place = new_place(p);
	e->sessions[0]->place->state = STR("TN");
	r = submit_good(p, event_submission(p, e));
	assert_true(has_warning(r, "unknown_code"));
	bool named = false;
	for (size_t i = 0; i < r->n_warnings; i++) {
		if (strcmp(r->warnings[i]->code, "outside_jurisdiction") == 0) {
			named = strstr(r->warnings[i]->text->en, "bna") != NULL;
		}
	}
	assert_true(named);

	/* Held by nobody, or by others only. */
	e = an_event(p, "", "案件 2");
	e->n_holders = 0;
	assert_true(has_warning(submit_good(p, event_submission(p, e)), "no_holders"));
	e = an_event(p, "", "案件 3");
	SET_LIST(p, e, holders, "lax");
	e->lead = STR("sea");
	r = submit_good(p, event_submission(p, e));
	assert_true(has_warning(r, "recorder_not_holder"));
	assert_true(has_warning(r, "lead_not_holder"));
	post_free(p);
}

static void
test_say__another_posts_event_is_its_own(void **state)
{
	(void)state;
	struct post *p = post_new_as(NODE_POST, true);
	Kusanone__V1__StreamItem *item = new_stream_item(p);
	Kusanone__V1__Event *e = an_event(p, ID_B, "他館の案件");

	e->recorder = STR("lax");
	SET_LIST(p, e, holders, "lax", "sfo");
	item->item_case = KUSANONE__V1__STREAM_ITEM__ITEM_NOTICE;
	item->notice = new_event_notice(p);
	item->notice->position = 1;
	item->notice->event_id = STR(ID_B);
	item->notice->event = e;
	item->notice->ask = true;
	hq_connect(p);
	hq_batch(p, 1, &item, 1);

	const Kusanone__V1__Refused *no =
		submit_bad(p, event_submission(p, an_event(p, ID_B, "私の")));
	assert_string_equal(no->code, "forbidden");
	assert_non_null(strstr(no->reason->en, "lax"));
	assert_true(ask_event(p, ID_B)->row->foreign);

	/* It is asked for an answer, once. */
	Kusanone__V1__Query *q = new_query(p);
	Kusanone__V1__CohostsQuery *cohosts = arena_alloc(&p->arena, sizeof(*cohosts));
	kusanone__v1__cohosts_query__init(cohosts);
	cohosts->open_only = true;
	q->query_case = KUSANONE__V1__QUERY__QUERY_COHOSTS;
	q->cohosts = cohosts;
	const Kusanone__V1__CohostsReply *open = ask(p, q)->cohosts;
	assert_int_equal(open->n_rows, 1);
	assert_string_equal(open->rows[0]->post, "sfo");
	assert_string_equal(open->rows[0]->state, "unconfirmed");

	const Kusanone__V1__Receipt *r = submit_good(
		p, answer_submission(p, ID_B, KUSANONE__V1__ANSWER__ANSWER_CONFIRMED));
	assert_int_equal(r->n_warnings, 0);
	assert_int_equal(ask(p, q)->cohosts->n_rows, 0);
	cohosts->open_only = false;
	open = ask(p, q)->cohosts;
	assert_int_equal(open->n_rows, 1);
	assert_string_equal(open->rows[0]->state, "counts");

	/* With words of its own about it, it still shows what headquarters told of it. */
	assert_true(ask_event(p, ID_B)->row->foreign);
	assert_string_equal(ask_event(p, ID_B)->row->title->ja, "他館の案件");
	assert_int_equal(ask_event(p, ID_B)->n_history, 1);
	post_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_say__yes_no_yes_are_three_answers),
		cmocka_unit_test(test_say__what_other_services_take_is_refused),
		cmocka_unit_test(test_say__a_post_speaks_for_itself_only),
		cmocka_unit_test(test_say__a_withdrawal_is_taken_back_and_made_again),
		cmocka_unit_test(
			test_say__what_only_headquarters_says_is_refused_at_a_post_and_the_reverse),
		cmocka_unit_test(test_say__a_figure_that_holds_is_not_recorded_again),
		cmocka_unit_test(
			test_say__reference_rows_that_hold_are_not_recorded_again),
		cmocka_unit_test(test_say__an_enrolment_is_said_once),
		cmocka_unit_test(test_say__headquarters_last_key_is_not_revoked),
		cmocka_unit_test(
			test_say__an_unknown_code_is_a_warning_and_jurisdiction_too),
		cmocka_unit_test(test_say__another_posts_event_is_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
