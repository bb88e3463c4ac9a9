/* lib/archive/verify.h - is this archive what was sealed, and does each node vouch for
 * it?
 *
 * Walks all segments in order and trusts nothing but the public keys it is given: the
 * checkpoint's signature; the tree, from entries to the signed root, with every tile on
 * the way; positions and times without gaps; every block's signature by a key that the
 * log itself enrols, and its place in its node's history; and that the archive is the
 * continuation of every checkpoint that is known from elsewhere.
 *
 * What is missing is wrong: a signature, a segment, a tile.  Memory is bounded by one
 * segment, the nodes, and their branches, however long the log.
 *
 * What a frame's bytes say alone (unpacked, leaves' hashes, blocks) and signatures may be
 * worked out by others; what depends on the order is looked at here, in order, and of all
 * that is wrong the first entry is named. */
#ifndef LIB_ARCHIVE_VERIFY_H
#define LIB_ARCHIVE_VERIFY_H

#include "lib/archive/crew.h"
#include "lib/archive/entry.h"
#include "lib/archive/files.h"
#include "lib/archive/tree_head.h"

enum verify_verdict {
	VERIFY_GOOD,
	VERIFY_BAD,        /* Not what was sealed: the report says where and why. */
	VERIFY_UNREADABLE, /* The disk failed: nothing is known. */
	VERIFY_STOPPED,    /* By a callback. */
};

enum { VERIFY_WHY_SIZE = 320, VERIFY_PATH_SIZE = 80 };

struct verify_report {
	enum verify_verdict verdict;

	/* Of what is not good: the file, the entry where one is known, the reason. */
	char path[VERIFY_PATH_SIZE];
	bool has_entry;
	uint64_t leaf;     /* The entry's number, from 0 ... */
	uint64_t position; /* ... and that of its first record. */
	char why[VERIFY_WHY_SIZE];

	/* The archive's checkpoint, once it was believed. */
	char origin[NOTE_NAME_MAX + 1];
	uint64_t size; /* Entries that it covers. */
	struct sha256 root;
	wall_ms_t hq_ms; /* Of the last of them. */
	struct first_trust hq;

	/* What was looked at. */
	uint64_t segments, entries, records, bytes; /* Bytes of entries. */
	uint64_t signatures;
	uint32_t nodes, branches;
};

struct verify_options {
	struct archive_files files;

	/* The archive's keys: the checkpoint must be signed with one. */
	const struct note_key *keys;
	size_t key_count;

	/* Checkpoints (signed notes) from a post, a publication, a printed page. */
	const struct slice *known;
	size_t known_count;

	/* Whose key is trusted first.  NULL: the one that the checkpoint names. */
	const struct first_trust *hq;

	/* Blocks that the largest known checkpoint covers were checked when it was made:
	 * their signatures are not checked again.  Their hashes are. */
	bool since_known;

	/* Only the tree: neither signatures nor histories. */
	bool tree_only;

	/* The archive is in use: a segment that no checkpoint covers yet is no fault. */
	bool in_use;

	/* Who unpacks, hashes and checks signatures meanwhile.  NULL: nobody; the verdict
	 * is the same. */
	const struct crew *crew;

	/* Each entry that is good as far as it was looked, in order, with its block and
	 * the number of its segment; what it is worth, only the verdict says.  Not with
	 * tree_only.  False stops.  May be NULL. */
	bool (*entry)(void *ctx, uint64_t segment, const struct archive_entry *,
		      const struct block *);

	/* After each segment; false stops.  May be NULL. */
	bool (*progress)(void *ctx, const struct verify_report *);
	void *ctx;
};

/* The verdict is also the report's. */
enum verify_verdict verify_archive(const struct verify_options *,
				   struct verify_report *ret_report);

#endif
