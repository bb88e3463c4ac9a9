#include "intake/pending.h"

#include "intake/parts.h"
#include "lib/base/table.h"
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

static uint32_t *
bucket_of(struct intake *in, unsigned key, uint64_t hash)
{
	return &in->pending_heads[key * in->pending_buckets +
				  (hash & (in->pending_buckets - 1))];
}

static void
link_keys(struct intake *in, size_t i)
{
	struct pending *p = &in->pending[i];

	for (unsigned k = 0; k < PENDING_KEYS; k++) {
		if (p->keys[k] != 0) {
			uint32_t *head = bucket_of(in, k, p->keys[k]);

			p->older1[k] = *head;
			*head = (uint32_t)i + 1;
		}
	}
}

static void
make_buckets(struct intake *in, struct arena *arena)
{
	in->pending_buckets = 2 * in->pending_cap;
	in->pending_heads = arena_zalloc(arena, PENDING_KEYS * in->pending_buckets *
							sizeof(in->pending_heads[0]));
	for (size_t i = 0; i < in->pending_count; i++) {
		link_keys(in, i);
	}
}

static uint64_t
key_of_hash(const struct hash *h)
{
	return hash_is_zero(h) ? 0 : hash_u64(h) | 1;
}

static uint64_t
key_of_bytes(const void *at, size_t len)
{
	return len == 0 ? 0 : bytes_hash(slice_of(at, len)) | 1;
}

void
pending_add(struct intake *in, struct arena *arena, const struct pending *given)
{
	bool revision = given->body == BODY_EVENT_REVISION;
	size_t cap = in->pending_cap;

	in->pending = grown(in->pending, in->pending_count, &in->pending_cap,
			    sizeof(in->pending[0]), arena);
	struct pending *p = &in->pending[in->pending_count];
	*p = *given;
	p->keys[PENDING_BY_DIGEST] = key_of_hash(&p->digest);
	p->keys[PENDING_BY_IDENTITY] = key_of_hash(&p->identity);
	p->keys[PENDING_BY_STATE] = key_of_hash(&p->state);
	p->keys[PENDING_BY_EVENT] = revision ? key_of_bytes(p->event.b, UUID_LEN) : 0;
	p->keys[PENDING_BY_SOURCE_KEY] =
		revision ? key_of_bytes(p->source_key.at, p->source_key.len) : 0;
	in->pending_count++;
	if (cap != in->pending_cap) {
		make_buckets(in, arena);
	} else {
		link_keys(in, in->pending_count - 1);
	}
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

/* The newest with this key before 'before1' (index + 1; 0: of all); 0: none. */
static uint32_t
next_with_key(struct intake *in, unsigned key, uint64_t hash, uint32_t before1)
{
	uint32_t at1;

	if (in->pending_count == 0 || hash == 0) {
		return 0;
	}
	at1 = before1 == 0 ? *bucket_of(in, key, hash)
			   : in->pending[before1 - 1].older1[key];
	while (at1 != 0 && in->pending[at1 - 1].keys[key] != hash) {
		at1 = in->pending[at1 - 1].older1[key];
	}
	return at1;
}

/* Keys of eight bytes may meet: 'same' looks at the whole. */
static struct pending *
find(struct intake *in, enum pending_key key, uint64_t hash,
     bool (*same)(const struct pending *, const void *), const void *what)
{
	uint32_t at1 = 0;

	while ((at1 = next_with_key(in, key, hash, at1)) != 0) {
		if (same(&in->pending[at1 - 1], what)) {
			return &in->pending[at1 - 1];
		}
	}
	return NULL;
}

static bool
same_digest(const struct pending *p, const void *what)
{
	return hash_eq(&p->digest, what);
}

static bool
same_identity(const struct pending *p, const void *what)
{
	return hash_eq(&p->identity, what);
}

static bool
same_state(const struct pending *p, const void *what)
{
	return hash_eq(&p->state, what);
}

static bool
same_event(const struct pending *p, const void *what)
{
	return uuid_eq(&p->event, what);
}

static bool
same_source_key(const struct pending *p, const void *what)
{
	return slice_eq(p->source_key, *(const struct slice *)what);
}

struct pending *
pending_by_digest(struct intake *in, const struct hash *digest)
{
	return find(in, PENDING_BY_DIGEST, key_of_hash(digest), same_digest, digest);
}

struct pending *
pending_by_identity(struct intake *in, const struct hash *identity)
{
	return find(in, PENDING_BY_IDENTITY, key_of_hash(identity), same_identity,
		    identity);
}

struct pending *
pending_by_state(struct intake *in, const struct hash *state)
{
	return find(in, PENDING_BY_STATE, key_of_hash(state), same_state, state);
}

struct pending *
pending_revision(struct intake *in, const struct uuid *event)
{
	return find(in, PENDING_BY_EVENT, key_of_bytes(event->b, UUID_LEN), same_event,
		    event);
}

struct pending *
pending_by_source_key(struct intake *in, struct slice source_key)
{
	return find(in, PENDING_BY_SOURCE_KEY,
		    key_of_bytes(source_key.at, source_key.len), same_source_key,
		    &source_key);
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
	in->pending_heads = NULL;
	in->pending_buckets = 0;
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
