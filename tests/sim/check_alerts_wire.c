#include <stdlib.h>

#include "kusanone/v1/alert.pb-c.h"
#include "tests/sim/alerts.h"
#include "tests/sim/naive_alert.h"

/* Every alert that the log and the clock call for has one effect.
 *
 * After each turn: what the service began, and what it settled, is held against the naive
 * model as it stood before the turn; then the model reads what the turn read, and looks
 * at the clock. */

enum { FREE_LOOKS = 3 };

struct alert_check {
	struct naive_alerts model;
	struct letter *letters;
	int letter_count, letter_cap;
	uint64_t read; /* Of the copy. */
	struct hash read_hash;
	unsigned settled;
	uint32_t traced; /* Wants. */
	wall_ms_t last_wall;
};

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

static struct alert_check *
check_of(struct world *w)
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

/* ---- Letters ------------------------------------------------------------------- */

static const char *
id_text(const uint8_t id[ALERT_ID_LEN])
{
	struct hash h = { { 0 } };

	memcpy(h.b, id, 4);
	return short_hash(&h);
}

static const char *const kind_names[] = { "upcoming", "announced",      "changed",
					  "moved",    "cancelled",      "cohost-asked",
					  "report",   "date not fixed", "other" };

static const char *
want_text(const struct alert_check *c, const struct naive_want *want)
{
	static char text[160];

	snprintf(text, sizeof(text),
		 "%s (%s of %.36s, session \"%s\" lead %u, reader %u)", id_text(want->id),
		 kind_names[want->kind], want->event != NULL ? want->event : "-",
		 want->session, want->lead, want->reader);
	(void)c;
	return text;
}

static struct letter *
letter_of(struct alert_check *c, const struct alert_id *id)
{
	for (int i = c->letter_count; i-- > 0;) {
		if (alert_id_eq(&c->letters[i].id, id)) {
			return &c->letters[i];
		}
	}
	return NULL;
}

/* The alert, as the alert log has it: one that is wanted, or of a kind that is not read
 * here. */
static struct naive_want *
want_of(struct machine *m, struct alert_check *c, const uint8_t id[ALERT_ID_LEN],
	const Kusanone__V1__StoredAlert *stored)
{
	uint32_t row = naive_alerts_find(&c->model, id);
	enum naive_kind kind = naive_kind_of(stored->kind);
	struct naive_want want = {
		.kind = kind, .known_other = true, .session = "", .spell = ""
	};

	if (row != UINT32_MAX) {
		return &c->model.wants[row];
	}
	if (kind != NAIVE_COHOST_ASKED && kind != NAIVE_OTHER_KINDS &&
	    kind != naive_kind_of("conflict")) {
		sim_fail(m->world, "alerts called for",
			 "%s: %s: nothing calls for this %s alert (position %" PRIu64
			 ", session \"%s\", lead %u)",
			 m->name, id_text(id), stored->kind, stored->position,
			 stored->session, stored->lead_minutes);
	}
	memcpy(want.id, id, ALERT_ID_LEN);
	must(stored->subscription.len == UUID_LEN);
	want.reader = naive_alerts_reader(&c->model, stored->subscription.data);
	if (stored->event.len == UUID_LEN) {
		struct uuid event;
		char text[UUID_TEXT_LEN + 1];

		memcpy(event.b, stored->event.data, UUID_LEN);
		uuid_format(&event, text);
		want.event = arena_dup(&c->model.arena, text, UUID_TEXT_LEN);
	}
	row = naive_want_put(&c->model, &want); /* May move them. */
	return &c->model.wants[row];
}

/* What may be said against sending it now; NULL: nothing.  Where headquarters was set
 * back either of two days may be the one on which it came due. */
static const char *
against(struct alert_check *c, const struct naive_want *want, wall_ms_t now, bool both)
{
	struct naive_want old = *want;
	const char *why = naive_alerts_pointless(&c->model, want, now);
	const char *why_old = why;

	why = why != NULL ? why : naive_alerts_held(&c->model, want, now);
	if (want->old_due == 0) {
		return why;
	}
	old.due = want->old_due;
	why_old = naive_alerts_pointless(&c->model, &old, now);
	why_old = why_old != NULL ? why_old : naive_alerts_held(&c->model, &old, now);
	return (why != NULL) == both ? why_old : why;
}

