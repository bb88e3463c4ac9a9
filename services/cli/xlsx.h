/* cli/xlsx.h - a workbook, written row by row.
 *
 * Rows go to files beside the workbook as they come and are joined at the end: memory
 * does not grow with them.  A text is always a text: nothing is ever written as a formula
 * or a link.  The bytes depend on what is written and on 'created' alone.  A disk that
 * fills up is never taken for a finished workbook.  The one file that knows the library
 * behind it. */
#ifndef CLI_XLSX_H
#define CLI_XLSX_H

#include "cli/cells.h"

enum { XLSX_MAX_ROWS = 1048576, XLSX_MAX_SHEETS = 3 };

struct xlsx;

struct xlsx_column {
	const char *header;
	unsigned width; /* In characters. */
};

/* A workbook that will be the file at 'path'; its folder takes the rows in the meantime.
 */
struct xlsx *xlsx_new(const char *path, const char *title, wall_ms_t created);

/* Another sheet; returns its number, from 0.  The first row holds the headers, stays on
 * the screen and has filters.  Without headers (count 0) it is a page of text. */
unsigned xlsx_add_sheet(struct xlsx *, const char *name, const struct xlsx_column *,
			size_t count);

enum xlsx_put {
	XLSX_PUT,
	XLSX_FULL,   /* A sheet has no more rows. */
	XLSX_FAILED, /* A row could not be written: xlsx_close() says why. */
};
enum xlsx_put xlsx_put_row(struct xlsx *, unsigned sheet, const struct cell *,
			   size_t count) WARN_UNUSED;

/* Write the file, and forget the workbook; NULL, or words for what is wrong, which live
 * as long as strerror()'s. */
const char *xlsx_close(struct xlsx *) WARN_UNUSED;

/* Forget it without a file; NULL is none. */
void xlsx_free(struct xlsx *);

#endif
