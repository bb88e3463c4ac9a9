/* cli/export_columns_wire.h - what a table of events, or of sessions, says.
 *
 * One row an event, since the event is what totals count: the sum of the column "counted"
 * is the national total.  One row a session in the other table, with enough of its event
 * to stand alone.  Of a code both the code and its label; of a figure the figure and how
 * exact it is; of a date the date as it is known and how far.  People have no column. */
#ifndef CLI_EXPORT_COLUMNS_WIRE_H
#define CLI_EXPORT_COLUMNS_WIRE_H

#include "cli/cli.h"
#include "cli/xlsx.h"
#include "kusanone/v1/control.pb-c.h"

enum { EXPORT_MAX_COLUMNS = 96 };

enum export_table { EXPORT_EVENTS, EXPORT_SESSIONS };

/* The headers in the command's language; returns their number. */
size_t export_columns(struct cli *, enum export_table,
		      struct xlsx_column ret_columns[EXPORT_MAX_COLUMNS]);

/* Of a row of the reply and, in the table of sessions, one of its sessions (else NULL).
 * Texts live in the command's arena. */
size_t export_cells(struct cli *, enum export_table, const Kusanone__V1__SheetReply *,
		    const Kusanone__V1__SheetRow *, const Kusanone__V1__SheetSession *,
		    struct cell ret_cells[EXPORT_MAX_COLUMNS]);

#endif
