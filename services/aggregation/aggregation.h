/* aggregation/aggregation.h - headquarters: the merged log and what it means.
 *
 * Takes blocks from every enrolled node's journal, appends them to one log, folds it,
 * acknowledges; serves the log to posts (filtered) and followers (whole), and figures
 * to whoever asks.  A core: no socket, thread, file or clock (lib/node/service.h).
 *
 * One turn: handle() accepts blocks into the transaction; after the commit fold()
 * folds what was appended, acknowledges, and sends what readers and watchers are owed. */
#ifndef AGGREGATION_AGGREGATION_H
#define AGGREGATION_AGGREGATION_H

#include "lib/archive/tree_head.h"
#include "lib/link/listener.h"
#include "lib/model/fold.h"
#include "lib/node/erase.h"
#include "lib/node/replay.h"
#include "lib/node/service.h"

enum {
	AGGREGATION_FORMAT = 1,
	AGGREGATION_MAX_WATCHERS = 256,
	AGGREGATION_FILTER_VERSION = 1,
};

struct aggregation_config {
	/* The one key that is trusted without a record: HQ's own intake. */
	struct enrolment hq;
	const char *software;
	/* Headquarters' archive, which owns the order of the log; zeros: there is none.
	 */
	struct node_id archive;
	uint8_t archive_key[SIGN_PUBLIC_LEN]; /* Its checkpoints are signed with. */
	/* Endpoint numbers of the host. */
	uint32_t local_endpoint; /* Commands, and followers of this machine. */
	uint32_t posts_endpoint; /* CURVE. */
};

/* A standing query: the whole result again when it may have changed.  Nobody says when a
 * command's process ends, so one from whom nothing was heard for WATCHER_LEASE_MS is
 * forgotten; any request of the same connection shows that it is there. */
enum { WATCHER_LEASE_MS = 60000 };

struct watcher {
	struct peer peer;
	uint64_t request;
	struct buf query; /* Packed Query. */
	msec_t interval;
	msec_t last_sent;
	msec_t heard;
	bool due;
};

/* Whether the archive's cursor is in this log. */
enum own_archive_state {
	OWN_ARCHIVE_NONE,    /* The configuration names none. */
	OWN_ARCHIVE_AWAITED, /* Not heard since the start: no blocks are taken. */
	OWN_ARCHIVE_AHEAD,   /* It holds what this log does not: neither. */
	OWN_ARCHIVE_HELD,
	OWN_ARCHIVE_GIVEN_UP, /* An operator said to go on without it. */
};

/* What the archive has said; its texts are handed on as they are. */
struct own_archive {
	enum own_archive_state state;
	enum own_archive_state before; /* At the start of the turn. */
	uint64_t cursor;               /* AHEAD: its position. */
	struct buf key;                /* As a line. */
	struct buf checkpoint;
	struct tree_head head; /* Of the checkpoint; its origin is not kept. */
	struct link_growth growth[LINK_GROWTHS];
	size_t growth_count;
	struct buf hashes;             /* What 'growth' points into. */
	uint64_t wanted[LINK_GROWTHS]; /* As the archive is told. */
	msec_t asked_at;
};

struct aggregation {
	struct aggregation_config config;
	struct store *store; /* The log. */
	struct log log;
	struct log_head log_before; /* At the start of the turn. */
	struct fold fold;
	struct listener listener;
	struct own_archive archive;

	struct txn *txn; /* The one to read through now. */
	struct watcher watchers[AGGREGATION_MAX_WATCHERS];
	unsigned watcher_count;

	/* The blocks that this turn appended, in order: checked and hashed when they
	 * came, not again when they are folded. */
	const struct prepared_block **appended;
	size_t appended_count, appended_cap;

	bool turn_open;     /* log_before is set for this turn. */
	bool allow_changed; /* The allow-list is to be handed out again. */
	struct checkpoint checkpoint;
	struct eraser eraser;
	msec_t last_commit;
	wall_ms_t started;

