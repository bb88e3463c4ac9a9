#include "aggregation/aggregation.h"

#include "kusanone/v1/record.pb-c.h"
#include "lib/base/plant.h"
#include "lib/base/unpack_wire.h"

/* Loose parts travel beside a block: names that its records hold only by hash. */

enum { LOOSE_MAX_BESIDE_BLOCK = 64 * 1024 };

/* Hashes of the parts that the block's records name. */
static struct hash *
named_parts(const struct block *block, struct arena *arena, size_t *ret_count)
{
	struct hash *list = NULL;
	size_t count = 0, cap = 0, at = 0;
	struct slice bytes;

	while (block_next(block, &at, &bytes)) {
		struct record record;

		size_t more;

		if (!record_decode(bytes, arena, &record, NULL)) {
			continue;
		}
		const struct hash *named = record_loose(&record, &more);
		if (count + more > cap) {
			cap = 2 * (count + more);
			struct hash *grown = arena_alloc(arena, cap * sizeof(grown[0]));

			if (count != 0) {
				memcpy(grown, list, count * sizeof(grown[0]));
			}
			list = grown;
		}
		for (size_t i = 0; i < more; i++) {
			list[count++] = named[i];
		}
	}
	*ret_count = count;
	return list;
}

static bool
is_named(const struct hash *list, size_t count, const struct hash *part)
{
	for (size_t i = 0; i < count; i++) {
		if (hash_eq(&list[i], part)) {
			return true;
		}
	}
	return false;
}

bool
loose_take(struct aggregation *a, const struct block *block, struct slice packed,
	   struct turn *turn)
{
	size_t named_count;

	if (packed.len == 0) {
		return true;
	}
	if (packed.len > LOOSE_MAX_BESIDE_BLOCK) {
		return false;
	}
	const Kusanone__V1__LooseParts *parts =
		(const Kusanone__V1__LooseParts *)unpack_message(
			&kusanone__v1__loose_parts__descriptor, packed, turn->arena,
			NULL);
	if (parts == NULL) {
		return false;
	}
	struct hash *named = named_parts(block, turn->arena, &named_count);
	for (size_t i = 0; i < parts->n_parts; i++) {
		const Kusanone__V1__LoosePart *p = parts->parts[i];
		struct hash hash;

		if (p->part_hash.len != HASH_LEN) {
			return false;
		}
		memcpy(hash.b, p->part_hash.data, HASH_LEN);
		/* What no record names is nobody's: it is not kept. */
		if (is_named(named, named_count, &hash) &&
		    (PLANTED(17) || !fold_is_erased(&a->fold, &hash))) {
			loose_put(turn->txn, LOG_DB_LOOSE, LOG_DB_ERASED, &hash,
				  slice_pb(p->salt), slice_pb(p->part));
		}
	}
	return true;
}

struct slice
filter_loose(struct aggregation *a, const struct block *block, struct arena *arena)
{
	Kusanone__V1__LooseParts parts = KUSANONE__V1__LOOSE_PARTS__INIT;
	size_t count = 0;
	struct hash *named = txn_count(a->txn, LOG_DB_LOOSE) != 0
				     ? named_parts(block, arena, &count)
				     : NULL;

	if (count == 0) {
		return (struct slice){ 0 };
	}
	Kusanone__V1__LoosePart *list = arena_alloc(arena, count * sizeof(list[0]));
	parts.parts = arena_alloc(arena, count * sizeof(parts.parts[0]));
	for (size_t i = 0; i < count; i++) {
		struct slice salt, part;

		if (loose_get(a->txn, LOG_DB_LOOSE, &named[i], &salt, &part)) {
			Kusanone__V1__LoosePart *p = &list[parts.n_parts];

			kusanone__v1__loose_part__init(p);
			p->part_hash = pb_slice(hash_slice(&named[i]));
			p->salt = pb_slice(salt);
			p->part = pb_slice(part);
			parts.parts[parts.n_parts++] = p;
		}
	}
	return parts.n_parts != 0 ? pack_in_arena(&parts.base, arena)
				  : (struct slice){ 0 };
}
