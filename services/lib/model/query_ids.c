#include "lib/model/query_ids.h"

#include <stdlib.h>

#include "lib/base/mem.h"

enum { MIN_SLOTS = 64, MAX_GRID = 1 << 20 };

void
query_ids_init(struct query_ids *ids, uint32_t small_len)
{
	*ids = (struct query_ids){ .small_len = small_len };
	if (small_len != 0) {
		ids->small = xcalloc(small_len, sizeof(ids->small[0]));
	}
}

void
query_ids_fini(struct query_ids *ids)
{
	free(ids->keys);
	free(ids->small);
	free(ids->slots);
	*ids = (struct query_ids){ 0 };
}

static uint32_t
add_key(struct query_ids *ids, uint64_t key)
{
	must(ids->count < UINT32_MAX - 1);
	if (ids->count == ids->cap) {
		ids->cap = ids->cap != 0 ? 2 * ids->cap : MIN_SLOTS;
		ids->keys = xrealloc(ids->keys, ids->cap * sizeof(ids->keys[0]));
	}
	ids->keys[ids->count] = key;
	return ids->count++;
}

/* Where the key is, or the free slot where it belongs. */
static uint32_t
slot_of(const struct query_ids *ids, uint64_t key)
{
	uint64_t h = key * 0x9e3779b97f4a7c15u;
	uint32_t at = (uint32_t)((h ^ h >> 32) * 0x9e3779b97f4a7c15u >> 32) & ids->mask;

	while (ids->slots[at] != 0 && ids->keys[ids->slots[at] - 1] != key) {
		at = (at + 1) & ids->mask;
	}
	return at;
}

static void
grow_slots(struct query_ids *ids)
{
	uint32_t *old = ids->slots;
	uint32_t old_len = old != NULL ? ids->mask + 1 : 0;
	uint32_t len = old != NULL ? 2 * old_len : MIN_SLOTS;

	ids->slots = xcalloc(len, sizeof(ids->slots[0]));
	ids->mask = len - 1;
	for (uint32_t i = 0; i < old_len; i++) {
		if (old[i] != 0) {
			ids->slots[slot_of(ids, ids->keys[old[i] - 1])] = old[i];
		}
	}
	free(old);
}

uint32_t
query_ids_add(struct query_ids *ids, uint64_t key)
{
	if (key < ids->small_len) {
		if (ids->small[key] == 0) {
			ids->small[key] = add_key(ids, key) + 1;
		}
		return ids->small[key] - 1;
	}
	if (ids->slots == NULL || ids->count > ids->mask / 2) {
		grow_slots(ids);
	}
	uint32_t at = slot_of(ids, key);
	if (ids->slots[at] == 0) {
		ids->slots[at] = add_key(ids, key) + 1;
	}
	return ids->slots[at] - 1;
}

/* ---- Pairs. */

void
query_pairs_fini(struct query_pairs *p)
{
	query_ids_fini(&p->ids);
	free(p->grid);
	*p = (struct query_pairs){ 0 };
}

/* Room for (a, b), if the grid may be so large. */
static bool
grow_grid(struct query_pairs *p, uint32_t a, uint32_t b)
{
	uint64_t height = p->height != 0 ? p->height : 16;
	unsigned shift = p->height != 0 ? p->shift : 4;

	if (a >= MAX_GRID || b >= MAX_GRID) {
		return false;
	}
	while (height <= a) {
		height *= 2;
	}
	while (b >> shift != 0) {
		shift++;
	}
	if (height << shift > MAX_GRID) {
		return false;
	}
	free(p->grid);
	p->grid = xcalloc((size_t)height << shift, sizeof(p->grid[0]));
	p->height = (uint32_t)height;
	p->shift = shift;
	for (uint32_t i = 0; i < p->ids.count; i++) {
		uint32_t of_a = query_pairs_a(p, i);
		uint32_t of_b = query_pairs_b(p, i);

		/* Some were met when they had no place. */
		if (of_a < height && of_b >> shift == 0) {
			p->grid[of_a << shift | of_b] = i + 1;
		}
	}
	return true;
}

uint32_t
query_pairs_add(struct query_pairs *p, uint32_t a, uint32_t b)
{
	uint32_t number = query_ids_of(&p->ids, (uint64_t)a << 32 | b);

	if ((a < p->height && b >> p->shift == 0) || grow_grid(p, a, b)) {
		p->grid[a << p->shift | b] = number + 1;
	}
	return number;
}
