/* lib/model/restatement_wire.h - what has become of published figures since.
 *
 * Either record by record, each with the cells that it changed, in the order of the log;
 * or the cells that differ at the end.  The cells are those of the publication: of its
 * tables, of the published figures beside them, the cumulative. */
#ifndef LIB_MODEL_RESTATEMENT_WIRE_H
#define LIB_MODEL_RESTATEMENT_WIRE_H

#include "kusanone/v1/control.pb-c.h"
#include "lib/model/show_wire.h"

/* One page; everything in 'arena'.  False: the fault says why. */
bool restatement_answer(struct fold *, const Kusanone__V1__RestatementQuery *,
			struct arena *, Kusanone__V1__RestatementReply *ret_reply,
			struct show_fault *ret_fault) WARN_UNUSED;

#endif
