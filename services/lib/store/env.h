/* lib/store/env.h - inside lib/store: the LMDB environment behind a store.
 *
 * A store's folder holds
 *
 *	data.mdb    the environment: one db for each name, and "store": kind, format,
 *program lock.mdb    LMDB's readers and writer owner.lock  locked by the process that has
 *the store open, whose number it holds new.mdb     while an environment is made or
 *rewritten; removed at the next open
 *
 * data.mdb is never written into being: it is built as new.mdb, brought to the disk and
 * renamed, so that no crash leaves half of one. */
#ifndef LIB_STORE_ENV_H
#define LIB_STORE_ENV_H

#include <lmdb.h>
#include <stdatomic.h>

#include "lib/store/store.h"

/* Slots of a store's dbs: those of its names, then what lies beneath. */
enum {
	ENV_OWN = STORE_MAX_DBS, /* "store" */
	ENV_MAIN,                /* LMDB's: the names. */
	ENV_FREE,                /* LMDB's: the free pages. */
	ENV_SLOTS
};

struct store {
	/* Configuration. */
	char *dir;
	char *kind;
	char *program;
	char *names[STORE_MAX_DBS];
	unsigned db_count;
	uint32_t format; /* Of this program. */
	uint64_t quota;
	bool reserve;
	bool read_only;

	/* The environment. */
	int owner;  /* owner.lock; -1: read only. */
	int shared; /* The folder, read only; -1. */
	MDB_env *env;
	MDB_dbi dbis[ENV_SLOTS];
	uint32_t written_format;
	uint64_t page_size;

	/* Space.  Pages are counted per db, so that a commit looks only at those that it
	 * has touched.  The sum and the flag are read by other threads too. */
	uint64_t pages[ENV_SLOTS];
	uint32_t touched; /* Bit i: slot i, in the writing transaction. */
	_Atomic uint64_t used_bytes;
	atomic_bool disk_full;

	/* How far data.mdb goes, and how much of that pages have ever used. */
	uint64_t file_bytes, page_bytes;

	/* Transactions. */
	atomic_uint readers;
	atomic_bool writing;
	enum err broken; /* A commit failed for another reason than space. */

	/* A failure that a test asked for. */
	unsigned fail_in;
	enum err fail_err;
};

/* LMDB's or the system's error as one of ours.  A full disk comes as EIO too (a short
 * write): then the disk that holds 'dir' is asked. */
enum err env_err(int rc, const char *dir);

/* Where a sentence for the operator goes; 'at' may be NULL. */
struct why {
	char *at;
	size_t len;
};

/* Everything that lies on data.mdb: the environment, its handles, what is used.  On an
 * error there is no environment. */
enum err env_open(struct store *, struct why) WARN_UNUSED;

/* An environment of its own in <dir>/new.mdb, on the disk when this returns: with the
 * store's dbs, empty. */
int env_create(const struct store *, const char *dir) WARN_UNUSED;

/* The same with all that 'from', a read transaction, sees.  It is copied pair by pair and
 * not page by page: unused parts of LMDB's pages hold bytes of deleted values, and its
 * own compacting copy takes some of them along. */
int env_copy(MDB_txn *from, uint64_t map_size, const char *dir) WARN_UNUSED;

/* new.mdb becomes data.mdb, on the disk when this returns. */
enum err env_adopt(const char *dir) WARN_UNUSED;

/* new.mdb goes, if there is one. */
enum err env_discard(const char *dir);

/* After a commit: where small ones are about to make the file longer, write a piece of
 * it ahead.  To flush a page that lies in the file is to write it; to flush one that
 * makes it longer is a transaction of the file system's as well.  What cannot be written
 * ahead is written when it is needed. */
void env_write_ahead(struct store *);

/* <dir>/<name> for the caller to free. */
char *env_path(const char *dir, const char *name) WARN_UNUSED;

/* How much address space an environment of this quota is given. */
uint64_t env_map_size(uint64_t quota);

/* Count the pages of the slots in 'which' into 'pages'. */
int env_count_pages(const struct store *, MDB_txn *, uint32_t which,
		    uint64_t pages[ENV_SLOTS]) WARN_UNUSED;

#endif
