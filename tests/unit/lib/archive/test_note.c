#include "lib/archive/note.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/base/mem.h"

struct world {
	struct note_key key, other;
	uint8_t secret[SIGN_SECRET_LEN], other_secret[SIGN_SECRET_LEN];
	struct buf note;
};

static const char text[] = "kusanone/hq\n12\n\nwith an empty line\n";

static int
setup(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));
	const uint8_t seed[32] = { 1 }, other_seed[32] = { 2 };
	uint8_t public_key[SIGN_PUBLIC_LEN];

	hash_init();
	sign_keypair(public_key, w->secret, seed);
	assert_true(note_key_init(&w->key, slice_str("kusanone/hq"), public_key));
	sign_keypair(public_key, w->other_secret, other_seed);
	assert_true(note_key_init(&w->other, slice_str("kusanone/hq"), public_key));
	buf_put_str(&w->note, text);
	note_sign(&w->note, strlen(text), &w->key, w->secret);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	buf_fini(&w->note);
	free(w);
	return 0;
}

/* Why the note does not open with the key; "opened" if it does. */
static const char *
why_not(struct slice note, const struct note_key *key)
{
	const char *why = NULL;
	struct slice opened;

	return note_open(note, key, 1, &opened, &why) ? "opened" : why;
}

/* The same with the note's text replaced by other bytes, the signature kept. */
static const char *
why_not_with(struct world *w, const char *note)
{
	return why_not(slice_str(note), &w->key);
}

static void
test_note__what_was_signed_opens(void **state)
{
	struct world *w = *state;
	struct slice opened;

	assert_true(note_open(buf_slice(&w->note), &w->key, 1, &opened, NULL));
	assert_true(slice_eq_str(opened, text));
}

/* The example in the documentation of Go's package note (golang.org/x/mod/sumdb). */
static void
test_note__a_note_of_another_program_opens(void **state)
{
	(void)state;
	static const char vkey[] =
		"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
	static const char note[] =
		"If you think cryptography is the answer to your problem,\n"
		"then you don't know what your problem is.\n"
		"\n"
		"\xe2\x80\x94 PeterNeumann "
		"x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGU"
		"gYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
	struct note_key key;
	struct slice opened;
	struct buf again = { 0 };

	assert_true(note_key_read(slice_str(vkey), &key));
	assert_true(note_open(slice_str(note), &key, 1, &opened, NULL));
	note_key_put(&again, &key);
	assert_true(slice_eq_str(buf_slice(&again), vkey));
	buf_fini(&again);
}

static void
test_note__a_key_as_text_is_read_back(void **state)
{
	struct world *w = *state;
	struct buf line = { 0 };
	struct note_key again;

	note_key_put(&line, &w->key);
	assert_true(note_key_read(buf_slice(&line), &again));
	assert_memory_equal(&again, &w->key, sizeof(again));
	for (size_t i = 0; i < line.len; i++) { /* Each character counts. */
		line.at[i] ^= 1;
		assert_false(note_key_read(buf_slice(&line), &again) &&
			     memcmp(&again, &w->key, sizeof(again)) == 0);
		line.at[i] ^= 1;
	}
	buf_fini(&line);
}

static void
test_note__a_name_is_visible_and_without_plus(void **state)
{
	struct world *w = *state;
	struct note_key key;
	char name[NOTE_NAME_MAX + 2];

	assert_false(note_key_init(&key, slice_str(""), w->key.public_key));
	assert_false(note_key_init(&key, slice_str("a b"), w->key.public_key));
	assert_false(note_key_init(&key, slice_str("a+b"), w->key.public_key));
	assert_false(note_key_init(&key, slice_str("a\nb"), w->key.public_key));
	memset(name, 'n', sizeof(name));
	assert_true(
		note_key_init(&key, slice_of(name, NOTE_NAME_MAX), w->key.public_key));
	assert_false(note_key_init(&key, slice_of(name, NOTE_NAME_MAX + 1),
				   w->key.public_key));
}

