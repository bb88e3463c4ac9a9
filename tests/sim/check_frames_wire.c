#include <stdlib.h>

#include "kusanone/v1/notice.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "tests/sim/sim.h"

/* What leaves a machine, looked at on its way out: it may speak of nothing that is not on
 * the disk, and names of people stand nowhere but in loose parts. */

struct look {
	struct world *w;
	struct machine *m;
	struct txn *txn; /* What is committed. */
	struct arena *arena;
	struct conn *conn; /* NULL: gone. */
	bool sent_back;
};

static bool
has_name(struct slice bytes)
{
	return bytes.len != 0 &&
	       memmem(bytes.at, bytes.len, PERSON_MARK, strlen(PERSON_MARK)) != NULL;
}

static void
no_name_in(struct look *l, struct slice bytes, const char *where)
{
	if (has_name(bytes)) {
		sim_fail(l->w, "names", "%s: a person's name stands in %s", l->m->name,
			 where);
	}
}

/* ---- What a post sends --------------------------------------------------------- */

static void
note_batch(struct conn *c, uint64_t batch_no, const struct hash *blocks,
	   const uint64_t *last_seqs, size_t count)
{
	if (c->batch_count == c->batch_cap) {
		c->batch_cap = c->batch_cap != 0 ? 2 * c->batch_cap : 8;
		c->batches = xrealloc(c->batches, c->batch_cap * sizeof(c->batches[0]));
	}
	struct batch_note *n = &c->batches[c->batch_count++];
	*n = (struct batch_note){ .batch_no = batch_no, .count = count };
	n->blocks = xmalloc(count * sizeof(n->blocks[0]));
	n->last_seqs = xmalloc(count * sizeof(n->last_seqs[0]));
	memcpy(n->blocks, blocks, count * sizeof(n->blocks[0]));
	memcpy(n->last_seqs, last_seqs, count * sizeof(n->last_seqs[0]));
}

static void
look_at_loose(struct look *l, struct slice packed)
{
	const struct machine *hq = &l->w->machines[l->w->hq];
	const Kusanone__V1__LooseParts *parts =
		(const Kusanone__V1__LooseParts *)unpack_message(
			&kusanone__v1__loose_parts__descriptor, packed, l->arena, NULL);

	must(parts != NULL);
	for (size_t i = 0; i < parts->n_parts; i++) {
		struct hash hash;

		memcpy(hash.b, parts->parts[i]->part_hash.data, HASH_LEN);
		if (hq->up && fold_is_erased(&hq->aggregation->fold, &hash)) {
			sometimes(l->w, SOMETIMES_ERASED_LATE);
		}
	}
}

static void
look_at_up_batch(struct look *l, const struct frame *frame)
{
	struct link_batch batch;
	struct payload_item item;
	struct hash hashes[64];
	uint64_t last_seqs[64];
	size_t at = 0, count = 0;
	bool bad = false;

	must(link_batch_get(frame->body, l->arena, &batch));
	while (payload_next_block(frame->payload, &at, &item, &bad)) {
		struct block block;
		uint64_t first;

		must(block_parse(item.block, &block, NULL));
		if (!journal_find(&l->m->intake->journal, l->txn, &block.hash, &first)) {
			sim_fail(l->w, "sent is committed",
				 "%s sends block %s that is not on its disk", l->m->name,
				 short_hash(&block.hash));
		}
		no_name_in(l, item.block, "a block");
		if (item.loose.len != 0) {
			look_at_loose(l, item.loose);
		}
		must(count < ARRAY_LEN(hashes));
		hashes[count] = block.hash;
		last_seqs[count++] = block.last_seq;
	}
	must(!bad);
	if (l->conn != NULL) {
		note_batch(l->conn, batch.batch_no, hashes, last_seqs, count);
	}
	trace(l->w, "%s sends batch %" PRIu64 " of %zu blocks, last %s", l->m->name,
	      batch.batch_no, count, count != 0 ? short_hash(&hashes[count - 1]) : "-");
}

/* ---- What headquarters sends --------------------------------------------------- */

