#include "lib/archive/refill.h"

#include <stdlib.h>

#include "lib/archive/keyring.h"
#include "lib/archive/loose.h"
#include "lib/base/mem.h"
#include "lib/model/record.h"

enum { BATCH_BYTES = 32 * 1024 * 1024, ASK_EVERY = 1024 };

/* Nobody else fills this disk with it: the disk alone is the limit. */
static const uint64_t quota = UINT64_C(256) << 30;

struct refill {
	const struct refill_options *options;
	struct refill_report *report;
	struct store *store;
	struct txn txn;
	struct log log;
	enum err err;   /* Of the new store. */
	size_t pending; /* Bytes since the last commit. */

	/* The segment that the entries are of, and what its records name. */
	uint64_t segment;
	bool has_segment, has_names;
	struct buf named;
	struct arena arena;

	struct keyring keyring; /* For the older log. */
	bool has_keyring;
};

static bool
failed(struct refill *r, enum err err)
{
	r->err = r->err != OK ? r->err : err;
	return false;
}

/* Commit and go on, if enough has gathered. */
static bool
batch(struct refill *r, size_t more)
{
	r->pending += more;
	if (r->pending < BATCH_BYTES && r->txn.err == OK) {
		return true;
	}
	r->pending = 0;
	enum err err = txn_commit(&r->txn);
	if (err != OK) {
		return failed(r, err);
	}
	r->txn = txn_begin(r->store);
	return r->txn.err == OK || failed(r, r->txn.err);
}

/* ---- Names ------------------------------------------------------------------------- */

static void
note_named(struct refill *r, const struct block *block)
{
	struct slice bytes;
	struct record record;
	size_t at = 0, count;

	while (block_next(block, &at, &bytes)) {
		if (record_decode(bytes, &r->arena, &record, NULL)) {
			const struct hash *named = record_loose(&record, &count);

			buf_put(&r->named, named, count * sizeof(named[0]));
		}
		arena_reset(&r->arena);
	}
}

static int
compare_hashes(const void *a, const void *b)
{
	return memcmp(a, b, HASH_LEN);
}

static bool
put_part(struct refill *r, const struct hash *hash, struct slice salt, struct slice part)
{
	struct slice old_salt, old_part;

	/* Two records may name one part. */
	if (!loose_get(&r->txn, LOG_DB_LOOSE, hash, &old_salt, &old_part) &&
	    loose_put(&r->txn, LOG_DB_LOOSE, LOG_DB_ERASED, hash, salt, part)) {
		r->report->parts++;
	}
	return batch(r, salt.len + part.len);
}

/* The parts beside the segment that its records name.  A file that is damaged is no
 * reason to go without the log: what comes before the fault is kept. */
static bool
take_names(struct refill *r)
{
	const size_t count = r->named.len / HASH_LEN;
	struct loose_reader reader;
	struct loose_part part;
	bool ok = true;
	enum err err;

	if (!r->has_names) {
		return true;
	}
	if (count != 0) {
		qsort(r->named.at, count, HASH_LEN, compare_hashes);
	}
	err = loose_open(&reader, &r->options->verify.files, r->segment);
	while (ok && err == OK && (err = loose_next(&reader, &part)) == OK) {
		if (count != 0 && bsearch(&part.hash, r->named.at, count, HASH_LEN,
					  compare_hashes) != NULL) {
			ok = put_part(r, &part.hash, part.salt, part.part);
		}
	}
	loose_close(&reader);
	r->report->broken += ok && err != ERR_NOT_FOUND;
	return ok;
}

static bool
begin_segment(struct refill *r, uint64_t segment)
{
	struct loose_reader reader;

	if (!take_names(r)) {
		return false;
	}
	r->has_segment = true;
	r->segment = segment;
	buf_clear(&r->named);
	r->has_names =
		loose_open(&reader, &r->options->verify.files, segment) != ERR_NOT_FOUND;
	loose_close(&reader);
	return true;
}

/* ---- The archive's entries --------------------------------------------------------- */

