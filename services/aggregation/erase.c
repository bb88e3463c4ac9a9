#include "aggregation/aggregation.h"

/* What an Erasure names goes from the log's store, and then from its files.
 *
 * The fold says which parts are erased; the next turn's commit takes them away and notes
 * that a compaction is owed, so that a crash between the two forgets nothing. */

#define ERASE_COMPACT "compact"

enum { ERASE_RETRY_MS = 60 * 1000 };

static struct slice
compact_key(void)
{
	return slice_str(ERASE_COMPACT);
}

/* At the start every part is looked at again. */
void
erase_open(struct aggregation *a, struct txn *txn)
{
	struct slice value;

	a->erased_done = 0;
	a->compact_due = txn_get(txn, LOG_DB_META, compact_key(), &value);
	a->compact_at = 0;
}

bool
erase_due(const struct aggregation *a)
{
	return a->erased_done != a->fold.erased.count;
}

void
erase_run(struct aggregation *a, struct turn *turn)
{
	bool any = false;

	for (uint32_t i = a->erased_done; i < a->fold.erased.count; i++) {
		const struct hash *part = table_at(&a->fold.erased, i);
		struct slice salt, bytes;

		any = loose_get(turn->txn, LOG_DB_LOOSE, part, &salt, &bytes) || any;
		loose_erase(turn->txn, LOG_DB_LOOSE, LOG_DB_ERASED, part);
	}
	a->erased_staged = a->fold.erased.count;
	if (any) {
		txn_put(turn->txn, LOG_DB_META, compact_key(), slice_str("due"));
		a->compact_staged = true;
	}
}

void
erase_committed(struct aggregation *a, msec_t now)
{
	a->erased_done = a->erased_staged;
	if (a->compact_staged) {
		a->compact_due = true;
		a->compact_at = now;
		a->compact_staged = false;
	}
}

enum err
erase_idle(struct aggregation *a, struct turn *turn)
{
	if (!a->compact_due || turn->now < a->compact_at) {
		return OK;
	}
	enum err err = store_compact(a->store);
	if (err == OK) {
		struct txn txn = txn_begin(a->store);

		txn_del(&txn, LOG_DB_META, compact_key());
		err = txn_commit(&txn);
	}
	if (err == ERR_DISK_FULL) {
		a->compact_at = turn->now + ERASE_RETRY_MS;
		log_event(turn->log, LOG_ERROR, "erase",
			  "compact=failed reason=disk_full again_ms=%d", ERASE_RETRY_MS);
		return OK;
	}
	a->compact_due = err != OK;
	return err;
}
