/* lib/archive/keyring.h - whose signature a block may bear, as the log itself says it.
 *
 * One key is trusted without a record, the first of headquarters' own intake; every other
 * is enrolled by a record in the log.  A block is good if it is signed by a key that was
 * enrolled for its node anywhere before it: a retired key's blocks may have waited, and a
 * stolen key's blocks stay in the log though they do not count.
 *
 * What counts as an enrolment is what lib/model's fold counts: said by a node whose role
 * is HQ then, with a key that may say it and was not stolen by then, for the first time.
 * The fold itself is not asked, since its memory grows with the events. */
#ifndef LIB_ARCHIVE_KEYRING_H
#define LIB_ARCHIVE_KEYRING_H

#include "lib/archive/tree_head.h"
#include "lib/base/mem.h"
#include "lib/base/table.h"
#include "lib/store/block.h"

struct record;

#define KEYRING_NONE UINT32_MAX

struct keyring {
	struct table nodes, keys, said;
	struct index by_node, by_said;
	struct arena arena;
};

void keyring_init(struct keyring *, const struct first_trust *);
void keyring_fini(struct keyring *);

/* The row of a node that was enrolled; KEYRING_NONE if it was not. */
uint32_t keyring_node(const struct keyring *, const struct node_id *);

/* The node's key that the block names; NULL if it has none of that id. */
const uint8_t *keyring_key(const struct keyring *, uint32_t node, const struct key_id *);

/* What a record is to the ring. */
enum keyring_word {
	KEYRING_NOTHING,
	KEYRING_CHANGED, /* It was taken in: who holds which key is another now. */
	KEYRING_ERASES,  /* An erasure that counts: *ret_record, in the arena. */
};

/* Take in one record, of a block of 'node' (KEYRING_NONE: nobody's) signed with 'key'. */
enum keyring_word keyring_hear(struct keyring *, uint32_t node, const struct key_id *key,
			       uint64_t position, struct slice bytes, struct arena *,
			       struct record *ret_record);

/* Take in what a block's records say of nodes and keys.  'node' is the block's; its first
 * record lies at 'position'. */
void keyring_take(struct keyring *, uint32_t node, const struct block *,
		  uint64_t position);

#endif
