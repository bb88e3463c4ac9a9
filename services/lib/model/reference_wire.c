#include "lib/model/reference.h"

#include "kusanone/v1/reference.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "lib/model/calendar.h"

_Static_assert((int)REFERENCE_PART_ALL == KUSANONE__V1__PART__PART_ALL &&
		       (int)REFERENCE_PART_COUNTIES ==
			       KUSANONE__V1__PART__PART_COUNTIES &&
		       (int)REFERENCE_PART_REST == KUSANONE__V1__PART__PART_REST &&
		       (int)REFERENCE_PART_OVERSIGHT ==
			       KUSANONE__V1__PART__PART_OVERSIGHT,
	       "parts are numbered as on the wire");

/* ---- From the wire. */

static struct reference_text
text_of(const Kusanone__V1__Text *t)
{
	struct reference_text text = { .ja = { .len = 0 } };

	if (t != NULL) {
		text.ja = slice_str(t->ja);
		text.en = slice_str(t->en);
	}
	return text;
}

static void
list_of(struct arena *arena, char **items, size_t count, struct reference_row *r)
{
	if (count == 0) {
		return;
	}
	struct slice *list = arena_alloc(arena, count * sizeof(*list));
	for (size_t i = 0; i < count; i++) {
		list[i] = slice_str(items[i]);
	}
	r->list = list;
	r->list_count = count;
}

static bool
day_of(const char *text, int32_t *ret_day)
{
	struct date date;

	if (text == NULL || text[0] == '\0') {
		*ret_day = REFERENCE_ANY_DAY;
		return true;
	}
	if (!date_parse(slice_str(text), &date) || date.precision != PRECISION_DAY) {
		return false;
	}
	*ret_day = date_first_day(&date);
	return true;
}

static void
post_of(const Kusanone__V1__PostRow *m, struct reference_row *r)
{
	r->kind = REFERENCE_POST;
	r->code = slice_str(m->id);
	r->what = slice_str(m->kind);
	r->label = text_of(m->name);
	r->city = slice_str(m->city);
	r->state = slice_str(m->state);
	r->zone = slice_str(m->zone);
	r->lat_e6 = m->lat_e6;
	r->lon_e6 = m->lon_e6;
}

static void
jurisdiction_of(struct arena *arena, const Kusanone__V1__JurisdictionRow *m,
		struct reference_row *r)
{
	int part = (int)m->part;

	/* A part of a newer program makes the row one that we do not know. */
	if (part < REFERENCE_PART_NONE || part > REFERENCE_PART_OVERSIGHT) {
		return;
	}
	r->kind = REFERENCE_JURISDICTION;
	r->group = slice_str(m->post);
	r->code = slice_str(m->state);
	r->part = (enum reference_part)part;
	list_of(arena, m->counties, m->n_counties, r);
}

/* What the row says, by its kind; REFERENCE_UNKNOWN is left for one of a newer
 * program. */
static void
kind_of(struct arena *arena, const Kusanone__V1__ReferenceRow *m, struct reference_row *r)
{
	switch (m->row_case) {
	case KUSANONE__V1__REFERENCE_ROW__ROW_POST:
		post_of(m->post, r);
		break;
	case KUSANONE__V1__REFERENCE_ROW__ROW_JURISDICTION:
		jurisdiction_of(arena, m->jurisdiction, r);
		break;
	case KUSANONE__V1__REFERENCE_ROW__ROW_CODE:
		r->kind = REFERENCE_CODE;
		r->group = slice_str(m->code->dimension);
		r->code = slice_str(m->code->code);
		r->label = text_of(m->code->label);
		list_of(arena, m->code->attributes, m->code->n_attributes, r);
		break;
	case KUSANONE__V1__REFERENCE_ROW__ROW_PILLAR:
		r->kind = REFERENCE_PILLAR;
		r->code = slice_str(m->pillar->code);
		r->parent = slice_str(m->pillar->parent);
		r->plan = slice_str(m->pillar->plan);
		r->label = text_of(m->pillar->label);
		break;
	case KUSANONE__V1__REFERENCE_ROW__ROW_MUNICIPALITY:
		r->kind = REFERENCE_MUNICIPALITY;
		r->group = slice_str(m->municipality->country);
		r->code = slice_str(m->municipality->state);
		r->label = text_of(m->municipality->name);
		break;
	case KUSANONE__V1__REFERENCE_ROW__ROW_STATE:
		r->kind = REFERENCE_STATE;
		r->group = slice_str(m->state->country);
		r->code = slice_str(m->state->code);
		r->label = text_of(m->state->label);
		break;
	case KUSANONE__V1__REFERENCE_ROW__ROW_SETTING:
		r->kind = REFERENCE_SETTING;
		r->code = slice_str(m->setting->name);
		r->value = slice_str(m->setting->value);
		break;
	default:
		break;
	}
}

