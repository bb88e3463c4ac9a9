/* lib/base/wire.h - protobuf's wire format without a schema: tags, numbers, lengths.
 *
 * For what must work on fields that this program does not know: a message is split into
 * its fields, each with the bytes it stands in, and put together again untouched.  Reads
 * within bounds and allocates nothing but in the arena given. */
#ifndef LIB_BASE_WIRE_H
#define LIB_BASE_WIRE_H

#include "lib/base/buf.h"
#include "lib/base/mem.h"

enum wire_type {
	WIRE_VARINT = 0,
	WIRE_FIXED64 = 1,
	WIRE_BYTES = 2, /* Length, then so many bytes: texts, messages, packed lists. */
	WIRE_FIXED32 = 5,
};

enum { WIRE_MAX_FIELD = (1 << 29) - 1, WIRE_MAX_VARINT = 10 };

/* One occurrence of a field.  Borrows the message's bytes. */
struct wire_field {
	uint32_t number;
	enum wire_type type;
	struct slice raw;     /* Tag and value as they stand in the message. */
	struct slice content; /* WIRE_BYTES: what the length covers. */
	uint64_t value;       /* Numbers; 0 for WIRE_BYTES. */
};

/* The field at *at, which moves behind it.  False at the end, and with '*ret_bad' set
 * where the bytes from *at on are no field (groups are none). */
bool wire_next(struct slice message, size_t *at, struct wire_field *ret_field,
	       bool *ret_bad) WARN_UNUSED;

/* A message's fields in ascending order of their numbers, occurrences of one number in
 * the order in which they stand. */
struct wire_message {
	struct wire_field *fields;
	size_t count;
};

/* False if the bytes are no message. */
bool wire_split(struct slice message, struct arena *,
		struct wire_message *ret_message) WARN_UNUSED;

/* All occurrences of one number.  'bytes' is their raw bytes one after the other: the
 * message's own where they stand together, else a copy in the arena. */
struct wire_run {
	const struct wire_field *fields;
	size_t count;
	struct slice bytes;
};

/* The run that begins at fields[*at], which moves behind it, if its number is 'number';
 * an empty one otherwise.  For walks in ascending order. */
struct wire_run wire_take_run(const struct wire_message *, size_t *at, uint32_t number,
			      struct arena *);

/* The run of 'number'; empty where the message has none. */
struct wire_run wire_find_run(const struct wire_message *, uint32_t number,
			      struct arena *);

/* What the last occurrence of a text or message field holds; empty: absent, or not of
 * WIRE_BYTES.  False if 'message' is none. */
bool wire_get_bytes(struct slice message, uint32_t number,
		    struct slice *ret_content) WARN_UNUSED;

void wire_put_varint(struct buf *, uint64_t value);
void wire_put_number(struct buf *, uint32_t number, uint64_t value);
void wire_put_bytes(struct buf *, uint32_t number, struct slice content);

#endif