/* What a block says of keys, for the blocks of the older log. */
static void
take_keys(struct refill *r, const struct block *block, uint64_t position)
{
	if (!r->has_keyring) {
		keyring_init(&r->keyring, &r->report->verify.hq);
		r->has_keyring = true;
	}
	keyring_take(&r->keyring, keyring_node(&r->keyring, &block->node), block,
		     position);
}

static bool
take_entry(struct refill *r, uint64_t segment, const struct archive_entry *entry,
	   const struct block *block)
{
	if ((!r->has_segment || r->segment != segment) && !begin_segment(r, segment)) {
		return false;
	}
	struct log_entry put = log_append(&r->log, &r->txn, block, entry->hq_ms);
	must(put.first == entry->position && put.hq_ms == entry->hq_ms);
	if (r->has_names) {
		note_named(r, block);
	}
	if (r->options->old != NULL) {
		take_keys(r, block, entry->position);
	}
	return batch(r, entry->bytes.len);
}

/* ---- What an older log holds beyond it --------------------------------------------- */

static bool
holds(struct refill *r, const struct block *block)
{
	struct log_entry entry;

	return log_find_block(&r->txn, &block->node, block->last_seq, &block->hash,
			      &entry);
}

static bool
holds_parent(struct refill *r, const struct block *block)
{
	struct log_entry entry;

	if (hash_is_zero(&block->parent)) {
		return block->first_seq == 1;
	}
	return block->first_seq > 1 &&
	       log_find_block(&r->txn, &block->node, block->first_seq - 1, &block->parent,
			      &entry);
}

static bool
may_come(struct refill *r, const struct block *block, enum refill_why *ret_why)
{
	uint32_t node = keyring_node(&r->keyring, &block->node);
	const uint8_t *key =
		node != KEYRING_NONE ? keyring_key(&r->keyring, node, &block->key) : NULL;

	*ret_why = key == NULL                 ? REFILL_UNKNOWN
		   : !block_verify(block, key) ? REFILL_SIGNATURE
					       : REFILL_PARENT;
	return key != NULL && *ret_why == REFILL_PARENT && holds_parent(r, block);
}

static void
leave_out(struct refill *r, const struct log_entry *entry, const struct block *block,
	  enum refill_why why)
{
	const struct refill_left left = { .position = entry->first,
					  .node = block->node,
					  .first_seq = block->first_seq,
					  .last_seq = block->last_seq,
					  .why = why };

	r->report->left++;
	if (r->options->left_out != NULL) {
		r->options->left_out(r->options->verify.ctx, &left);
	}
}

/* The names that a block of the older log has there. */
static bool
take_old_names(struct refill *r, struct txn *old, const struct block *block)
{
	struct slice salt, part;
	bool ok = true;

	buf_clear(&r->named);
	note_named(r, block);
	for (size_t at = 0; ok && at < r->named.len; at += HASH_LEN) {
		struct hash hash;

		memcpy(hash.b, r->named.at + at, HASH_LEN);
		if (loose_get(old, LOG_DB_LOOSE, &hash, &salt, &part)) {
			ok = put_part(r, &hash, salt, part);
		}
	}
	return ok;
}

static bool
take_old(struct refill *r, struct txn *old, const struct log_entry *entry, bool names)
{
	struct block block;
	enum refill_why why;

	if (!block_parse(entry->block, &block, NULL)) {
		must(block_peek(entry->block, &block)); /* It is an entry. */
		leave_out(r, entry, &block, REFILL_NO_BLOCK);
		return true;
	}
	if (!holds(r, &block)) {
		if (!may_come(r, &block, &why)) {
			leave_out(r, entry, &block, why);
			return r->txn.err == OK || failed(r, r->txn.err);
		}
		uint64_t first = log_append(&r->log, &r->txn, &block, entry->hq_ms).first;

		take_keys(r, &block, first);
		r->report->added++;
		r->report->added_records += block.count;
	}
	return (!names || take_old_names(r, old, &block)) && batch(r, block.bytes.len);
}

