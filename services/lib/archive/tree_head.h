/* lib/archive/tree_head.h - what a checkpoint says (C2SP tlog-checkpoint).
 *
 *	kusanone/hq                                    origin, also the key's name
 *	1204                                           entries in the tree
 *	CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=   its root
 *	position 9433                                  of the last record
 *	hq_ms 1711929600000                            of the last entry
 *	hq 5f… BASE64                                  headquarters' first node and key
 *
 * The lines after the root are extension lines: other programs pass over them, and we
 * over those that we do not know.  All are signed, so whoever has the archive's public
 *key needs no other to check every block. */
#ifndef LIB_ARCHIVE_TREE_HEAD_H
#define LIB_ARCHIVE_TREE_HEAD_H

#include "lib/archive/note.h"
#include "lib/archive/tree.h"
#include "lib/base/id.h"

/* The key that is trusted before any enrolment. */
struct first_trust {
	struct node_id node;
	uint8_t sign_key[SIGN_PUBLIC_LEN];
};

struct tree_head {
	struct slice origin; /* Borrows the text it was read from. */
	uint64_t size;
	struct sha256 root;
	uint64_t position; /* 0 for the empty tree. */
	wall_ms_t hq_ms;
	struct first_trust hq;
};

/* The text of a checkpoint, to be signed. */
void tree_head_put(struct buf *, const struct tree_head *);

bool tree_head_read(struct slice text, struct tree_head *ret_head,
		    const char **ret_why) WARN_UNUSED;

/* The same from a signed note: origin and the signing key's name must agree. */
bool tree_head_open(struct slice note, const struct note_key *keys, size_t key_count,
		    struct tree_head *ret_head, const char **ret_why) WARN_UNUSED;

static inline bool
first_trust_eq(const struct first_trust *a, const struct first_trust *b)
{
	return node_id_eq(&a->node, &b->node) &&
	       memcmp(a->sign_key, b->sign_key, SIGN_PUBLIC_LEN) == 0;
}

#endif
