/* intake/say_hq.h - does what headquarters says hold already?  Then it is not recorded
 * again.  And what it cannot want to say. */
#ifndef INTAKE_SAY_HQ_H
#define INTAKE_SAY_HQ_H

#include "intake/draft.h"

bool say_reference_holds(struct draft *, const struct reference_change *);
bool say_enrolment_holds(struct draft *, const struct enrolment *);
bool say_revocation_holds(struct draft *, const struct revocation *);
bool say_erasure_holds(struct draft *, const struct erasure *);

/* Has headquarters, as far as is known here, a valid key other than this one?  Also true
 * where the key is none of headquarters', or not valid any more. */
bool say_revocation_leaves_a_key(struct draft *, const struct revocation *);

#endif
