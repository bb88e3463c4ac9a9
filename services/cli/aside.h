/* cli/aside.h - a file that is there whole or not at all.
 *
 * Written beside its place under another name, then synced and moved there.  One that is
 * there already stays, unless it was said that it may go.  Only its owner may read it:
 * what is exported is restricted.  "-" is the standard output, to which all goes at once.
 */
#ifndef CLI_ASIDE_H
#define CLI_ASIDE_H

#include "cli/cli.h"

struct aside {
	const char *path; /* Where it shall be. */
	char *beside;     /* Where it is written; NULL: to the standard output. */
	int fd;           /* -1: not open. */
	bool force;
};

/* False after a complaint, with cli->code set; so below. */
bool aside_open(struct cli *, const char *path, bool force, struct aside *) WARN_UNUSED;
bool aside_write(struct cli *, struct aside *, struct slice) WARN_UNUSED;

/* It is complete, also where another hand has written to 'beside'. */
bool aside_commit(struct cli *, struct aside *) WARN_UNUSED;

/* Take away what is not committed; after a commit nothing. */
void aside_fini(struct aside *);

#endif
