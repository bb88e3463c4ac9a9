#include <stdlib.h>

#include "unit/lib/link/link_test.h"

static struct buf body;
static struct arena arena;

static int
clear(void **state)
{
	(void)state;
	buf_fini(&body);
	arena_fini(&arena);
	return 0;
}

/* The beginning of a length-delimited field. */
static void
put_tag(struct buf *b, unsigned field, size_t len)
{
	buf_put_u8(b, (uint8_t)(field << 3 | 2));
	for (; len >= 0x80; len >>= 7) {
		buf_put_u8(b, (uint8_t)(len | 0x80));
	}
	buf_put_u8(b, (uint8_t)len);
}

static void
put_field(struct buf *b, unsigned field, const void *at, size_t len)
{
	put_tag(b, field, len);
	buf_put(b, at, len);
}

static void
put_number(struct buf *b, unsigned field, uint8_t value)
{
	buf_put_u8(b, (uint8_t)(field << 3));
	buf_put_u8(b, value);
}

static void
test_wire__a_hello_comes_back(void **state)
{
	(void)state;
	struct link_hello hello = { .node = some_node(1),
				    .role = LINK_CONSUMER,
				    .cursor = cursor_at(41),
				    .own_blocks_whole = true,
				    .unfiltered = true,
				    .upto = UINT64_MAX,
				    .credit = LINK_CREDIT,
				    .minor_min = 1,
				    .minor_max = 3,
				    .software = slice_str("意图 1.0"),
				    .wall = -5 };
	struct link_hello got;

	link_hello_put(&body, &hello);
	assert_true(link_hello_get(buf_slice(&body), &arena, &got));
	assert_true(node_id_eq(&got.node, &hello.node));
	assert_int_equal(got.role, LINK_CONSUMER);
	assert_true(link_cursor_eq(&got.cursor, &hello.cursor));
	assert_true(got.own_blocks_whole && got.unfiltered);
	assert_true(got.upto == UINT64_MAX);
	assert_int_equal(got.credit, LINK_CREDIT);
	assert_int_equal(got.minor_min, 1);
	assert_int_equal(got.minor_max, 3);
	assert_true(slice_eq(got.software, hello.software));
	assert_int_equal(got.wall, -5);
}

static void
test_wire__a_long_name_of_software_is_cut_between_characters(void **state)
{
	(void)state;
	char name[300];
	struct link_hello hello = { .role = LINK_PRODUCER };
	struct link_hello got;

	for (size_t i = 0; i < 300; i += 3) {
		memcpy(name + i, "日", 3);
	}
	hello.software = slice_of(name, 300);
	link_hello_put(&body, &hello);
	assert_true(link_hello_get(buf_slice(&body), &arena, &got));
	assert_int_equal(got.software.len % 3, 0);
	assert_in_range(got.software.len, 120, 127);
}

