/* An archive in memory for each test, of 300 entries in segments of 40. */
#ifndef UNIT_LIB_ARCHIVE_FIXTURE_H
#define UNIT_LIB_ARCHIVE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "archive/maker.h"
#include "lib/archive/fetch.h"
#include "lib/base/mem.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)

struct fixture {
	struct history history;
	struct archive_key key, other_key;
	struct archive archive;
	struct archive_files files;
	struct buf bytes, more;
};

enum { FIXTURE_ENTRIES = 300, FIXTURE_PER_SEGMENT = 40, FIXTURE_SEGMENTS = 8 };

static inline int
fixture_setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	hash_init();
	history_make(&f->history, 7, FIXTURE_ENTRIES, SIZE_MAX);
	archive_key_make(&f->key, "kusanone/hq", 1);
	archive_key_make(&f->other_key, "kusanone/hq", 2);
	archive_make(&f->archive, &f->history, FIXTURE_PER_SEGMENT, &f->key);
	f->files = memory_files(&f->archive.files);
	assert_int_equal(f->archive.segments, FIXTURE_SEGMENTS);
	*state = f;
	return 0;
}

static inline int
fixture_teardown(void **state)
{
	struct fixture *f = *state;

	archive_fini(&f->archive);
	history_fini(&f->history);
	buf_fini(&f->bytes);
	buf_fini(&f->more);
	free(f);
	return 0;
}

/* A file of the archive. */
static inline struct buf *
fixture_file(struct fixture *f, const char *path)
{
	struct memory_file *file = memory_find(&f->archive.files, path);

	assert_non_null(file);
	return &file->bytes;
}

#endif
