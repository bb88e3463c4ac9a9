/* lib/store/journal.h - what a node has said, and what it has heard from HQ.
 *
 * One sequence of *entries* in the order in which they came to this disk, each with its
 * first local position; records are numbered over all entries from 1, without gaps, as
 * in HQ's log.  So a node folds its own words and HQ's in one order, the same after a
 * restart as before.
 *
 *	entries   first local position (be64) -> kind (u8), [block hash (32)], bytes
 *	receipts  first local position (be64) of an own block that does not wait ->
 *	          HQ's position of its last record (be64; 0: not known yet)
 *	loose, erased   as in lib/store/log.h
 *	heard     the service's own keys and values
 *	meta      "cursor" -> position (be64), log_hash (32), filter version (le32)
 *	          "floor" -> position (be64) that is not given out again after a RESET
 *	          "witness …" -> the service's (intake/witnessing.c); a RESET leaves them
 *
 * A commit of own words touches 'entries' alone, at its end: what can be found again by
 * reading it is not written down.  So memory holds the list of own blocks, and which one
 * a start continues: the one with the highest seq, of equals the one that came last.
 *
 * Kinds: an own block (count records); a record of HQ's (one).  Notices and verdicts
 * are not entries: they are kept by key in 'heard', the newest replaces.
 *
 * A node's journal is a set of blocks closed under parents.  Normally it is one chain;
 * a restored copy makes it branch, and nothing here needs to care: a run continues its
 * own last block. */
#ifndef LIB_STORE_JOURNAL_H
#define LIB_STORE_JOURNAL_H

#include "lib/store/block.h"
#include "lib/store/own_blocks.h"
#include "lib/store/store.h"

enum {
	JOURNAL_DB_ENTRIES,
	JOURNAL_DB_RECEIPTS,
	JOURNAL_DB_LOOSE,
	JOURNAL_DB_ERASED,
	JOURNAL_DB_META,
	JOURNAL_DB_HEARD,
	JOURNAL_DB_COUNT
};
extern const char *const journal_db_names[]; /* NULL-terminated */

enum entry_kind { ENTRY_OWN_BLOCK = 1, ENTRY_HQ_RECORD = 2 };

struct journal_cursor {
	uint64_t position; /* In HQ's log. */
	struct hash log_hash;
	uint32_t filter_version;
};

/* Memory: where the next record goes and what the next block continues.  A turn whose
 * commit failed puts back the copy that it made before: plain values, and the list of
 * own blocks, which both share and of which each sees its first 'own_count'. */
struct journal {
	uint64_t position; /* Local position of the last record; 0: none. */
	uint64_t tip_seq;  /* Last seq of the block that a new one continues; 0: none. */
	struct hash tip;
	uint64_t waiting;   /* Own blocks without receipt. */
	uint32_t own_count; /* Own blocks. */
	uint32_t settled;   /* So many at the list's beginning do not wait. */
	struct own_blocks *own;
	struct journal_cursor cursor;
};

/* Reads the memory from the disk. ERR_CORRUPT if it does not hold together. */
enum err journal_open(struct journal *, struct txn *) WARN_UNUSED;

/* Of all copies together, once.  Accepts a zeroed one. */
void journal_fini(struct journal *);

/* A new own block on the tip, made by this run: becomes the tip.  Returns the local
 * position of its first record. */
uint64_t journal_append(struct journal *, struct txn *, const struct block *);

/* An own block that HQ sent whole, after its parent: kept again unless it is held.  It
 * does not wait (its receipt is the caller's affair).  The tip stays unless
 * this node has written nothing since it started and the block's seq is higher
 * ('adopt').  0 if it was held, else its first local position. */
uint64_t journal_take_back(struct journal *, struct txn *, const struct block *,
			   bool adopt);

/* A record of HQ's (bytes of HqRecord as they came).  Returns its local position. */
uint64_t journal_hear(struct journal *, struct txn *, struct slice hq_record);

/* HQ holds the block.  False if this journal lacks it: ask for own blocks whole. */
bool journal_receipt(struct journal *, struct txn *, const struct hash *,
		     uint64_t hq_position) WARN_UNUSED;

/* The first local position of the block; false: not held. */
bool journal_find(const struct journal *, struct txn *, const struct hash *,
		  uint64_t *ret_first_local) WARN_UNUSED;

/* HQ's position of the last record of the own block that begins at 'first_local'; 0:
 * without receipt. */
uint64_t journal_hq_position(struct txn *, uint64_t first_local);

/* The next own block without receipt whose local position is > 'after'; false: none. */
bool journal_waiting_after(const struct journal *, struct txn *, uint64_t after,
			   uint64_t *ret_local, struct slice *ret_block) WARN_UNUSED;

void journal_set_cursor(struct journal *, struct txn *, const struct journal_cursor *);

/* RESET: what was heard, the receipts and the cursor go; own blocks stay, and all of them
 * wait again.  Local positions keep their holes and go on from where they were. */
void journal_forget_heard(struct journal *, struct txn *);

struct journal_entry {
	uint64_t first;
	enum entry_kind kind;
	struct hash hash;   /* Of an own block, as it was when it was stored. */
	struct slice bytes; /* The block, or packed HqRecord; in the map. */
};

/* The first entry that begins after local position 'position' (0: the first of all). */
bool journal_after(struct txn *, uint64_t position, struct journal_entry *) WARN_UNUSED;

/* The entry that holds 'position'. */
bool journal_at(struct txn *, uint64_t position, struct journal_entry *) WARN_UNUSED;

#endif
