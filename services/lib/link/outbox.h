/* lib/link/outbox.h - what a turn wants sent and done, in order.
 *
 * Nothing in it happens before the turn's commit.  The shell (lib/host, tests/sim)
 * empties it afterwards: sends frames, dials and hangs up endpoints, takes over a new
 * allow-list.  Frames are copied in, so handlers may reuse their buffers. */
#ifndef LIB_LINK_OUTBOX_H
#define LIB_LINK_OUTBOX_H

#include "lib/link/frame.h"

/* The other side of a socket.  On a listener: one connection (the shell's number for
 * its routing id).  On a dialled endpoint: the generation of the dialling, so that a
 * frame for a socket that was closed meanwhile goes nowhere. */
struct peer {
	uint32_t endpoint;
	uint32_t id;
};

static inline bool
peer_eq(struct peer a, struct peer b)
{
	return a.endpoint == b.endpoint && a.id == b.id;
}

enum out_kind {
	OUT_FRAME, /* Send. */
	OUT_DIAL,  /* Close the endpoint's socket if there is one and open a new one; its
		    * peer.id is 'to.id'. */
	OUT_HANG_UP, /* Close the endpoint's socket. */
	OUT_ALLOW,   /* The allow-list of CURVE keys is now these (32 bytes each). */
	OUT_JOB,     /* What the service has done outside, in its own words: a mail. */
};

struct out {
	enum out_kind kind;
	struct peer to;
	size_t at;       /* Where its bytes begin in outbox.bytes. */
	size_t body_len; /* OUT_FRAME: header and body are two parts; payload a third, */
	size_t payload_len; /* if this is not 0.  OUT_ALLOW, OUT_JOB: so many bytes. */
};

struct outbox {
	struct out *list;
	size_t count, cap;
	struct buf bytes;
};

void outbox_fini(struct outbox *);
void outbox_clear(struct outbox *);

/* Cut back to the first 'count' entries. */
void outbox_cut(struct outbox *, size_t count);

void outbox_frame(struct outbox *, struct peer to, const struct frame_header *,
		  struct slice body, struct slice payload);

/* The same in two steps for a body that is written in place, at the end of the buf that
 * is returned.  Between the two nothing else is put. */
struct buf *outbox_frame_begin(struct outbox *, struct peer to,
			       const struct frame_header *);
void outbox_frame_end(struct outbox *, struct slice payload);

void outbox_dial(struct outbox *, struct peer to);
void outbox_hang_up(struct outbox *, uint32_t endpoint);
void outbox_allow(struct outbox *, struct slice keys);
void outbox_job(struct outbox *, struct slice job);

/* The bytes of an OUT_ALLOW or an OUT_JOB; valid until the outbox changes. */
struct slice out_bytes(const struct outbox *, const struct out *);

/* The parts of an OUT_FRAME as they go to the wire: 2 or 3.  Valid until the outbox
 * changes. */
unsigned out_parts(const struct outbox *, const struct out *, struct slice parts[3]);

#endif
