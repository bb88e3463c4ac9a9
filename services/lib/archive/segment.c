#include "lib/archive/segment_parts.h"

static const char *
read_head(struct slice bytes, struct segment_head *head)
{
	const uint8_t *at = bytes.at;

	if (bytes.len < SEGMENT_HEAD_LEN) {
		return "shorter than a header";
	}
	if (memcmp(at, segment_magic, sizeof(segment_magic)) != 0) {
		return "does not begin with KSA1";
	}
	if (get_le16(at + AT_FORMAT) != SEGMENT_FORMAT || get_le16(at + AT_ZERO) != 0) {
		return "format is not 1";
	}
	*head = (struct segment_head){
		.number = get_le64(at + AT_NUMBER),
		.first_leaf = get_le64(at + AT_FIRST_LEAF),
		.count = get_le32(at + AT_COUNT),
		.frames = get_le32(at + AT_FRAMES),
		.first_position = get_le64(at + AT_FIRST_POSITION),
		.last_position = get_le64(at + AT_LAST_POSITION),
		.first_hq_ms = (wall_ms_t)get_le64(at + AT_FIRST_HQ_MS),
		.last_hq_ms = (wall_ms_t)get_le64(at + AT_LAST_HQ_MS),
		.content_len = get_le64(at + AT_CONTENT_LEN),
		.index_at = get_le64(at + AT_INDEX),
	};
	memcpy(head->previous.b, at + AT_PREVIOUS, HASH_LEN);
	memcpy(head->seal.b, at + AT_SEAL, HASH_LEN);
	if (head->count == 0 || head->count > SEGMENT_MAX_ENTRIES) {
		return "count is not 1 to 65,536";
	}
	if (head->frames == 0 || head->frames > head->count) {
		return "frames are not 1 to the count";
	}
	if (head->first_leaf > TREE_MAX_SIZE - head->count ||
	    head->number > head->first_leaf) {
		return "number or first leaf is out of range";
	}
	if (head->first_position == 0 || head->last_position > TREE_MAX_SIZE ||
	    head->first_position > head->last_position ||
	    head->last_position - head->first_position + 1 < head->count) {
		return "positions are out of range";
	}
	if (head->content_len > SEGMENT_MAX_CONTENT) {
		return "content is longer than 16 MiB";
	}
	if (head->index_at < SEGMENT_HEAD_LEN || head->index_at > SEGMENT_MAX_LEN) {
		return "the index lies out of range";
	}
	return NULL;
}

bool
segment_head_read(struct slice bytes, struct segment_head *ret_head, const char **ret_why)
{
	struct segment_head head;
	const char *why = read_head(bytes, &head);

	if (why == NULL) {
		*ret_head = head;
	} else if (ret_why != NULL) {
		*ret_why = why;
	}
	return why == NULL;
}

struct segment_frame
segment_frame_at(struct slice index, uint32_t i)
{
	must((size_t)i < index.len / SEGMENT_INDEX_ROW_LEN);

	const uint8_t *row = index.at + (size_t)i * SEGMENT_INDEX_ROW_LEN;
	return (struct segment_frame){
		.at = get_le64(row + ROW_AT),
		.len = get_le32(row + ROW_LEN),
		.content_len = get_le32(row + ROW_CONTENT_LEN),
		.first = get_le32(row + ROW_FIRST),
		.count = get_le32(row + ROW_COUNT),
	};
}

const char *
segment_check_index(const struct segment_head *head, struct slice index)
{
	uint64_t at = SEGMENT_HEAD_LEN, content_len = 0;
	uint64_t count = 0;

	if (index.len != (size_t)head->frames * SEGMENT_INDEX_ROW_LEN) {
		return "the index has not one row for each frame";
	}
	for (uint32_t i = 0; i < head->frames; i++) {
		const struct segment_frame frame = segment_frame_at(index, i);

		if (frame.at != at || frame.first != count || frame.len == 0 ||
		    frame.count == 0) {
			return "frames do not follow each other";
		}
		if (frame.content_len > SEGMENT_FRAME_CONTENT) {
			return "a frame's content is longer than 256 KiB";
		}
		at += frame.len;
		count += frame.count;
		content_len += frame.content_len;
	}
	if (at != head->index_at || count != head->count ||
	    content_len != head->content_len) {
		return "frames do not add up to the segment";
	}
	return NULL;
}

static const char *
open_segment(struct slice bytes, struct segment *segment)
{
	struct segment_head *head = &segment->head;
	const char *why = read_head(bytes, head);

	if (why != NULL) {
		return why;
	}
	if (bytes.len > SEGMENT_MAX_LEN ||
	    bytes.len != head->index_at + (uint64_t)head->frames * SEGMENT_INDEX_ROW_LEN +
				 SEGMENT_TRAILER_LEN) {
		return "the file is longer or shorter than its header says";
	}
	segment->bytes = bytes;
	segment->index = slice_of(bytes.at + head->index_at,
				  (size_t)head->frames * SEGMENT_INDEX_ROW_LEN);
	return segment_check_index(head, segment->index);
}

bool
segment_open(struct slice bytes, struct segment *ret_segment, const char **ret_why)
{
	struct segment segment;
	const char *why = open_segment(bytes, &segment);

	if (why == NULL) {
		*ret_segment = segment;
	} else if (ret_why != NULL) {
		*ret_why = why;
	}
	return why == NULL;
}

bool
segment_is_whole(const struct segment *segment)
{
	size_t len = segment->bytes.len - SEGMENT_TRAILER_LEN;
	struct hash trailer = hash_of(slice_of(segment->bytes.at, len));

	return memcmp(trailer.b, segment->bytes.at + len, HASH_LEN) == 0;
}

/* The entry at '*at', which moves behind it; false where none begins. */
static bool
next_item(struct slice content, size_t *at, struct archive_entry *ret_entry)
{
	if (content.len - *at < ITEM_HEAD_LEN) {
		return false;
	}
	size_t len = get_le32(content.at + *at);
	if (content.at[*at + 4] != ITEM_WHOLE ||
	    len > content.len - *at - ITEM_HEAD_LEN ||
	    !entry_read(slice_of(content.at + *at + ITEM_HEAD_LEN, len), ret_entry)) {
		return false;
	}
	*at += ITEM_HEAD_LEN + len;
	return true;
}

static const char *
inflate(struct unpacker *unpacker, struct slice packed, const struct segment_frame *frame,
	struct buf *content)
{
	struct archive_entry entry;
	size_t at = 0;

	buf_clear(content);
	if (packed.len != frame->len || frame->content_len > SEGMENT_FRAME_CONTENT) {
		return "a frame's lengths are out of range";
	}
	if (!unpacker_get(unpacker, packed, buf_grow(content, frame->content_len),
			  frame->content_len)) {
		return "a frame does not unpack to the length that the index says";
	}
	for (uint32_t i = 0; i < frame->count; i++) {
		if (!next_item(buf_slice(content), &at, &entry)) {
			return "an entry reaches beyond its frame, or is of an unknown "
			       "kind";
		}
	}
	return at == content->len ? NULL : "bytes after the last entry of a frame";
}

bool
segment_inflate(struct unpacker *unpacker, struct slice packed,
		const struct segment_frame *frame, struct buf *content,
		const char **ret_why)
{
	const char *why = inflate(unpacker, packed, frame, content);

	if (why != NULL && ret_why != NULL) {
		*ret_why = why;
	}
	return why == NULL;
}

bool
segment_next(struct slice content, size_t *at, struct archive_entry *ret_entry)
{
	return next_item(content, at, ret_entry);
}
