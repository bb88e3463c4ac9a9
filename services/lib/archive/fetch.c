#include "lib/archive/fetch.h"

#include "lib/archive/segment_parts.h"

static enum err
read_head(const struct archive_files *files, uint64_t number, struct segment_head *ret)
{
	char path[SEGMENT_PATH_SIZE];
	struct buf bytes = { 0 };

	segment_path(number, path);
	enum err err = files->read(files->ctx, path, 0, SEGMENT_HEAD_LEN, &bytes);
	if (err == OK &&
	    (!segment_head_read(buf_slice(&bytes), ret, NULL) || ret->number != number)) {
		err = ERR_CORRUPT;
	}
	buf_fini(&bytes);
	return err;
}

/* How a segment lies to what is searched for. */
typedef int (*side_of)(const struct segment_head *, uint64_t wanted);

static int
side_of_leaf(const struct segment_head *head, uint64_t leaf)
{
	return leaf < head->first_leaf ? -1 : leaf - head->first_leaf >= head->count;
}

static int
side_of_position(const struct segment_head *head, uint64_t position)
{
	return position < head->first_position ? -1 : position > head->last_position;
}

/* In steps that double until one lies behind it or is not there, then by halves. */
static enum err
find(const struct archive_files *files, side_of side, uint64_t wanted,
     struct segment_head *ret)
{
	uint64_t low = 0, high = 1; /* It is in [low, high), if it is anywhere. */
	bool bounded = false;

	while (low < high) {
		uint64_t at = bounded ? low + (high - low) / 2 : high - 1;
		enum err err = read_head(files, at, ret);
		int where;

		if (err != OK && err != ERR_NOT_FOUND) {
			return err;
		}
		where = err == OK ? side(ret, wanted) : -1;
		if (where == 0) {
			return OK;
		}
		if (where < 0) {
			high = at;
			bounded = true;
		} else {
			low = at + 1;
			high = bounded ? high : 2 * high + 1;
		}
	}
	return ERR_NOT_FOUND;
}

enum err
fetch_find_leaf(const struct archive_files *files, uint64_t leaf,
		struct segment_head *ret_head)
{
	return find(files, side_of_leaf, leaf, ret_head);
}

enum err
fetch_find_position(const struct archive_files *files, uint64_t position,
		    struct segment_head *ret_head)
{
	return find(files, side_of_position, position, ret_head);
}

/* The content of the frame with entry 'i'. */
static enum err
read_frame(const struct archive_files *files, const struct segment_head *head, uint32_t i,
	   struct buf *content, struct segment_frame *ret_frame)
{
	const size_t index_len = (size_t)head->frames * SEGMENT_INDEX_ROW_LEN;
	char path[SEGMENT_PATH_SIZE];
	struct buf index = { 0 }, packed = { 0 };
	uint32_t row = 0;

	must(i < head->count);
	segment_path(head->number, path);
	enum err err = files->read(files->ctx, path, head->index_at, index_len, &index);
	if (err == OK && segment_check_index(head, buf_slice(&index)) != NULL) {
		err = ERR_CORRUPT;
	}
	if (err == OK) {
		do {
			*ret_frame = segment_frame_at(buf_slice(&index), row++);
		} while (ret_frame->first + ret_frame->count <= i);
		err = files->read(files->ctx, path, ret_frame->at, ret_frame->len,
				  &packed);
	}
	if (err == OK) {
		struct unpacker *unpacker = unpacker_new();

		if (!segment_inflate(unpacker, buf_slice(&packed), ret_frame, content,
				     NULL)) {
			err = ERR_CORRUPT;
		}
		unpacker_free(unpacker);
	}
	buf_fini(&index);
	buf_fini(&packed);
	return err;
}

enum err
fetch_entry(const struct archive_files *files, const struct segment_head *head,
	    uint32_t i, struct buf *content, struct archive_entry *ret_entry)
{
	struct segment_frame frame;
	size_t at = 0;
	enum err err = read_frame(files, head, i, content, &frame);

	if (err != OK) {
		return err;
	}
	for (uint32_t k = frame.first; k <= i; k++) {
		must(segment_next(buf_slice(content), &at, ret_entry));
	}
	return OK;
}

enum err
fetch_position(const struct archive_files *files, uint64_t position, struct buf *content,
	       struct archive_entry *ret_entry, uint64_t *ret_leaf)
{
	struct segment_head head;
	uint32_t low = 0;
	enum err err = fetch_find_position(files, position, &head);

	if (err != OK) {
		return err;
	}
	/* The last entry that begins at or before the position. */
	for (uint32_t high = head.count; high - low > 1;) {
		uint32_t middle = low + (high - low) / 2;

		err = fetch_entry(files, &head, middle, content, ret_entry);
		if (err != OK) {
			return err;
		}
		if (ret_entry->position <= position) {
			low = middle;
		} else {
			high = middle;
		}
	}
	*ret_leaf = head.first_leaf + low;
	return fetch_entry(files, &head, low, content, ret_entry);
}

static enum err
get_tile(void *ctx, const struct tile *tile, struct sha256 *ret_hashes)
{
	const struct archive_files *files = ctx;
	struct tile full = { tile->level, tile->index, TREE_TILE_WIDTH };
	const size_t len = (size_t)tile->width * SHA256_LEN;
	char path[TILE_PATH_SIZE];
	struct buf bytes = { 0 };

	tile_path(tile, path);
	enum err err = files->read(files->ctx, path, 0, len, &bytes);
	if (err == ERR_NOT_FOUND && tile->width != TREE_TILE_WIDTH) {
		tile_path(&full, path);
		err = files->read(files->ctx, path, 0, len, &bytes);
	}
	if (err == OK && bytes.len != len) {
		err = ERR_INVALID;
	}
	if (err == OK) {
		memcpy(ret_hashes, bytes.at, len);
	}
	buf_fini(&bytes);
	return err;
}

struct tile_source
tile_files(const struct archive_files *files)
{
	return (struct tile_source){ (void *)(uintptr_t)files, get_tile };
}
