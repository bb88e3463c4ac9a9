/* notification/delivery.h - one attempt to deliver, and what came of it.
 *
 * The plain forms of kusanone.v1.Delivery and Outcome. */
#ifndef NOTIFICATION_DELIVERY_H
#define NOTIFICATION_DELIVERY_H

#include "lib/base/buf.h"
#include "lib/base/mem.h"

enum delivery_kind { DELIVERY_NONE, DELIVERY_MAIL, DELIVERY_HOOK, DELIVERY_FEED };

struct delivery_calendar {
	const char *method; /* REQUEST, CANCEL or PUBLISH. */
	const char *file;
	struct slice content;
};

struct delivery {
	uint64_t number;
	const char *message; /* Hex: the same for all attempts. */
	uint32_t attempt;    /* From 1. */
	wall_ms_t made_ms;
	enum delivery_kind kind;
	union {
		struct {
			const char *to, *subject, *text, *html, *lang;
			const struct delivery_calendar *calendars;
			size_t calendar_count;
		} mail;
		struct {
			const char *url, *secret; /* The secret's name; "": unsigned. */
			struct slice body;
		} hook;
		struct {
			const char *file;
			struct slice content;
			bool removed;
		} feed;
	};
};

enum outcome_kind { OUTCOME_ACCEPTED, OUTCOME_LATER, OUTCOME_REFUSED };

enum { ANSWER_MAX = 200 };

struct outcome {
	enum outcome_kind kind;
	bool in_doubt; /* All of it was given away, and no answer came. */
	int64_t retry_after_ms;
	char answer[ANSWER_MAX + 1];
};

/* Unpack one; everything is in 'arena' then.  It was packed by our own service: that it
 * is none ends the process. */
void delivery_read(struct slice packed, struct arena *, struct delivery *ret_delivery);

/* The packed outcome of the delivery 'number' at the end of 'out'. */
void outcome_put(const struct outcome *, uint64_t number, struct buf *out);

#endif
