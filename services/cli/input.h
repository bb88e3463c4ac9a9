/* cli/input.h - files and the standard input, read in pieces. */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include "cli/cli.h"
#include "cli/json_split.h"

/* The JSON values of one file; "-" is the standard input. */
struct input {
	const char *name; /* As it stands in complaints. */
	int fd;           /* -1: not open. */
	struct json_split split;
};

/* False after a complaint; the code is then EXIT_REFUSED. */
bool input_open(struct cli *, const char *path, struct input *) WARN_UNUSED;
void input_close(struct input *);

enum input_result { INPUT_VALUE, INPUT_END, INPUT_FAILED };

/* The next value and its line; FAILED after a complaint.  The value is borrowed until
 * the next call. */
enum input_result input_next(struct cli *, struct input *, struct slice *ret_value,
			     unsigned *ret_line) WARN_UNUSED;

/* A whole file of at most 'max' bytes, in the arena.  False after a complaint. */
bool input_read_file(struct cli *, const char *path, size_t max,
		     struct slice *ret_bytes) WARN_UNUSED;

#endif
