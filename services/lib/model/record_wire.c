#include "lib/model/record.h"

#include "kusanone/v1/record.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "lib/model/wire.h"

/* What a decode is about: where memory comes from and the first rule broken. */
struct decoder {
	struct arena *arena;
	const char *why;
};

static bool
broken(struct decoder *d, const char *field, const char *rule)
{
	if (d->why == NULL) {
		d->why = arena_printf(d->arena, "%s: %s", field, rule);
	}
	return false;
}

static struct slice
str(const char *s)
{
	return slice_str(s);
}

static struct text
text_of(const Kusanone__V1__Text *t)
{
	if (t == NULL) {
		return (struct text){ 0 };
	}
	return (struct text){ .ja = str(t->ja), .en = str(t->en) };
}

static struct slices
slices_of(struct decoder *d, char **list, size_t count)
{
	struct slices s = { .count = count };

	s.at = arena_alloc(d->arena, count * sizeof(s.at[0]));
	for (size_t i = 0; i < count; i++) {
		s.at[i] = str(list[i]);
	}
	return s;
}

static bool
hash_get(struct decoder *d, ProtobufCBinaryData b, const char *field, struct hash *ret)
{
	if (b.len != HASH_LEN) {
		return broken(d, field, "must have 32 bytes");
	}
	memcpy(ret->b, b.data, HASH_LEN);
	return true;
}

static bool
bytes_get(struct decoder *d, ProtobufCBinaryData b, const char *field, void *ret,
	  size_t len)
{
	if (b.len != len) {
		return broken(d, field, "has the wrong length");
	}
	memcpy(ret, b.data, len);
	return true;
}

static bool
event_id_get(struct decoder *d, const char *s, struct uuid *ret)
{
	return uuid_parse(str(s), ret) ||
	       broken(d, "event_id", "must be a UUID in lower case");
}

static bool
fiscal_year_get(struct decoder *d, int32_t year, int16_t *ret)
{
	if (year < DATE_YEAR_MIN || year > DATE_YEAR_MAX) {
		return broken(d, "fiscal_year", "is out of range");
	}
	*ret = (int16_t)year;
	return true;
}

/* Absent is "not stated". */
static bool
date_get(struct decoder *d, const Kusanone__V1__Date *in, const char *field,
	 struct date *ret)
{
	*ret = (struct date){ 0 };
	if (in == NULL || in->value[0] == '\0') {
		return true;
	}
	return date_parse(str(in->value), ret) || broken(d, field, "is no date");
}

static bool
day_get(struct decoder *d, const char *value, const char *field, struct date *ret)
{
	struct date date;

	if (value[0] == '\0') {
		return true;
	}
	if (!date_parse(str(value), &date) || date.precision != PRECISION_DAY) {
		return broken(d, field, "must be a calendar day");
	}
	*ret = date;
	return true;
}

static enum bound
bound_of(int bound)
{
	return bound == BOUND_ABOUT || bound == BOUND_AT_LEAST ? (enum bound)bound
							       : BOUND_EXACT;
}

static bool
count_get(struct decoder *d, const Kusanone__V1__Count *in, const char *field,
	  struct quantity *ret)
{
	*ret = (struct quantity){ 0 };
	if (in == NULL) {
		return true;
	}
	/* A sum of 2^31 events must not overflow. */
	if (in->value > UINT32_MAX) {
		return broken(d, field, "is too large");
	}
	*ret = (struct quantity){ (int64_t)in->value, bound_of((int)in->bound) };
	return true;
}

static bool
money_get(struct decoder *d, const Kusanone__V1__Money *in, const char *field,
	  struct quantity *ret)
{
	const int64_t max_jpy = 1000000000000000; /* A thousand trillion yen. */

	*ret = (struct quantity){ 0 };
	if (in == NULL) {
		return true;
	}
	if (in->jpy < 0 || in->jpy > max_jpy) {
		return broken(d, field, "is out of range");
	}
	*ret = (struct quantity){ in->jpy, bound_of((int)in->bound) };
	return true;
}

/* An enum's value that this program knows, 0 otherwise. */
static int
known(int value, int last)
{
	return value >= 0 && value <= last ? value : 0;
}

static enum status
status_of(int status)
{
	return (enum status)known(status, STATUS_HELD);
}

