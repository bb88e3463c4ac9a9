#include "notification/names.h"

static const struct reference *
reference_of(const struct voice *v)
{
	return v->compose->fold != NULL ? &v->compose->fold->reference : NULL;
}

/* The row's label, else the code itself. */
static const char *
label_or_code(const struct voice *v, const struct reference_entry *row, struct slice code)
{
	struct slice label = { 0 };

	if (row != NULL) {
		label = reference_label(reference_of(v), row, v->lang == NOTE_JA);
	}
	return voice_quote(v, label.len != 0 ? label : code);
}

const char *
name_of_post(const struct voice *v, struct slice post, int32_t day)
{
	const struct reference *r = reference_of(v);

	return label_or_code(v, r != NULL ? reference_post(r, post, day) : NULL, post);
}

const char *
name_of_code(const struct voice *v, const char *dimension, struct slice code, int32_t day)
{
	const struct reference *r = reference_of(v);

	return label_or_code(
		v, r != NULL ? reference_code(r, slice_str(dimension), code, day) : NULL,
		code);
}

const char *
name_of_pillar(const struct voice *v, struct slice code, int32_t day)
{
	const struct reference *r = reference_of(v);

	return label_or_code(v, r != NULL ? reference_pillar(r, code, day) : NULL, code);
}

const char *
name_of_state(const struct voice *v, struct slice country, struct slice state,
	      int32_t day)
{
	const struct reference *r = reference_of(v);

	return label_or_code(
		v, r != NULL ? reference_state(r, country, state, day) : NULL, state);
}

const char *
name_of_status(const struct voice *v, enum status status)
{
	switch (status) {
	case STATUS_PLANNED:
		return SAY(v, W_STATUS_PLANNED);
	case STATUS_POSTPONED:
		return SAY(v, W_STATUS_POSTPONED);
	case STATUS_CANCELLED:
		return SAY(v, W_STATUS_CANCELLED);
	case STATUS_HELD:
		return SAY(v, W_STATUS_HELD);
	case STATUS_NOT_STATED:
		break;
	}
	return SAY(v, W_NOT_STATED);
}

const char *
name_of_place(const struct voice *v, const struct place *p, int32_t day)
{
	const char *name = voice_pick(v, &p->name);
	const char *town = voice_pick(v, &p->municipality);
	const char *state =
		p->state.len != 0 ? name_of_state(v, p->country, p->state, day) : "";
	const char *country =
		slice_eq_str(p->country, "US") ? "" : voice_quote(v, p->country);

	if (strcmp(name, town) == 0) {
		name = "";
	}
	if (v->lang == NOTE_EN) {
		return JOIN(v, ", ", name, town, state, country);
	}
	const char *near = JOIN(v, " ", town, name);
	const char *far = JOIN(v, "、", state, country);
	return near[0] == '\0'  ? far
	       : far[0] == '\0' ? near
				: SAY(v, W_HEAD_AFTER, near, far);
}

const char *
name_of_where(const struct voice *v, const struct sitting *s, int32_t day)
{
	return JOIN(v, SAY(v, W_DOT),
		    s->has_place ? name_of_place(v, &s->place, day) : "",
		    s->online ? SAY(v, W_ONLINE) : "");
}

const char *
names_of_posts(const struct voice *v, const struct told *t)
{
	const char **names =
		arena_alloc(v->arena, (t->holders.count + 2) * sizeof(names[0]));
	size_t count = 0;
	bool lead_seen = t->lead.len == 0, recorder_seen = t->recorder.len == 0;

	for (size_t i = 0; i < t->holders.count; i++) {
		struct slice post = t->holders.at[i];
		const char *name = name_of_post(v, post, t->day);
		bool leads = t->lead.len != 0 && slice_eq(post, t->lead);

		lead_seen = lead_seen || leads;
		recorder_seen = recorder_seen || slice_eq(post, t->recorder);
		names[count++] = leads ? SAY(v, W_LEADS, name) : name;
	}
	if (!lead_seen) {
		names[count++] = SAY(v, W_LEADS, name_of_post(v, t->lead, t->day));
		recorder_seen = recorder_seen || slice_eq(t->lead, t->recorder);
	}
	if (!recorder_seen) {
		names[count++] = SAY(v, W_RECORDS, name_of_post(v, t->recorder, t->day));
	}
	return voice_join(v, SAY(v, W_LIST_COMMA), names, count);
}

const char *
name_for_subject(const struct voice *v, const struct told *t)
{
	struct slice post = t->lead.len != 0        ? t->lead
			    : t->holders.count != 0 ? t->holders.at[0]
						    : t->recorder;
	const struct reference *r = reference_of(v);
	const struct reference_entry *row =
		r != NULL && post.len != 0 ? reference_post(r, post, t->day) : NULL;
	struct slice city = { 0 };

	if (row != NULL && v->lang == NOTE_EN) {
		city = words_at(r->words, row->city);
	}
	const char *name =
		city.len != 0 ? voice_quote(v, city) : name_of_post(v, post, t->day);
	return t->holders.count > 1 ? SAY(v, W_AND_OTHERS, name) : name;
}

const char *
name_of_event(const struct voice *v, const struct told *t)
{
	const char *title = voice_pick(v, &t->title);

	return title[0] != '\0' ? title : SAY(v, W_NO_TITLE);
}
