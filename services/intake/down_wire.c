#include <inttypes.h>

#include "intake/heard.h"
#include "intake/parts.h"
#include "kusanone/v1/notice.pb-c.h"
#include "kusanone/v1/record.pb-c.h"
#include "lib/base/plant.h"
#include "lib/base/unpack_wire.h"
#include "lib/base/wire.h"
#include "lib/store/log.h"

/* The link down: headquarters' stream under this node's filter.
 *
 * A batch is looked at as a whole before any of it is written.  What it holds, and the
 * cursor behind it, are one commit; the ACK follows that.  The cursor does not pass a
 * receipt whose block is missing here: own blocks are then asked for whole. */

enum { ITEM_RECORD = 3, ITEM_NOTICE = 4, ITEM_VERDICT = 5 };

/* One item of a batch, checked. */
struct heard_item {
	const Kusanone__V1__StreamItem *item;
	struct slice raw; /* Of a record, a notice, a verdict: its own bytes. */
	struct block block;
	struct hash hash; /* Receipt and own block. */
};

void
down_init(struct intake *in, msec_t now)
{
	struct dialer *d = &in->down.dialer;

	if (in->config.dial_count == 0) {
		return;
	}
	dialer_init(d, in->config.dial[in->dialled_with].down, "down", now);
	d->hello = (struct link_hello){ .node = in->config.node,
					.role = LINK_CONSUMER,
					.credit = LINK_CREDIT,
					.software = slice_str(in->config.software) };
}

static bool
hash_from(struct slice bytes, struct hash *ret)
{
	if (bytes.len != HASH_LEN) {
		return false;
	}
	memcpy(ret->b, bytes.at, HASH_LEN);
	return true;
}

/* ---- A batch: looked at ---------------------------------------------------------- */

static bool
check_own_block(struct intake *in, struct heard_item *h, const char **why)
{
	const Kusanone__V1__OwnBlock *own = h->item->own_block;

	if (!block_parse(slice_pb(own->block), &h->block, why)) {
		return false;
	}
	if (!node_id_eq(&h->block.node, &in->config.node)) {
		*why = "a block of another node";
		return false;
	}
	if (!intake_verifies(in, &h->block)) {
		*why = "a block with a signature of no key known for this node";
		return false;
	}
	h->hash = h->block.hash;
	return true;
}

/* Keys of this node are known from here on: a block signed with one may follow at once.
 */
static bool
check_record(struct intake *in, struct heard_item *h, struct arena *arena,
	     const char **why)
{
	const Kusanone__V1__HqRecord *m = h->item->record;
	struct record record;

	if (m->node_id.len != NODE_ID_LEN || m->record.len == 0 ||
	    m->record.len > BLOCK_MAX_RECORD) {
		*why = "a record without its node, or of a wrong length";
		return false;
	}
	if (record_decode(slice_pb(m->record), arena, &record, NULL) &&
	    record.body == BODY_ENROLMENT &&
	    node_id_eq(&record.enrolment.node, &in->config.node)) {
		intake_know_key(in, record.enrolment.sign_key);
	}
	return true;
}

static bool
check_item(struct intake *in, struct slice bytes, struct arena *arena,
	   struct heard_item *h, const char **why)
{
	struct uuid event;

	h->item = (const Kusanone__V1__StreamItem *)unpack_message(
		&kusanone__v1__stream_item__descriptor, bytes, arena, why);
	if (h->item == NULL) {
		return false;
	}
	switch (h->item->item_case) {
	case KUSANONE__V1__STREAM_ITEM__ITEM_RECEIPT:
		*why = "a receipt without a hash";
		return hash_from(slice_pb(h->item->receipt->hash), &h->hash);
	case KUSANONE__V1__STREAM_ITEM__ITEM_OWN_BLOCK:
		return check_own_block(in, h, why);
	case KUSANONE__V1__STREAM_ITEM__ITEM_RECORD:
		return wire_get_bytes(bytes, ITEM_RECORD, &h->raw) &&
		       check_record(in, h, arena, why);
	case KUSANONE__V1__STREAM_ITEM__ITEM_NOTICE:
		*why = "a notice without an event";
		return wire_get_bytes(bytes, ITEM_NOTICE, &h->raw) &&
		       uuid_parse(slice_str(h->item->notice->event_id), &event);
	case KUSANONE__V1__STREAM_ITEM__ITEM_VERDICT:
		*why = "a verdict without a record";
		return wire_get_bytes(bytes, ITEM_VERDICT, &h->raw) &&
		       hash_from(slice_pb(h->item->verdict->record_hash), &h->hash);
	case KUSANONE__V1__STREAM_ITEM__ITEM__NOT_SET:
	default:
		return true; /* Of a newer headquarters: not ours. */
	}
}

