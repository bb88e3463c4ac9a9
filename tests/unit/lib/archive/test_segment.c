#include "lib/archive/segment.h"

#include "unit/lib/archive/archive_fixture.h"

/* Segment 3 of the archive, and what it says of itself. */
static struct segment
opened(struct fixture *f)
{
	struct buf *file = fixture_file(f, "segment/003");
	struct segment segment;

	assert_true(segment_open(buf_slice(file), &segment, NULL));
	return segment;
}

static void
test_segment__entries_come_back_in_order(void **state)
{
	struct fixture *f = *state;
	struct segment segment = opened(f);
	struct unpacker *unpacker = unpacker_new();
	size_t entry_no = 3 * FIXTURE_PER_SEGMENT;

	assert_int_equal(segment.head.number, 3);
	assert_int_equal(segment.head.first_leaf, entry_no);
	assert_int_equal(segment.head.count, FIXTURE_PER_SEGMENT);
	assert_int_equal(segment.head.first_position,
			 f->history.entries[entry_no].position);
	for (uint32_t i = 0; i < segment.head.frames; i++) {
		struct segment_frame frame = segment_frame_at(segment.index, i);
		struct archive_entry entry;
		size_t at = 0;

		assert_true(segment_inflate(unpacker, segment_packed(&segment, &frame),
					    &frame, &f->bytes, NULL));
		while (segment_next(buf_slice(&f->bytes), &at, &entry)) {
			const struct history_entry *want =
				&f->history.entries[entry_no++];

			assert_int_equal(entry.position, want->position);
			assert_int_equal(entry.hq_ms, want->hq_ms);
			assert_true(slice_eq(entry.block, buf_slice(&want->block)));
		}
	}
	assert_int_equal(entry_no, 4 * FIXTURE_PER_SEGMENT);
	assert_true(segment_is_whole(&segment));
	unpacker_free(unpacker);
}

static void
test_segment__the_header_is_that_of_format_1(void **state)
{
	struct fixture *f = *state;
	struct buf *file = fixture_file(f, "segment/003");
	const uint8_t *at = file->at;
	struct segment before, segment = opened(f);

	assert_memory_equal(at, "KSA1\1\0\0\0", 8);
	assert_int_equal(get_le64(at + 8), 3);
	assert_int_equal(get_le64(at + 16), 120);
	assert_int_equal(get_le32(at + 24), 40);
	assert_int_equal(get_le32(at + 28), segment.head.frames);
	assert_int_equal(get_le64(at + 32), f->history.entries[120].position);
	assert_int_equal(get_le64(at + 40), f->history.entries[160].position - 1);
	assert_int_equal(get_le64(at + 48), f->history.entries[120].hq_ms);
	assert_int_equal(get_le64(at + 56), f->history.entries[159].hq_ms);
	assert_int_equal(get_le64(at + 72),
			 file->len - 32 - 24 * (size_t)segment.head.frames);
	assert_true(
		segment_open(buf_slice(fixture_file(f, "segment/002")), &before, NULL));
	assert_memory_equal(at + 80, before.head.seal.b, 32);
	assert_memory_equal(at + 112, segment.head.seal.b, 32);
	struct hash trailer = hash_of(slice_of(at, file->len - 32));
	assert_memory_equal(at + file->len - 32, trailer.b, 32);
	/* The first row of the index. */
	at += segment.head.index_at;
	assert_int_equal(get_le64(at), 144);
	assert_int_equal(get_le32(at + 16), 0);
}

static void
test_segment__the_seal_does_not_depend_on_the_packing(void **state)
{
	struct fixture *f = *state;
	struct segment_writer w[2];

	for (int i = 0; i < 2; i++) {
		segment_writer_init(&w[i], i == 0 ? 1 : 9);
		segment_begin(&w[i], 0, 0, &(struct hash){ 0 });
		for (size_t k = 0; k < 200; k++) {
			const struct history_entry *entry = &f->history.entries[k];
			struct sha256 leaf;
			struct block block;

			assert_true(block_parse(buf_slice(&entry->block), &block, NULL));
			assert_true(segment_add(&w[i], entry->position, entry->hq_ms,
						&block, &leaf));
		}
		segment_finish(&w[i]);
	}
	assert_false(slice_eq(buf_slice(&w[0].out), buf_slice(&w[1].out)));
	assert_true(hash_eq(&w[0].head.seal, &w[1].head.seal));
	segment_writer_fini(&w[0]);
	segment_writer_fini(&w[1]);
}

