/* lib/base/unpack_wire.h - protobuf from outside, unpacked within bounds.
 *
 * protobuf-c neither bounds what a message grows to, nor checks UTF-8, nor notices a
 * NUL inside a string.  Here the bytes are walked first along the descriptor (every
 * string is text, nesting is that of the schema), then unpacked into an arena with a
 * budget of 16 times their length (and no less than 64 KiB).  Messages live as long as
 * the arena and are never freed one by one. */
#ifndef LIB_BASE_UNPACK_WIRE_H
#define LIB_BASE_UNPACK_WIRE_H

#include <protobuf-c/protobuf-c.h>

#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/base/wire.h"

enum {
	UNPACK_BUDGET = 16,
	UNPACK_REPLY_BUDGET =
		64, /* Of our own service's answers: rows of small figures. */
	UNPACK_FLOOR = 64 * 1024, /* A short message may take this much in any case. */
	UNPACK_MAX_DEPTH = 16,
};

/* NULL if the bytes are no such message or outgrow the budget; 'ret_why' (may be NULL)
 * then says what is wrong, with the field's name, in 'arena'. */
ProtobufCMessage *unpack_message(const ProtobufCMessageDescriptor *, struct slice bytes,
				 struct arena *, const char **ret_why);

/* The same for a command that reads what a service of its own machine answered. */
ProtobufCMessage *unpack_reply(const ProtobufCMessageDescriptor *, struct slice bytes,
			       struct arena *, const char **ret_why);

/* For readers of bytes that unpack nothing: the field of a number, NULL if the type has
 * none. */
const ProtobufCFieldDescriptor *unpack_field(const ProtobufCMessageDescriptor *,
					     uint32_t number);

/* Check one occurrence of a field of 'type': its wire type, and that text is text; not
 * what a message in it holds.  NULL, or what is wrong, in 'arena'. */
const char *unpack_check_field(const ProtobufCMessageDescriptor *type,
			       const ProtobufCFieldDescriptor *,
			       const struct wire_field *, struct arena *);

/* Check a message along its descriptor, as unpack_message() does before it unpacks: NULL,
 * or what is wrong, in 'arena'.  The content of packed numbers is not looked at. */
const char *unpack_check(const ProtobufCMessageDescriptor *, struct slice bytes,
			 struct arena *);

/* The packed message at the end of 'b'. */
void pack_message(const ProtobufCMessage *, struct buf *b);

/* The packed message in 'arena'. */
struct slice pack_in_arena(const ProtobufCMessage *, struct arena *);

static inline struct slice
slice_pb(ProtobufCBinaryData d)
{
	return slice_of(d.data, d.len);
}

/* Borrows. */
static inline ProtobufCBinaryData
pb_slice(struct slice s)
{
	return (ProtobufCBinaryData){ .len = s.len, .data = (uint8_t *)(uintptr_t)s.at };
}

#endif