static struct place
place_of(const Kusanone__V1__Place *in)
{
	return (struct place){ .name = text_of(in->name),
			       .municipality = text_of(in->municipality),
			       .county = str(in->county),
			       .state = str(in->state),
			       .country = str(in->country) };
}

/* The calendar date of a start under each rule: what intake worked out, or what was
 * stated where that has no instant. */
static bool
dated_get(struct decoder *d, const Kusanone__V1__DatedBy *in, const struct date *start,
	  struct date ret[RULE_COUNT])
{
	struct date stated = *start;

	if (stated.precision == PRECISION_MINUTE) {
		stated.precision = PRECISION_DAY;
		stated.hour = 0;
		stated.minute = 0;
	}
	ret[RULE_LOCAL] = stated;
	ret[RULE_TOKYO] = stated;
	if (in == NULL || start->precision != PRECISION_MINUTE) {
		return true;
	}
	return day_get(d, in->local, "sessions.dated_by.local", &ret[RULE_LOCAL]) &&
	       day_get(d, in->tokyo, "sessions.dated_by.tokyo", &ret[RULE_TOKYO]);
}

static bool
session_get(struct decoder *d, const Kusanone__V1__Session *in, struct event_session *ret)
{
	*ret = (struct event_session){ .id = str(in->id),
				       .status = status_of((int)in->status),
				       .online = in->online,
				       .has_place = in->place != NULL };
	if (in->place != NULL) {
		ret->place = place_of(in->place);
	}
	return date_get(d, in->start, "sessions.start", &ret->start) &&
	       date_get(d, in->end, "sessions.end", &ret->end) &&
	       dated_get(d, in->dated_by, &ret->start, ret->dated);
}

static bool
within(struct decoder *d, size_t count, size_t limit, const char *field)
{
	return count <= limit || broken(d, field, "has too many members");
}

static bool
event_within_limits(struct decoder *d, const Kusanone__V1__Event *in)
{
	return within(d, in->n_sessions, EVENT_MAX_SESSIONS, "sessions") &&
	       within(d, in->n_stated_dates, EVENT_MAX_STATED, "stated_dates") &&
	       within(d, in->n_stated_places, EVENT_MAX_STATED, "stated_places") &&
	       within(d, in->n_holders, EVENT_MAX_CODES, "holders") &&
	       within(d, in->n_pillars, EVENT_MAX_CODES, "pillars") &&
	       within(d, in->n_topics, EVENT_MAX_CODES, "topics") &&
	       within(d, in->n_vip_kinds, EVENT_MAX_CODES, "vip_kinds");
}

static bool
event_lists_get(struct decoder *d, const Kusanone__V1__Event *in, struct event *ret)
{
	ret->session_count = in->n_sessions;
	ret->sessions = arena_alloc(d->arena, in->n_sessions * sizeof(ret->sessions[0]));
	for (size_t i = 0; i < in->n_sessions; i++) {
		if (!session_get(d, in->sessions[i], &ret->sessions[i])) {
			return false;
		}
	}
	ret->stated_date_count = in->n_stated_dates;
	ret->stated_dates =
		arena_alloc(d->arena, in->n_stated_dates * sizeof(ret->stated_dates[0]));
	for (size_t i = 0; i < in->n_stated_dates; i++) {
		if (!date_get(d, in->stated_dates[i], "stated_dates",
			      &ret->stated_dates[i])) {
			return false;
		}
	}
	ret->stated_place_count = in->n_stated_places;
	ret->stated_places = arena_alloc(d->arena, in->n_stated_places *
							   sizeof(ret->stated_places[0]));
	for (size_t i = 0; i < in->n_stated_places; i++) {
		ret->stated_places[i] = place_of(in->stated_places[i]);
	}
	ret->people_count = 0;
	ret->people = arena_alloc(d->arena, in->n_people * sizeof(ret->people[0]));
	for (size_t i = 0; i < in->n_people; i++) {
		if (in->people[i]->name[0] != '\0') {
			return broken(d, "people", "a name stands in the record");
		}
		if (!hash_get(d, in->people[i]->part_hash, "people.part_hash",
			      &ret->people[ret->people_count++])) {
			return false;
		}
	}
	return true;
}

