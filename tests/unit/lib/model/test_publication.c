/* Figures that were frozen: the fold keeps them, they are the same for ever, and what has
 * become of them is told. */
#include "unit/lib/model/fold_fixture.h"

#include "lib/model/publication_wire.h"
#include "lib/model/restatement_wire.h"
#include "lib/model/totals_wire.h"

#define STR(s) ((char *)(uintptr_t)(s))

static struct slice
pack_query(struct world *w, const char *by, const char *measure, int from, int to)
{
	Kusanone__V1__TotalsQuery q = KUSANONE__V1__TOTALS_QUERY__INIT;
	char *bys[] = { STR(by) };
	char *measures[] = { STR(measure) };

	q.by = bys;
	q.n_by = by != NULL;
	q.measures = measures;
	q.n_measures = measure != NULL;
	q.report = by == NULL && measure == NULL;
	q.fiscal_year_from = from;
	q.fiscal_year_to = to;
	return pack_in_arena(&q.base, &w->arena);
}

static Kusanone__V1__Publication
publication(const char *name, uint64_t position, struct slice query)
{
	Kusanone__V1__Publication m = KUSANONE__V1__PUBLICATION__INIT;

	m.name = STR(name);
	m.position = position;
	m.rule = STR("local");
	m.query = pb_slice(query);
	m.checkpoint = pb_slice(slice_str("a signed note\n"));
	return m;
}

static enum fold_verdict
publish(struct world *w, const struct node_id *node, Kusanone__V1__Publication m)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;

	record.body_case = KUSANONE__V1__RECORD__BODY_PUBLICATION;
	record.publication = &m;
	return say(w, node, &record, NULL);
}

static enum fold_verdict
say_figure(struct world *w, int from, int to, int64_t value, bool withdrawn)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__PublishedFigure m = KUSANONE__V1__PUBLISHED_FIGURE__INIT;

	m.measure = STR("events");
	m.fiscal_year_from = from;
	m.fiscal_year_to = to;
	m.value = value;
	m.withdrawn = withdrawn;
	record.body_case = KUSANONE__V1__RECORD__BODY_PUBLISHED_FIGURE;
	record.published_figure = &m;
	return say(w, &w->hq, &record, NULL);
}

static enum fold_verdict
say_withdrawal(struct world *w, const struct node_id *node, const char *id)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Withdrawal m = KUSANONE__V1__WITHDRAWAL__INIT;

	m.event_id = STR(id);
	record.body_case = KUSANONE__V1__RECORD__BODY_WITHDRAWAL;
	record.withdrawal = &m;
	return say(w, node, &record, NULL);
}

static enum fold_verdict
say_practice(struct world *w, const char *id)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__BestPractice m = KUSANONE__V1__BEST_PRACTICE__INIT;
	Kusanone__V1__Text text = KUSANONE__V1__TEXT__INIT;

	text.en = STR("A model");
	m.event_id = STR(id);
	m.fiscal_year = 2023;
	m.text = &text;
	record.body_case = KUSANONE__V1__RECORD__BODY_BEST_PRACTICE;
	record.best_practice = &m;
	return say(w, &w->hq, &record, NULL);
}

/* Headquarters calls a post, or a format, by this name; formats may be online. */
static enum fold_verdict
say_reference(struct world *w, const char *code, const char *label, bool online)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__ReferenceChange m = KUSANONE__V1__REFERENCE_CHANGE__INIT;
	Kusanone__V1__ReferenceRow row = KUSANONE__V1__REFERENCE_ROW__INIT;
	Kusanone__V1__PostRow post = KUSANONE__V1__POST_ROW__INIT;
	Kusanone__V1__CodeRow format = KUSANONE__V1__CODE_ROW__INIT;
	Kusanone__V1__Text text = KUSANONE__V1__TEXT__INIT;
	Kusanone__V1__ReferenceRow *rows[] = { &row };
	char *attributes[] = { STR("online") };

	text.en = STR(label);
	if (online) {
		format.dimension = STR("format");
		format.code = STR(code);
		format.label = &text;
		format.attributes = attributes;
		format.n_attributes = 1;
		row.row_case = KUSANONE__V1__REFERENCE_ROW__ROW_CODE;
		row.code = &format;
	} else {
		post.id = STR(code);
		post.name = &text;
		row.row_case = KUSANONE__V1__REFERENCE_ROW__ROW_POST;
		row.post = &post;
	}
	m.rows = rows;
	m.n_rows = 1;
	record.body_case = KUSANONE__V1__RECORD__BODY_REFERENCE_CHANGE;
	record.reference_change = &m;
	return say(w, &w->hq, &record, NULL);
}

