#include "cli/patch_parts_wire.h"

#include <string.h>

#include "cli/fault_wire.h"
#include "cli/text.h"
#include "lib/model/json_wire.h"

/* A path taken apart. */
struct target {
	const char *path; /* As the intake knows it. */
	const ProtobufCFieldDescriptor *field;
	const char *session;                   /* Of sessions.ID.…; NULL. */
	const ProtobufCFieldDescriptor *inner; /* Of the session, or of a text. */
};

void
patch_init(struct patch *p, struct cli *cli)
{
	*p = (struct patch){ .cli = cli, .event = json_object() };
}

void
patch_fini(struct patch *p)
{
	json_decref(p->event);
}

bool
patch_wrong(struct patch *p, const char *text)
{
	p->cli->code = cli_usage(p->cli, text);
	return false;
}

bool
patch_unknown_field(struct patch *p, const ProtobufCMessageDescriptor *type,
		    const char *name)
{
	struct cli *cli = p->cli;
	const char *near = json_nearest_field(type, name, &cli->arena);

	return patch_wrong(
		p, arena_printf(&cli->arena, "%s: %s", text_argument(cli, name),
				near != NULL
					? phrase(cli, MSG_FAULT_UNKNOWN_FIELD_NEAR, near)
					: phrase(cli, MSG_FAULT_UNKNOWN_FIELD)));
}

static bool
parse_path(struct patch *p, const char *text, struct target *ret)
{
	const ProtobufCMessageDescriptor *event = &kusanone__v1__event__descriptor;
	struct arena *arena = &p->cli->arena;
	size_t len = strcspn(text, ".");
	const char *name = arena_dup(arena, text, len);
	const char *rest = text[len] == '.' ? text + len + 1 : NULL;

	*ret = (struct target){ .field = json_field(event, name) };
	if (ret->field == NULL) {
		return patch_unknown_field(p, event, name);
	}
	ret->path = ret->field->name;
	if (rest == NULL) {
		return true;
	}
	if (ret->field->type == PROTOBUF_C_TYPE_MESSAGE &&
	    ret->field->descriptor == &kusanone__v1__text__descriptor) {
		ret->inner = json_field(&kusanone__v1__text__descriptor, rest);
		if (ret->inner == NULL) {
			return patch_unknown_field(p, &kusanone__v1__text__descriptor,
						   rest);
		}
		ret->path =
			arena_printf(arena, "%s.%s", ret->field->name, ret->inner->name);
		return true;
	}
	if (strcmp(ret->field->name, "sessions") != 0) {
		return patch_wrong(p, phrase(p->cli, MSG_EDIT_NO_PARTS,
					     text_argument(p->cli, text)));
	}
	len = strcspn(rest, ".");
	ret->session = arena_dup(arena, rest, len);
	if (rest[len] == '.') {
		ret->inner =
			json_field(&kusanone__v1__session__descriptor, rest + len + 1);
		if (ret->inner == NULL) {
			return patch_unknown_field(p, &kusanone__v1__session__descriptor,
						   rest + len + 1);
		}
	}
	if (len == 0 || (ret->inner != NULL && strcmp(ret->inner->name, "id") == 0)) {
		return patch_wrong(p, phrase(p->cli, MSG_EDIT_SESSION_PATH,
					     text_argument(p->cli, text)));
	}
	ret->path = ret->inner == NULL ? arena_printf(arena, "sessions.%s", ret->session)
				       : arena_printf(arena, "sessions.%s.%s",
						      ret->session, ret->inner->name);
	return true;
}

static void
add_path(struct patch *p, const char *path)
{
	for (size_t i = 0; i < p->paths.count; i++) {
		if (strcmp(p->paths.at[i], path) == 0) {
			return;
		}
	}
	const char **at = arena_alloc(&p->cli->arena, (p->paths.count + 1) * sizeof(*at));
	if (p->paths.count != 0) {
		memcpy(at, p->paths.at, p->paths.count * sizeof(*at));
	}
	at[p->paths.count++] = path;
	p->paths.at = at;
}

/* The object of one session in the patch's event, made if it is not there; NULL where
 * sessions is something else already. */
static json_t *
session_of(struct patch *p, const char *id)
{
	json_t *sessions = json_object_get(p->event, "sessions");
	json_t *session;
	size_t i;

	if (sessions == NULL) {
		sessions = json_array();
		json_object_set_new(p->event, "sessions", sessions);
	}
	if (!json_is_array(sessions)) {
		return NULL;
	}
	json_array_foreach(sessions, i, session)
	{
		const char *its = json_string_value(json_object_get(session, "id"));

		if (its != NULL && strcmp(its, id) == 0) {
			return session;
		}
	}
	session = json_object();
	json_object_set_new(session, "id", json_string(id));
	json_array_append_new(sessions, session);
	return session;
}

