#include "intake/parts.h"

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

static void
set_key_state(struct intake *in, const uint8_t sign_public[SIGN_PUBLIC_LEN],
	      uint8_t *states)
{
	for (unsigned i = 0; i < in->config.key_count; i++) {
		if (memcmp(in->config.keys[i].sign_public, sign_public,
			   SIGN_PUBLIC_LEN) == 0) {
			states[i] = 1;
		}
	}
}

void
intake_hear_key(struct intake *in, const struct record *record)
{
	if (record->body == BODY_ENROLMENT &&
	    node_id_eq(&record->enrolment.node, &in->config.node)) {
		intake_know_key(in, record->enrolment.sign_key);
		set_key_state(in, record->enrolment.sign_key, in->key_enrolled);
	}
	if (record->body == BODY_REVOCATION &&
	    node_id_eq(&record->revocation.node, &in->config.node) &&
	    record->revocation.kind != REVOCATION_GENUINE) {
		set_key_state(in, record->revocation.sign_key, in->key_revoked);
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

	if (c->dial_count < 2) {
		return;
	}
	do {
		next = next == 0 ? c->dial_count - 1 : next - 1;
		/* One endpoint for each of the newest keys. */
	} while (next != in->dialled_with &&
		 in->key_revoked[c->key_count - c->dial_count + next]);
	if (next == in->dialled_with) {
		return;
	}
	log_event(turn->log, LOG_INFO, "link", "trying=key_%u", next + 1);
	in->dialled_with = next;
	outbox_hang_up(turn->out, in->up.dialer.endpoint);
	outbox_hang_up(turn->out, in->down.dialer.endpoint);
	in->up.dialer.endpoint = c->dial[next].up;
	in->down.dialer.endpoint = c->dial[next].down;
}
