#include "lib/model/sheet_wire.h"

#include <stdlib.h>

#include "lib/base/unpack_wire.h"
#include "lib/model/query_parts.h"
#include "lib/model/totals_wire.h"

enum {
	PAGE_USUAL = 200,
	PAGE_MAX = 1000,
	PAGE_BYTES = 384 * 1024, /* Of rows: with one more and its labels a frame. */
};

struct sheet {
	struct fold *fold;
	struct arena *arena;
	const Kusanone__V1__SheetQuery *in;
	Kusanone__V1__SheetReply *out;
	struct query query;
	struct query_plan plan;

	/* Of each event, the fact and the first session fact at the position, row + 1;
	 * NULL until an event was found that has changed since. */
	uint32_t *fact_of, *session_of;
	size_t label_cap;
};

static char *
word(const struct sheet *s, uint32_t id)
{
	struct slice text = words_at(&s->fold->words, id);

	return arena_dup(s->arena, text.at, text.len);
}

/* ---- What held at the position ---------------------------------------------------- */

static void
look_back(struct sheet *s)
{
	struct fold *f = s->fold;
	uint64_t position = s->query.position;

	s->fact_of = arena_zalloc(s->arena, f->events.count * sizeof(s->fact_of[0]));
	s->session_of =
		arena_zalloc(s->arena, f->events.count * sizeof(s->session_of[0]));
	for (uint32_t row = 0; row < f->facts.count; row++) {
		const struct event_fact *fact = table_at(&f->facts, row);

		if (query_holds(fact->from_pos, fact->to_pos, position)) {
			s->fact_of[fact->event] = row + 1;
		}
	}
	for (uint32_t row = f->session_facts.count; row > 0; row--) {
		const struct session_fact *session = table_at(&f->session_facts, row - 1);

		if (query_holds(session->from_pos, session->to_pos, position)) {
			s->session_of[session->event] = row;
		}
	}
}

/* The event's fact, and the first of its session facts; NULL: it had none. */
static const struct event_fact *
fact_at(struct sheet *s, uint32_t event, uint32_t *ret_session1)
{
	const struct event_row *e = table_at(&s->fold->events, event);

	if (e->fact1 != 0) {
		const struct event_fact *open = table_at(&s->fold->facts, e->fact1 - 1);

		if (open->from_pos <= s->query.position) {
			*ret_session1 = e->session_fact1;
			return open;
		}
	}
	if (s->fact_of == NULL) {
		look_back(s);
	}
	*ret_session1 = s->session_of[event];
	return s->fact_of[event] != 0 ? table_at(&s->fold->facts, s->fact_of[event] - 1)
				      : NULL;
}

/* ---- Which are selected ----------------------------------------------------------- */

static const struct session_fact *
session_at(const struct sheet *s, uint32_t session1, uint32_t i)
{
	return table_at(&s->fold->session_facts, session1 - 1 + i);
}

static bool
session_matches(struct sheet *s, const struct session_fact *session,
		const struct event_fact *fact)
{
	struct query_plan *p = &s->plan;

	if (!query_in_bounds(p, session->fiscal_year[s->query.rule])) {
		return false;
	}
	for (unsigned i = 0; i < p->dim_count; i++) {
		struct query_dim *d = &p->dims[i];
		uint32_t slot =
			query_slot_of(p, d, query_session_value(p, d, session, fact));

		if (!d->slots[slot].pass) {
			return false;
		}
	}
	return true;
}

static bool
event_matches(struct sheet *s, const struct event_fact *fact, uint32_t session1)
{
	uint32_t slots[DIM_COUNT];

	if (!s->in->sessions) {
		return query_in_bounds(&s->plan, fact->fiscal_year[s->query.rule]) &&
		       query_match_event(&s->plan, fact, slots);
	}
	for (uint32_t i = 0; i < fact->session_facts; i++) {
		if (session_matches(s, session_at(s, session1, i), fact)) {
			return true;
		}
	}
	return false;
}

