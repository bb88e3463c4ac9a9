#include <stdlib.h>

#include "lib/base/unpack_wire.h"
#include "tests/sim/work.h"

/* What headquarters says, through its own intake. */

static struct machine *
hq_intake(struct world *w)
{
	return work_machine(w, w->machines[w->hq_intake].node);
}

static void
ask_hq(struct world *w, Kusanone__V1__Submission *s)
{
	struct machine *m = hq_intake(w);

	if (m != NULL) {
		work_ask(w, m, s, -1);
	}
}

static ProtobufCBinaryData
bytes(struct arena *a, const void *at, size_t len)
{
	return (ProtobufCBinaryData){ len, arena_dup(a, at, len) };
}

static Kusanone__V1__Source *
source(struct arena *a)
{
	Kusanone__V1__Source *s = arena_alloc(a, sizeof(*s));

	kusanone__v1__source__init(s);
	s->name = (char *)(uintptr_t) "paper";
	return s;
}

/* ---- Nodes and keys ------------------------------------------------------------ */

void
work_enrol(struct world *w, int node, unsigned key, bool again)
{
	struct sim_node *n = &w->nodes[node];
	struct arena arena = { 0 };
	Kusanone__V1__Submission s = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__Enrolment e = KUSANONE__V1__ENROLMENT__INIT;
	char *posts[2];

	e.node_id = bytes(&arena, n->id.b, NODE_ID_LEN);
	e.name = again ? arena_printf(&arena, "%s%d", n->name, (int)(w->now / 1000))
		       : n->name;
	e.curve_key = bytes(&arena, n->keys[key].keys.curve_public, 32);
	e.sign_key = bytes(&arena, n->keys[key].keys.sign_public, 32);
	e.role = (Kusanone__V1__NodeRole)n->role;
	for (size_t i = 0; i < n->post_count; i++) {
		posts[i] = (char *)(uintptr_t)n->posts[i];
	}
	e.posts = posts;
	e.n_posts = n->post_count;
	s.body_case = KUSANONE__V1__SUBMISSION__BODY_ENROLMENT;
	s.enrolment = &e;
	n->keys[key].enrolled = true;
	trace(w, "enrol %s key %u", n->name, key);
	ask_hq(w, &s);
	arena_fini(&arena);
}

void
work_revoke(struct world *w, int node, unsigned key, int kind, uint64_t from_position)
{
	struct sim_node *n = &w->nodes[node];
	struct arena arena = { 0 };
	Kusanone__V1__Submission s = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__Revocation r = KUSANONE__V1__REVOCATION__INIT;

	r.node_id = bytes(&arena, n->id.b, NODE_ID_LEN);
	r.sign_key = bytes(&arena, n->keys[key].keys.sign_public, 32);
	r.kind = (Kusanone__V1__RevocationKind)kind;
	r.from_position = from_position;
	s.body_case = KUSANONE__V1__SUBMISSION__BODY_REVOCATION;
	s.revocation = &r;
	trace(w, "revoke %s key %u kind %d from %" PRIu64, n->name, key, kind,
	      from_position);
	ask_hq(w, &s);
	arena_fini(&arena);
}

/* ---- Erasing names ------------------------------------------------------------- */

/* A part that some living machine of a post holds, whether headquarters has it or not. */
static bool
find_part(struct world *w, struct erased_part *ret)
{
	struct machine *m =
		work_machine(w, 1 + (int)rng_below(&w->rng, (uint64_t)w->node_count - 1));
	bool found = false;

	if (m == NULL || !m->up) {
		return false;
	}
	struct txn txn = txn_begin_read(m->log);
	struct cursor cursor = cursor_open(&txn, JOURNAL_DB_LOOSE);
	uint64_t skip = rng_below(&w->rng, 4);
	struct slice key, value;

	for (bool more = cursor_seek(&cursor, (struct slice){ 0 }, &key, &value); more;
	     more = cursor_next(&cursor, &key, &value)) {
		struct slice salt, part;

		memcpy(ret->part.b, key.at, HASH_LEN);
		must(loose_get(&txn, JOURNAL_DB_LOOSE, &ret->part, &salt, &part));
		must(part.len < sizeof(ret->name));
		memcpy(ret->name, part.at, part.len);
		ret->name[part.len] = '\0';
		ret->salted_len = salt.len + part.len;
		must(ret->salted_len <= sizeof(ret->salted));
		memcpy(ret->salted, salt.at, salt.len);
		memcpy(ret->salted + salt.len, part.at, part.len);
		found = true;
		if (skip-- == 0) {
			break;
		}
	}
	cursor_close(&cursor);
	txn_abort(&txn);
	return found;
}

