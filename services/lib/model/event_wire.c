#include "kusanone/v1/record.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "lib/base/wire.h"
#include "lib/model/record_parts.h"

/* Reading an event from its own bytes.
 *
 * Nearly every record is an event's revision, and reading it through protobuf-c (a walk
 * for bounds, an unpacked copy, a copy into our structs) was a quarter of the fold.  Here
 * the bytes are walked once along protobuf-c's descriptor, which also says what of a
 * message is text, and what the model keeps is taken from where it stands.
 *
 * The answer is that of unpack_message() but for one thing: a message field that is no
 * list may stand once.  protobuf would join two; what was read would then stand nowhere.
 */

/* What a message's own reader did with a field. */
enum taken { TAKEN, NOT_KEPT, BROKEN };

typedef enum taken take_fn(struct decoder *, const struct wire_field *, void *ret);

static enum taken
take_slice(struct slice *slice, const struct wire_field *f)
{
	*slice = f->content;
	return TAKEN;
}

static enum taken
taken_if(bool good)
{
	return good ? TAKEN : BROKEN;
}

/* Keeps the first of what is wrong; false if that is something. */
static bool
is_good(struct decoder *d, const char *why)
{
	if (why != NULL && d->why == NULL) {
		d->why = why;
	}
	return why == NULL;
}

/* A field's own rules, before anybody takes it.  'seen' has a bit for each message field
 * that is no list. */
static bool
field_good(struct decoder *d, const ProtobufCMessageDescriptor *type,
	   const ProtobufCFieldDescriptor *field, const struct wire_field *f,
	   uint64_t *seen)
{
	uint64_t bit = UINT64_C(1) << (field->id & 63);

	if (!is_good(d, unpack_check_field(type, field, f, d->arena))) {
		return false;
	}
	if (field->type == PROTOBUF_C_TYPE_MESSAGE &&
	    field->label != PROTOBUF_C_LABEL_REPEATED) {
		if ((*seen & bit) != 0) {
			return decoder_broken(d,
					      arena_printf(d->arena, "%s.%s",
							   type->short_name, field->name),
					      "stands more than once");
		}
		*seen |= bit;
	}
	return true;
}

/* Walk a message: every field is checked, those that 'take' does not keep to their end.
 */
static bool
read_fields(struct decoder *d, const ProtobufCMessageDescriptor *type, struct slice bytes,
	    take_fn *take, void *ret)
{
	struct wire_field f;
	uint64_t seen = 0;
	size_t at = 0;
	bool bad;

	while (wire_next(bytes, &at, &f, &bad)) {
		const ProtobufCFieldDescriptor *field = unpack_field(type, f.number);

		if (field == NULL) {
			continue; /* Of a newer program. */
		}
		if (!field_good(d, type, field, &f, &seen)) {
			return false;
		}
		switch (take(d, &f, ret)) {
		case TAKEN:
			break;
		case BROKEN:
			return false;
		case NOT_KEPT:
			if (field->type == PROTOBUF_C_TYPE_MESSAGE &&
			    !is_good(d, unpack_check(field->descriptor, f.content,
						     d->arena))) {
				return false;
			}
			break;
		}
	}
	return !bad || decoder_broken(d, type->short_name, "not a whole message");
}

/* ---- Small messages ---------------------------------------------------------------- */

static enum taken
take_text(struct decoder *d, const struct wire_field *f, void *ret)
{
	struct text *text = ret;

	(void)d;
	switch (f->number) {
	case 1:
		return take_slice(&text->ja, f);
	case 2:
		return take_slice(&text->en, f);
	default:
		return NOT_KEPT;
	}
}

static bool
read_text(struct decoder *d, struct slice bytes, struct text *ret)
{
	*ret = (struct text){ 0 };
	return read_fields(d, &kusanone__v1__text__descriptor, bytes, take_text, ret);
}

static enum taken
take_first(struct decoder *d, const struct wire_field *f, void *ret)
{
	struct slice *first = ret;

	(void)d;
	if (f->number != 1) {
		return NOT_KEPT;
	}
	*first = f->content;
	return TAKEN;
}

/* Empty is "not stated". */
static bool
read_date(struct decoder *d, struct slice bytes, const char *field, struct date *ret)
{
	struct slice value = { 0 };

	*ret = (struct date){ 0 };
	return read_fields(d, &kusanone__v1__date__descriptor, bytes, take_first,
			   &value) &&
	       (value.len == 0 || date_parse(value, ret) ||
		decoder_broken(d, field, "is no date"));
}

