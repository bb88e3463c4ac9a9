#include "cli/cells.h"

#include <inttypes.h>

#include "cli/csv_file.h"

static void
put_cell(struct buf *b, const struct cell *cell)
{
	const struct date *d = &cell->date;

	switch (cell->kind) {
	case CELL_EMPTY:
		break;
	case CELL_TEXT:
		csv_put_text(b, cell->text);
		break;
	case CELL_NUMBER:
	case CELL_YEN:
		buf_printf(b, "%" PRId64, cell->number);
		break;
	case CELL_DAY:
		buf_printf(b, "%04d-%02u-%02u", d->year, d->month, d->day);
		break;
	case CELL_MINUTE:
		buf_printf(b, "%04d-%02u-%02u %02u:%02u", d->year, d->month, d->day,
			   d->hour, d->minute);
		break;
	}
}

void
cells_put_csv(struct buf *b, const struct cell *cells, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i != 0) {
			buf_put_u8(b, ',');
		}
		put_cell(b, &cells[i]);
	}
	buf_put_str(b, "\r\n");
}
