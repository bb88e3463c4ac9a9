/* cli/reference_rows_wire.h - rows of reference data out of a folder of CSV files. */
#ifndef CLI_REFERENCE_ROWS_WIRE_H
#define CLI_REFERENCE_ROWS_WIRE_H

#include "cli/cli.h"
#include "kusanone/v1/control.pb-c.h"

struct reference_import {
	struct cli *cli;
	Kusanone__V1__ReferenceRow **rows; /* Free the list; its rows are the arena's. */
	size_t count, cap;
	bool faulty;
};

/* Read all files that are there, and check them.  False after complaints. */
bool reference_read(struct reference_import *, const char *folder) WARN_UNUSED;

#endif
