/* cli/totals_table_wire.h - one table of totals on the screen. */
#ifndef CLI_TOTALS_TABLE_WIRE_H
#define CLI_TOTALS_TABLE_WIRE_H

#include "cli/totals_wire.h"

/* An empty line, and a section's title. */
void totals_put_title(struct cli *, const char *title, struct buf *);

/* "7 (2 events not stated)", "not stated" where no event says; the lack only if asked. */
const char *totals_figure_text(struct cli *, const char *measure,
			       const Kusanone__V1__Figure *, bool with_lack);

/* A row's key in one word: its code, or what its bucket is called. */
const char *totals_key_word(struct cli *, const char *dimension,
			    const Kusanone__V1__TotalsKey *);

/* The table with its title; a table that lacks what its head promises is not read. */
void totals_put_table(struct cli *, const Kusanone__V1__TotalsTable *, enum totals_layout,
		      struct buf *);

#endif
