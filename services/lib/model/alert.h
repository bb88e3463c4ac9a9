/* lib/model/alert.h - what alerts there are, and when a reader wants them.
 *
 * The words and small rules that intake, notification and the command share: kinds of
 * alerts, channels, and times of day in a reader's zone.  When an alert is due is
 * notification's. */
#ifndef LIB_MODEL_ALERT_H
#define LIB_MODEL_ALERT_H

#include "lib/base/slice.h"

/* X(name, word) in the order of their numbers, which stand in alert ids: they are for
 * life. */
#define ALERT_KINDS(X)                                                                   \
	/* A session comes near: once per lead time. */                                  \
	X(UPCOMING, "upcoming")                                                          \
	/* An event was first seen, whatever its date. */                                \
	X(ANNOUNCED, "announced")                                                        \
	/* Fields of an event that is ahead changed. */                                  \
	X(CHANGED, "changed")                                                            \
	/* It has another date or place, or is postponed. */                             \
	X(MOVED, "moved")                                                                \
	/* It will not be: cancelled, or withdrawn. */                                   \
	X(CANCELLED, "cancelled")                                                        \
	/* A post is named as co-host and has not answered. */                           \
	X(COHOST_ASKED, "cohost-asked")                                                  \
	/* No report so long after the last session, then weekly. */                     \
	X(REPORT_OVERDUE, "report-overdue")                                              \
	/* A session is dated by its month, and the month comes near. */                 \
	X(DATE_NOT_FIXED, "date-not-fixed")                                              \
	/* Another post's event is close in place, day, partner or VIP kind. */          \
	X(CONFLICT, "conflict")                                                          \
	/* No event in a state or pillar for months that had some a year before. */      \
	X(COVERAGE_GAP, "coverage-gap")                                                  \
	/* A post has recorded nothing for long. */                                      \
	X(POST_SILENT, "post-silent")                                                    \
	/* The cumulative total passes a round number. */                                \
	X(MILESTONE, "milestone")                                                        \
	/* A published figure was published anew with another value. */                  \
	X(RESTATEMENT, "restatement")

enum alert_kind {
#define X(name, word) ALERT_##name,
	ALERT_KINDS(X)
#undef X
		ALERT_KIND_COUNT
};

/* "cohost-asked"; false for an unknown word. */
const char *alert_kind_name(enum alert_kind);
bool alert_kind_parse(struct slice word, enum alert_kind *ret_kind) WARN_UNUSED;

enum alert_channel { CHANNEL_NONE, CHANNEL_MAIL, CHANNEL_WEBHOOK, CHANNEL_FEED };

enum {
	ALERT_MAX_LEADS = 8,
	ALERT_MAX_LEAD_MINUTES = 366 * 24 * 60,
	ALERT_MINUTES_A_DAY = 24 * 60,
	ALERT_WHO_MAX = 200,     /* Bytes. */
	ALERT_ADDRESS_MAX = 320, /* RFC 5321: 64 + 1 + 255. */
	ALERT_URL_MAX = 2000,
};

/* A mail address that can stand in an envelope and a header as it is: local@domain of
 * RFC 5321's Mailbox without quoted strings, literals and comments; ASCII. */
bool alert_address_valid(struct slice address) WARN_UNUSED;

/* https://host[:port]/…, in printable ASCII, without a user, a fragment or a space.  With
 * 'plain' also http://.  An IPv6 address stands in brackets, without a zone, which would
 * be of this machine's neighbours.  Who is behind it is asked when it is sent to. */
bool alert_url_valid(struct slice url, bool plain) WARN_UNUSED;

#endif