static enum fold_verdict
say_stolen(struct world *w, const struct node_id *node, uint64_t from)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Revocation m = KUSANONE__V1__REVOCATION__INIT;
	uint8_t sign[32];

	memset(sign, node->b[0], sizeof(sign));
	m.node_id = pb_slice(slice_of(node->b, NODE_ID_LEN));
	m.sign_key = pb_slice(slice_of(sign, sizeof(sign)));
	m.kind = KUSANONE__V1__REVOCATION_KIND__REVOCATION_KIND_STOLEN;
	m.from_position = from;
	record.body_case = KUSANONE__V1__RECORD__BODY_REVOCATION;
	record.revocation = &m;
	return say(w, &w->hq, &record, NULL);
}

static const struct ev visit = { .id = EVENT_A,
				 .recorder = "sfo",
				 .title = "訪問",
				 .holders = { "sfo" },
				 .dates = { "2023-09-01" },
				 .states = { "TN" },
				 .status = STATUS_HELD };
static const struct ev webinar = { .id = EVENT_B,
				   .recorder = "lax",
				   .title = "講演",
				   .format = "webinar",
				   .holders = { "lax", "sfo" },
				   .dates = { "2024-02" },
				   .status = STATUS_HELD };

/* ---- The fold ---------------------------------------------------------------------- */

static void
test_publication__the_first_of_a_name_holds_for_good(void **state)
{
	struct world *w = world_new();

	(void)state;
	struct slice q = pack_query(w, "post", NULL, 2023, 2023);
	say_event(w, &w->sfo, &visit, NULL, 0, NULL); /* 1 */
	assert_int_equal(publish(w, &w->sfo, publication("a", 1, q)),
			 VERDICT_FORBIDDEN); /* 2 */
	assert_int_equal(publish(w, &w->hq, publication("a", 1, q)),
			 VERDICT_COUNTS); /* 3 */
	assert_int_equal(publish(w, &w->hq, publication("a", 2, q)),
			 VERDICT_FORBIDDEN); /* 4 */
	assert_int_equal(publish(w, &w->hq, publication("b", 3, q)),
			 VERDICT_COUNTS); /* 5 */
	/* What has not been recorded, and itself, cannot be frozen. */
	assert_int_equal(publish(w, &w->hq, publication("c", 6, q)),
			 VERDICT_FORBIDDEN); /* 6 */
	assert_int_equal(publish(w, &w->hq, publication("c", 9, q)),
			 VERDICT_FORBIDDEN); /* 7 */
	assert_int_equal(w->fold.publications.count, 2);
	const struct publication_row *a = table_at(&w->fold.publications, 0);
	assert_int_equal(a->position, 1);
	assert_int_equal(a->record, 2);
	assert_int_equal(fold_find_publication(&w->fold, slice_str("a")), 0);
	assert_int_equal(fold_find_publication(&w->fold, slice_str("b")), 1);
	assert_int_equal(fold_find_publication(&w->fold, slice_str("c")), UINT32_MAX);
	check_recount(w);
	world_free(w);
}

static void
test_publication__what_is_none_is_malformed(void **state)
{
	struct world *w = world_new();

	(void)state;
	struct slice q = pack_query(w, "post", NULL, 2023, 2023);
	Kusanone__V1__Publication bad[] = {
		publication("", 1, q),   publication("two\nlines", 1, q),
		publication("x", 0, q),  publication("x", 1, q),
		publication("x", 1, q),  publication("x", 1, q),
		publication(" x", 1, q),
	};
	char longest[PUBLICATION_NAME_MAX + 2];

	memset(longest, 'x', sizeof(longest));
	longest[PUBLICATION_NAME_MAX + 1] = '\0';
	bad[3].rule = STR("mars");
	bad[4].checkpoint = pb_slice(slice_str(""));
	bad[5].checkpoint = pb_slice(slice_str("\xff"));
	say_event(w, &w->sfo, &visit, NULL, 0, NULL);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(publish(w, &w->hq, bad[i]), VERDICT_MALFORMED);
	}
	assert_int_equal(publish(w, &w->hq, publication(longest, 1, q)),
			 VERDICT_MALFORMED);
	longest[PUBLICATION_NAME_MAX] = '\0';
	assert_int_equal(publish(w, &w->hq, publication(longest, 1, q)), VERDICT_COUNTS);
	world_free(w);
}

/* ---- For ever ---------------------------------------------------------------------- */

