/* lib/base/utf8.h - is this text? */
#ifndef LIB_BASE_UTF8_H
#define LIB_BASE_UTF8_H

#include "lib/base/slice.h"

/* Well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF)
 * without NUL. */
bool utf8_valid(struct slice) WARN_UNUSED;

/* Columns that the text takes in a terminal: 2 for wide East Asian characters, 0 for
 * combining ones (utf8proc's table). */
size_t utf8_width(struct slice);

#endif
