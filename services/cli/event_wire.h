/* cli/event_wire.h - one event, found by what the officer typed.
 *
 * A whole id; its last hex digits (six or more, as lists show the last eight), if only
 * one event ends in them; or the source key under which it was recorded. */
#ifndef CLI_EVENT_WIRE_H
#define CLI_EVENT_WIRE_H

#include "cli/ask_wire.h"

/* The whole id, in the arena.  EXIT_DONE, or a code after a complaint. */
int event_find(struct cli *, const char *typed, const char **ret_id);

/* The events of others that name a post of this node; open_only: without an answer. */
int event_ask_cohosts(struct cli *, bool open_only,
		      const Kusanone__V1__CohostsReply **ret_reply);

/* The event with this whole id. */
int event_fetch(struct cli *, const char *id, bool history,
		const Kusanone__V1__EventReply **ret_event);

/* Both in one. */
int event_find_and_fetch(struct cli *, const char *typed, bool history,
			 const char **ret_id, const Kusanone__V1__EventReply **ret_event);

/* 64 hex digits of a revision, from their beginning (six or more) if only one revision
 * of the event begins so. */
int event_find_revision(struct cli *, const char *id, const char *typed,
			const char **ret_hash);

#endif
