/* A frame as it comes from a socket, cut into parts, and the link's bodies. */
#include "lib/link/frame.h"

/* The first two bytes say how long the first part is, the third how many parts there
 * are; the rest is cut so. */
static unsigned
cut(struct slice in, struct slice parts[4])
{
	if (in.len < 3) {
		return 0;
	}
	size_t first = get_le16(in.at);
	unsigned count = in.at[2] % 5;

	in = slice_from(in, 3);
	for (unsigned i = 0; i < count; i++) {
		size_t len = i == 0 && first < in.len ? first : in.len / (count - i);

		parts[i] = slice_of(in.at, len);
		in = slice_from(in, len);
	}
	return count;
}

static void
read_body(const struct frame *frame, struct arena *arena)
{
	union {
		struct link_hello hello;
		struct link_welcome welcome;
		struct link_batch batch;
		struct link_ack ack;
		struct link_status status;
		struct link_error error;
	} body;
	struct payload_item item;
	size_t at = 0;
	bool bad = false;

	switch (frame->header.type) {
	case FRAME_HELLO:
		(void)!link_hello_get(frame->body, arena, &body.hello);
		break;
	case FRAME_WELCOME:
		(void)!link_welcome_get(frame->body, arena, &body.welcome);
		break;
	case FRAME_BATCH:
		(void)!link_batch_get(frame->body, arena, &body.batch);
		while (payload_next_block(frame->payload, &at, &item, &bad)) {
			must(item.block.at >= frame->payload.at &&
			     item.block.at + item.block.len <=
				     frame->payload.at + frame->payload.len);
		}
		at = 0;
		bad = false;
		while (payload_next_entry(frame->payload, &at, &item, &bad)) {
			must(at <= frame->payload.len);
		}
		break;
	case FRAME_ACK:
		(void)!link_ack_get(frame->body, arena, &body.ack);
		break;
	case FRAME_STATUS:
		(void)!link_status_get(frame->body, arena, &body.status);
		break;
	default:
		(void)!link_error_get(frame->body, arena, &body.error);
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice parts[4];
	struct arena arena = { 0 };
	struct frame frame;
	unsigned count = cut(slice_of(data, size), parts);

	if (frame_read(parts, count, &frame) == FRAME_GOOD) {
		read_body(&frame, &arena);
		must(arena.used <= 64 * frame.body.len + 65536);
	}
	arena_fini(&arena);
	return 0;
}