/* An alert begins: its time has come, it says something, and it is in no other letter. */
static void
check_begins(struct machine *m, struct alert_check *c, struct naive_want *want,
	     const struct letter *letter)
{
	struct world *w = m->world;
	const char *why = NULL;

	if (want->fate != NAIVE_WAITS) {
		sim_fail(w, "alerts once",
			 "%s: %s is %s already, and begins in letter %s", m->name,
			 want_text(c, want),
			 want->fate == NAIVE_SETTLED ? "settled" : "begun",
			 id_text(letter->id.b));
		return;
	}
	if (want->known_other) {
		return;
	}
	if ((why = against(c, want, letter->made, true)) != NULL) {
		sim_fail(w, "alerts held", "%s: %s is sent though: %s", m->name,
			 want_text(c, want), why);
	}
	if (want->silenced) {
		sometimes(w, SOMETIMES_SILENCE_ENDED);
	}
	if (want->told) {
		sometimes(w, SOMETIMES_ALERT_TOLD);
	}
}

/* A message that was begun, from its row of the alert log. */
static int
add_letter(struct machine *m, struct alert_check *c, const struct alert_id *id,
	   const Kusanone__V1__StoredMessage *stored)
{
	if (c->letter_count == c->letter_cap) {
		c->letter_cap = c->letter_cap != 0 ? 2 * c->letter_cap : 32;
		c->letters = xrealloc(c->letters,
				      (size_t)c->letter_cap * sizeof(c->letters[0]));
	}
	struct letter *l = &c->letters[c->letter_count++];
	*l = (struct letter){ .id = *id, .state = LETTER_BEGUN, .made = stored->made_ms };
	must(stored->subscription.len == UUID_LEN);
	l->reader = naive_alerts_reader(&c->model, stored->subscription.data);
	l->alerts = xmalloc((stored->n_alerts + 1) * sizeof(l->alerts[0]));
	for (size_t i = 0; i < stored->n_alerts && !m->world->failed; i++) {
		const Kusanone__V1__KeyedAlert *keyed = stored->alerts[i];
		must(keyed->id.len == ALERT_ID_LEN && keyed->alert != NULL);
		struct naive_want *want = want_of(m, c, keyed->id.data, keyed->alert);

		check_begins(m, c, want, l);
		want->fate = NAIVE_BEGUN;
		want->letter = c->letter_count - 1;
		naive_alerts_told(&c->model, want);
		l->alerts[l->count++] = (uint32_t)(want - c->model.wants);
	}
	if (l->count > 1) {
		sometimes(m->world, SOMETIMES_ALERTS_GROUPED);
	}
	trace(m->world, "%s letter %s of %zu to reader %u begins", m->name,
	      id_text(id->b), l->count, l->reader);
	return c->letter_count - 1;
}

static bool
stored_message(struct machine *m, const struct alert_id *id, struct arena *arena,
	       const Kusanone__V1__StoredMessage **ret)
{
	struct txn txn = txn_begin_read(m->log);
	struct slice value;
	bool has = txn_get(&txn, NOTIFICATION_DB_MESSAGE, slice_of(id->b, ALERT_ID_LEN),
			   &value);

	if (has) {
		*ret = (const Kusanone__V1__StoredMessage *)naive_unpack(
			&kusanone__v1__stored_message__descriptor, value, arena);
		must(*ret != NULL);
	}
	txn_abort(&txn);
	return has;
}

/* ---- An attempt ---------------------------------------------------------------- */

/* Once begun it goes on when it may: not at night, not to who is gone. */
static void
check_again(struct machine *m, struct alert_check *c, const struct letter *l)
{
	wall_ms_t now = machine_wall(m);
	const char *why = NULL;

	for (size_t i = 0; i < l->count; i++) {
		const struct naive_want *want = &c->model.wants[l->alerts[i]];

		why = want->known_other ? NULL : naive_alerts_held(&c->model, want, now);
		if (why == NULL || strcmp(why, "digest") == 0 ||
		    strcmp(why, "not due") == 0) {
			return;
		}
	}
	sim_fail(m->world, "alerts held", "%s: letter %s is sent again though: %s",
		 m->name, id_text(l->id.b), why);
}

