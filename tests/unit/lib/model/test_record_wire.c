/* Records read from their own bytes: what is kept, what is refused, and that protobuf-c
 * reads the same. */
#include "lib/model/record.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "kusanone/v1/record.pb-c.h"
#include "lib/base/rng.h"
#include "lib/base/unpack_wire.h"
#include "lib/base/wire.h"

static struct arena arena;
static const char *why;

static const char id_text[] = "0198c5a0-7c00-7000-8000-0123456789ab";

static int
fresh(void **state)
{
	(void)state;
	arena_reset(&arena);
	why = NULL;
	return 0;
}

static struct record
decoded(struct slice bytes)
{
	struct record record;

	if (!record_decode(bytes, &arena, &record, &why)) {
		fail_msg("refused: %s", why);
	}
	return record;
}

static void
check_refused(struct slice bytes, const char *expected)
{
	struct record record;

	assert_false(record_decode(bytes, &arena, &record, &why));
	if (strstr(why, expected) == NULL) {
		fail_msg("%s, not %s", why, expected);
	}
}

/* ---- Messages written by hand. */

/* What was built, in the arena. */
static struct slice
kept(struct buf *b)
{
	struct slice s = slice_of(arena_dup(&arena, b->at, b->len), b->len);

	buf_fini(b);
	return s;
}

static struct slice
bytes_field(uint32_t number, struct slice content)
{
	struct buf b = { 0 };

	wire_put_bytes(&b, number, content);
	return kept(&b);
}

static struct slice
number_field(uint32_t number, uint64_t value)
{
	struct buf b = { 0 };

	wire_put_number(&b, number, value);
	return kept(&b);
}

static struct slice
join(struct slice a, struct slice b)
{
	struct buf joined = { 0 };

	buf_put_slice(&joined, a);
	buf_put_slice(&joined, b);
	return kept(&joined);
}

static struct slice
small_event(void)
{
	return join(bytes_field(1, slice_str(id_text)), bytes_field(3, slice_str("sfo")));
}

static struct slice
record_of_event(struct slice event)
{
	return bytes_field(16, bytes_field(2, event));
}

/* A small event with something behind it. */
static struct slice
record_with(struct slice more)
{
	return record_of_event(join(small_event(), more));
}

/* ---- What is kept. */

static void
check_text(struct slice s, const char *expected)
{
	assert_true(slice_eq_str(s, expected));
}

static char *
c(const char *s)
{
	return (char *)(uintptr_t)s;
}

