/* cli/csv_file.h - one CSV file of reference data: UTF-8, strict RFC 4180, a header.
 *
 * Every cell knows its line and column, so that a complaint names them. */
#ifndef CLI_CSV_FILE_H
#define CLI_CSV_FILE_H

#include "cli/cli.h"

enum { CSV_MAX_COLUMNS = 24, CSV_MAX_BYTES = 4 * 1024 * 1024 };

struct csv_cell {
	const char *text;
	unsigned line, column; /* Of its first character, from 1. */
};

struct csv_row {
	struct csv_cell
		cells[CSV_MAX_COLUMNS]; /* In the order of the columns asked for. */
	unsigned line;
};

struct csv_file {
	const char *name; /* As it stands in complaints. */
	struct csv_row *rows;
	size_t count;
};

/* Read it with the columns named (NULL ends the list), all of which its header must
 * have; others are passed over.  Rows and texts live in the arena.  False after a
 * complaint about each fault (at most twenty). */
bool csv_read(struct cli *, const char *path, const char *const *columns,
	      struct csv_file *ret_file) WARN_UNUSED;

/* "posts.csv:3:17: " and the text, on err. */
void csv_complain(struct cli *, const struct csv_file *, const struct csv_cell *,
		  const char *text);

/* Could a spreadsheet take it for a formula?  It begins, after blanks, with = + - @, one
 * of their other forms, a tab or a line end. */
bool csv_is_formula(const char *text) WARN_UNUSED;

/* One cell as CSV: quoted where it must be; text that a spreadsheet would take for a
 * formula gets an apostrophe before it. */
void csv_put_text(struct buf *, const char *text);

#endif
