/* The reading half of lib/model/json_wire.h. */
#include "lib/model/json_wire.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/utf8.h"

/* Where we are: a name, or (name NULL) an index, under its parent. */
struct place {
	const struct place *parent;
	const char *name;
	size_t index;
};

struct reader {
	struct arena *arena;
	struct json_fault *fault;
};

static void
path_put(const struct place *at, struct buf *b)
{
	if (at->parent != NULL) {
		path_put(at->parent, b);
	}
	if (at->name == NULL) {
		buf_printf(b, "[%zu]", at->index);
	} else if (at->parent != NULL) {
		buf_printf(b, ".%s", at->name);
	} else {
		buf_put_str(b, at->name);
	}
}

/* Records the fault; false, for callers to return. */
static bool
faulty(struct reader *r, const struct place *at, enum json_fault_kind kind,
       const char *found, const char *expected)
{
	struct buf b = { 0 };

	path_put(at, &b);
	*r->fault = (struct json_fault){ .kind = kind,
					 .path = arena_dup(r->arena, b.at, b.len),
					 .found = found,
					 .expected = expected };
	buf_fini(&b);
	return false;
}

static enum json_type
type_of(const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		return JSON_IS_OBJECT;
	case JSON_ARRAY:
		return JSON_IS_LIST;
	case JSON_STRING:
		return JSON_IS_STRING;
	case JSON_INTEGER:
		return JSON_IS_INTEGER;
	case JSON_REAL:
		return JSON_IS_NUMBER;
	case JSON_NULL:
		return JSON_IS_NULL;
	default:
		return JSON_IS_BOOL;
	}
}

/* English words of enum json_type. */
static const char *const type_words[JSON_TYPES] = {
	[JSON_IS_NOTHING] = "nothing",
	[JSON_IS_OBJECT] = "an object",
	[JSON_IS_LIST] = "a list",
	[JSON_IS_STRING] = "a text",
	[JSON_IS_INTEGER] = "a whole number",
	[JSON_IS_NUMBER] = "a number",
	[JSON_IS_BOOL] = "true or false",
	[JSON_IS_NULL] = "null",
	[JSON_IS_TEXT_OBJECT] = "an object with ja and en",
	[JSON_IS_DATE] = "a date such as \"2024-02-15\"",
	[JSON_IS_COUNT] = "a whole number or an object with value and bound",
};

static bool
wrong_type(struct reader *r, const struct place *at, const json_t *v,
	   enum json_type expected)
{
	enum json_type found = type_of(v);

	(void)faulty(r, at, JSON_FAULT_WRONG_TYPE, type_words[found],
		     type_words[expected]);
	r->fault->found_type = found;
	r->fault->expected_type = expected;
	return false;
}

/* ---- Single values --------------------------------------------------------------- */

/* A whole number between 'min' and 'max', from a number or a text of digits. */
static bool
read_integer(struct reader *r, const struct place *at, const json_t *v, int64_t min,
	     uint64_t max, int64_t *ret_signed, uint64_t *ret_unsigned)
{
	const char *range = arena_printf(r->arena, "%" PRId64 "..%" PRIu64, min, max);
	const char *found;
	bool negative;
	char *end = NULL;

	if (json_is_integer(v)) {
		found = arena_printf(r->arena, "%" JSON_INTEGER_FORMAT,
				     json_integer_value(v));
	} else if (json_is_real(v)) {
		double d = json_real_value(v);

		if (d > 9e15 || d < -9e15 || d != (double)(int64_t)d) {
			return wrong_type(r, at, v, JSON_IS_INTEGER);
		}
		found = arena_printf(r->arena, "%" PRId64, (int64_t)d);
	} else if (json_is_string(v)) {
		found = arena_dup(r->arena, json_string_value(v), json_string_length(v));
	} else {
		return wrong_type(r, at, v, JSON_IS_INTEGER);
	}

	negative = found[0] == '-';
	if (strspn(found + negative, "0123456789") != strlen(found + negative) ||
	    found[negative] == '\0') {
		return wrong_type(r, at, v, JSON_IS_INTEGER);
	}
	errno = 0;
	if (negative) {
		*ret_signed = strtoll(found, &end, 10);
		*ret_unsigned = 0;
		if (errno == 0 && *ret_signed >= min) {
			return true;
		}
	} else {
		*ret_unsigned = strtoull(found, &end, 10);
		*ret_signed = (int64_t)*ret_unsigned;
		if (errno == 0 && *ret_unsigned <= max) {
			return true;
		}
	}
	(void)faulty(r, at, JSON_FAULT_OUT_OF_RANGE, found, range);
	return false;
}

