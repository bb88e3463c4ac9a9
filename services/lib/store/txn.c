#include "lib/store/disk.h"
#include "lib/store/env.h"

enum { MAX_KEY_LEN = 511 };

/* The first error stays. */
static void
fail(struct txn *txn, int rc)
{
	if (txn->err == OK) {
		txn->err = env_err(rc, txn->store->dir);
	}
}

static MDB_val
val_of(struct slice s)
{
	return (MDB_val){ .mv_data = s.len != 0 ? (void *)s.at : (void *)"",
			  .mv_size = s.len };
}

static struct slice
slice_of_val(MDB_val v)
{
	return slice_of(v.mv_data, v.mv_size);
}

static MDB_val
key_of(struct slice key)
{
	must(key.len != 0 && key.len <= MAX_KEY_LEN);
	return val_of(key);
}

static struct txn
begin(struct store *store, bool writable)
{
	struct txn txn = { .store = store, .writable = writable };
	MDB_txn *handle = NULL;

	if (store->env == NULL) {
		txn.err = ERR_IO; /* A compaction could not open it again. */
	} else if (writable && store->broken != OK) {
		txn.err = store->broken;
	} else {
		fail(&txn,
		     mdb_txn_begin(store->env, NULL, writable ? 0 : MDB_RDONLY, &handle));
	}
	txn.handle = handle;
	return txn;
}

struct txn
txn_begin(struct store *store)
{
	must(!store->read_only);
	must(!atomic_exchange(&store->writing, true));
	store->touched = 1u << ENV_MAIN | 1u << ENV_FREE;
	return begin(store, true);
}

struct txn
txn_begin_read(struct store *store)
{
	atomic_fetch_add(&store->readers, 1);
	return begin(store, false);
}

/* The handle is gone: what the store knows of the transaction goes too. */
static void
ended(struct txn *txn)
{
	txn->handle = NULL;
	if (txn->store == NULL) {
		return;
	}
	if (txn->writable) {
		atomic_store(&txn->store->writing, false);
	} else {
		atomic_fetch_sub(&txn->store->readers, 1);
	}
	txn->store = NULL;
}

void
txn_abort(struct txn *txn)
{
	if (txn->handle != NULL) {
		mdb_txn_abort(txn->handle);
	}
	ended(txn);
}

/* Does a test want this commit to fail? */
static bool
is_forced(struct store *store, enum err *ret_err)
{
	if (store->fail_in == 0 || --store->fail_in != 0) {
		return false;
	}
	*ret_err = store->fail_err;
	return true;
}

/* Commit what has no error yet. */
static enum err
commit(struct txn *txn)
{
	struct store *store = txn->store;
	uint64_t pages[ENV_SLOTS], sum = 2;

	memcpy(pages, store->pages, sizeof(pages));
	fail(txn, env_count_pages(store, txn->handle, store->touched, pages));
	if (txn->err != OK) {
		return txn->err;
	}
	for (unsigned i = 0; i < ENV_SLOTS; i++) {
		sum += pages[i];
	}
	/* Beyond the quota only what makes the store smaller is let through. */
	uint64_t used = sum * store->page_size;
	if (used > store->quota && used > atomic_load(&store->used_bytes)) {
		return ERR_DISK_FULL;
	}
	MDB_txn *handle = txn->handle;
	txn->handle = NULL;
	fail(txn, mdb_txn_commit(handle));
	if (txn->err == OK) {
		memcpy(store->pages, pages, sizeof(pages));
		atomic_store(&store->used_bytes, used);
		env_write_ahead(store);
	}
	return txn->err;
}

enum err
txn_commit(struct txn *txn)
{
	struct store *store = txn->store;
	enum err err = txn->err;

	must(store != NULL);
	if (!txn->writable) {
		txn_abort(txn);
		return err;
	}
	bool forced = err == OK && is_forced(store, &err);
	if (err == OK) {
		err = commit(txn);
	}
	txn->err = err;
	txn_abort(txn);
	if (err == ERR_DISK_FULL) {
		atomic_store(&store->disk_full, true);
	} else if (err == OK) {
		/* A small one that fits into pages that were free, a cursor, says nothing
		 * of room for work: the disk is asked. */
		if (atomic_load(&store->disk_full) && !disk_is_full(store->dir)) {
			atomic_store(&store->disk_full, false);
		}
	} else if (!forced) {
		/* No flush is tried twice: the kernel may have dropped what it could not
		 * write. */
		store->broken = err;
	}
	return err;
}

static MDB_dbi
touch(struct txn *txn, db_t db)
{
	must(txn->writable);
	must(db < txn->store->db_count);
	txn->store->touched |= 1u << db;
	return txn->store->dbis[db];
}

