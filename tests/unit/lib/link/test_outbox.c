#include "unit/lib/link/link_test.h"

static const struct peer peer = { .endpoint = 2, .id = 7 };

static void
put(struct outbox *out, enum frame_type type, const char *body, const char *payload)
{
	outbox_frame(out, peer, &(struct frame_header){ .type = (uint8_t)type },
		     slice_str(body), slice_str(payload));
}

static void
test_outbox__keeps_the_order_of_what_is_wanted(void **state)
{
	(void)state;
	struct outbox out = { 0 };
	uint8_t keys[64] = { 1 };
	struct slice parts[3];

	outbox_dial(&out, peer);
	put(&out, FRAME_HELLO, "hello", "");
	put(&out, FRAME_BATCH, "batch", "payload");
	outbox_allow(&out, slice_of(keys, sizeof(keys)));
	outbox_hang_up(&out, 2);
	assert_int_equal(out.count, 5);
	assert_int_equal(out.list[0].kind, OUT_DIAL);
	assert_true(peer_eq(out.list[0].to, peer));

	assert_int_equal(out_parts(&out, &out.list[1], parts), 2);
	assert_int_equal(parts[0].len, FRAME_HEADER_LEN);
	assert_true(slice_eq_str(parts[1], "hello"));
	assert_int_equal(out_parts(&out, &out.list[2], parts), 3);
	assert_true(slice_eq_str(parts[1], "batch"));
	assert_true(slice_eq_str(parts[2], "payload"));

	assert_int_equal(out.list[3].kind, OUT_ALLOW);
	assert_int_equal(out.list[3].payload_len, sizeof(keys));
	assert_memory_equal(out.bytes.at + out.list[3].at, keys, sizeof(keys));
	assert_int_equal(out.list[4].kind, OUT_HANG_UP);
	assert_int_equal(out.list[4].to.endpoint, 2);
	outbox_fini(&out);
}

static void
test_outbox__a_body_may_be_written_in_place(void **state)
{
	(void)state;
	struct outbox out = { 0 };

	struct buf *b = outbox_frame_begin(&out, peer,
					   &(struct frame_header){ .type = FRAME_BATCH });
	for (int i = 0; i < 1000; i++) {
		buf_put_str(b, "grow");
	}
	outbox_frame_end(&out, slice_str("p"));
	struct frame frame = frame_at(&out, 0);
	assert_int_equal(frame.body.len, 4000);
	assert_true(slice_eq_str(frame.payload, "p"));
	outbox_fini(&out);
}

static void
test_outbox__frames_are_copied_in(void **state)
{
	(void)state;
	struct outbox out = { 0 };
	char body[] = "before";

	put(&out, FRAME_SUBMIT, body, "");
	memcpy(body, "after!", 6);
	assert_true(slice_eq_str(frame_at(&out, 0).body, "before"));
	outbox_fini(&out);
}

static void
test_outbox__cut_back_it_goes_on_as_if_nothing_had_been(void **state)
{
	(void)state;
	struct outbox out = { 0 };

	put(&out, FRAME_SUBMIT, "one", "");
	size_t bytes = out.bytes.len;
	put(&out, FRAME_SUBMIT, "two", "");
	outbox_dial(&out, peer);
	outbox_cut(&out, 1);
	assert_int_equal(out.count, 1);
	assert_int_equal(out.bytes.len, bytes);
	put(&out, FRAME_SUBMIT, "three", "");
	assert_true(slice_eq_str(frame_at(&out, 0).body, "one"));
	assert_true(slice_eq_str(frame_at(&out, 1).body, "three"));
	outbox_cut(&out, 2);
	assert_int_equal(out.count, 2);
	outbox_clear(&out);
	assert_int_equal(out.count, 0);
	assert_int_equal(out.bytes.len, 0);
	outbox_clear(&out);
	outbox_fini(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outbox__keeps_the_order_of_what_is_wanted),
		cmocka_unit_test(test_outbox__a_body_may_be_written_in_place),
		cmocka_unit_test(test_outbox__frames_are_copied_in),
		cmocka_unit_test(test_outbox__cut_back_it_goes_on_as_if_nothing_had_been),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