static bool
read_enum(struct reader *r, const struct place *at, const json_t *v,
	  const ProtobufCEnumDescriptor *type, void *to)
{
	const char *prefix = json_enum_prefix(type, r->arena);
	size_t prefix_len = strlen(prefix);
	struct buf values = { 0 };
	const char *found;

	if (json_is_integer(v)) {
		json_int_t n = json_integer_value(v);

		if (n >= INT32_MIN && n <= INT32_MAX &&
		    protobuf_c_enum_descriptor_get_value(type, (int)n) != NULL) {
			*(int *)to = (int)n;
			return true;
		}
		found = arena_printf(r->arena, "%" JSON_INTEGER_FORMAT, n);
	} else if (json_is_string(v)) {
		found = arena_dup(r->arena, json_string_value(v), json_string_length(v));
		for (unsigned i = 0; i < type->n_values; i++) {
			const char *name = type->values[i].name;

			if (strcasecmp(name, found) == 0 ||
			    (strncmp(name, prefix, prefix_len) == 0 &&
			     strcasecmp(name + prefix_len, found) == 0)) {
				*(int *)to = type->values[i].value;
				return true;
			}
		}
	} else {
		return wrong_type(r, at, v, JSON_IS_STRING);
	}

	for (unsigned i = 0; i < type->n_values; i++) {
		const char *name = type->values[i].name;

		if (type->values[i].value != 0) {
			buf_printf(&values, "%s%s", values.len != 0 ? ", " : "",
				   strncmp(name, prefix, prefix_len) == 0
					   ? name + prefix_len
					   : name);
		}
	}
	(void)faulty(r, at, JSON_FAULT_UNKNOWN_VALUE, found,
		     arena_dup(r->arena, values.at, values.len));
	buf_fini(&values);
	return false;
}

static int
base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z') {
		return c - 'A';
	}
	if (c >= 'a' && c <= 'z') {
		return c - 'a' + 26;
	}
	if (c >= '0' && c <= '9') {
		return c - '0' + 52;
	}
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* Both alphabets, padding or none; nothing else, and no bits beyond the last byte. */
static bool
read_base64(struct reader *r, const struct place *at, const json_t *v,
	    ProtobufCBinaryData *to)
{
	size_t len = json_string_length(v);
	const char *text = json_string_value(v);
	uint32_t bits = 0;
	unsigned have = 0;

	if (!json_is_string(v)) {
		return wrong_type(r, at, v, JSON_IS_STRING);
	}
	size_t padding = len;
	while (padding > 0 && text[padding - 1] == '=') {
		padding--;
	}
	if (padding % 4 == 1 || (len != padding && (len % 4 != 0 || len - padding > 2))) {
		return faulty(r, at, JSON_FAULT_NOT_BASE64, NULL, NULL);
	}
	to->data = arena_alloc(r->arena, padding * 3 / 4);
	to->len = 0;
	for (size_t i = 0; i < padding; i++) {
		int digit = base64_digit(text[i]);

		if (digit < 0) {
			return faulty(r, at, JSON_FAULT_NOT_BASE64, NULL, NULL);
		}
		bits = bits << 6 | (uint32_t)digit;
		have += 6;
		if (have >= 8) {
			have -= 8;
			to->data[to->len++] = (uint8_t)(bits >> have);
			bits &= (1u << have) - 1;
		}
	}
	if (bits != 0) {
		return faulty(r, at, JSON_FAULT_NOT_BASE64, NULL, NULL);
	}
	return true;
}

/* ---- Messages -------------------------------------------------------------------- */

static ProtobufCMessage *read_message(struct reader *, const struct place *,
				      const ProtobufCMessageDescriptor *, const json_t *);

static bool
is_type(const ProtobufCMessageDescriptor *type, const char *name)
{
	return strcmp(type->name, name) == 0;
}

static ProtobufCMessage *
new_message(struct reader *r, const ProtobufCMessageDescriptor *type)
{
	ProtobufCMessage *message = arena_zalloc(r->arena, type->sizeof_message);

	protobuf_c_message_init(type, message);
	return message;
}