static struct slice
shown(struct world *w, const char *name)
{
	Kusanone__V1__PublicationReply reply;
	struct show_fault fault = { 0 };

	if (!publication_show(&w->fold, name, &w->arena, &reply, &fault)) {
		fail_msg("%s: %s", fault.field, fault.reason_en);
	}
	assert_true(reply.totals->n_tables != 0);
	return pack_in_arena(&reply.base, &w->arena);
}

/* Everything that may happen to what figures are made of. */
static void
live_on(struct world *w, const struct hash *first)
{
	struct ev edited = visit;

	edited.title = "新しい題";
	edited.states[0] = "KY";
	edited.holders[1] = "lax";
	say_event(w, &w->sfo, &edited, first, 1, NULL);
	say_answer(w, &w->lax, EVENT_A, "lax", KUSANONE__V1__ANSWER__ANSWER_CONFIRMED);
	say_reference(w, "sfo", "Another name", false);
	say_reference(w, "webinar", "Webinar", true);
	say_practice(w, EVENT_A);
	say_figure(w, 2023, 2023, 74, false);
	say_figure(w, 2017, 2023, 1200, false);
	say_merge(w, EVENT_B, EVENT_A);
	say_withdrawal(w, &w->sfo, EVENT_A);
	say_stolen(w, &w->lax, 1);
}

static void
test_publication__is_shown_byte_for_byte_as_it_was(void **state)
{
	struct world *w = world_new();
	struct slice before[3];
	struct hash first;
	static const char *const names[] = { "report", "by post", "by format" };

	(void)state;
	say_reference(w, "sfo", "San Francisco", false);
	say_event(w, &w->sfo, &visit, NULL, 0, &first);
	say_event(w, &w->lax, &webinar, NULL, 0, NULL);
	say_figure(w, 2023, 2023, 73, false);
	uint64_t p = fold_position(&w->fold);
	publish(w, &w->hq,
		publication(names[0], p, pack_query(w, NULL, NULL, 2023, 2023)));
	publish(w, &w->hq,
		publication(names[1], p, pack_query(w, "post", "municipalities", 0, 0)));
	publish(w, &w->hq,
		publication(names[2], p, pack_query(w, "format", "sessions", 0, 0)));
	for (unsigned i = 0; i < 3; i++) {
		before[i] = shown(w, names[i]);
	}
	uint32_t from = w->count;
	live_on(w, &first);
	for (uint32_t r = from; r < w->count; r++) { /* all of it took effect */
		const struct record_row *row = table_at(&w->fold.records, r);

		assert_true(fold_verdict_effective(row->verdict) ||
			    row->verdict == VERDICT_STOLEN);
	}
	for (unsigned i = 0; i < 3; i++) {
		assert_true(slice_eq(shown(w, names[i]), before[i]));
	}
	check_recount(w);
	world_free(w);
}

static void
test_publication__that_was_never_made_is_unknown(void **state)
{
	struct world *w = world_new();
	Kusanone__V1__PublicationReply reply;
	Kusanone__V1__PublicationsReply all;
	struct show_fault fault = { 0 };

	(void)state;
	assert_false(publication_show(&w->fold, "x", &w->arena, &reply, &fault));
	assert_string_equal(fault.code, "unknown");
	say_event(w, &w->sfo, &visit, NULL, 0, NULL);
	/* Of a newer program: shown in the list, and not computed. */
	assert_int_equal(publish(w, &w->hq, publication("x", 1, slice_str("\xff"))),
			 VERDICT_COUNTS);
	assert_false(publication_show(&w->fold, "x", &w->arena, &reply, &fault));
	assert_string_equal(fault.field, "query");
	publication_list(&w->fold, &w->arena, &all);
	assert_int_equal(all.n_rows, 1);
	assert_string_equal(all.rows[0]->name, "x");
	assert_null(all.rows[0]->query);
	world_free(w);
}

/* ---- What has become of it --------------------------------------------------------- */

static Kusanone__V1__RestatementReply *
restated(struct world *w, const char *name, uint64_t after, uint64_t until,
	 uint32_t limit, bool differing, uint32_t skip)
{
	Kusanone__V1__RestatementQuery q = KUSANONE__V1__RESTATEMENT_QUERY__INIT;
	Kusanone__V1__RestatementReply *reply = arena_alloc(&w->arena, sizeof(*reply));
	struct show_fault fault = { 0 };

	q.name = STR(name);
	q.after = after;
	q.until = until;
	q.limit = limit;
	q.differing = differing;
	q.skip = skip;
	if (!restatement_answer(&w->fold, &q, &w->arena, reply, &fault)) {
		fail_msg("%s: %s", fault.field, fault.reason_en);
	}
	return reply;
}