static void
check_attempt(struct machine *m, struct alert_check *c, struct letter *l,
	      uint32_t attempt)
{
	struct world *w = m->world;

	if (l->state == LETTER_DONE) {
		sim_fail(w, "alerts once",
			 "%s: letter %s is sent again, and its end is on the disk",
			 m->name, id_text(l->id.b));
	} else if (l->state == LETTER_SENT || l->state == LETTER_ANSWERED) {
		sim_fail(w, "alerts once", "%s: two attempts of letter %s at once",
			 m->name, id_text(l->id.b));
	} else if (attempt > 1) {
		check_again(m, c, l);
	}
	if (l->taken != 0) {
		sometimes(w, SOMETIMES_ALERT_REPEATED);
	}
}

int
alerts_sent(struct machine *m, const struct alert_id *id, uint32_t attempt,
	    wall_ms_t made, const char *to)
{
	struct world *w = m->world;
	struct alert_check *c = check_of(w);
	const Kusanone__V1__StoredMessage *stored;
	struct arena arena = { 0 };

	if (w->failed) {
		return -1;
	}
	if (!stored_message(m, id, &arena, &stored) || stored->attempts != attempt ||
	    stored->next_ms != 0 || stored->made_ms != made) {
		sim_fail(w, "attempt is on disk",
			 "%s: attempt %u of letter %s is made and is not on the disk",
			 m->name, attempt, id_text(id->b));
		arena_fini(&arena);
		return -1;
	}
	struct letter *l = letter_of(c, id);
	int number = l != NULL ? (int)(l - c->letters) : add_letter(m, c, id, stored);
	arena_fini(&arena);
	l = &c->letters[number];
	check_attempt(m, c, l, attempt);
	const struct naive_reader *r = &c->model.readers[l->reader];
	if (!w->failed && (!naive_is_told(r) || strstr(to, r->m->who) == NULL)) {
		sim_fail(w, "alerts called for", "%s: letter %s goes to %s, who %s",
			 m->name, id_text(id->b), to,
			 naive_is_told(r) ? "did not ask for it" : "is gone");
	}
	l->state = LETTER_SENT;
	l->answer = HEARD_NOTHING;
	l->attempts++;
	trace(w, "%s letter %s attempt %u to %s", m->name, id_text(id->b), attempt, to);
	return w->failed ? -1 : number;
}

void
alerts_taken(struct world *w, int number)
{
	struct letter *l = &check_of(w)->letters[number];

	l->taken++;
	l->in_doubt = true;
	trace(w, "letter %s is taken", id_text(l->id.b));
}

void
alerts_answered(struct world *w, int number, enum letter_answer answer)
{
	struct letter *l = &check_of(w)->letters[number];

	must(l->state == LETTER_SENT);
	l->state = LETTER_ANSWERED;
	l->answer = answer;
	trace(w, "letter %s: %s", id_text(l->id.b),
	      answer == HEARD_TAKEN   ? "it was taken"
	      : answer == HEARD_LATER ? "later"
				      : "refused");
}

void
alerts_crashed(struct machine *m)
{
	struct alert_check *c = check_of(m->world);

	for (int i = 0; i < c->letter_count; i++) {
		struct letter *l = &c->letters[i];

		if (l->state == LETTER_SENT || l->state == LETTER_ANSWERED) {
			if (l->in_doubt) {
				sometimes(m->world, SOMETIMES_CRASH_BEFORE_RECEIPT);
			}
			l->state = LETTER_BEGUN;
		}
	}
}

void
alerts_uncommitted(struct machine *m)
{
	const struct alert_check *c = check_of(m->world);

	for (int i = 0; i < c->letter_count; i++) {
		if (c->letters[i].state == LETTER_ANSWERED) {
			sometimes(m->world, SOMETIMES_OUTCOME_UNCOMMITTED);
		}
	}
}

/* What was heard is on the disk. */
void
alerts_committed(struct machine *m)
{
	struct alert_check *c = check_of(m->world);

	for (int i = 0; i < c->letter_count; i++) {
		struct letter *l = &c->letters[i];

		if (l->state == LETTER_ANSWERED) {
			l->state = l->answer == HEARD_LATER ? LETTER_WAITS : LETTER_DONE;
		}
	}
}

/* ---- What was settled ---------------------------------------------------------- */

