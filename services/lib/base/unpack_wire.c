#include "lib/base/unpack_wire.h"

#include "lib/base/utf8.h"

struct budget {
	struct arena *arena;
	size_t left;
};

static void *
budget_alloc(void *data, size_t size)
{
	struct budget *budget = data;

	if (size > budget->left) {
		return NULL;
	}
	budget->left -= size;
	return arena_alloc(budget->arena, size);
}

static void
budget_free(void *data, void *ptr)
{
	(void)data;
	(void)ptr;
}

static bool
read_varint(struct slice *s, uint64_t *ret_v)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < 10; i++) {
		if (i >= s->len) {
			return false;
		}
		v |= (uint64_t)(s->at[i] & 0x7f) << 7 * i;
		if ((s->at[i] & 0x80) == 0) {
			*s = slice_from(*s, i + 1);
			*ret_v = v;
			return true;
		}
	}
	return false;
}

/* The value of one field, of which the tag was read: skips it, and gives the content of
 * a length-delimited one. */
static bool
read_value(struct slice *s, unsigned wire_type, struct slice *ret_content)
{
	uint64_t n;

	*ret_content = (struct slice){ 0 };
	switch (wire_type) {
	case PROTOBUF_C_WIRE_TYPE_VARINT:
		return read_varint(s, &n);
	case PROTOBUF_C_WIRE_TYPE_64BIT:
		n = 8;
		break;
	case PROTOBUF_C_WIRE_TYPE_32BIT:
		n = 4;
		break;
	case PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED:
		if (!read_varint(s, &n)) {
			return false;
		}
		break;
	default: /* Groups are not ours. */
		return false;
	}
	if (n > s->len) {
		return false;
	}
	*ret_content = slice_of(s->at, (size_t)n);
	*s = slice_from(*s, (size_t)n);
	return true;
}

const ProtobufCFieldDescriptor *
unpack_field(const ProtobufCMessageDescriptor *type, uint32_t number)
{
	/* Nearly every message numbers its fields from 1 without a gap. */
	if (number - 1 < type->n_fields && type->fields[number - 1].id == number) {
		return &type->fields[number - 1];
	}
	return protobuf_c_message_descriptor_get_field(type, number);
}

bool
unpack_fits(const ProtobufCFieldDescriptor *field, unsigned wire_type)
{
	unsigned own;

	switch (field->type) {
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_BYTES:
	case PROTOBUF_C_TYPE_MESSAGE:
		return wire_type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED;
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_FLOAT:
		own = PROTOBUF_C_WIRE_TYPE_32BIT;
		break;
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		own = PROTOBUF_C_WIRE_TYPE_64BIT;
		break;
	default:
		own = PROTOBUF_C_WIRE_TYPE_VARINT;
		break;
	}
	return wire_type == own || (field->label == PROTOBUF_C_LABEL_REPEATED &&
				    wire_type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED);
}

static const char *
walk(const ProtobufCMessageDescriptor *type, struct slice s, struct arena *arena,
     unsigned depth)
{
	if (depth > UNPACK_MAX_DEPTH) {
		return "nested too deep";
	}
	while (s.len != 0) {
		struct slice content;
		uint64_t tag;

		if (!read_varint(&s, &tag) || tag >> 3 == 0 || tag >> 3 > 0x1fffffff ||
		    !read_value(&s, (unsigned)(tag & 7), &content)) {
			return arena_printf(arena, "%s: not a whole message",
					    type->short_name);
		}
		const ProtobufCFieldDescriptor *field =
			unpack_field(type, (uint32_t)(tag >> 3));
		if (field == NULL) {
			continue;
		}
		if (!unpack_fits(field, (unsigned)(tag & 7))) {
			return arena_printf(arena, "%s.%s: has the wrong type",
					    type->short_name, field->name);
		}
		if (field->type == PROTOBUF_C_TYPE_STRING && !utf8_valid(content)) {
			return arena_printf(arena, "%s.%s: not UTF-8 text",
					    type->short_name, field->name);
		}
		if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
			const char *why =
				walk(field->descriptor, content, arena, depth + 1);

			if (why != NULL) {
				return why;
			}
		}
	}
	return NULL;
}

const char *
unpack_check(const ProtobufCMessageDescriptor *type, struct slice bytes,
	     struct arena *arena)
{
	return walk(type, bytes, arena, 0);
}

static ProtobufCMessage *
unpack_within(const ProtobufCMessageDescriptor *type, struct slice bytes, unsigned factor,
	      struct arena *arena, const char **ret_why)
{
	const char *why = walk(type, bytes, arena, 0);
	ProtobufCMessage *message = NULL;

	if (why == NULL) {
		struct budget budget = { arena, factor * bytes.len + UNPACK_FLOOR };
		ProtobufCAllocator allocator = { .alloc = budget_alloc,
						 .free = budget_free,
						 .allocator_data = &budget };

		message =
			protobuf_c_message_unpack(type, &allocator, bytes.len, bytes.at);
		if (message == NULL) {
			why = arena_printf(arena,
					   "%s: not a message of this type, or too "
					   "many parts for its length",
					   type->short_name);
		}
	}
	if (message == NULL && ret_why != NULL) {
		*ret_why = why;
	}
	return message;
}

ProtobufCMessage *
unpack_message(const ProtobufCMessageDescriptor *type, struct slice bytes,
	       struct arena *arena, const char **ret_why)
{
	return unpack_within(type, bytes, UNPACK_BUDGET, arena, ret_why);
}

ProtobufCMessage *
unpack_reply(const ProtobufCMessageDescriptor *type, struct slice bytes,
	     struct arena *arena, const char **ret_why)
{
	return unpack_within(type, bytes, UNPACK_REPLY_BUDGET, arena, ret_why);
}

void
pack_message(const ProtobufCMessage *message, struct buf *b)
{
	size_t len = protobuf_c_message_get_packed_size(message);

	buf_reserve(b, len);
	must(protobuf_c_message_pack(message, b->at + b->len) == len);
	b->len += len;
}

struct slice
pack_in_arena(const ProtobufCMessage *message, struct arena *arena)
{
	size_t len = protobuf_c_message_get_packed_size(message);
	uint8_t *at = arena_alloc(arena, len);

	must(protobuf_c_message_pack(message, at) == len);
	return slice_of(at, len);
}
