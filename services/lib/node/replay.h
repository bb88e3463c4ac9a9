/* lib/node/replay.h - headquarters' log, folded entry by entry, and the fold kept on
 * disk.
 *
 * What every reader of the whole log does alike: aggregation over its own, a follower
 * over its copy. */
#ifndef LIB_NODE_REPLAY_H
#define LIB_NODE_REPLAY_H

#include "lib/base/log.h"
#include "lib/model/fold.h"
#include "lib/store/log.h"
#include "lib/store/view.h"

/* What is known of an entry's block before it is folded: it was checked and hashed when
 * it came. */
struct replay_record {
	struct hash identity;
	const struct record *decoded; /* NULL: it is none. */
};
struct replay_block {
	struct hash hash;
	const struct replay_record *records; /* One for each of the block. */
};

/* After each record: 'record' is NULL where it is none, and borrowed for the call. */
struct replay_hook {
	void (*folded)(void *ctx, uint64_t position, wall_ms_t hq_ms,
		       const struct record *record);
	void *ctx;
};

/* Fold one entry's records.  'known' NULL: the bytes are checked here.  'hook' may be
 * NULL.  False: the entry holds no block (the store is corrupt). */
bool replay_entry(struct fold *, const struct log_entry *,
		  const struct replay_block *known,
		  const struct replay_hook *hook) WARN_UNUSED;

/* ---- The fold on disk.  Losing it costs a fold from the beginning. */

enum {
	/* A checkpoint of the view is due so long after the last, or once it has so many
	   bytes to write: by volume only while that is mostly new rows, so many bytes a
	   record. Corrections of old records touch far more than they add, and to write
	   it more often would be to write the same again. */
	CHECKPOINT_MS = 2000,
	CHECKPOINT_BYTES = 4 * 1024 * 1024,
	CHECKPOINT_ROW_BYTES = 600,
};

struct checkpoint {
	struct store *view; /* NULL: none is kept. */
	uint64_t position;  /* Of the fold on disk; 0: none. */
	msec_t at;          /* When the next is due by time. */
};

/* Fill the empty fold from the view, if that is of this program's rows, of the past that
 * the log in 'log' tells, and of headquarters' first node; else the fold stays empty. */
enum err checkpoint_load(struct checkpoint *, struct fold *, struct txn *log,
			 const struct node_id *hq) WARN_UNUSED;

/* Write one if it is due, or 'at_once'.  A failure is logged: a view can be lost. */
void checkpoint_run(struct checkpoint *, struct fold *, struct txn *log, bool at_once,
		    struct log_sink *, msec_t now);

/* When checkpoint_run() is due; NEVER if nothing has changed. */
msec_t checkpoint_deadline(const struct checkpoint *, const struct fold *);

#endif
