#include "intake/parts.h"
#include "lib/base/plant.h"
#include "lib/base/wire.h"
#include "lib/store/log.h"

/* The link up: own blocks without a receipt go to headquarters, in journal order.
 *
 * It waits, after every connect of the link down, until that has caught up once: so a
 * node that lost its receipts does not send everything again.  Batches are put into the
 * outbox after the commit. */

void
up_init(struct intake *in, msec_t now)
{
	struct dialer *d = &in->up.dialer;

	if (in->config.dial_count == 0) {
		return;
	}
	in->dialled_with = in->config.dial_count - 1;
	dialer_init(d, in->config.dial[in->dialled_with].up, "up", now);
	d->hello = (struct link_hello){ .node = in->config.node,
					.role = LINK_PRODUCER,
					.software = slice_str(in->config.software) };
	d->paused = true;
}

struct link_status
intake_link_status(struct intake *in)
{
	return (struct link_status){
		.head = in->journal.tip_seq,
		.lag = in->journal.waiting,
		.disk_used_percent = store_usage(in->store).percent,
	};
}

/* The session is over.  A journal that headquarters cannot follow is listened for first:
 * what it holds of ours comes down, the rest goes up again from the first block without
 * receipt. */
static void
up_lost(struct intake *in, const struct link_error *error, struct turn *turn)
{
	log_event(turn->log, LOG_INFO, "link", "peer=up state=lost reason=%s",
		  in->up.dialer.reason);
	if (error->code == LINK_OUT_OF_ORDER && !PLANTED(11)) {
		in->down.caught_up = false;
		dialer_restart(&in->down.dialer, true,
			       "headquarters lacks what comes before our blocks",
			       turn->out, turn->rng, turn->now);
	}
	if (error->code == LINK_FORBIDDEN || error->code == LINK_UNAUTHENTICATED ||
	    error->code == LINK_SUPERSEDED || error->code == LINK_VERSION_UNSUPPORTED) {
		intake_alarm(in, turn, "headquarters refuses the link up: %s",
			     in->up.dialer.reason);
	}
}

void
up_take(struct intake *in, const struct message *msg, struct turn *turn)
{
	struct intake_up *up = &in->up;
	struct dialer_in what = { 0 };

	if (msg->ended != LINE_OPEN) {
		if (dialer_ended(&up->dialer, msg->from, msg->ended, turn->out, turn->rng,
				 turn->now) == DIALER_LOST) {
			up_lost(in, &what.error, turn);
		}
		return;
	}
	if (msg->fault != FRAME_GOOD) {
		if (peer_eq(msg->from, dialer_peer(&up->dialer))) {
			dialer_restart(&up->dialer, false,
				       "headquarters sent a frame that "
				       "cannot be read",
				       turn->out, turn->rng, turn->now);
		}
		return;
	}
	switch (dialer_take(&up->dialer, msg->from, &msg->frame, turn->arena, turn->out,
			    turn->rng, turn->now, &what)) {
	case DIALER_WELCOMED:
		log_event(turn->log, LOG_INFO, "link", "peer=up state=live");
		/* Planted: what was sent once is not sent again; an ack outlives its
		 * session. */
		up->sent_local = PLANTED(12)   ? up->sent_local
				 : PLANTED(13) ? up->acked_local
					       : 0;
		up->acked_local = PLANTED(13) ? up->acked_local : 0;
		break;
	case DIALER_ACKED:
		if (up->dialer.batch_acked != 0) {
			up->acked_local =
				up->batch_local[up->dialer.batch_acked % LINK_BATCHES];
		}
		break;
	case DIALER_LOST:
		up_lost(in, &what.error, turn);
		break;
	case DIALER_NOTHING:
	case DIALER_BATCH:
	case DIALER_STATUS:
		break;
	}
}

/* Up waits until down has caught up, so that what headquarters holds already is not sent
 * again.  On a full disk nothing can be heard any more, and what was acknowledged to
 * officers goes up all the same. */
static bool
may_go_up(const struct intake *in)
{
	return in->down.caught_up || store_refuses_work(in->store);
}

void
up_run(struct intake *in, struct turn *turn)
{
	struct link_status status = intake_link_status(in);
	struct link_error none = { 0 };

	in->up.dialer.paused = !may_go_up(in);
	if (dialer_run(&in->up.dialer, &status, turn->out, turn->rng, turn->now,
		       turn->wall) == DIALER_LOST) {
		up_lost(in, &none, turn);
	}
}

/* The parts that one record names and this store still has, at the end of 'packed'. */
static void
put_loose_of_record(struct turn *turn, const struct record *record, struct buf *packed)
{
	enum { LOOSE_PARTS_PARTS = 1, PART_HASH = 1, PART_SALT = 2, PART_PART = 3 };
	size_t count;
	const struct hash *named = record_loose(record, &count);
	struct buf one = { 0 };

	for (size_t i = 0; i < count; i++) {
		struct slice salt, part;

		if (loose_get(turn->txn, JOURNAL_DB_LOOSE, &named[i], &salt, &part)) {
			buf_clear(&one);
			wire_put_bytes(&one, PART_HASH, hash_slice(&named[i]));
			wire_put_bytes(&one, PART_SALT, salt);
			wire_put_bytes(&one, PART_PART, part);
			wire_put_bytes(packed, LOOSE_PARTS_PARTS, buf_slice(&one));
		}
	}
	buf_fini(&one);
}

/* Packed LooseParts of a block of ours; nothing where there are none. */
static void
put_loose(struct turn *turn, struct slice bytes, struct buf *packed)
{
	struct arena arena = { 0 };
	struct record record;
	struct block block;
	struct slice record_bytes;
	size_t at = 0;

	if (txn_count(turn->txn, JOURNAL_DB_LOOSE) == 0 || !block_peek(bytes, &block)) {
		return;
	}
	while (block_next(&block, &at, &record_bytes)) {
		if (record_decode(record_bytes, &arena, &record, NULL)) {
			put_loose_of_record(turn, &record, packed);
		}
		arena_reset(&arena);
	}
	arena_fini(&arena);
}

/* Join blocks without receipt from after 'after'; returns the last one's position. */
static uint64_t
gather(struct intake *in, struct turn *turn, uint64_t after, size_t target,
       struct buf *payload)
{
	struct buf loose = { 0 };
	struct slice bytes;
	uint64_t local;

	while (journal_waiting_after(&in->journal, turn->txn, after, &local, &bytes)) {
		buf_clear(&loose);
		put_loose(turn, bytes, &loose);
		if (payload->len != 0 && payload->len + bytes.len + loose.len > target) {
			break;
		}
		payload_put_block(payload, bytes, buf_slice(&loose));
		after = local;
	}
	buf_fini(&loose);
	return after;
}

void
up_fold(struct intake *in, struct turn *turn)
{
	struct intake_up *up = &in->up;
	struct buf payload = { 0 };

	while (dialer_may_send(&up->dialer, 1)) {
		buf_clear(&payload);
		uint64_t last = gather(in, turn, up->sent_local,
				       dialer_batch_target(&up->dialer), &payload);
		if (payload.len == 0 || !dialer_may_send(&up->dialer, payload.len)) {
			break;
		}
		dialer_send_batch(&up->dialer, buf_slice(&payload), turn->out, turn->now);
		up->sent_local = last;
		up->batch_local[up->dialer.batch_sent % LINK_BATCHES] = last;
	}
	buf_fini(&payload);
	if (may_go_up(in)) {
		up->dialer.paused = false;
	}
}
