/* What the service finds when it starts: an archive that is ahead of its store, or none
 * of its own. */
#include "unit/archiving/fixture.h"

/* Three segments; the service is down. */
static void
archive_of_three(struct fixture *f)
{
	struct desk *d = &f->desk;

	start(f);
	for (unsigned i = 0; i < 3; i++) {
		come(f, i == 1 ? 260 : 20);
		desk_seal(d);
	}
	assert_all_sealed(f);
	assert_int_equal(d->core->sealed.segments, 3);
	desk_close(d);
}

static void
read_into(const struct disk *disk, const char *path, struct buf *to)
{
	struct memory files = disk_files(disk);
	const struct memory_file *file = memory_find(&files, path);

	assert_non_null(file);
	buf_clear(to);
	buf_put_slice(to, buf_slice(&file->bytes));
	memory_fini(&files);
}

/* ---- Ahead of the store ------------------------------------------------------------ */

static void
test_adopt__a_lost_store_is_made_from_the_archive(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;
	struct hash before;

	archive_of_three(f);
	before = disk_hash(d->disk);
	desk_lose_store(d);
	f->hq.away = true;
	start(f);
	assert_all_sealed(f);
	assert_int_equal(d->core->sealed.segments, 3);
	assert_int_equal(d->core->follower.log.head.position, hq_position(&f->hq));
	for (size_t i = 0; i < f->hq.count; i++) {
		const struct hq_entry *entry = &f->hq.entries[i];

		if (entry->loose.len != 0) {
			assert_int_equal(desk_shelved(d, &entry->part), i < 20    ? 0
									: i < 280 ? 1
										  : 2);
		}
	}
	struct hash after = disk_hash(d->disk);
	assert_true(hash_eq(&before, &after));

	/* And goes on, from where it ends. */
	f->hq.away = false;
	restart(f);
	come(f, 10);
	desk_seal(d);
	assert_int_equal(d->core->sealed.segments, 4);
	assert_all_sealed(f);
	restart(f);
}

static void
test_adopt__an_old_store_is_brought_up_to_the_archive(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;
	struct buf old = { 0 };

	start(f);
	come(f, 20);
	desk_seal(d);
	come(f, 5);
	desk_store_bytes(d, &old);
	come(f, 15);
	desk_seal(d);
	come(f, 3);
	desk_seal(d);
	desk_close(d);
	desk_put_store(d, buf_slice(&old));
	start(f);
	assert_int_equal(d->core->sealed.segments, 3);
	assert_all_sealed(f);
	come(f, 4);
	desk_seal(d);
	assert_all_sealed(f);
	buf_fini(&old);
}

/* More than are written down in one commit. */
static void
test_adopt__many_loose_parts_are_found(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;
	char name[32];

	start(f);
	for (unsigned i = 0; i < 9000; i++) {
		snprintf(name, sizeof(name), "Somebody %u", i);
		hq_say_person(&f->hq, name);
		if (i == 4500) {
			desk_settle(d);
			desk_seal(d);
		}
	}
	desk_settle(d);
	desk_seal(d);
	desk_close(d);
	desk_lose_store(d);
	start(f);
	assert_all_sealed(f);
	for (unsigned i = 0; i < 9000; i++) {
		assert_int_equal(desk_shelved(d, &f->hq.entries[i].part), i > 4500);
	}
}

static void
test_adopt__loose_parts_may_have_gone(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;

	archive_of_three(f);
	disk_remove(d->disk, "loose/001");
	desk_lose_store(d);
	start(f);
	assert_all_sealed(f);
	assert_int_equal(desk_shelved(d, &f->hq.entries[3].part), 0);
	/* Its record names it: it may come back with a copy of the file. */
	assert_int_equal(desk_shelved(d, &f->hq.entries[23].part), 1);
}

/* ---- What was changed -------------------------------------------------------------- */

/* A bit of the file; the store is lost, so that all is read. */
static void
assert_noticed(struct fixture *f, const char *path, size_t at)
{
	struct buf bytes = { 0 };

	read_into(f->desk.disk, path, &bytes);
	assert_true(at < bytes.len);
	bytes.at[at] ^= 0x10;
	disk_write(f->desk.disk, path, buf_slice(&bytes));
	desk_lose_store(&f->desk);
	assert_refuses(f, ERR_CORRUPT, strncmp(path, "tile", 4) == 0 ? "tiles" : path);
	bytes.at[at] ^= 0x10;
	disk_write(f->desk.disk, path, buf_slice(&bytes));
	buf_fini(&bytes);
}

