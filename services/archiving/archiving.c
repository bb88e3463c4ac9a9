#include "archiving/archiving.h"

#include <inttypes.h>
#include <stdio.h>

#include "lib/archive/fetch.h"

enum {
	ZSTD_LEVEL = 1,
	FAILED_REST_MS = 1000,
	CREDIT = 1024 * 1024, /* What is under way lies in memory twice. */
};

void
archiving_init(struct archiving *a, const struct archiving_config *config,
	       struct store *store, const struct shelf *shelf)
{
	*a = (struct archiving){
		.config = *config, .store = store, .shelf = *shelf, .tail.since = NEVER
	};
	segment_writer_init(&a->writer, ZSTD_LEVEL);
}

void
archiving_fini(struct archiving *a)
{
	follower_drop(&a->follower);
	segment_writer_fini(&a->writer);
	buf_fini(&a->checkpoint);
	buf_fini(&a->next_checkpoint);
	buf_fini(&a->next_loose);
	buf_fini(&a->next_names);
	buf_fini(&a->telling.key);
	erasing_fini(a);
}

/* ---- The start --------------------------------------------------------------------- */

static enum err
complain(char *why, size_t why_len, enum err err, const char *what)
{
	snprintf(why, why_len, "%s", what);
	return err;
}

/* The checkpoint on the shelf; size 0 and an empty note where there is none. */
static enum err
read_checkpoint(struct archiving *a, struct tree_head *ret_head, char *why,
		size_t why_len)
{
	const char *reason = NULL;
	enum err err =
		files_read(&a->shelf.files, "checkpoint", NOTE_MAX_LEN, &a->checkpoint);

	*ret_head = (struct tree_head){ 0 };
	if (err == ERR_NOT_FOUND) {
		buf_clear(&a->checkpoint);
		return OK;
	}
	if (err != OK) {
		snprintf(why, why_len, "checkpoint: %s", err_name(err));
		return err;
	}
	if (!tree_head_open(buf_slice(&a->checkpoint), &a->config.key, 1, ret_head,
			    &reason)) {
		snprintf(why, why_len,
			 "checkpoint: %s; it must be signed with this service's key as "
			 "%s: another archive's folder, or another key file?",
			 reason, a->config.key.name);
		return ERR_CORRUPT;
	}
	if (!first_trust_eq(&ret_head->hq, &a->config.hq)) {
		return complain(why, why_len, ERR_INVALID,
				"checkpoint: it is of another headquarters than hq.node "
				"and hq.sign_key say");
	}
	return OK;
}

static enum err
restore_tree(struct archiving *a, char *why, size_t why_len)
{
	const struct tile_source source = tile_files(&a->shelf.files);
	enum err err = tree_restore(&a->tree, a->sealed.size, &source);

	if (err != OK) {
		snprintf(why, why_len,
			 "tiles of %" PRIu64 " entries: %s; bring them back from a copy",
			 a->sealed.size, err_name(err));
		return err == ERR_NOT_FOUND || err == ERR_INVALID ? ERR_CORRUPT : err;
	}
	struct sha256 root = tree_root(&a->tree);
	if (!sha256_eq(&root, &a->sealed.root)) {
		return complain(why, why_len, ERR_CORRUPT,
				"tiles: they are not those of what was sealed; bring "
				"them back from a copy");
	}
	return OK;
}

/* One segment that no checkpoint covers is what a crash leaves.  A second one was sealed,
 * and to seal it otherwise would be to rewrite history. */
static enum err
look_beyond(struct archiving *a, char *why, size_t why_len)
{
	char path[SEGMENT_PATH_SIZE];
	struct buf bytes = { 0 };

	segment_path(a->sealed.segments + 1, path);
	enum err err = a->shelf.files.read(a->shelf.files.ctx, path, 0, 1, &bytes);

	buf_fini(&bytes);
	if (err == ERR_NOT_FOUND) {
		return OK;
	}
	if (err != OK) {
		snprintf(why, why_len, "%s: %s", path, err_name(err));
		return err;
	}
	snprintf(why, why_len,
		 "checkpoint: it is missing or was set back: %s is there, and it covers "
		 "only %" PRIu64 " segments; bring the newest one back",
		 path, a->sealed.segments);
	return ERR_CORRUPT;
}

static enum err
compare(struct archiving *a, const struct tree_head *head, struct txn *txn, char *why,
	size_t why_len)
{
	if (head->size < a->sealed.size) {
		snprintf(why, why_len,
			 "checkpoint: it covers %" PRIu64 " entries, and %" PRIu64
			 " were sealed: the archive's folder was set back or is another "
			 "one; bring the right one back",
			 head->size, a->sealed.size);
		return ERR_CORRUPT;
	}
	if (head->size == a->sealed.size && head->size != 0 &&
	    !sha256_eq(&head->root, &a->sealed.root)) {
		return complain(why, why_len, ERR_CORRUPT,
				"checkpoint: it is not the one of what was sealed: the "
				"archive's folder is another one; bring the right one "
				"back");
	}
	enum err err = restore_tree(a, why, why_len);
	if (err == OK && head->size > a->sealed.size) {
		err = adopt_run(a, head, txn, why, why_len);
		/* From now on it is the tiles that are believed. */
		err = err == OK ? restore_tree(a, why, why_len) : err;
	}
	return err == OK ? look_beyond(a, why, why_len) : err;
}

