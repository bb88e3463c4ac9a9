/* lib/base/slice.h - bytes that somebody else owns.
 *
 * A slice is borrowed: it is valid as long as what it points into.  A zeroed slice
 * is the empty one; 'at' may then be NULL. */
#ifndef LIB_BASE_SLICE_H
#define LIB_BASE_SLICE_H

#include <string.h>

#include "lib/base/base.h"

struct slice {
	const uint8_t *at;
	size_t len;
};

static inline struct slice
slice_of(const void *at, size_t len)
{
	return (struct slice){ .at = at, .len = len };
}

static inline struct slice
slice_str(const char *s)
{
	return (struct slice){ .at = (const uint8_t *)s,
			       .len = s != NULL ? strlen(s) : 0 };
}

static inline bool
slice_eq(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static inline bool
slice_eq_str(struct slice a, const char *s)
{
	return slice_eq(a, slice_str(s));
}

/* Order by bytes, the shorter of two with a common beginning first. */
static inline int
slice_cmp(struct slice a, struct slice b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int r = n != 0 ? memcmp(a.at, b.at, n) : 0;

	return r != 0 ? r : (a.len > b.len) - (a.len < b.len);
}

/* The bytes from 'from' on; 'from' must not be beyond the end. */
static inline struct slice
slice_from(struct slice s, size_t from)
{
	must(from <= s.len);
	return slice_of(s.at + from, s.len - from);
}

#endif
