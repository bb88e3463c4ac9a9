#include "lib/model/merge_names.h"

#include <stdlib.h>

static const struct merge_field event_fields[] = {
	{ 1, "id", MERGE_WHOLE },
	{ 2, "source_key", MERGE_WHOLE },
	{ 3, "recorder", MERGE_WHOLE },
	{ 4, "lead", MERGE_WHOLE },
	{ 5, "holders", MERGE_SET },
	{ 6, "title", MERGE_TEXT },
	{ 7, "heading", MERGE_TEXT },
	{ 8, "summary", MERGE_TEXT },
	{ 9, "trigger", MERGE_TEXT },
	{ 10, "format", MERGE_WHOLE },
	{ 11, "category", MERGE_WHOLE },
	{ 12, "frame", MERGE_WHOLE },
	{ 13, "pillars", MERGE_SET },
	{ 14, "topics", MERGE_SET },
	{ EVENT_FIELD_SESSIONS, "sessions", MERGE_SESSIONS },
	{ 16, "stated_dates", MERGE_WHOLE },
	{ 17, "stated_places", MERGE_WHOLE },
	{ 18, "session_count", MERGE_WHOLE },
	{ 19, "status", MERGE_WHOLE },
	{ 20, "participants", MERGE_WHOLE },
	{ 21, "participants_japan", MERGE_WHOLE },
	{ 22, "participants_other", MERGE_WHOLE },
	{ 23, "partners", MERGE_WHOLE },
	{ 24, "audience", MERGE_SET },
	{ 25, "audience_text", MERGE_TEXT },
	{ 26, "vip_kinds", MERGE_SET },
	{ 27, "components", MERGE_WHOLE },
	{ 28, "people", MERGE_WHOLE },
	{ 29, "budget_planned", MERGE_WHOLE },
	{ 30, "budget_spent", MERGE_WHOLE },
	{ 31, "outcomes", MERGE_SET },
	{ 32, "outcome_text", MERGE_TEXT },
	{ 33, "press", MERGE_TEXT },
	{ 34, "lesson", MERGE_TEXT },
	{ 35, "report", MERGE_WHOLE },
	{ 36, "series", MERGE_WHOLE },
	{ 37, "url", MERGE_WHOLE },
	{ 38, "languages", MERGE_SET },
	{ 39, "sources", MERGE_WHOLE },
	{ 40, "note", MERGE_TEXT },
};

static const struct merge_field text_fields[] = {
	{ 1, "ja", MERGE_WHOLE },
	{ 2, "en", MERGE_WHOLE },
};

static const struct merge_field session_fields[] = {
	{ SESSION_FIELD_ID, "id", MERGE_WHOLE },
	{ 2, "status", MERGE_WHOLE },
	{ SESSION_FIELD_START, "start", MERGE_WHOLE },
	{ 4, "end", MERGE_WHOLE },
	{ SESSION_FIELD_DATED_BY, "dated_by", MERGE_WHOLE },
	{ 6, "place", MERGE_WHOLE },
	{ 7, "online", MERGE_WHOLE },
	{ 8, "note", MERGE_WHOLE },
};

const struct merge_type merge_event_type = { event_fields, ARRAY_LEN(event_fields) };
const struct merge_type merge_text_type = { text_fields, ARRAY_LEN(text_fields) };
const struct merge_type merge_session_type = { session_fields,
					       ARRAY_LEN(session_fields) };

struct merge_field
merge_field_of(const struct merge_type *type, uint32_t number)
{
	/* Known numbers run from 1 without gaps. */
	if (number <= type->count) {
		must(type->fields[number - 1].number == number);
		return type->fields[number - 1];
	}
	return (struct merge_field){ .number = number, .rule = MERGE_WHOLE };
}

bool
merge_field_named(const struct merge_type *type, struct slice name,
		  struct merge_field *ret)
{
	uint32_t number = 0;

	for (size_t i = 0; i < type->count; i++) {
		if (slice_eq_str(name, type->fields[i].name)) {
			*ret = type->fields[i];
			return true;
		}
	}
	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] < '0' || name.at[i] > '9' ||
		    number > WIRE_MAX_FIELD / 10) {
			return false;
		}
		number = 10 * number + (uint32_t)(name.at[i] - '0');
	}
	if (number <= type->count || number > WIRE_MAX_FIELD || name.at[0] == '0') {
		return false;
	}
	*ret = merge_field_of(type, number);
	return true;
}

const char *
merge_path(const char *prefix, const struct merge_field *field, struct arena *arena)
{
	const char *before = prefix != NULL ? prefix : "";
	const char *dot = prefix != NULL ? "." : "";

	return field->name != NULL
		       ? arena_printf(arena, "%s%s%s", before, dot, field->name)
		       : arena_printf(arena, "%s%s%u", before, dot,
				      (unsigned)field->number);
}

bool
merge_inner(const struct wire_run *run, struct arena *arena, struct wire_message *ret)
{
	size_t len = 0;

	for (size_t i = 0; i < run->count; i++) {
		if (run->fields[i].type != WIRE_BYTES) {
			return false;
		}
		len += run->fields[i].content.len;
	}
	if (run->count <= 1) {
		return wire_split(run->count == 1 ? run->fields[0].content
						  : (struct slice){ 0 },
				  arena, ret);
	}
	uint8_t *bytes = arena_alloc(arena, len);
	size_t at = 0;
	for (size_t i = 0; i < run->count; i++) {
		struct slice content = run->fields[i].content;

		if (content.len != 0) {
			memcpy(bytes + at, content.at, content.len);
		}
		at += content.len;
	}
	return wire_split(slice_of(bytes, len), arena, ret);
}

static int
by_id_cmp(const void *a, const void *b)
{
	return slice_cmp((*(struct merge_session *const *)a)->id,
			 (*(struct merge_session *const *)b)->id);
}

bool
merge_sessions_of(const struct wire_run *run, struct arena *arena,
		  struct merge_sessions *ret)
{
	*ret = (struct merge_sessions){
		.at = arena_zalloc(arena, run->count * sizeof(ret->at[0])),
		.by_id = arena_zalloc(arena, run->count * sizeof(struct merge_session *)),
		.count = run->count,
	};
	for (size_t i = 0; i < run->count; i++) {
		struct merge_session *s = &ret->at[i];

		s->raw = run->fields[i].raw;
		if (run->fields[i].type != WIRE_BYTES ||
		    !wire_split(run->fields[i].content, arena, &s->inner) ||
		    !wire_get_bytes(run->fields[i].content, SESSION_FIELD_ID, &s->id) ||
		    s->id.len == 0) {
			return false;
		}
		ret->by_id[i] = s;
	}
	if (ret->count != 0) {
		qsort(ret->by_id, ret->count, sizeof(struct merge_session *), by_id_cmp);
	}
	for (size_t i = 1; i < ret->count; i++) {
		if (slice_eq(ret->by_id[i - 1]->id, ret->by_id[i]->id)) {
			return false;
		}
	}
	return true;
}

struct merge_session *
merge_session_find(const struct merge_sessions *sessions, struct slice id)
{
	size_t low = 0, high = sessions->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = slice_cmp(id, sessions->by_id[mid]->id);

		if (order == 0) {
			return sessions->by_id[mid];
		}
		if (order < 0) {
			high = mid;
		} else {
			low = mid + 1;
		}
	}
	return NULL;
}
