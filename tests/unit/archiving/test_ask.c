/* What commands are told. */
#include "unit/archiving/fixture.h"

#include "lib/archive/tree_head.h"
#include "lib/base/unpack_wire.h"

static void
test_ask__an_empty_archive(void **state)
{
	struct fixture *f = *state;

	start(f);
	desk_settle(&f->desk);
	const Kusanone__V1__ArchiveReply *r = desk_ask(&f->desk);
	assert_int_equal(r->entries, 0);
	assert_int_equal(r->segments, 0);
	assert_int_equal(r->sealed_ms, 0);
	assert_string_equal(r->checkpoint, "");
	assert_has(r->key, "kusanone/test+");
	assert_int_equal(r->n_alarms, 0);
}

static void
test_ask__how_far_it_is_sealed(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;
	struct tree_head head;

	start(f);
	come(f, 20);
	desk_seal(d);
	uint64_t position = hq_position(&f->hq);
	come(f, 5);
	const Kusanone__V1__ArchiveReply *r = desk_ask(d);
	assert_int_equal(r->entries, 20);
	assert_int_equal(r->segments, 1);
	assert_int_equal(r->position, position);
	assert_int_equal(r->tail_position, hq_position(&f->hq));
	assert_true(r->hq_position >= r->tail_position);
	assert_int_equal(r->hq_ms, f->hq.entries[19].after.hq_ms);
	assert_true(r->sealed_ms > 0);
	struct memory files = disk_files(d->disk);
	const struct memory_file *note = memory_find(&files, "checkpoint");
	assert_true(slice_eq_str(buf_slice(&note->bytes), r->checkpoint));
	assert_int_equal(r->bytes, memory_find(&files, "segment/000")->bytes.len);
	memory_fini(&files);
	assert_true(
		tree_head_open(slice_str(r->checkpoint), &d->key.key, 1, &head, NULL));
	assert_int_equal(head.size, 20);

	/* The same after a restart. */
	char *before = xstrdup(r->checkpoint);
	restart(f);
	r = desk_ask(d);
	assert_string_equal(r->checkpoint, before);
	assert_int_equal(r->entries, 20);
	assert_int_equal(r->tail_position, hq_position(&f->hq));
	free(before);
}

/* Of what was sealed, never of what is being sealed. */
static void
test_ask__a_seal_that_fails_shows_nothing_of_itself(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;

	start(f);
	come(f, 20);
	desk_seal(d);
	come(f, 5);
	disk_fail(d->disk,
		  (struct disk_fault){ .n = 9, .code = ENOSPC, .lasting = true });
	desk_seal(d);
	assert_int_equal(d->ended, OK);
	const Kusanone__V1__ArchiveReply *r = desk_ask(d);
	assert_int_equal(r->entries, 20);
	assert_has(r->checkpoint, "kusanone/test\n20\n");
	assert_int_equal(r->n_alarms, 1);
	assert_has(r->alarms[0]->en, "the disk of the archive is full");
	assert_has(r->alarms[0]->ja, "空きを作れば");
}

static void
test_ask__status(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;

	start(f);
	come(f, 20);
	desk_seal(d);
	come(f, 5);
	const Kusanone__V1__StatusReply *r = desk_ask_status(d);
	assert_string_equal(r->service, "archiving");
	assert_int_equal(r->position, hq_position(&f->hq));
	assert_int_equal(r->records, d->core->sealed.log.position);
	assert_int_equal(r->n_links, 1);
	assert_string_equal(r->links[0]->state, "LIVE");
	assert_int_equal(r->n_alarms, 0);
	assert_true(r->disk_bytes > d->core->sealed.bytes);
}

static void
test_ask__a_store_that_is_full_is_an_alarm_and_a_refusal(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;

	start(f);
	come(f, 20);
	/* The turn of the question itself cannot be written: it is refused. */
	store_fail_commit(d->store, 1, ERR_DISK_FULL);
	assert_null(desk_ask(d));
	desk_later(d, 2000);
	assert_non_null(desk_ask(d));
}

/* ---- What is not its affair -------------------------------------------------------- */

static const Kusanone__V1__Refused *
refused(struct fixture *f, uint8_t type, struct slice body)
{
	struct desk *d = &f->desk;
	const struct principal who = { .kind = PRINCIPAL_LOCAL };
	const struct frame_header header = { .type = type, .minor = LINK_MINOR_MAX };
	const Kusanone__V1__Refused *r = NULL;
	uint8_t head[FRAME_HEADER_LEN] = { 0 };
	const struct slice parts[2] = { slice_of(head, sizeof(head)), body };

	frame_header_put(head, &header);
	inbox_put(&d->inbox, (struct peer){ DESK_LOCAL, 8 }, &who, parts, 2);
	desk_turn(d);
	for (size_t i = 0; i < d->node.outbox.count; i++) {
		const struct out *o = &d->node.outbox.list[i];
		struct slice got[3];
		struct frame frame;

		if (o->kind == OUT_FRAME && o->to.endpoint == DESK_LOCAL) {
			unsigned count = out_parts(&d->node.outbox, o, got);

			assert_int_equal(frame_read(got, count, &frame), FRAME_GOOD);
			assert_int_equal(frame.header.type, FRAME_REFUSED);
			r = (const Kusanone__V1__Refused *)unpack_message(
				&kusanone__v1__refused__descriptor, frame.body, &d->arena,
				NULL);
		}
	}
	outbox_clear(&d->node.outbox);
	assert_int_equal(d->ended, OK);
	return r;
}

static void
test_ask__what_is_not_its_affair_is_refused(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__TotalsQuery totals = KUSANONE__V1__TOTALS_QUERY__INIT;
	Kusanone__V1__Submission submission = KUSANONE__V1__SUBMISSION__INIT;

	start(f);
	query.request = 77;
	query.query_case = KUSANONE__V1__QUERY__QUERY_TOTALS;
	query.totals = &totals;
	const Kusanone__V1__Refused *r =
		refused(f, FRAME_QUERY, pack_in_arena(&query.base, &d->arena));
	assert_int_equal(r->request, 77);
	assert_has(r->expected->en, "aggregation");
	r = refused(f, FRAME_QUERY, slice_str("\xff\xff\xff"));
	assert_has(r->reason->en, "cannot be read");
	submission.request = 78;
	r = refused(f, FRAME_SUBMIT, pack_in_arena(&submission.base, &d->arena));
	assert_int_equal(r->request, 78);
	assert_has(r->expected->en, "intake");
	r = refused(f, FRAME_SUBMIT, slice_str("\xff\xff\xff"));
	assert_non_null(r);
	assert_int_equal(d->core->seal_to, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_ask__an_empty_archive),
		TEST(test_ask__how_far_it_is_sealed),
		TEST(test_ask__a_seal_that_fails_shows_nothing_of_itself),
		TEST(test_ask__status),
		TEST(test_ask__a_store_that_is_full_is_an_alarm_and_a_refusal),
		TEST(test_ask__what_is_not_its_affair_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
