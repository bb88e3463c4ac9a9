#include "raw.h"

#include <lmdb.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "measure.h"

struct raw {
	MDB_env *env;
	MDB_dbi dbi;
	uint64_t next;
	struct buf value;
};

static void
check(int rc)
{
	if (rc != MDB_SUCCESS) {
		give_up("LMDB: %s", mdb_strerror(rc));
	}
}

struct raw *
raw_open(const char *dir)
{
	struct raw *raw = xcalloc(1, sizeof(*raw));
	MDB_txn *txn;

	check(mdb_env_create(&raw->env));
	check(mdb_env_set_mapsize(raw->env, (size_t)1 << 32));
	check(mdb_env_open(raw->env, dir, MDB_NOTLS | MDB_NORDAHEAD, 0600));
	check(mdb_txn_begin(raw->env, NULL, 0, &txn));
	check(mdb_dbi_open(txn, NULL, 0, &raw->dbi));
	check(mdb_txn_commit(txn));
	return raw;
}

void
raw_close(struct raw *raw)
{
	mdb_env_close(raw->env);
	buf_fini(&raw->value);
	free(raw);
}

double
raw_commit(struct raw *raw, size_t size)
{
	uint8_t key_bytes[8];
	MDB_val key = { sizeof(key_bytes), key_bytes };
	MDB_txn *txn;

	buf_clear(&raw->value);
	memset(buf_grow(&raw->value, size), (int)(raw->next & 0xff), size);
	MDB_val value = { size, raw->value.at };
	put_be64(key_bytes, raw->next++);

	double start = now_s();
	check(mdb_txn_begin(raw->env, NULL, 0, &txn));
	check(mdb_put(txn, raw->dbi, &key, &value, MDB_APPEND));
	check(mdb_txn_commit(txn));
	return now_s() - start;
}
