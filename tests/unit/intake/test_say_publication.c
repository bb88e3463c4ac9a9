#include "unit/intake/witness_story.h"

#include "lib/base/wire.h"

static int
begin(void **state)
{
	return begin_as(NODE_HQ, state);
}

static Kusanone__V1__TotalsQuery *
by_post(struct post *p)
{
	Kusanone__V1__TotalsQuery *q = new_totals_query(p);

	SET_LIST(p, q, by, "post");
	q->fiscal_year_from = q->fiscal_year_to = 2023;
	return q;
}

static Kusanone__V1__Submission *
publication(struct post *p, const char *name, uint64_t position,
	    const Kusanone__V1__TotalsQuery *q)
{
	Kusanone__V1__Submission *s = new_submission(p);

	s->body_case = KUSANONE__V1__SUBMISSION__BODY_PUBLICATION;
	s->publication = new_publication(p);
	s->publication->name = STR(name);
	s->publication->position = position;
	s->publication->query = pb_slice(pack_in_arena(&q->base, &p->arena));
	return s;
}

/* Where the checkpoint ends that is kept. */
static uint64_t
covered(struct story *s)
{
	return ask_status(s->post)->archive->position;
}

/* From checkpoint 0, of 20 entries, to another: shown, asked for, proved. */
static void
extend(struct story *s, size_t i)
{
	uint64_t before = covered(s);

	assert_int_equal(show(s, &s->archive, i, 0), OK);
	assert_int_equal(show(s, &s->archive, i, 20), OK);
	assert_true(covered(s) > before);
}

static void
check_refused(struct post *p, Kusanone__V1__Submission *s, const char *field,
	      const char *words, const char *expected)
{
	const Kusanone__V1__Refused *r = submit_bad(p, s);

	assert_string_equal(r->field, field);
	assert_non_null(strstr(r->reason->en, words));
	assert_true(r->reason->ja[0] != '\0');
	assert_non_null(r->expected);
	assert_non_null(strstr(r->expected->en, expected));
	assert_true(r->expected->ja[0] != '\0');
}

static uint32_t
published(struct story *s)
{
	return s->post->core->fold.publications.count;
}

static void
test_publication__nothing_before_a_checkpoint_has_come(void **state)
{
	struct story *s = *state;
	struct post *p = s->post;

	check_refused(p, publication(p, "FY2023", 1, by_post(p)), "checkpoint",
		      "covers 0", "archive seal");
	assert_int_equal(show(s, &s->archive, 0, 0), OK);
	assert_false(submit_good(p, publication(p, "FY2023", 1, by_post(p)))->repeated);
	assert_int_equal(published(s), 1);
}

static void
test_publication__a_position_that_the_checkpoint_covers(void **state)
{
	struct story *s = *state;
	struct post *p = s->post;
	char words[96];

	assert_int_equal(show(s, &s->archive, 0, 0), OK);
	uint64_t end_of = covered(s);
	snprintf(words, sizeof(words), "covers %llu, the position is %llu",
		 (unsigned long long)end_of, (unsigned long long)end_of + 1);
	check_refused(p, publication(p, "FY2023", end_of + 1, by_post(p)), "position",
		      words, "archive seal");
	check_refused(p, publication(p, "FY2023", 0, by_post(p)), "position",
		      "no position", "1 to ");
	assert_int_equal(published(s), 0);
	submit_good(p, publication(p, "FY2023", end_of, by_post(p)));
	extend(s, 1);
	submit_good(p, publication(p, "later", end_of + 1, by_post(p)));
}

/* The record, as it lies in the journal. */
static Kusanone__V1__Publication *
recorded(struct story *s, uint32_t at)
{
	const struct publication_row *row =
		table_at(&s->post->core->fold.publications, at);
	struct txn txn = txn_begin_read(s->post->store);
	struct slice record, said;

	s->post->core->txn = &txn;
	must(s->post->core->fold.source.read(s->post->core->fold.source.ctx,
					     (uint64_t)row->record + 1, &s->post->arena,
					     &record));
	txn_abort(&txn);
	must(wire_get_bytes(record, BODY_PUBLICATION, &said));
	Kusanone__V1__Publication *m = (Kusanone__V1__Publication *)unpack_message(
		&kusanone__v1__publication__descriptor, said, &s->post->arena, NULL);
	must(m != NULL);
	return m;
}

