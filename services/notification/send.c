#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/plant.h"
#include "notification/notification.h"

/* When alerts go, in what messages, and what came of them.
 *
 *	FRESH -> (its time) -> a message begins -> the sender -> accepted -> sent
 *	  |                      ^     |                    later -> waits -> again
 *	 DUE: waits for its time-+     |                  refused, given up -> dead
 *	  '-> too late: missed         crash: begun and nobody knows: again, in doubt
 *
 * Everything is decided and written in send_run(), within the turn's transaction, and
 * becomes true in memory with the commit: what is staged says how. */

enum stage {
	STAGE_DUE,     /* A fresh alert is on the disk. */
	STAGE_MISSED,  /* An alert goes without having been sent. */
	STAGE_BEGIN,   /* A message begins an attempt. */
	STAGE_LATER,   /* It is tried again. */
	STAGE_SETTLED, /* It was taken, or is dead. */
};

struct staged {
	enum stage stage;
	uint32_t row;            /* DUE, MISSED. */
	struct sending *sending; /* The others. */
	wall_ms_t next;          /* LATER */
	bool in_doubt, is_new;
	char answer[OUTCOME_ANSWER];
};

enum {
	RETRY_MS = 30 * 1000,
	RETRY_MAX_MS = 6 * HOUR_MS,
	TESTS_KEPT = 16,
};

static struct staged *
stage(struct notification *n, enum stage what)
{
	if (n->staged_count == n->staged_cap) {
		n->staged_cap = n->staged_cap != 0 ? 2 * n->staged_cap : 64;
		n->staged = xrealloc(n->staged, n->staged_cap * sizeof(n->staged[0]));
	}
	struct staged *s = &n->staged[n->staged_count++];
	*s = (struct staged){ .stage = what };
	return s;
}

/* ---- Messages ---------------------------------------------------------------------- */

void
send_free(struct sending *s)
{
	free(s->alerts);
	free(s);
}

struct sending *
send_find(struct notification *n, const struct alert_id *id)
{
	for (size_t i = 0; i < n->sending_count; i++) {
		if (alert_id_eq(&n->sendings[i]->id, id)) {
			return n->sendings[i];
		}
	}
	return NULL;
}

void
send_add(struct notification *n, struct sending *s)
{
	if (n->sending_count == n->sending_cap) {
		n->sending_cap = n->sending_cap != 0 ? 2 * n->sending_cap : 16;
		n->sendings =
			xrealloc(n->sendings, n->sending_cap * sizeof(n->sendings[0]));
	}
	n->sendings[n->sending_count++] = s;
}

static void
remove_sending(struct notification *n, struct sending *s)
{
	for (size_t i = 0; i < n->sending_count; i++) {
		if (n->sendings[i] == s) {
			n->sendings[i] = n->sendings[--n->sending_count];
			send_free(s);
			return;
		}
	}
	must(false);
}

static size_t
in_flight(const struct notification *n)
{
	size_t count = 0;

	for (size_t i = 0; i < n->sending_count; i++) {
		count += !n->sendings[i]->ended &&
			 (n->sendings[i]->next == 0 || n->sendings[i]->begins);
	}
	return count;
}

/* One alert's message has its id; that of several follows from theirs. */
static struct alert_id
message_id(const struct notification *n, const uint32_t *rows, uint32_t count)
{
	struct buf b = { 0 };
	struct alert_id id;

	if (count == 1) {
		return alerts_at(&n->alerts, rows[0])->id;
	}
	buf_put_slice(&b, slice_str("kusanone message v1"));
	for (uint32_t i = 0; i < count; i++) {
		buf_put(&b, alerts_at(&n->alerts, rows[i])->id.b, ALERT_ID_LEN);
	}
	struct hash hash = hash_of(buf_slice(&b));
	buf_fini(&b);
	memcpy(id.b, hash.b, ALERT_ID_LEN);
	return id;
}

/* ---- Attempts that begin ----------------------------------------------------------- */

