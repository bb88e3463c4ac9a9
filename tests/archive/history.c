#include "archive/history.h"

#include <stdlib.h>

#include "bench/event.h"
#include "lib/base/mem.h"
#include "lib/base/wire.h"
#include "lib/model/record.h"

enum { KEYS = 3, MAX_PAST = 64 };

/* A node and the blocks that it may continue. */
struct author {
	struct node_id node;
	struct history_key keys[KEYS];
	unsigned enrolled; /* Keys that headquarters has enrolled. */
	struct {
		struct hash hash;
		uint64_t last_seq;
	} past[MAX_PAST]; /* The newest last. */
	unsigned past_count;
};

struct making {
	struct history *h;
	struct rng rng;
	uint64_t seed;
	struct author hq, posts[HISTORY_POSTS];
	struct block_maker maker;
	struct buf record;
	uint64_t event;
	uint64_t position;
	wall_ms_t now;
};

void
history_key_make(struct history_key *key, uint64_t seed, unsigned number)
{
	uint8_t bytes[16];

	put_le64(bytes, seed);
	put_le64(bytes + 8, number);
	struct hash secret = hash_of(slice_of(bytes, sizeof(bytes)));
	sign_keypair(key->public_key, key->secret, secret.b);
	key->id = key_id_of(key->public_key);
}

static void
author_make(struct author *a, uint64_t seed, unsigned number)
{
	memset(a->node.b, (int)(0x10 + number), NODE_ID_LEN);
	for (unsigned i = 0; i < KEYS; i++) {
		history_key_make(&a->keys[i], seed, 100 * number + i);
	}
}

static void
record_head(struct making *m, const char *author)
{
	buf_clear(&m->record);
	wire_put_number(&m->record, 1, (uint64_t)m->now);
	wire_put_bytes(&m->record, 2, slice_str(author));
}

static void
put_enrolment(struct making *m, const struct author *a, unsigned key, enum node_role role)
{
	struct buf e = { 0 };

	wire_put_bytes(&e, 1, slice_of(a->node.b, NODE_ID_LEN));
	wire_put_bytes(&e, 2, slice_str("a node"));
	wire_put_bytes(&e, 3, slice_of(a->keys[key].public_key, SIGN_PUBLIC_LEN));
	wire_put_bytes(&e, 4, slice_of(a->keys[key].public_key, SIGN_PUBLIC_LEN));
	wire_put_number(&e, 5, (uint64_t)role);
	wire_put_bytes(&e, 6, slice_str("sfo"));
	record_head(m, "operator");
	wire_put_bytes(&m->record, BODY_ENROLMENT, buf_slice(&e));
	buf_fini(&e);
}

static void
put_revocation(struct making *m, const struct author *a, unsigned key,
	       enum revocation_kind kind)
{
	struct buf r = { 0 };

	wire_put_bytes(&r, 1, slice_of(a->node.b, NODE_ID_LEN));
	wire_put_bytes(&r, 2, slice_of(a->keys[key].public_key, SIGN_PUBLIC_LEN));
	wire_put_number(&r, 3, (uint64_t)kind);
	wire_put_number(&r, 4, m->position);
	record_head(m, "operator");
	wire_put_bytes(&m->record, BODY_REVOCATION, buf_slice(&r));
	buf_fini(&r);
}

static void
begin(struct making *m, const struct author *a, unsigned parent1)
{
	static const struct hash none;

	block_begin(&m->maker, &a->node,
		    parent1 != 0 ? a->past[parent1 - 1].last_seq + 1 : 1,
		    parent1 != 0 ? &a->past[parent1 - 1].hash : &none);
}

static void
end(struct making *m, struct author *a, unsigned key)
{
	struct history *h = m->h;
	struct block block = block_finish(&m->maker, m->now - 5, &a->keys[key].id,
					  a->keys[key].secret);

	if (h->count == h->cap) {
		h->cap = h->cap != 0 ? 2 * h->cap : 64;
		h->entries = xrealloc(h->entries, h->cap * sizeof(h->entries[0]));
	}
	struct history_entry *entry = &h->entries[h->count++];
	*entry = (struct history_entry){ .position = m->position, .hq_ms = m->now };
	buf_put_slice(&entry->block, block.bytes);
	if (a->past_count == MAX_PAST) {
		memmove(&a->past[0], &a->past[1], (MAX_PAST - 1) * sizeof(a->past[0]));
		a->past_count--;
	}
	a->past[a->past_count].hash = block.hash;
	a->past[a->past_count++].last_seq = block.last_seq;
	m->position += block.count;
	m->now += (wall_ms_t)rng_below(&m->rng, 3) * 500; /* Often the same. */
}

static void
hq_says(struct making *m)
{
	must(block_add(&m->maker, buf_slice(&m->record)));
}

