/* lib/link/line.h - how a connection that was dialled ended, or why there was none.
 *
 * The shell watches what it has dialled and tells a core what it saw, as it tells of a
 * frame.  It is a hint and never more: it may come late or not at all, for a cut cable
 * says nothing.  What makes a link right are WELCOME, heartbeats and silence; this makes
 * it quick, and tells people why. */
#ifndef LIB_LINK_LINE_H
#define LIB_LINK_LINE_H

#include "lib/base/base.h"

#define LINE_ENDS(X)                                                                     \
	/* Not ended, or nobody knows how. */                                            \
	X(OPEN, "open", "")                                                              \
	/* No address could be made of the name. */                                      \
	X(NO_ADDRESS, "no_address", "the name of the address does not resolve")          \
	/* Nobody listens there, or no way leads there. */                               \
	X(REFUSED, "refused", "the connection was refused")                              \
	/* The door does not let our key in. */                                          \
	X(KEY_REFUSED, "key_refused", "our key was refused at the door")                 \
	/* Who answers cannot show the key that is pinned, or is no ZeroMQ at all. */    \
	X(STRANGER, "stranger", "who answers there does not have the key we expect")     \
	/* It was taken, and then came nothing. */                                       \
	X(MUTE, "mute", "the connection was taken, but nobody spoke")                    \
	/* It was there. */                                                              \
	X(CUT, "cut", "the connection ended")                                            \
	/* Never told by a shell: a dialer's own finding. */                             \
	X(SILENT, "silent", "nothing was heard")

enum line_end {
#define X(name, word, words) LINE_##name,
	LINE_ENDS(X)
#undef X
		LINE_END_COUNT
};

/* One word, and a few for log lines. */
const char *line_end_name(enum line_end);
const char *line_end_words(enum line_end);

/* Nobody was met, so it says nothing of the key that was dialled with. */
static inline bool
line_met_nobody(enum line_end end)
{
	return end == LINE_NO_ADDRESS || end == LINE_REFUSED;
}

#endif
