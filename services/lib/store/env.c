#include "lib/store/env.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/store/disk.h"

enum {
	COPY_BATCH_BYTES = 16 * 1024 * 1024, /* One commit of a copy. */
	MAX_NAME_LEN = 511,                  /* LMDB's longest key. */
	AHEAD_BYTES = 1024 * 1024,
	AHEAD_LEAST_BYTES = 64 * 1024, /* Left of it: the next piece is written. */
	SMALL_COMMIT_BYTES = 64 * 1024,
};

enum err
env_err(int rc, const char *dir)
{
	switch (rc) {
	case MDB_SUCCESS:
		return OK;
	case MDB_MAP_FULL:
	case ENOSPC:
	case EDQUOT:
		return ERR_DISK_FULL;
	case EIO:
		return disk_is_full(dir) ? ERR_DISK_FULL : ERR_IO;
	case MDB_NOTFOUND:
		return ERR_NOT_FOUND;
	case MDB_READERS_FULL:
		return ERR_BUSY;
	case MDB_VERSION_MISMATCH:
		return ERR_UNSUPPORTED;
	case MDB_INVALID:
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
		return ERR_CORRUPT;
	default:
		return ERR_IO;
	}
}

char *
env_path(const char *dir, const char *name)
{
	size_t len = strlen(dir) + strlen(name) + 2;
	char *path = xmalloc(len);

	snprintf(path, len, "%s/%s", dir, name);
	return path;
}

uint64_t
env_map_size(uint64_t quota)
{
	const uint64_t least = UINT64_C(64) << 30;

	/* Address space is free; growing it later is not.  What a full store still needs
	 * to delete, and what free pages it cannot use, lies above the quota. */
	return quota <= least / 2 ? least : (2 * quota + 4095) / 4096 * 4096;
}

int
env_count_pages(const struct store *store, MDB_txn *txn, uint32_t which,
		uint64_t pages[ENV_SLOTS])
{
	for (unsigned i = 0; i < ENV_SLOTS; i++) {
		MDB_stat stat;

		if ((which & 1u << i) == 0) {
			continue;
		}
		int rc = mdb_stat(txn, store->dbis[i], &stat);
		if (rc != 0) {
			return rc;
		}
		pages[i] = stat.ms_branch_pages + stat.ms_leaf_pages +
			   stat.ms_overflow_pages;
	}
	return 0;
}

/* Zeros from where the file ends, as far as it goes.  The next commit flushes them. */
static void
write_zeros(int fd, uint64_t at, size_t len)
{
	static const uint8_t zeros[64 * 1024];

	while (len != 0) {
		size_t piece = len < sizeof(zeros) ? len : sizeof(zeros);
		ssize_t written = pwrite(fd, zeros, piece, (off_t)at);

		if (written <= 0) {
			return;
		}
		at += (size_t)written;
		len -= (size_t)written;
	}
}

void
env_write_ahead(struct store *store)
{
	uint64_t before = store->page_bytes;
	MDB_envinfo info;
	struct stat st;
	int fd, dead;

	must(mdb_env_info(store->env, &info) == 0);
	store->page_bytes = (info.me_last_pgno + 1) * store->page_size;
	if (store->page_bytes / AHEAD_BYTES != before / AHEAD_BYTES) {
		/* Whoever read it and was killed would hold on to old pages for ever. */
		(void)mdb_reader_check(store->env, &dead);
	}
	if (store->page_bytes > store->file_bytes) {
		store->file_bytes = store->page_bytes;
	}
	/* Large ones would write everything twice. */
	if (store->page_bytes == before ||
	    store->page_bytes - before > SMALL_COMMIT_BYTES ||
	    store->file_bytes - store->page_bytes >= AHEAD_LEAST_BYTES ||
	    disk_is_full(store->dir)) {
		return;
	}
	if (mdb_env_get_fd(store->env, &fd) == 0) {
		write_zeros(fd, store->file_bytes, AHEAD_BYTES);
		if (fstat(fd, &st) == 0) {
			store->file_bytes = (uint64_t)st.st_size;
		}
	}
}

/* An environment that is being built in new.mdb. */
struct aside {
	char *path;
	MDB_env *env;
	MDB_txn *txn;
	size_t pending; /* Bytes put since the last commit. */
};

static int
aside_begin(struct aside *aside, uint64_t map_size, const char *dir)
{
	*aside = (struct aside){ .path = env_path(dir, "new.mdb") };
	if (unlink(aside->path) != 0 && errno != ENOENT) {
		return errno;
	}
	int rc = mdb_env_create(&aside->env);
	if (rc == 0) {
		rc = mdb_env_set_mapsize(aside->env, map_size);
	}
	if (rc == 0) {
		rc = mdb_env_set_maxdbs(aside->env, 2 * STORE_MAX_DBS);
	}
	if (rc == 0) {
		/* Nobody else knows of it: the owner's lock is all it needs. */
		rc = mdb_env_open(aside->env, aside->path, MDB_NOSUBDIR | MDB_NOLOCK,
				  0600);
	}
	if (rc == 0) {
		rc = mdb_txn_begin(aside->env, NULL, 0, &aside->txn);
	}
	return rc;
}

