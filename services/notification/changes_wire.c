#include "notification/changes.h"

#include "lib/base/text.h"
#include "lib/model/labels.h"
#include "lib/model/merge.h"
#include "notification/dates.h"
#include "notification/names.h"
#include "notification/told_wire.h"

enum { VALUE_COLUMNS = 120 };

static bool
is_restricted(const char *field)
{
	static const char *const fields[] = { "participants",       "participants_japan",
					      "participants_other", "people",
					      "budget_planned",     "budget_spent" };

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if (strcmp(fields[i], field) == 0) {
			return true;
		}
	}
	return false;
}

/* One member of a list of codes. */
static const char *
name_in(const struct voice *v, const char *field, const char *code, int32_t day)
{
	static const struct {
		const char *field, *dimension;
	} dimensions[] = {
		{ "format", "format" },         { "category", "category" },
		{ "frame", "frame" },           { "topics", "topic" },
		{ "audience", "partner_kind" }, { "vip_kinds", "vip_kind" },
		{ "outcomes", "outcome" },
	};
	struct slice s = slice_str(code);

	if (s.len == 0) {
		return "";
	}
	if (strcmp(field, "holders") == 0 || strcmp(field, "recorder") == 0 ||
	    strcmp(field, "lead") == 0) {
		return name_of_post(v, s, day);
	}
	if (strcmp(field, "pillars") == 0) {
		return name_of_pillar(v, s, day);
	}
	for (size_t i = 0; i < ARRAY_LEN(dimensions); i++) {
		if (strcmp(dimensions[i].field, field) == 0) {
			return name_of_code(v, dimensions[i].dimension, s, day);
		}
	}
	return voice_quote(v, s);
}

static const char *
text_in(const struct voice *v, const Kusanone__V1__Text *text)
{
	struct text t = told_text(text);

	return voice_pick(v, &t);
}

/* One language of a field that has both; "" where that is absent. */
static const char *
language_in(const struct voice *v, const ProtobufCFieldDescriptor *f,
	    const Kusanone__V1__Event *e, bool ja)
{
	if (e == NULL) {
		return "";
	}
	const void *at = (const uint8_t *)e + f->offset;
	struct text t = told_text(*(const Kusanone__V1__Text *const *)at);
	return voice_quote(v, ja ? t.ja : t.en);
}

/* One member of a list of messages. */
static const char *
member_in(const struct voice *v, const char *field, const void *member, int32_t day)
{
	if (strcmp(field, "stated_dates") == 0) {
		struct sitting s = { .start = told_moment(member) };

		return say_when(v, &s);
	}
	if (strcmp(field, "stated_places") == 0) {
		struct place place = told_place(member);

		return name_of_place(v, &place, day);
	}
	if (strcmp(field, "partners") == 0) {
		const Kusanone__V1__Partner *partner = member;

		return text_in(v, partner->name);
	}
	if (strcmp(field, "components") == 0) {
		const Kusanone__V1__Component *component = member;

		return JOIN(v, " ", voice_quote(v, slice_str(component->kind)),
			    text_in(v, component->text));
	}
	if (strcmp(field, "sources") == 0) {
		const Kusanone__V1__Source *source = member;

		return voice_quote(v, slice_str(source->name));
	}
	return "";
}

static const char *
list_in(const struct voice *v, const ProtobufCFieldDescriptor *f, const uint8_t *base,
	int32_t day)
{
	size_t count;
	void *const *members = *(void *const *const *)(const void *)(base + f->offset);

	memcpy(&count, base + f->quantifier_offset, sizeof(count));
	const char **items = arena_alloc(v->arena, count * sizeof(items[0]));
	for (size_t i = 0; i < count; i++) {
		items[i] = f->type == PROTOBUF_C_TYPE_STRING
				   ? name_in(v, f->name, members[i], day)
				   : member_in(v, f->name, members[i], day);
	}
	return voice_join(v, SAY(v, W_LIST_COMMA), items, count);
}

