#include "lib/base/hash.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "lib/base/id.h"

static int
start(void **state)
{
	(void)state;
	hash_init();
	hash_init(); /* Twice does no harm. */
	return 0;
}

static void
check_hex(const void *at, size_t len, const char *expected)
{
	char text[2 * SIGN_LEN + 1];

	hex_format(at, len, text);
	assert_string_equal(text, expected);
}

static void
test_hash__is_blake2b_256(void **state)
{
	(void)state;
	struct hash empty = hash_of(slice_str(""));
	struct hash abc = hash_of(slice_str("abc"));

	/* Taken from another implementation. */
	check_hex(empty.b, HASH_LEN,
		  "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
	check_hex(abc.b, HASH_LEN,
		  "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

static void
test_hash__of_two_pieces_is_that_of_the_whole(void **state)
{
	(void)state;
	struct hash whole = hash_of(slice_str("abc"));
	struct hash one = hash_of2(slice_str("a"), slice_str("bc"));
	struct hash other = hash_of2(slice_str(""), slice_str("abc"));

	assert_true(hash_eq(&whole, &one));
	assert_true(hash_eq(&whole, &other));
}

static void
test_hash__zeros_mean_none(void **state)
{
	(void)state;
	struct hash h = { 0 };

	assert_true(hash_is_zero(&h));
	h.b[HASH_LEN - 1] = 1;
	assert_false(hash_is_zero(&h));
}

static void
test_sign__is_ed25519(void **state)
{
	(void)state;
	uint8_t seed[32];
	uint8_t public_key[SIGN_PUBLIC_LEN];
	uint8_t secret[SIGN_SECRET_LEN];
	uint8_t signature[SIGN_LEN];

	/* RFC 8032, section 7.1, test 1: the empty message. */
	assert_true(hex_parse(slice_str("9d61b19deffd5a60ba844af492ec2cc4"
					"4449c5697b326919703bac031cae7f60"),
			      seed, sizeof(seed)));
	sign_keypair(public_key, secret, seed);
	check_hex(public_key, SIGN_PUBLIC_LEN,
		  "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
	sign_detached(signature, slice_str(""), secret);
	check_hex(signature, SIGN_LEN,
		  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
		  "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
}

static void
test_sign__one_bit_anywhere_breaks_it(void **state)
{
	(void)state;
	uint8_t public_key[SIGN_PUBLIC_LEN];
	uint8_t secret[SIGN_SECRET_LEN];
	uint8_t signature[SIGN_LEN];
	uint8_t message[] = "twelve bytes";
	struct slice m = slice_of(message, sizeof(message));

	sign_keypair(public_key, secret, NULL);
	sign_detached(signature, m, secret);
	assert_true(sign_verify(signature, m, public_key));
	for (size_t bit = 0; bit < 8 * sizeof(message); bit++) {
		message[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(sign_verify(signature, m, public_key));
		message[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t bit = 0; bit < 8 * sizeof(signature); bit++) {
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(sign_verify(signature, m, public_key));
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_true(sign_verify(signature, m, public_key));
	assert_false(sign_verify(signature, slice_of(message, 11), public_key));
}

static void
test_sign__two_random_keys_differ(void **state)
{
	(void)state;
	uint8_t a[SIGN_PUBLIC_LEN];
	uint8_t b[SIGN_PUBLIC_LEN];
	uint8_t secret[SIGN_SECRET_LEN];

	sign_keypair(a, secret, NULL);
	sign_keypair(b, secret, NULL);
	assert_memory_not_equal(a, b, sizeof(a));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash__is_blake2b_256),
		cmocka_unit_test(test_hash__of_two_pieces_is_that_of_the_whole),
		cmocka_unit_test(test_hash__zeros_mean_none),
		cmocka_unit_test(test_sign__is_ed25519),
		cmocka_unit_test(test_sign__one_bit_anywhere_breaks_it),
		cmocka_unit_test(test_sign__two_random_keys_differ),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