/* A session's start: its date as above, and where its clock stands. */
struct start_in {
	struct slice value, zone;
	uint64_t offset;
};

static enum taken
take_start(struct decoder *d, const struct wire_field *f, void *ret)
{
	struct start_in *in = ret;

	(void)d;
	switch (f->number) {
	case 1:
		in->value = f->content;
		return TAKEN;
	case 2:
		return take_slice(&in->zone, f);
	case 3:
		in->offset = f->value;
		return TAKEN;
	default:
		return NOT_KEPT;
	}
}

enum { OFFSET_MAX_MINUTES = 26 * 60 }; /* Farther than any zone has been. */

static bool
read_start(struct decoder *d, struct slice bytes, struct event_session *ret)
{
	struct start_in in = { .offset = 0 };

	ret->start = (struct date){ 0 };
	if (!read_fields(d, &kusanone__v1__date__descriptor, bytes, take_start, &in)) {
		return false;
	}
	if (in.value.len != 0 && !date_parse(in.value, &ret->start)) {
		return decoder_broken(d, "sessions.start", "is no date");
	}
	/* As protobuf reads a sint32. */
	uint32_t zigzag = (uint32_t)in.offset;
	int32_t offset = (int32_t)(zigzag >> 1) ^ -(int32_t)(zigzag & 1);
	bool good = offset >= -OFFSET_MAX_MINUTES && offset <= OFFSET_MAX_MINUTES;
	ret->zone = in.zone;
	ret->offset_minutes = good ? (int16_t)offset : 0;
	return true;
}

struct dated {
	struct slice by[RULE_COUNT];
};

static enum taken
take_dated(struct decoder *d, const struct wire_field *f, void *ret)
{
	struct dated *dated = ret;

	(void)d;
	switch (f->number) {
	case 1:
		return take_slice(&dated->by[RULE_LOCAL], f);
	case 2:
		return take_slice(&dated->by[RULE_TOKYO], f);
	default:
		return NOT_KEPT;
	}
}

struct number {
	uint64_t value, bound;
};

static enum taken
take_number(struct decoder *d, const struct wire_field *f, void *ret)
{
	struct number *number = ret;

	(void)d;
	switch (f->number) {
	case 1:
		number->value = f->value;
		return TAKEN;
	case 2:
		number->bound = f->value;
		return TAKEN;
	default:
		return NOT_KEPT;
	}
}

static bool
read_count(struct decoder *d, struct slice bytes, const char *field, struct quantity *ret)
{
	struct number n = { 0 };

	if (!read_fields(d, &kusanone__v1__count__descriptor, bytes, take_number, &n)) {
		return false;
	}
	/* A sum of 2^31 events must not overflow. */
	if (n.value > UINT32_MAX) {
		return decoder_broken(d, field, "is too large");
	}
	*ret = (struct quantity){ (int64_t)n.value, bound_of(n.bound) };
	return true;
}

static bool
read_money(struct decoder *d, struct slice bytes, const char *field, struct quantity *ret)
{
	const uint64_t max_jpy = 1000000000000000; /* A thousand trillion yen. */
	struct number n = { 0 };

	if (!read_fields(d, &kusanone__v1__money__descriptor, bytes, take_number, &n)) {
		return false;
	}
	if (n.value > max_jpy) { /* Negative ones are far above. */
		return decoder_broken(d, field, "is out of range");
	}
	*ret = (struct quantity){ (int64_t)n.value, bound_of(n.bound) };
	return true;
}

static enum taken
take_place(struct decoder *d, const struct wire_field *f, void *ret)
{
	struct place *place = ret;

	switch (f->number) {
	case 1:
		return taken_if(read_text(d, f->content, &place->name));
	case 3:
		return taken_if(read_text(d, f->content, &place->municipality));
	case 4:
		return take_slice(&place->county, f);
	case 5:
		return take_slice(&place->state, f);
	case 6:
		return take_slice(&place->country, f);
	default:
		return NOT_KEPT;
	}
}

static bool
read_place(struct decoder *d, struct slice bytes, struct place *ret)
{
	*ret = (struct place){ 0 };
	return read_fields(d, &kusanone__v1__place__descriptor, bytes, take_place, ret);
}