static void
test_segment__is_full_at_16_mib_and_frames_at_256_kib(void **state)
{
	struct fixture *f = *state;
	uint8_t *bytes = xcalloc(1, BLOCK_MAX_LEN);
	const struct block block = { .bytes = slice_of(bytes, BLOCK_MAX_LEN),
				     .count = 1 };
	const size_t item = 5 + ENTRY_HEAD_LEN + BLOCK_MAX_LEN;
	struct segment_writer w;
	struct segment segment;
	struct sha256 leaf;
	uint64_t position = 1;

	segment_writer_init(&w, 1);
	segment_begin(&w, 0, 0, &(struct hash){ 0 });
	while (segment_add(&w, position, 0, &block, &leaf)) {
		position++;
	}
	assert_int_equal(position - 1, SEGMENT_MAX_CONTENT / item);
	assert_true(segment_open(segment_finish(&w), &segment, NULL));
	for (uint32_t i = 0; i < segment.head.frames; i++) {
		struct segment_frame frame = segment_frame_at(segment.index, i);

		assert_true(frame.content_len <= SEGMENT_FRAME_CONTENT);
		assert_true(frame.count == 3 || i + 1 == segment.head.frames);
	}
	segment_writer_fini(&w);
	free(bytes);
	(void)f;
}

static void
test_segment__bytes_that_do_not_get_smaller_fit(void **state)
{
	(void)state;
	uint8_t *bytes = xmalloc(BLOCK_MAX_LEN);
	const struct block block = { .bytes = slice_of(bytes, BLOCK_MAX_LEN),
				     .count = 1 };
	struct rng rng = { .state = 3 };
	struct segment_writer w;
	struct segment segment;
	struct sha256 leaf;
	uint64_t position = 1;

	segment_writer_init(&w, 1);
	segment_begin(&w, 0, 0, &(struct hash){ 0 });
	do {
		for (size_t i = 0; i < BLOCK_MAX_LEN; i += 8) {
			put_le64(bytes + i, rng_u64(&rng));
		}
	} while (segment_add(&w, position++, 0, &block, &leaf));
	struct slice file = segment_finish(&w);
	assert_true(file.len > w.head.content_len);
	assert_true(file.len <= SEGMENT_MAX_LEN);
	assert_true(segment_open(file, &segment, NULL));
	segment_writer_fini(&w);
	free(bytes);
}

static void
test_segment__every_torn_length_is_refused(void **state)
{
	struct fixture *f = *state;
	struct slice whole = buf_slice(fixture_file(f, "segment/007"));
	struct segment segment;

	for (size_t len = 0; len < whole.len; len += 1 + len / 97) {
		uint8_t *torn = xmalloc(len + 1);
		const char *why = NULL;

		memcpy(torn, whole.at, len);
		assert_false(segment_open(slice_of(torn, len), &segment, &why));
		assert_non_null(why);
		free(torn);
	}
}

/* Why the segment does not open with 'len' bytes at 'at' replaced; the first one from the
 * index on where 'at' is negative. */
static const char *
reason(struct fixture *f, long at, const void *bytes, size_t len)
{
	struct slice file = buf_slice(fixture_file(f, "segment/003"));
	struct segment segment;
	const char *why = "opened";

	buf_clear(&f->more);
	buf_put_slice(&f->more, file);
	size_t from = at >= 0 ? (size_t)at : get_le64(file.at + 72) + (size_t)(-at - 1);
	memcpy(f->more.at + from, bytes, len);
	assert_false(segment_open(buf_slice(&f->more), &segment, &why));
	return why;
}