static void
begin(struct notification *n, struct sending *s, bool is_new, struct turn *turn)
{
	struct staged *st = stage(n, STAGE_BEGIN);

	st->sending = s;
	st->is_new = is_new;
	s->begins = true;
	if (s->test) {
		return;
	}
	if (s->in_doubt) {
		n->staged_counts.repeated++;
	}
	if (!PLANTED(25) || is_new) { /* A second attempt is not written before. */
		keep_message(n, turn->txn, s, s->attempts + 1, 0, s->in_doubt, s->answer);
	}
	for (uint32_t i = 0; i < s->count && is_new; i++) {
		const struct alert *a = alerts_at(&n->alerts, s->alerts[i]);

		keep_forget_due(turn->txn, &a->id);
		if (!uuid_is_zero(&a->event)) {
			keep_told(turn->txn, &s->subscription, &a->event,
				  fold_position(&n->fold));
		}
	}
}

static void
miss(struct notification *n, uint32_t row, enum missed why, struct turn *turn)
{
	const struct alert *a = alerts_at(&n->alerts, row);

	keep_forget_due(turn->txn, &a->id);
	keep_settled(n, turn->txn, a, SETTLED_MISSED, missed_name(why), NULL, "",
		     turn->wall);
	n->staged_counts.missed++;
	stage(n, STAGE_MISSED)->row = row;
}

/* Alerts of one reader whose time has come, in the order in which they were due. */
struct ready {
	uint32_t row;
	struct uuid subscription;
	wall_ms_t due;
};

static int
ready_cmp(const void *a, const void *b)
{
	const struct ready *x = a, *y = b;
	int r = memcmp(x->subscription.b, y->subscription.b, UUID_LEN);

	if (r == 0) {
		r = (x->due > y->due) - (x->due < y->due);
	}
	return r != 0 ? r : (x->row > y->row) - (x->row < y->row);
}

/* It waits for a time that has not come, and nothing has changed that could change it. */
static bool
still_waits(const struct notification *n, const struct alert *a, wall_ms_t now)
{
	return a->state == ALERT_DUE && a->goes > now && a->looked > n->wishes_turn &&
	       !watch_changed_since(n, &a->event, a->looked) &&
	       !watch_changed_since(n, &a->other, a->looked);
}

/* Every alert that waits: settled, still waiting, or ready.  Returns how many are. */
static size_t
sort_out(struct notification *n, struct ready *ready, struct turn *turn)
{
	size_t count = 0;

	n->goes = NEVER;
	for (uint32_t row = alerts_next(&n->alerts, 0); row != UINT32_MAX;
	     row = alerts_next(&n->alerts, row + 1)) {
		struct alert *a = alerts_at(&n->alerts, row);
		enum missed why;
		enum held held;

		if (a->state == ALERT_TAKEN) {
			continue;
		}
		if (still_waits(n, a, turn->wall)) {
			n->goes = a->goes < n->goes ? a->goes : n->goes;
			continue;
		}
		a->looked = n->turn_no;
		if (a->state == ALERT_FRESH && a->position != 0 && a->due > turn->wall) {
			a->due = turn->wall; /* Headquarters' clock is ahead of ours. */
		}
		if (!hold_still_helps(n, a, turn->wall, &why)) {
			miss(n, row, why, turn);
			continue;
		}
		const struct subscription_row *s = want_reader(n, &a->subscription);
		a->goes = hold_until(n, a, s, turn->wall, &held);
		a->held = (uint8_t)held;
		if (a->goes <= turn->wall) {
			ready[count++] = (struct ready){ row, a->subscription, a->due };
			continue;
		}
		n->goes = a->goes < n->goes ? a->goes : n->goes;
		if (a->state == ALERT_FRESH) {
			keep_due(n, turn->txn, a);
			stage(n, STAGE_DUE)->row = row;
		}
	}
	return count;
}

