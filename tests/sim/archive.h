/* tests/sim/archive.h - the archive as it is looked at from outside: every checkpoint
 * that was ever made, and which of them tell one history. */
#ifndef TESTS_SIM_ARCHIVE_H
#define TESTS_SIM_ARCHIVE_H

#include "tests/sim/sim.h"

enum { KEEPING_KEYS = 16 };

/* Entries as they were sealed one after the other: their leaves.  Another one begins
 * where an archive that was set back seals something else. */
struct lineage {
	struct sha256 *leaves;
	size_t count, cap;
};

/* A checkpoint that was put on the shelf: whoever shows one may show it. */
struct seen {
	struct buf note;
	uint64_t size;
	struct sha256 root;
	unsigned key;
	size_t lineage;
};

struct keeping {
	int machine;
	bool named; /* Headquarters' configuration names it. */
	msec_t seal_after;

	/* The archive's keys, one for each that was begun anew. */
	struct {
		struct note_key key;
		uint8_t secret[SIGN_SECRET_LEN];
	} keys[KEEPING_KEYS];
	unsigned key;

	/* What the operator knows. */
	bool lost;                  /* Its disk is gone for good. */
	bool refused;               /* The service does not start. */
	struct memory *right_shelf; /* Files that were replaced by older ones; NULL. */
	bool given_up;              /* The operator has said so, once or more. */

	/* What may be sealed otherwise: files and headquarters' log are older. */
	bool shelf_was_back;
	uint64_t sealed_size; /* When it was last looked at. */

	struct lineage *lineages;
	size_t lineage_count;
	struct seen *seen;
	size_t seen_count, seen_cap;

	/* Headquarters since its start: its archive came, and it holds what that has. */
	bool door_open, door_ahead;
	bool came;               /* The same, and it is on the disk. */
	bool heard, heard_holds; /* In the messages of the turn to come. */
};

/* check_archive.c */
const struct seen *seen_find(const struct keeping *, struct slice note); /* NULL: none. */
const struct seen *seen_newest(const struct world *); /* On the shelf; NULL. */
/* Is the smaller one a beginning of the larger one? */
bool seen_agree(const struct keeping *, const struct seen *, const struct seen *);

/* check_witness.c: what is wrong with what the post keeps, now that this is the newest
 * one; NULL: nothing. */
const char *witness_fault(const struct machine *, const struct seen *newest);

/* keeper.c: the log again, from the archive's files and, if it is given, the tail in the
 * archiving's store.  False: they are not all there. */
bool keeper_refill(struct machine *, struct txn *to, struct txn *tail,
		   struct log *ret_log) WARN_UNUSED;

#endif