/* Every field that the model keeps, and some that it does not. */
static struct slice
full_record(void)
{
	static uint8_t hash_a[HASH_LEN] = { 1 }, hash_b[HASH_LEN] = { 2 };
	Kusanone__V1__Text title = KUSANONE__V1__TEXT__INIT, town = title, name = title,
			   summary = title;
	Kusanone__V1__Date start = KUSANONE__V1__DATE__INIT, end = start, stated = start;
	Kusanone__V1__Date *dates[1] = { &stated };
	Kusanone__V1__DatedBy dated = KUSANONE__V1__DATED_BY__INIT;
	Kusanone__V1__Place place = KUSANONE__V1__PLACE__INIT, hall = place;
	Kusanone__V1__Place *places[1] = { &hall };
	Kusanone__V1__Session first = KUSANONE__V1__SESSION__INIT, second = first;
	Kusanone__V1__Session *sessions[2] = { &first, &second };
	Kusanone__V1__Count count = KUSANONE__V1__COUNT__INIT, guests = count,
			    japan = count, other = count;
	Kusanone__V1__Money planned = KUSANONE__V1__MONEY__INIT, spent = planned;
	Kusanone__V1__Person person = KUSANONE__V1__PERSON__INIT,
			     *people[1] = { &person };
	Kusanone__V1__Report report = KUSANONE__V1__REPORT__INIT;
	Kusanone__V1__Event event = KUSANONE__V1__EVENT__INIT;
	Kusanone__V1__EventRevision revision = KUSANONE__V1__EVENT_REVISION__INIT;
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	ProtobufCBinaryData bases[2] = { { HASH_LEN, hash_a }, { HASH_LEN, hash_b } };
	char *holders[2] = { c("sfo"), c("lax") }, *pillars[1] = { c("invest") };
	char *topics[2] = { c("hydrogen"), c("ai") }, *vips[1] = { c("governor") };

	title.ja = c("日・カリフォルニア州水素ウェビナー");
	title.en = c("Hydrogen Webinar");
	summary.ja = c("概要");
	town.en = c("Jackson");
	name.ja = c("市役所");
	start.value = c("2024-02-20T18:00");
	start.zone = c("America/Los_Angeles");
	start.utc_offset_minutes = -480;
	end.value = c("2024-02-20");
	stated.value = c("2024-02");
	dated.local = c("2024-02-20");
	dated.tokyo = c("2024-02-21");
	place.name = &name;
	place.municipality = &town;
	place.county = c("Madison");
	place.state = c("TN");
	place.country = c("US");
	place.kind = c("hall");
	hall.state = c("CA");
	first.id = c("a");
	first.status = KUSANONE__V1__STATUS__STATUS_HELD;
	first.start = &start;
	first.end = &end;
	first.dated_by = &dated;
	first.place = &place;
	first.online = 1;
	second.id = c("b");
	count.value = 3;
	count.bound = KUSANONE__V1__BOUND__BOUND_ABOUT;
	guests.value = 120;
	japan.value = 20;
	other.value = 100;
	planned.jpy = 500000;
	spent.jpy = 450000;
	spent.bound = KUSANONE__V1__BOUND__BOUND_AT_LEAST;
	person.part_hash = bases[1];
	person.kind = c("speaker");
	event.id = c(id_text);
	event.source_key = c("key");
	event.recorder = c("sfo");
	event.lead = c("lax");
	event.holders = holders;
	event.n_holders = 2;
	event.title = &title;
	event.summary = &summary;
	event.format = c("webinar");
	event.category = c("economy");
	event.frame = c("grassroots");
	event.pillars = pillars;
	event.n_pillars = 1;
	event.topics = topics;
	event.n_topics = 2;
	event.sessions = sessions;
	event.n_sessions = 2;
	event.stated_dates = dates;
	event.n_stated_dates = 1;
	event.stated_places = places;
	event.n_stated_places = 1;
	event.session_count = &count;
	event.status = KUSANONE__V1__STATUS__STATUS_PLANNED;
	event.participants = &guests;
	event.participants_japan = &japan;
	event.participants_other = &other;
	event.vip_kinds = vips;
	event.n_vip_kinds = 1;
	event.people = people;
	event.n_people = 1;
	event.budget_planned = &planned;
	event.budget_spent = &spent;
	event.report = &report;
	event.series = c("series");
	revision.bases = bases;
	revision.n_bases = 2;
	revision.event = &event;
	revision.why = c("moved");
	record.recorded_ms = 1700000000123;
	record.author = c("officer");
	record.submission = bases[0];
	record.body_case = KUSANONE__V1__RECORD__BODY_EVENT_REVISION;
	record.event_revision = &revision;
	return pack_in_arena(&record.base, &arena);
}

static void
check_quantity(const struct quantity *q, int64_t value, enum bound bound)
{
	assert_int_equal(q->value, value);
	assert_int_equal(q->bound, bound);
}

