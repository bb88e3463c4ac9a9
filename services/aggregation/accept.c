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
note_appended(struct aggregation *a, const struct hash *hash)
{
	if (a->appended_count == a->appended_cap) {
		a->appended_cap = a->appended_cap != 0 ? 2 * a->appended_cap : 64;
		a->appended = xrealloc(a->appended, a->appended_cap * sizeof(*hash));
	}
	a->appended[a->appended_count++] = *hash;
}

static bool
accept_block(struct aggregation *a, struct session *s, const struct payload_item *item,
	     struct turn *turn, struct link_error *ret_error)
{
	struct block block;
	struct log_entry held;
	const char *why = "malformed";

	if (!block_parse(item->block, &block, &why)) {
		return refuse_with(ret_error, LINK_MALFORMED, LINK_OPERATOR, why, NULL);
	}
	if (!node_id_eq(&block.node, &s->node)) {
		return refuse_with(ret_error, LINK_FORBIDDEN, LINK_OPERATOR,
				   "a block of another node", &block.hash);
	}
	if (log_find_block(turn->txn, &block.node, block.last_seq, &block.hash, &held)) {
		a->repeats++;
		return loose_take(a, &block, item->loose, turn) ||
		       refuse_with(ret_error, LINK_MALFORMED, LINK_OPERATOR,
				   "loose parts are malformed", &block.hash);
	}
	if (PLANTED(10) && is_below_head(a, &block)) { /* Held by number, not by hash. */
		return true;
	}
	if (!signature_good(a, &block)) {
		return refuse_with(ret_error, LINK_FORBIDDEN, LINK_OPERATOR,
				   "signed with no key of this node", &block.hash);
	}
	if (!parent_held(turn->txn, &block)) {
		return refuse_with(ret_error, LINK_OUT_OF_ORDER, LINK_RETRY_NOW,
				   "its parent is not held here", &block.hash);
	}
	if (!loose_take(a, &block, item->loose, turn)) {
		return refuse_with(ret_error, LINK_MALFORMED, LINK_OPERATOR,
				   "loose parts are malformed", &block.hash);
	}
	struct log_entry entry = log_append(&a->log, turn->txn, &block, turn->wall);
	if (PLANTED(3)) { /* The view ahead of the log. */
		entry.block = item->block;
		aggregation_fold_entry(a, &a->fold, &entry, &block.hash);
		a->allow_changed = true;
	}
	note_appended(a, &block.hash);
	a->blocks++;
	return true;
}

bool
accept_batch(struct aggregation *a, struct session *s, struct slice payload,
	     struct turn *turn, struct link_error *ret_error)
{
	struct payload_item item;
	bool bad = false;
	size_t at = 0;

	while (payload_next_block(payload, &at, &item, &bad)) {
		if (!accept_block(a, s, &item, turn, ret_error)) {
			return false;
		}
	}
	return !bad || refuse_with(ret_error, LINK_MALFORMED, LINK_OPERATOR,
				   "the payload is no list of blocks", NULL);
}