static void
look_at_ack(struct look *l, const struct frame *frame)
{
	struct link_ack ack;

	must(link_ack_get(frame->body, l->arena, &ack));
	if (l->conn == NULL) {
		return;
	}
	const struct node_id *node =
		&l->w->nodes[l->w->machines[l->conn->dialer].node].id;
	for (size_t i = 0; i < l->conn->batch_count; i++) {
		struct batch_note *n = &l->conn->batches[i];

		for (size_t k = 0; k < n->count && n->batch_no <= ack.batch_no; k++) {
			struct log_entry entry;

			if (!log_find_block(l->txn, node, n->last_seqs[k], &n->blocks[k],
					    &entry)) {
				sim_fail(l->w, "ack is on disk",
					 "headquarters acknowledges block %s of %s that "
					 "is "
					 "not in its log",
					 short_hash(&n->blocks[k]),
					 l->w->machines[l->conn->dialer].name);
			}
		}
	}
}

/* Of another post's event nobody sees people or money. */
static void
look_at_notice(struct look *l, const Kusanone__V1__EventNotice *notice)
{
	const Kusanone__V1__Event *e = notice->event;

	if (e != NULL &&
	    (e->n_people != 0 || e->budget_planned != NULL || e->budget_spent != NULL ||
	     e->participants != NULL || e->n_partners != 0)) {
		sim_fail(l->w, "notices", "people or money of %s leave headquarters",
			 notice->event_id);
	}
}

static void
look_at_receipt(struct look *l, const Kusanone__V1__BlockReceipt *r)
{
	struct log_entry entry;
	struct block block;

	if (!log_at(l->txn, r->position, &entry) || entry.last != r->position ||
	    !block_parse(entry.block, &block, NULL) || r->hash.len != HASH_LEN ||
	    memcmp(block.hash.b, r->hash.data, HASH_LEN) != 0 ||
	    block.last_seq != r->last_seq) {
		sim_fail(l->w, "receipts",
			 "headquarters sends a receipt for %" PRIu64
			 " that its log does not bear out",
			 r->position);
	}
}

static void
look_at_down_batch(struct look *l, const struct frame *frame)
{
	struct link_batch batch;

	must(link_batch_get(frame->body, l->arena, &batch));
	if (!log_holds(l->txn, batch.through.position, &batch.through.log_hash)) {
		sim_fail(l->w, "sent is committed",
			 "headquarters serves up to %" PRIu64 ", which is not in its log",
			 batch.through.position);
	}
	for (size_t i = 0; i < batch.item_count; i++) {
		const Kusanone__V1__StreamItem *item =
			(const Kusanone__V1__StreamItem *)unpack_message(
				&kusanone__v1__stream_item__descriptor, batch.items[i],
				l->arena, NULL);

		must(item != NULL);
		switch (item->item_case) {
		case KUSANONE__V1__STREAM_ITEM__ITEM_OWN_BLOCK:
			no_name_in(l, slice_pb(item->own_block->block), "an own block");
			l->sent_back = true;
			break;
		case KUSANONE__V1__STREAM_ITEM__ITEM_NOTICE:
			look_at_notice(l, item->notice);
			no_name_in(l, batch.items[i], "a notice");
			break;
		case KUSANONE__V1__STREAM_ITEM__ITEM_RECEIPT:
			look_at_receipt(l, item->receipt);
			break;
		default:
			no_name_in(l, batch.items[i], "a stream item");
			break;
		}
	}
	if (l->sent_back) {
		sometimes(l->w, SOMETIMES_OWN_BLOCKS_BACK);
	}
	if (l->conn != NULL) {
		trace(l->w,
		      "headquarters serves %s (%" PRIu64 ", %" PRIu64 "]: %zu items%s",
		      l->w->machines[l->conn->dialer].name, batch.after.position,
		      batch.through.position, batch.item_count,
		      l->sent_back ? ", whole blocks" : "");
	}
}

