/* A segment of an archive that anybody may have written: what opens lies within its
 * bytes, and inflates to exactly what its index says. */
#include "lib/archive/segment.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct segment segment;
	const char *why = NULL;

	if (!segment_open(slice_of(data, size), &segment, &why)) {
		must(why != NULL);
		return 0;
	}
	struct unpacker *unpacker = unpacker_new();
	struct buf content = { 0 };
	uint64_t entries = 0, length = 0;
	bool good = true;
	(void)segment_is_whole(&segment);
	for (uint32_t i = 0; i < segment.head.frames && good; i++) {
		const struct segment_frame frame = segment_frame_at(segment.index, i);
		struct slice packed = segment_packed(&segment, &frame);
		struct archive_entry entry;
		size_t at = 0;

		must(packed.at >= data && packed.at + packed.len <= data + size);
		good = segment_inflate(unpacker, packed, &frame, &content, &why);
		while (good && segment_next(buf_slice(&content), &at, &entry)) {
			must(entry.bytes.at >= content.at &&
			     entry.bytes.at + entry.bytes.len <=
				     content.at + content.len);
			must(entry.block.len + ENTRY_HEAD_LEN == entry.bytes.len);
			entries++;
		}
		must(content.len <= SEGMENT_FRAME_CONTENT);
		length += content.len;
	}
	must(!good ||
	     (entries == segment.head.count && length == segment.head.content_len));
	buf_fini(&content);
	unpacker_free(unpacker);
	return 0;
}
