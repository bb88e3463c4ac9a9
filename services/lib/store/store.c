#include "lib/store/store.h"

#include <stdlib.h>
#include <unistd.h>

#include "lib/store/disk.h"
#include "lib/store/env.h"

void
store_close(struct store *store)
{
	if (store == NULL) {
		return;
	}
	must(!atomic_load(&store->writing));
	must(atomic_load(&store->readers) == 0);
	if (store->env != NULL) {
		mdb_env_close(store->env);
	}
	if (store->owner >= 0) {
		close(store->owner);
	}
	if (store->shared >= 0) {
		close(store->shared);
	}
	for (unsigned i = 0; i < store->db_count; i++) {
		free(store->names[i]);
	}
	free(store->program);
	free(store->kind);
	free(store->dir);
	free(store);
}

bool
store_is_there(const char *dir)
{
	char *path = env_path(dir, "data.mdb");
	bool there = access(path, F_OK) == 0;

	free(path);
	return there;
}

bool
store_is_owned(const char *dir, long *ret_owner)
{
	*ret_owner = 0;
	return disk_is_owned(dir, ret_owner);
}

uint32_t
store_format(const struct store *store)
{
	return store->written_format;
}

struct store_usage
store_usage(struct store *store)
{
	struct store_usage usage = {
		.used_bytes = atomic_load(&store->used_bytes),
		.quota_bytes = store->quota,
		.disk_full = atomic_load(&store->disk_full),
	};

	usage.percent = (unsigned)((double)usage.used_bytes * 100 / (double)store->quota);
	return usage;
}

bool
store_refuses_work(struct store *store)
{
	if (atomic_load(&store->disk_full)) {
		if (disk_is_full(store->dir)) {
			return true;
		}
		atomic_store(&store->disk_full, false);
	}
	return store_usage(store).percent >= STORE_REFUSE_PERCENT;
}

enum err
store_copy(struct store *store, const char *dir)
{
	if (access(dir, F_OK) == 0) {
		return ERR_EXISTS;
	}
	enum err err = disk_make_folder(dir);
	if (err != OK) {
		return err;
	}
	struct txn txn = txn_begin_read(store);
	if (txn.err == OK) {
		err = env_err(env_copy(txn.handle, env_map_size(store->quota), dir), dir);
	} else {
		err = txn.err;
	}
	txn_abort(&txn);
	if (err == OK) {
		err = env_adopt(dir);
	}
	if (err != OK) {
		rmdir(dir);
	}
	return err;
}

static enum err
compact(struct store *store)
{
	struct txn txn = txn_begin_read(store);
	if (txn.err != OK) {
		return txn.err;
	}
	int rc = env_copy(txn.handle, env_map_size(store->quota), store->dir);
	txn_abort(&txn);
	if (rc != 0) {
		return env_err(rc, store->dir);
	}
	mdb_env_close(store->env);
	store->env = NULL;
	enum err err = env_adopt(store->dir);
	if (err != OK) {
		env_discard(store->dir);
	}
	enum err reopened = env_open(store, (struct why){ 0 });
	return err != OK ? err : reopened;
}

enum err
store_compact(struct store *store)
{
	int fd;

	must(!store->read_only);
	must(!atomic_load(&store->writing));
	must(atomic_load(&store->readers) == 0);
	enum err err = disk_have_alone(store->dir, &fd);
	if (err == OK) {
		err = compact(store);
		close(fd);
	}
	return err;
}

void
store_fail_commit(struct store *store, unsigned n, enum err err)
{
	store->fail_in = n;
	store->fail_err = err;
}
