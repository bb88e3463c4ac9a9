#include "lib/archive/segment_parts.h"

#include <stdio.h>

const char segment_magic[4] = { 'K', 'S', 'A', '1' };

void
segment_path(uint64_t number, char path[SEGMENT_PATH_SIZE])
{
	char index[INDEX_PATH_SIZE];

	index_path(number, index);
	snprintf(path, SEGMENT_PATH_SIZE, "segment/%s", index);
}

void
segment_writer_init(struct segment_writer *w, int level)
{
	*w = (struct segment_writer){ .packer = packer_new(level) };
}

void
segment_writer_fini(struct segment_writer *w)
{
	packer_free(w->packer);
	buf_fini(&w->out);
	buf_fini(&w->content);
	buf_fini(&w->index);
	buf_fini(&w->leaves);
	*w = (struct segment_writer){ 0 };
}

void
segment_begin(struct segment_writer *w, uint64_t number, uint64_t first_leaf,
	      const struct hash *previous)
{
	w->head = (struct segment_head){ .number = number,
					 .first_leaf = first_leaf,
					 .previous = *previous };
	w->frame_first = 0;
	buf_clear(&w->out);
	buf_clear(&w->content);
	buf_clear(&w->index);
	buf_clear(&w->leaves);
	memset(buf_grow(&w->out, SEGMENT_HEAD_LEN), 0, SEGMENT_HEAD_LEN);
}

static void
end_frame(struct segment_writer *w)
{
	uint64_t at = w->out.len;
	size_t len;

	if (w->content.len == 0) {
		return;
	}
	len = packer_put(w->packer, buf_slice(&w->content), &w->out);
	buf_put_le64(&w->index, at);
	buf_put_le32(&w->index, (uint32_t)len);
	buf_put_le32(&w->index, (uint32_t)w->content.len);
	buf_put_le32(&w->index, w->frame_first);
	buf_put_le32(&w->index, w->head.count - w->frame_first);
	w->head.frames++;
	w->frame_first = w->head.count;
	buf_clear(&w->content);
}

uint64_t
segment_cost(size_t block_len)
{
	return ITEM_HEAD_LEN + ENTRY_HEAD_LEN + block_len;
}

bool
segment_add(struct segment_writer *w, uint64_t position, wall_ms_t hq_ms,
	    const struct block *block, struct sha256 *ret_leaf)
{
	struct segment_head *head = &w->head;
	size_t len = ENTRY_HEAD_LEN + block->bytes.len;

	if (head->count == SEGMENT_MAX_ENTRIES ||
	    head->content_len + segment_cost(block->bytes.len) > SEGMENT_MAX_CONTENT) {
		return false;
	}
	if (head->count == 0) {
		must(position != 0);
		head->first_position = position;
		head->first_hq_ms = hq_ms;
	} else {
		must(position > head->last_position);
		must(hq_ms >= head->last_hq_ms);
	}
	if (w->content.len + ITEM_HEAD_LEN + len > SEGMENT_FRAME_CONTENT) {
		end_frame(w);
	}
	buf_put_le32(&w->content, (uint32_t)len);
	buf_put_u8(&w->content, ITEM_WHOLE);
	size_t at = w->content.len;
	entry_put(&w->content, position, hq_ms, block->bytes);

	struct sha256 leaf = sha256_leaf(slice_of(w->content.at + at, len));
	buf_put(&w->leaves, leaf.b, SHA256_LEN);
	head->count++;
	head->last_position = position + block->count - 1;
	head->last_hq_ms = hq_ms;
	head->content_len += segment_cost(block->bytes.len);
	*ret_leaf = leaf;
	return true;
}

struct hash
segment_seal(const struct segment_head *head, struct slice leaves)
{
	struct buf place = { 0 };

	must(leaves.len == (size_t)head->count * SHA256_LEN);
	buf_put(&place, "kusanone segment v1", sizeof("kusanone segment v1"));
	buf_put_slice(&place, hash_slice(&head->previous));
	buf_put_le64(&place, head->number);
	buf_put_le64(&place, head->first_leaf);
	buf_put_le32(&place, head->count);
	buf_put_le64(&place, head->first_position);
	buf_put_le64(&place, head->last_position);
	buf_put_le64(&place, (uint64_t)head->first_hq_ms);
	buf_put_le64(&place, (uint64_t)head->last_hq_ms);

	struct hash seal = hash_of2(buf_slice(&place), leaves);
	buf_fini(&place);
	return seal;
}

static void
put_head(uint8_t *at, const struct segment_head *head)
{
	memcpy(at, segment_magic, sizeof(segment_magic));
	put_le16(at + AT_FORMAT, SEGMENT_FORMAT);
	put_le64(at + AT_NUMBER, head->number);
	put_le64(at + AT_FIRST_LEAF, head->first_leaf);
	put_le32(at + AT_COUNT, head->count);
	put_le32(at + AT_FRAMES, head->frames);
	put_le64(at + AT_FIRST_POSITION, head->first_position);
	put_le64(at + AT_LAST_POSITION, head->last_position);
	put_le64(at + AT_FIRST_HQ_MS, (uint64_t)head->first_hq_ms);
	put_le64(at + AT_LAST_HQ_MS, (uint64_t)head->last_hq_ms);
	put_le64(at + AT_CONTENT_LEN, head->content_len);
	put_le64(at + AT_INDEX, head->index_at);
	memcpy(at + AT_PREVIOUS, head->previous.b, HASH_LEN);
	memcpy(at + AT_SEAL, head->seal.b, HASH_LEN);
}

struct slice
segment_finish(struct segment_writer *w)
{
	must(w->head.count != 0);
	end_frame(w);
	w->head.index_at = w->out.len;
	w->head.seal = segment_seal(&w->head, buf_slice(&w->leaves));
	buf_put_slice(&w->out, buf_slice(&w->index));
	put_head(w->out.at, &w->head);

	struct hash trailer = hash_of(buf_slice(&w->out));
	buf_put_slice(&w->out, hash_slice(&trailer));
	return buf_slice(&w->out);
}
