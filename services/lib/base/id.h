/* lib/base/id.h - ids as people see them.
 *
 * An event's id is a UUIDv7 (RFC 9562): its first 48 bits are the minting time in
 * unix milliseconds, so ids minted later sort later.  Its text form, 36 characters
 * in lower case, is what records hold.  A node's id is 16 random bytes, shown as
 * 32 hex digits. */
#ifndef LIB_BASE_ID_H
#define LIB_BASE_ID_H

#include "lib/base/slice.h"

enum { NODE_ID_LEN = 16, UUID_LEN = 16, UUID_TEXT_LEN = 36 };

struct node_id {
	uint8_t b[NODE_ID_LEN];
};

static inline bool
node_id_eq(const struct node_id *a, const struct node_id *b)
{
	return memcmp(a->b, b->b, NODE_ID_LEN) == 0;
}

struct uuid {
	uint8_t b[UUID_LEN];
};

static inline bool
uuid_eq(const struct uuid *a, const struct uuid *b)
{
	return memcmp(a->b, b->b, UUID_LEN) == 0;
}

static inline bool
uuid_is_zero(const struct uuid *id)
{
	static const struct uuid zero;

	return uuid_eq(id, &zero);
}

/* A UUIDv7 of 'now' with 'random' as its other bits. */
struct uuid uuid_v7(wall_ms_t now, const uint8_t random[10]);

/* 36 characters and a NUL. */
void uuid_format(const struct uuid *, char text[UUID_TEXT_LEN + 1]);

/* False if 's' is not the canonical lower-case form of a UUID (any version). */
bool uuid_parse(struct slice s, struct uuid *ret_id) WARN_UNUSED;

/* Lower-case hex of 'len' bytes and a NUL into 'text' of at least 2 * len + 1. */
void hex_format(const void *at, size_t len, char *text);

/* Exactly 'len' bytes from 2 * len hex digits of either case. */
bool hex_parse(struct slice s, void *ret_at, size_t len) WARN_UNUSED;

#endif