/* A value that says nothing: as if it were not there. */
static bool
says_nothing(const ProtobufCFieldDescriptor *field, const json_t *v)
{
	const ProtobufCMessageDescriptor *type = field->descriptor;

	if (json_is_null(v)) {
		return true;
	}
	if (field->type != PROTOBUF_C_TYPE_MESSAGE) {
		return false;
	}
	if (is_type(type, "kusanone.v1.Date")) {
		return json_is_string(v) && json_string_length(v) == 0;
	}
	if (is_type(type, "kusanone.v1.Text") && json_is_object(v)) {
		const char *key;
		json_t *item;

		json_object_foreach((json_t *)(uintptr_t)v, key, item)
		{
			bool remark = key[0] == '/' && key[1] == '/';

			if (!remark &&
			    (json_field(type, key) == NULL ||
			     !(json_is_null(item) || (json_is_string(item) &&
						      json_string_length(item) == 0)))) {
				return false;
			}
		}
		return true;
	}
	return false;
}

/* The name of the number that a bound belongs to; NULL in other messages. */
static const char *
bounded_number(const ProtobufCMessageDescriptor *type)
{
	return is_type(type, "kusanone.v1.Count")   ? "value"
	       : is_type(type, "kusanone.v1.Money") ? "jpy"
						    : NULL;
}

/* A number without a bound is an exact one. */
static void
complete_bound(const ProtobufCMessageDescriptor *type, ProtobufCMessage *message)
{
	const ProtobufCFieldDescriptor *bound = json_field(type, "bound");
	int *to = (int *)(void *)((uint8_t *)message + bound->offset);

	if (*to == 0) {
		*to = protobuf_c_enum_descriptor_get_value_by_name(bound->descriptor,
								   "BOUND_EXACT")
			      ->value;
	}
}

/* What people may write in short.  Returns NULL with no fault where it is no short form.
 */
static ProtobufCMessage *
read_short_form(struct reader *r, const struct place *at,
		const ProtobufCMessageDescriptor *type, const json_t *v)
{
	ProtobufCMessage *message = NULL;
	const ProtobufCFieldDescriptor *field;

	if (is_type(type, "kusanone.v1.Date") && json_is_string(v)) {
		message = new_message(r, type);
		field = json_field(type, "value");
		*(char **)((uint8_t *)message + field->offset) =
			arena_dup(r->arena, json_string_value(v), json_string_length(v));
	} else if (is_type(type, "kusanone.v1.Count") && json_is_integer(v)) {
		int64_t ignored;
		uint64_t value;

		if (!read_integer(r, at, v, 0, UINT64_MAX, &ignored, &value)) {
			return NULL;
		}
		message = new_message(r, type);
		field = json_field(type, "value");
		memcpy((uint8_t *)message + field->offset, &value, sizeof(value));
		complete_bound(type, message);
	}
	return message;
}

static bool
read_value(struct reader *r, const struct place *at,
	   const ProtobufCFieldDescriptor *field, const json_t *v, void *to)
{
	int64_t s;
	uint64_t u;

	switch (field->type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
		if (!read_integer(r, at, v, INT32_MIN, INT32_MAX, &s, &u)) {
			return false;
		}
		*(int32_t *)to = (int32_t)s;
		return true;
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
		if (!read_integer(r, at, v, 0, UINT32_MAX, &s, &u)) {
			return false;
		}
		*(uint32_t *)to = (uint32_t)u;
		return true;
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
		if (!read_integer(r, at, v, INT64_MIN, INT64_MAX, &s, &u)) {
			return false;
		}
		*(int64_t *)to = s;
		return true;
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		if (!read_integer(r, at, v, 0, UINT64_MAX, &s, &u)) {
			return false;
		}
		*(uint64_t *)to = u;
		return true;
	case PROTOBUF_C_TYPE_FLOAT:
	case PROTOBUF_C_TYPE_DOUBLE:
		if (!json_is_number(v)) {
			return wrong_type(r, at, v, JSON_IS_NUMBER);
		}
		if (field->type == PROTOBUF_C_TYPE_FLOAT) {
			*(float *)to = (float)json_number_value(v);
		} else {
			*(double *)to = json_number_value(v);
		}
		return true;
	case PROTOBUF_C_TYPE_BOOL:
		if (!json_is_boolean(v)) {
			return wrong_type(r, at, v, JSON_IS_BOOL);
		}
		*(protobuf_c_boolean *)to = json_is_true(v);
		return true;
	case PROTOBUF_C_TYPE_ENUM:
		return read_enum(r, at, v, field->descriptor, to);
	case PROTOBUF_C_TYPE_STRING:
		if (!json_is_string(v)) {
			return wrong_type(r, at, v, JSON_IS_STRING);
		}
		*(char **)to =
			arena_dup(r->arena, json_string_value(v), json_string_length(v));
		return true;
	case PROTOBUF_C_TYPE_BYTES:
		return read_base64(r, at, v, to);
	case PROTOBUF_C_TYPE_MESSAGE: {
		ProtobufCMessage *message = read_message(r, at, field->descriptor, v);

		*(ProtobufCMessage **)to = message;
		return message != NULL;
	}
	}
	return false;
}