static bool
event_get(struct decoder *d, const Kusanone__V1__Event *in, struct slice bytes,
	  struct event *ret)
{
	*ret = (struct event){
		.bytes = bytes,
		.source_key = str(in->source_key),
		.recorder = str(in->recorder),
		.lead = str(in->lead),
		.holders = slices_of(d, in->holders, in->n_holders),
		.title = text_of(in->title),
		.format = str(in->format),
		.category = str(in->category),
		.frame = str(in->frame),
		.pillars = slices_of(d, in->pillars, in->n_pillars),
		.topics = slices_of(d, in->topics, in->n_topics),
		.status = status_of((int)in->status),
		.vip_kinds = slices_of(d, in->vip_kinds, in->n_vip_kinds),
		.has_report = in->report != NULL,
	};
	if (!uuid_parse(str(in->id), &ret->id)) {
		return broken(d, "event.id", "must be a UUID in lower case");
	}
	if (in->recorder[0] == '\0') {
		return broken(d, "event.recorder", "is empty");
	}
	return event_within_limits(d, in) && event_lists_get(d, in, ret) &&
	       count_get(d, in->session_count, "session_count", &ret->stated_sessions) &&
	       count_get(d, in->participants, "participants", &ret->participants) &&
	       count_get(d, in->participants_japan, "participants_japan",
			 &ret->participants_japan) &&
	       count_get(d, in->participants_other, "participants_other",
			 &ret->participants_other) &&
	       money_get(d, in->budget_planned, "budget_planned", &ret->budget_planned) &&
	       money_get(d, in->budget_spent, "budget_spent", &ret->budget_spent);
}

bool
event_decode(struct slice bytes, struct arena *arena, struct event *ret_event,
	     const char **ret_why)
{
	struct decoder d = { .arena = arena };
	ProtobufCMessage *m =
		unpack_message(&kusanone__v1__event__descriptor, bytes, arena, &d.why);

	if (m != NULL && event_get(&d, (Kusanone__V1__Event *)m, bytes, ret_event)) {
		return true;
	}
	if (ret_why != NULL) {
		*ret_why = d.why;
	}
	return false;
}

/* The bytes of the Event inside the record: found again in the record's own bytes, since
 * they are what is merged and shown; never packed anew.  protobuf would merge a second
 * occurrence, then the bytes would not be what was read: it is refused. */
static bool
field_bytes(struct decoder *d, struct slice message, uint32_t number, struct slice *ret)
{
	struct wire_field field;
	unsigned count = 0;
	size_t at = 0;
	bool bad = false;

	while (wire_next(message, &at, &field, &bad)) {
		if (field.number == number) {
			*ret = field.content;
			count++;
		}
	}
	return (!bad && count == 1) || broken(d, "event", "stands more than once");
}

static bool
revision_get(struct decoder *d, const Kusanone__V1__EventRevision *in, struct record *ret)
{
	struct event_revision *r = &ret->revision;

	*r = (struct event_revision){ .base_count = in->n_bases, .why = str(in->why) };
	if (in->event == NULL) {
		return broken(d, "event_revision.event", "is absent");
	}
	r->bases = arena_alloc(d->arena, in->n_bases * sizeof(r->bases[0]));
	for (size_t i = 0; i < in->n_bases; i++) {
		if (!hash_get(d, in->bases[i], "event_revision.bases", &r->bases[i])) {
			return false;
		}
	}
	if (!within(d, in->n_bases, EVENT_MAX_CODES, "event_revision.bases")) {
		return false;
	}
	struct slice body, event;
	return field_bytes(d, ret->bytes, BODY_EVENT_REVISION, &body) &&
	       field_bytes(d, body, 2, &event) &&
	       event_get(d, in->event, event, &r->event);
}