/* What was erased there does not come back. */
static bool
take_erased(struct refill *r, struct txn *old)
{
	struct cursor cursor = cursor_open(old, LOG_DB_ERASED);
	struct slice key, value;
	bool ok = true;

	for (bool more = cursor_seek(&cursor, (struct slice){ 0 }, &key, &value);
	     ok && more; more = cursor_next(&cursor, &key, &value)) {
		struct hash hash;

		if (key.len == HASH_LEN) {
			memcpy(hash.b, key.at, HASH_LEN);
			loose_erase(&r->txn, LOG_DB_LOOSE, LOG_DB_ERASED, &hash);
			ok = batch(r, HASH_LEN);
		}
	}
	cursor_close(&cursor);
	return ok;
}

/* The archive's entries are all there: it only asks whether to go on. */
static bool
may_go_on(struct refill *r)
{
	const struct verify_options *o = &r->options->verify;

	if (o->progress == NULL || o->progress(o->ctx, &r->report->verify)) {
		return true;
	}
	r->report->verify.verdict = VERIFY_STOPPED;
	return failed(r, ERR_CORRUPT);
}

static bool
take_old_log(struct refill *r)
{
	struct txn old = txn_begin_read(r->options->old);
	const bool names = txn_count(&old, LOG_DB_LOOSE) != 0;
	struct log_entry entry;
	uint64_t count = 0;
	bool ok = true;

	for (bool more = log_from(&old, 1, &entry); ok && more;
	     more = log_from(&old, entry.last + 1, &entry)) {
		ok = take_old(r, &old, &entry, names) &&
		     (++count % ASK_EVERY != 0 || may_go_on(r));
	}
	r->report->old_broken = old.err != OK;
	txn_abort(&old);
	return ok;
}

/* ---- The whole --------------------------------------------------------------------- */

struct asked {
	struct refill *r;
	const struct refill_options *options;
};

static bool
on_entry(void *ctx, uint64_t segment, const struct archive_entry *entry,
	 const struct block *block)
{
	return take_entry(((struct asked *)ctx)->r, segment, entry, block);
}

static bool
on_progress(void *ctx, const struct verify_report *report)
{
	const struct verify_options *o = &((struct asked *)ctx)->options->verify;

	return o->progress == NULL || o->progress(o->ctx, report);
}

static bool
take_archive(struct refill *r)
{
	struct asked asked = { r, r->options };
	struct verify_options o = r->options->verify;

	o.tree_only = false;
	o.entry = on_entry;
	o.progress = on_progress;
	o.ctx = &asked;
	if (verify_archive(&o, &r->report->verify) != VERIFY_GOOD) {
		return failed(r, ERR_CORRUPT);
	}
	r->report->archived = r->log.head;
	return take_names(r);
}

static bool
take_all(struct refill *r)
{
	struct store *old = r->options->old;

	if (old != NULL) {
		struct txn txn = txn_begin_read(old);
		bool ok = take_erased(r, &txn);

		txn_abort(&txn);
		if (!ok) {
			return false;
		}
	}
	/* An archive of nothing enrols nobody. */
	return take_archive(r) && (!r->has_keyring || take_old_log(r));
}

enum err
refill_run(const struct refill_options *options, struct refill_report *ret_report)
{
	struct refill r = { .options = options, .report = ret_report };
	const struct store_options store = { .dir = options->dir,
					     .kind = HQ_LOG_KIND,
					     .program = options->program,
					     .format = HQ_LOG_FORMAT,
					     .dbs = log_db_names,
					     .quota_bytes = quota };

	*ret_report = (struct refill_report){ 0 };
	enum err err =
		store_open(&store, &r.store, ret_report->why, sizeof(ret_report->why));
	if (err != OK) {
		return err;
	}
	r.txn = txn_begin(r.store);
	if (r.txn.err != OK) {
		r.err = r.txn.err;
	} else if (take_all(&r)) {
		r.err = txn_commit(&r.txn);
	}
	txn_abort(&r.txn);
	ret_report->head = r.log.head;
	if (r.has_keyring) {
		keyring_fini(&r.keyring);
	}
	store_close(r.store);
	arena_fini(&r.arena);
	buf_fini(&r.named);
	return r.err;
}
