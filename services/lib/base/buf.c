#include "lib/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/mem.h"

void
buf_fini(struct buf *b)
{
	free(b->at);
	*b = (struct buf){ 0 };
}

uint8_t *
buf_reserve(struct buf *b, size_t n)
{
	must(n <= SIZE_MAX / 2 - b->len);
	if (b->at == NULL || b->cap - b->len < n) {
		size_t cap = b->cap != 0 ? b->cap : 256;

		while (cap - b->len < n) {
			cap *= 2;
		}
		b->at = xrealloc(b->at, cap);
		b->cap = cap;
	}
	return b->at + b->len;
}

uint8_t *
buf_grow(struct buf *b, size_t n)
{
	uint8_t *at = buf_reserve(b, n);

	b->len += n;
	return at;
}

void
buf_put(struct buf *b, const void *data, size_t len)
{
	if (len != 0) {
		memcpy(buf_grow(b, len), data, len);
	}
}

void
buf_put_slice(struct buf *b, struct slice s)
{
	buf_put(b, s.at, s.len);
}

void
buf_put_str(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void
buf_put_u8(struct buf *b, uint8_t v)
{
	*buf_grow(b, 1) = v;
}

void
buf_put_le16(struct buf *b, uint16_t v)
{
	put_le16(buf_grow(b, 2), v);
}

void
buf_put_le32(struct buf *b, uint32_t v)
{
	put_le32(buf_grow(b, 4), v);
}

void
buf_put_le64(struct buf *b, uint64_t v)
{
	put_le64(buf_grow(b, 8), v);
}

void
buf_put_be64(struct buf *b, uint64_t v)
{
	put_be64(buf_grow(b, 8), v);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	int len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	must(len >= 0);

	buf_reserve(b, (size_t)len + 1);
	va_start(args, fmt);
	vsnprintf((char *)b->at + b->len, (size_t)len + 1, fmt, args);
	va_end(args);
	b->len += (size_t)len;
}