static void
check_sent(struct machine *m, struct alert_check *c, const struct naive_want *want)
{
	const struct letter *l = want->letter >= 0 ? &c->letters[want->letter] : NULL;

	if (l == NULL || l->taken == 0) {
		sim_fail(m->world, "alerts settled",
			 "%s: %s is settled as sent, and nobody took it", m->name,
			 want_text(c, want));
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
			 m->name, want_text(c, want), reason);
	}
	sometimes(m->world, SOMETIMES_ALERT_DEAD);
}

static void
check_missed(struct machine *m, struct alert_check *c, const struct naive_want *want,
	     const char *reason, wall_ms_t at)
{
	if (!want->known_other && !naive_alerts_is_true(&c->model, want, at, reason)) {
		sim_fail(m->world, "alerts settled",
			 "%s: %s is settled as missed, and it is not true: %s", m->name,
			 want_text(c, want), reason);
	}
	sometimes(m->world, SOMETIMES_ALERT_MISSED);
}

static void
take_settled(struct machine *m, struct alert_check *c, const uint8_t id[ALERT_ID_LEN],
	     const Kusanone__V1__StoredAlert *stored)
{
	struct naive_want *want = want_of(m, c, id, stored);

	trace(m->world, "%s settled %s: state %d %s", m->name, want_text(c, want),
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

/* Messages that were begun before the process ended, and never left it. */
static void
read_messages(struct machine *m, struct alert_check *c)
{
	struct txn txn = txn_begin_read(m->log);
	struct cursor cursor = cursor_open(&txn, NOTIFICATION_DB_MESSAGE);
	struct arena arena = { 0 };
	struct slice key, value;

	for (bool more = cursor_seek(&cursor, (struct slice){ 0 }, &key, &value); more;
	     more = cursor_next(&cursor, &key, &value)) {
		struct alert_id id;

		memcpy(id.b, key.at, ALERT_ID_LEN);
		if (letter_of(c, &id) == NULL) {
			const Kusanone__V1__StoredMessage *stored =
				(const Kusanone__V1__StoredMessage *)naive_unpack(
					&kusanone__v1__stored_message__descriptor, value,
					&arena);

			must(stored != NULL);
			add_letter(m, c, &id, stored);
		}
	}
	cursor_close(&cursor);
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
		const char *why = against(c, want, now, false);
		if (why != NULL) {
			want->silenced = want->silenced || strcmp(why, "silenced") == 0;
			want->free = 0;
		} else if (++want->free == FREE_LOOKS) {
			sim_fail(m->world, "alerts in time",
				 "%s: %s could have gone long ago", m->name,
				 want_text(c, want));
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
		      want_text(c, want), want->due, c->read);
	}
}

void
alerts_turned(struct machine *m)
{
	struct alert_check *c = check_of(m->world);
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
	struct alert_check *c = check_of(m->world);

	/* In the state of the turn in which they were decided. */
	read_messages(m, c);
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

	if (!m->up || m->notification->dialer.state != DIALER_LIVE) {
		*ret_why = "the link is not live";
	} else if (m->notification->behind) {
		*ret_why = "it waits for headquarters' log";
	} else if (m->notification->log.head.position !=
			   hq->aggregation->log.head.position ||
		   !hash_eq(&m->notification->log.head.log_hash,
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

void
check_alerts(struct world *w)
{
	struct machine *m = &w->machines[w->notification];
	struct alert_check *c = check_of(w);
	wall_ms_t now = machine_wall(m);

	for (uint32_t i = 0; i < c->model.want_count && !w->failed; i++) {
		const struct naive_want *want = &c->model.wants[i];

		if (want->fate == NAIVE_BEGUN) {
			sim_fail(w, "alerts settled", "%s was begun and never settled",
				 want_text(c, want));
		} else if (want->fate == NAIVE_WAITS && want->level == NAIVE_MUST &&
			   against(c, want, now, false) == NULL) {
			sim_fail(w, "alerts called for", "%s was never sent",
				 want_text(c, want));
		}
	}
	check_feeds(w, c);
	for (int i = 0; i < c->letter_count && !w->failed; i++) {
		if (c->letters[i].state != LETTER_DONE) {
			sim_fail(w, "alerts settled", "letter %s has not come to an end",
				 id_text(c->letters[i].id.b));
		}
	}
}