static void
test_segment__a_refusal_names_the_rule(void **state)
{
	struct fixture *f = *state;
	static const uint8_t ones[8] = { 255, 255, 255, 255, 255, 255, 255, 255 };
	static const uint8_t zeros[8];

	assert_string_equal(reason(f, 0, "KSA2", 4), "does not begin with KSA1");
	assert_string_equal(reason(f, 4, "\2", 1), "format is not 1");
	assert_string_equal(reason(f, 6, "\1", 1), "format is not 1");
	assert_string_equal(reason(f, 8, ones, 8),
			    "number or first leaf is out of range");
	assert_string_equal(reason(f, 16, ones, 8),
			    "number or first leaf is out of range");
	assert_string_equal(reason(f, 24, ones, 4), "count is not 1 to 65,536");
	assert_string_equal(reason(f, 24, zeros, 4), "count is not 1 to 65,536");
	assert_string_equal(reason(f, 28, ones, 4), "frames are not 1 to the count");
	assert_string_equal(reason(f, 28, zeros, 4), "frames are not 1 to the count");
	assert_string_equal(reason(f, 32, zeros, 8), "positions are out of range");
	assert_string_equal(reason(f, 40, ones, 8), "positions are out of range");
	assert_string_equal(reason(f, 40, zeros, 8), "positions are out of range");
	assert_string_equal(reason(f, 64, ones, 8), "content is longer than 16 MiB");
	assert_string_equal(reason(f, 64, "\1\0\0\0", 4),
			    "frames do not add up to the segment");
	assert_string_equal(reason(f, 72, ones, 8), "the index lies out of range");
	assert_string_equal(reason(f, 72, zeros, 8), "the index lies out of range");
	assert_string_equal(reason(f, 72, "\x91", 1),
			    "the file is longer or shorter than its header says");
	assert_string_equal(reason(f, -1 - 0, ones, 8),
			    "frames do not follow each other");
	assert_string_equal(reason(f, -1 - 8, zeros, 4),
			    "frames do not follow each other");
	assert_string_equal(reason(f, -1 - 8, ones, 4),
			    opened(f).head.frames == 1
				    ? "frames do not add up to the segment"
				    : "frames do not follow each other");
	assert_string_equal(reason(f, -1 - 12, ones, 4),
			    "a frame's content is longer than 256 KiB");
	assert_string_equal(reason(f, -1 - 16, ones, 4),
			    "frames do not follow each other");
	assert_string_equal(reason(f, -1 - 20, zeros, 4),
			    "frames do not follow each other");
}

static void
test_segment__a_flipped_bit_anywhere_is_seen_by_the_trailer(void **state)
{
	struct fixture *f = *state;
	struct buf *file = fixture_file(f, "segment/007");

	for (size_t bit = 0; bit < 8 * file->len; bit += 1 + bit % 61) {
		struct segment segment;

		file->at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (segment_open(buf_slice(file), &segment, NULL)) {
			assert_false(segment_is_whole(&segment));
		}
		file->at[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

/* A frame with this content, inflated with what the index would say of it. */
static const char *
inflated(struct fixture *f, struct slice content, uint32_t len, uint32_t count)
{
	struct packer *packer = packer_new(1);
	struct unpacker *unpacker = unpacker_new();
	struct segment_frame frame = { .content_len = len, .count = count };
	const char *why = "inflated";

	buf_clear(&f->more);
	frame.len = (uint32_t)packer_put(packer, content, &f->more);
	bool good =
		segment_inflate(unpacker, buf_slice(&f->more), &frame, &f->bytes, &why);
	assert_int_equal(good, strcmp(why, "inflated") == 0);
	packer_free(packer);
	unpacker_free(unpacker);
	return why;
}

static void
test_segment__a_frame_is_exactly_its_entries(void **state)
{
	struct fixture *f = *state;
	uint8_t good[2 * (5 + 20)] = { 20, [25] = 20 }, bad[sizeof(good)];
	const uint32_t len = sizeof(good);
	static const char cut[] =
		"an entry reaches beyond its frame, or is of an unknown kind";
	static const char unpack[] =
		"a frame does not unpack to the length that the index says";

	struct slice content = slice_of(good, len);
	assert_string_equal(inflated(f, content, len, 2), "inflated");
	assert_string_equal(inflated(f, content, len, 1),
			    "bytes after the last entry of a frame");
	assert_string_equal(inflated(f, content, len, 3), cut);
	assert_string_equal(inflated(f, content, len - 1, 2), unpack);
	assert_string_equal(inflated(f, content, len + 1, 2), unpack);
	assert_string_equal(inflated(f, content, SEGMENT_FRAME_CONTENT + 1, 2),
			    "a frame's lengths are out of range");
	memcpy(bad, good, sizeof(bad));
	content.at = bad;
	bad[25] = 21;
	assert_string_equal(inflated(f, content, len, 2), cut);
	bad[25] = 16; /* No block. */
	assert_string_equal(inflated(f, content, len, 2), cut);
	bad[25] = 20;
	bad[29] = 1; /* Another kind. */
	assert_string_equal(inflated(f, content, len, 2), cut);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_segment__entries_come_back_in_order),
		TEST(test_segment__the_header_is_that_of_format_1),
		TEST(test_segment__the_seal_does_not_depend_on_the_packing),
		TEST(test_segment__is_full_at_16_mib_and_frames_at_256_kib),
		TEST(test_segment__bytes_that_do_not_get_smaller_fit),
		TEST(test_segment__every_torn_length_is_refused),
		TEST(test_segment__a_refusal_names_the_rule),
		TEST(test_segment__a_flipped_bit_anywhere_is_seen_by_the_trailer),
		TEST(test_segment__a_frame_is_exactly_its_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