static void
test_record__a_revision_is_kept_whole(void **state)
{
	(void)state;
	struct record record = decoded(full_record());
	const struct event_revision *r = &record.revision;
	const struct event *e = &r->event;
	const struct event_session *s = &e->sessions[0];
	char text[UUID_TEXT_LEN + 1];

	assert_int_equal(record.recorded_ms, 1700000000123);
	check_text(record.author, "officer");
	assert_int_equal(record.submission.b[0], 1);
	assert_int_equal(record.body, BODY_EVENT_REVISION);
	assert_int_equal(r->base_count, 2);
	assert_int_equal(r->bases[0].b[0], 1);
	assert_int_equal(r->bases[1].b[0], 2);
	check_text(r->why, "moved");

	uuid_format(&e->id, text);
	assert_string_equal(text, id_text);
	check_text(e->source_key, "key");
	check_text(e->recorder, "sfo");
	check_text(e->lead, "lax");
	assert_int_equal(e->holders.count, 2);
	check_text(e->holders.at[1], "lax");
	check_text(e->title.ja, "日・カリフォルニア州水素ウェビナー");
	check_text(e->title.en, "Hydrogen Webinar");
	check_text(e->format, "webinar");
	check_text(e->category, "economy");
	check_text(e->frame, "grassroots");
	assert_int_equal(e->pillars.count, 1);
	check_text(e->pillars.at[0], "invest");
	assert_int_equal(e->topics.count, 2);
	check_text(e->topics.at[0], "hydrogen");
	assert_int_equal(e->vip_kinds.count, 1);
	assert_int_equal(e->status, STATUS_PLANNED);
	check_quantity(&e->stated_sessions, 3, BOUND_ABOUT);
	check_quantity(&e->participants, 120, BOUND_EXACT);
	check_quantity(&e->participants_japan, 20, BOUND_EXACT);
	check_quantity(&e->participants_other, 100, BOUND_EXACT);
	check_quantity(&e->budget_planned, 500000, BOUND_EXACT);
	check_quantity(&e->budget_spent, 450000, BOUND_AT_LEAST);
	assert_int_equal(e->people_count, 1);
	assert_int_equal(e->people[0].b[0], 2);
	assert_true(e->has_report);
	assert_int_equal(e->stated_date_count, 1);
	assert_int_equal(e->stated_dates[0].precision, PRECISION_MONTH);
	assert_int_equal(e->stated_place_count, 1);
	check_text(e->stated_places[0].state, "CA");

	assert_int_equal(e->session_count, 2);
	check_text(s->id, "a");
	assert_int_equal(s->status, STATUS_HELD);
	assert_int_equal(s->start.hour, 18);
	assert_int_equal(s->end.day, 20);
	assert_int_equal(s->dated[RULE_LOCAL].day, 20);
	assert_int_equal(s->dated[RULE_TOKYO].day, 21);
	assert_true(s->has_place && s->online);
	check_text(s->place.name.ja, "市役所");
	check_text(s->place.municipality.en, "Jackson");
	check_text(s->place.county, "Madison");
	check_text(s->place.state, "TN");
	check_text(s->place.country, "US");
	check_text(e->sessions[1].id, "b");
	assert_false(e->sessions[1].has_place);

	/* The event's own bytes are those in the record. */
	struct event again;
	assert_true(event_decode(e->bytes, &arena, &again, NULL));
	assert_true(slice_eq(again.title.ja, e->title.ja));
}

static void
test_record__of_a_field_said_twice_the_last_counts(void **state)
{
	(void)state;
	struct slice twice = join(bytes_field(10, slice_str("seminar")),
				  bytes_field(10, slice_str("webinar")));
	struct record record = decoded(record_with(twice));

	check_text(record.revision.event.format, "webinar");
	record = decoded(join(
		bytes_field(3, slice_of("0123456789abcdef0123456789abcdef", HASH_LEN)),
		join(bytes_field(3, (struct slice){ 0 }),
		     record_with((struct slice){ 0 }))));
	assert_true(hash_is_zero(&record.submission));
}

