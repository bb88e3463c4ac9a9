/* Commands about an archive, on copies of one in a folder. */
#include <dirent.h>
#include <jansson.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/maker.h"
#include "cli/archive.h"
#include "lib/base/text.h"
#include "lib/base/wire.h"
#include "world.h"

enum { ENTRIES = 300, PER_SEGMENT = 40, KNOWN = 3 };

static struct world world;
static struct history history;
static struct archive archive;
static struct archive_key key, thief;
static char folder[64];
static const char *copy, *key_file, *known_file;

static const char *
in_folder(const char *name)
{
	return arena_printf(&world.arena, "%s/%s", folder, name);
}

static const char *
write_bytes(const char *path, struct slice bytes)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes.at, 1, bytes.len, f), bytes.len);
	fclose(f);
	return path;
}

static struct buf
read_bytes(const char *path)
{
	FILE *f = fopen(path, "re");
	struct buf b = { 0 };
	size_t n;

	assert_non_null(f);
	while ((n = fread(buf_reserve(&b, 4096), 1, 4096, f)) != 0) {
		b.len += n;
	}
	fclose(f);
	return b;
}

static const char *
key_line(const struct archive_key *of)
{
	struct buf line = { 0 };

	note_key_put(&line, &of->key);
	const char *text = arena_dup(&world.arena, line.at, line.len);
	buf_fini(&line);
	return text;
}

static void
write_archive(const char *name)
{
	copy = in_folder(name);
	assert_int_equal(mkdir(copy, 0755), 0);
	memory_write(&archive.files, copy);
}

static int
begin(void **state)
{
	(void)state;
	world_init(&world);
	snprintf(folder, sizeof(folder), "/tmp/kusanone-archive-XXXXXX");
	assert_non_null(mkdtemp(folder));
	history_make(&history, 7, ENTRIES, SIZE_MAX);
	archive_key_make(&key, "kusanone/hq", 1);
	archive_key_make(&thief, "kusanone/hq", 2);
	archive_make(&archive, &history, PER_SEGMENT, &key);
	write_archive("copy");
	key_file = write_bytes(in_folder("hq.key"),
			       slice_str(arena_printf(&world.arena, "%s\n\n%s",
						      key_line(&thief), key_line(&key))));
	known_file = write_bytes(in_folder("known"), buf_slice(&archive.notes[KNOWN]));
	return 0;
}

static int
end(void **state)
{
	char command[128];
	(void)state;

	snprintf(command, sizeof(command), "rm -rf %s", folder);
	assert_int_equal(system(command), 0);
	archive_fini(&archive);
	history_fini(&history);
	world_fini(&world);
	return 0;
}

#define VERIFY(...)                                                                      \
	world_run(&world, "archive", "verify", copy, "--key",                            \
		  key_line(&key) __VA_OPT__(, ) __VA_ARGS__)

static void
assert_fits(const char *text, unsigned width)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		if (utf8_width(slice_of(text, len)) > width) {
			fail_msg("wider than %u: %.*s", width, (int)len, text);
		}
		text += len + (text[len] == '\n' ? 1 : 0);
	}
}

/* ---- verify ------------------------------------------------------------------------ */

static void
test_verify__a_good_archive_and_what_was_looked_at(void **state)
{
	static const char *const lines[] = {
		"Good: this is what headquarters sealed",
		"archive         kusanone/hq\n",
		"checkpoint      300 entries, 2024-0",
		"entries         300\n",
		"segments        8\n",
		"signatures      300\n",
		"nodes           6\n",
	};
	(void)state;

	assert_int_equal(VERIFY(), EXIT_DONE);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		CHECK_HAS(world_out(&world), lines[i]);
	}
	assert_null(strchr(world_out(&world), '\r')); /* No screen, no progress. */
	assert_int_equal(VERIFY("--lang", "ja"), EXIT_DONE);
	CHECK_HAS(world_out(&world), "正常です");
	CHECK_HAS(world_out(&world), "署名            300\n");
}

static void
test_verify__keys_may_stand_in_a_file_and_the_folder_may_be_this_one(void **state)
{
	char before[256];
	(void)state;

	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(copy), 0);
	assert_int_equal(world_run(&world, "archive", "verify", "--key", "../hq.key"),
			 EXIT_DONE);
	assert_int_equal(chdir(before), 0);
}

