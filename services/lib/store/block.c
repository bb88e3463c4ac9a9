#include "lib/store/block.h"

static const char magic[4] = { 'K', 'S', 'B', '1' };

enum {
	FORMAT = 1,
	RECORD_HEAD_LEN = 4,
	SHORTEST = BLOCK_HEADER_LEN + RECORD_HEAD_LEN + SIGN_LEN,

	AT_FORMAT = 4,
	AT_COUNT = 6,
	AT_NODE = 8,
	AT_FIRST_SEQ = 24,
	AT_COMMITTED = 32,
	AT_PARENT = 40,
	AT_KEY = 72,
	AT_RECORDS_LEN = 80,
	AT_ZERO = 84,
};

struct key_id
key_id_of(const uint8_t public_key[SIGN_PUBLIC_LEN])
{
	struct hash hash = hash_of(slice_of(public_key, SIGN_PUBLIC_LEN));
	struct key_id id;

	memcpy(id.b, hash.b, KEY_ID_LEN);
	return id;
}

/* What is signed: a context, so that no other signature of the key is one of a block's,
 * and the hash. */
struct signed_text {
	uint8_t b[sizeof("kusanone block v1") + HASH_LEN];
};

static struct signed_text
signed_text(const struct hash *hash)
{
	struct signed_text text;
	const size_t context_len = sizeof("kusanone block v1"); /* With its NUL. */

	memcpy(text.b, "kusanone block v1", context_len);
	memcpy(text.b + context_len, hash->b, HASH_LEN);
	return text;
}

/* The fields of the header, or the first rule that it breaks. */
static const char *
read_header(struct slice bytes, struct block *block)
{
	const uint8_t *at = bytes.at;

	if (bytes.len < SHORTEST) {
		return "shorter than a block of one record";
	}
	if (bytes.len > BLOCK_MAX_LEN) {
		return "longer than 64 KiB";
	}
	if (memcmp(at, magic, sizeof(magic)) != 0) {
		return "does not begin with KSB1";
	}
	if (get_le16(at + AT_FORMAT) != FORMAT) {
		return "format is not 1";
	}
	*block = (struct block){
		.bytes = bytes,
		.count = get_le16(at + AT_COUNT),
		.first_seq = get_le64(at + AT_FIRST_SEQ),
		.committed_ms = (wall_ms_t)get_le64(at + AT_COMMITTED),
		.records = slice_of(at + BLOCK_HEADER_LEN,
				    bytes.len - BLOCK_HEADER_LEN - SIGN_LEN),
		.signature = at + bytes.len - SIGN_LEN,
	};
	memcpy(block->node.b, at + AT_NODE, NODE_ID_LEN);
	memcpy(block->parent.b, at + AT_PARENT, HASH_LEN);
	memcpy(block->key.b, at + AT_KEY, KEY_ID_LEN);
	if (block->count == 0 || block->count > BLOCK_MAX_COUNT) {
		return "count is not 1 to 1024";
	}
	if (block->first_seq == 0 || block->first_seq > INT64_MAX - BLOCK_MAX_COUNT) {
		return "first_seq is 0 or above 2^63";
	}
	if (get_le32(at + AT_ZERO) != 0) {
		return "bytes 84 to 87 are not zero";
	}
	if (get_le32(at + AT_RECORDS_LEN) != block->records.len) {
		return "length of the records part is not that of the block";
	}
	block->last_seq = block->first_seq + block->count - 1;
	return NULL;
}

/* The next record at '*at' of the records part. */
static bool
next_record(struct slice records, size_t *at, struct slice *ret_record)
{
	if (records.len - *at < RECORD_HEAD_LEN) {
		return false;
	}
	size_t len = get_le32(records.at + *at);
	if (len > records.len - *at - RECORD_HEAD_LEN) {
		return false;
	}
	*ret_record = slice_of(records.at + *at + RECORD_HEAD_LEN, len);
	*at += RECORD_HEAD_LEN + len;
	return true;
}