static void
test_wire__welcome_ack_status_and_goodbye_come_back(void **state)
{
	(void)state;
	struct link_welcome welcome = { .minor = 1,
					.credit = 7,
					.head = cursor_at(9),
					.heartbeat_ms = 5000,
					.wall = 1700000000000 };
	struct link_ack ack = { .batch_no = 12, .cursor = cursor_at(8), .credit = 99 };
	static const uint8_t hashes[2 * LINK_GROWTH_HASH] = { 1, [63] = 2 };
	const uint64_t wanted[] = { 7, UINT64_MAX };
	const struct link_growth growth[] = { { 7, slice_of(hashes, sizeof(hashes)) },
					      { 9, { 0 } } };
	struct link_status status = { .head = 5,
				      .lag = 4,
				      .wall = 3,
				      .commit_age_ms = 2,
				      .disk_used_percent = 76,
				      .checkpoint = slice_of("\0\xff", 2),
				      .archive_key = slice_str("a+b+c"),
				      .wanted = wanted,
				      .wanted_count = ARRAY_LEN(wanted),
				      .growth = growth,
				      .growth_count = ARRAY_LEN(growth) };
	const char *reason;

	link_welcome_put(&body, &welcome);
	struct link_welcome got_welcome;
	assert_true(link_welcome_get(buf_slice(&body), &arena, &got_welcome));
	assert_true(link_cursor_eq(&got_welcome.head, &welcome.head));
	assert_int_equal(got_welcome.minor, 1);
	assert_int_equal(got_welcome.credit, 7);
	assert_int_equal(got_welcome.heartbeat_ms, 5000);
	assert_int_equal(got_welcome.wall, welcome.wall);

	buf_clear(&body);
	link_ack_put(&body, &ack);
	struct link_ack got_ack;
	assert_true(link_ack_get(buf_slice(&body), &arena, &got_ack));
	assert_int_equal(got_ack.batch_no, 12);
	assert_true(link_cursor_eq(&got_ack.cursor, &ack.cursor));
	assert_int_equal(got_ack.credit, 99);

	buf_clear(&body);
	link_status_put(&body, &status);
	struct link_status got_status;
	assert_true(link_status_get(buf_slice(&body), &arena, &got_status));
	assert_int_equal(got_status.head, 5);
	assert_int_equal(got_status.lag, 4);
	assert_int_equal(got_status.wall, 3);
	assert_int_equal(got_status.commit_age_ms, 2);
	assert_int_equal(got_status.disk_used_percent, 76);
	assert_true(slice_eq(got_status.checkpoint, status.checkpoint));
	assert_true(slice_eq_str(got_status.archive_key, "a+b+c"));
	assert_int_equal(got_status.wanted_count, 2);
	assert_true(got_status.wanted[1] == UINT64_MAX);
	assert_int_equal(got_status.growth_count, 2);
	assert_int_equal(got_status.growth[0].from, 7);
	assert_true(slice_eq(got_status.growth[0].hashes, growth[0].hashes));
	assert_int_equal(got_status.growth[1].hashes.len, 0);

	buf_clear(&body);
	link_goodbye_put(&body, "restart");
	assert_true(link_goodbye_get(buf_slice(&body), &arena, &reason));
	assert_string_equal(reason, "restart");
}

static void
test_wire__a_batch_comes_back_with_its_items(void **state)
{
	(void)state;
	char long_item[300];
	struct slice items[3] = { slice_str("first"), slice_str(""),
				  slice_of(long_item, sizeof(long_item)) };
	struct link_batch batch = { .batch_no = 3,
				    .after = cursor_at(10),
				    .through = cursor_at(20),
				    .items = items,
				    .item_count = 3 };
	struct link_batch got;

	memset(long_item, 'x', sizeof(long_item));
	link_batch_put(&body, &batch);
	assert_true(link_batch_get(buf_slice(&body), &arena, &got));
	assert_int_equal(got.batch_no, 3);
	assert_true(link_cursor_eq(&got.after, &batch.after));
	assert_true(link_cursor_eq(&got.through, &batch.through));
	assert_int_equal(got.item_count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_true(slice_eq(got.items[i], items[i]));
	}
	assert_int_equal(link_batch_cost(&got, slice_str("pay")), 5 + 300 + 3);
}

static void
test_wire__an_error_comes_back_and_a_newer_one_is_bearable(void **state)
{
	(void)state;
	struct link_error error = { .code = LINK_OUT_OF_ORDER,
				    .error_class = LINK_RETRY_NOW,
				    .retry_after_ms = 500,
				    .text = "親がない",
				    .block = some_hash(4),
				    .minor_min = 1,
				    .minor_max = 2 };
	struct link_error got;

	link_error_put(&body, &error);
	assert_true(link_error_get(buf_slice(&body), &arena, &got));
	assert_int_equal(got.code, LINK_OUT_OF_ORDER);
	assert_int_equal(got.error_class, LINK_RETRY_NOW);
	assert_int_equal(got.retry_after_ms, 500);
	assert_string_equal(got.text, "親がない");
	assert_true(hash_eq(&got.block, &error.block));
	assert_int_equal(got.minor_min, 1);
	assert_int_equal(got.minor_max, 2);

	buf_clear(&body);
	error.code = (enum link_code)99;
	error.error_class = (enum link_class)9;
	link_error_put(&body, &error);
	assert_true(link_error_get(buf_slice(&body), &arena, &got));
	assert_int_equal(got.code, 99);
	assert_int_equal(got.error_class, LINK_RETRY_BACKOFF);

	buf_clear(&body); /* No code at all is no error. */
	put_field(&body, 4, "text", 4);
	assert_false(link_error_get(buf_slice(&body), &arena, &got));
}

