/* cli/help.h - what --help says, a page a command and language. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/messages.h"
#include "lib/base/buf.h"

struct help_page {
	const char *command; /* "cohost confirm"; NULL ends a table. */
	const char *summary; /* One line, without a stop. */
	const char *text;    /* Usage, description, options, example. */
};

/* The pages of a language, in the order in which they are listed; NULL after the last. */
const struct help_page *help_page(enum lang, size_t n);

/* NULL if there is no such command. */
const struct help_page *help_find(enum lang, const char *command);

/* The command's page, then the options and exit codes that all commands have.  Of a
 * group ("cohost"): its commands.  Of NULL or "": all commands. */
void help_put(enum lang, const char *command, struct buf *);

#endif