/* Another key for a post; the old one is retired, or was stolen, some time. */
static void
rotate(struct making *m, struct author *a, enum node_role role)
{
	/* Not with a key that this very block enrols. */
	unsigned signing = (unsigned)rng_below(&m->rng, m->hq.enrolled);

	begin(m, &m->hq, m->hq.past_count);
	if (a->enrolled < KEYS) {
		put_enrolment(m, a, a->enrolled, role);
		hq_says(m);
		a->enrolled++;
	}
	put_revocation(m, a, 0,
		       role == NODE_POST && rng_chance(&m->rng, 50) ? REVOCATION_STOLEN
								    : REVOCATION_RETIRED);
	hq_says(m);
	end(m, &m->hq, signing);
}

static void
first_block(struct making *m)
{
	m->hq.enrolled = 1;
	begin(m, &m->hq, 0);
	for (unsigned i = 0; i < HISTORY_POSTS; i++) {
		put_enrolment(m, &m->posts[i], 0, NODE_POST);
		hq_says(m);
		m->posts[i].enrolled = 1;
	}
	end(m, &m->hq, 0);
}

static void
post_block(struct making *m)
{
	struct author *a = &m->posts[rng_below(&m->rng, HISTORY_POSTS)];
	unsigned parent1 = a->past_count;
	uint64_t records = 1 + rng_below(&m->rng, rng_chance(&m->rng, 5) ? 60 : 3);

	if (parent1 != 0 && rng_chance(&m->rng, 6)) { /* A machine that was set back. */
		parent1 = (unsigned)rng_below(&m->rng, parent1 + 1);
		if (m->h->count > 2 && parent1 == 0 && a->past_count == MAX_PAST) {
			parent1 = 1;
		}
		m->h->branches += parent1 != a->past_count;
	}
	begin(m, a, parent1);
	for (uint64_t i = 0; i < records; i++) {
		buf_clear(&m->record);
		event_record_put(&m->record, m->event++, EVENT_POSTS, EVENTS_IN_ORDER, 1);
		if (!block_add(&m->maker, buf_slice(&m->record))) {
			break;
		}
	}
	end(m, a, (unsigned)rng_below(&m->rng, a->enrolled));
}

void
history_make(struct history *h, uint64_t seed, size_t count, size_t fork)
{
	struct making *m = xcalloc(1, sizeof(*m));

	*h = (struct history){ 0 };
	m->h = h;
	m->rng.state = seed;
	m->position = 1;
	m->now = INT64_C(1711929600000);
	author_make(&m->hq, seed, 0);
	for (unsigned i = 0; i < HISTORY_POSTS; i++) {
		author_make(&m->posts[i], seed, i + 1);
	}
	h->hq.node = m->hq.node;
	memcpy(h->hq.sign_key, m->hq.keys[0].public_key, SIGN_PUBLIC_LEN);
	h->hq_key = m->hq.keys[0];
	first_block(m);
	while (h->count < count) {
		if (h->count == fork) {
			m->rng.state += 1;
			m->event += 1000000;
		}
		if (rng_chance(&m->rng, 3)) {
			rotate(m, &m->hq, NODE_HQ);
		} else if (rng_chance(&m->rng, 6)) {
			rotate(m, &m->posts[rng_below(&m->rng, HISTORY_POSTS)],
			       NODE_POST);
		} else {
			post_block(m);
		}
	}
	block_maker_fini(&m->maker);
	buf_fini(&m->record);
	free(m);
}

struct history
history_copy(const struct history *h)
{
	struct history copy = *h;

	copy.entries = xcalloc(h->count + 1, sizeof(h->entries[0]));
	copy.cap = h->count + 1;
	for (size_t i = 0; i < h->count; i++) {
		copy.entries[i].position = h->entries[i].position;
		copy.entries[i].hq_ms = h->entries[i].hq_ms;
		buf_put_slice(&copy.entries[i].block, buf_slice(&h->entries[i].block));
	}
	return copy;
}

void
history_fini(struct history *h)
{
	for (size_t i = 0; i < h->count; i++) {
		buf_fini(&h->entries[i].block);
	}
	free(h->entries);
	*h = (struct history){ 0 };
}

void
history_remove(struct history *h, size_t i)
{
	must(i < h->count);
	buf_fini(&h->entries[i].block);
	memmove(&h->entries[i], &h->entries[i + 1],
		(--h->count - i) * sizeof(h->entries[0]));
}

void
history_insert(struct history *h, size_t i, const struct history_entry *entry)
{
	must(i <= h->count);
	if (h->count == h->cap) {
		h->cap = 2 * h->cap + 1;
		h->entries = xrealloc(h->entries, h->cap * sizeof(h->entries[0]));
	}
	memmove(&h->entries[i + 1], &h->entries[i],
		(h->count++ - i) * sizeof(h->entries[0]));
	h->entries[i] = (struct history_entry){ .position = entry->position,
						.hq_ms = entry->hq_ms };
	buf_put_slice(&h->entries[i].block, buf_slice(&entry->block));
}

void
history_renumber(struct history *h)
{
	uint64_t position = 1;

	for (size_t i = 0; i < h->count; i++) {
		h->entries[i].position = position;
		position += get_le16(h->entries[i].block.at + 6);
	}
}
