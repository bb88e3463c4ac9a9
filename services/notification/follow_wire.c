#include <inttypes.h>
#include <stdio.h>

#include "kusanone/v1/record.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "notification/notification.h"

/* The link: headquarters' log, whole, taken into the copy.
 *
 * Entries are written as they come, in a transaction of the copy's store that run()
 * commits; what is folded, and acknowledged, is what was committed.  The cursor is the
 * copy's head, so that nothing else has to be kept of it. */

static void
restart(struct notification *n, bool at_once, const char *reason, struct turn *turn)
{
	log_event(turn->log, at_once ? LOG_INFO : LOG_WARN, "link",
		  "peer=hq state=restart reason=%s", reason);
	dialer_restart(&n->dialer, at_once, reason, turn->out, turn->rng, turn->now);
	n->ack_due = false;
}

/* What was written of this turn's batches is undone. */
static void
drop_copied(struct notification *n)
{
	if (n->copying) {
		txn_abort(&n->copy_write);
		log_rewind(&n->log, n->log_before);
		n->copying = false;
	}
}

static struct txn *
copy_begin(struct notification *n)
{
	if (!n->copying) {
		n->copy_write = txn_begin(n->copy);
		n->log_before = n->log.head;
		n->copying = true;
	}
	return &n->copy_write;
}

/* ---- A batch --------------------------------------------------------------------- */

/* Addresses of subscriptions are kept; names of people are nothing to us. */
static void
take_loose(struct notification *n, const struct block *block, struct slice packed,
	   struct turn *turn)
{
	const Kusanone__V1__LooseParts *parts =
		(const Kusanone__V1__LooseParts *)unpack_message(
			&kusanone__v1__loose_parts__descriptor, packed, turn->arena,
			NULL);
	struct slice bytes;
	size_t at = 0;

	while (parts != NULL && block_next(block, &at, &bytes)) {
		struct record record;

		if (!record_decode(bytes, turn->arena, &record, NULL) ||
		    record.body != BODY_SUBSCRIPTION) {
			continue;
		}
		for (size_t i = 0; i < parts->n_parts; i++) {
			const Kusanone__V1__LoosePart *p = parts->parts[i];

			if (slice_eq(slice_pb(p->part_hash),
				     hash_slice(&record.subscription.to))) {
				(void)loose_put(&n->copy_write, LOG_DB_LOOSE,
						LOG_DB_ERASED, &record.subscription.to,
						slice_pb(p->salt), slice_pb(p->part));
			}
		}
	}
}

/* The log hash that comes with an entry says whether it is the next of our past. */
static const char *
take_entry(struct notification *n, const struct payload_item *item, struct turn *turn)
{
	struct block block;
	const char *why = "not a block";

	if (!block_parse(item->block, &block, &why)) {
		return why;
	}
	if (item->first != n->log.head.position + 1) {
		return "an entry that is not the next";
	}
	struct log_entry entry = log_append(&n->log, copy_begin(n), &block, item->hq_ms);
	if (entry.hq_ms != item->hq_ms || !hash_eq(&entry.log_hash, &item->log_hash)) {
		return "an entry that does not follow the one before";
	}
	if (item->loose.len != 0) {
		take_loose(n, &block, item->loose, turn);
	}
	return NULL;
}

static void
take_batch(struct notification *n, struct slice payload, struct turn *turn)
{
	struct payload_item item;
	const char *why = NULL;
	size_t at = 0;
	bool bad = false;

	while (why == NULL && payload_next_entry(payload, &at, &item, &bad)) {
		why = take_entry(n, &item, turn);
	}
	if (why == NULL && !bad) {
		n->ack_due = true;
		return;
	}
	drop_copied(n);
	why = why != NULL ? why : "not a payload";
	snprintf(n->alarm, sizeof(n->alarm), "headquarters' log cannot be followed: %s",
		 why);
	log_event(turn->log, LOG_ERROR, "follow", "refused=%s", why);
	restart(n, false, why, turn);
}

/* ---- The session ----------------------------------------------------------------- */

static void
lost(struct notification *n, const struct link_error *error, struct turn *turn)
{
	log_event(turn->log, LOG_INFO, "link", "peer=hq state=lost reason=%s",
		  n->dialer.reason);
	if (error->code == LINK_RESET && n->log.head.position != 0) {
		n->reset = true;
	} else if (error->code == LINK_FORBIDDEN || error->code == LINK_SUPERSEDED ||
		   error->code == LINK_UNAUTHENTICATED ||
		   error->code == LINK_VERSION_UNSUPPORTED) {
		snprintf(n->alarm, sizeof(n->alarm), "headquarters refuses the link: %s",
			 n->dialer.reason);
	}
}