static void
test_wire__empty_bodies_are_messages_except_where_a_role_or_code_is_due(void **state)
{
	(void)state;
	struct slice none = { 0 };
	struct link_hello hello;
	struct link_welcome welcome;
	struct link_batch batch;
	struct link_ack ack;
	struct link_status status;
	struct link_error error;
	const char *reason;

	assert_false(link_hello_get(none, &arena, &hello));
	assert_false(link_error_get(none, &arena, &error));
	assert_true(link_welcome_get(none, &arena, &welcome));
	assert_true(link_batch_get(none, &arena, &batch));
	assert_int_equal(batch.item_count, 0);
	assert_true(hash_is_zero(&batch.after.log_hash));
	assert_true(link_ack_get(none, &arena, &ack));
	assert_true(link_status_get(none, &arena, &status));
	assert_int_equal(status.checkpoint.len, 0);
	assert_true(link_goodbye_get(none, &arena, &reason));
	assert_string_equal(reason, "");
}

static void
test_wire__an_id_is_16_bytes_or_none(void **state)
{
	(void)state;
	static const uint8_t bytes[40] = { 1 };
	struct link_hello hello;

	for (size_t len = 0; len <= sizeof(bytes); len++) {
		buf_clear(&body);
		put_field(&body, 1, bytes, len);
		put_number(&body, 2, 1);
		assert_int_equal(link_hello_get(buf_slice(&body), &arena, &hello),
				 len == 0 || len == NODE_ID_LEN);
	}
}

static void
test_wire__a_hash_is_32_bytes_or_none_wherever_it_stands(void **state)
{
	(void)state;
	static const uint8_t bytes[40] = { 1 };
	struct link_hello hello;
	struct link_welcome welcome;
	struct link_batch batch;
	struct link_ack ack;
	struct link_error error;

	for (size_t len = 0; len <= sizeof(bytes); len++) {
		bool good = len == 0 || len == HASH_LEN;
		struct buf cursor = { 0 };

		put_field(&cursor, 2, bytes, len);
		buf_clear(&body);
		put_number(&body, 2, 2);
		put_field(&body, 3, cursor.at, cursor.len);
		assert_int_equal(link_hello_get(buf_slice(&body), &arena, &hello), good);
		buf_clear(&body);
		put_field(&body, 3, cursor.at, cursor.len);
		assert_int_equal(link_welcome_get(buf_slice(&body), &arena, &welcome),
				 good);
		assert_int_equal(link_batch_get(buf_slice(&body), &arena, &batch), good);
		buf_clear(&body);
		put_field(&body, 2, cursor.at, cursor.len);
		assert_int_equal(link_batch_get(buf_slice(&body), &arena, &batch), good);
		assert_int_equal(link_ack_get(buf_slice(&body), &arena, &ack), good);
		buf_clear(&body);
		put_number(&body, 1, LINK_PROTOCOL);
		put_field(&body, 5, bytes, len);
		assert_int_equal(link_error_get(buf_slice(&body), &arena, &error), good);
		buf_fini(&cursor);
	}
}

