/* intake/say_hq.h - does what headquarters says hold already?  Then it is not recorded
 * again. */
#ifndef INTAKE_SAY_HQ_H
#define INTAKE_SAY_HQ_H

#include "intake/draft.h"

bool say_reference_holds(struct draft *, const struct reference_change *);
bool say_enrolment_holds(struct draft *, const struct enrolment *);
bool say_revocation_holds(struct draft *, const struct revocation *);
bool say_erasure_holds(struct draft *, const struct erasure *);

#endif
