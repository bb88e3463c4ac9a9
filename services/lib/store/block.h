/* lib/store/block.h - the block: what a node's commit appends.
 *
 * Immutable, named by its hash, chained to the one before, signed.  The same bytes are
 * the journal's value, the unit on the wire, the entry of HQ's log and the content of
 * the archive.  Format 1, little-endian:
 *
 *	 0   4  magic "KSB1"          40  32  parent: hash of the block before, or zeros
 *	 4   2  format, 1             72   8  key id
 *	 6   2  count, 1..1024        80   4  length of the records part
 *	 8  16  node id               84   4  zero
 *	24   8  first_seq             88   …  count x (u32 length, record bytes)
 *	32   8  committed_ms         end  64  Ed25519 over "kusanone block v1" NUL hash
 *
 * The hash is BLAKE2b-256 of everything before the signature. */
#ifndef LIB_STORE_BLOCK_H
#define LIB_STORE_BLOCK_H

#include "lib/base/buf.h"
#include "lib/base/hash.h"
#include "lib/base/id.h"

enum {
	BLOCK_HEADER_LEN = 88,
	BLOCK_MAX_RECORD = 32 * 1024,
	BLOCK_MAX_LEN = 64 * 1024, /* Header, records and signature. */
	BLOCK_MAX_COUNT = 1024,
	KEY_ID_LEN = 8,
};

/* First 8 bytes of BLAKE2b-256 of an Ed25519 public key. */
struct key_id {
	uint8_t b[KEY_ID_LEN];
};
struct key_id key_id_of(const uint8_t public_key[SIGN_PUBLIC_LEN]);

static inline bool
key_id_eq(const struct key_id *a, const struct key_id *b)
{
	return memcmp(a->b, b->b, KEY_ID_LEN) == 0;
}

/* A block that is well-formed.  Borrows the bytes it was read from. */
struct block {
	struct slice bytes;
	struct hash hash;
	struct node_id node;
	struct key_id key;
	struct hash parent; /* Zeros: none. */
	uint64_t first_seq;
	uint64_t last_seq;
	wall_ms_t committed_ms;
	uint32_t count;
	struct slice records;
	const uint8_t *signature;
};

/* Read 'bytes'; false if they are not one whole block of format 1.  'ret_why' (may be
 * NULL) then names the first rule that they break.  The signature is not checked. */
bool block_parse(struct slice bytes, struct block *ret_block,
		 const char **ret_why) WARN_UNUSED;

bool block_verify(const struct block *,
		  const uint8_t public_key[SIGN_PUBLIC_LEN]) WARN_UNUSED;

/* The same for bytes that were parsed when they were stored, cheaply: only the header is
 * read, and 'hash' is zeros. */
bool block_peek(struct slice bytes, struct block *ret_block) WARN_UNUSED;

/* The records in order: start with *at = 0; false after the last one. */
bool block_next(const struct block *, size_t *at, struct slice *ret_record) WARN_UNUSED;

/* Record 'i' (0-based) of a block that was parsed. */
struct slice block_record(const struct block *, uint32_t i);

/* Makes blocks.  Usage: block_begin, block_add while it returns true, block_finish. */
struct block_maker {
	struct buf buf;
	uint32_t count;
};
void block_maker_fini(struct block_maker *);
void block_begin(struct block_maker *, const struct node_id *, uint64_t first_seq,
		 const struct hash *parent);

/* False if the block is full: finish it and begin another.  A record of its own is at
 * most BLOCK_MAX_RECORD (must). */
bool block_add(struct block_maker *, struct slice record) WARN_UNUSED;

/* Signs; the bytes stay in maker->buf until the next begin. */
struct block block_finish(struct block_maker *, wall_ms_t committed_ms,
			  const struct key_id *, const uint8_t secret[SIGN_SECRET_LEN]);

#endif