static void
test_wire__a_role_is_one_of_two_and_minors_are_a_range(void **state)
{
	(void)state;
	struct link_hello hello;

	for (uint8_t role = 0; role < 10; role++) {
		buf_clear(&body);
		put_number(&body, 2, role);
		assert_int_equal(link_hello_get(buf_slice(&body), &arena, &hello),
				 role == LINK_PRODUCER || role == LINK_CONSUMER);
	}
	buf_clear(&body);
	put_number(&body, 2, 1);
	put_number(&body, 7, 3);
	put_number(&body, 8, 2);
	assert_false(link_hello_get(buf_slice(&body), &arena, &hello));
}

static void
test_wire__text_is_utf8_without_nul(void **state)
{
	(void)state;
	static const struct {
		const char *at;
		size_t len;
		bool good;
	} cases[] = {
		{ "", 0, true },
		{ "plain", 5, true },
		{ "日本", 6, true },
		{ "a\0b", 3, false },
		{ "\0", 1, false },
		{ "\xff", 1, false },
		{ "\xe6\x97", 2, false },
		{ "\xc0\xaf", 2, false },
		{ "\xed\xa0\x80", 3, false },
	};
	struct link_hello hello;
	struct link_error error;
	const char *reason;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		buf_clear(&body);
		put_number(&body, 2, 1);
		put_field(&body, 9, cases[i].at, cases[i].len);
		assert_int_equal(link_hello_get(buf_slice(&body), &arena, &hello),
				 cases[i].good);
		buf_clear(&body);
		put_number(&body, 1, 1);
		put_field(&body, 4, cases[i].at, cases[i].len);
		assert_int_equal(link_error_get(buf_slice(&body), &arena, &error),
				 cases[i].good);
		buf_clear(&body);
		put_field(&body, 1, cases[i].at, cases[i].len);
		assert_int_equal(link_goodbye_get(buf_slice(&body), &arena, &reason),
				 cases[i].good);
	}
}

static void
test_wire__unknown_fields_are_ignored(void **state)
{
	(void)state;
	struct link_ack ack;

	put_number(&body, 1, 5);
	put_number(&body, 15, 1);
	put_field(&body, 14, "\xff\0", 2);
	assert_true(link_ack_get(buf_slice(&body), &arena, &ack));
	assert_int_equal(ack.batch_no, 5);
}

static void
test_wire__a_message_cut_anywhere_within_a_field_is_refused(void **state)
{
	(void)state;
	struct link_ack ack = { .batch_no = 300, .cursor = cursor_at(1), .credit = 300 };
	struct link_ack got;
	unsigned whole = 0;

	link_ack_put(&body, &ack);
	for (size_t len = 0; len <= body.len; len++) {
		/* A copy, so that a read beyond the end is seen by the sanitizer. */
		uint8_t *copy = xmalloc(len);

		memcpy(copy, body.at, len);
		whole += link_ack_get(slice_of(copy, len), &arena, &got);
		free(copy);
	}
	assert_int_equal(whole, 4); /* After no, one, two and all three fields. */
}

static void
test_wire__garbage_is_refused_or_read_but_never_more(void **state)
{
	(void)state;
	struct rng rng = { 7 };
	struct link_hello hello = { .role = LINK_CONSUMER,
				    .cursor = cursor_at(7),
				    .software = slice_str("kusanone") };
	unsigned refused = 0;

	link_hello_put(&body, &hello);
	for (unsigned i = 0; i < 20000; i++) {
		uint8_t copy[256];
		struct link_hello got;
		struct link_batch batch;
		struct link_error error;

		must(body.len <= sizeof(copy));
		memcpy(copy, body.at, body.len);
		for (unsigned flips = 0; flips < 3; flips++) {
			copy[rng_below(&rng, body.len)] = (uint8_t)rng_u64(&rng);
		}
		struct slice s = slice_of(copy, body.len);
		refused += !link_hello_get(s, &arena, &got);
		(void)!link_batch_get(s, &arena, &batch);
		(void)!link_error_get(s, &arena, &error);
		arena_reset(&arena);
	}
	assert_true(refused > 1000);
}