/* The value of one field of an Event; "" where it is absent. */
static const char *
value_in(const struct voice *v, const ProtobufCFieldDescriptor *f,
	 const Kusanone__V1__Event *e, const struct told *t)
{
	if (e == NULL) {
		return "";
	}
	const uint8_t *base = (const uint8_t *)e;
	const void *at = base + f->offset;
	if (f->label == PROTOBUF_C_LABEL_REPEATED) {
		return list_in(v, f, base, t->day);
	}
	if (f->type == PROTOBUF_C_TYPE_STRING) {
		return name_in(v, f->name, *(const char *const *)at, t->day);
	}
	if (f->type == PROTOBUF_C_TYPE_ENUM) {
		return e->status != KUSANONE__V1__STATUS__STATUS_UNSPECIFIED
			       ? name_of_status(v, (enum status)e->status)
			       : "";
	}
	const void *message = *(const void *const *)at;
	if (message == NULL) {
		return "";
	}
	if (f->descriptor == &kusanone__v1__text__descriptor) {
		return text_in(v, message);
	}
	if (f->descriptor == &kusanone__v1__count__descriptor) {
		const Kusanone__V1__Count *count = message;

		return label_of_quantity(v->lang == NOTE_JA, (int64_t)count->value,
					 (int)count->bound, v->arena);
	}
	return f->descriptor == &kusanone__v1__report__descriptor ? SAY(v, W_FILED) : "";
}

static const char *
moment_in(const struct voice *v, const struct moment *m)
{
	struct sitting s = { .start = *m };

	return m->date.precision != PRECISION_NONE ? say_when(v, &s) : "";
}

/* A session as a whole: when · where · status. */
static const char *
session_in(const struct voice *v, const struct sitting *s, int32_t day)
{
	return JOIN(v, SAY(v, W_DOT),
		    s->start.date.precision != PRECISION_NONE ? say_when(v, s) : "",
		    name_of_where(v, s, day),
		    s->status != STATUS_NOT_STATED ? name_of_status(v, s->status) : "");
}

/* One field of a session. */
static const char *
session_value(const struct voice *v, const char *field, const struct sitting *s,
	      int32_t day)
{
	if (s == NULL) {
		return "";
	}
	if (strcmp(field, "status") == 0) {
		return name_of_status(v, s->status);
	}
	if (strcmp(field, "start") == 0) {
		return moment_in(v, &s->start);
	}
	if (strcmp(field, "end") == 0) {
		return moment_in(v, &s->end);
	}
	if (strcmp(field, "place") == 0) {
		return s->has_place ? name_of_place(v, &s->place, day) : "";
	}
	if (strcmp(field, "online") == 0) {
		return s->online ? SAY(v, W_ONLINE) : "";
	}
	if (strcmp(field, "note") == 0) {
		struct text note = { .ja = s->note_ja, .en = s->note_en };

		return voice_pick(v, &note);
	}
	return "";
}

static const char *
session_field_label(const struct voice *v, const char *field)
{
	static const struct {
		const char *field;
		enum word word;
	} labels[] = {
		{ "status", W_STATUS }, { "start", W_START },   { "end", W_END },
		{ "place", W_WHERE },   { "online", W_ONLINE }, { "note", W_NOTE }
	};

	for (size_t i = 0; i < ARRAY_LEN(labels); i++) {
		if (strcmp(labels[i].field, field) == 0) {
			return SAY(v, labels[i].word);
		}
	}
	return voice_quote(v, slice_str(field));
}

/* Both sides of the difference. */
struct sides {
	const struct voice *voice;
	const Kusanone__V1__Event *was, *now;
	struct told told_was, told_now;
};

/* "sessions.ID" and "sessions.ID.start"; ids have no dots that paths could be mistaken
 * for, since the longest id that is known is taken. */
static bool
session_change(const struct sides *sides, struct slice rest, struct change *ret)
{
	const struct voice *v = sides->voice;
	struct slice id = rest;
	const char *field = NULL;
	const struct sitting *was = told_sitting(&sides->told_was, id);
	const struct sitting *now = told_sitting(&sides->told_now, id);

	while (was == NULL && now == NULL) {
		while (id.len != 0 && id.at[id.len - 1] != '.') {
			id.len--;
		}
		if (id.len == 0) {
			return false;
		}
		field = (const char *)id.at + id.len;
		id.len--;
		was = told_sitting(&sides->told_was, id);
		now = told_sitting(&sides->told_now, id);
	}
	const char *label = SAY(v, W_SESSION_N, voice_quote(v, id));
	if (field == NULL) {
		ret->label = label;
		ret->was = was != NULL ? session_in(v, was, sides->told_was.day) : "";
		ret->now = now != NULL ? session_in(v, now, sides->told_now.day) : "";
		return true;
	}
	if (strcmp(field, "dated_by") == 0) {
		return false; /* Follows from the start. */
	}
	ret->label = JOIN(v, " ", label, session_field_label(v, field));
	ret->was = session_value(v, field, was, sides->told_was.day);
	ret->now = session_value(v, field, now, sides->told_now.day);
	return true;
}

