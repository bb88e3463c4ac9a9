#include <inttypes.h>
#include <stdlib.h>
#include <strings.h>

#include "lib/base/plant.h"
#include "notification/notification.h"

/* Who wants to hear of an occasion: subscriptions that are open, and their filters. */

static const uint32_t default_leads[] = { 30 * 24 * 60, 7 * 24 * 60, 24 * 60 };
static const char default_zone[] = "Asia/Tokyo";

static const struct subscription_row *
row_at(const struct notification *n, uint32_t row)
{
	return table_at(&n->fold.subscriptions, row);
}

static void
add_open(struct notification *n, uint32_t row)
{
	if (n->open_count == n->open_cap) {
		n->open_cap = n->open_cap != 0 ? 2 * n->open_cap : 16;
		n->open = xrealloc(n->open, n->open_cap * sizeof(n->open[0]));
	}
	n->open[n->open_count++] = row;
}

static void
leads_of(const struct subscription_row *s, const uint32_t **ret, size_t *ret_count)
{
	*ret = s->lead_count != 0 ? s->leads : default_leads;
	*ret_count = s->lead_count != 0 ? s->lead_count : ARRAY_LEN(default_leads);
}

const uint32_t *
want_default_leads(size_t *ret_count)
{
	*ret_count = ARRAY_LEN(default_leads);
	return default_leads;
}

static bool
has_lead(const struct notification *n, uint32_t lead)
{
	for (size_t i = 0; i < n->lead_count; i++) {
		if (n->leads[i] == lead) {
			return true;
		}
	}
	return false;
}

static uint32_t
kinds_of(const struct subscription_row *s)
{
	return s->kinds != 0 ? s->kinds : (UINT32_C(1) << ALERT_KIND_COUNT) - 1;
}

void
want_refresh(struct notification *n)
{
	n->open_count = 0;
	n->lead_count = 0;
	n->wanted = 0;
	for (uint32_t i = 0; i < n->fold.subscriptions.count; i++) {
		const struct subscription_row *s = row_at(n, i);
		const uint32_t *leads;
		size_t count;

		if (s->to_pos != FACT_OPEN) {
			continue;
		}
		add_open(n, i);
		if (s->channel == CHANNEL_FEED) {
			continue;
		}
		n->wanted |= kinds_of(s);
		leads_of(s, &leads, &count);
		for (size_t k = 0; k < count; k++) {
			if (!has_lead(n, leads[k]) &&
			    n->lead_count < NOTIFICATION_LEADS) {
				n->leads[n->lead_count++] = leads[k];
			}
		}
	}
	n->look_at_all = true;
	n->wishes_turn = n->turn_no;
	if ((n->wanted >> ALERT_CONFLICT & 1) != 0) {
		watch_complete_planned(n);
	} else {
		planned_clear(&n->planned);
		n->planned_complete = false;
	}
}

const struct subscription_row *
want_reader(const struct notification *n, const struct uuid *id)
{
	const struct subscription_row *s = want_subscription(n, id);

	return s != NULL && s->channel != CHANNEL_FEED ? s : NULL;
}

const struct subscription_row *
want_subscription(const struct notification *n, const struct uuid *id)
{
	for (uint32_t i = 0; i < n->open_count; i++) {
		const struct subscription_row *s = row_at(n, n->open[i]);

		if (memcmp(s->id, id->b, UUID_LEN) == 0) {
			return s;
		}
	}
	return NULL;
}

struct hours
want_hours(const struct notification *n, const struct subscription_row *s)
{
	return (struct hours){
		.zone = s->zone != 0 && !PLANTED(29) ? words_at(&n->fold.words, s->zone)
						     : slice_str(default_zone),
		.digest_weekdays = s->digest_weekdays,
		.digest_minute = s->digest_minute,
		.has_quiet = s->has_quiet != 0,
		.quiet_from = s->quiet_from,
		.quiet_to = s->quiet_to,
	};
}

/* ---- Filters ----------------------------------------------------------------------- */

static bool
sets_meet(const struct fold *f, uint32_t a, uint32_t b)
{
	unsigned n;
	const uint32_t *ids = sets_at(&f->sets, a, &n);

	for (unsigned i = 0; i < n; i++) {
		if (sets_has(&f->sets, b, ids[i])) {
			return true;
		}
	}
	return false;
}

/* English without regard to case; a Japanese letter has none, and its bytes are no
 * letters of ASCII. */
static bool
contains(struct slice text, struct slice word)
{
	for (size_t i = 0; i + word.len <= text.len; i++) {
		if (strncasecmp((const char *)text.at + i, (const char *)word.at,
				word.len) == 0) {
			return true;
		}
	}
	return false;
}

static bool
text_matches(struct notification *n, const struct subscription_row *s,
	     const struct occasion *o)
{
	struct slice word = words_at(&n->fold.words, s->text);

	return word.len == 0 || (o->title != NULL && (contains(o->title->ja, word) ||
						      contains(o->title->en, word)));
}

bool
want_matches_event(struct notification *n, const struct subscription_row *s,
		   const struct occasion *o)
{
	const struct event_fact *f = o->fact;
	const struct fold *fold = &n->fold;
	bool post = s->posts == 0 ||
		    (o->post != 0 ? sets_has(&fold->sets, s->posts, o->post)
				  : sets_meet(fold, s->posts, f->posts_named) ||
					    sets_has(&fold->sets, s->posts, f->recorder));

	return post && (s->states == 0 || sets_meet(fold, s->states, f->states)) &&
	       (s->pillars == 0 || sets_meet(fold, s->pillars, f->pillars)) &&
	       (s->categories == 0 ||
		sets_has(&fold->sets, s->categories, f->category)) &&
	       text_matches(n, s, o);
}

