#include "archiving/archiving.h"

/* The row "sealed": size, position, hq_ms, segments, bytes, at (le64 each), log hash,
 * seal, root (32 each). */
enum { NUMBERS = 6, SEALED_LEN = 8 * NUMBERS + 3 * 32 };

const char *const archiving_db_names[] = { "log",   "blocks", "loose", "erased",
					   "meta",  "sealed", "keys",  "shelved",
					   "going", "gone",   NULL };

static const struct slice sealed_key = { (const uint8_t *)"sealed", 6 };

bool
sealed_read(struct txn *txn, struct sealed *ret)
{
	struct slice value;
	uint64_t n[NUMBERS];

	*ret = (struct sealed){ .root = sha256_empty() };
	if (!txn_get(txn, ARCHIVING_DB_SEALED, sealed_key, &value)) {
		return txn->err == OK;
	}
	if (value.len != SEALED_LEN) {
		return false;
	}
	for (unsigned i = 0; i < NUMBERS; i++) {
		n[i] = get_le64(value.at + 8 * (size_t)i);
	}
	const uint8_t *hashes = value.at + 8 * NUMBERS;
	*ret = (struct sealed){ .size = n[0],
				.log = { .position = n[1], .hq_ms = (wall_ms_t)n[2] },
				.segments = n[3],
				.bytes = n[4],
				.at = (wall_ms_t)n[5] };
	memcpy(ret->log.log_hash.b, hashes, HASH_LEN);
	memcpy(ret->seal.b, hashes + 32, HASH_LEN);
	memcpy(ret->root.b, hashes + 64, SHA256_LEN);
	return true;
}

void
sealed_write(struct txn *txn, const struct sealed *s)
{
	const uint64_t n[NUMBERS] = {
		s->size,     s->log.position, (uint64_t)s->log.hq_ms,
		s->segments, s->bytes,        (uint64_t)s->at,
	};
	uint8_t value[SEALED_LEN], *hashes = value + 8 * NUMBERS;

	for (unsigned i = 0; i < NUMBERS; i++) {
		put_le64(value + 8 * (size_t)i, n[i]);
	}
	memcpy(hashes, s->log.log_hash.b, HASH_LEN);
	memcpy(hashes + 32, s->seal.b, HASH_LEN);
	memcpy(hashes + 64, s->root.b, SHA256_LEN);
	txn_put(txn, ARCHIVING_DB_SEALED, sealed_key, slice_of(value, sizeof(value)));
}
