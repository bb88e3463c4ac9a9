/* lib/host/dialling.h - one dialling of an endpoint: from its address to its end.
 *
 *	name? --(looked up on libuv's threads)--> connect --> watched (monitor.h)
 *	   |                                         |            |
 *	   +---- no such name -----------------------+---- end ---+--> told to the turns
 *
 * The end is told once, as a message among the others, and nothing else is done about
 * it: whoever had it dialled hangs up, or dials again.
 *
 * libzmq would look names up itself, on the thread that moves every socket's bytes, and
 * say nothing of one that it did not find: with a dead name server, commands on this
 * machine would wait for it. */
#ifndef LIB_HOST_DIALLING_H
#define LIB_HOST_DIALLING_H

#include "lib/host/channel.h"

struct dialling;

/* Connect 'socket' to the endpoint's address, now or when its name is looked up.  Keeps
 * 'world', the endpoint's description, and 'socket' until dialling_stop(). */
struct dialling *dialling_start(struct channel_world *, void *zmq, void *socket,
				const struct endpoint *, struct peer);

/* While its socket is open still.  Accepts NULL.  It is gone when the loop has let go of
 * it, which world->open counts. */
void dialling_stop(struct dialling *);

#endif
