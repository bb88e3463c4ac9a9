#include "lib/base/hash.h"

#include <sodium.h>

_Static_assert(SIGN_LEN == crypto_sign_BYTES, "Ed25519 signature");
_Static_assert(SIGN_SECRET_LEN == crypto_sign_SECRETKEYBYTES, "Ed25519 secret");

void
hash_init(void)
{
	must(sodium_init() >= 0);
}

struct hash
hash_of(struct slice s)
{
	struct hash h;

	crypto_generichash(h.b, sizeof(h.b), s.at, s.len, NULL, 0);
	return h;
}

struct hash
hash_of2(struct slice first, struct slice second)
{
	crypto_generichash_state state;
	struct hash h;

	crypto_generichash_init(&state, NULL, 0, sizeof(h.b));
	crypto_generichash_update(&state, first.at, first.len);
	crypto_generichash_update(&state, second.at, second.len);
	crypto_generichash_final(&state, h.b, sizeof(h.b));
	return h;
}

void
sign_keypair(uint8_t public_key[SIGN_PUBLIC_LEN], uint8_t secret[SIGN_SECRET_LEN],
	     const uint8_t seed[32])
{
	if (seed != NULL) {
		crypto_sign_seed_keypair(public_key, secret, seed);
	} else {
		crypto_sign_keypair(public_key, secret);
	}
}

void
sign_detached(uint8_t signature[SIGN_LEN], struct slice message,
	      const uint8_t secret[SIGN_SECRET_LEN])
{
	crypto_sign_detached(signature, NULL, message.at, message.len, secret);
}

bool
sign_verify(const uint8_t signature[SIGN_LEN], struct slice message,
	    const uint8_t public_key[SIGN_PUBLIC_LEN])
{
	return crypto_sign_verify_detached(signature, message.at, message.len,
					   public_key) == 0;
}

void
random_bytes(void *at, size_t len)
{
	randombytes_buf(at, len);
}
