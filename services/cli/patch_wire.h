/* cli/patch_wire.h - a patch put together from a command line or a file.
 *
 * Paths are names of Event's fields, "title.en" for one language of a text,
 * "sessions.ID.status" for a field of one session.  Values are typed as text: codes
 * separated by commas for a list, a date in its plain form, a number, or JSON where the
 * field is a message. */
#ifndef CLI_PATCH_WIRE_H
#define CLI_PATCH_WIRE_H

#include <jansson.h>

#include "cli/ask_wire.h"
#include "cli/options.h"

struct patch {
	struct cli *cli;
	json_t *event;         /* What the paths name, as JSON of an Event. */
	struct opt_list paths; /* Names of the .proto. */
};

void patch_init(struct patch *, struct cli *);
void patch_fini(struct patch *);

/* Each of these is false after a complaint, with cli->code set. */

/* "FIELD=VALUE".  "+FIELD=a,b" adds to a list of codes and "-FIELD=a,b" takes away from
 * it: these need the event as it is now ('current', else NULL). */
bool patch_set(struct patch *, const char *assignment,
	       const Kusanone__V1__Event *current) WARN_UNUSED;

/* Does the assignment need the event as it is now? */
bool patch_needs_current(const char *assignment);

bool patch_clear(struct patch *, const char *path) WARN_UNUSED;

/* A file with changed fields (null clears), or with paths and event as in a Patch. */
bool patch_file(struct patch *, const char *path, const char *event_id) WARN_UNUSED;

/* The finished message, in the arena; NULL after a complaint. */
Kusanone__V1__Patch *patch_finish(struct patch *, const char *event_id);

#endif
