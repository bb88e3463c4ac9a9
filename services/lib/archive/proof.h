/* lib/archive/proof.h - a proof as a file of text, checked with the archive's key alone.
 *
 * That an entry is in the archive (C2SP tlog-proof; the entry itself is its extra data):
 *
 *	c2sp.org/tlog-proof@v1
 *	extra BASE64                 the entry
 *	index 1203                   its leaf
 *	BASE64                       hashes from the leaf up
 *	                             an empty line, then the checkpoint
 *
 * That one checkpoint's archive is the beginning of another's:
 *
 *	kusanone consistency proof v1
 *	BASE64                       hashes
 *	                             an empty line, the older checkpoint, an empty line,
 *the newer one */
#ifndef LIB_ARCHIVE_PROOF_H
#define LIB_ARCHIVE_PROOF_H

#include "lib/archive/entry.h"
#include "lib/archive/tree_head.h"

enum { PROOF_MAX_LEN = 256 * 1024 };

enum proof_kind { PROOF_ENTRY, PROOF_GROWTH };

struct proof {
	enum proof_kind kind;
	struct tree_proof hashes;
	struct slice note;

	struct slice entry; /* PROOF_ENTRY */
	uint64_t leaf;

	struct slice old_note; /* PROOF_GROWTH */
};

/* Write it; what was proved is the caller's to know. */
void proof_put(struct buf *, const struct proof *);

/* Read it; nothing is checked yet.  Borrows 'text', and 'entry' for the entry. */
bool proof_read(struct slice text, struct buf *entry, struct proof *ret_proof,
		const char **ret_why) WARN_UNUSED;

/* Does it hold?  'ret_head' is what the checkpoint says, the newer one of two. */
bool proof_check(const struct proof *, const struct note_key *keys, size_t key_count,
		 struct tree_head *ret_head, const char **ret_why) WARN_UNUSED;

#endif
