/* lib/store/view.h - a view's tables on disk: a checkpoint that costs by change.
 *
 * A view is a fold of the log; losing it costs time, never truth.  A checkpoint writes
 * the chunks of its tables that were touched since the last one, in one transaction,
 * with the position at which they stand.
 *
 *	chunks  table number (u8), chunk number (be32) -> bytes (lib/base/table.h)
 *	meta    "place" -> position (be64), log_hash (32), version (le32)
 *	        "shape" -> for each table its row size and its rows (le32 each)
 *
 * A view whose shape is not this program's is dropped and folded again. */
#ifndef LIB_STORE_VIEW_H
#define LIB_STORE_VIEW_H

#include "lib/base/table.h"
#include "lib/store/store.h"

enum { VIEW_DB_CHUNKS, VIEW_DB_META };
extern const char *const view_db_names[]; /* NULL-terminated */

struct view_place {
	uint64_t position;
	struct hash log_hash;
	uint32_t version; /* Of what the rows mean; the caller's own number. */
};

/* Put the tables' dirty chunks and the place into 'txn'.  The dirty marks stay until
 * view_saved(), which the caller calls after the commit. */
void view_save(struct txn *, struct table *const *tables, unsigned count,
	       const struct view_place *);
void view_saved(struct table *const *tables, unsigned count);

/* Fill empty tables.  False, with the tables empty, where there is no checkpoint or its
 * shape is another one. */
bool view_load(struct txn *, struct table *const *tables, unsigned count,
	       struct view_place *ret_place) WARN_UNUSED;

/* Everything goes. */
void view_clear(struct txn *);

#endif