void
work_erase(struct world *w)
{
	struct erased_part part;
	Kusanone__V1__Submission s = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__Erasure e = KUSANONE__V1__ERASURE__INIT;

	if (!find_part(w, &part)) {
		return;
	}
	for (size_t i = 0; i < w->erased_count; i++) {
		if (hash_eq(&w->erased[i].part, &part.part)) {
			return;
		}
	}
	ProtobufCBinaryData hash = { HASH_LEN, part.part.b };
	e.part_hashes = &hash;
	e.n_part_hashes = 1;
	s.body_case = KUSANONE__V1__SUBMISSION__BODY_ERASURE;
	s.erasure = &e;
	if (w->erased_count == w->erased_cap) {
		w->erased_cap = w->erased_cap != 0 ? 2 * w->erased_cap : 16;
		w->erased = xrealloc(w->erased, w->erased_cap * sizeof(w->erased[0]));
	}
	w->erased[w->erased_count++] = part;
	trace(w, "erase %s", part.name);
	ask_hq(w, &s);
}

/* ---- Reference data ------------------------------------------------------------ */

static void
ask_reference(struct world *w, Kusanone__V1__ReferenceRow **rows, size_t count)
{
	Kusanone__V1__Submission s = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__ReferenceChange change = KUSANONE__V1__REFERENCE_CHANGE__INIT;

	change.rows = rows;
	change.n_rows = count;
	s.body_case = KUSANONE__V1__SUBMISSION__BODY_REFERENCE_CHANGE;
	s.reference_change = &change;
	ask_hq(w, &s);
}

static Kusanone__V1__ReferenceRow *
new_row(struct arena *a)
{
	Kusanone__V1__ReferenceRow *row = arena_alloc(a, sizeof(*row));

	kusanone__v1__reference_row__init(row);
	return row;
}

/* A format, online or not, for ever or from some day on. */
static Kusanone__V1__ReferenceRow *
format_row(struct world *w, struct arena *a)
{
	static const char *const formats[] = { "webinar", "seminar", "visit" };
	static const char *const days[] = { "", "", "2015-04-01", "2020-04-01" };
	static char *online[] = { (char *)(uintptr_t) "online" };
	Kusanone__V1__ReferenceRow *row = new_row(a);
	Kusanone__V1__CodeRow *code = arena_alloc(a, sizeof(*code));

	kusanone__v1__code_row__init(code);
	code->dimension = (char *)(uintptr_t) "format";
	code->code = (char *)(uintptr_t)WORK_ONE_OF(w, formats);
	code->label = work_text(w, a);
	if (rng_chance(&w->rng, 60)) {
		code->attributes = online;
		code->n_attributes = 1;
	}
	row->valid_from = (char *)(uintptr_t)WORK_ONE_OF(w, days);
	row->removed = rng_chance(&w->rng, 15);
	row->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_CODE;
	row->code = code;
	return row;
}

