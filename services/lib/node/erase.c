#include "lib/node/erase.h"

enum { ERASE_RETRY_MS = 60 * 1000 };

static struct slice
compact_key(void)
{
	return slice_str("compact");
}

void
eraser_open(struct eraser *e, struct txn *txn)
{
	struct slice value;

	*e = (struct eraser){ .compact_due =
				      txn_get(txn, LOG_DB_META, compact_key(), &value) };
}

bool
eraser_is_due(const struct eraser *e, const struct fold *fold)
{
	return e->done != fold->erased.count;
}

void
eraser_owe(struct eraser *e, struct txn *txn)
{
	if (!e->compact_staged) {
		e->compact_staged = true;
		txn_put(txn, LOG_DB_META, compact_key(), slice_str("due"));
	}
}

void
eraser_take(struct eraser *e, struct txn *txn, const struct hash *part)
{
	struct slice salt, bytes;

	if (loose_get(txn, LOG_DB_LOOSE, part, &salt, &bytes)) {
		eraser_owe(e, txn);
	}
	loose_erase(txn, LOG_DB_LOOSE, LOG_DB_ERASED, part);
}

void
eraser_run(struct eraser *e, const struct fold *fold, struct txn *txn)
{
	e->compact_staged = false;
	for (uint32_t i = e->done; i < fold->erased.count; i++) {
		eraser_take(e, txn, table_at(&fold->erased, i));
	}
	e->staged = fold->erased.count;
}

void
eraser_committed(struct eraser *e, msec_t now)
{
	e->done = e->staged;
	if (e->compact_staged) {
		e->compact_due = true;
		e->compact_at = now;
		e->compact_staged = false;
	}
}

enum err
eraser_idle(struct eraser *e, struct store *store, struct log_sink *log, msec_t now)
{
	if (!e->compact_due || now < e->compact_at) {
		return OK;
	}
	enum err err = store_compact(store);
	if (err == OK) {
		struct txn txn = txn_begin(store);

		txn_del(&txn, LOG_DB_META, compact_key());
		err = txn_commit(&txn);
	}
	if (err == ERR_DISK_FULL || err == ERR_BUSY) {
		/* Busy: a backup is being made, which has what we are about to erase. */
		e->compact_at = now + ERASE_RETRY_MS;
		log_event(log, LOG_ERROR, "erase", "compact=failed reason=%s again_ms=%d",
			  err_name(err), ERASE_RETRY_MS);
		return OK;
	}
	e->compact_due = err != OK;
	return err;
}
