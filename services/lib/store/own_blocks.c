#include "lib/store/own_blocks.h"

#include <stdlib.h>

#include "lib/base/mem.h"

enum { LEAST_SLOTS = 64 };

struct own_blocks *
own_blocks_new(void)
{
	struct own_blocks *own = xcalloc(1, sizeof(*own));

	own->mask = LEAST_SLOTS - 1;
	own->slots = xcalloc(LEAST_SLOTS, sizeof(own->slots[0]));
	return own;
}

void
own_blocks_free(struct own_blocks *own)
{
	if (own == NULL) {
		return;
	}
	free(own->slots);
	free(own->list);
	free(own);
}

/* The number may be there already: that of a block which went and came again. */
static void
put_slot(struct own_blocks *own, uint32_t number)
{
	uint32_t at = (uint32_t)own->list[number].hash & own->mask;

	while (own->slots[at] != 0 && own->slots[at] != number + 1) {
		at = (at + 1) & own->mask;
	}
	own->used += own->slots[at] == 0;
	own->slots[at] = number + 1;
}

/* At most half of the slots are ever used, so that a search ends soon. */
static void
make_slots(struct own_blocks *own, uint32_t count)
{
	uint32_t size = LEAST_SLOTS;

	must(count < UINT32_MAX / 8);
	while (size < 4 * count) {
		size *= 2;
	}
	free(own->slots);
	own->slots = xcalloc(size, sizeof(own->slots[0]));
	own->mask = size - 1;
	own->used = 0;
	for (uint32_t i = 0; i < count; i++) {
		put_slot(own, i);
	}
}

void
own_blocks_add(struct own_blocks *own, uint32_t count, const struct hash *hash,
	       uint64_t first)
{
	must(count == 0 || own->list[count - 1].first < first);
	if (count == own->cap) {
		own->cap = own->cap != 0 ? 2 * own->cap : 64;
		own->list = xrealloc(own->list, own->cap * sizeof(own->list[0]));
	}
	own->list[count] = (struct own_block){ .hash = hash_u64(hash), .first = first };
	if (own->used > own->mask / 2) {
		make_slots(own, count + 1);
	} else {
		put_slot(own, count);
	}
}

uint32_t
own_blocks_find(const struct own_blocks *own, uint32_t count, const struct hash *hash,
		uint32_t after)
{
	uint64_t wanted = hash_u64(hash);
	bool found = after == 0;

	for (uint32_t at = (uint32_t)wanted & own->mask; own->slots[at] != 0;
	     at = (at + 1) & own->mask) {
		uint32_t number1 = own->slots[at];

		if (found && number1 <= count && own->list[number1 - 1].hash == wanted) {
			return number1;
		}
		found = found || number1 == after;
	}
	return 0;
}

uint32_t
own_blocks_above(const struct own_blocks *own, uint32_t count, uint64_t position)
{
	uint32_t low = 0, high = count;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (own->list[mid].first > position) {
			high = mid;
		} else {
			low = mid + 1;
		}
	}
	return low;
}