/* ---- What codes are called -------------------------------------------------------- */

static void
add_label(struct sheet *s, enum reference_kind kind, const char *name, const char *group,
	  const char *code)
{
	Kusanone__V1__SheetReply *out = s->out;
	bool is_code = kind == REFERENCE_CODE;

	if (code == NULL || code[0] == '\0') {
		return;
	}
	for (size_t i = 0; i < out->n_labels; i++) {
		if (strcmp(out->labels[i]->kind, name) == 0 &&
		    strcmp(out->labels[i]->code, code) == 0 &&
		    strcmp(out->labels[i]->group, group) == 0) {
			return;
		}
	}
	const struct reference_entry *row = reference_find(
		&s->fold->reference, kind, slice_str(is_code ? name : group),
		slice_str(code), REFERENCE_ANY_DAY, s->query.position);
	if (row == NULL) {
		return;
	}
	if (out->n_labels == s->label_cap) {
		size_t cap = s->label_cap != 0 ? 2 * s->label_cap : 64;
		Kusanone__V1__SheetLabel **labels =
			arena_alloc(s->arena, cap * sizeof(labels[0]));

		if (out->n_labels != 0) {
			memcpy(labels, out->labels, out->n_labels * sizeof(labels[0]));
		}
		out->labels = labels;
		s->label_cap = cap;
	}
	Kusanone__V1__SheetLabel *label = arena_alloc(s->arena, sizeof(*label));
	kusanone__v1__sheet_label__init(label);
	label->kind = (char *)(uintptr_t)name;
	label->group = (char *)(uintptr_t)group;
	label->code = (char *)(uintptr_t)code;
	label->label = arena_alloc(s->arena, sizeof(*label->label));
	kusanone__v1__text__init(label->label);
	label->label->ja = word(s, row->label_ja);
	label->label->en = word(s, row->label_en);
	out->labels[out->n_labels++] = label;
}

static void
add_labels(struct sheet *s, enum reference_kind kind, const char *name, char **codes,
	   size_t count)
{
	for (size_t i = 0; i < count; i++) {
		add_label(s, kind, name, "", codes[i]);
	}
}

static void
add_state(struct sheet *s, const Kusanone__V1__Place *place)
{
	if (place != NULL) {
		add_label(s, REFERENCE_STATE, "state",
			  place->country[0] != '\0' ? place->country : "US",
			  place->state);
	}
}

static void
label_event(struct sheet *s, const Kusanone__V1__Event *e)
{
	add_label(s, REFERENCE_POST, "post", "", e->recorder);
	add_label(s, REFERENCE_POST, "post", "", e->lead);
	add_labels(s, REFERENCE_POST, "post", e->holders, e->n_holders);
	add_label(s, REFERENCE_CODE, "format", "", e->format);
	add_label(s, REFERENCE_CODE, "category", "", e->category);
	add_label(s, REFERENCE_CODE, "frame", "", e->frame);
	add_labels(s, REFERENCE_PILLAR, "pillar", e->pillars, e->n_pillars);
	add_labels(s, REFERENCE_CODE, "topic", e->topics, e->n_topics);
	add_labels(s, REFERENCE_CODE, "partner_kind", e->audience, e->n_audience);
	add_labels(s, REFERENCE_CODE, "vip_kind", e->vip_kinds, e->n_vip_kinds);
	add_labels(s, REFERENCE_CODE, "outcome", e->outcomes, e->n_outcomes);
	for (size_t i = 0; i < e->n_partners; i++) {
		add_label(s, REFERENCE_CODE, "partner_kind", "", e->partners[i]->kind);
	}
	for (size_t i = 0; i < e->n_sessions; i++) {
		add_state(s, e->sessions[i]->place);
	}
	for (size_t i = 0; i < e->n_stated_places; i++) {
		add_state(s, e->stated_places[i]);
	}
}

