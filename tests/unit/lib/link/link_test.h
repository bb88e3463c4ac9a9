/* What the link's tests share: frames made by hand, and what an outbox holds. */
#ifndef UNIT_LIB_LINK_LINK_TEST_H
#define UNIT_LIB_LINK_LINK_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lib/base/rng.h"
#include "lib/link/outbox.h"

static inline struct hash
some_hash(uint8_t first)
{
	return (struct hash){ { first, 0xee } };
}

static inline struct node_id
some_node(uint8_t first)
{
	return (struct node_id){ { first, 0x0d } };
}

static inline struct link_cursor
cursor_at(uint64_t position)
{
	return (struct link_cursor){ .position = position,
				     .log_hash = some_hash((uint8_t)(position + 1)),
				     .filter_version = 1 };
}

/* The frame that stands at 'i' in the outbox, read as its receiver would. */
static inline struct frame
frame_at(const struct outbox *out, size_t i)
{
	struct slice parts[3];
	struct frame frame;

	assert_true(i < out->count);
	assert_int_equal(out->list[i].kind, OUT_FRAME);
	unsigned count = out_parts(out, &out->list[i], parts);
	assert_int_equal(frame_read(parts, count, &frame), FRAME_GOOD);
	return frame;
}

static inline struct frame
last_frame(const struct outbox *out)
{
	return frame_at(out, out->count - 1);
}

/* How many frames of 'type' there are. */
static inline size_t
frames_of(const struct outbox *out, enum frame_type type)
{
	size_t n = 0;

	for (size_t i = 0; i < out->count; i++) {
		n += out->list[i].kind == OUT_FRAME &&
		     frame_at(out, i).header.type == type;
	}
	return n;
}

static inline size_t
outs_of(const struct outbox *out, enum out_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < out->count; i++) {
		n += out->list[i].kind == kind;
	}
	return n;
}

/* The body of an ERROR. */
static inline struct link_error
error_in(struct frame frame, struct arena *arena)
{
	struct link_error error;

	assert_int_equal(frame.header.type, FRAME_ERROR);
	assert_true(link_error_get(frame.body, arena, &error));
	return error;
}

#endif
