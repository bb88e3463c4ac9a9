#include <stdlib.h>

#include "tests/sim/naive.h"

/* From the first record to the one asked for: who may say what, and what it changes. */

typedef Kusanone__V1__Record record_t;

void
naive_set_add(struct naive_set *set, const char *text)
{
	if (!naive_set_has(set, text)) {
		must(set->count < NAIVE_SET_MAX);
		set->at[set->count++] = text;
	}
}

bool
naive_set_has(const struct naive_set *set, const char *text)
{
	for (int i = 0; i < set->count; i++) {
		if (strcmp(set->at[i], text) == 0) {
			return true;
		}
	}
	return false;
}

/* ---- Nodes and keys ------------------------------------------------------------ */

static int
find_node(const struct naive_state *s, const uint8_t id[NODE_ID_LEN])
{
	for (int i = 0; i < s->node_count; i++) {
		if (memcmp(s->nodes[i].id, id, NODE_ID_LEN) == 0) {
			return i;
		}
	}
	return -1;
}

static struct naive_key *
find_key(struct naive_node *n, const uint8_t key_id[8])
{
	for (int i = 0; i < n->key_count; i++) {
		if (memcmp(n->keys[i].key_id, key_id, 8) == 0) {
			return &n->keys[i];
		}
	}
	return NULL;
}

static struct naive_key *
key_for(struct naive_state *s, const uint8_t id[NODE_ID_LEN], const uint8_t sign[32])
{
	struct hash h = hash_of(slice_of(sign, 32));
	int node = find_node(s, id);

	if (node < 0) {
		must(s->node_count < (int)ARRAY_LEN(s->nodes));
		node = s->node_count++;
		memcpy(s->nodes[node].id, id, NODE_ID_LEN);
	}
	struct naive_key *k = find_key(&s->nodes[node], h.b);
	if (k == NULL) {
		must(s->nodes[node].key_count < (int)ARRAY_LEN(s->nodes[node].keys));
		k = &s->nodes[node].keys[s->nodes[node].key_count++];
		memcpy(k->sign, sign, 32);
		memcpy(k->key_id, h.b, 8);
	}
	return k;
}

static bool
enrol(struct naive_state *s, const Kusanone__V1__Enrolment *e)
{
	if (e->role == 0 || e->node_id.len != NODE_ID_LEN || e->sign_key.len != 32) {
		return false;
	}
	struct naive_key *k = key_for(s, e->node_id.data, e->sign_key.data);
	struct naive_node *n = &s->nodes[find_node(s, e->node_id.data)];

	n->role = (int)e->role;
	n->posts.count = 0;
	for (size_t i = 0; i < e->n_posts; i++) {
		naive_set_add(&n->posts, e->posts[i]);
	}
	k->body_count = 0;
	for (size_t i = 0; i < e->n_bodies && i < ARRAY_LEN(k->bodies); i++) {
		k->bodies[k->body_count++] = e->bodies[i];
	}
	if (k->state != 2) {
		k->state = 0;
	}
	return true;
}

static bool
revoke(struct naive_state *s, const Kusanone__V1__Revocation *r)
{
	int node = find_node(s, r->node_id.data);
	struct hash h = hash_of(slice_of(r->sign_key.data, r->sign_key.len));
	struct naive_key *k = node < 0 ? NULL : find_key(&s->nodes[node], h.b);

	if (k == NULL) {
		return false;
	}
	switch (r->kind) {
	case KUSANONE__V1__REVOCATION_KIND__REVOCATION_KIND_RETIRED:
		k->state = k->state == 0 ? 1 : k->state;
		return true;
	case KUSANONE__V1__REVOCATION_KIND__REVOCATION_KIND_STOLEN:
		k->state = 2;
		k->stolen_from = r->from_position;
		return true;
	case KUSANONE__V1__REVOCATION_KIND__REVOCATION_KIND_GENUINE:
		k->state = 1;
		return true;
	default:
		return false;
	}
}

