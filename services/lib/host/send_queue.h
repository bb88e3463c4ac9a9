/* lib/host/send_queue.h - frames that a socket does not take yet, one queue a peer.
 *
 * A high-water mark of 64 messages is met in normal work, so what is above it waits
 * here, in order.  Queues are bounded: the queue that goes beyond is dropped whole and
 * counted.  Its peer then misses frame numbers and ends the session, or waits in vain
 * for a reply: exactly what a cut line does, and it is handled like one.
 *
 * A queue exists as long as something is in it. */
#ifndef LIB_HOST_SEND_QUEUE_H
#define LIB_HOST_SEND_QUEUE_H

#include "lib/node/node.h"

enum {
	/* Of one peer.  A client that asks without pause gets a whole inbox answered in
	 * one turn, while its socket takes 64: room for a few turns of such replies. */
	SEND_QUEUE_FRAMES = 16 * 1024,
	SEND_QUEUE_BYTES = 8 * 1024 * 1024,
	/* Of all peers of a socket. */
	SEND_QUEUES_BYTES = LINK_CREDIT_ALL,
};

struct queued_frame {
	struct queued_frame *next;
	unsigned count;
	size_t len[FRAME_MAX_PARTS];
	uint8_t bytes[];
};

struct send_queue {
	uint32_t peer;
	struct queued_frame *first, **end;
	size_t frames, bytes;
};

struct send_queues {
	struct send_queue **list;
	size_t count, cap;
	size_t bytes; /* Of all. */
	uint64_t dropped_frames, dropped_queues;
};

void send_queues_fini(struct send_queues *);

/* The peer's queue; NULL if nothing waits for it. */
struct send_queue *send_queues_find(struct send_queues *, uint32_t peer);

/* Copy a frame in at the end of the peer's queue.  False if that was too much: the
 * peer's queue is gone and the frame with it. */
bool send_queues_put(struct send_queues *, uint32_t peer, const struct slice *parts,
		     unsigned count);

/* The parts of the first frame of a queue. */
unsigned send_queue_parts(const struct send_queue *, struct slice parts[FRAME_MAX_PARTS]);

/* It was sent.  False if it was the queue's last: the queue is gone. */
bool send_queues_pop(struct send_queues *, struct send_queue *);

/* The peer is gone, or its queue went beyond its bound: drop all of it, counted. */
void send_queues_drop(struct send_queues *, struct send_queue *);

#endif