static enum err
read_store(struct archiving *a, struct txn *txn)
{
	if (!sealed_read(txn, &a->sealed)) {
		return txn->err != OK ? txn->err : ERR_CORRUPT;
	}
	return log_open_trimmed(&a->follower.log, txn, &a->sealed.log);
}

static void
took(void *ctx, struct txn *txn, const struct log_entry *entry, const struct block *block,
     struct slice packed, struct arena *arena)
{
	if (packed.len != 0) {
		loose_keep(txn, block, packed, arena);
	}
	erasing_hear(ctx, txn, entry->first, block, arena);
}

enum err
archiving_open(struct archiving *a, msec_t now, char *why, size_t why_len)
{
	struct txn txn = txn_begin(a->store);
	struct tree_head head;

	follower_init(&a->follower, a->config.dial_endpoint, &a->config.node,
		      a->config.software, NULL, now);
	a->follower.took = took;
	a->follower.took_ctx = a;
	tell_init(a);
	a->follower.dialer.hello.credit = CREDIT;
	enum err err = read_store(a, &txn);
	if (err == OK) {
		err = erasing_open(a, &txn);
	}
	if (err != OK) {
		snprintf(why, why_len, "the store: %s", err_name(err));
	} else {
		err = read_checkpoint(a, &head, why, why_len);
	}
	if (err == OK) {
		err = compare(a, &head, &txn, why, why_len);
	}
	if (err != OK) {
		txn_abort(&txn);
		return err;
	}
	a->tail = (struct tail){ .position = a->sealed.log.position, .since = NEVER };
	tail_look(a, &txn, now);
	err = txn_commit(&txn);
	if (err != OK) {
		snprintf(why, why_len, "the store: %s", err_name(err));
	}
	return err;
}

/* ---- Turns ------------------------------------------------------------------------- */

static void
handle(void *self, const struct message *msg, struct turn *turn)
{
	struct archiving *a = self;

	if (msg->who.kind == PRINCIPAL_SERVER) {
		follower_take(&a->follower, msg, turn);
	} else if (msg->fault == FRAME_GOOD &&
		   msg->frame.header.type >= FRAME_REQUEST_FIRST) {
		archiving_answer(a, msg, turn);
	}
}

/* Headquarters does not hold what was taken from it: it was set back, and the archive
 * knows better.  It waits until headquarters has been refilled. */
static void
note_reset(struct archiving *a, struct turn *turn)
{
	struct follower *f = &a->follower;

	if (f->reset) {
		f->reset = false;
		log_event(turn->log, LOG_ERROR, "follow", "ahead=%" PRIu64,
			  f->log.head.position);
		a->hq_is_behind = true;
	} else if (f->dialer.state == DIALER_LIVE) {
		a->hq_is_behind = false;
	}
}

static void
run(void *self, struct turn *turn)
{
	struct archiving *a = self;

	if (a->started == 0) {
		a->started = turn->wall;
	}
	note_reset(a, turn);
	erasing_run(a, turn);
	seal_run(a, turn);
	if (a->config.dials) {
		follower_dial(&a->follower, turn);
	}
}

static void
fold_turn(void *self, struct turn *turn)
{
	struct archiving *a = self;

	eraser_committed(&a->erasing.eraser, turn->now);
	seal_committed(a, turn);
	tail_look(a, turn->txn, turn->now);
	tell_run(a, turn);
	follower_ack(&a->follower, turn);
}

static void
dropped(void *self, enum err err, struct turn *turn)
{
	struct archiving *a = self;

	log_event(turn->log, LOG_ERROR, "commit", "failed=%s", err_name(err));
	a->retry_at = turn->now + FAILED_REST_MS;
	follower_drop(&a->follower);
	a->erasing.ring_ahead = true;
	seal_dropped(a);
	dialer_dropped(&a->follower.dialer, turn->out, turn->now);
}

static msec_t
deadline(const void *self)
{
	const struct archiving *a = self;
	msec_t link = a->config.dials ? dialer_deadline(&a->follower.dialer) : NEVER;
	msec_t seal = seal_deadline(a), erase = erasing_deadline(a);

	seal = erase < seal ? erase : seal;
	return link < seal ? link : seal;
}

static enum err
idle(void *self, struct turn *turn)
{
	struct archiving *a = self;

	return eraser_idle(&a->erasing.eraser, a->store, turn->log, turn->now);
}

void
archiving_drain(void *self, struct turn *turn)
{
	struct archiving *a = self;

	if (a->config.dials) {
		dialer_stop(&a->follower.dialer, turn->out, turn->now);
	}
}

const struct service archiving_service = {
	.name = "archiving",
	.handle = handle,
	.run = run,
	.fold = fold_turn,
	.dropped = dropped,
	.refuse = archiving_refuse,
	.deadline = deadline,
	.idle = idle,
};