static void
begin_new(struct notification *n, const struct ready *ready, size_t count,
	  struct turn *turn)
{
	struct sending *s = xcalloc(1, sizeof(*s));

	s->subscription = ready[0].subscription;
	s->alerts = xmalloc(count * sizeof(s->alerts[0]));
	for (size_t i = 0; i < count; i++) {
		s->alerts[s->count++] = ready[i].row;
	}
	s->id = message_id(n, s->alerts, s->count);
	s->made = turn->wall;
	begin(n, s, true, turn);
}

/* What could not begin now waits on the disk for a place. */
static void
wait_for_place(struct notification *n, const struct ready *ready, size_t count,
	       struct turn *turn)
{
	for (size_t i = 0; i < count; i++) {
		const struct alert *a = alerts_at(&n->alerts, ready[i].row);

		if (a->state == ALERT_FRESH) {
			keep_due(n, turn->txn, a);
			stage(n, STAGE_DUE)->row = ready[i].row;
		}
	}
}

static void
begin_ready(struct notification *n, struct turn *turn)
{
	struct ready *ready = arena_alloc(turn->arena, n->alerts.live * sizeof(ready[0]));
	size_t flying = in_flight(n);
	size_t count = sort_out(n, ready, turn), at = 0;

	if (count != 0) {
		qsort(ready, count, sizeof(ready[0]), ready_cmp);
	}
	while (at < count && flying < NOTIFICATION_IN_FLIGHT) {
		size_t end = at + 1;

		while (end < count && end - at < NOTIFICATION_GROUP &&
		       uuid_eq(&ready[end].subscription, &ready[at].subscription)) {
			end++;
		}
		begin_new(n, ready + at, end - at, turn);
		flying++;
		at = end;
	}
	wait_for_place(n, ready + at, count - at, turn);
	if (at < count) {
		n->goes = turn->wall; /* As soon as there is one. */
	}
}

/* ---- Messages that wait for another attempt ---------------------------------------- */

/* Full jitter over a doubling step. */
static wall_ms_t
backoff(const struct notification *n, const struct sending *s, struct rng *rng)
{
	uint64_t step = n->config.retry != 0 ? (uint64_t)n->config.retry : RETRY_MS;

	for (uint32_t i = 1; i < s->attempts && step < RETRY_MAX_MS; i++) {
		step *= 2;
	}
	step = step < RETRY_MAX_MS ? step : RETRY_MAX_MS;
	return (wall_ms_t)(step / 2 + rng_below(rng, step / 2 + 1));
}

/* Nothing it says helps any more: it ends without having been sent.  One that may have
 * been taken already is tried to its end. */
static bool
is_pointless(struct notification *n, const struct sending *s, wall_ms_t now)
{
	enum missed why;

	for (uint32_t i = 0; i < s->count; i++) {
		if (hold_still_helps(n, alerts_at(&n->alerts, s->alerts[i]), now, &why)) {
			return false;
		}
	}
	return !s->in_doubt && s->count != 0;
}

/* Each alert of one that says nothing any more has its own reason. */
static const char *
reason_of(struct notification *n, const struct alert *a, enum settled how,
	  const char *reason, wall_ms_t now)
{
	enum missed why;

	return how == SETTLED_MISSED && !hold_still_helps(n, a, now, &why)
		       ? missed_name(why)
		       : reason;
}

static void
settle(struct notification *n, struct sending *s, enum settled how, const char *reason,
       const char *answer, struct turn *turn)
{
	stage(n, STAGE_SETTLED)->sending = s;
	if (s->test) {
		return;
	}
	for (uint32_t i = 0; i < s->count; i++) {
		const struct alert *a = alerts_at(&n->alerts, s->alerts[i]);

		keep_settled(n, turn->txn, a, how,
			     reason_of(n, a, how, reason, turn->wall), s, answer,
			     turn->wall);
	}
	if (!PLANTED(36)) { /* What was taken stays begun. */
		keep_forget_message(turn->txn, &s->id);
	}
	if (how == SETTLED_DEAD) {
		char id[2 * ALERT_ID_LEN + 1];

		hex_format(s->id.b, ALERT_ID_LEN, id);
		log_event(turn->log, LOG_ERROR, "send",
			  "dead=%s alerts=%u reason=%s answer=%s", id, s->count, reason,
			  answer);
	}
	n->staged_counts.sent += how == SETTLED_SENT ? s->count : 0;
	n->staged_counts.dead += how == SETTLED_DEAD ? s->count : 0;
	n->staged_counts.missed += how == SETTLED_MISSED ? s->count : 0;
}

