/* The writing half, and the names that both halves share; json_read_wire.c reads. */
#include "lib/model/json_wire.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/near.h"
#include "lib/base/utf8.h"

/* ---- Names ----------------------------------------------------------------------- */

const char *
json_name(const char *proto_name, struct arena *arena)
{
	char *name = arena_dup(arena, proto_name, strlen(proto_name));
	char *to = name;

	for (const char *from = proto_name; *from != '\0'; from++) {
		if (*from == '_' && from[1] != '\0') {
			from++;
			*to++ = (char)toupper((unsigned char)*from);
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	return name;
}

/* Is 'name' the lowerCamelCase of 'proto_name'? */
static bool
is_json_name(const char *proto_name, const char *name)
{
	for (; *proto_name != '\0'; proto_name++, name++) {
		char c = *proto_name;

		if (c == '_' && proto_name[1] != '\0') {
			proto_name++;
			c = (char)toupper((unsigned char)*proto_name);
		}
		if (c != *name) {
			return false;
		}
	}
	return *name == '\0';
}

const ProtobufCFieldDescriptor *
json_field(const ProtobufCMessageDescriptor *type, const char *name)
{
	for (unsigned i = 0; i < type->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &type->fields[i];

		if (strcmp(field->name, name) == 0 || is_json_name(field->name, name)) {
			return field;
		}
	}
	return NULL;
}

const char *
json_nearest_field(const ProtobufCMessageDescriptor *type, const char *name,
		   struct arena *arena)
{
	size_t len = strlen(name);
	unsigned best = len > 8 ? 4 : len > 3 ? 3 : 2; /* Not near is not worth saying. */
	const char *nearest = NULL;

	for (unsigned i = 0; i < type->n_fields; i++) {
		const char *candidate = json_name(type->fields[i].name, arena);
		unsigned d = near_distance(slice_str(name), slice_str(candidate));

		/* holder for holders, date for statedDates. */
		if (d >= best && len >= 4 && strcasestr(candidate, name) != NULL &&
		    nearest == NULL) {
			nearest = candidate;
		}
		if (d < best) {
			best = d;
			nearest = candidate;
		}
	}
	return nearest;
}

const char *
json_enum_prefix(const ProtobufCEnumDescriptor *type, struct arena *arena)
{
	struct buf b = { 0 };

	for (const char *at = type->short_name; *at != '\0'; at++) {
		if (isupper((unsigned char)*at) && at != type->short_name) {
			buf_put_u8(&b, '_');
		}
		buf_put_u8(&b, (uint8_t)toupper((unsigned char)*at));
	}
	buf_put_u8(&b, '_');
	const char *prefix = arena_dup(arena, b.at, b.len);
	buf_fini(&b);
	return prefix;
}

/* ---- Writing --------------------------------------------------------------------- */

struct writer {
	struct buf *out;
	unsigned flags;
	unsigned depth;
	struct arena *arena; /* For names. */
};

void
json_put_string(struct buf *out, struct slice text)
{
	must(utf8_valid(text));
	buf_put_u8(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.at[i];

		if (c == '"' || c == '\\') {
			buf_put_u8(out, '\\');
			buf_put_u8(out, c);
		} else if (c == '\n') {
			buf_put_str(out, "\\n");
		} else if (c == '\t') {
			buf_put_str(out, "\\t");
		} else if (c < 0x20 || c == 0x7f) {
			buf_printf(out, "\\u%04x", c);
		} else {
			buf_put_u8(out, c);
		}
	}
	buf_put_u8(out, '"');
}

static void
put_base64(struct buf *out, struct slice s)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	buf_put_u8(out, '"');
	for (size_t i = 0; i < s.len; i += 3) {
		size_t n = s.len - i < 3 ? s.len - i : 3;
		uint32_t v = (uint32_t)s.at[i] << 16;

		v |= n > 1 ? (uint32_t)s.at[i + 1] << 8 : 0;
		v |= n > 2 ? s.at[i + 2] : 0;
		buf_put_u8(out, (uint8_t)letters[v >> 18]);
		buf_put_u8(out, (uint8_t)letters[v >> 12 & 63]);
		buf_put_u8(out, (uint8_t)(n > 1 ? letters[v >> 6 & 63] : '='));
		buf_put_u8(out, (uint8_t)(n > 2 ? letters[v & 63] : '='));
	}
	buf_put_u8(out, '"');
}

static void
put_break(struct writer *w)
{
	if ((w->flags & JSON_PRETTY) != 0) {
		buf_put_u8(w->out, '\n');
		for (unsigned i = 0; i < w->depth; i++) {
			buf_put_str(w->out, "  ");
		}
	}
}

static void put_message(struct writer *, const ProtobufCMessage *);

static void
put_double(struct buf *out, double v)
{
	if (v != v) {
		buf_put_str(out, "\"NaN\"");
	} else if (v - v != 0) {
		buf_put_str(out, v > 0 ? "\"Infinity\"" : "\"-Infinity\"");
	} else {
		buf_printf(out, "%.17g", v);
	}
}

/* The value at 'at', of the field's type. */
static void
put_value(struct writer *w, const ProtobufCFieldDescriptor *field, const void *at)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
		buf_printf(w->out, "%" PRId32, *(const int32_t *)at);
		break;
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
		buf_printf(w->out, "%" PRIu32, *(const uint32_t *)at);
		break;
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
		buf_printf(w->out, "\"%" PRId64 "\"", *(const int64_t *)at);
		break;
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		buf_printf(w->out, "\"%" PRIu64 "\"", *(const uint64_t *)at);
		break;
	case PROTOBUF_C_TYPE_FLOAT:
		put_double(w->out, (double)*(const float *)at);
		break;
	case PROTOBUF_C_TYPE_DOUBLE:
		put_double(w->out, *(const double *)at);
		break;
	case PROTOBUF_C_TYPE_BOOL:
		buf_put_str(w->out, *(const protobuf_c_boolean *)at ? "true" : "false");
		break;
	case PROTOBUF_C_TYPE_ENUM: {
		int v = *(const int *)at;
		const ProtobufCEnumValue *value =
			protobuf_c_enum_descriptor_get_value(field->descriptor, v);

		if (value != NULL) {
			json_put_string(w->out, slice_str(value->name));
		} else {
			buf_printf(w->out, "%d", v);
		}
		break;
	}
	case PROTOBUF_C_TYPE_STRING:
		json_put_string(w->out, slice_str(*(const char *const *)at));
		break;
	case PROTOBUF_C_TYPE_BYTES: {
		const ProtobufCBinaryData *data = at;

		put_base64(w->out, slice_of(data->data, data->len));
		break;
	}
	case PROTOBUF_C_TYPE_MESSAGE:
		put_message(w, *(const ProtobufCMessage *const *)at);
		break;
	}
}

