#include "lib/model/record_parts.h"

#include "kusanone/v1/record.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "lib/base/utf8.h"
#include "lib/base/wire.h"
#include "lib/model/alert_wire.h"

struct decoder
decoder_of(struct slice bytes, struct arena *arena)
{
	return (struct decoder){ .arena = arena,
				 .budget = UNPACK_BUDGET * bytes.len + UNPACK_FLOOR };
}

bool
decoder_broken(struct decoder *d, const char *field, const char *rule)
{
	if (d->why == NULL) {
		d->why = arena_printf(d->arena, "%s: %s", field, rule);
	}
	return false;
}

void *
decoder_list(struct decoder *d, size_t count, size_t size)
{
	if (count > d->budget / size) {
		decoder_broken(d, "record", "has too many parts for its length");
		return NULL;
	}
	d->budget -= count * size;
	return arena_zalloc(d->arena, count * size);
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

struct slices
decoder_slices(struct decoder *d, char **list, size_t count)
{
	struct slices s = { .count = count };

	s.at = arena_alloc(d->arena, count * sizeof(s.at[0]));
	for (size_t i = 0; i < count; i++) {
		s.at[i] = str(list[i]);
	}
	return s;
}

bool
decoder_hash(struct decoder *d, struct slice bytes, const char *field, struct hash *ret)
{
	if (bytes.len != HASH_LEN) {
		return decoder_broken(d, field, "must have 32 bytes");
	}
	memcpy(ret->b, bytes.at, HASH_LEN);
	return true;
}

static bool
bytes_get(struct decoder *d, ProtobufCBinaryData b, const char *field, void *ret,
	  size_t len)
{
	if (b.len != len) {
		return decoder_broken(d, field, "has the wrong length");
	}
	memcpy(ret, b.data, len);
	return true;
}

static bool
event_id_get(struct decoder *d, const char *s, struct uuid *ret)
{
	return uuid_parse(str(s), ret) ||
	       decoder_broken(d, "event_id", "must be a UUID in lower case");
}

static bool
fiscal_year_get(struct decoder *d, int32_t year, int16_t *ret)
{
	if (year < DATE_YEAR_MIN || year > DATE_YEAR_MAX) {
		return decoder_broken(d, "fiscal_year", "is out of range");
	}
	*ret = (int16_t)year;
	return true;
}

int
known_value(uint64_t value, int last)
{
	int32_t v = (int32_t)(uint32_t)value; /* As protobuf reads an enum. */

	return v >= 0 && v <= last ? v : 0;
}

enum bound
bound_of(uint64_t bound)
{
	int known = known_value(bound, BOUND_AT_LEAST);

	return known == BOUND_ABOUT || known == BOUND_AT_LEAST ? (enum bound)known
							       : BOUND_EXACT;
}

bool
event_decode(struct slice bytes, struct arena *arena, struct event *ret_event,
	     const char **ret_why)
{
	struct decoder d = decoder_of(bytes, arena);

	if (event_read(&d, bytes, ret_event)) {
		return true;
	}
	if (ret_why != NULL) {
		*ret_why = d.why;
	}
	return false;
}

static bool
figure_get(struct decoder *d, const Kusanone__V1__PublishedFigure *in,
	   struct published_figure *ret)
{
	*ret = (struct published_figure){
		.measure = str(in->measure),
		.scope = text_of(in->scope),
		.value = { in->value, bound_of((uint64_t)in->bound) },
		.source =
			in->source != NULL ? str(in->source->name) : (struct slice){ 0 },
		.quote =
			in->source != NULL ? str(in->source->quote) : (struct slice){ 0 },
		.withdrawn = in->withdrawn,
	};
	if (in->measure[0] == '\0') {
		return decoder_broken(d, "published_figure.measure", "is empty");
	}
	if (in->value < 0) {
		return decoder_broken(d, "published_figure.value", "is negative");
	}
	return fiscal_year_get(d, in->fiscal_year_from, &ret->from) &&
	       fiscal_year_get(d, in->fiscal_year_to, &ret->to) &&
	       (ret->from <= ret->to ||
		decoder_broken(d, "published_figure.fiscal_year_to",
			       "is before the first year"));
}

/* Whether its query can be read is asked when it is computed again. */
static bool
publication_get(struct decoder *d, const Kusanone__V1__Publication *in,
		struct publication *ret)
{
	*ret = (struct publication){ .name = str(in->name),
				     .position = in->position,
				     .query = slice_pb(in->query),
				     .checkpoint = slice_pb(in->checkpoint) };
	if (!publication_name_good(ret->name)) {
		return decoder_broken(d, "publication.name",
				      "is not one line of at most 127 bytes");
	}
	if (ret->position == 0) {
		return decoder_broken(d, "publication.position", "is missing");
	}
	if (!date_rule_parse(str(in->rule), &ret->rule)) {
		return decoder_broken(d, "publication.rule", "is no dating rule");
	}
	if (ret->checkpoint.len == 0 || !utf8_valid(ret->checkpoint)) {
		return decoder_broken(d, "publication.checkpoint", "is no signed note");
	}
	return true;
}

static bool
enrolment_get(struct decoder *d, const Kusanone__V1__Enrolment *in, struct enrolment *ret)
{
	*ret = (struct enrolment){
		.name = str(in->name),
		.role = (enum node_role)known_value((uint64_t)in->role, NODE_FOLLOWER),
		.posts = decoder_slices(d, in->posts, in->n_posts),
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
		.kind = (enum revocation_kind)known_value((uint64_t)in->kind,
							  REVOCATION_GENUINE),
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
		if (!decoder_hash(d, slice_pb(in->part_hashes[i]), "erasure.part_hashes",
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
		.state = (enum review_state)known_value((uint64_t)in->state,
							REVIEW_RETURNED),
		.comment = str(in->comment),
	};
	if (in->revision.len != 0 &&
	    !decoder_hash(d, slice_pb(in->revision), "review.revision", &ret->revision)) {
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
		.answer = (enum answer_kind)known_value((uint64_t)in->answer,
							ANSWER_WITHDRAWN),
	};
	if (in->post[0] == '\0') {
		return decoder_broken(d, "cohost_answer.post", "is empty");
	}
	return event_id_get(d, in->event_id, &ret->event);
}

static bool
confirmation_get(struct decoder *d, const Kusanone__V1__SourceConfirmation *in,
		 struct source_confirmation *ret)
{
	*ret = (struct source_confirmation){
		.posts = decoder_slices(d, in->posts, in->n_posts),
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
		return publication_get(d, r->publication, &ret->publication);
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
	case KUSANONE__V1__RECORD__BODY_SUBSCRIPTION:
	case KUSANONE__V1__RECORD__BODY_SILENCE:
	case KUSANONE__V1__RECORD__BODY_ACKNOWLEDGEMENT:
		return alert_body_get(d, r, ret);
	case KUSANONE__V1__RECORD__BODY__NOT_SET:
	default:
		ret->body = unknown_body(r);
		return ret->body != BODY_NONE ||
		       decoder_broken(d, "record", "has no body");
	}
}

/* Bodies that this program knows, and the last one's number.  protobuf would take the
 * last of several: what the others say would stand in the record and be read by nobody.
 */
static unsigned
count_bodies(struct slice bytes, uint32_t *ret_body)
{
	struct wire_field field;
	unsigned count = 0;
	size_t at = 0;
	bool bad;

	*ret_body = BODY_NONE;
	while (wire_next(bytes, &at, &field, &bad)) {
		if (field.number >= BODY_EVENT_REVISION &&
		    unpack_field(&kusanone__v1__record__descriptor, field.number) !=
			    NULL) {
			*ret_body = field.number;
			count++;
		}
	}
	return count;
}

static bool
other_record_get(struct decoder *d, struct slice bytes, struct record *ret)
{
	const Kusanone__V1__Record *r = (const Kusanone__V1__Record *)unpack_message(
		&kusanone__v1__record__descriptor, bytes, d->arena, &d->why);

	if (r == NULL) {
		return false;
	}
	*ret = (struct record){ .bytes = bytes,
				.recorded_ms = r->recorded_ms,
				.author = str(r->author) };
	return (r->submission.len == 0 || decoder_hash(d, slice_pb(r->submission),
						       "submission", &ret->submission)) &&
	       body_get(d, r, ret);
}

bool
record_decode(struct slice bytes, struct arena *arena, struct record *ret_record,
	      const char **ret_why)
{
	struct decoder d = decoder_of(bytes, arena);
	uint32_t body;
	bool good;

	if (count_bodies(bytes, &body) > 1) {
		good = decoder_broken(&d, "record", "has several bodies");
	} else if (body == BODY_EVENT_REVISION) {
		good = revision_record_read(&d, bytes, ret_record);
	} else {
		good = other_record_get(&d, bytes, ret_record);
	}
	if (!good && ret_why != NULL) {
		*ret_why = d.why != NULL ? d.why : "not a record";
	}
	return good;
}