static void
test_record__what_a_newer_program_says_is_no_fault(void **state)
{
	(void)state;
	struct slice more =
		join(number_field(900, 7), bytes_field(901, slice_str("\xff")));
	struct record record = decoded(join(record_with(more), number_field(99, 1)));

	check_text(record.revision.event.recorder, "sfo");
	/* Of an enum: kept in the bytes, and counts as not stated. */
	record = decoded(record_with(number_field(19, 17)));
	assert_int_equal(record.revision.event.status, STATUS_NOT_STATED);
	/* protobuf reads 32 bits of an enum. */
	record = decoded(record_with(number_field(19, (UINT64_C(1) << 32) + 4)));
	assert_int_equal(record.revision.event.status, STATUS_HELD);
	record = decoded(bytes_field(40, (struct slice){ 0 }));
	assert_int_equal(record.body, 40);
}

/* ---- What is refused. */

static void
test_record__a_message_stands_once(void **state)
{
	(void)state;
	struct slice title = bytes_field(6, bytes_field(1, slice_str("a")));
	struct slice event = bytes_field(2, small_event());

	check_refused(record_with(join(title, title)),
		      "Event.title: stands more than once");
	check_refused(bytes_field(16, join(event, event)),
		      "EventRevision.event: stands more than once");
	check_refused(
		join(record_of_event(small_event()), record_of_event(small_event())),
		"record: has several bodies");
	check_refused(join(record_of_event(small_event()),
			   bytes_field(17, bytes_field(1, slice_str(id_text)))),
		      "record: has several bodies");
}

static void
test_record__rules_are_named(void **state)
{
	(void)state;
	struct slice nothing = { 0 };

	check_refused(nothing, "record: has no body");
	check_refused(bytes_field(16, nothing), "event_revision.event: is absent");
	check_refused(record_of_event(nothing), "event.id: must be a UUID");
	check_refused(record_of_event(bytes_field(1, slice_str(id_text))),
		      "event.recorder: is empty");
	check_refused(record_of_event(bytes_field(1, slice_str("0198C5A0"))),
		      "event.id: must be a UUID");
	check_refused(record_with(bytes_field(10, slice_str("\xc0"))),
		      "Event.format: not UTF-8 text");
	/* Also in what the model does not keep. */
	check_refused(record_with(bytes_field(8, bytes_field(1, slice_str("\xc0")))),
		      "Text.ja: not UTF-8 text");
	check_refused(record_with(bytes_field(35, bytes_field(1, slice_str("\xc0")))),
		      "Report.filed_by: not UTF-8 text");
	check_refused(record_with(number_field(10, 1)),
		      "Event.format: has the wrong type");
	check_refused(record_with(bytes_field(19, nothing)),
		      "Event.status: has the wrong type");
	check_refused(record_with(bytes_field(8, number_field(1, 1))),
		      "Text.ja: has the wrong type");
	check_refused(record_with(bytes_field(16, bytes_field(1, slice_str("2024-13")))),
		      "stated_dates: is no date");
	check_refused(record_with(bytes_field(20, number_field(1, UINT64_C(1) << 32))),
		      "participants: is too large");
	check_refused(record_with(bytes_field(29, number_field(1, UINT64_MAX))),
		      "budget_planned: is out of range");
	check_refused(record_with(bytes_field(28, bytes_field(2, slice_str("a name")))),
		      "people: a name stands in the record");
	check_refused(record_with(bytes_field(28, bytes_field(1, slice_str("short")))),
		      "people.part_hash: must have 32 bytes");
	check_refused(join(bytes_field(3, slice_str("short")), record_with(nothing)),
		      "submission: must have 32 bytes");
	check_refused(record_with(slice_of("\x32\x05\x0a", 3)), "not a whole message");
}

static void
test_record__parts_of_nothing_do_not_fill_the_memory(void **state)
{
	(void)state;
	struct buf b = { 0 };

	for (unsigned i = 0; i < EVENT_MAX_SESSIONS; i++) {
		buf_put(&b, "\x7a\x00", 2);
	}
	check_refused(record_with(buf_slice(&b)), "has too many parts for its length");
	buf_put(&b, "\x7a\x00", 2);
	check_refused(record_with(buf_slice(&b)), "sessions: has too many members");
	buf_fini(&b);
}