size_t
json_item_size(ProtobufCType type)
{
	switch (type) {
	case PROTOBUF_C_TYPE_BOOL:
		return sizeof(protobuf_c_boolean);
	case PROTOBUF_C_TYPE_BYTES:
		return sizeof(ProtobufCBinaryData);
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_MESSAGE:
		return sizeof(void *);
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_FLOAT:
	case PROTOBUF_C_TYPE_ENUM:
		return 4;
	default:
		return 8;
	}
}

/* Is there anything to say of this singular field? */
static bool
is_set(const struct writer *w, const ProtobufCMessage *message,
       const ProtobufCFieldDescriptor *field)
{
	const uint8_t *base = (const uint8_t *)message;
	const void *at = base + field->offset;
	bool numbers = (w->flags & JSON_NUMBERS) != 0;
	static const uint8_t zeros[8];

	if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
		uint32_t chosen;

		memcpy(&chosen, base + field->quantifier_offset, sizeof(chosen));
		return chosen == field->id;
	}
	switch (field->type) {
	case PROTOBUF_C_TYPE_STRING: {
		const char *text = *(const char *const *)at;

		return text != NULL && *text != '\0';
	}
	case PROTOBUF_C_TYPE_BYTES:
		return ((const ProtobufCBinaryData *)at)->len != 0;
	case PROTOBUF_C_TYPE_MESSAGE:
		return *(void *const *)at != NULL;
	case PROTOBUF_C_TYPE_ENUM:
		return *(const int *)at != 0;
	default:
		return numbers || memcmp(at, zeros, json_item_size(field->type)) != 0;
	}
}

static void
put_list(struct writer *w, const ProtobufCFieldDescriptor *field, const uint8_t *items,
	 size_t count)
{
	bool lines = field->type == PROTOBUF_C_TYPE_MESSAGE;

	buf_put_u8(w->out, '[');
	w->depth++;
	for (size_t i = 0; i < count; i++) {
		if (i != 0) {
			buf_put_str(w->out,
				    !lines && (w->flags & JSON_PRETTY) != 0 ? ", " : ",");
		}
		if (lines) {
			put_break(w);
		}
		put_value(w, field, items + i * json_item_size(field->type));
	}
	w->depth--;
	if (lines) {
		put_break(w);
	}
	buf_put_u8(w->out, ']');
}

static void
put_message(struct writer *w, const ProtobufCMessage *message)
{
	const ProtobufCMessageDescriptor *type = message->descriptor;
	const uint8_t *base = (const uint8_t *)message;
	bool any = false;

	buf_put_u8(w->out, '{');
	w->depth++;
	for (unsigned i = 0; i < type->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &type->fields[i];
		bool list = field->label == PROTOBUF_C_LABEL_REPEATED;
		size_t count = 0;

		if (list) {
			memcpy(&count, base + field->quantifier_offset, sizeof(count));
		}
		if (list ? count == 0 : !is_set(w, message, field)) {
			continue;
		}
		if (any) {
			buf_put_u8(w->out, ',');
		}
		any = true;
		put_break(w);
		json_put_string(w->out, slice_str(json_name(field->name, w->arena)));
		buf_put_str(w->out, (w->flags & JSON_PRETTY) != 0 ? ": " : ":");
		if (list) {
			put_list(w, field,
				 *(const uint8_t *const *)(base + field->offset), count);
		} else {
			put_value(w, field, base + field->offset);
		}
	}
	w->depth--;
	if (any) {
		put_break(w);
	}
	buf_put_u8(w->out, '}');
}

void
message_to_json(const ProtobufCMessage *message, unsigned flags, struct buf *out)
{
	struct arena arena = { 0 };
	struct writer w = { .out = out, .flags = flags, .arena = &arena };

	put_message(&w, message);
	arena_fini(&arena);
}
