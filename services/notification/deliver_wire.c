#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "kusanone/v1/alert.pb-c.h"
#include "lib/base/plant.h"
#include "lib/base/unpack_wire.h"
#include "notification/notes.h"

/* Jobs for the sender, and what it says of them. */

enum { FEED_RETRY_MS = 60 * 1000, FEED_QUIET_MS = 1000 };

struct slice
deliver_address(struct notification *n, const struct subscription_row *s)
{
	struct slice salt, part;
	struct hash hash;

	memcpy(hash.b, s->to, HASH_LEN);
	if (n->copy_txn == NULL || fold_is_erased(&n->fold, &hash) ||
	    !loose_get(n->copy_txn, LOG_DB_LOOSE, &hash, &salt, &part)) {
		return (struct slice){ 0 };
	}
	return part;
}

static void
begin_delivery(Kusanone__V1__Delivery *d, uint64_t job, const struct alert_id *id,
	       uint32_t attempt, wall_ms_t made, struct arena *arena)
{
	char *text = arena_alloc(arena, 2 * ALERT_ID_LEN + 1);

	kusanone__v1__delivery__init(d);
	hex_format(id->b, ALERT_ID_LEN, text);
	d->number = job;
	d->message = text;
	d->attempt = attempt;
	d->made_ms = made;
}

static void
put_job(const Kusanone__V1__Delivery *d, struct turn *turn)
{
	outbox_job(turn->out, pack_in_arena(&d->base, turn->arena));
}

/* ---- Messages ---------------------------------------------------------------------- */

static void
fill_mail(const struct compose *c, const struct note *notes, size_t count,
	  Kusanone__V1__Delivery *d, struct arena *arena)
{
	struct slice packed;

	compose_mail(c, notes, count, arena, &packed);
	d->channel_case = KUSANONE__V1__DELIVERY__CHANNEL_MAIL;
	d->mail = (Kusanone__V1__Mail *)(void *)unpack_message(
		&kusanone__v1__mail__descriptor, packed, arena, NULL);
	must(d->mail != NULL);
	d->mail->to = (char *)(uintptr_t)c->to;
}

static void
fill_hook(struct notification *n, const struct subscription_row *s,
	  const struct compose *c, const struct note *notes, size_t count,
	  Kusanone__V1__Delivery *d, struct arena *arena)
{
	Kusanone__V1__Hook *hook = arena_alloc(arena, sizeof(*hook));
	struct slice secret = words_at(&n->fold.words, s->secret), json;

	compose_hook(c, d->message, notes, count, arena, &json);
	kusanone__v1__hook__init(hook);
	hook->url = (char *)(uintptr_t)c->to;
	hook->secret = arena_dup(arena, secret.at, secret.len);
	hook->body = pb_slice(json);
	d->channel_case = KUSANONE__V1__DELIVERY__CHANNEL_HOOK;
	d->hook = hook;
}

void
deliver_message(struct notification *n, struct sending *sending, struct turn *turn)
{
	const struct subscription_row *s = want_reader(n, &sending->subscription);
	struct note *notes =
		arena_alloc(turn->arena, (sending->count + 1) * sizeof(notes[0]));
	Kusanone__V1__Delivery d;

	if (s == NULL) {
		/* It went in this very turn: begin_again() settles it. */
		sending->next = turn->wall;
		return;
	}
	struct compose c = note_compose(n, s, turn->arena);
	struct alert_id id = sending->id;
	if (PLANTED(26)) { /* Each attempt has an id of its own. */
		id.b[0] = (uint8_t)(id.b[0] + sending->attempts - 1);
	}
	begin_delivery(&d, sending->job, &id, sending->attempts, sending->made,
		       turn->arena);
	for (uint32_t i = 0; i < sending->count; i++) {
		notes[i] = note_of(n, alerts_at(&n->alerts, sending->alerts[i]),
				   sending->made, turn->arena);
	}
	if (s->channel == CHANNEL_MAIL) {
		fill_mail(&c, notes, sending->count, &d, turn->arena);
	} else {
		fill_hook(n, s, &c, notes, sending->count, &d, turn->arena);
	}
	put_job(&d, turn);
}

/* ---- Feeds ------------------------------------------------------------------------- */

static struct feed_state *
feed_of(struct notification *n, const uint8_t *id)
{
	for (size_t i = 0; i < n->feed_count; i++) {
		if (memcmp(n->feeds[i].subscription.b, id, UUID_LEN) == 0) {
			return &n->feeds[i];
		}
	}
	if (n->feed_count == n->feed_cap) {
		n->feed_cap = n->feed_cap != 0 ? 2 * n->feed_cap : 8;
		n->feeds = xrealloc(n->feeds, n->feed_cap * sizeof(n->feeds[0]));
	}
	struct feed_state *f = &n->feeds[n->feed_count++];
	*f = (struct feed_state){ .dirty = true };
	memcpy(f->subscription.b, id, UUID_LEN);
	return f;
}

