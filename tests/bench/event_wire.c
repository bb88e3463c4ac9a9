#include "event.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "kusanone/v1/record.pb-c.h"
#include "lib/base/rng.h"
#include "lib/base/unpack_wire.h"

/* ---- Words. */

struct city {
	const char *ja, *en, *state, *zone;
	int offset; /* Minutes, in winter. */
};

static const struct city cities[EVENT_STATES] = {
	{ "ロサンゼルス", "Los Angeles", "CA", "America/Los_Angeles", -480 },
	{ "シアトル", "Seattle", "WA", "America/Los_Angeles", -480 },
	{ "デンバー", "Denver", "CO", "America/Denver", -420 },
	{ "ヒューストン", "Houston", "TX", "America/Chicago", -360 },
	{ "シカゴ", "Chicago", "IL", "America/Chicago", -360 },
	{ "ナッシュビル", "Nashville", "TN", "America/Chicago", -360 },
	{ "アトランタ", "Atlanta", "GA", "America/New_York", -300 },
	{ "ニューヨーク", "New York", "NY", "America/New_York", -300 },
	{ "ボストン", "Boston", "MA", "America/New_York", -300 },
};
static const char *const kinds[][2] = {
	{ "経済草の根交流", "Grassroots Economic Exchange" },
	{ "水素ウェビナー", "Hydrogen Webinar" },
	{ "AIセミナー", "AI Seminar" },
	{ "日系企業視察", "Visit to Japanese Companies" },
	{ "投資・雇用フォーラム", "Investment and Jobs Forum" },
};
static const char *const venues[] = {
	"Public Library Main Auditorium",
	"Memorial Hall, State University",
	"Convention Center Hall B",
	"Japan Information Center",
	"Chamber of Commerce",
};
static const char *const summaries[] = {
	"州政府関係者、経済団体及び日系企業の代表者が意見交換を行い、次回も開くとした。",
	"日系企業による投資・雇用創出への貢献を現地に発信し、地元の高校生と交流した。",
	"地元メディア三社が取材し、当日夜のニュース番組及び翌日の朝刊で紹介された。",
	"参加者から高い評価が寄せられ、次年度も継続して実施することで認識が一致した。",
};
static const char *const categories[EVENT_CATEGORIES] = { "contribution",
							  "company_support",
							  "supply_chain", "japan_event" };
static const char *const pillars[EVENT_PILLARS] = {
	"ap3",        "ap3.engage",          "ap3.engage.workers", "ap3.engage.priority",
	"ap3.supply", "ap3.supply.approach", "ap3.supply.appeal",  "newcap",
};
static const char *const formats[] = { "webinar", "seminar", "grassroots_exchange",
				       "caravan", "company_visit" };
static const char *const topics[] = { "hydrogen",        "decarbonization",
				      "ev_battery",      "ai",
				      "skills_transfer", "investment_jobs",
				      "innovation_st" };

#define PICK(rng, list) ((list)[rng_below((rng), ARRAY_LEN(list))])

/* protobuf-c's strings are not const; packing only reads them. */
static char *
str(const char *s)
{
	return (char *)(uintptr_t)s;
}

/* ---- Events. */

static struct rng
rng_of(uint64_t number, uint64_t use)
{
	struct rng rng = { .state = number * 2 + use * UINT64_C(0x9e3779b97f4a7c15) };

	rng_u64(&rng);
	return rng;
}

void
event_post_name(uint32_t post, char name[16])
{
	snprintf(name, 16, "p%02u", post % EVENT_POSTS);
}

/* A day in the year before it was recorded, so that the years fill as records come. */
static int64_t
held_on(struct rng *rng)
{
	const int64_t first_day = 17987; /* 2019-04-01 */

	return first_day + (int64_t)rng_below(rng, EVENT_YEARS * 365);
}

static wall_ms_t
recorded_ms(uint64_t number, enum event_order order)
{
	const wall_ms_t begin = INT64_C(1711929600000); /* 2024-04-01 */
	const uint64_t ten_years_ms = UINT64_C(10) * 365 * 86400 * 1000;
	struct rng rng = rng_of(number, 3);

	return order == EVENTS_IN_ORDER
		       ? begin + (wall_ms_t)number * 10
		       : begin - (wall_ms_t)(rng_below(&rng, ten_years_ms));
}