struct person {
	struct slice part_hash, name;
};

static enum taken
take_person(struct decoder *d, const struct wire_field *f, void *ret)
{
	struct person *person = ret;

	(void)d;
	switch (f->number) {
	case 1:
		return take_slice(&person->part_hash, f);
	case 2:
		return take_slice(&person->name, f);
	default:
		return NOT_KEPT;
	}
}

/* Only the hash of a name may stand in a record. */
static bool
read_person(struct decoder *d, struct slice bytes, struct hash *ret)
{
	struct person person = { 0 };

	if (!read_fields(d, &kusanone__v1__person__descriptor, bytes, take_person,
			 &person)) {
		return false;
	}
	if (person.name.len != 0) {
		return decoder_broken(d, "people", "a name stands in the record");
	}
	return decoder_hash(d, person.part_hash, "people.part_hash", ret);
}

/* ---- Sessions ---------------------------------------------------------------------- */

struct session_in {
	struct event_session *session;
	struct dated dated;
};

static enum taken
take_session(struct decoder *d, const struct wire_field *f, void *ret)
{
	struct session_in *in = ret;
	struct event_session *s = in->session;

	switch (f->number) {
	case 1:
		return take_slice(&s->id, f);
	case 2:
		s->status = (enum status)known_value(f->value, STATUS_HELD);
		return TAKEN;
	case 3:
		return taken_if(read_start(d, f->content, s));
	case 4:
		return taken_if(read_date(d, f->content, "sessions.end", &s->end));
	case 5:
		return taken_if(read_fields(d, &kusanone__v1__dated_by__descriptor,
					    f->content, take_dated, &in->dated));
	case 6:
		s->has_place = true;
		return taken_if(read_place(d, f->content, &s->place));
	case 7:
		s->online = f->value != 0;
		return TAKEN;
	default:
		return NOT_KEPT;
	}
}

static bool
day_get(struct decoder *d, struct slice value, const char *field, struct date *ret)
{
	struct date date;

	if (value.len == 0) {
		return true;
	}
	if (!date_parse(value, &date) || date.precision != PRECISION_DAY) {
		return decoder_broken(d, field, "must be a calendar day");
	}
	*ret = date;
	return true;
}

/* The calendar date of a start under each rule: what intake worked out, or what was
 * stated where that has no instant. */
static bool
dated_get(struct decoder *d, const struct dated *in, const struct date *start,
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
	if (start->precision != PRECISION_MINUTE) {
		return true;
	}
	return day_get(d, in->by[RULE_LOCAL], "sessions.dated_by.local",
		       &ret[RULE_LOCAL]) &&
	       day_get(d, in->by[RULE_TOKYO], "sessions.dated_by.tokyo",
		       &ret[RULE_TOKYO]);
}

static bool
read_session(struct decoder *d, struct slice bytes, struct event_session *ret)
{
	struct session_in in = { .session = ret };

	return read_fields(d, &kusanone__v1__session__descriptor, bytes, take_session,
			   &in) &&
	       dated_get(d, &in.dated, &ret->start, ret->dated);
}

/* ---- The event --------------------------------------------------------------------- */

/* Field numbers of Event. */
enum {
	EVENT_ID = 1,
	EVENT_SOURCE_KEY = 2,
	EVENT_RECORDER = 3,
	EVENT_LEAD = 4,
	EVENT_HOLDERS = 5,
	EVENT_TITLE = 6,
	EVENT_FORMAT = 10,
	EVENT_CATEGORY = 11,
	EVENT_FRAME = 12,
	EVENT_PILLARS = 13,
	EVENT_TOPICS = 14,
	EVENT_SESSIONS = 15,
	EVENT_STATED_DATES = 16,
	EVENT_STATED_PLACES = 17,
	EVENT_SESSION_COUNT = 18,
	EVENT_STATUS = 19,
	EVENT_PARTICIPANTS = 20,
	EVENT_PARTICIPANTS_JAPAN = 21,
	EVENT_PARTICIPANTS_OTHER = 22,
	EVENT_VIP_KINDS = 26,
	EVENT_PEOPLE = 28,
	EVENT_BUDGET_PLANNED = 29,
	EVENT_BUDGET_SPENT = 30,
	EVENT_REPORT = 35,
	EVENT_FIELDS = 64,
};

