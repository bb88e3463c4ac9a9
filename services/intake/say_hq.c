#include "intake/say_hq.h"

/* Does what headquarters says hold already?  Asked of its effect in the fold.  And may it
 * be said: a key that nobody could follow is not revoked. */

/* Applied to a copy of the rows that hold, does the change change anything? */
bool
say_reference_holds(struct draft *d, const struct reference_change *change)
{
	const struct reference *now = &d->in->fold.reference;
	struct words words;
	struct sets sets;
	struct reference copy;
	struct arena arena = { 0 };
	bool changes = false;

	words_init(&words);
	sets_init(&sets);
	reference_init(&copy, &words, &sets);
	for (uint32_t i = 0; i < reference_count(now); i++) {
		const struct reference_entry *e = reference_at(now, i);
		struct reference_row row;

		if (e->to_pos == REFERENCE_OPEN_POS) {
			reference_entry_row(now, e, &arena, &row);
			(void)reference_apply(&copy, &row, 1);
		}
	}
	for (size_t i = 0; i < change->row_count && !changes; i++) {
		changes = reference_apply(&copy, &change->rows[i], 2);
	}
	reference_fini(&copy);
	sets_fini(&sets);
	words_fini(&words);
	arena_fini(&arena);
	return !changes;
}

static bool
same_posts(const struct fold *f, uint32_t set, const struct slices *posts)
{
	unsigned n;

	(void)sets_at(&f->sets, set, &n);
	for (size_t i = 0; i < posts->count; i++) {
		uint32_t word = words_find(&f->words, posts->at[i]);

		if (word == 0 || !sets_has(&f->sets, set, word)) {
			return false;
		}
	}
	return n == posts->count;
}

static bool
same_bodies(const struct fold *f, uint32_t set, const struct enrolment *e)
{
	unsigned n;

	(void)sets_at(&f->sets, set, &n);
	for (size_t i = 0; i < e->body_count; i++) {
		if (!sets_has(&f->sets, set, e->bodies[i])) {
			return false;
		}
	}
	return n == e->body_count;
}

static const struct key_row *
find_key(const struct fold *f, const struct node_id *id, const uint8_t *sign_key,
	 const struct node_row **ret_node)
{
	uint32_t node = fold_find_node(f, id);
	struct key_id key_id = key_id_of(sign_key);

	if (node == UINT32_MAX) {
		return NULL;
	}
	uint32_t key = fold_find_key(f, node, key_id.b);
	*ret_node = table_at(&f->nodes, node);
	return key != UINT32_MAX ? table_at(&f->keys, key) : NULL;
}

/* Which generation of this node's own keys it is; key_count: none. */
static unsigned
own_generation(const struct intake_config *c, const struct node_id *node,
	       const uint8_t *sign_key)
{
	unsigned i = 0;

	if (!node_id_eq(node, &c->node)) {
		return c->key_count;
	}
	while (i < c->key_count &&
	       memcmp(c->keys[i].sign_public, sign_key, SIGN_PUBLIC_LEN) != 0) {
		i++;
	}
	return i;
}

/* Was it said, and not only trusted from the config? */
static bool
was_enrolled(struct draft *d, const struct enrolment *e)
{
	unsigned own = own_generation(&d->in->config, &e->node, e->sign_key);

	return own == d->in->config.key_count || d->in->key_enrolled[own];
}

bool
say_enrolment_holds(struct draft *d, const struct enrolment *e)
{
	const struct fold *f = &d->in->fold;
	const struct node_row *node;
	const struct key_row *key = find_key(f, &e->node, e->sign_key, &node);

	return key != NULL && key->state == KEY_VALID &&
	       memcmp(key->curve, e->curve_key, sizeof(key->curve)) == 0 &&
	       node->role == (uint8_t)e->role &&
	       slice_eq(words_at(&f->words, node->name), e->name) &&
	       same_posts(f, node->posts, &e->posts) && same_bodies(f, key->bodies, e) &&
	       was_enrolled(d, e);
}

bool
say_revocation_holds(struct draft *d, const struct revocation *r)
{
	const struct node_row *node;
	const struct key_row *key = find_key(&d->in->fold, &r->node, r->sign_key, &node);

	if (key == NULL) {
		return false;
	}
	switch (r->kind) {
	case REVOCATION_RETIRED:
		return key->state == KEY_RETIRED;
	case REVOCATION_STOLEN:
		return key->state == KEY_STOLEN && key->stolen_from == r->from_position;
	case REVOCATION_GENUINE:
		return key->state != KEY_STOLEN;
	case REVOCATION_NONE:
		break;
	}
	return false;
}

bool
say_erasure_holds(struct draft *d, const struct erasure *e)
{
	for (size_t i = 0; i < e->count; i++) {
		if (!fold_is_erased(&d->in->fold, &e->parts[i])) {
			return false;
		}
	}
	return true;
}

/* ---- The last key ---------------------------------------------------------------- */

/* Does this turn revoke the key already? */
static bool
revoked_in_this_turn(struct draft *d, const struct key_row *key)
{
	for (size_t i = 0; i < d->in->pending_count; i++) {
		const struct pending *p = &d->in->pending[i];
		struct record record;

		if (p->body == BODY_REVOCATION &&
		    record_decode(p->record, d->arena, &record, NULL) &&
		    memcmp(record.revocation.sign_key, key->sign, SIGN_PUBLIC_LEN) == 0) {
			return true;
		}
	}
	return false;
}

/* Does headquarters' aggregation take the words of this key as headquarters' own?  It
 * trusts the first key of this node's file by its configuration, others by a record; that
 * they stand in the file says nothing. */
static bool
speaks_for_hq(struct draft *d, const struct key_row *key)
{
	const struct intake *in = d->in;
	const struct node_row *node = table_at(&in->fold.nodes, key->node);
	struct node_id id;

	memcpy(id.b, node->id, NODE_ID_LEN);
	unsigned own = own_generation(&in->config, &id, key->sign);
	return node->role == NODE_HQ && key->state == KEY_VALID &&
	       (own == 0 || own == in->config.key_count || in->key_enrolled[own]) &&
	       !revoked_in_this_turn(d, key);
}

bool
say_revocation_leaves_a_key(struct draft *d, const struct revocation *r)
{
	const struct fold *f = &d->in->fold;
	const struct node_row *node;
	const struct key_row *gone = find_key(f, &r->node, r->sign_key, &node);

	if (gone == NULL || !speaks_for_hq(d, gone)) {
		return true;
	}
	for (uint32_t i = 0; i < f->keys.count; i++) {
		const struct key_row *other = table_at(&f->keys, i);

		if (other != gone && speaks_for_hq(d, other)) {
			return true;
		}
	}
	return false;
}
