/* lib/model/json_wire.h - protobuf as JSON, by the descriptors: the proto3 JSON mapping.
 *
 * Written: lowerCamelCase names, 64-bit integers as text, enums by name, bytes in
 * base64; what is absent or has its default is left out.
 *
 * Read: lowerCamelCase and the names of the .proto; null is absent; an enum's name in
 * either case, with or without its prefix (HELD, STATUS_HELD).  Keys that begin with
 * "//" are remarks and are passed over.  For people who write by hand, a Date may be
 * plain text ("2024-02"), a Count a plain number, which is then an exact one; a Count
 * or Money without a bound is exact; a Date or a Text that says nothing is absent.  A
 * Text is an object with ja and en: both languages never stand in one field.
 *
 * Nothing is guessed beyond that: an unknown field, a wrong type, a number out of range,
 * a key that stands twice, text that is not UTF-8 and nesting beyond JSON_MAX_DEPTH are
 * faults that name their place, and what would be right. */
#ifndef LIB_MODEL_JSON_WIRE_H
#define LIB_MODEL_JSON_WIRE_H

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>

#include "lib/base/buf.h"
#include "lib/base/mem.h"

enum { JSON_MAX_DEPTH = 24 };

enum json_fault_kind {
	JSON_FAULT_NONE,
	JSON_FAULT_NOT_UTF8,      /* line */
	JSON_FAULT_TOO_DEEP,      /* line, column */
	JSON_FAULT_SYNTAX,        /* line, column, found: the parser's words */
	JSON_FAULT_UNKNOWN_FIELD, /* expected: the nearest name, NULL if none is near */
	JSON_FAULT_TWICE,         /* a field under both of its names */
	JSON_FAULT_ONE_OF,        /* expected: the other field, of which one may be set */
	JSON_FAULT_WRONG_TYPE,    /* found, expected: words of enum json_type */
	JSON_FAULT_OUT_OF_RANGE,  /* found, expected: "0..4294967295" */
	JSON_FAULT_UNKNOWN_VALUE, /* found, expected: the enum's values */
	JSON_FAULT_NOT_BASE64,
	JSON_FAULT_KINDS,
};

/* What a value is or should be. */
enum json_type {
	JSON_IS_NOTHING,
	JSON_IS_OBJECT,
	JSON_IS_LIST,
	JSON_IS_STRING,
	JSON_IS_INTEGER,
	JSON_IS_NUMBER,
	JSON_IS_BOOL,
	JSON_IS_NULL,
	JSON_IS_TEXT_OBJECT, /* {"ja": "…", "en": "…"} */
	JSON_IS_DATE,        /* "2024-02-15", or an object. */
	JSON_IS_COUNT,       /* 120, or an object. */
	JSON_TYPES,
};

/* Texts live in the arena.  path is "event.sessions[1].start.value"; empty where only
 * the place in the text is known. */
struct json_fault {
	enum json_fault_kind kind;
	unsigned line, column; /* From 1; 0: not known. */
	const char *path;
	const char *found;
	const char *expected;
	enum json_type found_type, expected_type;
};

/* Read one JSON value as a message; 'root' is the path's first word ("event").  NULL if
 * it has a fault.  The message lives as long as the arena and is never freed. */
ProtobufCMessage *json_to_message(const ProtobufCMessageDescriptor *, const char *root,
				  struct slice text, struct arena *,
				  struct json_fault *) WARN_UNUSED;

/* The same from a value that is parsed already; borrows it. */
ProtobufCMessage *json_value_to_message(const ProtobufCMessageDescriptor *,
					const char *root, const json_t *, struct arena *,
					struct json_fault *) WARN_UNUSED;

/* Parse only: UTF-8, depth, no key twice.  The caller owns the value (json_decref). */
json_t *json_parse(struct slice text, struct arena *, struct json_fault *) WARN_UNUSED;

/* The fault as an English sentence, for logs and tests; commands have their own. */
void json_fault_put(const struct json_fault *, struct buf *);

enum {
	JSON_PRETTY = 1 << 0,  /* Over several lines; ends without a newline. */
	JSON_NUMBERS = 1 << 1, /* Numbers and booleans also where they are 0 and false. */
};

void message_to_json(const ProtobufCMessage *, unsigned flags, struct buf *);

/* One string with its quotes. */
void json_put_string(struct buf *, struct slice text);

/* The field that a JSON key or a name of the .proto names; NULL if there is none. */
const ProtobufCFieldDescriptor *json_field(const ProtobufCMessageDescriptor *,
					   const char *name);

/* The JSON name of the field most like 'name', in the arena; NULL if none is near. */
const char *json_nearest_field(const ProtobufCMessageDescriptor *, const char *name,
			       struct arena *);

/* lowerCamelCase of a .proto name, in the arena. */
const char *json_name(const char *proto_name, struct arena *);

/* Bytes of one value of this type in a list. */
size_t json_item_size(ProtobufCType);

/* "STATUS_" for the enum Status: what may be left out before a value.  In the arena. */
const char *json_enum_prefix(const ProtobufCEnumDescriptor *, struct arena *);

#endif