struct event_facts
event_facts(uint64_t number, uint32_t posts, enum event_order order, uint32_t revision)
{
	struct rng rng = rng_of(number, 1);
	uint8_t random[10];
	struct event_facts f = { .revision = revision,
				 .post = (uint32_t)(number % posts) };

	for (size_t i = 0; i < sizeof(random); i++) {
		random[i] = (uint8_t)(rng_u64(&rng) >> 32);
	}
	f.id = uuid_v7(recorded_ms(number, order), random);
	int64_t day = held_on(&rng);
	f.fiscal_year = (uint16_t)(EVENT_FIRST_YEAR + (day - 17987) / 365);
	f.state = (uint8_t)(f.post % EVENT_STATES);
	f.category = (uint8_t)rng_below(&rng, EVENT_CATEGORIES);
	uint64_t first = rng_below(&rng, EVENT_PILLARS);
	uint64_t count = 1 + rng_below(&rng, 3);
	for (uint64_t i = 0; i < count; i++) {
		f.pillars |= 1u << (first + i * 3) % EVENT_PILLARS;
	}
	/* What a later revision puts right. */
	struct rng changed = rng_of(number, 100 + revision);
	f.participants = (uint32_t)(10 + rng_below(&changed, 600));
	f.budget = (int64_t)(50 + rng_below(&rng, 4000)) * 1000;
	return f;
}

static void
day_text(int64_t day, char text[16])
{
	time_t t = (time_t)(day * 86400);
	struct tm tm;

	must(gmtime_r(&t, &tm) != NULL);
	must(strftime(text, 16, "%Y-%m-%d", &tm) != 0);
}

/* Summer time in the United States: from the second Sunday of March until the first of
 * November. */
static bool
in_summer_time(int64_t day)
{
	time_t t = (time_t)(day * 86400);
	struct tm tm;

	must(gmtime_r(&t, &tm) != NULL);
	int last_sunday = tm.tm_mday - tm.tm_wday; /* 0 and below: in the month before. */
	switch (tm.tm_mon + 1) {
	case 3:
		return last_sunday >= 8;
	case 11:
		return last_sunday < 1;
	default:
		return tm.tm_mon + 1 > 3 && tm.tm_mon + 1 < 11;
	}
}

struct session {
	Kusanone__V1__Session s;
	Kusanone__V1__Date start;
	Kusanone__V1__DatedBy dated;
	Kusanone__V1__Place place;
	Kusanone__V1__Text venue, town;
	char start_text[32], local[16], tokyo[16];
};

/* Held at 10:00 or 14:00 of its zone; in Tokyo that is the next day. */
static void
make_session(struct session *s, struct rng *rng, const struct city *city, int64_t day)
{
	kusanone__v1__session__init(&s->s);
	kusanone__v1__date__init(&s->start);
	kusanone__v1__dated_by__init(&s->dated);
	kusanone__v1__place__init(&s->place);
	kusanone__v1__text__init(&s->venue);
	kusanone__v1__text__init(&s->town);
	day_text(day, s->local);
	day_text(day + 1, s->tokyo);
	snprintf(s->start_text, sizeof(s->start_text), "%sT%s", s->local,
		 rng_chance(rng, 50) ? "10:00" : "14:00");
	s->start.value = s->start_text;
	s->start.zone = str(city->zone);
	s->start.utc_offset_minutes = city->offset + (in_summer_time(day) ? 60 : 0);
	s->dated.local = s->local;
	s->dated.tokyo = s->tokyo;
	s->venue.en = str(PICK(rng, venues));
	s->town.en = str(city->en);
	s->place.name = &s->venue;
	s->place.municipality = &s->town;
	s->place.state = str(city->state);
	s->s.id = str("1");
	s->s.start = &s->start;
	s->s.dated_by = &s->dated;
	s->s.place = &s->place;
}

static struct hash
identity_of(uint64_t number, uint32_t posts, enum event_order order, uint32_t revision)
{
	struct buf record = { 0 };

	event_record_put(&record, number, posts, order, revision);
	struct hash identity = hash_of(buf_slice(&record));
	buf_fini(&record);
	return identity;
}

