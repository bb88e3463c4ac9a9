#include "lib/model/conflict_wire.h"

#include "kusanone/v1/event.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "lib/model/json_wire.h"

/* The message in which the bytes of 'path' are a field. */
static const ProtobufCMessageDescriptor *
holder_of(const char *path)
{
	const char *dot = strchr(path, '.');

	if (dot == NULL) {
		return &kusanone__v1__event__descriptor;
	}
	if (strncmp(path, "sessions.", 9) == 0) {
		return strchr(dot + 1, '.') != NULL ? &kusanone__v1__session__descriptor
						    : &kusanone__v1__event__descriptor;
	}
	return &kusanone__v1__text__descriptor;
}

const char *
conflict_value(const char *path, struct slice bytes, struct arena *arena)
{
	const ProtobufCMessage *m;
	struct buf b = { 0 };

	if (bytes.len == 0) {
		return "";
	}
	m = unpack_message(holder_of(path), bytes, arena, NULL);
	if (m == NULL || m->n_unknown_fields != 0) {
		return arena_printf(arena, "(%zu bytes of a newer program)", bytes.len);
	}
	message_to_json(m, 0, &b);
	const char *text = arena_dup(arena, b.at, b.len);
	buf_fini(&b);
	return text;
}
