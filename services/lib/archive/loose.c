#include "lib/archive/loose.h"

#include <stdio.h>

#include "lib/archive/tree.h"

enum {
	PIECE = 256 * 1024,
	PART_HEAD_LEN = HASH_LEN + 1 + 4,
	FORMAT = 1,
};

/* At least 'want' bytes that are not used yet, if the file has them. */
static enum err
fill(struct loose_reader *r, size_t want, struct slice *ret_bytes)
{
	size_t have = r->buf.len - r->used;

	if (have < want) {
		memmove(r->buf.at, r->buf.at + r->used, have);
		r->buf.len = have;
		r->used = 0;
		enum err err =
			r->files.read(r->files.ctx, r->path, r->offset, PIECE, &r->buf);
		if (err != OK) {
			return err;
		}
		r->offset += r->buf.len - have;
	}
	*ret_bytes = slice_from(buf_slice(&r->buf), r->used);
	return ret_bytes->len < want ? ERR_CORRUPT : OK;
}

static enum err
read_head(struct loose_reader *r, uint64_t segment)
{
	struct slice head;
	enum err err = fill(r, LOOSE_HEAD_LEN, &head);

	if (err != OK) {
		return err;
	}
	if (memcmp(head.at, "KSP1", 4) != 0 || get_le16(head.at + 4) != FORMAT ||
	    get_le64(head.at + 8) != segment) {
		return ERR_CORRUPT;
	}
	r->left = get_le32(head.at + 16);
	r->used += LOOSE_HEAD_LEN;
	return OK;
}

enum err
loose_open(struct loose_reader *r, const struct archive_files *files, uint64_t segment)
{
	char index[INDEX_PATH_SIZE];

	*r = (struct loose_reader){ .files = *files };
	index_path(segment, index);
	snprintf(r->path, sizeof(r->path), "loose/%s", index);
	buf_reserve(&r->buf, 1);
	return read_head(r, segment);
}

void
loose_close(struct loose_reader *r)
{
	buf_fini(&r->buf);
}

enum err
loose_next(struct loose_reader *r, struct loose_part *ret_part)
{
	struct slice bytes;
	enum err err;

	if (r->left == 0) {
		err = fill(r, 1, &bytes);
		return err == OK            ? ERR_CORRUPT /* Bytes after the last part. */
		       : err == ERR_CORRUPT ? ERR_NOT_FOUND
					    : err;
	}
	err = fill(r, PART_HEAD_LEN, &bytes);
	if (err != OK) {
		return err;
	}
	const size_t salt = bytes.at[HASH_LEN];
	const size_t part = get_le32(bytes.at + HASH_LEN + 1);
	if (part > LOOSE_PART_MAX) {
		return ERR_CORRUPT;
	}
	err = fill(r, PART_HEAD_LEN + salt + part, &bytes);
	if (err != OK) {
		return err;
	}
	memcpy(ret_part->hash.b, bytes.at, HASH_LEN);
	ret_part->salt = slice_of(bytes.at + PART_HEAD_LEN, salt);
	ret_part->part = slice_of(bytes.at + PART_HEAD_LEN + salt, part);
	r->used += PART_HEAD_LEN + salt + part;
	r->left--;
	return OK;
}