static void
test_adopt__a_changed_bit_is_noticed(void **state)
{
	static const char *const paths[] = { "segment/000",   "segment/001",
					     "segment/002",   "loose/000",
					     "loose/001",     "tile/0/001.p/44",
					     "tile/1/000.p/1" };
	struct fixture *f = *state;
	struct buf bytes = { 0 };
	unsigned tried = 0;

	archive_of_three(f);
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		read_into(f->desk.disk, paths[i], &bytes);
		size_t step = 1 + bytes.len / 40;
		for (size_t at = 0; at < bytes.len; at += step, tried++) {
			assert_noticed(f, paths[i], at);
		}
		assert_noticed(f, paths[i], bytes.len - 1);
	}
	assert_true(tried > 200);
	buf_fini(&bytes);
	desk_lose_store(&f->desk);
	start(f);
	assert_all_sealed(f);
}

static void
test_adopt__a_missing_or_cut_file_is_noticed(void **state)
{
	static const char *const paths[] = { "segment/000", "segment/001", "segment/002",
					     "tile/0/001.p/44", "tile/1/000.p/1" };
	struct fixture *f = *state;
	struct disk *disk = f->desk.disk;
	struct buf bytes = { 0 };

	archive_of_three(f);
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		const char *said = strncmp(paths[i], "tile", 4) == 0 ? "tiles" : paths[i];

		read_into(disk, paths[i], &bytes);
		disk_remove(disk, paths[i]);
		desk_lose_store(&f->desk);
		assert_refuses(f, ERR_CORRUPT, said);
		assert_has(f->desk.why, "bring");
		disk_write(disk, paths[i], slice_of(bytes.at, bytes.len / 2));
		assert_refuses(f, ERR_CORRUPT, said);
		disk_write(disk, paths[i], buf_slice(&bytes));
	}
	buf_fini(&bytes);
	start(f);
	assert_all_sealed(f);
}

/* With its store, too, where only the end of the archive is read. */
static void
test_adopt__tiles_that_are_not_those_of_what_was_sealed_are_noticed(void **state)
{
	struct fixture *f = *state;
	struct buf bytes = { 0 };

	archive_of_three(f);
	read_into(f->desk.disk, "tile/0/001.p/44", &bytes);
	bytes.at[100] ^= 1;
	disk_write(f->desk.disk, "tile/0/001.p/44", buf_slice(&bytes));
	assert_refuses(f, ERR_CORRUPT, "tiles: they are not those of what was sealed");
	disk_remove(f->desk.disk, "tile/0/001.p/44");
	assert_refuses(f, ERR_CORRUPT, "tiles of 300 entries: not_found");
	buf_fini(&bytes);
}

/* The file is whole, the entries are the ones: only the seal is another. */
static void
test_adopt__a_seal_that_is_not_that_of_the_entries_is_noticed(void **state)
{
	struct fixture *f = *state;
	struct buf bytes = { 0 };

	archive_of_three(f);
	read_into(f->desk.disk, "segment/002", &bytes);
	bytes.at[112 + 5] ^= 1;
	struct hash trailer = hash_of(slice_of(bytes.at, bytes.len - HASH_LEN));
	memcpy(bytes.at + bytes.len - HASH_LEN, trailer.b, HASH_LEN);
	disk_write(f->desk.disk, "segment/002", buf_slice(&bytes));
	desk_lose_store(&f->desk);
	assert_refuses(f, ERR_CORRUPT,
		       "segment/002: its seal is not that of its entries");
	buf_fini(&bytes);
}

/* ---- Another archive --------------------------------------------------------------- */

static void
test_adopt__an_archive_that_was_set_back_is_refused(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;
	struct disk *old;

	start(f);
	come(f, 20);
	desk_seal(d);
	old = disk_copy(d->disk);
	come(f, 20);
	desk_seal(d);
	desk_close(d);
	/* All of it. */
	struct disk *now = d->disk;
	d->disk = old;
	assert_refuses(f, ERR_CORRUPT, "set back");
	assert_has(d->why, "covers 20 entries, and 40 were sealed");
	/* An empty folder. */
	d->disk = disk_new();
	assert_refuses(f, ERR_CORRUPT, "covers 0 entries, and 40 were sealed");
	disk_free(d->disk);
	/* The checkpoint alone. */
	struct buf note = { 0 };
	read_into(old, "checkpoint", &note);
	d->disk = disk_copy(now);
	disk_write(d->disk, "checkpoint", buf_slice(&note));
	assert_refuses(f, ERR_CORRUPT, "set back");
	disk_free(d->disk);
	d->disk = now;
	start(f);
	assert_all_sealed(f);
	buf_fini(&note);
	disk_free(old);
}

/* Archive and store: whoever sealed two segments more would seal them otherwise. */
static void
test_adopt__segments_that_no_checkpoint_covers_are_not_sealed_over(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;
	struct buf note = { 0 };

	start(f);
	come(f, 20);
	desk_seal(d);
	read_into(d->disk, "checkpoint", &note);
	for (unsigned i = 0; i < 2; i++) {
		come(f, 20);
		desk_seal(d);
	}
	desk_close(d);
	disk_write(d->disk, "checkpoint", buf_slice(&note));
	desk_lose_store(d);
	assert_refuses(f, ERR_CORRUPT, "checkpoint: it is missing or was set back");
	assert_has(d->why, "segment/002");
	disk_remove(d->disk, "checkpoint");
	desk_lose_store(d);
	assert_refuses(f, ERR_CORRUPT, "checkpoint: it is missing or was set back");
	assert_has(d->why, "segment/001");
	buf_fini(&note);
}

