/* An archive's folder, into which headquarters may be sealing: the checkpoint first, then
 * what it covers.  What came since is left out, so that the copy verifies. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/archive.h"
#include "cli/backup.h"
#include "lib/archive/loose.h"
#include "lib/archive/segment.h"
#include "lib/archive/tree.h"

struct shelf_copy {
	struct backing *b;
	const char *path; /* Of the archive, in the state folder. */
	struct folder folder;
	struct archive_files files;
	struct tree_head head;
};

static const char *
below(struct shelf_copy *c, const char *name)
{
	return c->path[0] == '\0'
		       ? arena_dup(&c->b->cli->arena, name, strlen(name))
		       : arena_printf(&c->b->cli->arena, "%s/%s", c->path, name);
}

static bool
stands(struct backing *b, const char *path, const char *name, mode_t type)
{
	const char *at =
		arena_printf(&b->cli->arena, "%s/%s", backup_from(b, path), name);
	struct stat st;

	return lstat(at, &st) == 0 && (st.st_mode & S_IFMT) == type;
}

bool
backup_is_archive(struct backing *b, const char *path)
{
	return stands(b, path, "checkpoint", S_IFREG) &&
	       stands(b, path, "segment", S_IFDIR);
}

static bool
take(struct shelf_copy *c, const char *name)
{
	const char *path = below(c, name);

	return backup_progress(c->b, path) && backup_file(c->b, path, false);
}

static bool
take_if_there(struct shelf_copy *c, const char *name)
{
	struct buf first = { 0 };
	enum err err = c->files.read(c->files.ctx, name, 0, 1, &first);

	buf_fini(&first);
	return err == ERR_NOT_FOUND || take(c, name);
}

/* Names may be gone at any time; then there are none. */
static bool
take_loose(struct shelf_copy *c, uint64_t number)
{
	char path[LOOSE_PATH_SIZE], index[INDEX_PATH_SIZE];

	index_path(number, index);
	snprintf(path, sizeof(path), "loose/%s", index);
	return take_if_there(c, path);
}

static bool
take_segments(struct shelf_copy *c)
{
	struct segment_head head = { 0 };
	uint64_t leaf = 0;

	for (uint64_t number = 0; leaf < c->head.size; number++) {
		char path[SEGMENT_PATH_SIZE];
		struct buf bytes = { 0 };
		const char *why = NULL;

		segment_path(number, path);
		enum err err =
			c->files.read(c->files.ctx, path, 0, SEGMENT_HEAD_LEN, &bytes);
		bool ok = err == OK && segment_head_read(buf_slice(&bytes), &head, &why);
		buf_fini(&bytes);
		if (!ok) {
			return backup_failed(c->b, below(c, path),
					     phrase(c->b->cli, MSG_BACKUP_SEGMENT));
		}
		if (!take(c, path) || !take_loose(c, number)) {
			return false;
		}
		leaf += head.count;
	}
	return true;
}

/* The tiles of the tree that the checkpoint signs, and those of the smaller trees that it
 * grew from: the service's store, which was copied before, is at one of them. */
static bool
take_tile(struct shelf_copy *c, struct tile tile)
{
	const unsigned width = tile.width;
	char path[TILE_PATH_SIZE];
	bool ok = true;

	for (unsigned w = 1; ok && w < width && width < TREE_TILE_WIDTH; w++) {
		tile.width = w;
		tile_path(&tile, path);
		ok = take_if_there(c, path);
	}
	tile.width = width;
	tile_path(&tile, path);
	return ok && take(c, path);
}

static bool
take_tiles(struct shelf_copy *c)
{
	struct tile tile;

	for (unsigned level = 0; level < TREE_LEVELS; level++) {
		for (uint64_t i = 0; tile_of(c->head.size, level, i, &tile); i++) {
			if (!take_tile(c, tile)) {
				return false;
			}
		}
	}
	return true;
}

static bool
take_checkpoint(struct shelf_copy *c, struct slice *ret_note)
{
	struct backing *b = c->b;
	struct copied copied;

	if (!archive_checkpoint(b->cli, &c->files, ret_note, &c->head)) {
		return false;
	}
	const char *path = below(c, "checkpoint");
	int code = copy_bytes(*ret_note, backup_into(b, path), &copied);
	if (code != 0) {
		return backup_failed(b, path, errno_text(b->cli, code));
	}
	backup_note(b, path, &copied);
	return true;
}

bool
backup_archive(struct backing *b, const char *path)
{
	struct shelf_copy c = { .b = b, .path = path };
	struct slice note;

	if (!archive_open(b->cli, backup_from(b, path), &c.folder)) {
		return false;
	}
	c.files = folder_files(&c.folder);
	bool ok = take_checkpoint(&c, &note) && take_segments(&c) && take_tiles(&c);
	folder_close(&c.folder);
	return ok;
}
