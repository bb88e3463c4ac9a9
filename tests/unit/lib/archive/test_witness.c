#include "lib/archive/witness.h"

#include "unit/lib/archive/archive_fixture.h"

struct post {
	struct witness witness;
	struct buf key_line;
};

static void
post_begin(struct post *p, const struct fixture *f)
{
	*p = (struct post){ 0 };
	note_key_put(&p->key_line, &f->key.key);
}

static void
post_end(struct post *p)
{
	witness_fini(&p->witness);
	buf_fini(&p->key_line);
}

/* The archive's checkpoint 'i', with a proof from 'from' entries (0: with none). */
static enum witness_verdict
show(struct fixture *f, struct post *p, size_t i, uint64_t from)
{
	const struct tile_source tiles = tile_files(&f->files);
	struct tree_proof growth = { .count = 0 };

	if (from != 0) {
		assert_int_equal(tree_prove_growth(&tiles, FIXTURE_ENTRIES, from,
						   f->archive.sizes[i], &growth),
				 OK);
	}
	return witness_take(&p->witness, buf_slice(&f->archive.notes[i]),
			    buf_slice(&p->key_line), &growth);
}

static uint64_t
known(const struct post *p)
{
	struct tree_head head;

	return witness_head(&p->witness, &head) ? head.size : 0;
}

/* Text and signature of the honest key, of whatever 'head' says. */
static void
sign(struct fixture *f, const struct tree_head *head)
{
	buf_clear(&f->bytes);
	tree_head_put(&f->bytes, head);
	note_sign(&f->bytes, f->bytes.len, &f->key.key, f->key.secret);
}

static void
test_witness__a_newer_checkpoint_is_taken_with_a_proof_only(void **state)
{
	struct fixture *f = *state;
	struct post p;

	post_begin(&p, f);
	assert_int_equal(known(&p), 0);
	assert_int_equal(show(f, &p, 1, 0), WITNESS_TAKEN); /* The first one. */
	assert_int_equal(known(&p), 80);
	assert_int_equal(show(f, &p, 1, 0), WITNESS_SAME);

	assert_int_equal(show(f, &p, 4, 0), WITNESS_WANTS);
	assert_int_equal(p.witness.wanted, 80);
	assert_int_equal(known(&p), 80);
	assert_int_equal(show(f, &p, 4, 80), WITNESS_TAKEN);
	assert_int_equal(p.witness.wanted, 0);
	assert_int_equal(known(&p), 200);
	assert_int_equal(show(f, &p, 7, 200), WITNESS_TAKEN);
	assert_int_equal(known(&p), 300);
	assert_int_equal(p.witness.fork.len, 0);
	post_end(&p);
}

static void
test_witness__one_that_covers_less_is_not_taken(void **state)
{
	struct fixture *f = *state;
	struct post p;

	post_begin(&p, f);
	assert_int_equal(show(f, &p, 4, 0), WITNESS_TAKEN);
	assert_int_equal(show(f, &p, 3, 0), WITNESS_OLDER);
	assert_true(p.witness.older);
	assert_int_equal(known(&p), 200);
	assert_int_equal(show(f, &p, 4, 0), WITNESS_SAME);
	assert_false(p.witness.older); /* It is shown what it knows again. */
	assert_int_equal(p.witness.fork.len, 0);
	post_end(&p);
}

static void
test_witness__another_history_is_kept_as_evidence(void **state)
{
	struct fixture *f = *state;
	struct history other;
	struct archive forked;
	struct post p;

	history_make(&other, 8, FIXTURE_ENTRIES, SIZE_MAX);
	archive_make(&forked, &other, FIXTURE_PER_SEGMENT, &f->key);
	const struct archive_files files = memory_files(&forked.files);
	const struct tile_source tiles = tile_files(&files);
	struct tree_proof growth;

	/* As many entries, and a larger number with a proof of its own history. */
	for (size_t i = 4; i <= 6; i += 2) {
		post_begin(&p, f);
		assert_int_equal(show(f, &p, 4, 0), WITNESS_TAKEN);
		assert_int_equal(
			tree_prove_growth(&tiles, FIXTURE_ENTRIES, 200, 280, &growth),
			OK);
		assert_int_equal(witness_take(&p.witness, buf_slice(&forked.notes[i]),
					      buf_slice(&p.key_line), &growth),
				 WITNESS_FORK);
		assert_true(slice_eq(buf_slice(&p.witness.fork),
				     buf_slice(&forked.notes[i])));
		assert_int_equal(known(&p), 200);

		/* It stays, whatever is shown later. */
		assert_int_equal(witness_take(&p.witness, buf_slice(&forked.notes[7]),
					      buf_slice(&p.key_line), &growth),
				 WITNESS_SAME);
		assert_int_equal(show(f, &p, 7, 200), WITNESS_TAKEN);
		assert_true(slice_eq(buf_slice(&p.witness.fork),
				     buf_slice(&forked.notes[i])));
		post_end(&p);
	}
	archive_fini(&forked);
	history_fini(&other);
}