static void
test_adopt__an_archive_of_another_headquarters_is_refused(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;

	archive_of_three(f);
	f->hq.node.b[3] ^= 1;
	assert_refuses(f, ERR_INVALID, "another headquarters");
	desk_lose_store(d);
	assert_refuses(f, ERR_INVALID, "another headquarters");
	f->hq.node.b[3] ^= 1;
	start(f);
	assert_all_sealed(f);
}

static void
test_adopt__an_archive_of_another_key_is_refused(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;
	const struct archive_key right = d->key;

	archive_of_three(f);
	archive_key_make(&d->key, "kusanone/test", 2);
	assert_refuses(f, ERR_CORRUPT, "signed with this service's key");
	archive_key_make(&d->key, "kusanone/other", 1);
	assert_refuses(f, ERR_CORRUPT, "kusanone/other");
	d->key = right;
	start(f);
	assert_all_sealed(f);
}

/* The same headquarters and key, as many entries, other ones. */
static void
test_adopt__another_archive_of_the_same_headquarters_is_refused(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;
	struct disk *other;

	start(f);
	come(f, 20);
	desk_seal(d);
	desk_close(d);
	other = d->disk;
	desk_lose_store(d);
	hq_set_back(&f->hq, 19);
	d->disk = disk_new();
	start(f);
	come(f, 1);
	desk_seal(d);
	assert_all_sealed(f);
	desk_close(d);
	struct disk *right = d->disk;
	struct buf note = { 0 };
	d->disk = other;
	assert_refuses(f, ERR_CORRUPT, "it is not the one of what was sealed");
	/* Its checkpoint over the right segments, and no store that knows better. */
	read_into(other, "checkpoint", &note);
	d->disk = disk_copy(right);
	disk_write(d->disk, "checkpoint", buf_slice(&note));
	desk_lose_store(d);
	assert_refuses(f, ERR_CORRUPT,
		       "checkpoint: its root is not that of the segments");
	disk_free(d->disk);
	buf_fini(&note);
	d->disk = right;
	start(f);
	disk_free(other);
}

static void
test_adopt__a_checkpoint_that_is_none_is_refused(void **state)
{
	struct fixture *f = *state;
	struct disk *disk = f->desk.disk;
	struct buf note = { 0 };

	archive_of_three(f);
	read_into(disk, "checkpoint", &note);
	for (size_t len = 0; len < note.len; len += 13) {
		disk_write(disk, "checkpoint", slice_of(note.at, len));
		assert_refuses(f, ERR_CORRUPT, "checkpoint");
	}
	buf_fini(&note);
}

/* ---- The disk fails ---------------------------------------------------------------- */

static void
test_adopt__a_read_that_fails_is_said_and_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct desk *d = &f->desk;
	unsigned n = 0;

	archive_of_three(f);
	const struct hash before = disk_hash(d->disk);
	for (int lost = 0; lost < 2; lost++) {
		for (n = 1;; n++) {
			if (lost) {
				desk_lose_store(d);
			}
			disk_fail_read(d->disk, n);
			if (desk_open(d) == OK) {
				break;
			}
			assert_true(strstr(d->why, ": io") != NULL ||
				    strstr(d->why, "cannot be read") != NULL);
			desk_close(d);
			struct hash after = disk_hash(d->disk);
			assert_true(hash_eq(&before, &after));
		}
		disk_fail_read(d->disk, 0);
		assert_all_sealed(f);
		desk_close(d);
		assert_true(n > (lost ? 12 : 3));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_adopt__a_lost_store_is_made_from_the_archive),
		TEST(test_adopt__an_old_store_is_brought_up_to_the_archive),
		TEST(test_adopt__many_loose_parts_are_found),
		TEST(test_adopt__loose_parts_may_have_gone),
		TEST(test_adopt__a_changed_bit_is_noticed),
		TEST(test_adopt__a_missing_or_cut_file_is_noticed),
		TEST(test_adopt__tiles_that_are_not_those_of_what_was_sealed_are_noticed),
		TEST(test_adopt__a_seal_that_is_not_that_of_the_entries_is_noticed),
		TEST(test_adopt__an_archive_that_was_set_back_is_refused),
		TEST(test_adopt__segments_that_no_checkpoint_covers_are_not_sealed_over),
		TEST(test_adopt__an_archive_of_another_headquarters_is_refused),
		TEST(test_adopt__an_archive_of_another_key_is_refused),
		TEST(test_adopt__another_archive_of_the_same_headquarters_is_refused),
		TEST(test_adopt__a_checkpoint_that_is_none_is_refused),
		TEST(test_adopt__a_read_that_fails_is_said_and_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