static void
test_verify__without_a_key_from_elsewhere_nothing_is_said(void **state)
{
	(void)state;
	write_bytes(arena_printf(&world.arena, "%s/key", copy),
		    slice_str(key_line(&key)));
	assert_int_equal(world_run(&world, "archive", "verify", copy), EXIT_BAD_USAGE);
	CHECK_HAS(world_err(&world), "--key is needed");
	CHECK_HAS(world_err(&world), "kusanone archive key");
	assert_string_equal(world_out(&world), "");
}

static void
test_verify__what_is_no_key_is_usage(void **state)
{
	const char *line = key_line(&key);
	const char *wrong =
		arena_printf(&world.arena, "%.*s", (int)strlen(line) - 1, line);
	const char *file = write_bytes(in_folder("wrong.key"), slice_str(wrong));
	const char *empty = write_bytes(in_folder("empty.key"), slice_str("\n"));
	(void)state;

	assert_int_equal(world_run(&world, "archive", "verify", copy, "--key", wrong),
			 EXIT_BAD_USAGE);
	CHECK_HAS(world_err(&world), "neither a key");
	assert_int_equal(world_run(&world, "archive", "verify", copy, "--key", file),
			 EXIT_BAD_USAGE);
	CHECK_HAS(world_err(&world), "is no key");
	assert_int_equal(world_run(&world, "archive", "verify", copy, "--key", empty),
			 EXIT_BAD_USAGE);
	assert_int_equal(VERIFY("--since"), EXIT_BAD_USAGE);
	CHECK_HAS(world_err(&world), "--checkpoint");
	assert_int_equal(VERIFY("--tree-onyl"), EXIT_BAD_USAGE);
	CHECK_HAS(world_err(&world), "did you mean --tree-only?");
	assert_int_equal(VERIFY("more"), EXIT_BAD_USAGE);
}

static void
test_verify__the_key_of_another_proves_nothing(void **state)
{
	(void)state;
	assert_int_equal(
		world_run(&world, "archive", "verify", copy, "--key", key_line(&thief)),
		EXIT_REFUSED);
	CHECK_HAS(world_out(&world), "BAD");
	CHECK_HAS(world_out(&world), "checkpoint\n");
	CHECK_HAS(world_out(&world), "not signed with a known key");
	assert_int_equal(world_run(&world, "archive", "verify", copy, "--key",
				   key_line(&thief), "--lang", "ja"),
			 EXIT_REFUSED);
	CHECK_HAS(world_out(&world), "異常です");
	CHECK_HAS(world_out(&world), "指定された鍵による署名がありません");
}

static void
test_verify__the_first_fault_has_its_place(void **state)
{
	const char *segment = arena_printf(&world.arena, "%s/segment/002", copy);
	struct buf bytes = read_bytes(segment);
	json_t *answer;
	(void)state;

	bytes.at[bytes.len / 2] ^= 1;
	write_bytes(segment, buf_slice(&bytes));
	assert_int_equal(VERIFY(), EXIT_REFUSED);
	CHECK_HAS(world_out(&world), "file            segment/002\n");
	CHECK_HAS(world_out(&world), "entry           80 (counted from 0)\n");
	CHECK_HAS(world_out(&world), "segments        2\n"); /* Before it. */

	assert_int_equal(VERIFY("--json"), EXIT_REFUSED);
	answer = json_loads(world_out(&world), 0, NULL);
	assert_non_null(answer);
	assert_string_equal(json_string_value(json_object_get(answer, "verdict")), "bad");
	assert_string_equal(json_string_value(json_object_get(answer, "path")),
			    "segment/002");
	assert_string_equal(json_string_value(json_object_get(answer, "entry")), "80");
	json_decref(answer);
	world.cli.json = false;

	/* Torn, and gone. */
	bytes.len -= 7;
	write_bytes(segment, buf_slice(&bytes));
	assert_int_equal(VERIFY(), EXIT_REFUSED);
	CHECK_HAS(world_out(&world), "longer or shorter than its header says");
	assert_int_equal(unlink(segment), 0);
	assert_int_equal(VERIFY("--tree-only"), EXIT_REFUSED);
	CHECK_HAS(world_out(&world), "it is missing");
	assert_int_equal(VERIFY("--lang", "ja"), EXIT_REFUSED);
	CHECK_HAS(world_out(&world), "異常の内容      ファイルがありません");
	buf_fini(&bytes);
}

