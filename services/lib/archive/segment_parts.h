/* lib/archive/segment_parts.h - where the fields of a segment lie.  Inside only. */
#ifndef LIB_ARCHIVE_SEGMENT_PARTS_H
#define LIB_ARCHIVE_SEGMENT_PARTS_H

#include "lib/archive/segment.h"

enum {
	SEGMENT_FORMAT = 1,
	SEGMENT_TRAILER_LEN = HASH_LEN,

	AT_FORMAT = 4,
	AT_ZERO = 6,
	AT_NUMBER = 8,
	AT_FIRST_LEAF = 16,
	AT_COUNT = 24,
	AT_FRAMES = 28,
	AT_FIRST_POSITION = 32,
	AT_LAST_POSITION = 40,
	AT_FIRST_HQ_MS = 48,
	AT_LAST_HQ_MS = 56,
	AT_CONTENT_LEN = 64,
	AT_INDEX = 72,
	AT_PREVIOUS = 80,
	AT_SEAL = 112,

	/* Of a row of the index. */
	ROW_AT = 0,
	ROW_LEN = 8,
	ROW_CONTENT_LEN = 12,
	ROW_FIRST = 16,
	ROW_COUNT = 20,

	/* Before each entry of a frame: its length, and its kind, of which 0 is the only
	 * one: the whole entry. */
	ITEM_HEAD_LEN = 5,
	ITEM_WHOLE = 0,
};

extern const char segment_magic[4];

#endif
