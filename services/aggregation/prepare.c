#include "aggregation/aggregation.h"

/* Reading, hashing and decoding take nearly half of a record's time and need nothing but
 * its bytes: they are done beside the turns. */

static const struct replay_record *
records_of(const struct block *block, struct arena *arena)
{
	struct replay_record *records =
		arena_alloc(arena, block->count * sizeof(records[0]));
	struct record *decoded = arena_alloc(arena, block->count * sizeof(decoded[0]));
	struct slice bytes;
	size_t at = 0;

	for (uint32_t i = 0; block_next(block, &at, &bytes); i++) {
		bool good = record_decode(bytes, arena, &decoded[i], NULL);

		records[i].identity = hash_of(bytes);
		records[i].decoded = good ? &decoded[i] : NULL;
	}
	return records;
}

static size_t
count_blocks(struct slice payload)
{
	struct payload_item item;
	size_t count = 0, at = 0;
	bool bad;

	while (payload_next_block(payload, &at, &item, &bad)) {
		count++;
	}
	return count;
}

const void *
prepare_message(const struct message *msg, struct arena *arena)
{
	if (msg->who.kind != PRINCIPAL_KEY || msg->fault != FRAME_GOOD ||
	    msg->frame.header.type != FRAME_BATCH) {
		return NULL;
	}
	struct slice payload = msg->frame.payload;
	size_t room = count_blocks(payload);
	struct prepared_batch *batch = arena_zalloc(arena, sizeof(*batch));
	struct payload_item item;
	size_t at = 0;

	batch->blocks = arena_zalloc(arena, room * sizeof(batch->blocks[0]));
	while (payload_next_block(payload, &at, &item, &batch->bad)) {
		struct prepared_block *b = &batch->blocks[batch->count++];

		b->item = item;
		if (block_parse(item.block, &b->block, &b->why)) {
			b->records = records_of(&b->block, arena);
		}
	}
	return batch;
}
