/* lib/archive/sha256.h - SHA-256 as the archive's tree uses it (RFC 6962, section 2.1).
 *
 * Leaves and nodes are told apart by their first byte, so that none can pass for the
 * other.  OpenSSL's implementation, not libsodium's: it uses the processor's
 * instructions for it, and this is what sealing and verifying cost.  sha256.c is the only
 * file that sees it. */
#ifndef LIB_ARCHIVE_SHA256_H
#define LIB_ARCHIVE_SHA256_H

#include "lib/base/slice.h"

enum { SHA256_LEN = 32 };

struct sha256 {
	uint8_t b[SHA256_LEN];
};

static inline bool
sha256_eq(const struct sha256 *a, const struct sha256 *b)
{
	return memcmp(a->b, b->b, SHA256_LEN) == 0;
}

struct sha256 sha256_of(struct slice);

/* Of what does not lie in memory whole: begin, add, end (which frees it). */
struct sha256_sum;
struct sha256_sum *sha256_begin(void) WARN_UNUSED;
void sha256_add(struct sha256_sum *, struct slice);
struct sha256 sha256_end(struct sha256_sum *);

/* Of a tree without leaves: of nothing. */
struct sha256 sha256_empty(void);

/* SHA-256(0x00 | entry). */
struct sha256 sha256_leaf(struct slice entry);

/* SHA-256(0x01 | left | right). */
struct sha256 sha256_node(const struct sha256 *left, const struct sha256 *right);

#endif