void
follow_take(struct notification *n, const struct message *msg, struct turn *turn)
{
	struct dialer_in in = { 0 };

	if (msg->ended != LINE_OPEN) {
		if (dialer_ended(&n->dialer, msg->from, msg->ended, turn->out, turn->rng,
				 turn->now) == DIALER_LOST) {
			lost(n, &in.error, turn);
		}
		return;
	}
	if (msg->fault != FRAME_GOOD) {
		if (peer_eq(msg->from, dialer_peer(&n->dialer))) {
			restart(n, false, "a frame that cannot be read", turn);
		}
		return;
	}
	switch (dialer_take(&n->dialer, msg->from, &msg->frame, turn->arena, turn->out,
			    turn->rng, turn->now, &in)) {
	case DIALER_WELCOMED:
		log_event(turn->log, LOG_INFO, "link", "peer=hq state=live");
		n->head = in.welcome.head.position;
		n->alarm[0] = '\0';
		break;
	case DIALER_BATCH:
		take_batch(n, in.payload, turn);
		break;
	case DIALER_LOST:
		lost(n, &in.error, turn);
		break;
	case DIALER_STATUS:
		n->head = in.status.head;
		break;
	case DIALER_NOTHING:
	case DIALER_ACKED:
		break;
	}
}

/* Headquarters was set back: what is not in its log any more never was.  First the alert
 * log says so, then the copy goes: a process that ends between the two, or a disk that is
 * full, does it again. */
enum err
follow_reset(struct notification *n, struct turn *turn)
{
	struct txn txn = txn_begin(n->copy);

	log_event(turn->log, LOG_WARN, "follow", "reset=%" PRIu64, n->log.head.position);
	txn_clear(&txn, LOG_DB_LOG);
	txn_clear(&txn, LOG_DB_BLOCKS);
	txn_clear(&txn, LOG_DB_LOOSE);
	eraser_open(&n->eraser, &txn);
	enum err err = txn_commit(&txn);
	if (err == OK) {
		n->log.head = (struct log_head){ 0 };
		n->reset = false;
	}
	return err == ERR_DISK_FULL ? OK : err;
}

/* The turn's entries, on the disk; or they come again. */
static void
commit_copied(struct notification *n, struct turn *turn)
{
	if (!n->copying) {
		return;
	}
	eraser_run(&n->eraser, &n->fold, &n->copy_write);
	enum err err = txn_commit(&n->copy_write);
	n->copying = false;
	if (err == OK) {
		eraser_committed(&n->eraser, turn->now);
		return;
	}
	log_rewind(&n->log, n->log_before);
	if (err != ERR_DISK_FULL) {
		turn->txn->err = err; /* The process ends. */
		return;
	}
	log_event(turn->log, LOG_ERROR, "follow", "copy=%s", err_name(err));
	snprintf(n->alarm, sizeof(n->alarm),
		 "the disk is full: headquarters' log is not followed");
	restart(n, false, "the disk is full", turn);
}

void
follow_run(struct notification *n, struct turn *turn)
{
	struct dialer *d = &n->dialer;
	struct link_status status = { .head = n->log.head.position, .wall = turn->wall };
	struct link_error none = { 0 };

	if (n->reset) {
		drop_copied(n);
		watch_forget(n, turn);
	} else if (eraser_is_due(&n->eraser, &n->fold)) {
		(void)copy_begin(n);
	}
	commit_copied(n, turn);
	if (d->state == DIALER_IDLE || d->state == DIALER_BACKOFF) {
		d->hello.cursor = (struct link_cursor){
			.position = n->log.head.position,
			.log_hash = n->log.head.log_hash,
			.filter_version = NOTIFICATION_FILTER_VERSION,
		};
	}
	if (n->config.dials && dialer_run(d, &status, turn->out, turn->rng, turn->now,
					  turn->wall) == DIALER_LOST) {
		lost(n, &none, turn);
	}
}

/* After the commit: what is on the copy's disk is acknowledged. */
void
follow_fold(struct notification *n, struct turn *turn)
{
	if (n->ack_due && n->dialer.state == DIALER_LIVE) {
		const struct link_cursor cursor = {
			.position = n->log.head.position,
			.log_hash = n->log.head.log_hash,
			.filter_version = NOTIFICATION_FILTER_VERSION,
		};

		dialer_ack(&n->dialer, &cursor, turn->out, turn->now);
	}
	n->ack_due = false;
}

void
follow_drop(struct notification *n)
{
	drop_copied(n);
	n->ack_due = false;
}

bool
follow_is_level(const struct notification *n)
{
	return n->dialer.state == DIALER_LIVE && n->log.head.position >= n->head;
}
