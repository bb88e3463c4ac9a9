/* lib/base/buf.h - bytes that grow at the end, and integers in the two byte orders.
 *
 * Blocks and frames are little-endian; keys of the store are big-endian, so that
 * their order in the store is the order of the numbers.
 *
 * A zeroed buf is an empty one.  Invariant: len <= cap. */
#ifndef LIB_BASE_BUF_H
#define LIB_BASE_BUF_H

#include "lib/base/slice.h"

struct buf {
	uint8_t *at;
	size_t len;
	size_t cap;
};

void buf_fini(struct buf *);

/* Empty, the memory is kept. */
static inline void
buf_clear(struct buf *b)
{
	b->len = 0;
}

/* Room for 'n' more bytes at the end; returns where they begin.  'len' is not moved. */
uint8_t *buf_reserve(struct buf *, size_t n);

/* 'n' more bytes of undefined content; returns where they begin. */
uint8_t *buf_grow(struct buf *, size_t n);

void buf_put(struct buf *, const void *data, size_t len);
void buf_put_slice(struct buf *, struct slice);
void buf_put_str(struct buf *, const char *s);
void buf_put_u8(struct buf *, uint8_t v);
void buf_put_le16(struct buf *, uint16_t v);
void buf_put_le32(struct buf *, uint32_t v);
void buf_put_le64(struct buf *, uint64_t v);
void buf_put_be64(struct buf *, uint64_t v);
void buf_printf(struct buf *, const char *fmt, ...) PRINTF_LIKE(2, 3);

static inline struct slice
buf_slice(const struct buf *b)
{
	return slice_of(b->at, b->len);
}

/* Integers in place. */
static inline uint16_t
get_le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t
get_le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static inline uint64_t
get_le64(const uint8_t *p)
{
	return (uint64_t)get_le32(p) | (uint64_t)get_le32(p + 4) << 32;
}

static inline uint64_t
get_be64(const uint8_t *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++) {
		v = v << 8 | p[i];
	}
	return v;
}

static inline void
put_le16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static inline void
put_le32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++) {
		p[i] = (uint8_t)(v >> 8 * i);
	}
}

static inline void
put_le64(uint8_t *p, uint64_t v)
{
	for (int i = 0; i < 8; i++) {
		p[i] = (uint8_t)(v >> 8 * i);
	}
}

static inline void
put_be64(uint8_t *p, uint64_t v)
{
	for (int i = 0; i < 8; i++) {
		p[i] = (uint8_t)(v >> 8 * (7 - i));
	}
}

#endif
