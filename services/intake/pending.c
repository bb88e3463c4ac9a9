#include "intake/pending.h"

#include "intake/parts.h"
#include "lib/store/log.h"

/* Room for one more in a list of the turn. */
static void *
grown(void *list, size_t count, size_t *cap, size_t size, struct arena *arena)
{
	if (count < *cap) {
		return list;
	}
	size_t bigger = *cap != 0 ? 2 * *cap : 16;
	void *copy = arena_alloc(arena, bigger * size);

	if (count != 0) {
		memcpy(copy, list, count * size);
	}
	*cap = bigger;
	return copy;
}

struct pending *
pending_add(struct intake *in, struct arena *arena)
{
	in->pending = grown(in->pending, in->pending_count, &in->pending_cap,
			    sizeof(in->pending[0]), arena);
	struct pending *p = &in->pending[in->pending_count++];

	*p = (struct pending){ 0 };
	return p;
}

struct owed *
owed_add(struct intake *in, struct arena *arena)
{
	in->answers = grown(in->answers, in->answer_count, &in->answer_cap,
			    sizeof(in->answers[0]), arena);
	struct owed *a = &in->answers[in->answer_count++];

	*a = (struct owed){ .pending = SIZE_MAX, .row = UINT32_MAX };
	return a;
}

void
intake_ask(struct intake *in, const struct message *msg, struct arena *arena)
{
	in->queries = grown(in->queries, in->query_count, &in->query_cap,
			    sizeof(in->queries[0]), arena);
	in->queries[in->query_count++] = msg;
}

struct pending *
pending_by_digest(struct intake *in, const struct hash *digest)
{
	for (size_t i = in->pending_count; i-- > 0;) {
		if (hash_eq(&in->pending[i].digest, digest)) {
			return &in->pending[i];
		}
	}
	return NULL;
}

struct pending *
pending_by_identity(struct intake *in, const struct hash *identity)
{
	for (size_t i = in->pending_count; i-- > 0;) {
		if (hash_eq(&in->pending[i].identity, identity)) {
			return &in->pending[i];
		}
	}
	return NULL;
}

struct pending *
pending_by_state(struct intake *in, const struct hash *state)
{
	for (size_t i = in->pending_count; i-- > 0;) {
		if (hash_eq(&in->pending[i].state, state)) {
			return &in->pending[i];
		}
	}
	return NULL;
}

struct pending *
pending_revision(struct intake *in, const struct uuid *event)
{
	for (size_t i = in->pending_count; i-- > 0;) {
		if (in->pending[i].body == BODY_EVENT_REVISION &&
		    uuid_eq(&in->pending[i].event, event)) {
			return &in->pending[i];
		}
	}
	return NULL;
}

struct pending *
pending_by_source_key(struct intake *in, struct slice source_key)
{
	for (size_t i = in->pending_count; i-- > 0;) {
		if (in->pending[i].body == BODY_EVENT_REVISION &&
		    slice_eq(in->pending[i].source_key, source_key)) {
			return &in->pending[i];
		}
	}
	return NULL;
}

/* Records first .. end of the overlay as one block. */
static void
append_block(struct intake *in, struct turn *turn, size_t first, size_t end)
{
	const struct intake_key *key = intake_signing_key(in);
	struct key_id id = key_id_of(key->sign_public);
	struct block block = block_finish(&in->maker, turn->wall, &id, key->sign_secret);
	uint64_t local = journal_append(&in->journal, turn->txn, &block);

	for (size_t i = first; i < end; i++) {
		struct pending *p = &in->pending[i];

		p->seq = block.first_seq + (i - first);
		p->local = local + (i - first);
		p->block = block.hash;
		p->block_local = local;
		p->block_last_seq = block.last_seq;
	}
}

static void
keep_loose(struct intake *in, struct turn *turn, const struct pending *p)
{
	for (size_t i = 0; i < p->loose_count; i++) {
		const struct loose_part *part = &p->loose[i];

		(void)loose_put(turn->txn, JOURNAL_DB_LOOSE, JOURNAL_DB_ERASED,
				&part->hash, slice_of(part->salt, sizeof(part->salt)),
				part->part);
	}
	intake_erase(in, turn, p->erased, p->erased_count);
}

void
pending_append(struct intake *in, struct turn *turn)
{
	size_t first = 0;

	if (in->pending_count == 0) {
		return;
	}
	block_begin(&in->maker, &in->config.node, in->journal.tip_seq + 1,
		    &in->journal.tip);
	for (size_t i = 0; i < in->pending_count; i++) {
		if (!block_add(&in->maker, in->pending[i].record)) {
			append_block(in, turn, first, i);
			first = i;
			block_begin(&in->maker, &in->config.node, in->journal.tip_seq + 1,
				    &in->journal.tip);
			must(block_add(&in->maker, in->pending[i].record));
		}
	}
	append_block(in, turn, first, in->pending_count);
	for (size_t i = 0; i < in->pending_count; i++) {
		keep_loose(in, turn, &in->pending[i]);
	}
	in->wrote_now = true;
}

void
pending_clear(struct intake *in)
{
	in->pending = NULL;
	in->pending_count = 0;
	in->pending_cap = 0;
	in->answers = NULL;
	in->answer_count = 0;
	in->answer_cap = 0;
	in->queries = NULL;
	in->query_count = 0;
	in->query_cap = 0;
	in->refold = false;
	in->erased = false;
	in->wrote_now = false;
	in->down.ack_due = false;
}