static void
test_wire__nested_garbage_is_refused(void **state)
{
	(void)state;
	struct link_hello hello;
	struct link_batch batch;

	/* A cursor that holds what is no message; groups; a length beyond the end. */
	put_number(&body, 2, 1);
	put_field(&body, 3, "\xff\xff\xff", 3);
	assert_false(link_hello_get(buf_slice(&body), &arena, &hello));
	buf_clear(&body);
	for (unsigned i = 0; i < 10000; i++) {
		buf_put_u8(&body, 2 << 3 | 3);
	}
	assert_false(link_batch_get(buf_slice(&body), &arena, &batch));
	buf_clear(&body);
	buf_put(&body, "\x12\xff\xff\xff\xff\x0f", 6);
	assert_false(link_batch_get(buf_slice(&body), &arena, &batch));
}

/* protobuf-c alone would make tens of megabytes of these. */
static void
test_wire__a_megabyte_of_empty_submessages_is_refused_within_its_budget(void **state)
{
	(void)state;
	struct link_batch batch;
	const size_t len = 1024 * 1024;

	for (size_t i = 0; i < len / 2; i++) {
		buf_put(&body, "\x12\x00", 2);
	}
	assert_false(link_batch_get(buf_slice(&body), &arena, &batch));
	assert_true(arena.used <= 17 * len);
	arena_reset(&arena);

	buf_clear(&body); /* Empty items. */
	for (size_t i = 0; i < len / 2; i++) {
		buf_put(&body, "\x22\x00", 2);
	}
	assert_false(link_batch_get(buf_slice(&body), &arena, &batch));
	assert_true(arena.used <= 17 * len);
	arena_reset(&arena);

	buf_clear(&body); /* Unknown varints. */
	for (size_t i = 0; i < len / 2; i++) {
		buf_put(&body, "\x78\x00", 2);
	}
	assert_false(link_batch_get(buf_slice(&body), &arena, &batch));
	assert_true(arena.used <= 17 * len);
}

static void
test_wire__honest_items_fit_the_budget_at_any_number(void **state)
{
	(void)state;
	struct slice *items = xcalloc(20000, sizeof(*items));
	struct link_batch batch = { .batch_no = 1, .items = items };
	struct link_batch got;

	for (size_t i = 0; i < 20000; i++) {
		items[i] = slice_str("0123456789abcdef");
	}
	for (batch.item_count = 0; batch.item_count <= 20000;
	     batch.item_count += batch.item_count < 100 ? 1 : 997) {
		buf_clear(&body);
		arena_reset(&arena);
		link_batch_put(&body, &batch);
		assert_true(link_batch_get(buf_slice(&body), &arena, &got));
		assert_int_equal(got.item_count, batch.item_count);
	}
	free(items);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_teardown(name, clear)
		T(test_wire__a_hello_comes_back),
		T(test_wire__a_long_name_of_software_is_cut_between_characters),
		T(test_wire__welcome_ack_status_and_goodbye_come_back),
		T(test_wire__a_batch_comes_back_with_its_items),
		T(test_wire__an_error_comes_back_and_a_newer_one_is_bearable),
		T(test_wire__empty_bodies_are_messages_except_where_a_role_or_code_is_due),
		T(test_wire__an_id_is_16_bytes_or_none),
		T(test_wire__a_hash_is_32_bytes_or_none_wherever_it_stands),
		T(test_wire__a_role_is_one_of_two_and_minors_are_a_range),
		T(test_wire__text_is_utf8_without_nul),
		T(test_wire__unknown_fields_are_ignored),
		T(test_wire__a_message_cut_anywhere_within_a_field_is_refused),
		T(test_wire__garbage_is_refused_or_read_but_never_more),
		T(test_wire__nested_garbage_is_refused),
		T(test_wire__a_megabyte_of_empty_submessages_is_refused_within_its_budget),
		T(test_wire__honest_items_fit_the_budget_at_any_number),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
