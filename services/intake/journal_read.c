#include "intake/parts.h"
#include "lib/base/wire.h"

/* Records by their local position. */

bool
intake_hq_record(struct slice bytes, struct slice *ret_record)
{
	enum { HQ_RECORD_RECORD = 3 };

	return wire_get_bytes(bytes, HQ_RECORD_RECORD, ret_record);
}

/* Record 'index' of a block that was parsed when it was stored. */
static bool
record_of_block(const struct block *block, uint64_t index, struct slice *ret_record)
{
	size_t at = 0;

	do {
		if (!block_next(block, &at, ret_record)) {
			return false;
		}
	} while (index-- != 0);
	return true;
}

bool
intake_read(struct intake *in, uint64_t local, struct arena *arena, struct slice *ret)
{
	struct journal_entry entry;
	struct block block;
	struct slice record;

	must(in->txn != NULL);
	if (!journal_at(in->txn, local, &entry)) {
		return false;
	}
	if (entry.kind == ENTRY_OWN_BLOCK) {
		if (!block_peek(entry.bytes, &block) ||
		    !record_of_block(&block, local - entry.first, &record)) {
			return false;
		}
	} else if (!intake_hq_record(entry.bytes, &record)) {
		return false;
	}
	*ret = slice_of(arena_dup(arena, record.at, record.len), record.len);
	return true;
}

bool
intake_place(struct intake *in, uint64_t local, struct place_in_journal *ret)
{
	struct journal_entry entry;
	struct block block;

	if (!journal_at(in->txn, local, &entry) || entry.kind != ENTRY_OWN_BLOCK ||
	    !block_peek(entry.bytes, &block)) {
		return false;
	}
	uint64_t hq_position = journal_hq_position(in->txn, entry.first);
	*ret = (struct place_in_journal){
		.seq = block.first_seq + (local - entry.first),
		.block_local = entry.first,
		.block_last_seq = block.last_seq,
	};
	if (hq_position != 0) {
		ret->hq_position = hq_position - (block.last_seq - ret->seq);
	}
	return true;
}
