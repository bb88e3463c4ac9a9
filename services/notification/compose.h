/* notification/compose.h - what an alert says: a mail, a webhook's body, a feed.
 *
 * Pure: the same notes give the same bytes, whatever the clock, the machine and the order
 * in which they are given.  Nothing is said that is not recorded: a date is as precise as
 * it is known, participants, people and money are never named, and a title that stands in
 * one language alone serves both.
 *
 *	note  --told_wire-->  struct told (plain)  --names, dates-->  words in a language
 *	                           |                                        |
 *	                           v                                        v
 *	                 calendar.c (libical)                   letter.c (text and HTML)
 *
 * A mail about one event invites: each session is an iCalendar object of its own (REQUEST
 * or CANCEL; RFC 5546 3.2.2 wants one UID in it), so that a calendar moves or drops what
 * it holds.  A mail about several events, or about more sessions than COMPOSE_MAX_PARTS,
 * carries one object for all of them by PUBLISH (RFC 5546 3.2.1 allows several UIDs):
 * clients show one card for a mail, and a digest is no invitation.  UID, SEQUENCE and
 * LAST-MODIFIED are the same in mails and feeds, so that neither doubles the other. */
#ifndef NOTIFICATION_COMPOSE_H
#define NOTIFICATION_COMPOSE_H

#include "lib/base/id.h"
#include "lib/base/mem.h"
#include "lib/model/alert.h"
#include "lib/model/fold.h"
#include "lib/model/zone.h"

/* One alert as a message tells it.  Slices are borrowed. */
struct note {
	enum alert_kind kind;
	uint8_t id[16]; /* The alert's. */
	bool has_event;
	struct uuid event;
	struct slice event_now;    /* Event message as it stands; empty: none. */
	struct slice event_before; /* CHANGED, MOVED: as it was. */
	bool withdrawn;            /* CANCELLED because it was recorded by mistake. */
	struct slice why;          /* CANCELLED, MOVED: the officer's words. */
	uint32_t sequence;         /* iCalendar SEQUENCE: rises with every change. */
	wall_ms_t changed_ms;      /* LAST-MODIFIED, DTSTAMP. */
	/* UPCOMING, DATE_NOT_FIXED: the session's id; empty: the event's stated date. */
	struct slice session;
	uint32_t lead_minutes; /* UPCOMING */
	/* UPCOMING: from the making of the message to starts_ms; 0: as the lead says. */
	uint32_t left_minutes;
	/* UPCOMING: the instant meant (of a day-precise date its local midnight). */
	wall_ms_t starts_ms;
	struct slice post;      /* COHOST_ASKED: who is asked; POST_SILENT: who. */
	struct slice dimension; /* COVERAGE_GAP: "state", "pillar" … */
	struct slice code;      /* … and "TN" */
	wall_ms_t since_ms;     /* POST_SILENT: last record; COVERAGE_GAP: last event; 0:
				   none. */
	unsigned days;          /* REPORT_OVERDUE: days since the last session. */
	struct slice other;     /* CONFLICT: the other event's Event message. */
	struct slice near; /* CONFLICT: of place, day, partner, vip_kind, by commas. */
	/* MILESTONE: the number passed; RESTATEMENT: new and old. */
	int64_t value, value_before;
	struct slice measure; /* RESTATEMENT */
	int16_t fy_from, fy_to;
};

enum note_lang { NOTE_JA, NOTE_EN, NOTE_LANGS };

/* To whom, and out of what. */
struct compose {
	const struct fold *fold;        /* Labels; NULL: codes stand for themselves. */
	const struct zone_table *zones; /* NULL: times in the event's own zone. */
	struct slice zone;              /* The reader's. */
	enum note_lang lang;
	const char *from, *to; /* Addresses: ORGANIZER and ATTENDEE. */
	const char *host_name; /* Right side of UIDs. */
	bool digest;           /* Asked for as a digest: the subject says so. */
};

enum { COMPOSE_MAX_PARTS = 20 };

/* A packed kusanone.v1.Mail in the arena: all but what the sender adds.  Of no notes: a
 * test, and says so. */
void compose_mail(const struct compose *, const struct note *notes, size_t count,
		  struct arena *, struct slice *ret_packed_mail);

/* The body of a webhook: kusanone.v1.AlertMessage as JSON, in both languages. */
void compose_hook(const struct compose *, const char *message_id, const struct note *,
		  size_t count, struct arena *, struct slice *ret_json);

/* One line about a note, in both languages. */
struct text compose_line(const struct compose *, const struct note *, struct arena *);

struct feed_event {
	struct uuid id;
	struct slice event;
	uint32_t sequence;
	wall_ms_t changed_ms;
	bool cancelled; /* Withdrawn or cancelled as a whole. */
};

/* An iCalendar file to subscribe to: one VEVENT for each session (or stated date) that
 * has a day, in the order in which they are given. */
void compose_feed(const struct compose *, struct slice name, const struct feed_event *,
		  size_t count, struct arena *, struct slice *ret_ics);

#endif
