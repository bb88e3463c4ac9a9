/* lib/node/follower.h - headquarters' log, whole, followed into a copy.
 *
 * A follower (notification, archiving) holds one link, down and unfiltered.  Entries are
 * written as they come; what is acknowledged is what was committed.  The cursor is the
 * copy's head, so that nothing else has to be kept of it.
 *
 *	follower_take()    in handle(): a message of the link
 *	follower_commit()  in run(): the copy's own transaction, where it has one
 *	follower_dial()    in run(), after that
 *	follower_ack()     in fold(): the turn's commit is done
 *	follower_drop()    the turn's commit failed
 *
 * The copy lies in a store of its own, or in the service's, whose transaction then is the
 * turn's. */
#ifndef LIB_NODE_FOLLOWER_H
#define LIB_NODE_FOLLOWER_H

#include "lib/link/dialer.h"
#include "lib/node/service.h"
#include "lib/store/log.h"

enum { FOLLOWER_FILTER_VERSION = 1 }; /* Of the unfiltered stream. */

struct follower {
	struct store *store; /* Of the copy; NULL: the turn's. */
	/* A new entry is in the copy; packed LooseParts came with it, or none: keep what
	 * is ours.  May be NULL. */
	void (*took)(void *ctx, struct txn *copy, const struct log_entry *,
		     const struct block *, struct slice packed, struct arena *);
	void *took_ctx;

	struct dialer dialer;
	struct log log;
	uint64_t head; /* Headquarters', when it last spoke. */
	/* The archive's part of STATUS: what the owner says (NULL: nothing), and which
	 * sizes headquarters would see proved. */
	const struct link_status *says;
	uint64_t wanted[LINK_GROWTHS];
	size_t wanted_count;
	bool wanted_changed; /* Owner's, to put back. */
	struct txn own;      /* Where the copy has a store: open while 'writing'. */
	struct log_head before;
	bool writing; /* This turn has written into the copy. */
	bool ack_due;
	bool reset; /* Headquarters does not hold our cursor: it has another past. */
	char alarm[160];
};

/* The copy's head is read by log_open() of the owner. */
void follower_init(struct follower *, uint32_t endpoint, const struct node_id *,
		   const char *software, struct store *copy, msec_t now);

/* A message of the link's line. */
void follower_take(struct follower *, const struct message *, struct turn *);

/* The copy, to be written in this turn. */
struct txn *follower_write(struct follower *, struct turn *);

/* Commit the copy's own transaction, if this turn has written into one.  ERR_DISK_FULL:
 * what was written is undone and comes again; with any other error the process ends. */
enum err follower_commit(struct follower *, struct turn *) WARN_UNUSED;

/* What time demands of the link. */
void follower_dial(struct follower *, struct turn *);

void follower_ack(struct follower *, struct turn *);

/* What this turn has written into the copy is undone. */
void follower_drop(struct follower *);

/* Is the copy as long as headquarters' log was when it last spoke? */
bool follower_is_level(const struct follower *);

#endif