static bool
figure_get(struct decoder *d, const Kusanone__V1__PublishedFigure *in,
	   struct published_figure *ret)
{
	*ret = (struct published_figure){
		.measure = str(in->measure),
		.scope = text_of(in->scope),
		.value = { in->value, bound_of((int)in->bound) },
		.source =
			in->source != NULL ? str(in->source->name) : (struct slice){ 0 },
		.quote =
			in->source != NULL ? str(in->source->quote) : (struct slice){ 0 },
		.withdrawn = in->withdrawn,
	};
	if (in->measure[0] == '\0') {
		return broken(d, "published_figure.measure", "is empty");
	}
	if (in->value < 0) {
		return broken(d, "published_figure.value", "is negative");
	}
	return fiscal_year_get(d, in->fiscal_year_from, &ret->from) &&
	       fiscal_year_get(d, in->fiscal_year_to, &ret->to) &&
	       (ret->from <= ret->to ||
		broken(d, "published_figure.fiscal_year_to", "is before the first year"));
}

static bool
enrolment_get(struct decoder *d, const Kusanone__V1__Enrolment *in, struct enrolment *ret)
{
	*ret = (struct enrolment){
		.name = str(in->name),
		.role = (enum node_role)known((int)in->role, NODE_FOLLOWER),
		.posts = slices_of(d, in->posts, in->n_posts),
		.bodies = in->bodies,
		.body_count = in->n_bodies,
	};
	return bytes_get(d, in->node_id, "enrolment.node_id", ret->node.b, NODE_ID_LEN) &&
	       bytes_get(d, in->curve_key, "enrolment.curve_key", ret->curve_key, 32) &&
	       bytes_get(d, in->sign_key, "enrolment.sign_key", ret->sign_key,
			 SIGN_PUBLIC_LEN);
}

static bool
revocation_get(struct decoder *d, const Kusanone__V1__Revocation *in,
	       struct revocation *ret)
{
	*ret = (struct revocation){
		.kind = (enum revocation_kind)known((int)in->kind, REVOCATION_GENUINE),
		.from_position = in->from_position,
	};
	return bytes_get(d, in->node_id, "revocation.node_id", ret->node.b,
			 NODE_ID_LEN) &&
	       bytes_get(d, in->sign_key, "revocation.sign_key", ret->sign_key,
			 SIGN_PUBLIC_LEN);
}

static bool
erasure_get(struct decoder *d, const Kusanone__V1__Erasure *in, struct erasure *ret)
{
	ret->count = in->n_part_hashes;
	ret->parts = arena_alloc(d->arena, ret->count * sizeof(ret->parts[0]));
	for (size_t i = 0; i < ret->count; i++) {
		if (!hash_get(d, in->part_hashes[i], "erasure.part_hashes",
			      &ret->parts[i])) {
			return false;
		}
	}
	return true;
}

static bool
move_get(struct decoder *d, const Kusanone__V1__OwnershipMove *in,
	 struct ownership_move *ret)
{
	ret->to_post = str(in->to_post);
	return event_id_get(d, in->event_id, &ret->event) &&
	       bytes_get(d, in->to_node_id, "ownership_move.to_node_id", ret->to_node.b,
			 NODE_ID_LEN);
}

static bool
review_get(struct decoder *d, const Kusanone__V1__Review *in, struct review *ret)
{
	*ret = (struct review){
		.state = (enum review_state)known((int)in->state, REVIEW_RETURNED),
		.comment = str(in->comment),
	};
	if (in->revision.len != 0 &&
	    !hash_get(d, in->revision, "review.revision", &ret->revision)) {
		return false;
	}
	return event_id_get(d, in->event_id, &ret->event);
}

static bool
practice_get(struct decoder *d, const Kusanone__V1__BestPractice *in,
	     struct best_practice *ret)
{
	*ret = (struct best_practice){ .text = text_of(in->text),
				       .removed = in->removed };
	return event_id_get(d, in->event_id, &ret->event) &&
	       fiscal_year_get(d, in->fiscal_year, &ret->fiscal_year);
}

static bool
cohost_get(struct decoder *d, const Kusanone__V1__CohostAnswer *in,
	   struct cohost_answer *ret)
{
	*ret = (struct cohost_answer){
		.post = str(in->post),
		.note = str(in->note),
		.answer = (enum answer_kind)known((int)in->answer, ANSWER_WITHDRAWN),
	};
	if (in->post[0] == '\0') {
		return broken(d, "cohost_answer.post", "is empty");
	}
	return event_id_get(d, in->event_id, &ret->event);
}