static void
test_verify__what_cannot_be_read_is_no_verdict(void **state)
{
	const char *tile = arena_printf(&world.arena, "%s/tile/0/000", copy);
	(void)state;

	assert_int_equal(world_run(&world, "archive", "verify", in_folder("nothing"),
				   "--key", key_file),
			 EXIT_UNREADABLE);
	CHECK_HAS(world_err(&world), "no such folder");
	assert_int_equal(VERIFY("--checkpoint", in_folder("nothing")), EXIT_UNREADABLE);
	CHECK_HAS(world_err(&world), "no such file");

	/* A folder in the place of a file: the disk says no. */
	assert_int_equal(unlink(tile), 0);
	assert_int_equal(mkdir(tile, 0755), 0);
	assert_int_equal(VERIFY(), EXIT_UNREADABLE);
	CHECK_HAS(world_out(&world), "Unreadable");
	CHECK_HAS(world_out(&world), "tile/0/000");
}

static void
test_verify__known_checkpoints_hold_it_to_its_history(void **state)
{
	struct history other;
	(void)state;

	assert_int_equal(VERIFY("--checkpoint", known_file), EXIT_DONE);
	CHECK_HAS(world_out(&world), "known before    1\n");
	CHECK_HAS(world_out(&world), "signatures      300\n");
	assert_int_equal(VERIFY("--checkpoint", known_file, "--since"), EXIT_DONE);
	CHECK_HAS(world_out(&world), "signatures      140\n");

	/* Another one with the same beginning: who kept a checkpoint sees it. */
	archive_fini(&archive);
	history_make(&other, 7, ENTRIES, 100);
	archive_make(&archive, &other, PER_SEGMENT, &key);
	history_fini(&other);
	write_archive("fork");
	assert_int_equal(VERIFY(), EXIT_DONE);
	assert_int_equal(VERIFY("--checkpoint", known_file), EXIT_REFUSED);
	CHECK_HAS(world_out(&world), "fork: the known checkpoint of 160 entries");
	assert_int_equal(VERIFY("--checkpoint", known_file, "--lang", "ja"),
			 EXIT_REFUSED);
	CHECK_HAS(world_out(&world), "分岐しています: 160 件");
	world.cli.lang = LANG_EN;

	/* And one that is shorter. */
	archive_fini(&archive);
	history_make(&other, 7, 100, SIZE_MAX);
	archive_make(&archive, &other, PER_SEGMENT, &key);
	history_fini(&other);
	write_archive("old");
	assert_int_equal(VERIFY("--checkpoint", known_file), EXIT_REFUSED);
	CHECK_HAS(world_out(&world), "rolled back: it covers 100 entries");
}

static void
test_verify__a_screen_shows_how_far_it_is(void **state)
{
	(void)state;
	world.cli.tty = true;
	assert_int_equal(VERIFY(), EXIT_DONE);
	CHECK_HAS(world_out(&world), "\r40 of 300 entries");
	CHECK_HAS(world_out(&world), " MB/s\033[K\r\033[KGood");
	world.cli.width = 20;
	assert_int_equal(VERIFY("--lang", "ja"), EXIT_DONE);
	CHECK_HAS(world_out(&world), "\r40 / 300 件");
	assert_int_equal(VERIFY("--json"), EXIT_DONE);
	assert_null(strchr(world_out(&world), '\r'));
}

static void
test_verify__it_can_be_stopped(void **state)
{
	(void)state;
	world.interrupt_after = world.idle = 1;
	assert_int_equal(VERIFY(), EXIT_UNREADABLE);
	CHECK_HAS(world_out(&world), "Stopped");
}

static void
test_verify__a_segment_that_no_checkpoint_covers(void **state)
{
	(void)state;
	write_bytes(arena_printf(&world.arena, "%s/segment/008", copy), slice_str("new"));
	assert_int_equal(VERIFY(), EXIT_REFUSED);
	CHECK_HAS(world_out(&world), "segment/008");
	assert_int_equal(VERIFY("--in-use"), EXIT_DONE);
}

