#include "lib/archive/tree.h"

#include "unit/lib/archive/ct_vectors.h"

static void
test_tree_check__the_proofs_of_certificate_transparency_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ct_inclusion); i++) {
		const struct ct_proof *p = &ct_inclusion[i];
		struct tree_proof proof = ct_proof_of(p);
		struct sha256 leaf = ct_leaf((unsigned)p->from),
			      root = ct_hash(ct_roots[p->size]);

		assert_true(tree_check_leaf(&proof, &leaf, p->from, p->size, &root));
	}
	for (size_t i = 0; i < ARRAY_LEN(ct_consistency); i++) {
		const struct ct_proof *p = &ct_consistency[i];
		struct tree_proof proof = ct_proof_of(p);
		struct sha256 old_root = ct_hash(ct_roots[p->from]),
			      root = ct_hash(ct_roots[p->size]);

		assert_true(
			tree_check_growth(&proof, p->from, &old_root, p->size, &root));
	}
}

/* What CT's own tests do to each proof; none may hold. */
static void
test_tree_check__a_changed_inclusion_proof_does_not_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ct_inclusion); i++) {
		const struct ct_proof *p = &ct_inclusion[i];
		const struct tree_proof good = ct_proof_of(p);
		struct tree_proof bad;
		struct sha256 leaf = ct_leaf((unsigned)p->from),
			      root = ct_hash(ct_roots[p->size]), empty = sha256_empty();

		assert_false(tree_check_leaf(&good, &leaf, p->from - 1, p->size, &root));
		assert_false(tree_check_leaf(&good, &leaf, p->from + 1, p->size, &root));
		assert_false(tree_check_leaf(&good, &leaf, p->from ^ 2, p->size, &root));
		assert_false(tree_check_leaf(&good, &leaf, p->from, p->size * 2, &root));
		assert_false(tree_check_leaf(&good, &leaf, p->from, p->size / 2, &root));
		assert_false(tree_check_leaf(&good, &leaf, p->from, 0, &root));
		assert_false(tree_check_leaf(&good, &empty, p->from, p->size, &root));
		assert_false(tree_check_leaf(&good, &leaf, p->from, p->size, &empty));
		bad = good;
		bad.at[bad.count++] = root; /* One more behind ... */
		assert_false(tree_check_leaf(&bad, &leaf, p->from, p->size, &root));
		memmove(&bad.at[1], &good.at[0], good.count * sizeof(good.at[0]));
		bad.at[0] = root; /* ... and before. */
		assert_false(tree_check_leaf(&bad, &leaf, p->from, p->size, &root));
		for (size_t k = 0; k < good.count; k++) {
			bad = good;
			bad.at[k].b[31] ^= 8;
			assert_false(
				tree_check_leaf(&bad, &leaf, p->from, p->size, &root));
		}
		if (good.count != 0) {
			bad = good;
			bad.count--;
			assert_false(
				tree_check_leaf(&bad, &leaf, p->from, p->size, &root));
		}
	}
}

static void
test_tree_check__a_changed_consistency_proof_does_not_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ct_consistency); i++) {
		const struct ct_proof *p = &ct_consistency[i];
		const struct tree_proof good = ct_proof_of(p);
		struct tree_proof bad;
		struct sha256 old_root = ct_hash(ct_roots[p->from]),
			      root = ct_hash(ct_roots[p->size]), other = sha256_empty();

		assert_false(tree_check_growth(&good, p->from, &other, p->size, &root));
		assert_false(
			tree_check_growth(&good, p->from, &old_root, p->size, &other));
		assert_false(
			tree_check_growth(&good, p->from, &root, p->size, &old_root) &&
			p->from != p->size);
		assert_false(
			tree_check_growth(&good, p->size + 1, &old_root, p->size, &root));
		assert_false(tree_check_growth(&good, 0, &old_root, p->size, &root));
		bad = good;
		bad.at[bad.count++] = root;
		assert_false(tree_check_growth(&bad, p->from, &old_root, p->size, &root));
		for (size_t k = 0; k < good.count; k++) {
			bad = good;
			bad.at[k].b[0] ^= 1;
			assert_false(tree_check_growth(&bad, p->from, &old_root, p->size,
						       &root));
		}
		if (good.count != 0) {
			bad = good;
			bad.count--;
			assert_false(tree_check_growth(&bad, p->from, &old_root, p->size,
						       &root));
		}
	}
}

static void
test_tree_check__the_empty_tree_is_the_beginning_of_all(void **state)
{
	(void)state;
	const struct tree_proof none = { .count = 0 };
	struct sha256 empty = sha256_empty(), root = ct_hash(ct_roots[3]);

	assert_true(tree_check_growth(&none, 0, &empty, 3, &root));
	assert_true(tree_check_growth(&none, 0, &empty, 0, &empty));
	assert_false(tree_check_growth(&none, 0, &root, 3, &root));
	assert_false(tree_check_growth(&none, 0, &empty, 0, &root));
	assert_false(tree_check_growth(&none, 2, &empty, 3, &root));
}

static void
test_tree_check__sizes_and_lengths_are_bounded(void **state)
{
	(void)state;
	struct tree_proof longest = { .count = TREE_MAX_PROOF };
	struct sha256 zero = { 0 };

	assert_false(tree_check_leaf(&longest, &zero, 0, TREE_MAX_SIZE, &zero));
	assert_false(tree_check_leaf(&longest, &zero, 0, UINT64_MAX, &zero));
	assert_false(tree_check_growth(&longest, TREE_MAX_SIZE / 2, &zero, TREE_MAX_SIZE,
				       &zero));
	assert_false(tree_check_growth(&longest, 3, &zero, UINT64_MAX, &zero));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_tree_check__the_proofs_of_certificate_transparency_hold),
		cmocka_unit_test(
			test_tree_check__a_changed_inclusion_proof_does_not_hold),
		cmocka_unit_test(
			test_tree_check__a_changed_consistency_proof_does_not_hold),
		cmocka_unit_test(test_tree_check__the_empty_tree_is_the_beginning_of_all),
		cmocka_unit_test(test_tree_check__sizes_and_lengths_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