static Kusanone__V1__ReferenceRow *
town_row(struct world *w, struct arena *a)
{
	static const struct {
		const char *state, *ja, *en;
	} towns[] = { { "TN", "ジャクソン", "Jackson" },
		      { "IN", "エバンズビル", "Evansville" },
		      { "VA", "リッチモンド", "Richmond" },
		      { "IL", "ジャクソン", "Jackson" } };
	size_t i = rng_below(&w->rng, ARRAY_LEN(towns));
	Kusanone__V1__ReferenceRow *row = new_row(a);
	Kusanone__V1__MunicipalityRow *town = arena_alloc(a, sizeof(*town));

	kusanone__v1__municipality_row__init(town);
	town->state = (char *)(uintptr_t)towns[i].state;
	town->name = arena_alloc(a, sizeof(*town->name));
	kusanone__v1__text__init(town->name);
	town->name->ja = (char *)(uintptr_t)towns[i].ja;
	town->name->en = (char *)(uintptr_t)towns[i].en;
	row->removed = rng_chance(&w->rng, 20);
	row->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_MUNICIPALITY;
	row->municipality = town;
	return row;
}

static Kusanone__V1__ReferenceRow *
handshake_row(struct world *w, struct arena *a)
{
	Kusanone__V1__ReferenceRow *row = new_row(a);
	Kusanone__V1__SettingRow *setting = arena_alloc(a, sizeof(*setting));

	kusanone__v1__setting_row__init(setting);
	setting->name = (char *)(uintptr_t) "cohost_handshake";
	setting->value = (char *)(uintptr_t)(rng_chance(&w->rng, 50) ? "off" : "on");
	row->removed = rng_chance(&w->rng, 15);
	row->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_SETTING;
	row->setting = setting;
	return row;
}

void
work_reference(struct world *w, unsigned which)
{
	struct arena arena = { 0 };
	Kusanone__V1__ReferenceRow *rows[2];
	size_t count = 1;

	switch (which) {
	case 0:
	case 1:
		rows[0] = format_row(w, &arena);
		break;
	case 2:
		rows[0] = town_row(w, &arena);
		break;
	case 3:
		rows[0] = town_row(w, &arena);
		rows[count++] = format_row(w, &arena);
		break;
	default:
		rows[0] = handshake_row(w, &arena);
		break;
	}
	ask_reference(w, rows, count);
	arena_fini(&arena);
}

/* ---- The rest ------------------------------------------------------------------ */

static char *
some_event_id(struct world *w)
{
	return w->event_count != 0 ? w->events[rng_below(&w->rng, w->event_count)].id
				   : NULL;
}

static void
say_figure(struct world *w, struct arena *a, Kusanone__V1__Submission *s)
{
	Kusanone__V1__PublishedFigure *f = arena_alloc(a, sizeof(*f));

	kusanone__v1__published_figure__init(f);
	f->measure =
		(char *)(uintptr_t)(rng_chance(&w->rng, 80) ? "events" : "participants");
	if (rng_chance(&w->rng, 20)) {
		f->scope = work_text(w, a);
		f->scope->en = (char *)(uintptr_t) "a part";
		f->scope->ja = (char *)(uintptr_t) "";
	}
	f->fiscal_year_from = 2015 + (int)rng_below(&w->rng, 3);
	f->fiscal_year_to = f->fiscal_year_from + (int)rng_below(&w->rng, 4);
	f->value = (int64_t)rng_below(&w->rng, 60);
	f->bound = KUSANONE__V1__BOUND__BOUND_EXACT;
	f->source = source(a);
	f->withdrawn = rng_chance(&w->rng, 15);
	s->body_case = KUSANONE__V1__SUBMISSION__BODY_PUBLISHED_FIGURE;
	s->published_figure = f;
}

static void
say_review(struct world *w, struct arena *a, Kusanone__V1__Submission *s, char *id)
{
	Kusanone__V1__Review *r = arena_alloc(a, sizeof(*r));

	kusanone__v1__review__init(r);
	r->event_id = id;
	r->state = (Kusanone__V1__ReviewState)(1 + rng_below(&w->rng, 4));
	r->comment = (char *)(uintptr_t) "how many came?";
	s->body_case = KUSANONE__V1__SUBMISSION__BODY_REVIEW;
	s->review = r;
}

