#include <stdlib.h>

#include "kusanone/v1/alert.pb-c.h"
#include "tests/sim/alerts.h"

/* Every alert that the log and the clock call for has one effect.
 *
 * After each turn: what the service began, and what it settled, is held against the naive
 * model as it stood before the turn; then the model reads what the turn read, and looks
 * at the clock. */

enum { FREE_LOOKS = 3 };

/* ---- Reading ------------------------------------------------------------------- */

static bool
has_address(void *ctx, const uint8_t part[HASH_LEN])
{
	struct world *w = ctx;
	struct machine *m = &w->machines[w->notification];
	struct txn txn = txn_begin_read(m->copy);
	struct slice salt, bytes;
	struct hash hash;

	memcpy(hash.b, part, HASH_LEN);
	bool has = loose_get(&txn, LOG_DB_LOOSE, &hash, &salt, &bytes);
	txn_abort(&txn);
	return has;
}

struct alert_check *
alert_check_of(struct world *w)
{
	if (w->alert_check == NULL) {
		const struct sim_node *hq = &w->nodes[0];

		w->alert_check = xcalloc(1, sizeof(*w->alert_check));
		naive_alerts_init(&w->alert_check->model, hq->id.b,
				  hq->keys[0].keys.sign_public);
		w->alert_check->model.has_address = has_address;
		w->alert_check->model.ctx = w;
	}
	return w->alert_check;
}

void
alerts_free(struct world *w)
{
	struct alert_check *c = w->alert_check;

	if (c == NULL) {
		return;
	}
	for (int i = 0; i < c->letter_count; i++) {
		free(c->letters[i].alerts);
	}
	free(c->letters);
	naive_alerts_fini(&c->model);
	free(c);
}

/* What the copy holds that was not read yet; from its beginning if it is another, which
 * is returned. */
static bool
read_copy(struct machine *m, struct alert_check *c)
{
	struct txn txn = txn_begin_read(m->copy);
	bool another = !log_holds(&txn, c->read, &c->read_hash);
	struct log_entry e;

	c->model.now = machine_wall(m);
	c->model.rolled_back = m->world->rollbacks != 0;
	if (another) {
		trace(m->world, "%s the copy is another", m->name);
		naive_alerts_cut(&c->model);
		c->read = 0;
		c->read_hash = (struct hash){ { 0 } };
	}
	while (log_after(&txn, c->read, &e)) {
		struct block block;
		struct slice record;
		size_t at = 0;

		must(block_parse(e.block, &block, NULL));
		while (block_next(&block, &at, &record)) {
			naive_alerts_record(&c->model, block.node.b, block.key.b, record,
					    e.hq_ms);
		}
		c->read = e.last;
		c->read_hash = e.log_hash;
	}
	txn_abort(&txn);
	return another;
}

/* ---- What was settled ---------------------------------------------------------- */

static void
check_sent(struct machine *m, struct alert_check *c, const struct naive_want *want)
{
	const struct letter *l = want->letter >= 0 ? &c->letters[want->letter] : NULL;

	if (l == NULL || l->taken == 0) {
		sim_fail(m->world, "alerts settled",
			 "%s: %s is settled as sent, and nobody took it", m->name,
			 alert_want_text(c, want));
	}
}

static void
check_dead(struct machine *m, struct alert_check *c, const struct naive_want *want,
	   const char *reason)
{
	const struct letter *l = want->letter >= 0 ? &c->letters[want->letter] : NULL;
	const struct naive_reader *r = &c->model.readers[want->reader];
	bool good = false;

	if (l != NULL && strcmp(reason, "refused") == 0) {
		good = l->answer == HEARD_REFUSED;
	} else if (l != NULL && strcmp(reason, "given_up") == 0) {
		good = machine_wall(m) - l->made > ALERT_GIVE_UP_MS;
	} else if (l != NULL && strcmp(reason, "unsubscribed") == 0) {
		good = (r->m != NULL || c->model.rolled_back) && !naive_is_told(r);
	}
	if (!good) {
		sim_fail(m->world, "alerts settled", "%s: %s is dead for no reason: %s",
			 m->name, alert_want_text(c, want), reason);
	}
	sometimes(m->world, SOMETIMES_ALERT_DEAD);
}

static void
check_missed(struct machine *m, struct alert_check *c, const struct naive_want *want,
	     const char *reason, wall_ms_t at)
{
	struct naive_want old = *want;

	old.due = want->old_due;
	if (!want->known_other && !naive_alerts_is_true(&c->model, want, at, reason) &&
	    (want->old_due == 0 || !naive_alerts_is_true(&c->model, &old, at, reason))) {
		sim_fail(m->world, "alerts settled",
			 "%s: %s is settled as missed, and it is not true: %s", m->name,
			 alert_want_text(c, want), reason);
	}
	sometimes(m->world, SOMETIMES_ALERT_MISSED);
}

