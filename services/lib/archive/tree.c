#include "lib/archive/tree.h"

#include <inttypes.h>
#include <stdio.h>

void
index_path(uint64_t index, char path[INDEX_PATH_SIZE])
{
	unsigned groups[8]; /* Of three digits, the last first: 2^64 has seven. */
	unsigned count = 0;
	int len = 0;

	do {
		groups[count++] = (unsigned)(index % 1000);
		index /= 1000;
	} while (index != 0);
	while (count-- > 1) {
		len += snprintf(path + len, INDEX_PATH_SIZE - (size_t)len, "x%03u/",
				groups[count]);
	}
	snprintf(path + len, INDEX_PATH_SIZE - (size_t)len, "%03u", groups[0]);
}

void
tile_path(const struct tile *tile, char path[TILE_PATH_SIZE])
{
	char index[INDEX_PATH_SIZE];

	index_path(tile->index, index);
	if (tile->width == TREE_TILE_WIDTH) {
		snprintf(path, TILE_PATH_SIZE, "tile/%u/%s", tile->level, index);
	} else {
		snprintf(path, TILE_PATH_SIZE, "tile/%u/%s.p/%u", tile->level, index,
			 tile->width);
	}
}

bool
tile_of(uint64_t size, unsigned level, uint64_t index, struct tile *ret_tile)
{
	must(level < TREE_LEVELS);

	uint64_t hashes = size >> 8 * level;
	if (index >= (hashes + TREE_TILE_WIDTH - 1) / TREE_TILE_WIDTH) {
		return false;
	}
	uint64_t left = hashes - index * TREE_TILE_WIDTH;
	*ret_tile = (struct tile){ .level = level,
				   .index = index,
				   .width = left < TREE_TILE_WIDTH ? (unsigned)left
								   : TREE_TILE_WIDTH };
	return true;
}

/* The hash over 'count' hashes, a power of two. */
static struct sha256
row_hash(const struct sha256 *row, size_t count)
{
	struct sha256 up[TREE_TILE_WIDTH / 2];

	if (count == 1) {
		return row[0];
	}
	for (size_t i = 0; i < count / 2; i++) {
		up[i] = sha256_node(&row[2 * i], &row[2 * i + 1]);
	}
	for (count /= 2; count > 1; count /= 2) {
		for (size_t i = 0; i < count / 2; i++) {
			up[i] = sha256_node(&up[2 * i], &up[2 * i + 1]);
		}
	}
	return up[0];
}

static unsigned
edge_width(uint64_t size, unsigned level)
{
	return (unsigned)(size >> 8 * level) % TREE_TILE_WIDTH;
}

void
tree_append(struct tree *tree, const struct sha256 *leaf, const struct tile_sink *sink)
{
	struct sha256 hash = *leaf;

	must(tree->size < TREE_MAX_SIZE);
	for (unsigned level = 0; level < TREE_LEVELS; level++) {
		unsigned width = edge_width(tree->size, level);

		tree->edge[level][width] = hash;
		if (width + 1 < TREE_TILE_WIDTH) {
			break;
		}
		const struct tile full = { .level = level,
					   .index = tree->size >> 8 * (level + 1),
					   .width = TREE_TILE_WIDTH };
		if (sink != NULL) {
			sink->put(sink->ctx, &full, tree->edge[level]);
		}
		hash = row_hash(tree->edge[level], TREE_TILE_WIDTH);
	}
	tree->size++;
}

void
tree_put_edges(const struct tree *tree, const struct tile_sink *sink)
{
	for (unsigned level = 0; level < TREE_LEVELS; level++) {
		const struct tile tile = {
			.level = level,
			.index = (tree->size >> 8 * level) / TREE_TILE_WIDTH,
			.width = edge_width(tree->size, level),
		};

		if (tile.width != 0) {
			sink->put(sink->ctx, &tile, tree->edge[level]);
		}
	}
}

/* What lies right of a subtree is joined to it from its left: 'right' is the hash of all
 * that was seen so far. */
struct joining {
	struct sha256 right;
	bool any;
};

static void
join_left(struct joining *j, const struct sha256 *left)
{
	j->right = j->any ? sha256_node(left, &j->right) : *left;
	j->any = true;
}

struct sha256
tree_root(const struct tree *tree)
{
	struct joining j = { 0 };

	for (unsigned level = 0; level < TREE_LEVELS; level++) {
		unsigned width = edge_width(tree->size, level);

		for (unsigned count = 1; count <= width; count *= 2) {
			if ((width & count) != 0) {
				unsigned from = width & ~(2 * count - 1);
				struct sha256 hash =
					row_hash(&tree->edge[level][from], count);

				join_left(&j, &hash);
			}
		}
	}
	return j.any ? j.right : sha256_empty();
}