/* Of no event: what it names must be asked for.  National figures are for who asks for
 * everything, or for them by name. */
static bool
other_matches(struct notification *n, const struct subscription_row *s,
	      const struct occasion *o)
{
	const struct sets *sets = &n->fold.sets;
	bool filters = s->posts != 0 || s->states != 0 || s->pillars != 0 ||
		       s->categories != 0 || s->text != 0;

	if (!filters || (o->post == 0 && o->state == 0 && o->pillar == 0)) {
		return !filters || s->kinds != 0;
	}
	return (o->post != 0 && sets_has(sets, s->posts, o->post)) ||
	       (o->state != 0 && sets_has(sets, s->states, o->state)) ||
	       (o->pillar != 0 && sets_has(sets, s->pillars, o->pillar));
}

bool
want_matches(struct notification *n, const struct subscription_row *s,
	     const struct occasion *o)
{
	if ((kinds_of(s) >> o->kind & 1) == 0 || o->told_only) {
		return false;
	}
	if (o->fact == NULL) {
		return other_matches(n, s, o);
	}
	struct occasion of_other = *o;
	of_other.fact = o->other_fact;
	of_other.title = o->other_title;
	return want_matches_event(n, s, o) ||
	       (of_other.fact != NULL && want_matches_event(n, s, &of_other));
}

/* ---- Occasions --------------------------------------------------------------------- */

static struct uuid
event_id(const struct notification *n, uint32_t event1)
{
	struct uuid id = { { 0 } };

	if (event1 != 0) {
		const struct event_row *e = table_at(&n->fold.events, event1 - 1);

		memcpy(id.b, e->id, UUID_LEN);
	}
	return id;
}

static bool
was_told(struct notification *n, const struct subscription_row *s,
	 const struct occasion *o)
{
	struct uuid subscription, event = event_id(n, o->event1);

	if (!o->told_too || o->event1 == 0 || PLANTED(28)) {
		return false;
	}
	memcpy(subscription.b, s->id, UUID_LEN);
	uint64_t since = keep_told_since(n->keep_txn, &subscription, &event);
	return since != 0 && since < o->position;
}

struct alert
want_alert(struct notification *n, const struct subscription_row *s,
	   const struct occasion *o)
{
	struct alert a = {
		.event = event_id(n, o->event1),
		.other = event_id(n, o->other1),
		.position = o->position,
		.due = o->due,
		.starts = o->starts,
		.value = o->value,
		.value_before = o->value_before,
		.session = words_id(&n->words, o->session),
		.subject = words_id(&n->words, o->subject),
		.spell = words_id(&n->words, o->spell),
		.lead = o->lead,
		.kind = (uint8_t)o->kind,
		.state = ALERT_FRESH,
	};

	memcpy(a.subscription.b, s->id, UUID_LEN);
	a.id = alert_id_of(&a.subscription, o->kind,
			   o->event1 != 0 ? slice_of(a.event.b, UUID_LEN) : o->subject,
			   o->mark);
	return a;
}

/* Has a nearer one of this reader's lead times passed? */
bool
want_is_overtaken(const struct subscription_row *s, const struct occasion *o,
		  wall_ms_t now)
{
	const uint32_t *leads;
	size_t count;

	leads_of(s, &leads, &count);
	for (size_t i = 0; i < count; i++) {
		if (leads[i] < o->lead &&
		    o->starts - (wall_ms_t)leads[i] * MINUTE_MS <= now) {
			return true;
		}
	}
	return false;
}

enum nearness
want_nearness(const struct subscription_row *s, const struct occasion *o, wall_ms_t now)
{
	const uint32_t *leads;
	size_t count;

	leads_of(s, &leads, &count);
	for (size_t i = 0; i < count; i++) {
		if (leads[i] == o->lead) {
			return want_is_overtaken(s, o, now) ? OVERTAKEN : NEAREST;
		}
	}
	return NOT_ASKED;
}

/* Total passed before the reader asked is no news. */
static bool
is_news(struct notification *n, const struct subscription_row *s,
	const struct occasion *o)
{
	struct rules rules = watch_rules(n, n->horizon, n->horizon);

	return o->kind != ALERT_MILESTONE ||
	       rules_cumulative(&rules, (uint64_t)s->first_record + 1) < o->value;
}

void
want_emit(void *ctx, const struct occasion *o)
{
	struct notification *n = ctx;

	for (uint32_t i = 0; i < n->open_count; i++) {
		const struct subscription_row *s = row_at(n, n->open[i]);

		if (s->channel == CHANNEL_FEED ||
		    (!want_matches(n, s, o) && !was_told(n, s, o)) || !is_news(n, s, o)) {
			continue;
		}
		struct alert a = want_alert(n, s, o);
		if (o->kind == ALERT_UPCOMING) {
			enum nearness nearness = want_nearness(s, o, n->now);

			/* Overtaken: shown as missed if nobody was there when it was
			 * due. */
			if (nearness == NOT_ASKED ||
			    (nearness == OVERTAKEN && o->due <= n->horizon)) {
				continue;
			}
		}
		if (alerts_find(&n->alerts, &a.id) == UINT32_MAX &&
		    (PLANTED(27) || !keep_is_settled(n->keep_txn, &a.id))) {
			alerts_add(&n->alerts, &a);
			n->fresh = true;
			n->look_again = true;
		}
	}
}