static const char *
check_records(const struct block *block)
{
	struct slice record;
	size_t at = 0;

	for (uint32_t i = 0; i < block->count; i++) {
		if (!next_record(block->records, &at, &record)) {
			return "a record reaches beyond the records part";
		}
		if (record.len > BLOCK_MAX_RECORD) {
			return "a record is longer than 32 KiB";
		}
	}
	return at == block->records.len ? NULL : "bytes after the last record";
}

bool
block_parse(struct slice bytes, struct block *ret_block, const char **ret_why)
{
	struct block block;
	const char *why = read_header(bytes, &block);

	if (why == NULL) {
		why = check_records(&block);
	}
	if (why != NULL) {
		if (ret_why != NULL) {
			*ret_why = why;
		}
		return false;
	}
	block.hash = hash_of(slice_of(bytes.at, bytes.len - SIGN_LEN));
	*ret_block = block;
	return true;
}

bool
block_peek(struct slice bytes, struct block *ret_block)
{
	struct block block;

	if (read_header(bytes, &block) != NULL) {
		return false;
	}
	*ret_block = block;
	return true;
}

bool
block_verify(const struct block *block, const uint8_t public_key[SIGN_PUBLIC_LEN])
{
	struct signed_text text = signed_text(&block->hash);
	struct key_id key = key_id_of(public_key);

	return key_id_eq(&key, &block->key) &&
	       sign_verify(block->signature, slice_of(text.b, sizeof(text.b)),
			   public_key);
}

bool
block_next(const struct block *block, size_t *at, struct slice *ret_record)
{
	return next_record(block->records, at, ret_record);
}

struct slice
block_record(const struct block *block, uint32_t i)
{
	struct slice record = { 0 };
	size_t at = 0;

	must(i < block->count);
	for (uint32_t k = 0; k <= i; k++) {
		must(next_record(block->records, &at, &record));
	}
	return record;
}

void
block_maker_fini(struct block_maker *maker)
{
	buf_fini(&maker->buf);
	maker->count = 0;
}

void
block_begin(struct block_maker *maker, const struct node_id *node, uint64_t first_seq,
	    const struct hash *parent)
{
	must(first_seq != 0 && first_seq <= INT64_MAX - BLOCK_MAX_COUNT);
	maker->count = 0;
	buf_clear(&maker->buf);

	uint8_t *at = buf_grow(&maker->buf, BLOCK_HEADER_LEN);
	memset(at, 0, BLOCK_HEADER_LEN);
	memcpy(at, magic, sizeof(magic));
	put_le16(at + AT_FORMAT, FORMAT);
	memcpy(at + AT_NODE, node->b, NODE_ID_LEN);
	put_le64(at + AT_FIRST_SEQ, first_seq);
	memcpy(at + AT_PARENT, parent->b, HASH_LEN);
}

bool
block_add(struct block_maker *maker, struct slice record)
{
	must(maker->buf.len >= BLOCK_HEADER_LEN);
	must(record.len <= BLOCK_MAX_RECORD);
	if (maker->count == BLOCK_MAX_COUNT ||
	    maker->buf.len + RECORD_HEAD_LEN + record.len + SIGN_LEN > BLOCK_MAX_LEN) {
		return false;
	}
	buf_put_le32(&maker->buf, (uint32_t)record.len);
	buf_put_slice(&maker->buf, record);
	maker->count++;
	return true;
}

struct block
block_finish(struct block_maker *maker, wall_ms_t committed_ms, const struct key_id *key,
	     const uint8_t secret[SIGN_SECRET_LEN])
{
	struct buf *buf = &maker->buf;
	struct block block;

	must(maker->count != 0);
	put_le16(buf->at + AT_COUNT, (uint16_t)maker->count);
	put_le64(buf->at + AT_COMMITTED, (uint64_t)committed_ms);
	memcpy(buf->at + AT_KEY, key->b, KEY_ID_LEN);
	put_le32(buf->at + AT_RECORDS_LEN, (uint32_t)(buf->len - BLOCK_HEADER_LEN));

	struct hash hash = hash_of(buf_slice(buf));
	struct signed_text text = signed_text(&hash);
	sign_detached(buf_grow(buf, SIGN_LEN), slice_of(text.b, sizeof(text.b)), secret);
	must(block_peek(buf_slice(buf), &block));
	block.hash = hash;
	return block;
}
