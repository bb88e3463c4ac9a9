/* A log in memory and its fold, for stories. Records are made with protobuf-c, as an
 * intake makes them. */
#ifndef TESTS_UNIT_LIB_MODEL_FOLD_FIXTURE_H
#define TESTS_UNIT_LIB_MODEL_FOLD_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "kusanone/v1/record.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "lib/model/fold.h"
#include "lib/model/query.h"

#define EVENT_A "01900000-0000-7000-8000-00000000000a"
#define EVENT_B "01900000-0000-7000-8000-00000000000b"

#define UNUSED __attribute__((unused))

enum { WORLD_RECORDS = 512 };

struct world {
	struct fold fold;
	struct arena arena;
	struct slice records[WORLD_RECORDS]; /* By position - 1. */
	uint32_t count;
	struct node_id hq, sfo, lax;
	int64_t clock;
};

static bool
world_read(void *ctx, uint64_t position, struct arena *arena, struct slice *ret)
{
	struct world *w = ctx;

	(void)arena;
	if (position == 0 || position > w->count) {
		return false;
	}
	*ret = w->records[position - 1];
	return true;
}

static struct enrolment
node_of(const char *name, uint8_t number, enum node_role role, struct slice *posts,
	size_t post_count)
{
	struct enrolment e = { .name = slice_str(name),
			       .role = role,
			       .posts = { posts, post_count } };

	memset(e.node.b, number, sizeof(e.node.b));
	memset(e.curve_key, number, sizeof(e.curve_key));
	memset(e.sign_key, number, sizeof(e.sign_key));
	return e;
}

static struct world *
world_new(void)
{
	static struct slice sfo_posts[1], lax_posts[1];
	struct world *w = xcalloc(1, sizeof(*w));

	hash_init();
	sfo_posts[0] = slice_str("sfo");
	lax_posts[0] = slice_str("lax");
	fold_init(&w->fold);
	w->fold.source = (struct fold_source){ world_read, w };
	w->fold.submissions = true;
	struct enrolment hq = node_of("hq", 1, NODE_HQ, NULL, 0);
	struct enrolment sfo = node_of("sfo", 2, NODE_POST, sfo_posts, 1);
	struct enrolment lax = node_of("lax", 3, NODE_POST, lax_posts, 1);
	w->hq = hq.node;
	w->sfo = sfo.node;
	w->lax = lax.node;
	fold_trust(&w->fold, &hq);
	fold_trust(&w->fold, &sfo);
	fold_trust(&w->fold, &lax);
	return w;
}

static void
world_free(struct world *w)
{
	fold_fini(&w->fold);
	arena_fini(&w->arena);
	free(w);
}

/* Append the record's bytes, signed by the node's key of this number, and fold it; its
 * identity in 'ret' (may be NULL). */
static enum fold_verdict
put_signed(struct world *w, const struct node_id *node, uint8_t key_number,
	   struct slice record, struct hash *ret)
{
	struct fold_input in = { .node = *node, .hq_ms = 1000 * ++w->clock };
	uint8_t sign[32];

	memset(sign, key_number, sizeof(sign));
	struct hash key = hash_of(slice_of(sign, sizeof(sign)));
	must(w->count < WORLD_RECORDS);
	w->records[w->count++] = record;
	in.position = w->count;
	in.seq = w->count;
	in.record = record;
	in.identity = hash_of(in.record);
	memcpy(in.key_id, key.b, sizeof(in.key_id));
	if (ret != NULL) {
		*ret = in.identity;
	}
	return fold_record(&w->fold, &in);
}

/* The same with the node's first key. */
static enum fold_verdict
say(struct world *w, const struct node_id *node, Kusanone__V1__Record *record,
    struct hash *ret)
{
	record->recorded_ms = w->clock + 1;
	return put_signed(w, node, node->b[0], pack_in_arena(&record->base, &w->arena),
			  ret);
}

/* An event of the fixture: a short form of what stories vary. */
struct ev {
	const char *id, *recorder, *title, *format;
	const char *holders[4];
	const char *topics[4];
	const char *dates[4];  /* Stated. */
	const char *states[4]; /* Stated places, each with a town of the same name. */
	int status;
	bool report;
	Kusanone__V1__Session **sessions;
	size_t session_count;
};

static size_t
count_of(const char *const list[4])
{
	size_t n = 0;

	while (n < 4 && list[n] != NULL) {
		n++;
	}
	return n;
}

