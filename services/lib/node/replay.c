#include "lib/node/replay.h"

#include <inttypes.h>

/* The fold decodes by itself; only who is told afterwards needs it before. */
static const struct record *
decode(const struct replay_hook *hook, struct slice bytes, struct arena *arena,
       struct record *record)
{
	return hook != NULL && record_decode(bytes, arena, record, NULL) ? record : NULL;
}

bool
replay_entry(struct fold *fold, const struct log_entry *entry,
	     const struct replay_block *known, const struct replay_hook *hook)
{
	struct arena arena = { 0 };
	struct block block;
	struct slice bytes;
	size_t at = 0;
	uint64_t position = entry->first;

	if (known != NULL ? !block_peek(entry->block, &block)
			  : !block_parse(entry->block, &block, NULL)) {
		return false;
	}
	if (known != NULL) {
		block.hash = known->hash;
	}
	for (uint32_t i = 0; block_next(&block, &at, &bytes); i++) {
		struct fold_input in = { .position = position++,
					 .hq_ms = entry->hq_ms,
					 .node = block.node,
					 .seq = block.first_seq + i,
					 .record = bytes };
		struct record record;

		if (known != NULL) {
			in.identity = known->records[i].identity;
			in.decoded = known->records[i].decoded;
		} else {
			in.identity = hash_of(bytes);
			in.decoded = decode(hook, bytes, &arena, &record);
		}
		memcpy(in.key_id, block.key.b, KEY_ID_LEN);
		fold_record(fold, &in);
		if (hook != NULL) {
			hook->folded(hook->ctx, in.position, entry->hq_ms, in.decoded);
			arena_reset(&arena);
		}
	}
	fold_block(fold, &block.node, &block.parent, &block.hash, block.last_seq);
	arena_fini(&arena);
	return true;
}

/* ---- The fold on disk -------------------------------------------------------------- */

enum err
checkpoint_load(struct checkpoint *c, struct fold *fold, struct txn *log,
		const struct node_id *hq)
{
	struct table *tables[FOLD_TABLES];
	unsigned count = fold_tables(fold, tables);
	struct view_place place = { 0 };

	if (c->view == NULL) {
		return OK;
	}
	struct txn txn = txn_begin_read(c->view);
	bool good = view_load(&txn, tables, count, &place);
	enum err err = txn.err;
	txn_abort(&txn);
	if (err != OK) {
		return err;
	}
	if (!good) {
		fold_clear(fold);
		return OK;
	}
	/* A view of another program's rows, of another past, or of an HQ with another
	 * first key, is folded again. */
	if (place.version != FOLD_VERSION || fold_position(fold) != place.position ||
	    !log_holds(log, place.position, &place.log_hash) || !fold_reindex(fold) ||
	    fold_find_node(fold, hq) == UINT32_MAX) {
		fold_clear(fold);
		return OK;
	}
	c->position = place.position;
	return OK;
}

static bool
is_due(const struct checkpoint *c, const struct fold *fold, struct table *const *tables,
       unsigned count, msec_t now)
{
	uint64_t records = fold_position(fold) - c->position;
	size_t dirty = 0;

	if (records == 0 || now >= c->at) {
		return records != 0;
	}
	for (unsigned i = 0; i < count; i++) {
		dirty += table_dirty(tables[i]);
	}
	return dirty >= CHECKPOINT_BYTES && dirty / CHECKPOINT_ROW_BYTES <= records;
}

void
checkpoint_run(struct checkpoint *c, struct fold *fold, struct txn *log, bool at_once,
	       struct log_sink *sink, msec_t now)
{
	struct table *tables[FOLD_TABLES];
	unsigned count = fold_tables(fold, tables);
	struct log_entry entry;
	struct view_place place = { .position = fold_position(fold),
				    .version = FOLD_VERSION };

	if (c->view == NULL || place.position == 0 ||
	    (!at_once && !is_due(c, fold, tables, count, now)) ||
	    !log_at(log, place.position, &entry)) {
		return;
	}
	place.log_hash = entry.log_hash;
	struct txn txn = txn_begin(c->view);
	view_save(&txn, tables, count, &place);
	enum err err = txn_commit(&txn);
	c->at = now + CHECKPOINT_MS;
	if (err != OK) {
		/* A view can be lost: the log is what counts. */
		log_event(sink, LOG_WARN, "view", "checkpoint=%" PRIu64 " failed=%s",
			  place.position, err_name(err));
		return;
	}
	view_saved(tables, count);
	c->position = place.position;
}

msec_t
checkpoint_deadline(const struct checkpoint *c, const struct fold *fold)
{
	return c->view != NULL && c->position != fold_position(fold) ? c->at : NEVER;
}
