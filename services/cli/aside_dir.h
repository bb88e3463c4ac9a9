/* cli/aside_dir.h - a folder that is built aside and put in its place whole.
 *
 * Beside the place, on the same disk, with a name that says that it is not finished.
 * What is there under the right name is finished and on the disk. */
#ifndef CLI_ASIDE_DIR_H
#define CLI_ASIDE_DIR_H

#include "cli/cli.h"

struct aside_dir {
	char *to;   /* Where it will be, without a slash at its end. */
	char *path; /* Where it is built; NULL: nothing was begun. */
};

/* Make the folder aside, mode 0700.  'to' is not there, or an empty folder; what lies
 * above it is made.  False after a complaint. */
bool aside_begin(struct cli *, const char *to, struct aside_dir *) WARN_UNUSED;

/* Bring everything in it to the disk and give it its name.  False after a complaint, and
 * then it is gone, too. */
bool aside_end(struct cli *, struct aside_dir *) WARN_UNUSED;

/* It goes.  Accepts one that ended. */
void aside_drop(struct aside_dir *);

/* Is it a folder with nothing in it? */
bool folder_is_empty(const char *path);

/* "the disk is full", or what errno says. */
const char *errno_text(struct cli *, int code);

#endif