static void
test_witness__what_a_checkpoint_says_beside_the_root_counts_too(void **state)
{
	struct fixture *f = *state;
	struct tree_head head, honest;
	struct slice text;

	assert_true(note_text(buf_slice(&f->archive.notes[4]), &text, NULL));
	assert_true(tree_head_read(text, &honest, NULL));
	for (int i = 0; i < 4; i++) {
		struct post p;

		post_begin(&p, f);
		assert_int_equal(show(f, &p, 4, 0), WITNESS_TAKEN);
		head = honest;
		head.position += i == 0;
		head.hq_ms += i == 1;
		head.root.b[31] ^= i == 2;
		head.hq.sign_key[0] ^= i == 3;
		sign(f, &head);
		assert_int_equal(witness_take(&p.witness, buf_slice(&f->bytes),
					      buf_slice(&p.key_line),
					      &(struct tree_proof){ .count = 0 }),
				 WITNESS_FORK);
		post_end(&p);
	}
}

static void
test_witness__no_other_key_takes_the_kept_ones_place(void **state)
{
	struct fixture *f = *state;
	struct archive thief;
	struct post p;

	archive_make(&thief, &f->history, FIXTURE_PER_SEGMENT, &f->other_key);
	post_begin(&p, f);
	/* A first one whose key does not fit is none. */
	assert_int_equal(witness_take(&p.witness, buf_slice(&thief.notes[1]),
				      buf_slice(&p.key_line),
				      &(struct tree_proof){ .count = 0 }),
			 WITNESS_FOREIGN);
	assert_int_equal(witness_take(&p.witness, slice_str("no note"),
				      buf_slice(&p.key_line),
				      &(struct tree_proof){ .count = 0 }),
			 WITNESS_FOREIGN);
	assert_int_equal(show(f, &p, 1, 0), WITNESS_TAKEN);
	buf_clear(&p.key_line);
	note_key_put(&p.key_line, &f->other_key.key);
	assert_int_equal(witness_take(&p.witness, buf_slice(&thief.notes[4]),
				      buf_slice(&p.key_line),
				      &(struct tree_proof){ .count = 0 }),
			 WITNESS_FOREIGN);
	assert_true(p.witness.foreign);
	assert_int_equal(known(&p), 80);
	post_end(&p);
	archive_fini(&thief);
}

static void
test_witness__what_was_kept_is_opened_again(void **state)
{
	struct fixture *f = *state;
	struct witness w = { 0 }, copy = { 0 };
	struct buf key = { 0 };
	struct slice note = buf_slice(&f->archive.notes[4]);

	note_key_put(&key, &f->key.key);
	assert_true(witness_open(&w, (struct slice){ 0 }, (struct slice){ 0 },
				 (struct slice){ 0 }));
	assert_false(witness_open(&w, (struct slice){ 0 }, note, (struct slice){ 0 }));
	assert_true(
		witness_open(&w, buf_slice(&key), note, buf_slice(&f->archive.notes[5])));
	witness_copy(&copy, &w);
	assert_true(slice_eq(buf_slice(&copy.known), note));
	assert_true(slice_eq(buf_slice(&copy.fork), buf_slice(&f->archive.notes[5])));
	assert_false(witness_open(&w, slice_str("no key"), note, (struct slice){ 0 }));
	assert_false(witness_open(&w, buf_slice(&key), slice_str("no note"),
				  (struct slice){ 0 }));
	buf_clear(&key);
	note_key_put(&key, &f->other_key.key);
	assert_false(witness_open(&w, buf_slice(&key), note, (struct slice){ 0 }));
	witness_fini(&w);
	witness_fini(&copy);
	buf_fini(&key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_witness__a_newer_checkpoint_is_taken_with_a_proof_only),
		TEST(test_witness__one_that_covers_less_is_not_taken),
		TEST(test_witness__another_history_is_kept_as_evidence),
		TEST(test_witness__what_a_checkpoint_says_beside_the_root_counts_too),
		TEST(test_witness__no_other_key_takes_the_kept_ones_place),
		TEST(test_witness__what_was_kept_is_opened_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
