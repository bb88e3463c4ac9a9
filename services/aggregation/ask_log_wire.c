#include "aggregation/ask_parts_wire.h"

#include "lib/base/unpack_wire.h"
#include "lib/node/reply_wire.h"

/* The log's records as they were signed, a page at a time: with them anybody counts
 * again. */

enum {
	ROWS_USUAL = 1000,
	ROWS_MAX = 4000,
	PAGE_BYTES = 512 * 1024, /* With one more record of the largest size a frame. */
	ROW_BYTES = 256,         /* Of a row beside its record. */
};

/* Verdicts change after the fact in one way only: a key is found stolen, or genuine. */
static uint64_t
judged_again(struct aggregation *a, uint64_t after, struct arena *arena)
{
	for (uint64_t p = fold_position(&a->fold); p > after; p--) {
		const struct record_row *row =
			table_at(&a->fold.records, (uint32_t)(p - 1));
		struct slice bytes;
		struct record record;

		if (row->body == BODY_REVOCATION &&
		    fold_verdict_effective(row->verdict) &&
		    aggregation_read(a, p, arena, &bytes) &&
		    record_decode(bytes, arena, &record, NULL) &&
		    record.revocation.kind != REVOCATION_RETIRED) {
			return p;
		}
	}
	return 0;
}

static char *
hex(struct arena *arena, const void *at, size_t len)
{
	char *text = arena_alloc(arena, 2 * len + 1);

	hex_format(at, len, text);
	return text;
}

static Kusanone__V1__LogRow *
make_row(struct aggregation *a, uint64_t position, const struct node_id *node,
	 uint64_t seq, struct slice record, struct arena *arena)
{
	const struct record_row *folded =
		table_at(&a->fold.records, (uint32_t)(position - 1));
	Kusanone__V1__LogRow *row = arena_alloc(arena, sizeof(*row));
	struct hash identity = hash_of(record);

	kusanone__v1__log_row__init(row);
	row->position = position;
	row->hq_ms = folded->hq_ms;
	row->node_id = hex(arena, node->b, NODE_ID_LEN);
	row->seq = seq;
	row->identity = hex(arena, identity.b, HASH_LEN);
	row->verdict = (char *)(uintptr_t)fold_verdict_name(folded->verdict);
	row->bytes = pb_slice(record);
	return row;
}

static void
fill_page(struct aggregation *a, const Kusanone__V1__LogQuery *in, struct turn *turn,
	  Kusanone__V1__LogReply *reply)
{
	uint32_t limit = in->limit == 0         ? ROWS_USUAL
			 : in->limit > ROWS_MAX ? ROWS_MAX
						: in->limit;
	uint64_t last = in->after;
	size_t bytes = 0;
	struct log_entry entry;

	reply->rows = arena_alloc(turn->arena, limit * sizeof(reply->rows[0]));
	while (last < reply->position && reply->n_rows < limit && bytes < PAGE_BYTES &&
	       log_after(turn->txn, last, &entry)) {
		struct block block;
		struct slice record;
		uint64_t position = entry.first;
		size_t at = 0;

		if (!block_parse(entry.block, &block, NULL)) {
			turn->txn->err = ERR_CORRUPT;
			return;
		}
		for (; block_next(&block, &at, &record) && position <= reply->position &&
		       reply->n_rows < limit && bytes < PAGE_BYTES;
		     position++) {
			if (position <= last) {
				continue; /* On the page before. */
			}
			reply->rows[reply->n_rows++] =
				make_row(a, position, &block.node,
					 block.first_seq + (position - entry.first),
					 record, turn->arena);
			bytes += record.len + ROW_BYTES;
			last = position;
		}
	}
	reply->more = last < reply->position;
}

bool
ask_log(struct aggregation *a, const Kusanone__V1__LogQuery *in, struct turn *turn,
	Kusanone__V1__LogReply *reply, struct show_fault *ret_fault)
{
	uint64_t folded = fold_position(&a->fold);

	if (in->as_of_position > folded) {
		*ret_fault = (struct show_fault){
			.field = "as_of",
			.reason_ja = "まだ記録のない位置です",
			.reason_en = "lies beyond the last record",
			.expected_ja = "もっと前の位置",
			.expected_en = "an earlier position",
		};
		return false;
	}
	reply->position = in->as_of_position != 0 ? in->as_of_position : folded;
	if (reply->position != 0) {
		const struct record_row *row =
			table_at(&a->fold.records, (uint32_t)(reply->position - 1));

		reply->hq_ms = row->hq_ms;
	}
	if (in->after == 0) {
		reply->judged_again = judged_again(a, reply->position, turn->arena);
	}
	fill_page(a, in, turn, reply);
	return true;
}