static void
test_publication__carries_the_checkpoint_that_was_verified_here(void **state)
{
	struct story *s = *state;
	struct post *p = s->post;

	assert_int_equal(show(s, &s->archive, 0, 0), OK);
	assert_int_equal(show(s, &s->archive, 2, 0), OK); /* not proved yet */
	submit_good(p, publication(p, "令和5年度", 1, by_post(p)));
	const Kusanone__V1__Publication *m = recorded(s, 0);
	assert_true(slice_eq(slice_pb(m->checkpoint), buf_slice(&s->archive.notes[0])));
	assert_string_equal(m->rule, "local");
	assert_string_equal(m->name, "令和5年度");

	Kusanone__V1__Submission *own = publication(p, "own", 1, by_post(p));
	own->publication->checkpoint = pb_slice(buf_slice(&s->archive.notes[0]));
	check_refused(p, own, "checkpoint", "put in here", "nothing");
}

static void
test_publication__the_same_again_is_a_repeat_for_ever(void **state)
{
	struct story *s = *state;
	struct post *p = s->post;

	assert_int_equal(show(s, &s->archive, 0, 0), OK);
	const Kusanone__V1__Receipt *first =
		submit_good(p, publication(p, "FY2023", 1, by_post(p)));
	const Kusanone__V1__Receipt *again =
		submit_good(p, publication(p, "FY2023", 1, by_post(p)));
	assert_true(again->repeated);
	assert_string_equal(again->revision, first->revision);
	/* Whatever was sealed since, */
	extend(s, 2);
	again = submit_good(p, publication(p, "FY2023", 1, by_post(p)));
	assert_true(again->repeated);
	assert_string_equal(again->revision, first->revision);
	/* and even when nothing may be published any more. */
	post_restart(p);
	hq_connect(p);
	again = submit_good(p, publication(p, "FY2023", 1, by_post(p)));
	assert_true(again->repeated);
	assert_string_equal(again->revision, first->revision);
	assert_int_equal(published(s), 1);
}

static void
test_publication__a_name_is_given_once(void **state)
{
	struct story *s = *state;
	struct post *p = s->post;
	Kusanone__V1__TotalsQuery *other = by_post(p);

	other->fiscal_year_to = 2024;
	assert_int_equal(show(s, &s->archive, 0, 0), OK);
	submit_good(p, publication(p, "FY2023", 1, by_post(p)));
	check_refused(p, publication(p, "FY2023", 2, by_post(p)), "name", "position 1",
		      "another name");
	check_refused(p, publication(p, "FY2023", 1, other), "name", "Other figures",
		      "another name");
	Kusanone__V1__Submission *rule = publication(p, "FY2023", 1, by_post(p));
	rule->publication->rule = STR("tokyo");
	check_refused(p, rule, "name", "Other figures", "another name");

	/* In one turn as well. */
	uint64_t from = p->request;
	(void)put_submission(p, publication(p, "twice", 1, by_post(p)));
	(void)put_submission(p, publication(p, "twice", 1, by_post(p)));
	(void)put_submission(p, publication(p, "twice", 1, other));
	post_turn(p);
	assert_false(told_of(p, from + 1).receipt->repeated);
	assert_true(told_of(p, from + 2).receipt->repeated);
	assert_string_equal(told_of(p, from + 3).refused->field, "name");
	assert_int_equal(published(s), 2);
}

static void
test_publication__names_are_one_line_of_text(void **state)
{
	struct story *s = *state;
	struct post *p = s->post;
	char longest[129];
	const char *const bad[] = { "",     " ",           "a\nb",     "a\tb",
				    " a",   "a ",          "\xc2\x85", "a\xe2\x80\xa8",
				    "\x1b", "\xe2\x80\x8b" };

	assert_int_equal(show(s, &s->archive, 0, 0), OK);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		check_refused(p, publication(p, bad[i], 1, by_post(p)), "name",
			      "Cannot be a name", "127 bytes");
	}
	memset(longest, 'x', sizeof(longest));
	longest[128] = '\0';
	check_refused(p, publication(p, longest, 1, by_post(p)), "name",
		      "Cannot be a name", "127 bytes");
	longest[127] = '\0';
	submit_good(p, publication(p, longest, 1, by_post(p)));
	submit_good(p, publication(p, "令和5年度 公館別 (確定)", 1, by_post(p)));
}

