/* cli/lines.h - labelled lines, and what stands between the parts of one. */
#ifndef CLI_LINES_H
#define CLI_LINES_H

#include "cli/cli.h"
#include "cli/grid.h"

/* "  label   value", the value wrapped beside its label; nothing if it is empty. */
void line_put(struct cli *, const char *label, const char *value);

/* Parts that are not empty, with 'between' between them; in the arena. */
const char *joined_list(struct cli *, const char *between, const char *const *parts);
#define JOINED(cli, between, ...)                                                        \
	joined_list(cli, between, (const char *const[]){ __VA_ARGS__, NULL })

/* The rows of a table, each with what is said below it, wrapped and indented; 'below'
 * has a text a row, "" or NULL for none. */
void lines_put_grid(struct cli *, const struct grid *, const char *const *below);

#endif