/* ---- prove and check --------------------------------------------------------------- */

/* The first revision at or after 'leaf', and its event. */
static size_t
find_revision(size_t leaf, struct slice *ret_record, struct uuid *ret_event)
{
	struct block block;
	struct record record;

	for (; leaf < history.count; leaf++) {
		struct slice bytes;
		size_t at = 0;

		assert_true(block_parse(buf_slice(&history.entries[leaf].block), &block,
					NULL));
		while (block_next(&block, &at, &bytes)) {
			if (record_decode(bytes, &world.arena, &record, NULL) &&
			    record.body == BODY_EVENT_REVISION) {
				*ret_record = bytes;
				assert_true(record_event(&record, ret_event));
				return leaf;
			}
		}
	}
	fail_msg("no revision");
	return 0;
}

/* An entry of headquarters with one record, at the end. */
static void
append(struct slice record)
{
	static const struct hash none;
	const struct history_entry *last = &history.entries[history.count - 1];
	struct block_maker maker = { 0 };
	struct history_entry entry = { .hq_ms = last->hq_ms };

	block_begin(&maker, &history.hq.node, 1, &none);
	assert_true(block_add(&maker, record));
	struct block block =
		block_finish(&maker, 1, &history.hq_key.id, history.hq_key.secret);
	buf_put_slice(&entry.block, block.bytes);
	history_insert(&history, history.count, &entry);
	history_renumber(&history);
	buf_fini(&entry.block);
	block_maker_fini(&maker);
}

static const char *
hash_digits(struct slice record, int digits)
{
	struct hash identity = hash_of(record);
	char hex[2 * HASH_LEN + 1];

	hex_format(identity.b, HASH_LEN, hex);
	return arena_printf(&world.arena, "%.*s", digits, hex);
}

static void
test_prove__the_newest_revision_of_an_event_or_the_one_that_is_named(void **state)
{
	struct slice first;
	struct uuid event;
	const size_t leaf = find_revision(50, &first, &event);
	struct buf second = { 0 };
	char id[UUID_TEXT_LEN + 1];
	const char *proof = in_folder("p");
	(void)state;

	buf_put_slice(&second, first);
	wire_put_number(&second, 1000, 7); /* Of a newer program. */
	append(buf_slice(&second));
	append(first); /* Again: it is no newer for that. */
	archive_fini(&archive);
	archive_make(&archive, &history, PER_SEGMENT, &key);
	write_archive("more");
	uuid_format(&event, id);

	assert_int_equal(
		world_run(&world, "archive", "prove", id, "--archive", copy, "-o", proof),
		EXIT_DONE);
	CHECK_HAS(world_out(&world), hash_digits(buf_slice(&second), 8));
	CHECK_HAS(world_out(&world), "is entry 300 of the archive, of 302");
	assert_int_equal(world_run(&world, "archive", "check", proof, "--key", key_file),
			 EXIT_DONE);
	CHECK_HAS(world_out(&world), "Good: this block lies in the archive");
	CHECK_HAS(world_out(&world), "entry           300 (counted from 0)");
	CHECK_HAS(world_out(&world), "(headquarters)");
	CHECK_HAS(world_out(&world), id);

	const char *named = arena_printf(&world.arena, "%s@%s", id + UUID_TEXT_LEN - 12,
					 hash_digits(first, 12));
	assert_int_equal(world_run(&world, "archive", "prove", named, "--archive", copy,
				   "--output", in_folder("q")),
			 EXIT_DONE);
	CHECK_HAS(world_out(&world), arena_printf(&world.arena, "is entry %zu of", leaf));

	/* Without a file it is the answer. */
	assert_int_equal(world_run(&world, "archive", "prove", named, "--archive", copy),
			 EXIT_DONE);
	CHECK_HAS(world_out(&world), "c2sp.org/tlog-proof@v1\nextra ");
	buf_fini(&second);
}

