/* lib/model/totals_wire.h - a question about figures, answered out of a fold.
 *
 * The same answer at headquarters and, over its own events, at a post. */
#ifndef LIB_MODEL_TOTALS_WIRE_H
#define LIB_MODEL_TOTALS_WIRE_H

#include "kusanone/v1/control.pb-c.h"
#include "lib/model/query.h"
#include "lib/model/show_wire.h"

/* Answer; everything in 'arena', which outlives the reply.  as_of_ms must have been
 * turned into as_of_position by the caller (the fold knows no instants).  False if the
 * question cannot be answered: 'ret_fault' says why. */
bool totals_answer(struct fold *, const Kusanone__V1__TotalsQuery *, struct arena *,
		   Kusanone__V1__TotalsReply *ret_reply,
		   struct show_fault *ret_fault) WARN_UNUSED;

/* What the question selects, as the query takes it; in 'arena'.  Refuses as
 * totals_answer() does. */
bool totals_selection(struct fold *, const Kusanone__V1__TotalsQuery *, struct arena *,
		      struct query *ret_query, struct show_fault *ret_fault) WARN_UNUSED;
/* What a question comes to: the query of each of its tables, and the one that published
 * figures stand beside. */
enum { TOTALS_MAX_TABLES = QUERY_MAX_DIMENSIONS + 1 };
struct totals_shape {
	struct query tables[TOTALS_MAX_TABLES];
	unsigned table_count;
	struct query published;
	bool cumulative; /* The cumulative is shown, if there is one. */
};
bool totals_shape_of(struct fold *, const Kusanone__V1__TotalsQuery *, struct arena *,
		     struct totals_shape *ret_shape,
		     struct show_fault *ret_fault) WARN_UNUSED;

/* A row's key with its label as of the position. */
Kusanone__V1__TotalsKey *totals_key(struct fold *, uint64_t position, enum dimension,
				    uint32_t key, struct arena *);

Kusanone__V1__Figure *totals_figure(const struct query_figure *, struct arena *);

/* The revision in the record at row 'r': its identity, and its title where it is one.
 * False: it cannot be read. */
bool totals_revision(struct fold *, uint32_t r, struct arena *, char **ret_revision,
		     Kusanone__V1__Text **ret_title);

/* The published figures in force, with what is itemised of them. */
size_t totals_published(struct fold *, uint64_t position, enum date_rule, struct arena *,
			Kusanone__V1__PublishedRow ***ret_rows);

#endif
