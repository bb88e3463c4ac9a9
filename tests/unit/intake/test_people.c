#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "fixture.h"

#define ID_A "018bcfe5-6800-7000-8000-00000000000a"

/* Does any file of the store's folder hold these bytes? */
static bool
files_hold(struct post *p, const char *needle)
{
	char dir[96];
	struct dirent *entry;
	bool found = false;

	snprintf(dir, sizeof(dir), "%s/journal", p->dir);
	DIR *d = opendir(dir);
	assert_non_null(d);
	while ((entry = readdir(d)) != NULL) {
		char path[400];
		size_t len, needle_len = strlen(needle);

		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		FILE *f = fopen(path, "rb");
		if (f == NULL || entry->d_name[0] == '.') {
			if (f != NULL) {
				fclose(f);
			}
			continue;
		}
		struct buf b = { 0 };
		do {
			uint8_t *at = buf_reserve(&b, 65536);
			len = fread(at, 1, 65536, f);
			b.len += len;
		} while (len != 0);
		fclose(f);
		found |= b.len != 0 && memmem(b.at, b.len, needle, needle_len) != NULL;
		buf_fini(&b);
	}
	closedir(d);
	return found;
}

static const Kusanone__V1__Receipt *
submit_with(struct post *p, const char *one, const char *two)
{
	Kusanone__V1__Event *e = an_event(p, ID_A, "知事を招いた案件");

	add_person(p, e, one);
	if (two != NULL) {
		add_person(p, e, two);
	}
	return submit_good(p, event_submission(p, e));
}

static void
test_people__a_name_is_never_in_a_block(void **state)
{
	(void)state;
	struct post *p = post_new();
	struct slice blocks[4];

	submit_with(p, "山田 太郎", "Jane Doe");
	size_t n = journal_blocks(p, blocks, 4);
	assert_int_equal(n, 1);
	assert_null(memmem(blocks[0].at, blocks[0].len, "山田", strlen("山田")));
	assert_null(memmem(blocks[0].at, blocks[0].len, "Jane", 4));

	/* It is shown to those who may ask this node. */
	const Kusanone__V1__Event *shown = ask_event(p, ID_A)->event;
	assert_int_equal(shown->n_people, 2);
	assert_string_equal(shown->people[0]->name, "山田 太郎");
	assert_string_equal(shown->people[1]->name, "Jane Doe");
	post_free(p);
}

static void
test_people__the_hash_is_of_salt_and_name(void **state)
{
	(void)state;
	struct post *p = post_new();
	struct txn txn;
	struct slice salt, name;
	struct hash part;

	submit_with(p, "Jane Doe", "Jane Doe 2");
	const Kusanone__V1__Event *shown = ask_event(p, ID_A)->event;
	memcpy(part.b, shown->people[0]->part_hash.data, HASH_LEN);
	txn = txn_begin_read(p->store);
	assert_true(loose_get(&txn, JOURNAL_DB_LOOSE, &part, &salt, &name));
	assert_int_equal(salt.len, 16);
	struct hash want = hash_of2(salt, slice_str("Jane Doe"));
	assert_true(hash_eq(&want, &part));
	txn_abort(&txn);
	post_free(p);
}

static void
test_people__a_name_sent_again_keeps_its_part(void **state)
{
	(void)state;
	struct post *p = post_new();
	const char *base = submit_with(p, "Jane Doe", NULL)->revision;
	struct hash part;

	memcpy(part.b, ask_event(p, ID_A)->event->people[0]->part_hash.data, HASH_LEN);

	/* Nothing changes, so nothing is recorded, and no merge sees a conflict. */
	Kusanone__V1__Event *e = new_event(p);
	add_person(p, e, "Jane Doe");
	assert_true(submit_good(p, patch_submission(p, ID_A, base, e, PATHS("people")))
			    ->repeated);

	add_person(p, e, "Second");
	submit_good(p, patch_submission(p, ID_A, base, e, PATHS("people")));
	const Kusanone__V1__Event *shown = ask_event(p, ID_A)->event;
	assert_int_equal(shown->n_people, 2);
	assert_memory_equal(shown->people[0]->part_hash.data, part.b, HASH_LEN);
	assert_string_equal(shown->people[1]->name, "Second");

	/* In one turn, too: the part is not on the disk yet. */
	e = new_event(p);
	add_person(p, e, "Third");
	(void)put_submission(p, patch_submission(p, ID_A, NULL, e, PATHS("people")));
	e = new_event(p);
	add_person(p, e, "Third");
	uint64_t again =
		put_submission(p, patch_submission(p, ID_A, NULL, e, PATHS("people")));
	post_turn(p);
	assert_true(told_of(p, again).receipt->repeated);
	post_free(p);
}

static void
test_people__by_part_alone_they_stay(void **state)
{
	(void)state;
	struct post *p = post_new();

	submit_with(p, "Jane Doe", NULL);
	const Kusanone__V1__Person *was = ask_event(p, ID_A)->event->people[0];
	Kusanone__V1__Event *e = new_event(p);
	add_person(p, e, "");
	e->people[0]->part_hash = was->part_hash;
	e->people[0]->kind = STR("governor");
	submit_good(p, patch_submission(p, ID_A, NULL, e, PATHS("people")));
	const Kusanone__V1__Person *is = ask_event(p, ID_A)->event->people[0];
	assert_string_equal(is->name, "Jane Doe");
	assert_string_equal(is->kind, "governor");

	/* Neither a name nor a part of this event. */
	e = new_event(p);
	add_person(p, e, "");
	assert_string_equal(
		submit_bad(p, patch_submission(p, ID_A, NULL, e, PATHS("people")))->field,
		"people[0].name");
	post_free(p);
}