static MDB_dbi
look(const struct txn *txn, db_t db)
{
	must(db < txn->store->db_count);
	return txn->store->dbis[db];
}

void
txn_put(struct txn *txn, db_t db, struct slice key, struct slice value)
{
	if (txn->err == OK) {
		MDB_val k = key_of(key), v = val_of(value);
		fail(txn, mdb_put(txn->handle, touch(txn, db), &k, &v, 0));
	}
}

void
txn_append(struct txn *txn, db_t db, struct slice key, struct slice value)
{
	uint8_t *at = txn_append_reserve(txn, db, key, value.len);

	if (at != NULL && value.len != 0) {
		memcpy(at, value.at, value.len);
	}
}

uint8_t *
txn_append_reserve(struct txn *txn, db_t db, struct slice key, size_t len)
{
	if (txn->err != OK) {
		return NULL;
	}
	MDB_val k = key_of(key), v = { .mv_size = len };
	int rc = mdb_put(txn->handle, touch(txn, db), &k, &v, MDB_APPEND | MDB_RESERVE);
	must(rc != MDB_KEYEXIST); /* Not higher than the last key. */
	fail(txn, rc);
	return rc == 0 ? v.mv_data : NULL;
}

bool
txn_get(struct txn *txn, db_t db, struct slice key, struct slice *ret_value)
{
	if (txn->err != OK) {
		return false;
	}
	MDB_val k = key_of(key), v;
	int rc = mdb_get(txn->handle, look(txn, db), &k, &v);
	if (rc == MDB_NOTFOUND) {
		return false;
	}
	fail(txn, rc);
	if (rc != 0) {
		return false;
	}
	*ret_value = slice_of_val(v);
	return true;
}

void
txn_del(struct txn *txn, db_t db, struct slice key)
{
	if (txn->err == OK) {
		MDB_val k = key_of(key);
		int rc = mdb_del(txn->handle, touch(txn, db), &k, NULL);
		fail(txn, rc == MDB_NOTFOUND ? 0 : rc);
	}
}

void
txn_clear(struct txn *txn, db_t db)
{
	if (txn->err == OK) {
		fail(txn, mdb_drop(txn->handle, touch(txn, db), 0));
	}
}

uint64_t
txn_count(struct txn *txn, db_t db)
{
	MDB_stat stat;

	if (txn->err != OK) {
		return 0;
	}
	int rc = mdb_stat(txn->handle, look(txn, db), &stat);
	fail(txn, rc);
	return rc == 0 ? stat.ms_entries : 0;
}

struct cursor
cursor_open(struct txn *txn, db_t db)
{
	struct cursor cursor = { .txn = txn };
	MDB_cursor *handle = NULL;

	if (txn->err == OK) {
		fail(txn, mdb_cursor_open(txn->handle, look(txn, db), &handle));
	}
	cursor.handle = handle;
	return cursor;
}

void
cursor_close(struct cursor *cursor)
{
	if (cursor->handle != NULL) {
		mdb_cursor_close(cursor->handle);
		cursor->handle = NULL;
	}
}

static bool
move(struct cursor *cursor, MDB_val k, MDB_cursor_op op, struct slice *ret_key,
     struct slice *ret_value)
{
	MDB_val v;

	if (cursor->handle == NULL || cursor->txn->err != OK) {
		return false;
	}
	int rc = mdb_cursor_get(cursor->handle, &k, &v, op);
	if (rc == MDB_NOTFOUND) {
		return false;
	}
	fail(cursor->txn, rc);
	if (rc != 0) {
		return false;
	}
	*ret_key = slice_of_val(k);
	*ret_value = slice_of_val(v);
	return true;
}

bool
cursor_seek(struct cursor *cursor, struct slice key, struct slice *ret_key,
	    struct slice *ret_value)
{
	/* Before the first key there is the empty one. */
	return key.len == 0
		       ? move(cursor, val_of(key), MDB_FIRST, ret_key, ret_value)
		       : move(cursor, key_of(key), MDB_SET_RANGE, ret_key, ret_value);
}

bool
cursor_last(struct cursor *cursor, struct slice *ret_key, struct slice *ret_value)
{
	return move(cursor, (MDB_val){ 0 }, MDB_LAST, ret_key, ret_value);
}

bool
cursor_next(struct cursor *cursor, struct slice *ret_key, struct slice *ret_value)
{
	return move(cursor, (MDB_val){ 0 }, MDB_NEXT, ret_key, ret_value);
}

bool
cursor_prev(struct cursor *cursor, struct slice *ret_key, struct slice *ret_value)
{
	return move(cursor, (MDB_val){ 0 }, MDB_PREV, ret_key, ret_value);
}
