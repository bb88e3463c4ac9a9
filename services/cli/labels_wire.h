/* cli/labels_wire.h - fixed words of the protocol in the officer's language.
 *
 * A word that this program does not know is shown as it came. */
#ifndef CLI_LABELS_WIRE_H
#define CLI_LABELS_WIRE_H

#include "cli/cli.h"
#include "kusanone/v1/control.pb-c.h"

/* One of Event's fields. */
const char *label_field(struct cli *, const char *field);

const char *label_status(struct cli *, Kusanone__V1__Status);
const char *label_review(struct cli *, Kusanone__V1__ReviewState);
const char *label_role(struct cli *, Kusanone__V1__NodeRole);
const char *label_reach(struct cli *, Kusanone__V1__Reach);
const char *label_part(struct cli *, Kusanone__V1__Part);

/* counts, unconfirmed, disputed, withdrawn; answers; key states; links; buckets of
 * totals; measures; dimensions; kinds of records; verdicts; reasons for being left out.
 */
const char *label_word(struct cli *, const char *word);

#endif