/* The label of a field, without what sets it in on a screen. */
static const char *
field_label(const struct voice *v, const char *field)
{
	const char *label = label_of_field(v->lang == NOTE_JA, field);

	if (strncmp(field, "participants_", 13) == 0) {
		label = label_of_field(v->lang == NOTE_JA, "participants");
	}
	return label != NULL ? label : voice_quote(v, slice_str(field));
}

/* False: there is nothing to tell. */
static bool
change_of(const struct sides *sides, const char *path, struct change *ret)
{
	const struct voice *v = sides->voice;
	const char *dot = strchr(path, '.');
	const char *name =
		dot != NULL ? arena_dup(v->arena, path, (size_t)(dot - path)) : path;
	const ProtobufCFieldDescriptor *f =
		protobuf_c_message_descriptor_get_field_by_name(
			&kusanone__v1__event__descriptor, name);

	*ret = (struct change){ .path = path, .was = "", .now = "" };
	if (strcmp(name, "sessions") == 0 && dot != NULL) {
		return session_change(sides, slice_str(dot + 1), ret);
	}
	ret->label = field_label(v, name);
	if (f == NULL || is_restricted(name)) {
		ret->restricted = true;
		return true;
	}
	if (strcmp(name, "id") == 0) {
		return false;
	}
	if (strcmp(name, "sessions") == 0) {
		return false; /* The order of the list means nothing. */
	}
	if (dot != NULL && f->descriptor == &kusanone__v1__text__descriptor) {
		bool ja = strcmp(dot + 1, "ja") == 0;

		if (ja != (v->lang == NOTE_JA)) {
			ret->label = SAY(v, ja ? W_IN_LANG_JA : W_IN_LANG_EN, ret->label);
		}
		ret->was = language_in(v, f, sides->was, ja);
		ret->now = language_in(v, f, sides->now, ja);
		return true;
	}
	ret->was = value_in(v, f, sides->was, &sides->told_was);
	ret->now = value_in(v, f, sides->now, &sides->told_now);
	return true;
}

size_t
changes_of(const struct voice *v, struct slice before, struct slice now,
	   struct change **ret)
{
	struct sides sides = { .voice = v,
			       .was = told_unpack(before, v->arena),
			       .now = told_unpack(now, v->arena) };
	const char **paths;
	size_t path_count = event_diff(before, now, v->arena, &paths);
	struct change *list = arena_alloc(v->arena, path_count * sizeof(list[0]));
	size_t count = 0;

	told_read(before, v->arena, &sides.told_was);
	told_read(now, v->arena, &sides.told_now);
	for (size_t i = 0; i < path_count; i++) {
		struct change *c = &list[count];

		if (!change_of(&sides, paths[i], c)) {
			continue;
		}
		c->was = text_cut(v->arena, c->was, VALUE_COLUMNS);
		c->now = text_cut(v->arena, c->now, VALUE_COLUMNS);
		/* Two shares of a field that is not shown are one change. */
		if (count != 0 && c->restricted && list[count - 1].restricted &&
		    strcmp(c->label, list[count - 1].label) == 0) {
			continue;
		}
		count++;
	}
	*ret = list;
	return count;
}

const char *
change_words(const struct voice *v, const struct change *c)
{
	if (c->restricted) {
		return SAY(v, W_RESTRICTED);
	}
	if (strcmp(c->was, c->now) == 0) {
		return SAY(v, W_EDITED); /* In what is not shown of it. */
	}
	return SAY(v, W_OLD_NEW, c->was[0] != '\0' ? c->was : SAY(v, W_NOTHING),
		   c->now[0] != '\0' ? c->now : SAY(v, W_NOTHING));
}
