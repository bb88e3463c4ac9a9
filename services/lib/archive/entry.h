/* lib/archive/entry.h - one entry of headquarters' log, as the archive keeps and hashes
 *it.
 *
 *	 0  8  position of its first record
 *	 8  8  hq_ms
 *	16  …  the block, every byte as its author signed it
 *
 * Little-endian.  SHA-256(0x00 | these bytes) is a leaf of the tree.  Loose parts are not
 * in it: they lie beside, so that they can go. */
#ifndef LIB_ARCHIVE_ENTRY_H
#define LIB_ARCHIVE_ENTRY_H

#include "lib/archive/sha256.h"
#include "lib/store/block.h"

enum { ENTRY_HEAD_LEN = 16, ENTRY_MAX_LEN = ENTRY_HEAD_LEN + BLOCK_MAX_LEN };

struct archive_entry {
	struct slice bytes; /* All of it; 'block' lies in it. */
	uint64_t position;
	wall_ms_t hq_ms;
	struct slice block;
};

static inline void
entry_put(struct buf *b, uint64_t position, wall_ms_t hq_ms, struct slice block)
{
	buf_put_le64(b, position);
	buf_put_le64(b, (uint64_t)hq_ms);
	buf_put_slice(b, block);
}

/* False if the bytes are too few or too many; the block is not looked at. */
static inline WARN_UNUSED bool
entry_read(struct slice bytes, struct archive_entry *ret_entry)
{
	if (bytes.len <= ENTRY_HEAD_LEN || bytes.len > ENTRY_MAX_LEN) {
		return false;
	}
	*ret_entry = (struct archive_entry){
		.bytes = bytes,
		.position = get_le64(bytes.at),
		.hq_ms = (wall_ms_t)get_le64(bytes.at + 8),
		.block = slice_from(bytes, ENTRY_HEAD_LEN),
	};
	return true;
}

#endif