/* Where the target's value goes: an object and a key in it.  No object: the field has a
 * value of another kind already. */
static json_t *
holder_of(struct patch *p, const struct target *t, const char **ret_key)
{
	if (t->session != NULL) {
		must(t->inner != NULL);
		*ret_key = t->inner->name;
		return session_of(p, t->session);
	}
	if (t->inner != NULL) {
		json_t *text = json_object_get(p->event, t->field->name);

		if (text == NULL) {
			text = json_object();
			json_object_set_new(p->event, t->field->name, text);
		}
		*ret_key = t->inner->name;
		return text;
	}
	*ret_key = t->field->name;
	return p->event;
}

/* ---- Values ---------------------------------------------------------------------- */

static bool
is_number(const char *text)
{
	const char *digits = text + (*text == '-' ? 1 : 0);

	return *digits != '\0' && strspn(digits, "0123456789") == strlen(digits) &&
	       strlen(digits) <= 18;
}

static json_t *
integer_of(const char *text)
{
	return json_integer(strtoll(text, NULL, 10));
}

/* One value of the field's type; NULL where the text cannot be one. */
static json_t *
single_value(const ProtobufCFieldDescriptor *field, const char *text)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_BOOL:
		if (strcmp(text, "true") == 0 || strcmp(text, "yes") == 0) {
			return json_true();
		}
		if (strcmp(text, "false") == 0 || strcmp(text, "no") == 0) {
			return json_false();
		}
		return NULL;
	case PROTOBUF_C_TYPE_MESSAGE:
		if (field->descriptor == &kusanone__v1__date__descriptor) {
			return json_string(text);
		}
		if (field->descriptor == &kusanone__v1__count__descriptor &&
		    is_number(text)) {
			return integer_of(text);
		}
		if (field->descriptor == &kusanone__v1__money__descriptor &&
		    is_number(text)) {
			return json_pack("{s:o}", "jpy", integer_of(text));
		}
		return NULL;
	default:
		return json_string(text);
	}
}

static const char *
right_value(struct cli *cli, const ProtobufCFieldDescriptor *field)
{
	bool number = field->type == PROTOBUF_C_TYPE_MESSAGE &&
		      (field->descriptor == &kusanone__v1__count__descriptor ||
		       field->descriptor == &kusanone__v1__money__descriptor);

	return phrase(cli, number                                ? MSG_RIGHT_NUMBER
			   : field->type == PROTOBUF_C_TYPE_BOOL ? MSG_RIGHT_BOOL
								 : MSG_RIGHT_JSON);
}

/* JSON is recognised by its bracket. */
static bool
is_json(const ProtobufCFieldDescriptor *field, const char *text)
{
	return (text[0] == '{' && field->type == PROTOBUF_C_TYPE_MESSAGE) ||
	       (text[0] == '[' && field->label == PROTOBUF_C_LABEL_REPEATED);
}

/* The value of "FIELD=text"; NULL after a complaint. */
static json_t *
value_of(struct patch *p, const struct target *t, const char *text)
{
	const ProtobufCFieldDescriptor *field =
		t->session != NULL || t->inner != NULL ? t->inner : t->field;
	struct cli *cli = p->cli;
	struct json_fault fault;
	json_t *v = NULL;

	if (!utf8_valid(slice_str(text))) {
		patch_wrong(p, arena_printf(&cli->arena, "%s: %s", t->path,
					    phrase(cli, MSG_FAULT_NOT_UTF8)));
		return NULL;
	}
	if (is_json(field, text)) {
		v = json_parse(slice_str(text), &cli->arena, &fault);
		if (v == NULL) {
			patch_wrong(p, fault_text(cli, &fault, t->path, 0));
		}
		return v;
	}
	if (field->label == PROTOBUF_C_LABEL_REPEATED) {
		struct opt_list items = option_split(cli, text);

		v = json_array();
		for (size_t i = 0; v != NULL && i < items.count; i++) {
			json_t *item = single_value(field, items.at[i]);

			if (item == NULL) {
				json_decref(v);
				v = NULL;
			} else {
				json_array_append_new(v, item);
			}
		}
	} else {
		v = single_value(field, text);
	}
	if (v == NULL) {
		patch_wrong(p, field->type == PROTOBUF_C_TYPE_MESSAGE &&
					       field->descriptor ==
						       &kusanone__v1__text__descriptor
				       ? phrase(cli, MSG_EDIT_TEXT_NEEDS_LANG, t->path)
				       : phrase(cli, MSG_EDIT_VALUE, t->path,
						text_argument(cli, text),
						right_value(cli, field)));
	}
	return v;
}

