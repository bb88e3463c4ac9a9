#include "lib/archive/keyring.h"

#include "lib/model/record.h"

struct ring_node {
	struct node_id id;
	uint32_t keys1; /* Newest key, as row + 1. */
	uint8_t role;
};

struct ring_key {
	uint8_t sign[SIGN_PUBLIC_LEN];
	struct key_id id;
	uint64_t stolen_from; /* UINT64_MAX: it was not. */
	uint32_t older1;
	bool may_enrol, may_revoke, may_erase;
};

static uint64_t
node_hash(const struct node_id *id)
{
	return bytes_hash(slice_of(id->b, NODE_ID_LEN));
}

static uint64_t
hash_of_node(const void *ctx, uint32_t row)
{
	const struct ring_node *node = table_at(ctx, row);

	return node_hash(&node->id);
}

static uint64_t
hash_of_said(const void *ctx, uint32_t row)
{
	return hash_u64(table_at(ctx, row));
}

uint32_t
keyring_node(const struct keyring *ring, const struct node_id *id)
{
	uint64_t hash = node_hash(id);
	uint32_t row;

	for (uint32_t at = index_first(&ring->by_node, hash, &row); at != 0;
	     at = index_next(&ring->by_node, hash, at, &row)) {
		const struct ring_node *node = table_at(&ring->nodes, row);

		if (node_id_eq(&node->id, id)) {
			return row;
		}
	}
	return KEYRING_NONE;
}

static uint32_t
find_key(const struct keyring *ring, uint32_t node, const struct key_id *id)
{
	const struct ring_node *n = table_at(&ring->nodes, node);

	for (uint32_t key1 = n->keys1; key1 != 0;) {
		const struct ring_key *key = table_at(&ring->keys, key1 - 1);

		if (key_id_eq(&key->id, id)) {
			return key1 - 1;
		}
		key1 = key->older1;
	}
	return KEYRING_NONE;
}

const uint8_t *
keyring_key(const struct keyring *ring, uint32_t node, const struct key_id *id)
{
	uint32_t row = find_key(ring, node, id);

	return row != KEYRING_NONE
		       ? ((const struct ring_key *)table_at(&ring->keys, row))->sign
		       : NULL;
}

/* May the key say this body?  None named is all. */
static bool
lists(const struct enrolment *e, uint32_t body)
{
	for (size_t i = 0; i < e->body_count; i++) {
		if (e->bodies[i] == body) {
			return true;
		}
	}
	return e->body_count == 0;
}

static bool
enrol(struct keyring *ring, const struct enrolment *e)
{
	uint32_t node = keyring_node(ring, &e->node);
	struct key_id id = key_id_of(e->sign_key);
	struct ring_key *key;

	if (e->role == NODE_NONE) {
		return false;
	}
	if (node == KEYRING_NONE) {
		struct ring_node *added = table_add(&ring->nodes);

		added->id = e->node;
		node = ring->nodes.count - 1;
		index_add(&ring->by_node, node_hash(&e->node), node);
	}
	struct ring_node *n = table_mut(&ring->nodes, node);
	n->role = (uint8_t)e->role;

	uint32_t row = find_key(ring, node, &id);
	if (row == KEYRING_NONE) {
		key = table_add(&ring->keys);
		key->older1 = n->keys1;
		n->keys1 = ring->keys.count;
		key->id = id;
		key->stolen_from = UINT64_MAX;
		memcpy(key->sign, e->sign_key, SIGN_PUBLIC_LEN);
	} else {
		key = table_mut(&ring->keys, row);
	}
	key->may_enrol = lists(e, BODY_ENROLMENT);
	key->may_revoke = lists(e, BODY_REVOCATION);
	key->may_erase = lists(e, BODY_ERASURE);
	return true;
}