static bool
read_list(struct reader *r, const struct place *at, const ProtobufCFieldDescriptor *field,
	  const json_t *v, uint8_t *message)
{
	size_t count = json_array_size(v);
	size_t size = json_item_size(field->type);

	if (!json_is_array(v)) {
		return wrong_type(r, at, v, JSON_IS_LIST);
	}
	if (count == 0) {
		return true;
	}
	uint8_t *items = arena_zalloc(r->arena, count * size);
	for (size_t i = 0; i < count; i++) {
		struct place item = { .parent = at, .index = i };

		if (!read_value(r, &item, field, json_array_get(v, i),
				items + i * size)) {
			return false;
		}
	}
	*(uint8_t **)(void *)(message + field->offset) = items;
	*(size_t *)(void *)(message + field->quantifier_offset) = count;
	return true;
}

static bool
read_field(struct reader *r, const struct place *at, ProtobufCMessage *message,
	   const ProtobufCFieldDescriptor *field, const json_t *v)
{
	uint8_t *base = (uint8_t *)message;

	if (says_nothing(field, v)) {
		return true;
	}
	if (field->label == PROTOBUF_C_LABEL_REPEATED) {
		return read_list(r, at, field, v, base);
	}
	if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
		uint32_t *chosen = (uint32_t *)(void *)(base + field->quantifier_offset);

		if (*chosen != 0) {
			const ProtobufCFieldDescriptor *other =
				protobuf_c_message_descriptor_get_field(
					message->descriptor, *chosen);

			return faulty(r, at, JSON_FAULT_ONE_OF, NULL,
				      json_name(other->name, r->arena));
		}
		*chosen = field->id;
	}
	return read_value(r, at, field, v, base + field->offset);
}

static bool
read_object(struct reader *r, const struct place *at, ProtobufCMessage *message,
	    const json_t *v)
{
	const ProtobufCMessageDescriptor *type = message->descriptor;
	bool *seen = arena_zalloc(r->arena, type->n_fields + 1);
	const char *number = bounded_number(type);
	const char *key;
	json_t *item;

	json_object_foreach((json_t *)(uintptr_t)v, key, item)
	{
		struct place here = { .parent = at, .name = key };

		if (key[0] == '/' && key[1] == '/') {
			continue;
		}
		const ProtobufCFieldDescriptor *field = json_field(type, key);
		if (field == NULL) {
			return faulty(r, &here, JSON_FAULT_UNKNOWN_FIELD, NULL,
				      json_nearest_field(type, key, r->arena));
		}
		here.name = json_name(field->name, r->arena);
		if (seen[field - type->fields]) {
			return faulty(r, &here, JSON_FAULT_TWICE, NULL, NULL);
		}
		seen[field - type->fields] = true;
		if (!read_field(r, &here, message, field, item)) {
			return false;
		}
		if (number != NULL && !json_is_null(item) &&
		    strcmp(field->name, number) == 0) {
			complete_bound(type, message);
		}
	}
	return true;
}

static ProtobufCMessage *
read_message(struct reader *r, const struct place *at,
	     const ProtobufCMessageDescriptor *type, const json_t *v)
{
	ProtobufCMessage *message = read_short_form(r, at, type, v);

	if (message != NULL || r->fault->kind != JSON_FAULT_NONE) {
		return message;
	}
	if (!json_is_object(v)) {
		(void)wrong_type(r, at, v,
				 is_type(type, "kusanone.v1.Text")   ? JSON_IS_TEXT_OBJECT
				 : is_type(type, "kusanone.v1.Date") ? JSON_IS_DATE
				 : is_type(type, "kusanone.v1.Count") ? JSON_IS_COUNT
								      : JSON_IS_OBJECT);
		return NULL;
	}
	message = new_message(r, type);
	return read_object(r, at, message, v) ? message : NULL;
}

/* ---- Text ------------------------------------------------------------------------ */

static bool
place_in_text(struct slice text, size_t offset, struct json_fault *fault)
{
	fault->line = 1;
	fault->column = 1;
	for (size_t i = 0; i < offset; i++) {
		fault->column = text.at[i] == '\n' ? 1 : fault->column + 1;
		fault->line += text.at[i] == '\n' ? 1 : 0;
	}
	return false;
}

