/* lib/model/show_wire.h - events, figures and reference data, shown out of a fold.
 *
 * The same at headquarters and at a post; what only one of them knows (how far a record
 * got, notices of other posts' events) its service adds to the reply. */
#ifndef LIB_MODEL_SHOW_WIRE_H
#define LIB_MODEL_SHOW_WIRE_H

#include "kusanone/v1/control.pb-c.h"
#include "lib/model/fold.h"

/* What is wrong with a question.  'code' as in Refused; NULL: "invalid". */
struct show_fault {
	const char *code, *field;
	const char *reason_ja, *reason_en;
	const char *expected_ja, *expected_en;
};

/* Answer an events, event, figures or reference query; everything in 'arena'.  False: the
 * fault says why (any other query: code "unknown"). */
bool show_answer(struct fold *, const Kusanone__V1__Query *, struct arena *,
		 Kusanone__V1__Reply *ret_reply,
		 struct show_fault *ret_fault) WARN_UNUSED;

/* One event as a row of a list.  False if it has no revision that counts. */
bool show_event_row(struct fold *, uint32_t event, enum date_rule, struct arena *,
		    Kusanone__V1__EventRow *ret_row) WARN_UNUSED;

/* One record as a line of a history. */
Kusanone__V1__HistoryRow *show_history_row(struct fold *, uint32_t row, struct arena *);

/* The id's text, and the identity of the record at 'row' in hex. */
char *show_event_id(const struct fold *, uint32_t event, struct arena *);
char *show_record_hash(struct fold *, uint32_t row, struct arena *);

#endif
