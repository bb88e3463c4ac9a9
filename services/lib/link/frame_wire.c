/* Bodies of frames: between our structs and the wire.  unpack_message() has bounded what
 * a body grows to and knows that strings are text; here ids, hashes and roles are checked
 * before they become ours.  What was unpacked lives in the arena, so texts and bytes are
 * handed on as they lie. */
#include "lib/base/unpack_wire.h"
#include "lib/base/utf8.h"
#include "lib/link/frame.h"

#include "kusanone/link/v1/link.pb-c.h"

typedef Kusanone__Link__V1__Cursor PbCursor;
typedef Kusanone__Link__V1__Hello PbHello;
typedef Kusanone__Link__V1__Welcome PbWelcome;
typedef Kusanone__Link__V1__Batch PbBatch;
typedef Kusanone__Link__V1__Ack PbAck;
typedef Kusanone__Link__V1__Status PbStatus;
typedef Kusanone__Link__V1__Error PbError;
typedef Kusanone__Link__V1__Goodbye PbGoodbye;

enum { BATCH_ITEM_TAG = 4 << 3 | 2 }; /* Field 4, length-delimited. */

#define UNPACK(type, body, arena)                                                        \
	(void *)unpack_message(&kusanone__link__v1__##type##__descriptor, (body),        \
			       (arena), NULL)

static bool
get_fixed(const ProtobufCBinaryData *bytes, uint8_t *ret_at, size_t len)
{
	if (bytes->len == 0) {
		memset(ret_at, 0, len);
		return true;
	}
	if (bytes->len != len) {
		return false;
	}
	memcpy(ret_at, bytes->data, len);
	return true;
}

static bool
get_cursor(const PbCursor *pb, struct link_cursor *ret_cursor)
{
	*ret_cursor = (struct link_cursor){ 0 };
	if (pb == NULL) {
		return true;
	}
	ret_cursor->position = pb->position;
	ret_cursor->filter_version = pb->filter_version;
	return get_fixed(&pb->log_hash, ret_cursor->log_hash.b, HASH_LEN);
}

static ProtobufCBinaryData
pb_hash(const struct hash *hash)
{
	return pb_slice(slice_of(hash->b, hash_is_zero(hash) ? 0 : HASH_LEN));
}

static PbCursor
pb_cursor(const struct link_cursor *cursor)
{
	PbCursor pb = KUSANONE__LINK__V1__CURSOR__INIT;

	pb.position = cursor->position;
	pb.log_hash = pb_hash(&cursor->log_hash);
	pb.filter_version = cursor->filter_version;
	return pb;
}

static char *
pb_text(const char *s)
{
	return (char *)(uintptr_t)(s != NULL ? s : protobuf_c_empty_string);
}

/* ---- HELLO ------------------------------------------------------------------------- */

void
link_hello_put(struct buf *b, const struct link_hello *hello)
{
	PbHello pb = KUSANONE__LINK__V1__HELLO__INIT;
	PbCursor cursor = pb_cursor(&hello->cursor);
	char software[128];
	size_t len = hello->software.len < sizeof(software) ? hello->software.len
							    : sizeof(software) - 1;

	while (len < hello->software.len && len != 0 &&
	       !utf8_valid(slice_of(hello->software.at, len))) {
		len--;
	}
	if (len != 0) {
		memcpy(software, hello->software.at, len);
	}
	software[len] = '\0';

	pb.node_id = pb_slice(slice_of(hello->node.b, NODE_ID_LEN));
	pb.role = hello->role == LINK_PRODUCER ? KUSANONE__LINK__V1__ROLE__ROLE_PRODUCER
					       : KUSANONE__LINK__V1__ROLE__ROLE_CONSUMER;
	pb.cursor = &cursor;
	pb.own_blocks_whole = hello->own_blocks_whole;
	pb.unfiltered = hello->unfiltered;
	pb.upto = hello->upto;
	pb.credit_bytes = hello->credit;
	pb.minor_min = hello->minor_min;
	pb.minor_max = hello->minor_max;
	pb.software = software;
	pb.wall_ms = hello->wall;
	pack_message(&pb.base, b);
}

static bool
get_hello(const PbHello *pb, struct link_hello *ret_hello)
{
	struct link_hello hello = { 0 };

	if (pb->role == KUSANONE__LINK__V1__ROLE__ROLE_PRODUCER) {
		hello.role = LINK_PRODUCER;
	} else if (pb->role == KUSANONE__LINK__V1__ROLE__ROLE_CONSUMER) {
		hello.role = LINK_CONSUMER;
	} else {
		return false;
	}
	if (!get_fixed(&pb->node_id, hello.node.b, NODE_ID_LEN) ||
	    !get_cursor(pb->cursor, &hello.cursor) || pb->minor_min > pb->minor_max) {
		return false;
	}
	hello.own_blocks_whole = pb->own_blocks_whole;
	hello.unfiltered = pb->unfiltered;
	hello.upto = pb->upto;
	hello.credit = pb->credit_bytes;
	hello.minor_min = pb->minor_min;
	hello.minor_max = pb->minor_max;
	hello.software = slice_str(pb->software);
	hello.wall = pb->wall_ms;
	*ret_hello = hello;
	return true;
}

