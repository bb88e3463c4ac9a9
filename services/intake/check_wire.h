/* intake/check_wire.h - an event that an officer sends: is every field what it must be?
 *
 * Changes the message where that says nothing new: ids of sessions, the one post of the
 * node, offsets and dates that follow from a local time and its zone, members that
 * stand twice.  Everything else that is wrong ends the draft. */
#ifndef INTAKE_CHECK_WIRE_H
#define INTAKE_CHECK_WIRE_H

#include "intake/draft.h"
#include "kusanone/v1/control.pb-c.h"

/* All of an event.  False: the draft is refused. */
bool check_event(struct draft *, Kusanone__V1__Event *) WARN_UNUSED;

/* Every text of a message: no control characters. */
bool check_message_texts(struct draft *, const ProtobufCMessage *) WARN_UNUSED;

/* check_date_wire.c: sessions and stated dates. */
bool check_sessions(struct draft *, Kusanone__V1__Event *) WARN_UNUSED;
bool check_stated_dates(struct draft *, Kusanone__V1__Event *) WARN_UNUSED;

/* A session that is moved to another time of day stays in the zone that it had, where the
 * edit says none.  The zones stay the older event's own. */
void check_keep_zones(const Kusanone__V1__Event *was, Kusanone__V1__Event *is);

/* The first day on which the event may have been; REFERENCE_ANY_DAY: not stated. */
int32_t check_first_day(const Kusanone__V1__Event *);

/* check_code_wire.c: what the reference data and the posts say of it; warnings only. */
void check_codes(struct draft *, const Kusanone__V1__Event *);

/* people_wire.c: names become loose parts.  A name that 'base' or 'head' (Event
 * messages, may be empty) has already keeps its part. */
bool check_people(struct draft *, Kusanone__V1__Event *, struct slice base,
		  struct slice head) WARN_UNUSED;

/* What a loose part of this node's says, of this turn's too; empty where it was erased or
 * never came here. */
struct slice draft_part(struct draft *, const struct hash *part);

/* event_wire.c */
struct uuid draft_mint_id(struct draft *);
bool event_submit(struct draft *, Kusanone__V1__EventRevision *) WARN_UNUSED;
bool event_submit_patch(struct draft *, Kusanone__V1__Patch *) WARN_UNUSED;

/* conflict_wire.c: what both changed, in words that people read. */
bool draft_conflict(struct draft *, const struct merge_result *, const struct hash *head);

/* say_wire.c: the other bodies. */
bool say_submit(struct draft *, const Kusanone__V1__Submission *) WARN_UNUSED;

/* What was said before of the same thing. */
struct said_before {
	uint32_t row; /* Newest record; UINT32_MAX: none. */
	bool holds;   /* It is in force. */
};
#define SAID_NOTHING ((struct said_before){ UINT32_MAX, false })

/* Say it, unless it holds already.  'id' names what the receipt speaks of (an event, a
 * subscription), or is NULL; 'more' tells apart what is said of one id, or of none. */
bool say_body(struct draft *, const ProtobufCMessage *body, const struct uuid *id,
	      struct slice more, struct said_before) WARN_UNUSED;

/* say_alert_wire.c: subscriptions, silences, acknowledgements. */
bool say_alert(struct draft *, const Kusanone__V1__Submission *) WARN_UNUSED;

/* say_publication_wire.c */
bool say_publication(struct draft *, Kusanone__V1__Publication *) WARN_UNUSED;

static inline const char *
pb_str(const char *s)
{
	return s != NULL ? s : "";
}

static inline bool
pb_is_set(const char *s)
{
	return s != NULL && s[0] != '\0';
}

#endif
