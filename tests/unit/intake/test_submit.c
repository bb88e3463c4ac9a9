#include "fixture.h"

#define ID_A "018bcfe5-6800-7000-8000-00000000000a"
#define ID_B "018bcfe5-6800-7000-8000-00000000000b"

static void
test_submit__is_on_disk_before_it_is_answered(void **state)
{
	(void)state;
	struct post *p = post_new();
	const Kusanone__V1__Receipt *r =
		submit_good(p, event_submission(p, an_event(p, ID_A, "水素ウェビナー")));
	struct slice blocks[4];

	assert_string_equal(r->event_id, ID_A);
	assert_int_equal(r->seq, 1);
	assert_int_equal(r->reach, KUSANONE__V1__REACH__REACH_ON_DISK);
	assert_false(r->repeated);
	assert_int_equal(journal_blocks(p, blocks, 4), 1);

	struct block block = parse(blocks[0]);
	struct hash identity = hash_of(block_record(&block, 0));
	char hex[2 * HASH_LEN + 1];
	hex_format(identity.b, HASH_LEN, hex);
	assert_string_equal(r->revision, hex);
	assert_true(block_verify(&block, p->config.keys[0].sign_public));
	post_free(p);
}

static void
test_submit__a_thousand_times_the_same_is_one_record(void **state)
{
	(void)state;
	struct post *p = post_new();
	const Kusanone__V1__Receipt *first = NULL;

	/* Half of them one by one, half of them in one turn. */
	for (unsigned i = 0; i < 500; i++) {
		const Kusanone__V1__Receipt *r =
			submit_good(p, event_submission(p, an_event(p, "", "案件")));

		if (first == NULL) {
			first = r;
		}
		assert_string_equal(r->revision, first->revision);
		assert_string_equal(r->event_id, first->event_id);
		assert_int_equal(r->seq, 1);
		assert_int_equal(r->repeated, i != 0);
	}
	uint64_t from = p->request;
	for (unsigned i = 0; i < 500; i++) {
		(void)put_submission(p, event_submission(p, an_event(p, "", "案件")));
	}
	post_turn(p);
	for (unsigned i = 1; i <= 500; i++) {
		struct told told = told_of(p, from + i);

		assert_non_null(told.receipt);
		assert_string_equal(told.receipt->revision, first->revision);
	}
	assert_int_equal(journal_records(p), 1);
	post_free(p);
}

static void
test_submit__the_same_twice_in_one_turn_is_one_record(void **state)
{
	(void)state;
	struct post *p = post_new();
	uint64_t one = put_submission(p, event_submission(p, an_event(p, ID_A, "案件")));
	uint64_t two = put_submission(p, event_submission(p, an_event(p, ID_A, "案件")));

	post_turn(p);
	assert_false(told_of(p, one).receipt->repeated);
	assert_true(told_of(p, two).receipt->repeated);
	assert_string_equal(told_of(p, one).receipt->revision,
			    told_of(p, two).receipt->revision);
	assert_int_equal(journal_records(p), 1);
	post_free(p);
}

static void
test_submit__one_turn_is_one_commit_and_a_chain_of_blocks(void **state)
{
	(void)state;
	struct post *p = post_new();
	static char long_note[3000];
	struct slice blocks[16];

	memset(long_note, 'x', sizeof(long_note) - 1);
	for (unsigned i = 0; i < 60; i++) {
		Kusanone__V1__Event *e =
			an_event(p, "", arena_printf(&p->arena, "案件 %u", i));

		e->note = text(p, "", long_note);
		(void)put_submission(p, event_submission(p, e));
	}
	uint64_t commits = p->node.commits;
	post_turn(p);
	assert_int_equal(p->node.commits, commits + 1);
	assert_int_equal(journal_records(p), 60);

	/* 60 records of 3 KB do not fit into one block of 64 KB. */
	size_t n = journal_blocks(p, blocks, ARRAY_LEN(blocks));
	assert_true(n >= 3);
	uint64_t seq = 0;
	struct hash parent = { { 0 } };
	for (size_t i = 0; i < n; i++) {
		struct block block = parse(blocks[i]);

		assert_int_equal(block.first_seq, seq + 1);
		assert_true(hash_eq(&block.parent, &parent));
		seq = block.last_seq;
		parent = block.hash;
	}
	assert_int_equal(seq, 60);
	post_free(p);
}