static void
say_practice(struct world *w, struct arena *a, Kusanone__V1__Submission *s, char *id)
{
	Kusanone__V1__BestPractice *p = arena_alloc(a, sizeof(*p));

	kusanone__v1__best_practice__init(p);
	p->event_id = id;
	p->fiscal_year = 2015 + (int)rng_below(&w->rng, 8);
	p->text = work_text(w, a);
	p->removed = rng_chance(&w->rng, 20);
	s->body_case = KUSANONE__V1__SUBMISSION__BODY_BEST_PRACTICE;
	s->best_practice = p;
}

static void
say_merge(struct world *w, struct arena *a, Kusanone__V1__Submission *s, char *id)
{
	Kusanone__V1__Merge *m = arena_alloc(a, sizeof(*m));

	kusanone__v1__merge__init(m);
	m->from_event_id = id;
	m->into_event_id = some_event_id(w);
	if (rng_chance(&w->rng, 20)) { /* Mistyped: nobody has recorded it. */
		m->into_event_id = arena_dup(a, m->into_event_id, UUID_TEXT_LEN);
		char *last = &m->into_event_id[UUID_TEXT_LEN - 1];
		*last = *last == '0' ? '1' : '0';
	}
	m->why = (char *)(uintptr_t) "one event";
	s->body_case = KUSANONE__V1__SUBMISSION__BODY_MERGE;
	s->merge = m;
}

static void
say_move(struct world *w, struct arena *a, Kusanone__V1__Submission *s, char *id)
{
	Kusanone__V1__OwnershipMove *m = arena_alloc(a, sizeof(*m));
	int node = 1 + (int)rng_below(&w->rng, (uint64_t)w->node_count - 1);

	kusanone__v1__ownership_move__init(m);
	m->event_id = id;
	m->to_node_id = bytes(a, w->nodes[node].id.b, NODE_ID_LEN);
	m->to_post = (char *)(uintptr_t)w->nodes[node].posts[0];
	for (size_t i = 0; i < w->event_count; i++) {
		if (w->events[i].id == id && rng_chance(&w->rng, 70)) {
			w->events[i].node = node;
		}
	}
	s->body_case = KUSANONE__V1__SUBMISSION__BODY_OWNERSHIP_MOVE;
	s->ownership_move = m;
}

static void
say_confirmation(struct world *w, struct arena *a, Kusanone__V1__Submission *s, char *id)
{
	Kusanone__V1__SourceConfirmation *c = arena_alloc(a, sizeof(*c));

	kusanone__v1__source_confirmation__init(c);
	c->event_id = id;
	c->posts = arena_alloc(a, 2 * sizeof(char *));
	c->posts[c->n_posts++] = (char *)(uintptr_t)work_post(w);
	c->posts[c->n_posts++] = (char *)(uintptr_t)work_post(w);
	c->source = source(a);
	s->body_case = KUSANONE__V1__SUBMISSION__BODY_SOURCE_CONFIRMATION;
	s->source_confirmation = c;
}

void
work_hq(struct world *w)
{
	struct arena arena = { 0 };
	Kusanone__V1__Submission s = KUSANONE__V1__SUBMISSION__INIT;
	char *id = some_event_id(w);

	if (rng_chance(&w->rng, 25)) {
		s.wait_ms = 5000;
	}
	switch (id != NULL ? rng_below(&w->rng, 10) : 8) {
	case 0:
	case 1:
		work_reference(w, (unsigned)rng_below(&w->rng, 7));
		arena_fini(&arena);
		return;
	case 2:
		say_review(w, &arena, &s, id);
		break;
	case 3:
		say_practice(w, &arena, &s, id);
		break;
	case 4:
		say_merge(w, &arena, &s, id);
		break;
	case 5:
		say_move(w, &arena, &s, id);
		break;
	case 6:
	case 7:
		say_confirmation(w, &arena, &s, id);
		break;
	default:
		say_figure(w, &arena, &s);
		break;
	}
	ask_hq(w, &s);
	arena_fini(&arena);
}
