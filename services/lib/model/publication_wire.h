/* lib/model/publication_wire.h - sets of figures that were frozen, and their figures.
 *
 * A publication names a position of the log, a dating rule and a query.  Everything that
 * its figures are made of holds between positions (lib/model/facts.h), so computing them
 * again gives the same answer, byte for byte, whatever was recorded since. */
#ifndef LIB_MODEL_PUBLICATION_WIRE_H
#define LIB_MODEL_PUBLICATION_WIRE_H

#include "kusanone/v1/control.pb-c.h"
#include "lib/model/show_wire.h"

/* Can the query be frozen?  It is a packed TotalsQuery of words that exist, and asks for
 * figures alone: where, is the publication's to say; what stands behind them is asked as
 * of its position. */
bool publication_query_check(struct fold *, struct slice query, enum date_rule,
			     struct arena *, struct show_fault *ret_fault) WARN_UNUSED;

/* All that there are, the newest last; without their checkpoints. */
void publication_list(struct fold *, struct arena *,
		      Kusanone__V1__PublicationsReply *ret_reply);

/* One as it was said, and the question that its figures answer, with the position.
 * False: the fault says why. */
bool publication_find(struct fold *, const char *name, struct arena *,
		      Kusanone__V1__PublicationRow *ret_row,
		      Kusanone__V1__TotalsQuery *ret_question,
		      struct show_fault *ret_fault) WARN_UNUSED;

/* One with its figures, computed again.  False: the fault says why. */
bool publication_show(struct fold *, const char *name, struct arena *,
		      Kusanone__V1__PublicationReply *ret_reply,
		      struct show_fault *ret_fault) WARN_UNUSED;

#endif
