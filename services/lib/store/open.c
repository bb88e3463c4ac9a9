#include "lib/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/store/disk.h"
#include "lib/store/env.h"

enum { MAX_READERS = 512, FILE_MODE = 0600 };
static const uint64_t default_quota = UINT64_C(16) << 30;

static void PRINTF_LIKE(2, 3) say(struct why why, const char *fmt, ...)
{
	va_list args;

	if (why.at != NULL && why.len != 0) {
		va_start(args, fmt);
		vsnprintf(why.at, why.len, fmt, args);
		va_end(args);
	}
}

/* Say what LMDB or the system refused, and what that means. */
static enum err
say_rc(struct why why, const struct store *store, const char *what, int rc)
{
	enum err err = env_err(rc, store->dir);

	say(why, "cannot %s the store %s: %s", what, store->dir, mdb_strerror(rc));
	return err;
}

static MDB_val
text_val(const char *text)
{
	return (MDB_val){ .mv_data = (void *)text, .mv_size = strlen(text) };
}

/* A value of the db "store"; false if it is not there. */
static bool
own_value(const struct store *store, MDB_txn *txn, const char *name, struct slice *ret)
{
	MDB_val key = text_val(name), value;

	if (mdb_get(txn, store->dbis[ENV_OWN], &key, &value) != 0) {
		return false;
	}
	*ret = slice_of(value.mv_data, value.mv_size);
	return true;
}

/* Is the environment one of ours, of this kind, and not newer than we are? */
static enum err
check_kind(struct store *store, MDB_txn *txn, struct why why)
{
	struct slice kind, format, program = { 0 };

	if (!own_value(store, txn, "kind", &kind) ||
	    !own_value(store, txn, "format", &format) || format.len != 4) {
		say(why,
		    "%s holds an LMDB environment that is not one of Kusanone's stores",
		    store->dir);
		return ERR_INVALID;
	}
	if (store->kind != NULL && !slice_eq_str(kind, store->kind)) {
		say(why,
		    "%s holds a store of kind \"%.*s\", and a \"%s\" is needed here: is "
		    "the configured folder another service's?",
		    store->dir, (int)kind.len, (const char *)kind.at, store->kind);
		return ERR_INVALID;
	}
	store->written_format = get_le32(format.at);
	if (store->written_format > store->format) {
		(void)own_value(store, txn, "program", &program);
		say(why,
		    "%s was written by a newer program (version %.*s, format %" PRIu32
		    "; this one reads up to format %" PRIu32 "): install that version",
		    store->dir, (int)program.len, (const char *)program.at,
		    store->written_format, store->format);
		return ERR_FORMAT_NEWER;
	}
	return OK;
}

/* Open the handles of all dbs.  MDB_NOTFOUND if one is missing and 'flags' do not say
 * to make it. */
static int
open_dbs(struct store *store, MDB_txn *txn, unsigned flags)
{
	int rc = mdb_dbi_open(txn, "store", 0, &store->dbis[ENV_OWN]);

	for (unsigned i = 0; i < store->db_count && rc == 0; i++) {
		rc = mdb_dbi_open(txn, store->names[i], flags, &store->dbis[i]);
	}
	return rc;
}

/* Handles, kind and format.  What an older program did not have yet is made, and the
 * program's version is put down where it is another one. */
static enum err
open_content(struct store *store, struct why why)
{
	MDB_txn *txn = NULL;
	struct slice program;
	int rc = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn);

	if (rc != 0) {
		return say_rc(why, store, "read", rc);
	}
	rc = mdb_dbi_open(txn, "store", 0, &store->dbis[ENV_OWN]);
	if (rc == MDB_NOTFOUND || rc == MDB_INCOMPATIBLE) {
		say(why,
		    "%s holds an LMDB environment that is not one of Kusanone's stores",
		    store->dir);
		mdb_txn_abort(txn);
		return ERR_INVALID;
	}
	if (rc != 0) {
		mdb_txn_abort(txn);
		return say_rc(why, store, "read", rc);
	}
	enum err err = check_kind(store, txn, why);
	if (err != OK) {
		mdb_txn_abort(txn);
		return err;
	}
	bool same_program = own_value(store, txn, "program", &program) &&
			    slice_eq_str(program, store->program);
	rc = open_dbs(store, txn, 0);
	if (rc == MDB_NOTFOUND && store->read_only) {
		say(why, "the store %s lacks what is looked for in it", store->dir);
		mdb_txn_abort(txn);
		return ERR_INVALID;
	}
	if (rc == 0 && (same_program || store->read_only)) {
		rc = mdb_txn_commit(txn); /* Keeps the handles. */
		return rc == 0 ? OK : say_rc(why, store, "read", rc);
	}
	mdb_txn_abort(txn);
	if (rc != 0 && rc != MDB_NOTFOUND) {
		return say_rc(why, store, "read", rc);
	}

	rc = mdb_txn_begin(store->env, NULL, 0, &txn);
	if (rc != 0) {
		return say_rc(why, store, "write", rc);
	}
	rc = open_dbs(store, txn, MDB_CREATE);
	if (rc == 0) {
		MDB_val key = text_val("program"), value = text_val(store->program);
		rc = mdb_put(txn, store->dbis[ENV_OWN], &key, &value, 0);
	}
	if (rc != 0) {
		mdb_txn_abort(txn);
	} else {
		rc = mdb_txn_commit(txn);
	}
	return rc == 0 ? OK : say_rc(why, store, "write", rc);
}