static void
test_prove__what_is_not_there_or_not_clear_is_refused(void **state)
{
	struct slice record;
	struct uuid event;
	char id[UUID_TEXT_LEN + 1];
	const char *proof = in_folder("p");
	(void)state;

	find_revision(50, &record, &event);
	uuid_format(&event, id);
	assert_int_equal(
		world_run(&world, "archive", "prove", "no-such-key", "--archive", copy),
		EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "no such event in this archive");
	assert_int_equal(world_run(&world, "archive", "prove",
				   arena_printf(&world.arena, "%s@000000", id),
				   "--archive", copy),
			 EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "000000: the event has no such revision");
	assert_int_equal(world_run(&world, "archive", "prove", "--archive", copy),
			 EXIT_BAD_USAGE);
	assert_int_equal(world_run(&world, "archive", "prove", id, "--growth", known_file,
				   "--archive", copy),
			 EXIT_BAD_USAGE);
	assert_int_equal(world_run(&world, "archive", "prove", id, "--archive", folder),
			 EXIT_UNREADABLE);
	CHECK_HAS(world_err(&world), "is this an archive's folder?");

	/* No file is overwritten; nor is a proof made that would not be believed. */
	write_bytes(proof, slice_str("kept"));
	assert_int_equal(
		world_run(&world, "archive", "prove", id, "--archive", copy, "-o", proof),
		EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "is not overwritten");
	const char *tile = arena_printf(&world.arena, "%s/tile/0/000", copy);
	struct buf bytes = read_bytes(tile);
	bytes.at[0] ^= 1;
	write_bytes(tile, buf_slice(&bytes));
	assert_int_equal(world_run(&world, "archive", "prove", id, "--archive", copy),
			 EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "do not fit the checkpoint");
	assert_string_equal(world_out(&world), "");
	buf_fini(&bytes);

	assert_int_equal(unlink(arena_printf(&world.arena, "%s/segment/003", copy)), 0);
	assert_int_equal(
		world_run(&world, "archive", "prove", "no-such-key", "--archive", copy),
		EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "segment/003: is missing or damaged");
}

static void
test_prove__growth_since_an_old_page(void **state)
{
	const char *proof = in_folder("g");
	const char *newest = arena_printf(&world.arena, "%s/checkpoint", copy);
	struct history other;
	(void)state;

	assert_int_equal(world_run(&world, "archive", "prove", "--growth", known_file,
				   "--archive", copy, "-o", proof),
			 EXIT_DONE);
	CHECK_HAS(world_out(&world), "300 entries begins with the one of 160");
	assert_int_equal(world_run(&world, "archive", "check", proof, known_file, newest,
				   "--key", key_file),
			 EXIT_DONE);
	CHECK_HAS(world_out(&world), "the newer archive begins with the older one");
	assert_int_equal(
		world_run(&world, "archive", "check", proof, newest, "--key", key_file),
		EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "about another checkpoint than");
	assert_int_equal(world_run(&world, "archive", "prove", "--growth", newest,
				   "--archive", copy),
			 EXIT_DONE); /* Of nothing. */

	archive_fini(&archive);
	history_make(&other, 7, ENTRIES, 100);
	archive_make(&archive, &other, PER_SEGMENT, &key);
	history_fini(&other);
	write_archive("fork");
	assert_int_equal(world_run(&world, "archive", "prove", "--growth", known_file,
				   "--archive", copy),
			 EXIT_REFUSED);
	CHECK_HAS(world_err(&world), "FORK: of the first 160 entries");
}

