#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/plant.h"
#include "notification/notification.h"

/* What the log and the clock call for.
 *
 * After each record the rules hear what became of an event; at its moments they hear that
 * its time has come.  Both see the fold as it stands and nothing else, so that the same
 * log and clock call for the same alerts. */

bool
watch_read(void *ctx, uint64_t position, struct arena *arena, struct slice *ret_record)
{
	struct notification *n = ctx;
	struct slice record;

	if (n->copy_txn == NULL || !log_record(n->copy_txn, position, &record)) {
		return false;
	}
	*ret_record = slice_of(arena_dup(arena, record.at, record.len), record.len);
	return true;
}

struct rules
watch_rules(struct notification *n, wall_ms_t now, wall_ms_t since)
{
	return (struct rules){ .fold = &n->fold,
			       .zones = &n->config.zones,
			       .arena = &n->arena,
			       .now = now,
			       .since = since,
			       .leads = n->leads,
			       .lead_count = n->lead_count,
			       .planned = &n->planned,
			       .wanted = n->wanted,
			       .emit = want_emit,
			       .ctx = n };
}

/* ---- Records ----------------------------------------------------------------------- */

static struct seen_row *
seen_of(struct notification *n, uint32_t event)
{
	while (n->seen.count <= event) {
		table_add(&n->seen);
	}
	return table_mut(&n->seen, event);
}

bool
watch_changed_since(const struct notification *n, const struct uuid *event, uint32_t turn)
{
	uint32_t row = fold_find_event(&n->fold, event);

	if (row == UINT32_MAX || row >= n->seen.count) {
		return false;
	}
	const struct seen_row *seen = table_at(&n->seen, row);
	const struct event_row *e = table_at(&n->fold.events, row);
	return seen->turn >= turn || seen->fact1 != e->fact1;
}

static void
touch(struct notification *n, uint32_t event)
{
	if (n->touched_count == n->touched_cap) {
		n->touched_cap = n->touched_cap != 0 ? 2 * n->touched_cap : 256;
		n->touched = xrealloc(n->touched, n->touched_cap * sizeof(n->touched[0]));
	}
	n->touched[n->touched_count++] = event;
}

/* The event of a fact, decoded: its shown revision, or for a past fact the head that it
 * was made of. */
static bool
decode_fact(struct notification *n, const struct event_fact *f, struct event *ret)
{
	struct record record;
	struct slice bytes;

	if (f->to_pos == FACT_OPEN) {
		return fold_event_shown(&n->fold, f->event, &n->arena, &bytes, NULL) &&
		       event_decode(bytes, &n->arena, ret, NULL);
	}
	if (!watch_read(n, (uint64_t)f->head_record + 1, &n->arena, &bytes) ||
	    !record_decode(bytes, &n->arena, &record, NULL) ||
	    record.body != BODY_EVENT_REVISION) {
		return false;
	}
	*ret = record.revision.event;
	return true;
}

/* The record that was just folded is the shown revision itself: nothing to be read. */
static bool
decode_after(struct notification *n, const struct event_fact *f, uint64_t position,
	     const struct record *record, struct event *ret)
{
	if (record != NULL && record->body == BODY_EVENT_REVISION &&
	    f->head_record + 1 == position &&
	    (f->flags & (FACT_JOINED | FACT_CONFLICT)) == 0) {
		*ret = record->revision.event;
		return true;
	}
	return decode_fact(n, f, ret);
}

static void
note_planned(struct notification *n, uint32_t event, const struct occurrence *times,
	     size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (times[i].has_instant && times[i].status == STATUS_PLANNED) {
			planned_add(&n->planned, date_first_day(&times[i].start), event);
		}
	}
}

