/* notification/mail_head.h - the header fields of a mail that hold values of ours.
 *
 * The library writes MIME; fields outside of it are the caller's.  Each function puts one
 * field at the end of 'out' without its line's end.  Values pass through one_line(), so
 * nothing in them can begin another field. */
#ifndef NOTIFICATION_MAIL_HEAD_H
#define NOTIFICATION_MAIL_HEAD_H

#include "lib/base/buf.h"

/* Subject, cut at SUBJECT_MAX bytes: printable ASCII as it is where it fits a line, else
 * as encoded-words of RFC 2047 in lines of 76, no character divided between two. */
enum { SUBJECT_MAX = 500 };
void head_subject(struct buf *out, const char *subject);

/* "Date: Thu, 15 Feb 2024 05:00:00 +0000" (RFC 5322 3.3). */
void head_date(struct buf *out, wall_ms_t wall);

#endif
