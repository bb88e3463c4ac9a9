#include <stdlib.h>

#include "tests/sim/naive.h"

/* The log as a list of records, unpacked. */

static void *
take(void *ctx, size_t size)
{
	return arena_alloc(ctx, size);
}

static void
give(void *ctx, void *at)
{
	(void)ctx;
	(void)at;
}

ProtobufCMessage *
naive_unpack(const ProtobufCMessageDescriptor *type, struct slice bytes,
	     struct arena *arena)
{
	ProtobufCAllocator allocator = { .alloc = take,
					 .free = give,
					 .allocator_data = arena };

	return protobuf_c_message_unpack(type, &allocator, bytes.len, bytes.at);
}

struct naive *
naive_new(const uint8_t hq_node[NODE_ID_LEN], const uint8_t hq_sign[32])
{
	struct naive *n = xcalloc(1, sizeof(*n));

	memcpy(n->hq_node, hq_node, NODE_ID_LEN);
	memcpy(n->hq_sign, hq_sign, 32);
	return n;
}

void
naive_free(struct naive *n)
{
	if (n != NULL) {
		arena_fini(&n->arena);
		free(n->records);
		free(n);
	}
}

bool
naive_next(struct slice *rest, struct naive_field *ret)
{
	uint64_t tag = 0, n = 0;
	size_t at = 0;

	if (rest->len == 0) {
		return false;
	}
	for (unsigned shift = 0;; shift += 7) {
		tag |= (uint64_t)(rest->at[at] & 0x7f) << shift;
		if ((rest->at[at++] & 0x80) == 0) {
			break;
		}
	}
	ret->number = (uint32_t)(tag >> 3);
	ret->type = (unsigned)(tag & 7);
	ret->content = (struct slice){ 0 };
	if (ret->type == 1 || ret->type == 5) {
		at += ret->type == 1 ? 8 : 4;
	} else {
		for (unsigned shift = 0;; shift += 7) {
			n |= (uint64_t)(rest->at[at] & 0x7f) << shift;
			if ((rest->at[at++] & 0x80) == 0) {
				break;
			}
		}
		if (ret->type == 2) {
			ret->content = slice_of(rest->at + at, (size_t)n);
			at += (size_t)n;
		}
	}
	must(at <= rest->len);
	ret->raw = slice_of(rest->at, at);
	*rest = slice_of(rest->at + at, rest->len - at);
	return true;
}

static struct slice
field(struct slice message, uint32_t number)
{
	struct naive_field f;
	struct slice found = { 0 };

	while (naive_next(&message, &f)) {
		if (f.number == number && f.type == 2) {
			found = f.content;
		}
	}
	return found;
}

void
naive_add(struct naive *n, const uint8_t node[NODE_ID_LEN], const uint8_t key_id[8],
	  struct slice record)
{
	if (n->count == n->cap) {
		n->cap = n->cap != 0 ? 2 * n->cap : 128;
		n->records = xrealloc(n->records, n->cap * sizeof(n->records[0]));
	}
	struct naive_record *r = &n->records[n->count++];
	*r = (struct naive_record){ .position = n->count };
	memcpy(r->node, node, NODE_ID_LEN);
	memcpy(r->key_id, key_id, 8);
	r->bytes = slice_of(arena_dup(&n->arena, record.at, record.len), record.len);
	r->id = hash_of(r->bytes);
	r->m = (Kusanone__V1__Record *)naive_unpack(&kusanone__v1__record__descriptor,
						    r->bytes, &n->arena);
	if (r->m != NULL &&
	    r->m->body_case == KUSANONE__V1__RECORD__BODY_EVENT_REVISION) {
		r->event_bytes = field(field(r->bytes, 16), 2);
	}
}

void
naive_cut(struct naive *n, uint64_t position)
{
	if (n->count > position) {
		n->count = (size_t)position;
	}
}