static void
test_submit__the_same_id_with_other_content_says_what_would_be_right(void **state)
{
	(void)state;
	struct post *p = post_new();
	const Kusanone__V1__Receipt *r =
		submit_good(p, event_submission(p, an_event(p, ID_A, "案件")));
	const Kusanone__V1__Refused *no =
		submit_bad(p, event_submission(p, an_event(p, ID_A, "別の案件")));

	assert_string_equal(no->code, "conflict");
	assert_string_equal(no->head, r->revision);
	assert_non_null(strstr(no->expected->en, "bases"));

	/* With the revision it was made from, it is an edit. */
	Kusanone__V1__Submission *s = event_submission(p, an_event(p, ID_A, "別の案件"));
	struct hash base;
	must(hex_parse(slice_str(r->revision), base.b, HASH_LEN));
	ProtobufCBinaryData bases = pb_slice(hash_slice(&base));
	s->event->bases = &bases;
	s->event->n_bases = 1;
	r = submit_good(p, s);
	assert_int_equal(r->seq, 2);
	assert_string_equal(ask_event(p, ID_A)->row->title->ja, "別の案件");
	post_free(p);
}

static void
test_submit__a_source_key_finds_its_event(void **state)
{
	(void)state;
	struct post *p = post_new();
	Kusanone__V1__Event *e = an_event(p, "", "行 17");

	e->source_key = STR("sheet-17");
	const Kusanone__V1__Receipt *r = submit_good(p, event_submission(p, e));
	assert_true(submit_good(p, event_submission(p, e))->repeated);

	/* Another row with its key is not a second event. */
	e->title = text(p, "行 17 改", "");
	assert_string_equal(submit_bad(p, event_submission(p, e))->code, "conflict");
	e = an_event(p, ID_B, "行 17");
	e->source_key = STR("sheet-17");
	const Kusanone__V1__Refused *no = submit_bad(p, event_submission(p, e));
	assert_string_equal(no->field, "source_key");
	assert_non_null(strstr(no->reason->en, r->event_id));

	/* Nor after a restart. */
	post_restart(p);
	assert_string_equal(submit_bad(p, event_submission(p, e))->field, "source_key");
	post_free(p);
}

static void
test_submit__without_id_and_key_the_digest_is_the_key(void **state)
{
	(void)state;
	struct post *p = post_new();
	const Kusanone__V1__Receipt *r =
		submit_good(p, event_submission(p, an_event(p, "", "案件")));
	struct uuid id;

	assert_true(uuid_parse(slice_str(r->event_id), &id));
	assert_int_equal(id.b[6] >> 4, 7);
	assert_int_equal(strlen(ask_event(p, r->event_id)->event->source_key),
			 2 * HASH_LEN);
	post_restart(p);
	const Kusanone__V1__Receipt *again =
		submit_good(p, event_submission(p, an_event(p, "", "案件")));
	assert_true(again->repeated);
	assert_string_equal(again->event_id, r->event_id);
	post_free(p);
}

static void
test_submit__a_dry_run_says_all_and_records_nothing(void **state)
{
	(void)state;
	struct post *p = post_new();
	Kusanone__V1__Submission *s = event_submission(p, an_event(p, ID_A, "案件"));

	s->dry_run = true;
	const Kusanone__V1__Receipt *r = submit_good(p, s);
	assert_string_equal(r->revision, "");
	assert_true(has_warning(r, "no_reference"));
	assert_int_equal(journal_records(p), 0);
	assert_null(ask_event(p, ID_A));

	s = event_submission(p, an_event(p, ID_A, ""));
	s->dry_run = true;
	assert_string_equal(submit_bad(p, s)->field, "title");
	post_free(p);
}

/* ---- Edits ----------------------------------------------------------------------- */

