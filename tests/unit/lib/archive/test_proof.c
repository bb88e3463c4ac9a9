#include "lib/archive/proof.h"

#include "unit/lib/archive/archive_fixture.h"

/* The text of a proof of leaf 123, or of the growth from 80 entries, in f->bytes. */
static void
make(struct fixture *f, enum proof_kind kind)
{
	const struct tile_source tiles = tile_files(&f->files);
	struct proof proof = { .kind = kind,
			       .leaf = 123,
			       .note = buf_slice(&f->archive.notes[7]),
			       .old_note = buf_slice(&f->archive.notes[1]) };
	struct buf entry = { 0 };

	entry_put(&entry, f->history.entries[123].position, f->history.entries[123].hq_ms,
		  buf_slice(&f->history.entries[123].block));
	proof.entry = buf_slice(&entry);
	if (kind == PROOF_ENTRY) {
		assert_int_equal(tree_prove_leaf(&tiles, 300, 123, 300, &proof.hashes),
				 OK);
	} else {
		assert_int_equal(tree_prove_growth(&tiles, 300, 80, 300, &proof.hashes),
				 OK);
	}
	buf_clear(&f->bytes);
	proof_put(&f->bytes, &proof);
	buf_fini(&entry);
}

/* Why it does not hold; "holds" if it does. */
static const char *
why_not(struct fixture *f, const struct note_key *key)
{
	struct proof proof;
	struct tree_head head;
	const char *why = NULL;

	if (!proof_read(buf_slice(&f->bytes), &f->more, &proof, &why)) {
		assert_non_null(why);
		return why;
	}
	return proof_check(&proof, key, 1, &head, &why) ? "holds" : why;
}

static void
test_proof__an_entry_is_proved_by_its_file_alone(void **state)
{
	struct fixture *f = *state;
	struct proof proof;
	struct tree_head head;
	struct archive_entry entry;

	make(f, PROOF_ENTRY);
	assert_true(proof_read(buf_slice(&f->bytes), &f->more, &proof, NULL));
	assert_true(proof_check(&proof, &f->key.key, 1, &head, NULL));
	assert_int_equal(proof.leaf, 123);
	assert_int_equal(head.size, 300);
	assert_true(entry_read(proof.entry, &entry));
	assert_int_equal(entry.position, f->history.entries[123].position);
	assert_string_equal(why_not(f, &f->other_key.key), "not signed with a known key");
}

static void
test_proof__growth_is_proved_by_its_file_alone(void **state)
{
	struct fixture *f = *state;

	make(f, PROOF_GROWTH);
	assert_string_equal(why_not(f, &f->key.key), "holds");
	assert_string_equal(why_not(f, &f->other_key.key), "not signed with a known key");
}

static void
test_proof__what_is_put_is_read(void **state)
{
	struct fixture *f = *state;

	for (enum proof_kind kind = PROOF_ENTRY; kind <= PROOF_GROWTH; kind++) {
		struct proof proof;
		struct buf again = { 0 };

		make(f, kind);
		assert_true(proof_read(buf_slice(&f->bytes), &f->more, &proof, NULL));
		proof_put(&again, &proof);
		assert_true(slice_eq(buf_slice(&again), buf_slice(&f->bytes)));
		buf_fini(&again);
	}
}

static void
test_proof__no_flipped_bit_holds(void **state)
{
	struct fixture *f = *state;

	for (enum proof_kind kind = PROOF_ENTRY; kind <= PROOF_GROWTH; kind++) {
		make(f, kind);
		for (size_t bit = 0; bit < 8 * f->bytes.len; bit += 3) {
			f->bytes.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
			assert_string_not_equal(why_not(f, &f->key.key), "holds");
			f->bytes.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		assert_string_equal(why_not(f, &f->key.key), "holds");
	}
}

static void
test_proof__no_torn_length_holds(void **state)
{
	struct fixture *f = *state;

	for (enum proof_kind kind = PROOF_ENTRY; kind <= PROOF_GROWTH; kind++) {
		make(f, kind);
		while (f->bytes.len != 0) {
			f->bytes.len--;
			assert_string_not_equal(why_not(f, &f->key.key), "holds");
		}
	}
}

static void
test_proof__two_archives_do_not_grow_out_of_each_other(void **state)
{
	struct fixture *f = *state;
	struct history other;
	struct archive forked;
	struct proof proof = { .kind = PROOF_GROWTH };
	const struct tile_source tiles = tile_files(&f->files);

	history_make(&other, 7, FIXTURE_ENTRIES, 60);
	archive_make(&forked, &other, FIXTURE_PER_SEGMENT, &f->key);
	proof.old_note = buf_slice(&forked.notes[1]);
	proof.note = buf_slice(&f->archive.notes[7]);
	assert_int_equal(tree_prove_growth(&tiles, 300, 80, 300, &proof.hashes), OK);
	buf_clear(&f->bytes);
	proof_put(&f->bytes, &proof);
	assert_string_equal(why_not(f, &f->key.key),
			    "the newer checkpoint is no continuation of the older one");
	archive_fini(&forked);
	history_fini(&other);
}

/* Why the text is no proof. */
static const char *
no_proof(struct fixture *f, const char *text)
{
	buf_clear(&f->bytes);
	buf_put_str(&f->bytes, text);
	return why_not(f, &f->key.key);
}

static void
test_proof__a_refusal_says_why(void **state)
{
	struct fixture *f = *state;
#define TLOG   "c2sp.org/tlog-proof@v1\n"
#define GROWTH "kusanone consistency proof v1\n"
	assert_string_equal(no_proof(f, ""), "not a proof");
	assert_string_equal(no_proof(f, "words\n"),
			    "not a proof that this program knows");
	assert_string_equal(no_proof(f, TLOG), "the entry is missing");
	assert_string_equal(no_proof(f, TLOG "index 0\n"), "the entry is missing");
	assert_string_equal(no_proof(f, TLOG "extra !\n"),
			    "the entry is not base64, or too long");
	assert_string_equal(no_proof(f, TLOG "extra AAAA\n"),
			    "the index is missing, or no number");
	assert_string_equal(no_proof(f, TLOG "extra AAAA\nindex 01\n"),
			    "the index is missing, or no number");
	assert_string_equal(no_proof(f, TLOG "extra AAAA\nindex 1\nAAAA\n"),
			    "a line is no hash");
	assert_string_equal(no_proof(f, TLOG "extra AAAA\nindex 1\n"),
			    "no empty line after the hashes");
	assert_string_equal(no_proof(f, TLOG "extra AAAA\nindex 1\n\n"),
			    "the last line does not end");
	assert_string_equal(no_proof(f, GROWTH "\nold\n\n"),
			    "the older checkpoint does not end");
	buf_clear(&f->bytes);
	buf_put_str(&f->bytes, GROWTH);
	for (int i = 0; i <= TREE_MAX_PROOF; i++) {
		buf_put_str(&f->bytes, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
	}
	assert_string_equal(why_not(f, &f->key.key), "more than 65 hashes");
	memset(buf_grow(&f->bytes, PROOF_MAX_LEN), 'x', PROOF_MAX_LEN);
	assert_string_equal(why_not(f, &f->key.key), "longer than 256 KiB");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_proof__an_entry_is_proved_by_its_file_alone),
		TEST(test_proof__growth_is_proved_by_its_file_alone),
		TEST(test_proof__what_is_put_is_read),
		TEST(test_proof__no_flipped_bit_holds),
		TEST(test_proof__no_torn_length_holds),
		TEST(test_proof__two_archives_do_not_grow_out_of_each_other),
		TEST(test_proof__a_refusal_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
