/* lib/archive/lines.h - text taken apart, as checkpoints and proofs need it.
 *
 * What is taken is passed over in '*rest'; where it is not there, nothing is. */
#ifndef LIB_ARCHIVE_LINES_H
#define LIB_ARCHIVE_LINES_H

#include "lib/base/slice.h"

/* What stands before the next 'c'; false if there is none. */
bool take_until(struct slice *rest, char c, struct slice *ret_word) WARN_UNUSED;

/* The next line without its end; it may be empty. */
static inline WARN_UNUSED bool
take_line(struct slice *rest, struct slice *ret_line)
{
	return take_until(rest, '\n', ret_line);
}

/* What follows 'word' and a space, if the line begins with them; it may be empty. */
bool after_word(struct slice line, const char *word, struct slice *ret_rest) WARN_UNUSED;

/* Decimal without leading zeros or signs, at most 'max'. */
bool number_read(struct slice text, uint64_t max, uint64_t *ret) WARN_UNUSED;

#endif