static enum fold_verdict
say_event(struct world *w, const struct node_id *node, const struct ev *ev,
	  const struct hash *bases, size_t base_count, struct hash *ret)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__EventRevision revision = KUSANONE__V1__EVENT_REVISION__INIT;
	Kusanone__V1__Event event = KUSANONE__V1__EVENT__INIT;
	Kusanone__V1__Text title = KUSANONE__V1__TEXT__INIT;
	Kusanone__V1__Report report = KUSANONE__V1__REPORT__INIT;
	Kusanone__V1__Date dates[4], *date_list[4];
	Kusanone__V1__Place places[4], *place_list[4];
	Kusanone__V1__Text towns[4];
	ProtobufCBinaryData base_list[4];

	title.ja = (char *)(uintptr_t)(ev->title != NULL ? ev->title : "案件");
	event.id = (char *)(uintptr_t)ev->id;
	event.recorder = (char *)(uintptr_t)ev->recorder;
	event.title = &title;
	event.format = (char *)(uintptr_t)(ev->format != NULL ? ev->format : "");
	event.status = (Kusanone__V1__Status)ev->status;
	event.holders = (char **)(uintptr_t)ev->holders;
	event.n_holders = count_of(ev->holders);
	event.topics = (char **)(uintptr_t)ev->topics;
	event.n_topics = count_of(ev->topics);
	event.report = ev->report ? &report : NULL;
	event.n_stated_dates = count_of(ev->dates);
	event.stated_dates = date_list;
	for (size_t i = 0; i < event.n_stated_dates; i++) {
		kusanone__v1__date__init(&dates[i]);
		dates[i].value = (char *)(uintptr_t)ev->dates[i];
		date_list[i] = &dates[i];
	}
	event.n_stated_places = count_of(ev->states);
	event.stated_places = place_list;
	for (size_t i = 0; i < event.n_stated_places; i++) {
		kusanone__v1__place__init(&places[i]);
		kusanone__v1__text__init(&towns[i]);
		towns[i].en = (char *)(uintptr_t)ev->states[i];
		places[i].municipality = &towns[i];
		places[i].state = (char *)(uintptr_t)ev->states[i];
		place_list[i] = &places[i];
	}
	event.sessions = ev->sessions;
	event.n_sessions = ev->session_count;
	for (size_t i = 0; i < base_count; i++) {
		base_list[i] = pb_slice(hash_slice(&bases[i]));
	}
	revision.bases = base_list;
	revision.n_bases = base_count;
	revision.event = &event;
	record.body_case = KUSANONE__V1__RECORD__BODY_EVENT_REVISION;
	record.event_revision = &revision;
	return say(w, node, &record, ret);
}

static UNUSED enum fold_verdict
say_answer(struct world *w, const struct node_id *node, const char *id, const char *post,
	   int answer)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__CohostAnswer body = KUSANONE__V1__COHOST_ANSWER__INIT;

	body.event_id = (char *)(uintptr_t)id;
	body.post = (char *)(uintptr_t)post;
	body.answer = (Kusanone__V1__Answer)answer;
	record.body_case = KUSANONE__V1__RECORD__BODY_COHOST_ANSWER;
	record.cohost_answer = &body;
	return say(w, node, &record, NULL);
}

/* Headquarters takes two records for one event. */
static UNUSED enum fold_verdict
say_merge(struct world *w, const char *from, const char *into)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Merge body = KUSANONE__V1__MERGE__INIT;

	body.from_event_id = (char *)(uintptr_t)from;
	body.into_event_id = (char *)(uintptr_t)into;
	record.body_case = KUSANONE__V1__RECORD__BODY_MERGE;
	record.merge = &body;
	return say(w, &w->hq, &record, NULL);
}

/* How many events count at 'position' (0: now), in the row 'key' of a grouping. */
static UNUSED int64_t
counted(struct world *w, enum dimension by, const char *key, uint64_t position)
{
	struct query q = { .position = position != 0 ? position : fold_position(&w->fold),
			   .from = FISCAL_YEAR_NONE,
			   .to = FISCAL_YEAR_NONE,
			   .measures = { MEASURE_EVENTS },
			   .measure_count = 1 };
	struct query_result r;
	struct arena arena = { 0 };
	int64_t found = 0;

	if (key != NULL) {
		q.by[0] = by;
		q.by_count = 1;
	}
	query_run(&w->fold, &q, &arena, &r);
	if (key == NULL) {
		found = r.total.figures[0].value;
	}
	for (size_t i = 0; key != NULL && i < r.row_count; i++) {
		if (r.rows[i].keys[0] == words_find(&w->fold.words, slice_str(key))) {
			found = r.rows[i].figures[0].value;
		}
	}
	arena_fini(&arena);
	return found;
}

static UNUSED const struct event_fact *
fact_of(struct world *w, const char *id)
{
	struct uuid uuid;

	must(uuid_parse(slice_str(id), &uuid));
	uint32_t event = fold_find_event(&w->fold, &uuid);
	must(event != UINT32_MAX);
	const struct event_row *row = table_at(&w->fold.events, event);
	return row->fact1 != 0 ? table_at(&w->fold.facts, row->fact1 - 1) : NULL;
}

/* The same log folded again from nothing gives the same tables. */
static void
check_recount(struct world *w)
{
	struct world *again = world_new();
	const char *table = "";

	for (uint32_t i = 0; i < w->count; i++) {
		const struct record_row *row = table_at(&w->fold.records, i);
		const struct node_row *node = table_at(&w->fold.nodes, row->node1 - 1);
		struct fold_input in = { .position = i + 1,
					 .hq_ms = row->hq_ms,
					 .seq = row->seq,
					 .record = w->records[i],
					 .identity = hash_of(w->records[i]) };

		memcpy(in.node.b, node->id, NODE_ID_LEN);
		const struct key_row *key = table_at(&w->fold.keys, row->key1 - 1);
		memcpy(in.key_id, key->key_id, sizeof(in.key_id));
		again->records[again->count++] = w->records[i];
		fold_record(&again->fold, &in);
	}
	if (!fold_eq(&w->fold, &again->fold, &table)) {
		fail_msg("recount differs in %s", table);
	}
	world_free(again);
}

#endif
