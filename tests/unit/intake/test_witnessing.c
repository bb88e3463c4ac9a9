#include "unit/intake/witness_story.h"

static uint64_t
kept(struct story *s)
{
	const Kusanone__V1__ArchiveView *view = ask_status(s->post)->archive;

	return view != NULL ? view->entries : 0;
}

static bool
alarmed(struct story *s, const char *words)
{
	const Kusanone__V1__StatusReply *r = ask_status(s->post);

	for (size_t i = 0; i < r->n_alarms; i++) {
		if (strstr(r->alarms[i]->en, words) != NULL) {
			return true;
		}
	}
	return false;
}

/* The size that the post's next STATUS wants proved; 0: none was sent. */
static uint64_t
wants(struct story *s)
{
	struct link_status status;
	struct frame frame;

	post_turn(s->post);
	if (!get_frame(s->post, DOWN, FRAME_STATUS, 0, &frame)) {
		return 0;
	}
	must(link_status_get(frame.body, &s->post->arena, &status));
	return status.wanted_count != 0 ? status.wanted[0] : 0;
}

static int
begin(void **state)
{
	return begin_as(NODE_POST, state);
}

static void
test_witness__a_post_keeps_what_is_proved_to_extend(void **state)
{
	struct story *s = *state;

	assert_int_equal(kept(s), 0);
	assert_int_equal(show(s, &s->archive, 0, 0), OK);
	assert_int_equal(kept(s), 20);
	assert_int_equal(show(s, &s->archive, 2, 0), OK);
	assert_int_equal(wants(s), 20); /* At once, not with the next heartbeat. */
	assert_int_equal(kept(s), 20);
	assert_int_equal(show(s, &s->archive, 2, 20), OK);
	assert_int_equal(kept(s), 60);
	assert_int_equal(wants(s), 0);
	post_restart(s->post);
	assert_int_equal(kept(s), 60);
}

static void
test_witness__a_rewritten_archive_is_an_alarm_for_good(void **state)
{
	struct story *s = *state;
	struct history other;
	struct archive forked;

	history_make(&other, 8, ENTRIES, SIZE_MAX);
	archive_make(&forked, &other, PER_SEGMENT, &s->key);
	assert_int_equal(show(s, &s->archive, 1, 0), OK);
	assert_int_equal(show(s, &forked, 1, 0), OK);
	assert_true(alarmed(s, "rewritten"));
	assert_int_equal(kept(s), 40);
	post_restart(s->post);
	assert_true(alarmed(s, "rewritten"));
	const Kusanone__V1__ArchiveView *view = ask_status(s->post)->archive;
	assert_true(slice_eq(slice_str(view->fork), buf_slice(&forked.notes[1])));
	assert_true(
		slice_eq(slice_str(view->checkpoint), buf_slice(&s->archive.notes[1])));
	archive_fini(&forked);
	history_fini(&other);
}

static void
test_witness__one_that_covers_less_is_an_alarm_until_it_covers_all(void **state)
{
	struct story *s = *state;

	assert_int_equal(show(s, &s->archive, 1, 0), OK);
	assert_int_equal(show(s, &s->archive, 0, 0), OK);
	assert_true(alarmed(s, "holds less"));
	assert_int_equal(kept(s), 40);
	assert_int_equal(show(s, &s->archive, 1, 0), OK);
	assert_false(alarmed(s, "holds less"));
}

static void
test_witness__what_is_never_proved_is_an_alarm_after_a_while(void **state)
{
	struct story *s = *state;

	assert_int_equal(show(s, &s->archive, 0, 0), OK);
	assert_int_equal(show(s, &s->archive, 2, 0), OK);
	assert_false(alarmed(s, "not proved"));
	for (int i = 0; i < 130; i++) { /* It is shown again with each heartbeat. */
		s->post->now += 5000;
		assert_int_equal(show(s, &s->archive, 2, 0), OK);
	}
	assert_true(alarmed(s, "not proved"));
	assert_int_equal(show(s, &s->archive, 2, 20), OK);
	assert_false(alarmed(s, "not proved"));
}

static void
test_witness__what_could_not_be_written_is_not_known(void **state)
{
	struct story *s = *state;

	assert_int_equal(show(s, &s->archive, 0, 0), OK);
	assert_int_equal(show(s, &s->archive, 1, 0), OK);
	store_fail_commit(s->post->store, 1, ERR_DISK_FULL);
	assert_int_equal(show(s, &s->archive, 1, 20), ERR_DISK_FULL);
	assert_int_equal(kept(s), 20);
	assert_int_equal(show(s, &s->archive, 1, 20), OK);
	assert_int_equal(kept(s), 40);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_witness__a_post_keeps_what_is_proved_to_extend),
		TEST(test_witness__a_rewritten_archive_is_an_alarm_for_good),
		TEST(test_witness__one_that_covers_less_is_an_alarm_until_it_covers_all),
		TEST(test_witness__what_is_never_proved_is_an_alarm_after_a_while),
		TEST(test_witness__what_could_not_be_written_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
