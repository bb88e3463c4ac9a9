/* intake/intake.h - a node's own journal: what its officers, or headquarters, say.
 *
 * The core of the service.  It takes submissions, checks and merges them, appends what
 * they say to the journal as signed blocks, and answers once that is on the disk.  It
 * sends its blocks up to headquarters and hears headquarters' stream, whenever there is
 * a link; it needs none to work.
 *
 * Pure: lib/node/service.h.  Driven by lib/host (main.c) and by tests/sim. */
#ifndef INTAKE_INTAKE_H
#define INTAKE_INTAKE_H

#include "intake/branches.h"
#include "lib/archive/witness.h"
#include "lib/link/dialer.h"
#include "lib/model/fold.h"
#include "lib/model/zone.h"
#include "lib/node/service.h"
#include "lib/store/journal.h"

enum {
	INTAKE_MAX_KEYS = 4,
	INTAKE_KNOWN_KEYS = 64,     /* Ever heard of for this node. */
	INTAKE_MAX_WAITING = 10000, /* Submissions that wait for headquarters. */
	INTAKE_MAX_WAIT_MS = 600000,
	INTAKE_FILTER_VERSION = 1, /* Of the stream that headquarters serves a post. */
	INTAKE_COMPACT_RETRY_MS = 60000,
};

/* One generation of a node's keys. */
struct intake_key {
	uint8_t curve_public[32];
	uint8_t sign_public[SIGN_PUBLIC_LEN];
	uint8_t sign_secret[SIGN_SECRET_LEN];
};

/* Borrowed strings live as long as the intake. */
struct intake_config {
	struct node_id node;
	const char *name;
	enum node_role role;      /* NODE_POST or NODE_HQ. */
	const char *const *posts; /* That it speaks for. */
	size_t post_count;
	struct intake_key keys[INTAKE_MAX_KEYS]; /* The newest last. */
	unsigned key_count;
	const char *author; /* Where a submission names none. */
	const char *software;
	struct zone_table zones;
	uint8_t seed[32]; /* Of the salts of loose parts: secret, new at every start. */

	/* Endpoints: the local listener, and for each pair of keys that may be tried at
	 * headquarters' door one for each direction, the newest last. */
	uint32_t local;
	struct {
		uint32_t up, down;
	} dial[INTAKE_MAX_KEYS];
	unsigned dial_count; /* 0: it stands alone. */
};

/* A receipt that is held back until headquarters has the block. */
struct intake_wait {
	struct peer to;
	msec_t until;
	uint64_t local;     /* First local position of the block. */
	uint64_t offset;    /* Of the record from the block's last one. */
	struct buf receipt; /* Packed, without reach and position. */
};

struct intake_up {
	struct dialer dialer;
	uint64_t sent_local;  /* Last block sent in this session. */
	uint64_t acked_local; /* Last block that headquarters has on its disk. */
	uint64_t batch_local[LINK_BATCHES];
};

struct intake_down {
	struct dialer dialer;
	bool whole;     /* Ask for own blocks whole: some are lost. */
	bool welcomed;  /* The session that is, or was, began. */
	bool caught_up; /* In this session, once. */
	bool ack_due;   /* This turn's commit holds what came. */
	uint64_t head;  /* Headquarters' at WELCOME, */
	uint64_t told;  /* and as it said last. */
};

/* The archive's newest checkpoint that this node has verified to extend the one before;
 * 'next' is what this turn makes of it, true with the commit. */
struct intake_witness {
	struct witness is, next;
	bool staged;
	msec_t wants_since; /* Of is.wanted, while it is not 0. */
};

/* Turn's overlay: see pending.h. */
struct pending;
struct owed;

struct intake {
	struct intake_config config;
	struct store *store;

	/* Memory of the journal; 'committed' is what a failed commit puts back. */
	struct journal journal, committed;
	struct fold fold;
	struct txn *txn; /* The turn's, for the fold's source. */
	uint32_t self;   /* Node row of this node in the fold. */
	struct branches branches;
	uint64_t own_records;

	/* Events by source key: rows hold a hash and the event's row. */
	struct table source_keys;
	struct index by_source_key;

	/* Signing: generations of config.keys that were heard to be enrolled or revoked.
	 */
	bool key_enrolled[INTAKE_MAX_KEYS];
	enum revocation_kind key_revoked[INTAKE_MAX_KEYS]; /* NONE: it is not. */
	uint8_t known_keys[INTAKE_KNOWN_KEYS][SIGN_PUBLIC_LEN];
	unsigned known_key_count;
	uint8_t salt_state[32];

	/* The turn. */
	struct pending *pending;
	size_t pending_count, pending_cap;
	uint32_t *pending_heads; /* A table of buckets for each key. */
	size_t pending_buckets;  /* A power of two. */
	struct owed *answers;
	size_t answer_count, answer_cap;
	const struct message **queries;
	size_t query_count, query_cap;
	bool refold;    /* A RESET was taken in this turn. */
	bool erased;    /* Loose parts went in this turn. */
	bool wrote_now; /* Own blocks were appended in this turn, */
	bool wrote;     /* or in an earlier one of this run. */

	struct block_maker maker;
	struct intake_wait *waits;
	size_t wait_count, wait_cap;
	struct intake_up up;
	struct intake_down down;
	struct intake_witness witness;
	unsigned dialled_with; /* Which of config.dial. */

	bool compact_due;
	msec_t compact_at;
	wall_ms_t started;
	uint64_t submissions, refused;
	char alarm[160]; /* What an operator should look at; empty: nothing. */
};

/* Keeps 'store', a store with journal_db_names.  Nothing is read yet. */
void intake_init(struct intake *, const struct intake_config *, struct store *);
void intake_fini(struct intake *);

/* Reads the journal and folds all of it. */
enum err intake_open(struct intake *, msec_t now, wall_ms_t wall) WARN_UNUSED;

/* SIGTERM: says GOODBYE on both links. */
void intake_drain(struct intake *, struct turn *);

extern const struct service intake_service;

#endif
