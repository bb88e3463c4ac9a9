/* intake/meant.h - which known word an officer may have meant by one that is not known.
 *
 * Of reference data its open rows are offered, whatever day they hold on.  Each returns
 * the empty slice where none is near, or several are equally (lib/base/near.h); what it
 * returns is borrowed from the fold. */
#ifndef INTAKE_MEANT_H
#define INTAKE_MEANT_H

#include "lib/model/reference.h"

/* 'group' is a code's dimension or a state's country (empty: US); posts and pillars have
 * none. */
struct slice meant_code(const struct reference *, enum reference_kind, struct slice group,
			struct slice code);

/* A kind of alert. */
struct slice meant_kind(struct slice word);

/* A zone that a post lies in, or Asia/Tokyo. */
struct slice meant_zone(const struct reference *, struct slice zone);

#endif