static void
take_settled(struct machine *m, struct alert_check *c, const uint8_t id[ALERT_ID_LEN],
	     const Kusanone__V1__StoredAlert *stored)
{
	struct naive_want *want = alert_want_of(m, c, id, stored);

	trace(m->world, "%s settled %s: state %d %s", m->name, alert_want_text(c, want),
	      (int)stored->state, stored->reason);
	switch (stored->state) {
	case KUSANONE__V1__ALERT_STATE__ALERT_STATE_SENT:
		check_sent(m, c, want);
		break;
	case KUSANONE__V1__ALERT_STATE__ALERT_STATE_DEAD:
		check_dead(m, c, want, stored->reason);
		break;
	default:
		check_missed(m, c, want, stored->reason, stored->at_ms);
		break;
	}
	want->fate = NAIVE_SETTLED;
	if (want->letter >= 0) {
		c->letters[want->letter].state = LETTER_DONE;
	}
	if (stored->at_ms - stored->due_ms > NAIVE_DAY_MS) {
		sometimes(m->world, SOMETIMES_ALERT_LATE);
	}
	c->settled++;
}

static bool
is_settled(const struct alert_check *c, const uint8_t id[ALERT_ID_LEN])
{
	uint32_t row = naive_alerts_find(&c->model, id);

	return row != UINT32_MAX && c->model.wants[row].fate == NAIVE_SETTLED;
}

/* Rows of the alert log's settled ones that are new. */
static void
read_settled(struct machine *m, struct alert_check *c)
{
	struct txn txn = txn_begin_read(m->log);
	struct arena arena = { 0 };
	struct cursor cursor;
	struct slice key, value;

	if (txn_count(&txn, NOTIFICATION_DB_SETTLED) == c->settled) {
		txn_abort(&txn);
		return;
	}
	cursor = cursor_open(&txn, NOTIFICATION_DB_SETTLED);
	for (bool more = cursor_seek(&cursor, (struct slice){ 0 }, &key, &value); more;
	     more = cursor_next(&cursor, &key, &value)) {
		if (!is_settled(c, key.at)) {
			const Kusanone__V1__StoredAlert *stored =
				(const Kusanone__V1__StoredAlert *)naive_unpack(
					&kusanone__v1__stored_alert__descriptor, value,
					&arena);

			must(stored != NULL);
			take_settled(m, c, key.at, stored);
		}
	}
	cursor_close(&cursor);
	if (txn_count(&txn, NOTIFICATION_DB_SETTLED) != c->settled) {
		sim_fail(m->world, "alerts settled", "%s: what was settled is gone",
			 m->name);
	}
	txn_abort(&txn);
	arena_fini(&arena);
}

/* ---- Turns --------------------------------------------------------------------- */

/* What may go has gone, a few looks later at the latest. */
static void
check_in_time(struct machine *m, struct alert_check *c, wall_ms_t now)
{
	struct naive_alerts *a = &c->model;
	unsigned flying = 0;

	for (int i = 0; i < c->letter_count; i++) {
		flying += c->letters[i].state != LETTER_DONE;
	}
	for (uint32_t i = 0; i < a->want_count && flying < NOTIFICATION_IN_FLIGHT; i++) {
		struct naive_want *want = &a->wants[i];

		if (want->fate != NAIVE_WAITS || want->level != NAIVE_MUST ||
		    want->known_other) {
			continue;
		}
		const char *why = alert_against(c, want, now, false);
		if (why != NULL) {
			want->silenced = want->silenced || strcmp(why, "silenced") == 0;
			want->free = 0;
		} else if (++want->free == FREE_LOOKS) {
			sim_fail(m->world, "alerts in time",
				 "%s: %s could have gone long ago", m->name,
				 alert_want_text(c, want));
		}
	}
}

/* Did clocks change somewhere since the last look? */
static void
note_summer(struct world *w, struct alert_check *c, wall_ms_t now)
{
	const wall_ms_t changes[] = { 1772964000000, 1793516400000 };

	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		if (c->last_wall != 0 && c->last_wall < changes[i] && now >= changes[i]) {
			sometimes(w, SOMETIMES_DST_CROSSED);
		}
	}
	c->last_wall = now;
}

static void
trace_wants(struct machine *m, struct alert_check *c)
{
	for (; c->traced < c->model.want_count; c->traced++) {
		const struct naive_want *want = &c->model.wants[c->traced];

		trace(m->world, "%s to reader %u: %s due %" PRId64 " at %" PRIu64,
		      want->level == NAIVE_MUST ? "must" : "may", want->reader,
		      alert_want_text(c, want), want->due, c->read);
	}
}

