#include "lib/link/frame.h"

static void
put_sized(struct buf *b, struct slice bytes)
{
	must(bytes.len <= UINT32_MAX);
	buf_put_le32(b, (uint32_t)bytes.len);
	buf_put_slice(b, bytes);
}

void
payload_put_block(struct buf *b, struct slice block, struct slice loose)
{
	must(block.len != 0);
	put_sized(b, block);
	put_sized(b, loose);
}

void
payload_put_entry(struct buf *b, const struct payload_item *item)
{
	buf_put_le64(b, item->first);
	buf_put_le64(b, (uint64_t)item->hq_ms);
	buf_put(b, item->log_hash.b, HASH_LEN);
	payload_put_block(b, item->block, item->loose);
}

/* Cuts 'n' bytes off the front of 'rest'; false if there are not so many. */
static bool
take(struct slice *rest, size_t n, struct slice *ret_bytes)
{
	if (rest->len < n) {
		return false;
	}
	*ret_bytes = slice_of(rest->at, n);
	*rest = slice_of(rest->at + n, rest->len - n);
	return true;
}

static bool
take_sized(struct slice *rest, struct slice *ret_bytes)
{
	struct slice len;

	return take(rest, 4, &len) && take(rest, get_le32(len.at), ret_bytes);
}

static bool
take_block(struct slice *rest, struct payload_item *item)
{
	return take_sized(rest, &item->block) && item->block.len != 0 &&
	       take_sized(rest, &item->loose);
}

static bool
take_entry(struct slice *rest, struct payload_item *item)
{
	struct slice head;

	if (!take(rest, 8 + 8 + HASH_LEN, &head)) {
		return false;
	}
	item->first = get_le64(head.at);
	item->hq_ms = (wall_ms_t)get_le64(head.at + 8);
	memcpy(item->log_hash.b, head.at + 16, HASH_LEN);
	return take_block(rest, item);
}

static bool
next(struct slice payload, size_t *at, struct payload_item *ret_item, bool *ret_bad,
     bool (*take_item)(struct slice *rest, struct payload_item *))
{
	struct payload_item item = { 0 };

	*ret_bad = false;
	if (*at >= payload.len) {
		return false;
	}
	struct slice rest = slice_from(payload, *at);
	if (!take_item(&rest, &item)) {
		*ret_bad = true;
		return false;
	}
	*at = payload.len - rest.len;
	*ret_item = item;
	return true;
}

bool
payload_next_block(struct slice payload, size_t *at, struct payload_item *ret_item,
		   bool *ret_bad)
{
	return next(payload, at, ret_item, ret_bad, take_block);
}

bool
payload_next_entry(struct slice payload, size_t *at, struct payload_item *ret_item,
		   bool *ret_bad)
{
	return next(payload, at, ret_item, ret_bad, take_entry);
}