/* "UUID.ics" */
char *
deliver_feed_file(const struct uuid *id, struct arena *arena)
{
	char text[UUID_TEXT_LEN + 1];

	uuid_format(id, text);
	return arena_printf(arena, "%s.ics", text);
}

static void
put_feed(struct notification *n, struct feed_state *state,
	 const struct subscription_row *s, struct turn *turn)
{
	Kusanone__V1__FeedFile file = KUSANONE__V1__FEED_FILE__INIT;
	struct alert_id id = { { 0 } };
	Kusanone__V1__Delivery d;

	state->job = ++n->next_job;
	state->dirty = false;
	state->again = 0;
	begin_delivery(&d, state->job, &id, 1, turn->wall, turn->arena);
	file.file = deliver_feed_file(&state->subscription, turn->arena);
	if (s != NULL) {
		struct compose c = note_compose(n, s, turn->arena);
		struct feed_event *events;
		size_t count = note_feed_events(n, s, turn->wall, turn->arena, &events);
		struct slice ics;

		compose_feed(&c, words_at(&n->fold.words, s->who), events, count,
			     turn->arena, &ics);
		file.content = pb_slice(ics);
	} else {
		file.removed = true;
	}
	d.channel_case = KUSANONE__V1__DELIVERY__CHANNEL_FEED;
	d.feed = &file;
	put_job(&d, turn);
}

/* All that ever were: a file that is not wanted any more goes, also where that was said
 * while nobody was here. */
static void
find_feeds(struct notification *n)
{
	if (n->feeds_found == n->wishes_turn) {
		return;
	}
	n->feeds_found = n->wishes_turn;
	for (uint32_t i = 0; i < n->fold.subscriptions.count; i++) {
		const struct subscription_row *s = table_at(&n->fold.subscriptions, i);

		/* 38: only those that are wanted. */
		if (s->channel == CHANNEL_FEED &&
		    (!PLANTED(38) || s->to_pos == FACT_OPEN)) {
			(void)feed_of(n, s->id);
		}
	}
}

/* Each feed whose events may have changed, at most once a second. */
void
deliver_feeds(struct notification *n, struct turn *turn)
{
	if (n->feeds_dirty && turn->wall >= n->feeds_at) {
		for (size_t i = 0; i < n->feed_count; i++) {
			n->feeds[i].dirty = true;
		}
		n->feeds_dirty = false;
		n->feeds_at = turn->wall + FEED_QUIET_MS;
	}
	find_feeds(n);
	for (size_t i = 0; i < n->feed_count; i++) {
		struct feed_state *f = &n->feeds[i];
		const struct subscription_row *s = want_subscription(n, &f->subscription);
		bool gone = s == NULL || s->channel != CHANNEL_FEED;

		/* Who comes back finds the file again. */
		f->dirty = f->dirty || (f->removed && !gone);
		if ((f->removed && gone) ||
		    (!f->dirty && !gone && (f->again == 0 || f->again > turn->wall))) {
			continue;
		}
		f->removed = gone;
		put_feed(n, f, gone ? NULL : s, turn);
	}
}

wall_ms_t
deliver_feeds_next(const struct notification *n)
{
	wall_ms_t next = n->feeds_dirty && n->feed_count != 0 ? n->feeds_at : NEVER;

	for (size_t i = 0; i < n->feed_count; i++) {
		if (n->feeds[i].again != 0 && n->feeds[i].again < next) {
			next = n->feeds[i].again;
		}
	}
	return next;
}

void
deliver_feed_outcome(struct notification *n, const struct outcome *o, wall_ms_t now)
{
	for (size_t i = 0; i < n->feed_count; i++) {
		struct feed_state *f = &n->feeds[i];

		if (f->job != o->job || f->job == 0) {
			continue;
		}
		if (o->kind == OUTCOME_ACCEPTED) {
			n->feed_alarm[0] = '\0';
		} else {
			f->again = now + FEED_RETRY_MS;
			f->removed = false;
			snprintf(n->feed_alarm, sizeof(n->feed_alarm), "%s", o->answer);
		}
		f->job = 0;
	}
}

/* ---- Outcomes ---------------------------------------------------------------------- */

bool
deliver_outcome(struct slice bytes, struct arena *arena, struct outcome *ret)
{
	const Kusanone__V1__Outcome *m = (const Kusanone__V1__Outcome *)unpack_message(
		&kusanone__v1__outcome__descriptor, bytes, arena, NULL);

	if (m == NULL) {
		return false;
	}
	*ret = (struct outcome){ .job = m->number,
				 .kind = OUTCOME_LATER,
				 .in_doubt = m->in_doubt,
				 .retry_after = m->retry_after_ms };
	if (m->kind == KUSANONE__V1__OUTCOME_KIND__OUTCOME_KIND_ACCEPTED) {
		ret->kind = OUTCOME_ACCEPTED;
	} else if (m->kind == KUSANONE__V1__OUTCOME_KIND__OUTCOME_KIND_REFUSED) {
		ret->kind = OUTCOME_REFUSED;
	}
	snprintf(ret->answer, sizeof(ret->answer), "%s", m->answer);
	return true;
}
