/* A patch out of a file: changed fields, or paths and an event. */
#include <string.h>

#include "cli/fault_wire.h"
#include "cli/input.h"
#include "cli/patch_parts_wire.h"
#include "cli/text.h"
#include "lib/model/json_wire.h"

enum { PATCH_FILE_MAX = 256 * 1024 };

static bool
is_remark(const char *key)
{
	return key[0] == '/' && key[1] == '/';
}

/* The keys of an object as paths below 'prefix'. */
static bool
take_parts(struct patch *p, const char *prefix, json_t *object)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		if (!is_remark(key) && strcmp(key, "id") != 0 &&
		    !patch_take(p, arena_printf(&p->cli->arena, "%s.%s", prefix, key),
				value)) {
			return false;
		}
	}
	return true;
}

static bool
take_sessions(struct patch *p, json_t *sessions)
{
	json_t *session;
	size_t i;

	json_array_foreach(sessions, i, session)
	{
		const char *id = json_string_value(json_object_get(session, "id"));

		if (id == NULL || *id == '\0') {
			return patch_wrong(p, phrase(p->cli, MSG_EDIT_SESSION_ID,
						     arena_printf(&p->cli->arena,
								  "sessions[%zu]", i)));
		}
		if (!take_parts(p, arena_printf(&p->cli->arena, "sessions.%s", id),
				session)) {
			return false;
		}
	}
	return true;
}

static bool
take_fields(struct patch *p, json_t *object, const char *event_id)
{
	const ProtobufCMessageDescriptor *type = &kusanone__v1__event__descriptor;
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		if (is_remark(key)) {
			continue;
		}
		const ProtobufCFieldDescriptor *field = json_field(type, key);
		if (field == NULL) {
			return patch_unknown_field(p, type, key);
		}
		bool good = true;
		if (strcmp(field->name, "id") == 0) {
			const char *id = json_string_value(value);

			if (id != NULL && *id != '\0' && strcmp(id, event_id) != 0) {
				return patch_wrong(
					p, phrase(p->cli, MSG_EDIT_OTHER_EVENT,
						  text_clean(&p->cli->arena, id)));
			}
		} else if (strcmp(field->name, "sessions") == 0 && json_is_array(value)) {
			good = take_sessions(p, value);
		} else if (field->type == PROTOBUF_C_TYPE_MESSAGE &&
			   field->descriptor == &kusanone__v1__text__descriptor &&
			   json_is_object(value)) {
			good = take_parts(p, field->name, value);
		} else {
			good = patch_take(p, field->name, value);
		}
		if (!good) {
			return false;
		}
	}
	return true;
}

bool
patch_file(struct patch *p, const char *path, const char *event_id)
{
	struct cli *cli = p->cli;
	struct json_fault fault;
	struct slice text;
	bool good;

	if (!input_read_file(cli, path, PATCH_FILE_MAX, &text)) {
		return false;
	}
	json_t *object = json_parse(text, &cli->arena, &fault);
	if (object == NULL || !json_is_object(object)) {
		cli->code =
			object == NULL
				? cli_complain(cli, EXIT_REFUSED,
					       fault_text(cli, &fault,
							  text_argument(cli, path), 0))
				: complain(cli, EXIT_REFUSED, MSG_EDIT_FILE_FORM,
					   text_argument(cli, path));
		json_decref(object);
		return false;
	}
	json_t *paths = json_object_get(object, "paths");
	if (json_is_array(paths)) {
		json_t *item;
		size_t i;

		json_t *event = json_object_get(object, "event");
		if (json_is_object(event)) {
			json_decref(p->event);
			p->event = json_deep_copy(event);
		}
		good = true;
		json_array_foreach(paths, i, item)
		{
			good = good && json_is_string(item) &&
			       patch_clear(p, json_string_value(item));
		}
	} else {
		good = take_fields(p, object, event_id);
	}
	json_decref(object);
	if (!good && cli->code == EXIT_DONE) {
		cli->code = complain(cli, EXIT_REFUSED, MSG_EDIT_FILE_FORM,
				     text_argument(cli, path));
	}
	return good;
}
