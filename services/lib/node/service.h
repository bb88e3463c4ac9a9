/* lib/node/service.h - the contract between a service's core and whatever drives it.
 *
 * A core is driven by turns.  A turn takes the inbox, lets the core decide, commits,
 * folds, and only then opens the outbox (lib/node/node.c).  lib/host drives cores with
 * sockets and clocks, tests/sim with a seed.  A core knows no socket, thread, file or
 * clock: it gets messages, a transaction and the time. */
#ifndef LIB_NODE_SERVICE_H
#define LIB_NODE_SERVICE_H

#include "lib/base/log.h"
#include "lib/base/mem.h"
#include "lib/base/rng.h"
#include "lib/link/line.h"
#include "lib/link/outbox.h"
#include "lib/store/store.h"

/* Who sent a message, as far as the transport vouches for it. */
enum principal_kind {
	PRINCIPAL_LOCAL,  /* A local socket guarded by file permissions: commands. */
	PRINCIPAL_KEY,    /* Authenticated by CURVE: 'curve_key' is its public key. */
	PRINCIPAL_SERVER, /* The endpoint that we dialled, whose key is pinned. */
};

struct principal {
	enum principal_kind kind;
	uint8_t curve_key[32];
};

struct message {
	struct peer from;
	struct principal who;
	/* Not LINE_OPEN: no frame, but the end of the connection that was dialled as
	 * 'from'.  'fault' is not FRAME_GOOD then. */
	enum line_end ended;
	/* Not empty: no frame either, but what came of a job of the outbox. */
	struct slice outcome;
	enum frame_fault fault; /* Not FRAME_GOOD: only 'from' and 'who' are valid. */
	struct frame frame;     /* Borrows the inbox's bytes for the turn. */
	bool is_prepared;
	const void *prepared; /* What service.prepare() made of it; NULL: nothing. */
};

struct turn {
	struct txn *txn; /* The log's; in fold(): a read transaction. */
	struct outbox *out;
	struct arena *arena; /* Reset after the turn. */
	struct rng *rng;     /* Jitter, session numbers; in the simulator seeded. */
	struct log_sink *log;
	msec_t now; /* Monotonic. */
	wall_ms_t wall;
};

struct service {
	const char *name;

	/* What can be worked out of a message's bytes alone, so that it may be done
	 * beside the turns, on any thread: a pure function, called once for each message
	 * before handle().  Memory from the arena lives as long as the message; NULL:
	 * nothing. May be NULL. */
	const void *(*prepare)(const struct message *, struct arena *);

	/* One message.  May write into the transaction and the outbox; memory that must
	 * agree with the disk changes in fold() only. */
	void (*handle)(void *self, const struct message *, struct turn *);

	/* Once a turn after the messages: what time demands, what may be sent. */
	void (*run)(void *self, struct turn *);

	/* After the commit: fold what was appended, answer what depends on it. */
	void (*fold)(void *self, struct turn *);

	/* The commit failed: forget what this turn staged.  The outbox is still what the
	 * turn wanted sent; it is emptied afterwards, with what is put into it here.
	 * ERR_DISK_FULL is followed by refuse() for each message of the inbox; any other
	 * error ends the process. */
	void (*dropped)(void *self, enum err, struct turn *);
	void (*refuse)(void *self, const struct message *, enum err, struct turn *);

	/* The turn is over and no transaction is open (turn->txn is NULL): what needs the
	 * store to itself, as a compaction.  May be NULL.  An error other than
	 * ERR_DISK_FULL ends the process. */
	enum err (*idle)(void *self, struct turn *);

	/* When run() is due next if no message comes; NEVER if not by time. */
	msec_t (*deadline)(const void *self);
};

#endif
