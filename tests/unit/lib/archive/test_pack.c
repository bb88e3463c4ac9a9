#include "lib/archive/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/base/mem.h"

struct world {
	struct packer *packer;
	struct unpacker *unpacker;
	struct buf packed;
	uint8_t content[4000], out[4001];
};

static int
setup(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	w->packer = packer_new(PACK_LEVEL);
	w->unpacker = unpacker_new();
	for (size_t i = 0; i < sizeof(w->content); i++) {
		w->content[i] = (uint8_t)(i % 61 + i / 500);
	}
	packer_put(w->packer, slice_of(w->content, sizeof(w->content)), &w->packed);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	packer_free(w->packer);
	unpacker_free(w->unpacker);
	buf_fini(&w->packed);
	free(w);
	return 0;
}

static void
test_pack__what_was_packed_is_got_back(void **state)
{
	struct world *w = *state;

	assert_true(w->packed.len < sizeof(w->content) / 2);
	assert_true(unpacker_get(w->unpacker, buf_slice(&w->packed), w->out,
				 sizeof(w->content)));
	assert_memory_equal(w->out, w->content, sizeof(w->content));
}

static void
test_pack__another_length_is_refused_and_nothing_written(void **state)
{
	struct world *w = *state;
	static const uint8_t untouched[4001];

	assert_false(unpacker_get(w->unpacker, buf_slice(&w->packed), w->out,
				  sizeof(w->content) - 1));
	assert_false(unpacker_get(w->unpacker, buf_slice(&w->packed), w->out,
				  sizeof(w->content) + 1));
	assert_false(unpacker_get(w->unpacker, buf_slice(&w->packed), w->out, 0));
	assert_memory_equal(w->out, untouched, sizeof(untouched));
}

static void
test_pack__it_is_exactly_one_frame(void **state)
{
	struct world *w = *state;
	struct slice frame = buf_slice(&w->packed);
	const uint8_t skippable[8] = { 0x50, 0x2a, 0x4d, 0x18 };

	for (size_t len = 0; len < frame.len; len++) {
		assert_false(unpacker_get(w->unpacker, slice_of(frame.at, len), w->out,
					  sizeof(w->content)));
	}
	buf_put(&w->packed, skippable, sizeof(skippable));
	assert_false(unpacker_get(w->unpacker, buf_slice(&w->packed), w->out,
				  sizeof(w->content)));
	assert_false(unpacker_get(w->unpacker, slice_of(skippable, 8), w->out, 0));
}

static void
test_pack__a_flipped_bit_is_seen(void **state)
{
	struct world *w = *state;

	for (size_t bit = 0; bit < 8 * w->packed.len; bit++) {
		w->packed.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		/* Bits that mean nothing there are; what comes out is the same then. */
		if (unpacker_get(w->unpacker, buf_slice(&w->packed), w->out,
				 sizeof(w->content))) {
			assert_memory_equal(w->out, w->content, sizeof(w->content));
		}
		w->packed.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_pack__what_was_packed_is_got_back),
		TEST(test_pack__another_length_is_refused_and_nothing_written),
		TEST(test_pack__it_is_exactly_one_frame),
		TEST(test_pack__a_flipped_bit_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