static void
test_check__a_proof_that_was_changed_proves_nothing(void **state)
{
	struct slice record;
	struct uuid event;
	char id[UUID_TEXT_LEN + 1];
	const char *path = in_folder("p"), *changed = in_folder("c");
	(void)state;

	find_revision(50, &record, &event);
	uuid_format(&event, id);
	assert_int_equal(
		world_run(&world, "archive", "prove", id, "--archive", copy, "-o", path),
		EXIT_DONE);
	struct buf proof = read_bytes(path);
	for (size_t i = 0; i < proof.len; i += 1 + proof.len / 40) {
		proof.at[i] ^= 1;
		write_bytes(changed, buf_slice(&proof));
		proof.at[i] ^= 1;
		assert_int_equal(
			world_run(&world, "archive", "check", changed, "--key", key_file),
			EXIT_REFUSED);
		CHECK_HAS(world_out(&world), "BAD: this proves nothing.");
	}
	write_bytes(changed, slice_of(proof.at, proof.len / 2));
	assert_int_equal(world_run(&world, "archive", "check", changed, "--key", key_file,
				   "--lang", "ja"),
			 EXIT_REFUSED);
	CHECK_HAS(world_out(&world), "異常です");
	world.cli.lang = LANG_EN;
	assert_int_equal(
		world_run(&world, "archive", "check", path, "--key", key_line(&thief)),
		EXIT_REFUSED);
	assert_int_equal(world_run(&world, "archive", "check", path), EXIT_BAD_USAGE);
	assert_int_equal(world_run(&world, "archive", "check", path, known_file, "--key",
				   key_file),
			 EXIT_BAD_USAGE);
	assert_int_equal(world_run(&world, "archive", "check", in_folder("nothing"),
				   "--key", key_file),
			 EXIT_UNREADABLE);

	assert_int_equal(
		world_run(&world, "archive", "check", path, "--key", key_file, "--json"),
		EXIT_DONE);
	json_t *answer = json_loads(world_out(&world), 0, NULL);
	assert_non_null(answer);
	const json_t *records = json_object_get(answer, "records");
	bool there = false;
	for (size_t i = 0; i < json_array_size(records); i++) {
		const json_t *row = json_array_get(records, i);

		there = there ||
			strcmp(json_string_value(json_object_get(row, "eventId")), id) ==
				0;
	}
	assert_true(there);
	json_decref(answer);
	buf_fini(&proof);
}

/* ---- Words ------------------------------------------------------------------------- */

static void
test_archive__answers_fit_a_narrow_screen(void **state)
{
	static const char *const langs[] = { "en", "ja" };
	struct slice record;
	struct uuid event;
	char id[UUID_TEXT_LEN + 1];
	const char *path = in_folder("p");
	(void)state;

	find_revision(50, &record, &event);
	uuid_format(&event, id);
	assert_int_equal(
		world_run(&world, "archive", "prove", id, "--archive", copy, "-o", path),
		EXIT_DONE);
	for (size_t i = 0; i < ARRAY_LEN(langs); i++) {
		for (unsigned width = 40; width <= 80; width += 40) {
			world.cli.width = width;
			assert_int_equal(VERIFY("--lang", langs[i]), EXIT_DONE);
			assert_fits(world_out(&world), width);
			assert_int_equal(world_run(&world, "archive", "check", path,
						   "--key", key_file, "--lang", langs[i]),
					 EXIT_DONE);
			assert_fits(world_out(&world), width);
		}
	}
}

/* A literal of a source, from behind its first quote: joined with those that follow it.
 * What printf fills in becomes {0}, {1}.  Returns where it ends. */
static const char *
take_literal(const char *at, struct buf *to)
{
	unsigned filled = 0;

	for (;;) {
		for (; *at != '"'; at++) {
			assert_int_not_equal(*at, '\0');
			if (*at == '\\') {
				buf_put(to, at, 2);
				at++;
			} else if (*at == '%') {
				buf_printf(to, "{%u}", filled++);
				/* %zu, %s, %u; PRIu64 stands behind the quote. */
				at += strspn(at + 1, "zsu");
			} else {
				buf_put_u8(to, (uint8_t)*at);
			}
		}
		at++;
		const char *next = at + strspn(at, " \t\n");
		if (strncmp(next, "PRI", 3) == 0) {
			next += strcspn(next, " \t\n,)");
			next += strspn(next, " \t\n");
			at = next;
		}
		if (*next != '"') {
			return at;
		}
		at = next + 1;
	}
}

/* Is it said of an archive to people?  Formats and names are not. */
static bool
is_reason(const char *text)
{
	static const char *const others[] = { "kusanone segment v1", "kusanone block v1",
					      "kusanone consistency proof v1" };

	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		if (strcmp(text, others[i]) == 0) {
			return false;
		}
	}
	/* Two words of letters; "{0}" is none, nor is what begins or ends a line. */
	const char *blank = strchr(text, ' ');
	return blank != NULL && blank[1] != '\0' && strchr(text, '\\') == NULL &&
	       text[strlen(text) - 1] != ' ';
}

