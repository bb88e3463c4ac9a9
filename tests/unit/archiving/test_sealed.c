#include "unit/archiving/fixture.h"

static struct sealed
some_sealed(void)
{
	struct sealed s = { .size = UINT64_C(0x0102030405060708),
			    .log = { .position = 9, .hq_ms = 10 },
			    .segments = 11,
			    .bytes = 12,
			    .at = 13 };

	memset(s.log.log_hash.b, 1, HASH_LEN);
	memset(s.seal.b, 2, HASH_LEN);
	memset(s.root.b, 3, SHA256_LEN);
	return s;
}

static void
test_sealed__what_is_written_is_read(void **state)
{
	struct fixture *f = *state;
	struct sealed is, s = some_sealed();

	start(f);
	struct txn txn = txn_begin(f->desk.store);
	sealed_write(&txn, &s);
	assert_true(sealed_read(&txn, &is));
	assert_int_equal(is.size, s.size);
	assert_int_equal(is.log.position, s.log.position);
	assert_int_equal(is.log.hq_ms, s.log.hq_ms);
	assert_int_equal(is.segments, s.segments);
	assert_int_equal(is.bytes, s.bytes);
	assert_int_equal(is.at, s.at);
	assert_true(hash_eq(&is.log.log_hash, &s.log.log_hash));
	assert_true(hash_eq(&is.seal, &s.seal));
	assert_true(sha256_eq(&is.root, &s.root));
	txn_abort(&txn);
}

static void
test_sealed__nothing_is_an_empty_archive(void **state)
{
	struct fixture *f = *state;
	struct sealed is;

	start(f);
	struct txn txn = txn_begin_read(f->desk.store);
	assert_true(sealed_read(&txn, &is));
	txn_abort(&txn);
	const struct sha256 empty = sha256_empty();
	assert_int_equal(is.size, 0);
	assert_true(sha256_eq(&is.root, &empty));
}

static void
test_sealed__a_row_of_another_length_stops_the_service(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;

	start(f);
	come(f, 5);
	desk_seal(d);
	struct txn txn = txn_begin(d->store);
	txn_put(&txn, ARCHIVING_DB_SEALED, slice_str("sealed"), slice_str("short"));
	assert_int_equal(txn_commit(&txn), OK);
	desk_close(d);
	assert_refuses(f, ERR_CORRUPT, "the store: corrupt");
}

/* The tail does not reach back to what was sealed: it is another's. */
static void
test_sealed__a_tail_that_does_not_follow_stops_the_service(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;
	struct sealed s;

	start(f);
	come(f, 5);
	desk_seal(d);
	come(f, 5);
	struct txn txn = txn_begin(d->store);
	assert_true(sealed_read(&txn, &s));
	s.log.position = d->core->follower.log.head.position + 1;
	sealed_write(&txn, &s);
	assert_int_equal(txn_commit(&txn), OK);
	desk_close(d);
	assert_refuses(f, ERR_CORRUPT, "the store: corrupt");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sealed__what_is_written_is_read),
		TEST(test_sealed__nothing_is_an_empty_archive),
		TEST(test_sealed__a_row_of_another_length_stops_the_service),
		TEST(test_sealed__a_tail_that_does_not_follow_stops_the_service),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
