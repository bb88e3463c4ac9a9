#include "intake/check_wire.h"
#include "intake/meant.h"

/* What the reference data and the posts say of an event.  Nothing here refuses: this
 * node's copy of the reference data may be old, and the fold decides. */

static const struct reference *
reference_of(struct draft *d)
{
	return &d->in->fold.reference;
}

/* 'meant' is the known code that is nearest, or empty. */
static void
warn_unknown(struct draft *d, const char *field, const char *code, struct slice meant)
{
	const char *ja = "つづりをご確認ください。", *en = "check its spelling.";

	/* One that holds on other days only is no slip of the pen. */
	if (meant.len != 0 && !slice_eq_str(meant, code)) {
		ja = arena_printf(d->arena, "%.*s ではありませんか。", (int)meant.len,
				  (const char *)meant.at);
		en = arena_printf(d->arena, "did you mean %.*s?", (int)meant.len,
				  (const char *)meant.at);
	}
	draft_warn(
		d, "unknown_code", field,
		arena_printf(d->arena, "「%s」はこのノードの参照データにありません。%s",
			     code, ja),
		arena_printf(d->arena, "\"%s\" is not in this node's reference data; %s",
			     code, en));
}

/* A code of a kind; 'group' as in meant_code(). */
static void
check_code(struct draft *d, enum reference_kind kind, const char *group, const char *code,
	   const char *field, int32_t day)
{
	const struct reference *r = reference_of(d);

	if (reference_find(r, kind, slice_str(group), slice_str(code), day,
			   REFERENCE_NOW) == NULL) {
		warn_unknown(d, field, code,
			     meant_code(r, kind, slice_str(group), slice_str(code)));
	}
}

static void
check_dimension(struct draft *d, const char *dimension, const char *code,
		const char *field, int32_t day)
{
	if (pb_is_set(code)) {
		check_code(d, REFERENCE_CODE, dimension, code, field, day);
	}
}

static void
check_dimension_list(struct draft *d, const char *dimension, char *const *codes,
		     size_t count, const char *field, int32_t day)
{
	for (size_t i = 0; i < count; i++) {
		check_dimension(d, dimension, codes[i], field, day);
	}
}

static void
check_posts(struct draft *d, const Kusanone__V1__Event *e, int32_t day)
{
	bool has_recorder = false, has_lead = !pb_is_set(e->lead);

	for (size_t i = 0; i < e->n_holders; i++) {
		has_recorder |= strcmp(e->holders[i], e->recorder) == 0;
		has_lead |= strcmp(e->holders[i], pb_str(e->lead)) == 0;
		check_code(d, REFERENCE_POST, "", e->holders[i], "holders", day);
	}
	if (e->n_holders == 0) {
		draft_warn(d, "no_holders", "holders",
			   "開催した公館がなく、どの公館の件数にも入りません。",
			   "Names no post that held it: it counts for none.");
	} else if (!has_recorder) {
		draft_warn(d, "recorder_not_holder", "holders",
			   arena_printf(d->arena,
					"記録する %s "
					"が開催した公館に入っていません。"
					"他の公館の確認があるまで数えません。",
					e->recorder),
			   arena_printf(d->arena,
					"%s, which records it, is not among its holders: "
					"it counts for no post until one confirms.",
					e->recorder));
	}
	if (!has_lead) {
		draft_warn(d, "lead_not_holder", "lead",
			   "主催した公館が、開催した公館に入っていません。",
			   "The post that led is not among the holders.");
	}
}

/* ---- Places ---------------------------------------------------------------------- */

static bool
is_at_home(const Kusanone__V1__Place *p)
{
	return !pb_is_set(p->country) || strcmp(p->country, "US") == 0;
}

static bool
is_holder(const Kusanone__V1__Event *e, struct slice post)
{
	if (slice_eq_str(post, e->recorder)) {
		return true;
	}
	for (size_t i = 0; i < e->n_holders; i++) {
		if (slice_eq_str(post, e->holders[i])) {
			return true;
		}
	}
	return false;
}

static void
check_place(struct draft *d, const Kusanone__V1__Event *e, const Kusanone__V1__Place *p,
	    const char *field, int32_t day)
{
	const struct reference *r = reference_of(d);

	if (p == NULL || !pb_is_set(p->state)) {
		return;
	}
	check_code(d, REFERENCE_STATE, pb_str(p->country), p->state,
		   arena_printf(d->arena, "%s.state", field), day);
	if (!is_at_home(p)) {
		return;
	}
	uint32_t post = reference_covering_post(r, slice_str(p->state),
						slice_str(pb_str(p->county)), day);
	struct slice name = words_at(r->words, post);
	if (post == 0 || is_holder(e, name)) {
		return;
	}
	draft_warn(d, "outside_jurisdiction", field,
		   arena_printf(d->arena, "%s は %.*s の管轄です。", p->state,
				(int)name.len, (const char *)name.at),
		   arena_printf(d->arena, "%s lies in the jurisdiction of %.*s.",
				p->state, (int)name.len, (const char *)name.at));
}

static int32_t
day_of(const Kusanone__V1__Date *m, int32_t otherwise)
{
	struct date date;

	return m != NULL && date_parse(slice_str(m->value), &date) ? date_first_day(&date)
								   : otherwise;
}

static void
check_places(struct draft *d, const Kusanone__V1__Event *e, int32_t day)
{
	for (size_t i = 0; i < e->n_sessions; i++) {
		check_place(d, e, e->sessions[i]->place,
			    arena_printf(d->arena, "sessions[%zu].place", i),
			    day_of(e->sessions[i]->start, day));
	}
	for (size_t i = 0; i < e->n_stated_places; i++) {
		check_place(d, e, e->stated_places[i],
			    arena_printf(d->arena, "stated_places[%zu]", i), day);
	}
}

void
check_codes(struct draft *d, const Kusanone__V1__Event *e)
{
	int32_t day = check_first_day(e);

	if (reference_count(reference_of(d)) == 0) {
		draft_warn(d, "no_reference", "",
			   "参照データがまだ届いていないため、コードは確かめていません。",
			   "No reference data has come yet: codes were not checked.");
		return;
	}
	check_dimension(d, "format", e->format, "format", day);
	check_dimension(d, "category", e->category, "category", day);
	check_dimension(d, "frame", e->frame, "frame", day);
	check_dimension_list(d, "topic", e->topics, e->n_topics, "topics", day);
	check_dimension_list(d, "partner_kind", e->audience, e->n_audience, "audience",
			     day);
	check_dimension_list(d, "vip_kind", e->vip_kinds, e->n_vip_kinds, "vip_kinds",
			     day);
	check_dimension_list(d, "outcome", e->outcomes, e->n_outcomes, "outcomes", day);
	for (size_t i = 0; i < e->n_partners; i++) {
		check_dimension(d, "partner_kind", e->partners[i]->kind, "partners", day);
	}
	for (size_t i = 0; i < e->n_people; i++) {
		check_dimension(d, "vip_kind", e->people[i]->kind, "people", day);
	}
	for (size_t i = 0; i < e->n_pillars; i++) {
		check_code(d, REFERENCE_PILLAR, "", e->pillars[i], "pillars", day);
	}
	check_posts(d, e, day);
	check_places(d, e, day);
}
