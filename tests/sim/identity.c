#include "tests/sim/sim.h"

/* Nodes and their keys, all from the seed. */

static void
fill(struct world *w, uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		at[i] = (uint8_t)rng_u64(&w->rng);
	}
}

unsigned
node_new_key(struct world *w, int node)
{
	struct sim_node *n = &w->nodes[node];
	uint8_t seed[32];

	must(n->key_count < SIM_KEYS);
	struct key_pair *k = &n->keys[n->key_count];
	*k = (struct key_pair){ 0 };
	fill(w, seed, sizeof(seed));
	sign_keypair(k->keys.sign_public, k->keys.sign_secret, seed);
	/* The network is ours: a CURVE key is a name that cannot be borrowed. */
	fill(w, k->keys.curve_public, sizeof(k->keys.curve_public));
	return n->key_count++;
}

int
node_add(struct world *w, enum node_role role, const char *name, const char *post)
{
	must(w->node_count < SIM_NODES);
	struct sim_node *n = &w->nodes[w->node_count];

	*n = (struct sim_node){ .role = role };
	fill(w, n->id.b, sizeof(n->id.b));
	snprintf(n->name, sizeof(n->name), "%s", name);
	if (post != NULL) {
		n->posts[n->post_count++] = post;
	}
	node_new_key(w, w->node_count);
	return w->node_count++;
}
