#include <inttypes.h>

#include "kusanone/v1/record.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "notification/notification.h"

/* Headquarters' log in the copy: addresses that come with it, and what goes from it. */

/* Addresses of subscriptions are kept; names of people are nothing to us. */
void
follow_took(void *ctx, struct txn *copy, const struct log_entry *entry,
	    const struct block *block, struct slice packed, struct arena *arena)
{
	const Kusanone__V1__LooseParts *parts =
		packed.len != 0 ? (const Kusanone__V1__LooseParts *)unpack_message(
					  &kusanone__v1__loose_parts__descriptor, packed,
					  arena, NULL)
				: NULL;
	struct slice bytes;
	size_t at = 0;

	(void)ctx;
	(void)entry;
	while (parts != NULL && block_next(block, &at, &bytes)) {
		struct record record;

		if (!record_decode(bytes, arena, &record, NULL) ||
		    record.body != BODY_SUBSCRIPTION) {
			continue;
		}
		for (size_t i = 0; i < parts->n_parts; i++) {
			const Kusanone__V1__LoosePart *p = parts->parts[i];

			if (slice_eq(slice_pb(p->part_hash),
				     hash_slice(&record.subscription.to))) {
				(void)loose_put(copy, LOG_DB_LOOSE, LOG_DB_ERASED,
						&record.subscription.to,
						slice_pb(p->salt), slice_pb(p->part));
			}
		}
	}
}

/* Headquarters was set back: what is not in its log any more never was.  First the alert
 * log says so, then the copy goes: a process that ends between the two, or a disk that is
 * full, does it again. */
enum err
follow_reset(struct notification *n, struct turn *turn)
{
	struct follower *f = &n->follower;
	struct txn txn = txn_begin(n->copy);

	log_event(turn->log, LOG_WARN, "follow", "reset=%" PRIu64, f->log.head.position);
	txn_clear(&txn, LOG_DB_LOG);
	txn_clear(&txn, LOG_DB_BLOCKS);
	txn_clear(&txn, LOG_DB_LOOSE);
	eraser_open(&n->eraser, &txn);
	enum err err = txn_commit(&txn);
	if (err == OK) {
		f->log.head = (struct log_head){ 0 };
		f->reset = false;
	}
	return err == ERR_DISK_FULL ? OK : err;
}

/* The turn's entries, on the disk, and what was erased, off it. */
static void
commit_copy(struct notification *n, struct turn *turn)
{
	struct follower *f = &n->follower;

	if (!f->writing && !eraser_is_due(&n->eraser, &n->fold)) {
		return;
	}
	eraser_run(&n->eraser, &n->fold, follower_write(f, turn));
	enum err err = follower_commit(f, turn);
	if (err == OK) {
		eraser_committed(&n->eraser, turn->now);
	} else if (err != ERR_DISK_FULL) {
		turn->txn->err = err; /* The process ends. */
	}
}

void
follow_run(struct notification *n, struct turn *turn)
{
	if (n->follower.reset) {
		follower_drop(&n->follower);
		watch_forget(n, turn);
	} else {
		commit_copy(n, turn);
	}
	if (n->config.dials) {
		follower_dial(&n->follower, turn);
	}
}