/* ---- Beside protobuf-c. */

static bool
same_event(const struct event *e, const Kusanone__V1__Event *in)
{
	bool same =
		slice_eq_str(e->recorder, in->recorder) &&
		slice_eq_str(e->lead, in->lead) && slice_eq_str(e->format, in->format) &&
		slice_eq_str(e->title.ja, in->title != NULL ? in->title->ja : "") &&
		e->holders.count == in->n_holders && e->topics.count == in->n_topics &&
		e->session_count == in->n_sessions &&
		e->stated_place_count == in->n_stated_places &&
		e->people_count == in->n_people && e->has_report == (in->report != NULL);

	for (size_t i = 0; same && i < in->n_sessions; i++) {
		const Kusanone__V1__Session *s = in->sessions[i];

		same = slice_eq_str(e->sessions[i].id, s->id) &&
		       e->sessions[i].online == (s->online != 0) &&
		       e->sessions[i].has_place == (s->place != NULL) &&
		       (s->place == NULL ||
			slice_eq_str(e->sessions[i].place.state, s->place->state));
	}
	return same &&
	       (in->participants == NULL
			? e->participants.bound == BOUND_NOT_STATED
			: e->participants.value == (int64_t)in->participants->value);
}

/* One record with a byte changed, taken out, or put in: whatever is read here, protobuf-c
 * reads, and reads the same. */
static void
test_record__protobuf_reads_the_same(void **state)
{
	(void)state;
	struct slice whole = full_record();
	struct rng rng = { 41 };
	struct arena scratch = { 0 };
	unsigned good = 0;
	uint8_t bytes[2048];

	assert_true(whole.len + 1 < sizeof(bytes));
	for (unsigned i = 0; i < 200000; i++) {
		size_t at = (size_t)rng_below(&rng, whole.len);
		unsigned how = (unsigned)rng_below(&rng, 3);
		size_t len = whole.len;
		struct record record;

		arena_reset(&scratch);
		memcpy(bytes, whole.at, len);
		if (how == 0) {
			bytes[at] = (uint8_t)rng_below(&rng, 256);
		} else if (how == 1) {
			memmove(bytes + at, bytes + at + 1, len - at - 1);
			len--;
		} else {
			memmove(bytes + at + 1, bytes + at, len - at);
			bytes[at] = (uint8_t)rng_below(&rng, 256);
			len++;
		}
		struct slice mutant = slice_of(bytes, len);
		if (!record_decode(mutant, &scratch, &record, &why)) {
			assert_non_null(why);
			continue;
		}
		const Kusanone__V1__Record *in =
			(const Kusanone__V1__Record *)unpack_message(
				&kusanone__v1__record__descriptor, mutant, &scratch,
				NULL);
		assert_non_null(in);
		assert_int_equal(record.recorded_ms, in->recorded_ms);
		if (record.body == BODY_EVENT_REVISION) {
			assert_true(same_event(&record.revision.event,
					       in->event_revision->event));
		}
		good++;
	}
	assert_true(good > 10000);
	arena_fini(&scratch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_record__a_revision_is_kept_whole, fresh),
		cmocka_unit_test_setup(test_record__of_a_field_said_twice_the_last_counts,
				       fresh),
		cmocka_unit_test_setup(test_record__what_a_newer_program_says_is_no_fault,
				       fresh),
		cmocka_unit_test_setup(test_record__a_message_stands_once, fresh),
		cmocka_unit_test_setup(test_record__rules_are_named, fresh),
		cmocka_unit_test_setup(
			test_record__parts_of_nothing_do_not_fill_the_memory, fresh),
		cmocka_unit_test_setup(test_record__protobuf_reads_the_same, fresh),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_fini(&arena);
	return failed;
}
