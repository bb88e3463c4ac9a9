/* lib/base/base64.h - bytes as base64 (RFC 4648, section 4: with "+", "/" and padding).
 *
 * Reading is strict: every value has one text, so that what was signed as text cannot be
 * written differently. */
#ifndef LIB_BASE_BASE64_H
#define LIB_BASE_BASE64_H

#include "lib/base/buf.h"

/* Characters that 'len' bytes take. */
#define BASE64_LEN(len) (((len) + 2) / 3 * 4)

void base64_put(struct buf *, struct slice bytes);

/* Append the bytes that 'text' says; false, with nothing appended, if it is not base64.
 */
bool base64_read(struct slice text, struct buf *to) WARN_UNUSED;

/* Exactly 'len' bytes. */
bool base64_get(struct slice text, void *ret_at, size_t len) WARN_UNUSED;

#endif
