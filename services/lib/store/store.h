/* lib/store/store.h - one LMDB environment, and a transaction that remembers its first
 * error.
 *
 * A service has two: its log (must not be lost) and its view (can be rebuilt).  Default
 * synchronous mode and nothing else: an acknowledgement means that the bytes are on the
 * disk.  Only lib/store sees lmdb.h.
 *
 * Writing reads as prose: puts and deletes return nothing, txn_commit() tells the first
 * thing that went wrong.  After an error the rest of the transaction does nothing.
 *
 * A store has one writer at a time and is open once: in one process, by one handle.  A
 * read transaction is short (a page of at most 1,000 rows or one second) and is never
 * kept over a turn.  Slices that come out of a transaction point into the map and die
 * with it; those of a writing transaction die with its next put or delete. */
#ifndef LIB_STORE_STORE_H
#define LIB_STORE_STORE_H

#include "lib/base/buf.h"
#include "lib/base/hash.h"

enum {
	STORE_MAX_DBS = 16,
	STORE_WARN_PERCENT = 75,   /* Of the quota: a warning is shown. */
	STORE_REFUSE_PERCENT = 95, /* New work is refused before an ack. */
};

struct store;
typedef unsigned db_t;

struct store_options {
	const char *dir;        /* Made with mode 0700 if it is not there. */
	const char *kind;       /* Whose it is: "intake-log"; another kind is refused. */
	uint32_t format;        /* What this program writes; a newer one is refused. */
	const char *program;    /* Its version, kept beside the format; may be NULL. */
	const char *const *dbs; /* NULL-terminated names; db_t is the index in it. */
	uint64_t quota_bytes;   /* 0: 16 GiB. */
	bool reserve;           /* Reserve the quota on the disk (fallocate). */

	/* Beside its owner, who may be writing: nothing of it is made or changed, and
	 * 'kind' NULL is any kind of ours.  No transaction writes. */
	bool read_only;
};

/* Open, or create aside and rename into place.  On an error 'why' (may be NULL) holds a
 * sentence for the operator: what, where, what would be right.  On OK it is empty, or a
 * warning for the log: space that could not be reserved, a container's overlay.
 *	ERR_BUSY            open already, here or in another process
 *	ERR_INVALID         another kind of store, or no store of ours
 *	ERR_FORMAT_NEWER    written by a newer program
 *	ERR_UNSUPPORTED     a network file system; another version of LMDB
 *	ERR_NOT_FOUND       read only: there is none
 *	ERR_CORRUPT, ERR_IO, ERR_DISK_FULL */
enum err store_open(const struct store_options *, struct store **ret_store, char *why,
		    size_t why_len) WARN_UNUSED;

/* Accepts NULL.  No transaction may be open. */
void store_close(struct store *);

/* Does 'dir' hold a store? */
bool store_is_there(const char *dir);

/* Does a process have it open?  Then its number (0: it does not say). */
bool store_is_owned(const char *dir, long *ret_owner);

/* Format that the environment was written with (it may be older than options.format). */
uint32_t store_format(const struct store *);

struct store_usage {
	uint64_t used_bytes; /* Pages in use, without the free ones. */
	uint64_t quota_bytes;
	unsigned percent;
	bool disk_full; /* The last commit failed for want of space. */
};
struct store_usage store_usage(struct store *);

/* True at STORE_REFUSE_PERCENT and above, or while the disk is full: acknowledge no new
 * work.  Reads, cursors and deletes go on.  Asks the disk again while it is full, so
 * that a service recovers by itself. */
bool store_refuses_work(struct store *);

/* A consistent, compacted copy into the new folder 'dir' (ERR_EXISTS: it is there).
 * Holds a read transaction as long as it takes. */
enum err store_copy(struct store *, const char *dir) WARN_UNUSED;

/* Rewrite the environment compacted, in place, so that nothing deleted is left in any
 * file of the folder (erasure).  No transaction may be open; the handle stays valid.
 * Needs as much space again as is used while it runs; on ERR_DISK_FULL, and on ERR_BUSY
 * (another process reads it beside us), all is as it was. */
enum err store_compact(struct store *) WARN_UNUSED;

/* Let the n-th commit from now (1: the next one) fail with 'err' and write nothing.
 * For tests of what follows a failed commit; 0 switches it off. */
void store_fail_commit(struct store *, unsigned n, enum err err);

struct txn {
	struct store *store;
	void *handle; /* MDB_txn */
	enum err err; /* The first thing that went wrong. */
	bool writable;
};

struct txn txn_begin(struct store *); /* Ends on the thread that began it. */
struct txn txn_begin_read(struct store *);

/* The first error of the transaction, or of the commit.  ERR_DISK_FULL (the disk, or a
 * transaction that grows the store beyond its quota) leaves the store as it was; after
 * any other error the process must end, and nothing more is written. */
enum err txn_commit(struct txn *) WARN_UNUSED;

/* Also ends a read transaction.  Accepts one that has ended. */
void txn_abort(struct txn *);

void txn_put(struct txn *, db_t, struct slice key, struct slice value);

/* The key is higher than every key of the db: an append at the end of the tree. */
void txn_append(struct txn *, db_t, struct slice key, struct slice value);

/* A value of 'len' bytes to be filled in by the caller before the next call. NULL after
 * an error. */
uint8_t *txn_append_reserve(struct txn *, db_t, struct slice key, size_t len);

/* False if there is none (or after an error, which txn->err tells). */
bool txn_get(struct txn *, db_t, struct slice key, struct slice *ret_value) WARN_UNUSED;

/* Deleting what is not there is no error. */
void txn_del(struct txn *, db_t, struct slice key);

/* Every key of the db goes. */
void txn_clear(struct txn *, db_t);

uint64_t txn_count(struct txn *, db_t);

/* A walk in key order.  cursor_seek() stands on the first key >= 'key', cursor_last() on
 * the last one; both and next/prev return false at the end, with key and value
 * untouched.  It is closed before its transaction ends. */
struct cursor {
	void *handle; /* MDB_cursor */
	struct txn *txn;
};
struct cursor cursor_open(struct txn *, db_t);
void cursor_close(struct cursor *);
bool cursor_seek(struct cursor *, struct slice key, struct slice *ret_key,
		 struct slice *ret_value) WARN_UNUSED;
bool cursor_last(struct cursor *, struct slice *ret_key,
		 struct slice *ret_value) WARN_UNUSED;
bool cursor_next(struct cursor *, struct slice *ret_key,
		 struct slice *ret_value) WARN_UNUSED;
bool cursor_prev(struct cursor *, struct slice *ret_key,
		 struct slice *ret_value) WARN_UNUSED;

#endif
