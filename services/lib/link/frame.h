/* lib/link/frame.h - one frame: a header that is checked before anything else.
 *
 * ZeroMQ parts: [header, 24 bytes] [protobuf body] [payload, only BATCH].  Header,
 * little-endian:
 *
 *	0  4  magic "KSL1"     6  2  minor       16  8  frame_no
 *	4  1  type             8  8  session
 *	5  1  flags (0)
 *
 * session is 0 in HELLO and in requests; frame_no counts up per direction from 1 in a
 * session and is 0 in requests.  Limits are LINK's table; each is tested at its edge. */
#ifndef LIB_LINK_FRAME_H
#define LIB_LINK_FRAME_H

#include "lib/base/buf.h"
#include "lib/base/hash.h"
#include "lib/base/id.h"
#include "lib/base/mem.h"

enum {
	FRAME_HEADER_LEN = 24,
	FRAME_MAX_PARTS = 3,
	FRAME_MAX_LEN = 1024 * 1024 + 64 * 1024, /* Of one part. */
	FRAME_MAX_CONTROL = 64 * 1024,           /* Of a link's body that is no BATCH. */
	LINK_MINOR_MIN = 1,
	LINK_MINOR_MAX = 1,
	LINK_BLOCK = 64 * 1024,             /* The largest block. */
	LINK_BATCH_TARGET = 256 * 1024,     /* Blocks are joined up to this when busy. */
	LINK_BATCHES = 64,                  /* Of a session, not yet acknowledged. */
	LINK_CREDIT = 4 * 1024 * 1024,      /* Of a session. */
	LINK_CREDIT_MIN = 128 * 1024,       /* Of a session among very many. */
	LINK_CREDIT_ALL = 64 * 1024 * 1024, /* Of all sessions. */
	LINK_FRAMES_PER_SECOND = 20000,     /* Of one node: BUSY above. */
	LINK_HELLOS_PER_SECOND = 50,        /* Of one node: BUSY above. */
	LINK_STRAY_MS = 5000,               /* NO_SESSION is not said more often. */
	LINK_HEARTBEAT_MS = 5000,
	LINK_SILENCE_MS = 3 * LINK_HEARTBEAT_MS, /* Three missed STATUS. */
	LINK_WELCOME_MS = 10000,
	LINK_BACKOFF_MIN_MS = 500,
	LINK_BACKOFF_MAX_MS = 60000,
};

enum frame_type {
	FRAME_HELLO = 1,
	FRAME_WELCOME = 2,
	FRAME_BATCH = 3,
	FRAME_ACK = 4,
	FRAME_STATUS = 5,
	FRAME_ERROR = 6,
	FRAME_GOODBYE = 7,
	FRAME_REQUEST_FIRST = 32,
	FRAME_SUBMIT = 32,
	FRAME_RECEIPT = 33,
	FRAME_REFUSED = 34,
	FRAME_QUERY = 35,
	FRAME_REPLY = 36,
	FRAME_WATCH = 37,
};

struct frame_header {
	uint8_t type;
	uint16_t minor;
	uint64_t session;
	uint64_t frame_no;
};

/* A frame as received.  Borrows its parts. */
struct frame {
	struct frame_header header;
	struct slice body;
	struct slice payload;
};

void frame_header_put(uint8_t at[FRAME_HEADER_LEN], const struct frame_header *);

/* The numbers of a header; magic and flags are not looked at. */
struct frame_header frame_header_get(const uint8_t at[FRAME_HEADER_LEN]);

/* What is wrong with a frame before its body is looked at. */
enum frame_fault { FRAME_GOOD, FRAME_MALFORMED, FRAME_TOO_LARGE, FRAME_WRONG_MAJOR };

/* Check parts (1..n, without ZeroMQ's routing id).  At most FRAME_MAX_PARTS of 'parts'
 * are looked at, whatever 'count' says. */
enum frame_fault frame_read(const struct slice *parts, unsigned count,
			    struct frame *ret_frame) WARN_UNUSED;

/* ---- The link's bodies as structs: the only ones that frame_wire.c fills. ---------- */

struct link_cursor {
	uint64_t position;
	struct hash log_hash; /* Zeros at position 0. */
	uint32_t filter_version;
};

static inline bool
link_cursor_eq(const struct link_cursor *a, const struct link_cursor *b)
{
	return a->position == b->position && hash_eq(&a->log_hash, &b->log_hash) &&
	       a->filter_version == b->filter_version;
}

enum link_role { LINK_PRODUCER = 1, LINK_CONSUMER = 2 };

struct link_hello {
	struct node_id node;
	enum link_role role;
	struct link_cursor cursor;
	bool own_blocks_whole;
	bool unfiltered;
	uint64_t upto;
	uint64_t credit;
	uint32_t minor_min, minor_max;
	struct slice software;
	wall_ms_t wall;
};

struct link_welcome {
	uint32_t minor;
	uint64_t credit;
	struct link_cursor head;
	uint32_t heartbeat_ms;
	wall_ms_t wall;
};

