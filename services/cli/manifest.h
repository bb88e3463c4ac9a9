/* cli/manifest.h - what a backup holds, so that a restore can check it.
 *
 *	kusanone backup 1
 *	of intake                              the folder's name
 *	at_ms 1711929600000                    when
 *	file SHA256 BYTES journal/data.mdb     each file: hash in hex, length, path
 *	sum SHA256                             of all lines before
 *
 * Text, a line each.  A path is relative, without ".", ".." or control characters. */
#ifndef CLI_MANIFEST_H
#define CLI_MANIFEST_H

#include "lib/archive/sha256.h"
#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/base/table.h"

enum { MANIFEST_MAX_LEN = 64 * 1024 * 1024 };
#define MANIFEST_NAME "manifest"
#define STATE_NAME    "state" /* The folder beside it that holds the files. */

struct manifest_file {
	const char *path;
	uint64_t bytes;
	struct sha256 hash;
};

struct manifest {
	const char *of;
	wall_ms_t at;
	struct table files; /* Rows are struct manifest_file. */
};

void manifest_init(struct manifest *);
void manifest_fini(struct manifest *);

/* Can the name stand in one? */
bool manifest_path_good(struct slice path);

/* Texts are borrowed. */
void manifest_add(struct manifest *, const char *path, uint64_t bytes,
		  const struct sha256 *);

void manifest_put(struct buf *, const struct manifest *);

/* Into an empty one, texts in the arena.  False if it is not one, whole. */
bool manifest_read(struct slice text, struct arena *, struct manifest *) WARN_UNUSED;

#endif