static void
put_off(struct notification *n, struct sending *s, wall_ms_t until, struct turn *turn)
{
	struct staged *st = stage(n, STAGE_LATER);

	st->sending = s;
	st->next = until;
	st->in_doubt = s->in_doubt;
	memcpy(st->answer, s->answer, sizeof(st->answer));
	keep_message(n, turn->txn, s, s->attempts, until, s->in_doubt, s->answer);
}

/* A reader who is not to be woken by the first attempt is not woken by the fifth.  What
 * one of the alerts says at once, all of them may. */
static wall_ms_t
may_go_again(struct notification *n, const struct sending *s,
	     const struct subscription_row *reader, wall_ms_t now)
{
	wall_ms_t first = s->count != 0 ? NEVER : now;

	for (uint32_t i = 0; i < s->count; i++) {
		wall_ms_t at =
			hold_again(n, alerts_at(&n->alerts, s->alerts[i]), reader, now);

		first = at < first ? at : first;
	}
	return first;
}

static void
begin_again(struct notification *n, struct turn *turn)
{
	size_t flying = in_flight(n);

	for (size_t i = 0; i < n->sending_count; i++) {
		struct sending *s = n->sendings[i];
		const struct subscription_row *reader = want_reader(n, &s->subscription);

		if (s->next == 0 || s->next > turn->wall || s->ended ||
		    flying >= NOTIFICATION_IN_FLIGHT) {
			continue;
		}
		if (!s->test && is_pointless(n, s, turn->wall)) {
			settle(n, s, SETTLED_MISSED, "", s->answer, turn);
		} else if (reader == NULL) {
			settle(n, s, SETTLED_DEAD, "unsubscribed", s->answer, turn);
		} else if (may_go_again(n, s, reader, turn->wall) > turn->wall &&
			   !PLANTED(34)) { /* Only the first attempt waits. */
			put_off(n, s, may_go_again(n, s, reader, turn->wall), turn);
		} else {
			begin(n, s, false, turn);
			flying++;
		}
	}
}

/* ---- What the sender said ---------------------------------------------------------- */

void
send_hear(struct notification *n, const struct outcome *o)
{
	if (n->outcome_count == n->outcome_cap) {
		n->outcome_cap = n->outcome_cap != 0 ? 2 * n->outcome_cap : 16;
		n->outcomes =
			xrealloc(n->outcomes, n->outcome_cap * sizeof(n->outcomes[0]));
	}
	n->outcomes[n->outcome_count++] = *o;
}

static struct sending *
sending_of_job(struct notification *n, uint64_t job)
{
	for (size_t i = 0; i < n->sending_count; i++) {
		if (n->sendings[i]->job == job && n->sendings[i]->next == 0) {
			return n->sendings[i];
		}
	}
	return NULL;
}

static void
try_later(struct notification *n, struct sending *s, const struct outcome *o,
	  struct turn *turn)
{
	struct staged *st = stage(n, STAGE_LATER);
	wall_ms_t wait = backoff(n, s, turn->rng);

	wait = o->retry_after > wait ? o->retry_after : wait;
	st->sending = s;
	st->next = turn->wall + wait;
	st->in_doubt = s->in_doubt || o->in_doubt;
	memcpy(st->answer, o->answer, sizeof(st->answer));
	keep_message(n, turn->txn, s, s->attempts, st->next, st->in_doubt, o->answer);
}

