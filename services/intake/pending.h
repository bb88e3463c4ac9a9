/* intake/pending.h - the turn's overlay: what is said in this turn and not on disk yet.
 *
 * A second edit in one turn sees the first; the same submission twice gets one record.
 * Everything lives in the turn's arena and is dropped at its end, or when its commit
 * fails. */
#ifndef INTAKE_PENDING_H
#define INTAKE_PENDING_H

#include "intake/intake.h"

/* A name that travels beside the block. */
struct loose_part {
	struct hash hash;
	uint8_t salt[16];
	struct slice part;
};

enum pending_key {
	PENDING_BY_DIGEST,
	PENDING_BY_IDENTITY,
	PENDING_BY_STATE,
	PENDING_BY_EVENT, /* Revisions. */
	PENDING_BY_SOURCE_KEY,
	PENDING_KEYS
};

struct pending {
	struct slice record;
	struct hash identity;
	struct hash digest; /* Of the submission. */
	struct hash state;  /* Of what it speaks of: say.h; zeros for an event. */
	uint32_t body;
	struct slice said; /* The body's bytes. */
	bool has_event;
	struct uuid event;
	struct slice event_bytes; /* BODY_EVENT_REVISION: the Event. */
	struct slice source_key;
	struct loose_part *loose;
	size_t loose_count;
	const struct hash *erased; /* BODY_ERASURE: the parts. */
	size_t erased_count;

	/* Known once it is appended. */
	uint64_t seq, local;
	uint64_t block_local, block_last_seq;

	/* Chains of the same key's bucket, the newer one first: index + 1. */
	uint64_t keys[PENDING_KEYS]; /* 0: not to be found by this one. */
	uint32_t older1[PENDING_KEYS];
};

/* A receipt that this turn owes. */
struct owed {
	struct peer to;
	uint64_t request;
	uint32_t wait_ms;
	size_t pending; /* Its record, SIZE_MAX: it is in the fold, */
	uint32_t row;   /* there; UINT32_MAX: there is none (nothing to say). */
	char event_id[UUID_TEXT_LEN + 1];
	bool repeated, merged;
	const struct warning *warnings;
	size_t warning_count;
};

/* What is said, as it is given; found by its keys from now on. */
void pending_add(struct intake *, struct arena *, const struct pending *);
struct owed *owed_add(struct intake *, struct arena *);

/* The newest of this turn; NULL: none. */
struct pending *pending_by_digest(struct intake *, const struct hash *digest);
struct pending *pending_by_identity(struct intake *, const struct hash *identity);
struct pending *pending_by_state(struct intake *, const struct hash *state);
struct pending *pending_revision(struct intake *, const struct uuid *event);
struct pending *pending_by_source_key(struct intake *, struct slice source_key);

/* Sign and append everything that is pending as a chain of blocks. */
void pending_append(struct intake *, struct turn *);

/* The turn is over. */
void pending_clear(struct intake *);

#endif