bool
link_hello_get(struct slice body, struct arena *arena, struct link_hello *ret_hello)
{
	const PbHello *pb = UNPACK(hello, body, arena);

	return pb != NULL && get_hello(pb, ret_hello);
}

/* ---- WELCOME ----------------------------------------------------------------------- */

void
link_welcome_put(struct buf *b, const struct link_welcome *welcome)
{
	PbWelcome pb = KUSANONE__LINK__V1__WELCOME__INIT;
	PbCursor head = pb_cursor(&welcome->head);

	pb.minor = welcome->minor;
	pb.credit_bytes = welcome->credit;
	pb.head = &head;
	pb.heartbeat_ms = welcome->heartbeat_ms;
	pb.wall_ms = welcome->wall;
	pack_message(&pb.base, b);
}

static bool
get_welcome(const PbWelcome *pb, struct link_welcome *ret_welcome)
{
	struct link_welcome welcome = { .minor = pb->minor,
					.credit = pb->credit_bytes,
					.heartbeat_ms = pb->heartbeat_ms,
					.wall = pb->wall_ms };

	if (!get_cursor(pb->head, &welcome.head)) {
		return false;
	}
	*ret_welcome = welcome;
	return true;
}

bool
link_welcome_get(struct slice body, struct arena *arena, struct link_welcome *ret_welcome)
{
	const PbWelcome *pb = UNPACK(welcome, body, arena);

	return pb != NULL && get_welcome(pb, ret_welcome);
}

/* ---- BATCH ------------------------------------------------------------------------- */

static void
put_varint(struct buf *b, uint64_t v)
{
	while (v >= 0x80) {
		buf_put_u8(b, (uint8_t)(v | 0x80));
		v >>= 7;
	}
	buf_put_u8(b, (uint8_t)v);
}

void
link_batch_put(struct buf *b, const struct link_batch *batch)
{
	PbBatch pb = KUSANONE__LINK__V1__BATCH__INIT;
	PbCursor after = pb_cursor(&batch->after);
	PbCursor through = pb_cursor(&batch->through);

	pb.batch_no = batch->batch_no;
	pb.after = &after;
	pb.through = &through;
	pack_message(&pb.base, b);
	/* The items are the last field; so they need no list of protobuf-c's kind. */
	for (size_t i = 0; i < batch->item_count; i++) {
		put_varint(b, BATCH_ITEM_TAG);
		put_varint(b, batch->items[i].len);
		buf_put_slice(b, batch->items[i]);
	}
}

static bool
get_batch(const PbBatch *pb, struct arena *arena, struct link_batch *ret_batch)
{
	struct link_batch batch = { .batch_no = pb->batch_no, .item_count = pb->n_items };

	if (!get_cursor(pb->after, &batch.after) ||
	    !get_cursor(pb->through, &batch.through)) {
		return false;
	}
	if (pb->n_items != 0) {
		batch.items = arena_alloc(arena, pb->n_items * sizeof(batch.items[0]));
	}
	for (size_t i = 0; i < pb->n_items; i++) {
		batch.items[i] = slice_pb(pb->items[i]);
	}
	*ret_batch = batch;
	return true;
}

bool
link_batch_get(struct slice body, struct arena *arena, struct link_batch *ret_batch)
{
	const PbBatch *pb = UNPACK(batch, body, arena);

	return pb != NULL && get_batch(pb, arena, ret_batch);
}

/* ---- ACK --------------------------------------------------------------------------- */

void
link_ack_put(struct buf *b, const struct link_ack *ack)
{
	PbAck pb = KUSANONE__LINK__V1__ACK__INIT;
	PbCursor cursor = pb_cursor(&ack->cursor);

	pb.batch_no = ack->batch_no;
	pb.cursor = &cursor;
	pb.credit_bytes = ack->credit;
	pack_message(&pb.base, b);
}

static bool
get_ack(const PbAck *pb, struct link_ack *ret_ack)
{
	struct link_ack ack = { .batch_no = pb->batch_no, .credit = pb->credit_bytes };

	if (!get_cursor(pb->cursor, &ack.cursor)) {
		return false;
	}
	*ret_ack = ack;
	return true;
}

bool
link_ack_get(struct slice body, struct arena *arena, struct link_ack *ret_ack)
{
	const PbAck *pb = UNPACK(ack, body, arena);

	return pb != NULL && get_ack(pb, ret_ack);
}

/* ---- STATUS ------------------------------------------------------------------------ */

