/* lib/model/sheet_wire.h - events one by one, for spreadsheets, out of a fold.
 *
 * Selected as totals select: an event has a row if it lies in the years and every filter
 * matches, so that the rows that count are those behind the figure.  Those that lie there
 * and do not count (planned, cancelled, withdrawn, merged) have rows, too, and say why.
 * Of sessions each is asked by its own year, month, state and status.
 *
 * Everything is as of one position: the revision that was shown then, who had confirmed,
 * what codes were called.  Rows stand in the order in which the log first speaks of their
 * events, so the same question at the same position has the same answer for ever. */
#ifndef LIB_MODEL_SHEET_WIRE_H
#define LIB_MODEL_SHEET_WIRE_H

#include "kusanone/v1/control.pb-c.h"
#include "lib/model/show_wire.h"

/* A page of the answer; everything in 'arena'.  select->as_of_ms must have been turned
 * into as_of_position by the caller.  'matching' is counted for the first page alone.
 * False: the fault says why. */
bool sheet_answer(struct fold *, const Kusanone__V1__SheetQuery *, struct arena *,
		  Kusanone__V1__SheetReply *ret_reply,
		  struct show_fault *ret_fault) WARN_UNUSED;

#endif
