#include "lib/model/record.h"

#include "lib/base/text.h"

static const struct {
	enum body body;
	const char *name;
} bodies[] = {
	{ BODY_EVENT_REVISION, "event_revision" },
	{ BODY_WITHDRAWAL, "withdrawal" },
	{ BODY_COHOST_ANSWER, "cohost_answer" },
	{ BODY_REVIEW, "review" },
	{ BODY_BEST_PRACTICE, "best_practice" },
	{ BODY_PUBLISHED_FIGURE, "published_figure" },
	{ BODY_PUBLICATION, "publication" },
	{ BODY_MERGE, "merge" },
	{ BODY_OWNERSHIP_MOVE, "ownership_move" },
	{ BODY_SOURCE_CONFIRMATION, "source_confirmation" },
	{ BODY_REFERENCE_CHANGE, "reference_change" },
	{ BODY_ENROLMENT, "enrolment" },
	{ BODY_REVOCATION, "revocation" },
	{ BODY_ERASURE, "erasure" },
	{ BODY_SUBSCRIPTION, "subscription" },
	{ BODY_SILENCE, "silence" },
	{ BODY_ACKNOWLEDGEMENT, "acknowledgement" },
};

const char *
body_name(uint32_t body)
{
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		if (bodies[i].body == body) {
			return bodies[i].name;
		}
	}
	return "unknown";
}

static const char *const status_names[] = {
	[STATUS_NOT_STATED] = "not_stated",
	[STATUS_PLANNED] = "planned",
	[STATUS_POSTPONED] = "postponed",
	[STATUS_CANCELLED] = "cancelled",
	[STATUS_HELD] = "held",
};

const char *
status_name(enum status status)
{
	must((size_t)status < ARRAY_LEN(status_names));
	return status_names[status];
}

bool
status_parse(struct slice s, enum status *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(status_names); i++) {
		if (slice_eq_str(s, status_names[i])) {
			*ret = (enum status)i;
			return true;
		}
	}
	return false;
}

bool
record_event(const struct record *r, struct uuid *ret_id)
{
	switch (r->body) {
	case BODY_EVENT_REVISION:
		*ret_id = r->revision.event.id;
		return true;
	case BODY_WITHDRAWAL:
		*ret_id = r->withdrawal.event;
		return true;
	case BODY_COHOST_ANSWER:
		*ret_id = r->cohost_answer.event;
		return true;
	case BODY_REVIEW:
		*ret_id = r->review.event;
		return true;
	case BODY_BEST_PRACTICE:
		*ret_id = r->best_practice.event;
		return true;
	case BODY_MERGE:
		*ret_id = r->merge.from;
		return true;
	case BODY_OWNERSHIP_MOVE:
		*ret_id = r->move.event;
		return true;
	case BODY_SOURCE_CONFIRMATION:
		*ret_id = r->confirmation.event;
		return true;
	default:
		return false;
	}
}

const struct hash *
record_loose(const struct record *record, size_t *ret_count)
{
	switch (record->body) {
	case BODY_EVENT_REVISION:
		*ret_count = record->revision.event.people_count;
		return record->revision.event.people;
	case BODY_SUBSCRIPTION:
		*ret_count = hash_is_zero(&record->subscription.to) ? 0 : 1;
		return &record->subscription.to;
	default:
		*ret_count = 0;
		return NULL;
	}
}

bool
publication_name_good(struct slice name)
{
	struct arena arena = { 0 };

	if (name.len == 0 || name.len > PUBLICATION_NAME_MAX || !utf8_valid(name) ||
	    utf8_width(name) == 0 || name.at[0] == ' ' || name.at[name.len - 1] == ' ') {
		return false;
	}
	const char *text = arena_dup(&arena, name.at, name.len);
	bool good = slice_eq_str(name, text_clean(&arena, text));
	arena_fini(&arena);
	return good;
}
