#include "lib/archive/chains.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* A block of two records named by a letter, after the one named 'parent' (0: none). */
static struct block
block(char name, char parent, uint64_t first_seq)
{
	struct block b = { .first_seq = first_seq,
			   .last_seq = first_seq + 1,
			   .count = 2 };

	b.hash.b[0] = (uint8_t)name;
	b.parent.b[0] = (uint8_t)parent;
	return b;
}

static const char parent_missing[] = "its parent is no earlier block of its node";
static const char not_one[] =
	"a block without parent does not begin at 1, or one with a parent does";

#define ADD(c, node, name, parent, seq, position)                                        \
	chains_add(c, node, &(struct block[]){ block(name, parent, seq) }[0], position,  \
		   (position) / 2)

static const char *
again(struct chains *c, uint32_t node, char name, char parent, uint64_t seq,
      uint64_t position)
{
	const struct chain_branch *branch = NULL;
	struct block b = block(name, parent, seq);

	return chains_again(c, node, &b, position, &branch);
}

static void
test_chains__one_chain_a_node_needs_no_second_walk(void **state)
{
	(void)state;
	struct chains c;

	chains_init(&c);
	assert_null(ADD(&c, 0, 'a', 0, 1, 1));
	assert_null(ADD(&c, 5, 'x', 0, 1, 3));
	assert_null(ADD(&c, 0, 'b', 'a', 3, 5));
	assert_null(ADD(&c, 5, 'y', 'x', 3, 7));
	assert_null(ADD(&c, 0, 'c', 'b', 5, 9));
	assert_false(chains_are_open(&c));
	assert_int_equal(c.ends.count, 2);
	chains_fini(&c);
}

static void
test_chains__sequences_are_counted_along_the_chain(void **state)
{
	(void)state;
	struct chains c;

	chains_init(&c);
	assert_string_equal(ADD(&c, 0, 'a', 0, 2, 1), not_one);
	assert_string_equal(ADD(&c, 0, 'a', 'z', 1, 1), not_one);
	assert_string_equal(ADD(&c, 0, 'a', 'z', 3, 1), parent_missing);
	assert_null(ADD(&c, 0, 'a', 0, 1, 1));
	/* Its parent is there, but ends elsewhere: a branch whose parent is not found. */
	assert_null(ADD(&c, 0, 'b', 'a', 4, 3));
	assert_null(again(&c, 0, 'a', 0, 1, 1));
	assert_null(again(&c, 0, 'b', 'a', 4, 3));
	assert_non_null(chains_unfound(&c));
	chains_fini(&c);
}

static void
test_chains__another_nodes_block_is_no_parent(void **state)
{
	(void)state;
	struct chains c;

	chains_init(&c);
	assert_null(ADD(&c, 0, 'a', 0, 1, 1));
	assert_string_equal(ADD(&c, 1, 'x', 'a', 3, 3), parent_missing);
	assert_null(ADD(&c, 1, 'y', 0, 1, 5));
	assert_null(ADD(&c, 1, 'z', 'a', 3, 7));
	assert_null(again(&c, 0, 'a', 0, 1, 1));
	assert_null(again(&c, 1, 'y', 0, 1, 5));
	assert_int_equal(chains_unfound(&c)->position, 7);
	chains_fini(&c);
}

static void
test_chains__a_branch_is_looked_up_in_a_second_walk(void **state)
{
	(void)state;
	struct chains c;

	chains_init(&c);
	assert_null(ADD(&c, 0, 'a', 0, 1, 1));
	assert_null(ADD(&c, 0, 'b', 'a', 3, 3));
	assert_null(ADD(&c, 0, 'c', 'a', 3, 5)); /* Set back to a, ... */
	assert_null(ADD(&c, 0, 'd', 'b', 5, 7)); /* ... while a clone goes on, */
	assert_null(ADD(&c, 0, 'e', 0, 1, 9));   /* and a third has lost its disk. */
	assert_null(ADD(&c, 0, 'f', 'c', 5, 11));
	assert_true(chains_are_open(&c));
	assert_int_equal(c.branches.count, 2);
	assert_non_null(chains_unfound(&c));
	assert_null(again(&c, 0, 'a', 0, 1, 1));
	assert_null(again(&c, 0, 'b', 'a', 3, 3));
	assert_null(again(&c, 0, 'c', 'a', 3, 5));
	assert_null(chains_unfound(&c));
	chains_fini(&c);
}

static void
test_chains__a_parent_comes_before_its_block(void **state)
{
	(void)state;
	struct chains c;

	chains_init(&c);
	assert_null(ADD(&c, 0, 'a', 0, 1, 1));
	assert_null(ADD(&c, 0, 'c', 'b', 3, 3));
	assert_null(ADD(&c, 0, 'b', 0, 1, 5));
	assert_null(again(&c, 0, 'a', 0, 1, 1));
	assert_null(again(&c, 0, 'c', 'b', 3, 3));
	assert_null(again(&c, 0, 'b', 0, 1, 5));
	assert_int_equal(chains_unfound(&c)->position, 3);
	chains_fini(&c);
}

static void
test_chains__a_block_is_there_once(void **state)
{
	(void)state;
	struct chains c;

	chains_init(&c);
	assert_null(ADD(&c, 0, 'a', 0, 1, 1));
	assert_null(ADD(&c, 0, 'b', 'a', 3, 3));
	assert_null(ADD(&c, 0, 'b', 'a', 3, 5));
	assert_null(again(&c, 0, 'a', 0, 1, 1));
	assert_string_equal(again(&c, 0, 'b', 'a', 3, 3),
			    "the same block is there twice");
	chains_fini(&c);

	chains_init(&c); /* Also the first of all. */
	assert_null(ADD(&c, 0, 'a', 0, 1, 1));
	assert_null(ADD(&c, 0, 'a', 0, 1, 3));
	assert_string_equal(again(&c, 0, 'a', 0, 1, 1), "the same block is there twice");
	chains_fini(&c);
}

static void
test_chains__branches_are_bounded(void **state)
{
	(void)state;
	struct chains c;
	const char *why = NULL;
	uint64_t position = 1;

	/* Each of many nodes begins twice. */
	chains_init(&c);
	while (why == NULL) {
		struct block one = block('a', 0, 1), two = block('b', 0, 1);

		put_le64(one.hash.b + 1, position);
		put_le64(two.hash.b + 1, position);
		assert_null(chains_add(&c, (uint32_t)position, &one, 2 * position, 0));
		why = chains_add(&c, (uint32_t)position, &two, 2 * position + 1, 0);
		position++;
	}
	assert_string_equal(why, "there are more than 65,536 branches");
	assert_int_equal(c.branches.count, CHAINS_MAX_BRANCHES);
	chains_fini(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chains__one_chain_a_node_needs_no_second_walk),
		cmocka_unit_test(test_chains__sequences_are_counted_along_the_chain),
		cmocka_unit_test(test_chains__another_nodes_block_is_no_parent),
		cmocka_unit_test(test_chains__a_branch_is_looked_up_in_a_second_walk),
		cmocka_unit_test(test_chains__a_parent_comes_before_its_block),
		cmocka_unit_test(test_chains__a_block_is_there_once),
		cmocka_unit_test(test_chains__branches_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
