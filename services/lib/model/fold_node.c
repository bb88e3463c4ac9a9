#include "lib/model/fold_parts.h"

#include <stdlib.h>

#include "lib/base/plant.h"

/* Nodes, their keys, and what they may say. */

uint32_t
fold_find_node(const struct fold *f, const struct node_id *id)
{
	uint64_t hash = bytes_hash(slice_of(id->b, NODE_ID_LEN));
	uint32_t row;

	for (uint32_t at = index_first(&f->by_node, hash, &row); at != 0;
	     at = index_next(&f->by_node, hash, at, &row)) {
		const struct node_row *n = table_at(&f->nodes, row);

		if (memcmp(n->id, id->b, NODE_ID_LEN) == 0) {
			return row;
		}
	}
	return UINT32_MAX;
}

static uint32_t
node_seen(struct fold *f, const struct node_id *id)
{
	uint32_t row = fold_find_node(f, id);

	if (row == UINT32_MAX) {
		struct node_row *n = table_add(&f->nodes);

		memcpy(n->id, id->b, NODE_ID_LEN);
		row = f->nodes.count - 1;
		index_add(&f->by_node, bytes_hash(slice_of(id->b, NODE_ID_LEN)), row);
	}
	return row;
}

/* At a post: what HQ's link says of a node is so. */
uint32_t
fold_vouched_node(struct fold *f, const struct fold_input *in)
{
	uint32_t row = node_seen(f, &in->node);
	struct node_row *n = table_mut(&f->nodes, row);

	n->role = (uint8_t)(in->vouched_role != NODE_NONE ? in->vouched_role : NODE_HQ);
	if (in->vouched_posts.count != 0) {
		n->posts = fold_word_set(f, &in->vouched_posts);
	}
	return row;
}

void
fold_block(struct fold *f, const struct node_id *node, const struct hash *parent,
	   const struct hash *block, uint64_t last_seq)
{
	uint32_t row = fold_find_node(f, node);

	if (row == UINT32_MAX) {
		return;
	}
	struct node_row *n = table_mut(&f->nodes, row);
	for (uint32_t e1 = n->ends1; e1 != 0;) {
		const struct end_row *end = table_at(&f->ends, e1 - 1);

		if (hash_eq(&end->hash, parent)) {
			struct end_row *continued = table_mut(&f->ends, e1 - 1);

			continued->hash = *block;
			continued->last_seq = last_seq;
			return;
		}
		e1 = end->next1;
	}
	struct end_row *end = table_add(&f->ends);
	*end = (struct end_row){
		.hash = *block, .last_seq = last_seq, .node = row, .next1 = n->ends1
	};
	n->ends1 = f->ends.count;
	n->end_count++;
}

uint32_t
fold_find_key(const struct fold *f, uint32_t node, const uint8_t key_id[8])
{
	const struct node_row *n = table_at(&f->nodes, node);

	for (uint32_t k1 = n->keys1; k1 != 0;) {
		const struct key_row *k = table_at(&f->keys, k1 - 1);

		if (memcmp(k->key_id, key_id, sizeof(k->key_id)) == 0) {
			return k1 - 1;
		}
		k1 = k->older1;
	}
	return UINT32_MAX;
}

uint32_t
fold_node_of_curve(const struct fold *f, const uint8_t curve_key[32])
{
	uint64_t hash = bytes_hash(slice_of(curve_key, 32));
	uint32_t row;

	for (uint32_t at = index_first(&f->by_curve, hash, &row); at != 0;
	     at = index_next(&f->by_curve, hash, at, &row)) {
		const struct key_row *k = table_at(&f->keys, row);

		if (memcmp(k->curve, curve_key, 32) == 0 && k->state == KEY_VALID) {
			return k->node;
		}
	}
	return UINT32_MAX;
}

bool
fold_key_is_good(const struct fold *f, uint32_t key1, uint64_t position)
{
	/* A revocation names a position of HQ's log.  At a post the numbers are its own:
	 * whether a record counts HQ tells it. */
	if (key1 == 0 || f->at_post) {
		return true;
	}
	const struct key_row *k = table_at(&f->keys, key1 - 1);

	return k->state != KEY_STOLEN || position < k->stolen_from || PLANTED(18);
}

