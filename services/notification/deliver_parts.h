/* notification/deliver_parts.h - what the files of deliver share.
 *
 * A job is a delivery on its way.  deliver_io.c has it while it waits, then one of the
 * three channels until job_settle(), then deliver_io.c again.
 *
 * A channel is opened with the loop; X_begin() takes a job and answers with
 * job_settle(), at once or later.  X_close() settles all that it still has, in whatever
 * way, closes its handles, and calls deliver_channel_closed() as the last thing. */
#ifndef NOTIFICATION_DELIVER_PARTS_H
#define NOTIFICATION_DELIVER_PARTS_H

#include <sys/queue.h>

#include "notification/deliver.h"
#include "notification/delivery.h"

enum { CONNECT_TIMEOUT_MS = 15000, WHY_MAX = 512 };

struct destination;

struct job {
	TAILQ_ENTRY(job) entry; /* Of the list of whoever has it. */
	struct deliver *deliver;
	struct destination *destination;
	struct arena arena; /* What 'delivery' points to, and the channel's own. */
	struct delivery delivery;
	struct outcome outcome;
};
TAILQ_HEAD(job_list, job);

/* What came of it, in words that may be foreign. */
void job_says(struct job *, enum outcome_kind, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Gives the job back.  On any thread. */
void job_settle(struct job *);

/* How many attempts to one destination there are at once. */
unsigned deliver_limit(const struct deliver_options *);
long deliver_timeout_ms(const struct deliver_options *);

void deliver_channel_closed(struct deliver *);

/* Borrow the options. */
struct mailer;
struct mailer *mailer_open(struct deliver *, void *loop, const struct deliver_options *,
			   char *why, size_t why_len);
void mailer_begin(struct mailer *, struct job *);
void mailer_close(struct mailer *);

struct hooks;
struct hooks *hooks_open(struct deliver *, void *loop, const struct deliver_options *,
			 char *why, size_t why_len);
void hooks_begin(struct hooks *, struct job *);
void hooks_close(struct hooks *);

struct feeds;
struct feeds *feeds_open(struct deliver *, void *loop, const struct deliver_options *,
			 char *why, size_t why_len);
void feeds_begin(struct feeds *, struct job *);
void feeds_close(struct feeds *);

#endif
