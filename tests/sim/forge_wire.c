#include "kusanone/v1/record.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "tests/sim/work.h"

/* Blocks of a post's own journal that today's intake would not have written: those of
 * another program, of a newer one, or of somebody with the post's key.  They are put on
 * the disk of a machine that is down. */

static struct store *
open_disk(struct machine *m)
{
	char dir[200], why[200];
	struct store *store = NULL;
	struct store_options options = { .dir = dir,
					 .kind = "intake-log",
					 .format = 1,
					 .program = "sim",
					 .dbs = journal_db_names,
					 .quota_bytes = 256u << 20 };

	snprintf(dir, sizeof(dir), "%s/log", m->dir);
	return store_open(&options, &store, why, sizeof(why)) == OK ? store : NULL;
}

/* A record that the journal holds already. */
static struct slice
an_old_record(struct world *w, struct txn *txn, struct arena *a)
{
	struct own_records own = { .txn = txn };
	struct slice found = { 0 }, record;
	uint64_t seen = 0;

	while (own_records_next(&own, &record)) {
		if (rng_below(&w->rng, ++seen) == 0) {
			found = slice_of(arena_dup(a, record.at, record.len), record.len);
		}
	}
	return found;
}

static struct slice
pack(struct arena *a, const Kusanone__V1__Record *r)
{
	return pack_in_arena(&r->base, a);
}

static Kusanone__V1__EventRevision *
revision_of(struct world *w, struct arena *a, int node, char *id, const char *recorder)
{
	Kusanone__V1__EventRevision *v = arena_alloc(a, sizeof(*v));
	struct work_event scratch = { .node = node };

	kusanone__v1__event_revision__init(v);
	v->event = work_event(w, a, node, &scratch);
	v->event->n_people = 0;
	v->event->id = id;
	v->event->recorder = (char *)(uintptr_t)recorder;
	/* The dates that intake would have worked out. */
	for (size_t i = 0; i < v->event->n_sessions; i++) {
		v->event->sessions[i]->start = NULL;
	}
	return v;
}

static char *
some_id(struct world *w, struct arena *a)
{
	if (w->event_count == 0 || rng_chance(&w->rng, 15)) {
		struct work_event *we = work_new_event(
			w, 1 + (int)rng_below(&w->rng, (uint64_t)w->node_count - 1));

		return arena_dup(a, we->id, UUID_TEXT_LEN);
	}
	return arena_dup(a, w->events[rng_below(&w->rng, w->event_count)].id,
			 UUID_TEXT_LEN);
}

static struct slice
new_record(struct world *w, struct machine *m, struct arena *a)
{
	Kusanone__V1__Record r = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Withdrawal withdrawal = KUSANONE__V1__WITHDRAWAL__INIT;
	Kusanone__V1__CohostAnswer answer = KUSANONE__V1__COHOST_ANSWER__INIT;
	Kusanone__V1__Review review = KUSANONE__V1__REVIEW__INIT;
	Kusanone__V1__Enrolment enrolment = KUSANONE__V1__ENROLMENT__INIT;
	struct sim_node *n = machine_node(m);
	static const uint8_t unknown_body[] = { 0xea, 0x02, 0x02, 0x08, 0x01 }; /* 45 */
	static const uint8_t garbage[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 };

	r.recorded_ms = machine_wall(m);
	switch (rng_below(&w->rng, 8)) {
	case 0: /* Another post's event, or one of its own. */
		r.body_case = KUSANONE__V1__RECORD__BODY_EVENT_REVISION;
		r.event_revision = revision_of(w, a, m->node, some_id(w, a), n->posts[0]);
		return pack(a, &r);
	case 1: /* In another post's name. */
		r.body_case = KUSANONE__V1__RECORD__BODY_EVENT_REVISION;
		r.event_revision =
			revision_of(w, a, m->node, some_id(w, a), work_post(w));
		return pack(a, &r);
	case 2:
		withdrawal.event_id = some_id(w, a);
		r.body_case = KUSANONE__V1__RECORD__BODY_WITHDRAWAL;
		r.withdrawal = &withdrawal;
		return pack(a, &r);
	case 3:
		answer.event_id = some_id(w, a);
		answer.post = (char *)(uintptr_t)work_post(w);
		answer.answer = KUSANONE__V1__ANSWER__ANSWER_CONFIRMED;
		r.body_case = KUSANONE__V1__RECORD__BODY_COHOST_ANSWER;
		r.cohost_answer = &answer;
		return pack(a, &r);
	case 4: /* In headquarters' name. */
		review.event_id = some_id(w, a);
		review.state = KUSANONE__V1__REVIEW_STATE__REVIEW_STATE_ACCEPTED;
		r.body_case = KUSANONE__V1__RECORD__BODY_REVIEW;
		r.review = &review;
		return pack(a, &r);
	case 5:
		enrolment.node_id = pb_slice(slice_of(n->id.b, NODE_ID_LEN));
		enrolment.curve_key =
			pb_slice(slice_of(n->keys[0].keys.curve_public, 32));
		enrolment.sign_key = pb_slice(slice_of(n->keys[0].keys.sign_public, 32));
		enrolment.role = KUSANONE__V1__NODE_ROLE__NODE_ROLE_HQ;
		r.body_case = KUSANONE__V1__RECORD__BODY_ENROLMENT;
		r.enrolment = &enrolment;
		return pack(a, &r);
	case 6: /* Of a newer program. */
		return slice_of(arena_dup(a, unknown_body, sizeof(unknown_body)),
				sizeof(unknown_body));
	default:
		return slice_of(arena_dup(a, garbage, sizeof(garbage)), sizeof(garbage));
	}
}

void
forge(struct world *w, struct machine *m)
{
	struct store *store = open_disk(m);
	struct block_maker maker = { 0 };
	struct journal journal;
	struct arena arena = { 0 };
	unsigned count = 1 + (unsigned)rng_below(&w->rng, 3);
	const struct key_pair *key =
		&machine_node(m)->keys[m->first_key + rng_below(&w->rng, m->key_count)];
	struct key_id id = key_id_of(key->keys.sign_public);

	if (store == NULL) {
		return;
	}
	struct txn txn = txn_begin(store);
	must(journal_open(&journal, &txn) == OK);
	block_begin(&maker, &machine_node(m)->id, journal.tip_seq + 1, &journal.tip);
	for (unsigned i = 0; i < count; i++) {
		struct slice record = { 0 };

		if (rng_chance(&w->rng, 45)) {
			record = an_old_record(w, &txn, &arena);
		}
		if (record.len == 0) {
			record = new_record(w, m, &arena);
		}
		must(block_add(&maker, record));
	}
	struct block block =
		block_finish(&maker, machine_wall(m), &id, key->keys.sign_secret);
	journal_append(&journal, &txn, &block);
	must(txn_commit(&txn) == OK);
	trace(w, "%s forges %u records in %s", m->name, count, short_hash(&block.hash));
	journal_fini(&journal);
	block_maker_fini(&maker);
	store_close(store);
	arena_fini(&arena);
}
