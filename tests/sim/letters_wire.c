#include <stdlib.h>

#include "kusanone/v1/alert.pb-c.h"
#include "tests/sim/alerts.h"

/* Letters: what begins, what leaves, what receivers make of it.  Each is held against the
 * naive model as it stood before the turn in which it was decided. */

/* ---- Letters ------------------------------------------------------------------- */

const char *
alert_id_text(const uint8_t id[ALERT_ID_LEN])
{
	struct hash h = { { 0 } };

	memcpy(h.b, id, 4);
	return short_hash(&h);
}

static const char *const kind_names[] = { "upcoming", "announced",      "changed",
					  "moved",    "cancelled",      "cohost-asked",
					  "report",   "date not fixed", "other" };

const char *
alert_want_text(const struct alert_check *c, const struct naive_want *want)
{
	static char text[160];

	snprintf(text, sizeof(text),
		 "%s (%s of %.36s, session \"%s\" lead %u, reader %u)",
		 alert_id_text(want->id), kind_names[want->kind],
		 want->event != NULL ? want->event : "-", want->session, want->lead,
		 want->reader);
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
struct naive_want *
alert_want_of(struct machine *m, struct alert_check *c, const uint8_t id[ALERT_ID_LEN],
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
			 m->name, alert_id_text(id), stored->kind, stored->position,
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
const char *
alert_against(struct alert_check *c, const struct naive_want *want, wall_ms_t now,
	      bool both)
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
			 alert_want_text(c, want),
			 want->fate == NAIVE_SETTLED ? "settled" : "begun",
			 alert_id_text(letter->id.b));
		return;
	}
	if (want->known_other) {
		return;
	}
	if ((why = alert_against(c, want, letter->made, true)) != NULL) {
		sim_fail(w, "alerts held", "%s: %s is sent though: %s", m->name,
			 alert_want_text(c, want), why);
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
		struct naive_want *want =
			alert_want_of(m, c, keyed->id.data, keyed->alert);

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
	      alert_id_text(id->b), l->count, l->reader);
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
		 m->name, alert_id_text(l->id.b), why);
}

static void
check_attempt(struct machine *m, struct alert_check *c, struct letter *l,
	      uint32_t attempt)
{
	struct world *w = m->world;

	if (l->state == LETTER_DONE) {
		sim_fail(w, "alerts once",
			 "%s: letter %s is sent again, and its end is on the disk",
			 m->name, alert_id_text(l->id.b));
	} else if (l->state == LETTER_SENT || l->state == LETTER_ANSWERED) {
		sim_fail(w, "alerts once", "%s: two attempts of letter %s at once",
			 m->name, alert_id_text(l->id.b));
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
	struct alert_check *c = alert_check_of(w);
	const Kusanone__V1__StoredMessage *stored;
	struct arena arena = { 0 };

	if (w->failed) {
		return -1;
	}
	if (!stored_message(m, id, &arena, &stored) || stored->attempts != attempt ||
	    stored->next_ms != 0 || stored->made_ms != made) {
		sim_fail(w, "attempt is on disk",
			 "%s: attempt %u of letter %s is made and is not on the disk",
			 m->name, attempt, alert_id_text(id->b));
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
			 m->name, alert_id_text(id->b), to,
			 naive_is_told(r) ? "did not ask for it" : "is gone");
	}
	l->state = LETTER_SENT;
	l->answer = HEARD_NOTHING;
	l->attempts++;
	trace(w, "%s letter %s attempt %u to %s", m->name, alert_id_text(id->b), attempt,
	      to);
	return w->failed ? -1 : number;
}

void
alerts_taken(struct world *w, int number)
{
	struct letter *l = &alert_check_of(w)->letters[number];

	l->taken++;
	l->in_doubt = true;
	trace(w, "letter %s is taken", alert_id_text(l->id.b));
}

void
alerts_answered(struct world *w, int number, enum letter_answer answer)
{
	struct letter *l = &alert_check_of(w)->letters[number];

	must(l->state == LETTER_SENT);
	l->state = LETTER_ANSWERED;
	l->answer = answer;
	trace(w, "letter %s: %s", alert_id_text(l->id.b),
	      answer == HEARD_TAKEN   ? "it was taken"
	      : answer == HEARD_LATER ? "later"
				      : "refused");
}

void
alerts_crashed(struct machine *m)
{
	struct alert_check *c = alert_check_of(m->world);

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
	const struct alert_check *c = alert_check_of(m->world);

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
	struct alert_check *c = alert_check_of(m->world);

	for (int i = 0; i < c->letter_count; i++) {
		struct letter *l = &c->letters[i];

		if (l->state == LETTER_ANSWERED) {
			l->state = l->answer == HEARD_LATER ? LETTER_WAITS : LETTER_DONE;
		}
	}
}

/* ---- After a start ------------------------------------------------------------ */

/* Messages that were begun before the process ended, and never left it. */
void
letters_read(struct machine *m, struct alert_check *c)
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