/* ---- Events -------------------------------------------------------------------- */

static int
find_event(const struct naive_state *s, const char *id)
{
	for (int i = 0; i < s->event_count; i++) {
		if (strcmp(s->events[i].id, id) == 0) {
			return i;
		}
	}
	return -1;
}

static int
event_for(struct naive_state *s, const char *id)
{
	int at = find_event(s, id);

	if (at >= 0) {
		return at;
	}
	if (s->event_count == s->event_cap) {
		int cap = s->event_cap != 0 ? 2 * s->event_cap : 64;
		struct naive_event *list =
			arena_zalloc(s->arena, (size_t)cap * sizeof(list[0]));

		if (s->event_count != 0) {
			memcpy(list, s->events, (size_t)s->event_count * sizeof(list[0]));
		}
		s->events = list;
		s->event_cap = cap;
	}
	s->events[s->event_count] =
		(struct naive_event){ .id = id, .owner = -1, .merged_into = -1 };
	return s->event_count++;
}

/* The event of a record; NULL: it speaks of none. */
static const char *
about(const record_t *m)
{
	switch (m->body_case) {
	case KUSANONE__V1__RECORD__BODY_EVENT_REVISION:
		return m->event_revision->event != NULL ? m->event_revision->event->id
							: NULL;
	case KUSANONE__V1__RECORD__BODY_WITHDRAWAL:
		return m->withdrawal->event_id;
	case KUSANONE__V1__RECORD__BODY_COHOST_ANSWER:
		return m->cohost_answer->event_id;
	case KUSANONE__V1__RECORD__BODY_REVIEW:
		return m->review->event_id;
	case KUSANONE__V1__RECORD__BODY_BEST_PRACTICE:
		return m->best_practice->event_id;
	case KUSANONE__V1__RECORD__BODY_MERGE:
		return m->merge->from_event_id;
	case KUSANONE__V1__RECORD__BODY_OWNERSHIP_MOVE:
		return m->ownership_move->event_id;
	case KUSANONE__V1__RECORD__BODY_SOURCE_CONFIRMATION:
		return m->source_confirmation->event_id;
	default:
		return NULL;
	}
}

static bool
is_ancestor_or_self(const struct naive_event *e, int old, int revision)
{
	if (old == revision) {
		return true;
	}
	for (int i = 0; i < e->revisions[revision].parent_count; i++) {
		if (is_ancestor_or_self(e, old, e->revisions[revision].parents[i])) {
			return true;
		}
	}
	return false;
}

static struct slice
event_bytes(const struct naive_state *s, const struct naive_event *e, int revision)
{
	return s->log->records[e->revisions[revision].record].event_bytes;
}

/* Heads in the order of the log, each joined to what the ones before it made, against the
 * latest revision that both came from. */
static void
show(struct naive_state *s, struct naive_event *e)
{
	int heads[64] = { 0 }, count = 0;

	for (int i = 0; i < e->revision_count; i++) {
		if (e->revisions[i].is_head) {
			must(count < (int)ARRAY_LEN(heads));
			heads[count++] = i;
		}
	}
	e->heads = count;
	e->conflicts = 0;
	e->unknown_kept = false;
	e->shown = event_bytes(s, e, heads[0]);
	for (int h = 1; h < count; h++) {
		int common = -1;

		for (int old = 0; old < e->revision_count; old++) {
			bool in_shown = false;

			for (int k = 0; k < h; k++) {
				in_shown =
					in_shown || is_ancestor_or_self(e, old, heads[k]);
			}
			if (in_shown && is_ancestor_or_self(e, old, heads[h])) {
				common = old;
			}
		}
		struct naive_joined one = naive_join(
			common >= 0 ? event_bytes(s, e, common) : (struct slice){ 0 },
			e->shown, event_bytes(s, e, heads[h]), s->arena);
		e->shown = one.bytes;
		e->conflicts += one.conflicts;
		e->unknown_kept = e->unknown_kept || one.unknown_kept;
	}
}