/* How much is used, from the disk. */
static enum err
count_used(struct store *store, struct why why)
{
	MDB_envinfo info;
	MDB_stat stat;
	MDB_txn *txn = NULL;
	struct stat st;
	uint64_t sum = 2;
	int fd;
	int rc = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn);

	store->dbis[ENV_FREE] = 0; /* LMDB's own numbers. */
	store->dbis[ENV_MAIN] = 1;
	if (rc == 0) {
		uint32_t all = (1u << store->db_count) - 1;
		rc = env_count_pages(
			store, txn, all | 1u << ENV_OWN | 1u << ENV_MAIN | 1u << ENV_FREE,
			store->pages);
		mdb_txn_abort(txn);
	}
	if (rc == 0) {
		rc = mdb_env_stat(store->env, &stat);
	}
	if (rc == 0) {
		rc = mdb_env_info(store->env, &info);
	}
	if (rc == 0) {
		rc = mdb_env_get_fd(store->env, &fd);
	}
	if (rc == 0) {
		rc = fstat(fd, &st) == 0 ? 0 : errno;
	}
	if (rc != 0) {
		return say_rc(why, store, "read", rc);
	}
	for (unsigned i = 0; i < ENV_SLOTS; i++) {
		sum += store->pages[i];
	}
	store->page_size = stat.ms_psize;
	store->page_bytes = (info.me_last_pgno + 1) * store->page_size;
	store->file_bytes = (uint64_t)st.st_size;
	atomic_store(&store->used_bytes, sum * store->page_size);
	return OK;
}

/* Reserve the quota on the disk, so that others cannot take what was promised to us.  It
 * is asked for only where it fits: an fallocate() that fails half-way keeps its half. */
static void
reserve_space(struct store *store, struct why why)
{
	struct stat st;
	int fd;

	if (mdb_env_get_fd(store->env, &fd) != 0 || fstat(fd, &st) != 0) {
		return;
	}
	uint64_t held = (uint64_t)st.st_blocks * 512;
	if (held >= store->quota) {
		return;
	}
	if (store->quota - held > disk_free_bytes(store->dir)) {
		say(why,
		    "the quota of %s, %" PRIu64 " MiB, cannot be reserved: the disk has "
		    "%" PRIu64 " MiB left; others may fill it first",
		    store->dir, store->quota >> 20, disk_free_bytes(store->dir) >> 20);
		return;
	}
	if (fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)store->quota) != 0) {
		say(why, "the quota of %s, %" PRIu64 " MiB, cannot be reserved: %s",
		    store->dir, store->quota >> 20, strerror(errno));
		if (ftruncate(fd, st.st_size) != 0) { /* Gives back what lies beyond. */
			errno = 0;
		}
	}
}

enum err
env_open(struct store *store, struct why why)
{
	int dead;
	int rc = mdb_env_create(&store->env);

	if (rc == 0) {
		rc = mdb_env_set_mapsize(store->env, env_map_size(store->quota));
	}
	if (rc == 0) {
		rc = mdb_env_set_maxreaders(store->env, MAX_READERS);
	}
	if (rc == 0) {
		rc = mdb_env_set_maxdbs(store->env, 2 * STORE_MAX_DBS);
	}
	if (rc == 0) {
		/* The default mode and no other: a commit returns when it is on the disk.
		 */
		rc = mdb_env_open(store->env, store->dir,
				  MDB_NOTLS | (store->read_only ? MDB_RDONLY : 0u),
				  FILE_MODE);
	}
	if (rc == 0) {
		rc = mdb_reader_check(store->env, &dead);
	}
	enum err err =
		rc == 0 ? open_content(store, why) : say_rc(why, store, "open", rc);
	if (err == OK) {
		err = count_used(store, why);
	}
	if (err != OK) {
		mdb_env_close(store->env);
		store->env = NULL;
		return err;
	}
	if (store->reserve) {
		reserve_space(store, why);
	}
	return OK;
}

