/* A proof from anybody: what is read says the same when it is written, and its hashes are
 * climbed for any size it claims. */
#include "lib/archive/proof.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf entry = { 0 }, again = { 0 };
	struct proof proof;
	struct tree_head head;
	struct note_key key;
	const char *why = NULL;
	static const uint8_t public_key[SIGN_PUBLIC_LEN] = { 1 };

	hash_init();
	must(note_key_init(&key, slice_str("kusanone/hq"), public_key));
	if (proof_read(slice_of(data, size), &entry, &proof, &why)) {
		proof_put(&again, &proof);
		must(slice_eq(buf_slice(&again), slice_of(data, size)));
		must(!proof_check(&proof, &key, 1, &head, &why) || why == NULL);

		/* Signatures aside: sizes are what the text says. */
		struct sha256 root = { { 0 } };
		for (unsigned bits = 0; bits <= 63; bits++) {
			uint64_t tree = (UINT64_C(1) << bits) + proof.leaf;

			must(!tree_check_leaf(&proof.hashes, &root, proof.leaf, tree,
					      &root) ||
			     proof.hashes.count == 0);
			must(!tree_check_growth(&proof.hashes, 3, &root, tree, &root) ||
			     tree == 3);
		}
	} else {
		must(why != NULL);
	}
	buf_fini(&entry);
	buf_fini(&again);
	return 0;
}
