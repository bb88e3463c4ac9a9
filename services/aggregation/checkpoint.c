#include "aggregation/aggregation.h"

#include <inttypes.h>

/* The view on disk: tables of the fold with the position at which they stand.  Losing it
 * costs a fold from the beginning. */

enum err
checkpoint_load(struct aggregation *a)
{
	struct table *tables[FOLD_TABLES];
	unsigned count = fold_tables(&a->fold, tables);
	struct view_place place = { 0 };

	if (a->view == NULL) {
		return OK;
	}
	struct txn txn = txn_begin_read(a->view);
	bool good = view_load(&txn, tables, count, &place);
	enum err err = txn.err;
	txn_abort(&txn);
	if (err != OK) {
		return err;
	}
	if (!good) {
		fold_clear(&a->fold);
		return OK;
	}
	/* A view of another program's rows, of another past, or of an HQ with another
	 * first key, is folded again. */
	if (place.version != FOLD_VERSION || fold_position(&a->fold) != place.position ||
	    !log_holds(a->txn, place.position, &place.log_hash) ||
	    !fold_reindex(&a->fold) ||
	    fold_find_node(&a->fold, &a->config.hq.node) == UINT32_MAX) {
		fold_clear(&a->fold);
		return OK;
	}
	a->checkpointed = place.position;
	return OK;
}

static bool
due(const struct aggregation *a, struct table *const *tables, unsigned count, msec_t now)
{
	uint64_t records = fold_position(&a->fold) - a->checkpointed;
	size_t dirty = 0;

	if (records == 0 || now >= a->checkpoint_at) {
		return records != 0;
	}
	for (unsigned i = 0; i < count; i++) {
		dirty += table_dirty(tables[i]);
	}
	return dirty >= AGGREGATION_CHECKPOINT_BYTES &&
	       dirty / AGGREGATION_CHECKPOINT_ROW_BYTES <= records;
}

void
checkpoint_run(struct aggregation *a, struct turn *turn, bool at_once)
{
	struct table *tables[FOLD_TABLES];
	unsigned count = fold_tables(&a->fold, tables);
	struct log_entry entry;
	struct view_place place = { .position = fold_position(&a->fold),
				    .version = FOLD_VERSION };

	if (a->view == NULL || place.position == 0 ||
	    (!at_once && !due(a, tables, count, turn->now)) ||
	    !log_at(a->txn, place.position, &entry)) {
		return;
	}
	place.log_hash = entry.log_hash;
	struct txn txn = txn_begin(a->view);
	view_save(&txn, tables, count, &place);
	enum err err = txn_commit(&txn);
	a->checkpoint_at = turn->now + AGGREGATION_CHECKPOINT_MS;
	if (err != OK) {
		/* A view can be lost: the log is what counts. */
		log_event(turn->log, LOG_WARN, "view", "checkpoint=%" PRIu64 " failed=%s",
			  place.position, err_name(err));
		return;
	}
	view_saved(tables, count);
	a->checkpointed = place.position;
}