static void
name_holders(struct naive_state *s, struct naive_event *e)
{
	struct naive_set named = { 0 };
	struct slice rest = e->shown;
	struct naive_field f;

	while (naive_next(&rest, &f)) {
		if (f.number == 5 && f.content.len != 0) {
			naive_set_add(&named,
				      arena_dup(s->arena, f.content.at, f.content.len));
		}
	}
	for (int i = 0; i < e->named.count; i++) {
		if (naive_set_has(&named, e->named.at[i])) {
			continue;
		}
		for (int k = 0; k < e->answer_count; k++) {
			if (strcmp(e->answers[k].post, e->named.at[i]) == 0) {
				e->answers[k].is_void = true;
				e->any_void = true;
			}
		}
	}
	e->named = named;
}

static bool
revise(struct naive_state *s, size_t r, int node)
{
	const record_t *m = s->log->records[r].m;
	struct naive_event *e = &s->events[event_for(s, m->event_revision->event->id)];

	if (e->owner >= 0 && e->owner != node) {
		return false;
	}
	e->owner = node;
	if (e->revision_count == e->revision_cap) {
		int cap = e->revision_cap != 0 ? 2 * e->revision_cap : 8;
		struct naive_revision *list =
			arena_zalloc(s->arena, (size_t)cap * sizeof(list[0]));

		if (e->revision_count != 0) {
			memcpy(list, e->revisions,
			       (size_t)e->revision_count * sizeof(list[0]));
		}
		e->revisions = list;
		e->revision_cap = cap;
	}
	struct naive_revision *v = &e->revisions[e->revision_count];
	*v = (struct naive_revision){ .record = r, .is_head = true };
	for (size_t i = 0; i < m->event_revision->n_bases; i++) {
		ProtobufCBinaryData base = m->event_revision->bases[i];

		for (int k = 0; k < e->revision_count; k++) {
			const struct naive_record *old =
				&s->log->records[e->revisions[k].record];

			if (base.len == HASH_LEN &&
			    memcmp(old->id.b, base.data, HASH_LEN) == 0) {
				e->revisions[k].is_head = false;
				must(v->parent_count < (int)ARRAY_LEN(v->parents));
				v->parents[v->parent_count++] = k;
			}
		}
	}
	e->revision_count++;
	show(s, e);
	name_holders(s, e);
	return true;
}

static void
answer(struct naive_state *s, const char *id, const char *post, int what)
{
	struct naive_event *e = &s->events[event_for(s, id)];

	if (e->owner < 0) {
		s->early_answers++;
	}
	for (int i = 0; i < e->answer_count; i++) {
		if (strcmp(e->answers[i].post, post) == 0 &&
		    e->answers[i].answer != what) {
			s->changed_answers++;
		}
	}
	must(e->answer_count < (int)ARRAY_LEN(e->answers));
	e->answers[e->answer_count++] =
		(struct naive_answer){ .post = post, .answer = what };
}

static bool
merge(struct naive_state *s, const Kusanone__V1__Merge *m)
{
	int from = event_for(s, m->from_event_id);
	int into = event_for(s, m->into_event_id);

	if (s->events[from].merged_into >= 0) {
		return false;
	}
	for (int e = into; e >= 0; e = s->events[e].merged_into) {
		if (e == from) {
			return false;
		}
	}
	s->events[from].merged_into = into;
	return true;
}

static void
figure(struct naive_state *s, const Kusanone__V1__PublishedFigure *f, uint64_t position)
{
	const char *ja = f->scope != NULL ? f->scope->ja : "";
	const char *en = f->scope != NULL ? f->scope->en : "";
	int kept = 0;

	for (int i = 0; i < s->figure_count; i++) {
		const struct naive_figure *old = &s->figures[i];

		if (strcmp(old->measure, f->measure) != 0 || strcmp(old->ja, ja) != 0 ||
		    strcmp(old->en, en) != 0 || old->from != f->fiscal_year_from ||
		    old->to != f->fiscal_year_to) {
			s->figures[kept++] = *old;
		}
	}
	s->figure_count = kept;
	if (!f->withdrawn) {
		must(kept < (int)ARRAY_LEN(s->figures));
		s->figures[s->figure_count++] = (struct naive_figure){
			.measure = f->measure,
			.ja = ja,
			.en = en,
			.from = f->fiscal_year_from,
			.to = f->fiscal_year_to,
			.value = f->value,
			.bound = (int)f->bound,
			.position = position,
		};
	}
}