static void
tell_change(struct notification *n, const struct event_fact *before,
	    const struct event_fact *after, uint64_t position, wall_ms_t hq_ms,
	    const struct record *record)
{
	const struct record_row *row =
		table_at(&n->fold.records, (uint32_t)(position - 1));
	struct rules rules = watch_rules(n, hq_ms, hq_ms);
	struct change c = { .event = after->event,
			    .before = before,
			    .after = after,
			    .position = position,
			    .hq_ms = hq_ms,
			    .revised = before == NULL ||
				       before->head_record != after->head_record,
			    .zone = rules_post_zone(&n->fold, after->recorder) };

	memcpy(c.mark, &row->id8, sizeof(c.mark));
	if (!decode_after(n, after, position, record, &c.is) ||
	    (before != NULL && !decode_fact(n, before, &c.was))) {
		return;
	}
	c.now_count = when_occurs(&c.is, c.zone, &n->config.zones, &n->arena, &c.now);
	if (n->planned_complete) {
		note_planned(n, c.event, c.now, c.now_count);
	}
	rules_changed(&rules, &c);
}

/* A key was stolen, and what it recorded counts no more: an event of which nothing else
 * is known is none.  Whoever was told of it hears so. */
static void
tell_vanished(struct notification *n, uint64_t position, wall_ms_t hq_ms)
{
	const struct record_row *row =
		table_at(&n->fold.records, (uint32_t)(position - 1));

	for (uint32_t i = 0; i < n->seen.count; i++) {
		struct seen_row *seen = table_mut(&n->seen, i);
		const struct event_row *e = table_at(&n->fold.events, i);

		if (seen->fact1 == 0 || e->fact1 != 0) {
			continue;
		}
		seen->fact1 = 0;
		seen->turn = n->turn_no;
		touch(n, i);
		want_emit(n, &(struct occasion){
				     .kind = ALERT_CANCELLED,
				     .event1 = i + 1,
				     .position = position,
				     .due = hq_ms,
				     .mark = slice_of(&row->id8, sizeof(row->id8)),
				     .told_too = true,
				     .told_only = true,
			     });
	}
}

static void
folded(void *ctx, uint64_t position, wall_ms_t hq_ms, const struct record *record)
{
	struct notification *n = ctx;

	if (record != NULL &&
	    (record->body == BODY_SUBSCRIPTION || record->body == BODY_SILENCE ||
	     record->body == BODY_ACKNOWLEDGEMENT || record->body == BODY_ERASURE ||
	     record->body == BODY_REFERENCE_CHANGE)) {
		want_refresh(n);
	}
	for (uint32_t i = n->facts_mark; i < n->fold.facts.count; i++) {
		const struct event_fact *after = table_at(&n->fold.facts, i);
		const struct event_row *e = table_at(&n->fold.events, after->event);
		struct seen_row *seen = seen_of(n, after->event);
		uint32_t before1 = seen->fact1;

		if (e->fact1 != i + 1) {
			continue; /* Another took its place in the same record. */
		}
		seen->fact1 = i + 1;
		seen->turn = n->turn_no;
		n->feeds_dirty = true;
		if (n->wanted == 0) {
			continue; /* Nobody to tell: not even who was told before. */
		}
		touch(n, after->event);
		arena_reset(&n->arena);
		tell_change(n,
			    before1 != 0 ? table_at(&n->fold.facts, before1 - 1) : NULL,
			    after, position, hq_ms, record);
	}
	n->facts_mark = n->fold.facts.count;
	if (n->wanted != 0 && record != NULL && record->body == BODY_REVOCATION) {
		tell_vanished(n, position, hq_ms);
	}
	if (n->wanted != 0) {
		struct rules rules = watch_rules(n, hq_ms, hq_ms);

		arena_reset(&n->arena);
		rules_recorded(&rules, position, hq_ms, record);
	}
}

static void
fold_log(struct notification *n)
{
	const struct replay_hook hook = { folded, n };
	struct log_entry entry;

	while (n->copy_txn->err == OK &&
	       log_after(n->copy_txn, fold_position(&n->fold), &entry)) {
		if (!replay_entry(&n->fold, &entry, NULL, &hook)) {
			n->copy_txn->err = ERR_CORRUPT;
		}
	}
	if (n->fold.failed && n->copy_txn->err == OK) {
		n->copy_txn->err = ERR_CORRUPT;
	}
	fold_take_changes(&n->fold);
}