/* Commit and go on. */
static int
aside_next(struct aside *aside)
{
	int rc = mdb_txn_commit(aside->txn);

	aside->txn = NULL;
	aside->pending = 0;
	return rc == 0 ? mdb_txn_begin(aside->env, NULL, 0, &aside->txn) : rc;
}

/* Bring it to the disk if 'rc' is 0, else remove it; returns the first error. */
static int
aside_end(struct aside *aside, int rc, const char *dir)
{
	if (rc == 0) {
		rc = mdb_txn_commit(aside->txn);
		aside->txn = NULL;
	}
	if (aside->txn != NULL) {
		mdb_txn_abort(aside->txn);
	}
	if (aside->env != NULL) {
		mdb_env_close(aside->env);
	}
	if (rc == 0) {
		int fd = open(aside->path, O_RDWR | O_CLOEXEC);
		rc = fd < 0 || fsync(fd) != 0 ? errno : 0;
		if (fd >= 0) {
			close(fd);
		}
	}
	if (rc != 0) {
		/* Asked before what filled the disk goes. */
		rc = env_err(rc, dir) == ERR_DISK_FULL ? ENOSPC : rc;
		unlink(aside->path);
	}
	free(aside->path);
	return rc;
}

static int
put_text(MDB_txn *txn, MDB_dbi dbi, const char *name, const void *value, size_t len)
{
	MDB_val key = { .mv_data = (void *)name, .mv_size = strlen(name) };
	MDB_val val = { .mv_data = (void *)value, .mv_size = len };

	return mdb_put(txn, dbi, &key, &val, 0);
}

static int
fill_empty(struct aside *aside, const struct store *store)
{
	uint8_t format[4];
	MDB_dbi dbi;
	int rc = mdb_dbi_open(aside->txn, "store", MDB_CREATE, &dbi);

	put_le32(format, store->format);
	if (rc == 0) {
		rc = put_text(aside->txn, dbi, "kind", store->kind, strlen(store->kind));
	}
	if (rc == 0) {
		rc = put_text(aside->txn, dbi, "format", format, sizeof(format));
	}
	if (rc == 0) {
		rc = put_text(aside->txn, dbi, "program", store->program,
			      strlen(store->program));
	}
	for (unsigned i = 0; i < store->db_count && rc == 0; i++) {
		rc = mdb_dbi_open(aside->txn, store->names[i], MDB_CREATE, &dbi);
	}
	return rc;
}

int
env_create(const struct store *store, const char *dir)
{
	struct aside aside;
	int rc = aside_begin(&aside, env_map_size(store->quota), dir);

	if (rc == 0) {
		rc = fill_empty(&aside, store);
	}
	return aside_end(&aside, rc, dir);
}

static int
copy_db(struct aside *aside, MDB_txn *from, const char *name)
{
	MDB_dbi source, target;
	MDB_cursor *cursor = NULL;
	MDB_val key, value;
	int rc = mdb_dbi_open(from, name, 0, &source);

	if (rc == 0) {
		rc = mdb_dbi_open(aside->txn, name, MDB_CREATE, &target);
	}
	if (rc == 0) {
		rc = mdb_cursor_open(from, source, &cursor);
	}
	while (rc == 0) {
		rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
		if (rc == 0) {
			rc = mdb_put(aside->txn, target, &key, &value, MDB_APPEND);
			aside->pending += key.mv_size + value.mv_size;
		}
		if (rc == 0 && aside->pending >= COPY_BATCH_BYTES) {
			rc = aside_next(aside);
		}
	}
	if (cursor != NULL) {
		mdb_cursor_close(cursor);
	}
	return rc == MDB_NOTFOUND && cursor != NULL ? 0 : rc;
}

/* Every db that the environment has, those that this program does not know too. */
static int
copy_all(struct aside *aside, MDB_txn *from)
{
	MDB_dbi names;
	MDB_cursor *cursor = NULL;
	MDB_val key, value;
	int rc = mdb_dbi_open(from, NULL, 0, &names);

	if (rc == 0) {
		rc = mdb_cursor_open(from, names, &cursor);
	}
	while (rc == 0 && (rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
		char name[MAX_NAME_LEN + 1];

		must(key.mv_size <= MAX_NAME_LEN);
		memcpy(name, key.mv_data, key.mv_size);
		name[key.mv_size] = '\0';
		rc = copy_db(aside, from, name);
		must(rc != MDB_NOTFOUND);
	}
	if (cursor != NULL) {
		mdb_cursor_close(cursor);
	}
	return rc == MDB_NOTFOUND ? 0 : rc;
}

int
env_copy(MDB_txn *from, uint64_t map_size, const char *dir)
{
	struct aside aside;
	int rc = aside_begin(&aside, map_size, dir);

	if (rc == 0) {
		rc = copy_all(&aside, from);
	}
	return aside_end(&aside, rc, dir);
}

enum err
env_adopt(const char *dir)
{
	char *from = env_path(dir, "new.mdb");
	char *to = env_path(dir, "data.mdb");
	enum err err = rename(from, to) == 0 ? disk_sync_folder(dir) : ERR_IO;

	free(to);
	free(from);
	return err;
}

enum err
env_discard(const char *dir)
{
	char *path = env_path(dir, "new.mdb");
	enum err err = OK;

	if (unlink(path) == 0) {
		err = disk_sync_folder(dir);
	} else if (errno != ENOENT) {
		err = ERR_IO;
	}
	free(path);
	return err;
}
