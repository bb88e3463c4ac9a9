#include "lib/archive/tree.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/base/base64.h"
#include "lib/base/hash.h"
#include "unit/lib/archive/ct_vectors.h"

/* Tiles in memory: of each (level, index) the widest one that was put. */
struct kept {
	struct tile tile;
	struct sha256 hashes[TREE_TILE_WIDTH];
};
struct shelf {
	struct kept *kept;
	size_t count, cap;
	size_t full; /* Tiles of 256 that were put. */
};

static struct kept *
shelf_find(struct shelf *s, const struct tile *tile)
{
	for (size_t i = 0; i < s->count; i++) {
		if (s->kept[i].tile.level == tile->level &&
		    s->kept[i].tile.index == tile->index) {
			return &s->kept[i];
		}
	}
	return NULL;
}

static void
shelf_put(void *ctx, const struct tile *tile, const struct sha256 *hashes)
{
	struct shelf *s = ctx;
	struct kept *kept = shelf_find(s, tile);

	if (kept == NULL) {
		if (s->count == s->cap) {
			s->cap = s->cap != 0 ? 2 * s->cap : 64;
			s->kept = realloc(s->kept, s->cap * sizeof(s->kept[0]));
			assert_non_null(s->kept);
		}
		kept = &s->kept[s->count++];
	} else {
		/* What a narrower tile said is said again. */
		assert_true(kept->tile.width <= tile->width);
		assert_memory_equal(kept->hashes, hashes, kept->tile.width * SHA256_LEN);
	}
	kept->tile = *tile;
	memcpy(kept->hashes, hashes, tile->width * SHA256_LEN);
	s->full += tile->width == TREE_TILE_WIDTH;
}

static enum err
shelf_get(void *ctx, const struct tile *tile, struct sha256 *ret_hashes)
{
	struct kept *kept = shelf_find(ctx, tile);

	if (kept == NULL) {
		return ERR_NOT_FOUND;
	}
	if (kept->tile.width < tile->width) {
		return ERR_INVALID;
	}
	memcpy(ret_hashes, kept->hashes, tile->width * SHA256_LEN);
	return OK;
}

struct world {
	struct tree tree;
	struct shelf shelf;
	struct tile_sink sink;
	struct tile_source source;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->sink = (struct tile_sink){ &w->shelf, shelf_put };
	w->source = (struct tile_source){ &w->shelf, shelf_get };
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	free(w->shelf.kept);
	free(w);
	return 0;
}

/* Leaf 'i' of the compact ranges' goldens in transparency-dev/merkle: its number in two
 * bytes. */
static struct sha256
numbered(uint64_t i)
{
	const uint8_t bytes[2] = { (uint8_t)i, (uint8_t)(i >> 8) };

	return sha256_leaf(slice_of(bytes, sizeof(bytes)));
}

static void
grow(struct world *w, uint64_t size)
{
	while (w->tree.size < size) {
		struct sha256 leaf = numbered(w->tree.size);

		tree_append(&w->tree, &leaf, &w->sink);
	}
	tree_put_edges(&w->tree, &w->sink);
}

/* The tree's definition, word by word. */
static struct sha256
by_definition(uint64_t from, uint64_t to)
{
	uint64_t half = 1;

	if (to - from == 1) {
		return numbered(from);
	}
	while (2 * half < to - from) {
		half *= 2;
	}
	struct sha256 left = by_definition(from, from + half);
	struct sha256 right = by_definition(from + half, to);
	return sha256_node(&left, &right);
}

static void
test_tree__the_roots_of_certificate_transparency(void **state)
{
	struct world *w = *state;

	for (unsigned i = 0; i <= CT_LEAVES; i++) {
		struct sha256 root = tree_root(&w->tree), want = ct_hash(ct_roots[i]);

		assert_true(sha256_eq(&root, &want));
		if (i < CT_LEAVES) {
			struct sha256 leaf = ct_leaf(i);

			tree_append(&w->tree, &leaf, &w->sink);
		}
	}
	tree_put_edges(&w->tree, &w->sink);
	for (unsigned i = 0; i <= CT_LEAVES; i++) {
		struct sha256 root, want = ct_hash(ct_roots[i]);

		assert_int_equal(tree_root_at(&w->source, CT_LEAVES, i, &root), OK);
		assert_true(sha256_eq(&root, &want));
	}
}

