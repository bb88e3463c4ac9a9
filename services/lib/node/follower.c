#include "lib/node/follower.h"

#include <stdio.h>

void
follower_init(struct follower *f, uint32_t endpoint, const struct node_id *node,
	      const char *software, struct store *copy, msec_t now)
{
	*f = (struct follower){ .store = copy };
	dialer_init(&f->dialer, endpoint, "hq", now);
	f->dialer.hello = (struct link_hello){ .node = *node,
					       .role = LINK_CONSUMER,
					       .credit = LINK_CREDIT,
					       .unfiltered = true,
					       .software = slice_str(software) };
}

static void
restart(struct follower *f, bool at_once, const char *reason, struct turn *turn)
{
	log_event(turn->log, at_once ? LOG_INFO : LOG_WARN, "link",
		  "peer=hq state=restart reason=%s", reason);
	dialer_restart(&f->dialer, at_once, reason, turn->out, turn->rng, turn->now);
	f->ack_due = false;
}

/* ---- The copy ---------------------------------------------------------------------- */

struct txn *
follower_write(struct follower *f, struct turn *turn)
{
	if (!f->writing) {
		f->before = f->log.head;
		f->writing = true;
		if (f->store != NULL) {
			f->own = txn_begin(f->store);
		}
	}
	return f->store != NULL ? &f->own : turn->txn;
}

void
follower_drop(struct follower *f)
{
	if (f->writing) {
		if (f->store != NULL) {
			txn_abort(&f->own);
		}
		log_rewind(&f->log, f->before);
		f->writing = false;
	}
	f->ack_due = false;
}

enum err
follower_commit(struct follower *f, struct turn *turn)
{
	if (!f->writing || f->store == NULL) {
		return OK;
	}
	enum err err = txn_commit(&f->own);
	f->writing = false;
	if (err == OK) {
		return OK;
	}
	log_rewind(&f->log, f->before);
	if (err == ERR_DISK_FULL) {
		log_event(turn->log, LOG_ERROR, "follow", "copy=%s", err_name(err));
		snprintf(f->alarm, sizeof(f->alarm),
			 "the disk is full: headquarters' log is not followed");
		restart(f, false, "the disk is full", turn);
	}
	return err;
}

/* ---- A batch ----------------------------------------------------------------------- */

/* The log hash that comes with an entry says whether it is the next of our past. */
static const char *
take_entry(struct follower *f, const struct payload_item *item, struct turn *turn)
{
	struct block block;
	const char *why = "not a block";

	if (!block_parse(item->block, &block, &why)) {
		return why;
	}
	if (item->first != f->log.head.position + 1) {
		return "an entry that is not the next";
	}
	struct log_entry next = log_next(&f->log.head, &block, item->hq_ms);
	if (next.hq_ms != item->hq_ms || !hash_eq(&next.log_hash, &item->log_hash)) {
		return "an entry that does not follow the one before";
	}
	struct txn *copy = follower_write(f, turn);
	struct log_entry entry = log_append(&f->log, copy, &block, item->hq_ms);
	if (f->took != NULL) {
		f->took(f->took_ctx, copy, &entry, &block, item->loose, turn->arena);
	}
	return NULL;
}

/* What came before a bad entry stays: it was ours. */
static void
take_batch(struct follower *f, struct slice payload, struct turn *turn)
{
	struct payload_item item;
	const char *why = NULL;
	size_t at = 0;
	bool bad = false;

	while (why == NULL && payload_next_entry(payload, &at, &item, &bad)) {
		why = take_entry(f, &item, turn);
	}
	if (why == NULL && !bad) {
		f->ack_due = true;
		return;
	}
	why = why != NULL ? why : "not a payload";
	snprintf(f->alarm, sizeof(f->alarm), "headquarters' log cannot be followed: %s",
		 why);
	log_event(turn->log, LOG_ERROR, "follow", "refused=%s", why);
	restart(f, false, why, turn);
}

