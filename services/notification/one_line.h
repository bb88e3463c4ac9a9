/* notification/one_line.h - foreign words as one line of text.
 *
 * What is put into a header, a log or an answer passes through here, so that nothing in
 * it can end a line: control characters (C0, DEL, C1) and the line and paragraph
 * separators U+2028 and U+2029 become a space, several spaces become one, there are none
 * at the ends, and a byte that is no UTF-8 becomes "?". */
#ifndef NOTIFICATION_ONE_LINE_H
#define NOTIFICATION_ONE_LINE_H

#include "lib/base/buf.h"

/* At most 'max' bytes at the end of 'out', cut between characters. */
void one_line(struct buf *out, struct slice text, size_t max);

/* Bytes of the character at the beginning of well-formed UTF-8 that is not empty. */
size_t char_len(struct slice text);

#endif