static void
test_tree__the_proofs_of_certificate_transparency(void **state)
{
	struct world *w = *state;

	for (unsigned i = 0; i < CT_LEAVES; i++) {
		struct sha256 leaf = ct_leaf(i);

		tree_append(&w->tree, &leaf, &w->sink);
	}
	tree_put_edges(&w->tree, &w->sink);
	for (size_t i = 0; i < ARRAY_LEN(ct_inclusion); i++) {
		struct tree_proof want = ct_proof_of(&ct_inclusion[i]), is;

		assert_int_equal(tree_prove_leaf(&w->source, CT_LEAVES,
						 ct_inclusion[i].from,
						 ct_inclusion[i].size, &is),
				 OK);
		assert_int_equal(is.count, want.count);
		assert_memory_equal(is.at, want.at, want.count * SHA256_LEN);
	}
	for (size_t i = 0; i < ARRAY_LEN(ct_consistency); i++) {
		struct tree_proof want = ct_proof_of(&ct_consistency[i]), is;

		assert_int_equal(tree_prove_growth(&w->source, CT_LEAVES,
						   ct_consistency[i].from,
						   ct_consistency[i].size, &is),
				 OK);
		assert_int_equal(is.count, want.count);
		assert_memory_equal(is.at, want.at, want.count * SHA256_LEN);
	}
}

/* Roots of transparency-dev/merkle, TestGetRootHashGolden. */
static const struct {
	uint64_t size;
	const char *root;
} goldens[] = {
	{ 10, "VjWMPSYNtCuCNlF/RLnQy6HcwSk6CIipfxm+hettA+4=" },
	{ 15, "j4SulYmocFuxdeyp12xXCIgK6PekBcxzAIj4zbQzNEI=" },
	{ 16, "c+4Uc6BCMOZf/v3NZK1kqTUJe+bBoFtOhP+P3SayKRE=" },
	{ 100, "dUh9hYH88p0CMoHkdr1wC2szbhcLAXOejWpINIooKUY=" },
	{ 255, "SmdsuKUqiod3RX2jyF2M6JnbdE4QuTwwipfAowI4/i0=" },
	{ 256, "qFI0t/tZ1MdOYgyPpPzHFiZVw86koScXy9q3FU5casA=" },
	{ 1000, "RXrgb8xHd55Y48FbfotJwCbV82Kx22LZfEbmBGAvwlQ=" },
	{ 4095, "cWRFdQhPcjn9WyBXE/r1f04ejxIm5lvg40DEpRBVS0w=" },
	{ 4096, "6uU/phfHg1n/GksYT6TO9aN8EauMCCJRl3dIK0HDs2M=" },
	{ 10000, "VZcav65F9haHVRk3wre2axFoBXRNeUh/1d9d5FQfxIg=" },
	{ 65535, "iPuVYJhP6SEE4gUFp8qbafd2rYv9YTCDYqAxCj8HdLM=" },
};

static void
test_tree__goldens_of_another_implementation(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(goldens); i++) {
		struct sha256 want, root, again;

		assert_true(base64_get(slice_str(goldens[i].root), want.b, SHA256_LEN));
		grow(w, goldens[i].size);
		root = tree_root(&w->tree);
		assert_true(sha256_eq(&root, &want));
		for (size_t k = 0; k <= i; k++) { /* Of smaller ones, from its tiles. */
			assert_true(base64_get(slice_str(goldens[k].root), want.b,
					       SHA256_LEN));
			assert_int_equal(tree_root_at(&w->source, w->tree.size,
						      goldens[k].size, &again),
					 OK);
			assert_true(sha256_eq(&again, &want));
		}
	}
}

static const uint64_t edges[] = { 1,   2,   3,    254,   255,   256,   257,   511,
				  512, 513, 1024, 65279, 65535, 65536, 65537, 65793 };

static void
test_tree__at_the_edges_of_tiles_the_tiles_are_those_of_the_layout(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(edges); i++) {
		uint64_t size = edges[i];

		grow(w, size);
		/* As tlog-tiles says: floor(s / 256^l) mod 256 in the partial tile. */
		assert_int_equal(w->shelf.full, size / 256 + size / 65536);
		for (unsigned level = 0; level < 3; level++) {
			uint64_t hashes = size >> 8 * level;
			struct tile tile;

			for (uint64_t n = 0; n < hashes / 256; n++) {
				assert_true(tile_of(size, level, n, &tile));
				assert_int_equal(tile.width, 256);
			}
			assert_int_equal(tile_of(size, level, hashes / 256, &tile),
					 hashes % 256 != 0);
			if (hashes % 256 != 0) {
				assert_int_equal(tile.width, hashes % 256);
				assert_int_equal(shelf_find(&w->shelf, &tile)->tile.width,
						 hashes % 256);
			}
			assert_false(tile_of(size, level, hashes / 256 + 1, &tile));
		}
		struct sha256 root = tree_root(&w->tree), want = by_definition(0, size);
		assert_true(sha256_eq(&root, &want));
	}
}

static void
test_tree__is_restored_from_its_tiles_at_every_edge(void **state)
{
	struct world *w = *state;
	struct tree *again = calloc(1, sizeof(*again));

	assert_non_null(again);
	for (size_t i = 0; i < ARRAY_LEN(edges); i++) {
		grow(w, edges[i]);
		assert_int_equal(tree_restore(again, edges[i], &w->source), OK);
		struct sha256 root = tree_root(&w->tree), is = tree_root(again);
		assert_true(sha256_eq(&root, &is));

		/* And goes on as if nothing had been. */
		struct sha256 leaf = numbered(edges[i]);
		tree_append(again, &leaf, NULL);
		is = tree_root(again);
		struct sha256 want = by_definition(0, edges[i] + 1);
		assert_true(sha256_eq(&is, &want));
	}
	free(again);
}