static void
take_status(struct follower *f, const struct link_status *status)
{
	size_t bytes = status->wanted_count * sizeof(f->wanted[0]);

	f->head = status->head;
	if (status->wanted_count == f->wanted_count &&
	    (bytes == 0 || memcmp(status->wanted, f->wanted, bytes) == 0)) {
		return;
	}
	if (bytes != 0) {
		memcpy(f->wanted, status->wanted, bytes);
	}
	f->wanted_count = status->wanted_count;
	f->wanted_changed = true;
}

/* ---- The session ------------------------------------------------------------------- */

static void
lost(struct follower *f, const struct link_error *error, struct turn *turn)
{
	log_event(turn->log, LOG_INFO, "link", "peer=hq state=lost reason=%s",
		  f->dialer.reason);
	if (error->code == LINK_RESET && f->log.head.position != 0) {
		f->reset = true;
	} else if (error->code == LINK_FORBIDDEN || error->code == LINK_SUPERSEDED ||
		   error->code == LINK_UNAUTHENTICATED ||
		   error->code == LINK_VERSION_UNSUPPORTED) {
		snprintf(f->alarm, sizeof(f->alarm), "headquarters refuses the link: %s",
			 f->dialer.reason);
	}
}

void
follower_take(struct follower *f, const struct message *msg, struct turn *turn)
{
	struct dialer *d = &f->dialer;
	struct dialer_in in = { 0 };

	if (msg->ended != LINE_OPEN) {
		if (dialer_ended(d, msg->from, msg->ended, turn->out, turn->rng,
				 turn->now) == DIALER_LOST) {
			lost(f, &in.error, turn);
		}
		return;
	}
	if (msg->fault != FRAME_GOOD) {
		if (peer_eq(msg->from, dialer_peer(d))) {
			restart(f, false, "a frame that cannot be read", turn);
		}
		return;
	}
	switch (dialer_take(d, msg->from, &msg->frame, turn->arena, turn->out, turn->rng,
			    turn->now, &in)) {
	case DIALER_WELCOMED:
		log_event(turn->log, LOG_INFO, "link", "peer=hq state=live");
		f->head = in.welcome.head.position;
		d->status_due = f->says != NULL;
		f->alarm[0] = '\0';
		break;
	case DIALER_BATCH:
		take_batch(f, in.payload, turn);
		break;
	case DIALER_LOST:
		lost(f, &in.error, turn);
		break;
	case DIALER_STATUS:
		take_status(f, &in.status);
		break;
	case DIALER_NOTHING:
	case DIALER_ACKED:
		break;
	}
}

static struct link_cursor
cursor_of(const struct follower *f)
{
	return (struct link_cursor){ .position = f->log.head.position,
				     .log_hash = f->log.head.log_hash,
				     .filter_version = FOLLOWER_FILTER_VERSION };
}

void
follower_dial(struct follower *f, struct turn *turn)
{
	struct dialer *d = &f->dialer;
	struct link_status status =
		f->says != NULL ? *f->says : (struct link_status){ 0 };
	struct link_error none = { 0 };

	status.head = f->log.head.position;
	if (d->state == DIALER_IDLE || d->state == DIALER_BACKOFF) {
		d->hello.cursor = cursor_of(f);
	}
	if (dialer_run(d, &status, turn->out, turn->rng, turn->now, turn->wall) ==
	    DIALER_LOST) {
		lost(f, &none, turn);
	}
}

void
follower_ack(struct follower *f, struct turn *turn)
{
	if (f->ack_due && f->dialer.state == DIALER_LIVE) {
		const struct link_cursor cursor = cursor_of(f);

		dialer_ack(&f->dialer, &cursor, turn->out, turn->now);
	}
	f->ack_due = false;
	f->writing = f->store != NULL && f->writing;
}

bool
follower_is_level(const struct follower *f)
{
	return f->dialer.state == DIALER_LIVE && f->log.head.position >= f->head;
}
