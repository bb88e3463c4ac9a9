/* lib/archive/tree.h - the Merkle tree over all entries of the log (RFC 6962,
 *section 2.1).
 *
 * Its hashes lie in tiles of 256, in the layout of C2SP tlog-tiles: tile n of level l
 * holds the hashes of the subtrees of 256^l leaves, from n * 256 on.  A full tile never
 * changes; the last one of each level is partial, and its hash stands nowhere above.
 * Every hash of the tree can be made of tiles, so a proof needs a handful of them and
 * nothing else.
 *
 *	level 1                 [0   1 ]                    partial, width 2
 *	level 0  [0 … 255] [256 … 511] [512 … 599]          two full, one of width 88
 *
 * A struct tree is what appending needs: the last tile of each level, 64 KiB however
 * large the tree.  Pure: tiles go to a sink and come from a source. */
#ifndef LIB_ARCHIVE_TREE_H
#define LIB_ARCHIVE_TREE_H

#include "lib/archive/sha256.h"

enum {
	TREE_TILE_WIDTH = 256,
	TREE_LEVELS = 8,     /* Of tiles; enough for 2^64 leaves. */
	TREE_MAX_PROOF = 65, /* Hashes. */
};
#define TREE_MAX_SIZE (UINT64_C(1) << 62)

struct tile {
	unsigned level;
	uint64_t index;
	unsigned width; /* 1 to 256. */
};

/* Takes tiles.  The hashes are borrowed for the call. */
struct tile_sink {
	void *ctx;
	void (*put)(void *ctx, const struct tile *, const struct sha256 *hashes);
};

/* Gives tiles: all 'width' hashes.  ERR_NOT_FOUND, ERR_INVALID: not that many. */
struct tile_source {
	void *ctx;
	enum err (*get)(void *ctx, const struct tile *, struct sha256 *ret_hashes);
};

/* "tile/0/x001/234" or "tile/1/000.p/17". */
enum { TILE_PATH_SIZE = 64, INDEX_PATH_SIZE = 40 };
void tile_path(const struct tile *, char path[TILE_PATH_SIZE]);

/* The part that says the index: "x001/x234/067" for 1234067. */
void index_path(uint64_t index, char path[INDEX_PATH_SIZE]);

/* The tile at (level, index) of a tree of 'size' leaves; false if it has none there. */
bool tile_of(uint64_t size, unsigned level, uint64_t index,
	     struct tile *ret_tile) WARN_UNUSED;

/* ---- Appending.  A zeroed tree is the empty one. */

struct tree {
	uint64_t size;
	struct sha256 edge[TREE_LEVELS][TREE_TILE_WIDTH];
};

/* Tiles that this leaf fills go to 'sink' (NULL: nobody wants them). */
void tree_append(struct tree *, const struct sha256 *leaf, const struct tile_sink *);

/* The partial tiles of the tree as it is. */
void tree_put_edges(const struct tree *, const struct tile_sink *);

struct sha256 tree_root(const struct tree *);

/* The tree of 'size' leaves again, from its tiles. */
enum err tree_restore(struct tree *, uint64_t size,
		      const struct tile_source *) WARN_UNUSED;

/* ---- Proofs from tiles.  'stored' is the size of the tree that the tiles are of; what
 * is asked about may be smaller, never larger (must). */

struct tree_proof {
	struct sha256 at[TREE_MAX_PROOF];
	size_t count;
};

enum err tree_root_at(const struct tile_source *, uint64_t stored, uint64_t size,
		      struct sha256 *ret_root) WARN_UNUSED;

/* That 'leaf' (from 0) is in the tree of 'size' leaves. */
enum err tree_prove_leaf(const struct tile_source *, uint64_t stored, uint64_t leaf,
			 uint64_t size, struct tree_proof *ret_proof) WARN_UNUSED;

/* That the tree of 'old' leaves is the beginning of the one of 'size'. */
enum err tree_prove_growth(const struct tile_source *, uint64_t stored, uint64_t old,
			   uint64_t size, struct tree_proof *ret_proof) WARN_UNUSED;

/* ---- Checking them, with no tile. */

bool tree_check_leaf(const struct tree_proof *, const struct sha256 *leaf_hash,
		     uint64_t leaf, uint64_t size, const struct sha256 *root) WARN_UNUSED;
bool tree_check_growth(const struct tree_proof *, uint64_t old,
		       const struct sha256 *old_root, uint64_t size,
		       const struct sha256 *root) WARN_UNUSED;

#endif
