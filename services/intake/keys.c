#include "intake/parts.h"

#include "lib/base/plant.h"

/* Which keys sign, which are believed, and which are tried at headquarters' door. */

const struct intake_key *
intake_signing_key(const struct intake *in)
{
	const struct intake_config *c = &in->config;

	for (unsigned i = c->key_count; i-- > 0;) {
		if (in->key_enrolled[i] && !in->key_revoked[i]) {
			return &c->keys[i];
		}
	}
	/* Headquarters trusts the first key of its own node without a record, and learns
	 * of the next from what that one signs. */
	for (unsigned i = 0; i < c->key_count && c->role == NODE_HQ; i++) {
		if (!in->key_revoked[i]) {
			return &c->keys[i];
		}
	}
	for (unsigned i = c->key_count; i-- > 0;) {
		if (!in->key_revoked[i]) {
			return &c->keys[i];
		}
	}
	return &c->keys[c->key_count - 1];
}

void
intake_know_key(struct intake *in, const uint8_t sign_public[SIGN_PUBLIC_LEN])
{
	for (unsigned i = 0; i < in->known_key_count; i++) {
		if (memcmp(in->known_keys[i], sign_public, SIGN_PUBLIC_LEN) == 0) {
			return;
		}
	}
	if (in->known_key_count < INTAKE_KNOWN_KEYS) {
		memcpy(in->known_keys[in->known_key_count++], sign_public,
		       SIGN_PUBLIC_LEN);
	}
}

bool
intake_verifies(const struct intake *in, const struct block *block)
{
	for (unsigned i = 0; i < in->known_key_count; i++) {
		struct key_id id = key_id_of(in->known_keys[i]);

		if (key_id_eq(&id, &block->key) &&
		    block_verify(block, in->known_keys[i])) {
			return true;
		}
	}
	return false;
}

/* The generation of ours with this public key; INTAKE_MAX_KEYS: none. */
static unsigned
own_key(const struct intake *in, const uint8_t sign_public[SIGN_PUBLIC_LEN])
{
	for (unsigned i = 0; i < in->config.key_count; i++) {
		if (memcmp(in->config.keys[i].sign_public, sign_public,
			   SIGN_PUBLIC_LEN) == 0) {
			return i;
		}
	}
	return INTAKE_MAX_KEYS;
}

/* Enrolled again, a retired key is valid; a stolen one is not, whatever is said. */
static void
hear_enrolment(struct intake *in, const struct enrolment *e)
{
	unsigned i = own_key(in, e->sign_key);

	intake_know_key(in, e->sign_key);
	if (i < INTAKE_MAX_KEYS) {
		in->key_enrolled[i] = true;
		if (in->key_revoked[i] == REVOCATION_RETIRED) {
			in->key_revoked[i] = REVOCATION_NONE;
		}
	}
}

/* As the fold has it: a stolen key that is then called retired stays stolen, and one that
 * was genuine after all is a retired one. */
static void
hear_revocation(struct intake *in, const struct revocation *r)
{
	unsigned i = own_key(in, r->sign_key);

	if (i == INTAKE_MAX_KEYS) {
		return;
	}
	switch (r->kind) {
	case REVOCATION_RETIRED:
		if (in->key_revoked[i] == REVOCATION_NONE) {
			in->key_revoked[i] = REVOCATION_RETIRED;
		}
		break;
	case REVOCATION_STOLEN:
		in->key_revoked[i] = REVOCATION_STOLEN;
		break;
	case REVOCATION_GENUINE:
		in->key_revoked[i] = REVOCATION_RETIRED;
		break;
	case REVOCATION_NONE:
		break;
	}
}

void
intake_hear_key(struct intake *in, const struct record *record)
{
	if (record->body == BODY_ENROLMENT &&
	    node_id_eq(&record->enrolment.node, &in->config.node)) {
		hear_enrolment(in, &record->enrolment);
	}
	if (record->body == BODY_REVOCATION &&
	    node_id_eq(&record->revocation.node, &in->config.node)) {
		hear_revocation(in, &record->revocation);
	}
}

void
intake_trust_self(struct intake *in)
{
	const struct intake_config *c = &in->config;
	struct arena arena = { 0 };
	struct slice *posts = arena_alloc(&arena, c->post_count * sizeof(posts[0]));

	for (size_t i = 0; i < c->post_count; i++) {
		posts[i] = slice_str(c->posts[i]);
	}
	for (unsigned i = 0; i < c->key_count; i++) {
		struct enrolment self = { .node = c->node,
					  .name = slice_str(c->name),
					  .role = c->role,
					  .posts = { posts, c->post_count } };

		memcpy(self.curve_key, c->keys[i].curve_public, sizeof(self.curve_key));
		memcpy(self.sign_key, c->keys[i].sign_public, sizeof(self.sign_key));
		fold_trust(&in->fold, &self);
	}
	in->self = fold_find_node(&in->fold, &c->node);
	must(in->self != UINT32_MAX);
	arena_fini(&arena);
}

void
intake_try_next_key(struct intake *in, struct turn *turn)
{
	const struct intake_config *c = &in->config;
	unsigned next = in->dialled_with;

	/* A session that works shows that its key does. */
	if (PLANTED(16) || c->dial_count < 2 || in->up.dialer.state == DIALER_LIVE) {
		return;
	}
	do {
		next = next == 0 ? c->dial_count - 1 : next - 1;
		/* One endpoint for each of the newest keys.  That its own key is retired
		 * headquarters' node knows before headquarters does. */
	} while (next != in->dialled_with && c->role != NODE_HQ &&
		 in->key_revoked[c->key_count - c->dial_count + next] != REVOCATION_NONE);
	if (next == in->dialled_with) {
		return;
	}
	log_event(turn->log, LOG_INFO, "link", "trying=key_%u", next + 1);
	in->dialled_with = next;
	dialer_restart(&in->up.dialer, true, "trying another key", turn->out, turn->rng,
		       turn->now);
	outbox_hang_up(turn->out, in->up.dialer.endpoint);
	outbox_hang_up(turn->out, in->down.dialer.endpoint);
	in->up.dialer.endpoint = c->dial[next].up;
	in->down.dialer.endpoint = c->dial[next].down;
}
