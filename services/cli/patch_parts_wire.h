/* cli/patch_parts_wire.h - what patch_wire.c and patch_file_wire.c share. */
#ifndef CLI_PATCH_PARTS_WIRE_H
#define CLI_PATCH_PARTS_WIRE_H

#include "cli/patch_wire.h"

/* Complain about the command line; false. */
bool patch_wrong(struct patch *, const char *text);

/* The same of a name that is no field of the type, with the nearest one that is. */
bool patch_unknown_field(struct patch *, const ProtobufCMessageDescriptor *,
			 const char *name);

/* Set the path to a value (null: clear it).  False after a complaint. */
bool patch_take(struct patch *, const char *path, json_t *value) WARN_UNUSED;

#endif
