#include "lib/link/outbox.h"

#include <stdlib.h>

void
outbox_fini(struct outbox *out)
{
	free(out->list);
	buf_fini(&out->bytes);
	*out = (struct outbox){ 0 };
}

void
outbox_clear(struct outbox *out)
{
	outbox_cut(out, 0);
}

void
outbox_cut(struct outbox *out, size_t count)
{
	must(count <= out->count);
	if (count < out->count) {
		out->bytes.len = out->list[count].at;
		out->count = count;
	}
}

static struct out *
add(struct outbox *out, enum out_kind kind, struct peer to)
{
	if (out->count == out->cap) {
		out->cap = out->cap != 0 ? 2 * out->cap : 16;
		out->list = xrealloc(out->list, out->cap * sizeof(out->list[0]));
	}
	struct out *o = &out->list[out->count++];
	*o = (struct out){ .kind = kind, .to = to, .at = out->bytes.len };
	return o;
}

struct buf *
outbox_frame_begin(struct outbox *out, struct peer to, const struct frame_header *header)
{
	add(out, OUT_FRAME, to);
	frame_header_put(buf_grow(&out->bytes, FRAME_HEADER_LEN), header);
	return &out->bytes;
}

void
outbox_frame_end(struct outbox *out, struct slice payload)
{
	must(out->count != 0);
	struct out *o = &out->list[out->count - 1];

	must(o->kind == OUT_FRAME);
	o->body_len = out->bytes.len - o->at - FRAME_HEADER_LEN;
	o->payload_len = payload.len;
	must(o->body_len <= FRAME_MAX_LEN);
	must(o->payload_len <= FRAME_MAX_LEN);
	buf_put_slice(&out->bytes, payload);
}

void
outbox_frame(struct outbox *out, struct peer to, const struct frame_header *header,
	     struct slice body, struct slice payload)
{
	buf_put_slice(outbox_frame_begin(out, to, header), body);
	outbox_frame_end(out, payload);
}

void
outbox_dial(struct outbox *out, struct peer to)
{
	add(out, OUT_DIAL, to);
}

void
outbox_hang_up(struct outbox *out, uint32_t endpoint)
{
	add(out, OUT_HANG_UP, (struct peer){ .endpoint = endpoint });
}

void
outbox_allow(struct outbox *out, struct slice keys)
{
	must(keys.len % 32 == 0);
	add(out, OUT_ALLOW, (struct peer){ 0 })->payload_len = keys.len;
	buf_put_slice(&out->bytes, keys);
}

void
outbox_job(struct outbox *out, struct slice job)
{
	add(out, OUT_JOB, (struct peer){ 0 })->payload_len = job.len;
	buf_put_slice(&out->bytes, job);
}

struct slice
out_bytes(const struct outbox *out, const struct out *o)
{
	must(o->kind == OUT_ALLOW || o->kind == OUT_JOB);
	return slice_of(out->bytes.at + o->at, o->payload_len);
}

unsigned
out_parts(const struct outbox *out, const struct out *o, struct slice parts[3])
{
	const uint8_t *at = out->bytes.at + o->at;

	must(o->kind == OUT_FRAME);
	parts[0] = slice_of(at, FRAME_HEADER_LEN);
	parts[1] = slice_of(at + FRAME_HEADER_LEN, o->body_len);
	parts[2] = slice_of(at + FRAME_HEADER_LEN + o->body_len, o->payload_len);
	return o->payload_len != 0 ? 3 : 2;
}
