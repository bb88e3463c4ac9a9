#include "lib/archive/tree_head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ROOT  "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
#define ZEROS "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define HQ    "hq 5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f " ZEROS "\n"

static const char good[] =
	"kusanone/hq\n1204\n" ROOT "\nposition 9433\nhq_ms 1711929600000\n" HQ;

static void
test_tree_head__is_read_and_written(void **state)
{
	(void)state;
	struct tree_head head;
	struct buf again = { 0 };

	assert_true(tree_head_read(slice_str(good), &head, NULL));
	assert_true(slice_eq_str(head.origin, "kusanone/hq"));
	assert_int_equal(head.size, 1204);
	assert_memory_equal(head.root.b, "\x0a\xc5\x18\x6a", 4);
	assert_int_equal(head.position, 9433);
	assert_int_equal(head.hq_ms, 1711929600000);
	assert_int_equal(head.hq.node.b[15], 0x5f);
	tree_head_put(&again, &head);
	assert_true(slice_eq_str(buf_slice(&again), good));
	buf_fini(&again);
}

static void
test_tree_head__lines_of_a_newer_program_are_passed_over(void **state)
{
	(void)state;
	struct tree_head head;

	assert_true(tree_head_read(slice_str("kusanone/hq\n1204\n" ROOT
					     "\nnewer words\nhq_ms 5\nposition 9433\n" HQ
					     "positions 7\n"),
				   &head, NULL));
	assert_int_equal(head.position, 9433);
	assert_int_equal(head.hq_ms, 5);
}

static const char *
why_not(const char *text)
{
	struct tree_head head;
	const char *why = NULL;

	return tree_head_read(slice_str(text), &head, &why) ? "read" : why;
}

static void
test_tree_head__a_refusal_says_why(void **state)
{
	(void)state;
	static const char size[] = "the second line is no size";
	static const char root[] = "the third line is no root";
	static const char lines[] = "position, hq_ms or hq is malformed, or there twice";

	assert_string_equal(why_not(""), "no origin");
	assert_string_equal(why_not("\n1\n"), "no origin");
	assert_string_equal(why_not("o\n"), size);
	assert_string_equal(why_not("o\n01\n" ROOT "\n"), size);
	assert_string_equal(why_not("o\n-1\n" ROOT "\n"), size);
	assert_string_equal(why_not("o\n4611686018427387905\n" ROOT "\n"), size);
	assert_string_equal(why_not("o\n99999999999999999999\n" ROOT "\n"), size);
	assert_string_equal(why_not("o\n1\nCsUY\n"), root);
	assert_string_equal(why_not("o\n1\n" ROOT), root);
	assert_string_equal(why_not("o\n1\n" ROOT "\n"),
			    "position, hq_ms or hq is missing");
	assert_string_equal(why_not("o\n1\n" ROOT "\nposition 1\n\nhq_ms 1\n"),
			    "an empty line in the text");
	assert_string_equal(why_not("o\n1\n" ROOT "\nposition 1\nposition 1\n"), lines);
	assert_string_equal(why_not("o\n1\n" ROOT "\nposition x\n"), lines);
	assert_string_equal(why_not("o\n1\n" ROOT "\nhq 5f " ZEROS "\n"), lines);
	assert_string_equal(why_not("o\n2\n" ROOT "\nposition 1\nhq_ms 1\n" HQ),
			    "size and position do not agree");
	assert_string_equal(why_not("o\n0\n" ROOT "\nposition 1\nhq_ms 1\n" HQ),
			    "size and position do not agree");
	assert_string_equal(why_not("o\n0\n" ROOT "\nposition 0\nhq_ms 0\n" HQ), "read");
}

static void
test_tree_head__a_checkpoint_is_signed_by_its_own_log(void **state)
{
	(void)state;
	const uint8_t seed[32] = { 1 };
	uint8_t public_key[SIGN_PUBLIC_LEN], secret[SIGN_SECRET_LEN];
	struct note_key keys[2];
	struct buf note = { 0 };
	struct tree_head head;
	const char *why = NULL;

	hash_init();
	sign_keypair(public_key, secret, seed);
	assert_true(note_key_init(&keys[0], slice_str("kusanone/hq"), public_key));
	assert_true(note_key_init(&keys[1], slice_str("kusanone/other"), public_key));
	buf_put_str(&note, good);
	note_sign(&note, strlen(good), &keys[1], secret);
	assert_false(tree_head_open(buf_slice(&note), keys, 2, &head, &why));
	assert_string_equal(why, "not signed with a key of its own origin");

	note_sign(&note, strlen(good), &keys[0], secret);
	assert_true(tree_head_open(buf_slice(&note), keys, 2, &head, NULL));
	assert_int_equal(head.size, 1204);
	buf_fini(&note);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tree_head__is_read_and_written),
		cmocka_unit_test(
			test_tree_head__lines_of_a_newer_program_are_passed_over),
		cmocka_unit_test(test_tree_head__a_refusal_says_why),
		cmocka_unit_test(test_tree_head__a_checkpoint_is_signed_by_its_own_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
