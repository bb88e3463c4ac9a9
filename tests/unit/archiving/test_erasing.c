#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "archive/memory.h"
#include "archiving/archiving.h"

/* An archive of which no entry is needed: what lies beside segment 0, and what of it the
 * log has erased. */
struct story {
	char dir[64];
	struct store *store;
	struct archiving *core;
	struct memory files;
	unsigned puts;
	struct hash named, other;
	msec_t now;
};

static enum err
put(void *ctx, const char *path, struct slice bytes)
{
	struct story *s = ctx;

	s->puts++;
	memory_put(&s->files, path, bytes);
	return OK;
}

static enum err
settle(void *ctx)
{
	(void)ctx;
	return OK;
}

static void
open_core(struct story *s)
{
	const struct archiving_config config = { .name = "archiving",
						 .software = "test" };
	const struct shelf shelf = {
		.files = memory_files(&s->files), .ctx = s, .put = put, .settle = settle
	};
	char why[256];

	s->core = xmalloc(sizeof(*s->core));
	archiving_init(s->core, &config, s->store, &shelf);
	assert_int_equal(archiving_open(s->core, s->now, why, sizeof(why)), OK);
}

static void
reopen(struct story *s)
{
	archiving_fini(s->core);
	free(s->core);
	open_core(s);
}

static int
begin(void **state)
{
	struct story *s = xcalloc(1, sizeof(*s));
	char dir[96], why[256];
	const struct store_options options = { .dir = dir,
					       .kind = "archiving",
					       .format = ARCHIVING_FORMAT,
					       .dbs = archiving_db_names };

	hash_init();
	snprintf(s->dir, sizeof(s->dir), "/tmp/kusanone-test-XXXXXX");
	must(mkdtemp(s->dir) != NULL);
	snprintf(dir, sizeof(dir), "%s/tail", s->dir);
	must(store_open(&options, &s->store, why, sizeof(why)) == OK);
	s->named = hash_of(slice_str("saltName A"));
	s->other = hash_of(slice_str("saltName B"));
	open_core(s);
	*state = s;
	return 0;
}

static int
end(void **state)
{
	struct story *s = *state;
	char command[128];

	archiving_fini(s->core);
	free(s->core);
	store_close(s->store);
	memory_fini(&s->files);
	snprintf(command, sizeof(command), "rm -rf %s", s->dir);
	must(system(command) == 0);
	free(s);
	return 0;
}

/* Segment 0's file with both names, as a copy of another day has it. */
static void
put_copy(struct story *s)
{
	static const char *const names[] = { "Name A", "Name B" };
	const struct hash *hashes[] = { &s->named, &s->other };
	struct buf parts = { 0 }, file = { 0 };

	for (int i = 0; i < 2; i++) {
		buf_put(&parts, hashes[i]->b, HASH_LEN);
		buf_put_u8(&parts, 4);
		buf_put_le32(&parts, (uint32_t)strlen(names[i]));
		buf_put_str(&parts, "salt");
		buf_put_str(&parts, names[i]);
	}
	loose_put_file(&file, 0, 2, buf_slice(&parts));
	memory_put(&s->files, "loose/000", buf_slice(&file));
	buf_fini(&parts);
	buf_fini(&file);
}

static bool
lies_there(const struct story *s, const char *name)
{
	const struct memory_file *file = memory_find(&s->files, "loose/000");

	return file != NULL &&
	       memmem(file->bytes.at, file->bytes.len, name, strlen(name)) != NULL;
}

/* Turns, until nothing is left to do. */
static void
run(struct story *s)
{
	for (int i = 0; i < 4; i++) {
		struct txn txn = txn_begin(s->store);
		struct turn turn = { .txn = &txn, .now = ++s->now };

		erasing_run(s->core, &turn);
		assert_int_equal(txn_commit(&txn), OK);
	}
	assert_int_equal(erasing_deadline(s->core), NEVER);
}

/* Headquarters erased the first name; then the segment, whose records name both, is
 * sealed or taken over. */
static void
shelve_erased(struct story *s)
{
	struct txn txn = txn_begin(s->store);
	struct hash names[] = { s->named, s->other };

	loose_erase(&txn, LOG_DB_LOOSE, LOG_DB_ERASED, &s->named);
	erasing_shelve(s->core, &txn, 0, slice_of(names, sizeof(names)));
	assert_int_equal(txn_commit(&txn), OK);
	run(s);
}

static void
test_erasing__goes_from_beside_a_segment(void **state)
{
	struct story *s = *state;

	put_copy(s);
	shelve_erased(s);
	assert_false(lies_there(s, "Name A"));
	assert_true(lies_there(s, "Name B"));
}

static void
test_erasing__what_was_not_there_goes_when_it_comes_with_a_copy(void **state)
{
	struct story *s = *state;

	shelve_erased(s);
	assert_int_equal(s->puts, 0); /* There was nothing to write anew. */
	put_copy(s);
	reopen(s);
	run(s);
	assert_false(lies_there(s, "Name A"));
	assert_true(lies_there(s, "Name B"));

	put_copy(s); /* And again. */
	reopen(s);
	run(s);
	assert_false(lies_there(s, "Name A"));
	assert_int_equal(s->puts, 2);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_erasing__goes_from_beside_a_segment),
		TEST(test_erasing__what_was_not_there_goes_when_it_comes_with_a_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
