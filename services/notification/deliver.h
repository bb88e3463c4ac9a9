/* notification/deliver.h - what the service wants sent, really sent.
 *
 * The core says what to send in a Delivery, one attempt each, and hears of it in an
 * Outcome.  Here the attempts are made: mail by SMTP, webhooks by HTTPS, feeds as files.
 * Nothing is remembered: when an attempt is made again, and when it is given up, is the
 * core's to say, and a Delivery that was never answered is known to it.
 *
 *	core -> Delivery -> [waits for its destination] -> mail | hook | feed
 *	     <- Outcome  <---------------------------------'
 *
 * Deliveries to one destination (the mail relay, a webhook's host and port, a feed's
 * file) are begun in the order in which they came, and no more than so many at once; a
 * destination that hangs holds up none but its own.
 *
 * Webhooks and feeds run on the loop.  Mail has threads of its own: libcurl waits for the
 * reply to a message's final dot without giving the loop back.  All outcomes are told on
 * the loop's thread, never from within deliver_begin().  SIGPIPE must be ignored. */
#ifndef NOTIFICATION_DELIVER_H
#define NOTIFICATION_DELIVER_H

#include "lib/base/log.h"
#include "lib/base/slice.h"

struct deliver_options {
	/* Mail.  smtp://host:port or smtps://…; NULL: mail is not set up. */
	const char *smtp_url;
	bool smtp_starttls;             /* smtp://: TLS or nothing. */
	const char *smtp_user;          /* NULL: without authentication. */
	const char *smtp_password_file; /* 0600, one line. */
	const char *smtp_ca_file;       /* NULL: the system's. */
	const char *from;               /* Envelope sender and From. */
	const char *host_name;          /* EHLO, and the right side of Message-ID. */

	/* Webhooks. */
	const char *secrets_file; /* notification/secrets.h; NULL: none. */
	/* "host:port" or "host": may be private, and may be http://. */
	const char *const *hook_allow;
	size_t hook_allow_count;
	const char *hook_ca_file; /* NULL: the system's. */

	const char *feed_dir; /* Made 0700; NULL: feeds are not set up. */

	unsigned per_destination; /* Attempts at once; 0: 2. */
	unsigned total;           /* 0: 16. */
	long timeout_ms;          /* Of a whole attempt; 0: 60000. */
	struct log_sink *log;
};

struct deliver;

/* 'loop' is a uv_loop_t.  Copies the options.  'done' is called with a packed Outcome,
 * borrowed for the call; it may begin deliveries, but not close.  NULL: 'why' says in a
 * sentence what of the options cannot be; the loop must still run to free the rest. */
struct deliver *deliver_open(void *loop, const struct deliver_options *,
			     void (*done)(void *ctx, struct slice outcome), void *ctx,
			     char *why, size_t why_len);

/* One packed kusanone.v1.Delivery, borrowed for the call.  On the loop's thread, as all
 * of these. */
void deliver_begin(struct deliver *, struct slice delivery);

/* Nothing waits and nothing is under way. */
bool deliver_is_idle(const struct deliver *);

/* No outcome is told any more.  What is under way is broken off; the memory is freed when
 * the loop, which must still run, has seen the last of it.  Accepts NULL. */
void deliver_close(struct deliver *);

#endif