static void
end_test(struct notification *n, struct sending *s, const struct outcome *o)
{
	struct staged *st = stage(n, STAGE_SETTLED);

	st->sending = s;
	s->outcome = o->kind;
	memcpy(s->answer, o->answer, sizeof(s->answer));
}

static void
apply(struct notification *n, struct sending *s, const struct outcome *o,
      struct turn *turn)
{
	if (s->test) {
		end_test(n, s, o);
	} else if (o->kind == OUTCOME_ACCEPTED) {
		settle(n, s, SETTLED_SENT, "", o->answer, turn);
	} else if (o->kind == OUTCOME_REFUSED) {
		settle(n, s, SETTLED_DEAD, "refused", o->answer, turn);
	} else if (turn->wall - s->made > n->config.give_up) {
		settle(n, s, SETTLED_DEAD, "given_up", o->answer, turn);
	} else {
		try_later(n, s, o, turn);
	}
	if (o->kind != OUTCOME_ACCEPTED) {
		char id[2 * ALERT_ID_LEN + 1];

		hex_format(s->id.b, ALERT_ID_LEN, id);
		log_event(turn->log, LOG_WARN, "send",
			  "message=%s attempt=%u %s answer=%s", id, s->attempts,
			  o->kind == OUTCOME_REFUSED ? "refused" : "later", o->answer);
	}
}

static void
hear_outcomes(struct notification *n, struct turn *turn)
{
	for (size_t i = 0; i < n->outcome_count; i++) {
		const struct outcome *o = &n->outcomes[i];
		struct sending *s = sending_of_job(n, o->job);

		if (s != NULL && !s->ended) {
			apply(n, s, o, turn);
		} else {
			deliver_feed_outcome(n, o, turn->wall);
		}
	}
}

/* ---- A turn ------------------------------------------------------------------------ */

void
send_run(struct notification *n, struct turn *turn)
{
	n->staged_counts = n->counts;
	hear_outcomes(n, turn);
	if (!n->behind) {
		/* In this order: what was settled now has made a place. */
		begin_again(n, turn);
		if (n->fresh || n->look_again || turn->wall >= n->goes) {
			begin_ready(n, turn);
		}
	}
	if (n->staged_count != 0 || n->horizon - n->kept_horizon >= MINUTE_MS ||
	    n->follower.reset) {
		keep_meta(n, turn->txn, n->horizon, &n->staged_counts);
		n->staged_horizon = n->horizon;
	}
}

static void
take(struct notification *n, struct staged *st)
{
	struct sending *s = st->sending;

	s->begins = false;
	s->next = 0;
	s->attempts++;
	s->job = ++n->next_job;
	n->attempts++;
	if (st->is_new) {
		for (uint32_t i = 0; i < s->count; i++) {
			alerts_at(&n->alerts, s->alerts[i])->state = ALERT_TAKEN;
		}
		send_add(n, s);
	}
}

/* Tests that ended are kept for who asks; the oldest go. */
static void
keep_test(struct notification *n, struct sending *s)
{
	size_t kept = 0;

	s->ended = true;
	for (size_t i = n->sending_count; i-- > 0;) {
		if (n->sendings[i]->ended && ++kept > TESTS_KEPT) {
			remove_sending(n, n->sendings[i]);
		}
	}
}

static void
put_away(struct notification *n, struct sending *s)
{
	if (s->test) {
		keep_test(n, s);
		return;
	}
	for (uint32_t i = 0; i < s->count; i++) {
		alerts_remove(&n->alerts, s->alerts[i]);
	}
	remove_sending(n, s);
}