/* Returns what is wrong with it, or NULL. */
static const char *
row_of(struct arena *arena, const Kusanone__V1__ReferenceRow *m,
       struct reference_row *ret_row)
{
	struct reference_row r = { .kind = REFERENCE_UNKNOWN, .removed = m->removed };

	if (!day_of(m->valid_from, &r.valid_from)) {
		return "valid_from: must be a calendar day (YYYY-MM-DD) or empty";
	}
	if (!day_of(m->valid_to, &r.valid_to)) {
		return "valid_to: must be a calendar day (YYYY-MM-DD) or empty";
	}
	if (m->source != NULL) {
		r.source_name = slice_str(m->source->name);
		r.source_quote = slice_str(m->source->quote);
	}
	r.note = text_of(m->note);
	kind_of(arena, m, &r);
	*ret_row = r;
	return r.kind != REFERENCE_UNKNOWN ? reference_row_check(&r) : NULL;
}

bool
reference_row_decode(struct arena *arena, struct slice packed,
		     struct reference_row *ret_row, const char **ret_why)
{
	struct reference_row row;
	const ProtobufCMessage *m = unpack_message(
		&kusanone__v1__reference_row__descriptor, packed, arena, ret_why);

	if (m == NULL) {
		return false;
	}
	const char *why =
		row_of(arena, (const Kusanone__V1__ReferenceRow *)(const void *)m, &row);
	if (why != NULL) {
		*ret_why = why;
		return false;
	}
	*ret_row = row;
	return true;
}

bool
reference_change_from_message(struct arena *arena, const Kusanone__V1__ReferenceChange *m,
			      struct reference_change *ret_change, const char **ret_why)
{
	struct reference_change change = { .row_count = m->n_rows,
					   .why = slice_str(m->why) };

	change.rows = arena_zalloc(arena, m->n_rows * sizeof(change.rows[0]));
	for (size_t i = 0; i < m->n_rows; i++) {
		const char *why = row_of(arena, m->rows[i], &change.rows[i]);

		if (why != NULL) {
			*ret_why = arena_printf(arena, "rows[%zu]: %s", i, why);
			return false;
		}
	}
	*ret_change = change;
	return true;
}

bool
reference_change_decode(struct arena *arena, struct slice packed,
			struct reference_change *ret_change, const char **ret_why)
{
	const ProtobufCMessage *m = unpack_message(
		&kusanone__v1__reference_change__descriptor, packed, arena, ret_why);

	return m != NULL &&
	       reference_change_from_message(
		       arena, (const Kusanone__V1__ReferenceChange *)(const void *)m,
		       ret_change, ret_why);
}

/* ---- To the wire: the messages live in an arena until they are packed. */

static char *
string_of(struct arena *arena, struct slice s)
{
	return arena_dup(arena, s.at, s.len);
}

static Kusanone__V1__Text *
message_of_text(struct arena *arena, struct reference_text text)
{
	if (text.ja.len == 0 && text.en.len == 0) {
		return NULL;
	}
	Kusanone__V1__Text *m = arena_alloc(arena, sizeof(*m));
	kusanone__v1__text__init(m);
	m->ja = string_of(arena, text.ja);
	m->en = string_of(arena, text.en);
	return m;
}

static char **
strings_of_list(struct arena *arena, const struct reference_row *r)
{
	char **strings = arena_alloc(arena, (r->list_count + 1) * sizeof(strings[0]));

	for (size_t i = 0; i < r->list_count; i++) {
		strings[i] = string_of(arena, r->list[i]);
	}
	return strings;
}

static char *
string_of_day(struct arena *arena, int32_t day)
{
	char text[DATE_TEXT_SIZE] = "";

	if (day != REFERENCE_ANY_DAY) {
		struct date date = date_of_day(day);

		date_format(&date, text);
	}
	return string_of(arena, slice_str(text));
}

static Kusanone__V1__PostRow *
message_of_post(struct arena *arena, const struct reference_row *r)
{
	Kusanone__V1__PostRow *m = arena_alloc(arena, sizeof(*m));

	kusanone__v1__post_row__init(m);
	m->id = string_of(arena, r->code);
	m->kind = string_of(arena, r->what);
	m->name = message_of_text(arena, r->label);
	m->city = string_of(arena, r->city);
	m->state = string_of(arena, r->state);
	m->zone = string_of(arena, r->zone);
	m->lat_e6 = r->lat_e6;
	m->lon_e6 = r->lon_e6;
	return m;
}

static Kusanone__V1__JurisdictionRow *
message_of_jurisdiction(struct arena *arena, const struct reference_row *r)
{
	Kusanone__V1__JurisdictionRow *m = arena_alloc(arena, sizeof(*m));

	kusanone__v1__jurisdiction_row__init(m);
	m->post = string_of(arena, r->group);
	m->state = string_of(arena, r->code);
	m->part = (Kusanone__V1__Part)r->part;
	m->n_counties = r->list_count;
	m->counties = strings_of_list(arena, r);
	return m;
}