/* How often each field stands, so that lists can be made of the right length. */
static bool
count_fields(struct decoder *d, const ProtobufCMessageDescriptor *type,
	     struct slice bytes, uint32_t counts[EVENT_FIELDS])
{
	struct wire_field f;
	size_t at = 0;
	bool bad;

	while (wire_next(bytes, &at, &f, &bad)) {
		if (f.number < EVENT_FIELDS) {
			counts[f.number]++;
		}
	}
	return !bad || decoder_broken(d, type->short_name, "not a whole message");
}

static bool
within(struct decoder *d, size_t count, size_t limit, const char *field)
{
	return count <= limit || decoder_broken(d, field, "has too many members");
}

static bool
make_codes(struct decoder *d, uint32_t count, const char *field, struct slices *ret)
{
	return within(d, count, EVENT_MAX_CODES, field) &&
	       (ret->at = decoder_list(d, count, sizeof(ret->at[0]))) != NULL;
}

static bool
make_lists(struct decoder *d, const uint32_t counts[EVENT_FIELDS], struct event *e)
{
	return within(d, counts[EVENT_SESSIONS], EVENT_MAX_SESSIONS, "sessions") &&
	       within(d, counts[EVENT_STATED_DATES], EVENT_MAX_STATED, "stated_dates") &&
	       within(d, counts[EVENT_STATED_PLACES], EVENT_MAX_STATED,
		      "stated_places") &&
	       make_codes(d, counts[EVENT_HOLDERS], "holders", &e->holders) &&
	       make_codes(d, counts[EVENT_PILLARS], "pillars", &e->pillars) &&
	       make_codes(d, counts[EVENT_TOPICS], "topics", &e->topics) &&
	       make_codes(d, counts[EVENT_VIP_KINDS], "vip_kinds", &e->vip_kinds) &&
	       (e->sessions = decoder_list(d, counts[EVENT_SESSIONS],
					   sizeof(e->sessions[0]))) != NULL &&
	       (e->stated_dates = decoder_list(d, counts[EVENT_STATED_DATES],
					       sizeof(e->stated_dates[0]))) != NULL &&
	       (e->stated_places = decoder_list(d, counts[EVENT_STATED_PLACES],
						sizeof(e->stated_places[0]))) != NULL &&
	       (e->people = decoder_list(d, counts[EVENT_PEOPLE],
					 sizeof(e->people[0]))) != NULL;
}

static enum taken
take_code(struct slices *codes, const struct wire_field *f)
{
	codes->at[codes->count++] = f->content;
	return TAKEN;
}

static enum taken
take_event(struct decoder *d, const struct wire_field *f, void *ret)
{
	struct event *e = ret;

	switch (f->number) {
	case EVENT_ID:
		return taken_if(
			uuid_parse(f->content, &e->id) ||
			decoder_broken(d, "event.id", "must be a UUID in lower case"));
	case EVENT_SOURCE_KEY:
		return take_slice(&e->source_key, f);
	case EVENT_RECORDER:
		return take_slice(&e->recorder, f);
	case EVENT_LEAD:
		return take_slice(&e->lead, f);
	case EVENT_HOLDERS:
		return take_code(&e->holders, f);
	case EVENT_TITLE:
		return taken_if(read_text(d, f->content, &e->title));
	case EVENT_FORMAT:
		return take_slice(&e->format, f);
	case EVENT_CATEGORY:
		return take_slice(&e->category, f);
	case EVENT_FRAME:
		return take_slice(&e->frame, f);
	case EVENT_PILLARS:
		return take_code(&e->pillars, f);
	case EVENT_TOPICS:
		return take_code(&e->topics, f);
	case EVENT_SESSIONS:
		return taken_if(
			read_session(d, f->content, &e->sessions[e->session_count++]));
	case EVENT_STATED_DATES:
		return taken_if(read_date(d, f->content, "stated_dates",
					  &e->stated_dates[e->stated_date_count++]));
	case EVENT_STATED_PLACES:
		return taken_if(read_place(d, f->content,
					   &e->stated_places[e->stated_place_count++]));
	case EVENT_SESSION_COUNT:
		return taken_if(
			read_count(d, f->content, "session_count", &e->stated_sessions));
	case EVENT_STATUS:
		e->status = (enum status)known_value(f->value, STATUS_HELD);
		return TAKEN;
	case EVENT_PARTICIPANTS:
		return taken_if(
			read_count(d, f->content, "participants", &e->participants));
	case EVENT_PARTICIPANTS_JAPAN:
		return taken_if(read_count(d, f->content, "participants_japan",
					   &e->participants_japan));
	case EVENT_PARTICIPANTS_OTHER:
		return taken_if(read_count(d, f->content, "participants_other",
					   &e->participants_other));
	case EVENT_VIP_KINDS:
		return take_code(&e->vip_kinds, f);
	case EVENT_PEOPLE:
		return taken_if(
			read_person(d, f->content, &e->people[e->people_count++]));
	case EVENT_BUDGET_PLANNED:
		return taken_if(
			read_money(d, f->content, "budget_planned", &e->budget_planned));
	case EVENT_BUDGET_SPENT:
		return taken_if(
			read_money(d, f->content, "budget_spent", &e->budget_spent));
	case EVENT_REPORT:
		e->has_report = true;
		return NOT_KEPT;
	default:
		return NOT_KEPT;
	}
}