/* Nesting is counted before the parser sees a byte: it recurses. */
static bool
depth_bounded(struct slice text, struct json_fault *fault)
{
	unsigned depth = 0;
	bool string = false;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.at[i];

		if (string) {
			i += c == '\\' ? 1 : 0;
			string = c != '"';
		} else if (c == '"') {
			string = true;
		} else if (c == '{' || c == '[') {
			if (++depth > JSON_MAX_DEPTH) {
				fault->kind = JSON_FAULT_TOO_DEEP;
				return place_in_text(text, i, fault);
			}
		} else if (c == '}' || c == ']') {
			depth -= depth != 0 ? 1 : 0;
		}
	}
	return true;
}

static bool
is_utf8(struct slice text, struct json_fault *fault)
{
	size_t good = 0;

	if (utf8_valid(text)) {
		return true;
	}
	/* The first line that is not text. */
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '\n') {
			if (!utf8_valid(slice_of(text.at + good, i - good))) {
				break;
			}
			good = i + 1;
		}
	}
	fault->kind = JSON_FAULT_NOT_UTF8;
	(void)place_in_text(text, good, fault);
	fault->column = 0;
	return false;
}

json_t *
json_parse(struct slice text, struct arena *arena, struct json_fault *fault)
{
	json_error_t error;

	*fault = (struct json_fault){ .path = "" };
	if (!is_utf8(text, fault) || !depth_bounded(text, fault)) {
		return NULL;
	}
	json_t *v = json_loadb(text.len != 0 ? (const char *)text.at : "", text.len,
			       JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (v == NULL) {
		fault->kind = JSON_FAULT_SYNTAX;
		fault->line = error.line > 0 ? (unsigned)error.line : 1;
		fault->column = error.column > 0 ? (unsigned)error.column : 1;
		fault->found = arena_dup(arena, error.text, strlen(error.text));
	}
	return v;
}

ProtobufCMessage *
json_value_to_message(const ProtobufCMessageDescriptor *type, const char *root,
		      const json_t *v, struct arena *arena, struct json_fault *fault)
{
	struct reader r = { .arena = arena, .fault = fault };
	struct place at = { .name = root };

	*fault = (struct json_fault){ .path = "" };
	return read_message(&r, &at, type, v);
}

ProtobufCMessage *
json_to_message(const ProtobufCMessageDescriptor *type, const char *root,
		struct slice text, struct arena *arena, struct json_fault *fault)
{
	json_t *v = json_parse(text, arena, fault);

	if (v == NULL) {
		return NULL;
	}
	ProtobufCMessage *message = json_value_to_message(type, root, v, arena, fault);
	json_decref(v);
	return message;
}

void
json_fault_put(const struct json_fault *f, struct buf *b)
{
	if (f->path != NULL && f->path[0] != '\0') {
		buf_printf(b, "%s: ", f->path);
	} else if (f->column != 0) {
		buf_printf(b, "line %u, column %u: ", f->line, f->column);
	} else if (f->line != 0) {
		buf_printf(b, "line %u: ", f->line);
	}
	switch (f->kind) {
	case JSON_FAULT_NONE:
	case JSON_FAULT_KINDS:
		buf_put_str(b, "no fault");
		break;
	case JSON_FAULT_NOT_UTF8:
		buf_put_str(b, "is not UTF-8 text");
		break;
	case JSON_FAULT_TOO_DEEP:
		buf_printf(b, "is nested deeper than %d", JSON_MAX_DEPTH);
		break;
	case JSON_FAULT_SYNTAX:
		buf_printf(b, "is not JSON: %s", f->found);
		break;
	case JSON_FAULT_UNKNOWN_FIELD:
		buf_put_str(b, "there is no such field");
		if (f->expected != NULL) {
			buf_printf(b, "; did you mean %s?", f->expected);
		}
		break;
	case JSON_FAULT_TWICE:
		buf_put_str(b, "stands here twice, under both of its names");
		break;
	case JSON_FAULT_ONE_OF:
		buf_printf(b, "cannot stand beside %s: one of the two", f->expected);
		break;
	case JSON_FAULT_WRONG_TYPE:
	case JSON_FAULT_OUT_OF_RANGE:
		buf_printf(b, "is %s, must be %s", f->found, f->expected);
		break;
	case JSON_FAULT_UNKNOWN_VALUE:
		buf_printf(b, "is \"%s\", must be one of %s", f->found, f->expected);
		break;
	case JSON_FAULT_NOT_BASE64:
		buf_put_str(b, "is not base64");
		break;
	}
}