static Kusanone__V1__CodeRow *
message_of_code(struct arena *arena, const struct reference_row *r)
{
	Kusanone__V1__CodeRow *m = arena_alloc(arena, sizeof(*m));

	kusanone__v1__code_row__init(m);
	m->dimension = string_of(arena, r->group);
	m->code = string_of(arena, r->code);
	m->label = message_of_text(arena, r->label);
	m->n_attributes = r->list_count;
	m->attributes = strings_of_list(arena, r);
	return m;
}

static Kusanone__V1__PillarRow *
message_of_pillar(struct arena *arena, const struct reference_row *r)
{
	Kusanone__V1__PillarRow *m = arena_alloc(arena, sizeof(*m));

	kusanone__v1__pillar_row__init(m);
	m->code = string_of(arena, r->code);
	m->parent = string_of(arena, r->parent);
	m->plan = string_of(arena, r->plan);
	m->label = message_of_text(arena, r->label);
	return m;
}

static Kusanone__V1__MunicipalityRow *
message_of_municipality(struct arena *arena, const struct reference_row *r)
{
	Kusanone__V1__MunicipalityRow *m = arena_alloc(arena, sizeof(*m));

	kusanone__v1__municipality_row__init(m);
	m->country = string_of(arena, r->group);
	m->state = string_of(arena, r->code);
	m->name = message_of_text(arena, r->label);
	return m;
}

static Kusanone__V1__StateRow *
message_of_state(struct arena *arena, const struct reference_row *r)
{
	Kusanone__V1__StateRow *m = arena_alloc(arena, sizeof(*m));

	kusanone__v1__state_row__init(m);
	m->country = string_of(arena, r->group);
	m->code = string_of(arena, r->code);
	m->label = message_of_text(arena, r->label);
	return m;
}

static Kusanone__V1__SettingRow *
message_of_setting(struct arena *arena, const struct reference_row *r)
{
	Kusanone__V1__SettingRow *m = arena_alloc(arena, sizeof(*m));

	kusanone__v1__setting_row__init(m);
	m->name = string_of(arena, r->code);
	m->value = string_of(arena, r->value);
	return m;
}

static void
set_kind(struct arena *arena, const struct reference_row *r,
	 Kusanone__V1__ReferenceRow *m)
{
	switch (r->kind) {
	case REFERENCE_POST:
		m->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_POST;
		m->post = message_of_post(arena, r);
		break;
	case REFERENCE_JURISDICTION:
		m->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_JURISDICTION;
		m->jurisdiction = message_of_jurisdiction(arena, r);
		break;
	case REFERENCE_CODE:
		m->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_CODE;
		m->code = message_of_code(arena, r);
		break;
	case REFERENCE_PILLAR:
		m->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_PILLAR;
		m->pillar = message_of_pillar(arena, r);
		break;
	case REFERENCE_MUNICIPALITY:
		m->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_MUNICIPALITY;
		m->municipality = message_of_municipality(arena, r);
		break;
	case REFERENCE_STATE:
		m->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_STATE;
		m->state = message_of_state(arena, r);
		break;
	case REFERENCE_SETTING:
		m->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_SETTING;
		m->setting = message_of_setting(arena, r);
		break;
	default:
		must(r->kind > REFERENCE_UNKNOWN && r->kind < REFERENCE_KINDS);
	}
}

static Kusanone__V1__ReferenceRow *
message_of_row(struct arena *arena, const struct reference_row *r)
{
	Kusanone__V1__ReferenceRow *m = arena_alloc(arena, sizeof(*m));

	kusanone__v1__reference_row__init(m);
	m->valid_from = string_of_day(arena, r->valid_from);
	m->valid_to = string_of_day(arena, r->valid_to);
	m->removed = r->removed;
	m->note = message_of_text(arena, r->note);
	if (r->source_name.len != 0 || r->source_quote.len != 0) {
		Kusanone__V1__Source *source = arena_alloc(arena, sizeof(*source));

		kusanone__v1__source__init(source);
		source->name = string_of(arena, r->source_name);
		source->quote = string_of(arena, r->source_quote);
		m->source = source;
	}
	set_kind(arena, r, m);
	return m;
}

void
reference_row_pack(const struct reference_row *r, struct buf *ret_packed)
{
	struct arena arena = { .used = 0 };

	pack_message(&message_of_row(&arena, r)->base, ret_packed);
	arena_fini(&arena);
}

void
reference_change_pack(const struct reference_change *change, struct buf *ret_packed)
{
	struct arena arena = { .used = 0 };
	Kusanone__V1__ReferenceChange m = KUSANONE__V1__REFERENCE_CHANGE__INIT;

	m.n_rows = change->row_count;
	m.rows = arena_alloc(&arena, (change->row_count + 1) * sizeof(m.rows[0]));
	for (size_t i = 0; i < change->row_count; i++) {
		m.rows[i] = message_of_row(&arena, &change->rows[i]);
	}
	m.why = string_of(&arena, change->why);
	pack_message(&m.base, ret_packed);
	arena_fini(&arena);
}
