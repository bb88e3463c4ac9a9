/* notification/mail_line.h - one line to the mail relay, and the mails on it.
 *
 * A line is used by one thread; only mail_line_break() may be called from others.  It
 * keeps its connection from one mail to the next, so that QUIT is not waited for between
 * a reply and our hearing of it. */
#ifndef NOTIFICATION_MAIL_LINE_H
#define NOTIFICATION_MAIL_LINE_H

#include <pthread.h>

#include "notification/deliver_parts.h"

enum { MAIL_LINE_SOCKETS = 4 }; /* Of one transfer: attempts at several addresses. */

struct mail_line {
	/* Configuration. */
	const struct deliver_options *options;
	const char *url;
	const _Atomic bool *stopping; /* Ends what is under way, within a second. */

	/* State. */
	void *easy; /* CURL */
	pthread_mutex_t lock;
	int sockets[MAIL_LINE_SOCKETS]; /* Under the lock: those that libcurl has open. */
};

/* Borrows all.  'url' is smtp[s]://HOST:PORT/NAME, with the name for EHLO. */
void mail_line_init(struct mail_line *, const struct deliver_options *, const char *url,
		    const _Atomic bool *stopping);

/* The thread's last words, QUIT where there is a connection; then fini() on any thread.
 */
void mail_line_quit(struct mail_line *);
void mail_line_fini(struct mail_line *);

/* One attempt; the job says then what came of it. */
void mail_line_send(struct mail_line *, struct job *);

/* Its connections are dead, and 'stopping' is heard at once. */
void mail_line_break(struct mail_line *);

/* The line of text of a private file, with a NUL.  It is read for each mail: what it says
 * holds at once. */
bool mail_read_password(const char *path, struct buf *password, char *why,
			size_t why_len) WARN_UNUSED;

#endif