static void
put_record(struct buf *b, uint64_t number, const struct event_facts *f, wall_ms_t at,
	   const struct hash *base)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__EventRevision revision = KUSANONE__V1__EVENT_REVISION__INIT;
	Kusanone__V1__Event event = KUSANONE__V1__EVENT__INIT;
	Kusanone__V1__Text title = KUSANONE__V1__TEXT__INIT;
	Kusanone__V1__Text summary = KUSANONE__V1__TEXT__INIT;
	Kusanone__V1__Text lessons = KUSANONE__V1__TEXT__INIT;
	Kusanone__V1__Count participants = KUSANONE__V1__COUNT__INIT;
	Kusanone__V1__Money planned = KUSANONE__V1__MONEY__INIT;
	Kusanone__V1__Money spent = KUSANONE__V1__MONEY__INIT;
	struct rng rng = rng_of(number, 2);
	struct rng facts_rng = rng_of(number, 1);
	char id[UUID_TEXT_LEN + 1], post[16], ja[192], en[128], lesson[64], author[32];
	const struct city *city = &cities[f->state];
	const char *const *kind = PICK(&rng, kinds);
	unsigned nth = 1 + (unsigned)rng_below(&rng, 60);
	uint8_t submission[HASH_LEN];
	struct session session;
	Kusanone__V1__Session *sessions[] = { &session.s };
	char *held[] = { post };
	char *codes[EVENT_PILLARS];
	char *subjects[2];
	ProtobufCBinaryData bases[1];

	for (int i = 0; i < 10; i++) {
		rng_u64(&facts_rng); /* Those of the id come first. */
	}
	make_session(&session, &rng, city, held_on(&facts_rng));
	event_post_name(f->post, post);
	uuid_format(&f->id, id);
	snprintf(ja, sizeof(ja), "第%u回%s%s", nth, city->ja, kind[0]);
	snprintf(en, sizeof(en), "%s in %s %u (No. %u)", kind[1], city->en,
		 f->fiscal_year, nth);
	snprintf(lesson, sizeof(lesson), "Follow-up with the mayor's office, ref. %08x.",
		 (unsigned)rng_u64(&rng));
	title.ja = ja;
	title.en = en;
	summary.ja = str(PICK(&rng, summaries));
	snprintf(author, sizeof(author), "officer%u", (unsigned)rng_below(&rng, 40));

	event.id = id;
	event.recorder = post;
	event.holders = held;
	event.n_holders = 1;
	event.title = &title;
	event.summary = &summary;
	lessons.en = lesson;
	event.lesson = &lessons;
	event.format = str(PICK(&rng, formats));
	event.category = str(categories[f->category]);
	event.frame = str("ap3");
	event.pillars = codes;
	for (unsigned i = 0; i < EVENT_PILLARS; i++) {
		if ((f->pillars & 1u << i) != 0) {
			codes[event.n_pillars++] = str(pillars[i]);
		}
	}
	subjects[0] = str(PICK(&rng, topics));
	event.topics = subjects;
	event.n_topics = 1;
	event.sessions = sessions;
	event.n_sessions = 1;
	event.status = KUSANONE__V1__STATUS__STATUS_HELD;
	participants.value = f->participants;
	event.participants = &participants;
	planned.jpy = f->budget;
	spent.jpy = f->budget / 10 * 9;
	event.budget_planned = &planned;
	event.budget_spent = &spent;

	revision.event = &event;
	if (base != NULL) {
		bases[0] = pb_slice(hash_slice(base));
		revision.bases = bases;
		revision.n_bases = 1;
	}
	for (size_t i = 0; i < sizeof(submission); i += 8) {
		uint64_t word = rng_u64(&rng) + f->revision;

		memcpy(submission + i, &word, 8);
	}
	record.recorded_ms = at + (wall_ms_t)f->revision - 1;
	record.author = author;
	record.submission = (ProtobufCBinaryData){ sizeof(submission), submission };
	record.body_case = KUSANONE__V1__RECORD__BODY_EVENT_REVISION;
	record.event_revision = &revision;
	pack_message(&record.base, b);
}