static void
test_note__every_flipped_bit_is_seen(void **state)
{
	struct world *w = *state;

	for (size_t bit = 0; bit < 8 * w->note.len; bit++) {
		w->note.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_string_not_equal(why_not(buf_slice(&w->note), &w->key), "opened");
		w->note.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_string_equal(why_not(buf_slice(&w->note), &w->key), "opened");
}

static void
test_note__every_torn_length_is_refused(void **state)
{
	struct world *w = *state;

	for (size_t len = 0; len < w->note.len; len++) {
		uint8_t *torn = xmalloc(len + 1);

		memcpy(torn, w->note.at, len);
		assert_string_not_equal(why_not(slice_of(torn, len), &w->key), "opened");
		free(torn);
	}
}

static void
test_note__a_refusal_says_why(void **state)
{
	struct world *w = *state;
	struct buf longest = { 0 };

	assert_string_equal(why_not(buf_slice(&w->note), &w->other),
			    "not signed with a known key");
	assert_string_equal(why_not_with(w, ""), "the last line does not end");
	assert_string_equal(why_not_with(w, "text\n"), "no signature under it");
	assert_string_equal(why_not_with(w, "text\n\n"), "no signature under it");
	assert_string_equal(why_not_with(w, "text\n\nmore"),
			    "the last line does not end");
	assert_string_equal(why_not_with(w, "text\n\nmore\n"),
			    "a line under the text is no signature");
	assert_string_equal(why_not_with(w, "text\n\n\xe2\x80\x94 name\n"),
			    "a signature is malformed");
	assert_string_equal(why_not_with(w, "text\n\n\xe2\x80\x94 name Zg==\n"),
			    "a signature is malformed");
	assert_string_equal(why_not_with(w, "text\n\n\xe2\x80\x94 name AAAAAAAA\n"),
			    "not signed with a known key");
	assert_string_equal(why_not_with(w, "te\txt\n\nmore\n"), "a control character");
	assert_string_equal(why_not_with(w, "te\xffxt\n\nmore\n"), "not text in UTF-8");
	memset(buf_grow(&longest, NOTE_MAX_LEN + 1), 'a', NOTE_MAX_LEN + 1);
	assert_string_equal(why_not(buf_slice(&longest), &w->key), "longer than 64 KiB");
	buf_fini(&longest);
}

static void
test_note__two_keys_sign_while_one_takes_over_from_the_other(void **state)
{
	struct world *w = *state;

	note_sign(&w->note, strlen(text), &w->other, w->other_secret);
	assert_string_equal(why_not(buf_slice(&w->note), &w->key), "opened");
	assert_string_equal(why_not(buf_slice(&w->note), &w->other), "opened");

	/* A wrong signature of a known key spoils the note, though another is good. */
	const struct note_key both[2] = { w->key, w->other };
	struct slice opened;
	const char *why = NULL;
	note_sign(&w->note, strlen(text), &w->other, w->secret);
	assert_string_equal(why_not(buf_slice(&w->note), &w->key), "opened");
	assert_false(note_open(buf_slice(&w->note), both, 2, &opened, &why));
	assert_string_equal(why, "the signature is wrong");
}

static void
test_note__what_it_says_is_read_without_a_key(void **state)
{
	struct world *w = *state;
	struct slice said;
	const char *why = NULL;

	w->note.at[w->note.len - 2] ^= 1; /* Its signature is not asked for. */
	assert_true(note_text(buf_slice(&w->note), &said, NULL));
	assert_true(slice_eq_str(said, text));
	assert_false(note_text(slice_str("a line\n"), &said, &why));
	assert_string_equal(why, "no signature under it");
}

static void
test_note__signatures_are_counted(void **state)
{
	struct world *w = *state;

	for (int i = 1; i < NOTE_MAX_SIGNATURES; i++) {
		note_sign(&w->note, strlen(text), &w->other, w->other_secret);
	}
	assert_string_equal(why_not(buf_slice(&w->note), &w->key), "opened");
	note_sign(&w->note, strlen(text), &w->other, w->other_secret);
	assert_string_equal(why_not(buf_slice(&w->note), &w->key),
			    "more than 64 signatures");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_note__what_was_signed_opens),
		TEST(test_note__a_note_of_another_program_opens),
		TEST(test_note__a_key_as_text_is_read_back),
		TEST(test_note__a_name_is_visible_and_without_plus),
		TEST(test_note__every_flipped_bit_is_seen),
		TEST(test_note__every_torn_length_is_refused),
		TEST(test_note__a_refusal_says_why),
		TEST(test_note__two_keys_sign_while_one_takes_over_from_the_other),
		TEST(test_note__what_it_says_is_read_without_a_key),
		TEST(test_note__signatures_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
