/* cli/filter_wire.h - the filters that lists and totals share.
 *
 * --filter DIMENSION=VALUE,… or, in short, --post sfo,lax --state TN …; several filters
 * must all hold, of the values of one any. */
#ifndef CLI_FILTER_WIRE_H
#define CLI_FILTER_WIRE_H

#include "cli/cli.h"
#include "cli/options.h"
#include "kusanone/v1/control.pb-c.h"

enum { FILTER_SHORT = 9 };

struct filter_options {
	struct opt_list any;
	struct opt_list by[FILTER_SHORT]; /* In the order of filter_dimensions. */
};

extern const char *const filter_dimensions[FILTER_SHORT];

/* Entries of a table of options. */
#define FILTER_OPTIONS(f) FILTER_OPTIONS_BUT_FORMAT(f), OPT_MANY("format", &(f).by[5])

/* For a command whose --format is something else. */
#define FILTER_OPTIONS_BUT_FORMAT(f)                                                     \
	OPT_MANY("filter", &(f).any), OPT_MANY("month", &(f).by[0]),                     \
		OPT_MANY("post", &(f).by[1]), OPT_MANY("state", &(f).by[2]),             \
		OPT_MANY("category", &(f).by[3]), OPT_MANY("pillar", &(f).by[4]),        \
		OPT_MANY("topic", &(f).by[6]), OPT_MANY("frame", &(f).by[7]),            \
		OPT_MANY("status", &(f).by[8])

/* The filters as messages, in the arena.  False after a complaint. */
bool filter_read(struct cli *, const struct filter_options *,
		 Kusanone__V1__Filter ***ret_filters, size_t *ret_count) WARN_UNUSED;

#endif
