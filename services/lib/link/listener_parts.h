/* lib/link/listener_parts.h - what the files of the listener share; nobody
 * else's. */
#ifndef LIB_LINK_LISTENER_PARTS_H
#define LIB_LINK_LISTENER_PARTS_H

#include "lib/link/listener.h"

/* A frame of the session's into the outbox: begin, put the body, end. */
struct buf *session_frame_begin(struct session *, enum frame_type, struct outbox *);
void session_frame_end(struct session *, struct outbox *, struct slice payload,
		       msec_t now);

/* What a frame of the session means. */
enum listener_event session_take(struct listener *, struct session *,
				 const struct frame *, struct arena *, struct outbox *,
				 msec_t now, struct listener_in *ret_in);

/* a - b, or as far as it goes: a peer's clock says anything. */
wall_ms_t wall_difference(wall_ms_t a, wall_ms_t b);

/* No more frames of the session in this second?  Counts one. */
bool session_is_flooding(struct session *, msec_t now);

/* Welcomed and not over? */
bool session_is_live(const struct session *);

/* Who is there shares what there is: sets every session's share. */
void listener_share_out(struct listener *);

/* An ERROR outside of a session's order: it has no number. */
void listener_say(struct peer, uint64_t session, const struct link_error *,
		  struct outbox *);

enum listener_event listener_take_hello(struct listener *, struct peer,
					const struct node_id *, const struct frame *,
					struct arena *, struct outbox *, struct rng *,
					msec_t now, struct session **ret_session);

/* A frame of a session that is none; 'node' may be NULL. */
void listener_take_stray(struct listener *, struct peer, const struct node_id *,
			 const struct frame *, struct outbox *, msec_t now);

/* Nothing without a session is heard of this node until the second is over. */
void listener_mute(struct listener *, const struct node_id *, msec_t now);

#endif