bool
event_read(struct decoder *d, struct slice bytes, struct event *ret)
{
	uint32_t counts[EVENT_FIELDS] = { 0 };

	*ret = (struct event){ .bytes = bytes };
	if (!count_fields(d, &kusanone__v1__event__descriptor, bytes, counts) ||
	    !make_lists(d, counts, ret) ||
	    !read_fields(d, &kusanone__v1__event__descriptor, bytes, take_event, ret)) {
		return false;
	}
	if (counts[EVENT_ID] == 0) {
		return decoder_broken(d, "event.id", "must be a UUID in lower case");
	}
	return ret->recorder.len != 0 || decoder_broken(d, "event.recorder", "is empty");
}

/* ---- The revision around it -------------------------------------------------------- */

enum { REVISION_BASES = 1, REVISION_EVENT = 2, REVISION_WHY = 3 };

struct revision_in {
	struct event_revision *revision;
	bool has_event;
};

static enum taken
take_revision(struct decoder *d, const struct wire_field *f, void *ret)
{
	struct revision_in *in = ret;
	struct event_revision *r = in->revision;

	switch (f->number) {
	case REVISION_BASES:
		return taken_if(decoder_hash(d, f->content, "event_revision.bases",
					     &r->bases[r->base_count++]));
	case REVISION_EVENT:
		in->has_event = true;
		return taken_if(event_read(d, f->content, &r->event));
	case REVISION_WHY:
		return take_slice(&r->why, f);
	default:
		return NOT_KEPT;
	}
}

static bool
read_revision(struct decoder *d, struct slice bytes, struct event_revision *ret)
{
	const ProtobufCMessageDescriptor *type =
		&kusanone__v1__event_revision__descriptor;
	struct revision_in in = { .revision = ret };
	uint32_t counts[EVENT_FIELDS] = { 0 };

	*ret = (struct event_revision){ 0 };
	if (!count_fields(d, type, bytes, counts) ||
	    !within(d, counts[REVISION_BASES], EVENT_MAX_CODES, "event_revision.bases") ||
	    (ret->bases = decoder_list(d, counts[REVISION_BASES],
				       sizeof(ret->bases[0]))) == NULL ||
	    !read_fields(d, type, bytes, take_revision, &in)) {
		return false;
	}
	return in.has_event || decoder_broken(d, "event_revision.event", "is absent");
}

static enum taken
take_record(struct decoder *d, const struct wire_field *f, void *ret)
{
	struct record *r = ret;

	switch (f->number) {
	case 1:
		r->recorded_ms = (wall_ms_t)f->value;
		return TAKEN;
	case 2:
		return take_slice(&r->author, f);
	case 3:
		r->submission = (struct hash){ 0 }; /* Empty: none. */
		return taken_if(
			f->content.len == 0 ||
			decoder_hash(d, f->content, "submission", &r->submission));
	case BODY_EVENT_REVISION:
		r->body = BODY_EVENT_REVISION;
		return taken_if(read_revision(d, f->content, &r->revision));
	default:
		return NOT_KEPT;
	}
}

bool
revision_record_read(struct decoder *d, struct slice bytes, struct record *ret)
{
	*ret = (struct record){ .bytes = bytes };
	return read_fields(d, &kusanone__v1__record__descriptor, bytes, take_record, ret);
}
