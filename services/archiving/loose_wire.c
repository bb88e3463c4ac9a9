#include "archiving/archiving.h"
#include "kusanone/v1/record.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "lib/model/record.h"

/* Names and addresses, which lie beside the log so that they can go. */

static bool
is_named(const struct record *record, const struct hash *part)
{
	size_t count;
	const struct hash *named = record_loose(record, &count);

	for (size_t i = 0; i < count; i++) {
		if (hash_eq(&named[i], part)) {
			return true;
		}
	}
	return false;
}

static void
take_part(struct txn *txn, const struct block *block, const Kusanone__V1__LoosePart *p,
	  struct arena *arena)
{
	struct slice bytes, hash = slice_pb(p->part_hash);
	struct record record;
	struct hash part;
	size_t at = 0;

	if (hash.len != HASH_LEN) {
		return;
	}
	memcpy(part.b, hash.at, HASH_LEN);
	while (block_next(block, &at, &bytes)) {
		if (record_decode(bytes, arena, &record, NULL) &&
		    is_named(&record, &part)) {
			(void)loose_put(txn, LOG_DB_LOOSE, LOG_DB_ERASED, &part,
					slice_pb(p->salt), slice_pb(p->part));
			return;
		}
	}
}

void
loose_keep(struct txn *txn, const struct block *block, struct slice packed,
	   struct arena *arena)
{
	const Kusanone__V1__LooseParts *parts =
		(const Kusanone__V1__LooseParts *)unpack_message(
			&kusanone__v1__loose_parts__descriptor, packed, arena, NULL);

	for (size_t i = 0; parts != NULL && i < parts->n_parts; i++) {
		take_part(txn, block, parts->parts[i], arena);
	}
}

static uint32_t
gather_record(struct txn *txn, const struct record *record, struct buf *names,
	      struct buf *to)
{
	uint32_t found = 0;
	size_t count;
	const struct hash *named = record_loose(record, &count);

	for (size_t i = 0; i < count; i++) {
		struct slice salt, part;

		buf_put(names, named[i].b, HASH_LEN);
		if (loose_get(txn, LOG_DB_LOOSE, &named[i], &salt, &part)) {
			must(salt.len <= UINT8_MAX);
			buf_put(to, named[i].b, HASH_LEN);
			buf_put_u8(to, (uint8_t)salt.len);
			buf_put_le32(to, (uint32_t)part.len);
			buf_put_slice(to, salt);
			buf_put_slice(to, part);
			found++;
		}
	}
	return found;
}

uint32_t
loose_gather(struct txn *txn, const struct block *block, struct arena *arena,
	     struct buf *names, struct buf *to)
{
	struct slice bytes;
	struct record record;
	uint32_t found = 0;
	size_t at = 0;

	while (block_next(block, &at, &bytes)) {
		if (record_decode(bytes, arena, &record, NULL)) {
			found += gather_record(txn, &record, names, to);
		}
		arena_reset(arena);
	}
	return found;
}

void
loose_names(const struct block *block, struct arena *arena, struct buf *names)
{
	struct slice bytes;
	struct record record;
	size_t at = 0;

	while (block_next(block, &at, &bytes)) {
		if (record_decode(bytes, arena, &record, NULL)) {
			size_t count;
			const struct hash *named = record_loose(&record, &count);

			buf_put(names, named, count * sizeof(named[0]));
		}
	}
}
