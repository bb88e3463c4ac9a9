#include "intake/say_hq.h"

/* Does what headquarters says hold already?  Asked of its effect in the fold. */

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

/* Was it said, and not only trusted from the config? */
static bool
was_enrolled(struct draft *d, const struct enrolment *e)
{
	const struct intake_config *c = &d->in->config;

	if (!node_id_eq(&e->node, &c->node)) {
		return true;
	}
	for (unsigned i = 0; i < c->key_count; i++) {
		if (memcmp(c->keys[i].sign_public, e->sign_key, SIGN_PUBLIC_LEN) == 0) {
			return d->in->key_enrolled[i] != 0;
		}
	}
	return true;
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