static void
test_tree__a_missing_tile_is_an_error(void **state)
{
	struct world *w = *state;
	struct tree_proof proof;
	struct sha256 root;

	grow(w, 600);
	w->shelf.count = 1; /* Only the first is left. */
	assert_int_equal(tree_root_at(&w->source, 600, 600, &root), ERR_NOT_FOUND);
	assert_int_equal(tree_prove_leaf(&w->source, 600, 300, 600, &proof),
			 ERR_NOT_FOUND);
	assert_int_equal(tree_prove_growth(&w->source, 600, 300, 600, &proof),
			 ERR_NOT_FOUND);
	assert_int_equal(tree_restore(&w->tree, 600, &w->source), ERR_NOT_FOUND);
	assert_int_equal(tree_root_at(&w->source, 600, 255, &root), OK);
}

static void
test_tree__every_leaf_and_every_growth_of_small_trees_is_proved(void **state)
{
	struct world *w = *state;
	enum { MOST = 70 };
	struct sha256 roots[MOST + 1];

	grow(w, MOST);
	roots[0] = sha256_empty();
	for (uint64_t size = 1; size <= MOST; size++) {
		struct tree_proof proof;

		roots[size] = by_definition(0, size);
		for (uint64_t i = 0; i < size; i++) {
			struct sha256 leaf = numbered(i);

			assert_int_equal(
				tree_prove_leaf(&w->source, MOST, i, size, &proof), OK);
			assert_true(
				tree_check_leaf(&proof, &leaf, i, size, &roots[size]));
		}
		for (uint64_t old = 0; old <= size; old++) {
			assert_int_equal(
				tree_prove_growth(&w->source, MOST, old, size, &proof),
				OK);
			assert_true(tree_check_growth(&proof, old, &roots[old], size,
						      &roots[size]));
		}
	}
}

static void
test_tree__proofs_over_the_edges_of_tiles_hold(void **state)
{
	struct world *w = *state;
	const uint64_t most = edges[ARRAY_LEN(edges) - 1];
	struct tree_proof proof;

	grow(w, most);
	for (size_t i = 0; i < ARRAY_LEN(edges); i++) {
		struct sha256 root, old_root;

		assert_int_equal(tree_root_at(&w->source, most, edges[i], &root), OK);
		for (size_t k = 0; k <= i; k++) {
			struct sha256 leaf = numbered(edges[k] - 1);

			assert_int_equal(tree_prove_leaf(&w->source, most, edges[k] - 1,
							 edges[i], &proof),
					 OK);
			assert_true(tree_check_leaf(&proof, &leaf, edges[k] - 1, edges[i],
						    &root));
			assert_int_equal(
				tree_root_at(&w->source, most, edges[k], &old_root), OK);
			assert_int_equal(tree_prove_growth(&w->source, most, edges[k],
							   edges[i], &proof),
					 OK);
			assert_true(tree_check_growth(&proof, edges[k], &old_root,
						      edges[i], &root));
		}
	}
}

static void
test_tree__paths_are_those_of_the_layout(void **state)
{
	static const struct {
		struct tile tile;
		const char *path;
	} want[] = {
		{ { 0, 0, 256 }, "tile/0/000" },
		{ { 0, 999, 256 }, "tile/0/999" },
		{ { 0, 1000, 256 }, "tile/0/x001/000" },
		{ { 0, 1234067, 256 }, "tile/0/x001/x234/067" },
		{ { 1, 273, 17 }, "tile/1/273.p/17" },
		{ { 7, 1234, 1 }, "tile/7/x001/234.p/1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		char path[TILE_PATH_SIZE];

		tile_path(&want[i].tile, path);
		assert_string_equal(path, want[i].path);
	}
	char longest[INDEX_PATH_SIZE];
	index_path(UINT64_MAX, longest);
	assert_string_equal(longest, "x018/x446/x744/x073/x709/x551/615");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_tree__the_roots_of_certificate_transparency),
		TEST(test_tree__the_proofs_of_certificate_transparency),
		TEST(test_tree__goldens_of_another_implementation),
		TEST(test_tree__at_the_edges_of_tiles_the_tiles_are_those_of_the_layout),
		TEST(test_tree__is_restored_from_its_tiles_at_every_edge),
		TEST(test_tree__a_missing_tile_is_an_error),
		TEST(test_tree__every_leaf_and_every_growth_of_small_trees_is_proved),
		TEST(test_tree__proofs_over_the_edges_of_tiles_hold),
		TEST(test_tree__paths_are_those_of_the_layout),
	};

	hash_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