static void
test_edit__disjoint_changes_of_two_officers_both_survive(void **state)
{
	(void)state;
	struct post *p = post_new();
	const char *base =
		submit_good(p, event_submission(p, an_event(p, ID_A, "案件")))->revision;
	Kusanone__V1__Event *e = new_event(p);

	e->format = STR("webinar");
	submit_good(p, patch_submission(p, ID_A, base, e, PATHS("format")));
	e = new_event(p);
	e->title = text(p, "", "Event");
	const Kusanone__V1__Receipt *r =
		submit_good(p, patch_submission(p, ID_A, base, e, PATHS("title.en")));
	assert_true(r->merged);
	assert_int_equal(r->seq, 3);

	const Kusanone__V1__EventReply *shown = ask_event(p, ID_A);
	assert_string_equal(shown->event->format, "webinar");
	assert_string_equal(shown->event->title->ja, "案件");
	assert_string_equal(shown->event->title->en, "Event");
	assert_int_equal(shown->n_heads, 1);
	post_free(p);
}

static void
test_edit__the_same_field_twice_is_refused_with_both_versions(void **state)
{
	(void)state;
	struct post *p = post_new();
	const char *base =
		submit_good(p, event_submission(p, an_event(p, ID_A, "案件")))->revision;
	Kusanone__V1__Event *e = new_event(p);

	e->format = STR("webinar");
	const Kusanone__V1__Receipt *r =
		submit_good(p, patch_submission(p, ID_A, base, e, PATHS("format")));
	e->format = STR("seminar");
	const Kusanone__V1__Refused *no =
		submit_bad(p, patch_submission(p, ID_A, base, e, PATHS("format")));
	assert_string_equal(no->code, "conflict");
	assert_string_equal(no->field, "format");
	assert_string_equal(no->head, r->revision);
	assert_int_equal(no->n_conflicts, 1);
	assert_non_null(strstr(no->conflicts[0]->theirs, "webinar"));
	assert_non_null(strstr(no->conflicts[0]->yours, "seminar"));
	assert_string_equal(no->conflicts[0]->before, "");
	assert_int_equal(journal_records(p), 2);

	/* From the newest revision it goes. */
	submit_good(p, patch_submission(p, ID_A, r->revision, e, PATHS("format")));
	assert_string_equal(ask_event(p, ID_A)->event->format, "seminar");
	post_free(p);
}

static void
test_edit__a_second_one_in_the_turn_sees_the_first(void **state)
{
	(void)state;
	struct post *p = post_new();
	Kusanone__V1__Event *e = new_event(p);
	uint64_t first, second, third;

	(void)put_submission(p, event_submission(p, an_event(p, ID_A, "案件")));
	e->format = STR("webinar");
	first = put_submission(p, patch_submission(p, ID_A, NULL, e, PATHS("format")));
	e = new_event(p);
	e->category = STR("trade");
	second = put_submission(p, patch_submission(p, ID_A, NULL, e, PATHS("category")));
	post_turn(p);
	assert_int_equal(told_of(p, first).receipt->seq, 2);
	assert_int_equal(told_of(p, second).receipt->seq, 3);
	const Kusanone__V1__EventReply *shown = ask_event(p, ID_A);
	assert_string_equal(shown->event->format, "webinar");
	assert_string_equal(shown->event->category, "trade");
	assert_int_equal(shown->n_heads, 1);

	const char *base = shown->heads[0];
	e = new_event(p);
	e->frame = STR("one");
	first = put_submission(p, patch_submission(p, ID_A, base, e, PATHS("frame")));
	e = new_event(p);
	e->frame = STR("two");
	second = put_submission(p, patch_submission(p, ID_A, base, e, PATHS("frame")));
	e = new_event(p);
	e->series = STR("s");
	third = put_submission(p, patch_submission(p, ID_A, base, e, PATHS("series")));
	post_turn(p);
	assert_non_null(told_of(p, first).receipt);
	assert_string_equal(told_of(p, second).refused->code, "conflict");
	assert_true(told_of(p, third).receipt->merged);
	assert_string_equal(ask_event(p, ID_A)->event->frame, "one");
	assert_string_equal(ask_event(p, ID_A)->event->series, "s");
	post_free(p);
}

static void
test_edit__that_changes_nothing_records_nothing(void **state)
{
	(void)state;
	struct post *p = post_new();
	const char *revision =
		submit_good(p, event_submission(p, an_event(p, ID_A, "案件")))->revision;
	const Kusanone__V1__Receipt *r =
		submit_good(p, patch_submission(p, ID_A, NULL, an_event(p, "", "案件"),
						PATHS("title")));

	assert_true(r->repeated);
	assert_string_equal(r->revision, revision);
	assert_int_equal(journal_records(p), 1);
	post_free(p);
}

