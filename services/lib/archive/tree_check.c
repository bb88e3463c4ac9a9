#include "lib/archive/tree.h"

/* Checking needs hashes and arithmetic only (RFC 9162, sections 2.1.3.2 and 2.1.4.2).
 * 'at' is the number of a subtree in its row, 'last' that of the last one: where the two
 * meet at the right edge there is no neighbour on the right, and rows are left out. */

bool
tree_check_leaf(const struct tree_proof *proof, const struct sha256 *leaf_hash,
		uint64_t leaf, uint64_t size, const struct sha256 *root)
{
	struct sha256 hash = *leaf_hash;

	if (leaf >= size || size > TREE_MAX_SIZE) {
		return false;
	}
	uint64_t at = leaf, last = size - 1;
	for (size_t i = 0; i < proof->count; i++) {
		if (last == 0) {
			return false; /* More hashes than rows. */
		}
		if (at % 2 == 1 || at == last) {
			hash = sha256_node(&proof->at[i], &hash);
			while (at % 2 == 0 && at != 0) {
				at /= 2;
				last /= 2;
			}
		} else {
			hash = sha256_node(&hash, &proof->at[i]);
		}
		at /= 2;
		last /= 2;
	}
	return last == 0 && sha256_eq(&hash, root);
}

/* Of two trees one of which is the beginning of the other, both not empty and not of one
 * size. */
static bool
check_larger(const struct sha256 *hashes, size_t count, uint64_t old,
	     const struct sha256 *old_root, uint64_t size, const struct sha256 *root)
{
	uint64_t at = old - 1, last = size - 1;

	while (at % 2 == 1) {
		at /= 2;
		last /= 2;
	}
	struct sha256 was = hashes[0], is = hashes[0];
	for (size_t i = 1; i < count; i++) {
		if (last == 0) {
			return false;
		}
		if (at % 2 == 1 || at == last) {
			was = sha256_node(&hashes[i], &was);
			is = sha256_node(&hashes[i], &is);
			while (at % 2 == 0 && at != 0) {
				at /= 2;
				last /= 2;
			}
		} else {
			is = sha256_node(&is, &hashes[i]);
		}
		at /= 2;
		last /= 2;
	}
	return last == 0 && sha256_eq(&was, old_root) && sha256_eq(&is, root);
}

bool
tree_check_growth(const struct tree_proof *proof, uint64_t old,
		  const struct sha256 *old_root, uint64_t size, const struct sha256 *root)
{
	struct sha256 hashes[TREE_MAX_PROOF + 1];
	size_t count = 0;

	if (old > size || size > TREE_MAX_SIZE) {
		return false;
	}
	if (old == 0) {
		struct sha256 empty = sha256_empty();

		return proof->count == 0 && sha256_eq(old_root, &empty) &&
		       (size != 0 || sha256_eq(root, &empty));
	}
	if (old == size) {
		return proof->count == 0 && sha256_eq(old_root, root);
	}
	if ((old & (old - 1)) == 0) {
		hashes[count++] =
			*old_root; /* A perfect tree: the proof leaves it out. */
	}
	for (size_t i = 0; i < proof->count; i++) {
		hashes[count++] = proof->at[i];
	}
	return count != 0 && check_larger(hashes, count, old, old_root, size, root);
}