/* The cell of a row ("" for the national total) and column; NULL: it is not there. */
static const Kusanone__V1__RestatedCell *
cell_of(Kusanone__V1__RestatedCell *const *cells, size_t count, const char *key,
	const char *column)
{
	for (size_t i = 0; i < count; i++) {
		const Kusanone__V1__RestatedCell *c = cells[i];
		const char *code = c->n_keys != 0 ? c->keys[0]->code : "";

		if (strcmp(c->column, column) == 0 && strcmp(code, key) == 0) {
			return c;
		}
	}
	return NULL;
}

static void
check_cell(Kusanone__V1__RestatedCell *const *cells, size_t count, const char *key,
	   const char *column, int64_t before, int64_t after)
{
	const Kusanone__V1__RestatedCell *c = cell_of(cells, count, key, column);

	if (c == NULL) {
		fail_msg("no cell %s %s", key, column);
		return;
	}
	assert_int_equal(c->before->value, before);
	assert_int_equal(c->after->value, after);
}
#define CHECK_CELL(r, ...) check_cell((r)->cells, (r)->n_cells, __VA_ARGS__)

static void
test_restatement__tells_each_record_that_changed_a_figure(void **state)
{
	struct world *w = world_new();
	struct ev edited = visit;
	struct hash first;

	(void)state;
	say_event(w, &w->sfo, &visit, NULL, 0, &first); /* 1 */
	publish(w, &w->hq,
		publication("x", 1, pack_query(w, "post", NULL, 2023, 2023))); /* 2 */
	assert_int_equal(restated(w, "x", 0, 0, 0, false, 0)->n_records, 0);
	assert_int_equal(restated(w, "x", 0, 0, 0, true, 0)->n_differing, 0);
	edited.title = "新しい題";
	say_event(w, &w->sfo, &edited, &first, 1, NULL); /* 3: no figure */
	say_event(w, &w->lax, &webinar, NULL, 0, NULL);  /* 4 */
	say_answer(w, &w->sfo, EVENT_B, "sfo",
		   KUSANONE__V1__ANSWER__ANSWER_CONFIRMED); /* 5 */
	say_withdrawal(w, &w->sfo, EVENT_A);                /* 6 */

	const Kusanone__V1__RestatementReply *r = restated(w, "x", 0, 0, 0, false, 0);
	assert_int_equal(r->until, 6);
	assert_int_equal(r->next, 0);
	assert_int_equal(r->n_records, 3);
	assert_int_equal(r->records[0]->record->position, 4);
	assert_string_equal(r->records[0]->record->kind, "event_revision");
	assert_string_equal(r->records[0]->events[0]->event_id, EVENT_B);
	assert_string_equal(r->records[0]->events[0]->title->ja, "講演");
	assert_string_equal(r->records[0]->events[0]->changed[0], "new");
	CHECK_CELL(r->records[0], "", "events", 1, 2);
	CHECK_CELL(r->records[0], "lax", "events", 0, 1);
	CHECK_CELL(r->records[0], "lax", "provisional", 0, 1);
	assert_int_equal(r->records[0]->n_cells, 4);
	assert_string_equal(r->records[1]->record->kind, "cohost_answer");
	assert_string_equal(r->records[1]->events[0]->changed[0], "post");
	CHECK_CELL(r->records[1], "sfo", "events", 1, 2);
	assert_null(cell_of(r->records[1]->cells, r->records[1]->n_cells, "", "events"));
	assert_string_equal(r->records[2]->events[0]->title->ja, "新しい題");
	assert_string_equal(r->records[2]->events[0]->changed[0], "withdrawn");
	CHECK_CELL(r->records[2], "sfo", "events", 2, 1);

	const Kusanone__V1__RestatementReply *d = restated(w, "x", 0, 0, 0, true, 0);
	check_cell(d->differing, d->n_differing, "lax", "events", 0, 1);
	/* One left, one came: sfo and the total are what they were. */
	assert_null(cell_of(d->differing, d->n_differing, "sfo", "events"));
	assert_null(cell_of(d->differing, d->n_differing, "", "events"));

	/* As of any position since, and page by page. */
	assert_int_equal(restated(w, "x", 0, 4, 0, false, 0)->n_records, 1);
	assert_int_equal(restated(w, "x", 0, 3, 0, false, 0)->n_records, 0);
	uint64_t after = 0;
	for (size_t i = 0; i < 3; i++) {
		const Kusanone__V1__RestatementReply *page =
			restated(w, "x", after, 0, 1, false, 0);

		assert_int_equal(page->n_records, 1);
		assert_true(slice_eq(pack_in_arena(&page->records[0]->base, &w->arena),
				     pack_in_arena(&r->records[i]->base, &w->arena)));
		after = page->next;
		assert_int_equal(after != 0, i < 2);
	}
	assert_int_equal(restated(w, "x", 0, 0, 0, true, 1)->n_differing,
			 d->n_differing - 1);
	world_free(w);
}