static Kusanone__V1__Record *
erasure_of(struct post *p, const Kusanone__V1__Person *person)
{
	Kusanone__V1__Record *record = new_record(p);
	ProtobufCBinaryData *parts = arena_alloc(&p->arena, sizeof(parts[0]));

	record->body_case = KUSANONE__V1__RECORD__BODY_ERASURE;
	record->erasure = new_erasure(p);
	parts[0] = person->part_hash;
	record->erasure->part_hashes = parts;
	record->erasure->n_part_hashes = 1;
	return record;
}

static void
test_people__an_erased_name_is_in_no_file_and_does_not_come_back(void **state)
{
	(void)state;
	struct post *p = post_new_as(NODE_POST, true);
	struct slice blocks[4];

	submit_with(p, "Erasable Person", "Other Person");
	const Kusanone__V1__Event *before = ask_event(p, ID_A)->event;
	assert_true(files_hold(p, "Erasable Person"));

	hq_connect(p);
	Kusanone__V1__StreamItem *item =
		record_item(p, erasure_of(p, before->people[0]), 1);
	hq_batch(p, 1, &item, 1);
	assert_false(files_hold(p, "Erasable Person"));
	assert_true(files_hold(p, "Other Person"));

	/* The chain and its signature are what they were. */
	assert_int_equal(journal_blocks(p, blocks, 4), 1);
	struct block block = parse(blocks[0]);
	assert_true(block_verify(&block, p->config.keys[0].sign_public));
	const Kusanone__V1__Event *after = ask_event(p, ID_A)->event;
	assert_int_equal(after->n_people, 2);
	assert_string_equal(after->people[0]->name, "");
	assert_string_equal(after->people[1]->name, "Other Person");

	/* A client that still has the old copy sends it again, beside another edit. */
	Kusanone__V1__Event *e = new_event(p);
	add_person(p, e, "Erasable Person");
	e->people[0]->part_hash = before->people[0]->part_hash;
	add_person(p, e, "Other Person");
	e->format = STR("webinar");
	submit_good(p, patch_submission(p, ID_A, NULL, e, PATHS("people", "format")));
	assert_false(files_hold(p, "Erasable Person"));

	post_restart(p);
	assert_false(files_hold(p, "Erasable Person"));
	post_free(p);
}

static void
test_people__a_compaction_that_a_crash_cut_off_is_done_at_the_start(void **state)
{
	(void)state;
	struct post *p = post_new_as(NODE_POST, true);

	submit_with(p, "Erasable Person", NULL);
	const Kusanone__V1__Event *before = ask_event(p, ID_A)->event;
	hq_connect(p);

	/* The turn that hears the erasure dies after its commit. */
	Kusanone__V1__StreamItem *item =
		record_item(p, erasure_of(p, before->people[0]), 1);
	const struct service *service = p->node.service;
	struct service no_idle = *service;
	no_idle.idle = NULL;
	p->node.service = &no_idle;
	hq_batch(p, 1, &item, 1);
	post_restart(p);
	assert_true(p->core->compact_due);
	post_turn(p);
	assert_false(p->core->compact_due);
	assert_false(files_hold(p, "Erasable Person"));
	post_free(p);
}

static void
test_people__salts_do_not_follow_from_what_is_shown(void **state)
{
	(void)state;
	/* Two nodes with the same chance and another secret: ids agree, salts do not. */
	struct post *a = post_new(), *b = post_new();
	struct hash pa, pb;

	post_close(b);
	memset(b->config.seed, 77, sizeof(b->config.seed));
	post_open(b);
	submit_with(a, "Jane Doe", NULL);
	submit_with(b, "Jane Doe", NULL);
	memcpy(pa.b, ask_event(a, ID_A)->event->people[0]->part_hash.data, HASH_LEN);
	memcpy(pb.b, ask_event(b, ID_A)->event->people[0]->part_hash.data, HASH_LEN);
	assert_false(hash_eq(&pa, &pb));
	post_free(a);
	post_free(b);
}

/* Somebody reads the store beside us, as a backup does. */
static int
share_store(struct post *p)
{
	char dir[96];

	snprintf(dir, sizeof(dir), "%s/journal", p->dir);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_SH), 0);
	return fd;
}

static void
test_people__a_compaction_waits_for_a_backup(void **state)
{
	(void)state;
	struct post *p = post_new_as(NODE_POST, true);

	submit_with(p, "Erasable Person", NULL);
	const Kusanone__V1__Event *before = ask_event(p, ID_A)->event;
	hq_connect(p);
	Kusanone__V1__StreamItem *item =
		record_item(p, erasure_of(p, before->people[0]), 1);
	int backup = share_store(p);
	hq_batch(p, 1, &item, 1);
	assert_true(p->core->compact_due);
	assert_non_null(strstr(p->core->alarm, "backup"));
	assert_string_equal(ask_event(p, ID_A)->event->people[0]->name, "");
	close(backup);
	post_turn(p);
	assert_true(p->core->compact_due); /* In a minute. */
	p->now += INTAKE_COMPACT_RETRY_MS;
	post_turn(p);
	assert_false(p->core->compact_due);
	assert_false(files_hold(p, "Erasable Person"));
	post_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_people__a_name_is_never_in_a_block),
		cmocka_unit_test(test_people__the_hash_is_of_salt_and_name),
		cmocka_unit_test(test_people__a_name_sent_again_keeps_its_part),
		cmocka_unit_test(test_people__by_part_alone_they_stay),
		cmocka_unit_test(
			test_people__an_erased_name_is_in_no_file_and_does_not_come_back),
		cmocka_unit_test(
			test_people__a_compaction_that_a_crash_cut_off_is_done_at_the_start),
		cmocka_unit_test(test_people__a_compaction_waits_for_a_backup),
		cmocka_unit_test(test_people__salts_do_not_follow_from_what_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
