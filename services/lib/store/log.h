/* lib/store/log.h - headquarters' log: every block that was accepted, in order.
 *
 * Positions number records over all nodes from 1 without gaps.  An entry is one block:
 *
 *	log     position of its first record (be64) -> hq_ms (le64), log_hash (32), block
 *	blocks  node (16), last_seq (be64), first 8 bytes of the hash -> position of the
 *	        first record (be64)
 *	loose   part hash (32) -> salt length (u8), salt, part
 *	erased  part hash (32) -> nothing: parts that must not come back
 *
 * log_hash = BLAKE2b-256(previous log_hash | last position (le64) | hq_ms (le64) | block
 * hash): a cursor is (position of an entry's last record, log_hash), so that a reader
 * who remembers another past is noticed at once.  hq_ms never goes back.
 *
 * append, read, head: this boundary is all that a second backing has to offer. */
#ifndef LIB_STORE_LOG_H
#define LIB_STORE_LOG_H

#include "lib/store/block.h"
#include "lib/store/store.h"

/* The names of the dbs, for store_options.dbs of a store that holds a log (they come
 * first, so their db_t are these). */
enum {
	LOG_DB_LOG,
	LOG_DB_BLOCKS,
	LOG_DB_LOOSE,
	LOG_DB_ERASED,
	LOG_DB_META,
	LOG_DB_COUNT
};
extern const char *const log_db_names[]; /* NULL-terminated */

/* Headquarters' own: the folder in its state, and what its store is. */
#define HQ_LOG_FOLDER "log"
#define HQ_LOG_KIND   "aggregation-log"
enum { HQ_LOG_FORMAT = 1 };

struct log_head {
	uint64_t position; /* Of the last record; 0: the log is empty. */
	struct hash log_hash;
	wall_ms_t hq_ms;
};

struct log_entry {
	uint64_t first;
	uint64_t last;
	struct hash log_hash; /* After this entry. */
	wall_ms_t hq_ms;
	struct slice block; /* Points into the map. */
};

/* Memory of the last appended entry; survives an aborted transaction only through
 * log_refresh(). */
struct log {
	struct log_head head;
};

/* Reads the head. ERR_CORRUPT if the last entry is not one. */
enum err log_open(struct log *, struct txn *) WARN_UNUSED;

/* The place that a block would have after 'head'; entry.block is not set.  'now' below
 * the head's hq_ms is taken as the head's. */
struct log_entry log_next(const struct log_head *, const struct block *, wall_ms_t now);

/* The same of a log that log_trim() has shortened, up to 'known' (position 0: it was
 * not): its first entry follows one that is not there. */
enum err log_open_trimmed(struct log *, struct txn *,
			  const struct log_head *known) WARN_UNUSED;

/* Append a block that the caller has accepted: it has the place that log_next() says. */
struct log_entry log_append(struct log *, struct txn *, const struct block *,
			    wall_ms_t now);

/* The head as 'before', for a turn whose commit failed. */
static inline void
log_rewind(struct log *log, struct log_head before)
{
	log->head = before;
}

/* Let go of the entries that lie wholly before 'position', which is in the log: the head
 * stays. */
void log_trim(struct txn *, uint64_t position);

/* Is the block with this node, last_seq and hash in the log?  Then its positions. */
bool log_find_block(struct txn *, const struct node_id *, uint64_t last_seq,
		    const struct hash *, struct log_entry *ret_entry) WARN_UNUSED;

/* The first entry that begins at 'position' or behind, whatever is missing before it: the
 * log may be trimmed, or damaged. */
bool log_from(struct txn *, uint64_t position, struct log_entry *ret_entry) WARN_UNUSED;

/* The first entry whose last record lies after 'position'. */
bool log_after(struct txn *, uint64_t position, struct log_entry *ret_entry) WARN_UNUSED;

/* The entry that holds 'position'; false beyond the head and for 0. */
bool log_at(struct txn *, uint64_t position, struct log_entry *ret_entry) WARN_UNUSED;

/* Does the cursor hold: is 'position' the last of an entry with this log_hash?  Position
 * 0 with zeros holds. */
bool log_holds(struct txn *, uint64_t position, const struct hash *log_hash) WARN_UNUSED;

/* The record at 'position', in the map. */
bool log_record(struct txn *, uint64_t position, struct slice *ret_record) WARN_UNUSED;

/* The last entry with hq_ms <= 'instant'; false if there is none. */
bool log_at_instant(struct txn *, wall_ms_t instant,
		    struct log_entry *ret_entry) WARN_UNUSED;

/* Loose parts, the same at HQ (in its log's store) and at a post (in its journal's):
 * 'loose' and 'erased' are the dbs.  loose_put() keeps a part only if its hash is
 * BLAKE2b-256(salt | part) and it was not erased; false if it was not kept. */
bool loose_put(struct txn *, db_t loose, db_t erased, const struct hash *,
	       struct slice salt, struct slice part);
bool loose_get(struct txn *, db_t loose, const struct hash *, struct slice *ret_salt,
	       struct slice *ret_part) WARN_UNUSED;
void loose_erase(struct txn *, db_t loose, db_t erased, const struct hash *);

#endif