static void
test_restatement__follows_published_figures_and_the_cumulative(void **state)
{
	struct world *w = world_new();
	struct ev next_year = webinar;

	(void)state;
	next_year.dates[0] = "2024-10";
	say_figure(w, 2017, 2023, 1188, false);                                   /* 1 */
	publish(w, &w->hq, publication("x", 1, pack_query(w, NULL, NULL, 0, 0))); /* 2 */
	say_event(w, &w->sfo, &visit, NULL, 0, NULL);     /* 3: itemised of it */
	say_event(w, &w->lax, &next_year, NULL, 0, NULL); /* 4: after it */
	say_figure(w, 2017, 2023, 1190, false);           /* 5: corrected */
	say_figure(w, 2017, 2024, 1300, false);           /* 6: a wider one */
	say_figure(w, 2017, 2023, 0, true);               /* 7: withdrawn */

	const Kusanone__V1__RestatementReply *r = restated(w, "x", 0, 0, 0, false, 0);
	assert_int_equal(r->n_records, 5);
	CHECK_CELL(r->records[0], "", "itemised", 0, 1);
	CHECK_CELL(r->records[0], "", "not_itemised", 1188, 1187);
	assert_null(
		cell_of(r->records[0]->cells, r->records[0]->n_cells, "", "cumulative"));
	CHECK_CELL(r->records[1], "", "cumulative", 1188, 1189);
	CHECK_CELL(r->records[2], "", "published", 1188, 1190);
	CHECK_CELL(r->records[2], "", "cumulative", 1189, 1191);
	CHECK_CELL(r->records[3], "", "cumulative", 1191, 1300);
	/* The wider one was not there before. */
	const Kusanone__V1__RestatedCell *wider =
		cell_of(r->records[3]->cells, r->records[3]->n_cells, "", "published");
	assert_int_equal(wider->figure->fiscal_year_to, 2024);
	assert_null(wider->before);
	assert_int_equal(wider->after->value, 1300);
	const Kusanone__V1__RestatedCell *gone =
		cell_of(r->records[4]->cells, r->records[4]->n_cells, "", "published");
	assert_int_equal(gone->before->value, 1190);
	assert_null(gone->after);

	const Kusanone__V1__RestatementReply *d = restated(w, "x", 0, 0, 0, true, 0);
	check_cell(d->differing, d->n_differing, "", "cumulative", 1188, 1300);
	check_cell(d->differing, d->n_differing, "", "events", 0, 2);
	world_free(w);
}

static void
test_restatement__a_change_and_its_opposite_leave_nothing_different(void **state)
{
	struct world *w = world_new();
	struct hash first, second;
	struct ev moved = visit;

	(void)state;
	moved.dates[0] = "2022-09-01";
	say_event(w, &w->sfo, &visit, NULL, 0, &first); /* 1 */
	publish(w, &w->hq, publication("x", 1, pack_query(w, "fy", NULL, 0, 0)));
	say_event(w, &w->sfo, &moved, &first, 1, &second); /* 3 */
	say_event(w, &w->sfo, &visit, &second, 1, NULL);   /* 4 */
	assert_int_equal(restated(w, "x", 0, 0, 0, false, 0)->n_records, 2);
	assert_int_equal(restated(w, "x", 0, 0, 0, true, 0)->n_differing, 0);
	assert_int_equal(restated(w, "x", 0, 3, 0, true, 0)->n_differing, 4);
	world_free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_publication__the_first_of_a_name_holds_for_good),
		cmocka_unit_test(test_publication__what_is_none_is_malformed),
		cmocka_unit_test(test_publication__is_shown_byte_for_byte_as_it_was),
		cmocka_unit_test(test_publication__that_was_never_made_is_unknown),
		cmocka_unit_test(
			test_restatement__tells_each_record_that_changed_a_figure),
		cmocka_unit_test(
			test_restatement__follows_published_figures_and_the_cumulative),
		cmocka_unit_test(
			test_restatement__a_change_and_its_opposite_leave_nothing_different),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
