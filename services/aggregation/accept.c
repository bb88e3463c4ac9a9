#include "aggregation/aggregation.h"

#include "lib/base/plant.h"

/* Which blocks headquarters takes: whatever an enrolled node signed, parents first.
 * Whether their records count is decided by the fold. */

static bool
refuse_with(struct link_error *ret, enum link_code code, enum link_class error_class,
	    const char *text, const struct hash *block)
{
	*ret = (struct link_error){ .code = code,
				    .error_class = error_class,
				    .text = text };
	if (block != NULL) {
		ret->block = *block;
	}
	return false;
}

/* Signed with any key that was ever enrolled for the node: a block may have waited
 * longer than its key was valid. */
static bool
signature_good(const struct aggregation *a, const struct block *block)
{
	uint32_t node = fold_find_node(&a->fold, &block->node);

	if (node == UINT32_MAX) {
		return false;
	}
	uint32_t key = fold_find_key(&a->fold, node, block->key.b);
	if (key == UINT32_MAX) {
		return false;
	}
	const struct key_row *row = table_at(&a->fold.keys, key);
	if (PLANTED(9) && row->state != KEY_VALID) { /* Only keys that are valid now. */
		return false;
	}
	return block_verify(block, row->sign);
}

static bool
parent_held(struct txn *txn, const struct block *block)
{
	struct log_entry entry;

	if (hash_is_zero(&block->parent)) {
		return block->first_seq == 1;
	}
	return block->first_seq > 1 &&
	       log_find_block(txn, &block->node, block->first_seq - 1, &block->parent,
			      &entry);
}

/* Planted bug 10's notion of a block that is held. */
static bool
is_below_head(const struct aggregation *a, const struct block *block)
{
	uint32_t node = fold_find_node(&a->fold, &block->node);

	return node != UINT32_MAX &&
	       block->last_seq <=
		       ((const struct node_row *)table_at(&a->fold.nodes, node))->records;
}

static void
note_appended(struct aggregation *a, const struct prepared_block *prepared)
{
	if (a->appended_count == a->appended_cap) {
		a->appended_cap = a->appended_cap != 0 ? 2 * a->appended_cap : 64;
		a->appended =
			xrealloc(a->appended, a->appended_cap * sizeof(a->appended[0]));
	}
	a->appended[a->appended_count++] = prepared;
}

static bool
accept_block(struct aggregation *a, struct session *s,
	     const struct prepared_block *prepared, struct turn *turn,
	     struct link_error *ret_error)
{
	const struct payload_item *item = &prepared->item;
	const struct block *block = &prepared->block;
	struct log_entry held;

	if (prepared->why != NULL) {
		return refuse_with(ret_error, LINK_MALFORMED, LINK_OPERATOR,
				   prepared->why, NULL);
	}
	if (!node_id_eq(&block->node, &s->node)) {
		return refuse_with(ret_error, LINK_FORBIDDEN, LINK_OPERATOR,
				   "a block of another node", &block->hash);
	}
	if (log_find_block(turn->txn, &block->node, block->last_seq, &block->hash,
			   &held)) {
		a->repeats++;
		return loose_take(a, block, item->loose, turn) ||
		       refuse_with(ret_error, LINK_MALFORMED, LINK_OPERATOR,
				   "loose parts are malformed", &block->hash);
	}
	if (PLANTED(10) && is_below_head(a, block)) { /* Held by number, not by hash. */
		return true;
	}
	if (!signature_good(a, block)) {
		return refuse_with(ret_error, LINK_FORBIDDEN, LINK_OPERATOR,
				   "signed with no key of this node", &block->hash);
	}
	if (!parent_held(turn->txn, block)) {
		return refuse_with(ret_error, LINK_OUT_OF_ORDER, LINK_RETRY_NOW,
				   "its parent is not held here", &block->hash);
	}
	if (!loose_take(a, block, item->loose, turn)) {
		return refuse_with(ret_error, LINK_MALFORMED, LINK_OPERATOR,
				   "loose parts are malformed", &block->hash);
	}
	struct log_entry entry = log_append(&a->log, turn->txn, block, turn->wall);
	if (PLANTED(3)) { /* The view ahead of the log. */
		const struct replay_block known = { block->hash, prepared->records };

		entry.block = item->block;
		must(replay_entry(&a->fold, &entry, &known, NULL));
		a->allow_changed = true;
	}
	note_appended(a, prepared);
	a->blocks++;
	return true;
}

bool
accept_batch(struct aggregation *a, struct session *s, const struct prepared_batch *batch,
	     struct turn *turn, struct link_error *ret_error)
{
	for (size_t i = 0; i < batch->count; i++) {
		if (!accept_block(a, s, &batch->blocks[i], turn, ret_error)) {
			return false;
		}
	}
	return !batch->bad || refuse_with(ret_error, LINK_MALFORMED, LINK_OPERATOR,
					  "the payload is no list of blocks", NULL);
}