static bool
revoke(struct keyring *ring, const struct revocation *r)
{
	uint32_t node = keyring_node(ring, &r->node);
	struct key_id id = key_id_of(r->sign_key);
	uint32_t row = node != KEYRING_NONE ? find_key(ring, node, &id) : KEYRING_NONE;

	if (row == KEYRING_NONE || r->kind == REVOCATION_NONE) {
		return false;
	}
	struct ring_key *key = table_mut(&ring->keys, row);
	if (r->kind == REVOCATION_STOLEN) {
		key->stolen_from = r->from_position;
	} else if (r->kind == REVOCATION_GENUINE) {
		key->stolen_from = UINT64_MAX;
	}
	return true;
}

void
keyring_init(struct keyring *ring, const struct first_trust *first)
{
	struct enrolment e = { .node = first->node, .role = NODE_HQ };

	*ring = (struct keyring){ 0 };
	table_init(&ring->nodes, sizeof(struct ring_node));
	table_init(&ring->keys, sizeof(struct ring_key));
	table_init(&ring->said, sizeof(struct hash));
	index_init(&ring->by_node, hash_of_node, &ring->nodes);
	index_init(&ring->by_said, hash_of_said, &ring->said);
	memcpy(e.sign_key, first->sign_key, SIGN_PUBLIC_LEN);
	must(enrol(ring, &e));
}

void
keyring_fini(struct keyring *ring)
{
	index_fini(&ring->by_said);
	index_fini(&ring->by_node);
	table_fini(&ring->said);
	table_fini(&ring->keys);
	table_fini(&ring->nodes);
	arena_fini(&ring->arena);
}

static bool
was_said(const struct keyring *ring, const struct hash *identity)
{
	uint64_t hash = hash_u64(identity);
	uint32_t row;

	for (uint32_t at = index_first(&ring->by_said, hash, &row); at != 0;
	     at = index_next(&ring->by_said, hash, at, &row)) {
		if (hash_eq(table_at(&ring->said, row), identity)) {
			return true;
		}
	}
	return false;
}

/* An enrolment or a revocation: true if it counts, the first time that it is said. */
static bool
take_in(struct keyring *ring, const struct record *record, struct slice bytes)
{
	struct hash identity = hash_of(bytes);
	bool counts =
		!was_said(ring, &identity) &&
		(record->body == BODY_ENROLMENT ? enrol(ring, &record->enrolment)
						: revoke(ring, &record->revocation));

	if (counts) {
		memcpy(table_add(&ring->said), &identity, sizeof(identity));
		index_add(&ring->by_said, hash_u64(&identity), ring->said.count - 1);
	}
	return counts;
}

enum keyring_word
keyring_hear(struct keyring *ring, uint32_t node, const struct key_id *id,
	     uint64_t position, struct slice bytes, struct arena *arena,
	     struct record *ret_record)
{
	uint32_t key = node != KEYRING_NONE ? find_key(ring, node, id) : KEYRING_NONE;

	if (key == KEYRING_NONE) {
		return KEYRING_NOTHING;
	}
	const struct ring_node *n = table_at(&ring->nodes, node);
	const struct ring_key *k = table_at(&ring->keys, key);
	if (n->role != NODE_HQ || position >= k->stolen_from ||
	    !record_decode(bytes, arena, ret_record, NULL)) {
		return KEYRING_NOTHING;
	}
	switch (ret_record->body) {
	case BODY_ENROLMENT:
		return k->may_enrol && take_in(ring, ret_record, bytes) ? KEYRING_CHANGED
									: KEYRING_NOTHING;
	case BODY_REVOCATION:
		return k->may_revoke && take_in(ring, ret_record, bytes)
			       ? KEYRING_CHANGED
			       : KEYRING_NOTHING;
	case BODY_ERASURE:
		return k->may_erase ? KEYRING_ERASES : KEYRING_NOTHING;
	default:
		return KEYRING_NOTHING;
	}
}

void
keyring_take(struct keyring *ring, uint32_t node, const struct block *block,
	     uint64_t position)
{
	struct record record;
	struct slice bytes;
	size_t at = 0;

	must(find_key(ring, node, &block->key) != KEYRING_NONE);
	for (; block_next(block, &at, &bytes); position++) {
		/* Each record may change what holds for the next. */
		(void)keyring_hear(ring, node, &block->key, position, bytes, &ring->arena,
				   &record);
		arena_reset(&ring->arena);
	}
}
