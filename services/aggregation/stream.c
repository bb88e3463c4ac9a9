#include "aggregation/aggregation.h"

/* What readers of the log are owed: everything after their cursor, up to what is folded,
 * as fast as their credit lets it. */

enum {
	STREAM_ENTRIES_A_BATCH = 512, /* Entries looked at for one filtered batch. */
	/* A batch that brings nothing but its 'through' is sent at most so often, once
	 * the reader has caught up with the head of its WELCOME. */
	STREAM_QUIET_MS = 1000,
};

static struct link_cursor
cursor_at(const struct log_entry *entry)
{
	return (struct link_cursor){ .position = entry->last,
				     .log_hash = entry->log_hash,
				     .filter_version = AGGREGATION_FILTER_VERSION };
}

static bool
beyond(const struct aggregation *a, const struct session *s,
       const struct log_entry *entry)
{
	return entry->last > fold_position(&a->fold) ||
	       (s->hello.upto != 0 && entry->last > s->hello.upto);
}

/* Whole entries: a follower. */
static bool
send_entries(struct aggregation *a, struct session *s, struct turn *turn)
{
	struct link_batch batch = { .after = s->sent, .through = s->sent };
	struct buf payload = { 0 };
	struct log_entry entry;
	size_t target = session_batch_target(s); /* 0, a slow line: one entry. */
	bool any = false;

	while ((payload.len == 0 || payload.len < target) &&
	       log_after(turn->txn, batch.through.position, &entry) &&
	       !beyond(a, s, &entry)) {
		struct block block;
		struct payload_item item = { .first = entry.first,
					     .hq_ms = entry.hq_ms,
					     .log_hash = entry.log_hash,
					     .block = entry.block };

		if (!block_parse(entry.block, &block, NULL)) {
			turn->txn->err = ERR_CORRUPT;
			break;
		}
		item.loose = filter_loose(a, &block, turn->arena);
		payload_put_entry(&payload, &item);
		batch.through = cursor_at(&entry);
		any = true;
	}
	if (any && session_may_send(s, payload.len)) {
		session_send_batch(s, &batch, buf_slice(&payload), turn->out, turn->now);
	} else {
		any = false;
	}
	buf_fini(&payload);
	return any;
}

/* What a post's filter leaves. */
static bool
send_items(struct aggregation *a, struct session *s, struct turn *turn)
{
	struct link_batch batch = { .after = s->sent, .through = s->sent };
	struct item_list items = { .arena = turn->arena };
	struct log_entry entry;
	size_t target = session_batch_target(s);

	if (s->scanned.position > s->sent.position) {
		batch.through = s->scanned;
	}
	for (unsigned i = 0;
	     i < STREAM_ENTRIES_A_BATCH && (items.bytes == 0 || items.bytes < target) &&
	     log_after(turn->txn, batch.through.position, &entry) &&
	     !beyond(a, s, &entry);
	     i++) {
		filter_entry(a, s, &entry, &items);
		batch.through = cursor_at(&entry);
	}
	if (link_cursor_eq(&batch.after, &batch.through)) {
		return false;
	}
	/* Once caught up, progress without news may wait for company. */
	if (items.count == 0 && s->caught_up &&
	    turn->now - s->last_out < STREAM_QUIET_MS) {
		s->scanned = batch.through;
		return false;
	}
	if (!session_may_send(s, items.bytes)) {
		return false;
	}
	batch.items = items.at;
	batch.item_count = items.count;
	session_send_batch(s, &batch, (struct slice){ 0 }, turn->out, turn->now);
	s->caught_up = s->sent.position >= a->log.head.position;
	return true;
}

void
stream_run(struct aggregation *a, struct turn *turn)
{
	for (size_t i = 0; i < a->listener.count && turn->txn->err == OK; i++) {
		struct session *s = a->listener.sessions[i];

		if (s->closing || s->role != LINK_CONSUMER) {
			continue;
		}
		/* Bounded a turn, so that one reader's backlog does not hold up the
		 * others. */
		for (unsigned n = 0; n < 8; n++) {
			if (!(s->hello.unfiltered ? send_entries(a, s, turn)
						  : send_items(a, s, turn))) {
				break;
			}
		}
	}
}