	/* Counted. */
	uint64_t blocks, repeats, refused;
};

/* Keeps 'config' (borrowed strings) and the stores. */
void aggregation_init(struct aggregation *, const struct aggregation_config *,
		      struct store *log_store, struct store *view_store);
void aggregation_fini(struct aggregation *);

/* Read the log's head and bring the fold up to it: from the view's checkpoint where
 * there is a good one. */
enum err aggregation_open(struct aggregation *) WARN_UNUSED;

extern const struct service aggregation_service;

/* The CURVE keys that may connect, 32 bytes each, at the end of 'ret_keys'. */
void aggregation_allow_list(const struct aggregation *, struct buf *ret_keys);

/* SIGTERM: GOODBYE to every session, and a checkpoint. */
void aggregation_drain(void *self, struct turn *);

/* ---- For the service's own files. -------------------------------------------------- */

/* The fold's reader: through the transaction in force. */
bool aggregation_read(void *ctx, uint64_t position, struct arena *,
		      struct slice *ret_record);

/* prepare.c: what a batch's bytes say alone: its blocks, read and hashed, and their
 * records, decoded. */
struct prepared_block {
	struct payload_item item;
	struct block block;
	const char *why; /* Not NULL: no block, by this rule. */
	const struct replay_record *records;
};
struct prepared_batch {
	struct prepared_block *blocks;
	size_t count;
	bool bad; /* The payload is no list of blocks behind these. */
};
const void *prepare_message(const struct message *, struct arena *);

/* accept.c: a batch of blocks from a post.  OK, or what to refuse the session with. */
bool accept_batch(struct aggregation *, struct session *, const struct prepared_batch *,
		  struct turn *, struct link_error *ret_error) WARN_UNUSED;

/* stream.c: what consumers are owed. */
void stream_run(struct aggregation *, struct turn *);

/* own_archive.c: the archive that owns the order of the log.  While it is awaited or
 * ahead, headquarters takes no blocks: a log that was set back would give positions away
 * a second time.  Checkpoints go on to every post, proofs to whoever wants one. */
void own_archive_open(struct aggregation *, struct txn *);
void own_archive_fini(struct own_archive *);
bool own_archive_lets_in(const struct aggregation *, struct link_error *ret_error);
bool is_own_archive(const struct aggregation *, const struct session *);

/* Its HELLO: does this log hold its cursor? */
void own_archive_hello(struct aggregation *, bool holds, uint64_t cursor, struct turn *);

/* STATUS of any session. */
void own_archive_status(struct aggregation *, struct session *,
			const struct link_status *, struct turn *);

/* Of the listener: what STATUS says to one session. */
void own_archive_tell(void *ctx, const struct session *, struct link_status *);

/* The operator says that there is no archive any more.  False: there is nothing to
 * accept, or it is there and ahead. */
bool own_archive_give_up(struct aggregation *, struct turn *) WARN_UNUSED;

/* The turn's commit failed. */
void own_archive_dropped(struct own_archive *);

/* filter_wire.c: the items of one entry for a post; appended to 'items'. */
struct item_list {
	struct slice *at;
	size_t count, cap;
	size_t bytes;
	struct arena *arena;
};
void filter_entry(struct aggregation *, const struct session *, const struct log_entry *,
		  struct item_list *);

/* The loose parts that the block's records name, packed. Empty: none. */
struct slice filter_loose(struct aggregation *, const struct block *, struct arena *);

/* loose_wire.c: keep the parts that came beside a block and that its records name. */
bool loose_take(struct aggregation *, const struct block *, struct slice packed,
		struct turn *) WARN_UNUSED;

/* ask_wire.c: one request of a command. */
void ask_handle(struct aggregation *, const struct message *, struct turn *);
void ask_refuse(const struct message *, const char *code, struct turn *);
void ask_watchers(struct aggregation *, struct turn *);
msec_t ask_deadline(const struct aggregation *);

#endif
