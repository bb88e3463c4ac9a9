/* cli/totals_wire.h - the question about figures, and its answer on the screen. */
#ifndef CLI_TOTALS_WIRE_H
#define CLI_TOTALS_WIRE_H

#include "cli/cli.h"
#include "cli/filter_wire.h"
#include "cli/options.h"
#include "kusanone/v1/control.pb-c.h"

/* What totals and watch understand. */
struct totals_options {
	struct opt_list by, measures;
	const char *fy, *rule, *as_of;
	struct filter_options filters;
	bool recount, open, report;
};

#define TOTALS_OPTIONS(o)                                                                \
	OPT_MANY("by", &(o).by), OPT_MANY("measure", &(o).measures),                     \
		OPT_TEXT("fy", &(o).fy), OPT_TEXT("rule", &(o).rule),                    \
		OPT_TEXT("as-of", &(o).as_of), OPT_FLAG("recount", &(o).recount),        \
		OPT_FLAG("open", &(o).open), OPT_FLAG("report", &(o).report),            \
		FILTER_OPTIONS((o).filters)

/* False after a complaint. */
bool totals_query(struct cli *, const struct totals_options *,
		  Kusanone__V1__TotalsQuery *ret_query) WARN_UNUSED;

/* "412", "2024-07-01", "2024-07-01T09:00", "…:30Z", "…+09:00": a position of the log, or
 * an instant; a day alone means its end, a time without a zone that of this machine.
 * One of the two is 0. */
bool totals_as_of(const char *text, uint64_t *ret_position, int64_t *ret_ms) WARN_UNUSED;

enum totals_layout {
	TOTALS_TABLES,  /* A line a row. */
	TOTALS_COMPACT, /* A paragraph a table: "sfo 1 · lax 1 = 2, overlap 1 …" */
};

/* The answer for people. */
void totals_put(struct cli *, const Kusanone__V1__TotalsReply *, enum totals_layout,
		struct buf *);

/* The tables as CSV: RFC 4180, UTF-8, one header line a table. */
void totals_put_csv(struct cli *, const Kusanone__V1__TotalsReply *, struct buf *);

/* "position 42 · 2024-07-01 18:00:12 +09:00" */
const char *totals_position(struct cli *, const Kusanone__V1__TotalsReply *);

#endif