static bool
is_held(struct intake *in, const struct hash *hash, const struct heard_item *items,
	size_t count)
{
	uint64_t first;

	for (size_t i = 0; i < count; i++) {
		if (items[i].item->item_case ==
			    KUSANONE__V1__STREAM_ITEM__ITEM_OWN_BLOCK &&
		    hash_eq(&items[i].hash, hash)) {
			return true;
		}
	}
	return journal_find(&in->journal, in->txn, hash, &first);
}

enum batch_state { BATCH_GOOD, BATCH_BAD, BATCH_MISSING };

/* BATCH_MISSING: a receipt of a block that is not here. */
static enum batch_state
check_batch(struct intake *in, const struct link_batch *batch, struct arena *arena,
	    struct heard_item *items, const char **why)
{
	for (size_t i = 0; i < batch->item_count; i++) {
		struct heard_item *h = &items[i];

		*why = NULL;
		if (!check_item(in, batch->items[i], arena, h, why)) {
			return BATCH_BAD;
		}
		if (!PLANTED(14) && /* The cursor passes a block that is missing. */
		    h->item->item_case == KUSANONE__V1__STREAM_ITEM__ITEM_RECEIPT &&
		    !is_held(in, &h->hash, items, i)) {
			*why = "own blocks are missing here";
			return in->down.dialer.hello.own_blocks_whole ? BATCH_BAD
								      : BATCH_MISSING;
		}
		if (h->item->item_case == KUSANONE__V1__STREAM_ITEM__ITEM_OWN_BLOCK &&
		    !hash_is_zero(&h->block.parent) &&
		    !is_held(in, &h->block.parent, items, i)) {
			*why = "an own block without the one before it";
			return BATCH_BAD;
		}
	}
	return BATCH_GOOD;
}

/* ---- and written ----------------------------------------------------------------- */

static void
take_back(struct intake *in, struct turn *turn, const struct heard_item *h)
{
	const Kusanone__V1__OwnBlock *own = h->item->own_block;
	const Kusanone__V1__LooseParts *loose =
		(const Kusanone__V1__LooseParts *)unpack_message(
			&kusanone__v1__loose_parts__descriptor, slice_pb(own->loose),
			turn->arena, NULL);

	if (journal_take_back(&in->journal, turn->txn, &h->block, !in->wrote) != 0) {
		log_event(turn->log, LOG_INFO, "intake",
			  "taken_back=block seq=%" PRIu64 "-%" PRIu64, h->block.first_seq,
			  h->block.last_seq);
	}
	for (size_t i = 0; loose != NULL && i < loose->n_parts; i++) {
		const Kusanone__V1__LoosePart *part = loose->parts[i];
		struct hash hash;

		if (hash_from(slice_pb(part->part_hash), &hash)) {
			(void)loose_put(turn->txn, JOURNAL_DB_LOOSE, JOURNAL_DB_ERASED,
					&hash, slice_pb(part->salt),
					slice_pb(part->part));
		}
	}
	must(journal_receipt(&in->journal, turn->txn, &h->hash, own->position) ||
	     turn->txn->err != OK);
}

static void
hear_record(struct intake *in, struct turn *turn, const struct heard_item *h)
{
	struct record record;

	journal_hear(&in->journal, turn->txn, h->raw);
	if (record_decode(slice_pb(h->item->record->record), turn->arena, &record,
			  NULL) &&
	    record.body == BODY_ERASURE) {
		intake_erase(in, turn, record.erasure.parts, record.erasure.count);
	}
}