static unsigned
check_source(const char *path)
{
	struct buf source = read_bytes(path);
	unsigned count = 0;

	buf_put_u8(&source, '\0');
	for (const char *at = (const char *)source.at; *at != '\0'; at++) {
		struct buf literal = { 0 };

		if (strncmp(at, "/*", 2) == 0) {
			at = strstr(at, "*/") + 1;
			continue;
		}
		if (strncmp(at, "#include", 8) == 0) {
			at += strcspn(at, "\n");
			continue;
		}
		if (*at == '\'') {
			at += at[1] == '\\' ? 3 : 2;
			continue;
		}
		if (*at != '"') {
			continue;
		}
		at = take_literal(at + 1, &literal) - 1;
		buf_put_u8(&literal, '\0');
		const char *text = (const char *)literal.at;
		if (is_reason(text)) {
			const char *const args[] = { "7", "8", NULL };
			struct buf filled = { 0 };

			text_fill(&filled, text, args);
			const char *english =
				arena_dup(&world.arena, filled.at, filled.len);
			const char *said = archive_reason(&world.cli, english);
			if (strcmp(said, english) == 0) {
				fail_msg("%s: \"%s\" has no Japanese", path, text);
			}
			buf_fini(&filled);
			count++;
		}
		buf_fini(&literal);
	}
	buf_fini(&source);
	return count;
}

static void
test_archive__every_reason_is_there_in_japanese(void **state)
{
	DIR *sources = opendir(SOURCE_DIR "/services/lib/archive");
	const struct dirent *file;
	unsigned count = 0;
	(void)state;

	world.cli.lang = LANG_JA;
	assert_non_null(sources);
	while ((file = readdir(sources)) != NULL) {
		size_t len = strlen(file->d_name);

		if (len > 2 && strcmp(file->d_name + len - 2, ".c") == 0) {
			count += check_source(arena_printf(
				&world.arena, SOURCE_DIR "/services/lib/archive/%s",
				file->d_name));
		}
	}
	closedir(sources);
	assert_true(count > 70); /* It does find them. */
	assert_true(check_source(SOURCE_DIR "/services/lib/store/block.c") > 8);
}

static void
test_archive__a_reason_in_a_reason_is_translated_too(void **state)
{
	(void)state;
	world.cli.lang = LANG_JA;
	assert_string_equal(
		archive_reason(&world.cli, "known checkpoint 2: the signature is wrong"),
		"2 番目の --checkpoint: 署名が正しくありません");
	assert_string_equal(archive_reason(&world.cli, "its time is not the archive's"),
			    "時刻がアーカイブの中身と違います");
	assert_string_equal(archive_reason(&world.cli, "something\nnew"),
			    "something / new");
	world.cli.lang = LANG_EN;
	assert_string_equal(archive_reason(&world.cli, "it is missing"), "it is missing");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_verify__a_good_archive_and_what_was_looked_at),
		TEST(test_verify__keys_may_stand_in_a_file_and_the_folder_may_be_this_one),
		TEST(test_verify__without_a_key_from_elsewhere_nothing_is_said),
		TEST(test_verify__what_is_no_key_is_usage),
		TEST(test_verify__the_key_of_another_proves_nothing),
		TEST(test_verify__the_first_fault_has_its_place),
		TEST(test_verify__what_cannot_be_read_is_no_verdict),
		TEST(test_verify__known_checkpoints_hold_it_to_its_history),
		TEST(test_verify__a_screen_shows_how_far_it_is),
		TEST(test_verify__it_can_be_stopped),
		TEST(test_verify__a_segment_that_no_checkpoint_covers),
		TEST(test_prove__the_newest_revision_of_an_event_or_the_one_that_is_named),
		TEST(test_prove__what_is_not_there_or_not_clear_is_refused),
		TEST(test_prove__growth_since_an_old_page),
		TEST(test_check__a_proof_that_was_changed_proves_nothing),
		TEST(test_archive__answers_fit_a_narrow_screen),
		TEST(test_archive__every_reason_is_there_in_japanese),
		TEST(test_archive__a_reason_in_a_reason_is_translated_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
