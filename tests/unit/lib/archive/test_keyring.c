#include "lib/archive/keyring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "archive/history.h"
#include "lib/base/wire.h"
#include "lib/model/record.h"

enum { HQ, SFO, ATL, NODES, KEYS_EACH = 3 };

struct world {
	struct keyring ring;
	struct node_id nodes[NODES];
	struct history_key keys[NODES][KEYS_EACH];
	uint64_t position;
	struct buf record;
};

static int
setup(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));
	struct first_trust first;

	hash_init();
	for (unsigned n = 0; n < NODES; n++) {
		memset(w->nodes[n].b, (int)n + 1, NODE_ID_LEN);
		for (unsigned k = 0; k < KEYS_EACH; k++) {
			history_key_make(&w->keys[n][k], n, k);
		}
	}
	first.node = w->nodes[HQ];
	memcpy(first.sign_key, w->keys[HQ][0].public_key, SIGN_PUBLIC_LEN);
	keyring_init(&w->ring, &first);
	w->position = 1;
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	keyring_fini(&w->ring);
	buf_fini(&w->record);
	free(w);
	return 0;
}

/* A node says the record in a block of its own, signed with one of its keys. */
static void
say(struct world *w, unsigned node, unsigned key)
{
	struct block_maker maker = { 0 };
	uint32_t row = keyring_node(&w->ring, &w->nodes[node]);

	block_begin(&maker, &w->nodes[node], 1, &(struct hash){ 0 });
	assert_true(block_add(&maker, buf_slice(&w->record)));
	struct block block = block_finish(&maker, 1, &w->keys[node][key].id,
					  w->keys[node][key].secret);
	assert_int_not_equal(row, KEYRING_NONE);
	assert_non_null(keyring_key(&w->ring, row, &block.key));
	keyring_take(&w->ring, row, &block, w->position++);
	block_maker_fini(&maker);
}

static void
enrolment(struct world *w, unsigned node, unsigned key, enum node_role role,
	  uint32_t body)
{
	struct buf e = { 0 };

	buf_clear(&w->record);
	wire_put_bytes(&e, 1, slice_of(w->nodes[node].b, NODE_ID_LEN));
	wire_put_bytes(&e, 3, slice_of(w->keys[node][key].public_key, 32));
	wire_put_bytes(&e, 4, slice_of(w->keys[node][key].public_key, 32));
	wire_put_number(&e, 5, (uint64_t)role);
	if (body != 0) {
		wire_put_number(&e, 7, body);
	}
	wire_put_bytes(&w->record, BODY_ENROLMENT, buf_slice(&e));
	buf_fini(&e);
}

static void
revocation(struct world *w, unsigned node, unsigned key, enum revocation_kind kind,
	   uint64_t from)
{
	struct buf r = { 0 };

	buf_clear(&w->record);
	wire_put_bytes(&r, 1, slice_of(w->nodes[node].b, NODE_ID_LEN));
	wire_put_bytes(&r, 2, slice_of(w->keys[node][key].public_key, 32));
	wire_put_number(&r, 3, (uint64_t)kind);
	wire_put_number(&r, 4, from);
	wire_put_bytes(&w->record, BODY_REVOCATION, buf_slice(&r));
	buf_fini(&r);
}

static bool
has(const struct world *w, unsigned node, unsigned key)
{
	uint32_t row = keyring_node(&w->ring, &w->nodes[node]);

	return row != KEYRING_NONE &&
	       keyring_key(&w->ring, row, &w->keys[node][key].id) != NULL;
}

static void
test_keyring__first_only_headquarters_is_known(void **state)
{
	struct world *w = *state;

	assert_true(has(w, HQ, 0));
	assert_false(has(w, HQ, 1));
	assert_false(has(w, SFO, 0));
}

static void
test_keyring__headquarters_enrols_nodes_and_keys(void **state)
{
	struct world *w = *state;

	enrolment(w, SFO, 0, NODE_POST, 0);
	say(w, HQ, 0);
	assert_true(has(w, SFO, 0));
	assert_false(has(w, SFO, 1));
	enrolment(w, SFO, 1, NODE_POST, 0);
	say(w, HQ, 0);
	assert_true(has(w, SFO, 0)); /* Blocks may have waited. */
	assert_true(has(w, SFO, 1));
	enrolment(w, HQ, 1, NODE_HQ, 0);
	say(w, HQ, 0);
	enrolment(w, ATL, 0, NODE_POST, 0);
	say(w, HQ, 1);
	assert_true(has(w, ATL, 0));
}

static void
test_keyring__a_post_enrols_nobody(void **state)
{
	struct world *w = *state;

	enrolment(w, SFO, 0, NODE_POST, 0);
	say(w, HQ, 0);
	enrolment(w, ATL, 0, NODE_POST, 0);
	say(w, SFO, 0);
	assert_false(has(w, ATL, 0));
	/* What did not count when a post said it counts when headquarters does. */
	say(w, HQ, 0);
	assert_true(has(w, ATL, 0));
}

