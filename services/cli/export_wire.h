/* cli/export_wire.h - the parts of kusanone export. */
#ifndef CLI_EXPORT_WIRE_H
#define CLI_EXPORT_WIRE_H

#include "cli/aside.h"
#include "cli/cli.h"
#include "kusanone/v1/control.pb-c.h"

enum export_format { EXPORT_CSV, EXPORT_XLSX, EXPORT_RECORDS };

struct export_job {
	enum export_format format;
	bool sessions; /* Rows are sessions. */
	Kusanone__V1__TotalsQuery select;
	struct aside file;
	msec_t shown_at; /* When progress was shown last. */
	bool shown;
};

/* Ask page after page and write them: rows of events or sessions (export_sheet_wire.c),
 * records (export_log_wire.c).  An exit code, after a complaint if it is not EXIT_DONE;
 * the file is not committed yet.  What was done is said on 'ret_done', for after that. */
int export_sheet(struct cli *, struct export_job *, struct buf *ret_done);
int export_log(struct cli *, struct export_job *, struct buf *ret_done);

/* Ask for one page; its reply and all that is made of it live until export_page_end().
 * Complains also where the officer has had enough. */
struct export_page {
	struct arena kept;
};
int export_page(struct cli *, struct export_page *, Kusanone__V1__Query *,
		const Kusanone__V1__Reply **ret_reply);
void export_page_end(struct cli *, struct export_page *);

/* How far it is, on a terminal, now and then. */
void export_progress(struct cli *, struct export_job *, uint64_t done, uint64_t all);

/* 2024-07-01 18:00:12 UTC, in the arena: the same on every machine. */
const char *export_instant(struct cli *, int64_t ms);

#endif