/* ---- The clock --------------------------------------------------------------------- */

/* Has it anything to come: it is planned, or waits for its report? */
static bool
is_open(const struct event_fact *f)
{
	return f->to_pos == FACT_OPEN &&
	       (f->flags & (FACT_WITHDRAWN | FACT_MERGED)) == 0 &&
	       (f->status == STATUS_PLANNED || f->status == STATUS_POSTPONED ||
		(f->flags & FACT_PROVISIONAL) != 0);
}

static const struct event_fact *
open_fact(const struct notification *n, uint32_t event)
{
	const struct event_row *e = table_at(&n->fold.events, event);
	const struct event_fact *f =
		e->fact1 != 0 ? table_at(&n->fold.facts, e->fact1 - 1) : NULL;

	return f != NULL && is_open(f) ? f : NULL;
}

bool
watch_moment(struct notification *n, uint32_t event, struct moment *ret)
{
	const struct event_fact *f = open_fact(n, event);

	*ret = (struct moment){ .event = event, .fact = f };
	if (f == NULL || !decode_fact(n, f, &ret->is)) {
		return false;
	}
	ret->zone = rules_post_zone(&n->fold, f->recorder);
	ret->count = when_occurs(&ret->is, ret->zone, &n->config.zones, &n->arena,
				 &ret->times);
	return true;
}

static void
look_at(struct notification *n, uint32_t event, struct rules *rules)
{
	wall_ms_t next = NEVER;
	struct moment moment;

	arena_reset(&n->arena);
	if (watch_moment(n, event, &moment)) {
		next = rules_at(rules, &moment);
	}
	schedule_set(&n->schedule, event, next);
}

/* Every event that has anything to come: at the start, and when readers want other
 * things than before. */
static void
look_at_all(struct notification *n, struct rules *rules)
{
	for (uint32_t i = 0; i < n->fold.facts.count; i++) {
		const struct event_fact *f = table_at(&n->fold.facts, i);

		if (is_open(f)) {
			look_at(n, f->event, rules);
		}
	}
}

static void
look_at_clock(struct notification *n, wall_ms_t now)
{
	wall_ms_t since = n->horizon != 0 ? n->horizon : now;
	struct rules rules = watch_rules(n, now, since);
	int32_t day = when_day_of(&n->config.zones, (struct slice){ 0 }, now, NULL);
	uint32_t event;

	if (n->look_at_all && n->wanted != 0) {
		look_at_all(n, &rules);
	} else {
		for (uint32_t i = 0; i < n->touched_count; i++) {
			look_at(n, n->touched[i], &rules);
		}
	}
	if (n->touched_count != 0 || n->look_at_all) {
		n->look_again = true;
	}
	n->feeds_dirty = n->feeds_dirty || n->look_at_all;
	n->look_at_all = false;
	n->touched_count = 0;
	while (schedule_take(&n->schedule, now, &event)) {
		look_at(n, event, &rules);
	}
	if (n->wanted != 0 && day != n->day) {
		arena_reset(&n->arena);
		rules_daily(&rules, day);
		n->day = day;
	}
	n->horizon = now > n->horizon ? now : n->horizon;
}

wall_ms_t
watch_next(struct notification *n)
{
	wall_ms_t next = schedule_next(&n->schedule);

	if (n->behind) {
		return NEVER;
	}
	if (n->wanted != 0 && n->day == INT32_MIN) {
		next = 0; /* It has not been looked at yet. */
	} else if (n->wanted != 0) {
		wall_ms_t tomorrow = when_day_begins(&n->config.zones,
						     (struct slice){ 0 }, n->day + 1);

		next = tomorrow < next ? tomorrow : next;
	}
	return next;
}

/* ---- Start and turns --------------------------------------------------------------- */