static void
write_item(struct intake *in, struct turn *turn, const struct heard_item *h)
{
	struct heard_key key;
	struct uuid event;

	switch (h->item->item_case) {
	case KUSANONE__V1__STREAM_ITEM__ITEM_RECEIPT:
		must(journal_receipt(&in->journal, turn->txn, &h->hash,
				     h->item->receipt->position) ||
		     turn->txn->err != OK || PLANTED(14));
		break;
	case KUSANONE__V1__STREAM_ITEM__ITEM_OWN_BLOCK:
		take_back(in, turn, h);
		break;
	case KUSANONE__V1__STREAM_ITEM__ITEM_RECORD:
		hear_record(in, turn, h);
		break;
	case KUSANONE__V1__STREAM_ITEM__ITEM_NOTICE:
		must(uuid_parse(slice_str(h->item->notice->event_id), &event));
		key = heard_notice_key(&event);
		txn_put(turn->txn, JOURNAL_DB_HEARD, heard_slice(&key), h->raw);
		break;
	case KUSANONE__V1__STREAM_ITEM__ITEM_VERDICT:
		key = heard_verdict_key(&h->hash);
		txn_put(turn->txn, JOURNAL_DB_HEARD, heard_slice(&key), h->raw);
		break;
	case KUSANONE__V1__STREAM_ITEM__ITEM__NOT_SET:
	default:
		break;
	}
}

static void
restart(struct intake *in, bool at_once, const char *reason, struct turn *turn)
{
	log_event(turn->log, at_once ? LOG_INFO : LOG_WARN, "link",
		  "peer=down state=restart reason=%s", reason);
	dialer_restart(&in->down.dialer, at_once, reason, turn->out, turn->rng,
		       turn->now);
	in->down.caught_up = false;
	in->down.ack_due = false;
}

static void
take_batch(struct intake *in, const struct link_batch *batch, struct turn *turn)
{
	struct intake_down *down = &in->down;
	struct heard_item *items =
		arena_zalloc(turn->arena, batch->item_count * sizeof(items[0]));
	const char *why = NULL;

	switch (check_batch(in, batch, turn->arena, items, &why)) {
	case BATCH_BAD:
		intake_alarm(in, turn, "headquarters' stream cannot be followed: %s",
			     why != NULL ? why : "not a stream item");
		restart(in, false, why != NULL ? why : "not a stream item", turn);
		return;
	case BATCH_MISSING:
		down->whole = true;
		restart(in, true, why, turn);
		return;
	case BATCH_GOOD:
		break;
	}
	for (size_t i = 0; i < batch->item_count; i++) {
		write_item(in, turn, &items[i]);
	}
	const struct journal_cursor cursor = {
		.position = batch->through.position,
		.log_hash = batch->through.log_hash,
		.filter_version = batch->through.filter_version,
	};
	journal_set_cursor(&in->journal, turn->txn, &cursor);
	down->ack_due = true;
}

/* ---- The session ----------------------------------------------------------------- */

/* Headquarters remembers another past: what was heard of it goes, and comes again. */
static void
take_reset(struct intake *in, struct turn *turn)
{
	if (in->journal.cursor.position == 0) {
		return;
	}
	log_event(turn->log, LOG_WARN, "link", "peer=down reset=from_the_beginning");
	journal_forget_heard(&in->journal, turn->txn);
	if (in->compact_due || in->erased) {
		txn_put(turn->txn, JOURNAL_DB_HEARD, slice_str(HEARD_COMPACT),
			slice_str("due"));
	}
	in->refold = true;
	if (!PLANTED(13)) {
		in->up.acked_local = 0; /* Of a past that is gone. */
	}
	/* Blocks wait again that the link up has passed: it begins anew, after the link
	 * down has caught up. */
	dialer_restart(&in->up.dialer, true, "headquarters remembers another past",
		       turn->out, turn->rng, turn->now);
}

