/* lib/host/drain.h - the last turn of a node. */
#ifndef LIB_HOST_DRAIN_H
#define LIB_HOST_DRAIN_H

#include "lib/node/node.h"

/* A turn over 'inbox' in which 'drain' follows the service's run(): it may write into
 * the transaction and say goodbye. */
enum err drain_turn(struct node *, void (*drain)(void *self, struct turn *),
		    struct inbox *inbox, msec_t now, wall_ms_t wall) WARN_UNUSED;

#endif
