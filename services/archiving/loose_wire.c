#include <stdio.h>

#include "archiving/archiving.h"
#include "kusanone/v1/record.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "lib/model/record.h"

/* Names and addresses, which lie beside the log so that they can go. */

static bool
is_named(const struct record *record, const struct hash *part)
{
	size_t count;
	const struct hash *named = record_loose(record, &count);

	for (size_t i = 0; i < count; i++) {
		if (hash_eq(&named[i], part)) {
			return true;
		}
	}
	return false;
}

static void
take_part(struct txn *txn, const struct block *block, const Kusanone__V1__LoosePart *p,
	  struct arena *arena)
{
	struct slice bytes, hash = slice_pb(p->part_hash);
	struct record record;
	struct hash part;
	size_t at = 0;

	if (hash.len != HASH_LEN) {
		return;
	}
	memcpy(part.b, hash.at, HASH_LEN);
	while (block_next(block, &at, &bytes)) {
		if (record_decode(bytes, arena, &record, NULL) &&
		    is_named(&record, &part)) {
			(void)loose_put(txn, LOG_DB_LOOSE, LOG_DB_ERASED, &part,
					slice_pb(p->salt), slice_pb(p->part));
			return;
		}
	}
}

void
loose_take(struct txn *txn, const struct block *block, struct slice packed,
	   struct arena *arena)
{
	const Kusanone__V1__LooseParts *parts =
		(const Kusanone__V1__LooseParts *)unpack_message(
			&kusanone__v1__loose_parts__descriptor, packed, arena, NULL);

	for (size_t i = 0; parts != NULL && i < parts->n_parts; i++) {
		take_part(txn, block, parts->parts[i], arena);
	}
}

/* ---- The file ---------------------------------------------------------------------- */

enum { HEAD_LEN = 20, FORMAT = 1, PART_HEAD_LEN = HASH_LEN + 1 + 4 };

void
loose_path(uint64_t segment, char path[SEGMENT_PATH_SIZE])
{
	char index[INDEX_PATH_SIZE];

	index_path(segment, index);
	snprintf(path, SEGMENT_PATH_SIZE, "loose/%s", index);
}

void
loose_head_put(struct buf *b, uint64_t segment, uint32_t parts)
{
	buf_put_str(b, "KSP1");
	buf_put_le16(b, FORMAT);
	buf_put_le16(b, 0);
	buf_put_le64(b, segment);
	buf_put_le32(b, parts);
}

bool
loose_body(struct slice file, uint64_t segment, struct slice *ret_parts)
{
	if (file.len < HEAD_LEN || memcmp(file.at, "KSP1", 4) != 0 ||
	    get_le16(file.at + 4) != FORMAT || get_le64(file.at + 8) != segment) {
		return false;
	}
	*ret_parts = slice_from(file, HEAD_LEN);
	return true;
}

bool
loose_next(struct slice parts, size_t *at, struct loose_part *ret, bool *ret_bad)
{
	struct slice rest = slice_from(parts, *at);

	*ret_bad = false;
	if (rest.len == 0) {
		return false;
	}
	size_t len = rest.len < PART_HEAD_LEN
			     ? SIZE_MAX
			     : PART_HEAD_LEN + rest.at[HASH_LEN] +
				       (size_t)get_le32(rest.at + HASH_LEN + 1);
	if (len > rest.len) {
		*ret_bad = true;
		return false;
	}
	memcpy(ret->hash.b, rest.at, HASH_LEN);
	ret->whole = slice_of(rest.at, len);
	*at += len;
	return true;
}

static uint32_t
gather_record(struct txn *txn, const struct record *record, struct buf *to)
{
	uint32_t found = 0;
	size_t count;
	const struct hash *named = record_loose(record, &count);

	for (size_t i = 0; i < count; i++) {
		struct slice salt, part;

		if (loose_get(txn, LOG_DB_LOOSE, &named[i], &salt, &part)) {
			must(salt.len <= UINT8_MAX);
			buf_put(to, named[i].b, HASH_LEN);
			buf_put_u8(to, (uint8_t)salt.len);
			buf_put_le32(to, (uint32_t)part.len);
			buf_put_slice(to, salt);
			buf_put_slice(to, part);
			found++;
		}
	}
	return found;
}

uint32_t
loose_gather(struct txn *txn, const struct block *block, struct arena *arena,
	     struct buf *to)
{
	struct slice bytes;
	struct record record;
	uint32_t found = 0;
	size_t at = 0;

	while (block_next(block, &at, &bytes)) {
		if (record_decode(bytes, arena, &record, NULL)) {
			found += gather_record(txn, &record, to);
		}
		arena_reset(arena);
	}
	return found;
}