enum fold_verdict
fold_enrol(struct fold *f, const struct enrolment *e)
{
	if (e->role == NODE_NONE) {
		return VERDICT_MALFORMED;
	}
	uint32_t node = node_seen(f, &e->node);
	struct node_row *n = table_mut(&f->nodes, node);
	struct hash key_hash = hash_of(slice_of(e->sign_key, SIGN_PUBLIC_LEN));
	uint32_t existing = fold_find_key(f, node, key_hash.b);
	struct key_row *k;

	n->role = (uint8_t)e->role;
	n->name = fold_word(f, e->name);
	n->posts = fold_word_set(f, &e->posts);
	if (existing == UINT32_MAX) {
		k = table_add(&f->keys);
		k->node = node;
		k->older1 = n->keys1;
		n->keys1 = f->keys.count;
		memcpy(k->sign, e->sign_key, SIGN_PUBLIC_LEN);
		memcpy(k->key_id, key_hash.b, sizeof(k->key_id));
	} else {
		k = table_mut(&f->keys, existing);
	}
	/* A key that was stolen stays so: a new enrolment needs a new key. */
	if (k->state != KEY_STOLEN) {
		k->state = KEY_VALID;
	}
	if (existing == UINT32_MAX || memcmp(k->curve, e->curve_key, 32) != 0) {
		memcpy(k->curve, e->curve_key, 32);
		index_add(&f->by_curve, bytes_hash(slice_of(k->curve, 32)),
			  existing == UINT32_MAX ? f->keys.count - 1 : existing);
	}

	uint32_t *bodies =
		arena_dup(&f->arena, e->bodies, e->body_count * sizeof(uint32_t));
	k->bodies = fold_set(f, bodies, e->body_count);
	return VERDICT_COUNTS;
}

/* Apply again every event that a record signed by the key speaks of. */
static void
rebuild_events_of_key(struct fold *f, uint32_t key, uint64_t position)
{
	uint32_t event_count = f->events.count;
	uint8_t *touched = xcalloc(event_count, 1);

	for (uint32_t r = 0; r < f->records.count; r++) {
		const struct record_row *row = table_at(&f->records, r);

		if (row->key1 == key + 1 && row->event1 != 0) {
			touched[row->event1 - 1] = 1;
		}
	}
	for (uint32_t e = 0; e < event_count; e++) {
		if (touched[e]) {
			fold_event_rebuild(f, e, position);
		}
	}
	free(touched);
}

enum fold_verdict
fold_revoke(struct fold *f, const struct revocation *r, uint64_t position)
{
	uint32_t node = fold_find_node(f, &r->node);
	struct hash key_hash = hash_of(slice_of(r->sign_key, SIGN_PUBLIC_LEN));

	if (node == UINT32_MAX) {
		return VERDICT_UNKNOWN_NODE;
	}
	uint32_t key = fold_find_key(f, node, key_hash.b);
	if (key == UINT32_MAX) {
		return VERDICT_UNKNOWN_NODE;
	}
	struct key_row *k = table_mut(&f->keys, key);
	switch (r->kind) {
	case REVOCATION_RETIRED:
		if (k->state == KEY_VALID) {
			k->state = KEY_RETIRED;
		}
		return VERDICT_COUNTS;
	case REVOCATION_STOLEN:
		k->state = KEY_STOLEN;
		k->stolen_from = r->from_position;
		rebuild_events_of_key(f, key, position);
		return VERDICT_COUNTS;
	case REVOCATION_GENUINE:
		k->state = KEY_RETIRED;
		k->stolen_from = 0;
		rebuild_events_of_key(f, key, position);
		return VERDICT_COUNTS;
	case REVOCATION_NONE:
		break;
	}
	return VERDICT_MALFORMED;
}

void
fold_trust(struct fold *f, const struct enrolment *e)
{
	arena_reset(&f->arena);
	must(fold_enrol(f, e) == VERDICT_COUNTS);
}

static bool
has_post(const struct fold *f, const struct node_row *n, struct slice post)
{
	uint32_t word = words_find(&f->words, post);

	return word != 0 && sets_has(&f->sets, n->posts, word);
}

/* A post's node says what its posts hold. An event that HQ moved to the node keeps its
 * recorder. */
static bool
post_may_say(const struct fold *f, uint32_t node, const struct record *record)
{
	const struct node_row *n = table_at(&f->nodes, node);

	switch (record->body) {
	case BODY_EVENT_REVISION: {
		uint32_t event = fold_find_event(f, &record->revision.event.id);

		if (event != UINT32_MAX) {
			const struct event_row *e = table_at(&f->events, event);

			if (e->moved_post != 0 && e->owner1 == node + 1) {
				return true;
			}
		}
		return has_post(f, n, record->revision.event.recorder);
	}
	case BODY_WITHDRAWAL:
		return true; /* Of its own events: fold_event_apply() checks the owner. */
	case BODY_COHOST_ANSWER:
		return has_post(f, n, record->cohost_answer.post);
	default:
		return false;
	}
}

bool
fold_may_say(const struct fold *f, uint32_t node, uint32_t key,
	     const struct record *record)
{
	const struct node_row *n = table_at(&f->nodes, node);

	if (key != UINT32_MAX) {
		const struct key_row *k = table_at(&f->keys, key);

		if (k->bodies != 0 && !sets_has(&f->sets, k->bodies, record->body)) {
			return false;
		}
	}
	switch (n->role) {
	case NODE_POST:
		return post_may_say(f, node, record);
	case NODE_HQ:
		return record->body >= BODY_REVIEW && record->body <= BODY_LAST;
	default:
		return false;
	}
}
