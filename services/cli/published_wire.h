/* cli/published_wire.h - published figures on the screen.
 *
 * Three numbers that belong together: "FY2017–2023  published 1,188 · itemised 4 · not
 * itemised 1,184". */
#ifndef CLI_PUBLISHED_WIRE_H
#define CLI_PUBLISHED_WIRE_H

#include "cli/cli.h"
#include "kusanone/v1/control.pb-c.h"

/* One line, wrapped where the screen is too narrow. */
void published_put(struct cli *, const Kusanone__V1__PublishedRow *, struct buf *);

/* Its source and quote, indented. */
void published_put_source(struct cli *, const Kusanone__V1__PublishedRow *, struct buf *);

/* A value of a measure with its bound and unit: 1,188 or 約170,000,000円. */
const char *measure_value(struct cli *, const char *measure, int64_t value, int bound);

#endif
