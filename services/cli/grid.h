/* cli/grid.h - a table that fits the screen.
 *
 * Columns are as wide as their widest cell; where the screen is too narrow, the widest
 * text columns are cut ("…") until the table fits.  Numbers are never cut. */
#ifndef CLI_GRID_H
#define CLI_GRID_H

#include "lib/base/buf.h"
#include "lib/base/mem.h"

enum { GRID_MAX_COLUMNS = 16 };

enum grid_align {
	GRID_LEFT,
	GRID_RIGHT, /* Numbers: never cut. */
	GRID_FIXED, /* Left, never cut: ids, dates. */
};

struct grid {
	struct arena *arena;
	unsigned columns;
	enum grid_align align[GRID_MAX_COLUMNS];
	const char **cells; /* Row by row. */
	size_t count, cap;
	size_t indent; /* Blanks before each row. */
};

/* 'align' has one letter a column: l, r or f. */
void grid_init(struct grid *, struct arena *, const char *align);

/* The next cell; borrows the text, which lives as long as the grid. NULL is empty. */
void grid_cell(struct grid *, const char *text);

/* Cells of one row; the missing ones are empty. */
void grid_row_list(struct grid *, const char *const *cells);
#define grid_row(grid, ...)                                                              \
	grid_row_list(grid, (const char *const[]){ __VA_ARGS__ __VA_OPT__(, ) NULL })

/* Columns that the rows need where text is cut as far as it may be. */
size_t grid_least_width(const struct grid *);

/* Put all rows, each with a newline; no line is wider than 'width'. */
void grid_put(const struct grid *, size_t width, struct buf *);

#endif