enum err
tree_restore(struct tree *tree, uint64_t size, const struct tile_source *source)
{
	must(size <= TREE_MAX_SIZE);
	for (unsigned level = 0; level < TREE_LEVELS; level++) {
		const struct tile tile = {
			.level = level,
			.index = (size >> 8 * level) / TREE_TILE_WIDTH,
			.width = edge_width(size, level),
		};
		enum err err = tile.width != 0 ? source->get(source->ctx, &tile,
							     tree->edge[level])
					       : OK;

		if (err != OK) {
			return err;
		}
	}
	tree->size = size;
	return OK;
}

/* ---- Hashes from tiles --------------------------------------------------------------
 */

/* Hashes of one tree, asked for one after the other.  Neighbours lie in one tile. */
struct reading {
	const struct tile_source *source;
	uint64_t stored;
	struct tile tile;
	struct sha256 hashes[TREE_TILE_WIDTH];
	enum err err; /* The first one; what is read after it means nothing. */
};

/* Of the perfect subtree over leaves [index << height, (index + 1) << height). */
static struct sha256
subtree(struct reading *r, unsigned height, uint64_t index)
{
	unsigned level = height / 8;
	uint64_t first = index << height % 8; /* In the row of its level. */
	size_t count = (size_t)1 << height % 8;
	struct tile tile;

	must(tile_of(r->stored, level, first / TREE_TILE_WIDTH, &tile));
	must(first % TREE_TILE_WIDTH + count <= tile.width);
	if (r->tile.width == 0 || r->tile.level != tile.level ||
	    r->tile.index != tile.index) {
		if (r->err == OK) {
			r->err = r->source->get(r->source->ctx, &tile, r->hashes);
		}
		if (r->err != OK) {
			return (struct sha256){ 0 };
		}
		r->tile = tile;
	}
	return row_hash(&r->hashes[first % TREE_TILE_WIDTH], count);
}

/* Of the leaves [from, to): 'from' is where a perfect subtree at least as large may
 * begin, as everywhere in RFC 6962's definitions. */
static struct sha256
range(struct reading *r, uint64_t from, uint64_t to)
{
	struct joining j = { 0 };

	for (unsigned height = 0; from < to; height++) {
		uint64_t leaves = UINT64_C(1) << height;

		if (((to - from) & leaves) != 0) {
			struct sha256 hash = subtree(r, height, (to - leaves) >> height);

			join_left(&j, &hash);
			to -= leaves;
		}
	}
	must(j.any);
	return j.right;
}

/* The largest power of two below 'n', which is at least 2. */
static uint64_t
split(uint64_t n)
{
	return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

static void
proof_add(struct tree_proof *proof, struct sha256 hash)
{
	must(proof->count < TREE_MAX_PROOF);
	proof->at[proof->count++] = hash;
}

/* Proofs are made from the root down, and told from the leaf up. */
static void
proof_turn(struct tree_proof *proof)
{
	for (size_t i = 0; i < proof->count / 2; i++) {
		struct sha256 hash = proof->at[i];

		proof->at[i] = proof->at[proof->count - 1 - i];
		proof->at[proof->count - 1 - i] = hash;
	}
}

enum err
tree_root_at(const struct tile_source *source, uint64_t stored, uint64_t size,
	     struct sha256 *ret_root)
{
	struct reading r = { .source = source, .stored = stored };

	must(size <= stored && stored <= TREE_MAX_SIZE);
	struct sha256 root = size != 0 ? range(&r, 0, size) : sha256_empty();
	if (r.err == OK) {
		*ret_root = root;
	}
	return r.err;
}

enum err
tree_prove_leaf(const struct tile_source *source, uint64_t stored, uint64_t leaf,
		uint64_t size, struct tree_proof *ret_proof)
{
	struct reading r = { .source = source, .stored = stored };
	uint64_t from = 0, to = size;

	must(leaf < size && size <= stored && stored <= TREE_MAX_SIZE);
	ret_proof->count = 0;
	while (to - from > 1) {
		uint64_t middle = from + split(to - from);

		if (leaf < middle) {
			proof_add(ret_proof, range(&r, middle, to));
			to = middle;
		} else {
			proof_add(ret_proof, range(&r, from, middle));
			from = middle;
		}
	}
	proof_turn(ret_proof);
	return r.err;
}

enum err
tree_prove_growth(const struct tile_source *source, uint64_t stored, uint64_t old,
		  uint64_t size, struct tree_proof *ret_proof)
{
	struct reading r = { .source = source, .stored = stored };
	uint64_t from = 0, to = size;

	must(old <= size && size <= stored && stored <= TREE_MAX_SIZE);
	ret_proof->count = 0;
	if (old == 0) {
		return OK; /* Everything begins with nothing. */
	}
	/* Down to the subtree that ends where the old tree does. */
	while (to != old) {
		uint64_t middle = from + split(to - from);

		if (old <= middle) {
			proof_add(ret_proof, range(&r, middle, to));
			to = middle;
		} else {
			proof_add(ret_proof, range(&r, from, middle));
			from = middle;
		}
	}
	if (from != 0) { /* Else it is the old root, which the reader has. */
		proof_add(ret_proof, range(&r, from, to));
	}
	proof_turn(ret_proof);
	return r.err;
}
