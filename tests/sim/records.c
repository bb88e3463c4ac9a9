#include "tests/sim/sim.h"

bool
own_records_next(struct own_records *r, struct slice *ret_record)
{
	struct journal_entry entry;

	while (!block_next(&r->block, &r->pos, ret_record)) {
		if (!journal_after(r->txn, r->local, &entry)) {
			return false;
		}
		r->local = entry.first;
		r->pos = 0;
		if (entry.kind != ENTRY_OWN_BLOCK ||
		    !block_peek(entry.bytes, &r->block)) {
			r->block = (struct block){ 0 };
		}
		r->seq = r->block.first_seq - 1;
	}
	r->seq++;
	return true;
}
