/* lib/archive/segment.h - a sealed file of entries (README.md says every byte).
 *
 *	header    144 bytes: which entries, what lies where, the seals
 *	frames    each some entries, up to 256 KiB, packed by itself
 *	index     24 bytes a frame, so that one entry can be read without the others
 *	trailer   BLAKE2b-256 of all before
 *
 * Segments are numbered from 0.  A segment's seal is a hash over its place in the
 * archive, the seal of the segment before and the hashes of its leaves: it stays what it
 * is however the entries are packed.  The trailer says that the file is whole.
 *
 * A reader believes no number before it is checked against the bytes that are there, and
 * inflates nothing whose length is not bounded before. */
#ifndef LIB_ARCHIVE_SEGMENT_H
#define LIB_ARCHIVE_SEGMENT_H

#include "lib/archive/entry.h"
#include "lib/archive/pack.h"
#include "lib/archive/tree.h"

enum {
	SEGMENT_HEAD_LEN = 144,
	SEGMENT_INDEX_ROW_LEN = 24,
	SEGMENT_MAX_ENTRIES = 65536,
	SEGMENT_MAX_CONTENT = 16 * 1024 * 1024, /* Before it is packed. */
	SEGMENT_FRAME_CONTENT = 256 * 1024,
	/* What does not get smaller grows by a few bytes a frame. */
	SEGMENT_MAX_LEN = SEGMENT_MAX_CONTENT + SEGMENT_MAX_CONTENT / 8 +
			  SEGMENT_MAX_ENTRIES * SEGMENT_INDEX_ROW_LEN,
	SEGMENT_PATH_SIZE = 64,
};

struct segment_head {
	uint64_t number;
	uint64_t first_leaf; /* Of the tree. */
	uint32_t count;      /* Entries. */
	uint32_t frames;
	uint64_t first_position, last_position; /* Of records. */
	wall_ms_t first_hq_ms, last_hq_ms;
	uint64_t content_len; /* All frames' content. */
	uint64_t index_at;    /* Where the index begins, and the frames end. */
	struct hash previous; /* Seal of the segment before; zeros for the first. */
	struct hash seal;
};

struct segment_frame {
	uint64_t at;
	uint32_t len;
	uint32_t content_len;
	uint32_t first; /* Of its entries, counted in the segment. */
	uint32_t count;
};

/* "segment/000", "segment/x001/234": numbered as tiles are. */
void segment_path(uint64_t number, char path[SEGMENT_PATH_SIZE]);

/* ---- Writing.  Usage: begin, add while it returns true, finish; then begin again. */

struct segment_writer {
	struct packer *packer;
	struct segment_head head;
	struct buf out, content, index, leaves;
	uint32_t frame_first; /* Of the frame that is being filled. */
};

void segment_writer_init(struct segment_writer *, int level);
void segment_writer_fini(struct segment_writer *);
void segment_begin(struct segment_writer *, uint64_t number, uint64_t first_leaf,
		   const struct hash *previous);

/* The entry with this block, whose records begin at 'position'.  False if the segment is
 * full.  Positions rise and hq_ms does not go back (must); that there are no gaps is the
 * log's affair, and what verify looks for. */
bool segment_add(struct segment_writer *, uint64_t position, wall_ms_t hq_ms,
		 const struct block *, struct sha256 *ret_leaf) WARN_UNUSED;

/* What an entry with a block of so many bytes adds to head.content_len. */
uint64_t segment_cost(size_t block_len);

/* The whole file, valid until the next begin.  At least one entry was added (must). */
struct slice segment_finish(struct segment_writer *);

/* The seal as README.md defines it; 'leaves' are head->count hashes. */
struct hash segment_seal(const struct segment_head *, struct slice leaves);

/* ---- Reading. */

/* Borrows the file's bytes. */
struct segment {
	struct segment_head head;
	struct slice bytes, index;
};

/* The header alone, from the first SEGMENT_HEAD_LEN bytes. */
bool segment_head_read(struct slice bytes, struct segment_head *ret_head,
		       const char **ret_why) WARN_UNUSED;

/* Row 'i' of an index. */
struct segment_frame segment_frame_at(struct slice index, uint32_t i);

/* Check an index against its header: frames follow each other without gaps, entries and
 * lengths add up.  NULL, or what is wrong. */
const char *segment_check_index(const struct segment_head *, struct slice index);

/* Header and index of a whole file, with every length; not the trailer. */
bool segment_open(struct slice bytes, struct segment *ret_segment,
		  const char **ret_why) WARN_UNUSED;

/* Is the trailer the hash of the file? */
bool segment_is_whole(const struct segment *) WARN_UNUSED;

/* Put the content of a frame in place of what is in 'content'; it is then exactly
 * frame.count entries. */
bool segment_inflate(struct unpacker *, struct slice packed, const struct segment_frame *,
		     struct buf *content, const char **ret_why) WARN_UNUSED;

/* The packed bytes of a frame of a segment that was opened. */
static inline struct slice
segment_packed(const struct segment *segment, const struct segment_frame *frame)
{
	return slice_of(segment->bytes.at + frame->at, frame->len);
}

/* The entries of a frame that was inflated, in order: start with *at = 0; false after the
 * last. */
bool segment_next(struct slice content, size_t *at,
		  struct archive_entry *ret_entry) WARN_UNUSED;

#endif
