/* lib/model/conflict_wire.h - a field that two sides changed, as people read it. */
#ifndef LIB_MODEL_CONFLICT_WIRE_H
#define LIB_MODEL_CONFLICT_WIRE_H

#include "lib/base/mem.h"
#include "lib/base/slice.h"

/* The field's value as JSON: {"title":{"ja":"…"}}; "" where it is absent.  'path' and
 * 'bytes' as in struct merge_conflict. */
const char *conflict_value(const char *path, struct slice bytes, struct arena *);

#endif