void
alerts_turned(struct machine *m)
{
	struct alert_check *c = alert_check_of(m->world);
	wall_ms_t now = machine_wall(m);

	read_settled(m, c);
	if (m->world->failed) {
		return;
	}
	if (!m->notification->behind) {
		check_in_time(m, c, now);
	}
	if (read_copy(m, c)) {
		sometimes(m->world, SOMETIMES_COPY_RESET);
	}
	if (!m->notification->behind) {
		naive_alerts_clock(&c->model, now);
	}
	trace_wants(m, c);
	note_summer(m->world, c, now);
}

void
alerts_started(struct machine *m)
{
	struct alert_check *c = alert_check_of(m->world);

	/* In the state of the turn in which they were decided. */
	letters_read(m, c);
	read_settled(m, c);
	if (read_copy(m, c)) {
		naive_alerts_copy_lost(&c->model);
	}
	naive_alerts_early(&c->model, machine_wall(m));
	trace_wants(m, c);
	for (uint32_t i = 0; i < c->model.want_count; i++) {
		c->model.wants[i].free = 0;
	}
}

/* ---- The end ------------------------------------------------------------------- */

bool
alerts_rest(struct world *w, const char **ret_why)
{
	const struct machine *m = &w->machines[w->notification];
	const struct machine *hq = &w->machines[w->hq];

	if (!m->up || m->notification->follower.dialer.state != DIALER_LIVE) {
		*ret_why = "the link is not live";
	} else if (m->notification->behind) {
		*ret_why = "it waits for headquarters' log";
	} else if (m->notification->follower.log.head.position !=
			   hq->aggregation->log.head.position ||
		   !hash_eq(&m->notification->follower.log.head.log_hash,
			    &hq->aggregation->log.head.log_hash)) {
		*ret_why = "the copy is not headquarters' log";
	} else {
		return true;
	}
	return false;
}

static void
check_feeds(struct world *w, struct alert_check *c)
{
	for (uint32_t i = 0; i < c->model.reader_count && !w->failed; i++) {
		const struct naive_reader *r = &c->model.readers[i];
		bool wanted = r->m != NULL && r->open && !naive_is_told(r);

		if (r->m != NULL && receivers_have_feed(w, r->id) != wanted) {
			sim_fail(w, "feeds", "%s: the feed of %s is %s",
				 w->machines[w->notification].name, r->m->who,
				 wanted ? "not there" : "still there");
		}
	}
}

/* A message that was taken twice is one of those that are counted. */
static void
check_repeats(struct world *w, struct alert_check *c)
{
	uint64_t counted = w->machines[w->notification].notification->counts.repeated;
	uint64_t repeats = 0;

	for (int i = 0; i < c->letter_count; i++) {
		repeats += c->letters[i].taken > 1 ? c->letters[i].taken - 1 : 0;
	}
	if (repeats > counted) {
		sim_fail(w, "alerts once",
			 "messages were taken again %" PRIu64 " times, %" PRIu64
			 " are counted",
			 repeats, counted);
	}
}

/* A silence, or the night, may last longer than the seed. */
static bool
is_held(struct alert_check *c, const struct letter *l, wall_ms_t now)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct naive_want *want = &c->model.wants[l->alerts[i]];

		if (want->known_other ||
		    naive_alerts_held(&c->model, want, now) == NULL) {
			return false;
		}
	}
	return l->state == LETTER_WAITS || l->state == LETTER_BEGUN;
}

void
check_alerts(struct world *w)
{
	struct machine *m = &w->machines[w->notification];
	struct alert_check *c = alert_check_of(w);
	wall_ms_t now = machine_wall(m);

	for (uint32_t i = 0; i < c->model.want_count && !w->failed; i++) {
		const struct naive_want *want = &c->model.wants[i];

		if (want->fate == NAIVE_WAITS && want->level == NAIVE_MUST &&
		    alert_against(c, want, now, false) == NULL) {
			sim_fail(w, "alerts called for", "%s was never sent",
				 alert_want_text(c, want));
		}
	}
	check_feeds(w, c);
	check_repeats(w, c);
	for (int i = 0; i < c->letter_count && !w->failed; i++) {
		const struct letter *l = &c->letters[i];

		if (l->state != LETTER_DONE && !is_held(c, l, now)) {
			sim_fail(w, "alerts settled", "letter %s has not come to an end",
				 alert_id_text(l->id.b));
		}
		for (size_t k = 0; k < l->count && l->state == LETTER_DONE; k++) {
			if (c->model.wants[l->alerts[k]].fate != NAIVE_SETTLED) {
				sim_fail(w, "alerts settled",
					 "letter %s was taken and is not settled",
					 alert_id_text(l->id.b));
			}
		}
	}
}
