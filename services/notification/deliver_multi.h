/* notification/deliver_multi.h - libcurl's transfers on the loop.
 *
 * libcurl says which sockets it waits for and until when; the loop says what happened.
 * An easy handle that is added is answered with its 'done' once, from the loop and never
 * from within deliver_multi_add(), or is removed before that. */
#ifndef NOTIFICATION_DELIVER_MULTI_H
#define NOTIFICATION_DELIVER_MULTI_H

#include "lib/base/base.h"

struct deliver_multi;

struct transfer {
	void *easy; /* CURL *; its CURLOPT_PRIVATE is taken. */
	/* 'code' is a CURLcode.  'easy' is out of the multi then. */
	void (*done)(struct transfer *, int code);
};

/* 'loop' is a uv_loop_t.  'closed' is called when nothing of it is left. */
struct deliver_multi *deliver_multi_open(void *loop, void (*closed)(void *ctx),
					 void *ctx);
void deliver_multi_add(struct deliver_multi *, struct transfer *);
void deliver_multi_remove(struct deliver_multi *, struct transfer *);
/* No transfer may be left in it. */
void deliver_multi_close(struct deliver_multi *);

#endif