static void
look_at_error(struct look *l, const struct frame *frame)
{
	struct link_error error;

	must(link_error_get(frame->body, l->arena, &error));
	trace(l->w, "%s says %s: %s", l->m->name, link_code_name(error.code), error.text);
	switch (error.code) {
	case LINK_OUT_OF_ORDER:
		sometimes(l->w, SOMETIMES_UNKNOWN_PARENT);
		break;
	case LINK_SUPERSEDED:
		sometimes(l->w, SOMETIMES_SUPERSEDED);
		break;
	case LINK_RESET:
		sometimes(l->w, SOMETIMES_RESET);
		break;
	case LINK_UNAUTHENTICATED:
		sometimes(l->w, SOMETIMES_REVOKED_IN_SESSION);
		break;
	default:
		break;
	}
}

/* ---- Who must listen first ----------------------------------------------------- */

/* Is this the session up that the post is in, with nothing heard that could end it? */
static bool
is_in_session(const struct machine *m, const struct conn *c)
{
	const struct dialer *up = &m->intake->up.dialer;

	return up->state == DIALER_LIVE && up->endpoint == c->endpoint &&
	       up->generation == c->generation && m->inbox.count == 0;
}

/* What reaches a post, as far as it binds it. */
void
check_heard(struct machine *m, const struct conn *c, const struct slice *parts,
	    unsigned count)
{
	struct arena arena = { 0 };
	struct link_error error;
	struct frame frame;
	bool down = (c->endpoint - DIAL_ENDPOINT) % 2 == 1;

	must(frame_read(parts, count, &frame) == FRAME_GOOD);
	if (frame.header.type == FRAME_WELCOME && down) {
		m->must_listen = false;
	} else if (frame.header.type == FRAME_ERROR && !down && is_in_session(m, c) &&
		   link_error_get(frame.body, &arena, &error) &&
		   error.code == LINK_OUT_OF_ORDER) {
		m->must_listen = true;
	}
	arena_fini(&arena);
}

static void
look_at_hello(struct look *l, const struct frame *frame)
{
	struct link_hello hello;

	must(link_hello_get(frame->body, l->arena, &hello));
	if (hello.role == LINK_PRODUCER && l->m->must_listen) {
		sim_fail(
			l->w, "listens first",
			"%s was told OUT_OF_ORDER and sends again before it has listened",
			l->m->name);
	}
}

/* ---- Any frame ----------------------------------------------------------------- */

static void
look_at_frame(struct look *l, const struct frame *frame)
{
	bool up = l->m->kind == MACHINE_INTAKE;

	if (frame->header.type == FRAME_BATCH) {
		if (up) {
			look_at_up_batch(l, frame);
		} else {
			look_at_down_batch(l, frame);
		}
		return;
	}
	no_name_in(l, frame->body, "a frame");
	switch (frame->header.type) {
	case FRAME_ACK:
		if (!up) {
			look_at_ack(l, frame);
		}
		break;
	case FRAME_ERROR:
		look_at_error(l, frame);
		break;
	case FRAME_WELCOME:
		l->w->sessions_begun++;
		break;
	case FRAME_HELLO:
		look_at_hello(l, frame);
		break;
	default:
		break;
	}
}

void
check_outbox(struct machine *m, const struct outbox *out)
{
	struct arena arena = { 0 };
	bool any = false;

	for (size_t i = 0; i < out->count; i++) {
		any = any || out->list[i].kind == OUT_FRAME;
	}
	if (!any || m->world->failed || m->kind == MACHINE_NOTIFICATION ||
	    m->kind == MACHINE_ARCHIVING) {
		return;
	}
	struct txn txn = txn_begin_read(m->log);
	for (size_t i = 0; i < out->count; i++) {
		const struct out *o = &out->list[i];
		struct look look = {
			.w = m->world, .m = m, .txn = &txn, .arena = &arena
		};
		struct slice parts[3];
		struct frame frame;

		if (o->kind != OUT_FRAME || o->to.id == OPERATOR_PEER ||
		    (o->to.endpoint == LOCAL_ENDPOINT && m->kind == MACHINE_INTAKE)) {
			continue;
		}
		must(frame_read(parts, out_parts(out, o, parts), &frame) == FRAME_GOOD);
		look.conn = net_conn(m, o->to);
		look_at_frame(&look, &frame);
	}
	txn_abort(&txn);
	arena_fini(&arena);
}