struct link_batch {
	uint64_t batch_no;
	struct link_cursor after, through;
	struct slice *items;
	size_t item_count;
};

struct link_ack {
	uint64_t batch_no;
	struct link_cursor cursor;
	uint64_t credit;
};

/* That the archive's first 'from' entries are the beginning of its newest checkpoint's:
 * hashes of 32 bytes. */
struct link_growth {
	uint64_t from;
	struct slice hashes;
};

enum {
	LINK_GROWTHS = 64,
	LINK_GROWTH_HASH = 32,
	LINK_GROWTH_HASHES = 65,
	LINK_ARCHIVE_KEY_MAX = 255, /* Bytes of the line. */
};

struct link_status {
	uint64_t head, lag;
	wall_ms_t wall;
	uint32_t commit_age_ms;
	uint32_t disk_used_percent;

	/* The archive; its note and its key's line are opaque here. */
	struct slice checkpoint, archive_key;
	const uint64_t *wanted; /* Sizes to be proved from: at most LINK_GROWTHS. */
	size_t wanted_count;
	const struct link_growth *growth; /* At most as many. */
	size_t growth_count;
};

enum link_code {
	LINK_NO_SESSION = 1,
	LINK_SUPERSEDED,
	LINK_UNAUTHENTICATED,
	LINK_FORBIDDEN,
	LINK_VERSION_UNSUPPORTED,
	LINK_OUT_OF_ORDER,
	LINK_RESET,
	LINK_TOO_LARGE,
	LINK_MALFORMED,
	LINK_PROTOCOL,
	LINK_BUSY,
	LINK_DISK_FULL,
	LINK_INTERNAL,
};
enum link_class { LINK_INFO = 1, LINK_RETRY_NOW, LINK_RETRY_BACKOFF, LINK_OPERATOR };

/* "out_of_order" for LINK_OUT_OF_ORDER; "unknown" for a code of a newer peer. */
const char *link_code_name(enum link_code);

struct link_error {
	enum link_code code;
	enum link_class error_class;
	uint32_t retry_after_ms;
	const char *text;
	struct hash block; /* Zeros: none. */
	uint32_t minor_min, minor_max;
};

/* The answer to a frame with a fault: worded, with our minors. */
struct link_error link_error_of(enum frame_fault);

/* What a batch costs of its session's credit: its payload and its items. */
size_t link_batch_cost(const struct link_batch *, struct slice payload);

/* Put one body.  The buffer is appended to. */
void link_hello_put(struct buf *, const struct link_hello *);
void link_welcome_put(struct buf *, const struct link_welcome *);
void link_batch_put(struct buf *, const struct link_batch *);
void link_ack_put(struct buf *, const struct link_ack *);
void link_status_put(struct buf *, const struct link_status *);
void link_error_put(struct buf *, const struct link_error *);
void link_goodbye_put(struct buf *, const char *reason);

/* Read one body; false if it is malformed (lengths of ids and hashes, UTF-8, unknown
 * role) or would take more than 16 times its bytes to hold.  Slices and lists live in
 * 'arena'.  An empty id or hash is read as zeros; an error's unknown class is read as
 * LINK_RETRY_BACKOFF, its unknown code is kept. */
bool link_hello_get(struct slice, struct arena *, struct link_hello *) WARN_UNUSED;
bool link_welcome_get(struct slice, struct arena *, struct link_welcome *) WARN_UNUSED;
bool link_batch_get(struct slice, struct arena *, struct link_batch *) WARN_UNUSED;
bool link_ack_get(struct slice, struct arena *, struct link_ack *) WARN_UNUSED;
bool link_status_get(struct slice, struct arena *, struct link_status *) WARN_UNUSED;
bool link_error_get(struct slice, struct arena *, struct link_error *) WARN_UNUSED;
bool link_goodbye_get(struct slice, struct arena *, const char **ret_reason) WARN_UNUSED;

/* ---- Payload of a BATCH ------------------------------------------------------------
 * Of a journal: count x (u32 block length, block, u32 loose length, packed LooseParts).
 * Of the log, unfiltered: the same with (u64 first, u64 hq_ms, 32 log_hash) before. */
struct payload_item {
	uint64_t first; /* Unfiltered log only, as are the next two. */
	wall_ms_t hq_ms;
	struct hash log_hash;
	struct slice block;
	struct slice loose;
};
void payload_put_block(struct buf *, struct slice block, struct slice loose);
void payload_put_entry(struct buf *, const struct payload_item *);

/* The item at *at, which moves on.  False at the end; *ret_bad then says whether the
 * bytes from *at on are no payload.  An empty block is none. */
bool payload_next_block(struct slice payload, size_t *at, struct payload_item *,
			bool *ret_bad) WARN_UNUSED;
bool payload_next_entry(struct slice payload, size_t *at, struct payload_item *,
			bool *ret_bad) WARN_UNUSED;

#endif
