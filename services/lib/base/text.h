/* lib/base/text.h - words and numbers for people: on a screen, in a mail.
 *
 * What comes from records, services and files was written by others: text_clean() takes
 * the characters out that would drive a terminal, or begin a line of their own. */
#ifndef LIB_BASE_TEXT_H
#define LIB_BASE_TEXT_H

#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/base/utf8.h"

/* Line ends as " / ", other control characters as "?". */
const char *text_clean(struct arena *, const char *text);

/* The same with line ends kept. */
const char *text_clean_lines(struct arena *, const char *text);

static inline size_t
text_width(const char *text)
{
	return utf8_width(slice_str(text));
}

/* Bytes of the character at 'at' together with the marks that combine with it. */
size_t text_character_len(const char *at);

/* The text if it fits, else its beginning and "…". */
const char *text_cut(struct arena *, const char *text, size_t width);

/* 1,188 */
const char *number_text(struct arena *, int64_t);
const char *unsigned_text(struct arena *, uint64_t);

/* The pattern with {0}, {1}, … replaced by the arguments, of which a NULL is the end. */
void text_fill(struct buf *to, const char *pattern, const char *const *args);

#endif