/* ---- Rows ------------------------------------------------------------------------- */

static int
year_or_0(int16_t year)
{
	return year != FISCAL_YEAR_NONE ? year : 0;
}

static const char *
left_out(const struct event_fact *fact)
{
	if ((fact->flags & FACT_WITHDRAWN) != 0) {
		return opened_name(OPENED_WITHDRAWN);
	}
	if ((fact->flags & FACT_MERGED) != 0) {
		return opened_name(OPENED_MERGED);
	}
	return fact->status == STATUS_HELD ? "" : opened_name(OPENED_NOT_HELD);
}

static void
fill_sets(struct sheet *s, const struct event_fact *fact, Kusanone__V1__SheetRow *row)
{
	unsigned n = 0;
	const uint32_t *posts = sets_at(&s->fold->sets, fact->posts, &n);

	row->confirmed = arena_alloc(s->arena, n * sizeof(row->confirmed[0]));
	for (unsigned i = 0; i < n; i++) {
		row->confirmed[row->n_confirmed++] = word(s, posts[i]);
	}
	const uint32_t *states = sets_at(&s->fold->sets, fact->states, &n);
	row->states = arena_alloc(s->arena, n * sizeof(row->states[0]));
	for (unsigned i = 0; i < n; i++) {
		row->states[row->n_states++] =
			states[i] == STATE_ONLINE       ? (char *)(uintptr_t) "online"
			: states[i] == STATE_NOT_STATED ? (char *)(uintptr_t) "not_stated"
							: word(s, states[i]);
	}
}

/* Facts of sessions stand in the order of the event's. */
static void
fill_sessions(struct sheet *s, const struct event_fact *fact, uint32_t session1,
	      Kusanone__V1__SheetRow *row)
{
	enum date_rule rule = s->query.rule;

	row->sessions =
		arena_alloc(s->arena, fact->session_facts * sizeof(row->sessions[0]));
	for (uint32_t i = 0; i < fact->session_facts && i < row->event->n_sessions; i++) {
		const struct session_fact *in = session_at(s, session1, i);

		if (s->in->sessions && !session_matches(s, in, fact)) {
			continue;
		}
		Kusanone__V1__SheetSession *out = arena_alloc(s->arena, sizeof(*out));
		kusanone__v1__sheet_session__init(out);
		out->id = row->event->sessions[i]->id;
		out->status = (Kusanone__V1__Status)in->status;
		out->fiscal_year = year_or_0(in->fiscal_year[rule]);
		out->boundary = (in->boundary & 1u << rule) != 0;
		out->counted = in->status == STATUS_HELD && fact_counts(fact);
		row->sessions[row->n_sessions++] = out;
	}
}

/* NULL where the log cannot be read: the fold then says so. */
static Kusanone__V1__SheetRow *
make_row(struct sheet *s, uint32_t event, const struct event_fact *fact,
	 uint32_t session1)
{
	Kusanone__V1__SheetRow *row = arena_alloc(s->arena, sizeof(*row));
	uint16_t boundary =
		s->query.rule == RULE_LOCAL ? FACT_BOUNDARY_LOCAL : FACT_BOUNDARY_TOKYO;
	struct slice bytes;

	kusanone__v1__sheet_row__init(row);
	if (!fold_event_shown_at(s->fold, fact, s->query.position, s->arena, &bytes)) {
		return NULL;
	}
	row->event = (Kusanone__V1__Event *)unpack_message(
		&kusanone__v1__event__descriptor, bytes, s->arena, NULL);
	if (row->event == NULL) {
		return NULL;
	}
	row->event->n_people = 0;
	row->event_id = show_event_id(s->fold, event, s->arena);
	row->revision = show_record_hash(s->fold, fact->head_record, s->arena);
	row->position = (uint64_t)fact->head_record + 1;
	row->status = (Kusanone__V1__Status)fact->status;
	row->fiscal_year = year_or_0(fact->fiscal_year[s->query.rule]);
	row->provisional = (fact->flags & FACT_PROVISIONAL) != 0;
	row->boundary = (fact->flags & boundary) != 0;
	row->best_practice = (fact->flags & FACT_BEST_PRACTICE) != 0;
	row->joined = (fact->flags & FACT_JOINED) != 0;
	row->left_out = (char *)(uintptr_t)left_out(fact);
	fill_sets(s, fact, row);
	fill_sessions(s, fact, session1, row);
	return row;
}

