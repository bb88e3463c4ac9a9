/* cli/cells.h - a row of a table, before it is known what kind of file it goes to.
 *
 *	columns of events or sessions ─▸ cells ─▸ cells_put_csv()   a line of CSV
 *	                                       └▸ xlsx_put_row()    a row of a sheet
 *
 * A cell without a value is empty, which says "not stated"; nothing becomes zero. */
#ifndef CLI_CELLS_H
#define CLI_CELLS_H

#include "lib/base/buf.h"
#include "lib/model/calendar.h"

enum cell_kind {
	CELL_EMPTY,
	CELL_TEXT,
	CELL_NUMBER,
	CELL_YEN,
	CELL_DAY,    /* A date of day precision, */
	CELL_MINUTE, /* of minute precision.  A coarser one is text. */
};

struct cell {
	enum cell_kind kind;
	const char *text;
	int64_t number;
	struct date date;
};

static inline struct cell
cell_text(const char *text)
{
	return (struct cell){ .kind = text != NULL && text[0] != '\0' ? CELL_TEXT
								      : CELL_EMPTY,
			      .text = text };
}

static inline struct cell
cell_number(int64_t number)
{
	return (struct cell){ .kind = CELL_NUMBER, .number = number };
}

/* A line of CSV that ends in CR LF; see csv_put_text(). */
void cells_put_csv(struct buf *, const struct cell *, size_t count);

#endif
