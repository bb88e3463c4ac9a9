/* notification/mail_message.h - a mail in the forms that libcurl takes.
 *
 *	multipart/mixed                      (with calendars)
 *	  multipart/alternative
 *	    text/plain, text/html
 *	    text/calendar; method=…          the first calendar, for mail programs
 *	  text/calendar; method=…            all of them, as files
 *
 * All parts are in base64: most text is Japanese, and the message's length is known
 *before it is sent. */
#ifndef NOTIFICATION_MAIL_MESSAGE_H
#define NOTIFICATION_MAIL_MESSAGE_H

#include "notification/delivery.h"

struct curl_slist;
struct curl_mime;

/* NULL, or why there can be no such mail.  The others want one that can be. */
const char *mail_fault(const struct delivery *);

/* The caller frees them.  'easy' is the CURL that the body is sent with. */
struct curl_slist *mail_head(const struct delivery *, const char *from,
			     const char *host_name);
struct curl_mime *mail_body(void *easy, const struct delivery *);

#endif