/* ---- One record ---------------------------------------------------------------- */

static bool
may_say(const struct naive_state *s, int node, const struct naive_key *key,
	const record_t *m)
{
	const struct naive_node *n = &s->nodes[node];
	uint32_t body = (uint32_t)m->body_case;

	if (key != NULL && key->body_count != 0) {
		bool listed = false;

		for (int i = 0; i < key->body_count; i++) {
			listed = listed || key->bodies[i] == body;
		}
		if (!listed) {
			return false;
		}
	}
	if (n->role == KUSANONE__V1__NODE_ROLE__NODE_ROLE_HQ) {
		return body >= 19 && body <= 32;
	}
	if (n->role != KUSANONE__V1__NODE_ROLE__NODE_ROLE_POST) {
		return false;
	}
	if (m->body_case == KUSANONE__V1__RECORD__BODY_EVENT_REVISION) {
		int e = find_event(s, m->event_revision->event->id);

		return (e >= 0 && s->events[e].moved && s->events[e].owner == node) ||
		       naive_set_has(&n->posts, m->event_revision->event->recorder);
	}
	if (m->body_case == KUSANONE__V1__RECORD__BODY_COHOST_ANSWER) {
		return naive_set_has(&n->posts, m->cohost_answer->post);
	}
	return m->body_case == KUSANONE__V1__RECORD__BODY_WITHDRAWAL;
}

static bool
apply(struct naive_state *s, size_t r, int node)
{
	const record_t *m = s->log->records[r].m;
	int e;

	switch (m->body_case) {
	case KUSANONE__V1__RECORD__BODY_EVENT_REVISION:
		return revise(s, r, node);
	case KUSANONE__V1__RECORD__BODY_WITHDRAWAL:
		e = event_for(s, m->withdrawal->event_id);
		if (s->events[e].owner != node) {
			return false;
		}
		s->events[e].withdrawn = !m->withdrawal->undone;
		return true;
	case KUSANONE__V1__RECORD__BODY_COHOST_ANSWER:
		answer(s, m->cohost_answer->event_id, m->cohost_answer->post,
		       (int)m->cohost_answer->answer);
		return true;
	case KUSANONE__V1__RECORD__BODY_SOURCE_CONFIRMATION:
		for (size_t i = 0; i < m->source_confirmation->n_posts; i++) {
			answer(s, m->source_confirmation->event_id,
			       m->source_confirmation->posts[i],
			       KUSANONE__V1__ANSWER__ANSWER_CONFIRMED);
		}
		return true;
	case KUSANONE__V1__RECORD__BODY_MERGE:
		return merge(s, m->merge);
	case KUSANONE__V1__RECORD__BODY_OWNERSHIP_MOVE:
		e = event_for(s, m->ownership_move->event_id);
		if (find_node(s, m->ownership_move->to_node_id.data) < 0) {
			return false;
		}
		s->events[e].owner = find_node(s, m->ownership_move->to_node_id.data);
		s->events[e].moved = true;
		return true;
	case KUSANONE__V1__RECORD__BODY_PUBLISHED_FIGURE:
		figure(s, m->published_figure, r + 1);
		return true;
	case KUSANONE__V1__RECORD__BODY_REFERENCE_CHANGE:
		for (size_t i = 0; i < m->reference_change->n_rows; i++) {
			naive_reference_row(s, m->reference_change->rows[i]);
		}
		return true;
	case KUSANONE__V1__RECORD__BODY_ENROLMENT:
		return enrol(s, m->enrolment);
	case KUSANONE__V1__RECORD__BODY_REVOCATION:
		return revoke(s, m->revocation);
	default: /* Review, best practice, publication, erasure: no figure. */
		return true;
	}
}

