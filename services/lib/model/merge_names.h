/* lib/model/merge_names.h - the fields of an event by number, name and rule; for
 * merge*.c only. */
#ifndef LIB_MODEL_MERGE_NAMES_H
#define LIB_MODEL_MERGE_NAMES_H

#include "lib/base/wire.h"

enum merge_rule {
	MERGE_WHOLE,    /* All occurrences as one value. */
	MERGE_TEXT,     /* A message of languages: by language. */
	MERGE_SET,      /* Occurrences are members. */
	MERGE_SESSIONS, /* By session id, then by field. */
};

struct merge_field {
	uint32_t number;
	const char *name;
	enum merge_rule rule;
};

/* The fields of one message type in ascending order. */
struct merge_type {
	const struct merge_field *fields;
	size_t count;
};

extern const struct merge_type merge_event_type, merge_text_type, merge_session_type;

enum {
	EVENT_FIELD_SESSIONS = 15,
	SESSION_FIELD_ID = 1,
	SESSION_FIELD_START = 3,
	SESSION_FIELD_DATED_BY = 5, /* Worked out from the start: goes where it goes. */
};

/* The field with this number; one of the rule MERGE_WHOLE without a name where the type
 * does not know it. */
struct merge_field merge_field_of(const struct merge_type *, uint32_t number);

/* The field with this name, or by its number in digits where the type does not know that
 * number. */
bool merge_field_named(const struct merge_type *, struct slice name,
		       struct merge_field *ret_field) WARN_UNUSED;

/* "title", or "41" for an unknown one; after 'prefix' and a dot where that is not NULL.
 */
const char *merge_path(const char *prefix, const struct merge_field *, struct arena *);

/* What every language or every field of the one message of a run stands in: its
 * occurrences' contents one after the other, as protobuf reads them.  False if one of
 * them is not of WIRE_BYTES, or the whole is no message. */
bool merge_inner(const struct wire_run *, struct arena *,
		 struct wire_message *ret_inner) WARN_UNUSED;

/* An event's sessions in the order in which they stand, split. */
struct merge_session {
	struct slice id, raw;
	struct wire_message inner;
	bool taken; /* Caller's own. */
};
struct merge_sessions {
	struct merge_session *at;
	struct merge_session **by_id; /* In ascending order of ids. */
	size_t count;
};

/* False if one is no message, has no id, or two have the same. */
bool merge_sessions_of(const struct wire_run *, struct arena *,
		       struct merge_sessions *) WARN_UNUSED;

/* NULL if there is none. */
struct merge_session *merge_session_find(const struct merge_sessions *, struct slice id);

#endif