static void
down_lost(struct intake *in, const struct link_error *error, struct turn *turn)
{
	log_event(turn->log, LOG_INFO, "link", "peer=down state=lost reason=%s",
		  in->down.dialer.reason);
	in->down.caught_up = false;
	if (error->code == LINK_RESET) {
		take_reset(in, turn);
	} else if (error->code == LINK_SUPERSEDED) {
		intake_alarm(in, turn, "another machine speaks with this node's key");
	} else if (error->code == LINK_FORBIDDEN || error->code == LINK_UNAUTHENTICATED ||
		   error->code == LINK_VERSION_UNSUPPORTED) {
		intake_alarm(in, turn, "headquarters refuses the link: %s",
			     in->down.dialer.reason);
	} else if (error->code == 0 && !in->down.welcomed &&
		   !line_met_nobody(in->down.dialer.ended)) {
		intake_try_next_key(in, turn);
	}
	in->down.welcomed = false;
}

void
down_take(struct intake *in, const struct message *msg, struct turn *turn)
{
	struct intake_down *down = &in->down;
	struct dialer_in what = { 0 };

	if (msg->ended != LINE_OPEN) {
		if (dialer_ended(&down->dialer, msg->from, msg->ended, turn->out,
				 turn->rng, turn->now) == DIALER_LOST) {
			down_lost(in, &what.error, turn);
		}
		return;
	}
	if (msg->fault != FRAME_GOOD) {
		if (peer_eq(msg->from, dialer_peer(&down->dialer))) {
			restart(in, false,
				"headquarters sent a frame that cannot be read", turn);
		}
		return;
	}
	switch (dialer_take(&down->dialer, msg->from, &msg->frame, turn->arena, turn->out,
			    turn->rng, turn->now, &what)) {
	case DIALER_WELCOMED:
		log_event(turn->log, LOG_INFO, "link", "peer=down state=live");
		down->head = what.welcome.head.position;
		down->told = down->head;
		down->welcomed = true;
		in->alarm[0] = '\0';
		break;
	case DIALER_BATCH:
		take_batch(in, &what.batch, turn);
		break;
	case DIALER_LOST:
		down_lost(in, &what.error, turn);
		break;
	case DIALER_STATUS:
		down->told = what.status.head;
		witnessing_take(in, &what.status, turn);
		break;
	case DIALER_NOTHING:
	case DIALER_ACKED:
		break;
	}
}

void
down_run(struct intake *in, struct turn *turn)
{
	struct dialer *d = &in->down.dialer;
	struct link_status status = intake_link_status(in);
	struct link_error none = { 0 };

	witnessing_ask(in, &status);
	if (d->state != DIALER_LIVE) {
		in->down.caught_up = false;
	}
	if (d->state == DIALER_IDLE || d->state == DIALER_BACKOFF) {
		const struct journal_cursor *cursor = &in->journal.cursor;

		d->hello.cursor = (struct link_cursor){
			.position = cursor->position,
			.log_hash = cursor->log_hash,
			.filter_version = cursor->position != 0 ? cursor->filter_version
								: INTAKE_FILTER_VERSION,
		};
		d->hello.own_blocks_whole = in->down.whole;
	}
	if (dialer_run(d, &status, turn->out, turn->rng, turn->now, turn->wall) ==
	    DIALER_LOST) {
		down_lost(in, &none, turn);
	}
}

/* After the commit: acknowledge, and see whether everything was heard. */
void
down_fold(struct intake *in, struct turn *turn)
{
	struct intake_down *down = &in->down;

	if (down->ack_due) {
		dialer_ack(&down->dialer, &down->dialer.through, turn->out, turn->now);
	}
	if (down->dialer.state != DIALER_LIVE || down->caught_up ||
	    in->journal.cursor.position < down->head) {
		return;
	}
	down->caught_up = true;
	if (down->whole) {
		/* All of ours is here: receipts are enough from now on. */
		down->whole = false;
		restart(in, true, "own blocks are complete again", turn);
	}
}
