#include "lib/base/wire.h"

#include <stdlib.h>

/* At most ten bytes; bits beyond the 64th are dropped, as protobuf's readers do. */
static inline bool
get_varint(struct slice s, size_t *at, uint64_t *ret)
{
	uint64_t v = 0;

	if (*at < s.len && s.at[*at] < 0x80) { /* Nearly always. */
		*ret = s.at[(*at)++];
		return true;
	}

	for (unsigned i = 0; i < WIRE_MAX_VARINT && *at + i < s.len; i++) {
		uint8_t b = s.at[*at + i];

		v |= (uint64_t)(b & 0x7f) << 7 * i;
		if ((b & 0x80) == 0) {
			*at += i + 1;
			*ret = v;
			return true;
		}
	}
	return false;
}

static bool
get_content(struct slice s, size_t *at, struct wire_field *f)
{
	uint64_t len;

	switch (f->type) {
	case WIRE_VARINT:
		return get_varint(s, at, &f->value);
	case WIRE_FIXED64:
		if (s.len - *at < 8) {
			return false;
		}
		f->value = get_le64(s.at + *at);
		*at += 8;
		return true;
	case WIRE_FIXED32:
		if (s.len - *at < 4) {
			return false;
		}
		f->value = get_le32(s.at + *at);
		*at += 4;
		return true;
	case WIRE_BYTES:
		if (!get_varint(s, at, &len) || len > s.len - *at) {
			return false;
		}
		f->content = slice_of(s.at + *at, (size_t)len);
		*at += (size_t)len;
		return true;
	}
	return false;
}

bool
wire_next(struct slice message, size_t *at, struct wire_field *ret, bool *ret_bad)
{
	size_t from = *at;
	size_t to = from;
	uint64_t tag;

	must(from <= message.len);
	*ret_bad = false;
	if (from == message.len) {
		return false;
	}
	if (!get_varint(message, &to, &tag) || tag >> 3 == 0 ||
	    tag >> 3 > WIRE_MAX_FIELD) {
		*ret_bad = true;
		return false;
	}
	*ret = (struct wire_field){ .number = (uint32_t)(tag >> 3),
				    .type = (enum wire_type)(tag & 7) };
	if (!get_content(message, &to, ret)) {
		*ret_bad = true;
		return false;
	}
	ret->raw = slice_of(message.at + from, to - from);
	*at = to;
	return true;
}

/* All point into one message, so where they stand orders fields of one number. */
static int
field_cmp(const void *va, const void *vb)
{
	const struct wire_field *a = va, *b = vb;

	if (a->number != b->number) {
		return a->number < b->number ? -1 : 1;
	}
	return (a->raw.at > b->raw.at) - (a->raw.at < b->raw.at);
}

bool
wire_split(struct slice message, struct arena *arena, struct wire_message *ret)
{
	struct wire_field field;
	size_t count = 0, at = 0;
	bool bad, sorted = true;

	while (wire_next(message, &at, &field, &bad)) {
		count++;
	}
	if (bad) {
		return false;
	}
	*ret = (struct wire_message){ .fields = arena_alloc(
					      arena, count * sizeof(ret->fields[0])),
				      .count = count };
	at = 0;
	for (size_t i = 0; i < count; i++) {
		must(wire_next(message, &at, &ret->fields[i], &bad));
		if (i > 0 && ret->fields[i - 1].number > ret->fields[i].number) {
			sorted = false;
		}
	}
	if (!sorted) {
		qsort(ret->fields, count, sizeof(ret->fields[0]), field_cmp);
	}
	return true;
}

static struct slice
join_raw(const struct wire_field *fields, size_t count, struct arena *arena)
{
	size_t len = 0;
	bool together = true;

	for (size_t i = 0; i < count; i++) {
		if (fields[i].raw.at != fields[0].raw.at + len) {
			together = false;
		}
		len += fields[i].raw.len;
	}
	if (together) {
		return slice_of(fields[0].raw.at, len);
	}
	uint8_t *bytes = arena_alloc(arena, len);
	size_t at = 0;
	for (size_t i = 0; i < count; i++) {
		memcpy(bytes + at, fields[i].raw.at, fields[i].raw.len);
		at += fields[i].raw.len;
	}
	return slice_of(bytes, len);
}

struct wire_run
wire_take_run(const struct wire_message *m, size_t *at, uint32_t number,
	      struct arena *arena)
{
	size_t from = *at;

	while (*at < m->count && m->fields[*at].number == number) {
		++*at;
	}
	if (*at == from) {
		return (struct wire_run){ 0 };
	}
	return (struct wire_run){
		.fields = m->fields + from,
		.count = *at - from,
		.bytes = join_raw(m->fields + from, *at - from, arena),
	};
}

struct wire_run
wire_find_run(const struct wire_message *m, uint32_t number, struct arena *arena)
{
	size_t at = 0;

	while (at < m->count && m->fields[at].number < number) {
		at++;
	}
	return wire_take_run(m, &at, number, arena);
}

bool
wire_get_bytes(struct slice message, uint32_t number, struct slice *ret)
{
	struct wire_field field;
	size_t at = 0;
	bool bad;

	*ret = (struct slice){ 0 };
	while (wire_next(message, &at, &field, &bad)) {
		if (field.number == number && field.type == WIRE_BYTES) {
			*ret = field.content;
		}
	}
	return !bad;
}

void
wire_put_varint(struct buf *b, uint64_t value)
{
	while (value >= 0x80) {
		buf_put_u8(b, (uint8_t)(value | 0x80));
		value >>= 7;
	}
	buf_put_u8(b, (uint8_t)value);
}

static void
put_tag(struct buf *b, uint32_t number, enum wire_type type)
{
	must(number != 0 && number <= WIRE_MAX_FIELD);
	wire_put_varint(b, (uint64_t)number << 3 | type);
}

void
wire_put_number(struct buf *b, uint32_t number, uint64_t value)
{
	put_tag(b, number, WIRE_VARINT);
	wire_put_varint(b, value);
}

void
wire_put_bytes(struct buf *b, uint32_t number, struct slice content)
{
	put_tag(b, number, WIRE_BYTES);
	wire_put_varint(b, content.len);
	buf_put_slice(b, content);
}
