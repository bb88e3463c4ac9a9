/* notification/invite.h - which calendar objects an alert carries.
 *
 * A session's UID is SESSION.EVENT@HOST for life ("event" for a stated date). */
#ifndef NOTIFICATION_INVITE_H
#define NOTIFICATION_INVITE_H

#include "notification/calendar.h"
#include "notification/item.h"

struct invite {
	enum calendar_method method;
	const char *file;
	struct slice content;
};

/* The parts of a message, in the arena; none where no item has a day. */
size_t invites_of(const struct voice *, const struct item *items, size_t count,
		  struct invite **ret_invites);

/* What a feed shows of one sitting. */
struct calendar_entry invite_entry(const struct voice *, const struct told *,
				   const struct sitting *, bool cancelled,
				   uint32_t sequence, wall_ms_t changed_ms);

#endif
