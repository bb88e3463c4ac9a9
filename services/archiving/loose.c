#include <stdio.h>

#include "archiving/archiving.h"

/* The file of loose parts beside a segment (README.md). */

enum {
	LOOSE_FORMAT = 1,
	LOOSE_HEAD_LEN = 4 + 2 + 2 + 8 + 4,
	AT_NUMBER = 8,
	AT_COUNT = 16,
	PART_HEAD_LEN = HASH_LEN + 1 + 4,
};
static const char magic[4] = { 'K', 'S', 'P', '1' };

void
loose_path(uint64_t number, char path[LOOSE_PATH_SIZE])
{
	char index[INDEX_PATH_SIZE];

	index_path(number, index);
	snprintf(path, LOOSE_PATH_SIZE, "loose/%s", index);
}

void
loose_put_file(struct buf *file, uint64_t number, uint32_t count, struct slice parts)
{
	buf_put(file, magic, sizeof(magic));
	buf_put_le16(file, LOOSE_FORMAT);
	buf_put_le16(file, 0);
	buf_put_le64(file, number);
	buf_put_le32(file, count);
	buf_put_slice(file, parts);
}

/* The part at *at, whole: hash, salt and part. */
static bool
next(struct slice parts, size_t *at, struct hash *ret_hash, struct slice *ret_salt,
     struct slice *ret_part)
{
	size_t left = parts.len - *at;
	const uint8_t *head = parts.at + *at;

	if (left < PART_HEAD_LEN) {
		return false;
	}
	size_t salt_len = head[HASH_LEN], part_len = get_le32(head + HASH_LEN + 1);
	if (left - PART_HEAD_LEN < salt_len ||
	    left - PART_HEAD_LEN - salt_len < part_len) {
		return false;
	}
	memcpy(ret_hash->b, head, HASH_LEN);
	*ret_salt = slice_of(head + PART_HEAD_LEN, salt_len);
	*ret_part = slice_of(head + PART_HEAD_LEN + salt_len, part_len);
	*at += PART_HEAD_LEN + salt_len + part_len;
	return true;
}

bool
loose_open_file(struct slice file, uint64_t number, struct slice *ret_parts)
{
	struct slice parts, salt, part;
	struct hash hash;
	uint32_t count = 0;
	size_t at = 0;

	if (file.len < LOOSE_HEAD_LEN || memcmp(file.at, magic, sizeof(magic)) != 0 ||
	    get_le16(file.at + 4) != LOOSE_FORMAT || get_le16(file.at + 6) != 0 ||
	    get_le64(file.at + AT_NUMBER) != number) {
		return false;
	}
	parts = slice_from(file, LOOSE_HEAD_LEN);
	while (next(parts, &at, &hash, &salt, &part)) {
		struct hash is = hash_of2(salt, part);

		if (!hash_eq(&is, &hash)) {
			return false;
		}
		count++;
	}
	*ret_parts = parts;
	return at == parts.len && count == get_le32(file.at + AT_COUNT);
}

bool
loose_next(struct slice parts, size_t *at, struct hash *ret_hash)
{
	struct slice salt, part;

	return next(parts, at, ret_hash, &salt, &part);
}
