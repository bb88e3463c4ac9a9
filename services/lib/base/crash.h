/* lib/base/crash.h - die at a named point, for tests of what a crash leaves behind.
 *
 * KUSANONE_CRASH_AT=body_sent ends the process with SIGKILL when it first passes the
 * point of that name, body_sent:3 when it passes it for the third time.  The points are
 * in every build, so that the programs that are tested are those that run; without the
 * variable a point is one load and one branch. */
#ifndef LIB_BASE_CRASH_H
#define LIB_BASE_CRASH_H

#include "lib/base/base.h"

/* On any thread. */
void crash_point(const char *name);

/* Is this the point that the process is to die at?  For points that take an effort to
 * find. */
bool crash_is_at(const char *name);

#endif
