#include "unit/notification/deliver_fixture.h"

static int
set_up(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	world_init(w);
	w->options.feed_dir = world_path(w, "feeds");
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	world_fini(*state);
	free(*state);
	return 0;
}

static Kusanone__V1__Delivery
delivery(struct world *w, const char *file, const char *content, uint64_t number)
{
	Kusanone__V1__Delivery d = KUSANONE__V1__DELIVERY__INIT;
	Kusanone__V1__FeedFile *feed = arena_alloc(&w->arena, sizeof(*feed));

	kusanone__v1__feed_file__init(feed);
	feed->file = (char *)(uintptr_t)file;
	feed->removed = content == NULL;
	feed->content = pb_slice(slice_str(content));
	d.number = number;
	d.message = (char *)(uintptr_t)MESSAGE;
	d.channel_case = KUSANONE__V1__DELIVERY__CHANNEL_FEED;
	d.feed = feed;
	return d;
}

static const struct outcome_seen *
put(struct world *w, const char *file, const char *content)
{
	Kusanone__V1__Delivery d = delivery(w, file, content, 1);

	return send_one(w, &d);
}

static ino_t
inode_of(struct world *w, const char *name)
{
	struct stat st;

	assert_int_equal(
		stat(arena_printf(&w->arena, "%s/%s", w->options.feed_dir, name), &st),
		0);
	return st.st_ino;
}

static unsigned
files_in(const char *dir)
{
	DIR *d = opendir(dir);
	unsigned n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL) {
		n++;
	}
	closedir(d);
	return n - 2;
}

static void
test_feed__a_file_is_written_once_and_removed(void **state)
{
	struct world *w = *state;
	struct stat st;

	assert_true(world_open(w));
	assert_int_equal(stat(w->options.feed_dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(put(w, "all-2024.ics", "BEGIN\r\n")->kind, ACCEPTED);
	assert_string_equal(read_file(w, w->options.feed_dir, "all-2024.ics"),
			    "BEGIN\r\n");
	/* The same again touches nothing; a file that is made anew has another inode. */
	ino_t before = inode_of(w, "all-2024.ics");
	const struct outcome_seen *o = put(w, "all-2024.ics", "BEGIN\r\n");
	assert_int_equal(o->kind, ACCEPTED);
	CHECK_HAS(o->answer, "is the same");
	assert_int_equal(inode_of(w, "all-2024.ics"), before);
	static const char *const others[] = { "BEGIN\r\nX", "BEGIN", "CEGIN", "" };
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		assert_int_equal(put(w, "all-2024.ics", others[i])->kind, ACCEPTED);
		assert_string_equal(read_file(w, w->options.feed_dir, "all-2024.ics"),
				    others[i]);
	}
	assert_int_equal(files_in(w->options.feed_dir), 1);
	assert_int_equal(put(w, "all-2024.ics", NULL)->kind, ACCEPTED);
	assert_int_equal(put(w, "all-2024.ics", NULL)->kind, ACCEPTED);
	assert_int_equal(files_in(w->options.feed_dir), 0);
}

static void
test_feed__of_many_the_last_one_stays(void **state)
{
	struct world *w = *state;

	assert_true(world_open(w));
	for (unsigned i = 1; i <= 30; i++) {
		Kusanone__V1__Delivery d =
			delivery(w, i % 2 == 0 ? "even.ics" : "odd.ics",
				 arena_printf(&w->arena, "content %u", i), i);

		begin(w, &d);
	}
	world_wait(w, 30);
	assert_string_equal(read_file(w, w->options.feed_dir, "odd.ics"), "content 29");
	assert_string_equal(read_file(w, w->options.feed_dir, "even.ics"), "content 30");
}

static void
test_feed__a_name_leads_nowhere_else(void **state)
{
	static const char *const names[] = {
		"",           ".ics",    "../x.ics", "x/y.ics",  "/x.ics",
		"X.ics",      "x.ICS",   "x.ics.",   "x.ics/..", "x.txt",
		".x.ics.new", "x\n.ics", "x .ics",   "x..ics",   "x.icsx",
	};
	struct world *w = *state;

	assert_true(world_open(w));
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		assert_int_equal(put(w, names[i], "x")->kind, REFUSED);
		assert_int_equal(put(w, names[i], NULL)->kind, REFUSED);
	}
	assert_int_equal(files_in(w->options.feed_dir), 0);
}

static void
test_feed__what_is_in_the_way_is_not_followed(void **state)
{
	struct world *w = *state;

	assert_true(world_open(w));
	write_file(w->dir, "precious", 0600, "x");
	assert_int_equal(symlink("../precious", world_path(w, "feeds/a.ics")), 0);
	assert_int_equal(symlink("../precious", world_path(w, "feeds/.a.ics.new")), 0);
	assert_int_equal(put(w, "a.ics", "feed")->kind, ACCEPTED);
	assert_string_equal(read_file(w, w->dir, "precious"), "x");
	assert_string_equal(read_file(w, w->options.feed_dir, "a.ics"), "feed");
	/* A folder cannot be replaced: later, when somebody has seen to it. */
	assert_int_equal(mkdir(world_path(w, "feeds/b.ics"), 0700), 0);
	const struct outcome_seen *o = put(w, "b.ics", "feed");
	assert_int_equal(o->kind, LATER);
	CHECK_HAS(o->answer, "b.ics: ");
	assert_int_equal(files_in(w->options.feed_dir), 2);
}

static void
test_feed__without_a_folder_it_is_later(void **state)
{
	struct world *w = *state;

	write_file(w->dir, "file", 0600, "x");
	w->options.feed_dir = world_path(w, "file");
	assert_false(world_open(w));
	CHECK_HAS(w->why, "no folder for feeds");
	w->options.feed_dir = NULL;
	assert_true(world_open(w));
	const struct outcome_seen *o = put(w, "a.ics", "x");
	assert_int_equal(o->kind, LATER);
	CHECK_HAS(o->answer, "not set up");
}

static void
test_feed__a_delivery_of_no_channel_is_refused(void **state)
{
	struct world *w = *state;
	Kusanone__V1__Delivery d = KUSANONE__V1__DELIVERY__INIT;

	assert_true(world_open(w));
	d.number = 5;
	assert_int_equal(send_one(w, &d)->kind, REFUSED);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_feed__a_file_is_written_once_and_removed),
		TEST(test_feed__of_many_the_last_one_stays),
		TEST(test_feed__a_name_leads_nowhere_else),
		TEST(test_feed__what_is_in_the_way_is_not_followed),
		TEST(test_feed__without_a_folder_it_is_later),
		TEST(test_feed__a_delivery_of_no_channel_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