void
link_status_put(struct buf *b, const struct link_status *status)
{
	PbStatus pb = KUSANONE__LINK__V1__STATUS__INIT;
	Kusanone__Link__V1__Growth growth[LINK_GROWTHS], *pointers[LINK_GROWTHS];
	char key[LINK_ARCHIVE_KEY_MAX + 1] = "";

	must(status->wanted_count <= LINK_GROWTHS &&
	     status->growth_count <= LINK_GROWTHS &&
	     status->archive_key.len <= LINK_ARCHIVE_KEY_MAX);
	for (size_t i = 0; i < status->growth_count; i++) {
		kusanone__link__v1__growth__init(&growth[i]);
		growth[i].from = status->growth[i].from;
		growth[i].hashes = pb_slice(status->growth[i].hashes);
		pointers[i] = &growth[i];
	}
	if (status->archive_key.len != 0) {
		memcpy(key, status->archive_key.at, status->archive_key.len);
	}
	pb.archive_key = key;
	pb.wanted = (uint64_t *)(uintptr_t)status->wanted;
	pb.n_wanted = status->wanted_count;
	pb.growth = pointers;
	pb.n_growth = status->growth_count;

	pb.head = status->head;
	pb.lag = status->lag;
	pb.wall_ms = status->wall;
	pb.commit_age_ms = status->commit_age_ms;
	pb.disk_used_percent = status->disk_used_percent;
	pb.checkpoint = pb_slice(status->checkpoint);
	pack_message(&pb.base, b);
}

bool
link_status_get(struct slice body, struct arena *arena, struct link_status *ret_status)
{
	const PbStatus *pb = UNPACK(status, body, arena);
	struct link_growth *growth;

	if (pb == NULL || pb->n_wanted > LINK_GROWTHS || pb->n_growth > LINK_GROWTHS ||
	    strlen(pb->archive_key) > LINK_ARCHIVE_KEY_MAX) {
		return false;
	}
	growth = arena_alloc(arena, (pb->n_growth + 1) * sizeof(growth[0]));
	for (size_t i = 0; i < pb->n_growth; i++) {
		growth[i] = (struct link_growth){ pb->growth[i]->from,
						  slice_pb(pb->growth[i]->hashes) };
		if (growth[i].hashes.len % LINK_GROWTH_HASH != 0 ||
		    growth[i].hashes.len > LINK_GROWTH_HASHES * LINK_GROWTH_HASH) {
			return false;
		}
	}
	*ret_status = (struct link_status){
		.head = pb->head,
		.lag = pb->lag,
		.wall = pb->wall_ms,
		.commit_age_ms = pb->commit_age_ms,
		.disk_used_percent = pb->disk_used_percent,
		.checkpoint = slice_pb(pb->checkpoint),
		.archive_key = slice_str(pb->archive_key),
		.wanted = pb->wanted,
		.wanted_count = pb->n_wanted,
		.growth = growth,
		.growth_count = pb->n_growth,
	};
	return true;
}

/* ---- ERROR ------------------------------------------------------------------------- */

void
link_error_put(struct buf *b, const struct link_error *error)
{
	PbError pb = KUSANONE__LINK__V1__ERROR__INIT;

	pb.code = (Kusanone__Link__V1__ErrorCode)error->code;
	pb.error_class = (Kusanone__Link__V1__ErrorClass)error->error_class;
	pb.retry_after_ms = error->retry_after_ms;
	pb.text = pb_text(error->text);
	pb.block_hash = pb_hash(&error->block);
	pb.minor_min = error->minor_min;
	pb.minor_max = error->minor_max;
	pack_message(&pb.base, b);
}

static bool
get_error(const PbError *pb, struct link_error *ret_error)
{
	struct link_error error = { .retry_after_ms = pb->retry_after_ms,
				    .minor_min = pb->minor_min,
				    .minor_max = pb->minor_max };
	int code = (int)pb->code;
	int error_class = (int)pb->error_class;

	if (code <= 0 || !get_fixed(&pb->block_hash, error.block.b, HASH_LEN)) {
		return false;
	}
	error.code = (enum link_code)code;
	error.error_class = error_class >= LINK_INFO && error_class <= LINK_OPERATOR
				    ? (enum link_class)error_class
				    : LINK_RETRY_BACKOFF;
	error.text = pb->text;
	*ret_error = error;
	return true;
}

bool
link_error_get(struct slice body, struct arena *arena, struct link_error *ret_error)
{
	const PbError *pb = UNPACK(error, body, arena);

	return pb != NULL && get_error(pb, ret_error);
}

/* ---- GOODBYE ----------------------------------------------------------------------- */

void
link_goodbye_put(struct buf *b, const char *reason)
{
	PbGoodbye pb = KUSANONE__LINK__V1__GOODBYE__INIT;

	pb.reason = pb_text(reason);
	pack_message(&pb.base, b);
}

bool
link_goodbye_get(struct slice body, struct arena *arena, const char **ret_reason)
{
	const PbGoodbye *pb = UNPACK(goodbye, body, arena);

	if (pb == NULL) {
		return false;
	}
	*ret_reason = pb->reason;
	return true;
}
