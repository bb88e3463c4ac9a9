#include "lib/archive/sha256.h"

#include "unit/lib/archive/ct_vectors.h"

#define assert_hash(is, hex)                                                             \
	do {                                                                             \
		const struct sha256 was_ = (is), want_ = ct_hash(hex);                   \
		assert_memory_equal(was_.b, want_.b, SHA256_LEN);                        \
	} while (0)

/* FIPS 180-2, appendix B. */
static void
test_sha256__the_examples_of_the_standard(void **state)
{
	(void)state;
	assert_hash(sha256_of(slice_str("abc")),
		    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_hash(sha256_of(slice_str(
			    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
		    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	assert_hash(sha256_empty(),
		    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void
test_sha256__in_pieces_it_is_the_same(void **state)
{
	const char text[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	(void)state;

	for (size_t piece = 1; piece <= sizeof(text); piece++) {
		struct sha256_sum *sum = sha256_begin();
		struct slice left = slice_str(text);

		while (left.len != 0) {
			size_t n = left.len < piece ? left.len : piece;

			sha256_add(sum, slice_of(left.at, n));
			left = slice_from(left, n);
		}
		assert_hash(sha256_end(sum), "248d6a61d20638b8e5c026930c3e6039a33ce45964"
					     "ff2167f6ecedd419db06c1");
	}
	assert_hash(sha256_end(sha256_begin()),
		    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void
test_sha256__leaves_and_nodes_are_told_apart(void **state)
{
	(void)state;
	const struct sha256 zero = { 0 };
	uint8_t both[65] = { 1 };

	assert_hash(sha256_leaf(slice_str("")),
		    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
	assert_hash(sha256_leaf(slice_str("L123456")),
		    "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
	struct sha256 node = sha256_node(&zero, &zero);
	struct sha256 by_hand = sha256_of(slice_of(both, sizeof(both)));
	assert_true(sha256_eq(&node, &by_hand));
	struct sha256 leaf = sha256_leaf(slice_of(both + 1, 64));
	assert_false(sha256_eq(&node, &leaf));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha256__the_examples_of_the_standard),
		cmocka_unit_test(test_sha256__in_pieces_it_is_the_same),
		cmocka_unit_test(test_sha256__leaves_and_nodes_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
