/* cli/publication_wire.h - what the commands about publications share. */
#ifndef CLI_PUBLICATION_WIRE_H
#define CLI_PUBLICATION_WIRE_H

#include "cli/cli.h"
#include "kusanone/v1/control.pb-c.h"

/* What was asked, in a line: "FY2023 · by post · events · state=TN". */
const char *publication_question(struct cli *, const Kusanone__V1__PublicationRow *);

/* Its name, and who published it when. */
void publication_put_head(struct cli *, const Kusanone__V1__PublicationRow *,
			  struct buf *);

#endif
