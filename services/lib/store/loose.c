#include "lib/store/log.h"

#include "lib/base/plant.h"

/* The value of 'loose': salt length, salt, part. */
enum { MAX_SALT_LEN = UINT8_MAX };

static bool
holds(struct txn *txn, db_t db, const struct hash *hash)
{
	struct slice value;

	return txn_get(txn, db, hash_slice(hash), &value);
}

bool
loose_put(struct txn *txn, db_t loose, db_t erased, const struct hash *hash,
	  struct slice salt, struct slice part)
{
	struct hash is = hash_of2(salt, part);

	if (salt.len > MAX_SALT_LEN || !hash_eq(&is, hash) ||
	    (holds(txn, erased, hash) && !PLANTED(17))) {
		return false;
	}
	if (!holds(txn, loose, hash)) {
		struct buf value = { 0 };

		buf_put_u8(&value, (uint8_t)salt.len);
		buf_put_slice(&value, salt);
		buf_put_slice(&value, part);
		txn_put(txn, loose, hash_slice(hash), buf_slice(&value));
		buf_fini(&value);
	}
	return true;
}

bool
loose_get(struct txn *txn, db_t loose, const struct hash *hash, struct slice *ret_salt,
	  struct slice *ret_part)
{
	struct slice value;

	if (!txn_get(txn, loose, hash_slice(hash), &value)) {
		return false;
	}
	if (value.len == 0 || value.len - 1 < value.at[0]) {
		txn->err = ERR_CORRUPT;
		return false;
	}
	*ret_salt = slice_of(value.at + 1, value.at[0]);
	*ret_part = slice_from(value, 1 + (size_t)value.at[0]);
	return true;
}

void
loose_erase(struct txn *txn, db_t loose, db_t erased, const struct hash *hash)
{
	txn_del(txn, loose, hash_slice(hash));
	txn_put(txn, erased, hash_slice(hash), (struct slice){ 0 });
}