static void
test_edit__back_and_forth_is_three_edits(void **state)
{
	(void)state;
	struct post *p = post_new();
	static const char *const formats[] = { "webinar", "seminar", "webinar" };

	submit_good(p, event_submission(p, an_event(p, ID_A, "案件")));
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		Kusanone__V1__Event *e = new_event(p);

		e->format = STR(formats[i]);
		assert_false(submit_good(p, patch_submission(p, ID_A, NULL, e,
							     PATHS("format")))
				     ->repeated);
		assert_string_equal(ask_event(p, ID_A)->event->format, formats[i]);
	}
	post_free(p);
}

static void
test_edit__what_it_cannot_mean_is_told(void **state)
{
	(void)state;
	struct post *p = post_new();
	Kusanone__V1__Event *e = new_event(p);
	const Kusanone__V1__Refused *no;

	submit_good(p, event_submission(p, an_event(p, ID_A, "案件")));
	no = submit_bad(p, patch_submission(p, ID_A, NULL, e, PATHS("titel")));
	assert_string_equal(no->field, "titel");
	no = submit_bad(p, patch_submission(p, ID_B, NULL, e, PATHS("title")));
	assert_string_equal(no->code, "unknown");
	no = submit_bad(p, patch_submission(p, "not-an-id", NULL, e, PATHS("title")));
	assert_string_equal(no->field, "event_id");
	no = submit_bad(p, patch_submission(p, ID_A, NULL, e, PATHS("id")));
	assert_string_equal(no->field, "id");
	no = submit_bad(p, patch_submission(p, ID_A, NULL, e, PATHS("title")));
	assert_string_equal(no->field, "title"); /* It would have none. */
	no = submit_bad(p, patch_submission(p, ID_A,
					    "00112233445566778899aabbccddeeff"
					    "00112233445566778899aabbccddeeff",
					    e, PATHS("format")));
	assert_string_equal(no->field, "bases");
	no = submit_bad(p, patch_submission(p, ID_A, "xyz", e, PATHS("format")));
	assert_string_equal(no->field, "bases");
	assert_int_equal(journal_records(p), 1);
	post_free(p);
}

static void
test_edit__two_right_ones_that_are_wrong_together_are_refused(void **state)
{
	(void)state;
	struct post *p = post_new();
	Kusanone__V1__Event *e = an_event(p, ID_A, "案件");

	add_session(p, e, "s1", "2024-03-10", "")->end = new_date(p);
	e->sessions[0]->end->value = STR("2024-03-20");
	const char *base = submit_good(p, event_submission(p, e))->revision;

	e = new_event(p);
	add_session(p, e, "s1", "2024-03-15", "");
	submit_good(p, patch_submission(p, ID_A, base, e, PATHS("sessions.s1.start")));
	e = new_event(p);
	add_session(p, e, "s1", NULL, NULL)->end = new_date(p);
	e->sessions[0]->end->value = STR("2024-03-12");
	const Kusanone__V1__Refused *no = submit_bad(
		p, patch_submission(p, ID_A, base, e, PATHS("sessions.s1.end")));
	assert_string_equal(no->code, "conflict");
	assert_string_equal(no->field, "sessions[0].end");
	post_free(p);
}

static void
test_edit__a_field_of_a_newer_program_survives(void **state)
{
	(void)state;
	struct post *p = post_new();
	Kusanone__V1__Event *e = an_event(p, ID_A, "案件");
	ProtobufCMessageUnknownField field = { .tag = 4000,
					       .wire_type = PROTOBUF_C_WIRE_TYPE_VARINT };
	uint8_t value[] = { 42 };

	field.len = 1;
	field.data = value;
	e->base.n_unknown_fields = 1;
	e->base.unknown_fields = &field;
	submit_good(p, event_submission(p, e));
	e = new_event(p);
	e->format = STR("webinar");
	submit_good(p, patch_submission(p, ID_A, NULL, e, PATHS("format")));

	const Kusanone__V1__Event *shown = ask_event(p, ID_A)->event;
	assert_string_equal(shown->format, "webinar");
	assert_int_equal(shown->base.n_unknown_fields, 1);
	assert_int_equal(shown->base.unknown_fields[0].tag, 4000);
	assert_int_equal(shown->base.unknown_fields[0].data[0], 42);
	post_free(p);
}