static bool
confirmation_get(struct decoder *d, const Kusanone__V1__SourceConfirmation *in,
		 struct source_confirmation *ret)
{
	*ret = (struct source_confirmation){
		.posts = slices_of(d, in->posts, in->n_posts),
		.source =
			in->source != NULL ? str(in->source->name) : (struct slice){ 0 },
		.quote =
			in->source != NULL ? str(in->source->quote) : (struct slice){ 0 },
	};
	return event_id_get(d, in->event_id, &ret->event);
}

/* The number of a body that this program does not know: the first field from 16 up. */
static uint32_t
unknown_body(const Kusanone__V1__Record *r)
{
	for (unsigned i = 0; i < r->base.n_unknown_fields; i++) {
		if (r->base.unknown_fields[i].tag >= BODY_EVENT_REVISION) {
			return r->base.unknown_fields[i].tag;
		}
	}
	return BODY_NONE;
}

static bool
body_get(struct decoder *d, const Kusanone__V1__Record *r, struct record *ret)
{
	ret->body = (uint32_t)r->body_case;
	switch (r->body_case) {
	case KUSANONE__V1__RECORD__BODY_EVENT_REVISION:
		return revision_get(d, r->event_revision, ret);
	case KUSANONE__V1__RECORD__BODY_WITHDRAWAL:
		ret->withdrawal.undone = r->withdrawal->undone;
		ret->withdrawal.why = str(r->withdrawal->why);
		return event_id_get(d, r->withdrawal->event_id, &ret->withdrawal.event);
	case KUSANONE__V1__RECORD__BODY_COHOST_ANSWER:
		return cohost_get(d, r->cohost_answer, &ret->cohost_answer);
	case KUSANONE__V1__RECORD__BODY_REVIEW:
		return review_get(d, r->review, &ret->review);
	case KUSANONE__V1__RECORD__BODY_BEST_PRACTICE:
		return practice_get(d, r->best_practice, &ret->best_practice);
	case KUSANONE__V1__RECORD__BODY_PUBLISHED_FIGURE:
		return figure_get(d, r->published_figure, &ret->figure);
	case KUSANONE__V1__RECORD__BODY_PUBLICATION:
		return true;
	case KUSANONE__V1__RECORD__BODY_MERGE:
		return event_id_get(d, r->merge->from_event_id, &ret->merge.from) &&
		       event_id_get(d, r->merge->into_event_id, &ret->merge.into);
	case KUSANONE__V1__RECORD__BODY_OWNERSHIP_MOVE:
		return move_get(d, r->ownership_move, &ret->move);
	case KUSANONE__V1__RECORD__BODY_SOURCE_CONFIRMATION:
		return confirmation_get(d, r->source_confirmation, &ret->confirmation);
	case KUSANONE__V1__RECORD__BODY_REFERENCE_CHANGE:
		return reference_change_from_message(d->arena, r->reference_change,
						     &ret->reference, &d->why);
	case KUSANONE__V1__RECORD__BODY_ENROLMENT:
		return enrolment_get(d, r->enrolment, &ret->enrolment);
	case KUSANONE__V1__RECORD__BODY_REVOCATION:
		return revocation_get(d, r->revocation, &ret->revocation);
	case KUSANONE__V1__RECORD__BODY_ERASURE:
		return erasure_get(d, r->erasure, &ret->erasure);
	case KUSANONE__V1__RECORD__BODY__NOT_SET:
	default:
		ret->body = unknown_body(r);
		return ret->body != BODY_NONE || broken(d, "record", "has no body");
	}
}

bool
record_decode(struct slice bytes, struct arena *arena, struct record *ret_record,
	      const char **ret_why)
{
	struct decoder d = { .arena = arena };
	const Kusanone__V1__Record *r = (const Kusanone__V1__Record *)unpack_message(
		&kusanone__v1__record__descriptor, bytes, arena, &d.why);
	bool good = false;

	if (r != NULL) {
		*ret_record = (struct record){ .bytes = bytes,
					       .recorded_ms = r->recorded_ms,
					       .author = str(r->author) };
		good = (r->submission.len == 0 ||
			hash_get(&d, r->submission, "submission",
				 &ret_record->submission)) &&
		       body_get(&d, r, ret_record);
	}
	if (!good && ret_why != NULL) {
		*ret_why = d.why != NULL ? d.why : "not a record";
	}
	return good;
}
