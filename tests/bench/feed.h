/* tests/bench/feed.h - many posts' links to one aggregation, on one thread.
 *
 * Each post has a DEALER of its own with CURVE and says what a post's link says: HELLO,
 * then batches as far as its credit reaches, STATUS when there is nothing else.  What
 * the other side refuses ends the program: nothing here is meant to be refused. */
#ifndef BENCH_FEED_H
#define BENCH_FEED_H

#include "post.h"

struct feed;

struct feed_options {
	const char *address;
	const uint8_t *server_key;
	const struct post *posts; /* Borrowed, as are the backlogs. */
	const struct backlog *backlogs;
	uint32_t count; /* Posts with an empty backlog do not connect. */
};

/* Connects and says HELLO; returns when every post is welcome. */
struct feed *feed_start(const struct feed_options *);

/* Sends everything; returns when the last batch is acknowledged. */
void feed_run(struct feed *);

void feed_stop(struct feed *);

#endif