static void
test_query__an_answer_that_no_frame_can_hold_is_refused(void **state)
{
	(void)state;
	struct post *p = post_new();
	char *why = arena_alloc(&p->arena, 30001);
	Kusanone__V1__Query *q = new_query(p);
	Kusanone__V1__EventQuery *event = arena_alloc(&p->arena, sizeof(*event));

	memset(why, 'w', 30000);
	why[30000] = '\0';
	submit_good(p, event_submission(p, an_event(p, ID_A, "案件")));
	for (unsigned i = 0; i < 45; i++) {
		Kusanone__V1__Event *e = new_event(p);

		e->series = arena_printf(&p->arena, "s%u", i);
		Kusanone__V1__Submission *s =
			patch_submission(p, ID_A, NULL, e, PATHS("series"));
		s->patch->why = why;
		submit_good(p, s);
	}
	kusanone__v1__event_query__init(event);
	event->event_id = STR(ID_A);
	event->history = true;
	q->query_case = KUSANONE__V1__QUERY__QUERY_EVENT;
	q->event = event;
	const Kusanone__V1__Reply *reply = ask(p, q);
	assert_int_equal(reply->reply_case, KUSANONE__V1__REPLY__REPLY_REFUSED);
	assert_string_equal(reply->refused->code, "too_large");
	event->history = false;
	assert_int_equal(ask(p, q)->reply_case, KUSANONE__V1__REPLY__REPLY_EVENT);
	post_free(p);
}

/* ---- A turn may fail ------------------------------------------------------------- */

static void
test_turn__a_failed_commit_leaves_nothing_and_is_answered(void **state)
{
	(void)state;
	struct post *p = post_new();
	uint64_t request;

	submit_good(p, event_submission(p, an_event(p, ID_A, "案件")));
	store_fail_commit(p->store, 1, ERR_DISK_FULL);
	request = put_submission(p, event_submission(p, an_event(p, ID_B, "もう一つ")));
	assert_int_equal(post_turn_err(p), ERR_DISK_FULL);
	assert_null(told_of(p, request).receipt);
	assert_string_equal(told_of(p, request).refused->code, "disk_full");
	assert_null(ask_event(p, ID_B));
	assert_int_equal(journal_records(p), 1);

	/* The next one takes the same seq, on the block that is on the disk. */
	assert_int_equal(
		submit_good(p, event_submission(p, an_event(p, ID_B, "もう一つ")))->seq,
		2);
	struct slice blocks[4];
	assert_int_equal(journal_blocks(p, blocks, 4), 2);
	post_free(p);
}

static void
test_turn__reads_go_on_while_the_disk_is_full(void **state)
{
	(void)state;
	struct post *p = post_new();
	struct frame_header header = { .type = FRAME_QUERY, .minor = 1 };
	Kusanone__V1__Query *q = new_query(p);
	Kusanone__V1__EventQuery *event = arena_alloc(&p->arena, sizeof(*event));
	struct frame frame;

	submit_good(p, event_submission(p, an_event(p, ID_A, "案件")));
	kusanone__v1__event_query__init(event);
	event->event_id = STR(ID_A);
	q->query_case = KUSANONE__V1__QUERY__QUERY_EVENT;
	q->event = event;
	put_frame(p, (struct peer){ LOCAL, OFFICER }, &header,
		  pack_in_arena(&q->base, &p->arena));
	(void)put_submission(p, event_submission(p, an_event(p, ID_B, "もう一つ")));
	store_fail_commit(p->store, 1, ERR_DISK_FULL);
	assert_int_equal(post_turn_err(p), ERR_DISK_FULL);
	assert_true(get_frame(p, LOCAL, FRAME_REPLY, 0, &frame));
	const Kusanone__V1__Reply *reply = (const Kusanone__V1__Reply *)unpack_message(
		&kusanone__v1__reply__descriptor, frame.body, &p->arena, NULL);
	assert_int_equal(reply->reply_case, KUSANONE__V1__REPLY__REPLY_EVENT);
	assert_string_equal(reply->event->row->title->ja, "案件");
	post_free(p);
}

