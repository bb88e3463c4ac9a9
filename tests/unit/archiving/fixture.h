/* The archiving service over a disk in memory (tests/archive/desk.h), for each test. */
#ifndef UNIT_ARCHIVING_FIXTURE_H
#define UNIT_ARCHIVING_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <errno.h>

#include <cmocka.h>

#include "archive/desk.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)
#define UNUSED  __attribute__((unused))

struct fixture {
	struct headquarters hq;
	struct desk desk;
};

static UNUSED int
fixture_setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	hash_init();
	hq_init(&f->hq, 3);
	desk_init(&f->desk, &f->hq, disk_new());
	*state = f;
	return 0;
}

static UNUSED int
fixture_teardown(void **state)
{
	struct fixture *f = *state;

	desk_fini(&f->desk);
	hq_fini(&f->hq);
	free(f);
	return 0;
}

static UNUSED void
start(struct fixture *f)
{
	if (desk_open(&f->desk) != OK) {
		fail_msg("it does not start: %s", f->desk.why);
	}
}

static UNUSED void
restart(struct fixture *f)
{
	desk_close(&f->desk);
	start(f);
}

/* So many entries, each tenth with a person, and they have come. */
static UNUSED void
come(struct fixture *f, unsigned entries)
{
	char name[32];

	for (unsigned i = 0; i < entries; i++) {
		if (i % 10 == 3) {
			snprintf(name, sizeof(name), "Somebody %u", f->hq.said);
			hq_say_person(&f->hq, name);
		} else {
			hq_say(&f->hq, 1 + i % 2, 60);
		}
	}
	if (f->desk.is_open) {
		desk_settle(&f->desk);
		assert_int_equal(f->desk.ended, OK);
	}
}

/* The archive holds all that headquarters has, by a whole verification, and the store
 * nothing but its end. */
static UNUSED void
assert_all_sealed(struct fixture *f)
{
	char why[512];

	assert_int_equal(f->desk.ended, OK);
	assert_int_equal(f->desk.core->sealed.log.position, hq_position(&f->hq));
	assert_int_equal(f->desk.core->sealed.size, f->hq.count);
	assert_int_equal(desk_tail(&f->desk), f->hq.count != 0);
	if (!desk_is_good(f->desk.disk, &f->desk, true, why)) {
		fail_msg("%s", why);
	}
}

static UNUSED void
assert_has(const char *text, const char *words)
{
	if (strstr(text, words) == NULL) {
		fail_msg("\"%s\" is not in \"%s\"", words, text);
	}
}

/* It refuses to start with these words, and changes nothing. */
static UNUSED void
assert_refuses(struct fixture *f, enum err err, const char *words)
{
	struct hash before = disk_hash(f->desk.disk);

	assert_int_equal(desk_open(&f->desk), err);
	assert_has(f->desk.why, words);
	desk_close(&f->desk);
	struct hash after = disk_hash(f->desk.disk);
	assert_true(hash_eq(&before, &after));
}

/* The one alarm; NULL: there is none. */
static UNUSED const char *
the_alarm(struct fixture *f)
{
	const Kusanone__V1__ArchiveReply *r = desk_ask(&f->desk);

	assert_non_null(r);
	assert_true(r->n_alarms < 2);
	if (r->n_alarms == 0) {
		return NULL;
	}
	assert_string_not_equal(r->alarms[0]->ja, r->alarms[0]->en);
	return r->alarms[0]->en;
}

#endif