static void
test_publication__only_words_that_exist_are_frozen(void **state)
{
	struct story *s = *state;
	struct post *p = s->post;
	Kusanone__V1__TotalsQuery *q = by_post(p);
	Kusanone__V1__Submission *m;

	assert_int_equal(show(s, &s->archive, 0, 0), OK);
	SET_LIST(p, q, by, "colour");
	check_refused(p, publication(p, "x", 1, q), "by", "no grouping", "post");
	q = by_post(p);
	SET_LIST(p, q, measures, "guests");
	check_refused(p, publication(p, "x", 1, q), "measures", "no measure", "events");
	q = by_post(p);
	q->open = true;
	check_refused(p, publication(p, "x", 1, q), "query", "more than figures",
		      "--open");
	q = by_post(p);
	q->recount = true;
	check_refused(p, publication(p, "x", 1, q), "query", "more than figures", "");
	q = by_post(p);
	q->as_of_position = 1;
	check_refused(p, publication(p, "x", 1, q), "query", "more than figures", "");
	q = by_post(p);
	q->rule = STR("tokyo");
	check_refused(p, publication(p, "x", 1, q), "rule", "another dating rule",
		      "tokyo");
	m = publication(p, "x", 1, by_post(p));
	m->publication->rule = STR("mars");
	check_refused(p, m, "rule", "no dating rule", "local");
	m = publication(p, "x", 1, by_post(p));
	m->publication->query = pb_slice(slice_str("\xff\xff"));
	check_refused(p, m, "query", "no query", "TotalsQuery");
	/* A field of a newer program would not be in what this one computes. */
	m->publication->query = pb_slice(slice_str("\xf8\x07\x01"));
	check_refused(p, m, "query", "no query", "TotalsQuery");
	assert_int_equal(published(s), 0);
}

static void
test_publication__a_dry_run_checks_all_and_records_nothing(void **state)
{
	struct story *s = *state;
	struct post *p = s->post;
	Kusanone__V1__Submission *m = publication(p, "FY2023", 1, by_post(p));

	m->dry_run = true;
	check_refused(p, m, "checkpoint", "covers 0", "archive seal");
	assert_int_equal(show(s, &s->archive, 0, 0), OK);
	assert_string_equal(submit_good(p, m)->revision, "");
	assert_int_equal(published(s), 0);
}

static void
test_publication__nothing_while_the_archive_contradicts_itself(void **state)
{
	struct story *s = *state;
	struct post *p = s->post;
	struct history other;
	struct archive forked;

	history_make(&other, 8, ENTRIES, SIZE_MAX);
	archive_make(&forked, &other, PER_SEGMENT, &s->key);
	assert_int_equal(show(s, &s->archive, 1, 0), OK);
	submit_good(p, publication(p, "before", 1, by_post(p)));
	assert_int_equal(show(s, &forked, 1, 0), OK);
	check_refused(p, publication(p, "after", 1, by_post(p)), "checkpoint",
		      "contradicts", "witness --fork");
	assert_true(submit_good(p, publication(p, "before", 1, by_post(p)))->repeated);
	archive_fini(&forked);
	history_fini(&other);
}

static void
test_publication__a_post_publishes_nothing(void **state)
{
	struct post *p = post_new();

	(void)state;
	assert_string_equal(submit_bad(p, publication(p, "FY2023", 1, by_post(p)))->code,
			    "forbidden");
	post_free(p);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_publication__nothing_before_a_checkpoint_has_come),
		TEST(test_publication__a_position_that_the_checkpoint_covers),
		TEST(test_publication__carries_the_checkpoint_that_was_verified_here),
		TEST(test_publication__the_same_again_is_a_repeat_for_ever),
		TEST(test_publication__a_name_is_given_once),
		TEST(test_publication__names_are_one_line_of_text),
		TEST(test_publication__only_words_that_exist_are_frozen),
		TEST(test_publication__a_dry_run_checks_all_and_records_nothing),
		TEST(test_publication__nothing_while_the_archive_contradicts_itself),
		cmocka_unit_test(test_publication__a_post_publishes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