static bool
counted_before(const struct naive_state *s, size_t r)
{
	for (size_t i = 0; i < r; i++) {
		if (s->counted[i] &&
		    hash_eq(&s->log->records[i].id, &s->log->records[r].id)) {
			return true;
		}
	}
	return false;
}

/* 'final': keys as they stand at the position asked for, which is known in hindsight. */
static void
step(struct naive_state *s, struct naive_state *final, size_t r)
{
	const struct naive_record *in = &s->log->records[r];
	int node = find_node(s, in->node);

	s->counted[r] = false;
	s->stolen[r] = false;
	s->repeated[r] = false;
	if (node < 0 || in->m == NULL) {
		return;
	}
	if (about(in->m) != NULL) {
		event_for(s, about(in->m));
	}
	struct naive_key *key = find_key(&s->nodes[node], in->key_id);
	if (key != NULL && final != NULL) {
		struct naive_key *later =
			find_key(&final->nodes[find_node(final, in->node)], in->key_id);

		if (later->state == 2 && in->position >= later->stolen_from) {
			s->stolen[r] = true;
			return;
		}
	}
	if (in->m->body_case == KUSANONE__V1__RECORD__BODY__NOT_SET ||
	    !may_say(s, node, key, in->m)) {
		return;
	}
	if (counted_before(s, r)) {
		s->repeated[r] = true;
		return;
	}
	s->counted[r] = apply(s, r, node);
}

static void
walk(struct naive_state *s, struct naive_state *final)
{
	for (size_t r = 0; r < s->position; r++) {
		step(s, final, r);
	}
}

static void
begin(struct naive_state *s, const struct naive *log, uint64_t position,
      struct arena *arena)
{
	*s = (struct naive_state){ .log = log, .arena = arena, .position = position };
	s->counted = arena_zalloc(arena, (size_t)position + 1);
	s->stolen = arena_zalloc(arena, (size_t)position + 1);
	s->repeated = arena_zalloc(arena, (size_t)position + 1);
	s->record_cap = (size_t)position + 1;
	key_for(s, log->hq_node, log->hq_sign);
	s->nodes[0].role = KUSANONE__V1__NODE_ROLE__NODE_ROLE_HQ;
}

void
naive_at(const struct naive *log, uint64_t position, struct arena *arena,
	 struct naive_state *ret)
{
	struct naive_state *first = arena_alloc(arena, sizeof(*first));

	must(position <= log->count);
	begin(first, log, position, arena);
	walk(first, NULL);
	begin(ret, log, position, arena);
	walk(ret, first);
	naive_facts(ret);
}

void
naive_begin(const struct naive *log, struct arena *arena, struct naive_state *ret)
{
	begin(ret, log, 0, arena);
}

static bool *
longer(const bool *list, size_t count, size_t cap, struct arena *arena)
{
	bool *copy = arena_zalloc(arena, cap);

	memcpy(copy, list, count);
	return copy;
}

bool
naive_go_on(struct naive_state *s)
{
	size_t r = (size_t)s->position;
	const record_t *m = s->log->records[r].m;

	must(r < s->log->count);
	if (m != NULL && m->body_case == KUSANONE__V1__RECORD__BODY_REVOCATION &&
	    m->revocation->kind !=
		    KUSANONE__V1__REVOCATION_KIND__REVOCATION_KIND_RETIRED) {
		return false;
	}
	if (r + 1 >= s->record_cap) {
		s->record_cap = 2 * (r + 1) + 256;
		s->counted = longer(s->counted, r, s->record_cap, s->arena);
		s->stolen = longer(s->stolen, r, s->record_cap, s->arena);
		s->repeated = longer(s->repeated, r, s->record_cap, s->arena);
	}
	s->position++;
	step(s, s, r);
	return true;
}
