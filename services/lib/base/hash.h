/* lib/base/hash.h - BLAKE2b-256 and Ed25519, as blocks and records use them.
 *
 * The only file of the project, with hash.c, that sees libsodium's hashing and
 * signing.  hash_init() must have been called once per process. */
#ifndef LIB_BASE_HASH_H
#define LIB_BASE_HASH_H

#include "lib/base/slice.h"

enum { HASH_LEN = 32, SIGN_LEN = 64, SIGN_PUBLIC_LEN = 32, SIGN_SECRET_LEN = 64 };

/* A BLAKE2b-256 value; all zeros means "none". */
struct hash {
	uint8_t b[HASH_LEN];
};

/* Prepare libsodium.  Aborts where it cannot: nothing works without. */
void hash_init(void);

struct hash hash_of(struct slice);

/* BLAKE2b-256 of two pieces one after the other. */
struct hash hash_of2(struct slice first, struct slice second);

static inline bool
hash_eq(const struct hash *a, const struct hash *b)
{
	return memcmp(a->b, b->b, HASH_LEN) == 0;
}

static inline bool
hash_is_zero(const struct hash *h)
{
	static const struct hash zero;

	return hash_eq(h, &zero);
}

/* The first eight bytes as a number: a key for tables, checked against the whole. */
static inline uint64_t
hash_u64(const struct hash *h)
{
	uint64_t v;

	memcpy(&v, h->b, sizeof(v));
	return v;
}

static inline struct slice
hash_slice(const struct hash *h)
{
	return slice_of(h->b, HASH_LEN);
}

/* A new Ed25519 pair from 'seed', or a random one where seed is NULL. */
void sign_keypair(uint8_t public_key[SIGN_PUBLIC_LEN], uint8_t secret[SIGN_SECRET_LEN],
		  const uint8_t seed[32]);
void sign_detached(uint8_t signature[SIGN_LEN], struct slice message,
		   const uint8_t secret[SIGN_SECRET_LEN]);
bool sign_verify(const uint8_t signature[SIGN_LEN], struct slice message,
		 const uint8_t public_key[SIGN_PUBLIC_LEN]) WARN_UNUSED;

/* 'len' random bytes of the system: keys, salts and ids, in shells only. */
void random_bytes(void *at, size_t len);

#endif
