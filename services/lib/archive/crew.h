/* lib/archive/crew.h - work that may be done by others meanwhile.
 *
 * A core has no threads: whoever drives it may lend it some (lib/host/crew.h).  Work gets
 * its argument and touches nothing else; it is done, and seen to be, when wait() has
 * returned. */
#ifndef LIB_ARCHIVE_CREW_H
#define LIB_ARCHIVE_CREW_H

#include <stddef.h>

struct crew {
	void *ctx;
	/* Do work(arg), now or later. */
	void (*start)(void *ctx, void (*work)(void *arg), void *arg);
	/* Until all that was started is done. */
	void (*wait)(void *ctx);
};

/* Nobody: start() does it. */
extern const struct crew crew_nobody;

#endif