void
event_record_put(struct buf *b, uint64_t number, uint32_t posts, enum event_order order,
		 uint32_t revision)
{
	struct event_facts f = event_facts(number, posts, order, revision);
	struct hash base;

	must(revision >= 1);
	if (revision > 1) {
		base = identity_of(number, posts, order, revision - 1);
	}
	put_record(b, number, &f, recorded_ms(number, order),
		   revision > 1 ? &base : NULL);
}

/* ---- Nodes. */

void
event_enrolment_put(struct buf *b, const struct node_id *node, const char *post,
		    const uint8_t curve_key[32], const uint8_t sign_key[SIGN_PUBLIC_LEN])
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Enrolment e = KUSANONE__V1__ENROLMENT__INIT;
	char *names[] = { str(post) };

	e.node_id = pb_slice(slice_of(node->b, NODE_ID_LEN));
	e.name = str(post);
	e.curve_key = pb_slice(slice_of(curve_key, 32));
	e.sign_key = pb_slice(slice_of(sign_key, SIGN_PUBLIC_LEN));
	e.role = KUSANONE__V1__NODE_ROLE__NODE_ROLE_POST;
	e.posts = names;
	e.n_posts = 1;
	record.author = str("bench");
	record.body_case = KUSANONE__V1__RECORD__BODY_ENROLMENT;
	record.enrolment = &e;
	pack_message(&record.base, b);
}

struct reference_row {
	Kusanone__V1__ReferenceRow row;
	union {
		Kusanone__V1__CodeRow code;
		Kusanone__V1__PillarRow pillar;
		Kusanone__V1__StateRow state;
		Kusanone__V1__PostRow post;
	};
};

struct reference_rows {
	struct reference_row at[48];
	Kusanone__V1__ReferenceRow *list[48];
	size_t count;
};

static struct reference_row *
add_row(struct reference_rows *rows, int row_case)
{
	must(rows->count < ARRAY_LEN(rows->at));
	struct reference_row *r = &rows->at[rows->count];

	kusanone__v1__reference_row__init(&r->row);
	r->row.row_case = (Kusanone__V1__ReferenceRow__RowCase)row_case;
	rows->list[rows->count++] = &r->row;
	return r;
}

static void
add_codes(struct reference_rows *rows, const char *dimension, const char *const *codes,
	  size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct reference_row *r =
			add_row(rows, KUSANONE__V1__REFERENCE_ROW__ROW_CODE);

		kusanone__v1__code_row__init(&r->code);
		r->code.dimension = str(dimension);
		r->code.code = str(codes[i]);
		r->row.code = &r->code;
	}
}

void
event_reference_put(struct buf *b, const char *post)
{
	static const char *const frames[] = { "ap3" };
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__ReferenceChange change = KUSANONE__V1__REFERENCE_CHANGE__INIT;
	struct reference_rows rows = { .count = 0 };
	struct reference_row *r;

	add_codes(&rows, "format", formats, ARRAY_LEN(formats));
	add_codes(&rows, "category", categories, ARRAY_LEN(categories));
	add_codes(&rows, "topic", topics, ARRAY_LEN(topics));
	add_codes(&rows, "frame", frames, ARRAY_LEN(frames));
	for (size_t i = 0; i < EVENT_PILLARS; i++) {
		r = add_row(&rows, KUSANONE__V1__REFERENCE_ROW__ROW_PILLAR);
		kusanone__v1__pillar_row__init(&r->pillar);
		r->pillar.code = str(pillars[i]);
		r->row.pillar = &r->pillar;
	}
	for (size_t i = 0; i < EVENT_STATES; i++) {
		r = add_row(&rows, KUSANONE__V1__REFERENCE_ROW__ROW_STATE);
		kusanone__v1__state_row__init(&r->state);
		r->state.country = str("US");
		r->state.code = str(cities[i].state);
		r->row.state = &r->state;
	}
	r = add_row(&rows, KUSANONE__V1__REFERENCE_ROW__ROW_POST);
	kusanone__v1__post_row__init(&r->post);
	r->post.id = str(post);
	r->row.post = &r->post;

	change.rows = rows.list;
	change.n_rows = rows.count;
	record.author = str("bench");
	record.body_case = KUSANONE__V1__RECORD__BODY_REFERENCE_CHANGE;
	record.reference_change = &change;
	pack_message(&record.base, b);
}
