/* lib/node/erase.h - what an Erasure names goes from a log's store, and then from its
 * files.
 *
 * The fold says which parts are erased; the next transaction takes them away and notes
 * that a compaction is owed, so that a crash between the two forgets nothing. */
#ifndef LIB_NODE_ERASE_H
#define LIB_NODE_ERASE_H

#include "lib/base/log.h"
#include "lib/model/fold.h"
#include "lib/store/log.h"

struct eraser {
	uint32_t done, staged; /* Of fold.erased: so many are gone from the disk. */
	bool compact_due;      /* Parts were taken away: rewrite the store. */
	bool compact_staged;
	msec_t compact_at;
};

/* At the start every part is looked at again. */
void eraser_open(struct eraser *, struct txn *);

/* Take one part away in 'txn'; for whoever has no fold. */
void eraser_take(struct eraser *, struct txn *, const struct hash *part);

/* Bytes of a part that is not in the store any more may still lie in its free pages. */
void eraser_owe(struct eraser *, struct txn *);

/* Is there something to take away? */
bool eraser_is_due(const struct eraser *, const struct fold *);

/* Take it away in 'txn', which is of the log's store. */
void eraser_run(struct eraser *, const struct fold *, struct txn *);

/* That transaction was committed; one that was not needs no word. */
void eraser_committed(struct eraser *, msec_t now);

/* Compact the store if it is owed.  No transaction may be open.  A full disk, and a
 * backup that is being made, are waited for; any other error ends the process. */
enum err eraser_idle(struct eraser *, struct store *, struct log_sink *,
		     msec_t now) WARN_UNUSED;

/* When eraser_idle() is due; NEVER if it is not. */
static inline msec_t
eraser_deadline(const struct eraser *e)
{
	return e->compact_due ? e->compact_at : NEVER;
}

#endif