static void
remember_facts(struct notification *n)
{
	for (uint32_t i = 0; i < n->fold.events.count; i++) {
		const struct event_row *e = table_at(&n->fold.events, i);

		seen_of(n, i)->fact1 = e->fact1;
	}
	n->facts_mark = n->fold.facts.count;
}

void
watch_complete_planned(struct notification *n)
{
	struct moment m;

	if (n->planned_complete) {
		return;
	}
	n->planned_complete = true;
	for (uint32_t i = 0; i < n->fold.facts.count; i++) {
		const struct event_fact *f = table_at(&n->fold.facts, i);

		arena_reset(&n->arena);
		if (is_open(f) && watch_moment(n, f->event, &m)) {
			note_planned(n, m.event, m.times, m.count);
		}
	}
}

enum err
watch_open(struct notification *n)
{
	struct txn copy = txn_begin_read(n->copy);
	struct txn kept = txn_begin_read(n->store);
	enum err err = log_open(&n->follower.log, &copy);

	n->copy_txn = &copy;
	n->keep_txn = &kept;
	if (err == OK) {
		err = keep_load(n, &kept);
	}
	n->behind = n->config.dials && !PLANTED(33);
	n->copy_short = n->follower.log.head.position == 0 ||
			n->follower.log.head.position < n->followed;
	n->follower.reset =
		n->followed == FOLLOWED_ANEW && n->follower.log.head.position != 0;
	if (err == OK) {
		err = checkpoint_load(&n->checkpoint, &n->fold, &copy,
				      &n->config.hq.node);
	}
	if (err == OK) {
		if (fold_position(&n->fold) == 0) {
			fold_trust(&n->fold, &n->config.hq);
		}
		remember_facts(n);
		want_refresh(n);
		fold_log(n);
		eraser_open(&n->eraser, &copy);
		err = copy.err != OK ? copy.err : kept.err;
	}
	n->copy_txn = NULL;
	n->keep_txn = NULL;
	txn_abort(&kept);
	txn_abort(&copy);
	n->look_at_all = true;
	return err;
}

void
watch_fold(struct notification *n, struct turn *turn)
{
	if (PLANTED(35)) { /* The view is ahead of what was found. */
		fold_log(n);
	}
	/* What was found up to here is on the disk with this turn's commit; not while
	 * nothing is sorted out. */
	if (!n->behind) {
		checkpoint_run(&n->checkpoint, &n->fold, n->copy_txn, false, turn->log,
			       turn->now);
	}
	fold_log(n);
	if (n->behind && (follower_is_level(&n->follower) ||
			  (!n->copy_short && turn->now >= n->behind_until))) {
		log_event(turn->log, LOG_INFO, "follow", "level=%" PRIu64,
			  n->follower.log.head.position);
		n->behind = false;
		n->fresh = true;
		n->look_again = true;
		n->wishes_turn = n->turn_no;
	}
	if (!n->behind) {
		look_at_clock(n, turn->wall);
	}
}

void
watch_forget(struct notification *n, struct turn *turn)
{
	n->behind = n->config.dials;
	n->copy_short = true;
	n->followed = FOLLOWED_ANEW;
	fold_clear(&n->fold);
	fold_trust(&n->fold, &n->config.hq);
	n->checkpoint.position = 0;
	table_clear(&n->seen);
	schedule_clear(&n->schedule);
	planned_clear(&n->planned);
	n->planned_complete = false;
	n->touched_count = 0;
	n->facts_mark = 0;
	if (!PLANTED(32)) { /* Who was told is so by another log's positions. */
		keep_told_before(turn->txn);
	}
	want_refresh(n);
	/* Of those found and not begun: they are found again where they still follow. */
	for (uint32_t row = alerts_next(&n->alerts, 0); row != UINT32_MAX;
	     row = alerts_next(&n->alerts, row + 1)) {
		const struct alert *a = alerts_at(&n->alerts, row);

		if (a->state == ALERT_DUE || a->state == ALERT_FRESH) {
			keep_forget_due(turn->txn, &a->id);
			alerts_remove(&n->alerts, row);
		}
	}
	n->look_at_all = true;
}