/* The current members of a list of codes with some added or taken away. */
static json_t *
changed_set(struct patch *p, const struct target *t, bool add, const char *text,
	    const Kusanone__V1__Event *current)
{
	const uint8_t *base = (const uint8_t *)current;
	char *const *members =
		*(char *const *const *)(const void *)(base + t->field->offset);
	struct opt_list items = option_split(p->cli, text);
	json_t *set = json_object_get(p->event, t->field->name);
	json_t *item;
	size_t count;
	size_t at;

	memcpy(&count, base + t->field->quantifier_offset, sizeof(count));
	if (set != NULL) {
		json_incref(set); /* Another --set of the same field came before. */
	} else {
		set = json_array();
		for (size_t i = 0; i < count; i++) {
			json_array_append_new(set, json_string(members[i]));
		}
	}
	for (size_t i = 0; i < items.count; i++) {
		bool there = false;

		json_array_foreach(set, at, item)
		{
			if (strcmp(json_string_value(item), items.at[i]) == 0) {
				there = true;
				break;
			}
		}
		if (add && !there) {
			json_array_append_new(set, json_string(items.at[i]));
		} else if (!add && there) {
			json_array_remove(set, at);
		}
	}
	return set;
}

bool
patch_needs_current(const char *assignment)
{
	return assignment[0] == '+' || assignment[0] == '-';
}

bool
patch_set(struct patch *p, const char *assignment, const Kusanone__V1__Event *current)
{
	bool change = patch_needs_current(assignment);
	const char *name = assignment + (change ? 1 : 0);
	const char *equals = strchr(name, '=');
	struct target t;
	const char *key;
	json_t *v;

	if (equals == NULL || equals == name) {
		return patch_wrong(p, phrase(p->cli, MSG_EDIT_FORM,
					     text_argument(p->cli, assignment)));
	}
	if (!parse_path(p, arena_dup(&p->cli->arena, name, (size_t)(equals - name)),
			&t)) {
		return false;
	}
	if (t.session != NULL && t.inner == NULL) {
		return patch_wrong(p, phrase(p->cli, MSG_EDIT_SESSION_PATH, t.path));
	}
	if (change) {
		if (t.field->label != PROTOBUF_C_LABEL_REPEATED ||
		    t.field->type != PROTOBUF_C_TYPE_STRING) {
			return patch_wrong(p, phrase(p->cli, MSG_EDIT_NO_SET, t.path));
		}
		must(current != NULL);
		v = changed_set(p, &t, assignment[0] == '+', equals + 1, current);
	} else {
		v = value_of(p, &t, equals + 1);
	}
	if (v == NULL) {
		return false;
	}
	json_t *holder = holder_of(p, &t, &key);
	if (!json_is_object(holder)) {
		json_decref(v);
		return patch_wrong(p, phrase(p->cli, MSG_EDIT_TWICE, t.path));
	}
	json_object_set_new(holder, key, v);
	add_path(p, t.path);
	return true;
}

bool
patch_clear(struct patch *p, const char *path)
{
	struct target t;

	if (!parse_path(p, path, &t)) {
		return false;
	}
	add_path(p, t.path);
	return true;
}

bool
patch_take(struct patch *p, const char *path, json_t *value)
{
	struct target t;
	const char *key;

	if (!parse_path(p, path, &t)) {
		return false;
	}
	if (!json_is_null(value)) {
		json_t *holder = holder_of(p, &t, &key);

		if (!json_is_object(holder)) {
			return patch_wrong(p, phrase(p->cli, MSG_EDIT_TWICE, t.path));
		}
		json_object_set(holder, key, value);
	}
	add_path(p, t.path);
	return true;
}

Kusanone__V1__Patch *
patch_finish(struct patch *p, const char *event_id)
{
	struct cli *cli = p->cli;
	struct json_fault fault;
	Kusanone__V1__Patch *patch = arena_alloc(&cli->arena, sizeof(*patch));
	Kusanone__V1__Event *event = (Kusanone__V1__Event *)json_value_to_message(
		&kusanone__v1__event__descriptor, "event", p->event, &cli->arena, &fault);

	if (event == NULL) {
		cli->code = cli_complain(cli, EXIT_REFUSED,
					 fault_text(cli, &fault, cli->command, 0));
		return NULL;
	}
	if (p->paths.count == 0) {
		cli->code = usage(cli, MSG_EDIT_NOTHING);
		return NULL;
	}
	kusanone__v1__patch__init(patch);
	patch->event_id = (char *)(uintptr_t)event_id;
	patch->paths = (char **)(uintptr_t)p->paths.at;
	patch->n_paths = p->paths.count;
	patch->event = event;
	return patch;
}