/* From event 'from' on; what does not fit is only counted, and that only at first. */
static bool
fill_page(struct sheet *s, uint32_t from, uint32_t limit)
{
	Kusanone__V1__SheetReply *out = s->out;
	size_t bytes = 0;
	bool full = false;

	out->rows = arena_alloc(s->arena, limit * sizeof(out->rows[0]));
	for (uint32_t i = from; i < s->fold->events.count; i++) {
		uint32_t session1;
		const struct event_fact *fact = fact_at(s, i, &session1);

		if (fact == NULL || !event_matches(s, fact, session1)) {
			continue;
		}
		out->matching++;
		if (!full) {
			Kusanone__V1__SheetRow *row = make_row(s, i, fact, session1);

			if (row == NULL) {
				return false;
			}
			bytes += protobuf_c_message_get_packed_size(&row->base);
			full = out->n_rows == limit ||
			       (out->n_rows != 0 && bytes > PAGE_BYTES);
			if (!full) {
				label_event(s, row->event);
				out->rows[out->n_rows++] = row;
				continue;
			}
			out->next = out->rows[out->n_rows - 1]->event_id;
		}
		if (from != 0) {
			break;
		}
	}
	return true;
}

static bool
fault(struct show_fault *f, const char *field, const char *ja, const char *en,
      const char *expected)
{
	*f = (struct show_fault){ .field = field,
				  .reason_ja = ja,
				  .reason_en = en,
				  .expected_ja = expected,
				  .expected_en = expected };
	return false;
}

bool
sheet_answer(struct fold *f, const Kusanone__V1__SheetQuery *in, struct arena *arena,
	     Kusanone__V1__SheetReply *ret_reply, struct show_fault *ret_fault)
{
	static const Kusanone__V1__TotalsQuery all = KUSANONE__V1__TOTALS_QUERY__INIT;
	struct sheet s = { .fold = f, .arena = arena, .in = in, .out = ret_reply };
	uint32_t limit = in->limit == 0         ? PAGE_USUAL
			 : in->limit > PAGE_MAX ? PAGE_MAX
						: in->limit;
	uint32_t from = 0;
	struct uuid after;

	kusanone__v1__sheet_reply__init(ret_reply);
	if (!totals_selection(f, in->select != NULL ? in->select : &all, arena, &s.query,
			      ret_fault)) {
		return false;
	}
	if (in->after[0] != '\0') {
		if (!uuid_parse(slice_str(in->after), &after) ||
		    (from = fold_find_event(f, &after)) == UINT32_MAX) {
			return fault(ret_fault, "after", "その案件はありません",
				     "is no event that is held here", "an event's id");
		}
		from++;
	}
	s.query.by_count = 0;
	s.query.measure_count = 0;
	ret_reply->position = s.query.position;
	ret_reply->rule = (char *)(uintptr_t)date_rule_name(s.query.rule);
	if (s.query.position != 0) {
		const struct record_row *row =
			table_at(&f->records, (uint32_t)(s.query.position - 1));

		ret_reply->hq_ms = row->hq_ms;
	}
	query_plan_init(&s.plan, f, &s.query);
	bool good = fill_page(&s, from, limit);
	query_plan_fini(&s.plan);
	if (!good) {
		return fault(ret_fault, "", "記録を読めません", "a record cannot be read",
			     "");
	}
	return true;
}