static void
test_keyring__a_stolen_key_of_headquarters_enrols_nobody(void **state)
{
	struct world *w = *state;

	enrolment(w, HQ, 1, NODE_HQ, 0);
	say(w, HQ, 0);
	revocation(w, HQ, 0, REVOCATION_STOLEN, 3);
	say(w, HQ, 1);
	enrolment(w, SFO, 0, NODE_POST, 0);
	say(w, HQ, 0); /* Position 3. */
	assert_false(has(w, SFO, 0));
	revocation(w, HQ, 0, REVOCATION_GENUINE, 0);
	say(w, HQ, 1);
	enrolment(w, SFO, 0, NODE_POST, 0);
	say(w, HQ, 0);
	assert_true(has(w, SFO, 0));
}

/* The word of a record with one part hash that is erased, said with that key. */
static enum keyring_word
erasure(struct world *w, unsigned node, unsigned key)
{
	const struct hash part = hash_of(slice_str("a part"));
	struct arena arena = { 0 };
	struct record record;
	struct buf e = { 0 };

	buf_clear(&w->record);
	wire_put_bytes(&e, 1, hash_slice(&part));
	wire_put_bytes(&w->record, BODY_ERASURE, buf_slice(&e));
	enum keyring_word word = keyring_hear(
		&w->ring, keyring_node(&w->ring, &w->nodes[node]), &w->keys[node][key].id,
		w->position++, buf_slice(&w->record), &arena, &record);
	if (word == KEYRING_ERASES) {
		assert_int_equal(record.erasure.count, 1);
		assert_true(hash_eq(&record.erasure.parts[0], &part));
	}
	arena_fini(&arena);
	buf_fini(&e);
	return word;
}

static void
test_keyring__only_headquarters_erases(void **state)
{
	struct world *w = *state;

	assert_int_equal(erasure(w, HQ, 0), KEYRING_ERASES);
	assert_int_equal(erasure(w, HQ, 0), KEYRING_ERASES);   /* Again is no harm. */
	assert_int_equal(erasure(w, SFO, 0), KEYRING_NOTHING); /* Nobody yet. */
	enrolment(w, SFO, 0, NODE_POST, 0);
	say(w, HQ, 0);
	assert_int_equal(erasure(w, SFO, 0), KEYRING_NOTHING);
	/* A key that may only enrol. */
	enrolment(w, HQ, 1, NODE_HQ, BODY_ENROLMENT);
	say(w, HQ, 0);
	assert_int_equal(erasure(w, HQ, 1), KEYRING_NOTHING);
	revocation(w, HQ, 0, REVOCATION_STOLEN, w->position + 1);
	say(w, HQ, 0);
	assert_int_equal(erasure(w, HQ, 0), KEYRING_NOTHING);
}

static void
test_keyring__a_retired_key_of_headquarters_still_does(void **state)
{
	struct world *w = *state;

	revocation(w, HQ, 0, REVOCATION_RETIRED, 0);
	say(w, HQ, 0);
	enrolment(w, SFO, 0, NODE_POST, 0);
	say(w, HQ, 0);
	assert_true(has(w, SFO, 0));
}

static void
test_keyring__a_key_says_what_its_enrolment_lists(void **state)
{
	struct world *w = *state;

	enrolment(w, HQ, 1, NODE_HQ, BODY_REVIEW);
	say(w, HQ, 0);
	enrolment(w, SFO, 0, NODE_POST, 0);
	say(w, HQ, 1);
	assert_false(has(w, SFO, 0));
	enrolment(w, HQ, 1, NODE_HQ, BODY_ENROLMENT);
	say(w, HQ, 0);
	enrolment(w, SFO, 0, NODE_POST, 0);
	say(w, HQ, 1);
	assert_true(has(w, SFO, 0));
}

static void
test_keyring__a_record_counts_once(void **state)
{
	struct world *w = *state;

	/* A node is headquarters' second, and then a post again. */
	enrolment(w, SFO, 0, NODE_HQ, 0);
	say(w, HQ, 0);
	enrolment(w, SFO, 0, NODE_POST, 0);
	say(w, HQ, 0);
	enrolment(w, SFO, 0, NODE_HQ, 0);
	say(w, HQ, 0); /* A repeat, without effect. */
	enrolment(w, ATL, 0, NODE_POST, 0);
	say(w, SFO, 0);
	assert_false(has(w, ATL, 0));
}

static void
test_keyring__what_is_malformed_enrols_nobody(void **state)
{
	struct world *w = *state;

	enrolment(w, SFO, 0, NODE_NONE, 0);
	say(w, HQ, 0);
	enrolment(w, SFO, 0, (enum node_role)9, 0);
	say(w, HQ, 0);
	enrolment(w, SFO, 0, NODE_POST, 0);
	w->record.len--;
	say(w, HQ, 0);
	enrolment(w, SFO, 0, NODE_POST, 0);
	wire_put_bytes(&w->record, BODY_ERASURE, (struct slice){ 0 });
	say(w, HQ, 0); /* Two bodies. */
	assert_false(has(w, SFO, 0));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_keyring__first_only_headquarters_is_known),
		TEST(test_keyring__headquarters_enrols_nodes_and_keys),
		TEST(test_keyring__a_post_enrols_nobody),
		TEST(test_keyring__a_stolen_key_of_headquarters_enrols_nobody),
		TEST(test_keyring__only_headquarters_erases),
		TEST(test_keyring__a_retired_key_of_headquarters_still_does),
		TEST(test_keyring__a_key_says_what_its_enrolment_lists),
		TEST(test_keyring__a_record_counts_once),
		TEST(test_keyring__what_is_malformed_enrols_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