/* data.mdb is there and not obviously cut short, or it is made. */
static enum err
provide_file(struct store *store, struct why why)
{
	struct stat st;
	char *path = env_path(store->dir, "data.mdb");
	int rc = stat(path, &st) == 0 ? 0 : errno;

	free(path);
	if (rc == 0 && st.st_size < 4 * 4096) {
		/* LMDB would make a new one out of an empty file. */
		say(why,
		    "%s/data.mdb is cut short: put back a copy of the folder, or move "
		    "it away to begin with an empty store",
		    store->dir);
		return ERR_CORRUPT;
	}
	if (store->read_only) {
		if (rc != 0) {
			say(why, "there is no store in %s: %s", store->dir, strerror(rc));
		}
		return rc == 0 ? OK : rc == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	}
	enum err err = env_discard(store->dir);
	if (err != OK || (rc != 0 && rc != ENOENT)) {
		say(why, "cannot use the folder %s: %s", store->dir,
		    strerror(err != OK ? errno : rc));
		return ERR_IO;
	}
	if (rc == 0) {
		return OK;
	}
	rc = env_create(store, store->dir);
	if (rc != 0) {
		return say_rc(why, store, "make", rc);
	}
	err = env_adopt(store->dir);
	if (err != OK) {
		say(why, "cannot make the store %s: %s", store->dir, strerror(errno));
	}
	return err;
}

/* The folder is there, on a disk that LMDB can rely on, and ours alone. */
static enum err
own_folder(struct store *store, struct why why)
{
	long other = 0;
	enum err err = disk_make_folder(store->dir);

	if (err != OK) {
		say(why, "cannot make the folder %s: %s", store->dir, strerror(errno));
		return err;
	}
	uint64_t magic = disk_magic(store->dir);
	if (disk_network_name(magic) != NULL) {
		say(why,
		    "%s lies on a network file system (%s), where a store can be "
		    "damaged: choose a folder on a local disk",
		    store->dir, disk_network_name(magic));
		return ERR_UNSUPPORTED;
	}
	if (magic == DISK_MAGIC_OVERLAY) {
		say(why,
		    "%s lies on a container's overlay and goes with the container: "
		    "mount a volume there",
		    store->dir);
	}
	err = disk_own(store->dir, &store->owner, &other);
	if (err == ERR_BUSY && other == (long)getpid()) {
		say(why, "%s is already in use by this process (%ld)", store->dir, other);
	} else if (err == ERR_BUSY) {
		say(why, "%s is already in use by process %ld", store->dir, other);
	} else if (err != OK) {
		say(why, "cannot lock %s/owner.lock: %s", store->dir, strerror(errno));
	}
	return err;
}

/* Beside the owner, while nobody puts another file in the place of the data: LMDB's table
 * of readers says which of the file's two states is the newer one, and must not be that
 * of another file. */
static enum err
share_folder(struct store *store, struct why why)
{
	enum err err = disk_share(store->dir, &store->shared);

	if (err != OK) {
		say(why, "there is no store in %s: %s", store->dir, strerror(errno));
	}
	return err;
}

static struct store *
store_new(const struct store_options *options)
{
	struct store *store = xcalloc(1, sizeof(*store));

	must(options->dir != NULL && options->dir[0] != '\0');
	must(options->kind != NULL || options->read_only);
	must(options->dbs != NULL);
	store->dir = xstrdup(options->dir);
	store->kind = options->kind != NULL ? xstrdup(options->kind) : NULL;
	store->program = xstrdup(options->program != NULL ? options->program : "unknown");
	while (options->dbs[store->db_count] != NULL) {
		must(store->db_count < STORE_MAX_DBS);
		must(strcmp(options->dbs[store->db_count], "store") != 0);
		store->names[store->db_count] = xstrdup(options->dbs[store->db_count]);
		store->db_count++;
	}
	store->format = options->format;
	store->quota = options->quota_bytes != 0 ? options->quota_bytes : default_quota;
	store->reserve = options->reserve && !options->read_only;
	store->read_only = options->read_only;
	store->owner = -1;
	store->shared = -1;
	return store;
}

enum err
store_open(const struct store_options *options, struct store **ret_store, char *why_at,
	   size_t why_len)
{
	struct why why = { .at = why_at, .len = why_len };
	struct store *store = store_new(options);

	say(why, "%s", "");
	enum err err =
		store->read_only ? share_folder(store, why) : own_folder(store, why);
	if (err == OK) {
		err = provide_file(store, why);
	}
	if (err == OK) {
		err = env_open(store, why);
	}
	if (err != OK) {
		store_close(store);
		return err;
	}
	*ret_store = store;
	return OK;
}
