/* cli/zone_text.h - times of a reader's zone, typed and shown.
 *
 * The machine's own zone is text.h's; here it is the one that a subscription names. */
#ifndef CLI_ZONE_TEXT_H
#define CLI_ZONE_TEXT_H

#include "cli/cli.h"
#include "lib/model/tzif.h"

#define ZONE_DEFAULT "Asia/Tokyo"

/* A zone of this machine's tzdata; "" is ZONE_DEFAULT.  False if there is none of that
 * name.  Lives in the command's arena but for what zone_close() frees. */
bool zone_open(struct cli *, const char *name, struct tzif *ret_zone) WARN_UNUSED;
void zone_close(struct tzif *);

/* The instant of a minute-precise date: the earlier of two, and where clocks went forward
 * over it the time by the offset before. */
wall_ms_t zone_instant(const struct tzif *, const struct date *local);

/* "2026-12-01 09:00"; with 'offset' "2026-12-01 09:00 +09:00".  "-" for 0. */
const char *zone_time_text(struct cli *, const struct tzif *, wall_ms_t, bool offset);

/* The same of a zone by its name; in this machine's zone where it is not known here. */
const char *zone_time_named(struct cli *, const char *zone, wall_ms_t, bool offset);

#endif