void
send_committed(struct notification *n, struct turn *turn)
{
	for (size_t i = 0; i < n->staged_count; i++) {
		struct staged *st = &n->staged[i];

		switch (st->stage) {
		case STAGE_DUE:
			alerts_at(&n->alerts, st->row)->state = ALERT_DUE;
			break;
		case STAGE_MISSED:
			alerts_remove(&n->alerts, st->row);
			break;
		case STAGE_BEGIN:
			take(n, st);
			deliver_message(n, st->sending, turn);
			break;
		case STAGE_LATER:
			st->sending->next = st->next;
			st->sending->in_doubt = st->in_doubt;
			memcpy(st->sending->answer, st->answer, sizeof(st->answer));
			break;
		case STAGE_SETTLED:
			put_away(n, st->sending);
			break;
		}
	}
	n->counts = n->staged_counts;
	n->kept_horizon = n->staged_horizon;
	n->staged_count = 0;
	n->outcome_count = 0;
	n->fresh = false;
	n->look_again = false;
}

/* Nothing of it is true: the same is decided again in the next turn. */
void
send_dropped(struct notification *n)
{
	for (size_t i = 0; i < n->staged_count; i++) {
		struct staged *st = &n->staged[i];

		if (st->stage == STAGE_BEGIN) {
			st->sending->begins = false;
			if (st->is_new && !st->sending->test) {
				send_free(st->sending);
			}
		}
	}
	n->staged_count = 0;
	if (PLANTED(24)) { /* What was heard is forgotten. */
		n->outcome_count = 0;
	}
	n->look_again = true;
	n->wishes_turn = n->turn_no; /* All are looked at again. */
}

bool
send_begins(const struct notification *n)
{
	for (size_t i = 0; i < n->staged_count; i++) {
		if (n->staged[i].stage == STAGE_BEGIN) {
			return true;
		}
	}
	return false;
}

void
send_clock_back(struct notification *n, wall_ms_t now)
{
	if (PLANTED(37)) { /* What a wrong clock put off stays so. */
		return;
	}
	for (size_t i = 0; i < n->sending_count; i++) {
		struct sending *s = n->sendings[i];

		if (s->next > now) {
			s->next = now;
		}
	}
	n->look_again = true;
	n->wishes_turn = n->turn_no;
}

wall_ms_t
send_next(const struct notification *n)
{
	wall_ms_t next = n->goes;

	if (n->behind) {
		return n->outcome_count != 0 ? 0 : NEVER;
	}
	if (n->fresh || n->look_again || n->outcome_count != 0) {
		return 0;
	}
	if (in_flight(n) >= NOTIFICATION_IN_FLIGHT) {
		return NEVER; /* An outcome makes a place. */
	}
	for (size_t i = 0; i < n->sending_count; i++) {
		const struct sending *s = n->sendings[i];

		if (s->next != 0 && !s->ended && s->next < next) {
			next = s->next;
		}
	}
	return next;
}

/* ---- What people ask for ----------------------------------------------------------- */

struct alert_id
send_test(struct notification *n, const struct subscription_row *row, wall_ms_t now)
{
	struct sending *s = xcalloc(1, sizeof(*s));
	struct buf b = { 0 };

	memcpy(s->subscription.b, row->id, UUID_LEN);
	buf_put_slice(&b, slice_str("kusanone test v1"));
	buf_put(&b, row->id, UUID_LEN);
	buf_put_le64(&b, (uint64_t)now);
	buf_put_le64(&b, n->next_job + n->sending_count);
	struct hash hash = hash_of(buf_slice(&b));
	buf_fini(&b);
	memcpy(s->id.b, hash.b, ALERT_ID_LEN);
	s->test = true;
	s->made = now;
	s->next = now; /* begin_again() takes it. */
	send_add(n, s);
	return s->id;
}

bool
send_again(struct notification *n, const struct alert_id *id, struct turn *turn)
{
	struct alert alert;

	if (!keep_take_dead(n, turn->txn, id, &alert)) {
		return false;
	}
	if (alerts_find(&n->alerts, id) == UINT32_MAX) {
		alert.state = ALERT_FRESH;
		alerts_add(&n->alerts, &alert);
		n->counts.dead -= n->counts.dead != 0;
		n->fresh = true;
	}
	return true;
}
