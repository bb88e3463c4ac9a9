/* lib/archive/fetch.h - one entry out of an archive, and its tiles.
 *
 * Reads a header a step of a search, then one index and one frame: whatever the archive's
 * size.  What is read is not verified here; a proof or a whole verification says what it
 * is worth. */
#ifndef LIB_ARCHIVE_FETCH_H
#define LIB_ARCHIVE_FETCH_H

#include "lib/archive/files.h"
#include "lib/archive/segment.h"

/* The number of the segment that holds 'leaf'.  ERR_NOT_FOUND: none does; ERR_CORRUPT: a
 * header is none. */
enum err fetch_find_leaf(const struct archive_files *, uint64_t leaf,
			 struct segment_head *ret_head) WARN_UNUSED;

/* The same for the record at 'position'. */
enum err fetch_find_position(const struct archive_files *, uint64_t position,
			     struct segment_head *ret_head) WARN_UNUSED;

/* Entry 'i' of a segment; borrows 'content'. */
enum err fetch_entry(const struct archive_files *, const struct segment_head *,
		     uint32_t i, struct buf *content,
		     struct archive_entry *ret_entry) WARN_UNUSED;

/* The entry that holds the record at 'position', and which leaf it is. */
enum err fetch_position(const struct archive_files *, uint64_t position,
			struct buf *content, struct archive_entry *ret_entry,
			uint64_t *ret_leaf) WARN_UNUSED;

/* Tiles from an archive's files.  Where a partial one is gone, the full one that took its
 * place is read. */
struct tile_source tile_files(const struct archive_files *);

#endif
