/* lib/host/run.h - host_run() in a ZeroMQ context of the caller's, for tests of what
 * somebody else may have done to it. */
#ifndef LIB_HOST_RUN_H
#define LIB_HOST_RUN_H

#include "lib/host/host.h"

/* Borrows 'zmq': it is not terminated, but no socket of ours is left in it. */
enum err host_run_in(void *zmq, struct node *, const struct host_options *, char *why,
		     size_t why_len) WARN_UNUSED;

#endif
