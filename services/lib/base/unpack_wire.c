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

const ProtobufCFieldDescriptor *
unpack_field(const ProtobufCMessageDescriptor *type, uint32_t number)
{
	/* Nearly every message numbers its fields from 1 without a gap. */
	if (number - 1 < type->n_fields && type->fields[number - 1].id == number) {
		return &type->fields[number - 1];
	}
	return protobuf_c_message_descriptor_get_field(type, number);
}

/* May it stand with this wire type? */
static bool
fits(const ProtobufCFieldDescriptor *field, enum wire_type wire_type)
{
	enum wire_type own;

	switch (field->type) {
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_BYTES:
	case PROTOBUF_C_TYPE_MESSAGE:
		return wire_type == WIRE_BYTES;
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_FLOAT:
		own = WIRE_FIXED32;
		break;
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		own = WIRE_FIXED64;
		break;
	default:
		own = WIRE_VARINT;
		break;
	}
	return wire_type == own ||
	       (field->label == PROTOBUF_C_LABEL_REPEATED && wire_type == WIRE_BYTES);
}

const char *
unpack_check_field(const ProtobufCMessageDescriptor *type,
		   const ProtobufCFieldDescriptor *field, const struct wire_field *f,
		   struct arena *arena)
{
	if (!fits(field, f->type)) {
		return arena_printf(arena, "%s.%s: has the wrong type", type->short_name,
				    field->name);
	}
	if (field->type == PROTOBUF_C_TYPE_STRING && !utf8_valid(f->content)) {
		return arena_printf(arena, "%s.%s: not UTF-8 text", type->short_name,
				    field->name);
	}
	return NULL;
}

static const char *
walk(const ProtobufCMessageDescriptor *type, struct slice s, struct arena *arena,
     unsigned depth)
{
	struct wire_field f;
	size_t at = 0;
	bool bad;

	if (depth > UNPACK_MAX_DEPTH) {
		return "nested too deep";
	}
	while (wire_next(s, &at, &f, &bad)) {
		const ProtobufCFieldDescriptor *field = unpack_field(type, f.number);

		if (field == NULL) {
			continue;
		}
		const char *why = unpack_check_field(type, field, &f, arena);
		if (why == NULL && field->type == PROTOBUF_C_TYPE_MESSAGE) {
			why = walk(field->descriptor, f.content, arena, depth + 1);
		}
		if (why != NULL) {
			return why;
		}
	}
	return bad ? arena_printf(arena, "%s: not a whole message", type->short_name)
		   : NULL;
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