static void
test_turn__a_restart_folds_the_same(void **state)
{
	(void)state;
	struct post *p = post_new();
	struct intake again;
	const char *table = NULL;

	for (unsigned i = 0; i < 30; i++) {
		Kusanone__V1__Event *e =
			an_event(p, "", arena_printf(&p->arena, "案件 %u", i));
		const Kusanone__V1__Receipt *r = submit_good(p, event_submission(p, e));

		e = new_event(p);
		e->format = STR("webinar");
		submit_good(p,
			    patch_submission(p, r->event_id, NULL, e, PATHS("format")));
	}
	intake_init(&again, &p->config, p->store);
	assert_int_equal(intake_open(&again, p->now, p->wall), OK);
	if (!fold_eq(&p->core->fold, &again.fold, &table)) {
		fail_msg("table %s differs", table);
	}
	assert_int_equal(again.journal.tip_seq, p->core->journal.tip_seq);
	intake_fini(&again);
	post_free(p);
}

static bool
crash(void *ctx, enum turn_point point)
{
	return point == *(const enum turn_point *)ctx;
}

static void
test_turn__a_crash_at_any_point_keeps_what_was_committed_and_tells_nothing_else(
	void **state)
{
	(void)state;
	static const enum turn_point points[] = { TURN_HANDLED, TURN_COMMITTED,
						  TURN_FOLDED };

	for (size_t i = 0; i < ARRAY_LEN(points); i++) {
		struct post *p = post_new();
		enum turn_point point = points[i];

		submit_good(p, event_submission(p, an_event(p, ID_A, "案件")));
		p->node.crash_at = crash;
		p->node.crash_ctx = &point;
		(void)put_submission(p, event_submission(p, an_event(p, ID_B, "次")));
		assert_int_equal(post_turn_err(p), ERR_FORCED);
		post_restart(p);
		assert_int_equal(journal_records(p), point == TURN_HANDLED ? 1 : 2);

		/* The officer, who was told nothing, sends it again. */
		const Kusanone__V1__Receipt *r =
			submit_good(p, event_submission(p, an_event(p, ID_B, "次")));
		assert_int_equal(r->seq, 2);
		assert_int_equal(r->repeated, point != TURN_HANDLED);
		assert_int_equal(journal_records(p), 2);
		post_free(p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_query__an_answer_that_no_frame_can_hold_is_refused),
		cmocka_unit_test(test_submit__is_on_disk_before_it_is_answered),
		cmocka_unit_test(test_submit__a_thousand_times_the_same_is_one_record),
		cmocka_unit_test(test_submit__the_same_twice_in_one_turn_is_one_record),
		cmocka_unit_test(
			test_submit__one_turn_is_one_commit_and_a_chain_of_blocks),
		cmocka_unit_test(
			test_submit__the_same_id_with_other_content_says_what_would_be_right),
		cmocka_unit_test(test_submit__a_source_key_finds_its_event),
		cmocka_unit_test(test_submit__without_id_and_key_the_digest_is_the_key),
		cmocka_unit_test(test_submit__a_dry_run_says_all_and_records_nothing),
		cmocka_unit_test(
			test_edit__disjoint_changes_of_two_officers_both_survive),
		cmocka_unit_test(
			test_edit__the_same_field_twice_is_refused_with_both_versions),
		cmocka_unit_test(test_edit__a_second_one_in_the_turn_sees_the_first),
		cmocka_unit_test(test_edit__that_changes_nothing_records_nothing),
		cmocka_unit_test(test_edit__back_and_forth_is_three_edits),
		cmocka_unit_test(test_edit__what_it_cannot_mean_is_told),
		cmocka_unit_test(
			test_edit__two_right_ones_that_are_wrong_together_are_refused),
		cmocka_unit_test(test_edit__a_field_of_a_newer_program_survives),
		cmocka_unit_test(
			test_turn__a_failed_commit_leaves_nothing_and_is_answered),
		cmocka_unit_test(test_turn__reads_go_on_while_the_disk_is_full),
		cmocka_unit_test(test_turn__a_restart_folds_the_same),
		cmocka_unit_test(
			test_turn__a_crash_at_any_point_keeps_what_was_committed_and_tells_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
